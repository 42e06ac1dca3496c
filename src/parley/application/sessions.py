"""Sessions: what an officer's browser holds a token of, for as long as it is used and no longer.

Of a token SHA-256 alone is kept. A session is over after a shift, after an hour in which nothing
was asked for, when it is ended, and when its officer leaves service.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from hashlib import sha256
from typing import Final, NamedTuple

from sqlalchemy import Connection

from parley.application import house, officers
from parley.application.desk import Desk
from parley.application.house import Acting
from parley.application.preferences import Preferences
from parley.domain import access
from parley.domain.housekeeping import HouseAct
from parley.domain.roles import Duty
from parley.domain.sign_in import (
    CONFIRMED_SECONDS,
    IDLE_SECONDS,
    SESSION_SECONDS,
    Purpose,
    Way,
    is_recent,
    lives,
)
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.store import sessions as rows
from parley.store.sessions import SessionRow

_TOKEN_BYTES: Final = 32
_AGENT_CHARACTERS: Final = 160
_SEEN_EVERY: Final = 60
_NAME_DIGITS: Final = 12


class Session(NamedTuple):
    """An officer who is signed in. ``confirmed_at`` is when last shown to be that officer."""

    digest: bytes
    officer: str
    way: Way
    agent: str
    made_at: int
    seen_at: int
    confirmed_at: int
    preferences: Preferences

    @property
    def name(self) -> str:
        """By what people name it."""
        return self.digest.hex()[:_NAME_DIGITS]

    @property
    def ends_at(self) -> int:
        """When it is over if nothing more is asked for."""
        return min(self.made_at + SESSION_SECONDS, self.seen_at + IDLE_SECONDS)


class Signed(NamedTuple):
    """A new session, and its token, which nothing shows again; what the link was for, if one."""

    session: Session
    token: str
    purpose: Purpose | None = None


def of(desk: Desk, token: str) -> Session | None:
    """The session that a token stands for; none where it stands for none, for whatever reason.

    One question to the database; once a minute, its use is noted.
    """
    digest, now = digest_of(token), desk.clock()
    with desk.database.read() as connection:
        found = rows.one(connection, digest)
    if found is None or not lives(found[0].made_at, found[0].seen_at, now):
        return None
    session = _session(found[0], Preferences.of(found[1]))
    if session.seen_at <= now - _SEEN_EVERY:
        # A desk that cannot write is still read; a session that is not noted only ends the sooner.
        with suppress(ParleyError), desk.database.write() as connection:
            rows.saw(connection, digest, now, now - _SEEN_EVERY + 1)
        session = session._replace(seen_at=now)
    return session


def require_confirmed(session: Session, now: int, within: int = CONFIRMED_SECONDS) -> None:
    """Refuse where the officer was not shown to be that officer in the last ``within`` seconds.

    :raises ParleyError: ``confirmation-needed``.
    """
    if not is_recent(session.confirmed_at, within, now):
        raise ParleyError(Reason.CONFIRMATION_NEEDED)


def every(desk: Desk, officer: str, *, by: str | None = None) -> list[Session]:
    """The sessions of an officer that hold, the newest first.

    ``by``: the officer, an administrator, or none: the desk itself.

    :raises ParleyError: ``officer-unknown``, ``role-forbids``.
    """
    now = desk.clock()
    if by is None:
        with desk.database.read() as connection:
            house.standing(connection, officer)
            found = rows.of_officer(connection, officer)
            said = rows.preferences(connection, officer)
    else:
        with house.reading(desk, by) as acting:
            _require(acting, officer)
            found = rows.of_officer(acting.connection, officer)
            said = rows.preferences(acting.connection, officer)
    chosen = Preferences.of(said)
    return [_session(row, chosen) for row in found if lives(row.made_at, row.seen_at, now)]


def sign_out(desk: Desk, session: Session) -> None:
    """End one's own session; one that has ended already stays so.

    :raises ParleyError: ``officer-unknown``.
    """
    with house.acting(desk, session.officer) as acting:
        if rows.remove(acting.connection, session.digest):
            acting.note(HouseAct.SIGNED_OUT, digest=session.digest)


def revoke(desk: Desk, by: str, officer: str, name: str) -> None:
    """End a session of ``officer`` by its name.

    :raises ParleyError: ``session-unknown``, ``officer-unknown``, ``role-forbids``.
    """
    with house.acting(desk, by) as acting:
        _require(acting, officer)
        every_one = rows.of_officer(acting.connection, officer)
        found = [row for row in every_one if row.digest.hex()[:_NAME_DIGITS] == name]
        if len(found) != 1:
            raise ParleyError(Reason.SESSION_UNKNOWN)
        rows.remove(acting.connection, found[0].digest)
        acting.note(HouseAct.SESSION_ENDED, about=officer, digest=found[0].digest, number=1)


def revoke_all(desk: Desk, officer: str, *, by: str | None = None, but: bytes | None = None) -> int:
    """End all sessions of an officer, or all but one; returns how many.

    ``by``: the officer, an administrator, or none: the desk itself.

    :raises ParleyError: ``officer-unknown``, ``role-forbids``.
    """
    with house.acting(desk, by) as acting:
        _require(acting, officer)
        return end(acting, officer, but=but)


def end(acting: Acting, officer: str, *, but: bytes | None = None) -> int:
    """:func:`revoke_all`, inside the caller's transaction."""
    count = rows.remove_all(acting.connection, officer, but=but)
    if count:
        acting.note(HouseAct.SESSION_ENDED, about=officer, number=count)
    return count


