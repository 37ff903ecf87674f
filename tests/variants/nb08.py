"""Answers to the exercises of notebook 08, as students write them.

Every function runs in the notebook's namespace, which has what the setup cell imports and
defines (``PAD``, ``START``, ``END``, ``UNK``, the pairs of dates) and the exercise's own solution,
but no answers to other exercises; what else it needs, it imports itself.
"""

# All answers to an exercise bear its name, and the numbers of special tokens are the notebook's:
# ruff: noqa: F811, F821

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tests.variants import mutate, right, wrong

if TYPE_CHECKING:  # answers run among the notebook's names; loading Keras here takes seconds
    import keras

# === Exercise 1 ============================================================================


@right("ex1-encode-pairs", "ragged lists first, keras.utils.pad_sequences at the end")
def encode_pairs(src, tgt, src_vocab, tgt_vocab, max_src, max_tgt):
    if len(src) != len(tgt):
        raise ValueError("as many sources as targets, please")
    if any(len(s) > max_src for s in src) or any(len(t) > max_tgt for t in tgt):
        raise ValueError("a sequence is too long")
    if not all(token in tgt_vocab for t in tgt for token in t):
        raise ValueError("unknown token in a target")
    sources = [[src_vocab.get(token, UNK) for token in s] for s in src]
    targets = [[tgt_vocab[token] for token in t] for t in tgt]
    pad = keras.utils.pad_sequences
    return (
        pad(sources, max_src, padding="post"),
        pad([[START, *t] for t in targets], max_tgt + 1, padding="post"),
        pad([[*t, END] for t in targets], max_tgt + 1, padding="post"),
    )


@right("ex1-encode-pairs", "whole targets with START and END, cut at both ends")
def encode_pairs(src, tgt, src_vocab, tgt_vocab, max_src, max_tgt):
    if len(src) != len(tgt):
        raise ValueError("different numbers of sources and targets")
    n = len(src)
    enc = np.full((n, max_src), PAD, dtype=np.int32)
    whole = np.full((n, max_tgt + 2), PAD, dtype=np.int32)
    for i in range(n):
        if len(src[i]) > max_src or len(tgt[i]) > max_tgt:
            raise ValueError("too long")
        for j, token in enumerate(src[i]):
            enc[i, j] = src_vocab.get(token, UNK)
        whole[i, 0] = START
        for j, token in enumerate(tgt[i]):
            if token not in tgt_vocab:
                raise ValueError(f"unknown target {token!r}")
            whole[i, j + 1] = tgt_vocab[token]
        whole[i, len(tgt[i]) + 1] = END
    dec_in = np.where(whole == END, PAD, whole)[:, :-1]
    return enc, dec_in, whole[:, 1:]


@right("ex1-encode-pairs", "lists of lists, filled up by hand")
def encode_pairs(src, tgt, src_vocab, tgt_vocab, max_src, max_tgt):
    def filled(numbers, length):
        if len(numbers) > length:
            raise ValueError("a sequence is too long")
        return numbers + [0] * (length - len(numbers))

    enc, dec_in, dec_out = [], [], []
    if len(src) != len(tgt):
        raise ValueError("src and tgt must have the same length")
    for s, t in zip(src, tgt, strict=True):
        try:
            numbers = [tgt_vocab[token] for token in t]
        except KeyError as error:
            raise ValueError("a target token is not in the vocabulary") from error
        enc.append(filled([src_vocab.get(token, 3) for token in s], max_src))
        dec_in.append(filled([1, *numbers], max_tgt + 1))
        dec_out.append(filled([*numbers, 2], max_tgt + 1))
    return tuple(np.array(rows, dtype=int) for rows in (enc, dec_in, dec_out))


mutate(
    "ex1-encode-pairs",
    "no shift: the decoder sees the answer",
    old="= [START, *numbers]",
    new="= [*numbers, END]",
)
mutate(
    "ex1-encode-pairs",
    "START at the front of both",
    old="= [*numbers, END]",
    new="= [START, *numbers]",
)
mutate(
    "ex1-encode-pairs",
    "END in the input too, where there is room",
    old="dec_in[i, : len(target) + 1] = [START, *numbers]",
    new="dec_in[i, : len(target) + 2] = [START, *numbers, END][: max_tgt + 1]",
)
mutate(
    "ex1-encode-pairs",
    "no END",
    old="dec_out[i, : len(target) + 1] = [*numbers, END]",
    new="dec_out[i, : len(target)] = numbers",
)
mutate(
    "ex1-encode-pairs",
    "padding before the source",
    old="enc[i, : len(source)] =",
    new="enc[i, max_src - len(source) :] =",
)
mutate(
    "ex1-encode-pairs",
    "no place for START and END",
    old="len(target) > max_tgt:",
    new="len(target) >= max_tgt:",
    raises=ValueError,
)
mutate(
    "ex1-encode-pairs",
    "a column too many",
    old="np.zeros((len(src), max_tgt + 1)",
    new="np.zeros((len(src), max_tgt + 2)",
)
mutate(
    "ex1-encode-pairs",
    "one array with two names",
    old="dec_in, dec_out = (np.zeros((len(src), max_tgt + 1), dtype=np.int64) for _ in range(2))",
    new="dec_in = dec_out = np.zeros((len(src), max_tgt + 1), dtype=np.int64)",
)
mutate(
    "ex1-encode-pairs",
    "cuts long sources off",
    old="        unknown =",
    new="        source = source[:max_src]\n        unknown =",
)
mutate(
    "ex1-encode-pairs",
    "cuts long targets off",
    old="        unknown =",
    new="        target = target[:max_tgt]\n        unknown =",
)
mutate(
    "ex1-encode-pairs",
    "an unknown source token is an error",
    old="src_vocab.get(token, UNK)",
    new="src_vocab[token]",
    raises=KeyError,
)
mutate(
    "ex1-encode-pairs",
    "leaves unknown source tokens out",
    old="[src_vocab.get(token, UNK) for token in source]",
    new="([src_vocab[t] for t in source if t in src_vocab] + [0] * max_src)[: len(source)]",
)
mutate(
    "ex1-encode-pairs",
    "UNK entered into the vocabulary that was handed in",
    old="src_vocab.get(token, UNK)",
    new="src_vocab.setdefault(token, UNK)",
)
mutate(
    "ex1-encode-pairs",
    "zip stops at the shorter list",
    old="if len(src) != len(tgt):",
    new="if False:",
)
mutate(
    "ex1-encode-pairs",
    "looks for missing targets only",
    old="if len(src) != len(tgt):",
    new="if len(src) > len(tgt):",
)
mutate(
    "ex1-encode-pairs",
    "one byte per number",
    old="enc = np.zeros((len(src), max_src), dtype=np.int64)",
    new="enc = np.zeros((len(src), max_src), dtype=np.int8)",
    raises=OverflowError,
)
mutate(
    "ex1-encode-pairs",
    "floats",
    old="enc = np.zeros((len(src), max_src), dtype=np.int64)",
    new="enc = np.zeros((len(src), max_src))",
)


@wrong("ex1-encode-pairs", "unknown targets become UNK")
def encode_pairs(src, tgt, src_vocab, tgt_vocab, max_src, max_tgt):
    if len(src) != len(tgt):
        raise ValueError("different lengths")
    enc = np.zeros((len(src), max_src), dtype=int)
    dec_in = np.zeros((len(src), max_tgt + 1), dtype=int)
    dec_out = np.zeros((len(src), max_tgt + 1), dtype=int)
    for i, (s, t) in enumerate(zip(src, tgt, strict=True)):
        if len(s) > max_src or len(t) > max_tgt:
            raise ValueError("too long")
        enc[i, : len(s)] = [src_vocab.get(token, UNK) for token in s]
        numbers = [tgt_vocab.get(token, UNK) for token in t]
        dec_in[i, : len(t) + 1] = [START, *numbers]
        dec_out[i, : len(t) + 1] = [*numbers, END]
    return enc, dec_in, dec_out


@wrong("ex1-encode-pairs", "appends END to the target that was handed in", raises=AttributeError)
def encode_pairs(src, tgt, src_vocab, tgt_vocab, max_src, max_tgt):
    if len(src) != len(tgt):
        raise ValueError("different lengths")
    vocab = {**tgt_vocab, "END": END, "START": START}
    enc = np.zeros((len(src), max_src), dtype=int)
    dec_in = np.zeros((len(src), max_tgt + 1), dtype=int)
    dec_out = np.zeros((len(src), max_tgt + 1), dtype=int)
    for i, (s, t) in enumerate(zip(src, tgt, strict=True)):
        if len(s) > max_src or len(t) > max_tgt or any(token not in vocab for token in t):
            raise ValueError("too long or unknown")
        enc[i, : len(s)] = [src_vocab.get(token, UNK) for token in s]
        dec_in[i, : len(t) + 1] = [START] + [vocab[token] for token in t]
        t.append("END")
        dec_out[i, : len(t)] = [vocab[token] for token in t]
    return enc, dec_in, dec_out


# === Exercise 2 ============================================================================


