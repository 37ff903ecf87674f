"""Confine this process with Landlock and seccomp, for a Linux without user namespaces.

Landlock is a part of Linux by which a process gives up rights: for itself, for its children, and
for good. It needs no privilege. See landlock(7).
"""

import ctypes
import os
import stat
import struct

from .rights import call, filter_calls, libc, refuse_new_privileges

# Numbers of the system calls, the same on all architectures.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_RULE_PATH_BENEATH = 1

# Rights on files, as bits; the comments give the kernel's names.
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_TRUNCATE, _IOCTL_DEVICE = 1 << 14, 1 << 15
_ALL = (1 << 16) - 1
_MAKE_DEVICES = 1 << 6 | 1 << 11  # MAKE_CHAR, MAKE_BLOCK
_READ = _EXECUTE | _READ_FILE | _READ_DIR
_WRITE = _ALL & ~_MAKE_DEVICES & ~_IOCTL_DEVICE
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEVICE
# Binding and connecting of TCP sockets; abstract unix sockets and signals that leave the sandbox.
_NETWORK = _SCOPES = 0b11


def abi() -> int:
    """Return the version of Landlock that this Linux has; 0 where there is none."""
    return max(libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(1)), 0)


def confine(read: list[str], write: list[str], seccomp: str) -> None:
    """Give up every file but those below `read` and `write`, and all forbidden system calls.

    Parameters
    ----------
    read : list of str
        Files and folders that may be read and run. Those that do not exist are passed over.
    write : list of str
        Files and folders that may also be written.
    seccomp : str
        A program for seccomp, in hexadecimal.
    """
    refuse_new_privileges()
    attributes = struct.pack("=QQQ", _ALL, _NETWORK, _SCOPES)
    ruleset = call(libc.syscall(_CREATE_RULESET, attributes, ctypes.c_size_t(24), 0))
    for paths, rights in ((read, _READ), (write, _READ | _WRITE)):
        for path in paths:
            _allow(ruleset, path, rights)
    call(libc.syscall(_RESTRICT_SELF, ruleset, 0))
    os.close(ruleset)
    filter_calls(bytes.fromhex(seccomp))


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        file = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(file).st_mode):
            rights &= _OF_FILES
        rule = struct.pack("=Qi", rights, file)
        call(libc.syscall(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, rule, 0))
    finally:
        os.close(file)
