"""What a kernel is started with, and what is common to all ways of starting one."""

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grading
from grading.sandbox.folders import PrivateFolder
from grading.sandbox.visible import Visible

if TYPE_CHECKING:
    from grading.sandbox.nursery import Nursery

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
        Variables on top of the usual ones. In their values, a path that begins with `EXCHANGE` or
        `SCRATCH` means that folder, wherever the sandbox has it.
    visible : Visible
        What of this machine it shows.
    helpers : Path, optional
        The package that notebooks import.
    private : PrivateFolder
        The sandbox's own folder.
    exchange : Path, optional
        A folder that it shares with others.
    bridge : int, optional
        A file descriptor that the kernel inherits.
    nursery : Nursery, optional
        What forks the kernel, instead of starting it.
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
    bridge: int | None
    nursery: "Nursery | None"
    user: int | None
    scratch: int
    limits: dict[str, int]

    @property
    def descriptors(self) -> tuple[int, ...]:
        """What the kernel inherits beside its streams."""
        return () if self.bridge is None else (self.bridge,)


def python(script: str, course: str) -> list[str]:
    """Return the command that runs one of the scripts in grading/inside.

    Parameters
    ----------
    script : str
        Its name.
    course : str
        Where a sandbox has the course's modules.
    """
    # -P: neither the script's folder nor the working directory comes first on sys.path.
    return [sys.executable, "-s", "-P", f"{course}/inside/{script}"]


def usual_environment(scratch: str) -> dict[str, str]:
    """Return the variables of every process in a sandbox, given where it may write."""
    home = f"{scratch}/home"
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return inherited | {
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


def kernel_environment(launch: Launch, scratch: str, exchange: str) -> dict[str, str]:
    """Return the kernel's environment, given where it finds its two folders."""
    environment = usual_environment(scratch)
    if launch.bridge is not None:
        environment["COURSE_BRIDGE_FD"] = str(launch.bridge)
    for name, value in launch.environment.items():
        for fixed, actual in ((SCRATCH, scratch), (EXCHANGE, exchange)):
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
