"""One kernel that runs code for the grader, within limits, and says how it ended.

nbclient waits for what a kernel says of itself. Here a kernel may lie, hang, flood or die at any
moment: each of these ends one cell, or the kernel, and never the grading.
"""

import asyncio
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty
from typing import Any, Literal

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import ensure_async
from nbformat import NotebookNode

from grading.outputs import DAMAGED, Outputs

# How often a silent kernel is asked whether it lives, and how long it gets to obey an interrupt.
POLL_SECONDS = 0.5
GRACE_SECONDS = 5.0
# How often one that said it would end is looked at.
LEAVE_SECONDS = 0.05
# A kernel answers each request once. One that sends many more answers is not listened to.
REPLIES = 20


class KernelNotStarted(RuntimeError):
    """A kernel did not start: the machine's fault, not the submission's."""


Status = Literal["ok", "error", "timeout", "flood", "dead"]


@dataclass(frozen=True)
class Limits:
    """What one cell may say, and how long a kernel may take to start.

    Attributes
    ----------
    keep, flood : int
        Bytes of output: what goes beyond `keep` is dropped, what goes beyond `flood` ends the cell.
    start : float
        Seconds until the kernel's first answer.
    """

    keep: int = 1_000_000
    flood: int = 4_000_000
    start: float = 60.0


@dataclass(frozen=True)
class Ran:
    """What came of running a cell.

    Attributes
    ----------
    status : str
        ``ok``; ``error``: the code raised; ``timeout``: it was stopped; ``flood``: it was stopped
        for its output; ``dead``: the kernel ended.
    outputs : list of NotebookNode
        As a notebook holds them.
    count : int or None
        The kernel's number for the cell.
    reason : str
        For ``dead``: what ended the kernel, in words.
    """

    status: Status = "ok"
    outputs: list[NotebookNode] = field(default_factory=list)
    count: int | None = None
    reason: str = ""


