"""Answers to the exercises of notebook 07, as students write them.

Every function runs in the notebook's namespace, which has what the cells before the exercises
import, load and define (``states_over_time``, ``neighbours_differ``, ``train_ids``) and the
exercise's own solution, but no answers to other exercises; what else it needs, it imports itself.
"""

# All answers to an exercise bear its name, and states_over_time is the notebook's:
# ruff: noqa: F811, F821

import itertools
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tests.variants import mutate, right, wrong

if TYPE_CHECKING:  # answers run among the notebook's names; loading Keras here takes seconds
    import keras

# === Exercise 1 ============================================================================


@right("ex1-reverse-padded", "a loop over the rows, into a copy")
def reverse_padded(X, lengths):
    X = np.asarray(X)
    if X.ndim != 2 and X.ndim != 3:
        raise ValueError("X must be (B, T) or (B, T, D)")
    if np.shape(lengths) != (len(X),):
        raise ValueError("one length per row")
    result = X.copy()
    for b, n in enumerate(lengths):
        if n < 0 or n > X.shape[1]:
            raise ValueError(f"the length {n} is impossible")
        result[b, :n] = X[b, :n][::-1]
    return result


@right("ex1-reverse-padded", "a table of sources for take_along_axis")
def reverse_padded(X, lengths):
    X, n = np.array(X), np.array(lengths)
    if X.ndim not in {2, 3} or n.shape != X.shape[:1]:
        raise ValueError("wrong shapes")
    if not np.all((n >= 0) & (n <= X.shape[1])):
        raise ValueError("lengths out of range")
    source = np.tile(np.arange(X.shape[1]), (len(X), 1))
    real = source < n[:, None]
    source[real] = (n[:, None] - 1 - source)[real]
    return np.take_along_axis(X, source if X.ndim == 2 else source[:, :, None], axis=1)


@right("ex1-reverse-padded", "ragged lists, put together again with their padding")
def reverse_padded(X, lengths):
    if np.ndim(X) not in (2, 3) or np.ndim(lengths) != 1 or len(lengths) != len(X):
        raise ValueError("shapes")
    if min(lengths) < 0 or max(lengths) > np.shape(X)[1]:
        raise ValueError("lengths")
    rows = []
    for row, n in zip(X, lengths, strict=True):
        steps = list(row)
        rows.append(list(reversed(steps[:n])) + steps[n:])
    return np.array(rows, dtype=X.dtype)


@wrong("ex1-reverse-padded", "turns the rows of X itself around")
def reverse_padded(X, lengths):
    X, lengths = np.asarray(X), np.asarray(lengths)
    if X.ndim not in (2, 3) or lengths.shape != X.shape[:1]:
        raise ValueError("shapes")
    if lengths.min() < 0 or lengths.max() > X.shape[1]:
        raise ValueError("lengths")
    for b, n in enumerate(lengths):
        X[b, :n] = X[b, :n][::-1].copy()
    return X


@wrong("ex1-reverse-padded", "row[n - 1::-1], which is the whole row for n = 0", raises=ValueError)
def reverse_padded(X, lengths):
    X, lengths = np.asarray(X), np.asarray(lengths)
    if X.ndim not in (2, 3) or lengths.shape != X.shape[:1]:
        raise ValueError("shapes")
    if lengths.min() < 0 or lengths.max() > X.shape[1]:
        raise ValueError("lengths")
    return np.stack(
        [np.concatenate([x[n - 1 :: -1], x[n:]]) for x, n in zip(X, lengths, strict=True)]
    )


@wrong("ex1-reverse-padded", "a buffer of floats for every dtype", raises=ValueError)
def reverse_padded(X, lengths):
    X, lengths = np.asarray(X), np.asarray(lengths)
    if X.ndim not in (2, 3) or lengths.shape != X.shape[:1]:
        raise ValueError("shapes")
    if lengths.min() < 0 or lengths.max() > X.shape[1]:
        raise ValueError("lengths")
    result = np.zeros(X.shape)
    for b, n in enumerate(lengths):
        result[b, :n], result[b, n:] = X[b, :n][::-1], X[b, n:]
    return result


mutate(
    "ex1-reverse-padded",
    "turns whole rows: the padding comes first",
    old="np.where(steps < ends, ends - 1 - steps, steps)",
    new="np.broadcast_to(T - 1 - steps, (B, T))",
)
mutate(
    "ex1-reverse-padded",
    "the largest length for all rows",
    old="lengths[:, None]",
    new="np.full((B, 1), lengths.max())",
)
mutate("ex1-reverse-padded", "starts one step late", old="ends - 1 - steps", new="ends - steps")
mutate("ex1-reverse-padded", "one step too many is turned", old="steps < ends", new="steps <= ends")
mutate(
    "ex1-reverse-padded",
    "turns the features of a step too",
    old="    return X[np.arange(B)[:, None], source]",
    new="    got = X[np.arange(B)[:, None], source]\n"
    "    return got[:, :, ::-1] if X.ndim == 3 else got",
)
mutate(
    "ex1-reverse-padded",
    "take_along_axis without an axis for the features",
    old="X[np.arange(B)[:, None], source]",
    new="np.take_along_axis(X, source, axis=1)",
    raises=ValueError,
)
mutate(
    "ex1-reverse-padded",
    "fills the padding with zeros",
    old="    return X[np.arange(B)[:, None], source]",
    new="    got, new = X[np.arange(B)[:, None], source], np.zeros_like(X)\n"
    "    new[steps < ends] = got[steps < ends]\n    return new",
)
mutate(
    "ex1-reverse-padded",
    "returns X itself where there is nothing to turn",
    old="    steps, ends",
    new="    if (lengths <= 1).all():\n        return X\n    steps, ends",
)
mutate(
    "ex1-reverse-padded",
    "a view of X where no row has padding",
    old="    steps, ends",
    new="    if (lengths == T).all():\n        return X[:, ::-1]\n    steps, ends",
)
mutate(
    "ex1-reverse-padded",
    "subtracts from the caller's lengths",
    old="    steps, ends = np.arange(T), lengths[:, None]\n",
    new="    lengths -= 1\n    steps, ends = np.arange(T), lengths[:, None] + 1\n",
)
mutate(
    "ex1-reverse-padded",
    "a negative length counts from the end",
    old="(lengths < 0).any()",
    new="(lengths < -T).any()",
)
mutate(
    "ex1-reverse-padded",
    "cuts lengths off at T",
    old="    if lengths.shape",
    new="    lengths = np.minimum(lengths, T)\n    if lengths.shape",
)
mutate(
    "ex1-reverse-padded",
    "counts the lengths, whatever their shape",
    old="    if lengths.shape",
    new="    lengths = np.ravel(lengths)\n    if lengths.shape",
)
mutate(
    "ex1-reverse-padded",
    "one length for all rows is allowed",
    old="    if lengths.shape",
    new="    lengths = np.full(B, lengths) if lengths.ndim == 0 else lengths\n    if lengths.shape",
)
mutate("ex1-reverse-padded", "four dimensions", old="X.ndim not in (2, 3)", new="X.ndim < 2")

