"""Answers to the exercises of notebook 05, as students write them.

Every function runs in the notebook's namespace, which has what the setup cell imports and the
exercise's own solution, but no answers to other exercises; what else it needs, it imports itself.
"""

# All answers to an exercise bear its name:
# ruff: noqa: F811

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.special import expit as sigmoid

from tests.variants import mutate, right, wrong

if TYPE_CHECKING:  # answers run among the notebook's names; loading Keras here takes seconds
    import keras

# === Exercise 1 ============================================================================


@right("ex1-lstm-step", "four pairs of matrices, cut out by columns")
def lstm_step(x, h, c, Wx, Wh, b):
    from scipy.special import expit

    x, h, c = np.array(x, dtype=float), np.array(h, dtype=float), np.array(c, dtype=float)
    Wx, Wh, b = np.array(Wx, dtype=float), np.array(Wh, dtype=float), np.array(b, dtype=float)
    if x.ndim != 2 or c.ndim != 2 or h.shape != c.shape or len(x) != len(h):
        raise ValueError("x, h and c do not fit")
    D, H = x.shape[1], h.shape[1]
    if Wx.shape != (D, 4 * H) or Wh.shape != (H, 4 * H) or b.shape != (4 * H,):
        raise ValueError("the weights do not fit")

    def z(k):
        block = slice(k * H, (k + 1) * H)
        return x @ Wx[:, block] + h @ Wh[:, block] + b[block]

    c_new = expit(z(1)) * c + expit(z(0)) * np.tanh(z(2))
    h_new = expit(z(3)) * np.tanh(c_new)
    return h_new, c_new


@right("ex1-lstm-step", "x and h side by side, one product, and the sigmoid through tanh")
def lstm_step(x, h, c, Wx, Wh, b):
    x, h, c, Wx, Wh, b = [np.asarray(a, dtype=np.float64) for a in (x, h, c, Wx, Wh, b)]
    try:
        (B, D), (rows, H) = x.shape, c.shape
    except ValueError:
        raise ValueError("x and c need two axes") from None
    shapes = {"h": (B, H), "Wx": (D, 4 * H), "Wh": (H, 4 * H), "b": (4 * H,)}
    for (name, shape), a in zip(shapes.items(), (h, Wx, Wh, b), strict=True):
        if a.shape != shape or rows != B:
            raise ValueError(f"{name}: {a.shape}, not {shape}")
    z = np.concatenate([x, h], axis=1) @ np.concatenate([Wx, Wh], axis=0) + b
    s = 0.5 * (1 + np.tanh(z / 2))
    c_next = s[:, H : 2 * H] * c + s[:, :H] * np.tanh(z[:, 2 * H : 3 * H])
    return [s[:, 3 * H :] * np.tanh(c_next), c_next]


@right("ex1-lstm-step", "Keras' own cell with 64 bits")
def lstm_step(x, h, c, Wx, Wh, b):
    x, h, c, Wx, Wh, b = (np.asarray(a, dtype="float64") for a in (x, h, c, Wx, Wh, b))
    if x.ndim != 2 or h.ndim != 2:
        raise ValueError("two axes please")
    units = h.shape[1]
    if h.shape != (len(x), units) or c.shape != h.shape or b.shape != (4 * units,):
        raise ValueError("h, c or b")
    if Wx.shape != (x.shape[1], 4 * units) or Wh.shape != (units, 4 * units):
        raise ValueError("Wx or Wh")
    cell = keras.layers.LSTMCell(units, dtype="float64")
    cell.build(x.shape)
    cell.set_weights([Wx, Wh, b])
    _, (h_next, c_next) = cell(x, [h, c])
    return np.array(h_next), np.array(c_next)


@right("ex1-lstm-step", "a sigmoid by cases, which never takes the exponential of a large number")
def lstm_step(x, h, c, Wx, Wh, b):
    def squash(v):
        small = np.exp(-np.abs(v))
        return np.where(v >= 0, 1 / (1 + small), small / (1 + small))

    x, h, c, Wx, Wh, b = map(np.asarray, (x, h, c, Wx, Wh, b))
    if [a.ndim for a in (x, h, c, Wx, Wh, b)] != [2, 2, 2, 2, 2, 1]:
        raise ValueError("wrong number of axes")
    fits = len(x) == len(h) == len(c) and x.shape[1] == len(Wx) and h.shape[1] == len(Wh)
    fits = fits and len(b) == 4 * h.shape[1] == Wx.shape[1] == Wh.shape[1]
    if not fits or c.shape != h.shape:
        raise ValueError("sizes differ")
    z = np.einsum("bd,dk->bk", x, Wx) + np.einsum("bh,hk->bk", h, Wh) + b
    i, f, g, o = z.reshape(len(x), 4, -1).transpose(1, 0, 2)
    c = squash(f) * c + squash(i) * np.tanh(g)
    return squash(o) * np.tanh(c), c


@wrong("ex1-lstm-step", "1 / (1 + exp(-z)), which warns of an overflow")
def lstm_step(x, h, c, Wx, Wh, b):
    x, h, c, Wx, Wh, b = map(np.asarray, (x, h, c, Wx, Wh, b))
    if x.ndim != 2 or h.ndim != 2:
        raise ValueError("x and h need two axes")
    (B, D), H = x.shape, h.shape[1]
    if [a.shape for a in (h, c, Wx)] != [(B, H), (B, H), (D, 4 * H)]:
        raise ValueError("wrong shapes")
    if Wh.shape != (H, 4 * H) or b.shape != (4 * H,):
        raise ValueError("wrong shapes")
    i, f, g, o = np.split(x @ Wx + h @ Wh + b, 4, axis=1)
    i, f, o = (1 / (1 + np.exp(-v)) for v in (i, f, o))
    c_next = f * c + i * np.tanh(g)
    return o * np.tanh(c_next), c_next


@wrong("ex1-lstm-step", "writes the new cell into the old one")
def lstm_step(x, h, c, Wx, Wh, b):
    x, h, c, Wx, Wh, b = map(np.asarray, (x, h, c, Wx, Wh, b))
    if x.ndim != 2 or h.ndim != 2:
        raise ValueError("x and h need two axes")
    (B, D), H = x.shape, h.shape[1]
    want = [(B, H), (B, H), (D, 4 * H), (H, 4 * H), (4 * H,)]
    if [a.shape for a in (h, c, Wx, Wh, b)] != want:
        raise ValueError("wrong shapes")
    i, f, g, o = np.split(x @ Wx + h @ Wh + b, 4, axis=1)
    c *= sigmoid(f)
    c += sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


@wrong("ex1-lstm-step", "leaves all shape checks to NumPy")
def lstm_step(x, h, c, Wx, Wh, b):
    i, f, g, o = np.split(np.asarray(x) @ Wx + np.asarray(h) @ Wh + b, 4, axis=1)
    c_next = sigmoid(f) * np.asarray(c) + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c_next), c_next


@wrong("ex1-lstm-step", "asserts the shapes: an AssertionError instead of a ValueError")
def lstm_step(x, h, c, Wx, Wh, b):
    x, h, c, Wx, Wh, b = map(np.asarray, (x, h, c, Wx, Wh, b))
    (B, D), H = x.shape, h.shape[-1]
    assert h.shape == c.shape == (B, H)
    assert Wx.shape == (D, 4 * H)
    assert Wh.shape == (H, 4 * H)
    assert b.shape == (4 * H,)
    i, f, g, o = np.split(x @ Wx + h @ Wh + b, 4, axis=1)
    c_next = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c_next), c_next


@wrong(
    "ex1-lstm-step", "asks the arguments for .shape, which lists do not have", raises=AttributeError
)
def lstm_step(x, h, c, Wx, Wh, b):
    if x.ndim != 2 or h.ndim != 2:
        raise ValueError("x and h need two axes")
    (B, D), H = x.shape, h.shape[1]
    if h.shape != (B, H) or c.shape != (B, H) or Wx.shape != (D, 4 * H):
        raise ValueError("wrong shapes")
    if Wh.shape != (H, 4 * H) or b.shape != (4 * H,):
        raise ValueError("wrong shapes")
    i, f, g, o = np.split(x @ Wx + h @ Wh + b, 4, axis=1)
    c_next = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c_next), c_next


@wrong("ex1-lstm-step", "makes a batch of single vectors without a word")
def lstm_step(x, h, c, Wx, Wh, b):
    x, h, c = np.atleast_2d(x), np.atleast_2d(h), np.atleast_2d(c)
    Wx, Wh, b = map(np.asarray, (Wx, Wh, b))
    (B, D), H = x.shape[-2:], h.shape[-1]
    want = [(B, D), (B, H), (B, H), (D, 4 * H), (H, 4 * H), (4 * H,)]
    if [a.shape for a in (x, h, c, Wx, Wh, b)] != want:
        raise ValueError("wrong shapes")
    i, f, g, o = np.split(x @ Wx + h @ Wh + b, 4, axis=1)
    c_next = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c_next), c_next


mutate("ex1-lstm-step", "order i, f, o, g", old="i, f, g, o = np", new="i, f, o, g = np")
mutate(
    "ex1-lstm-step",
    "the four numbers of each unit side by side instead of four blocks",
    old="np.split(x @ Wx + h @ Wh + b, 4, axis=1)",
    new="np.moveaxis((x @ Wx + h @ Wh + b).reshape(B, H, 4), 2, 0)",
)
mutate("ex1-lstm-step", "a sigmoid for the candidate", old="np.tanh(g)", new="sigmoid(g)")
mutate("ex1-lstm-step", "h = o · c, without tanh", old="np.tanh(c_next), c", new="c_next, c")
mutate(
    "ex1-lstm-step",
    "stores tanh(c)",
    old="return sigmoid(o) * np.tanh(c_next), c_next",
    new="return sigmoid(o) * np.tanh(c_next), np.tanh(c_next)",
)
mutate(
    "ex1-lstm-step",
    "h from the old cell",
    old="np.tanh(c_next), c",
    new="np.tanh(c), c",
)
mutate("ex1-lstm-step", "f = 1 - i", old="sigmoid(f) * c", new="(1 - sigmoid(i)) * c")
mutate("ex1-lstm-step", "the cell of 1997: nothing forgets", old="sigmoid(f) * c", new="c")
mutate("ex1-lstm-step", "adds the forget bias 1 once more", old="sigmoid(f)", new="sigmoid(f + 1)")
mutate("ex1-lstm-step", "without the old output", old="x @ Wx + h @ Wh + b", new="x @ Wx + b")
mutate("ex1-lstm-step", "without the bias", old="h @ Wh + b", new="h @ Wh")
mutate(
    "ex1-lstm-step",
    "returns the cell first",
    old="return sigmoid(o) * np.tanh(c_next), c_next",
    new="return c_next, sigmoid(o) * np.tanh(c_next)",
)
mutate(
    "ex1-lstm-step",
    "cuts z off at ±10 to avoid overflow",
    old="np.split(x @ Wx + h @ Wh + b, 4",
    new="np.split(np.clip(x @ Wx + h @ Wh + b, -10, 10), 4",
)
mutate(
    "ex1-lstm-step",
    "computes with 32 bits",
    old="(np.asarray(a) for",
    new='(np.asarray(a, dtype="float32") for',
)
mutate("ex1-lstm-step", "never looks at h", old="want = [(B, H),", new="want = [h.shape,")
mutate("ex1-lstm-step", "never looks at c", old="(B, H), (D", new="c.shape, (D")
mutate("ex1-lstm-step", "never looks at Wx", old="(D, 4 * H)", new="Wx.shape")
mutate("ex1-lstm-step", "never looks at Wh", old="(H, 4 * H)", new="Wh.shape")
mutate("ex1-lstm-step", "never looks at b", old="(4 * H,)", new="b.shape")

# === Exercise 2 ============================================================================


@right("ex2-lstm-forward", "blends with a mask of 0 and 1")
def lstm_forward(X, h0, c0, Wx, Wh, b, mask=None):
    X, h0, c0, Wx, Wh, b = (np.asarray(a, dtype=float) for a in (X, h0, c0, Wx, Wh, b))
    if X.ndim != 3 or h0.ndim != 2:
        raise ValueError("X needs three axes, h0 two")
    B, T, D = X.shape
    units = h0.shape[1]
    if mask is None:
        mask = np.ones((B, T))
    mask = np.asarray(mask, dtype=float)
    if T == 0 or mask.shape != (B, T) or len(h0) != B or c0.shape != h0.shape:
        raise ValueError("T = 0, or mask, h0 or c0 of a wrong shape")
    if Wx.shape != (D, 4 * units) or Wh.shape != (units, 4 * units) or b.shape != (4 * units,):
        raise ValueError("weights of a wrong shape")
    states = np.zeros((B, T, units))
    h, c = h0, c0
    for t in range(T):
        m = mask[:, t : t + 1]
        z = X[:, t] @ Wx + h @ Wh + b
        i, f, o = (
            sigmoid(z[:, :units]),
            sigmoid(z[:, units : 2 * units]),
            sigmoid(z[:, 3 * units :]),
        )
        c_new = f * c + i * np.tanh(z[:, 2 * units : 3 * units])
        c = m * c_new + (1 - m) * c
        h = m * o * np.tanh(c_new) + (1 - m) * h
        states[:, t, :] = h
    return states, h, c