@right("ex2-masked-cross-entropy", "scipy's logsumexp and a one-hot product")
def masked_cross_entropy(logits, y, mask):
    from scipy.special import logsumexp

    mask = np.asarray(mask, dtype=bool)
    if np.shape(y) != logits.shape[:-1] or mask.shape != logits.shape[:-1]:
        raise ValueError("y and mask must have the shape (B, T)")
    if mask.sum() == 0:
        raise ValueError("nothing to count")
    kept = logits[mask]
    one_hot = np.eye(logits.shape[2])[y[mask]]
    return float(np.mean(logsumexp(kept, axis=1) - (one_hot * kept).sum(axis=1)))


@right("ex2-masked-cross-entropy", "padding replaced by zeros first, take_along_axis, where")
def masked_cross_entropy(logits, y, mask):
    valid = np.asarray(mask) != 0
    B, T, _ = np.shape(logits)
    if np.shape(y) != (B, T) or valid.shape != (B, T) or not valid.any():
        raise ValueError("y or mask")
    scores = np.where(valid[..., None], logits, 0.0)
    chosen = np.where(valid, y, 0)
    scores = scores - np.max(scores, axis=-1, keepdims=True)
    norm = np.log(np.sum(np.exp(scores), axis=-1))
    loss = norm - np.take_along_axis(scores, chosen[..., None], axis=-1)[..., 0]
    return float(np.sum(loss * valid) / np.sum(valid))


@right("ex2-masked-cross-entropy", "a loop over all places, with logaddexp")
def masked_cross_entropy(logits, y, mask):
    if y.shape != logits.shape[:2] or np.shape(mask) != logits.shape[:2]:
        raise ValueError("shapes")
    total, count = 0.0, 0
    for i, row in enumerate(logits):
        for t, scores in enumerate(row):
            if mask[i, t]:
                total += np.logaddexp.reduce(scores.astype(float)) - scores[y[i, t]]
                count += 1
    if count == 0:
        raise ValueError("no place counts")
    return float(total / count)


@right("ex2-masked-cross-entropy", "Keras' loss for the places that count")
def masked_cross_entropy(logits, y, mask):
    mask = np.asarray(mask).astype(bool)
    if y.shape != logits.shape[:2] or mask.shape != logits.shape[:2] or not mask.any():
        raise ValueError("bad input")
    kept = logits[mask].astype("float64")
    loss = keras.losses.sparse_categorical_crossentropy(y[mask], kept, from_logits=True)
    return float(np.mean(loss))


# The losses at all places, which the following answers use:
@wrong("ex2-masked-cross-entropy", "the mean over all places, padding with a loss of 0")
@wrong("ex2-masked-cross-entropy", "the mean of the sequences' means")
@wrong("ex2-masked-cross-entropy", "the sum instead of the mean")
@wrong("ex2-masked-cross-entropy", "the sum divided by the number of sequences")
@wrong("ex2-masked-cross-entropy", "multiplies the losses by the mask: 0 times NaN")
@wrong(
    "ex2-masked-cross-entropy", "looks every token up, then selects: y = V + 5", raises=IndexError
)
def losses_of(logits, y, mask):
    if y.shape != logits.shape[:2] or mask.shape != logits.shape[:2]:
        raise ValueError("shape")
    if not np.any(mask):
        raise ValueError("empty")
    shifted = logits - logits.max(axis=2, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=2, keepdims=True))
    return -np.take_along_axis(log_p, y[..., None], axis=2)[..., 0]


@wrong("ex2-masked-cross-entropy", "the mean over all places, padding with a loss of 0")
def masked_cross_entropy(logits, y, mask):
    return float(np.mean(np.where(mask, losses_of(logits, y, mask), 0)))


@wrong("ex2-masked-cross-entropy", "the mean of the sequences' means")
def masked_cross_entropy(logits, y, mask):
    losses, mask = losses_of(logits, y, mask), np.asarray(mask).astype(bool)
    return float(np.mean([row[m].mean() for row, m in zip(losses, mask, strict=True) if m.any()]))


@wrong("ex2-masked-cross-entropy", "the sum instead of the mean")
def masked_cross_entropy(logits, y, mask):
    return float(losses_of(logits, y, mask)[mask > 0].sum())


@wrong("ex2-masked-cross-entropy", "the sum divided by the number of sequences")
def masked_cross_entropy(logits, y, mask):
    return float(losses_of(logits, y, mask)[mask > 0].sum() / len(y))


@wrong("ex2-masked-cross-entropy", "multiplies the losses by the mask: 0 times NaN")
def masked_cross_entropy(logits, y, mask):
    return float((losses_of(logits, y, mask) * mask).sum() / mask.sum())


@wrong(
    "ex2-masked-cross-entropy", "looks every token up, then selects: y = V + 5", raises=IndexError
)
def masked_cross_entropy(logits, y, mask):
    return float(losses_of(logits, y, mask)[mask > 0].mean())


