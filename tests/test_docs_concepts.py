"""The table of concepts is true: each cell that it names exists, and no erratum is left out."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tools.course import RELEASE, ROOT

PAGE = ROOT / "docs" / "concepts.md"
ERRATA = "Errata"
HEADER = ["| concept | notebook | cells |", "|:--|:--|:--|"]
CELL = r"`[^|`\s]+`"
ROW = re.compile(
    rf"\| (?P<concept>[^|\s][^|]*) \| (?P<notebook>\d\d) \| (?P<cells>{CELL}(, {CELL})*) \|"
)
NUMBERS = [f"{number:02d}" for number in range(1, 11)]

GOOD = """\
# Title

Introduction.

## Errata

| concept | notebook | cells |
|:--|:--|:--|
| one idea | 01 | `a`, `b` |
"""
CELLS = {"01": {"a": "> **Erratum.** No.", "b": ""}}


@dataclass(frozen=True)
class Row:
    """A row of the page: a concept, and the cells of a notebook that teach it."""

    line: int
    group: str
    concept: str
    notebook: str
    cells: tuple[str, ...]


def parse_rows(text: str) -> list[Row]:
    """Return the rows of all tables of the page.

    Parameters
    ----------
    text : str
        The page: a title and an introduction, then headings with one table each.

    Raises
    ------
    ValueError
        If a line below the first heading of a group is neither a heading, nor blank, nor a line
        of a table as it must be. The message names the line.
    """
    rows: list[Row] = []
    group, expected = "", list[str]()
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("## "):
            group, expected = line.removeprefix("## "), list(HEADER)
        elif not group or not line:
            continue
        elif expected:
            if line != expected[0]:
                raise ValueError(f"line {number}: expected {expected[0]!r}, got {line!r}")
            expected.pop(0)
        elif found := ROW.fullmatch(line):
            cells = tuple(cell.strip("`") for cell in found["cells"].split(", "))
            rows.append(Row(number, group, found["concept"], found["notebook"], cells))
        else:
            raise ValueError(f"line {number}: expected '| concept | NN | `cell` |', got {line!r}")
    return rows


def faults(rows: list[Row], notebooks: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Return what is wrong with the rows, as messages.

    Parameters
    ----------
    rows : list of Row
        The rows of the page.
    notebooks : mapping of str to mapping of str to str
        From each notebook's number to the sources of its cells by their ids.
    """
    found, seen = [], dict[str, int]()
    for row in rows:
        first = seen.setdefault(row.concept.strip().casefold(), row.line)
        if first != row.line:
            found.append(f"line {row.line}: {row.concept!r} stands in line {first} too")
        if len(set(row.cells)) < len(row.cells):
            found.append(f"line {row.line}: a cell stands twice")
        if row.notebook not in notebooks:
            found.append(f"line {row.line}: there is no notebook {row.notebook}")
            continue
        missing = [cell for cell in row.cells if cell not in notebooks[row.notebook]]
        found += [f"line {row.line}: notebook {row.notebook} has no cell {c!r}" for c in missing]
    named = {(row.notebook, cell) for row in rows if row.group == ERRATA for cell in row.cells}
    for notebook, cells in notebooks.items():
        boxes = [cell for cell, source in cells.items() if "> **Erratum" in source]
        lost = [cell for cell in boxes if (notebook, cell) not in named]
        found += [f"the erratum box {c!r} of notebook {notebook} stands in no row" for c in lost]
    return found


def released_cells(root: Path) -> dict[str, dict[str, str]]:
    """Return the sources of the cells of each released notebook, by number and id."""
    notebooks = {}
    for path in sorted((root / RELEASE).glob("[0-9][0-9]-*/[0-9][0-9]-*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        notebooks[path.name[:2]] = {cell["id"]: "".join(cell["source"]) for cell in cells}
    return notebooks


def test_each_cell_of_the_table_exists_and_each_erratum_is_named() -> None:
    rows = parse_rows(PAGE.read_text(encoding="utf-8"))
    found = faults(rows, released_cells(ROOT))
    assert not found, "\n".join(["docs/concepts.md is not true:", *found])


def test_all_ten_notebooks_occur() -> None:
    rows = parse_rows(PAGE.read_text(encoding="utf-8"))
    assert sorted({row.notebook for row in rows}) == NUMBERS


def test_a_true_page_has_no_faults() -> None:
    assert parse_rows(GOOD) == [Row(9, ERRATA, "one idea", "01", ("a", "b"))]
    assert faults(parse_rows(GOOD), CELLS) == []


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("| another idea | 01 | `c` |", "line 10: notebook 01 has no cell 'c'"),
        ("| another idea | 11 | `a` |", "line 10: there is no notebook 11"),
        ("| One idea | 01 | `a` |", "line 10: 'One idea' stands in line 9 too"),
        ("| another idea | 01 | `a`, `a` |", "line 10: a cell stands twice"),
    ],
)
def test_a_false_row_is_reported(row: str, message: str) -> None:
    assert faults(parse_rows(f"{GOOD}{row}\n"), CELLS) == [message]


def test_an_erratum_that_no_row_names_is_reported() -> None:
    message = "the erratum box 'a' of notebook 01 stands in no row"
    assert faults(parse_rows(GOOD.replace("`a`, ", "")), CELLS) == [message]
    assert faults(parse_rows(GOOD.replace("## Errata", "## Practice")), CELLS) == [message]


@pytest.mark.parametrize(
    "line",
    [
        "| another idea | 01 | |",
        "| another idea | 01 | c |",
        "| | 01 | `a` |",
        "| another idea | 1 | `a` |",
        "| another idea | 01 | `a` | `b` |",
        "| another idea | 01 | `a` `b` |",
        "another idea | 01 | `a` |",
    ],
)
def test_a_malformed_row_names_its_line(line: str) -> None:
    with pytest.raises(ValueError, match=r"line 10: expected '\| concept"):
        parse_rows(f"{GOOD}{line}\n")


def test_a_table_without_its_header_names_the_line() -> None:
    with pytest.raises(ValueError, match=r"line 7: expected '\| concept"):
        parse_rows(GOOD.replace("| concept | notebook | cells |\n", ""))
