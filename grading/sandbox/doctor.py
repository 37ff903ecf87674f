"""Does this machine hold students' code? Ask a sandbox, from inside."""

import ast
import asyncio
import os
import socket
import sys
from collections.abc import Iterator
from copy import deepcopy
from itertools import islice
from pathlib import Path

import click
from jupyter_core.utils import run_sync
from traitlets.config import Config, Configurable

from grading.sandbox.errors import SandboxLeaks, SandboxUnavailable
from grading.sandbox.launch import INHERITED, usual_environment
from grading.sandbox.manager import (
    SandboxedKernelClient,
    SandboxedKernelManager,
    sandboxed_kernel,
    start_nursery,
)
from grading.sandbox.nursery import Nursery

_SECONDS = 60
_FORKED = "bubblewrap with a forked kernel"
# Of each folder, so many files are tried.
_FILES = 20
# The settings for which a sandbox was found to hold.
_HELD: list[Config] = []


@click.command()
def doctor() -> None:
    """Say whether this machine can run students' code safely, and what it lacks."""
    held = []
    for mode in ("bubblewrap", _FORKED, "landlock"):
        try:
            found = asyncio.run(_probe_mode(mode))
        except SandboxUnavailable as problem:
            click.echo(f"no   {mode} is not to be had\n{problem}")
            continue
        for name, escape in found.items():
            click.echo(f"no   {mode}: {name}: {escape}" if escape else f"yes  {mode}: {name}")
        held.append(not any(found.values()))
    if not held or not all(held):
        click.echo("Students' code must not run here.")
        raise SystemExit(1)
    click.echo("Students' code can run here.")


async def self_test(parent: Configurable, nursery: Nursery | None = None) -> None:
    """Start a sandbox and try to break out of it, once, before students' code runs.

    Parameters
    ----------
    parent : Configurable
        Whose settings count, as for `sandboxed_kernel`.
    nursery : Nursery, optional
        What forks the kernel in it.

    Raises
    ------
    SandboxUnavailable
        If there is no sandbox.
    SandboxLeaks
        If there is one, and it does not hold.
    """
    found = await probe(parent, nursery)
    escapes = {name: escape for name, escape in found.items() if escape}
    if escapes:
        raise SandboxLeaks(
            "the sandbox does not hold: "
            + "; ".join(f"not true that {name} ({escape})" for name, escape in escapes.items())
        )


def require_sandbox(parent: Configurable) -> None:
    """Raise `SandboxUnavailable` unless students' code is held, or the settings give that up.

    A process tests it once for the same settings: it takes a second or two.
    """
    settings = parent.config.get("SandboxProvisioner", Config())
    if not settings.get("run_student_code_without_sandbox") and settings not in _HELD:
        run_sync(self_test)(parent)
        _HELD.append(deepcopy(settings))


async def probe(parent: Configurable, nursery: Nursery | None = None) -> dict[str, str]:
    """Return what an attempt to break out found, by the names in `grading.inside.probes`."""
    manager = sandboxed_kernel(parent, nursery=nursery)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        await manager.start_kernel()
        client = manager.client()
        client.start_channels()
        try:
            await _ready(client, manager)
            arguments = (
                list(_secrets()),
                ["/", "/usr", "/etc", "/dev", "/var/tmp", "/home", str(Path.home()), sys.prefix],
                listener.getsockname()[1],
                os.getpid(),
                list(_variables()),
                manager.provisioner.limits,
            )
            reply = await client.execute(
                "from inside import probes",
                user_expressions={"found": f"probes.attempt{arguments!r}"},
                reply=True,
                timeout=_SECONDS,
            )
        finally:
            client.stop_channels()
            await manager.shutdown_kernel(now=True)
    answer = reply["content"]["user_expressions"]["found"]
    if answer["status"] != "ok":
        raise SandboxUnavailable(f"the test inside the sandbox failed: {answer['evalue']}")
    return ast.literal_eval(answer["data"]["text/plain"])


async def _probe_mode(mode: str) -> dict[str, str]:
    setting = "bubblewrap" if mode == _FORKED else mode
    parent = Configurable(config=Config({"SandboxProvisioner": {"mode": setting}}))
    nursery = start_nursery(parent) if mode == _FORKED else None
    try:
        return await probe(parent, nursery)
    finally:
        if nursery is not None:
            nursery.end()


async def _ready(client: SandboxedKernelClient, manager: SandboxedKernelManager) -> None:
    try:
        await client.wait_for_ready(timeout=_SECONDS)
    except RuntimeError as problem:
        raise SandboxUnavailable(manager.verdict or str(problem)) from problem


def _secrets() -> Iterator[str]:
    """Yield files that exist here, so that not finding them inside means something."""
    yield from ("/etc/passwd", "/etc/shadow")
    # A service's user may have a home that does not exist.
    for folder in filter(Path.is_dir, (Path.cwd(), Path.home())):
        files = (str(path) for path in sorted(folder.iterdir()) if path.is_file())
        yield from islice(files, _FILES)


def _variables() -> Iterator[str]:
    """Yield the names of variables that a kernel must not inherit."""
    # A shell sets some, and some are set anew in every sandbox.
    usual = {"PWD", "TERM", "SHLVL", "_", *usual_environment(""), *INHERITED}
    return (name for name in os.environ if name not in usual)
