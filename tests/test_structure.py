"""Each real solution notebook keeps the course's rules and is in canonical form."""

import pytest

from tools.canonical import canonical_text
from tools.course import ROOT, select_notebooks, shown_path
from tools.lint import lint

# Raises where there is no notebook, so that an empty folder cannot pass.
NOTEBOOKS = select_notebooks(ROOT)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_keeps_every_rule(path):
    assert [str(finding) for finding in lint(path, ROOT).findings] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_is_in_canonical_form(path):
    text = path.read_text(encoding="utf-8")
    assert canonical_text(text, shown_path(path, ROOT), ROOT) == text
