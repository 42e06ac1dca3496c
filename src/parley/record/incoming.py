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
    parsed = statement.parse(data)
    if parsed.act.channel != channel.id:
        raise ParleyError(Reason.WRONG_AUDIENCE)
    parsed.verify(channel.letter(author).party, channel.statement_key(author, parsed.kid))
    return parsed


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

    Signatures release the interpreter's lock, so parts are checked side by side in ``pool``.
    """
    length = max(_PART, -(-len(items) // _PARTS))
    parts = [items[start : start + length] for start in range(0, len(items), length)]
    side_by_side = pool.map if pool is not None and len(parts) > 1 else map
    results = side_by_side(lambda part: _check_part(channel, author, part), parts)
    good: list[Incoming] = []
    for checked, refused in results:
        good.extend(checked)
        if refused is not None:
            return good, refused
    return good, None


def _check_part(
    channel: Channel, author: int, items: Sequence[tuple[bytes, Body | None]]
) -> tuple[list[Incoming], Refused | None]:
    good: list[Incoming] = []
    for data, body in items:
        parsed: Statement | None = None
        try:
            parsed = check_signed(channel, author, data)
            good.append(check_body(parsed, body))
        except ParleyError as error:
            return good, Refused(data, error, parsed)
    return good, None
