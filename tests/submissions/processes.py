"""Which processes a command leaves behind."""

import ctypes
import os
import signal
from pathlib import Path
from types import TracebackType

PR_SET_CHILD_SUBREAPER = 36


class Orphans:
    """While it is open, orphans of this process's commands become its own children (Linux).

    At its end those that still run are named in ``found``, and killed.
    """

    def __init__(self) -> None:
        self.found: list[str] = []
        self._before: set[int] = set()

    def __enter__(self) -> "Orphans":
        self._before = _children()
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # Killing one may orphan its children in turn.
        while new := _children() - self._before:
            for pid in new:
                if (name := _running(pid)) is not None:
                    self.found.append(name)
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


def _children() -> set[int]:
    lists = Path("/proc/self/task").glob("*/children")
    return {int(pid) for path in lists for pid in path.read_text().split()}


def _running(pid: int) -> str | None:
    """A process's name, or None if it has ended and only waits to be asked."""
    about = Path(f"/proc/{pid}/stat").read_text()
    name, state = about[about.index("(") + 1 : about.rindex(")")], about[about.rindex(")") + 2]
    return None if state == "Z" else name
