"""The intake's place in ``nbgrader autograde``.

nbgrader makes its exporter once a run, after it has listed the submissions and before it reads
the first. `SubmissionExporter` uses that moment: it takes in the submissions, lays the rebuilt
ones out in a folder of their own and points the run there. What was handed in stays untouched.
"""

from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde, NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import parse_utc
from traitlets import Integer, Unicode
from traitlets.config import Config

from grading import warm
from grading.arrivals import (
    compare_with_gradebook,
    lay_out_refused,
    note,
    release_of,
    submissions,
    withdraw,
)
from grading.classrun.ledger import forget
from grading.files import read_timestamp
from grading.intake import Release, lay_out, take_in
from grading.judging import UngradedError
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
            try:
                self._take_in_class(self.parent)
            except NbGraderException as error:
                # nbgrader ends its command at this one without a word.
                self.log.error("%s", error)
                raise

    def from_filename(
        self, filename: str, resources: dict[str, Any] | None = None, **kwargs: Any
    ) -> tuple[str, dict[str, Any]]:
        """Convert a notebook. If it cannot be graded, a score for an earlier one does not stay."""
        try:
            if filename in self._refused:
                raise SubmissionRefused(self._refused[filename])
            return super().from_filename(filename, resources, **kwargs)
        except (SubmissionRefused, UngradedError) as error:
            self._withdraw(resources["nbgrader"])
            if isinstance(error, UngradedError):
                self._record(_entry(resources["nbgrader"], outcome="ungraded", reason=str(error)))
            raise

    def _take_in_class(self, run: Autograde) -> None:
        submitted, assignment = run.coursedir, run.coursedir.assignment_id
        _require_sandbox(run)
        release = release_of(submitted)
        folders = submissions(run)
        waiting = {student: path for student, path in folders.items() if _waits(run, student, path)}
        with Gradebook(submitted.db_url, submitted.course_id) as gradebook:
            compare_with_gradebook(release, submitted, gradebook)
            # The next class run grades these again, whatever becomes of them here.
            forget(gradebook, assignment, waiting)
        warm.expect_more(len(waiting) >= warm.ENOUGH_TO_WARM_UP)
        # A copy: Formgrader keeps the other one for as long as it runs.
        run.coursedir = _reading_from(submitted, self.accepted_directory)
        run.assignments = {}
        for student in folders:
            folder = Path(run.coursedir.format_path(self.accepted_directory, student, assignment))
            if student in waiting:
                self._take_in(waiting[student], student, folder, release)
            run.assignments[str(folder)] = [str(folder / f"{release.name}.ipynb")]

    def _take_in(self, submission: Path, student: str, folder: Path, release: Release) -> None:
        entry: dict[str, object] = {"student": student, "assignment": release.name}
        try:
            accepted = take_in(submission, release, self.limits())
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
            try:
                lay_out_refused(submission, folder, release.name, reason)
            except OSError:  # `from_filename` knows the name, whatever lies there.
                self.log.exception("Cannot write %s", folder)
        self._record(entry)

    def limits(self) -> Limits:
        """Return what the settings allow a submission's files."""
        return Limits(**{name: getattr(self, name) for name in vars(LIMITS)})

    def _withdraw(self, about: dict[str, str]) -> None:
        names = about["notebook"], about["assignment"], about["student"]
        with Gradebook(about["db_url"]) as gradebook:
            scores = withdraw(gradebook, *names)
            gradebook.db.commit()
        if scores:
            self.log.warning("Withdrew the earlier scores of %s: %s", about["student"], scores)
            withdrawn = {"outcome": "withdrawn", "auto, manual, extra": scores}
            self._record(_entry(about, **withdrawn))

    def _record(self, entry: dict[str, object]) -> None:
        note(self.parent.coursedir, self.accepted_directory, entry)


def _entry(about: dict[str, str], **told: object) -> dict[str, object]:
    return {"student": about["student"], "assignment": about["assignment"]} | told


def _require_sandbox(run: Autograde) -> None:
    """Stop before the first submission, so that none loses a score for want of a sandbox."""
    try:
        require_sandbox(run)
    except SandboxUnavailable as error:
        raise NbGraderException(f"Nothing was graded: {error}") from error


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
