"""Compile the program by which Linux refuses a sandbox dangerous system calls (seccomp).

Compiled here, so that a machine needs bubblewrap and nothing else: a list of refusals takes few
kinds of instruction.
"""

import errno
import platform
import socket
import struct
from collections.abc import Iterable

from grading.sandbox import syscalls
from grading.sandbox.errors import SandboxUnavailable

# Which column of the table, and Linux's number for the architecture.
_ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _MASK, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
_ALLOW, _KILL, _ERROR = 0x7FFF0000, 0x80000000, 0x00050000
# Offsets in the record that the program looks at: the lower halves of two arguments.
_NUMBER, _ARCHITECTURE, _FIRST, _SECOND = 0, 4, 16, 24

# All CLONE_NEW* flags of clone(2); and CLONE_PARENT, since whoever waits for a kernel from outside
# would get its children to wait for.
_NEW_NAMESPACES, _FOR_PARENT = 0x7E020000, 0x8000
_X32 = 0x40000000
_TYPE = 0xF  # of a socket, without its flags
_PUSH_INPUT = (0x5412, 0x541C)  # TIOCSTI, TIOCLINUX: they type into a terminal


def program(namespaces: bool, machine: str | None = None) -> bytes:
    """Return the program.

    Parameters
    ----------
    namespaces : bool
        Whether the sandbox has namespaces of its own for processes and network. Without them,
        sockets are refused but for unix streams, and leaving the process group as well.
    machine : str, optional
        The architecture, as `platform.machine` names it; this machine's by default.
    """
    machine = machine or platform.machine()
    if machine not in _ARCHITECTURES:
        raise SandboxUnavailable(
            f"no table of system calls for the architecture {machine!r}: "
            f"there is one for {' and '.join(_ARCHITECTURES)}"
        )
    column, architecture = _ARCHITECTURES[machine]
    refused = syscalls.ALWAYS | ({} if namespaces else syscalls.WITHOUT_NAMESPACES)
    numbers = [numbers[column] for numbers in refused.values()]
    families = [socket.AF_UNIX]
    if namespaces:
        families += [socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK]
    return b"".join(
        [
            _step(_LOAD, _ARCHITECTURE),
            _step(_EQUAL, architecture, skip_if=1),
            _step(_RETURN, _KILL),
            _step(_LOAD, _NUMBER),
            # Programs of x86_64 may also call by the numbers of x32, which the table lacks.
            _step(_AT_LEAST, _X32, skip_unless=1),
            _step(_RETURN, _KILL),
            *(_refuse(number) for number in numbers if number is not None),
            # Its flags lie in memory, out of sight; the C library falls back to clone.
            _refuse(syscalls.CLONE3[column], errno.ENOSYS),
            _refuse_flags(syscalls.CLONE[column], _NEW_NAMESPACES | _FOR_PARENT),
            _refuse_values(syscalls.IOCTL[column], _SECOND, _PUSH_INPUT),
            _refuse_others(syscalls.SOCKET[column], _FIRST, families),
            b"" if namespaces else _streams_only(column),
            _step(_RETURN, _ALLOW),
        ]
    )


def _streams_only(column: int) -> bytes:
    """Datagrams name whom they go to, and so need no connect."""
    return b"".join(
        _refuse_others(call[column], _SECOND, [socket.SOCK_STREAM], mask=_TYPE)
        for call in (syscalls.SOCKET, syscalls.SOCKETPAIR)
    )


def _refuse(number: int, error: int = errno.EPERM) -> bytes:
    return _step(_EQUAL, number, skip_unless=1) + _step(_RETURN, _ERROR | error)


def _refuse_flags(number: int, flags: int) -> bytes:
    return _for(
        number,
        _step(_LOAD, _FIRST)
        + _step(_ANY_BIT, flags, skip_unless=1)
        + _step(_RETURN, _ERROR | errno.EPERM),
    )


def _refuse_values(number: int, argument: int, values: Iterable[int]) -> bytes:
    refusals = b"".join(_refuse(value) for value in values)
    return _for(number, _step(_LOAD, argument) + refusals)


def _refuse_others(
    number: int, argument: int, allowed: Iterable[int], mask: int = 0xFFFFFFFF
) -> bytes:
    """Refuse the call unless the argument is one of those allowed."""
    values = list(allowed)
    tests = b"".join(
        _step(_EQUAL, value, skip_if=len(values) - place) for place, value in enumerate(values)
    )
    # Not EPERM: ZeroMQ, looking for network interfaces, aborts the process at it.
    refusal = _step(_RETURN, _ERROR | errno.EOPNOTSUPP)
    return _for(number, _step(_LOAD, argument) + _step(_MASK, mask) + tests + refusal)


def _for(number: int, body: bytes) -> bytes:
    """Run the body for one call only; afterwards the call's number is loaded again."""
    return _step(_EQUAL, number, skip_unless=len(body) // 8 + 1) + body + _step(_LOAD, _NUMBER)


def _step(code: int, operand: int, skip_if: int = 0, skip_unless: int = 0) -> bytes:
    return struct.pack("=HBBI", code, skip_if, skip_unless, operand)
