"""The command that writes an assignment's class report."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.progress import track

from grading.report.collect import Report, collect
from grading.report.database import UnreadableGradebook
from grading.report.gradebook import UnknownAssignment
from grading.report.page import render
from grading.report.settings import read_settings


@click.command()
@click.argument("assignment")
@click.option(
    "--to",
    "target",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write; else reports/ASSIGNMENT.html in the course's folder.",
)
@click.option("--names", is_flag=True, help="Add a table of the students with their points.")
@click.option(
    "--course",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=".",
    help="The folder with nbgrader_config.py; here, unless told.",
)
def report(assignment: str, target: Path | None, names: bool, folder: Path) -> None:
    """Write a page on how a class did in ASSIGNMENT: scores, exercises, frequent mistakes.

    The page names no student unless asked to. It quotes messages of hidden tests, so it is not
    for students.
    """
    settings = read_settings(folder)
    try:
        found = collect(settings, assignment, progress=_progress)
    except (UnknownAssignment, UnreadableGradebook) as error:
        raise click.ClickException(str(error)) from None
    target = target or settings.root / "reports" / f"{assignment}.html"
    _write(target, render(found, names))
    click.echo(f"{_told(found)}: {target}")


def _progress(paths: Sequence[Path]) -> Iterable[Path]:
    console = Console(stderr=True)
    text = "reading the graded notebooks"
    return track(paths, text, console=console, transient=True, disable=not console.is_terminal)


def _told(found: Report) -> str:
    return f"{found.assignment}: {found.handed_in} handed in, {found.graded} graded"


def _write(target: Path, text: str) -> None:
    """Write a file whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
