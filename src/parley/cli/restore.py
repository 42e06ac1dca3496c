"""``parley restore``: a backup put in place, and its recovery accepted where no anchor tells."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from parley.cli import access, examples, options
from parley.cli.options import Opening
from parley.cli.terminal import Terminal
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.presentation import acts

if TYPE_CHECKING:
    from parley.application.channels import Standing
    from parley.node.backup import Manifest

app = App(name="restore", help="Put a backup in place, and go on from it.")


@app.command(name="from", help_epilogue=examples.of("restore from"))
def from_(
    source: Annotated[Path, Parameter(name="BACKUP", help="folder that parley backup made")],
    /,
    *,
    keys: Annotated[
        Path | None, Parameter(help="copy of desk.keys, where neither desk nor backup has it")
    ] = None,
    vault_key: Annotated[
        Path | None,
        Parameter(help="newest copy of the vault's wrapping keys, where the desk has them no more"),
    ] = None,
    opening: Opening = options.OPENING,
) -> None:
    """Put a backup into a desk, or make a desk of it in a new folder.

    Every file is checked before. A database that is replaced is kept beside. The
    desk is read-only until its peers have returned what they hold beyond the
    backup: parley serve asks them, or pouches do.
    """
    from parley.application import channels
    from parley.node import backup as backups

    output = Terminal(opening)
    folder = options.folder_of(opening)
    manifest = backups.restore(source, folder, keys=keys, vault_key=vault_key)
    with access.opened(opening, output) as desk:
        if desk.letter.party.hex() != manifest.party:
            raise ParleyError(Reason.KEYS_NOT_OF_LETTER)
        standings = channels.standings(desk)
    output.emit(
        {
            "desk": str(folder),
            "made_at": manifest.made_at,
            "statements": manifest.statements,
            "channels": [
                {"channel": one.channel.id.hex(), "state": one.state, "reason": one.reason}
                for one in standings
            ],
        },
        lambda: _render(output, manifest, standings),
    )


def _render(output: Terminal, manifest: Manifest, standings: list[Standing]) -> None:
    output.say(
        output.plural(
            "The backup of {time} is in place, with {n} statement.",
            "The backup of {time} is in place, with {n} statements.",
            manifest.statements,
            time=output.time(manifest.made_at),
        )
    )
    waiting = [one for one in standings if one.state == "recovering"]
    for one in waiting:
        output.say(
            output.text(
                "{code}: read-only until the other side has answered.",
                code=one.channel.peer.text.code,
            ),
            style="bold",
        )
        output.say(acts.said(output, one.reason or "", advise=True), indent=4)
    output.say(
        output.text(
            "What nobody can return is gone: drafts, changes of officers, notes of who opened what "
            "and events of delivery since then, and what was signed and never arrived."
        )
    )
    output.next_steps("parley serve", "parley status")


@app.command(help_epilogue=examples.of("restore accept"))
def accept(
    channel: Annotated[
        str | None, Parameter(name="CHANNEL", help="label, peer's code, or start of the id")
    ] = None,
    /,
    *,
    yes: Annotated[
        bool, Parameter(negative="", show_default=False, help="do not ask again")
    ] = False,
    opening: Opening = options.OPENING,
) -> None:
    """Take a recovered channel for whole where no anchor says so.

    Only after the other side has answered. If it holds back a statement of ours,
    what we sign next contradicts that: compare with dossiers, pouches and
    receipts of later days first. Also gives up what left us and never arrived.
    """
    from parley.application import channels, recovery

    output = Terminal(opening)
    with access.opened(opening, output) as desk:
        found = channels.find(desk, channel)
        (standing,) = [one for one in channels.standings(desk) if one.channel.id == found.id]
        if not yes and not _agreed(output, standing):
            raise ParleyError(Reason.CHANNEL_RECOVERING, why=standing.reason)
        recovery.accept(desk, found)
    plain: dict[str, Any] = {
        "channel": found.id.hex(),
        "state": "open",
        "own": standing.own,
        "peer": standing.peer,
    }
    output.emit(
        plain,
        lambda: output.say(
            output.text(
                "{code}: open again, with {own:number} statements of ours and {peer:number} of "
                "theirs.",
                code=found.peer.text.code,
                own=standing.own,
                peer=standing.peer,
            )
        ),
    )


def _agreed(output: Terminal, standing: Standing) -> bool:
    """Whether whoever sits at the terminal stands for it.

    :raises ParleyError: ``argument-missing`` where nobody does.
    """
    import sys

    if not sys.stdin.isatty():
        raise ParleyError(Reason.ARGUMENT_MISSING, name="--yes", help="parley restore accept")
    output.say(
        output.text(
            "{code}: the other side says that it holds no more than {own:number} statements of "
            "ours. If we have signed another, what comes next is a fork that convicts us.",
            code=standing.channel.peer.text.code,
            own=standing.own,
        ),
        style="bold",
    )
    answer = input(output.text("Type the code of the other side to go on: "))
    return answer.strip() == standing.channel.peer.text.code
