"""What the gradebook has of one assignment, in a few queries however large the class is."""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from nbgrader.api import (
    Assignment,
    GradeCell,
    SolutionCell,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
)
from sqlalchemy import select
from sqlalchemy.engine import Connection

from grading.answers import exercise_of
from grading.queries import cells_of, grades_of

VISIBLE, HIDDEN, WRITTEN = "visible", "hidden", "written"


class UnknownAssignment(LookupError):
    """The gradebook does not know the assignment; the message lists those it knows."""


@dataclass(frozen=True)
class Part:
    """A graded cell: visible or hidden tests, or a written answer."""

    name: str
    kind: str
    points: float

    @property
    def exercise(self) -> str:
        """The exercise that the cell belongs to."""
        return exercise_of(self.name)


@dataclass(frozen=True)
class Person:
    """A student as the gradebook knows them."""

    student: str
    name: str = ""
    email: str = ""


@dataclass(frozen=True)
class Scores:
    """The scores of an assignment.

    `auto`, `manual` and `extra` have the shape (students, parts); NaN is a score that nobody gave.
    `waits` says where a person has to give one. `penalties` has the shape (students,).
    """

    parts: tuple[Part, ...]
    students: tuple[str, ...]
    auto: np.ndarray
    manual: np.ndarray
    extra: np.ndarray
    waits: np.ndarray
    penalties: np.ndarray

    def columns(self, *kinds: str) -> list[int]:
        """Return the numbers of the parts of these kinds."""
        return [i for i, part in enumerate(self.parts) if part.kind in kinds]

    def totals(self) -> np.ndarray:
        """Return each student's points as nbgrader exports them; NaN where there is no score."""
        given = np.where(np.isnan(self.manual), self.auto, self.manual)
        total = np.nansum(given, axis=1) + np.nansum(self.extra, axis=1) - self.penalties
        return np.where(np.isnan(given).all(axis=1), np.nan, np.maximum(total, 0.0))


def read_people(connection: Connection) -> dict[str, Person]:
    """Return all students of the course by their id."""
    columns = (Student.id, Student.first_name, Student.last_name, Student.email)
    rows = connection.execute(select(*columns))
    return {row.id: Person(row.id, _name(row), row.email or "") for row in rows}


def read_scores(connection: Connection, assignment: str) -> Scores:
    """Read all scores of an assignment."""
    identity = _find(connection, assignment)
    parts = _read_parts(connection, identity)
    submissions = _read_submissions(connection, identity)
    order = sorted(submissions, key=lambda notebook: submissions[notebook][0])
    rows = {notebook: row for row, notebook in enumerate(order)}
    columns = {cell: column for column, cell in enumerate(parts)}
    auto, manual, extra = np.full((3, len(rows), len(columns)), np.nan)
    waits = np.zeros(auto.shape, dtype=bool)
    for _, notebook, cell, *points, needs_mark in connection.execute(grades_of(identity)):
        # Grading may go on meanwhile: a submission may have come since.
        if notebook in rows and cell in columns:
            place = rows[notebook], columns[cell]
            auto[place], manual[place], extra[place] = points
            waits[place] = needs_mark
    return Scores(
        tuple(parts.values()),
        tuple(submissions[notebook][0] for notebook in order),
        auto,
        manual,
        extra,
        waits,
        np.array([submissions[notebook][1] or 0.0 for notebook in order], dtype=float),
    )


def _find(connection: Connection, assignment: str) -> str:
    known = {name: key for key, name in connection.execute(select(Assignment.id, Assignment.name))}
    if assignment not in known:
        names = ", ".join(sorted(known)) or "none"
        raise UnknownAssignment(f"the gradebook knows no assignment {assignment!r}, only: {names}")
    return known[assignment]


def _read_parts(connection: Connection, identity: str) -> dict[str, Part]:
    """Return the graded cells by their key in the gradebook, in the notebook's order."""
    answers = set(connection.scalars(cells_of(identity, SolutionCell.name)))
    tests = connection.execute(
        cells_of(identity, GradeCell.id, GradeCell.name, GradeCell.max_score)
    )
    tasks = connection.execute(cells_of(identity, TaskCell.id, TaskCell.name, TaskCell.max_score))
    found = [(key, Part(name, _kind(name, answers), points)) for key, name, points in tests]
    found += [(key, Part(name, WRITTEN, points)) for key, name, points in tasks]
    # A cell without points tells nothing: passed and failed look the same.
    return {key: part for key, part in sorted(found, key=_place) if part.points > 0}


def _kind(name: str, answers: set[str]) -> str:
    if name in answers:
        return WRITTEN
    return HIDDEN if name.endswith("-hidden") else VISIBLE


def _place(item: tuple[str, Part]) -> tuple[bool, list[int], str]:
    # ex2 before ex10, and questions at the end.
    part = item[1]
    return part.kind == WRITTEN, [int(n) for n in re.findall(r"\d+", part.exercise)], part.name


def _read_submissions(connection: Connection, identity: str) -> dict[str, tuple[str, float | None]]:
    """Return student and late penalty by the key of the submitted notebook."""
    wanted = (
        select(
            SubmittedNotebook.id,
            SubmittedAssignment.student_id,
            SubmittedNotebook.late_submission_penalty,
        )
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .where(SubmittedAssignment.assignment_id == identity)
    )
    return {key: (student, penalty) for key, student, penalty in connection.execute(wanted)}


def _name(row: Any) -> str:
    return ", ".join(part for part in (row.last_name, row.first_name) if part)
