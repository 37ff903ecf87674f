"""Of a submission, only what a page shows.

Formgrader and the feedback pages put a notebook's text, HTML and pictures into a page that the
instructor's browser opens, beside the instructor's own buttons. Stock nbgrader puts them there as
they are. `KeepWhatPagesShow` is a preprocessor for nbconvert's HTMLExporter, which writes both
kinds of page; nbgrader_config.py adds it, together with the filters of `grading.safe_html`. The
one settles what may stand in a notebook and of which type it is, the others what text may do.
"""

import re
from html import escape
from typing import Any

from nbconvert.exporters.exporter import ResourcesDict
from nbconvert.filters import strip_ansi
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell

from grading.safe_html import ACTIVE_TEX, has_content

# The time that nbconvert and nh3 take grows with the square of these. No table of this course has
# more than 5,000 characters of HTML, and no output more than some dozens of colours.
HTML_LENGTH = 100_000
COLOUR_CODES = 2_000

_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]+")
_GRADE_ID = re.compile(r"[A-Za-z0-9_-]+")
_FLAGS = ("grade", "locked", "solution", "task")
_PICTURES = ("image/png", "image/jpeg")
_TEXTS = ("image/svg+xml", "text/html", "text/markdown", "text/latex", "text/plain")


class KeepWhatPagesShow(Preprocessor):
    """Build a notebook anew from the parts of a submission that a page shows.

    Left out are all metadata but nbgrader's own, and every output that a browser would have to
    run: JavaScript, widgets, plotly figures. Where an output has nothing else to show, a line says
    what is missing. What is kept has the type that the templates count on. The cells are numbered
    anew, since their names become names in the page.
    """

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Return the notebook to show; names in the resources become safe to print."""
        for name in ("student", "first_name", "last_name", "notebook_path"):
            if resources.get(name):
                resources[name] = escape(str(resources[name]))
        cells = [_cell(cell, number) for number, cell in enumerate(nb.cells)]
        return new_notebook(cells=cells), resources


def _cell(cell: NotebookNode, number: int) -> NotebookNode:
    common = {"source": cell.source, "metadata": _metadata(cell), "id": f"cell-{number}"}
    if cell.cell_type == "code":
        outputs = [_output(output) for output in cell.outputs]
        return new_code_cell(**common, execution_count=cell.execution_count, outputs=outputs)
    if cell.cell_type == "markdown":
        attachments = {name: _pictures(data) for name, data in cell.get("attachments", {}).items()}
        attachments = {name: pictures for name, pictures in attachments.items() if pictures}
        return new_markdown_cell(**common, attachments=attachments)
    # Templates read a raw cell as HTML.
    return new_raw_cell(**common | {"source": cell.source[:HTML_LENGTH]})


def _metadata(cell: NotebookNode) -> dict[str, Any]:
    """What nbgrader knows of a cell; scores and comments come from the gradebook later."""
    info = cell.metadata.get("nbgrader")
    name = info.get("grade_id") if isinstance(info, dict) else None
    if not isinstance(name, str) or not _GRADE_ID.fullmatch(name):
        return {}
    kept = {name: info.get(name) is True for name in _FLAGS}
    points = info.get("points")
    if isinstance(points, int | float):
        kept["points"] = points
    return {"nbgrader": kept | {"grade_id": name}}


def _output(output: NotebookNode) -> NotebookNode:
    kind = output.output_type
    if kind == "stream":
        name = "stderr" if output.name == "stderr" else "stdout"
        return new_output(kind, name=name, text=_coloured(output.text))
    if kind == "error":
        trace = [_coloured(line) for line in output.traceback]
        return new_output(kind, ename=output.ename, evalue=output.evalue, traceback=trace)
    more = {"execution_count": output.execution_count} if kind == "execute_result" else {}
    return new_output(kind, data=_data(output.data), metadata=_sizes(output.metadata), **more)


def _coloured(text: str) -> str:
    return strip_ansi(text) if text.count("\x1b[") > COLOUR_CODES else text


def _data(data: NotebookNode) -> dict[str, str]:
    texts = {kind: data[kind] for kind in _TEXTS if isinstance(data.get(kind), str)}
    shown = _pictures(data) | texts
    if "text/plain" in shown:
        shown["text/plain"] = _coloured(shown["text/plain"])
    if ACTIVE_TEX.search(shown.get("text/latex", "")):
        del shown["text/latex"]
    html = shown.get("text/html", "")
    if len(html) > HTML_LENGTH or not has_content(html):
        shown.pop("text/html", None)
    return shown or {"text/plain": f"[not shown: {', '.join(data)[:200]}]"}


def _pictures(data: NotebookNode) -> dict[str, str]:
    """The pictures of an output or an attachment that are really in base64."""
    found = {kind: data[kind] for kind in _PICTURES if isinstance(data.get(kind), str)}
    return {kind: value for kind, value in found.items() if _BASE64.fullmatch(value)}


def _sizes(metadata: NotebookNode) -> dict[str, dict[str, int]]:
    """The width and height of an output's pictures, which the template prints as they are."""
    given = {kind: metadata[kind] for kind in _PICTURES if isinstance(metadata.get(kind), dict)}
    return {
        kind: {
            name: about[name]
            for name in ("width", "height")
            if type(about.get(name)) is int and 0 < about[name] < 10_000
        }
        for kind, about in given.items()
    }
