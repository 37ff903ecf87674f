"""What a process does to itself for good: enter a sandbox, and give up rights.

By the C library, since Python has no functions for most of it. See setns(2), capabilities(7),
prctl(2) and seccomp(2).
"""

import ctypes
import os
import struct

_SET_DUMPABLE, _DROP_FROM_BOUNDING_SET, _SET_NO_NEW_PRIVILEGES = 4, 24, 38
_SET_SECCOMP, _FILTER = 22, 2
_AMBIENT, _CLEAR_ALL = 47, 4
_CAPABILITIES_VERSION = 0x20080522
# User, mount, process, network, IPC, host name and control groups: CLONE_NEW* of clone(2).
_NAMESPACES = 0x10000000 | 0x00020000 | 0x20000000 | 0x40000000 | 0x08000000 | 0x04000000
_NAMESPACES |= 0x02000000

libc = ctypes.CDLL(None, use_errno=True)


def call(result: int) -> int:
    """Return what a function of the C library returned; raise `OSError` if it failed."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def enter(process: int) -> None:
    """Enter the namespaces of another process, by its descriptor.

    Processes that are forked afterwards live in its namespace of processes; this one does not.
    """
    call(libc.setns(process, _NAMESPACES))


def drop_capabilities() -> None:
    """Give up all capabilities, and all ways to get one."""
    refuse_new_privileges()
    with open("/proc/sys/kernel/cap_last_cap", encoding="ascii") as file:
        last = int(file.read())
    for capability in range(last + 1):
        call(libc.prctl(_DROP_FROM_BOUNDING_SET, capability, 0, 0, 0))
    call(libc.prctl(_AMBIENT, _CLEAR_ALL, 0, 0, 0))
    header = struct.pack("=Ii", _CAPABILITIES_VERSION, 0)
    call(libc.capset(header, bytes(24)))
    # Linux took it from a process that changed its rights: without it, not even its own files in
    # /proc would belong to it.
    call(libc.prctl(_SET_DUMPABLE, 1, 0, 0, 0))


def refuse_new_privileges() -> None:
    """Give up the rights that programs such as sudo would give."""
    call(libc.prctl(_SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def filter_calls(instructions: bytes) -> None:
    """Have Linux refuse system calls, by a program for seccomp."""
    program = _Program(len(instructions) // 8, instructions)
    call(libc.prctl(_SET_SECCOMP, _FILTER, ctypes.byref(program), 0, 0))
