"""What several test files share."""

import re

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from tests.graded import ASSIGNMENTS, SOLUTIONS, Trip, make_trip


class OneProcessEach(LoadScopeScheduling):
    """Keep in one process what shares an expensive result: a notebook's tests, or a file's.

    Marks with ``--dist loadgroup`` would say the same, but pytest-xdist 3.8 does not see them
    under pytest 9.2 (its issue 1386): each process then graded each class anew.
    """

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


def group_of(nodeid: str) -> str:
    """Return what a test shares: ``variants 05``, ``class 05``, or its file."""
    file, _, test = nodeid.partition("::")
    number = re.search(r"\[(\d\d)-", test)
    if not number:
        return file
    return f"{'variants' if 'variants' in file else 'class'} {number[1]}"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> OneProcessEach:
    """Distribute tests over processes by what they share."""
    return OneProcessEach(config, log)


@pytest.fixture(scope="session", params=ASSIGNMENTS)
def trip(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Trip:
    """A graded class. One for the whole session, since it takes about a minute to make."""
    return make_trip(tmp_path_factory.mktemp("course"), SOLUTIONS, request.param)