# === Exercise 2 ============================================================================


@right("ex2-birnn-forward", "each row alone and without its padding")
def birnn_forward(X, fw, bw, lengths=None, merge="concat", cell="lstm"):
    if merge not in ("concat", "sum", "ave", "mul", None) or cell not in ("rnn", "lstm", "gru"):
        raise ValueError("merge or cell")
    B, T = X.shape[:2]
    if lengths is None:
        lengths = [T] * B
    if np.shape(lengths) != (B,) or min(lengths) < 1 or max(lengths) > T:
        raise ValueError("lengths")
    H = len(fw[1])
    forward, backward, ends = np.zeros((B, T, H)), np.zeros((B, T, H)), np.zeros((2, B, H))
    for b, n in enumerate(lengths):
        forward[b, :n] = states_over_time(X[b : b + 1, :n], fw, cell)[0]
        backward[b, :n] = states_over_time(X[b : b + 1, :n][:, ::-1], bw, cell)[0, ::-1]
        ends[:, b] = forward[b, n - 1], backward[b, 0]

    def join(one, two):
        if merge is None:
            return one, two
        if merge == "concat":
            return np.concatenate([one, two], axis=-1)
        return one * two if merge == "mul" else (one + two) / (2 if merge == "ave" else 1)

    return join(forward, backward), join(*ends)


@right("ex2-birnn-forward", "Keras' Bidirectional layer with a mask, the last states picked")
def birnn_forward(X, fw, bw, lengths=None, merge="concat", cell="lstm"):
    if merge not in ("concat", "sum", "ave", "mul", None):
        raise ValueError("merge")
    if cell not in CELLS:
        raise ValueError("cell")
    B, T, _ = X.shape
    n = np.array([T] * B if lengths is None else lengths)
    if n.shape != (B,) or not np.isin(n, range(1, T + 1)).all():
        raise ValueError("lengths")
    inner = CELLS[cell](len(bw[1]), return_sequences=True, dtype="float64")
    layer = keras.layers.Bidirectional(inner, merge_mode=None, dtype="float64")
    layer.build(X.shape)
    layer.set_weights([*fw, *bw])
    mask = keras.ops.convert_to_tensor(np.arange(T) < n[:, None])
    f, b = (np.array(states) for states in layer(X, mask=mask))
    pairs = [(f, b), (f[range(B), n - 1], b[:, 0])]
    if merge is None:
        return tuple(pairs)
    if merge == "concat":
        return tuple(np.concatenate(pair, axis=-1) for pair in pairs)
    rule = {"sum": np.sum, "ave": np.mean, "mul": np.prod}[merge]
    return tuple(rule(np.stack(pair), axis=0) for pair in pairs)


@right("ex2-birnn-forward", "turns whole rows and rolls the real steps to the front")
def birnn_forward(X, fw, bw, lengths=None, merge="concat", cell="lstm"):
    if cell not in ("rnn", "lstm", "gru"):
        raise ValueError("cell")
    lengths = np.array([len(x) for x in X] if lengths is None else lengths, dtype=int)
    if lengths.shape != (len(X),) or np.any(lengths < 1) or np.any(lengths > X.shape[1]):
        raise ValueError("lengths")

    def turn(A):
        return np.array([np.roll(a[::-1], n, axis=0) for a, n in zip(A, lengths, strict=True)])

    f, b = states_over_time(X, fw, cell), turn(states_over_time(turn(X), bw, cell))
    last = np.take_along_axis(f, lengths[:, None, None] - 1, axis=1)[:, 0], b[:, 0]
    match merge:
        case None:
            return (f, b), last
        case "concat":
            return np.dstack([f, b]), np.hstack(last)
        case "sum":
            return f + b, last[0] + last[1]
        case "ave":
            return 0.5 * (f + b), 0.5 * (last[0] + last[1])
        case "mul":
            return f * b, last[0] * last[1]
    raise ValueError("merge")


mutate(
    "ex2-birnn-forward",
    "does not turn the backward reader's result",
    old="bw, cell)[rows[:, None], source]",
    new="bw, cell)",
)
mutate(
    "ex2-birnn-forward",
    "takes both last states at the last real step",
    old="backward[:, 0])",
    new="backward[rows, lengths - 1])",
)
mutate(
    "ex2-birnn-forward",
    "takes the forward reader's last state after the padding",
    old="forward[rows, lengths - 1]",
    new="forward[:, -1]",
)
mutate(
    "ex2-birnn-forward", "the same weights in both directions", old=", bw, cell", new=", fw, cell"
)
mutate(
    "ex2-birnn-forward",
    "turns whole rows: the padding enters the backward reader",
    old="np.where(steps < ends, ends - 1 - steps, steps)",
    new="np.broadcast_to(T - 1 - steps, (B, T))",
)
mutate(
    "ex2-birnn-forward",
    "turns the features around instead of time",
    old="X[rows[:, None], source]",
    new="X[:, :, ::-1]",
)
mutate("ex2-birnn-forward", "ave is the sum", old="(a + b) / 2", new="(a + b)")
mutate("ex2-birnn-forward", "backward half first", old="[a, b], axis=-1", new="[b, a], axis=-1")
mutate(
    "ex2-birnn-forward",
    "the last states are always joined",
    old="combine(forward[rows, lengths - 1], backward[:, 0])",
    new='merges["concat" if merge else None](forward[rows, lengths - 1], backward[:, 0])',
)
mutate(
    "ex2-birnn-forward",
    "None for the default: concat",
    old="None: lambda a, b: (a, b)",
    new="None: lambda a, b: np.concatenate([a, b], axis=-1)",
)
mutate(
    "ex2-birnn-forward",
    "an LSTM whatever the cell",
    old="    combine =",
    new="    forward = states_over_time(X, fw)\n    combine =",
    raises=ValueError,
)
mutate(
    "ex2-birnn-forward",
    "capital letters in merge are allowed",
    old="    if merge not in",
    new="    merge = merge and merge.lower()\n    if merge not in",
)
mutate(
    "ex2-birnn-forward",
    "a column of lengths is allowed",
    old="    if lengths.shape",
    new="    lengths = lengths.ravel()\n    if lengths.shape",
)
mutate(
    "ex2-birnn-forward",
    "sets the padding of X to 0",
    old="    forward = ",
    new="    X[steps >= ends] = 0\n    forward = ",
)

