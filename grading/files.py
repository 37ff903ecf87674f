"""The files of a submission: found, judged and read without trusting any of them.

No link is followed, and nothing that waits (a pipe, a device) is opened. What is left out is said
by name in the list of mends.
"""

import importlib.util
import os
import re
import stat
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from nbgrader.utils import parse_utc

from grading.submitted import Limits, SubmissionRefused

TIMESTAMP = "timestamp.txt"

# What editors and operating systems leave lying about, and nbgrader's own folder: not worth a word.
_LITTER = frozenset(
    {".ipynb_checkpoints", "__pycache__", "feedback", ".DS_Store", "Thumbs.db", "__MACOSX"}
)
# What Python would run or search if a cell imported it, or if it lay on the path.
_CODE = frozenset({".py", ".pyc", ".pyo", ".pyd", ".pyw", ".pyz", ".so", ".pth", ".egg", ".whl"})
_DEPTH = 8
# Of a folder with more entries than this the rest is not looked at.
_ENTRIES = 5_000
_NAMED = 5
_TIMESTAMP_BYTES = 100
# As nbgrader writes it. A zone is a name or an offset: dateutil would open a path.
_TIME = re.compile(
    r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d{1,6})?)?"
    r"( ?[+-]\d\d:?\d\d| [A-Z][\w+-]*(/[A-Z][\w+-]*)*)?",
    re.ASCII,
)


@dataclass(frozen=True)
class Found:
    """The names of a folder's regular files, and what else was there, with the reason."""

    names: list[str]
    special: dict[str, str]
    left_out: dict[str, list[str]] = field(default_factory=dict)

    def leave_out(self, name: str, reason: str) -> None:
        """Note that a file is not taken over."""
        self.left_out.setdefault(reason, []).append(name)

    def mends(self) -> Iterator[str]:
        """Say what was left out and why, a line a reason."""
        for reason, names in self.left_out.items():
            shown = ", ".join(plain(name) for name in sorted(names)[:_NAMED])
            more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
            yield f"left out, {reason}: {shown}{more}"


def find_files(folder: Path) -> Found:
    """List what lies in a folder and below it, as paths relative to it, in a fixed order."""
    found = Found([], {})
    _find(folder, "", found)
    for name, what in found.special.items():
        found.leave_out(name, what)
    return found


def read_files(
    folder: Path, names: Iterable[str], found: Found, shipped: frozenset[str], limits: Limits
) -> dict[str, bytes]:
    """Read the files that may lie beside the notebook; note the others in ``found``."""
    files: dict[str, bytes] = {}
    for name in names:
        reason = _objection(name, shipped)
        if not reason and len(files) >= limits.max_files:
            reason = f"since at most {limits.max_files} files are taken"
        if reason:
            found.leave_out(name, reason)
            continue
        room = min(limits.max_file_bytes, limits.max_total_bytes - sum(map(len, files.values())))
        try:
            content = read_regular(folder / name, room)
        except SubmissionRefused:
            found.leave_out(name, "too large or not to be opened")
            continue
        if name == TIMESTAMP and not _is_time(content):
            found.leave_out(name, "since it holds no time as nbgrader writes it")
            continue
        files[name] = content
    return files


def read_regular(path: Path, limit: int) -> bytes:
    """Read a regular file of at most so many bytes; raise `SubmissionRefused` if it is not one."""
    try:
        with open(path, "rb", opener=_open_without_waiting) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise SubmissionRefused(f"{plain(path.name)} is not a regular file")
            content = file.read(limit + 1)
    except OSError as error:
        raise SubmissionRefused(
            f"{plain(path.name)} cannot be opened ({error.strerror})"
        ) from error
    if len(content) > limit:
        raise SubmissionRefused(
            f"{plain(path.name)} has more than {limit / 1e6:g} MB; clear the outputs (Edit, Clear "
            "Outputs of All Cells), save, and hand it in again"
        )
    return content


def read_timestamp(folder: Path) -> bytes | None:
    """Return the content of the file in which nbgrader keeps the time of handing in, if it is one.

    nbgrader's own reader stops the whole run at some texts, and opens other files at others.
    """
    try:
        content = read_regular(folder / TIMESTAMP, _TIMESTAMP_BYTES)
    except SubmissionRefused:
        return None
    return content if _is_time(content) else None


def replace_folder(folder: Path, files: dict[str, bytes]) -> None:
    """Put a folder with these files in the place of the one that is there, whole or not at all."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".new-{folder.name}-") as place:
        new = Path(place) / "new"
        new.mkdir()
        for name, content in files.items():
            path = new / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        if folder.exists():
            folder.rename(Path(place) / "old")
        new.rename(folder)


def plain(name: str) -> str:
    """Return a file's name fit for a line of a report: short, and without line breaks."""
    shown = repr(name)[1:-1]
    return shown if len(shown) <= 80 else f"{shown[:77]}..."


def _find(folder: Path, below: str, found: Found) -> None:
    with os.scandir(folder) as entries:
        # One at a time, since a folder may hold millions.
        some = [entry for entry, _ in zip(entries, range(_ENTRIES), strict=False)]
    for entry in sorted(some, key=lambda entry: entry.name):
        name = below + entry.name
        if entry.name in _LITTER:
            continue
        if len(found.names) + len(found.special) >= _ENTRIES:
            return
        if entry.is_dir(follow_symlinks=False):
            if below.count("/") < _DEPTH and not entry.name.startswith("."):
                _find(folder / entry.name, f"{name}/", found)
            else:
                found.leave_out(name, "a hidden or very deep folder")
        elif entry.is_file(follow_symlinks=False):
            found.names.append(name)
        else:
            found.special[name] = "a link" if entry.is_symlink() else "a special file"


def _objection(name: str, shipped: frozenset[str]) -> str:
    """Why a file may not lie beside the notebook, or nothing."""
    path = PurePosixPath(name)
    if not name.isprintable() or "\\" in name:
        return "with an odd name"
    if path.suffix.lower() == ".ipynb":
        return "since only one notebook is read"
    if name in shipped:
        return ""
    if path.name.startswith(".") and path.name != ".gitkeep":
        return "hidden"
    if _CODE & {suffix.lower() for suffix in path.suffixes}:
        return "since code belongs into the notebook"
    if len(path.parts) > 1 and _is_module(path.parts[0]):
        return "in a folder named like a Python module"
    return ""


def _is_module(name: str) -> bool:
    if not name.isidentifier():
        return False
    try:
        spec = importlib.util.find_spec(name)
    except ValueError:  # A module that runs already, such as __main__.
        return True
    # A folder without code, such as one below the working directory, has no origin.
    return spec is not None and spec.origin is not None


def _is_time(content: bytes) -> bool:
    text = content.decode("ascii", errors="replace").strip()
    if len(content) > _TIMESTAMP_BYTES or not _TIME.fullmatch(text):
        return False
    try:
        parse_utc(text)
    except (ValueError, OverflowError):
        return False
    return True


def _open_without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)
