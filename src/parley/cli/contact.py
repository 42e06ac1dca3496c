"""``parley contact``: whom to reach on the other side, and whom they reach on ours."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from parley.cli import access, contact_checking, contact_reading, drafting, examples, files, options
from parley.cli import contact_naming as naming
from parley.cli.drafting import WORDING, Wording
from parley.cli.errors import REFUSED
from parley.cli.options import Acting
from parley.cli.terminal import Terminal
from parley.domain.act import ActType
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.presentation import contact_page

if TYPE_CHECKING:
    from parley.application.contact_lines import Read
    from parley.application.desk import Desk
    from parley.domain.act import Code
    from parley.record.channel import Channel

app = App(name="contact", help="Directories of contacts, and communication checks.")


# --- nominating ----------------------------------------------------------------------------------


@app.command(help_epilogue=examples.of("contact nominate"))
def nominate(
    *,
    channel: naming.Named = None,
    office: Annotated[str | None, Parameter(help="its office, by name or number")] = None,
    level: naming.Level = None,
    deputy: Annotated[str | None, Parameter(help="the office that stands in for it")] = None,
    record: naming.Record = naming.RECORD,
    again: Annotated[str | None, Parameter(help="revoked contacts, such as 3,5-9")] = None,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft a nomination: a contact at an office of ours, or revoked ones again.

    The first nomination opens our directory. Many contacts at once come from a
    table or from vCards: parley contact import.
    """
    from parley.application.contact_lines import Line, Read

    output = Terminal(acting)
    if wording.template:
        drafting.show_template(output, ActType.CONTACT_NOMINATION, wording)
        return
    if record.name is None and again is None and wording.from_ is None:
        raise _missing("--name", "nominate")
    if record.name is not None and office is None:
        raise _missing("--office", "nominate")
    read = None
    if record.name is not None and office is not None:
        read = Read((Line(1, office, level or "", deputy or "", record.given()),), (), ())
    with access.opened(acting, output) as desk:
        _nominate(desk, output, acting, channel, read, again, level, wording)


