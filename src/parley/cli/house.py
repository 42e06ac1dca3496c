"""``parley house``: the desk's own record of what its officers did, and proofs from it."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated, Any, Final

from cyclopts import App, Parameter

from parley.cli import access, errors, examples, files, options
from parley.cli.options import Acting, Reader
from parley.cli.terminal import Terminal
from parley.domain.housekeeping import HouseAct
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.presentation import foreign, house_page

NEWEST: Final = 50
"""How many entries are shown where nothing else is asked for."""

app = App(
    name="house",
    help="What the officers did inside the house, and proofs of it.",
    help_epilogue="What is kept: " + ", ".join(act.value for act in HouseAct) + ".",
)


@app.command(help_epilogue=examples.of("house log"))
def log(
    *,
    by: Annotated[str | None, Parameter(help="only what this officer did")] = None,
    act: Annotated[str | None, Parameter(help="only this, such as draft-cleared")] = None,
    case: Annotated[str | None, Parameter(help="only in this case: its whole number")] = None,
    draft: Annotated[str | None, Parameter(help="only this draft: its whole number")] = None,
    last: Annotated[int, Parameter(help="so many of the newest; 0: all")] = NEWEST,
    acting: Acting = options.ACTING,
) -> None:
    """Show the house record: who did what, when, in which roles.

    It is for the auditor. It names officers, identifiers and hashes, and no text
    of any statement or draft. That it was read stands in it as well.
    """
    from parley.application import house_record
    from parley.kernel import ids
    from parley.store.house_log import Sought

    output = Terminal(acting)
    officer = options.officer_of(acting)
    sought = Sought(
        officer=by,
        act=act,
        case=None if case is None else ids.parse_hex(case, 16),
        draft=None if draft is None else ids.parse_hex(draft, 8),
    )
    with access.opened(acting, output) as desk:
        page = house_record.read(desk, officer, sought, max(0, last))
    plain = {
        "size": page.size,
        "generation": page.generation,
        "entries": [house_page.plain(one.position, one.leaf, one.entry) for one in page.entries],
    }

    def render() -> None:
        output.title(
            output.plural(
                "The house record has {n} entry.", "The house record has {n} entries.", page.size
            )
        )
        house_page.table(output, [(one.position, one.leaf, one.entry) for one in page.entries])

    output.emit(plain, render)


@app.command(help_epilogue=examples.of("house prove"))
def prove(
    *entry: Annotated[str, Parameter(name="ENTRY", help="its place, or the start of its number")],
    output_file: Annotated[
        Path | None, Parameter(name=["--output", "-o"], help="new file; house.proof if absent")
    ] = None,
    acting: Acting = options.ACTING,
) -> None:
    """Write entries, or the whole house record, into a file that anybody verifies.

    Each entry is proved to stand in the record, whose head the desk's key signs.
    The names of officers are in it: see who it is for before it is handed over.
    """
    from parley.application import house_record

    output = Terminal(acting)
    officer = options.officer_of(acting)
    path = output_file or Path("house.proof")
    files.check_new(path)
    with access.opened(acting, output) as desk, files.writing(path):
        written = house_record.prove(desk, officer, path, entry)
    plain: dict[str, Any] = {"file": str(path), **written._asdict()}

    def render() -> None:
        output.say(
            output.plural(
                "{file} proves {n} entry of the house record.",
                "{file} proves {n} entries of the house record.",
                written.entries,
                file=str(path),
            )
        )
        output.say(output.text("To verify it, no desk is needed:"))
        output.say(foreign.bare(f"parley house verify {shlex.quote(str(path))}"), indent=4)

    output.emit(plain, render)


@app.command(help_epilogue=examples.of("house verify"))
def verify(
    file: Annotated[Path, Parameter(name="FILE", help="written by parley house prove")],
    /,
    *,
    pin: Annotated[
        tuple[str, ...],
        Parameter(
            negative="",
            show_default=False,
            help="fingerprint of the party, known by another way: words or digits",
        ),
    ] = (),
    reader: Reader = options.READER,
) -> int:
    """Verify entries of a party's house record, with no desk, network or configuration.

    Says what it proves and what it does not. The exit code is 3 where it does
    not hold.
    """
    from parley.crypto import words
    from parley.record.house import verify as verifier

    output = Terminal(reader)
    named = [words.parse(text) for text in pin]
    if not file.is_file():
        raise ParleyError(Reason.FILE_MISSING, path=str(file))
    try:
        report = verifier.verify(file, pins=named)
    except ParleyError as error:
        errors.show(error, output)
        return errors.UNVERIFIED
    output.emit(house_page.plain_report(report), lambda: house_page.render(output, report))
    return errors.DONE
