"""Autograde with this course's settings: what the sandboxes and the judge leave in a notebook."""

import re
import subprocess
import sys
from copy import deepcopy
from pathlib import Path

import pytest
from nbformat import NotebookNode

from grading.course import CommandFailed, Course, create_course
from grading.feedback import HideHiddenTests
from tests.graded import ROOT
from tests.submissions.fixture import NAME, solve, write_source

pytestmark = pytest.mark.slow

TWINS = [f"twin-{number}" for number in range(5)]
TESTS = [
    f"{name}-{kind}"
    for name in ("ex1-rescale", "ex2-runs", "ex3-iterate")
    for kind in ("check", "hidden")
]
WRONG = "def rescale(x):\n    return x - x.min()"
PRINTS = 'def rescale(x):\n    print("got", len(x))\n    return (x - x.min()) / np.ptp(x)'
RAISES = 'def rescale(x):\n    y = x / 2\n    raise LookupError("not found")'
KEEPS = "def rescale(x):\n    x -= x.min()\n    x /= x.max()\n    return x"


def new_course(folder: Path) -> tuple[Course, NotebookNode]:
    write_source(folder / "source")
    course = create_course(folder / "class", folder / "source", ROOT / "nbgrader_config.py")
    return course, course.generate(NAME)


def with_rescale(release: NotebookNode, answer: str) -> NotebookNode:
    work = solve(release)
    next(cell for cell in work.cells if cell.id == "ex1-rescale").source = answer
    return work


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    course, release = new_course(tmp_path_factory.mktemp("course"))
    answers = {"prints": PRINTS, "raises": RAISES, "in-place": KEEPS} | dict.fromkeys(TWINS, WRONG)
    for student, answer in answers.items():
        course.put(NAME, student, with_rescale(release, answer))
    course.autograde(NAME)
    return course


def scores(course: Course, student: str) -> dict[str, float | None]:
    return {name: grade.auto for name, grade in course.grades(NAME, student).items()}


def cell(course: Course, student: str, name: str) -> NotebookNode:
    return next(cell for cell in course.graded(NAME, student).cells if cell.id == name)


def text(cell: NotebookNode) -> str:
    return "".join(o.text for o in cell.outputs if o.output_type == "stream")


def test_the_same_submission_gets_the_same_score_five_times(course: Course):
    first = scores(course, TWINS[0])
    assert (first["ex1-rescale-check"], first["ex2-runs-check"]) == (0, 4)
    assert [scores(course, twin) for twin in TWINS] == [first] * 5


def test_an_answer_may_print_where_no_hidden_test_calls_it(course: Course):
    assert text(cell(course, "prints", "ex1-rescale-check")).startswith("got 5\nExercise 1 passed")
    assert text(cell(course, "prints", "ex1-rescale-hidden")) == (
        "[What the answer printed while hidden tests ran is not shown.]\n"
    )


def test_an_error_names_the_line_of_the_answer(course: Course):
    notebook = course.graded(NAME, "raises")
    HideHiddenTests().preprocess(notebook, {})
    hidden = next(cell for cell in notebook.cells if cell.id == "ex1-rescale-hidden")
    (error,) = [o for o in hidden.outputs if o.output_type == "error"]
    assert (error.ename, error.evalue) == ("LookupError", "not found")
    assert "line 3 of your answer: raise LookupError" in error.traceback[0]


def test_an_answer_that_changes_its_input_says_so(course: Course):
    (error,) = cell(course, "in-place", "ex1-rescale-hidden").outputs
    assert "changed an input of its caller in place" in error.evalue


def test_cells_are_counted_as_the_student_sees_them(course: Course):
    counts = [c.execution_count for c in course.graded(NAME, "prints").cells if "outputs" in c]
    assert counts == list(range(1, len(counts) + 1))


def test_without_a_sandbox_nothing_is_graded(tmp_path: Path):
    course, release = new_course(tmp_path)
    course.put(NAME, "ann", solve(release))
    # A machine without bubblewrap: an empty file in its place.
    hidden = ["bwrap", "--dev-bind", "/", "/", "--ro-bind", "/dev/null", "/usr/bin/bwrap", "--"]
    command = [sys.executable, "-m", "nbgrader", "autograde", NAME]
    done = subprocess.run(
        [*hidden, *command, "--SandboxProvisioner.mode=bubblewrap"],
        cwd=course.root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "Nothing was graded" in done.stderr
    assert "apt-get install bubblewrap" in done.stderr
    assert not (course.root / "autograded").exists()


def test_landlock_grades_where_there_is_no_bubblewrap(tmp_path: Path):
    course, release = new_course(tmp_path)
    blank = deepcopy(release)
    for student, work in (("ann", solve(release)), ("bob", blank)):
        course.put(NAME, student, work)
    course.autograde(NAME, "--SandboxProvisioner.mode=landlock")
    totals = {s: sum(scores(course, s)[n] for n in TESTS) for s in ("ann", "bob")}
    assert totals == {"ann": 30, "bob": 0}


def test_a_notebook_has_a_limit_of_time(tmp_path: Path):
    course, release = new_course(tmp_path)
    slow = solve(release)
    answer = next(cell for cell in slow.cells if cell.id == "ex3-iterate")
    answer.source += "\nimport time\ntime.sleep(60)"
    course.put(NAME, "ann", slow)
    course.autograde(NAME, "--HardenedExecute.notebook_timeout=15")
    kept = scores(course, "ann")
    assert (kept["ex2-runs-hidden"], kept["ex3-iterate-check"]) == (6, 0)
    (error,) = cell(course, "ann", "ex3-iterate-hidden").outputs
    assert re.search("more than 15 seconds", error.evalue)


def test_a_set_up_cell_that_fails_in_the_judge_stops_the_submission(tmp_path: Path):
    write_source(tmp_path / "source")
    path = tmp_path / "source" / NAME / f"{NAME}.ipynb"
    source = path.read_text(encoding="utf-8")
    path.write_text(source.replace("import numpy as np", "import nowhere as np"), encoding="utf-8")
    course = create_course(tmp_path / "class", tmp_path / "source", ROOT / "nbgrader_config.py")
    course.put(NAME, "ann", solve(course.generate(NAME)))
    with pytest.raises(CommandFailed, match="set-up cell failed in the judge's kernel"):
        course.autograde(NAME)
    assert set(scores(course, "ann").values()) == {None}
