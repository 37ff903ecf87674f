"""What the intake's report says of each submission, and why some were refused."""

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ACCEPTED, REFUSED, UNGRADED = ("accepted", "mended"), "refused", "ungraded"

# Names of files, which differ from student to student, in the sentences of `grading.intake`,
# `grading.files` and `grading.submitted`.
_NAMES = [
    (re.compile(pattern, re.DOTALL), text)
    for pattern, text in (
        (r"notebooks \(.*\) and none", "notebooks (…) and none"),
        (r"an archive \(.*\) and no", "an archive (…) and no"),
        (r"a folder of its own \(.*\): ", "a folder of its own (…): "),
        (r"no notebook: .* is ", "no notebook: … is "),
        (r"no notebook, only .*: hand in", "no notebook, only …: hand in"),
        (r"^.* (?=is not a regular file|cannot be opened|has more than [\d.]+ MB)", "… "),
        (r"(?<!\w)'[^']*'", "'…'"),
    )
]
_NUMBER = re.compile(r"(?<![\w.-])\d+(\.\d+)?(?![\w-])")


@dataclass(frozen=True)
class Outcome:
    """How a submission fared last: one of the words above, and the reason if it has no score."""

    word: str
    reason: str = ""


def read_outcomes(report: Path, assignment: str) -> dict[str, Outcome]:
    """Return the last outcome of each student's submissions for an assignment."""
    if not report.is_file():
        return {}
    found: dict[str, Outcome] = {}
    with open(report, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            entry = _entry(line)
            word = entry.get("outcome")
            if entry.get("assignment") == assignment and word in (*ACCEPTED, REFUSED, UNGRADED):
                found[str(entry.get("student"))] = Outcome(word, str(entry.get("reason", "")))
    return found


def group_reasons(reasons: Iterable[str]) -> list[tuple[str, int]]:
    """Count reasons that differ in numbers and names of files only, the most frequent first."""
    counts = Counter(_common(reason) for reason in reasons)
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _entry(line: str) -> dict[str, object]:
    try:
        entry = json.loads(line)
    except ValueError:  # A full disk cuts a line off.
        return {}
    return entry if isinstance(entry, dict) else {}


def _common(reason: str) -> str:
    for pattern, text in _NAMES:
        reason = pattern.sub(text, reason)
    return _NUMBER.sub("N", reason) or "no reason is known"