@right("ex2-lstm-forward", "time first inside, and back again at the end")
def lstm_forward(X, h0, c0, Wx, Wh, b, mask=None):
    arrays = X, h0, c0, Wx, Wh, b = [np.array(a) for a in (X, h0, c0, Wx, Wh, b)]
    if [a.ndim for a in arrays] != [3, 2, 2, 2, 2, 1] or X.shape[1] == 0:
        raise ValueError("axes")
    H = h0.shape[1]
    real = np.ones(X.shape[:2]) if mask is None else np.array(mask)
    sizes = [len(h0), len(c0), c0.shape[1], *Wx.shape, *Wh.shape, len(b), real.shape]
    if sizes != [len(X), len(X), H, X.shape[2], 4 * H, H, 4 * H, 4 * H, X.shape[:2]]:
        raise ValueError("sizes")
    from_input = np.transpose(X, (1, 0, 2)) @ Wx + b
    outputs, h, c = [], h0, c0
    for z, keep in zip(from_input, real.T == 0, strict=True):
        i, f, g, o = np.split(z + h @ Wh, 4, axis=-1)
        new = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = np.where(keep[:, None], h, sigmoid(o) * np.tanh(new))
        c = np.where(keep[:, None], c, new)
        outputs.append(h)
    return np.array(outputs).transpose(1, 0, 2), h, c


@right("ex2-lstm-forward", "writes only the real rows, into its own copies of both states")
def lstm_forward(X, h0, c0, Wx, Wh, b, mask=None):
    X, Wx, Wh, b = map(np.asarray, (X, Wx, Wh, b))
    h, c = np.array(h0, dtype=float), np.array(c0, dtype=float)
    if X.ndim != 3 or 0 in X.shape or h.ndim != 2:
        raise ValueError("X or h0")
    (B, T, D), H = X.shape, h.shape[1]
    real = np.full((B, T), True) if mask is None else np.asarray(mask).astype(bool)
    good = real.shape == (B, T) and h.shape == c.shape == (B, H) and b.shape == (4 * H,)
    if not good or Wx.shape != (D, 4 * H) or Wh.shape != (H, 4 * H):
        raise ValueError("shapes")
    states = []
    for t in range(T):
        rows = np.flatnonzero(real[:, t])
        z = X[rows, t] @ Wx + h[rows] @ Wh + b
        gates, g = sigmoid(z), np.tanh(z[:, 2 * H : 3 * H])
        c[rows] = gates[:, H : 2 * H] * c[rows] + gates[:, :H] * g
        h[rows] = gates[:, 3 * H :] * np.tanh(c[rows])
        states.append(h.copy())
    return np.stack(states, axis=1), h, c


@right("ex2-lstm-forward", "Keras' layer, with h0 put in before the first real step")
def lstm_forward(X, h0, c0, Wx, Wh, b, mask=None):
    X, h0, c0, Wx, Wh, b = (np.asarray(a, dtype=float) for a in (X, h0, c0, Wx, Wh, b))
    if X.ndim != 3 or X.shape[1] < 1 or h0.ndim != 2:
        raise ValueError("X or h0")
    (B, T, D), H = X.shape, h0.shape[1]
    mask = np.ones((B, T), dtype=bool) if mask is None else np.asarray(mask, dtype=bool)
    want = [(B, T), (B, H), (B, H), (D, 4 * H), (H, 4 * H), (4 * H,)]
    if [a.shape for a in (mask, h0, c0, Wx, Wh, b)] != want:
        raise ValueError("wrong shapes")
    layer = keras.layers.LSTM(H, return_sequences=True, return_state=True, dtype="float64")
    layer.build(X.shape)
    layer.set_weights([Wx, Wh, b])
    states, h, c = layer(X, initial_state=[h0, c0], mask=keras.ops.convert_to_tensor(mask))
    started = np.cumsum(mask, axis=1) > 0
    return np.where(started[:, :, None], states, h0[:, None, :]), np.array(h), np.array(c)


@wrong("ex2-lstm-forward", "Keras' layer as it is: 0 instead of h0 before the first real step")
def lstm_forward(X, h0, c0, Wx, Wh, b, mask=None):
    X, h0, c0, Wx, Wh, b = (np.asarray(a, dtype=float) for a in (X, h0, c0, Wx, Wh, b))
    if X.ndim != 3 or X.shape[1] < 1 or h0.ndim != 2:
        raise ValueError("X or h0")
    (B, T, D), H = X.shape, h0.shape[1]
    mask = np.ones((B, T), dtype=bool) if mask is None else np.asarray(mask, dtype=bool)
    want = [(B, T), (B, H), (B, H), (D, 4 * H), (H, 4 * H), (4 * H,)]
    if [a.shape for a in (mask, h0, c0, Wx, Wh, b)] != want:
        raise ValueError("wrong shapes")
    layer = keras.layers.LSTM(H, return_sequences=True, return_state=True, dtype="float64")
    layer.build(X.shape)
    layer.set_weights([Wx, Wh, b])
    states, h, c = layer(X, initial_state=[h0, c0], mask=keras.ops.convert_to_tensor(mask))
    return np.array(states), np.array(h), np.array(c)


@wrong("ex2-lstm-forward", "walks along the first axis as if it were time", raises=ValueError)
def lstm_forward(X, h0, c0, Wx, Wh, b, mask=None):
    X, h, c, Wx, Wh, b = map(np.asarray, (X, h0, c0, Wx, Wh, b))
    outputs = []
    for t in range(len(X)):
        i, f, g, o = np.split(X[t] @ Wx + h @ Wh + b, 4, axis=1)
        c_new = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h_new = sigmoid(o) * np.tanh(c_new)
        m = True if mask is None else np.asarray(mask, dtype=bool)[t][:, None]
        h, c = np.where(m, h_new, h), np.where(m, c_new, c)
        outputs.append(h)
    return np.stack(outputs), h, c


@wrong("ex2-lstm-forward", "both states run through the batch, one sequence after the other")
def lstm_forward(X, h0, c0, Wx, Wh, b, mask=None):
    X, h0, c0, Wx, Wh, b = map(np.asarray, (X, h0, c0, Wx, Wh, b))
    if X.ndim != 3 or X.shape[1] < 1 or h0.ndim != 2:
        raise ValueError("X or h0")
    (B, T, D), H = X.shape, h0.shape[1]
    mask = np.ones((B, T), bool) if mask is None else np.asarray(mask, bool)
    want = [(B, T), (B, H), (B, H), (D, 4 * H), (H, 4 * H), (4 * H,)]
    if [a.shape for a in (mask, h0, c0, Wx, Wh, b)] != want:
        raise ValueError("wrong shapes")
    states, last_h, last_c = np.zeros((B, T, H)), [], []
    h, c = h0[0], c0[0]
    for n in range(B):
        for t in range(T):
            if mask[n, t]:
                i, f, g, o = np.split(X[n, t] @ Wx + h @ Wh + b, 4)
                c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
                h = sigmoid(o) * np.tanh(c)
            states[n, t] = h
        last_h.append(h)
        last_c.append(c)
    return states, np.array(last_h), np.array(last_c)


@wrong("ex2-lstm-forward", "takes the states at the number of real steps: right padding only")
def lstm_forward(X, h0, c0, Wx, Wh, b, mask=None):
    X, h, c, Wx, Wh, b = map(np.asarray, (X, h0, c0, Wx, Wh, b))
    if X.ndim != 3 or X.shape[1] < 1 or h.ndim != 2:
        raise ValueError("X or h0")
    (B, T, D), H = X.shape, h.shape[1]
    mask = np.ones((B, T), bool) if mask is None else np.asarray(mask, bool)
    want = [(B, T), (B, H), (B, H), (D, 4 * H), (H, 4 * H), (4 * H,)]
    if [a.shape for a in (mask, h, c, Wx, Wh, b)] != want:
        raise ValueError("wrong shapes")
    lengths, hs, cs = mask.sum(axis=1), [h], [c]
    for t in range(T):
        i, f, g, o = np.split(X[:, t] @ Wx + hs[-1] @ Wh + b, 4, axis=1)
        cs.append(sigmoid(f) * cs[-1] + sigmoid(i) * np.tanh(g))
        hs.append(sigmoid(o) * np.tanh(cs[-1]))
    hs, cs = np.stack(hs, axis=1), np.stack(cs, axis=1)
    steps = np.minimum(np.arange(1, T + 1), lengths[:, None])
    rows = np.arange(B)
    return hs[rows[:, None], steps], hs[rows, lengths], cs[rows, lengths]


@wrong("ex2-lstm-forward", "sets the input of masked steps to 0 and goes on")
def lstm_forward(X, h0, c0, Wx, Wh, b, mask=None):
    X, h, c, Wx, Wh, b = map(np.asarray, (X, h0, c0, Wx, Wh, b))
    if X.ndim != 3 or X.shape[1] < 1 or h.ndim != 2:
        raise ValueError("X or h0")
    (B, T, D), H = X.shape, h.shape[1]
    mask = np.ones((B, T)) if mask is None else np.asarray(mask)
    want = [(B, T), (B, H), (B, H), (D, 4 * H), (H, 4 * H), (4 * H,)]
    if [a.shape for a in (mask, h, c, Wx, Wh, b)] != want:
        raise ValueError("wrong shapes")
    X, outputs = X * mask[:, :, None], []
    for t in range(T):
        i, f, g, o = np.split(X[:, t] @ Wx + h @ Wh + b, 4, axis=1)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        outputs.append(h)
    return np.stack(outputs, axis=1), h, c


@wrong("ex2-lstm-forward", "takes an empty sequence: nothing happens")
def lstm_forward(X, h0, c0, Wx, Wh, b, mask=None):
    X, h, c, Wx, Wh, b = map(np.asarray, (X, h0, c0, Wx, Wh, b))
    if X.ndim != 3 or h.ndim != 2:
        raise ValueError("X or h0")
    (B, T, D), H = X.shape, h.shape[1]
    mask = np.ones((B, T), bool) if mask is None else np.asarray(mask, bool)
    want = [(B, T), (B, H), (B, H), (D, 4 * H), (H, 4 * H), (4 * H,)]
    if [a.shape for a in (mask, h, c, Wx, Wh, b)] != want:
        raise ValueError("wrong shapes")
    states = np.zeros((B, T, H))
    for t in range(T):
        i, f, g, o = np.split(X[:, t] @ Wx + h @ Wh + b, 4, axis=1)
        c_new = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        m = mask[:, t, None]
        h, c = np.where(m, sigmoid(o) * np.tanh(c_new), h), np.where(m, c_new, c)
        states[:, t] = h
    return states, h, c


@wrong("ex2-lstm-forward", "stores one buffer T times: all outputs are the last one")
def lstm_forward(X, h0, c0, Wx, Wh, b, mask=None):
    X, Wx, Wh, b = map(np.asarray, (X, Wx, Wh, b))
    h, c = np.array(h0, dtype=float), np.array(c0, dtype=float)
    if X.ndim != 3 or X.shape[1] < 1 or h.ndim != 2:
        raise ValueError("X or h0")
    (B, T, D), H = X.shape, h.shape[1]
    mask = np.ones((B, T), bool) if mask is None else np.asarray(mask, bool)
    want = [(B, T), (B, H), (B, H), (D, 4 * H), (H, 4 * H), (4 * H,)]
    if [a.shape for a in (mask, h, c, Wx, Wh, b)] != want:
        raise ValueError("wrong shapes")
    outputs = []
    for t in range(T):
        i, f, g, o = np.split(X[:, t] @ Wx + h @ Wh + b, 4, axis=1)
        c_new, m = sigmoid(f) * c + sigmoid(i) * np.tanh(g), mask[:, t, None]
        h[:], c[:] = np.where(m, sigmoid(o) * np.tanh(c_new), h), np.where(m, c_new, c)
        outputs.append(h)
    return np.stack(outputs, axis=1), h, c


@wrong("ex2-lstm-forward", "uses h0 and c0 themselves as buffers")
def lstm_forward(X, h0, c0, Wx, Wh, b, mask=None):
    X, h, c, Wx, Wh, b = map(np.asarray, (X, h0, c0, Wx, Wh, b))
    if X.ndim != 3 or X.shape[1] < 1 or h.ndim != 2:
        raise ValueError("X or h0")
    (B, T, D), H = X.shape, h.shape[1]
    mask = np.ones((B, T), bool) if mask is None else np.asarray(mask, bool)
    want = [(B, T), (B, H), (B, H), (D, 4 * H), (H, 4 * H), (4 * H,)]
    if [a.shape for a in (mask, h, c, Wx, Wh, b)] != want:
        raise ValueError("wrong shapes")
    states = np.zeros((B, T, H))
    for t in range(T):
        i, f, g, o = np.split(X[:, t] @ Wx + h @ Wh + b, 4, axis=1)
        c_new, m = sigmoid(f) * c + sigmoid(i) * np.tanh(g), mask[:, t]
        h[m], c[m] = (sigmoid(o) * np.tanh(c_new))[m], c_new[m]
        states[:, t] = h
    return states, h.copy(), c.copy()


