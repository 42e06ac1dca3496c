"""The desks of these tests have what the pages show."""

from __future__ import annotations

from pathlib import Path

from parley.application import cases, channels
from parley.cli.demo.stage import DUTY
from parley.domain.shape import Scope
from tests.support.pair import copied
from tests.web.hostile import texts


def test_both_desks_have_lived_through_the_story(lived: Path, tmp_path: Path) -> None:
    with copied(lived, tmp_path / "desks") as pair:
        for desk in (pair.left, pair.right):
            (standing,) = channels.standings(desk)
            assert standing.own == standing.agreed_own
            kinds = {one.row.kind for one in cases.summaries(desk, DUTY)}
            assert kinds >= {Scope.INQUIRY, Scope.PROPOSAL, Scope.MEETING, Scope.NOTICE}


def test_the_hostile_desk_has_said_things_in_every_kind_of_case(
    besieged: Path, tmp_path: Path
) -> None:
    with copied(besieged, tmp_path / "desks") as pair:
        kinds = {one.row.kind for one in cases.summaries(pair.left, DUTY)}
        assert kinds >= set(Scope) - {Scope.CHANNEL, Scope.ERASURE}
        name = channels.standings(pair.left)[0].channel.peer.text.names["en"]
        assert name in texts()
