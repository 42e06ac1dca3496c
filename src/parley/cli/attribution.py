"""``parley attribution``: what an officer drafts to attribute something, or in answer to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Final

from cyclopts import App, Parameter

from parley.cli import drafting, examples, options
from parley.cli.drafting import WORDING, Wording
from parley.cli.in_case import OPENED, CaseArgument, Many, Opened
from parley.cli.options import Acting
from parley.domain.act import ActType
from parley.domain.types.position import (
    CONFIDENCES,
    NAMED,
    NOT_NAMED,
    PUBLICITIES,
    SENDER,
)
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

Publicity = Annotated[str | None, Parameter(help=", ".join(PUBLICITIES))]


@Parameter(name="*")
@dataclass(frozen=True)
class Words:
    """What every later word in a position may hold."""

    statement: Annotated[str | None, Parameter(help="in words")] = None
    publicity: Publicity = None
    remarks: str | None = None

    def entries(self) -> dict[str, Any]:
        """As entries of a manuscript."""
        return {
            "statement": self.statement,
            "publicity": self.publicity,
            "remarks": self.remarks,
        }


@Parameter(name="*")
@dataclass(frozen=True)
class Claim:
    """Whose claim it is, how sure, and what it rests on."""

    claimant: Annotated[
        tuple[str, ...], Many, Parameter(help="who claims it, if not this party itself")
    ] = ()
    claimant_not_named: Annotated[
        bool, Parameter(negative="", show_default=False, help="the source names nobody")
    ] = False
    confidence: Annotated[str | None, Parameter(help=", ".join(CONFIDENCES))] = None
    basis: Annotated[str | None, Parameter(help="what the evidence rests on")] = None

    def entries(self, *, is_in_file: bool) -> dict[str, Any]:
        """As entries of a manuscript; a file may say by itself whose claim it is.

        :raises ParleyError: ``argument-repeated`` where claimants are named and said not to be.
        """
        if self.claimant and self.claimant_not_named:
            raise ParleyError(Reason.ARGUMENT_REPEATED, name="--claimant / --claimant-not-named")
        said_by = None if is_in_file else SENDER
        if self.claimant:
            said_by = NAMED
        elif self.claimant_not_named:
            said_by = NOT_NAMED
        return {
            "said-by": said_by,
            "claimants": [{"name": name} for name in self.claimant],
            "confidence": self.confidence,
            "basis": self.basis,
        }


WORDS: Final = Words()
CLAIM: Final = Claim()


def said(app: App, type_: ActType, name: str, purpose: str) -> None:
    """Add the command ``name``, which drafts a later word in a position."""

    def command(
        case: CaseArgument = None,
        /,
        *,
        words: Words = WORDS,
        wording: Wording = WORDING,
        acting: Acting = options.ACTING,
    ) -> None:
        drafting.in_case(acting, type_, wording, words.entries(), case)

    command.__doc__ = purpose
    app.command(command, name=name, help_epilogue=examples.of(f"{app.name[0]} {name}"))


app = App(name="attribution", help="Attribute something to somebody; answer an attribution.")


@app.command(help_epilogue=examples.of("attribution make"))
def make(
    *,
    subject: str | None = None,
    object_: Annotated[
        str | None, Parameter(name="--object", help="what is attributed, and to whom")
    ] = None,
    claim: Claim = CLAIM,
    law: Annotated[str | None, Parameter(help="the rule said to be broken, if any")] = None,
    publicity: Publicity = None,
    remarks: str | None = None,
    opened: Opened = OPENED,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft an attribution, which opens a case. Two officers have to authorise it.

    Parley never resolves it: what the other side says stands beside it for ever.
    """
    given = {
        "subject": subject,
        "object": object_,
        **claim.entries(is_in_file=wording.from_ is not None),
        "law": law,
        "publicity": publicity,
        "about": opened.about,
        "remarks": remarks,
    }
    drafting.opening(acting, ActType.ATTRIBUTION, wording, given, channel=opened.channel)


said(
    app,
    ActType.ATTRIBUTION_MAINTAINED,
    "maintain",
    "Draft that our attribution is maintained. Two officers have to authorise it.",
)


said(
    app,
    ActType.ATTRIBUTION_WITHDRAWN,
    "withdraw",
    "Draft the withdrawal of our attribution; that it was made stays on record.",
)


said(
    app,
    ActType.NO_COMMENT,
    "no-comment",
    "Draft that we do not comment, which neither denies nor admits.",
)


said(app, ActType.ADMISSION, "admit", "Draft that we admit what was attributed to us.")
