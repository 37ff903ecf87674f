"""The package as a whole: what it hands out, what importing it costs, and its size."""

import subprocess
import sys
from pathlib import Path

import pytest

import helpers

FOLDER = Path(helpers.__file__).parent
MODULES = sorted(FOLDER.rglob("*.py"))
HEAVY = ("tensorflow", "keras", "statsmodels", "plotly", "matplotlib", "seaborn", "scipy")


def test_every_public_name_is_there_and_documented() -> None:
    assert len(set(helpers.__all__)) == len(helpers.__all__)
    for name in helpers.__all__:
        assert getattr(helpers, name).__doc__, name


def test_all_lists_what_the_package_imports_for_others() -> None:
    defined = {
        name
        for name, value in vars(helpers).items()
        if getattr(value, "__module__", "").startswith("helpers.") or name.isupper()
    }
    assert defined == set(helpers.__all__)


def test_the_package_says_in_three_lines_what_it_is_for() -> None:
    text = [line for line in helpers.__doc__.splitlines() if line.strip()]
    assert len(text) == 3


def test_importing_loads_no_heavy_library() -> None:
    code = f"import sys, helpers; print([m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=FOLDER.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


@pytest.mark.slow
def test_notebooks_without_keras_never_load_it() -> None:
    code = (
        "import sys, helpers; helpers.setup_notebook(); helpers.load_stocks();"
        "co2 = helpers.load_co2_monthly()['co2']; helpers.adf(co2); helpers.kpss(co2);"
        "helpers.plot_series(co2, show_components=True); helpers.set_seeds(1);"
        "print([m for m in ('tensorflow', 'keras', 'torch', 'jax') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=FOLDER.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_no_module_is_longer_than_200_lines(module: Path) -> None:
    assert len(module.read_text(encoding="utf-8").splitlines()) <= 200


def test_the_package_has_at_most_1000_lines_of_text() -> None:
    # A module in datasets/ makes a table of results; it is no tool for notebooks.
    tools = [path for path in MODULES if path.parent == FOLDER]
    text = [line for m in tools for line in m.read_text(encoding="utf-8").splitlines()]
    assert len([line for line in text if line.strip()]) <= 1000


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_helpers_import_neither_nbgrader_nor_the_other_folders(module: Path) -> None:
    source = module.read_text(encoding="utf-8")
    for name in ("nbgrader", "grading", "tools", "tests"):
        assert f"import {name}" not in source
        assert f"from {name}" not in source
