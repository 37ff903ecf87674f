"""Which of the ways to make a sandbox this machine has."""

import functools
from pathlib import Path

from grading.sandbox import bubblewrap, landlock
from grading.sandbox.errors import SandboxUnavailable
from grading.sandbox.visible import visible

_MODES = {"bubblewrap": bubblewrap.why_not, "landlock": landlock.why_not}


@functools.cache
def choose(mode: str, protected: tuple[Path, ...], user: int | None) -> str:
    """Return the mode that a kernel is started in.

    Parameters
    ----------
    mode : {"auto", "bubblewrap", "landlock"}
        What the settings ask for; "auto" takes the first that works.
    protected : tuple of Path
        Folders that no sandbox may show.
    user : int, optional
        Whom root starts kernels as.
    """
    modes = tuple(_MODES) if mode == "auto" else (mode,)
    reasons = {name: why_not(name, protected, user) for name in modes}
    for name, reason in reasons.items():
        if reason is None:
            return name
    raise SandboxUnavailable(
        "\n".join(
            ["no sandbox, so no student's code was run:"]
            + [f"- {name}: {reason}" for name, reason in reasons.items()]
            + ["`python -m grading doctor` tests it again once you have changed something"]
        )
    )


def why_not(mode: str, protected: tuple[Path, ...], user: int | None) -> str | None:
    """Say why a mode cannot be had on this machine; ``None`` if it can."""
    return _MODES[mode](visible(protected), user)
