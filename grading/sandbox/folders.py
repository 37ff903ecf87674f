"""The private folder of a sandbox on this machine, and what students leave in folders."""

import os
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# A unix socket's path may have 107 characters; ours add
# "/nursery-xxxxxxxx/sandbox-xxxxxxxx/ipc/kernel-5".
_LONGEST = 55


@dataclass(frozen=True)
class PrivateFolder:
    """A folder that belongs to one sandbox."""

    root: Path

    @property
    def sockets(self) -> Path:
        """Where the kernel puts its sockets: the one folder that both sides write."""
        return self.root / "ipc"

    @property
    def files(self) -> Path:
        """The copies of the submission's files."""
        return self.root / "files"

    @property
    def connection(self) -> Path:
        """Jupyter's connection file."""
        return self.root / "connection.json"

    @property
    def orders(self) -> Path:
        """What kernel.py is told."""
        return self.root / "orders.json"

    @property
    def scratch(self) -> Path:
        """Where the kernel may write, if it has no file system in memory."""
        return self.root / "scratch"


def short_folder(prefix: str) -> Path:
    """Make a folder for temporary files whose path leaves room for those of sockets."""
    parent = tempfile.gettempdir()
    if len(parent) > _LONGEST:
        parent = "/tmp"
    return Path(tempfile.mkdtemp(prefix=prefix, dir=parent)).resolve()


def make_private_folder(parent: Path | None = None) -> PrivateFolder:
    """Make a private folder, in the folder of a nursery or where temporary files lie."""
    if parent is None:
        folder = PrivateFolder(short_folder("sandbox-"))
    else:
        folder = PrivateFolder(Path(tempfile.mkdtemp(prefix="sandbox-", dir=parent)))
    folder.sockets.mkdir(mode=0o700)
    return folder


def copy_files(source: Path, target: Path, size: int) -> None:
    """Copy a submission's regular files, without notebooks.

    Symbolic links and special files are left out, since they lead to what is not the student's;
    notebooks, since nbgrader has put the hidden tests into them by the time they run.

    Parameters
    ----------
    source, target : Path
        Folders; `target` is made.
    size : int
        Bytes at most. A file that would exceed it is left out.
    """
    target.mkdir()
    for file in _regular_files(source):
        if file.suffix.lower() == ".ipynb":
            continue
        size -= file.lstat().st_size
        if size < 0:
            return
        copy = target / file.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy, follow_symlinks=False)


def _regular_files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        mode = path.lstat().st_mode
        if stat.S_ISDIR(mode):
            yield from _regular_files(path)
        elif stat.S_ISREG(mode):
            yield path


def remove(folder: Path) -> None:
    """Remove a folder, whatever a student left in it."""
    # rm neither follows links nor tires of depth, where shutil.rmtree stops at a thousand levels.
    command = ["rm", "-rf", "--one-file-system", "--", str(folder)]
    subprocess.run(command, check=False, stderr=subprocess.DEVNULL)
    if folder.exists():
        # A folder that its owner may not read.
        unlock = ["chmod", "-R", "u+rwX", "--", str(folder)]
        subprocess.run(unlock, check=False, stderr=subprocess.DEVNULL)
        subprocess.run(command, check=False, stderr=subprocess.DEVNULL)


def give(user: int, *paths: Path) -> None:
    """Make files and folders, where they exist, belong to a user; only root can."""
    for path in filter(Path.exists, paths):
        for name in [path, *path.rglob("*")]:
            os.chown(name, user, user, follow_symlinks=False)
