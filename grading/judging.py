"""The order in which a notebook is graded: which cell runs where, and what a failure costs."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from socket import socket

from nbformat import NotebookNode
from nbformat.v4 import new_output

from grading.kernels import GRACE_SECONDS, Kernel, Ran
from grading.outputs import (
    CELL_TIMEOUT,
    KERNEL_ENDED,
    NOTEBOOK_TIMEOUT,
    OUTPUT_LIMIT,
    error_output,
)
from grading.scores import graded_outputs
from grading.trusted import JudgedCell, TrustedCells

# What the two kernels are told around each test cell; both modules stand in grading/inside.
SERVE = "from inside import answers; answers.serve()"
# With the number that the student's kernel gives to SERVE: a traceback names cells by number, and
# those of both kernels occur in one.
BEGIN = """\
from inside import judge
get_ipython().execution_count = {count}
judge.begin({names!r})"""
END = "judge.end()"

NOT_SHOWN = "[What the answer printed while hidden tests ran is not shown.]\n"


class UngradedError(RuntimeError):
    """The judge broke on what an answer gave back: no score, and a person has to look."""


@dataclass(frozen=True)
class TimeLimits:
    """Seconds for one cell, and for all cells together."""

    cell: float
    notebook: float


class NotebookRun:
    """One notebook, run once.

    Parameters
    ----------
    student : Kernel
        For all cells that are not tests.
    judge : Kernel or None
        For the tests; without it they run beside the student's code.
    trusted : TrustedCells
        What the judge runs.
    times : TimeLimits
        When to stop.
    """

    def __init__(
        self, student: Kernel, judge: Kernel | None, trusted: TrustedCells, times: TimeLimits
    ) -> None:
        self._student, self._judge = student, judge
        self._trusted, self._times = trusted, times
        self._deadline = 0.0
        self._count = 0

    async def execute(self, nb: NotebookNode, bridge: Sequence[socket]) -> None:
        """Run the notebook and fill in its outputs; afterwards both kernels are gone.

        `bridge` holds the two ends of what connects the kernels. They are closed here once the
        kernels hold them, so that each kernel notices when the other one ends.
        """
        # The judge starts and prepares itself while the student's first cells run.
        ready = asyncio.create_task(self._prepare_judge(bridge[1]))
        try:
            await self._student.start()
            bridge[0].close()
            self._deadline = time.monotonic() + self._times.notebook
            for cell in nb.cells:
                if cell.cell_type == "code":
                    await self._run_cell(cell, ready)
            await ready
        finally:
            ready.cancel()
            await asyncio.gather(ready, return_exceptions=True)
            for end in bridge:
                end.close()
            kernels = [kernel for kernel in (self._student, self._judge) if kernel]
            await asyncio.gather(*(kernel.stop() for kernel in kernels))

    async def _prepare_judge(self, bridge: socket) -> None:
        if self._judge:
            await self._judge.start()
        bridge.close()
        for source in self._trusted.setup if self._judge else ():
            ran = await self._judge.run(source, self._times.notebook)
            if ran.status != "ok":
                raise RuntimeError(f"A set-up cell failed in the judge's kernel: {_told(ran)}")

    async def _run_cell(self, cell: NotebookNode, ready: "asyncio.Task[None]") -> None:
        about = cell.metadata.get("nbgrader", {})
        test = self._trusted.tests.get(about.get("grade_id"))
        if not cell.source.strip():
            ran = Ran()
        elif problem := self._why_not():
            ran = Ran(outputs=[problem])
        elif test and self._judge:
            await ready
            ran = await self._judged(self._judge, test)
        else:
            ran = self._explained(await self._student.run(cell.source, self._seconds()))
            self._count = ran.count or self._count
        cell.execution_count = ran.count
        cell.outputs = graded_outputs(ran.outputs, about["points"]) if test else ran.outputs

    async def _judged(self, judge: Kernel, test: JudgedCell) -> Ran:
        """Run a test cell in the judge's kernel, while the student's serves it."""
        if judge.ended:
            raise UngradedError(f"The judge's kernel ended: {judge.ended}.")
        serving = asyncio.create_task(self._student.run(SERVE, self._times.notebook))
        self._count += 1
        begin = BEGIN.format(count=self._count, names=list(test.answers))
        ran = await judge.run(begin, self._seconds(), history=False)
        if ran.status == "ok":
            ran = await judge.run(test.source, self._seconds())
        if ran.status in ("timeout", "flood"):
            await self._student.interrupt()
        await judge.run(END, GRACE_SECONDS, history=False)
        served = await self._served(serving)
        outputs = _printed(served, test.hidden) + self._explained(ran).outputs
        if served.status == "dead":
            outputs.append(self._ended_here(served))
        return Ran(ran.status, outputs, self._count)

    async def _served(self, serving: "asyncio.Task[Ran]") -> Ran:
        """Wait until the student's kernel has left the service; it left when the judge ended it."""
        await asyncio.wait({serving}, timeout=GRACE_SECONDS)
        if not serving.done():
            await self._student.kill("it had to be stopped in a test, and did not obey")
        return await serving

    def _explained(self, ran: Ran) -> Ran:
        """Add the error that says why a cell did not come to its end."""
        match ran.status:
            case "timeout":
                message = f"The cell was stopped after {self._times.cell:g} seconds."
                error = error_output(CELL_TIMEOUT, message)
            case "flood":
                error = error_output(OUTPUT_LIMIT, "The cell printed far too much.")
            case "dead":
                error = self._ended_here(ran)
            # Whoever hides an error from the notebook does not hide it from the kernel's reply.
            case "error" if not any(o.output_type == "error" for o in ran.outputs):
                error = error_output("Error", "The cell failed.")
            case _:
                return ran
        return replace(ran, outputs=[*ran.outputs, error])

    def _ended_here(self, ran: Ran) -> NotebookNode:
        message = f"The kernel ended in this cell: {ran.reason}. The cells after it were not run."
        return error_output(KERNEL_ENDED, message)

    def _why_not(self) -> NotebookNode | None:
        """Why no further cell can run."""
        if self._student.ended:
            message = f"Not run, since the kernel ended in an earlier cell: {self._student.ended}."
            return error_output(KERNEL_ENDED, message)
        if self._seconds() <= 0:
            message = f"Not run: the notebook took more than {self._times.notebook:g} seconds."
            return error_output(NOTEBOOK_TIMEOUT, message)
        return None

    def _seconds(self) -> float:
        return min(self._times.cell, self._deadline - time.monotonic())


def _printed(served: Ran, hidden: bool) -> list[NotebookNode]:
    """What the student's code printed in a test. With hidden tests it would tell their inputs."""
    printed = [output for output in served.outputs if output.output_type == "stream"]
    if printed and hidden:
        return [new_output("stream", name="stdout", text=NOT_SHOWN)]
    return printed


def _told(ran: Ran) -> str:
    errors = [f"{o.ename}: {o.evalue}" for o in ran.outputs if o.output_type == "error"]
    return "; ".join(errors) or ran.reason or ran.status
