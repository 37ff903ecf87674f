"""Where a course keeps what the report is made from."""

import glob
import re
from dataclasses import dataclass
from pathlib import Path

from nbgrader.coursedir import CourseDirectory

from grading.exporter import SubmissionExporter
from grading.intake import REPORT
from grading.settings import load_settings


@dataclass(frozen=True)
class Settings:
    """Where a course keeps what the report is made from."""

    course: CourseDirectory
    intake: Path

    @property
    def root(self) -> Path:
        """The course's folder."""
        return Path(self.course.root)

    def submitted(self, assignment: str) -> set[str]:
        """Return the students of whom there is a folder with what they handed in."""
        course = self.course
        step = course.submitted_directory
        name = course.format_path(step, "(?P<student>[^/]+)", re.escape(assignment), escape=True)
        paths = glob.glob(course.format_path(step, "*", assignment))
        found = (re.fullmatch(name, path) for path in paths if Path(path).is_dir())
        return {match["student"] for match in found if match}

    def graded(self, assignment: str, student: str) -> Path:
        """Return where a student's notebook lies once it is graded."""
        course = self.course
        folder = course.format_path(course.autograded_directory, student, assignment)
        return Path(folder) / f"{assignment}.ipynb"


def read_settings(folder: Path) -> Settings:
    """Read the settings in a course's folder."""
    app = load_settings(folder=folder)
    exporter = SubmissionExporter(config=app.config)
    root = Path(app.coursedir.root)
    return Settings(app.coursedir, root / exporter.accepted_directory / REPORT)
