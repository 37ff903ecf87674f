"""JupyterLab as its users see it, in a real browser.

A student types an answer, runs the check and presses Validate. An instructor opens Formgrader and
finds the assignment and a graded submission.
"""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from grading.answers import answer_notebook, exercise_of
from tests.graded import ONE_CLASS, ROOT, Trip

pytestmark = pytest.mark.slow

NAME = "01-sequence-data"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None)
SWITCHES = [
    "--no-sandbox",  # Chromium's own sandbox does not start for root, and the pages are ours
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
OPEN_TO_THE_TEST = ["--IdentityProvider.token=", "--ServerApp.port_retries=0"]
SLOW_MACHINE = 120_000
"""Milliseconds to wait for a step. A limit for a hang, not a measure of speed."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM:
        reason = "no Chromium on this machine: install Debian's package chromium"
        pytest.fail(reason) if "CI" in os.environ else pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield browser
        browser.close()


@contextmanager
def jupyterlab(root: Path, settings: Path) -> Iterator[str]:
    """Serve JupyterLab in a folder; give its address."""
    tracker = settings / "@jupyterlab" / "notebook-extension" / "tracker.jupyterlab-settings"
    tracker.parent.mkdir(parents=True)
    # All cells stand in the page, and not only those in view, so that each can be found.
    tracker.write_text(json.dumps({"windowingMode": "none"}))
    port = free_port()
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}"]
    environment = {
        # nbgrader's buttons call `jupyter` and `nbgrader` by name.
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "JUPYTERLAB_SETTINGS_DIR": str(settings),
        "JUPYTERLAB_WORKSPACES_DIR": str(settings / "workspaces"),
    }
    with server([*command, *OPEN_TO_THE_TEST], root, environment, settings / "server.log"):
        wait_for(f"http://127.0.0.1:{port}/api")
        yield f"http://127.0.0.1:{port}"


def free_port() -> int:
    """Find a port that nobody uses."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextmanager
def server(command: list[str], cwd: Path, environment: dict[str, str], log: Path) -> Iterator[None]:
    """Run a server in a process group of its own; end the group, and tell what it logged."""
    with log.open("w") as output:
        process = subprocess.Popen(
            command,
            cwd=cwd,
            env=os.environ | environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=30)
        print(log.read_text()[-3000:])  # pytest shows it if the test failed


def wait_for(url: str) -> None:
    """Wait until a server answers."""
    for _ in range(SLOW_MACHINE // 500):
        with suppress(OSError):
            urllib.request.urlopen(url, timeout=5).close()
            return
        time.sleep(0.5)
    pytest.fail(f"{url} did not answer")


def cell(page: Page, text: str) -> Locator:
    """Find the code cell of the open notebook that has a text in its source."""
    source = page.locator(".jp-InputArea-editor", has_text=text)
    found = page.locator(".jp-Notebook .jp-CodeCell").filter(has=source)
    expect(found).to_have_count(1, timeout=SLOW_MACHINE)
    return found


def run(page: Page, target: Locator) -> Locator:
    """Run a cell, wait until it is done, and give it back."""
    target.locator(".cm-content").first.click()
    page.keyboard.press("Control+Enter")
    prompt = target.locator(".jp-InputPrompt").first
    expect(prompt).to_have_text(re.compile(r"\[\d+\]:"), timeout=SLOW_MACHINE)
    return target


def answer(grade_id: str) -> str:
    """Read a reference answer, as a student would write it."""
    release, source = (
        nbformat.read(ROOT / folder / NAME / f"{NAME}.ipynb", as_version=4)
        for folder in ("notebooks", "solutions")
    )
    solved = answer_notebook(release, source, {exercise_of(grade_id)})
    return next(cell.source for cell in solved.cells if cell.id == grade_id)


@pytest.fixture(scope="module")
def notebook(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """The student's notebook, open in JupyterLab, with its setup run."""
    home = tmp_path_factory.mktemp("student")
    shutil.copytree(ROOT / "notebooks" / NAME, home / NAME)
    with jupyterlab(home, tmp_path_factory.mktemp("settings")) as address:
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.goto(f"{address}/lab/tree/{NAME}/{NAME}.ipynb")
        kernel = page.get_by_text("Python 3 (ipykernel) | Idle")
        expect(kernel).to_be_visible(timeout=SLOW_MACHINE)
        run(page, cell(page, "helpers.setup_notebook"))
        yield page


def test_student_reads_rendered_formulas(notebook: Page):
    expect(notebook.locator(".jp-Notebook mjx-container").first).to_be_attached()
    assert notebook.locator(".jp-Notebook mjx-container").count() > 50
    assert notebook.locator(".jp-Notebook mjx-merror").count() == 0


def test_student_sees_interactive_plot_without_network(notebook: Page):
    outside = []
    notebook.on("request", lambda request: outside.append(request.url))
    gallery = run(notebook, cell(notebook, "examples = gallery.domain_sequences"))
    expect(gallery.locator(".js-plotly-plot .trace").first).to_be_attached(timeout=SLOW_MACHINE)
    assert [url for url in outside if "127.0.0.1" not in url and url.startswith("http")] == []


def test_student_sees_message_solves_exercise_and_validates(notebook: Page):
    check = cell(notebook, 'print("Exercise 9 passed')
    run(notebook, cell(notebook, "def stationarity_verdict"))
    expect(run(notebook, check).locator(".jp-OutputArea")).to_contain_text("NotImplementedError")

    written = cell(notebook, "def stationarity_verdict")
    written.locator(".cm-content").click()
    notebook.keyboard.press("Control+a")
    notebook.keyboard.insert_text(answer("ex9-verdict"))
    run(notebook, written)
    expect(run(notebook, check).locator(".jp-OutputArea")).to_contain_text("Exercise 9 passed")

    notebook.get_by_role("button", name="Validate").click()
    result = notebook.locator(".jp-Dialog")
    expect(result).to_contain_text("failed", timeout=SLOW_MACHINE)
    expect(result).to_contain_text("order_test")
    expect(result).not_to_contain_text("Exercise 9 passed")
    result.get_by_role("button").last.click()


@ONE_CLASS
def test_instructor_finds_assignment_and_submission(
    browser: Browser, trip: Trip, tmp_path_factory: pytest.TempPathFactory
):
    with jupyterlab(trip.course.root, tmp_path_factory.mktemp("settings")) as address:
        page = browser.new_page()
        page.goto(f"{address}/lab")
        page.get_by_role("menuitem", name="Nbgrader").click(timeout=SLOW_MACHINE)
        page.get_by_role("menuitem", name="Formgrader").click()
        frame = page.frame_locator("iframe[src*=formgrader]")
        expect(frame.get_by_role("link", name=trip.assignment)).to_be_visible(timeout=SLOW_MACHINE)

        page.goto(f"{address}/formgrader/gradebook/{trip.assignment}/{trip.assignment}")
        rows = page.locator("tbody tr")
        expect(rows).to_have_count(len(trip.work), timeout=SLOW_MACHINE)
        perfect = rows.filter(has_text="100 / 100")
        expect(perfect).to_have_count(1)
        perfect.get_by_role("link", name="Submission").click()
        expect(page.get_by_text("Exercise 1 passed").first).to_be_visible(timeout=SLOW_MACHINE)


def test_make_lab_opens_the_first_notebook(tmp_path: Path):
    port = free_port()
    command = ["make", "lab", "HEADLESS=1", f"PORT={port}", f"VENV={sys.prefix}"]
    command += [f"LAB_FLAGS={' '.join(OPEN_TO_THE_TEST)}"]
    command += ["-o", f"{sys.prefix}/.student"]  # this environment is installed already
    with server(command, ROOT, {}, tmp_path / "server.log"):
        wait_for(f"http://127.0.0.1:{port}/api")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as page:
            assert page.url.endswith(f"/lab/tree/notebooks/{NAME}/{NAME}.ipynb")
        file = f"http://127.0.0.1:{port}/api/contents/notebooks/{NAME}/{NAME}.ipynb?content=0"
        with urllib.request.urlopen(file) as answer:
            assert json.load(answer)["type"] == "notebook"
    log = (tmp_path / "server.log").read_text()
    assert "not a subdirectory" not in log, "Formgrader needs the course below the server's root"
