"""Our house record inside one transaction: appending, and the checkpoint at its end.

Ownership: a log belongs to the transaction in which it was opened, which holds the lock of the
house; nobody else appends meanwhile.
"""

from __future__ import annotations

from sqlalchemy import Connection

from parley.crypto import checkpoint
from parley.crypto.checkpoint import Checkpoint
from parley.crypto.keys import LogKey
from parley.crypto.merkle import Frontier
from parley.domain.housekeeping import HouseAct
from parley.kernel import cbor
from parley.kernel.reasons import Reason
from parley.record.house import format as fmt
from parley.record.house.format import HouseEntry
from parley.record.keyring import Keyring
from parley.store import house_log
from parley.store.anchor import NOTHING, Head
from parley.store.house_log import LogRow


class HouseLog:
    """Appends to the house record of the party of ``keyring``; ``now`` is our clock.

    ``key`` is the log key of the keyring's newest epoch; without it nothing is signed, and the next
    checkpoint covers what was appended. ``anchor`` is how far the log had come
    when something was last appended to it, as the file outside the database says.
    """

    def __init__(
        self,
        connection: Connection,
        keyring: Keyring,
        key: LogKey | None,
        now: int,
        anchor: Head | Reason,
    ) -> None:
        self._connection = connection
        self._keyring = keyring
        self._key = key
        self._now = now
        self._rows: list[LogRow] = []
        head = house_log.head(connection)
        self._generation = head.generation if head else 0
        self._frontier = Frontier.from_bytes(head.frontier) if head else Frontier()
        self._anchor = anchor
        self._compared = False

    @property
    def size(self) -> int:
        """How many entries the log has, those of this transaction included."""
        return self._frontier.size

    def append(
        self,
        act: HouseAct,
        *,
        officer: str | None,
        roles: tuple[str, ...] = (),
        channel: bytes | None = None,
        case: bytes | None = None,
        draft: bytes | None = None,
        digest: bytes | None = None,
        about: str | None = None,
        number: int | None = None,
        facts: tuple[str, ...] = (),
    ) -> int:
        """Append an entry (see :class:`HouseEntry`); returns its place in the log."""
        self.compare()
        entry = HouseEntry(
            version=fmt.VERSION,
            salt=fmt.salt(),
            at=self._now,
            officer=officer,
            roles=roles,
            act=act.value,
            channel=channel,
            case=case,
            draft=draft,
            digest=digest,
            about=about,
            number=number,
            facts=facts,
        )
        data = cbor.encode_model(entry)
        leaf = fmt.leaf_of(data)
        row = LogRow(
            position=self._frontier.size,
            generation=self._generation,
            leaf=leaf,
            at=self._now,
            officer=officer,
            act=act.value,
            channel=channel,
            case_id=case,
            draft=draft,
            number=number,
            data=data,
            note=None,
        )
        self._rows.append(row)
        self._frontier.append(leaf)
        return row.position

    def compare(self) -> None:
        """Begin a new generation where the log is not what it was, and say so in its first entry.

        No peer can return what is lost: the log goes on, and shows for ever that there was more.
        """
        if self._compared:
            return
        self._compared = True
        kept = self._anchor
        if not isinstance(kept, Head):
            if self.size:
                self._generation += 1
                self.append(HouseAct.LOG_SET_BACK, officer=None, facts=(kept.value,))
        elif is_set_back(self._head(None), kept):
            self._generation = max(self._generation, kept.epoch) + 1
            self.append(HouseAct.LOG_SET_BACK, officer=None, digest=kept.root, number=kept.size)

    def _head(self, leaf: bytes | None) -> Head:
        size = self._frontier.size
        return Head(self._generation, size, leaf, size, self.root(), 0, None)

    def root(self) -> bytes:
        """The root of the log as it stands."""
        return self._frontier.root()

    def seal(self) -> Head | None:
        """Write what was appended, under a checkpoint of the log key; null where nothing was.

        Returns what the anchor is to have once the transaction is committed.
        """
        if not self._rows:
            return None
        if self._key is not None:
            epoch = self._keyring.current.number
            origin = fmt.origin(self._keyring.letter.party, self._generation, epoch)
            note = checkpoint.sign_note(Checkpoint(origin, self.size, self.root()), self._key)
            self._rows[-1] = self._rows[-1]._replace(note=note)
        house_log.append(self._connection, self._rows)
        house_log.save_head(
            self._connection, self._generation, self.size, self._frontier.to_bytes()
        )
        last = self._rows[-1].leaf
        self._rows = []
        return self._head(last)


def is_set_back(log: Head, anchor: Head) -> bool:
    """Whether the log is not the one, or not all of the one, that the anchor was written for."""
    return anchor.order > log.order or (anchor.order == log.order and anchor.root != log.root)


def head_of(connection: Connection) -> Head:
    """How far the house record has come, in the form of an anchor."""
    row = house_log.head(connection)
    if row is None:
        return NOTHING
    frontier = Frontier.from_bytes(row.frontier)
    leaf = house_log.last_leaf(connection)
    return Head(row.generation, row.size, leaf, row.size, frontier.root(), 0, None)
