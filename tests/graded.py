"""A graded class for each assignment, shared by all tests that look at one.

One student solved everything. One left all blank and added a cell that prints what the kernel
knows. Where no network is trained there is a third, who solved every second exercise: that an
exercise needs no other one is proved for every notebook by the variants, which run each alone.

Only the first assignment goes through the exchange: it copies notebooks and does not read them.
"""

from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from grading.answers import answer_notebook, exercises_of
from grading.course import Course, create_course, grade_class, run_class

ROOT = Path(__file__).parent.parent
SOLUTIONS = ROOT / "solutions"
ASSIGNMENTS = sorted(path.stem for path in SOLUTIONS.glob("*/*.ipynb"))
# For tests of what nbgrader does with any notebook: one class shows it.
ONE_CLASS = pytest.mark.parametrize("trip", ASSIGNMENTS[:1], indirect=True)

# Run after the hidden tests, in the folder where the notebook lies with them.
CURIOUS = """\
import json, pathlib
print("\\n".join(In))
print(json.dumps(In), In)
print(*(path.read_text() for path in pathlib.Path().glob("*.ipynb")))
raise RuntimeError("\\n".join(In))"""


@dataclass(frozen=True)
class Trip:
    """A graded class, and what was expected of it."""

    course: Course
    assignment: str
    source: NotebookNode
    work: dict[str, NotebookNode]
    solved: dict[str, set[str]]

    def page(self, student: str, folder: str = "feedback") -> str:
        """Return a feedback page as the instructor has it."""
        path = self.course.root / folder / student / self.assignment / f"{self.assignment}.html"
        return path.read_text(encoding="utf-8")

    def executed(self, student: str) -> NotebookNode:
        """Return a submission as autograding left it, with the outputs of all its cells."""
        folder = self.course.root / "autograded" / student / self.assignment
        return nbformat.read(folder / f"{self.assignment}.ipynb", as_version=4)

    def possible(self) -> dict[str, float]:
        """Return the points of each graded cell, as the source has them."""
        infos = (cell.metadata.get("nbgrader", {}) for cell in self.source.cells)
        return {info["grade_id"]: info["points"] for info in infos if info.get("grade")}

    def tests(self) -> dict[str, float]:
        """Return the points of each test cell."""
        written = {
            cell.metadata.nbgrader.grade_id
            for cell in self.source.cells
            if cell.metadata.get("nbgrader", {}).get("solution")
        }
        return {name: points for name, points in self.possible().items() if name not in written}


def make_trip(folder: Path, solutions: Path, assignment: str) -> Trip:
    """Grade the class of two or three in a folder."""
    course = create_course(folder, solutions, ROOT / "nbgrader_config.py")
    source, release = course.source(assignment), course.generate(assignment)
    solved = who_solved_what(source)
    work = {name: answer_notebook(release, source, some) for name, some in solved.items()}
    work["blank"].cells.append(new_code_cell(CURIOUS))
    by_hand = {"perfect": 10}
    if assignment == ASSIGNMENTS[0]:
        run_class(course, assignment, work, by_hand)
    else:
        for student, notebook in work.items():
            course.put(assignment, student, notebook)
        grade_class(course, assignment, by_hand)
    return Trip(course, assignment, source, work, solved)


def who_solved_what(source: NotebookNode) -> dict[str, set[str]]:
    """Return the exercises that each student of an assignment's class solved."""
    exercises = exercises_of(source)
    coded = [name for name in exercises if name.startswith("ex")]
    solved = {"perfect": set(exercises), "blank": set()}
    if not any("with_keras=True" in cell.source for cell in source.cells):
        solved["half"] = set(coded[1::2])
    return solved
