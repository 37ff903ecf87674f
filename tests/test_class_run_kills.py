"""Class runs that lose their coordinator or a worker, here and on a Dask cluster."""

import random
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import psutil
import pytest

from grading.course import Course
from grading.sandbox.folders import remove
from tests.classes import kills
from tests.classes.clusters import cluster, wait_for
from tests.classes.graded import command, environment, files_of, grade, scores
from tests.submissions.fixture import NAME

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", autouse=True)
def own_folder_for_temporary_files() -> Iterator[None]:
    """What killed runs leave goes with the tests, and meets nobody else's runs."""
    with pytest.MonkeyPatch.context() as patch:
        # Sockets lie below it, and their paths have to be short.
        folder = tempfile.mkdtemp(prefix="runs-")
        patch.setenv("TMPDIR", folder)
        yield
        remove(Path(folder))


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> kills.Calm:
    return kills.undisturbed(tmp_path_factory.mktemp("calm"))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_killed_run_goes_on_where_it_was(calm: kills.Calm, tmp_path: Path, seed: int):
    played = kills.play(calm, tmp_path / "round", random.Random(seed))
    assert played.faults == ()


def test_a_killed_worker_costs_nothing(calm: kills.Calm, tmp_path: Path):
    shutil.copytree(calm.before, tmp_path / "copy", symlinks=True)
    course = Course(tmp_path / "copy")
    run = started(course, command("--jobs", "2"))
    workers = wait_for(lambda: kills.workers_of(run.pid), "workers")
    wait_for(lambda: kills.graded_so_far(course), "a first grade")
    workers[0].kill()
    assert run.wait(300) == 1
    assert scores(course, NAME) == calm.scores
    gone = psutil.wait_procs(workers, timeout=30)[1]
    assert gone == []


def test_workers_end_with_their_coordinator(calm: kills.Calm, tmp_path: Path):
    shutil.copytree(calm.before, tmp_path / "copy", symlinks=True)
    run = started(Course(tmp_path / "copy"), command("--jobs", "2"))
    workers = wait_for(lambda: kills.workers_of(run.pid), "workers")
    wait_for(lambda: workers[0].children(recursive=True), "kernels")
    family = [child for worker in workers for child in (worker, *worker.children(recursive=True))]
    run.kill()
    run.wait()
    assert psutil.wait_procs(family, timeout=60)[1] == []


def started(
    course: Course, line: list[str], errors: IO[bytes] | int = subprocess.DEVNULL
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        line,
        cwd=course.root,
        env=environment(course),
        stdout=subprocess.DEVNULL,
        stderr=errors,
    )


def test_a_cluster_grades_though_a_worker_is_killed(calm: kills.Calm, tmp_path: Path):
    shutil.copytree(calm.before, tmp_path / "copy", symlinks=True)
    course = Course(tmp_path / "copy")
    with cluster(tmp_path / "dask") as dask:
        run = started(course, command("--scheduler", dask.address))
        wait_for(lambda: kills.graded_so_far(course), "a first grade")
        dask.workers[0].kill()
        assert run.wait(300) == 1
    assert scores(course, NAME) == calm.scores
    assert files_of(course, "autograded") == files_of(calm.after, "autograded")


def test_a_cluster_that_lost_all_workers_waits_for_new_ones(calm: kills.Calm, tmp_path: Path):
    shutil.copytree(calm.before, tmp_path / "copy", symlinks=True)
    course, said = Course(tmp_path / "copy"), tmp_path / "said"
    with cluster(tmp_path / "dask") as dask:
        with said.open("wb") as errors:
            run = started(course, command("--scheduler", dask.address), errors)
        wait_for(lambda: kills.graded_so_far(course), "a first grade")
        for worker in dask.workers:
            worker.kill()
        wait_for(lambda: "has no worker left" in said.read_text(), "line about it")
        dask.add_workers(1)
        assert run.wait(300) == 1
    assert scores(course, NAME) == calm.scores


def test_a_cluster_may_be_encrypted(calm: kills.Calm, tmp_path: Path):
    shutil.copytree(calm.before, tmp_path / "copy", symlinks=True)
    course = Course(tmp_path / "copy")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    subprocess.run(
        [*make, "-subj", "/CN=class", "-keyout", str(key), "-out", str(certificate)],
        check=True,
        capture_output=True,
    )
    tls = ["--tls-ca-file", certificate, "--tls-cert", certificate, "--tls-key", key]
    tls = [str(part) for part in tls]
    with cluster(tmp_path / "dask", *tls, scheme="tls") as dask:
        assert dask.address.startswith("tls://")
        assert grade(course, "--scheduler", dask.address).returncode == 2
        done = grade(course, "--scheduler", dask.address, *tls)
    assert done.returncode == 1, done.stderr
    assert scores(course, NAME) == calm.scores