# === Exercise 3 ============================================================================


@right("ex3-bayes-accuracy", "bits of the numbers 0 to 2^T - 1, a table of groups and labels")
def bayes_accuracy(T, label_fn, t, observed):
    seen = set(int(s) for s in observed)
    if T < 1 or T > 12 or t < 0 or t >= T or not seen <= set(range(T)):
        raise ValueError("bad input")
    numbers, codes = {}, []
    for k in range(2**T):
        x = tuple((k >> s) & 1 for s in range(T))
        codes.append(numbers.setdefault(label_fn(x)[t], len(numbers)))
    mask = sum(2**s for s in seen)
    table = np.zeros((2**T, len(numbers)), dtype=int)
    np.add.at(table, (np.arange(2**T) & mask, codes), 1)
    return float(table.max(axis=1).sum() / 2**T)


@right("ex3-bayes-accuracy", "the mean of the groups' best shares: all groups are equally likely")
def bayes_accuracy(T, label_fn, t, observed):
    if not (1 <= T <= 12 and 0 <= t <= T - 1 and all(0 <= s <= T - 1 for s in observed)):
        raise ValueError("bad input")
    groups = {}
    for x in itertools.product([0, 1], repeat=T):
        groups.setdefault(tuple(x[s] for s in observed), []).append(label_fn(x)[t])
    shares = [Counter(labels).most_common(1)[0][1] / len(labels) for labels in groups.values()]
    return sum(shares) / len(shares)


@right("ex3-bayes-accuracy", "recursion: fix the observed bits, then count")
def bayes_accuracy(T, label_fn, t, observed):
    if T not in range(1, 13) or t not in range(T) or any(s not in range(T) for s in observed):
        raise ValueError("bad input")
    todo = list(dict.fromkeys(int(s) for s in observed))

    def best(fixed):
        if len(fixed) < len(todo):
            s = todo[len(fixed)]
            return sum(best(fixed | {s: bit}) for bit in (0, 1))
        choices = [[fixed[s]] if s in fixed else [0, 1] for s in range(T)]
        labels = [label_fn(x)[t] for x in itertools.product(*choices)]
        return max(labels.count(label) for label in set(labels))

    return best({}) / 2**T


@wrong("ex3-bayes-accuracy", "draws 4000 sequences instead of counting all")
def bayes_accuracy(T, label_fn, t, observed):
    seen = sorted({int(s) for s in observed})
    if not 1 <= T <= 12 or not 0 <= t < T or any(not 0 <= s < T for s in seen):
        raise ValueError("bad input")
    groups = {}
    for x in np.random.default_rng(0).integers(0, 2, (4000, T)).tolist():
        counts = groups.setdefault(tuple(x[s] for s in seen), Counter())
        counts[label_fn(tuple(x))[t]] += 1
    return sum(max(counts.values()) for counts in groups.values()) / 4000


@wrong("ex3-bayes-accuracy", "labels are taken for numbers 0 and 1", raises=TypeError)
def bayes_accuracy(T, label_fn, t, observed):
    seen = sorted({int(s) for s in observed})
    if not 1 <= T <= 12 or not 0 <= t < T or any(not 0 <= s < T for s in seen):
        raise ValueError("bad input")
    rows = list(itertools.product((0, 1), repeat=T))
    frame = pd.DataFrame({"y": [label_fn(x)[t] for x in rows]})
    share = frame.groupby([str([x[s] for s in seen]) for x in rows])["y"].mean()
    return float(np.maximum(share, 1 - share).mean())


mutate(
    "ex3-bayes-accuracy",
    "does not look at step t itself",
    old="{int(s) for s in observed}",
    new="{int(s) for s in observed} - {t}",
)
mutate(
    "ex3-bayes-accuracy",
    "the share of wrong answers",
    old="    return sum(",
    new="    return 1 - sum(",
)
mutate(
    "ex3-bayes-accuracy",
    "both labels of a tie are right",
    old="sum(max(counts.values()) for counts",
    new="sum(sum(v for v in counts.values() if v == max(counts.values())) for counts",
)
mutate(
    "ex3-bayes-accuracy",
    "predicts the labels of all steps at once",
    old="counts[label_fn(x)[t]]",
    new="counts[tuple(label_fn(x))]",
)
mutate(
    "ex3-bayes-accuracy",
    "the first steps, as many as are observed",
    old="tuple(x[s] for s in seen)",
    new="x[: len(seen)]",
)
mutate(
    "ex3-bayes-accuracy",
    "all steps up to the last observed one",
    old="tuple(x[s] for s in seen)",
    new="x[: max(seen, default=-1) + 1]",
)
mutate(
    "ex3-bayes-accuracy",
    "knows only how many of the observed bits are 1",
    old="tuple(x[s] for s in seen)",
    new="sum(x[s] for s in seen)",
)
mutate(
    "ex3-bayes-accuracy",
    "a list for x, where the rule takes a tuple",
    old="counts[label_fn(x)",
    new="counts[label_fn(list(x))",
    raises=TypeError,
)
mutate(
    "ex3-bayes-accuracy",
    "'observed or []', which has no truth value for an array",
    old="for s in observed}",
    new="for s in (observed or [])}",
    raises=ValueError,
)
mutate(
    "ex3-bayes-accuracy",
    "sorts the caller's steps",
    old="    seen = sorted(",
    new="    if hasattr(observed, 'sort'):\n        observed.sort()\n    seen = sorted(",
)
mutate("ex3-bayes-accuracy", "no upper limit for T", old="1 <= T <= 12", new="1 <= T")
mutate(
    "ex3-bayes-accuracy",
    "T = 12 is too much",
    old="1 <= T <= 12",
    new="1 <= T < 12",
    raises=ValueError,
)
mutate("ex3-bayes-accuracy", "t from the end", old="not 0 <= t < T", new="not -T <= t < T")
mutate("ex3-bayes-accuracy", "steps from the end", old="not 0 <= s < T", new="not -T <= s < T")

# === Exercise 4 ============================================================================


@right("ex4-influence-matrix", "one batch: X and T changed copies of it")
def influence_matrix(f, X, eps=1.0):
    if np.ndim(X) != 3 or np.shape(X)[0] != 1:
        raise ValueError("X must be (1, T, D)")
    if eps == 0:
        raise ValueError("eps must not be 0")
    T = X.shape[1]
    batch = np.repeat(X, T + 1, axis=0).astype(float)
    batch[np.arange(T), np.arange(T)] += eps
    Y = np.asarray(f(batch), dtype=float)
    return (np.abs(Y[:T] - Y[T]) > 1e-6).any(axis=2).T


