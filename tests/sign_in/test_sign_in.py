"""Links, passwords and sessions of one desk's officers."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select

from parley.application import house, officers, preferences, sessions, sign_in
from parley.application.desk import Desk
from parley.application.preferences import Digits, Preferences, Theme
from parley.application.sessions import Signed
from parley.domain import sign_in as rules
from parley.domain.sign_in import Purpose, Way
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.node import backup
from parley.node import desk as desk_node
from parley.record.house import format as fmt
from parley.store import house_log, tables
from parley.store.house_log import EVERYTHING
from tests.support.engines import SQLITE
from tests.support.pair import PASSPHRASE, Pair

PASSWORD = "correct horse battery"
HERE, THERE = "192.0.2.1", "192.0.2.2"
_POSITION = tables.house_log.c.position


def refused(reason: Reason) -> pytest.RaisesExc[ParleyError]:
    return pytest.RaisesExc(ParleyError, check=lambda error: error.reason is reason)


def come_in(desk: Desk, officer: str = "dora") -> Signed:
    """By a link, and with a password set."""
    made = sign_in.link(desk, officer, by="boss")
    signed = sign_in.with_link(desk, made.token, client=HERE, agent="Browser/1.0")
    sign_in.set_password(desk, signed.session, PASSWORD)
    return signed


def enter(desk: Desk, password: str = PASSWORD, name: str = "dora", client: str = HERE) -> Signed:
    return sign_in.with_password(desk, name, password, client=client, agent="Browser/1.0")


def noted(desk: Desk, since: int = 0) -> list[tuple[str | None, str, str | None]]:
    """Who did what to whom in the house."""
    with desk.database.read() as connection:
        entries = [fmt.read(row.data) for row in house_log.in_order(connection, EVERYTHING)]
    return [(entry.officer, entry.act, entry.about) for entry in entries][since:]


def questions(desk: Desk, act: Callable[[], Any]) -> list[str]:
    """The SQL that an act runs by SQLAlchemy, without its values."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, sql: str, *_more: Any) -> None:
        asked.append(sql)

    engine = desk.database._engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return asked


@pytest.mark.engines
def test_a_link_a_password_and_what_stands_of_them(desks: Pair, desk: Desk) -> None:
    before = len(noted(desk))
    made = sign_in.link(desk, "dora", by="boss")
    assert made.url("https://desk.example") == f"https://desk.example/sign-in/link#{made.token}"
    signed = sign_in.with_link(desk, made.token, client=HERE, agent="Browser/1.0\n\x00\u202e")
    assert (signed.session.officer, signed.session.way) == ("dora", Way.LINK)
    assert signed.session.agent == "Browser/1.0"
    sign_in.set_password(desk, signed.session, PASSWORD)
    again = enter(desk, name=" Dora ")
    assert sessions.of(desk, again.token) == again.session
    sessions.sign_out(desk, again.session)
    sessions.sign_out(desk, again.session)
    assert sessions.of(desk, again.token) is None
    assert noted(desk, before) == [
        ("boss", "sign-in-link-made", "dora"),
        ("dora", "signed-in", None),
        ("dora", "password-set", None),
        ("dora", "signed-in", None),
        ("dora", "signed-out", None),
    ]
    # Nothing secret stands in the database.
    with desk.database.read() as connection:
        for table in tables.metadata.sorted_tables:
            text = str(connection.execute(select(table)).all())
            for secret in (made.token, signed.token, again.token, PASSWORD):
                assert secret not in text


@pytest.mark.engines
def test_a_link_opens_once_and_for_a_day_and_the_last_one_alone(desks: Pair, desk: Desk) -> None:
    first = sign_in.link(desk, "dora", by="boss")
    second = sign_in.link(desk, "dora", Purpose.SIGN_IN)
    others = sign_in.link(desk, "lena", by="boss")
    assert [row.officer for row in sign_in.links(desk, "boss")] == ["dora", "lena"]

    def use(token: str) -> Signed:
        return sign_in.with_link(desk, token, client=HERE, agent="")

    for token in (first.token, "", "x" * 5000, "\udc80"):
        with refused(Reason.SIGN_IN_LINK_OVER):
            use(token)
    assert use(second.token).session.officer == "dora"
    with refused(Reason.SIGN_IN_LINK_OVER):
        use(second.token)
    desks.clock.now += rules.LINK_SECONDS
    with refused(Reason.SIGN_IN_LINK_OVER):
        use(others.token)
    assert sign_in.links(desk, "boss") == []


