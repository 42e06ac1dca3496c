"""Passkeys (WebAuthn, level 2): added by an officer who is signed in, and signed in with.

A challenge is drawn here and kept here, bound to the browser that asked, for one answer within five
minutes. The key's holder has to be verified by the authenticator; no attestation of its maker is
asked for. A passkey whose counter goes back was copied: it is refused, and the house learns of it.
"""

from __future__ import annotations

import ipaddress
import re
import secrets
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Final, NamedTuple, TypeVar

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import parse_attestation_object
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.structs import (
    AttestationFormat,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from parley.application import house, sessions, sign_in
from parley.application.desk import Desk
from parley.application.house import Acting
from parley.application.passkey_reading import Answer, NewKey, parse_answer, parse_new_key
from parley.application.sessions import Session, Signed
from parley.domain import sign_in as rules
from parley.domain.housekeeping import HouseAct
from parley.domain.sign_in import Way
from parley.kernel import text
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.store import passkeys as rows
from parley.store import sign_in as sign_in_rows
from parley.store.passkeys import ChallengeRow, PasskeyRow

_CHALLENGE_BYTES: Final = 32
_PUBLIC_KEY_BYTES: Final = 1024
_OF_ONE: Final = 32
_MOST: Final = 4096
"""So many challenges are waited for: of one address, and in all."""

_ALGORITHMS: Final = [
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]
_SIGN_IN: Final = "sign-in"
_REGISTER: Final = "register"
_CONFIRM: Final = "confirm"
_HOST: Final = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")

Made = TypeVar("Made")


class Site(NamedTuple):
    """Where the web desk is reached: its origin, and the relying party's identifier."""

    origin: str
    name: str

    @classmethod
    def of(cls, origin: str) -> Site:
        """The site of an origin such as ``https://desk.example.org``.

        :raises ParleyError: ``passkeys-need-name`` where its host is an address, not a name.
        """
        host = origin.partition("://")[2].rsplit(":", 1)[0]
        if not _HOST.fullmatch(host) or _is_address(host):
            raise ParleyError(Reason.PASSKEYS_NEED_NAME, origin=origin)
        return cls(origin, host)


# --- adding and removing -------------------------------------------------------------------------


def register_options(desk: Desk, site: Site, session: Session, *, client: str) -> str:
    """What the browser is to make a new passkey from, as JSON.

    :raises ParleyError: ``confirmation-needed``, ``passkeys-too-many``, ``officer-unknown``.
    """
    now = desk.clock()
    sessions.require_confirmed(session, now, rules.KEYS_SECONDS)
    with house.reading(desk, session.officer) as acting:
        known = rows.of_officer(acting.connection, session.officer)
    if len(known) >= rules.PASSKEYS_MOST:
        raise ParleyError(Reason.PASSKEYS_TOO_MANY, most=rules.PASSKEYS_MOST)
    challenge = _ask(desk, _REGISTER, session.digest, client, now)
    made = generate_registration_options(
        rp_id=site.name,
        rp_name=desk.letter.text.code,
        user_id=_handle(desk, session.officer),
        user_name=session.officer,
        challenge=challenge,
        timeout=rules.CHALLENGE_SECONDS * 1000,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=_named(known),
        supported_pub_key_algs=_ALGORITHMS,
    )
    return options_to_json(made)


def register(
    desk: Desk, site: Site, session: Session, data: bytes, name: str, *, client: str
) -> PasskeyRow:
    """Add the passkey that the browser has made to those of a session's officer.

    :raises ParleyError: ``passkey-malformed``, ``passkey-refused``, ``passkey-known``,
        ``passkeys-too-many``, ``confirmation-needed``, ``session-over``, the rules of text.
    """
    called = text.clean_entry(name, rules.PASSKEY_NAME_CHARACTERS, line=True)
    read, now = parse_new_key(data), desk.clock()
    sessions.require_confirmed(session, now, rules.KEYS_SECONDS)
    _take(desk, _REGISTER, session.digest, read, client, now)
    made = _verified(lambda: _new_key(site, read))
    if len(made.credential_public_key) > _PUBLIC_KEY_BYTES:
        raise ParleyError(Reason.PASSKEY_REFUSED)
    row = PasskeyRow(
        id=made.credential_id,
        officer=session.officer,
        name=called,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        synced=made.credential_backed_up,
        transports=" ".join(read.transports),
        made_at=now,
        used_at=None,
    )
    with house.acting(desk, session.officer, sign_in_rows.LOCK) as acting:
        sessions.require_open(acting.connection, session)
        if rows.one(acting.connection, row.id) is not None:
            raise ParleyError(Reason.PASSKEY_KNOWN)
        if len(rows.of_officer(acting.connection, row.officer)) >= rules.PASSKEYS_MOST:
            raise ParleyError(Reason.PASSKEYS_TOO_MANY, most=rules.PASSKEYS_MOST)
        rows.add(acting.connection, row)
        acting.note(HouseAct.PASSKEY_ADDED, digest=sha256(row.id).digest())
        sign_in.forgive(acting.connection, (sign_in.of_client(client),))
    return row


def remove(desk: Desk, session: Session, credential: bytes) -> None:
    """Remove a passkey of a session's officer.

    :raises ParleyError: ``passkey-unknown``; ``passkey-last`` where the officer could not come in
        any more; ``confirmation-needed``, ``session-over``.
    """
    sessions.require_confirmed(session, desk.clock(), rules.KEYS_SECONDS)
    with house.acting(desk, session.officer) as acting:
        sessions.require_open(acting.connection, session)
        mine = rows.of_officer(acting.connection, session.officer)
        if credential not in {row.id for row in mine}:
            raise ParleyError(Reason.PASSKEY_UNKNOWN)
        if len(mine) == 1 and sign_in_rows.password(acting.connection, session.officer) is None:
            raise ParleyError(Reason.PASSKEY_LAST)
        rows.remove(acting.connection, credential)
        acting.note(HouseAct.PASSKEY_REMOVED, digest=sha256(credential).digest())


# --- signing in and confirming -------------------------------------------------------------------


def options(desk: Desk, site: Site, *, binding: str, client: str) -> str:
    """What a passkey is to sign to sign in, as JSON; it names no officer and no key.

    ``binding`` is a text that only the asking browser has, such as a cookie of its own.

    :raises ParleyError: none of its own.
    """
    challenge = _ask(desk, _SIGN_IN, _digest(binding), client, desk.clock())
    return _options(site, challenge, [])


def sign_in_with(
    desk: Desk, site: Site, data: bytes, *, binding: str, client: str, agent: str
) -> Signed:
    """Sign in with a passkey: ``data`` is the browser's answer to :func:`options`.

    :raises ParleyError: ``passkey-malformed``, ``passkey-refused``, ``sign-in-waits``.
    """
    read, now = parse_answer(data), desk.clock()
    row = _take(desk, _SIGN_IN, _digest(binding), read, client, now)
    known, count = _answered(desk, site, read, row)
    with sign_in.entering(desk, known.officer, Reason.PASSKEY_REFUSED) as acting:
        _use(acting, known, count, now, client)
        return sessions.begin(acting, now, Way.PASSKEY, agent)


def confirm_options(desk: Desk, site: Site, session: Session, *, client: str) -> str:
    """What a passkey is to sign to confirm that its officer acts, as JSON.

    :raises ParleyError: ``officer-unknown``; ``passkey-unknown`` where the officer has none.
    """
    with house.reading(desk, session.officer) as acting:
        known = rows.of_officer(acting.connection, session.officer)
    if not known:
        raise ParleyError(Reason.PASSKEY_UNKNOWN)
    challenge = _ask(desk, _CONFIRM, session.digest, client, desk.clock())
    return _options(site, challenge, known)


def confirm_with(desk: Desk, site: Site, session: Session, data: bytes, *, client: str) -> Session:
    """Confirm with a passkey that it is the officer of a session who acts.

    :raises ParleyError: ``passkey-malformed``, ``passkey-refused``, ``sign-in-waits``,
        ``session-over``.
    """
    read, now = parse_answer(data), desk.clock()
    row = _take(desk, _CONFIRM, session.digest, read, client, now)
    if row is not None and row.officer != session.officer:
        raise ParleyError(Reason.PASSKEY_REFUSED)
    known, count = _answered(desk, site, read, row)
    with sign_in.entering(desk, known.officer, Reason.SESSION_OVER) as acting:
        _use(acting, known, count, now, client)
        return sessions.confirm(acting, session, now, Way.PASSKEY)


# --- inside --------------------------------------------------------------------------------------


def _ask(desk: Desk, purpose: str, bound: bytes, client: str, now: int) -> bytes:
    challenge = secrets.token_bytes(_CHALLENGE_BYTES)
    row = ChallengeRow(sha256(challenge).digest(), purpose, bound, sign_in.client_key(client), now)
    with desk.database.write(sign_in_rows.LOCK) as connection:
        expired = now - rules.CHALLENGE_SECONDS
        rows.ask(connection, row, expired=expired, of_one=_OF_ONE, most=_MOST)
    return challenge


def _take(
    desk: Desk, purpose: str, bound: bytes, read: NewKey | Answer, client: str, now: int
) -> PasskeyRow | None:
    """Take the challenge that was answered, which counts as an attempt; returns the key named.

    :raises ParleyError: ``passkey-refused``, ``sign-in-waits``.
    """
    credential = read.credential if isinstance(read, Answer) else b""
    with desk.database.write(sign_in_rows.LOCK) as connection:
        sign_in.count(connection, (sign_in.of_client(client),), now)
        asked = rows.take(connection, sha256(read.challenge).digest())
        row = rows.one(connection, credential)
    if (
        asked is None
        or (asked.purpose, asked.bound) != (purpose, bound)
        or not rules.is_recent(asked.made_at, rules.CHALLENGE_SECONDS, now)
    ):
        raise ParleyError(Reason.PASSKEY_REFUSED)
    return row


def _new_key(site: Site, read: NewKey) -> VerifiedRegistration:
    """The key that was made, verified (WebAuthn, section 7.1)."""
    attestation = parse_attestation_object(read.attestation)
    if attestation.fmt not in (AttestationFormat.NONE, AttestationFormat.PACKED):
        raise ParleyError(Reason.PASSKEY_REFUSED)
    if attestation.att_stmt.x5c is not None:
        # Nobody asked who made it, and nobody here could tell.
        raise ParleyError(Reason.PASSKEY_REFUSED)
    return verify_registration_response(
        credential=read.data,
        expected_challenge=read.challenge,
        expected_rp_id=site.name,
        expected_origin=site.origin,
        require_user_verification=True,
        supported_pub_key_algs=_ALGORITHMS,
    )


def _answered(
    desk: Desk, site: Site, read: Answer, row: PasskeyRow | None
) -> tuple[PasskeyRow, int]:
    """Verify an answer (WebAuthn, section 7.2); returns the key, and its authenticator's counter.

    :raises ParleyError: ``passkey-refused``.
    """
    if row is None or read.handle not in (None, _handle(desk, row.officer)):
        raise ParleyError(Reason.PASSKEY_REFUSED)
    made = _verified(
        lambda: verify_authentication_response(
            credential=read.data,
            expected_challenge=read.challenge,
            expected_rp_id=site.name,
            expected_origin=site.origin,
            credential_public_key=row.public_key,
            # Looked at below, once it is known that the counter is the authenticator's word.
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    )
    count = made.new_sign_count
    if count <= row.sign_count and (count or row.sign_count):
        with house.acting(desk, None) as acting:
            acting.note(HouseAct.PASSKEY_DOUBTED, about=row.officer, digest=sha256(row.id).digest())
        raise ParleyError(Reason.PASSKEY_REFUSED)
    return row, count


def _use(acting: Acting, row: PasskeyRow, count: int, now: int, client: str) -> None:
    """Note that a passkey was used, and forgive the attempt.

    :raises ParleyError: ``passkey-refused`` where it was removed or used in between.
    """
    if not rows.used(acting.connection, row, count, now):
        raise ParleyError(Reason.PASSKEY_REFUSED)
    sign_in.forgive(acting.connection, (sign_in.of_client(client),))


def _verified(verify: Callable[[], Made]) -> Made:
    """What the library finds; whatever it finds wrong is one refusal.

    :raises ParleyError: ``passkey-refused``.
    """
    try:
        return verify()
    except Exception as error:
        # It decodes what a stranger sent, and its errors are of many kinds.
        raise ParleyError(Reason.PASSKEY_REFUSED) from error


def _options(site: Site, challenge: bytes, known: Sequence[PasskeyRow]) -> str:
    return options_to_json(
        generate_authentication_options(
            rp_id=site.name,
            challenge=challenge,
            timeout=rules.CHALLENGE_SECONDS * 1000,
            allow_credentials=_named(known),
            user_verification=UserVerificationRequirement.REQUIRED,
        )
    )


def _named(known: Sequence[PasskeyRow]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=row.id) for row in known]


def _handle(desk: Desk, officer: str) -> bytes:
    """What stands for an officer in an authenticator: it names nobody."""
    return desk.house_texts.tag(f"parley/passkey/1 {officer}")


def _digest(binding: str) -> bytes:
    return sha256(binding.encode("utf-8", "surrogatepass")).digest()


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
