"""A student's notebook, made from the release and the answers in the source."""

from collections.abc import Collection
from copy import deepcopy

from nbformat import NotebookNode
from nbgrader.utils import is_solution

_MARKERS = ("BEGIN SOLUTION", "END SOLUTION")


def answer_notebook(
    release: NotebookNode, source: NotebookNode, exercises: Collection[str]
) -> NotebookNode:
    """Return a copy of the release in which some exercises are solved.

    Parameters
    ----------
    release, source : NotebookNode
        The student's notebook, and the one it was made from.
    exercises : collection of str
        Which to solve: how their grade_ids begin, as in ``{"ex1", "ex4", "q1"}``.

    Raises
    ------
    ValueError
        If the source has no answer to one of the exercises.
    """
    unknown = set(exercises) - set(exercises_of(source))
    if unknown:
        raise ValueError(
            f"exercises: expected some of {exercises_of(source)}, got also {sorted(unknown)}"
        )
    answers = {cell.metadata.nbgrader.grade_id: cell.source for cell in _answer_cells(source)}
    solved = deepcopy(release)
    for cell in _answer_cells(solved):
        grade_id = cell.metadata.nbgrader.grade_id
        if exercise_of(grade_id) in exercises:
            cell.source = _without_markers(answers[grade_id])
    return solved


def exercises_of(notebook: NotebookNode) -> list[str]:
    """Return the exercises that want an answer, in their order: ``["ex1", ..., "q1"]``."""
    names = (exercise_of(c.metadata.nbgrader.grade_id) for c in _answer_cells(notebook))
    return list(dict.fromkeys(names))


def exercise_of(grade_id: str) -> str:
    """Return the exercise that a cell belongs to: ``"ex2"`` for ``"ex2-acf-hidden"``."""
    return grade_id.split("-", 1)[0]


def _answer_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if is_solution(cell)]


def _without_markers(source: str) -> str:
    lines = source.split("\n")
    return "\n".join(line for line in lines if not any(mark in line for mark in _MARKERS))
