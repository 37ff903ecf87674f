"""Answers to the exercises of notebook 04, as students write them.

Every function runs in the notebook's namespace, which has what the setup cell imports and the
exercise's own solution, but no answers to other exercises; what else it needs, it imports itself.
"""

# All answers to an exercise bear its name, and O is the number of outputs:
# ruff: noqa: F811, E741

from typing import TYPE_CHECKING

import numpy as np

from tests.variants import mutate, right, wrong

if TYPE_CHECKING:  # answers run among the notebook's names; loading Keras here takes seconds
    import keras

# === Exercise 1 ============================================================================


@right("ex1-rnn-step", "input and state side by side, the weights one above the other")
def rnn_step(x_t, h_prev, Wx, Wh, b):
    x_t, h_prev, Wx, Wh, b = [np.array(a) for a in (x_t, h_prev, Wx, Wh, b)]
    if b.ndim != 1 or x_t.ndim != 2:
        raise ValueError("x_t must have two axes and b one")
    H = b.size
    B, D = x_t.shape
    for name, a, shape in [
        ("h_prev", h_prev, (B, H)),
        ("Wx", Wx, (D, H)),
        ("Wh", Wh, (H, H)),
    ]:
        if a.shape != shape:
            raise ValueError(f"{name} must have the shape {shape}, not {a.shape}")
    both = np.concatenate([x_t, h_prev], axis=1)
    return np.tanh(both @ np.vstack([Wx, Wh]) + b)


@right("ex1-rnn-step", "einsum, with the shapes unpacked inside try")
def rnn_step(x_t, h_prev, Wx, Wh, b):
    arrays = [np.asarray(a, dtype=np.float64) for a in (x_t, h_prev, Wx, Wh, b)]
    x_t, h_prev, Wx, Wh, b = arrays
    try:
        batch, features = x_t.shape
        (hidden,) = b.shape
    except ValueError:
        raise ValueError("x_t needs two axes and b one") from None
    expected = [(batch, features), (batch, hidden), (features, hidden), (hidden, hidden)]
    if [a.shape for a in arrays[:4]] != expected:
        raise ValueError("the shapes do not fit")
    total = np.einsum("bd,dh->bh", x_t, Wx) + np.einsum("bk,kh->bh", h_prev, Wh)
    return np.tanh(total + b[np.newaxis, :])


@right("ex1-rnn-step", "Keras operations on NumPy arrays")
def rnn_step(x_t, h_prev, Wx, Wh, b):
    x_t, h_prev, Wx, Wh, b = map(np.asarray, (x_t, h_prev, Wx, Wh, b))
    if x_t.ndim != 2 or b.shape != Wx.shape[1:] or Wx.shape[:1] != x_t.shape[1:]:
        raise ValueError("x_t, Wx and b do not fit")
    if h_prev.shape != (len(x_t), len(b)) or Wh.shape != (len(b), len(b)):
        raise ValueError("h_prev or Wh does not fit")
    total = keras.ops.matmul(x_t, Wx) + keras.ops.matmul(h_prev, Wh) + b
    return keras.ops.convert_to_numpy(keras.ops.tanh(total))


@right("ex1-rnn-step", "plain loops over rows and units")
def rnn_step(x_t, h_prev, Wx, Wh, b):
    import math

    B, D, H = len(np.atleast_1d(x_t)), np.shape(x_t)[-1:], np.shape(b)[:1]
    if np.ndim(x_t) != 2 or np.shape(b) != H or np.ndim(b) != 1:
        raise ValueError("x_t: two axes, b: one")
    if np.shape(h_prev) != (B, *H) or np.shape(Wx) != D + H or np.shape(Wh) != H + H:
        raise ValueError("wrong shapes")
    out = np.empty((B, H[0]))
    for i in range(B):
        for j in range(H[0]):
            total = b[j]
            for k in range(D[0]):
                total += x_t[i][k] * Wx[k][j]
            for k in range(H[0]):
                total += h_prev[i][k] * Wh[k][j]
            out[i, j] = math.tanh(total)
    return out


@wrong("ex1-rnn-step", "x @ Wx.T: expects the weights as (H, D), as PyTorch has them")
def rnn_step(x_t, h_prev, Wx, Wh, b):
    x_t, h_prev, Wx, Wh, b = map(np.asarray, (x_t, h_prev, Wx, Wh, b))
    (B, D), H = x_t.shape, len(b)
    if h_prev.shape != (B, H) or Wh.shape != (H, H) or Wx.size != D * H:
        raise ValueError("wrong shapes")
    return np.tanh(x_t @ Wx.reshape(H, D).T + h_prev @ Wh + b)


@wrong("ex1-rnn-step", "leaves all shape checks to NumPy")
def rnn_step(x_t, h_prev, Wx, Wh, b):
    return np.tanh(np.asarray(x_t) @ Wx + np.asarray(h_prev) @ Wh + b)


@wrong("ex1-rnn-step", "asserts the shapes: an AssertionError instead of a ValueError")
def rnn_step(x_t, h_prev, Wx, Wh, b):
    x_t, h_prev, Wx, Wh, b = map(np.asarray, (x_t, h_prev, Wx, Wh, b))
    assert x_t.ndim == 2
    assert b.ndim == 1
    (B, D), H = x_t.shape, len(b)
    assert h_prev.shape == (B, H)
    assert Wx.shape == (D, H)
    assert Wh.shape == (H, H)
    return np.tanh(x_t @ Wx + h_prev @ Wh + b)


@wrong("ex1-rnn-step", "compares inner sizes only, so that one row stands for the whole batch")
def rnn_step(x_t, h_prev, Wx, Wh, b):
    x_t, h_prev, Wx, Wh, b = map(np.asarray, (x_t, h_prev, Wx, Wh, b))
    if x_t.ndim != 2 or h_prev.ndim != 2 or b.ndim != 1 or Wx.ndim != 2 or Wh.ndim != 2:
        raise ValueError("wrong number of axes")
    if x_t.shape[1] != Wx.shape[0] or h_prev.shape[1] != Wh.shape[0]:
        raise ValueError("inner sizes differ")
    if not Wx.shape[1] == Wh.shape[1] == len(b) == Wh.shape[0]:
        raise ValueError("numbers of units differ")
    return np.tanh(x_t @ Wx + h_prev @ Wh + b)


@wrong(
    "ex1-rnn-step", "asks the arguments for .shape, which lists do not have", raises=AttributeError
)
def rnn_step(x_t, h_prev, Wx, Wh, b):
    if x_t.ndim != 2 or b.ndim != 1:
        raise ValueError("wrong number of axes")
    (B, D), H = x_t.shape, len(b)
    if h_prev.shape != (B, H) or Wx.shape != (D, H) or Wh.shape != (H, H):
        raise ValueError("wrong shapes")
    return np.tanh(x_t @ Wx + h_prev @ Wh + b)


@wrong("ex1-rnn-step", "writes the new state into the old one")
def rnn_step(x_t, h_prev, Wx, Wh, b):
    x_t, h_prev, Wx, Wh, b = map(np.asarray, (x_t, h_prev, Wx, Wh, b))
    if x_t.ndim != 2 or b.ndim != 1:
        raise ValueError("wrong number of axes")
    (B, D), H = x_t.shape, len(b)
    if h_prev.shape != (B, H) or Wx.shape != (D, H) or Wh.shape != (H, H):
        raise ValueError("wrong shapes")
    h_prev[:] = np.tanh(x_t @ Wx + h_prev @ Wh + b)
    return h_prev


@wrong("ex1-rnn-step", "makes a batch of a single input vector without a word")
def rnn_step(x_t, h_prev, Wx, Wh, b):
    x_t, h_prev, Wx, Wh, b = map(np.asarray, (x_t, h_prev, Wx, Wh, b))
    x_t = np.broadcast_to(np.atleast_2d(x_t), (len(h_prev), np.shape(x_t)[-1]))
    if b.ndim != 1:
        raise ValueError("b must have one axis")
    (B, D), H = x_t.shape, len(b)
    if h_prev.shape != (B, H) or Wx.shape != (D, H) or Wh.shape != (H, H):
        raise ValueError("wrong shapes")
    return np.tanh(x_t @ Wx + h_prev @ Wh + b)


mutate("ex1-rnn-step", "h @ Wh.T", old="h_prev @ Wh + b", new="h_prev @ Wh.T + b")
mutate("ex1-rnn-step", "without the bias", old="@ Wh + b)", new="@ Wh)")
mutate(
    "ex1-rnn-step",
    "two biases, one for the input and one for the state",
    old="@ Wh + b)",
    new="@ Wh + b + b)",
)
mutate(
    "ex1-rnn-step",
    "a sigmoid instead of tanh",
    old="return np.tanh(x_t @ Wx + h_prev @ Wh + b)",
    new="return 1 / (1 + np.exp(-(x_t @ Wx + h_prev @ Wh + b)))",
)
mutate("ex1-rnn-step", "no tanh at all", old="np.tanh(x_t", new="(x_t")
mutate(
    "ex1-rnn-step",
    "tanh of the input's part only",
    old="np.tanh(x_t @ Wx + h_prev @ Wh + b)",
    new="np.tanh(x_t @ Wx) + h_prev @ Wh + b",
)
mutate(
    "ex1-rnn-step",
    "the bias after tanh",
    old="np.tanh(x_t @ Wx + h_prev @ Wh + b)",
    new="np.tanh(x_t @ Wx + h_prev @ Wh) + b",
)
mutate(
    "ex1-rnn-step",
    "element by element: each unit sees only its own old state",
    old="h_prev @ Wh + b",
    new="h_prev * np.diag(Wh) + b",
)
mutate("ex1-rnn-step", "ignores the old state", old="h_prev @ Wh + b", new="b")
mutate(
    "ex1-rnn-step",
    "adds the new state to the old one",
    old="return np.tanh(",
    new="return h_prev + np.tanh(",
)
mutate(
    "ex1-rnn-step",
    "never looks at the shape of Wx",
    old="(h_prev.shape, Wx.shape, Wh.shape) != ((B, H), (D, H), (H, H))",
    new="(h_prev.shape, Wh.shape) != ((B, H), (H, H))",
)
mutate(
    "ex1-rnn-step",
    "never looks at the shape of Wh",
    old="(h_prev.shape, Wx.shape, Wh.shape) != ((B, H), (D, H), (H, H))",
    new="(h_prev.shape, Wx.shape) != ((B, H), (D, H))",
)
mutate(
    "ex1-rnn-step",
    "takes the number of units from Wh and never looks at b",
    old="if x_t.ndim != 2 or b.ndim != 1:",
    new="H = len(Wh)\n    b = b if b.shape == (H,) else np.zeros(H) + b\n    if x_t.ndim != 2:",
)

# === Exercise 2 ============================================================================


@right("ex2-rnn-forward", "an array for all states, and a mix with a mask of 0 and 1")
def rnn_forward(X, h0, Wx, Wh, b, mask=None):
    X, h0, Wx, Wh, b = (np.asarray(a, dtype=float) for a in (X, h0, Wx, Wh, b))
    B, T, _ = X.shape
    if mask is None:
        mask = np.ones((B, T))
    mask = np.asarray(mask, dtype=float)
    if mask.shape != (B, T):
        raise ValueError("mask must have the shape (B, T)")
    H_all = np.zeros((B, T, h0.shape[1]))
    h = h0
    for t in range(T):
        m = mask[:, t : t + 1]
        h = m * np.tanh(X[:, t, :] @ Wx + h @ Wh + b) + (1 - m) * h
        H_all[:, t, :] = h
    return H_all, H_all[:, -1, :]


@right("ex2-rnn-forward", "sequence by sequence, skipping masked steps")
def rnn_forward(X, h0, Wx, Wh, b, mask=None):
    X, h0, Wx, Wh = map(np.array, (X, h0, Wx, Wh))
    if mask is not None and np.shape(mask) != X.shape[:2]:
        raise ValueError(f"mask has the shape {np.shape(mask)}, not {X.shape[:2]}")
    everything, last = [], []
    for i, x in enumerate(X):
        h, states = h0[i], []
        for t in range(len(x)):
            if mask is None or mask[i][t]:
                h = np.tanh(x[t] @ Wx + h @ Wh + b)
            states.append(h)
        everything.append(states)
        last.append(h)
    return np.array(everything), np.array(last)


