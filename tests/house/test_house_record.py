"""The house record: who did what, provable to anybody, never shorter without a word about it."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from parley.application import audit, drafts, house, house_record, officers
from parley.application.desk import Desk
from parley.domain.access import Place
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record.house import verify
from parley.record.house.verify import NotProved
from parley.store import house_log, tables
from parley.store.house_log import EVERYTHING, Sought
from tests.desk.test_house import INQUIRY, digest, refused, released, submitted
from tests.support.pair import OFFICERS, Pair

FOUNDING = [(None, "officer-added", name) for name in OFFICERS]


def entries(desk: Desk, sought: Sought = EVERYTHING) -> list[house_record.Kept]:
    return list(house_record.read(desk, "audit", sought, 0).entries)


def told(desk: Desk) -> list[tuple[str | None, str, str | None]]:
    """Who did what, and whom it concerns."""
    return [(one.entry.officer, one.entry.act, one.entry.about) for one in entries(desk)]


def proof(desk: Desk, folder: Path, *named: str) -> bytes:
    target = folder / "house.proof"
    target.unlink(missing_ok=True)
    house_record.prove(desk, "audit", target, named)
    return target.read_bytes()


def test_who_did_what_stands_in_it_in_order(desks: Pair) -> None:
    draft = released(desks)
    assert told(desks.left) == [
        *FOUNDING,
        ("dora", "draft-opened", None),
        ("dora", "draft-frozen", None),
        ("lena", "draft-cleared", None),
        ("ada", "draft-authorised", None),
        ("ada", "statement-released", None),
    ]
    acts = entries(desks.left, Sought(draft=draft.id))
    assert {one.entry.case for one in acts} == {draft.case}
    assert [one.entry.digest for one in acts[1:4]] == [draft.sha256] * 3
    assert acts[2].entry.roles == ("legal-reviewer",)
    assert acts[0].entry.at == desks.clock.now
    # Reading it stands in it as well.
    assert told(desks.left)[-1] == ("audit", "house-read", None)


def test_a_refused_attempt_stands_in_it_and_nothing_else_of_it(desks: Pair) -> None:
    draft = submitted(desks)
    before = len(entries(desks.left))
    with refused(Reason.ROLE_FORBIDS):
        drafts.clear(desks.left, "dora", draft.id, digest(draft))
    last = entries(desks.left)[-1].entry
    assert (last.officer, last.act, last.facts) == ("dora", "attempt-refused", ("role-forbids",))
    assert (last.draft, last.case) == (draft.id, draft.case)
    assert len(entries(desks.left)) == before + 3  # the attempt, and two readings


def test_only_an_auditor_reads_it(desks: Pair) -> None:
    for name in set(OFFICERS) - {"audit"}:
        with refused(Reason.ROLE_FORBIDS):
            house_record.read(desks.left, name, EVERYTHING, 0)


def test_no_text_of_a_draft_or_body_is_in_it(desks: Pair) -> None:
    draft = released(desks)
    with desks.left.database.read() as connection:
        data = b"".join(row.data for row in house_log.in_order(connection))
    for text in draft.writing.values.values():
        assert str(text).encode() not in data


CLEARED = len(OFFICERS) + 2


@pytest.mark.parametrize("named", [(), ("0", str(CLEARED))])
def test_a_third_party_verifies_it_with_the_file_alone(
    desks: Pair, tmp_path: Path, named: tuple[str, ...]
) -> None:
    released(desks)
    data = proof(desks.left, tmp_path, *named)
    report = verify.verify(io.BytesIO(data), pins=[desks.left.letter.party])
    assert report.whole is not bool(named)
    assert (NotProved.COMPLETE in report.not_proved) is bool(named)
    shown = {one.index: one.entry for one in report.entries}
    assert set(shown) == ({0, CLEARED} if named else set(range(report.size)))
    assert (shown[CLEARED].officer, shown[CLEARED].act) == ("lena", "draft-cleared")
    assert NotProved.IDENTITY not in report.not_proved
    with refused(Reason.DOSSIER_PIN):
        verify.verify(io.BytesIO(data), pins=[desks.right.letter.party])


def test_every_byte_of_the_file_counts(desks: Pair, tmp_path: Path) -> None:
    released(desks)
    data = proof(desks.left, tmp_path, "3", str(CLEARED))
    for at in range(0, len(data), 37):
        changed = bytearray(data)
        changed[at] ^= 1
        with pytest.raises(ParleyError):
            verify.verify(io.BytesIO(bytes(changed)))
    for cut in (1, 40, len(data) // 2):
        with pytest.raises(ParleyError):
            verify.verify(io.BytesIO(data[:-cut]))
    with pytest.raises(ParleyError):
        verify.verify(io.BytesIO(data + b"\x40"))


def _forget_the_last(desk: Desk) -> None:
    with desk.database.write(house.house_of(desk)) as connection:
        last = house_log.count(connection) - 1
        connection.execute(delete(tables.house_log).where(tables.house_log.c.position == last))


def _claim_another_officer(desk: Desk) -> None:
    with desk.database.write(house.house_of(desk)) as connection:
        connection.execute(
            update(tables.house_log)
            .where(tables.house_log.c.act == "draft-cleared")
            .values(officer="dora")
        )


def _other_bytes(desk: Desk) -> None:
    with desk.database.write(house.house_of(desk)) as connection:
        (row,) = [r for r in house_log.in_order(connection) if r.act == "draft-cleared"]
        connection.execute(
            update(tables.house_log)
            .where(tables.house_log.c.position == row.position)
            .values(data=row.data.replace(b"lena", b"dora"))
        )


@pytest.mark.parametrize("change", [_forget_the_last, _claim_another_officer, _other_bytes])
def test_fsck_finds_what_was_changed_in_it(desks: Pair, change: Callable[[Desk], None]) -> None:
    released(desks)
    assert audit.fsck(desks.left).faults == ()
    change(desks.left)
    assert audit.fsck(desks.left).faults


def test_a_record_that_was_set_back_says_so_for_ever(desks: Pair, tmp_path: Path) -> None:
    left = desks.left
    submitted(desks)
    early = proof(left, tmp_path)
    with left.database.read() as connection:
        kept_head = house_log.head(connection)
    assert kept_head is not None
    submitted(desks)
    with left.database.read() as connection:
        size = house_log.count(connection)
    # An older copy of the table is put in place.
    with left.database.write(house.house_of(left)) as connection:
        newer = tables.house_log.c.position >= kept_head.size
        connection.execute(delete(tables.house_log).where(newer))
        house_log.save_head(connection, *kept_head[1:])
    assert [fault.reason for fault in audit.fsck(left).faults] == [Reason.HOUSE_SET_BACK]
    submitted(desks)
    loss = entries(left, Sought(act="log-set-back"))
    assert [one.position for one in loss] == [kept_head.size]
    assert (loss[0].entry.officer, loss[0].entry.number) == (None, size)
    assert audit.fsck(left).faults == ()
    report = verify.verify(io.BytesIO(proof(left, tmp_path)))
    assert report.generation == 1
    assert [one.index for one in report.losses] == [kept_head.size]
    # What was signed before is still what it was: nothing contradicts it under its name.
    before = verify.verify(io.BytesIO(early))
    assert before.generation == 0
    shared = min(before.size, kept_head.size)
    assert before.entries[:shared] == report.entries[:shared]


def test_an_anchor_that_is_gone_is_noticed_too(desks: Pair) -> None:
    left = desks.left
    submitted(desks)
    path = next(desks.folders[0].rglob(f"{house.house_of(left).hex()}.anchor"))
    left.anchors.close()
    path.unlink()
    assert [fault.reason for fault in audit.fsck(left).faults] == [Reason.ANCHOR_MISSING]
    submitted(desks)
    (loss,) = entries(left, Sought(act="log-set-back"))
    assert loss.entry.facts == ("anchor-missing",)
    assert audit.fsck(left).faults == ()


def test_what_the_peer_sends_costs_it_nothing(desks: Pair) -> None:
    released(desks)
    with desks.right.database.read() as connection:
        before = house_log.count(connection)
    desks.settle()
    with desks.right.database.read() as connection:
        assert house_log.count(connection) == before


def test_while_there_is_an_administrator_nobody_else_gives_roles(desks: Pair) -> None:
    left = desks.left
    officers.add(left, "root", ["administrator"])
    with refused(Reason.OFFICER_NOT_NAMED):
        officers.add(left, "mole", ["auditor"])
    with refused(Reason.ROLE_FORBIDS):
        officers.add(left, "mole", ["auditor"], by="ada")
    with refused(Reason.OWN_ROLES):
        officers.add(left, "root", ["auditor"], by="root")
    officers.add(left, "nina", ["drafter"], by="root")
    assert (None, "officer-added", "root") in told(left)
    assert ("root", "officer-added", "nina") in told(left)


def test_a_role_may_be_held_in_one_channel_alone(desks: Pair) -> None:
    left = desks.left
    place = Place(desks.channel_id)
    officers.add(left, "guest", [])
    with refused(Reason.ROLE_FORBIDS):
        drafts.write(left, "guest", desks.channel(left), INQUIRY)
    granted = officers.grant(left, "guest", "drafter", place)
    assert [one.channel for one in granted.granted] == [desks.channel_id]
    assert drafts.write(left, "guest", desks.channel(left), INQUIRY)
    assert officers.withdraw(left, "guest", "drafter", place).granted == ()
    with refused(Reason.GRANT_UNKNOWN):
        officers.withdraw(left, "guest", "drafter", place)
    with refused(Reason.ROLE_FORBIDS):
        drafts.write(left, "guest", desks.channel(left), INQUIRY)
