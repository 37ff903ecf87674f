"""A process in a sandbox that forks judges, so that each begins with its imports done.

No student's code ever enters it, and no judge's: it imports, forks, and waits. It obeys the grader
over a socket, a JSON message at a time:

``prepare``: import modules. No answer comes back; what is asked next waits until it is done.
``fork``: become a kernel in a new process. The bridge's descriptor comes with the message; the
process's number and a descriptor of it go back.
``end``: kill what a judge left running.
"""

import importlib
import json
import os
import signal
import socket
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from typing import Any

LONGEST = 2**20


def serve(control: int, become_kernel: Callable[[list[str]], None]) -> None:
    """Obey until the grader hangs up; in a forked process, become a kernel and stay that."""
    # Ended judges are nobody's zombies.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    line = socket.socket(fileno=control)
    while message := _receive(line):
        orders, descriptors = message
        if orders["do"] == "prepare":
            _prepare(orders["modules"])
        elif orders["do"] == "end":
            with suppress(ProcessLookupError):
                os.killpg(orders["process"], signal.SIGKILL)
            _answer(line, {})
        elif _fork(line, descriptors):
            line.close()
            _be_born(descriptors[0], orders["environment"])
            become_kernel(orders["arguments"])
            os._exit(0)


def _prepare(modules: list[str]) -> None:
    for name in ["ipykernel.kernelapp", *modules]:
        # What cannot be imported here fails in the judge, where it is told.
        with suppress(Exception):
            importlib.import_module(name)


def _fork(line: socket.socket, descriptors: list[int]) -> bool:
    """Fork; return whether this is the new process."""
    process = os.fork()
    if process == 0:
        return True
    handle = os.pidfd_open(process)
    _answer(line, {"process": process}, [handle])
    for descriptor in (handle, *descriptors):
        os.close(descriptor)
    return False


def _be_born(bridge: int, environment: dict[str, str]) -> None:
    # A group of its own, so that all that it starts can be ended with it.
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ.update(environment, COURSE_BRIDGE_FD=str(bridge))
    # It remembers TMPDIR as it was when some import first asked for it.
    tempfile.tempdir = None
    os.set_inheritable(bridge, False)
    # Python's own generator is seeded anew in a forked process, NumPy's is not.
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()


def _receive(line: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    data, descriptors, *_ = socket.recv_fds(line, LONGEST, 1)
    return (json.loads(data), descriptors) if data else None


def _answer(
    line: socket.socket, answer: dict[str, Any], descriptors: list[int] | None = None
) -> None:
    socket.send_fds(line, [json.dumps(answer).encode()], descriptors or [])
