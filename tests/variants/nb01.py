"""Answers to the exercises of notebook 01, as students write them.

Every function runs in the notebook's namespace (``np``, ``pd`` and the solution's functions are
there); what else it needs, it imports itself.
"""

# All answers to an exercise bear its name:
# ruff: noqa: F811

import numpy as np
import pandas as pd

from tests.variants import mutate, right, wrong

# === Exercise 1 ============================================================================


@right("ex1-order-test", "a loop over permutations of the centred series")
def order_test(x, n_perm=999, rng=None):
    x = np.array(x, dtype=float)
    if x.ndim != 1 or len(x) < 8:
        raise ValueError(f"x must be 1-D with at least 8 values, got shape {x.shape}")
    if not np.isfinite(x).all():
        raise ValueError("x must be finite")
    if x.max() == x.min():
        raise ValueError("x is constant")
    if n_perm < 1:
        raise ValueError(f"n_perm must be at least 1, got {n_perm}")
    if rng is None:
        rng = np.random.default_rng(0)
    x = x - x.mean()
    total = (x**2).sum()
    r1 = (x[1:] * x[:-1]).sum() / total
    count = 0
    for _ in range(n_perm):
        y = rng.permutation(x)
        if abs((y[1:] * y[:-1]).sum() / total) >= abs(r1):
            count += 1
    return {"r1": float(r1), "p_value": (1 + count) / (n_perm + 1)}


@right("ex1-order-test", "one array of all permutations through rng.permuted")
def order_test(x, n_perm=999, rng=None):
    x = np.asarray(x, dtype=float)
    if x.ndim != 1 or x.size < 8 or not np.all(np.isfinite(x)) or np.ptp(x) == 0 or n_perm < 1:
        raise ValueError("bad input")
    rng = np.random.default_rng(0) if rng is None else rng

    def lag1(rows):
        rows = rows - rows.mean(axis=-1, keepdims=True)
        return (rows[..., :-1] * rows[..., 1:]).sum(-1) / (rows**2).sum(-1)

    r1 = lag1(x)
    many = lag1(rng.permuted(np.tile(x, (n_perm, 1)), axis=1))
    p = (1 + np.count_nonzero(np.abs(many) >= np.abs(r1))) / (1 + n_perm)
    return {"r1": float(r1), "p_value": float(p)}


@right("ex1-order-test", "np.correlate for r1, and shuffling a copy again and again")
def order_test(x, n_perm=999, rng=None):
    values = np.asarray(list(x), dtype=float)
    if values.ndim != 1 or len(values) < 8 or n_perm < 1:
        raise ValueError("too few values or permutations, or more than one dimension")
    if np.isnan(values).any() or np.isinf(values).any():
        raise ValueError("values must be finite")
    if len(set(values.tolist())) == 1:
        raise ValueError("constant series")
    generator = rng or np.random.default_rng(0)
    n = len(values)

    def lag_one(v):
        full = np.correlate(v - np.mean(v), v - np.mean(v), mode="full")
        return full[n] / full[n - 1]

    observed = lag_one(values)
    copy = values.copy()
    as_extreme = 1
    for _ in range(n_perm):
        generator.shuffle(copy)
        as_extreme += abs(lag_one(copy)) >= abs(observed)
    return dict(r1=float(observed), p_value=float(as_extreme / (n_perm + 1)))


@right("ex1-order-test", "permutations as the ranks of random numbers, the rows in one product")
def order_test(x, n_perm=999, rng=None):
    x = np.asarray(x, dtype=np.float64)
    if np.ndim(x) != 1 or len(x) < 8:
        raise ValueError("x must be one-dimensional with 8 values or more")
    if not np.isfinite(x).all() or (x == x[0]).all():
        raise ValueError("x must be finite and not constant")
    if n_perm < 1:
        raise ValueError("n_perm must be positive")
    if rng is None:
        rng = np.random.default_rng(0)
    z = (x - x.mean()) / x.std()
    order = rng.random((n_perm, len(z))).argsort(axis=1)
    shuffled = z[order]
    r1 = z[:-1] @ z[1:] / len(z)
    null = np.einsum("ij,ij->i", shuffled[:, :-1], shuffled[:, 1:]) / len(z)
    # The same numbers in another order may sum to 1e-16 less.
    count = int((np.abs(null) >= abs(r1) - 1e-12).sum())
    return {"p_value": (count + 1) / (n_perm + 1), "r1": float(r1)}


@wrong("ex1-order-test", "shuffles the caller's array in place")
def order_test(x, n_perm=999, rng=None):
    x = np.asarray(x)
    if x.ndim != 1 or len(x) < 8 or not np.isfinite(x).all() or np.ptp(x) == 0 or n_perm < 1:
        raise ValueError("bad input")
    rng = np.random.default_rng(0) if rng is None else rng

    def lag1(v):
        v = v - v.mean()
        return (v[:-1] * v[1:]).sum() / (v * v).sum()

    r1 = lag1(x)
    count = 0
    for _ in range(n_perm):
        rng.shuffle(x)
        count += abs(lag1(x)) >= abs(r1)
    return {"r1": float(r1), "p_value": float((1 + count) / (n_perm + 1))}


@wrong("ex1-order-test", "a one-sided test, which misses alternating series")
def order_test(x, n_perm=999, rng=None):
    x = np.asarray(x, dtype=float)
    if x.ndim != 1 or len(x) < 8 or not np.isfinite(x).all() or np.ptp(x) == 0 or n_perm < 1:
        raise ValueError("bad input")
    rng = np.random.default_rng(0) if rng is None else rng
    x = x - x.mean()
    r1 = (x[:-1] * x[1:]).sum() / (x * x).sum()
    count = 0
    for _ in range(n_perm):
        y = rng.permutation(x)
        count += (y[:-1] * y[1:]).sum() / (y * y).sum() >= r1
    return {"r1": float(r1), "p_value": float((1 + count) / (n_perm + 1))}


@wrong("ex1-order-test", "draws with replacement: a bootstrap, not a permutation")
def order_test(x, n_perm=999, rng=None):
    x = np.asarray(x, dtype=float)
    if x.ndim != 1 or len(x) < 8 or not np.isfinite(x).all() or np.ptp(x) == 0 or n_perm < 1:
        raise ValueError("bad input")
    rng = np.random.default_rng(0) if rng is None else rng

    def lag1(v):
        v = v - v.mean()
        return (v[:-1] * v[1:]).sum() / max((v * v).sum(), 1e-12)

    r1 = lag1(x)
    count = 0
    for _ in range(n_perm):
        count += abs(lag1(rng.choice(x, size=len(x)))) >= abs(r1)
    return {"r1": float(r1), "p_value": float((1 + count) / (n_perm + 1))}


@wrong("ex1-order-test", "a mean of n-1 products over a variance of n: r1 too large by n/(n-1)")
def order_test(x, n_perm=999, rng=None):
    x = np.asarray(x, dtype=float)
    if x.ndim != 1 or len(x) < 8 or not np.isfinite(x).all() or np.ptp(x) == 0 or n_perm < 1:
        raise ValueError("bad input")
    rng = np.random.default_rng(0) if rng is None else rng
    x = x - x.mean()
    r1 = np.mean(x[:-1] * x[1:]) / np.var(x)
    count = 0
    for _ in range(n_perm):
        y = rng.permutation(x)
        count += abs(np.mean(y[:-1] * y[1:]) / np.var(y)) >= abs(r1)
    return {"r1": float(r1), "p_value": float((1 + count) / (n_perm + 1))}


@wrong("ex1-order-test", "shuffles the pairs (x[t], x[t+1]), which keeps every pair together")
def order_test(x, n_perm=999, rng=None):
    x = np.asarray(x, dtype=float)
    if x.ndim != 1 or len(x) < 8 or not np.isfinite(x).all() or np.ptp(x) == 0 or n_perm < 1:
        raise ValueError("bad input")
    rng = np.random.default_rng(0) if rng is None else rng
    x = x - x.mean()
    pairs = np.column_stack([x[:-1], x[1:]])
    total = (x * x).sum()
    r1 = pairs.prod(axis=1).sum() / total
    count = 0
    for _ in range(n_perm):
        count += abs(rng.permutation(pairs).prod(axis=1).sum() / total) >= abs(r1) - 1e-12
    return {"r1": float(r1), "p_value": float((1 + count) / (n_perm + 1))}


@wrong("ex1-order-test", "a normal approximation instead of permutations")
def order_test(x, n_perm=999, rng=None):
    from scipy.stats import norm

    x = np.asarray(x, dtype=float)
    if x.ndim != 1 or len(x) < 8 or not np.isfinite(x).all() or np.ptp(x) == 0 or n_perm < 1:
        raise ValueError("bad input")
    x = x - x.mean()
    r1 = (x[:-1] * x[1:]).sum() / (x * x).sum()
    return {"r1": float(r1), "p_value": float(2 * norm.sf(abs(r1) * np.sqrt(len(x))))}


@wrong(
    "ex1-order-test", "drops missing values silently, which joins values that are not neighbours"
)
def order_test(x, n_perm=999, rng=None):
    x = np.asarray(x, dtype=float)
    x = x[np.isfinite(x)]
    if x.ndim != 1 or len(x) < 8 or np.ptp(x) == 0 or n_perm < 1:
        raise ValueError("bad input")
    rng = np.random.default_rng(0) if rng is None else rng
    x = x - x.mean()
    r1 = (x[:-1] * x[1:]).sum() / (x * x).sum()
    y = rng.permuted(np.tile(x, (n_perm, 1)), axis=1)
    null = (y[:, :-1] * y[:, 1:]).sum(axis=1) / (x * x).sum()
    return {"r1": float(r1), "p_value": float((1 + (abs(null) >= abs(r1)).sum()) / (n_perm + 1))}


mutate(
    "ex1-order-test",
    "p = count / n_perm, so that p can be 0",
    old="(1 + count) / (1 + n_perm)",
    new="count / n_perm",
)
mutate(
    "ex1-order-test",
    "adds 1 below the fraction only, so that p can be 0",
    old="(1 + count) / (1 + n_perm)",
    new="count / (1 + n_perm)",
)
mutate(
    "ex1-order-test",
    "forgets the absolute value of the observed r1 only",
    old=">= abs(r1)",
    new=">= r1",
)
mutate(
    "ex1-order-test",
    "np.corrcoef for the observed r1, the biased formula for permutations",
    old="r1 = (d[:-1] * d[1:]).sum() / ss",
    new="r1 = np.corrcoef(x[:-1], x[1:])[0, 1]",
)
mutate(
    "ex1-order-test",
    "does not subtract the mean",
    old="d = x - x.mean()",
    new="d = x",
)
mutate(
    "ex1-order-test",
    "ignores rng and makes a fresh unseeded generator",
    old="rng = np.random.default_rng(0) if rng is None else rng",
    new="rng = np.random.default_rng()",
)
mutate(
    "ex1-order-test",
    "without rng an unseeded generator, so that p changes from call to call",
    old="default_rng(0)",
    new="default_rng()",
)
mutate(
    "ex1-order-test",
    "returns a pair instead of a dict",
    old='return {"r1": float(r1), "p_value": float((1 + count) / (1 + n_perm))}',
    new="return float(r1), float((1 + count) / (1 + n_perm))",
)
mutate(
    "ex1-order-test",
    "takes a constant series and returns nan",
    old="if np.ptp(x) == 0:",
    new="if False:",
)
mutate(
    "ex1-order-test",
    "refuses a series of exactly 8 values",
    old="len(x) < 8",
    new="len(x) <= 8",
    raises=ValueError,
)
mutate(
    "ex1-order-test",
    "does not count ties",
    old="abs(r1) - 1e-12",
    new="abs(r1) + 1e-12",
)
mutate(
    "ex1-order-test",
    "looks for a constant series by its variance, which rounding leaves above 0",
    old="np.ptp(x) == 0",
    new="x.var() == 0",
)


