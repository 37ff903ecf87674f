"""The regions that nbgrader takes out of a cell: solutions and hidden tests."""

from nbformat.v4 import new_code_cell
from nbgrader.preprocessors import ClearSolutions

SOLUTION = "SOLUTION"
HIDDEN_TESTS = "HIDDEN TESTS"


def region_fault(source: str, region: str) -> str | None:
    """Return what is wrong with a cell's region markers, or None if they are balanced.

    nbgrader looks for the words anywhere in a line, so this does too.
    """
    open_line = None
    for number, line in enumerate(source.split("\n"), start=1):
        if f"BEGIN {region}" in line:
            if open_line is not None:
                return f"BEGIN {region} in line {number} inside the one of line {open_line}"
            open_line = number
        elif f"END {region}" in line:
            if open_line is None:
                return f"END {region} in line {number} without a BEGIN"
            open_line = None
    return f"BEGIN {region} in line {open_line} without an END" if open_line else None


def split_region(source: str, region: str) -> tuple[list[str], list[str]]:
    """Return the lines inside and outside a cell's regions, without the markers."""
    inside: list[str] = []
    outside: list[str] = []
    lines = outside
    for line in source.split("\n"):
        if f"BEGIN {region}" in line:
            lines = inside
        elif f"END {region}" in line:
            lines = outside
        else:
            lines.append(line)
    return inside, outside


def count_regions(source: str, region: str) -> int:
    """Return how many regions a cell begins."""
    return sum(f"BEGIN {region}" in line for line in source.split("\n"))


def release_stub(source: str) -> str:
    """Return what nbgrader leaves of a code solution cell; its regions must be balanced."""
    cell = new_code_cell(source, metadata={"nbgrader": {"solution": True}})
    stub, _ = ClearSolutions().preprocess_cell(cell, {"language": "python"}, 0)
    return stub.source
