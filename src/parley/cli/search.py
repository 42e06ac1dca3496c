"""``parley search``: what was said in one's own cases, found by its words."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Final

from cyclopts import App, Parameter

from parley.cli import access, examples, options
from parley.cli.options import Acting, Opening
from parley.cli.progress import Bar
from parley.cli.terminal import Terminal
from parley.domain import dates
from parley.domain.act import ActType
from parley.domain.shape import Scope
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.presentation import acts, fields, meeting_register, registered

if TYPE_CHECKING:
    from parley.application.search import Found, Hit
    from parley.application.snippets import Snippet

LIMIT: Final = 20
MOST: Final = 1_000
_CUT: Final = "\u2026"

app = App(
    name="search",
    help="""Search what both sides said in cases that you may read, the best first.

    A statement is found that has all the words, in any field and any order.
    Case, accents, Arabic vowel signs and forms of hamza make no difference, nor
    do \u0435 and \u0451; an inflected word is another word. A word that ends in * is a
    beginning, and words in quotation marks are a phrase. Numbers, domains,
    addresses and hashes are found whole and by their parts.
    """,
    help_epilogue=examples.of("search"),
)


@app.default
def search(
    *words: str,
    phrase: Annotated[
        bool, Parameter(negative="", show_default=False, help="all words side by side, in order")
    ] = False,
    prefix: Annotated[
        bool, Parameter(negative="", show_default=False, help="every word is a beginning")
    ] = False,
    party: Annotated[
        str | None, Parameter(help="only with this party: label, the other's code, identifier")
    ] = None,
    kind: Annotated[
        str | None, Parameter(help="only in cases of this kind: inquiry, proposal, ...")
    ] = None,
    type_: Annotated[
        str | None, Parameter(name="--type", help="only statements of this type: inquiry, ...")
    ] = None,
    first: Annotated[
        str | None, Parameter(name="--from", help="signed from 2026-07-07, 2026-07 or 2026 on")
    ] = None,
    last: Annotated[
        str | None, Parameter(name="--to", help="signed until then, that day included")
    ] = None,
    label: Annotated[
        str | None, Parameter(help="only in cases with this label of the house")
    ] = None,
    limit: Annotated[int, Parameter(help="so many of the best")] = LIMIT,
    acting: Acting = options.ACTING,
) -> None:
    """Search what both sides said in cases that the officer may read, the best first."""
    from parley.application import channels, indexing, register
    from parley.application import search as searching

    output = Terminal(acting)
    officer = options.officer_of(acting)
    meeting_register.period(first, last)
    since = dates.start(first) if first is not None else None
    until = dates.end(last) if last is not None else None
    _check("--kind", kind, Scope)
    _check("--type", type_, ActType)
    if not 1 <= limit <= MOST:
        raise ParleyError(
            Reason.ARGUMENT_INVALID, value=str(limit), name="--limit", choices=f"1 - {MOST}"
        )
    with access.opened(acting, output) as desk:
        sought = searching.Sought(
            " ".join(words),
            phrase=phrase,
            prefix=prefix,
            channel=channels.find(desk, party) if party is not None else None,
            kind=kind,
            type=type_,
            since=since,
            until=until,
            cases=None if label is None else register.with_label(desk, officer, label),
            limit=limit,
        )
        with Bar(output.text("Putting the index in order"), indexing.waiting(desk)) as bar:
            found = searching.find(desk, officer, sought, bar.more)
    output.emit(_plain(found), lambda: _render(output, found))


@app.command(help_epilogue=examples.of("search rebuild"))
def rebuild(*, opening: Opening = options.OPENING) -> None:
    """Drop the index for searching and build it anew from the record.

    It follows from the record, so nothing is lost by that. It is needed where
    fsck says that a block of the index differs.
    """
    from parley.application import audit, indexing

    output = Terminal(opening)
    with (
        access.opened(opening, output) as desk,
        Bar(output.text("Putting the index in order"), audit.size(desk)) as bar,
    ):
        count = indexing.rebuild(desk, bar.more)
    output.emit(
        {"statements": count},
        lambda: output.say(
            output.plural(
                "{n} statement is in the index.", "{n} statements are in the index.", count
            )
        ),
    )


def _check(name: str, value: str | None, known: type[StrEnum]) -> None:
    tokens = [one.value for one in known]
    if value is not None and value not in tokens:
        raise ParleyError(
            Reason.ARGUMENT_INVALID, value=value, name=name, choices=", ".join(tokens)
        )


def _plain(found: Found) -> dict[str, Any]:
    return {
        "statements": found.statements,
        "cases": found.cases,
        "numbered": [
            {"channel": channel.id.hex(), "case": case.hex()} for channel, case in found.numbered
        ],
        "found": [_plain_hit(hit) for hit in found.hits],
    }


def _plain_hit(hit: Hit) -> dict[str, Any]:
    channel, entry = hit.channel, hit.entry
    return {
        "case": entry.case_id.hex(),
        "channel": channel.id.hex(),
        "label": channel.label,
        "kind": hit.kind,
        "register": registered.plain(hit.registered),
        "statement": entry.leaf.hex(),
        "type": hit.type,
        "author": "own" if entry.author == channel.own_index else "peer",
        "code": channel.letter(entry.author).text.code,
        "signed_at": entry.iat,
        "score": round(hit.score, 4),
        "fields": None
        if hit.snippets is None
        else [
            {
                "field": one.path,
                "cut_before": one.cut_before,
                "cut_after": one.cut_after,
                "text": [{"text": mark.text, "found": mark.found} for mark in one.marks],
            }
            for one in hit.snippets
        ],
    }


def _render(output: Terminal, found: Found) -> None:
    for _channel, case in found.numbered:
        output.say(output.text("This is our number of case {case}.", case=acts.short(case)))
    if not found.statements:
        output.say(output.text("Nothing that you may read has all these words."))
        return
    said = output.plural("{n} statement", "{n} statements", found.statements)
    output.say(
        output.plural(
            "{statements} in {n} case, the best first:",
            "{statements} in {n} cases, the best first:",
            found.cases,
            statements=said,
        )
    )
    for hit in found.hits:
        output.say()
        channel, entry = hit.channel, hit.entry
        output.title(
            output.text(
                "Case {case}: {type:name} by {party}, {time}",
                case=acts.short(entry.case_id),
                type=hit.type,
                party=channel.letter(entry.author).text.code,
                time=output.time(entry.iat),
            )
        )
        if hit.snippets is None:
            output.say(output.text("The text is long: parley case show has it."), indent=4)
        output.facts(registered.rows(output, hit.registered), indent=4)
        for snippet in hit.snippets or ():
            _render_snippet(output, hit.type, snippet)
    left = found.statements - len(found.hits)
    if left:
        output.say()
        output.say(output.plural("{n} more was found.", "{n} more were found.", left))
    output.next_steps(f"parley case show {acts.short(found.hits[0].entry.case_id)}")


def _render_snippet(output: Terminal, type_: str, snippet: Snippet) -> None:
    (field,) = fields.of(type_, {snippet.path: "".join(mark.text for mark in snippet.marks)})
    pieces = [(mark.text, mark.found) for mark in snippet.marks]
    if snippet.cut_before:
        pieces.insert(0, (_CUT, False))
    if snippet.cut_after:
        pieces.append((_CUT, False))
    output.say(output.text("{field}:", field=fields.label(output, field)), indent=4)
    output.marked(pieces, indent=8)
