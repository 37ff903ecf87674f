"""Blank answers that go for the judge: they speak for themselves on the bridge to its kernel.

Stock nbgrader has no bridge: there these answers only fail.
"""

from tests.submissions.cases import NONE, Work, hostile
from tests.submissions.forging import blank_with

# What an answer can reach: the student's end of the bridge, and the number of the judge's question.
BRIDGE = """
        import os, struct
        from inside import answers

        def peer():
            return answers._answers()

        def reply(tree, *buffers, changed=(), given_up=(), kind="answer"):
            message = [kind, peer()._doing, list(changed), [], tree, list(given_up)]
            peer()._channel.send(message, [bytes(buffer) for buffer in buffers])

        def write(data):
            os.set_blocking(int(os.environ["COURSE_BRIDGE_FD"]), True)
            while data:
                data = data[os.write(int(os.environ["COURSE_BRIDGE_FD"]), data):]

        def frame(text, buffers=b""):
            return struct.pack("<IQ", len(text), len(buffers)) + text + buffers
"""


def _speaks(work: Work, *lines: str) -> None:
    """Hand in answers that run some lines when the judge asks for a call."""
    body = "".join(f"\n            {line}" for line in lines)
    attack = f"{BRIDGE}\n        def speak(*values):{body}\n            return np.full(4, 7.0)"
    blank_with(work, attack, fake="speak")


@hostile("goes for the judge: its question is answered by a tree of no known kind", points=NONE)
def unknown_trees(work: Work) -> None:
    _speaks(
        work,
        "import random",
        "trees = [['eval', '1'], ['os.system', 'true'], {}, [], [[]], ['ref', -1], ['ref', 10**9],",
        "         ['mine', 'x'], ['yours', 0], ['path', 5], ['range', 0, 'x', 1], ['int', '0x_']]",
        "reply(random.Random(repr(values)).choice(trees))",
    )


@hostile("goes for the judge: arrays of objects, beyond their buffers, of a terabyte", points=NONE)
def impossible_arrays(work: Work) -> None:
    _speaks(
        work,
        "trees = [['array', '|O', [1], 'C', 1, 0], ['array', '<f8', [2**40], 'C', 1, 0],",
        "         ['array', '<f8', [-1], 'C', 1, 0], ['array', '<f8', [0] * 99, 'C', 1, 0],",
        "         ['array', '|V8', [1], 'C', 7, 0], ['array', '<U9', [1], 'C', 1, 0],",
        "         ['scalar', '|O', 0], ['view', 2, '<f8', [5], 0, [-8], True],",
        "         ['view', 0, '<f8', [2**30], 0, [0], True],",
        "         ['view', 2, '<f8', [5], -800, [8], True]]",
        "peer().place = getattr(peer(), 'place', -1) + 1",
        "reply(trees[peer().place % len(trees)], b'\\xff' * 8)",
    )


@hostile("goes for the judge: a frame that is never to end", points=NONE)
def endless_frame(work: Work) -> None:
    _speaks(work, "write(struct.pack('<IQ', 2**25, 2**27) + b'x' * 100_000)")


@hostile("goes for the judge: a length beyond all limits", points=NONE)
def huge_length(work: Work) -> None:
    _speaks(work, "write(b'\\xff' * 64)")


@hostile("goes for the judge: half a frame, and then silence", points=NONE)
def half_frame(work: Work) -> None:
    _speaks(work, "write(frame(b'[[' * 100)[:50])", "import time", "time.sleep(40)")


@hostile("goes for the judge: garbage in the place of JSON", points=NONE)
def garbage_frames(work: Work) -> None:
    _speaks(
        work,
        "for text in (b'', b'\\xff', b'null', b'[]', b'[1, 2]', b'[[], [1]]', b'[[\"ask\"], []]'):",
        "    write(frame(text))",
        "write(frame(b'[NaN, [Infinity]]'))",
    )


