"""What was handed in for an assignment: found, compared with the release, noted and withdrawn.

Both ways to grade share this: ``nbgrader autograde`` (grading/exporter.py) and the class run.
"""

import glob
import re
from datetime import UTC, datetime
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import BaseConverter, NbGraderException
from nbgrader.coursedir import CourseDirectory

from grading.files import TIMESTAMP, read_timestamp, replace_folder
from grading.intake import REPORT, Release, read_release, record
from grading.matching import grade_id_of


def release_of(course: CourseDirectory) -> Release:
    """Read the release of the course's assignment; raise `NbGraderException` if there is none."""
    name = course.assignment_id
    folder = Path(course.format_path(course.release_directory, ".", name))
    source = Path(course.format_path(course.source_directory, ".", name))
    try:
        return read_release(name, folder, source)
    except Exception as error:  # Missing or damaged: with neither can anything be graded.
        raise _stop(course, f"cannot read the release in {folder} ({error})") from error


def compare_with_gradebook(release: Release, course: CourseDirectory, gradebook: Gradebook) -> None:
    """Raise `NbGraderException` unless the gradebook has the cells of the release."""
    released = {name for cell in release.notebook.cells if (name := grade_id_of(cell))}
    try:
        notebook = gradebook.find_notebook(release.name, release.name)
    except MissingEntry:
        raise _stop(course, "the gradebook does not know the assignment") from None
    known = {cell.name for cell in notebook.source_cells}
    if released != known:
        names = ", ".join(sorted(released ^ known))
        raise _stop(course, f"the release and the gradebook differ in the cells {names}")


def submissions(run: BaseConverter) -> dict[str, Path]:
    """The folders to grade by student, also those without a notebook, which nbgrader passes by."""
    pattern = re.compile(
        run._format_source("(?P<assignment_id>.*)", "(?P<student_id>.*)", escape=True)
    )
    excluded = run.coursedir.student_id_exclude.split(",")
    paths = sorted(
        glob.glob(run._format_source(run.coursedir.assignment_id, run.coursedir.student_id))
    )
    students = {match["student_id"]: Path(path) for path in paths if (match := pattern.match(path))}
    return {student: path for student, path in students.items() if student not in excluded}


def lay_out_refused(submission: Path, folder: Path, name: str, reason: str) -> None:
    """Leave in the place of the notebook a file that nothing can take for one.

    nbgrader gives 0 points where there is no file. The time tells it that this one is new.
    """
    files = {f"{name}.ipynb": f"refused: {reason}\n".encode(errors="replace")}
    timestamp = read_timestamp(submission)
    replace_folder(folder, files | ({TIMESTAMP: timestamp} if timestamp else {}))


def withdraw(
    gradebook: Gradebook, notebook: str, assignment: str, student: str
) -> dict[str, tuple[float | None, float | None, float | None]]:
    """Take a submission's scores out of the gradebook: they belong to an earlier one.

    Return what was there: the score of the tests, the one given by hand and the extra one, by cell.
    The caller commits.
    """
    scores = {}
    for grade in gradebook.find_submission_notebook(notebook, assignment, student).grades:
        kept = grade.auto_score, grade.manual_score, grade.extra_credit
        if kept != (None, None, None):
            scores[grade.name] = kept
        grade.auto_score = grade.manual_score = grade.extra_credit = None
        grade.needs_manual_grade = True
    return scores


def note(course: CourseDirectory, accepted_directory: str, entry: dict[str, object]) -> None:
    """Add a line to the report of the intake, with the time."""
    when = datetime.now(UTC).isoformat(timespec="seconds")
    report = Path(course.root) / accepted_directory / REPORT
    try:
        record(report, {"time": when} | entry)
    except OSError:  # A full disk must not take the class's grades with it.
        course.log.exception("Cannot write %s to %s", entry, report)


def _stop(course: CourseDirectory, reason: str) -> NbGraderException:
    """Return the error of a run that cannot begin."""
    return NbGraderException(
        f"Nothing was graded: {reason}. Run `nbgrader generate_assignment "
        f"{course.assignment_id} --force` in the course's folder, then grade again."
    )
