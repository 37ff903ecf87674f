"""What stays of a submission on a page, and what goes: the filters and the preprocessor."""

import re
from functools import cache

import pytest
from bs4 import BeautifulSoup
from nbconvert import HTMLExporter
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell
from traitlets.config import Config, PyFileConfigLoader

from grading.safe_html import MARKDOWN_LENGTH, clean_html, has_content, highlight_code
from grading.sanitise import COLOUR_CODES, HTML_LENGTH, KeepWhatPagesShow
from tests import sample_notebook
from tests.graded import ROOT
from tests.hostile_notebook import PNG, attack

SETTINGS = PyFileConfigLoader("nbgrader_config.py", path=str(ROOT)).load_config()
SHOWING = set(
    [
        "alt",
        "class",
        "colspan",
        "height",
        "href",
        "id",
        "open",
        "rel",
        "src",
        "style",
        "target",
        "title",
        "width",
    ]
)
PICTURE = f'<img src="data:image/png;base64,{PNG}">'


@cache
def exporter() -> HTMLExporter:
    settings = Config(SETTINGS)
    settings.HTMLExporter.template_name = "classic"
    return HTMLExporter(config=settings)


def page(*cells: NotebookNode) -> str:
    """Return the part of a page that shows some cells."""
    html, _ = exporter().from_notebook_node(new_notebook(cells=list(cells)))
    return html[html.index('id="notebook-container"') :]


def of_markdown(source: str, **more: dict) -> str:
    return page(new_markdown_cell(source, **more))


def of_output(data: dict, **metadata: dict) -> str:
    shown = new_output("display_data", data=data, metadata=metadata)
    return page(new_code_cell("1", outputs=[shown]))


def kept(nb: NotebookNode, resources: dict | None = None) -> NotebookNode:
    return KeepWhatPagesShow().preprocess(nb, resources or {})[0]


# HTML


@pytest.mark.parametrize(
    "html",
    [
        "<b>bold</b> &amp; <em>more</em> 1 &lt; 2",
        '<table border="1" class="dataframe"><tbody><tr><th>a</th></tr></tbody></table>',
        '<td colspan="2" style="text-align:left">1</td>',
        '<details open=""><summary>Hint</summary>text</details>',
        '<pre style="white-space:pre">a  b</pre>',
        '<span style="color:#008000;font-weight:bold">green</span>',
        '<div class="highlight"><pre><span class="k">def</span></pre></div>',
        PICTURE,
        "$a &lt; b$ and \\begin{aligned}x &amp;= 1\\end{aligned}",
    ],
)
def test_what_only_shows_something_stays(html: str):
    table = f"<table><tbody><tr>{html}</tr></tbody></table>"
    whole = table if html.startswith("<td") else html
    assert clean_html(whole) == whole


@pytest.mark.parametrize("address", ["https://a.org/b?c=1#d", "http://a.org", "mailto:a@b.org"])
def test_links_lead_out_into_a_page_of_their_own(address: str):
    cleaned = clean_html(f'<a href="{address}" target="_top" rel="opener">x</a>')
    parts = {f'href="{address}"', 'target="_blank"', 'rel="noopener', 'noreferrer"'}
    assert set(cleaned.removeprefix("<a ").removesuffix(">x</a>").split()) == parts


@pytest.mark.parametrize(
    "address",
    [
        "javascript:1",
        " \x01JavaScript:1",
        "java&#x0a;script:1",
        "java\tscript:1",
        "vbscript:1",
        "data:text/html,1",
        f"data:image/png;base64,{PNG}",
        "file:///etc/passwd",
        "blob:http://a.org/1",
        "//a.org",
        "/logout",
        "../x",
        "#ex1-total",
        "?x=1",
        "",
    ],
)
def test_links_lead_nowhere_else(address: str):
    assert "href" not in clean_html(f'<a href="{address}">x</a>')


@pytest.mark.parametrize(
    "address",
    [
        "http://a.org/pixel.png",
        "//a.org/pixel.png",
        "/files/x.png",
        "x.png",
        "data:image/svg+xml;base64,AAAA",
        "data:text/html;base64,AAAA",
        "data:image/png,AAAA",
        "javascript:1",
    ],
)
def test_pictures_come_from_the_notebook_only(address: str):
    assert clean_html(f'<img src="{address}" alt="text">') == '<img alt="text">'


