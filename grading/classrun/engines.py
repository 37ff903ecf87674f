"""Where a class run executes submissions: processes of this machine, or a Dask cluster.

An engine is used by one thread, as a context. Its futures are those of `concurrent.futures`.
"""

import multiprocessing
import os
import tempfile
import threading
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, Protocol, Self

from grading.classrun.environment import environment
from grading.classrun.task import Common, Result, Task, run_task


class Engine(Protocol):
    """What executes tasks.

    Attributes
    ----------
    lost : tuple of exception classes
        What a future raises if its worker ended before the task did.
    """

    lost: tuple[type[BaseException], ...]

    @property
    def idle(self) -> str | None:
        """Why nobody works on what was submitted; ``None`` if somebody does."""

    @property
    def slots(self) -> int:
        """How many tasks it can hold at once without one of its workers waiting for the next."""

    def submit(self, common: Common, task: Task) -> "Future[Result]":
        """Have a task executed."""

    def __enter__(self) -> Self:
        """Start."""

    def __exit__(self, *error: Any) -> None:
        """End, and leave nothing behind."""


class LocalEngine:
    """Executes tasks in processes of this machine.

    Parameters
    ----------
    jobs : int
        How many processes.
    """

    lost = (BrokenProcessPool,)
    # A pool replaces its processes by itself.
    idle = None

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._pool: Executor | None = None

    @property
    def slots(self) -> int:
        """One task more than processes: whoever is done first finds the next one ready."""
        return self._jobs + 1

    def submit(self, common: Common, task: Task) -> "Future[Result]":
        """Have a task executed."""
        try:
            return self._open_pool.submit(run_task, common, task)
        except BrokenProcessPool:
            # One of its processes was killed, and the others with it: its tasks are lost.
            self._pool.shutdown()
            self._pool = None
            return self._open_pool.submit(run_task, common, task)

    def __enter__(self) -> Self:
        # They import for seconds: while the coordinator still reads what there is to do.
        for _ in range(self._jobs):
            self._open_pool.submit(environment)
        return self

    def __exit__(self, *error: Any) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    @property
    def _open_pool(self) -> Executor:
        if self._pool is None:
            # Not `fork`: this process has threads, and connections to the gradebook.
            self._pool = ProcessPoolExecutor(
                self._jobs,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_begin_worker,
                initargs=(tempfile.gettempdir(),),
            )
        return self._pool


def _begin_worker(folder: str) -> None:
    """Put this process's temporary files into the run's folder, and end with the run."""
    tempfile.tempdir = folder
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    multiprocessing.parent_process().join()
    # The coordinator was killed. The guards of the sandboxes end the kernels; see grading/sandbox.
    os._exit(1)
