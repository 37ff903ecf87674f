"""The order-only sentiment corpus of notebook 09: pairs, balance, and what the split promises."""

import pandas as pd
import pytest

from helpers.datasets.order_sentiment import PARTS, TEMPLATES, make_order_sentiment


@pytest.fixture(scope="module")
def parts() -> dict[str, pd.DataFrame]:
    return {"train": make_order_sentiment(1000), "test": make_order_sentiment(250, "test")}


def bag(text: str) -> str:
    """Return the words of a text in alphabetical order: what a bag of words knows of it."""
    return " ".join(sorted(text.split()))


def test_sizes_columns_and_kinds(parts: dict[str, pd.DataFrame]) -> None:
    assert {name: len(table) for name, table in parts.items()} == {"train": 2000, "test": 500}
    for table in parts.values():
        assert list(table) == ["text", "label", "pair", "kind", "topic"]
        assert set(table["kind"]) == set(TEMPLATES)
        assert table["topic"].nunique() == 4
        assert table.index.equals(pd.RangeIndex(len(table)))


def test_texts_are_clean_short_and_all_different(parts: dict[str, pd.DataFrame]) -> None:
    texts = pd.concat(parts.values())["text"]
    assert not texts.duplicated().any()
    assert (texts == texts.str.lower()).all()
    assert texts.map(lambda text: text == " ".join(text.split())).all()
    assert set("".join(texts)) <= set("abcdefghijklmnopqrstuvwxyz ,")
    assert texts.str.split().str.len().between(7, 16).all()


@pytest.mark.parametrize("part", PARTS)
def test_a_pair_has_the_same_words_in_another_order_and_both_labels(
    parts: dict[str, pd.DataFrame], part: str
) -> None:
    for _, pair in parts[part].groupby("pair"):
        one, other = pair["text"]
        assert bag(one) == bag(other)
        assert one.split() != other.split()
        assert sorted(pair["label"]) == [0, 1]
        assert pair["kind"].nunique() == pair["topic"].nunique() == 1


def test_no_sentence_pair_or_bag_stands_in_both_parts(parts: dict[str, pd.DataFrame]) -> None:
    for of in (lambda table: table["text"], lambda table: table["text"].map(bag)):
        assert not set(of(parts["train"])) & set(of(parts["test"]))
    assert not set(parts["train"]["pair"]) & set(parts["test"]["pair"])


def test_the_largest_parts_still_share_nothing() -> None:
    train, test = (make_order_sentiment(4096, part, seed=3) for part in PARTS)
    assert not set(train["text"].map(bag)) & set(test["text"].map(bag))


@pytest.mark.parametrize("part", PARTS)
def test_each_bag_has_equally_many_of_both_labels(
    parts: dict[str, pd.DataFrame], part: str
) -> None:
    table = parts[part]
    shares = table.groupby(table["text"].map(bag))["label"].mean()
    assert (shares == 0.5).all()


@pytest.mark.parametrize("kind", TEMPLATES)
def test_neither_place_tells_the_label(parts: dict[str, pd.DataFrame], kind: str) -> None:
    # Half of the patterns of a kind mean their first judgement, half the second.
    assert sorted(meant for _, meant in TEMPLATES[kind]) == [0, 0, 1, 1]
    first = [template.index("{a}") < template.index("{b}") for template, _ in TEMPLATES[kind]]
    assert all(first)
    assert parts["train"]["kind"].value_counts(normalize=True)[kind] == pytest.approx(
        1 / 3, abs=0.05
    )


def test_a_seed_gives_the_same_table_and_another_seed_another() -> None:
    assert make_order_sentiment(30, seed=4).equals(make_order_sentiment(30, seed=4))
    assert not make_order_sentiment(30, seed=4).equals(make_order_sentiment(30, seed=5))


def test_a_smaller_part_lies_in_the_larger_one() -> None:
    for part in PARTS:
        small, large = (set(make_order_sentiment(n, part)["text"]) for n in (20, 60))
        assert small < large


@pytest.mark.parametrize("part", ["validation", "", None, 1])
def test_an_unknown_part_is_refused(part: object) -> None:
    with pytest.raises(ValueError, match=r"part: expected one of \('train', 'test'\), got "):
        make_order_sentiment(5, part)


@pytest.mark.parametrize(("n_pairs", "seed"), [(0, 1), (-3, 1), (4097, 1), (5, -1)])
def test_numbers_out_of_range_are_refused(n_pairs: int, seed: int) -> None:
    with pytest.raises(ValueError, match=r"(n_pairs|seed): expected"):
        make_order_sentiment(n_pairs, seed=seed)


@pytest.mark.parametrize(("n_pairs", "seed"), [(2.5, 1), ("9", 1), (5, None)])
def test_numbers_that_are_no_integers_are_refused(n_pairs: object, seed: object) -> None:
    with pytest.raises(TypeError, match="expected an integer"):
        make_order_sentiment(n_pairs, seed=seed)
