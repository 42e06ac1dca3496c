"""``parley attachment``: files that go with statements, and how far each has come."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from parley.cli import access, errors, examples, files, options
from parley.cli.options import Acting, Reader
from parley.cli.progress import Bar
from parley.cli.terminal import Terminal
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.presentation import acts, attachment_page, foreign

if TYPE_CHECKING:
    from typing import BinaryIO

    from parley.record.capsule import Header

app = App(name="attachment", help="Files that go with statements, and how far each has come.")

_STATEMENT = Parameter(name="STATEMENT", help="start of its number: 6 digits or more")
_NUMBER = Parameter(name="NUMBER", help="which of its attachments")


@app.command(name="list", help_epilogue=examples.of("attachment list"))
def list_(
    case: Annotated[
        str | None, Parameter(name="CASE", help="start of its number; all cases if absent")
    ] = None,
    /,
    *,
    acting: Acting = options.ACTING,
) -> None:
    """List attachments, and how far each has come at the side that is to have it.

    Of those that we attached this is the other side's word. One that was refused
    says why: too large, or more than a channel may have.
    """
    from parley.application import attachments, cases

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        channel, identifier = (None, None) if case is None else cases.find(desk, officer, case)
        found = attachments.every(desk, officer, channel, identifier)

    def render() -> None:
        if not found:
            output.say(output.text("There is no attachment."))
            return
        attachment_page.table(output, found)

    output.emit({"attachments": [attachment_page.plain(one) for one in found]}, render)


@app.command(help_epilogue=examples.of("attachment add"))
def add(
    draft: Annotated[str, Parameter(name="DRAFT", help="start of its number")],
    file: Annotated[Path, Parameter(name="FILE", help="the file")],
    /,
    *,
    name: Annotated[
        str | None, Parameter(help="what the other side sees; the file's own name if absent")
    ] = None,
    hazard: Annotated[
        str,
        Parameter(help="none-known, suspected or malware: what may be inside"),
    ] = "none-known",
    description: Annotated[
        str | None, Parameter(help="one line, in the language of the output")
    ] = None,
    acting: Acting = options.ACTING,
) -> None:
    """Attach a file to a draft: it is cut, sealed and kept by this desk at once.

    The draft has its root and size, which officers clear and authorise with the
    text. The bytes leave when the statement does, apart from it. Parley never
    opens, renders or previews what is inside.
    """
    from parley.application import attaching, draft_keeping
    from parley.application.attaching import Label
    from parley.domain.types.common import HAZARDS

    output = Terminal(acting)
    officer = options.officer_of(acting)
    if hazard not in HAZARDS:
        raise ParleyError(
            Reason.ARGUMENT_INVALID, value=hazard, name="--hazard", choices=", ".join(HAZARDS)
        )
    label = Label(
        file.name if name is None else name,
        hazard,
        {} if description is None else {output.language: description},
    )
    with access.opened(acting, output) as desk, _opened(file) as source:
        view = draft_keeping.find(desk, officer, draft)
        with Bar(output.text("sealing"), None) as bar:
            view, number = attaching.attach(desk, officer, view.id, source, label, bar.reach)
    value = {
        "draft": view.id.hex(),
        "revision": view.revision,
        "number": number,
        "name": label.name,
        "hazard": hazard,
    }

    def render() -> None:
        output.say(
            output.text(
                "Attachment {number} of draft {draft} is {name}.",
                number=number,
                draft=acts.short(view.id),
                name=label.name,
            )
        )
        output.next_steps(f"parley draft submit {acts.short(view.id)} --officer NAME")

    output.emit(value, render)


@app.command(help_epilogue=examples.of("attachment get"))
def get(
    statement: Annotated[str, _STATEMENT],
    number: Annotated[int, _NUMBER] = 1,
    /,
    *,
    output_file: Annotated[
        Path, Parameter(name=["--output", "-o"], help="folder that exists, or one new file")
    ] = Path(),
    capsule: Annotated[
        bool,
        Parameter(negative="", show_default=False, help="sealed, with all that proves it"),
    ] = False,
    acting: Acting = options.ACTING,
) -> None:
    """Take an attachment out of the desk, under a name that starts no program.

    What its author calls malware leaves in a capsule alone: a sealed file that
    nothing opens by mistake, and parley attachment unpack does. A capsule also
    proves offline, with the dossier, which bytes the statement was about.
    The house record keeps who took out what.
    """
    from parley.application import attachments, taking_out
    from parley.domain.types.common import MALWARE

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        view = attachments.find(desk, officer, statement, number)
        sealed = capsule or view.hazard == MALWARE
        with Bar(output.text("writing"), view.size) as bar:
            made = taking_out.take_out(
                desk, officer, view, output_file, as_capsule=sealed, progress=bar.reach
            )
    value = {
        "file": str(made.path),
        "capsule": made.is_capsule,
        **attachment_page.plain(view),
    }

    def render() -> None:
        output.say(output.text("The attachment stands in {file}.", file=str(made.path)))
        if made.is_capsule:
            output.say(output.text("To have its bytes, on a machine that may be lost:"))
            line = f"parley attachment unpack {shlex.quote(str(made.path))}"
            output.say(foreign.bare(line), indent=4)

    output.emit(value, render)


@app.command(help_epilogue=examples.of("attachment unpack"))
def unpack(
    capsule: Annotated[Path, Parameter(name="CAPSULE", help="file that attachment get wrote")],
    /,
    *,
    output_file: Annotated[
        Path | None, Parameter(name=["--output", "-o"], help="new file; named by itself if absent")
    ] = None,
    reader: Reader = options.READER,
) -> None:
    """Write the bytes of a capsule into a file, once all of them were checked.

    No desk is needed. The name ends so that no program is started by it.
    """
    from parley.record import capsule as capsules
    from parley.store.files import written

    output = Terminal(reader)
    ending = attachment_page.QUARANTINED
    path = output_file or capsule.with_name(capsule.name.removesuffix(capsules.SUFFIX) + ending)
    path = path if path.name.endswith(ending) else path.with_name(path.name + ending)
    files.check_new(path)
    with capsules.at(capsule) as source:
        header = capsules.read_header(source)
        done = 0
        with (
            files.writing(path),
            written(path, new=True) as file,
            Bar(output.text("writing"), header.size) as bar,
        ):
            for chunk in capsules.opened(source, header):
                file.write(chunk)
                done += len(chunk)
                bar.reach(done)
    value = {"file": str(path), "size": header.size, "root": header.root.hex()}
    output.emit(
        value, lambda: output.say(output.text("The bytes stand in {file}.", file=str(path)))
    )


@app.command(help_epilogue=examples.of("attachment verify"))
def verify(
    capsules: Annotated[
        list[Path], Parameter(name="CAPSULE", help="files that attachment get wrote")
    ],
    /,
    *,
    dossier: Annotated[
        Path | None, Parameter(help="dossier with the statements that they belong to")
    ] = None,
    reader: Reader = options.READER,
) -> int:
    """Check capsules against their roots, and against the statements in a dossier.

    No desk is needed. With a dossier, which is verified first, each capsule must
    belong to one of its statements.
    """
    output = Terminal(reader)
    try:
        found = _verified(output, capsules, dossier)
    except ParleyError as error:
        errors.show(error, output)
        return errors.UNVERIFIED
    value = {
        "capsules": [
            {
                "file": str(path),
                "root": header.root.hex(),
                "size": header.size,
                "statements": list(statements),
            }
            for path, header, statements in found
        ]
    }

    def render() -> None:
        for path, header, statements in found:
            output.say(
                output.text("{file} is whole: {size} bytes.", file=str(path), size=header.size)
            )
            for leaf in statements:
                output.say(
                    output.text(
                        "It is what statement {statement} commits to.",
                        statement=acts.short(bytes.fromhex(leaf)),
                    ),
                    indent=4,
                )

    output.emit(value, render)
    return errors.DONE


def _verified(
    output: Terminal, capsules: Sequence[Path], dossier: Path | None
) -> list[tuple[Path, Header, Sequence[str]]]:
    """Each capsule with its header and the statements of the dossier that it belongs to.

    :raises ParleyError: the errors of a capsule and of a dossier; ``capsule-foreign``.
    """
    from parley.record import capsule as sealed

    known = None if dossier is None else attachment_page.in_dossier(dossier)
    found: list[tuple[Path, Header, Sequence[str]]] = []
    for path in capsules:
        with sealed.at(path) as file, Bar(output.text("verifying"), path.stat().st_size) as bar:
            header = sealed.verify(file, bar.reach)
        statements = [] if known is None else known.get(header.commitment, [])
        if known is not None and not statements:
            raise ParleyError(Reason.CAPSULE_FOREIGN, path=str(path))
        found.append((path, header, statements))
    return found


def _opened(path: Path) -> BinaryIO:
    """A regular file to read from; it is nothing else, and is not waited for.

    :raises ParleyError: ``file-missing``, ``file-unreadable``.
    """
    if not path.is_file():
        raise ParleyError(Reason.FILE_MISSING, path=str(path))
    try:
        return path.open("rb")
    except OSError as error:
        raise ParleyError(
            Reason.FILE_UNREADABLE, path=str(path), fact=type(error).__name__
        ) from error