@wrong("ex2-masked-cross-entropy", "the softmax runs along the sequence")
def masked_cross_entropy(logits, y, mask):
    mask = np.asarray(mask).astype(bool)
    if y.shape != logits.shape[:2] or mask.shape != logits.shape[:2] or not mask.any():
        raise ValueError("bad input")
    shifted = logits - np.max(logits, axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return float(-log_p[mask, y[mask]].mean())


@wrong("ex2-masked-cross-entropy", "the logarithm of a softmax that is 0, or of a little more")
def masked_cross_entropy(logits, y, mask):
    mask = np.asarray(mask).astype(bool)
    if y.shape != logits.shape[:2] or mask.shape != logits.shape[:2] or not mask.any():
        raise ValueError("bad input")
    rows = logits[mask]
    powers = np.exp(rows - rows.max(axis=1, keepdims=True))
    p = powers / powers.sum(axis=1, keepdims=True)
    return float(-np.log(p[np.arange(len(p)), y[mask]] + 1e-300).mean())


mutate(
    "ex2-masked-cross-entropy",
    "subtracts the largest of all logits",
    old="rows.max(axis=1, keepdims=True)",
    new="rows.max()",
)
mutate(
    "ex2-masked-cross-entropy",
    "does not subtract the largest logit",
    old="    rows = rows - rows.max(axis=1, keepdims=True)\n",
    new="",
)
mutate(
    "ex2-masked-cross-entropy",
    "cuts the logits off at 700",
    old="    rows = rows - rows.max(axis=1, keepdims=True)\n",
    new="    rows = np.clip(rows, -700, 700)\n",
)
mutate(
    "ex2-masked-cross-entropy",
    "subtracts in place",
    old="    rows, right = ",
    new="    logits -= np.where(mask, logits.max(axis=2), 0)[..., None]\n    rows, right = ",
)
mutate(
    "ex2-masked-cross-entropy",
    "logarithms to the base 2",
    old="    return float(-log_p.mean())",
    new="    return float(-log_p.mean() / np.log(2))",
)
mutate("ex2-masked-cross-entropy", "the sign", old="float(-log_p", new="float(log_p")
mutate(
    "ex2-masked-cross-entropy",
    "the logarithm of the mean probability",
    old="-log_p.mean()",
    new="-np.log(np.exp(log_p).mean())",
)
mutate(
    "ex2-masked-cross-entropy",
    "an array without axes instead of a float",
    old="float(-log_p.mean())",
    new="np.array(-log_p.mean())",
)
mutate(
    "ex2-masked-cross-entropy",
    "0 where no place counts",
    old='raise ValueError("mask: expected at least one place that counts")',
    new="return 0.0",
)
mutate(
    "ex2-masked-cross-entropy",
    "takes all places with y = 0 for padding",
    old="    if not mask.any():",
    new="    mask = mask & (y != PAD)\n    if not mask.any():",
    raises=ValueError,
)
mutate(
    "ex2-masked-cross-entropy",
    "one row of a mask for the whole batch",
    old="    if y.shape",
    new="    if mask.ndim == 2 and len(mask) == 1:\n"
    "        mask = np.repeat(mask, len(y), axis=0)\n    if y.shape",
)
mutate(
    "ex2-masked-cross-entropy",
    "broadcasts y and mask against each other",
    old="    if y.shape",
    new="    y, mask = np.broadcast_arrays(y, mask)\n    if y.shape",
)
mutate(
    "ex2-masked-cross-entropy",
    "uses the mask of 0 and 1 as row numbers",
    old="np.asarray(mask).astype(bool)",
    new="np.asarray(mask)",
    raises=IndexError,
)

# === Exercise 3 ============================================================================


@right("ex3-attention", "matmul, where, scipy's softmax; padding-only rows set to 0")
def attention(q, k, v, mask=None, score="dot"):
    from scipy.special import softmax

    if score == "dot":
        scale = 1.0
    elif score == "scaled_dot":
        scale = np.sqrt(q.shape[-1])
    else:
        raise ValueError("unknown score")
    if q.shape[-1] != k.shape[-1] or k.shape[1] != v.shape[1]:
        raise ValueError("sizes")
    scores = q @ k.transpose(0, 2, 1) / scale
    if mask is None:
        weights = softmax(scores, axis=-1)
    else:
        mask = np.asarray(mask, dtype=bool)
        if mask.shape != (k.shape[0], k.shape[1]):
            raise ValueError("mask")
        some = mask.any(axis=1)[:, None, None]
        weights = softmax(np.where(mask[:, None, :] | ~some, scores, -np.inf), axis=-1) * some
    return weights @ v, weights


@right("ex3-attention", "loops over sequences and queries, valid keys only")
def attention(q, k, v, mask=None, score="dot"):
    if score not in {"dot", "scaled_dot"}:
        raise ValueError("score")
    B, Tq, d = q.shape
    Tk, dv = k.shape[1], v.shape[2]
    if k.shape[2] != d or v.shape[1] != Tk:
        raise ValueError("q, k, v")
    mask = np.ones((B, Tk)) if mask is None else mask
    if np.shape(mask) != (B, Tk):
        raise ValueError("mask")
    weights, context = np.zeros((B, Tq, Tk)), np.zeros((B, Tq, dv))
    for b in range(B):
        places = np.flatnonzero(mask[b])
        if len(places) == 0:
            continue
        for t in range(Tq):
            e = k[b, places] @ q[b, t]
            if score == "scaled_dot":
                e = e / d**0.5
            powers = np.exp(e - max(e))
            weights[b, t, places] = powers / sum(powers)
            context[b, t] = weights[b, t] @ v[b]
    return context, weights


@right("ex3-attention", "the query scaled, masked powers, division where there is a sum")
def attention(q, k, v, mask=None, score="dot"):
    scales = {"dot": 1.0, "scaled_dot": q.shape[2] ** -0.5}
    if score not in scales:
        raise ValueError(f"score must be one of {list(scales)}")
    if np.shape(k)[2] != np.shape(q)[2] or np.shape(k)[1] != np.shape(v)[1]:
        raise ValueError("sizes do not fit")
    if mask is not None and np.shape(mask) != np.shape(k)[:2]:
        raise ValueError("mask must have the shape (B, Tk)")
    e = np.matmul(scales[score] * q, np.swapaxes(k, 1, 2))
    valid = np.broadcast_to(True if mask is None else np.asarray(mask)[:, None] > 0, e.shape)
    top = np.max(e, axis=-1, keepdims=True, where=valid, initial=-1e300)
    powers = np.exp(np.minimum(e - top, 0.0)) * valid
    total = np.sum(powers, axis=-1, keepdims=True)
    weights = np.divide(powers, total, out=np.zeros_like(powers), where=total > 0)
    return np.einsum("bqk,bke->bqe", weights, v), weights


@right("ex3-attention", "Keras' layer in float64, zeros where all keys are padding")
def attention(q, k, v, mask=None, score="dot"):
    if score not in ("dot", "scaled_dot"):
        raise ValueError("score")
    if q.shape[2] != k.shape[2] or k.shape[1] != v.shape[1]:
        raise ValueError("shapes")
    valid = np.ones(k.shape[:2], bool) if mask is None else np.asarray(mask) == 1
    if valid.shape != k.shape[:2]:
        raise ValueError("mask")
    scale = np.sqrt(q.shape[2]) if score == "scaled_dot" else 1
    layer = keras.layers.Attention(dtype="float64")
    results = layer([q / scale, v, k], mask=[None, valid], return_attention_scores=True)
    some = valid.any(axis=1)[:, None, None]
    context, weights = (np.where(some, np.array(a), 0) for a in results)
    return context, weights


mutate(
    "ex3-attention",
    "the softmax runs over the queries",
    old="total = powers.sum(axis=2, keepdims=True)",
    new="total = powers.sum(axis=1, keepdims=True)",
)
mutate(
    "ex3-attention",
    "sums over all weights of a sequence",
    old="total = powers.sum(axis=2, keepdims=True)",
    new="total = powers.sum(axis=(1, 2), keepdims=True)",
)
mutate(
    "ex3-attention",
    "the mask after the softmax, without a new sum",
    old="    return weights @ v, weights",
    new="    powers = np.exp(scores - scores.max(axis=2, keepdims=True))\n"
    "    weights = powers / powers.sum(axis=2, keepdims=True) * valid\n"
    "    return weights @ v, weights",
)
mutate(
    "ex3-attention",
    "a score of 0 for padding",
    old="powers = np.exp(np.where(valid, scores - top, -np.inf))",
    new="powers = np.exp(np.where(valid, scores, 0) - top)",
)
mutate(
    "ex3-attention",
    "a score of -10,000 for padding, whatever the others",
    old="    top = np.where(valid, scores, -np.inf)",
    new="    scores = np.where(valid, scores, -1e4)\n"
    "    valid = np.broadcast_to(valid.any(axis=2, keepdims=True), valid.shape)\n"
    "    top = np.where(valid, scores, -np.inf)",
)
mutate(
    "ex3-attention",
    "equal weights where all keys are padding, as in Keras",
    old="    powers = np.exp(",
    new="    valid = valid | ~valid.any(axis=2, keepdims=True)\n    powers = np.exp(",
)
mutate(
    "ex3-attention",
    "NaN where all keys are padding",
    old="weights = powers / np.where(total > 0, total, 1)",
    new='with np.errstate(all="ignore"):\n        weights = powers / total',
)
mutate(
    "ex3-attention",
    "refuses sequences of padding only",
    old="    scores = np.einsum(",
    new='    if not valid.any(axis=1).all():\n        raise ValueError("only padding")\n'
    "    scores = np.einsum(",
    raises=ValueError,
)
mutate(
    "ex3-attention",
    "divides by the root of the number of keys",
    old="np.sqrt(q.shape[2])",
    new="np.sqrt(k.shape[1])",
)
mutate("ex3-attention", "divides by d", old="np.sqrt(q.shape[2])", new="q.shape[2]")
mutate(
    "ex3-attention",
    "divides by the root of the size of the values",
    old="np.sqrt(q.shape[2])",
    new="np.sqrt(v.shape[2])",
)
mutate("ex3-attention", "always scales", old='    if score == "scaled_dot":', new="    if True:")
mutate(
    "ex3-attention",
    "the mean of the keys, not of the values",
    old="return weights @ v",
    new="return weights @ k",
)
mutate(
    "ex3-attention",
    "the weights first",
    old="return weights @ v, weights",
    new="return weights, weights @ v",
)
mutate(
    "ex3-attention",
    "the mask of the first sequence for all",
    old="valid = valid[:, None, :]",
    new="valid = valid[:1, None, :]",
)
mutate(
    "ex3-attention",
    "the first sequence's keys for the whole batch",
    old='np.einsum("bqd,bkd->bqk", q, k)',
    new="q @ k[0].T",
)
mutate(
    "ex3-attention",
    "True means padding",
    old="np.asarray(mask).astype(bool)",
    new="~np.asarray(mask).astype(bool)",
)
mutate(
    "ex3-attention",
    "no maximum subtracted",
    old="top = np.where(np.isfinite(top), top, 0)",
    new="top = 0",
)
mutate(
    "ex3-attention",
    "scores cut off at 700 instead of shifted",
    old="powers = np.exp(np.where(valid, scores - top, -np.inf))",
    new="powers = np.exp(np.where(valid, np.clip(scores, -700, 700), -np.inf))",
)
mutate(
    "ex3-attention",
    "subtracts the largest score of padding too: the others become 0",
    old="    top = np.where(np.isfinite(top), top, 0)",
    new="    top = scores.max(axis=2, keepdims=True)",
)
mutate(
    "ex3-attention",
    "subtracts the largest score of the whole batch: other rows become 0",
    old="    top = np.where(np.isfinite(top), top, 0)",
    new="    top = scores[np.broadcast_to(valid, scores.shape)].max(initial=-1e300)",
)
mutate(
    "ex3-attention",
    "one row of a mask for the whole batch",
    old="    if valid.shape != k.shape[:2]:",
    new="    if valid.ndim == 2 and len(valid) == 1:\n"
    "        valid = np.repeat(valid, len(k), axis=0)\n"
    "    if valid.shape != k.shape[:2]:",
)
mutate(
    "ex3-attention",
    "one value per sequence is a mask too",
    old="    if valid.shape != k.shape[:2]:",
    new="    if valid.shape == (len(k), 1):\n"
    "        valid = np.repeat(valid, k.shape[1], axis=1)\n"
    "    if valid.shape != k.shape[:2]:",
)
mutate(
    "ex3-attention",
    "counts the entries of the mask, whatever its shape",
    old="    if valid.shape != k.shape[:2]:",
    new="    valid = valid.reshape(k.shape[:2])\n    if valid.shape != k.shape[:2]:",
)
mutate(
    "ex3-attention",
    "leaves different sizes to einsum, which stretches an axis of 1",
    old="if q.shape[2] != k.shape[2] or k.shape[1] != v.shape[1]:",
    new="if k.shape[1] != v.shape[1]:",
)
mutate(
    "ex3-attention",
    "looks for scaled_dot only, everything else is dot",
    old='if score not in ("dot", "scaled_dot"):',
    new="if not isinstance(score, str):",
)
mutate(
    "ex3-attention",
    "sets the padded values to 0 in place",
    old="    valid = valid[:, None, :]",
    new="    v[~valid] = 0\n    valid = valid[:, None, :]",
)

# === Exercise 4 ============================================================================


@right("ex4-additive-attention", "a loop over the queries")
def additive_attention(q, k, v, Wq, Wk, va, mask=None):
    if Wq.shape[1] != Wk.shape[1] or va.shape != (Wk.shape[1],):
        raise ValueError("Wq, Wk and va must have the same a")
    B, Tk = k.shape[:2]
    mask = np.ones((B, Tk), dtype=bool) if mask is None else np.asarray(mask, dtype=bool)
    if mask.shape != (B, Tk):
        raise ValueError("mask must have the shape (B, Tk)")
    keys, contexts, weights = k @ Wk, [], []
    for t in range(q.shape[1]):
        e = np.tanh((q[:, t] @ Wq)[:, None, :] + keys) @ va
        e = np.where(mask, e, -np.inf)
        top = np.where(mask.any(axis=1, keepdims=True), e.max(axis=1, keepdims=True), 0)
        powers = np.exp(e - top)
        total = powers.sum(axis=1, keepdims=True)
        w = np.where(total > 0, powers / np.where(total > 0, total, 1), 0)
        weights.append(w)
        contexts.append((w[:, :, None] * v).sum(axis=1))
    return np.stack(contexts, axis=1), np.stack(weights, axis=1)


@right("ex4-additive-attention", "einsum everywhere, zeros for sequences of padding at the end")
def additive_attention(q, k, v, Wq, Wk, va, mask=None):
    sizes = {np.shape(Wq)[1], np.shape(Wk)[1], np.shape(va)[0]}
    if len(sizes) > 1:
        raise ValueError(f"different sizes a: {sizes}")
    if mask is not None and np.shape(mask) != np.shape(k)[:2]:
        raise ValueError("mask")
    valid = np.ones(np.shape(k)[:2]) if mask is None else np.asarray(mask)
    left, right_part = np.einsum("bqi,ia->bqa", q, Wq), np.einsum("bki,ia->bka", k, Wk)
    hidden = np.tanh(np.expand_dims(left, 2) + np.expand_dims(right_part, 1))
    e = np.einsum("bqka,a->bqk", hidden, va)
    some = valid.any(axis=1)[:, None, None]
    e = np.where((valid[:, None, :] != 0) | ~some, e, -np.inf)
    powers = np.exp(e - e.max(axis=-1, keepdims=True))
    weights = some * powers / powers.sum(axis=-1, keepdims=True)
    return weights @ v, weights


@right("ex4-additive-attention", "Keras' layer behind the two products")
def additive_attention(q, k, v, Wq, Wk, va, mask=None):
    if not len(Wq.T) == len(Wk.T) == len(va):
        raise ValueError("a")
    valid = np.ones(k.shape[:2], bool) if mask is None else np.asarray(mask).astype(bool)
    if valid.shape != k.shape[:2]:
        raise ValueError("mask")
    layer = keras.layers.AdditiveAttention(dtype="float64")
    left, keys = q @ Wq, k @ Wk
    layer.build([left.shape, v.shape, keys.shape])
    layer.set_weights([va])
    both = layer([left, v, keys], mask=[None, valid], return_attention_scores=True)
    some = valid.any(axis=1)[:, None, None]
    return tuple(np.array(a) * some for a in both)


mutate(
    "ex4-additive-attention",
    "query and key side by side into a linear layer, without tanh",
    old="hidden = np.tanh(",
    new="hidden = (",
)
mutate(
    "ex4-additive-attention",
    "tanh after va",
    old="    e = np.where(ok[:, None, :], hidden @ va, -np.inf)",
    new="    linear = (q @ Wq)[:, :, None, :] + (k @ Wk)[:, None, :, :]\n"
    "    e = np.where(ok[:, None, :], np.tanh(linear @ va), -np.inf)",
)
mutate(
    "ex4-additive-attention",
    "the softmax over the hidden units, then va",
    old="    e = np.where(",
    new="    hidden = np.exp(hidden)\n"
    "    hidden = hidden / hidden.sum(axis=-1, keepdims=True)\n    e = np.where(",
)
mutate(
    "ex4-additive-attention",
    "one row per key",
    old="(q @ Wq)[:, :, None, :] + (k @ Wk)[:, None, :, :])",
    new="(q @ Wq)[:, None, :, :] + (k @ Wk)[:, :, None, :])",
    raises=ValueError,
)
mutate(
    "ex4-additive-attention",
    "Wq for the keys too",
    old="(k @ Wk)",
    new="(k @ Wq)",
    raises=ValueError,
)
mutate(
    "ex4-additive-attention",
    "the difference of query and key",
    old="[:, :, None, :] + (k",
    new="[:, :, None, :] - (k",
)
mutate(
    "ex4-additive-attention",
    "the product of query and key",
    old="[:, :, None, :] + (k",
    new="[:, :, None, :] * (k",
)
mutate(
    "ex4-additive-attention",
    "scaled by the root of a",
    old="hidden @ va, -np.inf",
    new="hidden @ va / np.sqrt(len(va)), -np.inf",
)
mutate(
    "ex4-additive-attention",
    "the sum of the hidden units, without va",
    old="hidden @ va",
    new="hidden.sum(axis=-1)",
)
mutate(
    "ex4-additive-attention",
    "the softmax runs over the queries",
    old="a.sum(axis=2",
    new="a.sum(axis=1",
)
mutate("ex4-additive-attention", "ignores the mask", old="ok[:, None, :]", new="True")
mutate(
    "ex4-additive-attention",
    "a score of 0 for padding",
    old="hidden @ va, -np.inf)",
    new="hidden @ va, 0)",
)
mutate(
    "ex4-additive-attention",
    "a score of -10,000 for padding, zeros only where all is padding",
    old="    highest =",
    new="    some = ok.any(axis=1)[:, None, None]\n"
    "    e = np.where(some & ~ok[:, None, :], -1e4, e)\n    highest =",
)
mutate(
    "ex4-additive-attention",
    "equal weights where all keys are padding",
    old="    highest =",
    new="    e = np.where(ok.any(axis=1)[:, None, None], e, 0)\n    highest =",
)
mutate(
    "ex4-additive-attention",
    "no maximum subtracted",
    old="np.where(highest == -np.inf, 0, highest)",
    new="0",
)
mutate(
    "ex4-additive-attention",
    "scores cut off at 700 instead of shifted",
    old="a = np.exp(e - np.where(highest == -np.inf, 0, highest))",
    new="a = np.exp(np.where(highest == -np.inf, e, np.where(e > -1e9, e.clip(-690, 700), e)))",
)
mutate(
    "ex4-additive-attention",
    "subtracts the largest score of the batch: other rows become 0",
    old="highest = e.max(axis=2, keepdims=True)",
    new="highest = e.max()",
)
mutate(
    "ex4-additive-attention",
    "the maximum of padding too, and 0 where nothing is left",
    old="highest = e.max(axis=2, keepdims=True)",
    new="highest = (hidden @ va).max(axis=2, keepdims=True)",
)
mutate(
    "ex4-additive-attention",
    "leaves Wk to NumPy, which stretches an a of 1",
    old="if not Wq.shape[1] == Wk.shape[1] == len(va):",
    new="if Wq.shape[1] != len(va):",
)
mutate(
    "ex4-additive-attention",
    "leaves Wq to NumPy, which stretches an a of 1",
    old="if not Wq.shape[1] == Wk.shape[1] == len(va):",
    new="if Wk.shape[1] != len(va):",
)
mutate(
    "ex4-additive-attention",
    "one row of a mask for the whole batch",
    old="    if ok.shape !=",
    new="    if ok.ndim == 2 and len(ok) == 1:\n"
    "        ok = np.repeat(ok, len(k), axis=0)\n    if ok.shape !=",
)
mutate(
    "ex4-additive-attention",
    "any mask that NumPy can broadcast",
    old="    if ok.shape !=",
    new="    ok = np.broadcast_to(ok, k.shape[:2])\n    if ok.shape !=",
)
mutate(
    "ex4-additive-attention",
    "sets the padded values to 0 in place",
    old="    return np.einsum(",
    new="    v[~ok] = 0\n    return np.einsum(",
)

# === Exercise 5 ============================================================================


@right("ex5-greedy-decode", "a generator, gathered by list")
def greedy_decode(step, state, start_id, end_id, max_len):
    if max_len < 1:
        raise ValueError("max_len must be at least 1")

    def written():
        token, memory = start_id, state
        for _ in range(max_len):
            log_probs, memory = step(token, memory)
            token = max(range(len(log_probs)), key=lambda i: log_probs[i])
            if token == end_id:
                return
            yield token

    return list(written())


@right("ex5-greedy-decode", "recursion")
def greedy_decode(step, state, start_id, end_id, max_len):
    if max_len <= 0:
        raise ValueError("max_len")
    log_probs, state = step(start_id, state)
    best = list(log_probs).index(max(log_probs))
    if best == end_id:
        return []
    if max_len == 1:
        return [best]
    return [best, *greedy_decode(step, state, best, end_id, max_len - 1)]


@right("ex5-greedy-decode", "while, with START in front that is cut off at the end")
def greedy_decode(step, state, start_id, end_id, max_len):
    if not max_len >= 1:
        raise ValueError("max_len")
    tokens = [start_id]
    while len(tokens) <= max_len:
        scores, state = step(tokens[-1], state)
        best = int(np.argsort(-np.asarray(scores), kind="stable")[0])
        if best == end_id:
            break
        tokens.append(best)
    return tokens[1:]


mutate(
    "ex5-greedy-decode",
    "START in the list",
    old="tokens, token = [],",
    new="tokens, token = [start_id],",
)
mutate(
    "ex5-greedy-decode",
    "END in the list",
    old="        if token == end_id:\n            break\n        tokens.append(token)\n",
    new="        tokens.append(token)\n        if token == end_id:\n            break\n",
)
mutate(
    "ex5-greedy-decode",
    "every step from the first state",
    old="log_probs, state = step",
    new="log_probs, _ = step",
)
mutate(
    "ex5-greedy-decode",
    "feeds START each time",
    old="= step(token, state)",
    new="= step(start_id, state)",
)
mutate(
    "ex5-greedy-decode",
    "takes the first axis for a batch",
    old="np.argmax(log_probs)",
    new="np.argmax(log_probs[0])",
)
mutate("ex5-greedy-decode", "ignores max_len", old="range(max_len)", new="range(1000)")
mutate("ex5-greedy-decode", "counts START", old="range(max_len)", new="range(max_len - 1)")
mutate("ex5-greedy-decode", "a token too many", old="range(max_len)", new="range(max_len + 1)")
mutate(
    "ex5-greedy-decode",
    "does not stop at END",
    old="            break",
    new="            continue",
)
mutate(
    "ex5-greedy-decode",
    "the larger number of equal ones",
    old="int(np.argmax(log_probs))",
    new="len(log_probs) - 1 - int(np.argmax(log_probs[::-1]))",
)
mutate(
    "ex5-greedy-decode",
    "compares probabilities: exp makes 0 of them",
    old="np.argmax(log_probs)",
    new="np.argmax(np.exp(log_probs))",
)
mutate(
    "ex5-greedy-decode",
    "draws the token instead of taking the best",
    old="int(np.argmax(log_probs))",
    new="int(np.argmax(log_probs + np.random.default_rng(0).gumbel(size=len(log_probs))))",
)
mutate(
    "ex5-greedy-decode",
    "looks at max_len only when it is 0",
    old="if max_len < 1:",
    new="if max_len == 0:",
)
mutate(
    "ex5-greedy-decode",
    "an empty list for max_len = 0",
    old="if max_len < 1:",
    new="if False:",
)
mutate(
    "ex5-greedy-decode",
    "an array instead of a list",
    old="return tokens",
    new="return np.array(tokens, dtype=int)",
)


@wrong("ex5-greedy-decode", "asks for a token more than it writes")
def greedy_decode(step, state, start_id, end_id, max_len):
    if max_len < 1:
        raise ValueError("max_len")
    tokens = []
    log_probs, state = step(start_id, state)
    while len(tokens) < max_len and np.argmax(log_probs) != end_id:
        tokens.append(int(np.argmax(log_probs)))
        log_probs, state = step(tokens[-1], state)
    return tokens


@wrong("ex5-greedy-decode", "a list as default value: the next text continues the last")
def greedy_decode(step, state, start_id, end_id, max_len, tokens=[]):  # noqa: B006
    if max_len < 1:
        raise ValueError("max_len")
    token = start_id
    while len(tokens) < max_len:
        log_probs, state = step(token, state)
        token = int(np.argmax(log_probs))
        if token == end_id:
            break
        tokens.append(token)
    return tokens


@wrong("ex5-greedy-decode", "gathers the tokens with np.append: floats")
def greedy_decode(step, state, start_id, end_id, max_len):
    if max_len < 1:
        raise ValueError("max_len")
    tokens, token = np.array([]), start_id
    while len(tokens) < max_len:
        log_probs, state = step(token, state)
        token = int(np.argmax(log_probs))
        if token == end_id:
            break
        tokens = np.append(tokens, token)
    return tokens.tolist()


@wrong("ex5-greedy-decode", "calls step again to get the state")
def greedy_decode(step, state, start_id, end_id, max_len):
    if max_len < 1:
        raise ValueError("max_len")
    tokens, token = [], start_id
    for _ in range(max_len):
        best = int(np.argmax(step(token, state)[0]))
        state = step(token, state)[1]
        token = best
        if token == end_id:
            break
        tokens.append(token)
    return tokens


# === Exercise 6 ============================================================================


@right("ex6-beam-search", "heapq.nlargest, and always max_len rounds")
def beam_search(step, state, start_id, end_id, beam, max_len, alpha=0.0):
    import heapq

    if beam < 1 or max_len < 1:
        raise ValueError("beam and max_len must be at least 1")
    alive = [{"sum": 0.0, "path": (start_id,), "state": state}]
    for _ in range(max_len):
        candidates = []
        for h in alive:
            if len(h["path"]) > 1 and h["path"][-1] == end_id:
                candidates.append(h)
                continue
            log_probs, new = step(h["path"][-1], h["state"])
            for token in range(len(log_probs)):
                total = h["sum"] + log_probs[token]
                candidates.append({"sum": total, "path": (*h["path"], token), "state": new})
        alive = heapq.nlargest(beam, candidates, key=lambda h: h["sum"])
    result = []
    for h in alive:
        tokens = [t for t in h["path"][1:] if t != end_id]
        result.append((tokens, float(h["sum"] / max(len(tokens), 1) ** alpha)))
    result.sort(key=lambda pair: pair[1], reverse=True)
    return result


@right(
    "ex6-beam-search", "only the best `beam` tokens of each, finished ones in a list of their own"
)
def beam_search(step, state, start_id, end_id, beam, max_len, alpha=0.0):
    if min(beam, max_len) < 1:
        raise ValueError("at least 1")
    growing, finished = [(0.0, (), state)], []
    for _ in range(max_len):
        longer, ended = [], list(finished)
        for total, tokens, memory in growing:
            log_probs, memory = step(tokens[-1] if tokens else start_id, memory)
            log_probs = np.asarray(log_probs, dtype=float)
            for token in np.argsort(-log_probs)[:beam].tolist():
                if token == end_id:
                    ended.append((total + log_probs[token], tokens))
                else:
                    longer.append((total + log_probs[token], (*tokens, token), memory))
        sums = sorted([h[0] for h in [*longer, *ended]], reverse=True)[:beam]
        growing = [h for h in longer if h[0] >= sums[-1]]
        finished = [h for h in ended if h[0] >= sums[-1]]
        longest = beam - len(finished)
        growing = sorted(growing, key=lambda h: -h[0])[:longest]
        if not growing:
            break
    everything = [*finished, *(h[:2] for h in growing)]
    scored = [(list(t), float(s) / max(1, len(t)) ** alpha) for s, t in everything]
    return sorted(scored, key=lambda pair: pair[1])[::-1]


@right("ex6-beam-search", "a dict from the path to sum and state, sorted arrays of sums")
def beam_search(step, state, start_id, end_id, beam, max_len, alpha=0.0):
    if beam <= 0 or max_len <= 0:
        raise ValueError("positive numbers, please")
    alive = {(): (0.0, state)}
    for _ in range(max_len):
        candidates = {}
        for path, (total, old) in alive.items():
            if path and path[-1] == end_id:
                candidates[path] = (total, None)
            else:
                log_probs, new = step((start_id, *path)[-1], old)
                for token, log_p in enumerate(log_probs):
                    candidates[(*path, token)] = (total + log_p, new)
        paths = list(candidates)
        order = np.argsort([-candidates[path][0] for path in paths])[:beam]
        alive = {paths[i]: candidates[paths[i]] for i in order}
    result = []
    for path, (total, _) in alive.items():
        tokens = list(path[:-1]) if path[-1] == end_id else list(path)
        length = len(tokens) or 1
        result.append((tokens, total / length**alpha))
    return sorted(result, key=lambda r: r[1], reverse=True)


@right("ex6-beam-search", "the last token first: among equal sums, others survive")
def beam_search(step, state, start_id, end_id, beam, max_len, alpha=0.0):
    if beam < 1 or max_len < 1:
        raise ValueError("beam or max_len")
    alive = [([], [], state)]
    for _ in range(max_len):
        candidates = []
        for path, log_ps, old in alive:
            if path and path[-1] == end_id:
                candidates.append((path, log_ps, old))
                continue
            log_probs, new = step(path[-1] if path else start_id, old)
            for token in range(len(log_probs))[::-1]:
                candidates.append(([*path, token], [*log_ps, log_probs[token]], new))
        candidates.sort(key=lambda h: sum(h[1][::-1]), reverse=True)
        alive = candidates[:beam]
    result = []
    for path, log_ps, _ in alive:
        tokens = [token for token in path if token != end_id]
        result.append((tokens, float(sum(log_ps)) / max(1, len(tokens)) ** alpha))
    return sorted(result, key=lambda pair: -pair[1])


mutate(
    "ex6-beam-search",
    "drops finished hypotheses",
    old="candidates = [h for h in alive if h[3]]",
    new="candidates = []",
)
mutate(
    "ex6-beam-search",
    "continues finished hypotheses",
    old="        candidates = [h for h in alive if h[3]]\n"
    "        for total, tokens, old, _ in (h for h in alive if not h[3]):",
    new="        candidates = []\n        for total, tokens, old, _ in alive:",
)
mutate(
    "ex6-beam-search",
    "products of probabilities become 0",
    old="candidates.append((total + float(log_p), longer, new, done))",
    new="candidates.append((np.log(np.exp(total) * np.exp(log_p) + 1e-300), longer, new, done))",
)
mutate(
    "ex6-beam-search",
    "the length decides during the search",
    old="key=lambda h: -h[0])[:beam]",
    new="key=lambda h: -h[0] / max(len(h[1]), 1) ** alpha)[:beam]",
)
mutate(
    "ex6-beam-search",
    "continues the first hypothesis only: all share a prefix",
    old="sorted(candidates, key=lambda h: -h[0])[:beam]",
    new="sorted(candidates[: None if alive[0][3] else len(log_probs)], key=lambda h: -h[0])[:beam]",
)
mutate(
    "ex6-beam-search",
    "appends to a list that the others share",
    old="longer = tokens if done else [*tokens, token]",
    new="longer = tokens\n                tokens += [] if done else [token]",
)
mutate(
    "ex6-beam-search",
    "the state of the last step for all",
    old="log_probs, new = step(tokens[-1] if tokens else start_id, old)",
    new="log_probs, new = step(tokens[-1] if tokens else start_id, state)\n            state = new",
)
mutate(
    "ex6-beam-search",
    "every step from the first state",
    old="start_id, old)",
    new="start_id, state)",
)
mutate(
    "ex6-beam-search",
    "the log probability of END is left out",
    old="total + float(log_p)",
    new="total + (0.0 if done else float(log_p))",
)
mutate(
    "ex6-beam-search",
    "END among the tokens",
    old="tokens if done else [*tokens, token]",
    new="[*tokens, token]",
)
mutate(
    "ex6-beam-search",
    "END counts in the length",
    old="total / max(len(tokens), 1) ** alpha) for total, tokens, _, _ in",
    new="total / (len(tokens) + done) ** alpha) for total, tokens, _, done in",
)
mutate(
    "ex6-beam-search",
    "no max: an empty text divides by 0",
    old="max(len(tokens), 1)",
    new="len(tokens)",
    raises=ZeroDivisionError,
)
mutate("ex6-beam-search", "ignores alpha", old=" ** alpha)", new=" ** 0)")
mutate(
    "ex6-beam-search",
    "ranks by the sum, divides afterwards",
    old="return sorted(scored, key=lambda pair: -pair[1])",
    new="return scored",
)
mutate(
    "ex6-beam-search",
    "the worst score first",
    old="key=lambda pair: -pair[1])",
    new="key=lambda pair: pair[1])",
)
mutate(
    "ex6-beam-search",
    "ends at the first finished hypothesis",
    old="if all(h[3] for h in alive):",
    new="if any(h[3] for h in alive):",
)
mutate(
    "ex6-beam-search",
    "ends when the best hypothesis is finished",
    old="if all(h[3] for h in alive):",
    new="if alive[0][3]:",
)
mutate(
    "ex6-beam-search",
    "drops unfinished hypotheses at the end",
    old="for total, tokens, _, _ in alive]",
    new="for total, tokens, _, done in alive if done]",
)
mutate(
    "ex6-beam-search",
    "returns the best one only",
    old="return sorted(scored, key=lambda pair: -pair[1])",
    new="return sorted(scored, key=lambda pair: -pair[1])[:1]",
)
mutate("ex6-beam-search", "a step too few", old="range(max_len)", new="range(max_len - 1)")
mutate(
    "ex6-beam-search",
    "looks at max_len only",
    old="if beam < 1 or max_len < 1:",
    new="if max_len < 1:",
)
mutate(
    "ex6-beam-search",
    "raises only when both are too small",
    old="if beam < 1 or max_len < 1:",
    new="if beam < 1 and max_len < 1:",
)
mutate(
    "ex6-beam-search",
    "finished hypotheses keep their place for good",
    old="alive = sorted(candidates, key=lambda h: -h[0])[:beam]",
    new="kept = sum(h[3] for h in alive)\n"
    "        rest = sorted(candidates[kept:], key=lambda h: -h[0])\n"
    "        alive = [*candidates[:kept], *rest[: beam - kept]]",
)
mutate(
    "ex6-beam-search",
    "sorts tuples: equal sums compare states, which may have no order",
    old="alive = sorted(candidates, key=lambda h: -h[0])[:beam]",
    new="alive = sorted(candidates, key=lambda h: (-h[0], h[2]))[:beam]",
    raises=TypeError,
)


@wrong("ex6-beam-search", "finished hypotheses aside: they take no place, all are returned")
def beam_search(step, state, start_id, end_id, beam, max_len, alpha=0.0):
    if beam < 1 or max_len < 1:
        raise ValueError("beam or max_len")
    alive, finished = [(0.0, [], state)], []
    for _ in range(max_len):
        candidates = []
        for total, tokens, old in alive:
            log_probs, new = step(tokens[-1] if tokens else start_id, old)
            for token, log_p in enumerate(log_probs):
                if token == end_id:
                    finished.append((total + log_p, tokens, new))
                else:
                    candidates.append((total + log_p, [*tokens, token], new))
        alive = sorted(candidates, key=lambda h: -h[0])[:beam]
    scored = [(t, s / max(len(t), 1) ** alpha) for s, t, _ in [*finished, *alive]]
    return sorted(scored, key=lambda pair: -pair[1])[:beam]


# === Exercise 7 ============================================================================


@right("ex7-date-model", "additive attention between two LSTMs, one hot targets by train_on_batch")
def build_date_model(src_vocab, tgt_vocab, units=48, attention=True):
    src, dec_in = keras.Input((None,)), keras.Input((None,))
    embed = keras.layers.Embedding(len(src_vocab) + 4, 32, mask_zero=True)
    encoder = keras.layers.LSTM(units, return_sequences=True, return_state=True)
    states, h, c = encoder(embed(src))
    x = keras.layers.Embedding(len(tgt_vocab) + 4, 16)(dec_in)
    x = keras.layers.LSTM(units, return_sequences=True)(x, initial_state=[h, c])
    if attention:
        queries, keys = keras.layers.Dense(units)(x), keras.layers.Dense(units)(states)
        context = keras.layers.AdditiveAttention()([queries, states, keys])
        x = keras.layers.concatenate([x, context])
    return keras.Model([src, dec_in], keras.layers.Dense(len(tgt_vocab) + 4)(x))


@right("ex7-date-model", "additive attention between two LSTMs, one hot targets by train_on_batch")
def train_date_model(model, pairs, src_vocab, tgt_vocab, seed=0):
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    n, width = len(pairs), max(len(text) for text, _ in pairs)
    length = max(len(target) for _, target in pairs) + 2
    src, whole = np.zeros((n, width), dtype=int), np.zeros((n, length), dtype=int)
    for i, (text, target) in enumerate(pairs):
        src[i, : len(text)] = [src_vocab.get(letter, UNK) for letter in text]
        whole[i, : len(target) + 2] = [START, *(tgt_vocab[letter] for letter in target), END]
    loss = keras.losses.CategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.01), loss)
    for _ in range(6):
        order = rng.permutation(n)
        for rows in np.array_split(order, max(1, n // 100)):
            one_hot = np.eye(len(tgt_vocab) + 4)[whole[rows, 1:]]
            model.train_on_batch([src[rows], whole[rows, :-1]], one_hot)


@right("ex7-date-model", "additive attention between two LSTMs, one hot targets by train_on_batch")
def translate(model, texts, src_vocab, tgt_vocab):
    src = np.zeros((len(texts), max(map(len, texts))), dtype=int)
    for row, text in zip(src, texts, strict=True):
        row[: len(text)] = [src_vocab.get(letter, UNK) for letter in text]
    written = np.full((len(texts), 1), START)
    for t in range(11):
        padded = np.pad(written, ((0, 0), (0, 10 - t)))
        best = model.predict_on_batch([src, padded])[:, t].argmax(axis=-1)
        written = np.hstack([written, best[:, None]])
    letters = dict(zip(tgt_vocab.values(), tgt_vocab.keys(), strict=True))
    texts = []
    for row in written[:, 1:]:
        text = ""
        for number in row:
            if number == END:
                break
            text += letters.get(int(number), "")
        texts.append(text)
    return texts


@right("ex7-date-model", "a bidirectional encoder, projected to the decoder's size, scaled scores")
def build_date_model(src_vocab, tgt_vocab, units=48, attention=True):
    src = keras.Input((None,), dtype="int64")
    dec_in = keras.Input((None,), dtype="int64")
    embedded = keras.layers.Embedding(len(src_vocab) + 4, 24, mask_zero=True)(src)
    encoder = keras.layers.GRU(units, return_sequences=True, return_state=True)
    states, forward, backward = keras.layers.Bidirectional(encoder)(embedded)
    start = keras.layers.Dense(units, "tanh")(keras.layers.concatenate([forward, backward]))
    y = keras.layers.Embedding(len(tgt_vocab) + 4, 24)(dec_in)
    y = keras.layers.GRU(units, return_sequences=True)(y, initial_state=start)
    if attention:
        keys = keras.layers.Dense(units)(states)
        context = keras.layers.Attention(use_scale=True)([y, states, keys])
        y = keras.layers.Dense(64, "tanh")(keras.layers.concatenate([y, context]))
    logits = keras.layers.Dense(len(tgt_vocab) + 4)(y)
    return keras.Model(inputs=[src, dec_in], outputs=logits)


mutate(
    "ex7-date-model",
    "the answer as the input of the decoder: the loss falls, nothing is learned",
    old="[src, whole[:, :-1]], whole[:, 1:], batch_size=100, epochs=6",
    new="[src, whole[:, 1:]], whole[:, 1:], batch_size=100, epochs=2",
)
mutate(
    "ex7-date-model",
    "attention to padding too",
    old="keras.layers.Attention()([x, states])",
    new="keras.layers.Attention()([x, states], mask=[None, None])",
)
mutate(
    "ex7-date-model",
    "the decoder starts from zeros: without attention it knows nothing of the source",
    old="(written, initial_state=last)",
    new="(written)",
)
mutate(
    "ex7-date-model",
    "one network whatever `units` and `attention` say",
    old="    src, dec_in = (keras.Input(",
    new="    units, attention = 48, True\n    src, dec_in = (keras.Input(",
)


mutate(
    "ex7-date-model",
    "trains on the test dates too, whatever `pairs` are",
    old="    keras.utils.set_random_seed(seed)\n",
    new="    keras.utils.set_random_seed(seed)\n    pairs = [*train_pairs, *test_pairs]\n",
    raises=KeyError,
)


@wrong("ex7-date-model", "rules translate, the network is not asked and not trained")
def train_date_model(model, pairs, src_vocab, tgt_vocab, seed=0):
    model.compile("adam", "mse")


@wrong("ex7-date-model", "rules translate, the network is not asked and not trained")
def translate(model, texts, src_vocab, tgt_vocab):
    found = []
    for text in texts:
        day = pd.Timestamp(text.replace("the ", "").replace(" of ", " ").replace(".", "-"))
        year = day.year - 100 if day.year > 2049 else day.year
        found.append(f"{year}-{day.month:02d}-{day.day:02d}")
    return found


@wrong("ex7-date-model", "a decoder in both directions reads the answer ahead")
def build_date_model(src_vocab, tgt_vocab, units=48, attention=True):
    src, dec_in = keras.Input((None,)), keras.Input((None,))
    embedded = keras.layers.Embedding(len(src_vocab) + 4, 24, mask_zero=True)(src)
    encoder = keras.layers.GRU(units, return_sequences=True, return_state=True)
    states, last = encoder(embedded)
    y = keras.layers.Embedding(len(tgt_vocab) + 4, 24)(dec_in)
    decoder = keras.layers.Bidirectional(keras.layers.GRU(units, return_sequences=True))
    y = keras.layers.Dense(units)(decoder(y, initial_state=[last, last]))
    if attention:
        y = keras.layers.concatenate([y, keras.layers.Attention()([y, states])])
    return keras.Model([src, dec_in], keras.layers.Dense(len(tgt_vocab) + 4)(y))


@wrong("ex7-date-model", "a decoder in both directions reads the answer ahead")
def train_date_model(model, pairs, src_vocab, tgt_vocab, seed=0):
    keras.utils.set_random_seed(seed)
    rows = [[src_vocab[letter] for letter in text] for text, _ in pairs]
    src = keras.utils.pad_sequences(rows, padding="post")
    whole = np.array([[START, *(tgt_vocab[c] for c in iso), END] for _, iso in pairs])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss)
    model.fit([src, whole[:, :-1]], whole[:, 1:], batch_size=200, epochs=1, verbose=0)


# === Exercise 8 ============================================================================


@right("ex8-measures", "the whole table, np.mean and math.ceil")
def edit_distance(a, b):
    D = np.zeros((len(a) + 1, len(b) + 1), dtype=int)
    D[:, 0], D[0, :] = range(len(a) + 1), range(len(b) + 1)
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            cost = 0 if a[i - 1] == b[j - 1] else 1
            D[i, j] = min(D[i - 1, j] + 1, D[i, j - 1] + 1, D[i - 1, j - 1] + cost)
    return D[-1, -1]


@right("ex8-measures", "the whole table, np.mean and math.ceil")
def exact_match(A, B):
    if len(A) != len(B):
        raise ValueError("different lengths")
    if not A:
        raise ValueError("empty")
    return np.mean([A[i] == B[i] for i in range(len(A))])


@right("ex8-measures", "the whole table, np.mean and math.ceil")
def path_length(arch, T, kernel=3):
    import math

    if T < 2 or kernel < 2:
        raise ValueError("T and kernel must be at least 2")
    paths = {"rnn": T, "attention": 1, "conv": math.ceil((T - 1) / (kernel - 1))}
    if arch not in paths:
        raise ValueError("unknown arch")
    return paths[arch]


@right("ex8-measures", "recursion with a memory, a layer at a time for conv")
def edit_distance(a, b):
    from functools import cache

    @cache
    def d(i, j):
        if 0 in (i, j):
            return i + j
        return min(d(i - 1, j) + 1, d(i, j - 1) + 1, d(i - 1, j - 1) + int(a[i - 1] != b[j - 1]))

    return d(len(a), len(b))


@right("ex8-measures", "recursion with a memory, a layer at a time for conv")
def exact_match(A, B):
    if len(A) != len(B) or len(B) < 1:
        raise ValueError("A and B")
    right_ones = 0
    for first, second in zip(A, B, strict=True):
        right_ones += first == second
    return float(right_ones / len(A))


@right("ex8-measures", "recursion with a memory, a layer at a time for conv")
def path_length(arch, T, kernel=3):
    if arch not in {"rnn", "attention", "conv"} or min(T, kernel) < 2:
        raise ValueError("bad input")
    if arch == "rnn":
        return T
    if arch == "attention":
        return 1
    layers, seen = 0, 1
    while seen < T:
        layers += 1
        seen += kernel - 1
    return layers


@right("ex8-measures", "shortest path over the table, level by level")
def edit_distance(a, b):
    front, edits = {(0, 0)}, 0
    while True:
        reached = set()
        for i, j in front:
            while i < len(a) and j < len(b) and a[i] == b[j]:
                i, j = i + 1, j + 1
            reached.add((i, j))
        if (len(a), len(b)) in reached:
            return edits
        steps = {(i + u, j + w) for i, j in reached for u, w in ((0, 1), (1, 0), (1, 1))}
        front = {(i, j) for i, j in steps if i <= len(a) and j <= len(b)}
        edits += 1


@wrong("ex8-measures", "compares place by place")
def edit_distance(a, b):
    return sum(x != y for x, y in zip(a, b, strict=False)) + abs(len(a) - len(b))


@wrong("ex8-measures", "counts the tokens that the other does not have")
def edit_distance(a, b):
    from collections import Counter

    more, less = Counter(a) - Counter(b), Counter(b) - Counter(a)
    return max(sum(more.values()), sum(less.values()))


@wrong("ex8-measures", "exchanging two neighbours counts one")
def edit_distance(a, b):
    D = {}
    for i in range(len(a) + 1):
        for j in range(len(b) + 1):
            if 0 in (i, j):
                D[i, j] = i + j
                continue
            D[i, j] = min(
                D[i - 1, j] + 1, D[i, j - 1] + 1, D[i - 1, j - 1] + (a[i - 1] != b[j - 1])
            )
            if min(i, j) > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                D[i, j] = min(D[i, j], D[i - 2, j - 2] + 1)
    return D[len(a), len(b)]


@wrong("ex8-measures", "joins the tokens: counts characters")
def edit_distance(a, b):
    a, b = "".join(map(str, a)), "".join(map(str, b))
    above = list(range(len(b) + 1))
    for i, token in enumerate(a, start=1):
        row = [i]
        for j, other in enumerate(b, start=1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (token != other)))
        above = row
    return above[-1]


