"""An assignment, read once for all of its submissions."""

from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.converters import Autograde, NbGraderException
from nbgrader.utils import find_all_files

from grading.arrivals import compare_with_gradebook, release_of
from grading.classrun.environment import digest, environment
from grading.classrun.ledger import Ledger
from grading.classrun.task import Common, Task
from grading.execute import HardenedExecute
from grading.exporter import SubmissionExporter
from grading.intake import Accepted, Submission, read_submission, rebuild_submission
from grading.matching import grade_id_of
from grading.trusted import trusted_cells

_USUAL_STEPS = Autograde.sanitize_preprocessors.default()


class AssignmentToGrade:
    """What is the same for all submissions of an assignment.

    Parameters
    ----------
    run : Autograde
        nbgrader's own converter, with the course's settings. It is asked for folders and settings
        and never started.
    ledger : Ledger
        The course's gradebook.
    """

    def __init__(self, run: Autograde, ledger: Ledger) -> None:
        _refuse_own_steps(run)
        course = run.coursedir
        self.name: str = course.assignment_id
        self._release = release_of(course)
        compare_with_gradebook(self._release, course, ledger)
        self.settings = SubmissionExporter(config=run.config)
        self._cells = self._sanitised(run)
        self.common = Common(
            course_files=_course_files(run),
            trusted=trusted_cells(ledger, self.name, self.name, self._release.notebook),
            limits=HardenedExecute(parent=run).limits(str(Path(course.root).resolve())),
            environment=environment(),
        )
        self._digest = digest(self._parts())

    def read(self, folder: Path) -> Submission:
        """Read a submission; raise `SubmissionRefused` if it cannot be graded."""
        return read_submission(folder, self._release, self.settings.limits())

    def fingerprint(self, submission: Submission) -> str:
        """Return what scores depend on: the submission, its tests, the limits, the environment."""
        return digest([self._digest.encode(), submission.digest.encode()])

    def accept(self, submission: Submission) -> Accepted:
        """Rebuild a submission on the release; raise `SubmissionRefused` if it cannot be."""
        return rebuild_submission(submission, self._release, self.settings.limits())

    def task(self, accepted: Accepted) -> Task:
        """Return what a worker gets of a submission."""
        notebook = NotebookNode(accepted.notebook)
        notebook.cells = [self._as_graded(cell) for cell in accepted.notebook.cells]
        return Task(nbformat.writes(notebook, version=4).encode(), accepted.files)

    def _as_graded(self, cell: NotebookNode) -> NotebookNode:
        """Return a cell as nbgrader would make it: the instructor's as a whole, others' marks."""
        graded = self._cells.get(grade_id_of(cell))
        if graded is None:
            return cell
        if graded.metadata.nbgrader.locked:
            return graded
        return NotebookNode(cell, metadata=graded.metadata)

    def _sanitised(self, run: Autograde) -> dict[str, NotebookNode]:
        """Run nbgrader's first steps on the release; return its cells with hidden tests, by name.

        The intake puts the release's cells into each submission, so these steps would do the same
        to each of them.
        """
        notebook, resources = self._release.notebook, self.resources(run, student="")
        for step in _USUAL_STEPS:
            notebook, resources = step(parent=run)(notebook, resources)
        return {name: cell for cell in notebook.cells if (name := grade_id_of(cell))}

    def resources(self, run: Autograde, student: str) -> ResourcesDict:
        """Return what nbgrader's steps are told about a notebook."""
        about = {"student": student, "assignment": self.name, "notebook": self.name}
        resources = ResourcesDict(unique_key=self.name)
        resources["nbgrader"] = about | {"db_url": run.coursedir.db_url}
        return resources

    def _parts(self) -> Iterator[bytes]:
        yield nbformat.writes(self._release.notebook, version=4).encode()
        for name, cell in self._cells.items():
            yield f"{name} {cell.source} {cell.metadata}".encode()
        for name, content in sorted(self.common.course_files.items()):
            yield name.encode()
            yield content
        yield repr((self.common.trusted, self.common.limits, self.settings.limits())).encode()
        yield self.common.environment.encode()


def _refuse_own_steps(run: Autograde) -> None:
    """Raise `NbGraderException` for settings that a class run would pass over in silence."""
    own = [name for name in ("pre_convert_hook", "post_convert_hook") if getattr(run, name)]
    if run.sanitize_preprocessors != _USUAL_STEPS:
        own.append("sanitize_preprocessors")
    if own:
        raise NbGraderException(
            f"Nothing was graded: a class run leaves out what c.Autograde.{own[0]} asks for. "
            "Take that setting away, or grade with `nbgrader autograde`."
        )


def _course_files(run: Autograde) -> dict[str, bytes]:
    """Read the files beside the instructor's notebook, which nbgrader gives to each submission."""
    course = run.coursedir
    folder = Path(course.format_path(course.source_directory, ".", course.assignment_id))
    kept = {str(folder / name) for name in run.exclude_overwriting.get(course.assignment_id, [])}
    files = find_all_files(str(folder), [*course.ignore, "*.ipynb"])
    return {
        Path(path).relative_to(folder).as_posix(): Path(path).read_bytes()
        for path in sorted(set(files) - kept)
    }
