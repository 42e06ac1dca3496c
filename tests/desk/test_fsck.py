"""fsck: whatever is changed in the database behind the desk's back is found and named."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, select, text, update

from parley.application import audit, cases
from parley.kernel import ids
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.store import tables
from tests.support.pair import Pair, inquiry


@pytest.fixture
def worked(desks: Pair) -> Pair:
    """A pair with a case, everything delivered."""
    desks.append(desks.left, inquiry(desks.channel(desks.left), ids.new_case_id()))
    desks.settle()
    return desks


def test_a_sound_desk_has_no_faults(worked: Pair) -> None:
    seen = []
    for desk in (worked.left, worked.right):
        checked = audit.fsck(desk, lambda: seen.append(1))
        assert (checked.channels, checked.statements, checked.faults) == (1, 3, ())
    assert len(seen) == 6
    assert audit.size(worked.left) == 3


def change(sql: str, value: bytes = b"") -> Callable[[Connection], None]:
    """Run ``sql``, in which ``:b`` stands for ``value``."""
    given = {"b": value} if ":b" in sql else {}
    return lambda connection: connection.execute(text(sql), given) and None


def flip(connection: Connection) -> None:
    """Change the last byte of a statement."""
    c = tables.statements.c
    data = connection.execute(select(c.data).where(c.position == 2)).scalar_one()
    connection.execute(
        update(tables.statements).where(c.position == 2).values(data=data[:-1] + b"\xff")
    )


@pytest.mark.parametrize(
    ("damage", "place", "reason"),
    [
        (
            change("UPDATE statements SET data = :b WHERE position = 2", b"\0"),
            "statements[2]",
            "shape-invalid",
        ),
        (
            flip,
            "statements[2]",
            "signature-invalid",
        ),
        (
            change("UPDATE statements SET leaf = :b WHERE position = 2", bytes(32)),
            "statements[2]",
            "chain-broken",
        ),
        (
            change("UPDATE statements SET case_id = :b WHERE position = 2", bytes(16)),
            "statements[2]",
            "chain-broken",
        ),
        (
            change("UPDATE statements SET verdict = 'text-empty' WHERE position = 2"),
            "statements[2]",
            "view-differs",
        ),
        (change("DELETE FROM statements WHERE position = 1"), "statements[2]", "chain-gap"),
        (change("UPDATE chains SET count = 7"), "chains[0]", "chain-broken"),
        (
            change("UPDATE trees SET frontier = :b, size = 0", bytes(8)),
            "trees[{own}]",
            "proof-invalid",
        ),
        (
            change("UPDATE bodies SET sealed = :b WHERE position = 2", bytes(60)),
            "statements[2]",
            "body-unreadable",
        ),
        (
            change("UPDATE receipts SET signature = :b", bytes(64)),
            "receipts[{own},3]",
            "signature-invalid",
        ),
        (
            change("UPDATE receipts SET signature = :b", bytes(64)),
            "receipts[{peer},2]",
            "signature-invalid",
        ),
        (
            change("UPDATE checkpoints SET root = :b", bytes(32)),
            "checkpoints[{own},3]",
            "proof-invalid",
        ),
        (
            change("UPDATE checkpoints SET root = :b", bytes(32)),
            "checkpoints[{peer},3]",
            "proof-invalid",
        ),
        (change("UPDATE cases SET status = 'closed'"), "cases[", "view-differs"),
        (change("DELETE FROM cases"), "cases[", "view-differs"),
        (change("UPDATE standing_acts SET void = 'x'"), "standing_acts", "view-differs"),
        (change("DELETE FROM standing_acts"), "standing_acts", "view-differs"),
    ],
)
def test_damage_is_found_and_named(
    worked: Pair, damage: Callable[[Connection], None], place: str, reason: str
) -> None:
    channel = worked.channel(worked.right)
    place = place.format(own=channel.own_index, peer=channel.peer_index)
    with worked.right.database.write() as connection:
        damage(connection)
    faults = audit.fsck(worked.right).faults
    found = [(fault.place, fault.reason.value) for fault in faults]
    assert any(at.startswith(place) and why == reason for at, why in found), found


def test_views_are_rebuilt_from_the_record_alone(worked: Pair) -> None:
    before = cases.summaries(worked.right, "otto")
    with worked.right.database.write() as connection:
        change("UPDATE cases SET status = 'closed', state = :b", b"\x80")(connection)
        change("DELETE FROM standing_acts")(connection)
    assert audit.fsck(worked.right).faults
    audit.rebuild(worked.right)
    assert audit.fsck(worked.right).faults == ()
    assert [summary.row for summary in cases.summaries(worked.right, "otto")] == [
        summary.row for summary in before
    ]


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_file_that_the_engine_cannot_read_has_a_plain_reason(worked: Pair) -> None:
    with worked.right.database.write() as connection:
        connection.execute(text("UPDATE statements SET data = CAST(data AS TEXT)"))
    with pytest.raises(ParleyError) as caught:
        audit.fsck(worked.right)
    assert caught.value.reason is Reason.DATABASE_UNREADABLE
