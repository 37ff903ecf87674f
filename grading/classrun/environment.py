"""What a score depends on beside the submission and its tests: Python, packages, this grader."""

import functools
import hashlib
import platform
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import distributions
from pathlib import Path

import grading
from grading.sandbox.visible import teaching_package

# Parts of this package that read scores and give none.
_READERS = ("exports", "queries.py", "report", "simulation")


@functools.cache
def environment() -> str:
    """Return a digest of what is installed here: the same on machines that grade alike."""
    return digest(_parts())


def digest(parts: Iterable[bytes]) -> str:
    """Return one digest of several byte strings, each kept apart from its neighbours."""
    total = hashlib.sha256()
    for part in parts:
        total.update(len(part).to_bytes(8) + part)
    return total.hexdigest()


def _parts() -> Iterator[bytes]:
    yield f"{platform.machine()} {sys.implementation.cache_tag} {sys.version}".encode()
    yield "\n".join(sorted(f"{d.name} {d.version}" for d in distributions())).encode()
    for package in (Path(grading.__file__).parent, teaching_package()):
        if package is not None:
            for path in sorted(package.rglob("*")):
                name = path.relative_to(package)
                if path.is_file() and not {"__pycache__", *_READERS} & set(name.parts):
                    yield name.as_posix().encode()
                    yield path.read_bytes()
