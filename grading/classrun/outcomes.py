"""What became of each submission of a class run, and what a person should look at."""

from dataclasses import dataclass, field
from enum import Enum

from nbformat import NotebookNode

from grading.outputs import LIMIT_ERRORS


class Status(Enum):
    """What became of a submission, in words."""

    GRADED = "graded"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    FAILED = "not graded"


@dataclass(frozen=True)
class Outcome:
    """What became of a submission.

    Attributes
    ----------
    student : str
        Whose it is.
    status : Status
        What became of it.
    remarks : tuple of str
        What a person should look at.
    limit : bool
        Whether it reached a limit.
    seconds : float
        That its execution took.
    """

    student: str
    status: Status
    remarks: tuple[str, ...] = ()
    limit: bool = False
    seconds: float = 0.0


@dataclass
class Tally:
    """The outcomes of an assignment, counted."""

    assignment: str
    counts: dict[Status, int] = field(default_factory=lambda: dict.fromkeys(Status, 0))
    limits: int = 0
    busy: float = 0.0

    def add(self, outcome: Outcome) -> None:
        """Count an outcome."""
        self.counts[outcome.status] += 1
        self.limits += outcome.limit
        self.busy += outcome.seconds

    @property
    def incomplete(self) -> bool:
        """Whether a submission has no score."""
        return bool(self.counts[Status.REFUSED] or self.counts[Status.FAILED])


def reached_limits(notebook: NotebookNode) -> list[str]:
    """Say at which cells a graded notebook reached a limit, the first one of each kind."""
    first: dict[str, str] = {}
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if output.output_type == "error" and output.ename in LIMIT_ERRORS:
                place = cell.metadata.get("nbgrader", {}).get("grade_id") or "a cell of its own"
                first.setdefault(output.ename, f"{place}: {output.evalue}")
    return list(first.values())
