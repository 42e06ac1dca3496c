"""Proof: one statement's explained to a lawyer, and the dossier of a case, to hand over."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, NamedTuple

from markupsafe import Markup
from starlette.responses import Response

from parley.application import audit, cases, dossiers, moves
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.paper import code
from parley.presentation import acts, fields, foreign, proof_page
from parley.presentation import paper_parts as parts
from parley.presentation.kinds.common import numbered
from parley.record import statement as statements
from parley.web import download
from parley.web.page import Page, posted
from parley.web.pages.cases import subject
from parley.web.visit import Visit

if TYPE_CHECKING:
    from parley.application.acts import ActView
    from parley.application.cases import CaseView
    from parley.record.channel import Channel
    from parley.record.dossier.export import Exported
    from parley.store.log import Entry

DOSSIER: Final = "application/vnd.parley.dossier"
_FIELDS_MOST: Final = 4_096


class Withheld(NamedTuple):
    """A field that may be withheld: how the form names it, what it is called."""

    name: str
    label: str


class Fields(NamedTuple):
    """The fields of one statement that may be withheld."""

    number: int
    act: ActView
    code: str
    fields: list[Withheld]


def show(visit: Visit) -> Response:
    """The proof of a statement: in six sentences, as a table, and by its place."""
    channel, entry = _statement(visit)
    proof = audit.prove(visit.desk, channel, entry)
    said = parts.Said(channel, entry.author, statements.parse(entry.data), None, None, False)
    place = str(parts.place_of(said))
    sheet = visit.sheet()
    parts.verify(sheet)
    return visit.page(
        "proof.html",
        channel=channel,
        entry=entry,
        type=said.statement.act.type,
        code=channel.letter(entry.author).text.code,
        sentences=proof_page.sentences(visit.words, proof),
        facts=proof_page.facts(visit.words, proof),
        revoked=channel.keyring(entry.author).revoked(entry.epoch),
        verdict=None if entry.verdict is None else acts.said(visit.words, entry.verdict),
        place=place,
        # Drawn here; it holds no text.
        qr=Markup(code.svg(place)),  # noqa: S704
        how=sheet.blocks,
        moves=moves.of(visit.desk, visit.officer, channel, entry.case_id),
    )


def hand_over(visit: Visit) -> Response:
    """The proof as a file for other people's tools."""
    channel, entry = _statement(visit)
    proof = audit.prove_to_others(visit.desk, visit.officer, entry.leaf.hex())
    data = foreign.json_text(proof_page.plain(proof)).encode() + b"\n"
    name = download.named(channel.letter(entry.author).text.code, entry.seq, acts.short(entry.leaf))
    return download.attachment(data, f"{name}.json", "application/json")


def choose(visit: Visit) -> Response:
    """What of the case may be left out of its dossier."""
    channel, identifier = cases.find(visit.desk, visit.officer, visit.part("case"))
    return _choices(visit, cases.show(visit.desk, channel, identifier, visit.officer))


def export(visit: Visit) -> Response:
    """The dossier of a case, as a file."""
    channel, identifier = cases.find(visit.desk, visit.officer, visit.part("case"))
    try:
        made, file = _made(visit, channel, identifier)
    except ParleyError as error:
        if error.reason in {Reason.CASE_UNKNOWN, Reason.ROLE_FORBIDS}:
            raise
        view = cases.show(visit.desk, channel, identifier, visit.officer)
        return _choices(visit, view, problem=visit.translator.reason(error))
    if made.elsewhere and visit.form.line("regardless") is None:
        file.close()
        view = cases.show(visit.desk, channel, identifier, visit.officer)
        return _choices(visit, view, elsewhere=made.elsewhere)
    return download.streamed(file, made.size, f"{acts.short(identifier)}.dossier", DOSSIER)


def _made(visit: Visit, channel: Channel, case: bytes) -> tuple[Exported, IO[bytes]]:
    """The dossier in an open file that has no name any more: nothing of it stays."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "case.dossier"
        withhold = visit.form.every("withhold")
        made = dossiers.export(
            visit.desk, visit.officer, channel, target, case=case, withhold=withhold
        )
        return made, target.open("rb")


def _choices(
    visit: Visit,
    view: CaseView,
    problem: tuple[str, str] | None = None,
    elsewhere: int = 0,
) -> Response:
    return visit.page(
        "dossier.html",
        status=200 if problem is None else 422,
        problem=problem,
        view=view,
        title=subject(visit, view.summary.subject),
        acts=_fields(visit, view),
        chosen=frozenset(visit.form.every("withhold")),
        elsewhere=elsewhere,
    )


def _fields(visit: Visit, view: CaseView) -> list[Fields]:
    words, channel, numbers = visit.words, view.summary.channel, numbered(view)
    found: list[Fields] = []
    room = _FIELDS_MOST
    for act in view.acts:
        if act.body is None or room <= 0:
            continue
        named: dict[str, Withheld] = {}
        type_, leaf = act.statement.act.type, act.entry.leaf
        for path, value in act.body.values.items():
            bare = path.split("@", 1)[0]
            read = fields.of(type_, {path: value})
            if read and bare not in named:
                label = fields.label(words, read[0]._replace(language=None, status=None))
                named[bare] = Withheld(f"{leaf.hex()}:{bare}", label)
        room -= len(named)
        code_ = channel.letter(act.entry.author).text.code
        found.append(Fields(numbers[leaf], act, code_, list(named.values())))
    return found


def _statement(visit: Visit) -> tuple[Channel, Entry]:
    """The statement of the address, where it stands in the case of the address."""
    channel, entry = audit.find(visit.desk, visit.officer, visit.part("leaf"))
    if entry.case_id.hex() != visit.part("case").lower():
        raise ParleyError(Reason.STATEMENT_UNKNOWN)
    return channel, entry


PAGES: Final = (
    Page("/cases/{case}/acts/{leaf}/proof", show),
    posted("/cases/{case}/acts/{leaf}/proof", hand_over),
    Page("/cases/{case}/dossier", choose),
    posted("/cases/{case}/dossier", export),
)
