"""Made-up pairs for notebook 08: a date as people write it, and the same date as YYYY-MM-DD.

Nine ways of writing are in use, named in :data:`FORMATS`. Numbers with slashes are American, the
month first, and two digits of a year mean 1950 to 2049. So every text has exactly one reading.

Each of the 36,525 days from 1950 to 2049 belongs to one part for good: a fifth of them, drawn by a
fixed seed, to ``"test"``, the others to ``"train"``. No call for one part can return a day, and so
a text, of the other, whatever its seed.
"""

from datetime import date, timedelta

import numpy as np

FIRST_DAY = date(1950, 1, 1)
N_DAYS = (date(2050, 1, 1) - FIRST_DAY).days
PARTS = ("train", "test")
_TEMPLATES = {
    "day month year": "{d} {month} {year}",
    "month day, year": "{month} {d}, {year}",
    "short month": "{month:.3} {d} {year}",
    "day-short-year": "{d:02}-{month:.3}-{yy:02}",
    "weekday": "{weekday}, {month} {d}, {year}",
    "ordinal": "the {d}{ending} of {month} {year}",
    "american": "{m:02}/{d:02}/{year}",
    "american short": "{m}/{d}/{yy:02}",
    "dotted": "{year}.{m:02}.{d:02}",
}
FORMATS = tuple(_TEMPLATES)


def date_pairs(n: int, part: str = "train", seed: int = 0) -> list[tuple[str, str]]:
    """Draw days of one part without replacement, and write each in a random format.

    Parameters
    ----------
    n : int
        Number of pairs, at most the number of days in the part.
    part : {"train", "test"}
        Both parts are the same in every call; they share no day and no text.
    seed : int
        Chooses days and formats.

    Returns
    -------
    list of (str, str)
        ``("March 7, 1999", "1999-03-07")`` and so on: no day and no text occurs twice.
    """
    days = _days_of(part)
    if not 1 <= n <= len(days):
        raise ValueError(f"n: expected 1 to {len(days)} for the part {part!r}, got {n}")
    rng = np.random.default_rng(seed)
    chosen = rng.choice(days, size=n, replace=False)
    formats = rng.integers(len(FORMATS), size=n)
    pairs = []
    for number, kind in zip(chosen.tolist(), formats.tolist(), strict=True):
        day = FIRST_DAY + timedelta(days=number)
        pairs.append((write_date(day, FORMATS[kind]), day.isoformat()))
    return pairs


def write_date(day: date, style: str) -> str:
    """Write a day in one of the :data:`FORMATS`.

    Parameters
    ----------
    day : datetime.date
        From 1950 to 2049, since some formats have two digits for the year.
    style : str
        One of :data:`FORMATS`.
    """
    if style not in FORMATS:
        raise ValueError(f"style: expected one of {FORMATS}, got {style!r}")
    if not 1950 <= day.year <= 2049:
        raise ValueError(f"day: expected a year from 1950 to 2049, got {day.isoformat()}")
    return _TEMPLATES[style].format(
        d=day.day,
        m=day.month,
        yy=day.year % 100,
        year=day.year,
        month=_MONTHS[day.month - 1],
        weekday=_WEEKDAYS[day.weekday()],
        ending=_ending(day.day),
    )


def _days_of(part: str) -> np.ndarray:
    if part not in PARTS:
        raise ValueError(f"part: expected one of {PARTS}, got {part!r}")
    shuffled = np.random.default_rng(1950).permutation(N_DAYS)
    cut = N_DAYS // 5
    return shuffled[:cut] if part == "test" else shuffled[cut:]


def _ending(number: int) -> str:
    teens = 10 <= number % 100 <= 20
    return "th" if teens else _ENDINGS.get(number % 10, "th")


_ENDINGS = {1: "st", 2: "nd", 3: "rd"}
_WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
