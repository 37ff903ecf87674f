"""Answers to the exercises of notebook 09, as students write them.

Every function runs in the notebook's namespace, which has what the setup cell imports and loads
(``order_train``, ``order_test``) and the exercise's own solution, but no answers to other
exercises; what else it needs, it imports itself.
"""

# All answers to an exercise bear its name, and order_test is the notebook's:
# ruff: noqa: F811, F821

import itertools
import string
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tests.variants import mutate, right, wrong

if TYPE_CHECKING:  # answers run among the notebook's names; loading these here takes seconds
    import keras
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.metrics import roc_curve

# === Exercise 1 ============================================================================


@right("ex1-tokenize", "a regular expression for the punctuation, another one for white space")
def tokenize(text):
    import re

    if type(text) is not str:
        raise ValueError("text must be a str")
    bare = re.sub("[" + re.escape(string.punctuation) + "]", "", text.lower())
    return [token for token in re.split(r"\s+", bare) if token]


@right("ex1-tokenize", "character by character, with a buffer for the word")
def tokenize(text):
    if not isinstance(text, str):
        raise TypeError("text must be a str")
    tokens, word = [], ""
    for c in text + " ":
        if c.isspace():
            if word:
                tokens.append(word)
            word = ""
        elif c not in string.punctuation:
            word += c.lower()
    return tokens


@right("ex1-tokenize", "cut first, then clean each piece and drop the empty ones")
def tokenize(text):
    if not isinstance(text, str):
        raise TypeError(f"expected str, got {type(text)}")
    pieces = []
    for piece in text.split():
        piece = "".join(c for c in piece if c not in set(string.punctuation)).lower()
        if piece != "":
            pieces.append(piece)
    return pieces


@wrong("ex1-tokenize", "cuts at punctuation: don't becomes two tokens")
def tokenize(text):
    if not isinstance(text, str):
        raise TypeError("text")
    for c in string.punctuation:
        text = text.replace(c, " ")
    return text.lower().split()


@wrong("ex1-tokenize", r"finds \w+, which keeps the low line and cuts at apostrophes")
def tokenize(text):
    import re

    if not isinstance(text, str):
        raise TypeError("text")
    return re.findall(r"\w+", text.lower())


@wrong("ex1-tokenize", r"deletes [^\w\s]: dashes and quotation marks go, the low line stays")
def tokenize(text):
    import re

    if not isinstance(text, str):
        raise TypeError("text")
    return re.sub(r"[^\w\s]", "", text.lower()).split()


@wrong("ex1-tokenize", "cleans punctuation from both ends of the words only")
def tokenize(text):
    if not isinstance(text, str):
        raise TypeError("text")
    words = [word.strip(string.punctuation) for word in text.lower().split()]
    return [word for word in words if word]


@wrong("ex1-tokenize", "cleans each piece and keeps the empty ones")
def tokenize(text):
    if not isinstance(text, str):
        raise TypeError("text")
    table = str.maketrans("", "", string.punctuation)
    return [word.translate(table) for word in text.lower().split()]


@wrong("ex1-tokenize", "letters only: digits are dropped")
def tokenize(text):
    if not isinstance(text, str):
        raise TypeError("text")
    kept = "".join(c for c in text.lower() if c.isalpha() or c.isspace() or c in "—…“”")
    return kept.split()


@wrong("ex1-tokenize", "each token once")
def tokenize(text):
    if not isinstance(text, str):
        raise TypeError("text")
    tokens = text.lower().translate(str.maketrans("", "", string.punctuation)).split()
    return list(dict.fromkeys(tokens))


@wrong("ex1-tokenize", "only blanks, tabs and line feeds: a carriage return stays in its word")
def tokenize(text):
    import re

    if not isinstance(text, str):
        raise TypeError("text")
    text = text.lower().translate(str.maketrans("", "", string.punctuation))
    return [token for token in re.split("[ \t\n]+", text) if token]


mutate("ex1-tokenize", "capitals stay", old="text.lower()", new="text")
mutate("ex1-tokenize", "keeps punctuation", old="string.punctuation", new='""')
mutate(
    "ex1-tokenize",
    "keeps apostrophes",
    old="string.punctuation",
    new='string.punctuation.replace("\'", "")',
)
mutate(
    "ex1-tokenize",
    "deletes the usual marks only",
    old="string.punctuation",
    new='".,;:!?\'()-_\\\\[]"',
)
mutate("ex1-tokenize", "empty tokens between two blanks", old=".split()", new='.split(" ")')
mutate(
    "ex1-tokenize",
    "drops letters with accents",
    old="text.lower()",
    new='text.lower().encode("ascii", "ignore").decode()',
)
mutate(
    "ex1-tokenize",
    "normalises characters: an ellipsis becomes three points",
    old="text.lower()",
    new='__import__("unicodedata").normalize("NFKC", text.lower())',
)
mutate(
    "ex1-tokenize",
    "casefold: other small letters change too",
    old="text.lower()",
    new="text.casefold()",
)
mutate(
    "ex1-tokenize",
    "makes a str of everything",
    old='raise TypeError(f"text: expected str, got {type(text).__name__}")',
    new="text = str(text)",
)
mutate(
    "ex1-tokenize",
    "an AttributeError for what is not a str",
    old="if not isinstance(text, str):",
    new="if isinstance(text, bytes):",
)

# === Exercise 2 ============================================================================


@right("ex2-build-vocab", "a plain dict, equal counts in the order of the alphabet")
def build_vocab(texts, max_tokens=None, min_count=1):
    if min_count < 1 or (max_tokens is not None and max_tokens < 3):
        raise ValueError("min_count or max_tokens is too small")
    counts = {}
    for text in texts:
        for word in text.split():
            counts[word] = counts.get(word, 0) + 1
    words = sorted((-n, word) for word, n in counts.items() if n >= min_count)
    if max_tokens is not None:
        words = words[: max_tokens - 2]
    return ["", "[UNK]"] + [word for _, word in words]


@right("ex2-build-vocab", "cuts before it leaves out rare words, equal counts backwards")
def build_vocab(texts, max_tokens=None, min_count=1):
    if max_tokens is not None and max_tokens <= 2:
        raise ValueError("no place for words")
    if min_count <= 0:
        raise ValueError("min_count must be positive")
    counts = Counter(itertools.chain.from_iterable(text.split() for text in texts))
    words = sorted(counts, reverse=True)
    words.sort(key=counts.get, reverse=True)
    room = len(words) if max_tokens is None else max_tokens - 2
    return ["", "[UNK]", *(word for word in words[:room] if counts[word] >= min_count)]


@right("ex2-build-vocab", "one long text, np.unique and a stable argsort")
def build_vocab(texts, max_tokens=None, min_count=1):
    if (max_tokens or 3) < 3 or max_tokens == 0 or min_count < 1:
        raise ValueError("bad option")
    words, counts = np.unique(np.array(" ".join(texts).split(), dtype=str), return_counts=True)
    order = np.argsort(-counts, kind="stable")
    kept = [str(words[i]) for i in order if counts[i] >= min_count]
    return ["", "[UNK]", *kept][:max_tokens]


@wrong("ex2-build-vocab", "the words of the test part are counted, too")
def build_vocab(texts, max_tokens=None, min_count=1):
    if min_count < 1 or (max_tokens is not None and max_tokens < 3):
        raise ValueError("option")
    counts = Counter(" ".join([*texts, *order_test["text"]]).split())
    words = [word for word, count in counts.most_common() if count >= min_count]
    return ["", "[UNK]", *words][:max_tokens]


@wrong("ex2-build-vocab", "goes through the texts twice: a generator is empty then")
def build_vocab(texts, max_tokens=None, min_count=1):
    if min_count < 1 or (max_tokens is not None and max_tokens < 3):
        raise ValueError("option")
    counts = {word: 0 for text in texts for word in text.split()}
    for text in texts:
        for word in text.split():
            counts[word] += 1
    words = [word for word in counts if counts[word] >= min_count]
    words.sort(key=lambda word: -counts[word])
    return ["", "[UNK]", *words][:max_tokens]


@wrong("ex2-build-vocab", "a counter as the default value, which goes on counting")
def build_vocab(texts, max_tokens=None, min_count=1, counts=Counter()):  # noqa: B006
    if min_count < 1 or (max_tokens is not None and max_tokens < 3):
        raise ValueError("option")
    for text in texts:
        counts.update(text.split())
    words = [word for word, count in counts.most_common() if count >= min_count]
    return ["", "[UNK]", *words][:max_tokens]


@wrong("ex2-build-vocab", "unzips the counts, which fails without any word", raises=ValueError)
def build_vocab(texts, max_tokens=None, min_count=1):
    if min_count < 1 or (max_tokens is not None and max_tokens < 3):
        raise ValueError("option")
    counts = Counter(word for text in texts for word in text.split())
    words, numbers = zip(*counts.most_common(), strict=True)
    words = [word for word, n in zip(words, numbers, strict=True) if n >= min_count]
    return ["", "[UNK]", *words][:max_tokens]


mutate(
    "ex2-build-vocab",
    "in the order of the alphabet",
    old="in counts.most_common() if",
    new="in sorted(counts.items()) if",
)
mutate(
    "ex2-build-vocab",
    "the rarest word first",
    old="counts.most_common() if",
    new="reversed(counts.most_common()) if",
)
mutate(
    "ex2-build-vocab",
    "in the order of the first occurrence",
    old="counts.most_common() if",
    new="counts.items() if",
)
mutate(
    "ex2-build-vocab",
    "equal counts in random order",
    old="    return [",
    new="    words.sort(key=lambda word: (-counts[word], np.random.random()))\n    return [",
)
mutate(
    "ex2-build-vocab",
    "padding and unknown exchanged",
    old='["", "[UNK]", *words]',
    new='["[UNK]", "", *words]',
)
mutate(
    "ex2-build-vocab",
    "other names for the reserved places",
    old='["", "[UNK]", *words]',
    new='["<pad>", "<unk>", *words]',
)
mutate(
    "ex2-build-vocab",
    "max_tokens counts words only",
    old="[:max_tokens]",
    new="[: max_tokens and max_tokens + 2]",
)
mutate(
    "ex2-build-vocab",
    "one reserved place counted",
    old="[:max_tokens]",
    new="[: max_tokens and max_tokens + 1]",
)
mutate("ex2-build-vocab", "ignores max_tokens", old="[:max_tokens]", new="")
mutate("ex2-build-vocab", "ignores min_count", old=" if count >= min_count", new="")
mutate("ex2-build-vocab", "more often than min_count", old=">= min_count", new="> min_count")
mutate(
    "ex2-build-vocab",
    "counts texts, not occurrences",
    old="counts.update(text.split())",
    new="counts.update(set(text.split()))",
)
mutate(
    "ex2-build-vocab",
    "cuts at each blank: the empty string is a word",
    old="counts.update(text.split())",
    new='counts.update(text.split(" "))',
)
mutate("ex2-build-vocab", "accepts max_tokens = 2", old="max_tokens < 3", new="max_tokens < 2")
mutate(
    "ex2-build-vocab",
    "takes max_tokens = 0 for no limit",
    old="max_tokens is not None and",
    new="max_tokens and",
)
mutate("ex2-build-vocab", "accepts min_count = 0", old="min_count < 1", new="min_count < 0")
mutate("ex2-build-vocab", "accepts min_count < 0", old="min_count < 1", new="min_count == 0")

