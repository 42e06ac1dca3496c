"""``parley draft``: drafts on their way through the house, to two officers and out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from parley.cli import access, drafting, examples, options
from parley.cli.options import Acting
from parley.cli.terminal import Terminal
from parley.domain.draft import Stage, Verdict
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.presentation import acts, draft_page, template

if TYPE_CHECKING:
    from parley.application.draft_keeping import DraftView

DraftArgument = Annotated[str, Parameter(name="DRAFT", help="start of its number")]
HashOption = Annotated[
    str | None, Parameter(name="--sha256", help="hash of the text that was read, words or digits")
]

app = App(name="draft", help="Drafts on their way to two officers and out.")


@app.command(name="list", help_epilogue=examples.of("draft list"))
def list_(
    *,
    every: Annotated[
        bool,
        Parameter(
            name="--all", negative="", show_default=False, help="also those sent, or given up"
        ),
    ] = False,
    acting: Acting = options.ACTING,
) -> None:
    """List the drafts in the house, and what each still needs."""
    from parley.application import draft_keeping

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        found = draft_keeping.every(desk, officer)
        if every:
            found += draft_keeping.every(desk, officer, released=True)
        else:
            found = [view for view in found if view.stage != Stage.ABANDONED]
    output.emit([draft_page.plain(view) for view in found], lambda: _render(output, found))


@app.command(help_epilogue=examples.of("draft show"))
def show(
    draft: DraftArgument,
    /,
    *,
    toml: Annotated[
        bool,
        Parameter(negative="", show_default=False, help="as a file, to be edited and revised"),
    ] = False,
    acting: Acting = options.ACTING,
) -> None:
    """Show a draft whole: its text in all languages, its hash, what is missing."""
    from parley.application import draft_keeping

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        view = draft_keeping.find(desk, officer, draft)
    if toml and not output.json:
        output.raw(template.filled(view.writing, view.revision))
        return
    output.emit(draft_page.plain(view), lambda: draft_page.render(output, view, whole=True))


@app.command(help_epilogue=examples.of("draft revise"))
def revise(
    draft: DraftArgument,
    /,
    *,
    from_: Annotated[Path, Parameter(name="--from", help="TOML file with the whole text")],
    submit: Annotated[
        bool, Parameter(negative="", show_default=False, help="freeze it at once")
    ] = False,
    acting: Acting = options.ACTING,
) -> None:
    """Put a new text in place of a draft's; all approvals fall.

    Get the file with parley draft show DRAFT --toml. It names the revision that
    it was made from, so that nobody overwrites what another has changed since.
    """
    from parley.application import draft_keeping, drafts
    from parley.presentation import composing

    output = Terminal(acting)
    officer = options.officer_of(acting)
    entries = drafting.load(from_)
    with access.opened(acting, output) as desk:
        view = draft_keeping.find(desk, officer, draft)
        if entries.get("type", view.type) != view.type:
            raise ParleyError(Reason.MANUSCRIPT_ENTRY_INVALID, place="type")
        writing = composing.compose(
            desk,
            composing.Asking(officer, view.channel, view.case, view.type, output.language),
            entries,
            digest_of=lambda name: drafting.digest_of(from_.parent / name),
        )
        view = drafts.revise(desk, officer, view.id, writing, _revision(entries, view))
        if submit:
            view = drafting.submit(desk, output, officer, view)
    drafting.show(output, view)


@app.command(help_epilogue=examples.of("draft submit"))
def submit(draft: DraftArgument, /, *, acting: Acting = options.ACTING) -> None:
    """Freeze a draft: from here on, others clear and authorise its exact bytes."""
    from parley.application import draft_keeping, drafts

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        view = draft_keeping.find(desk, officer, draft)
        view = drafts.submit(desk, officer, view.id, view.revision)
    drafting.show(output, view)


@app.command(help_epilogue=examples.of("draft clear"))
def clear(
    draft: DraftArgument, /, *, sha256: HashOption = None, acting: Acting = options.ACTING
) -> None:
    """Find nothing against exactly the text with this hash (legal review).

    Without --sha256, the text is shown and the first word of its hash asked for.
    """
    from parley.application import draft_keeping, drafts

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        view = draft_keeping.find(desk, officer, draft)
        view = drafts.clear(desk, officer, view.id, _approved(output, view, sha256))
    drafting.show(output, view)


@app.command(help_epilogue=examples.of("draft decide"))
def decide(
    draft: DraftArgument,
    /,
    *,
    verdict: Annotated[
        str, Parameter(help="may-go, licensed (both let it go); redact, refuse (it does not)")
    ],
    reason: Annotated[str, Parameter(help="why, in one line; it stays in the house")],
    sha256: HashOption = None,
    acting: Acting = options.ACTING,
) -> None:
    """Decide on the release of exactly the text with this hash.

    Where parley.toml asks for it, two reviewers decide between clearance and
    authorisation. One word against it opens the text again. A word for it counts
    for these bytes alone, and for seven days.
    """
    from parley.application import draft_keeping, drafts

    output = Terminal(acting)
    officer = options.officer_of(acting)
    try:
        wanted = Verdict(verdict)
    except ValueError as error:
        choices = ", ".join(one.value for one in Verdict)
        raise ParleyError(
            Reason.ARGUMENT_INVALID, value=verdict, name="--verdict", choices=choices
        ) from error
    with access.opened(acting, output) as desk:
        view = draft_keeping.find(desk, officer, draft)
        approved = _approved(output, view, sha256)
        view = drafts.decide(desk, officer, view.id, approved, wanted, reason)
    drafting.show(output, view)


@app.command(help_epilogue=examples.of("draft authorise"))
def authorise(
    draft: DraftArgument,
    /,
    *,
    sha256: HashOption = None,
    stands_regardless: Annotated[
        bool,
        Parameter(negative="", show_default=False, help="also if the other side speaks in between"),
    ] = False,
    acting: Acting = options.ACTING,
) -> None:
    """Let exactly the text with this hash go; once nothing is missing, it is sent.

    Without --sha256, the text is shown and the first word of its hash asked for.
    """
    from parley.application import draft_keeping, drafts

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        view = draft_keeping.find(desk, officer, draft)
        digest = _approved(output, view, sha256)
        statement = drafts.authorise(
            desk, officer, view.id, digest, stands_regardless=stands_regardless
        )
        view = draft_keeping.find(desk, officer, view.id.hex())
    if statement is None:
        drafting.show(output, view)
        return
    output.emit(
        {**draft_page.plain_released(statement), "draft": view.id.hex()},
        lambda: draft_page.render_released(output, statement, view.channel.peer.text.code),
    )


@app.command(name="return", help_epilogue=examples.of("draft return"))
def return_(draft: DraftArgument, /, *, acting: Acting = options.ACTING) -> None:
    """Give a frozen draft back to its drafters; all approvals fall."""
    from parley.application import draft_keeping, drafts

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        view = draft_keeping.find(desk, officer, draft)
        view = drafts.give_back(desk, officer, view.id, view.revision)
    drafting.show(output, view)


@app.command(help_epilogue=examples.of("draft abandon"))
def abandon(draft: DraftArgument, /, *, acting: Acting = options.ACTING) -> None:
    """Give a draft up; who wrote what stays on the house's record."""
    from parley.application import draft_keeping, drafts

    output = Terminal(acting)
    officer = options.officer_of(acting)
    with access.opened(acting, output) as desk:
        view = draft_keeping.find(desk, officer, draft)
        view = drafts.abandon(desk, officer, view.id, view.revision)
    drafting.show(output, view)


