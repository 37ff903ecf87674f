"""Makers of tables in helpers/datasets/ whose code would give answers of exercises away.

Each module writes the CSV file of its own name: run it to make the file anew.
"""

from pathlib import Path

DATASETS = Path(__file__).parents[2] / "helpers" / "datasets"


def path_of(module: str) -> Path:
    """Return where the table of a module lies, given the module's ``__file__``."""
    return DATASETS / f"{Path(module).stem}.csv"
