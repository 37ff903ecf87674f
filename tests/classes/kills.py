"""Kill class runs at random moments, go on, and compare with a run that nobody disturbed.

``python -m tests.classes.kills`` plays 20 rounds.
"""

import random
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import psutil
from sqlalchemy import create_engine, text

from grading.course import Course
from grading.sandbox.folders import remove
from tests.classes.graded import command, environment, files_of, grade, new_class, scores
from tests.sandboxes import until
from tests.submissions.fixture import NAME

CASES = ("leaves-by-exit", "cut-off")
# A run that is never left alone would never end.
MOST_KILLS = 40


@dataclass(frozen=True)
class Round:
    """What came of a round: how many kills it took, and what was wrong in the end."""

    kills: int
    faults: tuple[str, ...]


@dataclass(frozen=True)
class Calm:
    """A class that nobody disturbed.

    Attributes
    ----------
    before : Path
        Its folder as it was when nothing was graded.
    after : Course
        As it is graded.
    scores : dict
        What it got.
    seconds : float
        How long that took.
    """

    before: Path
    after: Course
    scores: dict[str, dict[str, tuple[Any, ...]]]
    seconds: float


def undisturbed(folder: Path) -> Calm:
    """Make a class and grade it without disturbance."""
    course = new_class(folder / "after", CASES)
    for number in range(3):
        copy = course.root / "submitted" / f"twin-{number}"
        shutil.copytree(course.root / "submitted" / "honest-solved", copy)
    shutil.copytree(course.folder, folder / "before", symlinks=True)
    began = time.monotonic()
    done = grade(course, "--jobs", "2")
    seconds = time.monotonic() - began
    assert done.returncode == 1, done.stderr
    return Calm(folder / "before", course, scores(course, NAME), seconds)


def play(calm: Calm, folder: Path, chance: random.Random) -> Round:
    """Grade the class anew in a folder, killed at random moments until it gets to its end."""
    shutil.copytree(calm.before, folder, symlinks=True)
    copy = Course(folder)
    # Sockets lie below it, and their paths have to be short.
    temporary = Path(tempfile.mkdtemp(prefix="round-"))
    faults, known, kills = [], {}, 0
    while kills < MOST_KILLS:
        # Later each time: on a busy machine no run would ever get far.
        ended = _run_and_kill(copy, chance, calm.seconds * (1 + kills / 4), temporary)
        after = graded_so_far(copy)
        faults += [
            f"{student} was graded twice: {known[student]}, {after[student]}"
            for student in known
            if after.get(student) != known[student]
        ]
        known = after
        if ended:
            break
        kills += 1
    else:
        faults.append("it never came to its end")
    if scores(copy, NAME) != calm.scores:
        faults.append("the scores differ from those of the undisturbed run")
    if files_of(copy, "autograded") != files_of(calm.after, "autograded"):
        faults.append("the graded folders differ from those of the undisturbed run")
    if left := [name for name in files_of(copy, "accepted") if ".new-" in name]:
        faults.append(f"left half-written: {left}")
    # Guards wait a second before they remove what a killed run has left.
    until(lambda: not _processes_of(temporary))
    if left := _processes_of(temporary):
        faults.append(f"left running: {left}")
    remove(temporary)
    return Round(kills, tuple(faults))


def _processes_of(folder: Path) -> list[str]:
    """Return the command lines that name a folder."""
    lines = [" ".join(p.info["cmdline"] or []) for p in psutil.process_iter(["cmdline"])]
    return [line[:80] for line in lines if f"{folder}/" in line]


def _run_and_kill(course: Course, chance: random.Random, longest: float, temporary: Path) -> bool:
    """Start the run and kill it, or one of its workers, at some moment; return if it ended."""
    run = subprocess.Popen(
        command("--jobs", "2"),
        cwd=course.root,
        env=environment(course) | {"TMPDIR": str(temporary)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    # Up to the end of a whole run, and a bit more, so that some run ends.
    moment = time.monotonic() + chance.uniform(0, longest)
    while run.poll() is None and time.monotonic() < moment:
        time.sleep(0.02)
    if run.poll() is None and chance.random() < 0.3 and (workers := workers_of(run.pid)):
        # The run itself goes on.
        chance.choice(workers).kill()
        run.wait()
        return True
    run.send_signal(signal.SIGKILL)
    return run.wait() != -signal.SIGKILL


def workers_of(run: int) -> list[psutil.Process]:
    """Return the worker processes of a run; not one that has just ended."""
    found = []
    for child in psutil.Process(run).children():
        with suppress(psutil.Error):
            if "spawn_main" in " ".join(child.cmdline()):
                found.append(child)
    return found


def graded_so_far(course: Course) -> dict[str, tuple[str, float]]:
    """What is graded so far, by submission: another execution would have another duration."""
    engine = create_engine(f"sqlite:///{course.root / 'gradebook.db'}")
    with engine.connect() as connection:
        tables = "SELECT name FROM sqlite_master WHERE name = 'class_run_graded'"
        if not connection.execute(text(tables)).all():
            return {}
        rows = connection.execute(text("SELECT * FROM class_run_graded")).all()
    return {notebook: (fingerprint, seconds) for notebook, fingerprint, seconds in rows}


@click.command()
@click.option("--rounds", default=20, show_default=True)
@click.option("--seed", default=0, show_default=True)
def main(rounds: int, seed: int) -> None:
    """Play rounds, and say what came of each."""
    chance, bad = random.Random(seed), 0
    with tempfile.TemporaryDirectory(prefix="kills-") as name:
        calm = undisturbed(Path(name))
        for number in range(rounds):
            played = play(calm, Path(name) / f"round-{number}", chance)
            bad += bool(played.faults)
            click.echo(f"round {number}: {played.kills} kills; {played.faults or 'all is well'}")
    if bad:
        raise click.ClickException(f"{bad} of {rounds} rounds went wrong")
    click.echo(f"all {rounds} rounds came to the scores of the undisturbed run")


if __name__ == "__main__":
    main()
