"""Run every variant of a notebook against the notebook's own test cells.

A fresh process runs the setup cell once and forks a child per variant, so that some hundreds
of variants take minutes. The process is fresh, and forks before any TensorFlow operation has
run, because every child of a process that has run one hangs: setup cells only import.
"""

import os
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import click
import nbformat

from tests.variants import Code, Variant, VariantError, load, numbers

SOLUTIONS = Path(__file__).resolve().parents[2] / "solutions"
GRADED = ("check", "hidden")


@dataclass(frozen=True)
class Plan:
    """The steps to run for one variant, by name, and whether to run all of them."""

    steps: tuple[tuple[str, tuple[Code, ...]], ...]
    thorough: bool = True

    def done(self, outcomes: "dict[str, Outcome]") -> bool:
        """Say whether no step is left, or none that could change the verdict."""
        failed = {name for name, outcome in outcomes.items() if outcome.status != "passed"}
        # Without its answer, the solution's functions are still there: tests would be about them.
        if outcomes.get("answer", Outcome("not run")).status == "failed":
            return True
        return len(outcomes) == len(self.steps) or (not self.thorough and "check" in failed)


@dataclass(frozen=True)
class Outcome:
    """What came of one step: the answer, its training, the check cell or the hidden cell.

    Parameters
    ----------
    status : str
        ``passed``, ``failed``, ``stderr`` (no error, but output that nbgrader scores 0),
        ``timed out``, ``crashed`` or ``not run``.
    errors : tuple of str
        Names of the exception's class and of its bases, the class first.
    message : str
        The exception's message, what stood on stderr, or how the process ended.
    place : str
        File and line of the variant or cell where it happened.
    """

    status: str
    errors: tuple[str, ...] = ()
    message: str = ""
    place: str = ""

    def __str__(self) -> str:
        what = self.errors[0] if self.errors else self.status
        where = f" at {self.place}" if self.place else ""
        return f"{what}{where}: {self.message}" if self.message else f"{what}{where}"


@dataclass(frozen=True)
class Result:
    """A variant, the outcome of each of its steps by name, and the verdict on it."""

    variant: Variant
    outcomes: dict[str, Outcome] = field(default_factory=dict)

    @property
    def rejections(self) -> dict[str, Outcome]:
        """Outcomes of the graded cells that did not pass."""
        got = {name: self.outcomes.get(name, Outcome("not run")) for name in GRADED}
        return {name: outcome for name, outcome in got.items() if outcome.status != "passed"}

    @property
    def verdict(self) -> str:
        """How it ended.

        ``accepted`` or ``refused`` for a right answer and the solution; ``visible``, ``hidden``
        (only there), ``survived`` or ``broken`` for a wrong one; ``zero``, ``survived`` or
        ``broken`` for the blank stub. A wrong answer is broken if the first cell that stops it
        does so by anything but a check or the declared exception: then it was not rejected for
        its misconception.
        """
        rejections = list(self.rejections.values())
        if self.variant.kind in ("right", "solution"):
            return "refused" if rejections or self._unfinished else "accepted"
        if self._unfinished or not all(map(self._intended, rejections[:1])):
            return "broken"
        if self.variant.kind == "blank":
            return "zero" if len(rejections) == len(GRADED) else "survived"
        if not rejections:
            return "survived"
        return "visible" if "check" in self.rejections else "hidden"

    @property
    def hidden_accepts(self) -> bool:
        """Whether a rejected wrong answer still earns the points of the hidden tests."""
        return self.verdict == "visible" and "hidden" not in self.rejections

    @property
    def good(self) -> bool:
        """Whether the test cells treat the variant as they should."""
        return self.verdict in ("accepted", "visible", "hidden", "zero")

    @property
    def _unfinished(self) -> bool:
        answer = self.outcomes.get("answer", Outcome("not run"))
        return answer.status not in ("passed", "stderr")

    def _intended(self, outcome: Outcome) -> bool:
        if self.variant.kind == "blank":
            return outcome.status == "failed"
        return outcome.status == "failed" and bool(
            {"CheckFailed", *self.variant.raises} & set(outcome.errors)
        )


