"""A small course notebook that keeps every rule: two exercises and one question, 100 points.

Tests plant faults in it, release it, run it and grade it, so that none of them needs a real
notebook. ``build()`` returns it, ``write(folder)`` writes it, ``write_course(folder)`` makes a
course folder around it, ``find`` and ``remove`` reach a cell by its id.
"""

import shutil
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

NAME = "01-sample"

SETUP = """\
import numpy as np

from helpers.checks import check_close, check_defined, check_raises

series = np.array([3.0, 1.0, 4.0, 1.0, 5.0])"""

TOTAL_STATEMENT = """\
### Exercise 1 · Add up a series (45 points, about 5 min)

Write `running_total(x)`. Value `k` of the result is the sum of the first `k + 1` values.

| name | shape | meaning |
| :-- | :-- | :-- |
| `x` | `(n,)` | the values |
| returns | `(n,)` | their running total |

Example: `running_total([1, 2, 3])` is `[1, 3, 6]`.

<details><summary>Hint 1</summary>Keep one number that grows.</details>
<details><summary>Hint 2</summary>NumPy has a function for it.</details>"""

TOTAL_SOLUTION = '''\
def running_total(x):
    """Return the running total of x, as an array of shape (n,)."""
    ### BEGIN SOLUTION
    values = np.asarray(x, dtype=float)
    return np.cumsum(values)
    ### END SOLUTION'''

TOTAL_CHECK = """\
check_defined("running_total", lambda: running_total)
check_close("running_total([1, 2, 3])", running_total([1, 2, 3]), [1.0, 3.0, 6.0])
print("Exercise 1 passed: you can add up a series.")"""

TOTAL_HIDDEN = """\
# Hidden tests: the same promises on other inputs, graded after you hand in.
### BEGIN HIDDEN TESTS
steps = np.random.default_rng(1).normal(size=20)
grown = np.diff(running_total(steps))
assert np.allclose(grown, steps[1:]), "the total must grow by each value"
### END HIDDEN TESTS"""

STEP_STATEMENT = """\
### Exercise 2 · Find the largest step (45 points, about 10 min)

Write `largest_step(x)`: the largest absolute change from one value to the next.
Fewer than two values raise `ValueError`.

| name | shape | meaning |
| :-- | :-- | :-- |
| `x` | `(n,)` | the values, n at least 2 |
| returns | a float | the largest change |

Example: `largest_step([1, 5, 4])` is `4.0`.

<details><summary>Hint 1</summary>Take the differences first.</details>
<details><summary>Hint 2</summary>A fall counts as much as a rise.</details>"""

STEP_SOLUTION = '''\
def largest_step(x):
    """Return the largest absolute change between neighbours of x, a float."""
    ### BEGIN SOLUTION
    if len(x) < 2:
        raise ValueError(f"x must have at least 2 values, got {len(x)}")
    return float(np.abs(np.diff(x)).max())
    ### END SOLUTION'''

STEP_CHECK = """\
check_defined("largest_step", lambda: largest_step)
check_close("largest_step([1, 5, 4])", largest_step([1, 5, 4]), 4.0, hint="1 to 5.")
check_raises("largest_step([1])", lambda: largest_step([1]))
print("Exercise 2 passed: you can find a jump.")"""

STEP_HIDDEN = """\
# Hidden tests: the same promises on other inputs, graded after you hand in.
### BEGIN HIDDEN TESTS
falling = np.array([9.0, 8.0, 2.0, 1.5])
check_close("largest_step of a falling series", largest_step(falling), 6.0)
### END HIDDEN TESTS"""

QUESTION = """\
Which of the two functions depends on the order of the values? Say why, and how you would check it.

### BEGIN SOLUTION
Both do: a permutation changes the running total and the steps.

A series from an AR(1) shows it well: its values resemble their neighbours.

Mark scheme: cites own numbers (4 points), names the mechanism (4 points), names a check that
could fail (2 points).
### END SOLUTION"""


def build() -> NotebookNode:
    """Return a fresh copy of the sample notebook, in canonical form."""
    cells = [
        markdown("title", "# Measure a short series\n\nTwo sums.\n\n20 min · 100 points"),
        markdown("goals", "You will add up, compare and explain."),
        code("setup", SETUP, locked=True),
        markdown("s1-motivation", "## 1. Totals\n\nHow much has come in so far?"),
        code("s1-worked-example", "print(series[0], series[0] + series[1])"),
        *exercise(
            1, "ex1-running-total", TOTAL_STATEMENT, TOTAL_SOLUTION, TOTAL_CHECK, TOTAL_HIDDEN
        ),
        markdown("s2-motivation", "## 2. Steps\n\nWhen did the series jump?"),
        code("s2-worked-example", "print(series[1] - series[0])"),
        *exercise(2, "ex2-largest-step", STEP_STATEMENT, STEP_SOLUTION, STEP_CHECK, STEP_HIDDEN),
        markdown("q1-order", QUESTION, grade=True, solution=True, points=10),
        markdown("summary", "- A total remembers.\n- A step forgets."),
    ]
    metadata = {
        "kernelspec": {
            "display_name": "Python 3 (ipykernel)",
            "language": "python",
            "name": "python3",
        },
        "language_info": {"name": "python"},
    }
    notebook = new_notebook(cells=cells, metadata=metadata)
    notebook.nbformat_minor = 5
    return notebook


def exercise(
    number: int, slug: str, statement: str, solution: str, check: str, hidden: str
) -> list[NotebookNode]:
    """Return the cells of one exercise of 45 points."""
    notice = f"**What to notice.** Exercise {number} needs one line of NumPy."
    return [
        markdown(f"{slug}-statement", statement, locked=True),
        code(slug, solution, solution=True),
        code(f"{slug}-check", check, grade=True, locked=True, points=18),
        code(f"{slug}-hidden", hidden, grade=True, locked=True, points=27),
        markdown(f"{slug}-notice", notice, locked=True),
    ]


def code(name: str, source: str, **flags: bool | int) -> NotebookNode:
    """Return a code cell; with any flag it is nbgrader's and ``name`` its grade_id."""
    return new_code_cell(source, id=name, metadata=_metadata(name, flags))


def markdown(name: str, source: str, **flags: bool | int) -> NotebookNode:
    """Return a markdown cell; with any flag it is nbgrader's and ``name`` its grade_id."""
    return new_markdown_cell(source, id=name, metadata=_metadata(name, flags))


def find(notebook: NotebookNode, name: str) -> NotebookNode:
    """Return the cell with the id ``name``."""
    return next(cell for cell in notebook.cells if cell.id == name)


def remove(notebook: NotebookNode, name: str) -> None:
    """Take the cell with the id ``name`` out of the notebook."""
    notebook.cells.remove(find(notebook, name))


def write(folder: Path, notebook: NotebookNode | None = None, name: str = NAME) -> Path:
    """Write a notebook (the sample unless told) as ``folder/name/name.ipynb``; return its path."""
    path = folder / name / f"{name}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(nbformat.v4.writes(notebook or build()) + "\n", encoding="utf-8")
    return path


def write_course(folder: Path, *names: str) -> Path:
    """Make a course folder: nbgrader's settings and the sample under each name; return it."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(Path(__file__).parent.parent / "nbgrader_config.py", folder)
    for name in names or [NAME]:
        write(folder / "solutions", name=name)
    return folder


def _metadata(name: str, flags: dict[str, bool | int]) -> dict[str, dict]:
    if not flags:
        return {}
    default = {"grade": False, "solution": False, "locked": False, "task": False}
    return {"nbgrader": {"schema_version": 3, "grade_id": name, **default, **flags}}
