"""Answers to the exercises of notebook 06, as students write them.

Every function runs in the notebook's namespace, which has what the setup cell imports and
defines (``make_adding``) and the exercise's own solution, but no answers to other exercises; what
else it needs, it imports itself.
"""

# All answers to an exercise bear its name, and make_adding is the notebook's:
# ruff: noqa: F811, F821

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import stats

from tests.variants import mutate, right, wrong

if TYPE_CHECKING:  # answers run among the notebook's names; loading Keras here takes seconds
    import keras

# === Exercise 1 ============================================================================


@right("ex1-gru-step", "separate matrices for each gate, cut out with np.split")
def gru_step(x, h, Wx, Wh, b, reset_after=True):
    H = np.shape(h)[1]
    if np.shape(b) != ((2, 3 * H) if reset_after else (3 * H,)):
        raise ValueError("b does not fit to reset_after")
    Wz, Wr, Wn = np.split(np.asarray(Wx), 3, axis=1)
    Uz, Ur, Un = np.split(np.asarray(Wh), 3, axis=1)
    bz, br, bn = np.split(np.asarray(b), 3, axis=-1)

    def sigma(a):
        return 1.0 / (1.0 + np.exp(-a))

    if reset_after:
        z = sigma(x @ Wz + bz[0] + h @ Uz + bz[1])
        r = sigma(x @ Wr + br[0] + h @ Ur + br[1])
        n = np.tanh(x @ Wn + bn[0] + r * (h @ Un + bn[1]))
    else:
        z = sigma(x @ Wz + bz + h @ Uz)
        r = sigma(x @ Wr + br + h @ Ur)
        n = np.tanh(x @ Wn + bn + (r * h) @ Un)
    return z * h + (1 - z) * n


@right("ex1-gru-step", "the biases of z and r summed first, n + z (h - n) at the end")
def gru_step(x, h, Wx, Wh, b, reset_after=True):
    from scipy.special import expit

    b = np.asarray(b)
    H = h.shape[1]
    if reset_after and b.shape != (2, 3 * H):
        raise ValueError(f"b must have two rows of {3 * H}")
    if not reset_after and b.shape != (3 * H,):
        raise ValueError(f"b must be a vector of {3 * H}")
    gate_bias = (b.sum(axis=0) if reset_after else b)[: 2 * H]
    z, r = np.split(expit(x @ Wx[:, : 2 * H] + h @ Wh[:, : 2 * H] + gate_bias), 2, axis=1)
    Wn, Un = Wx[:, -H:], Wh[:, -H:]
    if reset_after:
        n = np.tanh(x @ Wn + b[0, -H:] + r * (h @ Un + b[1, -H:]))
    else:
        n = np.tanh(x @ Wn + b[-H:] + (r * h) @ Un)
    return n + z * (h - n)


@right("ex1-gru-step", "einsum, with the three blocks as an axis of their own")
def gru_step(x, h, Wx, Wh, b, reset_after=True):
    x, h, Wx, Wh, b = (np.asarray(a, dtype=np.float64) for a in (x, h, Wx, Wh, b))
    H = h.shape[-1]
    rows = [2] if reset_after else []
    if list(b.shape) != [*rows, 3 * H]:
        raise ValueError("wrong shape of b")
    W, U = Wx.reshape(-1, 3, H), Wh.reshape(-1, 3, H)
    biases = b.reshape(*rows, 3, H)
    outer = biases[0] if reset_after else biases
    inner = biases[1] if reset_after else np.zeros((3, H))
    a_in = np.einsum("bd,dkh->bkh", x, W) + outer
    a_rec = np.einsum("bj,jkh->bkh", h, U) + inner
    z = 1 / (1 + np.exp(-a_in[:, 0] - a_rec[:, 0]))
    r = 1 / (1 + np.exp(-a_in[:, 1] - a_rec[:, 1]))
    inside = r * a_rec[:, 2] if reset_after else np.einsum("bj,jh->bh", r * h, U[:, 2])
    return z * h + (1 - z) * np.tanh(a_in[:, 2] + inside)


@right("ex1-gru-step", "Keras' cell in float64")
def gru_step(x, h, Wx, Wh, b, reset_after=True):
    x, h, Wx, Wh, b = (np.array(a, dtype="float64") for a in (x, h, Wx, Wh, b))
    cell = keras.layers.GRUCell(h.shape[1], reset_after=reset_after, dtype="float64")
    cell.build(x.shape)
    cell.set_weights([Wx, Wh, b])
    return keras.ops.convert_to_numpy(cell(x, [h])[0])


@wrong("ex1-gru-step", "the update gate looks at the candidate instead of the old state")
def gru_step(x, h, Wx, Wh, b, reset_after=True):
    H = h.shape[1]
    if np.shape(b) != ((2, 3 * H) if reset_after else (3 * H,)):
        raise ValueError("b")
    b_in, b_rec = b if reset_after else (b, np.zeros(3 * H))
    a = x @ Wx + b_in
    r = 1 / (1 + np.exp(-(a[:, H : 2 * H] + h @ Wh[:, H : 2 * H] + b_rec[H : 2 * H])))
    if reset_after:
        n = np.tanh(a[:, 2 * H :] + r * (h @ Wh[:, 2 * H :] + b_rec[2 * H :]))
    else:
        n = np.tanh(a[:, 2 * H :] + (r * h) @ Wh[:, 2 * H :])
    z = 1 / (1 + np.exp(-(a[:, :H] + n @ Wh[:, :H] + b_rec[:H])))
    return z * h + (1 - z) * n


@wrong("ex1-gru-step", "asserts the shape of b: an AssertionError instead of a ValueError")
def gru_step(x, h, Wx, Wh, b, reset_after=True):
    H = h.shape[1]
    assert np.shape(b) == ((2, 3 * H) if reset_after else (3 * H,))
    b_in, b_rec = b if reset_after else (b, np.zeros(3 * H))
    from_x = x @ Wx + b_in
    gates = 1 / (1 + np.exp(-(from_x[:, : 2 * H] + h @ Wh[:, : 2 * H] + b_rec[: 2 * H])))
    z, r = gates[:, :H], gates[:, H:]
    if reset_after:
        n = np.tanh(from_x[:, 2 * H :] + r * (h @ Wh[:, 2 * H :] + b_rec[2 * H :]))
    else:
        n = np.tanh(from_x[:, 2 * H :] + (r * h) @ Wh[:, 2 * H :])
    return z * h + (1 - z) * n


mutate(
    "ex1-gru-step",
    "z takes the new content instead of keeping the old",
    old="return z * h + (1 - z) * n",
    new="return (1 - z) * h + z * n",
)
mutate("ex1-gru-step", "the order r, z, n", old="z, r = gates", new="r, z = gates")
mutate(
    "ex1-gru-step",
    "the gates' columns in turns instead of in blocks",
    old="z, r = gates[:, :H], gates[:, H:]",
    new="z, r = gates[:, ::2], gates[:, 1::2]",
)
mutate(
    "ex1-gru-step",
    "resets before the matrix in both variants",
    old="from_h = r * (h @ Wh[:, 2 * H :] + b_rec[2 * H :])",
    new="from_h = (r * h) @ Wh[:, 2 * H :] + b_rec[2 * H :]",
)
mutate(
    "ex1-gru-step",
    "resets after the matrix in both variants",
    old="from_h = (r * h) @ Wh[:, 2 * H :]",
    new="from_h = r * (h @ Wh[:, 2 * H :])",
)
mutate(
    "ex1-gru-step",
    "the two variants exchanged",
    old="    if reset_after:\n",
    new="    if not reset_after:\n",
)
mutate(
    "ex1-gru-step",
    "the candidate's second bias outside the bracket",
    old="r * (h @ Wh[:, 2 * H :] + b_rec[2 * H :])",
    new="r * (h @ Wh[:, 2 * H :]) + b_rec[2 * H :]",
)
mutate(
    "ex1-gru-step",
    "one bias for both parts",
    old="b_in, b_rec = b if",
    new="b_in, b_rec = (b[0], b[0]) if",
)
mutate(
    "ex1-gru-step",
    "both biases added to the input part, in all blocks",
    old="b_in, b_rec = b if",
    new="b_in, b_rec = (b[0] + b[1], np.zeros(3 * H)) if",
)
mutate(
    "ex1-gru-step",
    "the two rows of the bias exchanged",
    old="b_in, b_rec = b if",
    new="b_in, b_rec = b[::-1] if",
)
mutate(
    "ex1-gru-step",
    "adds the one bias of reset_after=False twice",
    old="(b, np.zeros(3 * H))",
    new="(b, b)",
)
mutate("ex1-gru-step", "no reset gate", old="from_h = r * (h", new="from_h = (h")
mutate("ex1-gru-step", "1 - r for r", old="gates[:, H:]\n", new="1 - gates[:, H:]\n")
mutate(
    "ex1-gru-step",
    "a sigmoid for the candidate too",
    old="n = np.tanh(from_x[:, 2 * H :] + from_h)",
    new="n = 1 / (1 + np.exp(-(from_x[:, 2 * H :] + from_h)))",
)
mutate(
    "ex1-gru-step",
    "tanh of the new state, as at the output of an LSTM",
    old="return z * h + (1 - z) * n",
    new="return np.tanh(z * h + (1 - z) * n)",
)
mutate(
    "ex1-gru-step",
    "adds the candidate to the whole old state",
    old="return z * h + (1 - z) * n",
    new="return h + (1 - z) * n",
)
mutate(
    "ex1-gru-step",
    "writes the new state into the old one",
    old="return z * h + (1 - z) * n",
    new="h[:] = z * h + (1 - z) * n\n    return h",
)
mutate(
    "ex1-gru-step",
    "squeezes a batch of one, or a single unit, away",
    old="return z * h + (1 - z) * n",
    new="return np.squeeze(z * h + (1 - z) * n)",
)
mutate(
    "ex1-gru-step",
    "counts the biases, whatever their shape",
    old="if np.shape(b) != expected:",
    new="if np.size(b) != np.prod(expected):",
)
mutate(
    "ex1-gru-step",
    "takes the variant from the shape of b",
    old="    H = h.shape[-1]\n",
    new="    H = h.shape[-1]\n    reset_after = np.ndim(b) == 2\n",
)

# === Exercise 2 ============================================================================


# The one step that the following answers use:
@right("ex2-gru-forward", "an array for all states, and a mix with a mask of 0 and 1")
@right("ex2-gru-forward", "sequence by sequence, skipping masked steps")
@right("ex2-gru-forward", "time first, only the real rows, in a copy of the state")
@wrong("ex2-gru-forward", "the state runs through the sequences of the batch one after the other")
@wrong("ex2-gru-forward", "a masked step repeats the input before, not the state")
@wrong("ex2-gru-forward", "sets masked inputs to 0 and goes on")
@wrong("ex2-gru-forward", "corrects the outputs afterwards, but goes on from masked steps")
@wrong("ex2-gru-forward", "uses h0 itself as the buffer of the state")
@wrong("ex2-gru-forward", "stores one buffer T times: all states are the last one")
@wrong(
    "ex2-gru-forward",
    "indexes with the mask as it came: 0 and 1 become row numbers",
    raises=IndexError,
)
def gru_step(x, h, Wx, Wh, b, reset_after=True):
    H = h.shape[1]
    if np.shape(b) != ((2, 3 * H) if reset_after else (3 * H,)):
        raise ValueError("b does not fit to reset_after")
    b_in, b_rec = b if reset_after else (b, np.zeros(3 * H))
    x_z, x_r, x_n = np.split(x @ Wx + b_in, 3, axis=1)
    h_z, h_r, h_n = np.split(h @ Wh + b_rec, 3, axis=1)
    z, r = 1 / (1 + np.exp(-x_z - h_z)), 1 / (1 + np.exp(-x_r - h_r))
    n = np.tanh(x_n + (r * h_n if reset_after else (r * h) @ Wh[:, 2 * H :]))
    return z * h + (1 - z) * n


