"""Each check passes where it must; where it fails, it says what, expected, got and why."""

import sys
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from helpers import (
    CheckFailed,
    check_close,
    check_defined,
    check_equal,
    check_finite,
    check_raises,
    check_shape,
    check_true,
    check_type,
    check_unchanged,
)


def failure(call: Callable[[], None]) -> str:
    with pytest.raises(CheckFailed) as caught:
        call()
    return str(caught.value)


def lines(what: str, expected: str, got: str, hint: str | None = None) -> str:
    cause = f"\n  likely cause: {hint}" if hint else ""
    return f"{what}\n  expected: {expected}\n  got:      {got}{cause}"


def raise_(error: BaseException) -> None:
    raise error


# check_defined


def test_defined_passes_for_functions_and_classes() -> None:
    check_defined("len", lambda: len)
    check_defined("int", lambda: int)


def test_defined_names_the_missing_function() -> None:
    message = failure(lambda: check_defined("acf", lambda: acf))  # noqa: F821
    hint = "Did you run the cell with your answer, and keep the function's name?"
    assert message == lines("acf is not defined", "a function named acf", "no such name", hint)


def test_defined_refuses_a_name_that_holds_data() -> None:
    message = failure(lambda: check_defined("acf", lambda: 3.5))
    hint = "Did another cell assign to the name acf? Run your answer's cell again."
    want = lines("acf is not a function", "a function named acf", "3.5 (float)", hint)
    assert message == want


def test_defined_asks_for_a_value_of_a_type() -> None:
    check_defined("models", lambda: {"gru": 1}, dict, hint="Run the cell above.")
    message = failure(lambda: check_defined("models", lambda: models, dict, hint="Run it."))  # noqa: F821
    assert message == lines(
        "models is not defined", "a dict named models", "no such name", "Run it."
    )
    message = failure(lambda: check_defined("models", lambda: [1], dict, hint="Run it."))
    assert message == lines("models has the wrong type", "dict", "[1] (list)", "Run it.")


# check_type


def test_type_passes_for_subclasses_and_one_of_several() -> None:
    check_type("flag", True, int)
    check_type("result", {"a": 1}, (dict, pd.Series))


def test_type_says_all_accepted_types() -> None:
    message = failure(lambda: check_type("result", [1], (dict, tuple), hint="Use braces."))
    want = lines("result has the wrong type", "dict or tuple", "[1] (list)", "Use braces.")
    assert message == want


def test_type_blames_a_missing_return_for_none() -> None:
    message = failure(lambda: check_type("result", None, dict, hint="Use braces."))
    cause = "The function returned None: is a return missing?"
    assert message.endswith(f"got:      None\n  likely cause: {cause}")


# check_shape


@pytest.mark.parametrize(
    "value", [np.zeros((2, 3)), [[1, 2, 3]] * 2, pd.DataFrame(np.ones((2, 3)))]
)
def test_shape_passes_for_anything_array_like(value) -> None:
    check_shape("h", value, (2, 3))


def test_shape_gives_the_axes_their_meaning() -> None:
    message = failure(
        lambda: check_shape("c", np.zeros((3, 4)), (4, 3), axes="batch, hidden", hint="Wrong axis?")
    )
    want = "(4, 3) = (batch, hidden)"
    assert message == lines("c has the wrong shape", want, "(3, 4)", "Wrong axis?")


def test_shape_reports_none_and_ragged_rows() -> None:
    assert "c is missing" in failure(lambda: check_shape("c", None, (2,)))
    assert "is a return missing?" in failure(lambda: check_shape("c", None, (2,)))
    ragged = failure(lambda: check_shape("c", [[1], [1, 2]], (2, 2)))
    want = lines("c is not an array", "rows of equal length", "[[1], [1, 2]] (list)")
    assert ragged == want


# check_finite


@pytest.mark.parametrize("value", [3, [1.0, 2.0], np.zeros((2, 2), int), [], True])
def test_finite_passes(value) -> None:
    check_finite("loss", value)


def test_finite_counts_and_locates() -> None:
    bad = np.zeros((2, 3))
    bad[0, 2] = np.inf
    bad[1, 1] = np.nan
    message = failure(lambda: check_finite("loss", bad, hint="Division by 0?"))
    got = "2 of 6 not finite, the first is inf at index (0, 2)"
    assert message == lines("loss is not finite", "finite numbers only", got, "Division by 0?")
    assert "the first is nan" in failure(lambda: check_finite("loss", float("nan")))


