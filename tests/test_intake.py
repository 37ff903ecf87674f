"""The intake: its parts, its place in nbgrader's run, and its dry run."""

import json
import os
from copy import deepcopy
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner
from nbformat import NotebookNode
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

import grading.exporter
from grading.__main__ import main
from grading.course import CommandFailed, Course
from grading.files import read_timestamp, replace_folder
from grading.intake import Accepted, Release, lay_out, read_release, record, take_in
from grading.submitted import Limits, SubmissionRefused
from tests.submissions.cases import FULL, Work
from tests.submissions.fixture import NAME, make_release, solve
from tests.submissions.harness import make_class


@pytest.fixture
def blank() -> NotebookNode:
    return make_release()


@pytest.fixture
def release(blank: NotebookNode) -> Release:
    return Release(NAME, blank)


@pytest.fixture
def work(tmp_path: Path, blank: NotebookNode) -> Work:
    folder = tmp_path / "handed-in"
    folder.mkdir()
    return Work(folder, solve(blank), blank)


def ids(accepted: Accepted) -> list[str]:
    return [cell.id for cell in accepted.notebook.cells]


def mended(accepted: Accepted, *words: str) -> bool:
    return any(all(word in line for word in words) for line in accepted.mends)


# The notebook


def test_what_needs_no_mending_stays_as_it_is(work: Work, release: Release):
    work.save()
    accepted = take_in(work.folder, release)
    assert accepted.notebook == work.solved
    assert accepted.mends == ()


def test_what_was_rebuilt_needs_no_mending(work: Work, release: Release, tmp_path: Path):
    work.remove("setup", "ex1-rescale-check")
    work.notebook.cells.reverse()
    work.add("x = 1")
    work.save("other.ipynb")
    first = take_in(work.folder, release)
    lay_out(first, tmp_path / "accepted", NAME)
    second = take_in(tmp_path / "accepted", release)
    assert first.mends
    assert second.mends == ()
    assert second.notebook == first.notebook


def test_release_is_never_changed(work: Work, release: Release):
    before = deepcopy(release.notebook)
    work.answer("q1-order", "Other words.")
    work.save()
    take_in(work.folder, release)
    assert release.notebook == before


def test_mends_name_the_cells(work: Work, release: Release):
    work.remove("ex2-runs")
    work.answer("setup", "import numpy")
    work.find("ex1-rescale-check").metadata["tags"] = ["skip-execution"]
    work.notebook.cells.append(deepcopy(work.find("ex3-iterate")))
    work.save()
    accepted = take_in(work.folder, release)
    assert mended(accepted, "put back", "ex2-runs")
    assert mended(accepted, "undid changes to cells", "setup")
    assert mended(accepted, "undid changes to marks", "ex1-rescale-check")
    assert mended(accepted, "twice", "ex3-iterate")


def test_own_cells_stay_where_they_were_and_lose_their_marks(work: Work, release: Release):
    for after in ("ex1-rescale", "ex2-runs-hidden"):
        work.add("x = 1", after=after).metadata = {"tags": ["skip-execution"], "nbgrader": {}}
    work.save()
    accepted = take_in(work.folder, release)
    order = ids(accepted)
    assert order.index("own-1") == order.index("ex1-rescale") + 1
    assert order.index("own-2") == order.index("ex2-runs-hidden") + 1
    assert all(cell.metadata == {} for cell in accepted.notebook.cells if "own" in cell.id)


def test_own_cells_stand_after_a_lost_answer_and_before_a_lost_test(work: Work, release: Release):
    work.add("x = 1", after="ex1-rescale-statement")
    work.add("x = 2", after="ex1-rescale-statement")
    work.remove("ex1-rescale", "ex1-rescale-check")
    work.save()
    order = ids(take_in(work.folder, release))
    place = order.index("ex1-rescale")
    assert order[place : place + 4] == ["ex1-rescale", "own-1", "own-2", "ex1-rescale-check"]


def test_of_two_written_answers_the_one_that_is_written_counts(work: Work, release: Release):
    answer = work.find("q1-order").source
    copy = deepcopy(work.find("q1-order"))
    copy.source = next(cell.source for cell in work.blank.cells if cell.id == "q1-order")
    work.notebook.cells.insert(-1, copy)
    work.save()
    cells = {cell.id: cell for cell in take_in(work.folder, release).notebook.cells}
    assert cells["q1-order"].source == answer


def test_a_copy_of_a_test_that_became_something_else_is_the_students(work: Work, release: Release):
    copy = deepcopy(work.find("ex1-rescale-check"))
    copy.source = "def spread(x):\n    return x.max() - x.min()"
    for place in (0, 1):
        notebook = deepcopy(work.notebook)
        at = next(i for i, cell in enumerate(notebook.cells) if cell.id == "ex1-rescale-check")
        notebook.cells.insert(at + place, copy)
        work.write(f"{NAME}.ipynb", json.dumps(notebook).encode())
        sources = [cell.source for cell in take_in(work.folder, release).notebook.cells]
        assert copy.source in sources