@right("ex2-rnn-forward", "writes only the real rows, into its own copy of the state")
def rnn_forward(X, h0, Wx, Wh, b, mask=None):
    X, Wx, Wh, b = map(np.asarray, (X, Wx, Wh, b))
    h = np.array(h0, dtype=np.float64)
    real = np.full(X.shape[:2], True) if mask is None else np.asarray(mask).astype(bool)
    if real.shape != X.shape[:2]:
        raise ValueError("one mask value per sequence and step")
    from_input = X @ Wx + b
    states = np.empty((*X.shape[:2], h.shape[1]))
    for t in range(X.shape[1]):
        rows = real[:, t]
        h[rows] = np.tanh(from_input[rows, t] + h[rows] @ Wh)
        states[:, t] = h
    return states, h


@right("ex2-rnn-forward", "Keras' layer, with h0 put in before the first real step")
def rnn_forward(X, h0, Wx, Wh, b, mask=None):
    X, h0, Wx, Wh, b = (np.asarray(a, dtype=float) for a in (X, h0, Wx, Wh, b))
    B, T, _ = X.shape
    mask = np.ones((B, T), dtype=bool) if mask is None else np.asarray(mask, dtype=bool)
    if mask.shape != (B, T):
        raise ValueError("wrong shape of the mask")
    layer = keras.layers.SimpleRNN(
        len(b), return_sequences=True, return_state=True, dtype="float64"
    )
    layer.build(X.shape)
    layer.set_weights([Wx, Wh, b])
    states, last = layer(X, initial_state=[h0], mask=keras.ops.convert_to_tensor(mask))
    started = np.cumsum(mask, axis=1) > 0
    return np.where(started[:, :, None], states, h0[:, None, :]), np.array(last)


@wrong("ex2-rnn-forward", "Keras' layer as it is: 0 instead of h0 before the first real step")
def rnn_forward(X, h0, Wx, Wh, b, mask=None):
    X, h0, Wx, Wh, b = (np.asarray(a, dtype=float) for a in (X, h0, Wx, Wh, b))
    B, T, _ = X.shape
    mask = np.ones((B, T), dtype=bool) if mask is None else np.asarray(mask, dtype=bool)
    if mask.shape != (B, T):
        raise ValueError("wrong shape of the mask")
    layer = keras.layers.SimpleRNN(
        len(b), return_sequences=True, return_state=True, dtype="float64"
    )
    layer.build(X.shape)
    layer.set_weights([Wx, Wh, b])
    states, last = layer(X, initial_state=[h0], mask=keras.ops.convert_to_tensor(mask))
    return np.array(states), np.array(last)


@wrong("ex2-rnn-forward", "walks along the first axis as if it were time", raises=ValueError)
def rnn_forward(X, h0, Wx, Wh, b, mask=None):
    X, h, Wx, Wh, b = map(np.asarray, (X, h0, Wx, Wh, b))
    if mask is not None and np.shape(mask) != X.shape[:2]:
        raise ValueError("mask")
    states = np.zeros((*X.shape[:2], len(b)))
    for t in range(len(X)):
        new = np.tanh(X[t] @ Wx + h @ Wh + b)
        h = new if mask is None else np.where(np.asarray(mask)[t][:, None], new, h)
        states[t] = h
    return states, h


@wrong("ex2-rnn-forward", "the state runs through the sequences of the batch one after the other")
def rnn_forward(X, h0, Wx, Wh, b, mask=None):
    X, h0, Wx, Wh, b = map(np.asarray, (X, h0, Wx, Wh, b))
    B, T, _ = X.shape
    mask = np.ones((B, T), bool) if mask is None else np.asarray(mask, bool)
    if mask.shape != (B, T):
        raise ValueError("mask")
    states = np.zeros((B, T, len(b)))
    h, last = h0[0], []
    for i in range(B):
        for t in range(T):
            if mask[i, t]:
                h = np.tanh(X[i, t] @ Wx + h @ Wh + b)
            states[i, t] = h
        last.append(h)
    return states, np.array(last)


@wrong("ex2-rnn-forward", "stores one buffer T times: all states are the last one")
def rnn_forward(X, h0, Wx, Wh, b, mask=None):
    X, Wx, Wh, b = map(np.asarray, (X, Wx, Wh, b))
    h = np.array(h0, dtype=float)
    B, T, _ = X.shape
    mask = np.ones((B, T), bool) if mask is None else np.asarray(mask, bool)
    if mask.shape != (B, T):
        raise ValueError("mask")
    states = []
    for t in range(T):
        h[:] = np.where(mask[:, t, None], np.tanh(X[:, t] @ Wx + h @ Wh + b), h)
        states.append(h)
    return np.stack(states, axis=1), h


@wrong("ex2-rnn-forward", "uses h0 itself as the buffer of the state")
def rnn_forward(X, h0, Wx, Wh, b, mask=None):
    X, h, Wx, Wh, b = map(np.asarray, (X, h0, Wx, Wh, b))
    B, T, _ = X.shape
    mask = np.ones((B, T), bool) if mask is None else np.asarray(mask, bool)
    if mask.shape != (B, T):
        raise ValueError("mask")
    states = np.zeros((B, T, len(b)))
    for t in range(T):
        h[mask[:, t]] = np.tanh(X[:, t] @ Wx + h @ Wh + b)[mask[:, t]]
        states[:, t] = h
    return states, h.copy()


@wrong(
    "ex2-rnn-forward",
    "indexes with the mask as it came: 0 and 1 become row numbers",
    raises=IndexError,
)
def rnn_forward(X, h0, Wx, Wh, b, mask=None):
    X, Wx, Wh, b = map(np.asarray, (X, Wx, Wh, b))
    h = np.array(h0, dtype=float)
    B, T, _ = X.shape
    mask = np.ones((B, T), bool) if mask is None else np.asarray(mask)
    if mask.shape != (B, T):
        raise ValueError("mask")
    states = np.zeros((B, T, len(b)))
    for t in range(T):
        h[mask[:, t]] = np.tanh(X[:, t] @ Wx + h @ Wh + b)[mask[:, t]]
        states[:, t] = h
    return states, h


@wrong("ex2-rnn-forward", "~mask on 0 and 1, which is never 0")
def rnn_forward(X, h0, Wx, Wh, b, mask=None):
    X, h, Wx, Wh, b = map(np.asarray, (X, h0, Wx, Wh, b))
    B, T, _ = X.shape
    padding = np.zeros((B, T), bool) if mask is None else ~np.asarray(mask)
    if padding.shape != (B, T):
        raise ValueError("mask")
    states = []
    for t in range(T):
        h = np.where(padding[:, t, None], h, np.tanh(X[:, t] @ Wx + h @ Wh + b))
        states.append(h)
    return np.stack(states, axis=1), h


@wrong("ex2-rnn-forward", "corrects the outputs afterwards, but goes on from masked steps")
def rnn_forward(X, h0, Wx, Wh, b, mask=None):
    X, h0, Wx, Wh, b = map(np.asarray, (X, h0, Wx, Wh, b))
    B, T, _ = X.shape
    mask = np.ones((B, T), bool) if mask is None else np.asarray(mask, bool)
    if mask.shape != (B, T):
        raise ValueError("mask")
    states, h = np.zeros((B, T, len(b))), h0
    for t in range(T):
        h = np.tanh(X[:, t] @ Wx + h @ Wh + b)
        shown = h0 if t == 0 else states[:, t - 1]
        states[:, t] = np.where(mask[:, t, None], h, shown)
    return states, states[:, -1].copy()


@wrong("ex2-rnn-forward", "takes the last state at the number of real steps: right padding only")
def rnn_forward(X, h0, Wx, Wh, b, mask=None):
    X, h, Wx, Wh, b = map(np.asarray, (X, h0, Wx, Wh, b))
    B, T, _ = X.shape
    mask = np.ones((B, T), bool) if mask is None else np.asarray(mask, bool)
    if mask.shape != (B, T):
        raise ValueError("mask")
    states = []
    for t in range(T):
        h = np.where(mask[:, t, None], np.tanh(X[:, t] @ Wx + h @ Wh + b), h)
        states.append(h)
    states = np.stack(states, axis=1)
    return states, states[np.arange(B), mask.sum(axis=1) - 1]


@wrong("ex2-rnn-forward", "stops a sequence at its first masked step")
def rnn_forward(X, h0, Wx, Wh, b, mask=None):
    X, h, Wx, Wh, b = map(np.asarray, (X, h0, Wx, Wh, b))
    B, T, _ = X.shape
    mask = np.ones((B, T), bool) if mask is None else np.asarray(mask, bool)
    if mask.shape != (B, T):
        raise ValueError("mask")
    running = np.logical_and.accumulate(mask, axis=1)
    states = []
    for t in range(T):
        h = np.where(running[:, t, None], np.tanh(X[:, t] @ Wx + h @ Wh + b), h)
        states.append(h)
    return np.stack(states, axis=1), h


mutate("ex2-rnn-forward", "ignores the mask", old="np.where(mask[:, t, None], new, h)", new="new")
mutate(
    "ex2-rnn-forward",
    "the masks' meaning reversed: True is padding",
    old="np.where(mask[:, t, None], new, h)",
    new="new if mask.all() else np.where(mask[:, t, None], h, new)",
)
mutate(
    "ex2-rnn-forward",
    "multiplies the state by the mask: 0 at masked steps",
    old="np.where(mask[:, t, None], new, h)",
    new="new * mask[:, t, None]",
)
mutate(
    "ex2-rnn-forward",
    "carries the state, but reports 0 at masked steps",
    old="states.append(h)",
    new="states.append(h * mask[:, t, None])",
)
mutate(
    "ex2-rnn-forward",
    "sets the input to 0 at masked steps and computes a new state all the same",
    old="h = np.where(mask[:, t, None], new, h)",
    new="h = np.tanh((X[:, t] * mask[:, t, None]) @ Wx + h @ Wh + b)",
)
mutate(
    "ex2-rnn-forward",
    "skips a step only where the whole batch is masked",
    old="np.where(mask[:, t, None], new, h)",
    new="new if mask[:, t].any() else h",
)
mutate(
    "ex2-rnn-forward",
    "takes the mask of the first sequence for all",
    old="mask[:, t, None]",
    new="mask[0, t]",
)
mutate(
    "ex2-rnn-forward",
    "the mask of the step after",
    old="mask[:, t, None]",
    new="mask[:, min(t + 1, T - 1), None]",
)
mutate("ex2-rnn-forward", "starts each step from h0", old="h @ Wh", new="np.asarray(h0) @ Wh")
mutate(
    "ex2-rnn-forward", "starts from 0, not from h0", old="states = []", new="states, h = [], 0 * h"
)
mutate("ex2-rnn-forward", "time first in the result", old="axis=1)", new="axis=0)")
mutate(
    "ex2-rnn-forward",
    "h0 among the states: T + 1 of them",
    old="states = []",
    new="states = [h]",
)
mutate(
    "ex2-rnn-forward",
    "stores the state before the step",
    old="new = np.tanh",
    new="states.append(h)\n        new = np.tanh",
)
mutate(
    "ex2-rnn-forward",
    "begins with the last step",
    old="for t in range(T):",
    new="for t in reversed(range(T)):",
)
mutate(
    "ex2-rnn-forward",
    "the last state first",
    old="return np.stack(states, axis=1), h.copy()",
    new="return h.copy(), np.stack(states, axis=1)",
)
mutate(
    "ex2-rnn-forward",
    "returns all states only",
    old=", h.copy()",
    new="",
    raises=ValueError,
)
mutate(
    "ex2-rnn-forward",
    "compares the mask's size, not its shape",
    old="if mask.shape != (B, T):",
    new="if mask.size == B * T:\n        mask = mask.reshape(B, T)\n    else:",
)
mutate(
    "ex2-rnn-forward",
    "lets NumPy stretch the mask",
    old="if mask.shape != (B, T):",
    new="mask = np.broadcast_to(mask, (B, T))\n    if mask.shape != (B, T):",
)
mutate(
    "ex2-rnn-forward",
    "compares the number of steps only",
    old="if mask.shape != (B, T):",
    new="mask = np.atleast_2d(mask)\n    if mask.shape[1] != T:",
)

