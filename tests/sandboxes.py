"""Kernels in sandboxes, for the tests that talk to them."""

import asyncio
import atexit
import functools
import json
import os
import textwrap
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import psutil
import pytest
from traitlets.config import Config, Configurable

from grading.sandbox import Nursery, SandboxUnavailable, sandboxed_kernel, start_nursery
from grading.sandbox.doctor import probe

# "forked": by bubblewrap, with a kernel that a nursery forked.
MODES = ("bubblewrap", "forked", "landlock")
SECONDS = 60

T = TypeVar("T")


class Kernel:
    """A started kernel, to which code is sent."""

    def __init__(self, mode: str, settings: dict[str, Any], **arguments: Any) -> None:
        self.loop = asyncio.new_event_loop()
        self.manager = sandboxed_kernel(
            parent(mode, **settings), nursery=nursery_of(mode), **arguments
        )
        self.wait(self.manager.start_kernel())
        self.folder = self.manager.provisioner.private.root
        self.client = self.manager.client()
        self.wait(self._connect())

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine to its end."""
        return self.loop.run_until_complete(asyncio.wait_for(work, SECONDS))

    def run(self, code: str) -> str:
        """Return what the code printed, and the name of the error that it raised."""
        return self.wait(self._run(textwrap.dedent(code)))

    def value(self, code: str) -> Any:
        """Return what the code's last line is, which has to be plain data."""
        lines = textwrap.dedent(code).strip().splitlines()
        lines[-1] = f"import json; print(json.dumps(({lines[-1]})))"
        return json.loads(self.run("\n".join(lines)))

    def verdict(self, code: str) -> str | None:
        """Run code that gets the kernel killed; return the verdict."""
        self.send(code)
        self.wait(self._end())
        return self.manager.verdict

    def send(self, code: str) -> str:
        """Send code, and do not wait for it."""
        return self.client.execute(textwrap.dedent(code))

    def close(self) -> None:
        """Kill the kernel."""
        self.client.stop_channels()
        self.wait(self.manager.shutdown_kernel(now=True))
        self.loop.close()

    async def _connect(self) -> None:
        self.client.start_channels()
        await self.client.wait_for_ready(timeout=SECONDS)

    async def _run(self, code: str) -> str:
        texts: list[str] = []

        def keep(message: dict[str, Any]) -> None:
            content = message["content"]
            texts.append(content.get("text") or content.get("ename") or "")

        await self.client.execute_interactive(code, output_hook=keep, timeout=SECONDS)
        return "".join(texts)

    async def _end(self) -> None:
        while await self.manager.is_alive():
            await asyncio.sleep(0.05)


def parent(mode: str, **settings: Any) -> Configurable:
    """Return something configurable, with settings for the provisioner and the client."""
    message = settings.pop("message_size", 16)
    return Configurable(
        config=Config(
            {
                "SandboxProvisioner": {
                    "mode": "bubblewrap" if mode == "forked" else mode,
                    **settings,
                },
                "SandboxedKernelClient": {"message_size": message},
            }
        )
    )


@functools.cache
def nursery_of(mode: str) -> Nursery | None:
    """Return the nursery for kernels of a mode; all tests of this process share it."""
    if mode != "forked":
        return None
    nursery = start_nursery(parent(mode))
    atexit.register(nursery.end)
    return nursery


@functools.cache
def found(mode: str) -> dict[str, str]:
    """Return what attempts to break out found; in CI there has to be a sandbox."""
    try:
        return asyncio.run(probe(parent(mode), nursery_of(mode)))
    except SandboxUnavailable as problem:
        if "CI" in os.environ:
            raise
        pytest.skip(f"no {mode} here: {problem}")


@contextmanager
def started(mode: str, **arguments: Any) -> Iterator[Kernel]:
    """Start a kernel; arguments in lower case that `sandboxed_kernel` lacks are settings."""
    own = {
        name: arguments.pop(name)
        for name in ("files", "bridge", "exchange", "environment")
        if name in arguments
    }
    kernel = Kernel(mode, arguments, **own)
    try:
        yield kernel
    finally:
        kernel.close()


def until(condition: Callable[[], bool]) -> bool:
    """Wait for something that happens soon, or a bit later on a busy machine."""
    end = time.monotonic() + 30
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)
    return condition()


def marked(mark: str) -> list[int]:
    """Return the numbers of processes with a mark on their command line."""
    processes = psutil.process_iter(["pid", "cmdline"])
    return [process.pid for process in processes if mark in (process.info["cmdline"] or [])]
