"""``parley quarantine``: what the other side sent and this desk kept out of the record."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from parley.cli import access, examples, files, options
from parley.cli.options import Acting
from parley.cli.terminal import Terminal
from parley.presentation import acts, views

app = App(name="quarantine", help="What was refused, kept as it came.")


@app.command(name="list", help_epilogue=examples.of("quarantine list"))
def list_(
    channel: Annotated[
        str | None,
        Parameter(name="CHANNEL", help="label, the other's code, or identifier; all if absent"),
    ] = None,
    /,
    *,
    acting: Acting = options.ACTING,
) -> None:
    """List what the other side sent and this desk refused, with the reasons."""
    from parley.application import channels, evidence

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        named = None if channel is None else channels.find(desk, channel)
        kept = evidence.quarantined(desk, officer, named)
    value = [
        {
            "id": row.digest.hex(),
            "channel": views.channel(its),
            "reason": row.reason,
            "kept_at": row.kept_at,
            "bytes": len(row.data),
        }
        for its, row in kept
    ]

    def render() -> None:
        if not kept:
            output.say(output.text("Nothing stands in quarantine."))
            return
        columns = (
            output.text("Refused"),
            output.text("Channel"),
            output.text("From"),
            output.text("Why"),
            output.text("Came"),
            output.text("Bytes"),
        )
        output.table(
            columns,
            [
                [
                    acts.short(row.digest),
                    output.foreign(its.label),
                    output.foreign(its.peer.text.code),
                    row.reason,
                    output.time(row.kept_at),
                    str(len(row.data)),
                ]
                for its, row in kept
            ],
        )

    output.emit({"quarantine": value}, render)


@app.command(help_epilogue=examples.of("quarantine export"))
def export(
    item: Annotated[str, Parameter(name="REFUSED", help="start of its number: 6 digits or more")],
    /,
    *,
    output_file: Annotated[
        Path,
        Parameter(
            name=["--output", "-o"], allow_leading_hyphen=True, help="new file; - for output"
        ),
    ],
    acting: Acting = options.ACTING,
) -> None:
    """Write the exact bytes of what was refused into a file.

    They convict nobody by themselves: what does stands in parley evidence.
    """
    from parley.application import evidence

    output = Terminal(acting)
    officer = options.officer_of(acting)
    files.check_new(output_file)
    with access.opened(acting, output) as desk:
        _its, row = evidence.find_quarantined(desk, officer, item)
    files.write_new(output_file, row.data)
    if output_file == files.STREAM:
        return
    output.emit(
        {
            "file": str(output_file),
            "id": row.digest.hex(),
            "reason": row.reason,
            "bytes": len(row.data),
        },
        lambda: output.say(output.text("It stands in {file}.", file=str(output_file))),
    )