# === Exercise 3 ============================================================================


@right("ex3-rnn-backward", "adds up each gradient inside the walk")
def rnn_backward(dH, X, H_all, h0, Wx, Wh):
    dH, X, H_all, h0, Wx, Wh = (np.array(a, dtype=float) for a in (dH, X, H_all, h0, Wx, Wh))
    T = X.shape[1]
    dX, dWx, dWh, db = np.zeros_like(X), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(len(Wh))
    carry = np.zeros_like(h0)
    for t in range(T - 1, -1, -1):
        h_before = H_all[:, t - 1] if t > 0 else h0
        da = (dH[:, t] + carry) * (1 - H_all[:, t] ** 2)
        dWx += X[:, t].T @ da
        dWh += h_before.T @ da
        db += da.sum(axis=0)
        dX[:, t] = da @ Wx.T
        carry = da @ Wh.T
    return {"dX": dX, "dh0": carry, "dWx": dWx, "dWh": dWh, "db": db}


@right("ex3-rnn-backward", "keeps all da and contracts them at the end with tensordot")
def rnn_backward(dH, X, H_all, h0, Wx, Wh):
    dH, X, H_all, h0, Wx, Wh = map(np.asarray, (dH, X, H_all, h0, Wx, Wh))
    T = X.shape[1]
    slope = 1 - np.square(H_all)
    das = [dH[:, T - 1] * slope[:, T - 1]]
    for t in range(T - 2, -1, -1):
        das.insert(0, slope[:, t] * (dH[:, t] + das[0] @ Wh.T))
    da = np.stack(das, axis=1)
    before = np.concatenate((h0[:, None, :], H_all[:, : T - 1]), axis=1)
    return dict(
        dX=np.tensordot(da, Wx, axes=(2, 1)),
        dh0=das[0] @ Wh.T,
        dWx=np.tensordot(X, da, axes=((0, 1), (0, 1))),
        dWh=np.tensordot(before, da, axes=((0, 1), (0, 1))),
        db=np.sum(da, axis=1).sum(axis=0),
    )


@right("ex3-rnn-backward", "on reversed views, and in the precision of the input")
def rnn_backward(dH, X, H_all, h0, Wx, Wh):
    X, H_all, h0, Wx, Wh = map(np.asarray, (X, H_all, h0, Wx, Wh))
    dH = np.asarray(dH, dtype=H_all.dtype)
    D, H = Wx.shape
    before = np.hstack([h0[:, None], H_all])[:, :-1]
    back = np.zeros_like(H_all[:, 0])
    rows = []
    for upstream, h in zip(dH.swapaxes(0, 1)[::-1], H_all.swapaxes(0, 1)[::-1], strict=True):
        a = (upstream + back) * (1 - h) * (1 + h)
        back = a.dot(Wh.T)
        rows.append(a)
    da = np.array(rows[::-1]).swapaxes(0, 1)
    flat = da.reshape(-1, H)
    return {
        "db": flat.sum(0),
        "dWh": before.reshape(-1, H).T @ flat,
        "dWx": X.reshape(-1, D).T @ flat,
        "dh0": back,
        "dX": da @ Wx.T,
    }


@right("ex3-rnn-backward", "sequence by sequence, with outer products")
def rnn_backward(dH, X, H_all, h0, Wx, Wh):
    dH, X, H_all, h0, Wx, Wh = (np.asarray(a, dtype=float) for a in (dH, X, H_all, h0, Wx, Wh))
    grads = {"dX": np.zeros(X.shape), "dh0": np.zeros(h0.shape)}
    grads |= {"dWx": np.zeros(Wx.shape), "dWh": np.zeros(Wh.shape), "db": np.zeros(Wh.shape[0])}
    for i in range(len(X)):
        back = np.zeros(len(Wh))
        for t in reversed(range(X.shape[1])):
            da = (1 - H_all[i, t] ** 2) * (dH[i, t] + back)
            previous = h0[i] if t == 0 else H_all[i, t - 1]
            grads["dWx"] += np.outer(X[i, t], da)
            grads["dWh"] += np.outer(previous, da)
            grads["db"] += da
            grads["dX"][i, t] = Wx @ da
            back = Wh @ da
        grads["dh0"][i] = back
    return grads


@wrong("ex3-rnn-backward", "overwrites the weight gradients at each step instead of adding")
def rnn_backward(dH, X, H_all, h0, Wx, Wh):
    dH, X, H_all, h0, Wx, Wh = (np.asarray(a, dtype=float) for a in (dH, X, H_all, h0, Wx, Wh))
    dX = np.zeros_like(X)
    carry = np.zeros_like(h0)
    for t in reversed(range(X.shape[1])):
        h_before = H_all[:, t - 1] if t > 0 else h0
        da = (dH[:, t] + carry) * (1 - H_all[:, t] ** 2)
        dWx = X[:, t].T @ da
        dWh = h_before.T @ da
        db = da.sum(axis=0)
        dX[:, t] = da @ Wx.T
        carry = da @ Wh.T
    return {"dX": dX, "dh0": carry, "dWx": dWx, "dWh": dWh, "db": db}


@wrong("ex3-rnn-backward", "H_all[:, t - 1] at t = 0: the last state instead of h0")
def rnn_backward(dH, X, H_all, h0, Wx, Wh):
    dH, X, H_all, h0, Wx, Wh = (np.asarray(a, dtype=float) for a in (dH, X, H_all, h0, Wx, Wh))
    dX, dWx, dWh, db = np.zeros_like(X), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(len(Wh))
    carry = np.zeros_like(h0)
    for t in reversed(range(X.shape[1])):
        da = (dH[:, t] + carry) * (1 - H_all[:, t] ** 2)
        dWx += X[:, t].T @ da
        dWh += H_all[:, t - 1].T @ da
        db += da.sum(axis=0)
        dX[:, t] = da @ Wx.T
        carry = da @ Wh.T
    return {"dX": dX, "dh0": carry, "dWx": dWx, "dWh": dWh, "db": db}


@wrong("ex3-rnn-backward", "stops before step 0")
def rnn_backward(dH, X, H_all, h0, Wx, Wh):
    dH, X, H_all, h0, Wx, Wh = (np.asarray(a, dtype=float) for a in (dH, X, H_all, h0, Wx, Wh))
    dX, dWx, dWh, db = np.zeros_like(X), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(len(Wh))
    carry = np.zeros_like(h0)
    for t in range(X.shape[1] - 1, 0, -1):
        da = (dH[:, t] + carry) * (1 - H_all[:, t] ** 2)
        dWx += X[:, t].T @ da
        dWh += H_all[:, t - 1].T @ da
        db += da.sum(axis=0)
        dX[:, t] = da @ Wx.T
        carry = da @ Wh.T
    return {"dX": dX, "dh0": carry, "dWx": dWx, "dWh": dWh, "db": db}


@wrong("ex3-rnn-backward", "adds what comes back to the caller's dH")
def rnn_backward(dH, X, H_all, h0, Wx, Wh):
    dH, X, H_all, h0, Wx, Wh = (np.asarray(a, dtype=float) for a in (dH, X, H_all, h0, Wx, Wh))
    dX, dWx, dWh, db = np.zeros_like(X), np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(len(Wh))
    for t in reversed(range(X.shape[1])):
        da = dH[:, t] * (1 - H_all[:, t] ** 2)
        dWx += X[:, t].T @ da
        dWh += (H_all[:, t - 1] if t > 0 else h0).T @ da
        db += da.sum(axis=0)
        dX[:, t] = da @ Wx.T
        if t > 0:
            dH[:, t - 1] += da @ Wh.T
    return {"dX": dX, "dh0": da @ Wh.T, "dWx": dWx, "dWh": dWh, "db": db}


@wrong("ex3-rnn-backward", "means over the batch, as in frameworks that average the loss")
def rnn_backward(dH, X, H_all, h0, Wx, Wh):
    dH, X, H_all, h0, Wx, Wh = (np.asarray(a, dtype=float) for a in (dH, X, H_all, h0, Wx, Wh))
    before = np.concatenate([h0[:, None], H_all[:, :-1]], axis=1)
    da, back = np.zeros_like(H_all), np.zeros_like(h0)
    for t in reversed(range(X.shape[1])):
        da[:, t] = (dH[:, t] + back) * (1 - H_all[:, t] ** 2)
        back = da[:, t] @ Wh.T
    B = len(X)
    return {
        "dX": da @ Wx.T,
        "dh0": back,
        "dWx": np.einsum("btd,bth->dh", X, da) / B,
        "dWh": np.einsum("btk,bth->kh", before, da) / B,
        "db": da.sum(axis=1).mean(axis=0),
    }


mutate(
    "ex3-rnn-backward",
    "without the derivative of tanh",
    old="(dH[:, t] + back) * (1 - H_all[:, t] ** 2)",
    new="dH[:, t] + back",
)
mutate(
    "ex3-rnn-backward",
    "an array of the type of X: whole numbers cut the gradients off",
    old="np.zeros_like(H_all, dtype=float)",
    new="np.zeros(H_all.shape, dtype=X.dtype)",
)
mutate("ex3-rnn-backward", "1 - h, not 1 - h²", old="H_all[:, t] ** 2", new="H_all[:, t]")
mutate(
    "ex3-rnn-backward",
    "tanh of the states once more: they are tanh already",
    old="H_all[:, t] ** 2",
    new="np.tanh(H_all[:, t]) ** 2",
)
mutate(
    "ex3-rnn-backward",
    "the derivative of a sigmoid, h (1 - h)",
    old="(1 - H_all[:, t] ** 2)",
    new="H_all[:, t] * (1 - H_all[:, t])",
)
mutate(
    "ex3-rnn-backward",
    "the derivative of tanh at the state before",
    old="1 - H_all[:, t] ** 2",
    new="1 - before[:, t] ** 2",
)
mutate(
    "ex3-rnn-backward",
    "the derivative of tanh only for what reaches a state directly",
    old="(dH[:, t] + back) * (1 - H_all[:, t] ** 2)",
    new="dH[:, t] * (1 - H_all[:, t] ** 2) + back",
)
mutate("ex3-rnn-backward", "Wh instead of Wh.T", old="da[:, t] @ Wh.T", new="da[:, t] @ Wh")
mutate(
    "ex3-rnn-backward",
    "nothing comes back from the step after",
    old="(dH[:, t] + back)",
    new="dH[:, t]",
)
mutate(
    "ex3-rnn-backward",
    "truncated: what comes back goes one step and no further",
    old="back = da[:, t] @ Wh.T",
    new="back = (dH[:, t] * (1 - H_all[:, t] ** 2)) @ Wh.T",
)
mutate(
    "ex3-rnn-backward",
    "the loss on the last state only",
    old="(dH[:, t] + back)",
    new="(dH[:, t] * (t == X.shape[1] - 1) + back)",
)
mutate(
    "ex3-rnn-backward",
    "walks forward in time",
    old="reversed(range(X.shape[1]))",
    new="range(X.shape[1])",
)
mutate(
    "ex3-rnn-backward",
    "the state after the step for dWh",
    old='"btk,bth->kh", before, da',
    new='"btk,bth->kh", H_all, da',
)
mutate(
    "ex3-rnn-backward",
    "0 instead of h0 before the first step",
    old="[h0[:, None], H_all[:, :-1]]",
    new="[0 * h0[:, None], H_all[:, :-1]]",
)
mutate("ex3-rnn-backward", "dWh transposed", old="bth->kh", new="bth->hk")
mutate("ex3-rnn-backward", "dWx transposed", old="bth->dh", new="bth->hd")
mutate(
    "ex3-rnn-backward",
    "db of the last step only",
    old="da.sum(axis=(0, 1))",
    new="da[:, -1].sum(axis=0)",
)
mutate("ex3-rnn-backward", "db for each step", old="da.sum(axis=(0, 1))", new="da.sum(axis=0)")
mutate("ex3-rnn-backward", "db from dH, before tanh", old="da.sum(axis", new="dH.sum(axis")
mutate("ex3-rnn-backward", "dh0 without the last Wh.T", old='"dh0": back', new='"dh0": da[:, 0]')
mutate("ex3-rnn-backward", "dh0 is 0: h0 is a constant", old='"dh0": back', new='"dh0": 0 * back')
mutate(
    "ex3-rnn-backward", "dX summed over the batch", old="da @ Wx.T", new="(da @ Wx.T).sum(axis=0)"
)
mutate(
    "ex3-rnn-backward",
    "clips what comes back",
    old="back = da[:, t] @ Wh.T",
    new="back = np.clip(da[:, t] @ Wh.T, -1, 1)",
)
mutate(
    "ex3-rnn-backward",
    "divides the weight gradients by the number of steps",
    old='"dWx": np.einsum("btd,bth->dh", X, da)',
    new='"dWx": np.einsum("btd,bth->dh", X, da) / X.shape[1]',
)

