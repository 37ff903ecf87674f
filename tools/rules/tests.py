"""Rules for test cells: what they begin and end with, and what they leave behind."""

import ast

from grading.names import bound_names, imported_names, needed_names
from tools.model import Cell, CourseNotebook, Exercise, Problems, expected


def assert_messages(notebook: CourseNotebook) -> Problems:
    """Each assert has a message, since a bare one tells a student nothing."""
    for cell in notebook.code_cells:
        for node in ast.walk(cell.tree) if cell.tree else ():
            if isinstance(node, ast.Assert) and node.msg is None:
                yield cell.id, expected(f"assert in line {node.lineno}", "a message", "none")


def tests_test(notebook: CourseNotebook) -> Problems:
    """A test cell has a check_... call or an assert, else it gives points for nothing."""
    for cell in notebook.code_cells:
        if cell.is_test and cell.tree and not any(map(_is_test, ast.walk(cell.tree))):
            yield cell.id, expected("tests", "a check_... call or an assert", "none")


def check_opening(notebook: CourseNotebook) -> Problems:
    """A check asks first whether the function exists, for the most useful first message."""
    for exercise, cell in _checks(notebook):
        first = cell.tree.body[0] if cell.tree and cell.tree.body else None
        want = [f"check_defined('{name}', ...)" for name in _functions(exercise)]
        got = ast.unparse(first) if first else "nothing"
        if not any(got.startswith(start.removesuffix("...)")) for start in want):
            yield cell.id, expected("first statement", " or ".join(want), got[:60])


def check_closing(notebook: CourseNotebook) -> Problems:
    """A check ends by saying what the student now has."""
    for exercise, cell in _checks(notebook):
        last = ast.unparse(cell.tree.body[-1]) if cell.tree and cell.tree.body else "nothing"
        start = f"Exercise {exercise.number} passed:"
        if not any(last.startswith(f"print({quote}{start}") for quote in ("'", '"', "f'", 'f"')):
            yield cell.id, expected("last statement", f"print('{start} ...')", last[:60])


def no_trailing_value(notebook: CourseNotebook) -> Problems:
    """A test cell ends in no bare expression: nbgrader reads a trailing number as points."""
    for cell in notebook.code_cells:
        last = cell.tree.body[-1] if cell.is_test and cell.tree and cell.tree.body else None
        if (
            isinstance(last, ast.Expr)
            and not _calls(last.value, "print")
            and not _is_test(last.value)
        ):
            yield cell.id, expected("last statement", "no bare expression", ast.unparse(last)[:60])


def test_names(notebook: CourseNotebook) -> Problems:
    """No cell reads a name that a test cell bound: tests also run apart from the notebook."""
    bound_by: dict[str, Cell] = {}
    imported: dict[str, str] = {}
    for cell in (cell for cell in notebook.code_cells if cell.tree):
        for name in sorted(needed_names(cell.source) & bound_by.keys()):
            if bound_by[name].is_test:
                yield cell.id, expected(f"name {name}", "not from a test cell", bound_by[name].id)
        # Importing the same thing once more under the same name changes nothing.
        imports = imported_names(cell.source)
        again = {name for name, what in imports.items() if imported.get(name) == what}
        imported |= imports
        bound_by |= dict.fromkeys(bound_names(cell.source) - again, cell)


def _checks(notebook: CourseNotebook) -> list[tuple[Exercise, Cell]]:
    return [(e, e.roles["check"]) for e in notebook.exercises if "check" in e.roles]


def _functions(exercise: Exercise) -> list[str]:
    """Return the names that the exercise's solution cell defines."""
    cell = exercise.roles.get("solution")
    body = cell.tree.body if cell and cell.tree else []
    return [node.name for node in body if isinstance(node, (ast.FunctionDef, ast.ClassDef))]


def _is_test(node: ast.AST) -> bool:
    if isinstance(node, ast.Assert):
        return True
    return isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1].startswith("check_")


def _calls(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == name


RULES = [
    assert_messages,
    tests_test,
    check_opening,
    check_closing,
    no_trailing_value,
    test_names,
]
