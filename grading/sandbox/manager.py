"""Managers and clients of sandboxed kernels, for whoever runs notebooks with nbclient."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import zmq
import zmq.asyncio
from jupyter_client import AsyncKernelClient, AsyncKernelManager
from jupyter_client.channels import AsyncZMQSocketChannel
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from traitlets import Dict, Integer
from traitlets.config import Configurable

from grading.sandbox.nursery import Nursery
from grading.sandbox.provisioner import SandboxProvisioner
from grading.sandbox.visible import teaching_package

NAME = "course-sandbox"

# A client that reads slowly holds this many messages, and the kernel has to wait.
_WAITING_MESSAGES = 32
_SECONDS_TO_DIE = 1.0


def sandboxed_kernel(
    parent: Configurable,
    *,
    files: Path | None = None,
    bridge: int | None = None,
    exchange: Path | None = None,
    nursery: Nursery | None = None,
    environment: dict[str, str] | None = None,
) -> "SandboxedKernelManager":
    """Return a manager whose kernel, once started, runs in a sandbox.

    Start it and talk to it in a running event loop.

    Parameters
    ----------
    parent : Configurable
        Whose settings count: those of ``c.SandboxProvisioner``.
    files : Path, optional
        A submission's folder. The kernel finds copies of its regular files, but for notebooks, in
        its working directory.
    bridge : int, optional
        A file descriptor that the kernel inherits; ``COURSE_BRIDGE_FD`` in its environment is
        the number. The caller closes it after the start.
    exchange : Path, optional
        A folder that the kernel may write, and finds as `EXCHANGE`. If the caller is root, it comes
        to belong to the user that the kernels run as. With a nursery it lies in the nursery's.
    nursery : Nursery, optional
        What forks the kernel, instead of starting it.
    environment : dict, optional
        Variables on top of the usual ones; a path in them may begin with `EXCHANGE` or `SCRATCH`.
    """
    own = {
        "files": files,
        "bridge": bridge,
        "exchange": exchange,
        "nursery": nursery,
        "environment": environment or {},
    }
    specs = _Specs(parent=parent, provisioner={"provisioner_name": NAME, "config": own})
    return SandboxedKernelManager(parent=parent, kernel_name=NAME, kernel_spec_manager=specs)


def start_nursery(parent: Configurable) -> Nursery | None:
    """Start what forks kernels with some settings; ``None`` where bubblewrap does not hold them.

    Parameters
    ----------
    parent : Configurable
        Whose settings count, as for `sandboxed_kernel`.
    """
    mode, user, shown = SandboxProvisioner(parent=parent).held_by()
    return Nursery(shown, teaching_package(), user) if mode == "bubblewrap" else None


class _Specs(KernelSpecManager):
    """Knows one kernel, which is nowhere installed: a sandbox needs no file on disk."""

    provisioner = Dict()

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """Return the one kernel; its arguments are those of grading/inside/kernel.py."""
        return KernelSpec(
            argv=["-f", "{connection_file}"],
            display_name="Sandbox",
            language="python",
            metadata={"kernel_provisioner": self.provisioner},
        )


class SandboxedKernelClient(AsyncKernelClient):
    """A client that accepts messages of limited size only.

    ZeroMQ closes a connection over which a larger one comes, and stays silent about it. This
    client notices, and the kernel is killed with a verdict.
    """

    message_size = Integer(
        16, help="MB that one message from the kernel may have; a larger one kills it."
    ).tag(config=True)

    _watchers: Sequence[asyncio.Task[None]] = ()

    def _context_default(self) -> zmq.asyncio.Context:
        context = super()._context_default()
        context.setsockopt(zmq.MAXMSGSIZE, self.message_size * 2**20)
        context.setsockopt(zmq.RCVHWM, _WAITING_MESSAGES)
        return context

    def start_channels(self, *args: bool, **kwargs: bool) -> None:
        """Connect, and watch the connections."""
        super().start_channels(*args, **kwargs)
        self._watchers = [
            asyncio.ensure_future(self._watch(channel.socket)) for channel in self._channels()
        ]

    def stop_channels(self) -> None:
        """Disconnect."""
        for watcher in self._watchers:
            watcher.cancel()
        for channel in self._channels():
            if channel.is_alive():
                channel.socket.disable_monitor()
        super().stop_channels()

    def _channels(self) -> list[AsyncZMQSocketChannel]:
        channels = (self._iopub_channel, self._shell_channel)
        channels += (self._stdin_channel, self._control_channel)
        return [channel for channel in channels if channel is not None]

    async def _watch(self, socket: zmq.asyncio.Socket) -> None:
        await socket.get_monitor_socket(zmq.EVENT_DISCONNECTED).recv_multipart()
        # A kernel that ends disconnects as well.
        await asyncio.sleep(_SECONDS_TO_DIE)
        if await self.parent.is_alive():
            self.parent.provisioner.condemn(
                f"output: a message of more than {self.message_size} MB"
            )


class SandboxedKernelManager(AsyncKernelManager):
    """Manages one kernel in a sandbox. Its ``verdict`` says why the kernel ended."""

    client_class = f"{__name__}.SandboxedKernelClient"
    client_factory = SandboxedKernelClient

    @property
    def verdict(self) -> str | None:
        """Why the kernel ended, in words; ``None`` if it did not, or was asked to."""
        return None if self.provisioner is None else self.provisioner.verdict
