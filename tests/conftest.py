"""What several test files share."""

import pytest

from tests.graded import ASSIGNMENTS, SOLUTIONS, Trip, make_trip


# First, because pytest-xdist reads the marks in its own hook of this name.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep in one process what shares an expensive fixture: a notebook's tests, or a file's."""
    for item in items:
        given = item.callspec.params if hasattr(item, "callspec") else {}
        variants = f"variants-{given['number']}" if "number" in given else item.path.stem
        item.add_marker(pytest.mark.xdist_group(given.get("trip", variants)))


@pytest.fixture(scope="session", params=ASSIGNMENTS)
def trip(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Trip:
    """A graded class. One for the whole session, since it takes about a minute to make."""
    return make_trip(tmp_path_factory.mktemp("course"), SOLUTIONS, request.param)
