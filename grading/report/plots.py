"""The report's plots, as plotly figures. Each has a table with the same numbers beside it."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from grading.report.measures import WORTH_A_LOOK, Bin, Exercise

# Okabe and Ito's blue and orange: told apart with any colour vision, and in grey.
BLUE, ORANGE, GREY = "#0072B2", "#E69F00", "#555555"
_HEIGHT = 340


def points_plot(bins: Sequence[Bin]) -> dict[str, Any]:
    """Bars: how many students have how many points."""
    labels = bin_labels(bins)
    bars = go.Bar(
        x=[(each.low + each.high) / 2 for each in bins],
        y=[each.count for each in bins],
        width=[(each.high - each.low) * 0.94 for each in bins],
        customdata=labels,
        marker_color=BLUE,
        hovertemplate="%{customdata} points: %{y} students<extra></extra>",
    )
    figure = go.Figure(bars)
    figure.update_xaxes(title="points of the tests", nticks=12)
    figure.update_yaxes(title="students", rangemode="tozero")
    return _finished(figure)


def bin_labels(bins: Sequence[Bin]) -> list[str]:
    """Say which points each bin holds."""
    last = len(bins) - 1
    return [
        f"{each.low:g} to {each.high:g}" if i == last else f"{each.low:g} to under {each.high:g}"
        for i, each in enumerate(bins)
    ]


def solved_plot(exercises: Sequence[Exercise]) -> dict[str, Any]:
    """Bars: the share that passed the visible and the hidden tests of each exercise."""
    names = [exercise.name for exercise in exercises]
    figure = go.Figure()
    for label, colour, pattern, shares in (
        ("visible tests", BLUE, "", [exercise.visible for exercise in exercises]),
        ("hidden tests", ORANGE, "/", [exercise.hidden for exercise in exercises]),
    ):
        figure.add_bar(
            name=label,
            x=names,
            y=[None if share is None else 100 * share for share in shares],
            marker={"color": colour, "pattern": {"shape": pattern, "fgcolor": "#3b2900"}},
            hovertemplate=f"%{{x}}, {label}: %{{y:.0f}} %<extra></extra>",
        )
    figure.update_xaxes(type="category", tickangle=0)
    figure.update_yaxes(title="share of those graded, in %", range=[0, 100])
    figure.update_layout(legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0})
    return _finished(figure)


def discrimination_plot(exercises: Sequence[Exercise]) -> dict[str, Any]:
    """Dots: how well each exercise tells strong from weak students."""
    found = [e for e in exercises if e.discrimination.value is not None]
    values = [e.discrimination.value for e in found]
    low = [value < WORTH_A_LOOK for value in values]
    dots = go.Scatter(
        x=[e.name for e in found],
        y=values,
        mode="markers",
        marker={
            "size": 13,
            "color": [ORANGE if each else BLUE for each in low],
            "symbol": ["diamond" if each else "circle" for each in low],
            "line": {"width": 1, "color": "#222222"},
        },
        hovertemplate="%{x}: %{y:.2f}<extra></extra>",
    )
    figure = go.Figure(dots)
    figure.add_hline(y=0, line={"color": GREY, "width": 1})
    figure.add_hline(
        y=WORTH_A_LOOK,
        line={"color": GREY, "width": 1.5, "dash": "dash"},
        annotation={
            "text": f"worth a look below {WORTH_A_LOOK:g}",
            "font": {"color": GREY},
            "bgcolor": "white",
        },
        annotation_position="bottom right",
    )
    names = [e.name for e in exercises]
    figure.update_xaxes(type="category", categoryorder="array", categoryarray=names, tickangle=0)
    # As wide as without values that are missing, so that it lines up with the plot above.
    figure.update_xaxes(range=[-0.5, len(names) - 0.5])
    figure.update_yaxes(title="item-rest correlation", range=[min([-0.1, *values]) - 0.05, 1])
    return _finished(figure)


def _finished(figure: go.Figure) -> dict[str, Any]:
    figure.update_layout(
        template="simple_white",
        height=_HEIGHT,
        margin={"l": 60, "r": 20, "t": 40, "b": 50},
        font={"family": "system-ui, sans-serif", "size": 14},
        hoverlabel={"font_size": 14},
    )
    return figure.to_plotly_json()
