"""The first rows of a desk: its letter and its officers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, delete

from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.store import channels, house, tables
from parley.store.database import Database
from parley.store.house import OfficerRow


def found(
    database: Database,
    *,
    digest: bytes,
    party: bytes,
    letter: bytes,
    officers: Sequence[OfficerRow],
    now: int,
    cut_short: bytes | None,
    begin: Callable[[Connection], None],
) -> None:
    """Make the tables and write what a new desk begins with, in one transaction.

    ``cut_short``: the letter of a founding that did not come to its end here; what it left is
    removed. ``begin`` writes the rest: what the house record begins with.

    :raises ParleyError: ``database-taken`` where another desk's record is in it; the errors of
        :class:`parley.store.database.Database`.
    """
    database.create()
    with database.write() as connection:
        known = channels.own_letters(connection)
        if known and known != [cut_short]:
            raise ParleyError(Reason.DATABASE_TAKEN)
        for table in (tables.letters, tables.officers, tables.house_log, tables.house_head):
            connection.execute(delete(table))
        channels.add_letter(connection, digest=digest, party=party, own=True, data=letter, now=now)
        for officer in officers:
            house.save_officer(connection, officer)
        begin(connection)