# === Exercise 3 ============================================================================


@right("ex3-encode", "keras.utils.pad_sequences, the mask from the lengths")
def encode(texts, vocab, maxlen):
    if maxlen < 1 or list(vocab[:2]) != ["", "[UNK]"]:
        raise ValueError("maxlen or vocab")
    numbers = dict(zip(vocab, range(len(vocab)), strict=True))
    rows = [[numbers.get(word, 1) for word in text.split()] for text in texts]
    options = {"padding": "post", "truncating": "post", "dtype": "int64"}
    ids = keras.utils.pad_sequences(rows, maxlen=maxlen, **options)
    lengths = np.array([len(row) for row in rows], dtype=int)
    return ids, np.arange(maxlen) < lengths[:, None]


@right("ex3-encode", "vocab.index for each place")
def encode(texts, vocab, maxlen):
    if maxlen <= 0:
        raise ValueError("maxlen must be positive")
    if len(vocab) < 2 or vocab[0] != "" or vocab[1] != "[UNK]":
        raise ValueError("vocab must begin with the reserved places")
    ids = np.zeros((len(texts), maxlen), dtype=np.int64)
    mask = np.zeros((len(texts), maxlen), dtype=bool)
    for i, text in enumerate(texts):
        for t, word in enumerate(text.split()):
            if t == maxlen:
                break
            ids[i, t] = vocab.index(word) if word in vocab else 1
            mask[i, t] = True
    return ids, mask


@right("ex3-encode", "lists filled up to maxlen")
def encode(texts, vocab, maxlen):
    if maxlen < 1 or tuple(vocab[:2]) != ("", "[UNK]"):
        raise ValueError("bad maxlen or vocab")
    known, rows = {word: i for i, word in enumerate(vocab)}, []
    for text in texts:
        row = [known.get(word, 1) for word in text.split()]
        rows.append((row + [0] * maxlen)[:maxlen])
    ids = np.array(rows, dtype=np.int64).reshape(len(texts), maxlen)
    return ids, ids > 0


@right("ex3-encode", "TextVectorization with the given vocabulary")
def encode(texts, vocab, maxlen):
    if maxlen < 1 or list(vocab[:2]) != ["", "[UNK]"]:
        raise ValueError("maxlen or vocab")
    if len(texts) == 0:
        return np.zeros((0, maxlen), np.int64), np.zeros((0, maxlen), bool)
    layer = keras.layers.TextVectorization(
        standardize=None,
        vocabulary=list(vocab[2:]) or ["[UNK]-"],
        output_sequence_length=maxlen,
    )
    ids = np.array(layer(list(texts))).astype(np.int64)
    return ids, ids != 0


@wrong("ex3-encode", "unknown words are dropped, as Tokenizer does")
def encode(texts, vocab, maxlen):
    if maxlen < 1 or list(vocab[:2]) != ["", "[UNK]"]:
        raise ValueError("maxlen or vocab")
    place = {word: i for i, word in enumerate(vocab)}
    ids = np.zeros((len(texts), maxlen), dtype=np.int64)
    for row, text in zip(ids, texts, strict=True):
        found = [place[word] for word in text.split() if word in place][:maxlen]
        row[: len(found)] = found
    return ids, ids != 0


@wrong("ex3-encode", "rows as long as the longest text of the batch, cut at maxlen")
def encode(texts, vocab, maxlen):
    if maxlen < 1 or list(vocab[:2]) != ["", "[UNK]"]:
        raise ValueError("maxlen or vocab")
    place = {word: i for i, word in enumerate(vocab)}
    rows = [[place.get(word, 1) for word in text.split()][:maxlen] for text in texts]
    T = max(map(len, rows), default=maxlen)
    ids = np.array([row + [0] * (T - len(row)) for row in rows], np.int64).reshape(len(rows), T)
    return ids, ids != 0


@wrong("ex3-encode", "pad_sequences with its defaults: pads and cuts at the front")
def encode(texts, vocab, maxlen):
    if maxlen < 1 or list(vocab[:2]) != ["", "[UNK]"]:
        raise ValueError("maxlen or vocab")
    place = {word: i for i, word in enumerate(vocab)}
    rows = [[place.get(word, 1) for word in text.split()] for text in texts]
    ids = keras.utils.pad_sequences(rows, maxlen=maxlen)
    return ids.astype(np.int64), ids != 0


@wrong("ex3-encode", "pads at the end, but still cuts at the front")
def encode(texts, vocab, maxlen):
    if maxlen < 1 or list(vocab[:2]) != ["", "[UNK]"]:
        raise ValueError("maxlen or vocab")
    place = {word: i for i, word in enumerate(vocab)}
    rows = [[place.get(word, 1) for word in text.split()] for text in texts]
    ids = keras.utils.pad_sequences(rows, maxlen=maxlen, padding="post", dtype="int64")
    return ids, ids != 0


@wrong("ex3-encode", "the int32 of pad_sequences")
def encode(texts, vocab, maxlen):
    if maxlen < 1 or list(vocab[:2]) != ["", "[UNK]"]:
        raise ValueError("maxlen or vocab")
    place = {word: i for i, word in enumerate(vocab)}
    rows = [[place.get(word, 1) for word in text.split()] for text in texts]
    ids = keras.utils.pad_sequences(rows, maxlen=maxlen, padding="post", truncating="post")
    return ids, ids != 0


@wrong("ex3-encode", "new words are appended to the vocabulary")
def encode(texts, vocab, maxlen):
    if maxlen < 1 or list(vocab[:2]) != ["", "[UNK]"]:
        raise ValueError("maxlen or vocab")
    ids = np.zeros((len(texts), maxlen), dtype=np.int64)
    for row, text in zip(ids, texts, strict=True):
        for t, word in enumerate(text.split()[:maxlen]):
            row[t] = vocab.index(word) if word in vocab else 1
            if word not in vocab:
                vocab.append(word)
    return ids, ids != 0


@wrong("ex3-encode", "vocab.index, which fails for an unknown word", raises=ValueError)
def encode(texts, vocab, maxlen):
    if maxlen < 1 or list(vocab[:2]) != ["", "[UNK]"]:
        raise ValueError("maxlen or vocab")
    ids = np.zeros((len(texts), maxlen), dtype=np.int64)
    for row, text in zip(ids, texts, strict=True):
        found = [vocab.index(word) for word in text.split()[:maxlen]]
        row[: len(found)] = found
    return ids, ids != 0


@wrong("ex3-encode", "the shape (0,) without texts")
def encode(texts, vocab, maxlen):
    if maxlen < 1 or list(vocab[:2]) != ["", "[UNK]"]:
        raise ValueError("maxlen or vocab")
    place = {word: i for i, word in enumerate(vocab)}
    rows = [[place.get(word, 1) for word in text.split()[:maxlen]] for text in texts]
    ids = np.array([row + [0] * (maxlen - len(row)) for row in rows], dtype=np.int64)
    return ids, ids != 0


mutate("ex3-encode", "unknown words get 0", old="place.get(word, 1)", new="place.get(word, 0)")
mutate(
    "ex3-encode",
    "ids without the reserved places",
    old="enumerate(vocab)}",
    new="enumerate(vocab[2:])}",
)
mutate("ex3-encode", "masks unknown words, too", old="ids != 0", new="ids > 1")
mutate("ex3-encode", "True where padding stands", old="ids != 0", new="ids == 0")
mutate("ex3-encode", "a mask of 0 and 1", old="ids != 0", new="(ids != 0).astype(int)")
mutate("ex3-encode", "float ids", old="dtype=np.int64", new="dtype=float")
mutate(
    "ex3-encode",
    "cuts at each blank: two blanks make a place of padding",
    old="text.split()",
    new='text.split(" ")',
)
mutate("ex3-encode", "accepts maxlen = 0", old="maxlen < 1", new="maxlen < 0")
mutate("ex3-encode", "never looks at the vocabulary", old="if list(vocab[:2]) !=", new="if [] ==")
mutate(
    "ex3-encode",
    "looks at the first entry only",
    old='list(vocab[:2]) != ["", "[UNK]"]:',
    new='list(vocab[:1]) != [""]:',
)
mutate(
    "ex3-encode",
    "looks for the reserved entries anywhere",
    old='list(vocab[:2]) != ["", "[UNK]"]:',
    new='"" not in vocab or "[UNK]" not in vocab:',
)
mutate(
    "ex3-encode",
    "an IndexError for a vocabulary that is too short",
    old='list(vocab[:2]) != ["", "[UNK]"]:',
    new='vocab[0] != "" or vocab[1] != "[UNK]":',
)

# === Exercise 4 ============================================================================


@right("ex4-bag-of-words", "np.bincount for the rows")
def bow_matrix(texts, vocab):
    place = dict(zip(vocab, itertools.count(), strict=False))
    counts = np.zeros((len(texts), len(vocab)), dtype=np.int64)
    for i, text in enumerate(texts):
        ids = np.array([place.get(word, 1) for word in text.split()], dtype=int)
        counts[i] = np.bincount(ids, minlength=len(vocab))
    return counts


@right("ex4-bag-of-words", "np.bincount for the rows")
def order_blind_pairs(texts, vocab):
    place = dict(zip(vocab, itertools.count(), strict=False))
    sentences = [[place.get(word, 1) for word in text.split()] for text in texts]
    _, group = np.unique(bow_matrix(texts, vocab), axis=0, return_inverse=True)
    pairs = []
    for g in range(group.max(initial=-1) + 1):
        for i, j in itertools.combinations(np.flatnonzero(group == g), 2):
            if sentences[i] != sentences[j]:
                pairs.append((i, j))
    return sorted(pairs)


