"""Judgements whose words say nothing and whose order says all, made by a seeded grammar.

Each sentence holds a word of praise and a word of blame, and exactly one of them is what the
speaker means. Exchanging the two gives a sentence with the same words and the opposite label.
The sentences come in such pairs, so any rule that only counts words is right half of the time.
Written for this course.
"""

import itertools

import numpy as np
import pandas as pd

from helpers._common import whole_number

PARTS = ("train", "test")

TOPICS: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "food": (
        ("soup", "bread", "curry", "salad", "cake", "pasta", "coffee", "sauce"),
        ("tasty", "fresh", "crisp", "juicy"),
        ("bland", "stale", "soggy", "burnt"),
    ),
    "film": (
        ("film", "plot", "ending", "acting", "script", "scene", "cast", "dialogue"),
        ("gripping", "clever", "moving", "witty"),
        ("dull", "silly", "clumsy", "tedious"),
    ),
    "hotel": (
        ("room", "bed", "lobby", "bathroom", "balcony", "pool", "hallway", "lounge"),
        ("clean", "quiet", "cosy", "bright"),
        ("dirty", "noisy", "cramped", "gloomy"),
    ),
    "gadget": (
        ("phone", "lamp", "kettle", "keyboard", "camera", "printer", "charger", "radio"),
        ("sturdy", "fast", "handy", "reliable"),
        ("flimsy", "slow", "fiddly", "faulty"),
    ),
}
"""For each topic: its nouns, its words of praise, its words of blame."""

PRAISE = ("good", "great", "lovely", "excellent")
BLAME = ("bad", "terrible", "awful", "poor")
"""Words of praise and blame for every topic."""

ADVERBS = ("", "really ", "truly ", "quite ")

# {n} noun, {a} and {b} the two judgements; the number says which of them is meant.
TEMPLATES: dict[str, tuple[tuple[str, int], ...]] = {
    "negation": (
        ("the {n} was {a} , not {b}", 0),
        ("the {n} was not {a} but {b}", 1),
        ("the {n} was {a} and by no means {b}", 0),
        ("nobody called the {n} {a} , it was {b}", 1),
    ),
    "contrast": (
        ("in the end the {n} was {a} , at first it seemed {b}", 0),
        ("the {n} seemed {a} at first , in the end it was {b}", 1),
        ("the {n} was {a} , but i expected it to be {b}", 0),
        ("i expected the {n} to be {a} , but it was {b}", 1),
    ),
    "concession": (
        ("i found the {n} {a} , although they call it {b}", 0),
        ("although they call the {n} {a} , i found it {b}", 1),
        ("the {n} turned out {a} , though it looked {b}", 0),
        ("though the {n} looked {a} , it turned out {b}", 1),
    ),
}
"""Sentence patterns by kind, half of them with the first judgement meant, half the second."""


def make_order_sentiment(n_pairs: int = 1000, part: str = "train", seed: int = 9) -> pd.DataFrame:
    """Make pairs of sentences with the same words and opposite labels.

    For one seed the two parts share no sentence, and no noun together with the same two
    judgements and adverb: the first ``n_pairs`` combinations of a random order are the training
    part, and the test part counts from the end.

    Parameters
    ----------
    n_pairs : int
        Number of pairs, at most half of all combinations (4096).
    part : {"train", "test"}
    seed : int

    Returns
    -------
    DataFrame
        Two rows for each pair, in random order: ``text`` (tokens separated by blanks, small
        letters, a comma is a token), ``label`` (1 praise, 0 blame), ``pair`` (a number that is
        the same for both), ``kind`` (negation, contrast, concession), ``topic``.
    """
    n_pairs, seed = whole_number("n_pairs", n_pairs, 1), whole_number("seed", seed, 0)
    if part not in PARTS:
        raise ValueError(f"part: expected one of {PARTS}, got {part!r}")
    combinations = _combinations()
    if n_pairs > len(combinations) // 2:
        most = len(combinations) // 2
        raise ValueError(f"n_pairs: expected at most {most}, got {n_pairs}")
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(combinations))
    kinds = rng.integers(len(TEMPLATES), size=len(order))
    forms = rng.integers(4, size=len(order))
    places = range(n_pairs) if part == "train" else range(len(order) - n_pairs, len(order))
    rows = [
        row
        for i in places
        for row in _pair(combinations[order[i]], list(TEMPLATES)[kinds[i]], forms[i], i)
    ]
    table = pd.DataFrame(rows, columns=["text", "label", "pair", "kind", "topic"])
    shuffled = rng.permutation(len(table))
    return table.iloc[shuffled].reset_index(drop=True)


def _combinations() -> list[tuple[str, str, str, str, str]]:
    """Return topic, noun, praise, blame and adverb in all combinations of one topic."""
    return [
        (topic, *words)
        for topic, (nouns, good, bad) in TOPICS.items()
        for words in itertools.product(nouns, good + PRAISE, bad + BLAME, ADVERBS)
    ]


def _pair(
    combination: tuple[str, str, str, str, str], kind: str, form: int, number: int
) -> list[tuple[str, int, int, str, str]]:
    topic, noun, praise, blame, adverb = combination
    template, meant = TEMPLATES[kind][form]
    rows = []
    for judgements in ((praise, blame), (blame, praise)):
        first, second = (adverb + word for word in judgements)
        label = int(judgements[meant] == praise)
        rows.append((template.format(n=noun, a=first, b=second), label, number, kind, topic))
    return rows
