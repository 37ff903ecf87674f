"""Judges that start warm: this process keeps a nursery that has imported what tests need.

It imports what the set-up and test cells of the assignment name. See `grading.sandbox.nursery`.
"""

import asyncio
import atexit
import socket
import tempfile
from dataclasses import dataclass
from pathlib import Path

from traitlets.config import Config, Configurable

from grading.names import imported_modules
from grading.sandbox import SandboxedKernelManager, sandboxed_kernel
from grading.sandbox.folders import remove
from grading.sandbox.nursery import Nursery
from grading.trusted import JudgedCell, TrustedCells

# TensorFlow reads its level of messages when it loads, and nobody reads what a nursery prints.
_VARIABLES = {"COURSE_NURSERY": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}


@dataclass
class Place:
    """Where the kernels of a submission meet, and what forks the judge, if anything does.

    Attributes
    ----------
    nursery : Nursery, optional
        It sees the exchanges of all submissions; a student's kernel sees its own.
    exchanges : Path, optional
        The folder of these exchanges.
    """

    nursery: Nursery | None = None
    exchanges: Path | None = None

    def new_exchange(self) -> Path:
        """Make a folder by which the two kernels of a submission exchange files."""
        return Path(tempfile.mkdtemp(prefix="exchange-", dir=self.exchanges))


@dataclass
class _Kept:
    settings: Config
    trusted: TrustedCells
    manager: SandboxedKernelManager
    place: Place


_kept: _Kept | None = None
_more_to_come = False


def expect_more(more: bool) -> None:
    """Say whether this process is going to grade so many submissions that a nursery pays."""
    global _more_to_come
    _more_to_come = more


async def place_for(settings: Configurable, trusted: TrustedCells) -> Place:
    """Return the place for the next submission with these tests; the last one stays if it fits."""
    global _kept
    if not _more_to_come:
        return Place()
    if _kept is not None:
        fits = _kept.settings == settings.config and _kept.trusted == trusted
        if fits and (_kept.place.nursery is None or await _kept.manager.is_alive()):
            return _kept.place
        await _end(_kept)
        _kept = None
    _kept = await _begin(settings, trusted)
    return _kept.place


async def _begin(settings: Configurable, trusted: TrustedCells) -> _Kept:
    exchanges = Path(tempfile.mkdtemp(prefix="exchanges-"))
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    manager = sandboxed_kernel(
        settings, bridge=theirs.fileno(), exchange=exchanges, environment=_VARIABLES
    )
    with theirs:
        await manager.start_kernel()
    provisioner = manager.provisioner
    kept = _Kept(settings.config, trusted, manager, Place())
    if provisioner.held_by == "bubblewrap":
        nursery = Nursery(ours, provisioner.private, provisioner.user, lambda: provisioner.verdict)
        nursery.prepare(imported_modules([*trusted.setup, *map(_source, trusted.tests.values())]))
        kept.place = Place(nursery, exchanges)
        return kept
    # Without a namespace of its own, a nursery would share one user's limits with students' code.
    ours.close()
    await _end(kept)
    remove(exchanges)
    return kept


def _source(cell: JudgedCell) -> str:
    return cell.source


async def _end(kept: _Kept) -> None:
    if kept.manager.has_kernel:
        await kept.manager.shutdown_kernel(now=True)
    if kept.place.nursery is not None:
        kept.place.nursery.line.close()
        remove(kept.place.exchanges)


@atexit.register
def end_at_exit() -> None:
    """End what this process keeps; called at its end."""
    global _kept
    if _kept is not None:
        asyncio.run(_end(_kept))
        _kept = None
