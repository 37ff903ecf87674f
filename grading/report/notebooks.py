"""The errors in a graded notebook."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Of a message; enough to tell it from others and to show it.
MESSAGE_LENGTH = 2000


@dataclass(frozen=True)
class CellError:
    """The first error that a cell shows; `cell` is its grade_id, or empty if it has none."""

    cell: str
    name: str
    message: str


class UnreadableNotebook(ValueError):
    """The file is missing, or holds no notebook."""


def read_errors(path: Path) -> list[CellError]:
    """Return the errors of a notebook's cells, in their order.

    The file is read as JSON: nbformat's validation takes most of the time, and nbgrader wrote it.
    """
    try:
        cells = json.loads(path.read_bytes())["cells"]
        return [error for cell in cells if (error := _first_error(cell))]
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise UnreadableNotebook(f"{path}: {type(error).__name__}: {error}") from error


def _first_error(cell: dict[str, Any]) -> CellError | None:
    for output in cell.get("outputs", ()):
        if output["output_type"] == "error":
            grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
            return CellError(grade_id, output["ename"], output["evalue"][:MESSAGE_LENGTH])
    return None
