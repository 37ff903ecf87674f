"""The class report: its numbers against ones computed by hand, and its page."""

import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from nbformat.v4 import new_code_cell, new_notebook, new_output, writes
from nbgrader import api
from nbgrader.api import Base
from playwright.sync_api import Browser, expect
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from grading.course import CommandFailed, create_course
from grading.intake import Release, take_in
from grading.report.collect import Report, collect
from grading.report.command import report
from grading.report.database import open_gradebook
from grading.report.failures import CELL_TIME, ELSEWHERE, ENDED, MEMORY, Failures
from grading.report.gradebook import HIDDEN, VISIBLE, WRITTEN, Part, read_scores
from grading.report.measures import discrimination, exercises, histogram, summary
from grading.report.messages import SHOWN_LENGTH, common_form, shown
from grading.report.notebooks import CellError, UnreadableNotebook, read_errors
from grading.report.outcomes import Outcome, group_reasons, read_outcomes
from grading.report.page import render
from grading.report.settings import read_settings
from grading.report.status import Status
from grading.submitted import SubmissionRefused
from tests.graded import ROOT
from tests.submissions import fixture
from tests.test_browser import browser

__all__ = ["browser"]

NAME = "01-made-up"
PARTS = (
    Part("ex1-sum-check", VISIBLE, 4),
    Part("ex1-sum-hidden", HIDDEN, 6),
    Part("ex2-max-check", VISIBLE, 4),
    Part("ex2-max-hidden", HIDDEN, 6),
)
QUESTION = "q1-why"
FULL = dict(zip((part.name for part in PARTS), (4.0, 6.0, 4.0, 6.0), strict=True))
HOSTILE = "<script>document.title = 'hit'</script><img src=x onerror=\"document.title='hit'\">"

Errors = Sequence[tuple[str, str, str]]


@dataclass
class MadeUp:
    """A course in a folder, whose gradebook and graded notebooks a test fills in."""

    folder: Path
    url: str = ""
    graded: str = "autograded"

    def __post_init__(self) -> None:
        self.url = self.url or f"sqlite:///{self.folder / 'gradebook.db'}"
        engine = create_engine(self.url)
        Base.metadata.create_all(engine)
        self.db = Session(engine, autoflush=False)
        self.db.add(api.Course(id="course"))
        self.assignment = api.Assignment(name=NAME, course_id="course")
        self.notebook = api.Notebook(name=NAME, assignment=self.assignment)
        cells = [
            api.GradeCell(name=part.name, max_score=part.points, cell_type="code")
            for part in reversed(PARTS)
        ]
        cells.append(api.GradeCell(name=QUESTION, max_score=10, cell_type="markdown"))
        cells.append(api.SolutionCell(name=QUESTION))
        self.notebook._base_cells.extend(cells)
        self.db.add(self.assignment)
        self.db.commit()

    def enrol(self, student: str, **about: str) -> None:
        self.db.add(api.Student(id=student, **about))
        self.db.commit()

    def add(
        self,
        student: str,
        scores: Mapping[str, float] | None = None,
        question: float | None = None,
        errors: Errors = (),
        penalty: float | None = None,
    ) -> None:
        """Enter a submission; without `scores` nothing has one."""
        self.db.merge(api.Student(id=student))
        submission = api.SubmittedAssignment(assignment=self.assignment, student_id=student)
        notebook = api.SubmittedNotebook(
            assignment=submission, notebook=self.notebook, late_submission_penalty=penalty
        )
        for cell in self.notebook.grade_cells:
            written = cell.name == QUESTION
            auto = None if written or scores is None else scores.get(cell.name, 0.0)
            manual = question if written else None
            waits = auto is None and manual is None
            notebook.grades.append(
                api.Grade(cell=cell, auto_score=auto, manual_score=manual, needs_manual_grade=waits)
            )
        self.db.add(submission)
        self.db.commit()
        if scores is not None:
            self.write(student, errors)

    def write(self, student: str, errors: Errors) -> None:
        """Write a graded notebook."""
        folder = self.folder / self.graded / student / NAME
        folder.mkdir(parents=True)
        cells = [
            new_code_cell(
                metadata={"nbgrader": {"grade_id": cell}} if cell else {},
                outputs=[
                    new_output("stream", text="before"),
                    new_output("error", ename=name, evalue=message, traceback=[]),
                ],
            )
            for cell, name, message in errors
        ]
        (folder / f"{NAME}.ipynb").write_text(writes(new_notebook(cells=cells)), encoding="utf-8")

    def log(self, *entries: tuple[str, str, str]) -> None:
        """Write lines of the intake's report: student, outcome, reason."""
        (self.folder / "accepted").mkdir(exist_ok=True)
        with open(self.folder / "accepted" / "intake.jsonl", "a") as lines:
            for student, outcome, reason in entries:
                entry = {"student": student, "assignment": NAME, "outcome": outcome}
                lines.write(json.dumps(entry | {"reason": reason}) + "\n")

    def collect(self) -> Report:
        return collect(read_settings(self.folder), NAME)

    def page(self, names: bool = False) -> str:
        """Return the page's own source, without plotly's."""
        text = render(self.collect(), names)
        return re.sub(r"<script nonce=\S+>/\*\*.*?</script>", "", text, count=1, flags=re.DOTALL)

    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(report, [NAME, f"--course={self.folder}", *arguments])


