"""Rebuilding both logs from the statements, in the order of one of them."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.crypto import merkle
from parley.kernel.reasons import Reason
from parley.record.dossier.chains import CaseChains, Chain, IssuerClock
from parley.record.dossier.channel import MARKS, Roots
from parley.record.dossier.check import StatementFacts
from parley.record.dossier.rebuild import Backlog, Log
from parley.record.keyring import KeyKind
from tests.dossier.forge import refused
from tests.support.keys import ring_of


def leaf(author: int, seq: int) -> bytes:
    return sha256(bytes((author,)) + seq.to_bytes(4, "big")).digest()


@given(st.lists(st.sampled_from(["own", "peer", "hear", "heard"]), max_size=60))
def test_both_logs_come_out_as_their_owners_have_them(steps: list[str]) -> None:
    """Member 0 exports; both speak, and hear of each other's statements at any time later."""
    logs: list[list[tuple[int, int]]] = [[], []]
    counts, heard = [0, 0], [0, 0]
    seen: dict[tuple[int, int], int] = {}
    for step in steps:
        if step in ("own", "peer"):
            author = 0 if step == "own" else 1
            seen[author, counts[author]] = heard[author]
            logs[author].append((author, counts[author]))
            counts[author] += 1
        else:
            listener = 0 if step == "hear" else 1
            if heard[listener] < counts[1 - listener]:
                logs[listener].append((1 - listener, heard[listener]))
                heard[listener] += 1
    # The peer's log is known as far as the exporter knows its statements.
    rebuilt = (Log(follows=True), Log(follows=False))
    for author, seq in logs[0]:
        had = seen[author, seq]
        rebuilt[author].add_own(leaf(author, seq), had, leaf(1 - author, had - 1) if had else None)
        rebuilt[1 - author].add_other(leaf(author, seq), seq)
    for owner in range(2):
        log = rebuilt[owner]
        prefix = logs[owner][: log.size]
        own = sum(author == owner for author, _ in prefix)
        assert log.at(log.size, own) == merkle.root([leaf(*item) for item in prefix])


def test_a_signed_root_settles_what_stands_behind_the_owners_last_statement() -> None:
    log = Log(follows=False)
    log.add_own(leaf(1, 0), 0, None)
    for seq in range(5):
        log.add_other(leaf(0, seq), 100 + seq)
    assert log.size == 1
    leaves = [leaf(1, 0), *(leaf(0, seq) for seq in range(5))]
    assert log.at(4, 1) == merkle.root(leaves[:4])
    assert (log.size, log.others, log.other_iat) == (4, 3, 102)
    log.add_own(leaf(1, 1), 4, leaf(0, 3))
    assert log.at(6, 2) == merkle.root([*leaves[:5], leaf(1, 1)])


@pytest.mark.parametrize(("size", "own"), [(3, 1), (5, 2), (8, 1), (9, 3), (1 << 60, 1)])
def test_a_root_of_another_place_is_refused(size: int, own: int) -> None:
    log = Log(follows=False)
    log.add_own(leaf(1, 0), 0, None)
    for seq in range(5):
        log.add_other(leaf(0, seq), 0)
    log.at(4, 1)
    with refused(Reason.DOSSIER_STATEMENT_MISSING, Reason.DOSSIER_OUT_OF_PLACE):
        log.at(size, own)


def test_what_a_statement_has_seen_is_what_was_there() -> None:
    log = Log(follows=False)
    log.add_other(leaf(0, 0), 0)
    log.add_other(leaf(0, 1), 0)
    with refused(Reason.SEEN_AHEAD):
        log.add_own(leaf(1, 0), 3, leaf(0, 2))
    with refused(Reason.SEEN_WRONG):
        log.add_own(leaf(1, 0), 1, leaf(0, 1))
    with refused(Reason.SEEN_WRONG):
        log.add_own(leaf(1, 0), 1, None)
    log.add_own(leaf(1, 0), 2, leaf(0, 1))
    with refused(Reason.SEEN_WRONG):
        log.add_own(leaf(1, 1), 1, leaf(0, 0))


def test_the_exporters_own_statements_have_seen_all_before_them() -> None:
    log = Log(follows=True)
    log.add_other(leaf(1, 0), 0)
    with refused(Reason.SEEN_WRONG):
        log.add_own(leaf(0, 0), 0, None)


def test_the_backlog_is_bounded() -> None:
    log = Log(follows=False, backlog=3)
    for seq in range(3):
        log.add_other(leaf(0, seq), 0)
    with refused(Reason.DOSSIER_BACKLOG):
        log.add_other(leaf(0, 3), 0)


@given(st.lists(st.integers(0, 3000), max_size=10))
def test_the_backlog_gives_back_what_it_got(takes: list[int]) -> None:
    backlog, pushed, taken = Backlog(1 << 20), 0, 0
    for take in takes:
        for _ in range(1500):
            backlog.push(leaf(0, pushed), pushed)
            pushed += 1
        for _ in range(min(take, len(backlog))):
            assert backlog.take() == (leaf(0, taken), taken)
            taken += 1
        assert len(backlog) == pushed - taken