def test_pictures_of_a_written_answer_stay_and_scripts_go(work: Work, release: Release):
    versions = {"image/png": "aGk=", "image/svg+xml": "<svg/>", "text/html": "<script>"}
    work.find("q1-order")["attachments"] = {"plot": versions}
    work.save()
    cells = {cell.id: cell for cell in take_in(work.folder, release).notebook.cells}
    assert cells["q1-order"].attachments == {"plot": {"image/png": "aGk="}}


def test_without_marks_and_ids_a_place_that_is_not_certain_is_not_guessed(
    work: Work, release: Release
):
    other = deepcopy(work.find("ex1-rescale"))
    work.notebook.cells.insert(work.notebook.cells.index(work.find("ex1-rescale")), other)
    for cell in work.notebook.cells:
        cell.metadata = {}
        del cell["id"]
    work.save()
    accepted = take_in(work.folder, release)
    assert mended(accepted, "put back", "ex1-rescale")
    # Nothing is lost: both stand behind the blank answer and override it.
    place = ids(accepted).index("ex1-rescale")
    assert ids(accepted)[place : place + 3] == ["ex1-rescale", "own-1", "own-2"]


# The files


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("2026-10-07 15:58:23.948203 America/Los_Angeles", True),
        ("2026-10-07 15:58:23.948203 UTC", True),
        ("2026-10-07 15:58:23 +0200\n", True),
        ("2026-10-07 15:58", True),
        ("", False),
        ("10", False),
        ("2026-13-07 15:58", False),
        ("2026-10-07 15:58:23 /etc/passwd", False),
        ("2026-10-07 15:58:23 A/../../../etc/passwd", False),
        ("0001-01-01 00:00:00 +2300", False),
        ("2026-10-07 15:58" + " " * 200, False),
        ("９999-10-07 15:58", False),
    ],
)
def test_time_of_handing_in_is_one_that_nbgrader_can_read(tmp_path: Path, text: str, good: bool):
    (tmp_path / "timestamp.txt").write_text(text, encoding="utf-8")
    assert (read_timestamp(tmp_path) is not None) == good


def test_files_beside_the_notebook(work: Work, tmp_path: Path):
    work.save()
    for name in ("data/a.csv", "tools.py", "numpy/x.txt", ".env", "b.so.1", "timestamp.txt"):
        work.write(name, b"1")
    outside = tmp_path / "outside.txt"
    outside.write_bytes(b"2")
    os.link(outside, work.folder / "hard.txt")
    (work.folder / "link.txt").symlink_to(outside)
    release = Release(NAME, work.blank, frozenset({"tools.py"}))
    accepted = take_in(work.folder, release)
    assert sorted(accepted.files) == ["data/a.csv", "hard.txt", "tools.py"]
    for name in ("numpy/x.txt", ".env", "b.so.1", "timestamp.txt", "link.txt"):
        assert mended(accepted, name)


def test_files_within_limits(work: Work, release: Release):
    work.save()
    for name in "abcd":
        work.write(f"{name}.csv", b"x" * 100)
    few = take_in(work.folder, release, Limits(max_files=2))
    assert sorted(few.files) == ["a.csv", "b.csv"]
    assert mended(few, "c.csv", "d.csv")
    small = take_in(work.folder, release, Limits(max_total_bytes=250))
    assert sorted(small.files) == ["a.csv", "b.csv"]
    assert take_in(work.folder, release, Limits(max_file_bytes=99)).files == {}


def test_files_of_release_and_source_count_as_shipped(tmp_path: Path, blank: NotebookNode):
    for folder, file in (("release", "a.py"), ("source", "sub/b.py")):
        path = tmp_path / folder / file
        path.parent.mkdir(parents=True)
        path.write_text("")
    nbformat.write(blank, tmp_path / "release" / f"{NAME}.ipynb")
    release = read_release(NAME, tmp_path / "release", tmp_path / "source")
    assert release.shipped == {"a.py", "sub/b.py"}


def test_folder_is_replaced_whole_or_not_at_all(tmp_path: Path):
    folder = tmp_path / "student" / NAME
    replace_folder(folder, {"old.txt": b"1"})
    with pytest.raises(OSError, match="too long"):
        replace_folder(folder, {"new.txt": b"2", "x" * 300: b""})
    assert [path.name for path in folder.iterdir()] == ["old.txt"]
    replace_folder(folder, {"new.txt": b"2"})
    assert [path.name for path in folder.iterdir()] == ["new.txt"]
    assert list(folder.parent.iterdir()) == [folder]


def test_a_line_that_was_cut_off_does_not_spoil_the_next(tmp_path: Path):
    report = tmp_path / "intake.jsonl"
    record(report, {"student": "a"})
    with report.open("a") as file:
        file.write('{"student": "b')
    record(report, {"student": "c"})
    first, _, last = report.read_text().splitlines()
    assert (json.loads(first), json.loads(last)) == ({"student": "a"}, {"student": "c"})


# The dry run


def check(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["check", *map(str, arguments)])
    return result.exit_code, result.output


@pytest.fixture
def releases(tmp_path: Path, blank: NotebookNode) -> Path:
    other = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x", id="x")])
    for name, notebook in ((NAME, blank), ("02-other", other)):
        folder = tmp_path / "notebooks" / name
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / f"{name}.ipynb")
    return tmp_path / "notebooks"


