"""Cells that are deleted, doubled, moved, split or turned into others."""

from copy import deepcopy

from tests.submissions.cases import FULL, NONE, Work, tampered, without
from tests.submissions.fixture import EXERCISES

# More than nbgrader shows of a cell, less than the intake refuses.
LONG = 300_000


@tampered("a test cell is deleted", points=FULL)
def deleted_test_cell(work: Work) -> None:
    work.remove("ex1-rescale-check")
    work.save()


@tampered("all test cells are deleted", points=FULL)
def deleted_all_test_cells(work: Work) -> None:
    for name, *_ in EXERCISES.values():
        work.remove(f"{name}-check", f"{name}-hidden")
    work.save()


@tampered("all test cells are deleted, and nothing is answered", points=NONE)
def deleted_all_test_cells_of_a_blank(work: Work) -> None:
    work.notebook = deepcopy(work.blank)
    deleted_all_test_cells(work)


@tampered("an answer's cell is deleted", points=without("ex2"))
def deleted_answer(work: Work) -> None:
    work.remove("ex2-runs")
    work.save()


@tampered("an answer's cell is deleted, the answer typed into a new one", points=FULL)
def retyped_answer(work: Work) -> None:
    source = work.find("ex2-runs").source
    work.add(source, after="ex2-runs")
    work.remove("ex2-runs")
    work.save()


@tampered("an answer is split over two cells, both with its marks", points=FULL)
def split_answer(work: Work) -> None:
    first = work.find("ex3-iterate")
    second = deepcopy(first)
    first.source = "def follow(step, start, n):\n    values = [start]"
    first.source += "\n    for _ in range(n):\n        values.append(step(values[-1]))"
    first.source += "\n    return values"
    second.source = "def iterate(step, start, n):\n    return np.array(follow(step, start, n))"
    work.notebook.cells.insert(work.notebook.cells.index(first) + 1, second)
    work.save()


@tampered("the set-up cell is deleted", points=FULL)
def deleted_setup(work: Work) -> None:
    work.remove("setup")
    work.save()


@tampered("a worked example is deleted", points=FULL)
def deleted_example(work: Work) -> None:
    work.remove("worked-example")
    work.save()


@tampered("a worked example is changed, and an answer uses the change", points=FULL)
def changed_example(work: Work) -> None:
    work.answer("worked-example", "def smallest(x):\n    return x.min()")
    answer = work.find("ex1-rescale")
    answer.source = answer.source.replace("x - x.min()", "x - smallest(x)", 1)
    work.save()


@tampered("a helper in a cell of its own", points=FULL)
def own_cell(work: Work) -> None:
    work.add("def spread(x):\n    return x.max() - x.min()", after="ex1-rescale-statement")
    answer = work.find("ex1-rescale")
    answer.source = answer.source.replace("(x.max() - x.min())", "spread(x)")
    work.save()


@tampered("a helper in a copy of a test cell, with the test's marks", points=FULL)
def helper_in_copied_test(work: Work) -> None:
    copy = deepcopy(work.find("ex1-rescale-check"))
    copy.source = "def spread(x):\n    return x.max() - x.min()"
    work.notebook.cells.insert(work.notebook.cells.index(work.find("ex1-rescale")), copy)
    answer = work.find("ex1-rescale")
    answer.source = answer.source.replace("(x.max() - x.min())", "spread(x)")
    work.save()


@tampered("a test cell is there twice", points=FULL)
def duplicated_test_cell(work: Work) -> None:
    cells = work.notebook.cells
    cells.append(deepcopy(work.find("ex1-rescale-check")))
    work.save()


@tampered("an answer's cell is there twice, the second time blank at the end", points=FULL)
def duplicated_answer(work: Work) -> None:
    copy = next(cell for cell in work.blank.cells if cell.id == "ex1-rescale")
    work.notebook.cells.append(deepcopy(copy))
    work.save()


@tampered("all cells are there twice", points=FULL)
def duplicated_everything(work: Work) -> None:
    work.notebook.cells += deepcopy(work.notebook.cells)
    work.save()


@tampered("the answers stand at the end, after the tests", points=FULL)
def moved_answers(work: Work) -> None:
    answers = [work.find(name) for name, *_ in EXERCISES.values()]
    work.notebook.cells = [c for c in work.notebook.cells if c not in answers] + answers
    work.save()


@tampered("all cells in reverse order", points=FULL)
def reversed_cells(work: Work) -> None:
    work.notebook.cells.reverse()
    work.save()


@tampered("tests are emptied, and nothing is answered", points=NONE)
def emptied_tests(work: Work) -> None:
    work.notebook = deepcopy(work.blank)
    for name, *_ in EXERCISES.values():
        work.answer(f"{name}-check", "pass")
        work.answer(f"{name}-hidden", "pass")
    work.save()


@tampered("the set-up replaces the checks, and nothing is answered", points=NONE)
def changed_setup(work: Work) -> None:
    work.notebook = deepcopy(work.blank)
    lenient = "check_close = check_equal = check_defined = lambda *_, **__: None"
    work.answer("setup", f"{work.find('setup').source}\n{lenient}")
    work.save()


@tampered("test cells are turned into text", points=FULL)
def tests_as_markdown(work: Work) -> None:
    for name, *_ in EXERCISES.values():
        cell = work.find(f"{name}-check")
        cell.cell_type = "markdown"
        del cell["outputs"], cell["execution_count"]
    work.save()


@tampered("an answer is turned into a raw cell", points=FULL)
def answer_as_raw(work: Work) -> None:
    cell = work.find("ex2-runs")
    cell.cell_type = "raw"
    del cell["outputs"], cell["execution_count"]
    work.save()


@tampered("the written answer's cell is deleted", points=FULL)
def deleted_question(work: Work) -> None:
    work.remove("q1-order")
    work.save()


@tampered("a long cell of the student's own", points=FULL)
def long_cell(work: Work) -> None:
    work.add(f"text = {'x' * LONG!r}")
    work.save()
