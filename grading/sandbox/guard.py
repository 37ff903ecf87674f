"""Kill a sandbox when its grader ends, however that happens."""

import subprocess
from pathlib import Path

# bubblewrap's own --die-with-parent dies with the thread that started it, and does nothing where
# root starts another user's sandbox. A pipe is closed whatever ends the process that holds it.
_WAIT_AND_KILL = """
read _
kill -s KILL -- "$1"
sleep 1
rm -rf --one-file-system -- "$2"
"""


def guard(number: int, folder: Path) -> subprocess.Popen[bytes]:
    """Start a process that waits for this one's end, kills another one and removes a folder.

    Parameters
    ----------
    number : int
        Of the process; negative for a process group.
    folder : Path
        The sandbox's private one.
    """
    return subprocess.Popen(
        ["/bin/sh", "-c", _WAIT_AND_KILL, "guard", str(number), str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def dismiss(process: subprocess.Popen[bytes]) -> None:
    """End a guard whose sandbox has ended."""
    process.kill()
    process.communicate()
