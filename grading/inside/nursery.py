"""A process that forks kernels into sandboxes, so that each begins with its imports done.

No code of a student's or of a test's ever enters it, nor any of what they compute: it imports,
forks, and waits. It obeys the grader over a socket, a JSON message at a time:

``prepare``: import modules. No answer comes back; what is asked next waits until it is done.
``fork``: make a sandbox and put a kernel into it. Descriptors that the kernel inherits come with
the message. Back go the numbers of the sandbox's first process and of the kernel, and descriptors:
of the kernel, of a pipe that will tell its exit status, and of one that it writes its errors to.
All of it ends when the grader closes the pipe for the status, however that comes about.

A *midwife*, which is forked first, has bubblewrap make the sandbox around a process that only
waits, enters its namespaces, and forks the kernel there. The kernel gives up its rights before it
does anything else.
"""

import gc
import importlib
import itertools
import json
import os
import resource
import select
import signal
import socket
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, NoReturn

LONGEST = 2**20

_SECONDS = 20
# By its output, the waiting process tells that the sandbox around it is complete.
_WAIT = "echo ready; exec sleep infinity >&- 2>&-"


def main() -> None:
    """Obey until the grader hangs up."""
    from inside.kernel import discard

    line = socket.socket(fileno=int(sys.argv[1]))
    # Ended midwives are nobody's zombies.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    # Linux lets a user have so many descriptors on their way, its kernels' included.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    for name in ("HOME", "TMPDIR"):
        os.makedirs(os.environ[name], exist_ok=True)
    discard(1, 2)
    _prepare(["psutil", "ipykernel.kernelapp"])
    while message := _receive(line):
        orders, descriptors = message
        if orders["do"] == "prepare":
            _prepare(orders["modules"])
            continue
        if os.fork() == 0:
            _deliver(line, orders, descriptors)
        for descriptor in descriptors:
            os.close(descriptor)


def _prepare(modules: Iterable[str]) -> None:
    import logging

    handlers = list(logging.root.handlers)
    for name in modules:
        # What cannot be imported here fails in the kernel, where it is told.
        with suppress(Exception):
            importlib.import_module(name)
    # absl adds one unless there is one, and a notebook's set-up has to come first.
    logging.root.handlers[:] = handlers
    # Collecting garbage would write to memory that forked processes share until then.
    gc.collect()
    gc.freeze()


def _deliver(line: socket.socket, orders: dict[str, Any], inherited: list[int]) -> NoReturn:
    """Be the midwife: make a sandbox, fork the kernel in it, and tell how the kernel ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    first = None
    try:
        status, write_status = os.pipe()
        errors, write_errors = os.pipe()
        init, first = _make_sandbox(orders)
        _enter(init)
        kernel = os.fork()
        if kernel == 0:
            _be_born(orders, inherited, write_errors)
        handle = os.pidfd_open(kernel)
        _answer(line, {"init": init, "kernel": kernel}, [handle, status, errors])
    except Exception as error:
        if first is not None:
            signal.pidfd_send_signal(first, signal.SIGKILL)
        with suppress(OSError):
            _answer(line, {"error": f"{error}"})
        os._exit(1)
    line.close()
    for descriptor in (status, errors, write_errors, *inherited):
        os.close(descriptor)
    _wait_for(handle, write_status)
    # The kernel ended, and all that it started ends with it; or the grader is gone.
    with suppress(ProcessLookupError):
        signal.pidfd_send_signal(first, signal.SIGKILL)
    # All children, since the sandbox's first process ends only when nobody is left in it.
    with suppress(ChildProcessError):
        while True:
            process, ended = os.wait()
            if process == kernel:
                with suppress(BrokenPipeError):
                    os.write(write_status, str(os.waitstatus_to_exitcode(ended)).encode())
    os._exit(0)


def _wait_for(process: int, pipe: int) -> None:
    """Wait until a process ends, or until nobody reads from a pipe any more."""
    poller = select.poll()
    poller.register(process, select.POLLIN)
    poller.register(pipe, 0)
    poller.poll()


def _make_sandbox(orders: dict[str, Any]) -> tuple[int, int]:
    """Start bubblewrap; return its namespace's first process, by number and by descriptor."""
    information, write_information = os.pipe()
    filters, write_filters = os.pipe()
    os.write(write_filters, bytes.fromhex(orders["seccomp"]))
    os.close(write_filters)
    # Whatever kills the midwife kills the sandbox.
    own = ["--die-with-parent", "--info-fd", str(write_information), "--seccomp", str(filters)]
    process = subprocess.Popen(
        [*orders["sandbox"], *own, "--", "/bin/sh", "-c", _WAIT],
        env=orders["environment"],
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        # The sandbox's first process keeps it, and the kernel can open what that has.
        stderr=subprocess.PIPE,
        pass_fds=(write_information, filters),
    )
    os.close(write_information)
    os.close(filters)
    with process.stdout, process.stderr, open(information, "rb") as told:
        number = json.loads(told.read() or "{}").get("child-pid")
        if number is None:
            raise RuntimeError(process.stderr.read().decode(errors="replace").strip())
        first = os.pidfd_open(number)
        complete, _, _ = select.select([process.stdout], [], [], _SECONDS)
        if not complete or not process.stdout.readline():
            signal.pidfd_send_signal(first, signal.SIGKILL)
            process.wait()
            said = process.stderr.read().decode(errors="replace").strip()
            raise RuntimeError(said or f"it was not complete within {_SECONDS} s")
    return number, first


def _enter(init: int) -> None:
    """Enter a sandbox, by the process that waits in it: bubblewrap's own is nobody's business."""
    import psutil
    from inside import rights

    (waiting,) = psutil.Process(init).children()
    handle = os.pidfd_open(waiting.pid)
    rights.enter(handle)
    os.close(handle)


def _be_born(orders: dict[str, Any], inherited: list[int], errors: int) -> NoReturn:
    """Be the kernel, from the first thing it does to its end."""
    status = 1
    try:
        from inside import kernel, rights

        rights.drop_capabilities()
        rights.filter_calls(bytes.fromhex(orders["seccomp"]))
        os.setsid()
        os.dup2(errors, 2)
        _close_all_but(inherited)
        _forget(orders["environment"], inherited)
        sys.argv = [kernel.__file__, *orders["arguments"]]
        kernel.main()
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(status)


def _close_all_but(kept: list[int]) -> None:
    edges = sorted([2, *kept, os.sysconf("SC_OPEN_MAX")])
    for before, after in itertools.pairwise(edges):
        os.closerange(before + 1, after)


def _forget(environment: dict[str, str], inherited: list[int]) -> None:
    """Forget what belongs to the nursery: a new process would not know it."""
    os.environ.clear()
    os.environ.update(environment)
    if inherited:
        os.environ["COURSE_BRIDGE_FD"] = str(inherited[0])
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    # It remembers TMPDIR as it was when some import first asked for it.
    tempfile.tempdir = None
    importlib.invalidate_caches()
    # Python's own generator is seeded anew in a forked process, NumPy's is not.
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()


def _receive(line: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    data, descriptors, *_ = socket.recv_fds(line, LONGEST, 2)
    return (json.loads(data), descriptors) if data else None


def _answer(
    line: socket.socket, answer: dict[str, Any], descriptors: list[int] | None = None
) -> None:
    socket.send_fds(line, [json.dumps(answer).encode()], descriptors or [])


if __name__ == "__main__":
    # The course's own modules win over everything, here as in a kernel.
    sys.path.insert(0, sys.argv[2])
    main()