@wrong("ex8-measures", "the share of characters at their places")
def exact_match(A, B):
    if len(A) != len(B) or len(A) == 0:
        raise ValueError("A, B")
    places = [x == y for a, b in zip(A, B, strict=True) for x, y in zip(a, b, strict=False)]
    return sum(places) / len(places)


mutate(
    "ex8-measures",
    "a substitution is a deletion and an insertion",
    old="above[j - 1] + (token != other)",
    new="above[j - 1] + 2 * (token != other)",
)
mutate(
    "ex8-measures",
    "substitutions are free",
    old="above[j - 1] + (token != other)",
    new="above[j - 1]",
)
mutate(
    "ex8-measures",
    "the start of a row is 0: the beginning of a is free",
    old="row = [i]",
    new="row = [0]",
)
mutate("ex8-measures", "no insertions", old="row[-1] + 1, above", new="above")
mutate(
    "ex8-measures",
    "the share of edits instead of their number",
    old="return int(above[-1])",
    new="return above[-1] / max(len(a), len(b), 1)",
)
mutate("ex8-measures", "a float", old="return int(above[-1])", new="return float(above[-1])")
mutate(
    "ex8-measures",
    "is an output somewhere among the targets?",
    old="sum(first == second for first, second in zip(A, B))",
    new="sum(first in B for first in A)",
)
mutate(
    "ex8-measures",
    "all or nothing",
    old="sum(first == second for first, second in zip(A, B)) / len(A)",
    new="float(A == B)",
)
mutate(
    "ex8-measures",
    "the number instead of the share",
    old="zip(A, B)) / len(A)",
    new="zip(A, B))",
)
mutate(
    "ex8-measures",
    "compares as many as there are",
    old="if len(A) != len(B) or len(A) == 0:",
    new="if len(A) == 0 or len(B) == 0:",
)
mutate(
    "ex8-measures",
    "0 for no outputs",
    old="    if len(A) != len(B) or len(A) == 0:",
    new="    if len(A) == len(B) == 0:\n        return 0.0\n    if len(A) != len(B):",
)
mutate(
    "ex8-measures",
    "attention passes through all places",
    old='return T if arch == "rnn" else 1',
    new="return T",
)
mutate("ex8-measures", "T - 1 steps", old="return T if arch", new="return T - 1 if arch")
mutate(
    "ex8-measures",
    "rounds down",
    old="return -(-(T - 1) // (kernel - 1))",
    new="return (T - 1) // (kernel - 1)",
)
mutate(
    "ex8-measures",
    "places in blocks of the kernel's size",
    old="return -(-(T - 1) // (kernel - 1))",
    new="return -(-(T - 1) // kernel)",
)
mutate(
    "ex8-measures",
    "T instead of T - 1",
    old="return -(-(T - 1) // (kernel - 1))",
    new="return -(-T // (kernel - 1))",
)
mutate(
    "ex8-measures",
    "always a kernel of 3",
    old="return -(-(T - 1) // (kernel - 1))",
    new="return -(-(T - 1) // 2)",
)
mutate(
    "ex8-measures",
    "dilated convolutions: a logarithm",
    old="return -(-(T - 1) // (kernel - 1))",
    new="return int(np.ceil(np.log(T) / np.log(kernel)))",
)
mutate(
    "ex8-measures",
    "np.ceil gives a float",
    old="return -(-(T - 1) // (kernel - 1))",
    new="return np.ceil((T - 1) / (kernel - 1))",
)
mutate("ex8-measures", "a T of 1 is allowed", old="or T < 2", new="or T < 1")
mutate(
    "ex8-measures",
    "T is looked at for rnn and conv only",
    old="or T < 2",
    new='or (T < 2 and arch != "attention")',
)
mutate(
    "ex8-measures",
    "the kernel is looked at for conv only",
    old="or kernel < 2",
    new='or (kernel < 2 and arch == "conv")',
)
mutate(
    "ex8-measures",
    "everything unknown is attention",
    old='arch not in ("rnn", "attention", "conv") or',
    new="",
)
mutate(
    "ex8-measures",
    "capitals do not matter",
    old="    if arch not in",
    new="    arch = arch.lower()\n    if arch not in",
)

