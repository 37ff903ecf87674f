"""Write ``docs/models.md``: all models of the course on all of its series, with intervals.

``python -m tools.course_page`` makes the page anew from the two tables of
:mod:`tools.tables.course_models`.
"""

import numpy as np
import pandas as pd

from helpers.data import load_table
from tools.course import ROOT
from tools.tables.course_models import EPOCHS, RATE, SEEDS, UNITS, Task, tasks

PAGE = ROOT / "docs" / "models.md"
DRAWS = 4000
TITLES = {"co2": "CO₂", "elnino": "El Niño", "nile": "Nile"}

TEXT = """\
# All models on all series

Mean absolute scaled error (MASE) of each kind of model of the course, on five of its series. \
Smaller is better; a dash means that the model does not apply. `python -m tools.course_page` \
makes this page from `helpers/datasets/course_models.csv` and `course_origins.csv`, and \
notebook 10 reads the same tables.

**Protocol.** A model is fitted once, to the values before the first origin. Then each time step \
is an origin: the model forecasts H steps, with all the values known by then. Errors are divided \
by the mean absolute error of the seasonal naive forecast (season m) before the first origin. \
Networks were not tuned: they have {units} units, {epochs} epochs of Adam with rate {rate}, and \
{seeds} seeds. ARIMA has the orders that earlier notebooks found, partly on years that are test \
years here. The GRU ensemble averages the forecasts of the {seeds} GRUs; the VAR sees output, \
unemployment, inflation and interest.

{facts}

In brackets: 95 % interval over origins, from {draws} draws of blocks of H neighbouring origins. \
Where a network is trained, the numbers below it are the smallest and the largest of \
{seeds} seeds. The intervals of two models on one series overlap even where one is reliably \
better, since both meet the same origins: compare models by the interval of their difference, as \
notebook 10 does.

{table}
"""


def block_interval(errors: np.ndarray, block: int, rng: np.random.Generator) -> np.ndarray:
    """95 % interval for a mean of neighbouring errors, from whole blocks of them.

    Parameters
    ----------
    errors : ndarray, shape (n,)
        In order of time.
    block : int
        Length of the blocks, at most n. They are drawn with replacement; the last is cut to fit.

    Returns
    -------
    ndarray, shape (2,)

    Notes
    -----
    The moving-block bootstrap of Künsch (1989), with percentile limits.
    """
    n = len(errors)
    starts = rng.integers(0, n - block + 1, size=(DRAWS, -(-n // block)))
    rows = (starts[..., np.newaxis] + np.arange(block)).reshape(DRAWS, -1)[:, :n]
    return np.percentile(errors[rows].mean(axis=1), [2.5, 97.5])


def summary() -> pd.DataFrame:
    """One row per series and model: ``mase``, ``low``, ``high``, ``seeds``, ``best``, ``worst``.

    ``low`` and ``high`` are the ends of the interval over origins, ``best`` and ``worst`` the
    smallest and the largest MASE of a seed.
    """
    by_seed = load_table("course_models").groupby(["series", "model", "seed"], sort=False)["mae"]
    keys = ["series", "model"]
    rows = by_seed.mean().groupby(keys, sort=False).agg(["mean", "size", "min", "max"])
    rows.columns = ["mase", "seeds", "best", "worst"]
    for (series, model), part in load_table("course_origins").groupby(keys, sort=False):
        errors, rng = part["error"].to_numpy(), np.random.default_rng(0)
        rows.loc[(series, model), ["low", "high"]] = block_interval(
            errors, tasks()[series].horizon, rng
        )
    return rows


def page() -> str:
    """Return the text of ``docs/models.md``."""
    rows = summary()
    cells = pd.Series({key: _cell(row) for key, row in rows.iterrows()}).unstack()
    models = list(dict.fromkeys(rows.index.get_level_values("model")))
    facts = [
        {
            "series": TITLES.get(name, name),
            "values": len(task.y),
            "H": task.horizon,
            "origins": f"{task.origins}, from {task.y.index[task.known - 1]:%Y-%m}",
            "m": task.season,
            "ARIMA": _orders(task),
            "networks and ridge see": f"the last {task.lookback}, as {_sees(task)}",
        }
        for name, task in tasks().items()
    ]
    table = [
        {"model": model} | {TITLES.get(s, s): _text(cells.loc[s].get(model)) for s in tasks()}
        for model in models
    ]
    return TEXT.format(
        units=UNITS,
        epochs=EPOCHS,
        rate=RATE,
        seeds=SEEDS,
        draws=f"{DRAWS:,}",
        facts=_markdown(facts),
        table=_markdown(table),
    )


def _cell(row: pd.Series) -> str:
    text = f"{row['mase']:.2f} [{row['low']:.2f}, {row['high']:.2f}]"
    return f"{text}<br>{row['best']:.2f} to {row['worst']:.2f}" if row["seeds"] > 1 else text


def _text(cell: object) -> str:
    return cell if isinstance(cell, str) else "–"


def _orders(task: Task) -> str:
    order, seasonal = task.arima
    return str(order) + (f"{seasonal} at {task.season}" if any(seasonal) else "")


def _sees(task: Task) -> str:
    return {
        "difference": f"differences to {task.season} steps before",
        "change": "changes relative to the origin",
        "level": "they are",
    }[task.sees]


def _markdown(rows: list[dict[str, object]]) -> str:
    lines = [list(rows[0]), ["---"] * len(rows[0]), *(row.values() for row in rows)]
    return "\n".join("| " + " | ".join(str(value) for value in line) + " |" for line in lines)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
