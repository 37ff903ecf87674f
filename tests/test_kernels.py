"""A kernel that hangs, floods, lies or dies ends one cell or itself, and never the grading.

The kernels here are plain ones: what a sandbox adds is tested with the sandbox.
"""

import asyncio
from queue import Empty

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
FORGED_PAYLOAD = """\
type(get_ipython().payload_manager).read_payload = lambda self: {}"""
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
    (slow, after), ended = run("import time; time.sleep(30)", "print('after')", first=3.0)
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


def test_a_kernel_that_is_left_by_exit_ends_in_that_cell():
    (left, after), ended = run("print('bye'); exit()", "print('after')")
    assert (text(left), left.status, after.status, after.outputs) == ("bye\n", "dead", "dead", [])
    assert ended in left.reason


@pytest.mark.parametrize("payload", ["[{'source': 'ask_exit'}]", "[{}]", "[7]", "{'a': 7}", "7"])
def test_a_kernel_that_only_says_that_it_ends_goes_on(payload: str):
    (forged, after), _ = run(FORGED_PAYLOAD.format(payload), "print('mine')")
    assert (forged.status, after.status, text(after)) == ("ok", "ok", "mine\n")


class ScriptedClient:
    """Stands for both the manager and the client of a kernel that lives; None: it is silent."""

    allow_stdin = True

    def __init__(self, iopub, shell):
        self._iopub, self._shell = iter(iopub), iter(shell)

    async def get_iopub_msg(self, timeout):
        return _said(next(self._iopub))

    async def get_shell_msg(self, timeout):
        return _said(next(self._shell))

    async def start_kernel(self):
        pass

    async def is_alive(self):
        return True

    def client(self):
        return self

    def start_channels(self):
        pass

    def kernel_info(self):
        pass

    def execute(self, source, **options):
        return "request"


def _said(message):
    if message is None:
        raise Empty
    kind, content = message
    header = {"msg_type": kind}
    return {"header": header, "parent_header": {"msg_id": "request"}, "content": content}


@pytest.mark.parametrize("end", [("status", {"execution_state": "idle"}), None])
def test_what_was_printed_is_kept_if_the_reply_comes_first(end):
    printed = ("stream", {"name": "stdout", "text": "late"})
    reply = ("execute_reply", {"status": "ok"})
    client = ScriptedClient(iopub=[reply, None, printed, end], shell=[reply, reply])

    async def work():
        kernel = Kernel(client, Limits())
        await kernel.start()
        return await kernel.run("print('late')", 60)

    ran = asyncio.run(work())
    assert (ran.status, text(ran)) == ("ok", "late")


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