@pytest.fixture
def course(tmp_path: Path) -> MadeUp:
    return MadeUp(tmp_path)


def error(cell: str, name: str = "CheckFailed", message: str = "wrong") -> CellError:
    return CellError(cell, name, message)


# --- numbers -------------------------------------------------------------------------------


def test_summary_by_hand():
    found = summary(np.array([1.0, 2.0, 3.0, 4.0, 10.0]))
    assert (found.count, found.mean, found.median) == (5, 4.0, 3.0)
    assert (found.smallest, found.lower, found.upper, found.largest) == (1.0, 2.0, 4.0, 10.0)
    assert summary(np.array([])) is None


def test_histogram_counts_each_value_once_and_the_highest_in_the_last_bin():
    bins = histogram(np.array([0, 9.5, 10, 89, 90]), 90)
    assert [(each.low, each.high) for each in bins][:2] == [(0, 10), (10, 20)]
    assert bins[-1].high == 90
    assert [each.count for each in bins] == [2, 1, 0, 0, 0, 0, 0, 0, 2]


@pytest.mark.parametrize("possible", [0, 0.5, 1, 7, 30, 90, 100, 12345])
def test_histogram_has_few_bins_and_room_for_all_points(possible: float):
    bins = histogram(np.array([0.0, possible]), possible)
    assert len(bins) <= 13
    assert bins[-1].high >= possible
    assert sum(each.count for each in bins) == 2


def test_discrimination_by_hand():
    # Of 15 who solved it 10 have a high rest, of 15 who did not 5: the means are 50/3 and 40/3,
    # the deviation is 5, so the correlation is (10/3) / 5 * sqrt(1/4) = 1/3.
    solved = np.arange(30) < 15
    rest = np.where((np.arange(30) < 10) | (np.arange(30) >= 25), 20.0, 10.0)
    assert discrimination(solved, rest).value == pytest.approx(1 / 3)
    assert discrimination(~solved, rest).value == pytest.approx(-1 / 3)


@pytest.mark.parametrize(
    ("solved", "rest", "reason"),
    [
        (np.arange(29) < 9, np.arange(29), "fewer than 30"),
        (np.ones(30, bool), np.arange(30), "all solved"),
        (np.zeros(30, bool), np.arange(30), "nobody solved"),
        (np.arange(30) < 9, np.full(30, 7.0), "same points"),
    ],
    ids=["small", "all", "nobody", "constant"],
)
def test_no_discrimination_without_a_reason(solved: np.ndarray, rest: np.ndarray, reason: str):
    found = discrimination(solved, rest)
    assert found.value is None
    assert reason in found.reason


def test_exercises_by_hand():
    points = np.array([[4, 6, 4, 0], [4, 0, 0, 6], [0, 0, 4, 6], [4, 6, 4, 6]], dtype=float)
    first, second = exercises(PARTS, points)
    assert (first.name, first.possible, first.mean) == ("ex1", 10, 6)
    assert (first.visible, first.hidden, first.solved) == (0.75, 0.5, 0.5)
    assert (second.visible, second.hidden, second.solved) == (0.75, 0.75, 0.5)


