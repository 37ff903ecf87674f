"""The hidden lines of a notebook: which they are, and finding them again in any text.

A text that quotes a hidden test rarely quotes it as it stands. A traceback colours it, HTML
escapes it and wraps its words in tags, JSON and ``repr`` put backslashes before its quotes.
So texts are compared by their *skeleton*: the characters that survive all of this.
"""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

COMMENT = "# Hidden tests: not shown."
REDACTED = "[hidden test]"

# Shorter lines (`else:`, `x = 1`) stand in anybody's code and tell nothing.
SECRET_LENGTH = 20
# What is left of a line of quotes and spaces is no evidence.
SKELETON_LENGTH = 8

# A page that shows HTML code escapes it again. More levels nobody reads.
HTML_LEVELS = 3

_ESCAPE = re.compile(r"(?<!\\)\\+(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2}))")
_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_TAG = re.compile(r"</?[A-Za-z][^<>\n]*>")
_NOISE = re.compile(r"\\+[nrt]|[\s\"'\\]+")


@dataclass(frozen=True)
class Markers:
    """The words that open and close a region of hidden tests."""

    begin: str
    end: str


@dataclass(frozen=True)
class Parts:
    """A cell's source, parted: the text to show, and the lines to hide with their markers."""

    shown: str
    hidden: tuple[str, ...] = ()


def part(source: str, markers: Markers) -> Parts:
    """Part a cell's source at its markers.

    Where the markers are not balanced nobody can say what is hidden: then everything is.
    """
    lines = source.split("\n")
    marks = [_mark(line, markers) for line in lines]
    found = [mark for mark in marks if mark]
    if found != [markers.begin, markers.end] * (len(found) // 2):
        return Parts(shown=COMMENT, hidden=tuple(lines))
    shown, hidden, inside = [], [], False
    for line, mark in zip(lines, marks, strict=True):
        if mark == markers.begin:
            inside = True
            shown.append(COMMENT)
        (hidden if inside else shown).append(line)
        if mark == markers.end:
            inside = False
    return Parts("\n".join(shown), tuple(hidden))


def _mark(line: str, markers: Markers) -> str:
    # As in nbgrader, a line that holds both opens.
    if markers.begin in line:
        return markers.begin
    return markers.end if markers.end in line else ""


@dataclass(frozen=True)
class HiddenLines:
    """The lines that no reader of a feedback may see, as skeletons."""

    skeletons: frozenset[str]

    @classmethod
    def of(cls, sources: Iterable[Parts]) -> "HiddenLines":
        """Collect the hidden lines that stand in no shown part of the same sources."""
        sources = list(sources)
        shown = "\n".join(_skeleton(line) for p in sources for line in p.shown.split("\n"))
        long = (
            _skeleton(line)
            for parts in sources
            for line in parts.hidden
            if len(line.strip()) >= SECRET_LENGTH
        )
        return cls(frozenset(s for s in long if len(s) >= SKELETON_LENGTH and s not in shown))

    def redact(self, value: Any) -> Any:
        """Return a text, or a list or dict of texts, with its hidden lines replaced.

        A line of the text that holds a hidden one is replaced whole. Where the hidden line is
        spread over several, the whole text is.
        """
        if isinstance(value, dict):
            for key in list(value):
                value[self.redact(key)] = self.redact(value.pop(key))
            return value
        if isinstance(value, list):
            return [self.redact(item) for item in value]
        if not isinstance(value, str) or not self._stand_in(value):
            return value
        lines = [REDACTED if self._stand_in(line) else line for line in value.split("\n")]
        text = "\n".join(lines)
        return REDACTED if self._stand_in(text) else text

    def _stand_in(self, text: str) -> bool:
        if len(text) < SKELETON_LENGTH:
            return False
        # With and without tags: in plain text `a <b and c> d` is not one.
        readings = {_skeleton(text), _skeleton(_TAG.sub("", text))}
        return any(line in reading for reading in readings for line in self.skeletons)


def _skeleton(text: str) -> str:
    """The text without colours, character escapes, quotes, backslashes and white space."""
    text = _ESCAPE.sub(lambda match: chr(int(match[1] or match[2], 16)), text)
    text = _COLOUR.sub("", text)
    for _ in range(HTML_LEVELS):
        text = html.unescape(text)
    return _NOISE.sub("", text)
