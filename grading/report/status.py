"""How far each student's submission has come."""

from collections.abc import Collection, Mapping
from enum import StrEnum

import numpy as np

from grading.report.gradebook import HIDDEN, VISIBLE, Scores
from grading.report.outcomes import REFUSED, UNGRADED, Outcome


class Status(StrEnum):
    """One of these holds for each student of the course."""

    GRADED = "graded"
    WAITING = "graded, waits for a mark by hand"
    REFUSED = "refused"
    FAILED = "could not be graded"
    PENDING = "handed in, not graded yet"
    MISSING = "nothing handed in"


GRADED = (Status.GRADED, Status.WAITING)


def find_statuses(
    scores: Scores,
    outcomes: Mapping[str, Outcome],
    submitted: Collection[str],
    students: Collection[str],
) -> dict[str, Status]:
    """Return the status of each student.

    Parameters
    ----------
    scores : Scores
        Who has an automatic score in each test cell is graded,
    outcomes : mapping
        unless the intake refused a newer submission, or a newer one could not be graded.
    submitted : collection of str
        Students of whom there is a folder with a submission.
    students : collection of str
        All students of the course.
    """
    tested = ~np.isnan(scores.auto[:, scores.columns(VISIBLE, HIDDEN)]).any(axis=1)
    waits = scores.waits.any(axis=1)
    found = {}
    for row, student in enumerate(scores.students):
        found[student] = Status.PENDING
        if tested[row]:
            found[student] = Status.WAITING if waits[row] else Status.GRADED
    for student in [*submitted, *outcomes]:
        found.setdefault(student, Status.PENDING)
    for student, outcome in outcomes.items():
        if outcome.word in (REFUSED, UNGRADED):
            found[student] = Status.REFUSED if outcome.word == REFUSED else Status.FAILED
    return {student: found.get(student, Status.MISSING) for student in sorted({*found, *students})}