def test_an_exercise_does_not_correlate_with_its_own_points():
    students = np.arange(32)
    first, second = students % 2, students // 2 % 2  # independent of each other
    points = np.stack([4 * first, 6 * first, 4 * second, 6 * second], axis=1).astype(float)
    assert [each.discrimination.value for each in exercises(PARTS, points)] == pytest.approx([0, 0])


def test_an_only_exercise_has_no_discrimination():
    points = np.stack([4.0 * (np.arange(40) % 2), 6.0 * (np.arange(40) % 2)], axis=1)
    (only,) = exercises(PARTS[:2], points)
    assert only.discrimination.value is None
    assert "no other exercise" in only.discrimination.reason


# --- messages ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("expected 0.5, got 0.31", "expected 0.5, got -1e-07"),
        ("got:      [1. , 0.25, -0.3 ]", "got:      [ 1.25,  0.5]"),
        ("got [[1, 2], [3, 4]]", "got [[1.5, 2], [3, 4], [5, 6]]"),
        ("<function f at 0x7f01ab>", "<function f at 0x9e22>"),
        (
            "differs in 3 of 4 values, first at index 1",
            "differs in 2 of 4 values, first at index 0",
        ),
        ("a\n  got: 1", "a got: 2"),
    ],
)
def test_messages_that_differ_in_numbers_are_one(one: str, other: str):
    assert common_form(one) == common_form(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("r1 has the wrong value", "r2 has the wrong value"),
        ("got: nan", "got: 0.5"),
        ("got: None", "got: 0.5"),
        ("expected float32", "expected float64"),
    ],
)
def test_messages_that_differ_in_words_are_not(one: str, other: str):
    assert common_form(one) != common_form(other)


def test_a_shown_message_is_short_and_has_no_control_characters():
    assert shown("\x1b[31mred\x1b[0m\x07 \u202eback\nnext") == "red back\nnext"
    assert len(shown("x" * 10_000)) < SHOWN_LENGTH + 5
    assert shown("line\n" * 100).count("\n") < 20


def test_failures_count_students_and_show_the_most_frequent_text():
    failures = Failures(PARTS)
    for got in ("1", "2", "2"):
        failures.add([error("ex1-sum-check", message=f"wrong, got {got}")])
    failures.add([error("ex1-sum-hidden", message="wrong, got 2")])
    failures.add([error("not-a-test", message="wrong, got 2")])
    most, second = failures.most_frequent(10)
    assert (most.students, most.exercise, most.kind) == (3, "ex1", VISIBLE)
    assert most.example == "wrong, got 2"
    assert (second.students, second.kind) == (1, HIDDEN)
    assert failures.most_frequent(1) == [most]


def test_of_each_exercise_a_students_first_error_counts():
    failures = Failures(PARTS)
    failures.add([error("ex1-sum-check"), error("ex1-sum-hidden"), error("ex2-max-hidden")])
    failures.add([error("ex1-sum-check", "CellTimeoutError"), error("ex1-sum-hidden")])
    found = {(each.exercise, each.kind): each.students for each in failures.most_frequent(10)}
    assert found == {("ex1", VISIBLE): 1, ("ex2", HIDDEN): 1}


def test_left_blank_is_no_mistake():
    failures = Failures(PARTS)
    stub = "NotImplementedError"
    failures.add([error("ex1-sum-check", stub, ""), error("ex1-sum-hidden", stub, "")])
    assert failures.blank == {"ex1": 1}
    assert failures.most_frequent(10) == []


def test_a_limit_counts_where_it_was_reached():
    failures = Failures(PARTS)
    begin = "The kernel ended in this cell: "
    later = "Not run, since the kernel ended in an earlier cell: "
    memory = "memory: more than 3072 MB in use."
    failures.add(
        [error("ex1-sum-check", "CellTimeoutError"), error("ex1-sum-hidden", "CellTimeoutError")]
    )
    failures.add(
        [
            error("ex1-sum", "KernelEnded", begin + memory),
            error("ex1-sum-check", "KernelEnded", later + memory),
            error("ex2-max-check", "KernelEnded", later + memory),
        ]
    )
    failures.add([error("", "KernelEnded", begin + "it ended by itself (os._exit, or a crash).")])
    failures.add([error("ex2-max-check", "MemoryError", "")])
    assert failures.limits == {
        (CELL_TIME, "ex1"): 1,
        (MEMORY, "ex1"): 1,
        (ENDED, ELSEWHERE): 1,
        (MEMORY, "ex2"): 1,
    }
    assert failures.most_frequent(10) == []