def run_notebook(
    path: Path,
    variants: Sequence[Variant],
    *,
    limit: float = 180.0,
    parallel: int = 2,
    thorough: bool = True,
) -> list[Result]:
    """Run variants, and the solution and the blank stub of each of their exercises.

    Parameters
    ----------
    path : Path
        A notebook of ``solutions/``, with its solutions and hidden tests.
    variants : sequence of Variant
        The answers to run.
    limit : float
        Seconds that one variant may take.
    parallel : int
        How many run at once.
    thorough : bool
        Whether the hidden cell also runs where the visible check has already failed. It does not
        change a verdict, only what is known of the hidden cell, and costs half of the time.

    Returns
    -------
    list of Result
        By exercise in the order of the notebook: solution, blank, then the variants as given.

    Raises
    ------
    VariantError
        If an exercise or a cell is missing, or the setup cell fails.
    """
    cells = _cells(path)
    asked = {variant.exercise for variant in variants}
    if unknown := sorted(asked - set(exercises(path))):
        raise VariantError(
            f"{path.name} has no exercise {', '.join(unknown)}, only {', '.join(exercises(path))}"
        )
    todo: list[Variant] = []
    for exercise in (name for name in exercises(path) if name in asked):
        todo.append(Variant(exercise, "solution", "the notebook's own answer"))
        todo.append(Variant(exercise, "blank", "the stub that students get"))
        todo += [variant for variant in variants if variant.exercise == exercise]
    results: list[Result | None] = [None] * len(todo)
    plans: dict[int, Plan] = {}
    for index, variant in enumerate(todo):
        try:
            # The blank stub must fail in both cells, so both are always run for it.
            plans[index] = Plan(_steps(variant, cells), thorough or variant.kind == "blank")
        except VariantError as error:
            failure = Outcome("failed", ("VariantError",), str(error))
            results[index] = Result(variant, {"answer": failure})
    for index, outcomes in _run(path.parent, cells["setup"], plans, limit, parallel):
        results[index] = Result(todo[index], outcomes)
    return [result for result in results if result is not None]


def exercises(path: Path) -> list[str]:
    """Return the grade_ids of a notebook's autograded exercises, in its order."""
    notebook = nbformat.read(path, as_version=4)
    tags = (c.metadata.get("nbgrader", {}) for c in notebook.cells if c.cell_type == "code")
    return [tag["grade_id"] for tag in tags if tag.get("solution") and not tag.get("grade")]


def find_notebook(number: str) -> Path:
    """Return the path of the notebook in ``solutions/`` with this two-digit number."""
    found = sorted(SOLUTIONS.glob(f"{number}-*/{number}-*.ipynb"))
    if len(found) != 1:
        raise VariantError(
            f"expected one notebook {number}-*/{number}-*.ipynb in {SOLUTIONS.name}/, "
            f"found {len(found)}"
        )
    return found[0]


# --- what a variant runs -------------------------------------------------------------------


def _cells(path: Path) -> dict[str, Code]:
    """Return the code cells that have a grade_id, by it."""
    notebook = nbformat.read(path, as_version=4)
    cells = {
        cell.metadata.nbgrader.grade_id: cell.source
        for cell in notebook.cells
        if cell.cell_type == "code" and "nbgrader" in cell.metadata
    }
    if "setup" not in cells:
        raise VariantError(f"{path.name} has no code cell with the grade_id setup")
    # What the setup gives to the exercises may stand in several cells: setup, setup-cells, ...
    cells["setup"] = "\n\n".join(cells[name] for name in cells if name.startswith("setup"))
    return {name: Code(text, f"cell {name}") for name, text in cells.items()}


