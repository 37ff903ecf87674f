"""The programs that refuse system calls, run by hand, also those of another architecture."""

import errno
import socket
import struct

import pytest

from grading.sandbox import SandboxUnavailable, syscalls
from grading.sandbox.seccomp import program

ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
ALLOWED, KILLED = "allowed", "killed"
# It has two names, of which Python knows one.
NOT_SUPPORTED = errno.errorcode[errno.EOPNOTSUPP]
RESULTS = {0x7FFF0000: ALLOWED, 0x80000000: KILLED}


def decide(code: bytes, architecture: int, number: int, *arguments: int) -> str:
    """Run a program for one system call, as Linux would; return what becomes of the call."""
    padded = (*arguments, 0, 0)
    record = struct.pack("=IIQQQ", number, architecture, 0, padded[0], padded[1])
    steps = list(struct.iter_unpack("=HBBI", code))
    place = value = 0
    while True:
        kind, skip_if, skip_unless, operand = steps[place]
        place += 1
        if kind == 0x20:
            (value,) = struct.unpack_from("=I", record, operand)
        elif kind == 0x54:
            value &= operand
        elif kind == 0x06:
            return RESULTS.get(operand) or errno.errorcode[operand & 0xFFFF]
        else:
            tests = {0x15: value == operand, 0x35: value >= operand, 0x45: bool(value & operand)}
            place += skip_if if tests[kind] else skip_unless


@pytest.fixture(params=ARCHITECTURES)
def machine(request: pytest.FixtureRequest) -> str:
    """An architecture."""
    return request.param


@pytest.fixture(params=[True, False], ids=["namespaces", "no namespaces"])
def namespaces(request: pytest.FixtureRequest) -> bool:
    """Whether the program is for a sandbox with namespaces."""
    return request.param


def call(machine: str, namespaces: bool, name: tuple[int | None, int], *arguments: int) -> str:
    """Say what becomes of a call."""
    number = name[list(ARCHITECTURES).index(machine)]
    return decide(program(namespaces, machine), ARCHITECTURES[machine], number, *arguments)


def test_every_call_of_the_table_is_refused(machine: str, namespaces: bool) -> None:
    table = syscalls.ALWAYS | ({} if namespaces else syscalls.WITHOUT_NAMESPACES)
    column = list(ARCHITECTURES).index(machine)
    there = [numbers for numbers in table.values() if numbers[column] is not None]
    assert {call(machine, namespaces, numbers) for numbers in there} == {"EPERM"}


def test_usual_calls_are_allowed(machine: str, namespaces: bool) -> None:
    read_write_exit = {"x86_64": (0, 1, 60), "aarch64": (63, 64, 93)}[machine]
    code = program(namespaces, machine)
    assert {decide(code, ARCHITECTURES[machine], number) for number in read_write_exit} == {ALLOWED}


def test_threads_may_be_made_and_namespaces_not(machine: str, namespaces: bool) -> None:
    assert call(machine, namespaces, syscalls.CLONE, 0x3D0F00) == ALLOWED
    assert call(machine, namespaces, syscalls.CLONE, 0x10000000 | 17) == "EPERM"
    clone_parent = 0x8000
    assert call(machine, namespaces, syscalls.CLONE, clone_parent | 17) == "EPERM"
    assert call(machine, namespaces, syscalls.CLONE3) == "ENOSYS"


def test_families_of_sockets(machine: str) -> None:
    for family in (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK):
        stream = (family, socket.SOCK_STREAM | 0o4000)
        assert call(machine, True, syscalls.SOCKET, *stream) == ALLOWED
        expected = ALLOWED if family == socket.AF_UNIX else NOT_SUPPORTED
        assert call(machine, False, syscalls.SOCKET, *stream) == expected
    for family in (socket.AF_PACKET, 38, 40):
        assert call(machine, True, syscalls.SOCKET, family, 1) == NOT_SUPPORTED


def test_without_namespaces_no_datagrams(machine: str) -> None:
    for name in (syscalls.SOCKET, syscalls.SOCKETPAIR):
        datagrams = (socket.AF_UNIX, socket.SOCK_DGRAM)
        assert call(machine, True, name, *datagrams) == ALLOWED
        assert call(machine, False, name, *datagrams) == NOT_SUPPORTED


def test_nothing_is_typed_into_a_terminal(machine: str, namespaces: bool) -> None:
    assert call(machine, namespaces, syscalls.IOCTL, 0, 0x5412) == "EPERM"
    assert call(machine, namespaces, syscalls.IOCTL, 0, 0x5401) == ALLOWED


def test_other_ways_of_calling_are_refused(machine: str, namespaces: bool) -> None:
    code = program(namespaces, machine)
    assert decide(code, 0x40000003, 0) == KILLED
    assert decide(code, ARCHITECTURES[machine], 0x40000000) == KILLED


def test_an_unknown_architecture_is_refused() -> None:
    with pytest.raises(SandboxUnavailable, match="no table of system calls"):
        program(True, "mips")
