"""Compute the word vectors that notebook 09 questions for neighbours and analogies.

``python -m tools.tables.word_vectors`` makes the table ``word_vectors.csv`` anew, in some seconds:
PPMI of co-occurrences, then the first 16 directions of the singular value decomposition, each
times the root of its singular value. Columns: ``corpus`` (grammar: the 2000 training sentences of
:mod:`helpers.datasets.order_sentiment`; planted: the same with "bank" in place of "soup" and of
"phone"; reviews: ``reviews.csv``; descriptions: the texts of ``helpers.load_descriptions``),
``window`` (words to each side), ``word``, ``v0`` to ``v15``. Words of reviews and descriptions
occur at least three times.
"""

import re
from collections import Counter

import numpy as np
import pandas as pd

from helpers.data import load_descriptions, load_table
from helpers.datasets.order_sentiment import make_order_sentiment
from tools.tables import path_of

DIMENSIONS = 16
CASES = (("grammar", 2, 1), ("grammar", 15, 1), ("planted", 15, 1), ("reviews", 5, 3))
CASES += (("descriptions", 5, 3),)
PLANTED = {"soup": "bank", "phone": "bank"}


def sentences(corpus: str) -> list[list[str]]:
    """Return a corpus as lists of tokens."""
    if corpus == "grammar":
        return [text.replace(",", "").split() for text in make_order_sentiment()["text"]]
    if corpus == "planted":
        return [[PLANTED.get(word, word) for word in row] for row in sentences("grammar")]
    if corpus == "reviews":
        return [re.sub(r"[^\w\s]", "", t.lower()).split() for t in load_table("reviews")["text"]]
    return [part.replace(",", "").split() for part in load_descriptions().split(".")]


def vectors(tokens: list[list[str]], window: int, min_count: int) -> pd.DataFrame:
    """Return one row per word, its vector in ``DIMENSIONS`` columns."""
    counts = Counter(token for row in tokens for token in row)
    words = sorted((w for w in counts if counts[w] >= min_count), key=lambda w: (-counts[w], w))
    place = {word: i for i, word in enumerate(words)}
    C = np.zeros((len(words) + 1,) * 2)  # the last place is for all rare words
    for row in tokens:
        ids = np.array([place.get(token, len(words)) for token in row], dtype=int)
        for gap in range(1, min(window, len(ids) - 1) + 1):
            np.add.at(C, (ids[:-gap], ids[gap:]), 1)
            np.add.at(C, (ids[gap:], ids[:-gap]), 1)
    totals = C.sum(axis=0)
    information = np.zeros_like(C)
    met = C > 0
    information[met] = np.log(C[met] * C.sum() / np.outer(totals, totals)[met])
    U, S, _ = np.linalg.svd(np.maximum(information, 0))
    found = (U[:-1, :DIMENSIONS] * np.sqrt(S[:DIMENSIONS])).round(4)
    table = pd.DataFrame(found, columns=[f"v{i}" for i in range(DIMENSIONS)])
    return table.assign(word=words)


if __name__ == "__main__":
    parts = []
    for corpus, window, min_count in CASES:
        part = vectors(sentences(corpus), window, min_count)
        part.insert(0, "word", part.pop("word"))
        part.insert(0, "window", window)
        part.insert(0, "corpus", corpus)
        parts.append(part)
    pd.concat(parts).to_csv(path_of(__file__), index=False)
