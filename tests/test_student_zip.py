"""The students' archive: it gives no answer away, and what is in it is enough to begin."""

import os
import subprocess
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests import sample_notebook as sample
from tools.course import ROOT, CourseError, read_notebook, select_notebooks
from tools.notebooks import main
from tools.release import release
from tools.student_zip import FILES, TOP_FOLDER, pack, student_files

# Runs a notebook up to its setup cell, in the notebook's folder, and says what it imported.
RUN_SETUP = """
import sys
from pathlib import Path
import nbclient, nbformat

path = Path(sys.argv[1])
notebook = nbformat.read(path, as_version=4)
ids = [cell.id for cell in notebook.cells]
notebook.cells = notebook.cells[: ids.index("setup") + 1]
where = nbformat.v4.new_code_cell("import helpers; print(helpers.__file__)")
notebook.cells.append(where)
nbclient.NotebookClient(notebook, resources={"metadata": {"path": str(path.parent)}}).execute()
print(notebook.cells[-1].outputs[0].text)
"""


@pytest.fixture
def course(tmp_path):
    """Return a course folder with all that students get and much that they do not."""
    course = sample.write_course(tmp_path / "course")
    release(course)
    for name in FILES:
        if name != "nbgrader_config.py":
            (course / name).parent.mkdir(exist_ok=True)
            (course / name).write_text(f"{name}\n")
    for name in (
        "helpers/__init__.py",
        "helpers/datasets/co2.csv",
        "helpers/__pycache__/__init__.cpython-311.pyc",
        "helpers/notes.docx",
        "notebooks/01-sample/.ipynb_checkpoints/01-sample-checkpoint.ipynb",
        "notebooks/01-sample/picture.png",
        "tests/test_a.py",
        "tests/variants/nb01.py",
        "grading/__init__.py",
        "tools/release.py",
        "gradebook.db",
        "requirements-dev.txt",
    ):
        (course / name).parent.mkdir(parents=True, exist_ok=True)
        (course / name).write_text(name)
    return course


def test_archive_holds_the_listed_files_only(course):
    assert student_files(course) == sorted(
        [
            *FILES,
            "helpers/__init__.py",
            "helpers/datasets/co2.csv",
            "notebooks/01-sample/01-sample.ipynb",
            "notebooks/01-sample/picture.png",
        ]
    )


def test_archive_of_a_clone_holds_only_what_git_knows(course):
    git(course, "init", "--quiet")
    git(course, "add", ".")
    (course / "helpers" / "scratch.py").write_text("answers")
    (course / "notebooks" / "01-sample" / "mine.ipynb").write_text("answers")
    names = student_files(course)
    assert "helpers/__init__.py" in names
    assert not {"helpers/scratch.py", "notebooks/01-sample/mine.ipynb"} & set(names)


def test_file_that_git_does_not_know_is_named(course):
    git(course, "init", "--quiet")
    git(course, "add", ".")
    git(course, "rm", "--quiet", "--cached", "LICENSE")
    with pytest.raises(CourseError, match=r"missing LICENSE \(expected and known to git"):
        student_files(course)


def git(folder, *arguments):
    subprocess.run(["git", *arguments], cwd=folder, check=True)


@pytest.mark.parametrize("name", FILES)
def test_missing_file_is_named_and_nothing_is_written(course, name, tmp_path):
    (course / name).unlink()
    output = tmp_path / "student.zip"
    result = CliRunner().invoke(
        main, ["--root", str(course), "student-zip", "--output", str(output)]
    )
    assert result.exit_code == 1
    assert f"missing {name} " in result.output
    assert not output.exists()


def test_missing_notebooks_are_named(course):
    (course / "notebooks").rename(course / "elsewhere")
    with pytest.raises(CourseError, match="missing notebooks "):
        student_files(course)


def test_equal_files_give_equal_archives(course, tmp_path):
    pack(course, tmp_path / "first.zip")
    for path in course.rglob("*"):
        os.utime(path, (0, 0))
        path.chmod(0o700)
    pack(course, tmp_path / "second.zip")
    assert (tmp_path / "first.zip").read_bytes() == (tmp_path / "second.zip").read_bytes()
    assert {p.name for p in tmp_path.iterdir()} == {"course", "first.zip", "second.zip"}


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """Return the real archive, unpacked into an empty place."""
    place = tmp_path_factory.mktemp("student")
    pack(ROOT, place / "student.zip")
    with zipfile.ZipFile(place / "student.zip") as archive:
        archive.extractall(place)
    return place / TOP_FOLDER


@pytest.mark.slow
def test_real_archive_gives_nothing_away(unpacked):
    files = [path for path in unpacked.rglob("*") if path.is_file()]
    first_parts = {path.relative_to(unpacked).parts[0] for path in files}
    assert first_parts == {*(Path(name).parts[0] for name in FILES), "notebooks", "helpers"}
    for path in files:
        content = path.read_bytes()
        if path.suffix == ".ipynb":
            assert b"BEGIN SOLUTION" not in content
            assert b"BEGIN HIDDEN TESTS" not in content
    assert {path.stem for path in files if path.suffix == ".ipynb"} == {
        path.stem for path in select_notebooks(ROOT)
    }


@pytest.mark.slow
def test_real_archive_installs_and_runs_the_first_setup(unpacked, tmp_path):
    python = environment_without_course(tmp_path / "env")
    install = ["-m", "pip", "install", "--quiet", "--no-index", "--no-build-isolation"]
    finish([python, *install, "-r", "requirements.txt"], unpacked)
    first = min((unpacked / "notebooks").glob("*/*.ipynb"))
    assert any(cell.id == "setup" for cell in read_notebook(first).cells)
    printed = finish([python, "-c", RUN_SETUP, str(first)], tmp_path)
    assert Path(printed.split()[-1]).is_relative_to(unpacked / "helpers")
    # A table is data, not code: packing it takes a setting of its own.
    ask = "import helpers; print(len(helpers.load_table('co2_sarima_grid')))"
    assert finish([python, "-c", ask], tmp_path).split() == ["18"]


@pytest.mark.slow
def test_nbgraders_settings_work_without_the_rest_of_the_repository(unpacked, tmp_path):
    python = environment_without_course(tmp_path / "env")
    ask = (
        "from nbgrader.apps import NbGrader; a = NbGrader(); a.load_config_file(); print(a.config)"
    )
    assert "'timeout': 300" in finish([python, "-c", ask], unpacked)


def environment_without_course(folder: Path) -> Path:
    """Make an environment that sees the installed packages, so that no network is needed.

    It has no pip of its own either: Python 3.11 would add a setuptools that is too old. A path
    in a .pth file does not load the .pth files in it, so this repository's own editable
    installation is not seen.
    """
    venv.create(folder, with_pip=False)
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = Path(finish([python, "-c", ask], folder).strip())
    (packages / "installed.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    return python


def finish(command: list[str | Path], folder: Path) -> str:
    """Run a command without this process's settings; return what it prints."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(command, cwd=folder, env=kept, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
