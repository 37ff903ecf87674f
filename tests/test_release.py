"""The committed release is what the solutions give, and holds no answer and no output."""

import pytest

from tools.course import RELEASE, ROOT, files_below, read_notebook, select_notebooks
from tools.regions import HIDDEN_TESTS, SOLUTION, split_region
from tools.release import differences

# Raises where there is no notebook, so that an empty folder cannot pass.
NOTEBOOKS = select_notebooks(ROOT)


def released(path):
    return ROOT / RELEASE / path.parent.name / path.name


def lines_of(notebook):
    return {line.strip() for cell in notebook.cells for line in cell.source.split("\n")} - {""}


def secret_lines(notebook):
    """Return the lines that stand in solutions and hidden tests and nowhere else."""
    inside, outside = set(), set()
    for cell in notebook.cells:
        for region in (SOLUTION, HIDDEN_TESTS):
            inside |= {line.strip() for line in split_region(cell.source, region)[0]}
        visible = "\n".join(split_region(cell.source, SOLUTION)[1])
        outside |= {line.strip() for line in split_region(visible, HIDDEN_TESTS)[1]}
    return inside - outside


def test_release_equals_what_the_solutions_give():
    assert differences(ROOT) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_line_of_an_answer_or_a_hidden_test_survives(path):
    secrets = secret_lines(read_notebook(path))
    assert len(secrets) > 20, "a notebook has solutions and hidden tests to look for"
    assert secrets & lines_of(read_notebook(released(path))) == set()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_long_line_survives_in_any_file_of_the_assignment(path):
    long = {line for line in secret_lines(read_notebook(path)) if len(line) >= 20}
    files = files_below(released(path).parent)
    assert files, "the assignment has files to search"
    for file in files:
        content = file.read_bytes()
        for line in long:
            # In a notebook's JSON, quotes and backslashes are written with a backslash.
            escaped = line.replace("\\", "\\\\").replace('"', '\\"')
            assert line.encode() not in content
            assert escaped.encode() not in content


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_release_has_no_outputs_and_keeps_every_cell(path):
    release = read_notebook(released(path))
    code = [cell for cell in release.cells if cell.cell_type == "code"]
    assert [cell.id for cell in code if cell.outputs or cell.execution_count is not None] == []
    assert [cell.id for cell in release.cells] == [cell.id for cell in read_notebook(path).cells]
