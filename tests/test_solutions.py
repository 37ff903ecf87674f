"""Each real solution runs top to bottom: no failing cell and nothing on stderr."""

import pytest
from nbgrader.validator import Validator

from tests import sample_notebook as sample
from tools.course import ROOT, load_config, select_notebooks

# Raises where there is no notebook, so that an empty folder cannot pass.
NOTEBOOKS = select_notebooks(ROOT)


def validate(path):
    """Run nbgrader's validator with the course's settings, on all cells instead of the graded."""
    return Validator(validate_all=True, config=load_config(ROOT)).validate(str(path))


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_solution_passes_nbgraders_validator(path):
    assert validate(path) == {}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "source", "message"),
    [
        ("s1-worked-example", 'import sys\n\nprint("careful", file=sys.stderr)', "careful"),
        ("s1-worked-example", "1 / 0", "ZeroDivisionError"),
        ("ex1-running-total-hidden", 'assert False, "not so"', "not so"),
    ],
)
def test_the_validator_finds_errors_and_stderr_in_any_cell(name, source, message, tmp_path):
    sample.find(notebook := sample.build(), name).source = source
    failed = validate(sample.write(tmp_path, notebook))["failed"]
    assert [cell["source"] for cell in failed] == [source]
    assert message in failed[0]["raw_error"]


def test_cells_may_run_for_five_minutes():
    config = load_config(ROOT)
    timeouts = {
        pp(parent=Validator(config=config)).timeout for pp in Validator().preprocessors[-1:]
    }
    assert timeouts == {300}
