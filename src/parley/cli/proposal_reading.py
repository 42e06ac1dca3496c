"""``parley proposal text``, ``compare`` and ``verify``: what a proposal says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from parley.cli import access, errors, options, transcript
from parley.cli.options import Acting, Reader
from parley.cli.terminal import Terminal
from parley.domain.kinds.proposal_state import Proposal
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.presentation import comparison_page, proposal_page

if TYPE_CHECKING:
    from parley.application.cases import CaseView

CaseNeeded = Annotated[str, Parameter(name="CASE", help="start of its number: 4 digits or more")]
InLanguage = Annotated[
    str | None, Parameter(name="--in", help="language of the text; the reader's if absent")
]


def text(
    case: CaseNeeded,
    /,
    *,
    in_: InLanguage = None,
    version: Annotated[
        int | None, Parameter(help="the text as it was tabled, by the number of the version")
    ] = None,
    acting: Acting = options.ACTING,
) -> None:
    """Show the text unit by unit, with brackets, their owners, and why.

    A unit in brackets shows every variant that stands. Comments stand below.
    """
    output = Terminal(acting)
    view, proposal = _read(output, acting, case)
    output.emit(
        proposal_page.plain_text(view, proposal, version),
        lambda: proposal_page.render_text(output, view, proposal, in_, version),
    )


def compare(
    case: CaseNeeded,
    /,
    *,
    with_: Annotated[
        str | None, Parameter(name="--with", help="another proposal, such as theirs beside ours")
    ] = None,
    old: Annotated[int | None, Parameter(help="number of the earlier version")] = None,
    new: Annotated[int | None, Parameter(help="number of the later version")] = None,
    languages: Annotated[
        bool,
        Parameter(negative="", show_default=False, help="the languages beside each other"),
    ] = False,
    in_: InLanguage = None,
    acting: Acting = options.ACTING,
) -> None:
    """Compare word by word: the two sides' texts, two versions, two proposals.

    Without an option, the opener's units stand beside the other side's variants.
    What was taken out stands as [-word-], what came in as {+word+}.
    """
    output = Terminal(acting)
    view, proposal = _read(output, acting, case)
    if languages:
        output.emit(
            proposal_page.plain_languages(view, proposal),
            lambda: proposal_page.render_languages(output, view, proposal),
        )
        return
    if with_ is not None:
        other, others = _read(output, acting, with_)
        made = comparison_page.between_proposals(output, view, proposal, other, others, in_)
    elif old is not None or new is not None:
        made = comparison_page.between_versions(output, view, proposal, old, new, in_)
    else:
        made = comparison_page.between_sides(output, view, proposal, in_)
    output.emit(comparison_page.plain(made), lambda: comparison_page.render(output, made))


def verify(
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
    reader: Reader = options.READER,
) -> int:
    """Verify which texts a dossier shows as agreed, with no desk: hash, signers, words.

    The dossier itself is verified first, as parley dossier verify does. The exit
    code is 3 where it does not hold.
    """
    from parley.crypto import words
    from parley.record.dossier import agreed
    from parley.record.dossier import verify as verifier

    output = Terminal(reader)
    named = [words.parse(one) for one in pin]
    if not file.is_file():
        raise ParleyError(Reason.FILE_MISSING, path=str(file))
    texts = agreed.Texts()
    try:
        pins = transcript.pins(file, named)
        report = verifier.verify(file, pins=pins, on_statement=texts.add)
    except ParleyError as error:
        errors.show(error, output)
        return errors.UNVERIFIED
    codes = [party.code for party in report.parties]
    found = texts.found()
    output.emit(
        [proposal_page.plain_agreed(one, codes) for one in found],
        lambda: proposal_page.render_agreed(output, found, codes),
    )
    return errors.DONE


def _read(output: Terminal, acting: Acting, case: str) -> tuple[CaseView, Proposal]:
    """A proposal with all its acts; the officer counts as having opened the other side's.

    :raises ParleyError: ``case-unknown``, ``case-of-another-kind``, ``role-forbids``.
    """
    from parley.application import cases

    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        channel, identifier = cases.find(desk, officer, case)
        view = cases.show(desk, channel, identifier, officer)
    return view, proposal_of(view)


def proposal_of(view: CaseView) -> Proposal:
    """The proposal that a case is.

    :raises ParleyError: ``case-of-another-kind``.
    """
    substance = view.summary.state.substance
    if not isinstance(substance, Proposal):
        raise ParleyError(Reason.CASE_OF_ANOTHER_KIND, kind="proposal")
    return substance
