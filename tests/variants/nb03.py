"""Answers to the exercises of notebook 03, as students write them.

Every function runs in the notebook's namespace, which has what the setup cell imports and the
exercise's own solution, but no answers to other exercises; what else it needs, it imports itself.
"""

# All answers to an exercise bear its name:
# ruff: noqa: F811

import numpy as np
import pandas as pd
from scipy.stats import jarque_bera, norm
from statsmodels.stats.diagnostic import acorr_ljungbox
from statsmodels.tsa.arima.model import ARIMA
from statsmodels.tsa.stattools import acf as library_acf

import helpers
from tests.variants import mutate, right, wrong

# === Exercise 1 ============================================================================


@right("ex1-arima-polynomial", "np.polynomial, padded: its products drop zeros at the end")
def arima_polynomial(ar, d=0, seasonal_ar=(), D=0, s=1):
    if min(d, D) < 0 or s < 1:
        raise ValueError("d and D must not be negative, and s must be at least 1")
    P = np.polynomial.Polynomial
    B = P([0, 1])
    phi = P([1.0, *[-value for value in ar]])
    seasonal = P([1.0, *[-value for value in seasonal_ar]])(B**s)
    product = phi * seasonal * (1 - B) ** d * (1 - B**s) ** D
    coef = np.zeros(len(ar) + s * len(seasonal_ar) + d + s * D + 1)
    coef[: len(product.coef)] = product.coef
    return coef


@right("ex1-arima-polynomial", "np.poly1d on reversed coefficients, turned round and padded")
def arima_polynomial(ar, d=0, seasonal_ar=(), D=0, s=1):
    if d < 0 or D < 0:
        raise ValueError("negative number of differences")
    if s < 1:
        raise ValueError("the season must be at least 1 long")
    seasonal = [1.0] + [0.0] * (s * len(seasonal_ar))
    for k, value in enumerate(seasonal_ar, start=1):
        seasonal[k * s] = -value
    p = np.poly1d([*[-value for value in ar][::-1], 1.0]) * np.poly1d(seasonal[::-1])
    p *= np.poly1d([-1, 1]) ** d
    p *= np.poly1d([-1] + [0] * (s - 1) + [1]) ** D
    low_first = p.coefficients[::-1]
    missing = len(ar) + len(seasonal) + d + s * D - len(low_first)
    return np.concatenate([low_first, np.zeros(missing)])


@right("ex1-arima-polynomial", "the response of four filters to an impulse")
def arima_polynomial(ar, d=0, seasonal_ar=(), D=0, s=1):
    from scipy.signal import lfilter

    if d < 0 or D < 0 or s < 1:
        raise ValueError(f"bad d={d}, D={D} or s={s}")
    ar, seasonal_ar = np.asarray(ar, dtype=float), np.asarray(seasonal_ar, dtype=float)
    out = np.zeros(len(ar) + s * len(seasonal_ar) + d + s * D + 1)
    out[0] = 1
    out = lfilter(np.concatenate([[1.0], -ar]), [1], out)
    seasonal = np.kron(np.r_[1.0, -seasonal_ar], np.r_[1.0, np.zeros(s - 1)])
    out = lfilter(seasonal, [1], out)
    for _ in range(d):
        out = lfilter([1, -1], [1], out)
    for _ in range(D):
        out[s:] = out[s:] - out[:-s]
    return out


@right("ex1-arima-polynomial", "binomial coefficients, and products in plain Python")
def arima_polynomial(ar, d=0, seasonal_ar=(), D=0, s=1):
    from math import comb

    if s < 1 or d < 0 or D < 0:
        raise ValueError("bad input")

    def times(a, b):
        product = [0.0] * (len(a) + len(b) - 1)
        for i, one in enumerate(a):
            for j, other in enumerate(b):
                product[i + j] += one * other
        return product

    def spread(a):
        wide = [0.0] * ((len(a) - 1) * s + 1)
        wide[::s] = a
        return wide

    left = times([1.0] + [-v for v in ar], spread([1.0] + [-v for v in seasonal_ar]))
    left = times(left, [(-1) ** k * comb(d, k) for k in range(d + 1)])
    left = times(left, spread([(-1) ** k * comb(D, k) for k in range(D + 1)]))
    return np.array(left)


@wrong("ex1-arima-polynomial", "adds the polynomials instead of multiplying them")
def arima_polynomial(ar, d=0, seasonal_ar=(), D=0, s=1):
    if d < 0 or D < 0 or s < 1:
        raise ValueError("bad input")
    total = np.zeros(len(ar) + s * len(seasonal_ar) + d + s * D + 1)
    total[0] = 1
    for i, value in enumerate(ar, start=1):
        total[i] -= value
    for k, value in enumerate(seasonal_ar, start=1):
        total[k * s] -= value
    total[1] -= d
    total[s] -= D
    return total


@wrong("ex1-arima-polynomial", "no cross terms: both AR parts into one array, then differences")
def arima_polynomial(ar, d=0, seasonal_ar=(), D=0, s=1):
    if d < 0 or D < 0 or s < 1:
        raise ValueError("bad input")
    coef = np.zeros(len(ar) + s * len(seasonal_ar) + 1)
    coef[0] = 1
    coef[1 : len(ar) + 1] -= np.asarray(ar, dtype=float)
    coef[s : s * len(seasonal_ar) + 1 : s] -= np.asarray(seasonal_ar, dtype=float)
    for _ in range(d):
        coef = np.convolve(coef, [1, -1])
    for _ in range(D):
        coef = np.convolve(coef, np.r_[1, np.zeros(s - 1), -1])
    return coef


@wrong("ex1-arima-polynomial", "(1 - B)^s for the seasonal difference")
def arima_polynomial(ar, d=0, seasonal_ar=(), D=0, s=1):
    if d < 0 or D < 0 or s < 1:
        raise ValueError("bad input")
    seasonal = np.zeros(s * len(seasonal_ar) + 1)
    seasonal[0] = 1
    seasonal[s::s] = -np.asarray(seasonal_ar, dtype=float)
    coef = np.convolve(np.r_[1, -np.asarray(ar, dtype=float)], seasonal)
    for _ in range(d + s * D):
        coef = np.convolve(coef, [1, -1])
    return coef


@wrong("ex1-arima-polynomial", "np.poly1d, which drops zeros at the end")
def arima_polynomial(ar, d=0, seasonal_ar=(), D=0, s=1):
    if d < 0 or D < 0 or s < 1:
        raise ValueError("bad input")
    seasonal = np.zeros(s * len(seasonal_ar) + 1)
    seasonal[0] = 1
    seasonal[s::s] = -np.asarray(seasonal_ar, dtype=float)
    p = np.poly1d(np.r_[1, -np.asarray(ar, dtype=float)][::-1]) * np.poly1d(seasonal[::-1])
    p = p * np.poly1d([-1, 1]) ** d * np.poly1d(np.r_[-1, np.zeros(s - 1), 1]) ** D
    return p.coefficients[::-1]


@wrong("ex1-arima-polynomial", "drops zeros at the end of the seasonal part")
def arima_polynomial(ar, d=0, seasonal_ar=(), D=0, s=1):
    if d < 0 or D < 0 or s < 1:
        raise ValueError("bad input")
    coef = np.r_[1, -np.asarray(ar, dtype=float)]
    for _ in range(d):
        coef = np.convolve(coef, [1, -1])
    if s == 1:
        coef = np.convolve(coef, np.r_[1, -np.asarray(seasonal_ar, dtype=float)])
        for _ in range(D):
            coef = np.convolve(coef, [1, -1])
        return coef
    seasonal = {0: 1.0} | {s * k: -value for k, value in enumerate(seasonal_ar, 1) if value}
    wide = np.zeros(max(seasonal) + 1)
    wide[list(seasonal)] = list(seasonal.values())
    for _ in range(D):
        wide = np.convolve(wide, np.r_[1, np.zeros(s - 1), -1])
    return np.convolve(coef, wide)


@wrong("ex1-arima-polynomial", "seasonal coefficients at lags 1 to P: ignores s")
def arima_polynomial(ar, d=0, seasonal_ar=(), D=0, s=1):
    if d < 0 or D < 0 or s < 1:
        raise ValueError("bad input")
    seasonal = np.zeros(s * len(seasonal_ar) + 1)
    seasonal[0] = 1
    seasonal[1 : len(seasonal_ar) + 1] = -np.asarray(seasonal_ar, dtype=float)
    coef = np.convolve(np.r_[1, -np.asarray(ar, dtype=float)], seasonal)
    for _ in range(d):
        coef = np.convolve(coef, [1, -1])
    for _ in range(D):
        coef = np.convolve(coef, np.r_[1, np.zeros(s - 1), -1])
    return coef


@wrong("ex1-arima-polynomial", "seasonal coefficients at lags s, s + 1, ...: right for one of them")
def arima_polynomial(ar, d=0, seasonal_ar=(), D=0, s=1):
    if d < 0 or D < 0 or s < 1:
        raise ValueError("bad input")
    seasonal = np.zeros(s * len(seasonal_ar) + 1)
    seasonal[0] = 1
    seasonal[s : s + len(seasonal_ar)] = -np.asarray(seasonal_ar, dtype=float)
    coef = np.convolve(np.r_[1, -np.asarray(ar, dtype=float)], seasonal)
    for _ in range(d):
        coef = np.convolve(coef, [1, -1])
    for _ in range(D):
        coef = np.convolve(coef, np.r_[1, np.zeros(s - 1), -1])
    return coef


@wrong("ex1-arima-polynomial", "one difference of lag sD instead of D differences of lag s")
def arima_polynomial(ar, d=0, seasonal_ar=(), D=0, s=1):
    if d < 0 or D < 0 or s < 1:
        raise ValueError("bad input")
    coef = arima_ar_part(ar, seasonal_ar, s)
    for _ in range(d):
        coef = np.convolve(coef, [1, -1])
    if D > 0:
        coef = np.convolve(coef, np.r_[1, np.zeros(s * D - 1), -1])
    return coef


@wrong("ex1-arima-polynomial", "one difference of lag sD instead of D differences of lag s")
def arima_ar_part(ar, seasonal_ar, s):
    seasonal = np.zeros(s * len(seasonal_ar) + 1)
    seasonal[0] = 1
    seasonal[s::s] = -np.asarray(seasonal_ar, dtype=float)
    return np.convolve(np.r_[1, -np.asarray(ar, dtype=float)], seasonal)


@wrong("ex1-arima-polynomial", "an array of the coefficients' type: differences of integers only")
def arima_polynomial(ar, d=0, seasonal_ar=(), D=0, s=1):
    if d < 0 or D < 0 or s < 1:
        raise ValueError("bad input")
    coef = np.zeros(len(ar) + s * len(seasonal_ar) + d + s * D + 1, dtype=int)
    coef[0] = 1
    coef[1 : len(ar) + 1] = [-value for value in ar]
    for k in range(len(coef) - 1, s - 1, -1):
        for i, value in enumerate(seasonal_ar, start=1):
            if k - i * s >= 0:
                coef[k] -= value * coef[k - i * s]
    for _ in range(d):
        coef[1:] = coef[1:] - coef[:-1]
    for _ in range(D):
        coef[s:] = coef[s:] - coef[:-s]
    return coef


@wrong(
    "ex1-arima-polynomial",
    "changes the signs of the coefficients in the caller's arrays",
    raises=ValueError,
)
def arima_polynomial(ar, d=0, seasonal_ar=(), D=0, s=1):
    if d < 0 or D < 0 or s < 1:
        raise ValueError("bad input")
    ar, seasonal_ar = np.asarray(ar, dtype=float), np.asarray(seasonal_ar, dtype=float)
    ar *= -1
    seasonal_ar *= -1
    coef = np.convolve(np.r_[1, ar], np.kron(np.r_[1, seasonal_ar], np.r_[1, np.zeros(s - 1)]))
    coef = coef[: len(ar) + s * len(seasonal_ar) + 1]
    for _ in range(d):
        coef = np.convolve(coef, [1, -1])
    for _ in range(D):
        coef = np.convolve(coef, np.r_[1, np.zeros(s - 1), -1])
    return coef


@wrong("ex1-arima-polynomial", "-ar of a list", raises=TypeError)
def arima_polynomial(ar, d=0, seasonal_ar=(), D=0, s=1):
    if d < 0 or D < 0 or s < 1:
        raise ValueError("bad input")
    coef = np.concatenate([[1.0], -ar])
    for k, value in enumerate(seasonal_ar, start=1):
        factor = np.zeros(k * s + 1)
        factor[0], factor[k * s] = 1, -value
        coef = np.convolve(coef, factor)
    for _ in range(d):
        coef = np.convolve(coef, [1, -1])
    for _ in range(D):
        coef = np.convolve(coef, np.r_[1, np.zeros(s - 1), -1])
    return coef


@wrong("ex1-arima-polynomial", "one factor 1 - ΦB^ks for each seasonal coefficient")
def arima_polynomial(ar, d=0, seasonal_ar=(), D=0, s=1):
    if d < 0 or D < 0 or s < 1:
        raise ValueError("bad input")
    coef = np.r_[1.0, -np.asarray(ar, dtype=float)]
    for k, value in enumerate(seasonal_ar, start=1):
        factor = np.zeros(k * s + 1)
        factor[0], factor[k * s] = 1, -value
        coef = np.convolve(coef, factor)
    for _ in range(d):
        coef = np.convolve(coef, [1, -1])
    for _ in range(D):
        coef = np.convolve(coef, np.r_[1, np.zeros(s - 1), -1])
    return coef


@wrong("ex1-arima-polynomial", "1 - dB: a binomial with its first two terms")
def arima_polynomial(ar, d=0, seasonal_ar=(), D=0, s=1):
    if d < 0 or D < 0 or s < 1:
        raise ValueError("bad input")
    seasonal = np.zeros(s * len(seasonal_ar) + 1)
    seasonal[0] = 1
    seasonal[s::s] = -np.asarray(seasonal_ar, dtype=float)
    coef = np.convolve(np.r_[1, -np.asarray(ar, dtype=float)], seasonal)
    if d:
        coef = np.convolve(coef, np.r_[1, -d, np.zeros(d - 1)])
    if D:
        coef = np.convolve(coef, np.r_[1, np.zeros(s - 1), -D, np.zeros(s * D - s)])
    return coef


@wrong("ex1-arima-polynomial", "refuses an empty ar", raises=ValueError)
def arima_polynomial(ar, d=0, seasonal_ar=(), D=0, s=1):
    if d < 0 or D < 0 or s < 1 or len(ar) == 0:
        raise ValueError("bad input")
    coef = np.r_[1.0, -np.asarray(ar, dtype=float)]
    seasonal = np.zeros(s * len(seasonal_ar) + 1)
    seasonal[0] = 1
    seasonal[s::s] = -np.asarray(seasonal_ar, dtype=float)
    coef = np.convolve(coef, seasonal)
    for _ in range(d):
        coef = np.convolve(coef, [1, -1])
    for _ in range(D):
        coef = np.convolve(coef, np.r_[1, np.zeros(s - 1), -1])
    return coef


@wrong("ex1-arima-polynomial", "a season of length 1 is no season: ignores its part")
def arima_polynomial(ar, d=0, seasonal_ar=(), D=0, s=1):
    if d < 0 or D < 0 or s < 1:
        raise ValueError("bad input")
    coef = np.r_[1.0, -np.asarray(ar, dtype=float)]
    for _ in range(d):
        coef = np.convolve(coef, [1, -1])
    if s > 1:
        seasonal = np.zeros(s * len(seasonal_ar) + 1)
        seasonal[0] = 1
        seasonal[s::s] = -np.asarray(seasonal_ar, dtype=float)
        coef = np.convolve(coef, seasonal)
        for _ in range(D):
            coef = np.convolve(coef, np.r_[1, np.zeros(s - 1), -1])
    return coef


@wrong("ex1-arima-polynomial", "asks a Series of coefficients by label", raises=KeyError)
def arima_polynomial(ar, d=0, seasonal_ar=(), D=0, s=1):
    if d < 0 or D < 0 or s < 1:
        raise ValueError("bad input")
    coef = np.zeros(len(ar) + 1)
    coef[0] = 1
    for i in range(len(ar)):
        coef[i + 1] = -ar[i]
    seasonal = np.zeros(s * len(seasonal_ar) + 1)
    seasonal[0] = 1
    for k in range(len(seasonal_ar)):
        seasonal[(k + 1) * s] = -seasonal_ar[k]
    coef = np.convolve(coef, seasonal)
    for _ in range(d):
        coef = np.convolve(coef, [1, -1])
    for _ in range(D):
        coef = np.convolve(coef, np.r_[1, np.zeros(s - 1), -1])
    return coef


mutate(
    "ex1-arima-polynomial",
    "+φ: does not change the signs of ar",
    old="np.r_[1, -np.asarray(ar",
    new="np.r_[1, np.asarray(ar",
)
mutate(
    "ex1-arima-polynomial",
    "+Φ: does not change the signs of seasonal_ar",
    old="= -np.asarray(seasonal_ar",
    new="= np.asarray(seasonal_ar",
)
mutate(
    "ex1-arima-polynomial",
    "1 + B for a difference",
    old="np.convolve(result, [1, -1])",
    new="np.convolve(result, [1, 1])",
)
mutate(
    "ex1-arima-polynomial",
    "-1 + B: the coefficients of a difference in reversed order",
    old="np.convolve(result, [1, -1])",
    new="np.convolve(result, [-1, 1])",
)
mutate(
    "ex1-arima-polynomial",
    "1 + B^s for the seasonal difference",
    old="np.zeros(s - 1), -1]",
    new="np.zeros(s - 1), 1]",
)
mutate(
    "ex1-arima-polynomial",
    "the seasonal difference one lag too long",
    old="np.zeros(s - 1), -1]",
    new="np.zeros(s), -1]",
)
mutate(
    "ex1-arima-polynomial",
    "the highest power first",
    old="return result",
    new="return result[::-1]",
)
mutate(
    "ex1-arima-polynomial",
    "drops zeros at the end",
    old="return result",
    new="return np.trim_zeros(result, 'b')",
)
mutate(
    "ex1-arima-polynomial",
    "without the constant term",
    old="return result",
    new="return result[1:]",
)
mutate(
    "ex1-arima-polynomial",
    "the coefficients a of the recursion instead of those of the polynomial",
    old="return result",
    new="return np.r_[1, -result[1:]]",
)
mutate(
    "ex1-arima-polynomial",
    "at most one difference",
    old="for _ in range(d):",
    new="for _ in range(min(d, 1)):",
)
mutate(
    "ex1-arima-polynomial",
    "at most one seasonal difference",
    old="for _ in range(D):",
    new="for _ in range(min(D, 1)):",
)
mutate(
    "ex1-arima-polynomial",
    "d seasonal differences instead of D",
    old="for _ in range(D):",
    new="for _ in range(d):",
)
mutate(
    "ex1-arima-polynomial",
    "takes d < 0 for no difference",
    old="if d < 0 or D < 0",
    new="if D < 0",
)
mutate(
    "ex1-arima-polynomial",
    "takes D < 0 for no difference",
    old="d < 0 or D < 0 or",
    new="d < 0 or",
)
mutate(
    "ex1-arima-polynomial",
    "leaves s to NumPy, which takes a negative one while nothing is seasonal",
    old="d < 0 or D < 0 or s < 1:",
    new="d < 0 or D < 0:",
)


# === Exercise 2 ============================================================================


@right("ex2-psi-weights", "the response of an ARMA filter to an impulse, d running sums")
def psi_weights(ar, ma, d, n):
    from scipy.signal import lfilter

    if d < 0:
        raise ValueError("d must not be negative")
    if n < 1:
        raise ValueError("n must be at least 1")
    impulse = np.zeros(n)
    impulse[0] = 1
    psi = lfilter(np.r_[1.0, np.asarray(ma)], np.r_[1.0, -np.asarray(ar, dtype=float)], impulse)
    for _ in range(d):
        psi = lfilter([1], [1, -1], psi)
    return psi


@right("ex2-psi-weights", "the recursion, its coefficients multiplied out, padded with zeros")
def psi_weights(ar, ma, d, n):
    if n < 1 or d < 0:
        raise ValueError("bad n or d")
    left = np.r_[1.0, -np.asarray(ar, dtype=float)]
    for _ in range(d):
        left = np.convolve(left, [1, -1])
    a = -left[1:]
    m = len(a)
    theta = np.zeros(n)
    theta[0] = 1
    q = min(len(ma), n - 1)
    theta[1 : q + 1] = np.asarray(ma, dtype=float)[:q]
    psi = np.zeros(m + n)
    for j in range(n):
        psi[m + j] = theta[j] + a @ psi[j : m + j][::-1]
    return psi[m:]


@right("ex2-psi-weights", "division of power series: subtracts multiples of the left side")
def psi_weights(ar, ma, d, n):
    if d < 0 or n < 1:
        raise ValueError("bad d or n")
    left = [1.0] + [-float(phi) for phi in ar]
    for _ in range(d):
        left = [a - b for a, b in zip([*left, 0.0], [0.0, *left], strict=True)]
    rest = ([1.0] + [float(theta) for theta in ma] + [0.0] * (n + len(left)))[: n + len(left)]
    psi = []
    for j in range(n):
        psi.append(rest[j])
        for i, value in enumerate(left):
            rest[j + i] -= psi[j] * value
    return np.array(psi)


