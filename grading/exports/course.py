"""All scores in one table: a row for each student and assignment."""

from collections.abc import Iterator

from nbgrader.api import Gradebook

from grading.exports.plugin import GradesExport
from grading.exports.results import Results
from grading.exports.table import Value

PLACES = 4
HEADER = (
    "assignment",
    "duedate",
    "timestamp",
    "student_id",
    "last_name",
    "first_name",
    "email",
    "status",
    "raw_score",
    "late_submission_penalty",
    "score",
    "max_score",
)


class CourseCsv(GradesExport):
    """nbgrader's own columns, with a status, and empty where there is no score.

    A student's due date includes an extension. Times are in UTC. `score` is `raw_score` without
    the penalty, not below 0, and of work that needs marking what there is so far. Numbers are
    rounded to four places.
    """

    def write(self, gradebook: Gradebook) -> None:
        """Write one file."""
        rows = [row for results in self.read(gradebook) for row in _rows(results)]
        self.save(self.to or "grades.csv", [HEADER, *rows], PLACES)


def _rows(results: Results) -> Iterator[tuple[Value, ...]]:
    for result in results.results:
        student = result.student
        yield (
            results.assignment,
            result.duedate,
            result.timestamp,
            student.id,
            student.last_name,
            student.first_name,
            student.email,
            result.status,
            result.raw_score,
            None if result.score is None else result.penalty,
            result.score,
            results.possible,
        )