@right("ex4-influence-matrix", "an array of zeros, filled by two loops")
def influence_matrix(f, X, eps=1.0):
    X = np.asarray(X)
    if X.ndim != 3 or X.shape[0] != 1 or not eps:
        raise ValueError("bad input")
    _, T, _ = X.shape
    M = np.zeros((T, T), dtype=bool)
    y = np.array(f(X + 0.0))[0]
    for s in range(T):
        bump = np.zeros(X.shape)
        bump[0, s, :] = eps
        z = np.array(f(X + bump))[0]
        for t in range(T):
            M[t, s] = max(abs(z[t] - y[t])) > 1e-6
    return M


@right("ex4-influence-matrix", "one working copy, set back after each step")
def influence_matrix(f, X, eps=1.0):
    if np.ndim(X) != 3 or len(X) != 1 or eps == 0:
        raise ValueError("bad input")
    work = np.array(X, dtype=float)
    y, columns = np.array(f(work)), []
    for s in range(work.shape[1]):
        old = work[0, s].copy()
        work[0, s] = old + eps
        moved = np.array(f(work)) - y
        work[0, s] = old
        columns.append(np.any((moved > 1e-6) | (moved < -1e-6), axis=(0, 2)))
    return np.column_stack(columns)


@wrong("ex4-influence-matrix", "adds eps to X itself and takes it away again")
def influence_matrix(f, X, eps=1.0):
    if np.ndim(X) != 3 or len(X) != 1 or eps == 0:
        raise ValueError("bad input")
    y, columns = np.array(f(X)), []
    for s in range(X.shape[1]):
        X[:, s] += eps
        columns.append(np.abs(np.array(f(X)) - y)[0].max(axis=-1) > 1e-6)
        X[:, s] -= eps
    return np.stack(columns, axis=1)


@wrong("ex4-influence-matrix", "compares with the output for the step changed the other way")
def influence_matrix(f, X, eps=1.0):
    X = np.array(X, dtype=float)
    if X.ndim != 3 or len(X) != 1 or eps == 0:
        raise ValueError("bad input")
    T = X.shape[1]
    change = eps * np.eye(T)[:, :, None]
    one, two = (np.asarray(f(X + sign * change)) for sign in (1, -1))
    return np.asarray(np.abs(one - two).max(axis=-1) > 1e-6).T


mutate(
    "ex4-influence-matrix",
    "goes on with the changed input: one step more each time",
    old="changed = X.copy()",
    new="changed = X",
)
mutate("ex4-influence-matrix", "rows are inputs", old="(columns, axis=1)", new="(columns, axis=0)")
mutate("ex4-influence-matrix", "every difference counts", old="> 1e-6", new="> 0")
mutate("ex4-influence-matrix", "a tolerance of 1e-7", old="> 1e-6", new="> 1e-7")
mutate(
    "ex4-influence-matrix",
    "np.isclose: the tolerance grows with the output",
    old="np.abs(np.asarray(f(changed)) - base)[0].max(axis=-1) > 1e-6",
    new="~np.isclose(f(changed), base, atol=1e-6)[0].all(axis=-1)",
)
mutate(
    "ex4-influence-matrix",
    "changes feature 0 only",
    old="changed[:, s] += eps",
    new="changed[:, s, 0] += eps",
)
mutate("ex4-influence-matrix", "the first output only", old=".max(axis=-1)", new="[:, 0]")
mutate("ex4-influence-matrix", "all outputs must move", old=".max(axis=-1)", new=".min(axis=-1)")
mutate(
    "ex4-influence-matrix",
    "differences may cancel",
    old="np.abs(np.asarray(f(changed)) - base)[0].max(axis=-1)",
    new="np.abs((np.asarray(f(changed)) - base)[0].sum(axis=-1))",
)
mutate("ex4-influence-matrix", "the size of eps without its sign", old="+= eps", new="+= abs(eps)")
mutate(
    "ex4-influence-matrix",
    "f(X) again for each step",
    old=" - base)",
    new=" - np.asarray(f(X.copy())))",
)
mutate(
    "ex4-influence-matrix",
    "1 and 0 instead of True and False",
    old="return np.stack(columns, axis=1)",
    new="return np.stack(columns, axis=1).astype(int)",
)
mutate("ex4-influence-matrix", "eps = 0 is allowed", old=" or eps == 0", new="")
mutate("ex4-influence-matrix", "four dimensions", old="X.ndim != 3", new="X.ndim < 3")
mutate(
    "ex4-influence-matrix",
    "whole numbers cannot take half a step",
    old="np.array(X, dtype=float)",
    new="np.array(X)",
    raises=TypeError,
)

# === Exercise 5 ============================================================================


@right("ex5-max-additive", "only XOR and its opposite are out of reach")
def max_additive_accuracy(table):
    table = np.array(table)
    if table.shape != (2, 2):
        raise ValueError("table must be 2 × 2")
    if any(value not in (0, 1) for value in table.flat):
        raise ValueError("0 and 1 only")
    (a, b), (c, d) = table
    return 0.75 if a == d and b == c and a != b else 1.0


@right("ex5-max-additive", "the second row may answer 1 more often than the first, or less")
def max_additive_accuracy(table):
    if np.shape(table) != (2, 2):
        raise ValueError("shape")
    table = [[float(v) for v in row] for row in table]
    if not {v for row in table for v in row} <= {0.0, 1.0}:
        raise ValueError("values")
    rows = [(0, 0), (0, 1), (1, 0), (1, 1)]
    best = 0
    for first, second in itertools.product(rows, repeat=2):
        if all(p <= q for p, q in zip(first, second, strict=True)) or all(
            p >= q for p, q in zip(first, second, strict=True)
        ):
            pairs = zip([*first, *second], [*table[0], *table[1]], strict=True)
            best = max(best, sum(p == q for p, q in pairs))
    return best / 4


@right("ex5-max-additive", "a linear program for each of the 16 patterns of answers")
def max_additive_accuracy(table):
    from scipy.optimize import linprog

    table = np.asarray(table, dtype=float)
    if table.shape != (2, 2) or not ((table == 0) | (table == 1)).all():
        raise ValueError("table")
    sums = np.array([[1, 0, 1, 0], [1, 0, 0, 1], [0, 1, 1, 0], [0, 1, 0, 1]])
    shares = []
    for answers in itertools.product([-1, 1], repeat=4):
        signs = -np.array(answers)[:, None] * sums
        found = linprog(np.zeros(4), A_ub=signs, b_ub=-np.ones(4), bounds=[(None, None)] * 4)
        if found.status == 0:
            shares.append(np.mean((np.array(answers) > 0) == (table.ravel() == 1)))
    return float(max(shares))


