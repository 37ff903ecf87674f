"""A course in a folder of its own, worked through nbgrader's own commands.

It holds everything that a real course spreads over several machines: the instructor's folder,
the exchange, and a folder for each student.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from traitlets.config import PyFileConfigLoader

CONFIG = "nbgrader_config"


class CommandFailed(RuntimeError):
    """An nbgrader command ended with an error; the message holds what it printed last."""


@dataclass(frozen=True)
class Grade:
    """What a student has for one cell; ``None`` is a score that nobody gave yet."""

    auto: float | None
    manual: float | None
    possible: float

    @property
    def points(self) -> float:
        """The score that counts: the one given by hand, if there is one."""
        return (self.auto if self.manual is None else self.manual) or 0.0


def create_course(folder: Path, solutions: Path, config: Path) -> "Course":
    """Make a course in an empty folder from copies of the solutions and of nbgrader's settings."""
    course = Course(folder.resolve())
    ignore = shutil.ignore_patterns(".ipynb_checkpoints")
    shutil.copytree(solutions, course.root / "solutions", ignore=ignore)
    shutil.copy(config, course.root / f"{CONFIG}.py")
    course.exchange.mkdir()
    return course


@dataclass(frozen=True)
class Course:
    """A course below one folder. An assignment has one notebook, with the assignment's name."""

    folder: Path

    @property
    def root(self) -> Path:
        """The instructor's folder."""
        return self.folder / "course"

    @property
    def exchange(self) -> Path:
        """The folder over which the instructor and the students pass files."""
        return self.folder / "exchange"

    def home(self, student: str) -> Path:
        """A student's folder."""
        return self.folder / "students" / student

    def source(self, assignment: str) -> NotebookNode:
        """Read the notebook that the instructor wrote."""
        return _read(self.root / "solutions" / assignment / f"{assignment}.ipynb")

    def generate(self, assignment: str, *flags: str) -> NotebookNode:
        """Enter the assignment in the gradebook; return the students' notebook."""
        self._instructor("generate_assignment", assignment, *flags)
        return _read(self.root / "notebooks" / assignment / f"{assignment}.ipynb")

    def release(self, assignment: str) -> None:
        """Put the students' notebook into the exchange."""
        self._instructor("release_assignment", assignment)

    def fetch(self, assignment: str, student: str) -> None:
        """Copy the students' notebook from the exchange into a student's folder."""
        self._student(student, "fetch_assignment", assignment)

    def submit(self, assignment: str, student: str, work: NotebookNode) -> None:
        """Save a student's work over the fetched notebook and hand it in."""
        nbformat.write(work, self.home(student) / assignment / f"{assignment}.ipynb")
        self._student(student, "submit", assignment)

    def put(self, assignment: str, student: str, work: NotebookNode) -> None:
        """Lay a student's work where ``collect`` would, as a course without an exchange does."""
        folder = self.root / "submitted" / student / assignment
        folder.mkdir(parents=True)
        nbformat.write(work, folder / f"{assignment}.ipynb")

    def collect(self, assignment: str) -> None:
        """Take all submissions from the exchange."""
        # All of them belong to one user of this machine, which nbgrader would report as cheating.
        self._instructor("collect", assignment, "--ExchangeCollect.check_owner=False")

    def autograde(self, assignment: str, *flags: str) -> None:
        """Run and score all submissions."""
        self._instructor("autograde", assignment, *flags)

    def grade_by_hand(self, assignment: str, student: str, points: float) -> None:
        """Give a score to each answer of a student that waits for one."""
        with self._gradebook() as gradebook:
            notebook = gradebook.find_submission_notebook(assignment, assignment, student)
            for grade in notebook.grades:
                if grade.needs_manual_grade:
                    grade.manual_score = points
                    grade.needs_manual_grade = False
            gradebook.db.commit()

    def generate_feedback(self, assignment: str, *flags: str) -> None:
        """Write the feedback pages."""
        self._instructor("generate_feedback", assignment, *flags)

    def release_feedback(self, assignment: str) -> None:
        """Put the feedback pages into the exchange."""
        self._instructor("release_feedback", assignment)

    def fetch_feedback(self, assignment: str, student: str) -> None:
        """Copy a student's feedback page from the exchange into the student's folder."""
        self._student(student, "fetch_feedback", assignment)

    def feedback(self, assignment: str, student: str) -> str:
        """Read the page that the student fetched."""
        pages = (self.home(student) / assignment / "feedback").glob(f"*/{assignment}.html")
        return max(pages).read_text(encoding="utf-8")

    def graded(self, assignment: str, student: str) -> NotebookNode:
        """Read a student's notebook as autograde left it."""
        return _read(self.root / "autograded" / student / assignment / f"{assignment}.ipynb")

    def grades(self, assignment: str, student: str) -> dict[str, Grade]:
        """Return a student's grades by grade_id."""
        with self._gradebook() as gradebook:
            notebook = gradebook.find_submission_notebook(assignment, assignment, student)
            return {
                grade.name: Grade(grade.auto_score, grade.manual_score, grade.max_score)
                for grade in notebook.grades
            }

    def export(self) -> Path:
        """Write all scores into a CSV file; return its path."""
        path = self.root / "grades.csv"
        self._instructor("export", f"--to={path}")
        return path

    def _gradebook(self) -> Gradebook:
        # Where it is, nbgrader's settings say: a file of the course's, or a server.
        config = PyFileConfigLoader(f"{CONFIG}.py", str(self.root)).load_config()
        return Gradebook(CourseDirectory(config=config, root=str(self.root)).db_url)

    def _instructor(self, *arguments: str) -> None:
        self._nbgrader(self.root, *arguments)

    def _student(self, student: str, *arguments: str) -> None:
        # Two things make several students out of one user of one machine: --student stands in
        # for the user's name, and a cache for each keeps apart what they submitted, by which
        # fetch_feedback finds a student's pages.
        home = self.home(student)
        home.mkdir(parents=True, exist_ok=True)
        self._nbgrader(
            home,
            *arguments,
            f"--student={student}",
            f"--Exchange.cache={home / '.nbgrader_cache'}",
            f"--JupyterApp.config_file={self.root / CONFIG}",
        )

    def _nbgrader(self, cwd: Path, *arguments: str) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", *arguments, f"--Exchange.root={self.exchange}"],
            cwd=cwd,
            env=os.environ | self._environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise CommandFailed(
                f"nbgrader {' '.join(arguments)} ended with {done.returncode}:\n"
                f"{(done.stdout + done.stderr)[-4000:]}"
            )

    def _environment(self) -> dict[str, str]:
        return {
            # nbgrader calls `alembic` by name when it makes the gradebook.
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
            # The settings and start-up files of whoever runs this stay out of it.
            "JUPYTER_CONFIG_DIR": str(self.folder / "settings"),
            "JUPYTER_NO_CONFIG": "1",
            "IPYTHONDIR": str(self.folder / "ipython"),
        }