@app.command(name="import", help_epilogue=examples.of("contact import"))
def import_(
    file: Annotated[Path, Parameter(name="FILE", help="table (CSV) or vCards; - for a stream")],
    /,
    *,
    channel: naming.Named = None,
    level: naming.Level = None,
    dry_run: Annotated[
        bool, naming.Flag, Parameter(help="say what would be drafted, and stop")
    ] = False,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> int:
    """Draft one nomination of everybody in a file.

    The first line of a table names its columns: office and name, and as wished
    level, deputy, latin, post, languages, hours, email, telephone, key,
    valid-until. Where a line is wrong, all such lines are named and nothing is
    drafted; what a vCard says and a record has no place for is named too.
    """
    from parley.application import contact_csv, contact_vcard
    from parley.application.contact_lines import FILE_BYTES

    output = Terminal(acting)
    data = files.read(file, FILE_BYTES)
    cards = data.lstrip(b"\xef\xbb\xbf\r\n ")[:11].upper() == b"BEGIN:VCARD"
    read = contact_vcard.read(data) if cards else contact_csv.read(data)
    if read.faults:
        output.emit(
            contact_page.plain_faults(read), lambda: contact_page.render_faults(output, read)
        )
        return REFUSED
    if dry_run:
        with access.opened(acting, output) as desk:
            where = naming.channel_of(desk, channel)
            planned = _planned(desk, acting, where, read, level, wording, output)
        output.emit(
            contact_page.plain_planned(planned, read),
            lambda: contact_page.render_planned(output, planned, read),
        )
        return 0
    with access.opened(acting, output) as desk:
        if not output.json:
            contact_page.note_left(output, read)
        _nominate(desk, output, acting, channel, read, None, level, wording)
    return 0


def _planned(
    desk: Desk,
    acting: Acting,
    channel: Channel,
    read: Read,
    level: str | None,
    wording: Wording,
    output: Terminal,
) -> Any:
    from parley.application import contact_import, contacts

    directory = contacts.first(desk, options.officer_of(acting), channel, own=True)
    known = () if directory is None else contacts.places(desk, directory)
    count = 0 if directory is None else directory.contacts.count
    language = wording.language_of_text or output.language
    return contact_import.plan(read, known, count, language, level)


def _nominate(
    desk: Desk,
    output: Terminal,
    acting: Acting,
    named: str | None,
    read: Read | None,
    again: str | None,
    level: str | None,
    wording: Wording,
) -> None:
    """Draft a nomination in our directory, which it opens where there is none."""
    from parley.application import contacts

    channel = naming.channel_of(desk, named)
    directory = contacts.first(desk, options.officer_of(acting), channel, own=True)
    values: dict[str, Any] = {}
    codes: dict[str, Code] = {}
    if read is not None:
        planned = _planned(desk, acting, channel, read, level, wording, output)
        values, codes = dict(planned.writing.values), dict(planned.writing.codes)
    elif wording.from_ is None:
        count = 0 if directory is None else directory.contacts.count
        codes = {"first": count + 1, "contacts": 0}
    if again is not None:
        codes["again"] = naming.numbers_of(again, directory)
    case = None if directory is None else directory.case_id
    _write(
        desk, output, acting, channel, ActType.CONTACT_NOMINATION, case, {}, values, codes, wording
    )


# --- acts on numbers -----------------------------------------------------------------------------


@app.command(help_epilogue=examples.of("contact accept"))
def accept(
    numbers: naming.Numbers = None,
    /,
    *,
    channel: naming.Named = None,
    remarks: str | None = None,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft the acceptance of the other side's contacts; of all that wait, if none are named."""
    given = {"remarks": remarks}
    _on_numbers(ActType.CONTACT_ACCEPTANCE, numbers, given, channel, wording, acting, ours=False)


@app.command(help_epilogue=examples.of("contact revoke"))
def revoke(
    numbers: naming.Numbers = None,
    /,
    *,
    channel: naming.Named = None,
    ours: naming.Ours = False,
    ground: naming.Ground = None,
    text: Annotated[str | None, Parameter(help="the ground in words")] = None,
    remarks: str | None = None,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft the revocation of contacts, any number of them in one act.

    It holds from when it is signed, whatever was on its way. Offices and their
    deputies survive. Only the owner nominates again.
    """
    given = {"ground": ground, "ground-text": text, "remarks": remarks}
    _on_numbers(ActType.CONTACT_REVOCATION, numbers, given, channel, wording, acting, ours=ours)


@app.command(help_epilogue=examples.of("contact suspend"))
def suspend(
    numbers: naming.Numbers = None,
    /,
    *,
    channel: naming.Named = None,
    ours: naming.Ours = False,
    ground: naming.Ground = None,
    text: Annotated[str | None, Parameter(help="the ground in words")] = None,
    remarks: str | None = None,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft the suspension of contacts, until we lift it."""
    given = {"ground": ground, "ground-text": text, "remarks": remarks}
    _on_numbers(ActType.CONTACT_SUSPENSION, numbers, given, channel, wording, acting, ours=ours)


@app.command(help_epilogue=examples.of("contact resume"))
def resume(
    numbers: naming.Numbers = None,
    /,
    *,
    channel: naming.Named = None,
    ours: naming.Ours = False,
    remarks: str | None = None,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft the end of a suspension of ours."""
    given = {"remarks": remarks}
    _on_numbers(ActType.CONTACT_RESUMPTION, numbers, given, channel, wording, acting, ours=ours)


@app.command(help_epilogue=examples.of("contact reconfirm"))
def reconfirm(
    numbers: naming.Numbers = None,
    /,
    *,
    channel: naming.Named = None,
    remarks: str | None = None,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft our yearly word that records of ours are still right."""
    given = {"remarks": remarks}
    _on_numbers(ActType.CONTACT_RECONFIRMATION, numbers, given, channel, wording, acting, ours=True)


@app.command(help_epilogue=examples.of("contact change"))
def change(
    number: Annotated[int | None, Parameter(name="NUMBER", help="the contact's")] = None,
    /,
    *,
    channel: naming.Named = None,
    changed: Annotated[str | None, Parameter(help="when it changed: a day, or a time")] = None,
    office: Annotated[int | None, Parameter(help="number of its office now")] = None,
    record: naming.Record = naming.RECORD,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft the change of a contact's record: what is not given stays as it was.

    The other side is to know within 30 days of the change. An empty text takes
    an entry out of the record.
    """
    from parley.application import contacts

    output = Terminal(acting)
    if wording.template:
        drafting.show_template(output, ActType.CONTACT_CHANGE, wording)
        return
    if number is None and wording.from_ is None:
        raise _missing("NUMBER", "change")
    if changed is None and wording.from_ is None:
        raise _missing("--changed", "change")
    with access.opened(acting, output) as desk:
        where = naming.channel_of(desk, channel)
        directory = contacts.find(desk, options.officer_of(acting), where, own=True)
        values: dict[str, Any] = {}
        codes: dict[str, Code] = {}
        if number is not None:
            known = contacts.contacts(desk, directory, ((number, number),))[0].record or {}
            whole = {**known, **record.given()}
            values = {f"contacts/{number}/{field}": v for field, v in whole.items() if v}
            codes["contacts"] = ((number, number),)
            if office is not None:
                codes["at"] = ((number, office),)
        _write(
            desk,
            output,
            acting,
            where,
            ActType.CONTACT_CHANGE,
            directory.case_id,
            {"changed-at": changed},
            values,
            codes,
            wording,
        )


def _on_numbers(
    type_: str,
    numbers: str | None,
    given: dict[str, Any],
    channel: str | None,
    wording: Wording,
    acting: Acting,
    *,
    ours: bool,
) -> None:
    """Draft an act on contacts of a directory."""
    from parley.application import contacts

    output = Terminal(acting)
    if wording.template:
        drafting.show_template(output, type_, wording)
        return
    if numbers is None and wording.from_ is None and type_ != ActType.CONTACT_ACCEPTANCE:
        raise _missing("NUMBERS", "--help")
    with access.opened(acting, output) as desk:
        where = naming.channel_of(desk, channel)
        directory = contacts.find(desk, options.officer_of(acting), where, own=ours)
        codes: dict[str, Code] = {}
        if numbers is not None:
            codes["contacts"] = naming.numbers_of(numbers, directory, type_)
        case = directory.case_id
        _write(desk, output, acting, where, type_, case, given, {}, codes, wording)


def _write(
    desk: Desk,
    output: Terminal,
    acting: Acting,
    channel: Channel,
    type_: str,
    case: bytes | None,
    given: dict[str, Any],
    values: dict[str, Any],
    codes: dict[str, Code],
    wording: Wording,
) -> None:
    """Open a draft from entries, and from what was worked out beside them."""
    from parley.application import drafts
    from parley.presentation import composing

    officer = options.officer_of(acting)
    entries = drafting.merged(wording.entries(), given)
    asking = composing.Asking(officer, channel, case, type_, output.language)
    writing = composing.compose(desk, asking, entries, digest_of=wording.digest_of)
    writing = writing._replace(
        values={**writing.values, **values}, codes={**writing.codes, **codes}
    )
    view = drafts.write(desk, officer, channel, writing)
    if wording.submit:
        view = drafting.submit(desk, output, officer, view)
    drafting.show(output, view)


# --- reading and checking ------------------------------------------------------------------------

app.command(contact_reading.contacts_list, name="list", help_epilogue=examples.of("contact list"))
app.command(contact_reading.offices, help_epilogue=examples.of("contact offices"))
app.command(contact_reading.key, help_epilogue=examples.of("contact key"))
app.command(contact_checking.check, help_epilogue=examples.of("contact check"))
app.command(contact_checking.answer, help_epilogue=examples.of("contact answer"))
app.command(contact_checking.checks, help_epilogue=examples.of("contact checks"))


def _missing(name: str, command: str) -> ParleyError:
    help_ = f"parley contact {command} --help" if command != "--help" else "parley contact --help"
    return ParleyError(Reason.ARGUMENT_MISSING, name=name, help=help_)
