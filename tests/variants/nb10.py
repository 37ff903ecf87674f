"""Answers to the exercises of notebook 10, as students write them.

Every function runs in the notebook's namespace, which has what the setup cell imports and loads
and the exercise's own solution, but no answers to other exercises; what else it needs, it
imports itself.
"""

# All answers to an exercise bear its name, and ForecastService is the notebook's:
# ruff: noqa: F811, F821

import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import stats

from tests.variants import mutate, right, wrong

if TYPE_CHECKING:  # answers run among the notebook's names; loading these here takes seconds
    import keras
    from keras import layers


# === Exercise 1 ============================================================================


@right("ex1-make-supervised", "a loop over the starts, and stacks of slices")
def make_supervised(Y, lookback, horizon, target=0, gap=0, stride=1):
    Y = np.array(Y, dtype=float)
    if Y.ndim == 1:
        Y = Y.reshape(-1, 1)
    if Y.ndim != 2:
        raise ValueError("Y must have one or two axes")
    if lookback < 1 or horizon < 1 or gap < 0 or stride < 1:
        raise ValueError("bad sizes")
    if target not in range(Y.shape[1]):
        raise ValueError("no such column")
    X, y = [], []
    start = 0
    while start + lookback + gap + horizon <= len(Y):
        first = start + lookback + gap
        X.append(Y[start : start + lookback])
        y.append(Y[first : first + horizon, target])
        start += stride
    if not X:
        raise ValueError("the series is too short")
    return np.stack(X), np.stack(y)


@right("ex1-make-supervised", "sliding windows over inputs, gap and targets, copied")
def make_supervised(Y, lookback, horizon, target=0, gap=0, stride=1):
    if min(lookback, horizon, stride) < 1 or gap < 0 or np.ndim(Y) not in (1, 2):
        raise ValueError("bad sizes")
    Y = pd.DataFrame(np.asarray(Y)).to_numpy(dtype="float64")
    length = lookback + gap + horizon
    if not 0 <= target < Y.shape[1] or len(Y) < length:
        raise ValueError("bad target or too few rows")
    windows = np.lib.stride_tricks.sliding_window_view(Y, length, axis=0)[::stride]
    X = windows[:, :, :lookback].transpose(0, 2, 1).copy()
    return X, windows[:, target, lookback + gap :].copy()


@right("ex1-make-supervised", "Keras makes the windows, all in one batch")
def make_supervised(Y, lookback, horizon, target=0, gap=0, stride=1):
    Y = np.asarray(Y, dtype="float64")
    if Y.ndim not in (1, 2) or lookback < 1 or horizon < 1 or gap < 0 or stride < 1:
        raise ValueError("bad sizes")
    Y = Y.reshape(len(Y), -1) if len(Y) else np.zeros((0, 1))
    length = lookback + gap + horizon
    if target < 0 or target >= Y.shape[1] or len(Y) < length:
        raise ValueError("bad target or too few rows")
    windows = keras.utils.timeseries_dataset_from_array(Y, None, length, batch_size=len(Y))
    everything = np.concatenate([batch.numpy() for batch in windows])[::stride]
    return everything[:, :lookback].copy(), everything[:, lookback + gap :, target].copy()


@wrong("ex1-make-supervised", "views: neighbouring windows and Y share their memory")
def make_supervised(Y, lookback, horizon, target=0, gap=0, stride=1):
    Y = np.asarray(Y, dtype=float)
    if Y.ndim not in (1, 2) or min(lookback, horizon, stride) < 1 or gap < 0:
        raise ValueError("bad sizes")
    Y = Y[:, None] if Y.ndim == 1 else Y
    if not 0 <= target < Y.shape[1] or len(Y) < lookback + gap + horizon:
        raise ValueError("bad target or too few rows")
    view = np.lib.stride_tricks.sliding_window_view
    n = (len(Y) - lookback - gap - horizon) // stride + 1
    X = view(Y, lookback, axis=0, writeable=Y.flags.writeable)[::stride][:n].transpose(0, 2, 1)
    y = view(Y[lookback + gap :, target], horizon, writeable=Y.flags.writeable)[::stride][:n]
    return X, y


@wrong("ex1-make-supervised", "copies X, but the targets of two windows share their memory")
def make_supervised(Y, lookback, horizon, target=0, gap=0, stride=1):
    Y = np.array(Y, dtype=float)
    if Y.ndim not in (1, 2) or min(lookback, horizon, stride) < 1 or gap < 0:
        raise ValueError("bad sizes")
    Y = Y[:, None] if Y.ndim == 1 else Y
    if not 0 <= target < Y.shape[1] or len(Y) < lookback + gap + horizon:
        raise ValueError("bad target or too few rows")
    view = np.lib.stride_tricks.sliding_window_view
    n = (len(Y) - lookback - gap - horizon) // stride + 1
    X = np.array([Y[k * stride : k * stride + lookback] for k in range(n)])
    return X, view(Y[lookback + gap :, target], horizon, writeable=True)[::stride][:n]


@wrong("ex1-make-supervised", "takes the rows of a table by label", raises=KeyError)
def make_supervised(Y, lookback, horizon, target=0, gap=0, stride=1):
    if np.ndim(Y) not in (1, 2) or min(lookback, horizon, stride) < 1 or gap < 0:
        raise ValueError("bad sizes")
    if not isinstance(Y, (pd.Series, pd.DataFrame)):
        Y = pd.DataFrame(np.array(Y))
    Y = pd.DataFrame(Y)
    if not 0 <= target < Y.shape[1] or len(Y) < lookback + gap + horizon:
        raise ValueError("bad target or too few rows")
    X, y = [], []
    for i in range(0, len(Y) - lookback - gap - horizon + 1, stride):
        first = i + lookback + gap
        X.append(Y.loc[list(range(i, i + lookback))].to_numpy(float))
        y.append(Y.loc[list(range(first, first + horizon))].to_numpy(float)[:, target])
    return np.array(X), np.array(y)


mutate("ex1-make-supervised", "drops the last window", old="// stride + 1", new="// stride")
mutate(
    "ex1-make-supervised",
    "the targets begin with the first value of their window",
    old="first_target = starts + lookback + gap",
    new="first_target = starts + gap",
)
mutate(
    "ex1-make-supervised",
    "the gap shortens the series but does not move the targets",
    old="starts + lookback + gap",
    new="starts + lookback",
)
mutate(
    "ex1-make-supervised",
    "the first target is the last value of the window",
    old="starts + lookback + gap",
    new="starts + lookback + gap - 1",
)
mutate(
    "ex1-make-supervised",
    "the gap is ignored when windows are counted",
    old="(len(table) - lookback - gap - horizon)",
    new="(len(table) - lookback - horizon)",
    raises=IndexError,
)
mutate(
    "ex1-make-supervised",
    "int(a / b) for a // b: a series that is a little too short has one window",
    old="n = (len(table) - lookback - gap - horizon) // stride + 1",
    new="n = int((len(table) - lookback - gap - horizon) / stride) + 1",
)
mutate(
    "ex1-make-supervised",
    "a series of shape (T,) gives windows of shape (n, L)",
    old="return table[starts + np.arange(lookback)],",
    new="return (table if Y.ndim == 2 else Y)[starts + np.arange(lookback)],",
)
mutate(
    "ex1-make-supervised",
    "axes of length 1 are dropped",
    old="return table[starts + np.arange(lookback)],",
    new="return np.squeeze(table[starts + np.arange(lookback)]),",
)
mutate(
    "ex1-make-supervised",
    "the target column is not an input",
    old="return table[starts + np.arange(lookback)],",
    new="return np.delete(table, target if Y.ndim == 2 else [], 1)[starts + np.arange(lookback)],",
)
mutate(
    "ex1-make-supervised",
    "negative targets count from the last column",
    old="if not 0 <= target < table.shape[1]:",
    new="if not -table.shape[1] <= target < table.shape[1]:",
)
mutate(
    "ex1-make-supervised",
    "whole numbers stay whole",
    old="np.asarray(Y, dtype=float)",
    new="np.asarray(Y)",
)
mutate("ex1-make-supervised", "rounds to float32", old="dtype=float", new='dtype="float32"')
mutate("ex1-make-supervised", "a negative gap looks into the window", old=" or gap < 0", new="")
mutate("ex1-make-supervised", "no windows instead of an error", old="if n < 1:", new="if n < 0:")

# === Exercise 2 ============================================================================


@right("ex2-rolling-origin-splits", "ranges, in a list comprehension")
def rolling_origin_splits(n, initial, horizon, step=1, mode="expanding", window=None):
    if initial < 1 or horizon < 1 or step < 1 or initial + horizon > n:
        raise ValueError("bad sizes")
    if mode == "expanding":
        return [(range(c), range(c, c + horizon)) for c in range(initial, n - horizon + 1, step)]
    if mode == "sliding":
        if window is None:
            window = initial
        if window < 1 or window > initial:
            raise ValueError("bad window")
        cuts = range(initial, n - horizon + 1, step)
        return [(range(c - window, c), range(c, c + horizon)) for c in cuts]
    raise ValueError("unknown mode")


