"""Our log of one channel, inside one transaction: appending, receipts, checkpoints.

Ownership: a ledger belongs to the transaction it was opened in. It holds the heads that it read
there; nobody else appends meanwhile, because the transaction holds the channel's lock. Whatever is
appended is folded into the views at once, by its replay.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from parley.crypto import checkpoint, receipt
from parley.crypto.keys import LogKey, SealingKey, StatementKey
from parley.crypto.merkle import Frontier
from parley.domain.act import ActType
from parley.kernel import ids
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import freeze, intake, statement, verdict
from parley.record.body import Body
from parley.record.channel import Channel
from parley.record.incoming import Incoming
from parley.record.mirror import Mirror
from parley.record.replay import Replay
from parley.record.statement import Envelope, Seen, Statement
from parley.store import erasures, log, outbox, proofs
from parley.store.database import is_locked
from parley.store.erasures import ErasedRow
from parley.store.log import Chain, Entry, SealedBody, Tree
from parley.store.position import Cosigned, Logs
from parley.store.proofs import CheckpointRow, ReceiptRow
from parley.store.vault import Vault


class Keys(NamedTuple):
    """The working keys of our desk; ``sealing`` by identifier, those included that only open."""

    statement: StatementKey
    log: LogKey
    sealing: Mapping[bytes, SealingKey]

    def opening(self, kid: bytes) -> SealingKey:
        """The key that opens what was sealed to ``kid``.

        :raises ParleyError: ``key-unknown``: never ours, or destroyed by now.
        """
        key = self.sealing.get(kid)
        if key is None:
            raise ParleyError(Reason.KEY_UNKNOWN)
        return key


class Staged(NamedTuple):
    """New private keys that no key statement has named yet; ``signing`` is null for sealing keys.

    ``sealing`` is by identifier.
    """

    signing: tuple[StatementKey, LogKey] | None
    sealing: Mapping[bytes, SealingKey]


class Ledger:
    """Appends to our log of ``channel``. ``now`` is our clock for everything it writes.

    ``logs`` is how the members' logs stand in this transaction. :attr:`mirror` is the peer's.
    """

    def __init__(
        self,
        connection: Connection,
        channel: Channel,
        keys: Keys,
        vault: Vault,
        now: int,
        logs: Logs,
    ) -> None:
        self._connection = connection
        self._channel = channel
        self._keys = keys
        self._vault = vault
        self._now = now
        self._grown = False
        self._chains = dict(logs.chains)
        self._frontier = Frontier.from_bytes(logs.trees[channel.own_index].frontier)
        self._receipted = logs.receipts[channel.own_index] or 0
        self._receipts: list[ReceiptRow] = []
        self.mirror = Mirror(connection, channel, now, logs)
        self.replay = Replay(connection, channel)

    @classmethod
    def begin(
        cls, connection: Connection, channel: Channel, keys: Keys, vault: Vault, now: int
    ) -> Ledger:
        """Begin a channel's log: nothing stands in it yet."""
        empty = Tree(0, 0, Frontier().to_bytes())
        # A channel that begins late begins in the epoch in which its author is by then.
        current = channel.own_keys.current.number
        epochs = {channel.own_index: current, channel.peer_index: 0}
        chains = {member: Chain(member, epochs[member], 0, None, 0, 0) for member in epochs}
        for member, chain in chains.items():
            log.add_chain(connection, channel.id, chain)
            log.add_tree(connection, channel.id, member, empty)
        outbox.add(connection, channel.id)
        nothing = dict.fromkeys(epochs)
        cosigned = dict.fromkeys(epochs, Cosigned(0, 0, 0))
        logs = Logs(chains, dict.fromkeys(epochs, empty), nothing, nothing, cosigned)
        return cls(connection, channel, keys, vault, now, logs)

    @property
    def channel(self) -> Channel:
        """The channel whose log this is."""
        return self._channel

    @property
    def keys(self) -> Keys:
        """Our keys, with which this signs."""
        return self._keys

    @property
    def chains(self) -> Mapping[int, Chain]:
        """Both members' chains, as far as they stand in our log."""
        return self._chains

    @property
    def size(self) -> int:
        """How many statements our log holds."""
        return self._frontier.size

    @property
    def own(self) -> Chain:
        """Our own chain."""
        return self._chains[self._channel.own_index]

    @property
    def peer(self) -> Chain:
        """The peer's chain, as far as we hold it."""
        return self._chains[self._channel.peer_index]

    @property
    def is_open(self) -> bool:
        """Whether our chain stands in the epoch of our keys: nothing is signed before it does."""
        return self.own.epoch == self._channel.own_keys.current.number

    def open_epoch(self) -> Statement:
        """Open the epoch of our newest keys at the head of our chain.

        The statement is the first that they sign. Because it names the head, it vouches for all of
        ours before it, whatever key signed them.
        """
        own, keys = self.own, self._channel.own_keys
        epoch = keys.current
        codes = intake.opening_codes(keys, own.epoch, epoch)
        frozen = freeze.by_desk(self._channel, ActType.KEYS, codes=codes)
        self._chains[own.author] = own._replace(epoch=epoch.number)
        return self.append_own(frozen.act_bytes, frozen.body)

    def _expect_open(self) -> None:
        if not self.is_open:
            raise ParleyError(Reason.EPOCH_NOT_OPEN)

    def append_own(self, act_bytes: bytes, body: Body) -> Statement:
        """Put an authorised act into its envelope, sign it and append it.

        :raises ParleyError: ``wrong-audience`` for an act of another channel, ``body-wrong``,
            ``epoch-not-open``.
        """
        return self.append_all([(act_bytes, body)])[0]

    def append_all(self, acts: Sequence[tuple[bytes, Body]]) -> list[Statement]:
        """:meth:`append_own` for several acts, in order."""
        self._expect_open()
        own = self._channel.own_index
        parsed_acts = [statement.parse_act(act_bytes) for act_bytes, _body in acts]
        cases = [act.case for act in parsed_acts]
        heads = log.case_heads(self._connection, self._channel.id, cases, own)
        seen = (self._seen(),)
        seq, prev = self.own.count, self.own.leaf
        # Our own clock may have been set back; the chain's times still never fall.
        iat = max(self._now, self.own.iat)
        items: list[Incoming] = []
        for (act_bytes, body), act in zip(acts, parsed_acts, strict=True):
            if act.channel != self._channel.id:
                raise ParleyError(Reason.WRONG_AUDIENCE)
            digest, encoded = body.sealed()
            if digest != act.digest:
                raise ParleyError(Reason.BODY_WRONG)
            case_seq, case_prev = heads.get(act.case, (0, None))
            envelope = Envelope(
                epoch=self.own.epoch,
                seq=seq,
                prev=prev,
                seen=seen,
                case_seq=case_seq,
                case_prev=case_prev,
            )
            party, key = self._channel.own.party, self._keys.statement
            parsed = statement.parse(
                statement.sign(act_bytes, envelope, party=party, key=key, iat=iat)
            )
            items.append(Incoming(parsed, encoded, verdict.of(act, body)))
            seq, prev = seq + 1, parsed.leaf
            heads[act.case] = (case_seq + 1, parsed.leaf)
        self._append(own, items)
        return [item.statement for item in items]

    def append_peer(self, items: Sequence[Incoming]) -> None:
        """Append statements of the peer that :func:`parley.record.intake.admit` let in.

        The receipt is a step of its own: :meth:`receipt`.
        """
        self._append(self._channel.peer_index, items)

    def append_returned(self, items: Sequence[Incoming]) -> None:
        """Append statements of ours that the peer returned, after all checks."""
        self._append(self._channel.own_index, items)

    def root(self) -> bytes:
        """The root of our log as it stands."""
        return self._frontier.root()

    def receipt(self, first_seq: int, last_seq: int) -> ReceiptRow:
        """Sign, and keep, the receipt for the peer's statements ``first_seq`` to ``last_seq``.

        :raises ParleyError: ``epoch-not-open``.
        """
        self._expect_open()
        protected = receipt.protected(
            self._keys.log.public.kid,
            ids.party_uri(self._channel.own.party),
            ids.channel_uri(self._channel.id),
            self._now,
        )
        row = ReceiptRow(
            channel=self._channel.id,
            issuer=self._channel.own_index,
            size=self.size,
            epoch=self.own.epoch,
            first_seq=first_seq,
            last_seq=last_seq,
            iat=self._now,
            arrived_at=self._now,
            protected=protected,
            signature=receipt.sign_root(protected, self._frontier.root(), self._keys.log),
        )
        proofs.add_receipt(self._connection, row)
        self._receipts.append(row)
        return row

    def receipts(self, after_size: int) -> list[ReceiptRow]:
        """Our receipts at sizes above ``after_size``, by size."""
        if after_size >= self._receipted:
            return [row for row in self._receipts if row.size > after_size]
        channel = self._channel
        return proofs.receipts(
            self._connection, channel.id, channel.own_index, after_size=after_size
        )

    def checkpoint(self) -> CheckpointRow:
        """Our checkpoint at the present size, signed once and kept.

        :raises ParleyError: ``epoch-not-open``.
        """
        self._expect_open()
        own, epoch = self._channel.own_index, self.own.epoch
        # A size that the log has reached in this very transaction was never signed.
        if not self._grown:
            kept = self.mirror.own_checkpoint(self.size)
            if kept is not None:
                return kept
        root = self._frontier.root()
        signed = checkpoint.Checkpoint(self._channel.origin(own, epoch), self.size, root)
        note = checkpoint.sign_note(signed, self._keys.log)
        row = CheckpointRow(self._channel.id, own, self.size, epoch, root, note, self._now)
        proofs.add_checkpoint(self._connection, row)
        self._grown = False
        return row

    def _seen(self) -> Seen:
        """What we have of the peer: its chain, and its last checkpoint that we verified."""
        known = self.mirror.checkpoint
        return Seen(
            count=self.peer.count,
            leaf=self.peer.leaf,
            size=known.size if known else 0,
            root=known.root if known else None,
        )

    def _append(self, author: int, items: Sequence[Incoming]) -> None:
        if not items:
            return
        if not is_locked(self._connection, self._channel.id):
            raise ParleyError(Reason.INTERNAL, fact="appending without the channel's lock")
        slots = self._vault.take(self._connection, len(items))
        entries: list[Entry] = []
        bodies: list[SealedBody] = []
        for position, (parsed, body, void, _erased) in enumerate(items, start=self.size):
            act, envelope, slot = parsed.act, parsed.envelope, next(slots)
            entries.append(
                Entry(
                    channel=self._channel.id,
                    position=position,
                    author=author,
                    epoch=envelope.epoch,
                    seq=envelope.seq,
                    leaf=parsed.leaf,
                    case_id=act.case,
                    case_seq=envelope.case_seq,
                    author_index=envelope.index,
                    iat=parsed.iat,
                    recorded_at=self._now,
                    verdict=void,
                    data=parsed.data,
                )
            )
            bodies.append(SealedBody(slot, self._vault.seal(slot, body, parsed.leaf)))
        log.append(self._connection, entries, bodies)
        for entry, item in zip(entries, items, strict=True):
            if item.erased:
                gone = (entry.channel, entry.position, entry.leaf, None, item.body, self._now, None)
                erasures.note(self._connection, ErasedRow(*gone))
        self.replay.take(
            [(entry, item.statement) for entry, item in zip(entries, items, strict=True)]
        )
        if author == self._channel.peer_index:
            self.mirror.note_appended(entries)
        self._frontier.extend(entry.leaf for entry in entries)
        self._grown = True
        last, envelope = entries[-1], items[-1].statement.envelope
        self._chains[author] = Chain(
            author, last.epoch, last.seq + 1, last.leaf, last.iat, envelope.seen[0].count
        )
        log.save_chain(self._connection, self._channel.id, self._chains[author])
        log.save_tree(
            self._connection,
            self._channel.id,
            self._channel.own_index,
            Tree(self.size, self.own.count, self._frontier.to_bytes()),
        )
