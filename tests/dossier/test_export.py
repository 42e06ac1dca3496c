"""Writing dossiers: withheld and erased bodies, cases, failures half way."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete

from parley.crypto import merkle
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record.dossier import format as fmt
from parley.record.dossier.proofs import in_log_order
from parley.record.dossier.report import NotProved
from parley.record.dossier.tamper import items_of
from parley.record.dossier.verify import Shown, verify
from parley.store import log, proofs, tables
from tests.dossier.conftest import live, write
from tests.dossier.forge import by_party, decoded, refused
from tests.support.pair import Pair, inquiry


def test_withheld_fields_are_counted_and_the_rest_still_verifies(
    both: Pair, tmp_path: Path
) -> None:
    live(both)
    target = tmp_path / "dossier"
    write(both, both.left, target, withhold=["facts*", "questions/*/text@en"])
    shown: list[Shown] = []
    report = verify(target, on_statement=shown.append)
    paths = {field.path for item in shown if item.body for field in item.body.fields}
    assert "subject@en" in paths
    assert not any(path.startswith(("facts", "questions/")) for path in paths)
    assert b"Facts for tests." not in target.read_bytes()
    # Two inquiries with facts and two questions, and one whose facts are missing anyway.
    assert sum(author.withheld_fields for author in report.authors) == 3 + 3 + 2
    assert NotProved.WITHHELD in report.not_proved


def test_erased_bodies_are_counted_and_the_rest_still_verifies(both: Pair, tmp_path: Path) -> None:
    live(both)
    with both.left.database.write() as connection:
        c = tables.bodies.c
        connection.execute(delete(tables.bodies).where(c.position.in_([2, 3])))
    target = tmp_path / "dossier"
    write(both, both.left, target)
    report = verify(target)
    assert sum(author.erased_bodies for author in report.authors) == 2
    assert NotProved.ERASED in report.not_proved


def test_a_case_that_is_not_there_leaves_no_file(both: Pair, tmp_path: Path) -> None:
    before = set(tmp_path.iterdir())
    with refused(Reason.CASE_UNKNOWN):
        write(both, both.left, tmp_path / "dossier", case=secrets.token_bytes(16))
    assert set(tmp_path.iterdir()) == before


def test_a_failure_leaves_the_file_that_was_there(
    both: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "dossier"
    write(both, both.left, target)
    before, names = target.read_bytes(), set(tmp_path.iterdir())

    def fail(*_: object) -> None:
        raise ParleyError(Reason.VAULT_DAMAGED)

    monkeypatch.setattr(both.left.vault, "open", fail)
    with refused(Reason.VAULT_DAMAGED):
        write(both, both.left, target)
    assert target.read_bytes() == before
    assert set(tmp_path.iterdir()) == names


def test_only_its_owner_can_read_the_file(both: Pair, tmp_path: Path) -> None:
    write(both, both.left, tmp_path / "dossier")
    assert (tmp_path / "dossier").stat().st_mode & 0o777 == 0o600


def test_the_channels_own_acts_are_a_case_too(both: Pair, tmp_path: Path) -> None:
    live(both)
    target = tmp_path / "dossier"
    write(both, both.right, target, case=both.channel(both.right).standing_case)
    report = verify(target)
    assert by_party(report)["LEFT"].statements == by_party(report)["LEFT"].receipted > 0


def test_every_case_of_both_desks_verifies(both: Pair, tmp_path: Path) -> None:
    live(both)
    for desk in (both.left, both.right):
        with desk.database.read() as connection:
            cases = log.case_ids(connection, both.channel_id)
        assert len(cases) > 3
        for case in cases:
            write(both, desk, tmp_path / "dossier", case=case)
            report = verify(tmp_path / "dossier")
            assert report.statements == sum(report.agreement) == sum(report.agreement_post_quantum)


def test_an_empty_record_makes_a_dossier_too(both: Pair, tmp_path: Path) -> None:
    write(both, both.left, tmp_path / "dossier")
    assert verify(tmp_path / "dossier").statements == 2


def test_statements_that_the_peer_never_had_are_not_agreed(both: Pair, tmp_path: Path) -> None:
    for _ in range(5):
        live_case = secrets.token_bytes(16)
        both.append(both.left, inquiry(both.channel(both.left), live_case))
    write(both, both.left, tmp_path / "dossier")
    report = verify(tmp_path / "dossier")
    author = by_party(report)["LEFT"]
    assert (author.statements, author.receipted) == (6, 1)
    write(both, both.left, tmp_path / "case", case=live_case)
    report = verify(tmp_path / "case")
    author = by_party(report)["LEFT"]
    assert (author.statements, author.receipted, sum(report.agreement)) == (1, 0, 0)


def test_a_backlog_that_no_reader_takes_is_not_exported(
    both: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fmt, "BACKLOG_STATEMENTS", 4)
    for _ in range(4):
        both.append(both.left, inquiry(both.channel(both.left), secrets.token_bytes(16)))
    write(both, both.left, tmp_path / "dossier")
    assert verify(tmp_path / "dossier").statements == 6
    both.append(both.left, inquiry(both.channel(both.left), secrets.token_bytes(16)))
    with refused(Reason.DOSSIER_BACKLOG):
        write(both, both.left, tmp_path / "dossier")


def test_both_logs_are_read_in_their_order(both: Pair) -> None:
    live(both)

    def leaves(connection: Connection, owner: int, size: int) -> list[bytes]:
        channel = both.left.channel(connection, both.channel_id)
        return list(in_log_order(connection, channel, owner, size))

    with both.left.database.read() as connection:
        for owner in range(2):
            for row in proofs.checkpoints(connection, both.channel_id, owner):
                assert merkle.root(leaves(connection, owner, row.size)) == row.root
        total = log.size(connection, both.channel_id)
        assert leaves(connection, 0, 0) == []
        assert len(leaves(connection, 0, total + 5)) == total


def test_items_are_deterministic_cbor(both: Pair, tmp_path: Path) -> None:
    live(both)
    write(both, both.left, tmp_path / "dossier")
    kinds = {decoded(item)[0] for item in items_of((tmp_path / "dossier").read_bytes())}
    assert kinds == {
        fmt.HEADER_KIND,
        fmt.LETTER_KIND,
        fmt.STATEMENT_KIND,
        fmt.RECEIPT_KIND,
        fmt.CHECKPOINT_KIND,
        fmt.END_KIND,
        fmt.MARK_KIND,
    }
