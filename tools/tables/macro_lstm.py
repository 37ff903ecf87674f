"""Train the LSTMs that notebook 05 compares on unemployment in the United States.

``python -m tools.tables.macro_lstm`` makes the table ``macro_lstm.csv`` anew, in one to three
minutes. Each row is one network: ``inputs`` (unemployment alone, or all four series), ``target``
(the level, or the change since the origin), ``seed``, and ``h1`` to ``h4``: the mean absolute
error over 40 origins, in percentage points, 1 to 4 quarters ahead.
"""

import itertools

import numpy as np
import pandas as pd

from tools.tables import path_of

WINDOW = 12
HORIZON = 4
UNEMPLOYMENT = 1


def load_economy() -> pd.DataFrame:
    """Growth of output, unemployment, inflation and interest, 202 quarters, in percent."""
    from helpers.data import load_macro

    macro = load_macro()
    economy = macro[["unemp", "infl", "tbilrate"]].copy()
    economy.insert(0, "gdp", 400 * np.log(macro["realgdp"]).diff())
    return economy.dropna()


def errors(inputs: str, target: str, seed: int) -> np.ndarray:
    """Train one LSTM of 16 units on the quarters until 1998 and forecast from 40 origins.

    The network sees 12 quarters, scaled by the training rows, and gives the next four at once.
    60 epochs, Adam with rate 0.01, batches of 32; nothing was tuned.

    Parameters
    ----------
    inputs : {"unemployment", "all four"}
    target : {"level", "change"}
    seed : int
        For the weights and the order of the batches.

    Returns
    -------
    ndarray, shape (40, 4)
        Truth minus forecast, in percentage points.
    """
    import keras

    keras.utils.set_random_seed(seed)
    economy = load_economy()
    known = len(economy[:"1998"])
    mean, std = economy[:known].mean().to_numpy(), economy[:known].std(ddof=0).to_numpy()
    scaled = (economy.to_numpy() - mean) / std
    last = np.arange(WINDOW - 1, len(scaled) - HORIZON)  # the last known row of each window
    X = np.stack([scaled[t - WINDOW + 1 : t + 1] for t in last])
    Y = np.stack([scaled[t + 1 : t + 1 + HORIZON, UNEMPLOYMENT] for t in last])
    if inputs == "unemployment":
        X = X[:, :, [UNEMPLOYMENT]]
    if target == "change":
        Y = Y - scaled[last, UNEMPLOYMENT][:, np.newaxis]
    training, origins = last + HORIZON < known, last >= known - 1
    model = keras.Sequential(
        [keras.Input(X.shape[1:]), keras.layers.LSTM(16), keras.layers.Dense(HORIZON)]
    )
    model.compile(keras.optimizers.Adam(0.01), "mse")
    model.fit(X[training], Y[training], epochs=60, batch_size=32, verbose=0)
    return (Y[origins] - np.asarray(model(X[origins]))) * std[UNEMPLOYMENT]


if __name__ == "__main__":
    rows = []
    for case in itertools.product(("unemployment", "all four"), ("level", "change"), range(5)):
        mae = np.abs(errors(*case)).mean(axis=0).round(4)
        rows.append((*case, *mae))
    columns = ["inputs", "target", "seed", "h1", "h2", "h3", "h4"]
    pd.DataFrame(rows, columns=columns).to_csv(path_of(__file__), index=False)
