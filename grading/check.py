"""A dry run of the intake: what would be mended in a submission, or why it would be refused."""

from pathlib import Path

import click

from grading.intake import Accepted, Release, read_release, take_in
from grading.submitted import SubmissionRefused


@click.command()
@click.argument(
    "submissions",
    metavar="FILE|FOLDER...",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, path_type=Path),
)
@click.option("--assignment", help="Its name; else the one whose cells the submission has.")
@click.option(
    "--release",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default="notebooks",
    show_default=True,
    help="The folder with a folder for each assignment as students got it.",
)
def check(submissions: tuple[Path, ...], assignment: str | None, folder: Path) -> None:
    """Say of each submission what the intake would mend, or why it would refuse it."""
    releases = _releases(folder, assignment)
    refused = [path for path in submissions if not _check(path, releases)]
    if refused:
        raise click.exceptions.Exit(1)


def _releases(folder: Path, assignment: str | None) -> list[Release]:
    names = [assignment] if assignment else sorted(path.name for path in folder.iterdir())
    there = [name for name in names if (folder / name / f"{name}.ipynb").is_file()]
    releases = [read_release(name, folder / name) for name in there]
    if not releases:
        raise click.BadParameter(f"--release: no notebook of {assignment or 'any'} in {folder}")
    return releases


def _check(submission: Path, releases: list[Release]) -> bool:
    try:
        name, accepted = _likeliest(submission, releases)
    except SubmissionRefused as refusal:
        click.echo(f"{submission}: REFUSED: {refusal}")
        return False
    click.echo(f"{submission}: {name}: {'mended' if accepted.mends else 'accepted as it is'}")
    for mend in accepted.mends:
        click.echo(f"  - {mend}")
    return True


def _likeliest(submission: Path, releases: list[Release]) -> tuple[str, Accepted]:
    """The assignment with which a submission shares most cells, and what is accepted of it."""
    accepted: dict[str, Accepted] = {}
    refusals: list[SubmissionRefused] = []
    for release in releases:
        try:
            accepted[release.name] = take_in(submission, release)
        except SubmissionRefused as refusal:
            refusals.append(refusal)
    if not accepted:
        raise refusals[0]
    return max(accepted.items(), key=lambda item: item[1].graded_cells)
