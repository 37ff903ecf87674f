"""What a feedback page tells about hidden tests: found here without any code of `grading`."""

import html
import json
import re

from nbformat import NotebookNode

SECRET_LENGTH = 20


def secret_lines(source: NotebookNode, handed_in: NotebookNode) -> list[str]:
    """Return the long lines of the source's hidden tests that the student's notebook lacks."""
    known = _joined("\n".join(cell.source for cell in handed_in.cells))
    lines = (line.strip() for cell in source.cells for line in _hidden(cell.source))
    return [line for line in lines if len(line) >= SECRET_LENGTH and _joined(line) not in known]


def leaked(page: str, secrets: list[str]) -> list[str]:
    """Return the secrets that stand in a page: in its source, its text, or embedded as JSON."""
    without_tags = re.sub(r"<[^>]*>", "", page)
    texts = [_joined(text) for text in (page, html.unescape(page), html.unescape(without_tags))]
    found = []
    for line in secrets:
        forms = _joined(line), _joined(json.dumps(line)[1:-1])
        if any(form in text for form in forms for text in texts):
            found.append(line)
    return found


def _joined(text: str) -> str:
    # A line is told as well when it is wrapped.
    return re.sub(r"\s", "", text)


def _hidden(source: str) -> list[str]:
    regions = re.findall(r"BEGIN HIDDEN TESTS.*?\n(.*?)[^\n]*END HIDDEN TESTS", source, re.DOTALL)
    return [line for region in regions for line in region.split("\n")]
