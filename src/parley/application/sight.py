"""Which cases an officer reads, for a search: settled before it is known what is found."""

from __future__ import annotations

from sqlalchemy import Connection

from parley.application.places import Places
from parley.domain import access
from parley.domain.access import HOUSE, Standing
from parley.domain.kinds import KINDS
from parley.domain.roles import Duty
from parley.record.open_index import Block
from parley.store import search


class Sight:
    """What one officer reads, in one snapshot. The number of queries depends on nobody's cases.

    ``kinds``: also tell the kind of a case.
    """

    def __init__(self, connection: Connection, standing: Standing, *, kinds: bool) -> None:
        self._places = Places(connection, standing)
        # Where nothing was granted and nobody keeps out, it depends on the kind alone.
        self._plain = not standing.grants and not standing.recusals
        self._closed: set[tuple[bytes, bytes]] = set()
        if self._plain:
            shut = [kind for kind in (*KINDS, "") if not _reads(standing, kind)]
            self._closed = search.of_kinds(connection, shut)
        self._kinds = search.kinds(connection) if kinds or not self._plain else {}
        self._known: dict[tuple[bytes, bytes], bool] = {}

    def kind(self, channel: bytes, case: bytes) -> str | None:
        """The kind of a case, where that was asked for."""
        return self._kinds.get((channel, case))

    def of(self, block: Block) -> list[bool] | None:
        """Which cases of a block the officer reads; null where it is all of them."""
        if self._plain and not self._closed and block.whole:
            return None
        return [
            bool(listed) and self.reads(block.channel, case)
            for case, listed in zip(block.cases, block.header.listed, strict=True)
        ]

    def reads(self, channel: bytes, case: bytes) -> bool:
        """Whether the officer reads what is said in a case that is listed."""
        key = (channel, case)
        if self._plain:
            return key not in self._closed
        known = self._known.get(key)
        if known is None:
            kind = self._kinds.get(key)
            place = self._places.at(channel, case, kind, None)
            known = kind is not None and self._places.may(Duty.READ_CONTENT, place)
            self._known[key] = known
        return known


def _reads(standing: Standing, kind: str) -> bool:
    """Whether an officer to whom nothing was granted reads cases of a kind."""
    return access.may(standing, Duty.READ_CONTENT, HOUSE._replace(kind=kind))
