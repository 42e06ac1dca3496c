"""What a dossier proves."""

from __future__ import annotations

import json
import secrets
from io import BytesIO
from pathlib import Path

import pytest

from parley.kernel.reasons import Reason
from parley.record.dossier.report import NotProved
from parley.record.dossier.tamper import items_of
from parley.record.dossier.verify import Shown, verify
from tests.dossier.conftest import Made
from tests.dossier.forge import agreed, by_party, check, refused


def test_either_sides_dossier_of_the_channel_proves_the_same_history(made: Made) -> None:
    left, right = check(made.left), check(made.right)
    assert by_party(right)["RIGHT"] == by_party(left)["RIGHT"]
    assert by_party(left)["LEFT"].statements == by_party(right)["LEFT"].statements + 1
    assert left.agreement == right.agreement
    assert left.channel == right.channel
    assert left.mode == "channel"


def test_the_report_counts_what_is_there(made: Made) -> None:
    report = check(made.left)
    left, right = by_party(report)["LEFT"], by_party(report)["RIGHT"]
    ours, theirs = made.counts
    assert (left.statements, left.last_seq, left.receipted, left.voids) == (
        ours,
        ours - 1,
        ours - 1,
        1,
    )
    assert (right.statements, right.last_seq, right.receipted, right.voids) == (
        theirs,
        theirs - 1,
        theirs,
        0,
    )
    assert agreed(report) == {"LEFT": ours - 1, "RIGHT": theirs}
    assert agreed(report, post_quantum=True) == dict(
        zip(("LEFT", "RIGHT"), made.before, strict=True)
    )
    assert [void.reason for void in report.voids] == ["field-missing"]
    assert report.claims_unchecked == 0
    assert report.items == len(items_of(made.left))
    assert report.size == len(made.left)
    assert (left.receipts_odd_clock, right.receipts_odd_clock) == (0, 0)


def test_what_is_open_is_said(made: Made) -> None:
    always = {
        NotProved.LATER_STATEMENTS,
        NotProved.TRUTH,
        NotProved.READING,
        NotProved.CLOCKS,
        NotProved.CASE_RULES,
        NotProved.COLLUSION,
    }
    right = check(made.right)
    pins = [bytes.fromhex(party.fingerprint) for party in right.parties]
    assert set(check(made.right, pins=pins).not_proved) == always | {NotProved.QUANTUM}
    assert NotProved.IDENTITY in check(made.right, pins=pins[:1]).not_proved
    left = set(check(made.left).not_proved)
    assert {NotProved.BEYOND_RECEIPTS, NotProved.BEYOND_AGREEMENT, NotProved.IDENTITY} <= left
    assert NotProved.REST_OF_CHANNEL in check(made.case).not_proved


def test_a_case_proves_its_statements_and_where_they_stand_in_both_logs(made: Made) -> None:
    report = check(made.case)
    left, right = by_party(report)["LEFT"], by_party(report)["RIGHT"]
    assert report.mode == "case"
    assert report.case == made.case_id.hex()
    assert (left.statements, right.statements) == (3, 3)
    assert (left.receipted, right.receipted) == (2, 3)
    assert agreed(report) == {"LEFT": 2, "RIGHT": 3}
    assert agreed(report, post_quantum=True) == {"LEFT": 1, "RIGHT": 2}


def test_a_pin_must_be_one_of_the_parties(made: Made) -> None:
    party = check(made.left).parties[1]
    assert check(made.left, pins=[bytes.fromhex(party.fingerprint)]).parties[1].pinned
    with refused(Reason.DOSSIER_PIN):
        check(made.left, pins=[bytes.fromhex(party.fingerprint), secrets.token_bytes(32)])


def test_a_shorter_export_verifies_and_claims_only_its_range(made: Made) -> None:
    shorter, whole = check(made.shorter), check(made.left)
    assert by_party(shorter)["LEFT"].statements == made.before[0]
    assert by_party(whole)["LEFT"].statements == made.counts[0]
    assert NotProved.LATER_STATEMENTS in shorter.not_proved
    assert agreed(shorter) == {"LEFT": made.before[0], "RIGHT": made.before[1]}


def test_statements_are_shown_in_their_order(made: Made) -> None:
    shown: list[Shown] = []
    check(made.left, on_statement=shown.append)
    assert len(shown) == sum(made.counts)
    assert [item.statement.act.type for item in shown[:1]] == ["genesis"]
    assert [item.void for item in shown if item.void] == ["field-missing"]
    assert all(item.body is not None for item in shown)
    for author in range(2):
        seqs = [item.statement.envelope.seq for item in shown if item.author == author]
        assert seqs == list(range(len(seqs)))


def test_the_report_is_json(made: Made) -> None:
    report = json.loads(check(made.case).to_json())
    assert report["case"] == made.case_id.hex()
    assert "later-statements" in report["not_proved"]


def test_files_streams_and_other_processes_give_one_report(made: Made, tmp_path: Path) -> None:
    path = tmp_path / "dossier"
    path.write_bytes(made.left)
    seen: list[tuple[int, int | None]] = []
    expected = check(made.left)
    assert verify(path, progress=lambda done, size: seen.append((done, size))) == expected
    assert seen[-1] == (len(made.left), len(made.left))
    assert verify(BytesIO(made.left), workers=2) == expected


def test_a_fault_is_the_same_in_other_processes(made: Made) -> None:
    broken = made.left.replace(b"Unusual", b"Usual!!", 1)
    with refused(Reason.BODY_WRONG) as here:
        check(broken, workers=0)
    with refused(Reason.BODY_WRONG) as beside:
        check(broken, workers=1)
    assert here.value.details == beside.value.details
    assert here.value.details.keys() == {"item", "author", "seq"}


@pytest.mark.parametrize("size", [0, 1, 3, 700])
def test_streams_that_give_little_at_a_time_are_read_all_the_same(made: Made, size: int) -> None:
    class Slow(BytesIO):
        def read(self, wanted: int | None = -1, /) -> bytes:
            return super().read(min(wanted or 0, size) if size else wanted)

    assert verify(Slow(made.case)) == check(made.case)
