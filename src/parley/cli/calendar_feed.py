"""``parley calendar-feed``: one's meetings and deadlines for a calendar program."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from parley.cli import access, examples, options
from parley.cli.options import Acting
from parley.cli.terminal import Terminal

if TYPE_CHECKING:
    from parley.store.calendar_tokens import TokenRow

app = App(name="calendar-feed", help="One's meetings and deadlines for a calendar program.")

_Subjects = Annotated[
    bool,
    Parameter(
        name="--subjects",
        negative="",
        show_default=False,
        help="with what cases are about, where one may read that",
    ),
]


@app.command(help_epilogue=examples.of("calendar-feed make"))
def make(*, subjects: _Subjects = False, acting: Acting = options.ACTING) -> None:
    """Make a feed, and show its token, once.

    The feed is served where parley.toml has a section calendar-feed. It shows what
    one may see whenever it is fetched, in the language of one's alerts.
    """
    from parley.application import calendar_feed
    from parley.wire.calendar_feed import PATH

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        row, token = calendar_feed.make(desk, officer, subjects=subjects)

    def render() -> None:
        said = output.text(
            "Calendar feed {feed} is made. Its token is shown once: {token}",
            feed=row.name,
            token=token,
        )
        output.say(said)
        output.say(
            output.text(
                "Give it to the calendar program as the password, with {officer} as the user, "
                "for {path}.",
                officer=officer,
                path=PATH,
            )
        )

    output.emit({**_plain(row), "token": token, "path": PATH}, render)


@app.command(name="list", help_epilogue=examples.of("calendar-feed list"))
def list_(*, acting: Acting = options.ACTING) -> None:
    """List one's feeds, revoked ones too."""
    from parley.application import calendar_feed

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        found = calendar_feed.every(desk, officer)
    output.emit([_plain(row) for row in found], lambda: _show(output, found))


@app.command(help_epilogue=examples.of("calendar-feed revoke"))
def revoke(
    feed: Annotated[str, Parameter(help="its name: parley calendar-feed list")],
    /,
    *,
    acting: Acting = options.ACTING,
) -> None:
    """Revoke a feed: its token opens nothing from now on."""
    from parley.application import calendar_feed

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        row = calendar_feed.revoke(desk, officer, feed)
    output.emit(
        {"feed": row.name, "revoked": True},
        lambda: output.say(output.text("Calendar feed {feed} is revoked.", feed=row.name)),
    )


@app.command(help_epilogue=examples.of("calendar-feed export"))
def export(
    file: Annotated[
        Path, Parameter(allow_leading_hyphen=True, help="a new file; - is standard output")
    ],
    /,
    *,
    subjects: _Subjects = False,
    acting: Acting = options.ACTING,
) -> None:
    """Write one's meetings and deadlines as they stand now to a file (RFC 5545)."""
    from parley.application import calendar_feed
    from parley.cli import files
    from parley.wire import calendar_feed as feeds

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        found = calendar_feed.read(desk, officer, subjects=subjects)
    data = feeds.render(found)
    if str(file) == "-":
        output.raw(data.decode())
        return
    files.write_new(file, data)
    output.emit(
        {"file": str(file), "entries": len(found.entries), "bytes": len(data)},
        lambda: output.say(
            output.text(
                "{count:number} entries are in {file}.", count=len(found.entries), file=str(file)
            )
        ),
    )


def _plain(row: TokenRow) -> dict[str, Any]:
    return {
        "feed": row.name,
        "subjects": row.subjects,
        "made_at": row.made_at,
        "revoked_at": row.revoked_at,
    }


def _show(output: Terminal, found: list[TokenRow]) -> None:
    if not found:
        output.say(output.text("There is no calendar feed."))
        output.next_steps("parley calendar-feed make")
        return
    output.table(
        [
            output.text("Feed"),
            output.text("Made"),
            output.text("Subjects"),
            output.text("Revoked"),
        ],
        [
            [
                row.name,
                output.time(row.made_at),
                output.text("yes") if row.subjects else output.text("no"),
                output.time(row.revoked_at),
            ]
            for row in found
        ],
    )
