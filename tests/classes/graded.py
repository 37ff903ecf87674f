"""Classes for the class run, the command that grades them, and what came of it."""

import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Assignment, Gradebook, SubmittedAssignment

from grading.course import Course
from tests.submissions.cases import Case, all_cases
from tests.submissions.harness import course_environment, make_class


def new_class(folder: Path, cases: Iterable[str]) -> Course:
    """Make a course whose students have handed in the corpus's cases of these names."""
    by_name: dict[str, Case] = {case.name: case for case in all_cases()}
    folder.mkdir(parents=True, exist_ok=True)
    course = make_class(folder, [by_name[name] for name in cases])
    (course.folder / "home").mkdir()
    return course


def command(*arguments: str) -> list[str]:
    """Return the class run's command line."""
    return [sys.executable, "-m", "grading", "run", *arguments]


def environment(course: Course) -> dict[str, str]:
    """Return the variables that the command runs with."""
    return os.environ | course_environment(course)


def grade(course: Course, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the class run to its end."""
    return subprocess.run(
        command(*arguments),
        cwd=course.root,
        env=environment(course),
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )


def scores(course: Course, assignment: str) -> dict[str, dict[str, tuple[Any, ...]]]:
    """Return all that the gradebook holds for an assignment, by student and cell."""
    found = {}
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}") as gradebook:
        query = gradebook.db.query(SubmittedAssignment).join(
            Assignment, SubmittedAssignment.assignment_id == Assignment.id
        )
        for submission in query.filter(Assignment.name == assignment):
            (notebook,) = submission.notebooks
            found[submission.student_id] = {
                grade.name: (grade.auto_score, grade.manual_score, grade.needs_manual_grade)
                for grade in notebook.grades
            } | {
                f"comment on {comment.name}": (comment.auto_comment,)
                for comment in notebook.comments
            }
    return found


def notebook(course: Course, student: str, assignment: str) -> NotebookNode | None:
    """Return a graded notebook without what differs from run to run; None if there is none."""
    path = course.root / "autograded" / student / assignment / f"{assignment}.ipynb"
    if not path.is_file():
        return None
    nb = nbformat.read(path, as_version=4)
    for cell in nb.cells:
        for output in cell.get("outputs", ()):
            # Tracebacks name memory addresses and temporary files.
            output.pop("traceback", None)
    return nb


def files_of(course: Course, folder: str) -> Sequence[str]:
    """Return all paths below a folder of the course, hidden ones too."""
    root = course.root / folder
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*"))
