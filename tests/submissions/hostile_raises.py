"""Answers that raise or end their process in the middle of a test, to be out of it early."""

from tests.submissions.cases import NONE, Work, hostile, without
from tests.submissions.forging import blank_with


def _leaves(work: Work, error: str) -> None:
    blank_with(work, f"def leave(*_):\n    raise {error}", fake="leave")


@hostile("the answer raises SystemExit(0)", points=NONE)
def raises_exit(work: Work) -> None:
    _leaves(work, "SystemExit(0)")


@hostile("the answer raises KeyboardInterrupt", points=NONE)
def raises_interrupt(work: Work) -> None:
    _leaves(work, "KeyboardInterrupt")


@hostile("the answer raises GeneratorExit", points=NONE)
def raises_generator_exit(work: Work) -> None:
    _leaves(work, "GeneratorExit")


@hostile("the answer raises StopIteration", points=NONE)
def raises_stop(work: Work) -> None:
    _leaves(work, "StopIteration")


@hostile("the answer raises what a debugger raises, which IPython does not report", points=NONE)
def raises_debuggers_quit(work: Work) -> None:
    _leaves(work, "__import__('bdb').BdbQuit")


@hostile("the answer raises an error of IPython's that is only printed", points=NONE)
def raises_usage_error(work: Work) -> None:
    _leaves(work, "__import__('IPython').core.error.UsageError('all is well')")


@hostile("the answer raises an error that renders itself as a success", points=NONE)
def raises_success(work: Work) -> None:
    attack = """
        passed = "Exercise 1 passed: you can bring values to one scale."

        class Passed(Exception):
            __str__ = __repr__ = lambda self: passed
            _render_traceback_ = lambda self, *_: [passed]

        def leave(*_):
            raise Passed(passed)
    """
    blank_with(work, attack, fake="leave")


@hostile("the answer ends its process in the test, quietly", points=without("ex3"))
def ends_in_test(work: Work) -> None:
    work.answer("ex3-iterate", "import os\niterate = lambda *_: os._exit(0)")
    work.save()


@hostile("the answer ends its process in the first test: it costs the later cells", points=NONE)
def ends_in_first_test(work: Work) -> None:
    work.answer("ex1-rescale", "import os\nrescale = lambda *_: os._exit(0)")
    work.save()
