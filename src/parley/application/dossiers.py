"""Handing over: what the record proves, as one file for a third party."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from parley.application import house
from parley.application.desk import Desk
from parley.application.places import Places
from parley.domain import access
from parley.domain.access import Place
from parley.domain.housekeeping import HouseAct
from parley.domain.roles import Duty
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import statement
from parley.record.channel import Channel
from parley.record.dossier import export as exports
from parley.record.dossier.export import Exported, Progress, Source
from parley.record.mirror import Mirror
from parley.store import channels, log, proofs, views
from parley.store.anchor import Head


def export(
    desk: Desk,
    officer: str,
    channel: Channel,
    target: Path,
    *,
    case: bytes | None = None,
    withhold: Sequence[str] = (),
    unconfirmed: bool = False,
    progress: Progress | None = None,
) -> Exported:
    """Write the dossier of a channel, or of one ``case``, to ``target``.

    Before, our log is signed as it stands, and the peer's cosigned with ML-DSA-44: what the record
    does not hold, no dossier can show. On a channel that is halted or recovering nothing is signed.
    As long as the peer has not answered since the start, statements that have never left do not
    leave in a dossier either, but with ``unconfirmed``. The house record keeps who exported what,
    and how many fields were withheld.

    :raises ParleyError: ``officer-unknown``, ``case-unknown``; ``role-forbids``, of a whole channel
        also for whoever is recused from anything, of a case where its statements name one from
        which the officer is recused; ``head-unconfirmed``; ``anchor-missing``,
        ``anchor-damaged``; as :func:`parley.record.dossier.export.export`.
    """
    place = _allowed(desk, officer, channel, case)
    _sign_as_it_stands(desk, channel, unconfirmed=unconfirmed)
    with desk.database.read() as connection:
        known = desk.channel(connection, channel.id)
        keys = desk.keys_for(known.own_keys)
        source = Source(connection, known, desk.vault, keys.log, desk.clock())
        made = exports.export(source, target, case=case, withhold=withhold, progress=progress)
    try:
        with house.acting(desk, officer) as acting:
            acting.at(place)
            acting.note(HouseAct.DOSSIER_EXPORTED, digest=made.digest)
            if made.withheld:
                acting.note(HouseAct.FIELDS_WITHHELD, digest=made.digest, number=made.withheld)
    except BaseException:
        # Nothing is exported of which the house record does not say by whom.
        target.unlink(missing_ok=True)
        raise
    return made


def may_export(desk: Desk, officer: str, channel: Channel) -> bool:
    """Whether the officer may hand over the whole of a channel.

    :raises ParleyError: ``officer-unknown``.
    """
    with house.reading(desk, officer) as acting:
        return access.may(acting.officer, Duty.EXPORT, Place(channel.id))


def _allowed(desk: Desk, officer: str, channel: Channel, case: bytes | None) -> Place:
    """The place that the officer may export."""
    with house.reading(desk, officer) as acting:
        access.require_somewhere(acting.officer, Duty.EXPORT)
        if case is None:
            acting.at(Place(channel.id))
        else:
            places = Places(acting.connection, acting.officer)
            row = views.case(acting.connection, channel.id, case)
            acting.at(places.at(channel.id, case, row.kind if row else None, None))
            if row is None or not places.sees(row):
                raise ParleyError(Reason.CASE_UNKNOWN)
        access.require(acting.officer, Duty.EXPORT, acting.place)
        if case is not None and places.recused:
            for entry in log.in_case(acting.connection, channel.id, case):
                act = statement.parse(entry.data).act
                if places.closed(channel.id, act.type, act.codes):
                    raise ParleyError(Reason.ROLE_FORBIDS, duty=Duty.EXPORT.value)
        return acting.place


def _sign_as_it_stands(desk: Desk, channel: Channel, *, unconfirmed: bool) -> None:
    with desk.database.write(channel.id) as connection:
        row = channels.one(connection, channel.id)
        if row is None or row.state != "open":
            return
        channel = desk.channel(connection, channel.id)
        ledger = desk.ledger(connection, channel)
        if not ledger.is_open:
            return
        if not unconfirmed and not desk.contacts.confirmed(channel.id):
            sent = desk.anchors.look(channel.id)
            if isinstance(sent, Reason) or ledger.own.count > sent.count:
                raise ParleyError(Reason.HEAD_UNCONFIRMED)
        ledger.checkpoint()
        theirs = proofs.checkpoint(connection, channel.id, channel.peer_index)
        if theirs is not None:
            mirror = Mirror(connection, channel, desk.clock())
            mirror.cosign(theirs, desk.keys_for(channel.own_keys).log, post_quantum=True)
        head = Head.of(ledger.own, ledger.peer, ledger.root())
    # The dossier shows all of this to anybody.
    desk.anchors.advance(channel.id, head)
