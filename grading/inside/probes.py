"""Try from inside a sandbox what students' code must not be able to do."""

import ctypes
import os
import resource
import socket
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

_NEW_USER_NAMESPACE = 0x10000000


def attempt(
    secrets: list[str],
    places: list[str],
    port: int,
    process: int,
    variables: list[str],
    limits: dict[str, int],
) -> dict[str, str]:
    """Try everything; return what each attempt found, which is nothing where the sandbox holds.

    Parameters
    ----------
    secrets : list of str
        Files of the machine that must not be readable.
    places : list of str
        Folders that must not be writable.
    port : int
        On which a process of the machine listens on the loopback address.
    process : int
        The number of a process outside.
    variables : list of str
        Names in the grader's environment that must not be in this one.
    limits : dict
        Of `resource`, by name, that must not be exceeded.
    """
    attempts: dict[str, Callable[[], object]] = {
        "it works: files can be written, and the course's package imported": _works,
        "the course, the home folder and the system's secrets cannot be read": lambda: _read(
            secrets
        ),
        "the system cannot be changed": lambda: _write(places),
        "the network cannot be reached": lambda: _connect(port),
        "processes outside cannot be seen or signalled": lambda: _meet(process),
        "the environment holds none of the grader's variables": lambda: _inherit(variables),
        "it runs as an unprivileged user, without capabilities": _privileges,
        "new user namespaces are refused": _namespace,
        "limits are set": lambda: _limits(limits),
    }
    found = {name: attempt() for name, attempt in attempts.items()}
    return {name: str(escape) if escape else "" for name, escape in found.items()}


def _works() -> str | None:
    try:
        with tempfile.NamedTemporaryFile() as file:
            file.write(b"text")
        import helpers  # noqa: F401
    except (OSError, ImportError) as problem:
        return f"{problem!r}"
    return None


def _read(paths: Iterable[str]) -> list[str]:
    return [path for path in paths if _succeeds(lambda path=path: open(path, "rb").close())]


def _write(folders: Iterable[str]) -> list[str]:
    paths = [Path(folder, "probe") for folder in folders]
    return [str(path) for path in paths if _succeeds(lambda path=path: _make_and_remove(path))]


def _make_and_remove(path: Path) -> None:
    path.touch(exist_ok=False)
    path.unlink()


def _connect(port: int) -> str | None:
    reached = _succeeds(lambda: socket.create_connection(("127.0.0.1", port), timeout=2).close())
    return "the loopback address of the machine" if reached else None


def _meet(process: int) -> list[str]:
    found = []
    if _succeeds(lambda: Path(f"/proc/{process}/cmdline").read_bytes()):
        found.append("seen")
    if _succeeds(lambda: os.kill(process, 0)):
        found.append("signalled")
    return found


def _inherit(variables: Iterable[str]) -> set[str]:
    present = set(os.environ)
    for process in filter(str.isdigit, _names("/proc")):
        try:
            text = Path(f"/proc/{process}/environ").read_text(errors="replace")
        except OSError:
            continue
        present |= {item.split("=", 1)[0] for item in text.split("\0")}
    return present & set(variables)


def _privileges() -> list[str]:
    lines = Path("/proc/self/status").read_text().splitlines()
    status = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
    found = [name for name in ("CapPrm", "CapEff") if int(status[name], 16)]
    found += [] if status["NoNewPrivs"] == "1" else ["new privileges"]
    found += [] if status["Seccomp"] == "2" else ["no filter of system calls"]
    return found + ([] if os.getuid() else ["root"])


def _namespace() -> str | None:
    # In a child, since Linux refuses it to a process with threads in any case.
    child = os.fork()
    if child == 0:
        os._exit(ctypes.CDLL(None).unshare(_NEW_USER_NAMESPACE) == 0)
    _, status = os.waitpid(child, 0)
    return "a user namespace" if status else None


def _limits(limits: dict[str, int]) -> list[str]:
    return [
        name
        for name, limit in limits.items()
        if not 0 <= resource.getrlimit(getattr(resource, name))[1] <= limit
    ]


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _succeeds(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except OSError:
        return False
    return True
