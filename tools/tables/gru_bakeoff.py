"""Train recurrent cells with equally many parameters on four tasks, as notebook 06 reports.

``python -m tools.tables.gru_bakeoff`` makes the table ``gru_bakeoff.csv`` anew, in 15 to 30
minutes. ``python -m tools.tables.gru_bakeoff recall 0 1`` prints the rows of one task and
two seeds. Columns: ``task``, ``model``, ``seed``, ``params``, ``at`` and ``value``:

========  ===================================  ==============================================
task      ``at``                               ``value``
========  ===================================  ==============================================
adding    training step                        mean squared error on 2000 fresh sequences
recall    training step                        share of wrong answers on 2000 fresh sequences
text      training step                        perplexity on 1500 held-out characters
sunspots  year from which was forecast         mean absolute error of the next 11 years
========  ===================================  ==============================================

For ``text`` the last row of a seed, with ``at`` -1, is the perplexity at the step that was best
on the 1000 characters before. All sequences of ``adding`` and ``recall`` are new, in training too.
"""

import sys
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from helpers.data import load_descriptions, load_sunspots
from helpers.setup import set_seeds
from tools.tables import path_of

BATCH, EVERY, CHRONO = 128, 50, ", chrono"
SMALL = {"SimpleRNN": 53, "LSTM": 25, "GRU": 29}
UNITS = {  # at most 3520 parameters with the output layer, 20,200 for text
    "adding": {"SimpleRNN": 57, "LSTM": 28, "GRU": 32},
    "recall": SMALL | {"LSTM" + CHRONO: 25, "GRU" + CHRONO: 29},
    "text": {"SimpleRNN": 115, "LSTM": 54, "GRU": 64},
    "sunspots": {"SimpleRNN": 53, "LSTM": 27, "GRU": 31},
}
OUTPUTS = {"adding": 1, "recall": 4, "text": 29, "sunspots": 11}
Rows = Iterator[tuple[int, float]]


def adding(cell: Any, seed: int) -> Rows:
    """Sum of two marked numbers among 50; 600 steps."""
    model = _compiled((50, 2), cell, 1, "mse", 0.01)
    x_test, y_test = _adding_data(2000, np.random.default_rng(900 + seed))
    for step, rng in _blocks(600, seed):
        model.fit(*_adding_data(BATCH * EVERY, rng), batch_size=BATCH, verbose=0)
        yield step, model.evaluate(x_test, y_test, batch_size=500, verbose=0)


def recall(cell: Any, seed: int) -> Rows:
    """First of 80 symbols, one of 4 classes, followed by 4 kinds of distractors; 400 steps."""
    model = _compiled((80, 8), cell, 4, "crossentropy", 0.005)
    x_test, y_test = _recall_data(2000, np.random.default_rng(900 + seed))
    for step, rng in _blocks(400, seed):
        model.fit(*_recall_data(BATCH * EVERY, rng), batch_size=BATCH, verbose=0)
        logits = np.concatenate([model.predict_on_batch(x) for x in np.split(x_test, 4)])
        yield step, float(np.mean(logits.argmax(axis=1) != y_test))


def text(cell: Any, seed: int) -> Rows:
    """Next character; windows of 64, 32 a batch, 30 % dropout on the outputs; 400 steps."""
    import keras

    characters = load_descriptions()
    alphabet = sorted(set(characters))
    ids = np.array([alphabet.index(character) for character in characters])
    eye = np.eye(len(alphabet), dtype="float32")
    train, validation, test = ids[:-2500], ids[-2500:-1500], ids[-1500:]
    cell.return_sequences = True
    parts = [cell, keras.layers.Dropout(0.3)]
    model = _compiled((None, len(alphabet)), parts, len(alphabet), "crossentropy", 0.01)
    scores = []
    for step, rng in _blocks(400, seed):
        starts = rng.integers(0, len(train) - 64, 32 * EVERY)
        windows = train[starts[:, None] + np.arange(65)]
        model.fit(eye[windows[:, :-1]], windows[:, 1:], batch_size=32, verbose=0)
        scores.append([_perplexity(model, eye, part) for part in (validation, test)])
        yield step, scores[-1][1]
    yield -1, min(scores)[1]


