"""Looking at a page as its readers do: with other senses, on a telephone, in another language."""

from __future__ import annotations

import functools
from importlib import resources
from itertools import product
from typing import Any, Literal, NamedTuple

from playwright.sync_api import Page

SMALL = 360
"""The width of a small telephone, in CSS pixels."""

WIDE = 1440


class Look(NamedTuple):
    """A way to look at a page: its language, the width of the window, light or dark."""

    language: str
    width: int
    scheme: Literal["light", "dark"]

    def put_on(self, page: Page) -> None:
        """Have a window look so; its language is that of whoever sits before it."""
        page.set_viewport_size({"width": self.width, "height": 900})
        page.emulate_media(color_scheme=self.scheme)


LOOKS = tuple(
    Look(language, width, scheme)
    for width, scheme, language in product((SMALL, WIDE), ("light", "dark"), ("en", "ru", "ar"))
)
"""All of them. Neighbours differ in language."""

_RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
_AMISS = ("serious", "critical")

_SIDEWAYS = """() => {
    const wide = document.scrollingElement.scrollWidth - window.innerWidth;
    if (wide <= 0) return [];
    const kept = (one) => one && (getComputedStyle(one).overflowX !== 'visible'
        || kept(one.parentElement !== document.body && one.parentElement));
    const beyond = [...document.body.querySelectorAll('*')].filter((one) => {
        if (kept(one.parentElement)) return false;
        const box = one.getBoundingClientRect();
        return box.width && (box.right > window.innerWidth + 1 || box.left < -1);
    });
    return [`${wide} px too wide`, ...beyond.slice(0, 8).map((one) =>
        `${one.tagName.toLowerCase()}.${one.className} ${one.textContent.trim().slice(0, 40)}`)];
}"""


@functools.cache
def _axe() -> str:
    return resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")


def axe(page: Page) -> None:
    """Nothing on the page is seriously in the way of a reader with other senses (axe-core)."""
    found = _violations(page, _RULES)
    assert not found, f"{page.url}\n" + "\n".join(found)


def amiss(page: Page, look: Look) -> list[str]:
    """What is amiss with a page that already looks so, in readers' ways (axe-core) or too wide.

    In the dark only what depends on colours is asked: it is the page that was asked in the light.
    """
    rules = _RULES if look.scheme == "light" else _RULES | {"runOnly": ["cat.color"]}
    found = _violations(page, rules)
    if look.width == SMALL:
        found += page.evaluate(_SIDEWAYS)
    return [f"{page.url} {look}: {one}" for one in found]


def _violations(page: Page, rules: dict[str, Any]) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())
    found: dict[str, Any] = page.evaluate("(rules) => axe.run(document, rules)", rules)
    return [
        f"{one['impact']} {one['id']}: {one['help']}\n    {node['html'][:200]}\n"
        f"    {node['failureSummary']}"
        for one in found["violations"]
        for node in one["nodes"][:3]
        if one["impact"] in _AMISS
    ]


def no_sideways(page: Page) -> None:
    """The page is not wider than its window."""
    found = page.evaluate(_SIDEWAYS)
    assert not found, f"{page.url}: {found}"
