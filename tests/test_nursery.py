"""Judges that a nursery forks: each is fresh, and finds its imports done."""

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from traitlets.config import Config, Configurable

from grading import warm
from grading.kernels import Kernel, Limits
from grading.sandbox import EXCHANGE, sandboxed_kernel
from grading.sandbox.folders import give
from grading.trusted import JudgedCell, TrustedCells

pytestmark = pytest.mark.slow

TESTS = JudgedCell("import wave, numpy as np\nimport nowhere_to_be_found", (), True)
TRUSTED = TrustedCells(("import tempfile; tempfile.gettempdir()",), {"ex1-check": TESTS})
SETTINGS = Configurable(config=Config({"SandboxProvisioner": {"mode": "bubblewrap"}}))


@pytest.fixture
def expecting_more() -> Iterator[None]:
    warm.expect_more(True)
    yield
    warm.expect_more(False)
    warm.end_at_exit()


async def in_judges(count: int, *sources: str) -> list[list[str]]:
    """Run some code in several judges, one after the other; return what each printed."""
    printed = []
    for _ in range(count):
        place = await warm.place_for(SETTINGS, TRUSTED)
        exchange = place.new_exchange()
        if place.nursery.user is not None:
            # Otherwise the student's kernel, which is not here, would have it given.
            give(place.nursery.user, exchange)
        ours, theirs = socket.socketpair()
        manager = sandboxed_kernel(
            SETTINGS,
            bridge=theirs.fileno(),
            nursery=place.nursery,
            environment={"TMPDIR": f"{EXCHANGE}/{exchange.name}"},
        )
        judge = Kernel(manager, Limits())
        await judge.start()
        try:
            ran = [await judge.run(source, 30) for source in sources]
        finally:
            await judge.stop()
            ours.close()
            theirs.close()
        printed.append(
            ["".join(o.get("text", o.get("evalue", "")) for o in r.outputs) for r in ran]
        )
    return printed


def test_a_judge_is_fresh_and_has_its_imports(expecting_more: None):
    first, second = asyncio.run(
        in_judges(
            2,
            "import sys; print('wave' in sys.modules, 'x' in globals())",
            "x = 1; sys.x = 1; import os; os.environ['LEFT'] = '1'",
            "print(os.getpid(), os.environ.get('COURSE_NURSERY'), os.environ['COURSE_BRIDGE_FD'])",
            "import numpy as np; print(np.random.random())",
            "import tempfile; print(tempfile.gettempdir() == os.environ['TMPDIR'])",
        )
    )
    assert first[0] == second[0] == "True False\n"
    assert first[2].split()[1] == second[2].split()[1] == "None"
    assert first[2].split()[0] != second[2].split()[0]
    assert first[3] != second[3]
    assert first[4] == second[4] == "True\n"


def test_nothing_that_a_judge_did_reaches_the_next_one(expecting_more: None):
    leave = "import os, sys, subprocess; sys.x = os.environ['LEFT'] = '1'"
    start = "print(subprocess.Popen(['sleep', '600']).pid)"
    look = (
        "import os, sys; print(hasattr(sys, 'x'), os.environ.get('LEFT'), "
        "[n for n in os.listdir('/proc') if n.isdigit() and "
        "b'sleep' in open(f'/proc/{n}/cmdline', 'rb').read()])"
    )
    asyncio.run(in_judges(1, leave, start))
    assert asyncio.run(in_judges(1, look)) == [["False None []\n"]]


def test_a_judge_that_ends_says_so_and_the_next_one_starts(expecting_more: None):
    assert asyncio.run(in_judges(1, "import os; os._exit(3)", "print(1)")) == [["", ""]]
    assert asyncio.run(in_judges(1, "print(1)")) == [["1\n"]]


def test_a_nursery_that_ended_is_replaced(expecting_more: None):
    async def kill() -> Path:
        place = await warm.place_for(SETTINGS, TRUSTED)
        kept = warm._kept
        kept.manager.provisioner.condemn("memory: as a test")
        while await kept.manager.is_alive():
            await asyncio.sleep(0.05)
        return place.exchanges

    gone = asyncio.run(kill())
    assert asyncio.run(in_judges(1, "print(1)")) == [["1\n"]]
    assert not gone.exists()


def test_other_tests_get_another_nursery(expecting_more: None):
    async def places() -> list[warm.Place]:
        other = TrustedCells(("import zipfile",), {})
        return [await warm.place_for(SETTINGS, trusted) for trusted in (TRUSTED, TRUSTED, other)]

    first, again, other = asyncio.run(places())
    assert first is again
    assert other.nursery is not first.nursery
    assert not first.exchanges.exists()


def test_without_more_to_come_a_judge_starts_alone():
    warm.expect_more(False)
    assert asyncio.run(warm.place_for(SETTINGS, TRUSTED)) == warm.Place()
