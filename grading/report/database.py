"""A connection to a gradebook, on SQLite or PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, make_url
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError


class UnreadableGradebook(RuntimeError):
    """There is no gradebook at its address, or it is not one."""


@contextmanager
def open_gradebook(url: str) -> Iterator[Connection]:
    """Connect to a gradebook that exists: nbgrader's own class would make an empty one."""
    address = make_url(url)
    shown = address.render_as_string(hide_password=True)
    if address.get_backend_name() == "sqlite" and not Path(address.database or "").is_file():
        raise UnreadableGradebook(f"there is no gradebook at {shown}: has anything been graded?")
    engine = create_engine(address)
    try:
        with engine.connect() as connection:
            yield connection
    except SQLAlchemyError as error:
        raise UnreadableGradebook(f"the gradebook at {shown} cannot be read: {error}") from error
    finally:
        engine.dispose()