@right("ex2-rolling-origin-splits", "counts the splits first, then cuts one array of positions")
def rolling_origin_splits(n, initial, horizon, step=1, mode="expanding", window=None):
    if any(size < 1 for size in (initial, horizon, step)) or n - initial - horizon < 0:
        raise ValueError("bad sizes")
    if mode != "expanding" and mode != "sliding":
        raise ValueError("unknown mode")
    if mode == "sliding" and window is not None and (window <= 0 or window > initial):
        raise ValueError("bad window")
    positions = np.arange(n)
    splits = []
    for k in range((n - initial - horizon) // step + 1):
        before, after = positions[: initial + k * step], positions[initial + k * step :]
        if mode == "sliding":
            before = before[-(window or initial) :]
        splits.append((before, after[:horizon]))
    return splits


@right("ex2-rolling-origin-splits", "a generator inside, a list of lists of integers outside")
def rolling_origin_splits(n, initial, horizon, step=1, mode="expanding", window=None):
    if min(initial, horizon, step) <= 0 or n < initial + horizon:
        raise ValueError("bad sizes")
    size = {"expanding": None, "sliding": initial if window is None else window}
    if mode not in size:
        raise ValueError("unknown mode")
    if mode == "sliding" and size[mode] not in range(1, initial + 1):
        raise ValueError("bad window")

    def walk():
        cut = initial
        while cut + horizon <= n:
            first = 0 if mode == "expanding" else cut - size[mode]
            yield list(range(first, cut)), list(range(cut, cut + horizon))
            cut += step

    return list(walk())


@wrong("ex2-rolling-origin-splits", "a generator, empty at the second reading", raises=TypeError)
def rolling_origin_splits(n, initial, horizon, step=1, mode="expanding", window=None):
    if min(initial, horizon, step) < 1 or n < initial + horizon:
        raise ValueError("bad sizes")
    if mode not in ("expanding", "sliding"):
        raise ValueError("unknown mode")
    window = initial if window is None else window
    if mode == "sliding" and not 1 <= window <= initial:
        raise ValueError("bad window")
    for cut in range(initial, n - horizon + 1, step):
        begin = cut - window if mode == "sliding" else 0
        yield np.arange(begin, cut), np.arange(cut, cut + horizon)


@wrong("ex2-rolling-origin-splits", "splits of scikit-learn, counted back from the end")
def rolling_origin_splits(n, initial, horizon, step=1, mode="expanding", window=None):
    from sklearn.model_selection import TimeSeriesSplit

    if min(initial, horizon, step) < 1 or n < initial + horizon:
        raise ValueError("bad sizes")
    if mode not in ("expanding", "sliding"):
        raise ValueError("unknown mode")
    window = initial if window is None else window
    if mode == "sliding" and not 1 <= window <= initial:
        raise ValueError("bad window")
    count = (n - initial) // horizon
    size = window if mode == "sliding" else None
    if count < 2:
        return [(np.arange(initial), np.arange(initial, initial + horizon))]
    splitter = TimeSeriesSplit(count, max_train_size=size, test_size=horizon)
    return list(splitter.split(np.zeros(n)))


mutate(
    "ex2-rolling-origin-splits",
    "the last test part is cut short by the end of the series",
    old="for cut in range(initial, n - horizon + 1, step):",
    new="for cut in [c for c in range(initial, n, step) if (horizon := min(horizon, n - c))]:",
)
mutate(
    "ex2-rolling-origin-splits", "loses the last split", old="n - horizon + 1", new="n - horizon"
)
mutate(
    "ex2-rolling-origin-splits",
    "the training part holds the first value of the test part",
    old="np.arange(begin, cut)",
    new="np.arange(begin, cut + 1)",
)
mutate(
    "ex2-rolling-origin-splits",
    "shuffles the training part",
    old="np.arange(begin, cut)",
    new="np.random.default_rng(0).permutation(np.arange(begin, cut))",
)
mutate(
    "ex2-rolling-origin-splits",
    "the sliding part grows",
    old='begin = cut - window if mode == "sliding" else 0',
    new='begin = initial - window if mode == "sliding" else 0',
)
mutate(
    "ex2-rolling-origin-splits",
    "the sliding part begins one position later with each split, whatever the step",
    old='begin = cut - window if mode == "sliding" else 0',
    new='begin = initial - window + len(splits) if mode == "sliding" else 0',
)
mutate(
    "ex2-rolling-origin-splits",
    "test parts lie side by side, whatever the step",
    old="n - horizon + 1, step)",
    new="n - horizon + 1, horizon)",
)
mutate(
    "ex2-rolling-origin-splits",
    "a window of 0 counts as none",
    old="initial if window is None else window",
    new="window or initial",
)
mutate(
    "ex2-rolling-origin-splits",
    "without a window the sliding part is as long as the test part",
    old="initial if window is None",
    new="horizon if window is None",
)
mutate(
    "ex2-rolling-origin-splits",
    "a window longer than the first training part reaches before the start",
    old="not 1 <= window <= initial",
    new="not 1 <= window",
)
mutate(
    "ex2-rolling-origin-splits",
    "an empty list for a series that is too short",
    old=" or n < initial + horizon",
    new="",
)
mutate(
    "ex2-rolling-origin-splits",
    "refuses a series with room for one split only",
    old="n < initial + horizon",
    new="n <= initial + horizon",
    raises=ValueError,
)
mutate(
    "ex2-rolling-origin-splits",
    "every other mode is expanding",
    old='mode not in ("expanding", "sliding")',
    new="mode == 'rolling'",
)
mutate(
    "ex2-rolling-origin-splits",
    "negative sizes pass",
    old="min(initial, horizon, step) < 1",
    new="0 in (initial, horizon, step)",
)
mutate(
    "ex2-rolling-origin-splits",
    "positions are floats",
    old="np.arange(begin, cut)",
    new="np.arange(begin, cut, 1.0)",
)

# === Exercise 3 ============================================================================


@right("ex3-baseline-forecast", "one step at a time, by the words of the table")
def baseline_forecast(y, horizon, kind, m=1):
    y = [float(v) for v in y]
    n = len(y)
    if horizon < 1 or m < 1 or n == 0:
        raise ValueError("bad horizon, season or series")
    if kind not in ("naive", "mean", "drift", "snaive", "climatology", "snaive_drift"):
        raise ValueError(f"unknown kind {kind}")
    if kind == "drift" and n < 2:
        raise ValueError("a line needs two values")
    if ("snaive" in kind or kind == "climatology") and n < m + (kind == "snaive_drift"):
        raise ValueError("less than one season")
    growth = [y[t] - y[t - m] for t in range(m, n)]
    path = list(y)
    for t in range(n, n + horizon):
        if kind == "naive":
            path.append(path[-1])
        elif kind == "mean":
            path.append(sum(y) / n)
        elif kind == "drift":
            path.append(path[-1] + (y[-1] - y[0]) / (n - 1))
        elif kind == "snaive":
            path.append(path[t - m])
        elif kind == "snaive_drift":
            path.append(path[t - m] + sum(growth) / len(growth))
        else:
            phase = [y[s] for s in range(t % m, n, m)]
            path.append(sum(phase) / len(phase))
    return np.array(path[n:])


@right("ex3-baseline-forecast", "a branch for each kind, with tiles and a reshape")
def baseline_forecast(y, horizon, kind, m=1):
    y = np.array(y, dtype="float64")
    n = y.size
    if horizon < 1 or m < 1 or n < 1:
        raise ValueError("bad horizon, season or series")
    h = np.arange(1, horizon + 1)
    if kind == "naive":
        return np.repeat(y[-1], horizon)
    if kind == "mean":
        return np.ones(horizon) * np.mean(y)
    if kind == "drift":
        if n < 2:
            raise ValueError("too short")
        return y[-1] + h * np.diff(y).mean()
    if kind not in ("snaive", "climatology", "snaive_drift"):
        raise ValueError("unknown kind")
    if n < m:
        raise ValueError("too short")
    if kind == "climatology":
        padded = np.append(y, np.full(-n % m, np.nan)).reshape(-1, m)
        return np.roll(np.nanmean(padded, axis=0), -(n % m))[(h - 1) % m]
    season = np.tile(y[-m:], horizon // m + 1)[:horizon]
    if kind == "snaive":
        return season
    if n == m:
        raise ValueError("too short")
    return season + np.ceil(h / m) * (y[m:] - y[:-m]).mean()


@right("ex3-baseline-forecast", "pandas: shifts, a table by phase, and resize")
def baseline_forecast(y, horizon, kind, m=1):
    known = pd.Series(np.asarray(y, dtype=float))
    need = {"drift": 2, "snaive": m, "climatology": m, "snaive_drift": m + 1}
    need = need | dict.fromkeys(("naive", "mean"), 1)
    if kind not in need or min(horizon, m) < 1 or len(known) < need[kind]:
        raise ValueError("bad input")
    future = pd.RangeIndex(len(known), len(known) + horizon)
    if kind == "climatology":
        return known.groupby(known.index % m).mean().loc[future % m].to_numpy()
    if kind == "mean":
        return np.resize(known.mean(), horizon)
    if kind == "drift":
        return known.iloc[-1] + known.diff().mean() * np.arange(1, horizon + 1)
    last = np.resize(known.to_numpy()[-(m if kind != "naive" else 1) :], horizon)
    if kind != "snaive_drift":
        return last
    return last + known.diff(m).mean() * np.repeat(np.arange(1, horizon + 1), m)[:horizon]


@wrong(
    "ex3-baseline-forecast", "every kind refuses a series shorter than a season", raises=ValueError
)
def baseline_forecast(y, horizon, kind, m=1):
    y = np.asarray(y, dtype=float)
    n, j = len(y), np.arange(horizon)
    if horizon < 1 or m < 1 or n < max(m, 1):
        raise ValueError("bad horizon or season, or too few values")
    if kind == "naive":
        return np.full(horizon, y[-1])
    if kind == "mean":
        return np.full(horizon, y.mean())
    if kind == "drift":
        if n < 2:
            raise ValueError("too few values")
        return y[-1] + (j + 1) * (y[-1] - y[0]) / (n - 1)
    if kind == "snaive":
        return y[-m:][j % m]
    if kind == "climatology":
        return np.array([y[t % m :: m].mean() for t in n + j])
    if kind == "snaive_drift":
        if n <= m:
            raise ValueError("too few values")
        return y[-m:][j % m] + (j // m + 1) * (y[m:] - y[:-m]).mean()
    raise ValueError("unknown kind")


@wrong("ex3-baseline-forecast", "whole numbers in, whole numbers out")
def baseline_forecast(y, horizon, kind, m=1):
    y = np.asarray(y)
    n = len(y)
    need = {"naive": 1, "mean": 1, "drift": 2, "snaive": m, "climatology": m, "snaive_drift": m + 1}
    if kind not in need or horizon < 1 or m < 1 or n < need[kind]:
        raise ValueError("bad input")
    if kind == "drift":
        return y[-1] + np.arange(1, horizon + 1) * (y[-1] - y[0]) / (n - 1)
    out = np.zeros(horizon, dtype=y.dtype)
    growth = (y[m:] - y[: n - m]).mean() if kind == "snaive_drift" else 0
    for j in range(horizon):
        if kind == "naive":
            out[j] = y[-1]
        elif kind == "mean":
            out[j] = y.mean()
        elif kind == "climatology":
            out[j] = y[(n + j) % m :: m].mean()
        else:
            out[j] = y[n - m + j % m] + (j // m + 1) * growth
    return out


mutate(
    "ex3-baseline-forecast",
    "repeats the first season",
    old="y[n - m + ahead % m]",
    new="y[ahead % m]",
)
mutate(
    "ex3-baseline-forecast",
    "the slope of the drift has n as its divisor",
    old="(y[-1] - y[0]) / (n - 1)",
    new="(y[-1] - y[0]) / n",
)
mutate(
    "ex3-baseline-forecast",
    "the drift begins with the last value",
    old="(ahead + 1) * (y[-1]",
    new="ahead * (y[-1]",
)
mutate(
    "ex3-baseline-forecast",
    "the phase starts again at 0 with the first forecast",
    old="y[(n + j) % m :: m]",
    new="y[j % m :: m]",
)
mutate(
    "ex3-baseline-forecast",
    "the seasonal forecast repeats the last value",
    old="y[n - m + ahead % m]",
    new="np.full(horizon, y[-1])",
)
mutate(
    "ex3-baseline-forecast",
    "climatology of the last year alone",
    old="y[(n + j) % m :: m].mean()",
    new="y[n - m + j % m]",
)
mutate(
    "ex3-baseline-forecast",
    "climatology of whole seasons, without the values before them",
    old="y[(n + j) % m :: m].mean()",
    new="y[n % m :][j % m :: m].mean()",
)
mutate(
    "ex3-baseline-forecast",
    "the drift of the season grows with each step",
    old="(ahead // m + 1)",
    new="(ahead + 1) / m",
)
mutate(
    "ex3-baseline-forecast",
    "the drift of the season is added once",
    old="(ahead // m + 1) * (y[m:]",
    new="(y[m:]",
)
mutate(
    "ex3-baseline-forecast",
    "h // m: the last step of a season already has the next one's drift",
    old="(ahead // m + 1)",
    new="np.maximum((ahead + 1) // m, 1)",
)
mutate(
    "ex3-baseline-forecast",
    "the drift of the season is that of the last value",
    old="(y[m:] - y[: n - m]).mean()",
    new="(y[-1] - y[-1 - m])",
)
mutate(
    "ex3-baseline-forecast",
    "the mean of the last season",
    old="y.mean())",
    new="y[-m:].mean())",
)
mutate(
    "ex3-baseline-forecast",
    "drift needs three values",
    old='"drift": 2,',
    new='"drift": 3,',
    raises=ValueError,
)
mutate(
    "ex3-baseline-forecast",
    "the season is checked for seasonal kinds only",
    old=" or m < 1",
    new=' or (m < 1 and kind in ("snaive", "climatology", "snaive_drift"))',
)
mutate(
    "ex3-baseline-forecast",
    "exactly one season is not enough",
    old='"snaive": m,',
    new='"snaive": m + 1,',
    raises=ValueError,
)
mutate(
    "ex3-baseline-forecast",
    "capitals do not matter",
    old="    y = np.asarray(y, dtype=float)",
    new="    y, kind = np.asarray(y, dtype=float), kind.lower()",
)

# === Exercise 4 ============================================================================


@right("ex4-measures", "loops over the values of each list")
def mase(y_true, y_pred, y_train, m):
    if np.shape(y_true) != np.shape(y_pred) or np.size(y_true) == 0:
        raise ValueError("shapes")
    train = [float(v) for v in y_train]
    if m < 1 or m >= len(train):
        raise ValueError("season")
    scale = sum(abs(train[t] - train[t - m]) for t in range(m, len(train))) / (len(train) - m)
    if scale == 0:
        raise ValueError("no scale")
    pairs = list(zip(np.ravel(y_true), np.ravel(y_pred), strict=True))
    return sum(abs(float(a) - float(b)) for a, b in pairs) / len(pairs) / scale


@right("ex4-measures", "loops over the values of each list")
def rmsse(y_true, y_pred, y_train, m):
    if np.shape(y_true) != np.shape(y_pred) or np.size(y_true) == 0:
        raise ValueError("shapes")
    train = [float(v) for v in y_train]
    if m < 1 or m >= len(train):
        raise ValueError("season")
    scale = sum((train[t] - train[t - m]) ** 2 for t in range(m, len(train))) / (len(train) - m)
    if scale == 0:
        raise ValueError("no scale")
    pairs = list(zip(np.ravel(y_true), np.ravel(y_pred), strict=True))
    return (sum((float(a) - float(b)) ** 2 for a, b in pairs) / len(pairs) / scale) ** 0.5


@right("ex4-measures", "loops over the values of each list")
def smape(y_true, y_pred):
    if np.shape(y_true) != np.shape(y_pred) or np.size(y_true) == 0:
        raise ValueError("shapes")
    total = 0.0
    for a, b in zip(np.ravel(y_true), np.ravel(y_pred), strict=True):
        if a != 0 or b != 0:
            total += 2 * abs(float(a) - float(b)) / (abs(float(a)) + abs(float(b)))
    return 100 * total / np.size(y_true)


@right("ex4-measures", "loops over the values of each list")
def pinball(y_true, q_pred, tau):
    if np.shape(y_true) != np.shape(q_pred) or np.size(y_true) == 0 or tau <= 0 or tau >= 1:
        raise ValueError("shapes or level")
    losses = []
    for y, q in zip(np.ravel(y_true), np.ravel(q_pred), strict=True):
        losses.append(tau * (y - q) if y >= q else (1 - tau) * (q - y))
    return float(np.mean(losses))


@right("ex4-measures", "loops over the values of each list")
def winkler(y_true, lo, hi, alpha):
    if not np.shape(y_true) == np.shape(lo) == np.shape(hi) or np.size(y_true) == 0:
        raise ValueError("shapes")
    if alpha <= 0 or alpha >= 1:
        raise ValueError("level")
    scores = []
    for y, a, b in zip(np.ravel(y_true), np.ravel(lo), np.ravel(hi), strict=True):
        score = b - a
        if y < a:
            score += 2 / alpha * (a - y)
        if y > b:
            score += 2 / alpha * (y - b)
        scores.append(score)
    return np.mean(scores)


@right("ex4-measures", "errors of scikit-learn after a check of the shapes")
def mase(y_true, y_pred, y_train, m):
    from sklearn.metrics import mean_absolute_error

    y, f, train = (np.array(v, dtype=float) for v in (y_true, y_pred, y_train))
    if y.shape != f.shape or not y.size or not 0 < m < train.size:
        raise ValueError("shapes or season")
    scale = mean_absolute_error(train[m:], train[:-m])
    if scale == 0:
        raise ValueError("no scale")
    return mean_absolute_error(y, f) / scale


@right("ex4-measures", "errors of scikit-learn after a check of the shapes")
def rmsse(y_true, y_pred, y_train, m):
    from sklearn.metrics import mean_squared_error

    y, f, train = (np.array(v, dtype=float) for v in (y_true, y_pred, y_train))
    if y.shape != f.shape or not y.size or not 0 < m < train.size:
        raise ValueError("shapes or season")
    scale = mean_squared_error(train[m:], train[:-m])
    if scale == 0:
        raise ValueError("no scale")
    return np.sqrt(mean_squared_error(y, f) / scale)


@right("ex4-measures", "errors of scikit-learn after a check of the shapes")
def pinball(y_true, q_pred, tau):
    from sklearn.metrics import mean_pinball_loss

    y, q = np.array(y_true, dtype=float), np.array(q_pred, dtype=float)
    if y.shape != q.shape or not y.size or not 0 < tau < 1:
        raise ValueError("shapes or level")
    return mean_pinball_loss(y, q, alpha=tau)


@right("ex4-measures", "np.divide with a mask, and np.where for the other losses")
def smape(y_true, y_pred):
    y, f = np.asarray(y_true, dtype=float), np.asarray(y_pred, dtype=float)
    if y.shape != f.shape or y.size == 0:
        raise ValueError("shapes")
    size = (np.abs(y) + np.abs(f)) / 2
    parts = np.divide(np.abs(y - f), size, out=np.zeros_like(size), where=size > 0)
    return parts.mean() * 100


@right("ex4-measures", "np.divide with a mask, and np.where for the other losses")
def pinball(y_true, q_pred, tau):
    y, q = np.asarray(y_true, dtype=float), np.asarray(q_pred, dtype=float)
    if y.shape != q.shape or y.size == 0 or tau <= 0 or tau >= 1:
        raise ValueError("shapes or level")
    return np.where(y >= q, tau, tau - 1).ravel() @ (y - q).ravel() / y.size


@right("ex4-measures", "np.divide with a mask, and np.where for the other losses")
def winkler(y_true, lo, hi, alpha):
    y, lo, hi = (np.asarray(v, dtype=float) for v in (y_true, lo, hi))
    if y.shape != lo.shape or y.shape != hi.shape or y.size == 0 or alpha <= 0 or alpha >= 1:
        raise ValueError("shapes or level")
    away = np.abs(y - np.clip(y, lo, hi))
    return float((hi - lo).mean() + 2 * away.mean() / alpha)


@right("ex4-measures", "divides 0 by 0 and puts 0 there afterwards")
def smape(y_true, y_pred):
    y, f = np.asarray(y_true, dtype=float), np.asarray(y_pred, dtype=float)
    if y.shape != f.shape or y.size == 0:
        raise ValueError("shapes")
    size = np.abs(y) + np.abs(f)
    return float(np.mean(np.where(size == 0, 0, 200 * np.abs(y - f) / size)))


@wrong("ex4-measures", "leaves the shapes to scikit-learn, which lets some pass")
def mase(y_true, y_pred, y_train, m):
    from sklearn.metrics import mean_absolute_error

    train = np.array(y_train, dtype=float)
    if not 1 <= m < len(train):
        raise ValueError("season")
    scale = np.abs(train[m:] - train[:-m]).mean()
    if scale == 0:
        raise ValueError("no scale")
    return mean_absolute_error(y_true, y_pred) / scale


@wrong("ex4-measures", "the root for each column, then the mean of the roots")
def rmsse(y_true, y_pred, y_train, m):
    from sklearn.metrics import root_mean_squared_error

    y, f, train = (np.array(v, dtype=float) for v in (y_true, y_pred, y_train))
    if y.shape != f.shape or y.size == 0 or not 1 <= m < len(train):
        raise ValueError("shapes or season")
    scale = np.sqrt(np.mean((train[m:] - train[:-m]) ** 2))
    if scale == 0:
        raise ValueError("no scale")
    return root_mean_squared_error(y, f) / scale


@wrong("ex4-measures", "one number for each horizon")
def pinball(y_true, q_pred, tau):
    y, q = np.asarray(y_true, dtype=float), np.asarray(q_pred, dtype=float)
    if y.shape != q.shape or y.size == 0 or not 0 < tau < 1:
        raise ValueError("shapes or level")
    return np.maximum(tau * (y - q), (tau - 1) * (y - q)).mean(axis=0)


@wrong("ex4-measures", "goes through the training values by label", raises=KeyError)
def mase(y_true, y_pred, y_train, m):
    y, f, n = np.asarray(y_true, dtype=float), np.asarray(y_pred, dtype=float), len(y_train)
    if y.shape != f.shape or y.size == 0 or not 1 <= m < n:
        raise ValueError("shapes or season")
    scale = np.mean([abs(y_train[t] - y_train[t - m]) for t in range(m, n)])
    if scale == 0:
        raise ValueError("no scale")
    return float(np.mean(np.abs(y - f)) / scale)


@wrong("ex4-measures", "a small number in the denominator against 0/0")
def smape(y_true, y_pred):
    y, f = np.asarray(y_true, dtype=float), np.asarray(y_pred, dtype=float)
    if y.shape != f.shape or y.size == 0:
        raise ValueError("shapes")
    return float(100 * np.mean(2 * np.abs(y - f) / (np.abs(y) + np.abs(f) + 1e-9)))


@wrong("ex4-measures", "looks at the shape of lo only: one upper end serves for all")
def winkler(y_true, lo, hi, alpha):
    y, lo, hi = (np.asarray(v, dtype=float) for v in (y_true, lo, hi))
    if y.shape != lo.shape or y.size == 0 or not 0 < alpha < 1:
        raise ValueError("shapes or level")
    outside = np.maximum(lo - y, 0) + np.maximum(y - hi, 0)
    return float(np.mean(hi - lo + 2 / alpha * outside))


@wrong("ex4-measures", "the mean of the positive and of the negative part apart")
def pinball(y_true, q_pred, tau):
    y, q = np.asarray(y_true, dtype=float), np.asarray(q_pred, dtype=float)
    if y.shape != q.shape or y.size == 0 or not 0 < tau < 1:
        raise ValueError("shapes or level")
    e = y - q
    up, down = e[e >= 0], -e[e < 0]
    return float(
        (tau * up.mean() if up.size else 0) + ((1 - tau) * down.mean() if down.size else 0)
    )


mutate(
    "ex4-measures",
    "the scale comes from the values to be forecast",
    old="scale = np.abs(_seasonal_differences(y_train, m)).mean()",
    new="scale = np.abs(np.diff(np.append(_seasonal_differences(y_train, m)[-1:], y_true))).mean()",
)
mutate(
    "ex4-measures",
    "the scale is that of the naive forecast, whatever m",
    old="y_train[m:] - y_train[:-m]",
    new="y_train[1:] - y_train[:-1]",
)
mutate(
    "ex4-measures",
    "the sum of the differences over N",
    old="np.abs(_seasonal_differences(y_train, m)).mean()",
    new="np.abs(_seasonal_differences(y_train, m)).sum() / len(y_train)",
)
mutate(
    "ex4-measures",
    "mase without absolute values: errors cancel",
    old="np.abs(error).mean() / scale",
    new="abs(error.mean()) / scale",
)
mutate(
    "ex4-measures",
    "rmsse without the root",
    old="np.sqrt(np.mean(error**2) / np.mean(differences**2))",
    new="np.mean(error**2) / np.mean(differences**2)",
)
mutate(
    "ex4-measures",
    "rmsse over the mean absolute difference",
    old="np.sqrt(np.mean(error**2) / np.mean(differences**2))",
    new="np.sqrt(np.mean(error**2)) / np.mean(np.abs(differences))",
)
mutate("ex4-measures", "smape as a fraction", old="float(200 *", new="float(2 *")
mutate("ex4-measures", "smape without the 2", old="float(200 *", new="float(100 *")
mutate(
    "ex4-measures",
    "smape as a ratio of two means",
    old="np.mean(error / np.where(size == 0, 1, size))",
    new="np.mean(error) / (np.mean(size) or 1)",
)
mutate(
    "ex4-measures",
    "smape leaves out the pairs 0, 0",
    old="np.mean(error / np.where(size == 0, 1, size))",
    new="np.mean(error[size > 0] / size[size > 0])",
)
mutate(
    "ex4-measures",
    "tau weighs the forecasts that are too high",
    old="np.maximum(tau * error, (tau - 1) * error)",
    new="np.maximum(-tau * error, (1 - tau) * error)",
)
mutate("ex4-measures", "1/alpha for 2/alpha", old="2 / alpha * outside", new="outside / alpha")
mutate("ex4-measures", "no penalty outside", old="2 / alpha * outside", new="0 * outside")
mutate(
    "ex4-measures",
    "counts the misses, whatever their distance",
    old="np.maximum(-above_lo, 0) + np.maximum(above_hi, 0)",
    new="(above_lo < 0) + 1.0 * (above_hi > 0)",
)
mutate(
    "ex4-measures",
    "forecasts of another shape are broadcast",
    old="if y_true.shape != y_pred.shape or y_true.size == 0:",
    new="if len(y_true) != len(y_pred) or y_true.size == 0:",
)
mutate(
    "ex4-measures",
    "equal sizes will do",
    old="if y_true.shape != y_pred.shape or",
    new="y_true, y_pred = y_true.ravel(), y_pred.ravel()\n    if y_true.shape != y_pred.shape or",
)
mutate(
    "ex4-measures",
    "a table with rows and no columns is not empty",
    old="y_true.size == 0",
    new="len(y_true) == 0",
)
mutate(
    "ex4-measures",
    "a scale below 1e-8 counts as 0",
    old="if not differences.any():",
    new="if np.abs(differences).mean() < 1e-8:",
    raises=ValueError,
)
mutate(
    "ex4-measures",
    "refuses a constant series, but not a series that repeats itself",
    old="if not differences.any():",
    new="if np.ptp(y_train) == 0:",
)
mutate(
    "ex4-measures",
    "alpha = 1 is a level",
    old="if not 0 < alpha < 1:",
    new="if not 0 < alpha <= 1:",
)
mutate(
    "ex4-measures",
    "tau is not checked",
    old="if not 0 < tau < 1:",
    new="if tau is None:",
)

# === Exercise 5 ============================================================================


@right("ex5-recursive-direct", "a deque that forgets its oldest value")
def recursive_forecast(predict_one, history, horizon, lookback):
    from collections import deque

    if horizon < 1 or lookback < 1 or len(history) < lookback:
        raise ValueError("bad sizes")
    window = deque(np.asarray(history, dtype=float), maxlen=lookback)
    forecasts = []
    for _ in range(horizon):
        forecasts.append(predict_one(np.array(window)))
        window.append(forecasts[-1])
    return np.array(forecasts, dtype=float)


@right("ex5-recursive-direct", "one row of windows for each predictor, made at once")
def direct_forecast(predictors, history, lookback):
    if not predictors or lookback < 1 or lookback > len(history):
        raise ValueError("bad sizes")
    windows = np.tile(np.array(history, dtype=float)[-lookback:], (len(predictors), 1))
    return np.fromiter((f(w) for f, w in zip(predictors, windows, strict=True)), dtype=float)


@right("ex5-recursive-direct", "rolls the window, and fills arrays made beforehand")
def recursive_forecast(predict_one, history, horizon, lookback):
    known = np.array(history, dtype=float)
    if horizon <= 0 or lookback <= 0 or known.size < lookback:
        raise ValueError("bad sizes")
    window, out = known[known.size - lookback :], np.empty(horizon)
    for h in range(horizon):
        out[h] = predict_one(window.copy())
        window = np.roll(window, -1)
        window[-1] = out[h]
    return out


@right("ex5-recursive-direct", "rolls the window, and fills arrays made beforehand")
def direct_forecast(predictors, history, lookback):
    known = np.array(history, dtype=float)
    if len(predictors) < 1 or lookback <= 0 or known.size < lookback:
        raise ValueError("bad sizes")
    out = np.empty(len(predictors))
    for h, predictor in enumerate(predictors):
        out[h] = predictor(np.array(known[-lookback:]))
    return out


@right("ex5-recursive-direct", "recursion, with one longer history at each call")
def recursive_forecast(predict_one, history, horizon, lookback):
    if horizon < 1 or not 0 < lookback <= len(history):
        raise ValueError("bad sizes")
    known = np.array(history, dtype="float64")
    first = float(predict_one(known[-lookback:].copy()))
    if horizon == 1:
        return np.array([first])
    rest = recursive_forecast(predict_one, np.append(known, first), horizon - 1, lookback)
    return np.concatenate([[first], rest])


@wrong("ex5-recursive-direct", "the type of the forecasts is that of the predictors' numbers")
def recursive_forecast(predict_one, history, horizon, lookback):
    if horizon < 1 or not 1 <= lookback <= len(history):
        raise ValueError("bad sizes")
    window, out = np.array(history, dtype=float)[-lookback:], []
    for _ in range(horizon):
        out.append(predict_one(window.copy()))
        window = np.append(window[1:], out[-1])
    return np.array(out)


@wrong(
    "ex5-recursive-direct", "the type of the direct forecasts is that of the predictors' numbers"
)
def direct_forecast(predictors, history, lookback):
    if len(predictors) == 0 or not 1 <= lookback <= len(history):
        raise ValueError("bad sizes")
    return np.array([f(np.array(history, dtype=float)[-lookback:]) for f in predictors])


@wrong("ex5-recursive-direct", "one array is filled again for each call")
def recursive_forecast(predict_one, history, horizon, lookback):
    if horizon < 1 or not 1 <= lookback <= len(history):
        raise ValueError("bad sizes")
    path, window = list(np.array(history, dtype=float)[-lookback:]), np.zeros(lookback)
    for step in range(horizon):
        window[:] = path[step:]
        path.append(float(predict_one(window)))
    return np.array(path[lookback:])


@wrong("ex5-recursive-direct", "lists as windows", raises=TypeError)
def recursive_forecast(predict_one, history, horizon, lookback):
    if horizon < 1 or not 1 <= lookback <= len(history):
        raise ValueError("bad sizes")
    values = [float(v) for v in history]
    for _ in range(horizon):
        values.append(float(predict_one(values[-lookback:])))
    return np.array(values[-horizon:])


@wrong("ex5-recursive-direct", "a window of whole numbers rounds the forecasts that enter it")
def recursive_forecast(predict_one, history, horizon, lookback):
    if horizon < 1 or not 1 <= lookback <= len(history):
        raise ValueError("bad sizes")
    window, out = np.array(history)[-lookback:], []
    for _ in range(horizon):
        out.append(float(predict_one(window.copy())))
        window = np.roll(window, -1)
        window[-1] = out[-1]
    return np.array(out)


@wrong("ex5-recursive-direct", "appends the forecasts to the history it was given")
def recursive_forecast(predict_one, history, horizon, lookback):
    if horizon < 1 or not 1 <= lookback <= len(history):
        raise ValueError("bad sizes")
    values = history if isinstance(history, list) else list(history)
    for _ in range(horizon):
        values.append(float(predict_one(np.array(values[-lookback:], dtype=float))))
    return np.array(values[-horizon:])


@wrong("ex5-recursive-direct", "a direct forecast enters the window of the next predictor")
def direct_forecast(predictors, history, lookback):
    if len(predictors) == 0 or not 1 <= lookback <= len(history):
        raise ValueError("bad sizes")
    path = [float(v) for v in history]
    for predictor in predictors:
        path.append(float(predictor(np.array(path[-lookback:]))))
    return np.array(path[len(history) :])


@wrong("ex5-recursive-direct", "scales the window, and scales the forecasts back")
def direct_forecast(predictors, history, lookback):
    if len(predictors) == 0 or not 1 <= lookback <= len(history):
        raise ValueError("bad sizes")
    known = np.asarray(history, dtype=float)
    mean, sd = known.mean(), known.std() or 1.0
    return np.array([mean + sd * f((known[-lookback:] - mean) / sd) for f in predictors])


mutate(
    "ex5-recursive-direct",
    "every step has the same window",
    old="np.array(path[step:])",
    new="np.array(path[:lookback])",
)
mutate(
    "ex5-recursive-direct",
    "the window grows instead of moving",
    old="np.array(path[step:])",
    new="np.array(path)",
)
mutate(
    "ex5-recursive-direct",
    "newest value first",
    old="np.array(path[step:])",
    new="np.array(path[step:][::-1])",
)
mutate(
    "ex5-recursive-direct",
    "moves over the values that are known instead of its own forecasts",
    old="path.append(float(predict_one(np.array(path[step:]))))",
    new="path.append(float(predict_one(np.resize(np.array(history, float), len(history) + horizon)"
    "[len(history) - lookback + step :][:lookback])))",
)
mutate(
    "ex5-recursive-direct",
    "begins with the first values of the history",
    old="[-lookback:].tolist()",
    new="[:lookback].tolist()",
)
mutate(
    "ex5-recursive-direct",
    "returns the last window as well",
    old="return np.array(path[lookback:])",
    new="return np.array(path)",
)
mutate(
    "ex5-recursive-direct",
    "one array for all predictors",
    old="predict(known.copy())",
    new="predict(known)",
)
mutate(
    "ex5-recursive-direct",
    "predictors get a window of shape (1, lookback)",
    old="predict(known.copy())",
    new="predict(known[None].copy())",
    raises=TypeError,
)
mutate(
    "ex5-recursive-direct",
    "a history of exactly one window is too short",
    old="horizon < 1 or not 1 <= lookback <= len(history)",
    new="horizon < 1 or not 1 <= lookback < len(history)",
    raises=ValueError,
)
mutate(
    "ex5-recursive-direct",
    "no forecasts for a horizon of 0",
    old="if horizon < 1 or",
    new="if horizon < 0 or",
)
mutate(
    "ex5-recursive-direct",
    "no forecasts without predictors",
    old="len(predictors) == 0 or ",
    new="",
)
mutate(
    "ex5-recursive-direct",
    "a direct forecast from a history that is too short",
    old="if len(predictors) == 0 or not 1 <= lookback <= len(history):",
    new="if len(predictors) == 0 or lookback < 1:",
)


# === Exercise 6 ============================================================================


@right("ex6-conformal", "column by column with sorted, flags by a loop over broadcast arrays")
def conformal_quantiles(abs_resid, alpha):
    rows = np.array(abs_resid, dtype=float)
    if rows.ndim != 2 or rows.shape[0] == 0:
        raise ValueError("abs_resid must be a table with rows")
    if np.isnan(rows).any() or (rows < 0).any():
        raise ValueError("abs_resid must hold absolute errors")
    if alpha <= 0 or alpha >= 1:
        raise ValueError("alpha must lie between 0 and 1")
    n, H = rows.shape
    k = int(np.ceil((n + 1) * (1 - alpha) - 1e-9))
    widths = []
    for h in range(H):
        column = sorted(rows[:, h])
        widths.append(column[k - 1] if k <= n else np.inf)
    return np.array(widths)


@right("ex6-conformal", "column by column with sorted, flags by a loop over broadcast arrays")
def flag_anomalies(y, lo, hi):
    y = np.asarray(y, dtype=float)
    lo, hi = np.broadcast_to(lo, y.shape), np.broadcast_to(hi, y.shape)
    flags = np.zeros(y.shape, dtype=bool)
    for i in np.ndindex(y.shape):
        flags[i] = y[i] < lo[i] or y[i] > hi[i]
    return flags


@right("ex6-conformal", "an extra row of inf and np.partition; not inside, and not NaN")
def conformal_quantiles(abs_resid, alpha):
    if not 0 < alpha < 1:
        raise ValueError("alpha")
    scores = np.asarray(abs_resid, dtype=float)
    if scores.ndim != 2 or not scores.shape[0] or np.isnan(scores).any() or scores.min() < 0:
        raise ValueError("abs_resid")
    k = int(np.ceil((len(scores) + 1) * (1 - alpha) - 1e-9))
    padded = np.vstack([scores, np.full(scores.shape[1], np.inf)])
    return np.partition(padded, k - 1, axis=0)[k - 1]


@right("ex6-conformal", "an extra row of inf and np.partition; not inside, and not NaN")
def flag_anomalies(y, lo, hi):
    y, lo, hi = (np.asarray(a, dtype=float) for a in (y, lo, hi))
    inside = (lo <= y) & (y <= hi)
    return ~inside & ~np.isnan(y)


@right("ex6-conformal", "np.quantile with method inverted_cdf at the level k / n")
def conformal_quantiles(abs_resid, alpha):
    scores = pd.DataFrame(np.asarray(abs_resid, dtype=float)).to_numpy()
    if np.ndim(abs_resid) != 2 or len(scores) == 0:
        raise ValueError("abs_resid must be (n, H)")
    if not np.all(scores >= 0):
        raise ValueError("NaN or negative")
    if not (alpha > 0 and alpha < 1):
        raise ValueError("alpha")
    n, H = scores.shape
    k = int(np.ceil((n + 1) * (1 - alpha) - 1e-9))
    if k > n:
        return np.repeat(np.inf, H)
    return np.quantile(scores, (k - 0.5) / n, axis=0, method="inverted_cdf")


@wrong("ex6-conformal", "np.quantile at the level 1 - alpha, with its interpolation")
def conformal_quantiles(abs_resid, alpha):
    scores = np.asarray(abs_resid, dtype=float)
    if scores.ndim != 2 or len(scores) == 0 or not (scores >= 0).all() or not 0 < alpha < 1:
        raise ValueError("abs_resid or alpha")
    if int(np.ceil((len(scores) + 1) * (1 - alpha) - 1e-9)) > len(scores):
        return np.full(scores.shape[1], np.inf)
    return np.quantile(scores, 1 - alpha, axis=0)


@wrong("ex6-conformal", "np.quantile with method higher at the corrected level: a rank too high")
def conformal_quantiles(abs_resid, alpha):
    scores = np.asarray(abs_resid, dtype=float)
    if scores.ndim != 2 or len(scores) == 0 or not (scores >= 0).all() or not 0 < alpha < 1:
        raise ValueError("abs_resid or alpha")
    n = len(scores)
    k = int(np.ceil((n + 1) * (1 - alpha) - 1e-9))
    if k > n:
        return np.full(scores.shape[1], np.inf)
    return np.quantile(scores, k / n, axis=0, method="higher")


@wrong("ex6-conformal", "one width for all steps ahead, from all errors together")
def conformal_quantiles(abs_resid, alpha):
    scores = np.asarray(abs_resid, dtype=float)
    if scores.ndim != 2 or len(scores) == 0 or not (scores >= 0).all() or not 0 < alpha < 1:
        raise ValueError("abs_resid or alpha")
    k = int(np.ceil((scores.size + 1) * (1 - alpha) - 1e-9))
    ordered = np.append(np.sort(scores.ravel()), np.inf)
    return np.full(scores.shape[1], ordered[min(k, scores.size + 1) - 1])


@wrong("ex6-conformal", "takes the absolute values itself")
def conformal_quantiles(abs_resid, alpha):
    scores = np.abs(np.asarray(abs_resid, dtype=float))
    if scores.ndim != 2 or len(scores) == 0 or np.isnan(scores).any() or not 0 < alpha < 1:
        raise ValueError("abs_resid or alpha")
    k = int(np.ceil((len(scores) + 1) * (1 - alpha) - 1e-9))
    if k > len(scores):
        return np.full(scores.shape[1], np.inf)
    return np.sort(scores, axis=0)[k - 1]


@wrong("ex6-conformal", "sorts the caller's array", raises=ValueError)
def conformal_quantiles(abs_resid, alpha):
    scores = np.asarray(abs_resid, dtype=float)
    if scores.ndim != 2 or len(scores) == 0 or not (scores >= 0).all() or not 0 < alpha < 1:
        raise ValueError("abs_resid or alpha")
    k = int(np.ceil((len(scores) + 1) * (1 - alpha) - 1e-9))
    if k > len(scores):
        return np.full(scores.shape[1], np.inf)
    scores.sort(axis=0)
    return scores[k - 1]


mutate("ex6-conformal", "n in place of n + 1", old="np.ceil((n + 1) *", new="np.ceil(n *")
mutate("ex6-conformal", "no tolerance: 3.0000000000000004 becomes 4", old=" - 1e-9", new="")
mutate("ex6-conformal", "rounds down", old="np.ceil((n", new="np.floor((n")
mutate(
    "ex6-conformal",
    "forgives too much: two decimals are kept before rounding up",
    old="np.ceil((n + 1) * (1 - alpha) - 1e-9)",
    new="np.ceil(round((n + 1) * (1 - alpha), 2))",
)
mutate(
    "ex6-conformal",
    "the largest error where it should be inf",
    old="return np.full(scores.shape[1], np.inf)",
    new="k = n",
)
mutate("ex6-conformal", "sorts each row", old="axis=0)[k - 1]", new="axis=1)[k - 1]")
mutate("ex6-conformal", "alpha is the coverage", old="(1 - alpha) - 1e-9", new="alpha - 1e-9")
mutate(
    "ex6-conformal", "one width, not a vector of one", old="[k - 1]\n", new="[k - 1].squeeze()\n"
)
mutate(
    "ex6-conformal",
    "a vector of errors is one column",
    old="    if scores.ndim != 2",
    new="    if scores.ndim == 1:\n        scores = scores[:, None]\n    if scores.ndim != 2",
)
mutate(
    "ex6-conformal",
    "no rows: inf promises everything",
    old="scores.ndim != 2 or len(scores) == 0",
    new="scores.ndim != 2",
)
mutate("ex6-conformal", "accepts NaN", old="not (scores >= 0).all()", new="(scores < 0).any()")
mutate(
    "ex6-conformal",
    "accepts errors with a sign",
    old="not (scores >= 0).all()",
    new="np.isnan(scores).any()",
)
mutate(
    "ex6-conformal",
    "looks at the mean of each column for NaN and signs",
    old="(scores >= 0).all()",
    new="(scores.mean(axis=0) >= 0).all()",
)
mutate("ex6-conformal", "accepts alpha = 0", old="0 < alpha < 1", new="0 <= alpha < 1")
mutate("ex6-conformal", "accepts alpha = 1", old="0 < alpha < 1", new="0 < alpha <= 1")


@wrong("ex6-conformal", "subtracts Series, which line up their indices", raises=ValueError)
def flag_anomalies(y, lo, hi):
    y = y if isinstance(y, pd.Series | np.ndarray) else np.array(y, dtype=float)
    return np.asarray((y < lo) | (y > hi))


@wrong("ex6-conformal", "fills the gaps of the caller's array", raises=ValueError)
def flag_anomalies(y, lo, hi):
    y = np.asarray(y, dtype=float)
    gaps = np.isnan(y)
    y[gaps] = np.broadcast_to(lo, y.shape)[gaps]
    return (y < lo) | (y > hi)


@wrong("ex6-conformal", "at least one axis: a single number gives a vector")
def flag_anomalies(y, lo, hi):
    y = np.atleast_1d(np.asarray(y, dtype=float))
    return (y < np.asarray(lo)) | (y > np.asarray(hi))


@wrong("ex6-conformal", "a tolerance at the limits")
def flag_anomalies(y, lo, hi):
    y, lo, hi = np.asarray(y, dtype=float), np.asarray(lo), np.asarray(hi)
    return ((y < lo) & ~np.isclose(y, lo)) | ((y > hi) & ~np.isclose(y, hi))


@wrong("ex6-conformal", "flags 0 and 1")
def flag_anomalies(y, lo, hi):
    y = np.asarray(y, dtype=float)
    return np.where((y < np.asarray(lo)) | (y > np.asarray(hi)), 1, 0)


@wrong("ex6-conformal", "limits are lists of the rows' limits")
def flag_anomalies(y, lo, hi):
    y, lo, hi = np.asarray(y, dtype=float), np.asarray(lo), np.asarray(hi)
    if y.ndim == 2 and lo.ndim == 1:
        lo = lo[:, None]
    if y.ndim == 2 and hi.ndim == 1:
        hi = hi[:, None]
    return (y < np.resize(lo, y.shape)) | (y > np.resize(hi, y.shape))


mutate("ex6-conformal", "the lower limit is outside", old="(y < np", new="(y <= np")
mutate("ex6-conformal", "the upper limit is outside", old="(y > np", new="(y >= np")
mutate(
    "ex6-conformal",
    "not inside: NaN is flagged",
    old="return (y < np.asarray(lo)) | (y > np.asarray(hi))",
    new="return ~((y >= np.asarray(lo)) & (y <= np.asarray(hi)))",
)
mutate(
    "ex6-conformal",
    "NaN counts as 0",
    old="    return (y < np",
    new="    y = np.nan_to_num(y)\n    return (y < np",
)

# === Exercise 7 ============================================================================


@right("ex7-diebold-mariano", "loops for the autocovariances, the p-value from the cdf")
def diebold_mariano(e1, e2, h, power=1):
    a, b = np.array(e1, dtype=float), np.array(e2, dtype=float)
    if a.ndim != 1 or b.ndim != 1 or len(a) != len(b):
        raise ValueError("two vectors of one length are needed")
    n = len(a)
    if h < 1 or h >= n:
        raise ValueError("h")
    for v in [*a, *b]:
        if not np.isfinite(v):
            raise ValueError("not finite")
    d = [abs(p) ** power - abs(q) ** power for p, q in zip(a, b, strict=True)]
    if all(v == 0 for v in d):
        return 0.0, 1.0
    if max(d) == min(d):
        raise ValueError("no spread")
    mean = sum(d) / n

    def gamma(k):
        return sum((d[t] - mean) * (d[t - k] - mean) for t in range(k, n)) / n

    variance = gamma(0) + 2 * sum(gamma(k) for k in range(1, h))
    if variance <= 0:
        variance = gamma(0)
    stat = mean / np.sqrt(variance / n)
    stat = stat * np.sqrt((n + 1 - 2 * h + h * (h - 1) / n) / n)
    return stat, 2 * stats.t.cdf(-abs(stat), df=n - 1)


@right("ex7-diebold-mariano", "acovf of statsmodels")
def diebold_mariano(e1, e2, h, power=1):
    from statsmodels.tsa.stattools import acovf

    e1, e2 = np.asarray(e1, float), np.asarray(e2, float)
    if e1.ndim != 1 or e2.ndim != 1 or e1.size != e2.size:
        raise ValueError("shapes")
    n = e1.size
    if h not in range(1, n) or not np.isfinite(e1).all() or not np.isfinite(e2).all():
        raise ValueError("h or numbers")
    d = np.abs(e1) ** power - np.abs(e2) ** power
    if np.all(d == 0):
        return 0.0, 1.0
    if np.all(d == d[0]):
        raise ValueError("constant difference")
    gamma = acovf(d, adjusted=False, demean=True, fft=False)
    total = gamma[0] + 2 * sum(gamma[1:h])
    if total <= 0:
        total = gamma[0]
    stat = np.mean(d) * np.sqrt((n + 1 - 2 * h + h * (h - 1) / n) / total)
    return float(stat), float(stats.t.sf(abs(stat), n - 1) * 2)


@right("ex7-diebold-mariano", "a matrix of lags, np.correlate, an array of two numbers")
def diebold_mariano(e1, e2, h, power=1):
    e = np.array([list(e1), list(e2)], dtype=float)
    if e.ndim != 2:
        raise ValueError("vectors, please")
    n = e.shape[1]
    if not np.isfinite(e).all() or h <= 0 or h > n - 1:
        raise ValueError("numbers or h")
    loss1, loss2 = np.abs(e) ** power
    d = loss1 - loss2
    if not np.any(d != 0):
        return np.array([0.0, 1.0])
    if np.ptp(d) == 0:
        raise ValueError("d does not vary")
    c = d - d.mean()
    gamma = np.correlate(c, c, "full")[n - 1 :] / n
    weights = np.where(np.arange(n) < h, 2.0, 0.0)
    weights[0] = 1.0
    total = weights @ gamma
    variance = (gamma[0] if total <= 0 else total) / n
    stat = np.sqrt((n + 1 - 2 * h + h * (h - 1) / n) / n) * d.mean() / np.sqrt(variance)
    return np.array([stat, 2 - 2 * stats.t.cdf(abs(stat), n - 1)])


@wrong("ex7-diebold-mariano", "the paired t-test, whatever h is")
def diebold_mariano(e1, e2, h, power=1):
    e1, e2 = np.asarray(e1, float), np.asarray(e2, float)
    if e1.ndim != 1 or e1.shape != e2.shape or not np.isfinite([e1, e2]).all():
        raise ValueError("errors")
    if not 1 <= h < len(e1):
        raise ValueError("h")
    d = np.abs(e1) ** power - np.abs(e2) ** power
    if not d.any():
        return 0.0, 1.0
    if np.ptp(d) == 0:
        raise ValueError("constant")
    result = stats.ttest_1samp(d, 0)
    return result.statistic, result.pvalue


mutate(
    "ex7-diebold-mariano",
    "the first model better: positive",
    old="** power - np",
    new="** power + -2 * np.abs(e1) ** power + np",
)
mutate(
    "ex7-diebold-mariano",
    "no absolute value",
    old="np.abs(e1) ** power - np.abs(e2)",
    new="e1 ** power - e2",
)
mutate(
    "ex7-diebold-mariano",
    "power is not used",
    old="np.abs(e1) ** power - np.abs(e2) ** power",
    new="np.abs(e1) - np.abs(e2)",
)
mutate(
    "ex7-diebold-mariano",
    "the loss of the mean errors",
    old="d.mean() / np.sqrt(variance)",
    new="(abs(e1.mean()) ** power - abs(e2.mean()) ** power) / np.sqrt(variance)",
)
mutate(
    "ex7-diebold-mariano",
    "divisor n - 1",
    old="@ centred[: n - k] / n",
    new="@ centred[: n - k] / (n - 1)",
)
mutate(
    "ex7-diebold-mariano",
    "divisor n - k",
    old="@ centred[: n - k] / n",
    new="@ centred[: n - k] / (n - k)",
)
mutate("ex7-diebold-mariano", "one autocovariance too many", old="range(h)]", new="range(h + 1)]")
mutate(
    "ex7-diebold-mariano", "the autocovariances count once", old="2 * gamma[1:]", new="gamma[1:]"
)
mutate(
    "ex7-diebold-mariano",
    "weights that fall with the lag",
    old="2 * gamma[1:].sum()",
    new="2 * (gamma[1:] * (1 - np.arange(1, h) / h)).sum()",
)
mutate(
    "ex7-diebold-mariano",
    "NaN for a negative sum",
    old="if total > 0 else gamma[0]",
    new="if total > 0 else np.nan",
)
mutate(
    "ex7-diebold-mariano",
    "a sum of 0 counts as positive",
    old="if total > 0 else gamma[0]",
    new="if total >= 0 else gamma[0]",
)
mutate(
    "ex7-diebold-mariano",
    "a negative sum: start again with h = 1",
    old="    variance = (",
    new="    h = h if total > 0 else 1\n    variance = (",
)
mutate(
    "ex7-diebold-mariano",
    "a negative sum: leaves out the negative autocovariances",
    old="if total > 0 else gamma[0]",
    new="if total > 0 else gamma[0] + 2 * np.maximum(gamma[1:], 0).sum()",
)
mutate("ex7-diebold-mariano", "no correction", old=" * np.sqrt(correction)", new="")
mutate(
    "ex7-diebold-mariano",
    "the correction without its last term",
    old=" + h * (h - 1) / n) / n",
    new=") / n",
)
mutate(
    "ex7-diebold-mariano",
    "the normal distribution",
    old="stats.t.sf(abs(stat), n - 1)",
    new="stats.norm.sf(abs(stat))",
)
mutate(
    "ex7-diebold-mariano", "n degrees of freedom", old="(abs(stat), n - 1)", new="(abs(stat), n)"
)
mutate("ex7-diebold-mariano", "one tail", old="float(2 * stats", new="float(stats")
mutate(
    "ex7-diebold-mariano",
    "only the p-value is rounded",
    old="return float(stat), float(2 * stats.t.sf(abs(stat), n - 1))",
    new="return float(stat), round(float(2 * stats.t.sf(abs(stat), n - 1)), 3)",
)
mutate(
    "ex7-diebold-mariano",
    "0 / 0 for equal losses",
    old="        return 0.0, 1.0\n",
    new="        return np.nan, np.nan\n",
)
mutate(
    "ex7-diebold-mariano",
    "looks for equal errors, not for equal losses",
    old="if not d.any():",
    new="if np.array_equal(e1, e2):",
    raises=ValueError,
)
mutate(
    "ex7-diebold-mariano",
    "no spread: no difference",
    old='raise ValueError("e1, e2: expected differences with some spread, got a constant")',
    new="return 0.0, 1.0",
)
mutate(
    "ex7-diebold-mariano",
    "cuts the longer vector off",
    old="    if e1.ndim != 1",
    new="    e1, e2 = e1[: len(e2)], e2[: len(e1)]\n    if e1.ndim != 1",
)
mutate(
    "ex7-diebold-mariano",
    "flattens",
    old="dtype=float), np.asarray(e2, dtype=float)",
    new="dtype=float).ravel(), np.asarray(e2, dtype=float).ravel()",
)
mutate(
    "ex7-diebold-mariano",
    "one number stands for all errors of the second",
    old="    if e1.ndim != 1",
    new="    if e2.shape == (1,):\n        e2 = np.full(e1.shape, e2[0])\n    if e1.ndim != 1",
)
mutate(
    "ex7-diebold-mariano",
    "leaves NaN out",
    old="    if not np.isfinite([e1, e2]).all():",
    new="    e1, e2 = e1[np.isfinite(e1 + e2)], e2[np.isfinite(e1 + e2)]\n"
    "    if not np.isfinite([e1, e2]).all():",
)
mutate(
    "ex7-diebold-mariano",
    "accepts inf",
    old="not np.isfinite([e1, e2]).all()",
    new="np.isnan([e1, e2]).any()",
)
mutate(
    "ex7-diebold-mariano",
    "looks at the first errors only",
    old="np.isfinite([e1, e2])",
    new="np.isfinite(e1)",
)
mutate(
    "ex7-diebold-mariano",
    "h = 1 for every h below 1",
    old="    if not 1 <= h < n:",
    new="    h = max(h, 1)\n    if not 1 <= h < n:",
)
mutate("ex7-diebold-mariano", "accepts h = n", old="1 <= h < n", new="1 <= h <= n")
mutate(
    "ex7-diebold-mariano",
    "refuses h = n - 1",
    old="1 <= h < n",
    new="1 <= h < n - 1",
    raises=ValueError,
)
mutate(
    "ex7-diebold-mariano",
    "no more than half of the data as lags",
    old="range(h)]",
    new="range(min(h, n // 2 + 1))]",
)


@wrong("ex7-diebold-mariano", "absolute values in the caller's arrays", raises=ValueError)
def diebold_mariano(e1, e2, h, power=1):
    e1, e2 = np.asarray(e1, float), np.asarray(e2, float)
    if e1.ndim != 1 or e1.shape != e2.shape or not np.isfinite([e1, e2]).all():
        raise ValueError("errors")
    n = len(e1)
    if not 1 <= h < n:
        raise ValueError("h")
    for e in (e1, e2):
        np.abs(e, out=e)
    d = e1**power - e2**power
    if not d.any():
        return 0.0, 1.0
    if np.ptp(d) == 0:
        raise ValueError("constant")
    c = d - d.mean()
    gamma = np.array([c[k:] @ c[: n - k] for k in range(h)]) / n
    total = 2 * gamma.sum() - gamma[0]
    stat = d.mean() / np.sqrt(total if total > 0 else gamma[0])
    stat *= np.sqrt(n + 1 - 2 * h + h * (h - 1) / n)
    return stat, 2 * stats.t.sf(abs(stat), n - 1)


@wrong("ex7-diebold-mariano", "subtracts Series, which line up their indices")
def diebold_mariano(e1, e2, h, power=1):
    if np.ndim(e1) != 1 or np.shape(e1) != np.shape(e2):
        raise ValueError("shapes")
    e1, e2 = (e if isinstance(e, pd.Series) else pd.Series(e, dtype=float) for e in (e1, e2))
    if not np.isfinite(e1).all() or not np.isfinite(e2).all() or not 1 <= h < len(e1):
        raise ValueError("numbers or h")
    d = e1.abs() ** power - e2.abs() ** power
    if (d == 0).all():
        return 0.0, 1.0
    if d.nunique() == 1:
        raise ValueError("constant")
    n, c = len(d), (d - d.mean()).to_numpy()
    gamma = np.array([c[k:] @ c[: n - k] for k in range(h)]) / n
    total = 2 * gamma.sum() - gamma[0]
    stat = d.mean() / np.sqrt(total if total > 0 else gamma[0])
    stat *= np.sqrt(n + 1 - 2 * h + h * (h - 1) / n)
    return stat, 2 * stats.t.sf(abs(stat), n - 1)


# === Exercise 8 ============================================================================


@right("ex8-backtest", "a list of dictionaries; a pivot table for the leaderboard")
def backtest(models, y, splits):
    if len(models) == 0:
        raise ValueError("no models")
    if len(splits) == 0:
        raise ValueError("no splits")
    y = [float(v) for v in y]
    rows = []
    for train_idx, test_idx in splits:
        for name in models:
            H = len(test_idx)
            train = np.array([y[t] for t in train_idx], dtype=np.float64)
            train.flags.writeable = False
            forecast = [np.nan] * H
            try:
                result = np.array(models[name](train, H), dtype=float)
                if result.shape == (H,) and np.all(np.isfinite(result)):
                    forecast = result.tolist()
            except Exception as error:
                str(error)
            for j in range(H):
                rows.append(
                    {
                        "model": name,
                        "origin": train_idx[-1],
                        "h": j + 1,
                        "y": y[test_idx[j]],
                        "yhat": forecast[j],
                    }
                )
    return pd.DataFrame(rows)


@right("ex8-backtest", "a list of dictionaries; a pivot table for the leaderboard")
def leaderboard(table, y, m, initial):
    y = list(y)
    if m < 1 or m >= initial or initial > len(y):
        raise ValueError("m or initial")
    scale = np.mean([abs(y[t] - y[t - m]) for t in range(m, initial)])
    if scale == 0:
        raise ValueError("the divisor is 0")
    errors = table.assign(error=(table["y"] - table["yhat"]).abs())
    wide = errors.pivot_table("error", index=["model", "origin"], columns="h", dropna=False)
    rows = []
    for name in table["model"].unique():
        part = wide.loc[name].loc[table.loc[table["model"] == name, "origin"].unique()]
        failed = part.isna().any(axis=1)
        left = part[~failed].to_numpy()
        mase = left.mean() / scale if left.size else np.nan
        rows.append([name, mase, len(left), failed.sum()])
    rows.sort(key=lambda row: (np.isnan(row[1]), row[1]))
    return pd.DataFrame(rows, columns=["model", "mase", "n_origins", "failed"])


@right("ex8-backtest", "a frame for each split, put together; groupby and agg, a name as the index")
def backtest(models, y, splits):
    if not models or not splits:
        raise ValueError("models and splits must not be empty")
    y = np.array(pd.Series(y).to_numpy(), dtype="float64")
    parts = []
    for name, model in models.items():
        for train_idx, test_idx in splits:
            train_idx, test_idx = np.array(train_idx), np.array(test_idx)
            H = len(test_idx)
            train = y[train_idx].copy()
            train.setflags(write=False)
            try:
                yhat = np.array(model(train, H), dtype="float64")
                assert yhat.shape == (H,)
                assert np.isfinite(yhat).all()
            except Exception:
                yhat = np.full(H, np.nan)
            part = pd.DataFrame({"h": np.arange(1, H + 1), "y": y[test_idx], "yhat": yhat})
            part.insert(0, "origin", int(train_idx.max()))
            part.insert(0, "model", name)
            parts.append(part)
    return pd.concat(parts)


@right("ex8-backtest", "a frame for each split, put together; groupby and agg, a name as the index")
def leaderboard(table, y, m, initial):
    y = np.asarray(y, dtype=float)
    if not (m >= 1 and m < initial and initial <= y.size):
        raise ValueError("m, initial")
    known = y[:initial]
    scale = np.mean(np.abs(known[m:] - known[:-m]))
    if not scale > 0:
        raise ValueError("scale")
    table = table.assign(error=np.abs(table["y"].to_numpy() - table["yhat"].to_numpy()))
    origins = table.groupby(["model", "origin"])["error"].agg(
        total=lambda e: e.sum(skipna=False), size="size"
    )
    origins["size"] = origins["size"].where(origins["total"].notna(), 0)
    board = origins.groupby("model").agg(
        total=("total", "sum"),
        size=("size", "sum"),
        n_origins=("total", "count"),
        failed=("total", lambda e: int(e.isna().sum())),
    )
    board["mase"] = board["total"] / board["size"].replace(0, np.nan) / scale
    board = board.sort_values("mase", na_position="last").reset_index()
    return board[["model", "mase", "n_origins", "failed"]]


@right("ex8-backtest", "columns as lists; the leaderboard without pandas")
def leaderboard(table, y, m, initial):
    y = np.array(list(y), dtype=float)
    if m < 1 or initial <= m or initial > len(y):
        raise ValueError("m and initial")
    scale = sum(abs(y[t] - y[t - m]) for t in range(m, initial)) / (initial - m)
    if scale == 0:
        raise ValueError("constant")
    errors = {}
    for row in table.itertuples():
        errors.setdefault(row.model, {}).setdefault(row.origin, []).append(abs(row.y - row.yhat))
    rows = []
    for name, origins in errors.items():
        good = [e for e in origins.values() if not np.isnan(e).any()]
        mase = np.mean(np.concatenate(good)) / scale if good else float("nan")
        rows.append((name, mase, len(good), len(origins) - len(good)))
    board = pd.DataFrame(rows, columns=["model", "mase", "n_origins", "failed"])
    return board.iloc[np.argsort(board["mase"].to_numpy())]


@wrong("ex8-backtest", "the model sees all values before each test part, and after it")
def backtest(models, y, splits):
    if not models or not splits:
        raise ValueError("nothing to do")
    y, rows = np.array(y, dtype=float), []
    y.setflags(write=False)
    for name, model in models.items():
        for train_idx, test_idx in splits:
            H = len(test_idx)
            try:
                yhat = np.asarray(model(y, H), dtype=float)
            except Exception:
                yhat = np.full(H, np.nan)
            if yhat.shape != (H,) or not np.isfinite(yhat).all():
                yhat = np.full(H, np.nan)
            rows += [(name, train_idx[-1], h + 1, y[test_idx[h]], yhat[h]) for h in range(H)]
    return pd.DataFrame(rows, columns=["model", "origin", "h", "y", "yhat"])


@wrong("ex8-backtest", "one training array for all models of a split")
def backtest(models, y, splits):
    if not models or not splits:
        raise ValueError("nothing to do")
    y, rows = np.array(y, dtype=float), []
    for train_idx, test_idx in splits:
        train, H = y[np.asarray(train_idx)], len(test_idx)
        train.setflags(write=False)
        for name, model in models.items():
            try:
                yhat = np.asarray(model(train, H), dtype=float)
            except Exception:
                yhat = np.full(H, np.nan)
            if yhat.shape != (H,) or not np.isfinite(yhat).all():
                yhat = np.full(H, np.nan)
            rows += [(name, train_idx[-1], h + 1, y[test_idx[h]], yhat[h]) for h in range(H)]
    return pd.DataFrame(rows, columns=["model", "origin", "h", "y", "yhat"])


mutate(
    "ex8-backtest",
    "a locked view of the series: whoever unlocks it writes into all splits",
    old="values[np.asarray(train_idx)]",
    new="values[train_idx[0] : train_idx[-1] + 1]",
)
mutate(
    "ex8-backtest",
    "all training values up to the origin: a sliding window grows",
    old="values[np.asarray(train_idx)]",
    new="values[: train_idx[-1] + 1].copy()",
)
mutate("ex8-backtest", "models can write into their array", old="(write=False)", new="(write=True)")
mutate(
    "ex8-backtest",
    "lets errors other than ValueError through",
    old="except Exception:",
    new="except ValueError:",
    raises=ZeroDivisionError,
)
mutate(
    "ex8-backtest",
    "flattens the forecasts",
    old="np.asarray(model(train, H), dtype=float)",
    new="np.ravel(np.asarray(model(train, H), dtype=float))",
)
mutate(
    "ex8-backtest",
    "one number stands for all steps",
    old="            if yhat.shape != (H,)",
    new="            if yhat.size == 1 and yhat.ndim < 2:\n"
    "                yhat = np.full(H, yhat)\n"
    "            if yhat.shape != (H,)",
)
mutate(
    "ex8-backtest",
    "too few forecasts are filled up with their last one",
    old="            if yhat.shape != (H,)",
    new="            if yhat.ndim == 1 and 0 < len(yhat) < H:\n"
    "                yhat = np.append(yhat, np.full(H - len(yhat), yhat[-1]))\n"
    "            if yhat.shape != (H,)",
)
mutate(
    "ex8-backtest",
    "NaN only where the forecast is not finite",
    old="if yhat.shape != (H,) or not np.isfinite(yhat).all():",
    new="yhat = np.where(np.isfinite(yhat), yhat, np.nan)\n            if yhat.shape != (H,):",
)
mutate(
    "ex8-backtest",
    "inf is a forecast",
    old="not np.isfinite(yhat).all()",
    new="np.isnan(yhat).any()",
)
mutate(
    "ex8-backtest",
    "the number of training values is the origin",
    old="int(train_idx[-1])",
    new="len(train) - 1",
)
mutate(
    "ex8-backtest",
    "h and origin are floats",
    old="int(train_idx[-1]), h,",
    new="float(train_idx[-1]), float(h),",
)
mutate(
    "ex8-backtest",
    "an empty table for no models",
    old="if not len(models) or not len(splits)",
    new="if not len(splits)",
)
mutate(
    "ex8-backtest",
    "an empty table for no splits",
    old="if not len(models) or not len(splits)",
    new="if not len(models)",
)


@wrong("ex8-backtest", "labels of a Series in place of its positions", raises=KeyError)
def backtest(models, y, splits):
    if not models or not splits:
        raise ValueError("nothing to do")
    rows = []
    for name, model in models.items():
        for train_idx, test_idx in splits:
            train, H = np.array([y[t] for t in train_idx], dtype=float), len(test_idx)
            train.setflags(write=False)
            try:
                yhat = np.asarray(model(train, H), dtype=float)
            except Exception:
                yhat = np.full(H, np.nan)
            if yhat.shape != (H,) or not np.isfinite(yhat).all():
                yhat = np.full(H, np.nan)
            rows += [(name, train_idx[-1], h + 1, y[test_idx[h]], yhat[h]) for h in range(H)]
    return pd.DataFrame(rows, columns=["model", "origin", "h", "y", "yhat"])


@wrong("ex8-backtest", "the mean over origins of root mean squares")
def leaderboard(table, y, m, initial):
    values = np.asarray(y, dtype=float)
    if not 1 <= m < initial <= len(values):
        raise ValueError("m, initial")
    scale = np.abs(values[m:initial] - values[: initial - m]).mean()
    if scale == 0:
        raise ValueError("scale")
    rows = []
    for name, part in table.groupby("model"):
        squares = (part["y"] - part["yhat"]) ** 2
        roots = np.sqrt(squares.groupby(part["origin"]).agg(lambda e: e.mean(skipna=False)))
        rows.append((name, roots.mean() / scale, roots.count(), roots.isna().sum()))
    board = pd.DataFrame(rows, columns=["model", "mase", "n_origins", "failed"])
    return board.sort_values("mase", ignore_index=True)


@wrong(
    "ex8-backtest",
    "models without an origin left are missing from the leaderboard",
    raises=KeyError,
)
def leaderboard(table, y, m, initial):
    values = np.asarray(y, dtype=float)
    if not 1 <= m < initial <= len(values):
        raise ValueError("m, initial")
    scale = np.abs(values[m:initial] - values[: initial - m]).mean()
    if scale == 0:
        raise ValueError("scale")
    every = table.groupby("model")["origin"].nunique()
    good = table.dropna()
    groups = good.assign(error=(good["y"] - good["yhat"]).abs() / scale).groupby("model")
    board = groups.agg(mase=("error", "mean"), n_origins=("origin", "nunique")).reset_index()
    board["failed"] = board["model"].map(every) - board["n_origins"]
    return board.sort_values("mase", ignore_index=True)


@wrong("ex8-backtest", "one failure, and no mase")
def leaderboard(table, y, m, initial):
    values = np.asarray(y, dtype=float)
    if not 1 <= m < initial <= len(values):
        raise ValueError("m, initial")
    scale = np.abs(values[m:initial] - values[: initial - m]).mean()
    if scale == 0:
        raise ValueError("scale")
    rows = []
    for name, part in table.groupby("model"):
        failed = part.loc[part["yhat"].isna(), "origin"].nunique()
        mase = np.mean(np.abs(part["y"].to_numpy() - part["yhat"].to_numpy())) / scale
        rows.append((name, mase, part["origin"].nunique() - failed, failed))
    board = pd.DataFrame(rows, columns=["model", "mase", "n_origins", "failed"])
    return board.sort_values("mase", ignore_index=True)


mutate(
    "ex8-backtest",
    "origins where one model failed count for no model",
    old='part.loc[part["yhat"].isna(), "origin"]',
    new='table.loc[table["yhat"].isna(), "origin"]',
)
mutate(
    "ex8-backtest",
    "the divisor from all values",
    old="values[m:initial] - values[: initial - m]",
    new="values[m:] - values[:-m]",
)
mutate(
    "ex8-backtest",
    "the divisor with m = 1",
    old="values[m:initial] - values[: initial - m]",
    new="np.diff(values[:initial])",
)
mutate(
    "ex8-backtest",
    "failed origins count",
    old='good["origin"].nunique()',
    new='part["origin"].nunique()',
)
mutate(
    "ex8-backtest",
    "NaN first",
    old='"mase", ignore_index=True',
    new='"mase", ignore_index=True, na_position="first"',
)
mutate(
    "ex8-backtest",
    "accepts m = initial",
    old="not 1 <= m < initial <=",
    new="not 1 <= m <= initial <=",
)
mutate(
    "ex8-backtest",
    "refuses initial = T",
    old="initial <= len(values)",
    new="initial < len(values)",
    raises=ValueError,
)
mutate(
    "ex8-backtest",
    "accepts an initial beyond the end",
    old="initial <= len(values):",
    new="initial:\n        raise ValueError\n"
    "    initial = min(initial, len(values))\n    if m >= initial:",
)
mutate(
    "ex8-backtest",
    "writes its errors into the table that it gets",
    old="    rows = []\n    for name, part",
    new='    table["error"] = (table["y"] - table["yhat"]).abs()\n'
    "    rows = []\n    for name, part",
)
mutate(
    "ex8-backtest",
    "drops the failed rows of the table that it gets",
    old="    return board.sort_values",
    new="    table.dropna(inplace=True)\n    return board.sort_values",
)
mutate(
    "ex8-backtest",
    "the divisor by the labels of a Series",
    old="values[m:initial] - values[: initial - m]",
    new="[y[t] - y[t - m] for t in range(m, initial)]",
    raises=KeyError,
)

# === Exercise 9 ============================================================================


@right(
    "ex9-service",
    "normal equations in NumPy on changes from the last row, everything in meta.json",
    makes="ForecastService",
)
def make():
    class ForecastService:
        def __init__(self, lookback, horizon, target):
            self.lookback = lookback
            self.horizon = horizon
            self.target = target

        def check(self, table, rows, n_used):
            for name in self.columns:
                if name not in table:
                    raise ValueError(f"the column {name} is missing")
            if len(table) < rows:
                raise ValueError(f"at least {rows} rows are needed")
            times = list(table.index)
            if any(not times[i] < times[i + 1] for i in range(len(times) - 1)):
                raise ValueError("the index must increase")
            used = table[self.columns].tail(n_used)
            for name in self.columns:
                if used[name].isna().any():
                    raise ValueError(f"NaN in the column {name}")
            return used.to_numpy(dtype=float)

        def features(self, window):
            scaled = (window - self.mean) / self.std
            return np.append(scaled.ravel(), 1.0)

        def fit(self, df):
            if self.target not in df.columns:
                raise ValueError(f"no column {self.target}")
            self.columns = [str(name) for name in df.columns]
            L, H = self.lookback, self.horizon
            values = self.check(df, L + H, len(df))
            self.mean, self.std = values.mean(axis=0), values.std(axis=0)
            self.std[self.std == 0] = 1.0
            goal = values[:, self.columns.index(self.target)]
            X, Y = [], []
            for i in range(len(values) - L - H + 1):
                X.append(self.features(values[i : i + L]))
                Y.append(goal[i + L : i + L + H] - goal[i + L - 1])
            X, Y = np.array(X), np.array(Y)
            penalty = 0.1 * np.eye(X.shape[1])
            self.weights = np.linalg.solve(X.T @ X + penalty, X.T @ Y)
            return self

        def predict(self, last_rows):
            window = self.check(last_rows, self.lookback, self.lookback)
            last = window[-1, self.columns.index(self.target)]
            return last + self.features(window) @ self.weights

        def save(self, folder):
            import os
            import platform

            os.makedirs(folder, exist_ok=True)
            meta = {
                "lookback": self.lookback,
                "horizon": self.horizon,
                "target": self.target,
                "columns": self.columns,
                "mean": self.mean.tolist(),
                "std": self.std.tolist(),
                "weights": self.weights.tolist(),
                "versions": {"python": platform.python_version(), "numpy": np.__version__},
            }
            with open(os.path.join(folder, "meta.json"), "w") as file:
                json.dump(meta, file)

        @staticmethod
        def load(folder):
            with open(Path(folder) / "meta.json") as file:
                meta = json.load(file)
            service = ForecastService(meta["lookback"], meta["horizon"], meta["target"])
            service.columns = meta["columns"]
            for name in ("mean", "std", "weights"):
                setattr(service, name, np.array(meta[name]))
            return service

    return ForecastService


@right(
    "ex9-service",
    "a dense layer behind Normalization, saved as model.keras; only used rows in order",
    makes="ForecastService",
)
def make():
    class ForecastService:
        def __init__(self, lookback, horizon, target):
            self.lookback, self.horizon, self.target = lookback, horizon, target
            self.columns, self.model = None, None

        def _values(self, df, used):
            missing = [c for c in self.columns if c not in df.columns]
            if missing:
                raise ValueError(f"missing columns: {missing}")
            rows = df[self.columns].iloc[-used:]
            holes = rows.columns[rows.isna().any()].tolist()
            if holes:
                raise ValueError(f"NaN in {holes}")
            index = rows.index
            if not index.is_monotonic_increasing or index.has_duplicates:
                raise ValueError("times must increase")
            return rows.to_numpy(dtype="float32")

        def fit(self, df):
            L, H = self.lookback, self.horizon
            if self.target not in df.columns:
                raise ValueError(f"target {self.target} is no column")
            if len(df) < L + H:
                raise ValueError("too few rows")
            self.columns = df.columns.tolist()
            values = self._values(df, len(df))
            goal = values[:, self.columns.index(self.target)]
            n = len(values) - L - H + 1
            X = np.stack([values[i : i + L] for i in range(n)])
            Y = np.stack([goal[i + L : i + L + H] for i in range(n)])
            keras.utils.set_random_seed(10)
            scale = layers.Normalization(mean=values.mean(axis=0), variance=values.var(axis=0))
            back = layers.Rescaling(float(goal.std()), float(goal.mean()))
            last = [layers.Flatten(), layers.Dense(H)]
            self.model = keras.Sequential([keras.Input(X.shape[1:]), scale, *last, back])
            small = (Y - goal.mean()) / goal.std()
            trained = keras.Sequential(self.model.layers[:-1])
            trained.compile(keras.optimizers.Adam(0.02), "mse", jit_compile=False)
            trained.fit(X, small, epochs=12, batch_size=8, verbose=0)

        def predict(self, last_rows):
            if len(last_rows) < self.lookback:
                raise ValueError("too few rows")
            window = self._values(last_rows, self.lookback)[None]
            return keras.ops.convert_to_numpy(self.model(window))[0].astype(float)

        def save(self, folder):
            folder = Path(folder)
            folder.mkdir(parents=True, exist_ok=True)
            self.model.save(folder / "model.keras")
            meta = dict(lookback=self.lookback, horizon=self.horizon, target=self.target)
            meta.update(columns=self.columns, versions={"keras": keras.__version__})
            (folder / "meta.json").write_text(json.dumps(meta))

        @classmethod
        def load(cls, folder):
            meta = json.loads((Path(folder) / "meta.json").read_text())
            service = cls(*(meta[name] for name in ("lookback", "horizon", "target")))
            service.columns = meta["columns"]
            service.model = keras.models.load_model(Path(folder) / "model.keras")
            return service

    return ForecastService


@right(
    "ex9-service",
    "one step of all columns by least squares, fed back; arrays as separate files",
    makes="ForecastService",
)
def make():
    class VectorAutoregression:
        def __init__(self, lookback, horizon, target):
            self.settings = {"lookback": lookback, "horizon": horizon, "target": target}

        def table(self, df, rows):
            s = self.settings
            for name in self.columns:
                if name not in df.columns:
                    raise ValueError(f"{name} is not in the table")
                if df[name].to_numpy()[-rows:].dtype.kind not in "fiu":
                    raise ValueError(f"{name} does not hold numbers")
                if np.isnan(df[name].to_numpy(dtype=float)[-rows:]).any():
                    raise ValueError(f"{name} has gaps")
            if len(df) < s["lookback"] or not (df.index[1:] > df.index[:-1]).all():
                raise ValueError("too short, or times out of order")
            return df[self.columns].to_numpy(dtype=float)[-rows:]

        def fit(self, df):
            L = self.settings["lookback"]
            if len(df) < L + self.settings["horizon"]:
                raise ValueError("too short")
            self.columns = list(df.columns)
            if self.settings["target"] not in self.columns:
                raise ValueError(f"{self.settings['target']} is not in the table")
            raw = self.table(df, len(df))
            self.middle, self.width = raw.mean(0), np.maximum(raw.std(0), 1e-9)
            z = (raw - self.middle) / self.width
            X = np.array([z[i : i + L].ravel() for i in range(len(z) - L)])
            rows = np.vstack([X, 0.5 * np.eye(X.shape[1])])
            goal = np.vstack([z[L:], np.zeros((X.shape[1], z.shape[1]))])
            self.A = np.linalg.lstsq(rows, goal, rcond=None)[0]

        def predict(self, last_rows):
            z = (self.table(last_rows, self.settings["lookback"]) - self.middle) / self.width
            path, place = [], self.columns.index(self.settings["target"])
            for _ in range(self.settings["horizon"]):
                z = np.vstack([z[1:], z.ravel() @ self.A])
                path.append(z[-1, place] * self.width[place] + self.middle[place])
            return np.array(path)

        def save(self, folder):
            folder = Path(folder)
            if not folder.exists():
                folder.mkdir(parents=True)
            for name in ("middle", "width", "A"):
                np.save(folder / f"{name}.npy", getattr(self, name), allow_pickle=False)
            meta = {
                **self.settings,
                "columns": self.columns,
                "versions": {"pandas": pd.__version__},
            }
            (folder / "meta.json").write_text(json.dumps(meta))

        @classmethod
        def load(cls, folder):
            meta = json.loads(Path(folder, "meta.json").read_text())
            service = cls(meta["lookback"], meta["horizon"], meta["target"])
            service.columns = meta["columns"]
            for name in ("middle", "width", "A"):
                setattr(service, name, np.load(Path(folder, f"{name}.npy")))
            return service

    return VectorAutoregression


@right("ex9-service", "the target is the first of the columns", makes="ForecastService")
def make():
    class TargetFirst(ForecastService):
        def fit(self, df):
            if self.target not in df.columns:
                raise ValueError(f"no column {self.target}")
            others = [name for name in df.columns if name != self.target]
            super().fit(df[[self.target, *others]])

    return TargetFirst


@wrong("ex9-service", "repeats the last value of the target", makes="ForecastService")
def make():
    class Naive(ForecastService):
        def predict(self, last_rows):
            super().predict(last_rows)
            return np.full(self.horizon, float(last_rows[self.target].iloc[-1]))

    return Naive


@wrong("ex9-service", "sees no column but the target", makes="ForecastService")
def make():
    class OneColumn(ForecastService):
        def fit(self, df):
            super().fit(df)
            blank = df[self.columns].copy()
            for name in self.columns:
                if name != self.target:
                    blank[name] = 0.0
            super().fit(blank)

    return OneColumn


@wrong(
    "ex9-service",
    "gaps of the table that it gets are filled before they are tested",
    makes="ForecastService",
)
def make():
    class Fills(ForecastService):
        def predict(self, last_rows):
            return super().predict(last_rows.ffill())

    return Fills


@wrong(
    "ex9-service",
    "the table that predict gets loses its other columns and older rows",
    makes="ForecastService",
)
def make():
    class Tidies(ForecastService):
        def predict(self, last_rows):
            others = [name for name in last_rows.columns if name not in self.columns]
            last_rows.drop(columns=others, inplace=True)
            return super().predict(last_rows)

    return Tidies


@wrong("ex9-service", "scales the caller's table in fit", makes="ForecastService")
def make():
    class Scales(ForecastService):
        def fit(self, df):
            super().fit(df)
            for name in df.columns:
                df[name] = df[name] - df[name].mean()

    return Scales


@wrong(
    "ex9-service",
    "learns at the first forecast, from the table as it is then",
    makes="ForecastService",
)
def make():
    class Lazy(ForecastService):
        def fit(self, df):
            super().fit(df)
            self.table = df

        def predict(self, last_rows):
            if hasattr(self, "table"):
                super().fit(self.table)
            return super().predict(last_rows)

    return Lazy


@wrong(
    "ex9-service", "predict moves the means towards the rows that it sees", makes="ForecastService"
)
def make():
    class Learns(ForecastService):
        def predict(self, last_rows):
            forecast = super().predict(last_rows)
            rows = last_rows[self.columns].iloc[-self.lookback :].mean().to_numpy()
            self.arrays["mean"] = 0.99 * self.arrays["mean"] + 0.01 * rows
            return forecast

    return Learns


@wrong(
    "ex9-service",
    "a model inside np.savez as an object: a pickle in a wrapper",
    makes="ForecastService",
)
def make():
    class Wrapped(ForecastService):
        def save(self, folder):
            super().save(folder)
            np.savez(Path(folder, "model.npz"), model=np.array(self.arrays, dtype=object))

        @classmethod
        def load(cls, folder):
            meta = json.loads(Path(folder, "meta.json").read_text())
            service = cls(meta["lookback"], meta["horizon"], meta["target"])
            service.columns = meta["columns"]
            box = np.load(Path(folder, "model.npz"), allow_pickle=True)
            service.arrays = box["model"].item()
            return service

    return Wrapped


@wrong("ex9-service", "joblib writes a pickle of the whole service", makes="ForecastService")
def make():
    class Pickled(ForecastService):
        def save(self, folder):
            import joblib

            super().save(folder)
            joblib.dump(self.arrays, Path(folder, "model.bin"))

    return Pickled


@wrong(
    "ex9-service",
    "the absolute path of the model stands in meta.json",
    raises=FileNotFoundError,
    makes="ForecastService",
)
def make():
    class Absolute(ForecastService):
        def save(self, folder):
            super().save(folder)
            file = Path(folder, "meta.json")
            meta = json.loads(file.read_text())
            meta["model"] = str(Path(folder, "model.npz").resolve())
            file.write_text(json.dumps(meta))

        @classmethod
        def load(cls, folder):
            service = super().load(folder)
            meta = json.loads(Path(folder, "meta.json").read_text())
            service.arrays = dict(np.load(meta["model"]))
            return service

    return Absolute


@wrong(
    "ex9-service",
    "the arrays belong to the class: the last fit counts for all",
    raises=ValueError,
    makes="ForecastService",
)
def make():
    class Shared(ForecastService):
        memory: dict = {}  # noqa: RUF012

        def fit(self, df):
            super().fit(df)
            self.memory["arrays"] = self.arrays

        def predict(self, last_rows):
            super().predict(last_rows)
            self.arrays = self.memory["arrays"]
            return super().predict(last_rows)

    return Shared


@wrong(
    "ex9-service",
    "load knows no names: columns count by position",
    raises=ValueError,
    makes="ForecastService",
)
def make():
    class Positions(ForecastService):
        @classmethod
        def load(cls, folder):
            service = super().load(folder)
            service.nameless = True
            return service

        def predict(self, last_rows):
            if hasattr(self, "nameless"):
                last_rows = last_rows.iloc[:, : len(self.columns)].set_axis(self.columns, axis=1)
            return super().predict(last_rows)

    return Positions


mutate(
    "ex9-service",
    "means and scales of the rows that predict gets",
    old='((values - a["mean"]) / a["scale"])',
    new="((values - values.mean(axis=0)) / (values.std(axis=0) + 1e-12))",
)
mutate(
    "ex9-service",
    "saves the model without the means",
    old="**self.arrays)",
    new='**{k: v for k, v in self.arrays.items() if k != "mean"})',
    raises=KeyError,
)
mutate(
    "ex9-service",
    "columns by position",
    old="return df[self.columns].iloc[-used:]",
    new="return df.iloc[-used:, : len(self.columns)]",
    raises=ValueError,
)
mutate(
    "ex9-service",
    "unknown columns are refused",
    old="        for name in self.columns:\n",
    new="        if set(df.columns) - set(self.columns):\n            raise ValueError\n"
    "        for name in self.columns:\n",
    raises=ValueError,
)
mutate(
    "ex9-service",
    "a NaN in older rows is refused",
    old="df[name].iloc[-used:].isna()",
    new="df[name].isna()",
    raises=ValueError,
)
mutate(
    "ex9-service",
    "a NaN in the first row of the window is not seen",
    old="df[name].iloc[-used:].isna()",
    new="df[name].iloc[len(df) - used + 1 :].isna()",
)
mutate(
    "ex9-service",
    "only the target is tested for NaN",
    old="df[name].iloc[-used:].isna().any()",
    new="name == self.target and df[name].iloc[-used:].isna().any()",
    raises=ValueError,
)
mutate(
    "ex9-service",
    "rows with NaN are left out",
    old="        for name in self.columns:\n            if name not",
    new="        df = df.dropna(subset=df.columns.intersection(self.columns))\n"
    "        for name in self.columns:\n            if name not",
)
mutate(
    "ex9-service", "a KeyError for a missing column", old="name not in df.columns or df", new="df"
)
mutate(
    "ex9-service",
    "the message names the target",
    old="column {name!r}: expected",
    new="column {self.target!r}: expected",
)
mutate("ex9-service", "times may repeat", old=" and df.index.is_unique", new="")
mutate("ex9-service", "times in any order", old="df.index.is_monotonic_increasing and df", new="df")
mutate(
    "ex9-service",
    "exactly lookback + horizon rows are too few",
    old="if len(df) < least or",
    new="if len(df) <= least - (used == self.lookback) or",
    raises=ValueError,
)
mutate(
    "ex9-service",
    "the folder above must be there",
    old="mkdir(parents=True, exist_ok=True)",
    new="mkdir(exist_ok=True)",
    raises=FileNotFoundError,
)
mutate(
    "ex9-service",
    "the folder must not be there",
    old="mkdir(parents=True, exist_ok=True)",
    new="mkdir(parents=True)",
    raises=FileExistsError,
)
mutate(
    "ex9-service",
    "folder is a Path",
    old="Path(folder).mkdir",
    new="folder.mkdir",
    raises=AttributeError,
)
mutate(
    "ex9-service",
    "versions as a list",
    old='{"numpy": np.__version__}}',
    new="[np.__version__]}",
    raises=AttributeError,
)
mutate(
    "ex9-service",
    "the version as a number",
    old='{"numpy": np.__version__}',
    new='{"numpy": float(np.__version__[:3])}',
)
mutate("ex9-service", "no program named in versions", old='{"numpy": np.__version__}', new="{}")
mutate(
    "ex9-service",
    "forecasts the first column, whatever the target is",
    old="self.lookback, self.horizon, self.columns.index(self.target)",
    new="self.lookback, self.horizon, 0",
)
