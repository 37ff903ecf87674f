"""A file for the gradebook of Moodle.

The format is described in `Grade import <https://docs.moodle.org/en/Grade_import>`_; what it leaves
open was read in Moodle's source, ``grade/import/csv/classes/load_data.php`` and
``lib/dml`` of https://github.com/moodle/moodle:

- One column says who it is: an e-mail address, an ID number or a username. It is chosen after the
  upload, under "Identify user by". Other columns are passed over unless they are mapped.
- If one student is not found, nothing is imported. A row in which this column is empty gives its
  score to the student of the row before: there is no such row here.
- E-mail addresses have to be written as in Moodle, capitals included.
- Numbers may have a point in every language.
- An empty cell removes the score, and in a new column it becomes 0.
- Scores above 100 are refused unless the site allows them.
"""

from collections import defaultdict
from collections.abc import Sequence

from traitlets import Unicode

from grading.exports.platforms import PlatformExport, cells, email, lms_id, person_id
from grading.exports.results import Result, Results
from grading.exports.roster import Row, match, read_roster
from grading.exports.table import ExportError, Value, harmless, named

NAMES = ["First name", "Last name"]
MOST = 100


class MoodleCsv(PlatformExport):
    """Scores for Moodle, identified as the gradebook does it, or as a list from Moodle does."""

    name = "moodle"

    identifier = Unicode(
        "Email address", help="Title of the column that says who it is, as in Moodle's exports."
    ).tag(config=True)

    def table(self, results: Results) -> list[Sequence[Value]]:
        """Return the header and a row for each scored student."""
        scored = self.scored(results)
        names, rows, where = self._identified(scored)
        titles = [*names, self.identifier]
        column = self.columns.get(results.assignment, results.assignment)
        self._warn_above(scored)
        return [
            [*titles, column],
            *(
                [*cells(rows[result.student.id], titles), result.score]
                for result in self.known(scored, rows, where)
            ),
        ]

    def _identified(self, scored: list[Result]) -> tuple[list[str], dict[str, Row], str]:
        """The titles of the names, a row for each known student, and what knows them."""
        students = [result.student for result in scored]
        if self.roster:
            roster = read_roster(self.roster, "MoodleCsv.roster", [self.identifier])
            keys = [(self.identifier, name_of) for name_of in (person_id, email, lms_id)]
            names = [title for title in roster.header[:2] if title != self.identifier]
            return names, _usable(match(roster, students, keys), self.identifier), roster.path
        name_of = email if "mail" in self.identifier.casefold() else person_id
        rows = {
            person.id: dict(zip(NAMES, (person.first_name, person.last_name), strict=True))
            | {self.identifier: name_of(person)}
            for person in students
        }
        where = f"the gradebook, as {self.identifier!r},"
        return NAMES, _usable(rows, self.identifier), where

    def _warn_above(self, scored: list[Result]) -> None:
        above = [result.student.id for result in scored if (result.score or 0) > MOST]
        if above:
            self.log.warning("Moodle may refuse scores above %d: %s", MOST, named(above))


def _usable(rows: dict[str, Row], identifier: str) -> dict[str, Row]:
    """Those rows whose identifier is there and can be written without a change."""
    owners: dict[str, list[str]] = defaultdict(list)
    usable = {}
    for name, row in rows.items():
        text = row.get(identifier, "")
        owners[text].append(name)
        if text and [text] == cells(row, [identifier]) and text == harmless(text):
            usable[name] = row
    shared = [" and ".join(names) for text, names in owners.items() if text and len(names) > 1]
    if shared:
        raise ExportError(f"{identifier}: the same for {named(shared)}")
    return usable
