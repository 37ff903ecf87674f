"""Two errors of a forecast that keep the unit of the data."""

from typing import Any

import numpy as np

from helpers._common import numbers


def mae(y_true: Any, y_pred: Any) -> float:
    """Mean absolute error of two arrays of the same shape."""
    return float(np.abs(_errors(y_true, y_pred)).mean())


def rmse(y_true: Any, y_pred: Any) -> float:
    """Root of the mean squared error of two arrays of the same shape."""
    return float(np.sqrt((_errors(y_true, y_pred) ** 2).mean()))


def _errors(y_true: Any, y_pred: Any) -> np.ndarray:
    true, pred = (numbers(n, v).astype(float) for n, v in (("y_true", y_true), ("y_pred", y_pred)))
    # (n, 1) and (n,) would broadcast to (n, n) and give a wrong mean without a word.
    if true.shape != pred.shape or true.size == 0:
        raise ValueError(f"y_pred: expected the shape of y_true {true.shape}, got {pred.shape}")
    for name, values in (("y_true", true), ("y_pred", pred)):
        if not np.isfinite(values).all():
            raise ValueError(f"{name}: expected finite values, got NaN or infinity")
    return pred - true
