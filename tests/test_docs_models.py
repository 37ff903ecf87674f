"""The page of all models on all series is what its two tables say."""

import re

import numpy as np
import pytest

import helpers
from tools.course_page import PAGE, block_interval, page, summary
from tools.tables.course_models import tasks


def test_the_page_is_what_its_module_makes() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m tools.course_page"


def test_each_model_and_series_has_its_place() -> None:
    rows = [line.split(" | ") for line in page().splitlines() if re.match(r"\| .* \[|\| VAR", line)]
    models = [row[0].removeprefix("| ") for row in rows]
    assert models == list(dict.fromkeys(helpers.load_table("course_models")["model"]))
    found = sum(cell.count("[") for row in rows for cell in row)
    assert found == len(summary())
    assert all(len(row) == 1 + len(tasks()) for row in rows)


def test_intervals_hold_their_means_and_seeds_surround_theirs() -> None:
    rows = summary()
    assert (rows["low"] < rows["mase"]).all()
    assert (rows["mase"] < rows["high"]).all()
    assert rows["mase"].between(rows["best"], rows["worst"]).all()
    assert set(rows["seeds"]) == {1, 5}


def test_interval_from_blocks_is_exact_where_blocks_can_be_listed() -> None:
    # Blocks of 2 from 4 values: (0, 8), (8, 4), (4, 6), two of them at a time: nine equal means.
    rng, values = np.random.default_rng(0), np.array([0.0, 8, 4, 6])
    low, high = block_interval(values, 2, rng)
    assert (low, high) == (4.0, 6.0)


def test_blocks_widen_the_interval_of_dependent_errors() -> None:
    rng = np.random.default_rng(1)
    errors = np.convolve(rng.normal(size=211), np.ones(12) / 12, "valid")
    single, whole = (np.ptp(block_interval(errors, block, rng)) for block in (1, 12))
    assert whole > 1.8 * single


def test_a_constant_has_an_interval_without_width() -> None:
    assert block_interval(np.full(7, 0.3), 3, np.random.default_rng(0)) == pytest.approx([0.3, 0.3])