def test_errors_are_read_from_a_notebook(course: MadeUp):
    course.write("ada", [("ex1-sum-check", "CheckFailed", "é < 1"), ("", "ValueError", "own")])
    path = course.folder / "autograded" / "ada" / NAME / f"{NAME}.ipynb"
    assert read_errors(path) == [
        CellError("ex1-sum-check", "CheckFailed", "é < 1"),
        CellError("", "ValueError", "own"),
    ]
    path.write_text("[]")
    with pytest.raises(UnreadableNotebook, match=NAME):
        read_errors(path)


# --- refusals ------------------------------------------------------------------------------


def test_the_last_outcome_counts(course: MadeUp):
    course.log(("ada", "refused", "empty"), ("ada", "accepted", ""), ("ben", "mended", ""))
    course.log(("ben", "refused", "late"), ("ben", "withdrawn", ""))
    report = course.folder / "accepted" / "intake.jsonl"
    with open(report, "a") as lines:
        lines.write('{"student": "ada", "assignm\n')
        lines.write('{"student": "ada", "assignment": "02", "outcome": "refused"}\n')
    expected = {"ada": Outcome("accepted"), "ben": Outcome("refused", "late")}
    assert read_outcomes(report, NAME) == expected
    assert read_outcomes(course.folder / "none.jsonl", NAME) == {}


@pytest.mark.parametrize(
    "names",
    [
        ["{} work (1).zip"],
        ["{}.ipynb", "{} (copy).ipynb"],
        ["{}/notebook.ipynb"],
        ["{}.txt", "notes by {}.md"],
        [],
    ],
    ids=["archive", "two", "below", "other", "empty"],
)
def test_refusals_are_grouped_without_names_of_files(names: list[str], tmp_path: Path):
    release = Release(fixture.NAME, fixture.make_release())
    reasons = []
    for student in ("s1234", "Zoë"):
        folder = tmp_path / student
        folder.mkdir()
        for name in names:
            path = folder / name.format(student)
            path.parent.mkdir(exist_ok=True)
            path.write_text("x")
        with pytest.raises(SubmissionRefused) as refusal:
            take_in(folder, release)
        reasons.append(str(refusal.value))
    ((text, count),) = group_reasons(reasons)
    assert count == 2
    assert "s1234" not in text
    assert "notebook" in text


def test_reasons_that_differ_in_numbers_are_one_and_the_most_frequent_is_first():
    broken = "the file is not a notebook: its JSON breaks at line {}, column {}."
    found = group_reasons(["the file is empty", broken.format(3, 14), broken.format(15, 92)])
    assert found == [(broken.format("N", "N"), 2), ("the file is empty", 1)]


# --- a class -------------------------------------------------------------------------------


def test_statuses_and_points_of_a_class(course: MadeUp):
    course.add("done", FULL, question=8)
    course.add("waits", {"ex1-sum-check": 4.0})
    course.add("refused", FULL, question=8)  # an earlier one's scores
    course.add("failed")
    course.add("running")
    course.enrol("absent")
    (course.folder / "submitted" / "new" / NAME).mkdir(parents=True)
    course.log(("done", "accepted", ""), ("refused", "refused", "empty"))
    course.log(("failed", "ungraded", "the judge's kernel ended"), ("running", "mended", ""))
    found = course.collect()
    assert found.statuses == {
        Status.GRADED: 1,
        Status.WAITING: 1,
        Status.REFUSED: 1,
        Status.FAILED: 1,
        Status.PENDING: 2,
        Status.MISSING: 1,
    }
    assert (found.handed_in, found.graded, found.possible) == (6, 2, 20)
    assert (found.points.count, found.points.mean, found.points.median) == (2, 12, 12)
    assert found.reasons[Status.REFUSED] == [("empty", 1)]
    assert found.reasons[Status.FAILED] == [("the judge's kernel ended", 1)]
    assert [exercise.name for exercise in found.exercises] == ["ex1", "ex2"]
    (question,) = found.questions
    assert (question.marked, question.blank, question.waiting, question.mean) == (1, 0, 1, 8)


