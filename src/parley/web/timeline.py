"""The time line of a case: the acts of both sides in causal order, crossing ones beside each other.

An act stands below all that its author had seen. Acts of the two sides that did not know of each
other share a row, and say so. No clock has a part in it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING, Final, NamedTuple

from parley.application.attachments import AttachmentView
from parley.domain import causality
from parley.paper.model import Passage, passage
from parley.presentation import acts, attachment_page, fields, seal_line
from parley.presentation import paper_parts as parts
from parley.presentation.kinds.common import numbered

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from parley.application.acts import ActView
    from parley.application.cases import CaseView
    from parley.domain.frame import Entry
    from parley.paper.model import Block
    from parley.presentation.output import Output
    from parley.presentation.seal_line import Step
    from parley.web.visit import Visit

SHOWN: Final = 100
"""So many acts stand on a page; the newest first come into view, the others on demand."""
EXCERPT: Final = 900
"""A text is shown whole where it has no more characters, else its beginning is."""


class Said(NamedTuple):
    """One text of an act in one language, cut short where it is long."""

    begins: Passage
    whole: Passage | None


class Version(NamedTuple):
    """The texts of an act in one language, its name, and what it is worth."""

    language: str
    name: str
    texts: tuple[Said, ...]


class Card(NamedTuple):
    """One act as the page shows it.

    ``warnings`` say what keeps it from being taken at its word; ``effect`` what it comes to.
    ``crossing`` are the numbers of the acts of the other side that it crossed.
    """

    act: ActView
    number: int
    own: bool
    code: str
    warnings: tuple[Block, ...]
    effect: str
    effect_class: str
    marks: tuple[str, ...]
    crossing: tuple[int, ...]
    header: tuple[tuple[str, str], ...]
    plain: tuple[tuple[str, str], ...]
    text: Version | None
    others: tuple[Version, ...]
    steps: tuple[tuple[Step, str], ...]
    attachments: tuple[tuple[AttachmentView, str], ...]


class Row(NamedTuple):
    """Acts that stand beside each other: ours and theirs."""

    cards: tuple[Card, ...]
    crossed: bool


class Shown(NamedTuple):
    """The part of a time line on a page, the oldest first, and how many acts are left out."""

    rows: list[Row]
    before: int
    after: int


def part(
    visit: Visit,
    view: CaseView,
    attached: Sequence[AttachmentView],
    *,
    everything: bool,
    at: str | None = None,
) -> Shown:
    """The newest acts, or those around the act whose identifier begins with ``at``, or all."""
    concurrent = crossings(view)
    numbers = numbered(view)
    first, end = (0, len(view.acts)) if everything else _around(view, at)
    found: list[Row] = []
    for group in grouped(view.acts[first:end], concurrent):
        cards = tuple(_card(visit, view, one, numbers, concurrent, attached) for one in group)
        found.append(Row(cards, len({card.own for card in cards}) > 1))
    return Shown(found, first, len(view.acts) - end)


def _around(view: CaseView, at: str | None) -> tuple[int, int]:
    """Which acts are shown: from, and up to but not including."""
    count = len(view.acts)
    newest = max(0, count - SHOWN)
    sought = (at or "").lower()
    place = next(
        (
            number
            for number, act in enumerate(view.acts)
            if sought and act.entry.leaf.hex().startswith(sought)
        ),
        count,
    )
    if place >= newest:
        return newest, count
    first = max(0, place - SHOWN // 2)
    return first, first + SHOWN


def crossings(view: CaseView) -> dict[bytes, frozenset[bytes]]:
    """For each act those of other members that neither it nor they had seen."""
    chains = view.summary.state.chains
    found: dict[bytes, frozenset[bytes]] = {}
    for chain in chains:
        for entry in chain:
            found[entry.id] = frozenset(
                other.id
                for others in chains
                if others is not chain and others
                for other in _unseen(entry, others)
            )
    return found


def grouped(
    views: Iterable[ActView], concurrent: Mapping[bytes, frozenset[bytes]]
) -> list[list[ActView]]:
    """Acts in the order of every desk, those of one row together.

    An act joins the row before it where it crossed all acts of the other side that stand there;
    where none of the other side does, only if the next one of theirs may join as well.
    """
    found: list[list[ActView]] = []
    for view in views:
        row = found[-1] if found else []
        others = [one for one in row if one.entry.author != view.entry.author]
        crossed = concurrent.get(view.entry.leaf, frozenset())
        if others:
            beside = all(one.entry.leaf in crossed for one in others)
        else:
            beside = bool(row and crossed) and crossed == concurrent.get(row[-1].entry.leaf)
        if beside:
            row.append(view)
        else:
            found.append([view])
    return found


def _unseen(entry: Entry, chain: tuple[Entry, ...]) -> Iterable[Entry]:
    """The acts of another member that crossed an act; they stand side by side in its chain."""
    author = chain[0].author
    for other in chain[bisect_left(chain, entry.seen[author], key=lambda one: one.seq) :]:
        if causality.precedes(entry, other):
            return
        yield other


def _card(
    visit: Visit,
    view: CaseView,
    act: ActView,
    numbers: Mapping[bytes, int],
    concurrent: Mapping[bytes, frozenset[bytes]],
    attached: Sequence[AttachmentView],
) -> Card:
    words, channel = visit.words, view.summary.channel
    sheet = visit.sheet()
    parts.effect(sheet, act)
    parts.marks(sheet, parts.of_act(channel, act), unread=act.long)
    for later in parts.later(view, act):
        parts.taken_back(sheet, channel, act, later)
    header = act.statement.act
    found = [] if act.body is None else fields.of(header.type, act.body.values)
    versions = _versions(words, found)
    leaf = act.entry.leaf
    crossed = concurrent.get(leaf, frozenset())
    return Card(
        act,
        numbers[leaf],
        act.entry.author == channel.own_index,
        channel.letter(act.entry.author).text.code,
        tuple(sheet.blocks),
        _effect(words, act),
        "void" if act.void is not None else act.standing,
        _marks(words, act),
        tuple(sorted(numbers[one] for one in crossed if one in numbers)),
        tuple(acts.said_rows(words, header, channel, act.entry.author, numbers, void=None)),
        tuple(
            (fields.label(words, one), fields.shown(words, header.type, one))
            for one in found
            if one.language is None
        ),
        versions[0] if versions else None,
        tuple(versions[1:]),
        tuple((one, seal_line.basis(words, one)) for one in seal_line.steps(words, act, channel)),
        tuple((one, attachment_page.state(words, one)) for one in attached if one.leaf == leaf),
    )


def _effect(words: Output, act: ActView) -> str:
    """What an act comes to, in a word or two."""
    if act.void is not None:
        return words.text("void")
    return {
        "stands": words.text("stands"),
        "crossed": words.text("crossed"),
        "lapsed": words.text("lapsed"),
    }[act.standing]


def _marks(words: Output, act: ActView) -> tuple[str, ...]:
    """What of an act is not there, or not its author's."""
    found: list[str] = []
    if act.disowned:
        found.append(words.text("disowned"))
    if act.body is None and not act.long:
        found.append(words.text("erased"))
    elif act.body is not None and act.body.absent:
        found.append(words.text("withheld in part"))
    return tuple(found)


