"""``parley upgrade``: the database brought to this release, with a copy to go back to."""

from __future__ import annotations

from parley.cli import access, options
from parley.cli.options import Opening
from parley.cli.terminal import Terminal


def upgrade(*, opening: Opening = options.OPENING) -> None:
    """Bring the database of the desk to this release.

    It is copied first, upgraded, and everything in it verified again. If that
    does not hold, the copy is put back, and the release before goes on with it.
    """
    from parley.application import audit
    from parley.node import backup as backups
    from parley.node import desk as desks

    output = Terminal(opening)
    folder = options.folder_of(opening)
    aside = folder / f"before-upgrade-{desks.now()}.db"

    def check() -> bool:
        with access.opened(opening, output) as desk:
            audit.rebuild(desk)
            return not audit.fsck(desk).faults

    done = backups.upgrade(folder, aside, check)
    said = (
        output.text(
            "The database is of this release now; as it was before: {file}.", file=str(aside)
        )
        if done
        else output.text("The database is of this release already.")
    )
    output.emit(
        {"upgraded": done, "before": str(aside) if done else None}, lambda: output.say(said)
    )
