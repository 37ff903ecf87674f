"""Rules for what students read: title, motivation, notices and text under plots."""

import ast
import re
from collections.abc import Iterator

from tools.model import Cell, CourseNotebook, Problems, expected

MOTIVATION_WORDS, NOTICE_WORDS = 80, 60
TEXT_ALTERNATIVE = "*Text alternative:"
_TITLE_LINE = re.compile(r"(\d+) min · 100 points\b")
_MINUTES = re.compile(r"about (\d+) min")
_MOTIVATION_ID = re.compile(r"s\d+-motivation")
_PLOT_MODULES = {"plt", "sns", "px", "go"}


def title_line(notebook: CourseNotebook) -> Problems:
    """The first cell is a title and says how long the notebook takes and what it is worth."""
    first = notebook.cells[0] if notebook.cells else None
    lines = first.source.split("\n") if first and first.is_markdown else [""]
    if not lines[0].startswith("# "):
        yield first.id if first else "file", expected("title", "'# Title'", repr(lines[0]))
    elif not any(map(_TITLE_LINE.match, lines)):
        yield first.id, expected("line of the title cell", "'N min · 100 points ...'", "none")


def minutes_add_up(notebook: CourseNotebook) -> Problems:
    """The exercises' minutes fit into the notebook's."""
    first = notebook.cells[0].source if notebook.cells else ""
    found = re.search(_TITLE_LINE.pattern, first)
    statements = [e.roles["statement"] for e in notebook.exercises if "statement" in e.roles]
    minutes = sum(int(m) for cell in statements for m in _MINUTES.findall(cell.source)[:1])
    if found and minutes > int(found[1]):
        yield notebook.cells[0].id, expected("minutes", f"at least {minutes}", found[1])


def motivation(notebook: CourseNotebook) -> Problems:
    """A section opens with a short motivation that ends in a question."""
    found = [cell for cell in notebook.cells if _MOTIVATION_ID.fullmatch(cell.id)]
    if not found:
        yield "file", expected("motivation", "a cell sN-motivation", "none")
    for cell in found:
        text = _prose(cell.source)
        if (words := count_words(text)) > MOTIVATION_WORDS:
            yield cell.id, expected("words", f"at most {MOTIVATION_WORDS}", words)
        if not text.rstrip(" *_\n").endswith("?"):
            yield cell.id, expected("end", "a question", repr(text[-30:]))


def notice(notebook: CourseNotebook) -> Problems:
    """An exercise closes with at most 60 words that say what to notice."""
    for exercise in notebook.exercises:
        if not (cell := exercise.roles.get("notice")):
            continue
        if "what to notice" not in cell.source.lower():
            yield cell.id, expected("notice", "the words What to notice", repr(cell.source[:30]))
        if (words := count_words(_prose(cell.source))) > NOTICE_WORDS:
            yield cell.id, expected("words", f"at most {NOTICE_WORDS}", words)


def text_alternatives(notebook: CourseNotebook) -> Problems:
    """A line of text under each plot says what it shows, for those who cannot see it."""
    waiting: list[Cell] = []
    for cell in notebook.cells:
        if cell.is_code and cell.id != "setup" and draws(cell):
            waiting.append(cell)
        if cell.is_markdown:
            yield from _without_text(waiting, cell)
            waiting = []
    yield from _without_text(waiting, None)


def _without_text(plots: list[Cell], below: Cell | None) -> Iterator[tuple[str, str]]:
    lines = below.source.split("\n") if below else []
    count = sum(line.startswith(TEXT_ALTERNATIVE) for line in lines)
    for cell in plots[count:]:
        want = f"a line '{TEXT_ALTERNATIVE} ...*' in the markdown cell below"
        yield cell.id, expected("plot", want, below.id if below else "no markdown cell")


def draws(cell: Cell) -> bool:
    """Return whether a cell draws: it calls plt, sns, px or go, a plot_... or show."""
    calls = (
        node for node in ast.walk(cell.tree or ast.Module([], [])) if isinstance(node, ast.Call)
    )
    for call in calls:
        names = ast.unparse(call.func).split(".")
        if (
            names[0] in _PLOT_MODULES
            or names[-1] in ("plot", "show")
            or names[-1].startswith("plot_")
        ):
            return True
    return False


def count_words(text: str) -> int:
    """Count what has a letter or a digit between blanks."""
    return sum(any(char.isalnum() for char in word) for word in text.split())


def _prose(source: str) -> str:
    """Return a markdown cell's text without headings and text alternatives."""
    lines = source.strip().split("\n")
    return "\n".join(line for line in lines if not line.startswith(("#", TEXT_ALTERNATIVE))).strip()


RULES = [title_line, minutes_add_up, motivation, notice, text_alternatives]