@pytest.mark.parametrize(
    "attribute",
    [
        "onclick=1",
        "id=x",
        "name=x",
        "class=navbar-fixed-top",
        "class=tex2jax_process",
        "data-toggle=tooltip",
        "style='position: fixed'",
        "style='background: url(http://a.org)'",
        "style='margin-top: -900px; float: left; z-index: 9; transform: scale(9)'",
        "background=http://a.org",
        "contenteditable",
        "tabindex=1",
        "accesskey=x",
        "popover",
        "is=x",
        "xlink:href=javascript:1",
    ],
)
def test_attributes_that_act_go(attribute: str):
    cleaned = clean_html(f"<p {attribute}>x</p>")
    assert re.sub(r' (class|style)=""', "", cleaned) == "<p>x</p>"


def test_elements_that_act_go_with_what_they_hold():
    tags = [
        "script",
        "style",
        "iframe",
        "object",
        "svg",
        "math",
        "template",
        "textarea",
        "title",
        "noscript",
        "select",
    ]
    assert [clean_html(f"a<{tag}>b</{tag}>c") for tag in tags] == ["ac"] * len(tags)


def test_elements_of_a_page_go():
    tags = [
        "form",
        "button",
        "input",
        "embed",
        "meta",
        "link",
        "base",
        "dialog",
        "marquee",
        "body",
        "html",
        "frameset",
    ]
    assert {clean_html(f"a<{tag}>b</{tag}>c") for tag in tags} <= {"abc", "ac"}


@pytest.mark.parametrize(
    "tex",
    [
        r"\href{javascript:1}{x}",
        r"\style{position:fixed}{x}",
        r"\class{btn}{x}",
        r"\cssId{x}{x}",
        r"\require{html}",
        r"\unicode[x]{65}",
        r"\mmlToken{mi}[href=x]{x}",
        r"\let\x\href",
    ],
)
def test_tex_that_acts_is_not_typeset(tex: str):
    shown = of_markdown(f"text ${tex}$")
    assert re.search(r'<div class="tex2jax_ignore">(<div class="">)?<p>text \$', shown)
    assert "tex2jax_ignore" in of_output({"text/html": f"<p>${tex}$</p>"})
    assert "\\" not in of_output({"text/latex": f"${tex}$", "text/plain": "x"})


def test_what_a_script_would_draw_has_no_content():
    assert not has_content("<div id='x'></div><script>draw('x')</script>")
    assert has_content("<div>text</div>")
    assert has_content(PICTURE)


# Markdown


def test_markdown_keeps_what_the_course_writes():
    shown = of_markdown(sample_notebook.TOTAL_STATEMENT)
    assert "<h3>Exercise 1" in shown
    assert '<th style="text-align:left">name</th>' in shown
    assert "<details><summary>Hint 1</summary>" in shown


@pytest.mark.parametrize(
    "source",
    [
        "[x](javascript:1)",
        "[x](</files/javascript:1>)",
        "[x][r]\n\n[r]: javascript:1",
        "<javascript:1>",
        "```\n`</code></pre><a href='javascript:1'>`\n```\n<a href='javascript:1'>x</a>",
    ],
)
def test_markdown_links_lead_nowhere_else(source: str):
    assert "href" not in re.sub(r"&lt;.*?&gt;", "", of_markdown(source))


def test_attachments_are_pictures_or_their_description():
    source = "![one](attachment:a) ![two](attachment:b) ![three](attachment:c)"
    files = {"a": {"image/png": PNG}, "b": {"image/png": '"><script>'}}
    shown = of_markdown(source, attachments=files)
    assert f'<img alt="one" src="data:image/png;base64,{PNG}"/> two three' in shown


def test_long_markdown_is_shown_as_it_stands():
    assert "<pre>[[[" in of_markdown("[" * (MARKDOWN_LENGTH + 1))


# Code and outputs


def test_code_is_python_and_text():
    assert highlight_code("</script>") == highlight_code("</script>", {"magics_language": "html"})
    assert "&lt;/" in highlight_code("</script>")


