"""Tagged English sentences with one ambiguous word each, made by a small grammar with a seed.

The ambiguous words are *her* (DET or PRON), *that* (DET or SCONJ) and *bank* (MONEY or RIVER, two
meanings, in place of NOUN). Every other word has one tag. In half of the sentences the cue to the
tag stands before the ambiguous word, in half after it: those come as twins with the same words up
to the ambiguous one and another tag. With *bank*, twins whose cue stands before share what follows.
"""

import re
from dataclasses import dataclass

import numpy as np

from helpers._common import whole_number

LEXICON = {
    "DET": "a an his my our the",
    "NOUN": "account bag bicycle bill birds boat boats breakfast brother cash clerk clerks clock "
    "cousin dinner dog dogs ducks farmer friend friends garden house houses kitchen letter lunch "
    "nurse oars office painter park password photo picture pilot room rumour sailor school "
    "song station story street sunday teacher towel town trains trout violin wallet winter",
    "VERB": "are believed came can caught counted cycled fed fell forgot found heard hurried left "
    "met mentioned noticed opened paid painted ran remembered rested sang saw sing sleep slept "
    "smiled stopped swam walked was watched went worked",
    "PRON": "everybody nobody we",
    "ADJ": "broken busy calm clever closed cold famous full funny golden green happy heavy "
    "late muddy new nice old quiet red rich slow small strange tall tired wet",
    "ADV": "again away here home often outside so there very yesterday",
    "ADP": "after before behind in near of on to with",
    "CCONJ": "and",
}
SENSES = {"her": ("DET", "PRON"), "that": ("DET", "SCONJ"), "bank": ("MONEY", "RIVER")}
AMBIGUOUS = tuple(SENSES)
TAG_OF = {word: tag for tag, words in LEXICON.items() for word in words.split()}
TAGS = (*LEXICON, "SCONJ", *SENSES["bank"])
WORDS = tuple(sorted([*TAG_OF, *AMBIGUOUS]))

# A name in braces stands for one of its phrases, which may hold names in turn.
PHRASES = {
    "who": "{the} {person}|{the} {adj} {person}|everybody|nobody",
    "the": "the|my|his|our",
    "person": "brother|cousin|farmer|friend|nurse|painter|pilot|sailor|teacher",
    "adj": "busy|calm|clever|famous|funny|happy|nice|old|quiet|tall|tired",
    "place": "garden|house|kitchen|office|park|room|school|station|street|town",
    "thing": "bag|bicycle|boat|clock|dog|letter|photo|picture|violin|wallet",
    "look": "broken|golden|heavy|new|old|red|small|strange|wet",
    "where": "in {the} {place}|near {the} {place}|behind {the} {place}|here|outside",
    "when": "after {meal}|before {meal}|on sunday|yesterday|in winter",
    "meal": "breakfast|lunch|dinner",
    "tail": "{where}|{when}|again {when}|again {where}",
    "saw": "saw|heard|found|met|painted|remembered|watched|noticed",
    "knew": "believed|forgot|heard|mentioned|noticed|remembered",
    "news": "rumour|story|song|password|letter",
    "fact": "birds can sing {tail}|dogs can sleep {tail}|trains are late {when}|we are home {when}|"
    "houses are cold {when}|my cousin was there {when}|nobody worked {tail}|everybody left {when}",
    "oldfact": "houses are cold {when}|trains are slow {when}|dogs sleep {tail}|friends are rich",
    "act": "slept|smiled|worked|rested|sang|fell|stopped|swam",
    "so": "{who} was so {adj}|the {thing} was so {look}",
    "went": "went|walked|came|ran|cycled|hurried",
    "rest": "{when}|again|and rested|and smiled|and worked|and slept",
    "pay": "paid a bill|opened an account|counted the cash|met the clerk",
    "swim": "fed the ducks|swam {when}|watched the boats|caught a trout",
    "rich": "with a bill|with the cash",
    "closed": "closed {when}|full of clerks {when}|rich",
    "muddy": "muddy {when}|full of ducks {when}|green",
    "sharp": "the closed|the rich|the famous|our new",
    "soft": "the muddy|the green|the calm|the wet",
    "result": "we left {when}|nobody sang {where}|everybody smiled {when}|the ducks hurried away",
    "wet": "with a towel|with the oars",
}
# The ambiguous word and where its cue stands; the words ~ common to one draw; for each tag a whole
# sentence. Twins are two sentences of one draw.
PATTERNS = (
    "her after: {who} {saw} her; DET ~ {thing} {tail}; PRON ~ {tail}",
    "her after: {who} {saw} her very; DET ~ {look} {thing} {tail}; PRON ~ often {tail}",
    "her before: her {adj} {person} {act} {tail}; DET ~",
    "her before: her very {look} {thing} was {where}; DET ~",
    "that after: {who} {knew} that; DET ~ {news} {when}; SCONJ ~ {fact}",
    "that after: {who} {knew} that old; DET ~ {news} {when}; SCONJ ~ {oldfact}",
    "that before: in that {place} {who} {act} {when}; DET ~",
    "that before: {so} that {result}; SCONJ ~",
    "bank after: {who} {went} to the bank and; MONEY ~ {pay}; RIVER ~ {swim}",
    "bank after: {who} {knew} the bank was; MONEY ~ {closed}; RIVER ~ {muddy}",
    "bank before: to the bank {rest}; MONEY {who} {went} {rich} ~; RIVER {who} {went} {wet} ~",
    "bank before: bank {rest}; MONEY {who} {went} to {sharp} ~; RIVER {who} {went} to {soft} ~",
)


