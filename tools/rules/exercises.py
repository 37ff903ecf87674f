"""Rules for the cells of an exercise: their order, the statement and the student's cell."""

import ast
import re

from tools.model import (
    ROLES,
    Cell,
    CourseNotebook,
    Exercise,
    Problems,
    exercise_id,
    expected,
)
from tools.regions import SOLUTION, count_regions, region_fault, release_stub, split_region

REQUIRED = [role for role in ROLES if role != "train"]
# What a cell of each role is: (code, grade, solution, locked).
KINDS = {
    "statement": (False, False, False, True),
    "solution": (True, False, True, False),
    "train": (True, False, False, True),
    "check": (True, True, False, True),
    "hidden": (True, True, False, True),
    "notice": (False, False, False, True),
}
_HEADING = re.compile(r"### Exercise (\d+) · \S.*?\s*\((\d+) points, about (\d+) min\)\s*")
_TABLE = re.compile(r"^\s*\|?\s*:?-+:?\s*\|[\s|:-]*$", re.MULTILINE)
_HINT = re.compile(r"<details>\s*<summary>.+?</summary>.+?</details>", re.DOTALL)


def exercise_numbers(notebook: CourseNotebook) -> Problems:
    """Exercises count 1, 2, 3, ... in the order in which they stand."""
    got = [exercise.number for exercise in notebook.exercises]
    if not got or got != list(range(1, len(got) + 1)):
        yield "file", expected("exercise numbers", "1, 2, 3, ...", got or "no exercise")


def exercise_parts(notebook: CourseNotebook) -> Problems:
    """An exercise is statement, solution, (train,) check, hidden and notice, in this order."""
    for exercise in notebook.exercises:
        got = [role for role, _ in exercise.parts]
        if [role for role in got if role != "train"] != REQUIRED or got != _in_order(got):
            yield exercise.anchor, expected("parts of the exercise", REQUIRED, got)
        slugs = sorted({exercise_id(cell)[1] for _, cell in exercise.parts})
        if len(slugs) > 1:
            yield exercise.anchor, expected("ids of the exercise", "one name", slugs)


def _in_order(roles: list[str]) -> list[str]:
    return sorted(set(roles), key=ROLES.index)


def part_kinds(notebook: CourseNotebook) -> Problems:
    """Each part is markdown or code, graded, locked or open as its role needs."""
    for exercise in notebook.exercises:
        for role, cell in exercise.parts:
            got = (cell.is_code, cell.grade, cell.solution, cell.locked)
            if got != KINDS[role]:
                yield cell.id, expected(f"{role} cell", _kind(KINDS[role]), _kind(got))


def _kind(flags: tuple[bool, ...]) -> str:
    names = ("code", "graded", "solution", "locked")
    words = [name for name, flag in zip(names, flags, strict=True) if flag]
    return " ".join(words if flags[0] else ["markdown", *words])


def statement_heading(notebook: CourseNotebook) -> Problems:
    """A statement begins with its number, title, points and minutes, and they are right."""
    for exercise, cell in _statements(notebook):
        first = cell.source.split("\n", 1)[0]
        found = _HEADING.fullmatch(first)
        if not found:
            want = "'### Exercise N · title (N points, about N min)'"
            yield cell.id, expected("heading", want, repr(first))
            continue
        if int(found[1]) != exercise.number:
            yield cell.id, expected("number in the heading", exercise.number, found[1])
        if float(found[2]) != exercise.points:
            yield cell.id, expected("points in the heading", f"{exercise.points:g}", found[2])


def statement_contents(notebook: CourseNotebook) -> Problems:
    """A statement has a table of arguments, a worked example and two folded hints."""
    for _, cell in _statements(notebook):
        if not _TABLE.search(cell.source):
            yield cell.id, expected("table of arguments and shapes", "a table", "none")
        if "example" not in cell.source.lower():
            yield cell.id, expected("worked example", "the word Example", "none")
        hints = len(_HINT.findall(cell.source))
        opened = cell.source.count("<details")
        if (hints, opened) != (2, 2):
            want = "2 of <details><summary>...</summary>...</details>"
            yield cell.id, expected("hints", want, f"{hints} whole of {opened} begun")


