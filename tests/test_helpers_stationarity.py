"""The ADF and KPSS wrappers against statsmodels, published verdicts, and bad input."""

import warnings

import numpy as np
import pandas as pd
import pytest
from statsmodels.tools.sm_exceptions import InterpolationWarning
from statsmodels.tsa import stattools

import helpers
from helpers import adf, kpss

RNG = np.random.default_rng(42)
NOISE = RNG.normal(size=120)
WALK = NOISE.cumsum()


def statsmodels_kpss(x: np.ndarray, **options: object) -> tuple:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InterpolationWarning)
        return stattools.kpss(x, result_object=False, **options)[:3]


@pytest.mark.parametrize("x", [NOISE, WALK], ids=["noise", "walk"])
@pytest.mark.parametrize("regression", ["n", "c", "ct", "ctt"])
@pytest.mark.parametrize("lags", [None, 0, 3])
def test_adf_is_statsmodels_adfuller(x: np.ndarray, regression: str, lags: int | None) -> None:
    options = {"autolag": "AIC"} if lags is None else {"maxlag": lags, "autolag": None}
    want = stattools.adfuller(x, regression=regression, result_object=False, **options)[:3]
    assert adf(x, lags, regression) == pytest.approx(want)


@pytest.mark.parametrize("x", [NOISE, WALK], ids=["noise", "walk"])
@pytest.mark.parametrize("regression", ["c", "ct"])
@pytest.mark.parametrize("lags", ["auto", "legacy", 0, 4])
def test_kpss_is_statsmodels_kpss(x: np.ndarray, regression: str, lags: int | str) -> None:
    want = statsmodels_kpss(x, regression=regression, nlags=lags)
    assert kpss(x, lags, regression) == pytest.approx(want)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("test", [adf, kpss])
@pytest.mark.parametrize("x", [NOISE, WALK, list(NOISE), pd.Series(WALK)])
def test_the_result_is_a_plain_tuple_and_no_warning_comes(test, x) -> None:
    result = test(x)
    assert type(result) is tuple
    assert [type(v) for v in result] == [float, float, int]


def test_kpss_clips_p_to_the_table_as_its_docstring_says() -> None:
    assert kpss(np.arange(100.0))[1] == 0.01
    assert kpss(NOISE)[1] == 0.10
    assert "0.01 or less" in kpss.__doc__


def test_kpss_hides_only_the_warning_about_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    original = stattools.kpss

    def warns_of_more(*args: object, **options: object) -> object:
        warnings.warn("something else", RuntimeWarning, stacklevel=1)
        return original(*args, **options)

    monkeypatch.setattr(stattools, "kpss", warns_of_more)
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        assert kpss(NOISE)[1] == 0.10  # clipped: statsmodels warns of this one
    assert [str(w.message) for w in seen] == ["something else"]


def test_legacy_lags_follow_the_rule_in_the_docstring() -> None:
    assert kpss(NOISE, "legacy")[2] == int(np.ceil(12 * (len(NOISE) / 100) ** 0.25))


def test_published_verdicts() -> None:
    macro, sunspots = helpers.load_macro(), helpers.load_sunspots()
    growth = np.log(macro["realgdp"]).diff().dropna()
    cases = {
        "co2": (helpers.load_co2_monthly()["co2"], 0.9989, 0.01),
        "growth": (growth, 0.0, 0.10),
        "nile": (helpers.load_nile(), 0.0012, 0.01),
        "unemp": (macro["unemp"], 0.1069, 0.10),
        "sunspots": (sunspots, 0.0531, 0.0163),
    }
    for name, (x, adf_p, kpss_p) in cases.items():
        assert (adf(x)[1], kpss(x)[1]) == pytest.approx((adf_p, kpss_p), abs=1e-4), name
    assert kpss(sunspots, "legacy")[1] == pytest.approx(0.0570, abs=1e-4)


def test_the_nile_with_fixed_lags() -> None:
    nile = helpers.load_nile()
    assert adf(nile, lags=1)[0] == pytest.approx(-4.0487, abs=1e-4)
    assert kpss(nile, lags=3)[0] == pytest.approx(1.1003, abs=1e-4)


def test_the_input_is_not_changed() -> None:
    for writable in (True, False):
        x = NOISE.copy()
        x.flags.writeable = writable
        adf(x)
        kpss(x)
        np.testing.assert_array_equal(x, NOISE)


@pytest.mark.parametrize("test", [adf, kpss])
@pytest.mark.parametrize(
    ("x", "error", "message"),
    [
        ([2.0] * 30, ValueError, "x: expected a series that varies, got the constant 2"),
        ([1, 2, np.nan, 4] * 9, ValueError, "x: expected finite values, got nan at position 2"),
        ([1, 2, 3, np.inf] * 9, ValueError, "x: expected finite values, got inf at position 3"),
        (np.eye(5), ValueError, r"x: expected a one-dimensional series, got shape \(5, 5\)"),
        ([], ValueError, r"x: expected a one-dimensional series, got shape \(0,\)"),
        (["a"] * 20, TypeError, "x: expected real numbers, got values of type <U1"),
    ],
)
def test_bad_series_are_refused(test, x, error, message) -> None:
    with pytest.raises(error, match=message):
        test(x)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: adf(NOISE, regression="x"), ValueError, "regression: .* n, c, ct, ctt, got 'x'"),
        (lambda: adf(NOISE, lags=-1), ValueError, "lags: expected at least 0, got -1"),
        (lambda: adf(NOISE, lags=1.5), TypeError, "lags: expected an integer, got 1.5"),
        (lambda: adf(NOISE[:11], lags=4), ValueError, "x: expected at least 12 values for lags=4"),
        (lambda: adf(NOISE[:3]), ValueError, "x: expected at least 4 values for lags=None"),
        (lambda: kpss(NOISE, regression="n"), ValueError, "regression: .* c, ct, got 'n'"),
        (lambda: kpss(NOISE, lags="some"), ValueError, "lags: .* auto, legacy, got 'some'"),
        (lambda: kpss(NOISE, lags=120), ValueError, "lags: expected less than the 120 values"),
        (lambda: kpss(NOISE, lags=None), TypeError, "lags: expected an integer, got None"),
    ],
)
def test_bad_options_are_refused(call, error, message) -> None:
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize("regression", ["n", "c", "ct", "ctt"])
def test_the_least_length_is_statsmodels_own(regression: str) -> None:
    needed = 2 * (2 + 1 + len(regression.replace("n", "")))
    assert adf(NOISE[:needed], 2, regression)[2] == 2
    with pytest.raises(ValueError, match="maxlag"):
        stattools.adfuller(NOISE[: needed - 1], 2, regression, autolag=None, result_object=True)
