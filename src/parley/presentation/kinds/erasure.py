"""The page of a joint erasure: which bodies, on what ground, and who says that they are deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from parley.domain.kinds import erasure as kind
from parley.domain.kinds.erasure_crossing import Outcome
from parley.domain.kinds.erasure_state import Claim, Erasure
from parley.language.marks import N_
from parley.presentation.kinds.common import Plain, member, side

if TYPE_CHECKING:
    from parley.application.cases import CaseView, Summary
    from parley.presentation.output import Output
    from parley.record.channel import Channel

STATUSES: Final[Mapping[str, str]] = {
    kind.PROPOSED: N_("proposed"),
    kind.CONSENTED: N_("consented to, not yet confirmed"),
    kind.JOINT: N_("joint; to be carried out by both"),
    kind.CLAIMED_BY_ONE: N_("joint; one side claims its deletion"),
    kind.ERASED: N_("both sides claim their deletion"),
    kind.REFUSED: N_("refused"),
    kind.WITHDRAWN: N_("withdrawn"),
}

OUTCOMES: Final[Mapping[str, str]] = {
    Outcome.ERASURE_WITHDRAWN: N_("withdrawn unread; nothing is erased"),
}


def plain(summary: Summary, substance: Erasure) -> Plain:
    """An erasure for programs, beside what every case has."""
    channel = summary.channel
    return {
        "bodies": [leaf.hex() for leaf in substance.bodies],
        "ground": substance.ground,
        "joint": substance.is_joint,
        "refused": [
            {"by": side(channel, index), "ground": refusal.ground}
            for index, refusal in enumerate(substance.refusals)
            if refusal is not None
        ],
        "claims": [
            {"by": side(channel, index), "deleted_at": claim.deleted_at}
            for index, claim in ours_first(channel, substance.claims)
            if claim is not None
        ],
    }


def head(output: Output, summary: Summary, substance: Erasure) -> list[tuple[str, str]]:
    """Who proposes it, on what ground."""
    rows = [
        (output.text("Proposed by"), member(output, summary.channel, summary.state.opener)),
        (output.text("Ground"), output.name(substance.ground)),
        (output.text("Bodies"), str(len(substance.bodies))),
    ]
    for index, refusal in enumerate(substance.refusals):
        if refusal is not None:
            who = member(output, summary.channel, index)
            said = output.text("{who}: {ground}", who=who, ground=output.name(refusal.ground))
            rows.append((output.text("Refused by"), said))
    return rows


def ours_first(
    channel: Channel, claims_: tuple[Claim | None, ...]
) -> list[tuple[int, Claim | None]]:
    """Each member's claim, by its number; ours comes first."""
    return sorted(enumerate(claims_), key=lambda claim: claim[0] != channel.own_index)


def claims(output: Output, channel: Channel, substance: Erasure) -> list[tuple[str, str]]:
    """Who claims to have deleted, and when; we come first."""
    return [
        (
            member(output, channel, index),
            output.time(claim.deleted_at) if claim is not None else output.text("none yet"),
        )
        for index, claim in ours_first(channel, substance.claims)
    ]


def render(output: Output, view: CaseView, substance: Erasure) -> None:
    """Print the statements whose bodies it is about, and each side's claim."""
    channel = view.summary.channel
    output.say()
    output.title(output.text("Statements whose bodies it is about"))
    for leaf in substance.bodies:
        output.say(leaf.hex(), indent=4)
    if not substance.is_joint:
        return
    output.say()
    output.title(output.text("Claims of deletion: each side's own word, which nobody can prove"))
    output.facts(claims(output, channel, substance), indent=4)
