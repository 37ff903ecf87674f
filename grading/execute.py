"""nbgrader's autograde with its cells run in two sandboxes: the student's kernel and the judge's.

`HardenedExecute` stands in nbgrader_config.py where nbgrader has its Execute. What a cell leaves in
the notebook is what nbgrader's other steps read, so gradebook, Formgrader and feedback are as ever.
"""

import socket
import tempfile
from pathlib import Path
from typing import Any

from jupyter_core.utils import run_sync
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import Execute
from traitlets import Bool, Integer

from grading.judging import NotebookRun, TimeLimits
from grading.kernels import Kernel, Limits
from grading.sandbox import EXCHANGE, sandboxed_kernel
from grading.sandbox.folders import remove
from grading.trusted import TrustedCells, trusted_cells


class HardenedExecute(Execute):
    """Run a submission: the student's cells in one sandbox, the tests in another.

    The limit for a cell is nbgrader's own ``timeout``.
    """

    notebook_timeout = Integer(
        1800, min=1, help="Seconds that all cells of a notebook may take together."
    ).tag(config=True)
    keep_output = Integer(
        1_000_000, min=0, help="Bytes of output that are kept of a cell; the rest is dropped."
    ).tag(config=True)
    flood_output = Integer(
        4_000_000, min=1, help="Bytes of output at which a cell is stopped."
    ).tag(config=True)
    judge = Bool(
        True,
        help=(
            "Whether test cells run in a kernel of their own. Without it they run in the "
            "student's kernel, where the student's code can forge their results."
        ),
    ).tag(config=True)

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict, km: None = None
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Run all code cells and put their outputs into the notebook."""
        about = resources["nbgrader"]
        with Gradebook(about["db_url"]) as gradebook:
            trusted = trusted_cells(gradebook, about["notebook"], about["assignment"], nb)
        files = Path(resources["metadata"]["path"])
        run_sync(self._run)(nb, trusted, files)
        return nb, resources

    async def _run(self, nb: NotebookNode, trusted: TrustedCells, files: Path) -> None:
        times = TimeLimits(float(self.timeout or self.notebook_timeout), self.notebook_timeout)
        exchange = Path(tempfile.mkdtemp(prefix="exchange-"))
        bridge = socket.socketpair()
        try:
            student = self._kernel(bridge[0], exchange, files=files)
            # What a test writes, the answer has to find, so both write in one place.
            judge = self._kernel(bridge[1], exchange, environment={"TMPDIR": EXCHANGE})
            run = NotebookRun(student, judge if self.judge else None, trusted, times)
            await run.execute(nb, bridge)
        finally:
            remove(exchange)

    def _kernel(self, end: socket.socket, exchange: Path, **options: Any) -> Kernel:
        manager = sandboxed_kernel(self, bridge=end.fileno(), exchange=exchange, **options)
        limits = Limits(self.keep_output, self.flood_output, float(self.startup_timeout))
        return Kernel(manager, limits)
