"""Which cells of a notebook are the instructor's, and what they say: the gradebook knows.

A notebook that was handed in names its cells as it likes. So the judge runs what the gradebook
holds for the assignment, and takes nothing but the order of the cells from the notebook.
"""

import builtins
from collections.abc import Iterable
from dataclasses import dataclass

from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import ClearHiddenTests

from grading.hidden import Markers, part
from grading.names import bound_names, needed_names

PYTHONS_OWN = frozenset(dir(builtins)) | {"__name__", "get_ipython", "display"}


@dataclass(frozen=True)
class JudgedCell:
    """A locked code cell with points.

    Attributes
    ----------
    source : str
        The code, hidden tests included.
    answers : tuple of str
        The names that it reads and that the set-up does not bind: the student's.
    hidden : bool
        Whether it holds hidden tests.
    """

    source: str
    answers: tuple[str, ...]
    hidden: bool


@dataclass(frozen=True)
class TrustedCells:
    """What the judge runs: the set-up cells' code in order, and the test cells by grade_id."""

    setup: tuple[str, ...]
    tests: dict[str, JudgedCell]


def trusted_cells(
    gradebook: Gradebook, notebook: str, assignment: str, nb: NotebookNode
) -> TrustedCells:
    """Read the trusted cells of a notebook that was handed in.

    Parameters
    ----------
    gradebook : Gradebook
        In which the assignment was generated.
    notebook, assignment : str
        Their names in it.
    nb : NotebookNode
        What was handed in: it gives the order, and nothing else.
    """
    entry = gradebook.find_notebook(notebook, assignment)
    graded = {cell.name for cell in entry.grade_cells}
    locked = {c.name: c.source for c in entry.source_cells if c.locked and c.cell_type == "code"}
    order = [name for name in map(_grade_id, nb.cells) if name in locked]
    setup = _independent(locked[name] for name in order if name not in graded)
    known = PYTHONS_OWN.union(*map(bound_names, setup))
    tests = {name: _test_cell(locked[name], known) for name in order if name in graded}
    return TrustedCells(tuple(setup), tests)


def _grade_id(cell: NotebookNode) -> str | None:
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def _independent(sources: Iterable[str]) -> list[str]:
    """Keep the cells that need nothing of the student's: a training cell needs a model."""
    known, kept = set(PYTHONS_OWN), []
    for source in sources:
        if needed_names(source) <= known:
            known |= bound_names(source)
            kept.append(source)
    return kept


def _test_cell(source: str, known: Iterable[str]) -> JudgedCell:
    delimiters = ClearHiddenTests()
    markers = Markers(delimiters.begin_test_delimeter, delimiters.end_test_delimeter)
    answers = sorted(needed_names(source) - set(known))
    return JudgedCell(source, tuple(answers), bool(part(source, markers).hidden))
