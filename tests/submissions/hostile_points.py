"""Blank answers that patch what tests run on: the checks, NumPy, Python, the set-up's names.

On stock nbgrader tests share a process with the answers, so all of it is within reach.
"""

from tests.submissions.cases import NONE, Work, hostile
from tests.submissions.forging import blank_with

# Equal to whatever the checks that compare plain values look for.
EQUAL = "type('Equal', (), {'__eq__': lambda *_: True})()"


@hostile("the set-up's checks are bound to a function that checks nothing", points=NONE)
def rebound_checks(work: Work) -> None:
    blank_with(work, "check_close = check_equal = check_defined = lambda *_, **__: None")


@hostile("the code of the checks is replaced, function by function", points=NONE)
def replaced_code(work: Work) -> None:
    attack = """
        def lenient(*values, **options):
            pass
        for check in (check_close, check_equal, check_defined):
            check.__code__ = lenient.__code__
    """
    blank_with(work, attack)


@hostile(
    "before the set-up, the module of checks is loaded and its functions replaced", points=NONE
)
def patched_module(work: Work) -> None:
    attack = """
        import helpers.checks
        for name in vars(helpers.checks):
            if name.startswith("check_"):
                setattr(helpers.checks, name, lambda *_, **__: None)
    """
    blank_with(work, attack, after="title")


@hostile("before the set-up, another module of checks is put into sys.modules", points=NONE)
def forged_module(work: Work) -> None:
    attack = """
        import sys, types
        forged = types.ModuleType("helpers.checks")
        forged.check_close = forged.check_equal = forged.check_defined = lambda *_, **__: None
        sys.modules["helpers"] = types.ModuleType("helpers")
        sys.modules["helpers.checks"] = forged
    """
    blank_with(work, attack, after="title")


@hostile("before the set-up, an import hook gives out checks of its own", points=NONE)
def import_hook(work: Work) -> None:
    attack = """
        import importlib.machinery, sys

        class Lenient:
            def find_spec(self, name, path=None, target=None):
                if name == "helpers.checks":
                    return importlib.machinery.ModuleSpec(name, self)

            def create_module(self, spec):
                return None

            def exec_module(self, module):
                module.__getattr__ = lambda name: lambda *_, **__: None

        sys.modules.pop("helpers.checks", None)
        sys.meta_path.insert(0, Lenient())
    """
    blank_with(work, attack, after="title")


@hostile("before the set-up, a folder with checks of its own comes first on the path", points=NONE)
def forged_package(work: Work) -> None:
    attack = """
        import pathlib, shutil, sys, tempfile
        folder = pathlib.Path(tempfile.mkdtemp(prefix="course-attack-"))
        (folder / "helpers").mkdir()
        (folder / "helpers" / "__init__.py").touch()
        (folder / "helpers" / "checks.py").write_text(
            "check_close = check_equal = check_defined = lambda *_, **__: None"
        )
        for name in [name for name in sys.modules if name.partition(".")[0] == "helpers"]:
            del sys.modules[name]
        sys.path.insert(0, str(folder))
        import helpers.checks
        shutil.rmtree(folder)
    """
    blank_with(work, attack, after="title")


@hostile("the garbage collector finds the checks wherever they are", points=NONE)
def found_by_collector(work: Work) -> None:
    attack = """
        import gc, types

        def lenient(*values, **options):
            pass
        for found in gc.get_objects():
            if isinstance(found, types.FunctionType) and found.__module__ == "helpers.checks":
                if not found.__closure__:
                    found.__code__ = lenient.__code__
    """
    blank_with(work, attack)


@hostile("the checks' own use of NumPy is patched: all arrays are empty, and equal", points=NONE)
def patched_numpy(work: Work) -> None:
    attack = """
        empty, ones, always = np.zeros(0), np.ones, lambda *_, **__: True
        np.asarray = lambda *_, **__: empty
        np.isclose = np.equal = lambda *_, **__: ones(0, dtype=bool)
        np.array_equal = np.allclose = always
        np.testing.assert_allclose = np.testing.assert_array_equal = lambda *_, **__: None
    """
    blank_with(work, attack)


@hostile(
    "random numbers are patched: the hidden input is all zeros, which is its answer", points=NONE
)
def patched_random(work: Work) -> None:
    attack = """
        class Still:
            def normal(self, size=None, **_):
                return np.zeros(size)

        np.random.default_rng = lambda *_: Still()
        np.random.seed = lambda *_: None
    """
    blank_with(work, attack, fake="lambda x, *_: np.zeros(np.shape(x))")