@right("ex2-psi-weights", "the library's arma2ma")
def psi_weights(ar, ma, d, n):
    from statsmodels.tsa.arima_process import arma2ma

    if d < 0 or n < 1:
        raise ValueError("bad d or n")
    left = np.concatenate([[1.0], -np.asarray(ar, dtype=float)])
    for _ in range(d):
        left = np.convolve(left, [1, -1])
    return arma2ma(left, np.concatenate([[1.0], np.asarray(ma, dtype=float)]), n)


@right("ex2-psi-weights", "powers of a companion matrix")
def psi_weights(ar, ma, d, n):
    if d < 0 or n < 1:
        raise ValueError("bad d or n")
    left = np.r_[1.0, -np.asarray(ar, dtype=float)]
    for _ in range(d):
        left = np.convolve(left, [1, -1])
    a = [-float(value) for value in left[1:]]
    m = max(len(a), len(ma) + 1)
    T = np.eye(m, k=1)
    T[: len(a), 0] = a
    state = np.zeros(m)
    state[0] = 1
    state[1 : len(ma) + 1] = ma
    psi = []
    for _ in range(n):
        psi.append(state[0])
        state = T @ state
    return np.array(psi)


@wrong("ex2-psi-weights", "the π-weights: divides the AR by the MA polynomial")
def psi_weights(ar, ma, d, n):
    from scipy.signal import lfilter

    if d < 0 or n < 1:
        raise ValueError("bad input")
    left = np.r_[1.0, -np.asarray(ar, dtype=float)]
    for _ in range(d):
        left = np.convolve(left, [1, -1])
    left = left
    return lfilter(left, np.r_[1.0, np.asarray(ma, dtype=float)], np.r_[1.0, np.zeros(n - 1)])


@wrong("ex2-psi-weights", "a has p + d coefficients, but the sum stops after p of them")
def psi_weights(ar, ma, d, n):
    if d < 0 or n < 1:
        raise ValueError("bad input")
    left = np.r_[1.0, -np.asarray(ar, dtype=float)]
    for _ in range(d):
        left = np.convolve(left, [1, -1])
    a, theta = -left[1:], [1.0, *ma]
    psi = []
    for j in range(n):
        weight = theta[j] if j < len(theta) else 0.0
        weight += sum(a[i - 1] * psi[j - i] for i in range(1, min(j, len(ar)) + 1))
        psi.append(weight)
    return np.array(psi)


@wrong("ex2-psi-weights", "ψ_j = φ^j: takes every model for an AR(1)")
def psi_weights(ar, ma, d, n):
    if d < 0 or n < 1:
        raise ValueError("bad input")
    phi = float(np.asarray(ar)[0]) if len(ar) else 0.0
    psi = phi ** np.arange(n)
    for j, theta in enumerate(ma, start=1):
        psi[j:] += theta * (phi ** np.arange(n))[: n - j] if j < n else 0
    for _ in range(d):
        psi = np.cumsum(psi)
    return psi


@wrong("ex2-psi-weights", "adds θ after the recursion, so that φ does not carry it on")
def psi_weights(ar, ma, d, n):
    from scipy.signal import lfilter

    if d < 0 or n < 1:
        raise ValueError("bad input")
    left = np.r_[1.0, -np.asarray(ar, dtype=float)]
    for _ in range(d):
        left = np.convolve(left, [1, -1])
    psi = lfilter([1], left, np.r_[1.0, np.zeros(n - 1)])
    theta = np.asarray(ma, dtype=float)[: n - 1]
    psi[1 : len(theta) + 1] += theta
    return psi


@wrong("ex2-psi-weights", "θ one place too early: the MA part starts at ψ0")
def psi_weights(ar, ma, d, n):
    if d < 0 or n < 1:
        raise ValueError("bad input")
    left = np.r_[1.0, -np.asarray(ar, dtype=float)]
    for _ in range(d):
        left = np.convolve(left, [1, -1])
    a, psi = -left[1:], []
    for j in range(n):
        weight = 1.0 if j == 0 else (list(ma)[j] if j < len(ma) else 0.0)
        weight += sum(a[i - 1] * psi[j - i] for i in range(1, min(j, len(a)) + 1))
        psi.append(weight)
    return np.array(psi)


@wrong("ex2-psi-weights", "the MA part beyond q: an index that does not exist", raises=IndexError)
def psi_weights(ar, ma, d, n):
    if d < 0 or n < 1:
        raise ValueError("bad input")
    left = np.r_[1.0, -np.asarray(ar, dtype=float)]
    for _ in range(d):
        left = np.convolve(left, [1, -1])
    a, theta = -left[1:], [1.0, *ma]
    psi = []
    for j in range(n):
        psi.append(theta[j] + sum(a[i - 1] * psi[j - i] for i in range(1, min(j, len(a)) + 1)))
    return np.array(psi)


@wrong("ex2-psi-weights", "room for n weights, but writes all q of them", raises=IndexError)
def psi_weights(ar, ma, d, n):
    from scipy.signal import lfilter

    if d < 0 or n < 1:
        raise ValueError("bad input")
    left = np.r_[1.0, -np.asarray(ar, dtype=float)]
    for _ in range(d):
        left = np.convolve(left, [1, -1])
    theta = np.zeros(n)
    theta[0] = 1
    for j, value in enumerate(ma, start=1):
        theta[j] = value
    return lfilter([1], left, theta)


@wrong("ex2-psi-weights", "at least q + 1 weights, also when n is smaller")
def psi_weights(ar, ma, d, n):
    from scipy.signal import lfilter

    if d < 0 or n < 1:
        raise ValueError("bad input")
    left = np.r_[1.0, -np.asarray(ar, dtype=float)]
    for _ in range(d):
        left = np.convolve(left, [1, -1])
    theta = np.r_[1.0, np.asarray(ma, dtype=float), np.zeros(max(n - len(ma) - 1, 0))]
    return lfilter([1], left, theta)


@wrong("ex2-psi-weights", "negative indices wrap round when n is smaller than p + d")
def psi_weights(ar, ma, d, n):
    if d < 0 or n < 1:
        raise ValueError("bad input")
    left = np.r_[1.0, -np.asarray(ar, dtype=float)]
    for _ in range(d):
        left = np.convolve(left, [1, -1])
    a = -left[1:]
    psi = np.zeros(n)
    psi[0] = 1
    for j in range(1, n):
        if j <= len(ma):
            psi[j] = np.asarray(ma)[j - 1]
        for i in range(1, min(n, len(a)) + 1):
            psi[j] += a[i - 1] * psi[j - i]
    return psi


@wrong("ex2-psi-weights", "differences for running sums")
def psi_weights(ar, ma, d, n):
    from scipy.signal import lfilter

    if d < 0 or n < 1:
        raise ValueError("bad input")
    impulse = np.r_[1.0, np.zeros(n - 1)]
    left = np.r_[1.0, -np.asarray(ar, dtype=float)]
    psi = lfilter(np.r_[1.0, np.asarray(ma, dtype=float)], left, impulse)
    for _ in range(d):
        psi = np.diff(psi, prepend=0.0)
    return psi


@wrong("ex2-psi-weights", "one running sum whatever d is, if it is not 0")
def psi_weights(ar, ma, d, n):
    from scipy.signal import lfilter

    if d < 0 or n < 1:
        raise ValueError("bad input")
    impulse = np.r_[1.0, np.zeros(n - 1)]
    left = np.r_[1.0, -np.asarray(ar, dtype=float)]
    psi = lfilter(np.r_[1.0, np.asarray(ma, dtype=float)], left, impulse)
    return np.cumsum(psi) if d else psi


@wrong("ex2-psi-weights", "d ones more among the AR coefficients: φ(B) - B for φ(B)(1 - B)")
def psi_weights(ar, ma, d, n):
    if d < 0 or n < 1:
        raise ValueError("bad input")
    a, theta, psi = [*ar, *[1.0] * d], [1.0, *ma], []
    for j in range(n):
        weight = theta[j] if j < len(theta) else 0.0
        psi.append(weight + sum(a[i] * psi[j - 1 - i] for i in range(min(j, len(a)))))
    return np.array(psi)


@wrong("ex2-psi-weights", "refuses a model that is not stationary", raises=ValueError)
def psi_weights(ar, ma, d, n):
    from scipy.signal import lfilter

    if d < 0 or n < 1:
        raise ValueError("bad input")
    left = np.r_[1.0, -np.asarray(ar, dtype=float)]
    if (abs(np.roots(left)) >= 1).any():
        raise ValueError("the AR part is not stationary")
    psi = lfilter(np.r_[1.0, np.asarray(ma, dtype=float)], left, np.r_[1.0, np.zeros(n - 1)])
    for _ in range(d):
        psi = np.cumsum(psi)
    return psi


@wrong("ex2-psi-weights", "refuses a model that is not invertible", raises=ValueError)
def psi_weights(ar, ma, d, n):
    from scipy.signal import lfilter

    if d < 0 or n < 1:
        raise ValueError("bad input")
    left = np.r_[1.0, -np.asarray(ar, dtype=float)]
    for _ in range(d):
        left = np.convolve(left, [1, -1])
    theta = np.r_[1.0, np.asarray(ma, dtype=float)]
    if (abs(np.roots(theta)) >= 1).any():
        raise ValueError("the MA part is not invertible")
    return lfilter(theta, left, np.r_[1.0, np.zeros(n - 1)])


@wrong("ex2-psi-weights", "n weights, but ψ1 to ψn")
def psi_weights(ar, ma, d, n):
    from scipy.signal import lfilter

    if d < 0 or n < 1:
        raise ValueError("bad input")
    left = np.r_[1.0, -np.asarray(ar, dtype=float)]
    for _ in range(d):
        left = np.convolve(left, [1, -1])
    theta = np.r_[1.0, np.asarray(ma, dtype=float)]
    return lfilter(theta, left, np.r_[1.0, np.zeros(n)])[1:]


@wrong("ex2-psi-weights", "rounds to four decimals as the example does")
def psi_weights(ar, ma, d, n):
    from scipy.signal import lfilter

    if d < 0 or n < 1:
        raise ValueError("bad input")
    left = np.r_[1.0, -np.asarray(ar, dtype=float)]
    for _ in range(d):
        left = np.convolve(left, [1, -1])
    theta = np.r_[1.0, np.asarray(ma, dtype=float)]
    psi = lfilter(theta, left, np.r_[1.0, np.zeros(n - 1)])
    return np.round(psi, 4)


@wrong("ex2-psi-weights", "changes the signs of ar in the caller's array", raises=ValueError)
def psi_weights(ar, ma, d, n):
    from scipy.signal import lfilter

    if d < 0 or n < 1:
        raise ValueError("bad input")
    ar = np.asarray(ar, dtype=float)
    ar *= -1
    theta = np.r_[1.0, np.asarray(ma, dtype=float)]
    psi = lfilter(theta, np.r_[1.0, ar], np.r_[1.0, np.zeros(n - 1)])
    for _ in range(d):
        psi = psi.cumsum()
    return psi


@wrong("ex2-psi-weights", "glues [1] + ma: adds 1 to a Series")
def psi_weights(ar, ma, d, n):
    if d < 0 or n < 1:
        raise ValueError("bad input")
    left = np.r_[1.0, -np.asarray(ar, dtype=float)]
    for _ in range(d):
        left = np.convolve(left, [1, -1])
    one = [1.0]
    theta = list(one + ma) if len(ma) else one
    a, psi = -left[1:], []
    for j in range(n):
        weight = theta[j] if j < len(theta) else 0.0
        psi.append(weight + sum(a[i] * psi[j - 1 - i] for i in range(min(j, len(a)))))
    return np.array(psi)


@wrong("ex2-psi-weights", "asks a Series of coefficients by label", raises=KeyError)
def psi_weights(ar, ma, d, n):
    if d < 0 or n < 1:
        raise ValueError("bad input")
    psi = np.zeros(n)
    psi[0] = 1
    for j in range(1, n):
        if j <= len(ma):
            psi[j] = ma[j - 1]
        for i in range(1, min(j, len(ar)) + 1):
            psi[j] += ar[i - 1] * psi[j - i]
    for _ in range(d):
        psi = np.cumsum(psi)
    return psi


mutate(
    "ex2-psi-weights",
    "ignores d",
    old="for _ in range(d):",
    new="for _ in range(0):",
)
mutate(
    "ex2-psi-weights",
    "one running sum too many",
    old="for _ in range(d):",
    new="for _ in range(d + 1):",
)
mutate(
    "ex2-psi-weights",
    "starts at ψ1",
    old="return psi",
    new="return psi[1:]",
)
mutate(
    "ex2-psi-weights",
    "the minus signs of Box and Jenkins for θ",
    old="[1.0, *ma]",
    new="[1.0, *[-theta for theta in ma]]",
)
mutate(
    "ex2-psi-weights",
    "the sign of the polynomial for φ",
    old="sum(phi * psi",
    new="sum(-phi * psi",
)
mutate(
    "ex2-psi-weights",
    "ψ0 = 0: forgets the 1 of the MA polynomial",
    old="[1.0, *ma]",
    new="[0.0, *ma]",
)
mutate(
    "ex2-psi-weights",
    "one weight too few",
    old="for j in range(n):",
    new="for j in range(n - 1):",
)
mutate(
    "ex2-psi-weights",
    "one weight too many",
    old="for j in range(n):",
    new="for j in range(n + 1):",
)
mutate(
    "ex2-psi-weights",
    "no AR term that reaches back to ψ0",
    old="if i <= j",
    new="if i < j",
)
mutate(
    "ex2-psi-weights",
    "the last MA coefficient is left out",
    old="j < len(theta)",
    new="j < max(len(theta) - 1, 1)",
)
mutate(
    "ex2-psi-weights",
    "an array of integers for the weights",
    old="psi = np.array(psi)",
    new="psi = np.array(psi).astype(int)",
)
mutate(
    "ex2-psi-weights",
    "takes d < 0 for no difference",
    old="d < 0 or n < 1",
    new="n < 1",
)
mutate(
    "ex2-psi-weights",
    "returns an empty array for n < 1",
    old="d < 0 or n < 1",
    new="d < 0",
)
mutate(
    "ex2-psi-weights",
    "returns an empty array for n = 0",
    old="n < 1:",
    new="n < 0:",
)
mutate(
    "ex2-psi-weights",
    "refuses n = 1",
    old="n < 1:",
    new="n <= 1:",
    raises=ValueError,
)


# === Exercise 3 ============================================================================


@right("ex3-arima-residuals", "two filters: one for the differences, one for the constant")
def arima_residuals(x, ar, ma, d=0, const=0.0):
    from scipy.signal import lfilter

    x = np.asarray(x, dtype=float)
    if d < 0:
        raise ValueError("d must not be negative")
    if len(x) <= d:
        raise ValueError("x is too short")
    w = np.diff(x, n=d)
    phi = np.r_[1.0, -np.asarray(ar, dtype=float)]
    theta = np.r_[1.0, np.asarray(ma, dtype=float)]
    return lfilter(phi, theta, w) - lfilter([1.0], theta, np.full(len(w), float(const)))


@right("ex3-arima-residuals", "arrays with zeros in front, and dot products with reversed slices")
def arima_residuals(x, ar, ma, d=0, const=0.0):
    x, ar, ma = (np.array(a, dtype=float) for a in (x, ar, ma))
    n, p, q = len(x), len(ar), len(ma)
    if d < 0 or n <= d:
        raise ValueError(f"need 0 <= d < {n}")
    for _ in range(d):
        x = x[1:] - x[:-1]
    w = np.concatenate([np.zeros(p), x])
    eps = np.zeros(q + n - d)
    for t in range(n - d):
        eps[q + t] = w[p + t] - const - ar @ w[t : p + t][::-1] - ma @ eps[t : q + t][::-1]
    return eps[q:]


@right("ex3-arima-residuals", "one polynomial on x, which is continued backwards without a change")
def arima_residuals(x, ar, ma, d=0, const=0.0):
    from scipy.signal import lfilter

    x = [float(value) for value in x]
    if d < 0 or len(x) <= d:
        raise ValueError("d does not fit")
    step = (np.poly1d([1, -1]) ** d).coefficients
    poly = np.convolve(np.r_[1.0, -np.asarray(ar, dtype=float)], step)
    before = list(x[:d])
    for _ in range(len(ar)):  # values before the sample that make the d-th difference zero
        new = -sum(step[d - k] * before[k - 1] for k in range(1, d + 1)) / step[d] if d else 0.0
        before.insert(0, new)
    values = before[: len(ar)] + x
    m = len(poly) - 1
    right_side = [
        sum(poly[i] * values[t - i] for i in range(m + 1)) - const for t in range(m, len(values))
    ]
    return lfilter([1.0], [1.0, *ma], right_side)


@right("ex3-arima-residuals", "a linear system: one triangular matrix for each polynomial")
def arima_residuals(x, ar, ma, d=0, const=0.0):
    from scipy.linalg import solve_triangular

    values = np.asarray(list(x), dtype=np.float64)
    if d < 0 or values.size <= d:
        raise ValueError("d out of range")
    w = np.diff(values, d)
    size = len(w)
    left, right = np.eye(size), np.eye(size)
    for i, phi in enumerate(ar, start=1):
        left -= phi * np.eye(size, k=-i)
    for j, theta in enumerate(ma, start=1):
        right += theta * np.eye(size, k=-j)
    return solve_triangular(right, left @ w - const, lower=True)


@right("ex3-arima-residuals", "one-step forecasts first, then what they missed")
def arima_residuals(x, ar, ma, d=0, const=0.0):
    w = pd.Series(np.array(x, dtype=float))
    if d < 0 or len(w) <= d:
        raise ValueError("x too short, or d negative")
    for _ in range(d):
        w = w.diff().iloc[1:]
    w = w.tolist()
    explained = [
        const + sum(phi * w[t - i] for i, phi in enumerate(ar, 1) if i <= t) for t in range(len(w))
    ]
    errors = []
    for t, value in enumerate(w):
        known = errors[::-1]
        forecast = explained[t] + sum(theta * e for theta, e in zip(ma, known, strict=False))
        errors.append(value - forecast)
    return np.array(errors)


@wrong("ex3-arima-residuals", "takes const for the mean: works with deviations from it")
def arima_residuals(x, ar, ma, d=0, const=0.0):
    from scipy.signal import lfilter

    x = np.asarray(x, dtype=float)
    if d < 0 or len(x) <= d:
        raise ValueError("bad d")
    w = np.diff(x, n=d) - const
    return lfilter(np.r_[1.0, -np.asarray(ar, dtype=float)], np.r_[1.0, ma], w)


@wrong("ex3-arima-residuals", "takes const for the mean: μ(1 - Σφ) inside the recursion")
def arima_residuals(x, ar, ma, d=0, const=0.0):
    x = np.asarray(x, dtype=float)
    if d < 0 or len(x) <= d:
        raise ValueError("bad d")
    ar, ma, w = list(ar), list(ma), np.diff(x, n=d)
    const = const * (1 - sum(ar))
    eps = np.zeros(len(w))
    for t in range(len(w)):
        past = sum(phi * w[t - i] for i, phi in enumerate(ar, start=1) if i <= t)
        past += sum(theta * eps[t - j] for j, theta in enumerate(ma, start=1) if j <= t)
        eps[t] = w[t] - const - past
    return eps


@wrong("ex3-arima-residuals", "subtracts the sample mean of the differences")
def arima_residuals(x, ar, ma, d=0, const=0.0):
    from scipy.signal import lfilter

    x = np.asarray(x, dtype=float)
    if d < 0 or len(x) <= d:
        raise ValueError("bad d")
    w = np.diff(x, n=d)
    w = w - w.mean()
    theta = np.r_[1.0, np.asarray(ma, dtype=float)]
    eps = lfilter(np.r_[1.0, -np.asarray(ar, dtype=float)], theta, w)
    return eps - lfilter([1.0], theta, np.full(len(w), float(const)))


@wrong("ex3-arima-residuals", "the constant after the MA recursion, so that it is not carried on")
def arima_residuals(x, ar, ma, d=0, const=0.0):
    from scipy.signal import lfilter

    x = np.asarray(x, dtype=float)
    if d < 0 or len(x) <= d:
        raise ValueError("bad d")
    theta = np.r_[1.0, np.asarray(ma, dtype=float)]
    return lfilter(np.r_[1.0, -np.asarray(ar, dtype=float)], theta, np.diff(x, n=d)) - const


@wrong("ex3-arima-residuals", "subtracts the constant from x before it differences")
def arima_residuals(x, ar, ma, d=0, const=0.0):
    from scipy.signal import lfilter

    x = np.asarray(x, dtype=float) - const
    if d < 0 or len(x) <= d:
        raise ValueError("bad d")
    theta = np.r_[1.0, np.asarray(ma, dtype=float)]
    return lfilter(np.r_[1.0, -np.asarray(ar, dtype=float)], theta, np.diff(x, n=d))


