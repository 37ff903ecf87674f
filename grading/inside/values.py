"""How plain values travel: as JSON trees and buffers.

None, bools, floats, texts and ints of at most 64 bits stand for themselves. Everything else is a
list that begins with a tag. A list, dict, set, tuple, array, table or generator gets the next
number when it begins; where the same object comes again, ``["ref", number]`` stands for it. So
what was one object arrives as one object, and an answer's result that is one of the arguments
arrives as the judge's own object.

`Encoder` is generous: a subclass of a plain type travels as that type. `Decoder` is strict: what
it reads may be hostile, and anything unexpected raises `BridgeError`.
"""

from array import array
from collections.abc import Callable, Iterable, Sequence
from types import NoneType
from typing import Any

import numpy as np

from . import arrays, plain
from .wire import BridgeError

DEEPEST = 100
MOST_ITEMS = 10_000_000
_RAW = {NoneType, bool, str, float}
# The first few arrays only: else an answer of many arrays would be compared pair by pair.
_MOST_VIEWED = 16
_UNFINISHED = object()


class Encoder:
    """Encodes the values of one message.

    Parameters
    ----------
    other : callable
        Encodes, for this encoder, an object that is not plain, or raises TypeError.
    known : sequence
        The objects that the receiver has under the numbers 0, 1, ...
    in_one_piece : iterable
        Numbers of known arrays whose memory lies at the receiver as it does here.
    """

    def __init__(
        self,
        other: Callable[["Encoder", Any], list[Any]],
        known: Sequence[Any] = (),
        in_one_piece: Iterable[int] = (),
    ) -> None:
        self.buffers: list[bytes] = []
        self.objects: list[Any] = list(known)
        self._other = other
        self._numbers = {id(value): number for number, value in enumerate(known)}
        self._open: set[int] = set()
        self._viewed: list[tuple[int, np.ndarray]] = []
        for number in in_one_piece:
            self._remember(number, known[number])

    def encode(self, value: Any) -> Any:
        """Return the tree of a value."""
        kind = type(value)
        if kind in _RAW:
            return value
        if kind is int:
            return value if -(2**63) <= value < 2**63 else ["int", hex(value)]
        number = self._numbers.get(id(value))
        if number is not None:
            if number in self._open:
                raise ValueError("a value that contains itself cannot travel to another process")
            return ["ref", number]
        write = plain.writer_of(value)
        if write is None:
            return self._other(self, value)
        if write in plain.CONTAINERS:
            return self.contain(value, write)
        return write(self, value)

    def contents(self, value: Any) -> list[Any]:
        """Return the tree of an object that has a number, as if it had none."""
        write = plain.writer_of(value)
        return (
            plain.write_array_items(self, value)
            if isinstance(value, np.ndarray)
            else write(self, value)
        )

    def buffer(self, data: bytes) -> int:
        """Add a buffer; return its position."""
        self.buffers.append(data)
        return len(self.buffers) - 1

    def pack(self, values: list[Any]) -> list[Any]:
        """Return how items are written, and the items: many numbers of one type as a buffer."""
        kinds = set(map(type, values))
        if len(kinds) == 1 and len(values) > 3 and (packed := plain.packed_numbers(values, *kinds)):
            return [packed[0], self.buffer(packed[1])]
        return ["tree", values if kinds <= _RAW else [self.encode(v) for v in values]]

    def view(self, part: np.ndarray) -> list[Any] | None:
        """Return the tree of an array that shares the memory of an earlier one."""
        for number, whole in self._viewed:
            offset = None if part is whole else arrays.offset_in(part, whole)
            if offset is not None:
                place = [list(part.shape), offset, list(part.strides), part.flags.writeable]
                return ["view", number, part.dtype.str, *place]
        return None

    def contain(self, value: Any, write: plain.Writer) -> list[Any]:
        """Return the tree of an object that gets the next number."""
        number = len(self.objects)
        self.objects.append(value)
        self._numbers[id(value)] = number
        self._open.add(number)
        if len(self._open) > DEEPEST:
            raise ValueError(f"a value nested deeper than {DEEPEST} cannot travel")
        tree = write(self, value)
        self._open.discard(number)
        self._remember(number, value)
        return tree

    def _remember(self, number: int, value: Any) -> None:
        if isinstance(value, np.ndarray) and len(self._viewed) < _MOST_VIEWED:
            value = np.asarray(value)
            plain = arrays.is_plain(value.dtype) and value.size
            if plain and arrays.flags_of(value) & arrays.IN_ONE_PIECE:
                self._viewed.append((number, value))


