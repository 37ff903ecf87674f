"""What the hostile submissions of several modules need to attack."""

import os
from functools import cache
from socketserver import BaseRequestHandler, ThreadingTCPServer, ThreadingUnixStreamServer
from threading import Thread

from tests.submissions.cases import Work

# Where a cell stands that ends the kernel: exercises 1 and 2 are judged by then, 3 is not.
BEFORE_THE_LAST = "ex2-runs-hidden"

# An attacker knows from a friend where the course lies. The mark is put together when the code
# runs, so that it stands in what a cell prints, and not in its source.
TOOLS = '''\
import ctypes, os, resource, signal, socket, sqlite3, stat, subprocess, sys, threading, time
from contextlib import suppress
from pathlib import Path

import numpy as np

root = Path({root!r})
libc = ctypes.CDLL(None, use_errno=True)


def leak(what):
    """Tell that something succeeded."""
    print("LEAK" + ":", what)


def keeper():
    """Return the process that keeps this one: the sandbox's first, or nbgrader. No other one."""
    if b"bwrap" in Path("/proc/1/cmdline").read_bytes().split(b"\\0")[0]:
        return 1
    if b"nbgrader" in Path(f"/proc/{{os.getppid()}}/cmdline").read_bytes():
        return os.getppid()
    raise ProcessLookupError("neither of them")
'''


def attack(work: Work, source: str, after: str = "worked-example") -> None:
    """Add a cell that attacks, with its tools, and hand in."""
    tools = TOOLS.format(root=str(work.folder.resolve().parents[2]))
    work.add(f"{tools}\n\n{source}", after)
    work.save()


def in_answer(work: Work, name: str, *lines: str) -> None:
    """Put lines at the beginning of a function that answers an exercise, and hand in."""
    head, docstring, *body = work.find(name).source.split("\n")
    work.answer(name, "\n".join([head, docstring, *(f"    {line}" for line in lines), *body]))
    work.save()


@cache
def listeners() -> tuple[int, str]:
    """Return a TCP port on loopback and an abstract unix socket at which somebody greets.

    They stay open as long as this process lives.
    """
    name = f"course-listener-{os.getpid()}"
    network = ThreadingTCPServer(("127.0.0.1", 0), _Greeter)
    for server in (network, ThreadingUnixStreamServer(f"\0{name}", _Greeter)):
        Thread(target=server.serve_forever, daemon=True).start()
    return network.server_address[1], name


class _Greeter(BaseRequestHandler):
    def handle(self) -> None:
        self.request.sendall(b"welcome")
