"""The kernel's process inside a sandbox: limits itself, and then becomes an IPython kernel.

It is run as ``python -s -P kernel.py ORDERS -f CONNECTION_FILE ...``, or forked by `nursery` with
the same arguments. ORDERS is a JSON file that the grader writes, with the fields that
`grading.sandbox.launch.write_orders` writes.
"""

import contextlib
import json
import os
import resource
import shutil
import sys
from pathlib import Path
from typing import Any

_SEND_SOON = "import sys; sys.stdout.flush_interval = sys.stderr.flush_interval = 0.02; del sys"


def main() -> None:
    """Read the orders, obey them, and run the kernel until it is killed."""
    orders = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    _limit(orders["limits"])
    _enter(Path(orders["work"]), orders["files"])
    # The course's own modules win over everything, the submission's lose against everything.
    if orders["course"] not in sys.path:
        sys.path.insert(0, orders["course"])
    sys.path.append(orders["work"])
    if "COURSE_BRIDGE_FD" in os.environ:
        os.set_inheritable(int(os.environ["COURSE_BRIDGE_FD"]), False)
    if orders["confinement"] is not None:
        from inside import landlock

        landlock.confine(**orders["confinement"])
    _run(sys.argv[2:])


def _limit(limits: dict[str, int]) -> None:
    """Set hard limits, which nothing in this process or its children can raise again."""
    for name, limit in limits.items():
        number = getattr(resource, name)
        _, hard = resource.getrlimit(number)
        if hard != resource.RLIM_INFINITY:
            limit = min(limit, hard)
        # Beyond the first limit on time comes a signal with a name, beyond the second SIGKILL.
        grace = 1 if name == "RLIMIT_CPU" else 0
        resource.setrlimit(number, (limit - grace, limit))
    # Where memory runs out, the machine should take this process and no other.
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def _enter(work: Path, files: str | None) -> None:
    """Make the working directory from the submission's files, and go there."""
    for folder in (work, Path(os.environ["HOME"]), Path(os.environ["TMPDIR"])):
        folder.mkdir(parents=True, exist_ok=True)
    if files is not None:
        shutil.copytree(files, work, dirs_exist_ok=True)
    os.chdir(work)


def _silence() -> None:
    """Cut the grader's streams: output reaches it as Jupyter's messages only.

    The zero byte tells the grader that what else it finds in the stream is not ours.
    """
    os.write(2, b"\0")
    discard(0, 1, 2)


def discard(*streams: int) -> None:
    """Have streams lead nowhere."""
    null = os.open(os.devnull, os.O_RDWR)
    for stream in streams:
        os.dup2(null, stream)
    os.close(null)


def _run(arguments: list[str]) -> None:
    from ipykernel.kernelapp import IPKernelApp
    from traitlets.config import Config

    settings: dict[str, Any] = {
        # Without this, the working directory comes first on sys.path.
        # Printed text is sent more often than Jupyter does, in pieces that the grader can count.
        "IPKernelApp": {"ignore_cwd": True, "exec_lines": [_SEND_SOON]},
        "HistoryManager": {"enabled": False},
    }
    # Nobody debugs here, and a debugger takes a tenth of a second to load.
    sys.modules.setdefault("debugpy", None)
    _silence()
    IPKernelApp.launch_instance(argv=arguments, config=Config(settings))


if __name__ == "__main__":
    main()
