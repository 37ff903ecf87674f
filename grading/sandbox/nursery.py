"""The outer side of a nursery: a sandbox in which judges are forked instead of started.

A judge's start is mostly imports, seconds of them where tests need TensorFlow. A nursery imports
once, and each judge is a fresh copy of it, which no other submission ever sees. Students' kernels
have a sandbox of their own each, so they cannot be forked.
"""

import json
import os
import select
import signal
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from grading.inside.nursery import LONGEST
from grading.sandbox.errors import SandboxUnavailable
from grading.sandbox.folders import PrivateFolder, give

# Importing TensorFlow on a loaded machine takes long.
_SECONDS = 120


@dataclass
class Nursery:
    """A nursery that runs.

    Attributes
    ----------
    line : socket
        To the process in the sandbox, which obeys over it; see grading/inside/nursery.py.
    private : PrivateFolder
        Of its sandbox; its judges have their sockets there.
    user : int or None
        Whom its sandbox runs as, if the grader is root.
    why_ended : callable
        Says in words why its sandbox ended, or ``None``.
    """

    line: socket.socket
    private: PrivateFolder
    user: int | None
    why_ended: Callable[[], str | None]

    def __post_init__(self) -> None:
        self.line.settimeout(_SECONDS)
        self._numbers = count(1)

    @property
    def verdict(self) -> str | None:
        """Why it ended; ``None`` as long as it runs."""
        return self.why_ended()

    def next_place(self) -> Path:
        """Return the path that the next judge's sockets and connection file begin with."""
        return self.private.sockets / f"judge{next(self._numbers)}"

    def prepare(self, modules: Sequence[str]) -> None:
        """Begin to import modules for the judges to come; the first of them waits for it."""
        self._send({"do": "prepare", "modules": modules})

    def fork(self, arguments: list[str], bridge: int, environment: dict[str, str]) -> "Forked":
        """Fork a kernel; its arguments and its variables are its own."""
        if self.user is not None:
            give(self.user, Path(arguments[arguments.index("-f") + 1]))
        orders = {"do": "fork", "arguments": arguments, "environment": environment}
        answer, handles = self._ask(orders, [bridge])
        return Forked(self, answer["process"], handles[0])

    def end(self, process: int) -> None:
        """Kill what a forked kernel has left running."""
        with suppress(SandboxUnavailable):
            self._ask({"do": "end", "process": process})

    def _ask(
        self, orders: dict[str, Any], descriptors: Sequence[int] = ()
    ) -> tuple[dict[str, Any], list[int]]:
        self._send(orders, descriptors)
        try:
            data, handles, *_ = socket.recv_fds(self.line, LONGEST, 1)
        except OSError as error:
            raise SandboxUnavailable(f"the nursery of judges does not answer: {error}") from error
        if not data:
            raise SandboxUnavailable(f"the nursery of judges ended: {self.verdict or 'unasked'}")
        return json.loads(data), handles

    def _send(self, orders: dict[str, Any], descriptors: Sequence[int] = ()) -> None:
        try:
            socket.send_fds(self.line, [json.dumps(orders).encode()], descriptors)
        except OSError as error:
            raise SandboxUnavailable(f"the nursery of judges does not listen: {error}") from error


class Forked:
    """A forked kernel, as the provisioner sees a sandbox and its process.

    Parameters
    ----------
    nursery : Nursery
        That forked it.
    number : int
        Of the process, as its sandbox counts.
    handle : int
        A descriptor of the process, which never comes to mean another one.
    """

    stdin = stdout = stderr = None

    def __init__(self, nursery: Nursery, number: int, handle: int) -> None:
        self._nursery, self.pid, self._handle = nursery, number, handle
        self.process = self

    def poll(self) -> int | None:
        """Return ``None`` while it runs, else 0: how it ended, only its parent knows."""
        ended, _, _ = select.select([self._handle], [], [], 0)
        return 0 if ended else None

    def wait(self) -> int:
        """Wait for its end."""
        select.select([self._handle], [], [])
        return 0

    def interrupt(self) -> None:
        """Send SIGINT to the kernel, and to nothing that it started."""
        self._signal(signal.SIGINT)

    def kill(self) -> None:
        """Kill it."""
        self._signal(signal.SIGKILL)

    def close(self) -> None:
        """Let go of it, and end what it has left running."""
        self._nursery.end(self.pid)
        os.close(self._handle)

    def _signal(self, number: int) -> None:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._handle, number)