@right("ex2-gru-forward", "an array for all states, and a mix with a mask of 0 and 1")
def gru_forward(X, h0, Wx, Wh, b, reset_after=True, mask=None):
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
        h = m * gru_step(X[:, t], h, Wx, Wh, b, reset_after) + (1 - m) * h
        H_all[:, t, :] = h
    return H_all, H_all[:, -1, :]


@right("ex2-gru-forward", "sequence by sequence, skipping masked steps")
def gru_forward(X, h0, Wx, Wh, b, reset_after=True, mask=None):
    if mask is not None and np.shape(mask) != np.shape(X)[:2]:
        raise ValueError(f"mask has the shape {np.shape(mask)}")
    if np.shape(b) != ((2,) if reset_after else ()) + np.shape(Wx)[1:]:
        raise ValueError("b does not fit")
    everything, last = [], []
    for i, x in enumerate(X):
        h, states = h0[i : i + 1], []
        for t in range(len(x)):
            if mask is None or mask[i][t]:
                h = gru_step(x[t : t + 1], h, Wx, Wh, b, reset_after)
            states.append(h[0])
        everything.append(states)
        last.append(h[0])
    return np.array(everything), np.array(last)


@right("ex2-gru-forward", "time first, only the real rows, in a copy of the state")
def gru_forward(X, h0, Wx, Wh, b, reset_after=True, mask=None):
    X, h = np.asarray(X), np.array(h0, dtype=np.float64)
    real = np.full(X.shape[:2], True) if mask is None else np.asarray(mask).astype(bool)
    if real.shape != X.shape[:2]:
        raise ValueError("one mask value per sequence and step")
    gru_step(X[:, 0], h, Wx, Wh, b, reset_after)  # says what is wrong with b
    states = np.empty((X.shape[1], *h.shape))
    for t, (x, rows) in enumerate(zip(X.swapaxes(0, 1), real.T, strict=True)):
        if rows.any():
            h[rows] = gru_step(x[rows], h[rows], Wx, Wh, b, reset_after)
        states[t] = h
    return states.transpose(1, 0, 2), h


@right("ex2-gru-forward", "Keras' layer, with h0 put in before the first real step")
def gru_forward(X, h0, Wx, Wh, b, reset_after=True, mask=None):
    X, h0, Wx, Wh, b = (np.array(a, dtype=float) for a in (X, h0, Wx, Wh, b))
    B, T, _ = X.shape
    mask = np.ones((B, T), dtype=bool) if mask is None else np.asarray(mask, dtype=bool)
    if mask.shape != (B, T):
        raise ValueError("wrong shape of the mask")
    layer = keras.layers.GRU(
        h0.shape[1],
        return_sequences=True,
        return_state=True,
        reset_after=reset_after,
        dtype="float64",
    )
    layer.build(X.shape)
    layer.set_weights([Wx, Wh, b])
    states, last = layer(X, initial_state=[h0], mask=keras.ops.convert_to_tensor(mask))
    started = np.cumsum(mask, axis=1) > 0
    return np.where(started[:, :, None], states, h0[:, None, :]), np.array(last)


@wrong("ex2-gru-forward", "Keras' output as it is: 0 instead of h0 before the first real step")
def gru_forward(X, h0, Wx, Wh, b, reset_after=True, mask=None):
    X, h0, Wx, Wh, b = (np.array(a, dtype=float) for a in (X, h0, Wx, Wh, b))
    B, T, _ = X.shape
    mask = np.ones((B, T), dtype=bool) if mask is None else np.asarray(mask, dtype=bool)
    if mask.shape != (B, T):
        raise ValueError("wrong shape of the mask")
    layer = keras.layers.GRU(
        h0.shape[1],
        return_sequences=True,
        return_state=True,
        reset_after=reset_after,
        dtype="float64",
    )
    layer.build(X.shape)
    layer.set_weights([Wx, Wh, b])
    states, last = layer(X, initial_state=[h0], mask=keras.ops.convert_to_tensor(mask))
    return np.array(states), np.array(last)


@wrong("ex2-gru-forward", "the state runs through the sequences of the batch one after the other")
def gru_forward(X, h0, Wx, Wh, b, reset_after=True, mask=None):
    B, T, _ = X.shape
    mask = np.ones((B, T), bool) if mask is None else np.asarray(mask, bool)
    if mask.shape != (B, T):
        raise ValueError("mask")
    states = np.zeros((B, T, h0.shape[1]))
    h, last = h0[:1], []
    for i in range(B):
        for t in range(T):
            if mask[i, t]:
                h = gru_step(X[i : i + 1, t], h, Wx, Wh, b, reset_after)
            states[i, t] = h[0]
        last.append(h[0])
    return states, np.array(last)


@wrong("ex2-gru-forward", "a masked step repeats the input before, not the state")
def gru_forward(X, h0, Wx, Wh, b, reset_after=True, mask=None):
    valid = np.ones(X.shape[:2], bool) if mask is None else np.asarray(mask).astype(bool)
    if valid.shape != X.shape[:2]:
        raise ValueError("mask")
    states, h, x = [], h0, 0 * X[:, 0]
    for t in range(X.shape[1]):
        x = np.where(valid[:, t, None], X[:, t], x)
        h = gru_step(x, h, Wx, Wh, b, reset_after)
        states.append(h)
    return np.stack(states, axis=1), h


@wrong("ex2-gru-forward", "sets masked inputs to 0 and goes on")
def gru_forward(X, h0, Wx, Wh, b, reset_after=True, mask=None):
    if mask is not None:
        if np.shape(mask) != X.shape[:2]:
            raise ValueError("mask")
        X = X * np.asarray(mask)[:, :, None]
    states, h = [], h0
    for t in range(X.shape[1]):
        h = gru_step(X[:, t], h, Wx, Wh, b, reset_after)
        states.append(h)
    return np.stack(states, axis=1), h


@wrong("ex2-gru-forward", "corrects the outputs afterwards, but goes on from masked steps")
def gru_forward(X, h0, Wx, Wh, b, reset_after=True, mask=None):
    B, T, _ = X.shape
    mask = np.ones((B, T), bool) if mask is None else np.asarray(mask, bool)
    if mask.shape != (B, T):
        raise ValueError("mask")
    states, h = np.zeros((B, T, h0.shape[1])), h0
    for t in range(T):
        h = gru_step(X[:, t], h, Wx, Wh, b, reset_after)
        shown = h0 if t == 0 else states[:, t - 1]
        states[:, t] = np.where(mask[:, t, None], h, shown)
    return states, states[:, -1].copy()


@wrong("ex2-gru-forward", "uses h0 itself as the buffer of the state")
def gru_forward(X, h0, Wx, Wh, b, reset_after=True, mask=None):
    valid = np.ones(X.shape[:2], bool) if mask is None else np.asarray(mask).astype(bool)
    if valid.shape != X.shape[:2]:
        raise ValueError("mask")
    states, h = [], h0
    for t in range(X.shape[1]):
        h[:] = np.where(valid[:, t, None], gru_step(X[:, t], h, Wx, Wh, b, reset_after), h)
        states.append(h.copy())
    return np.stack(states, axis=1), h.copy()


@wrong("ex2-gru-forward", "stores one buffer T times: all states are the last one")
def gru_forward(X, h0, Wx, Wh, b, reset_after=True, mask=None):
    valid = np.ones(X.shape[:2], bool) if mask is None else np.asarray(mask).astype(bool)
    if valid.shape != X.shape[:2]:
        raise ValueError("mask")
    states, h = [], np.array(h0)
    for t in range(X.shape[1]):
        h[:] = np.where(valid[:, t, None], gru_step(X[:, t], h, Wx, Wh, b, reset_after), h)
        states.append(h)
    return np.stack(states, axis=1), h


@wrong(
    "ex2-gru-forward",
    "indexes with the mask as it came: 0 and 1 become row numbers",
    raises=IndexError,
)
def gru_forward(X, h0, Wx, Wh, b, reset_after=True, mask=None):
    mask = np.ones(X.shape[:2], bool) if mask is None else np.asarray(mask)
    if mask.shape != X.shape[:2]:
        raise ValueError("mask")
    states, h = [], np.array(h0)
    for t in range(X.shape[1]):
        rows = mask[:, t]
        h[rows] = gru_step(X[:, t], h, Wx, Wh, b, reset_after)[rows]
        states.append(h.copy())
    return np.stack(states, axis=1), h


mutate("ex2-gru-forward", "ignores h0", old="[], h0\n", new="[], np.zeros_like(h0)\n")
mutate(
    "ex2-gru-forward",
    "starts every sequence with the first row of h0",
    old="[], h0\n",
    new="[], h0[:1] + 0 * h0\n",
)
mutate(
    "ex2-gru-forward", "starts every step from h0", old="np.split(h @ Wh", new="np.split(h0 @ Wh"
)
mutate(
    "ex2-gru-forward",
    "always resets after the matrix",
    old="(r * h_n if reset_after else (r * h) @ Wh[:, 2 * H :])",
    new="r * h_n",
)
mutate("ex2-gru-forward", "True means padding", old="valid[:, t, None]", new="~valid[:, t, None]")
mutate(
    "ex2-gru-forward",
    "H_all holds 0 at masked steps",
    old="states.append(h)",
    new="states.append(h * valid[:, t, None])",
)
mutate(
    "ex2-gru-forward",
    "the state itself becomes 0 at masked steps",
    old="z * h + (1 - z) * n, h)",
    new="z * h + (1 - z) * n, 0)",
)
mutate(
    "ex2-gru-forward",
    "H_all holds the states before the steps",
    old="return np.stack(states, axis=1), h",
    new="return np.stack([h0, *states[:-1]], axis=1), h",
)
mutate(
    "ex2-gru-forward",
    "H_all with time first",
    old="np.stack(states, axis=1)",
    new="np.stack(states)",
)
mutate(
    "ex2-gru-forward",
    "runs backwards in time",
    old="for t in range(T):",
    new="for t in range(T)[::-1]:",
)
mutate(
    "ex2-gru-forward",
    "takes the last state at the number of real steps: right padding only",
    old="return np.stack(states, axis=1), h",
    new="h = np.stack(states, axis=1)\n    return h, h[np.arange(B), valid.sum(axis=1) - 1]",
)
mutate(
    "ex2-gru-forward",
    "any mask that NumPy can broadcast",
    old="    if valid.shape",
    new="    valid = np.broadcast_to(valid, X.shape[:2])\n    if valid.shape",
)
mutate(
    "ex2-gru-forward",
    "one row of a mask stands for the whole batch",
    old="if valid.shape != (B, T):",
    new="if valid.ndim != 2 or valid.shape[1] != T:",
)
mutate(
    "ex2-gru-forward",
    "a mask that is too long is cut off",
    old="if valid.shape != (B, T):",
    new="if len(valid) != B or np.size(valid[0]) < T:",
)
mutate(
    "ex2-gru-forward",
    "never looks at the shape of b",
    old="if np.shape(b) != expected:",
    new="if False:",
)

# === Exercise 3 ============================================================================


