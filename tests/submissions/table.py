"""What came of each case, as a table: ``python -m tests.submissions.table``.

With ``--stock`` it puts beside it what nbgrader makes of the same submissions without this course's
settings. That runs every attack unprotected. Each is bounded, and goes for its own class only.
"""

import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import click

from grading.course import CONFIG
from tests.stock import STOCK_CONFIG
from tests.submissions.cases import Case, all_cases
from tests.submissions.harness import Graded, Result, grade, grade_in_parts


def outcome(result: Result) -> str:
    """Say in a few words what came of a submission."""
    if result.refused:
        return f"refused: {result.refused.splitlines()[0][:60]}"
    return "no score" if result.points is None else f"{sum(result.points.values()):g} points"


def as_expected(case: Case, result: Result) -> bool:
    """Whether a case came out as it says."""
    if case.refused is not None:
        return case.refused in (result.refused or "") and not any(
            score is not None for score in result.scores.values()
        )
    return result.refused is None and result.points == case.points and not result.seen


@click.command()
@click.option("--stock", is_flag=True, help="Grade by nbgrader's own settings, too.")
@click.argument("words", nargs=-1)
def main(stock: bool, words: tuple[str, ...]) -> None:
    """Print what came of each submission, or of those whose name contains one of some words."""
    cases = [c for c in all_cases() if not words or any(word in c.name for word in words)]
    with tempfile.TemporaryDirectory(prefix="class-", ignore_cleanup_errors=True) as name:
        ours = _by_name(grade_in_parts(Path(name), cases), cases)
        theirs = _by_name(_grade_by_stock(Path(name), cases), cases) if stock else {}
    wrong = sum(_print_row(case, ours[case.name], theirs.get(case.name)) for case in cases)
    if wrong:
        raise click.ClickException(f"{wrong} of {len(cases)} cases did not come out as expected")
    click.echo(f"all {len(cases)} cases came out as expected")


Outcome = tuple[Result, Graded]


def _by_name(classes: Sequence[Graded], cases: Sequence[Case]) -> dict[str, Outcome]:
    names = {case.name for case in cases}
    return {
        name: (result, graded)
        for graded in classes
        for name, result in graded.results.items()
        if name in names
    }


def _print_row(case: Case, ours: Outcome, theirs: Outcome | None) -> bool:
    """Print a case's row; return whether its result by this course's settings is wrong."""
    result, graded = ours
    good = as_expected(case, result) and not graded.touched and not graded.left_over
    columns = [f"{case.name:32}", f"{case.account[:70]:70}"]
    if theirs:
        columns.append(f"stock: {_told(case, *theirs)[:60]:60}")
    columns.append(f"ours: {_told(case, *ours)}")
    click.echo("  ".join([*columns, *([] if good else ["NOT AS EXPECTED"])]))
    return not good


def _told(case: Case, result: Result, graded: Graded) -> str:
    told = [outcome(result)]
    told += [f"read {', '.join(result.seen)}"] if result.seen else []
    told += [f"changed {', '.join(graded.touched)}"] if graded.touched else []
    told += [f"left {len(graded.left_over)} running"] if graded.left_over else []
    return "; ".join(told)


def _grade_by_stock(folder: Path, cases: Sequence[Case]) -> list[Graded]:
    """Grade each case in a class of its own: by stock, one may spoil all that come after it."""
    config = folder / f"stock-{CONFIG}.py"
    config.write_text(STOCK_CONFIG)
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as pool:
        folders = [folder / f"stock-{case.name}" for case in cases]
        names = [case.name for case in cases]
        return list(pool.map(_grade_one_by_stock, folders, names, [config] * len(cases)))


def _grade_one_by_stock(folder: Path, name: str, config: Path) -> Graded:
    folder.mkdir()
    return grade(folder, [case for case in all_cases() if case.name == name], config, stock=True)


if __name__ == "__main__":
    main()
