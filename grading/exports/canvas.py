"""A file for the gradebook of Canvas.

The format is described in `How do I import grades in the Gradebook?
<https://community.instructure.com/en/kb/articles/660862-how-do-i-import-grades-in-the-gradebook>`_;
what it leaves open was read in Canvas's source, ``lib/gradebook_importer.rb`` and
``ui/features/gradebook_uploads`` of https://github.com/instructure/canvas-lms:

- The columns are those of Canvas's own export, from ``Student`` to ``Section``, then the
  assignment. ``ID`` is Canvas's number of the student, so the file is made from an export.
- ``Title (123)`` is the existing assignment 123. A title without a number is an existing
  assignment of just this title, or else a new one.
- The row ``Points Possible`` has to be there for a new assignment.
- Numbers have a point or a comma, and count with two places.
- An empty cell removes the score. Who is not in the file keeps it.
- Titles that contain the name of one of Canvas's own columns are passed over.
"""

import re
from collections.abc import Sequence

from grading.exports.platforms import PlatformExport, cells, email, lms_id, person_id
from grading.exports.results import Results
from grading.exports.roster import Roster, match, read_roster
from grading.exports.table import ExportError, Value, named, number

KEYS = [
    ("ID", lms_id),
    ("SIS User ID", person_id),
    ("SIS Login ID", person_id),
    ("SIS Login ID", email),
]
# As Canvas itself writes it.
POINTS_POSSIBLE = "    Points Possible"
_OWN_COLUMN = re.compile("(Current|Final) (Score|Points|Grade)|Override (Score|Grade|Status)")
_NUMBERED = re.compile(r"(.*)\s\(\d+\)")


class CanvasCsv(PlatformExport):
    """Scores for Canvas, made from the file that Canvas's gradebook exports."""

    name = "canvas"

    def table(self, results: Results) -> list[Sequence[Value]]:
        """Return the header, the row of possible points, and a row for each scored student."""
        if not self.roster:
            raise ExportError(
                "CanvasCsv.roster: expected the file that you get from Canvas by Grades > Export > "
                "Export Entire Gradebook, since only Canvas knows its numbers of students"
            )
        roster = read_roster(self.roster, "CanvasCsv.roster", ["ID", "Section"])
        identity = roster.header[: roster.header.index("Section") + 1]
        column = self._column(results, roster)
        scored = self.scored(results)
        rows = match(roster, [result.student for result in scored], KEYS)
        return [
            [*identity, column],
            [POINTS_POSSIBLE, *[None] * (len(identity) - 1), results.possible],
            *(
                [*cells(rows[result.student.id], identity), result.score]
                for result in self.known(scored, rows, roster.path)
            ),
        ]

    def _column(self, results: Results, roster: Roster) -> str:
        """The title of the assignment's column, with its number if Canvas has it already."""
        title = self.columns.get(results.assignment, results.assignment)
        if _OWN_COLUMN.search(title):
            raise ExportError(
                f"CanvasCsv.columns: Canvas takes {title!r} for one of its own columns"
            )
        found = [column for column in roster.header if title in (column, _without_number(column))]
        if len(found) > 1:
            raise ExportError(
                f"CanvasCsv.columns: set the one of {named(found)} that is {results.assignment!r}"
            )
        if not found:
            self.log.warning("%s: Canvas will make a new assignment", title)
            return title
        self._compare_points(found[0], results, roster)
        return found[0]

    def _compare_points(self, column: str, results: Results, roster: Roster) -> None:
        there = next((row for row in roster.rows if POINTS_POSSIBLE.strip() in _first(row)), {})
        points = there.get(column, "").replace(",", ".")
        if points and points not in (f"{results.possible:.2f}", number(results.possible, 2)):
            self.log.warning(
                "%s: %s points are possible in Canvas, %g in the gradebook; scores are not scaled",
                column,
                points,
                results.possible,
            )


def _first(row: dict[str, str]) -> str:
    return next(iter(row.values()), "")


def _without_number(column: str) -> str:
    found = _NUMBERED.fullmatch(column)
    return found[1] if found else column