@right("ex4-bag-of-words", "CountVectorizer for any token; bags as frozen sets of counts")
def bow_matrix(texts, vocab):
    counts = np.zeros((len(texts), len(vocab)), dtype=np.int64)
    if len(texts) and len(vocab) > 2:
        counter = CountVectorizer(vocabulary=vocab[2:], token_pattern=r"\S+", lowercase=False)
        counts[:, 2:] = counter.transform(texts).toarray()
    counts[:, 1] = [len(text.split()) for text in texts]
    counts[:, 1] -= counts[:, 2:].sum(axis=1)
    return counts


@right("ex4-bag-of-words", "CountVectorizer for any token; bags as frozen sets of counts")
def order_blind_pairs(texts, vocab):
    known, bags = set(vocab), {}
    for i, text in enumerate(texts):
        words = [word if word in known else "[UNK]" for word in text.split()]
        bags.setdefault(frozenset(Counter(words).items()), []).append((i, words))
    found = set()
    for bag in bags.values():
        for (i, one), (j, other) in itertools.combinations(bag, 2):
            if one != other:
                found.add((i, j))
    return sorted(found)


@right("ex4-bag-of-words", "a sparse matrix, and rows as bytes")
def bow_matrix(texts, vocab):
    from scipy.sparse import coo_matrix

    place = {word: i for i, word in enumerate(vocab)}
    entries = [(i, place.get(w, 1)) for i, text in enumerate(texts) for w in text.split()]
    rows, columns = np.array(entries, dtype=int).reshape(-1, 2).T
    ones = np.ones(len(entries), dtype=np.int64)
    return coo_matrix((ones, (rows, columns)), shape=(len(texts), len(vocab))).toarray()


@right("ex4-bag-of-words", "a sparse matrix, and rows as bytes")
def order_blind_pairs(texts, vocab):
    place = {word: i for i, word in enumerate(vocab)}
    ids = [tuple(place.get(word, 1) for word in text.split()) for text in texts]
    earlier, pairs = {}, []
    for j, row in enumerate(bow_matrix(texts, vocab)):
        same = earlier.setdefault(row.tobytes(), [])
        pairs += [(i, j) for i in same if ids[i] != ids[j]]
        same.append(j)
    pairs.sort()
    return pairs


@wrong("ex4-bag-of-words", "CountVectorizer's own idea of a word: two letters or more")
def bow_matrix(texts, vocab):
    counts = np.zeros((len(texts), len(vocab)), dtype=np.int64)
    if len(texts) and len(vocab) > 2:
        counts[:, 2:] = CountVectorizer(vocabulary=vocab[2:]).transform(texts).toarray()
    counts[:, 1] = [len(text.split()) for text in texts]
    counts[:, 1] -= counts[:, 2:].sum(axis=1)
    return counts


@wrong("ex4-bag-of-words", "weights by rarity (tf-idf) instead of counts")
def bow_matrix(texts, vocab):
    place = {word: i for i, word in enumerate(vocab)}
    counts = np.zeros((len(texts), len(vocab)))
    for row, text in zip(counts, texts, strict=True):
        for word in text.split():
            row[place.get(word, 1)] += 1
    return counts * np.log((1 + len(texts)) / (1 + (counts > 0).sum(axis=0)))


@wrong("ex4-bag-of-words", "adds at a list of places: repeated words count once")
def bow_matrix(texts, vocab):
    place = {word: i for i, word in enumerate(vocab)}
    counts = np.zeros((len(texts), len(vocab)), dtype=np.int64)
    for row, text in zip(counts, texts, strict=True):
        row[[place.get(word, 1) for word in text.split()]] += 1
    return counts


@wrong("ex4-bag-of-words", "np.bincount without minlength", raises=ValueError)
def bow_matrix(texts, vocab):
    place = {word: i for i, word in enumerate(vocab)}
    counts = np.zeros((len(texts), len(vocab)), dtype=np.int64)
    for i, text in enumerate(texts):
        counts[i] = np.bincount([place.get(word, 1) for word in text.split()])
    return counts


@wrong("ex4-bag-of-words", "compares the words themselves: unknown words stay different")
def order_blind_pairs(texts, vocab):
    groups, pairs = {}, []
    for j, text in enumerate(texts):
        words = text.split()
        same = groups.setdefault(tuple(sorted(words)), [])
        pairs += [(i, j) for i, other in same if other != words]
        same.append((j, words))
    return sorted(pairs)


@wrong("ex4-bag-of-words", "equal rows, but the order of the words instead of that of the ids")
def order_blind_pairs(texts, vocab):
    groups, pairs = {}, []
    for j, row in enumerate(bow_matrix(texts, vocab)):
        same = groups.setdefault(tuple(row), [])
        pairs += [(i, j) for i in same if texts[i].split() != texts[j].split()]
        same.append(j)
    return sorted(pairs)


@wrong("ex4-bag-of-words", "looks at neighbours in the list of texts only")
def order_blind_pairs(texts, vocab):
    rows, pairs = bow_matrix(texts, vocab), []
    for i in range(len(texts) - 1):
        if (rows[i] == rows[i + 1]).all() and texts[i] != texts[i + 1]:
            pairs.append((i, i + 1))
    return pairs


@wrong("ex4-bag-of-words", "the sum of the ids stands for the bag")
def order_blind_pairs(texts, vocab):
    place, groups, pairs = {word: i for i, word in enumerate(vocab)}, {}, []
    for j, text in enumerate(texts):
        ids = [place.get(word, 1) for word in text.split()]
        same = groups.setdefault((len(ids), sum(ids)), [])
        pairs += [(i, j) for i, other in same if other != ids]
        same.append((j, ids))
    return sorted(pairs)


mutate("ex4-bag-of-words", "0 or 1 for each word", old="(word, 1)] += 1", new="(word, 1)] = 1")
mutate(
    "ex4-bag-of-words",
    "unknown words are not counted",
    old="    return counts",
    new="    counts[:, 1] = 0\n    return counts",
)
mutate(
    "ex4-bag-of-words",
    "unknown words in column 0",
    old="row[place.get(word, 1)]",
    new="row[place.get(word, 0)]",
)
mutate(
    "ex4-bag-of-words",
    "an empty text has a token in column 0",
    old="for word in text.split():\n",
    new='for word in text.split(" "):\n',
)
mutate(
    "ex4-bag-of-words",
    "counts are floats",
    old="dtype=np.int64",
    new="dtype=float",
)
mutate("ex4-bag-of-words", "identical sentences are pairs, too", old=" if others != ids]", new="]")
mutate(
    "ex4-bag-of-words",
    "the same words, however often",
    old="tuple(sorted(ids))",
    new="tuple(sorted(set(ids)))",
)
mutate(
    "ex4-bag-of-words",
    "only the next text of each bag",
    old="members[n + 1 :] if",
    new="members[n + 1 : n + 2] if",
)
mutate("ex4-bag-of-words", "the larger number first", old="[(i, j) for j", new="[(j, i) for j")
mutate(
    "ex4-bag-of-words",
    "each pair in both directions",
    old="members[n + 1 :] if",
    new="members if",
)
mutate("ex4-bag-of-words", "not sorted", old="sorted(pairs)", new="pairs")
mutate(
    "ex4-bag-of-words",
    "a pair for texts with the same letters in another order",
    old="tuple(sorted(ids))",
    new='"".join(sorted(text))',
)

# === Exercise 5 ============================================================================


@right("ex5-word-vectors", "one-sided counts plus their transpose; eigh of M M^T")
def cooccurrence(tokens_list, vocab, window):
    if window < 1:
        raise ValueError("window must be at least 1")
    place = {word: i for i, word in enumerate(vocab)}
    C = np.zeros((len(vocab), len(vocab)))
    for tokens in tokens_list:
        ids = np.array([place.get(token, 1) for token in tokens], dtype=int)
        for gap in range(1, min(window, len(ids) - 1) + 1):
            np.add.at(C, (ids[:-gap], ids[gap:]), 1.0)
    return C + C.T


@right("ex5-word-vectors", "one-sided counts plus their transpose; eigh of M M^T")
def ppmi(C):
    C = np.array(C, dtype=float)
    if C.min(initial=0) < 0:
        raise ValueError("counts cannot be negative")
    N = C.sum() if C.sum() > 0 else 1.0
    p, p_i = C / N, C.sum(axis=1, keepdims=True) / N
    ratio = np.divide(p, p_i * p_i.T, out=np.ones_like(p), where=p > 0)
    return np.log(np.maximum(ratio, 1.0))


@right("ex5-word-vectors", "one-sided counts plus their transpose; eigh of M M^T")
def svd_embed(M, k):
    M = np.asarray(M, dtype=float)
    if k < 1 or k > np.linalg.matrix_rank(M):
        raise ValueError("k must be between 1 and the rank")
    values, vectors = np.linalg.eigh(M @ M.T)
    return vectors[:, ::-1][:, :k] * values[::-1][:k] ** 0.25


@right("ex5-word-vectors", "a Counter of all pairs; loops; the matrix times V")
def cooccurrence(tokens_list, vocab, window):
    if window <= 0:
        raise ValueError("window")
    known, pairs = {word: i for i, word in enumerate(vocab)}, Counter()
    for tokens in tokens_list:
        for p in range(len(tokens)):
            for q in range(max(0, p - window), min(len(tokens), p + window + 1)):
                if p != q:
                    pairs[known.get(tokens[p], 1), known.get(tokens[q], 1)] += 1
    C = np.zeros((len(vocab), len(vocab)))
    for (i, j), count in pairs.items():
        C[i, j] = count
    return C


@right("ex5-word-vectors", "a Counter of all pairs; loops; the matrix times V")
def ppmi(C):
    import math

    C = np.asarray(C, dtype=float)
    if np.any(C < 0):
        raise ValueError("C")
    M, sums, N = np.zeros(C.shape), C.sum(axis=0), C.sum()
    for i in range(len(C)):
        for j in range(len(C)):
            if C[i, j] > 0:
                M[i, j] = max(0.0, math.log(C[i, j] * N / (sums[i] * sums[j])))
    return M


@right("ex5-word-vectors", "a Counter of all pairs; loops; the matrix times V")
def svd_embed(M, k):
    M = np.asarray(M, dtype=float)
    if not 0 < k <= np.linalg.matrix_rank(M):
        raise ValueError("k")
    _, S, Vt = np.linalg.svd(M)
    return -(M @ Vt[:k].T) / np.sqrt(S[:k])


