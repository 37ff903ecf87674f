"""The intake's place in ``nbgrader autograde``.

nbgrader makes its exporter once a run, after it has listed the submissions and before it reads
the first. `SubmissionExporter` uses that moment: it takes in the submissions, lays the rebuilt
ones out in a folder of their own and points the run there. What was handed in stays untouched.
"""

import glob
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import Autograde, NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import parse_utc
from traitlets import Integer, Unicode
from traitlets.config import Config

from grading.files import TIMESTAMP, read_timestamp, replace_folder
from grading.intake import REPORT, Release, lay_out, read_release, record, take_in
from grading.judging import UngradedError
from grading.matching import grade_id_of
from grading.sandbox.doctor import require_sandbox
from grading.sandbox.errors import SandboxUnavailable
from grading.submitted import LIMITS, Limits, SubmissionRefused


class SubmissionExporter(NotebookExporter):
    """Read only what went through the intake; a submission that did not gets no score.

    For ``c.Autograde.exporter_class``. The report of the intake is a file of JSON lines,
    ``intake.jsonl``, in the folder of the rebuilt submissions.
    """

    accepted_directory = Unicode("accepted", help="Where rebuilt submissions lie.").tag(config=True)
    max_notebook_bytes = Integer(LIMITS.max_notebook_bytes, help="A notebook.").tag(config=True)
    max_cell_chars = Integer(LIMITS.max_cell_chars, help="Longest cell.").tag(config=True)
    max_cells = Integer(LIMITS.max_cells, help="Most cells of a notebook.").tag(config=True)
    max_files = Integer(LIMITS.max_files, help="Most files beside the notebook.").tag(config=True)
    max_file_bytes = Integer(LIMITS.max_file_bytes, help="Largest of these files.").tag(config=True)
    max_total_bytes = Integer(LIMITS.max_total_bytes, help="All these files.").tag(config=True)

    def __init__(self, config: Config | None = None, **kwargs: Any) -> None:
        super().__init__(config=config, **kwargs)
        self._refused: dict[str, str] = {}
        if isinstance(self.parent, Autograde):
            self._take_in_class(self.parent)

    def from_filename(
        self, filename: str, resources: dict[str, Any] | None = None, **kwargs: Any
    ) -> tuple[str, dict[str, Any]]:
        """Convert a notebook. If it cannot be graded, a score for an earlier one does not stay."""
        try:
            if filename in self._refused:
                raise SubmissionRefused(self._refused[filename])
            return super().from_filename(filename, resources, **kwargs)
        except (SubmissionRefused, UngradedError):
            self._withdraw(resources["nbgrader"])
            raise

    def _take_in_class(self, run: Autograde) -> None:
        submitted, assignment = run.coursedir, run.coursedir.assignment_id
        _require_sandbox(run)
        release = _release(submitted)
        _compare_with_gradebook(release, submitted)
        folders = _submissions(run)
        waiting = {student: path for student, path in folders.items() if _waits(run, student, path)}
        # A copy: Formgrader keeps the other one for as long as it runs.
        run.coursedir = _reading_from(submitted, self.accepted_directory)
        run.assignments = {}
        for student in folders:
            folder = Path(run.coursedir.format_path(self.accepted_directory, student, assignment))
            if student in waiting:
                self._take_in(waiting[student], student, folder, release)
            run.assignments[str(folder)] = [str(folder / f"{release.name}.ipynb")]

    def _take_in(self, submission: Path, student: str, folder: Path, release: Release) -> None:
        limits = Limits(**{name: getattr(self, name) for name in vars(LIMITS)})
        entry: dict[str, object] = {"student": student, "assignment": release.name}
        try:
            accepted = take_in(submission, release, limits)
            lay_out(accepted, folder, release.name)
            outcome = "mended" if accepted.mends else "accepted"
            entry |= {"outcome": outcome, "mends": accepted.mends, "sha256": accepted.digest}
        except Exception as error:  # Whatever goes wrong with one submission: it gets no score.
            reason = str(error)
            if not isinstance(error, SubmissionRefused):
                reason = f"the intake failed with {type(error).__name__}: {error}"
                self.log.exception("The intake of %s failed", student)
            self._refused[str(folder / f"{release.name}.ipynb")] = f"{student}: {reason}"
            entry |= {"outcome": "refused", "reason": reason}
            self._lay_out_refused(submission, folder, release.name, reason)
        self._record(entry)

    def _lay_out_refused(self, submission: Path, folder: Path, name: str, reason: str) -> None:
        """Leave in the place of the notebook a file that nothing can take for one.

        nbgrader gives 0 points where there is no file. The time tells it that this one is new.
        """
        files = {f"{name}.ipynb": f"refused: {reason}\n".encode(errors="replace")}
        timestamp = read_timestamp(submission)
        try:
            replace_folder(folder, files | ({TIMESTAMP: timestamp} if timestamp else {}))
        except OSError:  # `from_filename` knows the name, whatever lies there.
            self.log.exception("Cannot write %s", folder)

    def _withdraw(self, about: dict[str, str]) -> None:
        """Take a submission's scores out of the gradebook: they belong to an earlier one."""
        names = about["notebook"], about["assignment"], about["student"]
        with Gradebook(about["db_url"]) as gradebook:
            scores = {}
            for grade in gradebook.find_submission_notebook(*names).grades:
                kept = grade.auto_score, grade.manual_score, grade.extra_credit
                if kept != (None, None, None):
                    scores[grade.name] = kept
                grade.auto_score = grade.manual_score = grade.extra_credit = None
                grade.needs_manual_grade = True
            gradebook.db.commit()
        if scores:
            self.log.warning("Withdrew the earlier scores of %s: %s", about["student"], scores)
            entry = {"student": about["student"], "assignment": about["assignment"]}
            self._record(entry | {"outcome": "withdrawn", "auto, manual, extra": scores})

    def _record(self, entry: dict[str, object]) -> None:
        when = datetime.now(UTC).isoformat(timespec="seconds")
        report = Path(self.parent.coursedir.root) / self.accepted_directory / REPORT
        try:
            record(report, {"time": when} | entry)
        except OSError:  # A full disk must not take the class's grades with it.
            self.log.exception("Cannot write %s to %s", entry, report)


