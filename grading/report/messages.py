"""Messages that differ in their numbers only, brought to one form."""

import re
import unicodedata

from nbconvert.filters import strip_ansi

# What the page shows of a message.
SHOWN_LENGTH, SHOWN_LINES = 600, 12

_NUMBER = re.compile(
    r"(?<![\w.])[-+]?(?:0x[0-9a-f]+|(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?j?)(?!\w)", re.IGNORECASE
)
# Arrays that differ in their length as well: [#, #, #] and [[#, #], [#, #]].
_ROW = re.compile(r"#(?:[\s,]+#)+")
_ROWS = re.compile(r"\[#\](?:[\s,]*\[#\])+")
_SPACE = re.compile(r"\s+")


def common_form(message: str) -> str:
    """Return what messages share that differ in numbers, in arrays of numbers and in spaces."""
    text = _ROW.sub("#", _NUMBER.sub("#", message))
    return _SPACE.sub(" ", _ROWS.sub("[#]", text)).replace("[ #", "[#").replace("# ]", "#]").strip()


def shown(message: str) -> str:
    """Return a message fit for a page: short, and without characters that move others."""
    text = "".join(c for c in strip_ansi(message) if c == "\n" or _visible(c))
    lines = text.strip().split("\n")
    text = "\n".join(lines[:SHOWN_LINES])
    cut = len(lines) > SHOWN_LINES or len(text) > SHOWN_LENGTH
    return f"{text[:SHOWN_LENGTH]} …" if cut else text


def _visible(character: str) -> bool:
    # Control characters, and those that turn the direction of what follows.
    return unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co")
