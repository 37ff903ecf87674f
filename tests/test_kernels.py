"""A kernel that hangs, floods, lies or dies ends one cell or itself, and never the grading.

The kernels here are plain ones: what a sandbox adds is tested with the sandbox.
"""

import asyncio

import pytest
from jupyter_client.manager import AsyncKernelManager

from grading.kernels import Kernel, Limits

pytestmark = pytest.mark.slow

FAKE_IDLE = """\
import time
kernel = get_ipython().kernel
kernel.session.send(
    kernel.iopub_socket, "status", {"execution_state": "idle"}, parent=kernel.get_parent("shell")
)
time.sleep(1)
print("later")"""
SWALLOW = """\
import time
while True:
    try:
        time.sleep(60)
    except KeyboardInterrupt:
        pass"""


def run(*cells, first=60.0, limits=None):
    """Run cells in a new kernel; return what came of each, and why the kernel ended, if it did.

    ``first`` are the seconds that the first cell gets. The others get plenty, on a busy machine.
    """

    async def work():
        kernel = Kernel(AsyncKernelManager(kernel_name="python3"), limits or Limits())
        await kernel.start()
        try:
            seconds = [first, *[60.0] * len(cells)]
            pairs = zip(cells, seconds, strict=False)
            return [await kernel.run(cell, limit) for cell, limit in pairs], kernel.ended
        finally:
            await kernel.stop()

    return asyncio.run(work())


def text(ran):
    return "".join(output.get("text", "") for output in ran.outputs)


def test_cells_run_in_order_and_are_counted():
    (first, second, third), ended = run("x = 20", "print(x + 1)", "x + 2")
    assert [ran.status for ran in (first, second, third)] == ["ok"] * 3
    assert (first.outputs, text(second), third.count, ended) == ([], "21\n", 3, None)


def test_an_error_is_an_output_and_the_kernel_goes_on():
    (failed, after), ended = run("1 / 0", "print('after')")
    assert (failed.status, failed.outputs[-1].ename) == ("error", "ZeroDivisionError")
    assert (after.status, text(after), ended) == ("ok", "after\n", None)


def test_a_cell_that_takes_too_long_is_stopped():
    (slow, after), ended = run("import time; time.sleep(30)", "print('after')", first=1.5)
    assert (slow.status, after.status, text(after), ended) == ("timeout", "ok", "after\n", None)


def test_a_kernel_that_does_not_obey_is_ended():
    (slow, after), ended = run(SWALLOW, "print('after')", first=1.0)
    assert (slow.status, after.status) == ("timeout", "dead")
    assert "did not obey" in ended
    assert after.reason == ended


def test_a_kernel_that_ends_itself_is_noticed():
    (first, last, after), _ = run("print('kept', flush=True)", "import os; os._exit(3)", "1")
    assert (text(first), last.status, after.status) == ("kept\n", "dead", "dead")
    assert "ended by itself" in after.reason


def test_a_flood_is_stopped():
    limits = Limits(keep=10_000, flood=100_000)
    (flood, after), _ = run("while True: print('x' * 1000)", "print('after')", limits=limits)
    assert (flood.status, after.status) == ("flood", "ok")
    assert len(text(flood)) < 12_000


def test_a_forged_end_of_a_cell_is_only_its_own_loss():
    (forged, after), _ = run(FAKE_IDLE, "print('mine')")
    assert text(forged) == ""
    assert (after.status, text(after)) == ("ok", "mine\n")


def test_a_kernel_that_does_not_start_says_so():
    manager = AsyncKernelManager(kernel_name="python3")

    async def work():
        kernel = Kernel(manager, Limits(start=5))
        await kernel.start(extra_arguments=["--no-such-option=1", "--Session.key="])

    with pytest.raises(RuntimeError, match="did not start"):
        asyncio.run(work())