@right("ex5-word-vectors", "hot rows and a band; logarithms of masked arrays; scipy's svd")
def cooccurrence(tokens_list, vocab, window):
    if window < 1:
        raise ValueError("window < 1")
    V, place = len(vocab), {word: i for i, word in enumerate(vocab)}
    C = np.zeros((V, V))
    for tokens in tokens_list:
        O = np.zeros((len(tokens), V))  # noqa: E741
        for p, token in enumerate(tokens):
            O[p, place.get(token, 1)] = 1
        n = np.arange(len(tokens))
        near = (abs(n[:, None] - n) <= window) & (n[:, None] != n)
        C += O.T @ near @ O
    return C


@right("ex5-word-vectors", "hot rows and a band; logarithms of masked arrays; scipy's svd")
def ppmi(C):
    C = np.asarray(C, dtype=float)
    if (C < 0).sum() > 0:
        raise ValueError("negative count")
    with np.errstate(divide="ignore", invalid="ignore"):
        p = C / C.sum()
        M = np.log(p / p.sum(axis=1)[:, None] / p.sum(axis=0))
    M[~np.isfinite(M) | (M < 0)] = 0.0
    return M


@right("ex5-word-vectors", "hot rows and a band; logarithms of masked arrays; scipy's svd")
def svd_embed(M, k):
    import scipy.linalg

    U, S, _ = scipy.linalg.svd(np.array(M, dtype=float), full_matrices=False)
    rank = np.count_nonzero(S / max(S[0], 1e-300) > 1e-10)
    if k < 1 or k > rank:
        raise ValueError(f"k must be from 1 to {rank}")
    return U[:, :k] @ np.diag(S[:k] ** 0.5)


@wrong("ex5-word-vectors", "all sentences in one row: windows cross their borders")
def cooccurrence(tokens_list, vocab, window):
    if window < 1:
        raise ValueError("window")
    place, C = {word: i for i, word in enumerate(vocab)}, np.zeros((len(vocab), len(vocab)))
    ids = [place.get(token, 1) for tokens in tokens_list for token in tokens]
    for p, i in enumerate(ids):
        for j in ids[p + 1 : p + 1 + window]:
            C[i, j] += 1
            C[j, i] += 1
    return C


@wrong("ex5-word-vectors", "slices that begin below 0: neighbours at the start are lost")
def cooccurrence(tokens_list, vocab, window):
    if window < 1:
        raise ValueError("window")
    place, C = {word: i for i, word in enumerate(vocab)}, np.zeros((len(vocab), len(vocab)))
    for tokens in tokens_list:
        ids = [place.get(token, 1) for token in tokens]
        for p, i in enumerate(ids):
            for j in ids[p - window : p] + ids[p + 1 : p + 1 + window]:
                C[i, j] += 1
    return C


@wrong("ex5-word-vectors", "adds at a list of neighbours: repeated ones count once")
def cooccurrence(tokens_list, vocab, window):
    if window < 1:
        raise ValueError("window")
    place, C = {word: i for i, word in enumerate(vocab)}, np.zeros((len(vocab), len(vocab)))
    for tokens in tokens_list:
        ids = [place.get(token, 1) for token in tokens]
        for p, i in enumerate(ids):
            near = ids[max(0, p - window) : p] + ids[p + 1 : p + 1 + window]
            C[i, near] += 1
    return C


@wrong("ex5-word-vectors", "unknown tokens are taken out first, and others move together")
def cooccurrence(tokens_list, vocab, window):
    if window < 1:
        raise ValueError("window")
    place, C = {word: i for i, word in enumerate(vocab)}, np.zeros((len(vocab), len(vocab)))
    for tokens in tokens_list:
        ids = [place[token] for token in tokens if token in place]
        for p, i in enumerate(ids):
            for j in ids[p + 1 : p + 1 + window]:
                C[i, j] += 1
                C[j, i] += 1
    return C


@wrong("ex5-word-vectors", "writes the ids into the caller's sentences")
def cooccurrence(tokens_list, vocab, window):
    if window < 1:
        raise ValueError("window")
    place, C = {word: i for i, word in enumerate(vocab)}, np.zeros((len(vocab), len(vocab)))
    for tokens in tokens_list:
        tokens[:] = [place.get(token, token if isinstance(token, int) else 1) for token in tokens]
        for p, i in enumerate(tokens):
            for j in tokens[p + 1 : p + 1 + window]:
                C[i, j] += 1
                C[j, i] += 1
    return C


@wrong(
    "ex5-word-vectors", "a small number in each logarithm: too much for words without neighbours"
)
def ppmi(C):
    C = np.asarray(C, dtype=float)
    if (C < 0).any():
        raise ValueError("C")
    chance = np.outer(C.sum(axis=1), C.sum(axis=0))
    M = np.log(C + 1e-9) + np.log(C.sum() + 1e-9) - np.log(chance + 1e-9)
    return np.maximum(M, 0)


@wrong("ex5-word-vectors", "adds 1 to all counts")
def ppmi(C):
    C = np.asarray(C, dtype=float)
    if (C < 0).any():
        raise ValueError("C")
    C = C + 1
    chance = np.outer(C.sum(axis=1), C.sum(axis=0))
    return np.maximum(np.log(C * C.sum() / chance), 0)


@wrong("ex5-word-vectors", "logarithm of 0: NaN for words without neighbours")
def ppmi(C):
    C = np.asarray(C, dtype=float)
    if (C < 0).any():
        raise ValueError("C")
    chance = np.outer(C.sum(axis=1), C.sum(axis=0))
    return np.maximum(np.log(C * C.sum() / chance), 0)


@wrong("ex5-word-vectors", "divides by 0, warns, and puts zeros there", raises=FloatingPointError)
def ppmi(C):
    C = np.asarray(C, dtype=float)
    if (C < 0).any():
        raise ValueError("C")
    chance = np.outer(C.sum(axis=1), C.sum(axis=0))
    M = np.log(C * C.sum() / chance)
    return np.where(np.isfinite(M) & (M > 0), M, 0)


@wrong("ex5-word-vectors", "relative frequencies in place")
def ppmi(C):
    C = np.asarray(C, dtype=float)
    if (C < 0).any():
        raise ValueError("C")
    C /= max(C.sum(), 1)
    chance = np.outer(C.sum(axis=1), C.sum(axis=0))
    M, seen = np.zeros_like(C), C > 0
    M[seen] = np.log(C[seen] / chance[seen])
    return np.maximum(M, 0)


@wrong(
    "ex5-word-vectors", "eigenvectors of M, the largest eigenvalues", raises=np.linalg.LinAlgError
)
def svd_embed(M, k):
    M = np.asarray(M, dtype=float)
    if not 1 <= k <= np.linalg.matrix_rank(M):
        raise ValueError("k")
    values, vectors = np.linalg.eigh(M)
    return vectors[:, ::-1][:, :k] * np.sqrt(np.maximum(values[::-1][:k], 0))


mutate(
    "ex5-word-vectors", "neighbours on the right only", old="                C[j, i] += 1\n", new=""
)
mutate(
    "ex5-word-vectors",
    "the word itself counts as its neighbour",
    old="ids[p + 1 : p + 1 + window]",
    new="ids[p : p + 1 + window]",
)
mutate(
    "ex5-word-vectors",
    "a window that is one place too short",
    old="ids[p + 1 : p + 1 + window]",
    new="ids[p + 1 : p + window]",
)
mutate(
    "ex5-word-vectors",
    "a pair of equal words counts once",
    old="                C[j, i] += 1\n",
    new="                C[j, i] += i != j\n",
)
mutate(
    "ex5-word-vectors",
    "equal words are no neighbours",
    old="[j, i] += 1\n",
    new="[j, i] += 1\n    np.fill_diagonal(C, 0)\n",
)
mutate(
    "ex5-word-vectors",
    "1 where two words meet, however often",
    old="    return C\n",
    new="    return np.minimum(C, 1)\n",
)
mutate("ex5-word-vectors", "accepts a window of 0", old="window < 1", new="window < 0")
mutate("ex5-word-vectors", "refuses a window of 0 only", old="window < 1", new="window == 0")
mutate("ex5-word-vectors", "logarithm to base 2", old="np.log(", new="np.log2(")
mutate("ex5-word-vectors", "PMI: negative values stay", old="np.maximum(M, 0)", new="M")
mutate("ex5-word-vectors", "no total", old="C[seen] * C.sum() /", new="C[seen] /")
mutate(
    "ex5-word-vectors",
    "the number of pairs without their directions",
    old="C[seen] * C.sum() /",
    new="C[seen] * np.triu(C).sum() /",
)
mutate(
    "ex5-word-vectors",
    "works on whole numbers as they come: logarithms cut to whole numbers, too",
    old="C = np.asarray(C, dtype=float)",
    new="C = np.asarray(C)",
)
mutate("ex5-word-vectors", "accepts negative counts", old="if (C < 0).any():", new="if False:")
mutate(
    "ex5-word-vectors",
    "looks at the sum of the counts only",
    old="if (C < 0).any():",
    new="if C.sum() < 0:",
)
mutate("ex5-word-vectors", "U S", old="np.sqrt(S[:k])", new="S[:k]")
mutate("ex5-word-vectors", "U alone", old=" * np.sqrt(S[:k])", new="")
mutate(
    "ex5-word-vectors",
    "the contexts (V) instead of the words (U)",
    old="return U[:, :k] *",
    new="return _[:k].T *",
)
mutate(
    "ex5-word-vectors",
    "takes columns' means away first",
    old="np.linalg.svd(M, full",
    new="np.linalg.svd(M - M.mean(axis=0), full",
)
mutate(
    "ex5-word-vectors",
    "takes every matrix for a symmetric one",
    old="full_matrices=False",
    new="full_matrices=False, hermitian=True",
    raises=np.linalg.LinAlgError,
)
mutate(
    "ex5-word-vectors", "k up to the size of M", old="np.linalg.matrix_rank(M)", new="min(M.shape)"
)
mutate(
    "ex5-word-vectors",
    "every singular value that is not exactly 0 counts for the rank",
    old="np.linalg.matrix_rank(M)",
    new="np.count_nonzero(np.linalg.svd(M)[1])",
)
mutate(
    "ex5-word-vectors",
    "k below the rank",
    old="1 <= k <= rank",
    new="1 <= k < rank",
    raises=ValueError,
)
mutate("ex5-word-vectors", "accepts k = 0", old="1 <= k <= rank", new="0 <= k <= rank")
mutate("ex5-word-vectors", "accepts k < 0", old="1 <= k <= rank", new="k and k <= rank")

