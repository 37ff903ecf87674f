"""The plots hold the data that they were given, the style is one, and figures travel light."""

import json
from collections.abc import Iterator

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

import helpers
from helpers import PALETTE, plot_acf_bars, plot_series, use_course_style

mpl.use("Agg")

import matplotlib.pyplot as plt
import plotly.graph_objects as go
import plotly.io as pio
import seaborn as sns
from statsmodels.tsa.seasonal import STL

from helpers.renderer import CourseRenderer


@pytest.fixture(autouse=True)
def _restore_style(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    template, renderer = pio.templates.default, pio.renderers.default
    with mpl.rc_context():
        yield
    plt.close("all")
    pio.templates.default, pio.renderers.default = template, renderer


def monthly(n: int, **options: object) -> pd.Series:
    t = np.arange(n)
    noise = np.random.default_rng(0).normal(size=n)
    dates = pd.date_range("2000-01", periods=n, freq="MS")
    return pd.Series(0.1 * t + 5 * np.sin(2 * np.pi * t / 12) + noise, index=dates, **options)


# plot_series


def test_a_series_is_one_line_named_after_it() -> None:
    series = monthly(24, name="co2")
    figure = plot_series(series, "CO2 rises")
    (line,) = figure.data
    np.testing.assert_array_equal(line.y, series)
    assert list(line.x) == list(series.index)
    assert figure.layout.title.text == "CO2 rises"
    assert figure.layout.yaxis.title.text == "co2"
    assert figure.layout.xaxis.title.text == "time"
    assert figure.layout.showlegend is False


def test_a_series_without_a_name_is_called_value() -> None:
    assert plot_series(monthly(24)).layout.yaxis.title.text == "value"


def test_of_a_frame_the_value_column_is_drawn() -> None:
    frame = pd.DataFrame({"other": [1, 2], "value": [3, 4]})
    (line,) = plot_series(frame).data
    assert list(line.y) == [3, 4]


def test_of_other_frames_every_numeric_column_is_drawn_with_a_legend() -> None:
    figure = plot_series(helpers.load_stocks())
    assert [line.name for line in figure.data] == ["GOOG", "AAPL", "AMZN", "FB", "NFLX", "MSFT"]
    assert figure.layout.showlegend is True
    (line,) = plot_series(helpers.load_co2_monthly()).data
    assert line.name == "co2"


def test_components_are_those_of_stl_with_the_period_of_the_index() -> None:
    series = monthly(60, name="x")
    figure = plot_series(series, show_components=True)
    parts = STL(series.to_numpy(), period=12).fit()
    labels = [figure.layout[f"yaxis{row}"].title.text for row in ("", 2, 3, 4)]
    assert labels == ["x", "trend", "seasonal", "residual"]
    for line, y in zip(
        figure.data, (series, parts.trend, parts.seasonal, parts.resid), strict=True
    ):
        np.testing.assert_allclose(line.y, y)
        assert list(line.x) == list(series.index)
    assert figure.layout.xaxis4.title.text == "time"


def test_components_take_a_period_that_is_given() -> None:
    frame = helpers.generate_time_series(200, period=25, noise_std=0.1, seed=0)
    with_period = plot_series(frame, show_components=True, period=25)
    by_index = plot_series(frame, show_components=True)  # daily: 7
    assert np.std(with_period.data[3].y) < 0.2 < np.std(by_index.data[2].y - with_period.data[2].y)


def test_a_series_called_trend_keeps_its_own_panel() -> None:
    series = monthly(36, name="trend")
    figure = plot_series(series, show_components=True)
    assert len(figure.data) == 4
    np.testing.assert_array_equal(figure.data[0].y, series)


def test_periods_become_dates() -> None:
    series = monthly(36)
    series.index = series.index.to_period("M")
    figure = plot_series(series, show_components=True)
    assert pd.Timestamp(figure.data[0].x[1]) == pd.Timestamp("2000-02-01")
    assert json.loads(figure.to_json())["data"]


@pytest.mark.parametrize(
    ("data", "options", "error", "message"),
    [
        ([1, 2], {}, TypeError, "data: expected a Series or DataFrame, got list"),
        (pd.DataFrame({"a": ["x"]}), {}, ValueError, r"data: expected a numeric column .*\['a'\]"),
        (pd.Series([], dtype=float), {}, ValueError, "data: expected a numeric column with values"),
        (monthly(23), {"show_components": True}, ValueError, "2 periods of 12, got 23 values"),
        (
            pd.Series(np.arange(40.0)),
            {"show_components": True},
            ValueError,
            "period: .* got None and the index frequency None",
        ),
        (helpers.load_nile(), {"show_components": True}, ValueError, "index frequency YS-JAN"),
        (monthly(48), {"show_components": True, "period": 1}, ValueError, "period: .* least 2"),
        (monthly(48), {"show_components": True, "period": 6.0}, TypeError, "period: .* integer"),
        (
            helpers.load_stocks(),
            {"show_components": True, "period": 4},
            ValueError,
            "data: expected one series for its parts, got .*'GOOG'",
        ),
        (
            monthly(48).where(lambda x: x.index != "2001-01-01"),
            {"show_components": True},
            ValueError,
            "data: expected finite values, got nan at position 12",
        ),
    ],
)
def test_plot_series_refuses_bad_input(data, options, error, message) -> None:
    with pytest.raises(error, match=message):
        plot_series(data, **options)


# plot_acf_bars


def test_bars_points_and_band_are_where_they_belong() -> None:
    rho = [1.0, 0.5, -0.25]
    ax = plot_acf_bars(rho, n=100, title="memory")
    bars, band = ax.collections[0].get_segments(), ax.patches[0]
    assert [(bar[0][0], bar[-1][1]) for bar in bars] == [(0, 1.0), (1, 0.5), (2, -0.25)]
    np.testing.assert_array_equal(ax.lines[-1].get_ydata(), rho)
    assert band.get_y() == pytest.approx(-0.196)
    assert band.get_height() == pytest.approx(0.392)
    assert ax.get_title() == "memory"
    assert ax.get_xlabel() == "lag (time steps)"
    assert ax.get_ylabel() == "autocorrelation"


def test_bars_draw_where_they_are_told_or_on_a_new_figure() -> None:
    _, axes = plt.subplots(1, 2)
    assert plot_acf_bars([1.0, 0.2], 50, ax=axes[1]) is axes[1]
    assert plt.get_fignums() == [1]
    plot_acf_bars([1.0, 0.2], 50)
    assert plt.get_fignums() == [1, 2]


@pytest.mark.parametrize(
    ("rho", "n", "error", "message"),
    [
        ([1, np.nan], 9, ValueError, "rho: expected finite values, got nan at position 1"),
        (np.eye(2), 9, ValueError, "rho: expected a one-dimensional series"),
        ([1, 0.5], 0, ValueError, "n: expected at least 1, got 0"),
        ([1, 0.5], 9.5, TypeError, "n: expected an integer, got 9.5"),
    ],
)
def test_bars_refuse_bad_input_and_leave_no_figure(rho, n, error, message) -> None:
    with pytest.raises(error, match=message):
        plot_acf_bars(rho, n)
    assert plt.get_fignums() == []


# style


@pytest.mark.filterwarnings("error")
def test_both_libraries_use_the_palette() -> None:
    use_course_style()
    assert mpl.rcParams["axes.prop_cycle"].by_key()["color"] == list(PALETTE)
    assert list(pio.templates["course"].layout.colorway) == list(PALETTE)
    assert pio.templates.default == "plotly_white+course"
    assert mpl.rcParams["figure.figsize"] == [9, 4]
    assert mpl.rcParams["axes.grid"]
    assert go.Figure().layout.template.layout.colorway == PALETTE


def test_the_palette_is_from_seaborns_colour_blind_one() -> None:
    colorblind = sns.color_palette("colorblind").as_hex()
    assert [c for c in colorblind if c in PALETTE] == list(PALETTE)
    assert {"#fbafe4", "#ece133"} == set(colorblind) - set(PALETTE)


def test_using_the_style_twice_changes_nothing_more() -> None:
    use_course_style()
    once = (dict(mpl.rcParams), pio.templates["course"], pio.renderers.default)
    use_course_style()
    assert once == (dict(mpl.rcParams), pio.templates["course"], pio.renderers.default)


@pytest.mark.parametrize(
    ("before", "grading", "after"),
    [
        ("plotly_mimetype", "", "course"),
        ("plotly_mimetype+notebook", "", "course"),
        ("notebook_connected", "", "notebook_connected"),
        ("colab", "", "colab"),
        ("", "", ""),
        ("colab", "autograde", "course"),
        ("", "validate", "course"),
    ],
)
def test_the_renderer_that_the_environment_asks_for_stays_except_in_grading(
    monkeypatch: pytest.MonkeyPatch, before: str, grading: str, after: str
) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", grading)
    pio.renderers.default = before
    use_course_style()
    assert pio.renderers.default == after


# renderer


def test_a_figure_travels_as_data_with_a_line_of_text() -> None:
    bundle = CourseRenderer().to_mimebundle(plot_series(monthly(24), "Level").to_dict())
    assert sorted(bundle) == ["application/vnd.plotly.v1+json", "text/plain"]
    assert bundle["text/plain"] == "[interactive plot: Level]"
    assert len(bundle["application/vnd.plotly.v1+json"]["data"][0]["x"]) == 24
    assert len(json.dumps(bundle)) < 20_000


def test_in_grading_only_the_line_of_text_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    bundle = CourseRenderer().to_mimebundle(plot_series(monthly(24), "Level").to_dict())
    assert bundle == {"text/plain": "[interactive plot: Level]"}


@pytest.mark.parametrize("figure", [go.Figure(), go.Figure(layout={"title": {"x": 0.5}})])
def test_a_figure_without_a_title_says_so(figure: go.Figure) -> None:
    text = CourseRenderer().to_mimebundle(figure.to_dict())["text/plain"]
    assert text == "[interactive plot: without a title]"


@pytest.mark.filterwarnings("error")
def test_an_html_export_shows_the_text_and_stays_small() -> None:
    import nbformat
    from nbconvert import HTMLExporter

    bundle = CourseRenderer().to_mimebundle(plot_series(monthly(240), "Level").to_dict())
    output = nbformat.v4.new_output("display_data", data=bundle)
    cell = nbformat.v4.new_code_cell("fig.show()", outputs=[output])
    html, _ = HTMLExporter().from_notebook_node(nbformat.v4.new_notebook(cells=[cell]))
    assert "[interactive plot: Level]" in html
    assert len(html) < 1_000_000  # plotly.js alone has 4.8 MB
