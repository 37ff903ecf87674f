"""What travels to a worker and back. A worker needs nothing else: no course, no gradebook."""

import os
import time
from dataclasses import dataclass

from grading import warm
from grading.classrun.environment import environment
from grading.trusted import TrustedCells
from grading.unit import ExecutionLimits, execute


@dataclass(frozen=True)
class Common:
    """What all submissions of an assignment share.

    Attributes
    ----------
    course_files : dict
        The instructor's files beside the notebook, by path.
    trusted : TrustedCells
        What the judge runs.
    limits : ExecutionLimits
        What a submission may take.
    environment : str
        Of the coordinator; a worker must have the same.
    warm : bool
        Whether there are so many submissions that workers start kernels warm.
    """

    course_files: dict[str, bytes]
    trusted: TrustedCells
    limits: ExecutionLimits
    environment: str
    warm: bool = True


@dataclass(frozen=True)
class Task:
    """A submission to be executed: its notebook, rebuilt and with all tests, and its files."""

    notebook: bytes
    files: dict[str, bytes]


@dataclass(frozen=True)
class Result:
    """An executed notebook, and the seconds that it took."""

    notebook: bytes
    seconds: float


class OtherEnvironment(RuntimeError):
    """A worker on which the same submission could get other scores."""


def run_task(common: Common, task: Task) -> Result:
    """Execute one submission here."""
    if environment() != common.environment:
        raise OtherEnvironment(
            f"the worker {os.uname().nodename} has another Python, other packages or another "
            "version of this course than the coordinator; install the same on both"
        )
    warm.expect_more(common.warm)
    began = time.perf_counter()
    notebook = execute(
        task.notebook, task.files, common.course_files, common.trusted, common.limits
    )
    return Result(notebook, time.perf_counter() - began)
