"""Seeds, the way of warnings, and TensorFlow's silence: in a process or kernel of their own."""

import json
import os
import random
import subprocess
import sys
import warnings
from pathlib import Path

import nbclient
import nbformat
import numpy as np
import pytest

from helpers import set_seeds
from helpers.setup import print_warning

ROOT = Path(__file__).parents[1]


def run_notebook(cells: list[str], **environment: str) -> nbformat.NotebookNode:
    """Run cells in a real kernel."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in cells],
        metadata={"kernelspec": kernel},
    )
    client = nbclient.NotebookClient(
        notebook, timeout=120, allow_errors=True, resources={"metadata": {"path": str(ROOT)}}
    )
    return client.execute(env={**os.environ, **environment})


def texts(cell: nbformat.NotebookNode) -> dict[str, str]:
    """What a cell wrote, by stream."""
    found: dict[str, str] = {}
    for output in cell.outputs:
        if output.output_type == "stream":
            found[output.name] = found.get(output.name, "") + output.text
    return found


# set_seeds


def test_seeds_repeat_pythons_and_numpys_numbers() -> None:
    draws = []
    for seed in (7, 7, 8):
        set_seeds(seed, with_keras=False)
        draws.append((random.random(), np.random.rand()))
    assert draws[0] == draws[1] != draws[2]
    random.seed(7)
    assert draws[0][0] == random.random()


@pytest.mark.parametrize(
    ("seed", "error", "message"),
    [
        (-1, ValueError, "seed: expected at least 0, got -1"),
        (2**32, ValueError, r"seed: expected a number below 2\*\*32"),
        (1.0, TypeError, "seed: expected an integer, got 1.0"),
        (None, TypeError, "seed: expected an integer, got None"),
    ],
)
def test_bad_seeds_are_refused(seed, error, message) -> None:
    with pytest.raises(error, match=message):
        set_seeds(seed)


# warnings


def test_a_warning_is_one_line_on_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    print_warning("too few points", UserWarning, "file.py", 3)
    assert capsys.readouterr() == ("Warning: too few points (UserWarning)\n", "")


def test_a_warning_goes_to_a_file_that_is_asked_for(tmp_path: Path) -> None:
    with (tmp_path / "log").open("w+") as log:
        print_warning(RuntimeWarning("overflow"), RuntimeWarning, "file.py", 3, file=log)
        log.seek(0)
        assert log.read() == "Warning: overflow (RuntimeWarning)\n"


def test_a_test_that_catches_warnings_still_sees_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warnings, "showwarning", print_warning)
    with pytest.warns(UserWarning, match="mine"):
        warnings.warn("mine", stacklevel=1)


# setup_notebook, in a fresh process

SCRIPT = """
import logging, os, random, sys, warnings
import numpy as np, statsmodels.api
from threadpoolctl import threadpool_info
import helpers

