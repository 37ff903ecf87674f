"""The same start for every notebook: style, seeds, and warnings where students see them."""

import importlib
import logging
import os
import random
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

import numpy as np

from helpers._common import whole_number
from helpers.plots import use_course_style


def setup_notebook(seed: int = 0, with_keras: bool = False) -> None:
    """Set the plot style, the seeds and the way of warnings; a second call changes nothing more.

    Linear algebra gets one thread, so that notebooks run side by side without slowing down.

    Warnings and log messages go to standard output, because nbgrader gives 0 points to a test
    cell that writes to standard error, even if all its tests pass. None is filtered: you see every
    warning.

    Parameters
    ----------
    seed : int
        For :func:`set_seeds`.
    with_keras : bool
        Whether to load Keras and TensorFlow too. Ask for it before any ``import keras``: that
        keeps TensorFlow's messages about missing GPUs out of the notebook.
    """
    # TensorFlow reads this once, when it loads. Assigned, since a laxer level would let it
    # write to standard error whenever it first uses a device.
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    warnings.showwarning = print_warning
    # TensorFlow and absl add a handler of their own, to standard error, unless there is one.
    logging.basicConfig(format="%(levelname)s: %(message)s", handlers=[_PrintHandler()])
    _use_one_thread_for_linear_algebra()
    use_course_style()
    set_seeds(seed, with_keras=True if with_keras else None)


def set_seeds(seed: int = 0, with_keras: bool | None = None) -> None:
    """Seed Python's and NumPy's global random generators, and Keras where it is in use.

    Parameters
    ----------
    seed : int
        From 0 to 2**32 - 1.
    with_keras : bool, optional
        None seeds Keras and TensorFlow only if Keras is loaded already; True loads it.
    """
    seed = whole_number("seed", seed, at_least=0)
    if seed >= 2**32:
        raise ValueError(f"seed: expected a number below 2**32, got {seed}")
    random.seed(seed)
    np.random.seed(seed)
    if with_keras or (with_keras is None and "keras" in sys.modules):
        with _native_messages_aside():
            keras = importlib.import_module("keras")
        keras.utils.set_random_seed(seed)


def print_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Print a warning in one line; has the signature of ``warnings.showwarning``."""
    print(f"Warning: {message} ({category.__name__})", file=file or sys.stdout)


class _PrintHandler(logging.Handler):
    """Prints log messages to what standard output is at that moment."""

    def emit(self, record: logging.LogRecord) -> None:
        print(self.format(record))


def _use_one_thread_for_linear_algebra() -> None:
    # The course's matrices are small, so a second thread gains nothing. It loses a lot as soon as
    # something else runs on the same two cores: the threads wait for each other, and notebook 03
    # took 88 s in place of 18 s. TensorFlow has its own threads, which stay.
    from threadpoolctl import threadpool_limits

    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # for libraries that load later
    threadpool_limits(limits=1, user_api="blas")


@contextmanager
def _native_messages_aside() -> Iterator[None]:
    # While it loads, TensorFlow 2.21 writes to the file descriptor whatever its level is
    # (tensorflow issue 100442). What it wrote matters only if the load fails.
    with tempfile.TemporaryFile("w+") as aside:
        saved = os.dup(2)
        os.dup2(aside.fileno(), 2)
        try:
            yield
        except BaseException:
            aside.seek(0)
            print(aside.read())
            raise
        finally:
            os.dup2(saved, 2)
            os.close(saved)
