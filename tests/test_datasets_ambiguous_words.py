"""The sentences of notebook 07: unique, tagged, balanced, and twins that stay together."""

from collections import Counter, defaultdict

import pytest

from helpers.datasets.ambiguous_words import (
    AMBIGUOUS,
    LEXICON,
    SENSES,
    TAG_OF,
    TAGS,
    WORDS,
    TaggedSentence,
    make_sentences,
)


@pytest.fixture(scope="module")
def parts() -> tuple[list[TaggedSentence], list[TaggedSentence]]:
    return make_sentences()


def test_same_seed_same_sentences_and_another_seed_others() -> None:
    once = make_sentences(24, 12, seed=3)
    assert once == make_sentences(24, 12, seed=3)
    assert once != make_sentences(24, 12, seed=4)


def test_sizes_are_as_asked() -> None:
    assert [len(part) for part in make_sentences()] == [1800, 360]
    assert [len(part) for part in make_sentences(0, 24)] == [0, 24]


@pytest.mark.parametrize("seed", [0, 7])
def test_no_sentence_stands_twice_even_in_the_largest_parts(seed: int) -> None:
    train, test = make_sentences(3600, 3600, seed=seed)
    assert len({s.words for s in train + test}) == 7200


def test_each_word_is_known_and_only_three_are_ambiguous(parts) -> None:
    sentences = parts[0] + parts[1]
    tags = defaultdict(set)
    for s in sentences:
        assert len(s.words) == len(s.tags) <= 14
        for word, tag in zip(s.words, s.tags, strict=True):
            tags[word].add(tag)
    assert set(tags) <= set(WORDS)
    assert {word for word, found in tags.items() if len(found) > 1} == set(AMBIGUOUS)
    assert all(tags[word] == set(SENSES[word]) for word in AMBIGUOUS)
    assert set.union(*tags.values()) <= set(TAGS)


def test_each_sentence_has_one_ambiguous_word_at_its_place(parts) -> None:
    for s in parts[0] + parts[1]:
        assert [i for i, word in enumerate(s.words) if word in AMBIGUOUS] == [s.place]


def test_cues_are_balanced_for_each_word(parts) -> None:
    for part in parts:
        counts = Counter((s.words[s.place], s.cue) for s in part)
        assert set(counts.values()) == {len(part) // 6}


def test_twins_bound_whoever_sees_one_side_only(parts) -> None:
    for part in parts:
        for side, cue, words in (
            (lambda s: s.words[: s.place + 1], "after", AMBIGUOUS),
            (lambda s: s.words[s.place :], "before", ("bank",)),
        ):
            groups = defaultdict(Counter)
            for s in part:
                if s.cue == cue and s.words[s.place] in words:
                    groups[side(s)][s.tags[s.place]] += 1
            for counts in groups.values():
                assert len(counts) == 2
                assert len(set(counts.values())) == 1


def test_a_cue_before_settles_the_tag(parts) -> None:
    tags = defaultdict(set)
    for s in parts[0] + parts[1]:
        tags[s.words[: s.place + 1], s.cue].add(s.tags[s.place])
    assert all(len(found) == 1 for (_, cue), found in tags.items() if cue == "before")


def test_the_lexicon_names_each_word_once() -> None:
    words = " ".join(LEXICON.values()).split()
    assert len(words) == len(set(words)) == len(TAG_OF) == len(WORDS) - 3


@pytest.mark.parametrize(
    ("sizes", "name"), [((10, 12), "n_train"), ((12, 3612), "n_test"), ((-12, 12), "n_train")]
)
def test_bad_sizes_are_refused_by_name(sizes: tuple[int, int], name: str) -> None:
    with pytest.raises(ValueError, match=name):
        make_sentences(*sizes)


def test_sizes_must_be_whole_numbers() -> None:
    with pytest.raises(TypeError, match="n_test"):
        make_sentences(12, 12.0)
