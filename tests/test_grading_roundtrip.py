"""Every assignment, from its source to the feedback, by nbgrader's own commands.

Three students hand it in. One solved everything. One solved every second exercise. One left all
blank and added a cell that prints what the kernel knows. Each notebook is executed once.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from grading.answers import answer_notebook, exercise_of, exercises_of
from grading.course import Course, create_course, run_class
from tests.leaks import leaked, secret_lines

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
SOLUTIONS = ROOT / "solutions"
ASSIGNMENTS = sorted(path.stem for path in SOLUTIONS.glob("*/*.ipynb"))

STOCK_FEEDBACK = (
    "--CourseDirectory.feedback_directory=stock_feedback",
    "--GenerateFeedback.preprocessors=nbgrader.preprocessors.GetGrades",
    "--GenerateFeedback.preprocessors=nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
)

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
    """Grade the class of three in a folder."""
    course = create_course(folder, solutions, ROOT / "nbgrader_config.py")
    source, release = course.source(assignment), course.generate(assignment)
    exercises = exercises_of(source)
    coded = [name for name in exercises if name.startswith("ex")]
    solved = {"perfect": set(exercises), "half": set(coded[1::2]), "blank": set()}
    work = {name: answer_notebook(release, source, some) for name, some in solved.items()}
    work["blank"].cells.append(new_code_cell(CURIOUS))
    run_class(course, assignment, work, by_hand={"perfect": 10})
    return Trip(course, assignment, source, work, solved)


@pytest.fixture(scope="module", params=ASSIGNMENTS)
def trip(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Trip:
    return make_trip(tmp_path_factory.mktemp("course"), SOLUTIONS, request.param)


def section(page: str, grade_id: str) -> str:
    """Return a graded cell's part of a feedback page, up to the next one."""
    return page.split(f'<a name="{grade_id}">')[1].split("<a name=")[0]


STUDENTS = pytest.mark.parametrize("student", ["perfect", "half", "blank"])


def test_there_are_assignments():
    assert ASSIGNMENTS, f"no notebook in {SOLUTIONS}"


def test_perfect_student_gets_every_point(trip: Trip):
    grades = trip.course.grades(trip.assignment, "perfect")
    tests = trip.tests()
    assert {name: grades[name].auto for name in tests} == tests
    assert sum(tests.values()) == 90
    assert sum(grade.points for grade in grades.values()) == 100


def test_blank_release_gets_nothing_in_every_cell(trip: Trip):
    grades = trip.course.grades(trip.assignment, "blank")
    # Zero, and not "no score": each test cell ran and failed.
    assert {name: grade.auto for name, grade in grades.items()} == dict.fromkeys(trip.possible(), 0)


def test_half_done_gets_exactly_its_part(trip: Trip):
    grades = trip.course.grades(trip.assignment, "half")
    expected = {
        name: points if exercise_of(name) in trip.solved["half"] else 0
        for name, points in trip.possible().items()
    }
    assert {name: grade.auto for name, grade in grades.items()} == expected
    assert 0 < sum(expected.values()) < 90


@STUDENTS
def test_feedback_arrives_as_it_was_written(trip: Trip, student: str):
    assert trip.course.feedback(trip.assignment, student) == trip.page(student)


@STUDENTS
def test_feedback_tells_the_points_of_each_part(trip: Trip, student: str):
    for name, grade in trip.course.grades(trip.assignment, student).items():
        score = f"Score: {float(grade.points)} / {float(grade.possible)}"
        assert score in section(trip.page(student), name)


@STUDENTS
def test_feedback_tells_nothing_of_hidden_tests(trip: Trip, student: str):
    secrets = secret_lines(trip.source, trip.work[student])
    assert secrets
    assert leaked(trip.page(student), secrets) == []


def test_failed_hidden_tests_keep_their_outcome(trip: Trip):
    hidden = [name for name in trip.tests() if name.endswith("-hidden")]
    assert hidden
    parts = [section(trip.page("blank"), name) for name in hidden]
    for part in parts:
        assert part.count("# Hidden tests: not shown.") == 1
        assert "output_error" in part
        assert "Traceback" not in part
    assert any("NotImplementedError\n  raised in line" in part for part in parts)


def test_stock_feedback_does_leak(trip: Trip):
    trip.course.generate_feedback(trip.assignment, *STOCK_FEEDBACK)
    for student, work in trip.work.items():
        secrets = secret_lines(trip.source, work)
        assert leaked(trip.page(student, "stock_feedback"), secrets) == secrets


def test_export_has_one_row_a_student(trip: Trip):
    with trip.course.export().open(encoding="utf-8", newline="") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    half = sum(p for n, p in trip.possible().items() if exercise_of(n) in trip.solved["half"])
    assert {name: float(row["score"]) for name, row in rows.items()} == {
        "perfect": 100,
        "half": half,
        "blank": 0,
    }
    assert {row["assignment"] for row in rows.values()} == {trip.assignment}
    assert {float(row["max_score"]) for row in rows.values()} == {100}
