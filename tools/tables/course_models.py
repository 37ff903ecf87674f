"""Forecast the course's series with all of its kinds of models, for the end of notebook 10.

``python -m tools.tables.course_models`` makes two tables anew, in 15 to 30 minutes.
``course_models.csv`` has one row per network and step: ``series``, ``model``, ``seed`` (0 where
nothing is random), ``h`` (steps ahead) and ``mae``, the mean absolute error over all origins.
``course_origins.csv`` has one row per model and origin: ``series``, ``model``, ``origin`` (the
last known date) and ``error``, the mean absolute error over all steps and seeds. Both are divided
by the scale of MASE: the mean absolute error of the seasonal naive forecast before the first
origin.

One protocol for all: a model is fitted once, to the values known at the first origin. Then each
time step is an origin, and the model forecasts with all the values known by then. Networks
were not tuned: one size, one rate and one number of epochs serve all series. The orders of ARIMA
come from earlier notebooks, which saw some of the test years.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from helpers.data import load_co2_monthly, load_elnino, load_nile, load_sunspots
from tools.tables import path_of
from tools.tables.macro_lstm import UNEMPLOYMENT, load_economy

SEEDS = 5
UNITS, EPOCHS, RATE, BATCH = 32, 40, 0.005, 32


@dataclass(frozen=True)
class Task:
    """One series and how it is forecast.

    ``season`` is the period of the seasonal naive forecast and of MASE's scale; ``arima`` holds
    the orders (p, d, q) and (P, D, Q), ``trend`` its constant; ``sees`` says what learned models
    get: the ``"level"``, the ``"difference"`` to a season before, or the ``"change"`` since the
    origin.
    """

    y: pd.Series
    horizon: int
    season: int
    origins: int
    lookback: int
    sees: str
    arima: tuple[tuple[int, int, int], tuple[int, int, int]]
    trend: str | None = None

    @property
    def known(self) -> int:
        """Number of values known at the first origin."""
        return len(self.y) - self.horizon - self.origins + 1

    @property
    def ends(self) -> np.ndarray:
        """Number of values known at each origin."""
        return self.known + np.arange(self.origins)

    @property
    def future(self) -> np.ndarray:
        """True values, shape (origins, horizon)."""
        return self.y.to_numpy()[self.ends[:, None] + np.arange(self.horizon)]

    @property
    def scale(self) -> float:
        """Mean absolute error of the seasonal naive forecast before the first origin."""
        return float(self.y.iloc[: self.known].diff(self.season).abs().mean())


@cache
def tasks() -> dict[str, Task]:
    """The five series, with the orders of ARIMA that the course found for them."""
    unemployment = load_economy().iloc[:, UNEMPLOYMENT]
    none = (0, 0, 0)
    return {
        "co2": Task(
            load_co2_monthly()["co2"], 12, 12, 120, 36, "difference", ((0, 1, 1), (0, 1, 1))
        ),
        "elnino": Task(load_elnino(), 12, 12, 120, 36, "difference", ((2, 0, 0), (0, 1, 1))),
        "sunspots": Task(load_sunspots(), 11, 11, 50, 33, "level", ((9, 0, 0), none), "c"),
        "unemployment": Task(unemployment, 4, 1, 40, 12, "change", ((2, 0, 0), none), "c"),
        "nile": Task(load_nile(), 5, 1, 40, 10, "level", ((0, 1, 1), none)),
    }


@cache
def forecast(series: str, model: str, seed: int = 0) -> np.ndarray:
    """Forecast from all origins of a series.

    Parameters
    ----------
    series : str
        A key of :func:`tasks`.
    model : str
        A key of ``RULES`` or ``FITTED``, a name in ``NETWORKS``, ``"ridge"``, ``"VAR"``, which
        is for unemployment alone, or ``"GRU ensemble"``, the mean of the five GRUs' forecasts.
    seed : int
        For the weights and the order of the batches; other models ignore it.

    Returns
    -------
    ndarray, shape (origins, horizon)
    """
    task = tasks()[series]
    if model in RULES:
        y = task.y.to_numpy()
        return np.stack([RULES[model](y[:end], task.horizon, task.season) for end in task.ends])
    if model in FITTED:
        return FITTED[model](task)
    if model == "VAR":
        return _var(task)
    if model == "GRU ensemble":
        return np.mean([forecast(series, "GRU", s) for s in range(SEEDS)], axis=0)
    return _learned(task, model, seed)


def models_for(series: str) -> dict[str, int]:
    """Names of the models that a series gets, each with its number of seeds."""
    task = tasks()[series]
    rules = [name for name in RULES if task.season > 1 or name not in SEASONAL]
    classical = [*FITTED, *(["VAR"] if series == "unemployment" else []), "ridge"]
    networks = [name for name in NETWORKS if task.sees != "level" or name != "GRU on levels"]
    return (
        dict.fromkeys([*rules, *classical], 1)
        | dict.fromkeys(networks, SEEDS)
        | {"GRU ensemble": 1}
    )


def _seasonal_naive(y: np.ndarray, horizon: int, m: int) -> np.ndarray:
    return np.resize(y[-m:], horizon)


def _climatology(y: np.ndarray, horizon: int, m: int) -> np.ndarray:
    return np.array([y[(len(y) + h) % m :: m].mean() for h in range(horizon)])


def _seasonal_drift(y: np.ndarray, horizon: int, m: int) -> np.ndarray:
    seasons = np.ceil(np.arange(1, horizon + 1) / m)
    return _seasonal_naive(y, horizon, m) + seasons * np.mean(y[m:] - y[:-m])


def _drift(y: np.ndarray, horizon: int, m: int) -> np.ndarray:
    return y[-1] + np.arange(1, horizon + 1) * (y[-1] - y[0]) / (len(y) - 1)


Rule = Callable[[np.ndarray, int, int], np.ndarray]
RULES: dict[str, Rule] = {
    "naive": lambda y, horizon, m: np.full(horizon, y[-1]),
    "mean": lambda y, horizon, m: np.full(horizon, y.mean()),
    "drift": _drift,
    "seasonal naive": _seasonal_naive,
    "seasonal naive + drift": _seasonal_drift,
    "climatology": _climatology,
}
SEASONAL = ("seasonal naive", "seasonal naive + drift", "climatology")


def _arima(task: Task) -> np.ndarray:
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    order, (P, D, Q) = task.arima
    seasonal = (P, D, Q, task.season if P + D + Q else 0)
    y = task.y.to_numpy()
    model = SARIMAX(y[: task.known], order=order, seasonal_order=seasonal, trend=task.trend)
    fitted = model.fit(disp=False, maxiter=200).apply(y)
    steps = task.horizon - 1
    return np.stack([fitted.predict(end, end + steps, dynamic=0) for end in task.ends])


def _smoothing(task: Task) -> np.ndarray:
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    kind: dict[str, Any] = {"error": "add", "trend": "add", "damped_trend": True}
    if task.season > 1:
        kind |= {"seasonal": "add", "seasonal_periods": task.season}
    y = task.y.to_numpy()
    params = ETSModel(y[: task.known], **kind).fit(disp=False).params
    return np.stack(
        [ETSModel(y[:end], **kind).smooth(params).forecast(task.horizon) for end in task.ends]
    )


def _var(task: Task) -> np.ndarray:
    from statsmodels.tsa.api import VAR

    economy = load_economy().to_numpy()
    fitted = VAR(economy[: task.known]).fit(2)
    ahead = [fitted.forecast(economy[end - 2 : end], task.horizon) for end in task.ends]
    return np.stack(ahead)[:, :, UNEMPLOYMENT]


FITTED: dict[str, Callable[[Task], np.ndarray]] = {
    "exponential smoothing": _smoothing,
    "ARIMA": _arima,
}
NETWORKS = (
    "dense network",
    "SimpleRNN",
    "LSTM",
    "GRU",
    "GRU on levels",
    "bidirectional GRU",
    "encoder-decoder",
    "encoder-decoder + attention",
)


def _learned(task: Task, model: str, seed: int) -> np.ndarray:
    # Windows whose targets all lie before the first origin are for training, the last ones of
    # the others start at the origins. What is added to the output gives ppm, degrees, ...
    sees = "level" if model == "GRU on levels" else task.sees
    y, L, H = task.y.to_numpy(), task.lookback, task.horizon
    z = y[task.season :] - y[: -task.season] if sees == "difference" else y
    first = len(y) - len(z)
    rows = np.lib.stride_tricks.sliding_window_view(z, L + H)
    last = rows[:, L - 1 : L] if sees == "change" else np.zeros((len(rows), 1))
    ends = first + L + np.arange(len(rows))  # values known where each window ends
    training, asked = ends + H <= task.known, ends >= task.known
    known = (rows - last)[training]
    mean, std = (0.0, known.std()) if sees == "change" else (known.mean(), known.std())
    X, Y = np.split(((rows - last - mean) / std).astype("float32"), [L], axis=1)
    found = _fit(model, X[training], Y[training], X[asked], seed) * std + mean + last[asked]
    if sees == "difference":
        found += y[task.ends[:, None] + np.arange(H) - task.season]
    return found


def _fit(model: str, X: np.ndarray, Y: np.ndarray, X_new: np.ndarray, seed: int) -> np.ndarray:
    if model == "ridge":
        from sklearn.linear_model import Ridge

        return Ridge(alpha=1.0).fit(X, Y).predict(X_new)
    import keras
    from keras import layers

    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    if model.startswith("encoder-decoder"):
        return _encoder_decoder(X, Y, X_new, attention="attention" in model)
    parts = {
        "dense network": [layers.Dense(UNITS, activation="relu")],
        "SimpleRNN": [layers.SimpleRNN(UNITS)],
        "LSTM": [layers.LSTM(UNITS)],
        "bidirectional GRU": [layers.Bidirectional(layers.GRU(UNITS // 2))],
    }.get(model, [layers.GRU(UNITS)])
    axes = [] if model == "dense network" else [layers.Reshape((X.shape[1], 1))]
    head = layers.Dense(Y.shape[1])
    network = keras.Sequential([keras.Input(X.shape[1:]), *axes, *parts, head])
    network.compile(keras.optimizers.Adam(RATE), "mse")
    network.fit(X, Y, epochs=EPOCHS, batch_size=BATCH, verbose=0)
    return np.asarray(network.predict_on_batch(X_new), dtype=float)


def _encoder_decoder(
    X: np.ndarray, Y: np.ndarray, X_new: np.ndarray, attention: bool
) -> np.ndarray:
    # In training the decoder sees the right value before each step, later its own forecast.
    import keras
    from keras import layers

    past, before = layers.Input((X.shape[1], 1)), layers.Input((Y.shape[1], 1))
    states, last = layers.GRU(UNITS, return_sequences=True, return_state=True)(past)
    written = layers.GRU(UNITS, return_sequences=True)(before, initial_state=last)
    if attention:
        context = layers.Attention()([written, states])
        written = layers.Concatenate()([written, context])
    network = keras.Model([past, before], layers.Dense(1)(written))
    network.compile(keras.optimizers.Adam(RATE), "mse")
    shifted = np.concatenate([X[:, -1:], Y[:, :-1]], axis=1)
    inputs = [X[..., None], shifted[..., None]]
    network.fit(inputs, Y[..., None], epochs=EPOCHS, batch_size=BATCH, verbose=0)
    own = np.zeros((len(X_new), Y.shape[1] + 1), "float32")
    own[:, 0] = X_new[:, -1]
    for t in range(Y.shape[1]):
        ahead = network.predict_on_batch([X_new[..., None], own[:, :-1, None]])
        own[:, t + 1] = ahead[:, t, 0]
    return own[:, 1:].astype(float)


def scaled_errors(series: str, model: str, seed: int = 0) -> np.ndarray:
    """Absolute errors divided by MASE's scale, shape (origins, horizon)."""
    task = tasks()[series]
    return np.abs(forecast(series, model, seed) - task.future) / task.scale


def tables() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Compute ``course_models`` and ``course_origins``."""
    by_step, by_origin = [], []
    for series, task in tasks().items():
        dates = task.y.index[task.ends - 1].strftime("%Y-%m-%d")
        for model, seeds in models_for(series).items():
            errors = np.stack([scaled_errors(series, model, seed) for seed in range(seeds)])
            print(f"{series:13} {model:28} MASE {errors.mean():.3f}", flush=True)
            for seed, mae in enumerate(errors.mean(axis=1).round(4)):
                rows = {"seed": seed, "h": np.arange(1, task.horizon + 1), "mae": mae}
                by_step.append(pd.DataFrame({"series": series, "model": model} | rows))
            rows = {"origin": dates, "error": errors.mean(axis=(0, 2)).round(4)}
            by_origin.append(pd.DataFrame({"series": series, "model": model} | rows))
    return pd.concat(by_step), pd.concat(by_origin)


if __name__ == "__main__":
    by_step, by_origin = tables()
    by_step.to_csv(path_of(__file__), index=False)
    by_origin.to_csv(path_of(__file__).with_stem("course_origins"), index=False)
