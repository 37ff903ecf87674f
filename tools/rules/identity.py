"""Rules for files, formats, ids and metadata."""

import re
from collections import Counter

from jsonschema import ValidationError
from nbformat.validator import iter_validate
from nbgrader.nbgraderformat import MetadataValidator, SchemaTooNewError, SchemaTooOldError

from tools.canonical import FLAGS, NOTEBOOK_METADATA
from tools.course import SOLUTIONS
from tools.model import CourseNotebook, Problems, expected

CELL_KEYS = {"nbgrader", "tags"}
NBGRADER_KEYS = {"schema_version", "grade_id", "points", *FLAGS}
_FOLDER = re.compile(r"\d\d-[a-z0-9]+(-[a-z0-9]+)*")
_KEBAB = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_RANDOM = re.compile(r"[0-9a-f]{8,}(-[0-9a-f]{4,})*")


def file_place(notebook: CourseNotebook) -> Problems:
    """The folder's name is the assignment's, so the file is solutions/NN-topic/NN-topic.ipynb."""
    stem = notebook.path.stem
    want = f"{SOLUTIONS}/{stem}/{stem}.ipynb"
    got = "/".join(notebook.path.parts[-3:])
    if got != want or not _FOLDER.fullmatch(stem):
        yield "file", expected("wrong place or name", f"{want} with NN-topic as stem", got)


def valid_format(notebook: CourseNotebook) -> Problems:
    """nbformat 4.5 accepts the notebook, and its cells are markdown or code."""
    for error in iter_validate(nbjson=notebook.node, version=4, version_minor=5):
        yield "file", expected("format", "nbformat 4.5", str(error).splitlines()[0])
    for cell in notebook.cells:
        if not (cell.is_code or cell.is_markdown):
            yield cell.id, expected("wrong cell type", "code or markdown", cell.node.cell_type)


def nbgrader_metadata(notebook: CourseNotebook) -> Problems:
    """nbgrader accepts each cell's metadata, so that it can release and grade the notebook."""
    for cell in notebook.cells:
        try:
            MetadataValidator().validate_cell(cell.node)
        except ValidationError as error:
            yield cell.id, expected("metadata", "what nbgrader accepts", error.message)
        except (SchemaTooOldError, SchemaTooNewError) as error:
            yield cell.id, expected("metadata", "what nbgrader accepts", error)


def unique_ids(notebook: CourseNotebook) -> Problems:
    """Each cell id and each grade_id stands once, since nbgrader finds cells by them."""
    for kind, ids in (
        ("cell id", [cell.id for cell in notebook.cells]),
        ("grade_id", [cell.nbgrader.get("grade_id") for cell in notebook.cells if cell.nbgrader]),
    ):
        for name, count in Counter(ids).items():
            if count > 1:
                yield str(name), expected(f"duplicate {kind}", "1 cell", f"{count} cells")


def kebab_ids(notebook: CourseNotebook) -> Problems:
    """Ids are kebab-case words, so that messages and diffs name cells that people can find."""
    for cell in notebook.cells:
        if _RANDOM.fullmatch(cell.id):
            yield cell.id, expected("random id", "words like s2-motivation", cell.id)
        elif not _KEBAB.fullmatch(cell.id):
            yield cell.id, expected("not kebab-case", "words like s2-motivation", cell.id)


def id_is_grade_id(notebook: CourseNotebook) -> Problems:
    """A graded, solution or locked cell has its grade_id as its id: one name for one cell."""
    for cell in notebook.cells:
        if cell.nbgrader and cell.nbgrader.get("grade_id") != cell.id:
            yield cell.id, expected("id differs", cell.nbgrader.get("grade_id"), cell.id)


def allowed_metadata(notebook: CourseNotebook) -> Problems:
    """Metadata holds only what the course uses, so that editors leave no traces in diffs."""
    if notebook.node.metadata != NOTEBOOK_METADATA:
        yield "file", expected("notebook metadata", NOTEBOOK_METADATA, dict(notebook.node.metadata))
    for cell in notebook.cells:
        if extra := set(cell.node.metadata) - CELL_KEYS:
            yield cell.id, expected("cell metadata", sorted(CELL_KEYS), sorted(extra))
        if extra := set(cell.nbgrader) - NBGRADER_KEYS:
            yield cell.id, expected("nbgrader metadata", sorted(NBGRADER_KEYS), sorted(extra))


def no_outputs(notebook: CourseNotebook) -> Problems:
    """Nothing that a run leaves is stored: outputs are made anew, and would give answers away."""
    for cell in notebook.code_cells:
        if cell.node.get("outputs"):
            yield cell.id, expected("stored outputs", 0, len(cell.node.outputs))
        if cell.node.get("execution_count") is not None:
            yield cell.id, expected("execution count", None, cell.node.execution_count)


GATES = (valid_format, nbgrader_metadata)
RULES = [
    file_place,
    valid_format,
    nbgrader_metadata,
    unique_ids,
    kebab_ids,
    id_is_grade_id,
    allowed_metadata,
    no_outputs,
]