def _require_sandbox(run: Autograde) -> None:
    """Stop before the first submission, so that none loses a score for want of a sandbox."""
    try:
        require_sandbox(run)
    except SandboxUnavailable as error:
        run.log.error("Nothing was graded: %s", error)
        raise NbGraderException(f"Nothing was graded: {error}") from error


def _release(course: CourseDirectory) -> Release:
    name = course.assignment_id
    folder = Path(course.format_path(course.release_directory, ".", name))
    source = Path(course.format_path(course.source_directory, ".", name))
    try:
        return read_release(name, folder, source)
    except Exception as error:  # Missing or damaged: with neither can anything be graded.
        raise _stop(course, f"cannot read the release in {folder} ({error})") from error


def _compare_with_gradebook(release: Release, course: CourseDirectory) -> None:
    released = {name for cell in release.notebook.cells if (name := grade_id_of(cell))}
    with Gradebook(course.db_url, course.course_id) as gradebook:
        try:
            notebook = gradebook.find_notebook(release.name, release.name)
        except MissingEntry:
            raise _stop(course, "the gradebook does not know the assignment") from None
        known = {cell.name for cell in notebook.source_cells}
    if released != known:
        names = ", ".join(sorted(released ^ known))
        raise _stop(course, f"the release and the gradebook differ in the cells {names}")


def _stop(course: CourseDirectory, reason: str) -> NbGraderException:
    message = (
        f"Nothing was graded: {reason}. Run `nbgrader generate_assignment "
        f"{course.assignment_id} --force` in the course's folder, then autograde again."
    )
    course.log.error(message)
    return NbGraderException(message)


def _submissions(run: Autograde) -> dict[str, Path]:
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


def _waits(run: Autograde, student: str, submission: Path) -> bool:
    """Whether nbgrader is going to grade a submission, by its own rule: forced, new or newer."""
    graded = Path(run._format_dest(run.coursedir.assignment_id, student))
    # With --notebook, nbgrader asks for the file; an assignment of ours has one.
    file = "" if run.coursedir.notebook_id == "*" else f"{run.coursedir.assignment_id}.ipynb"
    if run.force or not (graded / file).exists():
        return True
    new, old = read_timestamp(submission), read_timestamp(graded)
    return bool(new and old) and parse_utc(new.decode()) > parse_utc(old.decode())


def _reading_from(course: CourseDirectory, folder: str) -> CourseDirectory:
    settings = {name: getattr(course, name) for name in course.trait_names(config=True)}
    return CourseDirectory(parent=course.parent, **settings | {"submitted_directory": folder})
