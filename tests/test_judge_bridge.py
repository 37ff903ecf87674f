"""The bridge between the judge's kernel and the student's: calls over it.

The student's side runs in a process of its own, as in grading.
"""

import contextlib
import copy
import inspect
import signal
import socket
import subprocess
import sys
import textwrap
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell

from grading.feedback import _FRAME
from grading.inside import judge, wire
from grading.inside.wire import AnswerGone

INSIDE = Path(judge.__file__).parent

# What the student's process runs: the code that a test gives it, and then the service.
STUDENT = """
import socket, sys
sys.path.insert(0, sys.argv[1])
from inside import answers, wire
side = answers.Answers(wire.Channel(socket.socket(fileno=int(sys.argv[2]))))
names = {"side": side}
exec(compile(sys.argv[3], "the student's code", "exec"), names)
for _ in range(20):
    side.serve(names)
"""

ANSWERS = """
    import os, sys, threading, time, warnings
    import numpy as np

    number, table = 5, {"a": [1, 2], "f": len}

    def add(x, y=1, *rest, key=None):
        return x + y

    def same(x):
        return x

    def both(x):
        return [x, x]

    def change(value):
        match value:
            case [first, [*inner]]:
                value[1].append(first)
            case list():
                value.append(3)
            case dict():
                value["new"] = 1
            case set():
                value.add(9)
            case np.ndarray():
                value[0] = 99
            case _:
                value.loc[0, "a"] = 77

    def replace_state(rng):
        state = rng.bit_generator.state
        state["state"]["inc"] = 0
        rng.bit_generator.state = state

    def change_and_fail(numbers):
        numbers.append(1)
        raise ValueError("after a change")

    def write(array):
        array.setflags(write=True)
        array[:] = 7
        return array

    def views(x):
        return x[1:], x[::-1], x.reshape(2, -1).T, x + 0

    def draw(rng):
        return rng.normal(size=3)

    def call(f, *values):
        return f(*values)

    def call_twice(f, x):
        return f(x), f(x)

    def shout(f, x):
        return f(lambda y: f"{y}!", x)

    def down(f, n):
        return f(n - 1)

    def in_a_thread(f, x):
        results = []
        thread = threading.Thread(target=lambda: results.append(f(x)))
        thread.start()
        thread.join()
        return results

    def swallow(f):
        try:
            f()
        except ZeroDivisionError as error:
            return str(error)

    def take(items, n):
        return [item for _, item in zip(range(n), items)]

    def fill(f):
        window = np.arange(3.0)
        f(window)
        return window

    def warn():
        warnings.warn("plain", stacklevel=1)
        warnings.warn("numpy's", np.exceptions.VisibleDeprecationWarning, stacklevel=1)
        return 1

    class Own(KeyError):
        def __str__(self):
            return "own text"

    def fail(kind):
        raise {
            "ValueError": ValueError("no"),
            "KeyError": KeyError("key"),
            "LinAlgError": np.linalg.LinAlgError("singular"),
            "FileNotFoundError": FileNotFoundError(2, "No such file"),
            "own": Own(3),
            "exit": SystemExit(3),
            "stop": StopIteration(4),
            "interrupt": KeyboardInterrupt(),
            "unicode": UnicodeDecodeError("utf-8", b"x", 0, 1, "reason"),
            "syntax": SyntaxError("bad", ("file", 1, 2, "text")),
            "long": ValueError("x" * 50_000),
            "half": ValueError(chr(0xD800)),
        }[kind]

    class Layer:
        pass

    class Model:
        "A model."

        def __init__(self, size=2):
            self.weights = np.ones(size)
            self.layers = [Layer(), Layer()]
            self.items = {}

        def __call__(self, x):
            return x * 2

        def __len__(self):
            return 4

        def __int__(self):
            return 7

        def __float__(self):
            return 2.5

        def __array__(self, dtype=None, copy=None):
            return self.weights

        def __getitem__(self, key):
            return self.items[key]

        def __setitem__(self, key, value):
            self.items[key] = value

        def __eq__(self, other):
            return True

        @classmethod
        def load(cls, size):
            return cls(size)

    def generate():
        yield 1

    def loop():
        inner = []
        inner.append(inner)
        return inner

    def sleep(seconds):
        time.sleep(seconds)
        return seconds

    def end(code=3):
        os._exit(code)

    def lent():
        return len(side._lent)
"""


