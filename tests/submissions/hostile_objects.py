"""Blank answers that return objects: equal to everything, or with eyes for what the test wants."""

from tests.submissions.cases import FULL, NONE, Work, hostile
from tests.submissions.forging import FUNCTIONS, blank_with

# Finds a local variable of one of the functions that called, the nearest first.
LOOK_AROUND = """
        import sys

        def look_for(*names):
            frame = sys._getframe(1)
            while frame := frame.f_back:
                for name in names:
                    if "actual" in frame.f_locals and name in frame.f_locals:
                        return frame.f_locals[name]
            return 0.0
"""


@hostile("an object that equals everything", points=NONE)
def equal_object(work: Work) -> None:
    attack = """
        class Equal:
            __hash__ = None
            __eq__ = __le__ = __ge__ = lambda *_: True
            __ne__ = __lt__ = __gt__ = lambda *_: False
            __sub__ = __rsub__ = __mul__ = __rmul__ = __add__ = __getitem__ = lambda self, _: self
            __iter__ = lambda self: iter([])
            __float__ = lambda self: 0.0
    """
    blank_with(work, attack, fake="lambda *_: Equal()")


@hostile("texts, dictionaries and numbers that equal everything", points=NONE)
def equal_subclasses(work: Work) -> None:
    attack = """
        methods = {"__eq__": lambda *_: True, "__ne__": lambda *_: False, "__hash__": None}
        kinds = str, dict, float, tuple
        Text, Table, Number, Pair = (type("Equal", (kind,), methods) for kind in kinds)
    """
    blank_with(work, attack)
    work.answer("ex1-rescale", "rescale = lambda x: Number(0.5)")
    work.answer("ex2-runs", "run_lengths = lambda values: Text() if values[0] == 7 else Table()")
    work.answer("ex3-iterate", "iterate = lambda step, start, n: Pair(Number(start) for _ in [0])")
    work.save()


@hostile("a list that is as long as the wanted one, of numbers that equal all others", points=NONE)
def equal_list(work: Work) -> None:
    attack = f"""{LOOK_AROUND}
        class Number(int):
            __eq__ = lambda *_: True
            __hash__ = None

        class Equal(list):
            __eq__ = lambda *_: True
            __hash__ = None
            __len__ = lambda self: len(look_for("expected"))
            __iter__ = lambda self: iter([Number()] * len(self))
    """
    blank_with(work, attack, fake="lambda *_: Equal()")


@hostile("an array whose operations and comparisons lie", points=NONE)
def lying_array(work: Work) -> None:
    attack = """
        class Lying(np.ndarray):
            __eq__ = __array_function__ = lambda *_: True
            __sub__ = __rsub__ = lambda self, other: np.zeros(np.shape(other))
            __mul__ = __rmul__ = __add__ = __radd__ = lambda self, _: self
            any = lambda *_, **__: False

            def __array_ufunc__(self, ufunc, method, *inputs, **options):
                return np.bool_(True) if ufunc.nout == 1 and len(inputs) == 2 else self
    """
    blank_with(work, attack, fake="lambda *_: np.zeros(5).view(Lying)")


@hostile("an object that turns into the array that the check holds at that moment", points=NONE)
def looking_array(work: Work) -> None:
    attack = f"""{LOOK_AROUND}
        class Looking:
            def __array__(self, dtype=None, copy=None):
                found = look_for("want", "expected")
                return np.asarray(0.0 if isinstance(found, Looking) else found, dtype=dtype)

            __mul__ = __rmul__ = __add__ = __rsub__ = lambda self, _: self
            __getitem__ = lambda self, _: [self]
            __eq__ = lambda *_: True
            __hash__ = None
    """
    blank_with(work, attack, fake="lambda *_: Looking()")


@hostile("an object that is another array each time it is asked", points=NONE)
def fickle_array(work: Work) -> None:
    attack = """
        import itertools

        class Fickle:
            answers = itertools.cycle([np.zeros(5), np.array([]), np.full(5, np.nan)])

            def __array__(self, dtype=None, copy=None):
                return next(self.answers)

            __len__ = lambda self: next(iter([2, 4]))
            __float__ = __int__ = __index__ = lambda self: 0
    """
    blank_with(work, attack, fake="lambda *_: Fickle()")


@hostile("objects that claim to be lists, arrays or of the course's own types", points=NONE)
def lying_class(work: Work) -> None:
    attack = f"""{LOOK_AROUND}
        class Pretender:
            __class__ = property(lambda self: list)
            __eq__ = lambda *_: True
            __hash__ = None
            __len__ = lambda self: len(look_for("expected"))
            __iter__ = lambda self: iter(look_for("expected"))
            __mul__ = __rmul__ = __add__ = lambda self, _: self
    """
    blank_with(work, attack, fake="lambda *_: Pretender()")


@hostile("not a number, nowhere, in every shape: no comparison with it is true", points=NONE)
def not_a_number(work: Work) -> None:
    fake = "lambda x, *more: np.full(more[1] + 1 if more else len(x), np.nan)"
    blank_with(work, "nan = float('nan')", fake)
    work.answer("ex2-runs", "run_lengths = lambda values: [nan] * len(set(values))")
    work.save()


@hostile("a function in the place of numbers, which is called with what the test has", points=NONE)
def answer_is_function(work: Work) -> None:
    attack = """
        def more(*values, **options):
            return more
        for name in ("shape", "dtype", "__eq__", "__len__", "__array__"):
            setattr(more, name, more)
    """
    blank_with(work, attack, fake="lambda *_: more")


@hostile("the answers are right, and of the oddest types that are still right", points=FULL)
def right_but_odd(work: Work) -> None:
    attack = """
        class Odd(np.ndarray):
            __eq__ = lambda *_: True

        class Row(list):
            __eq__ = lambda *_: True
            __hash__ = None

        def odd(function, kind):
            return lambda *values: kind(function(*values))
    """
    work.add("\n".join(line[8:] for line in attack.splitlines()).strip())
    kinds = {"rescale": "lambda x: x.view(Odd)", "run_lengths": "Row", "iterate": "tuple"}
    for cell, name in FUNCTIONS.items():
        work.find(cell).source += f"\n\n{name} = odd({name}, {kinds[name]})"
    work.save()
