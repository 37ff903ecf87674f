"""The preprocessor that keeps hidden tests out of the feedback, on notebooks made for it."""

import html
import json
import os
import pprint
import sys
from copy import deepcopy
from pathlib import Path

import pytest
from nbconvert import HTMLExporter
from nbconvert.preprocessors import ExecutePreprocessor
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output
from nbgrader.api import Gradebook
from traitlets.config import Config, PyFileConfigLoader

from grading.feedback import MESSAGE_LENGTH, HideHiddenTests
from grading.hidden import COMMENT, REDACTED
from helpers.checks import CheckFailed
from tests import sample_notebook
from tests.leaks import leaked, secret_lines

ROOT = Path(__file__).parent.parent

SECRET = 'check_close("a \\"short\\" series", total([2, 3] & 1), 5.0)'
FIRST = "# Hidden tests: the same promises on other inputs."
HIDDEN = f"{FIRST}\n### BEGIN HIDDEN TESTS\n{SECRET}\nx = 1\n### END HIDDEN TESTS"

# What a student may run after the tests to see them.
CURIOUS = {
    "list": "print(In)",
    "lines": "print(*In, sep='\\n')",
    "history": "%history",
    "last result": "In",
    "json": "import json; print(json.dumps(In))",
    "json in json": "print(json.dumps(json.dumps(In)))",
    "escaped html": "import html; print(html.escape('\\n'.join(In)))",
    "shown html": (
        "from IPython.display import HTML, JSON, Markdown, display\n"
        "display(HTML('<pre>' + html.escape('\\n'.join(In)) + '</pre>'))"
    ),
    "coloured html": (
        "from pygments import formatters, highlight, lexers\n"
        "source = '\\n'.join(In)\n"
        "display(HTML(highlight(source, lexers.PythonLexer(), formatters.HtmlFormatter())))"
    ),
    "coloured text": (
        "print(highlight(source, lexers.PythonLexer(), formatters.TerminalFormatter()))"
    ),
    "shown markdown": "display(Markdown('```\\n' + source + '\\n```'))",
    "in pieces": (
        "import sys, time\n"
        "for start in range(0, len(source), 7):\n"
        "    sys.stdout.write(source[start : start + 7])\n"
        "    sys.stdout.flush()"
    ),
    "message": "raise RuntimeError(source)",
    "message of a list": "raise RuntimeError(In)",
    "traceback": "get_ipython().run_cell(next(code for code in In if 'falling' in code))",
    "error output": "sys.stderr.write(source)",
}


def notebook(*cells: NotebookNode) -> NotebookNode:
    return new_notebook(cells=list(cells))


def cell_of_tests(source: str = HIDDEN, *outputs: NotebookNode) -> NotebookNode:
    info = {"grade_id": "ex1-check", "grade": True, "locked": True, "solution": False, "points": 3}
    return new_code_cell(
        source, outputs=list(outputs), execution_count=2, metadata={"nbgrader": info}
    )


def cell_of_answer(*outputs: NotebookNode, source: str = "total = sum", count: int = 1):
    return new_code_cell(source, outputs=list(outputs), execution_count=count)


def error(name: str, message: str, *traceback: str) -> NotebookNode:
    return new_output("error", ename=name, evalue=message, traceback=list(traceback))


def printed(text: str) -> NotebookNode:
    return new_output("stream", name="stdout", text=text)


def hide(nb: NotebookNode, resources: dict | None = None, **config: dict) -> NotebookNode:
    result, _ = HideHiddenTests(config=Config(config)).preprocess(deepcopy(nb), resources or {})
    return result


# The source


def test_hidden_region_becomes_one_comment():
    shown = hide(notebook(cell_of_tests())).cells[0].source
    assert shown == f"{FIRST}\n{COMMENT}"


def test_what_stands_around_and_between_regions_stays():
    region = "### BEGIN HIDDEN TESTS\nsecret_value = 1\n### END HIDDEN TESTS"
    nb = notebook(cell_of_tests(f"first = 1\n{region}\nmiddle = 2\n{region}\nlast = 3"))
    assert hide(nb).cells[0].source == f"first = 1\n{COMMENT}\nmiddle = 2\n{COMMENT}\nlast = 3"


