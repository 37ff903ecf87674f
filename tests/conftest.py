"""What several test files share."""

import os

import pytest

from tests.graded import ASSIGNMENTS, SOLUTIONS, Trip, make_trip

# For the kernels that tests start: on two cores, two threads of linear algebra in each of several
# processes hinder each other. The fits of notebook 03 then took three times as long.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


@pytest.fixture(scope="session", params=ASSIGNMENTS)
def trip(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Trip:
    """A graded class. One for the whole session, since it takes about a minute to make."""
    return make_trip(tmp_path_factory.mktemp("course"), SOLUTIONS, request.param)
