"""The error that a failed check raises, and the words that describe values in it."""

from numbers import Real
from typing import Any

import numpy as np


class CheckFailed(AssertionError):
    """A check did not hold. Jupyter shows its message without the frames below it.

    The message says ``what`` is wrong, what was ``expected``, what came (``got``), and the
    likely cause (``hint``), in words that help a student.
    """

    def __init__(self, what: str, expected: str, got: str, hint: str = "") -> None:
        cause = f"\n  likely cause: {hint}" if hint else ""
        super().__init__(f"{what}\n  expected: {expected}\n  got:      {got}{cause}")

    def _render_traceback_(self) -> list[str]:
        """Lines that IPython prints for this error: the place in the cell and the message."""
        # The first frame is IPython's own, the second the cell: students need only its line.
        frame = self.__traceback__.tb_next if self.__traceback__ else None
        place = f" (line {frame.tb_lineno} of this cell)" if frame else ""
        return [f"{type(self).__name__}{place}: {self}"]


def as_array(name: str, value: Any, hint: str) -> np.ndarray:
    """Return a student's value as an array, or raise CheckFailed."""
    if value is None:
        raise CheckFailed(f"{name} is missing", "a value", "None", none_hint(value, hint))
    try:
        return np.asarray(value)
    except ValueError:
        what, got = f"{name} is not an array", describe(value)
        raise CheckFailed(what, "rows of equal length", got, hint) from None


def as_numbers(name: str, value: Any, hint: str) -> np.ndarray:
    """Return a student's value as an array of floats, or raise CheckFailed."""
    array = as_array(name, value, hint)
    # NumPy would parse strings, turn None into NaN and drop imaginary parts.
    real = array.dtype.kind in "biuf"
    if not real and not (array.dtype == object and all(isinstance(v, Real) for v in array.flat)):
        hint = hint or ("Take the real part: z.real" if array.dtype.kind == "c" else "")
        raise CheckFailed(f"{name} is not numeric", "real numbers", describe(value), hint)
    return array.astype(float)


def none_hint(value: Any, hint: str) -> str:
    """Return the hint that fits a function without a return."""
    return "The function returned None: is a return missing?" if value is None else hint


def describe(value: Any) -> str:
    """Return a short text for any plain value, at most about 200 characters."""
    if value is None:
        return "None"
    if isinstance(value, np.ndarray):
        if value.size <= 8:
            return f"array {value.tolist()}"
        return f"array of shape {value.shape} that starts with {value.ravel()[:4].tolist()}"
    shown = value.item() if isinstance(value, np.generic) else value
    text = f"{shown!r} ({type(value).__name__})"
    return text if len(text) <= 200 else f"{text[:160]} ... ({type(value).__name__})"
