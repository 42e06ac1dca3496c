"""A draft as a person reads it, and as a program does: its text, its hash, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from parley.crypto import words
from parley.domain.catalogue import spec_of
from parley.domain.draft import DECIDERS, Stage
from parley.language.marks import N_
from parley.presentation import acts, codes, fields

if TYPE_CHECKING:
    from parley.application.draft_keeping import DraftView
    from parley.presentation.output import Output
    from parley.record.statement import Statement

Plain = dict[str, Any]

STAGES: Final[Mapping[str, str]] = {
    "drafted": N_("being written"),
    "frozen": N_("frozen, waits for legal clearance"),
    "cleared": N_("cleared, waits for authorisation"),
    "decided": N_("decided for release, waits for authorisation"),
    "authorised": N_("authorised"),
    "released": N_("signed and sent"),
    "abandoned": N_("given up"),
}


def stage(output: Output, view: DraftView) -> str:
    """How far a draft has come; of what nobody has to clear it is not said that it was cleared."""
    if view.stage == Stage.CLEARED and view.cleared_by is None:
        return output.text("frozen, waits for authorisation")
    return output.text(STAGES[view.stage])


def plain(view: DraftView) -> Plain:
    """A draft as a plain value."""
    writing = view.writing
    return {
        "draft": view.id.hex(),
        "channel": view.channel.id.hex(),
        "label": view.channel.label,
        "peer": view.channel.peer.text.code,
        "case": view.case.hex(),
        "type": view.type,
        "stage": view.stage,
        "revision": view.revision,
        "sha256": view.sha256.hex() if view.sha256 else None,
        "sha256_words": words.words(view.sha256) if view.sha256 else None,
        "drafted_by": list(view.drafted_by),
        "cleared_by": view.cleared_by,
        "decided_by": list(view.decided_by),
        "decisions": [one._asdict() for one in view.said],
        "authorised_by": list(view.authorised_by),
        "missing": missing(view),
        "approval_fell": view.void_reason,
        "changed_at": view.changed_at,
        "statement": view.released.hex() if view.released else None,
        "precedence": acts.precedence(writing.precedence),
        "tlp": writing.tlp,
        "pap": writing.pap,
        "legal_basis": writing.legal_basis,
        "reply_wanted": writing.reply_wanted,
        "reference": writing.reference.hex() if writing.reference else None,
        "from_office": writing.from_office.hex() if writing.from_office else None,
        "to_offices": [office.hex() for office in writing.to_offices],
        "codes": dict(writing.codes),
        "fields": acts.values(writing.values),
    }


def missing(view: DraftView) -> list[str]:
    """The steps that a draft still needs, in their order.

    They are ``submit``, ``clear``, ``decide``, ``authorise``.
    """
    spec = spec_of(view.type)
    if view.stage in (Stage.RELEASED, Stage.ABANDONED):
        return []
    steps = ["submit"] if view.stage == Stage.DRAFTED else []
    if spec.cleared_by and view.cleared_by is None:
        steps.append("clear")
    if view.gated and len(view.decided_by) < DECIDERS:
        steps.append("decide")
    if len(view.authorised_by) < spec.authorisers:
        steps.append("authorise")
    return steps


class Check(NamedTuple):
    """A step on the way out: its name, how it stands, and whose word it has.

    ``state``: ``done``, ``waits`` or ``not-asked``.
    """

    label: str
    state: str
    said: str


def checks(output: Output, view: DraftView) -> list[Check]:
    """All steps of a draft, in their order, with those that are done."""
    spec = spec_of(view.type)
    names = output.translator.join
    left = () if view.released else missing(view)
    cleared = () if view.cleared_by is None else (view.cleared_by,)
    several = output.plural(
        "{n} officer is asked for", "{n} officers are asked for", spec.authorisers
    )
    steps: list[tuple[str, str, bool, str]] = [
        ("submit", output.text("Text frozen"), True, names(view.drafted_by)),
        ("clear", output.text("Legal review"), bool(spec.cleared_by), names(cleared)),
        ("decide", output.text("Decision on release"), view.gated, names(view.decided_by)),
        ("authorise", output.text("Authorisation"), True, names(view.authorised_by) or several),
    ]
    found = [
        Check(label, ("waits" if step in left else "done") if asked else "not-asked", said)
        for step, label, asked, said in steps
    ]
    state = "done" if view.released else "waits"
    return [*found, Check(output.text("Signed and sent"), state, "")]


def render(output: Output, view: DraftView, *, whole: bool) -> None:
    """Print a draft; ``whole``: with its text."""
    output.title(
        output.text(
            "Draft {draft}: {type:name} to {peer}, {stage}",
            draft=acts.short(view.id),
            type=view.type,
            peer=view.channel.peer.text.code,
            stage=stage(output, view),
        )
    )
    if view.channel.demonstration:
        output.say(output.demonstration(), style="bold")
    rows = [(output.text("Case"), acts.short(view.case))]
    if whole:
        rows += _head_rows(output, view)
        rows += codes.others(output, view.type, view.codes)
        rows += fields.rows(output, view.type, view.writing.values)
    if view.sha256 is not None:
        rows.append((output.text("Hash, words"), words.words(view.sha256)))
        rows.append((output.text("Hash, SHA-256"), words.grouped_hex(view.sha256)))
    output.facts(rows, indent=4)
    if view.void_reason is not None:
        output.say(
            output.text("An approval fell: {why}", why=acts.said(output, view.void_reason)),
            style="bold",
        )
    _render_missing(output, view)


def _head_rows(output: Output, view: DraftView) -> list[tuple[str, str]]:
    return [*_house_rows(output, view), *header_rows(output, view)]


def _house_rows(output: Output, view: DraftView) -> list[tuple[str, str]]:
    rows = [
        (output.text("Revision"), str(view.revision)),
        (output.text("Drafted by"), output.translator.join(view.drafted_by)),
    ]
    if view.cleared_by is not None:
        rows.append((output.text("Cleared by"), view.cleared_by))
    rows += [
        (
            output.text("On release"),
            output.text(
                "{officer}, {time}: {verdict:name}. {reason}",
                officer=one.officer,
                time=output.time(one.at),
                verdict=one.verdict,
                reason=one.reason,
            ),
        )
        for one in view.said
    ]
    if view.authorised_by:
        rows.append((output.text("Authorised by"), output.translator.join(view.authorised_by)))
    return rows


def header_rows(output: Output, view: DraftView) -> list[tuple[str, str]]:
    """What stands in the header of a draft."""
    writing = view.writing
    rows = [
        (output.text("Precedence"), output.name(acts.precedence(writing.precedence))),
        (output.text("Handling"), acts.handling(writing.tlp, writing.pap)),
    ]
    if writing.legal_basis is not None:
        rows.append((output.text("Legal basis"), writing.legal_basis))
    if writing.reply_wanted is not None:
        wanted = output.translator.duration(writing.reply_wanted)
        rows.append((output.text("Answer wanted within"), wanted))
    return rows + acts.code_rows(output, writing.type, writing.codes)


def _render_missing(output: Output, view: DraftView) -> None:
    """What is still missing, and what to type next."""
    steps = missing(view)
    draft = acts.short(view.id)
    if not steps:
        return
    sentences = {
        "submit": output.text("its drafter freezes the text"),
        "clear": output.text("a legal reviewer, not its drafter, clears it"),
        "decide": output.text("two reviewers, not its drafter, decide on its release"),
        "authorise": output.text("an authoriser, neither its drafter nor its reviewer, lets it go"),
    }
    output.say(
        output.text(
            "Still missing: {steps}.", steps=output.text("; ").join(sentences[s] for s in steps)
        )
    )
    output.next_steps(f"parley draft {steps[0]} {draft} --officer NAME")


def render_released(output: Output, statement: Statement, code: str) -> None:
    """Print that a statement was signed and is on its way."""
    output.title(
        output.text(
            "Signed and queued for {code}: {type:name}, statement {statement}.",
            code=code,
            type=statement.act.type,
            statement=acts.short(statement.leaf),
        )
    )
    output.next_steps(f"parley case show {acts.short(statement.act.case)}")


def plain_released(statement: Statement) -> Plain:
    """A statement that was just signed."""
    return {
        "released": True,
        "statement": statement.leaf.hex(),
        "seq": statement.envelope.seq,
        "signed_at": statement.iat,
        **acts.header(statement.act),
    }