@contextlib.contextmanager
def student(code: str) -> Iterator[SimpleNamespace]:
    """A judge that talks to a process with a student's code."""
    ours, theirs = socket.socketpair()
    command = [sys.executable, "-c", STUDENT, str(INSIDE.parent), str(theirs.fileno())]
    process = subprocess.Popen([*command, textwrap.dedent(code)], pass_fds=[theirs.fileno()])
    theirs.close()
    channel = wire.Channel(ours)
    try:
        yield SimpleNamespace(judge=judge.Judge(channel), process=process, end=ours)
    finally:
        process.kill()
        process.wait()
        channel.close()


@contextlib.contextmanager
def begun(judged: judge.Judge, *names: str) -> Iterator[SimpleNamespace]:
    """The student's names, as a test cell sees them."""
    namespace: dict[str, Any] = {}
    judged.begin(names, namespace)
    yield SimpleNamespace(**namespace)
    judged.end()
    assert not namespace


@pytest.fixture(scope="module")
def service() -> Iterator[SimpleNamespace]:
    with student(ANSWERS) as service:
        yield service


@pytest.fixture
def code(service: SimpleNamespace) -> SimpleNamespace:
    names = [
        line.split()[1].split("(")[0].strip(":")
        for line in ANSWERS.splitlines()
        if line.startswith(("    def ", "    class "))
    ]
    # Each test is a round of its own; the process serves twenty.
    namespace: dict[str, Any] = {}
    service.judge.begin([*names, "number", "table", "nothing"], namespace)
    return SimpleNamespace(**namespace)


def test_names_are_bound_and_taken_away(service: SimpleNamespace) -> None:
    namespace: dict[str, Any] = {"kept": 1, "add": "the judge's"}
    service.judge.begin(["number", "nothing", "add", "table"], namespace)
    assert namespace.keys() == {"kept", "number", "add", "table"}
    assert namespace["number"] == 5
    assert namespace["table"]["a"] == [1, 2]
    assert callable(namespace["table"]["f"])
    namespace["number"] = "rebound by the cell"
    service.judge.end()
    assert namespace == {"kept": 1, "number": "rebound by the cell"}


def test_calls_return_plain_values(code: SimpleNamespace) -> None:
    assert code.add(1) == 2
    assert code.add(x=np.arange(3), y=2).tolist() == [2, 3, 4]
    assert code.same(None) is None
    a, b = code.both(np.float64(0.5))
    assert type(a) is type(b) is np.float64
    assert not hasattr(code, "nothing")


def test_a_function_shows_its_signature_and_name(code: SimpleNamespace) -> None:
    assert str(inspect.signature(code.add)) == "(x, y=Ellipsis, *rest, key=Ellipsis)"
    assert code.add.__name__ == "add"
    assert code.Model.__doc__ == "A model."


@pytest.mark.parametrize(
    "place", range(6), ids=["list", "dict", "set", "array", "frame", "inner list"]
)
def test_an_input_that_was_changed_is_an_error_and_stays(code: SimpleNamespace, place: int) -> None:
    inputs = [1], {"old": 0}, {1}, np.zeros(3), pd.DataFrame({"a": [1, 2]}), [0, [1]]
    before = copy.deepcopy(inputs[place])
    with pytest.raises(RuntimeError, match="changed an input of its caller in place"):
        code.change(inputs[place])
    same = inputs[place] == before
    assert np.all(same)


def test_an_error_wins_over_a_change(code: SimpleNamespace) -> None:
    numbers = [1]
    with pytest.raises(ValueError, match="after a change"):
        code.change_and_fail(numbers)
    assert numbers == [1]


def test_a_generator_of_the_tests_goes_on_in_its_sequence_only(code: SimpleNamespace) -> None:
    rng, twin = np.random.default_rng(5), np.random.default_rng(5)
    assert code.draw(rng).tolist() == twin.normal(size=3).tolist()
    assert rng.normal() == twin.normal()
    with pytest.raises(RuntimeError, match="changed an input"):
        code.replace_state(rng)
    assert rng.normal() == twin.normal()


def test_a_read_only_array_cannot_be_written(code: SimpleNamespace) -> None:
    array = np.zeros(3)
    array.setflags(write=False)
    with pytest.raises(ValueError, match="WRITEABLE"):
        code.write(array[1:])
    with pytest.raises(RuntimeError, match="changed an input"):
        code.write(array)
    assert array.tolist() == [0, 0, 0]


def test_what_comes_back_is_the_same_object(code: SimpleNamespace) -> None:
    frame = pd.DataFrame({"a": [1]})
    for value in (
        [1],
        {},
        set(),
        np.zeros(2),
        frame,
        frame["a"],
        np.random.default_rng(1),
        (1, [2]),
    ):
        assert code.same(value) is value
        one, other = code.both(value)
        assert one is other is value
    mine = lambda: 5  # noqa: E731 -- any function
    assert code.same(mine) is mine