# check_close


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (1.0, 1.0 + 1e-6),
        (np.float32(0.1), 0.1),
        ([1, 2], np.array([1.0, 2.0])),
        (pd.Series([1.0, 2.0], index=[7, 8]), [1, 2]),
        (np.array(3), 3.0),
        ([], []),
        ([np.inf, -np.inf], [np.inf, -np.inf]),
        (True, 1.0),
    ],
)
def test_close_passes_within_tolerance(actual, expected) -> None:
    check_close("x", actual, expected)


def test_close_takes_nan_as_equal_only_when_told() -> None:
    check_close("trend", [np.nan, 1.0], [np.nan, 1.0], equal_nan=True)
    message = failure(lambda: check_close("trend", [np.nan, 1.0], [np.nan, 1.0]))
    assert "differs in 1 of 2 values, first at index 0" in message
    assert "differs" in failure(lambda: check_close("t", [0.0], [np.nan], equal_nan=True))


def test_close_on_a_scalar_shows_both_numbers_and_the_tolerance() -> None:
    message = failure(lambda: check_close("r1", 0.5, 0.625, rtol=1e-3, hint="Divide by n."))
    want = "0.625 (tolerance: relative 0.001, absolute 1e-08)"
    assert message == lines("r1 has the wrong value", want, "0.5", "Divide by n.")


def test_close_on_few_values_shows_all_of_them() -> None:
    message = failure(lambda: check_close("gamma", [1.25, 0.4], [1.25, 0.3125]))
    assert message == lines(
        "gamma differs in 1 of 2 values, first at index 1",
        "[1.25  , 0.3125] (tolerance: relative 1e-05, absolute 1e-08)",
        "[1.25, 0.4 ]",
    )


def test_close_on_many_values_shows_the_first_wrong_one() -> None:
    want, got = np.zeros((3, 5)), np.zeros((3, 5))
    got[1, 4] = got[2, 2] = 7.5
    message = failure(lambda: check_close("h", got, want))
    assert message.splitlines()[0] == "h differs in 2 of 15 values, first at index (1, 4)"
    assert "expected: 0 (tolerance" in message
    assert message.endswith("got:      7.5")


def test_close_tolerances_are_relative_to_the_expected_value() -> None:
    check_close("x", 102.0, 100.0, rtol=0.02, atol=0)
    assert "wrong value" in failure(lambda: check_close("x", 100.0, 102.1, rtol=0.02, atol=0))
    check_close("x", 0.09, 0.0, rtol=0, atol=0.1)


@pytest.mark.parametrize(
    ("actual", "what"),
    [
        ([1.0, 2.0, 3.0], "x has the wrong shape"),
        ([[1.0, 2.0]], "x has the wrong shape"),
        (1.0, "x has the wrong shape"),
        (None, "x is missing"),
        (["1", "2"], "x is not numeric"),
        ([None, 2.0], "x is not numeric"),
        ([1.0, "2"], "x is not numeric"),
        ({1.0, 2.0}, "x has the wrong shape"),
        (np.array([1 + 0j, 2]), "x is not numeric"),
        (np.array(["1990", "1991"], dtype="M8[Y]"), "x is not numeric"),
    ],
)
def test_close_refuses_what_is_no_row_of_two_numbers(actual, what: str) -> None:
    assert failure(lambda: check_close("x", actual, [1.0, 2.0])).splitlines()[0] == what


def test_close_takes_big_integers_and_fractions() -> None:
    check_close("x", [10**30, 1], [1e30, 1])


def test_close_suggests_the_real_part() -> None:
    message = failure(lambda: check_close("acf", np.array([1 + 0j]), [1.0]))
    assert message.endswith("likely cause: Take the real part: z.real")


@pytest.mark.filterwarnings("error")
def test_close_compares_without_warnings() -> None:
    check_close("x", [np.inf, np.nan], [np.inf, np.nan], equal_nan=True)