@wrong("ex3-arima-residuals", "drops the first p residuals")
def arima_residuals(x, ar, ma, d=0, const=0.0):
    x = np.asarray(x, dtype=float)
    if d < 0 or len(x) <= d:
        raise ValueError("bad d")
    p, w = len(ar), np.diff(x, n=d)
    eps = np.zeros(len(w))
    for t in range(p, len(w)):
        eps[t] = w[t] - const - sum(phi * w[t - i] for i, phi in enumerate(ar, start=1))
        eps[t] -= sum(theta * eps[t - j] for j, theta in enumerate(ma, start=1) if j <= t)
    return eps[p:]


@wrong("ex3-arima-residuals", "the first p residuals are zero: starts where all lags are known")
def arima_residuals(x, ar, ma, d=0, const=0.0):
    x = np.asarray(x, dtype=float)
    if d < 0 or len(x) <= d:
        raise ValueError("bad d")
    p, w = len(ar), np.diff(x, n=d)
    eps = np.zeros(len(w))
    for t in range(p, len(w)):
        eps[t] = w[t] - const - sum(phi * w[t - i] for i, phi in enumerate(ar, start=1))
        eps[t] -= sum(theta * eps[t - j] for j, theta in enumerate(ma, start=1) if j <= t)
    return eps


@wrong("ex3-arima-residuals", "no MA part until all q shocks are known")
def arima_residuals(x, ar, ma, d=0, const=0.0):
    from scipy.signal import lfilter

    x = np.asarray(x, dtype=float)
    if d < 0 or len(x) <= d:
        raise ValueError("bad d")
    q, w = len(ma), np.diff(x, n=d)
    eps = lfilter(np.r_[1.0, -np.asarray(ar, dtype=float)], [1.0], w) - const
    for t in range(q, len(w)):
        eps[t] -= sum(theta * eps[t - j] for j, theta in enumerate(ma, start=1))
    return eps


@wrong("ex3-arima-residuals", "the first value stands for all values before the sample")
def arima_residuals(x, ar, ma, d=0, const=0.0):
    x = np.asarray(x, dtype=float)
    if d < 0 or len(x) <= d:
        raise ValueError("bad d")
    ar, ma, w = list(ar), list(ma), np.diff(x, n=d)
    eps = np.zeros(len(w))
    for t in range(len(w)):
        past = sum(phi * w[max(t - i, 0)] for i, phi in enumerate(ar, start=1))
        past += sum(theta * eps[t - j] for j, theta in enumerate(ma, start=1) if j <= t)
        eps[t] = w[t] - const - past
    return eps


@wrong("ex3-arima-residuals", "negative indices wrap round to the end", raises=IndexError)
def arima_residuals(x, ar, ma, d=0, const=0.0):
    x = np.asarray(x, dtype=float)
    if d < 0 or len(x) <= d:
        raise ValueError("bad d")
    ar, ma, w = list(ar), list(ma), np.diff(x, n=d)
    eps = np.zeros(len(w))
    for t in range(len(w)):
        eps[t] = w[t] - const
        for i in range(len(ar)):
            eps[t] -= ar[i] * w[t - i - 1]
        for j in range(len(ma)):
            eps[t] -= ma[j] * eps[t - j - 1]
    return eps


@wrong(
    "ex3-arima-residuals",
    "AR lags guarded, shocks not: more of them than values",
    raises=IndexError,
)
def arima_residuals(x, ar, ma, d=0, const=0.0):
    x = np.asarray(x, dtype=float)
    if d < 0 or len(x) <= d:
        raise ValueError("bad d")
    w = np.diff(x, n=d)
    eps = np.zeros(len(w))
    for t in range(len(w)):
        eps[t] = w[t] - const
        eps[t] -= sum(phi * w[t - i] for i, phi in enumerate(ar, start=1) if i <= t)
        eps[t] -= sum(theta * eps[t - j] for j, theta in enumerate(ma, start=1))
    return eps


@wrong("ex3-arima-residuals", "uses w for the past shocks")
def arima_residuals(x, ar, ma, d=0, const=0.0):
    from scipy.signal import lfilter

    x = np.asarray(x, dtype=float)
    if d < 0 or len(x) <= d:
        raise ValueError("bad d")
    w = np.diff(x, n=d)
    eps = lfilter(np.r_[1.0, -np.asarray(ar, dtype=float)], [1.0], w) - const
    for j, theta in enumerate(ma, start=1):
        if j < len(w):
            eps[j:] -= theta * w[:-j]
    return eps


@wrong("ex3-arima-residuals", "subtracts the MA part of what the AR part left, all at once")
def arima_residuals(x, ar, ma, d=0, const=0.0):
    from scipy.signal import lfilter

    x = np.asarray(x, dtype=float)
    if d < 0 or len(x) <= d:
        raise ValueError("bad d")
    first = lfilter(np.r_[1.0, -np.asarray(ar, dtype=float)], [1.0], np.diff(x, n=d)) - const
    return lfilter(np.r_[1.0, -np.asarray(ma, dtype=float)], [1.0], first)


@wrong("ex3-arima-residuals", "looks ahead: runs the recursion from the end")
def arima_residuals(x, ar, ma, d=0, const=0.0):
    from scipy.signal import lfilter

    x = np.asarray(x, dtype=float)
    if d < 0 or len(x) <= d:
        raise ValueError("bad d")
    w, theta = np.diff(x, n=d)[::-1], np.r_[1.0, np.asarray(ma, dtype=float)]
    eps = lfilter(np.r_[1.0, -np.asarray(ar, dtype=float)], theta, w)
    return (eps - lfilter([1.0], theta, np.full(len(w), float(const))))[::-1]


@wrong("ex3-arima-residuals", "residuals of maximum likelihood: another start than zeros")
def arima_residuals(x, ar, ma, d=0, const=0.0):
    x = np.asarray(x, dtype=float)
    if d < 0 or len(x) <= d:
        raise ValueError("bad d")
    w, mu = np.diff(x, n=d), const / (1 - sum(ar))
    model = ARIMA(w, order=(len(ar), 0, len(ma)), trend="c")
    return model.filter([mu, *ar, *ma, 1.0]).resid


@wrong("ex3-arima-residuals", "one difference of lag d instead of d differences")
def arima_residuals(x, ar, ma, d=0, const=0.0):
    from scipy.signal import lfilter

    x = np.asarray(x, dtype=float)
    if d < 0 or len(x) <= d:
        raise ValueError("bad d")
    w = x[d:] - x[: len(x) - d] if d else x
    theta = np.r_[1.0, np.asarray(ma, dtype=float)]
    eps = lfilter(np.r_[1.0, -np.asarray(ar, dtype=float)], theta, w)
    return eps - lfilter([1.0], theta, np.full(len(w), float(const)))


@wrong("ex3-arima-residuals", "keeps the length n: the first differences are the values")
def arima_residuals(x, ar, ma, d=0, const=0.0):
    from scipy.signal import lfilter

    x = np.asarray(x, dtype=float)
    if d < 0 or len(x) <= d:
        raise ValueError("bad d")
    theta = np.r_[1.0, np.asarray(ma, dtype=float)]
    left = np.r_[1.0, -np.asarray(ar, dtype=float)]
    for _ in range(d):
        left = np.convolve(left, [1, -1])
    eps = lfilter(left, theta, x)
    return eps - lfilter([1.0], theta, np.full(len(x), float(const)))


@wrong("ex3-arima-residuals", "one polynomial on x: zeros before x, not before w")
def arima_residuals(x, ar, ma, d=0, const=0.0):
    from scipy.signal import lfilter

    x = np.asarray(x, dtype=float)
    if d < 0 or len(x) <= d:
        raise ValueError("bad d")
    theta = np.r_[1.0, np.asarray(ma, dtype=float)]
    left = np.r_[1.0, -np.asarray(ar, dtype=float)]
    for _ in range(d):
        left = np.convolve(left, [1, -1])
    return lfilter([1.0], theta, np.convolve(x, left)[d : len(x)] - const)


@wrong("ex3-arima-residuals", "arrays of the input's type: residuals of integers are cut off")
def arima_residuals(x, ar, ma, d=0, const=0.0):
    if d < 0 or len(x) <= d:
        raise ValueError("bad d")
    w = np.diff(np.asarray(x), n=d)
    eps = np.zeros_like(w)
    for t in range(len(w)):
        past = sum(phi * w[t - i] for i, phi in enumerate(ar, start=1) if i <= t)
        past += sum(theta * eps[t - j] for j, theta in enumerate(ma, start=1) if j <= t)
        eps[t] = w[t] - const - past
    return eps


@wrong(
    "ex3-arima-residuals",
    "fills the caller's array with the residuals when d is 0",
    raises=ValueError,
)
def arima_residuals(x, ar, ma, d=0, const=0.0):
    w = np.asarray(x, dtype=float)
    if d < 0 or len(w) <= d:
        raise ValueError("bad d")
    for _ in range(d):
        w = w[1:] - w[:-1]
    old, eps = w.copy(), w
    for t in range(len(w)):
        eps[t] = old[t] - const
        eps[t] -= sum(phi * old[t - i] for i, phi in enumerate(ar, start=1) if i <= t)
        eps[t] -= sum(theta * eps[t - j] for j, theta in enumerate(ma, start=1) if j <= t)
    return eps


@wrong(
    "ex3-arima-residuals",
    "subtracts the constant in the caller's array when d is 0",
    raises=ValueError,
)
def arima_residuals(x, ar, ma, d=0, const=0.0):
    from scipy.signal import lfilter

    x = np.asarray(x, dtype=float)
    if d < 0 or len(x) <= d:
        raise ValueError("bad d")
    w = np.diff(x, n=d)
    before = w.copy()
    w -= const
    ar = np.asarray(ar, dtype=float)
    eps = w if len(ar) == 0 else w - lfilter(np.r_[0.0, ar], [1.0], before)
    return lfilter([1.0], np.r_[1.0, np.asarray(ma, dtype=float)], eps)


@wrong("ex3-arima-residuals", "differences a Series by its index: NaN")
def arima_residuals(x, ar, ma, d=0, const=0.0):
    from scipy.signal import lfilter

    if d < 0 or len(x) <= d:
        raise ValueError("bad d")
    x = x if isinstance(x, pd.Series) else np.asarray(x, dtype=float)
    for _ in range(d):
        x = x[1:] - x[:-1]
    w = np.asarray(x)
    theta = np.r_[1.0, np.asarray(ma, dtype=float)]
    eps = lfilter(np.r_[1.0, -np.asarray(ar, dtype=float)], theta, w)
    return eps - lfilter([1.0], theta, np.full(len(w), float(const)))


@wrong("ex3-arima-residuals", "asks a Series of values by label", raises=KeyError)
def arima_residuals(x, ar, ma, d=0, const=0.0):
    if d < 0 or len(x) <= d:
        raise ValueError("bad d")
    for _ in range(d):
        x = [x[t] - x[t - 1] for t in range(1, len(x))]
    eps = []
    for t in range(len(x)):
        e = x[t] - const
        e -= sum(phi * x[t - i] for i, phi in enumerate(ar, start=1) if i <= t)
        e -= sum(theta * eps[t - j] for j, theta in enumerate(ma, start=1) if j <= t)
        eps.append(e)
    return np.array(eps)


@wrong("ex3-arima-residuals", "asks a Series of coefficients by label", raises=KeyError)
def arima_residuals(x, ar, ma, d=0, const=0.0):
    x = np.asarray(x, dtype=float)
    if d < 0 or len(x) <= d:
        raise ValueError("bad d")
    w = np.diff(x, n=d)
    eps = np.zeros(len(w))
    for t in range(len(w)):
        eps[t] = w[t] - const
        eps[t] -= sum(ar[i] * w[t - 1 - i] for i in range(min(t, len(ar))))
        eps[t] -= sum(ma[j] * eps[t - 1 - j] for j in range(min(t, len(ma))))
    return eps


@wrong("ex3-arima-residuals", "at most two differences")
def arima_residuals(x, ar, ma, d=0, const=0.0):
    from scipy.signal import lfilter

    x = np.asarray(x, dtype=float)
    if d < 0 or len(x) <= d:
        raise ValueError("bad d")
    if d == 1:
        x = x[1:] - x[:-1]
    elif d >= 2:
        x = x[2:] - 2 * x[1:-1] + x[:-2]
    theta = np.r_[1.0, np.asarray(ma, dtype=float)]
    eps = lfilter(np.r_[1.0, -np.asarray(ar, dtype=float)], theta, x)
    return eps - lfilter([1.0], theta, np.full(len(x), float(const)))


@wrong("ex3-arima-residuals", "refuses more coefficients than values", raises=ValueError)
def arima_residuals(x, ar, ma, d=0, const=0.0):
    from scipy.signal import lfilter

    x = np.asarray(x, dtype=float)
    if d < 0 or len(x) <= d + max(len(ar), len(ma)):
        raise ValueError("x is too short")
    theta = np.r_[1.0, np.asarray(ma, dtype=float)]
    w = np.diff(x, n=d)
    eps = lfilter(np.r_[1.0, -np.asarray(ar, dtype=float)], theta, w)
    return eps - lfilter([1.0], theta, np.full(len(w), float(const)))


mutate(
    "ex3-arima-residuals",
    "`if ar` fails on a Series or on an array of two coefficients",
    old="list(ar), list(ma)",
    new="(list(ar) if ar else []), (list(ma) if ma else [])",
    raises=ValueError,
)
mutate(
    "ex3-arima-residuals",
    "not differenced",
    old="np.diff(x, n=d)",
    new="x[d:]",
)
mutate(
    "ex3-arima-residuals",
    "one difference too many",
    old="np.diff(x, n=d)",
    new="np.diff(x, n=d + 1)",
)
mutate(
    "ex3-arima-residuals",
    "at most one difference",
    old="np.diff(x, n=d)",
    new="np.diff(x, n=min(d, 1))",
)
mutate(
    "ex3-arima-residuals",
    "differences backwards: the earlier minus the later value",
    old="np.diff(x, n=d)",
    new="(-1) ** d * np.diff(x, n=d)",
)
mutate(
    "ex3-arima-residuals",
    "the sign of φ",
    old="sum(phi * w",
    new="sum(-phi * w",
)
mutate(
    "ex3-arima-residuals",
    "the minus signs of Box and Jenkins for θ",
    old="sum(theta * eps",
    new="sum(-theta * eps",
)
mutate(
    "ex3-arima-residuals",
    "adds the constant",
    old="w[t] - const",
    new="w[t] + const",
)
mutate(
    "ex3-arima-residuals",
    "forgets the constant",
    old="w[t] - const",
    new="w[t]",
)
mutate(
    "ex3-arima-residuals",
    "no constant at the first step",
    old="w[t] - const",
    new="w[t] - (const if t else 0)",
)
mutate(
    "ex3-arima-residuals",
    "no constant when there is a difference",
    old="w[t] - const",
    new="w[t] - (0 if d else const)",
)
mutate(
    "ex3-arima-residuals",
    "returns the one-step forecasts",
    old="= w[t] - const - past",
    new="= const + past",
)
mutate(
    "ex3-arima-residuals",
    "AR lags one too short: starts at the value itself",
    old="w[t - i]",
    new="w[t - i + 1]",
)
mutate(
    "ex3-arima-residuals",
    "the AR coefficients in reversed order",
    old="list(ar), list(ma)",
    new="list(ar)[::-1], list(ma)",
)
mutate(
    "ex3-arima-residuals",
    "the MA coefficients in reversed order",
    old="list(ar), list(ma)",
    new="list(ar), list(ma)[::-1]",
)
mutate(
    "ex3-arima-residuals",
    "the sign of a forecast error turned round",
    old="return eps",
    new="return -eps",
)
mutate(
    "ex3-arima-residuals",
    "NaN in front, so that the length is n",
    old="return eps",
    new="return np.r_[np.full(d, np.nan), eps]",
)
mutate(
    "ex3-arima-residuals",
    "takes d < 0 for no difference",
    old="if d < 0 or len(x) <= d:",
    new="d = max(d, 0)\n    if len(x) <= d:",
)
mutate(
    "ex3-arima-residuals",
    "an empty array when nothing is left",
    old="len(x) <= d:",
    new="len(x) < d:",
)
mutate(
    "ex3-arima-residuals",
    "tests the length only when it differences: takes an empty series",
    old="len(x) <= d:",
    new="0 < d >= len(x):",
)
mutate(
    "ex3-arima-residuals",
    "refuses a single difference",
    old="len(x) <= d:",
    new="len(x) <= d + 1:",
    raises=ValueError,
)


# === Exercise 4 ============================================================================


@right("ex4-arima-forecast", "one difference equation for the levels, continued backwards first")
def arima_forecast(x, ar, ma, d, const, steps):
    if d < 0 or len(x) <= d or steps < 1:
        raise ValueError("bad input")
    levels = [float(value) for value in x]
    step = (np.poly1d([1, -1]) ** d).coefficients
    a = -np.convolve(np.r_[1.0, -np.asarray(ar, dtype=float)], step)[1:]
    for _ in range(len(ar)):  # values before the sample that make the d-th difference zero
        new = -sum(step[d - k] * levels[k - 1] for k in range(1, d + 1)) / step[d] if d else 0.0
        levels.insert(0, new)
    eps = []
    for t in range(len(a), len(x) + len(ar) + steps):
        value = const + sum(a[i] * levels[t - 1 - i] for i in range(len(a)))
        value += sum(theta * e for theta, e in zip(ma, reversed(eps), strict=False))
        if t == len(levels):
            levels.append(value)
        eps.append(levels[t] - value)
    return np.array(levels[-steps:])


@right("ex4-arima-forecast", "a state that holds the last values and shocks, moved by a matrix")
def arima_forecast(x, ar, ma, d, const, steps):
    x = np.asarray(x, dtype=float)
    if not 0 <= d < len(x):
        raise ValueError("d out of range")
    if steps < 1:
        raise ValueError("steps must be at least 1")
    p, q = len(ar), len(ma)
    row = np.r_[const, np.asarray(ar, dtype=float), np.asarray(ma, dtype=float)]
    T = np.zeros((1 + p + q, 1 + p + q))
    T[0, 0] = 1
    T[2 : 1 + p, 1:p] = np.eye(max(p - 1, 0))
    T[2 + p :, 1 + p : p + q] = np.eye(max(q - 1, 0))
    state = np.r_[1.0, np.zeros(p + q)]
    future, observed = [], list(np.diff(x, n=d))
    for t in range(len(observed) + steps):
        value = row @ state
        new = observed[t] if t < len(observed) else value
        future.append(new)
        state = T @ state
        if p:
            state[1] = new
        if q:
            state[1 + p] = new - value
    result = np.array(future[len(observed) :])
    for k in range(d, 0, -1):
        result = np.diff(x, n=k - 1)[-1] + np.cumsum(result)
    return result


@right("ex4-arima-forecast", "lfilter for the residuals and, started from its past, the forecast")
def arima_forecast(x, ar, ma, d, const, steps):
    from scipy.signal import lfilter, lfiltic

    x = np.array(x, dtype=float)
    if d < 0 or d >= len(x) or steps < 1:
        raise ValueError("d or steps out of range")
    lasts, w = [], x
    for _ in range(d):
        lasts.append(w[-1])
        w = w[1:] - w[:-1]
    phi = np.concatenate([[1.0], -np.asarray(ar, dtype=float)])
    theta = np.concatenate([[1.0], np.asarray(ma, dtype=float)])
    eps = lfilter(phi, theta, w) - lfilter([1.0], theta, np.full(len(w), float(const)))
    known = np.concatenate([np.zeros(len(theta)), eps])
    drive = np.full(steps, float(const))
    for h in range(1, steps + 1):
        for j in range(h, len(theta)):
            drive[h - 1] += theta[j] * known[len(known) + h - 1 - j]
    past = np.concatenate([np.zeros(len(phi)), w])[::-1]
    forecast = drive
    if len(phi) > 1:
        forecast = lfilter([1.0], phi, drive, zi=lfiltic([1.0], phi, past))[0]
    for last in reversed(lasts):
        level, out = last, []
        for change in forecast:
            level += change
            out.append(level)
        forecast = np.array(out)
    return forecast


@right("ex4-arima-forecast", "calls itself for the differences until d is 0")
def arima_forecast(x, ar, ma, d, const, steps):
    x = [float(value) for value in x]
    if d < 0 or len(x) <= d or steps < 1:
        raise ValueError("bad input")
    if d > 0:
        changes = [x[t] - x[t - 1] for t in range(1, len(x))]
        return x[-1] + np.cumsum(arima_forecast(changes, ar, ma, d - 1, const, steps))
    n, eps = len(x), []
    for t in range(n + steps):
        value = const
        for i, phi in enumerate(ar, start=1):
            value += phi * x[t - i] if t >= i else 0.0
        for j, theta in enumerate(ma, start=1):
            value += theta * eps[t - j] if t >= j else 0.0
        if t < n:
            eps.append(x[t] - value)
        else:
            x.append(value)
            eps.append(0.0)
    return np.array(x[n:])


