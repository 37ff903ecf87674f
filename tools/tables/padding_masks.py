"""Train the networks of notebook 09 on padded sentences, with and without a mask.

``python -m tools.tables.padding_masks`` makes the table ``padding_masks.csv`` anew, in about
twenty minutes. Each row is the accuracy of one network on 500 test sentences of
:mod:`helpers.datasets.order_sentiment`. Columns: ``layer`` (GRU or LSTM), ``mask`` (whether the
embedding passes a mask on), ``trained_at`` and ``tested_at`` (tokens and padding at the end),
``seed``, ``epoch``, ``accuracy``. After the last epoch, networks trained at 16 are also tested
at other lengths.
"""

import itertools

import numpy as np
import pandas as pd

from tools.tables import path_of

LENGTHS = (16, 20, 24, 32, 48, 64, 96, 120)
EPOCHS = 6
SEEDS = range(5)


def curve(layer: str, mask: bool, trained_at: int, seed: int) -> pd.DataFrame:
    """Train one network of 32 units and test it after each epoch.

    Embedding of 16, Adam with rate 0.01, batches of 32, as in the notebook's exercise.
    """
    import keras

    from helpers.datasets.order_sentiment import make_order_sentiment

    keras.utils.set_random_seed(seed)
    train, test = make_order_sentiment(1000, "train"), make_order_sentiment(250, "test")
    words = sorted(set(" ".join(train["text"]).split()))
    to_ids = keras.layers.TextVectorization(standardize=None, vocabulary=words)

    def padded(texts: pd.Series, length: int) -> np.ndarray:
        ids = np.asarray(to_ids(texts.to_numpy(str)))
        return np.pad(ids, ((0, 0), (0, length - ids.shape[1])))

    model = keras.Sequential(
        [
            keras.layers.Embedding(len(words) + 2, 16, mask_zero=mask),
            getattr(keras.layers, layer)(32),
            keras.layers.Dense(1),
        ]
    )
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.01), loss)
    X, y = padded(train["text"], trained_at), train["label"].to_numpy(float)[:, None]
    rows = []
    for epoch in range(1, EPOCHS + 1):
        model.fit(X, y, batch_size=32, verbose=0)
        others = LENGTHS if epoch == EPOCHS and trained_at == 16 else (trained_at,)
        for tested_at in others:
            logits = np.ravel(model.predict_on_batch(padded(test["text"], tested_at)))
            accuracy = np.mean((logits > 0) == test["label"])
            rows.append((layer, mask, trained_at, tested_at, seed, epoch, accuracy))
    columns = ["layer", "mask", "trained_at", "tested_at", "seed", "epoch", "accuracy"]
    return pd.DataFrame(rows, columns=columns)


if __name__ == "__main__":
    cases = itertools.product(("GRU", "LSTM"), (True, False), (16, 120), SEEDS)
    pd.concat([curve(*case) for case in cases]).to_csv(path_of(__file__), index=False)