@right("ex3-gru-step-backward", "gate by gate with separate matrices and a small helper")
def gru_step_backward(dh, x, h, Wx, Wh, b):
    dh, x, h, Wx, Wh, b = map(np.asarray, (dh, x, h, Wx, Wh, b))
    H = h.shape[1]
    if b.shape != (2, 3 * H):
        raise ValueError("b must have the shape (2, 3H)")
    if dh.shape != h.shape:
        raise ValueError("dh must have the shape of h")
    (Wz, Wr, Wn), (Uz, Ur, Un) = np.split(Wx, 3, axis=1), np.split(Wh, 3, axis=1)
    (bz, br, bn), (cz, cr, cn) = np.split(b[0], 3), np.split(b[1], 3)
    z = 1 / (1 + np.exp(-(x @ Wz + bz + h @ Uz + cz)))
    r = 1 / (1 + np.exp(-(x @ Wr + br + h @ Ur + cr)))
    u = h @ Un + cn
    n = np.tanh(x @ Wn + bn + r * u)

    def linear(d, value, weight):
        return d @ weight.T, value.T @ d, d.sum(axis=0)

    dn = dh * (1 - z) * (1 - n * n)
    dz = dh * (h - n) * z * (1 - z)
    dr = dn * u * r * (1 - r)
    x_part = [linear(d, x, w) for d, w in ((dz, Wz), (dr, Wr), (dn, Wn))]
    h_part = [linear(d, h, w) for d, w in ((dz, Uz), (dr, Ur), (dn * r, Un))]
    dx = sum(part[0] for part in x_part)
    dh_prev = sum((part[0] for part in h_part), dh * z)
    dWx, dWh = (np.hstack([p[1] for p in parts]) for parts in (x_part, h_part))
    db = np.array([np.hstack([p[2] for p in parts]) for parts in (x_part, h_part)])
    return dx, dh_prev, dWx, dWh, db


@right("ex3-gru-step-backward", "forward mode: derivatives along an imaginary step, one by one")
def gru_step_backward(dh, x, h, Wx, Wh, b):
    arrays = [np.array(a, dtype=complex) for a in (x, h, Wx, Wh, b)]
    H = np.shape(h)[1]
    if np.shape(b) != (2, 3 * H) or np.shape(dh) != np.shape(h):
        raise ValueError("b or dh has the wrong shape")

    def loss(x, h, Wx, Wh, b):
        one, two = x @ Wx + b[0], h @ Wh + b[1]
        z = 1 / (1 + np.exp(-one[:, :H] - two[:, :H]))
        r = 1 / (1 + np.exp(-one[:, H : 2 * H] - two[:, H : 2 * H]))
        n = np.tanh(one[:, 2 * H :] + r * two[:, 2 * H :])
        return np.sum(dh * (z * h + (1 - z) * n))

    gradients = []
    for array in arrays:
        gradient = np.zeros(array.shape)
        for place in np.ndindex(array.shape):
            array[place] += 1e-30j
            gradient[place] = loss(*arrays).imag / 1e-30
            array[place] = array[place].real
        gradients.append(gradient)
    return tuple(gradients)


@right("ex3-gru-step-backward", "einsum with the blocks as an axis, the results as a list")
def gru_step_backward(dh, x, h, Wx, Wh, b):
    dh, x, h, Wx, Wh, b = (np.asarray(a, dtype=np.float64) for a in (dh, x, h, Wx, Wh, b))
    B, H = h.shape
    if b.shape != (2, 3 * H) or dh.shape != (B, H):
        raise ValueError(f"b {b.shape} or dh {dh.shape} does not fit to h {h.shape}")
    a = (x @ Wx + b[0]).reshape(B, 3, H)
    c = (h @ Wh + b[1]).reshape(B, 3, H)
    z, r = 1 / (1 + np.exp(-a[:, 0] - c[:, 0])), 1 / (1 + np.exp(-a[:, 1] - c[:, 1]))
    n = np.tanh(a[:, 2] + r * c[:, 2])
    inner = np.empty((B, 3, H))
    inner[:, 2] = dh * (1 - z) * (1 - n**2)
    inner[:, 1] = inner[:, 2] * c[:, 2] * r * (1 - r)
    inner[:, 0] = dh * (h - n) * z * (1 - z)
    outer = inner * np.stack([np.ones_like(r), np.ones_like(r), r], axis=1)
    W, U = Wx.reshape(-1, 3, H), Wh.reshape(-1, 3, H)
    return [
        np.einsum("bkh,dkh->bd", inner, W),
        dh * z + np.einsum("bkh,jkh->bj", outer, U),
        np.einsum("bd,bkh->dkh", x, inner).reshape(Wx.shape),
        np.einsum("bj,bkh->jkh", h, outer).reshape(Wh.shape),
        np.array([inner.sum(axis=0).ravel(), outer.sum(axis=0).ravel()]),
    ]


@wrong("ex3-gru-step-backward", "the gradients of the other variant, reset before the matrix")
def gru_step_backward(dh, x, h, Wx, Wh, b):
    H = h.shape[1]
    if np.shape(b) != (2, 3 * H) or np.shape(dh) != np.shape(h):
        raise ValueError("b or dh")
    Un = Wh[:, 2 * H :]
    gates = 1 / (1 + np.exp(-(x @ Wx + b[0] + h @ Wh + b[1])[:, : 2 * H]))
    z, r = gates[:, :H], gates[:, H:]
    n = np.tanh((x @ Wx + b[0])[:, 2 * H :] + (r * h) @ Un + b[1, 2 * H :])
    da_n = dh * (1 - z) * (1 - n**2)
    da_z = dh * (h - n) * z * (1 - z)
    back = da_n @ Un.T
    da_r = back * h * r * (1 - r)
    d_in = np.hstack([da_z, da_r, da_n])
    dh_prev = dh * z + back * r + np.hstack([da_z, da_r]) @ Wh[:, : 2 * H].T
    dWh = np.hstack([h.T @ da_z, h.T @ da_r, (r * h).T @ da_n])
    return d_in @ Wx.T, dh_prev, x.T @ d_in, dWh, np.stack([d_in.sum(axis=0)] * 2)


mutate(
    "ex3-gru-step-backward",
    "forgets the direct path",
    old="dh * z + d_rec @ Wh.T",
    new="d_rec @ Wh.T",
)
mutate(
    "ex3-gru-step-backward",
    "only the direct path",
    old="dh * z + d_rec @ Wh.T",
    new="dh * z",
)
mutate(
    "ex3-gru-step-backward",
    "forgets the path through the reset gate",
    old="da_r = da_n",
    new="da_r = 0 * da_n",
)
mutate(
    "ex3-gru-step-backward",
    "both rows of db from the input part",
    old="d_rec.sum(axis=0)])",
    new="d_in.sum(axis=0)])",
)
mutate(
    "ex3-gru-step-backward",
    "dWh from the input part: no r in the block n",
    old="h.T @ d_rec",
    new="h.T @ d_in",
)
mutate(
    "ex3-gru-step-backward",
    "dh_prev from the input part: no r in the block n",
    old="d_rec @ Wh.T",
    new="d_in @ Wh.T",
)
mutate(
    "ex3-gru-step-backward",
    "dx from the recurrent part: r in the block n",
    old="d_in @ Wx.T",
    new="d_rec @ Wx.T",
)
mutate("ex3-gru-step-backward", "n - h for h - n", old="(h - n)", new="(n - h)")
mutate(
    "ex3-gru-step-backward",
    "z and 1 - z exchanged on the way to n",
    old="da_n = dh * (1 - z)",
    new="da_n = dh * z",
)
mutate(
    "ex3-gru-step-backward",
    "1 - z on the direct path",
    old="dh * z + d_rec",
    new="dh * (1 - z) + d_rec",
)
mutate("ex3-gru-step-backward", "1 - n for the slope of tanh", old="(1 - n**2)", new="(1 - n)")
mutate(
    "ex3-gru-step-backward", "no slope of the gate z", old="(h - n) * z * (1 - z)", new="(h - n)"
)
mutate("ex3-gru-step-backward", "no slope of the gate r", old="u * r * (1 - r)", new="u")
mutate(
    "ex3-gru-step-backward",
    "r multiplies the bracket without its bias",
    old="da_r = da_n * u",
    new="da_r = da_n * (u - b[1, 2 * H :])",
)
mutate(
    "ex3-gru-step-backward",
    "the old state for the bracket on the way to r",
    old="da_r = da_n * u",
    new="da_r = da_n * h",
)
mutate(
    "ex3-gru-step-backward",
    "the blocks of the recurrent part in the order r, z, n",
    old="d_rec = np.concatenate([da_z, da_r,",
    new="d_rec = np.concatenate([da_r, da_z,",
)
mutate(
    "ex3-gru-step-backward",
    "means over the batch for the weights",
    old="x.T @ d_in, h.T @ d_rec, db",
    new="x.T @ d_in / len(x), h.T @ d_rec / len(x), db",
)
mutate(
    "ex3-gru-step-backward",
    "means over the batch for the biases",
    old="[d_in.sum(axis=0), d_rec.sum(axis=0)]",
    new="[d_in.mean(axis=0), d_rec.mean(axis=0)]",
)
mutate(
    "ex3-gru-step-backward",
    "dWh before dWx",
    old="x.T @ d_in, h.T @ d_rec, db",
    new="h.T @ d_rec, x.T @ d_in, db",
)
mutate(
    "ex3-gru-step-backward",
    "one row for both biases",
    old="db = np.stack([d_in.sum(axis=0), d_rec.sum(axis=0)])",
    new="db = d_in.sum(axis=0)",
)
mutate(
    "ex3-gru-step-backward",
    "uses dh as the buffer of dh_prev",
    old="    return d_in",
    new="    dh[:] = dh * z\n    dh += d_rec @ Wh.T\n"
    "    return d_in @ Wx.T, dh, x.T @ d_in, h.T @ d_rec, db\n    return d_in",
)
mutate(
    "ex3-gru-step-backward",
    "never looks at the shape of b",
    old="np.shape(b) != (2, 3 * H) or ",
    new="",
)
mutate(
    "ex3-gru-step-backward",
    "never looks at the shape of dh",
    old=" or np.shape(dh) != np.shape(h)",
    new="",
)
mutate(
    "ex3-gru-step-backward",
    "only the units of dh: one row stands for the whole batch",
    old="np.shape(dh) != np.shape(h)",
    new="np.ndim(dh) != 2",
)

# === Exercise 4 ============================================================================


@right("ex4-convert-gru", "a dictionary of gates, always as row-vector matrices")
def convert_gru(weights, src, dst):
    orders = {"keras": "zrn", "torch": "rzn", "zflip": "zrn"}
    if src not in orders or dst not in orders:
        raise ValueError("unknown convention")
    if src == "torch":
        rows = [np.asarray(weights[0]).T, np.asarray(weights[1]).T, *map(np.asarray, weights[2:])]
    else:
        kernel, recurrent, bias = map(np.asarray, weights)
        rows = [kernel, recurrent, bias[0], bias[1]]
    gates = dict(
        zip(orders[src], zip(*[np.split(a, 3, axis=-1) for a in rows], strict=True), strict=True)
    )
    if src != dst and "zflip" in (src, dst):
        gates["z"] = [-a for a in gates["z"]]
    parts = [gates[name] for name in orders[dst]]
    W, U, b, c = (np.concatenate(group, axis=-1) for group in zip(*parts, strict=True))
    return [W.T, U.T, b, c] if dst == "torch" else [W, U, np.array([b, c])]


