"""The folder for all temporary files of a class run, so that none outlives it for long."""

import fcntl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from grading.sandbox.folders import remove

_PREFIX = "class-"
_LOCK = "lock"


@contextmanager
def workshop() -> Iterator[Path]:
    """Make a folder and let `tempfile` use it; afterwards remove it.

    Whoever kills the run keeps it from tidying up, so it also removes the folders of runs that are
    dead: nobody holds their locks any more.
    """
    usual = tempfile.gettempdir()
    for folder in Path(usual).glob(f"{_PREFIX}*"):
        _remove_if_dead(folder)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    with open(folder / _LOCK, "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        tempfile.tempdir = str(folder)
        try:
            yield folder
        finally:
            tempfile.tempdir = usual
            remove(folder)


def _remove_if_dead(folder: Path) -> None:
    try:
        with open(folder / _LOCK, "r+") as file:
            if _take(file):
                remove(folder)
    except OSError:  # Another user's, or none of ours.
        return


def _take(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
