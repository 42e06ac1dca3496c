"""``parley paper``: statements, cases and dossiers for people who read print."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import App, Parameter

from parley.cli import access, errors, examples, files, options
from parley.cli.case import CaseArgument
from parley.cli.options import Acting, Reader
from parley.cli.progress import Bar
from parley.cli.terminal import Terminal
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.presentation import acts

if TYPE_CHECKING:
    from parley.application.cases import CaseView
    from parley.application.papers import StatementView
    from parley.paper.model import Paper
    from parley.presentation.sheet import Sheet
    from parley.record.dossier.verify import Shown

Format = Annotated[
    Literal["pdf", "html"] | None,
    Parameter(
        name="--format",
        help="pdf, or html: a page for a browser; else as the file's name ends",
    ),
]
Target = Annotated[
    Path | None,
    Parameter(
        name=["--output", "-o"],
        allow_leading_hyphen=True,
        help="new file; named by itself if absent; - for output",
    ),
]

app = App(name="paper", help="Papers: a statement, a case or a dossier, to be printed.")


@app.command(help_epilogue=examples.of("paper statement"))
def statement(
    statement: Annotated[
        str, Parameter(name="STATEMENT", help="start of its number: 6 digits or more")
    ],
    /,
    *,
    output_file: Target = None,
    format_: Format = None,
    acting: Acting = options.ACTING,
) -> None:
    """Make a paper of one statement: a formal note, with a QR code of its place.

    Its texts stand in their own languages, all else in the language of --language.
    The officer counts as the one who opened it, and the house record keeps who had
    it made. A paper proves nothing by itself: it says how to verify it.
    """
    from parley.application import papers
    from parley.presentation import paper_page

    output, kind = Terminal(acting), _kind(output_file, format_)
    officer = options.officer_of(acting)
    path = _path(output_file, _name(statement), kind)

    def make(view: StatementView) -> bytes:
        sheet = _sheet(output, acting)
        return _press(output, paper_page.statement(sheet, view), kind)

    with access.opened(acting, output) as desk:
        made = papers.statement(desk, officer, statement, make)
    _deliver(output, path, made, kind)


@app.command(help_epilogue=examples.of("paper case"))
def case(
    case: CaseArgument,
    /,
    *,
    output_file: Target = None,
    format_: Format = None,
    acting: Acting = options.ACTING,
) -> None:
    """Make a paper of a case: what it amounts to, and every statement of both sides.

    What each statement amounts to and how far it was delivered stand apart. All of
    its statements count as opened by the officer.
    """
    from parley.application import cases, papers
    from parley.presentation import paper_page

    output, kind = Terminal(acting), _kind(output_file, format_)
    officer = options.officer_of(acting)

    def make(view: CaseView) -> bytes:
        sheet = _sheet(output, acting)
        return _press(output, paper_page.case(sheet, view), kind)

    with access.opened(acting, output) as desk:
        channel, identifier = cases.find(desk, officer, case)
        path = _path(output_file, acts.short(identifier), kind)
        made = papers.case(desk, officer, channel, identifier, make)
    _deliver(output, path, made, kind)


@app.command(help_epilogue=examples.of("paper dossier"))
def dossier(
    file: Annotated[Path, Parameter(name="FILE", help="a dossier")],
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
    output_file: Target = None,
    format_: Format = None,
    reader: Reader = options.READER,
) -> int:
    """Make a paper of a dossier, with no desk: what it proves, what not, every statement.

    It is verified first; where it does not hold there is no paper, and the exit
    code is 3.
    """
    from parley.cli import transcript
    from parley.crypto import words
    from parley.presentation import paper_page
    from parley.record.dossier import verify as verifier

    output, kind = Terminal(reader), _kind(output_file, format_)
    named = [words.parse(text) for text in pin]
    if not file.is_file():
        raise ParleyError(Reason.FILE_MISSING, path=str(file))
    path = _path(output_file, file.stem, kind)
    kept = _Bounded()
    with Bar(output.text("Verifying"), None) as bar:
        try:
            report = verifier.verify(
                file,
                pins=transcript.pins(file, named),
                progress=bar.reach,
                on_statement=kept.add,
            )
        except ParleyError as error:
            errors.show(error, output)
            return errors.UNVERIFIED
    kept.check()
    sheet = _sheet(output, reader)
    made = _press(output, paper_page.dossier(sheet, report, kept.shown), kind)
    _deliver(output, path, made, kind)
    return errors.DONE


class _Bounded:
    """The statements of a dossier, as long as a paper has room for them."""

    def __init__(self) -> None:
        self.shown: list[Shown] = []
        self._bytes = 0

    def add(self, shown: Shown) -> None:
        """Take the next statement in."""
        from parley.paper.model import PAPER_BYTES

        body = shown.body
        self._bytes += len(shown.statement.data)
        self._bytes += sum(len(str(one.value)) for one in body.fields) if body else 0
        if self._bytes <= PAPER_BYTES:
            self.shown.append(shown)

    def check(self) -> None:
        """Refuse a paper of a part.

        :raises ParleyError: ``too-large``.
        """
        from parley.paper.model import PAPER_BYTES

        if self._bytes > PAPER_BYTES:
            raise ParleyError(Reason.TOO_LARGE, size=self._bytes, limit=PAPER_BYTES)


def _name(prefix: str) -> str:
    """The start of a statement's number as the name of a file; nothing else can stand in it."""
    return "".join(digit for digit in prefix.lower() if digit in "0123456789abcdef")[:12]


def _kind(path: Path | None, wished: Literal["pdf", "html"] | None) -> Literal["pdf", "html"]:
    if wished is not None:
        return wished
    return "html" if path is not None and path.suffix.lower() in {".html", ".htm"} else "pdf"


def _path(path: Path | None, name: str, kind: str) -> Path:
    """Where the paper goes; refused before any work is done for it."""
    if kind == "pdf":
        from parley.paper import pdf

        pdf.check_available()
    chosen = path or Path(f"{name}.{kind}")
    files.check_new(chosen)
    return chosen


def _sheet(output: Terminal, reader: Reader) -> Sheet:
    from parley.presentation import zones
    from parley.presentation.sheet import Sheet

    return Sheet(output.translator, zones.of(reader.zone))


def _press(output: Terminal, paper: Paper, kind: str) -> bytes:
    with Bar(output.text("Typesetting"), None):
        render: Callable[[Paper], bytes]
        if kind == "pdf":
            from parley.paper.pdf import render
        else:
            from parley.paper.page import render
        return render(paper)


def _deliver(output: Terminal, path: Path, made: bytes, kind: str) -> None:
    files.write_new(path, made)
    if path == files.STREAM:
        return
    plain: dict[str, Any] = {
        "file": str(path),
        "format": kind,
        "language": output.language,
        "bytes": len(made),
        "sha256": sha256(made).hexdigest(),
    }

    def render() -> None:
        output.say(output.text("The paper stands in {file}.", file=str(path)))
        output.say(output.text("It proves nothing by itself; it says how to verify it."))

    output.emit(plain, render)
