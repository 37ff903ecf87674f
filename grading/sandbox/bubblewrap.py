"""Sandboxes by bubblewrap: Linux namespaces, without any privilege.

Root is the hard case. Limits do not bind root, and an unprivileged user may not even reach root's
Python. So root runs bubblewrap twice: the first one, still as root, shows what a sandbox shows
and nothing else; setpriv then becomes an unprivileged user; the second one makes the sandbox.
"""

import json
import os
import select
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil

from grading.sandbox import seccomp
from grading.sandbox.errors import SandboxUnavailable
from grading.sandbox.guard import dismiss, guard
from grading.sandbox.launch import (
    COURSE,
    EXCHANGE,
    SCRATCH,
    Launch,
    kernel_environment,
    python,
    write_orders,
)
from grading.sandbox.mounts import (
    PLACES,
    as_staged,
    bind_visible,
    sandbox_command,
    shown_to_all,
    shown_to_one,
)
from grading.sandbox.nursery import Forked
from grading.sandbox.visible import Visible

_SECONDS = 20


class Bubblewrap:
    """A kernel that runs in bubblewrap, started there or forked by a nursery."""

    def __init__(self, launch: Launch) -> None:
        write_orders(launch, COURSE, SCRATCH, f"{COURSE}/files")
        environment = kernel_environment(launch, SCRATCH, EXCHANGE)
        arguments = [f"{COURSE}/orders.json", *launch.arguments]
        self.watched = [launch.private.sockets, *filter(None, [launch.exchange])]
        shown, own = shown_to_all(launch.visible, launch.helpers), shown_to_one(launch)
        links, sizes = launch.visible.links, (launch.scratch, launch.limits)
        if launch.nursery is None:
            sandbox = sandbox_command([*shown, *own], links, launch.user, *sizes)
            kernel = [*python("kernel.py", COURSE), *arguments]
            self.process, self._init = _start(sandbox, kernel, environment, launch.descriptors)
        else:
            # The nursery runs as that user already, and sees what all sandboxes show.
            sandbox = sandbox_command([*as_staged(shown), *own], links, None, *sizes)
            self.process, self._init = launch.nursery.start(
                sandbox, arguments, environment, launch.descriptors
            )
        try:
            # Unlike a number, this never comes to mean another process.
            self._handle = os.pidfd_open(self._init)
        except ProcessLookupError:
            _, errors = self.process.communicate()
            self._let_go()
            raise SandboxUnavailable(_advice(errors)) from None
        self._guard = guard(self._init, launch.private.root)
        self._kernel: psutil.Process | None = None
        # Until when a sandbox whose kernel has ended is waited for.
        self._last_look: float | None = None

    def processes(self) -> Iterator[Path]:
        """Yield a folder of /proc for each process in the sandbox."""
        with suppress(OSError):
            for path in (self._root / "proc").iterdir():
                if path.name.isdigit():
                    yield path

    def memory_files(self) -> int:
        """Return the bytes in the sandbox's file systems in memory."""
        total = 0
        for folder in (SCRATCH, "/tmp", "/dev/shm"):
            with suppress(OSError):
                usage = os.statvfs(self._root / folder[1:])
                total += (usage.f_blocks - usage.f_bfree) * usage.f_frsize
        return total

    @property
    def _root(self) -> Path:
        """The sandbox's file system, as seen from outside."""
        return Path("/proc", str(self._init), "root")

    def poll(self) -> int | None:
        """Return the kernel's exit status once it has ended, and all its children with it."""
        status = self.process.poll()
        if status is None:
            return None
        # bubblewrap reports the kernel's end, and lets orphans live on.
        self.kill()
        self._last_look = self._last_look or time.monotonic() + _SECONDS
        gone, _, _ = select.select([self._handle], [], [], 0)
        return status if gone or time.monotonic() > self._last_look else None

    def interrupt(self) -> None:
        """Send SIGINT to the kernel, and to nothing that it started."""
        if isinstance(self.process, Forked):
            self.process.interrupt()
            return
        if self._kernel is None:
            self._kernel = _second_process(self._init)
        if self._kernel is not None:
            with suppress(psutil.NoSuchProcess):
                self._kernel.send_signal(signal.SIGINT)

    def kill(self) -> None:
        """Kill the namespace's first process, and so all of them."""
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._handle, signal.SIGKILL)

    def close(self) -> None:
        """Let go of a sandbox that has ended."""
        dismiss(self._guard)
        os.close(self._handle)
        self._let_go()

    def _let_go(self) -> None:
        if isinstance(self.process, Forked):
            self.process.close()


def why_not(visible: Visible, user: int | None) -> str | None:
    """Say why bubblewrap cannot make sandboxes here; ``None`` if it can."""
    try:
        sandbox = sandbox_command(bind_visible(visible), visible.links, user, 2**20, {})
        process, _ = _start(sandbox, ["/usr/bin/env", "true"], {"PATH": PLACES}, ())
    except SandboxUnavailable as problem:
        return str(problem)
    _, errors = process.communicate()
    return _advice(errors) if process.returncode else None


def _start(
    sandbox: list[str],
    command: list[str],
    environment: dict[str, str],
    descriptors: tuple[int, ...],
) -> tuple[subprocess.Popen[bytes], int]:
    """Start bubblewrap; return its process, and the number of the namespace's first process."""
    information, write_information = os.pipe()
    filters, write_filters = os.pipe()
    os.write(write_filters, seccomp.program(namespaces=True))
    os.close(write_filters)
    own = ["--info-fd", str(write_information), "--seccomp", str(filters)]
    try:
        process = subprocess.Popen(
            [*sandbox, *own, "--", *command],
            # The first process in the namespace keeps the environment that bubblewrap was given,
            # and students' code can read it there: so bubblewrap is given the kernel's.
            env=environment,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            pass_fds=(write_information, filters, *descriptors),
        )
    finally:
        os.close(write_information)
        os.close(filters)
    with open(information, "rb") as stream:
        ready, _, _ = select.select([stream], [], [], _SECONDS)
        text = stream.read() if ready else b""
    if not text:
        process.kill()
        _, errors = process.communicate()
        raise SandboxUnavailable(_advice(errors))
    return process, json.loads(text)["child-pid"]


def _second_process(init: int) -> psutil.Process | None:
    """Find the kernel: the namespace's first process starts it, as the second."""
    with suppress(psutil.NoSuchProcess, OSError):
        for process in psutil.Process(init).children():
            status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
            numbers = next(line for line in status.splitlines() if line.startswith("NSpid:"))
            if numbers.split()[-1] == "2":
                return process
    return None


def _advice(errors: bytes) -> str:
    said = errors.decode(errors="replace").strip() or "no reason given"
    return (
        f"bubblewrap cannot make a sandbox here ({said}). Allow user namespaces: "
        "`sysctl user.max_user_namespaces` must not be 0, nor `kernel.unprivileged_userns_clone` "
        "where it exists; on Ubuntu from 23.10 on, /usr/bin/bwrap needs an AppArmor profile with "
        "the rule `userns,`; a container needs --security-opt seccomp=unconfined, --security-opt "
        "systempaths=unconfined, and --cap-add SYS_ADMIN where it runs as root"
    )
