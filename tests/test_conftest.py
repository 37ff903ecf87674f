"""Tests that share an expensive result run in one process."""

import pytest

from tests.conftest import group_of


@pytest.mark.parametrize(
    ("nodeid", "group"),
    [
        ("tests/test_grading_roundtrip.py::test_export[05-lstm]", "class 05"),
        ("tests/test_release.py::test_release[05-lstm]", "class 05"),
        ("tests/test_variants.py::test_wrong_answers[05-ex1-lstm-step]", "variants 05"),
        ("tests/test_variants.py::test_every_exercise_has_variants[05]", "tests/test_variants.py"),
        ("tests/test_helpers_data.py::test_size[load_nile]", "tests/test_helpers_data.py"),
        ("tests/test_tools_run.py::TestRun::test_one", "tests/test_tools_run.py"),
    ],
)
def test_group_of_a_test(nodeid: str, group: str) -> None:
    assert group_of(nodeid) == group
