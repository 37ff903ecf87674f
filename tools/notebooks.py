"""The author's command line: ``python -m tools.notebooks COMMAND``.

PATH is a notebook, a folder, or how a folder in solutions/ begins, as in ``01``; without one a
command takes all solution notebooks.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tools.course import ROOT, CourseError, select_notebooks, shown_path, write_text

if TYPE_CHECKING:  # its packages load slowly, and only `run` needs them
    from tools.execute import CellRun

_PATHS = click.argument("paths", metavar="[PATH]...", nargs=-1)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=ROOT,
    help="The course folder (default: the one this tool is in).",
)
@click.pass_context
def main(context: click.Context, root: Path) -> None:
    """What an author does with notebooks: normalise, lint, release, check, run, pack."""
    context.obj = root.resolve()


@main.command()
@_PATHS
@click.option("--check", is_flag=True, help="Write nothing; fail if a notebook would change.")
@click.pass_obj
def normalise(root: Path, paths: tuple[str, ...], check: bool) -> None:
    """Bring solution notebooks into their canonical form."""
    from tools.canonical import canonical_text

    changed = 0
    with _reported():
        for path in select_notebooks(root, paths):
            name = shown_path(path, root)
            old = path.read_text(encoding="utf-8")
            new = canonical_text(old, name, root)
            if new == old:
                continue
            changed += 1
            click.echo(f"{name}: {'not in canonical form' if check else 'rewritten'}")
            if not check:
                write_text(path, new)
    if check and changed:
        sys.exit(1)


@main.command()
@_PATHS
@click.option("--rules", is_flag=True, help="List the rules and what each is for.")
@click.pass_obj
def lint(root: Path, paths: tuple[str, ...], rules: bool) -> None:
    """Say where solution notebooks break the course's rules."""
    from tools.lint import RULES
    from tools.lint import lint as lint_notebook

    if rules:
        for rule in RULES:
            click.echo(f"{rule.name:20} {rule.purpose}")
        return
    with _reported():
        reports = [lint_notebook(path, root) for path in select_notebooks(root, paths)]
    for report in reports:
        for finding in report.findings:
            click.echo(finding)
        if report.sizes:
            click.echo(report.sizes)
    if any(report.findings for report in reports):
        sys.exit(1)


@main.command()
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the release goes (default: notebooks/).",
)
@click.pass_obj
def release(root: Path, output: Path | None) -> None:
    """Make the students' notebooks anew from the solutions."""
    from tools.release import release as release_all

    with _reported():
        for name in release_all(root, output):
            click.echo(f"released {name}")


@main.command()
@click.pass_obj
def check(root: Path) -> None:
    """Fail if notebooks/ is not what the solutions give."""
    from tools.release import differences

    with _reported():
        lines = differences(root)
    for line in lines:
        click.echo(line)
    if lines:
        click.echo("Run `make release` and commit what it changes.", err=True)
        sys.exit(1)


@main.command()
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def text(path: Path) -> None:
    """Print one notebook's cells readably, for git's textconv."""
    from tools.text import readable

    click.echo(readable(path.read_text(encoding="utf-8")), nl=False)


@main.command()
@_PATHS
@click.pass_obj
def run(root: Path, paths: tuple[str, ...]) -> None:
    """Execute solution notebooks; print seconds per cell, errors and stderr, and a sum."""
    with _reported():
        selected = select_notebooks(root, paths)
        # A list, so that one notebook's fault does not keep the next from running.
        runs = [_run_one(path, root) for path in selected]
    if len(runs) > 1:
        _sum_up({path.stem: run for path, run in zip(selected, runs, strict=True)})
    if not all(cell.clean for run in runs for cell in run):
        sys.exit(1)


def _run_one(path: Path, root: Path) -> "list[CellRun]":
    """Run one notebook and print its cells as they end."""
    from tools.execute import run_notebook

    click.echo(shown_path(path, root))
    cells = []
    for cell in run_notebook(path, root):
        cells.append(cell)
        click.echo(f"{cell.seconds:8.2f} s  {cell.cell}")
        for kind, message in (("stderr", cell.stderr), ("error", cell.error)):
            if message:
                click.echo(f"{kind} in {cell.cell}: {message.rstrip()}", err=True)
    click.echo(f"{sum(cell.seconds for cell in cells):8.2f} s  total")
    return cells


def _sum_up(runs: "dict[str, list[CellRun]]") -> None:
    """Print the seconds of each notebook, of its hidden tests, and of its slowest cell."""
    click.echo("\n     all  hidden  slowest cell")
    for name, cells in runs.items():
        seconds = sum(cell.seconds for cell in cells)
        hidden = sum(cell.seconds for cell in cells if cell.cell.endswith("-hidden"))
        slowest = max(cells, key=lambda cell: cell.seconds)
        click.echo(
            f"{seconds:8.1f}{hidden:8.1f}{slowest.seconds:8.1f}  {name}: {slowest.cell}"
            f"{'' if all(cell.clean for cell in cells) else '  NOT CLEAN'}"
        )
    total = sum(cell.seconds for cells in runs.values() for cell in cells)
    click.echo(f"{total:8.1f} s  {len(runs)} notebooks")


@main.command("student-zip")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("sequence-models-student.zip"),
    show_default=True,
    help="The archive to write.",
)
@click.pass_obj
def student_zip(root: Path, output: Path) -> None:
    """Pack what students get: notebooks, helpers and what installs them."""
    from tools.student_zip import pack

    with _reported():
        names = pack(root, output)
    click.echo(f"{output}: {len(names)} files")


@contextmanager
def _reported() -> Iterator[None]:
    """Turn a fault of the course folder into one line and exit code 1."""
    try:
        yield
    except CourseError as error:
        raise click.ClickException(str(error)) from None


if __name__ == "__main__":
    main()
