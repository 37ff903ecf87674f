"""Train the networks that notebook 07 compares on "the neighbours differ".

``python -m tools.tables.birnn_xor`` makes the table ``birnn_xor.csv`` anew, in one to three
minutes. The label at each of 8 fair bits says whether the bits before and after it differ. Each row
is one network: ``model``, ``seed``, and ``accuracy``: the share of right answers at steps 1 to 6 of
all 256 sequences. ``forward`` is a SimpleRNN of 8 units with a linear head. The others have two,
one for each direction: ``linear`` a linear head on both states, ``hidden`` a layer of 16 tanh units
before it, ``mul`` the product of the states, ``stacked`` a second bidirectional layer.
"""

import itertools
from typing import Any

import numpy as np
import pandas as pd

from tools.tables import path_of

T = 8
INNER = slice(1, T - 1)


def all_sequences() -> tuple[np.ndarray, np.ndarray]:
    """Bits of all sequences and their labels, both (256, 8); labels at the two ends are 0."""
    bits = np.array(list(itertools.product((0, 1), repeat=T)))
    labels = np.zeros_like(bits)
    labels[:, INNER] = bits[:, :-2] ^ bits[:, 2:]
    return bits, labels


def heads(signs: Any) -> dict[str, Any]:
    """Give the five networks' logits for one input of shape (batch, 8, 1)."""
    from keras.layers import Bidirectional, Dense, SimpleRNN

    def both(x: Any, merge: str = "concat") -> Any:
        return Bidirectional(reader(), merge_mode=merge)(x)

    def reader() -> Any:
        return SimpleRNN(8, return_sequences=True, unroll=True)

    states = {"forward": reader()(signs), "linear": both(signs)}
    states["hidden"] = Dense(16, activation="tanh")(both(signs))
    states |= {"mul": both(signs, "mul"), "stacked": both(both(signs))}
    return {name: Dense(1)(state) for name, state in states.items()}


def accuracies(seed: int) -> dict[str, float]:
    """Train the five together (they share no weights) and test them on all sequences.

    188 batches of 32 random sequences, Adam with rate 0.02; nothing was tuned.
    """
    import keras

    keras.utils.set_random_seed(seed)
    bits, labels = all_sequences()
    draws = np.random.default_rng(seed).integers(0, len(bits), 6000)
    signs = keras.Input((T, 1))
    logits = heads(signs)
    model = keras.Model(signs, logits)
    losses = dict.fromkeys(logits, keras.losses.BinaryCrossentropy(from_logits=True))
    model.compile(keras.optimizers.Adam(0.02), losses, jit_compile=False)
    inputs = (2.0 * bits - 1)[..., None]
    targets = dict.fromkeys(losses, labels[draws, :, None])
    model.fit(inputs[draws], targets, batch_size=32, verbose=0)
    found = {name: np.array(z)[..., 0] > 0 for name, z in model(inputs).items()}
    return {name: float((z == labels)[:, INNER].mean()) for name, z in found.items()}


if __name__ == "__main__":
    runs = {seed: accuracies(seed) for seed in range(5)}
    rows = [
        {"model": m, "seed": s, "accuracy": a} for s, run in runs.items() for m, a in run.items()
    ]
    pd.DataFrame(rows).to_csv(path_of(__file__), index=False, float_format="%.6f")
