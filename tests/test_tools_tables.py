"""The bundled tables of trainings, and the modules that made them."""

import numpy as np
import pytest

import helpers
from tools.tables import adding_rnn_curves, macro_lstm, path_of


def test_a_maker_writes_where_load_table_reads() -> None:
    assert path_of(adding_rnn_curves.__file__).exists()
    assert path_of(adding_rnn_curves.__file__).name == "adding_rnn_curves.csv"


def test_marked_sums_have_two_marks_anywhere_and_their_sum() -> None:
    inputs, targets = adding_rnn_curves.make_marked_sums(500, 7, np.random.default_rng(0))
    numbers, marks = inputs[..., 0].astype(float), inputs[..., 1]
    assert inputs.shape == (500, 7, 2)
    assert set(np.unique(marks)) == {0, 1}
    assert (marks.sum(axis=1) == 2).all()
    assert (marks.sum(axis=0) > 100).all()
    np.testing.assert_allclose(targets, (numbers * marks).sum(axis=1), rtol=1e-6)


def test_curves_of_the_simple_rnn_have_ten_points_for_each_length_and_seed() -> None:
    curves = helpers.load_table("adding_rnn_curves")
    runs = curves.groupby(["T", "seed"])["updates"]
    assert len(runs) == 12
    assert all(list(updates) == [*range(150, 1501, 150)] for _, updates in runs)
    assert sorted(curves["T"].unique()) == [10, 20, 40, 100]
    last = curves[curves["updates"] == 1500].groupby("T")["mse"].mean()
    assert last[100] == pytest.approx(1 / 6, abs=0.01)


def test_curves_of_recall_have_five_seeds_and_thirty_points() -> None:
    curves = helpers.load_table("recall_curves")
    runs = curves.groupby(["layer", "length"])
    assert (runs["seed"].nunique() == 5).all()
    assert (runs.size() == 5 * 30).all()
    assert curves["accuracy"].between(0, 1).all()


def test_weights_of_the_adder_fill_an_lstm_of_eight_units() -> None:
    sizes = helpers.load_table("adding_lstm").groupby("array", sort=False).size()
    assert sizes.to_dict() == {
        "kernel": 2 * 32,
        "recurrent_kernel": 8 * 32,
        "bias": 32,
        "dense_kernel": 8,
        "dense_bias": 1,
    }


def test_the_bakeoff_has_five_seeds_of_each_model_within_the_budget() -> None:
    table = helpers.load_table("gru_bakeoff")
    assert (table.groupby(["task", "model"])["seed"].nunique() == 5).all()
    assert sorted(table["task"].unique()) == ["adding", "recall", "sunspots", "text"]
    text = table["task"] == "text"
    assert table.loc[~text, "params"].max() <= 3520
    assert table.loc[text, "params"].max() <= 20_200
    # The chosen step is one of the measured ones.
    for _, run in table[text].groupby(["model", "seed"]):
        assert run.loc[run["at"] == -1, "value"].item() in run.loc[run["at"] > 0, "value"].tolist()


@pytest.mark.slow
def test_one_network_on_unemployment_is_what_its_module_trains() -> None:
    table = helpers.load_table("macro_lstm")
    assert len(table) == len(table[["inputs", "target", "seed"]].drop_duplicates()) == 20
    row = table[(table["inputs"] == "unemployment") & (table["target"] == "change")].iloc[0]
    errors = macro_lstm.errors(row["inputs"], row["target"], int(row["seed"]))
    assert errors.shape == (40, 4)
    # Another machine rounds otherwise, and 60 epochs enlarge that; seeds differ by 0.1.
    expected = row[["h1", "h2", "h3", "h4"]].astype(float)
    np.testing.assert_allclose(np.abs(errors).mean(axis=0), expected, atol=0.1)
