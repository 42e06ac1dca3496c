"""What a list of cases is to have: options, together with a saved filter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final

from cyclopts import Parameter

from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.presentation.manuscript import PRECEDENCES

if TYPE_CHECKING:
    from parley.application.desk import Desk
    from parley.application.filters import Filter

_FLAG: Final = Parameter(negative="", show_default=False)


@Parameter(name="*")
@dataclass(frozen=True)
class Asked:
    """What a list is to have."""

    channel: Annotated[
        str | None,
        Parameter(
            name=("--channel", "--party"),
            help="only this channel: label, the other's code, or identifier",
        ),
    ] = None
    kind: Annotated[
        str | None, Parameter(help="only this kind: inquiry, proposal, meeting, ...")
    ] = None
    status: Annotated[str | None, Parameter(help="only with this status, as --json names it")] = (
        None
    )
    label: Annotated[str | None, Parameter(help="only with this label of the house")] = None
    precedence: Annotated[
        str | None, Parameter(help="only what was opened with this precedence or a higher one")
    ] = None
    classification: Annotated[
        str | None, Parameter(help="only with this marking of the house or a higher one")
    ] = None
    words: Annotated[
        str | None, Parameter(help="only where all of these words were said, as for search")
    ] = None
    still_open: Annotated[bool, _FLAG, Parameter(name="--open", help="only open cases")] = False
    due: Annotated[bool, _FLAG, Parameter(help="what is due first, first; open cases")] = False
    overdue: Annotated[bool, _FLAG, Parameter(help="the same, of what is past its deadline")] = (
        False
    )


ASKED: Final = Asked()


def made(desk: Desk, asked: Asked) -> Filter:
    """The filter that the options come to.

    :raises ParleyError: ``argument-invalid``, ``marking-unknown``.
    """
    from parley.application import register
    from parley.application.filters import Filter

    urgency = asked.precedence
    if urgency is not None and urgency not in PRECEDENCES:
        raise ParleyError(
            Reason.ARGUMENT_INVALID,
            value=urgency,
            name="--precedence",
            choices=", ".join(PRECEDENCES),
        )
    marking = asked.classification
    return Filter(
        kind=asked.kind,
        status=asked.status,
        party=asked.channel,
        still_open=asked.still_open,
        label=asked.label,
        precedence=PRECEDENCES.index(urgency) if urgency is not None else None,
        level=register.level_of(desk, marking) if marking is not None else None,
        due=asked.due,
        overdue=asked.overdue,
        words=asked.words,
    )


def options_of(desk: Desk, wanted: Filter) -> dict[str, str | bool]:
    """A filter as the options that make it, by their names."""
    scheme = desk.policy.classifications
    level = wanted.level
    every: dict[str, str | bool | None] = {
        "channel": wanted.party,
        "kind": wanted.kind,
        "status": wanted.status,
        "label": wanted.label,
        "precedence": None if wanted.precedence is None else PRECEDENCES[wanted.precedence],
        "classification": (
            None if level is None else scheme[level - 1] if level <= len(scheme) else str(level)
        ),
        "words": wanted.words,
        "open": wanted.still_open,
        "due": wanted.due,
        "overdue": wanted.overdue,
    }
    return {name: value for name, value in every.items() if value not in (None, False)}
