"""The list of students that a learning platform exports, and who in it is who in the gradebook."""

import csv
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from grading.exports.results import Person
from grading.exports.table import ExportError, named

Row = dict[str, str]
# Which column of the list may hold which of a student's names.
Keys = list[tuple[str, Callable[[Person], str]]]


@dataclass(frozen=True)
class Roster:
    """A platform's list: its titles, and a row for each student."""

    path: str
    header: list[str]
    rows: list[Row]


def read_roster(path: str, option: str, needed: list[str]) -> Roster:
    """Read a platform's list.

    Parameters
    ----------
    path : str
        The file, in UTF-8; commas, semicolons or tabs separate its columns.
    option : str
        What the instructor set to the path, for messages.
    needed : list of str
        Titles that it must have.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ExportError(
            f"{option}: expected a CSV file in UTF-8, got {path!r}: {error}"
        ) from error
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    header, *rows = csv.reader(StringIO(text, newline=""), delimiter=separator) or [[]]
    header = [title.strip() for title in header]
    if missing := [title for title in needed if title not in header]:
        raise ExportError(
            f"{option}: expected columns {named(needed)}; {path} lacks {named(missing)} "
            f"and has {named(header)}"
        )
    return Roster(path, header, [dict(zip(header, row, strict=False)) for row in rows if any(row)])


def match(roster: Roster, students: list[Person], keys: Keys) -> dict[str, Row]:
    """Return each student's row by the student's id; who has none is left out.

    Upper and lower case do not differ. Two rows that fit one student, or one row that fits two,
    are an error: a score must not go to the wrong person.
    """
    index: dict[tuple[str, str], set[int]] = defaultdict(set)
    for place, row in enumerate(roster.rows):
        for title, value in row.items():
            index[title, _same(value)].add(place)
    found: dict[str, set[int]] = {}
    owners: dict[int, list[str]] = defaultdict(list)
    for student in students:
        values = ((title, _same(name_of(student))) for title, name_of in keys)
        found[student.id] = set().union(*(index.get(key, ()) for key in values if key[1]))
        for place in found[student.id]:
            owners[place].append(student.id)
    if several := [name for name, places in found.items() if len(places) > 1]:
        raise ExportError(f"{roster.path}: several rows fit each of {named(several)}")
    if shared := [" and ".join(names) for names in owners.values() if len(names) > 1]:
        raise ExportError(f"{roster.path}: one row fits several students: {named(shared)}")
    return {name: roster.rows[places.pop()] for name, places in found.items() if places}


def _same(value: str) -> str:
    return value.strip().casefold()
