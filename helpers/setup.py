"""The same start for every notebook: style, seeds, and warnings where students see them."""

import importlib
import os
import random
import sys
import warnings
from typing import TextIO

import numpy as np

from helpers._common import whole_number
from helpers.plots import use_course_style


def setup_notebook(seed: int = 0, with_keras: bool = False) -> None:
    """Set the plot style, the seeds and the way of warnings; a second call changes nothing.

    Parameters
    ----------
    seed : int
        For :func:`set_seeds`.
    with_keras : bool
        Whether to import Keras now and seed it too. Call this before any other import of
        Keras or TensorFlow: TensorFlow reads its message level once, when it loads.

    Notes
    -----
    Warnings go to standard output, because nbgrader gives 0 points to a test cell that writes
    to standard error, even if all its tests pass. None is filtered: you see every warning.
    """
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"  # assigned: a laxer level would write to stderr
    warnings.showwarning = print_warning
    use_course_style()
    set_seeds(seed, with_keras=True if with_keras else None)


def set_seeds(seed: int = 0, with_keras: bool | None = None) -> None:
    """Seed Python's and NumPy's global random generators, and Keras where it is in use.

    Parameters
    ----------
    seed : int
        From 0 to 2**32 - 1.
    with_keras : bool, optional
        None seeds Keras (and TensorFlow below it) only if it is imported already; True imports
        it; False leaves it alone.
    """
    seed = whole_number("seed", seed, at_least=0)
    if seed >= 2**32:
        raise ValueError(f"seed: expected a number below 2**32, got {seed}")
    random.seed(seed)
    np.random.seed(seed)
    if with_keras or (with_keras is None and "keras" in sys.modules):
        importlib.import_module("keras").utils.set_random_seed(seed)


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