@pytest.mark.parametrize(
    "markers",
    [
        pytest.param(["BEGIN"], id="never closed"),
        pytest.param(["END"], id="never opened"),
        pytest.param(["END", "BEGIN"], id="swapped"),
        pytest.param(["BEGIN", "BEGIN", "END"], id="nested"),
        pytest.param(["BEGIN", "END", "END"], id="closed twice"),
    ],
)
def test_unbalanced_markers_hide_the_whole_cell(markers: list[str]):
    lines = [line for mark in markers for line in (SECRET, f"### {mark} HIDDEN TESTS")]
    nb = notebook(
        cell_of_tests("\n".join([*lines, SECRET])),
        cell_of_answer(printed(SECRET)),
    )
    result = hide(nb)
    assert result.cells[0].source == COMMENT
    assert result.cells[1].outputs[0].text == REDACTED


def test_delimiters_are_those_of_nbgrader():
    source = f"visible = 1\n# <secret>\n{SECRET}\n# </secret>"
    delimiters = {"begin_test_delimeter": "# <secret>", "end_test_delimeter": "# </secret>"}
    result = hide(notebook(cell_of_tests(source)), ClearHiddenTests=delimiters)
    assert result.cells[0].source == f"visible = 1\n{COMMENT}"


def test_other_cells_stay_as_they_are():
    table = new_output("display_data", data={"text/html": "<b>1 &lt; 2</b>", "text/plain": "1"})
    failed = error("ValueError", "no", "\x1b[31mValueError\x1b[0m: no")
    nb = notebook(
        cell_of_answer(printed("1 2 3\n"), table, failed),
        cell_of_tests("assert total([1]) == 1", error("AssertionError", "", "----> 1 assert")),
        cell_of_tests(),
    )
    assert hide(nb).cells[:2] == nb.cells[:2]


# Errors in a cell with hidden tests


def test_failed_check_keeps_what_expected_got_and_cause():
    message = str(CheckFailed("acf is wrong", "1.0", "2.0", "Is the mean removed?"))
    failed = error("CheckFailed", message, f"CheckFailed (line 3 of this cell): {message}")
    result = hide(notebook(cell_of_tests(HIDDEN, failed)))
    assert result.cells[0].outputs[0].traceback == [
        "CheckFailed: acf is wrong\n"
        "  expected: 1.0\n"
        "  got:      2.0\n"
        "  likely cause: Is the mean removed?"
    ]


def test_error_names_the_line_of_the_answer_and_no_line_of_the_test():
    nb = notebook(
        cell_of_answer(source="def total(x):\n    return plus(x)"),
        cell_of_answer(source="def plus(x):\n    return x + None", count=5),
        cell_of_tests(
            HIDDEN,
            error(
                "TypeError",
                "unsupported operand",
                "\x1b[31mTypeError\x1b[39m      Traceback (most recent call last)",
                f"\x1b[36mCell\x1b[39m\x1b[36m \x1b[39mIn[2], line 3\n----> 3 {SECRET}\n 4 x = 1",
                "\x1b[36mCell\x1b[39m In[1], line 2, in total(x)\n----> 2     return plus(x)",
                "\x1b[36mCell\x1b[39m In[5], line 2, in plus(x)\n----> 2     return x + None",
                "File ~/numpy/core.py:7, in add(a, b)\n----> 7 raise",
                "TypeError: unsupported operand",
            ),
        ),
    )
    assert hide(nb).cells[2].outputs[0].traceback == [
        "TypeError: unsupported operand\n  raised in line 2 of your answer: return x + None"
    ]


@pytest.mark.parametrize(
    "place",
    ["In[2], line 1", "In[3], line 1", "In[1], line 99", "In[1], line 0", "In[7], line 1"],
)
def test_error_quotes_no_line_that_is_not_the_students(place: str):
    failed = error("TypeError", "no", f"Cell {place}", "TypeError: no")
    visible = cell_of_tests("assert total([1]) == 1")
    visible.execution_count = 3
    result = hide(notebook(cell_of_answer(), visible, cell_of_tests(HIDDEN, failed)))
    assert result.cells[2].outputs[0].traceback == ["TypeError: no"]


