"""A paper as a web page: one file, to be printed or kept; no script, nothing from elsewhere."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Final

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template
from markupsafe import Markup

from parley.paper import code, model
from parley.paper.model import Paper

_NUMBER: Final = "{n}"
_COUNT: Final = "{m}"

_POLICY: Final = "default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'"


def render(paper: Paper) -> bytes:
    """The page, in UTF-8. The same paper gives the same bytes.

    :raises ParleyError: ``too-large``.
    """
    model.check(paper)
    page = _template().render(
        paper=paper,
        # Ours alone, and the policy of the page names its hash.
        style=Markup(_style(paper.paging)),  # noqa: S704
        policy=policy(paper.paging),
        svg=lambda text: Markup(code.svg(text)),  # noqa: S704 - drawn here, holds no text
    )
    return page.encode()


def policy(paging: str) -> str:
    """What a page with this ``paging`` may load (Content Security Policy Level 3): its style."""
    return _POLICY.format(b64encode(sha256(_style(paging).encode()).digest()).decode())


@cache
def _template() -> Template:
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        loader=FunctionLoader(_read),
    )
    return environment.get_template("note.html")


def _style(paging: str) -> str:
    """The style sheet, with what stands below each page where the browser can count them."""
    before, _, rest = paging.partition(_NUMBER)
    between, _, after = rest.partition(_COUNT)
    parts = (_css(before), "counter(page)", _css(between), "counter(pages)", _css(after))
    return _read("note.css").replace("PAGING", " ".join(parts))


def _css(text: str) -> str:
    """``text`` of ours as a string of CSS (CSS Syntax, 4.3.7): every character by its number."""
    return '"' + "".join(f"\\{ord(character):06x}" for character in text) + '"'


def _read(name: str) -> str:
    return files("parley.paper").joinpath(name).read_text(encoding="utf-8")
