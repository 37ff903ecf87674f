"""One class run: submissions are prepared here, executed by an engine, and recorded here.

Whoever kills it at any moment loses nothing that was recorded: a submission is recorded as a whole
(see `ledger`), and the next run grades what is left.
"""

import fcntl
from collections import deque
from collections.abc import Collection, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from nbgrader.converters import Autograde, NbGraderException

from grading import warm
from grading.arrivals import lay_out_refused, note, submissions
from grading.classrun.assignment import AssignmentToGrade
from grading.classrun.engines import Engine
from grading.classrun.ledger import Ledger
from grading.classrun.outcomes import Outcome, Status, reached_limits
from grading.classrun.recording import Recorder
from grading.classrun.task import Result, Task
from grading.intake import lay_out
from grading.judging import UngradedError
from grading.kernels import KernelNotStarted
from grading.sandbox.errors import SandboxUnavailable
from grading.sandbox.folders import remove
from grading.submitted import SubmissionRefused

# How often a task is tried whose worker ended, or whose kernels did not start.
ATTEMPTS = 3
# How often an engine is asked whether anybody works, while no task ends.
LOOK_SECONDS = 5
_MACHINES_FAULT = (KernelNotStarted, SandboxUnavailable)


@dataclass(frozen=True)
class _Prepared:
    student: str
    task: Task
    fingerprint: str
    attempts: int = 0


