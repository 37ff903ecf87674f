"""The intake: what a student handed in becomes a folder that nbgrader can grade safely.

`take_in` reads a submission and rebuilds its notebook on top of the release; `lay_out` writes the
result. Nothing of the submission is run.
"""

import fcntl
import hashlib
import json
import os
import stat
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from grading.files import Found, find_files, plain, read_files, read_regular, replace_folder
from grading.rebuild import rebuild
from grading.submitted import LIMITS, Limits, SubmissionRefused, read_cells

REPORT = "intake.jsonl"
_ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".7z", ".rar")


@dataclass(frozen=True)
class Release:
    """An assignment as students got it: its notebook, and the names of the files beside it."""

    name: str
    notebook: NotebookNode
    shipped: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Submission:
    """What was handed in, as far as it can be read: a notebook, its files, and their digest."""

    notebook: bytes
    files: dict[str, bytes]
    mends: tuple[str, ...]
    digest: str


@dataclass(frozen=True)
class Accepted:
    """A submission that can be graded: its notebook, its files, and what was mended."""

    notebook: NotebookNode
    files: dict[str, bytes]
    mends: tuple[str, ...]
    digest: str
    graded_cells: int


def read_release(name: str, folder: Path, source: Path | None = None) -> Release:
    """Read an assignment's release. Files beside its source count as shipped with it, too."""
    notebook = nbformat.read(folder / f"{name}.ipynb", as_version=4)
    shipped = {
        path.relative_to(place).as_posix()
        for place in (folder, source)
        if place is not None
        for path in place.rglob("*")
        if path.is_file() and path.suffix != ".ipynb"
    }
    return Release(name, notebook, frozenset(shipped))


def take_in(submission: Path, release: Release, limits: Limits = LIMITS) -> Accepted:
    """Read a submission (its folder, or a single notebook) and rebuild it on top of the release.

    Raises
    ------
    SubmissionRefused
        If there is no notebook that can be graded. The message says why and what to do.
    """
    return rebuild_submission(read_submission(submission, release, limits), release, limits)


def read_submission(submission: Path, release: Release, limits: Limits = LIMITS) -> Submission:
    """Read what `take_in` rebuilds; it raises what that raises."""
    data, found, files, mends = _read(submission, release, limits)
    digest = hashlib.sha256(data)
    for name, content in sorted(files.items()):
        digest.update(f"\0{name}\0{len(content)}\0".encode() + content)
    return Submission(data, files, (*mends, *found.mends()), digest.hexdigest())


def rebuild_submission(submission: Submission, release: Release, limits: Limits) -> Accepted:
    """Rebuild what was read on top of the release; it raises what `take_in` raises."""
    cells, damages = read_cells(submission.notebook, limits)
    rebuilt = rebuild(cells, release.notebook)
    return Accepted(
        notebook=rebuilt.notebook,
        files=submission.files,
        mends=(*submission.mends, *damages, *rebuilt.mends),
        digest=submission.digest,
        graded_cells=rebuilt.graded_cells,
    )


def lay_out(accepted: Accepted, folder: Path, name: str) -> None:
    """Write an accepted submission as a folder, whole or not at all."""
    notebook = nbformat.writes(accepted.notebook, version=4) + "\n"
    replace_folder(folder, accepted.files | {f"{name}.ipynb": notebook.encode()})


def record(report: Path, entry: dict[str, object]) -> None:
    """Add a line to the report: the whole line, even if several processes write at once."""
    report.parent.mkdir(parents=True, exist_ok=True)
    with open(report, "a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        # A line that a full disk cut off stays alone.
        size = file.seek(0, os.SEEK_END)
        if size:
            file.seek(size - 1)
        start = b"" if not size or file.read(1) == b"\n" else b"\n"
        file.write(start + json.dumps(entry).encode() + b"\n")


def _read(
    submission: Path, release: Release, limits: Limits
) -> tuple[bytes, Found, dict[str, bytes], list[str]]:
    mode = submission.lstat().st_mode
    if stat.S_ISREG(mode):
        return read_regular(submission, limits.max_notebook_bytes), Found([], {}), {}, []
    if not stat.S_ISDIR(mode):
        raise SubmissionRefused("the submission is a link or a special file; hand in the files")
    found = find_files(submission)
    chosen = _choose_notebook(found, release.name)
    right = f"{release.name}.ipynb"
    mends = [] if chosen == right else [f"read {plain(chosen)} in the place of {right}"]
    data = read_regular(submission / chosen, limits.max_notebook_bytes)
    names = [name for name in found.names if name != chosen]
    return data, found, read_files(submission, names, found, release.shipped, limits), mends


def _choose_notebook(found: Found, name: str) -> str:
    """Return which file is the submission's notebook.

    That is the one with the right name, else the only one there is. A browser's ``.txt`` or
    ``.json`` at its end is overlooked.
    """
    right = f"{name}.ipynb"
    if right in found.special:
        raise SubmissionRefused(f"{right} is {found.special[right]}; hand in the file itself")
    top = [entry for entry in found.names if "/" not in entry]
    if right in top:
        return right
    notebooks = [entry for entry in top if entry.lower().endswith(".ipynb")]
    lookalikes = (f"{right}.txt", f"{right}.json", f"{name}.json")
    candidates = notebooks or [entry for entry in top if entry in lookalikes]
    if len(candidates) == 1:
        return candidates[0]
    if candidates:
        listed = ", ".join(plain(entry) for entry in candidates[:5])
        raise SubmissionRefused(
            f"there are {len(candidates)} notebooks ({listed}) and none is called {right}: give "
            "that name to the one that counts and hand it in again"
        )
    raise SubmissionRefused(_why_no_notebook(found, right))


def _why_no_notebook(found: Found, right: str) -> str:
    archives = [name for name in found.names if name.lower().endswith(_ARCHIVES)]
    below = [name for name in found.names if name.lower().endswith(".ipynb")]
    if archives:
        return f"there is an archive ({plain(archives[0])}) and no notebook: unpack it into {right}"
    if below:
        return f"the notebook lies in a folder of its own ({plain(below[0])}): move it up"
    if found.special:
        name, what = next(iter(found.special.items()))
        return f"there is no notebook: {plain(name)} is {what}; hand in {right} itself"
    if not found.names:
        return f"there is no notebook, the folder is empty: hand in {right}"
    names = ", ".join(plain(name) for name in found.names[:5])
    return f"there is no notebook, only {names}: hand in {right}"
