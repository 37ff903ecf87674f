"""The outer side of a nursery, which forks kernels into sandboxes instead of starting them there.

A kernel's start is mostly imports, seconds of them where a notebook needs TensorFlow. A nursery
imports once, and each kernel is a fresh copy of it in a sandbox of its own: bubblewrap makes that
as ever, and the copy enters it and gives up its rights before it does anything else.

The nursery itself sees what every sandbox shows, read-only, and the folders of its kernels. Its
sandboxes are made below it, since only there may it enter them.
"""

import json
import os
import select
import signal
import socket
import subprocess
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from grading.inside.nursery import LONGEST
from grading.sandbox import seccomp
from grading.sandbox.errors import SandboxUnavailable
from grading.sandbox.folders import remove, short_folder
from grading.sandbox.guard import dismiss, guard
from grading.sandbox.launch import COURSE, SCRATCH, python, usual_environment
from grading.sandbox.mounts import shown_to_all, stage
from grading.sandbox.visible import Visible

# Importing TensorFlow on a loaded machine takes long.
_SECONDS = 120
# TensorFlow reads its level of messages when it loads, and nobody reads what a nursery prints.
_QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3"}


class Nursery:
    """A nursery that runs.

    Parameters
    ----------
    visible : Visible
        What of this machine its sandboxes show.
    helpers : Path, optional
        The package that notebooks import.
    user : int, optional
        Whom root starts it as, and so its kernels.

    Attributes
    ----------
    root : Path
        The folder in which everything lies that its sandboxes have of their own.
    """

    def __init__(self, visible: Visible, helpers: Path | None, user: int | None) -> None:
        self.root = short_folder("nursery-")
        if user is not None:
            os.chown(self.root, user, user)
        self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._line.settimeout(_SECONDS)
        self._one_at_a_time = threading.Lock()
        shown = [*shown_to_all(visible, helpers), ("--bind", self.root, self.root)]
        self._errors = self.root / "errors.txt"
        with theirs, self._errors.open("wb") as errors:
            number = str(theirs.fileno())
            self._process = subprocess.Popen(
                [*stage(shown, visible.links, user), *python("nursery.py", COURSE), number, COURSE],
                env=usual_environment(SCRATCH) | _QUIET,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )
        self._guard = guard(-self._process.pid, self.root)

    @property
    def runs(self) -> bool:
        """Whether it is still there."""
        # It is not reaped: its number is its group's, and must not come to mean another one.
        look = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, self._process.pid, look) is None

    def prepare(self, modules: Sequence[str]) -> None:
        """Begin to import modules for the kernels to come; the first of them waits for it."""
        self._send({"do": "prepare", "modules": list(modules)})

    def start(
        self,
        sandbox: list[str],
        arguments: list[str],
        environment: dict[str, str],
        inherited: Sequence[int],
    ) -> tuple["Forked", int]:
        """Have a sandbox made, and a kernel forked in it.

        Parameters
        ----------
        sandbox : list of str
            bubblewrap's command line, but for file descriptors and what it runs.
        arguments : list of str
            Of kernel.py.
        environment : dict
            All variables of the kernel.
        inherited : sequence of int
            Descriptors that it inherits.

        Returns
        -------
        (Forked, int)
            The kernel, and the number of its namespace's first process.
        """
        orders = {
            "do": "fork",
            "sandbox": sandbox,
            "arguments": arguments,
            "environment": environment,
            "seccomp": seccomp.program(namespaces=True).hex(),
        }
        with self._one_at_a_time:
            self._send(orders, inherited)
            answer, handles = self._receive()
        if "error" in answer:
            raise SandboxUnavailable(f"no sandbox was made: {answer['error']}")
        return Forked(answer["kernel"], *handles), answer["init"]

    def end(self) -> None:
        """End it, and remove what lies in its folder."""
        self._stop()
        self._process.wait()
        dismiss(self._guard)
        remove(self.root)

    def _send(self, orders: dict[str, Any], descriptors: Sequence[int] = ()) -> None:
        try:
            socket.send_fds(self._line, [json.dumps(orders).encode()], descriptors)
        except OSError as error:
            raise SandboxUnavailable(
                f"the nursery does not listen ({error}): {self._said()}"
            ) from error

    def _receive(self) -> tuple[dict[str, Any], list[int]]:
        try:
            data, handles, *_ = socket.recv_fds(self._line, LONGEST, 3)
        except OSError as error:
            # An answer that comes late would be taken for the answer to the next question.
            self._stop()
            raise SandboxUnavailable(f"the nursery does not answer: {error}") from error
        if not data:
            self._stop()
            raise SandboxUnavailable(f"the nursery ended: {self._said()}")
        for handle in handles:
            os.set_inheritable(handle, False)
        return json.loads(data), handles

    def _stop(self) -> None:
        """Kill it with its midwives, and ask nothing more."""
        self._line.close()
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def _said(self) -> str:
        return self._errors.read_text(errors="replace").strip()[-2000:] or "no reason given"


class Forked:
    """A forked kernel, with what of `subprocess.Popen` a sandbox needs.

    Parameters
    ----------
    number : int
        Of the process.
    handle : int
        A descriptor of the process, which never comes to mean another one.
    status, errors : int
        Pipes for its exit status, and for what it prints before it becomes a kernel.
    """

    stdin = stdout = None

    def __init__(self, number: int, handle: int, status: int, errors: int) -> None:
        self.pid = number
        self.returncode: int | None = None
        self.stderr = os.fdopen(errors, "rb")
        self._handle, self._status = handle, status

    def poll(self) -> int | None:
        """Return its exit status once it has ended."""
        if self.returncode is None and select.select([self._status], [], [], 0)[0]:
            # What tells it may have been killed as well, and then it says nothing.
            self.returncode = int(os.read(self._status, 16) or -signal.SIGKILL)
        return self.returncode

    def wait(self) -> int:
        """Wait for its end, and return its exit status."""
        select.select([self._status], [], [])
        return self.poll()

    def communicate(self) -> tuple[None, bytes]:
        """Wait for its end, and return what it printed."""
        self.wait()
        return None, self.stderr.read()

    def interrupt(self) -> None:
        """Send SIGINT to it, and to nothing that it started."""
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._handle, signal.SIGINT)

    def close(self) -> None:
        """Let go of it."""
        self.stderr.close()
        os.close(self._handle)
        os.close(self._status)
