"""Feedback without the hidden tests.

nbgrader writes the autograded notebook into the feedback as it stands: with the hidden tests in
the test cells' source, in tracebacks, and in whatever the student's code printed.
`HideHiddenTests` is a preprocessor for nbgrader's GenerateFeedback; nbgrader_config.py adds it.

What it cannot see: a text that the student's code disguised on purpose (in base64, in a picture).
Keeping the tests out of that code's reach is the sandbox's part.
"""

import re

from nbconvert.exporters.exporter import ResourcesDict
from nbconvert.preprocessors.coalescestreams import CoalesceStreamsPreprocessor
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import ClearHiddenTests, NbGraderPreprocessor
from nbgrader.utils import is_locked

from grading.hidden import HiddenLines, Markers, Parts, part

# An error's message is the student's to make; nbgrader limits printed text, not messages.
MESSAGE_LENGTH = 4000

_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_FRAME = re.compile(r"Cell In\s?\[(\d+)\], line (\d+)")


class HideHiddenTests(NbGraderPreprocessor):
    """Take the hidden tests out of a notebook that becomes feedback.

    Three things change. A region of hidden tests becomes one comment line, and a cell whose
    markers are not balanced becomes that line as a whole. An error in a cell with hidden tests
    keeps its message and the line of the student's answer that raised it, and loses its
    traceback. In all outputs of the notebook, a line of a hidden test becomes
    ``[hidden test]``. The delimiters are those of nbgrader's ClearHiddenTests.
    """

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Return the notebook with its hidden tests taken out."""
        delimiters = ClearHiddenTests(parent=self)
        markers = Markers(delimiters.begin_test_delimeter, delimiters.end_test_delimeter)
        cells = [part(cell.source, markers) for cell in nb.cells]
        lines = HiddenLines.of(cells + _kept_in_gradebook(resources, markers))
        for cell, parts in zip(nb.cells, cells, strict=True):
            cell.source = parts.shown
        # From here on, no source holds a hidden line any more.
        codes = [pair for pair in zip(nb.cells, cells, strict=True) if pair[0].cell_type == "code"]
        answers = {cell.execution_count: cell for cell, _ in codes if not is_locked(cell)}
        for cell, parts in codes:
            if parts.hidden:
                _reduce_errors(cell, answers)
            _redact_outputs(cell, lines)
        # What widgets show is kept here.
        nb.metadata = lines.redact(nb.metadata)
        return nb, resources


def _kept_in_gradebook(resources: ResourcesDict, markers: Markers) -> list[Parts]:
    """The instructor's cells: a student may print a test from elsewhere and delete its cell."""
    about = resources.get("nbgrader", {})
    if "db_url" not in about:
        return []
    with Gradebook(about["db_url"]) as gradebook:
        notebook = gradebook.find_notebook(about["notebook"], about["assignment"])
        return [part(cell.source or "", markers) for cell in notebook.source_cells]


def _reduce_errors(cell: NotebookNode, answers: dict[int | None, NotebookNode]) -> None:
    for output in cell.outputs:
        if output.output_type == "error":
            lines = [_message(output), _place_in_answer(output, answers)]
            output.traceback = ["\n".join(line for line in lines if line)]


def _message(output: NotebookNode) -> str:
    """Name and message of an error, as Python prints them."""
    name, message = output.ename, output.evalue
    if not message and output.traceback:
        # nbgrader's timeout says what happened in the traceback only.
        last = _COLOUR.sub("", output.traceback[-1]).split("\n")[-1]
        message = last.removeprefix(f"{name}: ") if last.startswith(f"{name}: ") else ""
    if len(message) > MESSAGE_LENGTH:
        message = f"{message[:MESSAGE_LENGTH]} ..."
    return f"{name}: {message}" if message else name


def _place_in_answer(output: NotebookNode, answers: dict[int | None, NotebookNode]) -> str:
    """The innermost line of a student's cell in a traceback, quoted from that cell."""
    trace = _COLOUR.sub("", "\n".join(output.traceback))
    for count, number in reversed(_FRAME.findall(trace)):
        if int(count) in answers:
            lines = answers[int(count)].source.split("\n")
            if 0 < int(number) <= len(lines):
                line = lines[int(number) - 1].strip()
                return f"  raised in line {number} of your answer: {line}"
    return ""


def _redact_outputs(cell: NotebookNode, lines: HiddenLines) -> None:
    # The kernel sends printed text in pieces; a line may be cut between two of them.
    CoalesceStreamsPreprocessor().preprocess_cell(cell, {}, 0)
    for output in cell.outputs:
        if output.output_type == "error":
            # One text instead of many, so that a line cut between two is found as well.
            output.traceback = ["\n".join(output.traceback)]
        for name, value in output.items():
            output[name] = lines.redact(value)
