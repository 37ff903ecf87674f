"""The data sets: their size, index, units as published, and independence of each call."""

import re
import socket
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import helpers

LOADERS = {
    "load_co2_monthly": ((526, 2), "MS", "1958-03-01", "2001-12-01"),
    "load_sunspots": ((309,), "YS-JAN", "1700-01-01", "2008-01-01"),
    "load_nile": ((100,), "YS-JAN", "1871-01-01", "1970-01-01"),
    "load_elnino": ((732,), "MS", "1950-01-01", "2010-12-01"),
    "load_macro": ((203, 4), "QS-JAN", "1959-01-01", "2009-07-01"),
    "load_stocks": ((105, 6), "W-MON", "2018-01-01", "2019-12-30"),
}


@pytest.fixture(params=LOADERS)
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.mark.filterwarnings("error")
def test_size_and_index(name: str) -> None:
    data = getattr(helpers, name)()
    shape, freq, first, last = LOADERS[name]
    assert data.shape == shape
    assert data.index.freqstr == freq
    assert data.index.name == "date"
    assert (data.index[0], data.index[-1]) == (pd.Timestamp(first), pd.Timestamp(last))


def test_numbers_are_finite_floats(name: str) -> None:
    data = getattr(helpers, name)()
    table = data.to_frame() if isinstance(data, pd.Series) else data
    numbers = table.drop(columns="interpolated", errors="ignore")
    assert set(numbers.dtypes) == {np.dtype("float64")}
    assert np.isfinite(numbers.to_numpy()).all()


def test_each_call_gives_a_fresh_copy(name: str) -> None:
    load = getattr(helpers, name)
    first, untouched = load(), load()
    first.iloc[0 if first.ndim == 1 else (0, 0)] = -1.0
    assert load().equals(untouched)
    assert not first.equals(untouched)


