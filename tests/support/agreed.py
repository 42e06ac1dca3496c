"""Texts that both sides of a pair have agreed, for groups that need a mandate."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from parley.domain.kinds.proposal_state import Proposal, hash_of
from parley.domain.kinds.proposal_text import PENDING
from parley.kernel import ids
from parley.record import replay
from parley.store import views
from tests.domain.proposal_style import MANDATES
from tests.support.pair import Pair, inquiry


@contextmanager
def mandates(pair: Pair) -> Iterator[None]:
    """Groups are drafted, in the block, under texts that the pair has agreed."""
    before = list(MANDATES)
    MANDATES[:] = [agree(pair), agree(pair)]
    try:
        yield
    finally:
        MANDATES[:] = before


def agree(pair: Pair) -> tuple[str, str]:
    """A text that the left desk tables and both agree to: its hash, and the case, as codes."""
    left, right = pair.left, pair.right
    plain = inquiry(pair.channel(left), ids.new_case_id())
    tabled = plain._replace(
        type="proposal",
        codes={"units": ((1, PENDING),), "authentic": ("en",)},
        values={"subject@en": "A group", "units/1/text@en": "The sides form a group."},
        reply_wanted=None,
    )
    leaf = pair.append(left, tabled).leaf
    pair.settle()
    with left.database.read() as connection:
        row = views.case(connection, pair.channel_id, plain.case)
    assert row is not None
    proposal = replay.case_of(row).substance
    assert isinstance(proposal, Proposal)
    text = hash_of(proposal)
    assert text is not None
    for desk in (right, left):
        word = inquiry(pair.channel(desk), plain.case)._replace(
            type="proposal-agreement",
            reference=leaf,
            codes={"text": text},
            values={},
            reply_wanted=None,
        )
        pair.append(desk, word)
        pair.settle()
    return text, plain.case.hex()
