"""The judge's side of the bridge: test cells run here, and the student's code never does.

The grader runs ``judge.begin(names)`` before a test cell and ``judge.end()`` after it. Between
them the student's names are there: plain values as they are, everything else as a handle.
"""

import contextlib
import functools
import os
import socket
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Any

import numpy as np

from . import changes, handles, layers
from .peer import Peer
from .values import Encoder
from .wire import AnswerGone, BridgeError, Channel


def begin(names: Iterable[str], namespace: dict[str, Any] | None = None) -> None:
    """Bind the student's names that a test cell needs; those that do not exist stay unbound."""
    _judge().begin(names, _shell().user_ns if namespace is None else namespace)


def end() -> None:
    """Take the student's names away again, and let the student's kernel go on."""
    _judge().end()


class Judge(Peer):
    """The judge's side of the conversation."""

    def __init__(self, channel: Channel) -> None:
        super().__init__(channel)
        self._round = 0
        self._bound: dict[str, Any] = {}
        self._namespace: dict[str, Any] = {}

    def begin(self, names: Iterable[str], namespace: dict[str, Any]) -> None:
        """Bind names in a namespace, until `end`."""
        self._unbind()
        self._namespace = namespace
        self._round += 1
        self.ask("begin", self._round)
        for name in names:
            answer = self.ask("name", name)
            if type(answer) is not tuple or len(answer) != 2:
                raise BridgeError("a name is either there, with its value, or not")
            if answer[0] is True:
                namespace[name] = self._bound[name] = answer[1]

    def end(self) -> None:
        """Unbind the names, and tell the other side that this test is over."""
        self._unbind()
        self.forget_lent()
        # Whoever does not listen any more is not waited for.
        with contextlib.suppress(AnswerGone):
            self._channel.send(["end", self._round], [], wait=False)

    def ask(self, operation: str, *values: Any) -> Any:
        """Ask the student's side; an error shows no line of the bridge."""
        __tracebackhide__ = True
        try:
            return super().ask(operation, *values)
        except Exception as error:
            if _shell() is not None:
                error._render_traceback_ = functools.partial(_rendered, error)
            raise

    def perform(self, operation: str, values: Any) -> Any:
        """Call a function that this side lent, or take an item from a lent iterator."""
        target, *rest = values
        if not self.is_lent(target):
            raise BridgeError("nothing but the test's own functions and iterators can be used")
        if operation == "next" and isinstance(target, Iterator) and not rest:
            # A StopIteration could not be told from one that the iterator's own code raised.
            return next(((True, item) for item in target), (False, None))
        if operation != "call" or [*map(type, rest)] != [tuple, dict]:
            raise BridgeError("the test's functions can be called, and nothing else")
        arguments, options = rest
        return target(*arguments, **options)

    def give(self, encoder: Encoder, value: Any) -> list[Any]:
        """Send a tensor as an array, a Keras layer as a copy; lend functions and iterators."""
        if layers.is_layer(value):
            return encoder.contain(value, layers.write)
        if hasattr(type(value), "__array__") and not isinstance(value, np.ndarray | np.generic):
            return encoder.encode(np.asarray(value))
        if callable(value) or isinstance(value, Iterator):
            name = getattr(value, "__name__", type(value).__name__)
            return ["mine", self.lend(value), str(name), not callable(value)]
        raise TypeError(
            f"a test passed a {type(value).__name__} to the student's code: only plain data, "
            f"functions, iterators, Keras layers and the student's own objects can travel"
        )

    def stand_in(self, number: int, about: list[Any]) -> handles.Handle:
        """Return a handle."""
        is_callable, *names = about
        if not all(type(name) is str for name in names):
            raise BridgeError("an object whose class has no name")
        return handles.make_handle(self, number, is_callable is True, names)

    def number_of(self, value: Any) -> int | None:
        """Return the number of a handle's object."""
        return handles.number_of(value)

    def take_change(self, own: Any, new: Any) -> bool:
        """Let an answer draw from a generator and train a layer; nothing else of a test changes."""
        if changes.watch(own) is None:
            raise BridgeError(f"a {type(own).__name__} that changed")
        if not changes.promised(own, new):
            return False
        changes.apply(own, new)
        return True

    def surprise(self, message: list[Any], buffers: list[Any]) -> None:
        """A call from an answer that an interrupt ended: let it come to its end."""
        if message[0] != "ask":
            raise BridgeError("a message that only the judge sends")
        self.fail(message[1], RuntimeError("the test that this call belongs to has ended"))

    def _unbind(self) -> None:
        for name, value in self._bound.items():
            if self._namespace.get(name) is value:
                del self._namespace[name]
        self._bound = {}


@functools.cache
def _judge() -> Judge:
    return Judge(Channel(socket.socket(fileno=int(os.environ["COURSE_BRIDGE_FD"]))))


def _shell() -> Any:
    from IPython import get_ipython

    return get_ipython()


def _rendered(error: Exception) -> list[str]:
    """The traceback that IPython prints, without the bridge's own frames at its end."""
    kept: TracebackType | None = None
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_globals.get("__package__") != __package__:
            kept = trace
        trace = trace.tb_next
    if kept is not None:
        kept.tb_next = None
    show = _shell().InteractiveTB.structured_traceback
    try:
        return show(type(error), error, error.__traceback__, tb_offset=1)
    except Exception:  # IPython would show nothing at all
        return [f"{type(error).__name__}: {error}"]
