"""An officer at work: one transaction, the officer's standing, and what the house record keeps.

Every use case in which an officer acts runs in :func:`acting`. What was done is appended to the
house record in the same transaction; an attempt that was refused, in one of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Connection

from parley.application.desk import Desk
from parley.domain import access
from parley.domain.access import Grant, Place, Recusal, Standing
from parley.domain.housekeeping import HouseAct
from parley.domain.roles import Role
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record.house import format as fmt
from parley.record.house.log import HouseLog, head_of, is_set_back
from parley.store import house, recusals, sign_in
from parley.store.anchor import Head

ATTEMPTS: Final = frozenset(
    {
        Reason.ROLE_FORBIDS,
        Reason.OFFICER_SEPARATION,
        Reason.HOLD_OWN,
        Reason.AUTHORISED_ALREADY,
        Reason.DRAFT_HASH_MISMATCH,
        Reason.CASE_UNKNOWN,
        Reason.DRAFT_UNKNOWN,
        Reason.STATEMENT_UNKNOWN,
        Reason.RECUSAL_STANDS,
        Reason.OWN_ROLES,
        Reason.DELEGATE_UNFIT,
    }
)
"""Refusals of which the house record keeps who tried.

What does not exist and what an officer may not see is one reason, and one path.
"""


class Acting:
    """One transaction in which an officer acts; none (``standing`` null) is the desk itself.

    ``log`` is null where the transaction only reads.
    """

    def __init__(
        self, connection: Connection, log: HouseLog | None, standing: Standing | None
    ) -> None:
        self.connection = connection
        self.standing = standing
        self._log = log
        self.place = access.HOUSE
        self.draft: bytes | None = None

    @property
    def officer(self) -> Standing:
        """The officer who acts.

        :raises ParleyError: ``officer-not-named`` where the desk itself does.
        """
        if self.standing is None:
            raise ParleyError(Reason.OFFICER_NOT_NAMED)
        return self.standing

    def at(self, place: Place, draft: bytes | None = None) -> None:
        """Say where the officer acts: what is noted next, also a refusal, is about that."""
        self.place, self.draft = place, draft

    def compare(self) -> None:
        """Have it noted if the house record was set back; nothing else may be to note."""
        if self._log is not None:
            self._log.compare()

    def note(
        self,
        act: HouseAct,
        *,
        digest: bytes | None = None,
        about: str | None = None,
        number: int | None = None,
        facts: tuple[str, ...] = (),
    ) -> int:
        """Append to the house record what was done; returns the entry's place there."""
        if self._log is None:
            raise ParleyError(Reason.INTERNAL, fact="a note in a transaction that only reads")
        standing = self.standing
        held = access.roles_at(standing, self.place) if standing else frozenset()
        return self._log.append(
            act,
            officer=standing.name if standing else None,
            roles=tuple(sorted(held)),
            channel=self.place.channel,
            case=self.place.case,
            draft=self.draft,
            digest=digest,
            about=about,
            number=number,
            facts=facts,
        )


@contextmanager
def acting(desk: Desk, officer: str | None, *channels: bytes) -> Iterator[Acting]:
    """A transaction of ``officer`` under the locks of ``channels`` and of the house.

    ``officer`` null: the desk itself, which is whoever holds its passphrase.

    :raises ParleyError: ``officer-unknown`` (also where the officer has been retired).
    """
    with _noting(desk, officer) as tried, _transaction(desk, officer, channels) as made:
        tried.append(made)
        yield made


@contextmanager
def reading(desk: Desk, officer: str) -> Iterator[Acting]:
    """A snapshot that ``officer`` reads.

    :raises ParleyError: ``officer-unknown``.
    """
    with _noting(desk, officer) as tried, desk.database.read() as connection:
        made = Acting(connection, None, standing(connection, officer))
        tried.append(made)
        yield made


@contextmanager
def _noting(desk: Desk, officer: str | None) -> Iterator[list[Acting]]:
    """Keeps who tried what where it is refused; the block says what was tried."""
    tried: list[Acting] = []
    try:
        yield tried
    except ParleyError as error:
        if officer is not None and tried and error.reason in ATTEMPTS:
            with _transaction(desk, officer, ()) as again:
                again.at(tried[0].place, tried[0].draft)
                again.note(HouseAct.ATTEMPT_REFUSED, facts=(error.reason.value,))
        raise


@contextmanager
def _transaction(desk: Desk, officer: str | None, channels: tuple[bytes, ...]) -> Iterator[Acting]:
    with desk.database.write(*channels, house_of(desk)) as connection:
        who = standing(connection, officer) if officer is not None else None
        log = begin(desk, connection)
        yield Acting(connection, log, who)
        head = log.seal()
    if head is not None:
        keep(desk, head)


def standing(connection: Connection, name: str) -> Standing:
    """An officer in service, with all roles and recusals.

    :raises ParleyError: ``officer-unknown`` (also where the officer has been retired).
    """
    row = house.officer(connection, name)
    if row is None or not row.active:
        raise ParleyError(Reason.OFFICER_UNKNOWN)
    cases = recusals.cases(connection)
    return Standing(
        row.name,
        frozenset(Role(role) for role in row.roles.split()),
        tuple(
            Grant(Role(one.role), one.channel, one.case_id or None)
            for one in house.grants(connection, name)
        ),
        tuple(
            Recusal(
                one.number,
                one.channel,
                cases.get(one.number, frozenset()),
                one.linked,
                one.delegate,
            )
            for one in recusals.standing(connection, name)
        ),
    )


def begin(desk: Desk, connection: Connection) -> HouseLog:
    """The house record in a transaction that holds the lock of the house."""
    ring = desk.own_keyring(connection)
    try:
        key = desk.keys_for(ring).log
    except ParleyError as error:
        # A desk that lost its newest keys is still worked at: the next checkpoint covers this.
        if error.reason is not Reason.KEYS_NOT_OF_LETTER:
            raise
        key = None
    anchor = desk.anchors.look(house_of(desk))
    return HouseLog(connection, ring, key, desk.clock(), anchor)


def keep(desk: Desk, head: Head) -> None:
    """Have on disk, outside the database, how far the house record has come."""
    identifier = house_of(desk)
    if isinstance(desk.anchors.look(identifier), Reason):
        # That it was missing stands in the record by now.
        desk.anchors.replace(identifier, head)
    else:
        desk.anchors.advance(identifier, head)


def compare(desk: Desk) -> None:
    """Note at once, as the desk itself, where the house record is behind its anchor.

    Whoever had signed in by then has to do so anew: what was ended since would hold again.
    """
    anchor = desk.anchors.look(house_of(desk))
    with desk.database.read() as connection:
        stands = head_of(connection)
    if isinstance(anchor, Reason) or is_set_back(stands, anchor):
        with _transaction(desk, None, ()) as acting:
            acting.compare()
            sign_in.end_everything(acting.connection)


def house_of(desk: Desk) -> bytes:
    """The identifier of our house record, in the place of a channel's."""
    return fmt.house_id(desk.letter.party, 0)
