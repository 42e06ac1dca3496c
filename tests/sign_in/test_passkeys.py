"""Passkeys: added, signed in and confirmed with; every way in which an answer can be wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest

from parley.application import officers, passkey_reading, passkeys, sessions, sign_in
from parley.application.desk import Desk
from parley.application.passkeys import Site
from parley.application.sessions import Session, Signed
from parley.domain import sign_in as rules
from parley.domain.sign_in import Way
from parley.kernel.reasons import Reason
from parley.store import passkeys as rows
from tests.sign_in.test_sign_in import HERE, THERE, come_in, noted, refused
from tests.support.authenticator import (
    EDDSA,
    ES256,
    PRESENT,
    SYNCABLE,
    SYNCED,
    VERIFIED,
    Authenticator,
    Wrong,
    decoded,
    encoded,
)
from tests.support.pair import Pair

ORIGIN = "https://desk.example.org"
SITE = Site.of(ORIGIN)
BROWSER = "a cookie of the browser"


def add(desk: Desk, session: Session, key: Authenticator, name: str = "Stick") -> rows.PasskeyRow:
    offered = passkeys.register_options(desk, SITE, session, client=HERE)
    return passkeys.register(desk, SITE, session, key.make(offered), name, client=HERE)


def enter(
    desk: Desk, key: Authenticator, *, binding: str = BROWSER, answer: bytes | None = None
) -> Signed:
    asked = passkeys.options(desk, SITE, binding=BROWSER, client=HERE)
    data = key.sign(asked) if answer is None else answer
    return passkeys.sign_in_with(desk, SITE, data, binding=binding, client=HERE, agent="Browser/1")


@pytest.fixture
def signed(desk: Desk) -> Signed:
    return come_in(desk)


@pytest.mark.engines
@pytest.mark.parametrize(
    ("algorithm", "packed", "counts"),
    [(ES256, False, True), (EDDSA, False, False), (ES256, True, True), (EDDSA, True, True)],
)
def test_a_passkey_is_added_and_lets_its_officer_in(
    desk: Desk, signed: Signed, algorithm: int, packed: bool, counts: bool
) -> None:
    key = Authenticator(ORIGIN, algorithm, packed, counts)
    row = add(desk, signed.session, key, " My stick ")
    assert (row.officer, row.name, row.transports) == ("dora", "My stick", "internal usb")
    for _ in range(2):
        made = enter(desk, key)
        assert (made.session.officer, made.session.way) == ("dora", Way.PASSKEY)
        assert sessions.of(desk, made.token) == made.session
    (kept,) = sign_in.means(desk, "dora").passkeys
    assert (kept.sign_count, kept.used_at) == (2 * counts, desk.clock())
    assert noted(desk)[-3:] == [("dora", "passkey-added", None), *[("dora", "signed-in", None)] * 2]


def test_what_the_browser_is_asked_names_nobody_and_asks_for_its_holder(
    desk: Desk, signed: Signed
) -> None:
    offered = json.loads(passkeys.register_options(desk, SITE, signed.session, client=HERE))
    assert offered["rp"]["id"] == "desk.example.org"
    assert offered["attestation"] == "none"
    chosen = offered["authenticatorSelection"]
    assert (chosen["residentKey"], chosen["userVerification"]) == ("required", "required")
    assert b"dora" not in decoded(offered["user"]["id"])
    asked = json.loads(passkeys.options(desk, SITE, binding=BROWSER, client=HERE))
    assert asked["allowCredentials"] == []
    assert asked["userVerification"] == "required"
    assert len(decoded(asked["challenge"])) == 32


WRONG = {
    "origin": Wrong(origin="https://desk.example.org.evil.example"),
    "origin without TLS": Wrong(origin="http://desk.example.org"),
    "origin with a port": Wrong(origin="https://desk.example.org:8443"),
    "relying party": Wrong(site="example.org"),
    "challenge": Wrong(challenge=bytes(32)),
    "nobody there": Wrong(flags=VERIFIED),
    "nobody verified": Wrong(flags=PRESENT),
    "in a frame": Wrong(cross_origin=True),
}
OF_SIGNING = {
    "type": Wrong(type="webauthn.create"),
    "signature": Wrong(signature=b"0" * 70),
    "handle": Wrong(handle=b"of somebody else"),
}


def test_an_answer_that_is_wrong_in_one_thing_lets_nobody_in(desk: Desk, signed: Signed) -> None:
    key = Authenticator(ORIGIN)
    add(desk, signed.session, key)
    for wrong in (*WRONG.values(), *OF_SIGNING.values()):
        key.wrong = wrong
        with refused(Reason.PASSKEY_REFUSED):
            enter(desk, key)
        key.wrong = Wrong()
        assert enter(desk, key).session.officer == "dora"


def test_no_passkey_is_added_that_is_wrong_in_one_thing(desk: Desk, signed: Signed) -> None:
    for wrong in (*WRONG.values(), Wrong(type="webauthn.get")):
        with refused(Reason.PASSKEY_REFUSED):
            add(desk, signed.session, Authenticator(ORIGIN, wrong=wrong))
    assert sign_in.means(desk, "dora").passkeys == ()


@pytest.mark.engines
def test_a_challenge_is_answered_once_soon_and_by_who_asked(desks: Pair, desk: Desk) -> None:
    signed, key = come_in(desk), Authenticator(ORIGIN)
    add(desk, signed.session, key)
    answer = key.sign(passkeys.options(desk, SITE, binding=BROWSER, client=HERE))
    assert enter(desk, key, answer=answer)
    with refused(Reason.PASSKEY_REFUSED):
        enter(desk, key, answer=answer)
    # Another browser's, which uses it up.
    answer = key.sign(passkeys.options(desk, SITE, binding=BROWSER, client=HERE))
    for binding in ("another browser", BROWSER):
        with refused(Reason.PASSKEY_REFUSED):
            enter(desk, key, answer=answer, binding=binding)
    # Too late.
    answer = key.sign(passkeys.options(desk, SITE, binding=BROWSER, client=HERE))
    desks.clock.now += rules.CHALLENGE_SECONDS
    with refused(Reason.PASSKEY_REFUSED):
        enter(desk, key, answer=answer)
    # Of another ceremony.
    held = enter(desk, key).session
    answer = key.sign(passkeys.confirm_options(desk, SITE, held, client=HERE))
    with refused(Reason.PASSKEY_REFUSED):
        enter(desk, key, answer=answer)


def test_a_copied_passkey_is_refused_and_the_house_learns_of_it(desk: Desk, signed: Signed) -> None:
    key = Authenticator(ORIGIN)
    add(desk, signed.session, key)
    enter(desk, key)
    enter(desk, key)
    key.count = 0
    for _ in range(2):
        with refused(Reason.PASSKEY_REFUSED):
            enter(desk, key)
    assert noted(desk)[-2:] == [(None, "passkey-doubted", "dora")] * 2
    # One that has stopped counting, too.
    key.count, key.counts = 0, False
    with refused(Reason.PASSKEY_REFUSED):
        enter(desk, key)
    key.count, key.counts = 7, True
    enter(desk, key)


def test_a_forged_counter_says_nothing(desk: Desk, signed: Signed) -> None:
    key, forger = Authenticator(ORIGIN, count=5), Authenticator(ORIGIN)
    add(desk, signed.session, key)
    forger.handle = key.handle
    with refused(Reason.PASSKEY_REFUSED):
        enter(desk, forger)
    assert "passkey-doubted" not in {act for _, act, _ in noted(desk)}


@pytest.mark.engines
def test_an_officer_confirms_with_an_own_passkey_in_the_own_session(
    desks: Pair, desk: Desk
) -> None:
    signed, key = come_in(desk), Authenticator(ORIGIN)
    others, of_lena = come_in(desk, "lena"), Authenticator(ORIGIN, identifier=b"lena's")
    add(desk, signed.session, key)
    add(desk, others.session, of_lena)
    desks.clock.now += 600
    held = sessions.of(desk, signed.token)
    assert held is not None

    def confirm(by: Authenticator, session: Session = held) -> Session:
        asked = passkeys.confirm_options(desk, SITE, held, client=HERE)
        assert [one["id"] for one in json.loads(asked)["allowCredentials"]] == [
            encoded(key.identifier)
        ]
        return passkeys.confirm_with(desk, SITE, session, by.sign(asked), client=HERE)

    with refused(Reason.PASSKEY_REFUSED):
        confirm(of_lena)
    with refused(Reason.PASSKEY_REFUSED):
        confirm(key, others.session)
    sure = confirm(key)
    sessions.require_confirmed(sure, desks.clock.now)
    assert sessions.of(desk, signed.token) == sure
    sessions.sign_out(desk, held)
    with refused(Reason.SESSION_OVER):
        confirm(key)
    with refused(Reason.PASSKEY_UNKNOWN):
        passkeys.confirm_options(desk, SITE, others.session._replace(officer="otto"), client=HERE)


def test_a_passkey_belongs_to_one_officer_and_is_added_once(desk: Desk, signed: Signed) -> None:
    key = Authenticator(ORIGIN)
    add(desk, signed.session, key)
    offered = json.loads(passkeys.register_options(desk, SITE, signed.session, client=HERE))
    assert [decoded(one["id"]) for one in offered["excludeCredentials"]] == [key.identifier]
    for session in (signed.session, come_in(desk, "lena").session):
        with refused(Reason.PASSKEY_KNOWN):
            add(desk, session, Authenticator(ORIGIN))


def test_passkeys_are_removed_but_for_the_last_way_in(desks: Pair, desk: Desk) -> None:
    made = sign_in.link(desk, "dora")
    session = sign_in.with_link(desk, made.token, client=HERE, agent="").session
    keys = [Authenticator(ORIGIN, identifier=bytes([number]) * 20) for number in range(2)]
    for key in keys:
        add(desk, session, key)
    with refused(Reason.PASSKEY_UNKNOWN):
        passkeys.remove(desk, session, b"none")
    passkeys.remove(desk, session, keys[0].identifier)
    with refused(Reason.PASSKEY_REFUSED):
        enter(desk, keys[0])
    with refused(Reason.PASSKEY_LAST):
        passkeys.remove(desk, session, keys[1].identifier)
    sign_in.set_password(desk, session, "correct horse battery")
    desks.clock.now += rules.KEYS_SECONDS
    for act in (
        lambda: passkeys.remove(desk, session, keys[1].identifier),
        lambda: passkeys.register_options(desk, SITE, session, client=HERE),
    ):
        with refused(Reason.CONFIRMATION_NEEDED):
            act()
    fresh = enter(desk, keys[1]).session
    passkeys.remove(desk, fresh, keys[1].identifier)
    assert noted(desk)[-1] == ("dora", "passkey-removed", None)


def test_no_more_passkeys_than_anybody_needs(
    desk: Desk, signed: Signed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "PASSKEYS_MOST", 1)
    offered = passkeys.register_options(desk, SITE, signed.session, client=HERE)
    add(desk, signed.session, Authenticator(ORIGIN))
    with refused(Reason.PASSKEYS_TOO_MANY):
        passkeys.register_options(desk, SITE, signed.session, client=HERE)
    other = Authenticator(ORIGIN, identifier=b"another")
    with refused(Reason.PASSKEYS_TOO_MANY):
        passkeys.register(desk, SITE, signed.session, other.make(offered), "x", client=HERE)


def test_whose_officer_has_left_service_opens_nothing(desk: Desk, signed: Signed) -> None:
    key = Authenticator(ORIGIN)
    add(desk, signed.session, key)
    officers.retire(desk, "dora", by="boss")
    with refused(Reason.PASSKEY_REFUSED):
        enter(desk, key)


def test_a_synced_passkey_says_so(desk: Desk, signed: Signed) -> None:
    flags = PRESENT | VERIFIED | SYNCABLE | SYNCED
    assert add(desk, signed.session, Authenticator(ORIGIN, flags=flags)).synced


def test_challenges_are_bounded_for_one_address_and_in_all(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passkeys, "_OF_ONE", 3)
    monkeypatch.setattr(passkeys, "_MOST", 5)

    def ask(client: str) -> int:
        passkeys.options(desk, SITE, binding=BROWSER, client=client)
        with desk.database.read() as connection:
            return rows.waiting(connection)

    assert [ask(HERE) for _ in range(5)] == [1, 2, 3, 3, 3]
    assert [ask(THERE) for _ in range(3)] == [4, 5, 5]
    assert ask("2001:db8::1") == 5


def test_an_address_that_answers_wrongly_waits(desk: Desk, signed: Signed) -> None:
    key = Authenticator(ORIGIN)
    add(desk, signed.session, key)
    key.wrong = Wrong(challenge=bytes(32))
    for _ in range(rules.OF_CLIENT.free):
        with refused(Reason.PASSKEY_REFUSED):
            enter(desk, key)
    with refused(Reason.SIGN_IN_WAITS):
        enter(desk, key)


@pytest.mark.parametrize(
    ("origin", "name"),
    [
        ("https://desk.example.org", "desk.example.org"),
        ("https://desk.example.org:8443", "desk.example.org"),
        ("http://us.localhost:8473", "us.localhost"),
        ("http://localhost", "localhost"),
        ("http://127.0.0.1:8473", None),
        ("https://[::1]:8473", None),
        ("https://192.0.2.1", None),
    ],
)
def test_passkeys_need_a_name(origin: str, name: str | None) -> None:
    if name is None:
        with refused(Reason.PASSKEYS_NEED_NAME):
            Site.of(origin)
    else:
        assert Site.of(origin) == (origin, name)


def changed(data: bytes, path: tuple[str, ...], value: Any) -> bytes:
    whole = json.loads(data)
    place = whole
    for name in path[:-1]:
        place = place[name]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return json.dumps(whole).encode()


@pytest.mark.parametrize(
    "path",
    [
        ("id",),
        ("rawId",),
        ("type",),
        ("response",),
        ("response", "clientDataJSON"),
        ("response", "authenticatorData"),
        ("response", "signature"),
    ],
)
@pytest.mark.parametrize("value", [None, 7, "not base64!", "A" * 40_000, ["x"]])
def test_what_cannot_be_read_is_refused_before_anything_else(
    path: tuple[str, ...], value: Any
) -> None:
    asked = json.dumps({"challenge": encoded(bytes(32)), "rpId": "desk.example.org"})
    data = Authenticator(ORIGIN).sign(asked)
    passkey_reading.parse_answer(data)
    if path == ("type",) and value == "not base64!":
        return
    with refused(Reason.PASSKEY_MALFORMED):
        passkey_reading.parse_answer(changed(data, path, value))


def test_hostile_attestations_are_one_refusal(desk: Desk, signed: Signed) -> None:
    short = b"\xa3cfmtdnonegattStmt\xa0hauthDataA\x00"
    for attestation in (b"\x00", b"\xa0", b"\xff" * 50, short):
        offered = passkeys.register_options(desk, SITE, signed.session, client=HERE)
        made = Authenticator(ORIGIN).make(offered)
        data = changed(made, ("response", "attestationObject"), encoded(attestation))
        with refused(Reason.PASSKEY_REFUSED):
            passkeys.register(desk, SITE, signed.session, data, "x", client=HERE)
