"""Blank answers that go for the judge with what they return, or with what is around the bridge."""

from tests.submissions.cases import FULL, NONE, Work, hostile, without
from tests.submissions.forging import blank_with


@hostile("goes for the judge: numbers that it would count for hours", points=NONE)
def huge_range(work: Work) -> None:
    blank_with(work, "", fake="lambda *_: range(10**12)")


@hostile("goes for the judge: a number of ten million digits", points=NONE)
def huge_number(work: Work) -> None:
    blank_with(work, "number = 1 << 33_000_000", fake="lambda *_: [number] * 4")


@hostile("goes for the judge: a list of lists of lists, each the same one twice", points=NONE)
def doubling_list(work: Work) -> None:
    attack = """
        doubled = [7, 7]
        for _ in range(24):
            doubled = [doubled, doubled]
    """
    blank_with(work, attack, fake="lambda *_: doubled")


@hostile("goes for the judge: 200 MB in every answer", points=NONE)
def large_arrays(work: Work) -> None:
    blank_with(work, "large = np.ones(25_000_000)", fake="lambda *_: large")


@hostile(
    "goes for the judge: one number, repeated a hundred million times by its strides", points=NONE
)
def broadcast_array(work: Work) -> None:
    fake = "lambda x, *_: np.broadcast_to(np.asarray(x, dtype=float)[:1], (100_000_000,))"
    blank_with(work, "", fake)


@hostile("goes for the judge: a hundred thousand warnings", points=NONE)
def many_warnings(work: Work) -> None:
    attack = """
        import warnings

        def warn(*_):
            for number in range(100_000):
                warnings.warn(f"{number}" * 100)
    """
    blank_with(work, attack, fake="warn")


@hostile("goes for the judge: its own end of the bridge is closed", points=NONE)
def closed_bridge(work: Work) -> None:
    blank_with(work, "import os\nos.close(int(os.environ['COURSE_BRIDGE_FD']))")


@hostile("goes for the judge: the bridge is closed in the last test", points=without("ex3"))
def closed_in_test(work: Work) -> None:
    close = "__import__('os').close(int(__import__('os').environ['COURSE_BRIDGE_FD']))"
    work.answer("ex3-iterate", f"iterate = lambda *_: {close}")
    work.save()


@hostile(
    "goes for the judge: the student's side does not answer, for want of a service", points=NONE
)
def no_service(work: Work) -> None:
    attack = """
        import sys
        from inside import answers
        answers.serve = answers.Answers.serve = lambda *_: None
    """
    blank_with(work, attack)


@hostile("goes for the judge: what the bridge is made of is patched on this side", points=NONE)
def patched_bridge(work: Work) -> None:
    attack = """
        import json, struct
        from inside import answers, peer, values, wire

        class Equal(list):
            __eq__ = lambda *_: True

        json.dumps = wire.json.dumps = lambda *_, **__: '[["answer", 1, [], [], null, []], []]'
        values.Encoder.encode = lambda self, value: ["list", "tree", [1, 2]]
        struct.pack = wire.select.poll = lambda *_: b""
    """
    blank_with(work, attack)


@hostile(
    "Python's own names mean other things in the notebook, and the answers are right", points=FULL
)
def overwritten_names(work: Work) -> None:
    work.add("json = struct = answers = judge = 5\nprint = len = isinstance = type = list = None")
    work.save()


@hostile(
    "goes for the judge: modules of its own names lie where both kernels can write", points=NONE
)
def files_for_judge(work: Work) -> None:
    attack = """
        import os
        from pathlib import Path
        lenient = "check_close = check_equal = check_defined = lambda *_, **__: None"
        sandboxed = "COURSE_BRIDGE_FD" in os.environ
        for place in map(Path, ("/exchange", "/course", "/scratch") if sandboxed else ()):
            for folder in (place, *place.glob("*/"), *place.glob("*/*/")):
                for name in ("helpers/checks.py", "numpy.py", "sitecustomize.py", "judge.py"):
                    try:
                        (folder / name).parent.mkdir(exist_ok=True)
                        (folder / name).write_text(lenient)
                    except OSError:
                        pass
    """
    blank_with(work, attack)
