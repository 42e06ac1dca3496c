"""``parley recusal``: who keeps out of what, who acts instead; and telling the other side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from parley.cli import access, drafting, examples, in_case, options
from parley.cli.drafting import WORDING, Wording
from parley.cli.in_case import OPENED, Opened
from parley.cli.options import Acting
from parley.cli.terminal import Terminal
from parley.domain.act import ActType
from parley.domain.recusal_grounds import Ground
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.presentation import acts

if TYPE_CHECKING:
    from parley.application.desk import Desk
    from parley.application.recusals import Matter, Recused

_Case = Annotated[
    tuple[str, ...],
    Parameter(
        name="--case",
        negative="",
        show_default=False,
        help="start of a case's number; may be given several times",
    ),
]
_Channel = Annotated[
    str | None, Parameter(name="--channel", help="a whole channel: label, code, or identifier")
]
_Linked = Annotated[
    bool,
    Parameter(
        name="--linked",
        negative="",
        show_default=False,
        help="also all cases that are about these, now and later",
    ),
]
_Delegate = Annotated[str, Parameter(name="--delegate", help="officer who acts instead")]
_Ground = Annotated[
    str, Parameter(name="--ground", help=", ".join(ground.value for ground in Ground))
]
_Number = Annotated[int, Parameter(name="RECUSAL", help="its number: parley recusal list")]

app = App(name="recusal", help="Keeping out of a matter; nobody lifts a recusal.")


@app.command(help_epilogue=examples.of("recusal declare"))
def declare(
    *,
    delegate: _Delegate,
    case: _Case = (),
    channel: _Channel = None,
    linked: _Linked = False,
    ground: _Ground = Ground.OTHER.value,
    acting: Acting = options.ACTING,
) -> None:
    """Keep out of cases, or of a whole channel, from now on.

    Whoever is recused cannot find, open, count, draft, clear, authorise or export
    there, is told of nothing that comes, and gives the delegate no orders by way
    of roles. Nobody lifts a recusal.
    """
    from parley.application import recusals

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        matter = _matter(desk, officer, case, channel, linked=linked)
        number = recusals.declare(desk, officer, matter, delegate, _ground(ground))
    _said(output, number, officer, delegate)


@app.command(help_epilogue=examples.of("recusal record"))
def record(
    name: Annotated[str, Parameter(name="OFFICER", help="who keeps out")],
    /,
    *,
    delegate: _Delegate,
    case: _Case = (),
    channel: _Channel = None,
    linked: _Linked = False,
    ground: _Ground = Ground.OTHER.value,
    acting: Acting = options.ACTING,
) -> None:
    """Record that an officer keeps out, on that officer's word or the law's."""
    from parley.application import recusals

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        matter = _matter(desk, officer, case, channel, linked=linked)
        number = recusals.record(desk, officer, name, matter, delegate, _ground(ground))
    _said(output, number, name, delegate)


@app.command(help_epilogue=examples.of("recusal extend"))
def extend(
    number: _Number,
    /,
    *,
    case: Annotated[str, Parameter(name="--case", help="start of a case's number")],
    acting: Acting = options.ACTING,
) -> None:
    """Add a case to the matter that an officer keeps out of; a matter only grows."""
    from parley.application import cases, recusals

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        found = cases.find(desk, officer, case)
        recusals.extend(desk, officer, number, found)
    output.emit(
        {"recusal": number, "case": found[1].hex()},
        lambda: output.say(
            output.text(
                "Recusal {number} covers the case {case} as well.",
                number=number,
                case=acts.short(found[1]),
            )
        ),
    )


@app.command(help_epilogue=examples.of("recusal delegate"))
def delegate(
    number: _Number,
    name: Annotated[str, Parameter(name="OFFICER", help="who acts instead from now on")],
    /,
    *,
    acting: Acting = options.ACTING,
) -> None:
    """Name another delegate. The recused officer cannot."""
    from parley.application import recusals

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        recusals.name_delegate(desk, officer, number, name)
    output.emit(
        {"recusal": number, "delegate": name},
        lambda: output.say(output.text("{delegate} acts instead.", delegate=name)),
    )


@app.command(help_epilogue=examples.of("recusal challenge"))
def challenge(number: _Number, /, *, acting: Acting = options.ACTING) -> None:
    """Try to lift a recusal, or reproach an officer with it. Nothing changes by it.

    That it was tried, and by whom, stands in the house record for ever.
    """
    from parley.application import recusals

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        entry = recusals.challenge(desk, officer, number)
    output.emit(
        {"recusal": number, "stands": True, "entry": entry},
        lambda: output.say(
            output.text(
                "Recusal {number} stands. That {officer} challenged it is entry {entry} of the "
                "house record.",
                number=number,
                officer=officer,
                entry=entry,
            )
        ),
    )


@app.command(help_epilogue=examples.of("recusal resume"))
def resume(number: _Number, /, *, acting: Acting = options.ACTING) -> None:
    """Take part again: end one's own recusal, where the house allows that."""
    from parley.application import recusals

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        recusals.end(desk, officer, number)
    output.emit(
        {"recusal": number, "stands": False},
        lambda: output.say(output.text("Recusal {number} has ended.", number=number)),
    )


