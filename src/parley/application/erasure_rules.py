"""What this house may propose to erase, or consent to: nothing that is held or is evidence."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from parley.domain import case as folds
from parley.domain.act import ActType
from parley.domain.clocks import Obligation
from parley.domain.codes import tokens
from parley.domain.kinds.erasure_state import Erasure
from parley.domain.shape import ClockKind, Scope
from parley.kernel import cbor
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import replay, statement
from parley.record.channel import Channel
from parley.record.evidence.export import KEPT_BYTES
from parley.record.statement import ActHeader
from parley.store import channels, erasures, log, outbox, proofs, views
from parley.store.log import Entry

DECIDING = (ActType.ERASURE_PROPOSAL, ActType.ERASURE_CONSENT)
"""Acts by which this side agrees that bodies are erased."""


def check(connection: Connection, channel: Channel, header: ActHeader, now: int) -> None:
    """Refuse a proposal of ours, or a consent, to what may not be erased.

    :raises ParleyError: as :func:`check_bodies`; ``erasure-nothing`` where nothing that is named is
        there any more.
    """
    if header.type not in DECIDING:
        return
    bodies = tuple(map(bytes.fromhex, tokens(header, "bodies")))
    if header.type == ActType.ERASURE_CONSENT:
        row = views.case(connection, channel.id, header.case)
        substance = replay.case_of(row).substance if row else None
        bodies = substance.bodies if isinstance(substance, Erasure) else ()
    check_bodies(connection, channel, bodies, now)
    entries = (log.by_leaf(connection, channel.id, leaf) for leaf in bodies)
    if not any(log.body(connection, channel.id, entry.position) for entry in entries if entry):
        raise ParleyError(Reason.ERASURE_NOTHING)


def check_bodies(
    connection: Connection, channel: Channel, leaves: Iterable[bytes], now: int
) -> None:
    """Refuse to erase what is not here on both sides, is held, or shows what somebody did.

    :raises ParleyError: ``erasure-unknown-body``, ``erasure-out-of-place``,
        ``erasure-not-receipted``, ``erasure-void-body``, ``erasure-held``, ``erasure-evidence``,
        ``erasure-preserved``.
    """
    evidence = _Evidence(connection, channel)
    receipted = outbox.one(connection, channel.id).receipted
    cases: dict[bytes, Reason | None] = {}
    for leaf in leaves:
        entry = log.by_leaf(connection, channel.id, leaf)
        if entry is None:
            raise ParleyError(Reason.ERASURE_UNKNOWN_BODY, statement=_short(leaf))
        reason = _against(channel, entry, receipted)
        if reason is None:
            if entry.case_id not in cases:
                cases[entry.case_id] = _against_case(connection, channel, entry.case_id, now)
            reason = cases[entry.case_id]
        if reason is None and evidence.shows(entry):
            reason = Reason.ERASURE_EVIDENCE
        if reason is not None:
            raise ParleyError(reason, statement=_short(leaf))


def _short(leaf: bytes) -> str:
    return leaf.hex()[:8]


def _against(channel: Channel, entry: Entry, receipted: int) -> Reason | None:
    """Why the body of a statement may not go, whatever its case is."""
    if entry.case_id == channel.standing_case:
        return Reason.ERASURE_OUT_OF_PLACE
    if entry.verdict is not None:
        return Reason.ERASURE_VOID_BODY
    if entry.author == channel.own_index and entry.seq >= receipted:
        return Reason.ERASURE_NOT_RECEIPTED
    return None


def _against_case(connection: Connection, channel: Channel, case: bytes, now: int) -> Reason | None:
    """Why no body of a case may go."""
    row = views.case(connection, channel.id, case)
    if row is None or row.kind == Scope.ERASURE:
        return Reason.ERASURE_OUT_OF_PLACE
    if erasures.standing_hold(connection, channel.id, case) is not None:
        return Reason.ERASURE_HELD
    state = replay.case_of(row)
    for due in folds.obligations(state):
        if due.kind == ClockKind.PRESERVE and not _over(connection, channel, due, now):
            return Reason.ERASURE_PRESERVED
    return None


def _over(connection: Connection, channel: Channel, due: Obligation, now: int) -> bool:
    """Whether a time for which data are preserved has passed, counted from the later clock."""
    if due.at is not None:
        return due.at <= now
    entry = log.by_leaf(connection, channel.id, due.since)
    if entry is None or due.seconds is None:
        return False
    return max(entry.iat, entry.recorded_at) + due.seconds <= now


class _Evidence:
    """What is kept of this channel as proof that the peer contradicts itself."""

    def __init__(self, connection: Connection, channel: Channel) -> None:
        self._cases: set[bytes] = set()
        row = channels.one(connection, channel.id)
        self._everything = row is None or row.state == "halted"
        for kept in proofs.every_evidence(connection, channel.id):
            named = _cases_in(kept.data)
            self._cases |= named
            # Heads and checkpoints speak of all that is below them.
            self._everything |= not named

    def shows(self, entry: Entry) -> bool:
        return self._everything or entry.case_id in self._cases


def _cases_in(data: bytes) -> set[bytes]:
    """The cases of the statements among what contradicts itself."""
    found: set[bytes] = set()
    parts: list[bytes] = cbor.decode(data, limit=KEPT_BYTES)
    for part in parts:
        try:
            found.add(statement.parse(part).act.case)
        except ParleyError:
            continue
    return found
