"""Drawings as SVG 2: shapes with classes; colours and letters are the style sheet's.

What runs with the reading runs from right to left where the reader's language does: a pen counts
from where reading begins, and turns what it draws.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from markupsafe import Markup

Anchor = Literal["start", "middle", "end"]


class Point(NamedTuple):
    """A place: ``x`` from where reading begins, ``y`` from the top."""

    x: float
    y: float


class Pen(NamedTuple):
    """Draws on a sheet of this width, for a reader of this direction (``ltr`` or ``rtl``)."""

    width: float
    direction: str

    def line(self, start: Point, end: Point, kind: str) -> Markup:
        """A straight line."""
        return Markup('<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(
            kind, self._x(start.x), _number(start.y), self._x(end.x), _number(end.y)
        )

    def bar(self, corner: Point, width: float, height: float, kind: str, title: str = "") -> Markup:
        """A rectangle by the corner at its top where reading begins."""
        left = corner.x if self.direction == "ltr" else self.width - corner.x - width
        return Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}">{}</rect>').format(
            kind, _number(left), _number(corner.y), _number(width), _number(height), _title(title)
        )

    def disc(self, centre: Point, radius: float, kind: str, title: str = "") -> Markup:
        """A circle."""
        return Markup('<circle class="{}" cx="{}" cy="{}" r="{}">{}</circle>').format(
            kind, self._x(centre.x), _number(centre.y), _number(radius), _title(title)
        )

    def square(self, centre: Point, half: float, kind: str, title: str = "") -> Markup:
        """A square, by its centre and half of its side."""
        corner = Point(centre.x - half, centre.y - half)
        return self.bar(corner, 2 * half, 2 * half, kind, title)

    def words(self, at: Point, text: str, kind: str = "", anchor: Anchor = "start") -> Markup:
        """A text; ``start`` is where reading begins."""
        return Markup('<text class="{}" x="{}" y="{}" text-anchor="{}">{}</text>').format(
            kind, self._x(at.x), _number(at.y), anchor, text
        )

    def _x(self, x: float) -> str:
        return _number(x if self.direction == "ltr" else self.width - x)


def linked(address: str, label: str, *shapes: Markup) -> Markup:
    """Shapes that lead to a page of ours, and what they are called."""
    return Markup('<a href="{}" aria-label="{}">{}</a>').format(
        address, label, Markup("").join((_title(label), *shapes))
    )


_OF_LINKS: Final = "group"
_OF_NONE: Final = "img"


def drawing(
    pen: Pen, height: float, name: str, title: str, about: str, shapes: list[Markup]
) -> Markup:
    """A drawing with its title and what it shows, for whoever cannot see it.

    ``name`` is its own on the page. What has links in it is read with them.
    """
    role = _OF_LINKS if any("<a " in shape for shape in shapes) else _OF_NONE
    return Markup(
        '<svg class="drawing" role="{role}" aria-labelledby="{name}-title {name}-about"'
        ' width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
        ' direction="{direction}" focusable="false">'
        '<title id="{name}-title">{title}</title><desc id="{name}-about">{about}</desc>'
        "{shapes}</svg>"
    ).format(
        role=role,
        name=name,
        width=_number(pen.width),
        height=_number(height),
        direction=pen.direction,
        title=title,
        about=about,
        shapes=Markup("\n").join(shapes),
    )


def _title(text: str) -> Markup:
    return Markup("<title>{}</title>").format(text) if text else Markup("")


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