# check_equal


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (3, 3.0),
        ("unit_root", "unit_root"),
        ({"b", "a"}, {"a", "b"}),
        ([1, [2, 3]], [1, [2, 3]]),
        ({"a": np.array([1, 2])}, {"a": np.array([1, 2])}),
        ([np.array([1, 2]), 3], [np.array([1, 2]), 3]),
        (np.array([1, 2]), [1, 2]),
        ([1, 2], np.array([1, 2])),
        (pd.Series([1, 2]), [1, 2]),
        (np.array(["a", "b"]), ["a", "b"]),
        (np.bool_(True), True),
    ],
)
def test_equal_passes(actual, expected) -> None:
    check_equal("x", actual, expected)


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (2, 3),
        (np.array([3, 3]), 3),
        (np.array([]), 3),
        (np.array([]), [1]),
        (np.array([[1, 2], [1, 2]]), [1, 2]),
        (pd.Series([1, 3]), [1, 2]),
        ([1, 2], (1, 2)),
        ([1, 2], [1, 2, 3]),
        ({"a": 1}, {"a": 1, "b": 2}),
        ({"a": np.array([1, 2])}, {"a": np.array([1, 3])}),
        ({"a": np.array([1, 2])}, {"a": 1}),
        ("a", ["a"]),
        (np.array(["1", "2"]), [1, 2]),
        ([[1], [1, 2]], np.array([1, 2])),
    ],
)
def test_equal_fails_with_both_values(actual, expected) -> None:
    message = failure(lambda: check_equal("labels", actual, expected, hint="Look again."))
    assert message.startswith("labels ")
    assert "expected: " in message
    assert "got: " in message


def test_equal_names_the_first_difference_of_a_large_array() -> None:
    ids = np.arange(20).reshape(4, 5)
    other = ids.copy()
    other[2, 1:3] = -7
    message = failure(lambda: check_equal("ids", other, ids, hint="Row 2?"))
    what = "ids differs in 2 of 20 values, first at index (2, 1)"
    assert message == lines(what, "11 (int64)", "-7 (int64)", "Row 2?")


def test_equal_says_what_expected_got_and_why() -> None:
    message = failure(lambda: check_equal("keys", ["p"], ["p", "r1"], hint="Both keys?"))
    want = lines("keys has the wrong value", "['p', 'r1'] (list)", "['p'] (list)", "Both keys?")
    assert message == want
    assert "is a return missing?" in failure(lambda: check_equal("x", None, 3, hint="other"))


def test_equal_checks_an_arrays_shape_first() -> None:
    message = failure(lambda: check_equal("pad", [1, 2, 3], np.array([[1, 2, 3]])))
    assert message == lines("pad has the wrong shape", "(1, 3)", "(3,)")


def test_long_values_are_cut() -> None:
    message = failure(lambda: check_equal("x", list(range(1000)), 1))
    assert len(message) < 300
    assert message.endswith("... (list)")
    array = failure(lambda: check_equal("x", np.arange(1000), 1))
    assert "array of shape (1000,) that starts with [0, 1, 2, 3]" in array


# check_true


def test_true_passes_for_numpy_truth() -> None:
    check_true("p", np.bool_(True), expected="p > 0", got=0.1)


def test_true_shows_the_property_and_what_came() -> None:
    message = failure(
        lambda: check_true("p", 0 > 1, expected="never 0", got=0.0, hint="Add one to both.")
    )
    what = "p does not have the promised property"
    assert message == lines(what, "never 0", "0.0 (float)", "Add one to both.")


# check_raises


def test_raises_passes_for_the_asked_error_and_its_subclasses() -> None:
    check_raises("acf with nlags = n", lambda: raise_(ValueError("nlags")))
    check_raises("x", lambda: raise_(UnicodeError()))
    check_raises("x", lambda: raise_(TypeError()), (TypeError, ValueError))


def test_raises_reports_an_accepted_bad_input() -> None:
    message = failure(lambda: check_raises("acf with nlags = n", lambda: np.array([1.0])))
    assert message == lines(
        "acf with nlags = n accepts bad input",
        "it raises ValueError",
        "it returned array [1.0]",
        "Test the input before any computation, and raise an error with a clear message.",
    )


def test_raises_reports_another_error_and_keeps_the_hint() -> None:
    message = failure(
        lambda: check_raises("f(-1)", lambda: raise_(IndexError("x")), (TypeError, ValueError), "H")
    )
    want = lines("f(-1) raises the wrong error", "TypeError or ValueError", "IndexError: x", "H")
    assert message == want


def test_raises_lets_an_unsolved_exercise_through() -> None:
    with pytest.raises(NotImplementedError):
        check_raises("f", lambda: raise_(NotImplementedError()), Exception)