def test_check_finds_the_assignment_and_says_what_it_would_mend(work: Work, releases: Path):
    work.remove("setup")
    path = work.save("mine.ipynb")
    for submission in (path, work.folder):
        status, output = check(submission, f"--release={releases}")
        assert status == 0
        assert f"{NAME}: mended" in output
        assert "put back what was deleted: setup" in output


def test_check_says_why_it_would_refuse(work: Work, releases: Path):
    good = work.save()
    bad = work.write("bad.ipynb", b"{")
    status, output = check(good, bad, f"--release={releases}", f"--assignment={NAME}")
    assert status == 1
    assert "accepted as it is" in output
    assert f"{bad}: REFUSED: the file is not a notebook" in output


def test_check_without_a_release(work: Work, tmp_path: Path):
    status, output = check(work.save(), f"--release={tmp_path}", "--assignment=09-none")
    assert status == 2
    assert "no notebook of 09-none" in output


# In nbgrader's run


def hand_in(course: Course, student: str, notebook: NotebookNode | None, hour: int) -> None:
    """Hand in anew; no notebook is a broken file."""
    folder = course.root / "submitted" / student / NAME
    folder.mkdir(parents=True, exist_ok=True)
    text = "{" if notebook is None else nbformat.writes(notebook)
    (folder / f"{NAME}.ipynb").write_text(text, encoding="utf-8")
    (folder / "timestamp.txt").write_text(f"2026-10-07 {hour:02}:00:00 UTC")


def scores(course: Course, student: str) -> dict[str, float | None]:
    return {name: grade.auto for name, grade in course.grades(NAME, student).items()}


def report(course: Course) -> list[dict]:
    lines = (course.root / "accepted" / "intake.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course in which two students have handed in, and were graded."""
    course = make_class(tmp_path_factory.mktemp("course"), [])
    solved = solve(nbformat.read(course.root / "notebooks" / NAME / f"{NAME}.ipynb", 4))
    for student in ("ada", "ben"):
        hand_in(course, student, solved, 8)
    course.autograde(NAME)
    return course


@pytest.mark.slow
def test_a_refused_submission_does_not_keep_the_scores_of_an_earlier_one(course: Course):
    course.grade_by_hand(NAME, "ben", 8)
    before = scores(course, "ada")
    hand_in(course, "ben", None, 9)
    with pytest.raises(CommandFailed, match="for student 'ben'"):
        course.autograde(NAME)
    assert set(scores(course, "ben").values()) == {None}
    assert {grade.manual for grade in course.grades(NAME, "ben").values()} == {None}
    assert not (course.root / "autograded" / "ben" / NAME).exists()
    assert scores(course, "ada") == before
    # The one who was graded before is not taken in again.
    *_, refused, withdrawn = report(course)
    assert (refused["student"], refused["outcome"]) == ("ben", "refused")
    assert withdrawn["outcome"] == "withdrawn"
    assert withdrawn["auto, manual, extra"]["q1-order"] == [None, 8, None]

    hand_in(course, "ben", course.graded(NAME, "ada"), 10)
    course.autograde(NAME)
    assert scores(course, "ben") == before


@pytest.mark.slow
def test_formgraders_button_says_why(course: Course, monkeypatch: pytest.MonkeyPatch):
    hand_in(course, "cleo", course.graded(NAME, "ada"), 8)
    folder = CourseDirectory(
        root=str(course.root), source_directory="solutions", release_directory="notebooks"
    )
    config = Config()
    config.Autograde.exporter_class = "grading.exporter.SubmissionExporter"
    api = NbGraderAPI(folder, config=config)

    def fail(*_: object) -> Accepted:
        raise MemoryError("the disk of this test")

    with monkeypatch.context() as patch:
        patch.setattr(grading.exporter, "take_in", fail)
        result = api.autograde(NAME, "cleo")
    assert not result["success"]
    assert "MemoryError: the disk of this test" in result["log"]
    assert set(scores(course, "cleo").values()) == {None}
    assert folder.submitted_directory == "submitted"

    assert api.autograde(NAME, "cleo")["success"]
    assert sum(score or 0 for score in scores(course, "cleo").values()) == sum(FULL.values())


@pytest.mark.slow
def test_nothing_is_graded_where_release_and_gradebook_differ(course: Course):
    path = course.root / "notebooks" / NAME / f"{NAME}.ipynb"
    before = path.read_text(encoding="utf-8")
    notebook = nbformat.reads(before, 4)
    notebook.cells = [cell for cell in notebook.cells if cell.id != "ex2-runs"]
    nbformat.write(notebook, path)
    hand_in(course, "dan", notebook, 8)
    try:
        with pytest.raises(CommandFailed, match="differ in the cells ex2-runs"):
            course.autograde(NAME)
    finally:
        path.write_text(before, encoding="utf-8")
    assert not (course.root / "autograded" / "dan").exists()


def test_refusals_are_told_apart_from_faults(work: Work, release: Release):
    with pytest.raises(SubmissionRefused, match="empty"):
        take_in(work.folder, release)
