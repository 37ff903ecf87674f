"""The report as one HTML page that needs nothing else: no file beside it, no network."""

import secrets
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from grading.report.collect import Report
from grading.report.failures import ELSEWHERE, LIMITS
from grading.report.measures import SMALLEST_CLASS, WORTH_A_LOOK, Discrimination
from grading.report.plots import bin_labels, discrimination_plot, points_plot, solved_plot
from grading.report.status import Status


def render(report: Report, names: bool) -> str:
    """Return the page; students stand in it only with `names`.

    Messages are students' texts. The template escapes all it is given, and the page's own policy
    lets no script run but the two that bear its number, and lets nothing be loaded.
    """
    environment = Environment(
        loader=PackageLoader("grading.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"percent": _percent, "points": _points}
    plots = _plots(report)
    return environment.get_template("page.html").render(
        report=report,
        students=report.students if names else (),
        names=names,
        statuses=Status,
        labels=bin_labels(report.bins),
        limits=_limits(report),
        reached=_reached(report),
        elsewhere=ELSEWHERE,
        remark=_remark,
        worth_a_look=WORTH_A_LOOK,
        smallest_class=SMALLEST_CLASS,
        plots=plots,
        plotly=Markup(get_plotlyjs()) if plots else "",
        nonce=secrets.token_urlsafe(16),
    )


def _plots(report: Report) -> dict[str, Any]:
    """The figures by the id of their place; none where there is nothing to draw."""
    if not report.graded or not report.exercises:
        return {}
    plots = {"plot-points": points_plot(report.bins), "plot-solved": solved_plot(report.exercises)}
    if any(e.discrimination.value is not None for e in report.exercises):
        plots["plot-discrimination"] = discrimination_plot(report.exercises)
    return plots


def _reached(report: Report) -> list[tuple[str, list[int]]]:
    """A row for each place where a limit was reached: its name, and students by limit."""
    places = [*(exercise.name for exercise in report.exercises), ELSEWHERE]
    limits = _limits(report)
    rows = [(place, [report.limits.get((limit, place), 0) for limit in limits]) for place in places]
    return [row for row in rows if any(row[1])]


def _limits(report: Report) -> list[str]:
    reached = {limit for limit, _ in report.limits}
    return [limit for limit in LIMITS if limit in reached]


def _remark(found: Discrimination) -> str:
    if found.value is None:
        return f"not computed: {found.reason}"
    if found.value < 0:
        return "look first: who solved it did worse elsewhere"
    return "worth a look" if found.value < WORTH_A_LOOK else ""


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.0f} %"


def _points(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}".removesuffix(".0")
