"""Unit-root and stationarity tests of statsmodels, with one plain result each.

statsmodels warns that its results will change their form, and that a p-value is outside a table.
The wrappers choose the new form, and ``kpss`` says below what happens to the p-value.
"""

import warnings
from typing import Any

import numpy as np

from helpers._common import finite_vector, whole_number


def adf(x: Any, lags: int | None = None, regression: str = "c") -> tuple[float, float, int]:
    """Augmented Dickey-Fuller test. Null hypothesis: the series has a unit root.

    Parameters
    ----------
    x : array_like, shape (n,)
        The series.
    lags : int, optional
        Number of lagged differences; None lets Akaike's criterion choose.
    regression : {"n", "c", "ct", "ctt"}
        No constant, a constant, a linear trend too, a quadratic trend too.

    Returns
    -------
    tuple
        ``(stat, p, lags)``; ``p`` is MacKinnon's approximation (1994, 2010).
    """
    from statsmodels.tsa.stattools import adfuller

    x = _varying_vector(x)
    _one_of("regression", regression, ("n", "c", "ct", "ctt"))
    asked = 0 if lags is None else whole_number("lags", lags, at_least=0)
    needed = 2 * (asked + 1 + len(regression.replace("n", "")))  # statsmodels' own rule
    if len(x) < needed:
        setting = f"lags={lags} and regression={regression!r}"
        raise ValueError(f"x: expected at least {needed} values for {setting}, got {len(x)}")
    autolag = "AIC" if lags is None else None
    result = adfuller(x, lags, regression, autolag=autolag, result_object=True)
    return float(result.statistic), float(result.pvalue), int(result.lags)


def kpss(x: Any, lags: int | str = "auto", regression: str = "c") -> tuple[float, float, int]:
    """KPSS test. Null hypothesis: the series is stationary around a level or a trend.

    Parameters
    ----------
    x : array_like, shape (n,)
        The series.
    lags : int, "auto" or "legacy"
        Number of autocovariances in the long-run variance. "auto" follows the data (Hobijn and
        others, 1998), "legacy" only n: ``ceil(12 (n / 100)^(1/4))``.
    regression : {"c", "ct"}
        Stationary around a constant or around a linear trend.

    Returns
    -------
    tuple
        ``(stat, p, lags)``. The published table ends at 0.01 and 0.10, so ``p`` is clipped to
        that range: 0.01 means "0.01 or less", 0.10 means "0.10 or more".
    """
    from statsmodels.tools.sm_exceptions import InterpolationWarning
    from statsmodels.tsa.stattools import kpss as kpss_test

    x = _varying_vector(x)
    _one_of("regression", regression, ("c", "ct"))
    if isinstance(lags, str):
        _one_of("lags", lags, ("auto", "legacy"))
    elif whole_number("lags", lags, at_least=0) >= len(x):
        raise ValueError(f"lags: expected less than the {len(x)} values of x, got {lags}")
    with warnings.catch_warnings():
        # It says that p was clipped, which the docstring says too.
        warnings.simplefilter("ignore", InterpolationWarning)
        result = kpss_test(x, regression, lags, result_object=True)
    return float(result.statistic), float(result.pvalue), int(result.lags)


def _varying_vector(x: Any) -> np.ndarray:
    x = finite_vector("x", x)
    if np.ptp(x) == 0:
        raise ValueError(f"x: expected a series that varies, got the constant {x[0]:g}")
    return x


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise ValueError(f"{name}: expected one of {', '.join(allowed)}, got {value!r}")
