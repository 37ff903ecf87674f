"""Marks, metadata, tags and outputs that editors lost or somebody changed."""

from copy import deepcopy

from tests.submissions.cases import FULL, NONE, Work, tampered
from tests.submissions.fixture import EXERCISES


@tampered("tests are tagged to be skipped, and nothing is answered", points=NONE)
def skip_tags(work: Work) -> None:
    work.notebook = deepcopy(work.blank)
    for cell in work.notebook.cells:
        cell.metadata["tags"] = ["skip-execution", "raises-exception", "remove-cell"]
    work.save()


@tampered("tests are worth 1000 points", points=FULL)
def changed_points(work: Work) -> None:
    for cell in work.notebook.cells:
        if "points" in cell.metadata.get("nbgrader", {}):
            cell.metadata.nbgrader.points = 1000
    work.save()


@tampered("tests are unlocked and emptied, and nothing is answered", points=NONE)
def unlocked_tests(work: Work) -> None:
    work.notebook = deepcopy(work.blank)
    for name, *_ in EXERCISES.values():
        for part in ("check", "hidden"):
            cell = work.find(f"{name}-{part}")
            cell.source = "1000"
            cell.metadata.nbgrader |= {"locked": False, "solution": True, "checksum": "0"}
    work.save()


@tampered("answers take the names of tests, and the other way round", points=FULL)
def swapped_names(work: Work) -> None:
    # The cells' ids still tell: a name that belongs to nothing of the kind is no help.
    for name, *_ in EXERCISES.values():
        work.find(name).metadata.nbgrader.grade_id = f"{name}-no-such-cell"
    work.save()


@tampered("the marks are of a newer version", points=FULL)
def newer_schema(work: Work) -> None:
    for cell in work.notebook.cells:
        if "nbgrader" in cell.metadata:
            cell.metadata.nbgrader.schema_version = 99
    work.save()


@tampered("the marks are of an old version, and one has none", points=FULL)
def older_schema(work: Work) -> None:
    work.find("ex1-rescale").metadata.nbgrader.schema_version = 1
    del work.find("ex2-runs").metadata.nbgrader["schema_version"]
    work.save()


@tampered("the marks are of the wrong types", points=FULL)
def wrong_types_in_marks(work: Work) -> None:
    work.find("ex1-rescale").metadata["nbgrader"] = ["ex1-rescale"]
    work.find("ex2-runs-check").metadata.nbgrader |= {"points": "many", "grade": "yes"}
    work.find("ex3-iterate").metadata = None
    work.find("setup").metadata = []
    work.save()


@tampered("a cell of another assignment is pasted in", points=FULL)
def foreign_cell(work: Work) -> None:
    cell = work.add("assert False", after="q1-order")
    cell.metadata["nbgrader"] = deepcopy(work.find("ex1-rescale-check").metadata.nbgrader)
    cell.metadata["nbgrader"]["grade_id"] = "ex9-elsewhere"
    work.save()


@tampered("Colab: no marks, no kernel, its own ids, format 4.0", points=FULL)
def from_colab(work: Work) -> None:
    for number, cell in enumerate(work.notebook.cells):
        cell.metadata = {"id": f"colab{number}"}
        del cell["id"]
    work.notebook.metadata = {"colab": {"provenance": []}, "kernelspec": {}, "accelerator": "GPU"}
    work.notebook.nbformat_minor = 0
    work.save()


@tampered("no marks and no ids, and cells of the student's own between", points=FULL)
def stripped_with_own_cells(work: Work) -> None:
    work.add("print(rescale(series))", after="ex1-rescale")
    work.add("My notes.", after="ex2-runs", kind="markdown")
    work.add("values = [1, 1, 2]", after="ex2-runs-statement")
    from_colab(work)


@tampered("VS Code: no marks, but ids", points=FULL)
def from_vs_code(work: Work) -> None:
    for cell in work.notebook.cells:
        cell.metadata = {"vscode": {"languageId": "python"}}
    work.save()


@tampered("new ids, and some are there twice", points=FULL)
def other_ids(work: Work) -> None:
    for number, cell in enumerate(work.notebook.cells):
        cell.id = f"cell-{number // 2}"
    work.save()


@tampered("ids that the format does not allow", points=FULL)
def impossible_ids(work: Work) -> None:
    for cell in work.notebook.cells:
        cell.id = "an id with spaces, and much longer than anybody allowed it to be " * 3
    work.save()


@tampered("a kernel that nobody has", points=FULL)
def other_kernel(work: Work) -> None:
    kernel = {"name": "julia-1.9", "display_name": "Julia", "language": "julia"}
    work.notebook.metadata = {"kernelspec": kernel, "language_info": {"name": "julia"}}
    work.save()