@wrong("ex5-max-additive", "half of the answers for what cannot be separated")
def max_additive_accuracy(table):
    table = np.asarray(table)
    if table.shape != (2, 2) or not np.isin(table, (0, 1)).all():
        raise ValueError("table")
    return 0.5 if table[0, 0] == table[1, 1] != table[0, 1] == table[1, 0] else 1.0


@wrong("ex5-max-additive", "forgets the opposite of XOR")
def max_additive_accuracy(table):
    table = np.asarray(table)
    if table.shape != (2, 2) or not np.isin(table, (0, 1)).all():
        raise ValueError("table")
    return 0.75 if np.array_equal(table, [[0, 1], [1, 0]]) else 1.0


@wrong("ex5-max-additive", "two ones are always out of reach")
def max_additive_accuracy(table):
    table = np.asarray(table)
    if table.shape != (2, 2) or not np.isin(table, (0, 1)).all():
        raise ValueError("table")
    return 0.75 if table.sum() == 2 else 1.0


@wrong("ex5-max-additive", "the same answer for all pairs")
def max_additive_accuracy(table):
    table = np.asarray(table)
    if table.shape != (2, 2) or not np.isin(table, (0, 1)).all():
        raise ValueError("table")
    return float(max(table.mean(), 1 - table.mean()))


@wrong("ex5-max-additive", "whole numbers by type: refuses NumPy's and Booleans", raises=ValueError)
def max_additive_accuracy(table):
    if np.shape(table) != (2, 2):
        raise ValueError("shape")
    if any(type(value) is not int or value not in (0, 1) for row in table for value in row):
        raise ValueError("values")
    (a, b), (c, d) = table
    return 0.75 if a == d and b == c and a != b else 1.0


mutate("ex5-max-additive", "a grid of -1 and 1 is too coarse", old="(-2, -1, 1, 2)", new="(-1, 1)")
mutate(
    "ex5-max-additive",
    "the same two numbers on both sides",
    old="        answers = ",
    new="        b0, b1 = a0, a1\n        answers = ",
)
mutate(
    "ex5-max-additive",
    "products instead of sums",
    old="[[a0 + b0, a0 + b1], [a1 + b0, a1 + b1]]",
    new="[[a0 * b0, a0 * b1], [a1 * b0, a1 * b1]]",
)
mutate("ex5-max-additive", "the number of pairs", old=".mean())", new=".sum())")
mutate(
    "ex5-max-additive",
    "four numbers in any shape",
    old="np.asarray(table)\n",
    new="np.reshape(table, (2, 2))\n",
)
mutate("ex5-max-additive", "any numbers", old=" or not np.isin(table, (0, 1)).all()", new="")
mutate(
    "ex5-max-additive",
    "between 0 and 1 is enough",
    old="not np.isin(table, (0, 1)).all()",
    new="not ((table >= 0) & (table <= 1)).all()",
)
mutate(
    "ex5-max-additive",
    "looks for numbers above 1 only",
    old="not np.isin(table, (0, 1)).all()",
    new="(table != table.astype(int)).any() or table.max() > 1",
)
mutate(
    "ex5-max-additive",
    "writes -1 for 0 into the caller's table",
    old="    best = 0.0\n",
    new="    best = 0.0\n    table[table == 0] = -1\n    table = table > 0\n",
)

# === Exercise 6 ============================================================================


@right("ex6-tagger", "Sequential, a GRU, batches of 32 and a larger rate")
def build_tagger(vocab_size, n_tags, units=16, bidirectional=True):
    reader = keras.layers.GRU(units, return_sequences=True)
    if bidirectional:
        reader = keras.layers.Bidirectional(reader)
    layers = [keras.layers.Embedding(vocab_size, 24, mask_zero=True), reader]
    return keras.Sequential([*layers, keras.layers.Dense(n_tags)])


@right("ex6-tagger", "Sequential, a GRU, batches of 32 and a larger rate")
def train_tagger(model, ids, tags, seed=0):
    keras.utils.set_random_seed(seed)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.Adam(0.02), loss=loss, jit_compile=False)
    model.fit(ids, tags, epochs=8, batch_size=32, verbose=0)


@right("ex6-tagger", "two readers by hand, a hidden layer, weights 0 at the padding")
def build_tagger(vocab_size, n_tags, units=16, bidirectional=True):
    ids = keras.Input((None,), dtype="int32")
    vectors = keras.layers.Embedding(vocab_size, 16, mask_zero=True)(ids)
    states = keras.layers.LSTM(units, return_sequences=True)(vectors)
    if bidirectional:
        back = keras.layers.LSTM(units, return_sequences=True, go_backwards=True)(vectors)
        turned = keras.layers.Lambda(lambda a: a[:, ::-1], mask=lambda a, mask: mask)(back)
        states = keras.layers.Concatenate()([states, turned])
    hidden = keras.layers.Dense(24, activation="relu")(states)
    return keras.Model(ids, keras.layers.Dense(n_tags)(hidden))


@right("ex6-tagger", "two readers by hand, a hidden layer, weights 0 at the padding")
def train_tagger(model, ids, tags, seed=0):
    keras.utils.set_random_seed(seed)
    model.compile(
        "nadam", keras.losses.SparseCategoricalCrossentropy(from_logits=True), jit_compile=False
    )
    model.optimizer.learning_rate = 0.01
    weights = (ids > 0).astype(float)
    model.fit(ids, tags, sample_weight=weights, epochs=6, batch_size=16, verbose=0)


# What is built wrong is seen before any training, so these train hardly at all:
@wrong("ex6-tagger", "no mask: the backward reader starts in the padding")
@wrong("ex6-tagger", "one output per sentence")
@wrong("ex6-tagger", "the causal model is bidirectional too")
@wrong("ex6-tagger", "word vectors of 150 numbers: too many parameters")
def train_tagger(model, ids, tags, seed=0):
    keras.utils.set_random_seed(seed)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.01), loss, jit_compile=False)
    model.fit(ids[:64], tags[:64], batch_size=16, verbose=0)


@wrong("ex6-tagger", "no mask: the backward reader starts in the padding")
def build_tagger(vocab_size, n_tags, units=16, bidirectional=True):
    reader = keras.layers.LSTM(units, return_sequences=True)
    reader = keras.layers.Bidirectional(reader) if bidirectional else reader
    vectors = keras.layers.Embedding(vocab_size, 16)
    return keras.Sequential([vectors, reader, keras.layers.Dense(n_tags)])


@wrong("ex6-tagger", "one output per sentence")
def build_tagger(vocab_size, n_tags, units=16, bidirectional=True):
    reader = keras.layers.LSTM(units)
    reader = keras.layers.Bidirectional(reader) if bidirectional else reader
    vectors = keras.layers.Embedding(vocab_size, 16, mask_zero=True)
    return keras.Sequential([vectors, reader, keras.layers.Dense(n_tags)])


