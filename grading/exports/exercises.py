"""An assignment in detail: a row for each student, a column for each exercise's tests."""

import re
from collections import defaultdict
from collections.abc import Sequence

from grading.answers import exercise_of
from grading.exports.plugin import AssignmentExport
from grading.exports.results import Cell, Result, Results
from grading.exports.table import Value, number

_KINDS = {"-check": "visible", "-hidden": "hidden"}


class ExercisesCsv(AssignmentExport):
    """What each student has for the visible and the hidden tests of each exercise.

    A title says how many points there are, as in ``ex2 visible (of 4)``. What has no score is
    empty. Numbers are rounded to four places.
    """

    name = "exercises"
    places = 4

    def table(self, results: Results) -> list[Sequence[Value]]:
        """Return the header and a row for each student."""
        columns = _columns(results.cells)
        header = [
            "student_id",
            "last_name",
            "first_name",
            "status",
            *(_title(name, cells) for name, cells in columns.items()),
            "raw_score",
            "late_submission_penalty",
            _title("score", results.cells),
        ]
        return [header, *(_row(result, columns) for result in results.results)]


def _columns(cells: list[Cell]) -> dict[str, list[Cell]]:
    """The cells of each column, in the order of the exercises: ex2 before ex10, q1 after both."""
    columns: dict[str, list[Cell]] = defaultdict(list)
    for cell in cells:
        kind = next((kind for end, kind in _KINDS.items() if cell.name.endswith(end)), "")
        columns[f"{exercise_of(cell.name)} {kind}".rstrip()].append(cell)
    return dict(sorted(columns.items(), key=_order))


def _order(column: tuple[str, list[Cell]]) -> tuple[list[tuple[int, str]], bool]:
    exercise, _, kind = column[0].partition(" ")
    parts = re.findall(r"\d+|\D+", exercise)
    numbered = [(int(part), "") if part.isdecimal() else (0, part) for part in parts]
    return numbered, kind == "hidden"


def _title(name: str, cells: list[Cell]) -> str:
    return f"{name} (of {number(sum(cell.possible for cell in cells), ExercisesCsv.places)})"


def _row(result: Result, columns: dict[str, list[Cell]]) -> list[Value]:
    student = result.student
    return [
        student.id,
        student.last_name,
        student.first_name,
        result.status,
        *(_points(result, cells) for cells in columns.values()),
        result.raw_score,
        None if result.score is None else result.penalty,
        result.score,
    ]


def _points(result: Result, cells: list[Cell]) -> float | None:
    """The points of a column, if all its cells have a score."""
    points = [result.points.get(cell.name) for cell in cells]
    return None if None in points else sum(points)