def solution_regions(notebook: CourseNotebook) -> Problems:
    """Solution regions are balanced and stand in solution cells, else nbgrader leaks or stops."""
    for cell in notebook.cells:
        if fault := region_fault(cell.source, SOLUTION):
            yield cell.id, expected("solution region", "balanced markers", fault)
        count = count_regions(cell.source, SOLUTION)
        if count and not cell.solution:
            yield cell.id, expected("solution region in a cell that is none", 0, count)
        if cell.solution and not count:
            yield cell.id, expected("solution regions", "at least 1", "0: all would be wiped")


def solution_stub(notebook: CourseNotebook) -> Problems:
    """What students get is Python: each open function has its signature and a docstring."""
    for cell in notebook.code_cells:
        if not cell.solution or region_fault(cell.source, SOLUTION):
            continue
        try:
            stub = ast.parse(release_stub(cell.source))
        except SyntaxError as error:
            fault = f"{error.msg} in line {error.lineno}"
            yield cell.id, expected("cell as released", "Python", fault)
            continue
        functions = _open_functions(stub)
        regions = count_regions(cell.source, SOLUTION)
        if len(functions) != regions:
            yield cell.id, expected("regions that fill a function", regions, len(functions))
        for function in functions:
            if not ast.get_docstring(function):
                yield cell.id, expected(f"{function.name} outside its region", "docstring", "none")


def _open_functions(stub: ast.Module) -> list[ast.FunctionDef]:
    """Return the functions whose body nbgrader has replaced by its stub."""
    functions = [node for node in ast.walk(stub) if isinstance(node, ast.FunctionDef)]
    left = ast.unparse(ast.parse("raise NotImplementedError()"))
    return [f for f in functions if left in map(ast.unparse, f.body)]


def graded_cells(notebook: CourseNotebook) -> Problems:
    """Points stand in check cells, hidden cells and the manual question only."""
    tests = {cell.id for exercise in notebook.exercises for cell in exercise.tests}
    for cell in notebook.cells:
        if cell.grade and cell.id not in tests and not cell.is_markdown:
            yield cell.id, expected("graded cell", "exN-...-check or exN-...-hidden", cell.id)
        if cell.nbgrader.get("task"):
            yield cell.id, expected("task cell", "none: use a graded answer cell", "task")


def hidden_region(notebook: CourseNotebook) -> Problems:
    """A hidden cell is one opening comment and one region; no other cell has such a region."""
    hidden = {cell.id for e in notebook.exercises for role, cell in e.parts if role == "hidden"}
    for cell in notebook.cells:
        if fault := region_fault(cell.source, "HIDDEN TESTS"):
            yield cell.id, expected("hidden tests region", "balanced markers", fault)
        count = count_regions(cell.source, "HIDDEN TESTS")
        if count != (cell.id in hidden):
            yield cell.id, expected("hidden tests regions", int(cell.id in hidden), count)
        if cell.id in hidden:
            _, outside = split_region(cell.source, "HIDDEN TESTS")
            if not outside[0].startswith("#"):
                yield cell.id, expected("first line", "a comment that stays", repr(outside[0]))
            if any(line.strip() and not line.startswith("#") for line in outside):
                yield cell.id, expected("lines outside the region", "comments only", "code")


def _statements(notebook: CourseNotebook) -> list[tuple[Exercise, Cell]]:
    return [(e, e.roles["statement"]) for e in notebook.exercises if "statement" in e.roles]


RULES = [
    exercise_numbers,
    exercise_parts,
    part_kinds,
    statement_heading,
    statement_contents,
    solution_regions,
    solution_stub,
    graded_cells,
    hidden_region,
]