@wrong("ex6-tagger", "the causal model is bidirectional too")
def build_tagger(vocab_size, n_tags, units=16, bidirectional=True):
    reader = keras.layers.Bidirectional(keras.layers.LSTM(units, return_sequences=True))
    vectors = keras.layers.Embedding(vocab_size, 16, mask_zero=True)
    return keras.Sequential([vectors, reader, keras.layers.Dense(n_tags)])


@wrong("ex6-tagger", "word vectors of 150 numbers: too many parameters")
def build_tagger(vocab_size, n_tags, units=16, bidirectional=True):
    reader = keras.layers.LSTM(units, return_sequences=True)
    reader = keras.layers.Bidirectional(reader) if bidirectional else reader
    vectors = keras.layers.Embedding(vocab_size, 150, mask_zero=True)
    return keras.Sequential([vectors, reader, keras.layers.Dense(n_tags)])


@wrong("ex6-tagger", "a softmax, and a loss for probabilities")
def build_tagger(vocab_size, n_tags, units=16, bidirectional=True):
    reader = keras.layers.LSTM(units, return_sequences=True)
    reader = keras.layers.Bidirectional(reader) if bidirectional else reader
    vectors = keras.layers.Embedding(vocab_size, 16, mask_zero=True)
    return keras.Sequential([vectors, reader, keras.layers.Dense(n_tags, activation="softmax")])


@wrong("ex6-tagger", "a softmax, and a loss for probabilities")
def train_tagger(model, ids, tags, seed=0):
    keras.utils.set_random_seed(seed)
    loss = keras.losses.SparseCategoricalCrossentropy()
    model.compile(keras.optimizers.Adam(0.01), loss, jit_compile=False)
    model.fit(ids, tags, batch_size=16, epochs=6, verbose=0)


mutate("ex6-tagger", "16 units whatever is asked for", old="LSTM(units,", new="LSTM(16,")
mutate("ex6-tagger", "one epoch", old="epochs=5", new="epochs=1")

# === Exercise 7 ============================================================================


@right("ex7-masked-accuracy", "sums of weights 0 and 1")
def masked_accuracy(y, y_hat, mask, subset=None):
    if not np.shape(y) == np.shape(y_hat) == np.shape(mask):
        raise ValueError("shapes")
    if subset is not None and np.shape(subset) != np.shape(y):
        raise ValueError("subset")
    weights = np.array(mask, dtype=float)
    if weights.sum() == 0:
        raise ValueError("no real word")
    if subset is not None:
        weights = weights * subset
    if weights.sum() == 0:
        return np.nan
    return float((weights * (y == y_hat)).sum() / weights.sum())


@right("ex7-masked-accuracy", "sums of weights 0 and 1")
def per_class_recall(y, y_hat, mask, n_tags):
    if not np.shape(y) == np.shape(y_hat) == np.shape(mask) or not np.any(mask):
        raise ValueError("bad input")
    true, right = np.zeros(n_tags), np.zeros(n_tags)
    for tag, answer, real in zip(np.ravel(y), np.ravel(y_hat), np.ravel(mask), strict=True):
        if real:
            true[tag] += 1
            right[tag] += tag == answer
    return {k: float(right[k] / true[k]) if true[k] else float("nan") for k in range(n_tags)}


@right("ex7-masked-accuracy", "a long table of words, and groupby")
def masked_accuracy(y, y_hat, mask, subset=None):
    arrays = {"y": y, "y_hat": y_hat, "mask": mask}
    arrays["subset"] = np.ones(np.shape(y)) if subset is None else subset
    if len({np.shape(a) for a in arrays.values()}) > 1:
        raise ValueError("shapes")
    words = pd.DataFrame({name: np.ravel(a) for name, a in arrays.items()})
    words = words[words["mask"] > 0]
    if words.empty:
        raise ValueError("only padding")
    words = words[words["subset"] > 0]
    return float((words["y"] == words["y_hat"]).mean())


@right("ex7-masked-accuracy", "a long table of words, and groupby")
def per_class_recall(y, y_hat, mask, n_tags):
    masked_accuracy(y, y_hat, mask)
    words = pd.DataFrame({"y": np.ravel(y), "right": np.ravel(y == y_hat)})[np.ravel(mask) > 0]
    return words.groupby("y")["right"].mean().reindex(range(n_tags)).to_dict()


@right("ex7-masked-accuracy", "accuracy and recall of scikit-learn")
def masked_accuracy(y, y_hat, mask, subset=None):
    from sklearn.metrics import accuracy_score

    if y.shape != y_hat.shape or y.shape != mask.shape or not mask.any():
        raise ValueError("bad input")
    use = mask.astype(bool)
    if subset is not None:
        if subset.shape != y.shape:
            raise ValueError("subset")
        use = use & (subset != 0)
    if not use.any():
        return float("nan")
    return accuracy_score(y.ravel(), y_hat.ravel(), sample_weight=use.ravel().astype(int))


@wrong("ex7-masked-accuracy", "the mean of the sentences' accuracies")
def masked_accuracy(y, y_hat, mask, subset=None):
    y, y_hat, mask = np.asarray(y), np.asarray(y_hat), np.asarray(mask).astype(bool)
    chosen = np.ones_like(mask) if subset is None else np.asarray(subset).astype(bool)
    if not y.shape == y_hat.shape == mask.shape == chosen.shape or not mask.any():
        raise ValueError("bad input")
    use = mask & chosen
    means = [float((a == b)[u].mean()) for a, b, u in zip(y, y_hat, use, strict=True) if u.any()]
    return sum(means) / len(means) if means else float("nan")


@wrong("ex7-masked-accuracy", "a recall that does not look at its input")
def per_class_recall(y, y_hat, mask, n_tags):
    result = {}
    for tag in range(n_tags):
        words = (y == tag) & (mask > 0)
        result[tag] = float(((y_hat == tag) & words).sum() / words.sum()) if words.any() else np.nan
    return result


