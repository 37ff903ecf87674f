"""What files for learning platforms share: only students who have a score are in them.

A platform takes an empty cell for "no score": Canvas and Moodle then remove the score that they
have, and where Moodle makes a new column, it even stores 0. So each assignment has a file of its
own, and a student without a score has no row, which leaves alone what the platform has.
"""

from traitlets import Bool, Dict, Unicode

from grading.exports.plugin import AssignmentExport
from grading.exports.results import Person, Result, Results, Status
from grading.exports.roster import Row
from grading.exports.table import FOR_PLATFORMS, ExportError, named


class PlatformExport(AssignmentExport):
    """A file of scores for a learning platform. Scores are rounded to two places."""

    places = 2
    encoding = FOR_PLATFORMS

    roster = Unicode(help="The list of students that the platform exported.").tag(config=True)
    columns = Dict(
        value_trait=Unicode(),
        key_trait=Unicode(),
        help="Title of an assignment's column in the platform, by the assignment's name.",
    ).tag(config=True)
    leave_out_unknown = Bool(
        False, help="Leave out, with a warning, students whom the platform's list lacks."
    ).tag(config=True)
    include_unmarked = Bool(
        False, help="Include scores to which marks given by hand are still to be added."
    ).tag(config=True)

    def scored(self, results: Results) -> list[Result]:
        """Those who have a score; it is said how many have none."""
        ready = [Status.GRADED] + [Status.NEEDS_MARKING] * self.include_unmarked
        scored = [result for result in results.results if result.status in ready]
        for status in Status:
            count = sum(result.status == status for result in results.results)
            if count and status not in ready:
                self.log.info("%s: left out, %s: %d", results.assignment, status, count)
        return scored

    def known(self, results: list[Result], rows: dict[str, Row], where: str) -> list[Result]:
        """Those of the results whose student has a row."""
        unknown = [result.student.id for result in results if result.student.id not in rows]
        if unknown and not self.leave_out_unknown:
            raise ExportError(
                f"{where} does not have {named(unknown)}. Correct it or the gradebook, or set "
                f"{type(self).__name__}.leave_out_unknown to True"
            )
        if unknown:
            self.log.warning("Left out, since %s does not have them: %s", where, named(unknown))
        return [result for result in results if result.student.id in rows]


def cells(row: Row, titles: list[str]) -> list[str]:
    """Some cells of a row. A line break in a name could end the row for a platform."""
    return [" ".join(row.get(title, "").splitlines()) for title in titles]


def person_id(person: Person) -> str:
    """A student's id in the gradebook."""
    return person.id


def email(person: Person) -> str:
    """A student's e-mail address; often it is the id."""
    return person.email or (person.id if "@" in person.id else "")


def lms_id(person: Person) -> str:
    """The id in the platform, where the gradebook knows it."""
    return person.lms_id
