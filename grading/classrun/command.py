"""``python -m grading run``: grade a class."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from nbgrader.converters import NbGraderException
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Column, Table

from grading.classrun.coordinator import ClassRun
from grading.classrun.engines import Engine, LocalEngine
from grading.classrun.ledger import Ledger
from grading.classrun.outcomes import Status, Tally
from grading.classrun.workshop import workshop
from grading.sandbox.doctor import require_sandbox
from grading.sandbox.errors import SandboxUnavailable
from grading.settings import AutogradeApp, assignments_handed_in, autograde, load_settings

INCOMPLETE, NOTHING_GRADED = 1, 2
# The time left is reckoned from the pace of this many seconds: a submission may take minutes.
_PACE_SECONDS = 3600


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", metavar="[ASSIGNMENT]... [NBGRADER OPTION]...", nargs=-1)
@click.option("--jobs", type=click.IntRange(min=1), help="Processes; as many as cores if not said.")
@click.option("--scheduler", metavar="URL", help="Grade on the Dask cluster of this scheduler.")
@click.option("--tls-ca-file", type=click.Path(exists=True), help="For a scheduler at tls://.")
@click.option("--tls-cert", type=click.Path(exists=True), help="This command's certificate.")
@click.option("--tls-key", type=click.Path(exists=True), help="Its private key.")
@click.option("--force", is_flag=True, help="Grade also what has not changed.")
def run(
    arguments: tuple[str, ...],
    jobs: int | None,
    scheduler: str | None,
    tls_ca_file: str | None,
    tls_cert: str | None,
    tls_key: str | None,
    force: bool,
) -> None:
    """Grade what was handed in and is not graded yet: of some assignments, or of all.

    Run it in the course's folder. It may be interrupted or killed at any time; the next run goes
    on. Options of nbgrader's autograde, such as --student=ID or --Execute.timeout=60, are passed
    on. Exit status: 0 if every submission has its scores, 1 if some have none, 2 if nothing could
    be graded.
    """
    console = Console(stderr=True)
    names = [argument for argument in arguments if not argument.startswith("-")]
    tls = {"ca_file": tls_ca_file, "client_cert": tls_cert, "client_key": tls_key}
    try:
        app = load_settings([argument for argument in arguments if argument.startswith("-")])
        names = names or assignments_handed_in(app.coursedir)
        if not names:
            folder = Path(app.coursedir.root) / app.coursedir.submitted_directory
            raise NbGraderException(f"Nothing was graded: there are no submissions in {folder}")
        with workshop(), _engine(app, jobs, scheduler, tls) as engine:
            tallies = _grade(app, names, engine, force, console)
    except NbGraderException as error:
        console.print(str(error), style="red", markup=False, soft_wrap=True)
        raise click.exceptions.Exit(NOTHING_GRADED) from None
    console.print(_table(tallies))
    if any(tally.incomplete for tally in tallies):
        raise click.exceptions.Exit(INCOMPLETE)


@contextmanager
def _engine(
    app: AutogradeApp, jobs: int | None, scheduler: str | None, tls: dict[str, str | None]
) -> Iterator[Engine]:
    if scheduler is None:
        with LocalEngine(jobs or len(os.sched_getaffinity(0))) as engine:
            _require_sandbox(app)
            yield engine
        return
    if jobs is not None:
        raise click.UsageError("--jobs: a cluster has as many as it has workers; leave it out")
    from grading.classrun.cluster import DaskEngine

    with DaskEngine(scheduler, tls) as engine:
        yield engine


def _require_sandbox(app: AutogradeApp) -> None:
    try:
        require_sandbox(app)
    except SandboxUnavailable as error:
        raise NbGraderException(f"Nothing was graded: {error}") from error


def _grade(
    app: AutogradeApp, names: Sequence[str], engine: Engine, force: bool, console: Console
) -> list[Tally]:
    course = app.coursedir
    ledger = Ledger(course.db_url, course.course_id)
    tallies = []
    with ledger, _progress(console) as progress:
        runs = {name: ClassRun(autograde(app, name), ledger, force) for name in names}
        for name, class_run in runs.items():
            bar = progress.add_task(name, total=len(class_run))
            tally = Tally(name)
            for outcome in class_run.grade(engine):
                tally.add(outcome)
                for remark in outcome.remarks:
                    line = f"{name}, {outcome.student}: {remark}"
                    console.print(line, markup=False, highlight=False, soft_wrap=True)
                progress.advance(bar)
            tallies.append(tally)
    return tallies


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("gone,"),
        TimeRemainingColumn(),
        TextColumn("left"),
        console=console,
        speed_estimate_period=_PACE_SECONDS,
    )


def _table(tallies: Sequence[Tally]) -> Table:
    table = Table(Column("assignment", no_wrap=True))
    for name in (*(status.value for status in Status), "at a limit", "s each"):
        table.add_column(name, justify="right")
    for tally in tallies:
        graded = tally.counts[Status.GRADED]
        each = f"{tally.busy / graded:.1f}" if graded else ""
        counts = [str(tally.counts[status]) for status in Status]
        table.add_row(tally.assignment, *counts, str(tally.limits), each)
    return table
