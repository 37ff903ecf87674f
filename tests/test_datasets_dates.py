"""Dates as people write them: one reading per text, and two parts that share no day."""

from datetime import date, datetime

import numpy as np
import pytest

from helpers.datasets.dates import FIRST_DAY, FORMATS, N_DAYS, date_pairs, write_date

# How the standard library reads each format; ordinal endings are taken off before.
PATTERNS = dict(
    zip(
        FORMATS,
        (
            "%d %B %Y",
            "%B %d, %Y",
            "%b %d %Y",
            "%d-%b-%y",
            "%A, %B %d, %Y",
            "the %d of %B %Y",
            "%m/%d/%Y",
            "%m/%d/%y",
            "%Y.%m.%d",
        ),
        strict=True,
    )
)


def read(text: str, style: str) -> date:
    plain = text
    if style == "ordinal":
        words = text.split()
        plain = " ".join([words[0], words[1][:-2], *words[2:]])
    day = datetime.strptime(plain, PATTERNS[style]).date()
    # The standard library reads two digits of a year as 1969 to 2068.
    return day.replace(year=day.year - 100) if day.year > 2049 else day


def test_every_format_is_read_back_by_the_standard_library() -> None:
    days = [date.fromordinal(FIRST_DAY.toordinal() + i) for i in range(0, N_DAYS, 97)]
    for style in FORMATS:
        assert all(read(write_date(day, style), style) == day for day in days), style


def test_examples_of_all_formats() -> None:
    day = date(2003, 2, 1)
    assert [write_date(day, style) for style in FORMATS] == [
        "1 February 2003",
        "February 1, 2003",
        "Feb 1 2003",
        "01-Feb-03",
        "Saturday, February 1, 2003",
        "the 1st of February 2003",
        "02/01/2003",
        "2/1/03",
        "2003.02.01",
    ]


@pytest.mark.parametrize(
    ("number", "ending"),
    [(1, "st"), (2, "nd"), (3, "rd"), (4, "th"), (11, "th"), (12, "th"), (13, "th"), (22, "nd")],
)
def test_ordinal_endings(number: int, ending: str) -> None:
    assert write_date(date(2001, 5, number), "ordinal") == f"the {number}{ending} of May 2001"


def test_no_text_has_two_readings() -> None:
    seen: dict[str, date] = {}
    for i in range(N_DAYS):
        day = date.fromordinal(FIRST_DAY.toordinal() + i)
        for style in FORMATS:
            assert seen.setdefault(write_date(day, style), day) == day
    assert len(seen) == N_DAYS * len(FORMATS)


def test_the_parts_share_no_day_and_together_hold_all() -> None:
    sizes = {"train": N_DAYS - N_DAYS // 5, "test": N_DAYS // 5}
    days = {part: {iso for _, iso in date_pairs(n, part, seed=3)} for part, n in sizes.items()}
    assert {part: len(found) for part, found in days.items()} == sizes
    assert not days["train"] & days["test"]


def test_whatever_the_seeds_no_day_and_no_text_is_in_both_parts() -> None:
    train = [pair for seed in range(3) for pair in date_pairs(5000, "train", seed)]
    test = [pair for seed in range(3) for pair in date_pairs(5000, "test", seed)]
    for side in (0, 1):
        assert not {pair[side] for pair in train} & {pair[side] for pair in test}


def test_a_call_repeats_neither_days_nor_texts() -> None:
    pairs = date_pairs(4000, "train", seed=1)
    assert len(pairs) == len({text for text, _ in pairs}) == len({iso for _, iso in pairs}) == 4000


def test_the_same_seed_gives_the_same_pairs() -> None:
    np.random.seed(0)
    first = date_pairs(50, "test", seed=7)
    np.random.seed(1)
    assert date_pairs(50, "test", seed=7) == first
    assert date_pairs(50, "test", seed=8) != first


def test_formats_are_about_equally_frequent() -> None:
    texts = [text for text, _ in date_pairs(9000, "train", seed=0)]
    shares = [sum("/" in t for t in texts), sum("the " in t for t in texts)]
    assert shares == pytest.approx([2000, 1000], rel=0.1)


@pytest.mark.parametrize("n", [0, -1, N_DAYS // 5 + 1])
def test_refuses_impossible_sizes(n: int) -> None:
    with pytest.raises(ValueError, match=r"n: expected 1 to 7305 .* got"):
        date_pairs(n, "test")


def test_refuses_unknown_parts_formats_and_years() -> None:
    with pytest.raises(ValueError, match=r"part: expected one of .*'train'.* got 'validation'"):
        date_pairs(1, "validation")
    with pytest.raises(ValueError, match=r"style: expected one of .* got 'iso'"):
        write_date(date(2000, 1, 1), "iso")
    with pytest.raises(ValueError, match="day: expected a year from 1950 to 2049, got 1949-12-31"):
        write_date(date(1949, 12, 31), "dotted")
