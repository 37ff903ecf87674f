"""The filters through which nbconvert's templates pass what a student wrote.

nbgrader_config.py names them: they stand in for nbconvert's own, in Formgrader and in feedback.
What passes is text, tables, formulas, links that somebody has to click, and pictures that the
notebook itself carries. Nothing of a student's runs in the page, loads, posts, covers the page, or
answers to a name that nbgrader's own scripts look for.
"""

import re
from html import escape
from typing import Any

import nh3
from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.filters import Highlight2HTML
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from pygments.token import STANDARD_TYPES

# A longer text is shown as it stands: the time to lay it out grows with the square of its length,
# and Jupyter's server does nothing else meanwhile. The longest cell of this course has 3,000.
MARKDOWN_LENGTH = 20_000

# TeX with which MathJax makes links, styles, names and tips, or loads an extension.
ACTIVE_TEX = re.compile(
    r"\\(href|url|style|class|cssId|data|html\w*|unicode|bbox|require|mmlToken|action|toggle"
    r"|mathtip|texttip|includegraphics)(?![A-Za-z])"
)


_TEXT = "abbr b blockquote br cite code dd del details div dl dt em hr i ins kbd li mark ol p pre"
_MORE = "q s samp small span strong sub summary sup tt u ul var h1 h2 h3 h4 h5 h6 a img"
_TABLE = "caption col colgroup figcaption figure table tbody td tfoot th thead tr"
_WITHOUT_CONTENT = (
    "applet audio embed iframe math noembed noframes noscript object script select style svg"
    " template textarea title video xmp"
)
_STYLES = {
    "background-color",
    "color",
    "font-style",
    "font-weight",
    "text-align",
    "text-decoration",
    "white-space",
}
_CELLS = {"align", "colspan", "rowspan", "scope"}

_LINK = re.compile(r"(https?://|mailto:)", re.IGNORECASE)
_PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*")

_highlight = Highlight2HTML(pygments_lexer="ipython3")


@pass_context
def markdown_to_html(context: Context, source: str) -> str:
    """Render Markdown as nbconvert does, and clean the result."""
    if len(source) > MARKDOWN_LENGTH:
        return f"<pre>{escape(source)}</pre>"
    attachments = context.get("cell", {}).get("attachments", {})
    renderer = _Renderer(escape=False, attachments=attachments, exclude_anchor_links=True)
    return clean_html(MarkdownWithMath(renderer=renderer).render(source))


def clean_html(html: str | bytes) -> str:
    """Keep of a piece of HTML what only shows something.

    Links lead out by ``http``, ``https`` or ``mailto`` and open a page of their own. Pictures are
    part of the text (``data:``). No element has an ``id`` or a ``name``.
    """
    cleaned = _CLEANER.clean(html.decode() if isinstance(html, bytes) else str(html))
    if ACTIVE_TEX.search(cleaned):
        # MathJax leaves what has this class as it stands.
        return f'<div class="tex2jax_ignore">{cleaned}</div>'
    return cleaned


def leave(html: str) -> str:
    """Return it as it is: in place of a filter that would change HTML after it was cleaned.

    nbconvert's `strip_files_prefix` turns ``files/javascript:`` into a live link, and its pattern
    takes half a minute for 50,000 brackets.
    """
    return html


def has_content(html: str) -> bool:
    """Say whether more is left of a piece of HTML than empty elements."""
    # A figure that a script would draw leaves just its frame.
    return bool(nh3.clean(clean_html(html), tags={"img"}).strip())


def highlight_code(source: str, metadata: dict[str, Any] | None = None) -> str:
    """Colour code as Python, whatever language the notebook or the cell claims to be in."""
    return _highlight(source)


class _Renderer(IPythonRenderer):
    def image(self, text: str, url: str, title: str | None = None) -> str:
        """Show a picture; for an attachment that is missing, its description."""
        name = url.removeprefix("attachment:")
        if name != url and name not in self.attachments:
            return text  # nbconvert's own would refuse the whole notebook
        return super().image(text, url, title)


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Let an attribute pass, or not: nh3 asks for each that is on its list."""
    if name == "href":
        return value if _LINK.match(value) else None
    if name == "src":
        return value if _PICTURE.fullmatch(value) else None
    return value


_CLEANER = nh3.Cleaner(
    tags=set(f"{_TEXT} {_MORE} {_TABLE}".split()),
    clean_content_tags=set(_WITHOUT_CONTENT.split()),
    attributes={
        "*": {"style", "title"},
        "a": {"href"},
        "col": {"span"},
        "details": {"open"},
        "img": {"alt", "height", "src", "width"},
        "ol": {"start"},
        "table": {"border"},
        "td": _CELLS,
        "th": _CELLS,
    },
    attribute_filter=_attribute,
    # `data` is for pictures; `_attribute` keeps it out of links.
    url_schemes={"data", "http", "https", "mailto"},
    url_relative="deny",
    # The classes of pandas and of coloured code; others could be the page's own.
    allowed_classes={
        "div": {"highlight"},
        "span": set(STANDARD_TYPES.values()) - {""},
        "table": {"dataframe"},
    },
    filter_style_properties=_STYLES,
    set_tag_attribute_values={"a": {"target": "_blank"}},
)
