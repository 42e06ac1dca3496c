"""``parley letter``: our letter of credence out, other parties' letters in."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from parley.cli import access, examples, files, options
from parley.cli.options import Opening, Reader
from parley.cli.terminal import Terminal
from parley.kernel import limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.presentation import times, views

if TYPE_CHECKING:
    from parley.record.channel import Channel
    from parley.record.letter import Letter

FIRST_WORDS = 2
"""How many words from the start, and then the last one, are typed to accept at a terminal."""

FileArgument = Annotated[
    Path,
    Parameter(name="FILE", allow_leading_hyphen=True, help="the letter; - is standard input"),
]

app = App(name="letter", help="Letters of credence: ours out, theirs in.")


@app.command(help_epilogue=examples.of("letter export"))
def export(
    file: Annotated[
        Path | None,
        Parameter(
            name="FILE",
            allow_leading_hyphen=True,
            help="new file; CODE.letter if absent, - for output",
        ),
    ] = None,
    /,
    *,
    opening: Opening = options.OPENING,
) -> None:
    """Write our letter to a file, to be sent to another party by any way.

    The letter is no secret. What makes it ours is its fingerprint, which the
    other party compares with us by telephone or in person.
    """
    output = Terminal(opening)
    with access.opened(opening, output) as desk:
        letter = desk.letter
    path = file or Path(f"{letter.text.code}.letter")
    files.write_new(path, letter.data)
    if path == files.STREAM:
        return
    output.emit(
        {"file": str(path), "letter": views.letter(letter)},
        lambda: _render_export(output, path, letter),
    )


@app.command(help_epilogue=examples.of("letter show"))
def show(file: FileArgument, /, *, reader: Reader = options.READER) -> None:
    """Show what a letter says, with its fingerprint. No desk is needed."""
    from parley.application import channels

    output = Terminal(reader)
    letter = channels.inspect(files.read(file, limits.LETTER_BYTES))
    output.emit(views.letter(letter), lambda: _render(output, letter))


@app.command(help_epilogue=examples.of("letter accept"))
def accept(
    file: FileArgument,
    /,
    *,
    fingerprint: Annotated[
        str | None, Parameter(help="as the other party reads it out: ten words, or hexadecimal")
    ] = None,
    label: Annotated[
        str, Parameter(help="name of the channel; both parties must give the same")
    ] = "standing",
    limit: Annotated[
        str | None,
        Parameter(help="time until what was sent counts as not delivered; 3d if absent"),
    ] = None,
    opening: Opening = options.OPENING,
) -> None:
    """Accept another party's letter and open the channel with it.

    Compare the fingerprint by telephone or in person first: whoever accepts a
    letter unseen may be speaking with somebody else. Without --fingerprint,
    the letter is shown and parts of the fingerprint are asked for.

    Of both parties' limits the shorter one holds. Where only pouches go, it has
    to be longer than they take there and back.
    """
    from parley.application import channels
    from parley.record import standing

    output = Terminal(opening)
    seconds = standing.TRANSMISSION_LIMIT_SECONDS if limit is None else times.duration(limit)
    data = files.read(file, limits.LETTER_BYTES)
    if fingerprint is None:
        fingerprint = _compared(output, channels.inspect(data))
    with access.opened(opening, output) as desk:
        channel = channels.accept(desk, data, fingerprint, label=label, transmission_limit=seconds)
    output.emit(views.channel(channel), lambda: _render_accept(output, channel))


def _compared(output: Terminal, letter: Letter) -> str:
    """The fingerprint, once a person has shown that they compared it.

    :raises ParleyError: ``fingerprint-not-given`` where nobody can be asked,
        ``fingerprint-mismatch``.
    """
    from parley.crypto import words

    if output.json or not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise ParleyError(Reason.FINGERPRINT_NOT_GIVEN)
    _render(output, letter)
    output.say()
    output.say(
        output.text(
            "Call the other party on a number that you know already, and let them read their "
            "ten words to you. Accept nothing that differs in a single letter."
        )
    )
    spoken = words.words(letter.party).split("-")
    wanted = [*spoken[:FIRST_WORDS], spoken[-1]]
    output.note(output.text("The first two words and the last one, as they read them:"))
    typed = input("> ").lower().replace("-", " ").split()
    if typed not in (wanted, spoken):
        raise ParleyError(Reason.FINGERPRINT_MISMATCH)
    return words.words(letter.party)


def _render(output: Terminal, letter: Letter) -> None:
    from parley.crypto import words

    content = letter.text
    output.title(
        output.text(
            "Letter of credence of {party} ({code})",
            party=letter.name(output.language),
            code=content.code,
        )
    )
    if content.demonstration:
        output.say(output.demonstration(), style="bold")
    rows = [
        (output.text("Fingerprint, words"), words.words(letter.party)),
        (output.text("Fingerprint, digits"), words.grouped_hex(letter.party)),
    ]
    rows += [
        (output.text("Name ({language})", language=language), output.foreign(name))
        for language, name in content.names.items()
    ]
    for number, office in enumerate(content.offices, 1):
        first = letter.office_name(office.id, output.language)
        every = dict.fromkeys([first, *office.names.values()])
        names = " / ".join(output.foreign(name) for name in every)
        rows.append((output.text("Office {number}", number=number), f"{names} ({office.id.hex()})"))
    rows += [(output.text("Address"), output.foreign(url)) for url in content.endpoints]
    if not content.endpoints:
        rows.append((output.text("Address"), output.text("none: it calls, and cannot be called")))
    rows.append((output.text("Issued"), output.time(content.issued_at)))
    if content.expires_at is not None:
        rows.append((output.text("Valid until"), output.time(content.expires_at)))
    output.facts(rows)


def _render_export(output: Terminal, path: Path, letter: Letter) -> None:
    from parley.crypto import words

    output.say(output.text("The letter stands in {file}.", file=str(path)))
    output.say(output.text("Send it by any way, and read its fingerprint out by telephone:"))
    output.say(words.words(letter.party), indent=4)


def _render_accept(output: Terminal, channel: Channel) -> None:
    from parley.crypto import words

    peer = channel.peer
    output.title(
        output.text(
            "The channel {label} with {party} ({code}) is open.",
            label=channel.label,
            party=peer.name(output.language),
            code=peer.text.code,
        )
    )
    if channel.demonstration:
        output.say(output.demonstration(), style="bold")
    output.say(
        output.text("They have to accept our letter too. Our fingerprint, to be read to them:")
    )
    output.say(words.words(channel.own.party), indent=4)
    reached = channel.own.text.endpoints or channel.peer.text.endpoints
    carry = "parley serve" if reached else f"parley pouch pack {peer.text.code} --to DIR"
    output.next_steps(carry, "parley status", "parley inquiry ask --template > inquiry.toml")
