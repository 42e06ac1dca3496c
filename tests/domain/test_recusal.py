"""A disclosed recusal: said and ended by its author alone."""

from __future__ import annotations

from parley.domain import case as cases
from parley.domain.act import ActType
from tests.domain.words_play import OPENER, OTHER, Words


def test_its_author_alone_ends_it() -> None:
    play = Words()
    play.tells(OPENER, ActType.RECUSAL)
    assert play.status == "recused"
    assert play.refused(play.act(OTHER, ActType.RECUSAL_END)) == "not-the-opener"
    play.tells(OPENER, ActType.RECUSAL_END)
    assert play.status == "recusal-ended"
    assert play.refused(play.act(OPENER, ActType.RECUSAL_END)) == "recusal-ended"
    assert cases.obligations(play.whole()) == ()
