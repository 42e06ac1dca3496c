"""``parley evidence``: proofs that the other side signed what contradicts itself."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from parley.cli import access, examples, files, options
from parley.cli.options import Acting
from parley.cli.terminal import Terminal
from parley.presentation import acts, foreign, views

if TYPE_CHECKING:
    from parley.application.evidence import Kept

app = App(name="evidence", help="Proofs that the other side contradicts itself.")

_CHANNEL = Parameter(name="CHANNEL", help="label, the other's code, or identifier; all if absent")
_NUMBER = Parameter(name="EVIDENCE", help="start of its number: 6 digits or more")


@app.command(name="list", help_epilogue=examples.of("evidence list"))
def list_(
    channel: Annotated[str | None, _CHANNEL] = None,
    /,
    *,
    acting: Acting = options.ACTING,
) -> None:
    """List the proofs that are kept."""
    from parley.application import channels, evidence

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        named = None if channel is None else channels.find(desk, channel)
        kept = evidence.every(desk, officer, named)

    def render() -> None:
        if not kept:
            output.say(output.text("No proof of misconduct is kept."))
            return
        columns = (
            output.text("Evidence"),
            output.text("Channel"),
            output.text("Against"),
            output.text("What"),
            output.text("Found"),
            output.text("Convicts"),
        )
        output.table(columns, [_row(output, one) for one in kept])

    output.emit({"evidence": [_plain(one) for one in kept]}, render)


def _row(output: Terminal, kept: Kept) -> list[str]:
    return [
        acts.short(kept.row.digest),
        output.foreign(kept.channel.label),
        output.foreign(kept.channel.peer.text.code),
        kept.row.kind,
        output.time(kept.row.found_at),
        output.text("yes") if kept.claim else output.text("not yet"),
    ]


def _plain(kept: Kept) -> dict[str, Any]:
    return {
        "id": kept.row.digest.hex(),
        "channel": views.channel(kept.channel),
        "against": kept.channel.peer.party.hex(),
        "kind": kept.row.kind,
        "found_at": kept.row.found_at,
        "claim": kept.claim.value if kept.claim else None,
    }


@app.command(help_epilogue=examples.of("evidence show"))
def show(
    evidence: Annotated[str, _NUMBER],
    /,
    *,
    acting: Acting = options.ACTING,
) -> None:
    """Show one proof: what was signed that contradicts itself, and what it proves."""
    import io

    from parley.application import evidence as kept_evidence
    from parley.presentation import evidence_page
    from parley.record.evidence import verify as verifier

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        kept = kept_evidence.find(desk, officer, evidence)
        data = kept_evidence.as_bytes(desk, kept)
    report = verifier.verify(io.BytesIO(data), pins=[kept.channel.peer.party])
    value = {**_plain(kept), "report": evidence_page.plain(report)}

    def render() -> None:
        output.facts(
            [
                (output.text("Evidence"), kept.row.digest.hex()),
                (output.text("Found"), output.time(kept.row.found_at)),
            ]
        )
        evidence_page.render(output, report)

    output.emit(value, render)


@app.command(help_epilogue=examples.of("evidence export"))
def export(
    evidence: Annotated[str, _NUMBER],
    /,
    *,
    output_file: Annotated[
        Path | None, Parameter(name=["--output", "-o"], help="new file; named by itself if absent")
    ] = None,
    acting: Acting = options.ACTING,
) -> None:
    """Write one proof into a file that anybody verifies offline.

    It holds what contradicts itself and what is needed to check it: the other
    side's letter, two statements or tree heads, no text of any statement.
    """
    from parley.application import evidence as kept_evidence

    output = Terminal(acting)
    officer = options.officer_of(acting)
    if output_file is not None:
        files.check_new(output_file)
    with access.opened(acting, output) as desk:
        kept = kept_evidence.find(desk, officer, evidence)
        path = output_file or Path(f"{acts.short(kept.row.digest)}.evidence")
        files.check_new(path)
        with files.writing(path):
            written = kept_evidence.export(desk, officer, kept, path)
    value = {
        "file": str(path),
        "id": kept.row.digest.hex(),
        "claim": written.claim.value,
        "bytes": written.size,
    }

    def render() -> None:
        output.say(
            output.text(
                "The evidence against {code} stands in {file}.",
                code=kept.channel.peer.text.code,
                file=str(path),
            )
        )
        output.say(output.text("To verify it, no desk is needed:"))
        output.say(foreign.bare(f"parley dossier verify {shlex.quote(str(path))}"), indent=4)

    output.emit(value, render)
