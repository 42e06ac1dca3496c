"""Freezing: from what officers wrote to the exact bytes that they authorise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from parley.domain import catalogue
from parley.domain.act import Code
from parley.kernel import cbor
from parley.kernel.ids import DESK_OFFICE
from parley.record import body as bodies
from parley.record import units
from parley.record.body import Body, Value
from parley.record.channel import Channel
from parley.record.statement import ACT_VERSION, ActHeader, Handling

AMBER = Handling("amber", None)


class Frozen(NamedTuple):
    """The act's exact bytes, and the body whose digest stands in them."""

    act_bytes: bytes
    body: Body


class Content(NamedTuple):
    """What an act says, before salts are drawn."""

    case: bytes
    type: str
    from_office: bytes
    to_offices: tuple[bytes, ...]
    reference: bytes | None
    basis: tuple[bytes, ...]
    legal_basis: str | None
    precedence: int
    handling: Handling
    reply_wanted: int | None
    codes: Mapping[str, Code]
    values: Mapping[str, Value]


def freeze(channel: Channel, content: Content) -> Frozen:
    """Draw the salts and fix the bytes of an act in ``channel``.

    :raises ParleyError: ``type-unknown`` and the errors of the shape, so that nothing is
        authorised that cannot be sent.
    """
    catalogue.spec_of(content.type)
    body = bodies.salted(content.values)
    header = ActHeader(
        version=ACT_VERSION,
        channel=channel.id,
        case=content.case,
        type=content.type,
        from_office=content.from_office,
        to_offices=content.to_offices,
        reference=content.reference,
        basis=content.basis,
        legal_basis=content.legal_basis,
        precedence=content.precedence,
        handling=content.handling,
        reply_wanted=content.reply_wanted,
        codes=units.bound(content.type, content.codes, body),
        digest=body.digest(),
    )
    cbor.convert(cbor.plain(header), ActHeader)
    return Frozen(cbor.encode_model(header), body)


def by_desk(
    channel: Channel,
    type_: str,
    *,
    codes: Mapping[str, Code],
    values: Mapping[str, Value] | None = None,
    reference: bytes | None = None,
    case: bytes | None = None,
) -> Frozen:
    """An act that the desk itself makes, in a case or, as a genesis or a notice, in the channel."""
    return freeze(
        channel,
        Content(
            case=case or channel.standing_case,
            type=type_,
            from_office=DESK_OFFICE,
            to_offices=(DESK_OFFICE,),
            reference=reference,
            basis=(),
            legal_basis=None,
            precedence=0,
            handling=AMBER,
            reply_wanted=None,
            codes=codes,
            values=values or {},
        ),
    )
