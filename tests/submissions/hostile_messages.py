"""Blank answers that show points themselves, and kernels that send what no honest one sends."""

from copy import deepcopy
from textwrap import dedent

from nbformat.v4 import new_output

from tests.submissions.cases import FULL, NONE, Work, hostile, without
from tests.submissions.fixture import EXERCISES, HIDDEN, VISIBLE
from tests.submissions.forging import blank_with

# The points of the test cells in their order, for what shows them.
POINTS = f"""
        import itertools
        points = itertools.cycle([{VISIBLE}.0, {HIDDEN}.0])
"""


def _shown(work: Work, *lines: str) -> None:
    """Hand in answers that do something with the next test's points."""
    body = "".join(f"\n            {line}" for line in lines)
    blank_with(work, f"{POINTS}\n        def show(*_):{body}", fake="show")


# What is shown in the place of the test's outcome


@hostile("the answer shows the points itself, and raises", points=NONE)
def displayed_points(work: Work) -> None:
    _shown(work, "get_ipython().displayhook(next(points))", "raise ValueError")


@hostile("the answer sends the points as a message, and raises", points=NONE)
def sent_points(work: Work) -> None:
    _shown(
        work,
        "kernel = get_ipython().kernel",
        "data = {'text/plain': str(next(points))}",
        "content = {'data': data, 'metadata': {}, 'execution_count': 1}",
        "parent = kernel.get_parent('shell')",
        "kernel.session.send(kernel.iopub_socket, 'execute_result', content, parent=parent)",
        "raise ValueError",
    )


@hostile("the answer says that the cell is over, and raises", points=NONE)
def early_idle(work: Work) -> None:
    _shown(
        work,
        "get_ipython().displayhook(next(points))",
        "kernel = get_ipython().kernel",
        "idle = {'execution_state': 'idle'}",
        "parent = kernel.get_parent('shell')",
        "kernel.session.send(kernel.iopub_socket, 'status', idle, parent=parent)",
        "raise ValueError",
    )


@hostile("a warning in the answer is shown as points", points=NONE)
def warned_points(work: Work) -> None:
    _shown(
        work,
        "import warnings",
        "warnings.showwarning = lambda *_: get_ipython().displayhook(next(points))",
        "warnings.simplefilter('always')",
        "warnings.warn('points')",
        "raise ValueError",
    )


@hostile("a thread shows points in every cell before its error", points=NONE)
def showing_thread(work: Work) -> None:
    attack = f"""{POINTS}
        import threading, time

        def show(kernel, shell):
            seen, end = None, time.monotonic() + 15
            while time.monotonic() < end:
                parent = kernel.get_parent("shell")
                if parent and parent["header"]["msg_id"] != seen:
                    seen = parent["header"]["msg_id"]
                    if "check_defined" in parent["content"]["code"]:
                        data = {{"text/plain": "4.0"}}
                        content = {{"data": data, "metadata": {{}}, "execution_count": 1}}
                        session, socket = kernel.session, kernel.iopub_socket
                        session.send(socket, "execute_result", content, parent=parent)
                time.sleep(0.001)

        def slow(*_):
            time.sleep(0.2)
            raise ValueError

        shell = get_ipython()
        threading.Thread(target=show, args=(shell.kernel, shell), daemon=True).start()
    """
    blank_with(work, attack, fake="slow")


@hostile("a thread clears the output of all later cells", points=NONE)
def clearing_thread(work: Work) -> None:
    attack = """
        import threading, time

        def clear(kernel):
            end = time.monotonic() + 15
            while time.monotonic() < end:
                parent = kernel.get_parent("shell")
                content = {"wait": False}
                kernel.session.send(kernel.iopub_socket, "clear_output", content, parent=parent)
                time.sleep(0.01)

        threading.Thread(target=clear, args=(get_ipython().kernel,), daemon=True).start()
        type(get_ipython()).showtraceback = lambda *_, **__: None
        forget = lambda result: setattr(result, "error_in_exec", None)
        get_ipython().events.register("post_run_cell", forget)
    """
    blank_with(work, attack)


