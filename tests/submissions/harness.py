"""Grade cases in a class, and say what came of each and what was touched."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry

from grading.answers import exercise_of
from grading.course import CONFIG, Course, create_course
from grading.intake import read_release, take_in
from grading.submitted import SubmissionRefused
from tests.submissions.canaries import Canaries, lay_canaries
from tests.submissions.cases import Case, Points, Work, all_cases
from tests.submissions.fixture import EXERCISES, NAME, solve, write_source
from tests.submissions.processes import Orphans

ROOT = Path(__file__).parent.parent.parent
OURS = ROOT / f"{CONFIG}.py"
SOLVED, BLANK = "honest-solved", "honest-blank"
# Seconds a cell may run: what attacks by waiting is to be over soon.
CELL_TIMEOUT = 15
# No command takes that long; it ends one that hangs.
COMMAND_TIMEOUT = 1800
STOCK_TIMEOUT = 60

_FAILED = re.compile(r"There was an error processing assignment '[^']*' for student '([^']*)'")
_REASON = re.compile(r"^(?:\w+\.)*(\w+(?:Error|Exception|Refused|Missing)\w*: .+)$", re.MULTILINE)


@dataclass(frozen=True)
class Result:
    """What a student has: auto scores by grade_id, why there are none, and whose secrets."""

    scores: dict[str, float | None]
    refused: str | None
    seen: tuple[str, ...]

    @property
    def points(self) -> Points | None:
        """The points of the test cells by exercise, or None if one has no score."""
        tests = {name: score for name, score in self.scores.items() if name[:2] == "ex"}
        if not tests or None in tests.values():
            return None
        totals = dict.fromkeys(EXERCISES, 0.0)
        for name, score in tests.items():
            totals[exercise_of(name)] += score
        return totals


@dataclass(frozen=True)
class Graded:
    """A graded class: results by student, canaries that were touched, processes left over."""

    course: Course
    results: dict[str, Result]
    touched: dict[str, list[str]]
    left_over: list[str]
    log: str


def grade(
    folder: Path,
    cases: Sequence[Case],
    config: Path = OURS,
    stock: bool = False,
    share: bool = False,
) -> Graded:
    """Hand in all cases beside two honest students, in a course in a folder, and grade them.

    Parameters
    ----------
    folder : Path
        An empty folder.
    cases : sequence of Case
        Each becomes a student with the case's name.
    config : Path, optional
        nbgrader's settings; those of this course unless told.
    stock : bool, optional
        Whether to grade each student by a command of its own. The stock settings need it: there
        one submission may end the whole run.
    share : bool, optional
        Whether to grade one of several tamperings from which the intake makes the same notebook
        and files, and to give its result to all of them. It saves half of the time.
    """
    course = make_class(folder, cases, config)
    twins = _set_aside_twins(course, cases) if share else {}
    canaries = lay_canaries(course, SOLVED)
    students = [SOLVED, BLANK, *(case.name for case in cases if case.name not in twins)]
    with Orphans() as orphans:
        if stock:
            # Whom it attacks has been graded before, and it ends nobody's run but its own.
            log = "".join(_autograde(course, f"--student={name}") for name in students)
        else:
            log = _autograde(course)
    failed = _failures(course, log)
    results = {name: _result(course, name, failed.get(name), canaries) for name in students}
    results |= {name: results[twin] for name, twin in twins.items()}
    return Graded(course, results, canaries.touched(), orphans.found, log)


def grade_in_parts(folder: Path, cases: Sequence[Case], parts: int = 3) -> list[Graded]:
    """Grade the cases as several classes at once, by this course's settings.

    Most hostile cases wait for a limit, so more classes than cores pay. Each is graded by a
    process of its own, since `Orphans` takes what a process's commands leave behind.
    """
    # Neighbours in the list attack alike: dealt out, no class gets all that wait.
    dealt = [[case.name for case in cases[part::parts]] for part in range(parts)]
    folders = [folder / f"part-{part}" for part in range(parts)]
    with ProcessPoolExecutor(parts, mp_context=get_context("spawn")) as pool:
        return list(pool.map(_grade_named, folders, dealt))


def _grade_named(folder: Path, names: Sequence[str]) -> Graded:
    folder.mkdir()
    return grade(folder, [case for case in all_cases() if case.name in names], share=True)


def make_class(folder: Path, cases: Sequence[Case], config: Path = OURS) -> Course:
    """Make a course whose students have handed in, and nothing is graded yet."""
    write_source(folder / "source")
    course = create_course(folder / "class", folder / "source", config)
    blank = course.generate(NAME)
    course.put(NAME, SOLVED, solve(blank))
    course.put(NAME, BLANK, blank)
    for case in cases:
        _hand_in(course, case, blank)
    return course


def _hand_in(course: Course, case: Case, blank: NotebookNode) -> None:
    folder = course.root / "submitted" / case.name / NAME
    folder.mkdir(parents=True)
    case.hand_in(Work(folder, solve(blank), blank))


def _set_aside_twins(course: Course, cases: Sequence[Case]) -> dict[str, str]:
    """Take submissions out of the class that the intake makes equal to others; return those."""
    release = read_release(NAME, course.root / "notebooks" / NAME)
    first: dict[str, str] = {}
    twins = {}
    for case in cases:
        folder = course.root / "submitted" / case.name / NAME
        if case.hostile or case.refused:
            continue
        try:
            accepted = take_in(folder, release)
        except SubmissionRefused:
            continue
        twin = first.setdefault(f"{accepted.notebook} {accepted.files}", case.name)
        if twin != case.name:
            twins[case.name] = twin
            folder.rename(course.folder / f"aside-{case.name}")
    return twins


def _autograde(course: Course, *arguments: str) -> str:
    """Run the command; return all that it printed, whatever its status."""
    command = [sys.executable, "-m", "nbgrader", "autograde", NAME, *arguments]
    try:
        done = subprocess.run(
            [*command, f"--Execute.timeout={CELL_TIMEOUT}"],
            cwd=course.root,
            env=os.environ | course_environment(course),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=STOCK_TIMEOUT if arguments else COMMAND_TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        return f"{(error.stdout or b'').decode(errors='replace')}\n[the command hung]\n"
    return done.stdout


def course_environment(course: Course) -> dict[str, str]:
    """Return what the command's environment holds: a home with secrets, and one in a variable."""
    return {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "HOME": str(course.folder / "home"),
        "IPYTHONDIR": str(course.folder / "ipython"),
        "JUPYTER_CONFIG_DIR": str(course.folder / "settings"),
        "JUPYTER_NO_CONFIG": "1",
        "COURSE_SECRET": "canary-environment-d41f7c",
    }


def _failures(course: Course, log: str) -> dict[str, str]:
    """Why each student has failed, of those that nbgrader says failed."""
    report = course.root / "accepted" / "intake.jsonl"
    lines = report.read_text(encoding="utf-8").splitlines() if report.exists() else []
    entries = [json.loads(line) for line in lines]
    reasons = {entry["student"]: entry["reason"] for entry in entries if "reason" in entry}
    said = (_REASON.findall(log) or ["the run failed"])[-1]
    return {name: reasons.get(name, said) for name in _FAILED.findall(log)}


def _result(course: Course, student: str, failed: str | None, canaries: Canaries) -> Result:
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}") as gradebook:
        try:
            grades = gradebook.find_submission_notebook(NAME, NAME, student).grades
        except MissingEntry:
            scores = {}
        else:
            scores = {grade.name: grade.auto_score for grade in grades}
    return Result(scores, failed, canaries.seen_by(student))