class ClassRun:
    """The submissions of one assignment, graded as far as they are not graded already.

    Parameters
    ----------
    run : Autograde
        nbgrader's own converter, with the course's settings and the assignment's name.
    ledger : Ledger
        The course's gradebook.
    force : bool
        Whether to grade also what has not changed.
    """

    def __init__(self, run: Autograde, ledger: Ledger, force: bool = False) -> None:
        self._run, self._force = run, force
        self._assignment = AssignmentToGrade(run, ledger)
        self._recorder = Recorder(run, self._assignment, ledger)
        self._folders = submissions(run)
        if not self._folders:
            raise NbGraderException(
                f"Nothing was graded: there are no submissions of {self._assignment.name} in "
                f"{run.coursedir.submitted_directory}/"
            )
        self._graded = ledger.graded(self._assignment.name)

    def __len__(self) -> int:
        return len(self._folders)

    def grade(self, engine: Engine) -> Iterator[Outcome]:
        """Grade; yield what became of each submission as soon as it is known."""
        with _alone(self._accepted_root, self._assignment.name):
            self._clear_away()
            yield from self._grade(engine)

    def _grade(self, engine: Engine) -> Iterator[Outcome]:
        enough = len(self._folders) >= warm.ENOUGH_TO_WARM_UP
        common = replace(self._assignment.common, warm=enough)
        folders = deque(self._folders.items())
        running: dict[Future[Result], _Prepared] = {}
        # Whose worker ended: one of them may be the cause, so each is tried alone.
        suspects: deque[_Prepared] = deque()
        while folders or running or suspects:
            if suspects and not running:
                prepared = suspects.popleft()
                running[engine.submit(common, prepared.task)] = prepared
            alone = suspects or any(prepared.attempts for prepared in running.values())
            while folders and not alone and len(running) < engine.slots:
                student, folder = folders.popleft()
                prepared = self._prepare(student, folder)
                if isinstance(prepared, Outcome):
                    yield prepared
                else:
                    running[engine.submit(common, prepared.task)] = prepared
            for future in self._wait(running, engine):
                prepared = running.pop(future)
                outcome = self._finish(prepared, future, engine.lost)
                if isinstance(outcome, Outcome):
                    yield outcome
                else:
                    suspects.append(outcome)

    def _wait(self, running: Collection["Future[Result]"], engine: Engine) -> "set[Future[Result]]":
        """Wait until some tasks are done, and say so if nobody works on them."""
        told = None
        while running:
            done, _ = wait(running, LOOK_SECONDS, FIRST_COMPLETED)
            if done:
                return done
            if (idle := engine.idle) and idle != told:
                self._run.log.error("%s", idle)
            told = idle
        return set()

    def _prepare(self, student: str, folder: Path) -> _Prepared | Outcome:
        """Take in a submission, unless it was graded as it is."""
        try:
            submission = self._assignment.read(folder)
            fingerprint = self._assignment.fingerprint(submission)
            if not self._force and self._is_graded(student, fingerprint):
                return Outcome(student, Status.UNCHANGED)
            accepted = self._assignment.accept(submission)
            lay_out(accepted, self._accepted(student), self._assignment.name)
        except SubmissionRefused as refusal:
            return self._refuse(student, folder, str(refusal))
        except Exception as error:  # Whatever goes wrong with one submission costs no other one.
            self._run.log.exception("The intake of %s failed", student)
            reason = f"the intake failed with {type(error).__name__}: {error}"
            return self._refuse(student, folder, reason)
        outcome = "mended" if accepted.mends else "accepted"
        self._note(student, outcome=outcome, mends=accepted.mends, sha256=accepted.digest)
        return _Prepared(student, self._assignment.task(accepted), fingerprint)

    def _is_graded(self, student: str, fingerprint: str) -> bool:
        before = self._graded.get(student)
        if before is None or before.fingerprint != fingerprint:
            return False
        folder = Path(self._run._format_dest(self._assignment.name, student))
        return (folder / f"{self._assignment.name}.ipynb").is_file()

    def _refuse(self, student: str, folder: Path, reason: str) -> Outcome:
        try:
            lay_out_refused(folder, self._accepted(student), self._assignment.name, reason)
        except OSError:  # A full disk: what lies there is not graded from.
            self._run.log.exception("Cannot write %s", self._accepted(student))
        self._note(student, outcome="refused", reason=reason)
        remarks = (f"refused: {reason}", *self._withdraw(student, {}))
        return Outcome(student, Status.REFUSED, remarks)

    def _finish(
        self, prepared: _Prepared, future: "Future[Result]", lost: tuple[type[BaseException], ...]
    ) -> Outcome | _Prepared:
        """Record what came of a task; return it as it is to be tried again if nothing came."""
        student = prepared.student
        try:
            result = future.result()
        except CancelledError as error:
            raise NbGraderException(
                "The class was not graded to its end: the scheduler ended, or somebody cancelled "
                "the tasks. What was graded stays; run the same command again for the rest."
            ) from error
        except (*lost, *_MACHINES_FAULT) as error:
            if prepared.attempts + 1 < ATTEMPTS:
                return replace(prepared, attempts=prepared.attempts + 1)
            reason = f"tried {ATTEMPTS} times, and its worker ended or had no sandbox: {error}"
            return self._fail(student, reason)
        except UngradedError as error:
            outcome = self._fail(student, str(error))
            return replace(
                outcome, remarks=outcome.remarks + self._withdraw(student, prepared.task.files)
            )
        except Exception as error:
            return self._fail(student, f"{type(error).__name__}: {error}")
        try:
            notebook = self._recorder.enter(student, prepared.task, result, prepared.fingerprint)
        except Exception as error:  # An id that is too long, a full disk: nothing is half-entered.
            return self._fail(student, f"cannot be recorded: {type(error).__name__}: {error}")
        limits = tuple(reached_limits(notebook))
        return Outcome(student, Status.GRADED, limits, bool(limits), result.seconds)

    def _fail(self, student: str, reason: str) -> Outcome:
        self._note(student, outcome="ungraded", reason=reason)
        return Outcome(student, Status.FAILED, (f"not graded: {reason}",))

    def _withdraw(self, student: str, files: dict[str, bytes]) -> tuple[str, ...]:
        """Take earlier scores away; return a remark if there were any, or if that failed."""
        try:
            scores = self._recorder.withdraw(student, files)
        except Exception as error:
            return (f"earlier scores could not be withdrawn: {type(error).__name__}: {error}",)
        if not scores:
            return ()
        self._note(student, outcome="withdrawn", **{"auto, manual, extra": scores})
        return ("the scores of an earlier submission were withdrawn",)

    def _note(self, student: str, **told: object) -> None:
        entry = {"student": student, "assignment": self._assignment.name}
        directory = self._assignment.settings.accepted_directory
        note(self._run.coursedir, directory, entry | told)

    @property
    def _accepted_root(self) -> Path:
        return Path(self._run.coursedir.root) / self._assignment.settings.accepted_directory

    def _accepted(self, student: str) -> Path:
        directory = self._assignment.settings.accepted_directory
        return Path(self._run.coursedir.format_path(directory, student, self._assignment.name))

    def _clear_away(self) -> None:
        """Remove what a killed run left half-written."""
        for student in self._folders:
            graded = Path(self._run._format_dest(self._assignment.name, student))
            for folder in (graded.parent, self._accepted(student).parent):
                for left in folder.glob(f".new-{self._assignment.name}-*"):
                    remove(left)


@contextmanager
def _alone(folder: Path, assignment: str) -> Iterator[None]:
    """Hold a lock that ends with this process: two runs of an assignment would do it twice."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / f".{assignment}.lock", "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NbGraderException(
                f"Nothing was graded: another run is grading {assignment} in this course"
            ) from None
        yield