def test_timeout_says_so():
    # nbgrader's own output for a cell that ran too long
    late = error("CellTimeoutError", "", "\x1b[0;31mCellTimeoutError\x1b[0m: No reply from kernel")
    result = hide(notebook(cell_of_tests(HIDDEN, late)))
    assert result.cells[0].outputs[0].traceback == ["CellTimeoutError: No reply from kernel"]


def test_error_without_message_is_its_name():
    failed = error("AssertionError", "", f"----> 3 {SECRET}", "AssertionError: ")
    result = hide(notebook(cell_of_tests(HIDDEN, failed)))
    assert result.cells[0].outputs[0].traceback == ["AssertionError"]


def test_long_message_is_cut():
    failed = error("ValueError", "x" * 10 * MESSAGE_LENGTH)
    result = hide(notebook(cell_of_tests(HIDDEN, failed)))
    assert len(result.cells[0].outputs[0].traceback[0]) < MESSAGE_LENGTH + 100


# Outputs


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(SECRET, id="as it is"),
        pytest.param(f"  12 {SECRET}  # line 12", id="inside a line"),
        pytest.param(SECRET.replace("(", "\x1b[31m(\x1b[0m"), id="coloured"),
        pytest.param(repr(SECRET.replace("(", "\x1b[31m(\x1b[0m")), id="colours written out"),
        pytest.param(html.escape(SECRET), id="escaped"),
        pytest.param(html.escape(html.escape(SECRET)), id="escaped twice"),
        pytest.param(html.escape(SECRET).replace("total", "<i class='n'>total</i>"), id="tags"),
        pytest.param(json.dumps(["x\n" + SECRET + "\ny"]), id="JSON"),
        pytest.param(json.dumps(json.dumps([SECRET])), id="JSON in JSON"),
        pytest.param(json.dumps(html.escape(SECRET)), id="HTML in JSON"),
        pytest.param(repr("a\n" + SECRET + "\nb"), id="repr"),
        pytest.param(SECRET.replace(", ", ",\n   "), id="wrapped"),
        pytest.param(json.dumps(SECRET.replace(", ", ",\n\t")), id="wrapped in JSON"),
        pytest.param(pprint.pformat([SECRET], width=30), id="pretty print"),
        pytest.param(f'"{SECRET[:20]}"\n"{SECRET[20:]}"', id="quoted in pieces"),
        pytest.param(f"a <b {SECRET} c> d", id="between signs that look like a tag"),
    ],
)
def test_every_form_of_a_hidden_line_is_found(text: str):
    forms = [
        printed(f"before\n{text}\nafter"),
        error("ValueError", text, f"before\n{text}"),
        new_output("display_data", data={"text/html": f"<p>{text}</p>", "text/plain": text}),
        new_output("execute_result", data={"application/json": {"a": [text, 1]}, text: ""}),
        new_output("display_data", data={}, metadata={"alt": text}),
    ]
    nb = notebook(cell_of_tests(), cell_of_answer(*forms))
    nb.metadata.widgets = {"state": {"value": text}}
    result = hide(nb)
    assert "short" not in json.dumps(result)
    assert json.dumps(result).count(REDACTED) >= 9


def test_lines_around_a_hidden_one_stay():
    nb = notebook(cell_of_tests(), cell_of_answer(printed(f"before\n{SECRET}\nafter\n")))
    assert hide(nb).cells[1].outputs[0].text == f"before\n{REDACTED}\nafter\n"


def test_line_cut_in_pieces_is_found():
    nb = notebook(
        cell_of_tests(),
        cell_of_answer(printed(SECRET[:20]), printed(SECRET[20:])),
        cell_of_answer(error("ValueError", "", SECRET[:20], SECRET[20:])),
    )
    result = hide(nb)
    assert [output.text for output in result.cells[1].outputs] == [REDACTED]
    assert result.cells[2].outputs[0].traceback == [REDACTED]


@pytest.mark.parametrize("text", ["\\" * 500_000, "&" + "amp;" * 200_000, "<a" * 500_000])
def test_odd_output_takes_no_time_to_search(text: str):
    # Searched with a quadratic pattern, each of these would take hours.
    nb = notebook(cell_of_tests(), cell_of_answer(printed(text + SECRET)))
    assert hide(nb).cells[1].outputs[0].text == REDACTED


