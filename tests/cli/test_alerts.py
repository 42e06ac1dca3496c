"""Alerts, the roster and calendar feeds by command: what is printed for programs, how it ends."""

from __future__ import annotations

import pytest

from parley.application import alert_watch
from tests.cli.conftest import Houses
from tests.support.engines import ENGINE, SQLITE


def watch(houses: Houses) -> None:
    """What ``parley serve`` does in the background."""
    with houses.pair() as both:
        for desk in (both.left, both.right):
            alert_watch.watch(desk)


def configure(houses: Houses, side: str, *lines: str) -> None:
    """Add a section to the configuration of a desk."""
    file = houses.folder / side / "parley.toml"
    file.write_text("\n".join([file.read_text("utf-8"), *lines, ""]), "utf-8")


def test_an_alert_is_told_tried_and_acknowledged_by_command(houses: Houses) -> None:
    argv = ["/bin/sh", "-c", "exec /bin/cat > /dev/null; exit 0"]
    configure(houses, "right", "[[alerts.command]]", 'name = "bell"', f"argv = {argv}")
    configure(houses, "right", "[[alerts.command]]", 'name = "broken"', 'argv = ["/bin/false"]')
    otto = {"desk": "right", "officer": "otto"}
    route = houses.json("alert", "route", "add", "command:bell", "--from", "priority", **otto)
    expected = {"kind": "command", "name": "bell", "address": "", "from": "priority"}
    assert route == {"route": 1, **expected}
    assert houses.json("alert", "test", **otto) == [{**route, "reason": None}]
    case = houses.ask()
    watch(houses)
    (alert,) = houses.json("alert", "list", **otto)
    assert (alert["occasion"], alert["precedence"]) == ("statement-received", "routine")
    assert (alert["case"], alert["ended"], alert["routes"]) == (case, None, [])
    assert "Unusual traffic" not in houses.run("alert", "list", **otto).out
    assert houses.json("alert", "acknowledge", alert["alert"][:6], **otto) == [alert["alert"]]
    assert houses.json("alert", "list", **otto) == []
    (ended,) = houses.json("alert", "list", "--all", **otto)
    assert (ended["ended"], ended["ended_by"]) == ("acknowledged", "otto")
    houses.json("alert", "route", "add", "command:broken", **otto)
    tried = houses.run("alert", "test", "--json", **otto)
    assert tried.code == 1
    assert [one["reason"] for one in tried.json] == [None, "alert-command-failed"]
    assert houses.json("alert", "route", "remove", "2", **otto) == {"route": 2, "removed": True}
    assert houses.json("alert", "route", "list", **otto) == [route]


def test_duty_and_feeds_for_programs(houses: Houses) -> None:
    houses.json("officer", "add", "nora", "duty-officer", desk="left")
    otto, nora = ({"desk": "left", "officer": name} for name in ("otto", "nora"))
    ada = {"desk": "left", "officer": "ada"}
    shift = houses.json("roster", "plan", "otto", "--until", "8h", "--office", "1", **ada)
    assert (shift["shift"], shift["officer"], shift["rank"]) == (1, "otto", 1)
    assert shift["ends_at"] - shift["starts_at"] == 8 * 3600
    assert shift["office"] is not None
    assert houses.json("roster", "list", **nora) == [shift]
    given = houses.json("roster", "hand-over", "nora", "--note", "Watch RIGHT.", **otto)
    assert (given["handover"], given["taking"], given["taken_at"]) == (1, "nora", None)
    assert "Watch" not in str(given)
    taken = houses.json("roster", "take", "1", **nora)
    assert (taken["note"], taken["dues"], taken["drafts"]) == ("Watch RIGHT.", [], [])
    assert houses.json("roster", "note", "1", **otto)["note"] == "Watch RIGHT."
    assert [one["handover"] for one in houses.json("roster", "handovers", **nora)] == [1]
    feed = houses.json("calendar-feed", "make", **otto)
    assert feed["path"] == "/calendar.ics"
    (listed,) = houses.json("calendar-feed", "list", **otto)
    assert listed == {key: feed[key] for key in ("feed", "subjects", "made_at", "revoked_at")}
    revoked = houses.json("calendar-feed", "revoke", feed["feed"][:6], **otto)
    assert revoked == {"feed": feed["feed"], "revoked": True}
    written = houses.json("calendar-feed", "export", "mine.ics", **otto)
    assert written["bytes"] == (houses.folder / "mine.ics").stat().st_size
    plain = houses.run("calendar-feed", "export", "-", **otto)
    assert plain.out.startswith("BEGIN:VCALENDAR")


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Houses:
    """One desk for all that changes nothing, on whichever engine: no server's outlasts a test."""
    houses = Houses(tmp_path_factory.mktemp("house"))
    with ENGINE.using(SQLITE):
        houses.found("left")
    return houses


@pytest.mark.parametrize(
    ("command", "code", "reason"),
    [
        ("alert route add command:bell --from sometimes", 2, "argument-invalid"),
        ("alert route add command:bell", 1, "alert-transport-unknown"),
        ("alert acknowledge", 2, "argument-missing"),
        ("alert acknowledge 3f --all", 2, "argument-surplus"),
        ("alert acknowledge 3f", 1, "alert-unknown"),
        ("alert settings --in xx", 2, "language-unknown"),
        ("alert settings --home Mars/Olympus", 2, "zone-unknown"),
        ("roster plan otto --until never", 2, "time-invalid"),
        ("roster hand-over nora --note x", 1, "not-on-duty"),
        ("roster take 7", 1, "handover-unknown"),
        ("calendar-feed revoke ab", 1, "calendar-feed-unknown"),
    ],
)
def test_how_what_cannot_be_done_ends(known: Houses, command: str, code: int, reason: str) -> None:
    desk = str(known.folder / "left")
    result = known.run(*command.split(), "--json", desk=desk, officer="otto")
    assert (result.code, result.out) == (code, ""), result.err
    assert result.error["reason"] == reason
