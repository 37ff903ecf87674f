"""Say in words how a kernel ended that nobody asked to end."""

import os
import signal
from typing import IO


def last_words(status: int, errors: IO[bytes], cpu_seconds: int) -> str:
    """Explain an exit status.

    Parameters
    ----------
    status : int
        As `subprocess.Popen.returncode` has it, or as bubblewrap passes it on.
    errors : file
        What the process printed before it became a kernel.
    cpu_seconds : int
        The limit that the kernel had.
    """
    before = _before_start(errors)
    if before:
        return f"the kernel did not start: {before}"
    number = -status if status < 0 else status - 128
    if number == signal.SIGXCPU:
        return f"time: more than {cpu_seconds} s of CPU time"
    if number in set(signal.Signals):
        return f"the kernel was ended by {signal.Signals(number).name}"
    return f"the kernel ended itself, with exit status {status}"


def _before_start(errors: IO[bytes]) -> str:
    """Read what a kernel printed that did not come as far as running students' code."""
    os.set_blocking(errors.fileno(), False)
    text = errors.read(65536) or b""
    return "" if b"\0" in text else text.decode(errors="replace").strip()[-2000:]
