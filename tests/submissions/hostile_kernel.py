"""Blank answers that change how the kernel runs a test, or look over a test's shoulder."""

from tests.submissions.cases import NONE, Work, hostile
from tests.submissions.forging import blank_with

# How the kernel runs a cell


@hostile("an input transformer empties all later cells", points=NONE)
def input_transformer(work: Work) -> None:
    blank_with(work, "get_ipython().input_transformers_post.append(lambda lines: ['pass'])")


@hostile("an AST transformer takes all calls out of later cells", points=NONE)
def ast_transformer(work: Work) -> None:
    attack = """
        import ast

        class Nothing(ast.NodeTransformer):
            def visit_Expr(self, node):
                return ast.Expr(ast.Constant(None))

            def visit_For(self, node):
                return ast.Expr(ast.Constant(None))

        get_ipython().ast_transformers.append(Nothing())
    """
    blank_with(work, attack)


@hostile("after each cell a hook forgets its error and clears its output", points=NONE)
def forgetting_hook(work: Work) -> None:
    attack = """
        def forget(result):
            from IPython.display import clear_output
            result.error_in_exec = result.error_before_exec = None
            clear_output()

        get_ipython().events.register("post_run_cell", forget)
    """
    blank_with(work, attack)


@hostile("a handler of all errors forgets them", points=NONE)
def error_handler(work: Work) -> None:
    attack = """
        import sys
        def forget(result):
            result.error_in_exec = None

        get_ipython().set_custom_exc((Exception,), lambda *_, **__: None)
        get_ipython().events.register("post_run_cell", forget)
        sys.excepthook = lambda *_: None
    """
    blank_with(work, attack)


@hostile("errors are not shown, and the kernel says that all is well", points=NONE)
def hidden_errors(work: Work) -> None:
    attack = """
        shell = get_ipython()
        send = shell.kernel.session.send

        def lenient(stream, kind, content=None, *values, **options):
            if kind == "error":
                return None
            if kind == "execute_reply":
                content = content | {"status": "ok", "payload": [], "user_expressions": {}}
            return send(stream, kind, content, *values, **options)

        shell.kernel.session.send = lenient
    """
    blank_with(work, attack)


@hostile("the kernel runs no further cell and says that it did", points=NONE)
def idle_kernel(work: Work) -> None:
    attack = """
        async def idle(*_, **__):
            return {"status": "ok", "execution_count": 1, "payload": [], "user_expressions": {}}

        get_ipython().kernel.do_execute = idle
    """
    blank_with(work, attack)


@hostile("the shell's own way of running code is replaced", points=NONE)
def replaced_shell(work: Work) -> None:
    attack = """
        async def run_nothing(*_, **__):
            return False

        get_ipython().run_ast_nodes = run_nothing
        get_ipython().run_code = run_nothing
    """
    blank_with(work, attack)


# What looks over the shoulder of a test


def _traced(work: Work, tracer: str) -> None:
    # A cell is run inside the call that was traced when it began, so the tracer is set by a hook.
    attack = f"""
        import sys

        def trace(frame, event, value):
            if frame.f_code.co_name.startswith("check_") and "expected" in frame.f_locals:
                frame.f_locals["actual"] = frame.f_locals["expected"]
            if frame.f_code.co_name == "check_shape" and "shape" in frame.f_locals:
                frame.f_locals["value"] = np.empty(frame.f_locals["shape"])
            return trace

        get_ipython().events.register("pre_run_cell", lambda *_: sys.{tracer}(trace))
        sys.{tracer}(trace)
    """
    blank_with(work, attack)


@hostile("a tracer gives the checks what they expect", points=NONE)
def tracer(work: Work) -> None:
    _traced(work, "settrace")


@hostile("a profiler gives the checks what they expect", points=NONE)
def profiler(work: Work) -> None:
    _traced(work, "setprofile")


@hostile("an alarm goes off in the test and patches the frames that it finds", points=NONE)
def alarm(work: Work) -> None:
    attack = """
        import signal, time

        def wake(number, frame):
            while frame:
                for name in ("check_close", "check_equal", "check_defined"):
                    if name in frame.f_globals:
                        frame.f_globals[name] = lambda *_, **__: None
                frame = frame.f_back

        def slow(*_):
            time.sleep(0.2)
            return np.full(4, 7.0)

        signal.signal(signal.SIGALRM, wake)
        signal.setitimer(signal.ITIMER_REAL, 0.1, 0.1)
    """
    blank_with(work, attack, fake="slow")


@hostile("an interrupt is swallowed and then patches the checks", points=NONE)
def interrupt_handler(work: Work) -> None:
    attack = """
        import os, signal

        def wake(number, frame):
            while frame:
                if "check_close" in frame.f_globals:
                    frame.f_globals["check_close"] = lambda *_, **__: None
                    frame.f_globals["check_equal"] = lambda *_, **__: None
                frame = frame.f_back

        def kick(*_):
            signal.signal(signal.SIGINT, wake)
            os.kill(os.getpid(), signal.SIGINT)
            return np.full(4, 7.0)
    """
    blank_with(work, attack, fake="kick")


@hostile("the answers patch the checks of the test that calls them", points=NONE)
def patched_by_call(work: Work) -> None:
    attack = """
        import sys

        def patch(*_):
            names = sys._getframe(1).f_globals
            names["check_close"] = names["check_equal"] = lambda *_, **__: None
            return np.full(4, 7.0)
    """
    blank_with(work, attack, fake="patch")