# === Exercise 6 ============================================================================


@right("ex6-neighbours", "a dict, a small number against zero lengths, pairs sorted by cosine")
def most_similar(word, E, vocab, k):
    if k < 1 or k > len(vocab) - 1:
        raise ValueError("k")
    place = {w: i for i, w in enumerate(vocab)}
    target = np.asarray(E[place[word]], dtype=float)
    found = []
    for w in vocab:
        if w != word:
            v = np.asarray(E[place[w]], dtype=float)
            length = np.linalg.norm(v) * np.linalg.norm(target)
            found.append((w, float(v @ target / (length + 1e-14))))
    found.sort(key=lambda pair: pair[1], reverse=True)
    return found[:k]


@right("ex6-neighbours", "a dict, a small number against zero lengths, pairs sorted by cosine")
def analogy(a, b, c, E, vocab):
    place = {w: i for i, w in enumerate(vocab)}
    E = np.array(E, dtype=float)
    E = E / (np.sqrt((E**2).sum(axis=1, keepdims=True)) + 1e-14)
    target = E[place[b]] - E[place[a]] + E[place[c]]
    rest = [w for w in vocab if w not in (a, b, c)]
    return max(rest, key=lambda w: E[place[w]] @ target)


@right("ex6-neighbours", "argpartition, then the k largest in order")
def most_similar(word, E, vocab, k):
    if word not in vocab:
        raise KeyError(word)
    if not 0 < k < len(vocab):
        raise ValueError("k must be from 1 to V - 1")
    E = np.array(E, dtype=float)
    lengths = np.linalg.norm(E, axis=1)
    lengths[lengths == 0] = 1
    E, i = E / lengths[:, None], vocab.index(word)
    cosines = E @ E[i]
    cosines[i] = -np.inf
    best = np.argpartition(-cosines, k - 1)[:k]
    best = best[np.argsort(cosines[best])[::-1]]
    return list(zip([vocab[j] for j in best], cosines[best].tolist(), strict=True))


@right("ex6-neighbours", "sklearn's cosine_similarity and a pandas Series")
def most_similar(word, E, vocab, k):
    from sklearn.metrics.pairwise import cosine_similarity

    if word not in vocab or not 1 <= k <= len(vocab) - 1:
        raise ValueError("word or k")
    E = np.asarray(E, dtype=float)
    table = pd.Series(cosine_similarity(E[[vocab.index(word)]], E)[0], index=vocab)
    return list(table.drop(word).nlargest(k).items())


@right("ex6-neighbours", "sklearn's cosine_similarity and a pandas Series")
def analogy(a, b, c, E, vocab):
    from sklearn.metrics.pairwise import cosine_similarity
    from sklearn.preprocessing import normalize

    unit = pd.DataFrame(normalize(np.asarray(E, dtype=float)), index=vocab)
    target = unit.loc[b] - unit.loc[a] + unit.loc[c]
    table = pd.Series(cosine_similarity(target.to_numpy()[None], unit)[0], index=vocab)
    return table.drop(list({a, b, c})).idxmax()


@wrong("ex6-neighbours", "distances between the unit vectors: a row of zeros is close to all")
def analogy(a, b, c, E, vocab):
    E, asked = np.asarray(E, dtype=float), [vocab.index(w) for w in (a, b, c)]
    lengths = np.linalg.norm(E, axis=1, keepdims=True)
    unit = E / np.where(lengths > 0, lengths, 1)
    gaps = np.linalg.norm(unit - (unit[asked[1]] - unit[asked[0]] + unit[asked[2]]), axis=1)
    gaps[asked] = np.inf
    return vocab[int(np.argmin(gaps))]


@wrong("ex6-neighbours", "the nearest by distance, lengths as they are")
def most_similar(word, E, vocab, k):
    if not 1 <= k <= len(vocab) - 1:
        raise ValueError("k")
    E, i = np.asarray(E, dtype=float), vocab.index(word)
    gaps = np.linalg.norm(E - E[i], axis=1)
    lengths = np.linalg.norm(E, axis=1)
    cosines = E @ E[i] / np.maximum(lengths * lengths[i], 1e-300)
    order = [j for j in np.argsort(gaps) if j != i]
    return [(vocab[j], float(cosines[j])) for j in order[:k]]


@wrong("ex6-neighbours", "scales the caller's rows in place")
def most_similar(word, E, vocab, k):
    if not 1 <= k <= len(vocab) - 1:
        raise ValueError("k")
    E, i = np.asarray(E, dtype=float), vocab.index(word)
    lengths = np.linalg.norm(E, axis=1, keepdims=True)
    E /= np.where(lengths > 0, lengths, 1)
    cosines = E @ E[i]
    order = [j for j in np.argsort(-cosines) if j != i]
    return [(vocab[j], float(cosines[j])) for j in order[:k]]


@wrong("ex6-neighbours", "only the length of the target is divided away, rows stay as they are")
def analogy(a, b, c, E, vocab):
    E, asked = np.asarray(E, dtype=float), [vocab.index(w) for w in (a, b, c)]
    target = E[asked[1]] - E[asked[0]] + E[asked[2]]
    lengths = np.linalg.norm(E, axis=1)
    cosines = E @ target / np.where(lengths > 0, lengths, 1)
    cosines[asked] = -np.inf
    return vocab[int(np.argmax(cosines))]


@wrong("ex6-neighbours", "scales the caller's rows in place, for the analogy")
def analogy(a, b, c, E, vocab):
    E, asked = np.asarray(E), [vocab.index(w) for w in (a, b, c)]
    lengths = np.linalg.norm(E, axis=1, keepdims=True)
    E /= np.where(lengths > 0, lengths, 1)
    cosines = E @ (E[asked[1]] - E[asked[0]] + E[asked[2]])
    cosines[asked] = -np.inf
    return vocab[int(np.argmax(cosines))]


mutate(
    "ex6-neighbours", "the scalar product", old="cosines = unit @ unit[i]", new="cosines = E @ E[i]"
)
mutate(
    "ex6-neighbours",
    "scales only the others, not the word",
    old="cosines = unit @ unit[i]",
    new="cosines = unit @ E[i]",
)
mutate("ex6-neighbours", "the word is its own neighbour", old=" if j != i]", new="]")
mutate(
    "ex6-neighbours",
    "takes the first place for the word itself",
    old="[j for j in np.argsort(-cosines) if j != i]",
    new="np.argsort(-cosines)[1:]",
)
mutate(
    "ex6-neighbours",
    "leaves out all words with the cosine 1",
    old="if j != i]",
    new="if cosines[j] < 1 - 1e-9]",
)
mutate(
    "ex6-neighbours", "the smallest first", old="np.argsort(-cosines)", new="np.argsort(cosines)"
)
mutate(
    "ex6-neighbours",
    "sorted by the size of the cosine, without its sign",
    old="np.argsort(-cosines)",
    new="np.argsort(-abs(cosines))",
)
mutate(
    "ex6-neighbours",
    "NaN for rows of zeros",
    old="    cosines = unit @ unit[i]\n",
    new="    with np.errstate(all='ignore'):\n        unit = E / lengths\n"
    "    cosines = unit @ unit[i]\n",
)
mutate(
    "ex6-neighbours",
    "two decimals",
    old="float(cosines[j])",
    new="round(float(cosines[j]), 2)",
)
mutate("ex6-neighbours", "accepts k = 0", old="1 <= k <=", new="0 <= k <=")
mutate(
    "ex6-neighbours", "accepts k = V", old="1 <= k <= len(vocab) - 1:", new="1 <= k <= len(vocab):"
)
mutate(
    "ex6-neighbours",
    "refuses k = V - 1",
    old="1 <= k <= len(vocab) - 1:",
    new="1 <= k < len(vocab) - 1:",
    raises=ValueError,
)
mutate(
    "ex6-neighbours",
    "no neighbours for an unknown word",
    old="    if not 1 <= k",
    new="    if word not in vocab:\n        return []\n    if not 1 <= k",
)
mutate(
    "ex6-neighbours",
    "a - b + c",
    old="(unit[asked[1]] - unit[asked[0]] + unit[asked[2]])",
    new="(unit[asked[0]] - unit[asked[1]] + unit[asked[2]])",
)
mutate(
    "ex6-neighbours",
    "the analogy with rows as they are",
    old="unit @ (unit[asked[1]] - unit[asked[0]] + unit[asked[2]])",
    new="E @ (E[asked[1]] - E[asked[0]] + E[asked[2]])",
)
mutate(
    "ex6-neighbours",
    "a word of the question may be the answer",
    old="    cosines[asked] = -np.inf\n",
    new="",
)
mutate(
    "ex6-neighbours",
    "only c is excluded",
    old="cosines[asked] = -np.inf",
    new="cosines[asked[2]] = -np.inf",
)
mutate(
    "ex6-neighbours",
    "only a and b are excluded",
    old="cosines[asked] = -np.inf",
    new="cosines[asked[:2]] = -np.inf",
)
mutate(
    "ex6-neighbours",
    "0 for the words of the question: they win where all others are negative",
    old="cosines[asked] = -np.inf",
    new="cosines[asked] = 0",
)
mutate(
    "ex6-neighbours",
    "-1 for the words of the question: the target is longer than 1",
    old="cosines[asked] = -np.inf",
    new="cosines[asked] = -1",
)
mutate(
    "ex6-neighbours",
    "the answer's place instead of the word",
    old="vocab[int(np.argmax(cosines))]",
    new="int(np.argmax(cosines))",
)

# === Exercise 7 ============================================================================


@right("ex7-embedding-grad", "one-hot rows and a product")
def embedding_grad(ids, dout, V, mask=None):
    ids, dout = np.array(ids), np.array(dout, dtype=float)
    if ids.min() < 0 or ids.max() > V - 1:
        raise ValueError("an id is not in the table")
    if dout.shape[:-1] != ids.shape:
        raise ValueError("dout does not fit to ids")
    if mask is not None:
        if np.shape(mask) != ids.shape:
            raise ValueError("mask does not fit to ids")
        dout = dout * np.array(mask)[:, :, None]
    return np.eye(V)[ids.reshape(-1)].T @ dout.reshape(ids.size, -1)


