"""``parley record``: the log of a channel as it stands, and the proof of one statement."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from cyclopts import App, Parameter

from parley.cli import access, examples, files, options
from parley.cli.options import Acting
from parley.cli.progress import Bar
from parley.cli.terminal import Terminal
from parley.presentation import acts, proof_page, views

if TYPE_CHECKING:
    from parley.application.audit import Line, Proof
    from parley.record.channel import Channel

NEWEST: Final = 50
"""How many statements are shown where nothing else is asked for."""

app = App(name="record", help="The record of a channel, and proofs from it.")


@app.command(help_epilogue=examples.of("record show"))
def show(
    channel: Annotated[
        str | None, Parameter(name="CHANNEL", help="label, the other's code, or identifier")
    ] = None,
    /,
    *,
    last: Annotated[int, Parameter(help="so many of the newest statements; 0: all")] = NEWEST,
    acting: Acting = options.ACTING,
) -> None:
    """Show our record of a channel: every statement of both sides, in its order.

    No text is shown. Void statements stand in the record too, with the reason.
    """
    from parley.application import audit, channels

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        found = channels.find(desk, channel)
        standing = next(one for one in channels.standings(desk) if one.channel.id == found.id)
        size = standing.own + standing.peer
        lines = audit.lines(desk, officer, found, max(0, last))
    plain = {
        **views.standing(standing),
        "size": size,
        "entries": [_plain(found, line) for line in lines],
    }

    def render() -> None:
        output.title(
            output.plural(
                "Record of the channel {label} with {code}: {n} statement",
                "Record of the channel {label} with {code}: {n} statements",
                size,
                label=found.label,
                code=found.peer.text.code,
            )
        )
        output.say(
            output.text(
                "Both records agree to {own} of ours and {peer} of theirs.",
                own=standing.agreed_own,
                peer=standing.agreed_peer,
            )
        )
        _render(output, found, lines)

    output.emit(plain, render)


@app.command(help_epilogue=examples.of("record prove"))
def prove(
    statement: Annotated[
        str, Parameter(name="STATEMENT", help="start of its number: 6 digits or more")
    ],
    /,
    *,
    output_file: Annotated[
        Path | None,
        Parameter(
            name=["--output", "-o"],
            allow_leading_hyphen=True,
            help="new file for the proof, as JSON; - for output",
        ),
    ] = None,
    acting: Acting = options.ACTING,
) -> None:
    """Prove one statement to others: signature, receipt, checkpoint, path.

    The proof is for standard tools: a COSE_Sign1 statement (RFC 9052), an RFC 9942
    receipt by the other side, a C2SP checkpoint of the author's record with the
    other side's cosignatures. A dossier proves more, and needs no tools but parley.
    """
    from parley.application import audit

    output = Terminal(acting)
    officer = options.officer_of(acting)
    if output_file is not None:
        files.check_new(output_file)
    with access.opened(acting, output) as desk:
        proof = audit.prove_to_others(desk, officer, statement)
    plain = proof_page.plain(proof)
    if output_file is not None:
        from parley.presentation import foreign

        files.write_new(output_file, foreign.json_text(plain).encode() + b"\n")
        if output_file == files.STREAM:
            return
    output.emit(plain, lambda: _render_proof(output, proof, output_file))


@app.command(help_epilogue=examples.of("record export"))
def export(
    channel: Annotated[
        str | None, Parameter(name="CHANNEL", help="label, the other's code, or identifier")
    ] = None,
    /,
    *,
    tiles: Annotated[Path | None, Parameter(help="folder for C2SP tiles")] = None,
    scitt: Annotated[Path | None, Parameter(help="folder for SCITT transparent statements")] = None,
    theirs: Annotated[
        bool,
        Parameter(negative="", show_default=False, help="tiles of the other side's record"),
    ] = False,
    acting: Acting = options.ACTING,
) -> None:
    """Write a record in the forms that other people's tools read.

    Tiles are a whole record with its tree (C2SP tlog-tiles). A transparent
    statement is one statement with the other side's receipt in it (RFC 9943). No
    text of a statement is in either. A later export adds to the same folder.
    """
    from parley.application import channels, foreign
    from parley.kernel.errors import ParleyError
    from parley.kernel.reasons import Reason

    output = Terminal(acting)
    officer = options.officer_of(acting)
    if tiles is None and scitt is None:
        raise ParleyError(Reason.ARGUMENT_MISSING, name="--tiles")
    value: dict[str, Any] = {}
    with access.opened(acting, output) as desk:
        found = channels.find(desk, channel)
        with Bar(output.text("Writing"), None) as bar:
            if tiles is not None:
                with files.writing(tiles):
                    tiled = foreign.export_tiles(
                        desk, officer, found, tiles, bar.reach, theirs=theirs
                    )
                value["tiles"] = {"folder": str(tiles), **tiled._asdict()}
            if scitt is not None:
                with files.writing(scitt):
                    stated = foreign.export_scitt(desk, officer, found, scitt, bar.reach)
                value["scitt"] = {"folder": str(scitt), **stated._asdict()}

    def render() -> None:
        if tiles is not None:
            output.say(
                output.plural(
                    "{folder} holds the record of {n} statement as C2SP tiles.",
                    "{folder} holds the record of {n} statements as C2SP tiles.",
                    tiled.size,
                    folder=str(tiles),
                )
            )
        if scitt is not None:
            output.say(
                output.plural(
                    "{folder} holds {n} transparent statement; {without} have no receipt yet.",
                    "{folder} holds {n} transparent statements; {without} have no receipt yet.",
                    stated.statements,
                    folder=str(scitt),
                    without=stated.without_receipt,
                )
            )

    output.emit(value, render)


def _plain(channel: Channel, line: Line) -> dict[str, Any]:
    entry = line.entry
    return {
        "position": entry.position,
        "author": "own" if entry.author == channel.own_index else "peer",
        "code": channel.letter(entry.author).text.code,
        "seq": entry.seq,
        "epoch": entry.epoch,
        "key_revoked": channel.keyring(entry.author).revoked(entry.epoch),
        "id": entry.leaf.hex(),
        "type": line.type,
        "case": entry.case_id.hex(),
        "case_seq": entry.case_seq,
        "signed_at": entry.iat,
        "recorded_at": entry.recorded_at,
        "receipted_at": line.receipted_at,
        "verdict": entry.verdict,
        "bytes": len(entry.data),
    }


def _render(output: Terminal, channel: Channel, lines: list[Line]) -> None:
    output.table(
        [
            output.text("Place"),
            output.text("By"),
            output.text("No."),
            output.text("Statement"),
            output.text("Type"),
            output.text("Case"),
            output.text("Signed"),
            output.text("Receipt"),
        ],
        [
            [
                str(line.entry.position),
                output.foreign(channel.letter(line.entry.author).text.code),
                str(line.entry.seq),
                acts.short(line.entry.leaf),
                output.name(line.type) if line.entry.verdict is None else output.text("void"),
                "\u2014"
                if line.entry.case_id == channel.standing_case
                else acts.short(line.entry.case_id),
                output.time(line.entry.iat),
                output.time(line.receipted_at),
            ]
            for line in lines
        ],
    )


def _render_proof(output: Terminal, proof: Proof, path: Path | None) -> None:
    proof_page.render(output, proof)
    if path is not None:
        output.say(output.text("The proof stands in {file}.", file=str(path)))
