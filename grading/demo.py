"""A small made-up class, graded end to end by nbgrader: for a look, and as a proof."""

import ast
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import click
from nbformat import NotebookNode
from nbgrader.utils import is_solution

from grading.answers import answer_notebook, exercise_of, exercises_of
from grading.course import CONFIG, CommandFailed, Course, Grade, create_course, run_class

# Written answers are marked by people; here one mark serves for all.
MANUAL_POINTS = 8


@dataclass(frozen=True)
class Student:
    """A made-up student: an id, what was handed in, and in which words to say so."""

    name: str
    work: NotebookNode
    how: str


@click.command()
@click.option("--assignment", default="01-sequence-data", show_default=True, help="Its name.")
@click.option(
    "--course",
    "repository",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=".",
    help="The folder with solutions/ and nbgrader_config.py; here, unless told.",
)
@click.option(
    "--keep",
    type=click.Path(file_okay=False, path_type=Path),
    help="A new folder to keep all files in, for looking at.",
)
def demo(assignment: str, repository: Path, keep: Path | None) -> None:
    """Grade a small made-up class with nbgrader and print its gradebook."""
    solutions = repository / "solutions"
    if not (solutions / assignment).is_dir():
        known = ", ".join(sorted(path.name for path in solutions.glob("*/"))) or "none"
        raise click.BadParameter(f"no assignment {assignment} in {solutions} (there are: {known})")
    if keep and keep.exists() and any(keep.iterdir()):
        raise click.BadParameter(f"--keep: expected a new or empty folder, got {keep}")
    with _folder(keep) as folder:
        course = create_course(folder, solutions, repository / f"{CONFIG}.py")
        try:
            students = _grade(course, assignment)
        except CommandFailed as error:
            raise click.ClickException(str(error)) from None
        click.echo(f"\n{_gradebook(course, assignment, students)}")
        click.echo(f"\n{_first_error(course, assignment, students[-1].name)}")
        if keep:
            click.echo(f"\nAll files are in {keep}; the students' pages are in {keep}/students.")


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep
    else:
        with tempfile.TemporaryDirectory(prefix="demo-class-") as name:
            yield Path(name)


def _grade(course: Course, assignment: str) -> list[Student]:
    click.echo("make the students' notebook ...")
    students = _make_students(course.generate(assignment), course.source(assignment))
    work = {student.name: student.work for student in students}
    by_hand = dict.fromkeys(work, MANUAL_POINTS)
    run_class(course, assignment, work, by_hand, lambda step: click.echo(f"{step} ..."))
    course.export()
    return students


def _make_students(release: NotebookNode, source: NotebookNode) -> list[Student]:
    exercises = exercises_of(source)
    coded = [name for name in exercises if name.startswith("ex")]
    first = coded[:4] if len(coded) > 4 else coded[:1]
    complete = answer_notebook(release, source, exercises)
    return [
        Student("ada", complete, "complete"),
        Student("ben", answer_notebook(release, source, first), f"only {', '.join(first)}"),
        Student("cleo", release, "blank"),
        Student("dan", _forget_return(complete), "complete, but one return is forgotten"),
    ]


def _forget_return(work: NotebookNode) -> NotebookNode:
    """Return the work with a slip that many make: the last result is computed, not returned."""
    work = deepcopy(work)
    cell = [cell for cell in work.cells if cell.cell_type == "code" and is_solution(cell)][-1]
    nodes = ast.walk(ast.parse(cell.source))
    place = max((n.lineno, n.col_offset) for n in nodes if isinstance(n, ast.Return) and n.value)
    lines = cell.source.split("\n")
    line, column = lines[place[0] - 1], place[1]
    lines[place[0] - 1] = f"{line[:column]}answer ={line[column + len('return') :]}"
    cell.source = "\n".join(lines)
    return work


def _gradebook(course: Course, assignment: str, students: list[Student]) -> str:
    """The class as a table: a row a student, a column an exercise, points visible + hidden."""
    grades = {student.name: course.grades(assignment, student.name) for student in students}
    exercises = list(dict.fromkeys(exercise_of(name) for name in grades[students[0].name]))
    rows = [["", *exercises, "total", "how it came"]]
    rows.append(["possible", *_cells(grades[students[0].name], exercises, possible=True), ""])
    for student in students:
        rows.append([student.name, *_cells(grades[student.name], exercises), student.how])
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    title = f"{assignment}: points for the visible + the hidden tests of each exercise"
    return "\n".join([title, "", *(_line(row, widths) for row in rows)])


def _cells(grades: dict[str, Grade], exercises: list[str], possible: bool = False) -> list[str]:
    points = {name: g.possible if possible else g.points for name, g in grades.items()}
    cells = []
    for exercise in exercises:
        parts = [name for name in points if exercise_of(name) == exercise]
        # "-check" comes before "-hidden"; a written answer has one part.
        cells.append("+".join(f"{points[name]:g}" for name in sorted(parts)))
    return [*cells, f"{sum(points.values()):g}"]


def _line(row: list[str], widths: list[int]) -> str:
    first, *middle, last = [text.rjust(width) for text, width in zip(row, widths, strict=True)]
    return "  ".join([first.strip().ljust(widths[0]), *middle, last.strip()]).rstrip()


def _first_error(course: Course, assignment: str, student: str) -> str:
    """The first message that a student's test cells gave."""
    for cell in course.graded(assignment, student).cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error" and "nbgrader" in cell.metadata:
                place = cell.metadata.nbgrader.grade_id
                return f"{student} reads in {place}:\n{output.ename}: {output.evalue}"
    return f"{student} got no error."
