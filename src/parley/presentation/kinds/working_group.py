"""The page of a working group: its mandate, who is in it, who chairs, its sessions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from parley.domain.kinds.working_group import Chair, WorkingGroup
from parley.language.marks import N_
from parley.presentation import fields
from parley.presentation.kinds.common import Plain, member, numbered, side

if TYPE_CHECKING:
    from parley.application.cases import CaseView, Summary
    from parley.presentation.output import Output
    from parley.record.channel import Channel

STATUSES: Final[Mapping[str, str]] = {
    "founding": N_("being founded; not all have joined"),
    "constituted": N_("constituted"),
    "mandate-open": N_("the members have signed different mandates"),
    "left": N_("a member has left"),
    "dissolved": N_("dissolved"),
}

OUTCOMES: Final[Mapping[str, str]] = {
    "left-as-said": N_("whoever left is out by its own word; the other act stands"),
    "chair-once-same": N_("both words on the chair stand; settled where they are the same"),
    "mandate-once-same": N_("both mandates are signed; one holds where they are the same"),
}


def plain(summary: Summary, substance: WorkingGroup) -> Plain:
    """A working group for programs, beside what every case has."""
    channel = summary.channel
    chair = substance.chair
    return {
        "mandate": substance.mandate.text if substance.mandate is not None else None,
        "members": [
            {
                "party": side(channel, index),
                "mandate": one.text if one is not None else None,
                "proposal": one.proposal if one is not None else None,
                "statement": one.act.hex() if one is not None else None,
                "left": left.hex() if left is not None else None,
                "delegates": delegation.count if delegation is not None else None,
                "chair": _plain_chair(channel, said),
            }
            for index, (one, left, delegation, said) in enumerate(
                zip(
                    substance.mandates,
                    substance.left,
                    substance.delegations,
                    substance.chairs,
                    strict=True,
                )
            )
        ],
        "chair": _plain_chair(channel, chair),
        "sessions": [
            {"meeting": one.meeting, "by": side(channel, one.member), "statement": one.act.hex()}
            for one in substance.sessions
        ],
    }


def _plain_chair(channel: Channel, chair: Chair | None) -> Plain | None:
    if chair is None:
        return None
    return {"manner": chair.manner, "first": side(channel, chair.first)}


def head(output: Output, summary: Summary, substance: WorkingGroup) -> list[tuple[str, str]]:
    """The lines at the head of the page."""
    channel = summary.channel
    mandate = substance.mandate
    rows = [
        (
            output.text("Mandate"),
            mandate.text if mandate is not None else output.text("none that all have signed"),
        )
    ]
    if mandate is not None and mandate.proposal is not None:
        rows.append((output.text("Agreed in case, as the members say"), mandate.proposal))
    chair = substance.chair
    rows.append(
        (
            output.text("Chair"),
            output.text("not settled") if chair is None else _chair(output, channel, chair),
        )
    )
    for index, one in enumerate(substance.mandates):
        who = member(output, channel, index)
        if one is not None:
            said = output.text("a member")
        elif substance.left[index] is not None:
            said = output.text("has left")
        else:
            said = output.text("not joined")
        rows.append((who, said))
    return rows


def _chair(output: Output, channel: Channel, chair: Chair) -> str:
    if chair.first is None:
        return output.name(chair.manner)
    return output.text(
        "{manner:name}: {party}", manner=chair.manner, party=member(output, channel, chair.first)
    )


def render(output: Output, view: CaseView, substance: WorkingGroup) -> None:
    """Print the delegations, each word on the chair where they differ, and the sessions."""
    channel = view.summary.channel
    numbers = numbered(view)
    if any(substance.delegations):
        output.say()
        output.title(output.text("Delegations"))
        output.table(
            [output.text("Party"), output.text("Member"), output.text("Role")],
            _delegates(output, view, substance),
        )
    if substance.chair is None and any(substance.chairs):
        output.say()
        output.title(output.text("Words on the chair"))
        output.table(
            [output.text("Party"), output.text("Chair")],
            [
                [member(output, channel, index), _chair(output, channel, chair)]
                for index, chair in enumerate(substance.chairs)
                if chair is not None
            ],
        )
    if substance.sessions:
        output.say()
        output.title(output.text("Sessions"))
        output.table(
            [output.text("Meeting"), output.text("Named by"), output.text("By statement")],
            [
                [
                    one.meeting,
                    member(output, channel, one.member),
                    str(numbers.get(one.act, "?")),
                ]
                for one in substance.sessions
            ],
        )


def _delegates(output: Output, view: CaseView, substance: WorkingGroup) -> list[list[str]]:
    """Names and roles as each party gave them of its own people, the latest list of each."""
    current = {one.act: index for index, one in enumerate(substance.delegations) if one}
    rows: list[list[str]] = []
    for act in view.acts:
        index = current.get(act.entry.leaf)
        if index is None:
            continue
        found: dict[int, dict[str, str]] = {}
        values = act.body.values if act.body is not None else {}
        for field in fields.of(act.statement.act.type, values):
            if field.number is None or not field.pattern.startswith("members/"):
                continue
            kept = found.setdefault(field.number, {})
            if field.pattern not in kept or field.language == output.language:
                kept[field.pattern] = str(field.value)
        who = member(output, view.summary.channel, index)
        rows += [
            [
                who,
                output.foreign(one.get("members/<n>/name", "\u2014")),
                output.foreign(one.get("members/<n>/role", "\u2014")),
            ]
            for _, one in sorted(found.items())
        ]
    return rows