def test_only_an_administrator_or_the_desk_makes_links_and_nobody_for_themselves(
    desk: Desk,
) -> None:
    for by, reason in (("dora", Reason.ROLE_FORBIDS), ("boss", Reason.OWN_ROLES)):
        with refused(reason):
            sign_in.link(desk, "boss", by=by)
    with refused(Reason.ROLE_FORBIDS):
        sign_in.links(desk, "dora")
    for by in ("boss", None):
        with refused(Reason.OFFICER_UNKNOWN):
            sign_in.link(desk, "nobody", by=by)
    assert sign_in.link(desk, "boss").officer == "boss"


def wrong(desk: Desk, name: str, number: int, errors: list[ParleyError]) -> None:
    try:
        enter(desk, "wrong, but long", name, client=f"198.51.100.{number}")
    except ParleyError as refusal:
        errors.append(refusal)


def tables_in(asked: list[str]) -> set[str]:
    """The tables that are read."""
    return {word for sql in asked for word in re.findall(r"FROM (\w+)", sql)}


@pytest.mark.engines
def test_an_unknown_name_and_a_wrong_password_are_one_path(desks: Pair, desk: Desk) -> None:
    come_in(desk)
    officers.retire(desk, "otto", by="boss")
    asked = []
    for number, name in enumerate(("dora", "lena", "nobody", "otto", "no\0body", "НЕТ", "\udc80")):
        for attempt in range(rules.OF_OFFICER.free):
            errors: list[ParleyError] = []
            asked.append(
                (attempt, questions(desk, lambda e=errors, n=name, c=number: wrong(desk, n, c, e)))
            )
            assert [(error.reason, error.details) for error in errors] == [
                (Reason.SIGN_IN_REFUSED, {})
            ]
    first = dict(asked[: rules.OF_OFFICER.free])
    assert all(sql == first[attempt] for attempt, sql in asked)
    assert {"passwords", "sign_in_failures"} <= tables_in(first[0])


@pytest.mark.engines
def test_failures_make_wait_longer_and_longer(desks: Pair, desk: Desk) -> None:
    come_in(desk)
    for _ in range(rules.OF_OFFICER.free):
        with refused(Reason.SIGN_IN_REFUSED):
            enter(desk, "wrong, but long")
    for seconds in (15, 30, 60, 120, 240, 480, 900, 900):
        for _ in range(2):
            with pytest.raises(ParleyError) as caught:
                enter(desk, "wrong, but long")
            assert (caught.value.reason, caught.value.details) == (
                Reason.SIGN_IN_WAITS,
                {"seconds": seconds},
            )
        desks.clock.now += seconds
        with refused(Reason.SIGN_IN_REFUSED):
            enter(desk, "wrong, but long")
    # The right password does not help before the time, from wherever.
    for client in (HERE, THERE):
        with refused(Reason.SIGN_IN_WAITS):
            enter(desk, client=client)
    assert noted(desk).count((None, "sign-in-delayed", "dora")) == 1
    desks.clock.now += rules.OF_OFFICER.most
    enter(desk)
    # What was right is forgiven.
    for _ in range(rules.OF_OFFICER.free):
        with refused(Reason.SIGN_IN_REFUSED):
            enter(desk, "wrong, but long")


def test_an_address_waits_whatever_names_it_tries(desks: Pair, desk: Desk) -> None:
    come_in(desk)
    for number in range(rules.OF_CLIENT.free - 1):
        with refused(Reason.SIGN_IN_REFUSED):
            enter(desk, name=f"name{number}", client="2001:db8::1")
    # Who signs in there takes back no more than the own attempt.
    enter(desk, client="2001:db8::2")
    with refused(Reason.SIGN_IN_REFUSED):
        enter(desk, name="another", client="2001:db8::3")
    with refused(Reason.SIGN_IN_WAITS):
        enter(desk, client="2001:db8::ffff")
    enter(desk, client="2001:db8:0:1::1")
    enter(desk, client="::ffff:192.0.2.7")
    made = sign_in.link(desk, "lena")
    with refused(Reason.SIGN_IN_WAITS):
        sign_in.with_link(desk, made.token, client="2001:db8::4", agent="")
    sign_in.with_link(desk, made.token, client=HERE, agent="")


def test_failures_are_bounded_and_hold_nothing_that_was_typed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_in, "_FAILURES_MOST", 6)
    for number in range(12):
        with refused(Reason.SIGN_IN_REFUSED):
            enter(desk, name=f"my secret {number}", client=f"192.0.2.{number}")
    with desk.database.read() as connection:
        rows = connection.execute(select(tables.sign_in_failures)).all()
    assert len(rows) <= 7
    assert all(len(row.key) == 32 for row in rows)


