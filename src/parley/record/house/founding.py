"""What the house record of a new desk begins with: its officers, as whoever founds it says."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from parley.crypto.keys import LogKey
from parley.domain.housekeeping import HouseAct
from parley.record.house import format as fmt
from parley.record.house.log import HouseLog
from parley.record.keyring import Keyring
from parley.record.letter import Letter
from parley.store.anchor import NOTHING


class HouseFounding:
    """Writes the first entries, in the transaction that founds the desk.

    ``officers`` are names with their roles, separated by spaces. ``head`` is what the anchor is to
    have after the commit.
    """

    def __init__(self, letter: Letter, key: LogKey, officers: Mapping[str, str], now: int) -> None:
        self.id = fmt.house_id(letter.party, 0)
        self.head = NOTHING
        self._ring = Keyring(letter)
        self._key = key
        self._officers = officers
        self._now = now

    def write(self, connection: Connection) -> None:
        """Write the entries."""
        log = HouseLog(connection, self._ring, self._key, self._now, NOTHING)
        for name, roles in self._officers.items():
            facts = tuple(sorted(roles.split()))
            log.append(HouseAct.OFFICER_ADDED, officer=None, about=name, facts=facts)
        self.head = log.seal() or NOTHING
