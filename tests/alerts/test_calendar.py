"""Calendar feeds, read by a foreign implementation; tokens; what an officer may see."""

from __future__ import annotations

import base64
import datetime as dt

import icalendar as foreign
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from parley.application import calendar_feed, officers, recusals
from parley.application.recusals import Matter
from parley.domain import icalendar
from parley.domain.icalendar import Event, Status
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record.freeze import Content
from parley.record.statement import Handling
from parley.store import tables
from parley.wire import calendar_feed as feeds
from tests.support.pair import Pair, inquiry

SUBJECT = "Talks; in \\ March, or later"
CASE, OTHER, MEETING = b"c" * 16, b"d" * 16, b"e" * 16


def refused(act: object) -> Reason:
    with pytest.raises(ParleyError) as caught:
        act()  # type: ignore[operator]
    return caught.value.reason


def meeting(desks: Pair) -> Content:
    channel = desks.channel(desks.right)
    values = {"subject@en": SUBJECT}
    return Content(
        case=MEETING,
        type="meeting",
        from_office=channel.own.text.offices[0].id,
        to_offices=(channel.peer.text.offices[0].id,),
        reference=None,
        basis=(),
        legal_basis=None,
        precedence=0,
        handling=Handling("amber", None),
        reply_wanted=None,
        codes={
            "form": "formal",
            "level": "ministers",
            "delegation": 0,
            "programme": 0,
            "agenda": 0,
            "first-day": "2027-03-01",
            "last-day": "2027-03-02",
        },
        values=values,
    )


@pytest.fixture
def scene(desks: Pair) -> Pair:
    for case in (CASE, OTHER):
        desks.append(desks.right, inquiry(desks.channel(desks.right), case))
    desks.settle()
    return desks


def parsed(desks: Pair, officer: str = "otto", *, subjects: bool = False) -> list[foreign.Event]:
    data = feeds.render(calendar_feed.read(desks.left, officer, subjects=subjects))
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    calendar = foreign.Calendar.from_ical(data)
    assert not calendar.errors
    assert str(calendar["VERSION"]) == "2.0"
    found = list(calendar.walk("VEVENT"))
    assert all(not event.errors for event in found)
    return found


@pytest.mark.engines
def test_a_feed_has_deadlines_that_a_foreign_reader_understands(scene: Pair) -> None:
    found = parsed(scene)
    assert found
    again = parsed(scene)
    assert [event["UID"] for event in again] == [event["UID"] for event in found]
    assert len({event["UID"] for event in found}) == len(found)
    now = scene.clock()
    for event in found:
        assert event.decoded("DTSTART") > dt.datetime.fromtimestamp(now, dt.UTC)
        assert event.decoded("DTSTAMP") <= dt.datetime.fromtimestamp(now + 1, dt.UTC)
        assert int(event["SEQUENCE"]) >= 0
        assert "Unusual traffic" not in str(event["SUMMARY"])
    assert any("Unusual traffic" in str(one["SUMMARY"]) for one in parsed(scene, subjects=True))


def test_a_recused_officer_finds_nothing_of_the_case(scene: Pair) -> None:
    desk = scene.left
    before = parsed(scene)
    recusals.declare(desk, "otto", Matter(None, ((scene.channel(desk), CASE),)), "ada")
    after = parsed(scene)
    assert {str(one["UID"])[:32] for one in before} == {CASE.hex(), OTHER.hex()}
    assert {str(one["UID"])[:32] for one in after} == {OTHER.hex()}
    assert refused(lambda: calendar_feed.read(desk, "nobody", subjects=False)) is (
        Reason.OFFICER_UNKNOWN
    )
    assert refused(lambda: calendar_feed.read(desk, "audit", subjects=False)) is Reason.ROLE_FORBIDS


def test_a_proposed_meeting_is_tentative_on_whole_days(scene: Pair) -> None:
    scene.append(scene.right, meeting(scene))
    scene.settle()
    (found,) = [
        one
        for one in parsed(scene, subjects=True)
        if str(one["UID"]).startswith(MEETING.hex()) and ".meeting." in str(one["UID"])
    ]
    assert found.decoded("DTSTART") == dt.date(2027, 3, 1)
    assert found.decoded("DTEND") == dt.date(2027, 3, 3)
    assert str(found["STATUS"]) == "TENTATIVE"
    assert SUBJECT in str(found["SUMMARY"])
    assert int(found["SEQUENCE"]) == 1


