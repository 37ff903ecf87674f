"""Compare ways to grade one class: seconds a submission, and ratios to stock nbgrader.

Run from the repository's root: ``python -m tests.benchmarks.bench_class_run``. Of each kind of
notebook there is a class of 20, some of them hostile. All ways grade the same files, one way after
the other in one run. Ours must give equal scores to everybody; stock's are compared with them, and
who fooled it is listed.
"""

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from grading.course import CONFIG, Course, create_course
from tests.classes.clusters import cluster
from tests.classes.graded import environment, grade, scores
from tests.stock import STOCK_CONFIG
from tests.submissions import fixture, fixture_keras
from tests.submissions.cases import Work, all_cases

ROOT = Path(__file__).parent.parent.parent
OURS = (ROOT / f"{CONFIG}.py").read_text(encoding="utf-8")
# A few that only cost time or crash, and a few that forge points.
HOSTILE = (
    "leaves-by-exit",
    "sent-points",
    "equal-list",
    "deleted-test-cell",
    "prints-much-at-once",
)
TIMEOUT = "--Execute.timeout=60"
Scores = dict[str, dict[str, tuple[Any, ...]]]


@click.command()
@click.option("--submissions", default=20, show_default=True, help="Of each kind.")
@click.argument("kinds", nargs=-1)
def main(submissions: int, kinds: tuple[str, ...]) -> None:
    """Compare on classes of some kinds: numpy, tensorflow, or both unless told."""
    for kind in kinds or ("numpy", "tensorflow"):
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            _compare(kind, submissions, Path(folder))


def _compare(kind: str, submissions: int, folder: Path) -> None:
    made = fixture if kind == "numpy" else fixture_keras
    course = _make_class(made, submissions, folder / "class")
    click.echo(f"{made.NAME}, {submissions} submissions")
    seconds, ours, base = {}, None, 0.0
    for way, (settings, begin) in _ways(made.NAME).items():
        copy = _copy(course, folder / "copy", settings)
        seconds[way] = begin(copy)
        found = scores(copy, made.NAME)
        base = base or seconds[way]
        each = seconds[way] / submissions
        click.echo(f"  {way:32}{each:8.2f} s each{base / seconds[way]:8.2f} times as fast as stock")
        if way == "stock nbgrader":
            stock = found
        elif "without" in way:
            unjudged = found
        elif ours not in (None, found):
            raise click.ClickException(f"{way} gives other scores than the ways before it")
        else:
            ours = found
    for way, other in {"stock": stock, "without the judge": unjudged}.items():
        fooled = sorted(name for name in ours if _points(ours, name) != _points(other, name))
        click.echo(f"  {way}: other points than ours for {', '.join(fooled) or 'nobody'}")


def _ways(name: str) -> dict[str, tuple[str, Callable[[Course], float]]]:
    return {
        "stock nbgrader": (STOCK_CONFIG, lambda course: _stock(course, name)),
        "ours, 1 job": (OURS, lambda course: _ours(course, "--jobs", "1")),
        "ours, 2 jobs": (OURS, lambda course: _ours(course, "--jobs", "2")),
        "ours, Dask with 2 workers": (OURS, _on_dask),
        "ours, 2 jobs, without the judge": (
            f"{OURS}\nc.HardenedExecute.judge = False\n",
            lambda course: _ours(course, "--jobs", "2"),
        ),
    }


def _stock(course: Course, name: str) -> float:
    with _clock() as taken:
        subprocess.run(
            [sys.executable, "-m", "nbgrader", "autograde", name, TIMEOUT],
            cwd=course.root,
            env=environment(course),
            capture_output=True,
            check=False,
        )
    return taken[0]


def _ours(course: Course, *flags: str) -> float:
    with _clock() as taken:
        done = grade(course, *flags, TIMEOUT)
    if done.returncode > 1:
        raise click.ClickException(done.stderr)
    return taken[0]


def _on_dask(course: Course) -> float:
    with cluster(course.folder / "dask") as dask:
        return _ours(course, "--scheduler", dask.address)


@contextmanager
def _clock():
    taken, began = [], time.perf_counter()
    yield taken
    taken.append(time.perf_counter() - began)


def _make_class(made: Any, submissions: int, folder: Path) -> Course:
    made.write_source(folder / "source")
    course = create_course(folder / "class", folder / "source", ROOT / f"{CONFIG}.py")
    (course.folder / "home").mkdir()
    blank = course.generate(made.NAME)
    hostile = [case for case in all_cases() if case.name in HOSTILE]
    if made is not fixture:
        hostile = []
        _hand_in_hostile_keras(course, blank)
    for case in hostile:
        place = course.root / "submitted" / case.name / made.NAME
        place.mkdir(parents=True)
        case.hand_in(Work(place, made.solve(blank), blank))
    done = len(list((course.root / "submitted").glob("*")))
    for number in range(submissions - done):
        course.put(made.NAME, f"student-{number:02}", made.solve(blank))
    return course


def _hand_in_hostile_keras(course: Course, blank: Any) -> None:
    """Hand in a kernel that ends, and tests with the tag by which stock nbgrader skips them."""
    leaves = fixture_keras.solve(blank)
    next(cell for cell in leaves.cells if cell.id == "ex2-model").source = "import os\nos._exit(0)"
    course.put(fixture_keras.NAME, "leaves-by-exit", leaves)
    skips = fixture_keras.solve(blank)
    for cell in skips.cells:
        if cell.id.endswith(("-check", "-hidden")):
            cell.metadata.tags = ["skip-execution"]
    course.put(fixture_keras.NAME, "skipped-tests", skips)


def _copy(course: Course, folder: Path, settings: str) -> Course:
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(course.folder, folder, symlinks=True)
    (folder / "course" / f"{CONFIG}.py").write_text(settings, encoding="utf-8")
    return Course(folder)


def _points(found: Scores, student: str) -> dict[str, float | None]:
    cells = found.get(student, {}).items()
    return {name: values[0] for name, values in cells if not name.startswith("comment")}


if __name__ == "__main__":
    main()
