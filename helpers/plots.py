"""The course's plots and their style. Plotting libraries load when they are first needed."""

import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from helpers._common import finite_vector, in_grading, whole_number

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from matplotlib.axes import Axes

# seaborn's palette "colorblind" without its two palest colours
PALETTE = ("#0173b2", "#de8f05", "#029e73", "#d55e00", "#cc78bc", "#ca9161", "#949494", "#56b4e9")


def use_course_style() -> None:
    """Give matplotlib and plotly the same palette, a white grid and a common size.

    In a notebook, plotly figures go through :class:`helpers.renderer.CourseRenderer`. A renderer
    that the environment asks for (``PLOTLY_RENDERER``, Colab, Kaggle) stays, except in grading.
    """
    # plotly loads jsonschema, and that would compile a grammar of web addresses, for two seconds.
    sys.modules.setdefault("rfc3987_syntax", None)
    import matplotlib.pyplot as plt
    import plotly.graph_objects as go
    import plotly.io as pio

    from helpers.renderer import CourseRenderer

    size = {"figure.figsize": (9, 4), "figure.dpi": 100, "axes.titlesize": 12}
    legend = {"legend.frameon": True, "legend.framealpha": 0.9, "legend.facecolor": "white"}
    colours = {"axes.prop_cycle": plt.cycler(color=PALETTE)}
    plt.style.use(["seaborn-v0_8-whitegrid", size, legend, colours])
    margin = {"t": 60, "b": 50, "l": 60, "r": 20}
    layout = {"colorway": PALETTE, "height": 400, "hovermode": "x unified", "margin": margin}
    pio.templates["course"] = go.layout.Template(layout=layout)
    pio.templates.default = "plotly_white+course"
    pio.renderers["course"] = CourseRenderer()
    if in_grading() or "plotly_mimetype" in (pio.renderers.default or ""):
        pio.renderers.default = "course"


def plot_series(
    data: pd.Series | pd.DataFrame,
    title: str = "Time Series",
    show_components: bool = False,
    period: int | None = None,
) -> "go.Figure":
    """Draw a series as an interactive plot, where asked with its parts below it.

    Parameters
    ----------
    data : Series or DataFrame
        Of a DataFrame, the column ``value`` if there is one, else every numeric column.
    title : str
        The plot's title: say what the reader should see.
    show_components : bool
        Whether to add trend, seasonal part and residual, as ``statsmodels.tsa.seasonal.STL``
        finds them. This needs one series without gaps and at least two periods long.
    period : int, optional
        Time steps in a season; None takes it from the index's frequency.

    Returns
    -------
    plotly Figure
        The y-axis bears the series' name; a unit goes there with
        ``fig.update_yaxes(title_text="CO2 (ppm)", row=1)``.
    """
    import plotly.graph_objects as go
    from plotly.subplots import make_subplots

    table = _numeric_columns(data)
    one = table.shape[1] == 1
    panels = [(str(table.columns[0]) if one else "value", table)]
    if show_components:
        panels += _components(table, period)
    fig = make_subplots(rows=len(panels), shared_xaxes=True, vertical_spacing=0.03)
    for row, (label, lines) in enumerate(panels, start=1):
        for name, y in lines.items():
            fig.add_trace(go.Scatter(x=y.index, y=y, mode="lines", name=str(name)), row=row, col=1)
        fig.update_yaxes(title_text=label, row=row)
    fig.update_xaxes(title_text="time", row=len(panels))
    height = 400 if len(panels) == 1 else 640
    return fig.update_layout(title_text=title, showlegend=not one, height=height)


def plot_acf_bars(rho: Any, n: int, title: str = "", ax: "Axes | None" = None) -> "Axes":
    """Draw autocorrelations that you have computed, with the band of white noise.

    Parameters
    ----------
    rho : array_like, shape (lags + 1,)
        Autocorrelations at lags 0, 1, ...
    n : int
        Length of the series. About 95 % of the autocorrelations of white noise fall into the
        band ``+-1.96 / sqrt(n)`` (Bartlett, 1946).
    title, ax
        The panel's title, and where to draw it; None makes a new figure.
    """
    import matplotlib.pyplot as plt

    rho = finite_vector("rho", rho)
    band = 1.96 / np.sqrt(whole_number("n", n, at_least=1))
    ax = plt.subplots()[1] if ax is None else ax
    ax.axhspan(-band, band, color="0.85", label="95 % of white noise")
    ax.axhline(0, color="0.3", linewidth=0.8)
    ax.vlines(range(len(rho)), 0, rho, color=PALETTE[0], linewidth=2)
    ax.plot(rho, "o", color=PALETTE[0], markersize=4)
    ax.set(title=title, xlabel="lag (time steps)", ylabel="autocorrelation")
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.legend()
    return ax


def _numeric_columns(data: pd.Series | pd.DataFrame) -> pd.DataFrame:
    if isinstance(data, pd.Series):
        data = data.to_frame("value" if data.name is None else data.name)
    if not isinstance(data, pd.DataFrame):
        raise TypeError(f"data: expected a Series or DataFrame, got {type(data).__name__}")
    table = data.select_dtypes("number")
    if isinstance(table.index, pd.PeriodIndex):
        table = table.to_timestamp()  # plotly draws no periods
    if table.empty:
        raise ValueError(f"data: expected a numeric column with values, got {list(data.columns)}")
    return table[["value"]] if "value" in table else table


def _components(table: pd.DataFrame, period: int | None) -> list[tuple[str, pd.DataFrame]]:
    from statsmodels.tsa.seasonal import STL

    if table.shape[1] != 1:
        raise ValueError(f"data: expected one series for its parts, got {list(table.columns)}")
    values = finite_vector("data", table.iloc[:, 0])
    period = _season(table.index) if period is None else whole_number("period", period, 2)
    if len(values) < 2 * period:
        raise ValueError(f"data: expected at least 2 periods of {period}, got {len(values)} values")
    parts = STL(values, period=period).fit()
    found = {"trend": parts.trend, "seasonal": parts.seasonal, "residual": parts.resid}
    return [(name, pd.DataFrame({name: y}, index=table.index)) for name, y in found.items()]


def _season(index: pd.Index) -> int:
    from statsmodels.tsa.tsatools import freq_to_period

    freq = getattr(index, "freq", None)
    period = 1 if freq is None else freq_to_period(freq)
    if period < 2:
        got = f"None and the index frequency {freq and freq.freqstr}"
        raise ValueError(f"period: expected the time steps in a season, got {got}")
    return period
