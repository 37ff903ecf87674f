"""nbgrader's autograde with its cells run in two sandboxes: the student's kernel and the judge's.

`HardenedExecute` stands in nbgrader_config.py where nbgrader has its Execute. What a cell leaves in
the notebook is what nbgrader's other steps read, so gradebook, Formgrader and feedback are as ever.
"""

from pathlib import Path

from jupyter_core.utils import run_sync
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import Execute
from traitlets import Bool, Integer

from grading.judging import TimeLimits
from grading.kernels import Limits
from grading.trusted import trusted_cells
from grading.unit import SANDBOX_SETTINGS, ExecutionLimits, run_notebook


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
        run_sync(run_notebook)(nb, files, trusted, self.limits(), self)
        return nb, resources

    def limits(self, course: str | None = None) -> ExecutionLimits:
        """Return what the settings allow a submission.

        With `course`, its folder, no sandbox will show that: needed where the limits travel alone.
        """
        return ExecutionLimits(
            times=TimeLimits(float(self.timeout or self.notebook_timeout), self.notebook_timeout),
            kernel=Limits(self.keep_output, self.flood_output, float(self.startup_timeout)),
            judge=self.judge,
            sandbox={name: dict(self.config[name]) for name in SANDBOX_SETTINGS}
            | ({"CourseDirectory": {"root": course}} if course else {}),
        )
