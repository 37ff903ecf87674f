"""The measured times that a simulation starts from."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

DEFAULT = Path(__file__).parent / "measured_times.json"


class TimesError(ValueError):
    """A file of times is not as expected; the message says where."""


@dataclass(frozen=True)
class Times:
    """What was measured of one kind of notebook.

    Attributes
    ----------
    execute : tuple of float
        Seconds that a worker took, one figure for each submission that was measured.
    prepare, record : float
        Seconds that the coordinator takes before and after that.
    notebook_bytes : float
        The size of a notebook with its outputs, as it travels.
    coordinator_mb, coordinator_mb_per_1000 : float
        The coordinator's memory at the start, and what each thousand submissions add to it.
    worker_mb : float
        The memory of one worker with its two kernels.
    measured : str
        Where the figures come from.
    """

    execute: tuple[float, ...]
    prepare: float
    record: float
    notebook_bytes: float
    coordinator_mb: float
    coordinator_mb_per_1000: float
    worker_mb: float
    measured: str = "no source given"


# The fields that hold one number.
NUMBERS = tuple(name for name, kind in Times.__annotations__.items() if kind is float)


def read_times(path: Path) -> dict[str, Times]:
    """Read a file of times by kind of notebook; a file with one kind may do without its name."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise TimesError(f"{path}: cannot be read: {error}") from None
    if not isinstance(data, dict) or not data:
        raise TimesError(f"{path}: expected an object with times, got {_short(data)}")
    kinds = {path.stem: data} if "execute" in data else data
    return {kind: _times(entry, f"{path}: {kind}") for kind, entry in kinds.items()}


def draw(times: Times, count: int, timeouts: float, limit: float, seed: int) -> list[float]:
    """Draw how long each submission of a class takes on a worker.

    Parameters
    ----------
    times : Times
        From whose `execute` is drawn, with replacement.
    count : int
        How many submissions.
    timeouts : float
        The share of them in which one cell runs into its limit.
    limit : float
        The seconds that this takes in addition.
    seed : int
        The same one draws the same class.
    """
    rng = np.random.default_rng(seed)
    seconds = rng.choice(np.asarray(times.execute), size=count)
    return (seconds + limit * (rng.random(count) < timeouts)).tolist()


def _times(entry: Any, place: str) -> Times:
    if not isinstance(entry, dict):
        raise TimesError(f"{place}: expected an object with times, got {_short(entry)}")
    known = set(Times.__annotations__)
    wrong = sorted((known - {"measured"} - set(entry)) | (set(entry) - known))
    if wrong:
        raise TimesError(f"{place}: missing or unknown: {', '.join(wrong)}")
    execute = entry["execute"]
    # Above 0, so that every run takes some time.
    if not (isinstance(execute, list) and execute and all(_is_amount(s) and s for s in execute)):
        raise TimesError(f"{place}: execute: expected a list of seconds, got {_short(execute)}")
    for name in NUMBERS:
        if not _is_amount(entry[name]):
            raise TimesError(
                f"{place}: {name}: expected a number from 0 on, got {_short(entry[name])}"
            )
    return Times(**entry | {"execute": tuple(execute)})


def _is_amount(value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and 0 <= value < float("inf")


def _short(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