mutate("ex7-masked-accuracy", "counts the padding", old="[mask & chosen]", new="[chosen]")
mutate("ex7-masked-accuracy", "ignores the subset", old="[mask & chosen]", new="[mask]")
mutate(
    "ex7-masked-accuracy",
    "the subset counts at padding too",
    old="[mask & chosen]",
    new="[mask if subset is None else chosen]",
)
mutate(
    "ex7-masked-accuracy",
    "divides by all positions",
    old="float(right.mean())",
    new="float(right.sum() / y.size)",
)
mutate("ex7-masked-accuracy", "0 for an empty subset", old='float("nan")', new="0.0")
mutate("ex7-masked-accuracy", "NaN where all are wrong", old="if len(right)", new="if right.any()")
mutate(
    "ex7-masked-accuracy",
    "an error for an empty subset",
    old="not mask.any()",
    new="not (mask & chosen).any()",
    raises=ValueError,
)
mutate("ex7-masked-accuracy", "a mask of padding gives NaN", old=" or not mask.any()", new="")
mutate(
    "ex7-masked-accuracy",
    "a mask of ints as row numbers",
    old="np.asarray(mask).astype(bool)",
    new="np.asarray(mask)",
    raises=IndexError,
)
mutate(
    "ex7-masked-accuracy",
    "precision instead of recall",
    old="np.asarray(y) == tag",
    new="np.asarray(y_hat) == tag",
)
mutate(
    "ex7-masked-accuracy",
    "only the tags that occur",
    old="for tag in range(n_tags)",
    new="for tag in np.unique(y).tolist()",
)
mutate(
    "ex7-masked-accuracy",
    "a subset of other shape is spread",
    old=" == chosen.shape",
    new="",
)
mutate(
    "ex7-masked-accuracy",
    "answers of other shape are spread",
    old="    chosen = ",
    new="    y, y_hat = np.broadcast_arrays(y, y_hat)\n    chosen = ",
)
mutate(
    "ex7-masked-accuracy",
    "a mask of one row for all sentences",
    old="    chosen = ",
    new="    mask = np.broadcast_to(mask, y.shape)\n    chosen = ",
)
mutate(
    "ex7-masked-accuracy",
    "writes -1 into y at the padding",
    old="    right = (",
    new="    y[~mask] = -1\n    right = (",
)

# === Exercise 8 ============================================================================


@right("ex8-bidirectional-ok", "a dict of all ten")
def bidirectional_ok(task):
    answers = {
        "name-marking": True,
        "live-captions": False,
        "next-value": False,
        "gap-filling": True,
        "machine-alarm": False,
        "interview-transcript": True,
        "text-generation": False,
        "gene-finding": True,
        "keyboard": False,
        "sleep-stages": True,
    }
    if task not in answers:
        raise ValueError(f"unknown task {task!r}")
    return answers[task]


@right("ex8-bidirectional-ok", "two lists of words and two ifs")
def bidirectional_ok(task):
    if task in [
        "name-marking",
        "gap-filling",
        "interview-transcript",
        "gene-finding",
        "sleep-stages",
    ]:
        return True
    if task in ["live-captions", "next-value", "machine-alarm", "text-generation", "keyboard"]:
        return False
    raise ValueError("unknown task")


@right("ex8-bidirectional-ok", "match, with NumPy's Booleans")
def bidirectional_ok(task):
    match task:
        case "live-captions" | "next-value" | "machine-alarm" | "text-generation" | "keyboard":
            return np.bool_(False)
        case "name-marking" | "gap-filling" | "interview-transcript":
            return np.bool_(True)
        case "gene-finding" | "sleep-stages":
            return np.bool_(True)
    raise ValueError(task)


@wrong("ex8-bidirectional-ok", "the place in one long text: parts of names are allowed")
def bidirectional_ok(task):
    offline = "name-marking, gap-filling, interview-transcript, gene-finding, sleep-stages"
    if task in offline:
        return True
    if task in "live-captions, next-value, machine-alarm, text-generation, keyboard":
        return False
    raise ValueError(task)


@wrong("ex8-bidirectional-ok", "looks into a dict: a KeyError for other names")
def bidirectional_ok(task):
    offline = ["name-marking", "gap-filling", "interview-transcript", "gene-finding"]
    live = ["live-captions", "next-value", "machine-alarm", "text-generation", "keyboard"]
    return (dict.fromkeys([*offline, "sleep-stages"], True) | dict.fromkeys(live, False))[task]


mutate("ex8-bidirectional-ok", "always True", old="return task in offline", new="return True")
mutate(
    "ex8-bidirectional-ok",
    "yes and no",
    old="return task in offline",
    new='return "yes" if task in offline else "no"',
)
mutate(
    "ex8-bidirectional-ok",
    "1 and 0",
    old="return task in offline",
    new="return int(task in offline)",
)
mutate(
    "ex8-bidirectional-ok",
    "False for other names",
    old="    if task not in offline | live:",
    new="    if False:",
)
mutate(
    "ex8-bidirectional-ok",
    "capital letters do not matter",
    old="    if task not in",
    new="    task = task.lower()\n    if task not in",
)
mutate(
    "ex8-bidirectional-ok",
    "a forecast from a whole window may read it all",
    old="return task in offline",
    new='return task in offline or task == "next-value"',
)
mutate(
    "ex8-bidirectional-ok",
    "whoever writes a story may read it",
    old="return task in offline",
    new='return task in offline or task == "text-generation"',
)
mutate(
    "ex8-bidirectional-ok",
    "a sensor has recorded all, so the alarm may use it",
    old="return task in offline",
    new='return task in offline or task == "machine-alarm"',
)
mutate(
    "ex8-bidirectional-ok",
    "three billion letters are too long",
    old="return task in offline",
    new='return task in offline and task != "gene-finding"',
)
mutate(
    "ex8-bidirectional-ok",
    "sound and sensors are always live",
    old="return task in offline",
    new='return task in offline and task not in ("interview-transcript", "sleep-stages")',
)
mutate(
    "ex8-bidirectional-ok",
    "what is missing is forecast from the past",
    old="return task in offline",
    new='return task in offline and task != "gap-filling"',
)

# === Exercise 9 ============================================================================


@right("ex9-leaks", "Boolean arrays over the time axis")
def leak_check(split_fn, n):
    train, test = split_fn(n)
    for window in [*train, *test]:
        for part in window:
            if np.min(part) < 0 or np.max(part) >= n:
                raise ValueError("index out of range")
    known, leaked = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
    for inputs, targets in train:
        known[np.asarray(inputs)] = known[np.asarray(targets)] = True
    for inputs, targets in test:
        targets = np.asarray(targets)
        leaked[targets[known[targets] | np.isin(targets, inputs)]] = True
    return {"n_overlap": int(leaked.sum()), "leaks": bool(leaked.any())}


@right("ex9-leaks", "first and last index of each part")
def leak_check(split_fn, n):
    train, test = split_fn(n)
    spans = [[(int(part[0]), int(part[-1])) for part in w] for w in list(train) + list(test)]
    if any(first < 0 or last > n - 1 for window in spans for first, last in window):
        raise ValueError("index out of range")
    training = [span for window in spans[: len(train)] for span in window]
    found = set()
    for own, (first, last) in spans[len(train) :]:
        for lo, hi in [*training, own]:
            found.update(range(max(first, lo), min(last, hi) + 1))
    return {"leaks": len(found) > 0, "n_overlap": len(found)}


