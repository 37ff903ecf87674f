"""Students' names and ids: kept out of the report, or listed in a table of their own."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from grading.report.gradebook import HIDDEN, VISIBLE, Person, Scores
from grading.report.outcomes import Outcome
from grading.report.status import Status

STUDENT = "[student]"
# A shorter id stands in any text: "1" or "an" would blot out what a message says.
_SHORTEST = 3


@dataclass(frozen=True)
class StudentRow:
    """A student with their points; `look` says why a person should, or is empty."""

    student: str
    name: str
    status: Status
    automatic: float | None
    total: float | None
    look: str


def name_hider(students: Iterable[str], people: Iterable[Person]) -> Callable[[str], str]:
    """Return a function that takes ids and e-mail addresses of the course's students out of texts.

    A student's code can put any text into a message. Names are not looked for: many are words.
    """
    known = {*students, *(person.student for person in people), *(p.email for p in people)}
    # The longest first, since an address may begin with an id.
    words = sorted((word for word in known if len(word) >= _SHORTEST), key=lambda w: (-len(w), w))

    def hide(text: str) -> str:
        for word in words:
            if word.lower() in text.lower():
                whole = rf"(?<![A-Za-z0-9]){re.escape(word)}(?![A-Za-z0-9])"
                text = re.sub(whole, STUDENT, text, flags=re.IGNORECASE)
        return text

    return hide


def student_rows(
    scores: Scores,
    people: Mapping[str, Person],
    statuses: Mapping[str, Status],
    outcomes: Mapping[str, Outcome],
) -> list[StudentRow]:
    """Return a row for each student, in the order of their ids."""
    tests = scores.columns(VISIBLE, HIDDEN)
    automatic = dict(zip(scores.students, scores.auto[:, tests].sum(axis=1), strict=True))
    totals = dict(zip(scores.students, scores.totals(), strict=True))
    rows = []
    for student, status in sorted(statuses.items()):
        person = people.get(student, Person(student))
        reason = outcomes[student].reason if student in outcomes else ""
        points = _number(automatic.get(student)), _number(totals.get(student))
        rows.append(StudentRow(student, person.name, status, *points, _look(status, reason)))
    return rows


def _look(status: Status, reason: str) -> str:
    match status:
        case Status.REFUSED | Status.FAILED:
            return reason or "no reason is known"
        case Status.WAITING:
            return "a mark by hand is missing"
        case Status.PENDING:
            return "has no automatic score"
        case _:
            return ""


def _number(value: float | None) -> float | None:
    return None if value is None or np.isnan(value) else float(value)
