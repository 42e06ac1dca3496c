"""Communication checks as a small picture: how long each took, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from parley.application.contact_checks import Outcome
from parley.domain.types.common import DAY

if TYPE_CHECKING:
    from parley.application.contact_checks import Checked
    from parley.presentation.output import Output

_STEP: Final = 12
_BAR: Final = 9
_HEIGHT: Final = 48
_DUE: Final = 36
_LEAST: Final = 3
_LEAST_WIDTH: Final = 144


class Bar(NamedTuple):
    """A check: where its bar stands in the picture, and what it says."""

    x: int
    y: int
    width: int
    height: int
    outcome: str
    title: str


class Chart(NamedTuple):
    """The picture. ``due`` is the height at which 24 hours lie; ``words`` say it without it."""

    width: int
    height: int
    due: int
    bars: tuple[Bar, ...]
    words: str


def of(words: Output, checked: Sequence[Checked]) -> Chart:
    """A bar for each check, the oldest first, as high as its answer took long."""
    outcomes = [one.outcome for one in checked]
    said = words.text(
        "Communication checks: {answered:number} answered, {late:number} late, "
        "{failed:number} failed, {waiting:number} waiting.",
        answered=outcomes.count(Outcome.ANSWERED),
        late=outcomes.count(Outcome.LATE),
        failed=outcomes.count(Outcome.FAILED),
        waiting=outcomes.count(Outcome.WAITING),
    )
    bars = tuple(_bar(words, at, one) for at, one in enumerate(checked))
    return Chart(max(len(bars) * _STEP, _LEAST_WIDTH), _HEIGHT, _HEIGHT - _DUE, bars, said)


def _bar(words: Output, at: int, one: Checked) -> Bar:
    if one.seconds is None:
        height = _HEIGHT if one.outcome == Outcome.FAILED else _DUE
        took = words.name(one.outcome.value)
    else:
        height = min(_HEIGHT, max(_LEAST, round(_DUE * one.seconds / DAY)))
        took = f"{words.name(one.outcome.value)}, {words.translator.duration(one.seconds)}"
    title = f"{words.time(one.sent_at)}: {took}"
    return Bar(at * _STEP + 1, _HEIGHT - height, _BAR, height, one.outcome.value, title)
