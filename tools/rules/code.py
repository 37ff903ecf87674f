"""Rules for code cells: their size, the setup, and what they may not do."""

import ast
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from tools.model import Cell, CourseNotebook, Problems, expected
from tools.regions import HIDDEN_TESTS, SOLUTION, region_fault, release_stub, split_region

MEDIAN_LINES, MOST_LINES, LONGEST_LINES = 6, 20, 40
NUMBERS_WITHOUT_TENSORFLOW = {1, 2, 3}
_SHELL = re.compile(
    r"^\s*(!(?!=)|%{1,2}[a-zA-Z])|\b(pip|conda)3?\b|\bos\.system\b|\bsubprocess\b", re.M
)
_NETWORK_MODULES = {"requests", "urllib", "urllib3", "httpx", "aiohttp", "socket", "ftplib"}
_NETWORK_NAMES = {"urlopen", "urlretrieve", "get_file", "get_rdataset", "load_data"}
_TENSORFLOW = re.compile(r"\b(tensorflow|keras)\b", re.IGNORECASE)


@dataclass(frozen=True)
class CellSizes:
    """Lines of code per code cell of a notebook, as a student reads it.

    Attributes
    ----------
    count : int
        How many code cells have a line of code in the release.
    median, most, longest : float
        The median, the 90th percentile and the maximum.
    """

    count: int
    median: float
    most: int
    longest: int

    def __str__(self) -> str:
        return (
            f"{self.count} code cells: median {self.median:g}, "
            f"90th percentile {self.most}, longest {self.longest} lines"
        )


def cell_sizes(notebook: CourseNotebook) -> CellSizes:
    """Return the sizes of the code cells that students read: stubs, no hidden tests."""
    sizes = sorted(filter(None, map(lines_in_release, notebook.code_cells))) or [0]
    ninetieth = sizes[math.ceil(0.9 * len(sizes)) - 1]
    return CellSizes(len(sizes), median(sizes), ninetieth, sizes[-1])


def lines_in_release(cell: Cell) -> int:
    """Count the lines of code that a cell has in the students' notebook."""
    source = "\n".join(split_region(cell.source, HIDDEN_TESTS)[1])
    if cell.solution and region_fault(source, SOLUTION) is None:
        source = release_stub(source)
    return code_lines(source)


def code_lines(source: str) -> int:
    """Count the lines that are neither blank nor a comment; lines of a docstring count."""
    lines = (line.strip() for line in source.split("\n"))
    return sum(bool(line) and not line.startswith("#") for line in lines)


def cell_size(notebook: CourseNotebook) -> Problems:
    """Code cells are short to read: median at most 6 lines, nine in ten at most 20.

    None is over 40 lines, in the source too: an answer or a hidden test must fit a screen.
    """
    sizes = cell_sizes(notebook)
    if sizes.median > MEDIAN_LINES or sizes.most > MOST_LINES:
        want = f"median at most {MEDIAN_LINES}, 90th percentile at most {MOST_LINES}"
        yield "file", expected("code cells", want, sizes)
    for cell in notebook.code_cells:
        if (lines := code_lines(cell.source)) > LONGEST_LINES:
            yield cell.id, expected("lines of code", f"at most {LONGEST_LINES}", lines)


def code_parses(notebook: CourseNotebook) -> Problems:
    """Code is plain Python, so that the other rules can read it."""
    for cell in _required_code(notebook):
        if cell.tree is None:
            yield cell.id, expected("code", "Python", "a syntax error")


def setup_first(notebook: CourseNotebook) -> Problems:
    """The first code cell is the setup: locked and ungraded, so that all start alike."""
    first = next(iter(notebook.code_cells), None)
    if first is None or first.id != "setup" or not first.locked or first.grade:
        want = "a locked, ungraded cell with the id setup"
        yield first.id if first else "file", expected("first code cell", want, _described(first))


def _described(cell: Cell | None) -> str:
    return f"{cell.id}, locked {cell.locked}, graded {cell.grade}" if cell else "no code cell"


def no_shell(notebook: CourseNotebook) -> Problems:
    """No installing, no shell, no magics: the notebook runs wherever its kernel does."""
    for cell in _required_code(notebook):
        if found := _SHELL.search(cell.source):
            yield cell.id, expected("code", "no pip, conda, shell or magic", repr(found[0].strip()))


def no_network(notebook: CourseNotebook) -> Problems:
    """Data is bundled: a notebook runs without a network."""
    for cell in _required_code(notebook):
        for name in _network_uses(cell.tree) if cell.tree else ():
            yield cell.id, expected("network use", "none", repr(name))


def _network_uses(tree: ast.Module) -> Iterator[str]:
    docstrings = {ast.get_docstring(node, clean=False) for node in _documented(tree)}
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=aliases):
                yield from (a.name for a in aliases if _is_network_module(a.name))
            case ast.ImportFrom(module=str(module)) if _is_network_module(module):
                yield module
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name):
                if name in _NETWORK_NAMES or name.startswith("fetch_"):
                    yield name
            case ast.Constant(value=str(text)) if text not in docstrings:
                yield from re.findall(r"(?:https?|ftp)://\S+", text)


def _documented(tree: ast.Module) -> list[ast.AST]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Module)
    return [node for node in ast.walk(tree) if isinstance(node, kinds)]


def _is_network_module(name: str) -> bool:
    return name.split(".")[0] in _NETWORK_MODULES


def no_blanket_filter(notebook: CourseNotebook) -> Problems:
    """Warnings are filtered one by one: a blanket filter hides the next one too."""
    for cell in notebook.code_cells:
        for node in ast.walk(cell.tree) if cell.tree else ():
            if isinstance(node, ast.Call) and _is_blanket(node):
                want = "a message, a category or a module"
                yield cell.id, expected("warnings filter", want, ast.unparse(node))


def _is_blanket(call: ast.Call) -> bool:
    if ast.unparse(call.func).split(".")[-1] not in ("filterwarnings", "simplefilter"):
        return False
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    action = call.args[0] if call.args else given.pop("action", None)
    narrow = [value for name, value in given.items() if name not in ("append", "lineno")]
    narrow = [ast.unparse(value) for value in [*call.args[1:], *narrow]]
    silences = isinstance(action, ast.Constant) and action.value == "ignore"
    return silences and all(text in ("Warning", "''") for text in narrow)


def no_tensorflow(notebook: CourseNotebook) -> Problems:
    """Notebooks 01 to 03 run without TensorFlow, whose import costs seconds."""
    if notebook.number in NUMBERS_WITHOUT_TENSORFLOW:
        for cell in notebook.code_cells:
            if found := _TENSORFLOW.search(cell.source):
                yield cell.id, expected("code", "no TensorFlow or Keras in 01 to 03", found[0])


def _required_code(notebook: CourseNotebook) -> list[Cell]:
    return [cell for cell in notebook.code_cells if not cell.optional]


RULES = [
    cell_size,
    code_parses,
    setup_first,
    no_shell,
    no_network,
    no_blanket_filter,
    no_tensorflow,
]
