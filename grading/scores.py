"""The outputs of a test cell, put so that nbgrader reads no points from them that nobody gave."""

import math
import re
from collections.abc import Iterable

from nbformat import NotebookNode

from grading.outputs import error_output

_NUMPY_NUMBER = re.compile(r"np\.\w+\((.+)\)")


def graded_outputs(outputs: Iterable[NotebookNode], possible: float) -> list[NotebookNode]:
    """Return a test cell's outputs as nbgrader has to see them.

    nbgrader takes the first error or value that a cell shows. It gives no points for a text on
    stderr, all points for a value that is no number, and fails on a number above the maximum.
    Here an error wins over a value, a text on stderr is only a text, and a value is points if it
    is a number from 0 to `possible`; another number is an error, and what is no number is shown.
    """
    shown = [_without_stderr(output) for output in outputs]
    failed = any(output.output_type == "error" for output in shown)
    return [_value(output, possible, failed) for output in shown]


def _without_stderr(output: NotebookNode) -> NotebookNode:
    if output.output_type == "stream":
        return NotebookNode(output, name="stdout")
    return output


def _value(output: NotebookNode, possible: float, failed: bool) -> NotebookNode:
    if output.output_type != "execute_result":
        return output
    points = _number(output.data.get("text/plain", ""))
    if points is None or failed:
        data, metadata = output.data, output.metadata
        return NotebookNode(output_type="display_data", data=data, metadata=metadata)
    if 0 <= points <= possible:
        return NotebookNode(output, data=NotebookNode({"text/plain": repr(points)}))
    return error_output("ScoreError", f"The test cell gives {points} of {possible:g} points.")


def _number(text: str | list[str]) -> float | None:
    text = "".join(text).strip()
    found = _NUMPY_NUMBER.fullmatch(text)
    try:
        value = float(found[1] if found else text)
    except ValueError:
        return None
    return math.inf if math.isnan(value) else value
