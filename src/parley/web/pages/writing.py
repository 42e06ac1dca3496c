"""Writing: choosing what to write, and the one form for texts of every type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from starlette.responses import Response

from parley.application import cases, channels, choices, drafts
from parley.application.choices import Choice
from parley.application.draft_keeping import DraftView
from parley.domain.act import ActType
from parley.domain.catalogue import spec_of
from parley.domain.shape import CodeKind, Opens
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.presentation import composing
from parley.presentation.composing import Asking
from parley.presentation.typed import Typed, keys_of
from parley.record.channel import Channel
from parley.web import inputs
from parley.web.inputs import Around
from parley.web.page import Page, posted
from parley.web.visit import Visit

_OURS: Final = frozenset({"case", "channel", "type", "do", "revision", "add-language"})
"""What an address or a form says that is no part of the text."""

Pairs = Sequence[tuple[str, str]]


class Place(NamedTuple):
    """Where a text is to stand: a channel, and a case of it unless one is to be opened."""

    channel: Channel
    case: bytes | None


# --- choosing ------------------------------------------------------------------------------------


def write(visit: Visit) -> Response:
    """What may be written in a case or to open one; once it is chosen, the form."""
    case, named, type_ = visit.asked("case"), visit.asked("channel"), visit.asked("type")
    if case is None and named is None:
        known = channels.every(visit.desk)
        if len(known) != 1:
            return visit.page("write_where.html", channels=known)
        place = Place(known[0], None)
    else:
        place = _place(visit, case, named)
    if type_ is None:
        return _choose(visit, place)
    given = [pair for pair in visit.request.query_params.multi_items() if pair[0] not in _OURS]
    return form_page(visit, place, type_, beginning(visit, place, type_, given))


def _place(visit: Visit, case: str | None, channel: str | None) -> Place:
    if case is not None:
        return Place(*cases.find(visit.desk, visit.officer, case))
    return Place(channels.find(visit.desk, channel), None)


def _choose(visit: Visit, place: Place) -> Response:
    offered = _offered(visit, place)
    return visit.page(
        "write_what.html",
        place=place,
        possible=[one for one in offered if one.refused is None],
        refused=[(one, visit.translator.reason(one.refused)[0]) for one in offered if one.refused],
        about=visit.asked("about"),
    )


def _offered(visit: Visit, place: Place) -> Sequence[Choice]:
    if place.case is None:
        return choices.to_open(visit.desk, visit.officer, place.channel)
    return choices.in_case(visit.desk, visit.officer, place.channel, place.case)


# --- the form ------------------------------------------------------------------------------------


def beginning(visit: Visit, place: Place, type_: str, given: Pairs) -> Pairs:
    """What was given, with a row of each group that there has to be, and for each question."""
    typed = Typed(type_, given, visit.words.language)
    found = [*(("language", tag) for tag in typed.languages)] if not typed.every("language") else []
    asked = _asked(visit, place, type_)
    for name, (code, rules) in typed.parts.groups.items():
        rows = typed.rows(name)
        if asked and keys_of(code)[:1] == ("question",):
            there = {typed.text(f"{name}.{row}.question") for row in rows}
            waiting = [number for number in asked if str(number) not in there]
            for row, number in enumerate(waiting, max(rows, default=0) + 1):
                found += [(f"{name}.{row}.question", str(number)), (f"{name}.{row}.offered", "1")]
        elif rows:
            continue
        elif code.required and any(rule.required for rule in rules):
            found += new_row(typed, name)
    return [*given, *found]


def new_row(typed: Typed, group: str) -> Pairs:
    """One more row of a group, numbered where the numbers of a new text follow one another."""
    code = typed.parts.groups[group][0]
    row = max(typed.rows(group), default=0) + 1
    found = [(f"{group}.{row}.offered", "1")]
    if code.kind in (CodeKind.DIGESTS, CodeKind.PAIRS) and typed.parts.spec.opens != Opens.NEVER:
        part = code.entries[0]
        said = [typed.text(f"{group}.{one}.{part}") for one in typed.rows(group)]
        highest = max((int(one) for one in said if one.isdigit()), default=0)
        found.append((f"{group}.{row}.{part}", str(highest + 1)))
    return found


def _asked(visit: Visit, place: Place, type_: str) -> Mapping[int, str]:
    """The questions that an answer may answer, by number, where the type answers any."""
    answers = any(code.entries[0] == "question" for code in spec_of(type_).codes)
    if place.case is None or not answers:
        return {}
    language = visit.words.language
    found = composing.asked(visit.desk, visit.officer, place.channel, place.case, language)
    return {one.number: one.text for one in found}


def around(visit: Visit, place: Place, typed: Typed, theirs: Typed | None = None) -> Around:
    """What the form of a text is made in."""
    spec, case = typed.parts.spec, place.case
    following = cases.following(visit.desk, visit.officer, place.channel, case, spec.type)
    starts: dict[str, int] = {}
    for name, (code, _rules) in typed.parts.groups.items():
        first = following.get(code.start or "")
        starts[name] = first if isinstance(first, int) else 1
    return Around(
        place.channel,
        _references(visit, place, spec.reference),
        _asked(visit, place, spec.type),
        starts,
        theirs,
    )


def _references(visit: Visit, place: Place, types: Sequence[str]) -> Sequence[tuple[str, str]]:
    """The acts of a case that an act may refer to, the newest first."""
    if place.case is None or not types:
        return []
    words = visit.words
    view = cases.glance(visit.desk, visit.officer, place.channel, place.case, whole=False)
    own = place.channel.own_index
    return [
        (
            one.statement.leaf.hex(),
            words.text(
                "{type:name}, {party}, {time}",
                type=one.statement.act.type,
                party=(
                    place.channel.own if one.entry.author == own else place.channel.peer
                ).text.code,
                time=words.time(one.statement.iat),
            ),
        )
        for one in reversed(view.acts)
        if one.void is None and one.statement.act.type in types
    ]


def form_page(
    visit: Visit,
    place: Place,
    type_: str,
    pairs: Iterable[tuple[str, str]],
    *,
    view: DraftView | None = None,
    error: ParleyError | None = None,
    theirs: Typed | None = None,
    more: Mapping[str, object] | None = None,
) -> Response:
    """The form with what was typed so far.

    ``view``: the draft whose text it is, none for a new one. ``theirs``: what somebody else has
    saved in it meanwhile; ``error``: why it was not kept.
    """
    typed = Typed(type_, pairs, visit.words.language)
    if error is not None:
        _learn_rows(typed)
    wrong = "" if error is None else typed.place_of(error)
    shown = typed if theirs is None else typed.beside(theirs)
    made = inputs.sheet(visit.words, shown, around(visit, place, shown, theirs))
    return visit.page(
        "writing.html",
        status=200 if error is None else (409 if theirs is not None else 422),
        place=place,
        type=type_,
        sheet=made,
        view=view,
        alone=spec_of(type_).authorisers == 0,
        names_case=place.case is not None and (view is None or spec_of(type_).opens == Opens.NEVER),
        error=None if error is None else visit.translator.reason(error),
        wrong=wrong,
        differing=inputs.differing(made),
        **(more or {}),
    )


def _learn_rows(typed: Typed) -> None:
    """Have it known which rows hold the items that an error counts."""
    try:
        typed.entries()
    except ParleyError:
        return


def asking(visit: Visit, place: Place, type_: str) -> Asking:
    """Who writes what where."""
    return Asking(visit.officer, place.channel, place.case, type_, visit.words.language)


def changed_rows(visit: Visit, type_: str) -> Pairs | None:
    """What was typed, with one row or language more or less where that was asked for."""
    does = visit.form.value("do")
    pairs = [pair for pair in visit.form if pair[0] not in _OURS]
    kind, _, rest = does.partition(":")
    if kind == "more":
        typed = Typed(type_, pairs, visit.words.language)
        return [*pairs, *new_row(typed, rest)] if rest in typed.parts.groups else pairs
    if kind == "drop":
        group, _, row = rest.partition(":")
        start = f"{group}.{row}."
        return [pair for pair in pairs if not pair[0].startswith(start)]
    if kind == "language":
        added = visit.form.line("add-language")
        return [*pairs, *([("language", added)] if added else [])]
    if kind == "less":
        return [
            (name, value)
            for name, value in pairs
            if not name.endswith(f".{rest}") and (name, value) != ("language", rest)
        ]
    return None


def begin(visit: Visit) -> Response:
    """Open a draft with what was typed; what one officer makes alone is signed at once."""
    type_ = visit.form.value("type")
    place = _place(visit, visit.form.line("case"), visit.form.line("channel"))
    spec = spec_of(type_)
    again = changed_rows(visit, type_)
    if again is not None:
        return form_page(visit, place, type_, again)
    pairs = [pair for pair in visit.form if pair[0] not in _OURS]
    typed = Typed(type_, pairs, visit.words.language)
    try:
        entries = typed.entries()
        who = asking(visit, place, type_)
        writing = composing.compose(visit.desk, who, entries, unfinished=True)
        if spec.type == ActType.ACKNOWLEDGEMENT and place.case is not None:
            drafts.acknowledge(visit.desk, visit.officer, place.channel, place.case, writing.values)
            return visit.go(f"/cases/{place.case.hex()}")
        view = drafts.write(visit.desk, visit.officer, place.channel, writing, unfinished=True)
    except ParleyError as error:
        if error.reason in _NOT_OF_A_FIELD:
            raise
        return form_page(visit, place, type_, pairs, error=error)
    return visit.go(f"/drafts/{view.id.hex()}")


_NOT_OF_A_FIELD: Final = frozenset({Reason.OFFICER_UNKNOWN, Reason.TYPE_UNKNOWN})

PAGES: Final = (Page("/write", write), posted("/write", begin))
