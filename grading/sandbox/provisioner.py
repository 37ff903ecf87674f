"""Jupyter's way of starting a kernel, made to start it in a sandbox."""

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner
from traitlets import Bool, Dict, Enum, Instance, Integer, Unicode

from grading.sandbox.bubblewrap import Bubblewrap
from grading.sandbox.choice import choose
from grading.sandbox.folders import (
    PrivateFolder,
    copy_files,
    give,
    make_private_folder,
    remove,
)
from grading.sandbox.landlock import ProcessGroup
from grading.sandbox.launch import Launch
from grading.sandbox.nursery import Nursery
from grading.sandbox.verdict import last_words
from grading.sandbox.visible import Visible, teaching_package, visible
from grading.sandbox.watchdog import Share, Watchdog

_MEGABYTE = 2**20
_POLL_SECONDS = 0.01


class SandboxProvisioner(LocalProvisioner):
    """Starts one kernel in a sandbox, watches it, kills it, and cleans up.

    jupyter_client finds it by its entry point, ``course-sandbox``. What is to be configured has
    its default here; what belongs to one kernel comes from `sandboxed_kernel`.
    """

    mode = Enum(
        ("auto", "bubblewrap", "landlock"),
        default_value="auto",
        help="What holds the kernel: bubblewrap, Landlock, or the first of them that works.",
    ).tag(config=True)
    run_student_code_without_sandbox = Bool(
        False,
        help="Start plain kernels: students' code can read and change all that you can.",
    ).tag(config=True)
    uid = Integer(
        61184,
        help="""The first of 1024 user numbers for kernels that root starts; each grading process
        takes one. They need no entry in /etc/passwd.""",
    ).tag(config=True)
    memory = Integer(
        3072, help="MB that all processes of a kernel may use together, files in memory included."
    ).tag(config=True)
    data = Integer(
        2560, help="MB of data that one process may have; beyond, Python raises MemoryError."
    ).tag(config=True)
    processes = Integer(
        256 + 4 * (os.cpu_count() or 1), help="Processes and threads of a kernel."
    ).tag(config=True)
    cpu_seconds = Integer(1800, help="Seconds of CPU time that one process may use.").tag(
        config=True
    )
    open_files = Integer(1024, help="Open files of one process.").tag(config=True)
    file_size = Integer(256, help="MB that one file may have.").tag(config=True)
    scratch_size = Integer(
        512, help="MB of files in each of /scratch, /tmp and /dev/shm, which are in memory."
    ).tag(config=True)
    exchange_size = Integer(
        512, help="MB of files that kernels may write to folders of this machine."
    ).tag(config=True)
    exchange_files = Integer(
        10_000, help="Files that kernels may write to folders of this machine."
    ).tag(config=True)
    submission_size = Integer(64, help="MB of a submission's files that it sees.").tag(config=True)

    files = Instance(Path, allow_none=True)
    bridge = Integer(None, allow_none=True)
    exchange = Instance(Path, allow_none=True)
    nursery = Instance(Nursery, allow_none=True)
    environment = Dict(value_trait=Unicode(), key_trait=Unicode())

    # Why the kernel ended, in words; None as long as it runs, and if it was asked to end.
    verdict: str | None = None
    limits: dict[str, int]
    _asked = False

    private: PrivateFolder | None = None
    _sandbox: Bubblewrap | ProcessGroup | None = None
    _watchdog: Watchdog | None = None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Make the private folder, and have the kernel manager put its sockets there."""
        if self.private is not None:
            raise RuntimeError("a sandbox is used once: start a new kernel instead of this one")
        manager = self.parent
        manager.transport = "ipc"
        self.private = make_private_folder(self.nursery and self.nursery.root)
        manager.ip = str(self.private.sockets / "kernel")
        manager.connection_file = str(self.private.connection)
        return await super().pre_launch(**kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start the kernel; of all arguments, only the kernel's own count."""
        # In a thread, since a nursery may still be importing.
        starting = asyncio.create_task(asyncio.to_thread(self._start, cmd))
        try:
            await asyncio.shield(starting)
        except BaseException:
            # A thread cannot be stopped, and what it has started has to be ended.
            await asyncio.wait([starting])
            await self.cleanup()
            raise
        return self.connection_info

    def condemn(self, reason: str) -> None:
        """Kill the kernel for a reason, which becomes its verdict."""
        if not self._asked:
            self.verdict = self.verdict or reason
        self._sandbox.kill()

    async def poll(self) -> int | None:
        """Return ``None`` while the kernel runs, then its exit status."""
        if self.process is None:
            return 0
        status = self._sandbox.poll()
        if status is not None and self.verdict is None and not self._asked:
            self.verdict = last_words(status, self.process.stderr, self.cpu_seconds)
        return status

    async def send_signal(self, signum: int) -> None:
        """Interrupt the kernel, or kill all of it: students' code may ignore all but SIGKILL."""
        if self.process is not None and signum == signal.SIGINT:
            self._sandbox.interrupt()
        elif signum != 0:
            await self.kill()

    async def kill(self, restart: bool = False) -> None:
        """Kill the kernel and all that it started."""
        if self.process is not None and await self.poll() is None:
            self._asked = True
            self._sandbox.kill()
            # Awaited here, since the manager looks ten times a second only.
            while await self.poll() is None:
                await asyncio.sleep(_POLL_SECONDS)

    async def terminate(self, restart: bool = False) -> None:
        """Kill, since asking is of no use."""
        await self.kill(restart)

    async def shutdown_requested(self, restart: bool = False) -> None:
        """Kill, since waiting is of no use."""
        await self.kill(restart)

    async def cleanup(self, restart: bool = False) -> None:
        """Leave nothing behind: no process, no thread, no file."""
        if self._watchdog is not None:
            self._watchdog.stop()
            self._watchdog = None
        if self._sandbox is not None:
            await self.kill()
            await self.wait()
            self._sandbox.close()
            self._sandbox = None
        if self.private is not None:
            remove(self.private.root)

    def held_by(self) -> tuple[str, int | None, Visible]:
        """Say what holds the kernel, whom it runs as if root starts it, and what it sees."""
        protected = tuple(self._protected())
        if self.run_student_code_without_sandbox:
            return "none", None, visible(protected)
        user = self.uid + os.getpid() % 1024 if os.getuid() == 0 else None
        return choose(self.mode, protected, user), user, visible(protected)

    def _start(self, arguments: list[str]) -> None:
        mode, user, shown = self.held_by()
        if mode == "none":
            self.log.warning("Running a student's code without a sandbox, as the settings say.")
        self.limits = self._limits(None if mode == "bubblewrap" else user or os.getuid())
        launch = Launch(
            arguments=arguments,
            environment=self.environment,
            visible=shown,
            helpers=teaching_package(),
            private=self.private,
            exchange=self.exchange,
            bridge=self.bridge,
            nursery=self.nursery,
            user=user,
            scratch=self.scratch_size * _MEGABYTE,
            limits=self.limits,
        )
        self._prepare(launch)
        if mode == "bubblewrap":
            self._sandbox = Bubblewrap(launch)
        else:
            self._sandbox = ProcessGroup(launch, confined=mode == "landlock")
        self.process = self._sandbox.process
        self.pid = self.process.pid
        share = Share(self.memory * _MEGABYTE, self.exchange_size * _MEGABYTE, self.exchange_files)
        self._watchdog = Watchdog(self._sandbox, share, self.condemn)

    def _protected(self) -> Iterator[Path]:
        root = self.config.get("CourseDirectory", {}).get("root")
        if isinstance(root, str):
            yield Path(root)
        if self.files is not None:
            yield self.files

    def _limits(self, user: int | None) -> dict[str, int]:
        """Return limits for `resource`.

        Linux counts processes by user; in a namespace of its own, a sandbox starts from 0.
        """
        others = 0 if user is None else _threads(user)
        return {
            "RLIMIT_NPROC": self.processes + others,
            "RLIMIT_CPU": self.cpu_seconds,
            "RLIMIT_FSIZE": self.file_size * _MEGABYTE,
            "RLIMIT_NOFILE": self.open_files,
            "RLIMIT_DATA": self.data * _MEGABYTE,
            "RLIMIT_MSGQUEUE": 0,
            "RLIMIT_CORE": 0,
        }

    def _prepare(self, launch: Launch) -> None:
        private = launch.private
        if self.files is not None:
            copy_files(self.files, private.files, self.submission_size * _MEGABYTE)
        if launch.user is not None:
            own = [private.sockets, private.connection, private.files]
            # A nursery has not been shown each of these, and has to reach them by their folder.
            give(launch.user, *own if self.nursery is None else [private.root])
            if self.exchange is not None:
                os.chown(self.exchange, launch.user, launch.user)


def _threads(user: int) -> int:
    """Count what Linux counts as a user's processes."""
    total = 0
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.uids().real == user:
                total += process.num_threads()
    return total
