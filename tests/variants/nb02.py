"""Answers to the exercises of notebook 02, as students write them.

Every function runs in the notebook's namespace (``np``, ``pd``, ``lfilter``, ``norm``,
``AutoReg``, ``acovf`` and the solution's functions are there); what else it needs, it imports
itself.
"""

# All answers to an exercise bear its name:
# ruff: noqa: F811

import numpy as np
import pandas as pd
from scipy.signal import lfilter
from scipy.stats import norm
from statsmodels.tsa.ar_model import AutoReg
from statsmodels.tsa.stattools import acf as library_acf
from statsmodels.tsa.stattools import acovf

from tests.variants import mutate, right, wrong

# === Exercise 1 ============================================================================


@right("ex1-smooth", "differences of cumulative sums")
def smooth(x, window, kind="trailing"):
    x = np.asarray(x, dtype=float)
    n = len(x)
    if window < 1 or window > n:
        raise ValueError(f"window must be between 1 and {n}")
    if kind not in ["trailing", "centered"]:
        raise ValueError("kind must be trailing or centered")
    total = np.concatenate([[0.0], np.cumsum(x)])
    means = (total[window:] - total[:-window]) / window
    out = np.full(n, np.nan)
    if kind == "trailing":
        out[window - 1 :] = means
    elif window % 2 == 1:
        half = window // 2
        out[half : n - half] = means
    else:
        half = window // 2
        out[half : n - half] = (means[:-1] + means[1:]) / 2
    return out


