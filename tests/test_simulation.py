"""The simulation of large classes: against what can be computed by hand, and as a command."""

import json
import math
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from grading.simulation.command import simulate
from grading.simulation.model import Costs, Run, simulate_run
from grading.simulation.tables import coordinator_mb, enough
from grading.simulation.times import DEFAULT, Times, TimesError, draw, read_times

FREE = Costs(prepare=0, record=0)
TIMES = Times(
    execute=(1.0, 2.0, 4.0),
    prepare=0.03,
    record=0.05,
    notebook_bytes=100_000,
    coordinator_mb=200,
    coordinator_mb_per_1000=5,
    worker_mb=350,
)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(simulate, [str(argument) for argument in arguments])


def as_file(folder: Path, **changes: object) -> Path:
    path = folder / "own.json"
    path.write_text(json.dumps(vars(TIMES) | changes), encoding="utf-8")
    return path


@pytest.mark.parametrize("count", [1, 7, 200])
@pytest.mark.parametrize("workers", [1, 2, 8, 300])
def test_with_a_free_coordinator_workers_go_round_by_round(count: int, workers: int):
    done = simulate_run([3.0] * count, workers, FREE, window=2 * workers)
    assert done.makespan == math.ceil(count / workers) * 3.0
    assert done.workers_busy == pytest.approx(count * 3.0 / (workers * done.makespan))
    assert done.coordinator_busy == 0


def test_one_slow_submission_is_the_least_time():
    done = simulate_run([1.0] * 50 + [100.0], 64, FREE, window=128)
    assert done.makespan == 100
    assert done.limit == "longest"


def test_with_many_workers_the_coordinator_sets_the_pace():
    costs = Costs(prepare=0.25, record=0.5)
    done = simulate_run([2.0] * 1000, 64, costs, window=128)
    # Never idle but at the most while the last submission is executed.
    assert 1000 * 0.75 <= done.makespan <= 1000 * 0.75 + 2.0
    assert done.coordinator_busy == pytest.approx(1, abs=0.01)
    assert done.limit == "coordinator"


def test_one_worker_waits_for_the_first_and_the_coordinator_for_the_last():
    done = simulate_run([4.0] * 10, 1, Costs(prepare=0.25, record=0.5), window=2)
    assert done.makespan == 0.25 + 10 * 4.0 + 0.5
    assert done.limit == "workers"


def test_notebooks_travel_one_after_another_there_and_back():
    costs = Costs(prepare=0, record=0, transfer=1.0)
    # Two ways of 1 s each for all 100, over one network: never less than 200 s.
    done = simulate_run([2.0] * 100, 64, costs, window=128)
    assert 200 <= done.makespan <= 204
    assert done.limit == "network"
    alone = simulate_run([2.0] * 100, 1, costs, window=2)
    assert alone.makespan == 100 * (1 + 2 + 1)


@pytest.mark.parametrize("window", [1, 2, 10])
def test_no_more_are_prepared_than_the_window_lets(window: int):
    # They are prepared at once and executed slowly: the window, and one with each worker.
    done = simulate_run([5.0] * 40, 3, FREE, window)
    assert window <= done.held <= window + 3


def test_no_run_is_faster_than_its_bounds():
    seconds = draw(TIMES, 300, timeouts=0.02, limit=60, seed=3)
    for workers in (1, 3, 10, 40, 200):
        done = simulate_run(seconds, workers, Costs(0.03, 0.05, 0.01), 2 * workers)
        assert done.makespan >= max(done.bounds.values()) - 1e-9
        assert done.workers_busy <= 1
        assert done.coordinator_busy <= 1


def test_the_same_seed_draws_the_same_class():
    first = draw(TIMES, 500, timeouts=0.1, limit=300, seed=1)
    assert draw(TIMES, 500, timeouts=0.1, limit=300, seed=1) == first
    assert draw(TIMES, 500, timeouts=0.1, limit=300, seed=2) != first


def test_times_are_drawn_from_the_measured_ones():
    seconds = draw(TIMES, 10_000, timeouts=0.1, limit=300, seed=0)
    assert set(seconds) == {1.0, 2.0, 4.0, 301.0, 302.0, 304.0}
    assert sum(s > 300 for s in seconds) / 10_000 == pytest.approx(0.1, abs=0.01)
    assert set(draw(TIMES, 100, timeouts=0, limit=300, seed=0)) == set(TIMES.execute)
    assert min(draw(TIMES, 100, timeouts=1, limit=300, seed=0)) > 300