@dataclass(frozen=True)
class TaggedSentence:
    """A sentence, its tags, the place of the ambiguous word, and where its cue stands."""

    words: tuple[str, ...]
    tags: tuple[str, ...]
    place: int
    cue: str  # "before" or "after"


def make_sentences(
    n_train: int = 1800, n_test: int = 360, seed: int = 7
) -> tuple[list[TaggedSentence], list[TaggedSentence]]:
    """Draw sentences for training and for testing; none stands twice, in one part or in two.

    Parameters
    ----------
    n_train, n_test : int
        Multiples of 12, at most 3600: in each part every ambiguous word has as many sentences
        with the cue before as after, and twins stay together.
    seed : int
        The same seed gives the same sentences.

    Returns
    -------
    list of TaggedSentence, list of TaggedSentence
        For training and for testing, each in random order.
    """
    rng, seen, parts = np.random.default_rng(seed), set(), []
    for name, n in (("n_train", n_train), ("n_test", n_test)):
        if whole_number(name, n, at_least=0) > 3600 or n % 12:
            raise ValueError(f"{name}: expected a multiple of 12 from 0 to 3600, got {n!r}")
        cases = [(word, cue) for word in AMBIGUOUS for cue in ("before", "after")]
        part = [s for word, cue in cases for s in _draw(word, cue, n // 6, seen, rng)]
        parts.append([part[i] for i in rng.permutation(n)])
    return parts[0], parts[1]


def _draw(
    word: str, cue: str, n: int, seen: set[tuple[str, ...]], rng: np.random.Generator
) -> list[TaggedSentence]:
    patterns = [p.partition(": ")[2] for p in PATTERNS if p.startswith(f"{word} {cue}")]
    found: list[TaggedSentence] = []
    while len(found) < n:
        same, *whole = patterns[len(found) // 2 % len(patterns)].split("; ")
        common, group = _fill(same, rng), []
        for tag, _, text in (sentence.partition(" ") for sentence in whole):
            words = tuple(_fill(text, rng).replace("~", common).split())
            tags = tuple(tag if w == word else TAG_OF[w] for w in words)
            group.append(TaggedSentence(words, tags, words.index(word), cue))
        if not seen & {s.words for s in group}:
            seen |= {s.words for s in group}
            found += group
    return found


def _fill(text: str, rng: np.random.Generator) -> str:
    while name := re.search(r"{(\w+)}", text):
        phrases = PHRASES[name[1]].split("|")
        text = text[: name.start()] + phrases[rng.integers(len(phrases))] + text[name.end() :]
    return text
