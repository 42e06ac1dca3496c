"""From entries that an officer wrote to a writing in a case: offices, references, other cases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from parley.application import audit, cases
from parley.application.desk import Desk
from parley.application.writing import Writing
from parley.domain.catalogue import spec_of
from parley.domain.kinds.inquiry_state import Inquiry, Level
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.presentation import fields, manuscript
from parley.presentation.manuscript import Circumstances, Entries
from parley.presentation.template import Asked
from parley.presentation.views import office_of
from parley.record.channel import Channel


class Asking(NamedTuple):
    """Who writes what where: ``case`` is null where it is to be opened.

    ``language``: of texts that say none.
    """

    officer: str
    channel: Channel
    case: bytes | None
    type: str
    language: str


def compose(
    desk: Desk,
    asking: Asking,
    entries: Entries,
    *,
    digest_of: Callable[[str], bytes] | None = None,
    unfinished: bool = False,
) -> Writing:
    """The writing that entries come to in a channel and a case.

    :raises ParleyError: as :func:`parley.presentation.manuscript.compose`; ``office-unknown``,
        ``statement-unknown``, ``case-unknown``, ``case-ambiguous``.
    """
    officer, channel, case, type_, language = asking
    following = cases.following(desk, officer, channel, case, type_)
    circumstances = Circumstances(language, desk.clock(), following, digest_of, unfinished)
    entries = {**entries, **_cases_named(desk, asking, entries)}
    writing = manuscript.compose(type_, entries, circumstances)
    reference = entries.get("reference")
    sender, readers = entries.get("from-office"), entries.get("to-offices") or ()
    if isinstance(readers, str | int):
        readers = (readers,)
    return writing._replace(
        case=case,
        reference=audit.find(desk, officer, str(reference))[1].leaf if reference else None,
        from_office=office_of(channel.own, str(sender), language) if sender else None,
        to_offices=tuple(office_of(channel.peer, str(name), language) for name in readers),
    )


def _cases_named(desk: Desk, asking: Asking, entries: Entries) -> Mapping[str, str]:
    """The whole numbers of other cases of the channel that entries name by their beginnings.

    :raises ParleyError: ``case-unknown``, ``case-ambiguous``.
    """
    found: dict[str, str] = {}
    for rule in spec_of(asking.type).codes:
        named = entries.get(rule.name)
        if not rule.names_case or not named:
            continue
        where, case = cases.find(desk, asking.officer, str(named))
        if where.id != asking.channel.id:
            raise ParleyError(Reason.CASE_UNKNOWN)
        found[rule.name] = case.hex()
    return found


def asked(
    desk: Desk, officer: str, channel: Channel, case: bytes, language: str
) -> tuple[Asked, ...]:
    """The questions of a case that have no final answer, with their texts.

    :raises ParleyError: as :func:`parley.application.cases.show`.
    """
    view = cases.show(desk, channel, case, officer)
    substance = view.summary.state.substance
    if not isinstance(substance, Inquiry):
        return ()
    texts = fields.questions(view.acts, language)
    return tuple(
        Asked(question.number, texts.get(question.number, "?"))
        for question in substance.questions
        if question.level != Level.FINAL
    )
