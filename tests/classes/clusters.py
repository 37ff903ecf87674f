"""A Dask cluster of processes of this machine, for the tests that grade on one."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

SECONDS = 120

T = TypeVar("T")


@contextmanager
def cluster(
    folder: Path, *flags: str, scheme: str = "tcp"
) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Start a scheduler and two workers as processes; yield its address, and the workers."""
    folder.mkdir()
    dask = [str(Path(sys.executable).parent / "dask")]
    file = folder / "scheduler.json"
    shown = ["--scheduler-file", str(file), "--no-dashboard", *flags]
    host = ["--host", f"{scheme}://127.0.0.1", "--port", "0"]
    begun = [_started([*dask, "scheduler", *host, *shown], folder)]
    try:
        address = wait_for(lambda: _address_in(file), "scheduler")
        for _ in range(2):
            # Without a nanny, what is killed stays dead.
            line = [*dask, "worker", "--nthreads", "1", "--no-nanny", *shown]
            begun.append(_started(line, folder))
        wait_for(lambda: _log(folder).count("Registered to:") >= 2, "workers")
        yield address, begun[1:]
    finally:
        for process in begun:
            process.kill()
            process.wait()


def wait_for(look: Callable[[], T], what: str) -> T:
    """Look until there is something; fail after two minutes."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.05)
    pytest.fail(f"no {what} after {SECONDS} seconds")


def _started(line: list[str], folder: Path) -> subprocess.Popen[bytes]:
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(line, cwd=folder, stdout=log, stderr=log)


def _log(folder: Path) -> str:
    return (folder / "log").read_text(encoding="utf-8", errors="replace")


def _address_in(file: Path) -> str | None:
    try:
        return json.loads(file.read_text(encoding="utf-8"))["address"]
    except (OSError, ValueError):  # Not there yet, or half-written.
        return None
