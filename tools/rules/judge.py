"""Rules for the judge: test cells run in a kernel that holds no answers, only calls them.

That kernel runs the locked set-up cells. What a test needs beyond them has to come from an answer
or from the locked cell that trains with it, and travels as plain data (docs/grading.md).
"""

import ast
import builtins

from grading.names import bound_names, needed_names
from tools.model import Cell, CourseNotebook, Problems, expected

# They look at the kernel in which they run, and that is not the student's.
_LOOKS_AROUND = {"globals", "locals", "vars", "eval", "exec", "compile", "get_ipython", "inspect"}
# These read what an answer says of itself instead of what it does.
_REPORTED = {"__code__", "__globals__", "__closure__", "__dict__", "__class__", "__defaults__"}


def judged_names(notebook: CourseNotebook) -> Problems:
    """A test reads names of locked set-up cells, of answers and of what was trained with them."""
    trusted = set(dir(builtins))
    answers: set[str] = set()
    for cell in (cell for cell in notebook.code_cells if cell.tree):
        if cell.is_test:
            for name in sorted(needed_names(cell.source) - trusted - answers):
                yield (
                    cell.id,
                    expected(f"name {name}", "from a locked cell or an answer", "neither"),
                )
        elif cell.locked and needed_names(cell.source) <= trusted:
            trusted |= bound_names(cell.source)
        elif cell.locked or cell.solution:
            answers |= bound_names(cell.source)


def judged_behaviour(notebook: CourseNotebook) -> Problems:
    """A test calls answers: it neither looks into their code nor around in the kernel."""
    for cell in (cell for cell in notebook.code_cells if cell.is_test and cell.tree):
        for name in sorted(set(_names(cell)) & (_LOOKS_AROUND | _REPORTED)):
            yield (
                cell.id,
                expected(f"use of {name}", "a test of what an answer does", "a look inside"),
            )


def judged_python(notebook: CourseNotebook) -> Problems:
    """A test cell is plain Python: the judge has to read which names it needs."""
    for cell in notebook.code_cells:
        if cell.is_test and cell.tree is None:
            yield cell.id, expected("code", "Python without magic commands", "something else")


def _names(cell: Cell) -> list[str]:
    nodes = list(ast.walk(cell.tree))
    names = [node.id for node in nodes if isinstance(node, ast.Name)]
    names += [node.attr for node in nodes if isinstance(node, ast.Attribute)]
    return names + [
        alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names
    ]


RULES = [judged_names, judged_behaviour, judged_python]
