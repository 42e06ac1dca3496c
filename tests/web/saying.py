"""What a page says in its own language, read from its source: to eyes and to screen readers."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import NamedTuple

_VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta"})
"""Elements without an end (HTML, 13.1.2), those that pages of ours can have."""
_SPARED = frozenset({"code", "kbd", "samp", "pre", "script", "style"})
_SAID = ("title", "alt", "placeholder", "aria-label", "aria-description", "aria-roledescription")


class Text(NamedTuple):
    """Something that a page says; ``named``: kept apart as a name or a value (``bdi``)."""

    text: str
    named: bool


class _Inside(NamedTuple):
    """Where the reader is: the element, its language, and whether it is ours to translate."""

    tag: str
    language: str
    spared: bool
    named: bool


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.language = ""
        self.found: list[Text] = []
        self._stack = [_Inside("", "", False, False)]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        outer = self._stack[-1]
        if tag == "html":
            self.language = given.get("lang", "")
        inside = _Inside(
            tag,
            given.get("lang", outer.language),
            outer.spared or tag in _SPARED or given.get("translate") == "no",
            outer.named or tag == "bdi",
        )
        for name, value in given.items():
            if name in _SAID or (name.startswith("data-") and " " in value.strip()):
                self._say(value, inside)
        if tag == "input" and given.get("type") in {"submit", "button", "reset"}:
            self._say(given.get("value", ""), inside)
        if tag not in _VOID:
            self._stack.append(inside)

    def handle_endtag(self, tag: str) -> None:
        # Some elements end with those around them (HTML, 13.1.2.4).
        for at in range(len(self._stack) - 1, 0, -1):
            if self._stack[at].tag == tag:
                del self._stack[at:]
                return

    def handle_data(self, data: str) -> None:
        self._say(data, self._stack[-1])

    def _say(self, text: str, inside: _Inside) -> None:
        text = " ".join(text.split())
        if not text or inside.spared or inside.language != self.language:
            return
        if inside.tag == "title":
            # It can have no elements: what others wrote stands in it beside what we say.
            self.found += [Text(part, named=True) for part in text.split(" · ")]
        else:
            self.found.append(Text(text, inside.named))


def said(page: str) -> tuple[str, list[Text]]:
    """The language of a page, and its texts whose nearest language that is.

    What others wrote names its language, and codes stand in elements for codes: neither is here.
    Texts that are folded away, and those from which scripts choose, are.
    """
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader.language, reader.found