def test_messages_come_from_graded_notebooks(course: MadeUp):
    wrong = ("ex1-sum-check", "CheckFailed", "sum is wrong, got 3")
    course.add("ada", {}, errors=[wrong, ("ex2-max-check", "NotImplementedError", "")])
    course.add("ben", {}, errors=[wrong])
    course.add("cleo", FULL, errors=[wrong])
    course.log(("cleo", "refused", "empty"))
    course.add("dan", {})
    (course.folder / "autograded" / "dan" / NAME / f"{NAME}.ipynb").unlink()
    found = course.collect()
    assert [(each.students, each.example) for each in found.mistakes] == [(2, wrong[2])]
    assert found.blank == {"ex2": 1}
    assert found.unread == 1


def test_totals_are_those_of_nbgrader(course: MadeUp):
    course.add("ada", FULL, question=8, penalty=3)
    course.add("ben", {"ex1-sum-check": 4.0}, penalty=9)
    course.add("cleo")
    rows = {row.student: row for row in course.collect().students}
    assert (rows["ada"].automatic, rows["ada"].total) == (20, 25)
    assert (rows["ben"].automatic, rows["ben"].total) == (4, 0)
    assert (rows["cleo"].automatic, rows["cleo"].total) == (None, None)
    stored = course.db.query(api.SubmittedAssignment).filter_by(student_id="ada").one()
    assert stored.score - stored.late_submission_penalty == 25


@pytest.mark.slow
def test_postgresql_gives_what_sqlite_gives(tmp_path: Path):
    from tests.postgres import postgres_server  # needs psycopg, which students do not have

    with postgres_server() as server:
        found = []
        for url in ("", server.new_database()):
            folder = tmp_path / ("there" if url else "here")
            folder.mkdir()
            course = MadeUp(folder, url)
            course.add("ada", FULL, question=8, penalty=2)
            course.add("ben")
            course.db.close()
            with open_gradebook(course.url) as connection:
                found.append(read_scores(connection, NAME))
    here, there = found
    assert (here.parts, here.students) == (there.parts, there.students)
    assert {part.kind for part in here.parts} == {VISIBLE, HIDDEN, WRITTEN}
    for name in ("auto", "manual", "extra", "waits", "penalties"):
        np.testing.assert_array_equal(getattr(here, name), getattr(there, name))


# --- the page ------------------------------------------------------------------------------


def test_no_student_stands_in_the_page_unless_asked(course: MadeUp):
    about = {"first_name": "Adaline", "last_name": "Quux", "email": "quux@example.org"}
    course.enrol("s1234", **about)
    text = "by s1234, S1234.py and quux@example.org"
    course.add("s1234", {}, errors=[("ex1-sum-check", "ValueError", text)])
    course.add("s99")
    course.log(("s99", "refused", "the intake failed with OSError: cannot read /home/s99/x"))
    silent = course.page()
    for name in ("s1234", "S1234", "s99", "Adaline", "Quux", "quux"):
        assert name not in silent
    assert "by [student], [student].py and [student]" in silent
    assert "it names students" not in silent
    named = course.page(names=True)
    assert "<td>Quux, Adaline</td>" in named
    assert "/home/s99/x" in named
    assert "it names students" in named


def test_texts_of_students_are_escaped(course: MadeUp):
    course.add(
        "ada", {}, errors=[("ex1-sum-check", "Error", HOSTILE), ("ex2-max-check", HOSTILE, "")]
    )
    course.add("ben")
    course.log(("ben", "refused", HOSTILE))
    course.enrol("cleo", last_name=HOSTILE)
    page = course.page(names=True)
    assert "<img" not in page
    assert "<script>" not in page
    assert page.count("&lt;img") >= 4


def test_the_page_loads_nothing(course: MadeUp):
    course.add("ada", FULL)
    page = course.page()
    assert not re.search(r"\b(src|href|action)=|url\(|@import", page)
    assert "default-src 'none'" in page
    assert "Plotly.newPlot" in page


