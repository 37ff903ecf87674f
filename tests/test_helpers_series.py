"""Made-up series and windows: values by formula, views, and refusals that name the argument."""

import tracemalloc

import numpy as np
import pandas as pd
import pytest

from helpers import create_sequences, generate_time_series


def windows_by_loop(data: np.ndarray, length: int) -> np.ndarray:
    return np.array([data[i : i + length] for i in range(len(data) - length)])


# generate_time_series


def test_the_parts_of_a_series_without_noise_follow_the_formula() -> None:
    made = generate_time_series(200, trend=0.5, noise_std=0, period=20, amplitude=3)
    t = np.arange(200)
    np.testing.assert_allclose(made["value"], 100 + 0.5 * t + 3 * np.sin(2 * np.pi * t / 20))


def test_old_positional_calls_keep_their_meaning() -> None:
    made = generate_time_series(120, 0.01, True, 0.0)
    t = np.arange(120)
    np.testing.assert_allclose(made["value"], 100 + 0.01 * t + 10 * np.sin(2 * np.pi * t / 50))


def test_without_seasonality_and_trend_the_level_stays() -> None:
    made = generate_time_series(30, trend=0, seasonality=False, noise_std=0)
    assert set(made["value"]) == {100.0}
    assert made["value"].dtype == np.float64


def test_noise_level_is_a_tenth_of_the_standard_deviation() -> None:
    quiet = {"trend": 0, "seasonality": False, "seed": 3}
    by_level = generate_time_series(50_000, noise_level=0.1, **quiet)["value"]
    by_std = generate_time_series(50_000, noise_level=7, noise_std=1.0, **quiet)["value"]
    assert by_level.std() == pytest.approx(1.0, abs=0.02)
    pd.testing.assert_series_equal(by_level, by_std)


def test_a_seed_fixes_the_noise_and_no_seed_does_not() -> None:
    one, again, other = (generate_time_series(50, seed=s)["value"] for s in (5, 5, 6))
    pd.testing.assert_series_equal(one, again)
    assert not one.equals(other)
    free = generate_time_series(50)["value"]
    assert not free.equals(generate_time_series(50)["value"])


def test_a_generator_may_be_the_seed() -> None:
    made = generate_time_series(5, trend=0, seasonality=False, seed=np.random.default_rng(1))
    np.testing.assert_allclose(made["value"] - 100, np.random.default_rng(1).normal(0, 1, 5))


def test_numpys_global_state_is_not_touched() -> None:
    np.random.seed(0)
    before = np.random.get_state()[1].copy()
    generate_time_series(100)
    np.testing.assert_array_equal(before, np.random.get_state()[1])


def test_the_index_has_its_name_start_and_frequency() -> None:
    index = generate_time_series(7, start="2000-01-31", freq="ME").index
    assert (index.name, index.freqstr, len(index)) == ("date", "ME", 7)
    assert index[0] == pd.Timestamp("2000-01-31")


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"n_points": 0}, ValueError, "n_points: expected at least 1, got 0"),
        ({"n_points": 10.0}, TypeError, "n_points: expected an integer, got 10.0"),
        ({"n_points": True}, TypeError, "n_points: expected an integer, got True"),
        ({"noise_level": -1}, ValueError, "noise_level: expected a number >= 0"),
        ({"noise_std": -0.5}, ValueError, "noise_std: expected a number >= 0, got -0.5"),
        ({"noise_std": float("nan")}, ValueError, "noise_std: .* got nan"),
        ({"period": 0}, ValueError, "period: expected a number > 0, got 0"),
    ],
)
def test_generate_refuses_bad_arguments(arguments, error, message) -> None:
    with pytest.raises(error, match=message):
        generate_time_series(**arguments)


# create_sequences


def test_one_dimension_gives_windows_and_the_next_values() -> None:
    X, y = create_sequences(np.arange(6.0), 3)
    np.testing.assert_array_equal(X, [[0, 1, 2], [1, 2, 3], [2, 3, 4]])
    np.testing.assert_array_equal(y, [3, 4, 5])


@pytest.mark.parametrize("length", [1, 2, 7, 19])
@pytest.mark.parametrize("features", [1, 3])
def test_two_dimensions_agree_with_a_loop(length: int, features: int) -> None:
    data = np.random.default_rng(length).normal(size=(20, features))
    X, y = create_sequences(data, length)
    assert X.shape == (20 - length, length, features)
    np.testing.assert_array_equal(X, windows_by_loop(data, length))
    np.testing.assert_array_equal(y, data[length:])


@pytest.mark.parametrize("column", [0, 2, -1, np.int64(1)])
def test_target_col_picks_one_column(column: int) -> None:
    data = np.arange(30.0).reshape(10, 3)
    X, y = create_sequences(data, 4, target_col=column)
    assert X.shape == (6, 4, 3)
    np.testing.assert_array_equal(y, data[4:, column])