mutate(
    "ex2-lstm-forward",
    "the mask freezes h but not c",
    old="np.where(valid, c_new, c)",
    new="c_new",
)
mutate(
    "ex2-lstm-forward",
    "the mask freezes c but not h",
    old="np.where(valid, h_new, h)",
    new="h_new",
)
mutate(
    "ex2-lstm-forward",
    "ignores the mask",
    old="np.where(valid, h_new, h), np.where(valid, c_new, c)",
    new="h_new, c_new",
)
mutate(
    "ex2-lstm-forward",
    "True means padding",
    old="valid = mask[:, t, np.newaxis]",
    new="valid = ~mask[:, t, np.newaxis]",
)
mutate(
    "ex2-lstm-forward",
    "shows 0 at masked steps",
    old="outputs.append(h)",
    new="outputs.append(np.where(valid, h, 0))",
)
mutate(
    "ex2-lstm-forward",
    "corrects the outputs only: goes on from masked steps",
    old="        h, c = np.where(valid, h_new, h), np.where(valid, c_new, c)\n"
    "        outputs.append(h)",
    new="        outputs.append(np.where(valid, h_new, outputs[-1] if t else h))\n"
    "        h, c = h_new, c_new",
)
mutate(
    "ex2-lstm-forward",
    "a sequence ends at its first masked step",
    old="valid = mask[:, t, np.newaxis]",
    new="valid = mask[:, : t + 1].all(axis=1)[:, np.newaxis]",
)
mutate(
    "ex2-lstm-forward",
    "skips a step only if it is masked in all sequences",
    old="valid = mask[:, t, np.newaxis]",
    new="valid = mask[:, t].any()",
)
mutate(
    "ex2-lstm-forward",
    "starts from 0, not from h0",
    old="outputs = []",
    new="outputs, h = [], 0 * h",
)
mutate(
    "ex2-lstm-forward",
    "starts from 0, not from c0",
    old="outputs = []",
    new="outputs, c = [], 0 * c",
)
mutate("ex2-lstm-forward", "h0 for the cell too", old="outputs = []", new="outputs, c = [], h")
mutate("ex2-lstm-forward", "time first in the result", old="axis=1), h, c", new="axis=0), h, c")
mutate(
    "ex2-lstm-forward", "the sequence of cells", old="outputs.append(h)", new="outputs.append(c)"
)
mutate(
    "ex2-lstm-forward",
    "all cells instead of the last one",
    old="        outputs.append(h)\n    return np.stack(outputs, axis=1), h, c",
    new="        outputs.append((h, c))\n"
    "    outputs, c = np.stack(outputs, axis=2)\n"
    "    return np.swapaxes(outputs, 0, 1), h, np.swapaxes(c, 0, 1)",
)
mutate(
    "ex2-lstm-forward",
    "takes any mask that can be stretched",
    old="np.asarray(mask, dtype=bool)",
    new="np.broadcast_to(np.asarray(mask, dtype=bool), (B, T))",
)
mutate("ex2-lstm-forward", "never looks at h0", old="want = [(B, H),", new="want = [h.shape,")
mutate("ex2-lstm-forward", "never looks at c0", old="(B, H), (D", new="c.shape, (D")
mutate("ex2-lstm-forward", "never looks at Wx", old="(D, 4 * H)", new="Wx.shape")
mutate("ex2-lstm-forward", "never looks at Wh", old="(H, 4 * H)", new="Wh.shape")
mutate("ex2-lstm-forward", "never looks at b", old="(4 * H,)", new="b.shape")
mutate("ex2-lstm-forward", "never looks at the mask's shape", old=", (B, T)]", new=", mask.shape]")
mutate(
    "ex2-lstm-forward",
    "indexes the mask as it came, which a list does not allow",
    old="np.asarray(mask, dtype=bool)",
    new="mask",
    raises=AttributeError,
)
mutate(
    "ex2-lstm-forward",
    "computes with 32 bits",
    old="(np.asarray(a) for",
    new='(np.asarray(a, dtype="float32") for',
)

# === Exercise 3 ============================================================================


@right("ex3-lstm-backward", "keeps whole arrays, and sums the weights' gradients at the end")
def lstm_backward(dH, X, h0, c0, Wx, Wh, b):
    dH, X, h0, c0, Wx, Wh, b = [np.array(a, dtype=float) for a in (dH, X, h0, c0, Wx, Wh, b)]
    B, T, _ = X.shape
    H = h0.shape[1]
    if dH.shape != (B, T, H):
        raise ValueError("dH has the wrong shape")
    hs, cs = np.zeros((T + 1, B, H)), np.zeros((T + 1, B, H))
    hs[0], cs[0] = h0, c0
    gates = np.zeros((T, B, 4 * H))
    in_, forget, cand, out = (slice(k * H, (k + 1) * H) for k in range(4))
    for t in range(T):
        z = X[:, t] @ Wx + hs[t] @ Wh + b
        gates[t] = sigmoid(z)
        gates[t, :, cand] = np.tanh(z[:, cand])
        cs[t + 1] = gates[t, :, forget] * cs[t] + gates[t, :, in_] * gates[t, :, cand]
        hs[t + 1] = gates[t, :, out] * np.tanh(cs[t + 1])
    slope = gates * (1 - gates)
    slope[:, :, cand] = 1 - gates[:, :, cand] ** 2
    dz = np.zeros((T, B, 4 * H))
    dh, dc = np.zeros((B, H)), np.zeros((B, H))
    for t in range(T - 1, -1, -1):
        dh += dH[:, t]
        dc += dh * gates[t, :, out] * (1 - np.tanh(cs[t + 1]) ** 2)
        dz[t, :, in_] = dc * gates[t, :, cand]
        dz[t, :, forget] = dc * cs[t]
        dz[t, :, cand] = dc * gates[t, :, in_]
        dz[t, :, out] = dh * np.tanh(cs[t + 1])
        dz[t] *= slope[t]
        dh = dz[t] @ Wh.T
        dc = dc * gates[t, :, forget]
    return {
        "dX": np.einsum("tbk,dk->btd", dz, Wx),
        "dh0": dh,
        "dc0": dc,
        "dWx": np.einsum("btd,tbk->dk", X, dz),
        "dWh": np.tensordot(hs[:-1], dz, axes=([0, 1], [0, 1])),
        "db": dz.sum(axis=(0, 1)),
    }


@right(
    "ex3-lstm-backward", "gate by gate with separate matrices, the forward pass as a list of dicts"
)
def lstm_backward(dH, X, h0, c0, Wx, Wh, b):
    dH, X, h, c, Wx, Wh, b = (np.asarray(a, dtype="float64") for a in (dH, X, h0, c0, Wx, Wh, b))
    if dH.shape != X.shape[:2] + h.shape[1:]:
        raise ValueError("dH")
    U, V, B = (dict(zip("ifgo", np.split(a, 4, axis=-1), strict=True)) for a in (Wx, Wh, b))
    cache = []
    for x in X.swapaxes(0, 1):
        s = {"x": x, "h": h, "c": c}
        for k in "ifgo":
            z = x @ U[k] + h @ V[k] + B[k]
            s[k] = np.tanh(z) if k == "g" else sigmoid(z)
        c = s["f"] * c + s["i"] * s["g"]
        s["tanh"] = np.tanh(c)
        h = s["o"] * s["tanh"]
        cache.append(s)
    dU, dV, dB = ({k: 0.0 for k in "ifgo"} for _ in range(3))
    dX, dh_next, dc_next = [], 0.0, 0.0
    for t in range(len(cache) - 1, -1, -1):
        s = cache[t]
        dh = dH[:, t] + dh_next
        dc = dc_next + dh * s["o"] * (1 - s["tanh"] * s["tanh"])
        d = {
            "i": dc * s["g"] * s["i"] * (1 - s["i"]),
            "f": dc * s["c"] * s["f"] * (1 - s["f"]),
            "g": dc * s["i"] * (1 - s["g"] ** 2),
            "o": dh * s["tanh"] * s["o"] * (1 - s["o"]),
        }
        for k in d:
            dU[k] = dU[k] + s["x"].T @ d[k]
            dV[k] = dV[k] + s["h"].T @ d[k]
            dB[k] = dB[k] + d[k].sum(axis=0)
        dX.insert(0, sum(d[k] @ U[k].T for k in d))
        dh_next = sum(d[k] @ V[k].T for k in d)
        dc_next = dc * s["f"]
    weights = [np.concatenate([w[k] for k in "ifgo"], axis=-1) for w in (dU, dV, dB)]
    values = [np.stack(dX, axis=1), dh_next, dc_next, *weights]
    return dict(zip(["dX", "dh0", "dc0", "dWx", "dWh", "db"], values, strict=True))


@right("ex3-lstm-backward", "sequence by sequence, with outer products")
def lstm_backward(dH, X, h0, c0, Wx, Wh, b):
    dH, X, h0, c0, Wx, Wh, b = (np.asarray(a, dtype=float) for a in (dH, X, h0, c0, Wx, Wh, b))
    if dH.shape != (len(X), X.shape[1], h0.shape[1]):
        raise ValueError("dH must have the shape (B, T, H)")
    args = {"dX": X, "dh0": h0, "dc0": c0, "dWx": Wx, "dWh": Wh, "db": b}
    grads = {name: np.zeros_like(a) for name, a in args.items()}
    for n in range(len(X)):
        h, c, steps = h0[n], c0[n], []
        for x in X[n]:
            zi, zf, zg, zo = (x @ Wx + h @ Wh + b).reshape(4, -1)
            step = sigmoid(zi), sigmoid(zf), np.tanh(zg), sigmoid(zo), h, c
            c = step[1] * c + step[0] * step[2]
            h = step[3] * np.tanh(c)
            steps.append((*step, np.tanh(c)))
        dh, dc = 0, 0
        for t in reversed(range(len(steps))):
            i, f, g, o, h, c, tanh_c = steps[t]
            dh = dh + dH[n, t]
            dc = dc + dh * o * (1 - tanh_c**2)
            dz = np.r_[
                dc * g * i * (1 - i),
                dc * c * f * (1 - f),
                dc * i * (1 - g * g),
                dh * tanh_c * o * (1 - o),
            ]
            grads["dX"][n, t] = Wx @ dz
            grads["dWx"] += np.outer(X[n, t], dz)
            grads["dWh"] += np.outer(h, dz)
            grads["db"] += dz
            dh, dc = Wh @ dz, f * dc
        grads["dh0"][n], grads["dc0"][n] = dh, dc
    return grads


@right("ex3-lstm-backward", "TensorFlow's tape over its own loop")
def lstm_backward(dH, X, h0, c0, Wx, Wh, b):
    import tensorflow as tf

    dH = np.asarray(dH, dtype=float)
    inputs = [tf.constant(np.asarray(a, dtype=float)) for a in (X, h0, c0, Wx, Wh, b)]
    X, h, c, Wx, Wh, b = inputs
    if dH.shape != (*X.shape[:2], h.shape[1]):
        raise ValueError("dH")
    total = 0.0
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        for t in range(X.shape[1]):
            i, f, g, o = tf.split(X[:, t] @ Wx + h @ Wh + b, 4, axis=1)
            c = tf.sigmoid(f) * c + tf.sigmoid(i) * tf.tanh(g)
            h = tf.sigmoid(o) * tf.tanh(c)
            total += tf.reduce_sum(h * dH[:, t])
    slopes = [np.array(a) for a in tape.gradient(total, inputs)]
    return dict(zip(("dX", "dh0", "dc0", "dWx", "dWh", "db"), slopes, strict=True))


