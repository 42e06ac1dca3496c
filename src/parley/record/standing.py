"""What belongs to the channel as a whole: genesis, notices of void acts and of non-delivery."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import Connection

from parley.domain import channel as standing
from parley.domain.act import ActType
from parley.domain.channel import Judged, Opening, Terms
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import acts
from parley.record import letter as letters
from parley.record.channel import Channel
from parley.store import log
from parley.store.log import Entry

TRANSMISSION_LIMIT_SECONDS = 72 * 3600
"""Our own offer: within how long a statement should be receipted."""


def expected_terms(channel: Channel) -> Terms:
    """The terms to which the members' letters lead.

    :raises ParleyError: ``suite-unsupported``.
    """
    offers = [letter.text for letter in channel.letters]
    return Terms(
        version=_best([letters.PROTOCOL], *(offer.protocols for offer in offers)),
        suite=_best([letters.SUITE], *(offer.suites for offer in offers)),
        members=tuple(letter.party.hex() for letter in channel.letters),
        letters=tuple(letter.digest.hex() for letter in channel.letters),
        transmission_limit=TRANSMISSION_LIMIT_SECONDS,
    )


def _best(*offers: Sequence[int]) -> int:
    """The greatest number in all of ``offers``, the first of which is what this release knows."""
    common = set.intersection(*map(set, offers))
    if not common:
        raise ParleyError(Reason.SUITE_UNSUPPORTED)
    return max(common)


def opening(
    connection: Connection, channel: Channel, void_reason: Callable[[Entry], str | None]
) -> Opening:
    """The channel as its own acts make it.

    ``void_reason`` tells why a statement of a case is void, or that it is not.
    """

    def lookup(leaf: bytes) -> Judged | None:
        entry = log.by_leaf(connection, channel.id, leaf)
        if entry is None or entry.case_id == channel.standing_case:
            return None
        act = acts.of_entry(entry)
        void = void_reason(entry)
        return Judged(act.id, act.author, act.seq, act.seen, act.type, void, act.reference)

    entries = log.in_case(connection, channel.id, channel.standing_case)
    return standing.fold(
        (acts.of_entry(entry) for entry in entries), lookup, expected_terms(channel)
    )


def disowned(connection: Connection, channel: Channel) -> frozenset[bytes]:
    """The leaves that members have stated not to be their own."""
    return frozenset(
        leaf
        for entry in disowning(connection, channel)
        for leaf in standing.leaves_named(acts.of_entry(entry))
    )


def disowning(connection: Connection, channel: Channel) -> list[Entry]:
    """The statements, not void, by which members disown others, in the order of our log."""
    entries = log.in_case(connection, channel.id, channel.standing_case)
    if not any(channel.keyring(member).current.number for member in range(2)):
        return []
    opened = opening(connection, channel, lambda entry: entry.verdict)
    named = {act.id for act in opened.acts if act.type == ActType.NOT_US and act.void is None}
    return [entry for entry in entries if entry.leaf in named]


def genesis_fault(opened: Opening) -> Reason | None:
    """Why a member's genesis does not fit the letters, where one does not."""
    for act in opened.acts:
        if act.type == ActType.GENESIS and act.void is not None:
            return Reason(act.void)
    return None
