"""Checking our own house record: every entry, every checkpoint, the tree, and the anchor."""

from __future__ import annotations

from sqlalchemy import Connection

from parley.crypto import checkpoint
from parley.crypto.merkle import Frontier
from parley.domain.housekeeping import HouseAct
from parley.kernel import limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record.fsck import Fault
from parley.record.house import format as fmt
from parley.record.house.log import head_of, is_set_back
from parley.record.keyring import Keyring
from parley.store import house_log
from parley.store.anchor import Head
from parley.store.house_log import HeadRow, LogRow


def check(connection: Connection, keyring: Keyring, anchor: Head | Reason) -> list[Fault]:
    """The faults of the house record; their ``channel`` is the record's own identifier.

    ``anchor`` was read before the transaction of ``connection`` began.
    """
    run = _Run(keyring)
    for row in house_log.in_order(connection):
        run.take(row)
    head = house_log.head(connection)
    expected = HeadRow(0, run.generation, run.frontier.size, run.frontier.to_bytes())
    if (head or HeadRow(0, 0, 0, Frontier().to_bytes())) != expected:
        run.fault("house_head", Reason.PROOF_INVALID)
    if isinstance(anchor, Reason):
        run.fault("house_head", anchor)
    elif is_set_back(head_of(connection), anchor):
        run.fault("house_head", Reason.HOUSE_SET_BACK)
    return run.faults


class _Run:
    """One walk over the log."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring
        self._party = keyring.letter.party
        self.frontier = Frontier()
        self.generation = 0
        self.faults: list[Fault] = []

    def fault(self, place: str, reason: Reason) -> None:
        self.faults.append(Fault(fmt.house_id(self._party, 0), place, reason))

    def take(self, row: LogRow) -> None:
        try:
            self._check(row)
        except ParleyError as error:
            self.fault(f"house_log[{row.position}]", error.reason)

    def _check(self, row: LogRow) -> None:
        leaf, place = fmt.leaf_of(row.data), self.frontier.size
        self.frontier.append(leaf)
        entry = fmt.read(row.data)
        if entry.act == HouseAct.LOG_SET_BACK and row.generation > self.generation:
            self.generation = row.generation
        columns = row._replace(data=b"", note=None)
        derived = LogRow(
            position=place,
            generation=self.generation,
            leaf=leaf,
            at=entry.at,
            officer=entry.officer,
            act=entry.act,
            channel=entry.channel,
            case_id=entry.case,
            draft=entry.draft,
            number=entry.number,
            data=b"",
            note=None,
        )
        if columns != derived:
            raise ParleyError(Reason.CHAIN_BROKEN)
        if row.note is not None:
            self._check_note(row.note.encode())

    def _check_note(self, note: bytes) -> None:
        """What was signed over the log as far as it has been walked."""
        claimed = checkpoint.parse_note(note)[0].origin
        epoch = self._keyring.epoch(checkpoint.parse_origin(claimed)[2])
        origin = fmt.origin(self._party, self.generation, epoch.number)
        signed = checkpoint.verify_note(note, origin, epoch.log, limit=limits.NOTE_BYTES)
        if (signed.size, signed.root) != (self.frontier.size, self.frontier.root()):
            raise ParleyError(Reason.PROOF_INVALID)
