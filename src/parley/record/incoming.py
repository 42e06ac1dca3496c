"""What a peer sends is checked here for everything that needs no look at the record."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from typing import NamedTuple

from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import statement, verdict
from parley.record.body import Body
from parley.record.channel import Channel
from parley.record.statement import Statement

_PARTS = 8
"""Parts into which a batch is cut, so that threads end at about the same time."""

_PART = 16
"""Statements that one thread checks in a row at the least: fewer are not worth a second thread."""


class Incoming(NamedTuple):
    """A statement whose signature, audience and body digest are right.

    ``body`` is the deterministic CBOR of its body, ``verdict`` the reason code for which it is
    void, where its body breaks the rules of its type.
    """

    statement: Statement
    body: bytes
    verdict: str | None


class Refused(NamedTuple):
    """A statement that is kept out, and why.

    ``statement`` where the signature is right: it may still convict its author.
    """

    data: bytes
    reason: ParleyError
    statement: Statement | None = None


def check_signed(channel: Channel, author: int, data: bytes) -> Statement:
    """Verify one statement of ``author`` without its body: form, audience, signature.

    :raises ParleyError: with the reason why it must be kept out of the log.
    """
    parsed = _addressed(channel, data)
    _check_signature(channel, author, parsed)
    return parsed


def _addressed(channel: Channel, data: bytes) -> Statement:
    parsed = statement.parse(data)
    if parsed.act.channel != channel.id:
        raise ParleyError(Reason.WRONG_AUDIENCE)
    return parsed


def _check_signature(channel: Channel, author: int, parsed: Statement) -> None:
    parsed.verify(channel.letter(author).party, channel.statement_key(author, parsed.kid))


def check_body(parsed: Statement, body: Body | None) -> Incoming:
    """Check the body of a verified statement.

    :raises ParleyError: with the reason why the statement must be kept out of the log.
    """
    if body is None or not body.complete:
        raise ParleyError(Reason.BODY_MISSING)
    digest, encoded = body.sealed()
    if digest != parsed.act.digest:
        raise ParleyError(Reason.BODY_WRONG)
    return Incoming(parsed, encoded, verdict.of(parsed.act, body))


def check_all(
    channel: Channel,
    author: int,
    items: Sequence[tuple[bytes, Body | None]],
    pool: Executor | None = None,
) -> tuple[list[Incoming], Refused | None]:
    """Verify statements in order, up to the first that must be kept out.

    Signatures release the interpreter's lock, so they are checked side by side in ``pool``; apart
    from everything else, which would only have the threads wait for each other.
    """
    parsed: list[Statement] = []
    refused: Refused | None = None
    for data, _body in items:
        try:
            parsed.append(_addressed(channel, data))
        except ParleyError as error:
            refused = Refused(data, error)
            break
    forged = _first_forged(channel, author, parsed, pool)
    if forged is not None:
        place, reason = forged
        refused = Refused(parsed[place].data, reason)
        del parsed[place:]
    good: list[Incoming] = []
    for one, (data, body) in zip(parsed, items, strict=False):
        try:
            good.append(check_body(one, body))
        except ParleyError as error:
            return good, Refused(data, error, one)
    return good, refused


def _first_forged(
    channel: Channel, author: int, parsed: Sequence[Statement], pool: Executor | None
) -> tuple[int, ParleyError] | None:
    """The place of the first statement that ``author`` has not signed, and why."""
    length = max(_PART, -(-len(parsed) // _PARTS))
    starts = range(0, len(parsed), length)

    def check_part(start: int) -> tuple[int, ParleyError] | None:
        for place, one in enumerate(parsed[start : start + length], start):
            try:
                _check_signature(channel, author, one)
            except ParleyError as error:
                return place, error
        return None

    side_by_side = pool.map if pool is not None and len(starts) > 1 else map
    return next((found for found in side_by_side(check_part, starts) if found is not None), None)
