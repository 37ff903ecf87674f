"""Train the simple RNNs whose learning curves notebook 04 shows.

``python -m tools.tables.adding_rnn_curves`` makes the table ``adding_rnn_curves.csv`` anew. It
takes 3 to 5 minutes on two cores. Another machine gives slightly other numbers.
"""

import numpy as np
import pandas as pd

from tools.tables import path_of

LENGTHS = (10, 20, 40, 100)
SEEDS = range(3)
ROUNDS, UPDATES, BATCH = 10, 150, 64


def make_marked_sums(n: int, T: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return sequences of numbers with two of them marked, and the sum of these two.

    The task is that of Hochreiter and Schmidhuber (1997), with the two marks anywhere.

    Returns
    -------
    tuple of ndarray
        Inputs, shape (n, T, 2): a number between 0 and 1, and a mark that is 0 or 1. Targets,
        shape (n,).
    """
    numbers = rng.random((n, T))
    marks = np.zeros((n, T))
    for row in marks:
        row[rng.choice(T, size=2, replace=False)] = 1
    return np.stack([numbers, marks], axis=-1).astype("float32"), (numbers * marks).sum(axis=1)


def train_rnn(T: int, seed: int) -> pd.DataFrame:
    """Train 32 units on fresh sequences; one row per 150 updates, with the error on others."""
    import keras

    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    layers = [keras.Input((T, 2)), keras.layers.SimpleRNN(32), keras.layers.Dense(1)]
    model = keras.Sequential(layers)
    model.compile(keras.optimizers.Adam(0.003, global_clipnorm=1.0), "mse")
    test = make_marked_sums(2000, T, rng)
    rows = []
    for done in range(1, ROUNDS + 1):
        model.fit(*make_marked_sums(UPDATES * BATCH, T, rng), batch_size=BATCH, verbose=0)
        rows.append((T, seed, done * UPDATES, model.evaluate(*test, verbose=0)))
    return pd.DataFrame(rows, columns=["T", "seed", "updates", "mse"])


def main() -> None:
    """Write the table."""
    curves = pd.concat(train_rnn(T, seed) for T in LENGTHS for seed in SEEDS)
    curves.to_csv(path_of(__file__), index=False, float_format="%.5f", lineterminator="\n")


if __name__ == "__main__":
    main()
