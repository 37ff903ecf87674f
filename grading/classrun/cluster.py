"""A class run on a Dask cluster: workers on any machines that have this course installed.

The cluster is the instructor's: ``dask scheduler``, and ``dask worker ADDRESS --nthreads 1``. A
worker runs students' code in its own sandboxes, and needs no file of the course.
"""

from concurrent.futures import Future
from typing import Any, Self

import distributed
from distributed.client import Client
from distributed.scheduler import KilledWorker
from distributed.security import Security
from nbgrader.converters import NbGraderException
from traitlets.config import Config, Configurable

from grading.classrun.task import Common, Result, Task, run_task
from grading.sandbox.doctor import require_sandbox

_SECONDS_TO_CONNECT = 30


class DaskEngine:
    """Executes tasks on the workers of a Dask scheduler.

    Dask itself gives the tasks of a worker that died to the others.

    Parameters
    ----------
    address : str
        Of the scheduler: ``tcp://host:8786``, or ``tls://host:8786``.
    tls : dict
        Paths of the files that TLS needs: ``ca_file``, ``client_cert``, ``client_key``. Where one
        is missing, Dask's own configuration is asked.
    """

    lost = (KilledWorker,)

    def __init__(self, address: str, tls: dict[str, str | None]) -> None:
        self._address = address
        given = {f"tls_{name}": path for name, path in tls.items() if path}
        encrypted = address.startswith("tls://")
        self._security = Security(require_encryption=encrypted, **given) if given else None
        self._commons: dict[int, tuple[Common, distributed.Future]] = {}

    @property
    def idle(self) -> str | None:
        """Why nobody works on what was submitted; ``None`` if somebody does."""
        if self._workers:
            return None
        return f"The scheduler at {self._address} has no worker left: waiting until one comes."

    @property
    def slots(self) -> int:
        """Two tasks for each worker that there is now; workers may come and go."""
        return 2 * max(self._workers, 1)

    @property
    def _workers(self) -> int:
        return len(self._client.scheduler_info(n_workers=-1)["workers"])

    def submit(self, common: Common, task: Task) -> "Future[Result]":
        """Have a task executed."""
        if id(common) not in self._commons:
            # A task and no scattered data: if the workers that hold its result die, it runs again.
            sent = self._client.submit(_itself, common, pure=False)
            self._commons[id(common)] = (common, sent)
        return self._executor.submit(_run_in_sandbox, self._commons[id(common)][1], task)

    def __enter__(self) -> Self:
        try:
            self._client = Client(
                self._address, security=self._security, timeout=_SECONDS_TO_CONNECT
            )
        except (OSError, TypeError) as error:
            raise NbGraderException(
                f"Nothing was graded: no scheduler answers at {self._address} ({error})"
            ) from error
        try:
            self._look_at_workers()
        except BaseException:
            self._client.close()
            raise
        self._executor = self._client.get_executor(pure=False)
        return self

    def __exit__(self, *error: Any) -> None:
        self._executor.shutdown(wait=False)
        self._commons.clear()
        self._client.close()

    def _look_at_workers(self) -> None:
        threads = self._client.nthreads()
        if not threads:
            raise NbGraderException(
                f"Nothing was graded: the scheduler at {self._address} has no workers; start some "
                "with `dask worker ADDRESS --nthreads 1`"
            )
        crowded = [worker for worker, number in threads.items() if number != 1]
        if crowded:
            raise NbGraderException(
                "Nothing was graded: each worker may have one thread, since its sandboxes run as "
                f"one user; start with `--nthreads 1` again: {', '.join(crowded)}"
            )


def _itself(common: Common) -> Common:
    return common


def _run_in_sandbox(common: Common, task: Task) -> Result:
    """Execute a submission on a worker, once the worker has shown that its sandbox holds."""
    require_sandbox(Configurable(config=Config(common.limits.sandbox)))
    return run_task(common, task)
