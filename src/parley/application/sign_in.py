"""Signing in with a one-time link or a password, and confirming who one is.

An attempt is counted before it is looked at, so that many at once are many attempts; what was right
is forgiven. An unknown name and a wrong password are one reason, and one path: the same questions
to the database, the same work.
"""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Final, NamedTuple

from sqlalchemy import Connection

from parley.application import house, officers, sessions
from parley.application.desk import Desk
from parley.application.house import Acting
from parley.application.sessions import Session, Signed
from parley.crypto import passwords
from parley.domain import sign_in as rules
from parley.domain.housekeeping import HouseAct
from parley.domain.sign_in import Allowance, Failures, Purpose, Way
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.store import house as house_rows
from parley.store import passkeys as passkey_rows
from parley.store import sign_in as rows
from parley.store.sign_in import FailureRow, LinkRow, PasswordRow

LINK_PATH: Final = "/sign-in/link"
"""Where the web desk takes the token of a link, which stands behind the #: no log has it."""

_TOKEN_BYTES: Final = 32
_FAILURES_MOST: Final = 20_000


class Link(NamedTuple):
    """A one-time link; its token is shown once."""

    officer: str
    purpose: Purpose
    token: str
    expires_at: int

    def url(self, origin: str) -> str:
        """The link for a browser, at a web desk that is reached at ``origin``."""
        return f"{origin}{LINK_PATH}#{self.token}"


class Means(NamedTuple):
    """With what an officer can sign in."""

    password_set_at: int | None
    passkeys: tuple[passkey_rows.PasskeyRow, ...]


# --- links ---------------------------------------------------------------------------------------


def link(
    desk: Desk, officer: str, purpose: Purpose = Purpose.SET_UP, *, by: str | None = None
) -> Link:
    """Make a one-time link for an officer, in the place of any earlier one.

    ``by``: an administrator; none: the desk itself, which is whoever holds its passphrase.

    :raises ParleyError: ``officer-unknown``, ``role-forbids``, ``own-roles``.
    """
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    with house.acting(desk, by) as acting:
        if acting.standing is not None:
            officers.administer(acting, officer)
        house.standing(acting.connection, officer)
        now = desk.clock()
        made = Link(officer, purpose, token, now + rules.LINK_SECONDS)
        digest = sessions.digest_of(token)
        row = LinkRow(digest, officer, purpose.value, now, made.expires_at)
        rows.add_link(acting.connection, row)
        acting.note(
            HouseAct.SIGN_IN_LINK_MADE, about=officer, digest=digest, facts=(purpose.value,)
        )
    return made


def links(desk: Desk, by: str) -> list[LinkRow]:
    """The links that are still to be used, for an administrator; no token is in them.

    :raises ParleyError: ``officer-unknown``, ``role-forbids``.
    """
    with house.reading(desk, by) as acting:
        officers.administer(acting)
        now = desk.clock()
        return [row for row in rows.links(acting.connection) if row.expires_at > now]


def with_link(desk: Desk, token: str, *, client: str, agent: str) -> Signed:
    """Sign in with a one-time link, which opens nothing from then on.

    :raises ParleyError: ``sign-in-waits``, ``sign-in-link-over``.
    """
    digest, now = sessions.digest_of(token), desk.clock()
    tried = (of_client(client),)
    with desk.database.write(rows.LOCK) as connection:
        count(connection, tried, now)
        row = rows.link(connection, digest)
    if row is None or row.expires_at <= now:
        raise ParleyError(Reason.SIGN_IN_LINK_OVER)
    with entering(desk, row.officer, Reason.SIGN_IN_LINK_OVER) as acting:
        if not rows.remove_link(acting.connection, digest):
            raise ParleyError(Reason.SIGN_IN_LINK_OVER)
        forgive(acting.connection, tried)
        signed = sessions.begin(acting, now, Way.LINK, agent)
        return signed._replace(purpose=Purpose(row.purpose))


# --- passwords -----------------------------------------------------------------------------------


def with_password(desk: Desk, name: str, password: str, *, client: str, agent: str) -> Signed:
    """Sign in by name and password. ``client`` is the address from which it is tried.

    :raises ParleyError: ``sign-in-refused``, ``sign-in-waits``, ``desk-busy``.
    """
    name = name.strip().lower()
    tried = (_of_officer(name), of_client(client))
    _check(desk, name, password, tried)
    with entering(desk, name, Reason.SIGN_IN_REFUSED) as acting:
        forgive(acting.connection, tried)
        return sessions.begin(acting, desk.clock(), Way.PASSWORD, agent)


def confirm_with_password(desk: Desk, session: Session, password: str, *, client: str) -> Session:
    """Confirm by password that it is the officer of a session who acts.

    :raises ParleyError: ``confirmation-refused``, ``sign-in-waits``, ``session-over``,
        ``desk-busy``.
    """
    name = session.officer
    tried = (_of_officer(name), of_client(client))
    try:
        _check(desk, name, password, tried)
    except ParleyError as error:
        if error.reason is Reason.SIGN_IN_REFUSED:
            raise ParleyError(Reason.CONFIRMATION_REFUSED) from error
        raise
    with entering(desk, name, Reason.SESSION_OVER) as acting:
        forgive(acting.connection, tried)
        return sessions.confirm(acting, session, desk.clock(), Way.PASSWORD)