# === Exercise 4 ============================================================================


@right("ex4-numeric-gradient", "nditer over one float copy, each element restored from memory")
def numeric_gradient(f, x, eps=1e-5):
    if not eps > 0:
        raise ValueError("eps must be positive")
    work = np.array(x, dtype=np.float64)
    gradient = np.zeros_like(work)
    it = np.nditer(work, flags=["multi_index"], op_flags=["readwrite"])
    while not it.finished:
        i = it.multi_index
        old = float(work[i])
        work[i] = old + eps
        above = f(work.copy())
        work[i] = old - eps
        below = f(work.copy())
        work[i] = old
        gradient[i] = (above - below) / (2 * eps)
        it.iternext()
    return gradient


@right("ex4-numeric-gradient", "flat copies in a list comprehension")
def numeric_gradient(f, x, eps=1e-5):
    if eps <= 0:
        raise ValueError("eps > 0, please")
    shape = np.shape(x)
    flat = np.asarray(x, dtype=float).ravel()

    def value(k, step):
        moved = flat.copy()
        moved[k] += step
        return f(moved.reshape(shape))

    slopes = [(value(k, eps) - value(k, -eps)) / (2 * eps) for k in range(flat.size)]
    return np.array(slopes, dtype=float).reshape(shape)


@right("ex4-numeric-gradient", "flat copies in a list comprehension")
def relative_error(a, b):
    if np.shape(a) != np.shape(b):
        raise ValueError("shapes differ")
    pairs = zip(np.ravel(a).tolist(), np.ravel(b).tolist(), strict=True)
    return max(abs(p - q) / max(1e-8, abs(p) + abs(q)) for p, q in pairs)


@right("ex4-numeric-gradient", "rows of a unit matrix as directions")
def numeric_gradient(f, x, eps=1e-5):
    if eps <= 0:
        raise ValueError(f"eps is {eps}")
    x = np.array(x, dtype=float)
    gradient = [
        (f(x + d.reshape(x.shape)) - f(x - d.reshape(x.shape))) / 2 / eps
        for d in eps * np.eye(x.size)
    ]
    return np.reshape(gradient, x.shape)


@right("ex4-numeric-gradient", "rows of a unit matrix as directions")
def relative_error(a, b):
    a, b = np.array(a, dtype=float), np.array(b, dtype=float)
    if a.shape != b.shape:
        raise ValueError("a and b differ in shape")
    scale = np.abs(a) + np.abs(b)
    return (np.abs(a - b) / np.where(scale > 1e-8, scale, 1e-8)).max()


@wrong("ex4-numeric-gradient", "adds and subtracts the step on x itself: rounding leaves traces")
def numeric_gradient(f, x, eps=1e-5):
    if eps <= 0:
        raise ValueError("eps")
    x = np.array(x) if np.asarray(x).dtype.kind in "iu" else np.asarray(x)
    x = x.astype(float) if x.dtype.kind in "iu" else x
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        x[i] += eps
        above = f(x.copy())
        x[i] -= 2 * eps
        below = f(x.copy())
        x[i] += eps
        gradient[i] = (above - below) / (2 * eps)
    return gradient


@wrong("ex4-numeric-gradient", "writes into x and puts the value back: x may be read-only")
def numeric_gradient(f, x, eps=1e-5):
    if eps <= 0:
        raise ValueError("eps")
    x = np.asarray(x, dtype=float)
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        old = float(x[i])
        x[i] = old + eps
        above = f(x)
        x[i] = old - eps
        below = f(x)
        x[i] = old
        gradient[i] = (above - below) / (2 * eps)
    return gradient


@wrong("ex4-numeric-gradient", "for i in range(len(x)): whole rows move, and () has no length")
def numeric_gradient(f, x, eps=1e-5):
    if eps <= 0:
        raise ValueError("eps")
    x = np.asarray(x, dtype=float)
    gradient = np.zeros(x.shape)
    for i in range(len(x)):
        above, below = x.copy(), x.copy()
        above[i] += eps
        below[i] -= eps
        gradient[i] = (f(above) - f(below)) / (2 * eps)
    return gradient


@wrong(
    "ex4-numeric-gradient",
    "shows f a flat array instead of one of the shape of x",
    raises=ValueError,
)
def numeric_gradient(f, x, eps=1e-5):
    if eps <= 0:
        raise ValueError("eps")
    flat = np.asarray(x, dtype=float).ravel()
    gradient = np.zeros(flat.size)
    for i in range(flat.size):
        step = np.zeros(flat.size)
        step[i] = eps
        gradient[i] = (f(flat + step) - f(flat - step)) / (2 * eps)
    return gradient.reshape(np.shape(x))


@wrong("ex4-numeric-gradient", "a gradient of the type of x: whole numbers for whole numbers")
def numeric_gradient(f, x, eps=1e-5):
    if eps <= 0:
        raise ValueError("eps")
    x = np.asarray(x)
    gradient = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        above, below = x.astype(float), x.astype(float)
        above[i] += eps
        below[i] -= eps
        gradient[i] = (f(above) - f(below)) / (2 * eps)
    return gradient


@wrong("ex4-numeric-gradient", "a formula of higher order with four points")
def numeric_gradient(f, x, eps=1e-5):
    if eps <= 0:
        raise ValueError("eps")
    x = np.asarray(x, dtype=float)
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        d = np.zeros(x.shape)
        d[i] = eps
        gradient[i] = 8 * (f(x + d) - f(x - d)) - (f(x + 2 * d) - f(x - 2 * d))
    return gradient / (12 * eps)


@wrong("ex4-numeric-gradient", "moves the elements one after the other and moves none back")
def numeric_gradient(f, x, eps=1e-5):
    if eps <= 0:
        raise ValueError("eps")
    x = np.asarray(x, dtype=float)
    gradient, above, below = np.zeros(x.shape), x.copy(), x.copy()
    for i in np.ndindex(x.shape):
        above[i] += eps
        below[i] -= eps
        gradient[i] = (f(above) - f(below)) / (2 * eps)
    return gradient


mutate(
    "ex4-numeric-gradient",
    "the forward difference",
    old="(f(above) - f(below)) / (2 * eps)",
    new="(f(above) - f(x)) / eps",
)
mutate("ex4-numeric-gradient", "divides by eps, not 2 eps", old="/ (2 * eps)", new="/ eps")
mutate(
    "ex4-numeric-gradient",
    "the other sign",
    old="f(above) - f(below)",
    new="f(below) - f(above)",
)
mutate(
    "ex4-numeric-gradient",
    "both points within eps: half a step to each side",
    old="gradient = np.zeros(x.shape)",
    new="gradient, eps = np.zeros(x.shape), eps / 2",
)
mutate(
    "ex4-numeric-gradient",
    "steps relative to the size of each element",
    old="gradient = np.zeros(x.shape)\n    for i in np.ndindex(x.shape):",
    new="gradient, eps0 = np.zeros(x.shape), eps\n    for i in np.ndindex(x.shape):\n"
    "        eps = eps0 * max(1.0, abs(x[i]))",
)
mutate(
    "ex4-numeric-gradient",
    "always 1e-5, whatever eps says",
    old="gradient = np.zeros(x.shape)",
    new="gradient, eps = np.zeros(x.shape), 1e-5",
)
mutate(
    "ex4-numeric-gradient",
    "leaves whole numbers whole: the step is cut off",
    old="x = np.asarray(x, dtype=float)",
    new="x = np.asarray(x)",
)
mutate(
    "ex4-numeric-gradient",
    "computes in 32 bits",
    old="x = np.asarray(x, dtype=float)",
    new="x = np.asarray(x, dtype=np.float32)",
)
mutate(
    "ex4-numeric-gradient",
    "one array under two names: both steps on the same copy",
    old="above, below = x.copy(), x.copy()",
    new="above = below = x.copy()",
)
mutate(
    "ex4-numeric-gradient",
    "moves all elements at once",
    old="above[i] += eps\n        below[i] -= eps",
    new="above += eps\n        below -= eps",
)
mutate(
    "ex4-numeric-gradient",
    "a flat gradient",
    old="return gradient",
    new="return gradient.ravel()",
)
mutate("ex4-numeric-gradient", "accepts eps = 0", old="if eps <= 0:", new="if eps < 0:")
mutate("ex4-numeric-gradient", "accepts a negative eps", old="if eps <= 0:", new="if eps == 0:")
mutate("ex4-numeric-gradient", "the mean instead of the maximum", old="np.max(", new="np.mean(")
mutate(
    "ex4-numeric-gradient",
    "no absolute value in the numerator",
    old="np.max(np.abs(a - b) /",
    new="np.max((a - b) /",
)
mutate(
    "ex4-numeric-gradient",
    "no absolute values in the denominator",
    old="np.maximum(1e-8, np.abs(a) + np.abs(b))",
    new="np.maximum(1e-8, np.abs(a + b))",
)
mutate(
    "ex4-numeric-gradient",
    "the larger of the two in the denominator, not the sum",
    old="np.abs(a) + np.abs(b)",
    new="np.maximum(np.abs(a), np.abs(b))",
)
mutate(
    "ex4-numeric-gradient",
    "relative to a only",
    old="np.abs(a) + np.abs(b)",
    new="np.abs(a)",
)
mutate(
    "ex4-numeric-gradient",
    "nothing against 0/0",
    old="np.maximum(1e-8, np.abs(a) + np.abs(b))",
    new="(np.abs(a) + np.abs(b))",
)
mutate(
    "ex4-numeric-gradient",
    "adds 1e-8 to the denominator",
    old="np.maximum(1e-8, np.abs(a) + np.abs(b))",
    new="(1e-8 + np.abs(a) + np.abs(b))",
)
mutate(
    "ex4-numeric-gradient",
    "the largest difference over the largest sum",
    old="np.max(np.abs(a - b) / np.maximum(1e-8, np.abs(a) + np.abs(b)))",
    new="np.max(np.abs(a - b)) / max(1e-8, np.max(np.abs(a) + np.abs(b)))",
)
mutate(
    "ex4-numeric-gradient",
    "norms of whole arrays",
    old="np.max(np.abs(a - b) / np.maximum(1e-8, np.abs(a) + np.abs(b)))",
    new="np.linalg.norm(a - b) / max(1e-8, np.linalg.norm(a) + np.linalg.norm(b))",
)
mutate(
    "ex4-numeric-gradient",
    "lets NumPy stretch a and b to one shape",
    old="if a.shape != b.shape:",
    new="if np.broadcast(a, b).ndim > 99:",
)
mutate(
    "ex4-numeric-gradient",
    "compares sizes, not shapes",
    old="if a.shape != b.shape:",
    new="a, b = a.ravel(), b.ravel()\n    if a.size != b.size:",
)

# === Exercise 5 ============================================================================


