"""Files that arrive damaged or edited: by editors, by mistake, or on purpose.

Whatever can be read is graded for the answers that are in it. What cannot is refused by name.
"""

import codecs
import json
import os
import shutil
from copy import deepcopy

import nbformat

from tests.submissions.cases import FULL, NONE, Work, tampered, without
from tests.submissions.fixture import EXERCISES, NAME

RIGHT = f"{NAME}.ipynb"
# More than nbgrader shows of a cell, less than the intake refuses.
LONG = 300_000


# What happens to cells


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


# What happens to marks


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


# What happens to the file


@tampered("the format's minor version is too high", points=FULL)
def newer_minor(work: Work) -> None:
    work.notebook.nbformat_minor = 99
    work.save()


@tampered("the format's version is missing", points=FULL)
def no_version(work: Work) -> None:
    del work.notebook["nbformat"], work.notebook["nbformat_minor"]
    work.save()


@tampered("the notebook is in the format of 2014", points=FULL)
def old_format(work: Work) -> None:
    # That format had no ids.
    old = nbformat.convert(work.notebook, 3)
    work.write(RIGHT, json.dumps(old).encode())


@tampered("a mark stands before the text (BOM)", points=FULL)
def byte_order_mark(work: Work) -> None:
    work.write(RIGHT, codecs.BOM_UTF8 + work.text().encode())


@tampered("saved as UTF-16", points=FULL)
def utf16(work: Work) -> None:
    work.write(RIGHT, work.text().encode("utf-16"))


@tampered("saved as Windows-1252", points=FULL)
def windows_1252(work: Work) -> None:
    work.answer("q1-order", "Only the second. Voilà.")
    text = json.dumps(work.notebook, ensure_ascii=False)
    work.write(RIGHT, text.encode("cp1252"))


@tampered("lines end as on Windows, in the file and in the cells", points=FULL)
def windows_line_ends(work: Work) -> None:
    for cell in work.notebook.cells:
        cell.source = cell.source.replace("\n", "\r\n")
    work.write(RIGHT, work.text().replace("\n", "\r\n").encode())


@tampered("sources are lists, numbers or missing", points=without("ex3"))
def odd_sources(work: Work) -> None:
    work.find("ex1-rescale")["source"] = work.find("ex1-rescale").source.splitlines(True)
    work.find("worked-example")["source"] = 5
    work.find("ex3-iterate")["source"] = None
    del work.find("summary")["source"]
    work.save()


@tampered("among the cells there are things that are none", points=FULL)
def odd_cells(work: Work) -> None:
    work.notebook.cells[1:1] = [None, 3, "cell", {}, {"cell_type": "heading", "source": "x"}]
    work.save()


@tampered("NaN in the metadata, NUL and half a character in the text", points=FULL)
def odd_characters(work: Work) -> None:
    work.notebook.metadata["score"] = float("nan")
    work.add("# \0 and \ud800 and \ufeff")
    work.answer("q1-order", "Only \0 the \udcff second.")
    work.save()


@tampered("outputs of a megabyte, and such as no kernel sends", points=FULL)
def odd_outputs(work: Work) -> None:
    work.find("ex1-rescale-check").outputs = [
        {"output_type": "stream", "name": "stderr", "text": "x" * 1_000_000},
        {"output_type": "no such type"},
    ]
    work.find("setup").outputs = "none"
    work.find("setup").execution_count = "first"
    work.save()


@tampered("the file is empty", refused="empty")
def empty_file(work: Work) -> None:
    work.write(RIGHT, b"")


@tampered("the file is cut off", refused="cut off")
def cut_off(work: Work) -> None:
    work.write(RIGHT, work.text().encode()[:3000])


@tampered("the file holds a merge conflict", refused="merge conflict")
def merge_conflict(work: Work) -> None:
    lines = work.text().splitlines()
    lines[10:10] = ["<<<<<<< HEAD", "=======", ">>>>>>> other"]
    work.write(RIGHT, "\n".join(lines).encode())


@tampered("the file is a web page", refused="web page")
def web_page(work: Work) -> None:
    work.write(RIGHT, b"<!DOCTYPE html><html><body>Sign in</body></html>")


@tampered("the file is a zip archive with the notebook's name", refused="zip")
def zip_as_notebook(work: Work) -> None:
    work.write(RIGHT, b"PK\x03\x04" + bytes(100))


@tampered("the file is JSON, but no notebook", refused="no cells")
def other_json(work: Work) -> None:
    work.write(RIGHT, b'{"cells": {"a": 1}}')


@tampered("the JSON is nested without end", refused="RecursionError")
def nested_json(work: Work) -> None:
    work.write(RIGHT, b'{"cells": ' + b"[" * 100_000 + b"]" * 100_000 + b"}")


@tampered("a cell of two megabytes", refused="characters")
def huge_cell(work: Work) -> None:
    work.add("x" * 2_000_000)
    work.save()


@tampered("a file of 21 MB", refused="20 MB")
def huge_file(work: Work) -> None:
    work.find("ex1-rescale").outputs = ["x" * 21_000_000]
    work.save()


@tampered("a notebook without cells", refused="another assignment")
def no_cells(work: Work) -> None:
    work.notebook.cells = []
    work.save()


