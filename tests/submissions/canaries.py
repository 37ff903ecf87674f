"""Things that no submission may change or read, laid where one might look for them."""

import hashlib
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat.v4 import new_markdown_cell

from grading.course import Course
from tests.submissions.fixture import NAME

SECRETS = {
    "home": "canary-home-5b20e9",
    "around": "canary-around-77c1d0",
    "solutions": "canary-solutions-90aa3e",
    "submissions": "canary-submissions-e41b68",
    "environment": "canary-environment-d41f7c",
    # What an attack prints that has succeeded (see `attacks.py`).
    "told": "LEAK:",
}
# What a submission's grading does not change of the gradebook.
_TABLES = ("assignment", "notebook", "base_cell", "grade_cells", "solution_cells", "source_cell")


@dataclass
class Canaries:
    """The state of what must stay as it is, as it was when the canaries were laid."""

    course: Course
    owner: str
    before: dict[str, dict[str, str]] = field(default_factory=dict)

    def touched(self) -> dict[str, list[str]]:
        """Return what of each canary is new, changed or gone."""
        changes = {}
        for name, look in LOOKS.items():
            now, then = look(self.course), self.before[name]
            differing = {key for key in now.keys() | then.keys() if now.get(key) != then.get(key)}
            if differing:
                changes[name] = sorted(differing)
        return changes

    def seen_by(self, student: str) -> tuple[str, ...]:
        """Return whose secrets stand in the files that a student gets back."""
        files = (self.course.root / "autograded" / student).rglob("*")
        data = b"".join(path.read_bytes() for path in files if path.is_file())
        own = {"submissions"} if student == self.owner else set()
        return tuple(n for n, text in SECRETS.items() if text.encode() in data and n not in own)


def lay_canaries(course: Course, owner: str) -> Canaries:
    """Lay the canaries into a course; one of them stands in a student's notebook."""
    _write(course.folder / "home" / ".ssh" / "id_secret", SECRETS["home"])
    _write(course.folder / "home" / "diary.txt", SECRETS["home"])
    _write(course.folder / "around.txt", SECRETS["around"])
    _write(course.root / "solutions" / "02-other" / "answers.txt", SECRETS["solutions"])
    _write(course.folder / "ipython" / "profile_default" / "startup" / "README", "")
    path = course.root / "submitted" / owner / NAME / f"{NAME}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(new_markdown_cell(SECRETS["submissions"]))
    nbformat.write(notebook, path)
    return Canaries(course, owner, {name: look(course) for name, look in LOOKS.items()})


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def _tree(folder: Path, pattern: str = "**/*") -> dict[str, str]:
    """The files below a folder, by name, each with a mark of its kind and content."""
    return {str(path.relative_to(folder)): _mark(path) for path in folder.glob(pattern)}


def _mark(path: Path) -> str:
    if path.is_symlink():
        return f"-> {path.readlink()}"
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "no file"


def _gradebook(course: Course) -> dict[str, str]:
    """The gradebook's tables that grading leaves alone, and marks that no grading gives."""
    path = course.root / "gradebook.db"
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            rows = {
                table: str(database.execute(f"select * from {table}").fetchall())
                for table in _TABLES
            }
            forged = database.execute(
                "select id from grade where manual_score is not null or extra_credit is not null"
            ).fetchall()
    except sqlite3.Error as error:
        return {"file": str(error)}
    return rows | ({"forged": str(forged)} if forged else {})


LOOKS: dict[str, Callable[[Course], dict[str, str]]] = {
    "home": lambda course: _tree(course.folder / "home"),
    "around": lambda course: _tree(course.folder, "*"),
    "solutions": lambda course: _tree(course.root / "solutions") | _tree(course.root / "notebooks"),
    "submissions": lambda course: _tree(course.root / "submitted"),
    "settings": lambda course: _tree(course.root, "*.py"),
    "ipython": lambda course: _tree(course.folder / "ipython", "**/*.py"),
    "gradebook": _gradebook,
}