def _steps(variant: Variant, cells: dict[str, Code]) -> tuple[tuple[str, tuple[Code, ...]], ...]:
    """Return what to run for a variant after the setup, each step by name."""
    name = variant.exercise
    missing = [f"{name}-{step}" for step in GRADED if f"{name}-{step}" not in cells]
    if missing:
        raise VariantError(f"the notebook has no cell {', '.join(missing)}")
    answer = (_answer(variant, cells[name]), *variant.functions)
    train = f"{name}-train"
    training = [("train", (cells[train],))] if train in cells else []
    graded = [(step, (cells[f"{name}-{step}"],)) for step in GRADED]
    return (("answer", answer), *training, *graded)


def _answer(variant: Variant, cell: Code) -> Code:
    """Return the solution cell as this variant has it."""
    if variant.kind == "blank":
        return Code(_blank(cell.text), cell.file)
    if variant.edit is None:
        return cell
    old, new = variant.edit
    if (count := cell.text.count(old)) != 1:
        raise VariantError(f"{old!r} occurs {count} times in the solution cell, expected once")
    return Code(cell.text.replace(old, new), cell.file)


def _blank(source: str) -> str:
    """Return a solution cell as nbgrader releases it."""
    from nbgrader.preprocessors import ClearSolutions  # takes seconds, and children need it not

    tags = {"nbgrader": {"schema_version": 3, "solution": True, "grade": False, "grade_id": "x"}}
    cell = nbformat.v4.new_code_cell(source, metadata=tags)
    ClearSolutions().preprocess_cell(cell, {"language": "python"}, 0)
    return cell.source


# --- the process that forks ----------------------------------------------------------------


def _run(
    folder: Path, setup: Code, plans: dict[int, Plan], limit: float, parallel: int
) -> Iterator[tuple[int, dict[str, Outcome]]]:
    """Run the plans of all variants in a fresh process; yield each one's outcomes as it ends."""
    context = get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    server = context.Process(target=_serve, args=(theirs, folder, setup, plans, limit, parallel))
    server.start()
    theirs.close()
    try:
        started: Outcome = ours.recv()
        if started.status == "failed":
            raise VariantError(f"the setup cell failed with {started}")
        for _ in plans:
            yield ours.recv()
        server.join(timeout=5)
    except EOFError:
        server.join()
        raise VariantError(f"the setup process ended with code {server.exitcode}") from None
    finally:
        server.terminate()
        server.join()


