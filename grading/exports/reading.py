"""Reads the gradebook in a few queries for each assignment: nbgrader's own takes one a student."""

from collections import defaultdict
from collections.abc import Collection, Iterator

from nbgrader.api import (
    Assignment,
    Gradebook,
    GradeCell,
    SolutionCell,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
)
from sqlalchemy import func, select

from grading.exports.results import Cell, Person, Result, Results, Status
from grading.queries import cells_of, grades_of


def read_assignments(gradebook: Gradebook) -> list[str]:
    """Return the names of all assignments, in the order in which they are due, as nbgrader's."""
    rows = gradebook.db.execute(select(Assignment.name, Assignment.duedate))
    # Not sorted by the database: they differ in whether what has no date comes first or last.
    return [row.name for row in sorted(rows, key=lambda row: (str(row.duedate or ""), row.name))]


def read_students(gradebook: Gradebook) -> list[Person]:
    """Return all students, sorted by last name, first name and id."""
    columns = Student.id, Student.last_name, Student.first_name, Student.email, Student.lms_user_id
    rows = gradebook.db.execute(select(*columns))
    people = (Person(*(value or "" for value in row)) for row in rows)
    return sorted(people, key=lambda p: (p.last_name.casefold(), p.first_name.casefold(), p.id))


def read_results(
    gradebook: Gradebook, assignment: str, students: list[Person], arrived: Collection[str]
) -> Results:
    """Return what each of some students has for an assignment.

    Parameters
    ----------
    gradebook : Gradebook
        Any that SQLAlchemy can open.
    assignment : str
        Its name, which the gradebook has to know.
    students : list of Person
        For whom to return a result.
    arrived : collection of str
        Who handed in: the gradebook learns of a submission only when it is graded.
    """
    about = gradebook.db.execute(
        select(Assignment.id, Assignment.duedate).where(Assignment.name == assignment)
    ).one()
    cells = _read_cells(gradebook, about.id)
    results = {student.id: Result(student, duedate=about.duedate) for student in students}
    for name in results.keys() & arrived:
        results[name].status = Status.NOT_GRADED
    submissions = _read_submissions(gradebook, about.id, results)
    _read_points(gradebook, about.id, cells, submissions)
    return Results(assignment, list(cells.values()), list(results.values()))


def _read_cells(gradebook: Gradebook, assignment_id: str) -> dict[str, Cell]:
    """The cells that give points, by the gradebook's own id; it does not know their order."""

    def read(kind: type, *columns: object) -> Iterator:
        query = cells_of(assignment_id, kind.id, kind.name, kind.notebook_id, *columns)
        return gradebook.db.execute(query)

    # A cell that is answered and gives points gets them from a person.
    answers = {(row.notebook_id, row.name) for row in read(SolutionCell)}
    cells = {
        row.id: Cell(row.name, row.max_score, True) for row in read(TaskCell, TaskCell.max_score)
    }
    for row in read(GradeCell, GradeCell.max_score, GradeCell.cell_type):
        by_hand = row.cell_type == "markdown" or (row.notebook_id, row.name) in answers
        cells[row.id] = Cell(row.name, row.max_score, by_hand)
    return cells


def _read_submissions(
    gradebook: Gradebook, assignment_id: str, results: dict[str, Result]
) -> dict[str, Result]:
    """Note when each student handed in; return the results by the submission's id."""
    penalties = _read_penalties(gradebook, assignment_id)
    kind = SubmittedAssignment
    rows = gradebook.db.execute(
        select(kind.id, kind.student_id, kind.timestamp, kind.extension).where(
            kind.assignment_id == assignment_id
        )
    )
    submissions = {}
    for row in rows:
        if result := results.get(row.student_id):
            result.timestamp, result.penalty = row.timestamp, penalties.get(row.id) or 0.0
            if result.duedate and row.extension:
                result.duedate += row.extension
            submissions[row.id] = result
    return submissions


def _read_penalties(gradebook: Gradebook, assignment_id: str) -> dict[str, float | None]:
    """The penalties for handing in late by the submission's id."""
    kind = SubmittedNotebook
    query = (
        select(kind.assignment_id, func.sum(kind.late_submission_penalty))
        .join(SubmittedAssignment, SubmittedAssignment.id == kind.assignment_id)
        .where(SubmittedAssignment.assignment_id == assignment_id)
        .group_by(kind.assignment_id)
    )
    return {submission: penalty for submission, penalty in gradebook.db.execute(query)}


def _read_points(
    gradebook: Gradebook,
    assignment_id: str,
    cells: dict[str, Cell],
    submissions: dict[str, Result],
) -> None:
    """Fill in the points, and from them how far each submission has come."""
    scored: dict[str, set[str]] = defaultdict(set)
    waiting = set()
    rows = gradebook.db.execute(grades_of(assignment_id))
    for submission, _, cell, auto, manual, extra, needs_manual_grade in rows:
        if submission not in submissions or cell not in cells:
            continue
        # As nbgrader counts: a person's score wins, and extra credit needs a score to add to.
        score = auto if manual is None else manual
        if score is not None:
            points = submissions[submission].points
            name = cells[cell].name
            points[name] = points.get(name, 0.0) + score + (extra or 0.0)
            scored[submission].add(cell)
        if needs_manual_grade:
            waiting.add(submission)
    for submission, result in submissions.items():
        missing = [cell for key, cell in cells.items() if key not in scored[submission]]
        result.status = _status(missing, submission in waiting)


def _status(missing: list[Cell], waiting: bool) -> Status:
    """How far a submission has come, from the cells that have no score."""
    if any(not cell.by_hand for cell in missing):
        return Status.NOT_GRADED
    return Status.NEEDS_MARKING if missing or waiting else Status.GRADED
