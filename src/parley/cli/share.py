"""``parley share``: a criminal case and its samples, from the offer to the claim of deletion."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

from cyclopts import App, Group, Parameter

from parley.cli import drafting, examples, in_case, options
from parley.cli.drafting import WORDING, Wording
from parley.cli.in_case import OPENED, CaseArgument, Many, Opened
from parley.cli.options import Acting
from parley.domain.act import ActType
from parley.domain.types.inquiry import GROUNDS
from parley.domain.types.share import (
    BOUNDS,
    CASE_STATUSES,
    CERTAINTIES,
    ENCAPSULATIONS,
    PRESERVATIONS,
    USES,
)
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

_FIGURE: Final = re.compile(
    r"\s*(?:([a-z]+(?:[ -][a-z]+)?)\s+)?([0-9][0-9,_ ]*)\s+([^;]+?)\s*;\s*([a-z-]+)\s*;\s*(.+?)\s*",
    re.DOTALL,
)
_FIGURE_FORM: Final = "'about 11000000 infected computers; likely; US prosecutors'"
_POLICY: Final = Group("Handling beside TLP and PAP (FIRST IEP 2.0)", sort_key=60)


@Parameter(name="*")
@dataclass(frozen=True)
class Terms:
    """How what is shared is to be handled, beside TLP and PAP."""

    limit: Annotated[tuple[str, ...], Many, Parameter(help="a limit of use")] = ()
    retention: Annotated[
        str | None, Parameter(help="how long samples may be kept after receipt: 90d")
    ] = None

    iep_id: Annotated[str | None, Parameter(group=_POLICY)] = None
    iep_name: Annotated[str | None, Parameter(group=_POLICY)] = None
    iep_start_date: Annotated[str | None, Parameter(group=_POLICY)] = None
    iep_end_date: Annotated[str | None, Parameter(group=_POLICY)] = None
    iep_encrypt_in_transit: Annotated[str | None, Parameter(group=_POLICY, help="may, must")] = None
    iep_permitted_actions: Annotated[
        str | None,
        Parameter(group=_POLICY, help="none, contact-for-instruction, and so on; see --template"),
    ] = None
    iep_affected_party_notifications: Annotated[
        str | None, Parameter(group=_POLICY, help="may, must-not")
    ] = None
    iep_attribution: Annotated[str | None, Parameter(group=_POLICY, help="may, must, must-not")] = (
        None
    )
    iep_unmodified_resale: Annotated[str | None, Parameter(group=_POLICY, help="may, must-not")] = (
        None
    )

    def entries(self) -> dict[str, Any]:
        """As entries of a manuscript."""
        policy = {
            name.replace("_", "-"): value
            for name, value in vars(self).items()
            if name.startswith("iep_")
        }
        return {"limits": list(self.limit), "retention": self.retention, **policy}


@Parameter(name="*")
@dataclass(frozen=True)
class Request:
    """What a request to preserve data has to say (Budapest Convention, article 29)."""

    authority: Annotated[str | None, Parameter(help="who asks")] = None
    offence: Annotated[str | None, Parameter(help="offence and facts, in brief")] = None
    data: Annotated[str | None, Parameter(help="what to preserve, and its link to it")] = None
    custodian: Annotated[str | None, Parameter(help="who holds it")] = None
    necessity: Annotated[str | None, Parameter(help="why it is needed")] = None
    intent: Annotated[str | None, Parameter(help="which formal request will follow")] = None


@Parameter(name="*")
@dataclass(frozen=True)
class State:
    """How the criminal case stands, and what is claimed of it."""

    court: str | None = None
    court_reference: str | None = None
    case_status: Annotated[str | None, Parameter(help=", ".join(CASE_STATUSES))] = None
    figure: Annotated[
        tuple[str, ...], Many, Parameter(help=f"with its claimant: {_FIGURE_FORM}")
    ] = ()

    def entries(self) -> dict[str, Any]:
        """As entries of a manuscript.

        :raises ParleyError: ``argument-invalid`` for a figure without all of its parts.
        """
        return {
            "court": self.court,
            "court-reference": self.court_reference,
            "case-status": self.case_status,
            "figures": [_figure(given) for given in self.figure],
        }


@Parameter(name="*")
@dataclass(frozen=True)
class Samples:
    """Samples by name, size and SHA-256. A file is read for its hash; nothing in it is opened."""

    sample: Annotated[
        tuple[str, ...], Many, Parameter(help="description of a sample that is not at hand")
    ] = ()
    sample_file: Annotated[
        tuple[Path, ...], Many, Parameter(help="its hash and size go along")
    ] = ()
    encapsulation: Annotated[
        str | None, Parameter(help="of these samples: " + ", ".join(ENCAPSULATIONS))
    ] = None

    def entries(self) -> list[dict[str, Any]]:
        """As entries of a manuscript.

        :raises ParleyError: the errors of a file.
        """
        items: list[dict[str, Any]] = [{"description": text} for text in self.sample]
        items += [
            {
                "description": path.name,
                "sha256": drafting.digest_of(path).hex(),
                "size": path.stat().st_size,
            }
            for path in self.sample_file
        ]
        if self.encapsulation is not None:
            items = [{**item, "encapsulation": self.encapsulation} for item in items]
        return items


TERMS: Final = Terms()
REQUEST: Final = Request()
STATE: Final = State()
SAMPLES: Final = Samples()

app = App(name="share", help="Share a criminal case and its samples; ask to preserve data.")


@app.command(help_epilogue=examples.of("share offer"))
def offer(
    case: Annotated[
        str | None, Parameter(name="CASE", help="share that it makes anew; none opens a case")
    ] = None,
    /,
    *,
    subject: str | None = None,
    facts: Annotated[str | None, Parameter(help="what the case is about")] = None,
    state: State = STATE,
    samples: Samples = SAMPLES,
    terms: Terms = TERMS,
    remarks: str | None = None,
    opened: Opened = OPENED,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft the offer of a criminal case: how it stands, figures, samples, handling.

    Whoever accepts is bound by the handling and by every limit of use.
    """
    given = {
        "subject": subject,
        "facts": facts,
        **state.entries(),
        "samples": samples.entries(),
        **terms.entries(),
        "remarks": remarks,
        "about": opened.about,
    }
    drafting.opening(acting, ActType.CASE_SHARE, wording, given, channel=opened.channel, case=case)