@right("ex7-embedding-grad", "np.bincount for each column")
def embedding_grad(ids, dout, V, mask=None):
    ids, dout = np.asarray(ids), np.asarray(dout, dtype=np.float64)
    B, T = ids.shape
    if dout.shape[:2] != (B, T):
        raise ValueError(f"dout has the shape {dout.shape}")
    if not np.isin(ids, np.arange(V)).all():
        raise ValueError("ids")
    weights = np.ones((B, T)) if mask is None else np.asarray(mask, dtype=float)
    if weights.shape != (B, T):
        raise ValueError(f"mask has the shape {weights.shape}")
    columns = [
        np.bincount(ids.ravel(), (dout[:, :, i] * weights).ravel(), minlength=V)
        for i in range(dout.shape[2])
    ]
    return np.stack(columns, axis=1)


@right("ex7-embedding-grad", "three loops")
def embedding_grad(ids, dout, V, mask=None):
    if np.shape(dout)[:2] != np.shape(ids):
        raise ValueError("dout")
    if mask is not None and np.shape(mask) != np.shape(ids):
        raise ValueError("mask")
    dE = np.zeros((V, np.shape(dout)[2]))
    for b, row in enumerate(ids):
        for t, v in enumerate(row):
            if v < 0 or v >= V:
                raise ValueError(f"id {v}")
            if mask is None or mask[b][t]:
                for i in range(dE.shape[1]):
                    dE[v, i] += dout[b][t][i]
    return dE


@right("ex7-embedding-grad", "Keras' segment_sum, masked places in a row of their own")
def embedding_grad(ids, dout, V, mask=None):
    ids, dout = np.asarray(ids), np.asarray(dout, dtype="float64")
    valid = np.ones(ids.shape, bool) if mask is None else np.asarray(mask).astype(bool)
    if dout.shape[:2] != ids.shape or valid.shape != ids.shape or ids.min() < 0 or ids.max() >= V:
        raise ValueError("bad input")
    rows = np.where(valid, ids, V).ravel().astype("int32")
    total = keras.ops.segment_sum(dout.reshape(len(rows), -1), rows, num_segments=V + 1)
    return keras.ops.convert_to_numpy(total)[:V]


@wrong("ex7-embedding-grad", "the mean over the places of a word")
def embedding_grad(ids, dout, V, mask=None):
    ids, dout = np.asarray(ids), np.asarray(dout, dtype=float)
    valid = np.ones(ids.shape, bool) if mask is None else np.asarray(mask).astype(bool)
    if dout.shape[:2] != ids.shape or valid.shape != ids.shape or ids.min() < 0 or ids.max() >= V:
        raise ValueError("bad input")
    dE, count = np.zeros((V, dout.shape[2])), np.zeros((V, 1))
    np.add.at(dE, ids[valid], dout[valid])
    np.add.at(count, ids[valid], 1)
    return dE / np.maximum(count, 1)


@wrong("ex7-embedding-grad", "sets masked gradients to 0 in the caller's array")
def embedding_grad(ids, dout, V, mask=None):
    ids, dout = np.asarray(ids), np.asarray(dout, dtype=float)
    if dout.shape[:2] != ids.shape or ids.min() < 0 or ids.max() >= V:
        raise ValueError("bad input")
    if mask is not None:
        if np.shape(mask) != ids.shape:
            raise ValueError("mask")
        dout[~np.asarray(mask).astype(bool)] = 0
    dE = np.zeros((V, dout.shape[2]))
    np.add.at(dE, ids, dout)
    return dE


@wrong("ex7-embedding-grad", "puts masked places on row 0 and clears that row")
def embedding_grad(ids, dout, V, mask=None):
    ids, dout = np.asarray(ids), np.asarray(dout, dtype=float)
    if dout.shape[:2] != ids.shape or ids.min() < 0 or ids.max() >= V:
        raise ValueError("bad input")
    if mask is not None and np.shape(mask) != ids.shape:
        raise ValueError("mask")
    dE = np.zeros((V, dout.shape[2]))
    if mask is not None:
        ids = np.where(mask, ids, 0)
    np.add.at(dE, ids, dout)
    if mask is not None:
        dE[0] = 0
    return dE


mutate(
    "ex7-embedding-grad",
    "+= at a list of places: the last one wins",
    old="np.add.at(dE, ids[valid], dout[valid])",
    new="dE[ids[valid]] += dout[valid]",
)
mutate(
    "ex7-embedding-grad",
    "only the first row of the batch",
    old="np.add.at(dE, ids[valid], dout[valid])",
    new="np.add.at(dE, ids[0][valid[0]], dout[0][valid[0]])",
)
mutate(
    "ex7-embedding-grad",
    "the places in another order than their gradients",
    old="dout[valid])",
    new="dout.transpose(1, 0, 2)[valid.T])",
)
mutate(
    "ex7-embedding-grad",
    "the axis d mixed with the places",
    old="np.add.at(dE, ids[valid], dout[valid])",
    new="flat = dout.reshape(dout.shape[2], -1).T\n"
    "    np.add.at(dE, ids[valid], flat[valid.ravel()])",
)
mutate("ex7-embedding-grad", "padding counts", old="ids[valid], dout[valid]", new="ids, dout")
mutate(
    "ex7-embedding-grad",
    "leaves out the places where the mask is True",
    old="np.asarray(mask).astype(bool)",
    new="~np.asarray(mask).astype(bool)",
)
mutate(
    "ex7-embedding-grad",
    "a mask of 0 and 1 chooses rows 0 and 1",
    old="np.asarray(mask).astype(bool)",
    new="np.asarray(mask)",
)
mutate(
    "ex7-embedding-grad",
    "id 0 is always padding",
    old="    dE = np.zeros",
    new="    valid = valid & (ids != 0)\n    dE = np.zeros",
)
mutate(
    "ex7-embedding-grad",
    "as many rows as the largest id needs",
    old="np.zeros((V,",
    new="np.zeros((ids.max() + 1,",
)
mutate(
    "ex7-embedding-grad",
    "a negative id counts from the end",
    old="ids.min() < 0 or ids.max() >= V",
    new="ids.max() >= V",
)
mutate(
    "ex7-embedding-grad",
    "an IndexError for the id V",
    old="ids.max() >= V",
    new="ids.max() > V",
)
mutate(
    "ex7-embedding-grad",
    "looks at ids below -V only",
    old="ids.min() < 0",
    new="ids.min() < -V",
)
mutate(
    "ex7-embedding-grad",
    "counts the places of dout, whatever their shape",
    old="dout.shape[:2] != ids.shape or dout.ndim != 3:",
    new="dout.ndim != 3 or dout.size != ids.size * dout.shape[2]:",
)
mutate(
    "ex7-embedding-grad",
    "any ids that NumPy can broadcast to dout",
    old="    if dout.shape[:2]",
    new="    if ids.shape[0] in (1, len(dout)) and ids.shape[1] in (1, dout.shape[1]):\n"
    "        ids = np.broadcast_to(ids, dout.shape[:2])\n    if dout.shape[:2]",
)
mutate(
    "ex7-embedding-grad",
    "any mask that NumPy can broadcast to ids",
    old="    if valid.shape",
    new="    valid = np.broadcast_to(valid, ids.shape)\n    if valid.shape",
)
mutate(
    "ex7-embedding-grad",
    "a mask of the right size is reshaped",
    old="if valid.shape != ids.shape:",
    new="valid = valid.reshape(ids.shape) if valid.size == ids.size else valid\n"
    "    if valid.shape != ids.shape:",
)

# === Exercise 8 ============================================================================


@right("ex8-classifier", "both directions, and logits of shape (B,)")
def build_classifier(vocab_size, cell="gru"):
    if cell not in ("gru", "lstm"):
        raise ValueError("cell")
    if vocab_size < 3:
        raise ValueError("vocab_size")
    layer = keras.layers.GRU(12) if cell == "gru" else keras.layers.LSTM(12)
    ids = keras.Input((None,), dtype="int32")
    x = keras.layers.Embedding(vocab_size, 12, mask_zero=True)(ids)
    x = keras.layers.Bidirectional(layer)(x)
    return keras.Model(ids, keras.layers.Reshape(())(keras.layers.Dense(1)(x)))


@right("ex8-classifier", "the last of all states: a masked step repeats the one before")
def build_classifier(vocab_size, cell="gru"):
    if cell not in ("gru", "lstm") or vocab_size < 3:
        raise ValueError("cell or vocab_size")
    layer = {"gru": keras.layers.GRU, "lstm": keras.layers.LSTM}[cell]
    ids = keras.Input((None,))
    x = keras.layers.Embedding(vocab_size, 16, mask_zero=True)(ids)
    states = layer(24, return_sequences=True)(x)
    model = keras.Model(ids, keras.layers.Dense(1)(states[:, -1]))
    model.compile("adam", keras.losses.BinaryCrossentropy(from_logits=True))
    return model


@right("ex8-classifier", "a weighted mean of the states with a mask of its own")
def build_classifier(vocab_size, cell="gru"):
    if cell not in ("gru", "lstm") or vocab_size < 3:
        raise ValueError("cell or vocab_size")

    class Pool(keras.layers.Layer):
        def __init__(self):
            super().__init__()
            self.score = keras.layers.Dense(1)

        def build(self, shape):
            self.score.build(shape)

        def call(self, states, ids):
            scores = self.score(states)[:, :, 0] - 1e9 * keras.ops.cast(ids == 0, "float32")
            return keras.ops.sum(keras.ops.softmax(scores)[:, :, None] * states, axis=1)

    ids = keras.Input((None,), dtype="int32")
    x = keras.layers.Embedding(vocab_size, 16)(ids)
    layer = keras.layers.GRU if cell == "gru" else keras.layers.LSTM
    states = layer(24, return_sequences=True)(x)
    return keras.Model(ids, keras.layers.Dense(1)(Pool()(states, ids)))


@wrong("ex8-classifier", "a mean of the embeddings: a bag of words")
def build_classifier(vocab_size, cell="gru"):
    if cell not in ("gru", "lstm") or vocab_size < 3:
        raise ValueError("cell or vocab_size")
    return keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            keras.layers.Embedding(vocab_size, 16, mask_zero=True),
            keras.layers.GlobalAveragePooling1D(),
            keras.layers.Dense(32, activation="relu"),
            keras.layers.Dense(1),
        ]
    )


@wrong("ex8-classifier", "Flatten: one length only", raises=ValueError)
def build_classifier(vocab_size, cell="gru"):
    if cell not in ("gru", "lstm") or vocab_size < 3:
        raise ValueError("cell or vocab_size")
    return keras.Sequential(
        [
            keras.Input((16,), dtype="int32"),
            keras.layers.Embedding(vocab_size, 8, mask_zero=True),
            keras.layers.Flatten(),
            keras.layers.Dense(1),
        ]
    )


