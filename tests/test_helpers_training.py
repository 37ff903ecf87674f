"""quiet_fit and count_parameters with real Keras models, in one process of their own.

The tests' own process stays free of TensorFlow: a process that has used it cannot be forked.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

SCRIPT = r"""
import contextlib, io, json, os, sys
import helpers
helpers.setup_notebook(seed=1, with_keras=True)
import keras
import numpy as np

found = {}

def message(call):
    try:
        return repr(call())
    except Exception as error:
        return f"{type(error).__name__}: {error}"

def output(call):
    with contextlib.redirect_stdout(io.StringIO()) as text:
        value = call()
    return text.getvalue(), value

# counting
L = keras.layers
bn = keras.Sequential([keras.Input((8,)), L.Dense(4), L.BatchNormalization(), L.Dense(3)])
frozen = keras.Sequential([keras.Input((8,)), L.Dense(4), L.Dense(3)])
frozen.layers[0].trainable = False
shared = L.Dense(5)
a, b = keras.Input((5,)), keras.Input((5,))
twice = keras.Model([a, b], L.Add()([shared(a), shared(b)]))
nested = keras.Sequential([keras.Input((8,)), bn, L.Dense(2)])
models = {"bn": bn, "frozen": frozen, "twice": twice, "nested": nested}
found["counts"] = {
    name: [helpers.count_parameters(m), helpers.count_parameters(m, trainable_only=False),
           sum(int(np.prod(v.shape)) for v in m.trainable_variables), m.count_params()]
    for name, m in models.items()
}
found["type"] = type(helpers.count_parameters(bn)).__name__
cells = {"rnn": L.SimpleRNN(32), "lstm": L.LSTM(32), "gru": L.GRU(32),
         "bilstm": L.Bidirectional(L.LSTM(32))}
for layer in cells.values():
    layer.build((None, 10, 8))
found["cells"] = {name: helpers.count_parameters(layer) for name, layer in cells.items()}

class Half(keras.Model):
    def __init__(self):
        super().__init__()
        self.used, self.unused = L.Dense(2, name="used"), L.Dense(3, name="unused")
    def call(self, x):
        return self.used(x)

half = Half()
found["subclass before a call"] = message(lambda: helpers.count_parameters(half))
half(np.ones((1, 4)))
found["subclass with an unused layer"] = message(lambda: helpers.count_parameters(half))
found["sequential"] = message(
    lambda: helpers.count_parameters(keras.Sequential([L.Dense(3)], name="net")))
found["layer"] = message(lambda: helpers.count_parameters(L.Dense(3, name="head")))
found["no model"] = message(lambda: helpers.count_parameters([1, 2]))

# training
x = np.random.default_rng(0).normal(size=(64, 3)).astype("float32")
y = x @ np.array([[1.0], [2.0], [3.0]], dtype="float32")

def fresh():
    keras.utils.set_random_seed(3)
    model = keras.Sequential([keras.Input((3,)), L.Dense(1)])
    model.compile(keras.optimizers.Adam(0.05), "mse", metrics=["mae"])
    return model

text, history = output(lambda: helpers.quiet_fit(fresh(), x, y, 4, validation_split=0.25))
plain = fresh().fit(x, y, epochs=4, validation_split=0.25, verbose=0).history
found["progress"] = text
found["history"] = history
found["plain history"] = plain
found["value type"] = type(history["loss"][0]).__name__

os.environ["NBGRADER_EXECUTION"] = "autograde"
found["graded"] = output(lambda: helpers.quiet_fit(fresh(), x, y, epochs=4))[0]
stop = keras.callbacks.EarlyStopping("loss", min_delta=1e9, patience=0)
found["stopped"] = output(lambda: helpers.quiet_fit(fresh(), x, y, 50, callbacks=[stop]))[0]
del os.environ["NBGRADER_EXECUTION"]
data = keras.utils.timeseries_dataset_from_array(np.arange(20.0)[:, None], np.arange(20.0), 3)
net = keras.Sequential([keras.Input((3, 1)), L.Flatten(), L.Dense(1)])
net.compile("adam", "mse")
history = output(lambda: helpers.quiet_fit(net, data, None, 2, callbacks=None))[1]
found["dataset"] = len(history["loss"])
windows, targets = helpers.create_sequences(x, 5, target_col=0)
seq = keras.Sequential([keras.Input((5, 3)), L.GRU(2), L.Dense(1)])
seq.compile("adam", "mse")
found["views"] = len(output(lambda: helpers.quiet_fit(seq, windows, targets, 1))[1]["loss"])
found["no epochs"] = message(lambda: helpers.quiet_fit(fresh(), x, y, 0))
found["half an epoch"] = message(lambda: helpers.quiet_fit(fresh(), x, y, 1.5))
found["verbose"] = message(lambda: helpers.quiet_fit(fresh(), x, y, 1, verbose=1))

