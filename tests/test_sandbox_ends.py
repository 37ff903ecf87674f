"""How sandboxed kernels end, and that they leave nothing behind."""

import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

import pytest

from grading.sandbox import EXCHANGE
from grading.sandbox.verdict import last_words
from tests.sandboxes import MODES, found, marked, nursery_of, started, until

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=MODES)
def mode(request: pytest.FixtureRequest) -> str:
    """A way of making sandboxes that this machine has."""
    found(request.param)
    return request.param


HOARD = """
    import subprocess, sys, time
    code = "import time; text = b'x' * (120 * 2**20); time.sleep(60)"
    children = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(4)]
    time.sleep(60)
"""


def test_the_memory_of_all_processes_counts(mode: str) -> None:
    with started(mode, memory=400) as kernel:
        assert kernel.verdict(HOARD) == "memory: more than 400 MB in use"


def test_files_in_memory_count() -> None:
    found("bubblewrap")
    code = """
        import time
        with open("/dev/shm/file", "wb") as file:
            for _ in range(250):
                file.write(bytes(2**20))
        time.sleep(60)
    """
    with started("bubblewrap", memory=250) as kernel:
        assert kernel.verdict(code) == "memory: more than 250 MB in use"


def test_endless_computing_ends(mode: str) -> None:
    with started(mode, cpu_seconds=4) as kernel:
        verdict = kernel.verdict("while True: pass")
    assert verdict == "time: more than 4 s of CPU time"


@pytest.mark.parametrize("status", [-signal.SIGSEGV, 128 + signal.SIGSEGV])
def test_a_crash_is_told(status: int) -> None:
    reader, writer = os.pipe()
    os.close(writer)
    with open(reader, "rb") as errors:
        assert last_words(status, errors, 10) == "the kernel was ended by SIGSEGV"


def test_a_huge_message_ends_it(mode: str) -> None:
    with started(mode, message_size=1) as kernel:
        verdict = kernel.verdict("import time; print('x' * (3 * 2**20)); time.sleep(60)")
    assert verdict == "output: a message of more than 1 MB"


def test_two_kernels_share_a_folder_of_limited_size(mode: str, tmp_path: Path) -> None:
    shared = {"TMPDIR": EXCHANGE}
    nursery = nursery_of(mode)
    folder = Path(tempfile.mkdtemp(dir=nursery.root if nursery else tmp_path))
    with (
        started(mode, exchange=folder, environment=shared, exchange_files=100) as one,
        started(mode, exchange=folder) as other,
    ):
        path = one.value("""
            import tempfile
            with tempfile.NamedTemporaryFile("w", delete=False) as file:
                _ = file.write("shared")
            file.name
        """)
        assert other.value(f"open({path!r}).read()") == "shared"
        verdict = one.verdict("""
            import pathlib, time
            for number in range(200):
                (pathlib.Path(file.name).parent / str(number)).touch()
            time.sleep(60)
        """)
        assert verdict == "disk: more than 100 files"


# Deaf, in a session of its own where it can be, orphaned, and one of two stopped.
STAYER = """
import os, signal, time
for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
    signal.signal(number, signal.SIG_IGN)
for leave in (os.setsid, os.setpgrp):
    try:
        leave()
    except OSError:
        pass
if os.fork():
    os._exit(0)
if os.fork():
    os.kill(os.getpid(), signal.SIGSTOP)
time.sleep(60)
"""
STAYERS = f"""
import os, signal, subprocess, sys, time
for _ in range(3):
    subprocess.Popen([sys.executable, "-c", {STAYER!r}, MARK])
time.sleep(1)
"""


def test_a_kill_leaves_no_process(mode: str) -> None:
    mark = f"mark-{os.getpid()}-{mode}"
    with started(mode) as kernel:
        kernel.run(f"MARK = {mark!r}")
        kernel.run(STAYERS)
        assert until(lambda: len(marked(mark)) == 6)
        kernel.send("os.kill(os.getpid(), signal.SIGSTOP)")
        time.sleep(0.3)
    assert not marked(mark)
    assert kernel.manager.verdict is None


def test_an_end_leaves_no_process(mode: str) -> None:
    mark = f"mark-{os.getpid()}-{mode}-end"
    with started(mode) as kernel:
        kernel.run(f"MARK = {mark!r}")
        kernel.run(STAYERS)
        assert kernel.verdict("os._exit(3)") == "the kernel ended itself, with exit status 3"
        assert until(lambda: not marked(mark))


GRADER = """
    import asyncio, sys
    from tests.sandboxes import Kernel
    from tests.test_sandbox_ends import STAYERS
    kernel = Kernel(sys.argv[1], {})
    kernel.run(f"MARK = {sys.argv[2]!r}")
    kernel.run(STAYERS)
    print("ready", flush=True)
    kernel.wait(asyncio.sleep(50))
"""


def test_the_kernel_does_not_outlive_the_grader(mode: str, tmp_path: Path) -> None:
    mark = f"mark-{os.getpid()}-{mode}-grader"
    grader = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(GRADER), mode, mark],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[1],
        env=os.environ | {"TMPDIR": str(tmp_path)},
    )
    with grader:
        assert grader.stdout.readline() == b"ready\n"
        # The grader's own command line has the mark as well.
        all_there = until(lambda: len(marked(mark)) == 1 + 6)
        grader.send_signal(signal.SIGKILL)
    assert all_there
    assert until(lambda: not marked(mark))
    assert until(lambda: not [*tmp_path.glob("sandbox-*"), *tmp_path.glob("nursery-*")])


def test_nothing_is_left_on_disk(mode: str, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("kept")
    with started(mode) as kernel:
        verdict = kernel.verdict(f"""
            import os, time
            os.chdir({str(kernel.folder / "ipc")!r})
            os.symlink({str(tmp_path)!r}, "link")
            os.makedirs("closed/inner")
            os.chmod("closed", 0)
            for _ in range(1500):
                os.mkdir("deep")
                os.chdir("deep")
            time.sleep(60)
        """)
        assert verdict == "disk: a folder that cannot be read"
        assert kernel.folder.exists()
    assert not kernel.folder.exists()
    assert precious.read_text() == "kept"
