"""What went wrong in a class: frequent messages, answers left blank, limits that were reached."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from grading.answers import exercise_of
from grading.outputs import CELL_TIMEOUT, KERNEL_ENDED, NOTEBOOK_TIMEOUT, OUTPUT_LIMIT
from grading.report.gradebook import WRITTEN, Part
from grading.report.messages import common_form, shown
from grading.report.notebooks import CellError

# The stub that students get raises it.
NOT_ANSWERED = "NotImplementedError"
ELSEWHERE = "elsewhere"
# So many different texts of one group are counted to find its most frequent one.
_MOST_EXAMPLES = 50

CELL_TIME = "a cell took too long"
NOTEBOOK_TIME = "the notebook took too long"
CPU_TIME = "too much processor time"
MEMORY = "too much memory"
OUTPUT = "too much output"
ENDED = "the kernel ended"
LIMITS = (CELL_TIME, NOTEBOOK_TIME, CPU_TIME, MEMORY, OUTPUT, ENDED)

_IN_ONE_CELL = {CELL_TIMEOUT: CELL_TIME, OUTPUT_LIMIT: OUTPUT, "MemoryError": MEMORY}
# These stand in all later cells as well: only the first one tells where it happened.
_IN_ALL_LATER = (NOTEBOOK_TIMEOUT, KERNEL_ENDED)


@dataclass(frozen=True)
class Mistake:
    """A message that several students got from the first test cell of an exercise that failed."""

    exercise: str
    kind: str
    error: str
    example: str
    students: int


@dataclass
class _Group:
    part: Part
    error: str
    students: int = 0
    examples: Counter[str] = field(default_factory=Counter)


class Failures:
    """Counts the errors of one student after another; what it keeps does not grow with them.

    Attributes
    ----------
    blank : Counter
        Students by exercise that they left blank.
    limits : Counter
        Students by the limit and the exercise in which they reached it.
    """

    def __init__(self, parts: Iterable[Part]) -> None:
        self.blank: Counter[str] = Counter()
        self.limits: Counter[tuple[str, str]] = Counter()
        self._tests = {part.name: part for part in parts if part.kind != WRITTEN}
        self._exercises = {part.exercise for part in self._tests.values()}
        self._groups: dict[bytes, _Group] = {}

    def add(self, errors: Sequence[CellError]) -> None:
        """Count the errors in one student's notebook, given in its order."""
        self.limits.update(self._limits(errors))
        tests = [error for error in errors if error.cell in self._tests]
        blank = {exercise_of(e.cell) for e in tests if e.name == NOT_ANSWERED}
        self.blank.update(blank)
        # Where visible tests fail, hidden ones mostly fail for the same reason.
        first = {exercise_of(error.cell): error for error in reversed(tests)}
        for error in first.values():
            if not _limit(error) and error.name != NOT_ANSWERED:
                self._count(error)

    def most_frequent(self, number: int) -> list[Mistake]:
        """Return the messages that most students got."""
        groups = sorted(
            self._groups.values(), key=lambda g: (-g.students, g.part.name, g.error, _example(g))
        )
        return [
            Mistake(g.part.exercise, g.part.kind, g.error, _example(g), g.students)
            for g in groups[:number]
        ]

    def _limits(self, errors: Sequence[CellError]) -> set[tuple[str, str]]:
        found, over = set(), False
        for error in errors:
            limit = _limit(error)
            later = error.name in _IN_ALL_LATER
            if limit and not (later and over):
                exercise = exercise_of(error.cell)
                found.add((limit, exercise if exercise in self._exercises else ELSEWHERE))
            over = over or later
        return found

    def _count(self, error: CellError) -> None:
        text = "\0".join((error.cell, error.name, common_form(error.message)))
        key = hashlib.blake2b(text.encode(errors="replace"), digest_size=16).digest()
        part = self._tests[error.cell]
        group = self._groups.setdefault(key, _Group(part, shown(error.name)[:100]))
        group.students += 1
        example = shown(error.message)
        if example in group.examples or len(group.examples) < _MOST_EXAMPLES:
            group.examples[example] += 1


def _limit(error: CellError) -> str | None:
    if error.name in _IN_ONE_CELL:
        return _IN_ONE_CELL[error.name]
    if error.name == NOTEBOOK_TIMEOUT:
        return NOTEBOOK_TIME
    if error.name == KERNEL_ENDED:
        reasons = {": memory: ": MEMORY, ": time: ": CPU_TIME}
        return next((limit for text, limit in reasons.items() if text in error.message), ENDED)
    return None


def _example(group: _Group) -> str:
    """The most frequent text; of several, the first in the alphabet."""
    return min(group.examples, key=lambda text: (-group.examples[text], text))
