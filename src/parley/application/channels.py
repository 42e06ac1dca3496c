"""Letters and channels: accepting a letter opens the channel and writes its genesis."""

from __future__ import annotations

from typing import NamedTuple

from parley.application import house
from parley.application.desk import Desk
from parley.crypto import words
from parley.domain import access
from parley.domain.access import Place
from parley.domain.act import ActType, Code
from parley.domain.catalogue import CATALOGUE
from parley.domain.header import check_codes
from parley.domain.housekeeping import HouseAct
from parley.domain.roles import Duty
from parley.kernel import limits, text
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import freeze, standing
from parley.record import letter as letters
from parley.record.channel import Channel
from parley.record.freeze import Frozen
from parley.record.keyring import Keyring
from parley.record.ledger import Ledger
from parley.record.letter import Letter
from parley.record.standing import TRANSMISSION_LIMIT_SECONDS
from parley.store import channels, log, outbox, proofs, witnesses
from parley.store import keys as key_statements
from parley.store.channels import ChannelRow
from parley.store.witnesses import ContactRow

DEFAULT_LABEL = "standing"


class Standing(NamedTuple):
    """How a channel stands.

    ``agreed_own`` of ours and ``agreed_peer`` of the peer's statements stand in both logs under
    checkpoints that the other has cosigned. ``post_quantum_size`` is the size of our log up to
    which the peer has cosigned with ML-DSA-44. ``reopened_at``: when officers of ours last opened
    it again after it had been halted. ``witnesses``: how the last contact with each went.
    ``own_epoch`` and ``peer_epoch`` are those of both chains; ``epoch_waiting``: our newest keys
    sign nothing here before the peer has answered. ``letter_expired``: that of either side, so that
    officers' statements are not signed any more.
    """

    channel: Channel
    state: str
    reason: str | None
    opened_at: int
    own: int
    peer: int
    receipted: int
    agreed_own: int
    agreed_peer: int
    post_quantum_size: int
    attempts: int
    last_reason: str | None
    last_contact_at: int | None
    evidence: int
    quarantined: int
    reopened_at: int | None
    witnesses: tuple[ContactRow, ...]
    own_epoch: int
    peer_epoch: int
    epoch_waiting: bool
    letter_expired: bool


def accept(
    desk: Desk,
    data: bytes,
    fingerprint: str,
    *,
    label: str = DEFAULT_LABEL,
    transmission_limit: int = TRANSMISSION_LIMIT_SECONDS,
    by: str | None = None,
) -> Channel:
    """Accept a peer's letter whose fingerprint was compared by another way, and open the channel.

    ``by``: an administrator; none: the desk itself, which is whoever holds its passphrase.

    :raises ParleyError: the errors of a letter; ``fingerprint-mismatch``; ``letter-own``;
        ``letter-expired``; ``suite-unsupported``; ``channel-exists``; the rules of text (label);
        ``code-invalid`` for a limit of less than an hour or more than 366 days;
        ``officer-unknown``, ``role-forbids``.
    """
    if by is not None:
        # Before anything is begun that somebody else would have to take back.
        with house.reading(desk, by) as reading:
            access.require(reading.officer, Duty.ADMINISTER)
    peer = letters.parse(data)
    words.compare(fingerprint, peer.party)
    text.check(label, limits.LINE_CHARACTERS, line=True)
    now = desk.clock()
    if peer.expired(now):
        raise ParleyError(Reason.LETTER_EXPIRED)
    channel = Channel.between(label, desk.letter, peer)
    genesis = _genesis(channel, transmission_limit)
    # Before anything is signed: an anchor that is there already tells that this is not the first
    # time, and then our genesis has to come back from the peer.
    desk.anchors.begin(channel.id)
    lost = desk.anchors.read(channel.id).count > 0
    with house.acting(desk, by, channel.id) as acting:
        connection = acting.connection
        if channels.one(connection, channel.id) is not None:
            raise ParleyError(Reason.CHANNEL_EXISTS)
        if by is not None:
            acting.at(Place(channel.id))
            acting.note(HouseAct.LETTER_ACCEPTED, digest=peer.digest)
        theirs = key_statements.of_party(connection, peer.party)
        channel = Channel.of(label, desk.own_keyring(connection), Keyring.of(peer, theirs))
        for letter in channel.letters:
            channels.add_letter(
                connection,
                digest=letter.digest,
                party=letter.party,
                own=letter is desk.letter,
                data=letter.data,
                now=now,
            )
        channels.add(
            connection,
            ChannelRow(channel.id, label, desk.letter.digest, peer.digest, "open", None, now, None),
        )
        keys = desk.keys_for(channel.own_keys)
        ledger = Ledger.begin(connection, channel, keys, desk.vault, now)
        if lost:
            channels.recover(connection, channel.id, Reason.RECORD_BEHIND.value, 0)
        else:
            ledger.append_own(genesis.act_bytes, genesis.body)
    return channel