@wrong("ex4-arima-forecast", "works with deviations from c / (1 - Σφ), zero before the sample")
def arima_forecast(x, ar, ma, d, const, steps):
    x = np.asarray(x, dtype=float)
    if d < 0 or len(x) <= d or steps < 1:
        raise ValueError("bad input")
    mu = const / (1 - sum(ar))
    ar, ma, w, eps = list(ar), list(ma), list(np.diff(x, n=d) - mu), []
    for t in range(len(w) + steps):
        value = sum(phi * w[t - i] for i, phi in enumerate(ar, start=1) if i <= t)
        value += sum(theta * eps[t - j] for j, theta in enumerate(ma, start=1) if j <= t)
        if t == len(w):
            w.append(value)
        eps.append(w[t] - value)
    result = np.array(w[-steps:]) + mu
    for level in range(d - 1, -1, -1):
        result = np.diff(x, n=level)[-1] + np.cumsum(result)
    return result


@wrong("ex4-arima-forecast", "what AR and constant leave as shocks: no recursion for the residuals")
def arima_forecast(x, ar, ma, d, const, steps):
    from scipy.signal import lfilter

    x = np.asarray(x, dtype=float)
    if d < 0 or len(x) <= d or steps < 1:
        raise ValueError("bad input")
    w = list(np.diff(x, n=d))
    eps = list(lfilter(np.r_[1.0, -np.asarray(ar, dtype=float)], [1.0], w) - const)
    for _ in range(steps):
        value = const + sum(phi * w[-i] for i, phi in enumerate(ar, start=1) if i <= len(w))
        value += sum(theta * eps[-j] for j, theta in enumerate(ma, start=1) if j <= len(eps))
        w.append(value)
        eps.append(0.0)
    result = np.array(w[-steps:])
    for level in range(d - 1, -1, -1):
        result = np.diff(x, n=level)[-1] + np.cumsum(result)
    return result


@wrong("ex4-arima-forecast", "an array of the series' type: forecasts of integers are cut off")
def arima_forecast(x, ar, ma, d, const, steps):
    x = np.asarray(x)
    if d < 0 or len(x) <= d or steps < 1:
        raise ValueError("bad input")
    w = np.diff(x, n=d)
    n, eps = len(w), []
    w = np.concatenate([w, np.zeros(steps, dtype=w.dtype)])
    for t in range(n + steps):
        value = const + sum(phi * w[t - i] for i, phi in enumerate(ar, start=1) if i <= t)
        value += sum(theta * eps[t - j] for j, theta in enumerate(ma, start=1) if j <= t)
        if t >= n:
            w[t] = value
        eps.append(w[t] - value if t < n else 0.0)
    result = w[n:]
    for level in range(d - 1, -1, -1):
        result = np.diff(x, n=level)[-1] + np.cumsum(result)
    return result


@wrong("ex4-arima-forecast", "appends the forecasts to the caller's list")
def arima_forecast(x, ar, ma, d, const, steps):
    if d < 0 or len(x) <= d or steps < 1:
        raise ValueError("bad input")
    w = x if isinstance(x, list) and d == 0 else list(np.diff(np.asarray(x, dtype=float), n=d))
    n, eps = len(w), []
    for t in range(n + steps):
        value = const + sum(phi * w[t - i] for i, phi in enumerate(ar, start=1) if i <= t)
        value += sum(theta * eps[t - j] for j, theta in enumerate(ma, start=1) if j <= t)
        if t == len(w):
            w.append(value)
        eps.append(w[t] - value)
    result = np.array(w[-steps:])
    for level in range(d - 1, -1, -1):
        result = np.diff(x, n=level)[-1] + np.cumsum(result)
    return result


@wrong("ex4-arima-forecast", "takes the differences in the caller's array", raises=ValueError)
def arima_forecast(x, ar, ma, d, const, steps):
    x = np.asarray(x, dtype=float)
    if d < 0 or len(x) <= d or steps < 1:
        raise ValueError("bad input")
    w, lasts, eps = x, [], []
    for _ in range(d):
        lasts.append(w[-1])
        w[1:] = w[1:] - w[:-1]
        w = w[1:]
    w = list(w)
    for t in range(len(w) + steps):
        value = const + sum(phi * w[t - i] for i, phi in enumerate(ar, start=1) if i <= t)
        value += sum(theta * eps[t - j] for j, theta in enumerate(ma, start=1) if j <= t)
        if t == len(w):
            w.append(value)
        eps.append(w[t] - value)
    result = np.array(w[-steps:])
    for last in reversed(lasts):
        result = last + np.cumsum(result)
    return result


@wrong("ex4-arima-forecast", "asks a Series of values by label: -1 is no label", raises=KeyError)
def arima_forecast(x, ar, ma, d, const, steps):
    if d < 0 or len(x) <= d or steps < 1:
        raise ValueError("bad input")
    w, eps = list(np.diff(x, n=d)), []
    for t in range(len(w) + steps):
        value = const + sum(phi * w[t - i] for i, phi in enumerate(ar, start=1) if i <= t)
        value += sum(theta * eps[t - j] for j, theta in enumerate(ma, start=1) if j <= t)
        if t == len(w):
            w.append(value)
        eps.append(w[t] - value)
    result = np.array(w[-steps:], dtype=float)
    for level in range(d - 1, 0, -1):
        result = np.diff(x, n=level)[-1] + np.cumsum(result)
    return x[-1] + np.cumsum(result) if d else result


@wrong("ex4-arima-forecast", "asks a Series of values by label 0, 1, 2, ...", raises=KeyError)
def arima_forecast(x, ar, ma, d, const, steps):
    if d < 0 or len(x) <= d or steps < 1:
        raise ValueError("bad input")
    w, lasts, eps = [x[t] for t in range(len(x))], [], []
    for _ in range(d):
        lasts.append(w[-1])
        w = [w[t] - w[t - 1] for t in range(1, len(w))]
    for t in range(len(w) + steps):
        value = const + sum(phi * w[t - i] for i, phi in enumerate(ar, start=1) if i <= t)
        value += sum(theta * eps[t - j] for j, theta in enumerate(ma, start=1) if j <= t)
        if t == len(w):
            w.append(value)
        eps.append(w[t] - value)
    result = np.array(w[-steps:])
    for last in reversed(lasts):
        result = last + np.cumsum(result)
    return result


@wrong("ex4-arima-forecast", "asks a Series of coefficients by label", raises=KeyError)
def arima_forecast(x, ar, ma, d, const, steps):
    x = np.asarray(x, dtype=float)
    if d < 0 or len(x) <= d or steps < 1:
        raise ValueError("bad input")
    w, eps = list(np.diff(x, n=d)), []
    for t in range(len(w) + steps):
        value = const + sum(ar[i] * w[t - 1 - i] for i in range(min(t, len(ar))))
        value += sum(ma[j] * eps[t - 1 - j] for j in range(min(t, len(ma))))
        if t == len(w):
            w.append(value)
        eps.append(w[t] - value)
    result = np.array(w[-steps:])
    for level in range(d - 1, -1, -1):
        result = np.diff(x, n=level)[-1] + np.cumsum(result)
    return result


@wrong("ex4-arima-forecast", "the start of maximum likelihood for the residuals")
def arima_forecast(x, ar, ma, d, const, steps):
    x = np.asarray(x, dtype=float)
    if d < 0 or len(x) <= d or steps < 1:
        raise ValueError("bad input")
    w, mu = np.diff(x, n=d), const / (1 - sum(ar))
    model = ARIMA(w, order=(len(ar), 0, len(ma)), trend="c")
    result = model.filter([mu, *ar, *ma, 1.0]).forecast(steps)
    for level in range(d - 1, -1, -1):
        result = np.diff(x, n=level)[-1] + np.cumsum(result)
    return result


mutate(
    "ex4-arima-forecast",
    "`if ar` fails on a Series or on an array of two coefficients",
    old="list(ar), list(ma)",
    new="(list(ar) if ar else []), (list(ma) if ma else [])",
    raises=ValueError,
)
mutate(
    "ex4-arima-forecast",
    "forgets to integrate",
    old="range(d - 1, -1, -1)",
    new="range(0)",
)
mutate(
    "ex4-arima-forecast",
    "the levels in the wrong order: the last value first, then the last difference",
    old="range(d - 1, -1, -1)",
    new="range(d)",
)
mutate(
    "ex4-arima-forecast",
    "restores one level only: that of the values",
    old="range(d - 1, -1, -1)",
    new="range(min(d, 1) - 1, -1, -1)",
)
mutate(
    "ex4-arima-forecast",
    "at most two levels",
    old="range(d - 1, -1, -1)",
    new="range(min(d, 2) - 1, -1, -1)",
)
mutate(
    "ex4-arima-forecast",
    "each running sum starts from the last value of x",
    old="np.diff(x, n=level)[-1]",
    new="x[-1]",
)
mutate(
    "ex4-arima-forecast",
    "the last value plus each change: no running sum",
    old="np.cumsum(result)",
    new="result",
)
mutate(
    "ex4-arima-forecast",
    "the forecast of horizon 1 for all horizons",
    old="result = np.array(w[-steps:])",
    new="result = np.full(steps, w[-steps])",
)
mutate(
    "ex4-arima-forecast",
    "no MA part beyond horizon 1, also for q > 1",
    old="sum(theta * eps[t - j]",
    new="sum(theta * eps[t - j] * (t <= len(x) - d)",
)
mutate(
    "ex4-arima-forecast",
    "the first MA coefficient only beyond the end",
    old="sum(theta * eps[t - j]",
    new="sum(theta * eps[t - j] * (t < len(x) - d or j == 1)",
)
mutate(
    "ex4-arima-forecast",
    "repeats the last residual as all future shocks",
    old="eps.append(w[t] - value)",
    new="eps.append(w[t] - value if t < len(x) - d else eps[-1])",
)
mutate(
    "ex4-arima-forecast",
    "the MA lags do not move on with the horizon",
    old="eps[t - j] for",
    new="eps[min(t, len(x) - d) - j] for",
)
mutate(
    "ex4-arima-forecast",
    "residuals without their MA part",
    old="sum(theta * eps[t - j]",
    new="sum(theta * eps[t - j] * (t >= len(x) - d)",
)
mutate(
    "ex4-arima-forecast",
    "residuals without the constant",
    old="value = const\n",
    new="value = const if t >= len(x) - d else 0.0\n",
)
mutate(
    "ex4-arima-forecast",
    "takes const for the mean of the differences",
    old="value = const\n",
    new="value = const * (1 - sum(ar))\n",
)
mutate(
    "ex4-arima-forecast",
    "the constant at the first step only",
    old="value = const\n",
    new="value = const if t <= len(x) - d else 0.0\n",
)
mutate(
    "ex4-arima-forecast",
    "adds the constant once more after integration",
    old="return result",
    new="return result + const * np.arange(1, steps + 1)",
)
mutate(
    "ex4-arima-forecast",
    "a single number for one step",
    old="return result",
    new="return result.squeeze()",
)
mutate(
    "ex4-arima-forecast",
    "negative indices of w wrap round to the end",
    old="enumerate(ar, start=1) if i <= t",
    new="enumerate(ar, start=1)",
)
mutate(
    "ex4-arima-forecast",
    "shocks before the sample: an index that does not exist",
    old="enumerate(ma, start=1) if j <= t",
    new="enumerate(ma, start=1)",
    raises=IndexError,
)
mutate(
    "ex4-arima-forecast",
    "refuses more coefficients than values",
    old="len(x) <= d:",
    new="len(x) <= d + max(len(ar), len(ma)):",
    raises=ValueError,
)
mutate(
    "ex4-arima-forecast",
    "the running sum starts from the first value",
    old="np.diff(x, n=level)[-1]",
    new="np.diff(x, n=level)[0]",
)
mutate(
    "ex4-arima-forecast",
    "the running sum starts from 0",
    old="np.diff(x, n=level)[-1] + np.cumsum(result)",
    new="np.cumsum(result)",
)
mutate(
    "ex4-arima-forecast",
    "the forecast of horizon 1 is the last value: the sum starts one step late",
    old="np.cumsum(result)",
    new="np.r_[0.0, np.cumsum(result)[:-1]]",
)
mutate(
    "ex4-arima-forecast",
    "adds the last value also when d is 0",
    old="range(d - 1, -1, -1)",
    new="range(max(d, 1) - 1, -1, -1)",
)
mutate(
    "ex4-arima-forecast",
    "restores the differences and leaves it at that",
    old="range(d - 1, -1, -1)",
    new="range(d - 1, 0, -1)",
)
mutate(
    "ex4-arima-forecast",
    "the minus signs of Box and Jenkins for θ",
    old="sum(theta * eps",
    new="sum(-theta * eps",
)
mutate(
    "ex4-arima-forecast",
    "the sign of φ",
    old="sum(phi * w",
    new="sum(-phi * w",
)
mutate(
    "ex4-arima-forecast",
    "no MA part in the forecast",
    old="sum(theta * eps[t - j]",
    new="sum(theta * eps[t - j] * (t < len(x) - d)",
)
mutate(
    "ex4-arima-forecast",
    "forgets the constant",
    old="value = const\n",
    new="value = 0.0\n",
)
mutate(
    "ex4-arima-forecast",
    "no constant when there is a difference",
    old="value = const\n",
    new="value = 0.0 if d else const\n",
)
mutate(
    "ex4-arima-forecast",
    "the MA part one lag too early",
    old="eps[t - j] for",
    new="eps[max(t - j - 1, 0)] for",
)
mutate(
    "ex4-arima-forecast",
    "the AR coefficients in reversed order",
    old="list(ar), list(ma)",
    new="list(ar)[::-1], list(ma)",
)
mutate(
    "ex4-arima-forecast",
    "the MA coefficients in reversed order",
    old="list(ar), list(ma)",
    new="list(ar), list(ma)[::-1]",
)
mutate(
    "ex4-arima-forecast",
    "observed values in front of the forecasts",
    old="return result",
    new="return np.r_[x, result]",
)
mutate(
    "ex4-arima-forecast",
    "the last forecast only",
    old="return result",
    new="return result[-1]",
)
mutate(
    "ex4-arima-forecast",
    "one forecast too many: the last value in front",
    old="return result",
    new="return np.r_[x[-1], result]",
)
mutate(
    "ex4-arima-forecast",
    "the last value in front, the last forecast lost",
    old="return result",
    new="return np.r_[x[-1], result[:-1]]",
)
mutate(
    "ex4-arima-forecast",
    "counts are not negative: cuts at 0",
    old="return result",
    new="return np.maximum(result, 0)",
)
mutate(
    "ex4-arima-forecast",
    "takes d < 0 for no difference",
    old="if d < 0 or len(x) <= d:",
    new="d = max(d, 0)\n    if len(x) <= d:",
)
mutate(
    "ex4-arima-forecast",
    "forecasts from no difference at all when n = d",
    old="len(x) <= d:",
    new="len(x) < d:",
)
mutate(
    "ex4-arima-forecast",
    "refuses a single difference",
    old="len(x) <= d:",
    new="len(x) <= d + 1:",
    raises=ValueError,
)
mutate(
    "ex4-arima-forecast",
    "takes steps < 1",
    old="if steps < 1:",
    new="if False:",
)
mutate(
    "ex4-arima-forecast",
    "takes steps = 0",
    old="if steps < 1:",
    new="if steps < 0:",
)
mutate(
    "ex4-arima-forecast",
    "refuses a single step",
    old="if steps < 1:",
    new="if steps <= 1:",
    raises=ValueError,
)


@wrong("ex4-arima-forecast", "two differences: continues with the constant alone")
def arima_forecast(x, ar, ma, d, const, steps):
    x = np.asarray(x, dtype=float)
    if d < 0 or len(x) <= d or steps < 1:
        raise ValueError("bad d or steps")
    if d >= 2:
        forecast = np.full(steps, float(const))
    else:
        w, eps = list(np.diff(x, n=d)), []
        for t in range(len(w) + steps):
            value = const
            value += sum(phi * w[t - i] for i, phi in enumerate(ar, start=1) if i <= t)
            value += sum(theta * eps[t - j] for j, theta in enumerate(ma, start=1) if j <= t)
            if t == len(w):
                w.append(value)
            eps.append(w[t] - value)
        forecast = np.array(w[-steps:])
    for level in range(d - 1, -1, -1):
        forecast = np.diff(x, n=level)[-1] + np.cumsum(forecast)
    return forecast


# === Exercise 5 ============================================================================


@right("ex5-forecast-interval", "sums in plain Python, the normal quantile of the standard library")
def forecast_interval(mean, psi, sigma2, level=0.95):
    from statistics import NormalDist

    mean, psi = [float(m) for m in mean], [float(p) for p in psi]
    if len(psi) < len(mean):
        raise ValueError("too few weights")
    if sigma2 < 0:
        raise ValueError("a variance cannot be negative")
    if level <= 0 or level >= 1:
        raise ValueError("level must lie between 0 and 1")
    z = NormalDist().inv_cdf(0.5 + level / 2)
    total, lo, hi = 0.0, [], []
    for m, p in zip(mean, psi, strict=False):
        total += p * p
        half = z * (sigma2 * total) ** 0.5
        lo.append(m - half)
        hi.append(m + half)
    return np.array(lo), np.array(hi)


@right("ex5-forecast-interval", "norm.isf of half the tail, in one array of two rows")
def forecast_interval(mean, psi, sigma2, level=0.95):
    mean = np.array(mean, dtype=float)
    H = mean.size
    weights = np.array(psi, dtype=float)[:H]
    if weights.size < H or sigma2 < 0 or not (0 < level < 1):
        raise ValueError("bad input")
    se = np.sqrt(sigma2) * np.array([np.linalg.norm(weights[: h + 1]) for h in range(H)])
    return mean + np.outer([-1, 1], norm.isf((1 - level) / 2) * se)


@right("ex5-forecast-interval", "a triangular matrix of ones times the squares, and a list of two")
def forecast_interval(mean, psi, sigma2, level=0.95):
    import math

    H = len(mean)
    if len(psi) < H:
        raise ValueError(f"need {H} weights")
    if sigma2 < 0 or not 0 < level < 1:
        raise ValueError("sigma2 or level out of range")
    squares = np.square(np.asarray(psi, dtype=float)[:H])
    half = abs(norm.ppf((1 - level) / 2)) * math.sqrt(sigma2) * np.sqrt(np.tri(H) @ squares)
    return [np.asarray(mean, dtype=float) + sign * half for sign in (-1, 1)]


@right("ex5-forecast-interval", "the variance carried on from horizon to horizon; returns Series")
def forecast_interval(mean, psi, sigma2, level=0.95):
    if len(psi) < len(mean) or sigma2 < 0 or level <= 0 or level >= 1:
        raise ValueError("bad input")
    psi = list(psi)
    variance = [0.0]
    for h in range(len(mean)):
        variance.append(variance[-1] + sigma2 * psi[h] ** 2)
    half = norm.ppf(1 - (1 - level) / 2) * np.sqrt(variance[1:])
    mean = pd.Series(mean, dtype=float)
    return mean - half, mean + half


@wrong("ex5-forecast-interval", "a separate variance for each horizon: no running sum")
def forecast_interval(mean, psi, sigma2, level=0.95):
    mean, psi = np.asarray(mean, dtype=float), np.asarray(psi, dtype=float)
    if len(psi) < len(mean) or sigma2 < 0 or not 0 < level < 1:
        raise ValueError("bad input")
    half = norm.ppf((1 + level) / 2) * np.sqrt(sigma2) * abs(psi[: len(mean)])
    return mean - half, mean + half


@wrong("ex5-forecast-interval", "sums the weights and squares the sum")
def forecast_interval(mean, psi, sigma2, level=0.95):
    mean, psi = np.asarray(mean, dtype=float), np.asarray(psi, dtype=float)
    if len(psi) < len(mean) or sigma2 < 0 or not 0 < level < 1:
        raise ValueError("bad input")
    se = np.sqrt(sigma2 * np.cumsum(psi[: len(mean)]) ** 2)
    half = norm.ppf((1 + level) / 2) * se
    return mean - half, mean + half


@wrong("ex5-forecast-interval", "one weight too many: ψ_h counts at horizon h")
def forecast_interval(mean, psi, sigma2, level=0.95):
    mean, psi = np.asarray(mean, dtype=float), np.asarray(psi, dtype=float)
    if len(psi) < len(mean) or sigma2 < 0 or not 0 < level < 1:
        raise ValueError("bad input")
    total = np.cumsum(np.r_[psi, psi[-1]] ** 2)[1 : len(mean) + 1]
    half = norm.ppf((1 + level) / 2) * np.sqrt(sigma2 * total)
    return mean - half, mean + half


@wrong("ex5-forecast-interval", "one weight too few: no error at horizon 1")
def forecast_interval(mean, psi, sigma2, level=0.95):
    mean, psi = np.asarray(mean, dtype=float), np.asarray(psi, dtype=float)
    if len(psi) < len(mean) or sigma2 < 0 or not 0 < level < 1:
        raise ValueError("bad input")
    total = np.r_[0.0, np.cumsum(psi**2)][: len(mean)]
    half = norm.ppf((1 + level) / 2) * np.sqrt(sigma2 * total)
    return mean - half, mean + half