# === Exercise 9 ============================================================================


@right("ex9-scheduled-inputs", "rng.binomial, put into a copy")
def scheduled_inputs(y_true, y_pred, p, rng):
    if p < 0 or p > 1:
        raise ValueError("p")
    if np.shape(y_true) != np.shape(y_pred):
        raise ValueError("shapes")
    mixed = np.array(y_true)
    own = rng.binomial(1, 1 - p, size=mixed.shape).astype(bool)
    own[:, 0] = False
    mixed[own] = y_pred[own]
    return mixed


@right("ex9-scheduled-inputs", "rng.choice of True and False without column 0")
def scheduled_inputs(y_true, y_pred, p, rng):
    if not (p >= 0 and p <= 1):
        raise ValueError("p must be from 0 to 1")
    if y_true.shape != y_pred.shape:
        raise ValueError("y_true and y_pred must have the same shape")
    B, T = y_true.shape
    coins = rng.choice([True, False], size=(B, T - 1), p=[p, 1 - p])
    rest = np.where(coins, y_true[:, 1:], y_pred[:, 1:])
    return np.concatenate([y_true[:, :1], rest], axis=1)


@right("ex9-scheduled-inputs", "a loop with a coin for each place")
def scheduled_inputs(y_true, y_pred, p, rng):
    if not 0 <= p <= 1 or y_true.shape != y_pred.shape:
        raise ValueError("bad input")
    mixed = y_pred.copy()
    for i, row in enumerate(y_true):
        for t, token in enumerate(row):
            if t == 0 or rng.uniform() < p:
                mixed[i, t] = token
    return mixed


