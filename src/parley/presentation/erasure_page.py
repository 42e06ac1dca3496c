"""What ``parley erasure`` shows: never more than each side says of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from parley.application.holders import HOLDERS
from parley.language.marks import N_
from parley.presentation import acts, case_page
from parley.presentation.kinds import erasure as kind_page

if TYPE_CHECKING:
    from parley.application.cases import Summary
    from parley.application.erasures import BodyView, ErasureView, Named
    from parley.presentation.output import Output

_STATES: Final = {
    "here": N_("still here"),
    "going": N_("taken out; its key is about to be destroyed"),
    "deleted": N_("deleted on this desk"),
    "unknown": N_("not in our record"),
}
_PLACES: Final = {
    "database": N_("database: the sealed row is deleted and overwritten"),
    "vault": N_("vault: its key is destroyed, and the rest wrapped anew"),
    "drafts": N_("drafts of the text: taken out, and their keys destroyed"),
    "attachments": N_("attachments: their keys are destroyed, and their files removed"),
    "index": N_("search index: the key of its part is destroyed, and the rest made anew"),
    "pouches": N_("packed pouches of the channel: overwritten and removed"),
    "outbox": N_("outbox: has references only"),
    "views": N_("views: have header codes only"),
    "house-record": N_("house record: has hashes and codes only"),
    "quarantine": N_("quarantine: has signed headers only"),
    "evidence": N_("evidence: has signed headers only"),
    "backups": N_("backups: have the sealed body, which no key opens any more"),
    "dossiers": N_("dossiers that were exported: have left, and cannot be called back"),
}


def entries(named: Named, ground: str) -> dict[str, Any]:
    """What a proposal to erase ``named`` says, as an officer would write it."""
    said: dict[str, Any] = {"bodies": [leaf.hex() for leaf in named.bodies], "ground": ground}
    return said if named.about is None else {**said, "about": named.about.hex()}


def state(output: Output, body: BodyView) -> str:
    """Where a body stands on this desk."""
    return output.text(_STATES[body.state])


def plain(view: ErasureView) -> dict[str, Any]:
    """An erasure for programs."""
    summary = view.case.summary
    return {
        **case_page.plain_summary(summary),
        "bodies": [
            {
                "statement": body.leaf.hex(),
                "case": body.case.hex() if body.case else None,
                "state": body.state,
                "deleted_at": body.deleted_at,
            }
            for body in view.bodies
        ],
        "obstacle": view.obstacle.value if view.obstacle else None,
        "holders": [{"place": one.token, "how": one.how} for one in HOLDERS],
        "exported": [
            {
                "at": one.at,
                "case": one.case.hex() if one.case else None,
                "entry": one.entry.hex(),
            }
            for one in view.left
        ],
    }


def render(output: Output, view: ErasureView) -> None:
    """Print an erasure."""
    summary = view.case.summary
    output.title(output.text("Erasure {case}", case=acts.short(summary.row.case_id)))
    output.facts(
        [
            (output.text("Status"), case_page.status(output, summary.state)),
            *kind_page.head(output, summary, view.erasure),
        ],
        indent=4,
    )
    output.say()
    output.table(
        [output.text("Statement"), output.text("Case"), output.text("On this desk")],
        [
            [
                body.leaf.hex()[:12],
                acts.short(body.case) if body.case else "\u2014",
                state(output, body),
            ]
            for body in view.bodies
        ],
    )
    render_way(output, view)


def render_way(output: Output, view: ErasureView) -> None:
    """Print why this house does not go on, if so, and who claims what."""
    if view.obstacle is not None:
        output.say()
        output.say(output.text("This house does not go on:"), style="bold")
        output.say(acts.said(output, view.obstacle.value), indent=4)
    if view.erasure.is_joint:
        _render_claims(output, view)


def _render_claims(output: Output, view: ErasureView) -> None:
    output.say()
    output.title(output.text("Claims of deletion: each side's own word, which nobody can prove"))
    output.facts(kind_page.claims(output, view.case.summary.channel, view.erasure), indent=4)
    output.say()
    output.title(output.text("Where it was, and what an erasure does there"))
    for place in HOLDERS:
        output.say(output.text(_PLACES[place.token]), indent=4)
    for one in view.left:
        of = acts.short(one.case) if one.case else output.text("the whole channel")
        exported = output.text("exported {time}: {of}", time=output.time(one.at), of=of)
        output.say(exported, indent=8)
    output.say()
    output.say(
        output.text(
            "Make a new backup with the vault now, and write over the copy of its wrapping keys: "
            "docs/erasure.md."
        )
    )


def render_list(output: Output, found: list[Summary]) -> None:
    """Print erasures, the oldest first."""
    if not found:
        output.say(output.text("Nobody has proposed to erase anything."))
        return
    output.table(
        [
            output.text("Case"),
            output.text("With"),
            output.text("Status"),
            output.text("Next to act"),
        ],
        [
            [
                acts.short(one.row.case_id),
                one.channel.peer.text.code,
                case_page.status(output, one.state),
                case_page.movers(output, one),
            ]
            for one in found
        ],
    )