@right("ex1-smooth", "pandas: rolling means, two of them for an even centred window")
def smooth(x, window, kind="trailing"):
    s = pd.Series(np.array(x, dtype=float))
    if not 1 <= window <= len(s):
        raise ValueError("window out of range")
    if kind == "trailing":
        return s.rolling(window).mean().to_numpy()
    if kind == "centered":
        trend = s.rolling(window).mean()
        if window % 2 == 0:
            trend = trend.rolling(2).mean()
        return trend.shift(-(window // 2)).to_numpy()
    raise ValueError(f"unknown kind {kind}")


@right("ex1-smooth", "a loop over positions in plain Python")
def smooth(x, window, kind="trailing"):
    values = [float(v) for v in x]
    n = len(values)
    if window < 1:
        raise ValueError("window is too small")
    if window > n:
        raise ValueError("window is too large")
    if kind != "trailing" and kind != "centered":
        raise ValueError("kind is unknown")
    result = []
    for t in range(n):
        if kind == "trailing":
            first, last = t - window + 1, t
        else:
            first, last = t - window // 2, t + window // 2
        if first < 0 or last >= n:
            result.append(float("nan"))
            continue
        part = values[first : last + 1]
        total = sum(part)
        if kind == "centered" and window % 2 == 0:
            total = total - part[0] / 2 - part[-1] / 2
        result.append(total / window)
    return np.array(result)


@right("ex1-smooth", "sliding windows, averaged over neighbours when w is even, put between NaN")
def smooth(x, window, kind="trailing"):
    x = np.array(x, dtype=float)
    if window < 1 or window > x.size:
        raise ValueError("bad window")
    if kind not in {"trailing", "centered"}:
        raise ValueError("bad kind")
    means = np.lib.stride_tricks.sliding_window_view(x, window).mean(axis=1)
    if kind == "trailing":
        return np.pad(means, (window - 1, 0), constant_values=np.nan)
    if window % 2 == 0:
        means = 0.5 * (means[1:] + means[:-1])
    half = window // 2
    return np.pad(means, (half, half), constant_values=np.nan)[: len(x)]


@right("ex1-smooth", "np.convolve in mode full, the incomplete ends overwritten")
def smooth(x, window, kind="trailing"):
    x = np.asarray(x, dtype=float)
    n = len(x)
    if not (1 <= window <= n) or kind not in ("trailing", "centered"):
        raise ValueError(f"bad window {window} or kind {kind}")
    weights = np.ones(window)
    if kind == "centered" and window % 2 == 0:
        weights = np.append(weights, 1.0)
        weights[[0, -1]] = 0.5
    out = np.convolve(x, weights / window)[:n]
    out[: len(weights) - 1] = np.nan
    if kind == "centered":
        late = window // 2
        out = np.concatenate([out[late:], np.full(late, np.nan)])
    return out


@wrong("ex1-smooth", "np.convolve in mode same: looks ahead and pads with zeros")
def smooth(x, window, kind="trailing"):
    x = np.asarray(x, dtype=float)
    if not 1 <= window <= len(x) or kind not in ("trailing", "centered"):
        raise ValueError("bad input")
    return np.convolve(x, np.ones(window) / window, mode="same")


@wrong("ex1-smooth", "a centred mean when a trailing one is asked: sees the future")
def smooth(x, window, kind="trailing"):
    x = np.asarray(x, dtype=float)
    n = len(x)
    if not 1 <= window <= n or kind not in ("trailing", "centered"):
        raise ValueError("bad input")
    weights = np.ones(window) / window
    if window % 2 == 0:
        weights = np.r_[0.5, np.ones(window - 1), 0.5] / window
    result = np.full(n, np.nan)
    if len(weights) <= n:
        half = window // 2
        result[half : n - half] = np.convolve(x, weights, mode="valid")
    return result


@wrong("ex1-smooth", "trailing whatever kind says")
def smooth(x, window, kind="trailing"):
    x = np.asarray(x, dtype=float)
    n = len(x)
    if not 1 <= window <= n or kind not in ("trailing", "centered"):
        raise ValueError("bad input")
    result = np.full(n, np.nan)
    for t in range(window - 1, n):
        result[t] = x[t - window + 1 : t + 1].mean()
    return result


@wrong("ex1-smooth", "treats values before the first one as zeros")
def smooth(x, window, kind="trailing"):
    x = np.asarray(x, dtype=float)
    n = len(x)
    if not 1 <= window <= n or kind not in ("trailing", "centered"):
        raise ValueError("bad input")
    if kind == "trailing":
        return np.convolve(x, np.ones(window) / window)[:n]
    weights = np.ones(window) / window
    if window % 2 == 0:
        weights = np.r_[0.5, np.ones(window - 1), 0.5] / window
    half = window // 2
    return np.convolve(x, weights)[half : half + n]


@wrong("ex1-smooth", "averages what there is at the ends instead of NaN (min_periods=1)")
def smooth(x, window, kind="trailing"):
    s = pd.Series(np.array(x, dtype=float))
    if not 1 <= window <= len(s) or kind not in ("trailing", "centered"):
        raise ValueError("bad input")
    if kind == "trailing":
        return s.rolling(window, min_periods=1).mean().to_numpy()
    means = s.rolling(window, min_periods=1, center=True).mean()
    if window % 2 == 0:
        means = means.rolling(2, min_periods=1).mean().shift(-1)
    return means.to_numpy()


@wrong("ex1-smooth", "the mean of the window values before today, without today")
def smooth(x, window, kind="trailing"):
    x = np.asarray(x, dtype=float)
    n = len(x)
    if not 1 <= window <= n or kind not in ("trailing", "centered"):
        raise ValueError("bad input")
    result = np.full(n, np.nan)
    if kind == "trailing":
        for t in range(window, n):
            result[t] = x[t - window : t].mean()
        return result
    half = window // 2
    for t in range(half, n - half):
        part = x[t - half : t + half + 1]
        result[t] = part.mean() if window % 2 else (part[:-1].mean() + part[1:].mean()) / 2
    return result


@wrong("ex1-smooth", "cuts the incomplete ends off")
def smooth(x, window, kind="trailing"):
    x = np.asarray(x, dtype=float)
    if not 1 <= window <= len(x) or kind not in ("trailing", "centered"):
        raise ValueError("bad input")
    weights = np.ones(window) / window
    if kind == "centered" and window % 2 == 0:
        weights = np.r_[0.5, np.ones(window - 1), 0.5] / window
    return np.convolve(x, weights, mode="valid")


@wrong("ex1-smooth", "an even centred window with w equal weights, half a step off centre")
def smooth(x, window, kind="trailing"):
    s = pd.Series(np.array(x, dtype=float))
    if not 1 <= window <= len(s) or kind not in ("trailing", "centered"):
        raise ValueError("bad input")
    return s.rolling(window, center=kind == "centered").mean().to_numpy()


@wrong("ex1-smooth", "NaN at the start only: the centred mean is as late as the trailing one")
def smooth(x, window, kind="trailing"):
    x = np.asarray(x, dtype=float)
    n = len(x)
    if not 1 <= window <= n or kind not in ("trailing", "centered"):
        raise ValueError("bad input")
    weights = np.ones(window) / window
    if kind == "centered" and window % 2 == 0:
        weights = np.r_[0.5, np.ones(window - 1), 0.5] / window
    if len(weights) > n:
        return np.full(n, np.nan)
    means = np.convolve(x, weights, mode="valid")
    return np.concatenate([np.full(n - len(means), np.nan), means])


@wrong("ex1-smooth", "writes the means into the caller's array")
def smooth(x, window, kind="trailing"):
    x = np.asarray(x, dtype=float)
    n = len(x)
    if not 1 <= window <= n or kind not in ("trailing", "centered"):
        raise ValueError("bad input")
    old = x.copy()
    x[:] = np.nan
    reach = window - 1 if kind == "trailing" else window // 2
    weights = np.ones(window) / window
    if kind == "centered" and window % 2 == 0:
        weights = np.r_[0.5, np.ones(window - 1), 0.5] / window
    if len(weights) <= n:
        means = np.convolve(old, weights, mode="valid")
        x[reach : reach + len(means)] = means
    return x


@wrong("ex1-smooth", "fills an array of the input's integer type with NaN", raises=ValueError)
def smooth(x, window, kind="trailing"):
    x = np.asarray(x)
    n = len(x)
    if not 1 <= window <= n or kind not in ("trailing", "centered"):
        raise ValueError("bad input")
    result = np.full_like(x, np.nan)
    weights = np.ones(window) / window
    if kind == "centered" and window % 2 == 0:
        weights = np.r_[0.5, np.ones(window - 1), 0.5] / window
    reach = window - 1 if kind == "trailing" else window // 2
    if len(weights) <= n:
        means = np.convolve(x, weights, mode="valid")
        result[reach : reach + len(means)] = means
    return result


@wrong("ex1-smooth", "tests the window in the trailing branch only")
def smooth(x, window, kind="trailing"):
    s = pd.Series(np.array(x, dtype=float))
    if kind == "trailing":
        if not 1 <= window <= len(s):
            raise ValueError("window out of range")
        return s.rolling(window).mean().to_numpy()
    if kind != "centered":
        raise ValueError("unknown kind")
    result = np.full(len(s), np.nan)
    half = window // 2
    for t in range(half, len(s) - half):
        part = s.to_numpy()[t - half : t + half + 1]
        result[t] = part.mean() if window % 2 else (part[:-1].mean() + part[1:].mean()) / 2
    return result


@wrong("ex1-smooth", "asks a Series by label: works only if it is numbered from 0", raises=KeyError)
def smooth(x, window, kind="trailing"):
    n = len(x)
    if not 1 <= window <= n or kind not in ("trailing", "centered"):
        raise ValueError("bad input")
    result = np.full(n, np.nan)
    half = window // 2
    for t in range(n):
        if kind == "trailing" and t >= window - 1:
            result[t] = sum(x[t - i] for i in range(window)) / window
        if kind == "centered" and half <= t < n - half:
            total = sum(x[t + i] for i in range(-half, half + 1))
            if window % 2 == 0:
                total -= (x[t - half] + x[t + half]) / 2
            result[t] = total / window
    return result


@wrong("ex1-smooth", "cumulative sums from position 1: the first complete window is lost")
def smooth(x, window, kind="trailing"):
    x = np.asarray(x, dtype=float)
    n = len(x)
    if not 1 <= window <= n or kind not in ("trailing", "centered"):
        raise ValueError("bad input")
    total = np.cumsum(x)
    result = np.full(n, np.nan)
    if kind == "trailing":
        result[window:] = (total[window:] - total[:-window]) / window
        return result
    half = window // 2
    for t in range(half, n - half):
        part = x[t - half : t + half + 1]
        result[t] = part.mean() if window % 2 else (part[:-1].mean() + part[1:].mean()) / 2
    return result


@wrong("ex1-smooth", "an exponentially weighted mean")
def smooth(x, window, kind="trailing"):
    s = pd.Series(np.array(x, dtype=float))
    if not 1 <= window <= len(s) or kind not in ("trailing", "centered"):
        raise ValueError("bad input")
    means = s.ewm(span=window, min_periods=window).mean()
    return (means if kind == "trailing" else means.shift(-(window // 2))).to_numpy()


mutate(
    "ex1-smooth",
    "zeros instead of NaN",
    old="np.full(n, np.nan)",
    new="np.zeros(n)",
)
mutate(
    "ex1-smooth",
    "the centred mean one step too early",
    old="first = window // 2",
    new="first = window // 2 - 1",
)
mutate(
    "ex1-smooth",
    "the trailing mean one step too early",
    old="first = window - 1",
    new="first = max(window - 2, 0)",
)
mutate(
    "ex1-smooth",
    "an even centred window with w + 1 whole weights",
    old="weights = np.r_[0.5, np.ones(window - 1), 0.5] / window",
    new="weights = np.ones(window + 1) / (window + 1)",
)
mutate(
    "ex1-smooth",
    "half weights at the ends, divided by w + 1: they do not add up to 1",
    old="0.5] / window",
    new="0.5] / (window + 1)",
)
mutate(
    "ex1-smooth",
    "half weights at the ends of odd windows too",
    old="if window % 2 == 0:",
    new="if window > 1:",
)
mutate(
    "ex1-smooth",
    "refuses a window as long as the series",
    old="if not 1 <= window <= n:",
    new="if not 1 <= window < n:",
    raises=ValueError,
)
mutate(
    "ex1-smooth",
    "refuses a window of 1",
    old="if not 1 <= window <= n:",
    new="if not 1 < window <= n:",
    raises=ValueError,
)
mutate(
    "ex1-smooth",
    "takes a window longer than the series",
    old="if not 1 <= window <= n:",
    new="if window < 1:",
)
mutate(
    "ex1-smooth",
    "takes any kind",
    old='if kind not in ("trailing", "centered"):',
    new="if kind == ():",
)
mutate(
    "ex1-smooth",
    "takes any kind that begins like centered",
    old='    if kind not in ("trailing", "centered"):',
    new='    if kind and kind.startswith("cent"):\n        kind = "centered"\n'
    '    if kind not in ("trailing", "centered"):',
)
mutate(
    "ex1-smooth",
    "kind in the word list: any part of it will do",
    old='if kind not in ("trailing", "centered"):',
    new='if str(kind) not in "trailing centered":',
)
mutate(
    "ex1-smooth",
    "centred by default",
    old='kind="trailing"',
    new='kind="centered"',
)
mutate(
    "ex1-smooth",
    "forgets that an even window as long as the series is nowhere complete",
    old="if len(weights) <= n:",
    new="if window <= n:",
)


# === Exercise 2 ============================================================================


@right("ex2-arma-filter", "lfilter, the constant through the AR part only")
def arma_filter(eps, ar=(), ma=(), const=0.0):
    eps = np.asarray(eps, dtype=float)
    if eps.ndim != 1:
        raise ValueError("eps must be 1-D")
    a = np.concatenate([[1.0], -np.asarray(ar, dtype=float)])
    b = np.concatenate([[1.0], np.asarray(ma, dtype=float)])
    return lfilter(b, a, eps) + lfilter([1.0], a, np.full(len(eps), float(const)))


@right("ex2-arma-filter", "two deques that hold the latest values and shocks")
def arma_filter(eps, ar=(), ma=(), const=0.0):
    from collections import deque

    if np.ndim(eps) != 1:
        raise ValueError("eps must have one dimension")
    ar, ma = [float(v) for v in ar], [float(v) for v in ma]
    values = deque([0.0] * len(ar), maxlen=len(ar))
    shocks = deque([0.0] * len(ma), maxlen=len(ma))
    result = []
    for e in eps:
        x = const + e
        for phi, old in zip(ar, values, strict=True):
            x += phi * old
        for theta, old in zip(ma, shocks, strict=True):
            x += theta * old
        values.appendleft(x)
        shocks.appendleft(e)
        result.append(x)
    return np.array(result, dtype=float)


@right("ex2-arma-filter", "arrays with zeros in front, and dot products with reversed slices")
def arma_filter(eps, ar=(), ma=(), const=0.0):
    eps = np.array(eps, dtype=float)
    if eps.ndim != 1:
        raise ValueError(f"expected a 1-D array, got {eps.ndim} dimensions")
    ar, ma = np.array(ar, dtype=float), np.array(ma, dtype=float)
    p, q = len(ar), len(ma)
    shocks = np.r_[np.zeros(q), eps]
    x = np.zeros(p + len(eps))
    for t in range(len(eps)):
        x[p + t] = const + eps[t] + ar[::-1] @ x[t : t + p] + ma[::-1] @ shocks[t : t + q]
    return x[p:]


@right("ex2-arma-filter", "the MA part by np.convolve first, the AR part in a loop")
def arma_filter(eps, ar=(), ma=(), const=0.0):
    eps = np.asarray(eps, dtype=float)
    if eps.ndim != 1:
        raise ValueError("eps must be 1-D")
    n = len(eps)
    x = np.convolve(eps, np.r_[1.0, ma])[:n] + const
    for t in range(n):
        for i, phi in enumerate(ar):
            if t - i - 1 >= 0:
                x[t] += phi * x[t - i - 1]
    return x


@right("ex2-arma-filter", "ARMA by a linear system: triangular matrices of the two polynomials")
def arma_filter(eps, ar=(), ma=(), const=0.0):
    from scipy.linalg import solve_triangular, toeplitz

    eps = np.asarray(eps, dtype=float)
    if eps.ndim != 1:
        raise ValueError("eps must be 1-D")
    n = len(eps)

    def lower(first):
        column = np.zeros(n)
        k = min(n, len(first))
        column[:k] = first[:k]
        return np.tril(toeplitz(column))

    a = lower(np.r_[1.0, -np.asarray(ar, dtype=float)])
    b = lower(np.r_[1.0, np.asarray(ma, dtype=float)])
    return solve_triangular(a, b @ eps + const, lower=True)


@wrong("ex2-arma-filter", "the AR signs of the polynomial, as statsmodels and lfilter want them")
def arma_filter(eps, ar=(), ma=(), const=0.0):
    eps = np.asarray(eps, dtype=float)
    if eps.ndim != 1:
        raise ValueError("eps must be 1-D")
    a = np.r_[1.0, np.asarray(ar, dtype=float)]
    return lfilter(np.r_[1.0, ma], a, eps) + lfilter([1.0], a, np.full(len(eps), float(const)))


@wrong("ex2-arma-filter", "writes into eps and so feeds values, not shocks, to the MA part")
def arma_filter(eps, ar=(), ma=(), const=0.0):
    x = np.asarray(eps, dtype=float)
    if x.ndim != 1:
        raise ValueError("eps must be 1-D")
    for t in range(len(x)):
        x[t] += const
        for i, phi in enumerate(ar, start=1):
            if i <= t:
                x[t] += phi * x[t - i]
        for j, theta in enumerate(ma, start=1):
            if j <= t:
                x[t] += theta * x[t - j]
    return x


@wrong("ex2-arma-filter", "keeps the shocks apart but fills the caller's array with the result")
def arma_filter(eps, ar=(), ma=(), const=0.0):
    x = np.asarray(eps, dtype=float)
    if x.ndim != 1:
        raise ValueError("eps must be 1-D")
    shocks = x.copy()
    for t in range(len(x)):
        x[t] += const
        x[t] += sum(phi * x[t - i] for i, phi in enumerate(ar, 1) if i <= t)
        x[t] += sum(theta * shocks[t - j] for j, theta in enumerate(ma, 1) if j <= t)
    return x


@wrong("ex2-arma-filter", "adds the constant to the shocks, so that it enters the MA part too")
def arma_filter(eps, ar=(), ma=(), const=0.0):
    eps = np.asarray(eps, dtype=float)
    if eps.ndim != 1:
        raise ValueError("eps must be 1-D")
    return lfilter(np.r_[1.0, ma], np.r_[1.0, -np.asarray(ar, dtype=float)], eps + const)


@wrong("ex2-arma-filter", "adds the constant to the finished series")
def arma_filter(eps, ar=(), ma=(), const=0.0):
    eps = np.asarray(eps, dtype=float)
    if eps.ndim != 1:
        raise ValueError("eps must be 1-D")
    return const + lfilter(np.r_[1.0, ma], np.r_[1.0, -np.asarray(ar, dtype=float)], eps)


@wrong("ex2-arma-filter", "starts at the first step that has all its lags; before it, only shocks")
def arma_filter(eps, ar=(), ma=(), const=0.0):
    eps = np.array(eps, dtype=float)
    if eps.ndim != 1:
        raise ValueError("eps must be 1-D")
    x = eps.copy()
    for t in range(max(len(ar), len(ma)), len(eps)):
        x[t] += const
        x[t] += sum(phi * x[t - i] for i, phi in enumerate(ar, 1))
        x[t] += sum(theta * eps[t - j] for j, theta in enumerate(ma, 1))
    return x


@wrong("ex2-arma-filter", "negative indices wrap round to the last shocks")
def arma_filter(eps, ar=(), ma=(), const=0.0):
    eps = np.asarray(eps, dtype=float)
    if eps.ndim != 1:
        raise ValueError("eps must be 1-D")
    x = const + eps
    for j, theta in enumerate(ma, start=1):
        x = x + theta * np.roll(eps, j)
    for t in range(len(eps)):
        x[t] += sum(phi * x[t - i] for i, phi in enumerate(ar, start=1) if i <= t)
    return x


@wrong("ex2-arma-filter", "the coefficients in reversed order, oldest lag first")
def arma_filter(eps, ar=(), ma=(), const=0.0):
    eps = np.asarray(eps, dtype=float)
    if eps.ndim != 1:
        raise ValueError("eps must be 1-D")
    ar, ma = np.asarray(ar, dtype=float), np.asarray(ma, dtype=float)
    p, q = len(ar), len(ma)
    x, shocks = np.zeros(p + len(eps)), np.r_[np.zeros(q), eps]
    for t in range(len(eps)):
        x[p + t] = const + eps[t] + ar @ x[t : t + p] + ma @ shocks[t : t + q]
    return x[p:]


@wrong("ex2-arma-filter", "an array of the shocks' type: integers are cut off")
def arma_filter(eps, ar=(), ma=(), const=0.0):
    eps = np.asarray(eps)
    if eps.ndim != 1:
        raise ValueError("eps must be 1-D")
    x = np.zeros_like(eps)
    for t in range(len(eps)):
        value = const + eps[t]
        value += sum(phi * x[t - i] for i, phi in enumerate(ar, start=1) if i <= t)
        value += sum(theta * eps[t - j] for j, theta in enumerate(ma, start=1) if j <= t)
        x[t] = value
    return x


@wrong("ex2-arma-filter", "a short cut for empty ar and ma that returns eps itself")
def arma_filter(eps, ar=(), ma=(), const=0.0):
    eps = np.asarray(eps, dtype=float)
    if eps.ndim != 1:
        raise ValueError("eps must be 1-D")
    if len(ar) == 0 and len(ma) == 0 and const == 0:
        return eps
    a = np.r_[1.0, -np.asarray(ar, dtype=float)]
    return lfilter(np.r_[1.0, ma], a, eps) + lfilter([1.0], a, np.full(len(eps), float(const)))


@wrong("ex2-arma-filter", "a short cut for empty ar and ma that forgets the constant")
def arma_filter(eps, ar=(), ma=(), const=0.0):
    eps = np.asarray(eps, dtype=float)
    if eps.ndim != 1:
        raise ValueError("eps must be 1-D")
    if len(ar) == 0 and len(ma) == 0:
        return eps.copy()
    a = np.r_[1.0, -np.asarray(ar, dtype=float)]
    return lfilter(np.r_[1.0, ma], a, eps) + lfilter([1.0], a, np.full(len(eps), float(const)))


@wrong("ex2-arma-filter", "a short cut for empty ar and ma that leaves integers integers")
def arma_filter(eps, ar=(), ma=(), const=0.0):
    if np.ndim(eps) != 1:
        raise ValueError("eps must be 1-D")
    if len(ar) == 0 and len(ma) == 0 and const == 0:
        return np.array(eps)
    eps = np.asarray(eps, dtype=float)
    a = np.r_[1.0, -np.asarray(ar, dtype=float)]
    return lfilter(np.r_[1.0, ma], a, eps) + lfilter([1.0], a, np.full(len(eps), float(const)))


@wrong("ex2-arma-filter", "flattens a matrix instead of refusing it")
def arma_filter(eps, ar=(), ma=(), const=0.0):
    eps = np.ravel(np.asarray(eps, dtype=float))
    a = np.r_[1.0, -np.asarray(ar, dtype=float)]
    return lfilter(np.r_[1.0, ma], a, eps) + lfilter([1.0], a, np.full(len(eps), float(const)))


@wrong("ex2-arma-filter", "refuses matrices, but takes a single number for a series of one")
def arma_filter(eps, ar=(), ma=(), const=0.0):
    eps = np.atleast_1d(np.asarray(eps, dtype=float))
    if eps.ndim > 1:
        raise ValueError("eps must be 1-D")
    a = np.r_[1.0, -np.asarray(ar, dtype=float)]
    return lfilter(np.r_[1.0, ma], a, eps) + lfilter([1.0], a, np.full(len(eps), float(const)))


@wrong("ex2-arma-filter", "changes the signs of ar in the caller's array")
def arma_filter(eps, ar=(), ma=(), const=0.0):
    eps, ar = np.asarray(eps, dtype=float), np.asarray(ar, dtype=float)
    if eps.ndim != 1:
        raise ValueError("eps must be 1-D")
    if ar.flags.writeable:
        ar *= -1
    else:
        ar = -ar
    a = np.r_[1.0, ar]
    return lfilter(np.r_[1.0, ma], a, eps) + lfilter([1.0], a, np.full(len(eps), float(const)))


@wrong("ex2-arma-filter", "`if ar:` fails on an array of two coefficients", raises=ValueError)
def arma_filter(eps, ar=(), ma=(), const=0.0):
    eps = np.asarray(eps, dtype=float)
    if eps.ndim != 1:
        raise ValueError("eps must be 1-D")
    x = np.zeros(len(eps))
    for t in range(len(eps)):
        x[t] = const + eps[t]
        if ar:
            x[t] += sum(phi * x[t - i] for i, phi in enumerate(ar, start=1) if i <= t)
        if ma:
            x[t] += sum(theta * eps[t - j] for j, theta in enumerate(ma, start=1) if j <= t)
    return x


@wrong("ex2-arma-filter", "asks a Series of shocks by label", raises=KeyError)
def arma_filter(eps, ar=(), ma=(), const=0.0):
    if np.ndim(eps) != 1:
        raise ValueError("eps must be 1-D")
    x = np.zeros(len(eps))
    for t in range(len(eps)):
        x[t] = const + eps[t]
        x[t] += sum(phi * x[t - i] for i, phi in enumerate(ar, start=1) if i <= t)
        x[t] += sum(theta * eps[t - j] for j, theta in enumerate(ma, start=1) if j <= t)
    return x


@wrong("ex2-arma-filter", "asks a Series of coefficients by label", raises=KeyError)
def arma_filter(eps, ar=(), ma=(), const=0.0):
    eps = np.asarray(eps, dtype=float)
    if eps.ndim != 1:
        raise ValueError("eps must be 1-D")
    x = np.zeros(len(eps))
    for t in range(len(eps)):
        x[t] = const + eps[t]
        for i in range(min(t, len(ar))):
            x[t] += ar[i] * x[t - i - 1]
        for j in range(min(t, len(ma))):
            x[t] += ma[j] * eps[t - j - 1]
    return x


@wrong("ex2-arma-filter", "lags that do not fit raise an IndexError", raises=IndexError)
def arma_filter(eps, ar=(), ma=(), const=0.0):
    eps = np.asarray(eps, dtype=float)
    if eps.ndim != 1:
        raise ValueError("eps must be 1-D")
    x = np.zeros(len(eps))
    # Values not yet filled are zeros, so negative indices do no harm ... while p < n.
    padded = np.r_[eps, np.zeros(len(ma))]
    for t in range(len(eps)):
        old = sum(phi * x[t - i] for i, phi in enumerate(ar, start=1))
        x[t] = const + eps[t] + old + sum(th * padded[t - j] for j, th in enumerate(ma, start=1))
    return x


mutate(
    "ex2-arma-filter",
    "φ with a minus sign",
    old="sum(phi * x",
    new="-sum(phi * x",
)
mutate(
    "ex2-arma-filter",
    "θ with the minus sign of Box and Jenkins",
    old="sum(theta * eps",
    new="-sum(theta * eps",
)
mutate(
    "ex2-arma-filter",
    "the MA part reads past values instead of past shocks",
    old="theta * eps[t - j]",
    new="theta * x[t - j]",
)
mutate(
    "ex2-arma-filter",
    "the AR part reads past shocks instead of past values",
    old="phi * x[t - i]",
    new="phi * eps[t - i]",
)
mutate(
    "ex2-arma-filter",
    "the first MA coefficient belongs to today's shock",
    old="for j, theta in enumerate(ma, start=1)",
    new="for j, theta in enumerate(ma)",
)
mutate(
    "ex2-arma-filter",
    "skips one lag too many: i < t",
    old="if i <= t",
    new="if i < t",
)
mutate(
    "ex2-arma-filter",
    "forgets the constant",
    old="const + eps[t]",
    new="eps[t]",
)
mutate(
    "ex2-arma-filter",
    "takes the constant for the mean of the series",
    old="const + eps[t]",
    new="const * (1 - sum(ar)) + eps[t]",
)
mutate(
    "ex2-arma-filter",
    "adds the constant at the first step only",
    old="x[t] = const + eps[t]",
    new="x[t] = eps[t] + (const if t == 0 else 0)",
)


# === Exercise 3 ============================================================================


@right("ex3-ma-acf", "np.correlate of the weights with themselves")
def ma_acf(ma, nlags):
    if nlags < 0:
        raise ValueError("nlags must not be negative")
    theta = np.concatenate([[1.0], np.asarray(ma, dtype=float)])
    gamma = np.correlate(theta, theta, mode="full")[len(theta) - 1 :]
    rho = np.zeros(nlags + 1)
    k = min(nlags + 1, len(gamma))
    rho[:k] = gamma[:k] / gamma[0]
    return rho


@right("ex3-ma-acf", "sums in plain Python")
def ma_acf(ma, nlags):
    if nlags < 0:
        raise ValueError(f"nlags must be at least 0, not {nlags}")
    theta = [1.0, *(float(v) for v in ma)]
    q = len(theta) - 1
    total = sum(v**2 for v in theta)
    result = []
    for k in range(nlags + 1):
        result.append(sum(theta[j] * theta[j + k] for j in range(q - k + 1)) / total)
    return np.array(result)


@right("ex3-ma-acf", "weights padded with zeros")
def ma_acf(ma, nlags):
    if not nlags >= 0:
        raise ValueError("nlags must be 0 or more")
    theta = np.r_[1.0, np.asarray(ma, dtype=float)]
    size = len(theta)
    padded = np.pad(theta, (0, nlags))
    return np.array([theta @ padded[k : k + size] for k in range(nlags + 1)]) / np.sum(theta**2)


@right("ex3-ma-acf", "the product of θ(z) and θ(1/z), by np.polymul")
def ma_acf(ma, nlags):
    if nlags < 0:
        raise ValueError("negative nlags")
    theta = np.array([1.0, *ma])
    gamma = np.convolve(theta, theta[::-1])[len(theta) - 1 :]
    gamma = np.append(gamma, np.zeros(nlags + 1))
    return gamma[: nlags + 1] / gamma[0]


@right("ex3-ma-acf", "one matrix of shifted weights")
def ma_acf(ma, nlags):
    if nlags < 0:
        raise ValueError("nlags must be at least 0")
    theta = np.append(1.0, np.array(ma, dtype=float))
    n = len(theta)
    shifted = np.zeros((nlags + 1, n))
    for k in range(min(nlags + 1, n)):
        shifted[k, : n - k] = theta[k:]
    gamma = shifted @ theta
    return gamma / gamma[0]


@wrong("ex3-ma-acf", "forgets θ0 = 1")
def ma_acf(ma, nlags):
    if nlags < 0:
        raise ValueError("nlags must be at least 0")
    theta = np.asarray(ma, dtype=float)
    rho = np.zeros(nlags + 1)
    for k in range(min(nlags + 1, len(theta))):
        rho[k] = theta[: len(theta) - k] @ theta[k:] / (theta @ theta)
    rho[0] = 1.0
    return rho


@wrong("ex3-ma-acf", "autocovariances: not divided by γ0")
def ma_acf(ma, nlags):
    if nlags < 0:
        raise ValueError("nlags must be at least 0")
    theta = np.r_[1.0, np.asarray(ma, dtype=float)]
    gamma = np.correlate(theta, theta, mode="full")[len(theta) - 1 :]
    return np.r_[gamma, np.zeros(nlags + 1)][: nlags + 1]


@wrong("ex3-ma-acf", "np.roll: the weights wrap round")
def ma_acf(ma, nlags):
    if nlags < 0:
        raise ValueError("nlags must be at least 0")
    theta = np.r_[1.0, np.asarray(ma, dtype=float)]
    rho = np.zeros(nlags + 1)
    for k in range(min(nlags + 1, len(theta))):
        rho[k] = theta @ np.roll(theta, k) / (theta @ theta)
    return rho


@wrong("ex3-ma-acf", "an FFT padded with zeros: rounding errors instead of exact zeros")
def ma_acf(ma, nlags):
    if nlags < 0:
        raise ValueError("nlags must be at least 0")
    theta = np.r_[1.0, np.asarray(ma, dtype=float)]
    size = 2 * (len(theta) + nlags) + 1
    power = np.abs(np.fft.rfft(theta, n=size)) ** 2
    gamma = np.fft.irfft(power, n=size)[: nlags + 1]
    return gamma / gamma[0]


@wrong("ex3-ma-acf", "does not stop: goes on after lag q as an AR would")
def ma_acf(ma, nlags):
    if nlags < 0:
        raise ValueError("nlags must be at least 0")
    theta = np.r_[1.0, np.asarray(ma, dtype=float)]
    gamma = np.correlate(theta, theta, mode="full")[len(theta) - 1 :]
    rho = list(gamma / gamma[0])
    while len(rho) < nlags + 1:
        rho.append(rho[-1] * rho[1] if len(rho) > 1 else 0.0)
    return np.array(rho[: nlags + 1])


@wrong("ex3-ma-acf", "the minus signs of Box and Jenkins")
def ma_acf(ma, nlags):
    if nlags < 0:
        raise ValueError("nlags must be at least 0")
    theta = np.r_[1.0, -np.asarray(ma, dtype=float)]
    gamma = np.correlate(theta, theta, mode="full")[len(theta) - 1 :]
    return np.r_[gamma / gamma[0], np.zeros(nlags + 1)][: nlags + 1]


@wrong("ex3-ma-acf", "the sample autocorrelation of the weights, mean removed")
def ma_acf(ma, nlags):
    if nlags < 0:
        raise ValueError("nlags must be at least 0")
    theta = np.r_[1.0, np.asarray(ma, dtype=float)]
    if len(theta) == 1:
        return np.r_[1.0, np.zeros(nlags)]
    rho = library_acf(theta, nlags=len(theta) - 1, fft=False)
    return np.r_[rho, np.zeros(nlags + 1)][: nlags + 1]


@wrong("ex3-ma-acf", "the weights themselves over their sum of squares: no overlap")
def ma_acf(ma, nlags):
    if nlags < 0:
        raise ValueError("nlags must be at least 0")
    theta = np.r_[1.0, np.asarray(ma, dtype=float)]
    rho = np.r_[theta / (theta @ theta), np.zeros(nlags + 1)][: nlags + 1]
    rho[0] = 1.0
    return rho


@wrong("ex3-ma-acf", "starts at lag 1")
def ma_acf(ma, nlags):
    if nlags < 0:
        raise ValueError("nlags must be at least 0")
    theta = np.r_[1.0, np.asarray(ma, dtype=float)]
    gamma = np.correlate(theta, theta, mode="full")[len(theta) - 1 :]
    return np.r_[gamma / gamma[0], np.zeros(nlags + 1)][1 : nlags + 1]


@wrong("ex3-ma-acf", "returns q + 1 lags whatever nlags says")
def ma_acf(ma, nlags):
    if nlags < 0:
        raise ValueError("nlags must be at least 0")
    theta = np.r_[1.0, np.asarray(ma, dtype=float)]
    gamma = np.correlate(theta, theta, mode="full")[len(theta) - 1 :]
    return gamma / gamma[0]


@wrong("ex3-ma-acf", "pads up to nlags but does not cut: too long when nlags < q")
def ma_acf(ma, nlags):
    if nlags < 0:
        raise ValueError("nlags must be at least 0")
    theta = np.r_[1.0, np.asarray(ma, dtype=float)]
    rho = [theta[: len(theta) - k] @ theta[k:] / (theta @ theta) for k in range(len(theta))]
    while len(rho) < nlags + 1:
        rho.append(0.0)
    return np.array(rho)


@wrong("ex3-ma-acf", "[1] + ma: glues lists, but adds 1 to arrays and Series")
def ma_acf(ma, nlags):
    if nlags < 0:
        raise ValueError("nlags must be at least 0")
    theta = np.array([1] + ma, dtype=float)  # noqa: RUF005
    gamma = np.correlate(theta, theta, mode="full")[len(theta) - 1 :]
    return np.r_[gamma / gamma[0], np.zeros(nlags + 1)][: nlags + 1]


@wrong("ex3-ma-acf", "drops zeros among the coefficients")
def ma_acf(ma, nlags):
    if nlags < 0:
        raise ValueError("nlags must be at least 0")
    theta = np.r_[1.0, [value for value in ma if value != 0]]
    gamma = np.correlate(theta, theta, mode="full")[len(theta) - 1 :]
    return np.r_[gamma / gamma[0], np.zeros(nlags + 1)][: nlags + 1]


@wrong("ex3-ma-acf", "an integer array for integer coefficients")
def ma_acf(ma, nlags):
    if nlags < 0:
        raise ValueError("nlags must be at least 0")
    theta = np.array([1, *ma])
    rho = np.zeros(nlags + 1, dtype=theta.dtype)
    for k in range(min(nlags + 1, len(theta))):
        rho[k] = theta[: len(theta) - k] @ theta[k:] / (theta @ theta)
    return rho


@wrong("ex3-ma-acf", "simulates a long series and measures its autocorrelations")
def ma_acf(ma, nlags):
    if nlags < 0:
        raise ValueError("nlags must be at least 0")
    theta = np.r_[1.0, np.asarray(ma, dtype=float)]
    x = lfilter(theta, [1], np.random.default_rng(0).normal(size=100_000))
    rho = library_acf(x, nlags=nlags)
    rho[len(theta) :] = 0
    return rho


@wrong("ex3-ma-acf", "MA(1) only: θ1 / (1 + θ1²), then zeros")
def ma_acf(ma, nlags):
    if nlags < 0:
        raise ValueError("nlags must be at least 0")
    rho = np.zeros(nlags + 1)
    rho[0] = 1
    ma = np.asarray(ma, dtype=float)
    if nlags >= 1 and len(ma):
        rho[1] = ma[0] / (1 + ma[0] ** 2)
    return rho


@wrong("ex3-ma-acf", "scales the caller's coefficients in place", raises=ValueError)
def ma_acf(ma, nlags):
    if nlags < 0:
        raise ValueError("nlags must be at least 0")
    ma = np.asarray(ma, dtype=float)
    length = np.sqrt(1 + ma @ ma)
    ma /= length
    theta = np.r_[1 / length, ma]
    gamma = np.correlate(theta, theta, mode="full")[len(theta) - 1 :]
    return np.r_[gamma, np.zeros(nlags + 1)][: nlags + 1]


@wrong("ex3-ma-acf", "asks a Series of coefficients by label", raises=KeyError)
def ma_acf(ma, nlags):
    if nlags < 0:
        raise ValueError("nlags must be at least 0")
    q = len(ma)
    theta = np.ones(q + 1)
    for j in range(q):
        theta[j + 1] = ma[j]
    gamma = np.correlate(theta, theta, mode="full")[q:]
    return np.r_[gamma / gamma[0], np.zeros(nlags + 1)][: nlags + 1]


@wrong("ex3-ma-acf", "a single number for nlags = 0")
def ma_acf(ma, nlags):
    if nlags < 0:
        raise ValueError("nlags must be at least 0")
    if nlags == 0:
        return 1.0
    theta = np.r_[1.0, np.asarray(ma, dtype=float)]
    gamma = np.correlate(theta, theta, mode="full")[len(theta) - 1 :]
    return np.r_[gamma / gamma[0], np.zeros(nlags + 1)][: nlags + 1]


mutate(
    "ex3-ma-acf",
    "the sum of squares without θ0",
    old="(theta @ theta)",
    new="max(theta[1:] @ theta[1:], 1e-9)",
)
mutate(
    "ex3-ma-acf",
    "divides by the squared sum instead of the sum of squares",
    old="(theta @ theta)",
    new="theta.sum() ** 2",
)
mutate(
    "ex3-ma-acf",
    "divides by the mean of squares: by q + 1 too large",
    old="(theta @ theta)",
    new="np.mean(theta**2)",
)
mutate(
    "ex3-ma-acf",
    "divides each lag by the sum of squares of its own overlap",
    old="theta[: len(theta) - k] @ theta[k:]",
    new="theta[: len(theta) - k] @ theta[k:] * (theta @ theta) / (theta[k:] @ theta[k:] + 1e-12)",
)
mutate(
    "ex3-ma-acf",
    "the overlap reversed: the first weights times the last in reversed order",
    old="@ theta[k:]",
    new="@ theta[k:][::-1]",
)
mutate(
    "ex3-ma-acf",
    "stops one lag early: ρq is 0",
    old="range(min(nlags + 1, len(theta)))",
    new="range(min(nlags + 1, max(len(theta) - 1, 1)))",
)
mutate(
    "ex3-ma-acf",
    "nlags values instead of nlags + 1",
    old="return rho / (theta @ theta)",
    new="return (rho / (theta @ theta))[:-1]",
)
mutate(
    "ex3-ma-acf",
    "returns nothing for a negative nlags",
    old="if nlags < 0:",
    new="if nlags < 0:\n        return np.array([])\n    if False:",
)
mutate(
    "ex3-ma-acf",
    "refuses nlags = 0",
    old="if nlags < 0:",
    new="if nlags < 1:",
    raises=ValueError,
)
mutate(
    "ex3-ma-acf",
    "refuses more lags than coefficients",
    old="if nlags < 0:",
    new="if nlags < 0 or nlags > len(ma):",
    raises=ValueError,
)
mutate(
    "ex3-ma-acf",
    "absolute values",
    old="return rho / (theta @ theta)",
    new="return abs(rho) / (theta @ theta)",
)
mutate(
    "ex3-ma-acf",
    "rounds to four decimals",
    old="return rho / (theta @ theta)",
    new="return np.round(rho / (theta @ theta), 4)",
)


# === Exercise 4 ============================================================================


@right("ex4-durbin-levinson", "scipy's Toeplitz solver at each order")
def durbin_levinson(acov):
    from scipy.linalg import solve_toeplitz

    acov = np.asarray(acov, dtype=float)
    if acov.size == 0:
        raise ValueError("no autocovariances")
    if acov[0] <= 0:
        raise ValueError("the variance must be positive")
    pacf, phi = [1.0], np.array([])
    for m in range(1, len(acov)):
        phi = solve_toeplitz(acov[:m], acov[1 : m + 1])
        if abs(phi[-1]) > 1 + 1e-8:
            raise ValueError(f"reflection coefficient {phi[-1]} at lag {m}")
        pacf.append(phi[-1])
    sigma2 = acov[0] - phi @ acov[1:]
    return np.array(pacf), phi, float(sigma2)


@right("ex4-durbin-levinson", "lists and sums, one new list per order")
def durbin_levinson(acov):
    g = [float(v) for v in acov]
    if not g or g[0] <= 0:
        raise ValueError("acov must start with a positive variance")
    phi, pacf, variance = [], [1.0], g[0]
    for m in range(1, len(g)):
        explained = sum(phi[i] * g[m - 1 - i] for i in range(m - 1))
        k = (g[m] - explained) / variance
        if k < -1 - 1e-8 or k > 1 + 1e-8:
            raise ValueError("not autocovariances")
        phi = [phi[i] - k * phi[m - 2 - i] for i in range(m - 1)] + [k]
        variance = variance * (1 - k) * (1 + k)
        pacf.append(k)
    return np.array(pacf), np.array(phi), variance


@right("ex4-durbin-levinson", "a table of all orders, one row each")
def durbin_levinson(acov):
    acov = np.array(acov, dtype=float)
    p = len(acov) - 1
    if p < 0 or not acov[0] > 0:
        raise ValueError("acov[0] must be positive")
    table = np.zeros((p + 1, p + 1))
    v = np.zeros(p + 1)
    v[0] = acov[0]
    for m in range(1, p + 1):
        table[m, m] = (acov[m] - np.sum(table[m - 1, 1:m] * acov[1:m][::-1])) / v[m - 1]
        if abs(table[m, m]) > 1 + 1e-8:
            raise ValueError(f"|kappa| > 1 at lag {m}")
        for i in range(1, m):
            table[m, i] = table[m - 1, i] - table[m, m] * table[m - 1, m - i]
        v[m] = v[m - 1] * (1 - table[m, m] ** 2)
    pacf = np.diag(table).copy()
    pacf[0] = 1.0
    return pacf, table[p, 1:], v[p]


@right("ex4-durbin-levinson", "in place, with a copy of the old coefficients first")
def durbin_levinson(acov):
    acov = np.asarray(acov, dtype=float)
    if len(acov) < 1 or acov[0] <= 0:
        raise ValueError("bad acov")
    p = len(acov) - 1
    pacf, phi, sigma2 = np.ones(p + 1), np.zeros(p), acov[0]
    for m in range(1, p + 1):
        old = phi.copy()
        kappa = acov[m]
        for i in range(1, m):
            kappa -= old[i - 1] * acov[m - i]
        kappa /= sigma2
        if abs(kappa) - 1 > 1e-8:
            raise ValueError("bad acov")
        for i in range(1, m):
            phi[i - 1] = old[i - 1] - kappa * old[m - i - 1]
        phi[m - 1] = pacf[m] = kappa
        sigma2 *= 1 - kappa**2
    return pacf, phi, sigma2


@right("ex4-durbin-levinson", "the recursion on autocorrelations, the variance put back at the end")
def durbin_levinson(acov):
    acov = np.asarray(acov, dtype=float)
    if len(acov) == 0 or acov[0] <= 0:
        raise ValueError("acov[0] must be positive")
    rho = acov / acov[0]
    pacf, phi = np.ones(len(rho)), np.empty(0)
    for m in range(1, len(rho)):
        share = 1 - phi @ rho[1:m]
        kappa = (rho[m] - phi[::-1] @ rho[1:m]) / share
        if abs(kappa) > 1 + 1e-8:
            raise ValueError("a reflection coefficient is larger than 1")
        phi = np.concatenate([phi - kappa * phi[::-1], [kappa]])
        pacf[m] = kappa
    return pacf, phi, acov[0] * np.prod(1 - pacf[1:] ** 2)


@wrong("ex4-durbin-levinson", "takes acov for the series: the library's default, 'ywadjusted'")
def durbin_levinson(acov):
    from statsmodels.tsa.stattools import pacf as library_pacf

    acov = np.asarray(acov, dtype=float)
    p = len(acov) - 1
    if p < 0 or acov[0] <= 0:
        raise ValueError("bad acov")
    kappas = np.r_[1.0, np.zeros(p)]
    lags = min(p, len(acov) // 2 - 1)
    if lags > 0:
        kappas[: lags + 1] = library_pacf(acov, nlags=lags)
    if (abs(kappas) > 1 + 1e-8).any():
        raise ValueError("bad acov")
    return kappas, kappas[1:], float(acov[0] * np.prod(1 - kappas[1:] ** 2))


@wrong("ex4-durbin-levinson", "adjusts the autocovariances by n / (n - k) first")
def durbin_levinson(acov):
    acov = np.asarray(acov, dtype=float)
    if len(acov) == 0 or acov[0] <= 0:
        raise ValueError("bad acov")
    n = len(acov)
    acov = acov * n / (n - np.arange(n))
    pacf, phi, sigma2 = [1.0], np.zeros(0), float(acov[0])
    for m in range(1, n):
        kappa = (acov[m] - phi @ acov[m - 1 : 0 : -1]) / sigma2
        if abs(kappa) > 1 + 1e-8:
            raise ValueError("bad acov")
        phi = np.append(phi - kappa * phi[::-1], kappa)
        sigma2 *= 1 - kappa**2
        pacf.append(kappa)
    return np.array(pacf), phi, sigma2


@wrong("ex4-durbin-levinson", "overwrites coefficients that the update still needs")
def durbin_levinson(acov):
    acov = np.asarray(acov, dtype=float)
    if len(acov) == 0 or acov[0] <= 0:
        raise ValueError("bad acov")
    p = len(acov) - 1
    pacf, phi, sigma2 = np.ones(p + 1), np.zeros(p), acov[0]
    for m in range(1, p + 1):
        kappa = (acov[m] - phi[: m - 1] @ acov[m - 1 : 0 : -1]) / sigma2
        if abs(kappa) > 1 + 1e-8:
            raise ValueError("bad acov")
        for i in range(m - 1):
            phi[i] = phi[i] - kappa * phi[m - 2 - i]
        phi[m - 1] = pacf[m] = kappa
        sigma2 *= 1 - kappa**2
    return pacf, phi, sigma2


@wrong("ex4-durbin-levinson", "divides by γ0 first and forgets to give the variance its unit back")
def durbin_levinson(acov):
    acov = np.asarray(acov, dtype=float)
    if len(acov) == 0 or acov[0] <= 0:
        raise ValueError("bad acov")
    rho = acov / acov[0]
    pacf, phi, sigma2 = [1.0], np.zeros(0), 1.0
    for m in range(1, len(rho)):
        kappa = (rho[m] - phi @ rho[m - 1 : 0 : -1]) / sigma2
        if abs(kappa) > 1 + 1e-8:
            raise ValueError("bad acov")
        phi = np.append(phi - kappa * phi[::-1], kappa)
        sigma2 *= 1 - kappa**2
        pacf.append(kappa)
    return np.array(pacf), phi, sigma2


@wrong("ex4-durbin-levinson", "divides the caller's array by γ0 in place", raises=ValueError)
def durbin_levinson(acov):
    acov = np.asarray(acov, dtype=float)
    if len(acov) == 0 or acov[0] <= 0:
        raise ValueError("bad acov")
    variance = acov[0]
    acov /= variance
    pacf, phi, sigma2 = [1.0], np.zeros(0), 1.0
    for m in range(1, len(acov)):
        kappa = (acov[m] - phi @ acov[m - 1 : 0 : -1]) / sigma2
        if abs(kappa) > 1 + 1e-8:
            raise ValueError("bad acov")
        phi = np.append(phi - kappa * phi[::-1], kappa)
        sigma2 *= 1 - kappa**2
        pacf.append(kappa)
    return np.array(pacf), phi, sigma2 * variance


@wrong("ex4-durbin-levinson", "stops one order early")
def durbin_levinson(acov):
    acov = np.asarray(acov, dtype=float)
    if len(acov) == 0 or acov[0] <= 0:
        raise ValueError("bad acov")
    pacf, phi, sigma2 = [1.0], np.zeros(0), float(acov[0])
    for m in range(1, len(acov) - 1):
        kappa = (acov[m] - phi @ acov[m - 1 : 0 : -1]) / sigma2
        if abs(kappa) > 1 + 1e-8:
            raise ValueError("bad acov")
        phi = np.append(phi - kappa * phi[::-1], kappa)
        sigma2 *= 1 - kappa**2
        pacf.append(kappa)
    return np.array(pacf), phi, sigma2


@wrong("ex4-durbin-levinson", "the reflection coefficients for the coefficients of the last order")
def durbin_levinson(acov):
    acov = np.asarray(acov, dtype=float)
    if len(acov) == 0 or acov[0] <= 0:
        raise ValueError("bad acov")
    pacf, phi, sigma2 = [1.0], np.zeros(0), float(acov[0])
    for m in range(1, len(acov)):
        kappa = (acov[m] - phi @ acov[m - 1 : 0 : -1]) / sigma2
        if abs(kappa) > 1 + 1e-8:
            raise ValueError("bad acov")
        phi = np.append(phi - kappa * phi[::-1], kappa)
        sigma2 *= 1 - kappa**2
        pacf.append(kappa)
    return np.array(pacf), np.array(pacf[1:]), sigma2


@wrong("ex4-durbin-levinson", "the coefficients of the last order for the partial autocorrelations")
def durbin_levinson(acov):
    from scipy.linalg import toeplitz

    acov = np.asarray(acov, dtype=float)
    if len(acov) == 0 or acov[0] <= 0 or (abs(acov) > acov[0]).any():
        raise ValueError("bad acov")
    if len(acov) == 1:
        return np.ones(1), np.zeros(0), acov[0]
    phi = np.linalg.lstsq(toeplitz(acov[:-1]), acov[1:], rcond=None)[0]
    if abs(phi[-1]) > 1 + 1e-8:
        raise ValueError("bad acov")
    return np.r_[1.0, phi], phi, acov[0] - phi @ acov[1:]


@wrong("ex4-durbin-levinson", "takes any numbers with |γk| <= γ0 for autocovariances")
def durbin_levinson(acov):
    acov = np.asarray(acov, dtype=float)
    if len(acov) == 0 or acov[0] <= 0 or (abs(acov) > acov[0]).any():
        raise ValueError("bad acov")
    pacf, phi, sigma2 = [1.0], np.zeros(0), float(acov[0])
    for m in range(1, len(acov)):
        kappa = (acov[m] - phi @ acov[m - 1 : 0 : -1]) / sigma2
        phi = np.append(phi - kappa * phi[::-1], kappa)
        sigma2 *= 1 - kappa**2
        pacf.append(kappa)
    return np.array(pacf), phi, sigma2


@wrong("ex4-durbin-levinson", "tests the last reflection coefficient only")
def durbin_levinson(acov):
    acov = np.asarray(acov, dtype=float)
    if len(acov) == 0 or acov[0] <= 0:
        raise ValueError("bad acov")
    pacf, phi, sigma2 = [1.0], np.zeros(0), float(acov[0])
    for m in range(1, len(acov)):
        kappa = (acov[m] - phi @ acov[m - 1 : 0 : -1]) / sigma2
        phi = np.append(phi - kappa * phi[::-1], kappa)
        sigma2 *= 1 - kappa**2
        pacf.append(kappa)
    if abs(pacf[-1]) > 1 + 1e-8:
        raise ValueError("bad acov")
    return np.array(pacf), phi, sigma2


@wrong("ex4-durbin-levinson", "tests the variance of the last order instead of each κ")
def durbin_levinson(acov):
    acov = np.asarray(acov, dtype=float)
    if len(acov) == 0 or acov[0] <= 0:
        raise ValueError("bad acov")
    pacf, phi, sigma2 = [1.0], np.zeros(0), float(acov[0])
    for m in range(1, len(acov)):
        kappa = (acov[m] - phi @ acov[m - 1 : 0 : -1]) / sigma2
        phi = np.append(phi - kappa * phi[::-1], kappa)
        sigma2 *= 1 - kappa**2
        pacf.append(kappa)
    if sigma2 < -1e-8 * acov[0]:
        raise ValueError("bad acov")
    return np.array(pacf), phi, sigma2


@wrong("ex4-durbin-levinson", "cuts impossible reflection coefficients to ±1")
def durbin_levinson(acov):
    acov = np.asarray(acov, dtype=float)
    if len(acov) == 0 or acov[0] <= 0:
        raise ValueError("bad acov")
    pacf, phi, sigma2 = [1.0], np.zeros(0), float(acov[0])
    for m in range(1, len(acov)):
        kappa = np.clip((acov[m] - phi @ acov[m - 1 : 0 : -1]) / max(sigma2, 1e-300), -1, 1)
        phi = np.append(phi - kappa * phi[::-1], kappa)
        sigma2 *= 1 - kappa**2
        pacf.append(kappa)
    return np.array(pacf), phi, sigma2


@wrong("ex4-durbin-levinson", "the variances of all orders instead of the last")
def durbin_levinson(acov):
    acov = np.asarray(acov, dtype=float)
    if len(acov) == 0 or acov[0] <= 0:
        raise ValueError("bad acov")
    pacf, phi, sigma2 = [1.0], np.zeros(0), [float(acov[0])]
    for m in range(1, len(acov)):
        kappa = (acov[m] - phi @ acov[m - 1 : 0 : -1]) / sigma2[-1]
        if abs(kappa) > 1 + 1e-8:
            raise ValueError("bad acov")
        phi = np.append(phi - kappa * phi[::-1], kappa)
        sigma2.append(sigma2[-1] * (1 - kappa**2))
        pacf.append(kappa)
    return np.array(pacf), phi, np.array(sigma2)


@wrong("ex4-durbin-levinson", "asks a Series by label", raises=KeyError)
def durbin_levinson(acov):
    if len(acov) == 0 or acov[0] <= 0:
        raise ValueError("bad acov")
    pacf, phi, sigma2 = [1.0], [], acov[0]
    for m in range(1, len(acov)):
        kappa = (acov[m] - sum(phi[i] * acov[m - 1 - i] for i in range(m - 1))) / sigma2
        if abs(kappa) > 1 + 1e-8:
            raise ValueError("bad acov")
        phi = [*(phi[i] - kappa * phi[m - 2 - i] for i in range(m - 1)), kappa]
        sigma2 *= 1 - kappa**2
        pacf.append(kappa)
    return np.array(pacf), np.array(phi), sigma2


@wrong("ex4-durbin-levinson", "needs at least two values: p = 0 fails", raises=IndexError)
def durbin_levinson(acov):
    acov = np.asarray(acov, dtype=float)
    if len(acov) == 0 or acov[0] <= 0:
        raise ValueError("bad acov")
    kappa = acov[1] / acov[0]
    if abs(kappa) > 1 + 1e-8:
        raise ValueError("bad acov")
    pacf, phi, sigma2 = [1.0, kappa], np.array([kappa]), acov[0] * (1 - kappa**2)
    for m in range(2, len(acov)):
        kappa = (acov[m] - phi @ acov[m - 1 : 0 : -1]) / sigma2
        if abs(kappa) > 1 + 1e-8:
            raise ValueError("bad acov")
        phi = np.append(phi - kappa * phi[::-1], kappa)
        sigma2 *= 1 - kappa**2
        pacf.append(kappa)
    return np.array(pacf), phi, sigma2


@wrong("ex4-durbin-levinson", "solves each order, but refuses a variance of 0 at the last one")
def durbin_levinson(acov):
    acov = np.asarray(acov, dtype=float)
    if len(acov) == 0 or acov[0] <= 0:
        raise ValueError("bad acov")
    pacf, phi, sigma2 = [1.0], np.zeros(0), float(acov[0])
    for m in range(1, len(acov)):
        kappa = (acov[m] - phi @ acov[m - 1 : 0 : -1]) / sigma2
        if abs(kappa) > 1 + 1e-8:
            raise ValueError("bad acov")
        phi = np.append(phi - kappa * phi[::-1], kappa)
        sigma2 *= 1 - kappa**2
        pacf.append(kappa)
    if sigma2 <= 0:
        sigma2 = np.nan
    return np.array(pacf), phi, sigma2


mutate(
    "ex4-durbin-levinson",
    "does not update the variance",
    old="        sigma2 *= 1 - kappa**2\n",
    new="",
)
mutate(
    "ex4-durbin-levinson",
    "forgets the square: 1 - κ",
    old="1 - kappa**2",
    new="1 - kappa",
)
mutate(
    "ex4-durbin-levinson",
    "1 + κ²: the variance rises",
    old="1 - kappa**2",
    new="1 + kappa**2",
)
mutate(
    "ex4-durbin-levinson",
    "divides by γ0 at each order",
    old="/ sigma2\n",
    new="/ acov[0]\n",
)
mutate(
    "ex4-durbin-levinson",
    "the autocovariances in the order of the coefficients: γ1 with φ1",
    old="phi @ acov[m - 1 : 0 : -1]",
    new="phi @ acov[1:m]",
    raises=ValueError,
)
mutate(
    "ex4-durbin-levinson",
    "autocovariances one lag too high",
    old="phi @ acov[m - 1 : 0 : -1]",
    new="phi @ acov[m:1:-1]",
)
mutate(
    "ex4-durbin-levinson",
    "κ from γm alone: the autocorrelation, not the partial one",
    old="acov[m] - phi @ acov[m - 1 : 0 : -1]",
    new="acov[m]",
)
mutate(
    "ex4-durbin-levinson",
    "adds what is explained instead of subtracting it",
    old="acov[m] - phi @",
    new="acov[m] + phi @",
)
mutate(
    "ex4-durbin-levinson",
    "corrects with the old coefficients in their own order",
    old="phi - kappa * phi[::-1]",
    new="phi - kappa * phi",
)
mutate(
    "ex4-durbin-levinson",
    "leaves the old coefficients as they were",
    old="phi - kappa * phi[::-1]",
    new="phi",
)
mutate(
    "ex4-durbin-levinson",
    "adds the correction",
    old="phi - kappa * phi[::-1]",
    new="phi + kappa * phi[::-1]",
)
mutate(
    "ex4-durbin-levinson",
    "the newest coefficient first: phi in reversed order",
    old="return np.array(pacf), phi, sigma2",
    new="return np.array(pacf), phi[::-1], sigma2",
)
mutate(
    "ex4-durbin-levinson",
    "the partial autocorrelations from lag 1 on",
    old="pacf, phi, sigma2 = [1.0],",
    new="pacf, phi, sigma2 = [],",
)
mutate(
    "ex4-durbin-levinson",
    "pacf[0] is the variance",
    old="pacf, phi, sigma2 = [1.0],",
    new="pacf, phi, sigma2 = [acov[0]],",
)
mutate(
    "ex4-durbin-levinson",
    "the standard deviation for the variance",
    old="return np.array(pacf), phi, sigma2",
    new="return np.array(pacf), phi, abs(sigma2) ** 0.5",
)
mutate(
    "ex4-durbin-levinson",
    "the polynomial's signs: -φ",
    old="return np.array(pacf), phi, sigma2",
    new="return np.array(pacf), -phi, sigma2",
)
mutate(
    "ex4-durbin-levinson",
    "refuses a reflection coefficient of exactly -1 or 1",
    old="if abs(kappa) > 1 + 1e-8:",
    new="if abs(kappa) >= 1:",
    raises=ValueError,
)
mutate(
    "ex4-durbin-levinson",
    "no tolerance for rounding: a pure wave may be refused",
    old="if abs(kappa) > 1 + 1e-8:",
    new="if abs(kappa) > 1:",
    raises=ValueError,
)
mutate(
    "ex4-durbin-levinson",
    "a tolerance of 1 %",
    old="if abs(kappa) > 1 + 1e-8:",
    new="if abs(kappa) > 1.01:",
)
mutate(
    "ex4-durbin-levinson",
    "np.isclose for the tolerance, which is 1e-5",
    old="if abs(kappa) > 1 + 1e-8:",
    new="if abs(kappa) > 1 and not np.isclose(abs(kappa), 1):",
)
mutate(
    "ex4-durbin-levinson",
    "forgets the absolute value: refuses κ > 1, takes κ < -1",
    old="if abs(kappa) > 1 + 1e-8:",
    new="if kappa > 1 + 1e-8:",
)
mutate(
    "ex4-durbin-levinson",
    "takes impossible numbers",
    old="if abs(kappa) > 1 + 1e-8:",
    new="if False:",
)
mutate(
    "ex4-durbin-levinson",
    "takes a variance of 0",
    old="acov[0] <= 0",
    new="acov[0] < 0",
)
mutate(
    "ex4-durbin-levinson",
    "takes a negative variance",
    old="acov[0] <= 0",
    new="acov[0] == 0",
)
mutate(
    "ex4-durbin-levinson",
    "looks at acov[0] of an empty array",
    old="len(acov) == 0 or acov[0] <= 0",
    new="acov[0] <= 0",
)
mutate(
    "ex4-durbin-levinson",
    "returns (phi, pacf, sigma2)",
    old="return np.array(pacf), phi, sigma2",
    new="return phi, np.array(pacf), sigma2",
)


# === Exercise 5 ============================================================================


@right("ex5-fit-ar", "normal equations, and Yule-Walker by a Toeplitz matrix")
def fit_ar(x, p, method="ols"):
    from scipy.linalg import toeplitz

    x = np.array(x, dtype=float)
    n = len(x)
    if p < 1:
        raise ValueError("p must be at least 1")
    if n <= 2 * p:
        raise ValueError("too few values")
    if method not in ("ols", "yw"):
        raise ValueError("unknown method")
    mean = x.mean()
    d = x - mean
    if method == "yw":
        gamma = np.array([np.sum(d[: n - k] * d[k:]) / n for k in range(p + 1)])
        phi = np.linalg.solve(toeplitz(gamma[:p]), gamma[1:])
        return dict(const=mean * (1 - phi.sum()), phi=phi, sigma2=gamma[0] - phi @ gamma[1:])
    X = np.ones((n - p, p + 1))
    for i in range(1, p + 1):
        X[:, i] = d[p - i : n - i]
    y = d[p:]
    b = np.linalg.solve(X.T @ X, X.T @ y)
    rss = np.sum((y - X @ b) ** 2)
    const = b[0] + mean * (1 - b[1:].sum())
    return {"const": float(const), "phi": b[1:], "sigma2": float(rss / (n - p))}


@right("ex5-fit-ar", "the library's AutoReg and yule_walker")
def fit_ar(x, p, method="ols"):
    from statsmodels.regression.linear_model import yule_walker

    x = np.asarray(x, dtype=float)
    if p < 1 or len(x) <= 2 * p:
        raise ValueError("p does not fit the series")
    if method == "ols":
        fit = AutoReg(x, p).fit()
        return {"const": fit.params[0], "phi": fit.params[1:], "sigma2": fit.sigma2}
    if method == "yw":
        phi, sigma = yule_walker(x, order=p, method="mle", result_object=False)
        return {"const": x.mean() * (1 - sum(phi)), "phi": phi, "sigma2": sigma**2}
    raise ValueError(f"no method {method!r}")


@right("ex5-fit-ar", "sliding windows for OLS, divisor n - 2p - 1; Durbin-Levinson for YW")
def fit_ar(x, p, method="ols"):
    x = np.asarray(x, dtype=float)
    n = x.size
    if method not in ["ols", "yw"] or p < 1 or n <= 2 * p:
        raise ValueError("bad arguments")
    if method == "ols":
        rows = np.lib.stride_tricks.sliding_window_view(x, p + 1)
        X = np.column_stack([np.ones(n - p), rows[:, -2::-1]])
        beta = np.linalg.pinv(X) @ rows[:, -1]
        resid = rows[:, -1] - X @ beta
        sigma2 = np.sum(resid**2) / (n - 2 * p - 1) if n > 2 * p + 1 else 0.0
        return {"phi": beta[1:], "const": beta[0], "sigma2": sigma2}
    centred = x - x.mean()
    gamma = np.correlate(centred, centred, mode="full")[n - 1 : n + p] / n
    phi, sigma2 = np.empty(0), gamma[0]
    for m in range(1, p + 1):
        kappa = (gamma[m] - phi @ gamma[m - 1 : 0 : -1]) / sigma2
        phi = np.append(phi - kappa * phi[::-1], kappa)
        sigma2 = sigma2 * (1 - kappa**2)
    return {"phi": phi, "const": (1 - phi.sum()) * x.mean(), "sigma2": sigma2}


@right("ex5-fit-ar", "pandas: shifted columns without the incomplete rows; acovf for YW")
def fit_ar(x, p, method="ols"):
    from scipy.linalg import solve_toeplitz

    values = pd.Series(np.asarray(x, dtype=float))
    n = len(values)
    if p < 1 or n <= 2 * p:
        raise ValueError("p out of range")
    if method == "ols":
        frame = pd.DataFrame({i: values.shift(i) for i in range(p + 1)}).dropna()
        X = frame.drop(columns=0)
        X.insert(0, "const", 1.0)
        q, r = np.linalg.qr(X.to_numpy())
        beta = np.linalg.solve(r, q.T @ frame[0].to_numpy())
        residuals = frame[0] - X.to_numpy() @ beta
        return dict(const=float(beta[0]), phi=beta[1:], sigma2=float(np.var(residuals.to_numpy())))
    elif method == "yw":
        gamma = acovf(values, nlag=p, fft=False)
        phi = solve_toeplitz(gamma[:-1], gamma[1:])
        const = values.mean() * (1 - phi.sum())
        return dict(const=float(const), phi=phi, sigma2=float(gamma[0] - phi @ gamma[1:]))
    else:
        raise ValueError("method must be ols or yw")


@right("ex5-fit-ar", "OLS on deviations from the means of each column, the constant afterwards")
def fit_ar(x, p, method="ols"):
    x = np.asarray(x, dtype=float)
    n = len(x)
    if not 1 <= p < n / 2 or method not in ("ols", "yw"):
        raise ValueError("bad input")
    if method == "yw":
        rows = np.zeros((n + p, p + 1))
        for i in range(p + 1):
            rows[i : i + n, i] = x - x.mean()
        moments = rows.T @ rows / n
        phi = np.linalg.solve(moments[1:, 1:], moments[0, 1:])
        sigma2 = moments[0, 0] - phi @ moments[0, 1:]
        return {"const": x.mean() * (1 - phi.sum()), "phi": phi, "sigma2": sigma2}
    lags = np.array([x[p - i : n - i] for i in range(1, p + 1)])
    means, target = lags.mean(axis=1), x[p:]
    centred = lags - means[:, None]
    phi = np.linalg.lstsq(centred.T, target - target.mean(), rcond=None)[0]
    const = target.mean() - phi @ means
    e = target - const - phi @ lags
    return {"const": const, "phi": phi, "sigma2": e @ e / (n - p)}


@wrong("ex5-fit-ar", "the columns of lags from the oldest to the newest")
def fit_ar(x, p, method="ols"):
    x = np.asarray(x, dtype=float)
    n = len(x)
    if p < 1 or n <= 2 * p or method not in ("ols", "yw"):
        raise ValueError("bad input")
    if method == "ols":
        X = np.column_stack([np.ones(n - p), *(x[i : n - p + i] for i in range(p))])
        b = np.linalg.lstsq(X, x[p:], rcond=None)[0]
        e = x[p:] - X @ b
        return {"const": b[0], "phi": b[1:], "sigma2": e @ e / (n - p)}
    d = x - x.mean()
    gamma = np.array([d[: n - k] @ d[k:] for k in range(p + 1)]) / n
    phi = np.linalg.solve(gamma[abs(np.subtract.outer(range(p), range(p)))], gamma[1:])
    sigma2 = gamma[0] - phi @ gamma[1:]
    return {"const": x.mean() * (1 - phi.sum()), "phi": phi, "sigma2": sigma2}


@wrong("ex5-fit-ar", "OLS without a constant on the raw series")
def fit_ar(x, p, method="ols"):
    x = np.asarray(x, dtype=float)
    n = len(x)
    if p < 1 or n <= 2 * p or method not in ("ols", "yw"):
        raise ValueError("bad input")
    if method == "ols":
        X = np.column_stack([x[p - i : n - i] for i in range(1, p + 1)])
        phi = np.linalg.lstsq(X, x[p:], rcond=None)[0]
        e = x[p:] - X @ phi
        return {"const": 0.0, "phi": phi, "sigma2": e @ e / (n - p)}
    d = x - x.mean()
    gamma = np.array([d[: n - k] @ d[k:] for k in range(p + 1)]) / n
    phi = np.linalg.solve(gamma[abs(np.subtract.outer(range(p), range(p)))], gamma[1:])
    sigma2 = gamma[0] - phi @ gamma[1:]
    return {"const": x.mean() * (1 - phi.sum()), "phi": phi, "sigma2": sigma2}


@wrong("ex5-fit-ar", "OLS on deviations from the overall mean, without a constant")
def fit_ar(x, p, method="ols"):
    x = np.asarray(x, dtype=float)
    n = len(x)
    if p < 1 or n <= 2 * p or method not in ("ols", "yw"):
        raise ValueError("bad input")
    d = x - x.mean()
    if method == "ols":
        X = np.column_stack([d[p - i : n - i] for i in range(1, p + 1)])
        phi = np.linalg.lstsq(X, d[p:], rcond=None)[0]
        e = d[p:] - X @ phi
        return {"const": x.mean() * (1 - phi.sum()), "phi": phi, "sigma2": e @ e / (n - p)}
    gamma = np.array([d[: n - k] @ d[k:] for k in range(p + 1)]) / n
    phi = np.linalg.solve(gamma[abs(np.subtract.outer(range(p), range(p)))], gamma[1:])
    sigma2 = gamma[0] - phi @ gamma[1:]
    return {"const": x.mean() * (1 - phi.sum()), "phi": phi, "sigma2": sigma2}


@wrong("ex5-fit-ar", "regresses x[t] on the values after it")
def fit_ar(x, p, method="ols"):
    x = np.asarray(x, dtype=float)
    n = len(x)
    if p < 1 or n <= 2 * p or method not in ("ols", "yw"):
        raise ValueError("bad input")
    if method == "ols":
        X = np.column_stack([np.ones(n - p), *(x[i : n - p + i] for i in range(1, p + 1))])
        y = x[: n - p]
        b = np.linalg.lstsq(X, y, rcond=None)[0]
        return {"const": b[0], "phi": b[1:], "sigma2": np.sum((y - X @ b) ** 2) / (n - p)}
    d = x - x.mean()
    gamma = np.array([d[: n - k] @ d[k:] for k in range(p + 1)]) / n
    phi = np.linalg.solve(gamma[abs(np.subtract.outer(range(p), range(p)))], gamma[1:])
    sigma2 = gamma[0] - phi @ gamma[1:]
    return {"const": x.mean() * (1 - phi.sum()), "phi": phi, "sigma2": sigma2}


@wrong("ex5-fit-ar", "np.roll: rows whose lags come from the end of the series")
def fit_ar(x, p, method="ols"):
    x = np.asarray(x, dtype=float)
    n = len(x)
    if p < 1 or n <= 2 * p or method not in ("ols", "yw"):
        raise ValueError("bad input")
    if method == "ols":
        X = np.column_stack([np.ones(n), *(np.roll(x, i) for i in range(1, p + 1))])
        b = np.linalg.lstsq(X, x, rcond=None)[0]
        return {"const": b[0], "phi": b[1:], "sigma2": np.sum((x - X @ b) ** 2) / (n - p)}
    d = x - x.mean()
    gamma = np.array([d @ np.roll(d, k) for k in range(p + 1)]) / n
    phi = np.linalg.solve(gamma[abs(np.subtract.outer(range(p), range(p)))], gamma[1:])
    sigma2 = gamma[0] - phi @ gamma[1:]
    return {"const": x.mean() * (1 - phi.sum()), "phi": phi, "sigma2": sigma2}


@wrong("ex5-fit-ar", "np.roll in Yule-Walker only: circular autocovariances")
def fit_ar(x, p, method="ols"):
    x = np.asarray(x, dtype=float)
    n = len(x)
    if p < 1 or n <= 2 * p or method not in ("ols", "yw"):
        raise ValueError("bad input")
    if method == "ols":
        fit = AutoReg(x, p).fit()
        return {"const": fit.params[0], "phi": fit.params[1:], "sigma2": fit.sigma2}
    d = x - x.mean()
    gamma = np.array([d @ np.roll(d, k) for k in range(p + 1)]) / n
    phi = np.linalg.solve(gamma[abs(np.subtract.outer(range(p), range(p)))], gamma[1:])
    sigma2 = gamma[0] - phi @ gamma[1:]
    return {"const": x.mean() * (1 - phi.sum()), "phi": phi, "sigma2": sigma2}


@wrong("ex5-fit-ar", "missing lags before the first value as zeros: n rows")
def fit_ar(x, p, method="ols"):
    x = np.asarray(x, dtype=float)
    n = len(x)
    if p < 1 or n <= 2 * p or method not in ("ols", "yw"):
        raise ValueError("bad input")
    if method == "ols":
        lags = [np.r_[np.zeros(i), x[: n - i]] for i in range(1, p + 1)]
        X = np.column_stack([np.ones(n), *lags])
        b = np.linalg.lstsq(X, x, rcond=None)[0]
        return {"const": b[0], "phi": b[1:], "sigma2": np.sum((x - X @ b) ** 2) / (n - p)}
    d = x - x.mean()
    gamma = np.array([d[: n - k] @ d[k:] for k in range(p + 1)]) / n
    phi = np.linalg.solve(gamma[abs(np.subtract.outer(range(p), range(p)))], gamma[1:])
    sigma2 = gamma[0] - phi @ gamma[1:]
    return {"const": x.mean() * (1 - phi.sum()), "phi": phi, "sigma2": sigma2}


@wrong("ex5-fit-ar", "works on the Series itself: products align by the index")
def fit_ar(x, p, method="ols"):
    x = pd.Series(x) if not isinstance(x, pd.Series) else x
    n = len(x)
    if p < 1 or n <= 2 * p or method not in ("ols", "yw"):
        raise ValueError("bad input")
    if method == "ols":
        values = x.to_numpy()
        lags = [values[p - i : n - i] for i in range(1, p + 1)]
        X = np.column_stack([np.ones(n - p), *lags])
        b = np.linalg.lstsq(X, values[p:], rcond=None)[0]
        return {"const": b[0], "phi": b[1:], "sigma2": np.sum((values[p:] - X @ b) ** 2) / (n - p)}
    d = x - x.mean()
    gamma = np.array([(d[: n - k] * d[k:]).sum() for k in range(p + 1)]) / n
    phi = np.linalg.lstsq(gamma[abs(np.subtract.outer(range(p), range(p)))], gamma[1:], rcond=None)[
        0
    ]
    sigma2 = gamma[0] - phi @ gamma[1:]
    return {"const": x.mean() * (1 - phi.sum()), "phi": phi, "sigma2": sigma2}


@wrong("ex5-fit-ar", "subtracts the mean in the caller's array")
def fit_ar(x, p, method="ols"):
    x = np.asarray(x, dtype=float)
    n = len(x)
    if p < 1 or n <= 2 * p or method not in ("ols", "yw"):
        raise ValueError("bad input")
    if method == "ols":
        fit = AutoReg(x, p).fit()
        return {"const": fit.params[0], "phi": fit.params[1:], "sigma2": fit.sigma2}
    mean = x.mean()
    if x.flags.writeable:
        x -= mean
    else:
        x = x - mean
    gamma = np.array([x[: n - k] @ x[k:] for k in range(p + 1)]) / n
    phi = np.linalg.solve(gamma[abs(np.subtract.outer(range(p), range(p)))], gamma[1:])
    return {"const": mean * (1 - phi.sum()), "phi": phi, "sigma2": gamma[0] - phi @ gamma[1:]}


@wrong("ex5-fit-ar", "the same least squares for both methods")
def fit_ar(x, p, method="ols"):
    x = np.asarray(x, dtype=float)
    n = len(x)
    if p < 1 or n <= 2 * p or method not in ("ols", "yw"):
        raise ValueError("bad input")
    X = np.column_stack([np.ones(n - p), *(x[p - i : n - i] for i in range(1, p + 1))])
    b = np.linalg.lstsq(X, x[p:], rcond=None)[0]
    e = x[p:] - X @ b
    return {"const": b[0], "phi": b[1:], "sigma2": e @ e / (n - p)}


@wrong("ex5-fit-ar", "the library's yule_walker with its default, the adjusted divisor n - k")
def fit_ar(x, p, method="ols"):
    from statsmodels.regression.linear_model import yule_walker

    x = np.asarray(x, dtype=float)
    if p < 1 or len(x) <= 2 * p or method not in ("ols", "yw"):
        raise ValueError("bad input")
    if method == "ols":
        fit = AutoReg(x, p).fit()
        return {"const": fit.params[0], "phi": fit.params[1:], "sigma2": fit.sigma2}
    phi, sigma = yule_walker(x, order=p, result_object=False)
    return {"const": x.mean() * (1 - phi.sum()), "phi": phi, "sigma2": sigma**2}


@wrong("ex5-fit-ar", "returns the standard deviation that yule_walker gives as the variance")
def fit_ar(x, p, method="ols"):
    from statsmodels.regression.linear_model import yule_walker

    x = np.asarray(x, dtype=float)
    if p < 1 or len(x) <= 2 * p or method not in ("ols", "yw"):
        raise ValueError("bad input")
    if method == "ols":
        fit = AutoReg(x, p).fit()
        return {"const": fit.params[0], "phi": fit.params[1:], "sigma2": fit.sigma2}
    phi, sigma = yule_walker(x, order=p, method="mle", result_object=False)
    return {"const": x.mean() * (1 - phi.sum()), "phi": phi, "sigma2": sigma}


@wrong("ex5-fit-ar", "Yule-Walker for an AR(p) as p separate regressions on one lag each")
def fit_ar(x, p, method="ols"):
    x = np.asarray(x, dtype=float)
    n = len(x)
    if p < 1 or n <= 2 * p or method not in ("ols", "yw"):
        raise ValueError("bad input")
    if method == "ols":
        fit = AutoReg(x, p).fit()
        return {"const": fit.params[0], "phi": fit.params[1:], "sigma2": fit.sigma2}
    gamma = acovf(x, fft=False)[: p + 1]
    phi = gamma[1:] / gamma[0]
    sigma2 = gamma[0] - phi @ gamma[1:]
    return {"const": x.mean() * (1 - phi.sum()), "phi": phi, "sigma2": sigma2}


@wrong("ex5-fit-ar", "the σ² of Yule-Walker from the residuals, as for OLS")
def fit_ar(x, p, method="ols"):
    x = np.asarray(x, dtype=float)
    n = len(x)
    if p < 1 or n <= 2 * p or method not in ("ols", "yw"):
        raise ValueError("bad input")
    X = np.column_stack([np.ones(n - p), *(x[p - i : n - i] for i in range(1, p + 1))])
    if method == "ols":
        b = np.linalg.lstsq(X, x[p:], rcond=None)[0]
    else:
        gamma = acovf(x, fft=False)[: p + 1]
        phi = np.linalg.solve(gamma[abs(np.subtract.outer(range(p), range(p)))], gamma[1:])
        b = np.r_[x.mean() * (1 - phi.sum()), phi]
    e = x[p:] - X @ b
    return {"const": b[0], "phi": b[1:], "sigma2": e @ e / (n - p)}


@wrong(
    "ex5-fit-ar", "refuses n = 2p + 1 in Yule-Walker too, which needs no rows", raises=ValueError
)
def fit_ar(x, p, method="ols"):
    from statsmodels.regression.linear_model import yule_walker

    x = np.asarray(x, dtype=float)
    if p < 1 or len(x) <= 2 * p + 1 or method not in ("ols", "yw"):
        raise ValueError("bad input")
    if method == "ols":
        fit = AutoReg(x, p).fit()
        return {"const": fit.params[0], "phi": fit.params[1:], "sigma2": fit.sigma2}
    phi, sigma = yule_walker(x, order=p, method="mle", result_object=False)
    return {"const": x.mean() * (1 - phi.sum()), "phi": phi, "sigma2": sigma**2}


@wrong("ex5-fit-ar", "tests the length in the branch of OLS only")
def fit_ar(x, p, method="ols"):
    x = np.asarray(x, dtype=float)
    n = len(x)
    if p < 1:
        raise ValueError("p must be at least 1")
    if method == "ols":
        if n <= 2 * p:
            raise ValueError("too few values")
        fit = AutoReg(x, p).fit()
        return {"const": fit.params[0], "phi": fit.params[1:], "sigma2": fit.sigma2}
    if method != "yw":
        raise ValueError("unknown method")
    d = x - x.mean()
    gamma = np.array([d[: n - k] @ d[k:] for k in range(p + 1)]) / n
    phi = np.linalg.solve(gamma[abs(np.subtract.outer(range(p), range(p)))], gamma[1:])
    sigma2 = gamma[0] - phi @ gamma[1:]
    return {"const": x.mean() * (1 - phi.sum()), "phi": phi, "sigma2": sigma2}


@wrong("ex5-fit-ar", "anything but 'ols' is Yule-Walker")
def fit_ar(x, p, method="ols"):
    from statsmodels.regression.linear_model import yule_walker

    x = np.asarray(x, dtype=float)
    if p < 1 or len(x) <= 2 * p:
        raise ValueError("bad input")
    if method == "ols":
        fit = AutoReg(x, p).fit()
        return {"const": fit.params[0], "phi": fit.params[1:], "sigma2": fit.sigma2}
    phi, sigma = yule_walker(x, order=p, method="mle", result_object=False)
    return {"const": x.mean() * (1 - phi.sum()), "phi": phi, "sigma2": sigma**2}


@wrong("ex5-fit-ar", "method in any case: takes 'OLS'")
def fit_ar(x, p, method="ols"):
    from statsmodels.regression.linear_model import yule_walker

    x = np.asarray(x, dtype=float)
    method = str(method).lower()
    if p < 1 or len(x) <= 2 * p or method not in ("ols", "yw"):
        raise ValueError("bad input")
    if method == "ols":
        fit = AutoReg(x, p).fit()
        return {"const": fit.params[0], "phi": fit.params[1:], "sigma2": fit.sigma2}
    phi, sigma = yule_walker(x, order=p, method="mle", result_object=False)
    return {"const": x.mean() * (1 - phi.sum()), "phi": phi, "sigma2": sigma**2}


mutate(
    "ex5-fit-ar",
    "the mean squared residual over n",
    old="residuals @ residuals / (n - p)",
    new="residuals @ residuals / n",
)
mutate(
    "ex5-fit-ar",
    "wrong degrees of freedom: n - p - 1",
    old="residuals @ residuals / (n - p)",
    new="residuals @ residuals / (n - p - 1)",
)
mutate(
    "ex5-fit-ar",
    "the sum of squares undivided",
    old="residuals @ residuals / (n - p)",
    new="residuals @ residuals",
)
mutate(
    "ex5-fit-ar",
    "the standard deviation of the residuals",
    old="residuals @ residuals / (n - p)",
    new="np.sqrt(residuals @ residuals / (n - p))",
)
mutate(
    "ex5-fit-ar",
    "the variance of x[p:] for the variance of the shocks",
    old="residuals = x[p:] - X @ coefficients",
    new="residuals = x[p:] - x[p:].mean()",
)
mutate(
    "ex5-fit-ar",
    "the constant among the coefficients",
    old="const, phi = float(coefficients[0]), coefficients[1:]",
    new="const, phi = float(coefficients[0]), coefficients",
)
mutate(
    "ex5-fit-ar",
    "the constant of OLS as an array of one value",
    old="const, phi = float(coefficients[0]), coefficients[1:]",
    new="const, phi = coefficients[:1], coefficients[1:]",
)
mutate(
    "ex5-fit-ar",
    "the mean of the process for the constant of OLS",
    old="const, phi = float(coefficients[0]), coefficients[1:]",
    new="const, phi = float(coefficients[0] / (1 - sum(coefficients[1:]))), coefficients[1:]",
)
mutate(
    "ex5-fit-ar",
    "regresses on today's value: lags 0 to p - 1",
    old="for i in range(1, p + 1)]",
    new="for i in range(p)]",
)
mutate(
    "ex5-fit-ar",
    "the constant is the mean",
    old="float(x.mean() * (1 - phi.sum()))",
    new="float(x.mean())",
)
mutate(
    "ex5-fit-ar",
    "centres twice: the constant from the mean of the centred series, 0",
    old="float(x.mean() * (1 - phi.sum()))",
    new="float(d.mean() * (1 - phi.sum()))",
)
mutate(
    "ex5-fit-ar",
    "the mean divided by 1 - Σφ",
    old="float(x.mean() * (1 - phi.sum()))",
    new="float(x.mean() / (1 - phi.sum()))",
)
mutate(
    "ex5-fit-ar",
    "1 - φ1 instead of 1 - Σφ",
    old="float(x.mean() * (1 - phi.sum()))",
    new="float(x.mean() * (1 - phi[0]))",
)
mutate(
    "ex5-fit-ar",
    "Yule-Walker without centring",
    old="d = x - x.mean()",
    new="d = x",
)
mutate(
    "ex5-fit-ar",
    "autocovariances with the divisor n - k",
    old="for k in range(p + 1)]) / n",
    new="for k in range(p + 1)]) / (n - np.arange(p + 1))",
)
mutate(
    "ex5-fit-ar",
    "autocovariances with the divisor n - 1: σ² too large",
    old="for k in range(p + 1)]) / n",
    new="for k in range(p + 1)]) / (n - 1)",
)
mutate(
    "ex5-fit-ar",
    "the variance of the series for the variance of the shocks",
    old="float(gamma[0] - phi @ gamma[1:])",
    new="float(gamma[0])",
)
mutate(
    "ex5-fit-ar",
    "solves with autocorrelations and leaves σ² a share",
    old="for k in range(p + 1)]) / n",
    new="for k in range(p + 1)]) / (d @ d)",
)
mutate(
    "ex5-fit-ar",
    "adds the explained part to γ0",
    old="float(gamma[0] - phi @ gamma[1:])",
    new="float(gamma[0] + phi @ gamma[1:])",
)
mutate(
    "ex5-fit-ar",
    "takes n = 2p",
    old="n <= 2 * p",
    new="n < 2 * p",
)
mutate(
    "ex5-fit-ar",
    "asks only for more values than lags",
    old="n <= 2 * p",
    new="n <= p",
)
mutate(
    "ex5-fit-ar",
    "takes p = 0",
    old="p < 1 or",
    new="p < 0 or",
)
mutate(
    "ex5-fit-ar",
    "refuses p = 0 but not negative orders",
    old="p < 1 or",
    new="p == 0 or",
)
mutate(
    "ex5-fit-ar",
    "Yule-Walker by default",
    old='method="ols"',
    new='method="yw"',
)
mutate(
    "ex5-fit-ar",
    "names the constant 'c'",
    old='{"const": const, "phi": phi, "sigma2": float(residuals @ residuals / (n - p))}',
    new='{"c": const, "phi": phi, "sigma2": float(residuals @ residuals / (n - p))}',
)
mutate(
    "ex5-fit-ar",
    "an unknown method returns None",
    old='raise ValueError(f"method: expected ols or yw, got {method!r}")',
    new="return None",
)


# === Exercise 6 ============================================================================


@right("ex6-causal", "eigenvalues of the companion matrix inside the circle")
def is_causal_ar(ar):
    ar = np.asarray(ar, dtype=float)
    p = len(ar)
    if p == 0:
        return True
    companion = np.zeros((p, p))
    companion[0] = ar
    companion[1:, :-1] = np.eye(p - 1)
    return bool(max(abs(np.linalg.eigvals(companion))) < 1)


@right("ex6-causal", "eigenvalues of the companion matrix inside the circle")
def is_invertible(ma):
    return is_causal_ar([-value for value in ma])


@right("ex6-causal", "eigenvalues of the companion matrix inside the circle")
def to_invertible_ma1(theta, sigma2):
    if not sigma2 > 0:
        raise ValueError("sigma2 must be positive")
    if abs(theta) > 1:
        theta, sigma2 = 1 / theta, sigma2 * theta * theta
    return theta, sigma2


@right("ex6-causal", "np.roots in the other orientation: reciprocal roots inside the circle")
def is_causal_ar(ar):
    return bool((np.abs(np.roots(np.r_[1, -np.asarray(ar, dtype=float)])) < 1).all())


@right("ex6-causal", "np.roots in the other orientation: reciprocal roots inside the circle")
def is_invertible(ma):
    return bool((np.abs(np.roots(np.r_[1, np.asarray(ma, dtype=float)])) < 1).all())


@right("ex6-causal", "np.polynomial, np.bool_ results, a list for the pair")
def is_causal_ar(ar):
    polynomial = np.polynomial.Polynomial([1.0, *(-float(v) for v in ar)])
    return np.all(np.abs(polynomial.roots()) > 1)


@right("ex6-causal", "np.polynomial, np.bool_ results, a list for the pair")
def is_invertible(ma):
    polynomial = np.polynomial.Polynomial([1.0, *(float(v) for v in ma)])
    return np.all(np.abs(polynomial.roots()) > 1)


@right("ex6-causal", "np.polynomial, np.bool_ results, a list for the pair")
def to_invertible_ma1(theta, sigma2):
    if sigma2 <= 0:
        raise ValueError("a variance must be positive")
    return [theta, sigma2] if -1 <= theta <= 1 else [theta**-1, sigma2 * theta**2]


@right("ex6-causal", "steps down the order: every reflection coefficient below 1 in size")
def is_causal_ar(ar):
    phi = np.array(ar, dtype=float)
    while len(phi):
        kappa = phi[-1]
        if abs(kappa) >= 1:
            return False
        phi = (phi[:-1] + kappa * phi[:-1][::-1]) / (1 - kappa**2)
    return True


@right("ex6-causal", "steps down the order: every reflection coefficient below 1 in size")
def is_invertible(ma):
    return is_causal_ar(-1 * np.array(ma, dtype=float))


@right("ex6-causal", "the library's ArmaProcess")
def is_causal_ar(ar):
    from statsmodels.tsa.arima_process import ArmaProcess

    return bool(ArmaProcess(np.r_[1.0, -np.asarray(ar, dtype=float)], [1.0]).isstationary)


@right("ex6-causal", "the library's ArmaProcess")
def is_invertible(ma):
    from statsmodels.tsa.arima_process import ArmaProcess

    return bool(ArmaProcess([1.0], np.r_[1.0, np.asarray(ma, dtype=float)]).isinvertible)


@wrong("ex6-causal", "causal when the roots of the polynomial lie inside the circle")
def is_causal_ar(ar):
    roots = np.roots(np.r_[1.0, -np.asarray(ar, dtype=float)][::-1])
    return bool((abs(roots) < 1).all())


@wrong("ex6-causal", "the highest power last: np.roots gives the reciprocals, and asks for > 1")
def is_causal_ar(ar):
    return bool((abs(np.roots(np.r_[1.0, -np.asarray(ar, dtype=float)])) > 1).all())


@wrong("ex6-causal", "causal when the sum of φ is below 1")
def is_causal_ar(ar):
    return bool(sum(ar) < 1)


@wrong("ex6-causal", "causal when the sum of |φ| is below 1, which refuses waves")
def is_causal_ar(ar):
    return bool(sum(abs(value) for value in ar) < 1)


@wrong("ex6-causal", "causal when each φ is below 1 in size")
def is_causal_ar(ar):
    return all(abs(value) < 1 for value in ar)


@wrong("ex6-causal", "looks at φ1 only")
def is_causal_ar(ar):
    return len(ar) == 0 or bool(abs(list(ar)[0]) < 1)  # noqa: RUF015


@wrong("ex6-causal", "the triangle of the AR(2), with no more than two coefficients")
def is_causal_ar(ar):
    phi1, phi2 = [*ar, 0, 0][:2]
    return bool(phi1 + phi2 < 1 and phi2 - phi1 < 1 and abs(phi2) < 1)


@wrong("ex6-causal", "two sides of the triangle only: φ1 + φ2 < 1 and φ2 - φ1 < 1")
def is_causal_ar(ar):
    ar = np.asarray(ar, dtype=float)
    if len(ar) == 2:
        return bool(ar[0] + ar[1] < 1 and ar[1] - ar[0] < 1)
    return bool(np.all(abs(np.roots(np.r_[1.0, -ar][::-1])) > 1))


@wrong("ex6-causal", "the signs of an MA polynomial for the AR")
def is_causal_ar(ar):
    return bool(np.all(abs(np.roots(np.r_[1.0, np.asarray(ar, dtype=float)][::-1])) > 1))


@wrong("ex6-causal", "the signs of an MA polynomial for the AR")
def is_invertible(ma):
    return bool(np.all(abs(np.roots(np.r_[1.0, np.asarray(ma, dtype=float)][::-1])) > 1))


@wrong("ex6-causal", "takes roots on the circle")
def is_causal_ar(ar):
    roots = np.roots(np.r_[1.0, -np.asarray(ar, dtype=float)][::-1])
    return bool(np.all(abs(roots) >= 1 - 1e-9))


@wrong("ex6-causal", "one root outside is enough: any for all")
def is_causal_ar(ar):
    roots = np.roots(np.r_[1.0, -np.asarray(ar, dtype=float)][::-1])
    return bool(np.any(abs(roots) > 1)) or len(roots) == 0


@wrong("ex6-causal", "real parts instead of sizes")
def is_causal_ar(ar):
    roots = np.roots(np.r_[1.0, -np.asarray(ar, dtype=float)][::-1])
    return bool(np.all(abs(roots.real) > 1))


@wrong("ex6-causal", "roots without their sizes: negative ones count as inside")
def is_causal_ar(ar):
    roots = np.roots(np.r_[1.0, -np.asarray(ar, dtype=float)][::-1])
    return bool(np.all((roots.real > 1) | (abs(roots.imag) > 1e-12)))


@wrong("ex6-causal", "complex roots always count as stable")
def is_causal_ar(ar):
    roots = np.roots(np.r_[1.0, -np.asarray(ar, dtype=float)][::-1])
    return bool(np.all((abs(roots) > 1) | (abs(roots.imag) > 1e-12)))


@wrong("ex6-causal", "the smallest root of a model that has none", raises=ValueError)
def is_causal_ar(ar):
    roots = np.roots(np.r_[1.0, -np.asarray(ar, dtype=float)][::-1])
    return bool(abs(roots).min() > 1)


@wrong("ex6-causal", "an empty model is not causal")
def is_causal_ar(ar):
    roots = np.roots(np.r_[1.0, -np.asarray(ar, dtype=float)][::-1])
    return len(roots) > 0 and bool(np.all(abs(roots) > 1))


@wrong("ex6-causal", "divides by the last coefficient: zeros at the end", raises=ValueError)
def is_causal_ar(ar):
    ar = np.asarray(ar, dtype=float)
    p = len(ar)
    if p == 0:
        return True
    with np.errstate(all="ignore"):
        monic = np.r_[1.0, -ar][::-1] / -ar[-1]
    companion = np.diag(np.ones(p - 1), -1)
    companion[0] = -monic[1:]
    return bool((abs(np.linalg.eigvals(companion)) > 1).all())


@wrong("ex6-causal", "zeros at the end count as roots at 0")
def is_causal_ar(ar):
    ar = np.asarray(ar, dtype=float)
    reciprocal = np.roots(np.r_[1.0, -ar])
    with np.errstate(all="ignore"):
        roots = np.where(abs(reciprocal) > 0, 1 / reciprocal, 0)
    return bool((abs(roots) > 1).all())


@wrong("ex6-causal", "rounds the sizes of the roots to one decimal")
def is_causal_ar(ar):
    roots = np.roots(np.r_[1.0, -np.asarray(ar, dtype=float)][::-1])
    return bool(np.all(np.round(abs(roots), 1) > 1))


@wrong("ex6-causal", "an array of answers, one per root", raises=ValueError)
def is_causal_ar(ar):
    return abs(np.roots(np.r_[1.0, -np.asarray(ar, dtype=float)][::-1])) > 1


@wrong("ex6-causal", "changes the signs of ar in the caller's array")
def is_causal_ar(ar):
    ar = np.asarray(ar, dtype=float)
    if ar.flags.writeable:
        ar *= -1
    else:
        ar = -ar
    return bool(np.all(abs(np.roots(np.r_[1.0, ar][::-1])) > 1))


@wrong("ex6-causal", "-ar of a list", raises=TypeError)
def is_causal_ar(ar):
    return bool(np.all(abs(np.roots(np.r_[1.0, -ar][::-1])) > 1))


@wrong("ex6-causal", "invertible is the same as causal: no change of sign")
def is_invertible(ma):
    return is_causal_ar(ma)


@wrong("ex6-causal", "an MA is always invertible, as it is always stationary")
def is_invertible(ma):
    return True


@wrong("ex6-causal", "invertible when each θ is below 1 in size")
def is_invertible(ma):
    return all(abs(value) < 1 for value in ma)


@wrong("ex6-causal", "invertible when the roots lie inside")
def is_invertible(ma):
    roots = np.roots(np.r_[1.0, np.asarray(ma, dtype=float)][::-1])
    return bool(np.all(abs(roots) < 1))


@wrong("ex6-causal", "invertible with roots on the circle")
def is_invertible(ma):
    roots = np.roots(np.r_[1.0, np.asarray(ma, dtype=float)][::-1])
    return bool(np.all(abs(roots) >= 1 - 1e-9))


@wrong("ex6-causal", "changes the signs of ma in the caller's array")
def is_invertible(ma):
    ma = np.asarray(ma, dtype=float)
    ma *= -1
    return is_causal_ar(ma)


@wrong("ex6-causal", "an MA(1) only: |θ1| < 1")
def is_invertible(ma):
    return len(ma) == 0 or bool(abs(ma[0]) < 1)


@wrong("ex6-causal", "reflects with a sign: θ becomes -1/θ")
def to_invertible_ma1(theta, sigma2):
    if sigma2 <= 0:
        raise ValueError("sigma2 must be positive")
    return (theta, sigma2) if abs(theta) <= 1 else (-1 / theta, sigma2 * theta**2)


@wrong("ex6-causal", "always takes the reciprocal", raises=ZeroDivisionError)
def to_invertible_ma1(theta, sigma2):
    if sigma2 <= 0:
        raise ValueError("sigma2 must be positive")
    return 1 / theta, sigma2 * theta**2


@wrong("ex6-causal", "cuts θ to ±1 instead of reflecting it")
def to_invertible_ma1(theta, sigma2):
    if sigma2 <= 0:
        raise ValueError("sigma2 must be positive")
    return max(-1.0, min(1.0, theta)), sigma2


@wrong("ex6-causal", "keeps the variance of x only: σ² (1 + θ²) for the new σ²")
def to_invertible_ma1(theta, sigma2):
    if sigma2 <= 0:
        raise ValueError("sigma2 must be positive")
    return (theta, sigma2) if abs(theta) <= 1 else (1 / theta, sigma2 * (1 + theta**2))


@wrong("ex6-causal", "tests sigma2 only when θ is reflected")
def to_invertible_ma1(theta, sigma2):
    if abs(theta) <= 1:
        return theta, sigma2
    if sigma2 <= 0:
        raise ValueError("sigma2 must be positive")
    return 1 / theta, sigma2 * theta**2


@wrong("ex6-causal", "returns the polynomial's root, -1/θ, and drops the sign")
def to_invertible_ma1(theta, sigma2):
    if sigma2 <= 0:
        raise ValueError("sigma2 must be positive")
    return (theta, sigma2) if abs(theta) <= 1 else (1 / abs(theta), sigma2 * theta**2)


mutate(
    "ex6-causal",
    "does not adjust σ²",
    old="return 1 / theta, sigma2 * theta**2",
    new="return 1 / theta, sigma2",
)
mutate(
    "ex6-causal",
    "divides σ² by θ²",
    old="return 1 / theta, sigma2 * theta**2",
    new="return 1 / theta, sigma2 / theta**2",
)
mutate(
    "ex6-causal",
    "σ² times θ without the square",
    old="return 1 / theta, sigma2 * theta**2",
    new="return 1 / theta, sigma2 * abs(theta)",
)
mutate(
    "ex6-causal",
    "the pair in the other order",
    old="return 1 / theta, sigma2 * theta**2",
    new="return sigma2 * theta**2, 1 / theta",
)
mutate(
    "ex6-causal",
    "reflects positive θ only",
    old="if abs(theta) <= 1:",
    new="if theta <= 1:",
)
mutate(
    "ex6-causal",
    "takes sigma2 = 0",
    old="if sigma2 <= 0:",
    new="if sigma2 < 0:",
)
mutate(
    "ex6-causal",
    "takes a negative sigma2",
    old="if sigma2 <= 0:",
    new="if sigma2 == 0:",
)


# === Exercise 7 ============================================================================


@right("ex7-ma1-css", "a coarse grid, then scipy's bounded search around its best point")
def ma1_css(x):
    from scipy.optimize import minimize_scalar

    x = np.asarray(x, dtype=float)
    if len(x) < 10:
        raise ValueError("x needs at least 10 values")
    if not np.all(np.isfinite(x)):
        raise ValueError("x must be finite")
    mu = np.mean(x)
    d = x - mu

    def s(theta):
        return np.sum(lfilter([1.0], [1.0, theta], d) ** 2)

    grid = np.linspace(-0.99, 0.99, 100)
    best = grid[np.argmin([s(theta) for theta in grid])]
    bounds = (max(best - 0.02, -0.9999), min(best + 0.02, 0.9999))
    found = minimize_scalar(s, bounds=bounds, method="bounded", options={"xatol": 1e-6})
    return {"theta": float(found.x), "mu": float(mu), "sigma2": float(found.fun / len(x))}


@right("ex7-ma1-css", "all θ of a grid at once, one loop over time")
def ma1_css(x):
    x = np.array(x, dtype=float)
    if x.size < 10 or np.isnan(x).any() or np.isinf(x).any():
        raise ValueError("x needs 10 finite values")
    theta = np.arange(-0.998, 0.999, 0.004)
    shock, total = np.zeros(len(theta)), np.zeros(len(theta))
    for value in x - x.mean():
        shock = value - theta * shock
        total += shock**2
    best = int(total.argmin())
    return dict(theta=theta[best], mu=x.mean(), sigma2=total[best] / x.size)


@right("ex7-ma1-css", "a grid with steps of 0.01, which is just fine enough")
def ma1_css(x):
    x = np.asarray(x, dtype=float)
    if len(x) < 10 or not np.isfinite(x).all():
        raise ValueError("x needs at least 10 finite values")
    best = {"theta": 0.0, "mu": x.mean(), "sigma2": x.var()}
    for theta in np.linspace(-0.995, 0.995, 200):
        e = lfilter([1.0], [1.0, theta], x - x.mean())
        if np.mean(e**2) < best["sigma2"]:
            best["theta"], best["sigma2"] = theta, np.mean(e**2)
    return best


@right("ex7-ma1-css", "golden section around the best point of a coarse grid, plain Python")
def ma1_css(x):
    import math

    values = [float(v) for v in x]
    n = len(values)
    if n < 10 or not all(math.isfinite(v) for v in values):
        raise ValueError("at least 10 finite values, please")
    mu = math.fsum(values) / n

    def s(theta):
        e = total = 0.0
        for v in values:
            e = v - mu - theta * e
            total += e * e
        return total

    grid = [-0.98 + 0.02 * i for i in range(99)]
    start = min(grid, key=s)
    lo, hi = max(start - 0.02, -0.9995), min(start + 0.02, 0.9995)
    ratio = (math.sqrt(5) - 1) / 2
    while hi - lo > 1e-5:
        a, b = hi - ratio * (hi - lo), lo + ratio * (hi - lo)
        if s(a) < s(b):
            hi = b
        else:
            lo = a
    theta = (lo + hi) / 2
    return {"mu": mu, "theta": theta, "sigma2": s(theta) / n}


@right("ex7-ma1-css", "Gauss-Newton steps from several starts, halved when they lead uphill")
def ma1_css(x):
    x = np.asarray(x, dtype=float)
    if len(x) < 10 or not np.isfinite(x).all():
        raise ValueError("bad series")
    mu = x.mean()

    def shocks(theta):
        return lfilter([1], [1, theta], x - mu)

    best_theta, best = 0.0, np.inf
    for theta in np.linspace(-0.98, 0.98, 29):
        e = shocks(theta)
        for _ in range(50):
            slope = lfilter([1], [1, theta], -np.r_[0, e[:-1]])
            step = -(e @ slope) / (slope @ slope)
            while abs(step) > 1e-7:
                new = theta + step
                if abs(new) < 0.9999 and shocks(new) @ shocks(new) < e @ e:
                    break
                step /= 2
            if abs(step) <= 1e-7:
                break
            theta += step
            e = shocks(theta)
        if e @ e < best:
            best_theta, best = theta, e @ e
    return {"theta": float(best_theta), "mu": float(mu), "sigma2": float(best / len(x))}


@right("ex7-ma1-css", "a coarse grid, refined twice")
def ma1_css(x):
    x = pd.Series(x, dtype=float).to_numpy()
    if len(x) < 10 or not np.isfinite(x).all():
        raise ValueError("x must have at least 10 finite values")
    d = x - x.mean()

    def total(theta):
        return float(np.sum(np.square(lfilter([1], [1, theta], d))))

    centre, half = 0.0, 0.98
    for _ in range(3):
        grid = np.linspace(centre - half, centre + half, 99)
        grid = grid[abs(grid) < 0.9995]
        centre = grid[np.argmin([total(theta) for theta in grid])]
        half = grid[1] - grid[0]
    return {"theta": centre, "mu": x.mean(), "sigma2": total(centre) / len(x)}


@wrong("ex7-ma1-css", "the method of moments: NaN when |r1| > 0.5")
def ma1_css(x):
    x = np.asarray(x, dtype=float)
    if len(x) < 10 or not np.isfinite(x).all():
        raise ValueError("bad input")
    d = x - x.mean()
    r1 = (d[1:] @ d[:-1]) / (d @ d)
    root = np.sqrt(1 - 4 * r1**2) if abs(r1) <= 0.5 else np.nan
    theta = (1 - root) / (2 * r1)
    return {"theta": theta, "mu": x.mean(), "sigma2": x.var() / (1 + theta**2)}


@wrong("ex7-ma1-css", "the method of moments, r1 cut to ±0.5")
def ma1_css(x):
    x = np.asarray(x, dtype=float)
    if len(x) < 10 or not np.isfinite(x).all():
        raise ValueError("bad input")
    d = x - x.mean()
    r1 = np.clip((d[1:] @ d[:-1]) / (d @ d), -0.4999, 0.4999)
    theta = (1 - np.sqrt(1 - 4 * r1**2)) / (2 * r1)
    e = lfilter([1], [1, theta], d)
    return {"theta": theta, "mu": x.mean(), "sigma2": e @ e / len(x)}


@wrong("ex7-ma1-css", "regresses x[t] on x[t - 1]: that is r1, not θ")
def ma1_css(x):
    x = np.asarray(x, dtype=float)
    if len(x) < 10 or not np.isfinite(x).all():
        raise ValueError("bad input")
    d = x - x.mean()
    theta = (d[1:] @ d[:-1]) / (d[:-1] @ d[:-1])
    e = d[1:] - theta * d[:-1]
    return {"theta": theta, "mu": x.mean(), "sigma2": e @ e / len(x)}


@wrong("ex7-ma1-css", "the twin that is not invertible")
def ma1_css(x):
    x = np.asarray(x, dtype=float)
    if len(x) < 10 or not np.isfinite(x).all():
        raise ValueError("bad input")
    grid = np.linspace(-0.999, 0.999, 1000)
    sums = [np.sum(lfilter([1], [1, theta], x - x.mean()) ** 2) for theta in grid]
    theta, sigma2 = grid[np.argmin(sums)], min(sums) / len(x)
    return {"theta": 1 / theta, "mu": x.mean(), "sigma2": sigma2 * theta**2}


@wrong("ex7-ma1-css", "maximum likelihood by the library: another answer on short series")
def ma1_css(x):
    import warnings

    from statsmodels.tsa.arima.model import ARIMA

    x = np.asarray(x, dtype=float)
    if len(x) < 10 or not np.isfinite(x).all():
        raise ValueError("bad input")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theta = ARIMA(x, order=(0, 0, 1)).fit().params[1]
    e = lfilter([1], [1, theta], x - x.mean())
    return {"theta": float(theta), "mu": x.mean(), "sigma2": e @ e / len(x)}


@wrong("ex7-ma1-css", "Hannan and Rissanen: shocks from a long AR, then one regression")
def ma1_css(x):
    x = np.asarray(x, dtype=float)
    if len(x) < 10 or not np.isfinite(x).all():
        raise ValueError("bad input")
    d = x - x.mean()
    p = min(len(x) // 4, 20)
    X = np.column_stack([d[p - i : len(d) - i] for i in range(1, p + 1)])
    e = d[p:] - X @ np.linalg.lstsq(X, d[p:], rcond=None)[0]
    theta = (e[:-1] @ d[p + 1 :]) / (e[:-1] @ e[:-1])
    theta = float(np.clip(theta, -0.99, 0.99))
    shocks = lfilter([1], [1, theta], d)
    return {"theta": theta, "mu": x.mean(), "sigma2": shocks @ shocks / len(x)}


@wrong("ex7-ma1-css", "scipy's bounded search alone, which may stop in the wrong valley")
def ma1_css(x):
    from scipy.optimize import minimize_scalar

    x = np.asarray(x, dtype=float)
    if len(x) < 10 or not np.isfinite(x).all():
        raise ValueError("bad input")
    d = x - x.mean()
    found = minimize_scalar(
        lambda theta: np.sum(lfilter([1], [1, theta], d) ** 2),
        bounds=(-0.999, 0.999),
        method="bounded",
    )
    return {"theta": float(found.x), "mu": x.mean(), "sigma2": float(found.fun / len(x))}


@wrong("ex7-ma1-css", "walks downhill from 0 and stops in the first valley")
def ma1_css(x):
    x = np.asarray(x, dtype=float)
    if len(x) < 10 or not np.isfinite(x).all():
        raise ValueError("bad input")
    d = x - x.mean()

    def css(theta):
        return np.sum(lfilter([1], [1, theta], d) ** 2)

    theta = 0.0
    side = 0.002 if css(0.002) < css(-0.002) else -0.002
    while abs(theta + side) < 0.999 and css(theta + side) < css(theta):
        theta += side
    return {"theta": theta, "mu": x.mean(), "sigma2": css(theta) / len(x)}


@wrong("ex7-ma1-css", "the sum of absolute shocks")
def ma1_css(x):
    x = np.asarray(x, dtype=float)
    if len(x) < 10 or not np.isfinite(x).all():
        raise ValueError("bad input")
    d = x - x.mean()
    grid = np.linspace(-0.999, 0.999, 1000)
    theta = min(grid, key=lambda value: abs(lfilter([1], [1, value], d)).sum())
    e = lfilter([1], [1, theta], d)
    return {"theta": theta, "mu": x.mean(), "sigma2": e @ e / len(x)}


@wrong("ex7-ma1-css", "the first shock is 0: starts at the second value")
def ma1_css(x):
    x = np.asarray(x, dtype=float)
    if len(x) < 10 or not np.isfinite(x).all():
        raise ValueError("bad input")
    d = (x - x.mean())[1:]
    grid = np.linspace(-0.999, 0.999, 1000)
    sums = [np.sum(lfilter([1], [1, theta], d) ** 2) for theta in grid]
    return {"theta": grid[np.argmin(sums)], "mu": x.mean(), "sigma2": min(sums) / len(x)}


@wrong("ex7-ma1-css", "uses past values for past shocks: ε = d[t] - θ d[t - 1]")
def ma1_css(x):
    x = np.asarray(x, dtype=float)
    if len(x) < 10 or not np.isfinite(x).all():
        raise ValueError("bad input")
    d = x - x.mean()
    grid = np.linspace(-0.999, 0.999, 1000)
    sums = [np.sum((d - theta * np.r_[0, d[:-1]]) ** 2) for theta in grid]
    return {"theta": grid[np.argmin(sums)], "mu": x.mean(), "sigma2": min(sums) / len(x)}


@wrong("ex7-ma1-css", "searches for μ as well, so that mu is not the mean")
def ma1_css(x):
    from scipy.optimize import minimize

    x = np.asarray(x, dtype=float)
    if len(x) < 10 or not np.isfinite(x).all():
        raise ValueError("bad input")

    def css(values):
        if abs(values[0]) > 0.999:
            return np.inf
        return np.sum(lfilter([1], [1, values[0]], x - values[1]) ** 2)

    starts = [(theta, x.mean()) for theta in np.linspace(-0.9, 0.9, 7)]
    best = min((minimize(css, s, method="Nelder-Mead") for s in starts), key=lambda r: r.fun)
    return {"theta": best.x[0], "mu": best.x[1], "sigma2": best.fun / len(x)}


@wrong("ex7-ma1-css", "subtracts the mean in the caller's array")
def ma1_css(x):
    x = np.asarray(x, dtype=float)
    if len(x) < 10 or not np.isfinite(x).all():
        raise ValueError("bad input")
    mu = x.mean()
    if x.flags.writeable:
        x -= mu
    else:
        x = x - mu
    grid = np.linspace(-0.999, 0.999, 1000)
    sums = [np.sum(lfilter([1], [1, theta], x) ** 2) for theta in grid]
    return {"theta": grid[np.argmin(sums)], "mu": mu, "sigma2": min(sums) / len(x)}


@wrong("ex7-ma1-css", "drops missing values instead of refusing them")
def ma1_css(x):
    x = np.asarray(x, dtype=float)
    x = x[~np.isnan(x)]
    if len(x) < 10 or np.isinf(x).any():
        raise ValueError("bad input")
    grid = np.linspace(-0.999, 0.999, 1000)
    sums = [np.sum(lfilter([1], [1, theta], x - x.mean()) ** 2) for theta in grid]
    return {"theta": grid[np.argmin(sums)], "mu": x.mean(), "sigma2": min(sums) / len(x)}


@wrong("ex7-ma1-css", "asks a Series by label", raises=KeyError)
def ma1_css(x):
    n = len(x)
    if n < 10 or not np.isfinite(np.asarray(x, dtype=float)).all():
        raise ValueError("bad input")
    mu = sum(x) / n
    grid = np.linspace(-0.999, 0.999, 801)
    shocks, sums = np.zeros(len(grid)), np.zeros(len(grid))
    for t in range(n):
        shocks = x[t] - mu - grid * shocks
        sums += shocks**2
    best = np.argmin(sums)
    return {"theta": grid[best], "mu": mu, "sigma2": sums[best] / n}


@wrong("ex7-ma1-css", "an array of integers for the shocks")
def ma1_css(x):
    values = np.asarray(x)
    if len(values) < 10 or not np.isfinite(values).all():
        raise ValueError("bad input")
    d = (values - values.mean()).astype(int)
    grid = np.linspace(-0.999, 0.999, 1000)
    sums = [np.sum(lfilter([1], [1, theta], d) ** 2) for theta in grid]
    theta = grid[np.argmin(sums)]
    return {"theta": theta, "mu": values.mean(), "sigma2": min(sums) / len(values)}


@wrong("ex7-ma1-css", "returns a tuple")
def ma1_css(x):
    x = np.asarray(x, dtype=float)
    if len(x) < 10 or not np.isfinite(x).all():
        raise ValueError("bad input")
    grid = np.linspace(-0.999, 0.999, 1000)
    sums = [np.sum(lfilter([1], [1, theta], x - x.mean()) ** 2) for theta in grid]
    return grid[np.argmin(sums)], x.mean(), min(sums) / len(x)


mutate(
    "ex7-ma1-css",
    "the wrong sign in the recursion: ε = d + θ ε",
    old="[1, theta], x - mu",
    new="[1, -theta], x - mu",
)
mutate(
    "ex7-ma1-css",
    "does not subtract the mean",
    old="[1, theta], x - mu",
    new="[1, theta], x",
)
mutate(
    "ex7-ma1-css",
    "runs the model forwards: x from shocks, not shocks from x",
    old="lfilter([1], [1, theta], x - mu)",
    new="lfilter([1, theta], [1], x - mu)",
)
mutate(
    "ex7-ma1-css",
    "searches positive θ only",
    old="theta = min(grid, key=css)",
    new="theta = min(np.linspace(0, 0.999, 1001), key=css)",
)
mutate(
    "ex7-ma1-css",
    "a grid with steps of 0.05",
    old="theta = min(grid, key=css)",
    new="theta = min(np.linspace(-0.95, 0.95, 39), key=css)",
)
mutate(
    "ex7-ma1-css",
    "a grid with steps of 0.02",
    old="theta = min(grid, key=css)",
    new="theta = min(np.linspace(-0.98, 0.98, 99), key=css)",
)
mutate(
    "ex7-ma1-css",
    "a fine grid that ends at ±0.95",
    old="theta = min(grid, key=css)",
    new="theta = min(np.linspace(-0.95, 0.95, 1001), key=css)",
)
mutate(
    "ex7-ma1-css",
    "a fine grid from -2 to 2",
    old="theta = min(grid, key=css)",
    new="theta = min(np.linspace(-2, 2, 2001), key=css)",
)
mutate(
    "ex7-ma1-css",
    "the largest sum of squares",
    old="theta = min(grid, key=css)",
    new="theta = max(grid, key=css)",
)
mutate(
    "ex7-ma1-css",
    "returns -θ",
    old='"theta": float(theta)',
    new='"theta": -float(theta)',
)
mutate(
    "ex7-ma1-css",
    "σ² with the divisor n - 1",
    old="css(theta) / len(x)",
    new="css(theta) / (len(x) - 1)",
)
mutate(
    "ex7-ma1-css",
    "the sum of squares for σ²",
    old="css(theta) / len(x)",
    new="css(theta)",
)
mutate(
    "ex7-ma1-css",
    "the variance of x for σ²",
    old="css(theta) / len(x)",
    new="x.var()",
)
mutate(
    "ex7-ma1-css",
    "σ for σ²",
    old="css(theta) / len(x)",
    new="(css(theta) / len(x)) ** 0.5",
)
mutate(
    "ex7-ma1-css",
    "the median for μ",
    old="mu = x.mean()",
    new="mu = np.median(x)",
)
mutate(
    "ex7-ma1-css",
    "mu is 0, as the centred series has no mean",
    old='"mu": float(mu)',
    new='"mu": 0.0',
)
mutate(
    "ex7-ma1-css",
    "refuses a series of exactly 10 values",
    old="len(x) < 10",
    new="len(x) <= 10",
    raises=ValueError,
)
mutate(
    "ex7-ma1-css",
    "refuses fewer than 9 values only",
    old="len(x) < 10",
    new="len(x) < 9",
)
mutate(
    "ex7-ma1-css",
    "takes NaN",
    old="not np.isfinite(x).all()",
    new="np.isinf(x).any()",
)
mutate(
    "ex7-ma1-css",
    "takes infinite values",
    old="not np.isfinite(x).all()",
    new="np.isnan(x).any()",
)
mutate(
    "ex7-ma1-css",
    "refuses a series only if no value is finite",
    old="not np.isfinite(x).all()",
    new="not np.isfinite(x).any()",
)


# === Exercise 8 ============================================================================


@right("ex8-forecast-ar", "powers of the companion matrix")
def forecast_ar(x, const, phi, sigma2, steps, level=0.95):
    x, phi = np.asarray(x, dtype=float), np.asarray(phi, dtype=float)
    p = len(phi)
    if steps < 1 or not 0 < level < 1 or sigma2 < 0 or len(x) < p:
        raise ValueError("bad input")
    F = np.zeros((p, p))
    F[0] = phi
    F[1:, :-1] = np.eye(p - 1)
    state = x[::-1][:p].copy()
    shift = np.zeros(p)
    shift[0] = const
    power, variance = np.eye(p), 0.0
    mean, se = np.empty(steps), np.empty(steps)
    for h in range(steps):
        state = F @ state + shift
        variance += sigma2 * power[0, 0] ** 2
        power = F @ power
        mean[h], se[h] = state[0], np.sqrt(variance)
    z = norm.ppf((1 + level) / 2)
    return mean, mean - z * se, mean + z * se


@right("ex8-forecast-ar", "plain Python loops, with the normal quantile of the standard library")
def forecast_ar(x, const, phi, sigma2, steps, level=0.95):
    from statistics import NormalDist

    values, phi = [float(v) for v in x], [float(v) for v in phi]
    p = len(phi)
    if steps < 1:
        raise ValueError("steps must be at least 1")
    if level <= 0 or level >= 1:
        raise ValueError("level must lie between 0 and 1")
    if sigma2 < 0:
        raise ValueError("sigma2 must not be negative")
    if len(values) < p:
        raise ValueError("x is shorter than phi")
    z = NormalDist().inv_cdf(0.5 + level / 2)
    psi, total, mean, half = [], 0.0, [], []
    for h in range(steps):
        forecast = const
        for i in range(p):
            forecast += phi[i] * values[-1 - i]
        values.append(forecast)
        mean.append(forecast)
        psi.append(1.0 if h == 0 else sum(phi[i] * psi[h - 1 - i] for i in range(min(h, p))))
        total += psi[h] ** 2
        half.append(z * (sigma2 * total) ** 0.5)
    mean, half = np.array(mean), np.array(half)
    return mean, mean - half, mean + half


@right("ex8-forecast-ar", "the library's impulse response, and norm.isf of half the tail")
def forecast_ar(x, const, phi, sigma2, steps, level=0.95):
    from statsmodels.tsa.arima_process import arma2ma

    x, phi = np.array(x, dtype=float), np.array(phi, dtype=float)
    if steps < 1 or level <= 0 or level >= 1 or sigma2 < 0 or x.size < phi.size:
        raise ValueError("bad input")
    p = phi.size
    path = np.concatenate([x[x.size - p :], np.zeros(steps)])
    for t in range(p, p + steps):
        path[t] = const + np.dot(phi, path[t - p : t][::-1])
    psi = arma2ma(np.r_[1, -phi], [1], lags=steps)
    margin = norm.isf((1 - level) / 2) * np.sqrt(sigma2) * np.sqrt(np.cumsum(np.square(psi)))
    return path[p:], path[p:] - margin, path[p:] + margin


@right("ex8-forecast-ar", "lfilter for the mean, from its past values, and for ψ; one array")
def forecast_ar(x, const, phi, sigma2, steps, level=0.95):
    from scipy.signal import lfiltic

    x, phi = np.asarray(x, dtype=float), np.asarray(phi, dtype=float)
    if not (steps >= 1 and 0 < level < 1 and sigma2 >= 0 and len(x) >= len(phi)):
        raise ValueError("bad input")
    a = np.r_[1.0, -phi]
    start = lfiltic([1.0], a, x[::-1][: len(phi)])
    mean = lfilter([1.0], a, np.full(steps, float(const)), zi=start)[0]
    psi = lfilter([1.0], a, np.r_[1.0, np.zeros(steps - 1)])
    se = np.sqrt(sigma2 * np.cumsum(psi**2))
    z = norm.ppf([0.5, (1 - level) / 2, (1 + level) / 2])
    return np.array([mean + q * se for q in z])


@right("ex8-forecast-ar", "the covariance of the state, carried forward step by step")
def forecast_ar(x, const, phi, sigma2, steps, level=0.95):
    if steps < 1 or not 0 < level < 1 or sigma2 < 0 or len(x) < len(phi):
        raise ValueError("bad input")
    phi = np.array(phi, dtype=float)
    p = len(phi)
    F = np.vstack([phi, np.eye(p)[: p - 1]])
    Q = np.zeros((p, p))
    Q[0, 0] = sigma2
    recent, P = np.asarray(x, dtype=float)[-p:][::-1], np.zeros((p, p))
    rows = []
    for _ in range(steps):
        recent = F @ recent
        recent[0] += const
        P = F @ P @ F.T + Q
        half = norm.ppf(1 - (1 - level) / 2) * P[0, 0] ** 0.5
        rows.append([recent[0], recent[0] - half, recent[0] + half])
    mean, lo, hi = np.array(rows).T
    return mean, lo, hi


@wrong("ex8-forecast-ar", "one-step forecasts of the observed values instead of the future")
def forecast_ar(x, const, phi, sigma2, steps, level=0.95):
    x, phi = np.asarray(x, dtype=float), np.asarray(phi, dtype=float)
    p, n = len(phi), len(x)
    if steps < 1 or not 0 < level < 1 or sigma2 < 0 or n < p:
        raise ValueError("bad input")
    values, mean = np.r_[np.zeros(steps + p), x], []
    for t in range(n + p, n + p + steps):
        mean.append(const + phi @ values[t - p : t][::-1])
    psi = lfilter([1], np.r_[1, -phi], np.r_[1.0, np.zeros(steps - 1)])
    mean = np.array(mean)
    half = norm.ppf((1 + level) / 2) * np.sqrt(sigma2 * np.cumsum(psi**2))
    return mean, mean - half, mean + half


@wrong("ex8-forecast-ar", "uses the same last observed values at each step")
def forecast_ar(x, const, phi, sigma2, steps, level=0.95):
    x, phi = np.asarray(x, dtype=float), np.asarray(phi, dtype=float)
    p = len(phi)
    if steps < 1 or not 0 < level < 1 or sigma2 < 0 or len(x) < p:
        raise ValueError("bad input")
    mean = np.full(steps, const + phi @ x[::-1][:p])
    psi = lfilter([1], np.r_[1, -phi], np.r_[1.0, np.zeros(steps - 1)])
    half = norm.ppf((1 + level) / 2) * np.sqrt(sigma2 * np.cumsum(psi**2))
    return mean, mean - half, mean + half


@wrong("ex8-forecast-ar", "the oldest of the last p values first: phi in reversed order")
def forecast_ar(x, const, phi, sigma2, steps, level=0.95):
    x, phi = np.asarray(x, dtype=float), np.asarray(phi, dtype=float)
    p = len(phi)
    if steps < 1 or not 0 < level < 1 or sigma2 < 0 or len(x) < p:
        raise ValueError("bad input")
    values = list(x[len(x) - p :])
    for _ in range(steps):
        values.append(const + phi @ values[-p:])
    psi = lfilter([1], np.r_[1, -phi], np.r_[1.0, np.zeros(steps - 1)])
    mean = np.array(values[p:])
    half = norm.ppf((1 + level) / 2) * np.sqrt(sigma2 * np.cumsum(psi**2))
    return mean, mean - half, mean + half


@wrong("ex8-forecast-ar", "takes the first values of x for the latest")
def forecast_ar(x, const, phi, sigma2, steps, level=0.95):
    x, phi = np.asarray(x, dtype=float), np.asarray(phi, dtype=float)
    p = len(phi)
    if steps < 1 or not 0 < level < 1 or sigma2 < 0 or len(x) < p:
        raise ValueError("bad input")
    values = list(x[:p])
    for _ in range(steps):
        values.append(const + phi @ values[: -p - 1 : -1])
    psi = lfilter([1], np.r_[1, -phi], np.r_[1.0, np.zeros(steps - 1)])
    mean = np.array(values[p:])
    half = norm.ppf((1 + level) / 2) * np.sqrt(sigma2 * np.cumsum(psi**2))
    return mean, mean - half, mean + half


@wrong("ex8-forecast-ar", "the constant at the first step only")
def forecast_ar(x, const, phi, sigma2, steps, level=0.95):
    x, phi = np.asarray(x, dtype=float), np.asarray(phi, dtype=float)
    p = len(phi)
    if steps < 1 or not 0 < level < 1 or sigma2 < 0 or len(x) < p:
        raise ValueError("bad input")
    values = list(x[len(x) - p :])
    for h in range(steps):
        values.append((const if h == 0 else 0) + phi @ values[: -p - 1 : -1])
    psi = lfilter([1], np.r_[1, -phi], np.r_[1.0, np.zeros(steps - 1)])
    mean = np.array(values[p:])
    half = norm.ppf((1 + level) / 2) * np.sqrt(sigma2 * np.cumsum(psi**2))
    return mean, mean - half, mean + half


@wrong("ex8-forecast-ar", "the constant goes through the recursion of ψ too")
def forecast_ar(x, const, phi, sigma2, steps, level=0.95):
    x, phi = np.asarray(x, dtype=float), np.asarray(phi, dtype=float)
    p = len(phi)
    if steps < 1 or not 0 < level < 1 or sigma2 < 0 or len(x) < p:
        raise ValueError("bad input")
    values, psi = list(x[len(x) - p :]), [0.0] * (p - 1) + [1.0]
    for _ in range(steps):
        values.append(const + phi @ values[: -p - 1 : -1])
        psi.append(const + phi @ psi[: -p - 1 : -1])
    mean, psi = np.array(values[p:]), np.array(psi[p - 1 : -1])
    half = norm.ppf((1 + level) / 2) * np.sqrt(sigma2 * np.cumsum(psi**2))
    return mean, mean - half, mean + half


@wrong("ex8-forecast-ar", "works with deviations from c / (1 - Σφ), which a random walk lacks")
def forecast_ar(x, const, phi, sigma2, steps, level=0.95):
    x, phi = np.asarray(x, dtype=float), np.asarray(phi, dtype=float)
    p = len(phi)
    if steps < 1 or not 0 < level < 1 or sigma2 < 0 or len(x) < p:
        raise ValueError("bad input")
    with np.errstate(all="ignore"):
        mu = const / (1 - phi.sum())
        values = list(x[len(x) - p :] - mu)
        for _ in range(steps):
            values.append(phi @ values[: -p - 1 : -1])
        mean = np.array(values[p:]) + mu
    psi = lfilter([1], np.r_[1, -phi], np.r_[1.0, np.zeros(steps - 1)])
    half = norm.ppf((1 + level) / 2) * np.sqrt(sigma2 * np.cumsum(psi**2))
    return mean, mean - half, mean + half


@wrong("ex8-forecast-ar", "the forecast is added to the last value, as if phi were for changes")
def forecast_ar(x, const, phi, sigma2, steps, level=0.95):
    x, phi = np.asarray(x, dtype=float), np.asarray(phi, dtype=float)
    p = len(phi)
    if steps < 1 or not 0 < level < 1 or sigma2 < 0 or len(x) < p:
        raise ValueError("bad input")
    values = list(x[len(x) - p :])
    for _ in range(steps):
        values.append(values[-1] + const + phi @ values[: -p - 1 : -1])
    psi = lfilter([1], np.r_[1, -phi], np.r_[1.0, np.zeros(steps - 1)])
    mean = np.array(values[p:])
    half = norm.ppf((1 + level) / 2) * np.sqrt(sigma2 * np.cumsum(psi**2))
    return mean, mean - half, mean + half


@wrong("ex8-forecast-ar", "ψ = φ1 to the power of j, also for higher orders")
def forecast_ar(x, const, phi, sigma2, steps, level=0.95):
    x, phi = np.asarray(x, dtype=float), np.asarray(phi, dtype=float)
    p = len(phi)
    if steps < 1 or not 0 < level < 1 or sigma2 < 0 or len(x) < p:
        raise ValueError("bad input")
    values = list(x[len(x) - p :])
    for _ in range(steps):
        values.append(const + phi @ values[: -p - 1 : -1])
    psi = phi[0] ** np.arange(steps)
    mean = np.array(values[p:])
    half = norm.ppf((1 + level) / 2) * np.sqrt(sigma2 * np.cumsum(psi**2))
    return mean, mean - half, mean + half


@wrong("ex8-forecast-ar", "ψ = (1, φ1, ..., φp), then zeros")
def forecast_ar(x, const, phi, sigma2, steps, level=0.95):
    x, phi = np.asarray(x, dtype=float), np.asarray(phi, dtype=float)
    p = len(phi)
    if steps < 1 or not 0 < level < 1 or sigma2 < 0 or len(x) < p:
        raise ValueError("bad input")
    values = list(x[len(x) - p :])
    for _ in range(steps):
        values.append(const + phi @ values[: -p - 1 : -1])
    psi = np.r_[1.0, phi, np.zeros(steps)][:steps]
    mean = np.array(values[p:])
    half = norm.ppf((1 + level) / 2) * np.sqrt(sigma2 * np.cumsum(psi**2))
    return mean, mean - half, mean + half


@wrong("ex8-forecast-ar", "an array of the series' type: forecasts of integers are cut off")
def forecast_ar(x, const, phi, sigma2, steps, level=0.95):
    x, phi = np.asarray(x), np.asarray(phi, dtype=float)
    p = len(phi)
    if steps < 1 or not 0 < level < 1 or sigma2 < 0 or len(x) < p:
        raise ValueError("bad input")
    values = np.zeros(p + steps, dtype=x.dtype)
    values[:p] = x[len(x) - p :]
    for t in range(p, p + steps):
        values[t] = const + phi @ values[t - p : t][::-1]
    psi = lfilter([1], np.r_[1, -phi], np.r_[1.0, np.zeros(steps - 1)])
    mean = values[p:]
    half = norm.ppf((1 + level) / 2) * np.sqrt(sigma2 * np.cumsum(psi**2))
    return mean, mean - half, mean + half


@wrong("ex8-forecast-ar", "appends the forecasts to the caller's list")
def forecast_ar(x, const, phi, sigma2, steps, level=0.95):
    values, phi = x if isinstance(x, list) else list(x), np.asarray(phi, dtype=float)
    p, n = len(phi), len(x)
    if steps < 1 or not 0 < level < 1 or sigma2 < 0 or n < p:
        raise ValueError("bad input")
    for _ in range(steps):
        values.append(const + phi @ values[: -p - 1 : -1])
    psi = lfilter([1], np.r_[1, -phi], np.r_[1.0, np.zeros(steps - 1)])
    mean = np.array(values[n:])
    half = norm.ppf((1 + level) / 2) * np.sqrt(sigma2 * np.cumsum(psi**2))
    return mean, mean - half, mean + half


@wrong("ex8-forecast-ar", "moves the caller's last p values along")
def forecast_ar(x, const, phi, sigma2, steps, level=0.95):
    x, phi = np.asarray(x, dtype=float), np.asarray(phi, dtype=float)
    p = len(phi)
    if steps < 1 or not 0 < level < 1 or sigma2 < 0 or len(x) < p:
        raise ValueError("bad input")
    last = x[len(x) - p :] if x.flags.writeable else x[len(x) - p :].copy()
    mean = np.zeros(steps)
    for h in range(steps):
        mean[h] = const + phi @ last[::-1]
        last[:-1] = last[1:]
        last[-1] = mean[h]
    psi = lfilter([1], np.r_[1, -phi], np.r_[1.0, np.zeros(steps - 1)])
    half = norm.ppf((1 + level) / 2) * np.sqrt(sigma2 * np.cumsum(psi**2))
    return mean, mean - half, mean + half


@wrong("ex8-forecast-ar", "changes the signs of the caller's phi")
def forecast_ar(x, const, phi, sigma2, steps, level=0.95):
    x, phi = np.asarray(x, dtype=float), np.asarray(phi, dtype=float)
    p = len(phi)
    if steps < 1 or not 0 < level < 1 or sigma2 < 0 or len(x) < p:
        raise ValueError("bad input")
    values = list(x[len(x) - p :])
    for _ in range(steps):
        values.append(const + phi @ values[: -p - 1 : -1])
    if phi.flags.writeable:
        phi *= -1
    else:
        phi = -phi
    psi = lfilter([1], np.r_[1, phi], np.r_[1.0, np.zeros(steps - 1)])
    mean = np.array(values[p:])
    half = norm.ppf((1 + level) / 2) * np.sqrt(sigma2 * np.cumsum(psi**2))
    return mean, mean - half, mean + half


@wrong("ex8-forecast-ar", "norm.interval, which gives NaN when sigma2 is 0")
def forecast_ar(x, const, phi, sigma2, steps, level=0.95):
    x, phi = np.asarray(x, dtype=float), np.asarray(phi, dtype=float)
    p = len(phi)
    if steps < 1 or not 0 < level < 1 or sigma2 < 0 or len(x) < p:
        raise ValueError("bad input")
    values = list(x[len(x) - p :])
    for _ in range(steps):
        values.append(const + phi @ values[: -p - 1 : -1])
    psi = lfilter([1], np.r_[1, -phi], np.r_[1.0, np.zeros(steps - 1)])
    mean = np.array(values[p:])
    lo, hi = norm.interval(level, loc=mean, scale=np.sqrt(sigma2 * np.cumsum(psi**2)))
    return mean, lo, hi


@wrong("ex8-forecast-ar", "quantiles of simulated futures")
def forecast_ar(x, const, phi, sigma2, steps, level=0.95):
    x, phi = np.asarray(x, dtype=float), np.asarray(phi, dtype=float)
    p = len(phi)
    if steps < 1 or not 0 < level < 1 or sigma2 < 0 or len(x) < p:
        raise ValueError("bad input")
    values = list(x[len(x) - p :])
    for _ in range(steps):
        values.append(const + phi @ values[: -p - 1 : -1])
    mean = np.array(values[p:])
    shocks = np.random.default_rng(0).normal(scale=sigma2**0.5, size=(2000, steps))
    errors = lfilter([1], np.r_[1, -phi], shocks, axis=1)
    lo, hi = np.quantile(errors, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return mean, mean + lo, mean + hi


@wrong("ex8-forecast-ar", "counts are not negative: cuts lo at 0")
def forecast_ar(x, const, phi, sigma2, steps, level=0.95):
    x, phi = np.asarray(x, dtype=float), np.asarray(phi, dtype=float)
    p = len(phi)
    if steps < 1 or not 0 < level < 1 or sigma2 < 0 or len(x) < p:
        raise ValueError("bad input")
    values = list(x[len(x) - p :])
    for _ in range(steps):
        values.append(const + phi @ values[: -p - 1 : -1])
    psi = lfilter([1], np.r_[1, -phi], np.r_[1.0, np.zeros(steps - 1)])
    mean = np.array(values[p:])
    half = norm.ppf((1 + level) / 2) * np.sqrt(sigma2 * np.cumsum(psi**2))
    return mean, np.maximum(mean - half, 0), mean + half


@wrong("ex8-forecast-ar", "puts zeros before a series that is too short")
def forecast_ar(x, const, phi, sigma2, steps, level=0.95):
    x, phi = np.asarray(x, dtype=float), np.asarray(phi, dtype=float)
    p = len(phi)
    if steps < 1 or not 0 < level < 1 or sigma2 < 0:
        raise ValueError("bad input")
    values = list(np.r_[np.zeros(p), x])
    for _ in range(steps):
        values.append(const + phi @ values[: -p - 1 : -1])
    psi = lfilter([1], np.r_[1, -phi], np.r_[1.0, np.zeros(steps - 1)])
    mean = np.array(values[-steps:])
    half = norm.ppf((1 + level) / 2) * np.sqrt(sigma2 * np.cumsum(psi**2))
    return mean, mean - half, mean + half


@wrong("ex8-forecast-ar", "takes a level above 1 for per cent")
def forecast_ar(x, const, phi, sigma2, steps, level=0.95):
    x, phi = np.asarray(x, dtype=float), np.asarray(phi, dtype=float)
    p = len(phi)
    level = level / 100 if level > 1 else level
    if steps < 1 or not 0 < level < 1 or sigma2 < 0 or len(x) < p:
        raise ValueError("bad input")
    values = list(x[len(x) - p :])
    for _ in range(steps):
        values.append(const + phi @ values[: -p - 1 : -1])
    psi = lfilter([1], np.r_[1, -phi], np.r_[1.0, np.zeros(steps - 1)])
    mean = np.array(values[p:])
    half = norm.ppf((1 + level) / 2) * np.sqrt(sigma2 * np.cumsum(psi**2))
    return mean, mean - half, mean + half


@wrong("ex8-forecast-ar", "asks a Series of values by label: -1 is no label", raises=KeyError)
def forecast_ar(x, const, phi, sigma2, steps, level=0.95):
    phi = np.asarray(phi, dtype=float)
    p = len(phi)
    if steps < 1 or not 0 < level < 1 or sigma2 < 0 or len(x) < p:
        raise ValueError("bad input")
    values = [x[-i] for i in range(p, 0, -1)]
    for _ in range(steps):
        values.append(const + phi @ values[: -p - 1 : -1])
    psi = lfilter([1], np.r_[1, -phi], np.r_[1.0, np.zeros(steps - 1)])
    mean = np.array(values[p:])
    half = norm.ppf((1 + level) / 2) * np.sqrt(sigma2 * np.cumsum(psi**2))
    return mean, mean - half, mean + half


@wrong("ex8-forecast-ar", "asks a Series of coefficients by label", raises=KeyError)
def forecast_ar(x, const, phi, sigma2, steps, level=0.95):
    values, p = list(x), len(phi)
    if steps < 1 or not 0 < level < 1 or sigma2 < 0 or len(values) < p:
        raise ValueError("bad input")
    psi = [1.0]
    for h in range(1, steps + 1):
        values.append(const + sum(phi[i] * values[len(x) + h - 2 - i] for i in range(p)))
        psi.append(sum(phi[i] * psi[h - 1 - i] for i in range(min(h, p))))
    mean = np.array(values[-steps:])
    half = norm.ppf((1 + level) / 2) * np.sqrt(sigma2 * np.cumsum(np.square(psi[:-1])))
    return mean, mean - half, mean + half


@wrong("ex8-forecast-ar", "needs one value more than p", raises=ValueError)
def forecast_ar(x, const, phi, sigma2, steps, level=0.95):
    x, phi = np.asarray(x, dtype=float), np.asarray(phi, dtype=float)
    p = len(phi)
    if steps < 1 or not 0 < level < 1 or sigma2 < 0 or len(x) <= p:
        raise ValueError("bad input")
    values = list(x[len(x) - p :])
    for _ in range(steps):
        values.append(const + phi @ values[: -p - 1 : -1])
    psi = lfilter([1], np.r_[1, -phi], np.r_[1.0, np.zeros(steps - 1)])
    mean = np.array(values[p:])
    half = norm.ppf((1 + level) / 2) * np.sqrt(sigma2 * np.cumsum(psi**2))
    return mean, mean - half, mean + half


@wrong("ex8-forecast-ar", "refuses models that are not causal", raises=ValueError)
def forecast_ar(x, const, phi, sigma2, steps, level=0.95):
    x, phi = np.asarray(x, dtype=float), np.asarray(phi, dtype=float)
    p = len(phi)
    if steps < 1 or not 0 < level < 1 or sigma2 < 0 or len(x) < p:
        raise ValueError("bad input")
    if (abs(np.roots(np.r_[1, -phi])) > 1 + 1e-6).any():
        raise ValueError("the model is not causal")
    values = list(x[len(x) - p :])
    for _ in range(steps):
        values.append(const + phi @ values[: -p - 1 : -1])
    psi = lfilter([1], np.r_[1, -phi], np.r_[1.0, np.zeros(steps - 1)])
    mean = np.array(values[p:])
    half = norm.ppf((1 + level) / 2) * np.sqrt(sigma2 * np.cumsum(psi**2))
    return mean, mean - half, mean + half


@wrong("ex8-forecast-ar", "observed values in front of the forecasts")
def forecast_ar(x, const, phi, sigma2, steps, level=0.95):
    x, phi = np.asarray(x, dtype=float), np.asarray(phi, dtype=float)
    p = len(phi)
    if steps < 1 or not 0 < level < 1 or sigma2 < 0 or len(x) < p:
        raise ValueError("bad input")
    values = list(x[len(x) - p :])
    for _ in range(steps):
        values.append(const + phi @ values[: -p - 1 : -1])
    psi = lfilter([1], np.r_[1, -phi], np.r_[1.0, np.zeros(steps - 1)])
    mean = np.array(values)
    half = norm.ppf((1 + level) / 2) * np.sqrt(sigma2 * np.cumsum(psi**2))
    half = np.r_[np.zeros(p), half]
    return mean, mean - half, mean + half


mutate(
    "ex8-forecast-ar",
    "one width for all horizons",
    old="np.cumsum(psi**2)",
    new="psi[0]",
)
mutate(
    "ex8-forecast-ar",
    "the width grows like √h, as for a random walk",
    old="np.cumsum(psi**2)",
    new="np.arange(1, steps + 1)",
)
mutate(
    "ex8-forecast-ar",
    "1.96 whatever the level",
    old="norm.ppf((1 + level) / 2)",
    new="1.96",
)
mutate(
    "ex8-forecast-ar",
    "the exact quantile of 95 % whatever the level",
    old="norm.ppf((1 + level) / 2)",
    new="norm.ppf(0.975)",
)
mutate(
    "ex8-forecast-ar",
    "the quantile rounded to two decimals",
    old="norm.ppf((1 + level) / 2)",
    new="round(norm.ppf((1 + level) / 2), 2)",
)
mutate(
    "ex8-forecast-ar",
    "the one-sided quantile",
    old="norm.ppf((1 + level) / 2)",
    new="norm.ppf(level)",
)
mutate(
    "ex8-forecast-ar",
    "the lower quantile: lo above hi",
    old="norm.ppf((1 + level) / 2)",
    new="norm.ppf((1 - level) / 2)",
)
mutate(
    "ex8-forecast-ar",
    "the density instead of the quantile",
    old="norm.ppf((1 + level) / 2)",
    new="norm.pdf((1 + level) / 2)",
)
mutate(
    "ex8-forecast-ar",
    "no quantile: one standard error to each side",
    old="norm.ppf((1 + level) / 2) * ",
    new="",
)
mutate(
    "ex8-forecast-ar",
    "sums ψ without squares",
    old="np.cumsum(psi**2)",
    new="np.cumsum(abs(psi))",
)
mutate(
    "ex8-forecast-ar",
    "squares the sum of ψ",
    old="np.cumsum(psi**2)",
    new="np.cumsum(psi) ** 2",
)
mutate(
    "ex8-forecast-ar",
    "the square of the last ψ only",
    old="np.cumsum(psi**2)",
    new="psi**2",
)
mutate(
    "ex8-forecast-ar",
    "divides the sum by h",
    old="np.cumsum(psi**2)",
    new="np.cumsum(psi**2) / np.arange(1, steps + 1)",
)
mutate(
    "ex8-forecast-ar",
    "the sum for horizon h runs to ψ_h: one too many",
    old="psi[p - 1 : -1]",
    new="psi[p:]",
)
mutate(
    "ex8-forecast-ar",
    "the sum for horizon h runs to ψ_(h-2): horizon 1 is certain",
    old="psi[p - 1 : -1]",
    new="np.r_[0, psi[p - 1 : -2]]",
)
mutate(
    "ex8-forecast-ar",
    "takes sigma2 for the standard deviation",
    old="np.sqrt(sigma2 * np.cumsum(psi**2))",
    new="sigma2 * np.sqrt(np.cumsum(psi**2))",
)
mutate(
    "ex8-forecast-ar",
    "variances for standard errors",
    old="np.sqrt(sigma2 * np.cumsum(psi**2))",
    new="(sigma2 * np.cumsum(psi**2))",
)
mutate(
    "ex8-forecast-ar",
    "forgets the constant",
    old="const + phi @ values",
    new="phi @ values",
)
mutate(
    "ex8-forecast-ar",
    "φ with a minus sign in the mean",
    old="const + phi @ values",
    new="const - phi @ values",
)
mutate(
    "ex8-forecast-ar",
    "ψ with the coefficients in reversed order",
    old="phi @ psi[: -p - 1 : -1]",
    new="phi @ psi[-p:]",
)
mutate(
    "ex8-forecast-ar",
    "returns (lo, mean, hi)",
    old="return mean, mean - half, mean + half",
    new="return mean - half, mean, mean + half",
)
mutate(
    "ex8-forecast-ar",
    "returns (mean, hi, lo)",
    old="return mean, mean - half, mean + half",
    new="return mean, mean + half, mean - half",
)
mutate(
    "ex8-forecast-ar",
    "returns the half width once for both limits",
    old="return mean, mean - half, mean + half",
    new="return mean, half, half",
)
mutate(
    "ex8-forecast-ar",
    "takes steps = 0",
    old="if steps < 1:",
    new="if steps < 0:",
)
mutate(
    "ex8-forecast-ar",
    "refuses steps = 0 only",
    old="if steps < 1:",
    new="if steps == 0:",
)
mutate(
    "ex8-forecast-ar",
    "refuses a single step",
    old="if steps < 1:",
    new="if steps <= 1:",
    raises=ValueError,
)
mutate(
    "ex8-forecast-ar",
    "takes level = 1",
    old="if not 0 < level < 1:",
    new="if not 0 < level <= 1:",
)
mutate(
    "ex8-forecast-ar",
    "takes level = 0",
    old="if not 0 < level < 1:",
    new="if not 0 <= level < 1:",
)
mutate(
    "ex8-forecast-ar",
    "takes a level above 1",
    old="if not 0 < level < 1:",
    new="if level <= 0 or level == 1:",
)
mutate(
    "ex8-forecast-ar",
    "takes a negative level",
    old="if not 0 < level < 1:",
    new="if level == 0 or level >= 1:",
)
mutate(
    "ex8-forecast-ar",
    "takes a negative sigma2",
    old="if sigma2 < 0:",
    new="if sigma2 is None:",
)
mutate(
    "ex8-forecast-ar",
    "refuses sigma2 = 0",
    old="if sigma2 < 0:",
    new="if sigma2 <= 0:",
    raises=ValueError,
)
mutate(
    "ex8-forecast-ar",
    "90 % by default",
    old="level=0.95",
    new="level=0.90",
)
