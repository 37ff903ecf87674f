"""Submissions that never come to their end, or come to it before the grader does.

What ends the kernel does so before exercise 3 is judged; what was judged by then keeps its points.
"""

from tests.submissions.attacks import BEFORE_THE_LAST, attack, in_answer
from tests.submissions.cases import FULL, Work, hostile, without
from tests.submissions.fixture import VISIBLE

# Time


@hostile("a loop without an end", points=FULL)
def loops(work: Work) -> None:
    attack(work, "while True:\n    pass")


@hostile("a loop that no interrupt ends", points=without("ex3"))
def loops_on(work: Work) -> None:
    attack(
        work,
        """\
while True:
    with suppress(KeyboardInterrupt):
        while True:
            time.sleep(1)""",
        BEFORE_THE_LAST,
    )


@hostile("a loop in C, which never looks for an interrupt", points=without("ex3"))
def loops_in_c(work: Work) -> None:
    attack(
        work,
        """\
import itertools

sum(itertools.repeat(0))""",
        BEFORE_THE_LAST,
    )


@hostile("an answer sleeps while a hidden test waits for it", points=FULL | {"ex2": VISIBLE})
def sleeps_in_test(work: Work) -> None:
    in_answer(work, "ex2-runs", "if len(values) > 5: __import__('time').sleep(3600)")


@hostile("an answer calls a test's function without an end", points=FULL | {"ex3": VISIBLE})
def calls_back_for_ever(work: Work) -> None:
    in_answer(work, "ex3-iterate", "while n > 3: step(0.5)")


@hostile("waits for somebody to type", points=FULL)
def waits_for_input(work: Work) -> None:
    attack(work, "input()\nsys.stdin.read()")


@hostile("stops itself", points=without("ex3"))
def stops_itself(work: Work) -> None:
    attack(work, "os.kill(os.getpid(), signal.SIGSTOP)", BEFORE_THE_LAST)


# The end


@hostile("ends its process", points=without("ex3"))
def exits(work: Work) -> None:
    attack(work, "os._exit(0)", BEFORE_THE_LAST)


@hostile("aborts", points=without("ex3"))
def aborts(work: Work) -> None:
    attack(work, "os.abort()", BEFORE_THE_LAST)


@hostile("crashes", points=without("ex3"))
def crashes(work: Work) -> None:
    attack(work, "ctypes.string_at(0)", BEFORE_THE_LAST)


@hostile("an answer crashes while a hidden test runs", points=without("ex3") | {"ex2": VISIBLE})
def crashes_in_test(work: Work) -> None:
    in_answer(work, "ex2-runs", "if len(values) > 5: __import__('ctypes').string_at(0)")


@hostile("overflows the stack when all is judged", points=FULL)
def overflows_stack(work: Work) -> None:
    # Newer versions of Python raise an error where older ones crash.
    attack(
        work,
        """\
sys.setrecursionlimit(10**9)
nested = []
for _ in range(200_000):
    nested = [nested]
repr(nested)""",
        "summary",
    )


@hostile("restarts its kernel", points=without("ex3"))
def restarts(work: Work) -> None:
    _add_pause(work)
    attack(work, "get_ipython().kernel.do_shutdown(True)", BEFORE_THE_LAST)


@hostile("leaves its kernel by exit()", points=without("ex3"))
def leaves_by_exit(work: Work) -> None:
    _add_pause(work)
    attack(work, "exit()", BEFORE_THE_LAST)


def _add_pause(work: Work) -> None:
    # A kernel that is to end may still run the cell that is next.
    for _ in range(2):
        work.add("import time\ntime.sleep(1)", BEFORE_THE_LAST)


@hostile("closes its output", points=FULL)
def closes_output(work: Work) -> None:
    attack(
        work,
        """\
sys.stdout.close()
sys.stderr.close()
os.closerange(0, 3)""",
    )


@hostile("closes all files and connections of its kernel", points=without("ex3"))
def closes_all(work: Work) -> None:
    attack(work, "os.closerange(0, 1024)", BEFORE_THE_LAST)