@wrong(
    "ex3-lstm-backward",
    "asks the arguments for .shape, which lists do not have",
    raises=AttributeError,
)
def lstm_backward(dH, X, h0, c0, Wx, Wh, b):
    if dH.shape != (*X.shape[:2], h0.shape[1]):
        raise ValueError("dH")
    steps, h, c = [], h0, c0
    for t in range(X.shape[1]):
        zi, zf, zg, zo = np.split(X[:, t] @ Wx + h @ Wh + b, 4, axis=1)
        i, f, g, o = sigmoid(zi), sigmoid(zf), np.tanh(zg), sigmoid(zo)
        steps.append((i, f, g, o, h, c))
        c = f * c + i * g
        h = o * np.tanh(c)
    dX, dWx, dWh, db = np.zeros(X.shape), np.zeros(Wx.shape), np.zeros(Wh.shape), np.zeros(b.shape)
    dh, dc = np.zeros(h0.shape), np.zeros(c0.shape)
    for t in range(X.shape[1])[::-1]:
        i, f, g, o, h, c = steps[t]
        tanh_c = np.tanh(f * c + i * g)
        dh = dh + dH[:, t]
        dc = dc + dh * o * (1 - tanh_c**2)
        blocks = [dc * g * i * (1 - i), dc * c * f * (1 - f), dc * i * (1 - g**2)]
        dz = np.hstack([*blocks, dh * tanh_c * o * (1 - o)])
        dWx += X[:, t].T @ dz
        dWh += h.T @ dz
        db += dz.sum(axis=0)
        dX[:, t], dh, dc = dz @ Wx.T, dz @ Wh.T, dc * f
    return {"dX": dX, "dh0": dh, "dc0": dc, "dWx": dWx, "dWh": dWh, "db": db}


@wrong("ex3-lstm-backward", "differences of the loss with a large step instead of the formulas")
def lstm_backward(dH, X, h0, c0, Wx, Wh, b):
    dH = np.asarray(dH, dtype=float)
    args = [np.array(a, dtype=float) for a in (X, h0, c0, Wx, Wh, b)]
    if dH.shape != (*args[0].shape[:2], args[1].shape[1]):
        raise ValueError("dH")

    def loss(X, h, c, Wx, Wh, b):
        total = 0
        for t in range(X.shape[1]):
            i, f, g, o = np.split(X[:, t] @ Wx + h @ Wh + b, 4, axis=1)
            c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
            h = sigmoid(o) * np.tanh(c)
            total += np.sum(dH[:, t] * h)
        return total

    grads = {}
    for name, a in zip(("dX", "dh0", "dc0", "dWx", "dWh", "db"), args, strict=True):
        grads[name] = np.zeros(a.shape)
        for place in np.ndindex(a.shape):
            old = a[place]
            a[place] = old + 1e-3
            up = loss(*args)
            a[place] = old
            grads[name][place] = (up - loss(*args)) / 1e-3
    return grads


mutate(
    "ex3-lstm-backward",
    "forgets the slope of tanh(c) on the way from h to c",
    old="dc = dc + dh * o * (1 - tanh_c**2)",
    new="dc = dc + dh * o",
)
mutate(
    "ex3-lstm-backward",
    "forgets the output gate on the way from h to c",
    old="dc = dc + dh * o * (1",
    new="dc = dc + dh * (1",
)
mutate("ex3-lstm-backward", "no f on the way from cell to cell", old="Wh.T, dc * f", new="Wh.T, dc")
mutate(
    "ex3-lstm-backward",
    "dc does not reach the step before",
    old="dc = dc + dh * o",
    new="dc = dh * o",
)
mutate(
    "ex3-lstm-backward",
    "dh does not reach the step before",
    old="dh = dh + dH[:, t]",
    new="dh = dH[:, t]",
)
mutate(
    "ex3-lstm-backward",
    "the gates do not pass a slope on to the old h",
    old="dz @ Wh.T, dc * f",
    new="0 * dh, dc * f",
)
mutate(
    "ex3-lstm-backward",
    "the slope of the last output only",
    old="dh + dH[:, t]",
    new="dh + dH[:, t] * (t == len(steps) - 1)",
)
mutate(
    "ex3-lstm-backward",
    "the output gate from dc",
    old="dh * tanh_c * o * (1 - o)",
    new="dc * tanh_c * o * (1 - o)",
)
mutate(
    "ex3-lstm-backward",
    "the slope of tanh for the input gate",
    old="dc * g * i * (1 - i)",
    new="dc * g * (1 - i**2)",
)
mutate(
    "ex3-lstm-backward",
    "the slope of tanh for the forget gate",
    old="dc * c * f * (1 - f)",
    new="dc * c * (1 - f**2)",
)
mutate(
    "ex3-lstm-backward",
    "the slope of tanh for the output gate",
    old="dh * tanh_c * o * (1 - o)",
    new="dh * tanh_c * (1 - o**2)",
)
mutate(
    "ex3-lstm-backward",
    "the slope of a sigmoid for the candidate",
    old="dc * i * (1 - g**2)",
    new="dc * i * g * (1 - g)",
)
mutate(
    "ex3-lstm-backward",
    "the new cell for the forget gate",
    old="dc * c * f * (1 - f)",
    new="dc * (f * c + i * g) * f * (1 - f)",
)
mutate(
    "ex3-lstm-backward",
    "the mean over the batch for db",
    old="dz.sum(axis=0)",
    new="dz.mean(axis=0)",
)
mutate(
    "ex3-lstm-backward",
    "means over the batch for all weights",
    old='"dWx": dWx, "dWh": dWh, "db": db',
    new='"dWx": dWx / len(X), "dWh": dWh / len(X), "db": db / len(X)',
)
mutate(
    "ex3-lstm-backward",
    "dWx of the first step only",
    old="dWx += X[:, t].T @ dz",
    new="dWx = X[:, t].T @ dz",
)
mutate(
    "ex3-lstm-backward",
    "dWh from the new h",
    old="dWh += h.T @ dz",
    new="dWh += (o * tanh_c).T @ dz",
)
mutate(
    "ex3-lstm-backward",
    "stops before step 0",
    old="reversed(range(X.shape[1]))",
    new="range(X.shape[1] - 1, 0, -1)",
)
mutate("ex3-lstm-backward", "no slope for h0, a constant", old='"dh0": dh', new='"dh0": 0 * dh')
mutate(
    "ex3-lstm-backward",
    "clips what goes back at ±1",
    old="dz @ Wh.T, dc * f",
    new="np.clip(dz @ Wh.T, -1, 1), np.clip(dc * f, -1, 1)",
)
mutate(
    "ex3-lstm-backward",
    "adds what comes back to the caller's dH",
    old="dh = dh + dH[:, t]",
    new="dH[:, t] += dh\n        dh = dH[:, t]",
)
mutate(
    "ex3-lstm-backward",
    "stretches a dH of another shape",
    old="    if dH.shape != (*X.shape[:2], h.shape[1]):",
    new="    dH = np.broadcast_to(dH, (*X.shape[:2], h.shape[1]))\n    if False:",
)
mutate(
    "ex3-lstm-backward",
    "compares the number of slopes only",
    old="if dH.shape != (*X.shape[:2], h.shape[1])",
    new="if dH.size != len(X) * X.shape[1] * h.shape[1]",
)
mutate(
    "ex3-lstm-backward",
    "takes a dH with more steps",
    old="if dH.shape != (*X.shape[:2], h.shape[1])",
    new="if dH.ndim != 3 or dH.shape[::2] != h.shape or dH.shape[1] < X.shape[1]",
)
mutate(
    "ex3-lstm-backward", "computes with 32 bits", old="a, dtype=float)", new='a, dtype="float32")'
)

# === Exercise 4 ============================================================================


@right("ex4-gate-trace", "the layer's own cell for the states, the gates from its weights")
def gate_trace(layer, X):
    if not layer.built:
        raise ValueError("build the layer first")
    kernel, recurrent, bias = (np.asarray(w) for w in layer.get_weights())
    X = np.asarray(X, dtype=kernel.dtype)
    units = recurrent.shape[0]
    h = c = np.zeros((X.shape[0], units), dtype=kernel.dtype)
    out = {name: np.zeros((X.shape[0], X.shape[1], units)) for name in ("i", "f", "g", "o", "c")}
    for t in range(X.shape[1]):
        z = X[:, t] @ kernel + h @ recurrent + bias
        out["i"][:, t] = sigmoid(z[:, :units])
        out["f"][:, t] = sigmoid(z[:, units : 2 * units])
        out["g"][:, t] = np.tanh(z[:, 2 * units : 3 * units])
        out["o"][:, t] = sigmoid(z[:, 3 * units :])
        _, (h, c) = layer.cell(X[:, t], [h, c])
        h, c = np.asarray(h), np.asarray(c)
        out["c"][:, t] = c
    return out


@right(
    "ex4-gate-trace",
    "all outputs from a copy of the layer, shifted by one step, then all gates at once",
)
def gate_trace(layer, X):
    if not layer.built:
        raise ValueError("no weights yet")
    weights = [w.astype("float64") for w in layer.get_weights()]
    X = np.array(X, dtype="float64")
    twin = keras.layers.LSTM(len(weights[1]), return_sequences=True, dtype="float64")
    twin.build(X.shape)
    twin.set_weights(weights)
    h = np.asarray(twin(X))
    before = np.concatenate([np.zeros_like(h[:, :1]), h[:, :-1]], axis=1)
    z = X @ weights[0] + before @ weights[1] + weights[2]
    i, f, g, o = np.split(z, 4, axis=2)
    result = {"i": sigmoid(i), "f": sigmoid(f), "g": np.tanh(g), "o": sigmoid(o)}
    cells, c = [], 0
    for t in range(X.shape[1]):
        c = result["f"][:, t] * c + result["i"][:, t] * result["g"][:, t]
        cells.append(c)
    return result | {"c": np.stack(cells, axis=1)}


@right("ex4-gate-trace", "a one-step layer that is fed with its own states")
def gate_trace(layer, X):
    if not layer.built:
        raise ValueError("layer is not built")
    Wx, Wh, b = layer.get_weights()
    step = keras.layers.LSTM(Wh.shape[0], return_state=True, dtype=layer.dtype)
    step.build((None, 1, Wx.shape[0]))
    step.set_weights([Wx, Wh, b])
    X = np.asarray(X, dtype=Wx.dtype)
    h = c = np.zeros((len(X), Wh.shape[0]), dtype=Wx.dtype)
    rows = []
    for t in range(X.shape[1]):
        i, f, g, o = np.split(X[:, t] @ Wx + h @ Wh + b, 4, axis=1)
        _, h, c = (np.asarray(a) for a in step(X[:, t : t + 1], initial_state=[h, c]))
        rows.append([sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o), c])
    return dict(zip("ifgoc", np.array(rows).transpose(1, 2, 0, 3), strict=True))


@right("ex4-gate-trace", "Keras operations on tensors")
def gate_trace(layer, X):
    ops = keras.ops
    if not layer.built:
        raise ValueError("build first")
    Wx, Wh, b = (ops.convert_to_tensor(w) for w in layer.get_weights())
    X = ops.cast(ops.convert_to_tensor(X), Wx.dtype)
    h = c = ops.zeros((X.shape[0], Wh.shape[0]), dtype=Wx.dtype)
    rows = []
    for t in range(X.shape[1]):
        i, f, g, o = ops.split(ops.matmul(X[:, t], Wx) + ops.matmul(h, Wh) + b, 4, axis=1)
        i, f, g, o = ops.sigmoid(i), ops.sigmoid(f), ops.tanh(g), ops.sigmoid(o)
        c = f * c + i * g
        h = o * ops.tanh(c)
        rows.append((i, f, g, o, c))
    columns = zip("ifgoc", zip(*rows, strict=True), strict=True)
    return {name: ops.convert_to_numpy(ops.stack(a, axis=1)) for name, a in columns}


@wrong("ex4-gate-trace", "the gates of step t from h of step t, not of the step before")
def gate_trace(layer, X):
    if not layer.built:
        raise ValueError("no weights yet")
    weights = [w.astype("float64") for w in layer.get_weights()]
    X = np.array(X, dtype="float64")
    twin = keras.layers.LSTM(len(weights[1]), return_sequences=True, dtype="float64")
    twin.build(X.shape)
    twin.set_weights(weights)
    z = X @ weights[0] + np.asarray(twin(X)) @ weights[1] + weights[2]
    i, f, g, o = np.split(z, 4, axis=2)
    result = {"i": sigmoid(i), "f": sigmoid(f), "g": np.tanh(g), "o": sigmoid(o)}
    cells, c = [], 0
    for t in range(X.shape[1]):
        c = result["f"][:, t] * c + result["i"][:, t] * result["g"][:, t]
        cells.append(c)
    return result | {"c": np.stack(cells, axis=1)}


@wrong("ex4-gate-trace", "takes what the layer returns for the sequence of outputs")
def gate_trace(layer, X):
    if not layer.built:
        raise ValueError("no weights yet")
    Wx, Wh, b = layer.get_weights()
    h = layer(X)
    h = np.asarray(h[0] if isinstance(h, list | tuple) else h)
    h = np.broadcast_to(h if h.ndim == 3 else h[:, None], (*X.shape[:2], len(Wh)))
    before = np.concatenate([np.zeros_like(h[:, :1]), h[:, :-1]], axis=1)
    i, f, g, o = np.split(X @ Wx + before @ Wh + b, 4, axis=2)
    result = {"i": sigmoid(i), "f": sigmoid(f), "g": np.tanh(g), "o": sigmoid(o)}
    cells, c = [], 0
    for t in range(X.shape[1]):
        c = result["f"][:, t] * c + result["i"][:, t] * result["g"][:, t]
        cells.append(c)
    return result | {"c": np.stack(cells, axis=1)}


