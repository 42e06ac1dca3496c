"""Pictures: what people would rather look at, each with the table that it was drawn from.

Our side's marks are round and the other's are square, so that no colour has to be seen; every
colour is one that the whole desk uses. Time runs with the reading.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from math import log2
from typing import TYPE_CHECKING, Final, NamedTuple

from markupsafe import Markup

from parley.presentation.acts import short
from parley.presentation.kinds.common import member, side
from parley.web.svg import Pen, Point, drawing, linked

if TYPE_CHECKING:
    from parley.application.acts import ActView
    from parley.application.cases import CaseView
    from parley.presentation.output import Output


class Key(NamedTuple):
    """What a mark means: a small drawing of it, and the words."""

    mark: Markup
    words: str


class Picture(NamedTuple):
    """A drawing with its title, what it shows, what its marks mean, and the table behind it.

    ``name`` is its own on a page.
    """

    name: str
    title: str
    about: str
    drawing: Markup
    keys: Sequence[Key]
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


def key(kind: str, words: str, *, round_: bool) -> Key:
    """What a mark of this class means."""
    pen = Pen(16, "ltr")
    mark = pen.disc(Point(8, 8), 6, kind) if round_ else pen.square(Point(8, 8), 6, kind)
    return Key(
        Markup('<svg class="drawing" aria-hidden="true" width="16" height="16">{}</svg>').format(
            mark
        ),
        words,
    )


# --- the time line of a case ---------------------------------------------------------------------

_DRAWN: Final = 100
"""So many acts of a case are drawn, the last ones."""

_HEAD: Final = 34
_OWN_LINE: Final = 58
_PEER_LINE: Final = 158
_BELOW: Final = 196
_NEAREST: Final = 30
_FARTHEST: Final = 130
_ACROSS: Final = 12
_MARK: Final = 11
_LABEL: Final = 92
"""So much room the day of an act takes."""


def case_timeline(
    words: Output, view: CaseView, link: Callable[[str], str] = "#act-{}".format
) -> Picture:
    """The acts of a case on one time line between both parties, and when each was receipted.

    ``link`` gives the address of an act by the start of its identifier. Long silences are drawn
    shorter than they were.
    """
    channel = view.summary.channel
    numbered = list(enumerate(view.acts, 1))[-_DRAWN:]
    scale = _Scale([act.entry.iat for _number, act in numbered])
    pen = Pen(max(scale.end + _NEAREST + _FARTHEST, 480), words.translator.direction)
    own, peer = channel.own_index, channel.peer_index
    shapes = [
        pen.words(Point(0, _OWN_LINE - _HEAD + 8), member(words, channel, own), "lane own"),
        pen.words(Point(0, _PEER_LINE + _HEAD), member(words, channel, peer), "lane peer"),
        pen.line(Point(0, _OWN_LINE), Point(pen.width, _OWN_LINE), "axis"),
        pen.line(Point(0, _PEER_LINE), Point(pen.width, _PEER_LINE), "axis"),
    ]
    marks: list[Markup] = []
    rows: list[list[str]] = []
    for number, act in numbered:
        kind = side(channel, act.entry.author) or ""
        near = _OWN_LINE if kind == "own" else _PEER_LINE
        far = _PEER_LINE if kind == "own" else _OWN_LINE
        x = scale.x(act.entry.iat)
        label = _said(words, view, number, act)
        if act.receipt is not None:
            # Nothing arrives before it was said, whatever the clocks say.
            there = max(scale.x(act.receipt.iat), x)
            shapes.append(pen.line(Point(x, near), Point(there, far), f"flight {kind}"))
            shapes.append(pen.disc(Point(there, far), 4, f"receipt {kind}"))
        void = " void" if act.void is not None else ""
        at = Point(x, near)
        shape = pen.disc if kind == "own" else pen.square
        marks.append(
            linked(
                link(short(act.entry.leaf)),
                label,
                shape(at, _MARK, f"mark {kind}{void}"),
                pen.words(Point(x, near + 4), str(number), "number", "middle"),
            )
        )
        rows.append(_row(words, view, number, act))
    shapes += _days(words, pen, scale, [act.entry.iat for _number, act in numbered])
    title = words.text("Time line of the case")
    about = words.text(
        "Each act stands where it was signed; a line leads to where the other side's receipt says "
        "that it was received. Long silences are drawn shorter."
    )
    if len(numbered) < len(view.acts):
        about = " ".join(
            (
                about,
                words.text(
                    "The last {drawn:number} of {all:number} acts are drawn.",
                    drawn=len(numbered),
                    all=len(view.acts),
                ),
            )
        )
    return Picture(
        "case-timeline",
        title,
        about,
        drawing(pen, _BELOW, "case-timeline", title, about, [*shapes, *marks]),
        [
            key("mark own", words.text("said by us"), round_=True),
            key("mark peer", words.text("said by the other side"), round_=False),
            key("receipt own", words.text("received, by the receipt"), round_=True),
        ],
        [
            words.text("No."),
            words.text("What"),
            words.text("From"),
            words.text("Signed"),
            words.text("Received, by the receipt"),
        ],
        rows,
    )


class _Scale:
    """Times as places on a line: in their order, with silences in proportion to their logarithm."""

    def __init__(self, times: Sequence[int]) -> None:
        self._times = sorted(set(times))
        self._places = [float(_NEAREST)]
        for before, after in zip(self._times, self._times[1:], strict=False):
            self._places.append(self._places[-1] + _gap(after - before))

    @property
    def end(self) -> float:
        """Where the last act stands."""
        return self._places[-1]

    def x(self, time: int) -> float:
        """Where a time stands: between its neighbours, and not far behind the last."""
        after = bisect_right(self._times, time)
        if after == 0:
            return self._places[0]
        since = time - self._times[after - 1]
        start = self._places[after - 1]
        if after == len(self._times):
            return start + _gap(since) - _NEAREST
        length = self._times[after] - self._times[after - 1]
        return start + (self._places[after] - start) * since / length


def _gap(seconds: int) -> float:
    return min(_NEAREST + _ACROSS * log2(1 + seconds / 600), _FARTHEST)


def _days(words: Output, pen: Pen, scale: _Scale, times: Sequence[int]) -> list[Markup]:
    """The day of each act whose day is not that of the one before, where there is room."""
    shapes: list[Markup] = []
    middle = (_OWN_LINE + _PEER_LINE) / 2 + 4
    last, free = "", 0.0
    for time in sorted(times):
        day, x = words.translator.date(time), scale.x(time)
        if day != last and x >= free:
            shapes.append(pen.words(Point(x + 4, middle), day, "quiet"))
            last, free = day, x + _LABEL
    return shapes


def _said(words: Output, view: CaseView, number: int, act: ActView) -> str:
    said = words.text(
        "{number}. {type:name}, {party}, {when}",
        number=number,
        type=act.statement.act.type,
        party=member(words, view.summary.channel, act.entry.author),
        when=words.time(act.entry.iat),
    )
    return said if act.void is None else f"{said} ({words.text('void')})"


def _row(words: Output, view: CaseView, number: int, act: ActView) -> list[str]:
    what = words.name(act.statement.act.type)
    return [
        str(number),
        what if act.void is None else f"{what} ({words.text('void')})",
        member(words, view.summary.channel, act.entry.author),
        words.time(act.entry.iat),
        words.time(act.receipt.iat if act.receipt is not None else None),
    ]
