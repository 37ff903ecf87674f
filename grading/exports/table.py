"""CSV files that spreadsheet programs read as they are meant, written whole or not at all."""

import csv
import os
import re
import tempfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from grading.files import plain

Value = str | float | datetime | None

# With its mark at the beginning, spreadsheet programs know UTF-8. Learning platforms do without.
FOR_SPREADSHEETS = "utf-8-sig"
FOR_PLATFORMS = "utf-8"

# Where a spreadsheet program would begin a formula: at the start of a cell, of a line in it, and,
# in countries that separate cells by semicolons, after a semicolon or a tab. The wide signs are
# read like the narrow ones in East Asia.
_FORMULA = re.compile(r"(?:(?<=[;\t\r\n])|^)(?=\s*[=+\-@＝＋－＠])")


class ExportError(ValueError):
    """Why nothing was exported, in a sentence for an instructor."""


def write_table(
    path: Path, rows: Iterable[Sequence[Value]], places: int, encoding: str = FOR_SPREADSHEETS
) -> None:
    """Write rows into a CSV file; an older file stays as it was until the new one is complete.

    Parameters
    ----------
    path : Path
        The file. Folders on the way to it are made.
    rows : iterable of sequences
        Numbers are rounded and stay numbers; a text never becomes a formula; None is empty.
    places : int
        Decimal places to which numbers are rounded.
    encoding : str, optional
        `FOR_SPREADSHEETS` or `FOR_PLATFORMS`.
    """
    if path.exists() and not path.is_file():
        raise ExportError(f"--to: expected the name of a file, got {path}")
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    # A folder, not a temporary file: a file made in it has the rights that a new file has here.
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".export-") as folder:
        new = Path(folder) / path.name
        with new.open("w", encoding=encoding, newline="") as file:
            writer = csv.writer(file)
            writer.writerows([_cell(value, places) for value in row] for row in rows)
        os.replace(new, path)


def harmless(text: str) -> str:
    """Return a text in which no spreadsheet program sees a formula: an apostrophe precedes it."""
    return _FORMULA.sub("'", text)


def number(value: float, places: int) -> str:
    """Return a number as text: halves rounded up, a point, and no zeros that say nothing."""
    # A sum of floats is off in the last digits: 2.675 must not count as a little less.
    exact = Decimal(repr(round(float(value), 9)))
    rounded = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    text = f"{rounded:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def named(names: Iterable[str], most: int = 20) -> str:
    """List some names in a message, and say how many there are besides."""
    names = [plain(name) for name in names]
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _cell(value: Value, places: int) -> str:
    match value:
        case None:
            return ""
        case str():
            return harmless(value)
        case datetime():
            return value.isoformat(sep=" ", timespec="seconds")
        case _:
            return number(value, places)
