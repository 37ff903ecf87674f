"""The command lines that make a sandbox's file system: bubblewrap's and setpriv's."""

import shutil
from pathlib import Path

from grading.sandbox.errors import SandboxUnavailable
from grading.sandbox.launch import COURSE, INSIDE, SCRATCH, Launch
from grading.sandbox.visible import Visible

# The system's own, whatever PATH says.
PLACES = "/usr/bin:/usr/local/bin:/bin"

_NAMESPACES = [
    "--unshare-user",
    "--unshare-pid",
    "--unshare-ipc",
    "--unshare-uts",
    "--unshare-net",
    "--unshare-cgroup-try",
    "--disable-userns",
    "--new-session",
    "--cap-drop",
    "ALL",
    "--hostname",
    "sandbox",
]

# Read-only or not, a path of this machine, and the path in the sandbox.
Bind = tuple[str, Path, Path]


def as_other_user(binds: list[Bind], links: dict[Path, str], user: int) -> list[str]:
    """Return the command by which root shows some binds only and becomes another user."""
    # The inner bubblewrap needs a /tmp to begin with.
    command = [*_bubblewrap(), "--dir", "/tmp", "--dev", "/dev", *_shown(binds, links)]
    # A sandbox may mount its own /proc only where a whole one is in sight.
    command += ["--dev-bind", "/proc", "/proc", "--remount-ro", "/"]
    return [*command, "--", *become(user)]


def become(user: int) -> list[str]:
    """Return the command by which root becomes another user and keeps no right."""
    setpriv = _program("setpriv")
    if setpriv is None:
        raise SandboxUnavailable("setpriv is missing: install it (apt-get install util-linux)")
    identity = [f"--reuid={user}", f"--regid={user}", "--clear-groups"]
    return [setpriv, *identity, "--bounding-set=-all", "--inh-caps=-all", "--"]


def bind_visible(visible: Visible) -> list[Bind]:
    """Return the binds that show what every sandbox shows."""
    return [("--ro-bind", source, target) for target, source in visible.binds.items()]


def binds_of(launch: Launch) -> list[Bind]:
    """Return the binds of one sandbox."""
    course, private = Path(COURSE), launch.private
    binds = bind_visible(launch.visible)
    binds.append(("--ro-bind", INSIDE, course / "inside"))
    binds.append(("--ro-bind", private.orders, course / "orders.json"))
    if launch.helpers is not None:
        binds.append(("--ro-bind", launch.helpers, course / "helpers"))
    if private.files.exists():
        binds.append(("--ro-bind", private.files, course / "files"))
    binds.append(("--ro-bind", private.connection, private.connection))
    binds.append(("--bind", private.sockets, private.sockets))
    if launch.exchange is not None:
        binds.append(("--bind", launch.exchange.resolve(), Path(launch.exchange_at)))
    return binds


def sandbox_command(
    binds: list[Bind], links: dict[Path, str], user: int | None, scratch: int
) -> list[str]:
    """Return bubblewrap's command line, but for file descriptors and what it runs.

    Parameters
    ----------
    binds, links : list, dict
        What it shows.
    user : int, optional
        Whom root starts it as.
    scratch : int
        Bytes that each of its file systems in memory may hold.
    """
    stage = []
    if user is not None:
        stage = as_other_user(binds, links, user)
        binds = [(kind, target, target) for kind, _, target in binds]
    memory = ["--perms", "0700", "--size", str(scratch), "--tmpfs"]
    command = [*stage, *_bubblewrap(), *_NAMESPACES, "--proc", "/proc"]
    # / and /dev are in memory as well: read-only, or they would take any number of files.
    command += ["--dev", "/dev", *memory, "/dev/shm", "--remount-ro", "/dev"]
    command += [*memory, "/tmp", *memory, SCRATCH, *_shown(binds, links)]
    return [*command, "--chdir", "/", "--remount-ro", "/"]


def _shown(binds: list[Bind], links: dict[Path, str]) -> list[str]:
    # Left to itself, bubblewrap makes parent folders that only their owner may enter.
    folders = {folder: None for *_, target in binds for folder in reversed(target.parents)}
    options = [part for folder in folders for part in ("--dir", str(folder))]
    options += [part for bind in binds for part in map(str, bind)]
    return options + [part for link, to in links.items() for part in ("--symlink", to, str(link))]


def _bubblewrap() -> list[str]:
    program = _program("bwrap")
    if program is None:
        raise SandboxUnavailable("bubblewrap is missing: install it (apt-get install bubblewrap)")
    return [program]


def _program(name: str) -> str | None:
    return shutil.which(name, path=PLACES)
