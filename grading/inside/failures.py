"""How errors and warnings cross the bridge: by the names of their classes, and as text."""

import re
import sys
import warnings
from collections.abc import Container, Iterable
from types import TracebackType
from typing import Any

from .wire import BridgeError

MESSAGE_LENGTH = 10_000
_MOST_NOTES, _MOST_WARNINGS, _MOST_NAMES = 20, 50, 40
_PACKAGES = {"builtins", "numpy", "pandas", "keras", "tensorflow", "statsmodels", "sklearn"}
_PLACE = re.compile(r"Cell In\[\d{1,9}\], line \d{1,9}, in [\w<>.]{1,200}\(\.\.\.\)")


def class_names(kind: type) -> list[str]:
    """Return the full names of a class and its bases, nearest first."""
    names = [f"{base.__module__}.{base.__qualname__}"[:300] for base in kind.__mro__]
    return names[:_MOST_NAMES]


def find_class(
    names: Iterable[str], base: type, packages: Container[str] = _PACKAGES
) -> type | None:
    """Return the first subclass of ``base`` among these names that this process has already.

    Only classes of the given packages count, and nothing is imported.
    """
    for name in names:
        module = name.rpartition(".")[0]
        if name.partition(".")[0] not in packages:
            continue
        while module and module not in sys.modules:
            module, _, _ = module.rpartition(".")
        found = _member(sys.modules.get(module), name[len(module) + 1 :])
        # A library's module may hold a class of another one, such as IPython's UsageError, which
        # IPython does not show as an error.
        fits = isinstance(found, type) and issubclass(found, base)
        if fits and found.__module__.partition(".")[0] in packages:
            return found
    return None


def write_error(error: BaseException) -> list[Any]:
    """Return the parts of an error: class names, message, plain arguments, places in cells."""
    message = _text_of(error)[:MESSAGE_LENGTH]
    known = type(error).__module__ == "builtins" and len(error.args) <= 5
    plain = known and all(type(a) in (str, int, float, type(None)) for a in error.args)
    texts = [a for a in error.args if type(a) is str]
    same = plain and all(len(a) <= MESSAGE_LENGTH and a == _whole(a) for a in texts)
    arguments = list(error.args) if same else None
    return [class_names(type(error)), message, arguments, _places(error.__traceback__)]


def read_error(parts: Any) -> Exception:
    """Build the error of these parts: of the nearest class that is known here."""
    names, message, arguments, places = _checked_error(parts)
    if not any(name == "builtins.Exception" for name in names) or "builtins.StopIteration" in names:
        name = names[0].removeprefix("builtins.")
        error: Exception = RuntimeError(f"{name}: {message}" if message else name)
    else:
        error = _first_that_builds(names, message, arguments)
    for place in places:
        error.add_note(place)
    return error


def write_warnings(caught: Iterable[warnings.WarningMessage]) -> list[Any]:
    """Return class names and message of each warning."""
    few = list(caught)[:_MOST_WARNINGS]
    return [[class_names(w.category), _text_of(w.message)[:MESSAGE_LENGTH]] for w in few]


def read_warnings(parts: Any) -> list[tuple[str, type[Warning]]]:
    """Return message and class of each warning."""
    read = []
    for names, message in parts[:_MOST_WARNINGS]:
        _check_texts(names, [message])
        read.append((message[:MESSAGE_LENGTH], find_class(names, Warning) or UserWarning))
    return read


def repeat_warnings(read: Iterable[tuple[str, type[Warning]]]) -> None:
    """Warn as the code on the other side did, at the line that called it."""
    for message, category in read:
        frame = sys._getframe()
        while frame.f_back and frame.f_globals.get("__package__") == __package__:
            frame = frame.f_back
        place = (frame.f_code.co_filename, frame.f_lineno, frame.f_globals.get("__name__"))
        registry = frame.f_globals.setdefault("__warningregistry__", {})
        warnings.warn_explicit(message, category, *place, registry)


def _first_that_builds(names: list[str], message: str, arguments: Any) -> Exception:
    for start, name in enumerate(names):
        kind = find_class([name], Exception)
        if kind is None:
            continue
        try:
            return kind(*arguments) if arguments is not None and start == 0 else kind(message)
        except Exception:  # some classes want other arguments: their bases do not
            continue
    return Exception(message)


def _checked_error(parts: Any) -> Any:
    names, message, arguments, places = parts
    _check_texts(names, [message], places)
    if arguments is not None and any(
        type(a) not in (str, int, float, type(None)) for a in arguments
    ):
        raise BridgeError("an error with arguments that are not plain")
    if not names or not all(_PLACE.fullmatch(place) for place in places[:_MOST_NOTES]):
        raise BridgeError("an error without a class, or with a place that is not in a cell")
    return names[:_MOST_NAMES], message[:MESSAGE_LENGTH], arguments, places[:_MOST_NOTES]


def _check_texts(*several: Any) -> None:
    lists = all(type(texts) is list for texts in several)
    if not lists or any(type(text) is not str for texts in several for text in texts):
        raise BridgeError("an error or a warning that is not made of texts")


def _member(owner: Any, path: str) -> Any:
    """Follow a path of names without calling anything: some libraries import when asked."""
    for name in path.split("."):
        owner = getattr(owner, "__dict__", {}).get(name)
    return owner


def _text_of(error: Any) -> str:
    try:
        return _whole(str(error))
    except Exception:
        return "(its message cannot be shown)"


def _whole(text: str) -> str:
    """A text without halves of letters, which cannot be sent."""
    return text.encode(errors="replace").decode()


def _places(trace: TracebackType | None) -> list[str]:
    """Return the lines of notebook cells in a traceback, outermost first, as IPython names them."""
    places = []
    while trace is not None:
        code = trace.tb_frame.f_code
        if cell := _cell_of(code.co_filename):
            places.append(f"{cell}, line {trace.tb_lineno}, in {code.co_name}(...)")
        trace = trace.tb_next
    return places[-_MOST_NOTES:]


def _cell_of(filename: str) -> str | None:
    ipython = sys.modules.get("IPython")
    shell = ipython and ipython.get_ipython()
    name = shell and shell.compile.format_code_name(filename)
    return " ".join(name) if name else None
