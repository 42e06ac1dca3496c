"""``parley backup``: a copy of the desk, made while it runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from parley.cli import options
from parley.cli.options import Opening
from parley.cli.progress import Bar
from parley.cli.terminal import Terminal

if TYPE_CHECKING:
    from parley.node.backup import Manifest


def backup(
    target: Annotated[Path, Parameter(name="TARGET", help="new folder for the backup")],
    /,
    *,
    with_vault: Annotated[
        bool,
        Parameter(
            negative="",
            show_default=False,
            help="and the keys of bodies, under wrapping keys that are not in it",
        ),
    ] = False,
    with_keys: Annotated[
        bool,
        Parameter(
            negative="", show_default=False, help="and desk.keys, which the passphrase protects"
        ),
    ] = False,
    with_attachments: Annotated[
        bool,
        Parameter(negative="", show_default=False, help="and the sealed bytes of attachments"),
    ] = False,
    vault_key: Annotated[
        Path | None,
        Parameter(help="file apart for the vault's wrapping keys; written over each time"),
    ] = None,
    opening: Opening = options.OPENING,
) -> None:
    """Copy the desk into a new folder, while it runs.

    The copy is checked before it gets its name. No passphrase is needed. Without
    the vault and its wrapping keys the bodies in it cannot be read: that is how
    an erasure reaches backups. Anchors are never copied.
    """
    from parley.node import backup as backups
    from parley.node import desk as desks

    output = Terminal(opening)
    folder = options.folder_of(opening)
    with Bar(output.text("Copying"), None) as bar:
        made = backups.back_up(
            folder,
            target,
            now=desks.now(),
            vault=with_vault,
            keys=with_keys,
            attachments=with_attachments,
            vault_key=vault_key,
            progress=bar.reach,
        )
    plain = {
        "folder": str(target),
        "party": made.party,
        "made_at": made.made_at,
        "channels": made.channels,
        "statements": made.statements,
        "vault": made.has_vault,
        "keys": made.has_keys,
        "vault_key": str(vault_key) if vault_key else None,
    }

    output.emit(plain, lambda: _render(output, made, folder, target, vault_key))


def _render(
    output: Terminal, made: Manifest, folder: Path, target: Path, vault_key: Path | None
) -> None:
    output.say(
        output.plural(
            "The backup {folder} holds {n} statement.",
            "The backup {folder} holds {n} statements.",
            made.statements,
            folder=str(target),
        )
    )
    if not made.has_vault:
        output.say(
            output.text(
                "It has no keys of bodies: keep a copy of the folder {vault} apart, and write "
                "over it each time.",
                vault=str(folder / "vault"),
            )
        )
    elif vault_key is None:
        output.say(
            output.text(
                "Its bodies open only with the wrapping keys of the vault, which are in no "
                "backup: write them to a file apart with --vault-key, over the last one."
            )
        )
    if not made.has_keys:
        output.say(
            output.text(
                "It has no keys of the desk: keep a copy of {keys} apart.",
                keys=str(folder / "desk.keys"),
            )
        )
