"""Kernels that start warm: this process keeps a nursery that has imported what a notebook needs.

See `grading.sandbox.nursery`.
"""

import atexit
import logging
from dataclasses import dataclass

from traitlets.config import Config, Configurable

from grading.names import imported_modules
from grading.sandbox import Nursery, SandboxLeaks, SandboxUnavailable, start_nursery
from grading.sandbox.doctor import self_test
from grading.trusted import TrustedCells

# From so many submissions on, a nursery is worth its start. Measured with two cores and one or two
# workers: two submissions gain 3 s of 14 if they use Keras, and lose half a second of 5 if not; the
# latter gain from the fourth on.
ENOUGH_TO_WARM_UP = 2

# Libraries that take long to import, and for which it makes no difference where it happens. Those
# for plots look for the notebook that they will be shown in, so a kernel imports them itself.
IMPORTED_AHEAD = frozenset(
    {"keras", "numpy", "pandas", "scipy", "sklearn", "statsmodels", "tensorflow"}
)


@dataclass
class _Kept:
    settings: Config
    modules: list[str]
    nursery: Nursery | None


_kept: _Kept | None = None
_more_to_come = False


def expect_more(more: bool) -> None:
    """Say whether this process is going to grade so many submissions that a nursery pays."""
    global _more_to_come
    _more_to_come = more


async def nursery_for(settings: Configurable, trusted: TrustedCells) -> Nursery | None:
    """Return the nursery for the next submission; the last one stays if it fits.

    There is none unless more submissions are expected and bubblewrap holds them.

    Raises
    ------
    SandboxLeaks
        If a sandbox whose kernel was forked does not hold.
    """
    global _kept
    if not _more_to_come:
        return None
    modules = modules_ahead(trusted)
    if _kept is not None:
        fits = _kept.settings == settings.config and _kept.modules == modules
        if fits and (_kept.nursery is None or _kept.nursery.runs):
            return _kept.nursery
        end()
    _kept = _Kept(settings.config, modules, await _begin(settings))
    if _kept.nursery is not None:
        _kept.nursery.prepare(modules)
    return _kept.nursery


def modules_ahead(trusted: TrustedCells) -> list[str]:
    """Return what a nursery imports: what the set-up cells import, as far as that is safe.

    What only tests import stays out. A student's kernel would have it loaded, and an answer that
    forgets an import might work.
    """
    if any("environ" in source for source in trusted.setup):
        # Libraries read variables when they are imported, so the set-up has to come first.
        return []
    modules = imported_modules(trusted.setup)
    return [name for name in modules if name.partition(".")[0] in IMPORTED_AHEAD]


async def _begin(settings: Configurable) -> Nursery | None:
    nursery = start_nursery(settings)
    if nursery is None:
        return None
    try:
        await self_test(settings, nursery)
    except SandboxLeaks:
        nursery.end()
        raise
    except SandboxUnavailable as problem:
        nursery.end()
        logging.getLogger(__name__).warning(
            "Each kernel imports for itself, which takes longer: %s", problem
        )
        return None
    except BaseException:
        nursery.end()
        raise
    return nursery


@atexit.register
def end() -> None:
    """End what this process keeps; called at its end."""
    global _kept
    if _kept is not None and _kept.nursery is not None:
        _kept.nursery.end()
    _kept = None
