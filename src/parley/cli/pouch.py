"""``parley pouch``: sealed frames as files, for desks that never meet on a network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from parley.cli import access, errors, examples, options
from parley.cli.options import Opening
from parley.cli.progress import Bar
from parley.cli.terminal import Terminal
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.presentation import pouch_page

if TYPE_CHECKING:
    from parley.application.desk import Desk
    from parley.application.message import Refusal
    from parley.record.channel import Channel
    from parley.wire.pouch import Found, Written

Unconfirmed = Annotated[
    bool,
    Parameter(
        name="--unconfirmed",
        negative="",
        show_default=False,
        help="I know that this desk was not set back to an older state",
    ),
]

app = App(name="pouch", help="Frames as files, for desks that never meet on a network.")


@app.command(help_epilogue=examples.of("pouch pack"))
def pack(
    peer: Annotated[str, Parameter(name="PEER", help="channel: label, the peer's code, or number")],
    /,
    *,
    to: Annotated[Path, Parameter(name="--to", help="folder that exists, or one new file")],
    unconfirmed: Unconfirmed = False,
    without_attachments: Annotated[
        bool, Parameter(negative="", show_default=False, help="no bytes of attachments")
    ] = False,
    opening: Opening = options.OPENING,
) -> None:
    """Write what the other desk may lack into sealed files, to be carried to it.

    Statements, receipts and cosignatures go in, and into a folder the bytes of
    attachments; a large backlog becomes several files. Whoever carries them
    cannot read, change or make one. It does no harm to pack the same again, to
    lose a file, or to send it over the network too.

    Unless parley serve runs and has heard from the other desk, nobody has told
    this desk that its record is the newest. If the machine was set back to an
    older state as a whole, what is packed now proves a fork against us: look
    into it, then say --unconfirmed.
    """
    from parley.application import channels

    output = Terminal(opening)
    with access.opened(opening, output) as desk:
        channel = channels.find(desk, peer)
        written = _pack(
            desk,
            channel,
            to,
            output,
            unconfirmed=unconfirmed,
            attachments=not without_attachments,
        )
    output.emit(
        pouch_page.plain_packed(channel, written),
        lambda: pouch_page.render_packed(output, channel, written),
    )


@app.command(name="open", help_epilogue=examples.of("pouch open"))
def open_(
    files: Annotated[
        tuple[Path, ...],
        Parameter(name="FILE|DIR", negative="", help="files, or folders with files *.pouch"),
    ],
    /,
    *,
    reply: Annotated[
        Path | None, Parameter(name="--reply", help="folder or new file for the answer")
    ] = None,
    remove: Annotated[
        bool,
        Parameter(negative="", show_default=False, help="delete each file once it was taken in"),
    ] = False,
    unconfirmed: Unconfirmed = False,
    opening: Opening = options.OPENING,
) -> int:
    """Take in what was carried here, in whatever order it comes.

    A file whose predecessor is missing stays as it is: open it again together
    with that one. With --reply, the answer is packed at once: receipts and
    cosignatures for them, and what our desk has to say; --unconfirmed is that of
    parley pouch pack. The exit code is 1 where a file could not be taken in.
    """
    from parley.wire import pouch

    output = Terminal(opening)
    every = pouch.files(files)
    with access.opened(opening, output) as desk:
        with Bar(output.text("Opening"), len(every)) as bar:
            found = pouch.open_all(desk, every, lambda _found: bar.step())
        replies = (
            _replies(desk, found, reply, output, unconfirmed=unconfirmed)
            if reply is not None
            else []
        )
        if remove:
            for one in found:
                if one.taken is not None and not one.taken.halted:
                    pouch.remove(one.path)
    output.emit(
        pouch_page.plain_opened(found, replies),
        lambda: pouch_page.render_opened(output, found, replies),
    )
    fine = all((one.taken and not one.taken.halted) or _is_own(one) for one in found)
    return errors.DONE if fine else errors.REFUSED


@app.command(name="list", help_epilogue=examples.of("pouch list"))
def list_(*, opening: Opening = options.OPENING) -> None:
    """Show what was packed and not cleared yet, and whether it has arrived."""
    from parley.application import carriage
    from parley.wire import pouch

    output = Terminal(opening)
    with access.opened(opening, output) as desk:
        packed = [(one, pouch.is_there(one.row)) for one in carriage.packed(desk)]
    output.emit(
        [pouch_page.plain_noted(one, there) for one, there in packed],
        lambda: pouch_page.render_list(output, packed),
    )


@app.command(help_epilogue=examples.of("pouch clear"))
def clear(
    *,
    every: Annotated[
        bool,
        Parameter(
            name="--all",
            negative="",
            show_default=False,
            help="also files whose statements have no receipt yet",
        ),
    ] = False,
    opening: Opening = options.OPENING,
) -> None:
    """Delete packed files whose statements the other desk has receipted.

    A packed file is a copy of bodies, sealed to the other desk. Nothing is lost
    with it: the record has all of it, and can pack it again.
    """
    from parley.wire import pouch

    output = Terminal(opening)
    with access.opened(opening, output) as desk:
        gone, left = pouch.clear(desk, every=every)
    output.emit(
        {
            "cleared": [pouch_page.plain_noted(one, there=False) for one in gone],
            "left": [pouch_page.plain_noted(one, pouch.is_there(one.row)) for one in left],
        },
        lambda: pouch_page.render_cleared(output, len(gone), len(left)),
    )


def _pack(
    desk: Desk,
    channel: Channel,
    to: Path,
    output: Terminal,
    refusals: tuple[Refusal, ...] = (),
    *,
    unconfirmed: bool,
    attachments: bool = True,
) -> list[Written]:
    from parley.wire import pouch

    if not desk.contacts.confirmed(channel.id) and not output.json:
        output.note(
            output.text(
                "Nobody but this desk says that its database is the newest. If it was set back, "
                "with its anchors, what is packed now contradicts what was sent before."
            )
        )
    with Bar(output.text("Packing"), None) as bar:
        return pouch.pack(
            desk,
            channel,
            to,
            refusals=refusals,
            unconfirmed=unconfirmed,
            attachments=attachments,
            on_file=lambda _file: bar.step(),
        )


def _replies(
    desk: Desk, found: list[Found], to: Path, output: Terminal, *, unconfirmed: bool
) -> list[tuple[Channel, list[Written]]]:
    """An answer to each peer of whom something was taken in, old or new: the last may be lost."""
    channels: dict[bytes, Channel] = {}
    refusals: dict[bytes, list[Refusal]] = {}
    for one in found:
        if one.taken is not None and not one.taken.halted:
            channel = channels.setdefault(one.taken.channel.id, one.taken.channel)
            refusals.setdefault(channel.id, []).extend(one.taken.refusals)
    if len(channels) > 1 and not to.is_dir():
        raise ParleyError(Reason.POUCH_TOO_LARGE, path=str(to))
    return [
        (
            channel,
            _pack(desk, channel, to, output, tuple(refusals[channel.id]), unconfirmed=unconfirmed),
        )
        for channel in channels.values()
    ]


def _is_own(one: Found) -> bool:
    """A file of ours among those that came: it lay on the same stick."""
    return one.error is not None and one.error.reason is Reason.POUCH_OWN
