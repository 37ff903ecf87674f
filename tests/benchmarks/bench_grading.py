"""Compare autograde with stock nbgrader on the same submission: seconds, and ratios.

Run from the repository's root: ``python -m tests.benchmarks.bench_grading``. The three ways take
turns, so that a noisy machine disturbs all of them alike.
"""

import statistics
import tempfile
import time
from pathlib import Path

import click

from grading.answers import answer_notebook, exercises_of
from grading.course import CONFIG, Course, create_course
from tests.stock import STOCK_CONFIG

ROOT = Path(__file__).parent.parent.parent
STUDENT = "perfect"


@click.command()
@click.option("--rounds", default=3, show_default=True, help="How often each way grades.")
@click.argument("assignments", nargs=-1)
def main(rounds: int, assignments: tuple[str, ...]) -> None:
    """Grade a solution of each assignment; one of NumPy and one of TensorFlow unless told."""
    ours = (ROOT / f"{CONFIG}.py").read_text(encoding="utf-8")
    ways = {
        "stock nbgrader": f"{STOCK_CONFIG}c.Execute.timeout = 300\n",
        "sandbox": f"{ours}\nc.HardenedExecute.judge = False\n",
        "sandbox and judge": ours,
    }
    for assignment in assignments or ("01-sequence-data", "09-text-sequences"):
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            seconds = measure(assignment, ways, rounds, Path(folder))
        base = statistics.median(seconds["stock nbgrader"])
        click.echo(f"{assignment}, one submission, {rounds} rounds")
        for way, times in seconds.items():
            middle = statistics.median(times)
            listed = " ".join(f"{t:.1f}" for t in times)
            click.echo(f"  {way:20}{middle:8.1f} s{middle / base:8.2f} times stock   ({listed})")


def measure(
    assignment: str, ways: dict[str, str], rounds: int, folder: Path
) -> dict[str, list[float]]:
    """Return the seconds of each round of each way; all must give the same points."""
    courses = {way: prepare(assignment, text, folder / way) for way, text in ways.items()}
    seconds: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(rounds):
        for way, course in courses.items():
            start = time.perf_counter()
            course.autograde(assignment, "--force")
            seconds[way].append(time.perf_counter() - start)
    points = {
        way: sum(grade.auto or 0 for grade in course.grades(assignment, STUDENT).values())
        for way, course in courses.items()
    }
    if len(set(points.values())) != 1:
        raise click.ClickException(f"the ways give different points: {points}")
    return seconds


def prepare(assignment: str, settings: str, folder: Path) -> Course:
    """Make a course in which one student handed in the solution."""
    (folder / "solutions").mkdir(parents=True)
    (folder / "solutions" / assignment).symlink_to(ROOT / "solutions" / assignment)
    config = folder / f"{CONFIG}.py"
    config.write_text(settings, encoding="utf-8")
    course = create_course(folder / "class", folder / "solutions", config)
    source, release = course.source(assignment), course.generate(assignment)
    course.put(assignment, STUDENT, answer_notebook(release, source, set(exercises_of(source))))
    return course


if __name__ == "__main__":
    main()
