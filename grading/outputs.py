"""What a kernel sends while it runs a cell, collected within limits into a notebook's outputs."""

import json
from contextlib import suppress
from typing import Any

from nbformat import NotebookNode, ValidationError, validate
from nbformat.v4 import nbformat, nbformat_minor, new_output, output_from_msg

# What reading a message raises when no honest kernel sent it.
DAMAGED = (ValueError, LookupError, TypeError, AttributeError, RecursionError)
# The time that a message takes, in bytes of a long one: ten thousand are a flood as well.
MESSAGE_COST = 400
# Errors by which the grader says that a submission reached a limit: one cell's time, the
# notebook's, one cell's output, or any that ends the kernel.
CELL_TIMEOUT, NOTEBOOK_TIMEOUT = "CellTimeoutError", "NotebookTimeoutError"
OUTPUT_LIMIT, KERNEL_ENDED = "OutputLimitError", "KernelEnded"
LIMIT_ERRORS = (CELL_TIMEOUT, NOTEBOOK_TIMEOUT, OUTPUT_LIMIT, KERNEL_ENDED)
# Of data within data; a plotly figure has about ten levels.
DEEPEST = 50


class Outputs:
    """The outputs of one cell.

    Parameters
    ----------
    keep, flood : int
        Bytes: what goes beyond `keep` is dropped, what goes beyond `flood` is refused.
    """

    def __init__(self, keep: int, flood: int) -> None:
        self.outputs: list[NotebookNode] = []
        # The kernel's number for the cell.
        self.count: int | None = None
        self._keep, self._flood = keep, flood
        self._size = self._work = 0
        self._clear_next = False
        # Where the outputs with a display id stand, for those who update them.
        self._displays: dict[str, list[NotebookNode]] = {}

    def add(self, message: dict[str, Any]) -> bool:
        """Take one message; return False once the cell has sent too much.

        A message that no honest kernel sends is left out.
        """
        with suppress(ValidationError, *DAMAGED):
            # What cannot be written here could not be written into the notebook's file either.
            text = json.dumps(message["content"], ensure_ascii=False).encode()
            self._size += len(text)
            self._work += MESSAGE_COST
            if self._fits():
                self._take(message["header"]["msg_type"], message["content"], message)
        return self._fits()

    def _fits(self) -> bool:
        return self._size + self._work <= self._flood

    def _take(self, kind: str, content: dict[str, Any], message: dict[str, Any]) -> None:
        if kind == "execute_input" and isinstance(content.get("execution_count"), int):
            self.count = content["execution_count"]
        elif kind == "clear_output":
            self._clear_next = bool(content.get("wait"))
            if not self._clear_next:
                self._clear()
        elif kind in ("stream", "display_data", "execute_result", "error", "update_display_data"):
            self._show(message)
        # Messages of widgets have no use here: nobody answers them.

    def _show(self, message: dict[str, Any]) -> None:
        updates = message["header"]["msg_type"] == "update_display_data"
        if updates:
            message["header"]["msg_type"] = "display_data"
        output = output_from_msg(message)
        validate(output, ref="output", version=nbformat, version_minor=nbformat_minor)
        if _depth(output) > DEEPEST:
            return
        name = (message["content"].get("transient") or {}).get("display_id")
        same = self._displays.get(name, [])
        if updates:
            for shown in same:
                shown.data, shown.metadata = output.data, output.metadata
            return
        if self._clear_next:
            self._clear()
        if self._size > self._keep and output.output_type != "error":
            self._note_what_is_missing()
            return
        self._append(output)
        if name:
            self._displays[name] = [*same, output]

    def _append(self, output: NotebookNode) -> None:
        last = self.outputs[-1] if self.outputs else None
        if last and output.output_type == "stream" == last.output_type and output.name == last.name:
            last.text += output.text
        else:
            self.outputs.append(output)

    def _note_what_is_missing(self) -> None:
        note = f"\n[More output than {self._keep:,} bytes is not kept.]\n"
        if not (self.outputs and self.outputs[-1].get("text", "").endswith(note)):
            self._append(new_output("stream", name="stdout", text=note))

    def _clear(self) -> None:
        self.outputs.clear()
        self._displays.clear()
        self._clear_next = False


def _depth(value: Any) -> int:
    """Return how deep lists and dicts are nested, without nested calls."""
    depth, level = 0, [value]
    while level := [
        item
        for outer in level
        if isinstance(outer, dict | list)
        for item in (outer.values() if isinstance(outer, dict) else outer)
    ]:
        depth += 1
    return depth


def error_output(name: str, message: str) -> NotebookNode:
    """Return an error as a cell shows it; a test cell that has one gets no points."""
    return new_output("error", ename=name, evalue=message, traceback=[f"{name}: {message}"])
