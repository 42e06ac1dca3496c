"""What happens inside one house and is no statement: a recusal, and the attempt to lift it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from parley.application import cases, house_record, recusals
from parley.application.house_record import Kept
from parley.application.recusals import Matter
from parley.cli.demo.stage import AUDITOR, DEPUTY, DUTY, HEAD, SUPERIOR, Side
from parley.domain.housekeeping import HouseAct
from parley.domain.recusal_grounds import Ground
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.store.house_log import Sought
from parley.story.events import Event
from parley.story.illustration import Act


class Inside(NamedTuple):
    """An act inside the house of ``author``, and what stands of it in the house record.

    ``listed`` is how many cases the recused officer's list shows after it, ``held`` how many there
    are; ``found`` whether the recused officer finds the case that the matter is.
    """

    act: Act
    event: Event
    author: Side
    entry: Kept
    listed: int
    held: int
    found: bool


def perform(side: Side, act: Act, event: Event, matter: bytes) -> Inside:
    """Do it, read it in the house record as the auditor does, and look with the recused one's eyes.

    :raises ParleyError: as the use cases.
    """
    _ACTS[act.type](side, matter)
    sought = Sought(act=_ENTRIES[act.type].value)
    (entry,) = house_record.read(side.desk, AUDITOR, sought, 1).entries
    return Inside(
        act=act,
        event=event,
        author=side,
        entry=entry,
        listed=len(cases.summaries(side.desk, HEAD)),
        held=len(cases.summaries(side.desk, DUTY)),
        found=_finds(side, matter),
    )


def _recuse(side: Side, matter: bytes) -> None:
    of = Matter(None, ((side.channel, matter),), linked=True)
    recusals.declare(side.desk, HEAD, of, DEPUTY, Ground.APPEARANCE)


def _challenge(side: Side, _matter: bytes) -> None:
    (standing,) = recusals.every(side.desk, AUDITOR)
    recusals.challenge(side.desk, SUPERIOR, standing.row.number)


def _finds(side: Side, case: bytes) -> bool:
    try:
        cases.find(side.desk, HEAD, case.hex())
    except ParleyError as error:
        if error.reason is Reason.CASE_UNKNOWN:
            return False
        raise
    return True


_ACTS: Final[Mapping[str, Callable[[Side, bytes], None]]] = {
    "recusal": _recuse,
    "recusal-challenge": _challenge,
}
_ENTRIES: Final[Mapping[str, HouseAct]] = {
    "recusal": HouseAct.RECUSAL_DECLARED,
    "recusal-challenge": HouseAct.RECUSAL_CHALLENGED,
}