@wrong("ex5-forecast-interval", "adds a 1 for ψ0, which stands in psi already")
def forecast_interval(mean, psi, sigma2, level=0.95):
    mean, psi = np.asarray(mean, dtype=float), np.asarray(psi, dtype=float)
    if len(psi) < len(mean) or sigma2 < 0 or not 0 < level < 1:
        raise ValueError("bad input")
    half = norm.ppf((1 + level) / 2) * np.sqrt(sigma2 * (1 + np.cumsum(psi[: len(mean)] ** 2)))
    return mean - half, mean + half


@wrong("ex5-forecast-interval", "sqrt(h) for every model, as if it were a random walk")
def forecast_interval(mean, psi, sigma2, level=0.95):
    mean, psi = np.asarray(mean, dtype=float), np.asarray(psi, dtype=float)
    if len(psi) < len(mean) or sigma2 < 0 or not 0 < level < 1:
        raise ValueError("bad input")
    half = norm.ppf((1 + level) / 2) * np.sqrt(sigma2 * np.arange(1, len(mean) + 1))
    return mean - half, mean + half


@wrong("ex5-forecast-interval", "one width for all horizons: that of the last one")
def forecast_interval(mean, psi, sigma2, level=0.95):
    mean, psi = np.asarray(mean, dtype=float), np.asarray(psi, dtype=float)
    if len(psi) < len(mean) or sigma2 < 0 or not 0 < level < 1:
        raise ValueError("bad input")
    half = norm.ppf((1 + level) / 2) * np.sqrt(sigma2 * np.sum(psi[: len(mean)] ** 2))
    return mean - half, mean + half


@wrong("ex5-forecast-interval", "a mean of squares for the sum of squares")
def forecast_interval(mean, psi, sigma2, level=0.95):
    mean, psi = np.asarray(mean, dtype=float), np.asarray(psi, dtype=float)
    if len(psi) < len(mean) or sigma2 < 0 or not 0 < level < 1:
        raise ValueError("bad input")
    H = len(mean)
    half = norm.ppf((1 + level) / 2) * np.sqrt(
        sigma2 * np.cumsum(psi[:H] ** 2) / np.arange(1, H + 1)
    )
    return mean - half, mean + half


@wrong("ex5-forecast-interval", "Student's t with H - 1 degrees of freedom for the normal")
def forecast_interval(mean, psi, sigma2, level=0.95):
    from scipy.stats import t

    mean, psi = np.asarray(mean, dtype=float), np.asarray(psi, dtype=float)
    if len(psi) < len(mean) or sigma2 < 0 or not 0 < level < 1:
        raise ValueError("bad input")
    se = np.sqrt(sigma2 * np.cumsum(psi[: len(mean)] ** 2))
    half = t.ppf((1 + level) / 2, max(len(mean) - 1, 1)) * se
    return mean - half, mean + half


@wrong("ex5-forecast-interval", "a table of rounded quantiles")
def forecast_interval(mean, psi, sigma2, level=0.95):
    mean, psi = np.asarray(mean, dtype=float), np.asarray(psi, dtype=float)
    if len(psi) < len(mean) or sigma2 < 0 or not 0 < level < 1:
        raise ValueError("bad input")
    z = {0.5: 0.6745, 0.8: 1.28155, 0.9: 1.645, 0.95: 1.96, 0.99: 2.576}[level]
    half = z * np.sqrt(sigma2 * np.cumsum(psi[: len(mean)] ** 2))
    return mean - half, mean + half


@wrong("ex5-forecast-interval", "norm.interval, which gives NaN when sigma2 is 0")
def forecast_interval(mean, psi, sigma2, level=0.95):
    mean, psi = np.asarray(mean, dtype=float), np.asarray(psi, dtype=float)
    if len(psi) < len(mean) or sigma2 < 0 or not 0 < level < 1:
        raise ValueError("bad input")
    se = np.sqrt(sigma2 * np.cumsum(psi[: len(mean)] ** 2))
    return norm.interval(level, loc=mean, scale=se)


@wrong("ex5-forecast-interval", "a matrix with a row for each horizon", raises=ValueError)
def forecast_interval(mean, psi, sigma2, level=0.95):
    mean, psi = np.asarray(mean, dtype=float), np.asarray(psi, dtype=float)
    if len(psi) < len(mean) or sigma2 < 0 or not 0 < level < 1:
        raise ValueError("bad input")
    half = norm.ppf((1 + level) / 2) * np.sqrt(sigma2 * np.cumsum(psi[: len(mean)] ** 2))
    return np.column_stack([mean - half, mean + half])


@wrong("ex5-forecast-interval", "squares the weights in the caller's array", raises=ValueError)
def forecast_interval(mean, psi, sigma2, level=0.95):
    mean, psi = np.asarray(mean, dtype=float), np.asarray(psi, dtype=float)
    if len(psi) < len(mean) or sigma2 < 0 or not 0 < level < 1:
        raise ValueError("bad input")
    psi *= psi
    half = norm.ppf((1 + level) / 2) * np.sqrt(sigma2 * np.cumsum(psi[: len(mean)]))
    return mean - half, mean + half


@wrong(
    "ex5-forecast-interval", "moves the caller's mean: lo is the array itself", raises=ValueError
)
def forecast_interval(mean, psi, sigma2, level=0.95):
    lo, psi = np.asarray(mean, dtype=float), np.asarray(psi, dtype=float)
    if len(psi) < len(lo) or sigma2 < 0 or not 0 < level < 1:
        raise ValueError("bad input")
    half = norm.ppf((1 + level) / 2) * np.sqrt(sigma2 * np.cumsum(psi[: len(lo)] ** 2))
    hi = lo + half
    lo -= half
    return lo, hi


@wrong("ex5-forecast-interval", "all weights, also those beyond H", raises=ValueError)
def forecast_interval(mean, psi, sigma2, level=0.95):
    mean, psi = np.asarray(mean, dtype=float), np.asarray(psi, dtype=float)
    if len(psi) < len(mean) or sigma2 < 0 or not 0 < level < 1:
        raise ValueError("bad input")
    half = norm.ppf((1 + level) / 2) * np.sqrt(sigma2 * np.cumsum(psi**2))
    return mean - half, mean + half


@wrong("ex5-forecast-interval", "asks for exactly H weights", raises=ValueError)
def forecast_interval(mean, psi, sigma2, level=0.95):
    mean, psi = np.asarray(mean, dtype=float), np.asarray(psi, dtype=float)
    if len(psi) != len(mean) or sigma2 < 0 or not 0 < level < 1:
        raise ValueError("bad input")
    half = norm.ppf((1 + level) / 2) * np.sqrt(sigma2 * np.cumsum(psi**2))
    return mean - half, mean + half


@wrong("ex5-forecast-interval", "asks for one weight more than H", raises=ValueError)
def forecast_interval(mean, psi, sigma2, level=0.95):
    mean, psi = np.asarray(mean, dtype=float), np.asarray(psi, dtype=float)
    if len(psi) <= len(mean) or sigma2 < 0 or not 0 < level < 1:
        raise ValueError("bad input")
    half = norm.ppf((1 + level) / 2) * np.sqrt(sigma2 * np.cumsum(psi[: len(mean)] ** 2))
    return mean - half, mean + half


@wrong("ex5-forecast-interval", "takes a level above 1 for per cent")
def forecast_interval(mean, psi, sigma2, level=0.95):
    mean, psi = np.asarray(mean, dtype=float), np.asarray(psi, dtype=float)
    if level > 1:
        level = level / 100
    if len(psi) < len(mean) or sigma2 < 0 or not 0 < level < 1:
        raise ValueError("bad input")
    half = norm.ppf((1 + level) / 2) * np.sqrt(sigma2 * np.cumsum(psi[: len(mean)] ** 2))
    return mean - half, mean + half


@wrong("ex5-forecast-interval", "adds a Series of half widths to a Series of dates: NaN")
def forecast_interval(mean, psi, sigma2, level=0.95):
    mean, psi = pd.Series(mean, dtype=float), pd.Series(psi, dtype=float)
    if len(psi) < len(mean) or sigma2 < 0 or not 0 < level < 1:
        raise ValueError("bad input")
    half = norm.ppf((1 + level) / 2) * np.sqrt(sigma2 * (psi**2).cumsum().iloc[: len(mean)])
    return mean - half, mean + half


@wrong("ex5-forecast-interval", "adds a Series of weights to a Series of dates: NaN")
def forecast_interval(mean, psi, sigma2, level=0.95):
    H = len(mean)
    if len(psi) < H or sigma2 < 0 or not 0 < level < 1:
        raise ValueError("bad input")
    half = norm.ppf((1 + level) / 2) * np.sqrt(sigma2 * np.cumsum(np.square(psi[:H])))
    return mean - half, mean + half


mutate(
    "ex5-forecast-interval",
    "sums ψ, not its square",
    old="psi[: len(mean)] ** 2",
    new="psi[: len(mean)]",
)
mutate(
    "ex5-forecast-interval",
    "sums |ψ|, not its square",
    old="psi[: len(mean)] ** 2",
    new="abs(psi[: len(mean)])",
)
mutate(
    "ex5-forecast-interval",
    "no square root: a variance for a standard error",
    old="np.sqrt(sigma2 * np.cumsum(psi[: len(mean)] ** 2))",
    new="sigma2 * np.cumsum(psi[: len(mean)] ** 2)",
)
mutate(
    "ex5-forecast-interval",
    "takes sigma2 for a standard deviation",
    old="np.sqrt(sigma2 * np.cumsum(psi[: len(mean)] ** 2))",
    new="sigma2 * np.sqrt(np.cumsum(psi[: len(mean)] ** 2))",
)
mutate(
    "ex5-forecast-interval",
    "ignores sigma2",
    old="sigma2 * np.cumsum",
    new="np.cumsum",
)
mutate(
    "ex5-forecast-interval",
    "takes all of the tail on one side",
    old="(1 + level) / 2",
    new="level",
)
mutate(
    "ex5-forecast-interval",
    "half of the level: norm.ppf(level / 2)",
    old="(1 + level) / 2",
    new="1 - level / 2",
)
mutate(
    "ex5-forecast-interval",
    "1.96 whatever the level",
    old="norm.ppf((1 + level) / 2)",
    new="1.959964",
)
mutate(
    "ex5-forecast-interval",
    "1.96 for 95 %, rounded",
    old="norm.ppf((1 + level) / 2)",
    new="(1.96 if level == 0.95 else norm.ppf((1 + level) / 2))",
)
mutate(
    "ex5-forecast-interval",
    "the interval of the quantile below: hi and lo exchanged",
    old="norm.ppf((1 + level) / 2)",
    new="norm.ppf((1 - level) / 2)",
)
mutate(
    "ex5-forecast-interval",
    "half widths instead of limits",
    old="return mean - half, mean + half",
    new="return -half, half",
)
mutate(
    "ex5-forecast-interval",
    "the whole width on each side",
    old="return mean - half, mean + half",
    new="return mean - 2 * half, mean + 2 * half",
)
mutate(
    "ex5-forecast-interval",
    "the forecast and hi",
    old="return mean - half, mean + half",
    new="return mean, mean + half",
)
mutate(
    "ex5-forecast-interval",
    "values are not negative: cuts lo at 0",
    old="return mean - half, mean + half",
    new="return np.maximum(mean - half, 0), mean + half",
)
mutate(
    "ex5-forecast-interval",
    "the last weights instead of the first",
    old="psi[: len(mean)]",
    new="psi[-len(mean) :]",
)
mutate(
    "ex5-forecast-interval",
    "an array of integers for the means",
    old="np.asarray(mean, dtype=float)",
    new="np.asarray(mean).astype(int)",
)
mutate(
    "ex5-forecast-interval",
    "too few weights: one stands for all",
    old="len(psi) < len(mean):",
    new="1 < len(psi) < len(mean):",
)
mutate(
    "ex5-forecast-interval",
    "too few weights: the last one is repeated",
    old="    if len(psi) < len(mean):",
    new="    psi = np.r_[psi, np.full(max(len(mean) - len(psi), 0), psi[-1])]\n"
    "    if len(psi) < len(mean):",
)
mutate(
    "ex5-forecast-interval",
    "NaN for a negative variance",
    old="if sigma2 < 0:",
    new="if False:",
)
mutate(
    "ex5-forecast-interval",
    "refuses a variance of 0",
    old="if sigma2 < 0:",
    new="if sigma2 <= 0:",
    raises=ValueError,
)
mutate(
    "ex5-forecast-interval",
    "takes level = 0",
    old="not 0 < level < 1",
    new="not 0 <= level < 1",
)
mutate(
    "ex5-forecast-interval",
    "takes level = 1: an infinite interval",
    old="not 0 < level < 1",
    new="not 0 < level <= 1",
)
mutate(
    "ex5-forecast-interval",
    "takes any level below 1",
    old="not 0 < level < 1",
    new="level == 0 or level >= 1",
)
mutate(
    "ex5-forecast-interval",
    "refuses 0 and 1 only",
    old="not 0 < level < 1",
    new="level in (0, 1)",
)


# === Exercise 6 ============================================================================


@right("ex6-information-criteria", "NumPy numbers, infinity by dividing a NumPy number by zero")
def information_criteria(llf, k, n):
    if k < 1 or n < 1:
        raise ValueError("k and n must be at least 1")
    deviance = -2 * np.float64(llf)
    aic = deviance + 2 * k
    with np.errstate(divide="ignore"):
        extra = np.float64(2 * k * (k + 1)) / max(n - k - 1, 0)
    return {"aic": aic, "aicc": aic + extra, "bic": deviance + k * np.log(n)}


@right("ex6-information-criteria", "AICc in one fraction, the logarithm of the standard library")
def information_criteria(llf, k, n):
    from math import inf, log

    if k <= 0:
        raise ValueError("no parameters")
    if n <= 0:
        raise ValueError("no observations")
    result = dict(aic=2.0 * (k - llf), bic=log(n) * k - 2 * llf)
    result["aicc"] = 2 * k * n / (n - k - 1) - 2 * llf if n - k - 1 > 0 else inf
    return result


@right("ex6-information-criteria", "the library's three functions; infinity by np.where")
def information_criteria(llf, k, n):
    from statsmodels.tools import eval_measures

    if min(k, n) < 1:
        raise ValueError("k and n must be positive")
    aicc = eval_measures.aicc(llf, n, k) if n > k + 1 else float("inf")
    return {
        "bic": float(eval_measures.bic(llf, n, k)),
        "aicc": float(aicc),
        "aic": float(eval_measures.aic(llf, n, k)),
    }


@right("ex6-information-criteria", "a price per parameter, in a loop over the three names")
def information_criteria(llf, k, n):
    if k < 1 or n < 1:
        raise ValueError("bad k or n")
    prices = {"aic": 2.0, "aicc": np.inf, "bic": np.log(n)}
    if n > k + 1:
        prices["aicc"] = 2 * n / (n - k - 1)
    return {name: price * k - 2 * llf for name, price in prices.items()}


@wrong("ex6-information-criteria", "a tuple instead of a dict")
def information_criteria(llf, k, n):
    if k < 1 or n < 1:
        raise ValueError("bad input")
    aic = 2 * k - 2 * llf
    aicc = aic + 2 * k * (k + 1) / (n - k - 1) if n > k + 1 else np.inf
    return aic, aicc, k * np.log(n) - 2 * llf


@wrong("ex6-information-criteria", "the names in capitals")
def information_criteria(llf, k, n):
    if k < 1 or n < 1:
        raise ValueError("bad input")
    aic = 2 * k - 2 * llf
    aicc = aic + 2 * k * (k + 1) / (n - k - 1) if n > k + 1 else np.inf
    return {"AIC": aic, "AICc": aicc, "BIC": k * np.log(n) - 2 * llf}


@right("ex6-information-criteria", "an error where AICc is not defined")
def information_criteria(llf, k, n):
    if k < 1 or n < 1:
        raise ValueError("k and n must be at least 1")
    if n <= k + 1:
        raise ValueError("AICc needs n > k + 1")
    deviance = -2 * np.float64(llf)
    aic = deviance + 2 * k
    return {
        "aic": aic,
        "aicc": aic + 2 * k * (k + 1) / (n - k - 1),
        "bic": deviance + k * np.log(n),
    }


@wrong("ex6-information-criteria", "integer division in the correction")
def information_criteria(llf, k, n):
    if k < 1 or n < 1:
        raise ValueError("bad input")
    aic = 2 * k - 2 * llf
    aicc = aic + 2 * k * (k + 1) // (n - k - 1) if n > k + 1 else np.inf
    return {"aic": float(aic), "aicc": float(aicc), "bic": float(k * np.log(n) - 2 * llf)}


@wrong("ex6-information-criteria", "rounds to two decimals")
def information_criteria(llf, k, n):
    if k < 1 or n < 1:
        raise ValueError("bad input")
    aic = 2 * k - 2 * llf
    aicc = aic + 2 * k * (k + 1) / (n - k - 1) if n > k + 1 else np.inf
    values = {"aic": aic, "aicc": aicc, "bic": k * np.log(n) - 2 * llf}
    return {name: round(float(value), 2) for name, value in values.items()}


@wrong("ex6-information-criteria", "counts σ² itself, though k includes it: k + 1")
def information_criteria(llf, k, n):
    if k < 1 or n < 1:
        raise ValueError("bad input")
    k = k + 1
    aic = 2 * k - 2 * llf
    aicc = aic + 2 * k * (k + 1) / (n - k - 1) if n > k + 1 else np.inf
    return {"aic": float(aic), "aicc": float(aicc), "bic": float(k * np.log(n) - 2 * llf)}


@wrong("ex6-information-criteria", "k without σ²: k - 1")
def information_criteria(llf, k, n):
    if k < 1 or n < 1:
        raise ValueError("bad input")
    k = k - 1
    aic = 2 * k - 2 * llf
    aicc = aic + 2 * k * (k + 1) / (n - k - 1) if n > k + 1 else np.inf
    return {"aic": float(aic), "aicc": float(aicc), "bic": float(k * np.log(n) - 2 * llf)}


@wrong("ex6-information-criteria", "per observation: divides all three by n")
def information_criteria(llf, k, n):
    if k < 1 or n < 1:
        raise ValueError("bad input")
    aic = 2 * k - 2 * llf
    aicc = aic + 2 * k * (k + 1) / (n - k - 1) if n > k + 1 else np.inf
    return {"aic": aic / n, "aicc": aicc / n, "bic": (k * np.log(n) - 2 * llf) / n}


@wrong("ex6-information-criteria", "n of the series before one difference: n + 1")
def information_criteria(llf, k, n):
    if k < 1 or n < 1:
        raise ValueError("bad input")
    n = n + 1
    aic = 2 * k - 2 * llf
    aicc = aic + 2 * k * (k + 1) / (n - k - 1) if n > k + 1 else np.inf
    return {"aic": float(aic), "aicc": float(aicc), "bic": float(k * np.log(n) - 2 * llf)}


@wrong("ex6-information-criteria", "takes llf for the sum of squares of a least-squares fit")
def information_criteria(llf, k, n):
    if k < 1 or n < 1:
        raise ValueError("bad input")
    fit = n * np.log(max(abs(llf), 1e-12) / n)
    aicc = fit + 2 * k + 2 * k * (k + 1) / (n - k - 1) if n > k + 1 else np.inf
    return {"aic": float(fit + 2 * k), "aicc": float(aicc), "bic": float(fit + k * np.log(n))}


@wrong("ex6-information-criteria", "the AICc of a long series: no correction when n / k >= 40")
def information_criteria(llf, k, n):
    if k < 1 or n < 1:
        raise ValueError("bad input")
    aic = 2 * k - 2 * llf
    aicc = aic if n / k >= 40 else aic + 2 * k * (k + 1) / (n - k - 1) if n > k + 1 else np.inf
    return {"aic": float(aic), "aicc": float(aicc), "bic": float(k * np.log(n) - 2 * llf)}


