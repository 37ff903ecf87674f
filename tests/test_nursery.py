"""Kernels that a nursery forks: fresh, each in a sandbox of its own, with their imports done."""

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from traitlets.config import Config, Configurable

from grading import warm
from grading.kernels import Kernel, Limits
from grading.sandbox import (
    Nursery,
    SandboxLeaks,
    SandboxUnavailable,
    doctor,
    sandboxed_kernel,
)
from grading.trusted import JudgedCell, TrustedCells
from tests.sandboxes import marked, until

pytestmark = pytest.mark.slow

TESTS = JudgedCell("import sklearn.cluster", (), True)
TRUSTED = TrustedCells(("import wave, numpy as np\nimport scipy.nowhere",), {"ex1-check": TESTS})
SETTINGS = Configurable(config=Config({"SandboxProvisioner": {"mode": "bubblewrap"}}))


@pytest.fixture(autouse=True)
def expecting_more() -> Iterator[None]:
    warm.expect_more(True)
    yield
    warm.expect_more(False)
    warm.end()


async def in_kernels(count: int, *sources: str) -> list[list[str]]:
    """Run some code in several kernels, one after the other; return what each printed."""
    printed = []
    for _ in range(count):
        nursery = await warm.nursery_for(SETTINGS, TRUSTED)
        kernel = Kernel(sandboxed_kernel(SETTINGS, nursery=nursery), Limits())
        await kernel.start()
        try:
            ran = [await kernel.run(source, 30) for source in sources]
        finally:
            await kernel.stop()
        printed.append(
            ["".join(o.get("text", o.get("evalue", "")) for o in r.outputs) for r in ran]
        )
    return printed


def nursery_now() -> Nursery | None:
    return asyncio.run(warm.nursery_for(SETTINGS, TRUSTED))


def test_a_kernel_is_fresh_and_has_its_imports():
    first, second = asyncio.run(
        in_kernels(
            2,
            "import sys; print('numpy' in sys.modules, 'x' in globals())",
            "x = 1; sys.x = 1; import os; os.environ['LEFT'] = '1'",
            "print(hasattr(sys, 'x'), 'LEFT' in os.environ)",
            "import random; print(random.random())",
            "import numpy as np; print(np.random.random())",
            "import tempfile; print(tempfile.gettempdir() == os.environ['TMPDIR'])",
        )
    )
    assert first[0] == second[0] == "True False\n"
    assert first[2] == "True True\n"
    assert first[3] != second[3]
    assert first[4] != second[4]
    assert first[5] == second[5] == "True\n"


def test_what_only_tests_import_is_not_there():
    sources = "import sys; print('sklearn' in sys.modules)", "import sklearn.cluster; print(1)"
    assert asyncio.run(in_kernels(1, *sources)) == [["False\n", "1\n"]]


def test_two_kernels_of_one_nursery_share_nothing():
    async def both() -> list[str]:
        nursery = await warm.nursery_for(SETTINGS, TRUSTED)
        kernels = [Kernel(sandboxed_kernel(SETTINGS, nursery=nursery), Limits()) for _ in range(2)]
        await asyncio.gather(*(kernel.start() for kernel in kernels))
        leave = """
import glob, os, socket, subprocess
for folder in ("/tmp", "/scratch", "/dev/shm", os.environ["TMPDIR"]):
    open(f"{folder}/left", "w").close()
child = subprocess.Popen(["sleep", "600"])
server = socket.create_server(("127.0.0.1", 7411))
abstract = socket.socket(socket.AF_UNIX); abstract.bind("\\0course"); abstract.listen()
print(len(os.listdir("/proc/self/fd")) < 100)"""
        look = """
import glob, os, socket
names = [n for n in os.listdir("/proc") if n.isdigit()]
print(len(names), [b"600" in open(f"/proc/{n}/cmdline", "rb").read() for n in names].count(True))
print(glob.glob("/*/left") + glob.glob("/*/*/left"), glob.glob("/tmp/**", recursive=True))
for family, address in ((socket.AF_INET, ("127.0.0.1", 7411)), (socket.AF_UNIX, "\\0course")):
    try:
        socket.socket(family).connect(address)
    except OSError as error:
        print("refused")"""
        try:
            left = await kernels[0].run(leave, 30)
            found = await kernels[1].run(look, 30)
        finally:
            await asyncio.gather(*(kernel.stop() for kernel in kernels))
        return [ran.outputs[0]["text"] for ran in (left, found)]

    left, found = asyncio.run(both())
    assert left == "True\n"
    # bubblewrap, the process that waits in the sandbox, and the kernel; its own sockets' folder.
    processes, files, *refused = found.splitlines()
    assert processes == "3 0"
    assert files.startswith("[] ['/tmp/', '/tmp/nursery-")
    assert files.count("/sandbox-") <= 10
    assert "kernel-" in files
    assert refused == ["refused", "refused"]


def test_nothing_of_the_nursery_reaches_a_kernel():
    code = """
import os
links = [os.readlink(f"/proc/self/fd/{n}") for n in os.listdir("/proc/self/fd")[:4]]
print(os.getppid(), os.listdir("/proc/self/fd")[:3], links[:3])
print(open("/proc/self/environ").read().count("COURSE_BRIDGE_FD"))
print(sorted(os.listdir("/course")))"""
    told = asyncio.run(in_kernels(1, code))[0][0].splitlines()
    assert told[0].startswith("0 ['0', '1', '2'] ['/dev/null', ")
    assert told[1:] == ["0", "['helpers', 'inside', 'orders.json']"]


