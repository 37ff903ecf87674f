"""All that the report says, read from a course."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np

from grading.report.database import open_gradebook
from grading.report.failures import Failures, Mistake
from grading.report.gradebook import HIDDEN, VISIBLE, Scores, read_people, read_scores
from grading.report.measures import (
    Bin,
    Exercise,
    Question,
    Summary,
    exercises,
    histogram,
    questions,
    summary,
)
from grading.report.names import StudentRow, name_hider, student_rows
from grading.report.notebooks import UnreadableNotebook, read_errors
from grading.report.outcomes import Outcome, group_reasons, read_outcomes
from grading.report.settings import Settings
from grading.report.status import GRADED, Status, find_statuses

MOST_MESSAGES = 10

Progress = Callable[[Sequence[Path]], Iterable[Path]]


@dataclass(frozen=True)
class Report:
    """The numbers and texts of an assignment's report.

    `possible` are the points of all tests; `points` and `bins` are about these. `unread` is how
    many graded notebooks could not be read. `students` are for a page that may name them; no other
    part names one.
    """

    assignment: str
    made: datetime
    statuses: Mapping[Status, int]
    possible: float
    points: Summary | None
    bins: Sequence[Bin]
    exercises: Sequence[Exercise]
    questions: Sequence[Question]
    blank: Mapping[str, int]
    limits: Mapping[tuple[str, str], int]
    mistakes: Sequence[Mistake]
    reasons: Mapping[Status, Sequence[tuple[str, int]]]
    unread: int
    students: Sequence[StudentRow]

    @property
    def handed_in(self) -> int:
        """How many students handed in."""
        return sum(self.statuses.values()) - self.statuses.get(Status.MISSING, 0)

    @property
    def graded(self) -> int:
        """How many are graded, whether or not a mark by hand is missing."""
        return sum(self.statuses.get(status, 0) for status in GRADED)


def collect(settings: Settings, assignment: str, progress: Progress = iter) -> Report:
    """Read a course's gradebook, its intake's report and its graded notebooks.

    Parameters
    ----------
    settings : Settings
        Of the course.
    assignment : str
        Its name.
    progress : callable, optional
        Is given the notebooks' paths and gives them back one by one: for a progress bar.
    """
    with open_gradebook(settings.course.db_url) as connection:
        scores = read_scores(connection, assignment)
        people = read_people(connection)
    outcomes = read_outcomes(settings.intake, assignment)
    statuses = find_statuses(scores, outcomes, settings.submitted(assignment), people)
    graded = np.array([statuses[student] in GRADED for student in scores.students], dtype=bool)
    tests = scores.columns(VISIBLE, HIDDEN)
    points = scores.auto[graded][:, tests]
    totals = points.sum(axis=1)
    parts = [scores.parts[column] for column in tests]
    possible = sum(part.points for part in parts)
    paths = [
        settings.graded(assignment, student)
        for student, counts in zip(scores.students, graded, strict=True)
        if counts
    ]
    failures, unread = _read_notebooks(scores, progress(paths))
    hide = name_hider(statuses, people.values())
    return Report(
        assignment=assignment,
        made=datetime.now(),
        statuses=Counter(statuses.values()),
        possible=possible,
        points=summary(totals),
        bins=histogram(totals, possible),
        exercises=exercises(parts, points),
        questions=questions(scores, graded),
        blank=failures.blank,
        limits=failures.limits,
        mistakes=[
            replace(mistake, error=hide(mistake.error), example=hide(mistake.example))
            for mistake in failures.most_frequent(MOST_MESSAGES)
        ],
        reasons={
            status: _reasons(status, statuses, outcomes, hide)
            for status in (Status.REFUSED, Status.FAILED)
        },
        unread=unread,
        students=student_rows(scores, people, statuses, outcomes),
    )


def _read_notebooks(scores: Scores, paths: Iterable[Path]) -> tuple[Failures, int]:
    """Count what went wrong, one notebook after the other; and how many cannot be read."""
    failures, unread = Failures(scores.parts), 0
    for path in paths:
        try:
            failures.add(read_errors(path))
        except UnreadableNotebook:
            unread += 1
    return failures, unread


def _reasons(
    status: Status,
    statuses: Mapping[str, Status],
    outcomes: Mapping[str, Outcome],
    hide: Callable[[str], str],
) -> list[tuple[str, int]]:
    found = (outcomes[student].reason for student, s in statuses.items() if s == status)
    counts: Counter[str] = Counter()
    # Grouped before: to look for thousands of ids in thousands of reasons takes a while.
    for reason, count in group_reasons(found):
        counts[hide(reason)] += count
    return counts.most_common()
