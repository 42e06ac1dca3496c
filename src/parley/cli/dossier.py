"""``parley dossier``: what a desk hands to others, and what others make of it without a desk."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from parley.cli import access, errors, examples, files, options
from parley.cli import transcript as transcripts
from parley.cli.options import Acting, Reader
from parley.cli.progress import Bar
from parley.cli.terminal import Terminal
from parley.kernel import limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.presentation import acts, dossier_page, foreign

if TYPE_CHECKING:
    from parley.application.desk import Desk
    from parley.record.channel import Channel
    from parley.record.dossier.export import Exported
    from parley.record.dossier.verify import Shown

Subject = Annotated[
    str, Parameter(name="CASE|CHANNEL", help="start of a case's number, or a channel by its name")
]
OutputFile = Annotated[
    Path | None, Parameter(name=["--output", "-o"], help="new file; named by itself if absent")
]
Refresh = Annotated[
    bool,
    Parameter(
        negative="", show_default=False, help="first contact the other desk for newest proofs"
    ),
]
Withheld = Annotated[
    tuple[str, ...],
    Parameter(
        negative="",
        show_default=False,
        help="fields to leave out, in all statements or in one: 'facts,7be0a1:remarks'",
    ),
]
WithheldFrom = Annotated[Path | None, Parameter(help="file that lists such fields, one to a line")]
Unconfirmed = Annotated[
    bool,
    Parameter(
        negative="",
        show_default=False,
        help="also what never left, though the other desk has not answered since the start",
    ),
]

app = App(name="dossier", help="Dossiers: what anybody verifies without a desk.")


@app.command(help_epilogue=examples.of("dossier export"))
def export(
    subject: Subject,
    /,
    *,
    output_file: OutputFile = None,
    refresh: Refresh = False,
    withhold: Withheld = (),
    withhold_from: WithheldFrom = None,
    unconfirmed: Unconfirmed = False,
    acting: Acting = options.ACTING,
) -> None:
    """Write a dossier of one case, or of a whole channel, into one file.

    Anybody verifies it offline: who said what to whom, in which order, received
    when, complete, and how far both records agree. Fields that are withheld
    leave a mark, and the rest still verifies. Header codes (types, grounds,
    counts, dates) are signed as they are and cannot be withheld.
    """
    from parley.application import dossiers

    output = Terminal(acting)
    officer = options.officer_of(acting)
    if output_file is not None:
        files.check_new(output_file)
    fields = _fields(withhold, withhold_from)
    with access.opened(acting, output) as desk:
        channel, case = _subject(desk, officer, subject)
        path = output_file or _path(channel, case)
        files.check_new(path)
        if refresh:
            _refresh(desk, channel, output)
        with Bar(output.text("Writing"), None) as bar, files.writing(path):
            exported = dossiers.export(
                desk,
                officer,
                channel,
                path,
                case=case,
                withhold=fields,
                unconfirmed=unconfirmed,
                progress=bar.reach,
            )
    plain: dict[str, Any] = {
        "file": str(path),
        "channel": channel.id.hex(),
        "case": case.hex() if case else None,
        "statements": exported.statements,
        "items": exported.items,
        "bytes": exported.size,
        "digest": exported.digest.hex(),
        "withheld": exported.withheld,
        "withheld_of": exported.of_statements,
        "shown_elsewhere": exported.elsewhere,
    }

    output.emit(plain, lambda: _render_export(output, exported, path))


def _fields(withhold: tuple[str, ...], file: Path | None) -> list[str]:
    """The fields to leave out, from options and a file.

    :raises ParleyError: ``withhold-malformed``; the errors of a file.
    """
    from parley.record.dossier import withholding

    fields = [one for given in withhold for one in given.split(",") if one]
    return fields if file is None else fields + withholding.listed(files.read(file, limits.MIB))


def _render_withheld(output: Terminal, exported: Exported) -> None:
    if not exported.withheld:
        return
    output.say(
        output.plural(
            "{n} field is withheld; statements: {statements}.",
            "{n} fields are withheld; statements: {statements}.",
            exported.withheld,
            statements=exported.of_statements,
        )
    )
    if exported.elsewhere:
        output.say(
            output.plural(
                "{n} text among them stands in another field that is shown: look again.",
                "{n} texts among them stand in other fields that are shown: look again.",
                exported.elsewhere,
            ),
            style="bold",
        )


def _render_export(output: Terminal, exported: Exported, path: Path) -> None:
    output.say(
        output.plural(
            "The dossier {file} holds {n} statement.",
            "The dossier {file} holds {n} statements.",
            exported.statements,
            file=str(path),
        )
    )
    _render_withheld(output, exported)
    output.say(output.text("To verify it, no desk is needed:"))
    output.say(foreign.bare(f"parley dossier verify {shlex.quote(str(path))}"), indent=4)


@app.command(help_epilogue=examples.of("dossier verify"))
def verify(
    file: Annotated[Path, Parameter(name="FILE", help="a dossier, or evidence")],
    /,
    *,
    pin: Annotated[
        tuple[str, ...],
        Parameter(
            negative="",
            show_default=False,
            help="fingerprint of a party, known by another way: words or digits",
        ),
    ] = (),
    place: Annotated[
        str | None,
        Parameter(help="what the QR code on a paper says: does that statement stand here?"),
    ] = None,
    transcript: Annotated[
        bool, Parameter(negative="", show_default=False, help="and read every statement")
    ] = False,
    reader: Reader = options.READER,
) -> int:
    """Verify a dossier or evidence, with no desk, network or configuration.

    Says what it proves and what it does not. Without --pin, it proves only that
    the keys in it fit each other. With --place it also says whether the statement
    of a paper stands in it. The exit code is 3 where any of this does not hold.
    """
    from parley.crypto import words
    from parley.record.dossier import place as places
    from parley.record.dossier import verify as verifier
    from parley.record.evidence import verify as evidence

    output = Terminal(reader)
    sought = places.Sought(places.parse(place)) if place is not None else None
    named = [words.parse(text) for text in pin]
    if not file.is_file():
        raise ParleyError(Reason.FILE_MISSING, path=str(file))
    if sought is None:
        with file.open("rb") as stream:
            is_evidence = evidence.recognise(stream)
        if is_evidence:
            return _verify_evidence(output, file, named)
    with transcripts.Transcript(output) as kept, Bar(output.text("Verifying"), None) as bar:

        def on_statement(shown: Shown) -> None:
            if sought is not None:
                sought.look(shown)
            if transcript:
                kept.add(shown)

        try:
            report = verifier.verify(
                file,
                pins=transcripts.pins(file, named),
                progress=bar.reach,
                on_statement=on_statement if transcript or sought is not None else None,
            )
            if sought is not None:
                sought.settle()
        except ParleyError as error:
            errors.show(error, output)
            return errors.UNVERIFIED

        def render() -> None:
            dossier_page.render(output, report, sought)
            if transcript:
                kept.show()

        output.emit(dossier_page.plain(report, kept.values if transcript else None, sought), render)
    return errors.DONE


def _verify_evidence(output: Terminal, file: Path, named: list[bytes]) -> int:
    """Say who is convicted of what, or refuse the file."""
    from parley.presentation import evidence_page
    from parley.record.evidence import verify as evidence

    try:
        with file.open("rb") as stream:
            pins = evidence.whole_pins(stream, named)
        report = evidence.verify(file, pins=pins)
    except ParleyError as error:
        errors.show(error, output)
        return errors.UNVERIFIED
    output.emit(evidence_page.plain(report), lambda: evidence_page.render(output, report))
    return errors.DONE


def _subject(desk: Desk, officer: str, name: str) -> tuple[Channel, bytes | None]:
    """The channel called ``name``, or the case whose number starts with it.

    :raises ParleyError: ``case-unknown`` where it is neither, ``case-ambiguous``,
        ``channel-ambiguous``.
    """
    from parley.application import cases, channels

    try:
        return channels.find(desk, name), None
    except ParleyError as error:
        if error.reason is not Reason.CHANNEL_UNKNOWN:
            raise
    return cases.find(desk, officer, name)


def _path(channel: Channel, case: bytes | None) -> Path:
    """A name for the file, of case or channel; no label can lead out of this folder."""
    if case is not None:
        return Path(f"{acts.short(case)}.dossier")
    label = re.sub(r"[^A-Za-z0-9]+", "-", channel.label).strip("-") or acts.short(channel.id)
    return Path(f"{label}-{channel.peer.text.code}.dossier")


def _refresh(desk: Desk, channel: Channel, output: Terminal) -> None:
    """One contact now; where it fails, the dossier has what the record holds."""
    import time

    from parley.application import channels
    from parley.wire.courier import Courier

    courier = Courier(desk, _Unmetered(), lambda: time.time_ns() // 1_000_000)
    try:
        courier.deliver(channel.id, channel.peer.text.endpoints, urgent=True)
    finally:
        courier.close()
    standing = next(one for one in channels.standings(desk) if one.channel.id == channel.id)
    if standing.last_reason is not None and not output.json:
        output.note(
            output.text(
                "The contact failed, and the dossier has the proofs held so far: {why}",
                why=acts.said(output, standing.last_reason),
            )
        )


class _Unmetered:
    """Takes no count: a command is no service to be watched."""

    def attempt(self, outcome: str) -> None:
        """Take no notice."""