@wrong("ex4-gate-trace", "switches the layer to return_sequences and leaves it so")
def gate_trace(layer, X):
    if not layer.built:
        raise ValueError("no weights yet")
    Wx, Wh, b = layer.get_weights()
    layer.return_sequences, layer.return_state = True, False
    h = np.asarray(layer(X))
    before = np.concatenate([np.zeros_like(h[:, :1]), h[:, :-1]], axis=1)
    i, f, g, o = np.split(X @ Wx + before @ Wh + b, 4, axis=2)
    result = {"i": sigmoid(i), "f": sigmoid(f), "g": np.tanh(g), "o": sigmoid(o)}
    cells, c = [], 0
    for t in range(X.shape[1]):
        c = result["f"][:, t] * c + result["i"][:, t] * result["g"][:, t]
        cells.append(c)
    return result | {"c": np.stack(cells, axis=1)}


@wrong("ex4-gate-trace", "one buffer per name: all steps are the last one")
def gate_trace(layer, X):
    if not layer.built:
        raise ValueError("no weights yet")
    Wx, Wh, b = layer.get_weights()
    X = np.asarray(X)
    h, now = np.zeros((len(X), len(Wh))), np.zeros((5, len(X), len(Wh)))
    rows = []
    for t in range(X.shape[1]):
        i, f, g, o = np.split(X[:, t] @ Wx + h @ Wh + b, 4, axis=1)
        now[:4] = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
        now[4] = now[1] * now[4] + now[0] * now[2]
        h = now[3] * np.tanh(now[4])
        rows.append(now)
    return dict(zip("ifgoc", np.stack(rows, axis=2), strict=True))


mutate(
    "ex4-gate-trace", "order i, f, o, g", old="i, f, g, o = np.split", new="i, f, o, g = np.split"
)
mutate("ex4-gate-trace", "leaves out the old output", old="+ h @ Wh + b", new="+ b")
mutate(
    "ex4-gate-trace",
    "the cell before each step",
    old="        c = f * c + i * g\n        h = o * np.tanh(c)\n        for name, value in "
    'zip("ifgoc", (i, f, g, o, c)):',
    new="        old, c = c, f * c + i * g\n        h = o * np.tanh(c)\n        for name, value in "
    'zip("ifgoc", (i, f, g, o, old)):',
)
mutate(
    "ex4-gate-trace",
    "all activations one step early",
    old="np.stack(values, axis=1)",
    new="np.stack(values[1:] + values[-1:], axis=1)",
)
mutate(
    "ex4-gate-trace",
    "before the activations",
    old="i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)\n"
    "        c = f * c + i * g\n        h = o * np.tanh(c)",
    new="c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)\n        h = sigmoid(o) * np.tanh(c)",
)
mutate("ex4-gate-trace", "a sigmoid for the candidate", old="np.tanh(g)", new="sigmoid(g)")
mutate(
    "ex4-gate-trace",
    "a sigmoid of straight lines, as old versions of Keras had it",
    old="sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)",
    new="*np.clip(0.2 * np.array([i, f]) + 0.5, 0, 1), np.tanh(g), np.clip(0.2 * o + 0.5, 0, 1)",
)
mutate("ex4-gate-trace", "adds the forget bias 1 once more", old="sigmoid(f)", new="sigmoid(f + 1)")
mutate("ex4-gate-trace", "the output without tanh", old="h = o * np.tanh(c)", new="h = o * c")
mutate(
    "ex4-gate-trace", "the output without its gate", old="h = o * np.tanh(c)", new="h = np.tanh(c)"
)
mutate(
    "ex4-gate-trace",
    "a trace of 8 units, as the adder has",
    old="len(Wh)))",
    new="8))",
    raises=ValueError,
)
mutate(
    "ex4-gate-trace",
    "as many units as features",
    old="len(Wh)))",
    new="len(Wx)))",
    raises=ValueError,
)
mutate("ex4-gate-trace", "time first", old="np.stack(values, axis=1)", new="np.stack(values)")
mutate(
    "ex4-gate-trace",
    "builds a layer that is not built",
    old='raise ValueError("layer: expected a built layer, got one without weights")',
    new="layer.build(np.shape(X))",
)
mutate(
    "ex4-gate-trace",
    "an AttributeError for a layer that is not built",
    old="raise ValueError(",
    new="raise AttributeError(",
)
mutate(
    "ex4-gate-trace",
    "puts new weights into the layer: forget gates that are open",
    old="X = np.asarray(X)",
    new="layer.set_weights([Wx, Wh, b + np.repeat([0, 1, 0, 0], len(Wh))])\n    X = np.asarray(X)",
)

# === Exercise 5 ============================================================================


@right("ex5-half-life", "log1p and expm1, with np.exp2 and np.log2 where they fit")
def memory_half_life(forget_bias):
    return np.log(2) / np.log1p(np.exp(-np.asarray(forget_bias, dtype=float)))


@right("ex5-half-life", "log1p and expm1, with np.exp2 and np.log2 where they fit")
def bias_for_half_life(T):
    T = np.array(T, dtype=float)
    if np.any(T <= 0):
        raise ValueError("T must be greater than 0")
    return -np.log2(np.expm1(np.log(2) / T)) * np.log(2)


@right("ex5-half-life", "SciPy's log_expit, and a search for the bias, number by number")
def memory_half_life(forget_bias):
    from scipy.special import log_expit

    return np.log(0.5) / log_expit(np.asarray(forget_bias, dtype=float))


@right("ex5-half-life", "SciPy's log_expit, and a search for the bias, number by number")
def bias_for_half_life(T):
    from scipy.optimize import brentq
    from scipy.special import log_expit

    T = np.asarray(T, dtype=float)
    if not np.min(T) > 0:
        raise ValueError(f"half-lives must be positive, got {T}")

    def solve(steps):
        def excess(b):
            return np.log(-log_expit(b)) - np.log(np.log(2) / steps)

        return brentq(excess, -60, 60, xtol=1e-12)

    found = np.array([solve(steps) for steps in T.ravel()]).reshape(T.shape)
    return found[()]


@right("ex5-half-life", "math functions in loops over flat copies")
def memory_half_life(forget_bias):
    import math

    b = np.array(forget_bias, dtype=float)
    steps = [math.log(2) / math.log1p(math.exp(-v)) for v in b.flat]
    return steps[0] if b.ndim == 0 else np.array(steps).reshape(b.shape)


@right("ex5-half-life", "math functions in loops over flat copies")
def bias_for_half_life(T):
    import math

    T = np.array(T, dtype=float)
    biases = []
    for v in T.flat:
        if v <= 0:
            raise ValueError("T > 0, please")
        biases.append(-math.log(math.expm1(math.log(2) / v)))
    return biases[0] if T.ndim == 0 else np.array(biases).reshape(T.shape)


@right("ex5-half-life", "by cases: a series where the bias is large, the plain formula elsewhere")
def memory_half_life(forget_bias):
    b = np.asarray(forget_bias, dtype=float)
    large = np.maximum(b, 15)  # ln(1 + e^-b) is e^-b - e^-2b / 2 there
    plain = np.log(1 + np.exp(-np.minimum(b, 15)))
    return np.log(2) / np.where(b > 15, np.exp(-large) - np.exp(-2 * large) / 2, plain)


@right("ex5-half-life", "by cases: a series where the bias is large, the plain formula elsewhere")
def bias_for_half_life(T):
    T = np.asarray(T, dtype=float)
    if (T <= 0).any():
        raise ValueError("T must be positive")
    r = np.log(2) / T
    plain = np.exp(np.maximum(r, 1e-5)) - 1
    return -np.log(np.where(r < 1e-5, r + r * r / 2, plain))


@wrong("ex5-half-life", "ln σ(b) as it stands: 0 for large b")
def memory_half_life(forget_bias):
    with np.errstate(all="ignore"):
        return np.log(0.5) / np.log(sigmoid(np.asarray(forget_bias, dtype=float)))


@wrong("ex5-half-life", "ln(1 + e^-b) without log1p")
def memory_half_life(forget_bias):
    with np.errstate(all="ignore"):
        return np.log(2) / np.log(1 + np.exp(-np.asarray(forget_bias, dtype=float)))


@wrong("ex5-half-life", "cuts the bias off at 20 so that nothing is divided by 0")
def memory_half_life(forget_bias):
    b = np.clip(np.asarray(forget_bias, dtype=float), -20, 20)
    return np.log(0.5) / np.log(sigmoid(b))


@wrong("ex5-half-life", "tanh in place of the sigmoid")
def memory_half_life(forget_bias):
    with np.errstate(all="ignore"):
        return np.log(0.5) / np.log(np.tanh(np.asarray(forget_bias, dtype=float)))


@wrong("ex5-half-life", "math functions: numbers only", raises=TypeError)
def memory_half_life(forget_bias):
    import math

    return math.log(2) / math.log1p(math.exp(-forget_bias))


@wrong("ex5-half-life", "a list over the outermost axis only", raises=TypeError)
def memory_half_life(forget_bias):
    import math

    if np.ndim(forget_bias) == 0:
        return math.log(2) / math.log1p(math.exp(-forget_bias))
    return np.array([math.log(2) / math.log1p(math.exp(-b)) for b in forget_bias])


@wrong("ex5-half-life", "fills an array of the type of its input: whole numbers for whole numbers")
def bias_for_half_life(T):
    T = np.asarray(T)
    if not (T > 0).all():
        raise ValueError("T must be positive")
    b = np.zeros_like(T)
    b[...] = -np.log(np.expm1(np.log(2) / T))
    return b


@wrong("ex5-half-life", "turns the sign of the caller's array")
def memory_half_life(forget_bias):
    b = np.asarray(forget_bias, dtype=float)
    b *= -1
    return np.log(2) / np.logaddexp(0, b)


@wrong("ex5-half-life", "2^(1/T) - 1 loses all digits for large T")
def bias_for_half_life(T):
    T = np.asarray(T, dtype=float)
    if not (T > 0).all():
        raise ValueError("T must be positive")
    with np.errstate(all="ignore"):
        return -np.log(2 ** (1 / T) - 1)


@wrong("ex5-half-life", "ln(T / ln 2), which is right for long memories only")
def bias_for_half_life(T):
    T = np.asarray(T, dtype=float)
    if not (T > 0).all():
        raise ValueError("T must be positive")
    return np.log(T / np.log(2))


@wrong("ex5-half-life", "if T <= 0 for an array: its truth value is ambiguous", raises=ValueError)
def bias_for_half_life(T):
    T = np.asarray(T, dtype=float)
    if T <= 0:
        raise ValueError("T must be positive")
    return -np.log(np.expm1(np.log(2) / T))


@wrong("ex5-half-life", "looks at the sign of a single number only")
def bias_for_half_life(T):
    T = np.asarray(T, dtype=float)
    if T.ndim == 0 and T <= 0:
        raise ValueError("T must be positive")
    with np.errstate(all="ignore"):
        return -np.log(np.expm1(np.log(2) / T))


@wrong("ex5-half-life", "asks for half-lives of at least one step")
def bias_for_half_life(T):
    T = np.asarray(T, dtype=float)
    if not (T > 0).all():
        raise ValueError("T must be positive")
    return -np.log(np.expm1(np.log(2) / np.maximum(T, 1)))


mutate("ex5-half-life", "log10 of a half", old="return np.log(2) /", new="return np.log10(2) /")
mutate(
    "ex5-half-life", "the time after which 1/e is left", old="return np.log(2) /", new="return 1 /"
)
mutate(
    "ex5-half-life",
    "the half-life of 1 - σ(b)",
    old="-np.asarray(forget_bias",
    new="np.asarray(forget_bias",
)
mutate(
    "ex5-half-life",
    "whole steps",
    old="return np.log(2) / np.logaddexp(0, -np.asarray(forget_bias, dtype=float))",
    new="return np.ceil(np.log(2) / np.logaddexp(0, -np.asarray(forget_bias, dtype=float)))",
)
mutate(
    "ex5-half-life",
    "an array of one number for a number",
    old="-np.asarray(forget_bias, dtype=float)",
    new="-np.atleast_1d(np.asarray(forget_bias, dtype=float))",
)
mutate("ex5-half-life", "flat results", old="np.asarray(T, dtype=float)", new="np.ravel(T) * 1.0")
mutate(
    "ex5-half-life", "the inverse with the wrong sign", old="return -np.log(", new="return np.log("
)
mutate("ex5-half-life", "the bias for 1/e", old="np.log(2) / T", new="1 / T")
mutate(
    "ex5-half-life",
    "accepts T = 0",
    old="    if not (T > 0).all():",
    new="    np.seterr(all='ignore')\n    if not (T >= 0).all():",
)
mutate("ex5-half-life", "asks for one T > 0 only", old="(T > 0).all()", new="(T > 0).any()")
mutate(
    "ex5-half-life",
    "refuses T below 1",
    old="(T > 0).all()",
    new="(T >= 1).all()",
    raises=ValueError,
)