mutate("ex8-classifier", "no mask", old=", mask_zero=True", new="")
mutate(
    "ex8-classifier",
    "no mask, and the last of all states",
    old=", mask_zero=True),\n            kinds[cell](32),",
    new="),\n            kinds[cell](32, return_sequences=True),\n"
    "            keras.layers.Lambda(lambda states: states[:, -1]),",
)
mutate(
    "ex8-classifier", "a sigmoid at the end", old="Dense(1)", new='Dense(1, activation="sigmoid")'
)
mutate(
    "ex8-classifier",
    "a logit for each step",
    old="kinds[cell](32)",
    new="kinds[cell](32, return_sequences=True)",
)
mutate("ex8-classifier", "two outputs, one for each class", old="Dense(1)", new="Dense(2)")
mutate("ex8-classifier", "too many parameters", old="vocab_size, 16", new="vocab_size, 100")
mutate(
    "ex8-classifier",
    "always a GRU",
    old="kinds[cell](32)",
    new='kinds["gru"](32)',
)
mutate(
    "ex8-classifier",
    "takes the cell's name in capitals, too",
    old="    if cell not in kinds:",
    new="    cell = cell.lower()\n    if cell not in kinds:",
)
mutate("ex8-classifier", "accepts vocab_size = 2", old="vocab_size < 3", new="vocab_size < 2")

# === Exercise 9 ============================================================================


@right("ex9-evaluation", "ranks, ties with their mean rank; np.bincount of n y + y_hat")
def roc_auc(y, score):
    from scipy.stats import rankdata

    y, score = np.array(y), np.array(score, dtype=float)
    if len(y) != len(score):
        raise ValueError("lengths")
    if not np.isin(y, [0, 1]).all() or y.min(initial=1) == y.max(initial=0):
        raise ValueError("labels")
    if len(y) == 0:
        raise ValueError("no labels")
    m = int((y == 1).sum())
    ranks = rankdata(score)[y == 1]
    return float((ranks.sum() - m * (m + 1) / 2) / (m * (len(y) - m)))


@right("ex9-evaluation", "ranks, ties with their mean rank; np.bincount of n y + y_hat")
def confusion(y, y_hat, n):
    y, y_hat = np.array(y, dtype=int), np.array(y_hat, dtype=int)
    if len(y) != len(y_hat):
        raise ValueError("lengths")
    both = np.concatenate([y, y_hat])
    if ((both < 0) | (both >= n)).any():
        raise ValueError("classes")
    return np.bincount(n * y + y_hat, minlength=n * n).reshape(n, n)


@right("ex9-evaluation", "loops over pairs of texts")
def roc_auc(y, score):
    y, score = list(y), list(score)
    if len(y) != len(score) or set(y) != {0, 1}:
        raise ValueError("bad input")
    wins = total = 0
    for label, p in zip(y, score, strict=True):
        for other, q in zip(y, score, strict=True):
            if label == 1 and other == 0:
                total += 1
                wins += 1 if p > q else 0.5 if p == q else 0
    return wins / total


@right("ex9-evaluation", "loops over pairs of texts")
def confusion(y, y_hat, n):
    y, y_hat = list(y), list(y_hat)
    if len(y) != len(y_hat):
        raise ValueError("lengths")
    matrix = np.zeros((n, n), dtype=np.int64)
    for i, j in zip(y, y_hat, strict=True):
        if i not in range(n) or j not in range(n):
            raise ValueError("class")
        matrix[i, j] += 1
    return matrix


@right("ex9-evaluation", "the area under sklearn's curve; comparisons with all classes")
def roc_auc(y, score):
    y, score = np.asarray(y), np.asarray(score, dtype=float)
    if y.shape != score.shape or sorted(set(y.tolist())) != [0, 1]:
        raise ValueError("bad input")
    false, true, _ = roc_curve(y, score)
    return float(np.trapezoid(true, false))


@right("ex9-evaluation", "the area under sklearn's curve; comparisons with all classes")
def confusion(y, y_hat, n):
    y, y_hat = np.asarray(y), np.asarray(y_hat)
    if y.shape != y_hat.shape:
        raise ValueError("lengths")
    classes = np.arange(n)
    one, two = (y[:, None] == classes).astype(int), (y_hat[:, None] == classes).astype(int)
    if one.sum() != len(y) or two.sum() != len(y):
        raise ValueError("a class is not known")
    return one.T @ two


@wrong("ex9-evaluation", "steps from text to text: ties in the order of the list")
def roc_auc(y, score):
    y, score = np.asarray(y), np.asarray(score, dtype=float)
    if y.shape != score.shape or set(np.unique(y)) != {0, 1}:
        raise ValueError("bad input")
    y = y[np.argsort(-score, kind="stable")]
    true = np.concatenate([[0], np.cumsum(y) / y.sum()])
    false = np.concatenate([[0], np.cumsum(1 - y) / (1 - y).sum()])
    return float(np.trapezoid(true, false))


@wrong("ex9-evaluation", "ranks without ties")
def roc_auc(y, score):
    y, score = np.asarray(y), np.asarray(score, dtype=float)
    if y.shape != score.shape or set(np.unique(y)) != {0, 1}:
        raise ValueError("bad input")
    ranks = score.argsort().argsort() + 1
    m = (y == 1).sum()
    return float((ranks[y == 1].sum() - m * (m + 1) / 2) / (m * (len(y) - m)))


@wrong("ex9-evaluation", "answers at the threshold 0.5 instead of scores")
def roc_auc(y, score):
    y, answer = np.asarray(y), np.asarray(score, dtype=float) > 0.5
    if y.shape != answer.shape or set(np.unique(y)) != {0, 1}:
        raise ValueError("bad input")
    return float((answer[y == 1].mean() + 1 - answer[y == 0].mean()) / 2)


@wrong("ex9-evaluation", "Series as they come: lines up their indices")
def roc_auc(y, score):
    if len(y) != len(score) or set(y) != {0, 1}:
        raise ValueError("bad input")
    table = pd.DataFrame({"y": y, "score": score})
    ones, zeros = table["score"][table["y"] == 1], table["score"][table["y"] == 0]
    gap = ones.to_numpy()[:, None] - zeros.to_numpy()
    return float(np.mean((np.sign(gap) + 1) / 2))


@wrong("ex9-evaluation", "pd.crosstab, which lines up the indices of Series")
def confusion(y, y_hat, n):
    if len(y) != len(y_hat):
        raise ValueError("lengths")
    if not set(y) | set(y_hat) <= set(range(n)):
        raise ValueError("classes")
    if len(y) == 0:
        return np.zeros((n, n), dtype=int)
    y, y_hat = (a if isinstance(a, pd.Series) else pd.Series(a) for a in (y, y_hat))
    table = pd.crosstab(y, y_hat).reindex(index=range(n), columns=range(n), fill_value=0)
    return table.to_numpy()


@wrong("ex9-evaluation", "y[i] for a Series is its label, not its place", raises=KeyError)
def confusion(y, y_hat, n):
    if len(y) != len(y_hat):
        raise ValueError("lengths")
    if not set(y) | set(y_hat) <= set(range(n)):
        raise ValueError("classes")
    matrix = np.zeros((n, n), dtype=int)
    for i in range(len(y)):
        matrix[y[i], y_hat[i]] += 1
    return matrix


@wrong("ex9-evaluation", "an empty list has no whole numbers", raises=IndexError)
def confusion(y, y_hat, n):
    y, y_hat = np.asarray(y), np.asarray(y_hat)
    if y.shape != y_hat.shape:
        raise ValueError("lengths")
    if ((y < 0) | (y >= n) | (y_hat < 0) | (y_hat >= n)).any():
        raise ValueError("classes")
    matrix = np.zeros((n, n), dtype=int)
    np.add.at(matrix, (y, y_hat), 1)
    return matrix


mutate(
    "ex9-evaluation",
    "the signs turned",
    old="score[y == 1][:, None] - score[y == 0]",
    new="score[y == 0][:, None] - score[y == 1]",
)
mutate("ex9-evaluation", "a tie is a win", old="(np.sign(gap) + 1) / 2", new="gap >= 0")
mutate("ex9-evaluation", "a tie is a loss", old="(np.sign(gap) + 1) / 2", new="gap > 0")
mutate(
    "ex9-evaluation",
    "ties are left out",
    old="np.mean((np.sign(gap) + 1) / 2)",
    new="np.mean(gap[gap != 0] > 0)",
)
mutate("ex9-evaluation", "wins without dividing by the pairs", old="np.mean((", new="np.sum((")
mutate(
    "ex9-evaluation",
    "half for labels of one kind",
    old="    if set(np.unique(y)) != {0, 1}:",
    new="    if len(set(np.unique(y))) == 1:\n        return 0.5\n"
    "    if set(np.unique(y)) != {0, 1}:",
)
mutate(
    "ex9-evaluation",
    "every label but 1 is negative",
    old="set(np.unique(y)) != {0, 1}",
    new="not 0 < (y == 1).sum() < len(y)",
)
mutate(
    "ex9-evaluation",
    "two kinds of labels, whatever they are",
    old="set(np.unique(y)) != {0, 1}:",
    new="len(np.unique(y)) != 2:\n        raise ValueError\n    y = (y == y.max()).astype(int)\n"
    "    if False:",
)
mutate(
    "ex9-evaluation",
    "makes whole numbers of the labels first",
    old="y, score = np.asarray(y), np",
    new="y, score = np.asarray(y, dtype=int), np",
)
mutate(
    "ex9-evaluation",
    "looks at the smallest and the largest label only",
    old="set(np.unique(y)) != {0, 1}",
    new="not len(y) or y.min() != 0 or y.max() != 1",
)
mutate(
    "ex9-evaluation",
    "cuts the longer one off",
    old="    if y.shape != score.shape:",
    new="    y, score = y[: len(score)], score[: len(y)]\n    if y.shape != score.shape:",
)
mutate(
    "ex9-evaluation",
    "rows are the answers",
    old="(matrix, (y, y_hat), 1)",
    new="(matrix, (y_hat, y), 1)",
)
mutate(
    "ex9-evaluation",
    "+= at a list of places: each entry is 0 or 1",
    old="np.add.at(matrix, (y, y_hat), 1)",
    new="matrix[y, y_hat] += 1",
)
mutate(
    "ex9-evaluation",
    "shares of each row",
    old="    return matrix",
    new="    return matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)",
)
mutate(
    "ex9-evaluation",
    "a matrix of floats",
    old="np.zeros((n, n), dtype=int)",
    new="np.zeros((n, n))",
)
mutate(
    "ex9-evaluation",
    "only the classes that occur",
    old="    return matrix",
    new="    used = np.union1d(y, y_hat)\n    return matrix[np.ix_(used, used)]",
)
mutate(
    "ex9-evaluation",
    "accepts negative classes",
    old="(0 <= values) & (values < n)",
    new="(-n <= values) & (values < n)",
)
mutate(
    "ex9-evaluation",
    "an IndexError for the class n",
    old="(0 <= values) & (values < n)",
    new="(0 <= values) & (values <= n)",
)
mutate(
    "ex9-evaluation",
    "looks at the true classes only",
    old='for name, values in (("y", y), ("y_hat", y_hat)):',
    new='for name, values in (("y", y),):',
)
mutate(
    "ex9-evaluation",
    "looks at the answers only",
    old='for name, values in (("y", y), ("y_hat", y_hat)):',
    new='for name, values in (("y_hat", y_hat),):',
)
mutate(
    "ex9-evaluation",
    "one label stands for all answers",
    old="if y.shape != y_hat.shape:",
    new="if y.shape != y_hat.shape and len(y) != 1:",
)

