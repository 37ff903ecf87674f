"""The command lines that make a sandbox's file system: bubblewrap's and setpriv's."""

import shutil
from pathlib import Path

from grading.sandbox.errors import SandboxUnavailable
from grading.sandbox.launch import COURSE, EXCHANGE, INSIDE, SCRATCH, Launch
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

# Bytes for what libraries write when they are imported.
_STAGE_SCRATCH = 64 * 2**20

# Read-only or not, a path of this machine, and the path in the sandbox.
Bind = tuple[str, Path, Path]


def stage(binds: list[Bind], links: dict[Path, str], user: int | None) -> list[str]:
    """Return the command by which a program sees some binds only and may make sandboxes itself.

    Parameters
    ----------
    binds, links : list, dict
        What it sees, beside folders in memory of its own.
    user : int, optional
        Whom it runs as if root starts it; ``None`` if another user does.
    """
    own_rights = ["--unshare-user"] if user is None else []
    command = [*_bubblewrap(), *own_rights, "--dir", "/tmp", "--dev", "/dev"]
    command += ["--perms", "1777", "--size", str(_STAGE_SCRATCH), "--tmpfs", SCRATCH]
    command += _shown(binds, links)
    # A sandbox may mount its own /proc only where a whole one is in sight.
    command += ["--dev-bind", "/proc", "/proc", "--remount-ro", "/"]
    return [*command, "--", *([] if user is None else become(user))]


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


def shown_to_all(visible: Visible, helpers: Path | None) -> list[Bind]:
    """Return the binds that all sandboxes of a course have."""
    binds = [*bind_visible(visible), ("--ro-bind", INSIDE, Path(COURSE, "inside"))]
    if helpers is not None:
        binds.append(("--ro-bind", helpers, Path(COURSE, "helpers")))
    return binds


def shown_to_one(launch: Launch) -> list[Bind]:
    """Return the binds that one sandbox has beside those of all."""
    course, private = Path(COURSE), launch.private
    binds: list[Bind] = [("--ro-bind", private.orders, course / "orders.json")]
    if private.files.exists():
        binds.append(("--ro-bind", private.files, course / "files"))
    binds.append(("--ro-bind", private.connection, private.connection))
    binds.append(("--bind", private.sockets, private.sockets))
    if launch.exchange is not None:
        binds.append(("--bind", launch.exchange.resolve(), Path(EXCHANGE)))
    return binds


def as_staged(binds: list[Bind]) -> list[Bind]:
    """Return binds as they are to be made where a stage has made them already."""
    return [(kind, target, target) for kind, _, target in binds]


def sandbox_command(
    binds: list[Bind],
    links: dict[Path, str],
    user: int | None,
    scratch: int,
    limits: dict[str, int],
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
    limits : dict
        Of `resource.setrlimit`, for all that runs in it.
    """
    first = []
    if user is not None:
        first = stage(binds, links, user)
        binds = as_staged(binds)
    memory = ["--perms", "0700", "--size", str(scratch), "--tmpfs"]
    bubblewrap = _bubblewrap()
    command = [*first, *_limited(limits), *bubblewrap, *_NAMESPACES, "--proc", "/proc"]
    # / and /dev are in memory as well: read-only, or they would take any number of files.
    command += ["--dev", "/dev", *memory, "/dev/shm", "--remount-ro", "/dev"]
    command += [*memory, "/tmp", *memory, SCRATCH, *_shown(binds, links)]
    return [*command, "--chdir", "/", "--remount-ro", "/"]


def _limited(limits: dict[str, int]) -> list[str]:
    """Return the command that sets limits.

    A kernel limits itself as well. But it may write to the memory of bubblewrap's own process in
    the sandbox, whose user is the same, so that has to have them too. Not the one on processes:
    out here the user's other processes count.
    """
    program = _program("prlimit")
    if program is None:
        raise SandboxUnavailable("prlimit is missing: install it (apt-get install util-linux)")
    names = {name: name.removeprefix("RLIMIT_").lower() for name in limits}
    options = [f"--{names[name]}={limit}" for name, limit in limits.items()]
    return [program, *(option for option in options if "nproc" not in option), "--"]


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