@right("ex5-gradient-by-lag", "a Jacobian for each sequence and step, and their products")
def grad_norms_by_lag(Wh, Wx, X, h0, b):
    Wh, Wx, X, h0, b = (np.array(a, dtype=float) for a in (Wh, Wx, X, h0, b))
    H = len(Wh)
    if Wh.shape != (H, H):
        raise ValueError("Wh must be square")
    B, T, _ = X.shape
    norms = np.zeros((B, T))
    for i in range(B):
        h, jacobians = h0[i], []
        for t in range(T):
            h = np.tanh(X[i, t] @ Wx + h @ Wh + b)
            jacobians.append(np.diag(1 - h**2) @ Wh.T)
        product = np.eye(H)
        for k in range(T):
            norms[i, k] = np.linalg.norm(np.ones(H) / np.sqrt(H) @ product)
            product = product @ jacobians[T - 1 - k]
    return norms.mean(axis=0)


@right("ex5-gradient-by-lag", "a Jacobian for each sequence and step, and their products")
def spectral_bound(Wh, lags):
    Wh = np.array(Wh, dtype=float)
    if Wh.ndim != 2 or len(set(Wh.shape)) != 1:
        raise ValueError("Wh must be square")
    return np.array([np.linalg.svd(Wh, compute_uv=False)[0] ** k for k in lags])


@right("ex5-gradient-by-lag", "gradients of ones, divided by the norm at lag 0 at the end")
def grad_norms_by_lag(Wh, Wx, X, h0, b):
    Wh, Wx, X, h0, b = map(np.asarray, (Wh, Wx, X, h0, b))
    if np.ndim(Wh) != 2 or len(Wh) != len(Wh.T):
        raise ValueError(f"Wh has the shape {Wh.shape}")
    T = X.shape[1]
    H_all = np.zeros((len(X), T + 1, len(Wh)))
    H_all[:, 0] = h0
    for t in range(T):
        H_all[:, t + 1] = np.tanh(X[:, t] @ Wx + H_all[:, t] @ Wh + b)
    G = np.ones((len(X), T, len(Wh)))
    for k in range(1, T):
        slope = 1 - H_all[:, T - k + 1] ** 2
        G[:, k] = np.einsum("bh,kh->bk", G[:, k - 1] * slope, Wh)
    norms = np.sqrt((G**2).sum(axis=2)).mean(axis=0)
    return norms / norms[0]


@right("ex5-gradient-by-lag", "gradients of ones, divided by the norm at lag 0 at the end")
def spectral_bound(Wh, lags):
    W = np.asarray(Wh, dtype=float)
    if W.ndim != 2 or W.shape != W.T.shape:
        raise ValueError(f"Wh has the shape {W.shape}")
    sigma = np.sqrt(np.linalg.eigvalsh(W.T @ W).max())
    return np.power(sigma, list(lags))


@right("ex5-gradient-by-lag", "automatic differentiation of the unrolled loop")
def grad_norms_by_lag(Wh, Wx, X, h0, b):
    import tensorflow as tf

    Wh, Wx, X, h0, b = (np.asarray(a, dtype=float) for a in (Wh, Wx, X, h0, b))
    if Wh.ndim != 2 or Wh.shape[0] != Wh.shape[1]:
        raise ValueError("Wh is not square")
    states, h = [], tf.constant(h0)
    with tf.GradientTape() as tape:
        tape.watch(h)
        for t in range(X.shape[1]):
            h = tf.tanh(X[:, t] @ Wx + tf.matmul(h, Wh) + b)
            states.append(h)
        loss = tf.reduce_sum(h) / np.sqrt(len(Wh))
    grads = tape.gradient(loss, states[::-1])
    return np.array([np.linalg.norm(g, axis=1).mean() for g in grads])


@wrong("ex5-gradient-by-lag", "the norm of dL/dWh instead of dL/dh")
def grad_norms_by_lag(Wh, Wx, X, h0, b):
    Wh, Wx, X, h0, b = (np.asarray(a, dtype=float) for a in (Wh, Wx, X, h0, b))
    if Wh.ndim != 2 or Wh.shape[0] != Wh.shape[1]:
        raise ValueError("Wh")
    states = [h0]
    for t in range(X.shape[1]):
        states.append(np.tanh(X[:, t] @ Wx + states[-1] @ Wh + b))
    g = np.full(h0.shape, 1 / np.sqrt(len(Wh)))
    norms = []
    for t in range(X.shape[1], 0, -1):
        da = g * (1 - states[t] ** 2)
        norms.append(np.linalg.norm(states[t - 1].T @ da) / len(X))
        g = da @ Wh.T
    return np.array(norms)


@wrong("ex5-gradient-by-lag", "the loss on every state: adds a new gradient at each step")
def grad_norms_by_lag(Wh, Wx, X, h0, b):
    Wh, Wx, X, h, b = (np.asarray(a, dtype=float) for a in (Wh, Wx, X, h0, b))
    if Wh.ndim != 2 or Wh.shape[0] != Wh.shape[1]:
        raise ValueError("Wh")
    states = []
    for t in range(X.shape[1]):
        h = np.tanh(X[:, t] @ Wx + h @ Wh + b)
        states.append(h)
    g = np.full(h.shape, 1 / np.sqrt(len(Wh)))
    norms = [np.linalg.norm(g, axis=1).mean()]
    for h in states[:0:-1]:
        g = (g * (1 - h**2)) @ Wh.T + 1 / np.sqrt(len(Wh))
        norms.append(np.linalg.norm(g, axis=1).mean())
    return np.array(norms)


@wrong("ex5-gradient-by-lag", "the norm of the Jacobian product instead of the gradient")
def grad_norms_by_lag(Wh, Wx, X, h0, b):
    Wh, Wx, X, h0, b = (np.asarray(a, dtype=float) for a in (Wh, Wx, X, h0, b))
    if Wh.ndim != 2 or Wh.shape[0] != Wh.shape[1]:
        raise ValueError("Wh")
    B, T, _ = X.shape
    norms = np.zeros((B, T))
    for i in range(B):
        h, jacobians = h0[i], []
        for t in range(T):
            h = np.tanh(X[i, t] @ Wx + h @ Wh + b)
            jacobians.append(np.diag(1 - h**2) @ Wh.T)
        product = np.eye(len(Wh))
        for k in range(T):
            norms[i, k] = np.linalg.norm(product, 2)
            product = product @ jacobians[T - 1 - k]
    return norms.mean(axis=0)


@wrong("ex5-gradient-by-lag", "uses the caller's h0 as the buffer of the states")
def grad_norms_by_lag(Wh, Wx, X, h0, b):
    Wh, Wx, X, h0, b = (np.asarray(a, dtype=float) for a in (Wh, Wx, X, h0, b))
    if Wh.ndim != 2 or Wh.shape[0] != Wh.shape[1]:
        raise ValueError("Wh")
    states = []
    for t in range(X.shape[1]):
        h0[:] = np.tanh(X[:, t] @ Wx + h0 @ Wh + b)
        states.append(h0.copy())
    g = np.full(h0.shape, 1 / np.sqrt(len(Wh)))
    norms = [np.linalg.norm(g, axis=1).mean()]
    for h in states[:0:-1]:
        g = (g * (1 - h**2)) @ Wh.T
        norms.append(np.linalg.norm(g, axis=1).mean())
    return np.array(norms)


@wrong("ex5-gradient-by-lag", "compares Wh.shape[0] and Wh.shape[1] only: more axes pass")
def spectral_bound(Wh, lags):
    Wh = np.asarray(Wh, dtype=float)
    if Wh.ndim < 2 or Wh.shape[-1] != Wh.shape[-2]:
        raise ValueError("Wh")
    return np.linalg.svd(Wh, compute_uv=False).max() ** np.asarray(lags)


mutate("ex5-gradient-by-lag", "forgets tanh'", old="(g * (1 - h**2)) @ Wh.T", new="g @ Wh.T")
mutate("ex5-gradient-by-lag", "1 - h, not 1 - h²", old="1 - h**2", new="1 - h")
mutate("ex5-gradient-by-lag", "Wh instead of Wh.T", old="@ Wh.T", new="@ Wh")
mutate(
    "ex5-gradient-by-lag",
    "the matrix first, then tanh'",
    old="(g * (1 - h**2)) @ Wh.T",
    new="(g @ Wh.T) * (1 - h**2)",
)
mutate(
    "ex5-gradient-by-lag",
    "tanh' of the step before: one step off",
    old="states[:0:-1]",
    new="states[-2::-1]",
)
mutate(
    "ex5-gradient-by-lag",
    "tanh' of the last step at every lag",
    old="for h in states[:0:-1]:",
    new="for _ in states[1:]:",
)
mutate("ex5-gradient-by-lag", "T + 1 lags, back to h0", old="states[:0:-1]", new="states[::-1]")
mutate(
    "ex5-gradient-by-lag",
    "one lag too few",
    old="return np.array(norms)",
    new="return np.array(norms[:-1])",
)
mutate(
    "ex5-gradient-by-lag",
    "begins with lag 1",
    old="norms = [np.linalg.norm(g, axis=1).mean()]",
    new="norms, states = [], [h, *states]",
)
mutate(
    "ex5-gradient-by-lag",
    "time from left to right: the lag axis reversed",
    old="return np.array(norms)",
    new="return np.array(norms[::-1])",
)
mutate("ex5-gradient-by-lag", "without 1/√H", old="1 / np.sqrt(len(Wh))", new="1.0")
mutate("ex5-gradient-by-lag", "1/H instead of 1/√H", old="np.sqrt(len(Wh))", new="len(Wh)")
mutate(
    "ex5-gradient-by-lag",
    "divides the loss by the batch size, too",
    old="1 / np.sqrt(len(Wh))",
    new="1 / np.sqrt(len(Wh)) / len(X)",
)
mutate(
    "ex5-gradient-by-lag",
    "the norm of the mean gradient, not the mean of the norms",
    old="@ Wh.T\n        norms.append(np.linalg.norm(g, axis=1).mean())",
    new="@ Wh.T\n        norms.append(np.linalg.norm(g.mean(axis=0)))",
)
mutate(
    "ex5-gradient-by-lag",
    "one norm over the whole batch",
    old="@ Wh.T\n        norms.append(np.linalg.norm(g, axis=1).mean())",
    new="@ Wh.T\n        norms.append(np.linalg.norm(g) / np.sqrt(len(X)))",
)
mutate(
    "ex5-gradient-by-lag",
    "the median over the batch",
    old="@ Wh.T\n        norms.append(np.linalg.norm(g, axis=1).mean())",
    new="@ Wh.T\n        norms.append(np.median(np.linalg.norm(g, axis=1)))",
)
mutate(
    "ex5-gradient-by-lag",
    "sums of absolute values instead of the 2-norm",
    old="@ Wh.T\n        norms.append(np.linalg.norm(g, axis=1).mean())",
    new="@ Wh.T\n        norms.append(np.abs(g).sum(axis=1).mean())",
)
mutate(
    "ex5-gradient-by-lag",
    "starts from 0, not from h0",
    old="states = []",
    new="states, h = [], 0 * h",
)
mutate("ex5-gradient-by-lag", "ignores the bias", old="h @ Wh + b", new="h @ Wh")
mutate(
    "ex5-gradient-by-lag",
    "the spectral radius as the bound",
    old="np.linalg.norm(Wh, 2)",
    new="np.abs(np.linalg.eigvals(Wh)).max()",
)
mutate(
    "ex5-gradient-by-lag",
    "the Frobenius norm: a bound, but too loose",
    old="np.linalg.norm(Wh, 2)",
    new="np.linalg.norm(Wh)",
)
mutate(
    "ex5-gradient-by-lag",
    "the largest row sum",
    old="np.linalg.norm(Wh, 2)",
    new="np.linalg.norm(Wh, np.inf)",
)
mutate(
    "ex5-gradient-by-lag",
    "the smallest singular value",
    old="np.linalg.norm(Wh, 2)",
    new="np.linalg.norm(Wh, -2)",
)
mutate(
    "ex5-gradient-by-lag",
    "the bound of the matrix power: tighter, but not the one asked for",
    old="return np.linalg.norm(Wh, 2) ** np.asarray(lags, dtype=float)",
    new="return np.array([np.linalg.norm(np.linalg.matrix_power(Wh, int(k)), 2) for k in lags])",
)
mutate("ex5-gradient-by-lag", "σ times k, not to the power k", old="2) ** np", new="2) * np")
mutate(
    "ex5-gradient-by-lag",
    "k + 1 factors",
    old="np.asarray(lags, dtype=float)",
    new="(np.asarray(lags, dtype=float) + 1)",
)
mutate(
    "ex5-gradient-by-lag",
    "takes lags for 0, 1, 2, … whatever they are",
    old="np.asarray(lags, dtype=float)",
    new="np.arange(len(lags))",
)
mutate(
    "ex5-gradient-by-lag",
    "no check of Wh in grad_norms_by_lag",
    old="(Wh, Wx, X, h0, b))\n    if Wh.ndim != 2 or Wh.shape[0] != Wh.shape[1]:",
    new="(Wh, Wx, X, h0, b))\n    if Wh.size == 0:",
)
mutate(
    "ex5-gradient-by-lag",
    "no check of Wh in spectral_bound",
    old="Wh = np.asarray(Wh, dtype=float)\n    if Wh.ndim != 2 or Wh.shape[0] != Wh.shape[1]:",
    new="Wh = np.atleast_2d(np.asarray(Wh, dtype=float))\n    if Wh.size == 0:",
)

