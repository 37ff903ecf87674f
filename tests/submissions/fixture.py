"""The assignment that all cases hand in: three short exercises and one question.

It needs NumPy only, so that a whole notebook runs in a blink. An array goes in and comes out, a
list goes in and comes out, and a function goes in: what test cells exchange with answers.
"""

from copy import deepcopy
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_notebook
from nbgrader.preprocessors import (
    ClearHiddenTests,
    ClearSolutions,
    ComputeChecksums,
    LockCells,
)

from tests.sample_notebook import code, markdown

NAME = "01-fixture"
VISIBLE, HIDDEN, QUESTION = 4, 6, 10

SETUP = """\
import numpy as np

from helpers.checks import check_close, check_defined, check_equal

series = np.array([3.0, 1.0, 4.0, 1.0, 5.0])"""

RESCALE = '''\
def rescale(x):
    """Return x, shape (n,), moved and stretched to run from 0 to 1."""
    ### BEGIN SOLUTION
    x = np.asarray(x, dtype=float)
    return (x - x.min()) / (x.max() - x.min())
    ### END SOLUTION'''

RESCALE_CHECK = """\
check_defined("rescale", lambda: rescale)
check_close("rescale(series)", rescale(series), [0.5, 0.0, 0.75, 0.0, 1.0])
print("Exercise 1 passed: you can bring values to one scale.")"""

RESCALE_HIDDEN = """\
# Hidden tests: the same promises on other inputs, graded after you hand in.
### BEGIN HIDDEN TESTS
noise = np.random.default_rng(7).normal(size=50)
scaled = rescale(noise)
check_close("rescale(noise), undone", scaled * np.ptp(noise) + noise.min(), noise)
### END HIDDEN TESTS"""

RUNS = '''\
def run_lengths(values):
    """Return how long each run of equal neighbours is, as a list of ints."""
    ### BEGIN SOLUTION
    lengths = []
    for i, value in enumerate(values):
        if i and value == values[i - 1]:
            lengths[-1] += 1
        else:
            lengths.append(1)
    return lengths
    ### END SOLUTION'''

RUNS_CHECK = """\
check_defined("run_lengths", lambda: run_lengths)
check_equal("run_lengths([7, 7, 2])", run_lengths([7, 7, 2]), [2, 1])
print("Exercise 2 passed: you can count runs.")"""

RUNS_HIDDEN = """\
# Hidden tests: the same promises on other inputs, graded after you hand in.
### BEGIN HIDDEN TESTS
letters = list("aaabccccd")
check_equal("run_lengths of letters", run_lengths(letters), [3, 1, 4, 1])
### END HIDDEN TESTS"""

ITERATE = '''\
def iterate(step, start, n):
    """Return the n + 1 values start, step(start), step(step(start)), ... as an array."""
    ### BEGIN SOLUTION
    values = [start]
    for _ in range(n):
        values.append(step(values[-1]))
    return np.array(values)
    ### END SOLUTION'''

ITERATE_CHECK = """\
check_defined("iterate", lambda: iterate)
check_close("iterate, doubling", iterate(lambda x: 2 * x, 1.0, 3), [1.0, 2.0, 4.0, 8.0])
print("Exercise 3 passed: you can follow a map.")"""

ITERATE_HIDDEN = """\
# Hidden tests: the same promises on other inputs, graded after you hand in.
### BEGIN HIDDEN TESTS
orbit = iterate(lambda x: 3.2 * x * (1 - x), 0.3, 5)
check_equal("number of values", len(orbit), 6)
check_close("first value", orbit[0], 0.3)
for before, after in zip(orbit[:-1], orbit[1:]):
    check_close("each value is the step of the one before", after, 3.2 * before * (1 - before))
### END HIDDEN TESTS"""

REFLECT = """\
Which of the three needs the order of the values?

### BEGIN SOLUTION
Only the runs: a permutation moves the rescaled values along with the others.
### END SOLUTION"""

EXERCISES = {
    "ex1": ("ex1-rescale", RESCALE, RESCALE_CHECK, RESCALE_HIDDEN),
    "ex2": ("ex2-runs", RUNS, RUNS_CHECK, RUNS_HIDDEN),
    "ex3": ("ex3-iterate", ITERATE, ITERATE_CHECK, ITERATE_HIDDEN),
}
ANSWER = "Only the second one does, since a run is a matter of neighbours."


def build() -> NotebookNode:
    """Return a fresh copy of the source."""
    cells = [
        markdown("title", "# Three small tools\n\n20 min · 40 points", locked=True),
        code("setup", SETUP, locked=True),
        markdown("examples", "Some values to look at."),
        code("worked-example", 'largest = series.max()\nprint("largest", largest)'),
        *(cell for exercise in EXERCISES.values() for cell in _exercise(*exercise)),
        markdown("q1-order", REFLECT, grade=True, solution=True, points=QUESTION),
        markdown("summary", "You have three tools."),
    ]
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    notebook = new_notebook(cells=cells, metadata=metadata)
    notebook.nbformat_minor = 5
    return notebook


def make_release() -> NotebookNode:
    """Return what students get, without nbgrader's command: for tests that need no gradebook."""
    notebook = build()
    for step in (LockCells, ClearSolutions, ClearHiddenTests, ComputeChecksums):
        notebook, _ = step().preprocess(notebook, {})
    return notebook


def solve(release: NotebookNode) -> NotebookNode:
    """Return a copy of the release in which everything is answered."""
    solved = deepcopy(release)
    answers = {name: _without_markers(answer) for name, answer, *_ in EXERCISES.values()}
    for cell in solved.cells:
        cell.source = (answers | {"q1-order": ANSWER}).get(cell.id, cell.source)
    return solved


def write_source(solutions: Path) -> None:
    """Write the source into a folder of solutions."""
    folder = solutions / NAME
    folder.mkdir(parents=True)
    (folder / f"{NAME}.ipynb").write_text(nbformat.v4.writes(build()), encoding="utf-8")


def _exercise(name: str, answer: str, check: str, hidden: str) -> list[NotebookNode]:
    return [
        markdown(f"{name}-statement", f"### Exercise {name[2]}\n\nWrite it.", locked=True),
        code(name, answer, solution=True),
        code(f"{name}-check", check, grade=True, locked=True, points=VISIBLE),
        code(f"{name}-hidden", hidden, grade=True, locked=True, points=HIDDEN),
    ]


def _without_markers(source: str) -> str:
    lines = source.split("\n")
    return "\n".join(line for line in lines if " SOLUTION" not in line)
