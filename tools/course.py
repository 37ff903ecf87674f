"""The course folder: where the notebooks are, and how their files are read and written."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from traitlets.config.loader import Config, ConfigFileNotFound, PyFileConfigLoader

if TYPE_CHECKING:
    from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parent.parent
SOLUTIONS = "solutions"
RELEASE = "notebooks"
CONFIG = "nbgrader_config.py"
# What JupyterLab and Python leave behind; never part of the course.
LEFTOVERS = frozenset({".ipynb_checkpoints", "__pycache__"})


class CourseError(Exception):
    """Something in the course folder is not as it must be; the message says what and where."""


def select_notebooks(root: Path, names: Iterable[str] = ()) -> list[Path]:
    """Return the solution notebooks that are meant by names; all of them without any.

    Parameters
    ----------
    root : Path
        The course folder.
    names : iterable of str
        Paths of notebooks or folders, or how a folder in ``solutions/`` begins, as in ``01``.

    Raises
    ------
    CourseError
        If a name means no notebook.
    """
    names = list(names) or [str(root / SOLUTIONS)]
    return [path for name in names for path in _notebooks_of(root, name)]


def _notebooks_of(root: Path, name: str) -> list[Path]:
    path = Path(name)
    if path.is_file():
        return [path.resolve()]
    folders = [path] if path.is_dir() else _folders_that_begin(root / SOLUTIONS, name)
    found = [file for folder in folders for file in files_below(folder, ".ipynb")]
    if not found:
        raise CourseError(f"{name}: no solution notebook (expected a path, or a number like 01)")
    return found


def _folders_that_begin(solutions: Path, start: str) -> list[Path]:
    if not solutions.is_dir():
        return []
    return sorted(p for p in solutions.iterdir() if p.is_dir() and p.name.startswith(start))


def files_below(folder: Path, suffix: str = "") -> list[Path]:
    """Return the files below a folder whose names end in ``suffix``, without leftovers."""
    return sorted(
        path.resolve()
        for path in folder.rglob(f"*{suffix}")
        if path.is_file() and LEFTOVERS.isdisjoint(path.relative_to(folder).parts)
    )


def shown_path(path: Path, root: Path) -> str:
    """Return a path as messages show it: relative to the course folder where it lies in it."""
    path, root = path.resolve(), root.resolve()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()


def parse_notebook(text: str, name: str) -> NotebookNode:
    """Return the notebook in a text, as it stands: nothing is repaired or upgraded.

    nbformat's own ``read`` gives duplicate ids new random ones, which would hide the fault.
    """
    import nbformat  # here, since it takes over a second and `text` does without

    try:
        notebook = nbformat.v4.reads(text)
    except Exception as error:
        raise CourseError(f"{name}: not a notebook ({type(error).__name__}: {error})") from None
    version = (notebook.get("nbformat"), notebook.get("nbformat_minor"))
    if version != (4, 5):
        raise CourseError(f"{name}: wrong notebook format (expected 4.5, got {version})")
    return notebook


def read_notebook(path: Path, root: Path = ROOT) -> NotebookNode:
    """Return the notebook in a file, as it stands."""
    return parse_notebook(path.read_text(encoding="utf-8"), shown_path(path, root))


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all: a failure leaves the old one in place."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    draft = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
        draft.chmod(path.stat().st_mode if path.exists() else 0o644)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def load_config(root: Path) -> Config:
    """Return the settings in the course folder's nbgrader_config.py."""
    try:
        return PyFileConfigLoader(CONFIG, path=str(root)).load_config()
    except ConfigFileNotFound:
        raise CourseError(f"{CONFIG}: not found in {root}") from None
