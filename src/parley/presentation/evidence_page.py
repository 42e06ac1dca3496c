"""What verified evidence proves, against whom, and what not: as sentences and as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import msgspec

from parley.crypto import words
from parley.language.marks import N_
from parley.record.evidence.format import Claim
from parley.record.evidence.report import EvidenceReport, NotProved

if TYPE_CHECKING:
    from parley.presentation.output import Output

CLAIMS: Final[Mapping[Claim, str]] = {
    Claim.STATEMENTS: N_("{who} has signed two statements with one number of one channel."),
    Claim.ROOTS: N_("{who} has signed two different records of the same size."),
    Claim.PLACE: N_(
        "{who} has signed a statement for a place of its record where its signed record holds "
        "another one."
    ),
    Claim.HISTORY: N_(
        "{who} has signed a record, and later one that does not continue it: something was "
        "changed or left out."
    ),
    Claim.REBUILT: N_("{who} has signed a record that is not the one its own statements give."),
    Claim.RECEIPT: N_(
        "{who} has signed a statement for a place of its record where it had receipted another one."
    ),
    Claim.KEYS: N_("{who} has signed two statements about its keys with one number."),
    Claim.HEADS: N_(
        "{who} has signed that it holds fewer statements than it had said to have seen before."
    ),
    Claim.COSIGNED: N_("{who} has cosigned two different records of the same size."),
}

NOT_PROVED: Final[Mapping[NotProved, str]] = {
    NotProved.IDENTITY: N_(
        "That the key is that of the party named: compare its fingerprint by another way, and "
        "name it with --pin."
    ),
    NotProved.SIGNER: N_("Whose the key is: no letter in this file vouches for it."),
    NotProved.REVOKED: N_(
        "That it was signed before the key was revoked: the party has given this key up, and who "
        "had it then may have signed."
    ),
    NotProved.CUSTODY: N_(
        "That the party itself signed, and nobody who had stolen its key: but with this key it was."
    ),
    NotProved.INTENT: N_(
        "That it was done on purpose: a desk that was set back to an older copy signs anew by "
        "mistake."
    ),
    NotProved.BRANCH: N_("Which of the two is the true one."),
    NotProved.TIME: N_("When it was signed: the times are those of the signer's clock."),
    NotProved.PRESENTER: N_("That whoever shows this has itself signed nothing of the kind."),
}


def plain(report: EvidenceReport) -> dict[str, Any]:
    """A report as a plain value."""
    value: dict[str, Any] = msgspec.to_builtins(report)
    return {"verified": True, "mode": "evidence", **value}


def render(output: Output, report: EvidenceReport) -> None:
    """Print who is convicted of what, and what is not proved."""
    convicted = report.convicted
    name = convicted.names.get(output.language) or convicted.names.get("en")
    who = name or convicted.code or convicted.name or convicted.key
    output.title(output.text("The evidence holds: every signature and proof in it verifies."))
    output.say(output.text(CLAIMS[report.claim], who=who), style="bold red")
    output.facts(_facts(output, report), indent=4)
    for statement in report.statements:
        output.say()
        output.facts(
            [
                (output.text("Statement"), statement.id),
                (output.text("No."), str(statement.seq)),
                (output.text("Type"), output.name(statement.type)),
                (output.text("Case"), statement.case),
                (output.text("Signed"), output.time(statement.signed_at)),
                (output.text("SHA-256 of its text"), statement.body_digest),
            ],
            indent=4,
        )
    for root in report.roots:
        rows = [
            (output.text("Size"), str(root.size)),
            (output.text("Root that was signed"), root.root),
        ]
        if root.given is not None:
            rows.append((output.text("Root that follows from the rest"), root.given))
        if root.cosigned_at is not None:
            rows.append((output.text("Cosigned"), output.time(root.cosigned_at)))
        output.say()
        output.facts(rows, indent=4)
    output.say()
    output.title(output.text("What it does not prove:"))
    for point in report.not_proved:
        output.say(f"- {output.text(NOT_PROVED[point])}", indent=4)


def _facts(output: Output, report: EvidenceReport) -> list[tuple[str, str]]:
    convicted = report.convicted
    rows: list[tuple[str, str]] = []
    if convicted.fingerprint is not None:
        fingerprint = bytes.fromhex(convicted.fingerprint)
        rows += [
            (output.text("Fingerprint, words"), words.words(fingerprint)),
            (output.text("Fingerprint, digits"), words.grouped_hex(fingerprint)),
            (
                output.text("Its identity"),
                output.text("as you named it with --pin")
                if convicted.pinned
                else output.text("only what its own letter says")
                if convicted.code
                else output.text("no letter is here"),
            ),
        ]
    if convicted.name is not None:
        rows.append((output.text("Signed as"), output.foreign(convicted.name)))
    rows.append((output.text("Key"), convicted.key))
    if report.channel is not None:
        rows.append((output.text("Channel"), report.channel))
    if report.statements_shown:
        rows.append((output.text("Statements"), str(report.statements_shown)))
    rows.append((output.text("SHA-256"), report.digest))
    return rows
