"""How a case is written: a function that hands something in, and what must come of it.

    @tampered("a test cell is deleted", points=FULL)
    def deleted_test_cell(work):
        work.remove("ex1-rescale-check")
        work.save()

    @tampered("a broken file", refused="JSON")
    def broken_file(work):
        work.write(f"{NAME}.ipynb", b"{")

``points`` are those of the test cells by exercise; ``refused`` is a word of the reason. A hostile
case also says in ``keeps`` which canaries (see ``harness.py``) it was after; no case may touch or
read any of them.
"""

import importlib
import json
import pkgutil
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

import tests.submissions
from tests.submissions.fixture import EXERCISES, HIDDEN, NAME, VISIBLE

Points = dict[str, float]
FULL: Points = dict.fromkeys(EXERCISES, float(VISIBLE + HIDDEN))
NONE: Points = dict.fromkeys(EXERCISES, 0.0)


def without(*exercises: str) -> Points:
    """Return full points for all exercises but these, which get none."""
    return FULL | dict.fromkeys(exercises, 0.0)


class Work:
    """What a student hands in: a folder, and a notebook to change before it is saved there."""

    def __init__(self, folder: Path, solved: NotebookNode, blank: NotebookNode) -> None:
        self.folder = folder
        self.notebook = deepcopy(solved)
        self.solved, self.blank = solved, blank

    def find(self, name: str) -> NotebookNode:
        """Return the notebook's cell with an id."""
        return next(cell for cell in self.notebook.cells if cell.id == name)

    def remove(self, *names: str) -> None:
        """Delete cells."""
        for name in names:
            self.notebook.cells.remove(self.find(name))

    def answer(self, name: str, source: str) -> None:
        """Write another text into a cell."""
        self.find(name).source = source

    def blank_out(self, *names: str) -> None:
        """Give answers back the text of the release."""
        texts = {cell.id: cell.source for cell in self.blank.cells}
        for name in names:
            self.answer(name, texts[name])

    def add(self, source: str, after: str = "worked-example", kind: str = "code") -> NotebookNode:
        """Add a cell of the student's own after the one with an id; return it."""
        cell = new_code_cell(source) if kind == "code" else new_markdown_cell(source)
        self.notebook.cells.insert(self.notebook.cells.index(self.find(after)) + 1, cell)
        return cell

    def save(self, name: str = f"{NAME}.ipynb") -> Path:
        """Save the notebook as it is, however odd."""
        return self.write(name, self.text().encode())

    def text(self) -> str:
        """Return the notebook as a file holds it."""
        # Not by nbformat, which puts some things right.
        return json.dumps(self.notebook, indent=1)

    def write(self, name: str, data: bytes) -> Path:
        """Write a file of the submission."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path


@dataclass(frozen=True)
class Case:
    """A submission and its expected result: points, or a word of the reason of its refusal."""

    name: str
    account: str
    hand_in: Callable[[Work], None]
    points: Points | None = None
    refused: str | None = None
    keeps: tuple[str, ...] = ()
    hostile: bool = False


_CASES: dict[str, Case] = {}


def tampered(
    account: str, *, points: Points | None = None, refused: str | None = None
) -> Callable[[Callable[[Work], None]], Callable[[Work], None]]:
    """Make a case of a function: a file that arrives damaged or edited, honestly or not."""
    return _registering(account, points=points, refused=refused)


def hostile(
    account: str,
    *,
    points: Points | None = None,
    refused: str | None = None,
    keeps: tuple[str, ...] = (),
) -> Callable[[Callable[[Work], None]], Callable[[Work], None]]:
    """Make a case of a function: code that attacks when it is run."""
    return _registering(account, points=points, refused=refused, keeps=keeps, hostile=True)


def all_cases() -> list[Case]:
    """Return the cases of all modules of this folder, in the order of their names."""
    for module in pkgutil.iter_modules(tests.submissions.__path__):
        if module.name.startswith(("tampered_", "hostile_")):
            importlib.import_module(f"tests.submissions.{module.name}")
    return [_CASES[name] for name in sorted(_CASES)]


def _registering(
    account: str, **expected: object
) -> Callable[[Callable[[Work], None]], Callable[[Work], None]]:
    if (expected["points"] is None) == (expected["refused"] is None):
        raise ValueError(f"{account}: expected points or refused, got {expected}")

    def register(hand_in: Callable[[Work], None]) -> Callable[[Work], None]:
        name = hand_in.__name__.replace("_", "-")
        if name in _CASES:
            raise ValueError(f"two cases are called {name}")
        _CASES[name] = Case(name, account, hand_in, **expected)
        return hand_in

    return register