def test_each_plot_has_a_text_and_a_table_after_it(course: MadeUp):
    for number in range(40):
        course.add(f"student-{number}", FULL if number % 2 else {"ex1-sum-check": 4.0})
    page = course.page()
    plots = [match.start() for match in re.finditer(r'role="img" aria-label="\w', page)]
    assert len(plots) == 3
    for start in plots:
        assert page.index("</figure>", start) < page.index("<caption>", start)
    assert page.count("<caption>") == page.count("<table")


@pytest.mark.parametrize("names", [False, True], ids=["silent", "named"])
@pytest.mark.parametrize("kind", ["empty", "one", "refused"])
def test_small_classes_have_a_page(course: MadeUp, kind: str, names: bool):
    if kind == "one":
        course.add("ada", {"ex1-sum-check": 4.0})
    if kind == "refused":
        for student in ("ada", "ben"):
            course.add(student)
            course.log((student, "refused", "the notebook's file is empty"))
    page = course.page(names)
    assert ("Nobody is graded yet" in page) == (kind != "one")
    assert ("Points of 1 graded student<" in page) == (kind == "one")
    assert ("fewer than 30 students" in page) == (kind == "one")
    assert ('<td class="n">2</td><td>the notebook&#39;s file is empty' in page) == (
        kind == "refused"
    )
    assert "Plotly.newPlot" not in page or kind == "one"


# --- the page in a browser -----------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("policy", [True, False], ids=["as it is", "without its policy"])
def test_nothing_of_a_student_acts_in_a_browser(course: MadeUp, browser: Browser, policy: bool):
    for number in range(40):
        tests = ("ex1-sum-check", "ex2-max-hidden") if number % 2 else ()
        errors = [(test, HOSTILE, f"{HOSTILE}</script></pre>{HOSTILE}") for test in tests]
        course.enrol(f"s{number}", first_name=HOSTILE)
        course.add(f"s{number}", {} if tests else FULL, errors=errors)
    page = render(course.collect(), names=True)
    assert 'http-equiv="Content-Security-Policy"' in page
    if not policy:
        page = page.replace('http-equiv="Content-Security-Policy"', "")
    file = course.folder / "page.html"
    file.write_text(page, encoding="utf-8")
    context = browser.new_context()
    opened = context.new_page()
    requests: list[str] = []
    problems: list[str] = []
    context.on("request", lambda request: requests.append(request.url))
    opened.on("console", lambda message: problems.append(message.text))
    opened.on("pageerror", lambda failure: problems.append(str(failure)))
    opened.goto(file.as_uri(), wait_until="load")
    expect(opened.locator("#plot-discrimination .main-svg").first).to_be_visible()
    opened.wait_for_timeout(500)
    assert opened.title() == f"{NAME}: class report"
    assert opened.locator("main img, main script, main b").count() == 0
    assert opened.locator(".messages pre").first.inner_text().count("<img") == 3
    assert (requests, problems) == ([file.as_uri()], [])
    context.close()


@pytest.mark.slow
@pytest.mark.parametrize("width", [1280, 800])
def test_nothing_of_the_page_is_cut(course: MadeUp, browser: Browser, width: int):
    for number in range(40):
        errors = [("ex1-sum-check", "ValueError", "x" * 5000)]
        course.add(f"student-{number}", FULL if number % 2 else {}, errors=errors)
    file = course.folder / "page.html"
    file.write_text(render(course.collect(), names=False), encoding="utf-8")
    opened = browser.new_page(viewport={"width": width, "height": 900})
    opened.goto(file.as_uri(), wait_until="load")
    expect(opened.locator("#plot-solved .main-svg").first).to_be_visible()
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
    wider = "all => all.filter(each => each.scrollWidth > each.clientWidth).length"
    assert opened.locator(".scroll").evaluate_all(wider) == 0
    opened.close()


# --- a class that was really graded --------------------------------------------------------