@app.command(help_epilogue=examples.of("recusal disclosed"))
def disclosed(
    number: _Number,
    /,
    *,
    case: Annotated[str, Parameter(name="--case", help="start of the disclosure's number")],
    acting: Acting = options.ACTING,
) -> None:
    """Note in which case the other side is told of a recusal.

    The statement itself names an office and no officer; this stays in the house.
    """
    from parley.application import cases, recusals

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        found = cases.find(desk, officer, case)
        recusals.note_disclosure(desk, officer, number, found)
    output.emit(
        {"recusal": number, "case": found[1].hex()},
        lambda: output.say(
            output.text(
                "Recusal {number} is disclosed in the case {case}.",
                number=number,
                case=acts.short(found[1]),
            )
        ),
    )


@app.command(name="list", help_epilogue=examples.of("recusal list"))
def list_(*, acting: Acting = options.ACTING) -> None:
    """List the recusals that the officer may know of.

    Of their own, officers see that it stands and who acts instead, if the house
    shows that; never of which cases.
    """
    from parley.application import recusals

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        found = recusals.every(desk, officer)

    def render() -> None:
        if not found:
            output.say(output.text("There is no recusal to be shown."))
            return
        output.table(
            [
                output.text("No."),
                output.text("Officer"),
                output.text("Delegate"),
                output.text("From"),
                output.text("Ground"),
                output.text("Since"),
                output.text("Ended"),
                output.text("Challenged"),
                output.text("Disclosed in"),
            ],
            [_row(output, one) for one in found],
        )

    output.emit([_plain(one) for one in found], render)


@app.command(help_epilogue=examples.of("recusal disclose"))
def disclose(
    *,
    subject: str | None = None,
    office: Annotated[str | None, Parameter(help="the office that stays out; no name")] = None,
    matter: Annotated[str | None, Parameter(help="what it stays out of")] = None,
    delegate: Annotated[str | None, Parameter(help="the office that acts instead")] = None,
    remarks: str | None = None,
    opened: Opened = OPENED,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft the disclosure of a recusal. Nobody has to disclose one."""
    given = {
        "subject": subject,
        "office": office,
        "matter": matter,
        "delegate": delegate,
        "about": opened.about,
        "remarks": remarks,
    }
    drafting.opening(acting, ActType.RECUSAL, wording, given, channel=opened.channel)


in_case.remarked(
    app,
    ActType.RECUSAL_END,
    "end",
    "Draft that a disclosed recusal has ended. Its party alone can say so.",
)


def _matter(
    desk: Desk, officer: str, case: tuple[str, ...], channel: str | None, *, linked: bool
) -> Matter:
    from parley.application import cases, channels
    from parley.application.recusals import Matter

    whole = None if channel is None else channels.find(desk, channel)
    return Matter(whole, tuple(cases.find(desk, officer, prefix) for prefix in case), linked)


def _ground(given: str) -> Ground:
    try:
        return Ground(given)
    except ValueError as error:
        choices = ", ".join(ground.value for ground in Ground)
        raise ParleyError(
            Reason.ARGUMENT_INVALID, value=given, name="--ground", choices=choices
        ) from error


def _said(output: Terminal, number: int, officer: str, delegate: str) -> None:
    output.emit(
        {"recusal": number, "officer": officer, "delegate": delegate},
        lambda: output.say(
            output.text(
                "Recusal {number}: {officer} keeps out, {delegate} acts instead.",
                number=number,
                officer=officer,
                delegate=delegate,
            )
        ),
    )


def _plain(one: Recused) -> dict[str, Any]:
    row = one.row
    known = one.cases is not None
    return {
        "recusal": row.number,
        "officer": row.officer,
        "delegate": row.delegate,
        "channel": row.channel.hex() if known and row.channel else None,
        "cases": [case.hex() for case in one.cases] if one.cases is not None else None,
        "linked": row.linked if known else None,
        "ground": row.ground,
        "recorded_by": row.recorded_by,
        "at": row.at,
        "ended_at": row.ended_at,
        "challenges": one.challenges if known else None,
        "disclosed": [case.hex() for case in one.disclosed] if known else None,
    }


def _row(output: Terminal, one: Recused) -> list[str]:
    row = one.row
    if one.cases is None:
        place = "\u2014"
    elif row.channel is not None:
        place = output.text("channel {channel}", channel=acts.short(row.channel))
    else:
        place = output.translator.join(acts.short(case) for case in one.cases)
    return [
        str(row.number),
        row.officer,
        row.delegate,
        place,
        output.name(row.ground),
        output.time(row.at),
        output.time(row.ended_at),
        "\u2014" if one.cases is None else str(one.challenges),
        output.translator.join(acts.short(case) for case in one.disclosed) or "\u2014",
    ]
