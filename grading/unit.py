"""The unit of work of grading: one submission, run within limits.

`execute` is a function of its arguments and of the machine's sandbox alone: it knows no course, no
gradebook and no student, so it runs wherever this package is installed.
"""

import asyncio
import socket
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from traitlets.config import Config, Configurable

from grading import warm
from grading.judging import NotebookRun, TimeLimits
from grading.kernels import Kernel, Limits
from grading.sandbox import EXCHANGE, sandboxed_kernel
from grading.sandbox.folders import remove
from grading.trusted import TrustedCells

# The settings of a sandbox, which travel with the limits.
SANDBOX_SETTINGS = ("SandboxProvisioner", "SandboxedKernelClient")


@dataclass(frozen=True)
class ExecutionLimits:
    """What a submission may take.

    Attributes
    ----------
    times : TimeLimits
        For a cell and for the notebook.
    kernel : Limits
        For a cell's output, and for a kernel's start.
    judge : bool
        Whether test cells run in a kernel of their own.
    sandbox : dict
        The settings of `SANDBOX_SETTINGS`, by class.
    """

    times: TimeLimits
    kernel: Limits = field(default_factory=Limits)
    judge: bool = True
    sandbox: dict[str, dict[str, Any]] = field(default_factory=dict)


def execute(
    notebook: bytes,
    files: Mapping[str, bytes],
    course_files: Mapping[str, bytes],
    trusted: TrustedCells,
    limits: ExecutionLimits,
) -> bytes:
    """Run a submission in its sandboxes; return its notebook with the outputs of all cells.

    Parameters
    ----------
    notebook : bytes
        As the intake rebuilt it, with the instructor's cells put back.
    files : mapping
        What was handed in beside it, by path.
    course_files : mapping
        What the instructor gave with the assignment; they win over files of the same path.
    trusted : TrustedCells
        What the judge runs.
    limits : ExecutionLimits
        What the submission may take.

    Raises
    ------
    UngradedError
        If the judge broke on what an answer gave back.
    RuntimeError
        If a kernel did not start, or a set-up cell failed in the judge.
    """
    nb = nbformat.reads(notebook.decode(), as_version=4)
    folder = Path(tempfile.mkdtemp(prefix="files-"))
    try:
        for name, content in {**files, **course_files}.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        settings = Configurable(config=Config(limits.sandbox))
        asyncio.run(run_notebook(nb, folder, trusted, limits, settings))
    finally:
        remove(folder)
    return nbformat.writes(nb, version=4).encode()


async def run_notebook(
    nb: NotebookNode,
    files: Path,
    trusted: TrustedCells,
    limits: ExecutionLimits,
    settings: Configurable,
) -> None:
    """Run a notebook's cells in two sandboxes and put their outputs into it.

    Parameters
    ----------
    nb, trusted, limits
        As in `execute`.
    files : Path
        The folder of what lies beside the notebook.
    settings : Configurable
        Whose configuration the sandboxes take.
    """
    bridge = socket.socketpair()
    nursery = await warm.nursery_for(settings, trusted)
    exchange = Path(tempfile.mkdtemp(prefix="exchange-", dir=nursery and nursery.root))

    def kernel(end: socket.socket, **options: Any) -> Kernel:
        manager = sandboxed_kernel(
            settings, bridge=end.fileno(), exchange=exchange, nursery=nursery, **options
        )
        return Kernel(manager, limits.kernel)

    try:
        student, judge = kernel(bridge[0], files=files), None
        if limits.judge:
            # What a test writes, the answer has to find, so both write in one place.
            judge = kernel(bridge[1], environment={"TMPDIR": EXCHANGE})
        await NotebookRun(student, judge, trusted, limits.times).execute(nb, bridge)
    finally:
        remove(exchange)
