"""A solution notebook as the rules see it: cells with their nbgrader flags, and exercises."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

ROLES = ("statement", "solution", "train", "check", "hidden", "notice")
_EXERCISE_ID = re.compile(r"ex(\d+)-(.+?)(?:-(statement|train|check|hidden|notice))?")

# What a rule yields: the id of a cell and what is wrong with it.
Problem = tuple[str, str]
Problems = Iterator[Problem]


@dataclass(frozen=True)
class Cell:
    """One cell.

    Attributes
    ----------
    index : int
        Its place in the notebook.
    node : NotebookNode
        What the file holds.
    """

    index: int
    node: NotebookNode

    @property
    def id(self) -> str:
        """The id, or the place where there is none."""
        return self.node.get("id") or f"cell {self.index}"

    @property
    def source(self) -> str:
        """The text."""
        return self.node.source

    @property
    def is_code(self) -> bool:
        """Whether it is a code cell."""
        return self.node.cell_type == "code"

    @property
    def is_markdown(self) -> bool:
        """Whether it is a markdown cell."""
        return self.node.cell_type == "markdown"

    @property
    def nbgrader(self) -> dict[str, Any]:
        """nbgrader's metadata, empty where it is not nbgrader's."""
        return self.node.metadata.get("nbgrader", {})

    @property
    def grade(self) -> bool:
        """Whether it has points."""
        return bool(self.nbgrader.get("grade"))

    @property
    def solution(self) -> bool:
        """Whether students write in it."""
        return bool(self.nbgrader.get("solution"))

    @property
    def locked(self) -> bool:
        """Whether students may not change it."""
        return bool(self.nbgrader.get("locked"))

    @property
    def points(self) -> float:
        """The points, 0 where it is not graded."""
        return self.nbgrader.get("points", 0) if self.grade else 0

    @property
    def is_test(self) -> bool:
        """Whether it is a cell of tests: graded, and not written by the student."""
        return self.is_code and self.grade and not self.solution

    @property
    def optional(self) -> bool:
        """Whether it is tagged as one that the course does without."""
        return "optional" in self.node.metadata.get("tags", [])

    @cached_property
    def tree(self) -> ast.Module | None:
        """The syntax tree of a code cell; None where the code is not Python."""
        if not self.is_code:
            return None
        try:
            return ast.parse(self.source)
        except SyntaxError:
            return None


@dataclass(frozen=True)
class Exercise:
    """The cells of one exercise.

    Attributes
    ----------
    number : int
        The N of the ids ``exN-...``.
    parts : list of (str, Cell)
        Role and cell in the notebook's order; one role may come twice, which is a fault.
    """

    number: int
    parts: list[tuple[str, Cell]]

    @property
    def roles(self) -> dict[str, Cell]:
        """The first cell of each role."""
        return {role: cell for role, cell in reversed(self.parts)}

    @property
    def anchor(self) -> str:
        """The id to name when the exercise as a whole is wrong."""
        return self.parts[0][1].id

    @property
    def tests(self) -> list[Cell]:
        """The cells with tests."""
        return [cell for role, cell in self.parts if role in ("check", "hidden")]

    @property
    def points(self) -> float:
        """The points of its tests."""
        return sum(cell.points for cell in self.tests)


@dataclass(frozen=True)
class CourseNotebook:
    """A solution notebook.

    Attributes
    ----------
    path : Path
        Its file.
    node : NotebookNode
        What the file holds.
    """

    path: Path
    node: NotebookNode

    @cached_property
    def cells(self) -> list[Cell]:
        """All cells."""
        return [Cell(index, node) for index, node in enumerate(self.node.cells)]

    @property
    def code_cells(self) -> list[Cell]:
        """The code cells."""
        return [cell for cell in self.cells if cell.is_code]

    @cached_property
    def exercises(self) -> list[Exercise]:
        """The exercises, in the order of their first cells."""
        parts: dict[int, list[tuple[str, Cell]]] = {}
        for cell in self.cells:
            if found := exercise_id(cell):
                number, _, role = found
                if role:
                    parts.setdefault(number, []).append((role, cell))
        return [Exercise(number, cells) for number, cells in parts.items()]

    @property
    def number(self) -> int | None:
        """The number that the file's name begins with."""
        found = re.match(r"(\d+)-", self.path.stem)
        return int(found[1]) if found else None


def exercise_id(cell: Cell) -> tuple[int, str, str] | None:
    """Return an exercise cell's number, slug (``ex2-acf``) and role; None for other cells.

    The role is empty for a cell that only stands in the exercise, such as a plot.
    """
    found = _EXERCISE_ID.fullmatch(cell.id)
    if not found:
        return None
    role = found[3] or ("solution" if cell.solution else "")
    return int(found[1]), f"ex{found[1]}-{found[2]}", role


def expected(what: str, want: object, got: object) -> str:
    """Return a rule's message: what is wrong, what was expected and what came."""
    return f"{what} (expected {want}, got {got})"
