"""The canonical form of a solution notebook: one way to write each, so that diffs show changes.

nbformat 4.5, no outputs, notebook metadata fixed, cell metadata only ``nbgrader`` and ``tags``,
the cell id equal to the grade_id where there is one, code as ruff formats it.
"""

import subprocess
import sys
from copy import deepcopy
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from tools.course import CourseError, parse_notebook

NOTEBOOK_METADATA = {
    "kernelspec": {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    },
    "language_info": {"name": "python"},
}
SCHEMA_VERSION = 3
FLAGS = ("grade", "solution", "locked", "task")


def canonical_text(text: str, name: str, root: Path) -> str:
    """Return a notebook's text in canonical form.

    Parameters
    ----------
    text : str
        The notebook file's text.
    name : str
        What to call the notebook in messages.
    root : Path
        The course folder, whose ruff settings count.

    Raises
    ------
    CourseError
        If the text is no notebook, or a code cell is not Python; names notebook and cell.
    """
    notebook = parse_notebook(text, name)
    canonical = NotebookNode(
        cells=[_canonical_cell(cell, name) for cell in notebook.cells],
        metadata=nbformat.from_dict(deepcopy(NOTEBOOK_METADATA)),
        nbformat=4,
        nbformat_minor=5,
    )
    return to_text(_format_code(canonical, name, root))


def to_text(notebook: NotebookNode) -> str:
    """Return a notebook as the text of a file: indent 1, sorted keys, a newline at the end."""
    return nbformat.v4.writes(notebook) + "\n"


def _canonical_cell(cell: NotebookNode, name: str) -> NotebookNode:
    metadata: dict[str, Any] = {}
    if tags := cell.metadata.get("tags"):
        metadata["tags"] = list(tags)
    if nbgrader := _canonical_nbgrader(cell, name):
        metadata["nbgrader"] = nbgrader
    result = {
        "cell_type": cell.cell_type,
        "id": nbgrader.get("grade_id", cell.get("id", "")),
        "metadata": metadata,
        "source": cell.source.replace("\r\n", "\n").strip("\n"),
    }
    if cell.cell_type == "code":
        result |= {"outputs": [], "execution_count": None}
    if attachments := cell.get("attachments"):
        result["attachments"] = attachments
    return nbformat.from_dict(result)


def _canonical_nbgrader(cell: NotebookNode, name: str) -> dict[str, Any]:
    """Return nbgrader's metadata without what nbgrader itself adds on release; {} if unused."""
    nbgrader = cell.metadata.get("nbgrader", {})
    flags = {flag: bool(nbgrader.get(flag, False)) for flag in FLAGS}
    if not any(flags.values()):
        return {}
    version = nbgrader.get("schema_version")
    if version != SCHEMA_VERSION or not nbgrader.get("grade_id"):
        raise CourseError(
            f"{name}: {cell.get('id')}: nbgrader metadata (expected schema_version "
            f"{SCHEMA_VERSION} and a grade_id, got {version} and {nbgrader.get('grade_id')!r})"
        )
    result = {"schema_version": version, "grade_id": nbgrader["grade_id"], **flags}
    if flags["grade"] and "points" in nbgrader:
        points = nbgrader["points"]
        whole = isinstance(points, float) and points.is_integer()
        result["points"] = int(points) if whole else points
    return result


def _format_code(notebook: NotebookNode, name: str, root: Path) -> NotebookNode:
    """Return the notebook with its code cells formatted by ruff, in one call for all cells."""
    formatted = _ruff(to_text(notebook), "x.ipynb", root)
    if formatted.returncode == 0:
        return parse_notebook(formatted.stdout, name)
    # ruff names the line of the joined cells: format one by one to find which cell it is.
    for cell in notebook.cells:
        if cell.cell_type == "code":
            alone = _ruff(cell.source, "x.py", root)
            if alone.returncode != 0:
                raise CourseError(f"{name}: {cell.id}: ruff cannot format it: {alone.stderr}")
    raise CourseError(f"{name}: ruff cannot format it: {formatted.stderr}")


def _ruff(text: str, file_name: str, root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--quiet", "--stdin-filename", file_name, "-"],
        input=text,
        capture_output=True,
        encoding="utf-8",
        cwd=root,
        check=False,
    )