@right("ex9-leaks", "unions and intersections of sets")
def leak_check(split_fn, n):
    train, test = split_fn(n)
    seen = set().union(*(set(map(int, part)) for window in train for part in window))
    leaked, everything = set(), set(seen)
    for inputs, targets in test:
        own, wanted = set(map(int, inputs)), set(map(int, targets))
        leaked |= wanted & (seen | own)
        everything |= own | wanted
    if not everything <= set(range(n)):
        raise ValueError("index out of range")
    return {"n_overlap": len(leaked), "leaks": leaked != set()}


@wrong("ex9-leaks", "compares the places of windows in the lists")
@wrong("ex9-leaks", "compares where windows start")
@wrong("ex9-leaks", "inputs against inputs")
@wrong("ex9-leaks", "the last index of a part is not in it")
@wrong("ex9-leaks", "a training window covers all from its first input to its last target")
@wrong("ex9-leaks", "training covers all from its first index to its last")
@wrong("ex9-leaks", "looks at the first and last target only")
@wrong("ex9-leaks", "counts test windows that leak, not indices")
def plain_lists(split_fn, n):
    train, test = split_fn(n)
    parts = [[[np.asarray(p).tolist() for p in w] for w in part] for part in (train, test)]
    numbers = [i for part in parts for window in part for p in window for i in p]
    if numbers and (min(numbers) < 0 or max(numbers) >= n):
        raise ValueError("index out of range")
    return parts


@wrong("ex9-leaks", "compares the places of windows in the lists")
def leak_check(split_fn, n):
    train, test = plain_lists(split_fn, n)
    both = set(range(len(train))) & set(range(len(test)))
    return {"n_overlap": len(both), "leaks": bool(both)}


@wrong("ex9-leaks", "compares where windows start")
def leak_check(split_fn, n):
    train, test = plain_lists(split_fn, n)
    both = {inputs[0] for inputs, _ in train} & {inputs[0] for inputs, _ in test}
    return {"n_overlap": len(both), "leaks": bool(both)}


@wrong("ex9-leaks", "inputs against inputs")
def leak_check(split_fn, n):
    train, test = plain_lists(split_fn, n)
    both = {i for inputs, _ in train for i in inputs} & {i for inputs, _ in test for i in inputs}
    return {"n_overlap": len(both), "leaks": bool(both)}


@wrong("ex9-leaks", "the last index of a part is not in it")
def leak_check(split_fn, n):
    train, test = plain_lists(split_fn, n)
    seen = {i for w in train for part in w for i in range(part[0], part[-1])}
    leaked = set()
    for inputs, targets in test:
        leaked |= set(targets) & (seen | set(range(inputs[0], inputs[-1])))
    return {"n_overlap": len(leaked), "leaks": bool(leaked)}


@wrong("ex9-leaks", "a training window covers all from its first input to its last target")
def leak_check(split_fn, n):
    train, test = plain_lists(split_fn, n)
    seen = {i for inputs, targets in train for i in range(inputs[0], targets[-1] + 1)}
    leaked = {i for inputs, targets in test for i in targets if i in seen or i in inputs}
    return {"n_overlap": len(leaked), "leaks": bool(leaked)}


@wrong("ex9-leaks", "training covers all from its first index to its last")
def leak_check(split_fn, n):
    train, test = plain_lists(split_fn, n)
    numbers = [i for window in train for part in window for i in part]
    seen = range(min(numbers), max(numbers) + 1) if numbers else ()
    leaked = {i for inputs, targets in test for i in targets if i in seen or i in inputs}
    return {"n_overlap": len(leaked), "leaks": bool(leaked)}


@wrong("ex9-leaks", "looks at the first and last target only")
def leak_check(split_fn, n):
    train, test = plain_lists(split_fn, n)
    seen = {i for window in train for part in window for i in part}
    leaked = {
        i for inputs, targets in test for i in (targets[0], targets[-1]) if i in seen or i in inputs
    }
    return {"n_overlap": len(leaked), "leaks": bool(leaked)}


@wrong("ex9-leaks", "counts test windows that leak, not indices")
def leak_check(split_fn, n):
    train, test = plain_lists(split_fn, n)
    seen = {i for window in train for part in window for i in part}
    count = sum(any(i in seen or i in inputs for i in targets) for inputs, targets in test)
    return {"n_overlap": count, "leaks": count > 0}


@wrong("ex9-leaks", "asks for the split twice")
def leak_check(split_fn, n):
    train, test = list(split_fn(n)[0]), list(split_fn(n)[1])
    numbers = [int(i) for window in train + test for part in window for i in part]
    if any(i < 0 or i >= n for i in numbers):
        raise ValueError("index out of range")
    seen = {int(i) for window in train for part in window for i in part}
    leaked = {int(i) for a, b in test for i in b if int(i) in seen or i in a}
    return {"n_overlap": len(leaked), "leaks": bool(leaked)}


mutate(
    "ex9-leaks",
    "training inputs only",
    old="seen = {i for window in train for part in window",
    new="seen = {i for window in train for part in window[:1]",
)
mutate(
    "ex9-leaks",
    "training targets only",
    old="seen = {i for window in train for part in window",
    new="seen = {i for window in train for part in window[1:]",
)
mutate("ex9-leaks", "forgets the own input", old=" or i in inputs}", new="}")
mutate(
    "ex9-leaks",
    "the inputs of all test windows",
    old=" or i in inputs}",
    new=" or any(i in w[0] for w in test)}",
)
mutate(
    "ex9-leaks",
    "training windows that read their own target count too",
    old="for inputs, targets in test for i in targets if i in seen or i in inputs",
    new="for w in train + test for i in w[1] if i in w[0] or (w in test and i in seen)",
)
mutate(
    "ex9-leaks",
    "an index counts once for each window",
    old="{i for inputs, targets in test for i in targets if i in seen or i in inputs}",
    new="[i for inputs, targets in test for i in targets if i in seen or i in inputs]",
)
mutate("ex9-leaks", "the number again for leaks", old="bool(leaked)", new="len(leaked)")
mutate("ex9-leaks", "n itself is an index", old="max(everything) < n", new="max(everything) <= n")
mutate("ex9-leaks", "indices from the end", old="not 0 <= min", new="not -n <= min")
mutate(
    "ex9-leaks", "checks the training windows only", old="in train + test for", new="in train for"
)
mutate(
    "ex9-leaks",
    "checks the targets only",
    old="in train + test for part in window for",
    new="in train + test for part in window[1:] for",
)
mutate(
    "ex9-leaks",
    "min of nothing where the split is empty",
    old="if everything and not",
    new="if not",
    raises=ValueError,
)
