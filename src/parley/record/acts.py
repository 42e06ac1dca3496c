"""From statements to what the domain reads: header codes, never a text."""

from __future__ import annotations

from parley.domain.act import Act
from parley.record import statement
from parley.record.statement import Statement
from parley.store.log import Entry


def of_statement(parsed: Statement, author: int, verdict: str | None) -> Act:
    """The act that a statement of member ``author`` makes in a channel of two."""
    act, envelope = parsed.act, parsed.envelope
    other = envelope.seen[0].count
    return Act(
        id=parsed.leaf,
        author=author,
        seq=envelope.seq,
        seen=(envelope.seq, other) if author == 0 else (other, envelope.seq),
        type=act.type,
        from_office=act.from_office,
        to_offices=act.to_offices,
        reference=act.reference,
        basis=act.basis,
        precedence=act.precedence,
        reply_wanted=act.reply_wanted,
        codes=act.codes,
        iat=parsed.iat,
        verdict=verdict,
    )


def of_entry(entry: Entry) -> Act:
    """The act of a statement in our log."""
    return of_statement(statement.parse(entry.data), entry.author, entry.verdict)
