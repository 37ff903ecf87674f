"""A Dask cluster of processes of this machine, for the tests that grade on one."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

SECONDS = 120

T = TypeVar("T")


class Cluster:
    """A scheduler and its workers.

    Attributes
    ----------
    workers : list of Popen
        All that were started, whether they still run or not.
    """

    def __init__(self, folder: Path, flags: Sequence[str], scheme: str) -> None:
        self._folder = folder
        self._file = folder / "scheduler.json"
        self._shown = ["--scheduler-file", str(self._file), "--no-dashboard", *flags]
        self.workers: list[subprocess.Popen[bytes]] = []
        self._scheduler = self._started(
            "scheduler", "--host", f"{scheme}://127.0.0.1", "--port", "0"
        )

    @property
    def address(self) -> str:
        """The scheduler's, as soon as it has one."""
        return wait_for(lambda: _address_in(self._file), "scheduler")

    def add_workers(self, number: int) -> None:
        """Start workers, and wait until the scheduler knows them."""
        for _ in range(number):
            # Without a nanny, what is killed stays dead.
            self.workers.append(self._started("worker", "--nthreads", "1", "--no-nanny"))
        wait_for(lambda: self._log().count("Registered to:") >= len(self.workers), "workers")

    def end(self) -> None:
        """Kill all of it."""
        for process in (self._scheduler, *self.workers):
            process.kill()
            process.wait()

    def _started(self, *line: str) -> subprocess.Popen[bytes]:
        dask = str(Path(sys.executable).parent / "dask")
        with (self._folder / "log").open("ab") as log:
            return subprocess.Popen(
                [dask, *line, *self._shown], cwd=self._folder, stdout=log, stderr=log
            )

    def _log(self) -> str:
        return (self._folder / "log").read_text(encoding="utf-8", errors="replace")


@contextmanager
def cluster(folder: Path, *flags: str, scheme: str = "tcp") -> Iterator[Cluster]:
    """Start a scheduler and two workers as processes."""
    folder.mkdir()
    made = Cluster(folder, flags, scheme)
    try:
        made.add_workers(2)
        yield made
    finally:
        made.end()


def wait_for(look: Callable[[], T], what: str) -> T:
    """Look until there is something; fail after two minutes."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.05)
    pytest.fail(f"no {what} after {SECONDS} seconds")


def _address_in(file: Path) -> str | None:
    try:
        return json.loads(file.read_text(encoding="utf-8"))["address"]
    except (OSError, ValueError):  # Not there yet, or half-written.
        return None