@pytest.mark.parametrize("order", ["C", "F"])
def test_results_share_the_memory_of_arguments(code: SimpleNamespace, order: str) -> None:
    x = np.arange(6.0).reshape(2, 3, order=order) if order == "F" else np.arange(6.0)
    *shared, own = code.views(x)
    wants = x[1:], x[::-1], x.reshape(2, -1).T
    for got, want in zip(shared[: 2 if order == "F" else 3], wants, strict=False):
        assert np.shares_memory(got, x)
        assert got.tolist() == want.tolist()
    assert not np.shares_memory(own, x)
    shared[0][...] = 8
    assert 8 in x


def test_a_generator_goes_on_where_the_answer_left_it(code: SimpleNamespace) -> None:
    rng, want = np.random.default_rng(1), np.random.default_rng(1).normal(size=6)
    assert [*code.draw(rng), *rng.normal(size=3)] == want.tolist()


def test_functions_of_the_test_are_called_back(code: SimpleNamespace) -> None:
    calls: list[Any] = []
    assert code.call(lambda x: (calls.append(x), x + 1)[1], 4) == 5
    assert code.call_twice(len, [1, 2]) == (2, 2)
    assert calls == [4]
    assert code.shout(lambda f, x: f(x) * 2, "hey") == "hey!hey!"
    assert code.in_a_thread(abs, -3) == [3]


def test_iterators_of_the_test_are_gone_through_once(code: SimpleNamespace) -> None:
    numbers = iter([1, [2], 3, 4])
    assert code.take(numbers, 2) == [1, [2]]
    assert next(numbers) == 3
    assert code.take((n * n for n in range(3)), 9) == [0, 1, 4]
    with pytest.raises(ZeroDivisionError):
        code.take((1 / n for n in [0]), 1)


def test_a_function_of_the_test_changes_the_answers_array(code: SimpleNamespace) -> None:
    def double(window: np.ndarray) -> None:
        window *= 2

    def unlock(window: np.ndarray) -> None:
        window.setflags(write=True)
        window[:] = -1

    assert code.fill(double).tolist() == [0, 2, 4]
    assert code.fill(unlock).tolist() == [-1, -1, -1]


def test_errors_of_the_tests_functions_reach_the_answer_and_return(code: SimpleNamespace) -> None:
    assert code.swallow(lambda: 1 / 0) == "division by zero"
    with pytest.raises(KeyError, match="k"):
        code.swallow(lambda: {}["k"])


def test_calls_nest_up_to_a_limit(code: SimpleNamespace) -> None:
    def count(n: int) -> int:
        return 0 if n == 0 else 1 + code.down(count, n)

    assert count(20) == 20
    with pytest.raises(RecursionError, match="50"):
        count(100)
    assert code.add(1) == 2


ERRORS = {
    "ValueError": (ValueError, "no"),
    "KeyError": (KeyError, "'key'"),
    "LinAlgError": (np.linalg.LinAlgError, "singular"),
    "FileNotFoundError": (FileNotFoundError, "[Errno 2] No such file"),
    "own": (KeyError, "'own text'"),
    "exit": (RuntimeError, "SystemExit: 3"),
    "stop": (RuntimeError, "StopIteration: 4"),
    "interrupt": (RuntimeError, "KeyboardInterrupt"),
    "unicode": (UnicodeError, "'utf-8' codec can't decode byte 0x78 in position 0: reason"),
    "syntax": (SyntaxError, "bad (file, line 1)"),
    "long": (ValueError, "x" * 10_000),
}


@pytest.mark.parametrize("kind", ERRORS)
def test_errors_keep_their_class_and_message(code: SimpleNamespace, kind: str) -> None:
    want, message = ERRORS[kind]
    with pytest.raises(want) as caught:
        code.fail(kind)
    assert type(caught.value) is want
    assert str(caught.value) == message


def test_an_error_with_half_a_letter_still_arrives(code: SimpleNamespace) -> None:
    with pytest.raises(Exception, match=r"^\?$"):
        code.fail("half")
    assert code.add(1) == 2


