"""Papers of statements, cases and dossiers: what stands on each, in which order.

How far something was delivered and what it comes to stand apart, each with whose word it rests on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from parley.crypto import words
from parley.domain.header import PAP_COLOURS, TLP_LABELS
from parley.paper import model
from parley.paper.model import Paper, Rule
from parley.presentation import acts, case_page, dossier_page
from parley.presentation import paper_parts as parts
from parley.presentation.kinds.common import numbered
from parley.presentation.sheet import Sheet

if TYPE_CHECKING:
    from parley.application.cases import CaseView
    from parley.application.papers import StatementView
    from parley.application.register import Registered
    from parley.record.channel import Channel
    from parley.record.dossier.report import Report
    from parley.record.dossier.verify import Shown
    from parley.record.statement import Handling

_PAP: Final = ("clear", "white", *PAP_COLOURS[1:])
"""Colours of the PAP, the strictest last; ``white`` was what is ``clear`` now."""


def statement(sheet: Sheet, view: StatementView) -> Paper:
    """A formal note: one statement, whole."""
    channel, act = view.channel, view.act
    said = parts.of_act(channel, act)
    numbers = numbered(view.case) if view.case is not None else {act.entry.leaf: 1}
    parts.effect(sheet, act)
    later = [] if view.case is None else parts.later(view.case, act)
    for one in later:
        parts.taken_back(sheet, channel, act, one)
    parts.body(sheet, said, numbers, titled=True)
    sheet.title(sheet.text("Delivery"))
    parts.delivery(sheet, channel, act)
    sheet.say(sheet.text("A receipt says that something arrived, and never that it was agreed to."))
    if view.case is not None:
        sheet.title(sheet.text("Substance"))
        parts.substance(sheet, view.case)
    parts.references(sheet, channel, later, numbers)
    sheet.title(sheet.text("Signature"))
    parts.signature(sheet, said, act)
    sheet.title(sheet.text("Place in the record"))
    parts.place(sheet, said, how=True)
    case = None if view.case is None else act.entry.case_id
    return _paper(
        sheet,
        channel,
        author=said.author,
        case=case,
        title=sheet.name(said.statement.act.type),
        subtitle=parts.number(sheet, said),
        handling=[said.statement.act.handling],
        dated=act.entry.iat,
        registered=None if view.case is None else view.case.summary.registered,
    )


def case(sheet: Sheet, view: CaseView) -> Paper:
    """A case: what it amounts to, then every statement of it."""
    summary = view.summary
    channel = summary.channel
    case_page.render_state(sheet, view, None)
    numbers = numbered(view)
    for act in view.acts:
        said = parts.of_act(channel, act)
        sheet.add(Rule())
        sheet.title(
            acts.heading(sheet, act.statement.act, channel, said.author, numbers[act.entry.leaf])
        )
        parts.effect(sheet, act)
        parts.body(sheet, said, numbers)
        sheet.section(sheet.text("Delivery"))
        parts.delivery(sheet, channel, act)
        parts.place(sheet, said, how=False)
    sheet.add(Rule())
    sheet.title(sheet.text("How to verify"))
    parts.verify(sheet)
    return _paper(
        sheet,
        channel,
        author=None,
        case=summary.row.case_id,
        title=case_page.subject(sheet, summary),
        subtitle=sheet.text("Case {case}", case=summary.row.case_id.hex()),
        handling=[act.statement.act.handling for act in view.acts],
        dated=max(act.entry.iat for act in view.acts),
        registered=summary.registered,
    )


def dossier(sheet: Sheet, report: Report, shown: Sequence[Shown]) -> Paper:
    """A dossier that was verified: what it proves and what it does not, then every statement."""
    dossier_page.render(sheet, report)
    channel = shown[0].channel
    numbers = {one.statement.leaf: number for number, one in enumerate(shown, 1)}
    for one in shown:
        said = parts.Said(*one)
        sheet.add(Rule())
        leaf = one.statement.leaf
        sheet.title(acts.heading(sheet, one.statement.act, channel, one.author, numbers[leaf]))
        parts.marks(sheet, said)
        parts.body(sheet, said, numbers)
        sheet.section(sheet.text("Signature"))
        parts.signature(sheet, said, None)
        parts.place(sheet, said, how=False)
    sheet.add(Rule())
    sheet.title(sheet.text("How to verify"))
    parts.verify(sheet)
    case = None if report.case is None else bytes.fromhex(report.case)
    return _paper(
        sheet,
        channel,
        author=None,
        case=case,
        title=sheet.text("Dossier"),
        subtitle=words.grouped_hex(bytes.fromhex(report.digest)),
        handling=[one.statement.act.handling for one in shown],
        dated=report.created_at,
    )


def _paper(
    sheet: Sheet,
    channel: Channel,
    *,
    author: int | None,
    case: bytes | None,
    title: str,
    subtitle: str,
    handling: Iterable[Handling],
    dated: int,
    registered: Registered | None = None,
) -> Paper:
    """The paper of all that stands on the sheet.

    ``registered``: what the house has of the case. Its number and its classification go to the
    head of every page, for paper is filed and guarded by them; its labels are for the desk.
    """
    names = [sheet.foreign(letter.name(sheet.language)) for letter in channel.letters]
    codes = [sheet.foreign(letter.text.code) for letter in channel.letters]
    head = [" \u2013 ".join(codes) if author is None else codes[author]]
    if case is not None:
        head.append(sheet.text("Case {case}", case=acts.short(case)))
    marks = [*_strictest(handling)]
    if registered is not None and registered.number is not None:
        code = channel.own.text.code
        head.append(sheet.text("Register of {code}: {number}", code=code, number=registered.number))
    if registered is not None and registered.marking is not None:
        marks.append(sheet.foreign(registered.marking))
    return Paper(
        language=sheet.language,
        direction="rtl" if sheet.translator.direction == "rtl" else "ltr",
        letterhead=" \u2013 ".join(names) if author is None else names[author],
        title=parts.capital(title),
        subtitle=subtitle,
        head=tuple(head),
        handling=tuple(marks),
        banner=sheet.demonstration() if channel.demonstration else None,
        # The numbers are not known before the pages are made.
        paging=sheet.text("Page {n} of {m}", n="{n}", m="{m}"),
        dated=dated,
        blocks=model.stepped(sheet.blocks),
    )


def _strictest(handling: Iterable[Handling]) -> tuple[str, ...]:
    """The marks of a whole paper; a mark that this release does not know is the strictest."""
    tlp, pap = "clear", None
    for one in handling:
        tlp = max(tlp, one.tlp, key=lambda mark: _rank(TLP_LABELS, mark))
        if one.pap is not None:
            pap = one.pap if pap is None else max(pap, one.pap, key=lambda m: _rank(_PAP, m))
    return tuple(acts.handling(tlp, pap).split(", "))


def _rank(marks: Sequence[str], mark: str) -> int:
    return marks.index(mark) if mark in marks else len(marks)
