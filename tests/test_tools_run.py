"""``run`` and ``text``: what a notebook does, cell by cell, and how it reads in a diff."""

import re

import pytest
from click.testing import CliRunner

from tests import sample_notebook as sample
from tools.notebooks import main
from tools.text import readable


def run(course, *names):
    return CliRunner().invoke(main, ["--root", str(course), "run", *names])


@pytest.fixture
def course(tmp_path):
    return sample.write_course(tmp_path)


def change(course, name, source):
    sample.find(notebook := sample.build(), name).source = source
    sample.write(course / "solutions", notebook)


def test_run_prints_seconds_per_cell_and_in_all(course):
    result = run(course, "01")
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines[0] == "solutions/01-sample/01-sample.ipynb"
    assert all(re.fullmatch(r" *\d+\.\d\d s  [a-z0-9-]+", line) for line in lines[1:])
    cells = [line.split()[-1] for line in lines[1:]]
    assert cells == [c.id for c in sample.build().cells if c.cell_type == "code"] + ["total"]


def test_run_is_in_the_notebooks_folder(course):
    (course / "solutions" / sample.NAME / "a.txt").write_text("here")
    change(course, "s1-worked-example", 'assert open("a.txt").read() == "here"')
    assert run(course).exit_code == 0


def test_run_stops_at_an_error_and_names_its_cell(course):
    change(course, "s1-worked-example", "1 / 0")
    result = run(course)
    assert result.exit_code == 1
    assert result.stderr == "error in s1-worked-example: ZeroDivisionError: division by zero\n"
    cells = [line.split()[-1] for line in result.stdout.splitlines()[1:]]
    assert cells == ["setup", "s1-worked-example", "total"]


def test_run_fails_on_stderr_and_goes_on(course):
    change(course, "s1-worked-example", 'import sys\n\nprint("careful", file=sys.stderr)')
    result = run(course)
    assert result.exit_code == 1
    assert result.stderr == "stderr in s1-worked-example: careful\n"
    assert "ex2-largest-step-hidden" in result.stdout


@pytest.mark.slow
def test_run_of_several_ends_with_their_sum(course):
    sample.write(course / "solutions", sample.build(), "02-more")
    change(course, "s1-worked-example", 'import sys\n\nprint("careful", file=sys.stderr)')
    result = run(course)
    assert result.exit_code == 1
    head, first, second, total = result.stdout.splitlines()[-4:]
    assert head.split() == ["all", "hidden", "slowest", "cell"]
    assert re.fullmatch(r"( +\d+\.\d){3}  01-sample: [a-z0-9-]+  NOT CLEAN", first)
    assert re.fullmatch(r"( +\d+\.\d){3}  02-more: [a-z0-9-]+", second)
    assert re.fullmatch(r" +\d+\.\d s  2 notebooks", total)
    seconds = [float(line.split()[0]) for line in (first, second, total)]
    assert seconds[2] == pytest.approx(seconds[0] + seconds[1], abs=0.11)


def test_text_shows_cells_with_their_metadata(tmp_path):
    notebook = sample.build()
    sample.find(notebook, "summary").metadata["tags"] = ["optional"]
    path = sample.write(tmp_path, notebook)
    result = CliRunner().invoke(main, ["text", str(path)])
    assert result.exit_code == 0
    assert "# %% [markdown] goals\nYou will add up, compare and explain.\n\n" in result.output
    assert [
        line for line in result.output.splitlines() if line.startswith("# %%") and "{" in line
    ] == [
        "# %% [code] setup {locked}",
        "# %% [markdown] ex1-running-total-statement {locked}",
        "# %% [code] ex1-running-total {solution}",
        "# %% [code] ex1-running-total-check {18 points, locked}",
        "# %% [code] ex1-running-total-hidden {27 points, locked}",
        "# %% [markdown] ex1-running-total-notice {locked}",
        "# %% [markdown] ex2-largest-step-statement {locked}",
        "# %% [code] ex2-largest-step {solution}",
        "# %% [code] ex2-largest-step-check {18 points, locked}",
        "# %% [code] ex2-largest-step-hidden {27 points, locked}",
        "# %% [markdown] ex2-largest-step-notice {locked}",
        "# %% [markdown] q1-order {10 points, solution}",
        "# %% [markdown] summary {optional}",
    ]


@pytest.mark.parametrize("text", ["", "<<<<<<< HEAD\n{}", "[1]", '{"cells": [1]}', '{"cells": 3}'])
def test_text_of_what_is_no_notebook_is_the_file_itself(text):
    assert readable(text) == text
