"""Every assignment, from its source to the feedback, by nbgrader's own commands.

tests/graded.py says which students hand it in.
"""

import csv

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_output

from grading.answers import exercise_of
from tests.graded import ASSIGNMENTS, ONE_CLASS, ROOT, SOLUTIONS, Trip, who_solved_what
from tests.leaks import leaked, secret_lines
from tools.course import load_config, read_notebook

pytestmark = pytest.mark.slow

STOCK_FEEDBACK = (
    "--CourseDirectory.feedback_directory=stock_feedback",
    "--GenerateFeedback.preprocessors=nbgrader.preprocessors.GetGrades",
    "--GenerateFeedback.preprocessors=nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
    "--student=blank",
)


def section(page: str, grade_id: str) -> str:
    """Return a graded cell's part of a feedback page, up to the next one."""
    return page.split(f'<a name="{grade_id}">')[1].split("<a name=")[0]


def faults(notebook: NotebookNode) -> list[tuple[str, str]]:
    """Return the id of each cell with an error or with text on stderr, and what it was."""
    found = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                found.append((cell.id, output.ename))
            elif output.get("name") == "stderr":
                found.append((cell.id, "stderr"))
    return found


def part_of(trip: Trip, student: str) -> dict[str, float]:
    """Return the points of each cell whose exercise the student solved, and 0 for the others."""
    return {
        name: points if exercise_of(name) in trip.solved[student] else 0
        for name, points in trip.possible().items()
    }


def test_there_are_assignments():
    assert ASSIGNMENTS, f"no notebook in {SOLUTIONS}"


def test_cells_may_run_for_five_minutes():
    assert load_config(ROOT).Execute.timeout == 300


def test_perfect_student_gets_every_point(trip: Trip):
    grades = trip.course.grades(trip.assignment, "perfect")
    tests = trip.tests()
    assert {name: grades[name].auto for name in tests} == tests
    assert sum(tests.values()) == 90
    assert sum(grade.points for grade in grades.values()) == 100


def test_solution_runs_without_an_error_or_stderr_in_any_cell(trip: Trip):
    notebook = trip.executed("perfect")
    assert faults(notebook) == []
    assert all(cell.execution_count for cell in notebook.cells if cell.cell_type == "code")


def test_blank_release_gets_nothing_in_every_cell(trip: Trip):
    grades = trip.course.grades(trip.assignment, "blank")
    # Zero, and not "no score": each test cell ran and failed.
    assert {name: grade.auto for name, grade in grades.items()} == dict.fromkeys(trip.possible(), 0)


def test_faults_are_seen_where_they_are(trip: Trip):
    failed = {name for name, _ in faults(trip.executed("blank"))}
    assert set(trip.tests()) <= failed
    spoken = trip.executed("perfect")
    spoken.cells[-1] = new_code_cell(id="said", outputs=[new_output("stream", name="stderr")])
    assert faults(spoken) == [("said", "stderr")]


def test_some_classes_have_a_student_who_solved_half():
    sources = [read_notebook(path) for path in SOLUTIONS.glob("*/*.ipynb")]
    halves = [solved["half"] for solved in map(who_solved_what, sources) if "half" in solved]
    assert len(halves) >= 3
    assert all(3 <= len(half) <= 5 for half in halves)


def test_each_student_gets_exactly_the_part_that_was_solved(trip: Trip):
    for student in trip.solved:
        grades, part = trip.course.grades(trip.assignment, student), part_of(trip, student)
        assert {name: grades[name].auto for name in trip.tests()} == {
            name: part[name] for name in trip.tests()
        }


@ONE_CLASS
def test_feedback_arrives_as_it_was_written(trip: Trip):
    for student in trip.work:
        assert trip.course.feedback(trip.assignment, student) == trip.page(student)


def test_feedback_tells_the_points_of_each_part(trip: Trip):
    for student in trip.work:
        for name, grade in trip.course.grades(trip.assignment, student).items():
            score = f"Score: {float(grade.points)} / {float(grade.possible)}"
            assert score in section(trip.page(student), name)


def test_feedback_tells_nothing_of_hidden_tests(trip: Trip):
    for student, work in trip.work.items():
        secrets = secret_lines(trip.source, work)
        assert secrets
        assert leaked(trip.page(student), secrets) == []


def test_failed_hidden_tests_keep_their_outcome(trip: Trip):
    hidden = [name for name in trip.tests() if name.endswith("-hidden")]
    assert hidden
    outcomes = []
    for name in hidden:
        part = section(trip.page("blank"), name)
        assert part.count("# Hidden tests: not shown.") == 1
        outcomes.append(part.split("output_error")[1].split("</pre>")[0])
    assert not any("Traceback" in outcome for outcome in outcomes)
    assert any("NotImplementedError\n  raised in line" in outcome for outcome in outcomes)


@ONE_CLASS
def test_stock_feedback_does_leak(trip: Trip):
    trip.course.generate_feedback(trip.assignment, *STOCK_FEEDBACK)
    secrets = secret_lines(trip.source, trip.work["blank"])
    assert leaked(trip.page("blank", "stock_feedback"), secrets) == secrets


@ONE_CLASS
def test_export_has_one_row_a_student(trip: Trip):
    with trip.course.export().open(encoding="utf-8-sig", newline="") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    totals = {student: sum(part_of(trip, student).values()) for student in trip.solved}
    assert {name: float(row["score"]) for name, row in rows.items()} == totals
    assert totals["perfect"] == 100
    assert {row["assignment"] for row in rows.values()} == {trip.assignment}
    assert {float(row["max_score"]) for row in rows.values()} == {100}
