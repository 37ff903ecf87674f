"""Wrong and alternative right answers to every exercise, and the harness that runs them.

``nbNN.py`` holds the answers for notebook NN as plain functions, written as a student would
write them; :mod:`tests.variants.harness` runs them against the notebook's own test cells.
"""

import ast
import importlib
import inspect
import sys
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])

_variants: dict[tuple[str, str, str], "Variant"] = {}


class VariantError(Exception):
    """A variant is not written as the harness needs it."""


@dataclass(frozen=True)
class Code:
    """Source text and where it stands, so that a traceback points at the file an author edits."""

    text: str
    file: str
    line: int = 1


@dataclass(frozen=True)
class Variant:
    """One answer to one exercise.

    Parameters
    ----------
    exercise : str
        grade_id of the exercise's solution cell.
    kind : str
        ``"wrong"`` or ``"right"``; the harness adds ``"solution"`` and ``"blank"``.
    text : str
        The misconception, or how the alternative goes about it.
    functions : tuple of Code
        Run after the notebook's solution cell; what they do not define stays the solution's.
    edit : tuple of str, optional
        Text of the solution cell that occurs exactly once, and what to put in its place.
    raises : tuple of str
        Names of the exceptions besides ``CheckFailed`` that may reject a wrong answer.
    """

    exercise: str
    kind: str
    text: str
    functions: tuple[Code, ...] = ()
    edit: tuple[str, str] | None = None
    raises: tuple[str, ...] = ()


def wrong(
    exercise: str, text: str, *, raises: type[Exception] | None = None, makes: str = ""
) -> Callable[[Function], Function]:
    """Mark a function as a wrong answer that the exercise's test cells must reject.

    Functions that share ``exercise`` and ``text`` form one variant.

    Parameters
    ----------
    exercise : str
        grade_id of the exercise's solution cell.
    text : str
        The misconception.
    raises : exception type, optional
        The exception that may reject it, where that is not ``CheckFailed``.
    makes : str, optional
        Name that what the function returns is given: the answer is a class, made by the function.
    """
    return _mark("wrong", exercise, text, raises, makes)


def right(exercise: str, text: str, *, makes: str = "") -> Callable[[Function], Function]:
    """Mark a function as an alternative answer that the exercise's test cells must accept.

    Functions that share ``exercise`` and ``text`` form one variant. ``makes`` is as in
    :func:`wrong`.
    """
    return _mark("right", exercise, text, None, makes)


def mutate(
    exercise: str, text: str, *, old: str, new: str, raises: type[Exception] | None = None
) -> None:
    """Add a wrong answer that is the notebook's solution with one text replaced.

    Parameters
    ----------
    exercise, text, raises
        As in :func:`wrong`.
    old : str
        Text that occurs exactly once in the solution cell.
    new : str
        What to put in its place.
    """
    caller = sys._getframe(1).f_globals["__name__"]
    _add(caller, Variant(exercise, "wrong", text, edit=(old, new), raises=_names(raises)))


def numbers() -> list[str]:
    """Numbers of the notebooks that have variants, as in ``["01", "02"]``."""
    return sorted(path.stem[2:] for path in Path(__file__).parent.glob("nb[0-9][0-9].py"))


def load(number: str) -> list[Variant]:
    """Return the variants of one notebook.

    Parameters
    ----------
    number : str
        The notebook's number in two digits.

    Returns
    -------
    list of Variant
        In the order in which they are written.
    """
    if number not in numbers():
        raise VariantError(f"no variants for notebook {number!r}, only for {', '.join(numbers())}")
    return variants_in(importlib.import_module(f"tests.variants.nb{number}").__name__)


def variants_in(module: str) -> list[Variant]:
    """Return the variants that a module, given by its full name, has defined so far."""
    return [variant for key, variant in _variants.items() if key[0] == module]


def _mark(
    kind: str, exercise: str, text: str, raises: type[Exception] | None, makes: str
) -> Callable[[Function], Function]:
    def register(function: Function) -> Function:
        code = _source(function)
        if makes:  # inspect finds the wrong one of several classes with one name
            code = replace(code, text=f"{code.text}\n\n{makes} = {function.__name__}()\n")
        variant = Variant(exercise, kind, text, (code,), None, _names(raises))
        _add(function.__module__, variant)
        return function

    return register


def _add(module: str, variant: Variant) -> None:
    """Register a variant, or add its function to the variant of the same name."""
    key = (module, variant.exercise, variant.text)
    known = _variants.get(key)
    if known is None:
        _variants[key] = variant
        return
    if (known.kind, known.raises) != (variant.kind, variant.raises) or known.edit or variant.edit:
        raise VariantError(
            f"{variant.exercise}: two different variants have the text {variant.text!r}"
        )
    _variants[key] = replace(known, functions=known.functions + variant.functions)


def _source(function: Callable[..., Any]) -> Code:
    """Return a function's source without its decorators.

    The harness runs the source in the notebook's namespace, as a student's cell would: default
    values, nested functions and imports then see what they would see there, which a function
    object carried over from this package does not.
    """
    if function.__code__.co_freevars:
        raise VariantError(
            f"{function.__name__} uses {', '.join(function.__code__.co_freevars)} of the function "
            "around it, which the notebook does not have: write it at the top level of a module"
        )
    lines, first = inspect.getsourcelines(function)
    text = textwrap.dedent("".join(lines))
    start = ast.parse(text).body[0].lineno  # the line of "def", after the decorators
    kept = "".join(text.splitlines(keepends=True)[start - 1 :])
    return Code(kept, inspect.getfile(function), first + start - 1)


def _names(raises: type[Exception] | None) -> tuple[str, ...]:
    return (raises.__name__,) if raises else ()
