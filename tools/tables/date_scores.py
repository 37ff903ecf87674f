"""Train translators of dates with and without attention, for notebook 08.

``python -m tools.tables.date_scores`` makes ``date_scores.csv`` anew, in about five minutes. Five
trainings of each kind, with the sizes of the notebook's own model, are tested on 1000 days of the
test part. The third kind writes the day first: DD-MM-YYYY. One row per training and place of the
target: ``model``, ``seed``, ``place`` (0 to 9), and the share of right characters at that place
when the model reads the right characters before (``teacher``) and when it reads its own (``own``).
Place -1 holds the shares over all places. ``exact``, the share of dates without any error, is the
same in all rows of a training.
"""

import itertools
from typing import Any

import numpy as np
import pandas as pd

from helpers.datasets.dates import date_pairs
from tools.tables import path_of
from tools.tables.date_glass import START, arrays_of, train

KINDS = ("attention", "no attention", "no attention, day first")
LENGTH = 10


def pairs_of(kind: str, n: int, part: str, seed: int) -> list[tuple[str, str]]:
    """Return pairs of dates; where the kind says so, the targets are turned to DD-MM-YYYY."""
    pairs = date_pairs(n, part, seed)
    if not kind.endswith("day first"):
        return pairs
    return [(text, "-".join(reversed(iso.split("-")))) for text, iso in pairs]


def scores(model: Any, pairs: list[tuple[str, str]]) -> pd.DataFrame:
    """Return the shares of right characters by place, and the share of exact dates."""
    src, whole = arrays_of(pairs)
    truth = whole[:, 1 : LENGTH + 1]
    teacher = model.predict_on_batch([src, whole[:, :LENGTH]]).argmax(axis=2) == truth
    written = np.zeros((len(src), LENGTH + 1), dtype=int)
    written[:, 0] = START
    for t in range(LENGTH):
        logits = model.predict_on_batch([src, written[:, :LENGTH]])
        written[:, t + 1] = logits[:, t].argmax(axis=1)
    own = written[:, 1:] == truth
    table = pd.DataFrame({"place": range(LENGTH), "teacher": teacher.mean(0), "own": own.mean(0)})
    total = {"place": -1, "teacher": teacher.mean(), "own": own.mean()}
    table = pd.concat([table, pd.DataFrame([total])], ignore_index=True)
    return table.assign(exact=own.all(axis=1).mean())


if __name__ == "__main__":
    tables = []
    for kind, seed in itertools.product(KINDS, range(5)):
        pairs = pairs_of(kind, 4000, "train", seed=8)
        model = train(pairs, kind == "attention", seed, epochs=6, units=48, width=24)
        table = scores(model, pairs_of(kind, 1000, "test", seed=80)).round(4)
        tables.append(table.assign(model=kind, seed=seed))
        print(kind, seed, table.iloc[-1].to_dict(), flush=True)
    columns = ["model", "seed", "place", "teacher", "own", "exact"]
    pd.concat(tables)[columns].to_csv(path_of(__file__), index=False)