@pytest.mark.slow
def test_a_graded_class(tmp_path: Path):
    fixture.write_source(tmp_path / "source")
    course = create_course(tmp_path / "class", tmp_path / "source", ROOT / "nbgrader_config.py")
    blank = course.generate(fixture.NAME)
    course.put(fixture.NAME, "solved", fixture.solve(blank))
    course.put(fixture.NAME, "blank", blank)
    for student in ("forgets-1", "forgets-2"):
        work = fixture.solve(blank)
        answer = next(cell for cell in work.cells if cell.id == "ex1-rescale")
        answer.source = "def rescale(x):\n    x - x.min()"
        course.put(fixture.NAME, student, work)
    work = fixture.solve(blank)
    next(cell for cell in work.cells if cell.id == "ex2-runs").source = "import os; os._exit(1)"
    course.put(fixture.NAME, "ends", work)
    refused = course.root / "submitted" / "refused" / fixture.NAME
    refused.mkdir(parents=True)
    (refused / "work.zip").write_text("x")
    with pytest.raises(CommandFailed):  # It says that one was refused.
        course.autograde(fixture.NAME)

    found = collect(read_settings(course.root), fixture.NAME)
    assert (found.handed_in, found.graded, found.possible) == (6, 5, 30)
    assert found.statuses[Status.REFUSED] == 1
    first, second, third = found.exercises
    assert (first.visible, first.hidden, first.solved) == (0.4, 0.4, 0.4)
    assert (second.solved, third.solved) == (0.6, 0.6)
    assert found.blank == {"ex1": 1, "ex2": 1, "ex3": 1}
    assert found.limits == {(ENDED, "ex2"): 1}
    (mistake,) = found.mistakes
    assert (mistake.exercise, mistake.kind, mistake.students) == ("ex1", VISIBLE, 2)
    assert "is a return missing?" in mistake.example
    (question,) = found.questions
    assert (question.marked, question.blank, question.waiting) == (0, 1, 4)


# --- the command ---------------------------------------------------------------------------


def test_the_command_reads_the_settings_of_the_course(tmp_path: Path):
    course = MadeUp(tmp_path, f"sqlite:///{tmp_path / 'elsewhere.db'}", graded="marked")
    course.add("ada", {}, errors=[("ex1-sum-check", "CheckFailed", "found in another folder")])
    course.add("ben")
    (tmp_path / "taken").mkdir()
    entry = {"student": "ben", "assignment": NAME, "outcome": "refused", "reason": "no file"}
    (tmp_path / "taken" / "intake.jsonl").write_text(json.dumps(entry) + "\n")
    (tmp_path / "incoming" / "cleo" / NAME).mkdir(parents=True)
    (tmp_path / "nbgrader_config.py").write_text(
        "c = get_config()\n"
        f"c.CourseDirectory.db_url = {course.url!r}\n"
        "c.CourseDirectory.autograded_directory = 'marked'\n"
        "c.CourseDirectory.submitted_directory = 'incoming'\n"
        "c.SubmissionExporter.accepted_directory = 'taken'\n"
    )
    result = course.run()
    assert result.exit_code == 0, result.output
    assert "3 handed in, 1 graded" in result.output
    page = (tmp_path / "reports" / f"{NAME}.html").read_text(encoding="utf-8")
    assert "found in another folder" in page
    assert "no file" in page
    assert os.listdir(tmp_path / "reports") == [f"{NAME}.html"]


def test_the_command_writes_where_it_is_told(course: MadeUp, tmp_path: Path):
    course.add("ada", FULL)
    result = course.run(f"--to={tmp_path / 'new' / 'page.html'}", "--names")
    assert result.exit_code == 0, result.output
    assert ">ada<" in (tmp_path / "new" / "page.html").read_text(encoding="utf-8")


def test_an_unknown_assignment_is_an_error_that_lists_the_known(course: MadeUp):
    result = CliRunner().invoke(report, ["99-none", f"--course={course.folder}"])
    assert result.exit_code == 1
    assert "99-none" in result.output
    assert NAME in result.output
    assert not (course.folder / "reports").exists()


def test_a_missing_gradebook_is_an_error_and_is_not_made(tmp_path: Path):
    result = CliRunner().invoke(report, [NAME, f"--course={tmp_path}"])
    assert result.exit_code == 1
    assert "no gradebook" in result.output
    assert list(tmp_path.iterdir()) == []
