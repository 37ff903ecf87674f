"""What a class run enters in the gradebook, and in the folder of graded submissions.

nbgrader's own steps read the executed notebook. Each of them opens the gradebook anew and commits
after each cell; here they share the run's, so that a submission is one transaction.
"""

from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters.exporter import ResourcesDict
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from nbgrader.converters import Autograde
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    NbGraderPreprocessor,
    SaveAutoGrades,
)
from nbgrader.utils import parse_utc
from traitlets import Instance
from traitlets.utils.importstring import import_item

from grading.arrivals import withdraw
from grading.classrun.assignment import AssignmentToGrade
from grading.classrun.ledger import GradedBefore, Ledger
from grading.classrun.task import Result, Task
from grading.execute import HardenedExecute
from grading.files import TIMESTAMP, replace_folder
from grading.sandbox.folders import remove

Scores = dict[str, tuple[float | None, float | None, float | None]]


class _SharedGradebook(NbGraderPreprocessor):
    """Where nbgrader's steps open the gradebook, these take one that is open."""

    ledger = Instance(Ledger)

    def take(self, resources: ResourcesDict) -> None:
        """Set what nbgrader's steps know of the notebook."""
        about = resources["nbgrader"]
        self.notebook_id, self.assignment_id = about["notebook"], about["assignment"]
        self.student_id, self.gradebook = about["student"], self.ledger


class _SaveAutoGrades(_SharedGradebook, SaveAutoGrades):
    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Enter the score of each graded cell."""
        self.take(resources)
        for index, cell in enumerate(nb.cells):
            nb.cells[index], resources = self.preprocess_cell(cell, resources, index)
        return nb, resources


class _AssignLatePenalties(_SharedGradebook, AssignLatePenalties):
    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Enter the penalty for a late submission, by the course's own rule."""
        self.take(resources)
        self.init_plugin()
        submission = self.ledger.find_submission(self.assignment_id, self.student_id)
        notebook = self.ledger.find_submission_notebook(
            self.notebook_id, self.assignment_id, self.student_id
        )
        late, penalty = submission.total_seconds_late, None
        if late > 0:
            penalty = self.plugin_inst.late_submission_penalty(
                self.student_id, notebook.score, late
            )
        if penalty is not None:
            penalty = self._check_late_penalty(notebook, penalty)
        notebook.late_submission_penalty = penalty
        return nb, resources


# A worker has executed the notebook. Its marks are the release's, which were checked when the run
# began; to check them in each submission took as long as all other steps together.
_DONE = (HardenedExecute, CheckCellMetadata)
_SHARED: dict[type, type[_SharedGradebook]] = {
    SaveAutoGrades: _SaveAutoGrades,
    AssignLatePenalties: _AssignLatePenalties,
}


class Recorder:
    """Enters results; each of them whole or not at all.

    Parameters
    ----------
    run : Autograde
        nbgrader's own converter, with the course's settings.
    assignment : AssignmentToGrade
        Whose submissions are graded.
    ledger : Ledger
        The course's gradebook.
    """

    def __init__(self, run: Autograde, assignment: AssignmentToGrade, ledger: Ledger) -> None:
        self._run, self._assignment, self._ledger = run, assignment, ledger
        steps = map(_class_of, run.autograde_preprocessors)
        self._steps = [self._step(step) for step in steps if not issubclass(step, _DONE)]

    def enter(self, student: str, task: Task, result: Result, fingerprint: str) -> NotebookNode:
        """Enter an executed submission; return its notebook as graded."""
        name = self._assignment.name
        nb = nbformat.reads(result.notebook.decode(), as_version=4)
        resources = self._assignment.resources(self._run, student)
        with self._ledger.transaction():
            self._enter_submission(student, task.files)
            for step in self._steps:
                nb, resources = step(nb, resources)
            self._ledger.enter(name, student, GradedBefore(fingerprint, result.seconds))
            # Before the commit: scores without their notebook would look graded for ever.
            self._write(student, nb, task.files)
        return nb

    def withdraw(self, student: str, files: dict[str, bytes]) -> Scores:
        """Take away the scores of a submission before one that cannot be graded."""
        name = self._assignment.name
        with self._ledger.transaction():
            self._enter_submission(student, files)
            self._ledger.strike(name, student)
            scores = withdraw(self._ledger, name, name, student)
            remove(Path(self._run._format_dest(name, student)))
        return scores

    def _step(self, step: type[Preprocessor]) -> Preprocessor:
        own: dict[str, Any] = {"ledger": self._ledger} if step in _SHARED else {}
        return _SHARED.get(step, step)(parent=self._run, **own)

    def _enter_submission(self, student: str, files: dict[str, bytes]) -> None:
        if self._run.create_student:
            self._ledger.update_or_create_student(student)
        handed_in = files.get(TIMESTAMP)
        when = {"timestamp": parse_utc(handed_in.decode())} if handed_in else {}
        # nbgrader makes a submission's rows one by one, and a query between them would warn.
        with self._ledger.db.no_autoflush:
            self._ledger.update_or_create_submission(self._assignment.name, student, **when)

    def _write(self, student: str, nb: NotebookNode, files: dict[str, bytes]) -> None:
        name = self._assignment.name
        folder = Path(self._run._format_dest(name, student))
        notebook = f"{nbformat.writes(nb, version=4)}\n".encode()
        files = files | self._assignment.common.course_files | {f"{name}.ipynb": notebook}
        replace_folder(folder, files)
        self._run.set_permissions(name, student)


def _class_of(step: type[Preprocessor] | str) -> type[Preprocessor]:
    return import_item(step) if isinstance(step, str) else step
