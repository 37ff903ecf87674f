"""``release`` and ``check``: made by nbgrader, swapped whole, equal to the sources byte by byte."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests import sample_notebook as sample
from tools.course import CourseError, files_below
from tools.notebooks import main
from tools.release import build, compare, differences, release, swap

FILE = "01-sample/01-sample.ipynb"


@pytest.fixture
def course(tmp_path):
    return sample.write_course(tmp_path / "course")


@pytest.fixture
def released(course):
    release(course)
    return course


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files_below(folder)}


def run(course, *arguments):
    return CliRunner().invoke(main, ["--root", str(course), *arguments])


def break_source(course, name):
    """Write a source that nbgrader cannot release: a solution without an end."""
    notebook = sample.build()
    cell = sample.find(notebook, "ex1-running-total")
    cell.source = cell.source.replace("### END SOLUTION", "")
    sample.write(course / "solutions", notebook, name)


def test_release_holds_no_answer(released):
    text = (released / "notebooks" / FILE).read_text()
    for leaked in ("np.cumsum", "SOLUTION", "grown =", "HIDDEN TESTS", "permutation"):
        assert leaked not in text
    for kept in ("raise NotImplementedError()", "Hidden tests: the same", "YOUR ANSWER HERE"):
        assert kept in text


def test_two_releases_are_equal_byte_by_byte(course, tmp_path):
    build(course, tmp_path / "first")
    build(course, tmp_path / "second")
    assert tree(tmp_path / "first") == tree(tmp_path / "second")
    assert list(tree(tmp_path / "first")) == [FILE]


@pytest.mark.slow
def test_release_is_what_nbgraders_own_command_gives(released):
    ours = tree(released / "notebooks")
    command = ["nbgrader", "generate_assignment", sample.NAME, "--no-db", "--force"]
    subprocess.run([sys.executable, "-m", *command], cwd=released, check=True, capture_output=True)
    assert tree(released / "notebooks") == ours


def test_release_leaves_nothing_else_behind(released):
    names = {path.name for path in released.iterdir()}
    assert names == {"nbgrader_config.py", "solutions", "notebooks"}


def test_other_files_of_an_assignment_travel_along(course):
    data = course / "solutions" / sample.NAME / "data"
    data.mkdir()
    (data / "a.csv").write_bytes(b"1,2\r\n")
    release(course)
    assert (course / "notebooks" / sample.NAME / "data" / "a.csv").read_bytes() == b"1,2\r\n"


def test_folders_of_removed_assignments_go(tmp_path):
    course = sample.write_course(tmp_path, "01-old", "02-kept")
    assert release(course) == ["01-old", "02-kept"]
    (course / "solutions/01-old/01-old.ipynb").unlink()
    (course / "solutions/01-old").rmdir()
    assert release(course) == ["02-kept"]
    assert list(tree(course / "notebooks")) == ["02-kept/02-kept.ipynb"]


def test_failing_source_leaves_the_old_release_untouched(released):
    before = tree(released / "notebooks")
    sample.find(changed := sample.build(), "goals").source = "Other goals."
    sample.write(released / "solutions", changed)
    break_source(released, "02-broken")
    result = run(released, "release")
    assert result.exit_code == 1
    assert "solutions/02-broken: nbgrader cannot release it: RuntimeError" in result.output
    assert tree(released / "notebooks") == before
    assert {p.name for p in released.iterdir()} == {"nbgrader_config.py", "solutions", "notebooks"}


def test_folder_without_a_notebook_fails(released):
    (released / "solutions" / "02-empty").mkdir()
    with pytest.raises(CourseError, match=r"solutions/02-empty: nbgrader cannot release it"):
        release(released)


def test_course_without_sources_keeps_its_release(released):
    before = tree(released / "notebooks")
    (released / "solutions").rename(released / "elsewhere")
    with pytest.raises(CourseError, match="nothing to release"):
        release(released)
    assert tree(released / "notebooks") == before


def test_course_without_settings_is_refused(course):
    (course / "nbgrader_config.py").unlink()
    with pytest.raises(CourseError, match=r"nbgrader_config\.py: not found"):
        release(course)


def test_release_goes_elsewhere_when_told(course, tmp_path):
    result = run(course, "release", "--output", str(tmp_path / "out"))
    assert (result.exit_code, result.output) == (0, "released 01-sample\n")
    assert list(tree(tmp_path / "out")) == [FILE]
    assert not (course / "notebooks").exists()


def test_folder_that_is_no_release_is_never_replaced(course, tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "thesis.txt").write_text("years of work")
    for place in (tmp_path / "home", course, course.parent, course / "solutions"):
        result = run(course, "release", "--output", str(place))
        assert result.exit_code == 1
        assert "not a" in result.output
    assert (tmp_path / "home" / "thesis.txt").read_text() == "years of work"
    assert (course / "solutions" / FILE).is_file()


def test_failing_swap_puts_the_old_release_back(released, tmp_path):
    before = tree(released / "notebooks")
    with pytest.raises(FileNotFoundError):
        swap(tmp_path / "never-built", released / "notebooks", tmp_path / "old")
    assert tree(released / "notebooks") == before


def test_check_passes_on_a_fresh_release(released):
    (released / "notebooks" / sample.NAME / ".ipynb_checkpoints").mkdir()
    (released / "notebooks" / sample.NAME / ".ipynb_checkpoints" / "x.ipynb").write_text("")
    result = run(released, "check")
    assert (result.exit_code, result.output) == (0, "")


def test_check_finds_one_changed_byte(released):
    path = released / "notebooks" / FILE
    path.write_bytes(path.read_bytes() + b"\n")
    assert differences(released) == [f"notebooks/{FILE}: differs from its source's release"]
    assert run(released, "check").exit_code == 1


def test_check_finds_a_changed_source(released):
    sample.find(changed := sample.build(), "goals").source = "Other goals."
    sample.write(released / "solutions", changed)
    assert differences(released) == [f"notebooks/{FILE}: differs from its source's release"]


def test_check_finds_a_missing_and_an_extra_file(released):
    (released / "notebooks" / FILE).rename(released / "notebooks" / "01-sample" / "copy.ipynb")
    result = run(released, "check")
    assert result.exit_code == 1
    assert result.output.splitlines()[:2] == [
        "notebooks/01-sample/01-sample.ipynb: missing",
        "notebooks/01-sample/copy.ipynb: extra: no source gives it",
    ]


def test_check_finds_a_release_that_was_never_made(course):
    assert differences(course) == [f"notebooks/{FILE}: missing"]


def test_compare_reads_bytes_and_not_dates(tmp_path):
    for name, text in (("a", "one"), ("b", "two")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "f").write_text(text)
    assert compare(tmp_path / "a", tmp_path / "b", "b") == [
        "b/f: differs from its source's release"
    ]