def test_raises_does_not_swallow_an_interrupt() -> None:
    with pytest.raises(KeyboardInterrupt):
        check_raises("f", lambda: raise_(KeyboardInterrupt()))


# check_unchanged


def test_unchanged_passes_for_a_pure_function_with_nan_and_integers() -> None:
    seen = []

    def pure(*arguments: np.ndarray | list) -> None:
        seen.append([a if isinstance(a, list) else a.flags.writeable for a in arguments])
        np.cumsum(arguments[0])

    check_unchanged("f", pure, np.array([1.0, 2.5]), np.array([1, 2]))
    assert seen == [[False, False], [True, True], [[1.0, 2.5], [1, 2]]]
    check_unchanged("f", pure, np.array([1.0, np.nan]))
    check_unchanged("f", pure, np.zeros((2, 3)), np.zeros(2))
    assert seen[-2:] == [[False, False], [True, True]]


def test_unchanged_catches_a_write_into_a_read_only_array() -> None:
    def in_place(x: np.ndarray) -> None:
        x[0] = 9.0

    message = failure(lambda: check_unchanged("f", in_place, np.zeros(2)))
    assert message == lines(
        "f writes into its input",
        "it works on a read-only array",
        "assignment destination is read-only",
        "Work on a copy, or build a new array. pandas hands out read-only arrays.",
    )


def test_unchanged_catches_a_write_into_a_writable_array_only() -> None:
    def sneaky(x: np.ndarray) -> None:
        if x.flags.writeable:
            x += 1

    message = failure(lambda: check_unchanged("f", sneaky, np.zeros(2), hint="Copy."))
    want = lines("f changes its input", "array [0.0, 0.0]", "array [1.0, 1.0]", "Copy.")
    assert message == want


def test_unchanged_catches_a_list_that_grows() -> None:
    def greedy(x: np.ndarray | list) -> None:
        if isinstance(x, list):
            x.append(7.0)

    message = failure(lambda: check_unchanged("f", greedy, np.zeros(2), hint="Copy."))
    want = lines("f changes its input", "array [0.0, 0.0]", "array [0.0, 0.0, 7.0]", "Copy.")
    assert message == want


def test_unchanged_works_on_copies_and_passes_other_errors_on() -> None:
    mine = np.zeros(2)
    with pytest.raises(CheckFailed):
        check_unchanged("f", lambda x: x.fill(1) if x.flags.writeable else None, mine)
    np.testing.assert_array_equal(mine, 0)
    with pytest.raises(ValueError, match="too short"):
        check_unchanged("f", lambda x: raise_(ValueError("too short")), mine)


# how a failure looks in a notebook


@pytest.fixture
def run_cell(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    # The shell puts its own module in the place of __main__.
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    shell = InteractiveShell(config=Config({"HistoryManager": {"enabled": False}}))

    def run(source: str) -> str:
        shell.run_cell(source)
        return capsys.readouterr().out

    return run


def test_ipython_shows_the_line_of_the_cell_and_no_frames(run_cell) -> None:
    shown = run_cell(
        "from helpers import check_close\n"
        "x = 1\n"
        "\n"
        "check_close('r1', x, 2,\n"
        "            hint='count again')\n"
    )
    assert shown.splitlines() == [
        "CheckFailed (line 4 of this cell): r1 has the wrong value",
        "  expected: 2 (tolerance: relative 1e-05, absolute 1e-08)",
        "  got:      1",
        "  likely cause: count again",
    ]


def test_ipython_shows_the_cells_line_also_for_a_check_in_a_loop_in_a_function(run_cell) -> None:
    run_cell(
        "from helpers import check_true\ndef look(v):\n    check_true('v', v, expected='', got=v)"
    )
    shown = run_cell("for v in (1, 0):\n    look(v)")
    assert shown.startswith("CheckFailed (line 2 of this cell): v does not have")


def test_ipython_shows_a_check_that_replaces_another_error(run_cell) -> None:
    shown = run_cell("import helpers\n\nhelpers.check_defined('acf', lambda: acf)")
    assert shown.startswith("CheckFailed (line 3 of this cell): acf is not defined\n")
    assert "NameError" not in shown


def test_without_a_traceback_no_line_is_claimed() -> None:
    assert CheckFailed("x", "1", "2")._render_traceback_() == [
        "CheckFailed: x\n  expected: 1\n  got:      2"
    ]


def test_a_failed_check_is_an_assertion_error() -> None:
    assert issubclass(CheckFailed, AssertionError)
