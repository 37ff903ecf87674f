"""Notebook files in odd encodings and formats, and damaged ones."""

import codecs
import json

import nbformat

from tests.submissions.cases import FULL, Work, tampered, without
from tests.submissions.fixture import NAME

RIGHT = f"{NAME}.ipynb"


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
