"""Runs a solution notebook without a browser and says how long each cell takes."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from tools.course import read_notebook

CELL_TIMEOUT = 300


@dataclass(frozen=True)
class CellRun:
    """One executed code cell.

    Attributes
    ----------
    cell : str
        The cell's id.
    seconds : float
        How long it took.
    stderr : str
        What it wrote to stderr: nbgrader gives a test cell that writes there no points.
    error : str
        The error that stopped it; empty if it ran through.
    """

    cell: str
    seconds: float
    stderr: str
    error: str

    @property
    def clean(self) -> bool:
        """Whether it neither failed nor wrote to stderr."""
        return not (self.stderr or self.error)


def run_notebook(path: Path, root: Path) -> Iterator[CellRun]:
    """Execute a notebook's code cells in a new kernel, in the notebook's folder.

    Yields one :class:`CellRun` after each cell and stops after the first that fails.
    """
    notebook = read_notebook(path, root)
    client = NotebookClient(
        notebook,
        timeout=CELL_TIMEOUT,
        resources={"metadata": {"path": str(path.parent)}},
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
    )
    with client.setup_kernel():
        for index, cell in enumerate(notebook.cells):
            if cell.cell_type == "code":
                run = _run_cell(client, cell, index)
                yield run
                if run.error:
                    return


def _run_cell(client: NotebookClient, cell: NotebookNode, index: int) -> CellRun:
    error = ""
    start = time.perf_counter()
    try:
        client.execute_cell(cell, index)
    except CellExecutionError as failure:
        error = f"{failure.ename}: {failure.evalue}"
    except (CellTimeoutError, DeadKernelError) as failure:
        error = f"{type(failure).__name__}: {failure}"
    seconds = time.perf_counter() - start
    return CellRun(cell.id, seconds, _stderr(cell), error)


def _stderr(cell: NotebookNode) -> str:
    outputs = [o for o in cell.outputs if o.output_type == "stream" and o.name == "stderr"]
    return "".join(output.text for output in outputs)