def test_outputs_keep_text_tables_and_figures():
    table = "<table><tbody><tr><td>1</td></tr></tbody></table>"
    assert table in of_output({"text/html": f"<style scoped>td {{}}</style>{table}"})
    figure = of_output({"image/png": PNG}, **{"image/png": {"width": 640, "height": 480}})
    assert f'src="data:image/png;base64,{PNG}"' in figure
    assert 'width="640"' in figure
    assert 'height="480"' in figure
    assert "$x^2$" in of_output({"text/latex": "$x^2$"})
    assert 'class="ansi-red-fg">1<' in of_output({"text/plain": "\x1b[31m1\x1b[0m"})


@pytest.mark.parametrize(
    "kind",
    [
        "application/javascript",
        "application/vnd.plotly.v1+json",
        "application/vnd.jupyter.widget-view+json",
        "application/vnd.vegalite.v5+json",
        "text/vnd.mermaid",
        "application/pdf",
    ],
)
def test_outputs_that_a_browser_would_run_become_text(kind: str):
    assert f"<pre>[not shown: {kind}]</pre>" in of_output({kind: "1"})
    assert "<pre>a plot</pre>" in of_output({kind: "1", "text/plain": "a plot"})


def test_html_that_shows_nothing_gives_way_to_the_text():
    for html in ("<div id='x'></div><script>draw('x')</script>", "<b>x" * HTML_LENGTH):
        assert "<pre>a plot</pre>" in of_output({"text/html": html, "text/plain": "a plot"})


@pytest.mark.parametrize("payload", ['"><script>', "<svg/onload=1>", "", "data:"])
def test_pictures_are_base64(payload: str):
    assert "<img" not in of_output({"image/png": payload, "image/jpeg": payload})


def test_a_picture_has_no_size_but_a_number_and_no_file():
    sizes = {"width": "1 onload=x", "height": True, "alt": "x", "unconfined": 1}
    shown = of_output({"image/png": PNG}, **{"image/png": sizes}, filenames={"image/png": "x"})
    assert not re.search(r"onload|height|width|unconfined|src=\"x", shown)


def test_an_svg_is_a_picture_in_which_nothing_runs():
    assert '<img alt="No' in of_output({"image/svg+xml": "<svg onload='1'/>"})


def test_a_flood_of_colours_loses_them():
    text = "\x1b[31mx" * (COLOUR_CODES + 1)
    printed = new_output("stream", name="stdout", text=text)
    assert "ansi" not in page(new_code_cell("", outputs=[printed]))


# The notebook


def test_metadata_goes_but_what_nbgrader_knows():
    info = {"grade_id": "ex1", "grade": True, "points": 2, "comment": "<b>", "score": "x", "a": 1}
    cell = new_code_cell("1", id="ex1", metadata={"nbgrader": info, "tags": ["x"], "b": 1})
    nb = kept(new_notebook(cells=[cell], metadata={"title": "x", "widgets": {"state": {}}}))
    flags = {"grade": True, "locked": False, "solution": False, "task": False}
    assert nb.cells[0].metadata == {"nbgrader": flags | {"grade_id": "ex1", "points": 2}}
    assert (nb.metadata, nb.cells[0].id) == ({}, "cell-0")


@pytest.mark.parametrize("name", ['"><b>', "a b", "", 1, None])
def test_a_cell_with_an_odd_grade_id_is_no_cell_of_nbgraders(name: object):
    info = {"grade_id": name, "grade": True, "points": 2}
    cell = new_markdown_cell("x", metadata={"nbgrader": info})
    assert kept(new_notebook(cells=[cell])).cells[0].metadata == {}


def test_names_in_the_page_are_text():
    resources = {"student": "<b>", "first_name": "O'", "last_name": None, "notebook_path": '"'}
    KeepWhatPagesShow().preprocess(new_notebook(), resources)
    assert resources == {
        "student": "&lt;b&gt;",
        "first_name": "O&#x27;",
        "last_name": None,
        "notebook_path": "&quot;",
    }


def test_every_kind_of_cell_survives_an_attack():
    nb = sample_notebook.build()
    nb.cells.append(new_raw_cell("<b>raw</b>"))
    attack(nb, "http://127.0.0.1:9", breaking=True)
    shown = page(*nb.cells)
    assert "<b>raw</b>" in shown
    tags = BeautifulSoup(shown, "html.parser").find_all()
    assert {name for tag in tags for name in tag.attrs} <= SHOWING
