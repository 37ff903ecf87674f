"""The student's side of the bridge: what a test cell asks of the student's objects is done here.

The grader runs ``answers.serve()`` in the student's kernel while a test cell runs in the judge's.
Nothing that happens here is trusted: the student's code can reach and change all of it.
"""

import functools
import inspect
import operator
import os
import socket
import threading
import warnings
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import numpy as np

from . import layers
from .failures import class_names
from .peer import Peer
from .values import Decoder, Encoder
from .wire import AnswerGone, Channel


def serve(namespace: dict[str, Any] | None = None) -> None:
    """Answer the judge until it says that its test cell has ended."""
    from IPython import get_ipython

    _answers().serve(get_ipython().user_ns if namespace is None else namespace)


class Answers(Peer):
    """The student's side of the conversation."""

    def __init__(self, channel: Channel) -> None:
        super().__init__(channel)
        self._namespace: dict[str, Any] = {}
        self._round: int | None = None
        self._early: deque[tuple[list[Any], list[Any]]] = deque()
        self._asking = threading.RLock()

    def serve(self, namespace: dict[str, Any]) -> None:
        """Answer until the end of the round that begins now, or of the judge."""
        self._namespace, self._round = namespace, None
        while True:
            try:
                message, buffers = self._early.popleft() if self._early else self.receive()
                if message[0] == "ask":
                    self.answer(message, buffers)
                elif message[0] == "end" and message[1] == self._round:
                    return
            except KeyboardInterrupt:
                continue
            except AnswerGone:
                return

    def ask(self, operation: str, *values: Any) -> Any:
        """Ask the judge; a thread of the student's waits until the others have been answered."""
        with self._asking:
            if self._early:
                raise KeyboardInterrupt
            return super().ask(operation, *values)

    def perform(self, operation: str, values: tuple[Any, ...]) -> Any:
        """Do something with an object, or look up a name."""
        if operation == "begin":
            (self._round,) = values
            return None
        if operation == "name":
            (name,) = values
            return name in self._namespace, self._namespace.get(name)
        return _OPERATIONS[operation](*values)

    def give(self, encoder: Encoder, value: Any) -> list[Any]:
        """Lend an object that is not plain."""
        return ["mine", self.lend(value), callable(value), *class_names(type(value))]

    def take(self, decoder: Decoder, tree: list[Any]) -> Any:
        """Build a Keras layer of the judge's."""
        if tree[0] == "layer":
            return layers.read(decoder, *tree[1:])
        return super().take(decoder, tree)

    def stand_in(self, number: int, about: list[Any]) -> "TestFunction | TestIterator":
        """Return what calls a function of the judge's, or takes items from an iterator."""
        name, iterates = about
        return TestIterator(self, number) if iterates else TestFunction(self, number, name)

    def number_of(self, value: Any) -> int | None:
        """Return the number of a function or an iterator of the judge's."""
        return value.number if isinstance(value, TestFunction | TestIterator) else None

    def surprise(self, message: list[Any], buffers: list[Any]) -> None:
        """The judge no longer waits for the code that asked: stop it, and keep the message."""
        self._early.append((message, buffers))
        raise KeyboardInterrupt

    def warnings(self) -> AbstractContextManager[list[Any]]:
        """Collect warnings instead of printing them."""
        return warnings.catch_warnings(record=True)

    def survives(self, error: BaseException) -> bool:
        """Go on after every error, an interrupt and a SystemExit too."""
        return True


class TestFunction:
    """Calls a function that a test passed to the student's code."""

    def __init__(self, peer: Answers, number: int, name: str) -> None:
        self._peer, self.number, self.__name__ = peer, number, name

    def __call__(self, /, *values: Any, **options: Any) -> Any:
        """Call the function in the judge's kernel."""
        return self._peer.ask("call", self, values, options)

    def __del__(self) -> None:
        self._peer.drop(self.number)


class TestIterator:
    """Yields the items of an iterator that a test passed to the student's code."""

    def __init__(self, peer: Answers, number: int) -> None:
        self._peer, self.number = peer, number

    def __iter__(self) -> "TestIterator":
        return self

    def __next__(self) -> Any:
        there, item = self._peer.ask("next", self)
        if not there:
            raise StopIteration
        return item

    def __del__(self) -> None:
        self._peer.drop(self.number)


def _signature(function: Callable[..., Any]) -> list[list[Any]]:
    """Name, kind, and whether there is a default, of each parameter."""
    parameters = inspect.signature(function).parameters.values()
    return [[p.name, p.kind.name, p.default is not p.empty] for p in parameters]


_OPERATIONS: dict[str, Callable[..., Any]] = {
    "call": lambda function, values, options: function(*values, **options),
    "signature": _signature,
    "array": np.asarray,
    "getattr": getattr,
    "setattr": setattr,
    "delattr": delattr,
    "getitem": operator.getitem,
    "setitem": operator.setitem,
    "delitem": operator.delitem,
    "len": len,
    "int": int,
    "index": operator.index,
    "float": float,
    "complex": complex,
    "isinstance": lambda kind, value: isinstance(value, kind),
    "issubclass": lambda kind, value: issubclass(value, kind),
}


@functools.cache
def _answers() -> Answers:
    return Answers(Channel(socket.socket(fileno=int(os.environ["COURSE_BRIDGE_FD"]))))