def run_class(
    course: Course,
    assignment: str,
    work: Mapping[str, NotebookNode],
    by_hand: Mapping[str, float],
    report: Callable[[str], None] = lambda step: None,
) -> None:
    """Take a generated assignment from its release to the feedback in the students' hands.

    Parameters
    ----------
    course : Course
        In which ``generate`` was called.
    assignment : str
        Its name.
    work : mapping
        What each student hands in.
    by_hand : mapping
        The points that each student gets for each answer that a person marks.
    report : callable, optional
        Is told each step before it begins.
    """
    report("release the assignment")
    course.release(assignment)
    report(f"{len(work)} students fetch it and hand it in")
    _side_by_side(lambda student: course.fetch(assignment, student), work)
    _side_by_side(lambda student: course.submit(assignment, student, work[student]), work)
    report("collect the submissions")
    course.collect(assignment)
    grade_class(course, assignment, by_hand, report)
    report("release the feedback")
    course.release_feedback(assignment)
    report("the students fetch it")
    _side_by_side(lambda student: course.fetch_feedback(assignment, student), work)


def grade_class(
    course: Course,
    assignment: str,
    by_hand: Mapping[str, float],
    report: Callable[[str], None] = lambda step: None,
) -> None:
    """Grade what was collected and write the feedback; the arguments are as in `run_class`."""
    report("autograde")
    course.autograde(assignment)
    report("mark the written answers")
    for student, points in by_hand.items():
        course.grade_by_hand(assignment, student, points)
    report("write the feedback")
    course.generate_feedback(assignment)


def _side_by_side(step: Callable[[str], None], students: Iterable[str]) -> None:
    # Each command is a process that mostly imports: two at a time halve the wait.
    with ThreadPoolExecutor(max_workers=2) as pool:
        list(pool.map(step, students))


def _read(path: Path) -> NotebookNode:
    return nbformat.read(path, as_version=4)
