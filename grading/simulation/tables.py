"""The simulated runs of one class as a table, and what to read from it."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from rich import box
from rich.console import Console
from rich.table import Table

from grading.simulation.model import Costs, Run, simulate_run
from grading.simulation.times import Times

# More workers are worth it as long as they shorten the run by this share.
GAIN = 0.05
NAMES = {
    "coordinator": "which the coordinator needs",
    "network": "which the network needs",
    "longest": "which the longest submission takes",
}


def show_class(
    title: str,
    seconds: Sequence[float],
    times: Times,
    counts: Iterable[int],
    window: int,
    bandwidth: float | None,
) -> None:
    """Simulate a class with each number of workers and print what came out.

    Parameters
    ----------
    title : str
        Stands above the table.
    seconds : sequence of float
        How long a worker executes each submission.
    times : Times
        The coordinator's part and the memory.
    counts : iterable of int
        Numbers of workers. One worker is simulated as well: the others are compared with it.
    window : int
        The most prepared submissions that wait, for each worker.
    bandwidth : float or None
        Of the coordinator's network, in megabits a second; without it nothing travels.
    """
    transfer = times.notebook_bytes * 8 / (bandwidth * 1e6) if bandwidth else 0.0
    costs = Costs(times.prepare, times.record, transfer)
    numbers = sorted({1, *counts})
    runs = [simulate_run(seconds, workers, costs, window * workers) for workers in numbers]
    # As wide as it is, wherever it goes: a narrow place would cut its numbers.
    console = Console(width=100, highlight=False)
    console.print(_table(title, runs, times, len(seconds)))
    console.print(f"{_verdict(runs, seconds, times)}\n")


def enough(runs: Sequence[Run]) -> Run:
    """Return the run after which the next number of workers gains too little, or the last."""
    for run, more in pairwise(runs):
        if more.makespan > run.makespan * (1 - GAIN):
            return run
    return runs[-1]


def coordinator_mb(times: Times, size: int, held: int) -> float:
    """Return the coordinator's memory at its largest: itself, the class, the notebooks it holds."""
    class_mb = times.coordinator_mb_per_1000 * size / 1000
    return times.coordinator_mb + class_mb + held * times.notebook_bytes / 1e6


def _table(title: str, runs: Sequence[Run], times: Times, size: int) -> Table:
    table = Table(title=title, box=box.SIMPLE, title_justify="left")
    for heading in ("workers", "time", "times\nas fast", "workers\nbusy", "coord.\nbusy"):
        table.add_column(heading, justify="right")
    table.add_column("limited by")
    table.add_column("workers\nGB", justify="right")
    table.add_column("coord.\nMB", justify="right")
    for run in runs:
        table.add_row(
            str(run.workers),
            _clock(run.makespan),
            f"{runs[0].makespan / run.makespan:.1f}",
            f"{run.workers_busy:.0%}",
            f"{run.coordinator_busy:.0%}",
            run.limit,
            f"{run.workers * times.worker_mb / 1000:.1f}",
            f"{coordinator_mb(times, size, run.held):.0f}",
        )
    return table


def _verdict(runs: Sequence[Run], seconds: Sequence[float], times: Times) -> str:
    last = enough(runs)
    gain = f"gain less than {GAIN:.0%}" if last is not runs[-1] else "were not tried"
    why, floor = last.floor
    lines = [
        f"More than {last.workers} workers {gain}.",
        f"No number of workers brings it below {_clock(floor)}, {NAMES[why]}.",
    ]
    if each := times.prepare + times.record:
        kept = sum(seconds) / len(seconds) / each
        rate = f"The coordinator can do {1 / each:.3g} submissions a second"
        lines.append(f"{rate}, enough to keep {kept:.0f} workers busy.")
        lines.append(_when(runs))
    return "\n".join(lines)


def _when(runs: Sequence[Run]) -> str:
    for run in runs:
        if run.limit == "coordinator":
            return f"From {run.workers} workers on it is the bottleneck."
    return "It is the bottleneck of none of these runs."


def _clock(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
