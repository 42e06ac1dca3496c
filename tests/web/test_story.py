"""The desks of these tests have what the pages show."""

from __future__ import annotations

from pathlib import Path

from parley.application import cases, channels
from parley.cli.demo.stage import DUTY
from parley.domain.shape import Scope
from tests.support.pair import copied


def test_both_desks_have_lived_through_the_story(lived: Path, tmp_path: Path) -> None:
    with copied(lived, tmp_path / "desks") as pair:
        for desk in (pair.left, pair.right):
            (standing,) = channels.standings(desk)
            assert standing.own == standing.agreed_own
            kinds = {one.row.kind for one in cases.summaries(desk, DUTY)}
            assert kinds >= {Scope.INQUIRY, Scope.PROPOSAL, Scope.MEETING, Scope.NOTICE}