def begin(acting: Acting, now: int, way: Way, agent: str) -> Signed:
    """A new session of the officer who acts, inside the caller's transaction.

    ``agent`` is what the browser says of itself.
    """
    access.require_somewhere(acting.officer, Duty.SIGN_IN)
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    officer = acting.officer.name
    row = SessionRow(digest_of(token), officer, way.value, _agent(agent), now, now, now)
    rows.prune(acting.connection, now - SESSION_SECONDS, now - IDLE_SECONDS)
    rows.add(acting.connection, row)
    acting.note(HouseAct.SIGNED_IN, digest=row.digest, facts=(way.value,))
    said = rows.preferences(acting.connection, officer)
    return Signed(_session(row, Preferences.of(said)), token)


def confirm(acting: Acting, session: Session, now: int, way: Way) -> Session:
    """Note that the officer of a session was shown to be that officer, in the caller's transaction.

    :raises ParleyError: ``session-over``.
    """
    if not rows.confirm(acting.connection, session.digest, now):
        raise ParleyError(Reason.SESSION_OVER)
    acting.note(HouseAct.IDENTITY_CONFIRMED, digest=session.digest, facts=(way.value,))
    return session._replace(confirmed_at=now, seen_at=now)


def require_open(connection: Connection, session: Session) -> None:
    """Refuse where the session has been ended since it was looked up.

    :raises ParleyError: ``session-over``.
    """
    if rows.one(connection, session.digest) is None:
        raise ParleyError(Reason.SESSION_OVER)


def digest_of(token: str) -> bytes:
    """SHA-256 of a token: what is kept of it."""
    return sha256(token.encode("utf-8", "surrogatepass")).digest()


def _require(acting: Acting, officer: str) -> None:
    """Refuse whoever may not see or end the sessions of ``officer``.

    :raises ParleyError: ``role-forbids``, ``officer-unknown``.
    """
    if acting.standing is None:
        return
    if officer == acting.standing.name:
        access.require_somewhere(acting.standing, Duty.SIGN_IN)
    else:
        officers.administer(acting, officer)


def _session(row: SessionRow, chosen: Preferences) -> Session:
    return Session(
        row.digest,
        row.officer,
        Way(row.way),
        row.agent,
        row.made_at,
        row.seen_at,
        row.confirmed_at,
        chosen,
    )


def _agent(text: str) -> str:
    """What a browser says of itself, as a short line of plain characters."""
    return "".join(one for one in text if " " <= one <= "~")[:_AGENT_CHARACTERS]
