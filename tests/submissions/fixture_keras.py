"""An assignment with a Keras model whose own computing takes a few seconds at most.

What it costs is the import of TensorFlow, in both kernels, and a short training. The comparison
of ways to grade uses it for its TensorFlow submissions.
"""

from copy import deepcopy
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_notebook

from tests.sample_notebook import code, markdown

NAME = "02-keras-fixture"

SETUP = """\
import numpy as np

import helpers
from helpers import check_close, check_defined, check_equal, check_true

helpers.setup_notebook(seed=2, with_keras=True)
import keras

wave = np.sin(np.arange(400) / 5)"""

WINDOWS = '''\
def windows(x, n):
    """Return all windows of n neighbours in x, as an array of shape (windows, n, 1)."""
    ### BEGIN SOLUTION
    x = np.asarray(x, dtype=float)
    return np.array([x[i : i + n] for i in range(len(x) - n + 1)])[:, :, None]
    ### END SOLUTION'''

WINDOWS_CHECK = """\
check_defined("windows", lambda: windows)
got = windows([1.0, 2.0, 3.0], 2)
check_equal("shape", got.shape, (2, 2, 1))
check_close("windows", got[:, :, 0], [[1, 2], [2, 3]])
print("Exercise 1 passed: you can cut a series into windows.")"""

WINDOWS_HIDDEN = """\
# Hidden tests: the same promises on other inputs, graded after you hand in.
### BEGIN HIDDEN TESTS
cut = windows(wave, 7)
check_equal("shape", cut.shape, (394, 7, 1))
check_close("last window", cut[-1, :, 0], wave[-7:])
### END HIDDEN TESTS"""

MODEL = '''\
def build(n):
    """Return a compiled Keras model from n past values, shape (n, 1), to the next one."""
    ### BEGIN SOLUTION
    model = keras.Sequential(
        [keras.Input((n, 1)), keras.layers.SimpleRNN(8), keras.layers.Dense(1)]
    )
    model.compile(keras.optimizers.Adam(0.01), "mse")
    return model
    ### END SOLUTION'''

TRAIN = """\
model = build(8)
past = np.array([wave[i : i + 8] for i in range(392)])[:, :, None]
helpers.quiet_fit(model, past, wave[8:], epochs=8)"""

MODEL_CHECK = """\
check_defined("build", lambda: build)
check_equal("shape of a forecast", np.asarray(model(past[:3])).shape, (3, 1))
print("Exercise 2 passed: you can build a model.")"""

MODEL_HIDDEN = """\
# Hidden tests: the same promises on other inputs, graded after you hand in.
### BEGIN HIDDEN TESTS
error = np.asarray(model(past))[:, 0] - wave[8:]
check_true("mean squared error", np.mean(error**2) < 0.1, expected="below 0.1", got=error.std())
check_equal("parameters", model.count_params() > 0, True)
### END HIDDEN TESTS"""

ANSWERS = {"ex1-windows": WINDOWS, "ex2-model": MODEL}


def build_source() -> NotebookNode:
    """Return a fresh copy of the source."""
    cells = [
        markdown("title", "# A wave and a network\n\n20 min · 20 points", locked=True),
        code("setup", SETUP, locked=True),
        code("ex1-windows", WINDOWS, solution=True),
        code("ex1-windows-check", WINDOWS_CHECK, grade=True, locked=True, points=4),
        code("ex1-windows-hidden", WINDOWS_HIDDEN, grade=True, locked=True, points=6),
        code("ex2-model", MODEL, solution=True),
        code("ex2-model-train", TRAIN, locked=True),
        code("ex2-model-check", MODEL_CHECK, grade=True, locked=True, points=4),
        code("ex2-model-hidden", MODEL_HIDDEN, grade=True, locked=True, points=6),
    ]
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    notebook = new_notebook(cells=cells, metadata=metadata)
    notebook.nbformat_minor = 5
    return notebook


def solve(release: NotebookNode) -> NotebookNode:
    """Return a copy of the release in which everything is answered."""
    solved = deepcopy(release)
    for cell in solved.cells:
        if cell.id in ANSWERS:
            lines = ANSWERS[cell.id].split("\n")
            cell.source = "\n".join(line for line in lines if " SOLUTION" not in line)
    return solved


def write_source(solutions: Path) -> None:
    """Write the source into a folder of solutions."""
    folder = solutions / NAME
    folder.mkdir(parents=True)
    (folder / f"{NAME}.ipynb").write_text(nbformat.v4.writes(build_source()), encoding="utf-8")
