"""What a solution notebook must keep to: the list of rules, and how they are applied."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tools.course import CourseError, read_notebook, shown_path
from tools.model import CourseNotebook, Problems
from tools.rules import code, exercises, identity, judge, points, prose, tests


@dataclass(frozen=True)
class Rule:
    """One rule.

    Attributes
    ----------
    find : callable
        Yields (cell id, message) for each problem of a notebook.
    """

    find: Callable[[CourseNotebook], Problems]

    @property
    def name(self) -> str:
        """The name, as in ``unique-ids``."""
        return self.find.__name__.replace("_", "-")

    @property
    def purpose(self) -> str:
        """One line: what the rule asks and what for."""
        return (self.find.__doc__ or "").strip().split("\n")[0]


RULES = [
    Rule(find)
    for module in (identity, exercises, points, tests, judge, code, prose)
    for find in module.RULES
]
# The rules that the others rely on: where one of these finds something, only they are applied.
GATES = [rule for rule in RULES if rule.find in identity.GATES]


@dataclass(frozen=True)
class Finding:
    """One break of a rule.

    Attributes
    ----------
    notebook, cell, rule, message : str
        Where it is, which rule it breaks, and what was expected and came.
    """

    notebook: str
    cell: str
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.notebook}: {self.cell}: {self.rule}: {self.message}"


@dataclass(frozen=True)
class Report:
    """What lint has to say about one notebook.

    Attributes
    ----------
    findings : list of Finding
        All breaks of rules.
    sizes : str
        How long the code cells are; empty if the file is no notebook.
    """

    findings: list[Finding]
    sizes: str


def lint(path: Path, root: Path) -> Report:
    """Apply all rules to the notebook in a file."""
    name = shown_path(path, root)
    try:
        notebook = CourseNotebook(path, read_notebook(path, root))
    except CourseError as error:
        message = str(error).removeprefix(f"{name}: ")
        return Report([Finding(name, "file", "readable", message)], "")
    findings = _findings(GATES, notebook, name) or _findings(RULES, notebook, name)
    return Report(findings, f"{name}: {code.cell_sizes(notebook)}")


def _findings(rules: list[Rule], notebook: CourseNotebook, name: str) -> list[Finding]:
    return [
        Finding(name, cell, rule.name, message)
        for rule in rules
        for cell, message in rule.find(notebook)
    ]
