"""``parley group``: a working group under a text that all have agreed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from parley.cli import access, drafting, examples, options
from parley.cli.drafting import WORDING, Wording
from parley.cli.in_case import CaseArgument
from parley.cli.options import ACTING, Acting
from parley.cli.proposal_reading import proposal_of
from parley.cli.terminal import Terminal
from parley.domain.act import ActType
from parley.domain.kinds import proposal_state as states
from parley.domain.kinds.working_group import WorkingGroup
from parley.domain.types.working_group import CHAIRS, JOINT
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

if TYPE_CHECKING:
    from parley.application.desk import Desk
    from parley.record.channel import Channel

AgreedProposal = Annotated[
    str | None, Parameter(help="case in which the mandate's text was agreed by all")
]

app = App(name="group", help="A working group: mandate, members, chair, sessions.")


@app.command(help_epilogue=examples.of("group found"))
def found(
    *,
    proposal: AgreedProposal = None,
    subject: str | None = None,
    remarks: str | None = None,
    wording: Wording = WORDING,
    acting: Acting = ACTING,
) -> None:
    """Draft the founding of a working group, which opens a case and joins it.

    The mandate is the hash of a text that all have agreed; its proposal is named.
    """
    if wording.template:
        drafting.show_template(Terminal(acting), ActType.WORKING_GROUP, wording)
        return
    given: dict[str, Any] = {"subject": subject, "remarks": remarks}
    channel = None
    if proposal is not None:
        officer = options.officer_of(acting)
        with access.opened(acting, Terminal(acting)) as desk:
            from parley.application import cases

            where, case = cases.find(desk, officer, proposal)
            mandate = mandate_of(desk, officer, where, case)
            channel = where.id.hex()
        given |= {**mandate, "about": mandate["proposal"]}
    drafting.write(acting, ActType.WORKING_GROUP, wording, given, channel=channel)


@app.command(help_epilogue=examples.of("group join"))
def join(
    case: CaseArgument = None,
    /,
    *,
    proposal: Annotated[
        str | None, Parameter(help="another agreed proposal, for a new mandate")
    ] = None,
    remarks: str | None = None,
    wording: Wording = WORDING,
    acting: Acting = ACTING,
) -> None:
    """Draft our joining of a group, or our signature under a new mandate.

    Without --proposal it is the mandate that the other side has signed. The text
    must be agreed by all in our own record.
    """

    def mandate(desk: Desk, channel: Channel, group: bytes) -> dict[str, Any]:
        from parley.application import cases

        officer = options.officer_of(acting)
        if proposal is not None:
            where, named = cases.find(desk, officer, proposal)
            return mandate_of(desk, officer, where, named)
        substance = cases.show(desk, channel, group, officer).summary.state.substance
        if not isinstance(substance, WorkingGroup):
            raise ParleyError(Reason.CASE_OF_ANOTHER_KIND, kind="working-group")
        signed = [one for one in substance.mandates if one is not None]
        others = [one for one in signed if one is not substance.mandates[channel.own_index]]
        if not others:
            raise ParleyError(Reason.ARGUMENT_MISSING, name="--proposal", help="parley group join")
        if others[0].proposal is None:
            raise ParleyError(Reason.CASE_UNKNOWN)
        agreed = mandate_of(desk, officer, channel, bytes.fromhex(others[0].proposal))
        if agreed["mandate"] != others[0].text:
            raise ParleyError(Reason.MANDATE_NOT_AGREED)
        return agreed

    given = {"remarks": remarks}
    drafting.in_case(acting, ActType.WORKING_GROUP_MANDATE, wording, given, case, more=mandate)


@app.command(help_epilogue=examples.of("group members"))
def members(
    case: CaseArgument = None,
    /,
    *,
    member: Annotated[
        tuple[str, ...],
        Parameter(negative="", show_default=False, help="'name' or 'name; role'"),
    ] = (),
    remarks: str | None = None,
    wording: Wording = WORDING,
    acting: Acting = ACTING,
) -> None:
    """Draft the list of our own delegation, whole: it takes the place of the last."""
    items = []
    for one in member:
        name, _, role = one.partition(";")
        items.append({"name": name.strip(), **({"role": role.strip()} if role.strip() else {})})
    given = {"members": items, "remarks": remarks}
    drafting.in_case(acting, ActType.WORKING_GROUP_MEMBERS, wording, given, case)


@app.command(help_epilogue=examples.of("group chair"))
def chair(
    case: CaseArgument = None,
    /,
    *,
    manner: Annotated[str | None, Parameter(help=", ".join(CHAIRS))] = None,
    ours: Annotated[
        bool, Parameter(negative="", show_default=False, help="we chair, or begin")
    ] = False,
    remarks: str | None = None,
    wording: Wording = WORDING,
    acting: Acting = ACTING,
) -> None:
    """Draft our word on who chairs: one, all together, or in turn.

    Without --ours, the other side is the one that chairs or begins. It is settled
    once all say the same.
    """

    def first(_desk: Desk, channel: Channel, _group: bytes) -> dict[str, Any]:
        if manner is None or manner == JOINT:
            return {}
        return {"first": channel.own_index if ours else channel.peer_index}

    given = {"chair": manner, "remarks": remarks}
    drafting.in_case(acting, ActType.WORKING_GROUP_CHAIR, wording, given, case, more=first)


@app.command(help_epilogue=examples.of("group session"))
def session(
    case: CaseArgument = None,
    /,
    *,
    meeting: Annotated[str | None, Parameter(help="case of the meeting")] = None,
    remarks: str | None = None,
    wording: Wording = WORDING,
    acting: Acting = ACTING,
) -> None:
    """Draft the naming of a meeting as a session of the group."""
    given = {"meeting": meeting, "remarks": remarks}
    drafting.in_case(acting, ActType.WORKING_GROUP_SESSION, wording, given, case)


@app.command(help_epilogue=examples.of("group leave"))
def leave(
    case: CaseArgument = None,
    /,
    *,
    remarks: str | None = None,
    wording: Wording = WORDING,
    acting: Acting = ACTING,
) -> None:
    """Draft our leaving of the group; joining again takes an act of its own."""
    drafting.in_case(acting, ActType.WORKING_GROUP_LEAVE, wording, {"remarks": remarks}, case)


def mandate_of(desk: Desk, officer: str, channel: Channel, case: bytes) -> dict[str, str]:
    """The mandate that an agreed proposal gives.

    :raises ParleyError: ``case-unknown``, ``case-of-another-kind``, ``mandate-not-agreed``.
    """
    from parley.application import cases

    proposal = proposal_of(cases.show(desk, channel, case, officer))
    text = states.hash_of(proposal)
    if text is None or not states.is_agreed(proposal):
        raise ParleyError(Reason.MANDATE_NOT_AGREED)
    return {"mandate": text, "proposal": case.hex()}