@hostile(
    "NumPy's array type is patched through its own dictionary: no array has a True", points=NONE
)
def patched_array_type(work: Work) -> None:
    attack = """
        import ctypes, gc
        methods = gc.get_referents(np.ndarray.__dict__)[0]
        methods["any"] = lambda *_, **__: np.False_
        ctypes.pythonapi.PyType_Modified(ctypes.py_object(np.ndarray))
    """
    # In the right shapes, at least.
    fake = "lambda *values: np.full(len(values[0]) if len(values) == 1 else 4, 7.0)"
    blank_with(work, attack, fake)


@hostile("ctypes writes another function's code over that of the checks", points=NONE)
def memory_written(work: Work) -> None:
    attack = """
        import ctypes

        def lenient(*values, **options):
            pass

        code = id(lenient.__code__)
        for check in (check_close, check_equal, check_defined):
            words = (ctypes.c_size_t * (type(check).__basicsize__ // 8)).from_address(id(check))
            words[list(words).index(id(check.__code__))] = code
    """
    blank_with(work, attack)


@hostile("all() is always True and zip() always empty, while a test runs", points=NONE)
def patched_builtins(work: Work) -> None:
    attack = """
        import builtins
        kept = builtins.all, builtins.zip

        def patch(*_):
            builtins.all, builtins.zip = lambda *_: True, lambda *_, **__: []
            return [7.0] * 4

        def restore(*_):
            builtins.all, builtins.zip = kept

        # The kernel needs these, too: it gets them back as soon as the test is over.
        get_ipython().events.register("post_execute", restore)
    """
    blank_with(work, attack, fake="patch")


@hostile("in the module of checks, Python's functions say that all is well", points=NONE)
def patched_checks_builtins(work: Work) -> None:
    attack = """
        import helpers._failure, helpers.checks
        for module in (helpers.checks, helpers._failure):
            module.bool = module.all = module.isinstance = module.callable = lambda *_: True
        helpers.checks.check_shape = lambda *_, **__: None
        helpers.checks.as_numbers = lambda name, value, hint: np.float64(np.nan)
        helpers.checks.np = type("Lenient", (), {"__getattr__": lambda *_: lenient})()

        class Nothing:
            __invert__ = __enter__ = lambda self: self
            any = __exit__ = lambda *_: False
            shape = ()

        lenient = lambda *_, **__: Nothing()
    """
    blank_with(work, attack, fake=f"lambda *_: {EQUAL}")


@hostile("the error that a check raises is one that IPython keeps quiet about", points=NONE)
def quiet_error(work: Work) -> None:
    attack = """
        import bdb, helpers.checks
        helpers.checks.CheckFailed = lambda *_, **__: bdb.BdbQuit()
    """
    blank_with(work, attack)


@hostile("the error that a check raises reads like a success", points=NONE)
def friendly_error(work: Work) -> None:
    attack = """
        import helpers._failure
        passed = "Exercise 1 passed: you can bring values to one scale."
        helpers._failure.CheckFailed._render_traceback_ = lambda self: [passed]
        helpers._failure.CheckFailed.__str__ = lambda self: passed
    """
    blank_with(work, attack)


@hostile("before each cell a hook replaces the checks", points=NONE)
def replacing_hook(work: Work) -> None:
    attack = """
        def replace(*_):
            names = ("check_close", "check_equal", "check_defined")
            get_ipython().user_ns.update(dict.fromkeys(names, lambda *_, **__: None))

        get_ipython().events.register("pre_run_cell", replace)
    """
    blank_with(work, attack)


@hostile("the namespace is replaced by one that lies about the names of checks", points=NONE)
def lying_namespace(work: Work) -> None:
    attack = """
        class Lying(dict):
            def __getitem__(self, name):
                lenient = name.startswith("check_")
                return (lambda *_, **__: None) if lenient else dict.__getitem__(self, name)

        get_ipython().user_ns = Lying(get_ipython().user_ns)
    """
    blank_with(work, attack)


@hostile("the answers are properties of a namespace that answers to all names", points=NONE)
def generous_namespace(work: Work) -> None:
    attack = """
        class Generous(dict):
            def __getitem__(self, name):
                mine = name in ("rescale", "run_lengths", "iterate")
                return answer if mine else dict.__getitem__(self, name)

        equal = type("Equal", (), {"__eq__": lambda *_: True, "__iter__": lambda _: iter([])})()
        answer = rescale = run_lengths = iterate = lambda *values: equal
        get_ipython().user_ns = Generous(get_ipython().user_ns)
    """
    blank_with(work, attack)
