"""Checks that teach: each failure says what was checked, what was expected, what came and why.

A check raises :class:`CheckFailed` and otherwise does nothing. Checks look at plain data
(numbers, strings, lists, dicts, NumPy arrays, pandas objects), never at how it was computed.
In all of them ``name`` is what is checked, as the student knows it, ``hint`` the likely cause.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from helpers._failure import CheckFailed, as_array, as_numbers, describe, none_hint

ExceptionTypes = type[BaseException] | tuple[type[BaseException], ...]


def check_defined(name: str, get: Callable[[], Any], kind: Any = None, hint: str = "") -> None:
    """Check that a name exists: of a callable, or of a value of the type ``kind``.

    ``get`` returns the value, as in ``lambda: acf``: a missing one is then reported here.
    """
    expected = f"a {kind.__name__ if kind else 'function'} named {name}"
    try:
        value = get()
    except NameError:
        hint = hint or "Did you run the cell with your answer, and keep the function's name?"
        raise CheckFailed(f"{name} is not defined", expected, "no such name", hint) from None
    if kind:
        check_type(name, value, kind, hint)
    elif not callable(value):
        hint = f"Did another cell assign to the name {name}? Run your answer's cell again."
        raise CheckFailed(f"{name} is not a function", expected, describe(value), hint)


def check_type(name: str, value: Any, types: type | tuple[type, ...], hint: str = "") -> None:
    """Check that a value is an instance of one of the given types."""
    if isinstance(value, types):
        return
    expected = " or ".join(t.__name__ for t in (types if isinstance(types, tuple) else (types,)))
    what, got = f"{name} has the wrong type", describe(value)
    raise CheckFailed(what, expected, got, none_hint(value, hint))


def check_shape(
    name: str, value: Any, shape: tuple[int, ...], axes: str = "", hint: str = ""
) -> None:
    """Check an array's shape; ``axes`` says what its axes mean: ``"batch, time, features"``."""
    got = as_array(name, value, hint).shape
    if got != tuple(shape):
        meaning = f" = ({axes})" if axes else ""
        raise CheckFailed(f"{name} has the wrong shape", f"{tuple(shape)}{meaning}", str(got), hint)


def check_finite(name: str, value: Any, hint: str = "") -> None:
    """Check that an array has neither NaN nor infinite values."""
    array = as_numbers(name, value, hint)
    bad = ~np.isfinite(array)
    if bad.any():
        place = tuple(int(i) for i in np.argwhere(bad)[0])
        where = f"{array[place]} at index {place}" if array.ndim else str(array)
        got = f"{int(bad.sum())} of {array.size} not finite, the first is {where}"
        raise CheckFailed(f"{name} is not finite", "finite numbers only", got, hint)


def check_close(
    name: str,
    actual: Any,
    expected: Any,
    *,
    rtol: float = 1e-5,
    atol: float = 1e-8,
    equal_nan: bool = False,
    hint: str = "",
) -> None:
    """Check that numbers agree within ``atol + rtol * |expected|``, element by element.

    Both have the same shape; a scalar is an array without axes. ``equal_nan`` says whether NaN
    in the same place counts as equal.
    """
    want = np.asarray(expected, dtype=float)
    check_shape(name, actual, want.shape, hint=hint)
    have = as_numbers(name, actual, hint)
    with np.errstate(invalid="ignore"):
        wrong = ~np.isclose(have, want, rtol=rtol, atol=atol, equal_nan=equal_nan)
    if not wrong.any():
        return
    what, first = f"{name} has the wrong value", ()
    if want.ndim:
        where, first = _differences(wrong)
        what = f"{name} {where}"
    few = want.ndim and want.size <= 8
    show = _row if few else lambda array: f"{array[first]:.6g}"
    tolerance = f"(tolerance: relative {rtol:g}, absolute {atol:g})"
    raise CheckFailed(what, f"{show(want)} {tolerance}", show(have), hint)