def test_lines_that_are_no_secret_stay():
    shared = 'check_defined("total", lambda: total)'
    short = "y = total([1, 2])"
    spaces = f"z = '{' ' * 20}'"
    lines = "\n".join([shared, SECRET, short, spaces])
    region = f"### BEGIN HIDDEN TESTS\n{lines}\n### END HIDDEN TESTS"
    nb = notebook(
        cell_of_tests(f"{shared}  # first", error("NameError", "total", f"----> 1 {shared}")),
        cell_of_tests(region),
        cell_of_answer(printed(f"{short}\nz = 3\n")),
    )
    result = hide(nb)
    assert result.cells[0] == nb.cells[0]
    assert result.cells[2] == nb.cells[2]


@pytest.mark.slow
def test_lines_of_a_test_cell_that_the_student_deleted_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    # nbgrader calls `alembic` by name when it makes a gradebook.
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
    url = f"sqlite:///{tmp_path / 'gradebook.db'}"
    with Gradebook(url) as gradebook:
        gradebook.add_assignment("01")
        gradebook.add_notebook("01", "01")
        gradebook.add_source_cell(
            "ex1-hidden", "01", "01", cell_type="code", locked=True, source=HIDDEN, checksum="0"
        )
    resources = {"nbgrader": {"db_url": url, "notebook": "01", "assignment": "01"}}
    result = hide(notebook(cell_of_answer(printed(SECRET))), resources)
    assert result.cells[0].outputs[0].text == REDACTED


# A real kernel, and pages


@pytest.fixture(scope="module")
def executed() -> NotebookNode:
    """The sample notebook with a faulty answer and a curious student, as a kernel left it."""
    nb = sample_notebook.build()
    answer = sample_notebook.find(nb, "ex2-largest-step")
    answer.source = answer.source.replace("np.diff(x)", "np.dif(x)")
    nb.cells += [new_code_cell(code, id=name.replace(" ", "-")) for name, code in CURIOUS.items()]
    ExecutePreprocessor(allow_errors=True).preprocess(nb, {"metadata": {"path": str(ROOT)}})
    return nb


@pytest.fixture(scope="module")
def hidden(executed: NotebookNode) -> NotebookNode:
    """The same notebook without its hidden tests."""
    return hide(executed)


@pytest.fixture(scope="module")
def secrets(hidden: NotebookNode) -> list[str]:
    """The lines that nothing in that notebook may tell."""
    lines = secret_lines(sample_notebook.build(), hidden)
    assert lines
    return lines


def page_of(nb: NotebookNode) -> str:
    page, _ = HTMLExporter(template_name="classic").from_notebook_node(nb)
    return page


@pytest.mark.parametrize("name", [name.replace(" ", "-") for name in CURIOUS])
def test_curious_student_learns_nothing(
    executed: NotebookNode, hidden: NotebookNode, secrets: list[str], name: str
):
    before = page_of(notebook(sample_notebook.find(executed, name)))
    after = page_of(notebook(sample_notebook.find(hidden, name)))
    assert leaked(before, secrets), "this attempt must tell something without us"
    assert leaked(after, secrets) == []


def test_stock_page_tells_every_hidden_line_and_ours_none(
    executed: NotebookNode, hidden: NotebookNode, secrets: list[str]
):
    assert leaked(page_of(executed), secrets) == secrets
    assert leaked(page_of(hidden), secrets) == []


def test_traceback_of_a_real_kernel_becomes_the_outcome(
    executed: NotebookNode, hidden: NotebookNode
):
    failed = sample_notebook.find(executed, "ex2-largest-step-hidden").outputs[0]
    assert "falling" in "".join(failed.traceback)
    answer = sample_notebook.find(executed, "ex2-largest-step").source.split("\n")
    number, line = next((n, line) for n, line in enumerate(answer, 1) if "np.dif(" in line)
    shown = sample_notebook.find(hidden, "ex2-largest-step-hidden").outputs[0]
    assert shown.traceback == [
        "AttributeError: module 'numpy' has no attribute 'dif'\n"
        f"  raised in line {number} of your answer: {line.strip()}"
    ]


def test_course_settings_name_the_preprocessor():
    settings = PyFileConfigLoader("nbgrader_config.py", path=str(ROOT)).load_config()
    assert settings.GenerateFeedback.preprocessors == [
        "nbgrader.preprocessors.GetGrades",
        "grading.feedback.HideHiddenTests",
        "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
    ]
