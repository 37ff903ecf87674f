"""A hostile submission in the instructor's browser: nothing of it acts, and stock nbgrader's does.

Formgrader's page and the feedback page of `tests.hostile_notebook` are opened in Chromium. Each
attack that works asks a server of this test for a page of the attack's name.
"""

import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from playwright.sync_api import Browser, Page, expect

from grading.course import Course, create_course
from tests import hostile_notebook, sample_notebook
from tests.graded import ROOT
from tests.hostile_notebook import OUTWARD
from tests.stock import STOCK_CONFIG
from tests.test_browser import SLOW_MACHINE, browser, jupyterlab

__all__ = ["browser"]

pytestmark = pytest.mark.slow

NAME, STUDENT = sample_notebook.NAME, "mallory"
MATHJAX = "https://cdnjs.cloudflare.com/ajax/libs/mathjax/"
WORKING = 30
"""Of the attacks that need no click, at least so many work on each page of stock nbgrader."""
# What a student's part of a page may not hold, whoever wrote the rest.
FORBIDDEN = """\
notebook => [...notebook.querySelectorAll(
    ".text_cell_render *, .output_area *, .input_area *")].filter(element =>
        element.id || element.name || ["fixed", "absolute", "sticky"].includes(
            getComputedStyle(element).position)
        || [...element.attributes].some(({name}) => name.startsWith("on") || name.includes("data-"))
    ).map(element => element.outerHTML)"""


@dataclass
class Canary:
    """A server that nobody should call."""

    url: str
    calls: set[str] = field(default_factory=set)


@pytest.fixture(scope="module")
def canary() -> Iterator[Canary]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.calls.add(self.path.strip("/"))
            self.send_error(404)

        do_POST = do_GET

        def log_message(self, *arguments: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found = Canary(f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield found
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def ours(canary: Canary, tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course with this course's settings and one submission, as autograding left it."""
    folder = tmp_path_factory.mktemp("ours")
    made = sample_notebook.write_course(folder / "made")
    course = create_course(folder / "class", made / "solutions", ROOT / "nbgrader_config.py")
    course.generate(NAME)
    with Gradebook(database(course)) as gradebook:
        gradebook.add_student(STUDENT, first_name="<b>Mal</b>", last_name="O'Ry")
        gradebook.add_submission(NAME, STUDENT)
    hand_in(course, canary, breaking=True)
    return course


@pytest.fixture(scope="module")
def stock(ours: Course, canary: Canary, tmp_path_factory: pytest.TempPathFactory) -> Course:
    """The same course with nbgrader's own settings."""
    course = Course(tmp_path_factory.mktemp("stock") / "class")
    shutil.copytree(ours.folder, course.folder, ignore=shutil.ignore_patterns("feedback"))
    (course.root / "nbgrader_config.py").write_text(STOCK_CONFIG)
    hand_in(course, canary, breaking=False)
    return course


def database(course: Course) -> str:
    return f"sqlite:///{course.root / 'gradebook.db'}"


def hand_in(course: Course, canary: Canary, breaking: bool) -> None:
    """Lay the hostile submission where autograding would."""
    release = course.root / "notebooks" / NAME / f"{NAME}.ipynb"
    nb = nbformat.read(release, as_version=4)
    hostile_notebook.attack(nb, canary.url, breaking)
    folder = course.root / "autograded" / STUDENT / NAME
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(nb, folder / f"{NAME}.ipynb")


@contextmanager
def formgrader(course: Course, settings: Path) -> Iterator[str]:
    """Serve the course; give the address of the submission's page in Formgrader."""
    with Gradebook(database(course)) as gradebook:
        submission = gradebook.find_submission_notebook(NAME, NAME, STUDENT).id
    with jupyterlab(course.root, settings) as address:
        yield f"{address}/formgrader/submissions/{submission}/"


def feedback(course: Course) -> str:
    """Write the feedback page and give its address."""
    course.generate_feedback(NAME, "--force")
    return (course.root / "feedback" / STUDENT / NAME / f"{NAME}.html").as_uri()


@dataclass
class Visit:
    """An open page, and what it did that nobody asked it to."""

    page: Page
    requests: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    opened: list[Page] = field(default_factory=list)

    def outside(self) -> list[str]:
        """Return the requests that left the page's own server."""
        here = self.page.url.split("/")[2]
        own = ("data:", "file:", f"http://{here}/", MATHJAX)
        return [url for url in self.requests if not url.startswith(own)]


@contextmanager
def visit(browser: Browser, url: str) -> Iterator[Visit]:
    """Open a page in a browser that knows no other and has no network beyond this machine."""
    context = browser.new_context(viewport={"width": 1300, "height": 900})
    context.route(re.compile(r"https?://(?!127\.0\.0\.1)"), lambda route: route.abort())
    found = Visit(context.new_page())
    context.on("request", lambda request: found.requests.append(request.url))
    context.on("dialog", lambda dialog: (found.dialogs.append(dialog.message), dialog.dismiss()))
    context.on("page", lambda page: found.opened.append(page))
    found.page.goto(url, wait_until="load", timeout=SLOW_MACHINE)
    found.page.wait_for_timeout(1000)  # for what a page does by and by
    yield found
    context.close()


def click_everything(page: Page) -> None:
    """Click on all that a student's part of the page offers to click."""
    offered = "a, button, input, summary, text, mtext"
    for part in (".text_cell_render", ".output_area"):
        for target in page.locator(part).locator(offered).all():
            target.dispatch_event("click")
            target.dispatch_event("mouseover")
            target.dispatch_event("mouseenter")


def assert_harmless(found: Visit, canary: Canary) -> None:
    notebook = found.page.locator("#notebook-container").first
    assert notebook.evaluate(FORBIDDEN) == []
    expect(notebook).to_contain_text("click")
    assert found.page.title() == NAME
    assert (canary.calls, found.outside(), found.dialogs) == (set(), [], [])
    click_everything(found.page)
    found.page.wait_for_timeout(500)
    assert canary.calls == {OUTWARD}
    assert found.outside() == [f"{canary.url}/{OUTWARD}"]
    assert [page.url for page in found.opened] == found.outside()
    assert found.dialogs == []


def test_nothing_of_a_submission_acts_in_formgrader(
    browser: Browser, ours: Course, canary: Canary, tmp_path: Path
):
    canary.calls.clear()
    with formgrader(ours, tmp_path / "settings") as url, visit(browser, url) as found:
        assert_harmless(found, canary)
        # The page's own scripts still work: they give the student's name and take a score.
        page = found.page
        page.locator(".glyphicon-eye-open").click()
        expect(page.get_by_text("O'Ry, <b>Mal</b>")).to_be_visible()
        page.locator(".full-credit").first.click()
        expect(page.locator("input.score").first).not_to_have_value("")
        expect(page.locator(".score-saved").first).to_be_visible()


def test_nothing_of_a_submission_acts_in_feedback(browser: Browser, ours: Course, canary: Canary):
    canary.calls.clear()
    with visit(browser, feedback(ours)) as found:
        assert_harmless(found, canary)


def test_the_attacks_work_on_stock_nbgrader(
    browser: Browser, stock: Course, canary: Canary, tmp_path: Path
):
    with formgrader(stock, tmp_path / "settings") as page:
        for url in (page, feedback(stock)):
            canary.calls.clear()
            with visit(browser, url) as found:
                for _ in range(SLOW_MACHINE // 500):
                    if len(canary.calls) < WORKING:
                        found.page.wait_for_timeout(500)
                assert len(canary.calls) >= WORKING, sorted(canary.calls)
