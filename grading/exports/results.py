"""What a class has for an assignment."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Status(StrEnum):
    """How far a student's work has come."""

    NOT_SUBMITTED = "not submitted"
    NOT_GRADED = "not graded"
    NEEDS_MARKING = "needs marking"
    GRADED = "graded"


@dataclass(frozen=True)
class Person:
    """A student; what the gradebook does not know is empty."""

    id: str
    last_name: str = ""
    first_name: str = ""
    email: str = ""
    lms_id: str = ""


@dataclass(frozen=True)
class Cell:
    """A cell that gives points."""

    name: str
    possible: float
    by_hand: bool


@dataclass
class Result:
    """A student's part in an assignment.

    Attributes
    ----------
    points : dict
        By cell, what the student has for it. A cell without a score is missing.
    """

    student: Person
    status: Status = Status.NOT_SUBMITTED
    timestamp: datetime | None = None
    duedate: datetime | None = None
    penalty: float = 0.0
    points: dict[str, float] = field(default_factory=dict)

    @property
    def raw_score(self) -> float | None:
        """The sum of all points, of those that are there if some marks are still to be given."""
        if self.status in (Status.NOT_SUBMITTED, Status.NOT_GRADED):
            return None
        return sum(self.points.values())

    @property
    def score(self) -> float | None:
        """What counts: without the penalty for handing in late, and not below 0."""
        raw = self.raw_score
        return None if raw is None else max(0.0, raw - self.penalty)


@dataclass(frozen=True)
class Results:
    """An assignment, its cells, and a result for each student, sorted by name."""

    assignment: str
    cells: list[Cell]
    results: list[Result]

    @property
    def possible(self) -> float:
        """The points that the assignment gives at most."""
        return sum(cell.possible for cell in self.cells)
