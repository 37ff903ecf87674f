"""What several test files share."""

import pytest

from tests.graded import ASSIGNMENTS, SOLUTIONS, Trip, make_trip


@pytest.fixture(scope="session", params=ASSIGNMENTS)
def trip(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Trip:
    """A graded class. One for the whole session, since it takes about a minute to make."""
    return make_trip(tmp_path_factory.mktemp("course"), SOLUTIONS, request.param)
