"""A directory of contacts over two real desks, from the table to the revocation and the checks."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from parley.application import audit, cases, contact_checks, contacts
from parley.application.contact_checks import Outcome
from parley.application.writing import Writing
from parley.domain.act import ActType
from parley.domain.kinds.contacts_state import counts
from parley.kernel.errors import ParleyError
from tests.contacts.house import CUSTODIAN, ON_DUTY, found, nominate, release, tell
from tests.support.pair import Pair, pair

DAY = 86_400


def standing(made: Pair, *, left: bool) -> dict[str, int]:
    """How many contacts of the left desk's directory stand how, as a desk has it."""
    directory = found(made.left if left else made.right, made, own=left)
    counted = counts(directory.state, directory.contacts)
    return {status.value: count for status, count in counted.items() if count}


def test_755_contacts_are_nominated_accepted_and_revoked_in_one_act_each(tmp_path: Path) -> None:
    with pair(tmp_path) as made:
        left, right = made.left, made.right
        nominate(left, made, 760)
        made.settle()
        tell(right, made, ActType.CONTACT_ACCEPTANCE, ((1, 760),))
        made.settle()
        # Accepted, until the owner is known to have seen that.
        tell(left, made, ActType.CONTACT_RECONFIRMATION, ((1, 1),), own=True)
        made.settle()
        assert standing(made, left=True) == standing(made, left=False) == {"active": 760}
        began = time.perf_counter()
        statement = tell(right, made, ActType.CONTACT_REVOCATION, ((1, 755),))
        assert time.perf_counter() - began < 1
        made.settle()
        for desk_is_left in (True, False):
            assert standing(made, left=desk_is_left) == {"active": 5, "revoked": 755}
        # One statement, one receipt.
        view = cases.show(right, made.channel(right), statement.act.case, CUSTODIAN)
        assert [act.receipt is not None for act in view.acts if act.entry.leaf == statement.leaf]
        places = contacts.places(left, found(left, made, own=True))
        assert [place.names["en"] for place in places] == ["Office 2", "Office 3", "Office 1"]
        assert all(place.manned.office.deputy for place in places)
        for desk in (left, right):
            assert audit.fsck(desk).faults == ()


def test_records_are_read_a_page_at_a_time_and_change(tmp_path: Path) -> None:
    with pair(tmp_path) as made:
        left, right = made.left, made.right
        nominate(left, made, 30)
        nominate(left, made, 30, first=31)
        made.settle()
        directory = found(right, made, own=False)
        page = contacts.contacts(right, directory, ((29, 32),))
        assert [one.number for one in page] == [29, 30, 31, 32]
        assert all(one.record and one.record["hours"] == "24/7" for one in page)
        changed = {
            "contacts/31/name": "Another test contact",
            "contacts/31/key": "00 11:AA",
        }
        codes = {"contacts": ((31, 31),), "changed-at": made.clock() - DAY}
        release(
            left,
            made,
            Writing("contact-change", changed, codes, found(left, made, own=True).case_id),
        )
        made.settle()
        directory = found(right, made, own=False)
        (contact,) = contacts.contacts(right, directory, ((31, 31),))
        assert contact.record == {"name": "Another test contact", "key": "00 11:AA"}
        assert [one.number for one in contacts.with_key(right, directory, "0011aa")] == [31]
        with pytest.raises(ParleyError, match="contact-unknown"):
            contacts.contacts(right, directory, ((61, 61),))


def test_checks_are_answered_late_or_failed_and_counted(tmp_path: Path) -> None:
    with pair(tmp_path) as made:
        left, right = made.left, made.right
        nominate(left, made, 3)
        made.settle()
        with pytest.raises(ParleyError, match="check-unknown"):
            contact_checks.answer(left, ON_DUTY, found(left, made, own=True))
        for wait in (3600, 3 * DAY, None):
            contact_checks.check(right, ON_DUTY, found(right, made, own=False), "routine")
            made.settle()
            made.clock.now += wait or 2 * DAY
            if wait is not None:
                contact_checks.answer(left, ON_DUTY, found(left, made, own=True))
                made.settle()
        contact_checks.check(right, ON_DUTY, found(right, made, own=False), "fallback")
        for desk, own in ((left, True), (right, False)):
            if own:
                made.settle()
            checked = contact_checks.checks(desk, found(desk, made, own=own))
            assert [one.outcome for one in checked] == [
                Outcome.ANSWERED,
                Outcome.LATE,
                Outcome.FAILED,
                Outcome.WAITING,
            ]
        counted = contact_checks.statistics(checked)
        assert counted[:5] == (4, 1, 1, 1, 1)
        assert counted.median_seconds is not None
        assert 3600 <= counted.median_seconds <= 3 * DAY
        assert contact_checks.statistics(checked, made.clock() - DAY)[:1] == (1,)


def test_checks_are_sent_by_schedule(tmp_path: Path) -> None:
    with pair(tmp_path) as made:
        left, right = made.left, made.right
        assert contact_checks.by_schedule(right, ON_DUTY, "routine") == []
        nominate(left, made, 3)
        made.settle()
        tell(right, made, ActType.CONTACT_ACCEPTANCE, ((1, 3),))
        made.settle()
        (first,) = contact_checks.by_schedule(right, ON_DUTY, "routine")
        assert first.sent is None
        assert first.next_at is not None
        made.clock.now = first.next_at
        (second,) = contact_checks.by_schedule(right, ON_DUTY, "routine")
        assert second.sent is not None
        made.settle()
        (third,) = contact_checks.by_schedule(right, ON_DUTY, "routine")
        assert third.sent is None
        assert len(found(left, made, own=True).contacts.checks) == 1


def test_whoever_may_not_read_cases_finds_no_directory(tmp_path: Path) -> None:
    with pair(tmp_path) as made:
        nominate(made.left, made, 3)
        channel = made.channel(made.left)
        for officer in (CUSTODIAN, ON_DUTY, "dora"):
            assert contacts.find(made.left, officer, channel, own=True).contacts.count == 3
        with pytest.raises(ParleyError, match="role-forbids"):
            contacts.find(made.left, "audit", channel, own=True)
        with pytest.raises(ParleyError, match="directory-unknown"):
            contacts.find(made.left, CUSTODIAN, channel, own=False)
