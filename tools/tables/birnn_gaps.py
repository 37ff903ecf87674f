"""Train the networks that notebook 07 compares on gaps of three months in the CO2 series.

``python -m tools.tables.birnn_gaps`` makes the table ``birnn_gaps.csv`` anew, in one to three
minutes. Each row is one gap filled by one network: ``model`` (``past`` reads forwards, ``both`` in
both directions), ``seed``, ``start`` (first month of the gap) and ``m1`` to ``m3``, the values in
ppm. All gaps but one are artificial; the one of February 1964 is real.
"""

import numpy as np
import pandas as pd

from tools.tables import path_of

GAP = 3
SIDE = 13  # months of context on each side
TRAIN_UNTIL = "1986-01-01"
KNOWN = np.r_[np.ones(SIDE), np.zeros(GAP), np.ones(SIDE)]


def gap_starts(co2: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """First positions of the gaps for training and for testing.

    Training windows end before ``TRAIN_UNTIL``, and test windows begin there, both without a
    missing month. The last test gap is the real one of February 1964.
    """
    missing = co2["interpolated"].to_numpy()
    starts = np.arange(SIDE, len(co2) - GAP - SIDE + 1)
    whole = [not missing[s - SIDE : s + GAP + SIDE].any() for s in starts]
    starts, cut = starts[whole], co2.index.get_loc(TRAIN_UNTIL)
    real = co2.index.get_loc("1964-02-01")
    train = starts[starts + GAP + SIDE <= cut]
    return train, np.append(starts[starts - SIDE >= cut], real)


def windows(x: np.ndarray, starts: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Inputs (n, 29, 2), targets (n, 29, 1) and levels (n, 1), in units of 3 ppm from the level.

    The level is the last value before the gap. The inputs are the value, 0 in the gap, and
    whether it is known.
    """
    rows = x[starts[:, None] + np.arange(-SIDE, GAP + SIDE)]
    level = rows[:, SIDE - 1 : SIDE]
    scaled = (rows - level) / 3
    return np.stack([scaled * KNOWN, np.tile(KNOWN, (len(rows), 1))], 2), scaled[..., None], level


def fill(model: str, seed: int, co2: pd.DataFrame) -> pd.DataFrame:
    """Train one GRU of 16 units (in each direction) and fill the test gaps.

    30 epochs, Adam with rate 0.01, batches of 32, squared error in the gap only; nothing was tuned.
    """
    import keras

    keras.utils.set_random_seed(seed)
    train, test = gap_starts(co2)
    inputs, targets, _ = windows(co2["co2"].to_numpy(), train)
    reader = keras.layers.GRU(16, return_sequences=True)
    reader = keras.layers.Bidirectional(reader) if model == "both" else reader
    net = keras.Sequential([keras.Input(inputs.shape[1:]), reader, keras.layers.Dense(1)])
    net.compile(keras.optimizers.Adam(0.01), "mse", weighted_metrics=[], jit_compile=False)
    weights = np.tile(1 - KNOWN, (len(inputs), 1))
    net.fit(inputs, targets, sample_weight=weights, batch_size=32, epochs=30, verbose=0)
    inputs, _, level = windows(co2["co2"].to_numpy(), test)
    values = np.array(net(inputs))[:, SIDE : SIDE + GAP, 0] * 3 + level
    table = pd.DataFrame(values, columns=["m1", "m2", "m3"])
    table.insert(0, "start", co2.index[test].strftime("%Y-%m-%d"))
    return table.assign(model=model, seed=seed)[["model", "seed", "start", "m1", "m2", "m3"]]


if __name__ == "__main__":
    from helpers.data import load_co2_monthly

    co2 = load_co2_monthly()
    filled = [fill(model, seed, co2) for model in ("past", "both") for seed in range(5)]
    pd.concat(filled).to_csv(path_of(__file__), index=False, float_format="%.3f")