@pytest.mark.engines
def test_a_session_ends_after_a_shift_and_when_idle(desks: Pair, desk: Desk) -> None:
    signed = come_in(desk)
    started = desks.clock.now
    while desks.clock.now < started + rules.SESSION_SECONDS - 3000:
        desks.clock.now += 3000
        held = sessions.of(desk, signed.token)
        assert held is not None
        assert held.seen_at == desks.clock.now
    desks.clock.now = started + rules.SESSION_SECONDS
    assert sessions.of(desk, signed.token) is None
    idle = enter(desk)
    desks.clock.now += rules.IDLE_SECONDS
    assert sessions.of(desk, idle.token) is None
    assert sessions.every(desk, "dora") == []
    # Its row goes when somebody comes in.
    enter(desk)
    with desk.database.read() as connection:
        assert len(connection.execute(select(tables.sessions)).all()) == 1


def test_use_is_noted_once_a_minute_and_looking_is_one_question(desks: Pair, desk: Desk) -> None:
    signed = come_in(desk)
    desks.clock.now += 59
    assert len(questions(desk, lambda: sessions.of(desk, signed.token))) == 1
    desks.clock.now += 1
    assert len(questions(desk, lambda: sessions.of(desk, signed.token))) == 2
    assert len(questions(desk, lambda: sessions.of(desk, signed.token))) == 1


@pytest.mark.engines
def test_a_new_password_ends_the_other_sessions(desk: Desk) -> None:
    first = come_in(desk)
    second, others = enter(desk), come_in(desk, "lena")
    sign_in.set_password(desk, second.session, "staple and battery")
    assert sessions.of(desk, first.token) is None
    assert sessions.of(desk, second.token) is not None
    assert sessions.of(desk, others.token) is not None
    with refused(Reason.SIGN_IN_REFUSED):
        enter(desk)
    with refused(Reason.SESSION_OVER):
        sign_in.set_password(desk, first.session, "from a session that is over")
    enter(desk, "staple and battery")


def test_who_leaves_service_is_out_at_once_and_comes_back_with_nothing(desk: Desk) -> None:
    signed = come_in(desk)
    waiting = sign_in.link(desk, "dora", by="boss")
    officers.retire(desk, "dora", by="boss")
    assert sessions.of(desk, signed.token) is None
    officers.add(desk, "dora", ["drafter"], by="boss")
    assert sessions.of(desk, signed.token) is None
    with refused(Reason.SIGN_IN_REFUSED):
        enter(desk)
    with refused(Reason.SIGN_IN_LINK_OVER):
        sign_in.with_link(desk, waiting.token, client=HERE, agent="")


def test_sessions_are_listed_and_ended_by_their_officer_or_an_administrator(desk: Desk) -> None:
    first = come_in(desk)
    second, third, boss = enter(desk), enter(desk), come_in(desk, "lena")
    assert {one.name for one in sessions.every(desk, "dora", by="dora")} == {
        one.session.name for one in (first, second, third)
    }
    with refused(Reason.SESSION_UNKNOWN):
        sessions.revoke(desk, "dora", "dora", boss.session.name)
    for by in ("lena", "audit"):
        with refused(Reason.ROLE_FORBIDS):
            sessions.every(desk, "dora", by=by)
        with refused(Reason.ROLE_FORBIDS):
            sessions.revoke(desk, by, "dora", first.session.name)
        with refused(Reason.ROLE_FORBIDS):
            sessions.revoke_all(desk, "dora", by=by)
    sessions.revoke(desk, "dora", "dora", first.session.name)
    sessions.revoke(desk, "boss", "dora", second.session.name)
    assert [one.name for one in sessions.every(desk, "dora")] == [third.session.name]
    assert sessions.revoke_all(desk, "dora", by="boss") == 1
    assert sessions.revoke_all(desk, "dora") == 0
    assert noted(desk)[-3:] == [
        ("dora", "session-ended", "dora"),
        ("boss", "session-ended", "dora"),
        ("boss", "session-ended", "dora"),
    ]


