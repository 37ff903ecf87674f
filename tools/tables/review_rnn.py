"""Train the GRUs that notebook 09 compares with a linear model on short reviews.

``python -m tools.tables.review_rnn`` makes the table ``review_rnn.csv`` anew, in about ten
minutes. The 240 reviews are cut into six folds of 40, equally many of each topic and label, anew
for each ``seed``; each fold is judged by networks trained on ``size`` of the other 200. Columns:
``size``, ``seed``, ``review`` (row of ``reviews.csv``), and ``score``: the logit for "positive"
that the review got when its fold was the test fold.
"""

import itertools
from collections.abc import Iterator

import numpy as np
import pandas as pd
from sklearn.model_selection import StratifiedKFold, train_test_split

from tools.tables import path_of

SIZES = (60, 100, 150, 200)
SEEDS = (0, 1, 2)
LENGTH = 25
STEPS = 130
BATCH = 16


def folds(reviews: pd.DataFrame, size: int, seed: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield six times the rows for training (``size`` of them) and for testing (40)."""
    kind = reviews["topic"] + reviews["label"].astype(str)
    cut = StratifiedKFold(6, shuffle=True, random_state=seed)
    for train, test in cut.split(reviews, kind):
        if size < len(train):
            part = {"train_size": size, "stratify": kind[train], "random_state": seed}
            train, _ = train_test_split(train, **part)
        yield train, test


def scores(texts: pd.Series, labels: pd.Series, test_texts: pd.Series, seed: int) -> np.ndarray:
    """Train one GRU of 32 units, with masks, and return the logits of the test texts.

    Adam with rate 0.005, half of the embeddings dropped, as many epochs as make about 130 steps:
    in a pilot with 200 reviews, twice and four times as many were worse. The vocabulary comes
    from the training texts alone.
    """
    import keras

    keras.utils.set_random_seed(seed)
    to_ids = keras.layers.TextVectorization(output_sequence_length=LENGTH)
    to_ids.adapt(texts.to_numpy(str))
    model = keras.Sequential(
        [
            keras.layers.Embedding(to_ids.vocabulary_size(), 32, mask_zero=True),
            keras.layers.Dropout(0.5),
            keras.layers.GRU(32),
            keras.layers.Dense(1),
        ]
    )
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.005), loss)
    ids, test_ids = (np.asarray(to_ids(t.to_numpy(str))) for t in (texts, test_texts))
    targets, epochs = labels.to_numpy(float)[:, None], round(STEPS * BATCH / len(labels))
    model.fit(ids, targets, batch_size=BATCH, epochs=epochs, verbose=0)
    return np.ravel(model.predict_on_batch(test_ids))


def judge(reviews: pd.DataFrame, size: int, seed: int) -> pd.DataFrame:
    """Return the score of each review for one size and one seed."""
    rows = []
    for train, test in folds(reviews, size, seed):
        known, asked = reviews.iloc[train], reviews.iloc[test]
        found = scores(known["text"], known["label"], asked["text"], seed)
        rows += [(size, seed, int(i), round(float(s), 3)) for i, s in zip(test, found, strict=True)]
    return pd.DataFrame(sorted(rows), columns=["size", "seed", "review", "score"])


if __name__ == "__main__":
    from helpers.data import load_table

    reviews = load_table("reviews")
    parts = [judge(reviews, *case) for case in itertools.product(SIZES, SEEDS)]
    pd.concat(parts).to_csv(path_of(__file__), index=False)
