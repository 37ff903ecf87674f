"""The command: simulated runs of several class sizes as tables."""

from pathlib import Path
from typing import Any

import click

from grading.simulation.times import DEFAULT, Times, TimesError, draw, read_times

SIZES = (200, 2_000, 20_000)
WORKERS = "1,2,4,8,16,32,64,128,256"


class Counts(click.ParamType):
    """Whole numbers with commas between them."""

    name = "N,N,..."

    def convert(self, value: Any, param: Any, ctx: Any) -> list[int]:
        """Return the numbers from the smallest to the largest, each once."""
        try:
            counts = sorted({int(part) for part in value.split(",")})
        except ValueError:
            counts = [0]
        if counts[0] < 1:
            self.fail(f"expected whole numbers from 1 on, with commas, got {value!r}", param, ctx)
        return counts


@click.command()
@click.option(
    "--submissions",
    "sizes",
    multiple=True,
    type=click.IntRange(min=1),
    default=SIZES,
    show_default=True,
    help="The size of a class; may be given several times.",
)
@click.option("--workers", "counts", type=Counts(), default=WORKERS, show_default=True)
@click.option(
    "--times",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=DEFAULT,
    help="A JSON file of measured times; else those that come with the grader.",
)
@click.option("--kind", help="Of the file's kinds of notebooks only this one.")
@click.option(
    "--timeouts",
    type=click.FloatRange(0, 1),
    default=0.01,
    show_default=True,
    help="The share of submissions in which one cell runs into its limit.",
)
@click.option(
    "--timeout",
    "limit",
    type=click.FloatRange(min=0),
    default=300,
    show_default=True,
    help="That limit in seconds.",
)
@click.option(
    "--window",
    type=click.IntRange(min=1),
    default=2,
    show_default=True,
    help="The most prepared submissions that wait, for each worker.",
)
@click.option(
    "--bandwidth",
    type=click.FloatRange(min=0, min_open=True),
    help="Of the coordinator's network, in megabits a second; without it nothing travels.",
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
def simulate(
    sizes: tuple[int, ...],
    counts: list[int],
    file: Path,
    kind: str | None,
    timeouts: float,
    limit: float,
    window: int,
    bandwidth: float | None,
    seed: int,
) -> None:
    """Simulate the grading of large classes and print how long it would take."""
    try:
        from grading.simulation.tables import show_class
    except ModuleNotFoundError as error:
        raise click.ClickException(
            f"{error.name} is missing; to install it: pip install -r requirements-cluster.txt"
        ) from None
    for name, times in _chosen(file, kind).items():
        click.echo(f"{name}: {_about(times, timeouts, limit)}\n")
        for size in sizes:
            seconds = draw(times, size, timeouts, limit, seed)
            show_class(f"{size:,} submissions, {name}", seconds, times, counts, window, bandwidth)


def _chosen(file: Path, kind: str | None) -> dict[str, Times]:
    try:
        kinds = read_times(file)
    except TimesError as error:
        raise click.BadParameter(f"--times: {error}") from None
    if kind is None:
        return kinds
    if kind not in kinds:
        raise click.BadParameter(f"--kind: no {kind} in {file} (there are: {', '.join(kinds)})")
    return {kind: kinds[kind]}


def _about(times: Times, timeouts: float, limit: float) -> str:
    mean = sum(times.execute) / len(times.execute) + timeouts * limit
    return (
        f"{times.measured}\n"
        f"A worker takes {mean:.3g} s on average, time-outs of {timeouts:.1%} included; "
        f"the coordinator {times.prepare + times.record:.3g} s."
    )
