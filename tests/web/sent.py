"""Pages' forms as a browser without scripts would send them."""

from __future__ import annotations

from html.parser import HTMLParser

Pairs = list[tuple[str, str]]


class _Forms(HTMLParser):
    """The forms of a page: the address of each, and what it would send as it stands."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: dict[str, Pairs] = {}
        self._pairs: Pairs | None = None
        self._area: str | None = None
        self._select: str | None = None
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._pairs = self.forms.setdefault(given.get("action", ""), [])
        if self._pairs is None:
            return
        name = given.get("name", "")
        if tag == "input" and name:
            if given.get("type") not in ("checkbox", "radio") or "checked" in given:
                self._pairs.append((name, given.get("value", "")))
        elif tag == "textarea":
            self._area, self._text = name, ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in given:
            self._pairs.append((self._select, given["value"]))

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area is not None and self._pairs is not None:
            self._pairs.append((self._area, self._text.removeprefix("\n")))
            self._area = None
        elif tag == "select":
            self._select = None
        elif tag == "form":
            self._pairs = None


def form(page: str, action: str) -> Pairs:
    """What the form that goes to ``action`` would send."""
    parser = _Forms()
    parser.feed(page)
    return parser.forms[action]


def filled(pairs: Pairs, **values: str) -> dict[str, list[str]]:
    """``pairs`` with other values; in names ``__`` stands for a dot, ``_`` for a hyphen."""
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    for name, value in values.items():
        found[name.replace("__", ".").replace("_", "-")] = [value]
    return found
