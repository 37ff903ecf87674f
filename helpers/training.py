"""Training and counting for Keras models. Keras loads when a function needs it."""

import sys
from typing import Any

from helpers._common import in_grading, whole_number

BAR_WIDTH = 20


def quiet_fit(model: Any, x: Any, y: Any, epochs: int, **kwargs: Any) -> dict[str, list[float]]:
    """Train a Keras model with one line of progress and nothing on standard error.

    Parameters
    ----------
    model : keras.Model
        Compiled.
    x, y
        As in ``model.fit``; ``y`` is None where ``x`` is a dataset.
    epochs : int
        Number of passes over the data.
    **kwargs
        Passed on to ``model.fit``, except ``verbose``.

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
            bar = "#" * (BAR_WIDTH * (epoch + 1) // epochs)
            # \r rewrites the line; the spaces wipe what a longer line left.
            line = f"\r[{bar:-<{BAR_WIDTH}}] epoch {epoch + 1}/{epochs}  {_figures(logs or {})}"
            print(f"{line:<90}", end="", flush=True)

    callbacks = [*kwargs.pop("callbacks", ()), keras.callbacks.LambdaCallback(on_epoch_end=show)]
    history = model.fit(x, y, epochs=epochs, verbose=0, callbacks=callbacks, **kwargs).history
    done = len(next(iter(history.values())))
    if in_grading():
        last = {name: values[-1] for name, values in history.items()}
        print(f"{done} epochs: {_figures(last)}")
    else:
        sys.stdout.write("\n")
    return history


def count_parameters(model: Any, trainable_only: bool = True) -> int:
    """Count the weights of a built Keras model or layer.

    Parameters
    ----------
    model : keras.Model or keras.Layer
        Built: its input's shape is known, or it was called once.
    trainable_only : bool
        False also counts weights that training does not change by gradients, such as the
        moving averages of BatchNormalization; this equals ``model.count_params()``.
    """
    if not hasattr(model, "trainable_weights"):
        raise TypeError(f"model: expected a Keras model or layer, got {type(model).__name__}")
    if not model.built:
        raise ValueError(
            "model: expected a built model, got one without weights yet; "
            "add keras.Input(shape) first, or call the model once"
        )
    weights = model.trainable_weights if trainable_only else model.weights
    return sum(int(weight.shape.num_elements()) for weight in weights)


def _figures(logs: dict[str, float]) -> str:
    return "  ".join(f"{name} {value:.4g}" for name, value in logs.items())