# === Exercise 6 ============================================================================


@right("ex6-shared-gradient", "one einsum for all positions, and the sum of the parts")
def per_position_grads(X, Y, Ws, b):
    X, Y, b = np.array(X, dtype=float), np.array(Y, dtype=float), np.array(b, dtype=float)
    if len(Ws) != X.shape[1]:
        raise ValueError("one matrix per position")
    W = np.stack([np.asarray(w, dtype=float) for w in Ws])
    E = np.einsum("btd,tdo->bto", X, W) + b - Y
    return list(np.einsum("btd,bto->tdo", X, E) / X.shape[0])


@right("ex6-shared-gradient", "one einsum for all positions, and the sum of the parts")
def shared_grad(X, Y, W, b):
    return np.sum(per_position_grads(X, Y, [W] * np.shape(X)[1], b), axis=0)


@right("ex6-shared-gradient", "loops over sequences and positions, with outer products")
def per_position_grads(X, Y, Ws, b):
    X, Y = np.asarray(X, dtype=float), np.asarray(Y, dtype=float)
    B, T, D = X.shape
    if len(Ws) != T:
        raise ValueError(f"{len(Ws)} matrices for {T} positions")
    grads = []
    for t in range(T):
        g = np.zeros((D, Y.shape[2]))
        for i in range(B):
            error = X[i, t] @ Ws[t] + b - Y[i, t]
            g += np.outer(X[i, t], error)
        grads.append(g / B)
    return grads


@right("ex6-shared-gradient", "loops over sequences and positions, with outer products")
def shared_grad(X, Y, W, b):
    X, Y = np.asarray(X, dtype=float), np.asarray(Y, dtype=float)
    total = 0
    for x, y in zip(X.reshape(-1, X.shape[2]), Y.reshape(-1, Y.shape[2]), strict=True):
        total = total + np.outer(x, x @ W + b - y)
    return total / len(X)


@right("ex6-shared-gradient", "automatic differentiation")
def per_position_grads(X, Y, Ws, b):
    import tensorflow as tf

    X, Y, b = (tf.constant(a, dtype="float64") for a in (X, Y, b))
    if len(Ws) != X.shape[1]:
        raise ValueError("Ws")
    Ws = [tf.Variable(w, dtype="float64") for w in Ws]
    with tf.GradientTape() as tape:
        loss = 0.0
        for t, w in enumerate(Ws):
            loss += tf.reduce_sum((X[:, t] @ w + b - Y[:, t]) ** 2) / (2 * len(X))
    return [g.numpy() for g in tape.gradient(loss, Ws)]


@right("ex6-shared-gradient", "automatic differentiation")
def shared_grad(X, Y, W, b):
    import tensorflow as tf

    X, Y, b = (tf.constant(a, dtype="float64") for a in (X, Y, b))
    W = tf.Variable(W, dtype="float64")
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum((X @ W + b - Y) ** 2) / (2 * len(X))
    return tape.gradient(loss, W).numpy()


@right("ex6-shared-gradient", "a long matrix of all positions for the shared weights")
def shared_grad(X, Y, W, b):
    X, Y = np.asarray(X, dtype=float), np.asarray(Y, dtype=float)
    rows, targets = X.reshape(-1, X.shape[-1]), Y.reshape(-1, Y.shape[-1])
    return rows.T @ (rows @ np.asarray(W) + np.asarray(b) - targets) / X.shape[0]


@wrong("ex6-shared-gradient", "one buffer for all gradients: each is the last")
def per_position_grads(X, Y, Ws, b):
    X, Y, b = (np.asarray(a, dtype=float) for a in (X, Y, b))
    if len(Ws) != X.shape[1]:
        raise ValueError("Ws")
    g, grads = np.zeros(np.shape(Ws[0])), []
    for t, W in enumerate(Ws):
        g[:] = X[:, t].T @ (X[:, t] @ np.asarray(W) + b - Y[:, t]) / len(X)
        grads.append(g)
    return grads


@wrong("ex6-shared-gradient", "subtracts the prediction from the caller's Y")
def per_position_grads(X, Y, Ws, b):
    X, Y, b = (np.asarray(a, dtype=float) for a in (X, Y, b))
    if len(Ws) != X.shape[1]:
        raise ValueError("Ws")
    for t, W in enumerate(Ws):
        Y[:, t] -= X[:, t] @ np.asarray(W) + b
    return [-X[:, t].T @ Y[:, t] / len(X) for t in range(len(Ws))]


@wrong("ex6-shared-gradient", "zip stops at the shorter: any number of matrices passes")
def per_position_grads(X, Y, Ws, b):
    X, Y, b = (np.asarray(a, dtype=float) for a in (X, Y, b))
    grads = []
    for x, y, W in zip(X.swapaxes(0, 1), Y.swapaxes(0, 1), Ws, strict=False):
        grads.append(x.T @ (x @ np.asarray(W) + b - y) / len(x))
    return grads


@wrong("ex6-shared-gradient", "the product of means over the batch instead of the mean product")
def per_position_grads(X, Y, Ws, b):
    X, Y, b = (np.asarray(a, dtype=float) for a in (X, Y, b))
    if len(Ws) != X.shape[1]:
        raise ValueError("Ws")
    errors = [X[:, t] @ np.asarray(W) + b - Y[:, t] for t, W in enumerate(Ws)]
    return [np.outer(X[:, t].mean(axis=0), e.mean(axis=0)) for t, e in enumerate(errors)]


@wrong("ex6-shared-gradient", "the shared gradient of the last position only")
def shared_grad(X, Y, W, b):
    return per_position_grads(X, Y, [W] * np.shape(X)[1], b)[-1]


@wrong("ex6-shared-gradient", "the shared gradient as the mean over positions")
def shared_grad(X, Y, W, b):
    return np.mean(per_position_grads(X, Y, [W] * np.shape(X)[1], b), axis=0)


@wrong("ex6-shared-gradient", "adds the shared inputs up before the product")
def shared_grad(X, Y, W, b):
    X, Y, W, b = (np.asarray(a, dtype=float) for a in (X, Y, W, b))
    return X.sum(axis=1).T @ (X @ W + b - Y).sum(axis=1) / len(X)


mutate(
    "ex6-shared-gradient",
    "no division by B in the list",
    old="residuals[t] / B",
    new="residuals[t]",
)
mutate(
    "ex6-shared-gradient",
    "the list divided by B·T",
    old="residuals[t] / B",
    new="residuals[t] / B / T",
)
mutate(
    "ex6-shared-gradient",
    "forgets the ½: twice the gradient",
    old="residuals[t] / B",
    new="residuals[t] * 2 / B",
)
mutate(
    "ex6-shared-gradient",
    "divides by the number of outputs, too",
    old="residuals[t] / B",
    new="residuals[t] / residuals[t].size",
)
mutate("ex6-shared-gradient", "the list without the bias", old="+ b - Y[:, t]", new="- Y[:, t]")
mutate(
    "ex6-shared-gradient",
    "target minus prediction",
    old="X[:, t] @ np.asarray(Ws[t]) + b - Y[:, t]",
    new="Y[:, t] - X[:, t] @ np.asarray(Ws[t]) - b",
)
mutate("ex6-shared-gradient", "the first matrix at all positions", old="Ws[t])", new="Ws[0])")
mutate(
    "ex6-shared-gradient",
    "rows and columns swapped: (O, D)",
    old="X[:, t].T @ residuals[t]",
    new="residuals[t].T @ X[:, t]",
)
mutate(
    "ex6-shared-gradient",
    "each position gets the sum of all gradients",
    old="return [X[:, t].T @ residuals[t] / B for t in range(T)]",
    new="return [sum(X[:, s].T @ residuals[s] / B for s in range(T)) for t in range(T)]",
)
mutate(
    "ex6-shared-gradient",
    "the gradients from back to front",
    old="for t in range(T)]\n    ### END",
    new="for t in reversed(range(T))]\n    ### END",
)
mutate("ex6-shared-gradient", "too many matrices pass", old="len(Ws) != T", new="len(Ws) < T")
mutate(
    "ex6-shared-gradient",
    "too few matrices pass",
    old="if len(Ws) != T:",
    new="Ws = [*Ws, *[np.zeros((X.shape[2], len(b)))] * (T - len(Ws))]\n    if len(Ws) != T:",
)
mutate("ex6-shared-gradient", "no division by B when shared", old="b - Y) / len(X)", new="b - Y)")
mutate(
    "ex6-shared-gradient",
    "divides by B·T when shared",
    old="b - Y) / len(X)",
    new="b - Y) / len(X) / X.shape[1]",
)
mutate(
    "ex6-shared-gradient",
    "divides by T instead of B when shared",
    old="b - Y) / len(X)",
    new="b - Y) / X.shape[1]",
)
mutate("ex6-shared-gradient", "no bias when shared", old="X @ W + b - Y", new="X @ W - Y")
mutate("ex6-shared-gradient", "the shared gradient transposed", old="bto->do", new="bto->od")
mutate("ex6-shared-gradient", "the shared gradient by position", old="bto->do", new="bto->tdo")

# === Exercise 7 ============================================================================


@right("ex7-param-count", "builds the network in Keras and asks it")
def param_count(kind, T, D, H, O):
    if kind not in ["window_mlp", "positionwise_mlp", "rnn"] or not all(
        n >= 1 for n in (T, D, H, O)
    ):
        raise ValueError("bad kind or size")
    if kind == "rnn":
        layers = [keras.Input((T, D)), keras.layers.SimpleRNN(H), keras.layers.Dense(O)]
        return keras.Sequential(layers).count_params()
    width = T * D if kind == "window_mlp" else D
    layers = [keras.Input((width,)), keras.layers.Dense(H), keras.layers.Dense(O)]
    return keras.Sequential(layers).count_params() * (T if kind == "positionwise_mlp" else 1)


@right("ex7-param-count", "a table of shapes, and the sum of their products")
def param_count(kind, T, D, H, O):
    if T < 1 or D < 1 or H < 1 or O < 1:
        raise ValueError("sizes must be at least 1")
    shapes = {
        "window_mlp": [(T * D, H), (H,), (H, O), (O,)],
        "positionwise_mlp": [(D, H), (H,), (H, O), (O,)] * T,
        "rnn": [(D, H), (H, H), (H,), (H, O), (O,)],
    }
    if kind not in shapes:
        raise ValueError(f"unknown kind {kind}")
    return sum(np.prod(shape) for shape in shapes[kind])


