"""What has been graded, kept in the gradebook itself beside the scores.

Scores and the note of what they are the scores of are written in one transaction. So a run that
is killed leaves both or neither, and the next run knows what is left to do.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from nbgrader.api import Assignment, Gradebook, SubmittedAssignment, SubmittedNotebook
from sqlalchemy import Column, Float, MetaData, String, Table, delete, insert, inspect, select
from sqlalchemy.engine import make_url
from sqlalchemy.orm import scoped_session, sessionmaker

_METADATA = MetaData()
# By the key of nbgrader's own row for a submitted notebook: if that is removed and comes anew, this
# row means nothing any more.
_GRADED = Table(
    "class_run_graded",
    _METADATA,
    Column("notebook", String(32), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("seconds", Float, nullable=False),
)
# SQLite's own 5 seconds end a run while a Formgrader writes.
_SECONDS_FOR_LOCK = 60


@dataclass(frozen=True)
class GradedBefore:
    """What a student's scores are the scores of, and how long that took."""

    fingerprint: str
    seconds: float


class Ledger(Gradebook):
    """nbgrader's gradebook, in which several changes are made at once or not at all."""

    def __init__(self, db_url: str, course_id: str) -> None:
        url = make_url(db_url)
        if url.get_backend_name() == "sqlite" and "timeout" not in url.query:
            url = url.update_query_dict({"timeout": str(_SECONDS_FOR_LOCK)})
        super().__init__(url.render_as_string(hide_password=False), course_id)
        _METADATA.create_all(self.engine)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep all changes made inside if it ends without an error, and none else.

        nbgrader commits after each cell; inside, its commits only send what was changed.
        """
        usual = self.db
        with self.engine.connect() as connection, connection.begin():
            self.db = scoped_session(
                sessionmaker(
                    bind=connection, join_transaction_mode="rollback_only", expire_on_commit=False
                )
            )
            try:
                yield
                self.db.commit()
            finally:
                self.db.remove()
                self.db = usual

    def graded(self, assignment: str) -> dict[str, GradedBefore]:
        """Return what was graded of an assignment, by student."""
        query = (
            select(SubmittedAssignment.student_id, _GRADED.c.fingerprint, _GRADED.c.seconds)
            .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
            .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
            .join(_GRADED, _GRADED.c.notebook == SubmittedNotebook.id)
            .where(Assignment.name == assignment)
        )
        with self.engine.connect() as connection:
            rows = connection.execute(query).all()
        return {student: GradedBefore(fingerprint, s) for student, fingerprint, s in rows}

    def enter(self, assignment: str, student: str, graded: GradedBefore) -> None:
        """Note what the scores of a student are the scores of; to be called in a transaction."""
        self.strike(assignment, student)
        notebook = self.find_submission_notebook(assignment, assignment, student).id
        values = {"fingerprint": graded.fingerprint, "seconds": graded.seconds}
        self.db.execute(insert(_GRADED).values(notebook=notebook, **values))

    def strike(self, assignment: str, student: str) -> None:
        """Note that a student's scores are the scores of nothing; to be called in a transaction."""
        notebook = self.find_submission_notebook(assignment, assignment, student).id
        self.db.execute(delete(_GRADED).where(_GRADED.c.notebook == notebook))


def forget(gradebook: Gradebook, assignment: str, students: Iterable[str]) -> None:
    """Let the next class run grade some students again: something else grades them now."""
    if not inspect(gradebook.engine).has_table(_GRADED.name):
        return
    of_assignment = (
        select(SubmittedNotebook.id)
        .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .where(Assignment.name == assignment)
    )
    for student in students:
        own = of_assignment.where(SubmittedAssignment.student_id == student)
        gradebook.db.execute(delete(_GRADED).where(_GRADED.c.notebook.in_(own)))
    gradebook.db.commit()
