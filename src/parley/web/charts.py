"""Pictures of figures: responses against their deadlines, how many cases, deliveries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from parley.domain.act import Precedence
from parley.web.pictures import Picture, key
from parley.web.svg import Pen, Point, drawing, linked

if TYPE_CHECKING:
    from parley.application.figures import Edges, Health, Response, Volume
    from parley.presentation.output import Output

_WIDTH: Final = 720
_LABELS: Final = 190
"""Room for the names of rows."""
_EDGE: Final = 12


# --- responses -----------------------------------------------------------------------------------

_HEIGHT: Final = 250
_BASE: Final = 210
_WHOLE: Final = 90
"""So high the whole of the time lies above its beginning."""
_MOST: Final = 2.1
_DOT: Final = 5


def responses(words: Output, found: Sequence[Response], since: int, until: int) -> Picture:
    """How much of its time each response took; what still waits is hollow.

    ``since`` and ``until`` are the ends of the axis.
    """
    pen = Pen(_WIDTH, words.translator.direction)
    start = _LABELS - 40
    length = pen.width - start - _EDGE

    def across(at: int) -> float:
        share = (at - since) / max(until - since, 1)
        return start + length * min(max(share, 0.0), 1.0)

    shapes: list[Markup] = []
    levels = (
        (0.0, words.text("at once"), "axis"),
        (1.0, words.text("the deadline"), "limit"),
        (2.0, words.text("twice the time"), "grid"),
    )
    for level, label, kind in levels:
        y = _BASE - level * _WHOLE
        shapes.append(pen.line(Point(start, y), Point(pen.width, y), kind))
        shapes.append(pen.words(Point(0, y + 4), label, "quiet"))
    for at, label in _months(words, since, until):
        x = across(at)
        if x <= pen.width - 60:
            shapes.append(pen.line(Point(x, 16), Point(x, _BASE), "grid"))
            shapes.append(pen.words(Point(x, _HEIGHT - 18), label, "quiet"))
    rows: list[list[str]] = []
    for one in sorted(found, key=lambda each: each.began_at):
        row = _response_row(words, one, until)
        share = _share(one, until)
        late = " late" if share > 1 else ""
        done = " done" if one.ended_at is not None else ""
        kind = f"mark {'own' if one.ours else 'peer'}{late}{done}"
        place = Point(across(one.began_at), _BASE - min(share, _MOST) * _WHOLE)
        shape = pen.disc(place, _DOT, kind) if one.ours else pen.square(place, _DOT, kind)
        shapes.append(linked(f"/cases/{one.case_id.hex()}", ", ".join(row), shape))
        rows.append(row)
    title = words.text("Response times against deadlines")
    about = words.text(
        "Each mark is something that was due, at the time when its clock began. The higher it "
        "stands, the more of its time was used; above the line it came late, or is late. Times "
        "of the other side are as it signed them."
    )
    return Picture(
        "responses",
        title,
        about,
        drawing(pen, _HEIGHT, "responses", title, about, shapes),
        [
            key("mark own done", words.text("met by us"), round_=True),
            key("mark peer done", words.text("met by the other side"), round_=False),
            key("mark own", words.text("waits for us"), round_=True),
            key("mark peer", words.text("waits for the other side"), round_=False),
        ],
        [
            words.text("Case"),
            words.text("What was due"),
            words.text("From"),
            words.text("Time for it"),
            words.text("Taken"),
        ],
        rows,
    )


def _share(one: Response, now: int) -> float:
    """How much of its time something took, or has taken by now."""
    taken = (now if one.ended_at is None else one.ended_at) - one.began_at
    allowed = one.due_at - one.began_at
    if allowed <= 0:
        # Announced for a time that had passed.
        return 0.0 if one.ended_at is not None and taken <= 0 else _MOST
    return max(taken / allowed, 0.0)


def _response_row(words: Output, one: Response, now: int) -> list[str]:
    taken = words.translator.duration(
        max((now if one.ended_at is None else one.ended_at) - one.began_at, 0)
    )
    return [
        f"{words.name(one.case_kind)} {one.case_id.hex()[:12]}",
        words.name(one.what),
        (one.channel.own if one.ours else one.channel.peer).text.code,
        words.translator.duration(max(one.due_at - one.began_at, 0)),
        taken if one.ended_at is not None else words.text("{length}, still waits", length=taken),
    ]


# --- volume --------------------------------------------------------------------------------------

_ROW: Final = 40
_TALL: Final = 24
_BAND: Final = 28


def kinds(words: Output, edges: Edges, found: Sequence[Volume]) -> Picture:
    """How many cases of each kind were opened in each month."""
    months = [words.translator.month(_day(at)) for at in edges[:-1]]
    counts: dict[str, list[int]] = {}
    for one in found:
        so_far = counts.get(one.kind, [0] * len(one.counts))
        counts[one.kind] = [a + b for a, b in zip(so_far, one.counts, strict=True)]
    rows = [(words.name(kind), each) for kind, each in counts.items()]
    shapes, pen, height = _bars(words, months, [(label, each, "") for label, each in rows])
    title = words.text("Cases by kind")
    about = words.text(
        "How many cases were opened in each month (UTC). The number stands over the highest bar "
        "of each row; each row has its own scale."
    )
    return Picture(
        "kinds",
        title,
        about,
        drawing(pen, height, "kinds", title, about, shapes),
        (),
        [words.text("Month"), *(label for label, _each in rows)],
        [
            [month, *(words.translator.number(each[at]) for _label, each in rows)]
            for at, month in enumerate(months)
        ],
    )


_HEADS: Final = 24
_NUMBER: Final = 48
"""So much room a number behind a bar takes."""


def precedences(words: Output, found: Sequence[Volume]) -> Picture:
    """How many cases of each kind were opened with each precedence, in the whole period.

    Each precedence has a column of its own, and each bar its number: no colour has to be seen.
    """
    counts: dict[str, dict[int, int]] = {}
    for one in found:
        counts.setdefault(one.kind, {})[one.precedence] = sum(one.counts)
    number = words.translator.number
    pen = Pen(_WIDTH, words.translator.direction)
    step = (pen.width - _LABELS) / len(Precedence)
    unit = (step - _NUMBER) / max(max(each.values()) for each in counts.values())
    names = [words.name(level.name.lower()) for level in Precedence]
    columns = [_LABELS + step * level for level in Precedence]
    shapes = [
        pen.words(Point(x, _HEADS - 8), name, "quiet")
        for x, name in zip(columns, names, strict=True)
    ]
    bottom = _HEADS + len(counts) * _BAND
    shapes += [pen.line(Point(x, _HEADS), Point(x, bottom), "axis") for x in columns]
    rows: list[list[str]] = []
    for at, (kind, each) in enumerate(counts.items()):
        label, middle = words.name(kind), _HEADS + (at + 0.5) * _BAND
        shapes.append(pen.words(Point(0, middle + 4), label))
        for level, x, name in zip(Precedence, columns, names, strict=True):
            count = each.get(level, 0)
            length = max(count * unit, 1.5) if count else 0
            if count:
                corner = Point(x, middle - _BAND * 0.3)
                said = f"{label}, {name}: {number(count)}"
                shapes.append(pen.bar(corner, length, _BAND * 0.6, f"bar level-{level:d}", said))
            kind_of = "number" if count else "quiet"
            shapes.append(pen.words(Point(x + length + 6, middle + 4), number(count), kind_of))
        every = [each.get(level, 0) for level in Precedence]
        rows.append([label, *map(number, every), number(sum(every))])
    title = words.text("Cases by kind and precedence")
    about = words.text(
        "How many cases were opened in the whole period, by the precedence of the statement that "
        "stands first in each. All bars have one scale; the number stands behind each."
    )
    return Picture(
        "precedences",
        title,
        about,
        drawing(pen, bottom + 6, "precedences", title, about, shapes),
        (),
        [words.text("Kind"), *names, words.text("Together")],
        rows,
    )


def _bars(
    words: Output, parts: Sequence[str], rows: Sequence[tuple[str, Sequence[int], str]]
) -> tuple[list[Markup], Pen, float]:
    """Small bars side by side, a row for each of ``rows``, each row with a scale of its own."""
    pen = Pen(_WIDTH, words.translator.direction)
    step = (pen.width - _LABELS - _EDGE) / max(len(parts), 1)
    shapes: list[Markup] = []
    for number, (label, each, kind) in enumerate(rows):
        base = (number + 1) * _ROW
        highest = max(each, default=0)
        shapes.append(pen.words(Point(0, base - 4), label))
        shapes.append(pen.line(Point(_LABELS, base), Point(pen.width, base), "grid"))
        for at, count in enumerate(each):
            if count:
                x, height = _LABELS + at * step, max(_TALL * count / highest, 1.5)
                shapes.append(
                    pen.bar(
                        Point(x + step * 0.12, base - height),
                        step * 0.76,
                        height,
                        f"bar {kind}".strip(),
                        f"{label}, {parts[at]}: {words.translator.number(count)}",
                    )
                )
        if highest:
            at = list(each).index(highest)
            shapes.append(
                pen.words(
                    Point(_LABELS + (at + 0.5) * step, base - _TALL - 4),
                    words.translator.number(highest),
                    "number",
                    "middle",
                )
            )
    base = len(rows) * _ROW + 18
    free = 0.0
    for at, part in enumerate(parts):
        x = _LABELS + at * step
        if x >= free and x <= pen.width - 60:
            shapes.append(pen.words(Point(x, base), part, "quiet"))
            free = x + 96
    return shapes, pen, base + 10


# --- channels ------------------------------------------------------------------------------------


def health(words: Output, one: Health, edges: Edges, name: str) -> Picture:
    """How deliveries over a channel went, week by week; ``name`` is its own on the page."""
    weeks = [words.translator.date(at) for at in edges[:-1]]
    typical = [round(median(each)) if each else 0 for each in one.times]
    longest = [max(each, default=0) for each in one.times]
    seconds = words.text("Seconds to the receipt")
    rows: list[tuple[str, Sequence[int], str]] = [
        (words.text("Taken by the other side"), one.taken, ""),
        (words.text("Attempts that failed"), one.failed, "broken"),
        (seconds, typical, ""),
    ]
    shapes, pen, height = _bars(words, weeks, rows)
    title = words.text("Deliveries to {party}", party=one.channel.peer.text.code)
    about = words.text(
        "Week by week: how often the other side took something of ours, how often an attempt "
        "failed, and how long it was from our signature to its receipt. The number stands over "
        "the highest bar of each row."
    )
    if one.timed_from is not None:
        said = words.text(
            "Times to the receipt are read from {when} on.", when=words.time(one.timed_from)
        )
        about = f"{about} {said}"
    number = words.translator.number
    return Picture(
        name,
        title,
        about,
        drawing(pen, height, name, title, about, shapes),
        (),
        [
            words.text("Week from"),
            words.text("Taken by the other side"),
            words.text("Attempts that failed"),
            words.text("Typical time to the receipt"),
            words.text("Longest time to the receipt"),
        ],
        [
            [
                week,
                number(one.taken[at]),
                number(one.failed[at]),
                words.translator.duration(typical[at]) if one.times[at] else "\u2014",
                words.translator.duration(longest[at]) if one.times[at] else "\u2014",
            ]
            for at, week in enumerate(weeks)
            if one.taken[at] or one.failed[at] or one.times[at]
        ],
    )


# --- time ----------------------------------------------------------------------------------------


def months(year: int, month: int, count: int) -> list[int]:
    """Where ``count`` months begin that end with this one, and where that one ends (UTC)."""
    last = year * 12 + month - 1
    return [
        int(dt.datetime(at // 12, at % 12 + 1, 1, tzinfo=dt.UTC).timestamp())
        for at in range(last - count + 1, last + 2)
    ]


def _months(words: Output, since: int, until: int) -> list[tuple[int, str]]:
    """Where months begin between two times, not more than six of them."""
    first = dt.datetime.fromtimestamp(since, dt.UTC)
    last = dt.datetime.fromtimestamp(until, dt.UTC)
    span = (last.year - first.year) * 12 + last.month - first.month
    starts = months(last.year, last.month, span + 1)
    each = span // 5 + 1
    return [
        (at, words.translator.month(_day(at)))
        for at, _end in list(pairwise(starts))[::each]
        if since <= at <= until
    ] or [(since, words.translator.date(since))]


def _day(at: int) -> str:
    return dt.datetime.fromtimestamp(at, dt.UTC).date().isoformat()
