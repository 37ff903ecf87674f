"""Train the small LSTM whose gates notebook 05 reads, on the adding problem.

``python -m tools.tables.adding_lstm`` makes the table ``adding_lstm.csv`` anew, in 10 to 40
seconds. Each row is one weight: ``array`` (kernel, recurrent_kernel, bias of the LSTM; the output
layer's as dense_kernel, dense_bias), ``row``, ``column`` (-1 where there is no such axis) and
``value``.
"""

from typing import Any

import numpy as np
import pandas as pd

from tools.tables import path_of

LENGTH = 30
UNITS = 8
ARRAYS = ("kernel", "recurrent_kernel", "bias", "dense_kernel", "dense_bias")


def train(seed: int = 1, blocks: int = 15) -> Any:
    """Train on blocks of 100 batches of 128 new sequences and return the model.

    A sequence has 30 steps with two features, a random number and a marker. Two markers are 1,
    one in each half; the target is the sum of the two numbers there. The forget and input gates
    start with the chrono bias (Tallec and Ollivier, 2018). Adam, rate 0.01, gradients clipped.
    """
    import keras

    keras.utils.set_random_seed(seed)
    generator = np.random.default_rng(seed)
    recurrent = keras.layers.LSTM(UNITS)
    model = keras.Sequential([keras.Input((LENGTH, 2)), recurrent, keras.layers.Dense(1)])
    scale = np.log(generator.uniform(1, LENGTH - 1, UNITS))
    *kernels, bias = recurrent.get_weights()
    bias[: 2 * UNITS] = np.concatenate([-scale, scale])
    recurrent.set_weights([*kernels, bias])
    model.compile(keras.optimizers.Adam(0.01, clipnorm=1.0), "mse")
    for _ in range(blocks):
        numbers = generator.random((12800, LENGTH))
        places = generator.integers(0, LENGTH // 2, (12800, 2))
        places[:, 1] += LENGTH // 2
        marks = np.eye(LENGTH)[places].sum(axis=1)
        inputs = np.stack([numbers, marks], axis=-1)
        model.fit(inputs, np.einsum("nt,nt->n", numbers, marks), batch_size=128, verbose=0)
    return model


def as_table(weights: list[np.ndarray]) -> pd.DataFrame:
    """Write a list of weight arrays as one row per number."""
    rows = []
    for name, array in zip(ARRAYS, weights, strict=True):
        for place, value in np.ndenumerate(array):
            row, column = (-1, *place)[-2:]
            rows.append({"array": name, "row": row, "column": column, "value": float(value)})
    return pd.DataFrame(rows)


if __name__ == "__main__":
    table = as_table(train().get_weights()).round(5)
    table.to_csv(path_of(__file__), index=False)
