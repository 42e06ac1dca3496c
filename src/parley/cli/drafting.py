"""From what an officer typed to a draft at the desk: offices, references, numbers of questions."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from cyclopts import Group, Parameter

from parley.cli import access, files, options
from parley.cli.options import Acting
from parley.cli.terminal import Terminal
from parley.kernel import limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.presentation import draft_page, manuscript, template

if TYPE_CHECKING:
    from parley.application.desk import Desk
    from parley.application.draft_keeping import DraftView
    from parley.record.channel import Channel

More = Callable[["Desk", "Channel", bytes], Mapping[str, Any]]
"""Entries that follow from a case at a desk, of which it has the number."""

FILE_BYTES: Final = 4 * limits.MIB

_HEADER_GROUP: Final = Group("Header and text", sort_key=70)


@Parameter(name="*")
@dataclass(frozen=True)
class Wording:
    """Where the text comes from, and what stands in the header of every act."""

    from_: Annotated[
        Path | None,
        Parameter(name="--from", group=_HEADER_GROUP, help="TOML file with the text"),
    ] = None
    template: Annotated[
        bool,
        Parameter(
            group=_HEADER_GROUP,
            negative="",
            show_default=False,
            help="print a TOML file to fill in, and do nothing else",
        ),
    ] = False
    submit: Annotated[
        bool,
        Parameter(
            group=_HEADER_GROUP, negative="", show_default=False, help="freeze the draft at once"
        ),
    ] = False
    language_of_text: Annotated[
        str | None,
        Parameter(group=_HEADER_GROUP, help="of the texts given; the reader's if absent"),
    ] = None
    precedence: Annotated[
        str | None, Parameter(group=_HEADER_GROUP, help="routine, priority, immediate, flash")
    ] = None
    tlp: Annotated[
        str | None, Parameter(group=_HEADER_GROUP, help="red, amber-strict, amber, green, clear")
    ] = None
    pap: Annotated[str | None, Parameter(group=_HEADER_GROUP, help="red, amber, green, clear")] = (
        None
    )
    legal_basis: Annotated[
        str | None, Parameter(group=_HEADER_GROUP, help="law invoked, such as budapest-29")
    ] = None
    from_office: Annotated[
        str | None, Parameter(group=_HEADER_GROUP, help="number, name or identifier in our letter")
    ] = None
    to_office: Annotated[
        tuple[str, ...],
        Parameter(
            group=_HEADER_GROUP, negative="", show_default=False, help="the same in their letter"
        ),
    ] = ()
    reference: Annotated[
        str | None,
        Parameter(group=_HEADER_GROUP, help="statement that it answers; the newest if absent"),
    ] = None
    registry_own: Annotated[
        str | None, Parameter(group=_HEADER_GROUP, help="number in our register")
    ] = None
    registry_peer: Annotated[
        str | None, Parameter(group=_HEADER_GROUP, help="number in their register")
    ] = None

    def entries(self) -> dict[str, Any]:
        """The entries of the file, and over them what the options give."""
        entries = {} if self.from_ is None else load(self.from_)
        given = {
            "language": self.language_of_text,
            "precedence": self.precedence,
            "tlp": self.tlp,
            "pap": self.pap,
            "legal-basis": self.legal_basis,
            "from-office": self.from_office,
            "to-offices": list(self.to_office) or None,
            "reference": self.reference,
            "registry-own": self.registry_own,
            "registry-peer": self.registry_peer,
        }
        return merged(entries, given)

    def digest_of(self, name: str) -> bytes:
        """SHA-256 of a file of evidence that the TOML file names, beside which it lies.

        :raises ParleyError: the errors of a file.
        """
        return digest_of((self.from_.parent if self.from_ is not None else Path()) / name)


@Parameter(name="*")
@dataclass(frozen=True)
class Evidence:
    """Items of evidence: described ones, and files by their name and SHA-256."""

    evidence: Annotated[
        tuple[str, ...],
        Parameter(negative="", show_default=False, help="description of an item"),
    ] = ()
    evidence_file: Annotated[
        tuple[Path, ...],
        Parameter(
            negative="", show_default=False, help="file; its name and SHA-256 go with the text"
        ),
    ] = ()

    def entries(self) -> list[dict[str, Any]]:
        """As entries of a manuscript.

        :raises ParleyError: the errors of a file.
        """
        items: list[dict[str, Any]] = [{"description": text} for text in self.evidence]
        items += [
            {"description": path.name, "sha256": digest_of(path).hex()}
            for path in self.evidence_file
        ]
        return items


WORDING: Final = Wording()
EVIDENCE: Final = Evidence()


def load(path: Path) -> dict[str, Any]:
    """The entries in a TOML file.

    :raises ParleyError: the errors of a file; ``text-not-utf8``, ``manuscript-invalid``.
    """
    return manuscript.parse(files.read(path, FILE_BYTES))


def digest_of(path: Path) -> bytes:
    """SHA-256 of a file of evidence, which stays where it is.

    :raises ParleyError: ``file-missing``, ``file-unreadable``.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except FileNotFoundError as error:
        raise ParleyError(Reason.FILE_MISSING, path=str(path)) from error
    except OSError as error:
        raise ParleyError(
            Reason.FILE_UNREADABLE, path=str(path), fact=type(error).__name__
        ) from error