@pytest.mark.engines
def test_an_officer_confirms_who_it_is(desks: Pair, desk: Desk) -> None:
    signed = come_in(desk)
    now = desks.clock.now
    sessions.require_confirmed(signed.session, now)
    desks.clock.now += rules.KEYS_SECONDS
    held = sessions.of(desk, signed.token)
    assert held is not None
    with refused(Reason.CONFIRMATION_NEEDED):
        sessions.require_confirmed(held, desks.clock.now)
    with refused(Reason.CONFIRMATION_NEEDED):
        sign_in.set_password(desk, held, "another long password")
    with refused(Reason.CONFIRMATION_REFUSED):
        sign_in.confirm_with_password(desk, held, "not the password", client=HERE)
    sure = sign_in.confirm_with_password(desk, held, PASSWORD, client=HERE)
    assert sessions.of(desk, signed.token) == sure
    sessions.require_confirmed(sure, desks.clock.now)
    sign_in.set_password(desk, sure, "another long password")
    sessions.sign_out(desk, sure)
    with refused(Reason.SESSION_OVER):
        sign_in.confirm_with_password(desk, sure, "another long password", client=HERE)


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("eleven char", Reason.PASSWORD_SHORT),
        ("x" * 257, Reason.PASSWORD_LONG),
        ("aaaaaaaaaaaaaaaaaa", Reason.PASSWORD_PLAIN),
        ("doraDORAdora", Reason.PASSWORD_PLAIN),
    ],
)
def test_passwords_that_are_no_good(password: str, reason: Reason) -> None:
    with refused(reason):
        rules.check_password(password, "dora")


@pytest.mark.parametrize("password", ["пароль из слов", "            b", "x" * 255 + "y"])
def test_no_password_is_refused_for_its_composition(password: str) -> None:
    rules.check_password(password, "dora")


def test_a_password_is_the_same_however_it_is_composed(desk: Desk) -> None:
    signed = come_in(desk)
    sign_in.set_password(desk, signed.session, "e\u0301 twelve letters")
    enter(desk, "\u00e9 twelve letters")


def test_preferences_come_with_the_session(desk: Desk) -> None:
    signed = come_in(desk)
    assert signed.session.preferences == Preferences()
    wanted = Preferences("ar", "Asia/Riyadh", Digits.ARABIC, Theme.DARK)
    preferences.choose(desk, "dora", wanted)
    preferences.choose(desk, "dora", wanted)
    assert noted(desk).count(("dora", "preferences-changed", None)) == 1
    held = sessions.of(desk, signed.token)
    assert held is not None
    assert held.preferences == wanted == preferences.of_officer(desk, "dora")
    for wrong, reason in (
        (Preferences("fr"), Reason.LANGUAGE_UNKNOWN),
        (Preferences(zone="Mars/Base"), Reason.ZONE_UNKNOWN),
        (Preferences(zone="../../etc/passwd"), Reason.ZONE_UNKNOWN),
    ):
        with refused(reason):
            preferences.choose(desk, "dora", wrong)
    for read in (preferences.digits, preferences.theme):
        with refused(Reason.PREFERENCE_INVALID):
            read("<script>")


@pytest.mark.parametrize("engine", [SQLITE], indirect=True)
def test_a_backup_holds_no_session_and_no_link(desks: Pair, desk: Desk, tmp_path: Path) -> None:
    signed = come_in(desk)
    waiting = sign_in.link(desk, "lena", by="boss")
    made = tmp_path / "backup"
    backup.back_up(desks.folders[0], made, now=desks.clock.now, vault=True, keys=True)
    with_keys = tmp_path / "vault.key"
    backup.back_up(
        desks.folders[0], tmp_path / "again", now=desks.clock.now, vault=True, vault_key=with_keys
    )
    backup.restore(made, tmp_path / "restored", vault_key=with_keys)
    with desk_node.opened(tmp_path / "restored", PASSPHRASE, clock=desks.clock) as restored:
        assert sessions.of(restored, signed.token) is None
        with refused(Reason.SIGN_IN_LINK_OVER):
            sign_in.with_link(restored, waiting.token, client=HERE, agent="")
        enter(restored)


def test_a_desk_that_was_set_back_ends_all_sessions(desk: Desk) -> None:
    with desk.database.read() as connection:
        head = house_log.head(connection)
    assert head is not None
    signed = come_in(desk)
    # Its house record is older than its sessions: somebody has put an old database back in part.
    with desk.database.write() as connection:
        connection.execute(tables.house_log.delete().where(head.size <= _POSITION))
        house_log.save_head(connection, head.generation, head.size, head.frontier)
    house.compare(desk)
    assert sessions.of(desk, signed.token) is None
    assert noted(desk, head.size) == [(None, "log-set-back", None)]
