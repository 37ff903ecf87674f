"""Compare helpers.create_sequences with a loop that copies every window.

Run from the repository's root: ``python tests/benchmarks/bench_create_sequences.py``
"""

import time
import tracemalloc
from collections.abc import Callable

import click
import numpy as np

from helpers import create_sequences

Result = tuple[np.ndarray, np.ndarray]


@click.command()
@click.option("--rows", default=1_000_000, show_default=True, help="Time steps of the series.")
@click.option("--features", default=8, show_default=True, help="Columns of the series.")
@click.option("--length", default=64, show_default=True, help="Time steps in a window.")
@click.option("--prefix", default=50_000, show_default=True, help="Rows that the loop gets.")
def main(rows: int, features: int, length: int, prefix: int) -> None:
    """Print seconds and memory of both, and check that they agree on the prefix."""
    data = np.random.default_rng(0).normal(size=(rows, features))
    prefix = min(prefix, rows)
    loop, loop_seconds, loop_bytes = measure(lambda: windows_by_loop(data[:prefix], length))
    view, view_seconds, view_bytes = measure(lambda: create_sequences(data, length))
    n_loop, n_view = len(loop[0]), len(view[0])
    scale = n_view / n_loop
    for name, ours, theirs in zip("Xy", view, loop, strict=True):
        if not np.array_equal(ours[:n_loop], theirs):
            raise click.ClickException(f"{name} differs between the view and the loop")

    click.echo(f"{rows:,} x {features} float64, windows of {length}")
    click.echo(f"{'':34}{'windows':>10}{'seconds':>12}{'MB allocated':>14}")
    show("loop with copies, on a prefix", n_loop, loop_seconds, loop_bytes)
    show(f"loop, prefix x {scale:.1f} (not run)", n_view, loop_seconds * scale, loop_bytes * scale)
    show("create_sequences, all rows", n_view, view_seconds, view_bytes)
    click.echo(f"shares memory with the data: {np.shares_memory(view[0], data)}")
    click.echo(f"the view is about {loop_seconds * scale / view_seconds:,.0f} times as fast")


def windows_by_loop(data: np.ndarray, length: int) -> Result:
    """Cut windows one at a time, as is often done: each is copied, and then all of them again."""
    starts = range(len(data) - length)
    inputs = [data[start : start + length] for start in starts]
    targets = [data[start + length] for start in starts]
    return np.array(inputs), np.array(targets)


def measure(call: Callable[[], Result]) -> tuple[Result, float, int]:
    """Return the result, the best time of three calls, and the memory that one allocates."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    tracemalloc.start()
    result = call()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return result, min(times), peak


def show(name: str, windows: int, seconds: float, allocated: float) -> None:
    """Print one row of the table."""
    click.echo(f"{name:34}{windows:>10,}{seconds:>12.6f}{allocated / 1e6:>14,.3f}")


if __name__ == "__main__":
    main()