def set_password(desk: Desk, session: Session, password: str) -> None:
    """Set the password of a session's officer; the officer's other sessions end.

    :raises ParleyError: ``password-short``, ``password-long``, ``password-plain``,
        ``confirmation-needed`` where the officer signed in or confirmed too long ago,
        ``session-over``, ``desk-busy``.
    """
    wanted = rules.normal(password)
    rules.check_password(wanted, session.officer)
    sessions.require_confirmed(session, desk.clock(), rules.KEYS_SECONDS)
    kept = passwords.hashed(wanted)
    with house.acting(desk, session.officer) as acting:
        sessions.require_open(acting.connection, session)
        row = PasswordRow(session.officer, kept, desk.clock())
        rows.save_password(acting.connection, row)
        acting.note(HouseAct.PASSWORD_SET)
        sessions.end(acting, session.officer, but=session.digest)


def means(desk: Desk, officer: str) -> Means:
    """With what an officer can sign in: for the officer alone.

    :raises ParleyError: ``officer-unknown``.
    """
    with house.reading(desk, officer) as acting:
        kept = rows.password(acting.connection, officer)
        keys = passkey_rows.of_officer(acting.connection, officer)
    return Means(kept.set_at if kept else None, tuple(keys))


# --- attempts ------------------------------------------------------------------------------------


@contextmanager
def entering(desk: Desk, name: str, over: Reason) -> Iterator[Acting]:
    """A transaction of an officer who comes in; ``over`` where the officer is not in service."""
    try:
        with house.acting(desk, name, rows.LOCK) as acting:
            yield acting
    except ParleyError as error:
        if error.reason is Reason.OFFICER_UNKNOWN:
            raise ParleyError(over) from error
        raise


class Counted(NamedTuple):
    """Whose failures are counted, and how many are free."""

    key: bytes
    allowance: Allowance


def _check(desk: Desk, name: str, password: str, tried: tuple[Counted, ...]) -> None:
    """Count an attempt, and compare the password.

    :raises ParleyError: ``sign-in-refused``, ``sign-in-waits``, ``desk-busy``.
    """
    now = desk.clock()
    # What can be nobody's name may hold what a database does not take.
    sought = name if officers.is_name(name) else ""
    with desk.database.write(rows.LOCK) as connection:
        delayed = count(connection, tried, now)
        row = house_rows.officer(connection, sought)
        kept = rows.password(connection, sought)
    served = row is not None and row.active and kept is not None
    given = rules.normal(password[: rules.PASSWORD_MOST + 1])
    if passwords.fits(given, kept.hash if served and kept else None):
        return
    if delayed:
        # Also for a name that nobody has: who tries it learns nothing, and the house does.
        with house.acting(desk, None) as acting:
            acting.note(HouseAct.SIGN_IN_DELAYED, about=name if row is not None else None)
    raise ParleyError(Reason.SIGN_IN_REFUSED)


def count(connection: Connection, tried: tuple[Counted, ...], now: int) -> bool:
    """Count an attempt as a failure, until it turns out to be none.

    Returns whether there is a wait from now on, for the first time in a row.

    :raises ParleyError: ``sign-in-waits``: nothing is counted then.
    """
    found = [rows.failures(connection, one.key) for one in tried]
    before = [Failures(row.tries, row.last_at) if row else None for row in found]
    pairs = list(zip(before, tried, strict=True))
    seconds = max(rules.wait(failures, one.allowance, now) for failures, one in pairs)
    if seconds:
        raise ParleyError(Reason.SIGN_IN_WAITS, seconds=seconds)
    delayed = False
    for failures, one in pairs:
        after = rules.failed(failures, now)
        rows.save_failures(connection, FailureRow(one.key, *after), most=_FAILURES_MOST)
        delayed = delayed or rules.begins_to_wait(after, one.allowance)
    return delayed


def forgive(connection: Connection, tried: tuple[Counted, ...]) -> None:
    """Take back what was counted: all failures of the officer, and this one of the address.

    Others at the same address may go on guessing: who signs in there does not clear them.
    """
    for one in tried:
        row = rows.failures(connection, one.key)
        if one.allowance == rules.OF_OFFICER or row is None or row.tries <= 1:
            rows.forgive(connection, one.key)
        else:
            less = row._replace(tries=row.tries - 1)
            rows.save_failures(connection, less, most=_FAILURES_MOST)


def client_key(client: str) -> bytes:
    """By what attempts from an address are counted: an IPv6 network of 64 bits is one address."""
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return _key("client", client)
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return _key("client", str(address.ipv4_mapped))
        return _key("client", str(ipaddress.ip_network((int(address) >> 64 << 64, 64))))
    return _key("client", str(address))


def of_client(client: str) -> Counted:
    """The failures of an address, for whomever."""
    return Counted(client_key(client), rules.OF_CLIENT)


def _of_officer(name: str) -> Counted:
    return Counted(_key("officer", name), rules.OF_OFFICER)


def _key(kind: str, text: str) -> bytes:
    # What was typed may be a password in the wrong place: it is kept by nobody.
    return sha256(f"{kind}\0{text}".encode("utf-8", "surrogatepass")).digest()
