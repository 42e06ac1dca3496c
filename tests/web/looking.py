"""Looking at a page as its readers do: with other senses, on a telephone, in another language."""

from __future__ import annotations

import functools
from importlib import resources
from typing import Any

from playwright.sync_api import Page

SMALL = 360
"""The width of a small telephone, in CSS pixels."""

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

# Texts whose nearest language is the page's own: what others wrote names its language, and codes
# stand in elements for codes.
_TEXTS = """(names) => {
    const spared = 'code, kbd, samp, pre, script, style, [translate="no"]' + names;
    const language = document.documentElement.lang;
    const own = (one) => one.closest('[lang]')?.lang === language && !one.closest(spared);
    const found = [document.title];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const holder = walker.currentNode.parentElement;
        if (own(holder) && holder.checkVisibility()) found.push(walker.currentNode.data);
    }
    for (const one of document.querySelectorAll('[title], [alt], [placeholder], [aria-label]')) {
        if (!own(one)) continue;
        for (const name of ['title', 'alt', 'placeholder', 'aria-label'])
            if (one.hasAttribute(name)) found.push(one.getAttribute(name));
    }
    return found.map((text) => text.replace(/\\s+/g, ' ').trim()).filter((text) => text);
}"""


@functools.cache
def _axe() -> str:
    return resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")


def axe(page: Page) -> None:
    """Nothing on the page is seriously in the way of a reader with other senses (axe-core)."""
    page.evaluate(_axe())
    found: dict[str, Any] = page.evaluate("(rules) => axe.run(document, rules)", _RULES)
    amiss = [
        f"{one['impact']} {one['id']}: {one['help']}\n    {node['html'][:200]}\n"
        f"    {node['failureSummary']}"
        for one in found["violations"]
        for node in one["nodes"][:3]
        if one["impact"] in _AMISS
    ]
    assert not amiss, f"{page.url}\n" + "\n".join(amiss)


def no_sideways(page: Page) -> None:
    """The page is not wider than its window."""
    found = page.evaluate(_SIDEWAYS)
    assert not found, f"{page.url}: {found}"


def texts(page: Page, *, names: bool = True) -> list[str]:
    """What the page says in its own language, to eyes and to screen readers.

    ``names``: also what is kept apart as a name or a value (``bdi``).
    """
    found: list[str] = page.evaluate(_TEXTS, "" if names else ", bdi")
    return found