in_case.remarked(
    app,
    ActType.SHARE_ACCEPTED,
    "accept",
    "Draft the acceptance of an offer's handling and limits; once sent, they bind.",
)


@app.command(help_epilogue=examples.of("share decline"))
def decline(
    case: CaseArgument = None,
    /,
    *,
    ground: Annotated[str | None, Parameter(help=", ".join(GROUNDS))] = None,
    remarks: str | None = None,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft that an offer is declined."""
    given = {"ground": ground, "remarks": remarks}
    drafting.in_case(acting, ActType.SHARE_DECLINED, wording, given, case)


in_case.remarked(
    app,
    ActType.SHARE_WITHDRAWN,
    "withdraw",
    "Draft the withdrawal of our offer, for which nothing was sent.",
)


@app.command(help_epilogue=examples.of("share update"))
def update(
    case: CaseArgument = None,
    /,
    *,
    remarks: str | None = None,
    state: State = STATE,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft how our criminal case stands now."""
    given = {**state.entries(), "remarks": remarks}
    drafting.in_case(acting, ActType.SHARE_UPDATE, wording, given, case)


@app.command(help_epilogue=examples.of("share send"))
def send(
    case: CaseArgument = None,
    /,
    *,
    conveyed_by: Annotated[str | None, Parameter(help="the way that the samples went")] = None,
    remarks: str | None = None,
    samples: Samples = SAMPLES,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft which samples were sent, by their hashes. The samples go by another way."""
    given = {"samples": samples.entries(), "conveyed-by": conveyed_by, "remarks": remarks}
    drafting.in_case(acting, ActType.SHARE_SENT, wording, given, case)


@app.command(help_epilogue=examples.of("share report"))
def report(
    case: CaseArgument = None,
    /,
    *,
    use: Annotated[str | None, Parameter(help=", ".join(USES))] = None,
    text: Annotated[str | None, Parameter(help="what was done")] = None,
    remarks: str | None = None,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft a report of what we did with what we received."""
    given = {"use": use, "report": text, "remarks": remarks}
    drafting.in_case(acting, ActType.SHARE_USED, wording, given, case)


in_case.remarked(
    app,
    ActType.SHARE_DELETED,
    "deleted",
    "Draft the claim that everything we received was deleted. A claim proves nothing more.",
)


@app.command(help_epilogue=examples.of("share preserve"))
def preserve(
    case: Annotated[
        str | None, Parameter(name="CASE", help="share that it belongs to; none opens a case")
    ] = None,
    /,
    *,
    subject: str | None = None,
    request: Request = REQUEST,
    period: Annotated[str | None, Parameter(help="from receipt; 60d where none is given")] = None,
    remarks: str | None = None,
    opened: Opened = OPENED,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft a request to preserve data (Budapest Convention, article 29)."""
    given = {
        "subject": subject,
        **vars(request),
        "period": period or (None if wording.from_ else "60d"),
        "remarks": remarks,
        "about": opened.about,
    }
    drafting.opening(
        acting,
        ActType.PRESERVATION_REQUEST,
        wording,
        given,
        channel=opened.channel,
        case=case,
    )


@app.command(help_epilogue=examples.of("share extend"))
def extend(
    case: CaseArgument = None,
    /,
    *,
    period: Annotated[
        str | None, Parameter(help="how much longer; 60d where none is given")
    ] = None,
    necessity: Annotated[str | None, Parameter(help="why it is needed")] = None,
    remarks: str | None = None,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft that data should be preserved for longer."""
    given = {
        "period": period or (None if wording.from_ else "60d"),
        "necessity": necessity,
        "remarks": remarks,
    }
    drafting.in_case(acting, ActType.PRESERVATION_EXTENSION, wording, given, case)


@app.command(help_epilogue=examples.of("share preserved"))
def preserved(
    case: CaseArgument = None,
    /,
    *,
    result: Annotated[str | None, Parameter(help=", ".join(PRESERVATIONS))] = None,
    ground: Annotated[str | None, Parameter(help=", ".join(GROUNDS))] = None,
    remarks: str | None = None,
    wording: Wording = WORDING,
    acting: Acting = options.ACTING,
) -> None:
    """Draft whether the data that we were asked for are preserved."""
    given = {"result": result, "ground": ground, "remarks": remarks}
    drafting.in_case(acting, ActType.PRESERVATION_ANSWER, wording, given, case)


def _figure(given: str) -> dict[str, Any]:
    """A figure from ``about 11000000 infected computers; likely; US prosecutors``.

    :raises ParleyError: ``argument-invalid``: nothing of it is guessed.
    """
    found = _FIGURE.fullmatch(given)
    bound = BOUNDS[0] if found is None or not found[1] else found[1].replace(" ", "-")
    if found is None or bound not in BOUNDS or found[4] not in CERTAINTIES:
        raise ParleyError(
            Reason.ARGUMENT_INVALID, value=given, name="--figure", choices=_FIGURE_FORM
        )
    return {
        "bound": bound,
        "number": int(re.sub(r"[,_ ]", "", found[2])),
        "unit": found[3],
        "certainty": found[4],
        "claimant": found[5],
    }
