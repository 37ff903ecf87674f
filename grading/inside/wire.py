"""The bridge's wire: frames of JSON and raw bytes over a unix socket, and nothing that can execute.

A frame is two lengths, a message in JSON, and the bytes of the buffers that the message names by
their position. What arrives may be hostile: it either is such a frame or raises `BridgeError`.

The judge's cell may be interrupted at any moment. So what is half sent or half received stays in
the channel, and the next call goes on where this one stopped.
"""

import json
import re
import select
import signal
import socket
import struct
import threading
from collections.abc import Callable
from itertools import accumulate, pairwise
from typing import Any

# Bytes of one frame, and of the JSON in it: Python's objects need up to 27 times its size.
FRAME_LIMIT = 256 * 2**20
MESSAGE_LIMIT = 32 * 2**20

_LENGTHS = struct.Struct("<IQ")
_PIECE = 2**18

# Letters beyond 16 bits are written as two halves. Half a letter alone would be a text that
# Jupyter cannot send: an error with it in its message would not be seen.
_HALF_LETTER = re.compile(rb"\\u[dD][89a-fA-F]")


class BridgeError(RuntimeError):
    """What came over the bridge is not what the bridge sends."""


class AnswerGone(RuntimeError):
    """The process that ran the student's code is no longer there."""

    def __init__(self) -> None:
        super().__init__(
            "the process that ran your code ended during this call (os._exit, a crash, or a limit)"
        )


class TooLarge(ValueError):
    """A value is larger than a frame may be."""


class Channel:
    """One end of the bridge; used by one thread at a time."""

    def __init__(self, end: socket.socket) -> None:
        end.setblocking(False)
        # A program that the student's code starts shall not keep the bridge open.
        end.set_inheritable(False)
        self._end = end
        self._out = bytearray()
        self._in = bytearray()
        self._broken = False

    def send(self, message: list[Any], buffers: list[bytes], wait: bool = True) -> None:
        """Send a frame; without ``wait``, only what fits into the socket now."""
        text = json.dumps([message, [len(b) for b in buffers]], separators=(",", ":")).encode()
        if _HALF_LETTER.search(text):
            _check_texts(message)
        size = sum(len(b) for b in buffers)
        if len(text) > MESSAGE_LIMIT or len(text) + size > FRAME_LIMIT:
            raise TooLarge(
                f"a value of {len(text) + size} bytes is too large to pass between the test and "
                f"the answer: at most {FRAME_LIMIT} bytes may travel, {MESSAGE_LIMIT} of them "
                f"as other things than arrays"
            )
        frame = b"".join([_LENGTHS.pack(len(text), size), text, *buffers])
        _undisturbed(self._out.extend, frame)
        while self._out and (self._move(None if wait else 0) or wait):
            pass

    def receive(self) -> tuple[list[Any], list[memoryview]]:
        """Wait for a frame; return its message and its buffers."""
        while (frame := self._take()) is None:
            self._move()
        text, body = frame
        try:
            message, sizes = json.loads(str(text, "ascii"))
            edges = list(accumulate(sizes, initial=0))
            if edges[-1] != len(body) or min(sizes, default=0) < 0:
                raise ValueError
            if _HALF_LETTER.search(text):
                _check_texts(message)
            return message, [body[start:end] for start, end in pairwise(edges)]
        except (ValueError, TypeError, RecursionError, MemoryError):
            raise BridgeError("a frame that is not JSON and its buffers") from None

    def close(self) -> None:
        """Close the socket."""
        self._end.close()

    def _take(self) -> tuple[memoryview, memoryview] | None:
        if self._broken:
            raise BridgeError("the bridge is broken: what came earlier had no valid length")
        if len(self._in) < _LENGTHS.size:
            return None
        length, size = _LENGTHS.unpack_from(self._in)
        if length > MESSAGE_LIMIT or length + size > FRAME_LIMIT:
            self._broken = True
            raise BridgeError(f"a frame of {length + size} bytes is larger than {FRAME_LIMIT}")
        end = _LENGTHS.size + length + size
        if len(self._in) < end:
            return None
        with memoryview(self._in) as view:
            frame = memoryview(bytes(view[_LENGTHS.size : end]))
        del self._in[:end]
        return frame[:length], frame[length:]

    def _move(self, timeout: int | None = None) -> bool:
        """Move bytes in both directions, or both sides might wait in a send for ever."""
        poll = select.poll()
        # Who sends without end does not fill this process's memory.
        wanted = select.POLLIN if len(self._in) <= FRAME_LIMIT else 0
        poll.register(self._end, wanted | (select.POLLOUT if self._out else 0))
        events = poll.poll(timeout)
        try:
            for _, event in events:
                if event & ~select.POLLOUT:
                    _undisturbed(self._receive_piece)
                if event & select.POLLOUT:
                    _undisturbed(self._send_piece)
        except BlockingIOError:
            pass
        except (OSError, EOFError):
            raise AnswerGone from None
        return bool(events)

    def _receive_piece(self) -> None:
        piece = self._end.recv(_PIECE)
        if not piece:
            raise EOFError
        self._in += piece

    def _send_piece(self) -> None:
        sent = self._end.send(self._out[:_PIECE])
        del self._out[:sent]


def _check_texts(message: list[Any]) -> None:
    try:
        json.dumps(message, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise ValueError("a text with half a letter (a lone surrogate) cannot travel") from error


def _undisturbed(step: Callable[..., Any], *arguments: Any) -> None:
    """Run a short step as a whole: an interrupt that comes meanwhile takes effect after it."""
    if threading.current_thread() is not threading.main_thread():
        step(*arguments)
        return
    late = []
    before = signal.signal(signal.SIGINT, lambda *_: late.append(True))
    try:
        step(*arguments)
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL if before is None else before)
        if late:
            signal.raise_signal(signal.SIGINT)
