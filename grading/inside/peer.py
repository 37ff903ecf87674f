"""The conversation over the bridge: one side asks, the other answers, and may ask in between.

Three kinds of messages travel. ``ask`` says what to do with which values; ``answer`` and
``failure`` say what came of it, which of those values were changed on the way, and which warnings
were raised. Each ask has a number, and names the ask of the other side that it is part of. So an
answer that comes late, to an ask that an interrupt ended, is recognised and dropped.

An object that does not travel stays where it is, and the other side gets a stand-in with its
number. The number is given up when the last stand-in for it is gone.
"""

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any
from weakref import WeakValueDictionary

from . import changes, failures
from .values import Decoder, Encoder
from .wire import BridgeError, Channel

DEEPEST_CALL = 50

# The kinds of messages, and how many parts each has.
_LENGTHS = {"ask": 6, "answer": 6, "failure": 6, "end": 2}


class InputChanged(RuntimeError):
    """An answer changed what a test passed to it."""

    def __init__(self, kind: str) -> None:
        super().__init__(
            f"your code changed an input of its caller in place (a {kind}): work on a copy of it"
        )


class Peer(ABC):
    """One side of the conversation.

    Parameters
    ----------
    channel : Channel
        This side's end of the bridge.
    """

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._last = 0
        self._doing = 0
        self._depth = 0
        self._lent: dict[int, Any] = {}
        self._numbers: dict[int, int] = {}
        self._most_lent = 0
        self._stand_ins: WeakValueDictionary[int, Any] = WeakValueDictionary()
        self._dropped: deque[int] = deque()

    @abstractmethod
    def perform(self, operation: str, values: tuple[Any, ...]) -> Any:
        """Do what the other side asks for."""

    @abstractmethod
    def give(self, encoder: Encoder, value: Any) -> list[Any]:
        """Return the tree of a value that is neither plain nor a stand-in."""

    @abstractmethod
    def stand_in(self, number: int, about: list[Any]) -> Any:
        """Return a new stand-in for an object of the other side."""

    @abstractmethod
    def number_of(self, value: Any) -> int | None:
        """Return the number of a stand-in, and None for anything else."""

    @abstractmethod
    def surprise(self, message: list[Any], buffers: list[Any]) -> None:
        """Treat a message that is not part of what this side waits for."""

    def ask(self, operation: str, *values: Any) -> Any:
        """Ask the other side, and wait for what comes of it."""
        __tracebackhide__ = True
        number = self._last = self._last + 1
        encoder = Encoder(self._give)
        tree = encoder.encode(values)
        message = ["ask", number, self._doing, operation, tree, self._given_up()]
        self._channel.send(message, encoder.buffers)
        while True:
            message, buffers = self.receive()
            kind, its_number = message[:2]
            if kind in ("answer", "failure"):
                if its_number == number:
                    return self._conclude(message, buffers, encoder.objects)
            elif kind == "ask" and message[2] == number:
                self.answer(message, buffers)
            else:
                self.surprise(message, buffers)

    def receive(self) -> tuple[list[Any], list[Any]]:
        """Wait for a message; return it with its buffers."""
        message, buffers = self._channel.receive()
        kinds = [*map(type, message[:2])] if type(message) is list else []
        if kinds != [str, int] or _LENGTHS.get(message[0]) != len(message):
            raise BridgeError("a message of no known kind")
        return message, buffers

    def answer(self, message: list[Any], buffers: list[Any]) -> None:
        """Do what an ask asks for, and send what came of it."""
        _, number, _, operation, tree, given_up = message
        doing, self._doing = self._doing, number
        done = _Done(number)
        try:
            with self._one_deeper():
                self._take_back(given_up)
                decoder = done.decoder = Decoder(buffers, self._take)
                values = decoder.decode(tree)
                done.watch(decoder.objects)
                with self.warnings() as done.caught:
                    result = self.perform(operation, values)
            self._send(done, "answer", lambda encoder: encoder.encode(result))
        except BaseException as error:
            self._fail(done, error)
            if not self.survives(error):
                raise
        finally:
            self._doing = doing

    def fail(self, number: int, error: BaseException) -> None:
        """Send the failure of an ask that nothing was done for; do not wait until it is read."""
        parts = failures.write_error(error)
        self._channel.send(["failure", number, [], [], parts, []], [], wait=False)

    def take_change(self, own: Any, new: Any) -> bool:
        """Make an object of this side what its copy has become; say whether that may be."""
        changes.apply(own, new)
        return True

    def warnings(self) -> AbstractContextManager[list[Any]]:
        """Return a context that collects the warnings to repeat on the other side."""
        return nullcontext([])

    def survives(self, error: BaseException) -> bool:
        """Say whether this side goes on after an error that the other side was told of."""
        return isinstance(error, Exception)

    def lend(self, value: Any) -> int:
        """Return the number under which the other side knows an object of this side."""
        number = self._numbers.get(id(value))
        if number is None:
            self._most_lent += 1
            number = self._numbers[id(value)] = self._most_lent
            self._lent[number] = value
        return number

    def is_lent(self, value: Any) -> bool:
        """Say whether the other side knows an object of this side."""
        return id(value) in self._numbers

    def forget_lent(self) -> None:
        """Forget all objects that the other side knows."""
        self._lent.clear()
        self._numbers.clear()

    def drop(self, number: int) -> None:
        """Note that a stand-in is gone; the other side is told with the next message."""
        self._dropped.append(number)

    def _send(self, done: "_Done", kind: str, outcome: Callable[[Encoder], Any]) -> None:
        known, in_one_piece = done.decoder.objects, done.decoder.in_one_piece
        encoder = Encoder(self._give, known, in_one_piece)
        changed = [[n, changes.state(encoder, known[n])] for n in done.changed()]
        warned = failures.write_warnings(done.caught)
        tree = outcome(encoder)
        message = [kind, done.number, changed, warned, tree, self._given_up()]
        self._channel.send(message, encoder.buffers)

    def _fail(self, done: "_Done", error: BaseException) -> None:
        if not self.survives(error) or done.decoder is None:
            self.fail(done.number, error)
            return
        parts = failures.write_error(error)
        try:
            self._send(done, "failure", lambda encoder: parts)
        except Exception:  # then the arguments have become what cannot travel
            self.fail(done.number, error)

    def _conclude(self, message: list[Any], buffers: list[Any], known: list[Any]) -> Any:
        __tracebackhide__ = True
        kind, _, changed, warned, tree, given_up = message
        try:
            self._take_back(given_up)
            decoder = Decoder(buffers, self._take, known)
            become = [(known[_index(n)], decoder.contents(new)) for n, new in changed]
            good = kind == "answer"
            outcome = decoder.decode(tree) if good else failures.read_error(tree)
            refused = [own for own, new in become if not self.take_change(own, new)]
            warned = failures.read_warnings(warned)
        except BridgeError:
            raise
        except Exception as error:
            raise BridgeError(f"an answer that is not valid ({type(error).__name__})") from None
        failures.repeat_warnings(warned)
        if not good:
            raise outcome
        if refused:
            raise InputChanged(type(refused[0]).__name__)
        return outcome

    def _give(self, encoder: Encoder, value: Any) -> list[Any]:
        number = self.number_of(value)
        return self.give(encoder, value) if number is None else ["yours", number]

    def _take(self, decoder: Decoder, tree: list[Any]) -> Any:
        tag, number, *about = tree
        if tag == "yours":
            if number not in self._lent:
                raise BridgeError("an object that is no longer there: its test has ended")
            return self._lent[number]
        if tag != "mine" or type(number) is not int:
            return self.take(decoder, tree)
        found = self._stand_ins.get(number)
        if found is None:
            found = self._stand_ins[number] = self.stand_in(number, about)
        return found

    def take(self, decoder: Decoder, tree: list[Any]) -> Any:
        """Return the object for a tree that only the other side's `give` writes."""
        raise BridgeError(f"a value of no known kind: {str(tree[0])[:100]}")

    def _take_back(self, numbers: list[int]) -> None:
        for number in numbers:
            value = self._lent.pop(_index(number), None)
            self._numbers.pop(id(value), None)

    def _given_up(self) -> list[int]:
        # A number may have come again after its stand-in had gone.
        numbers = {self._dropped.popleft() for _ in range(len(self._dropped))}
        return [number for number in numbers if number not in self._stand_ins]

    @contextmanager
    def _one_deeper(self) -> Iterator[None]:
        if self._depth >= DEEPEST_CALL:
            raise RecursionError(f"the test and the answer call each other {DEEPEST_CALL} deep")
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1


class _Done:
    """What is known of an ask while it is answered."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.decoder: Decoder | None = None
        self.caught: list[Any] = []
        self._watched: list[tuple[int, Callable[[], bool]]] = []

    def watch(self, objects: list[Any]) -> None:
        """Look at the objects that came, to say later which of them were changed."""
        looks = enumerate(map(changes.watch, objects))
        self._watched = [(number, look) for number, look in looks if look is not None]

    def changed(self) -> list[int]:
        """Return the numbers of the objects that were changed."""
        return [number for number, look in self._watched if look()]


def _index(number: Any) -> int:
    if type(number) is not int or number < 0:
        raise BridgeError(f"{number!r} is not the number of an object")
    return number