mutate(
    "ex6-information-criteria",
    "the likelihood enters with + 2",
    old="aic = 2 * k - 2 * llf",
    new="aic = 2 * k + 2 * llf",
)
mutate(
    "ex6-information-criteria",
    "the likelihood enters once, not twice",
    old="aic = 2 * k - 2 * llf",
    new="aic = 2 * k - llf",
)
mutate(
    "ex6-information-criteria",
    "larger is better: the signs of all terms turned round",
    old="aic = 2 * k - 2 * llf",
    new="aic = 2 * llf - 2 * k",
)
mutate(
    "ex6-information-criteria",
    "takes the absolute value of the likelihood: wrong when it is positive",
    old="aic = 2 * k - 2 * llf",
    new="aic = 2 * k + 2 * abs(llf)",
)
mutate(
    "ex6-information-criteria",
    "a price of 1 per parameter",
    old="aic = 2 * k",
    new="aic = k",
)
mutate(
    "ex6-information-criteria",
    "the likelihood of BIC enters with + 2",
    old="np.log(n) - 2 * llf",
    new="np.log(n) + 2 * llf",
)
mutate(
    "ex6-information-criteria",
    "BIC as Schwarz wrote it: half of k ln(n), minus the likelihood",
    old="k * np.log(n) - 2 * llf",
    new="k * np.log(n) / 2 - llf",
)
mutate(
    "ex6-information-criteria",
    "BIC charges 2 ln(n) per parameter",
    old="float(k * np.log(n)",
    new="float(2 * k * np.log(n)",
)
mutate(
    "ex6-information-criteria",
    "log10 for the natural logarithm",
    old="np.log(n)",
    new="np.log10(n)",
)
mutate(
    "ex6-information-criteria",
    "log2 for the natural logarithm",
    old="np.log(n)",
    new="np.log2(n)",
)
mutate(
    "ex6-information-criteria",
    "the logarithm of k in BIC",
    old="k * np.log(n)",
    new="n * np.log(k)",
)
mutate(
    "ex6-information-criteria",
    "the correction of AICc is subtracted",
    old="aic + 2 * k * (k + 1)",
    new="aic - 2 * k * (k + 1)",
)
mutate(
    "ex6-information-criteria",
    "half of the correction",
    old="aic + 2 * k * (k + 1)",
    new="aic + k * (k + 1)",
)
mutate(
    "ex6-information-criteria",
    "k² for k(k + 1)",
    old="2 * k * (k + 1)",
    new="2 * k * k",
)
mutate(
    "ex6-information-criteria",
    "n - k + 1 below the fraction",
    old="/ (n - k - 1)",
    new="/ (n - k + 1)",
)
mutate(
    "ex6-information-criteria",
    "n - k below the fraction",
    old="/ (n - k - 1)",
    new="/ (n - k)",
)
mutate(
    "ex6-information-criteria",
    "aicc is aic",
    old='"aicc": float(aicc)',
    new='"aicc": float(aic)',
)
mutate(
    "ex6-information-criteria",
    "an extra name in the dict",
    old='{"aic": float(aic),',
    new='{"k": k, "aic": float(aic),',
)
mutate(
    "ex6-information-criteria",
    "a negative correction when n < k + 1",
    old="if n > k + 1 else",
    new="if n != k + 1 else",
)
mutate(
    "ex6-information-criteria",
    "divides by zero when n = k + 1",
    old="if n > k + 1 else",
    new="if n > k else",
    raises=ZeroDivisionError,
)
mutate(
    "ex6-information-criteria",
    "does not look at n and k before it divides",
    old="if n > k + 1 else np.inf",
    new="",
    raises=ZeroDivisionError,
)
mutate(
    "ex6-information-criteria",
    "AIC where AICc is not defined",
    old="else np.inf",
    new="else aic",
)
mutate(
    "ex6-information-criteria",
    "NaN where AICc is not defined",
    old="else np.inf",
    new="else np.nan",
)
mutate(
    "ex6-information-criteria",
    "minus infinity where AICc is not defined, which would always win",
    old="else np.inf",
    new="else -np.inf",
)
mutate(
    "ex6-information-criteria",
    "infinity also where n = k + 2",
    old="if n > k + 1 else",
    new="if n > k + 2 else",
)
mutate(
    "ex6-information-criteria",
    "takes k < 1",
    old="if k < 1 or n < 1:",
    new="if n < 1:",
)
mutate(
    "ex6-information-criteria",
    "takes k = 0",
    old="if k < 1 or",
    new="if k < 0 or",
)
mutate(
    "ex6-information-criteria",
    "refuses k = 1: σ² alone is no model",
    old="if k < 1 or",
    new="if k <= 1 or",
    raises=ValueError,
)
mutate(
    "ex6-information-criteria",
    "takes n < 1",
    old="if k < 1 or n < 1:",
    new="if k < 1:",
)
mutate(
    "ex6-information-criteria",
    "takes n = 0: the logarithm of 0",
    old="n < 1:",
    new="n < 0:",
)


# === Exercise 7 ============================================================================


@right("ex7-choose-d", "a while loop, differences of the original series at each step")
def choose_d(x, max_d=2, alpha=0.05):
    x = np.array(x, dtype=float)
    if x.size < 20:
        raise ValueError("x needs 20 values")
    if np.isnan(x).any() or np.isinf(x).any():
        raise ValueError("x must be finite")
    if max_d < 0:
        raise ValueError("max_d must not be negative")
    if not 0 < alpha < 1:
        raise ValueError("alpha must lie between 0 and 1")
    size = max(abs(x.max()), abs(x.min()))
    d = 0
    while d < max_d:
        w = np.diff(x, n=d)
        if w.max() - w.min() <= 1e-10 * size:
            break
        p = helpers.kpss(w)[1]
        if p >= alpha:
            break
        d += 1
    return d


@right("ex7-choose-d", "the library's test, its warnings silenced")
def choose_d(x, max_d=2, alpha=0.05):
    import warnings

    from statsmodels.tools.sm_exceptions import InterpolationWarning
    from statsmodels.tsa.stattools import kpss

    x = np.asarray(x, dtype=float)
    if len(x) < 20 or not np.all(np.isfinite(x)) or max_d < 0 or alpha <= 0 or alpha >= 1:
        raise ValueError("bad input")
    limit = 1e-10 * np.max(np.abs(x))
    for d in range(max_d):
        if np.max(x) - np.min(x) <= limit:
            return d
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", InterpolationWarning)
            warnings.simplefilter("ignore", FutureWarning)
            p = kpss(x, regression="c", nlags="auto")[1]
        if not p < alpha:
            return d
        x = x[1:] - x[:-1]
    return max_d


@right("ex7-choose-d", "its own KPSS")
def choose_d(x, max_d=2, alpha=0.05):
    values = np.asarray(list(x), dtype=float)
    if len(values) < 20 or not np.isfinite(values).all() or max_d < 0 or not 0 < alpha < 1:
        raise ValueError("bad input")

    def p_value(x):
        n = len(x)
        e = x - x.mean()

        def gamma(i):
            return e[i:] @ e[: n - i] / n

        # The automatic number of lags of Hobijn, Franses and Ooms.
        lags = range(1, int(n ** (2 / 9)) + 1)
        s0 = gamma(0) + 2 * sum(gamma(i) for i in lags)
        s1 = 2 * sum(i * gamma(i) for i in lags)
        m = min(int(1.1447 * ((s1 / s0) ** 2) ** (1 / 3) * n ** (1 / 3)), n - 1)
        variance = gamma(0) + 2 * sum((1 - i / (m + 1)) * gamma(i) for i in range(1, m + 1))
        stat = (np.cumsum(e) ** 2).sum() / (n**2 * variance)
        return np.interp(stat, [0.347, 0.463, 0.574, 0.739], [0.10, 0.05, 0.025, 0.01])

    tolerance = 1e-10 * np.abs(values).max()
    d = 0
    while d < max_d and np.ptp(values) > tolerance and p_value(values) < alpha:
        values = np.diff(values)
        d = d + 1
    return np.int64(d)


@right("ex7-choose-d", "calls itself for the differences, the tolerance handed on")
def choose_d(x, max_d=2, alpha=0.05):
    x = np.asarray(x, dtype=float)
    if len(x) < 20 or not np.isfinite(x).all() or max_d < 0 or not 0 < alpha < 1:
        raise ValueError("bad input")
    return differences_needed(x, max_d, alpha, 1e-10 * np.max(np.abs(x)))


@right("ex7-choose-d", "calls itself for the differences, the tolerance handed on")
def differences_needed(x, left, alpha, tolerance):
    if left == 0 or np.ptp(x) <= tolerance or helpers.kpss(x)[1] >= alpha:
        return 0
    return 1 + differences_needed(np.diff(x), left - 1, alpha, tolerance)


@right("ex7-choose-d", "all tests first, then the first that does not reject")
def choose_d(x, max_d=2, alpha=0.05):
    x = np.asarray(x, dtype=float)
    if len(x) < 20 or not np.isfinite(x).all() or max_d < 0 or not 0 < alpha < 1:
        raise ValueError("bad input")
    tolerance = 1e-10 * np.max(np.abs(x))
    enough = []
    for d in range(max_d):
        w = np.diff(x, n=d)
        enough.append(bool(np.ptp(w) <= tolerance or helpers.kpss(w)[1] >= alpha))
    return enough.index(True) if True in enough else max_d


@right("ex7-choose-d", "one test more than needed: it does not change the answer")
def choose_d(x, max_d=2, alpha=0.05):
    x = np.asarray(x, dtype=float)
    if len(x) < 20 or not np.isfinite(x).all() or max_d < 0 or not 0 < alpha < 1:
        raise ValueError("bad input")
    tolerance, d = 1e-10 * np.max(np.abs(x)), 0
    while np.ptp(x) > tolerance and helpers.kpss(x)[1] < alpha and d <= max_d:
        x = np.diff(x)
        d += 1
    return min(d, max_d)


@wrong("ex7-choose-d", "ADF with the rule of KPSS: differences until it no longer rejects")
def choose_d(x, max_d=2, alpha=0.05):
    x = np.asarray(x, dtype=float)
    if len(x) < 20 or not np.isfinite(x).all() or max_d < 0 or not 0 < alpha < 1:
        raise ValueError("bad input")
    tolerance = 1e-10 * np.abs(x).max()
    for d in range(max_d):
        if np.ptp(x) <= tolerance or helpers.adf(x)[1] >= alpha:
            return d
        x = np.diff(x)
    return max_d


@wrong("ex7-choose-d", "ADF with its own rule: differences while it does not reject")
def choose_d(x, max_d=2, alpha=0.05):
    x = np.asarray(x, dtype=float)
    if len(x) < 20 or not np.isfinite(x).all() or max_d < 0 or not 0 < alpha < 1:
        raise ValueError("bad input")
    tolerance = 1e-10 * np.abs(x).max()
    for d in range(max_d):
        if np.ptp(x) <= tolerance or helpers.adf(x)[1] < alpha:
            return d
        x = np.diff(x)
    return max_d


@wrong("ex7-choose-d", "both tests must agree that the series is stationary")
def choose_d(x, max_d=2, alpha=0.05):
    x = np.asarray(x, dtype=float)
    if len(x) < 20 or not np.isfinite(x).all() or max_d < 0 or not 0 < alpha < 1:
        raise ValueError("bad input")
    tolerance = 1e-10 * np.abs(x).max()
    for d in range(max_d):
        if np.ptp(x) <= tolerance:
            return d
        if helpers.kpss(x)[1] >= alpha and helpers.adf(x)[1] < alpha:
            return d
        x = np.diff(x)
    return max_d


@wrong("ex7-choose-d", "one difference before the first test")
def choose_d(x, max_d=2, alpha=0.05):
    x = np.asarray(x, dtype=float)
    if len(x) < 20 or not np.isfinite(x).all() or max_d < 0 or not 0 < alpha < 1:
        raise ValueError("bad input")
    tolerance = 1e-10 * np.abs(x).max()
    for d in range(1, max_d + 1):
        x = np.diff(x)
        if np.ptp(x) <= tolerance or helpers.kpss(x)[1] >= alpha:
            return d
    return max_d


@wrong("ex7-choose-d", "differences, then tests: returns one difference too few")
def choose_d(x, max_d=2, alpha=0.05):
    x = np.asarray(x, dtype=float)
    if len(x) < 20 or not np.isfinite(x).all() or max_d < 0 or not 0 < alpha < 1:
        raise ValueError("bad input")
    tolerance = 1e-10 * np.abs(x).max()
    for d in range(max_d):
        x = np.diff(x)
        if np.ptp(x) <= tolerance or helpers.kpss(x)[1] >= alpha:
            return d
    return max_d


@wrong("ex7-choose-d", "tests the original series each time")
def choose_d(x, max_d=2, alpha=0.05):
    x = np.asarray(x, dtype=float)
    if len(x) < 20 or not np.isfinite(x).all() or max_d < 0 or not 0 < alpha < 1:
        raise ValueError("bad input")
    w, d = x, 0
    while d < max_d and np.ptp(w) > 1e-10 * np.abs(x).max() and helpers.kpss(x)[1] < alpha:
        w = np.diff(w)
        d += 1
    return d


@wrong("ex7-choose-d", "the number of differences with the largest p-value")
def choose_d(x, max_d=2, alpha=0.05):
    x = np.asarray(x, dtype=float)
    if len(x) < 20 or not np.isfinite(x).all() or max_d < 0 or not 0 < alpha < 1:
        raise ValueError("bad input")
    p = []
    for d in range(max_d + 1):
        w = np.diff(x, n=d)
        p.append(1.0 if np.ptp(w) <= 1e-10 * np.abs(x).max() else helpers.kpss(w)[1])
    return int(np.argmax(p))


@wrong("ex7-choose-d", "the number of differences with the smallest variance")
def choose_d(x, max_d=2, alpha=0.05):
    x = np.asarray(x, dtype=float)
    if len(x) < 20 or not np.isfinite(x).all() or max_d < 0 or not 0 < alpha < 1:
        raise ValueError("bad input")
    return int(np.argmin([np.diff(x, n=d).std() for d in range(max_d + 1)]))


@wrong("ex7-choose-d", "turns the test's warnings into errors", raises=Warning)
def choose_d(x, max_d=2, alpha=0.05):
    import warnings

    from statsmodels.tsa.stattools import kpss

    x = np.asarray(x, dtype=float)
    if len(x) < 20 or not np.isfinite(x).all() or max_d < 0 or not 0 < alpha < 1:
        raise ValueError("bad input")
    tolerance = 1e-10 * np.abs(x).max()
    for d in range(max_d):
        if np.ptp(x) <= tolerance:
            return d
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            if kpss(x, regression="c", nlags="auto", result_object=True).pvalue >= alpha:
                return d
        x = np.diff(x)
    return max_d


@wrong("ex7-choose-d", "no test for constants: catches the error of KPSS instead")
def choose_d(x, max_d=2, alpha=0.05):
    x = np.asarray(x, dtype=float)
    if len(x) < 20 or not np.isfinite(x).all() or max_d < 0 or not 0 < alpha < 1:
        raise ValueError("bad input")
    for d in range(max_d):
        try:
            p = helpers.kpss(x)[1]
        except ValueError:
            return d
        if p >= alpha:
            return d
        x = np.diff(x)
    return max_d


@wrong("ex7-choose-d", "np.allclose for constants: a large level hides the changes")
def choose_d(x, max_d=2, alpha=0.05):
    x = np.asarray(x, dtype=float)
    if len(x) < 20 or not np.isfinite(x).all() or max_d < 0 or not 0 < alpha < 1:
        raise ValueError("bad input")
    for d in range(max_d):
        if np.allclose(x, x[0]) or helpers.kpss(x)[1] >= alpha:
            return d
        x = np.diff(x)
    return max_d


@wrong("ex7-choose-d", "np.allclose without its relative part: small units look constant")
def choose_d(x, max_d=2, alpha=0.05):
    x = np.asarray(x, dtype=float)
    if len(x) < 20 or not np.isfinite(x).all() or max_d < 0 or not 0 < alpha < 1:
        raise ValueError("bad input")
    for d in range(max_d):
        if np.allclose(x, x[0], rtol=0) or helpers.kpss(x)[1] >= alpha:
            return d
        x = np.diff(x)
    return max_d


@wrong("ex7-choose-d", "a standard deviation of 0, rounded to 8 decimals, for constants")
def choose_d(x, max_d=2, alpha=0.05):
    x = np.asarray(x, dtype=float)
    if len(x) < 20 or not np.isfinite(x).all() or max_d < 0 or not 0 < alpha < 1:
        raise ValueError("bad input")
    for d in range(max_d):
        if round(x.std(), 8) == 0 or helpers.kpss(x)[1] >= alpha:
            return d
        x = np.diff(x)
    return max_d


@wrong("ex7-choose-d", "leaves missing values out")
def choose_d(x, max_d=2, alpha=0.05):
    x = pd.Series(np.array(x, dtype=float)).dropna().to_numpy()
    if len(x) < 20 or not np.isfinite(x).all() or max_d < 0 or not 0 < alpha < 1:
        raise ValueError("bad input")
    tolerance = 1e-10 * np.abs(x).max()
    for d in range(max_d):
        if np.ptp(x) <= tolerance or helpers.kpss(x)[1] >= alpha:
            return d
        x = np.diff(x)
    return max_d


@wrong("ex7-choose-d", "leaves bad values to KPSS, which is not asked when max_d is 0")
def choose_d(x, max_d=2, alpha=0.05):
    x = np.asarray(x, dtype=float)
    if len(x) < 20 or max_d < 0 or not 0 < alpha < 1:
        raise ValueError("bad input")
    for d in range(max_d):
        if np.isfinite(x).all() and np.ptp(x) <= 1e-10 * np.abs(x).max():
            return d
        if helpers.kpss(x)[1] >= alpha:
            return d
        x = np.diff(x)
    return max_d


@wrong("ex7-choose-d", "tests its arguments after a short cut for max_d = 0")
def choose_d(x, max_d=2, alpha=0.05):
    if max_d == 0:
        return 0
    x = np.asarray(x, dtype=float)
    if len(x) < 20 or not np.isfinite(x).all() or max_d < 0 or not 0 < alpha < 1:
        raise ValueError("bad input")
    tolerance = 1e-10 * np.abs(x).max()
    for d in range(max_d):
        if np.ptp(x) <= tolerance or helpers.kpss(x)[1] >= alpha:
            return d
        x = np.diff(x)
    return max_d


@wrong("ex7-choose-d", "differences in the caller's array", raises=ValueError)
def choose_d(x, max_d=2, alpha=0.05):
    x = np.asarray(x, dtype=float)
    if len(x) < 20 or not np.isfinite(x).all() or max_d < 0 or not 0 < alpha < 1:
        raise ValueError("bad input")
    tolerance = 1e-10 * np.abs(x).max()
    for d in range(max_d):
        if np.ptp(x) <= tolerance or helpers.kpss(x)[1] >= alpha:
            return d
        x[1:] = x[1:] - x[:-1]
        x = x[1:]
    return max_d


@wrong("ex7-choose-d", "keeps the length: a zero in front of the differences")
def choose_d(x, max_d=2, alpha=0.05):
    x = np.asarray(x, dtype=float)
    if len(x) < 20 or not np.isfinite(x).all() or max_d < 0 or not 0 < alpha < 1:
        raise ValueError("bad input")
    tolerance = 1e-10 * np.abs(x).max()
    for d in range(max_d):
        if np.ptp(x) <= tolerance or helpers.kpss(x)[1] >= alpha:
            return d
        x = np.diff(x, prepend=0.0)
    return max_d


mutate(
    "ex7-choose-d",
    "stops when KPSS rejects",
    old=">= alpha:",
    new="< alpha:",
)
mutate(
    "ex7-choose-d",
    "rejects when p = alpha",
    old="[1] >= alpha:",
    new="[1] > alpha:",
)
mutate(
    "ex7-choose-d",
    "compares with 0.05 whatever alpha is",
    old="[1] >= alpha:",
    new="[1] >= 0.05:",
)
mutate(
    "ex7-choose-d",
    "compares the statistic with alpha",
    old="helpers.kpss(x)[1] >= alpha",
    new="helpers.kpss(x)[0] >= alpha",
)
mutate(
    "ex7-choose-d",
    "stationary around a trend",
    old="helpers.kpss(x)[1]",
    new="helpers.kpss(x, regression='ct')[1]",
)
mutate(
    "ex7-choose-d",
    "the number of lags from n only",
    old="helpers.kpss(x)[1]",
    new="helpers.kpss(x, lags='legacy')[1]",
)
mutate(
    "ex7-choose-d",
    "no lags",
    old="helpers.kpss(x)[1]",
    new="helpers.kpss(x, lags=0)[1]",
)
mutate(
    "ex7-choose-d",
    "does not difference",
    old="        x = np.diff(x)\n",
    new="",
)
mutate(
    "ex7-choose-d",
    "d differences at step d: differences of differences",
    old="x = np.diff(x)\n",
    new="x = np.diff(x, n=d + 1)\n",
)
mutate(
    "ex7-choose-d",
    "max_d + 1 when KPSS rejects each time",
    old="    return max_d\n",
    new="    return max_d + 1\n",
)
mutate(
    "ex7-choose-d",
    "returns nothing when KPSS rejects each time",
    old="    return max_d\n",
    new="",
    raises=TypeError,
)
mutate(
    "ex7-choose-d",
    "stops one step before max_d",
    old="range(max_d):",
    new="range(max_d - 1):",
)
mutate(
    "ex7-choose-d",
    "at most two differences whatever max_d is",
    old="range(max_d):",
    new="range(2):",
)
mutate(
    "ex7-choose-d",
    "0 when KPSS rejects each time",
    old="    return max_d\n",
    new="    return 0\n",
)
mutate(
    "ex7-choose-d",
    "a pair of the number and the p-value",
    old="            return d\n",
    new="            return d, helpers.kpss(x)[1]\n",
)
mutate(
    "ex7-choose-d",
    "a float",
    old="            return d\n",
    new="            return float(d)\n",
)
mutate(
    "ex7-choose-d",
    "constant only if all values are equal: rounding makes them differ",
    old="np.ptp(x) <= tolerance",
    new="np.ptp(x) == 0",
)
mutate(
    "ex7-choose-d",
    "the size of the differences themselves, not of the original series",
    old="np.ptp(x) <= tolerance",
    new="np.ptp(x) <= 1e-10 * np.abs(x).max()",
)
mutate(
    "ex7-choose-d",
    "an absolute tolerance of 1e-10",
    old="tolerance = 1e-10 * np.abs(x).max()",
    new="tolerance = 1e-10",
)
mutate(
    "ex7-choose-d",
    "an absolute tolerance of 1e-6",
    old="tolerance = 1e-10 * np.abs(x).max()",
    new="tolerance = 1e-6",
)
mutate(
    "ex7-choose-d",
    "a tolerance of 1e-4",
    old="1e-10 * np.abs",
    new="1e-4 * np.abs",
)
mutate(
    "ex7-choose-d",
    "the size from the largest value: negative series",
    old="np.abs(x).max()",
    new="x.max()",
    raises=ValueError,
)
mutate(
    "ex7-choose-d",
    "the size from the first value, which may be 0",
    old="np.abs(x).max()",
    new="abs(x[0])",
)
mutate(
    "ex7-choose-d",
    "constant means no more differences are possible: max_d",
    old="        if np.ptp(x) <= tolerance or",
    new="        if np.ptp(x) <= tolerance:\n            return max_d\n        if",
)
mutate(
    "ex7-choose-d",
    "no test for constants",
    old="np.ptp(x) <= tolerance or ",
    new="",
    raises=ValueError,
)
mutate(
    "ex7-choose-d",
    "takes short series",
    old="len(x) < 20 or ",
    new="len(x) == 0 or ",
)
mutate(
    "ex7-choose-d",
    "takes 19 values",
    old="len(x) < 20",
    new="len(x) < 19",
)
mutate(
    "ex7-choose-d",
    "refuses 20 values",
    old="len(x) < 20",
    new="len(x) <= 20",
    raises=ValueError,
)
mutate(
    "ex7-choose-d",
    "refuses NaN but takes infinity",
    old="not np.isfinite(x).all()",
    new="np.isnan(x).any()",
)
mutate(
    "ex7-choose-d",
    "takes max_d < 0",
    old="max_d < 0 or",
    new="False or",
)
mutate(
    "ex7-choose-d",
    "refuses max_d = 0",
    old="max_d < 0 or",
    new="max_d < 1 or",
    raises=ValueError,
)
mutate(
    "ex7-choose-d",
    "takes alpha = 0",
    old="not 0 < alpha < 1:",
    new="not 0 <= alpha < 1:",
)
mutate(
    "ex7-choose-d",
    "takes alpha = 1",
    old="not 0 < alpha < 1:",
    new="not 0 < alpha <= 1:",
)
mutate(
    "ex7-choose-d",
    "takes alpha < 0",
    old="not 0 < alpha < 1",
    new="alpha == 0 or alpha >= 1",
)


