"""How Python's and NumPy's plain values are written and read; `values` says in which frame."""

import re
from array import array
from collections.abc import Callable, Sequence
from pathlib import Path, PurePath
from types import EllipsisType
from typing import Any

import numpy as np

from . import arrays, moments, tables
from .wire import BridgeError

Writer = Callable[[Any, Any], list[Any]]

_HEX = re.compile(r"-?0x[0-9a-f]+")


def writer_of(value: Any) -> Writer | None:
    """Return what writes a value: a plain type's writer, or that of the nearest base."""
    if (write := _WRITERS.get(type(value))) is not None:
        return write
    if isinstance(value, np.ndarray):
        return _write_array if value.dtype == object or arrays.is_plain(value.dtype) else None
    if isinstance(value, np.generic):
        return _write_scalar if arrays.is_plain(value.dtype) else None
    if isinstance(value, type):
        return _write_type if arrays.name_of_type(value) else None
    if isinstance(value, np.dtype):
        return _write_dtype if arrays.is_plain(value) else None
    if isinstance(value, np.random.Generator):
        name = type(value.bit_generator).__name__
        return _write_generator if hasattr(np.random, name) else None
    if (write := tables.writer_of(value)) is not None:
        return write
    for kind in type(value).__mro__:
        if (write := _WRITERS.get(kind)) is not None:
            return write
    return None


def packed_numbers(values: list[Any], kind: type) -> tuple[str, bytes] | None:
    """Return how many numbers of one type are written, and their bytes; None for other items."""
    if kind is float:
        return "float", array("d", values).tobytes()
    if kind is bool:
        return "bool", bytes(values)
    if kind is int:
        try:
            return "int", array("q", values).tobytes()
        except OverflowError:
            return None
    if issubclass(kind, np.generic) and kind().dtype.kind in "biufc":
        return kind().dtype.str, np.array(values).tobytes()
    return None


def _write_items(tag: str, items: Callable[[Any], Any]) -> Writer:
    return lambda encoder, value: [tag, *encoder.pack(list(items(value)))]


def _write_dict(encoder: Any, value: dict[Any, Any]) -> list[Any]:
    keys, values = list(dict.keys(value)), list(dict.values(value))
    return ["dict", *encoder.pack(keys), *encoder.pack(values)]


def _write_array(encoder: Any, value: np.ndarray) -> list[Any]:
    return encoder.view(np.asarray(value)) or write_array_items(encoder, value)


def write_array_items(encoder: Any, value: np.ndarray) -> list[Any]:
    """Return the tree of an array, whether or not it shares the memory of another one."""
    data = np.asarray(value)
    flags, order = arrays.flags_of(data), arrays.order_of(data)
    if data.dtype == object:
        return ["objects", list(data.shape), flags, *encoder.pack(data.ravel().tolist())]
    memory = arrays.overlapping(data)
    if memory is not None:
        offset, strides = arrays.offset_in(data, memory), list(data.strides)
        place = [list(data.shape), offset, strides, data.flags.writeable]
        return ["overlapping", data.dtype.str, *place, encoder.buffer(memory.tobytes())]
    buffer = encoder.buffer(data.tobytes(order))
    return ["array", data.dtype.str, list(data.shape), order, flags, buffer]


def _write_scalar(encoder: Any, value: np.generic) -> list[Any]:
    # As an array of no axes: the number itself would say that an empty text has four bytes.
    data = np.asarray(value)
    return ["scalar", data.dtype.str, encoder.buffer(data.tobytes())]


def _write_generator(encoder: Any, value: np.random.Generator) -> list[Any]:
    state = value.bit_generator.state
    return ["generator", type(value.bit_generator).__name__, encoder.contents(state)]


def _write_type(encoder: Any, value: type) -> list[Any]:
    return ["type", arrays.name_of_type(value)]


def _write_dtype(encoder: Any, value: np.dtype) -> list[Any]:
    return ["dtype", value.str]


def _write_bytes(encoder: Any, value: bytes) -> list[Any]:
    return ["bytes", encoder.buffer(bytes(value))]


def _read_dict(decoder: Any, *parts: Any) -> dict[Any, Any]:
    keys, values = decoder.unpack(*parts[:2]), decoder.unpack(*parts[2:])
    return dict(zip(keys, values, strict=True))


def _read_array(decoder: Any, dtype: str, shape: Any, order: str, flags: int, at: int) -> Any:
    return arrays.read_array(arrays.read_dtype(dtype), shape, order, flags, decoder.buffer(at))