mutate(
    "ex9-scheduled-inputs",
    "one coin for the whole batch",
    old="keep = rng.random(y_true.shape) < p",
    new="keep = np.full(y_true.shape, rng.random() < p)",
)
mutate(
    "ex9-scheduled-inputs",
    "one coin for each row",
    old="keep = rng.random(y_true.shape) < p",
    new="keep = np.repeat(rng.random((len(y_true), 1)) < p, y_true.shape[1], axis=1)",
)
mutate(
    "ex9-scheduled-inputs",
    "one coin for each column",
    old="keep = rng.random(y_true.shape) < p",
    new="keep = np.tile(rng.random(y_true.shape[1]) < p, (len(y_true), 1))",
)
mutate(
    "ex9-scheduled-inputs",
    "p is the probability of the model's token",
    old="rng.random(y_true.shape) < p",
    new="rng.random(y_true.shape) >= p",
)
mutate(
    "ex9-scheduled-inputs",
    "mixes column 0 too",
    old="    keep[:, 0] = True\n",
    new="",
)
mutate(
    "ex9-scheduled-inputs",
    "keeps row 0 instead of column 0",
    old="keep[:, 0] = True",
    new="keep[0] = True",
)
mutate(
    "ex9-scheduled-inputs",
    "from the first own token on, all are own",
    old="keep[:, 0] = True",
    new="keep[:, 0] = True\n    keep = np.cumprod(keep, axis=1) > 0",
)
mutate(
    "ex9-scheduled-inputs",
    "the guesses moved by a place",
    old="return np.where(keep, y_true, y_pred)",
    new="return np.where(keep, y_true, np.roll(y_pred, 1, axis=1))",
)
mutate(
    "ex9-scheduled-inputs",
    "writes into y_true",
    old="return np.where(keep, y_true, y_pred)",
    new="y_true[~keep] = y_pred[~keep]\n    return y_true",
)
mutate(
    "ex9-scheduled-inputs",
    "writes into y_pred",
    old="return np.where(keep, y_true, y_pred)",
    new="y_pred[keep] = y_true[keep]\n    return y_pred",
)
mutate(
    "ex9-scheduled-inputs",
    "a weighted sum: floats",
    old="return np.where(keep, y_true, y_pred)",
    new="return 1.0 * keep * y_true + (1.0 - keep) * y_pred",
)
mutate(
    "ex9-scheduled-inputs",
    "the mean of both tokens",
    old="return np.where(keep, y_true, y_pred)",
    new="return np.where(np.arange(y_true.shape[1]), (p * y_true + (1 - p) * y_pred), y_true)"
    ".astype(int)",
)
mutate(
    "ex9-scheduled-inputs",
    "exactly the share p, drawn without replacement",
    old="keep = rng.random(y_true.shape) < p",
    new="keep = rng.permutation(y_true.size).reshape(y_true.shape) < round(p * y_true.size)",
)
mutate(
    "ex9-scheduled-inputs",
    "a generator of its own",
    old="keep = rng.random(",
    new="keep = np.random.default_rng(0).random(",
)
mutate(
    "ex9-scheduled-inputs",
    "random numbers from np.random",
    old="keep = rng.random(",
    new="keep = np.random.random(",
)
mutate("ex9-scheduled-inputs", "any p", old="if not 0 <= p <= 1:", new="if False:")
mutate("ex9-scheduled-inputs", "p may be large", old="if not 0 <= p <= 1:", new="if p < 0:")
mutate(
    "ex9-scheduled-inputs",
    "p = 0 and p = 1 are refused",
    old="if not 0 <= p <= 1:",
    new="if not 0 < p < 1:",
    raises=ValueError,
)
mutate(
    "ex9-scheduled-inputs",
    "cuts p off at 0 and 1",
    old="    if not 0 <= p <= 1:",
    new="    p = min(max(p, 0), 1)\n    if not 0 <= p <= 1:",
)
mutate(
    "ex9-scheduled-inputs",
    "shapes that NumPy can broadcast",
    old="    if y_true.shape != y_pred.shape:",
    new="    y_true, y_pred = np.broadcast_arrays(y_true, y_pred)\n"
    "    if y_true.shape != y_pred.shape:",
)
mutate(
    "ex9-scheduled-inputs",
    "counts the tokens, whatever the shapes",
    old="if y_true.shape != y_pred.shape:",
    new="if y_true.size != y_pred.size:",
)
