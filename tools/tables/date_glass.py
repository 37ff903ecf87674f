"""Train the two translators of dates that notebook 08 looks into, one of them without attention.

``python -m tools.tables.date_glass`` makes ``date_glass.csv`` anew, in about a minute. One row per
array of weights: ``model``, ``array``, ``size`` (its shape), and ``numbers``, with three digits and
separated by blanks.
"""

from typing import Any

import numpy as np
import pandas as pd

from helpers.datasets.dates import date_pairs
from tools.tables import path_of

UNITS = 32
WIDTH = 16
START = 1
FIRST_TOKEN = 4


def vocabularies() -> tuple[dict[str, int], dict[str, int]]:
    """Numbers of the source's and the target's characters, as in the notebook's setup."""
    letters = sorted(set("".join(text for text, _ in date_pairs(4000, "train", seed=8))))
    return (
        {letter: number for number, letter in enumerate(letters, FIRST_TOKEN)},
        {letter: number for number, letter in enumerate("-0123456789", FIRST_TOKEN)},
    )


def arrays_of(pairs: list[tuple[str, str]]) -> tuple[np.ndarray, np.ndarray]:
    """Sources (n, longest) and targets (n, 12) with START before and END after."""
    import keras

    sources, targets = vocabularies()
    rows = [[sources[letter] for letter in text] for text, _ in pairs]
    whole = [[START, *(targets[letter] for letter in iso), 2] for _, iso in pairs]
    return keras.utils.pad_sequences(rows, padding="post"), np.array(whole)


def build(attention: bool, units: int = UNITS, width: int = WIDTH) -> Any:
    """Encoder and decoder, both GRUs; with attention, dot products over the encoder's states."""
    from keras import Input, Model, layers

    sources, targets = vocabularies()
    src, dec_in = Input((None,), dtype="int32"), Input((None,), dtype="int32")
    embedded = layers.Embedding(len(sources) + FIRST_TOKEN, width, mask_zero=True, name="src")(src)
    encoder = layers.GRU(units, return_sequences=True, return_state=True, name="encoder")
    states, last = encoder(embedded)
    x = layers.Embedding(len(targets) + FIRST_TOKEN, width, name="tgt")(dec_in)
    x = layers.GRU(units, return_sequences=True, name="decoder")(x, initial_state=last)
    if attention:
        x = layers.Concatenate()([x, layers.Attention()([x, states])])
    x = layers.Dense(units, activation="tanh", name="mix")(x)
    return Model([src, dec_in], layers.Dense(len(targets) + FIRST_TOKEN, name="output")(x))


def train(
    pairs: list[tuple[str, str]], attention: bool, seed: int, epochs: int, **sizes: int
) -> Any:
    """Train one translator on pairs of dates, Adam with rate 0.01 and batches of 100."""
    import keras

    keras.utils.set_random_seed(seed)
    src, whole = arrays_of(pairs)
    model = build(attention, **sizes)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.01, clipnorm=1.0), loss)
    inputs = [src, whole[:, :-1]]
    model.fit(inputs, whole[:, 1:], batch_size=100, epochs=epochs, verbose=0)
    return model


if __name__ == "__main__":
    rows = []
    for name in ("attention", "no attention"):
        pairs = date_pairs(4000, "train", seed=8)
        for layer in train(pairs, name == "attention", seed=0, epochs=10).layers:
            for array in layer.weights:
                numbers = " ".join(f"{value:.3g}" for value in np.ravel(array))
                key, size = f"{layer.name}/{array.name}", "x".join(map(str, array.shape))
                rows.append((name, key, size, numbers))
    table = pd.DataFrame(rows, columns=["model", "array", "size", "numbers"])
    table.to_csv(path_of(__file__), index=False)