def _genesis(channel: Channel, transmission_limit: int) -> Frozen:
    """Our first act of a channel: on what terms it is opened.

    :raises ParleyError: ``code-invalid``.
    """
    terms = standing.expected_terms(channel)
    codes: dict[str, Code] = {
        "version": terms.version,
        "suite": terms.suite,
        "members": terms.members,
        "letters": terms.letters,
        "transmission-limit": transmission_limit,
    }
    check_codes(CATALOGUE[ActType.GENESIS], codes)
    values = {"label": channel.label}
    return freeze.by_desk(channel, ActType.GENESIS, codes=codes, values=values)


def inspect(data: bytes) -> Letter:
    """Read a letter to show it, before anything is accepted.

    :raises ParleyError: the errors of a letter.
    """
    return letters.parse(data)


def every(desk: Desk) -> list[Channel]:
    """All channels, the oldest first."""
    with desk.database.read() as connection:
        return [channel for channel, _row in desk.channels(connection)]


def standings(desk: Desk) -> list[Standing]:
    """All channels as they stand, the oldest first."""
    found: list[Standing] = []
    with desk.database.read() as connection:
        for channel, row in desk.channels(connection):
            chains = log.chains(connection, channel.id)
            box = outbox.one(connection, channel.id)
            own, peer = channel.own_index, channel.peer_index
            ours = proofs.greatest_cosigned(connection, channel.id, own)
            theirs = proofs.greatest_cosigned(connection, channel.id, peer)
            in_own = log.authors_below(connection, channel.id, own, ours.size if ours else 0)
            in_peer = log.authors_below(connection, channel.id, peer, theirs.size if theirs else 0)
            quantum = proofs.greatest_cosigned(connection, channel.id, own, 6)
            reopened = channels.last_reopening(connection, channel.id)
            found.append(
                Standing(
                    channel=channel,
                    state=row.state,
                    reason=row.reason,
                    opened_at=row.opened_at,
                    own=chains[own].count,
                    peer=chains[peer].count,
                    receipted=box.receipted,
                    agreed_own=min(in_own[own], in_peer[own]),
                    agreed_peer=min(in_own[peer], in_peer[peer]),
                    post_quantum_size=quantum.size if quantum else 0,
                    attempts=box.attempts,
                    last_reason=box.last_reason,
                    last_contact_at=box.last_contact_at,
                    evidence=proofs.count_evidence(connection, channel.id),
                    quarantined=proofs.count_quarantined(connection, channel.id),
                    reopened_at=reopened.at if reopened else None,
                    witnesses=tuple(witnesses.contacts(connection, channel.id)),
                    own_epoch=chains[own].epoch,
                    peer_epoch=chains[peer].epoch,
                    epoch_waiting=chains[own].epoch != channel.own_keys.current.number,
                    letter_expired=any(one.expired(desk.clock()) for one in channel.letters),
                )
            )
    return found


def find(desk: Desk, name: str | None) -> Channel:
    """The channel that ``name`` means: its label, the peer's code, or the start of its id.

    Without a name, the only channel there is.

    :raises ParleyError: ``channel-unknown``, ``channel-ambiguous``.
    """
    matching = [
        channel
        for channel in every(desk)
        if name is None
        or name in (channel.label, channel.peer.text.code)
        or (len(name) >= 6 and channel.id.hex().startswith(name.lower()))
    ]
    if not matching:
        raise ParleyError(Reason.CHANNEL_UNKNOWN)
    if len(matching) > 1:
        raise ParleyError(Reason.CHANNEL_AMBIGUOUS, count=len(matching))
    return matching[0]