class Decoder:
    """Decodes the values of one message.

    Parameters
    ----------
    buffers : sequence
        The buffers of its frame.
    other : callable
        Returns, for this decoder, the object for a tree that is not a plain value's.
    known : sequence
        The objects that the sender means by the numbers 0, 1, ...
    """

    def __init__(
        self,
        buffers: Sequence[Any],
        other: Callable[["Decoder", list[Any]], Any],
        known: Sequence[Any] = (),
    ) -> None:
        self.objects: list[Any] = list(known)
        self.in_one_piece: list[int] = []
        self._buffers = buffers
        self._other = other
        self._depth = 0
        # How many items were read, and how many stand in each object: those of an object that
        # comes again count again, since whoever goes through the value meets them again.
        self._items = 0
        self._items_in: dict[int, int] = {}

    def decode(self, tree: Any) -> Any:
        """Return the value of a tree; anything unexpected in it raises BridgeError."""
        return self._guarded(self.value, tree)

    def contents(self, tree: Any) -> Any:
        """Return the value of a tree that `Encoder.contents` made."""
        return self._guarded(self.part, tree)

    def value(self, tree: Any) -> Any:
        """Return the value of a tree inside another one."""
        kind = type(tree)
        if kind in _RAW or kind is int:
            return tree
        if kind is not list:
            raise BridgeError(f"a {kind.__name__} where a value should be")
        if tree[0] == "ref":
            earlier = self._earlier(tree[1])
            self._count(self._items_in.get(tree[1], 0))
            return earlier
        if tree[0] not in plain.NUMBERED:
            return self.part(tree)
        number, before = len(self.objects), self._items
        self.objects.append(_UNFINISHED)
        value = self.objects[number] = self.part(tree)
        self._items_in[number] = self._items - before
        if tree[0] == "array" and tree[4] & arrays.IN_ONE_PIECE:
            self.in_one_piece.append(number)
        return value

    def buffer(self, position: int) -> Any:
        """Return a buffer of the frame."""
        if type(position) is not int or position < 0:
            raise BridgeError(f"{position!r} is not the position of a buffer")
        return self._buffers[position]

    def unpack(self, how: str, items: Any) -> list[Any]:
        """Return the items that `Encoder.pack` wrote."""
        if how == "tree":
            self._count(len(items))
            plain = set(map(type, items)) <= {*_RAW, int}
            return list(items) if plain else [self.value(item) for item in items]
        data = self.buffer(items)
        if how in ("int", "float"):
            return array("q" if how == "int" else "d", bytes(data)).tolist()
        dtype = arrays.read_dtype("|b1" if how == "bool" else how)
        values = arrays.read_array(dtype, [len(data) // dtype.itemsize], "C", 0, data)
        return values.tolist() if how == "bool" else list(values)

    def array(self, number: int) -> np.ndarray:
        """Return an earlier array, to build a view on it."""
        whole = self._earlier(number)
        if not isinstance(whole, np.ndarray):
            raise BridgeError("a view on something that is not an array")
        return whole

    def _count(self, items: int) -> None:
        self._items += items
        if self._items > MOST_ITEMS:
            raise BridgeError(f"a value of more than {MOST_ITEMS:,} items")

    def _earlier(self, number: int) -> Any:
        if type(number) is not int or number < 0:
            raise BridgeError(f"{number!r} is not the number of an object")
        if self.objects[number] is _UNFINISHED:
            raise BridgeError("a value that contains itself")
        return self.objects[number]

    def part(self, tree: list[Any]) -> Any:
        """Return the value of a tree inside another one that `Encoder.contents` made."""
        tag, *parts = tree
        read = plain.READERS.get(tag)
        if read is None:
            return self._other(self, tree)
        self._depth += 1
        if self._depth > DEEPEST:
            raise BridgeError(f"a value nested deeper than {DEEPEST}")
        value = read(self, *parts)
        self._depth -= 1
        return value

    def _guarded(self, read: Callable[[Any], Any], tree: Any) -> Any:
        try:
            return read(tree)
        except BridgeError:
            raise
        except Exception as error:
            text = f"{type(error).__name__}: {error}"
            raise BridgeError(f"a value that is not valid ({text[:300]})") from None
