"""What a peer sends is checked here for everything that needs no look at the record."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from typing import NamedTuple

from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import statement
from parley.record.body import Body
from parley.record.channel import Channel
from parley.record.statement import Statement

_PART = 64
"""Statements that one thread checks in a row; fewer are not worth a second thread."""


class Incoming(NamedTuple):
    """A statement whose signature, audience and body digest are right."""

    statement: Statement
    body: Body


class Refused(NamedTuple):
    """A statement that is kept out, and why."""

    data: bytes
    reason: ParleyError


def check_signed(channel: Channel, author: int, data: bytes) -> Statement:
    """Verify one statement of ``author`` without its body: form, audience, signature.

    :raises ParleyError: with the reason why it must be kept out of the log.
    """
    parsed = statement.parse(data)
    if parsed.act.channel != channel.id:
        raise ParleyError(Reason.WRONG_AUDIENCE)
    parsed.verify(channel.letter(author).party, channel.statement_key(author, parsed.kid))
    return parsed


def check(channel: Channel, author: int, data: bytes, body: Body | None) -> Incoming:
    """Verify one statement of ``author`` and its body.

    :raises ParleyError: with the reason why it must be kept out of the log.
    """
    parsed = check_signed(channel, author, data)
    if body is None or not body.complete:
        raise ParleyError(Reason.BODY_MISSING)
    if body.digest() != parsed.act.digest:
        raise ParleyError(Reason.BODY_WRONG)
    return Incoming(parsed, body)


def check_all(
    channel: Channel,
    author: int,
    items: Sequence[tuple[bytes, Body | None]],
    pool: Executor | None = None,
) -> tuple[list[Incoming], Refused | None]:
    """Verify statements in order, up to the first that must be kept out.

    Signatures release the interpreter's lock, so parts are checked side by side in ``pool``.
    """
    parts = [items[start : start + _PART] for start in range(0, len(items), _PART)]
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
        try:
            good.append(check(channel, author, data, body))
        except ParleyError as error:
            return good, Refused(data, error)
    return good, None
