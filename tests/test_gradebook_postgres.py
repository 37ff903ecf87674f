"""The gradebook on a PostgreSQL server: nbgrader's own commands, and several of them at once."""

import csv
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from nbformat import NotebookNode
from nbgrader.api import Gradebook

from grading.course import Course, Grade, create_course
from tests.graded import ROOT
from tests.postgres import Postgres, postgres_server
from tests.submissions.fixture import HIDDEN, NAME, QUESTION, VISIBLE, solve, write_source

pytestmark = pytest.mark.slow

QUESTION_ID = "q1-order"
POSSIBLE = {
    f"{exercise}-{kind}": float(points)
    for exercise in ("ex1-rescale", "ex2-runs", "ex3-iterate")
    for kind, points in (("check", VISIBLE), ("hidden", HIDDEN))
}
BY_HAND = 8.5
# The first letter says which of two commands grades them.
CROWD = [f"{group}-{number}" for group in "ab" for number in range(4)]


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with postgres_server() as server:
        yield server


def new_course(folder: Path, url: str) -> tuple[Course, NotebookNode]:
    """Make a course with this repository's settings and its gradebook elsewhere."""
    settings = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
    config = folder / "config.py"
    config.write_text(f"{settings}\nc.CourseDirectory.db_url = {url!r}\n", encoding="utf-8")
    write_source(folder / "source")
    course = create_course(folder / "class", folder / "source", config)
    return course, course.generate(NAME)


@pytest.fixture(scope="module")
def url(server: Postgres) -> str:
    return server.new_database()


@pytest.fixture(scope="module")
def course(url: str, tmp_path_factory: pytest.TempPathFactory) -> Course:
    course, release = new_course(tmp_path_factory.mktemp("course"), url)
    course.put(NAME, "solved", solve(release))
    course.put(NAME, "blank", release)
    course.autograde(NAME)
    course.grade_by_hand(NAME, "solved", BY_HAND)
    course.generate_feedback(NAME)
    return course


def automatic(course: Course, student: str) -> dict[str, float | None]:
    grades = course.grades(NAME, student)
    return {name: grade.auto for name, grade in grades.items() if name != QUESTION_ID}


def test_the_grades_are_right(course: Course):
    assert automatic(course, "solved") == POSSIBLE
    assert automatic(course, "blank") == dict.fromkeys(POSSIBLE, 0)


def test_a_mark_given_by_hand_stays(course: Course):
    question = course.grades(NAME, "solved")[QUESTION_ID]
    assert question == Grade(auto=None, manual=BY_HAND, possible=QUESTION)


def test_the_export_reads_the_same_grades(course: Course):
    with course.export().open(encoding="utf-8-sig", newline="") as file:
        scores = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert scores == {"solved": sum(POSSIBLE.values()) + BY_HAND, "blank": 0}


def test_the_feedback_shows_the_grades(course: Course):
    page = course.root / "feedback" / "solved" / NAME / f"{NAME}.html"
    total = sum(POSSIBLE.values()) + BY_HAND
    assert f"(Score: {total} / {sum(POSSIBLE.values()) + QUESTION}" in page.read_text("utf-8")


def test_no_file_holds_a_gradebook(course: Course):
    assert list(course.folder.rglob("*.db")) == []


def test_grading_again_changes_nothing(course: Course):
    before = {student: course.grades(NAME, student) for student in ("solved", "blank")}
    course.autograde(NAME, "--force")
    assert {student: course.grades(NAME, student) for student in before} == before


def test_two_commands_at_once_lose_nothing(server: Postgres, tmp_path: Path):
    url = server.new_database()
    course, release = new_course(tmp_path, url)
    for student in CROWD:
        course.put(NAME, student, solve(release) if student.endswith(("1", "2")) else release)
    with ThreadPoolExecutor(max_workers=2) as pool:
        list(pool.map(lambda group: course.autograde(NAME, f"--student={group}-*"), "ab"))
    with Gradebook(url) as gradebook:
        assert sorted(student.id for student in gradebook.students) == CROWD
        assert len(gradebook.assignment_submissions(NAME)) == len(CROWD)
    for student in CROWD:
        solved = student.endswith(("1", "2"))
        expected = POSSIBLE if solved else dict.fromkeys(POSSIBLE, 0)
        assert automatic(course, student) == expected, student


def test_the_server_leaves_nothing_behind():
    with postgres_server() as server:
        url = server.new_database()
        connection = psycopg.connect(url.replace("+psycopg", ""))
    assert not server.folder.exists()
    assert not os.path.exists(f"/proc/{server.pid}")
    with pytest.raises(psycopg.OperationalError):
        connection.execute("SELECT 1")


def test_without_a_server_ci_fails_and_others_say_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setattr("tests.postgres.shutil.which", lambda name, path: None)
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="apt-get install postgresql"):
        postgres_server().__enter__()
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="apt-get install postgresql"):
        postgres_server().__enter__()