def sunspots(cell: Any, seed: int) -> Rows:
    """Next 11 years from the last 33, forecast from each year 1919 to 1997.

    Windows with targets until 1879 are trained on, those with targets from 1880 to 1919 decide
    when to stop. Numbers are scaled by the mean and deviation until 1879.
    """
    import keras

    years = load_sunspots()
    past = years[:"1879"]
    x = ((years - past.mean()) / past.std(ddof=0)).to_numpy()
    windows = np.lib.stride_tricks.sliding_window_view(x, 44).astype("float32")
    origins = years.index.year[32:-11]
    last, first = origins + 11, origins + 1
    model = _compiled((33, 1), cell, 11, "mae", 0.003)
    stop = keras.callbacks.EarlyStopping(patience=30, restore_best_weights=True)
    parts = [windows[last <= 1879], windows[(first >= 1880) & (last <= 1919)]]
    (x_fit, y_fit), held_out = ((part[:, :33, None], part[:, 33:]) for part in parts)
    options = {"validation_data": held_out, "callbacks": [stop], "verbose": 0}
    model.fit(x_fit, y_fit, batch_size=32, epochs=300, **options)
    part = windows[origins >= 1919]
    error = np.abs(model.predict_on_batch(part[:, :33, None]) - part[:, 33:]).mean(axis=1)
    yield from zip(origins[origins >= 1919], error * past.std(ddof=0), strict=True)


def _compiled(shape: Any, cell: Any, outputs: int, loss: str, rate: float) -> Any:
    import keras

    if loss == "crossentropy":
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    parts = cell if isinstance(cell, list) else [cell]
    model = keras.Sequential([keras.Input(shape), *parts, keras.layers.Dense(outputs)])
    model.compile(keras.optimizers.Adam(rate, clipnorm=1.0), loss)
    return model


def _blocks(steps: int, seed: int) -> Iterator[tuple[int, np.random.Generator]]:
    rng = np.random.default_rng(seed)
    return ((step, rng) for step in range(EVERY, steps + 1, EVERY))


def _adding_data(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    marks = np.stack([rng.integers(0, 25, n), rng.integers(25, 50, n)], axis=1)
    values = rng.random((n, 50), dtype="float32")
    rows = np.arange(n)[:, None]
    markers = np.zeros_like(values)
    markers[rows, marks] = 1
    return np.stack([values, markers], axis=2), values[rows, marks].sum(axis=1)


def _recall_data(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    symbols = rng.integers(4, 8, (n, 80))
    symbols[:, 0] = rng.integers(0, 4, n)
    return np.eye(8, dtype="float32")[symbols], symbols[:, 0]


def _perplexity(model: Any, eye: np.ndarray, ids: np.ndarray) -> float:
    logits = model.predict_on_batch(eye[ids[None, :-1]])[0].astype(float)
    log_p = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    return float(np.exp(-log_p[np.arange(len(ids) - 1), ids[1:]].mean()))


def _remember_long(cell: Any, seed: int) -> None:
    # Memory times from 1 to 79 steps (Tallec and Ollivier, 2018): big biases where a gate keeps.
    import keras

    lstm, units = isinstance(cell, keras.layers.LSTM), cell.units
    keep = np.log(np.random.default_rng(seed).uniform(1, 79, units))
    bias = np.zeros(4 * units if lstm else (2, 3 * units), "float32")
    if lstm:
        bias[units : 2 * units], bias[:units] = keep, -keep
        cell.cell.unit_forget_bias = False
    else:
        bias[0, :units] = keep
    cell.cell.bias_initializer = lambda shape, dtype=None: keras.ops.convert_to_tensor(bias)


def run(task: str, seeds: Iterable[int]) -> list[tuple[str, str, int, int, int, float]]:
    """Rows of the table for one task: all its models, with the given seeds."""
    import keras

    rows = []
    for seed in seeds:
        for name, units in UNITS[task].items():
            set_seeds(seed, with_keras=True)
            cell = getattr(keras.layers, name.removesuffix(CHRONO))(units)
            if name.endswith(CHRONO):
                _remember_long(cell, seed)
            scores = list(TASKS[task](cell, seed))
            params = cell.count_params() + (units + 1) * OUTPUTS[task]
            rows += [(task, name, seed, params, int(at), round(v, 5)) for at, v in scores]
    return rows


TASKS = {"adding": adding, "recall": recall, "text": text, "sunspots": sunspots}


if __name__ == "__main__":
    import pandas as pd

    columns = ["task", "model", "seed", "params", "at", "value"]
    asked = [int(seed) for seed in sys.argv[2:]] or range(5)
    found = [row for task in sys.argv[1:2] or TASKS for row in run(task, asked)]
    table = pd.DataFrame(found, columns=columns)
    if len(sys.argv) == 1:
        table.to_csv(path_of(__file__), index=False)
    else:
        print(table.to_csv(index=False))