# seeds
def draw():
    return [float(v) for v in keras.ops.convert_to_numpy(keras.random.normal((3,)))]
draws = []
for seed in (4, 4, 5):
    helpers.set_seeds(seed)
    draws.append(draw())
helpers.set_seeds(4, with_keras=False)
found["draws"] = [*draws, draw()]

print("RESULT" + json.dumps(found))
"""


@pytest.fixture(scope="module")
def found() -> dict:
    environment = {key: v for key, v in os.environ.items() if key != "NBGRADER_EXECUTION"}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=ROOT,
        env={**environment, "MPLBACKEND": "Agg"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout.rpartition("RESULT")[2])
    return {**result, "stderr": done.stderr}


pytestmark = pytest.mark.slow


@pytest.mark.parametrize("model", ["bn", "frozen", "twice", "nested"])
def test_counts_agree_with_keras(found: dict, model: str) -> None:
    trainable, every, keras_trainable, keras_every = found["counts"][model]
    assert trainable == keras_trainable
    assert every == keras_every


def test_counts_by_hand(found: dict) -> None:
    dense = 8 * 4 + 4 + 4 * 3 + 3
    assert found["counts"]["bn"][:2] == [dense + 2 * 4, dense + 4 * 4]
    assert found["counts"]["frozen"][:2] == [4 * 3 + 3, dense]
    assert found["counts"]["twice"][:2] == [30, 30]
    assert found["type"] == "int"


def test_counts_of_recurrent_layers_by_formula(found: dict) -> None:
    D, H = 8, 32
    rnn, gates = D * H + H * H + H, D + H
    want = {"rnn": rnn, "lstm": 4 * rnn, "gru": 3 * H * (gates + 2), "bilstm": 8 * rnn}
    assert found["cells"] == want


@pytest.mark.parametrize(
    ("case", "names"),
    [
        ("subclass before a call", "half, used, unused"),
        ("subclass with an unused layer", "unused"),
        ("layer", "head"),
    ],
)
def test_unbuilt_parts_are_refused_by_name(found: dict, case: str, names: str) -> None:
    want = f"ValueError: model: expected all weights to exist, got {names} without; "
    assert found[case] == want + "add keras.Input(shape) first, or call the model once"


def test_an_unbuilt_sequential_model_is_refused(found: dict) -> None:
    assert found["sequential"].startswith(
        "ValueError: model: expected all weights to exist, got net"
    )


def test_what_is_no_model_is_refused(found: dict) -> None:
    assert found["no model"] == "TypeError: model: expected a Keras model or layer, got list"


def test_training_gives_the_history_of_fit(found: dict) -> None:
    assert found["history"] == found["plain history"]
    assert list(found["history"]) == ["loss", "mae", "val_loss", "val_mae"]
    assert found["value type"] == "float"


def test_progress_rewrites_one_line_and_ends_it(found: dict) -> None:
    empty, *steps = found["progress"].split("\r")
    assert empty == ""
    assert [s.split("epoch ")[1].split()[0] for s in steps] == ["1/4", "2/4", "3/4", "4/4"]
    assert steps[0].startswith("[#####---------------]")
    assert steps[-1].startswith("[####################]")
    assert f"val_loss {found['history']['val_loss'][-1]:.4g}" in steps[-1]
    assert found["progress"].count("\n") == 1
    assert found["progress"].endswith("\n")


def test_in_grading_one_summary_line_is_printed(found: dict) -> None:
    assert found["graded"].startswith("4 epochs: loss ")
    assert found["graded"].count("\n") == 1
    assert "\r" not in found["graded"]


def test_own_callbacks_work_and_the_summary_counts_what_was_run(found: dict) -> None:
    assert 1 <= int(found["stopped"].split()[0]) <= 2


def test_datasets_and_window_views_train(found: dict) -> None:
    assert (found["dataset"], found["views"]) == (2, 1)


def test_quiet_fit_refuses_bad_arguments(found: dict) -> None:
    assert found["no epochs"] == "ValueError: epochs: expected at least 1, got 0"
    assert found["half an epoch"] == "TypeError: epochs: expected an integer, got 1.5 (float)"
    assert found["verbose"].startswith("TypeError: verbose: expected none")


def test_seeds_reach_keras_once_it_is_loaded(found: dict) -> None:
    first, again, other, alone = found["draws"]
    assert first == again != other
    assert alone not in (first, other)


def test_nothing_was_written_to_stderr(found: dict) -> None:
    assert found["stderr"] == ""