def merged(entries: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """``entries`` with what ``given`` has in their place; None and empty lists give nothing."""
    return {**entries, **{name: value for name, value in given.items() if value not in (None, [])}}


def show_template(
    output: Terminal, type_: str, wording: Wording, asked: tuple[template.Asked, ...] = ()
) -> None:
    """Print a file to fill in."""
    language = wording.language_of_text or output.language
    text = template.blank(type_, language, asked)
    if output.json:
        output.data({"type": type_, "template": text})
    else:
        output.raw(text)


def write(
    acting: Acting,
    type_: str,
    wording: Wording,
    given: Mapping[str, Any],
    *,
    case: str | None = None,
    channel: str | None = None,
    more: More | None = None,
) -> None:
    """Open a draft and say what it still needs; with ``--submit`` freeze it too.

    ``more`` gives entries that follow from the case, once the desk is open.

    :raises ParleyError: ``officer-not-named``; what a manuscript, the rules of the type and those
        of the house raise.
    """
    from parley.application import cases, channels, drafts
    from parley.presentation import composing

    output = Terminal(acting)
    officer = options.officer_of(acting)
    entries = merged(wording.entries(), given)
    _check_type(entries, type_)
    with access.opened(acting, output) as desk:
        if case is not None:
            where, identifier = cases.find(desk, officer, case)
        else:
            where, identifier = channels.find(desk, channel or _named(entries)), None
        if more is not None and identifier is not None:
            entries = merged(entries, more(desk, where, identifier))
        writing = composing.compose(
            desk,
            composing.Asking(officer, where, identifier, type_, output.language),
            entries,
            digest_of=wording.digest_of,
        )
        view = drafts.write(desk, officer, where, writing)
        if wording.submit:
            view = submit(desk, output, officer, view)
    show(output, view)


def opening(
    acting: Acting,
    type_: str,
    wording: Wording,
    given: Mapping[str, Any],
    *,
    channel: str | None = None,
    case: str | None = None,
) -> None:
    """Draft an act that opens a case, or comes in the one that is named; or print a template."""
    if wording.template:
        show_template(Terminal(acting), type_, wording)
    else:
        write(acting, type_, wording, given, channel=channel, case=case)


def in_case(
    acting: Acting,
    type_: str,
    wording: Wording,
    given: Mapping[str, Any],
    case: str | None,
    more: More | None = None,
) -> None:
    """Draft an act in a case, or print a file to fill in.

    :raises ParleyError: ``argument-missing`` where no case is named.
    """
    if wording.template:
        show_template(Terminal(acting), type_, wording)
        return
    if case is None:
        raise ParleyError(Reason.ARGUMENT_MISSING, name="CASE", help="parley case list")
    write(acting, type_, wording, given, case=case, more=more)


def submit(desk: Desk, output: Terminal, officer: str, view: DraftView) -> DraftView:
    """Freeze a draft that was just written; where that is refused, say that it was kept."""
    from parley.application import drafts

    try:
        return drafts.submit(desk, officer, view.id, view.revision)
    except ParleyError:
        if not output.json:
            output.note(output.text("The draft {draft} was kept.", draft=view.id.hex()))
        raise


def show(output: Terminal, view: DraftView) -> None:
    """Print a draft after a step, without its text."""
    output.emit(draft_page.plain(view), lambda: draft_page.render(output, view, whole=False))


def _check_type(entries: Mapping[str, Any], type_: str) -> None:
    if entries.get("type", type_) != type_:
        raise ParleyError(Reason.MANUSCRIPT_ENTRY_INVALID, place="type")


def _named(entries: Mapping[str, Any]) -> str | None:
    name = entries.get("channel")
    return name if isinstance(name, str) and name else None