# === Exercise 2 ============================================================================


@right("ex2-acf", "a loop over lags")
def autocovariance(x, nlags, adjusted=False):
    x = np.asarray(x, dtype=float)
    n = len(x)
    if nlags < 0 or nlags >= n:
        raise ValueError(f"nlags must be between 0 and {n - 1}, got {nlags}")
    c = x - x.mean()
    gamma = np.empty(nlags + 1)
    for k in range(nlags + 1):
        gamma[k] = np.sum(c[: n - k] * c[k:]) / (n - k if adjusted else n)
    return gamma


@right("ex2-acf", "a loop over lags")
def acf(x, nlags, adjusted=False):
    gamma = autocovariance(x, nlags, adjusted=adjusted)
    if np.ptp(np.asarray(x, dtype=float)) == 0:
        raise ValueError("the autocorrelation of a constant series is not defined")
    return gamma / gamma[0]


@right("ex2-acf", "np.correlate over all lags")
def autocovariance(x, nlags, adjusted=False):
    x = np.array(x, dtype=np.float64)
    n = x.size
    if not 0 <= nlags < n:
        raise ValueError("nlags out of range")
    x -= x.mean()
    sums = np.correlate(x, x, mode="full")[n - 1 : n + nlags]
    return sums / (n - np.arange(nlags + 1)) if adjusted else sums / n


@right("ex2-acf", "np.correlate over all lags")
def acf(x, nlags, adjusted=False):
    values = np.array(x, dtype=np.float64)
    if np.all(values == values[0]):
        raise ValueError("constant series")
    g = autocovariance(values, nlags, adjusted)
    return g / np.var(values)


@right("ex2-acf", "an FFT padded with zeros to twice the length")
def autocovariance(x, nlags, adjusted=False):
    x = np.asarray(x, dtype=float)
    n = len(x)
    if nlags < 0:
        raise ValueError("nlags must not be negative")
    if nlags > n - 1:
        raise ValueError("nlags must be smaller than the length")
    spectrum = np.fft.rfft(x - x.mean(), n=2 * n)
    sums = np.fft.irfft(spectrum * np.conj(spectrum), n=2 * n)[: nlags + 1]
    weights = np.arange(n, n - nlags - 1, -1) if adjusted else n
    return sums / weights


@right("ex2-acf", "plain Python sums")
def autocovariance(x, nlags, adjusted=False):
    values = [float(v) for v in x]
    n = len(values)
    if not 0 <= nlags < n:
        raise ValueError("nlags must satisfy 0 <= nlags < n")
    mean = sum(values) / n
    result = []
    for k in range(nlags + 1):
        total = 0.0
        for t in range(n - k):
            total += (values[t] - mean) * (values[t + k] - mean)
        result.append(total / ((n - k) if adjusted else n))
    return np.array(result)


@right("ex2-acf", "plain Python sums")
def acf(x, nlags, adjusted=False):
    gammas = autocovariance(x, nlags, adjusted)
    values = [float(v) for v in x]
    if max(values) == min(values):
        raise ValueError("acf of a constant series")
    return np.array([g / gammas[0] for g in gammas])


@wrong("ex2-acf", "divides by n always, also when adjusted is True")
def autocovariance(x, nlags, adjusted=False):
    x = np.asarray(x, dtype=float)
    n = len(x)
    if not 0 <= nlags < n:
        raise ValueError("nlags must satisfy 0 <= nlags < n")
    c = x - x.mean()
    return np.array([(c[: n - k] * c[k:]).sum() / n for k in range(nlags + 1)])


@wrong("ex2-acf", "subtracts the means of the two overlapping parts, as np.corrcoef does")
def autocovariance(x, nlags, adjusted=False):
    x = np.asarray(x, dtype=float)
    n = len(x)
    if not 0 <= nlags < n:
        raise ValueError("nlags must satisfy 0 <= nlags < n")
    out = []
    for k in range(nlags + 1):
        early, late = x[: n - k], x[k:]
        total = ((early - early.mean()) * (late - late.mean())).sum()
        out.append(total / (n - k if adjusted else n))
    return np.array(out)


@wrong("ex2-acf", "the Pearson correlation of each lagged pair")
def acf(x, nlags, adjusted=False):
    x = np.asarray(x, dtype=float)
    n = len(x)
    if not 0 <= nlags < n or np.ptp(x) == 0:
        raise ValueError("bad input")
    rho = [1.0]
    for k in range(1, nlags + 1):
        early, late = x[: n - k] - x[: n - k].mean(), x[k:] - x[k:].mean()
        scale = np.sqrt((early**2).sum() * (late**2).sum())
        rho.append((early * late).sum() / scale if scale > 0 else 0.0)
    return np.array(rho)


@wrong("ex2-acf", "starts at lag 1 instead of lag 0")
def autocovariance(x, nlags, adjusted=False):
    x = np.asarray(x, dtype=float)
    n = len(x)
    if not 0 <= nlags < n:
        raise ValueError("nlags must satisfy 0 <= nlags < n")
    c = x - x.mean()
    out = []
    for k in range(1, nlags + 2):
        out.append((c[: n - k] * c[k:]).sum() / (max(n - k, 1) if adjusted else n))
    return np.array(out)


@wrong("ex2-acf", "range(nlags) stops one lag early")
def autocovariance(x, nlags, adjusted=False):
    x = np.asarray(x, dtype=float)
    n = len(x)
    if not 0 <= nlags < n:
        raise ValueError("nlags must satisfy 0 <= nlags < n")
    c = x - x.mean()
    return np.array([(c[: n - k] * c[k:]).sum() / (n - k if adjusted else n) for k in range(nlags)])


@wrong("ex2-acf", "divides by the variance with n - 1, so that lag 0 is not 1")
def acf(x, nlags, adjusted=False):
    x = np.asarray(x, dtype=float)
    if np.ptp(x) == 0:
        raise ValueError("constant series")
    return autocovariance(x, nlags, adjusted) / np.var(x, ddof=1)


@wrong("ex2-acf", "a circular FFT without zero padding")
def autocovariance(x, nlags, adjusted=False):
    x = np.asarray(x, dtype=float)
    n = len(x)
    if not 0 <= nlags < n:
        raise ValueError("nlags must satisfy 0 <= nlags < n")
    spectrum = np.abs(np.fft.fft(x - x.mean())) ** 2
    sums = np.fft.ifft(spectrum).real[: nlags + 1]
    return sums / (n - np.arange(nlags + 1)) if adjusted else sums / n


@wrong("ex2-acf", "np.roll, which wraps the end round to the start")
def autocovariance(x, nlags, adjusted=False):
    x = np.asarray(x, dtype=float)
    n = len(x)
    if not 0 <= nlags < n:
        raise ValueError("nlags must satisfy 0 <= nlags < n")
    c = x - x.mean()
    return np.array(
        [(c * np.roll(c, k)).sum() / (n - k if adjusted else n) for k in range(nlags + 1)]
    )


@wrong("ex2-acf", "subtracts the mean in place and changes the caller's array")
def autocovariance(x, nlags, adjusted=False):
    x = np.asarray(x, dtype=float)
    n = len(x)
    if not 0 <= nlags < n:
        raise ValueError("nlags must satisfy 0 <= nlags < n")
    x -= x.mean()
    return np.array(
        [(x[: n - k] * x[k:]).sum() / (n - k if adjusted else n) for k in range(nlags + 1)]
    )


@wrong("ex2-acf", "works on arrays only: a list has no mean()", raises=AttributeError)
def autocovariance(x, nlags, adjusted=False):
    n = len(x)
    if not 0 <= nlags < n:
        raise ValueError("nlags must satisfy 0 <= nlags < n")
    mean = x.mean()
    c = np.array(x) - mean
    return np.array(
        [(c[: n - k] * c[k:]).sum() / (n - k if adjusted else n) for k in range(nlags + 1)]
    )


@wrong("ex2-acf", "accepts nlags = n and returns a made-up 0 there")
def autocovariance(x, nlags, adjusted=False):
    x = np.asarray(x, dtype=float)
    n = len(x)
    if not 0 <= nlags <= n:
        raise ValueError("nlags must satisfy 0 <= nlags <= n")
    c = x - x.mean()
    return np.array(
        [(c[: n - k] * c[k:]).sum() / (max(n - k, 1) if adjusted else n) for k in range(nlags + 1)]
    )


@wrong("ex2-acf", "acf of a constant series returns zeros")
def acf(x, nlags, adjusted=False):
    gamma = autocovariance(x, nlags, adjusted)
    if np.ptp(np.asarray(x, dtype=float)) == 0:
        return np.zeros(nlags + 1)
    return gamma / gamma[0]


mutate(
    "ex2-acf",
    "divides by n - k always, also when adjusted is False",
    old=" if adjusted else n",
    new="",
)
mutate(
    "ex2-acf",
    "does not subtract the mean",
    old="d = x - x.mean()",
    new="d = x",
)
mutate(
    "ex2-acf",
    "acf forgets to pass adjusted on",
    old="autocovariance(x, nlags, adjusted)\n",
    new="autocovariance(x, nlags)\n",
)
mutate(
    "ex2-acf",
    "acf always from the adjusted autocovariance",
    old="autocovariance(x, nlags, adjusted)\n",
    new="autocovariance(x, nlags, adjusted=True)\n",
)
mutate(
    "ex2-acf",
    "acf does not pass adjusted on",
    old="autocovariance(x, nlags, adjusted)",
    new="autocovariance(x, nlags)",
)


@wrong("ex2-acf", "appends zeros to the caller's list")
def autocovariance(x, nlags, adjusted=False):
    n = len(x)
    if not 0 <= nlags < n:
        raise ValueError("bad nlags")
    mean = np.mean(np.asarray(x, dtype=float))
    if isinstance(x, list):
        x += [mean] * nlags
    d = np.asarray(x, dtype=float) - mean
    sums = [np.sum(d[: n - k] * d[k:n]) for k in range(nlags + 1)]
    return np.array([s / (n - k if adjusted else n) for k, s in enumerate(sums)])


# === Exercise 3 ============================================================================