def _versions(words: Output, found: Sequence[fields.Field]) -> list[Version]:
    """The text in each of its languages: the reader's first, else as its author wrote them."""
    languages = dict.fromkeys(one.language for one in found if one.language is not None)
    return [
        _version(words, language, [one for one in found if one.language == language])
        for language in sorted(languages, key=lambda language: language != words.language)
    ]


def _version(words: Output, language: str, found: Sequence[fields.Field]) -> Version:
    name = words.translator.language_name(language)
    worth = {one.status for one in found}
    status = fields.STATUSES.get(next(iter(worth)) or "") if len(worth) == 1 else None
    if status is not None:
        name = words.text("{name} ({status})", name=name, status=words.text(status))
    return Version(
        language,
        name,
        tuple(
            said(
                fields.label(
                    words, one._replace(language=None, status=None) if len(worth) == 1 else one
                ),
                language,
                str(one.value),
            )
            for one in found
        ),
    )


def said(label: str, language: str, text: str) -> Said:
    """A text of an act, its beginning where it is long."""
    if len(text) <= EXCERPT:
        return Said(passage(label, language, text), None)
    cut = text[:EXCERPT]
    found = re.search(r"\s\S*\Z", cut)
    begins = cut[: found.start()] if found is not None and found.start() > EXCERPT // 2 else cut
    return Said(passage(label, language, begins + "\u2026"), passage("", language, text))
