"""What a kernel is started with, and what is common to all ways of starting one."""

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grading
from grading.sandbox.folders import PrivateFolder
from grading.sandbox.visible import Visible

# Paths in a sandbox.
COURSE = "/course"
EXCHANGE = "/exchange"
SCRATCH = "/scratch"

INSIDE = Path(grading.__file__).resolve().parent / "inside"

# Of the grader's own environment, a kernel gets these and no others.
INHERITED = (
    "KERAS_BACKEND",
    "MKL_NUM_THREADS",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "TF_CPP_MIN_LOG_LEVEL",
    "TF_ENABLE_ONEDNN_OPTS",
    "TF_NUM_INTEROP_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TZ",
)


@dataclass(frozen=True)
class Launch:
    """What a sandbox is made from.

    Attributes
    ----------
    arguments : list of str
        Of the kernel: the connection file, and whatever else the kernel manager adds.
    environment : dict
        Variables on top of the usual ones. In their values, a path that begins with `exchange_at`
        or `SCRATCH` means that folder, wherever the sandbox has it.
    visible : Visible
        What of this machine it shows.
    helpers : Path, optional
        The package that notebooks import.
    private : PrivateFolder
        The sandbox's own folder.
    exchange : Path, optional
        A folder that it shares with others.
    exchange_at : str
        Where it finds that folder.
    bridge : int, optional
        A file descriptor that the kernel inherits.
    user : int, optional
        Whom root starts it as; ``None`` if the grader is not root.
    scratch : int
        Bytes that it may write to each of its file systems in memory.
    limits : dict
        Of `resource.setrlimit`.
    """

    arguments: list[str]
    environment: dict[str, str]
    visible: Visible
    helpers: Path | None
    private: PrivateFolder
    exchange: Path | None
    exchange_at: str
    bridge: int | None
    user: int | None
    scratch: int
    limits: dict[str, int]

    @property
    def descriptors(self) -> tuple[int, ...]:
        """What the kernel inherits beside its streams."""
        return () if self.bridge is None else (self.bridge,)


def kernel_command(launch: Launch, course: str, orders: str) -> list[str]:
    """Return the kernel's command line.

    Parameters
    ----------
    launch : Launch
        What to start.
    course, orders : str
        Where the kernel finds the course's modules and its orders.
    """
    # -P: neither the script's folder nor the working directory comes first on sys.path.
    python = [sys.executable, "-s", "-P"]
    return [*python, f"{course}/inside/kernel.py", orders, *launch.arguments]


def kernel_environment(launch: Launch, scratch: str, exchange: str) -> dict[str, str]:
    """Return the kernel's environment, given where it finds its two folders."""
    home = f"{scratch}/home"
    environment = {name: os.environ[name] for name in INHERITED if name in os.environ}
    environment |= {
        "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": home,
        "USER": "student",
        "LOGNAME": "student",
        "TMPDIR": f"{scratch}/tmp",
        "MPLCONFIGDIR": f"{home}/matplotlib",
        "KERAS_HOME": f"{home}/keras",
        # nbgrader tells notebooks so that they are being graded.
        "NBGRADER_EXECUTION": "autograde",
    }
    if launch.bridge is not None:
        environment["COURSE_BRIDGE_FD"] = str(launch.bridge)
    for name, value in launch.environment.items():
        for fixed, actual in ((SCRATCH, scratch), (launch.exchange_at, exchange)):
            if value == fixed or value.startswith(f"{fixed}/"):
                value = actual + value.removeprefix(fixed)
        environment[name] = value
    return environment


def write_orders(
    launch: Launch,
    course: str,
    scratch: str,
    files: str,
    confinement: dict[str, Any] | None = None,
) -> None:
    """Write what kernel.py reads."""
    orders = {
        "limits": launch.limits,
        "work": f"{scratch}/work",
        "files": files if launch.private.files.exists() else None,
        "course": course,
        "confinement": confinement,
    }
    launch.private.orders.write_text(json.dumps(orders), encoding="utf-8")
    if launch.user is not None:
        os.chown(launch.private.orders, launch.user, launch.user)