def _serve(
    pipe: Connection, folder: Path, setup: Code, plans: dict[int, Plan], limit: float, many: int
) -> None:
    """Run the setup cell, then a child per variant, at most ``many`` at once."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # so that "finally" below is reached
    os.environ.setdefault("MPLBACKEND", "Agg")
    os.chdir(folder)
    _send_to_nowhere(1)
    namespace: dict[str, Any] = {"__name__": "__main__"}
    pipe.send(_execute((setup,), namespace, {setup.file}))
    caller = parent_process()
    waiting = list(plans.items())
    running: list[_Child] = []
    try:
        while (waiting or running) and caller.is_alive():
            while waiting and len(running) < many:
                running.append(_Child(*waiting.pop(0), namespace, limit))
            patience = min(child.deadline for child in running) - time.monotonic()
            wait([caller.sentinel, *(child.pipe for child in running)], patience)
            for child in [c for c in running if c.finished()]:
                running.remove(child)
                pipe.send((child.index, child.outcomes))
    finally:
        for child in running:
            child.kill()


class _Child:
    """A forked process that runs one variant, and the outcomes it has reported so far."""

    def __init__(self, index: int, plan: Plan, namespace: dict[str, Any], limit: float) -> None:
        context = get_context("fork")
        self.index = index
        self.limit = limit
        self.plan = plan
        self.outcomes: dict[str, Outcome] = {}
        self.pipe, theirs = context.Pipe(duplex=False)
        self.process: BaseProcess = context.Process(target=_child, args=(theirs, plan, namespace))
        self.process.start()
        theirs.close()
        self.deadline = time.monotonic() + limit

    def finished(self) -> bool:
        """Take what the child has reported; say whether it is done, dead or out of time."""
        try:
            while self.pipe.poll():
                name, outcome = self.pipe.recv()
                self.outcomes[name] = outcome
        except EOFError:
            self.process.join(timeout=1)
            code = self.process.exitcode
            return self._end(Outcome("crashed", message=f"the process ended with code {code}"))
        if time.monotonic() >= self.deadline:
            return self._end(Outcome("timed out", message=f"killed after {self.limit:g} s"))
        return self.plan.done(self.outcomes) and self._end()

    def kill(self) -> None:
        """End the child and whatever it started."""
        if self.process.pid is not None and self.process.is_alive():
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:  # it has not made its own group yet
                self.process.kill()
        self.process.join()
        self.pipe.close()

    def _end(self, reason: Outcome | None = None) -> bool:
        """Clean up, and note why the step that was running has no outcome."""
        if reason and not self.plan.done(self.outcomes):
            step = next(name for name, _ in self.plan.steps if name not in self.outcomes)
            self.outcomes[step] = reason
        self.kill()
        return True


# --- the child -----------------------------------------------------------------------------


def _child(pipe: Connection, plan: Plan, namespace: dict[str, Any]) -> None:
    """Run the steps of one variant and report each outcome."""
    os.setsid()  # its own group, so that what it starts can be killed with it
    _send_to_nowhere(1)
    files = {code.file for _, codes in plan.steps for code in codes}
    outcomes: dict[str, Outcome] = {}
    with tempfile.TemporaryFile() as stderr:
        os.dup2(stderr.fileno(), 2)
        sys.stderr = open(2, "w", buffering=1, closefd=False)  # noqa: SIM115  lives as long as we
        for name, codes in plan.steps:
            before = os.fstat(2).st_size
            outcome = _execute(codes, namespace, files)
            sys.stderr.flush()
            noise = os.pread(stderr.fileno(), 2000, before).decode(errors="replace").strip()
            if outcome.status == "passed" and noise:
                outcome = Outcome("stderr", message=noise)
            pipe.send((name, outcome))
            outcomes[name] = outcome
            if plan.done(outcomes):
                break
    pipe.close()
    os._exit(0)  # without waiting for threads that a variant may have left behind


def _execute(codes: Sequence[Code], namespace: dict[str, Any], files: set[str]) -> Outcome:
    """Execute source texts in a namespace, as cells are, and return what came of it."""
    try:
        for code in codes:
            # Empty lines before it give a traceback the line of the file.
            text = "\n" * (code.line - 1) + code.text
            exec(compile(text, code.file, "exec"), namespace)
    except BaseException as error:  # a variant may call sys.exit: no reason to end the harness
        errors = tuple(cls.__name__ for cls in type(error).__mro__[:-1])
        return Outcome("failed", errors, str(error), _place(error, files))
    return Outcome("passed")


def _place(error: BaseException, files: set[str]) -> str:
    """Return file and line of the innermost frame in one of these files."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.filename in files:
            return f"{Path(frame.filename).name}:{frame.lineno}"
    return ""


def _send_to_nowhere(descriptor: int) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)


# --- the report ----------------------------------------------------------------------------


def table(results: Sequence[Result]) -> str:
    """Return the table of one notebook, one line per exercise.

    Wrong answers are counted by what rejects them: the visible check (of these, how many *only*
    the visible check), or only the hidden tests.
    """
    return _aligned([_row(exercise, results) for exercise in _exercises(results)])


def course_table(reports: dict[str, Sequence[Result]]) -> str:
    """Return one table of all notebooks, one line each and one for their sum."""
    rows = [_notebook_row(name, results) for name, results in reports.items()]
    every = [result for results in reports.values() for result in results]
    return _aligned([*rows, _notebook_row("all", every)])


