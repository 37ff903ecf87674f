"""Sandboxes by Landlock, for a Linux that grants no user namespaces; and kernels without any.

What holds a student's processes together here is their process group: seccomp lets none leave it,
and a signal to the group reaches them all at once.
"""

import functools
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from grading.inside.landlock import abi
from grading.sandbox import mounts, seccomp
from grading.sandbox.errors import SandboxUnavailable
from grading.sandbox.guard import dismiss, guard
from grading.sandbox.launch import (
    INSIDE,
    Launch,
    kernel_environment,
    python,
    write_orders,
)
from grading.sandbox.visible import Visible

# The first version that also keeps signals and abstract sockets in: Linux 6.12.
OLDEST_ABI = 6

_PROC = ("/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat")
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")


class ProcessGroup:
    """A kernel and its children, in a process group of their own.

    Parameters
    ----------
    launch : Launch
        What to start.
    confined : bool
        Whether Landlock and seccomp hold it; without, students' code does as it likes.
    """

    def __init__(self, launch: Launch, confined: bool) -> None:
        course, scratch = _lay_out(launch)
        self.watched = [launch.private.sockets, scratch, *filter(None, [launch.exchange])]
        confinement = _confinement(launch) if confined else None
        write_orders(launch, str(course), str(scratch), str(launch.private.files), confinement)
        stage = [] if launch.user is None else _as_other_user(launch)
        self._staged = bool(stage) and Path(stage[0]).name == "bwrap"
        exchange = launch.exchange.resolve() if launch.exchange else scratch
        kernel = [*python("kernel.py", str(course)), str(launch.private.orders)]
        self.process = subprocess.Popen(
            [*stage, *kernel, *launch.arguments],
            env=kernel_environment(launch, str(scratch), str(exchange)),
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            pass_fds=launch.descriptors,
            start_new_session=True,
        )
        self._guard = guard(-self.process.pid, launch.private.root)

    def processes(self) -> Iterator[Path]:
        """Yield a folder of /proc for each process of the group."""
        for path in Path("/proc").iterdir():
            if path.name.isdigit():
                with suppress(OSError):
                    if os.getpgid(int(path.name)) == self.process.pid:
                        yield path

    def memory_files(self) -> int:
        """Return 0: it may write to no file system in memory."""
        return 0

    def poll(self) -> int | None:
        """Return the kernel's exit status once it has ended, and all its children with it."""
        if self.process.returncode is None:
            events = os.WEXITED | os.WNOHANG | os.WNOWAIT
            if os.waitid(os.P_PID, self.process.pid, events) is None:
                return None
            # As long as nobody has taken note of its end, its number can mean no other group.
            self.kill()
        return self.process.poll()

    def interrupt(self) -> None:
        """Send SIGINT to the kernel, and to nothing that it started."""
        with suppress(psutil.NoSuchProcess):
            kernel = psutil.Process(self.process.pid)
            if self._staged:
                kernel = next(iter(kernel.children()), kernel)
            kernel.send_signal(signal.SIGINT)

    def kill(self) -> None:
        """Kill the whole group at once."""
        if self.process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def close(self) -> None:
        """Let go of a group that has ended."""
        dismiss(self._guard)


def why_not(visible: Visible, user: int | None) -> str | None:
    """Say why Landlock cannot make sandboxes here; ``None`` if it can."""
    version = abi()
    if version < OLDEST_ABI:
        has = f"has version {version}" if version else "has none, or has it switched off"
        return (
            f"Landlock of version {OLDEST_ABI} is needed (Linux 6.12), and this Linux {has}; "
            "where it is switched off, add landlock to lsm= on the kernel's command line"
        )
    if user is not None:
        try:
            _reach(mounts.bind_visible(visible), visible, user)
        except SandboxUnavailable as problem:
            return str(problem)
    return None


def _lay_out(launch: Launch) -> tuple[Path, Path]:
    """Make the folders that bubblewrap would mount; return the course's and the scratch folder."""
    private = launch.private
    course = private.root / "course"
    course.mkdir()
    (course / "inside").symlink_to(INSIDE)
    if launch.helpers is not None:
        (course / "helpers").symlink_to(launch.helpers)
    private.scratch.mkdir()
    if launch.user is not None:
        os.chown(private.scratch, launch.user, launch.user)
        private.root.chmod(0o711)
    return course, private.scratch


def _shared(launch: Launch) -> list[Path]:
    return [launch.exchange.resolve()] if launch.exchange else []


def _confinement(launch: Launch) -> dict[str, Any]:
    visible = launch.visible
    read = [*visible.binds, *visible.binds.values(), *visible.links, INSIDE, launch.private.root]
    read += [launch.helpers] if launch.helpers else []
    write = [launch.private.sockets, launch.private.scratch, *_shared(launch)]
    return {
        "read": [*map(str, read), *_PROC],
        "write": [*map(str, write), *_DEVICES],
        "seccomp": seccomp.program(namespaces=False).hex(),
    }


def _as_other_user(launch: Launch) -> list[str]:
    binds = mounts.bind_visible(launch.visible)
    binds += [("--ro-bind", path, path) for path in filter(None, [INSIDE, launch.helpers])]
    binds += [("--bind", path, path) for path in (launch.private.root, *_shared(launch))]
    return _reach(binds, launch.visible, launch.user)


def _reach(binds: list[mounts.Bind], visible: Visible, user: int) -> list[str]:
    """Return the command by which root becomes another user who can reach this Python."""
    direct = mounts.become(user)
    if _works(*direct):
        return direct
    staged = mounts.stage(binds, visible.links, user)
    if _works(*staged):
        return staged
    raise SandboxUnavailable(
        f"kernels must not run as root, and user {user} can neither read {sys.prefix} and "
        f"{sys.base_prefix} nor be shown them by bubblewrap: grade as another user than root, "
        "or with a Python that everyone may read"
    )


@functools.cache
def _works(*command: str) -> bool:
    # Not the command itself starts Python: it still has root's rights at that moment.
    python = ["/usr/bin/env", sys.executable, "-c", "pass"]
    done = subprocess.run([*command, *python], capture_output=True, check=False, cwd="/")
    return done.returncode == 0
