"""Watch a sandbox from outside, and kill it when it takes more than its share.

The kernel of Linux enforces what it can (see `provisioner`). What it has no limit for without
control groups is looked at here, ten times a second: the memory of all processes together, and
what they write to folders of this machine.
"""

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import psutil

_PAGE = os.sysconf("SC_PAGE_SIZE")
_INTERVAL = 0.1
_FOLDERS_INTERVAL = 0.5
# What a machine needs to stay usable. It catches what is charged to no process, such as data
# waiting in sockets and in files that have no name any more.
_RESERVE = 256 * 2**20


class Sandbox(Protocol):
    """What the watchdog looks at."""

    watched: list[Path]

    def processes(self) -> Iterator[Path]:
        """Yield a folder of /proc for each process."""

    def memory_files(self) -> int:
        """Return the bytes in file systems in memory."""

    def kill(self) -> None:
        """Kill all processes."""


@dataclass(frozen=True)
class Share:
    """What a sandbox may take: bytes of memory, and bytes and files in shared folders."""

    memory: int
    folder_size: int
    folder_files: int


class Watchdog:
    """A thread that kills a sandbox and remembers why.

    Parameters
    ----------
    sandbox : Sandbox
        A running one.
    share : Share
        What it may take.
    condemn : callable
        Is told why, in words, when the sandbox took more.
    """

    def __init__(self, sandbox: Sandbox, share: Share, condemn: Callable[[str], None]) -> None:
        self._sandbox = sandbox
        self._share = share
        self._condemn = condemn
        self._floors = _floors(sandbox.watched[0])
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sandbox-watchdog", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        folders_due = 0.0
        while not self._stop.wait(_INTERVAL):
            try:
                reason = self._memory() or self._machine()
                if reason is None and time.monotonic() >= folders_due:
                    began = time.monotonic()
                    reason = self._folders()
                    took = time.monotonic() - began
                    folders_due = began + max(_FOLDERS_INTERVAL, 10 * took)
            except Exception:
                # A watchdog that died silently would be no limit at all.
                logging.getLogger(__name__).exception("the sandbox cannot be watched")
                reason = "the grader could not watch over the sandbox"
            if reason is not None:
                self._condemn(reason)
                return

    def _memory(self) -> str | None:
        files = self._sandbox.memory_files()
        processes = list(self._sandbox.processes())
        limit = self._share.memory
        if files + sum(map(_resident, processes)) <= limit:
            return None
        # Shared memory was counted once for each process; the exact number takes longer.
        if files + sum(map(_proportional, processes)) <= limit:
            return None
        return f"memory: more than {limit // 2**20} MB in use"

    def _machine(self) -> str | None:
        memory, disk = _free(self._sandbox.watched[0])
        if memory < self._floors[0]:
            return "memory: the machine had almost none left"
        if disk < self._floors[1]:
            return "disk: the machine had almost no space left"
        return None

    def _folders(self) -> str | None:
        size = 0
        try:
            for number, entry in enumerate(_entries(self._sandbox.watched), start=1):
                with suppress(FileNotFoundError):
                    size += entry.stat(follow_symlinks=False).st_blocks * 512
                if number > self._share.folder_files:
                    return f"disk: more than {self._share.folder_files} files"
                if size > self._share.folder_size:
                    return f"disk: more than {self._share.folder_size // 2**20} MB of files"
        except OSError:
            return "disk: a folder that cannot be read"
        return None


def _entries(folders: list[Path]) -> Iterator[os.DirEntry[str]]:
    """Yield what lies below some folders; whatever vanishes meanwhile is passed over."""
    waiting = [str(folder) for folder in folders]
    while waiting:
        try:
            entries = os.scandir(waiting.pop())
        except (FileNotFoundError, NotADirectoryError):
            continue
        with entries:
            for entry in entries:
                yield entry
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)


def _resident(process: Path) -> int:
    with suppress(OSError, IndexError):
        return int((process / "statm").read_text(encoding="ascii").split()[1]) * _PAGE
    return 0


def _proportional(process: Path) -> int:
    try:
        for line in (process / "smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        # A process may hide this, and never its resident memory.
        return _resident(process)
    return 0


def _free(folder: Path) -> tuple[int, int]:
    usage = os.statvfs(folder)
    return psutil.virtual_memory().available, usage.f_bavail * usage.f_frsize


def _floors(folder: Path) -> tuple[int, int]:
    # Half of what there is: a machine that is full already must not cost every student.
    memory, disk = (min(_RESERVE, free // 2) for free in _free(folder))
    return memory, disk
