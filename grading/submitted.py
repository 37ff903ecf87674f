"""Reading a notebook that a student handed in, whatever happened to the file.

`read_cells` turns bytes into cells. It asks of the file only that its cells can be found; all
else (metadata, outputs, the format's rules) comes from the release later on.
"""

import codecs
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import nbformat

IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
ATTACHMENT_CHARS = 5_000_000

# UTF-32 first: its mark begins with that of UTF-16.
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_OTHER_KINDS = {
    b"PK\x03\x04": "a zip archive; unpack it and hand in the notebook",
    b"%PDF": "a PDF page; hand in the notebook itself",
    b"<!DOCTYPE": "a web page, not the notebook; use the site's download button",
    b"<html": "a web page, not the notebook; use the site's download button",
    b"version https://git-lfs": "a pointer of Git LFS; run `git lfs pull` and hand in the file",
}


class SubmissionRefused(Exception):
    """A submission that cannot be graded. The message says why, and what the student can do."""


@dataclass(frozen=True)
class Limits:
    """The most that a submission may hold. A notebook's outputs count, though they are dropped."""

    max_notebook_bytes: int = 20_000_000
    max_cell_chars: int = 1_000_000
    max_cells: int = 2_000
    max_files: int = 200
    max_file_bytes: int = 20_000_000
    max_total_bytes: int = 50_000_000


LIMITS = Limits()


@dataclass(frozen=True)
class SubmittedCell:
    """What counts of a cell: its text, and the marks by which the release's cell is found."""

    number: int
    kind: str
    source: str
    grade_id: str | None = None
    cell_id: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    attachments: dict[str, dict[str, str]] = field(default_factory=dict)


def read_cells(data: bytes, limits: Limits = LIMITS) -> tuple[list[SubmittedCell], list[str]]:
    """Return the cells of a notebook file, and what had to be mended to read them.

    Raises
    ------
    SubmissionRefused
        If the file is no notebook, or a damaged one.
    """
    text, mends = _decode(data)
    entries = _entries(_parse(text), mends)
    if len(entries) > limits.max_cells:
        raise SubmissionRefused(
            f"the notebook has {len(entries)} cells; at most {limits.max_cells} are read. "
            "Delete the cells that are not needed."
        )
    cells = list(_cells(entries, mends, limits))
    if "\0" in text or "\\u0000" in text:
        mends.append("removed NUL characters")
    return cells, mends


def _decode(data: bytes) -> tuple[str, list[str]]:
    if not data.strip():
        raise SubmissionRefused("the notebook's file is empty; save the notebook again")
    start = data.lstrip()[:64].lower()
    for mark, what in _OTHER_KINDS.items():
        if start.startswith(mark.lower()):
            raise SubmissionRefused(f"the notebook's file is {what}")
    encoding = next((name for mark, name in _MARKS.items() if data.startswith(mark)), None)
    try:
        if encoding:
            return data.decode(encoding), [f"read as {encoding}, which the file's first bytes say"]
        return data.decode("utf-8"), []
    except UnicodeDecodeError:
        # What old editors on Windows write. Five bytes mean nothing there.
        text = data.decode("cp1252", errors="replace")
        return text, ["not in UTF-8: read as Windows-1252"]


def _parse(text: str) -> dict[str, Any]:
    if "\n<<<<<<< " in text and "\n>>>>>>> " in text:
        raise SubmissionRefused(
            "the notebook's file holds a merge conflict of git (<<<<<<<); resolve it and save again"
        )
    try:
        notebook = json.loads(text)
    except json.JSONDecodeError as error:
        cut = " It looks cut off: was the disk full?" if error.pos >= len(text.rstrip()) - 1 else ""
        raise SubmissionRefused(
            f"the file is not a notebook: its JSON breaks at line {error.lineno}, column "
            f"{error.colno}.{cut} Open it in JupyterLab, save it and hand it in again."
        ) from None
    except (RecursionError, ValueError) as error:
        raise SubmissionRefused(
            f"the file is not a notebook that can be read ({type(error).__name__}); "
            "copy the answers into a fresh notebook"
        ) from None
    if not isinstance(notebook, dict):
        raise SubmissionRefused("the file is not a notebook: it holds no cells")
    return notebook


def _entries(notebook: dict[str, Any], mends: list[str]) -> list[Any]:
    """The notebook's cells as they stand, from any version of the format."""
    cells = notebook.get("cells")
    if isinstance(cells, list):
        if notebook.get("nbformat") != 4:
            mends.append("the number of the notebook's format was missing or wrong")
        return cells
    if "worksheets" not in notebook:
        raise SubmissionRefused("the file is not a notebook: it holds no cells")
    try:
        old = nbformat.from_dict({"nbformat_minor": 0, **notebook, "nbformat": 3})
        upgraded = nbformat.convert(old, 4)
    except Exception as error:  # The old formats' readers raise whatever they stumble over.
        raise SubmissionRefused(
            f"the notebook is in an old format and damaged ({type(error).__name__}); "
            "open it in JupyterLab and save it"
        ) from None
    mends.append("brought from an old notebook format to the present one")
    return upgraded.cells


def _cells(entries: list[Any], mends: list[str], limits: Limits) -> Iterator[SubmittedCell]:
    for number, entry in enumerate(entries, 1):
        cell = _cell(number, entry)
        if cell is None:
            mends.append(f"left out cell {number}, which is none")
        elif len(cell.source) > limits.max_cell_chars:
            # An answer of that length would be lost in silence.
            raise SubmissionRefused(
                f"cell {number} has {len(cell.source)} characters, at most {limits.max_cell_chars} "
                "are read. Put data into a file beside the notebook."
            )
        else:
            yield cell


def _cell(number: int, entry: Any) -> SubmittedCell | None:
    if not isinstance(entry, dict) or entry.get("cell_type") not in ("code", "markdown", "raw"):
        return None
    source = entry.get("source") or ""
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        return None
    metadata = _dict(entry.get("metadata"))
    return SubmittedCell(
        number=number,
        kind=entry["cell_type"],
        source=_clean(source),
        grade_id=_text(_dict(metadata.get("nbgrader")).get("grade_id")),
        # Colab keeps a cell's id among its metadata.
        cell_id=_text(entry.get("id")) or _text(metadata.get("id")),
        metadata=metadata,
        attachments=_images(_dict(entry.get("attachments"))),
    )


def _clean(source: str) -> str:
    """The text as Python and a UTF-8 file can hold it."""
    source = source.removeprefix("\ufeff").replace("\0", "")
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    return source.encode("utf-8", errors="replace").decode("utf-8")


def _images(attachments: dict[str, Any]) -> dict[str, dict[str, str]]:
    images, room = {}, ATTACHMENT_CHARS
    for name, versions in attachments.items():
        kept = {
            kind: data
            for kind, data in _dict(versions).items()
            if kind in IMAGES and isinstance(data, str)
        }
        room -= sum(map(len, kept.values()))
        if kept and room >= 0:
            images[_clean(name)] = {kind: _clean(data) for kind, data in kept.items()}
    return images


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
