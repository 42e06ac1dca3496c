"""Drafts: their text, which two officers may write at once, and their way out of the house."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from starlette.responses import JSONResponse, Response

from parley.application import draft_doing, draft_keeping, drafts, sessions
from parley.application.draft_doing import Step, Which
from parley.application.draft_keeping import DraftView
from parley.application.writing import Writing
from parley.crypto import words as spelled
from parley.domain.catalogue import spec_of
from parley.domain.draft import Stage, Verdict
from parley.domain.shape import Opens
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.presentation import acts, codes, composing, draft_page, fields
from parley.presentation.typed import ATTACHED, Typed, pairs_of
from parley.web import confirming, faults
from parley.web.page import Page, posted
from parley.web.pages import attachments
from parley.web.pages.writing import Place, asking, beginning, changed_rows, form_page
from parley.web.visit import Visit

_OURS: Final = frozenset({"do", "revision", "add-language", "type", "case", "channel"})
_KEPT: Final = f"{ATTACHED}/"
_SHOWN: Final = 50
_INPUTS: Final = 2500
"""A text with more values, such as a directory of contacts, is revised as a file."""


def every(visit: Visit) -> Response:
    """The drafts in the house: what waits for me, what I write, and the rest."""
    return visit.page(
        "drafts.html",
        lists={which.value: _listed(visit, which) for which in Which},
        stage=lambda view: draft_page.stage(visit.words, view),
    )


def _listed(visit: Visit, which: Which) -> tuple[list[DraftView], str | None]:
    """The drafts of one list, from where the address says, and where it goes on.

    :raises ParleyError: ``draft-unknown``.
    """
    name = f"{which.value}-before"
    given = visit.asked(name)
    before = None if given is None else _identifier(given)
    found = draft_doing.under_way(visit.desk, visit.officer, which, count=_SHOWN, before=before)
    older = f"/drafts?{name}={found.views[-1].id.hex()}#{which.value}" if found.more else None
    return found.views, older


def _identifier(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise ParleyError(Reason.DRAFT_UNKNOWN) from error


def show(visit: Visit) -> Response:
    """A draft: its form where it is being written, else its text as it will be sealed."""
    view = _found(visit)
    steps = draft_doing.of(visit.desk, visit.officer, view.id)
    wish = visit.asked("view")
    writes = steps[Step.REVISE] is None
    if writes and (wish == "edit" or (wish is None and view.stage == Stage.DRAFTED)):
        pairs = pairs_of(view.writing, visit.words.language)
        if len(pairs) <= _INPUTS:
            place = Place(view.channel, view.case)
            return _form(visit, view, beginning(visit, place, view.type, pairs))
    return _reading(visit, view, steps, long=writes and wish == "edit")


def _found(visit: Visit) -> DraftView:
    """The draft of the address.

    :raises ParleyError: ``draft-unknown``.
    """
    wanted = visit.part("draft").lower()
    view = draft_keeping.find(visit.desk, visit.officer, wanted)
    if view.id.hex() != wanted:
        raise ParleyError(Reason.DRAFT_UNKNOWN)
    return view


# --- reading -------------------------------------------------------------------------------------


def _reading(
    visit: Visit,
    view: DraftView,
    steps: draft_doing.Steps,
    *,
    error: ParleyError | None = None,
    long: bool = False,
) -> Response:
    words = visit.words
    languages = list(
        dict.fromkeys(path.partition("@")[2] for path in view.writing.values if "@" in path)
    )
    tags = [tag for tag in languages if not tag.endswith("/status")]
    head = [
        *draft_page.header_rows(words, view),
        *codes.others(words, view.type, view.codes),
        *_addressed(visit, view),
    ]
    attempts = {step: steps[step] for step in Step}
    return visit.page(
        "draft.html",
        status=200 if error is None else faults.status_of(error),
        view=view,
        long=long,
        head=head,
        tags=sorted(tags, key=lambda tag: tag != words.language),
        sides=fields.beside(words, view.type, view.writing.values),
        checks=draft_page.checks(words, view),
        said=view.said,
        names_case=view.released is not None or spec_of(view.type).opens == Opens.NEVER,
        stage=draft_page.stage(words, view),
        can={step.value for step, refused in attempts.items() if refused is None},
        why={
            step.value: visit.translator.reason(refused)[0]
            for step, refused in attempts.items()
            if refused is not None
        },
        fell=None if view.void_reason is None else acts.said(words, view.void_reason),
        spelled=None if view.sha256 is None else spelled.words(view.sha256),
        verdicts=[(one.value, words.name(one.value)) for one in Verdict],
        confirmed=_is_confirmed(visit),
        error=None if error is None else visit.translator.reason(error),
        typed=visit.form,
        **attachments.in_draft(visit, view),
    )


def _addressed(visit: Visit, view: DraftView) -> list[tuple[str, str]]:
    words, writing = visit.words, view.writing
    rows: list[tuple[str, str]] = []
    sender = [
        office for office in view.channel.own.text.offices if office.id == writing.from_office
    ]
    readers = [one for one in view.channel.peer.text.offices if one.id in writing.to_offices]
    if sender:
        rows.append((words.text("From office"), _office(visit, sender[0].names)))
    if readers:
        names = [_office(visit, one.names) for one in readers]
        rows.append((words.text("To offices"), words.translator.join(names)))
    if writing.reference is not None:
        rows.append((words.text("Refers to"), acts.short(writing.reference)))
    return rows


def _office(visit: Visit, names: dict[str, str]) -> str:
    language = visit.words.language
    name = names.get(language) or names.get("en") or next(iter(names.values()), "")
    return visit.words.foreign(name)


# --- writing -------------------------------------------------------------------------------------


def _form(
    visit: Visit,
    view: DraftView,
    pairs: Iterable[tuple[str, str]],
    *,
    error: ParleyError | None = None,
    theirs: Typed | None = None,
) -> Response:
    return form_page(
        visit,
        Place(view.channel, view.case),
        view.type,
        pairs,
        view=view,
        error=error,
        theirs=theirs,
        more=attachments.in_draft(visit, view),
    )


def _typed(visit: Visit, view: DraftView) -> Typed:
    pairs = [pair for pair in visit.form if pair[0] not in _OURS]
    return Typed(view.type, pairs, visit.words.language)


def _composed(visit: Visit, view: DraftView, typed: Typed, *, unfinished: bool) -> Writing:
    """What was typed, with what no form asks for: files, and what a replay says of its source."""
    who = asking(visit, Place(view.channel, view.case), view.type)
    writing = composing.compose(visit.desk, who, typed.entries(), unfinished=unfinished)
    kept = {
        path: value
        for path, value in view.writing.values.items()
        if path.startswith((_KEPT, "story/"))
    }
    codes_kept = {name: code for name, code in view.writing.codes.items() if name == ATTACHED}
    return writing._replace(
        values={**writing.values, **kept}, codes={**writing.codes, **codes_kept}
    )


def save(visit: Visit) -> Response:
    """Keep what was typed, or freeze it; where somebody was quicker, show both side by side."""
    view = _found(visit)
    again = changed_rows(visit, view.type)
    revision = visit.form.number("revision")
    if again is not None:
        return _form(visit, view._replace(revision=revision), again)
    typed = _typed(visit, view)
    freezes = visit.form.value("do") == "freeze"
    try:
        kept = _kept(visit, view, typed, revision, unfinished=not freezes)
        if freezes:
            drafts.submit(visit.desk, visit.officer, view.id, kept.revision)
    except ParleyError as error:
        return _not_kept(visit, typed, revision, error)
    wish = "" if freezes or visit.form.value("do") != "read" else "?view=read"
    return visit.go(f"/drafts/{view.id.hex()}{wish}")


def _kept(
    visit: Visit, view: DraftView, typed: Typed, revision: int, *, unfinished: bool
) -> DraftView:
    """The draft with what was typed; a text that says nothing new is no new revision.

    :raises ParleyError: the rules of the type; ``draft-changed``.
    """
    if revision != view.revision:
        raise ParleyError(Reason.DRAFT_CHANGED, current=view.revision)
    writing = _composed(visit, view, typed, unfinished=unfinished)
    if unfinished and view.stage == Stage.DRAFTED and _says_the_same(view, writing):
        return view
    return drafts.revise(
        visit.desk, visit.officer, view.id, writing, revision, unfinished=unfinished
    )


def _says_the_same(view: DraftView, writing: Writing) -> bool:
    was = view.writing
    return (
        dict(was.values) == dict(writing.values)
        and writing
        == was._replace(
            values=writing.values,
            codes=writing.codes,
            from_office=writing.from_office,
            to_offices=writing.to_offices,
            reference=writing.reference,
            case=writing.case,
        )
        and all(was.codes.get(name) == code for name, code in writing.codes.items())
    )


def _not_kept(visit: Visit, typed: Typed, revision: int, error: ParleyError) -> Response:
    """The form again: with why, and beside what somebody else has saved meanwhile."""
    view = _found(visit)
    if error.reason is not Reason.DRAFT_CHANGED:
        return _form(visit, view._replace(revision=revision), typed.pairs, error=error)
    theirs = Typed(view.type, pairs_of(view.writing, visit.words.language), visit.words.language)
    return _form(visit, view, typed.pairs, error=error, theirs=theirs)


def autosave(visit: Visit) -> Response:
    """Keep what was typed so far; the answer is for the script of the page."""
    view = _found(visit)
    words, typed = visit.words, _typed(visit, view)
    try:
        kept = _kept(visit, view, typed, visit.form.number("revision"), unfinished=True)
    except ParleyError as error:
        try:
            field = typed.place_of(error)
        except ParleyError:
            field = ""
        return faults.said(visit, error, field=field)
    what = words.text("Saved: {time}", time=words.time(kept.changed_at))
    return JSONResponse({"revision": kept.revision, "what": what})


# --- its way out ---------------------------------------------------------------------------------


def step(visit: Visit) -> Response:
    """Take a step of a draft: exactly the revision or the bytes that stood on the page."""
    view = _found(visit)
    wanted = visit.part("step")
    path = f"/drafts/{view.id.hex()}"
    if wanted == Step.AUTHORISE:
        # Refused, it is asked who it is, and what was sent is kept for after that.
        sessions.require_confirmed(confirming.session(visit), visit.now)
    try:
        _take(visit, view, wanted)
    except ParleyError as error:
        now = _found(visit)
        steps = draft_doing.of(visit.desk, visit.officer, now.id)
        return _reading(visit, now, steps, error=error)
    return visit.go(path)


def _is_confirmed(visit: Visit) -> bool:
    try:
        sessions.require_confirmed(confirming.session(visit), visit.now)
    except ParleyError:
        return False
    return True


def _take(visit: Visit, view: DraftView, wanted: str) -> None:
    """One step.

    :raises ParleyError: as the steps of :mod:`parley.application.drafts`; ``page-unknown``.
    """
    desk, officer, form = visit.desk, visit.officer, visit.form
    match wanted:
        case Step.SUBMIT:
            _submit(visit, view)
        case Step.CLEAR:
            drafts.clear(desk, officer, view.id, form.digest("sha256"))
        case Step.DECIDE:
            drafts.decide(
                desk,
                officer,
                view.id,
                form.digest("sha256"),
                _verdict(form.value("verdict")),
                form.value("reason"),
            )
        case Step.AUTHORISE:
            regardless = form.line("regardless") is not None
            digest = form.digest("sha256")
            drafts.authorise(desk, officer, view.id, digest, stands_regardless=regardless)
        case Step.RETURN:
            drafts.give_back(desk, officer, view.id, form.number("revision"))
        case Step.ABANDON:
            drafts.abandon(desk, officer, view.id, form.number("revision"))
        case _:
            raise ParleyError(Reason.PAGE_UNKNOWN)


def _submit(visit: Visit, view: DraftView) -> None:
    """Freeze a draft as it was saved, once it is whole."""
    revision = visit.form.number("revision")
    typed = Typed(view.type, pairs_of(view.writing, visit.words.language), visit.words.language)
    _composed(visit, view, typed, unfinished=False)
    drafts.submit(visit.desk, visit.officer, view.id, revision)


def _verdict(text: str) -> Verdict:
    try:
        return Verdict(text)
    except ValueError as error:
        raise ParleyError(Reason.FORM_INVALID, name="verdict") from error


PAGES: Final = (
    Page("/drafts", every),
    Page("/drafts/{draft}", show),
    posted("/drafts/{draft}", save),
    Page("/drafts/{draft}/text", autosave, ("PUT",)),
    posted("/drafts/{draft}/{step}", step),
)
