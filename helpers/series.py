"""Made-up series with known parts, and windows over any series."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view

from helpers._common import numbers, whole_number


def generate_time_series(
    n_points: int = 1000,
    trend: float = 0.01,
    seasonality: bool = True,
    noise_level: float = 0.1,
    *,
    period: float = 50,
    amplitude: float = 10.0,
    noise_std: float | None = None,
    seed: int | np.random.Generator | None = None,
    start: str | pd.Timestamp = "2020-01-01",
    freq: str = "D",
) -> pd.DataFrame:
    """Make a series: 100 + trend + sine wave + Gaussian noise.

    Parameters
    ----------
    n_points : int
        Number of time steps.
    trend : float
        Slope per time step.
    seasonality : bool
        Whether to add ``amplitude * sin(2 pi t / period)``, the period in time steps.
    noise_level, noise_std : float
        ``noise_std`` is the noise's standard deviation. Where it is None, ten times
        ``noise_level`` is: 0.1 means 1.0. (Old calls use the level.)
    seed : int or Generator, optional
        Makes the noise the same at every call. NumPy's global state is never used.
    start, freq : str
        First date and frequency of the index, as in ``pandas.date_range``.

    Returns
    -------
    DataFrame
        One float64 column, ``value``; the index is named ``date`` and has its ``freq`` set.
    """
    n_points = whole_number("n_points", n_points, at_least=1)
    std = 10 * noise_level if noise_std is None else noise_std
    if not std >= 0:
        name = "noise_level" if noise_std is None else "noise_std"
        raise ValueError(f"{name}: expected a number >= 0, got {std}")
    if not period > 0:
        raise ValueError(f"period: expected a number > 0, got {period}")
    time = np.arange(n_points)
    wave = amplitude * np.sin(2 * np.pi * time / period) if seasonality else 0.0
    noise = np.random.default_rng(seed).normal(0, std, n_points)
    dates = pd.date_range(start, periods=n_points, freq=freq, name="date")
    return pd.DataFrame({"value": 100 + trend * time + wave + noise}, index=dates)


def create_sequences(
    data: Any, seq_length: int, target_col: int | str | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Cut a series into windows, each with the value that follows it as the target.

    Both results are read-only views of ``data``: no window is copied, and a later change of
    ``data`` shows in them. ``X.copy()`` makes an array of your own.
    Split into training and test parts *before* you cut: windows of the whole cross the border.

    Parameters
    ----------
    data : array_like, Series or DataFrame, shape (time,) or (time, features)
        Numbers, oldest first.
    seq_length : int
        Length of each window.
    target_col : int or str, optional
        Column of the target: a position, or a DataFrame's column name (a name wins over a
        position). None takes all columns. One-dimensional data has no columns.

    Returns
    -------
    X : ndarray, shape (n, seq_length) or (n, seq_length, features)
        ``n = time - seq_length`` windows. Recurrent layers need three axes: for
        one-dimensional data pass ``X[..., np.newaxis]``.
    y : ndarray, shape (n,) or (n, features)
        ``y[i]`` is what follows ``X[i]``.
    """
    values, column = _values_and_column(data, target_col)
    length = whole_number("seq_length", seq_length, at_least=1)
    n = len(values) - length
    if n < 1:
        raise ValueError(f"data: expected over seq_length = {length} steps, got {len(values)}")
    windows = sliding_window_view(values, length, axis=0)[:n]
    targets = values[length:] if column is None else values[length:, column]
    targets.flags.writeable = False
    return np.moveaxis(windows, -1, 1), targets


def _values_and_column(data: Any, target_col: Any) -> tuple[np.ndarray, int | None]:
    values = numbers("data", data)
    if values.ndim not in (1, 2):
        raise ValueError(f"data: expected one or two dimensions, got shape {values.shape}")
    if target_col is None:
        return values, None
    if values.ndim == 1:
        raise ValueError(f"target_col: expected None for one-dimensional data, got {target_col!r}")
    names = list(data.columns) if isinstance(data, pd.DataFrame) else []
    if names.count(target_col) == 1:
        return values, names.index(target_col)
    if isinstance(target_col, str):
        raise ValueError(f"target_col: expected one of the columns {names}, got {target_col!r}")
    column = whole_number("target_col", target_col, at_least=-values.shape[1])
    if column >= values.shape[1]:
        raise ValueError(f"target_col: expected a position below {values.shape[1]}, got {column}")
    return values, column