def test_windows_are_views_and_nothing_is_copied() -> None:
    data = np.zeros((100_000, 8))
    tracemalloc.start()
    X, y = create_sequences(data, 64)
    allocated = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert np.shares_memory(X, data)
    assert np.shares_memory(y, data)
    assert allocated < 100_000  # the windows themselves are 409 MB, the data 6.4 MB
    data[70, 2] = 5.0
    assert X[70, 0, 2] == y[6, 2] == 5.0


def test_results_are_read_only() -> None:
    data = np.arange(10.0)
    X, y = create_sequences(data, 3)
    with pytest.raises(ValueError, match="read-only"):
        X[0, 0] = 1
    with pytest.raises(ValueError, match="read-only"):
        y[0] = 1
    assert data.flags.writeable


def test_read_only_input_is_fine() -> None:
    data = np.arange(10.0)
    data.flags.writeable = False
    assert create_sequences(data, 3)[0].shape == (7, 3)


def test_the_feature_axis_that_the_docstring_promises() -> None:
    data = np.arange(10.0)
    with_axis = create_sequences(data, 3)[0][..., np.newaxis]
    assert with_axis.shape == (7, 3, 1)
    assert np.shares_memory(with_axis, data)


def test_a_series_and_a_list_give_what_an_array_gives() -> None:
    values = np.random.default_rng(0).normal(size=12)
    want = create_sequences(values, 5)
    series = pd.Series(values, index=pd.date_range("2000", periods=12, freq="MS"))
    for data in (series, list(values)):
        for ours, theirs in zip(create_sequences(data, 5), want, strict=True):
            np.testing.assert_array_equal(ours, theirs)
    assert np.shares_memory(create_sequences(series, 5)[0], series.to_numpy())


def test_a_frames_target_is_a_name_or_a_position() -> None:
    frame = pd.DataFrame({"a": np.arange(6.0), "b": np.arange(6.0) * 10})
    for column in ("b", 1, -1):
        X, y = create_sequences(frame, 2, target_col=column)
        assert X.shape == (4, 2, 2)
        np.testing.assert_array_equal(y, [20, 30, 40, 50])


def test_an_integer_name_wins_over_a_position() -> None:
    frame = pd.DataFrame({1: np.zeros(5), 0: np.ones(5)})
    np.testing.assert_array_equal(create_sequences(frame, 2, target_col=0)[1], np.ones(3))


@pytest.mark.parametrize("dtype", [np.float32, np.int64, np.uint8, bool])
def test_the_dtype_stays(dtype: type) -> None:
    X, y = create_sequences(np.ones(9, dtype=dtype), 4)
    assert X.dtype == y.dtype == dtype


@pytest.mark.parametrize(
    ("data", "length", "column", "error", "message"),
    [
        (np.arange(5), 5, None, ValueError, "data: expected over seq_length = 5 steps, got 5"),
        ([], 1, None, ValueError, "data: expected over seq_length = 1 steps, got 0"),
        (np.arange(5), 0, None, ValueError, "seq_length: expected at least 1, got 0"),
        (np.arange(5), 2.0, None, TypeError, "seq_length: expected an integer, got 2.0"),
        (np.arange(5), True, None, TypeError, "seq_length: expected an integer, got True"),
        (np.zeros((5, 2, 2)), 2, None, ValueError, r"data: .* got shape \(5, 2, 2\)"),
        (np.float64(3), 2, None, ValueError, r"data: .* got shape \(\)"),
        (np.arange(5), 2, 0, ValueError, "target_col: expected None for one-dimensional data"),
        (np.zeros((5, 2)), 2, 2, ValueError, "target_col: expected a position below 2, got 2"),
        (np.zeros((5, 2)), 2, -3, ValueError, "target_col: expected at least -2, got -3"),
        (np.zeros((5, 2)), 2, "a", ValueError, r"target_col: .* columns \[\], got 'a'"),
        (np.zeros((5, 2)), 2, 0.5, TypeError, "target_col: expected an integer, got 0.5"),
        (list("abcde"), 2, None, TypeError, "data: expected real numbers, got values of type <U1"),
        (np.ones(5) * 1j, 2, None, TypeError, "data: expected real numbers, .* complex128"),
        ([[1], [2, 3]], 1, None, ValueError, "data: expected rows of equal length"),
    ],
)
def test_create_sequences_refuses_bad_input(data, length, column, error, message) -> None:
    with pytest.raises(error, match=message):
        create_sequences(data, length, column)


def test_a_frame_with_mixed_columns_is_refused_by_their_types() -> None:
    frame = pd.DataFrame({"x": [1.0, 2.0, 3.0], "seen": [True, False, True]})
    with pytest.raises(TypeError, match=r"data: .*'x': 'float64', 'seen': 'bool'"):
        create_sequences(frame, 1)


@pytest.mark.parametrize("names", [["a", "b"], ["c", "c"]])
def test_an_unknown_or_ambiguous_column_name_is_refused(names: list[str]) -> None:
    frame = pd.DataFrame(np.zeros((5, 2)), columns=names)
    with pytest.raises(ValueError, match=rf"target_col: .*'{names[0]}', '{names[1]}'\], got 'c'"):
        create_sequences(frame, 2, target_col="c")
