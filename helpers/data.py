"""The course's data sets. All come with installed packages or this one: nothing is downloaded.

Each call reads the data anew, so you may change what you get. Numbers are float64; the index
holds dates, is named ``date`` and has its ``freq`` set.
"""

import re
from pathlib import Path

import numpy as np
import pandas as pd


def load_co2_monthly() -> pd.DataFrame:
    """CO2 in the air over Mauna Loa, Hawaii, 526 months from March 1958, frequency "MS".

    Source: Keeling and Whorf (2004), Carbon Dioxide Information Analysis Center; weekly in
    ``statsmodels.datasets.co2``.

    Returns
    -------
    DataFrame
        ``co2``: mean of the month's values, in ppm (parts per million by volume).
        ``interpolated``: True in the 5 months without a value (1958-06, 1958-10, 1964-02 to
        1964-04), where ``co2`` lies on a straight line in time between its neighbours.
    """
    from statsmodels.datasets import co2

    monthly = co2.load_pandas().data["co2"].resample("MS").mean()
    table = pd.DataFrame({"co2": monthly.interpolate("time"), "interpolated": monthly.isna()})
    return table.rename_axis("date")


def load_sunspots() -> pd.Series:
    """Mean number of sunspots in each of the 309 years 1700 to 2008, frequency "YS".

    Source: National Geophysical Data Center (Wolf's relative numbers, before their revision
    of 2015); from ``statsmodels.datasets.sunspots``.
    """
    from statsmodels.datasets import sunspots

    values = sunspots.load_pandas().data["SUNACTIVITY"]
    return _series(values, "1700-01-01", "YS", "sunspots")


def load_nile() -> pd.Series:
    """Flow of the Nile at Aswan in 10^8 cubic metres, 100 years 1871 to 1970, frequency "YS".

    Source: Cobb (1978), Biometrika 65(2), 243-251; from ``statsmodels.datasets.nile``.
    """
    from statsmodels.datasets import nile

    return _series(nile.load_pandas().data["volume"], "1871-01-01", "YS", "volume")


def load_elnino() -> pd.Series:
    """Sea surface temperature in degrees Celsius, 732 months 1950 to 2010, frequency "MS".

    Source: NOAA, ERSST.V3B, region Nino 1+2; from ``statsmodels.datasets.elnino``.
    """
    from statsmodels.datasets import elnino

    years = elnino.load_pandas().data.drop(columns="YEAR")
    return _series(years.to_numpy().ravel(), "1950-01-01", "MS", "temperature")


def load_macro() -> pd.DataFrame:
    """Economy of the United States, 203 quarters 1959 Q1 to 2009 Q3, frequency "QS".

    Output, jobs, prices and the price of money: unemployment is the one to forecast, and
    textbook models of the economy link it to the other three.
    Source: FRED and Bureau of Labor Statistics, 2009; from ``statsmodels.datasets.macrodata``.

    Returns
    -------
    DataFrame
        ``realgdp``: gross domestic product, 10^9 dollars of 2005 per year, seasonally adjusted.
        ``unemp``: unemployment, percent, seasonally adjusted.
        ``infl``: inflation, percent per year, from the consumer price index of the quarter.
        ``tbilrate``: interest on three-month treasury bills, percent per year.
    """
    from statsmodels.datasets import macrodata

    table = macrodata.load_pandas().data[["realgdp", "unemp", "infl", "tbilrate"]].astype(float)
    dates = pd.date_range("1959-01-01", periods=len(table), freq="QS", name="date")
    return table.set_axis(dates)


def load_stocks() -> pd.DataFrame:
    """Closing prices of six technology companies, 105 weeks of 2018 and 2019, frequency "W-MON".

    One column per company, each divided by its first price, so without a unit.
    Source: ``plotly.data.stocks``.
    """
    import plotly.data

    table = plotly.data.stocks(indexed=True, datetimes=True).astype(float)
    return table.asfreq("W-MON")


def load_descriptions() -> str:
    """Descriptions of six data sets as one text: small letters, points, commas and single spaces.

    Source: ``DESCR`` of the data sets that come with scikit-learn.
    """
    from sklearn import datasets

    names = ("breast_cancer", "diabetes", "digits", "iris", "linnerud", "wine")
    raw = " ".join(getattr(datasets, f"load_{name}")().DESCR.lower() for name in names)
    return re.sub(r"( [.,]+)+ ", " ", re.sub(r"[^a-z.,]+", " ", raw))


def load_table(name: str) -> pd.DataFrame:
    """Table of results that take too long to compute in a notebook.

    Parameters
    ----------
    name : str
        A file of ``helpers/datasets`` without its ending.

    Returns
    -------
    DataFrame
        One row per result; the module of the same name, beside the file or in ``tools/tables``,
        made it and says what the columns hold.
    """
    folder = Path(__file__).parent / "datasets"
    if not isinstance(name, str) or not (path := folder / f"{name}.csv").is_file():
        names = sorted(path.stem for path in folder.glob("*.csv"))
        raise ValueError(f"name: expected one of {names}, got {name!r}")
    return pd.read_csv(path)


def _series(values: pd.Series | np.ndarray, start: str, freq: str, name: str) -> pd.Series:
    dates = pd.date_range(start, periods=len(values), freq=freq, name="date")
    return pd.Series(np.array(values, dtype=float), index=dates, name=name)