def test_enough_workers_is_where_more_of_them_gain_too_little():
    def taking(workers: int, makespan: float) -> Run:
        return Run(workers, makespan, 1, 0, 1, {"workers": makespan})

    runs = [taking(1, 100), taking(2, 50), taking(4, 48), taking(8, 24)]
    assert enough(runs).workers == 2
    assert enough(runs[:2]).workers == 2


def test_memory_grows_with_the_class_and_with_what_is_on_its_way():
    assert coordinator_mb(TIMES, size=20_000, held=30) == 200 + 5 * 20 + 30 * 0.1


def test_the_times_that_come_with_it_are_complete():
    assert list(read_times(DEFAULT)) == ["numpy", "tensorflow"]


def test_a_file_may_hold_one_kind_without_a_name(tmp_path: Path):
    assert read_times(as_file(tmp_path)) == {"own": TIMES}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"execute": []}, r"own: execute: expected a list of seconds, got \[\]"),
        ({"execute": [1, 0]}, r"own: execute: expected a list of seconds, got \[1, 0\]"),
        ({"execute": 3}, "own: execute: expected a list of seconds, got 3"),
        ({"record": -1}, "own: record: expected a number from 0 on, got -1"),
        ({"prepare": "x"}, 'own: prepare: expected a number from 0 on, got "x"'),
        ({"worker_mb": float("nan")}, "own: worker_mb: expected a number from 0 on, got NaN"),
        ({"recrod": 1}, "own: missing or unknown: recrod"),
    ],
    ids=["none", "zero", "number", "negative", "text", "nan", "unknown"],
)
def test_times_that_cannot_be_are_refused(tmp_path: Path, changes: dict, message: str):
    with pytest.raises(TimesError, match=message):
        read_times(as_file(tmp_path, **changes))


def test_the_command_prints_a_table_for_each_class(tmp_path: Path):
    file = as_file(tmp_path, execute=[3.0], prepare=0, record=0)
    done = run("--times", file, "--timeouts", 0, "--workers", "2,8", "--submissions", 16)
    assert done.exit_code == 0, done.output
    rows = [line.split() for line in done.output.splitlines() if "100%" in line]
    assert [row[:4] for row in rows] == [
        ["1", "0:00:48", "1.0", "100%"],
        ["2", "0:00:24", "2.0", "100%"],
        ["8", "0:00:06", "8.0", "100%"],
    ]
    assert "More than 8 workers were not tried." in done.output


def test_the_command_says_from_where_on_the_coordinator_is_the_bottleneck(tmp_path: Path):
    file = as_file(tmp_path, execute=[3.0], prepare=0.25, record=0.25)
    arguments = ("--timeouts", 0, "--workers", "4,8,16,32", "--submissions", 400)
    done = run("--times", file, *arguments)
    assert "The coordinator can do 2 submissions a second, enough to keep 6 workers" in done.output
    assert "From 8 workers on it is the bottleneck." in done.output
    assert "More than 8 workers gain less than 5%." in done.output
    assert "below 0:03:20, which the coordinator needs." in done.output


def test_the_same_command_prints_the_same():
    arguments = ("--submissions", 300, "--workers", "1,16")
    assert run(*arguments).output == run(*arguments).output
    assert run(*arguments).output != run(*arguments, "--seed", 5).output


def test_a_slow_network_shows():
    arguments = ("--submissions", 200, "--workers", "64", "--kind", "numpy", "--timeouts", 0)
    assert "which the network needs" in run(*arguments, "--bandwidth", 1).output
    assert "which the network needs" not in run(*arguments, "--bandwidth", 1000).output


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--submissions", 0),
        ("--workers", "2,0"),
        ("--workers", "2,many"),
        ("--workers", ""),
        ("--timeouts", 1.5),
        ("--timeout", -1),
        ("--window", 0),
        ("--bandwidth", 0),
        ("--seed", -1),
        ("--times", "nowhere.json"),
        ("--kind", "pascal"),
    ],
    ids=lambda value: str(value) or "empty",
)
def test_a_wrong_option_is_named(option: str, value: object):
    done = run(option, value)
    assert done.exit_code == 2
    assert option in done.output


def test_a_wrong_file_is_named(tmp_path: Path):
    (tmp_path / "times.json").write_text("{", encoding="utf-8")
    done = run("--times", tmp_path / "times.json")
    assert done.exit_code == 2
    assert "--times" in done.output
    assert "cannot be read" in done.output


def test_without_simpy_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    for module in ("tables", "model"):
        monkeypatch.delitem(sys.modules, f"grading.simulation.{module}")
    monkeypatch.setitem(sys.modules, "simpy", None)
    done = run("--submissions", 10)
    assert done.exit_code == 1
    assert "pip install -r requirements-cluster.txt" in done.output
    assert "simpy is missing" in done.output
