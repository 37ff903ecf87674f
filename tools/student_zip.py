"""The archive for students who have no exchange: notebooks, helpers and what installs them.

Built from a list of what may go in, so that nothing new gets in by accident.
"""

import subprocess
import zipfile
from pathlib import Path

from tools.course import RELEASE, CourseError, files_below

TOP_FOLDER = "sequence-models"
FILES = (
    "README.md",
    "LICENSE",
    "Makefile",
    "pyproject.toml",
    "requirements.txt",
    "constraints.txt",
    "environment.yml",
    "docs/classes.md",
    "docs/concepts.md",
    "docs/grading.md",
    "docs/models.md",
    # Students need its cell timeout, without which Validate stops a training cell.
    "nbgrader_config.py",
)
# Folder and the kinds of files in it that belong to the course.
DATA = {".csv", ".gz", ".json", ".npy", ".npz", ".parquet", ".txt", ".md", ".wav"}
PICTURES = {".png", ".svg", ".jpg", ".gif"}
FOLDERS = {RELEASE: {".ipynb"} | DATA | PICTURES, "helpers": {".py"} | DATA}
# Times and rights of the copies, fixed so that equal files give equal archives.
_TIME = (1980, 1, 1, 0, 0, 0)
_RIGHTS = 0o644 << 16


def pack(root: Path, output: Path) -> list[str]:
    """Write the students' archive; return the names of the files in it.

    Raises
    ------
    CourseError
        If a file or folder that belongs in it does not exist or is not in git.
    """
    names = student_files(root)
    draft = output.with_name(f".{output.name}.draft")
    try:
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for name in names:
                entry = zipfile.ZipInfo(f"{TOP_FOLDER}/{name}", _TIME)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = _RIGHTS
                archive.writestr(entry, (root / name).read_bytes())
        draft.replace(output)
    finally:
        draft.unlink(missing_ok=True)
    return names


def student_files(root: Path) -> list[str]:
    """Return the paths of the files that students get, relative to the course folder."""
    root = root.resolve()
    found = {name for name in FILES if (root / name).is_file()}
    for folder, kinds in FOLDERS.items():
        files = files_below(root / folder) if (root / folder).is_dir() else []
        found |= {p.relative_to(root).as_posix() for p in files if p.suffix in kinds}
    tracked = _tracked(root)
    if tracked is not None:
        found &= tracked
    present = found | {name.split("/")[0] for name in found}
    missing = [name for name in (*FILES, *FOLDERS) if name not in present]
    if missing:
        where = "in the course folder" if tracked is None else "and known to git"
        raise CourseError(f"student archive: missing {', '.join(missing)} (expected {where})")
    return sorted(found)


def _tracked(root: Path) -> set[str] | None:
    """Return the files that git knows; None where the course folder is no clone."""
    if not (root / ".git").exists():
        return None
    command = ["git", "ls-files", "-z", "--", *FILES, *FOLDERS]
    listed = subprocess.run(command, cwd=root, capture_output=True, check=True, encoding="utf-8")
    return set(listed.stdout.split("\0"))