# === Exercise 8 ============================================================================


@right("ex8-select-arima", "itertools, any exception, sorted in Python, the Series as it is")
def select_arima(x, d, max_p=2, max_q=2, ic="aicc", trend="n"):
    import itertools

    if d < 0 or max_p < 0 or max_q < 0:
        raise ValueError("d, max_p and max_q must not be negative")
    if ic not in {"aic", "aicc", "bic"}:
        raise ValueError(f"unknown criterion {ic}")
    rows = []
    for p, q in itertools.product(range(max_p + 1), range(max_q + 1)):
        try:
            res = ARIMA(x, order=(p, d, q), trend=trend).fit()
            rows.append((p, q, getattr(res, ic), res.mle_retvals["converged"]))
        except Exception:
            rows.append((p, q, np.nan, False))
    rows = [row if np.isfinite(row[2]) else (row[0], row[1], np.nan, False) for row in rows]
    if all(np.isnan(row[2]) for row in rows):
        raise ValueError("no model could be fitted")
    rows.sort(key=lambda row: (np.isnan(row[2]), np.nan_to_num(row[2]), row[0] + row[1]))
    table = pd.DataFrame(rows, columns=["p", "q", "ic", "converged"])
    return (rows[0][0], d, rows[0][1]), table


@right("ex8-select-arima", "the criteria of exercise 6, the best row by idxmin")
def information_criteria(llf, k, n):
    if k < 1 or n < 1:
        raise ValueError("bad k or n")
    aic = 2 * k - 2 * llf
    aicc = aic + 2 * k * (k + 1) / (n - k - 1) if n > k + 1 else np.inf
    return {"aic": aic, "aicc": aicc, "bic": k * np.log(n) - 2 * llf}


@right("ex8-select-arima", "the criteria of exercise 6, the best row by idxmin")
def select_arima(x, d, max_p=2, max_q=2, ic="aicc", trend="n"):
    if min(max_p, max_q, d) < 0 or ic not in ["aic", "aicc", "bic"]:
        raise ValueError("bad input")
    x = np.array(x, dtype=float)
    table = {"p": [], "q": [], "ic": [], "converged": []}
    for q in range(max_q + 1):
        for p in range(max_p + 1):
            score, converged = np.inf, False
            try:
                fit = ARIMA(x, order=(p, d, q), trend=trend).fit()
                score = information_criteria(fit.llf, len(fit.params), fit.nobs_effective)[ic]
                converged = fit.mle_retvals["converged"]
            except Exception:
                pass
            good = bool(np.isfinite(score))
            for name, value in zip(
                table, (p, q, score if good else np.nan, good and converged), strict=True
            ):
                table[name].append(value)
    table = pd.DataFrame(table)
    if table["ic"].notna().sum() == 0:
        raise ValueError("all fits failed")
    best = table.loc[table["ic"].idxmin()]
    order = (int(best["p"]), d, int(best["q"]))
    return order, table.sort_values(["ic", "p", "q"]).reset_index(drop=True)


@right("ex8-select-arima", "a dict of fits, the table through reset_index, NumPy integers")
def select_arima(x, d, max_p=2, max_q=2, ic="aicc", trend="n"):
    for name, value in (("d", d), ("max_p", max_p), ("max_q", max_q)):
        if value < 0:
            raise ValueError(f"{name} must not be negative")
    if ic != "aic" and ic != "aicc" and ic != "bic":
        raise ValueError("ic must be aic, aicc or bic")

    def score(p, q):
        try:
            fit = ARIMA(list(x), order=(p, d, q), trend=trend).fit()
        except Exception:
            return {"ic": np.nan, "converged": False}
        value = {"aic": fit.aic, "aicc": fit.aicc, "bic": fit.bic}[ic]
        if np.isnan(value) or np.isinf(value):
            return {"ic": np.nan, "converged": False}
        return {"ic": value, "converged": bool(fit.mle_retvals["converged"])}

    fits = {(p, q): score(p, q) for p in range(max_p + 1) for q in range(max_q + 1)}
    table = pd.DataFrame.from_dict(fits, orient="index").rename_axis(["p", "q"])
    table = table.sort_values("ic", kind="mergesort").reset_index()
    if np.isnan(table.loc[0, "ic"]):
        raise ValueError("no fit succeeded")
    return (table.loc[0, "p"], d, table.loc[0, "q"]), table[["p", "q", "ic", "converged"]]


@wrong("ex8-select-arima", "lets d run along in the grid")
def select_arima(x, d, max_p=2, max_q=2, ic="aicc", trend="n"):
    if min(d, max_p, max_q) < 0 or ic not in ("aic", "aicc", "bic"):
        raise ValueError("bad input")
    rows = []
    for p in range(max_p + 1):
        for each in range(d + 1):
            for q in range(max_q + 1):
                try:
                    fit = ARIMA(np.asarray(x), order=(p, each, q), trend=trend).fit()
                    rows.append((p, each, q, getattr(fit, ic), True))
                except ValueError:
                    rows.append((p, each, q, np.nan, False))
    table = pd.DataFrame(rows, columns=["p", "d", "q", "ic", "converged"]).sort_values("ic")
    p, best, q = (int(table[name].iloc[0]) for name in ("p", "d", "q"))
    return (p, best, q), table.drop(columns="d").reset_index(drop=True)


@wrong("ex8-select-arima", "keeps a model that is better than the one before, not than the best")
def select_arima(x, d, max_p=2, max_q=2, ic="aicc", trend="n"):
    if min(d, max_p, max_q) < 0 or ic not in ("aic", "aicc", "bic"):
        raise ValueError("bad input")
    rows, order, before = [], None, np.inf
    for p in range(max_p + 1):
        for q in range(max_q + 1):
            try:
                fit = ARIMA(np.asarray(x), order=(p, d, q), trend=trend).fit()
                value = getattr(fit, ic) if np.isfinite(getattr(fit, ic)) else np.nan
            except ValueError:
                value = np.nan
            if value < before:
                order = (p, d, q)
            before = value
            rows.append({"p": p, "q": q, "ic": value, "converged": bool(np.isfinite(value))})
    if order is None:
        raise ValueError("no fit")
    return order, pd.DataFrame(rows).sort_values("ic", ignore_index=True)


@wrong("ex8-select-arima", "best p with q = 0 first, then best q: a path, not a grid")
def select_arima(x, d, max_p=2, max_q=2, ic="aicc", trend="n"):
    if min(d, max_p, max_q) < 0 or ic not in ("aic", "aicc", "bic"):
        raise ValueError("bad input")

    def score(p, q):
        try:
            fit = ARIMA(np.asarray(x), order=(p, d, q), trend=trend).fit()
            return getattr(fit, ic) if np.isfinite(getattr(fit, ic)) else np.nan
        except ValueError:
            return np.nan

    rows = [(p, 0, score(p, 0), True) for p in range(max_p + 1)]
    best = int(np.nanargmin([row[2] for row in rows]))
    rows += [(best, q, score(best, q), True) for q in range(1, max_q + 1)]
    table = pd.DataFrame(rows, columns=["p", "q", "ic", "converged"])
    table = table.sort_values("ic", ignore_index=True)
    return (int(table["p"][0]), d, int(table["q"][0])), table


@wrong("ex8-select-arima", "each model on a sample of its own: leaves the first p values out")
def select_arima(x, d, max_p=2, max_q=2, ic="aicc", trend="n"):
    if min(d, max_p, max_q) < 0 or ic not in ("aic", "aicc", "bic"):
        raise ValueError("bad input")
    x, rows = np.asarray(x, dtype=float), []
    for p in range(max_p + 1):
        for q in range(max_q + 1):
            try:
                fit = ARIMA(x[p:], order=(p, d, q), trend=trend).fit()
                rows.append((p, q, getattr(fit, ic), bool(fit.mle_retvals["converged"])))
            except ValueError:
                rows.append((p, q, np.nan, False))
    table = pd.DataFrame(rows, columns=["p", "q", "ic", "converged"])
    table = table.sort_values("ic", ignore_index=True)
    return (int(table["p"][0]), d, int(table["q"][0])), table


@wrong("ex8-select-arima", "the criteria of exercise 6 with the n of the series, not n - d")
def information_criteria(llf, k, n):
    if k < 1 or n < 1:
        raise ValueError("bad k or n")
    aic = 2 * k - 2 * llf
    aicc = aic + 2 * k * (k + 1) / (n - k - 1) if n > k + 1 else np.inf
    return {"aic": aic, "aicc": aicc, "bic": k * np.log(n) - 2 * llf}


@wrong("ex8-select-arima", "the criteria of exercise 6 with the n of the series, not n - d")
def select_arima(x, d, max_p=2, max_q=2, ic="aicc", trend="n"):
    if min(d, max_p, max_q) < 0 or ic not in ("aic", "aicc", "bic"):
        raise ValueError("bad input")
    x, rows = np.asarray(x, dtype=float), []
    for p in range(max_p + 1):
        for q in range(max_q + 1):
            try:
                fit = ARIMA(x, order=(p, d, q), trend=trend).fit()
                value = information_criteria(fit.llf, len(fit.params), len(x))[ic]
                rows.append((p, q, value, bool(fit.mle_retvals["converged"])))
            except Exception:
                rows.append((p, q, np.nan, False))
    table = pd.DataFrame(rows, columns=["p", "q", "ic", "converged"])
    table = table.sort_values("ic", ignore_index=True)
    if table["ic"].isna().all():
        raise ValueError("no fit")
    return (int(table["p"][0]), d, int(table["q"][0])), table


@wrong("ex8-select-arima", "the criteria of exercise 6 with k = p + q, without σ² and trend")
def information_criteria(llf, k, n):
    if k < 1 or n < 1:
        raise ValueError("bad k or n")
    aic = 2 * k - 2 * llf
    aicc = aic + 2 * k * (k + 1) / (n - k - 1) if n > k + 1 else np.inf
    return {"aic": aic, "aicc": aicc, "bic": k * np.log(n) - 2 * llf}


@wrong("ex8-select-arima", "the criteria of exercise 6 with k = p + q, without σ² and trend")
def select_arima(x, d, max_p=2, max_q=2, ic="aicc", trend="n"):
    if min(d, max_p, max_q) < 0 or ic not in ("aic", "aicc", "bic"):
        raise ValueError("bad input")
    x, rows = np.asarray(x, dtype=float), []
    for p in range(max_p + 1):
        for q in range(max_q + 1):
            try:
                fit = ARIMA(x, order=(p, d, q), trend=trend).fit()
                value = information_criteria(fit.llf, max(p + q, 1), fit.nobs_effective)[ic]
                rows.append((p, q, value, bool(fit.mle_retvals["converged"])))
            except ValueError:
                rows.append((p, q, np.nan, False))
    table = pd.DataFrame(rows, columns=["p", "q", "ic", "converged"])
    table = table.sort_values("ic", ignore_index=True)
    return (int(table["p"][0]), d, int(table["q"][0])), table


@wrong("ex8-select-arima", "failed fits are left out of the table")
def select_arima(x, d, max_p=2, max_q=2, ic="aicc", trend="n"):
    if min(d, max_p, max_q) < 0 or ic not in ("aic", "aicc", "bic"):
        raise ValueError("bad input")
    rows = []
    for p in range(max_p + 1):
        for q in range(max_q + 1):
            try:
                fit = ARIMA(np.asarray(x), order=(p, d, q), trend=trend).fit()
            except ValueError:
                continue
            if np.isfinite(getattr(fit, ic)):
                rows.append((p, q, getattr(fit, ic), bool(fit.mle_retvals["converged"])))
    table = pd.DataFrame(rows, columns=["p", "q", "ic", "converged"])
    if table.empty:
        raise ValueError("no fit")
    table = table.sort_values("ic", ignore_index=True)
    return (int(table["p"][0]), d, int(table["q"][0])), table


@wrong("ex8-select-arima", "centres the caller's series", raises=ValueError)
def select_arima(x, d, max_p=2, max_q=2, ic="aicc", trend="n"):
    if min(d, max_p, max_q) < 0 or ic not in ("aic", "aicc", "bic"):
        raise ValueError("bad input")
    x, rows = np.asarray(x, dtype=float), []
    x -= x.mean()
    for p in range(max_p + 1):
        for q in range(max_q + 1):
            fit = ARIMA(x, order=(p, d, q), trend=trend).fit()
            rows.append((p, q, getattr(fit, ic), bool(fit.mle_retvals["converged"])))
    table = pd.DataFrame(rows, columns=["p", "q", "ic", "converged"])
    table = table.sort_values("ic", ignore_index=True)
    return (int(table["p"][0]), d, int(table["q"][0])), table


mutate(
    "ex8-select-arima",
    "the largest criterion wins",
    old='sort_values("ic",',
    new='sort_values("ic", ascending=False,',
)
mutate(
    "ex8-select-arima",
    "p stops before max_p",
    old="range(max_p + 1)",
    new="range(max_p)",
)
mutate(
    "ex8-select-arima",
    "pairs with p + q <= max(max_p, max_q) only",
    old="range(max_q + 1)",
    new="range(max(max_p, max_q) - p + 1)",
)
mutate(
    "ex8-select-arima",
    "max_p and max_q exchanged",
    old="    x, rows = np.asarray",
    new="    max_p, max_q = max_q, max_p\n    x, rows = np.asarray",
)
mutate(
    "ex8-select-arima",
    "p and q exchanged in the model's order",
    old="order=(p, d, q)",
    new="order=(q, d, p)",
)
mutate(
    "ex8-select-arima",
    "a string for the order",
    old='return (int(table["p"][0]), d, int(table["q"][0])), table',
    new='return f"({table.p[0]}, {d}, {table.q[0]})", table',
)
mutate(
    "ex8-select-arima",
    "the order without d",
    old='return (int(table["p"][0]), d, int(table["q"][0])), table',
    new='return (int(table["p"][0]), int(table["q"][0])), table',
)
mutate(
    "ex8-select-arima",
    "AICc whatever ic is",
    old="getattr(fit, ic)",
    new="fit.aicc",
)
mutate(
    "ex8-select-arima",
    "always one difference",
    old="order=(p, d, q)",
    new="order=(p, 1, q)",
    raises=ValueError,
)
mutate(
    "ex8-select-arima",
    "differences the series first and fits an ARMA: another likelihood",
    old="ARIMA(x, order=(p, d, q)",
    new="ARIMA(np.diff(x, n=d), order=(p, 0, q)",
)
mutate(
    "ex8-select-arima",
    "ignores trend",
    old="trend=trend).fit()",
    new='trend="n").fit()',
)
mutate(
    "ex8-select-arima",
    "catches a ValueError only: an IndexError stops the search",
    old="except Exception:",
    new="except ValueError:",
    raises=IndexError,
)
mutate(
    "ex8-select-arima",
    "an infinite criterion stays in the table",
    old="if not np.isfinite(value):",
    new="if np.isnan(value):",
)
mutate(
    "ex8-select-arima",
    "an infinite criterion becomes NaN, but the fit still counts as converged",
    old="            if not np.isfinite(value):\n                value, converged = np.nan, False",
    new="            if not np.isfinite(value):\n                value = np.nan",
)
mutate(
    "ex8-select-arima",
    "converged says that the fit did not fail",
    old='bool(fit.mle_retvals["converged"])',
    new="True",
)
mutate(
    "ex8-select-arima",
    "passes over models that did not converge",
    old="            if not np.isfinite(value):",
    new="            if not np.isfinite(value) or not converged:",
)
mutate(
    "ex8-select-arima",
    "a table in the order of the search",
    old="ignore_index=True)",
    new="ignore_index=True).sort_values(['p', 'q'], ignore_index=True)",
)
mutate(
    "ex8-select-arima",
    "keeps the index of the search",
    old='kind="stable", ignore_index=True)',
    new='kind="stable")',
    raises=ValueError,
)
mutate(
    "ex8-select-arima",
    "the criterion's name for its column",
    old='d, int(table["q"][0])), table',
    new="d, int(table[\"q\"][0])), table.rename(columns={'ic': ic})",
)
mutate(
    "ex8-select-arima",
    "takes any attribute of the results for a criterion",
    old='if ic not in ("aic", "aicc", "bic"):',
    new="if False:",
)
mutate(
    "ex8-select-arima",
    "an empty table when max_p < 0",
    old="if min(d, max_p, max_q) < 0:",
    new="if min(d, max_q) < 0:",
)
mutate(
    "ex8-select-arima",
    "an order although all fits have failed",
    old='table["ic"].isna().all()',
    new="False",
)


# === Exercise 9 ============================================================================


@right("ex9-residual-diagnostics", "the library's tests, plain numbers from them")
def residual_diagnostics(resid, lags, model_df=0):
    resid = np.asarray(resid, dtype=float)
    if lags < 1 or lags >= len(resid):
        raise ValueError("lags out of range")
    if model_df < 0 or lags <= model_df:
        raise ValueError("model_df out of range")
    row = acorr_ljungbox(resid, lags=[lags], model_df=model_df).iloc[0]
    return {
        "lb_stat": float(row["lb_stat"]),
        "lb_p": float(row["lb_pvalue"]),
        "jb_p": float(jarque_bera(resid).pvalue),
        "ok": bool(row["lb_pvalue"] > 0.05),
    }


@right("ex9-residual-diagnostics", "loops in plain Python, the tail as 1 - cdf, np.bool_ for ok")
def residual_diagnostics(resid, lags, model_df=0):
    from scipy.stats import chi2

    e = [float(value) for value in resid]
    n = len(e)
    if not 1 <= lags < n:
        raise ValueError("lags")
    if model_df < 0:
        raise ValueError("model_df")
    if lags - model_df <= 0:
        raise ValueError("no degrees of freedom left")
    mean = sum(e) / n
    e = [value - mean for value in e]
    squares = sum(value**2 for value in e)
    q = 0.0
    for k in range(1, lags + 1):
        r = sum(e[t] * e[t - k] for t in range(k, n)) / squares
        q += r**2 / (n - k)
    q *= n * (n + 2)
    m2 = squares / n
    skewness = sum(value**3 for value in e) / n / m2**1.5
    kurtosis = sum(value**4 for value in e) / n / m2**2
    jb = n / 6 * skewness**2 + n / 24 * (kurtosis - 3) ** 2
    p = chi2.sf(q, df=lags - model_df)
    return dict(ok=p > 0.05, lb_p=p, jb_p=np.exp(-jb / 2), lb_stat=q)


@right("ex9-residual-diagnostics", "the library's acf, skewness and kurtosis; gammaincc for tails")
def residual_diagnostics(resid, lags, model_df=0):
    from scipy.special import gammaincc
    from scipy.stats import kurtosis, skew

    e = np.array(resid, dtype=float)
    n, df = e.size, lags - model_df
    if lags < 1 or n <= lags or model_df < 0 or df < 1:
        raise ValueError("bad input")
    r = library_acf(e, nlags=lags, fft=False)[1:]
    q = n * (n + 2) * (r**2 / np.arange(n - 1, n - lags - 1, -1)).sum()
    jb = n / 6 * (skew(e) ** 2 + kurtosis(e) ** 2 / 4)
    p = gammaincc(df / 2, q / 2)
    return {"lb_stat": q, "lb_p": p, "jb_p": gammaincc(1, jb / 2), "ok": bool(p > 0.05)}


