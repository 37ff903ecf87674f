"""Forecast CO2 and El Nino with GRU encoders and decoders, for notebook 08.

``python -m tools.tables.seq2seq_forecasts`` makes ``seq2seq_forecasts.csv`` anew, in three to six
minutes. One row per network, origin and month ahead: ``series``, ``seed``, ``origin`` (the last
known month), ``h`` (1 to 12) and ``forecast``.
"""

import itertools

import numpy as np
import pandas as pd

from tools.tables import path_of

WINDOW = 36
HORIZON = 12
SEASON = 12
ORIGINS = 10
SEEDS = 5


def load(series: str) -> pd.Series:
    """CO2 in ppm or the temperature of the sea in degrees Celsius, monthly."""
    from helpers.data import load_co2_monthly, load_elnino

    return load_co2_monthly()["co2"] if series == "co2" else load_elnino()


def forecasts(series: str, seed: int) -> pd.DataFrame:
    """Train one encoder and decoder before the first origin, and forecast from all ten.

    The networks see differences to the same month of the year before, scaled by the training part:
    36 of them in the encoder. The decoder gets the value before, in training the right one, later
    its own forecast. 32 units, 40 epochs, Adam with rate 0.005, batches of 32; nothing was tuned.

    Parameters
    ----------
    series : {"co2", "elnino"}
    seed : int
        For the weights and the order of the batches.
    """
    import keras
    from keras import layers

    keras.utils.set_random_seed(seed)
    data = load(series)
    values = data.to_numpy()
    first = len(values) - ORIGINS * HORIZON  # number of values known at the first origin
    changes = values[SEASON:] - values[:-SEASON]
    known = first - SEASON
    mean, std = changes[:known].mean(), changes[:known].std()
    scaled = (changes - mean) / std
    starts = np.arange(known - WINDOW - HORIZON + 1)
    rows = np.stack([scaled[s : s + WINDOW + HORIZON] for s in starts])[..., np.newaxis]
    past, before = layers.Input((WINDOW, 1)), layers.Input((HORIZON, 1))
    last = layers.GRU(32)(past)
    states = layers.GRU(32, return_sequences=True)(before, initial_state=last)
    model = keras.Model([past, before], layers.Dense(1)(states))
    model.compile(keras.optimizers.Adam(0.005), "mse")
    inputs = [rows[:, :WINDOW], rows[:, WINDOW - 1 : -1]]
    model.fit(inputs, rows[:, WINDOW:], epochs=40, batch_size=32, verbose=0)
    origins = first + HORIZON * np.arange(ORIGINS)
    seen = np.stack([scaled[o - SEASON - WINDOW : o - SEASON] for o in origins])[..., np.newaxis]
    written = np.zeros((ORIGINS, HORIZON + 1, 1))
    written[:, 0] = seen[:, -1]
    for t in range(HORIZON):
        written[:, t + 1] = model.predict_on_batch([seen, written[:, :HORIZON]])[:, t]
    year_before = np.stack([values[o - SEASON : o] for o in origins])
    found = year_before + written[:, 1:, 0] * std + mean
    index = pd.MultiIndex.from_product(
        [data.index[origins - 1].strftime("%Y-%m-%d"), range(1, HORIZON + 1)],
        names=["origin", "h"],
    )
    table = pd.DataFrame({"forecast": found.ravel().round(3)}, index=index).reset_index()
    return table.assign(series=series, seed=seed)


if __name__ == "__main__":
    tables = []
    for series, seed in itertools.product(("co2", "elnino"), range(SEEDS)):
        tables.append(forecasts(series, seed))
        print(series, seed, flush=True)
    columns = ["series", "seed", "origin", "h", "forecast"]
    pd.concat(tables)[columns].to_csv(path_of(__file__), index=False)