before = list(warnings.filters)
helpers.setup_notebook(seed=5)
first = random.random(), np.random.rand()
print("ignored:", [f for f in warnings.filters if f not in before and f[0] == "ignore"])
once = list(warnings.filters)
helpers.setup_notebook(seed=5)
print("same filters:", warnings.filters == once)
print("same numbers:", first == (random.random(), np.random.rand()))
print("level:", os.environ["TF_CPP_MIN_LOG_LEVEL"])
print("threads:", [lib["num_threads"] for lib in threadpool_info() if lib["user_api"] == "blas"])
print("grammars:", [name for name in ("nbformat", "lark") if name in sys.modules])
warnings.warn("look here")
warnings.warn("old", FutureWarning)
np.log(np.array([0.0]))
logging.getLogger("tensorflow").warning("retracing")
"""


@pytest.fixture(scope="module")
def after_setup() -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=ROOT,
        env={**os.environ, "MPLBACKEND": "Agg", "TF_CPP_MIN_LOG_LEVEL": "0"}
        | {"OPENBLAS_NUM_THREADS": "2"},
        capture_output=True,
        text=True,
        check=True,
    )


def test_setup_ignores_no_warning_and_can_be_repeated(after_setup) -> None:
    assert after_setup.stdout.splitlines()[:3] == [
        "ignored: []",
        "same filters: True",
        "same numbers: True",
    ]


def test_setup_replaces_a_laxer_level_of_tensorflow(after_setup) -> None:
    assert after_setup.stdout.splitlines()[3] == "level: 3"


def test_setup_gives_linear_algebra_one_thread(after_setup) -> None:
    name, threads = after_setup.stdout.splitlines()[4].split(": ")
    assert name == "threads"
    assert set(json.loads(threads)) == {1}


def test_setup_loads_no_library_that_compiles_grammars(after_setup) -> None:
    # plotly looks for nbformat, which loads jsonschema, which would load lark for two seconds.
    assert after_setup.stdout.splitlines()[5] == "grammars: ['nbformat']"


def test_after_setup_every_warning_reaches_stdout_and_none_stderr(after_setup) -> None:
    assert after_setup.stderr == ""
    assert after_setup.stdout.splitlines()[6:] == [
        "Warning: look here (UserWarning)",
        "Warning: old (FutureWarning)",
        "Warning: divide by zero encountered in log (RuntimeWarning)",
        "WARNING: retracing",
    ]


# in a kernel

CELLS = [
    "import helpers\nhelpers.setup_notebook(seed=1)",
    "import warnings\nwarnings.warn('look here')",
    "helpers.plot_series(helpers.load_nile(), 'Flow').show()",
    "helpers.plot_series(helpers.load_nile(), 'Flow')",
    "x = 1\nhelpers.check_equal('x', x, 2, hint='count')",
]


@pytest.mark.slow
@pytest.mark.parametrize("grading", ["", "autograde", "validate"])
def test_in_a_kernel_nothing_goes_to_stderr_and_figures_are_light(grading: str) -> None:
    setup, warned, shown, named, failed = run_notebook(CELLS, NBGRADER_EXECUTION=grading).cells
    assert texts(setup) == {}
    assert texts(warned) == {"stdout": "Warning: look here (UserWarning)\n"}
    kinds = {"text/plain"} if grading else {"text/plain", "application/vnd.plotly.v1+json"}
    for cell in (shown, named):
        (output,) = cell.outputs
        assert set(output.data) == kinds
        assert output.data["text/plain"] == "[interactive plot: Flow]"
    (error,) = failed.outputs
    assert error.ename == "CheckFailed"
    assert error.traceback[0].startswith("CheckFailed (line 2 of this cell): x has the wrong value")


@pytest.mark.slow
def test_in_a_kernel_keras_loads_and_trains_without_a_word_on_stderr() -> None:
    cells = [
        "import helpers\nhelpers.setup_notebook(seed=1, with_keras=True)",
        "import keras\nimport numpy as np\n"
        "X, y = helpers.create_sequences(np.arange(40.0), 5)\n"
        "layers = [keras.Input((5, 1)), keras.layers.GRU(2), keras.layers.Dense(1)]\n"
        "model = keras.Sequential(layers)\n"
        "model.compile('adam', 'mse')\n"
        "history = helpers.quiet_fit(model, X[..., np.newaxis], y, epochs=2)",
        # TensorFlow and absl, on which Keras builds, complain by way of Python's logging.
        "import os, tempfile\n"
        "for _ in range(7):\n"
        "    keras.models.clone_model(model).predict(X[..., np.newaxis], verbose=0)\n"
        "model.save(os.path.join(tempfile.mkdtemp(), 'model.h5'))",
    ]
    setup, trained, logged = run_notebook(cells, NBGRADER_EXECUTION="").cells
    assert set(texts(logged)) == {"stdout"}
    assert "retracing" in texts(logged)["stdout"]
    assert "legacy" in texts(logged)["stdout"]
    assert setup.outputs == []
    assert set(texts(trained)) == {"stdout"}
    assert texts(trained)["stdout"].count("\r") == 2
    assert trained.outputs[-1].output_type == "stream"
