"""The bundled tables of trainings, and the modules that made them."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import helpers
from helpers.datasets.dates import date_pairs
from tools.tables import adding_rnn_curves, course_models, macro_lstm, path_of, word_vectors


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


def test_scores_of_dates_have_five_seeds_and_one_exact_share_for_each_training() -> None:
    table = helpers.load_table("date_scores")
    trainings = table.groupby(["model", "seed"])
    assert len(trainings) == 15
    assert all(sorted(run["place"]) == list(range(-1, 10)) for _, run in trainings)
    assert (trainings["exact"].nunique() == 1).all()
    places = table[table["place"] >= 0].groupby(["model", "seed"])[["teacher", "own"]].mean()
    total = table[table["place"] == -1].set_index(["model", "seed"])[["teacher", "own"]]
    np.testing.assert_allclose(places.sort_index(), total.sort_index(), atol=2e-4)


def test_the_stored_translators_fit_the_letters_of_the_dates() -> None:
    table = helpers.load_table("date_glass").set_index(["model", "array"])
    letters = {letter for text, _ in date_pairs(4000, "train", seed=8) for letter in text}
    for (model, array), row in table.iterrows():
        size = [int(n) for n in row["size"].split("x")]
        assert len(row["numbers"].split()) == np.prod(size), (model, array)
    for model in ("attention", "no attention"):
        assert table.loc[(model, "src/embeddings"), "size"] == f"{len(letters) + 4}x16"
        assert table.loc[(model, "tgt/embeddings"), "size"] == "15x16"


def test_forecasts_have_ten_origins_of_twelve_months_for_five_seeds() -> None:
    table = helpers.load_table("seq2seq_forecasts")
    runs = table.groupby(["series", "seed"])
    assert len(runs) == 10
    assert (runs["origin"].nunique() == 10).all()
    assert (table.groupby(["series", "seed", "origin"])["h"].apply(list).map(len) == 12).all()
    assert table[table["series"] == "elnino"]["forecast"].between(15, 35).all()


def test_each_review_is_judged_once_for_each_size_and_seed() -> None:
    table = helpers.load_table("review_rnn")
    runs = table.groupby(["size", "seed"])["review"]
    assert len(runs) == 4 * 3
    assert all(sorted(reviews) == list(range(240)) for _, reviews in runs)


def test_padding_changes_nothing_for_the_masked_networks() -> None:
    table = helpers.load_table("padding_masks")
    last = table[table["epoch"] == table.groupby("trained_at")["epoch"].transform("max")]
    assert (last.groupby(["layer", "mask", "trained_at"])["seed"].nunique() == 5).all()
    masked = last[last["mask"]].groupby(["layer", "trained_at", "seed"])["accuracy"]
    assert (masked.max() == masked.min()).all()
    bare = last[~last["mask"] & (last["trained_at"] == 16)].groupby(["layer", "seed"])["accuracy"]
    assert (bare.max() > bare.min()).any()


@pytest.mark.parametrize("case", word_vectors.CASES)
def test_word_vectors_are_what_their_module_computes(case: tuple[str, int, int]) -> None:
    corpus, window, min_count = case
    table = helpers.load_table("word_vectors")
    table = table[(table["corpus"] == corpus) & (table["window"] == window)].set_index("word")
    made = word_vectors.vectors(word_vectors.sentences(corpus), window, min_count)
    made = made.set_index("word")
    assert list(made.index) == list(table.index)
    stored = table[made.columns].to_numpy()
    # Signs are free, so compare the scalar products.
    np.testing.assert_allclose(made @ made.to_numpy().T, stored @ stored.T, atol=5e-3)


def test_bidirectional_networks_have_five_seeds() -> None:
    xor, gaps = helpers.load_table("birnn_xor"), helpers.load_table("birnn_gaps")
    assert (xor.groupby("model")["seed"].nunique() == 5).all()
    assert (xor.loc[xor["model"] == "forward", "accuracy"] == 0.5).all()
    assert sorted(gaps["model"].unique()) == ["both", "past"]
    assert (gaps.groupby(["model", "start"])["seed"].nunique() == 5).all()
    assert (gaps.groupby(["model", "seed"])["start"].nunique() == gaps["start"].nunique()).all()


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


# --- the table of all models on all series -----------------------------------------------------

CHEAP = ("naive", "mean", "drift", "seasonal naive", "climatology", "ridge")


def test_the_course_table_is_complete() -> None:
    by_step, by_origin = (helpers.load_table(f"course_{name}") for name in ("models", "origins"))
    steps, origins = [], []
    for series, task in course_models.tasks().items():
        for model, seeds in course_models.models_for(series).items():
            steps += [
                (series, model, seed, h + 1) for seed in range(seeds) for h in range(task.horizon)
            ]
            origins += [(series, model, str(date.date())) for date in task.y.index[task.ends - 1]]
    assert list(by_step.drop(columns="mae").itertuples(index=False, name=None)) == steps
    assert list(by_origin.drop(columns="error").itertuples(index=False, name=None)) == origins


def test_both_course_tables_have_the_same_means() -> None:
    keys = ["series", "model"]
    by_step = helpers.load_table("course_models").groupby(keys)["mae"].mean()
    by_origin = helpers.load_table("course_origins").groupby(keys)["error"].mean()
    pd.testing.assert_series_equal(by_step, by_origin, check_names=False, rtol=0, atol=1e-4)


@pytest.mark.parametrize("series", course_models.tasks())
def test_cheap_rows_of_the_course_table_are_computed_anew(series: str) -> None:
    table = helpers.load_table("course_models").query("series == @series").groupby("model")["mae"]
    for model in course_models.models_for(series).keys() & set(CHEAP):
        mae = course_models.scaled_errors(series, model).mean(axis=0)
        np.testing.assert_allclose(table.get_group(model), mae, atol=1e-4)


@pytest.mark.parametrize("series", ["co2", "unemployment", "nile"])
def test_no_forecast_of_the_course_table_sees_the_future(
    series: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = course_models.tasks()[series]
    changed = task.y.copy()
    changed.iloc[task.ends[9] :] = 1e6 * np.random.default_rng(0).random(
        len(changed[task.ends[9] :])
    )
    other = {series: replace(task, y=changed)}
    models = [
        *CHEAP[:3],
        "ridge",
        *(["ARIMA", "exponential smoothing"] if series == "nile" else []),
    ]
    before = [course_models.forecast(series, model)[:10] for model in models]
    monkeypatch.setattr(course_models, "tasks", lambda: other)
    course_models.forecast.cache_clear()
    after = [course_models.forecast(series, model) for model in models]
    course_models.forecast.cache_clear()
    for early, late in zip(before, after, strict=True):
        np.testing.assert_allclose(late[:10], early, rtol=1e-9)
        assert not np.allclose(late[10], late[9], rtol=0.5)
