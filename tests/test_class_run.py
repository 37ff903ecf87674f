"""The class run: ``python -m grading run``."""

import fcntl
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import NbGraderException
from nbgrader.utils import is_locked

from grading.classrun.coordinator import ATTEMPTS, ClassRun
from grading.classrun.environment import digest
from grading.classrun.ledger import GradedBefore, Ledger
from grading.classrun.outcomes import Outcome, Status
from grading.classrun.task import OtherEnvironment, Result, run_task
from grading.classrun.workshop import workshop
from grading.course import Course
from grading.judging import UngradedError
from grading.settings import autograde, load_settings
from tests.classes.graded import command, environment, files_of, grade, new_class, notebook, scores
from tests.submissions.fixture import NAME
from tests.submissions.harness import BLANK, SOLVED

pytestmark = pytest.mark.slow

# One of each kind: mended, refused, dead in the middle, stopped, a forger, with a time, with files.
CASES = (
    "deleted-test-cell",
    "cut-off",
    "leaves-by-exit",
    "loops",
    "sent-points",
    "odd-time",
    "file-as-folder",
)
SHORT = "--Execute.timeout=10"


@dataclass(frozen=True)
class Graded:
    course: Course
    done: subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def ungraded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a class that has handed in."""
    return new_class(tmp_path_factory.mktemp("class"), CASES).folder


@pytest.fixture(scope="module")
def graded(ungraded: Path, tmp_path_factory: pytest.TempPathFactory) -> Graded:
    course = copy_of(ungraded, tmp_path_factory.mktemp("graded"))
    return Graded(course, grade(course, "--jobs", "2", SHORT))


@pytest.fixture
def small(ungraded: Path, tmp_path: Path) -> Course:
    """A class of the two honest students, not graded."""
    course = copy_of(ungraded, tmp_path / "copy")
    for case in CASES:
        shutil.rmtree(course.root / "submitted" / case)
    return course


def copy_of(folder: Path, place: Path) -> Course:
    shutil.copytree(folder, place, symlinks=True, dirs_exist_ok=True)
    return Course(place)


def ledger_of(course: Course) -> dict[str, GradedBefore]:
    with Ledger(f"sqlite:///{course.root / 'gradebook.db'}", "sequence-models") as ledger:
        return ledger.graded(NAME)


def change(course: Course, student: str) -> None:
    path = course.root / "submitted" / student / NAME / f"{NAME}.ipynb"
    nb = nbformat.read(path, as_version=4)
    next(cell for cell in nb.cells if cell.id == "ex2-runs").source = "run_lengths = 7"
    nbformat.write(nb, path)


def spoil(course: Course, student: str) -> None:
    (course.root / "submitted" / student / NAME / f"{NAME}.ipynb").write_text("{", encoding="utf-8")


# What it gives


def test_it_gives_what_nbgraders_own_command_gives(graded: Graded, ungraded: Path, tmp_path: Path):
    stock = copy_of(ungraded, tmp_path / "copy")
    command = [sys.executable, "-m", "nbgrader", "autograde", NAME, SHORT]
    subprocess.run(
        command, cwd=stock.root, env=environment(stock), check=False, capture_output=True
    )
    assert scores(graded.course, NAME) == scores(stock, NAME)
    for student in (SOLVED, BLANK, *CASES):
        assert notebook(graded.course, student, NAME) == notebook(stock, student, NAME)
    assert files_of(graded.course, "autograded") == files_of(stock, "autograded")
    modes = [
        (course.root / "autograded" / SOLVED / NAME / f"{NAME}.ipynb").stat().st_mode
        for course in (graded.course, stock)
    ]
    assert modes[0] == modes[1]
    assert times(graded.course) == times(stock)


def times(course: Course) -> dict[str, object]:
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}") as gradebook:
        return {s.student_id: s.timestamp for s in gradebook.assignment_submissions(NAME)}


def test_it_says_who_needs_a_persons_eye(graded: Graded):
    lines = graded.done.stderr.splitlines()
    named = {case for case in CASES for line in lines if line.startswith(f"{NAME}, {case}: ")}
    assert named == {"cut-off", "leaves-by-exit", "loops"}
    assert graded.done.returncode == 1
    row = next(
        line for line in graded.done.stderr.splitlines() if f" {NAME} " in line and "│" in line
    )
    assert [part.strip() for part in row.split("│")][2:7] == ["8", "0", "1", "0", "2"]


def test_the_folder_of_a_dead_run_goes_with_the_next_one(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    dead, alive = tmp_path / "class-dead", tmp_path / "class-alive"
    for folder in (dead, alive):
        folder.mkdir()
        (folder / "lock").touch()
    with open(alive / "lock") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with workshop() as own:
            assert tempfile.gettempdir() == str(own)
            assert sorted(tmp_path.iterdir()) == sorted([alive, own])
            (own / "left").mkdir(mode=0)
    assert list(tmp_path.iterdir()) == [alive]
    assert tempfile.gettempdir() == str(tmp_path)


# What it does again, and what not


def test_it_skips_what_has_not_changed(small: Course):
    assert grade(small).returncode == 0
    first = ledger_of(small)
    change(small, BLANK)
    done = grade(small)
    second = ledger_of(small)
    assert done.returncode == 0
    assert second[SOLVED] == first[SOLVED]
    assert second[BLANK].fingerprint != first[BLANK].fingerprint
    assert scores(small, NAME)[BLANK]["ex2-runs-check"][0] == 0
    grade(small, "--force")
    third = ledger_of(small)
    assert third[SOLVED].fingerprint == first[SOLVED].fingerprint
    assert third[SOLVED].seconds != first[SOLVED].seconds


def test_a_changed_limit_or_test_changes_all_fingerprints(small: Course, monkeypatch):
    monkeypatch.chdir(small.root)
    names = [{}, {}, {}]
    names[0] = fingerprints()
    names[1] = fingerprints("--Execute.timeout=7")
    path = small.root / "solutions" / NAME / f"{NAME}.ipynb"
    source = path.read_text(encoding="utf-8")
    path.write_text(
        source.replace("aaabccccd", "aaabccccdd").replace("[3, 1, 4, 1]", "[3, 1, 4, 2]")
    )
    small.generate(NAME, "--force")
    names[2] = fingerprints()
    for student in (SOLVED, BLANK):
        assert len({some[student] for some in names}) == 3
    assert fingerprints() == names[2]


def fingerprints(*options: str) -> dict[str, str]:
    with class_run(*options) as run:
        folders = run._folders.items()
        return {s: run._assignment.fingerprint(run._assignment.read(f)) for s, f in folders}


@contextmanager
def class_run(*options: str) -> Iterator[ClassRun]:
    app = load_settings(options)
    with Ledger(app.coursedir.db_url, app.coursedir.course_id) as ledger:
        yield ClassRun(autograde(app, NAME), ledger)


def test_what_nbgrader_graded_is_graded_again(small: Course):
    grade(small)
    small.autograde(NAME, f"--student={BLANK}", "--force")
    assert set(ledger_of(small)) == {SOLVED}
    assert grade(small).returncode == 0
    assert set(ledger_of(small)) == {SOLVED, BLANK}


def test_a_half_made_folder_is_replaced(small: Course):
    folder = small.root / "autograded" / BLANK / NAME
    folder.mkdir(parents=True)
    (folder / f"{NAME}.ipynb").write_text("{", encoding="utf-8")
    (folder.parent / f".new-{NAME}-abc").mkdir()
    assert grade(small).returncode == 0
    assert notebook(small, BLANK, NAME) is not None
    assert not any(".new-" in name for name in files_of(small, "autograded"))


def test_a_refused_submission_takes_the_earlier_scores_along(small: Course):
    grade(small)
    small.grade_by_hand(NAME, SOLVED, 9)
    spoil(small, SOLVED)
    done = grade(small)
    assert done.returncode == 1
    assert f"{NAME}, {SOLVED}: refused: " in done.stderr
    assert f"{NAME}, {SOLVED}: the scores of an earlier submission were withdrawn" in done.stderr
    cells = scores(small, NAME)[SOLVED]
    assert {values[:2] for name, values in cells.items() if "comment" not in name} == {(None, None)}
    assert notebook(small, SOLVED, NAME) is None
    assert SOLVED not in ledger_of(small)


def test_a_mark_given_by_hand_stays_and_waits_for_a_look(small: Course):
    grade(small)
    small.grade_by_hand(NAME, SOLVED, 9)
    grade(small, "--force")
    assert scores(small, NAME)[SOLVED]["q1-order"] == (None, 9, True)


def test_students_can_be_chosen(small: Course):
    assert grade(small, f"--student={BLANK}").returncode == 0
    assert set(ledger_of(small)) == {BLANK}


# What stops it


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("nothing",), "cannot read the release"),
        (("--student=nobody",), "there are no submissions"),
        (("--scheduler", "tcp://127.0.0.1:1"), "no scheduler answers at tcp://127.0.0.1:1"),
    ],
)
def test_it_says_why_nothing_was_graded(small: Course, arguments: tuple[str, ...], reason: str):
    done = grade(small, *arguments)
    assert done.returncode == 2
    assert reason in done.stderr
    assert "Traceback" not in done.stderr
    assert not (small.root / "autograded").exists()


def test_without_a_sandbox_nothing_is_graded(small: Course):
    # A machine without bubblewrap: an empty file in its place.
    hidden = ["bwrap", "--dev-bind", "/", "/", "--ro-bind", "/dev/null", "/usr/bin/bwrap", "--"]
    done = subprocess.run(
        [*hidden, *command("--SandboxProvisioner.mode=bubblewrap")],
        cwd=small.root,
        env=environment(small),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "Nothing was graded" in done.stderr
    assert "apt-get install bubblewrap" in done.stderr
    assert not (small.root / "autograded").exists()


def test_two_runs_of_an_assignment_do_not_go_on_at_once(small: Course, monkeypatch):
    monkeypatch.chdir(small.root)
    (small.root / "accepted").mkdir()
    with class_run() as run, open(small.root / "accepted" / f".{NAME}.lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(NbGraderException, match="another run is grading"):
            next(run.grade(Script({})))


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("sanitize_preprocessors", "nbgrader.preprocessors.ClearOutput"),
        ("post_convert_hook", "os.path.join"),
    ],
)
def test_settings_that_it_would_leave_out_are_refused(
    small: Course, monkeypatch, setting: str, value: str
):
    monkeypatch.chdir(small.root)
    with (
        pytest.raises(NbGraderException, match=f"leaves out what c.Autograde.{setting}"),
        class_run(f"--Autograde.{setting}={value}"),
    ):
        pass


# What it does with workers, tried with one that follows a script


class Script:
    """An engine whose tasks end as a script says, by student; else with a solved notebook.

    A list holds what comes of the student's tasks, one after the other. `loses_all` makes a lost
    task take with it all that run at the same time, as a pool does.
    """

    lost = (BrokenProcessPool,)
    slots = 3
    idle = None

    def __init__(self, ends: dict[str, list[Exception]], loses_all: bool = False) -> None:
        self.ends, self.loses_all = ends, loses_all
        self.tries: list[str] = []
        self.waiting: list[tuple[str, Future[Result], Result]] = []

    def submit(self, common: object, task: object) -> "Future[Result]":
        student = task.files["who.txt"].decode()
        self.tries.append(student)
        future: Future[Result] = Future()
        self.waiting.append((student, future, Result(task.notebook, 1.0)))
        if len(self.waiting) == self.slots or not self.loses_all or len(self.tries) > self.slots:
            self._end()
        return future

    def _end(self) -> None:
        ended, self.waiting = self.waiting, []
        errors = [self.ends[s].pop(0) if self.ends.get(s) else None for s, *_ in ended]
        if self.loses_all and any(errors):
            errors = [next(filter(None, errors))] * len(ended)
        for (_, future, result), error in zip(ended, errors, strict=True):
            if error:
                future.set_exception(error)
            else:
                future.set_result(result)


def outcomes(course: Course, engine: Script, *options: str) -> dict[str, Outcome]:
    for student in (SOLVED, BLANK, "carl"):
        folder = course.root / "submitted" / student / NAME
        if not folder.exists():
            shutil.copytree(course.root / "submitted" / BLANK / NAME, folder)
        (folder / "who.txt").write_text(student, encoding="utf-8")
    with class_run(*options) as run:
        return {outcome.student: outcome for outcome in run.grade(engine)}


def test_a_task_whose_worker_ended_is_tried_again(small: Course, monkeypatch):
    monkeypatch.chdir(small.root)
    engine = Script({BLANK: [BrokenProcessPool("killed")]}, loses_all=True)
    found = outcomes(small, engine)
    assert {o.status for o in found.values()} == {Status.GRADED}
    assert sorted(engine.tries) == sorted(2 * [SOLVED, BLANK, "carl"])


def test_a_task_that_ends_every_worker_costs_nobody_else(small: Course, monkeypatch):
    monkeypatch.chdir(small.root)
    ends = {BLANK: [BrokenProcessPool("killed") for _ in range(9)]}
    engine = Script(ends, loses_all=True)
    found = outcomes(small, engine)
    assert found.pop(BLANK).remarks[0].startswith(f"not graded: tried {ATTEMPTS} times")
    assert {o.status for o in found.values()} == {Status.GRADED}
    assert engine.tries.count(BLANK) == ATTEMPTS


def test_a_judge_that_broke_leaves_no_score(small: Course, monkeypatch):
    monkeypatch.chdir(small.root)
    outcomes(small, Script({}))
    change(small, BLANK)
    found = outcomes(small, Script({BLANK: [UngradedError("The judge's kernel ended: memory.")]}))
    assert found[BLANK].status is Status.FAILED
    assert found[BLANK].remarks[0] == "not graded: The judge's kernel ended: memory."
    assert {v[0] for n, v in scores(small, NAME)[BLANK].items() if "comment" not in n} == {None}
    assert found[SOLVED].status is Status.UNCHANGED


def test_a_fault_of_the_machine_leaves_earlier_scores_alone(small: Course, monkeypatch):
    monkeypatch.chdir(small.root)
    outcomes(small, Script({}))
    before = scores(small, NAME)
    change(small, BLANK)
    found = outcomes(small, Script({BLANK: [OSError("no space left")]}))
    assert found[BLANK].remarks == ("not graded: OSError: no space left",)
    assert scores(small, NAME) == before


def test_what_cannot_be_recorded_costs_nobody_else(small: Course, monkeypatch):
    monkeypatch.chdir(small.root)
    with Ledger(f"sqlite:///{small.root / 'gradebook.db'}", "sequence-models") as ledger:
        ledger.add_student(SOLVED)
    found = outcomes(small, Script({}), "--Autograde.create_student=False")
    assert found.pop(SOLVED).status is Status.GRADED
    assert {o.status for o in found.values()} == {Status.FAILED}
    assert all(o.remarks[0].startswith("not graded: cannot be recorded") for o in found.values())
    assert set(scores(small, NAME)) == {SOLVED}


def test_a_worker_with_another_environment_is_refused():
    with pytest.raises(OtherEnvironment, match="another Python, other packages"):
        run_task(SimpleNamespace(environment="0" * 64), None)


def test_a_task_holds_what_nbgrader_would_run(small: Course, monkeypatch, ungraded: Path):
    """nbgrader's first steps on each submission, and ours once for all of them, do the same."""
    monkeypatch.chdir(small.root)
    with class_run() as run:
        part = run._assignment
        accepted = part.accept(part.read(run._folders[SOLVED]))
        task = nbformat.reads(part.task(accepted).notebook.decode(), as_version=4)
        nb, resources = accepted.notebook, part.resources(run._run, SOLVED)
        for step in run._run.sanitize_preprocessors:
            nb, resources = step(parent=run._run)(nb, resources)
    assert task.cells == nb.cells
    assert any("HIDDEN TESTS" in cell.source for cell in task.cells if is_locked(cell))


# The ledger


def test_a_transaction_is_whole_or_not_at_all(small: Course):
    with Ledger(f"sqlite:///{small.root / 'gradebook.db'}", "sequence-models") as ledger:
        with pytest.raises(MissingEntry), ledger.transaction():
            ledger.find_student(ledger.add_student("ann").id + "e")
        assert ledger.students == []
        with ledger.transaction():
            ledger.add_student("ann")
        assert [s.id for s in ledger.students] == ["ann"]


def test_a_digest_keeps_its_parts_apart():
    assert digest([b"ab", b"c"]) != digest([b"a", b"bc"]) != digest([b"abc"])