class Kernel:
    """A kernel of the grader's, from its start to its end."""

    def __init__(self, manager: AsyncKernelManager, limits: Limits) -> None:
        self._manager = manager
        self._limits = limits
        self._client: AsyncKernelClient | None = None
        # The last reply to a request, by the request's id.
        self._replies: dict[str, dict[str, Any]] = {}
        # Why it ended; None while it lives.
        self.ended: str | None = None

    async def start(self, **options: Any) -> None:
        """Start the process and wait until it answers; raise `KernelNotStarted` if it does not."""
        await self._manager.start_kernel(**options)
        self._client = self._manager.client()
        self._client.start_channels()
        if not await self._answers():
            silent = f"it did not answer in {self._limits.start:g} seconds"
            reason = silent if await self._alive() else self.ended
            await self.stop()
            raise KernelNotStarted(f"A kernel for grading did not start: {reason}")
        self._client.allow_stdin = False

    async def _answers(self) -> bool:
        """Ask until it answers, on both channels; jupyter_client's own way takes 0.2 s longer."""
        deadline = time.monotonic() + self._limits.start
        while time.monotonic() < deadline and await self._alive():
            self._open_client.kernel_info()
            with suppress(Empty):
                await self._open_client.get_shell_msg(timeout=1)
                await self._open_client.get_iopub_msg(timeout=POLL_SECONDS)
                return True
        return False

    async def run(self, source: str, seconds: float, *, history: bool = True) -> Ran:
        """Run code for at most some seconds.

        ``history=False`` is for the grader's own commands: the kernel does not count them.
        """
        if self.ended:
            return Ran("dead", reason=self.ended)
        request = self._open_client.execute(
            source, store_history=history, allow_stdin=False, stop_on_error=False
        )
        collected = Outputs(self._limits.keep, self._limits.flood)
        status = await self._watch(request, collected, time.monotonic() + seconds)
        if status == "ok" and not await self._succeeded(request):
            status = "error"
        if status in ("ok", "error") and await self._left(request):
            status = "dead"
        if status in ("timeout", "flood"):
            await self._interrupt(request)
        return Ran(status, collected.outputs, collected.count, self.ended or "")

    async def _watch(self, request: str, collected: Outputs, deadline: float) -> Status:
        """Collect what a request sends, until the kernel is idle or has to be stopped."""
        replied = False
        while time.monotonic() < deadline:
            message = await self._next_message(deadline)
            if message is None:
                # A kernel that prints too fast loses messages; the last one may be among them. What
                # it sent before its reply may still be on its way, on the other channel.
                if replied:
                    return "ok"
                if not await self._alive():
                    return "dead"
                replied = await self._reply(request, wait=0) is not None
            elif message["parent_header"].get("msg_id") == request:
                if _is_idle(message):
                    return "ok"
                if not collected.add(message):
                    return "flood"
        return "ok" if replied else "timeout"

    async def _succeeded(self, request: str) -> bool:
        """Whether the kernel says that the code raised nothing; silence is no good news."""
        reply = await self._reply(request, wait=GRACE_SECONDS)
        return reply is not None and reply.get("status") == "ok"

    async def _left(self, request: str) -> bool:
        """Whether the code called exit(); a kernel lives on for a moment then, which is awaited."""
        with suppress(*DAMAGED):
            reply = await self._reply(request, wait=0) or {}
            if any(payload["source"] == "ask_exit" for payload in reply.get("payload", ())):
                end = time.monotonic() + GRACE_SECONDS
                while await self._alive() and time.monotonic() < end:
                    await asyncio.sleep(LEAVE_SECONDS)
        return self.ended is not None

    async def _reply(self, request: str, wait: float) -> dict[str, Any] | None:
        for _ in range(REPLIES):
            if request in self._replies:
                break
            try:
                reply = _whole(await self._open_client.get_shell_msg(timeout=wait))
                self._replies = {reply["parent_header"].get("msg_id"): reply["content"]}
            except (Empty, *DAMAGED):
                break
        return self._replies.get(request)

    async def interrupt(self) -> None:
        """Ask whatever runs to stop."""
        if self.ended is None:
            await self._manager.interrupt_kernel()

    async def _interrupt(self, request: str) -> None:
        """Stop a request; a kernel that does not obey is ended."""
        await self.interrupt()
        ignored = Outputs(keep=0, flood=sys.maxsize)
        if await self._watch(request, ignored, time.monotonic() + GRACE_SECONDS) == "timeout":
            await self.kill("it had to be stopped, and did not obey")

    async def kill(self, reason: str) -> None:
        """End the kernel at once, for a reason that the later cells will tell."""
        if self.ended is None:
            self.ended = reason
            await self._manager.shutdown_kernel(now=True)

    async def stop(self) -> None:
        """End the kernel and give back all that it held."""
        await self.kill("the grading is over")
        if self._client is not None:
            self._client.stop_channels()
            self._client = None
        await ensure_async(self._manager.cleanup_resources())

    @property
    def _open_client(self) -> AsyncKernelClient:
        if self._client is None:
            raise RuntimeError("The kernel was not started.")
        return self._client

    async def _next_message(self, deadline: float) -> dict[str, Any] | None:
        wait = min(POLL_SECONDS, max(deadline - time.monotonic(), 0))
        try:
            return _whole(await self._open_client.get_iopub_msg(timeout=wait))
        except (Empty, *DAMAGED):
            return None

    async def _alive(self) -> bool:
        if self.ended is None and not await self._manager.is_alive():
            self.ended = self._verdict() or "it ended by itself (os._exit, or a crash)"
        return self.ended is None

    def _verdict(self) -> str | None:
        return getattr(self._manager.provisioner, "verdict", None)


def _whole(message: dict[str, Any]) -> dict[str, Any]:
    for part in ("header", "parent_header", "content"):
        if not isinstance(message[part], dict):
            raise TypeError(f"{part} of a message is not a dict")
    return message


def _is_idle(message: dict[str, Any]) -> bool:
    is_status = message["header"].get("msg_type") == "status"
    return is_status and message["content"].get("execution_state") == "idle"
