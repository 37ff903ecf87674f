"""Rules for points: 100 in all, their split, and the manually graded question."""

import re

from tools.model import CourseNotebook, Problems, expected
from tools.regions import SOLUTION, split_region

TOTAL, AUTOMATIC, MANUAL = 100, 90, 10
CHECK_SHARE = 0.40
_MARK = re.compile(r"\((\d+)(?: points?)?\)")


def points_total(notebook: CourseNotebook) -> Problems:
    """A notebook has 100 points: 90 automatic and 10 manual."""
    manual = sum(cell.points for cell in notebook.cells if cell.solution)
    total = sum(cell.points for cell in notebook.cells)
    if (total, manual) != (TOTAL, MANUAL):
        got = f"{total - manual:g} automatic + {manual:g} manual = {total:g}"
        yield "file", expected("points", f"{AUTOMATIC} + {MANUAL} = {TOTAL}", got)


def points_split(notebook: CourseNotebook) -> Problems:
    """About 40 % of an exercise's points are in its check: 35-45 %, or the nearest whole points."""
    for exercise in notebook.exercises:
        if not {"check", "hidden"} <= exercise.roles.keys():
            continue
        check, hidden = exercise.roles["check"], exercise.roles["hidden"]
        for cell in (check, hidden):
            if cell.points != int(cell.points) or cell.points <= 0:
                yield cell.id, expected("points", "a whole number above 0", cell.points)
        ideal = CHECK_SHARE * exercise.points
        near = abs(check.points - ideal) <= max(0.05 * exercise.points, 0.5)
        if exercise.points and not near:
            want = f"about {ideal:g} of {exercise.points:g}"
            yield check.id, expected("points of the check", want, f"{check.points:g}")


def manual_question(notebook: CourseNotebook) -> Problems:
    """One question q1-... is answered in a graded markdown cell, with its marks in the region."""
    found = [cell for cell in notebook.cells if cell.is_markdown and cell.grade]
    if len(found) != 1:
        yield "file", expected("manually graded cells", 1, [cell.id for cell in found])
    for cell in found:
        if not cell.id.startswith("q1-") or not cell.solution or cell.points != MANUAL:
            want = f"q1-..., grade and solution, {MANUAL} points"
            got = f"{cell.id}, solution {cell.solution}, {cell.points:g} points"
            yield cell.id, expected("manual question", want, got)
        answer = "\n".join(split_region(cell.source, SOLUTION)[0])
        # A model answer may speak of an MA(1): only what follows the words counts.
        _, words, scheme = answer.lower().rpartition("mark scheme")
        marks = sum(map(int, _MARK.findall(scheme)))
        if not words or marks != cell.points:
            want = f"the words mark scheme, and (N) or (N points) adding up to {cell.points:g}"
            yield cell.id, expected("mark scheme in the solution region", want, f"{marks} points")


RULES = [points_total, points_split, manual_question]
