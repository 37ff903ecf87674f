"""A submitted notebook, rebuilt on top of the release.

The release gives the cells, their order and all metadata. The student gives the answers, what
they made of the open cells (worked examples, plots), and the cells that they added. So what
nbgrader reads next has every cell that it looks for, once, and no mark that a student set.
"""

from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from itertools import count

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.utils import is_grade, is_solution

from grading.matching import Matches, grade_id_of, is_students, match, plain
from grading.submitted import SubmissionRefused, SubmittedCell

# How many cells a line of the report names; of the others it says how many they are.
NAMED = 8


@dataclass(frozen=True)
class Rebuilt:
    """The notebook to grade, and in words what of the submitted one was not as it should be.

    ``graded_cells`` says how many of the release's answer and test cells were in it.
    """

    notebook: NotebookNode
    mends: tuple[str, ...]
    graded_cells: int


def rebuild(cells: list[SubmittedCell], release: NotebookNode) -> Rebuilt:
    """Put a student's work into a copy of the release.

    Raises
    ------
    SubmissionRefused
        If none of the release's answer and test cells is in it: the notebook of something else.
    """
    found = match(cells, release.cells)
    graded_cells = _count_graded(found, release.cells)
    notebook = deepcopy(release)
    notebook.cells = list(_compose(cells, found, notebook.cells))
    mends = (*_mends_of_cells(cells, found, release.cells), *_mends_of_marks(cells, found, release))
    return Rebuilt(notebook, mends, graded_cells)


def _count_graded(found: Matches, release: list[NotebookNode]) -> int:
    graded = {i for i, cell in enumerate(release) if is_solution(cell) or is_grade(cell)}
    if graded and not graded & set(found):
        raise SubmissionRefused(
            f"none of the assignment's {len(graded)} answer and test cells is in it: is it the "
            "notebook of another assignment?"
        )
    return len(graded & set(found))


def _compose(
    cells: list[SubmittedCell], found: Matches, release: list[NotebookNode]
) -> Iterator[NotebookNode]:
    """Yield the release's cells, and each added one after the cell that it followed.

    A cell that the student deleted comes back before the added ones at its place, so that an
    answer that lost its name still overrides the blank one; a test comes back after them.
    """
    kept = set(_kept(cells, found, release))
    goals = {index: goal for goal, index in found.items()}
    taken = {cell.id for cell in release}
    names = (name for number in count(1) if (name := f"own-{number}") not in taken)
    followers: dict[int, list[NotebookNode]] = {-1: []}
    last = -1
    for index, cell in enumerate(cells):
        last = goals.get(index, last)
        followers.setdefault(last, [])
        if index in kept:
            followers[last].append(_own_cell(cell, next(names)))
    waiting = followers[-1]
    for goal, cell in enumerate(release):
        if goal in found or _is_test(cell):
            yield from waiting
            waiting = []
        yield _filled(cell, cells[found[goal]] if goal in found else None)
        if goal in found:
            waiting = followers[goal]
    yield from waiting


def _filled(cell: NotebookNode, submitted: SubmittedCell | None) -> NotebookNode:
    if cell.cell_type == "code":
        cell.outputs, cell.execution_count = [], None
    if submitted and is_students(cell):
        cell.source = submitted.source
        if cell.cell_type == "markdown" and submitted.attachments:
            cell.attachments = deepcopy(submitted.attachments)
    return cell


def _own_cell(cell: SubmittedCell, name: str) -> NotebookNode:
    if cell.kind == "code":
        return new_code_cell(cell.source, id=name)
    attachments = {"attachments": deepcopy(cell.attachments)} if cell.attachments else {}
    return new_markdown_cell(cell.source, id=name, **attachments)


def _kept(cells: list[SubmittedCell], found: Matches, release: list[NotebookNode]) -> list[int]:
    """Which added cells stay: not those that are blank, raw, or copies of the release's."""
    used = set(found.values())
    copies = {"", *(plain(cell.source) for cell in release if not is_students(cell))}
    return [
        index
        for index, cell in enumerate(cells)
        if index not in used and cell.kind != "raw" and plain(cell.source) not in copies
    ]


def _is_test(cell: NotebookNode) -> bool:
    return is_grade(cell) and not is_solution(cell)


def _mends_of_cells(
    cells: list[SubmittedCell], found: Matches, release: list[NotebookNode]
) -> Iterator[str]:
    pairs = [(release[goal], cells[index]) for goal, index in sorted(found.items())]
    changed = [
        cell.id
        for cell, given in pairs
        if not is_students(cell) and plain(cell.source) != plain(given.source)
    ]
    missing = [cell.id for goal, cell in enumerate(release) if goal not in found]
    turned = [cell.id for cell, given in pairs if given.kind != cell.cell_type]
    places = [index for _, index in sorted(found.items())]
    used = {*places, *_kept(cells, found, release)}
    dropped = [
        str(cell.number)
        for index, cell in enumerate(cells)
        if index not in used and cell.source.strip()
    ]
    if missing:
        yield f"put back what was deleted: {_names(missing)}"
    if changed:
        yield f"undid changes to cells that are not the student's: {_names(changed)}"
    if turned:
        yield f"turned back into the release's type of cell: {_names(turned)}"
    if places != sorted(places):
        yield "brought cells back into the release's order"
    if dropped:
        yield f"left out raw cells and copies of the release's cells: numbers {_names(dropped)}"


def _mends_of_marks(
    cells: list[SubmittedCell], found: Matches, release: NotebookNode
) -> Iterator[str]:
    pairs = [(release.cells[goal], cells[index]) for goal, index in sorted(found.items())]
    names = [name for cell in release.cells if (name := grade_id_of(cell))]
    given_names = Counter(cell.grade_id for cell in cells)
    lost = [cell.id for cell, given in pairs if grade_id_of(cell) not in (None, given.grade_id)]
    marked = [
        cell.id for cell, given in pairs if cell.id not in lost and not _same_marks(cell, given)
    ]
    foreign = [
        str(cell.number)
        for cell in cells
        if "nbgrader" in cell.metadata and cell.grade_id not in names
    ]
    several = [name for name in names if given_names[name] > 1]
    if lost:
        yield f"found without nbgrader's marks, by id, text or place: {_names(lost)}"
    if marked:
        yield f"undid changes to marks or tags: {_names(marked)}"
    if foreign:
        yield f"marks that are not this assignment's do not count: cells {_names(foreign)}"
    if several:
        yield f"there twice or more, the one in place counts: {_names(several)}"


def _same_marks(cell: NotebookNode, given: SubmittedCell) -> bool:
    return all(
        cell.metadata.get(key) == given.metadata.get(key, default)
        for key, default in (("nbgrader", None), ("tags", cell.metadata.get("tags")))
    )


def _names(names: list[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