@right("ex3-classical-decompose", "np.convolve in mode valid, NaN put around it")
def classical_decompose(x, period, model="additive"):
    x = np.asarray(x, dtype=float)
    n = len(x)
    if model not in ("additive", "multiplicative"):
        raise ValueError(f"unknown model {model!r}")
    if period < 2:
        raise ValueError("period must be at least 2")
    if n < 2 * period:
        raise ValueError("x must be at least two periods long")
    if model == "multiplicative" and (x <= 0).any():
        raise ValueError("a multiplicative model needs positive values")
    if period % 2:
        weights = np.ones(period) / period
    else:
        weights = np.r_[0.5, np.ones(period - 1), 0.5] / period
    half = period // 2
    trend = np.full(n, np.nan)
    trend[half : n - half] = np.convolve(x, weights, mode="valid")
    detrended = x - trend if model == "additive" else x / trend
    means = np.array([np.nanmean(detrended[i::period]) for i in range(period)])
    means = means - means.mean() if model == "additive" else means / means.mean()
    seasonal = np.tile(means, n // period + 1)[:n]
    resid = detrended - seasonal if model == "additive" else detrended / seasonal
    return trend, seasonal, resid


@right("ex3-classical-decompose", "pandas: two rolling means, shifted to the centre")
def classical_decompose(x, period, model="additive"):
    s = pd.Series(np.array(x, dtype=float))
    if model not in ["additive", "multiplicative"] or period < 2 or len(s) < 2 * period:
        raise ValueError("bad arguments")
    if model == "multiplicative" and s.min() <= 0:
        raise ValueError("x must be positive")
    trend = s.rolling(period).mean()
    if period % 2 == 0:
        trend = trend.rolling(2).mean()
    trend = trend.shift(-(period // 2))
    rest = s - trend if model == "additive" else s / trend
    phase = s.index % period
    means = rest.groupby(phase).mean()
    means = means - means.mean() if model == "additive" else means / means.mean()
    seasonal = pd.Series(means.to_numpy()[phase])
    resid = rest - seasonal if model == "additive" else rest / seasonal
    return trend.to_numpy(), seasonal.to_numpy(), resid.to_numpy()


@right("ex3-classical-decompose", "explicit loops over time and phase")
def classical_decompose(x, period, model="additive"):
    x = [float(v) for v in x]
    n, half = len(x), period // 2
    if period < 2 or n < 2 * period:
        raise ValueError("period must be 2 or more, and x two periods long")
    if model == "multiplicative":
        if min(x) <= 0:
            raise ValueError("x must be positive")
    elif model != "additive":
        raise ValueError("model must be additive or multiplicative")
    trend = [float("nan")] * n
    for t in range(half, n - half):
        window = x[t - half : t + half + 1]
        if period % 2 == 0:
            trend[t] = (sum(window[1:-1]) + 0.5 * window[0] + 0.5 * window[-1]) / period
        else:
            trend[t] = sum(window) / period
    by_phase = [[] for _ in range(period)]
    for t in range(half, n - half):
        by_phase[t % period].append(x[t] - trend[t] if model == "additive" else x[t] / trend[t])
    means = [sum(values) / len(values) for values in by_phase]
    overall = sum(means) / period
    seasonal, resid = [], []
    for t in range(n):
        if model == "additive":
            seasonal.append(means[t % period] - overall)
            resid.append(x[t] - trend[t] - seasonal[t])
        else:
            seasonal.append(means[t % period] / overall)
            resid.append(x[t] / trend[t] / seasonal[t])
    return np.array(trend), np.array(seasonal), np.array(resid)


@right("ex3-classical-decompose", "returns three pandas Series")
def classical_decompose(x, period, model="additive"):
    s = pd.Series(x, dtype=float)
    if model not in {"additive", "multiplicative"}:
        raise ValueError("unknown model")
    if period < 2 or len(s) < 2 * period:
        raise ValueError("period does not fit the series")
    if model == "multiplicative" and not (s > 0).all():
        raise ValueError("x must be positive")
    x = s.to_numpy()
    windows = np.lib.stride_tricks.sliding_window_view(x, period).mean(axis=1)
    if period % 2 == 0:
        windows = (windows[:-1] + windows[1:]) / 2
    pad = np.full(period // 2, np.nan)
    trend = pd.Series(np.concatenate([pad, windows, pad]), index=s.index)
    detrended = s - trend if model == "additive" else s / trend
    index = np.array([np.nanmean(detrended.to_numpy()[k::period]) for k in range(period)])
    index = index - np.mean(index) if model == "additive" else index / np.mean(index)
    seasonal = pd.Series(np.resize(index, len(s)), index=s.index)
    resid = detrended - seasonal if model == "additive" else detrended / seasonal
    return trend, seasonal, resid


@wrong("ex3-classical-decompose", "a trailing moving average, half a period late")
def classical_decompose(x, period, model="additive"):
    s = pd.Series(np.array(x, dtype=float))
    if model not in ("additive", "multiplicative") or period < 2 or len(s) < 2 * period:
        raise ValueError("bad arguments")
    if model == "multiplicative" and s.min() <= 0:
        raise ValueError("x must be positive")
    trend = s.rolling(period).mean()
    if period % 2 == 0:
        trend = trend.rolling(2).mean()
    rest = s - trend if model == "additive" else s / trend
    phase = s.index % period
    means = rest.groupby(phase).mean()
    means = means - means.mean() if model == "additive" else means / means.mean()
    seasonal = pd.Series(means.to_numpy()[phase])
    resid = rest - seasonal if model == "additive" else rest / seasonal
    return trend.to_numpy(), seasonal.to_numpy(), resid.to_numpy()


@wrong("ex3-classical-decompose", "an even period with m equal weights, half a step off centre")
def classical_decompose(x, period, model="additive"):
    x = np.asarray(x, dtype=float)
    n = len(x)
    if model not in ("additive", "multiplicative") or period < 2 or n < 2 * period:
        raise ValueError("bad arguments")
    if model == "multiplicative" and (x <= 0).any():
        raise ValueError("x must be positive")
    half = period // 2
    trend = np.full(n, np.nan)
    for t in range(half, n - half):
        trend[t] = x[t - half : t - half + period].mean()
    detrended = x - trend if model == "additive" else x / trend
    means = np.array([np.nanmean(detrended[i::period]) for i in range(period)])
    means = means - means.mean() if model == "additive" else means / means.mean()
    seasonal = np.resize(means, n)
    resid = detrended - seasonal if model == "additive" else detrended / seasonal
    return trend, seasonal, resid


@wrong("ex3-classical-decompose", "pandas rolling(m, center=True), which is off centre for even m")
def classical_decompose(x, period, model="additive"):
    s = pd.Series(np.array(x, dtype=float))
    if model not in ("additive", "multiplicative") or period < 2 or len(s) < 2 * period:
        raise ValueError("bad arguments")
    if model == "multiplicative" and s.min() <= 0:
        raise ValueError("x must be positive")
    trend = s.rolling(period, center=True).mean()
    rest = s - trend if model == "additive" else s / trend
    phase = s.index % period
    means = rest.groupby(phase).mean()
    means = means - means.mean() if model == "additive" else means / means.mean()
    seasonal = pd.Series(means.to_numpy()[phase])
    resid = rest - seasonal if model == "additive" else rest / seasonal
    return trend.to_numpy(), seasonal.to_numpy(), resid.to_numpy()


@wrong("ex3-classical-decompose", "numbers the seasons from the first value that is not NaN")
def classical_decompose(x, period, model="additive"):
    x = np.asarray(x, dtype=float)
    n = len(x)
    if model not in ("additive", "multiplicative") or period < 2 or n < 2 * period:
        raise ValueError("bad arguments")
    if model == "multiplicative" and (x <= 0).any():
        raise ValueError("x must be positive")
    weights = np.ones(period) if period % 2 else np.r_[0.5, np.ones(period - 1), 0.5]
    half = period // 2
    trend = np.full(n, np.nan)
    trend[half : n - half] = np.convolve(x, weights / period, mode="valid")
    detrended = x - trend if model == "additive" else x / trend
    inside = detrended[half : n - half]
    means = np.array([inside[i::period].mean() for i in range(period)])
    means = means - means.mean() if model == "additive" else means / means.mean()
    seasonal = np.resize(means, n)
    resid = detrended - seasonal if model == "additive" else detrended / seasonal
    return trend, seasonal, resid


@wrong("ex3-classical-decompose", "np.convolve in mode same: the ends fall towards 0, no NaN")
def classical_decompose(x, period, model="additive"):
    x = np.asarray(x, dtype=float)
    n = len(x)
    if model not in ("additive", "multiplicative") or period < 2 or n < 2 * period:
        raise ValueError("bad arguments")
    if model == "multiplicative" and (x <= 0).any():
        raise ValueError("x must be positive")
    weights = np.ones(period) if period % 2 else np.r_[0.5, np.ones(period - 1), 0.5]
    trend = np.convolve(x, weights / period, mode="same")
    detrended = x - trend if model == "additive" else x / trend
    means = np.array([np.nanmean(detrended[i::period]) for i in range(period)])
    means = means - means.mean() if model == "additive" else means / means.mean()
    seasonal = np.resize(means, n)
    resid = detrended - seasonal if model == "additive" else detrended / seasonal
    return trend, seasonal, resid


@wrong("ex3-classical-decompose", "takes every model but additive for multiplicative")
def classical_decompose(x, period, model="additive"):
    x = np.asarray(x, dtype=float)
    n = len(x)
    if period < 2 or n < 2 * period or (model != "additive" and (x <= 0).any()):
        raise ValueError("bad arguments")
    weights = np.ones(period) if period % 2 else np.r_[0.5, np.ones(period - 1), 0.5]
    half = period // 2
    trend = np.full(n, np.nan)
    trend[half : n - half] = np.convolve(x, weights / period, mode="valid")
    detrended = x - trend if model == "additive" else x / trend
    means = np.array([np.nanmean(detrended[i::period]) for i in range(period)])
    means = means - means.mean() if model == "additive" else means / means.mean()
    seasonal = np.resize(means, n)
    resid = detrended - seasonal if model == "additive" else detrended / seasonal
    return trend, seasonal, resid


mutate(
    "ex3-classical-decompose",
    "m + 1 equal weights for an even period",
    old="weights = np.r_[0.5, np.ones(period - 1), 0.5] / period",
    new="weights = np.ones(period + 1) / (period + 1)",
)
mutate(
    "ex3-classical-decompose",
    "does not normalise the seasonal means",
    old="means = means - means.mean() if additive else means / means.mean()",
    new="pass",
)
mutate(
    "ex3-classical-decompose",
    "fills the ends of the trend with its first and last value",
    old='additive = model == "additive"',
    new='trend = pd.Series(trend).ffill().bfill().values; additive = model == "additive"',
)
mutate(
    "ex3-classical-decompose",
    "normalises multiplicative seasons to mean 0",
    old=" if additive else means / means.mean()",
    new="",
)
mutate(
    "ex3-classical-decompose",
    "subtracts to get the residual in both models",
    old="resid = detrended - seasonal if additive else detrended / seasonal",
    new="resid = x - trend - seasonal",
)
mutate(
    "ex3-classical-decompose",
    "takes the seasonal means of the series with its trend",
    old="np.nanmean(detrended[phase::period])",
    new="np.nanmean(x[phase::period])",
)
mutate(
    "ex3-classical-decompose",
    "seasonal medians instead of means",
    old="np.nanmean",
    new="np.nanmedian",
)
mutate(
    "ex3-classical-decompose",
    "np.mean over values with NaN makes the first seasons NaN",
    old="np.nanmean",
    new="np.mean",
)
mutate(
    "ex3-classical-decompose",
    "returns one period of the seasonal part instead of n values",
    old="return trend, seasonal, resid",
    new="return trend, means, resid",
)
mutate(
    "ex3-classical-decompose",
    "accepts zeros and negative values in a multiplicative model",
    old='if model == "multiplicative" and (x <= 0).any():',
    new="if False:",
)
mutate(
    "ex3-classical-decompose",
    "accepts a series shorter than two periods",
    old="period < 2 or n < 2 * period",
    new="period < 2",
)
mutate(
    "ex3-classical-decompose",
    "subtracts the season in the multiplicative model too",
    old="detrended - seasonal if additive else detrended / seasonal",
    new="detrended - seasonal",
)


# === Exercise 4 ============================================================================


@right("ex4-component-strength", "a mask of the steps where all three are known, ddof=1")
def component_strength(trend, seasonal, resid):
    t, s, r = (np.asarray(v, dtype=float) for v in (trend, seasonal, resid))
    known = ~(np.isnan(t) | np.isnan(s) | np.isnan(r))
    t, s, r = t[known], s[known], r[known]

    def strength(part):
        total = np.var(part + r, ddof=1)
        return 0.0 if total == 0 else max(0.0, 1 - np.var(r, ddof=1) / total)

    return strength(t), strength(s)


@right("ex4-component-strength", "np.nanvar after spreading every NaN to all three")
def component_strength(trend, seasonal, resid):
    t = np.asarray(trend, dtype=float)
    s = np.asarray(seasonal, dtype=float)
    r = np.asarray(resid, dtype=float)
    r = np.where(np.isnan(t + s), np.nan, r)
    noise = np.nanvar(r)
    with_trend, with_season = np.nanvar(t + r), np.nanvar(s + r)
    f_t = max(0.0, 1 - noise / with_trend) if with_trend > 0 else 0.0
    f_s = max(0.0, 1 - noise / with_season) if with_season > 0 else 0.0
    return float(f_t), float(f_s)


@right("ex4-component-strength", "a data frame without its incomplete rows")
def component_strength(trend, seasonal, resid):
    columns = zip("tsr", (trend, seasonal, resid), strict=True)
    frame = pd.DataFrame({k: np.asarray(v, dtype=float) for k, v in columns}).dropna()
    out = []
    for part in "ts":
        total = (frame[part] + frame["r"]).var()
        out.append(0.0 if total == 0 else float(np.clip(1 - frame["r"].var() / total, 0, 1)))
    return tuple(out)


@right("ex4-component-strength", "plain Python loops over the valid steps")
def component_strength(trend, seasonal, resid):
    def variance(values):
        mean = sum(values) / len(values)
        return sum((v - mean) ** 2 for v in values) / len(values)

    rows = [
        (float(t), float(s), float(r))
        for t, s, r in zip(trend, seasonal, resid, strict=True)
        if t == t and s == s and r == r
    ]
    noise = variance([r for _, _, r in rows])
    result = []
    for i in (0, 1):
        total = variance([row[i] + row[2] for row in rows])
        share = 1 - noise / total if total > 0 else 0.0
        result.append(share if share > 0 else 0.0)
    return result[0], result[1]


@wrong("ex4-component-strength", "np.var lets the NaNs of the ends through")
def component_strength(trend, seasonal, resid):
    t, s, r = (np.asarray(v, dtype=float) for v in (trend, seasonal, resid))

    def strength(part):
        total = np.var(part + r)
        return 0.0 if total == 0 else float(np.maximum(0.0, 1 - np.var(r) / total))

    return strength(t), strength(s)


@wrong("ex4-component-strength", "np.nanvar of each alone, over different time steps")
def component_strength(trend, seasonal, resid):
    t, s, r = (np.asarray(v, dtype=float) for v in (trend, seasonal, resid))

    def strength(part):
        total = np.nanvar(part + r)
        return 0.0 if total == 0 else float(max(0.0, 1 - np.nanvar(r) / total))

    return strength(t), strength(s)


@wrong("ex4-component-strength", "standard deviations instead of variances")
def component_strength(trend, seasonal, resid):
    t, s, r = (np.asarray(v, dtype=float) for v in (trend, seasonal, resid))
    known = np.isfinite(t) & np.isfinite(s) & np.isfinite(r)
    t, s, r = t[known], s[known], r[known]

    def strength(part):
        total = np.std(part + r)
        return 0.0 if total == 0 else float(max(0.0, 1 - np.std(r) / total))

    return strength(t), strength(s)


@wrong("ex4-component-strength", "compares with the variance of the whole series")
def component_strength(trend, seasonal, resid):
    t, s, r = (np.asarray(v, dtype=float) for v in (trend, seasonal, resid))
    known = np.isfinite(t) & np.isfinite(s) & np.isfinite(r)
    t, s, r = t[known], s[known], r[known]
    total = np.var(t + s + r)
    if total == 0:
        return 0.0, 0.0
    f_t = max(0.0, 1 - np.var(s + r) / total)
    f_s = max(0.0, 1 - np.var(t + r) / total)
    return float(f_t), float(f_s)


@wrong("ex4-component-strength", "0 / 0 gives nan where a part plus the residual is constant")
def component_strength(trend, seasonal, resid):
    t, s, r = (np.asarray(v, dtype=float) for v in (trend, seasonal, resid))
    known = np.isfinite(t) & np.isfinite(s) & np.isfinite(r)
    t, s, r = t[known], s[known], r[known]

    def strength(part):
        with np.errstate(invalid="ignore", divide="ignore"):
            return float(np.maximum(0.0, 1 - np.var(r) / np.var(part + r)))

    return strength(t), strength(s)


mutate(
    "ex4-component-strength",
    "compares Var(R) with Var(T), not with Var(T + R)",
    old="np.var(part + resid)",
    new="np.var(part)",
)
mutate(
    "ex4-component-strength",
    "forgets 1 - and returns the weakness",
    old="1 - np.var(resid) / total",
    new="np.var(resid) / total",
)
mutate(
    "ex4-component-strength",
    "returns negative values where a part cancels the residual",
    old="max(0.0, 1 - np.var(resid) / total)",
    new="1 - np.var(resid) / total",
)
mutate(
    "ex4-component-strength",
    "abs() instead of max(0, ...)",
    old="max(0.0, 1 - np.var(resid) / total)",
    new="abs(1 - np.var(resid) / total)",
)
mutate(
    "ex4-component-strength",
    "puts 0 in the place of NaN",
    old="trend, seasonal, resid = parts[:, np.isfinite(parts).all(axis=0)]",
    new="trend, seasonal, resid = np.nan_to_num(parts)",
)
mutate(
    "ex4-component-strength",
    "the share Var(T) / Var(T + R), as if the parts never overlapped",
    old="1 - np.var(resid) / total",
    new="np.var(part) / total",
)
mutate(
    "ex4-component-strength",
    "returns (F_S, F_T)",
    old="return strength(trend), strength(seasonal)",
    new="return strength(seasonal), strength(trend)",
)


# === Exercise 5 ============================================================================


@right("ex5-difference", "slices, and a loop that adds one value after the other")
def difference(x, lag=1, order=1):
    x = np.array(x, dtype=float)
    if lag < 1:
        raise ValueError("lag must be at least 1")
    if order < 0:
        raise ValueError("order must not be negative")
    if len(x) <= lag * order:
        raise ValueError("x is too short")
    for _ in range(order):
        x = x[lag:] - x[:-lag]
    return x


@right("ex5-difference", "slices, and a loop that adds one value after the other")
def undifference(dx, head, lag=1):
    if lag < 1:
        raise ValueError("lag must be at least 1")
    if len(head) != lag:
        raise ValueError(f"head must have {lag} values, got {len(head)}")
    x = [float(v) for v in head]
    for d in dx:
        x.append(x[-lag] + float(d))
    return np.array(x)


@right("ex5-difference", "pandas diff, and a cumulative sum for each residue of the lag")
def difference(x, lag=1, order=1):
    if lag < 1 or order < 0 or len(x) <= lag * order:
        raise ValueError("lag, order and the length do not fit")
    s = pd.Series(np.array(x, dtype=float))
    for _ in range(order):
        s = s.diff(lag).iloc[lag:]
    return s.to_numpy(copy=True)


@right("ex5-difference", "pandas diff, and a cumulative sum for each residue of the lag")
def undifference(dx, head, lag=1):
    head = np.asarray(head, dtype=float)
    if lag < 1 or head.shape != (lag,):
        raise ValueError("head must hold the first lag values")
    out = np.concatenate([head, np.asarray(dx, dtype=float)])
    for i in range(lag):
        out[i::lag] = np.cumsum(out[i::lag])
    return out


@right("ex5-difference", "recursion, and rows of lag values under each other")
def difference(x, lag=1, order=1):
    if lag < 1 or order < 0:
        raise ValueError("lag must be positive and order not negative")
    if order == 0:
        return np.array(x, dtype=float)
    if len(x) - lag * order < 1:
        raise ValueError("too short")
    inner = difference(x, lag, order - 1)
    return np.array([inner[t] - inner[t - lag] for t in range(lag, len(inner))])


@right("ex5-difference", "recursion, and rows of lag values under each other")
def undifference(dx, head, lag=1):
    if lag < 1:
        raise ValueError("lag must be positive")
    if len(head) != lag:
        raise ValueError("head has the wrong length")
    steps = np.asarray(dx, dtype=float)
    rows = -(-len(steps) // lag)
    table = np.zeros((rows + 1) * lag)
    table[:lag] = head
    table[lag : lag + len(steps)] = steps
    return table.reshape(rows + 1, lag).cumsum(axis=0).ravel()[: lag + len(steps)]


@right("ex5-difference", "a filter and its inverse")
def difference(x, lag=1, order=1):
    x = np.asarray(x, dtype=float)
    if int(lag) < 1 or int(order) < 0 or x.size <= lag * order:
        raise ValueError("bad arguments")
    kernel = np.zeros(lag + 1)
    kernel[0], kernel[-1] = 1.0, -1.0
    out = x.copy()
    for _ in range(order):
        out = np.convolve(out, kernel, mode="valid")
    return out


@right("ex5-difference", "a filter and its inverse")
def undifference(dx, head, lag=1):
    from scipy.signal import lfilter

    if lag < 1 or len(head) != lag:
        raise ValueError("head must have lag values")
    jumps = np.concatenate([np.asarray(head, dtype=float), np.asarray(dx, dtype=float)])
    return lfilter([1.0], np.r_[1.0, np.zeros(lag - 1), -1.0], jumps)


@wrong("ex5-difference", "np.diff(x, n=lag): takes the lag for the order")
def difference(x, lag=1, order=1):
    x = np.array(x, dtype=float)
    if lag < 1 or order < 0 or len(x) <= lag * order:
        raise ValueError("bad arguments")
    for _ in range(order):
        x = np.diff(x, n=lag)
    return x


@wrong("ex5-difference", "one difference at lag * order instead of order differences")
def difference(x, lag=1, order=1):
    x = np.array(x, dtype=float)
    if lag < 1 or order < 0 or len(x) <= lag * order:
        raise ValueError("bad arguments")
    if order == 0:
        return x
    return x[lag * order :] - x[: -lag * order]


@wrong("ex5-difference", "ignores the order")
def difference(x, lag=1, order=1):
    x = np.array(x, dtype=float)
    if lag < 1 or order < 0 or len(x) <= lag * order:
        raise ValueError("bad arguments")
    return x[lag:] - x[:-lag]


@wrong("ex5-difference", "lag for the first difference, 1 for the next")
def difference(x, lag=1, order=1):
    x = np.array(x, dtype=float)
    if lag < 1 or order < 0 or len(x) <= lag * order:
        raise ValueError("bad arguments")
    if order == 0:
        return x
    return np.diff(x[lag:] - x[:-lag], n=order - 1)


@wrong("ex5-difference", "np.roll, which subtracts the end from the start")
def difference(x, lag=1, order=1):
    x = np.array(x, dtype=float)
    if lag < 1 or order < 0 or len(x) <= lag * order:
        raise ValueError("bad arguments")
    for _ in range(order):
        x = x - np.roll(x, lag)
    return x


@wrong("ex5-difference", "keeps the NaNs of pandas diff")
def difference(x, lag=1, order=1):
    if lag < 1 or order < 0 or len(x) <= lag * order:
        raise ValueError("bad arguments")
    s = pd.Series(np.array(x, dtype=float))
    for _ in range(order):
        s = s.diff(lag)
    return s.to_numpy()


@wrong("ex5-difference", "subtracts the new value from the old one")
def difference(x, lag=1, order=1):
    x = np.array(x, dtype=float)
    if lag < 1 or order < 0 or len(x) <= lag * order:
        raise ValueError("bad arguments")
    for _ in range(order):
        x = x[:-lag] - x[lag:]
    return x


@wrong("ex5-difference", "order 0 returns the caller's own array")
def difference(x, lag=1, order=1):
    x = np.asarray(x, dtype=float)
    if lag < 1 or order < 0 or len(x) <= lag * order:
        raise ValueError("bad arguments")
    for _ in range(order):
        x = x[lag:] - x[:-lag]
    return x


@wrong("ex5-difference", "a series that is too short gives an empty array")
def difference(x, lag=1, order=1):
    x = np.array(x, dtype=float)
    if lag < 1 or order < 0:
        raise ValueError("bad arguments")
    for _ in range(order):
        x = x[lag:] - x[:-lag]
    return x


@wrong("ex5-difference", "a plain cumulative sum also for lag > 1")
def undifference(dx, head, lag=1):
    head = np.array(head, dtype=float)
    if lag < 1 or len(head) != lag:
        raise ValueError("bad arguments")
    return np.concatenate([head, head[-1] + np.cumsum(np.asarray(dx, dtype=float))])


@wrong("ex5-difference", "a cumulative sum that starts at 0: forgets the level")
def undifference(dx, head, lag=1):
    head = np.array(head, dtype=float)
    if lag < 1 or len(head) != lag:
        raise ValueError("bad arguments")
    out = np.concatenate([np.zeros(lag), np.asarray(dx, dtype=float)])
    for i in range(lag):
        out[i::lag] = np.cumsum(out[i::lag])
    out[:lag] = head
    return out


@wrong("ex5-difference", "leaves the head out of the result")
def undifference(dx, head, lag=1):
    if lag < 1 or len(head) != lag:
        raise ValueError("bad arguments")
    x = [float(v) for v in head]
    for d in dx:
        x.append(x[-lag] + float(d))
    return np.array(x[lag:])


@wrong("ex5-difference", "adds up in the caller's head")
def undifference(dx, head, lag=1):
    level = np.asarray(head, dtype=float)
    if lag < 1 or len(level) != lag:
        raise ValueError("bad arguments")
    out = list(level)
    for i, d in enumerate(np.asarray(dx, dtype=float)):
        level[i % lag] += d
        out.append(level[i % lag])
    return np.array(out)


@wrong("ex5-difference", "writes into an integer array, which cuts off the decimals")
def undifference(dx, head, lag=1):
    if lag < 1 or len(head) != lag:
        raise ValueError("bad arguments")
    x = np.zeros(len(dx) + lag, dtype=int)
    x[:lag] = head
    for i, d in enumerate(dx):
        x[i + lag] = x[i] + d
    return x


@wrong("ex5-difference", "takes a head of any length")
def undifference(dx, head, lag=1):
    if lag < 1:
        raise ValueError("bad arguments")
    x = [float(v) for v in head]
    for d in dx:
        x.append((x[-lag] if len(x) >= lag else 0.0) + float(d))
    return np.array(x)


@wrong("ex5-difference", "one difference at lag * order instead of order differences at lag")
def difference(x, lag=1, order=1):
    x = np.array(x, dtype=float)
    if lag < 1 or order < 0 or len(x) <= lag * order:
        raise ValueError("bad lag or order")
    return x[lag * order :] - x[: len(x) - lag * order] if order else x


@wrong("ex5-difference", "asks a Series by label", raises=KeyError)
def difference(x, lag=1, order=1):
    if lag < 1 or order < 0 or len(x) <= lag * order:
        raise ValueError("bad lag or order")
    x = np.array([float(x[i]) for i in range(len(x))])
    for _ in range(order):
        x = x[lag:] - x[:-lag]
    return x


# === Exercise 6 ============================================================================


@right("ex6-pad-and-mask", "preallocated arrays filled row by row")
def pad_and_mask(seqs, maxlen=None, padding="post", truncating="post", value=0):
    if len(seqs) == 0:
        raise ValueError("seqs is empty")
    if padding not in ("pre", "post") or truncating not in ("pre", "post"):
        raise ValueError("padding and truncating must be 'pre' or 'post'")
    if maxlen is None:
        maxlen = max(len(s) for s in seqs)
    if maxlen < 0:
        raise ValueError("maxlen must not be negative")
    padded = np.full((len(seqs), maxlen), value, dtype=np.int64)
    mask = np.zeros((len(seqs), maxlen), dtype=bool)
    for i, s in enumerate(seqs):
        s = s[:maxlen] if truncating == "post" else s[max(len(s) - maxlen, 0) :]
        where = slice(0, len(s)) if padding == "post" else slice(maxlen - len(s), maxlen)
        padded[i, where] = s
        mask[i, where] = True
    return padded, mask


@right("ex6-pad-and-mask", "lists first, one array at the end, int32")
def pad_and_mask(seqs, maxlen=None, padding="post", truncating="post", value=0):
    if not len(seqs):
        raise ValueError("nothing to pad")
    for mode in (padding, truncating):
        if mode not in {"pre", "post"}:
            raise ValueError(f"unknown mode {mode!r}")
    length = max(map(len, seqs)) if maxlen is None else maxlen
    if length < 0:
        raise ValueError("maxlen is negative")
    rows, masks = [], []
    for seq in seqs:
        items = [int(v) for v in seq]
        if len(items) > length:
            items = items[:length] if truncating == "post" else items[len(items) - length :]
        fill = [value] * (length - len(items))
        known, unknown = [True] * len(items), [False] * len(fill)
        rows.append(items + fill if padding == "post" else fill + items)
        masks.append(known + unknown if padding == "post" else unknown + known)
    shape = (len(seqs), length)
    return np.array(rows, dtype=np.int32).reshape(shape), np.array(masks, bool).reshape(shape)


@right("ex6-pad-and-mask", "itertools.zip_longest with a marker for missing places")
def pad_and_mask(seqs, maxlen=None, padding="post", truncating="post", value=0):
    from itertools import zip_longest

    if len(seqs) == 0 or (maxlen is not None and maxlen < 0):
        raise ValueError("bad seqs or maxlen")
    if padding not in ["pre", "post"] or truncating not in ["pre", "post"]:
        raise ValueError("bad mode")
    maxlen = max(len(s) for s in seqs) if maxlen is None else maxlen
    cut = []
    for s in seqs:
        s = list(s)
        s = s[::-1][:maxlen][::-1] if truncating == "pre" else s[:maxlen]
        cut.append(s[::-1] if padding == "pre" else s)
    missing = object()
    columns = list(zip_longest(*cut, range(maxlen), fillvalue=missing))
    padded = np.full((len(seqs), maxlen), value, dtype=np.int64)
    mask = np.zeros((len(seqs), maxlen), dtype=bool)
    for j, column in enumerate(columns):
        for i, item in enumerate(column[: len(seqs)]):
            if item is not missing:
                padded[i, j] = item
                mask[i, j] = True
    return (padded[:, ::-1], mask[:, ::-1]) if padding == "pre" else (padded, mask)


@right("ex6-pad-and-mask", "the mask from the lengths by broadcasting, then one assignment")
def pad_and_mask(seqs, maxlen=None, padding="post", truncating="post", value=0):
    if len(seqs) == 0:
        raise ValueError("seqs is empty")
    if padding not in ("pre", "post"):
        raise ValueError(f"padding must be 'pre' or 'post', got {padding!r}")
    if truncating not in ("pre", "post"):
        raise ValueError(f"truncating must be 'pre' or 'post', got {truncating!r}")
    lengths = np.array([len(s) for s in seqs])
    width = lengths.max() if maxlen is None else maxlen
    if width < 0:
        raise ValueError("maxlen must be 0 or more")
    kept = np.minimum(lengths, width)[:, None]
    place = np.arange(width)[None, :]
    mask = place < kept if padding == "post" else place >= width - kept
    starts = np.zeros_like(lengths) if truncating == "post" else np.maximum(lengths - width, 0)
    parts = [
        np.asarray(s, dtype=np.int64)[a : a + width] for s, a in zip(seqs, starts, strict=True)
    ]
    padded = np.full(mask.shape, value, dtype=np.int64)
    padded[mask] = np.concatenate(parts)
    return padded, mask


@wrong("ex6-pad-and-mask", "mask = (padded != value), which hides real zeros")
def pad_and_mask(seqs, maxlen=None, padding="post", truncating="post", value=0):
    if len(seqs) == 0 or (maxlen is not None and maxlen < 0):
        raise ValueError("bad seqs or maxlen")
    if padding not in ("pre", "post") or truncating not in ("pre", "post"):
        raise ValueError("bad mode")
    maxlen = max(len(s) for s in seqs) if maxlen is None else maxlen
    padded = np.full((len(seqs), maxlen), value, dtype=np.int64)
    for i, s in enumerate(seqs):
        s = list(s)[:maxlen] if truncating == "post" else list(s)[max(len(s) - maxlen, 0) :]
        start = 0 if padding == "post" else maxlen - len(s)
        padded[i, start : start + len(s)] = s
    return padded, padded != value


@wrong("ex6-pad-and-mask", "an object array of lists of different length")
def pad_and_mask(seqs, maxlen=None, padding="post", truncating="post", value=0):
    if len(seqs) == 0 or (maxlen is not None and maxlen < 0):
        raise ValueError("bad seqs or maxlen")
    if padding not in ("pre", "post") or truncating not in ("pre", "post"):
        raise ValueError("bad mode")
    maxlen = max(len(s) for s in seqs) if maxlen is None else maxlen
    padded = np.empty(len(seqs), dtype=object)
    mask = np.zeros((len(seqs), maxlen), dtype=bool)
    for i, s in enumerate(seqs):
        padded[i] = list(s)[:maxlen] if truncating == "post" else list(s)[-maxlen:]
        mask[i, : len(padded[i])] = True
    return padded, mask


@wrong("ex6-pad-and-mask", "repeats the last element instead of the value")
def pad_and_mask(seqs, maxlen=None, padding="post", truncating="post", value=0):
    if len(seqs) == 0 or (maxlen is not None and maxlen < 0):
        raise ValueError("bad seqs or maxlen")
    if padding not in ("pre", "post") or truncating not in ("pre", "post"):
        raise ValueError("bad mode")
    maxlen = max(len(s) for s in seqs) if maxlen is None else maxlen
    padded = np.full((len(seqs), maxlen), value, dtype=np.int64)
    mask = np.zeros((len(seqs), maxlen), dtype=bool)
    for i, s in enumerate(seqs):
        s = list(s)[:maxlen] if truncating == "post" else list(s)[max(len(s) - maxlen, 0) :]
        start = 0 if padding == "post" else maxlen - len(s)
        if s:
            padded[i] = s[-1] if padding == "post" else s[0]
        padded[i, start : start + len(s)] = s
        mask[i, start : start + len(s)] = True
    return padded, mask


@wrong("ex6-pad-and-mask", "the mask is always padded at the end, also with padding='pre'")
def pad_and_mask(seqs, maxlen=None, padding="post", truncating="post", value=0):
    if len(seqs) == 0 or (maxlen is not None and maxlen < 0):
        raise ValueError("bad seqs or maxlen")
    if padding not in ("pre", "post") or truncating not in ("pre", "post"):
        raise ValueError("bad mode")
    maxlen = max(len(s) for s in seqs) if maxlen is None else maxlen
    padded = np.full((len(seqs), maxlen), value, dtype=np.int64)
    mask = np.arange(maxlen) < np.array([[len(s)] for s in seqs])
    for i, s in enumerate(seqs):
        s = list(s)[:maxlen] if truncating == "post" else list(s)[max(len(s) - maxlen, 0) :]
        start = 0 if padding == "post" else maxlen - len(s)
        padded[i, start : start + len(s)] = s
    return padded, mask


@wrong("ex6-pad-and-mask", "appends the padding to the caller's own lists")
def pad_and_mask(seqs, maxlen=None, padding="post", truncating="post", value=0):
    if len(seqs) == 0 or (maxlen is not None and maxlen < 0):
        raise ValueError("bad seqs or maxlen")
    if padding not in ("pre", "post") or truncating not in ("pre", "post"):
        raise ValueError("bad mode")
    maxlen = max(len(s) for s in seqs) if maxlen is None else maxlen
    rows, mask = [], np.zeros((len(seqs), maxlen), dtype=bool)
    for i, s in enumerate(seqs):
        s = s if isinstance(s, list) else list(s)
        if len(s) > maxlen:
            s = s[:maxlen] if truncating == "post" else s[len(s) - maxlen :]
        start = 0 if padding == "post" else maxlen - len(s)
        mask[i, start : start + len(s)] = True
        while len(s) < maxlen:
            s.insert(len(s) if padding == "post" else 0, value)
        rows.append(s)
    return np.array(rows, dtype=np.int64).reshape(len(seqs), maxlen), mask


mutate(
    "ex6-pad-and-mask",
    "padding: pre and post swapped",
    old='if padding == "post"',
    new='if padding == "pre"',
)
mutate(
    "ex6-pad-and-mask",
    "truncating='post' cuts off the head instead of the tail",
    old='if truncating == "post"',
    new='if truncating == "pre"',
)
mutate(
    "ex6-pad-and-mask",
    "ignores truncating and always keeps the head",
    old=' if truncating == "post" else s[len(s) - k :]',
    new="",
)
mutate(
    "ex6-pad-and-mask",
    "the defaults of Keras: pre-padding and pre-truncation",
    old='padding="post", truncating="post"',
    new='padding="pre", truncating="pre"',
)
mutate(
    "ex6-pad-and-mask",
    "pads with 0 whatever the value",
    old="value, dtype=np.int64",
    new="0, dtype=np.int64",
)
mutate(
    "ex6-pad-and-mask",
    "a float filler makes the whole array float",
    old="value, dtype=np.int64",
    new="float(value)",
)
mutate(
    "ex6-pad-and-mask",
    "a mask of 0 and 1 instead of booleans, which picks rows as an index",
    old="dtype=bool",
    new="dtype=int",
)
mutate(
    "ex6-pad-and-mask",
    "a mask that marks the padding instead of the data",
    old="return padded, mask",
    new="return padded, ~mask",
)
mutate(
    "ex6-pad-and-mask",
    "any word that is not 'pre' counts as 'post'",
    old='if mode not in ("pre", "post"):',
    new="if mode is None:",
)
mutate(
    "ex6-pad-and-mask",
    "takes maxlen=0 for 'not given'",
    old="if maxlen is None",
    new="if not maxlen",
)
mutate(
    "ex6-pad-and-mask",
    "s[-k:] keeps everything where k is 0",
    old="s[len(s) - k :]",
    new="s[-k:]",
    raises=ValueError,
)
mutate(
    "ex6-pad-and-mask",
    "packs ids into 8 bits, where large vocabularies overflow",
    old="dtype=np.int64",
    new="dtype=np.int8",
    raises=OverflowError,
)


# === Exercise 7 ============================================================================


@right("ex7-io-type", "a dict of sets")
def io_type(task):
    table = {
        "machine translation": {"many_to_many_async"},
        "sentiment analysis": {"many_to_one"},
        "named entity recognition": {"many_to_many_sync"},
        "text generation": {"one_to_many"},
        "question answering": {"many_to_many_async"},
        "stock prediction": {"many_to_one"},
        "weather forecasting": {"many_to_many_async"},
        "anomaly detection": {"many_to_one"},
        "energy demand": {"many_to_many_async"},
        "speech recognition": {"many_to_many_async"},
        "speaker identification": {"many_to_one"},
        "music generation": {"one_to_many"},
        "voice synthesis": {"many_to_many_async"},
    }
    key = str(task).lower()
    if key not in table:
        raise ValueError(f"unknown task {task!r}")
    return table[key]


@right("ex7-io-type", "the other reading of every ambiguous row, as frozensets")
def io_type(task):
    rows = {
        "many_to_one": "sentiment analysis,stock prediction,speaker identification,"
        "question answering",
        "many_to_many_sync": "named entity recognition,anomaly detection,weather forecasting,"
        "energy demand",
        "many_to_many_async": "machine translation,speech recognition,voice synthesis,"
        "text generation",
        "one_to_many": "music generation",
    }
    for label, tasks in rows.items():
        if task.casefold() in tasks.split(","):
            return frozenset([label])
    raise ValueError(f"{task} is not one of the applications")


@right("ex7-io-type", "both labels where a task can be built in two ways, as a list")
def io_type(task):
    one, sync, async_ = "many_to_one", "many_to_many_sync", "many_to_many_async"
    labels = {
        "Machine Translation": [async_],
        "Sentiment Analysis": [one],
        "Named Entity Recognition": [sync],
        "Text Generation": ["one_to_many", async_],
        "Question Answering": [async_, one],
        "Stock Prediction": [one],
        "Weather Forecasting": [async_, sync],
        "Anomaly Detection": [one, sync],
        "Energy Demand": [async_, sync],
        "Speech Recognition": [async_],
        "Speaker Identification": [one],
        "Music Generation": ["one_to_many"],
        "Voice Synthesis": [async_],
    }
    for name, answer in labels.items():
        if name.upper() == task.upper():
            return answer
    raise ValueError(f"unknown task: {task}")


@wrong("ex7-io-type", "knows the names in two spellings only", raises=ValueError)
def io_type(task):
    table = {
        "Machine Translation": {"many_to_many_async"},
        "Sentiment Analysis": {"many_to_one"},
        "Named Entity Recognition": {"many_to_many_sync"},
        "Text Generation": {"one_to_many"},
        "Question Answering": {"many_to_many_async"},
        "Stock Prediction": {"many_to_one"},
        "Weather Forecasting": {"many_to_many_async"},
        "Anomaly Detection": {"many_to_one"},
        "Energy Demand": {"many_to_many_async"},
        "Speech Recognition": {"many_to_many_async"},
        "Speaker Identification": {"many_to_one"},
        "Music Generation": {"one_to_many"},
        "Voice Synthesis": {"many_to_many_async"},
    }
    table.update({name.lower(): labels for name, labels in table.items()})
    if task not in table:
        raise ValueError(f"unknown task {task!r}")
    return table[task]


mutate(
    "ex7-io-type",
    "returns a string instead of a set",
    old="return set(labels[task.lower()])",
    new="return next(iter(labels[task.lower()]))",
)
mutate(
    "ex7-io-type",
    "set('many_to_one') is a set of letters",
    old="return set(labels[task.lower()])",
    new="return set(next(iter(labels[task.lower()])))",
)
mutate(
    "ex7-io-type",
    "every task is many_to_one",
    old="return set(labels[task.lower()])",
    new='return {"many_to_one"}',
)
mutate(
    "ex7-io-type",
    "returns all four labels to be safe",
    old="return set(labels[task.lower()])",
    new="return one_to_many | many_to_one | sync | asynchronous",
)
mutate(
    "ex7-io-type",
    "an unknown task gives an empty set",
    old="if task.lower() not in labels:",
    new="if task.lower() not in labels:\n        return set()\n    if False:",
)
mutate(
    "ex7-io-type",
    "an unknown task gives the KeyError of the dict",
    old="if task.lower() not in labels:",
    new="if False:",
)
mutate(
    "ex7-io-type",
    "takes named entities for one label per text",
    old='"named entity recognition": sync',
    new='"named entity recognition": many_to_one',
)
mutate(
    "ex7-io-type",
    "every many-to-many task is synchronised, as if lengths always agreed",
    old='{"many_to_many_async"}',
    new='{"many_to_many_sync"}',
)
mutate(
    "ex7-io-type",
    "the label many_to_many of the application table, which is not one of four",
    old='{"many_to_many_async"}',
    new='{"many_to_many"}',
)
mutate(
    "ex7-io-type",
    "adds a second label to every row, to be safe",
    old="return set(labels[task.lower()])",
    new="return labels[task.lower()] | sync",
)


# === Exercise 8 ============================================================================


@right("ex8-unit-root", "np.linalg.lstsq, the trend counted from 0")
def adf_stat(x, lags, regression="c"):
    x = np.asarray(x, dtype=float)
    if regression not in ("n", "c", "ct"):
        raise ValueError(f"unknown regression {regression!r}")
    if lags < 0:
        raise ValueError("lags must not be negative")
    dx = np.diff(x)
    y = dx[lags:]
    columns = [x[lags:-1]]
    columns += [dx[lags - j : len(dx) - j] for j in range(1, lags + 1)]
    if "c" in regression:
        columns.append(np.ones(len(y)))
    if "t" in regression:
        columns.append(np.arange(len(y)))
    if len(y) <= len(columns):
        raise ValueError("x is too short")
    design = np.column_stack(columns)
    beta = np.linalg.lstsq(design, y, rcond=None)[0]
    resid = y - design @ beta
    s2 = resid @ resid / (len(y) - design.shape[1])
    return float(beta[0] / np.sqrt(s2 * np.linalg.inv(design.T @ design)[0, 0]))


@right("ex8-unit-root", "np.linalg.lstsq, the trend counted from 0")
def kpss_stat(x, lags, regression="c"):
    x = np.asarray(x, dtype=float)
    n = len(x)
    if regression not in ("c", "ct"):
        raise ValueError(f"unknown regression {regression!r}")
    if lags < 0 or lags >= n:
        raise ValueError("lags must be between 0 and n - 1")
    design = np.ones((n, 1)) if regression == "c" else np.c_[np.ones(n), np.arange(n)]
    e = x - design @ np.linalg.lstsq(design, x, rcond=None)[0]
    s2 = e @ e / n
    for j in range(1, lags + 1):
        s2 += 2 * (1 - j / (lags + 1)) * (e[j:] @ e[:-j]) / n
    return float((np.cumsum(e) ** 2).sum() / (n**2 * s2))


@right("ex8-unit-root", "QR, the trend counted from 1; np.polyfit for KPSS")
def adf_stat(x, lags, regression="c"):
    if regression not in {"n", "c", "ct"} or lags < 0:
        raise ValueError("bad regression or lags")
    level = [float(v) for v in x]
    rows, target = [], []
    for t in range(lags + 1, len(level)):
        row = [level[t - 1]]
        row += [level[t - j] - level[t - j - 1] for j in range(1, lags + 1)]
        row += {"n": [], "c": [1.0], "ct": [1.0, t - lags]}[regression]
        rows.append(row)
        target.append(level[t] - level[t - 1])
    if not rows or len(rows) <= len(rows[0]):
        raise ValueError("too few observations")
    # The last column of Q belongs to the level when it is put last.
    a, y = np.roll(np.array(rows), -1, axis=1), np.array(target)
    q, r = np.linalg.qr(a)
    beta = np.linalg.solve(r, q.T @ y)
    rest = y - a @ beta
    sigma = np.sqrt(rest @ rest / (len(y) - a.shape[1]))
    return float(beta[-1] * abs(r[-1, -1]) / sigma)


@right("ex8-unit-root", "QR, the trend counted from 1; np.polyfit for KPSS")
def kpss_stat(x, lags, regression="c"):
    degree = {"c": 0, "ct": 1}.get(regression)
    if degree is None:
        raise ValueError("regression must be 'c' or 'ct'")
    x = np.asarray(x, dtype=float)
    if lags < 0 or len(x) <= lags:
        raise ValueError("lags do not fit the length")
    t = np.arange(1, len(x) + 1)
    e = x - np.polyval(np.polyfit(t, x, degree), t)
    full = np.correlate(e, e, "full")[len(x) - 1 : len(x) + lags] / len(x)
    weights = 1 - np.arange(lags + 1) / (lags + 1)
    long_run = 2 * (weights * full).sum() - full[0]
    return float(np.mean(np.cumsum(e) ** 2) / (len(x) * long_run))


@right("ex8-unit-root", "statsmodels' OLS for both")
def adf_stat(x, lags, regression="c"):
    import statsmodels.api as sm

    if regression not in ("n", "c", "ct"):
        raise ValueError("regression must be 'n', 'c' or 'ct'")
    s = pd.Series(np.asarray(x, dtype=float))
    terms = 1 + lags + {"n": 0, "c": 1, "ct": 2}[regression]
    if lags < 0 or len(s) - 1 - lags <= terms:
        raise ValueError("lags is negative or too large")
    frame = pd.DataFrame({"y": s.diff(), "level": s.shift(1)})
    for j in range(1, lags + 1):
        frame[f"d{j}"] = s.diff().shift(j)
    frame = frame.dropna()
    if regression != "n":
        frame["const"] = 1.0
    if regression == "ct":
        frame["trend"] = np.arange(1.0, len(frame) + 1)
    fit = sm.OLS(frame["y"], frame.drop(columns="y")).fit()
    return float(fit.tvalues["level"])


@right("ex8-unit-root", "statsmodels' OLS for both")
def kpss_stat(x, lags, regression="c"):
    import statsmodels.api as sm

    x = np.asarray(x, dtype=float)
    n = x.size
    if regression not in ("c", "ct") or not 0 <= lags < n:
        raise ValueError("bad input")
    design = np.ones((n, 1))
    if regression == "ct":
        design = sm.add_constant(np.arange(n, dtype=float))
    e = np.asarray(sm.OLS(x, design).fit().resid)
    gammas = [np.sum(e[j:] * e[: n - j]) / n for j in range(lags + 1)]
    s2 = gammas[0] + 2 * sum((1 - j / (lags + 1)) * gammas[j] for j in range(1, lags + 1))
    return float(np.sum(e.cumsum() ** 2) / n**2 / s2)


@right("ex8-unit-root", "normal equations, residuals of y and level on the other regressors")
def adf_stat(x, lags, regression="c"):
    x = np.asarray(x, dtype=float)
    if regression not in ["n", "c", "ct"] or lags < 0:
        raise ValueError("bad regression or lags")
    d = x[1:] - x[:-1]
    m = len(d) - lags
    if m <= lags + 1 + len(regression.replace("n", "")):
        raise ValueError("x is too short for this many lags")
    others = [d[lags - j : lags - j + m] for j in range(1, lags + 1)]
    if regression != "n":
        others.append(np.ones(m))
    if regression == "ct":
        others.append(np.linspace(-1.0, 1.0, m))
    y, level = d[lags:], x[lags:-1]
    if others:
        z = np.column_stack(others)
        gram = np.linalg.inv(z.T @ z)
        y = y - z @ (gram @ (z.T @ y))
        level = level - z @ (gram @ (z.T @ level))
    b = (level @ y) / (level @ level)
    e = y - b * level
    df = m - 1 - len(others)
    return b / np.sqrt((e @ e) / df / (level @ level))


@wrong("ex8-unit-root", "regresses x on x[t-1] and reports phi / se instead of (phi - 1) / se")
def adf_stat(x, lags, regression="c"):
    x = np.asarray(x, dtype=float)
    dx = np.diff(x)
    y = x[lags + 1 :]
    n_det = {"n": 0, "c": 1, "ct": 2}.get(regression, -1)
    if n_det < 0 or lags < 0 or len(y) <= 1 + lags + n_det:
        raise ValueError("bad input")
    columns = [x[lags:-1], *(dx[lags - j : len(dx) - j] for j in range(1, lags + 1))]
    columns += [np.ones(len(y)), np.arange(len(y))][:n_det]
    a = np.column_stack(columns)
    beta = np.linalg.lstsq(a, y, rcond=None)[0]
    e = y - a @ beta
    s2 = e @ e / (len(y) - a.shape[1])
    return float(beta[0] / np.sqrt(s2 * np.linalg.inv(a.T @ a)[0, 0]))


@wrong("ex8-unit-root", "lagged differences one step too late: the first one is the target itself")
def adf_stat(x, lags, regression="c"):
    x = np.asarray(x, dtype=float)
    dx = np.diff(x)
    y = dx[lags:]
    n_det = {"n": 0, "c": 1, "ct": 2}.get(regression, -1)
    if n_det < 0 or lags < 0 or len(y) <= 1 + lags + n_det:
        raise ValueError("bad input")
    columns = [x[lags:-1], *(dx[lags - j : len(dx) - j] for j in range(lags))]
    columns += [np.ones(len(y)), np.arange(len(y))][:n_det]
    a = np.column_stack(columns)
    beta = np.linalg.lstsq(a, y, rcond=None)[0]
    e = y - a @ beta
    s2 = max(e @ e, 1e-20) / (len(y) - a.shape[1])
    return float(beta[0] / np.sqrt(s2 * np.linalg.pinv(a.T @ a)[0, 0]))


@wrong("ex8-unit-root", "keeps the first steps and puts 0 for differences that are not known")
def adf_stat(x, lags, regression="c"):
    x = np.asarray(x, dtype=float)
    y = np.diff(x)
    n_det = {"n": 0, "c": 1, "ct": 2}.get(regression, -1)
    if n_det < 0 or lags < 0 or len(y) - lags <= 1 + lags + n_det:
        raise ValueError("bad input")
    columns = [x[:-1]]
    columns += [np.concatenate([np.zeros(j), y[:-j]]) for j in range(1, lags + 1)]
    columns += [np.ones(len(y)), np.arange(len(y))][:n_det]
    a = np.column_stack(columns)
    beta = np.linalg.lstsq(a, y, rcond=None)[0]
    e = y - a @ beta
    s2 = e @ e / (len(y) - a.shape[1])
    return float(beta[0] / np.sqrt(s2 * np.linalg.inv(a.T @ a)[0, 0]))


@wrong("ex8-unit-root", "lagged levels instead of lagged differences, and t of the first one")
def adf_stat(x, lags, regression="c"):
    x = np.asarray(x, dtype=float)
    dx = np.diff(x)
    y = dx[lags:]
    n_det = {"n": 0, "c": 1, "ct": 2}.get(regression, -1)
    if n_det < 0 or lags < 0 or len(y) <= 1 + lags + n_det:
        raise ValueError("bad input")
    columns = [x[lags - j : len(x) - 1 - j] for j in range(lags + 1)]
    columns += [np.ones(len(y)), np.arange(len(y))][:n_det]
    a = np.column_stack(columns)
    beta = np.linalg.lstsq(a, y, rcond=None)[0]
    e = y - a @ beta
    s2 = e @ e / (len(y) - a.shape[1])
    return float(beta[0] / np.sqrt(s2 * np.linalg.inv(a.T @ a)[0, 0]))


@wrong("ex8-unit-root", "leaves the lagged differences out: a plain Dickey-Fuller test")
def adf_stat(x, lags, regression="c"):
    x = np.asarray(x, dtype=float)
    y = np.diff(x)
    n_det = {"n": 0, "c": 1, "ct": 2}.get(regression, -1)
    if n_det < 0 or lags < 0 or len(y) - lags <= 1 + lags + n_det:
        raise ValueError("bad input")
    a = np.column_stack([x[:-1], np.ones(len(y)), np.arange(len(y))][: n_det + 1])
    beta = np.linalg.lstsq(a, y, rcond=None)[0]
    e = y - a @ beta
    s2 = e @ e / (len(y) - a.shape[1])
    return float(beta[0] / np.sqrt(s2 * np.linalg.inv(a.T @ a)[0, 0]))


@wrong("ex8-unit-root", "KPSS with the plain variance: ignores lags")
def kpss_stat(x, lags, regression="c"):
    x = np.asarray(x, dtype=float)
    n = len(x)
    if regression not in ("c", "ct") or not 0 <= lags < n or n < 3:
        raise ValueError("bad input")
    t = np.arange(n)
    e = x - x.mean() if regression == "c" else x - np.polyval(np.polyfit(t, x, 1), t)
    return float((np.cumsum(e) ** 2).sum() / (n**2 * (e @ e / n)))


mutate(
    "ex8-unit-root",
    "returns the coefficient instead of its t-ratio",
    old="beta[0] / np.sqrt(covariance[0, 0])",
    new="beta[0]",
)
mutate(
    "ex8-unit-root",
    "divides the residual sum of squares by n, without degrees of freedom",
    old="/ (m - q)",
    new="/ m",
)
mutate(
    "ex8-unit-root",
    "ADF leaves the trend out of 'ct'",
    old='"ct": [np.ones(m), np.arange(1.0, m + 1)]',
    new='"ct": [np.ones(m)]',
)
mutate(
    "ex8-unit-root",
    "keeps the constant for 'n'",
    old='"n": []',
    new='"n": [np.ones(m)]',
)
mutate(
    "ex8-unit-root",
    "Bartlett weights 1 - j / lags: the last lag weighs 0",
    old="(1 - j / (lags + 1))",
    new="(1 - j / lags)",
)
mutate(
    "ex8-unit-root",
    "equal weights for all lags in the long-run variance",
    old="(1 - j / (lags + 1))",
    new="1.0",
)
mutate(
    "ex8-unit-root",
    "counts each autocovariance once instead of twice",
    old="s2 += 2 / n",
    new="s2 += 1 / n",
)
mutate(
    "ex8-unit-root",
    "KPSS subtracts only the mean for 'ct'",
    old='(x.mean() if regression == "c" else np.polyval(np.polyfit(t, x, 1), t))',
    new="x.mean()",
)
mutate(
    "ex8-unit-root",
    "sums of the series instead of sums of the residuals",
    old="e.cumsum()",
    new="x.cumsum()",
)
mutate(
    "ex8-unit-root",
    "divides by n instead of n squared",
    old="n**2 * s2",
    new="n * s2",
)
mutate(
    "ex8-unit-root",
    "takes every regression but 'ct' for 'c'",
    old='regression not in ("c", "ct") or not 0',
    new="not 0",
)
mutate(
    "ex8-unit-root",
    "ADF with a trend but without a constant in 'ct'",
    old='"ct": [np.ones(m), np.arange(1.0, m + 1)]',
    new='"ct": [np.arange(1.0, m + 1)]',
)


@wrong("ex8-unit-root", "KPSS asks a Series by label", raises=KeyError)
def kpss_stat(x, lags, regression="c"):
    n = len(x)
    if regression not in ("c", "ct") or not 0 <= lags < n:
        raise ValueError("bad arguments")
    values = np.array([float(x[t]) for t in range(n)])
    X = np.column_stack([np.ones(n), np.arange(n)])[:, : len(regression)]
    e = values - X @ np.linalg.lstsq(X, values, rcond=None)[0]
    s2 = e @ e / n
    for k in range(1, lags + 1):
        s2 += 2 / n * (1 - k / (lags + 1)) * (e[k:] @ e[:-k])
    return float(np.sum(np.cumsum(e) ** 2) / (n**2 * s2))


# === Exercise 9 ============================================================================


@right("ex9-verdict", "nested ifs")
def stationarity_verdict(adf_p, kpss_p, alpha=0.05):
    for p in (adf_p, kpss_p):
        if not 0 <= p <= 1:
            raise ValueError(f"a p-value must be between 0 and 1, got {p}")
    if not 0 < alpha < 1:
        raise ValueError("alpha must be between 0 and 1")
    if adf_p < alpha:
        if kpss_p < alpha:
            return "conflict"
        return "stationary"
    if kpss_p < alpha:
        return "unit_root"
    return "inconclusive"


@right("ex9-verdict", "a dict of the four cases")
def stationarity_verdict(adf_p, kpss_p, alpha=0.05):
    values = np.array([adf_p, kpss_p], dtype=float)
    if np.isnan(values).any() or values.min() < 0 or values.max() > 1:
        raise ValueError("p-values must lie in [0, 1]")
    if np.isnan(alpha) or alpha <= 0 or alpha >= 1:
        raise ValueError("alpha must lie in (0, 1)")
    cases = {
        (True, False): "stationary",
        (False, True): "unit_root",
        (True, True): "conflict",
        (False, False): "inconclusive",
    }
    return cases[bool(adf_p < alpha), bool(kpss_p < alpha)]


@right("ex9-verdict", "an enumeration of strings")
def stationarity_verdict(adf_p, kpss_p, alpha=0.05):
    from enum import StrEnum

    class Verdict(StrEnum):
        STATIONARY = "stationary"
        UNIT_ROOT = "unit_root"
        CONFLICT = "conflict"
        INCONCLUSIVE = "inconclusive"

    if not (0 <= adf_p <= 1 and 0 <= kpss_p <= 1 and 0 < alpha < 1):
        raise ValueError("p-values or alpha out of range")
    rejected = (adf_p < alpha) + 2 * (kpss_p < alpha)
    order = [Verdict.INCONCLUSIVE, Verdict.STATIONARY, Verdict.UNIT_ROOT, Verdict.CONFLICT]
    return order[rejected]


@right("ex9-verdict", "match on the two decisions")
def stationarity_verdict(adf_p, kpss_p, alpha=0.05):
    if not (alpha > 0 and alpha < 1):
        raise ValueError("alpha")
    if not (adf_p >= 0 and adf_p <= 1 and kpss_p >= 0 and kpss_p <= 1):
        raise ValueError("p")
    match (bool(adf_p < alpha), bool(kpss_p < alpha)):
        case (True, False):
            return "stationary"
        case (False, True):
            return "unit_root"
        case (True, True):
            return "conflict"
        case _:
            return "inconclusive"


@wrong("ex9-verdict", "takes the null of KPSS for a unit root, as ADF's is")
def stationarity_verdict(adf_p, kpss_p, alpha=0.05):
    if not (0 <= adf_p <= 1 and 0 <= kpss_p <= 1 and 0 < alpha < 1):
        raise ValueError("out of range")
    if adf_p < alpha:
        return "stationary" if kpss_p < alpha else "conflict"
    return "inconclusive" if kpss_p < alpha else "unit_root"


@wrong("ex9-verdict", "rejects at p = alpha: <= instead of <")
def stationarity_verdict(adf_p, kpss_p, alpha=0.05):
    if not (0 <= adf_p <= 1 and 0 <= kpss_p <= 1 and 0 < alpha < 1):
        raise ValueError("out of range")
    if adf_p <= alpha:
        return "conflict" if kpss_p <= alpha else "stationary"
    return "unit_root" if kpss_p <= alpha else "inconclusive"


@wrong("ex9-verdict", "< for ADF, but <= for KPSS")
def stationarity_verdict(adf_p, kpss_p, alpha=0.05):
    if not (0 <= adf_p <= 1 and 0 <= kpss_p <= 1 and 0 < alpha < 1):
        raise ValueError("out of range")
    if adf_p < alpha:
        return "conflict" if kpss_p <= alpha else "stationary"
    return "unit_root" if kpss_p <= alpha else "inconclusive"


@wrong("ex9-verdict", "looks at ADF only")
def stationarity_verdict(adf_p, kpss_p, alpha=0.05):
    if not (0 <= adf_p <= 1 and 0 <= kpss_p <= 1 and 0 < alpha < 1):
        raise ValueError("out of range")
    return "stationary" if adf_p < alpha else "unit_root"


@wrong("ex9-verdict", "calls a conflict stationary")
def stationarity_verdict(adf_p, kpss_p, alpha=0.05):
    if not (0 <= adf_p <= 1 and 0 <= kpss_p <= 1 and 0 < alpha < 1):
        raise ValueError("out of range")
    if adf_p < alpha:
        return "stationary"
    return "unit_root" if kpss_p < alpha else "inconclusive"


@wrong("ex9-verdict", "swaps conflict and inconclusive")
def stationarity_verdict(adf_p, kpss_p, alpha=0.05):
    if not (0 <= adf_p <= 1 and 0 <= kpss_p <= 1 and 0 < alpha < 1):
        raise ValueError("out of range")
    if (adf_p < alpha) == (kpss_p < alpha):
        return "inconclusive" if adf_p < alpha else "conflict"
    return "stationary" if adf_p < alpha else "unit_root"


@wrong("ex9-verdict", "takes 'not rejected' for proof: no evidence at all becomes unit_root")
def stationarity_verdict(adf_p, kpss_p, alpha=0.05):
    if not (0 <= adf_p <= 1 and 0 <= kpss_p <= 1 and 0 < alpha < 1):
        raise ValueError("out of range")
    if adf_p < alpha:
        return "conflict" if kpss_p < alpha else "stationary"
    return "unit_root"


@wrong("ex9-verdict", "compares with 0.05 whatever alpha is")
def stationarity_verdict(adf_p, kpss_p, alpha=0.05):
    if not (0 <= adf_p <= 1 and 0 <= kpss_p <= 1 and 0 < alpha < 1):
        raise ValueError("out of range")
    if adf_p < 0.05:
        return "conflict" if kpss_p < 0.05 else "stationary"
    return "unit_root" if kpss_p < 0.05 else "inconclusive"


mutate(
    "ex9-verdict",
    "lets NaN through, because every comparison with NaN is false",
    old="if not 0 <= p <= 1:",
    new="if p < 0 or p > 1:",
)
mutate(
    "ex9-verdict",
    "checks ADF's p-value only",
    old='(("adf_p", adf_p), ("kpss_p", kpss_p))',
    new='(("adf_p", adf_p),)',
)
mutate(
    "ex9-verdict",
    "accepts alpha = 0 and alpha = 1",
    old="if not 0 < alpha < 1:",
    new="if not 0 <= alpha <= 1:",
)
mutate(
    "ex9-verdict",
    "refuses p = 0 and p = 1, which software prints for extreme statistics",
    old="if not 0 <= p <= 1:",
    new="if not 0 < p < 1:",
    raises=ValueError,
)