def _read_overlapping(
    decoder: Any, dtype: str, shape: Any, offset: int, strides: Any, write: bool, at: int
) -> np.ndarray:
    kind, data = arrays.read_dtype(dtype), decoder.buffer(at)
    memory = arrays.read_array(kind, [len(data) // kind.itemsize], "C", arrays.WRITEABLE, data)
    view = arrays.read_view(memory, kind, shape, offset, strides)
    view.setflags(write=write is True)
    return view


def _read_objects(decoder: Any, shape: Any, flags: int, *packed: Any) -> np.ndarray:
    items = decoder.unpack(*packed)
    value = np.empty(arrays.check_shape(shape), dtype=object)
    if len(items) != len(value):
        raise BridgeError(f"{len(items)} items for an array of shape {shape}")
    for place, item in enumerate(items):
        value[place] = item
    value = value.reshape(shape)
    value.setflags(write=bool(flags & arrays.WRITEABLE))
    return value


def _read_view(
    decoder: Any, number: int, dtype: str, shape: Any, offset: int, strides: Any, write: bool
) -> np.ndarray:
    whole = decoder.array(number)
    view = arrays.read_view(whole, arrays.read_dtype(dtype), shape, offset, strides)
    if not write:
        view.setflags(write=False)
    return view


def _read_scalar(decoder: Any, dtype: str, at: int) -> np.generic:
    return arrays.read_array(arrays.read_dtype(dtype), [1], "C", 0, decoder.buffer(at))[0]


def _read_int(decoder: Any, text: str) -> int:
    if not _HEX.fullmatch(text):
        raise BridgeError("an int that is not written in base 16")
    return int(text, 16)


def _values(decoder: Any, parts: Sequence[Any]) -> list[Any]:
    return [decoder.value(part) for part in parts]


_WRITERS: dict[type, Writer] = {
    str: lambda encoder, value: str.__str__(value),
    int: lambda encoder, value: encoder.encode(int.__int__(value)),
    float: lambda encoder, value: float.__float__(value),
    complex: lambda encoder, value: ["complex", value.real, value.imag],
    bytes: _write_bytes,
    range: lambda encoder, value: [
        "range",
        *map(encoder.encode, (value.start, value.stop, value.step)),
    ],
    slice: lambda encoder, value: [
        "slice",
        *map(encoder.encode, (value.start, value.stop, value.step)),
    ],
    EllipsisType: lambda encoder, value: ["ellipsis"],
    PurePath: lambda encoder, value: ["path", str(value)],
    list: _write_items("list", list.__iter__),
    tuple: _write_items("tuple", tuple.__iter__),
    set: _write_items("set", set.__iter__),
    frozenset: _write_items("frozenset", frozenset.__iter__),
    dict: _write_dict,
    **moments.WRITERS,
}

READERS: dict[str, Callable[..., Any]] = {
    "int": _read_int,
    "complex": lambda decoder, real, imag: complex(real, imag),
    "bytes": lambda decoder, at: bytes(decoder.buffer(at)),
    "range": lambda decoder, *parts: range(*_values(decoder, parts)),
    "slice": lambda decoder, *parts: slice(*_values(decoder, parts)),
    "ellipsis": lambda decoder: ...,
    "path": lambda decoder, text: Path(text),
    "list": lambda decoder, *packed: decoder.unpack(*packed),
    "tuple": lambda decoder, *packed: tuple(decoder.unpack(*packed)),
    "set": lambda decoder, *packed: set(decoder.unpack(*packed)),
    "frozenset": lambda decoder, *packed: frozenset(decoder.unpack(*packed)),
    "dict": _read_dict,
    "array": _read_array,
    "objects": _read_objects,
    "overlapping": _read_overlapping,
    "view": _read_view,
    "scalar": _read_scalar,
    "generator": lambda decoder, name, state: arrays.read_generator(name, decoder.part(state)),
    "type": lambda decoder, name: arrays.read_type(name),
    "dtype": lambda decoder, name: arrays.read_dtype(name),
    **moments.READERS,
    **tables.READERS,
}

CONTAINERS: set[Writer] = {
    *(_WRITERS[kind] for kind in (list, tuple, set, frozenset, dict)),
    *(_write_array, _write_generator),
    *tables.CONTAINERS,
}
NUMBERED = {"list", "tuple", "set", "frozenset", "dict", "array", "objects", "view", "generator"}
NUMBERED |= {"overlapping", "series", "frame", "index", "layer"}
