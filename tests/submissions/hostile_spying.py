"""Blank answers that look for what the test wants, or make the test's own formula hold."""

from tests.submissions.cases import NONE, Work, hostile
from tests.submissions.forging import blank_with


@hostile("the test's own literals, read from the code of the function that calls", points=NONE)
def constants_of_caller(work: Work) -> None:
    attack = """
        import sys

        def wanted(*values):
            frame = sys._getframe(1)
            found = [c for c in frame.f_code.co_consts if isinstance(c, tuple) and len(c) > 1]
            return list(found[0]) if found else list(frame.f_locals["noise"])
    """
    blank_with(work, attack, fake="wanted")


@hostile("the test's source, read from the history of the session", points=NONE)
def history_of_session(work: Work) -> None:
    attack = """
        import ast

        def wanted(*values):
            calls = [node for node in ast.walk(ast.parse(In[-1])) if isinstance(node, ast.Call)]
            checks = [call for call in calls if len(call.args) == 3]
            return eval(ast.unparse(checks[0].args[2]), {}, get_ipython().user_ns)
    """
    blank_with(work, attack, fake="wanted")


@hostile("the hidden tests, read from the notebook that is being graded", points=NONE)
def notebook_on_disk(work: Work) -> None:
    attack = """
        import ast, json, pathlib

        def wanted(*values):
            name = {5: "ex1-rescale-check", 50: "x", 3: "ex2-runs-check", 9: "ex2-runs-hidden"}
            name = "ex3-iterate-check" if callable(values[0]) else name[len(values[0])]
            [path] = pathlib.Path().glob("*.ipynb")
            cells = json.loads(path.read_text())["cells"]
            [source] = ["".join(c["source"]) for c in cells if c.get("id") == name]
            calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
            return ast.literal_eval([call for call in calls if len(call.args) == 3][0].args[2])
    """
    blank_with(work, attack, fake="wanted")


@hostile("what the test wants, found in the frames of all threads", points=NONE)
def found_in_frames(work: Work) -> None:
    attack = """
        import sys

        class Looking:
            def __array__(self, dtype=None, copy=None):
                for frame in sys._current_frames().values():
                    while frame:
                        found = frame.f_locals.get("expected", self)
                        if found is not self and not isinstance(found, Looking):
                            return np.asarray(found, dtype=dtype)
                        frame = frame.f_back
                return np.zeros((), dtype=dtype)

            __mul__ = __rmul__ = __add__ = __rsub__ = lambda self, _: self
            __getitem__ = lambda self, _: [self]
    """
    blank_with(work, attack, fake="lambda *_: Looking()")


@hostile("the argument is changed so that the test's own formula holds", points=NONE)
def changed_argument(work: Work) -> None:
    attack = """
        def empty(x, *more):
            if isinstance(x, list):
                x.clear()
            elif isinstance(x, np.ndarray):
                x[...] = 0
            return np.zeros(np.shape(x))
    """
    blank_with(work, attack, fake="empty")


@hostile("the set-up's data is changed for all tests that follow", points=NONE)
def changed_data(work: Work) -> None:
    attack = """
        def empty(x, *more):
            if isinstance(x, np.ndarray):
                x[...] = np.arange(len(x)) / (len(x) - 1)
            return x
    """
    blank_with(work, attack, fake="empty")


@hostile("nothing: an array without items, of which all things are true", points=NONE)
def empty_array(work: Work) -> None:
    blank_with(work, "nothing = np.array([])", fake="lambda *_: nothing")
