"""Tests that share an expensive result run in one process."""

import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from tests.conftest import group_of
from tools.course import ROOT

REPORTER = """
import os
import pytest

@pytest.mark.parametrize("name", [f"{number:02}-topic" for number in range(1, 9)])
def test_of_a_notebook(name):
    with open("processes.txt", "a") as file:
        file.write(f"{name} {os.environ['PYTEST_XDIST_WORKER']}\\n")
"""


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


@pytest.mark.slow
def test_two_processes_share_the_notebooks_and_split_none(tmp_path: Path) -> None:
    # A change of pytest or pytest-xdist can switch the distribution off without a word.
    for file in ("test_one.py", "test_two.py", "test_three.py"):
        (tmp_path / file).write_text(REPORTER)
    outer = ("PYTEST_", "COV_")  # what this very run tells its processes
    env = {key: value for key, value in os.environ.items() if not key.startswith(outer)}
    env["PYTHONPATH"] = str(ROOT)
    command = [sys.executable, "-m", "pytest", "-n", "2", "-p", "tests.conftest", "-q", "."]
    run = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    seen = defaultdict(list)
    for line in (tmp_path / "processes.txt").read_text().splitlines():
        name, process = line.split()
        seen[name].append(process)
    assert {name: len(processes) for name, processes in seen.items()} == dict.fromkeys(seen, 3)
    assert len(seen) == 8
    assert all(len(set(processes)) == 1 for processes in seen.values())
    assert {processes[0] for processes in seen.values()} == {"gw0", "gw1"}
