"""The release: what students get, made from the solutions by nbgrader itself.

nbgrader leaves folders of removed assignments behind, and deletes the old release before a
failing source stops it. So everything is built in a new folder first, which then takes the
old one's place.
"""

import filecmp
import logging
import re
import tempfile
from pathlib import Path

from nbgrader.converters import GenerateAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from traitlets.config.loader import Config

from tools.course import (
    LEFTOVERS,
    RELEASE,
    SOLUTIONS,
    CourseError,
    files_below,
    load_config,
    shown_path,
)

_ASSIGNMENT = re.compile(r"\d\d-.+")


def release(root: Path, output: Path | None = None) -> list[str]:
    """Make the release anew and swap it for the old one.

    Parameters
    ----------
    root : Path
        The course folder.
    output : Path, optional
        Where the release goes; ``notebooks/`` unless given.

    Returns
    -------
    list of str
        The assignments released.

    Raises
    ------
    CourseError
        If a source cannot be released; the old release is then as it was.
    """
    output = (output or root / RELEASE).resolve()
    _refuse_foreign_folder(output, root)
    # Beside the old release, so that the swap is a rename within one file system.
    with tempfile.TemporaryDirectory(dir=output.parent, prefix=f".{output.name}-") as work:
        names = build(root, Path(work) / "new")
        swap(Path(work) / "new", output, Path(work) / "old")
    return names


def differences(root: Path) -> list[str]:
    """Return how ``notebooks/`` differs from what the solutions give: one line per file."""
    with tempfile.TemporaryDirectory(prefix="release-") as work:
        build(root, Path(work) / "new")
        return compare(Path(work) / "new", root / RELEASE, shown_path(root / RELEASE, root))


def build(root: Path, output: Path) -> list[str]:
    """Release all assignments into a new folder; return their names."""
    config = load_config(root)
    sources = root / SOLUTIONS
    folders = [path for path in sources.glob("*") if path.is_dir()]
    names = sorted(path.name for path in folders if path.name not in LEFTOVERS)
    if not names:
        raise CourseError(f"{SOLUTIONS}/: nothing to release (expected folders NN-topic, got none)")
    output.mkdir()
    for name in names:
        _generate(name, config, root, output)
    return names


def compare(expected: Path, actual: Path, shown: str) -> list[str]:
    """Return how two folders differ, byte by byte, with ``shown`` as the second one's name."""
    want = {path.relative_to(expected.resolve()) for path in files_below(expected)}
    have = {path.relative_to(actual.resolve()) for path in files_below(actual)}
    lines = [(path, "missing") for path in want - have]
    lines += [(path, "extra: no source gives it") for path in have - want]
    lines += [
        (path, "differs from its source's release")
        for path in want & have
        if not filecmp.cmp(expected / path, actual / path, shallow=False)
    ]
    return [f"{shown}/{path.as_posix()}: {what}" for path, what in sorted(lines)]


def _generate(name: str, config: Config, root: Path, output: Path) -> None:
    """Release one assignment, without nbgrader's database."""
    errors = _Errors()
    log = logging.Logger("release")
    log.addHandler(errors)
    config = config.copy()
    # What the command's --no-db does: SaveCells would open the gradebook as well.
    config.SaveCells.enabled = False
    config.GenerateAssignment.no_database = True
    course = CourseDirectory(
        config=config,
        log=log,
        root=str(root.resolve()),
        release_directory=str(output.resolve()),
        assignment_id=name,
    )
    try:
        GenerateAssignment(coursedir=course, config=config, log=log).start()
    except NbGraderException:
        raise CourseError(f"{SOLUTIONS}/{name}: nbgrader cannot release it: {errors}") from None


class _Errors(logging.Handler):
    """Keeps the errors that nbgrader logs, since its exception does not say what was wrong."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage().strip())

    def __str__(self) -> str:
        """The last line of the first traceback, or else the first message."""
        traces = [text for text in self.messages if text.startswith("Traceback")]
        return (traces or self.messages or ["no message"])[0].split("\n")[-1]


def _refuse_foreign_folder(output: Path, root: Path) -> None:
    """Refuse to replace a folder that is no release: the swap would delete what is in it."""
    if root.resolve().is_relative_to(output) or output == (root / SOLUTIONS).resolve():
        raise CourseError(f"{output}: not a place for a release")
    if output.exists() and not output.is_dir():
        raise CourseError(f"{output}: a file (expected a folder)")
    inside = sorted(p.name for p in output.iterdir()) if output.exists() else []
    foreign = [name for name in inside if not _ASSIGNMENT.match(name) and name not in LEFTOVERS]
    if foreign:
        raise CourseError(f"{output}: not a release (expected folders NN-topic, got {foreign})")


def swap(new: Path, output: Path, old: Path) -> None:
    """Put ``new`` in the place of ``output``, which goes to ``old``."""
    existed = output.exists()
    if existed:
        output.rename(old)
    try:
        new.rename(output)
    except OSError:
        if existed:
            old.rename(output)
        raise
