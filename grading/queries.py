"""Queries to the gradebook, a few for a whole class: nbgrader's own interface takes one a student.

Those who read scores for exports and for the report share them.
"""

from typing import Any

from nbgrader.api import Grade, Notebook, SubmittedAssignment, SubmittedNotebook
from sqlalchemy import Select, select

_ROWS_AT_A_TIME = 10_000


def cells_of(assignment_id: str, *columns: Any) -> Select:
    """Select columns of one kind of source cell, for all cells of an assignment."""
    kind = columns[0].class_
    join = kind.notebook_id == Notebook.id
    return select(*columns).join(Notebook, join).where(Notebook.assignment_id == assignment_id)


def grades_of(assignment_id: str) -> Select:
    """Select the scores of an assignment, one row for each graded cell of each submission.

    Columns: the submission, its notebook, the cell, the automatic score, the one given by hand,
    extra credit, and whether a person has to look.
    """
    return (
        select(
            SubmittedNotebook.assignment_id,
            Grade.notebook_id,
            Grade.cell_id,
            Grade.auto_score,
            Grade.manual_score,
            Grade.extra_credit,
            Grade.needs_manual_grade,
        )
        .join(SubmittedNotebook, SubmittedNotebook.id == Grade.notebook_id)
        .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
        .where(SubmittedAssignment.assignment_id == assignment_id)
        .execution_options(yield_per=_ROWS_AT_A_TIME)
    )