def test_no_loader_opens_a_connection(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a loader opened a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert len(getattr(helpers, name)()) == LOADERS[name][0][0]


def test_every_docstring_names_its_source(name: str) -> None:
    assert "Source: " in getattr(helpers, name).__doc__


def test_the_five_missing_months_of_co2_are_flagged_and_interpolated_in_time() -> None:
    table = helpers.load_co2_monthly()
    missing = table.index[table["interpolated"]].strftime("%Y-%m").tolist()
    assert missing == ["1958-06", "1958-10", "1964-02", "1964-03", "1964-04"]
    gap = table["co2"].loc["1964-01":"1964-05"]
    days = (gap.index - gap.index[0]).days
    np.testing.assert_allclose(gap, np.interp(days, [0, days[-1]], [gap.iloc[0], gap.iloc[-1]]))


def test_a_month_of_co2_is_the_mean_of_its_weeks() -> None:
    from statsmodels.datasets import co2

    weeks = co2.load_pandas().data["co2"].loc["1990-05"]
    assert len(weeks) == 4
    assert helpers.load_co2_monthly()["co2"]["1990-05-01"] == pytest.approx(weeks.mean())


def test_known_values() -> None:
    sunspots = helpers.load_sunspots()
    assert sunspots.loc["1700":"1702"].tolist() == [5.0, 11.0, 16.0]
    assert sunspots.idxmax() == pd.Timestamp("1957-01-01")
    assert helpers.load_nile().loc["1871":"1873"].tolist() == [1120.0, 1160.0, 963.0]
    assert (helpers.load_stocks().iloc[0] == 1).all()


def test_elnino_reads_years_row_by_row() -> None:
    sst = helpers.load_elnino()
    assert sst.loc["1950-01":"1950-03"].tolist() == [23.11, 24.20, 25.37]
    assert sst["2010-12-01"] == 22.07
    assert sst.groupby(sst.index.month).mean().idxmax() == 3


def test_macro_has_the_four_columns_that_its_docstring_names() -> None:
    macro = helpers.load_macro()
    assert list(macro) == ["realgdp", "unemp", "infl", "tbilrate"]
    assert all(f"``{column}``" in helpers.load_macro.__doc__ for column in macro)
    assert macro.loc["1959-01-01"].tolist() == [2710.349, 5.8, 0.0, 2.82]


def test_changes_of_stocks_are_not_trends() -> None:
    returns = np.log(helpers.load_stocks()).diff().dropna()
    lag_one = returns.apply(lambda x: x.autocorr(1))
    assert lag_one.between(-0.3, 0.06).all()
    assert lag_one[["GOOG", "MSFT"]].max() < -0.19


def test_descriptions_are_one_text_of_letters_points_commas_and_spaces() -> None:
    text = helpers.load_descriptions()
    assert set(text) == set("abcdefghijklmnopqrstuvwxyz ,.")
    assert 10_000 < len(text) < 15_000
    assert "  " not in text
    assert "iris" in text
    assert text == helpers.load_descriptions()


@pytest.fixture(scope="module")
def grid() -> pd.DataFrame:
    return helpers.load_table("co2_sarima_grid")


def test_the_bundled_grid_holds_each_model_once_and_the_best_first(grid: pd.DataFrame) -> None:
    orders = grid[["p", "d", "q", "P", "D", "Q", "s"]]
    assert len(grid) == len(orders.drop_duplicates()) == 18
    assert sorted(set(map(tuple, orders[["d", "D", "s"]].to_numpy()))) == [(1, 1, 12)]
    assert grid["aicc"].is_monotonic_increasing
    assert grid["converged"].dtype == bool
    assert (grid["k"] == grid[["p", "q", "P", "Q"]].sum(axis=1) + 1).all()
    assert grid["ljung_box_p"].between(0, 1).all()


def test_the_criteria_of_the_grid_follow_from_its_likelihoods(grid: pd.DataFrame) -> None:
    n, k = 466 - 13, grid["k"]
    aicc = 2 * k - 2 * grid["llf"] + 2 * k * (k + 1) / (n - k - 1)
    np.testing.assert_allclose(grid["aicc"], aicc, atol=1e-3)
    np.testing.assert_allclose(grid["bic"], k * np.log(n) - 2 * grid["llf"], atol=1e-3)


@pytest.mark.slow
def test_the_bundled_grid_is_what_its_module_computes(grid: pd.DataFrame) -> None:
    from helpers.datasets.co2_sarima_grid import fit_one

    train = helpers.load_co2_monthly()["co2"].iloc[:-60]
    for order, seasonal_order in (((0, 1, 1), (0, 1, 1)), ((1, 1, 1), (0, 1, 1))):
        fit = fit_one(train, order, seasonal_order)
        names = ["p", "d", "q", "P", "D", "Q"]
        row = grid[(grid[names] == [*order, *seasonal_order]).all(axis=1)]
        assert len(row) == 1
        for name in ("k", "llf", "aicc", "bic", "ljung_box_p", "converged"):
            assert row[name].item() == pytest.approx(fit[name], abs=5e-3), name


TABLES = sorted(path.stem for path in (Path(helpers.__file__).parent / "datasets").glob("*.csv"))
MAKERS = ("helpers/datasets", "tools/tables")
AUTHORED = {"reviews"}  # written by hand, so no module makes it
MADE_WITH = {"course_origins": "course_models"}  # one run makes both


@pytest.mark.parametrize("name", TABLES)
def test_each_bundled_table_is_authored_or_has_one_module_that_makes_it(name: str) -> None:
    root = Path(helpers.__file__).parents[1]
    maker = MADE_WITH.get(name, name)
    makers = [(root / folder / f"{maker}.py").exists() for folder in MAKERS].count(True)
    assert makers == (0 if name in AUTHORED else 1)


def test_reviews_are_short_different_and_half_of_them_positive() -> None:
    reviews = helpers.load_table("reviews")
    lengths = reviews["text"].str.split().str.len()
    assert list(reviews) == ["text", "label", "topic"]
    assert len(reviews) >= 200
    assert reviews["text"].str.lower().str.replace(r"\W", "", regex=True).is_unique
    assert lengths.between(6, 30).all()
    assert (reviews.groupby("topic")["label"].mean() == 0.5).all()


@pytest.mark.parametrize("name", TABLES)
def test_no_number_of_a_bundled_table_is_missing(name: str) -> None:
    table = helpers.load_table(name)
    assert len(table)
    assert not table.isna().any(axis=None)
    assert not table.duplicated().any()


@pytest.mark.parametrize("name", ["co2", "", "../data", None, 3])
def test_load_table_names_the_tables_that_exist(name: object) -> None:
    names = re.escape(str(TABLES))
    with pytest.raises(ValueError, match=f"name: expected one of {names}, got "):
        helpers.load_table(name)