@right("ex7-param-count", "a helper for one layer, and match")
def param_count(kind, T, D, H, O):
    def layer(m, n):
        return (m + 1) * n

    if min([T, D, H, O]) <= 0:
        raise ValueError("positive sizes only")
    match kind:
        case "rnn":
            return layer(D + H, H) + layer(H, O)
        case "window_mlp":
            return layer(T * D, H) + layer(H, O)
        case "positionwise_mlp":
            return sum(layer(D, H) + layer(H, O) for _ in range(T))
    raise ValueError("kind must be rnn, window_mlp or positionwise_mlp")


@wrong("ex7-param-count", "any other kind is a recurrent network")
def param_count(kind, T, D, H, O):
    if min(T, D, H, O) < 1:
        raise ValueError("sizes")
    if kind == "window_mlp":
        return T * D * H + H + H * O + O
    if kind == "positionwise_mlp":
        return T * (D * H + H + H * O + O)
    return D * H + H * H + H + H * O + O


@wrong("ex7-param-count", "KeyError for an unknown kind")
def param_count(kind, T, D, H, O):
    if min(T, D, H, O) < 1:
        raise ValueError("sizes")
    counts = {
        "window_mlp": T * D * H + H + H * O + O,
        "positionwise_mlp": T * (D * H + H + H * O + O),
        "rnn": D * H + H * H + H + H * O + O,
    }
    return counts[kind]


@wrong("ex7-param-count", "checks only the sizes that a kind uses: T = 0 passes for rnn")
def param_count(kind, T, D, H, O):
    if min(D, H, O) < 1:
        raise ValueError("sizes")
    if kind == "rnn":
        return D * H + H * H + H + H * O + O
    if T < 1:
        raise ValueError("sizes")
    if kind == "window_mlp":
        return T * D * H + H + H * O + O
    if kind == "positionwise_mlp":
        return T * (D * H + H + H * O + O)
    raise ValueError("kind")


@wrong("ex7-param-count", "looks for words in the kind, in any case", raises=AttributeError)
def param_count(kind, T, D, H, O):
    if min(T, D, H, O) < 1:
        raise ValueError("sizes")
    if "window" in kind.lower():
        return T * D * H + H + H * O + O
    if "position" in kind.lower():
        return T * (D * H + H + H * O + O)
    if "rnn" in kind.lower():
        return D * H + H * H + H + H * O + O
    raise ValueError("kind")


mutate("ex7-param-count", "no biases at the output", old="H * O + O", new="H * O")
mutate("ex7-param-count", "H biases at the output", old="H * O + O", new="H * O + H")
mutate(
    "ex7-param-count",
    "no hidden biases in the window network",
    old="T * D * H + H +",
    new="T * D * H +",
)
mutate("ex7-param-count", "T ignored in the window network", old="T * D * H + H", new="D * H + H")
mutate(
    "ex7-param-count",
    "hidden units per position in the window network",
    old="T * D * H + H + output",
    new="T * (D * H + H) + output",
)
mutate(
    "ex7-param-count",
    "an output layer on all hidden units of all positions",
    old="T * D * H + H + output",
    new="T * D * H + H + T * H * O + O",
)
mutate(
    "ex7-param-count",
    "one network for all positions",
    old="T * (D * H + H + output)",
    new="D * H + H + output",
)
mutate(
    "ex7-param-count",
    "separate hidden layers, but one output layer",
    old="T * (D * H + H + output)",
    new="T * (D * H + H) + output",
)
mutate(
    "ex7-param-count", "two biases per unit in the rnn", old="H * H + H +", new="H * H + 2 * H +"
)
mutate("ex7-param-count", "no hidden biases in the rnn", old="H * H + H +", new="H * H +")
mutate("ex7-param-count", "no recurrent weights in the rnn", old="H * H + H +", new="H +")
mutate("ex7-param-count", "one recurrent weight per unit", old="H * H + H +", new="H + H +")
mutate(
    "ex7-param-count",
    "an output layer per step in the rnn",
    old="H * H + H + output",
    new="H * H + H + T * output",
)
mutate(
    "ex7-param-count",
    "the rnn unrolled: all weights T times",
    old="D * H + H * H + H + output",
    new="T * (D * H + H * H + H) + output",
)
mutate("ex7-param-count", "a float", old="output = H * O + O", new="output = H * O + O / 1")
mutate(
    "ex7-param-count", "accepts sizes of 0", old="min(T, D, H, O) < 1", new="min(T, D, H, O) < 0"
)
mutate("ex7-param-count", "checks T only", old="min(T, D, H, O) < 1", new="T < 1")
mutate(
    "ex7-param-count",
    "checks the product of the sizes",
    old="min(T, D, H, O) < 1",
    new="T * D * H * O < 1",
)

# === Exercise 8 ============================================================================


@right("ex8-io-model", "LSTM, and a Dense image of the vector as the initial state")
def build_io_model(kind, T, D, units, O):
    if kind in ("many_to_one", "many_to_many_sync"):
        x = keras.Input(shape=(T, D))
        h = keras.layers.LSTM(units, return_sequences=kind == "many_to_many_sync")(x)
        return keras.Model(x, keras.layers.Dense(O)(h))
    if kind == "one_to_many":
        x = keras.Input(shape=(D,))
        h = keras.layers.Dense(units, activation="tanh")(x)
        c = keras.layers.Dense(units)(x)
        steps = keras.layers.RepeatVector(T)(h)
        h = keras.layers.LSTM(units, return_sequences=True)(steps, initial_state=[h, c])
        return keras.Model(x, keras.layers.Dense(O)(h))
    raise ValueError(f"unknown kind {kind!r}")


@right("ex8-io-model", "Sequential, GRU and TimeDistributed")
def build_io_model(kind, T, D, units, O):
    layers = keras.layers
    if kind == "many_to_one":
        return keras.Sequential([keras.Input((T, D)), layers.GRU(units), layers.Dense(O)])
    if kind == "many_to_many_sync":
        front = [keras.Input((T, D))]
    elif kind == "one_to_many":
        front = [keras.Input((D,)), layers.RepeatVector(T)]
    else:
        raise ValueError("kind must be many_to_one, many_to_many_sync or one_to_many")
    back = [layers.GRU(units, return_sequences=True), layers.TimeDistributed(layers.Dense(O))]
    return keras.Sequential(front + back)


@right("ex8-io-model", "two layers; all states, of which many to one takes the last")
def build_io_model(kind, T, D, units, O):
    if kind not in {"many_to_one", "many_to_many_sync", "one_to_many"}:
        raise ValueError(kind)
    one = kind == "one_to_many"
    x = keras.Input((D,) if one else (T, D))
    z = keras.layers.RepeatVector(T)(keras.layers.Dense(units)(x)) if one else x
    for _ in range(2):
        z = keras.layers.SimpleRNN(units, return_sequences=True)(z)
    if kind == "many_to_one":
        z = z[:, -1, :]
    return keras.Model(inputs=x, outputs=keras.layers.Dense(O)(z))


@right("ex8-io-model", "the vector as the first input of a sequence, then zeros")
def build_io_model(kind, T, D, units, O):
    if kind == "one_to_many":
        x = keras.Input((D,))
        z = keras.layers.Reshape((1, D))(x)
        z = keras.layers.ZeroPadding1D((0, T - 1))(z)
    elif kind in ("many_to_one", "many_to_many_sync"):
        x = z = keras.Input((T, D))
    else:
        raise ValueError("no such kind")
    z = keras.layers.SimpleRNN(max(units, 16), return_sequences=kind != "many_to_one")(z)
    return keras.Model(x, keras.layers.Dense(O)(z))


@wrong("ex8-io-model", "Flatten and Dense: only one length fits", raises=ValueError)
def build_io_model(kind, T, D, units, O):
    if kind not in ("many_to_one", "many_to_many_sync", "one_to_many"):
        raise ValueError("kind")
    inputs = keras.Input((D,)) if kind == "one_to_many" else keras.Input((T, D))
    sequence = keras.layers.RepeatVector(T)(inputs) if kind == "one_to_many" else inputs
    states = keras.layers.SimpleRNN(units, return_sequences=True)(sequence)
    if kind == "many_to_one":
        states = keras.layers.Flatten()(states)
    return keras.Model(inputs, keras.layers.Dense(O)(states))


@wrong("ex8-io-model", "a vector in one to many acts on the first output only")
def build_io_model(kind, T, D, units, O):
    if kind not in ("many_to_one", "many_to_many_sync", "one_to_many"):
        raise ValueError("kind")
    if kind != "one_to_many":
        x = keras.Input((T, D))
        h = keras.layers.SimpleRNN(units, return_sequences=kind != "many_to_one")(x)
        return keras.Model(x, keras.layers.Dense(O)(h))
    x = keras.Input((D,))
    first = keras.layers.Reshape((1, D))(x)
    z = keras.layers.ZeroPadding1D((0, T - 1))(first)
    h = keras.layers.Dense(units, activation="tanh")(z)
    return keras.Model(x, keras.layers.Dense(O)(h))


@wrong("ex8-io-model", "repeats one output T times in one to many")
def build_io_model(kind, T, D, units, O):
    if kind not in ("many_to_one", "many_to_many_sync", "one_to_many"):
        raise ValueError("kind")
    if kind != "one_to_many":
        x = keras.Input((T, D))
        h = keras.layers.SimpleRNN(units, return_sequences=kind != "many_to_one")(x)
        return keras.Model(x, keras.layers.Dense(O)(h))
    x = keras.Input((D,))
    h = keras.layers.SimpleRNN(units)(keras.layers.Reshape((1, D))(x))
    return keras.Model(x, keras.layers.RepeatVector(T)(keras.layers.Dense(O)(h)))


@wrong("ex8-io-model", "a convolution over three steps: causal, but it forgets")
def build_io_model(kind, T, D, units, O):
    if kind not in ("many_to_one", "many_to_many_sync", "one_to_many"):
        raise ValueError("kind")
    inputs = keras.Input((D,)) if kind == "one_to_many" else keras.Input((T, D))
    z = keras.layers.RepeatVector(T)(inputs) if kind == "one_to_many" else inputs
    if kind == "many_to_many_sync":
        z = keras.layers.Conv1D(2 * units, 3, padding="causal", activation="tanh")(z)
    else:
        z = keras.layers.SimpleRNN(units, return_sequences=kind == "one_to_many")(z)
    return keras.Model(inputs, keras.layers.Dense(O)(z))


@wrong("ex8-io-model", "adds the mean over all steps to each step: not causal")
def build_io_model(kind, T, D, units, O):
    if kind not in ("many_to_one", "many_to_many_sync", "one_to_many"):
        raise ValueError("kind")
    inputs = keras.Input((D,)) if kind == "one_to_many" else keras.Input((T, D))
    z = keras.layers.RepeatVector(T)(inputs) if kind == "one_to_many" else inputs
    z = keras.layers.SimpleRNN(units, return_sequences=kind != "many_to_one")(z)
    if kind == "many_to_many_sync":
        z = z + keras.ops.mean(z, axis=1, keepdims=True)
    return keras.Model(inputs, keras.layers.Dense(O)(z))


@wrong("ex8-io-model", "forecasts: output t does not see input t")
def build_io_model(kind, T, D, units, O):
    if kind not in ("many_to_one", "many_to_many_sync", "one_to_many"):
        raise ValueError("kind")
    inputs = keras.Input((D,)) if kind == "one_to_many" else keras.Input((T, D))
    z = keras.layers.RepeatVector(T)(inputs) if kind == "one_to_many" else inputs
    if kind == "many_to_many_sync":
        z = keras.layers.ZeroPadding1D((1, 0))(z)[:, :-1]
    z = keras.layers.SimpleRNN(units, return_sequences=kind != "many_to_one")(z)
    return keras.Model(inputs, keras.layers.Dense(O)(z))


@wrong("ex8-io-model", "many to one takes the first state, not the last")
def build_io_model(kind, T, D, units, O):
    if kind not in ("many_to_one", "many_to_many_sync", "one_to_many"):
        raise ValueError("kind")
    inputs = keras.Input((D,)) if kind == "one_to_many" else keras.Input((T, D))
    z = keras.layers.RepeatVector(T)(inputs) if kind == "one_to_many" else inputs
    z = keras.layers.SimpleRNN(units, return_sequences=True)(z)
    return keras.Model(inputs, keras.layers.Dense(O)(z[:, 0] if kind == "many_to_one" else z))


