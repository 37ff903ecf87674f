"""Fit the seasonal ARIMA models that notebook 03 compares on the CO2 series.

``python -m helpers.datasets.co2_sarima_grid`` makes the table ``co2_sarima_grid.csv`` anew, from
the series without its last 60 months. It takes 10 to 60 seconds.
"""

import itertools
from pathlib import Path

import pandas as pd

S = 12
SEASONAL_ORDERS = ((0, 1, 1), (1, 1, 1))


def fit_grid(x: pd.Series) -> pd.DataFrame:
    """Fit the 18 models ARIMA(p, 1, q)(P, 1, 1) with season 12, p and q 0 to 2, P 0 or 1.

    Parameters
    ----------
    x : Series, shape (n,)
        A monthly series.

    Returns
    -------
    DataFrame
        One row per model, as :func:`fit_one` gives it, sorted by ``aicc``.
    """
    orders = itertools.product(range(3), (1,), range(3))
    rows = [fit_one(x, *pair) for pair in itertools.product(orders, SEASONAL_ORDERS)]
    return pd.DataFrame(rows).sort_values("aicc", ignore_index=True)


def fit_one(
    x: pd.Series, order: tuple[int, int, int], seasonal_order: tuple[int, int, int]
) -> dict[str, float | int | bool]:
    """Fit one model by maximum likelihood, without a trend.

    Returns
    -------
    dict
        The orders, ``k`` (parameters, the variance included), ``llf`` (log-likelihood), ``aicc``,
        ``bic``, ``ljung_box_p`` and ``converged``. The Ljung-Box test has 24 lags and
        ``24 - (p + q + P + Q)`` degrees of freedom; it leaves out the first ``d + 12 D``
        residuals, which only initialise the differences.
    """
    from statsmodels.stats.diagnostic import acorr_ljungbox
    from statsmodels.tsa.arima.model import ARIMA

    (p, d, q), (P, D, Q) = order, seasonal_order
    fit = ARIMA(x, order=order, seasonal_order=(P, D, Q, S)).fit()
    test = acorr_ljungbox(fit.resid.iloc[d + S * D :], lags=[24], model_df=p + q + P + Q)
    row = {"p": p, "d": d, "q": q, "P": P, "D": D, "Q": Q, "s": S, "k": len(fit.params)}
    row |= {"llf": fit.llf, "aicc": fit.aicc, "bic": fit.bic}
    row |= {"ljung_box_p": test["lb_pvalue"].iloc[0], "converged": fit.mle_retvals["converged"]}
    return row


if __name__ == "__main__":
    from helpers.data import load_co2_monthly

    table = fit_grid(load_co2_monthly()["co2"].iloc[:-60]).round(4)
    table.to_csv(Path(__file__).with_suffix(".csv"), index=False)