def test_claims_are_compared_where_the_root_is_known() -> None:
    roots = Roots()
    roots.note(3, leaf(0, 3))
    roots.note(5, leaf(0, 5))
    assert roots.claimed(0, None)
    assert roots.claimed(3, leaf(0, 3))
    assert not roots.claimed(4, leaf(0, 4))
    assert roots.claimed(5, leaf(0, 5))
    assert roots.claimed(5, leaf(0, 5))
    assert not roots.claimed(3, leaf(0, 3))  # dropped: nobody goes back
    for size, root in ((5, leaf(0, 3)), (0, leaf(0, 0)), (5, None)):
        with refused(Reason.SEEN_WRONG):
            roots.claimed(size, root)


def test_roots_that_nobody_names_give_way() -> None:
    roots = Roots()
    for size in range(1, MARKS + 3):
        roots.note(size, leaf(0, size))
    assert not roots.claimed(2, leaf(0, 2))
    assert roots.claimed(3, leaf(0, 3))


def facts(**changes: object) -> StatementFacts:
    values: dict[str, object] = {
        "author": 0,
        "leaf": leaf(0, 0),
        "epoch": 0,
        "seq": 0,
        "prev": None,
        "seen": 0,
        "seen_leaf": None,
        "claim_size": 0,
        "claim_root": None,
        "case": bytes(16),
        "case_seq": 0,
        "case_prev": None,
        "iat": 0,
        "withheld": 0,
        "erased": False,
        "void": None,
        "opening": None,
        "disowned": False,
    }
    return StatementFacts(**{**values, **changes})  # type: ignore[arg-type]


def test_a_chain_takes_one_after_the_other() -> None:
    chain = Chain(ring_of())
    with refused(Reason.CHAIN_BROKEN):
        chain.follow(facts(prev=leaf(0, 9)))
    with refused(Reason.CHAIN_GAP):
        chain.follow(facts(seq=1, prev=leaf(0, 0)))
    chain.follow(facts())
    with refused(Reason.CHAIN_BROKEN):
        chain.follow(facts(seq=1, prev=leaf(0, 1)))
    chain.follow(facts(seq=1, prev=leaf(0, 0), leaf=leaf(0, 1)))
    assert (chain.count, chain.leaf) == (2, leaf(0, 1))


def test_a_chain_goes_on_in_a_later_epoch_only_by_its_opening() -> None:
    chain = Chain(ring_of(KeyKind.ROTATION, KeyKind.REVOCATION))
    chain.follow(facts())
    for epoch, opening in ((1, None), (1, "revocation"), (2, "rotation")):
        with refused(Reason.EPOCH_WRONG):
            chain.follow(facts(seq=1, prev=leaf(0, 0), epoch=epoch, opening=opening))
    # It may pass over an epoch; that one of them was revoked shows in what it says.
    chain.follow(facts(seq=1, prev=leaf(0, 0), leaf=leaf(0, 1), epoch=2, opening="revocation"))
    with refused(Reason.EPOCH_CLOSED):
        chain.follow(facts(seq=2, prev=leaf(0, 1), epoch=1))
    assert [chain.revoked_at(count) for count in range(3)] == [False, False, False]


def test_a_chain_knows_what_a_revoked_key_signed() -> None:
    chain = Chain(ring_of(KeyKind.REVOCATION))
    chain.follow(facts())
    chain.follow(facts(seq=1, prev=leaf(0, 0), leaf=leaf(0, 1), epoch=1, opening="revocation"))
    assert [chain.revoked_at(count) for count in range(3)] == [False, True, False]


def test_a_chain_in_a_case_takes_one_after_the_other() -> None:
    chains = CaseChains(limit=2)
    for wrong in ({"case_seq": 1}, {"case_prev": leaf(0, 0)}):
        with refused(Reason.CHAIN_BROKEN):
            chains.follow(facts(**wrong))
    chains.follow(facts())
    chains.follow(facts(author=1))
    for wrong in ({}, {"case_seq": 1}, {"case_seq": 2, "case_prev": leaf(0, 0)}):
        with refused(Reason.CHAIN_BROKEN):
            chains.follow(facts(**wrong))
    chains.follow(facts(case_seq=1, case_prev=leaf(0, 0)))
    with refused(Reason.DOSSIER_CASES):
        chains.follow(facts(case=bytes(15) + b"\x01"))


@pytest.mark.parametrize(
    ("events", "odd"),
    [
        ([("receipt", 1000, 900), ("other", 1000)], 0),
        ([("receipt", 1000, 1300), ("other", 2000)], 0),
        ([("receipt", 1000, 1301), ("other", 2000)], 1),
        ([("receipt", 1300, 900), ("other", 1000)], 0),
        ([("receipt", 1301, 900), ("other", 1000)], 1),
        ([("receipt", 1301, 900), ("receipt", 1000, 900), ("other", 1000)], 1),
        ([("receipt", 1500, 900), ("receipt", 1100, 1000), ("other", 700)], 2),
        ([("other", 3000), ("receipt", 1100, 900), ("other", 1200)], 0),
    ],
)
def test_odd_clocks_of_receipts_are_counted(events: list[tuple[str, int]], odd: int) -> None:
    clock = IssuerClock()
    for kind, *times in events:
        if kind == "receipt":
            clock.receipted(*times)
        else:
            clock.signed(*times)
    assert clock.odd == odd
