"""``parley witness``: a third party that cosigns checkpoints, and shows a fork between them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from parley.cli import access, examples, files, options
from parley.cli.options import Opening
from parley.cli.terminal import Terminal
from parley.kernel import limits

if TYPE_CHECKING:
    from parley.node.config import Listen
    from parley.witness.state import WatchedLog
    from parley.witness.witness import Witness

app = App(name="witness", help="A witness of other people's records.")

_FOLDER = Parameter(name="FOLDER", help="folder of the witness")


@app.command(help_epilogue=examples.of("witness init"))
def init(
    folder: Annotated[Path, _FOLDER],
    /,
    *,
    name: Annotated[str, Parameter(help="its name, such as witness.example/parley")],
    host: Annotated[str, Parameter(help="address to listen on")] = "127.0.0.1",
    port: Annotated[int, Parameter(help="port; 0 takes a free one")] = 8480,
    opening: Opening = options.OPENING,
) -> None:
    """Make a new witness, with keys of its own.

    A witness sees names, sizes and hashes of records, and never a statement. What
    it prints belongs into the parley.toml of every desk that it is to serve.
    """
    from parley.node import witness as node
    from parley.node.config import Listen

    output = Terminal(opening)
    config = node.WitnessConfig(name, Listen(host, port))
    made = node.found(folder, config, access.new_passphrase(opening, output))
    url = f"http://{host}:{port}"
    value = {"folder": str(folder), "name": made.name, "keys": list(made.vkeys), "url": url}

    def render() -> None:
        output.say(output.text("The witness {name} stands in {folder}.", name=name, folder=folder))
        output.say(output.text("For the parley.toml of each desk, with the address it has there:"))
        output.raw(_section(made, url))
        output.next_steps(
            f"parley witness add-log {folder} NORTH.letter SOUTH.letter",
            f"parley witness serve {folder}",
        )

    output.emit(value, render)


def _section(witness: Witness, url: str) -> str:
    keys = ",\n".join(f'    "{key}"' for key in witness.vkeys)
    return f'\n[[witness]]\nname = "{witness.name}"\nurl = "{url}"\nkeys = [\n{keys},\n]\n\n'


@app.command(name="add-log", help_epilogue=examples.of("witness add-log"))
def add_log(
    folder: Annotated[Path, _FOLDER],
    letter: Annotated[Path, Parameter(name="LETTER", help="letter of one party")],
    other: Annotated[Path, Parameter(name="LETTER", help="letter of the other party")],
    /,
    *,
    label: Annotated[str, Parameter(help="label of their channel")] = "standing",
    opening: Opening = options.OPENING,
) -> None:
    """Watch both records of a channel, by the letters of its two parties.

    Compare their fingerprints with the parties first, by telephone: whoever is in
    the letter is whom the witness will convict.
    """
    from parley.node import witness as node
    from parley.record import letter as letters
    from parley.record.channel import Channel

    output = Terminal(opening)
    read = [letters.parse(files.read(path, limits.LETTER_BYTES)) for path in (letter, other)]
    channel = Channel.between(label, *read)
    witness = node.opened(folder, access.passphrase(opening, output))
    added = [witness.add_log(one, channel.id) for one in channel.letters]

    def render() -> None:
        for one in added:
            output.say(output.text("Watching the record of {code}:", code=one.letter.text.code))
            output.say(one.origin, indent=4)

    output.emit({"logs": [_plain(one) for one in added]}, render)


@app.command(help_epilogue=examples.of("witness serve"))
def serve(
    folder: Annotated[Path, _FOLDER],
    /,
    *,
    opening: Opening = options.OPENING,
) -> None:
    """Serve the witness until SIGINT (Ctrl-C) or SIGTERM.

    It answers C2SP tlog-witness: POST /add-checkpoint.
    """
    from parley.node import logs
    from parley.node import witness as node

    output = Terminal(opening)
    node.load(folder)
    passphrase = access.passphrase(opening, output)
    logs.set_up()

    def announce(at: Listen) -> None:
        host = f"[{at.host}]" if ":" in at.host else at.host
        url = f"http://{host}:{at.port}"
        output.emit(
            {"witness": str(folder), "url": url, "pid": os.getpid()},
            lambda: output.say(
                output.text("The witness in {folder} answers at {url}.", folder=folder, url=url)
            ),
        )

    node.serve(folder, passphrase, announce)


@app.command(help_epilogue=examples.of("witness status"))
def status(
    folder: Annotated[Path, _FOLDER],
    /,
    *,
    opening: Opening = options.OPENING,
) -> None:
    """Show which records are watched, how far, and the forks between them."""
    from parley.node import witness as node

    output = Terminal(opening)
    witness = node.opened(folder, access.passphrase(opening, output))
    watched = witness.logs()
    value = {
        "name": witness.name,
        "keys": list(witness.vkeys),
        "logs": [_plain(one) for one in watched],
    }

    def render() -> None:
        output.say(output.text("Witness {name}", name=witness.name), style="bold")
        if not watched:
            output.say(output.text("No record is watched yet."))
            return
        columns = (
            output.text("Record of"),
            output.text("Channel"),
            output.text("Size"),
            output.text("Cosigned"),
            output.text("Forks"),
        )
        output.table(columns, [_row(output, one) for one in watched])
        for one in watched:
            for path in one.forks():
                output.say(
                    output.text(
                        "{code} has signed records that contradict each other: {file}",
                        code=one.letter.text.code,
                        file=str(path),
                    ),
                    style="bold red",
                )

    output.emit(value, render)


@app.command(help_epilogue=examples.of("witness export"))
def export(
    folder: Annotated[Path, _FOLDER],
    evidence: Annotated[
        str, Parameter(name="EVIDENCE", help="start of its number: 6 digits or more")
    ],
    /,
    *,
    output_file: Annotated[Path, Parameter(name=["--output", "-o"], help="new file")],
    opening: Opening = options.OPENING,
) -> None:
    """Write a proof of a fork into a file that anybody verifies offline."""
    from parley.kernel.errors import ParleyError
    from parley.kernel.reasons import Reason
    from parley.node import witness as node

    output = Terminal(opening)
    witness = node.opened(folder, access.passphrase(opening, output))
    found = [
        path
        for one in witness.logs()
        for path in one.forks()
        if len(evidence) >= 6 and path.name.startswith(evidence.lower())
    ]
    if not found:
        raise ParleyError(Reason.EVIDENCE_UNKNOWN)
    if len(found) > 1:
        raise ParleyError(Reason.EVIDENCE_AMBIGUOUS, count=len(found))
    data = files.read(found[0], limits.MIB)
    files.write_new(output_file, data)
    output.emit(
        {"file": str(output_file), "id": found[0].stem, "bytes": len(data)},
        lambda: output.say(output.text("It stands in {file}.", file=str(output_file))),
    )


@app.command(help_epilogue=examples.of("witness compare"))
def compare(
    note: Annotated[Path, Parameter(name="NOTE", help="checkpoint with the witness' lines")],
    other: Annotated[Path, Parameter(name="NOTE", help="the one that somebody else was given")],
    /,
    *,
    key: Annotated[tuple[str, ...], Parameter(help="the witness' keys, as parley.toml has them")],
    output_file: Annotated[Path, Parameter(name=["--output", "-o"], help="new file")],
    opening: Opening = options.OPENING,
) -> None:
    """Make evidence of two roots of one record that a witness has cosigned.

    The notes are what it gives out at /checkpoint/, to each side of a channel.
    Needs no desk and no witness' folder.
    """
    from parley.crypto import witnessing
    from parley.record.evidence import export as exports

    output = Terminal(opening)
    files.check_new(output_file)
    notes = files.read(note, limits.NOTE_BYTES), files.read(other, limits.NOTE_BYTES)
    made = exports.cosigned(notes, witnessing.parse_vkeys(key))
    written = exports.write(made, output_file)
    output.emit(
        {"file": str(output_file), "claim": written.claim.value, "bytes": written.size},
        lambda: output.say(output.text("It stands in {file}.", file=str(output_file))),
    )


def _plain(watched: WatchedLog) -> dict[str, Any]:
    size, root = watched.head()
    latest = watched.latest
    return {
        "origin": watched.origin,
        "party": watched.letter.party.hex(),
        "code": watched.letter.text.code,
        "size": size,
        "root": root.hex(),
        "cosigned_at": latest.at if latest else None,
        "forks": [path.stem for path in watched.forks()],
    }


def _row(output: Terminal, watched: WatchedLog) -> list[str]:
    latest = watched.latest
    return [
        output.foreign(watched.letter.text.code),
        watched.origin.split("/")[3][:12],
        str(watched.head()[0]),
        output.time(latest.at if latest else None),
        str(len(watched.forks())),
    ]
