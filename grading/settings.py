"""A course's settings, read as nbgrader's own commands read them."""

import os
from collections.abc import Sequence
from pathlib import Path

from nbgrader.apps import AutogradeApp
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory


def load_settings(options: Sequence[str] = (), folder: Path | None = None) -> AutogradeApp:
    """Read nbgrader_config.py in a course's folder, and options as nbgrader's commands take them.

    Parameters
    ----------
    options : sequence of str
        As in ``["--Execute.timeout=60", "--student=a*"]``; they win over the file.
    folder : Path, optional
        The course's; the working directory, or what that one's settings say, unless told.
    """
    app = AutogradeApp(log_level="ERROR")
    if folder is not None:
        # Another course's settings may lie where the command was called.
        app.load_cwd_config = False
    app.initialize(list(options), root=str(folder.resolve()) if folder else "")
    return app


def autograde(app: AutogradeApp, assignment: str) -> Autograde:
    """Return nbgrader's converter for an assignment, with the settings of the course."""
    course = app.coursedir
    own = {name: getattr(course, name) for name in course.trait_names(config=True)}
    own |= {"assignment_id": assignment}
    return Autograde(coursedir=CourseDirectory(parent=app, **own), parent=app)


def assignments_handed_in(course: CourseDirectory) -> list[str]:
    """Return the names of all assignments of which there are submissions."""
    submitted = course.format_path(course.submitted_directory, course.student_id, "*")
    folders = Path(os.sep).glob(os.path.relpath(submitted, os.sep))
    return sorted({path.name for path in folders if path.is_dir()})
