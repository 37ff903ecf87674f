"""What of this machine a sandbox shows: an explicit list, and never what ``sys.path`` says."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import grading
from grading.sandbox.errors import SandboxUnavailable

# Beside /usr these hold programs and libraries; most systems have links into /usr instead.
_SYSTEM = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
# What the dynamic linker, fonts, time zones and the choice of a BLAS library need, and what says
# how many cores there are: scikit-learn complains on stderr where it cannot count them.
_SETTINGS = (
    "/sys/devices/system/cpu",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/alternatives",
    "/etc/fonts",
    "/etc/localtime",
    "/etc/timezone",
)
# Where homes are, whoever owns them.
_HOMES = ("/home", "/root", "/Users")


@dataclass(frozen=True)
class Visible:
    """What a sandbox shows read-only.

    Attributes
    ----------
    binds : dict
        Paths in the sandbox, and what of this machine is seen there.
    links : dict
        Symbolic links in the sandbox, and what they point to.
    """

    binds: dict[Path, Path]
    links: dict[Path, str]


def visible(protected: Iterable[Path]) -> Visible:
    """Say what a sandbox shows: the system's programs, and this Python with its packages.

    Parameters
    ----------
    protected : iterable of Path
        Folders that no bind may contain: the course, and whatever else is nobody's business.
    """
    binds = {Path("/usr"): Path("/usr")}
    links = {}
    for path in map(Path, _SYSTEM):
        if path.is_symlink():
            links[path] = str(path.readlink())
        elif path.is_dir():
            binds[path] = path
    binds |= {path: path.resolve() for path in map(Path, _SETTINGS) if path.exists()}
    for path in _python():
        if not any(path.is_relative_to(known) for known in binds):
            binds[path] = path.resolve()
    _refuse(binds.values(), [Path("/"), Path.home(), *map(Path, _HOMES), *_course(), *protected])
    return Visible(binds, links)


def teaching_package() -> Path | None:
    """Return the folder of the package that notebooks import, which lies next to this one."""
    folder = _root() / "helpers"
    return folder if folder.is_dir() else None


def _python() -> list[Path]:
    """This environment and the Python it was made from, under every name they are called by."""
    folders = dict.fromkeys(
        map(Path, (sys.base_prefix, sys.base_exec_prefix, sys.prefix, sys.exec_prefix))
    )
    names = [name for folder in folders for name in (folder.resolve(), folder)]
    # The interpreter may be a link to a link; each of them has to be there.
    link = Path(sys.executable)
    while link.is_symlink():
        link = link.parent / link.readlink()
        names.append(link)
    return names


def _course() -> list[Path]:
    folders = [Path.cwd()]
    # Installed without -e, this package lies among the environment's others.
    if (_root() / "nbgrader_config.py").exists():
        folders.append(_root())
    return folders


def _root() -> Path:
    return Path(grading.__file__).resolve().parents[1]


def _refuse(sources: Iterable[Path], protected: Iterable[Path]) -> None:
    secrets = {folder.resolve() for folder in protected}
    for source in sources:
        for secret in secrets:
            if secret.is_relative_to(source.resolve()):
                raise SandboxUnavailable(
                    f"the sandbox would show {source}, and with it {secret}: the course must not "
                    "lie in a folder of Python or of the system, nor be one"
                )