@tampered("the notebook of another assignment", refused="another assignment")
def other_assignment(work: Work) -> None:
    for cell in work.notebook.cells:
        cell.id = f"other-{cell.id}"
        cell.source = cell.source.replace("def ", "def other_")
        cell.source = f"# other\n{cell.source}"
        if "nbgrader" in cell.metadata:
            cell.metadata.nbgrader.grade_id = cell.id
    work.save()


# What happens to names and folders


@tampered("the notebook has another name", points=FULL)
def renamed(work: Work) -> None:
    work.save("homework final.ipynb")


@tampered("the browser added a number to the name", points=FULL)
def numbered(work: Work) -> None:
    work.save(f"{NAME} (1).ipynb")


@tampered("the browser added .txt to the name", points=FULL)
def as_text_file(work: Work) -> None:
    work.save(f"{RIGHT}.txt")


@tampered("beside the notebook lies a blank copy", points=FULL)
def with_copy(work: Work) -> None:
    work.save()
    work.notebook = work.blank
    work.save(f"{NAME}-Copy1.ipynb")
    work.save(f".ipynb_checkpoints/{NAME}-checkpoint.ipynb")


@tampered("two notebooks, none with the right name", refused="2 notebooks")
def two_notebooks(work: Work) -> None:
    work.save("first.ipynb")
    work.save("second.ipynb")


@tampered("an empty folder", refused="no notebook")
def empty_folder(work: Work) -> None:
    assert not any(work.folder.iterdir())


@tampered("a script in the place of the notebook", refused="no notebook")
def script_only(work: Work) -> None:
    work.write("homework.py", b"print('done')")


@tampered("an archive in the place of the notebook", refused="archive")
def archive_only(work: Work) -> None:
    work.write("homework.zip", b"PK\x03\x04")


@tampered("the notebook lies in a folder of the folder", refused="move it up")
def folder_in_folder(work: Work) -> None:
    work.save(f"{NAME}/{RIGHT}")


@tampered("the notebook is a link to another student's", refused="a link")
def linked_notebook(work: Work) -> None:
    others = work.folder.parent.parent / "honest-solved" / NAME / RIGHT
    (work.folder / RIGHT).symlink_to(others)


@tampered("the folder is a link to another student's", refused="a link")
def linked_folder(work: Work) -> None:
    work.folder.rmdir()
    work.folder.symlink_to(work.folder.parent.parent / "honest-solved" / NAME)


@tampered("the notebook is a pipe, at which a reader waits for ever", refused="a special file")
def pipe_as_notebook(work: Work) -> None:
    os.mkfifo(work.folder / RIGHT)


@tampered("the notebook is a folder", refused="no notebook")
def folder_as_notebook(work: Work) -> None:
    work.write(f"{RIGHT}/notes.txt", b"")


@tampered("links to secrets, pipes and hidden files beside the notebook", points=FULL)
def links_beside(work: Work) -> None:
    work.save()
    course = work.folder.parent.parent.parent
    (work.folder / "gradebook.txt").symlink_to(course / "gradebook.db")
    (work.folder / "diary.txt").symlink_to(course.parent / "home" / "diary.txt")
    (work.folder / "around").symlink_to(course.parent)
    os.mkfifo(work.folder / "data.csv")
    work.write(".bashrc", b"exit")


@tampered("packages named like NumPy and the course's, which give every check a pass", points=NONE)
def shadowing_modules(work: Work) -> None:
    work.notebook = work.blank
    work.save()
    lenient = b"check_close = check_equal = check_defined = lambda *_, **__: None"
    work.write("helpers/__init__.py", b"")
    work.write("helpers/checks.py", lenient)
    work.write("numpy/__init__.py", b"array = lambda x: x")
    work.write("sitecustomize.py", b"raise SystemExit")


@tampered("data of the student's own, in a folder of its own, that an answer reads", points=FULL)
def own_data(work: Work) -> None:
    work.write("my data/größe.txt", b"1")
    answer = work.find("ex1-rescale")
    read = "    scale = float(open('my data/größe.txt').read())\n    return scale * (x"
    answer.source = answer.source.replace("    return (x", read)
    work.save()


@tampered("names with line breaks, without UTF-8, and 300 files", points=FULL)
def odd_names(work: Work) -> None:
    work.save()
    work.write("two\nlines.txt", b"")
    with open(os.fsencode(work.folder) + b"/\xff\xfe.txt", "wb"):
        pass
    for number in range(300):
        work.write(f"many/{number}.txt", b"")


@tampered("the time of handing in is a text that nbgrader cannot read", points=FULL)
def odd_time(work: Work) -> None:
    work.save()
    work.write("timestamp.txt", b"yesterday evening")


@tampered("the time of handing in is a link", points=FULL)
def linked_time(work: Work) -> None:
    work.save()
    secret = work.folder.parent.parent.parent.parent / "home" / "diary.txt"
    (work.folder / "timestamp.txt").symlink_to(secret)


@tampered("a file in the place of the folder", points=FULL)
def file_as_folder(work: Work) -> None:
    path = work.save()
    content = path.read_bytes()
    shutil.rmtree(work.folder)
    work.folder.write_bytes(content)
