"""The numbers of the report, as plain functions of arrays of points.

All of them look at the graded students only: an array of points has the shape (students, parts).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import pointbiserialr

from grading.report.gradebook import HIDDEN, VISIBLE, WRITTEN, Part, Scores

# Where nothing is related, the correlation of n students strays by about 1 / sqrt(n - 1) from 0:
# that is 0.19 for 30, so in a smaller class chance alone passes the value from which we look.
SMALLEST_CLASS = 30
# Below it an exercise is worth a look, by Ebel and Frisbie's table.
WORTH_A_LOOK = 0.2
# Points come in steps of whole tests: narrower bins would show the steps, not the class.
_MOST_BINS = 12


@dataclass(frozen=True)
class Summary:
    """Where points lie; `lower` and `upper` are the quartiles."""

    count: int
    mean: float
    smallest: float
    lower: float
    median: float
    upper: float
    largest: float


@dataclass(frozen=True)
class Bin:
    """How many students have `low` <= points < `high`; the last bin holds its `high` as well."""

    low: float
    high: float
    count: int


@dataclass(frozen=True)
class Discrimination:
    """A correlation, or the reason why there is none."""

    value: float | None
    reason: str = ""


@dataclass(frozen=True)
class Exercise:
    """How the graded students did in one exercise; shares are from 0 to 1, None without tests."""

    name: str
    possible: float
    mean: float
    visible: float | None
    hidden: float | None
    solved: float
    discrimination: Discrimination


@dataclass(frozen=True)
class Question:
    """How far a written question is marked; `blank` were left as they were and have 0 points.

    `mean` is over all marks, also those of 0 for what was left blank.
    """

    name: str
    possible: float
    marked: int
    blank: int
    waiting: int
    mean: float | None


def summary(points: np.ndarray) -> Summary | None:
    """Return where points lie, or None if there are none."""
    if not len(points):
        return None
    places = np.quantile(points, [0, 0.25, 0.5, 0.75, 1])
    return Summary(len(points), float(points.mean()), *(float(place) for place in places))


def histogram(points: np.ndarray, possible: float) -> list[Bin]:
    """Count points in at most 12 bins of a round width, from 0 to at least what is possible."""
    width = next(w for w in _round_widths() if w * _MOST_BINS >= possible)
    edges = np.arange(0, max(possible, width) + width * 0.999, width)
    counts, _ = np.histogram(points, edges)
    pairs = zip(edges[:-1], edges[1:], counts, strict=True)
    return [Bin(float(low), float(high), int(count)) for low, high, count in pairs]


def exercises(parts: Sequence[Part], points: np.ndarray) -> list[Exercise]:
    """Return how the students did in each exercise that has tests."""
    tests = np.array([part.kind != WRITTEN for part in parts], dtype=bool)
    names = np.array([part.exercise for part in parts])
    return [
        _exercise(name, parts, points, tests & (names == name), tests & (names != name))
        for name in dict.fromkeys(names[tests])
    ]


def discrimination(solved: np.ndarray, rest: np.ndarray) -> Discrimination:
    """Correlate who solved an exercise with the points in all other exercises.

    The point-biserial correlation is Pearson's, of a variable with the values 0 and 1 and a
    number: ``(mean_1 - mean_0) / s * sqrt(p (1 - p))``, with ``p`` the share that solved it,
    ``mean_1`` and ``mean_0`` the mean rest of those who did and did not, and ``s`` the standard
    deviation of the rest with divisor n (Tate 1954, Annals of Mathematical Statistics 25, 603).
    The exercise's own points are left out of the total, since they would correlate with
    themselves (Henrysson 1963, Psychometrika 28, 211). How to read the value: Ebel and Frisbie
    1991, Essentials of Educational Measurement, 5th edition, chapter 13.

    Parameters
    ----------
    solved : bool array of shape (students,)
        Who has all points of the exercise.
    rest : array of shape (students,)
        The points in the other exercises.
    """
    if len(solved) < SMALLEST_CLASS:
        return Discrimination(None, f"fewer than {SMALLEST_CLASS} students are graded")
    if solved.all():
        return Discrimination(None, "all solved it")
    if not solved.any():
        return Discrimination(None, "nobody solved it")
    if np.ptp(rest) == 0:
        return Discrimination(None, "all have the same points in the other exercises")
    return Discrimination(float(pointbiserialr(solved, rest).statistic))


def questions(scores: Scores, graded: np.ndarray) -> list[Question]:
    """Return how far the written questions of the graded students are marked.

    Parameters
    ----------
    scores : Scores
        Of all students.
    graded : bool array of shape (students,)
        Whom to count.
    """
    return [_question(scores, graded, column) for column in scores.columns(WRITTEN)]


def _round_widths() -> Sequence[float]:
    return [digit * 10.0**power for power in range(-2, 7) for digit in (1, 2, 5)]


def _exercise(
    name: str, parts: Sequence[Part], points: np.ndarray, mine: np.ndarray, others: np.ndarray
) -> Exercise:
    possible = np.array([part.points for part in parts])
    full = points >= possible
    kinds = np.array([part.kind for part in parts])
    solved = full[:, mine].all(axis=1)
    rest = points[:, others].sum(axis=1)
    found = discrimination(solved, rest)
    if not others.any():
        found = Discrimination(None, "there is no other exercise")
    return Exercise(
        name=str(name),
        possible=float(possible[mine].sum()),
        mean=_mean(points[:, mine].sum(axis=1)),
        visible=_share(full[:, mine & (kinds == VISIBLE)]),
        hidden=_share(full[:, mine & (kinds == HIDDEN)]),
        solved=_mean(solved),
        discrimination=found,
    )


def _share(full: np.ndarray) -> float | None:
    """The share of students who passed all of some tests."""
    return _mean(full.all(axis=1)) if full.shape[1] else None


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else 0.0


def _question(scores: Scores, graded: np.ndarray, column: int) -> Question:
    auto, manual = scores.auto[graded, column], scores.manual[graded, column]
    waits = scores.waits[graded, column]
    # nbgrader itself gives 0 to a written answer that nobody wrote.
    blank = np.isnan(manual) & (auto == 0) & ~waits
    marks = np.where(np.isnan(manual), auto, manual)[~waits]
    marks = marks[~np.isnan(marks)]
    part = scores.parts[column]
    return Question(
        name=part.name,
        possible=part.points,
        marked=int((~np.isnan(manual) & ~waits).sum()),
        blank=int(blank.sum()),
        waiting=int(waits.sum()),
        mean=_mean(marks) if len(marks) else None,
    )