@right("ex4-convert-gru", "to Keras and on from there, by calling itself")
def convert_gru(weights, src, dst):
    for name in (src, dst):
        if name not in ("keras", "torch", "zflip"):
            raise ValueError(f"unknown convention {name!r}")
    if src == dst:
        return [np.array(w) for w in weights]
    if src != "keras" and dst != "keras":
        return convert_gru(convert_gru(weights, src, "keras"), "keras", dst)
    if "zflip" in (src, dst):
        result = [np.array(w, dtype=float) for w in weights]
        for w in result:
            w[..., : w.shape[-1] // 3] *= -1
        return result
    H = np.shape(weights[1])[src == "torch"]
    order = [*range(H, 2 * H), *range(H), *range(2 * H, 3 * H)]
    if dst == "torch":
        return [weights[0].T[order], weights[1].T[order], *weights[2][:, order]]
    return [
        weights[0][order].T,
        weights[1][order].T,
        np.vstack([weights[2][order], weights[3][order]]),
    ]


@right("ex4-convert-gru", "matrices of permutation and sign, multiplied from the right")
def convert_gru(weights, src, dst):
    names = ["keras", "torch", "zflip"]
    try:
        names.index(src), names.index(dst)
    except ValueError:
        raise ValueError(f"{src!r} or {dst!r} is not one of {names}") from None
    if src == "torch":
        weights = [weights[0].T, weights[1].T, np.stack([weights[2], weights[3]])]
    H = weights[1].shape[0]
    eye, swap = np.eye(3), np.eye(3)[[1, 0, 2]]
    flip = np.diag([-1.0, 1, 1])
    to_keras = {"keras": eye, "torch": swap, "zflip": flip}
    move = np.kron(to_keras[src] @ to_keras[dst].T, np.eye(H))
    kernel, recurrent, bias = (w @ move for w in weights)
    if dst == "torch":
        return [kernel.T, recurrent.T, bias[0], bias[1]]
    return [kernel, recurrent, bias]


@wrong("ex4-convert-gru", "changes the sign in the caller's arrays")
def convert_gru(weights, src, dst):
    if not {src, dst} <= {"keras", "torch", "zflip"}:
        raise ValueError("unknown convention")
    arrays = list(weights)
    H = arrays[1].shape[1] if src == "torch" else arrays[1].shape[0]
    swap = np.r_[H : 2 * H, :H, 2 * H : 3 * H]
    if src == "torch":
        arrays = [w[:, swap] for w in (arrays[0].T, arrays[1].T, np.stack(arrays[2:]))]
    if (src == "zflip") != (dst == "zflip"):
        for w in arrays:
            w[:, :H] *= -1
    if dst == "torch":
        kernel, recurrent, bias = (w[:, swap] for w in arrays)
        arrays = [kernel.T, recurrent.T, bias[0], bias[1]]
    return arrays


@wrong("ex4-convert-gru", "knows keras to and from torch, and takes all else for a change of sign")
def convert_gru(weights, src, dst):
    if not {src, dst} <= {"keras", "torch", "zflip"}:
        raise ValueError("unknown convention")
    arrays = [np.array(w) for w in weights]
    if src == dst:
        return arrays
    H = arrays[1].shape[1] if src == "torch" else arrays[1].shape[0]
    swap = np.r_[H : 2 * H, :H, 2 * H : 3 * H]
    if (src, dst) == ("keras", "torch"):
        kernel, recurrent, bias = (w[:, swap] for w in arrays)
        return [kernel.T, recurrent.T, bias[0], bias[1]]
    if (src, dst) == ("torch", "keras"):
        return [w[:, swap] for w in (arrays[0].T, arrays[1].T, np.stack(arrays[2:]))]
    for w in arrays:
        w[..., :H] *= -1
    return arrays


mutate(
    "ex4-convert-gru",
    "reorders the kernels but not the biases",
    old="kernel, recurrent, bias = (w[:, swap] for w in arrays)",
    new="kernel, recurrent, bias = *(w[:, swap] for w in arrays[:2]), arrays[2]",
)
mutate(
    "ex4-convert-gru",
    "reorders the biases on the way to torch, but not on the way back",
    old="arrays = [w[:, swap] for w in arrays]",
    new="arrays = [*(w[:, swap] for w in arrays[:2]), arrays[2]]",
)
mutate(
    "ex4-convert-gru",
    "forgets the transpose on the way to torch",
    old="[kernel.T, recurrent.T,",
    new="[kernel, recurrent,",
)
mutate(
    "ex4-convert-gru",
    "transposes the kernel only",
    old="[kernel.T, recurrent.T,",
    new="[kernel.T, recurrent,",
)
mutate(
    "ex4-convert-gru",
    "a reshape for the transpose",
    old="[kernel.T, recurrent.T,",
    new="[kernel.reshape(3 * H, -1), recurrent.reshape(3 * H, -1),",
)
mutate(
    "ex4-convert-gru",
    "changes the sign of the weights but not of the biases",
    old="[w * sign for w in arrays]",
    new="[*(w * sign for w in arrays[:2]), arrays[2]]",
)
mutate(
    "ex4-convert-gru",
    "changes the sign of the first bias only",
    old="[w * sign for w in arrays]",
    new="[*(w * sign for w in arrays[:2]), np.stack([arrays[2][0] * sign, arrays[2][1]])]",
)
mutate(
    "ex4-convert-gru",
    "changes the sign of the block r",
    old="np.r_[-np.ones(H), np.ones(2 * H)]",
    new="np.r_[np.ones(H), -np.ones(H), np.ones(H)]",
)
mutate(
    "ex4-convert-gru",
    "changes the sign of all blocks",
    old="np.r_[-np.ones(H), np.ones(2 * H)]",
    new="-np.ones(3 * H)",
)
mutate(
    "ex4-convert-gru",
    "1 - w for the weights of the flipped gate",
    old="[w * sign for w in arrays]",
    new="[np.where(sign < 0, 1 - w, w) for w in arrays]",
)
mutate(
    "ex4-convert-gru",
    "flips by a change of the order: z and n exchanged",
    old="[w * sign for w in arrays]",
    new="[w[:, np.r_[2 * H : 3 * H, H : 2 * H, :H]] for w in arrays]",
)
mutate(
    "ex4-convert-gru",
    "torch's order taken for n, r, z",
    old="np.r_[H : 2 * H, :H, 2 * H : 3 * H]",
    new="np.r_[2 * H : 3 * H, H : 2 * H, :H]",
)
mutate(
    "ex4-convert-gru",
    "moves all blocks on by one: r, n, z",
    old="np.r_[H : 2 * H, :H, 2 * H : 3 * H]",
    new="np.r_[H : 3 * H, :H]",
)
mutate(
    "ex4-convert-gru",
    "exchanges columns instead of blocks",
    old="np.r_[H : 2 * H, :H, 2 * H : 3 * H]",
    new="np.r_[1, 0, 2 : 3 * H]",
)
mutate(
    "ex4-convert-gru",
    "averages the two bias rows",
    old="bias[0], bias[1]]",
    new="bias.mean(axis=0), bias.mean(axis=0)]",
)
mutate(
    "ex4-convert-gru",
    "all of the bias into bias_ih, as if only the sum counted",
    old="bias[0], bias[1]]",
    new="bias[0] + bias[1], 0 * bias[1]]",
)
mutate(
    "ex4-convert-gru",
    "bias_hh before bias_ih",
    old="bias[0], bias[1]]",
    new="bias[1], bias[0]]",
)
mutate(
    "ex4-convert-gru",
    "both biases as one array for torch",
    old="recurrent.T, bias[0], bias[1]]",
    new="recurrent.T, bias]",
)
mutate(
    "ex4-convert-gru",
    "flips from zflip to zflip too",
    old='(src == "zflip") != (dst == "zflip")',
    new='"zflip" in (src, dst)',
)
mutate(
    "ex4-convert-gru",
    "no flip between torch and zflip",
    old='(src == "zflip") != (dst == "zflip")',
    new='{src, dst} == {"keras", "zflip"}',
)
mutate(
    "ex4-convert-gru",
    "takes D for H",
    old="else arrays[1].shape[0]",
    new="else arrays[0].shape[0]",
)
mutate("ex4-convert-gru", "looks at src only", old="not {src, dst} <=", new="not {src} <=")
mutate("ex4-convert-gru", "looks at dst only", old="not {src, dst} <=", new="not {dst} <=")
mutate(
    "ex4-convert-gru",
    "small and capital letters are the same",
    old="    if not {src, dst}",
    new="    src, dst = src.lower(), dst.lower()\n    if not {src, dst}",
)
mutate(
    "ex4-convert-gru",
    "nothing to do for equal names, whatever they are",
    old="    if not {src, dst}",
    new="    if src == dst:\n        return [np.array(w) for w in weights]\n    if not {src, dst}",
)
mutate(
    "ex4-convert-gru",
    "a KeyError for an unknown name",
    old="        raise ValueError(",
    new="        raise KeyError(",
)

# === Exercise 5 ============================================================================


@right("ex5-budget", "a table of blocks, and the quadratic equation in whole numbers")
def cell_params(cell, D, H, reset_after=True):
    table = {"rnn": (1, 1), "lstm": (4, 1), "gru": (3, 1 + bool(reset_after))}
    if cell not in table:
        raise ValueError(f"unknown cell {cell!r}")
    if min(D, H) < 1:
        raise ValueError("D and H must be at least 1")
    blocks, biases = table[cell]
    return blocks * H * (D + H + biases)


@right("ex5-budget", "a table of blocks, and the quadratic equation in whole numbers")
def units_for_budget(cell, D, budget):
    from math import isqrt

    if cell not in ("rnn", "lstm", "gru") or D < 1:
        raise ValueError("unknown cell, or no input")
    per_block = budget // {"rnn": 1, "lstm": 4, "gru": 3}[cell]
    c = D + (2 if cell == "gru" else 1)
    if per_block < 1 + c:
        raise ValueError("not even one unit fits")
    return (isqrt(c * c + 4 * per_block) - c) // 2


@right("ex5-budget", "Keras' layers counted, doubling and halving")
def cell_params(cell, D, H, reset_after=True):
    if D < 1 or H < 1:
        raise ValueError("D and H must be positive")
    if cell == "rnn":
        layer = keras.layers.SimpleRNN(H, recurrent_initializer="zeros")
    elif cell == "lstm":
        layer = keras.layers.LSTM(H, recurrent_initializer="zeros")
    elif cell == "gru":
        layer = keras.layers.GRU(H, reset_after=reset_after, recurrent_initializer="zeros")
    else:
        raise ValueError(f"unknown cell {cell!r}")
    layer.build((1, 1, D))
    return layer.count_params()


@right("ex5-budget", "Keras' layers counted, doubling and halving")
def units_for_budget(cell, D, budget):
    if cell_params(cell, D, 1) > budget:
        raise ValueError("budget too small")
    low, high = 1, 2
    while cell_params(cell, D, high) <= budget:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        if cell_params(cell, D, middle) <= budget:
            low = middle
        else:
            high = middle
    return low


@right("ex5-budget", "each weight matrix by its size, and a count that breaks at the first misfit")
def cell_params(cell, D, H, reset_after=True):
    if D < 1 or H < 1 or cell not in ["rnn", "lstm", "gru"]:
        raise ValueError("bad input")
    gates = {"rnn": ["h"], "lstm": ["i", "f", "g", "o"], "gru": ["z", "r", "n"]}[cell]
    total = 0
    for _ in gates:
        total += np.prod((D, H)) + np.prod((H, H)) + H
        if cell == "gru" and reset_after:
            total += H
    return int(total)


@right("ex5-budget", "each weight matrix by its size, and a count that breaks at the first misfit")
def units_for_budget(cell, D, budget):
    best = 0
    for H in range(1, max(budget, 1) + 1):
        if cell_params(cell, D, H) > budget:
            break
        best = H
    if best == 0:
        raise ValueError("no unit fits")
    return best


@wrong("ex5-budget", "the root of the quadratic rounded to the nearest whole number")
def units_for_budget(cell, D, budget):
    if cell_params(cell, D, 1) > budget:
        raise ValueError("budget")
    blocks = {"rnn": 1, "lstm": 4, "gru": 3}[cell]
    c = D + (2 if cell == "gru" else 1)
    return round((-c + np.sqrt(c * c + 4 * budget / blocks)) / 2)


@wrong("ex5-budget", "the root of budget over blocks, without inputs and biases")
def units_for_budget(cell, D, budget):
    if cell_params(cell, D, 1) > budget:
        raise ValueError("budget")
    return int(np.sqrt(budget / {"rnn": 1, "lstm": 4, "gru": 3}[cell]))


@wrong("ex5-budget", "0 units for a budget that is too small")
def units_for_budget(cell, D, budget):
    H = 0
    while cell_params(cell, D, H + 1) <= budget:
        H += 1
    return H


@wrong("ex5-budget", "at least one unit, whatever the budget")
def units_for_budget(cell, D, budget):
    H = 1
    while cell_params(cell, D, H + 1) <= budget:
        H += 1
    return H


@wrong("ex5-budget", "looks no further than 200 units")
def units_for_budget(cell, D, budget):
    fitting = [H for H in range(1, 201) if cell_params(cell, D, H) <= budget]
    if not fitting:
        raise ValueError("budget")
    return max(fitting)


@wrong("ex5-budget", "numbers of units in steps of two")
def units_for_budget(cell, D, budget):
    if cell_params(cell, D, 1) > budget:
        raise ValueError("budget")
    H = 2
    while cell_params(cell, D, H + 2) <= budget:
        H += 2
    return H


@wrong("ex5-budget", "the budget of a GRU with one bias")
def units_for_budget(cell, D, budget):
    if cell_params(cell, D, 1, False) > budget:
        raise ValueError("budget")
    H = 1
    while cell_params(cell, D, H + 1, False) <= budget:
        H += 1
    return H


@wrong("ex5-budget", "counts an output layer too")
def units_for_budget(cell, D, budget):
    if cell_params(cell, D, 1) > budget:
        raise ValueError("budget")
    H = 1
    while cell_params(cell, D, H + 1) + H + 2 <= budget:
        H += 1
    return H


@wrong("ex5-budget", "the GRU as 0.75 of an LSTM: a float")
def cell_params(cell, D, H, reset_after=True):
    if cell not in ("rnn", "lstm", "gru") or D < 1 or H < 1:
        raise ValueError("bad input")
    factor = {"rnn": 0.25, "lstm": 1.0, "gru": 0.75}[cell]
    return factor * 4 * H * (D + H + 1) + (3.0 * H if cell == "gru" and reset_after else 0.0)


mutate("ex5-budget", "one bias for every GRU", old="biases = 2 if", new="biases = 1 if")
mutate(
    "ex5-budget",
    "a second bias for every cell",
    old='2 if cell == "gru" and reset_after else 1',
    new="2 if reset_after else 1",
)
mutate(
    "ex5-budget",
    "a second bias for every GRU",
    old='2 if cell == "gru" and reset_after else 1',
    new='2 if cell == "gru" else 1',
)
mutate(
    "ex5-budget",
    "the second bias for reset_after=False",
    old="and reset_after else 1",
    new="and not reset_after else 1",
)
mutate("ex5-budget", "no biases", old="+ H * H + biases * H)", new="+ H * H)")
mutate(
    "ex5-budget",
    "the biases once, not in each block",
    old="* (D * H + H * H + biases * H)",
    new="* (D * H + H * H) + biases * H",
)
mutate("ex5-budget", "no recurrent weights", old="D * H + H * H +", new="D * H +")
mutate("ex5-budget", "no input weights", old="(D * H + H * H", new="(H * H")
mutate("ex5-budget", "one recurrent weight per unit", old="H * H +", new="H +")
mutate("ex5-budget", "three blocks for the LSTM", old='"lstm": 4', new='"lstm": 3')
mutate("ex5-budget", "two blocks for the GRU", old='"gru": 3', new='"gru": 2')
mutate("ex5-budget", "fewer than the budget", old=", H + 1) <= budget", new=", H + 1) < budget")
mutate(
    "ex5-budget",
    "rounds up: the first H that does not fit",
    old="    return H",
    new="    return H + 1",
)
mutate(
    "ex5-budget",
    "a budget for exactly one unit is too small",
    old="1) > budget:",
    new="1) >= budget:",
    raises=ValueError,
)
mutate("ex5-budget", "a KeyError for an unknown cell", old="cell not in blocks or ", new="")
mutate("ex5-budget", "accepts D < 1", old="D < 1 or ", new="")
mutate("ex5-budget", "accepts D = 0", old="D < 1 or ", new="D < 0 or ")
mutate("ex5-budget", "accepts H < 1", old=" or H < 1:", new=":")
mutate("ex5-budget", "accepts a negative H", old=" or H < 1:", new=" or H == 0:")
mutate(
    "ex5-budget",
    "capital letters do for the cell",
    old='    blocks = {"rnn"',
    new='    cell = cell.lower()\n    blocks = {"rnn"',
)

# === Exercise 6 ============================================================================


@right("ex6-compare-models", "a loop over the models, the ranks by counting smaller means")
def compare_models(results):
    for column in ("model", "seed", "metric"):
        if column not in results:
            raise ValueError(f"no column {column}")
    if results.empty:
        raise ValueError("no rows")
    if len(results[["model", "seed"]].drop_duplicates()) < len(results):
        raise ValueError("a run occurs twice")
    rows = {}
    for name in results["model"].unique():
        y = results.loc[results["model"] == name, "metric"].to_numpy(dtype=float)
        y = y[~np.isnan(y)]
        n = len(y)
        mean = y.mean() if n else np.nan
        sd = y.std(ddof=1) if n > 1 else np.nan
        half = stats.t.ppf(0.975, n - 1) * sd / n**0.5 if n > 1 else np.nan
        rows[name] = {"mean": mean, "sd": sd, "n": n, "ci_lo": mean - half, "ci_hi": mean + half}
    means = [row["mean"] for row in rows.values()]
    for row in rows.values():
        smaller = sum(other < row["mean"] for other in means)
        row["rank"] = np.nan if np.isnan(row["mean"]) else smaller + 1
    return pd.DataFrame.from_dict(rows, orient="index").sort_values("mean", na_position="last")


@right("ex6-compare-models", "a table of seeds by models, stats.t.interval on its columns")
def compare_models(results):
    if not set(results.columns) >= {"model", "seed", "metric"} or results.shape[0] < 1:
        raise ValueError("columns model, seed, metric and at least one row, please")
    try:
        wide = results.set_index(["seed", "model"], verify_integrity=True)["metric"].unstack()
    except ValueError:
        raise ValueError("duplicate run") from None
    table = pd.DataFrame({"mean": wide.mean(), "sd": wide.std(), "n": wide.count()})
    error = table["sd"] / table["n"] ** 0.5
    with np.errstate(invalid="ignore"):
        lo, hi = stats.t.interval(0.95, table["n"] - 1, loc=table["mean"], scale=error)
    exact = table["sd"] == 0  # an interval of width 0, which scipy does not know
    table["ci_lo"] = np.where(exact, table["mean"], lo)
    table["ci_hi"] = np.where(exact, table["mean"], hi)
    table["rank"] = table["mean"].rank(method="min")
    return table.sort_values(by="mean")


@right("ex6-compare-models", "statsmodels for the intervals")
def compare_models(results):
    from statsmodels.stats.weightstats import DescrStatsW

    if {"model", "seed", "metric"} - set(results) or not len(results):
        raise ValueError("a column is missing, or there are no rows")
    if results.groupby(["model", "seed"]).size().max() > 1:
        raise ValueError("the same run twice")

    def describe(y):
        y = y.dropna()
        if len(y) < 2:
            mean = y.mean() if len(y) else np.nan
            return pd.Series([mean, np.nan, len(y), np.nan, np.nan])
        d = DescrStatsW(y)
        return pd.Series([d.mean, y.std(), len(y), *d.tconfint_mean(0.05)])

    parts = {name: describe(part) for name, part in results.groupby("model")["metric"]}
    table = pd.DataFrame(parts).T.set_axis(["mean", "sd", "n", "ci_lo", "ci_hi"], axis=1)
    table = table.assign(rank=table["mean"].rank(method="min"))
    return table.astype({"n": int}).sort_values("mean")


@wrong("ex6-compare-models", "picks a model's rows by their labels, which may occur twice")
def compare_models(results):
    if {"model", "seed", "metric"} - set(results.columns) or len(results) == 0:
        raise ValueError("columns or rows")
    if results.duplicated(["model", "seed"]).any():
        raise ValueError("twice")
    rows = {}
    for name, labels in results.groupby("model").groups.items():
        y = results.loc[labels, "metric"].dropna()
        half = stats.t.ppf(0.975, len(y) - 1) * y.std() / np.sqrt(max(len(y), 1))
        rows[name] = [y.mean(), y.std(), len(y), y.mean() - half, y.mean() + half]
    columns = ["mean", "sd", "n", "ci_lo", "ci_hi"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    table["rank"] = table["mean"].rank(method="min")
    return table.sort_values("mean")


@wrong("ex6-compare-models", "drops the failed runs from the caller's table")
def compare_models(results):
    if {"model", "seed", "metric"} - set(results.columns) or len(results) == 0:
        raise ValueError("columns or rows")
    if results.duplicated(["model", "seed"]).any():
        raise ValueError("twice")
    models = results["model"].unique()
    results.dropna(subset=["metric"], inplace=True)
    table = results.groupby("model")["metric"].agg(["mean", "std", "count"]).reindex(models)
    table.columns = ["mean", "sd", "n"]
    table["n"] = table["n"].fillna(0)
    half = stats.t.ppf(0.975, table["n"] - 1) * table["sd"] / np.sqrt(table["n"])
    table["ci_lo"], table["ci_hi"] = table["mean"] - half, table["mean"] + half
    table["rank"] = table["mean"].rank(method="min")
    return table.sort_values("mean")


mutate(
    "ex6-compare-models",
    "1.96 for every number of seeds",
    old='stats.t.ppf(0.975, table["n"] - 1)',
    new="1.96",
)
mutate("ex6-compare-models", "n degrees of freedom", old='table["n"] - 1)', new='table["n"])')
mutate(
    "ex6-compare-models",
    "the 95 % quantile: an interval of 90 %",
    old="ppf(0.975,",
    new="ppf(0.95,",
)
mutate(
    "ex6-compare-models",
    "the divisor n",
    old='agg(["mean", "std", "count"])',
    new='agg(["mean", lambda y: y.std(ddof=0), "count"])',
)
mutate(
    "ex6-compare-models", "an interval for the runs: no √n", old=' / np.sqrt(table["n"])', new=""
)
mutate("ex6-compare-models", "√(n - 1)", old='np.sqrt(table["n"])', new='np.sqrt(table["n"] - 1)')
mutate("ex6-compare-models", "n for √n", old='np.sqrt(table["n"])', new='table["n"]')
mutate(
    "ex6-compare-models",
    "one spread for all models",
    old='table["sd"] / np.sqrt',
    new='results["metric"].std() / np.sqrt',
)
mutate("ex6-compare-models", "sorted by name", old='.sort_values("mean")', new=".sort_index()")
mutate(
    "ex6-compare-models",
    "the largest mean first",
    old='.sort_values("mean")',
    new='.sort_values("mean", ascending=False)',
)
mutate(
    "ex6-compare-models",
    "failed models first",
    old='.sort_values("mean")',
    new='.sort_values("mean", na_position="first")',
)
mutate(
    "ex6-compare-models",
    "rank 1 for the largest mean",
    old='rank(method="min")',
    new='rank(method="min", ascending=False)',
)
mutate(
    "ex6-compare-models", "equal means share the mean rank", old='rank(method="min")', new="rank()"
)
mutate(
    "ex6-compare-models",
    "equal means, but no gap after them: 1, 1, 2",
    old='rank(method="min")',
    new='rank(method="dense")',
)
mutate(
    "ex6-compare-models",
    "equal means get different ranks",
    old='rank(method="min")',
    new='rank(method="first")',
)
mutate(
    "ex6-compare-models",
    "a rank for failed models too",
    old='rank(method="min")',
    new='rank(method="min", na_option="bottom")',
)
mutate(
    "ex6-compare-models",
    "ranks as whole numbers, which cannot be NaN",
    old='rank(method="min")',
    new='rank(method="min").astype(int)',
    raises=ValueError,
)
mutate(
    "ex6-compare-models", "n counts the failed runs", old='"std", "count"]', new='"std", "size"]'
)
mutate(
    "ex6-compare-models",
    "failed runs count as 0",
    old='results.groupby("model")["metric"]',
    new='results.fillna({"metric": 0}).groupby("model")["metric"]',
)
mutate(
    "ex6-compare-models",
    "a model whose runs all failed loses its row",
    old='results.groupby("model")["metric"]',
    new='results.dropna(subset=["metric"]).groupby("model")["metric"]',
)
mutate(
    "ex6-compare-models",
    "drops the rows with NaN in any column",
    old="    table = results",
    new='    kept = results.drop(columns="metric").notna().all(axis=1)\n'
    '    results = results.assign(metric=results["metric"].where(kept))\n'
    "    table = results",
)
mutate("ex6-compare-models", "medians for means", old='agg(["mean",', new='agg(["median",')
mutate(
    "ex6-compare-models",
    "one row per seed",
    old='results.groupby("model")',
    new='results.groupby("seed")',
)
mutate(
    "ex6-compare-models",
    "an interval of width 0 for one run",
    old='    table["ci_lo"], table["ci_hi"]',
    new='    half = half.fillna(0)\n    table["ci_lo"], table["ci_hi"]',
)
mutate(
    "ex6-compare-models",
    "the names as a column",
    old='return table.sort_values("mean")',
    new='return table.sort_values("mean").reset_index()',
)
mutate(
    "ex6-compare-models",
    "only rows that are equal in all columns are the same run",
    old='duplicated(["model", "seed"])',
    new="duplicated()",
)
mutate(
    "ex6-compare-models",
    "failed runs may occur twice",
    old='results.duplicated(["model", "seed"])',
    new='results.dropna(subset=["metric"]).duplicated(["model", "seed"])',
)
mutate(
    "ex6-compare-models",
    "the mean of runs that occur twice",
    old='    if results.duplicated(["model", "seed"]).any():',
    new='    results = results.groupby(["model", "seed"])["metric"].mean().reset_index()\n'
    "    if False:",
)
mutate("ex6-compare-models", "a KeyError for a missing column", old="missing or ", new="")
mutate(
    "ex6-compare-models",
    "never looks for the column seed",
    old='    missing = {"model", "seed", "metric"}',
    new='    results = results.assign(seed=results.get("seed", pd.Series(range(len(results)))))\n'
    '    missing = {"model", "metric"}',
)
mutate("ex6-compare-models", "an empty table for no rows", old=" or len(results) == 0", new="")

# === Exercise 7 ============================================================================


@right("ex7-paired-bootstrap", "a loop, rng.choice of the differences")
def paired_bootstrap(a, b, n_boot, rng):
    a, b = np.array(a, dtype=float), np.array(b, dtype=float)
    if a.ndim != 1 or b.ndim != 1:
        raise ValueError("a and b must be vectors")
    if a.size == 0 or a.size != b.size:
        raise ValueError("a and b must have the same length, at least 1")
    if n_boot < 1:
        raise ValueError("n_boot must be positive")
    difference = a - b
    means, below, above = [], 0, 0
    for _ in range(n_boot):
        mean = rng.choice(difference, size=len(difference)).mean()
        below += mean <= 0
        above += mean >= 0
        means.append(mean)
    interval = tuple(float(q) for q in np.percentile(means, (2.5, 97.5)))
    p = 2 * (min(below, above) + 1) / (n_boot + 1)
    return {"mean_diff": float(np.mean(difference)), "ci": interval, "p": float(min(p, 1))}


@right("ex7-paired-bootstrap", "how often each case is drawn, from a multinomial distribution")
def paired_bootstrap(a, b, n_boot, rng):
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    if a.ndim != 1 or a.shape != b.shape or not a.size or n_boot < 1:
        raise ValueError("bad input")
    d, n = a - b, len(a)
    counts = rng.multinomial(n, np.full(n, 1 / n), size=n_boot)
    means = counts @ d / n
    k = min(np.sum(means <= 0), np.sum(means >= 0))
    lo, hi = np.quantile(means, [0.025, 0.975])
    p = min(1.0, 2 * (k + 1) / (n_boot + 1))
    return dict(mean_diff=d.mean().item(), ci=(lo.item(), hi.item()), p=float(p))


@right("ex7-paired-bootstrap", "resamples pairs of a and b, and p from the means around theirs")
def paired_bootstrap(a, b, n_boot, rng):
    pairs = [np.asarray(list(v), dtype=float) for v in (a, b)]
    if any(v.ndim != 1 or len(v) < 1 for v in pairs) or len(pairs[0]) != len(pairs[1]):
        raise ValueError("two vectors of the same length, please")
    if n_boot < 1:
        raise ValueError("n_boot < 1")
    n = len(pairs[0])
    observed = pairs[0].mean() - pairs[1].mean()
    means = np.empty(n_boot)
    for i in range(n_boot):
        cases = rng.integers(n, size=n)
        means[i] = (pairs[0][cases] - pairs[1][cases]).mean()
    extreme = np.sum(np.abs(means - means.mean()) >= abs(observed))
    p = (1 + extreme) / (1 + n_boot)
    lo, hi = (float(np.percentile(means, q)) for q in (2.5, 97.5))
    return {"p": float(p), "ci": (lo, hi), "mean_diff": float(observed)}


@wrong("ex7-paired-bootstrap", "resamples a and b apart")
def paired_bootstrap(a, b, n_boot, rng):
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    if a.ndim != 1 or a.shape != b.shape or len(a) == 0 or n_boot < 1:
        raise ValueError("bad input")
    n = len(a)
    i, j = (rng.integers(0, n, size=(n_boot, n)) for _ in range(2))
    means = a[i].mean(axis=1) - b[j].mean(axis=1)
    k = min((means <= 0).sum(), (means >= 0).sum())
    lo, hi = np.percentile(means, [2.5, 97.5])
    p = min(1.0, 2 * (k + 1) / (n_boot + 1))
    return {"mean_diff": float((a - b).mean()), "ci": (float(lo), float(hi)), "p": float(p)}


@wrong("ex7-paired-bootstrap", "subtracts Series, which pandas aligns by their index")
def paired_bootstrap(a, b, n_boot, rng):
    if np.ndim(a) != 1 or np.shape(a) != np.shape(b) or len(a) == 0 or n_boot < 1:
        raise ValueError("bad input")
    diff = np.asarray(pd.Series(a, dtype=float) - pd.Series(b, dtype=float))
    means = diff[rng.integers(0, len(diff), size=(n_boot, len(diff)))].mean(axis=1)
    k = min((means <= 0).sum(), (means >= 0).sum())
    lo, hi = np.percentile(means, [2.5, 97.5])
    p = min(1.0, 2 * (k + 1) / (n_boot + 1))
    return {"mean_diff": float(diff.mean()), "ci": (float(lo), float(hi)), "p": float(p)}


@wrong("ex7-paired-bootstrap", "cuts the longer vector off with zip")
def paired_bootstrap(a, b, n_boot, rng):
    if np.ndim(a) != 1 or np.ndim(b) != 1 or len(a) == 0 or n_boot < 1:
        raise ValueError("bad input")
    diff = np.array([x - y for x, y in zip(a, b, strict=False)])
    means = diff[rng.integers(0, len(diff), size=(n_boot, len(diff)))].mean(axis=1)
    k = min((means <= 0).sum(), (means >= 0).sum())
    lo, hi = np.percentile(means, [2.5, 97.5])
    p = min(1.0, 2 * (k + 1) / (n_boot + 1))
    return {"mean_diff": float(diff.mean()), "ci": (float(lo), float(hi)), "p": float(p)}


@wrong("ex7-paired-bootstrap", "signs changed at random: an interval around 0")
def paired_bootstrap(a, b, n_boot, rng):
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    if a.ndim != 1 or a.shape != b.shape or len(a) == 0 or n_boot < 1:
        raise ValueError("bad input")
    diff = a - b
    means = (diff * rng.choice([-1, 1], size=(n_boot, len(diff)))).mean(axis=1)
    p = (1 + np.sum(np.abs(means) >= abs(diff.mean()))) / (n_boot + 1)
    lo, hi = np.percentile(means, [2.5, 97.5])
    return {"mean_diff": float(diff.mean()), "ci": (float(lo), float(hi)), "p": float(p)}


@wrong("ex7-paired-bootstrap", "no check that there are cases: NaN")
def paired_bootstrap(a, b, n_boot, rng):
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    if a.ndim != 1 or a.shape != b.shape or n_boot < 1:
        raise ValueError("bad input")
    diff = a - b
    cases = (rng.random((n_boot, len(diff))) * len(diff)).astype(int)
    means = np.array([diff[i].sum() / max(len(i), 1) for i in cases])
    k = min((means <= 0).sum(), (means >= 0).sum())
    lo, hi = np.percentile(means, [2.5, 97.5])
    p = min(1.0, 2 * (k + 1) / (n_boot + 1))
    mean = diff.sum() / max(len(diff), 1)
    return {"mean_diff": float(mean), "ci": (float(lo), float(hi)), "p": float(p)}


mutate("ex7-paired-bootstrap", "b - a", old="diff = a - b", new="diff = b - a")
mutate(
    "ex7-paired-bootstrap",
    "subtracts in place",
    old="diff = a - b",
    new="a -= b\n    diff = a",
)
mutate(
    "ex7-paired-bootstrap", "absolute differences", old="diff = a - b", new="diff = np.abs(a - b)"
)
mutate(
    "ex7-paired-bootstrap",
    "mean_diff from the resamplings",
    old="float(diff.mean())",
    new="float(means.mean())",
)
mutate(
    "ex7-paired-bootstrap",
    "the median for mean_diff",
    old="float(diff.mean())",
    new="float(np.median(diff))",
)
mutate(
    "ex7-paired-bootstrap",
    "medians of the resamplings",
    old="len(diff)))].mean(axis=1)",
    new="len(diff)))]\n    means = np.median(means, axis=1)",
)
mutate("ex7-paired-bootstrap", "an interval of 90 %", old="[2.5, 97.5]", new="[5, 95]")
mutate("ex7-paired-bootstrap", "shares for percentiles", old="[2.5, 97.5]", new="[0.025, 0.975]")
mutate(
    "ex7-paired-bootstrap", "the bounds in the wrong order", old="lo, hi = np.", new="hi, lo = np."
)
mutate(
    "ex7-paired-bootstrap",
    "percentiles of the differences, not of their means",
    old="np.percentile(means,",
    new="np.percentile(diff,",
)
mutate(
    "ex7-paired-bootstrap",
    "a normal interval from the differences",
    old="lo, hi = np.percentile(means, [2.5, 97.5])",
    new="lo, hi = diff.mean() + np.array([-1.96, 1.96]) * diff.std() / np.sqrt(len(diff))",
)
mutate(
    "ex7-paired-bootstrap",
    "a normal interval from the resampled means",
    old="lo, hi = np.percentile(means, [2.5, 97.5])",
    new="lo, hi = diff.mean() + np.array([-1.96, 1.96]) * means.std()",
)
mutate(
    "ex7-paired-bootstrap",
    "the percentiles mirrored at the mean",
    old="lo, hi = np.percentile(means, [2.5, 97.5])",
    new="lo, hi = 2 * diff.mean() - np.percentile(means, [97.5, 2.5])",
)
mutate("ex7-paired-bootstrap", "p can be 0", old="2 * (k + 1) / (n_boot + 1)", new="2 * k / n_boot")
mutate("ex7-paired-bootstrap", "a one-sided p", old="2 * (k + 1)", new="(k + 1)")
mutate(
    "ex7-paired-bootstrap",
    "p for a < b only",
    old="k = min((means <= 0).sum(), (means >= 0).sum())",
    new="k = (means >= 0).sum()",
)
mutate(
    "ex7-paired-bootstrap",
    "p above 1",
    old="min(1.0, 2 * (k + 1) / (n_boot + 1))",
    new="2 * (k + 1) / (n_boot + 1)",
)
mutate("ex7-paired-bootstrap", "1 - p", old='"p": float(p)', new='"p": float(1 - p)')
mutate("ex7-paired-bootstrap", "the larger tail", old="k = min(", new="k = max(")
mutate(
    "ex7-paired-bootstrap",
    "means of exactly 0 in neither tail",
    old="(means <= 0).sum(), (means >= 0).sum()",
    new="(means < 0).sum(), (means > 0).sum()",
)
mutate(
    "ex7-paired-bootstrap",
    "p as the share of means at least as large as the observed one",
    old="    lo, hi",
    new="    k = (np.abs(means) >= abs(diff.mean())).sum() / 2\n    lo, hi",
)
mutate(
    "ex7-paired-bootstrap",
    "p from a t-test, which is 0 for a constant difference",
    old='"p": float(p)',
    new='"p": float(stats.ttest_rel(a, b).pvalue)',
)
mutate(
    "ex7-paired-bootstrap",
    "draws without replacement",
    old="rng.integers(0, len(diff), size=(n_boot, len(diff)))",
    new="rng.permuted(np.tile(np.arange(len(diff)), (n_boot, 1)), axis=1)",
)
mutate(
    "ex7-paired-bootstrap",
    "never draws the last case",
    old="rng.integers(0, len(diff), size",
    new="rng.integers(0, max(len(diff) - 1, 1), size",
)
mutate(
    "ex7-paired-bootstrap",
    "n_boot cases in n resamplings",
    old="size=(n_boot, len(diff))",
    new="size=(len(diff), n_boot)",
)
mutate(
    "ex7-paired-bootstrap",
    "half as many cases as there are",
    old="size=(n_boot, len(diff))",
    new="size=(n_boot, max(len(diff) // 2, 1))",
)
mutate(
    "ex7-paired-bootstrap",
    "random numbers from np.random",
    old="rng.integers(0,",
    new="np.random.randint(0,",
)
mutate(
    "ex7-paired-bootstrap",
    "a generator of its own with a fixed seed",
    old="    diff = a - b",
    new="    rng = np.random.default_rng(0)\n    diff = a - b",
)
mutate("ex7-paired-bootstrap", "accepts tables", old="a.ndim != 1 or ", new="")
mutate(
    "ex7-paired-bootstrap",
    "one error stands for all cases",
    old="a.shape != b.shape",
    new="b.ndim != 1",
)
mutate("ex7-paired-bootstrap", "accepts n_boot = 0", old="n_boot < 1:", new="n_boot < 0:")

# === Exercise 8 ============================================================================


@right("ex8-train-adding", "one fit with a callback that measures and stops, outputs (B,)")
def train_adding(cell, T=50, budget_params=3510, seed=0):
    layers = {"rnn": keras.layers.SimpleRNN, "lstm": keras.layers.LSTM, "gru": keras.layers.GRU}
    if cell not in layers:
        raise ValueError("cell must be rnn, lstm or gru")
    keras.utils.set_random_seed(seed)

    def build(H):
        inputs = keras.Input((T, 2))
        answer = keras.layers.Dense(1)(layers[cell](H)(inputs))
        return keras.Model(inputs, keras.layers.Reshape(())(answer))

    H = 0
    while build(H + 1).count_params() <= budget_params:
        H += 4
    while H > 0 and build(H).count_params() > budget_params:
        H -= 1
    if H < 1:
        raise ValueError("the budget is too small")
    model, curve, steps = build(H), [], []
    model.compile(keras.optimizers.Adam(0.01, clipnorm=1.0), "mse")
    X_test, y_test = make_adding(3000, T, np.random.default_rng([seed, 1]))

    class Measure(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if batch % 40 == 39:
                answers = model.predict_on_batch(X_test)
                curve.append(float(np.mean((answers - y_test) ** 2)))
                steps.append(batch + 1)
                model.stop_training = curve[-1] < 0.01

    limit = 200 if cell == "lstm" else 600
    X, y = make_adding(limit * 100, T, np.random.default_rng([seed, 2]))
    model.fit(X, y, batch_size=100, verbose=0, callbacks=[Measure()])
    first = next((n for n, mse in zip(steps, curve, strict=True) if mse < 0.05), None)
    return {"model": model, "mse_curve": curve, "steps_to_0.05": first}


@right("ex8-train-adding", "train_on_batch with RMSprop, measured every 100 steps and at the start")
def train_adding(cell, T=50, budget_params=3510, seed=0):
    if cell not in ("rnn", "lstm", "gru"):
        raise ValueError(f"unknown cell {cell!r}")

    def count(H):
        per_block = 2 * H + H * H + H
        layer = {"rnn": per_block, "lstm": 4 * per_block, "gru": 3 * (per_block + H)}[cell]
        return layer + H + 1

    H = max([H for H in range(1, 200) if count(H) <= budget_params], default=None)
    if H is None:
        raise ValueError("not even one unit fits")
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    name = {"rnn": "SimpleRNN", "lstm": "LSTM", "gru": "GRU"}[cell]
    recurrent = getattr(keras.layers, name)(H)
    model = keras.Sequential([keras.Input((None, 2)), recurrent, keras.layers.Dense(1)])
    model.compile(keras.optimizers.RMSprop(0.005, clipnorm=1.0), "mse")
    X_test, y_test = make_adding(2000, T, rng)
    curve, first = [], None
    most = {"rnn": 300, "lstm": 200, "gru": 500}[cell]
    for step in range(most + 1):
        if step % 100 == 0:
            mse = float(np.mean((model.predict_on_batch(X_test)[:, 0] - y_test) ** 2))
            curve.append(mse)
            if mse < 0.05 and first is None:
                first = step
            if mse < 0.02 or step == most:
                break
        model.train_on_batch(*make_adding(128, T, rng))
    return {"mse_curve": curve, "model": model, "steps_to_0.05": first}


@right("ex8-train-adding", "blocks of 75 steps with Nadam, new test sequences each time")
def train_adding(cell, T=50, budget_params=3510, seed=0):
    factors = {"rnn": (1, 1), "lstm": (4, 1), "gru": (3, 2)}
    if cell not in factors:
        raise ValueError("unknown cell")
    k, biases = factors[cell]
    # k H² + (k (2 + biases) + 1) H + 1 <= budget
    linear = k * (2 + biases) + 1
    root = linear**2 + 4 * k * (budget_params - 1)
    H = int((root**0.5 - linear) / (2 * k)) if root > 0 else 0
    if H < 1:
        raise ValueError("budget too small")
    keras.utils.set_random_seed(seed)
    kind = [keras.layers.SimpleRNN, keras.layers.LSTM, keras.layers.GRU][list(factors).index(cell)]
    model = keras.Sequential([kind(H), keras.layers.Dense(1, use_bias=True)])
    model.compile(optimizer=keras.optimizers.Nadam(0.01, clipnorm=1.0), loss="mean_squared_error")
    rng = np.random.default_rng(seed)
    curve = []
    for _ in range(3 if cell == "lstm" else 8):
        model.fit(*make_adding(75 * 96, T, rng), batch_size=96, verbose=0)
        X, y = make_adding(2500, T, rng)
        curve.append(float(((model.predict(X, verbose=0)[:, 0] - y) ** 2).mean()))
        if curve[-1] < 0.008:
            break
    steps = None
    for i in reversed(range(len(curve))):
        if curve[i] < 0.05:
            steps = 75 * (i + 1)
    return {"model": model, "mse_curve": curve, "steps_to_0.05": steps}


@wrong("ex8-train-adding", "reports the training loss on 16 sequences, used again and again")
def train_adding(cell, T=50, budget_params=3510, seed=0):
    kinds = {"rnn": (keras.layers.SimpleRNN, 1, 1), "lstm": (keras.layers.LSTM, 4, 1)}
    kinds["gru"] = (keras.layers.GRU, 3, 2)
    if cell not in kinds:
        raise ValueError("cell")
    layer, blocks, biases = kinds[cell]
    fits = [blocks * H * (2 + H + biases) + H + 1 <= budget_params for H in range(1, 100)]
    if not any(fits):
        raise ValueError("budget")
    keras.utils.set_random_seed(seed)
    model = keras.Sequential([keras.Input((T, 2)), layer(sum(fits)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.01, clipnorm=1.0), "mse")
    rng, curve = np.random.default_rng(seed), []
    X, y = make_adding(16, T, rng)
    for _ in range(5 if cell == "gru" else 2):
        history = model.fit(X, y, epochs=50, verbose=0).history
        curve.append(history["loss"][-1])
    below = [50 * i for i, mse in enumerate(curve, start=1) if mse < 0.05]
    return {"model": model, "mse_curve": curve, "steps_to_0.05": below[0] if below else None}


@wrong("ex8-train-adding", "the same number of units for all cells, whatever the budget")
@wrong("ex8-train-adding", "counts the parameters without the output layer")
@wrong("ex8-train-adding", "the number of the block for the number of steps")
@wrong("ex8-train-adding", "the number of all steps for a curve that never falls below 0.05")
@wrong("ex8-train-adding", "the seed is for the data, the weights start elsewhere each time")
def trained(cell, H, T, seed):
    # A model and its errors after every 50 steps. The LSTM gets the time to fail.
    kinds = {"rnn": keras.layers.SimpleRNN, "lstm": keras.layers.LSTM, "gru": keras.layers.GRU}
    model = keras.Sequential([keras.Input((T, 2)), kinds[cell](H), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.01, clipnorm=1.0), "mse")
    rng, curve = np.random.default_rng(seed), []
    X_test, y_test = make_adding(2500, T, np.random.default_rng(10_000 + seed))
    while len(curve) < (10 if cell == "gru" else 4) and (not curve or curve[-1] > 0.01):
        X, y = make_adding(50 * 128, T, rng)
        model.fit(X, y, batch_size=128, verbose=0)
        curve.append(model.evaluate(X_test, y_test, batch_size=500, verbose=0))
    return model, curve


@wrong("ex8-train-adding", "counts the parameters without the output layer")
@wrong("ex8-train-adding", "the number of the block for the number of steps")
@wrong("ex8-train-adding", "the number of all steps for a curve that never falls below 0.05")
@wrong("ex8-train-adding", "the seed is for the data, the weights start elsewhere each time")
def units(cell, budget, output=True):
    if cell not in ("rnn", "lstm", "gru"):
        raise ValueError("cell")
    blocks, biases = {"rnn": (1, 1), "lstm": (4, 1), "gru": (3, 2)}[cell]
    H = 0
    while blocks * (H + 1) * (3 + H + biases) + (H + 2 if output else 0) <= budget:
        H += 1
    if H == 0:
        raise ValueError("budget")
    return H


@wrong("ex8-train-adding", "the same number of units for all cells, whatever the budget")
def train_adding(cell, T=50, budget_params=3510, seed=0):
    if cell not in ("rnn", "lstm", "gru") or budget_params < 10:
        raise ValueError("cell or budget")
    keras.utils.set_random_seed(seed)
    model, curve = trained(cell, 32, T, seed)
    below = [50 * i for i, mse in enumerate(curve, start=1) if mse < 0.05]
    return {"model": model, "mse_curve": curve, "steps_to_0.05": below[0] if below else None}


@wrong("ex8-train-adding", "counts the parameters without the output layer")
def train_adding(cell, T=50, budget_params=3510, seed=0):
    H = units(cell, budget_params, output=False)
    keras.utils.set_random_seed(seed)
    model, curve = trained(cell, H, T, seed)
    below = [50 * i for i, mse in enumerate(curve, start=1) if mse < 0.05]
    return {"model": model, "mse_curve": curve, "steps_to_0.05": below[0] if below else None}


@wrong("ex8-train-adding", "the number of the block for the number of steps")
def train_adding(cell, T=50, budget_params=3510, seed=0):
    H = units(cell, budget_params)
    keras.utils.set_random_seed(seed)
    model, curve = trained(cell, H, T, seed)
    below = [i for i, mse in enumerate(curve, start=1) if mse < 0.05]
    return {"model": model, "mse_curve": curve, "steps_to_0.05": below[0] if below else None}


@wrong("ex8-train-adding", "the number of all steps for a curve that never falls below 0.05")
def train_adding(cell, T=50, budget_params=3510, seed=0):
    H = units(cell, budget_params)
    keras.utils.set_random_seed(seed)
    model, curve = trained(cell, H, T, seed)
    steps = 0
    for mse in curve:
        steps += 50
        if mse < 0.05:
            break
    return {"model": model, "mse_curve": curve, "steps_to_0.05": steps}


@wrong("ex8-train-adding", "the seed is for the data, the weights start elsewhere each time")
def train_adding(cell, T=50, budget_params=3510, seed=0):
    model, curve = trained(cell, units(cell, budget_params), T, seed)
    below = [50 * i for i, mse in enumerate(curve, start=1) if mse < 0.05]
    return {"model": model, "mse_curve": curve, "steps_to_0.05": below[0] if below else None}


mutate(
    "ex8-train-adding",
    "other data for the LSTM: trained and tested on sequences of 10 steps",
    old="keras.Input((T, 2)), layer(H), keras.layers.Dense(1)])",
    new="keras.Input((None, 2)), layer(H), keras.layers.Dense(1)])\n"
    '    T = 10 if cell == "lstm" else T',
)
mutate(
    "ex8-train-adding",
    "tested on sequences without markers",
    old="np.random.default_rng(10_000 + seed))\n    while len(curve) < 12",
    new="np.random.default_rng(10_000 + seed))\n    X_test[:, :, 1] = 0\n    while len(curve) < 5",
)

# === Exercise 9 ============================================================================


@right("ex9-temperature", "the largest of logits / τ plus Gumbel noise")
def sample_with_temperature(logits, temperature, rng, size=None):
    logits = np.array(logits, dtype=float)
    if np.ndim(logits) != 1:
        raise ValueError("logits must be a vector")
    if temperature < 0:
        raise ValueError("the temperature must not be negative")
    if temperature == 0:
        winner = logits.argmax()
        return int(winner) if size is None else np.full(size, winner)
    shape = () if size is None else (size,) if np.isscalar(size) else tuple(size)
    noise = rng.gumbel(size=(*shape, len(logits)))
    scaled = (logits - logits.max()) / temperature
    drawn = (scaled + noise).argmax(axis=-1)
    return int(drawn) if size is None else drawn


@right("ex9-temperature", "uniform numbers put into the cumulated probabilities")
def sample_with_temperature(logits, temperature, rng, size=None):
    logits = np.asarray(logits, dtype=np.float64)
    if logits.ndim != 1 or temperature < 0:
        raise ValueError("bad input")
    gaps = logits - np.max(logits)
    if temperature > 0:
        gaps = np.exp(gaps / temperature)
    weights = gaps if temperature > 0 else (gaps == 0).astype(float)
    cumulated = np.cumsum(weights)
    u = rng.random(size) * cumulated[-1]
    drawn = np.searchsorted(cumulated, u, side="right")
    return int(drawn) if size is None else drawn


@right("ex9-temperature", "scipy's softmax and a loop of single draws")
def sample_with_temperature(logits, temperature, rng, size=None):
    from scipy.special import softmax

    logits = list(logits) if np.ndim(logits) == 1 else None
    if logits is None:
        raise ValueError("logits: one dimension")
    if temperature < 0:
        raise ValueError("temperature: 0 or more")
    if temperature > 0:
        p = softmax((np.array(logits) - max(logits)) / temperature)

    def once():
        if temperature == 0:
            return logits.index(max(logits))
        return int(rng.choice(len(logits), p=p))

    if size is None:
        return once()
    count = int(np.prod(size))
    return np.array([once() for _ in range(count)], dtype=int).reshape(size)


@right("ex9-temperature", "counts from a multinomial distribution, in random order")
def sample_with_temperature(logits, temperature, rng, size=None):
    logits = np.asarray(logits, dtype=float)
    if logits.ndim != 1 or temperature < 0:
        raise ValueError("bad input")
    if temperature == 0:
        p = np.eye(len(logits))[np.argmax(logits)]
    else:
        p = np.exp((logits - logits.max()) / temperature)
        p /= p.sum()
    counts = rng.multinomial(1 if size is None else np.prod(size), p)
    drawn = rng.permutation(np.repeat(np.arange(len(p)), counts))
    return int(drawn[0]) if size is None else drawn.reshape(size)


@wrong("ex9-temperature", "draws among the sorted logits and returns the places there")
def sample_with_temperature(logits, temperature, rng, size=None):
    logits = np.asarray(logits, dtype=float)
    if logits.ndim != 1 or temperature < 0:
        raise ValueError("bad input")
    if temperature == 0:
        best = int(np.argmax(logits))
        return best if size is None else np.full(size, best)
    p = np.exp((np.sort(logits) - logits.max()) / temperature)
    drawn = rng.choice(len(p), size=size, p=p / p.sum())
    return int(drawn) if size is None else drawn


@wrong("ex9-temperature", "range(size), which wants a whole number", raises=TypeError)
def sample_with_temperature(logits, temperature, rng, size=None):
    logits = np.asarray(logits, dtype=float)
    if logits.ndim != 1 or temperature < 0:
        raise ValueError("bad input")
    if size is not None:
        return np.array([sample_with_temperature(logits, temperature, rng) for _ in range(size)])
    if temperature == 0:
        return int(np.argmax(logits))
    p = np.exp((logits - logits.max()) / temperature)
    return int(rng.choice(len(p), p=p / p.sum()))


mutate(
    "ex9-temperature",
    "divides the probabilities instead of the logits",
    old="np.exp((logits - logits.max()) / temperature)",
    new="np.exp(logits - logits.max()) / temperature",
)
mutate(
    "ex9-temperature",
    "multiplies by the temperature",
    old=") / temperature)",
    new=") * temperature)",
)
mutate("ex9-temperature", "ignores the temperature", old="max()) / temperature)", new="max()))")
mutate(
    "ex9-temperature",
    "subtracts the largest logit after the others are divided",
    old="(logits - logits.max()) / temperature",
    new="logits / temperature - logits.max()",
    raises=ValueError,
)
mutate(
    "ex9-temperature",
    "exp of the logits as they are: NaN for large ones",
    old="(logits - logits.max()) / temperature",
    new="logits / temperature",
    raises=ValueError,
)
mutate(
    "ex9-temperature",
    "cuts large logits off at 700",
    old="(logits - logits.max()) / temperature",
    new="np.clip(logits / temperature, -700, 700)",
)
mutate(
    "ex9-temperature",
    "subtracts the mean: small temperatures overflow",
    old="logits - logits.max()",
    new="logits - logits[np.isfinite(logits)].mean()",
    raises=ValueError,
)
mutate(
    "ex9-temperature",
    "0 for a logit of -inf",
    old="    p = np.exp(",
    new="    logits = np.where(np.isfinite(logits), logits, 0)\n    p = np.exp(",
)
mutate(
    "ex9-temperature",
    "always the largest logit",
    old="if temperature == 0:",
    new="if temperature >= 0:",
)
mutate(
    "ex9-temperature",
    "divides by a temperature of 0",
    old="if temperature == 0:",
    new="if temperature < 0:",
    raises=ValueError,
)
mutate(
    "ex9-temperature",
    "small temperatures instead of 0: draws still",
    old="    if temperature == 0:",
    new="    temperature = max(temperature, 0.5)\n    if temperature == 0:",
)
mutate(
    "ex9-temperature",
    "ignores the size at temperature 0",
    old="best if size is None else np.full(size, best)",
    new="best",
)
mutate(
    "ex9-temperature",
    "one draw repeated",
    old="size=size, p=p / p.sum())\n    return int(drawn) if size is None else drawn",
    new="p=p / p.sum())\n    return int(drawn) if size is None else np.full(size, drawn)",
)
mutate(
    "ex9-temperature",
    "an array for a single draw",
    old="    return int(drawn) if size is None else drawn",
    new="    return np.atleast_1d(drawn)",
)
mutate(
    "ex9-temperature",
    "a flat array for every size",
    old="    return int(drawn) if size is None else drawn",
    new="    return int(drawn) if size is None else np.ravel(drawn)",
)
mutate(
    "ex9-temperature",
    "indices as floats",
    old="    return int(drawn) if size is None else drawn",
    new="    return int(drawn) if size is None else drawn * 1.0",
)
mutate(
    "ex9-temperature",
    "the logits drawn instead of their places",
    old="rng.choice(len(p), size",
    new="rng.choice(logits, size",
)
mutate("ex9-temperature", "counts from 1", old="drawn = rng.choice(", new="drawn = 1 + rng.choice(")
mutate(
    "ex9-temperature",
    "draws without replacement",
    old="p=p / p.sum())",
    new="p=p / p.sum(), replace=False)",
    raises=ValueError,
)
mutate(
    "ex9-temperature",
    "probabilities that do not sum to 1",
    old="p=p / p.sum())",
    new="p=p)",
    raises=ValueError,
)
mutate(
    "ex9-temperature", "random numbers from np.random", old="rng.choice(", new="np.random.choice("
)
mutate(
    "ex9-temperature",
    "a generator of its own with a fixed seed",
    old="rng.choice(",
    new="np.random.default_rng(0).choice(",
)
mutate(
    "ex9-temperature",
    "subtracts in place",
    old="    p = np.exp((logits - logits.max())",
    new="    logits -= logits.max()\n    p = np.exp(logits",
)
mutate(
    "ex9-temperature",
    "makes one vector of a table of logits",
    old="    if logits.ndim != 1:",
    new="    logits = logits.ravel()\n    if logits.ndim != 1:",
)
mutate(
    "ex9-temperature",
    "a single number as logits",
    old="    if logits.ndim != 1:",
    new="    logits = np.atleast_1d(logits)\n    if logits.ndim != 1:",
)
mutate(
    "ex9-temperature",
    "takes a negative temperature for 0",
    old="    if temperature < 0:",
    new="    temperature = max(temperature, 0)\n    if temperature < 0:",
)
mutate(
    "ex9-temperature",
    "looks at the temperature before the number of dimensions, and returns",
    old="    if logits.ndim != 1:",
    new="    if temperature == 0 and size is None:\n        return int(np.argmax(logits))\n"
    "    if logits.ndim != 1:",
)