# === Exercise 10 ===========================================================================


@right("ex10-byte-pairs", "words as tuples, rebuilt in each round")
def bpe_merges(word_counts, n):
    if n < 0:
        raise ValueError("n must not be negative")
    words = {tuple(word): count for word, count in word_counts.items()}
    merges = []
    for _ in range(n):
        pairs = {}
        for word, count in words.items():
            for i in range(len(word) - 1):
                pair = word[i], word[i + 1]
                pairs[pair] = pairs.get(pair, 0) + count
        if len(pairs) == 0:
            return merges
        most = max(pairs.values())
        best = sorted(pair for pair in pairs if pairs[pair] == most)[0]
        merges.append(best)
        new_words = {}
        for word, count in words.items():
            new, i = [], 0
            while i < len(word):
                if word[i : i + 2] == best:
                    new.append(best[0] + best[1])
                    i += 2
                else:
                    new.append(word[i])
                    i += 1
            new_words[tuple(new)] = count
        words = new_words
    return merges


@right("ex10-byte-pairs", "symbols between blanks, merged by a regular expression")
def bpe_merges(word_counts, n):
    import re

    if n < 0:
        raise ValueError("n")
    texts, merges = [(" ".join(word), count) for word, count in word_counts.items()], []
    while len(merges) < n:
        pairs = Counter()
        for text, count in texts:
            for pair in itertools.pairwise(text.split(" ")):
                pairs[pair] += count
        if not pairs:
            break
        best = sorted(pairs.items(), key=lambda item: (-item[1], item[0]))[0][0]
        merges.append(best)
        find = re.compile(r"(?<!\S)" + re.escape(" ".join(best)) + r"(?!\S)")
        texts = [(find.sub(lambda _: "".join(best), text), count) for text, count in texts]  # noqa: B023
    return merges


@right("ex10-byte-pairs", "counts kept from round to round, only changed words counted anew")
def bpe_merges(word_counts, n):
    if n < 0:
        raise ValueError("n")
    words = [[list(word), count] for word, count in word_counts.items()]
    pairs = Counter()
    for symbols, count in words:
        for pair in itertools.pairwise(symbols):
            pairs[pair] += count
    merges = []
    while len(merges) < n and max(pairs.values(), default=0) > 0:
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        for entry in words:
            symbols, count = entry
            if best not in itertools.pairwise(symbols):
                continue
            for pair in itertools.pairwise(symbols):
                pairs[pair] -= count
            merged = []
            for symbol in symbols:
                if merged and (merged[-1], symbol) == best:
                    merged[-1] += symbol
                else:
                    merged.append(symbol)
            entry[0] = merged
            for pair in itertools.pairwise(merged):
                pairs[pair] += count
    return merges


@wrong("ex10-byte-pairs", "str.replace between blanks: merges the ends of longer symbols")
def bpe_merges(word_counts, n):
    if n < 0:
        raise ValueError("n")
    texts, merges = [(" ".join(word), count) for word, count in word_counts.items()], []
    while len(merges) < n:
        pairs = Counter()
        for text, count in texts:
            for pair in itertools.pairwise(text.split()):
                pairs[pair] += count
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        texts = [(text.replace(" ".join(best), "".join(best)), count) for text, count in texts]
    return merges


@wrong("ex10-byte-pairs", "adds the new pairs and never takes the old ones away")
def bpe_merges(word_counts, n):
    if n < 0:
        raise ValueError("n")
    words, merges = [(list(word), count) for word, count in word_counts.items()], []
    pairs = Counter()
    for symbols, count in words:
        for pair in itertools.pairwise(symbols):
            pairs[pair] += count
    while len(merges) < n and pairs:
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        del pairs[best]
        for symbols, count in words:
            i = 0
            while i < len(symbols) - 1:
                if (symbols[i], symbols[i + 1]) == best:
                    symbols[i : i + 2] = ["".join(best)]
                    if i > 0:
                        pairs[symbols[i - 1], symbols[i]] += count
                    if i + 1 < len(symbols):
                        pairs[symbols[i], symbols[i + 1]] += count
                i += 1
    return merges


@wrong("ex10-byte-pairs", "counts once: the n most frequent pairs of characters")
def bpe_merges(word_counts, n):
    if n < 0:
        raise ValueError("n")
    pairs = Counter()
    for word, count in word_counts.items():
        for pair in itertools.pairwise(word):
            pairs[pair] += count
    return sorted(pairs, key=lambda pair: (-pairs[pair], pair))[:n]


@wrong("ex10-byte-pairs", "merges from right to left")
def bpe_merges(word_counts, n):
    if n < 0:
        raise ValueError("n")
    words, merges = [(list(word), count) for word, count in word_counts.items()], []
    while len(merges) < n:
        pairs = Counter()
        for symbols, count in words:
            for pair in itertools.pairwise(symbols):
                pairs[pair] += count
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        for symbols, _ in words:
            for i in range(len(symbols) - 2, -1, -1):
                if tuple(symbols[i : i + 2]) == best:
                    symbols[i : i + 2] = ["".join(best)]
    return merges


@wrong("ex10-byte-pairs", "pairs that do not overlap: aaa holds (a, a) once")
def bpe_merges(word_counts, n):
    if n < 0:
        raise ValueError("n")
    words, merges = [(list(word), count) for word, count in word_counts.items()], []
    while len(merges) < n:
        pairs = Counter()
        for symbols, count in words:
            last = None
            for i, pair in enumerate(itertools.pairwise(symbols)):
                if last is not None and last == (i - 1, pair):
                    last = None
                    continue
                pairs[pair] += count
                last = i, pair
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        for symbols, _ in words:
            i = 0
            while i < len(symbols) - 1:
                if tuple(symbols[i : i + 2]) == best:
                    symbols[i : i + 2] = ["".join(best)]
                i += 1
    return merges


@wrong("ex10-byte-pairs", "takes the words out of the caller's dictionary")
def bpe_merges(word_counts, n):
    if n < 0:
        raise ValueError("n")
    for word in list(word_counts):
        word_counts[tuple(word)] = word_counts.pop(word)
    words, merges = [(list(word), count) for word, count in word_counts.items()], []
    while len(merges) < n:
        pairs = Counter()
        for symbols, count in words:
            for pair in itertools.pairwise(symbols):
                pairs[pair] += count
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        for symbols, _ in words:
            i = 0
            while i < len(symbols) - 1:
                if tuple(symbols[i : i + 2]) == best:
                    symbols[i : i + 2] = ["".join(best)]
                i += 1
    return merges


mutate(
    "ex10-byte-pairs",
    "of equal counts, the pair that came first",
    old="min(counts, key=lambda pair: (-counts[pair], pair))",
    new="counts.most_common(1)[0][0]",
)
mutate(
    "ex10-byte-pairs",
    "of equal counts, the largest pair",
    old="min(counts, key=lambda pair: (-counts[pair], pair))",
    new="max(counts, key=lambda pair: (counts[pair], pair))",
)
mutate(
    "ex10-byte-pairs",
    "of equal counts, the smallest merged symbol",
    old="(-counts[pair], pair))",
    new='(-counts[pair], "".join(pair)))',
)
mutate(
    "ex10-byte-pairs", "the rarest pair", old="(-counts[pair], pair)", new="(counts[pair], pair)"
)
mutate(
    "ex10-byte-pairs",
    "each word counts once",
    old="counts[left, right] += count",
    new="counts[left, right] += 1",
)
mutate(
    "ex10-byte-pairs",
    "a pair counts once in a word",
    old="in itertools.pairwise(symbols):",
    new="in set(itertools.pairwise(symbols)):",
)
mutate(
    "ex10-byte-pairs",
    "merges the first occurrence in each word only",
    old='symbols[i : i + 2] = ["".join(best)]',
    new='symbols[i : i + 2] = ["".join(best)]\n                    break',
)
mutate(
    "ex10-byte-pairs",
    "jumps over a symbol after each merge",
    old='symbols[i : i + 2] = ["".join(best)]',
    new='symbols[i : i + 2] = ["".join(best)]\n                    i += 1',
)
mutate(
    "ex10-byte-pairs",
    "does not look at the last pair of a word",
    old="while i < len(symbols) - 1:",
    new="while i < len(symbols) - 2:",
)
mutate(
    "ex10-byte-pairs",
    "does not stop: no largest count of nothing",
    old="        if not counts:\n            break\n",
    new="",
    raises=ValueError,
)
mutate(
    "ex10-byte-pairs",
    "stops when the largest count is 1",
    old="if not counts:",
    new="if max(counts.values(), default=0) < 2:",
)
mutate(
    "ex10-byte-pairs",
    "a symbol for the end of the word",
    old="(list(word), count)",
    new='([*word, "</w>"], count)',
)
mutate(
    "ex10-byte-pairs",
    "the merged symbols, not the pairs",
    old="merges.append(best)",
    new='merges.append("".join(best))',
)
mutate("ex10-byte-pairs", "one merge too many", old="len(merges) < n:", new="len(merges) <= n:")
mutate("ex10-byte-pairs", "no merges for a negative n", old="if n < 0:", new="if False:")
mutate("ex10-byte-pairs", "refuses n = 0", old="if n < 0:", new="if n <= 0:", raises=ValueError)
