"""What all exports share: whom and what they cover, and where the files go."""

import difflib
import glob
import re
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import ExportPlugin

from grading.exports.reading import read_assignments, read_results, read_students
from grading.exports.results import Person, Results
from grading.exports.table import FOR_SPREADSHEETS, ExportError, Value, named, write_table


class GradesExport(ExportPlugin):
    """An export that honours ``--to``, ``--student`` and ``--assignment``."""

    def export(self, gradebook: Gradebook) -> None:
        """Write the files; nbgrader calls this. What is wrong ends the command with a sentence."""
        try:
            self.write(gradebook)
        except ExportError as error:
            raise SystemExit(f"Not exported: {error}") from error

    @abstractmethod
    def write(self, gradebook: Gradebook) -> None:
        """Write the files."""

    def read(self, gradebook: Gradebook) -> Iterator[Results]:
        """Read the assignments that were asked for, one after the other."""
        wanted = _chosen("assignment", self.assignment, read_assignments(gradebook))
        # By id: who handed in before the first grading is not in the gradebook.
        arrived = {name: self._arrived(name) for name in wanted}
        people = {person.id: person for person in read_students(gradebook)}
        for name in sorted(set().union(*arrived.values())):
            people.setdefault(name, Person(name))
        students = [people[name] for name in _chosen("student", self.student, list(people))]
        for name in wanted:
            yield read_results(gradebook, name, students, arrived[name])

    def save(
        self,
        name: str,
        rows: Sequence[Sequence[Value]],
        places: int,
        encoding: str = FOR_SPREADSHEETS,
    ) -> None:
        """Write a table into a file and say so."""
        try:
            write_table(Path(name), rows, places, encoding)
        except OSError as error:
            raise ExportError(f"--to: cannot write {name}: {error}") from error
        self.log.info("Exported to %s", name)

    def _arrived(self, assignment: str) -> set[str]:
        """Whose folder lies among the submissions, whether it was graded or not."""
        course = CourseDirectory(parent=self)
        step = course.submitted_directory
        # The folder's own path may hold signs that mean something in a pattern.
        pattern = course.format_path(step, "?*", glob.escape(assignment))
        pattern = glob.escape(course.root) + pattern.removeprefix(course.root)
        student = course.format_path(step, "(?P<student>[^/]+)", re.escape(assignment), escape=True)
        found = (re.fullmatch(student, path) for path in glob.iglob(pattern))
        return {match["student"] for match in found if match}


class AssignmentExport(GradesExport):
    """An export that writes a file for each assignment."""

    name: str
    places: int
    encoding = FOR_SPREADSHEETS

    def write(self, gradebook: Gradebook) -> None:
        """Write a file for each assignment, once all of them could be made."""
        to = self.to or f"{self.name}-{{assignment}}.csv"
        tables = {}
        for results in self.read(gradebook):
            path = to.replace("{assignment}", results.assignment)
            if path in tables:
                raise ExportError(
                    f"--to: there is a file for each assignment, expected {{assignment}} in the "
                    f"name (or one --assignment), got {to!r}"
                )
            tables[path] = self.table(results)
        for path, rows in tables.items():
            self.save(path, rows, self.places, self.encoding)

    @abstractmethod
    def table(self, results: Results) -> list[Sequence[Value]]:
        """Return the rows of an assignment's file, the header first."""


def _chosen(what: str, asked: Sequence[object], known: list[str]) -> list[str]:
    """Those of the known names that were asked for; all of them if none was."""
    wanted = [str(name) for name in asked]
    unknown = sorted(set(wanted).difference(known))
    if unknown:
        like = difflib.get_close_matches(unknown[0], known, n=5)
        names = like + [name for name in known if name not in like]
        raise ExportError(f"--{what}: unknown {named(unknown)}; known are: {named(names)}")
    return [name for name in known if name in wanted] if wanted else known
