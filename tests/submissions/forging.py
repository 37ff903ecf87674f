"""What several hostile cases have in common: a blank notebook with an attack in it."""

from copy import deepcopy
from textwrap import dedent

from tests.submissions.cases import Work

# The student's function in each exercise.
FUNCTIONS = {"ex1-rescale": "rescale", "ex2-runs": "run_lengths", "ex3-iterate": "iterate"}

# An answer that knows nothing: only tests that check nothing let it pass.
IGNORANT = "lambda *_: np.full(4, 7.0)"


def blank_with(
    work: Work, attack: str, fake: str = IGNORANT, after: str = "worked-example"
) -> None:
    """Hand in a cell of code, and in the place of each answer one and the same expression.

    Parameters
    ----------
    work : Work
        What is handed in.
    attack : str
        The cell's code.
    fake : str, optional
        Python for what all three functions are.
    after : str, optional
        The id of the cell before the attack's.
    """
    work.notebook = deepcopy(work.blank)
    work.add(dedent(attack).strip(), after=after)
    for cell, name in FUNCTIONS.items():
        work.answer(cell, f"{name} = {fake}")
    work.save()
