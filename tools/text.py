"""A notebook as plain text, for reading diffs: ``git diff`` shows cells instead of JSON.

Reads the JSON itself: git calls this twice per file, and importing nbformat takes over a second.
"""

import json
from typing import Any


def readable(text: str) -> str:
    """Return a notebook's cells as text; a file that is no notebook as it stands.

    git also asks for old and half-merged versions, so nothing is refused.
    """
    try:
        cells = json.loads(text)["cells"]
        return "\n\n".join(f"{_header(cell)}\n{_source(cell)}" for cell in cells) + "\n"
    except (ValueError, LookupError, TypeError, AttributeError):
        return text


def _source(cell: dict[str, Any]) -> str:
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)


def _header(cell: dict[str, Any]) -> str:
    """Return a cell's first line, as in ``# %% [code] ex1-acf-check {4 points, locked}``."""
    metadata = cell.get("metadata", {})
    nbgrader = metadata.get("nbgrader", {})
    notes = [f"{nbgrader['points']} points"] if "points" in nbgrader else []
    notes += [flag for flag in ("solution", "locked", "task") if nbgrader.get(flag)]
    notes += metadata.get("tags", [])
    shown = f" {{{', '.join(notes)}}}" if notes else ""
    return f"# %% [{cell['cell_type']}] {cell.get('id', 'no id')}{shown}"