def test_a_token_opens_one_feed_until_it_is_revoked(scene: Pair) -> None:
    desk = scene.left
    row, token = calendar_feed.make(desk, "otto", subjects=False)
    with desk.database.read() as connection:
        kept = connection.execute(tables.calendar_tokens.select()).all()
    assert token.encode() not in repr(kept).encode()
    client = TestClient(feeds.app(desk))

    def fetch(name: str, password: str) -> tuple[int, bytes, dict[str, str]]:
        reply = client.get("/calendar.ics", auth=(name, password))
        return reply.status_code, reply.content, dict(reply.headers)

    fine = fetch("otto", token)
    assert fine[0] == 200
    assert fine[2]["content-type"] == "text/calendar; charset=utf-8"
    assert fine[2]["cache-control"] == "no-store"
    wrong = fetch("otto", token[:-1])
    assert wrong[0] == 401
    for other in (fetch("ada", token), fetch("nobody", token), fetch("", "")):
        assert other == wrong
    reply = client.get("/calendar.ics")
    assert (reply.status_code, reply.content) == wrong[:2]
    assert client.get("/").status_code == 404
    assert client.post("/calendar.ics", auth=("otto", token)).status_code == 405
    assert refused(lambda: calendar_feed.revoke(desk, "ada", row.name)) is (
        Reason.CALENDAR_FEED_UNKNOWN
    )
    calendar_feed.revoke(desk, "otto", row.name[:6])
    assert fetch("otto", token) == wrong
    _, second = calendar_feed.make(desk, "otto", subjects=False)
    assert fetch("otto", second)[0] == 200
    officers.retire(desk, "otto")
    assert fetch("otto", second) == wrong


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Basic",
        "Basic !!!",
        "Bearer abc",
        "Basic " + base64.b64encode(b"no colon").decode(),
        "Basic " + base64.b64encode(b"\xff:\xff").decode(),
        "Basic " + base64.b64encode(b"a\0b:c").decode(),
        "Basic " + base64.b64encode(b"a:" + b"x" * 600).decode(),
    ],
)
def test_what_is_no_credential_is_none(header: str) -> None:
    assert feeds.credentials(header) is None


EVENTS = st.builds(
    Event,
    uid=st.from_regex(r"[0-9a-f.]{1,90}@[a-f0-9]{16}\.parley", fullmatch=True),
    revised_at=st.integers(0, 4_000_000_000),
    sequence=st.integers(0, 5000),
    summary=st.text(st.characters(exclude_categories=["Cs"]), max_size=200),
    start=st.integers(0, 40_000).map(lambda day: day * 86_400),
    end=st.integers(40_001, 50_000).map(lambda day: day * 86_400),
    whole_days=st.booleans(),
    status=st.sampled_from(Status),
)


@given(st.lists(EVENTS, max_size=4))
def test_whatever_a_text_holds_it_comes_back_from_a_foreign_reader(events: list[Event]) -> None:
    data = icalendar.render("Parley", events)
    assert data.endswith(b"END:VCALENDAR\r\n")
    for line in data.split(b"\r\n"):
        assert len(line) <= 75
        # Never inside a character.
        line.decode()
        assert b"\n" not in line
    calendar = foreign.Calendar.from_ical(data)
    found = list(calendar.walk("VEVENT"))
    assert len(found) == len(events)
    for event, made in zip(found, events, strict=True):
        kept = made.summary.replace("\r\n", "\n").replace("\r", "\n")
        kept = "".join(c for c in kept if c == "\n" or not icalendar._is_control(c))
        assert str(event["SUMMARY"]) == kept
        assert str(event["UID"]) == made.uid
        assert int(event["SEQUENCE"]) == made.sequence
        assert int(event.decoded("DTSTAMP").timestamp()) == made.revised_at
        start = event.decoded("DTSTART")
        moment = dt.datetime.fromtimestamp(made.start, dt.UTC)
        assert start == (moment.date() if made.whole_days else moment)


def test_a_text_cannot_make_a_line_of_its_own() -> None:
    hostile = "x\r\nEND:VEVENT\r\nBEGIN:VALARM\nATTACH:http://evil.example/"
    event = Event("a@b", 0, 0, hostile, 0, 0, whole_days=False, status=Status.CONFIRMED)
    data = icalendar.render("n", [event])
    assert data.count(b"\r\nEND:VEVENT") == 1
    assert b"\r\nBEGIN:VALARM" not in data
    (found,) = foreign.Calendar.from_ical(data).walk("VEVENT")
    assert not found.subcomponents
