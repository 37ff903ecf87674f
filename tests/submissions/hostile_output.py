"""Submissions that say more than anybody wants to keep.

What ends the kernel does so before exercise 3 is judged; what was judged by then keeps its points.
"""

from tests.submissions.attacks import BEFORE_THE_LAST, attack, in_answer
from tests.submissions.cases import FULL, Work, hostile, without
from tests.submissions.fixture import VISIBLE


@hostile("prints 100 MB, piece by piece", points=FULL)
def prints_much(work: Work) -> None:
    attack(
        work,
        """\
for _ in range(1000):
    print("x" * 100_000, flush=True)
    time.sleep(0.01)
leak("100 MB")""",
    )


@hostile("prints 50 MB at once", points=without("ex3"))
def prints_much_at_once(work: Work) -> None:
    attack(
        work,
        """\
print("x" * 50_000_000, flush=True)
time.sleep(5)
leak("50 MB")""",
        BEFORE_THE_LAST,
    )


@hostile("prints a million short lines", points=FULL)
def prints_often(work: Work) -> None:
    attack(
        work,
        """\
for number in range(1_000_000):
    print(number)
leak("a million lines")""",
    )


@hostile("prints 3 MB of a terminal's control characters", points=FULL)
def prints_control_characters(work: Work) -> None:
    attack(
        work,
        """\
print("\\x1b[2J\\x1b[31m" * 300_000)
leak("300,000 colours")""",
    )


@hostile("shows 100 MB in one message", points=without("ex3"))
def shows_much(work: Work) -> None:
    attack(
        work,
        """\
from IPython.display import display

display({"text/plain": "x" * 100_000_000}, raw=True)
time.sleep(5)
leak("100 MB")""",
        BEFORE_THE_LAST,
    )


@hostile("raises an error whose message has 50 MB", points=without("ex3"))
def raises_much(work: Work) -> None:
    attack(work, 'raise ValueError("x" * 50_000_000)', BEFORE_THE_LAST)


@hostile("changes one display 100,000 times", points=FULL)
def updates_display(work: Work) -> None:
    attack(
        work,
        """\
from IPython.display import display

shown = display("x", display_id=True)
for number in range(100_000):
    shown.update(f"{number} times {'x' * 100}")
leak("100,000 updates")""",
    )


@hostile("opens a widget's connection and sends 100,000 messages", points=FULL)
def floods_comm(work: Work) -> None:
    attack(
        work,
        """\
from comm import create_comm

comm = create_comm(target_name="jupyter.widget")
for number in range(100_000):
    comm.send({"state": "x" * 100})
leak("100,000 messages")""",
    )


@hostile("an answer prints 20 MB while a hidden test runs", points=FULL | {"ex2": VISIBLE})
def prints_in_test(work: Work) -> None:
    in_answer(
        work,
        "ex2-runs",
        "import time",
        "for _ in range(200 if len(values) > 5 else 0):",
        '    print("x" * 100_000, flush=True)',
        "    time.sleep(0.01)",
    )


@hostile("a notebook with 1000 cells of its own", points=FULL)
def hands_in_many_cells(work: Work) -> None:
    for number in range(1000):
        work.add(f"number = {number}")
    work.save()
