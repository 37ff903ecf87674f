"""What a call changed in its arguments: seen on the side that was called, repeated on the other."""

import operator
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from .arrays import order_of
from .layers import is_layer
from .values import Encoder
from .wire import BridgeError


def watch(value: Any) -> Callable[[], bool] | None:
    """Return what says later whether a value was changed; None for one that cannot change."""
    if isinstance(value, list):
        before = list(value)
        return lambda: not _same(before, value)
    if isinstance(value, dict):
        before = [*value, *value.values()]
        return lambda: not _same(before, [*value, *value.values()])
    if isinstance(value, set):
        kept = set(value)
        return lambda: kept != value
    if isinstance(value, np.ndarray) and value.dtype == object:
        before = value.ravel().tolist()
        return lambda: not _same(before, value.ravel().tolist())
    if isinstance(value, np.ndarray):
        return _compare(value, lambda: (value.shape, value.tobytes(order_of(value))))
    if isinstance(value, np.random.Generator) or _is_table(value):
        return _compare(value, lambda: _encoded(value))
    if is_layer(value):
        return _compare(value, lambda: [weight.tobytes() for weight in value.get_weights()])
    return None


def state(encoder: Encoder, value: Any) -> list[Any]:
    """Return the tree that tells the other side what a changed value has become."""
    return encoder.contents(value.get_weights() if is_layer(value) else value)


def apply(own: Any, new: Any) -> None:
    """Make an object what its copy on the other side has become.

    Parameters
    ----------
    own : object
        This side's object.
    new : object
        What it becomes: a value of its plain type.
    """
    if isinstance(own, list) and type(new) is list:
        own[:] = new
    elif (isinstance(own, dict) and type(new) is dict) or (
        isinstance(own, set) and type(new) is set
    ):
        own.clear()
        own.update(new)
    elif isinstance(own, np.ndarray) and type(new) is np.ndarray and own.dtype == new.dtype:
        _apply_array(own, new)
    elif isinstance(own, np.random.Generator) and type(new) is np.random.Generator:
        own.bit_generator.state = new.bit_generator.state
    elif _is_table(own) and isinstance(own, type(new)):
        # The constructor fills an existing table as well: pandas has no other way to replace all.
        type(new).__init__(own, new)
    elif is_layer(own) and type(new) is list:
        own.set_weights(new)
    else:
        raise BridgeError(f"a {type(own).__name__} that became a {type(new).__name__}")


def promised(own: Any, new: Any) -> bool:
    """Say whether an answer may change an object of the test's: only what it is given to use up.

    That is a random generator, which goes on in its own sequence, and a layer's weights.
    Everything else is an input: a test that computed from a changed one would believe the answer.
    """
    if isinstance(own, np.random.Generator) and type(new) is np.random.Generator:
        before, after = own.bit_generator.state, new.bit_generator.state
        # Another increment is another sequence; that of 0 ends in zeros, and some draws never end.
        return before["state"].get("inc", before) == after["state"].get("inc", after)
    return is_layer(own)


def _apply_array(own: np.ndarray, new: np.ndarray) -> None:
    if not own.flags.writeable:
        own.setflags(write=True)
    if own.shape != new.shape and own.size == new.size:
        own.shape = new.shape
    own[...] = new


def _compare(value: Any, look: Callable[[], Any]) -> Callable[[], bool]:
    before = look()
    return lambda: look() != before


def _same(before: list[Any], after: list[Any]) -> bool:
    return len(before) == len(after) and all(map(operator.is_, before, after))


def _encoded(value: Any) -> tuple[list[Any], list[bytes]]:
    encoder = Encoder(lambda _, other: [id(other)])
    return encoder.encode(value), encoder.buffers


def _is_table(value: Any) -> bool:
    pd = sys.modules.get("pandas")
    return pd is not None and isinstance(value, pd.Series | pd.DataFrame)
