"""What several modules share: tests of their input, and whether nbgrader runs the notebook."""

import operator
import os
from typing import Any

import numpy as np
import pandas as pd


def whole_number(name: str, value: Any, at_least: int) -> int:
    """Return ``value`` as an int, or raise TypeError (not an integer) or ValueError (too small)."""
    try:
        number = operator.index(value)
    except TypeError:
        number = None
    if number is None or isinstance(value, bool | np.bool_):
        raise TypeError(f"{name}: expected an integer, got {value!r} ({type(value).__name__})")
    if number < at_least:
        raise ValueError(f"{name}: expected at least {at_least}, got {number}")
    return number


def numbers(name: str, values: Any) -> np.ndarray:
    """Return real numbers as an array, without a copy where there is one already."""
    try:
        array = np.asarray(values)
    except ValueError:
        raise ValueError(f"{name}: expected rows of equal length, got ragged ones") from None
    if array.dtype.kind not in "biuf":
        frame = isinstance(values, pd.DataFrame)
        got = {c: str(t) for c, t in values.dtypes.items()} if frame else array.dtype
        raise TypeError(f"{name}: expected real numbers, got values of type {got}")
    return array


def finite_vector(name: str, values: Any) -> np.ndarray:
    """Return a one-dimensional float64 array without NaN and infinite values."""
    array = numbers(name, values).astype(float)
    if array.ndim != 1 or array.size == 0:
        raise ValueError(f"{name}: expected a one-dimensional series, got shape {array.shape}")
    bad = np.flatnonzero(~np.isfinite(array))
    if bad.size:
        where = f"{array[bad[0]]} at position {bad[0]}"
        raise ValueError(f"{name}: expected finite values, got {where}")
    return array


def in_grading() -> bool:
    """Whether nbgrader runs this notebook, to grade or to validate it."""
    return bool(os.environ.get("NBGRADER_EXECUTION"))