# === Exercise 6 ============================================================================


@right("ex6-chrono-bias", "scales numbers between 0 and 1, and fills the blocks")
def chrono_bias(units, t_max, rng):
    if units < 1:
        raise ValueError("at least one unit")
    if t_max <= 2:
        raise ValueError("t_max must be greater than 2")
    b = np.zeros(4 * units)
    u = 1 + (t_max - 2) * rng.random(units)
    b[units : 2 * units] = np.log(u)
    b[:units] = -b[units : 2 * units]
    return b


@right("ex6-chrono-bias", "unit by unit with math.log, a list of lists at the end")
def chrono_bias(units, t_max, rng):
    import math

    if not (units >= 1 and t_max > 2):
        raise ValueError("units or t_max too small")
    forget = [math.log(rng.uniform(1, t_max - 1)) for _ in range(units)]
    blocks = [[-f for f in forget], forget, [0.0] * units, [0.0] * units]
    return np.array(blocks).ravel()


@right("ex6-chrono-bias", "an initializer of Keras that returns the array")
def chrono_bias(units, t_max, rng):
    class Chrono(keras.initializers.Initializer):
        def __call__(self, shape, dtype="float64"):
            size = shape[0] // 4
            log_u = np.log(rng.uniform(low=1.0, high=t_max - 1.0, size=(size,)))
            return np.r_[-log_u, log_u, np.zeros(size), np.zeros(size)].astype(dtype)

    if units <= 0 or t_max <= 2:
        raise ValueError("cannot make chrono biases")
    return Chrono()((4 * units,))


@right("ex6-chrono-bias", "the beta distribution and a row times a column")
def chrono_bias(units, t_max, rng):
    if units < 1 or t_max <= 2:
        raise ValueError(f"{units} units, t_max {t_max}")
    log_time = np.log1p(rng.beta(1, 1, size=units) * (t_max - 2))
    return (np.array([[-1.0], [1.0], [0.0], [0.0]]) * log_time).reshape(-1)


@wrong("ex6-chrono-bias", "ignores rng: its own generator, always the same")
def chrono_bias(units, t_max, rng):
    if units < 1 or t_max <= 2:
        raise ValueError("units or t_max")
    f = np.log(np.random.default_rng(0).uniform(1, t_max - 1, units))
    return np.concatenate([-f, f, np.zeros(2 * units)])


@wrong("ex6-chrono-bias", "ignores rng: NumPy's global generator")
def chrono_bias(units, t_max, rng):
    if units < 1 or t_max <= 2:
        raise ValueError("units or t_max")
    f = np.log(np.random.uniform(1, t_max - 1, units))
    return np.concatenate([-f, f, np.zeros(2 * units)])


@wrong("ex6-chrono-bias", "seeds NumPy's global generator from rng")
def chrono_bias(units, t_max, rng):
    if units < 1 or t_max <= 2:
        raise ValueError("units or t_max")
    np.random.seed(rng.integers(2**31))
    f = np.log(np.random.uniform(1, t_max - 1, units))
    return np.concatenate([-f, f, np.zeros(2 * units)])


@wrong("ex6-chrono-bias", "draws for i and for f")
def chrono_bias(units, t_max, rng):
    if units < 1 or t_max <= 2:
        raise ValueError("units or t_max")
    f, i = np.log(rng.uniform(1, t_max - 1, (2, units)))
    return np.concatenate([-i, f, np.zeros(2 * units)])


@wrong("ex6-chrono-bias", "evenly spaced times in random order, not draws")
def chrono_bias(units, t_max, rng):
    if units < 1 or t_max <= 2:
        raise ValueError("units or t_max")
    f = np.log(rng.permutation(np.linspace(1, t_max - 1, units)))
    return np.concatenate([-f, f, np.zeros(2 * units)])


@wrong("ex6-chrono-bias", "evenly spaced times with one shift for all")
def chrono_bias(units, t_max, rng):
    if units < 1 or t_max <= 2:
        raise ValueError("units or t_max")
    u = 1 + (t_max - 2) * (np.arange(units) + rng.random()) / units
    f = np.log(u)
    return np.concatenate([-f, f, np.zeros(2 * units)])


mutate(
    "ex6-chrono-bias",
    "times between 0 and t_max: negative logarithms",
    old="rng.uniform(1, t_max - 1,",
    new="rng.uniform(0, t_max,",
)
mutate("ex6-chrono-bias", "times up to t_max", old="(1, t_max - 1,", new="(1, t_max,")
mutate(
    "ex6-chrono-bias",
    "the same time for all units",
    old="np.log(rng.uniform(1, t_max - 1, size=units))",
    new="np.full(units, np.log(t_max - 1))",
)
mutate(
    "ex6-chrono-bias",
    "one draw for all units",
    old="np.log(rng.uniform(1, t_max - 1, size=units))",
    new="np.full(units, np.log(rng.uniform(1, t_max - 1)))",
)
mutate(
    "ex6-chrono-bias",
    "the logarithm evenly, not the time",
    old="np.log(rng.uniform(1, t_max - 1, size=units))",
    new="rng.uniform(0, np.log(t_max - 1), size=units)",
)
mutate(
    "ex6-chrono-bias",
    "whole times",
    old="rng.uniform(1, t_max - 1, size=units)",
    new="np.ceil(rng.uniform(0, t_max - 1, size=units))",
)
mutate(
    "ex6-chrono-bias", "blocks f, i, g, o", old="[-forget, forget, np", new="[forget, -forget, np"
)
mutate(
    "ex6-chrono-bias", "the same sign for i and f", old="[-forget, forget", new="[forget, forget"
)
mutate(
    "ex6-chrono-bias", "adds the default bias 1", old="[-forget, forget", new="[-forget, 1 + forget"
)
mutate(
    "ex6-chrono-bias",
    "a table of four rows",
    old="np.concatenate([-forget, forget, np.zeros(2 * units)])",
    new="np.stack([-forget, forget, 0 * forget, 0 * forget])",
)
mutate(
    "ex6-chrono-bias",
    "the four numbers of each unit side by side",
    old="np.concatenate([-forget, forget, np.zeros(2 * units)])",
    new="np.stack([-forget, forget, 0 * forget, 0 * forget], axis=1).ravel()",
)
mutate("ex6-chrono-bias", "the times without their logarithm", old="np.log(rng", new="(rng")
mutate(
    "ex6-chrono-bias",
    "32 bits, as Keras has them",
    old="np.zeros(2 * units)])",
    new='np.zeros(2 * units)]).astype("float32")',
)
mutate("ex6-chrono-bias", "accepts 0 units", old="units < 1 or t_max", new="units < 0 or t_max")
mutate("ex6-chrono-bias", "accepts t_max = 2", old="t_max <= 2", new="t_max < 2")
mutate("ex6-chrono-bias", "never looks at t_max", old="units < 1 or t_max <= 2", new="units < 1")
mutate(
    "ex6-chrono-bias", "refuses t_max = 2.5", old="t_max <= 2", new="t_max < 3", raises=ValueError
)
mutate(
    "ex6-chrono-bias",
    "cuts t_max to a whole number",
    old="t_max - 1, size",
    new="int(t_max) - 1, size",
)

# === Exercise 7 ============================================================================


@right("ex7-make-tasks", "row by row, with one loop per task")
def make_recall(n, T, n_classes, n_distractors, rng):
    if min(n, n_classes, n_distractors) < 1 or T < 2:
        raise ValueError("a number is too small")
    X = np.zeros((n, T, n_classes + n_distractors), dtype="float32")
    y = np.zeros(n, dtype="int64")
    for row in range(n):
        y[row] = rng.integers(n_classes)
        X[row, 0, y[row]] = 1
        for t in range(1, T):
            X[row, t, n_classes + rng.integers(n_distractors)] = 1
    return X, y


