"""Which cell of a submission is which cell of the release.

A cell is known by its grade_id, and where an editor lost that by its cell id, by its text, or by
its place between cells that are known.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from nbformat import NotebookNode
from nbgrader.utils import is_solution

from grading.submitted import SubmittedCell

_DEFINED = re.compile(r"^(?:async def|def|class)[ \t]+(\w+)", re.MULTILINE)

# From the index of a cell in the release to that of the student's cell.
Matches = dict[int, int]


def match(cells: list[SubmittedCell], release: list[NotebookNode]) -> Matches:
    """Find the student's cell for each cell of the release, as far as there is one.

    Where several carry the same name, the one in place is taken, between its neighbours. Of an
    answer that is the last with a text of its own, since it is run last; of a locked cell the one
    that is as it was, since the other may be a copy that became something else.
    """
    found: Matches = {}
    _by_name(found, [cell.grade_id for cell in cells], map(grade_id_of, release), cells, release)
    _by_name(found, _free_ids(cells, release), (cell.id for cell in release), cells, release)
    _by_text(found, cells, release)
    _by_place(found, cells, release)
    return found


def grade_id_of(cell: NotebookNode) -> str | None:
    """Return the name under which nbgrader knows a cell, if it knows it."""
    info = cell.metadata.get("nbgrader", {})
    known = info.get("grade") or info.get("solution") or info.get("locked") or info.get("task")
    return info.get("grade_id") if known else None


def is_students(cell: NotebookNode) -> bool:
    """Whether the student's text counts: answers, and code cells that nothing locks."""
    return is_solution(cell) or (cell.cell_type == "code" and grade_id_of(cell) is None)


def plain(text: str) -> str:
    """Return a text without what editors change in saving: white space at the ends of lines."""
    return "\n".join(line.rstrip() for line in text.strip().split("\n"))


def _by_name(
    found: Matches,
    given: list[str | None],
    wanted: Iterable[str | None],
    cells: list[SubmittedCell],
    release: list[NotebookNode],
) -> None:
    places = defaultdict(list)
    for index in _unused(found, cells):
        places[given[index]].append(index)
    several = {}
    for goal, name in enumerate(wanted):
        if name is None or goal in found or name not in places:
            continue
        if len(places[name]) == 1:
            found[goal] = places[name][0]
        else:
            several[goal] = places[name]
    for goal, indices in several.items():
        found[goal] = _in_place(found, goal, indices, cells, release)


def _in_place(
    found: Matches,
    goal: int,
    indices: list[int],
    cells: list[SubmittedCell],
    release: list[NotebookNode],
) -> int:
    low, high = _bounds(found, goal, len(cells))
    indices = [index for index in indices if low < index < high] or indices
    text, own = plain(release[goal].source), is_students(release[goal])
    best = [index for index in indices if (plain(cells[index].source) != text) == own]
    return (best or indices)[-1]


def _free_ids(cells: list[SubmittedCell], release: list[NotebookNode]) -> list[str | None]:
    """The cell ids of the submission, without those of cells that have another name."""
    names = {grade_id_of(cell) for cell in release} - {None}
    return [None if cell.grade_id in names else cell.cell_id for cell in cells]


def _by_text(found: Matches, cells: list[SubmittedCell], release: list[NotebookNode]) -> None:
    goals, places = defaultdict(list), defaultdict(list)
    for goal, cell in enumerate(release):
        if goal not in found:
            goals[cell.cell_type, plain(cell.source)].append(goal)
    for index in _unused(found, cells):
        places[cells[index].kind, plain(cells[index].source)].append(index)
    for key, wanted in goals.items():
        # Of several alike, one that is missing might be any: only their order would tell.
        if len(wanted) == len(places[key]):
            found.update(zip(wanted, places[key], strict=True))


def _by_place(found: Matches, cells: list[SubmittedCell], release: list[NotebookNode]) -> None:
    missing = [goal for goal, cell in enumerate(release) if goal not in found and is_solution(cell)]
    defined = [_defined(cell.source) for cell in cells] if missing else []
    for goal in missing:
        low, high = _bounds(found, goal, len(cells))
        kind = release[goal].cell_type
        here = [i for i in _unused(found, cells) if low < i < high and cells[i].kind == kind]
        names = _defined(release[goal].source)
        if names:
            here = [index for index in here if names <= defined[index]]
        else:
            # Nothing but the place speaks for it: so it must be the only one that waits there.
            rivals = [g for g in missing if g not in found and _bounds(found, g, 0)[0] == low]
            here = here if len(rivals) == 1 else []
        if len(here) == 1:
            found[goal] = here[0]


def _bounds(found: Matches, goal: int, end: int) -> tuple[int, int]:
    """Between which of the student's cells a cell of the release belongs."""
    before = [known for known in found if known < goal]
    after = [known for known in found if known > goal]
    return found[max(before)] if before else -1, found[min(after)] if after else end


def _unused(found: Matches, cells: list[SubmittedCell]) -> Iterator[int]:
    used = set(found.values())
    return (index for index in range(len(cells)) if index not in used)


def _defined(source: str) -> set[str]:
    return set(_DEFINED.findall(source))