def check_equal(name: str, actual: Any, expected: Any, hint: str = "") -> None:
    """Check that two plain values (numbers, strings, lists, sets, dicts, arrays) are equal.

    A list equals an array or Series of its items. Shapes must agree.
    """
    if isinstance(expected, np.ndarray):
        check_shape(name, actual, expected.shape, hint=hint)
    if _same(actual, expected):
        return
    what, want, got = f"{name} has the wrong value", expected, actual
    if isinstance(expected, np.ndarray) and expected.size > 8:
        where, first = _differences(np.asarray(actual) != expected)
        what, want, got = f"{name} {where}", expected[first], np.asarray(actual)[first]
    raise CheckFailed(what, describe(want), describe(got), none_hint(actual, hint))


def check_true(name: str, condition: Any, *, expected: str, got: Any, hint: str = "") -> None:
    """Check a property; ``expected`` is the property in words, ``got`` what came instead."""
    if not bool(condition):
        what = f"{name} does not have the promised property"
        raise CheckFailed(what, expected, describe(got), hint)


def check_raises(
    name: str, call: Callable[[], Any], exceptions: ExceptionTypes = ValueError, hint: str = ""
) -> None:
    """Check that ``call``, as in ``lambda: acf(x, len(x))``, refuses bad input.

    A NotImplementedError passes through: the exercise is not solved yet.
    """
    types = exceptions if isinstance(exceptions, tuple) else (exceptions,)
    wanted = " or ".join(t.__name__ for t in types)
    try:
        result = call()
    except NotImplementedError:
        raise
    except types:
        return
    except Exception as error:
        what, got = f"{name} raises the wrong error", f"{type(error).__name__}: {error}"
        hint = hint or "Test the input first, before any computation, and raise the error yourself."
        raise CheckFailed(what, wanted, got, hint) from None
    hint = hint or "Test the input before any computation, and raise an error with a clear message."
    got = f"it returned {describe(result)}"
    raise CheckFailed(f"{name} accepts bad input", f"it raises {wanted}", got, hint)


def check_unchanged(name: str, call: Callable[..., Any], *arrays: Any, hint: str = "") -> None:
    """Check that a call leaves its array arguments as they were, and works on read-only ones.

    ``call`` is called with copies of ``arrays``: read-only ones, writable ones and, where all
    have one dimension, lists, which an answer might lengthen.
    """
    hint = hint or "Work on a copy, or build a new array. pandas hands out read-only arrays."
    read_only = [np.array(a) for a in arrays]
    for array in read_only:
        array.setflags(write=False)
    try:
        call(*read_only)
    except ValueError as error:
        if "read-only" not in str(error):
            raise
        what, expected = f"{name} writes into its input", "it works on a read-only array"
        raise CheckFailed(what, expected, str(error), hint) from None
    writable = [np.array(a) for a in arrays]
    call(*writable)
    _compare_inputs(name, arrays, writable, hint)
    if all(a.ndim == 1 for a in writable):
        lists = [np.asarray(a).tolist() for a in arrays]
        call(*lists)
        _compare_inputs(name, arrays, [np.array(values) for values in lists], hint)


def _compare_inputs(name: str, arrays: Any, copies: list[np.ndarray], hint: str) -> None:
    for before, after in zip(arrays, copies, strict=True):
        if not np.array_equal(np.asarray(before), after, equal_nan=after.dtype.kind in "fc"):
            want, got = describe(np.asarray(before)), describe(after)
            raise CheckFailed(f"{name} changes its input", want, got, hint)


def _differences(wrong: np.ndarray) -> tuple[str, tuple[int, ...]]:
    """Say how many values differ and where the first one is; return its index as well."""
    first = tuple(int(i) for i in np.argwhere(wrong)[0])
    index = first[0] if len(first) == 1 else first
    return f"differs in {int(wrong.sum())} of {wrong.size} values, first at index {index}", first


def _row(array: np.ndarray) -> str:
    return np.array2string(array, precision=6, separator=", ", suppress_small=False)


def _same(actual: Any, expected: Any) -> bool:
    both = (actual, expected)
    if any(isinstance(v, np.ndarray | pd.Series | pd.DataFrame | pd.Index) for v in both):
        return bool(np.array_equal(actual, expected))
    if all(isinstance(v, dict) for v in both):
        return actual.keys() == expected.keys() and all(
            _same(actual[k], expected[k]) for k in actual
        )
    if all(isinstance(v, list) for v in both) or all(isinstance(v, tuple) for v in both):
        return len(actual) == len(expected) and all(map(_same, actual, expected))
    return bool(actual == expected)