@wrong("ex8-io-model", "Sequential without an Input: not built yet", raises=ValueError)
def build_io_model(kind, T, D, units, O):
    if kind not in ("many_to_one", "many_to_many_sync", "one_to_many"):
        raise ValueError("kind")
    front = [keras.layers.RepeatVector(T)] if kind == "one_to_many" else []
    recurrent = keras.layers.SimpleRNN(units, return_sequences=kind != "many_to_one")
    return keras.Sequential([*front, recurrent, keras.layers.Dense(O)])


@wrong("ex8-io-model", "returns a compiled model")
def build_io_model(kind, T, D, units, O):
    if kind not in ("many_to_one", "many_to_many_sync", "one_to_many"):
        raise ValueError("kind")
    inputs = keras.Input((D,)) if kind == "one_to_many" else keras.Input((T, D))
    z = keras.layers.RepeatVector(T)(inputs) if kind == "one_to_many" else inputs
    z = keras.layers.SimpleRNN(units, return_sequences=kind != "many_to_one")(z)
    model = keras.Model(inputs, keras.layers.Dense(O)(z))
    model.compile("adam", "mse")
    return model


@wrong("ex8-io-model", "forgets units in one to many: always 4")
def build_io_model(kind, T, D, units, O):
    if kind in ("many_to_one", "many_to_many_sync"):
        x = keras.Input((T, D))
        h = keras.layers.SimpleRNN(units, return_sequences=kind == "many_to_many_sync")(x)
    elif kind == "one_to_many":
        x = keras.Input((D,))
        h = keras.layers.SimpleRNN(4, return_sequences=True)(keras.layers.RepeatVector(T)(x))
    else:
        raise ValueError("kind")
    return keras.Model(x, keras.layers.Dense(O)(h))


mutate("ex8-io-model", "always all states", old='kind != "many_to_one"', new="True")
mutate("ex8-io-model", "always the last state only", old='kind != "many_to_one"', new="False")
mutate(
    "ex8-io-model",
    "in both directions: outputs see later inputs",
    old="keras.layers.Dense(O)(recurrent(sequence))",
    new="keras.layers.Dense(O)(keras.layers.Bidirectional(recurrent)(sequence))",
)
mutate(
    "ex8-io-model",
    "reads from the end",
    old='return_sequences=kind != "many_to_one")',
    new='return_sequences=kind != "many_to_one", go_backwards=True)',
)
mutate(
    "ex8-io-model",
    "no memory: Dense at each step of the synchronous kind",
    old="(recurrent(sequence))",
    new='(recurrent(sequence) if kind != "many_to_many_sync" else '
    'keras.layers.Dense(4 * units, activation="tanh")(sequence))',
)
mutate("ex8-io-model", "softmax at the end", old="Dense(O)", new='Dense(O, activation="softmax")')
mutate("ex8-io-model", "tanh at the end", old="Dense(O)", new='Dense(O, activation="tanh")')
mutate("ex8-io-model", "ReLU at the end", old="Dense(O)", new='Dense(O, activation="relu")')
mutate(
    "ex8-io-model",
    "no output layer",
    old="keras.layers.Dense(O)(recurrent(sequence))",
    new="recurrent(sequence)",
)
mutate("ex8-io-model", "the O outputs are the states", old="SimpleRNN(units", new="SimpleRNN(O")
mutate("ex8-io-model", "always 8 units", old="SimpleRNN(units", new="SimpleRNN(8")
mutate("ex8-io-model", "far too many units", old="SimpleRNN(units", new="SimpleRNN(256")
mutate(
    "ex8-io-model",
    "some fixed length where T is None",
    old="keras.Input((T, D))",
    new="keras.Input((T or 5, D))",
    raises=ValueError,
)
mutate(
    "ex8-io-model", "always 5 outputs in one to many", old="RepeatVector(T)", new="RepeatVector(5)"
)
mutate(
    "ex8-io-model",
    "returns the output, not the model",
    old="keras.Model(inputs, keras.layers.Dense(O)(recurrent(sequence)))",
    new="keras.layers.Dense(O)(recurrent(sequence))",
)
mutate(
    "ex8-io-model",
    "any other kind is many to many",
    old='kind not in ("many_to_one", "many_to_many_sync", "one_to_many")',
    new="False",
)
mutate(
    "ex8-io-model",
    "looks at the beginning of kind only",
    old='kind not in ("many_to_one", "many_to_many_sync", "one_to_many")',
    new='not str(kind).startswith(("many_to_", "one_to_many"))',
)

# === Exercise 9 ============================================================================


@right("ex9-clip", "the norm of one long vector")
def clip_by_global_norm(grads, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm must be positive")
    flat = np.concatenate([np.zeros(1)] + [np.ravel(g) for g in grads if g is not None])
    norm = float(np.linalg.norm(flat.astype(float)))
    scale = min(1.0, max_norm / norm) if norm > 0 else 1.0
    return [g if g is None else np.array(g, dtype=float) * scale for g in grads], norm


@right("ex9-clip", "the norm of the norms, with math.hypot")
def clip_by_global_norm(grads, max_norm):
    import math

    if max_norm <= 0:
        raise ValueError(f"max_norm is {max_norm}")
    norm = math.hypot(*[np.linalg.norm(np.ravel(g)) for g in grads if g is not None])
    clipped = []
    for g in grads:
        if g is None:
            clipped.append(None)
        elif norm > max_norm:
            clipped.append(np.asarray(g) / (norm / max_norm))
        else:
            clipped.append(np.array(g))
    return clipped, norm


@right("ex9-clip", "Keras operations on what is not None")
def clip_by_global_norm(grads, max_norm):
    if max_norm <= 0:
        raise ValueError("max_norm must be > 0")
    there = [np.asarray(g, dtype="float64") for g in grads if g is not None]
    squares = [float(keras.ops.sum(keras.ops.square(g))) for g in there]
    norm = float(sum(squares)) ** 0.5
    rest = iter(there)
    out = []
    for g in grads:
        if g is not None:
            g = next(rest) * max_norm / max(norm, max_norm)
        out.append(g)
    return out, norm


@wrong("ex9-clip", "clips each gradient by its own norm")
def clip_by_global_norm(grads, max_norm):
    if max_norm <= 0:
        raise ValueError("max_norm")
    clipped, total = [], 0.0
    for g in grads:
        if g is not None:
            g = np.asarray(g, dtype=float)
            norm = np.sqrt((g**2).sum())
            total += norm**2
            g = g * max_norm / norm if norm > max_norm else g
        clipped.append(g)
    return clipped, float(np.sqrt(total))


@wrong("ex9-clip", "clips each value to ±max_norm")
def clip_by_global_norm(grads, max_norm):
    if max_norm <= 0:
        raise ValueError("max_norm")
    total = sum(np.sum(np.square(g, dtype=float)) for g in grads if g is not None)
    clipped = [None if g is None else np.clip(g, -max_norm, max_norm) for g in grads]
    return clipped, float(np.sqrt(total))


@wrong("ex9-clip", "scales the caller's arrays")
def clip_by_global_norm(grads, max_norm):
    if max_norm <= 0:
        raise ValueError("max_norm")
    norm = float(np.sqrt(sum(np.sum(np.square(g)) for g in grads if g is not None)))
    out = [None if g is None else np.asarray(g, dtype=float) for g in grads]
    if norm > max_norm:
        for g in out:
            if g is not None:
                g *= max_norm / norm
    return out, norm


@wrong("ex9-clip", "below the limit it hands back what it got, also a tuple")
def clip_by_global_norm(grads, max_norm):
    if max_norm <= 0:
        raise ValueError("max_norm")
    norm = float(np.sqrt(sum(np.sum(np.square(g)) for g in grads if g is not None)))
    if norm <= max_norm:
        return grads, norm
    return [None if g is None else np.asarray(g) * (max_norm / norm) for g in grads], norm


@wrong("ex9-clip", "np.concatenate of no gradients at all", raises=ValueError)
def clip_by_global_norm(grads, max_norm):
    if max_norm <= 0:
        raise ValueError("max_norm")
    norm = float(np.linalg.norm(np.concatenate([np.ravel(g) for g in grads if g is not None])))
    factor = max_norm / norm if norm > max_norm else 1.0
    return [None if g is None else factor * np.asarray(g) for g in grads], norm


@wrong("ex9-clip", "does not expect None", raises=TypeError)
def clip_by_global_norm(grads, max_norm):
    if max_norm <= 0:
        raise ValueError("max_norm")
    norm = float(np.sqrt(sum(np.sum(np.square(g)) for g in grads)))
    factor = max_norm / norm if norm > max_norm else 1.0
    return [factor * np.asarray(g) for g in grads], norm


mutate(
    "ex9-clip",
    "always scales to the limit: short gradients grow",
    old="max_norm / norm if norm > max_norm else 1.0",
    new="max_norm / norm if norm > 0 else 1.0",
)
mutate(
    "ex9-clip",
    "divides before it compares, also by a norm of 0",
    old="max_norm / norm if norm > max_norm else 1.0",
    new="min(1.0, max_norm / norm)",
    raises=ZeroDivisionError,
)
mutate(
    "ex9-clip",
    "scales to length 1",
    old="max_norm / norm if norm > max_norm",
    new="1 / norm if norm > max_norm",
)
mutate(
    "ex9-clip",
    "divides by the norm plus 1e-6, as PyTorch does",
    old="max_norm / norm if",
    new="max_norm / (norm + 1e-6) if",
)
mutate(
    "ex9-clip",
    "drops gradients that are too long",
    old="max_norm / norm if",
    new="0.0 if",
)
mutate("ex9-clip", "the factor upside down", old="max_norm / norm if", new="norm / max_norm if")
mutate("ex9-clip", "the square of the norm", old="float(np.sqrt(total))", new="float(total)")
mutate(
    "ex9-clip",
    "a sum of norms",
    old="np.sum(np.square(g, dtype=float))",
    new="np.sqrt(np.sum(np.square(g, dtype=float)))",
)
mutate(
    "ex9-clip",
    "sums of absolute values",
    old="np.sum(np.square(g, dtype=float))",
    new="np.square(np.sum(np.abs(g)))",
)
mutate("ex9-clip", "means of squares", old="np.sum(np.square", new="np.mean(np.square")
mutate(
    "ex9-clip",
    "the largest norm of the gradients",
    old="total = sum(np.sum(np.square(g, dtype=float)) for g in grads if g is not None)",
    new="total = max((np.sum(np.square(g)) for g in grads if g is not None), default=0)",
)
mutate(
    "ex9-clip",
    "the norm after clipping",
    old="for g in grads], norm",
    new="for g in grads], factor * norm",
)
mutate(
    "ex9-clip",
    "leaves None out",
    old="[None if g is None else factor * np.asarray(g, dtype=float) for g in grads]",
    new="[factor * np.asarray(g) for g in grads if g is not None]",
)
mutate("ex9-clip", "zeros for None", old="[None if g is None", new="[np.zeros(1) if g is None")
mutate(
    "ex9-clip",
    "returns a tuple of gradients",
    old="return [None if g is None else factor * np.asarray(g, dtype=float) for g in grads], norm",
    new="return tuple(None if g is None else factor * np.asarray(g) for g in grads), norm",
)
mutate(
    "ex9-clip",
    "the norm as an array",
    old="norm = float(np.sqrt(total))",
    new="norm = np.array(np.sqrt(total))",
)
mutate(
    "ex9-clip", "in 32 bits", old="np.square(g, dtype=float)", new="np.square(g, dtype='float32')"
)
mutate("ex9-clip", "accepts max_norm = 0", old="if max_norm <= 0:", new="if max_norm < 0:")
mutate("ex9-clip", "accepts a negative max_norm", old="if max_norm <= 0:", new="if max_norm == 0:")
mutate(
    "ex9-clip",
    "returns early for no gradients, before it looks at max_norm",
    old="if max_norm <= 0:",
    new="if len(grads) == 0:\n        return [], 0.0\n    if max_norm <= 0:",
)