def test_a_kernel_that_ends_says_so_and_the_next_one_starts():
    assert asyncio.run(in_kernels(1, "import os; os._exit(3)", "print(1)")) == [["", ""]]
    assert asyncio.run(in_kernels(1, "print(1)")) == [["1\n"]]


def test_a_start_that_is_cancelled_leaves_no_kernel():
    async def cancel() -> Path:
        nursery = await warm.nursery_for(SETTINGS, TRUSTED)
        manager = sandboxed_kernel(SETTINGS, nursery=nursery)
        start = asyncio.create_task(manager.start_kernel())
        while not list(nursery.root.glob("sandbox-*")):
            await asyncio.sleep(0.001)
        start.cancel()
        with pytest.raises(asyncio.CancelledError):
            await start
        return nursery.root

    root = asyncio.run(cancel())
    assert not list(root.glob("sandbox-*"))
    assert until(lambda: not [p for p in psutil.process_iter() if _has(p, str(root))])


def _has(process: psutil.Process, folder: str) -> bool:
    with suppress(psutil.Error):
        arguments = process.cmdline()
        # The nursery's own command line and its guard's name the folder too.
        return any(argument.startswith(f"{folder}/sandbox-") for argument in arguments)
    return False


def test_a_nursery_that_was_too_slow_once_is_asked_nothing_more():
    # Its late answer would be taken for the answer to the next question.
    nursery = nursery_now()
    nursery.prepare(["statsmodels.api"])
    nursery._line.settimeout(0.01)
    for answer in ("does not answer", "does not listen"):
        with pytest.raises(SandboxUnavailable, match=answer):
            nursery.start(["/bin/false"], [], {}, [])
    assert until(lambda: not nursery.runs)
    assert nursery_now() is not nursery


def test_what_kills_a_nursery_and_its_midwives_kills_their_kernels():
    mark = f"mark-{os.getpid()}-midwife"

    async def kill() -> str | None:
        nursery = await warm.nursery_for(SETTINGS, TRUSTED)
        manager = sandboxed_kernel(SETTINGS, nursery=nursery)
        kernel = Kernel(manager, Limits())
        await kernel.start()
        child = "import sys, time; time.sleep(600)"
        start = f"subprocess.Popen([sys.executable, '-c', {child!r}, {mark!r}])"
        await kernel.run(f"import subprocess, sys; child = {start}", 30)
        assert until(lambda: marked(mark))
        os.killpg(nursery._process.pid, signal.SIGKILL)
        while await manager.is_alive():
            await asyncio.sleep(0.01)
        ended = await kernel.run("print(1)", 30)
        await kernel.stop()
        return ended.status

    assert asyncio.run(kill()) == "dead"
    assert until(lambda: not marked(mark))


def test_a_nursery_that_ended_is_replaced():
    first = nursery_now()
    os.kill(first._process.pid, signal.SIGKILL)
    assert until(lambda: not first.runs)
    assert asyncio.run(in_kernels(1, "print(1)")) == [["1\n"]]
    assert nursery_now() is not first
    assert not first.root.exists()


def test_other_imports_need_another_nursery():
    async def nurseries() -> list[Nursery | None]:
        same = TrustedCells((*TRUSTED.setup, "import helpers"), {})
        other = TrustedCells(("import pandas",), {})
        return [await warm.nursery_for(SETTINGS, trusted) for trusted in (TRUSTED, same, other)]

    first, again, other = asyncio.run(nurseries())
    assert first is again
    assert other is not first
    assert not first.root.exists()


def test_without_more_to_come_a_kernel_starts_alone():
    warm.expect_more(False)
    assert nursery_now() is None


@pytest.mark.parametrize(
    ("setup", "ahead"),
    [
        (("import numpy as np", "from keras import layers"), ["numpy", "keras"]),
        (("import matplotlib.pyplot, plotly, helpers, os",), []),
        (("import os\nos.environ['KERAS_BACKEND'] = 'jax'", "import keras"), []),
    ],
)
def test_what_is_imported_ahead(setup: tuple[str, ...], ahead: list[str]):
    assert warm.modules_ahead(TrustedCells(setup, {"ex1-check": TESTS})) == ahead


def test_a_nursery_whose_sandboxes_do_not_hold_stops_the_grading(
    monkeypatch: pytest.MonkeyPatch,
):
    async def found(*_: object) -> dict[str, str]:
        return {"the network cannot be reached": "it can"}

    monkeypatch.setattr(doctor, "probe", found)
    with pytest.raises(SandboxLeaks, match="the network cannot be reached"):
        nursery_now()


def test_it_holds_inside_nbgraders_own_command_too(monkeypatch: pytest.MonkeyPatch):
    # Which sets this while it grades, as we do in every kernel.
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert nursery_now() is not None


def test_where_no_kernel_can_be_forked_each_starts_alone(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    roots: list[Path] = []

    def refuse(self: Nursery, *_: object) -> None:
        roots.append(self.root)
        raise SandboxUnavailable("as a test")

    monkeypatch.setattr(Nursery, "start", refuse)
    assert nursery_now() is None
    assert nursery_now() is None
    assert len(roots) == 1
    assert not roots[0].exists()
    assert "imports for itself, which takes longer: as a test" in caplog.text