def test_warnings_are_raised_where_the_test_called(code: SimpleNamespace) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert code.warn() == 1
    line = inspect.currentframe().f_lineno - 1
    found = [(w.category, str(w.message), w.filename, w.lineno) for w in caught]
    assert found == [
        (UserWarning, "plain", __file__, line),
        (np.exceptions.VisibleDeprecationWarning, "numpy's", __file__, line),
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(UserWarning, match="plain"):
            code.warn()


def test_a_model_stays_where_it_is(code: SimpleNamespace) -> None:
    model = code.Model(3)
    assert model(4) == 8
    assert len(model) == 4
    assert (int(model), float(model)) == (7, 2.5)
    assert np.asarray(model).tolist() == [1, 1, 1]
    model.weights = np.zeros(2)
    assert model.weights.tolist() == [0, 0]
    model["a"] = [1]
    assert model["a"] == [1]
    assert model.layers[0] is model.layers[0]
    assert model.layers[0] is not model.layers[1]
    assert not callable(model.layers[0])
    assert type(model).__name__ == "Model"
    assert isinstance(model, code.Model)
    assert not isinstance(5, code.Model)
    assert code.Model.load(1).weights.tolist() == [1]
    assert code.same(model) is model
    del model.items
    assert not hasattr(model, "items")


HABITS: dict[str, Callable[[Any], Any]] = {
    "compare": lambda model: model == 1,
    "compare ": lambda model: model in [1],
    "ask for the truth of": lambda model: bool(model),
    "go through the items of": lambda model: list(model),
    "go through the items of ": lambda model: 1 in model,
    "hash": lambda model: {model: 1},
}


@pytest.mark.parametrize("habit", HABITS)
def test_what_a_test_cannot_believe_is_refused(code: SimpleNamespace, habit: str) -> None:
    with pytest.raises(TypeError, match=habit.strip()):
        HABITS[habit](code.Model())


def test_special_attributes_are_not_asked_for(code: SimpleNamespace) -> None:
    for name in ("__dict__", "__globals__", "_repr_html_", "_ipython_display_", "__wrapped__"):
        assert not isinstance(getattr(code.add, name, None), str | dict)
    with pytest.raises(AttributeError, match="not asked for"):
        _ = code.add.__globals__


def test_objects_are_given_up(code: SimpleNamespace) -> None:
    models = [code.Model() for _ in range(20)]
    before = code.lent()
    del models
    code.add(1)
    assert code.lent() <= before - 20


def test_what_cannot_travel_is_named(code: SimpleNamespace) -> None:
    with pytest.raises(TypeError, match="passed a object"):
        code.add(object())
    with pytest.raises(ValueError, match="contains itself"):
        code.loop()
    with pytest.raises(TypeError, match="generator"):
        list(code.generate())


class Tensor:
    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        return np.arange(3)


def test_a_tensor_of_the_test_arrives_as_an_array(code: SimpleNamespace) -> None:
    assert code.add(Tensor()).tolist() == [1, 2, 3]


@contextlib.contextmanager
def interrupted(seconds: float) -> Iterator[None]:
    """Interrupt what runs inside after some time, as the grader does."""
    before = signal.signal(signal.SIGALRM, lambda *_: signal.raise_signal(signal.SIGINT))
    old = signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        with pytest.raises(KeyboardInterrupt):
            yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        signal.signal(signal.SIGINT, old)


def test_after_an_interrupt_the_late_answer_is_dropped() -> None:
    with student(ANSWERS) as service:
        with begun(service.judge, "sleep", "add") as code, interrupted(0.1):
            code.sleep(0.4)
        with begun(service.judge, "sleep", "add") as code:
            assert code.add(1) == 2
            assert code.add(2) == 3


def test_an_interrupt_while_large_arrays_travel_loses_nothing() -> None:
    with student(ANSWERS) as service, begun(service.judge, "same", "add") as code:
        big = np.arange(2_000_000.0)
        for k in range(12):
            with interrupted(0.001 + 0.004 * k):
                while True:
                    code.same(big)
            assert code.add(k) == k + 1


def test_an_interrupt_in_a_function_of_the_test_ends_the_call() -> None:
    with student(ANSWERS) as service:
        with begun(service.judge, "call") as code, interrupted(0.1):
            code.call(lambda: time.sleep(5))
        with begun(service.judge, "add") as code:
            assert code.add(1) == 2


def test_the_answer_survives_interrupts_of_its_own() -> None:
    with student(ANSWERS) as service, begun(service.judge, "sleep", "add") as code:
        for seconds in (0.1, 0.3):
            service.process.send_signal(signal.SIGINT)  # while it waits
            time.sleep(seconds)
            assert code.add(1) == 2
        signal.signal(signal.SIGALRM, lambda *_: service.process.send_signal(signal.SIGINT))
        # Again and again, since the first may come before the answer has begun.
        signal.setitimer(signal.ITIMER_REAL, 0.1, 0.5)
        try:
            with pytest.raises(RuntimeError, match="KeyboardInterrupt"):
                code.sleep(10)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        assert code.add(1) == 2


def test_a_call_that_an_interrupt_left_alone_is_stopped_when_it_calls_back() -> None:
    answer = """
    import time
    def late(f):
        time.sleep(0.3)
        try:
            f()
        except Exception:
            pass
        f()
    def add(x):
        return x + 1
    """
    with student(answer) as service:
        with begun(service.judge, "late") as code, interrupted(0.1):
            code.late(len)
        with begun(service.judge, "add") as code:
            assert code.add(1) == 2


@pytest.mark.parametrize(
    "way", ["os._exit(3)", "os.kill(os.getpid(), 9)", "os.close(int(sys.argv[2]))"]
)
def test_when_the_answers_process_is_gone_the_test_says_so(way: str) -> None:
    answer = f"import os, sys\ndef end():\n    {way}\n"
    with student(answer) as service:
        namespace: dict[str, Any] = {}
        service.judge.begin(["end"], namespace)
        for _ in range(2):
            with pytest.raises(AnswerGone, match="ended during this call"):
                namespace["end"]()
        service.judge.end()
        with pytest.raises(AnswerGone):
            service.judge.begin(["end"], namespace)


def test_functions_of_an_earlier_test_cannot_be_called() -> None:
    answer = """
    kept = []
    def keep(f):
        kept.append(f)
    def use():
        return kept[0](-3)
    """
    with student(answer) as service:
        with begun(service.judge, "keep", "use") as code:
            code.keep(abs)
            assert code.use() == 3
        with begun(service.judge, "use") as code, pytest.raises(RuntimeError, match="its test"):
            code.use()


@pytest.mark.slow
def test_a_keras_layer_of_the_test_travels_as_a_copy() -> None:
    layers = pytest.importorskip("keras").layers
    answer = """
    def look(layer, X):
        if not layer.built:
            raise ValueError("not built")
        return layer.get_weights(), layer.units, layer(X).numpy()
    def spoil(layer):
        layer.set_weights([0 * w for w in layer.get_weights()])
        return layer
    """
    layer, X = layers.Dense(2), np.ones((1, 3), "float32")
    with student(answer) as service, begun(service.judge, "look", "spoil") as code:
        with pytest.raises(ValueError, match="not built"):
            code.look(layer, X)
        want = np.asarray(layer(X))
        weights, units, got = code.look(layer, X)
        assert units == 2
        assert got == pytest.approx(want)
        assert [w.tolist() for w in weights] == [w.tolist() for w in layer.get_weights()]
        assert code.spoil(layer) is layer
        assert not any(w.any() for w in layer.get_weights())


# In IPython


def test_a_traceback_names_the_line_of_the_answer_and_no_line_of_the_bridge(
    capsys: pytest.CaptureFixture[str],
) -> None:
    answer = """
    from IPython.core.interactiveshell import InteractiveShell
    shell = InteractiveShell.instance()
    shell.run_cell("1", store_history=True)
    shell.run_cell("def inner():\\n    x = 1\\n    raise ValueError('deep')\\n", store_history=True)
    shell.run_cell("def step(x):\\n    inner()\\n", store_history=True)
    step = shell.user_ns["step"]
    """
    shell = InteractiveShell.instance()
    try:
        with student(answer) as service:
            service.judge.begin(["step"], shell.user_ns)
            done = shell.run_cell("def test():\n    step(3)\n\ntest()")
            service.judge.end()
        assert isinstance(done.error_in_exec, ValueError)
        assert done.error_in_exec.__notes__ == [
            "Cell In[3], line 2, in step(...)",
            "Cell In[2], line 3, in inner(...)",
        ]
        import re

        shown = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out)
        assert _FRAME.findall(shown)[-2:] == [("3", "2"), ("2", "3")]
        assert "ValueError: deep" in shown
        assert "inside" not in shown
    finally:
        InteractiveShell.clear_instance()


@pytest.mark.parametrize("name", ["ValueError", "SyntaxError", "KeyError", "OSError"])
def test_every_error_is_shown(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    answer = f"def fail():\n    raise {name}('seen')\n"
    shell = InteractiveShell.instance()
    try:
        with student(answer) as service:
            service.judge.begin(["fail"], shell.user_ns)
            shell.run_cell("fail()")
            service.judge.end()
        assert "seen" in capsys.readouterr().out
    finally:
        InteractiveShell.clear_instance()
