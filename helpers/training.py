"""Training and counting for Keras models. Keras loads when a function needs it."""

import math
from typing import Any

from helpers._common import in_grading, whole_number


def quiet_fit(model: Any, x: Any, y: Any, epochs: int, **kwargs: Any) -> dict[str, list[float]]:
    """Train a Keras model with one line of progress and nothing on standard error.

    Parameters
    ----------
    model : keras.Model
        Compiled.
    x, y, epochs, **kwargs
        As in ``model.fit``; ``y`` is None where ``x`` is a dataset. ``verbose`` is not allowed.

    Returns
    -------
    dict of str to list of float
        Losses and metrics, one value per epoch.
    """
    import keras

    epochs = whole_number("epochs", epochs, at_least=1)
    if "verbose" in kwargs:
        raise TypeError("verbose: expected none, since quiet_fit prints its own progress")

    def show(epoch: int, logs: dict[str, float] | None = None) -> None:
        if not in_grading():
            bar = "#" * (20 * (epoch + 1) // epochs)
            line = f"[{bar:-<20}] epoch {epoch + 1}/{epochs}  {_figures(logs or {})}"
            # \r rewrites the line; the spaces wipe what a longer line left.
            print(f"\r{line:<90}", end="", flush=True)

    progress = keras.callbacks.LambdaCallback(on_epoch_end=show)
    callbacks = [*(kwargs.pop("callbacks", None) or ()), progress]
    record = model.fit(x, y, epochs=epochs, verbose=0, callbacks=callbacks, **kwargs)
    last = {name: values[-1] for name, values in record.history.items()}
    print(f"{len(record.epoch)} epochs: {_figures(last)}" if in_grading() else "")
    return record.history


def count_parameters(model: Any, trainable_only: bool = True) -> int:
    """Count the weights of a built Keras model or layer.

    Parameters
    ----------
    model : keras.Model or keras.Layer
        Built: it knows its input's shape, or it was called once. Else it raises ValueError.
    trainable_only : bool
        False also counts weights that training does not change by gradients, such as the
        moving averages of BatchNormalization; this equals ``model.count_params()``.
    """
    if not hasattr(model, "trainable_weights"):
        raise TypeError(f"model: expected a Keras model or layer, got {type(model).__name__}")
    unbuilt = [part.name for part in (model, *getattr(model, "layers", ())) if not part.built]
    if unbuilt:
        raise ValueError(
            f"model: expected all weights to exist, got {', '.join(unbuilt)} without; "
            "add keras.Input(shape) first, or call the model once"
        )
    weights = model.trainable_weights if trainable_only else model.weights
    return sum(math.prod(weight.shape) for weight in weights)


def _figures(logs: dict[str, float]) -> str:
    return "  ".join(f"{name} {value:.4g}" for name, value in logs.items())
