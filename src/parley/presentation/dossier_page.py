"""What a verified dossier proves and what it does not, as sentences and as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import msgspec

from parley.crypto import words
from parley.language.marks import N_
from parley.presentation import acts
from parley.record.dossier.report import NotProved, Report

if TYPE_CHECKING:
    from parley.presentation.output import Output
    from parley.record.dossier.place import Sought
    from parley.record.dossier.report import Author, KeyChange, Party

_SPOOL_BYTES: Final = 1 << 23

NOT_PROVED: Final[Mapping[NotProved, str]] = {
    NotProved.IDENTITY: N_(
        "That the keys are those of the parties named: compare their fingerprints by another "
        "way, and name them with --pin."
    ),
    NotProved.LATER_STATEMENTS: N_("That nothing was said after the last statement here."),
    NotProved.REST_OF_CHANNEL: N_(
        "What else the two parties said to each other outside this case."
    ),
    NotProved.TRUTH: N_("That what was said is true."),
    NotProved.READING: N_("That anybody read it, or agreed to it: a receipt says that it arrived."),
    NotProved.CLOCKS: N_("That a clock was right: times are those of the signing desks."),
    NotProved.CASE_RULES: N_(
        "What the statements amount to: only those that break the rules of their type are "
        "marked as void."
    ),
    NotProved.COLLUSION: N_("That the two parties did not make up this record together."),
    NotProved.BEYOND_RECEIPTS: N_("That the statements without a receipt arrived."),
    NotProved.BEYOND_AGREEMENT: N_("That both records hold the statements beyond their agreement."),
    NotProved.QUANTUM: N_(
        "Against one who has a quantum computer: the part that no ML-DSA-44 signature covers."
    ),
    NotProved.CLAIMS: N_(
        "That everything seen by a statement's author was as it says, where this dossier lacks it."
    ),
    NotProved.WITHHELD: N_("What stands in the fields that are withheld."),
    NotProved.ERASED: N_("What stood in the texts that were erased."),
    NotProved.REVOKED_KEYS: N_(
        "Who held a key before it was revoked: statements that it signed stand because the other "
        "side had receipted them, or because the party's next key names them."
    ),
}


def plain(
    report: Report,
    statements: Sequence[Mapping[str, Any]] | None,
    sought: Sought | None = None,
) -> dict[str, Any]:
    """A report as a plain value; ``sought``: a place at which a statement was found."""
    value: dict[str, Any] = {"verified": True, **msgspec.to_builtins(report)}
    if sought is not None:
        found = sought.place
        value["place"] = {
            "origin": found.origin,
            "seq": found.seq,
            "index": found.index,
            "statement": found.leaf.hex(),
        }
    if statements is not None:
        value["transcript"] = list(statements)
    return value


def render(output: Output, report: Report, sought: Sought | None = None) -> None:
    """Print what a dossier proves, what it does not, and on request every statement of it."""
    output.title(output.text("The dossier holds: every signature, chain and proof in it verifies."))
    if sought is not None:
        output.say(
            output.text(
                "The statement of the paper stands in it, at this place: number {seq}, {leaf}.",
                seq=sought.place.seq,
                leaf=sought.place.leaf.hex(),
            )
        )
    if report.demonstration:
        output.say(output.demonstration(), style="bold")
    if report.halted is not None:
        said = output.text("Whoever wrote it has halted the channel:")
        output.say(f"{said} {acts.said(output, report.halted)}", style="bold red")
    output.facts(_facts(output, report), indent=4)
    for index in _order(report):
        party = report.parties[index]
        output.say()
        output.title(_party_title(output, party))
        output.facts(_party_facts(output, party, report.authors[index]), indent=4)
    if report.voids:
        output.say()
        _render_voids(output, report)
    if report.withheld:
        output.say()
        _render_withheld(output, report)
    for one in report.witnessed:
        output.say(
            output.text(
                "The record of {code} up to {size} statements was witnessed by {witness} on {at}; "
                "its key is {key}.",
                code=report.parties[one.owner].code,
                size=one.size,
                witness=one.name,
                at=output.time(one.at),
                key=one.key[:16],
            )
        )
    output.say()
    output.title(output.text("What it does not prove:"))
    for point in report.not_proved:
        output.say(f"- {output.text(NOT_PROVED[point])}", indent=4)


def _order(report: Report) -> tuple[int, int]:
    """The members, whoever wrote the dossier first."""
    return (0, 1) if report.parties[0].exporter else (1, 0)


def _facts(output: Output, report: Report) -> list[tuple[str, str]]:
    rows = [(output.text("Channel"), f"{output.foreign(report.label)} ({report.channel[:12]})")]
    if report.case is not None:
        rows.append((output.text("Case"), report.case))
    exporter = report.parties[_order(report)[0]]
    rows += [
        (output.text("Written by"), output.foreign(exporter.code)),
        (output.text("Written"), output.time(report.created_at)),
        (output.text("Statements"), str(report.statements)),
        (output.text("Both records agree to"), _agreement(output, report, report.agreement)),
        (
            output.text("The same, post-quantum"),
            _agreement(output, report, report.agreement_post_quantum),
        ),
        (output.text("SHA-256"), report.digest),
    ]
    return rows


def _agreement(output: Output, report: Report, agreed: tuple[int, ...]) -> str:
    first, second = _order(report)
    return output.text(
        "{p} of {first} and {q} of {second}",
        p=agreed[first],
        first=report.parties[first].code,
        q=agreed[second],
        second=report.parties[second].code,
    )


def _party_title(output: Output, party: Party) -> str:
    name = party.names.get(output.language) or party.names.get("en") or party.code
    return output.text("{party} ({code})", party=name, code=party.code)


def _party_facts(output: Output, party: Party, author: Author) -> list[tuple[str, str]]:
    fingerprint = bytes.fromhex(party.fingerprint)
    rows = [
        (output.text("Fingerprint, words"), words.words(fingerprint)),
        (output.text("Fingerprint, digits"), words.grouped_hex(fingerprint)),
        (
            output.text("Its identity"),
            output.text("as you named it with --pin")
            if party.pinned
            else output.text("only what its own letter says"),
        ),
        (output.text("Statements"), output.text("{count}, without a gap", count=author.statements)),
        (output.text("Receipted by the other side"), str(author.receipted)),
    ]
    if author.receipts_odd_clock:
        rows.append((output.text("Receipts with an odd clock"), str(author.receipts_odd_clock)))
    if author.voids:
        rows.append((output.text("Void"), str(author.voids)))
    if author.withheld_fields:
        rows.append((output.text("Fields withheld"), str(author.withheld_fields)))
    if author.erased_bodies:
        rows.append((output.text("Texts erased"), str(author.erased_bodies)))
    if author.revoked_key:
        rows.append((output.text("Signed with a key revoked later"), str(author.revoked_key)))
    if author.disowned:
        rows.append((output.text("Disowned by the party itself"), str(author.disowned)))
    if len(party.key_history) > 1:
        rows += [(output.text("Keys"), _key_change(output, change)) for change in party.key_history]
    return rows


def _key_change(output: Output, change: KeyChange) -> str:
    if change.kind is None:
        said = output.text("of the letter, since {time}", time=output.time(change.issued_at))
    else:
        said = output.text(
            "{kind:name} {number} ({why:name}), {time}",
            kind=change.kind,
            number=change.number,
            why=change.reason or "",
            time=output.time(change.issued_at),
        )
    return output.text("{said}; revoked since", said=said) if change.revoked else said


def _render_withheld(output: Output, report: Report) -> None:
    exporter = next(party for party in report.parties if party.exporter)
    output.say(output.text("Withheld by {code}, who wrote this dossier:", code=exporter.code))
    for one in report.withheld:
        output.say(
            output.plural(
                "statement {seq} of {code}: {n} field",
                "statement {seq} of {code}: {n} fields",
                one.fields,
                seq=one.seq,
                code=report.parties[one.author].code,
            ),
            indent=4,
        )


def _render_voids(output: Output, report: Report) -> None:
    for void in report.voids:
        output.say(
            output.text(
                "Statement {seq} of {code} is void: {why}",
                seq=void.seq,
                code=report.parties[void.author].code,
                why=acts.said(output, void.reason),
            )
        )