@hostile("the outputs of earlier tests are rewritten by a later cell", points=NONE)
def rewritten_outputs(work: Work) -> None:
    attack = """
        def show(*_):
            shell = get_ipython()
            content = {"data": {"text/plain": "0.0"}, "metadata": {}, "execution_count": 1}
            content["transient"] = {"display_id": "points"}
            for kind in ("execute_result", "update_display_data"):
                parent = shell.kernel.get_parent("shell")
                shell.kernel.session.send(
                    shell.kernel.iopub_socket, kind, content, parent=parent
                )
                content["data"] = {"text/plain": "4.0"}
            raise ValueError
    """
    blank_with(work, attack, fake="show")


@hostile("results stand in the file, and its tests are tagged to be skipped", points=NONE)
def stored_results(work: Work) -> None:
    work.notebook = deepcopy(work.blank)
    for name, *_ in EXERCISES.values():
        for part, points in (("check", VISIBLE), ("hidden", HIDDEN)):
            cell = work.find(f"{name}-{part}")
            data = {"text/plain": f"{points}.0"}
            cell.outputs = [new_output("execute_result", data, execution_count=9)]
            cell.execution_count = 9
            cell.metadata |= {"tags": ["skip-execution", "nbgrader-skip"], "trusted": True}
    work.save()


# What the kernel tells the grader, in messages that no honest kernel sends


def _told(work: Work, source: str) -> None:
    """Answer all, and let the last exercise's cell send messages."""
    start = "kernel = get_ipython().kernel\nparent = kernel.get_parent('shell')\n"
    work.find("ex3-iterate").source += f"\n\n{start}{dedent(source).strip()}"
    work.save()


@hostile("messages whose parts are of the wrong types", points=FULL)
def odd_messages(work: Work) -> None:
    source = """
        def send(kind, content):
            kernel.session.send(kernel.iopub_socket, kind, content, parent=parent)

        plain = {"data": {"text/plain": "x"}, "metadata": {}}
        for kind in ("display_data", "execute_result", "stream", "error", "clear_output", "status"):
            for content in ([], {}, "text", 5, None, {"data": 5}, plain | {"transient": "x"}):
                send(kind, content)
            send(kind, plain | {"transient": {"display_id": ["x"]}})
            send("update_display_data", plain | {"transient": {"display_id": {}}})
            send(kind, {"name": ["stdout"], "text": {}, "ename": 3, "execution_count": []})
    """
    _told(work, source)


@hostile("messages whose headers and parents are of the wrong types", points=FULL)
def odd_headers(work: Work) -> None:
    source = """
        session = kernel.session
        for header in ([], None, 5, {}, {"msg_id": [], "msg_type": {}}, dict(parent["header"])):
            for above in ([], None, 5, "x", {}, {"msg_id": []}, dict(parent["header"])):
                parts = [session.pack(part) for part in (header, above, {}, {})]
                parts.insert(0, session.sign(parts))
                kernel.iopub_socket.send_multipart([b"status", b"<IDS|MSG>", *parts])
    """
    _told(work, source)


@hostile("messages nested so deeply that reading them fails", points=FULL)
def deep_messages(work: Work) -> None:
    source = """
        session = kernel.session
        header = session.pack(session.msg_header("display_data"))
        deep = b"[" * 100_000 + b"]" * 100_000
        for place in range(3):
            parts = [header, session.pack(parent["header"]), b"{}", b"{}"]
            parts[place + 1] = deep
            parts.insert(0, session.sign(parts))
            kernel.iopub_socket.send_multipart([b"status", b"<IDS|MSG>", *parts])
    """
    _told(work, source)


@hostile("messages that are no messages, unsigned or cut off", points=FULL)
def broken_messages(work: Work) -> None:
    source = """
        for parts in ([b""], [b"<IDS|MSG>"], [b"<IDS|MSG>", b"x"], [b"<IDS|MSG>", *[b"{}"] * 5]):
            kernel.iopub_socket.send_multipart(parts)
            kernel.iopub_socket.send_multipart([b"status", *parts])
        kernel.iopub_socket.send_multipart([b"\\xff\\xfe", b"<IDS|MSG>", *[b"\\xff"] * 5])
    """
    _told(work, source)


@hostile("the kernel answers nothing any more", points=without("ex3"))
def silent_kernel(work: Work) -> None:
    _told(work, "kernel.session.send = lambda *_, **__: None")


@hostile("a blank notebook whose kernel answers nothing any more", points=NONE)
def silent_blank(work: Work) -> None:
    attack = "kernel = get_ipython().kernel\nkernel.session.send = lambda *_, **__: None"
    blank_with(work, attack)