def _aligned(rows: Sequence[dict[str, object]]) -> str:
    lines = [[str(value) for value in row] for row in [rows[0].keys(), *(r.values() for r in rows)]]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(value.ljust(width) for value, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def problems(results: Sequence[Result]) -> str:
    """Return a text about each variant that the test cells do not treat as they should."""
    return "\n".join(describe(result) for result in results if not result.good)


def describe(result: Result) -> str:
    """Return a text about one variant: the verdict, the misconception, what each cell said."""
    variant = result.variant
    only = " only" if result.hidden_accepts else ""
    lines = [f"{variant.exercise}: {variant.kind}, {result.verdict}{only}: {variant.text}"]
    for name, outcome in result.outcomes.items():
        if outcome.status != "passed" and (name in GRADED or outcome.status != "stderr"):
            lines.append(f"    {name}: " + str(outcome).replace("\n", "\n    "))
    return "\n".join(lines)


def _exercises(results: Sequence[Result]) -> list[str]:
    return list(dict.fromkeys(result.variant.exercise for result in results))


def _row(exercise: str, results: Sequence[Result]) -> dict[str, object]:
    """Return one line of a notebook's table, by the titles of its columns."""
    mine = [result for result in results if result.variant.exercise == exercise]
    alone = {result.variant.kind: result.verdict for result in mine}
    reasons = Counter(_reason(r) for r in mine if r.variant.kind == "wrong" and r.rejections)
    return {
        "exercise": exercise,
        "solution": alone["solution"],
        "blank": alone["blank"],
        **_counts(mine),
        "rejected by": ", ".join(f"{name} {number}" for name, number in reasons.most_common()),
    }


def _notebook_row(name: str, results: Sequence[Result]) -> dict[str, object]:
    """Return one line of the course's table, by the titles of its columns."""
    count = Counter((result.variant.kind, result.verdict) for result in results)
    return {
        "notebook": name,
        "exercises": sum(result.variant.kind == "solution" for result in results),
        "solution accepted": count["solution", "accepted"],
        "blank zero": count["blank", "zero"],
        **_counts(results),
    }


def _counts(results: Sequence[Result]) -> dict[str, object]:
    count = Counter((result.variant.kind, result.verdict) for result in results)
    kinds = Counter(result.variant.kind for result in results)
    return {
        "wrong": kinds["wrong"],
        "visible": count["wrong", "visible"],
        "(only)": sum(result.hidden_accepts for result in results),
        "hidden": count["wrong", "hidden"],
        "survived": count["wrong", "survived"],
        "broken": count["wrong", "broken"],
        "right": kinds["right"],
        "accepted": count["right", "accepted"],
        "refused": count["right", "refused"],
    }


def _reason(result: Result) -> str:
    """Return what rejected a variant first, by the name of the exception."""
    outcome = next(iter(result.rejections.values()))
    return outcome.errors[0] if outcome.errors else outcome.status


@click.command()
@click.argument("number", required=False)
@click.option("-v", "--verbose", is_flag=True, help="Show the message that each variant got.")
@click.option("-e", "--exercise", help="Run one exercise only, given by its grade_id.")
@click.option("--limit", default=180.0, show_default=True, help="Seconds that a variant may take.")
def main(number: str | None, verbose: bool, exercise: str | None, limit: float) -> None:
    """Run the variants of notebook NUMBER, as in 01, or of all notebooks that have some."""
    reports = {}
    try:
        for each in [number] if number else numbers():
            reports[find_notebook(each).stem] = _report(each, exercise, verbose, limit)
    except VariantError as error:
        raise click.ClickException(str(error)) from None
    if len(reports) > 1:
        click.echo(course_table(reports))
    sys.exit(0 if all(result.good for results in reports.values() for result in results) else 1)


def _report(number: str, exercise: str | None, verbose: bool, limit: float) -> list[Result]:
    """Run and print one notebook."""
    start = time.monotonic()
    path = find_notebook(number)
    variants = [v for v in load(number) if exercise in (None, v.exercise)]
    if not variants:
        raise VariantError(f"no variants for the exercise {exercise!r} in nb{number}.py")
    results = run_notebook(path, variants, limit=limit)
    seconds = time.monotonic() - start
    click.echo(f"{path.stem}: {len(variants)} variants in {seconds:.0f} s\n{table(results)}\n")
    if verbose:
        click.echo("\n".join(describe(result) for result in results) + "\n")
    elif text := problems(results):
        click.echo(text + "\n")
    return results


if __name__ == "__main__":
    main()
