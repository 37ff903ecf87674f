"""What stands in the judge's kernel for an object that stayed with the student's code.

Calls, attributes, items, ``len`` and conversion to numbers and arrays travel to the object.
Comparison, truth value and iteration do not: a test that used them would believe the object.
"""

import inspect
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from .failures import find_class
from .wire import BridgeError

# The judge's own classes whose instances a handle may claim to be. Those of NumPy and pandas are
# left out: their instances travel as data.
_CLAIMED = {"keras", "tensorflow", "statsmodels", "sklearn"}
_HARMLESS = {"__name__", "__qualname__"}
_HIDDEN = ("_repr_", "_ipython_")

# What a handle knows, apart from the attributes of its object.
_peer, _number, _names = (f"_handle_{part}_of_the_bridge" for part in ("peer", "number", "names"))


def make_handle(peer: Any, number: int, is_callable: bool, names: list[str]) -> "Handle":
    """Return a handle for an object of a class with these names, nearest first."""
    last = names[0].rpartition(".")[2] if names else ""
    handle = object.__new__(_class(last if last.isidentifier() else "object", is_callable))
    for key, value in ((_peer, peer), (_number, number), (_names, names[:40])):
        object.__setattr__(handle, key, value)
    return handle


def number_of(value: Any) -> int | None:
    """Return the number of a handle's object, and None for anything else."""
    return object.__getattribute__(value, _number) if issubclass(type(value), Handle) else None


def _ask(handle: "Handle", operation: str, *values: Any) -> Any:
    __tracebackhide__ = True
    return object.__getattribute__(handle, _peer).ask(operation, handle, *values)


def _remote(operation: str, result: type | None = None) -> Callable[..., Any]:
    """Return a method that the object itself performs."""

    def method(self: "Handle", *values: Any) -> Any:
        __tracebackhide__ = True
        value = _ask(self, operation, *values)
        if result is not None and type(value) is not result:
            raise BridgeError(f"{operation} of an object gave a {type(value).__name__}")
        return value

    return method


def _refused(habit: str) -> Callable[..., Any]:
    """Return a method that says why the judge does not do this with an object."""

    def method(self: "Handle", *values: Any) -> Any:
        __tracebackhide__ = True
        raise TypeError(
            f"a test cannot {habit} a {type(self).__name__}: the object stayed with the code that "
            f"is tested, so a test asks it for numbers, texts or arrays, and looks at those"
        )

    return method


class Handle:
    """Stands for an object of the student's kernel."""

    __slots__ = ("__weakref__", _peer, _number, _names)

    def __getattr__(self, name: str) -> Any:
        __tracebackhide__ = True
        if name == "__signature__":
            return _signature(_ask(self, "signature"))
        hidden = name.startswith("__") and name.endswith("__") and name not in _HARMLESS
        if hidden or name.startswith(_HIDDEN):
            raise AttributeError(f"{name} of an object of the student's is not asked for")
        return _ask(self, "getattr", name)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        __tracebackhide__ = True
        value = _ask(self, "array")
        if type(value) is not np.ndarray:
            raise BridgeError(f"np.asarray of an object gave a {type(value).__name__}")
        return value if dtype is None else value.astype(dtype)

    @property
    def __class__(self) -> type:
        """The judge's own class of the same name, so that isinstance works for Keras' classes."""
        names = object.__getattribute__(self, _names)
        return find_class(names, object, _CLAIMED) or type(self)

    def __repr__(self) -> str:
        return f"<a {type(self).__name__} in the student's kernel>"

    def __del__(self) -> None:
        object.__getattribute__(self, _peer).drop(object.__getattribute__(self, _number))

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise TypeError("an object of the student's cannot be copied")

    __setattr__ = _remote("setattr")
    __delattr__ = _remote("delattr")
    __getitem__ = _remote("getitem")
    __setitem__ = _remote("setitem")
    __delitem__ = _remote("delitem")
    __len__ = _remote("len", int)
    __int__ = _remote("int", int)
    __index__ = _remote("index", int)
    __float__ = _remote("float", float)
    __complex__ = _remote("complex", complex)
    __instancecheck__ = _remote("isinstance", bool)
    __subclasscheck__ = _remote("issubclass", bool)
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _refused("compare")
    __hash__ = _refused("hash")
    __bool__ = _refused("ask for the truth of")
    __iter__ = __reversed__ = __contains__ = __next__ = _refused("go through the items of")


class CallableHandle(Handle):
    """Stands for a function, a class or another object that can be called."""

    __slots__ = ()

    def __call__(self, /, *values: Any, **options: Any) -> Any:
        """Call the object with these values."""
        __tracebackhide__ = True
        return _ask(self, "call", values, options)


@lru_cache(maxsize=500)
def _class(name: str, is_callable: bool) -> type[Handle]:
    """A class for each class of objects, so that ``type(handle).__name__`` is the object's."""
    base = CallableHandle if is_callable else Handle
    about = property(lambda self: _ask(self, "getattr", "__doc__"))
    return type(name, (base,), {"__slots__": (), "__doc__": about})


def _signature(parameters: Any) -> inspect.Signature:
    try:
        return inspect.Signature([_parameter(*about) for about in parameters])
    except (TypeError, ValueError, LookupError):
        raise BridgeError("a signature that is not valid") from None


def _parameter(name: str, kind: str, has_default: bool) -> inspect.Parameter:
    default = ... if has_default else inspect.Parameter.empty
    return inspect.Parameter(name, getattr(inspect.Parameter, kind), default=default)