@hostile("goes for the judge: JSON nested a million deep", points=NONE)
def deep_frame(work: Work) -> None:
    _speaks(work, "write(frame(b'[' * 1_000_000 + b']' * 1_000_000))")


@hostile("goes for the judge: answers to questions that it has not asked yet", points=NONE)
def answers_ahead(work: Work) -> None:
    _speaks(
        work,
        "doing = peer()._doing",
        "for number in range(doing - 5, doing + 50):",
        "    message = ['answer', number, [], [], ['list', 'tree', [1, 2]], []]",
        "    peer()._channel.send(message, [])",
    )


@hostile(
    "goes for the judge: it is told what to bind before the notebook's first test", points=NONE
)
def answers_in_advance(work: Work) -> None:
    attack = f"""{BRIDGE}
        for number in range(1, 200):
            tree = ["tuple", "tree", [True, ["mine", 1, True, "builtins.function"]]]
            peer()._channel.send(["answer", number, [], [], tree, []], [])
    """
    blank_with(work, attack)


@hostile(
    "goes for the judge: the names of checks and of Python are offered as answers", points=NONE
)
def other_names(work: Work) -> None:
    attack = """
        import builtins
        lenient = lambda *_, **__: None
        for name in ("check_close", "check_equal", "check_defined", "print", "zip", "np"):
            setattr(builtins, name, lenient)
            get_ipython().user_ns[name] = lenient
    """
    blank_with(work, attack, fake="lambda *_: [7.0] * 4")


@hostile("goes for the judge: it is asked for more than calls of the test's functions", points=NONE)
def asks_for_more(work: Work) -> None:
    attack = f"""{BRIDGE}
        def ask(step, *_):
            operations = ("getattr", "setattr", "getitem", "name", "begin", "array", "eval")
            for operation in operations:
                for values in ((step, "__globals__"), (step, "__code__", 1), ("check_close",)):
                    try:
                        return peer().ask(operation, *values)["check_close"]
                    except Exception:
                        pass
            return np.full(4, 7.0)
    """
    blank_with(work, attack, fake="ask")


@hostile("goes for the judge: a test's function is called with the oddest things", points=NONE)
def odd_calls(work: Work) -> None:
    attack = """
        def call(step, *_):
            values = [step, print, type, np, [[]], {1: step}, range(10**6), "x" * 10**6, None]
            for value in values:
                for options in ({}, {"x": value}, {"self": step}):
                    try:
                        step(value, **options)
                    except Exception:
                        pass
            return np.full(4, 7.0)
    """
    blank_with(work, attack, fake="call")


@hostile("goes for the judge: a test's function is called without end", points=NONE)
def endless_calls(work: Work) -> None:
    attack = """
        def call(step, *_):
            while callable(step):
                step(1.0)
    """
    blank_with(work, attack, fake="call")


@hostile("goes for the judge: arguments that no call can change come back changed", points=NONE)
def forged_changes(work: Work) -> None:
    _speaks(
        work,
        "things = [['list', 'tree', []], ['dict', 'tree', [], 'tree', []], ['tuple', 'tree', []]]",
        "for number in range(5):",
        "    for thing in things:",
        "        reply(None, changed=[[number, thing]], given_up=range(50))",
    )


@hostile("goes for the judge: its functions are given up while it still lends them", points=NONE)
def forged_returns(work: Work) -> None:
    _speaks(work, "reply(['yours', 1], given_up=range(-5, 200))")


@hostile("goes for the judge: failures of classes that mean something to it", points=NONE)
def forged_failures(work: Work) -> None:
    _speaks(
        work,
        "names = ['builtins.SystemExit', 'builtins.KeyboardInterrupt', 'bdb.BdbQuit',",
        "         'helpers._failure.CheckFailed', 'IPython.core.error.UsageError',",
        "         'builtins.Warning', 'builtins.StopIteration', 'builtins.type']",
        "peer().place = getattr(peer(), 'place', -1) + 1",
        "name = names[peer().place % len(names)]",
        "reply([[name, 'builtins.Exception'], 'passed', None, []], kind='failure')",
    )
