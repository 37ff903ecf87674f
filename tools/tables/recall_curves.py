"""Train recurrent layers to recall the first symbol of a sequence, as notebook 05 shows it.

``python -m tools.tables.recall_curves`` makes the table ``recall_curves.csv`` anew. It takes
10 to 20 minutes. Its columns: ``layer``, ``length`` (of the sequences), ``seed``, ``step`` (of
training) and ``accuracy`` (share of right answers in the 20 batches before the step; guessing
gives 0.25).
"""

from typing import Any

import numpy as np
import pandas as pd

from tools.tables import path_of

RUNS = (
    ("SimpleRNN", 20),
    ("SimpleRNN", 50),
    ("SimpleRNN", 80),
    ("LSTM", 20),
    ("LSTM", 50),
    ("LSTM", 80),
    ("GRU", 80),
    ("LSTM, chrono bias", 80),
    ("LSTM, forget bias 4", 80),
)
BATCH = 128
STRIDE = 20


def learn(layer: str, length: int, seed: int, steps: int = 600) -> pd.DataFrame:
    """Train one layer of 32 units and record its accuracy every 20 steps.

    The data never repeats: each batch is new. Optimiser: Adam with rate 0.005, gradients clipped
    to norm 1.

    Parameters
    ----------
    layer, length
        One of the pairs in ``RUNS``, or another length.
    seed : int
        For the weights and the data.
    steps : int
        Steps of training, a multiple of 20.
    """
    import keras

    keras.utils.set_random_seed(seed)
    generator = np.random.default_rng(seed)
    model = build(layer, length, generator)
    rows = []
    for step in range(STRIDE, steps + 1, STRIDE):
        symbols = generator.integers(4, 8, (STRIDE * BATCH, length))
        symbols[:, 0] -= 4
        record = model.fit(np.eye(8)[symbols], symbols[:, 0], batch_size=BATCH, verbose=0)
        accuracy = round(record.history["accuracy"][0], 4)
        rows.append((layer, length, seed, step, accuracy))
    return pd.DataFrame(rows, columns=["layer", "length", "seed", "step", "accuracy"])


def build(layer: str, length: int, generator: np.random.Generator) -> Any:
    """Compile a classifier of four symbols with one recurrent layer.

    The chrono bias is that of Tallec and Ollivier (2018), "Can recurrent neural networks warp
    time?": forget gates with time scales spread over the length of the sequence.
    """
    import keras

    kind, _, special = layer.partition(", ")
    recurrent = getattr(keras.layers, kind)(32)
    model = keras.Sequential([keras.Input((length, 8)), recurrent, keras.layers.Dense(4)])
    if special:
        *kernels, bias = recurrent.get_weights()
        bias[32:64] = 4
        if special == "chrono bias":
            bias[32:64] = np.log(generator.uniform(1, length - 1, 32))
            bias[:32] = -bias[32:64]
        recurrent.set_weights([*kernels, bias])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.005, clipnorm=1.0), loss, metrics=["accuracy"])
    return model


if __name__ == "__main__":
    runs = [learn(*run, seed) for run in RUNS for seed in range(5)]
    pd.concat(runs).to_csv(path_of(__file__), index=False)
