"""How NumPy's arrays, numbers, types and random generators travel."""

import re
import sys
from typing import Any

import numpy as np

# Read the flags of an array that came: may it be written to, can it never become writable, and
# does its memory lie as at the sender's, so that a view on it can be named by its offset?
WRITEABLE, LOCKED, IN_ONE_PIECE = 1, 2, 4

_KINDS = "biufcSUmM"
_DTYPE = re.compile(r"[<>|=](?:[biufcSU]\d{1,7}|[mM]8(?:\[\d{0,9}[a-zA-Zμ]{1,7}\])?)")
_LONGEST_ARRAY = 2**28
_GENERATORS = {"PCG64", "PCG64DXSM", "SFC64", "MT19937", "Philox"}
# Places in a generator's own table: NumPy reads there without looking whether they lie in it.
_PLACES = {"pos": 624, "buffer_pos": 4}


def is_plain(dtype: np.dtype) -> bool:
    """Say whether all values of this dtype are bytes that mean the same in another process."""
    return dtype.kind in _KINDS


def read_dtype(text: Any) -> np.dtype:
    """Return the plain dtype of this name, as in ``dtype.str``."""
    if not _DTYPE.fullmatch(text):
        raise ValueError(f"{text!r} is not a plain dtype")
    return np.dtype(text)


def flags_of(array: np.ndarray) -> int:
    """Return the flags that travel with an array."""
    flags = array.flags
    locked = not flags.writeable and not _can_be_unlocked(array)
    one_piece = flags.c_contiguous or flags.f_contiguous
    return WRITEABLE * flags.writeable | LOCKED * locked | IN_ONE_PIECE * one_piece


def order_of(array: np.ndarray) -> str:
    """Return the order in which an array's items lie in memory."""
    return "F" if array.flags.f_contiguous and not array.flags.c_contiguous else "C"


def overlapping(array: np.ndarray) -> np.ndarray | None:
    """Return the memory of an array of which several items share bytes, as an array of its own.

    None for an ordinary array, and for one whose items do not lie one after the other.
    """
    low, high = np.lib.array_utils.byte_bounds(array)
    item = array.itemsize
    if high - low >= array.nbytes or any(step % item for step in array.strides):
        return None
    first = array[tuple(slice(None, None, -1 if step < 0 else 1) for step in array.strides)]
    return np.lib.stride_tricks.as_strided(first, ((high - low) // item,), (item,), writeable=False)


def read_array(dtype: np.dtype, shape: list[int], order: str, flags: int, data: Any) -> np.ndarray:
    """Build an array from the bytes of its items."""
    count = check_shape(shape)
    if count * dtype.itemsize != len(data):
        raise ValueError(f"{len(data)} bytes for shape {shape} of {dtype}")
    flat = _flat(dtype, count, data)
    _check_items(flat)
    array = flat.reshape(shape, order="F" if order == "F" else "C")
    if flags & LOCKED:
        return array
    array = array.copy(order="K")
    array.setflags(write=bool(flags & WRITEABLE))
    return array


def check_shape(shape: Any) -> int:
    """Return how many items an array of this shape has, or raise ValueError."""
    count = 1
    for length in shape:
        if type(length) is not int or not 0 <= length <= _LONGEST_ARRAY:
            raise ValueError(f"{shape} is not a shape")
        count *= length
    if type(shape) is not list or len(shape) > 32 or count > _LONGEST_ARRAY:
        raise ValueError(f"{shape} is not a shape")
    return count


def offset_in(part: np.ndarray, whole: np.ndarray) -> int | None:
    """Return at which byte of ``whole``, which is in one piece, an array inside it begins."""
    start, end = np.lib.array_utils.byte_bounds(part)
    first, last = np.lib.array_utils.byte_bounds(whole)
    inside = first <= start and end <= last and part.size and _same_items(part.dtype, whole.dtype)
    return part.__array_interface__["data"][0] - first if inside else None


def read_view(
    whole: np.ndarray, dtype: np.dtype, shape: list[int], offset: int, strides: list[int]
) -> np.ndarray:
    """Build an array that shares the memory of ``whole``; NumPy checks that it lies inside."""
    if check_shape(shape) * dtype.itemsize > _LONGEST_ARRAY:
        raise ValueError(f"a view of shape {shape}")
    aligned = all(step % dtype.alignment == 0 for step in (offset, *strides))
    if not (aligned and _same_items(dtype, whole.dtype) and flags_of(whole) & IN_ONE_PIECE):
        raise ValueError(f"a view of {dtype} on an array of {whole.dtype}")
    return np.ndarray(tuple(shape), dtype, whole.ravel("K"), offset, tuple(strides))


def read_generator(name: str, state: Any) -> np.random.Generator:
    """Build a random generator in the given state."""
    if name not in _GENERATORS:
        raise ValueError(f"{name!r} is not a bit generator of NumPy")
    generator = getattr(np.random, name)(0)
    set_state(generator, state)
    return np.random.Generator(generator)


def set_state(generator: Any, state: dict[str, Any]) -> None:
    """Set the state of a bit generator, after a look at what NumPy does not check."""
    for part in (state, state["state"]):
        for key, size in _PLACES.items():
            if key in part and not (type(part[key]) is int and 0 <= part[key] <= size):
                raise ValueError(f"{key} = {part[key]} in the state of a generator")
    generator.state = state


def name_of_type(kind: type) -> str | None:
    """Return the name under which a type travels: one of Python's own, or a NumPy number's."""
    if getattr(sys.modules["builtins"], kind.__name__, None) is kind:
        return f"builtins.{kind.__name__}"
    if issubclass(kind, np.generic) and getattr(np, kind.__name__, None) is kind:
        return f"numpy.{kind.__name__}"
    return None


def read_type(name: str) -> type:
    """Return the type that travels under this name."""
    module, _, attribute = name.partition(".")
    found = vars(sys.modules[module])[attribute] if module in ("builtins", "numpy") else None
    if not isinstance(found, type) or name_of_type(found) != name:
        raise ValueError(f"{name!r} is not the name of a type that travels")
    return found


def _can_be_unlocked(array: np.ndarray) -> bool:
    """Say whether a read-only array lies in memory that may be written to."""
    try:
        array.view().setflags(write=True)
    except ValueError:
        return array.flags.owndata
    return True


def _flat(dtype: np.dtype, count: int, data: Any) -> np.ndarray:
    if count and dtype.itemsize:
        return np.frombuffer(data, dtype)
    return np.zeros(count, dtype)


def _check_items(array: np.ndarray) -> None:
    """Refuse bytes that NumPy trusts: a bool that is not 0 or 1, a letter beyond Unicode."""
    if not array.nbytes:
        return
    if array.dtype.kind == "b" and array.view("u1").max() > 1:
        raise ValueError("a bool that is neither 0 nor 1")
    if array.dtype.kind == "U":
        letters = array.view(array.dtype.byteorder + "u4")
        if letters.max() > 0x10FFFF or ((letters >= 0xD800) & (letters <= 0xDFFF)).any():
            raise ValueError("a letter that is not in Unicode")


def _same_items(part: np.dtype, whole: np.dtype) -> bool:
    """Say whether an item of ``part`` is an item of ``whole``, or half of a complex one."""
    half = whole.kind == "c" and part.kind == "f" and 2 * part.itemsize == whole.itemsize
    return part == whole or half