@right("ex9-residual-diagnostics", "np.correlate for all lags, standardised residuals")
def residual_diagnostics(resid, lags, model_df=0):
    from scipy.stats import chi2

    e = pd.Series(np.array(resid, dtype=float))
    n = len(e)
    if not (1 <= lags <= n - 1 and 0 <= model_df <= lags - 1):
        raise ValueError("lags or model_df out of range")
    z = ((e - e.mean()) / e.std(ddof=0)).to_numpy()
    r = np.correlate(z, z, mode="full")[n : n + lags] / n
    q = float((n + 2) * n * np.sum(r * r / (n - 1 - np.arange(lags))))
    jb = float(n * ((z**3).mean() ** 2 / 6 + ((z**4).mean() - 3) ** 2 / 24))
    lb_p, jb_p = chi2.sf([q, jb], [lags - model_df, 2])
    return {"lb_stat": q, "lb_p": float(lb_p), "jb_p": float(jb_p), "ok": bool(lb_p > 0.05)}


@wrong("ex9-residual-diagnostics", "Box and Pierce: n Σ r²")
def residual_diagnostics(resid, lags, model_df=0):
    if not 1 <= lags < len(resid) or not 0 <= model_df < lags:
        raise ValueError("bad input")
    row = acorr_ljungbox(np.asarray(resid), [lags], model_df=model_df, boxpierce=True).iloc[0]
    p = float(row["bp_pvalue"])
    jb_p = float(jarque_bera(np.asarray(resid)).pvalue)
    return {"lb_stat": float(row["bp_stat"]), "lb_p": p, "jb_p": jb_p, "ok": p > 0.05}


@wrong("ex9-residual-diagnostics", "autocorrelations with the divisor n - k")
def residual_diagnostics(resid, lags, model_df=0):
    from scipy.stats import chi2

    e = np.asarray(resid, dtype=float)
    n = len(e)
    if not 1 <= lags < n or not 0 <= model_df < lags:
        raise ValueError("bad input")
    r = library_acf(e, nlags=lags, adjusted=True)[1:]
    q = float(n * (n + 2) * np.sum(r**2 / (n - np.arange(1, lags + 1))))
    p = float(chi2.sf(q, lags - model_df))
    return {"lb_stat": q, "lb_p": p, "jb_p": float(jarque_bera(e).pvalue), "ok": p > 0.05}


@wrong("ex9-residual-diagnostics", "Pearson's correlation of each lagged pair")
def residual_diagnostics(resid, lags, model_df=0):
    from scipy.stats import chi2

    e = np.asarray(resid, dtype=float)
    n = len(e)
    if not 1 <= lags < n or not 0 <= model_df < lags:
        raise ValueError("bad input")
    r = np.array([np.corrcoef(e[:-k], e[k:])[0, 1] for k in range(1, lags + 1)])
    q = float(n * (n + 2) * np.sum(r**2 / (n - np.arange(1, lags + 1))))
    p = float(chi2.sf(q, lags - model_df))
    return {"lb_stat": q, "lb_p": p, "jb_p": float(jarque_bera(e).pvalue), "ok": p > 0.05}


@wrong("ex9-residual-diagnostics", "partial autocorrelations in the sum")
def residual_diagnostics(resid, lags, model_df=0):
    from scipy.stats import chi2
    from statsmodels.tsa.stattools import pacf

    e = np.asarray(resid, dtype=float)
    n = len(e)
    if not 1 <= lags < n or not 0 <= model_df < lags:
        raise ValueError("bad input")
    r = pacf(e, nlags=min(lags, n // 2 - 1), method="ld")[1:]
    q = float(n * (n + 2) * np.sum(r**2 / (n - np.arange(1, len(r) + 1))))
    p = float(chi2.sf(q, lags - model_df))
    return {"lb_stat": q, "lb_p": p, "jb_p": float(jarque_bera(e).pvalue), "ok": p > 0.05}


@wrong("ex9-residual-diagnostics", "lag 0 counts too")
def residual_diagnostics(resid, lags, model_df=0):
    from scipy.stats import chi2

    e = np.asarray(resid, dtype=float)
    n = len(e)
    if not 1 <= lags < n or not 0 <= model_df < lags:
        raise ValueError("bad input")
    r = library_acf(e, nlags=lags)
    q = float(n * (n + 2) * np.sum(r**2 / (n - np.arange(lags + 1))))
    p = float(chi2.sf(q, lags - model_df))
    return {"lb_stat": q, "lb_p": p, "jb_p": float(jarque_bera(e).pvalue), "ok": p > 0.05}


@wrong("ex9-residual-diagnostics", "the library's test with its default lags, the last row")
def residual_diagnostics(resid, lags, model_df=0):
    if not 1 <= lags < len(resid) or not 0 <= model_df < lags:
        raise ValueError("bad input")
    row = acorr_ljungbox(np.asarray(resid), model_df=model_df).iloc[-1]
    p = float(row["lb_pvalue"])
    jb_p = float(jarque_bera(np.asarray(resid)).pvalue)
    return {"lb_stat": float(row["lb_stat"]), "lb_p": p, "jb_p": jb_p, "ok": p > 0.05}


@wrong("ex9-residual-diagnostics", "the first row of the library's table: lag 1 only")
def residual_diagnostics(resid, lags, model_df=0):
    from scipy.stats import chi2

    if not 1 <= lags < len(resid) or not 0 <= model_df < lags:
        raise ValueError("bad input")
    q = float(acorr_ljungbox(np.asarray(resid), lags)["lb_stat"].iloc[0])
    p = float(chi2.sf(q, lags - model_df))
    jb_p = float(jarque_bera(np.asarray(resid)).pvalue)
    return {"lb_stat": q, "lb_p": p, "jb_p": jb_p, "ok": p > 0.05}


@wrong("ex9-residual-diagnostics", "the library's table as it is, with a row for each lag")
def residual_diagnostics(resid, lags, model_df=0):
    if not 1 <= lags < len(resid) or not 0 <= model_df < lags:
        raise ValueError("bad input")
    table = acorr_ljungbox(np.asarray(resid), list(range(model_df + 1, lags + 2)), False, model_df)
    p, jb_p = table["lb_pvalue"].to_numpy(), jarque_bera(np.asarray(resid)).pvalue
    return {"lb_stat": table["lb_stat"].to_numpy(), "lb_p": p, "jb_p": jb_p, "ok": (p > 0.05).all()}


@wrong("ex9-residual-diagnostics", "ok needs every number of lags up to m to pass")
def residual_diagnostics(resid, lags, model_df=0):
    e = np.asarray(resid, dtype=float)
    if not 1 <= lags < len(e) or not 0 <= model_df < lags:
        raise ValueError("bad input")
    table = acorr_ljungbox(e, list(range(model_df + 1, lags + 1)), model_df=model_df)
    q, p = table["lb_stat"].iloc[-1], table["lb_pvalue"].iloc[-1]
    ok = bool((table["lb_pvalue"] > 0.05).all())
    return {"lb_stat": q, "lb_p": p, "jb_p": float(jarque_bera(e).pvalue), "ok": ok}


@wrong("ex9-residual-diagnostics", "D'Agostino and Pearson's test of normality")
def residual_diagnostics(resid, lags, model_df=0):
    import warnings

    from scipy.stats import normaltest

    e = np.asarray(resid, dtype=float)
    if not 1 <= lags < len(e) or not 0 <= model_df < lags:
        raise ValueError("bad input")
    row = acorr_ljungbox(e, [lags], model_df=model_df).iloc[0]
    p = float(row["lb_pvalue"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        jb_p = float(normaltest(np.tile(e, 4)).pvalue if len(e) < 8 else normaltest(e).pvalue)
    return {"lb_stat": float(row["lb_stat"]), "lb_p": p, "jb_p": jb_p, "ok": p > 0.05}


@wrong("ex9-residual-diagnostics", "skewness and kurtosis without their bias")
def residual_diagnostics(resid, lags, model_df=0):
    from scipy.stats import chi2, kurtosis, skew

    e = np.asarray(resid, dtype=float)
    n = len(e)
    if not 1 <= lags < n or not 0 <= model_df < lags:
        raise ValueError("bad input")
    row = acorr_ljungbox(e, [lags], model_df=model_df).iloc[0]
    p = float(row["lb_pvalue"])
    jb = n / 6 * (skew(e, bias=False) ** 2 + kurtosis(e, bias=False) ** 2 / 4)
    jb_p = float(chi2.sf(jb, 2))
    return {"lb_stat": float(row["lb_stat"]), "lb_p": p, "jb_p": jb_p, "ok": p > 0.05}


@wrong("ex9-residual-diagnostics", "moments about 0 in Jarque and Bera")
def residual_diagnostics(resid, lags, model_df=0):
    from scipy.stats import chi2

    e = np.asarray(resid, dtype=float)
    n = len(e)
    if not 1 <= lags < n or not 0 <= model_df < lags:
        raise ValueError("bad input")
    row = acorr_ljungbox(e, [lags], model_df=model_df).iloc[0]
    p = float(row["lb_pvalue"])
    m2, m3, m4 = (np.mean(e**j) for j in (2, 3, 4))
    jb_p = float(chi2.sf(n / 6 * (m3**2 / m2**3 + (m4 / m2**2 - 3) ** 2 / 4), 2))
    return {"lb_stat": float(row["lb_stat"]), "lb_p": p, "jb_p": jb_p, "ok": p > 0.05}


@wrong("ex9-residual-diagnostics", "multiplies a Series by its shifted slice: aligned, not lagged")
def residual_diagnostics(resid, lags, model_df=0):
    from scipy.stats import chi2

    e = resid if isinstance(resid, pd.Series) else np.asarray(resid, dtype=float)
    n = len(e)
    if not 1 <= lags < n or not 0 <= model_df < lags:
        raise ValueError("bad input")
    e = e - e.mean()
    r = np.array([np.nansum(e[:-k] * e[k:]) for k in range(1, lags + 1)]) / (e**2).sum()
    q = float(n * (n + 2) * np.sum(r**2 / (n - np.arange(1, lags + 1))))
    p = float(chi2.sf(q, lags - model_df))
    return {"lb_stat": q, "lb_p": p, "jb_p": float(jarque_bera(e).pvalue), "ok": p > 0.05}


@wrong("ex9-residual-diagnostics", "asks a Series by label", raises=KeyError)
def residual_diagnostics(resid, lags, model_df=0):
    from scipy.stats import chi2

    n = len(resid)
    if not 1 <= lags < n or not 0 <= model_df < lags:
        raise ValueError("bad input")
    mean = sum(resid) / n
    squares = sum((e - mean) ** 2 for e in resid)
    q = 0.0
    for k in range(1, lags + 1):
        r = sum((resid[t] - mean) * (resid[t - k] - mean) for t in range(k, n)) / squares
        q += n * (n + 2) * r**2 / (n - k)
    p = float(chi2.sf(q, lags - model_df))
    jb_p = float(jarque_bera(np.asarray(resid)).pvalue)
    return {"lb_stat": float(q), "lb_p": p, "jb_p": jb_p, "ok": p > 0.05}


@wrong("ex9-residual-diagnostics", "subtracts the mean in the caller's array", raises=ValueError)
def residual_diagnostics(resid, lags, model_df=0):
    e = np.asarray(resid, dtype=float)
    if not 1 <= lags < len(e) or not 0 <= model_df < lags:
        raise ValueError("bad input")
    e -= e.mean()
    row = acorr_ljungbox(e, [lags], model_df=model_df).iloc[0]
    p = float(row["lb_pvalue"])
    jb_p = float(jarque_bera(e).pvalue)
    return {"lb_stat": float(row["lb_stat"]), "lb_p": p, "jb_p": jb_p, "ok": p > 0.05}


@wrong("ex9-residual-diagnostics", "leaves the first residual out")
def residual_diagnostics(resid, lags, model_df=0):
    e = np.asarray(resid, dtype=float)
    if not 1 <= lags < len(e) or not 0 <= model_df < lags:
        raise ValueError("bad input")
    row = acorr_ljungbox(e[1:], [lags], model_df=model_df).iloc[0]
    p = float(row["lb_pvalue"])
    jb_p = float(jarque_bera(e[1:]).pvalue)
    return {"lb_stat": float(row["lb_stat"]), "lb_p": p, "jb_p": jb_p, "ok": p > 0.05}


@wrong("ex9-residual-diagnostics", "NaN instead of an error when no degrees of freedom are left")
def residual_diagnostics(resid, lags, model_df=0):
    e = np.asarray(resid, dtype=float)
    if not 1 <= lags < len(e) or model_df < 0:
        raise ValueError("bad input")
    row = acorr_ljungbox(e, [lags], model_df=model_df).iloc[0]
    p = float(row["lb_pvalue"])
    jb_p = float(jarque_bera(e).pvalue)
    return {"lb_stat": float(row["lb_stat"]), "lb_p": p, "jb_p": jb_p, "ok": p > 0.05}


@wrong("ex9-residual-diagnostics", "a tuple instead of a dict")
def residual_diagnostics(resid, lags, model_df=0):
    e = np.asarray(resid, dtype=float)
    if not 1 <= lags < len(e) or not 0 <= model_df < lags:
        raise ValueError("bad input")
    row = acorr_ljungbox(e, [lags], model_df=model_df).iloc[0]
    p = float(row["lb_pvalue"])
    return float(row["lb_stat"]), p, float(jarque_bera(e).pvalue), p > 0.05


@wrong("ex9-residual-diagnostics", "refuses lags above n / 2", raises=ValueError)
def residual_diagnostics(resid, lags, model_df=0):
    e = np.asarray(resid, dtype=float)
    if not 1 <= lags <= len(e) / 2 or not 0 <= model_df < lags:
        raise ValueError("bad input")
    row = acorr_ljungbox(e, [lags], model_df=model_df).iloc[0]
    p = float(row["lb_pvalue"])
    jb_p = float(jarque_bera(e).pvalue)
    return {"lb_stat": float(row["lb_stat"]), "lb_p": p, "jb_p": jb_p, "ok": p > 0.05}


mutate(
    "ex9-residual-diagnostics",
    "df = lags: the fitted coefficients do not count",
    old="chi2.sf(q, lags - model_df)",
    new="chi2.sf(q, lags)",
)
mutate(
    "ex9-residual-diagnostics",
    "one degree of freedom more for the mean",
    old="chi2.sf(q, lags - model_df)",
    new="chi2.sf(q, max(lags - model_df - 1, 1))",
)
mutate(
    "ex9-residual-diagnostics",
    "df = n - model_df",
    old="chi2.sf(q, lags - model_df)",
    new="chi2.sf(q, n - model_df)",
)
mutate(
    "ex9-residual-diagnostics",
    "1 - p: the lower tail",
    old="chi2.sf(q,",
    new="chi2.cdf(q,",
)
mutate(
    "ex9-residual-diagnostics",
    "the density of chi-squared for its tail",
    old="chi2.sf(q,",
    new="chi2.pdf(q,",
)
mutate(
    "ex9-residual-diagnostics",
    "does not subtract the mean",
    old="d = d - d.mean()",
    new="d = d + 0.0",
)
mutate(
    "ex9-residual-diagnostics",
    "n(n - 2) for n(n + 2)",
    old="n * (n + 2)",
    new="n * (n - 2)",
)
mutate(
    "ex9-residual-diagnostics",
    "n + 2 only: forgets the factor n",
    old="n * (n + 2)",
    new="(n + 2)",
)
mutate(
    "ex9-residual-diagnostics",
    "the divisor n for each lag",
    old="(n - np.arange(1, lags + 1))",
    new="n",
)
mutate(
    "ex9-residual-diagnostics",
    "the divisor n - k one lag behind",
    old="(n - np.arange(1, lags + 1))",
    new="(n - np.arange(lags))",
)
mutate(
    "ex9-residual-diagnostics",
    "the divisor n - lags for each lag",
    old="(n - np.arange(1, lags + 1))",
    new="(n - lags)",
)
mutate(
    "ex9-residual-diagnostics",
    "absolute autocorrelations for squares",
    old="r**2 / (n",
    new="abs(r) / (n",
)
mutate(
    "ex9-residual-diagnostics",
    "the last lag is left out",
    old="for k in range(1, lags + 1)])",
    new="for k in range(1, lags)] + [0.0])",
)
mutate(
    "ex9-residual-diagnostics",
    "the last lag only",
    old="np.sum(r**2 / (n - np.arange(1, lags + 1)))",
    new="(r**2 / (n - np.arange(1, lags + 1)))[-1]",
)
mutate(
    "ex9-residual-diagnostics",
    "autocovariances: not divided by the variance",
    old=" / (d @ d)",
    new=" / n",
)
mutate(
    "ex9-residual-diagnostics",
    "the variance with n - 1 in the autocorrelations",
    old=" / (d @ d)",
    new=" / (n * d.var(ddof=1))",
)
mutate(
    "ex9-residual-diagnostics",
    "the kurtosis without minus 3",
    old="m4 / m2**2 - 3",
    new="m4 / m2**2",
)
mutate(
    "ex9-residual-diagnostics",
    "the kurtosis minus 3 without its square",
    old="(m4 / m2**2 - 3) ** 2",
    new="abs(m4 / m2**2 - 3)",
)
mutate(
    "ex9-residual-diagnostics",
    "the kurtosis without the quarter",
    old="** 2 / 4)",
    new="** 2)",
)
mutate(
    "ex9-residual-diagnostics",
    "no skewness in Jarque and Bera",
    old="(m3**2 / m2**3 + (",
    new="((",
)
mutate(
    "ex9-residual-diagnostics",
    "the skewness without its square",
    old="m3**2 / m2**3",
    new="m3 / m2**1.5",
)
mutate(
    "ex9-residual-diagnostics",
    "n / 6 left out",
    old="n / 6 *",
    new="1 / 6 *",
)
mutate(
    "ex9-residual-diagnostics",
    "n - model_df in Jarque and Bera",
    old="n / 6 *",
    new="(n - model_df) / 6 *",
)
mutate(
    "ex9-residual-diagnostics",
    "moments with the divisor n - 1",
    old="np.mean(d**j)",
    new="np.sum(d**j) / (n - 1)",
)
mutate(
    "ex9-residual-diagnostics",
    "one degree of freedom for Jarque and Bera",
    old="chi2.sf(jb, 2)",
    new="chi2.sf(jb, 1)",
)
mutate(
    "ex9-residual-diagnostics",
    "lags - model_df degrees of freedom for Jarque and Bera too",
    old="chi2.sf(jb, 2)",
    new="chi2.sf(jb, lags - model_df)",
)
mutate(
    "ex9-residual-diagnostics",
    "the lower tail of Jarque and Bera",
    old="chi2.sf(jb, 2)",
    new="chi2.cdf(jb, 2)",
)
mutate(
    "ex9-residual-diagnostics",
    "the statistic of Jarque and Bera instead of its p-value",
    old="float(chi2.sf(jb, 2))",
    new="float(jb)",
)
mutate(
    "ex9-residual-diagnostics",
    "ok when the test rejects",
    old='"ok": lb_p > 0.05',
    new='"ok": lb_p < 0.05',
)
mutate(
    "ex9-residual-diagnostics",
    "ok asks for normality too",
    old='"ok": lb_p > 0.05',
    new='"ok": lb_p > 0.05 and chi2.sf(jb, 2) > 0.05',
)
mutate(
    "ex9-residual-diagnostics",
    "ok at the level of 1 %",
    old='"ok": lb_p > 0.05',
    new='"ok": lb_p > 0.01',
)
mutate(
    "ex9-residual-diagnostics",
    "ok from the statistic",
    old='"ok": lb_p > 0.05',
    new='"ok": q > 0.05',
)
mutate(
    "ex9-residual-diagnostics",
    "takes lags = n",
    old="1 <= lags < n",
    new="1 <= lags <= n",
)
mutate(
    "ex9-residual-diagnostics",
    "refuses lags = n - 1",
    old="1 <= lags < n",
    new="1 <= lags < n - 1",
    raises=ValueError,
)
mutate(
    "ex9-residual-diagnostics",
    "refuses one lag",
    old="1 <= lags < n",
    new="1 < lags < n",
    raises=ValueError,
)
mutate(
    "ex9-residual-diagnostics",
    "takes model_df < 0",
    old="0 <= model_df < lags",
    new="model_df < lags",
)
mutate(
    "ex9-residual-diagnostics",
    "takes as many coefficients as lags",
    old="0 <= model_df < lags",
    new="0 <= model_df <= lags",
)
mutate(
    "ex9-residual-diagnostics",
    "takes more coefficients than lags",
    old="0 <= model_df < lags",
    new="0 <= model_df != lags",
)
mutate(
    "ex9-residual-diagnostics",
    "refuses model_df = 0",
    old="0 <= model_df < lags",
    new="0 < model_df < lags",
    raises=ValueError,
)
