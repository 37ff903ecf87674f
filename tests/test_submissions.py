"""Every case of tests/submissions/, graded beside two honest students in each class."""

import pytest

from tests.submissions.cases import FULL, NONE, Case, all_cases
from tests.submissions.harness import BLANK, SOLVED, Graded, Result, grade_in_parts
from tests.submissions.table import outcome

pytestmark = pytest.mark.slow

CASES = all_cases()


@pytest.fixture(scope="module")
def classes(tmp_path_factory: pytest.TempPathFactory) -> list[Graded]:
    return grade_in_parts(tmp_path_factory.mktemp("classes"), CASES)


@pytest.fixture(scope="module")
def results(classes: list[Graded]) -> dict[str, Result]:
    return {name: result for graded in classes for name, result in graded.results.items()}


def test_there_are_cases_of_all_kinds():
    tamperings = [case for case in CASES if not case.hostile]
    assert len(tamperings) >= 36
    assert len(CASES) - len(tamperings) >= 71
    assert any(case.refused for case in tamperings)


def test_honest_students_get_what_they_earned(classes: list[Graded]):
    for graded in classes:
        solved, blank = graded.results[SOLVED], graded.results[BLANK]
        assert (solved.points, blank.points) == (FULL, NONE)
        assert solved.refused is blank.refused is None


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(results: dict[str, Result], case: Case):
    result = results[case.name]
    assert result.seen == (), f"{case.account}: secrets came back"
    if case.refused is None:
        assert result.refused is None, f"{case.account}: {outcome(result)}"
        assert result.points == case.points, case.account
    else:
        assert case.refused in (result.refused or ""), f"{case.account}: {outcome(result)}"
        assert set(result.scores.values()) == {None}, f"{case.account}: a score without a notebook"


def test_nothing_else_was_touched(classes: list[Graded]):
    assert [graded.touched for graded in classes] == [{}] * len(classes)


def test_no_process_is_left(classes: list[Graded]):
    assert [graded.left_over for graded in classes] == [[]] * len(classes)
