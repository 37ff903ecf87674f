"""The made-up class: its notebooks, its commands and its gradebook."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from nbformat import NotebookNode
from nbgrader.preprocessors import ClearSolutions

from grading.__main__ import main
from grading.answers import answer_notebook, exercise_of, exercises_of
from grading.course import CommandFailed, create_course
from tests import sample_notebook

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course folder with the sample notebook."""
    folder = tmp_path_factory.mktemp("repository")
    sample_notebook.write(folder / "solutions")
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    return folder


def released() -> NotebookNode:
    nb, _ = ClearSolutions().preprocess(sample_notebook.build(), {})
    return nb


def answer(nb: NotebookNode, grade_id: str) -> str:
    return sample_notebook.find(nb, grade_id).source


# Answers


def test_exercises_are_named_by_how_grade_ids_begin():
    assert exercises_of(sample_notebook.build()) == ["ex1", "ex2", "q1"]
    assert exercise_of("ex2-largest-step-hidden") == "ex2"


def test_chosen_exercises_are_solved_and_the_others_stay():
    source, release = sample_notebook.build(), released()
    work = answer_notebook(release, source, {"ex2"})
    solved = answer(work, "ex2-largest-step")
    assert "return float(np.abs(np.diff(x)).max())" in solved
    assert "SOLUTION" not in solved
    other = [cell for cell in work.cells if cell.id != "ex2-largest-step"]
    assert other == [cell for cell in release.cells if cell.id != "ex2-largest-step"]
    assert "NotImplementedError" in answer(release, "ex2-largest-step"), "the release has changed"


def test_all_exercises_give_the_source_back():
    source = sample_notebook.build()
    work = answer_notebook(released(), source, exercises_of(source))
    for cell in source.cells:
        lines = [line for line in cell.source.split("\n") if "SOLUTION" not in line]
        assert answer(work, cell.id) == "\n".join(lines)


def test_unknown_exercise_is_refused():
    with pytest.raises(ValueError, match=r"exercises: expected some of .*got also \['ex7'\]"):
        answer_notebook(released(), sample_notebook.build(), {"ex1", "ex7"})


# Commands


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def test_demo_is_listed():
    assert "demo" in run("--help").output


def test_demo_names_the_assignments_it_knows(repository: Path):
    result = run("demo", "--course", str(repository), "--assignment", "99-none")
    assert result.exit_code == 2
    assert "01-sample" in result.output


def test_demo_keeps_out_of_a_folder_in_use(repository: Path):
    place = ["--course", str(repository), "--keep", str(repository)]
    result = run("demo", "--assignment", "01-sample", *place)
    assert result.exit_code == 2
    assert "new or empty folder" in result.output


@pytest.mark.slow
def test_failed_command_says_which_and_why(repository: Path, tmp_path: Path):
    course = create_course(tmp_path, repository / "solutions", repository / "nbgrader_config.py")
    with pytest.raises(CommandFailed, match=r"(?s)release_assignment 01-sample .*generate_assignm"):
        course.release("01-sample")


@pytest.mark.slow
def test_demo_grades_its_class(repository: Path, tmp_path: Path):
    keep = tmp_path / "class"
    command = [sys.executable, "-m", "grading", "demo", "--assignment", "01-sample"]
    place = ["--course", str(repository), "--keep", str(keep)]
    done = subprocess.run([*command, *place], cwd=ROOT, capture_output=True, text=True, check=True)
    table = {line.split()[0]: line.split()[1:] for line in done.stdout.splitlines() if line.strip()}
    assert table["possible"] == ["18+27", "18+27", "10", "100"]
    assert table["ada"][:5] == ["18+27", "18+27", "8", "98", "complete"]
    assert table["ben"][:5] == ["18+27", "0+0", "0", "45", "only"]
    assert table["cleo"][:5] == ["0+0", "0+0", "0", "0", "blank"]
    # `dan` begins two lines: his row, and then his message.
    assert "  18+27    0+0   8     53  complete, but one return is forgotten" in done.stdout
    assert "likely cause: The function returned None: is a return missing?" in done.stdout
    pages = sorted(path.parts[-5] for path in keep.glob("students/*/*/feedback/*/*.html"))
    assert pages == ["ada", "ben", "cleo", "dan"]
    assert len((keep / "course" / "grades.csv").read_text().splitlines()) == 5