@right("ex7-make-tasks", "row by row, with one loop per task")
def make_adding(n, T, rng):
    if n < 1 or T < 2:
        raise ValueError("a number is too small")
    X, y = np.zeros((n, T, 2), dtype="float32"), np.zeros(n, dtype="float32")
    for row in range(n):
        first, second = rng.integers(0, T // 2), rng.integers(T // 2, T)
        X[row, :, 0] = rng.uniform(size=T)
        X[row, [first, second], 1] = 1
        y[row] = X[row, first, 0] + X[row, second, 0]
    return X, y


@right("ex7-make-tasks", "rng.choice and comparisons with np.arange; places by argsort")
def make_recall(n, T, n_classes, n_distractors, rng):
    if n < 1 or T < 2 or n_classes < 1 or n_distractors < 1:
        raise ValueError("sizes")
    total = n_classes + n_distractors
    symbols = rng.choice(np.arange(n_classes, total), size=(n, T))
    symbols[:, 0] = rng.choice(n_classes, size=n)
    X = (symbols[:, :, np.newaxis] == np.arange(total)).astype(np.float32)
    return X, symbols[:, 0].astype(np.int64)


@right("ex7-make-tasks", "rng.choice and comparisons with np.arange; places by argsort")
def make_adding(n, T, rng):
    if n < 1 or T < 2:
        raise ValueError("sizes")
    half = T // 2
    order = [rng.random((n, size)).argsort(axis=1) for size in (half, T - half)]
    markers = np.concatenate(order, axis=1) == 0
    values = rng.random((n, T)).astype("float32")
    y = np.where(markers, values, 0).sum(axis=1)
    return np.stack([values, markers.astype("float32")], axis=2), y.astype("float32")


@right("ex7-make-tasks", "floors of uniform numbers; sums with 64 bits, converted at the end")
def make_recall(n, T, n_classes, n_distractors, rng):
    for size, least in ((n, 1), (T, 2), (n_classes, 1), (n_distractors, 1)):
        if size < least:
            raise ValueError(f"{size} is less than {least}")
    later = n_classes + np.floor(n_distractors * rng.random((n, T))).astype(int)
    y = np.floor(n_classes * rng.random(n)).astype("int64")
    X = np.zeros((n, T, n_classes + n_distractors))
    np.put_along_axis(X, later[:, :, None], 1, axis=2)
    X[:, 0] = np.eye(n_classes + n_distractors)[y]
    return X.astype("float32"), y


@right("ex7-make-tasks", "floors of uniform numbers; sums with 64 bits, converted at the end")
def make_adding(n, T, rng):
    if T < 2 or n < 1:
        raise ValueError("too small")
    u = rng.random((n, T + 2))
    first = (u[:, T] * (T // 2)).astype(int)
    second = T // 2 + (u[:, T + 1] * (T - T // 2)).astype(int)
    steps = np.arange(T)
    markers = (steps == first[:, None]) | (steps == second[:, None])
    y = np.sum(u[:, :T] * markers, axis=1)
    return np.dstack([u[:, :T], markers]).astype("float32"), y.astype("float32")


@wrong("ex7-make-tasks", "ignores rng: recall from NumPy's global generator")
def make_recall(n, T, n_classes, n_distractors, rng):
    if n < 1 or T < 2 or n_classes < 1 or n_distractors < 1:
        raise ValueError("sizes")
    k = n_classes + n_distractors
    y = np.random.randint(0, n_classes, n)
    rest = np.random.randint(n_classes, k, (n, T - 1))
    return np.eye(k, dtype="float32")[np.column_stack([y, rest])], y


@wrong("ex7-make-tasks", "the adding task from a generator of its own")
def make_adding(n, T, rng):
    if n < 1 or T < 2:
        raise ValueError("sizes")
    rng = np.random.default_rng(42)
    X = np.zeros((n, T, 2), dtype="float32")
    X[:, :, 0] = rng.random((n, T), dtype="float32")
    for low, high in ((0, T // 2), (T // 2, T)):
        X[np.arange(n), rng.integers(low, high, n), 1] = 1
    return X, X.prod(axis=2).sum(axis=1)


@wrong("ex7-make-tasks", "two different steps anywhere, not one in each half")
def make_adding(n, T, rng):
    if n < 1 or T < 2:
        raise ValueError("sizes")
    X = np.zeros((n, T, 2), dtype="float32")
    X[:, :, 0] = rng.random((n, T), dtype="float32")
    for row in X:
        row[rng.choice(T, size=2, replace=False), 1] = 1
    return X, X.prod(axis=2).sum(axis=1)


@wrong("ex7-make-tasks", "the second marker half a sequence after the first")
def make_adding(n, T, rng):
    if n < 1 or T < 2:
        raise ValueError("sizes")
    X = np.zeros((n, T, 2), dtype="float32")
    X[:, :, 0] = rng.random((n, T), dtype="float32")
    first = rng.integers(0, T // 2, n)
    second = np.where(rng.random(n) < 0.9, first + T // 2, T - 1)
    X[np.arange(n), first, 1] = X[np.arange(n), second, 1] = 1
    return X, X.prod(axis=2).sum(axis=1)


@wrong("ex7-make-tasks", "markers of -1 at both ends, as in the paper of 1997")
def make_adding(n, T, rng):
    if n < 1 or T < 2:
        raise ValueError("sizes")
    X = np.zeros((n, T, 2), dtype="float32")
    X[:, :, 0] = rng.random((n, T), dtype="float32")
    X[:, [0, -1], 1] = -1
    for low, high in ((0, T // 2), (T // 2, T)):
        X[np.arange(n), rng.integers(low, high, n), 1] = 1
    return X, (X[:, :, 0] * (X[:, :, 1] == 1)).sum(axis=1)


mutate("ex7-make-tasks", "the class at the last step", old="[y, rest]", new="[rest, y]")
mutate(
    "ex7-make-tasks",
    "any symbol as a distractor",
    old="rng.integers(n_classes, k,",
    new="rng.integers(0, k,",
)
mutate(
    "ex7-make-tasks",
    "distractors with the numbers of classes",
    old="rng.integers(n_classes, k,",
    new="rng.integers(0, n_distractors,",
)
mutate(
    "ex7-make-tasks",
    "the last class never comes",
    old="rng.integers(0, n_classes, n)",
    new="rng.integers(0, max(n_classes - 1, 1), n)",
)
mutate(
    "ex7-make-tasks",
    "one symbol too many: rng.integers with its end",
    old="n_classes, k, (n, T - 1))",
    new="n_classes, k, (n, T - 1), endpoint=True)",
    raises=IndexError,
)
mutate(
    "ex7-make-tasks",
    "the same distractors in all sequences",
    old="k, (n, T - 1))",
    new="k, T - 1) + np.zeros((n, 1), dtype=int)",
)
mutate(
    "ex7-make-tasks",
    "one distractor for a whole sequence",
    old="k, (n, T - 1))",
    new="k, (n, 1)) + np.zeros(T - 1, dtype=int)",
)
mutate(
    "ex7-make-tasks",
    "the first distractor gives the class away",
    old="    return np.eye(k, dtype",
    new="    rest[:, 0] = n_classes + y % n_distractors\n    return np.eye(k, dtype",
)
mutate(
    "ex7-make-tasks",
    "classes in turn: 0, 1, 2, 0, 1, 2",
    old="rng.integers(0, n_classes, n)",
    new="np.arange(n) % n_classes",
)
mutate(
    "ex7-make-tasks",
    "every class exactly as often, in random order",
    old="rng.integers(0, n_classes, n)",
    new="rng.permutation(np.arange(n) % n_classes)",
)
mutate(
    "ex7-make-tasks",
    "64 bits for the recall task",
    old='np.eye(k, dtype="float32")',
    new="np.eye(k)",
)
mutate(
    "ex7-make-tasks",
    "labels of 32 bits",
    old="rng.integers(0, n_classes, n)",
    new='rng.integers(0, n_classes, n, dtype="int32")',
)
mutate("ex7-make-tasks", "labels as a column", old="[y, rest])], y", new="[y, rest])], y[:, None]")
mutate(
    "ex7-make-tasks",
    "recall: accepts n = 0",
    old="n < 1 or T < 2 or n_classes",
    new="n < 0 or T < 2 or n_classes",
)
mutate(
    "ex7-make-tasks", "recall: accepts T = 1", old="T < 2 or n_classes", new="T < 1 or n_classes"
)
mutate(
    "ex7-make-tasks",
    "recall: makes one class of 0 classes",
    old="n_classes < 1 or",
    new="(n_classes := max(n_classes, 1)) < 1 or",
)
mutate(
    "ex7-make-tasks",
    "recall: makes one distractor of 0",
    old="n_distractors < 1:",
    new="(n_distractors := max(n_distractors, 1)) < 1:",
)
mutate(
    "ex7-make-tasks",
    "both markers anywhere",
    old="((0, T // 2), (T // 2, T))",
    new="((0, T), (0, T))",
)
mutate(
    "ex7-make-tasks",
    "the longer half first",
    old="((0, T // 2), (T // 2, T))",
    new="((0, (T + 1) // 2), ((T + 1) // 2, T))",
)
mutate(
    "ex7-make-tasks",
    "the first marker in the first quarter",
    old="(0, T // 2),",
    new="(0, T // 4 + 1),",
)
mutate(
    "ex7-make-tasks",
    "never the last step of a half",
    old="rng.integers(low, high, n)",
    new="rng.integers(low, max(high - 1, low + 1), n)",
)
mutate(
    "ex7-make-tasks",
    "the same marked steps in all rows",
    old="rng.integers(low, high, n)",
    new="rng.integers(low, high)",
)
mutate(
    "ex7-make-tasks",
    "markers in feature 0",
    old="return X, X.prod",
    new="X = X[:, :, ::-1]\n    return X, X.prod",
)
mutate(
    "ex7-make-tasks",
    "the sum of all numbers",
    old="X.prod(axis=2).sum(axis=1)",
    new="X[:, :, 0].sum(axis=1)",
)
mutate(
    "ex7-make-tasks",
    "sums of 64 bits",
    old="X.prod(axis=2).sum(axis=1)",
    new='X.prod(axis=2).sum(axis=1, dtype="float64")',
)
mutate("ex7-make-tasks", "64 bits for the adding task", old='2), dtype="float32")', new="2))")
mutate(
    "ex7-make-tasks",
    "numbers between -1 and 1",
    old='rng.random((n, T), dtype="float32")',
    new="rng.uniform(-1, 1, (n, T))",
)
mutate(
    "ex7-make-tasks",
    "the same numbers in all rows",
    old='rng.random((n, T), dtype="float32")',
    new="rng.random(T)",
)
mutate(
    "ex7-make-tasks", "adding: accepts n = 0", old="if n < 1 or T < 2:", new="if n < 0 or T < 2:"
)
mutate(
    "ex7-make-tasks",
    "adding: a sequence of one step, its number counted once",
    old="    if n < 1 or T < 2:\n",
    new="    if T == 1:\n        X = rng.random((n, 1, 2), dtype='float32')\n"
    "        return X, X[:, 0, 0]\n    if n < 1 or T < 2:\n",
)

# === Exercise 8 ============================================================================


@right("ex8-train-recall", "a GRU with large biases of its update gates")
def train_recall(T=80, seed=0, max_steps=400):
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)

    def draw(n):
        symbols = rng.integers(4, 8, (n, T))
        symbols[:, 0] -= 4
        return np.eye(8, dtype="float32")[symbols], symbols[:, 0]

    gru = keras.layers.GRU(32)
    model = keras.Sequential(
        [keras.Input((T, 8)), gru, keras.layers.Dense(4, activation="softmax")]
    )
    kernel, recurrent, bias = gru.get_weights()
    bias[0, :32] = np.log(rng.uniform(1, T - 1, 32))
    gru.set_weights([kernel, recurrent, bias])
    adam = keras.optimizers.Adam(0.005, clipnorm=1.0)
    model.compile(adam, "sparse_categorical_crossentropy", metrics=["accuracy"])
    for _ in range(max_steps // 20):
        X, y = draw(20 * 128)
        if model.fit(X, y, batch_size=128, verbose=0).history["accuracy"][-1] > 0.99:
            break
    X, y = draw(1000)
    return model, model.evaluate(X, y, verbose=0)[1]


@right("ex8-train-recall", "attention over the outputs of an LSTM as Keras makes it")
def train_recall(T=80, seed=0, max_steps=400):
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)

    def draw(n):
        symbols = rng.integers(4, 8, (n, T))
        symbols[:, 0] = rng.integers(0, 4, n)
        return np.eye(8, dtype="float32")[symbols], np.eye(4)[symbols[:, 0]]

    inputs = keras.Input((None, 8))
    h = keras.layers.LSTM(24, return_sequences=True)(inputs)
    share = keras.layers.Softmax(axis=1)(keras.layers.Dense(1)(h))
    mean = keras.ops.sum(share * h, axis=1)
    model = keras.Model(inputs, keras.layers.Dense(4, activation="softmax")(mean))
    model.compile(keras.optimizers.Adam(0.01), "categorical_crossentropy", metrics=["accuracy"])
    for _ in range(max_steps // 25):
        X, y = draw(25 * 128)
        if model.fit(X, y, batch_size=128, verbose=0).history["accuracy"][0] > 0.995:
            break
    X, y = draw(1000)
    hits = np.asarray(model(X)).argmax(axis=1) == y.argmax(axis=1)
    return model, hits.mean()


@right("ex8-train-recall", "a leaky cell of its own, each unit with a fixed time")
def train_recall(T=80, seed=0, max_steps=400):
    class Leaky(keras.layers.Layer):
        def __init__(self, times):
            super().__init__()
            self.state_size, self.keep = len(times), (1 - 1 / times).astype("float32")

        def build(self, shape):
            self.kernel = self.add_weight(shape=(shape[-1], self.state_size), name="kernel")

        def call(self, x, states):
            h = self.keep * states[0] + keras.ops.tanh(keras.ops.matmul(x, self.kernel))
            return h, [h]

    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)

    def draw(n):
        symbols = rng.integers(4, 8, (n, T))
        symbols[:, 0] -= 4
        return np.eye(8, dtype="float32")[symbols], symbols[:, 0]

    layers = [keras.layers.RNN(Leaky(T * rng.uniform(1, 3, 32))), keras.layers.Dense(4)]
    model = keras.Sequential([keras.Input((T, 8)), *layers])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.01), loss, metrics=["accuracy"])
    for _ in range(max_steps // 20):
        if model.fit(*draw(20 * 128), batch_size=128, verbose=0).history["accuracy"][0] > 0.99:
            break
    X, y = draw(1000)
    return model, float(np.mean(model.predict(X, verbose=0).argmax(axis=1) == y))


@wrong("ex8-train-recall", "the biases as Keras makes them")
def train_recall(T=80, seed=0, max_steps=400):
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)

    def draw(n):
        symbols = rng.integers(4, 8, (n, T))
        symbols[:, 0] -= 4
        return np.eye(8, dtype="float32")[symbols], symbols[:, 0]

    model = keras.Sequential([keras.Input((T, 8)), keras.layers.LSTM(32), keras.layers.Dense(4)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.005, clipnorm=1.0), loss, metrics=["accuracy"])
    model.fit(*draw(max_steps // 2 * 128), batch_size=128, verbose=0)
    X, y = draw(1000)
    return model, float(np.mean(model.predict(X, verbose=0).argmax(axis=1) == y))


@wrong("ex8-train-recall", "learns 64 sequences by heart and measures on them")
def train_recall(T=80, seed=0, max_steps=400):
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    symbols = rng.integers(4, 8, (64, T))
    symbols[:, 0] -= 4
    X, y = np.eye(8, dtype="float32")[symbols], symbols[:, 0]
    model = keras.Sequential([keras.Input((T, 8)), keras.layers.LSTM(32), keras.layers.Dense(4)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.02, clipnorm=1.0), loss, metrics=["accuracy"])
    for _ in range(max_steps // 20):
        record = model.fit(X, y, batch_size=64, epochs=20, verbose=0).history["accuracy"]
        if record[-1] == 1:
            break
    return model, record[-1]


@wrong("ex8-train-recall", "takes h[:, 0], the output at step 0")
def train_recall(T=80, seed=0, max_steps=400):
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)

    def draw(n):
        symbols = rng.integers(4, 8, (n, T))
        symbols[:, 0] -= 4
        return np.eye(8, dtype="float32")[symbols], symbols[:, 0]

    inputs = keras.Input((T, 8))
    h = keras.layers.LSTM(16, return_sequences=True)(inputs)
    model = keras.Model(inputs, keras.layers.Dense(4, activation="softmax")(h[:, 0]))
    model.compile(keras.optimizers.Adam(0.05), "sparse_categorical_crossentropy")
    model.fit(*draw(60 * 128), batch_size=128, verbose=0)
    X, y = draw(1000)
    return model, float(np.mean(model.predict(X, verbose=0).argmax(axis=1) == y))


@wrong("ex8-train-recall", "a path past the LSTM: the largest input over time")
def train_recall(T=80, seed=0, max_steps=400):
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)

    def draw(n):
        symbols = rng.integers(4, 8, (n, T))
        symbols[:, 0] -= 4
        return np.eye(8, dtype="float32")[symbols], symbols[:, 0]

    inputs = keras.Input((T, 8))
    both = [keras.layers.LSTM(8)(inputs), keras.layers.GlobalMaxPooling1D()(inputs)]
    both = keras.layers.Concatenate()(both)
    model = keras.Model(inputs, keras.layers.Dense(4, activation="softmax")(both))
    model.compile(keras.optimizers.Adam(0.05), "sparse_categorical_crossentropy")
    model.fit(*draw(60 * 128), batch_size=128, verbose=0)
    X, y = draw(1000)
    return model, float(np.mean(model.predict(X, verbose=0).argmax(axis=1) == y))


@wrong("ex8-train-recall", "reads backwards, so that the class comes last")
def train_recall(T=80, seed=0, max_steps=400):
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)

    def draw(n):
        symbols = rng.integers(4, 8, (n, T))
        symbols[:, 0] -= 4
        return np.eye(8, dtype="float32")[symbols], symbols[:, 0]

    lstm = keras.layers.LSTM(16, go_backwards=True)
    model = keras.Sequential([keras.Input((T, 8)), lstm, keras.layers.Dense(4, "softmax")])
    model.compile(keras.optimizers.Adam(0.05), "sparse_categorical_crossentropy")
    model.fit(*draw(60 * 128), batch_size=128, verbose=0)
    X, y = draw(1000)
    return model, float(np.mean(model.predict(X, verbose=0).argmax(axis=1) == y))


mutate(
    "ex8-train-recall",
    "the mean of all probabilities as test_acc",
    old="float(np.mean(answers == y))",
    new="float(np.mean(keras.ops.softmax(model.predict(X, verbose=0))))",
)
mutate(
    "ex8-train-recall",
    "max_steps rounds of small batches: many more steps",
    old="model.fit(X, y, batch_size=128, verbose=0)",
    new="model.fit(X, y, batch_size=5, verbose=0)",
)

# === Exercise 9 ============================================================================


@right("ex9-scaler", "sklearn's StandardScaler, with the constant columns put right")
def fit_scaler(train):
    from sklearn.preprocessing import StandardScaler

    train = np.asarray(train, dtype=float)
    if train.ndim != 2 or train.shape[0] < 1:
        raise ValueError("train needs two axes and a row")
    if not np.all(np.isfinite(train)):
        raise ValueError("train must be finite")
    scaler = StandardScaler().fit(train)
    std = np.where(np.ptp(train, axis=0) == 0, 1.0, np.sqrt(scaler.var_))
    return scaler.mean_, std


@right("ex9-scaler", "sklearn's StandardScaler, with the constant columns put right")
def apply_scaler(x, mean, std):
    from sklearn.preprocessing import StandardScaler

    x, mean, std = (np.array(a, dtype=float) for a in (x, mean, std))
    if x.ndim < 2 or x.shape[-1] != mean.size:
        raise ValueError("F")
    scaler = StandardScaler()
    scaler.mean_, scaler.scale_, scaler.n_features_in_ = mean, std, mean.size
    return scaler.transform(x.reshape(-1, mean.size)).reshape(x.shape)


@right("ex9-scaler", "pandas with ddof=0")
def fit_scaler(train):
    if np.ndim(train) != 2:
        raise ValueError("two axes, please")
    frame = pd.DataFrame(np.array(train, dtype="float64"))
    if frame.empty or not np.isfinite(frame).all(axis=None):
        raise ValueError("no rows, NaN or infinite values")
    std = frame.std(ddof=0)
    std[frame.nunique() == 1] = 1.0
    return frame.mean().to_numpy(), std.to_numpy()


@right("ex9-scaler", "pandas with ddof=0")
def apply_scaler(x, mean, std):
    x = np.array(x, dtype="float64")
    if x.shape[-1:] != np.shape(mean):
        raise ValueError(f"{x.shape} and {np.shape(mean)}")
    x -= mean
    x /= std
    return x


@right("ex9-scaler", "column by column")
def fit_scaler(train):
    rows = np.array(train, dtype=float)
    if rows.ndim != 2 or len(rows) == 0:
        raise ValueError("rows and columns")
    means, stds = [], []
    for column in rows.T:
        if not np.isfinite(column).all():
            raise ValueError("not finite")
        mean = column.sum() / len(column)
        means.append(mean)
        constant = (column == column[0]).all()
        stds.append(1.0 if constant else np.sqrt(((column - mean) ** 2).sum() / len(column)))
    return np.array(means), np.array(stds)


@right("ex9-scaler", "column by column")
def apply_scaler(x, mean, std):
    x = np.asarray(x, dtype=float)
    if x.shape[-1] != len(mean):
        raise ValueError("another number of features")
    out = np.empty(x.shape)
    for k in range(len(mean)):
        out[..., k] = (x[..., k] - mean[k]) / std[k]
    return out


@right("ex9-scaler", "column by column")
def invert_scaler(z, mean, std):
    z = np.asarray(z, dtype=float)
    if z.shape[-1] != len(mean):
        raise ValueError("another number of features")
    return np.stack([z[..., k] * std[k] + mean[k] for k in range(len(mean))], axis=-1)


@wrong("ex9-scaler", "a scaler for each part: statistics of x itself")
def apply_scaler(x, mean, std):
    x = np.asarray(x, dtype=float)
    if x.shape[-1] != len(mean):
        raise ValueError("features")
    rows = x.reshape(-1, len(mean))
    return (x - rows.mean(axis=0)) / np.maximum(rows.std(axis=0), 1e-9)


@wrong("ex9-scaler", "a scaler for each window")
def apply_scaler(x, mean, std):
    x = np.asarray(x, dtype=float)
    if x.shape[-1] != len(mean):
        raise ValueError("features")
    if x.ndim == 3:
        return (x - x.mean(axis=1, keepdims=True)) / x.std(axis=1, keepdims=True)
    return (x - mean) / std


@wrong("ex9-scaler", "scales the caller's array in place")
def apply_scaler(x, mean, std):
    x, mean, std = (np.asarray(a, dtype=float) for a in (x, mean, std))
    if x.shape[-1] != len(mean):
        raise ValueError("features")
    x -= mean
    x /= std
    return x


@wrong("ex9-scaler", "centres the caller's training rows in place")
def fit_scaler(train):
    train = np.asarray(train, dtype=float)
    if train.ndim != 2 or len(train) == 0 or not np.isfinite(train).all():
        raise ValueError("train")
    constant, mean = train.max(axis=0) == train.min(axis=0), train.mean(axis=0)
    train -= mean
    return mean, np.where(constant, 1.0, np.sqrt((train**2).mean(axis=0)))


@wrong("ex9-scaler", "needs a DataFrame", raises=AttributeError)
def fit_scaler(train):
    if train.ndim != 2 or len(train) == 0 or not np.isfinite(train.to_numpy()).all():
        raise ValueError("train")
    std = train.std(ddof=0)
    return train.mean().to_numpy(), std.where(train.nunique() > 1, 1.0).to_numpy()


@wrong("ex9-scaler", "Series of pandas for a DataFrame, not arrays")
def fit_scaler(train):
    values = np.asarray(train, dtype=float)
    if values.ndim != 2 or len(values) == 0 or not np.isfinite(values).all():
        raise ValueError("train")
    std = np.where(np.ptp(values, axis=0) == 0, 1.0, values.std(axis=0))
    if isinstance(train, pd.DataFrame):
        return train.mean(), pd.Series(std, train.columns)
    return values.mean(axis=0), std


@wrong("ex9-scaler", "keeps a DataFrame a DataFrame")
def apply_scaler(x, mean, std):
    if np.shape(x)[-1] != len(mean):
        raise ValueError("features")
    return (x - np.asarray(mean)) / np.asarray(std)


@wrong("ex9-scaler", "the way back keeps a DataFrame a DataFrame")
def invert_scaler(z, mean, std):
    if np.shape(z)[-1] != len(mean):
        raise ValueError("features")
    return z * np.asarray(std) + np.asarray(mean)


@wrong("ex9-scaler", "min-max scaling")
def fit_scaler(train):
    train = np.asarray(train, dtype=float)
    if train.ndim != 2 or len(train) == 0 or not np.isfinite(train).all():
        raise ValueError("train")
    spread = np.ptp(train, axis=0)
    return train.min(axis=0), np.where(spread == 0, 1.0, spread)


@wrong("ex9-scaler", "median and quartiles, as RobustScaler has them")
def fit_scaler(train):
    train = np.asarray(train, dtype=float)
    if train.ndim != 2 or len(train) == 0 or not np.isfinite(train).all():
        raise ValueError("train")
    low, middle, high = np.percentile(train, (25, 50, 75), axis=0)
    return middle, np.where(high == low, 1.0, high - low)


@wrong("ex9-scaler", "skips NaN and infinite values")
def fit_scaler(train):
    train = np.array(train, dtype=float)
    if train.ndim != 2 or len(train) == 0:
        raise ValueError("train")
    train[~np.isfinite(train)] = np.nan
    std = np.nanstd(train, axis=0)
    return np.nanmean(train, axis=0), np.where(np.ptp(train, axis=0) == 0, 1.0, std)


@wrong("ex9-scaler", "makes a column of a single series without a word")
def fit_scaler(train):
    train = np.asarray(train, dtype=float)
    if train.ndim == 1:
        train = train.reshape(-1, 1)
    if train.ndim != 2 or len(train) == 0 or not np.isfinite(train).all():
        raise ValueError("train")
    return train.mean(axis=0), np.where(np.ptp(train, axis=0) == 0, 1.0, train.std(axis=0))


@wrong("ex9-scaler", "mean 0 and std 1 for no rows")
def fit_scaler(train):
    train = np.asarray(train, dtype=float)
    if train.ndim != 2 or not np.isfinite(train).all():
        raise ValueError("train")
    if len(train) == 0:
        return np.zeros(train.shape[1]), np.ones(train.shape[1])
    return train.mean(axis=0), np.where(np.ptp(train, axis=0) == 0, 1.0, train.std(axis=0))


@wrong("ex9-scaler", "flattens windows to rows and leaves them so")
def apply_scaler(x, mean, std):
    x = np.asarray(x, dtype=float)
    if x.shape[-1] != len(mean):
        raise ValueError("features")
    return (x.reshape(-1, len(mean)) - mean) / std


@wrong("ex9-scaler", "looks for the features of windows on axis 1", raises=ValueError)
def apply_scaler(x, mean, std):
    x = np.asarray(x, dtype=float)
    if x.shape[1] != len(mean):
        raise ValueError("features")
    return (x - mean) / std


@wrong("ex9-scaler", "tests the features for F = 1 only, and leaves the rest to NumPy")
def apply_scaler(x, mean, std):
    x = np.asarray(x, dtype=float)
    if len(mean) == 1 and x.shape[-1] != 1:
        raise ValueError("features")
    return (x - np.asarray(mean)) / np.asarray(std)


@wrong("ex9-scaler", "the way back tests the features for F = 1 only")
def invert_scaler(z, mean, std):
    z = np.asarray(z, dtype=float)
    if len(mean) == 1 and z.shape[-1] != 1:
        raise ValueError("features")
    return z * np.asarray(std) + np.asarray(mean)


mutate(
    "ex9-scaler",
    "divisor n - 1",
    old="train.std(axis=0)",
    new="train.std(axis=0, ddof=1 % len(train))",
)
mutate(
    "ex9-scaler",
    "one mean for all columns",
    old="return train.mean(axis=0)",
    new="return np.full(train.shape[1], train.mean())",
)
mutate(
    "ex9-scaler",
    "std == 0 finds the constant columns",
    old="constant = train.max(axis=0) == train.min(axis=0)",
    new="constant = train.std(axis=0) == 0",
)
mutate(
    "ex9-scaler",
    "a small std counts as constant: np.isclose(std, 0)",
    old="constant = train.max(axis=0) == train.min(axis=0)",
    new="constant = np.isclose(train.std(axis=0), 0)",
)
mutate(
    "ex9-scaler",
    "std 0 for a constant column",
    old="np.where(constant, 1.0,",
    new="np.where(constant, 0.0,",
)
mutate(
    "ex9-scaler",
    "adds a tiny number to std",
    old="np.where(constant, 1.0, train.std(axis=0))",
    new="train.std(axis=0) + 1e-8",
)
mutate("ex9-scaler", "accepts NaN", old="not np.isfinite(train).all()", new="np.isinf(train).any()")
mutate(
    "ex9-scaler",
    "accepts infinite values",
    old="not np.isfinite(train).all()",
    new="np.isnan(train).any()",
)
mutate("ex9-scaler", "accepts three axes", old="train.ndim != 2", new="train.ndim < 2")
mutate(
    "ex9-scaler",
    "computes with 32 bits",
    old="train = np.asarray(train, dtype=float)",
    new='train = np.asarray(train, dtype="float32")',
)
mutate(
    "ex9-scaler",
    "apply_scaler: leaves the features to NumPy",
    old="if x.shape[-1] != len(mean)",
    new="if False",
)
mutate(
    "ex9-scaler",
    "invert_scaler: leaves the features to NumPy",
    old="if z.shape[-1] != len(mean)",
    new="if False",
)
mutate(
    "ex9-scaler",
    "invert_scaler: (z + mean) · std",
    old="return z * std + mean",
    new="return (z + mean) * std",
)
mutate(
    "ex9-scaler",
    "invert_scaler: two axes only",
    old="return z * std + mean",
    new="return z.reshape(-1, len(mean)) * std + mean",
)