def _revision(entries: dict[str, Any], view: DraftView) -> int:
    """The revision that a file was made from; the present one where it does not say."""
    revision = entries.get("revision", view.revision)
    if type(revision) is not int:
        raise ParleyError(Reason.MANUSCRIPT_ENTRY_INVALID, place="revision")
    return revision


def _approved(output: Terminal, view: DraftView, typed: str | None) -> bytes:
    """The hash of the text that the officer has read.

    :raises ParleyError: ``draft-stage`` for a text that is not frozen, ``hash-not-given``,
        ``hash-malformed``, ``draft-hash-mismatch``.
    """
    from parley.crypto import words

    if view.sha256 is None:
        raise ParleyError(Reason.DRAFT_STAGE, stage=view.stage)
    if typed is None:
        if output.json or not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise ParleyError(Reason.HASH_NOT_GIVEN)
        draft_page.render(output, view, whole=True)
        output.note(output.text("You approve exactly this text with the first word of its hash:"))
        if input("> ").strip().lower() != words.words(view.sha256).split("-")[0]:
            raise ParleyError(Reason.DRAFT_HASH_MISMATCH)
        return view.sha256
    try:
        words.compare(typed, view.sha256)
    except ParleyError as error:
        if error.reason is Reason.FINGERPRINT_MALFORMED:
            raise ParleyError(Reason.HASH_MALFORMED) from error
        raise ParleyError(Reason.DRAFT_HASH_MISMATCH) from error
    return view.sha256


def _render(output: Terminal, found: list[DraftView]) -> None:
    if not found:
        output.say(output.text("There is no draft."))
        return
    output.table(
        [
            output.text("Draft"),
            output.text("Case"),
            output.text("To"),
            output.text("Type"),
            output.text("Status"),
            output.text("Drafted by"),
            output.text("Changed"),
        ],
        [
            [
                acts.short(view.id),
                acts.short(view.case),
                view.channel.peer.text.code,
                output.name(view.type),
                draft_page.stage(output, view),
                output.translator.join(view.drafted_by),
                output.time(view.changed_at),
            ]
            for view in found
        ],
    )
