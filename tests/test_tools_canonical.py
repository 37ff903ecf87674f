"""``normalise``: one canonical form, reached in one step and written whole or not at all."""

import json

import pytest
from click.testing import CliRunner
from nbformat.v4 import new_output

from tests import sample_notebook as sample
from tools.canonical import canonical_text, to_text
from tools.course import ROOT, CourseError, write_text
from tools.notebooks import main


def canonical(notebook):
    """Return a notebook's canonical form as parsed JSON."""
    return json.loads(canonical_text(to_text(notebook), "nb", ROOT))


def cells_by_id(content):
    return {cell["id"]: cell for cell in content["cells"]}


def test_sample_is_canonical():
    text = to_text(sample.build())
    assert canonical_text(text, "nb", ROOT) == text


def test_messy_notebook_becomes_canonical_and_stays_so():
    notebook = sample.build()
    setup = sample.find(notebook, "setup")
    setup.outputs = [new_output("stream", text="1")]
    setup.execution_count = 7
    setup.metadata.update({"collapsed": True, "tags": []})
    setup.source = "x = {'a':1}\r\n\r\n"
    setup.id = "0123abcd"
    notebook.metadata.update({"widgets": {}, "toc": 1})
    once = canonical_text(to_text(notebook), "nb", ROOT)
    assert canonical_text(once, "nb", ROOT) == once
    assert once == canonical_text(to_text(_with_source("setup", 'x = {"a": 1}')), "nb", ROOT)


def _with_source(name, source):
    notebook = sample.build()
    sample.find(notebook, name).source = source
    return notebook


def test_tags_and_attachments_stay():
    notebook = sample.build()
    sample.find(notebook, "summary").metadata.tags = ["optional"]
    sample.find(notebook, "summary").attachments = {"a.png": {"image/png": "AAAA"}}
    cell = cells_by_id(canonical(notebook))["summary"]
    assert cell["metadata"] == {"tags": ["optional"]}
    assert cell["attachments"] == {"a.png": {"image/png": "AAAA"}}


def test_nbgraders_own_additions_go():
    notebook = sample.build()
    cell = sample.find(notebook, "ex1-running-total-check")
    before = dict(cell.metadata.nbgrader)
    cell.metadata.nbgrader.update({"checksum": "0" * 32, "cell_type": "code", "points": 18.0})
    after = cells_by_id(canonical(notebook))["ex1-running-total-check"]["metadata"]["nbgrader"]
    assert after == before
    assert isinstance(after["points"], int)


def test_metadata_of_an_unused_cell_goes():
    notebook = sample.build()
    unused = {"grade": False, "solution": False, "locked": False, "schema_version": 3}
    sample.find(notebook, "goals").metadata.nbgrader = {"grade_id": "cell-12ab", **unused}
    assert cells_by_id(canonical(notebook))["goals"]["metadata"] == {}


def test_optional_magic_is_kept():
    notebook = sample.build()
    extra = sample.code("extra", "%pip install numpy\nx=1")
    notebook.cells.append(extra)
    assert "".join(canonical(notebook)["cells"][-1]["source"]) == "%pip install numpy\nx = 1"


def test_syntax_error_names_notebook_and_cell():
    notebook = _with_source("s2-worked-example", "print(series[1]")
    with pytest.raises(CourseError, match=r"^nb: s2-worked-example: ruff cannot format it"):
        canonical(notebook)


@pytest.mark.parametrize("change", [{"schema_version": 2}, {"grade_id": ""}])
def test_unusable_nbgrader_metadata_is_refused(change):
    notebook = sample.build()
    sample.find(notebook, "setup").metadata.nbgrader.update(change)
    with pytest.raises(CourseError, match=r"nb: setup: nbgrader metadata \(expected"):
        canonical(notebook)


@pytest.mark.parametrize("text", ["{", "[]", '{"nbformat": 3, "nbformat_minor": 0}'])
def test_what_is_no_notebook_is_refused(text):
    with pytest.raises(CourseError, match=r"^nb: "):
        canonical_text(text, "nb", ROOT)


def test_command_rewrites_and_check_only_tells(tmp_path):
    course = sample.write_course(tmp_path)
    path = sample.write(course / "solutions", _with_source("setup", "x=1"))
    arguments = ["--root", str(course), "normalise"]
    messy = path.read_bytes()

    told = CliRunner().invoke(main, [*arguments, "--check"])
    assert told.exit_code == 1
    assert told.output == "solutions/01-sample/01-sample.ipynb: not in canonical form\n"
    assert path.read_bytes() == messy

    done = CliRunner().invoke(main, [*arguments, "01"])
    assert (done.exit_code, done.output.split()[-1]) == (0, "rewritten")
    assert path.read_bytes() != messy

    again = CliRunner().invoke(main, [*arguments, "--check"])
    assert (again.exit_code, again.output) == (0, "")


def test_command_leaves_a_faulty_notebook_as_it_is(tmp_path):
    course = sample.write_course(tmp_path)
    path = sample.write(course / "solutions", _with_source("setup", "x = ("))
    before = path.read_bytes()
    result = CliRunner().invoke(main, ["--root", str(course), "normalise"])
    assert result.exit_code == 1
    assert "solutions/01-sample/01-sample.ipynb: setup: ruff cannot format it" in result.output
    assert path.read_bytes() == before


def test_unknown_notebook_is_named(tmp_path):
    course = sample.write_course(tmp_path)
    result = CliRunner().invoke(main, ["--root", str(course), "normalise", "07"])
    assert result.exit_code == 1
    assert "07: no solution notebook" in result.output


def test_a_failed_write_keeps_the_old_file(tmp_path):
    path = tmp_path / "file.txt"
    path.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        write_text(path, "new \udc80")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
