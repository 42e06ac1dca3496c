"""``parley office``: who holds each office, its deputies, its heads, and the office after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import App, Parameter

from parley.cli import access, examples, options
from parley.cli.options import ACTING, OPENING, Acting, Opening
from parley.cli.terminal import Terminal
from parley.domain.posts import Post
from parley.presentation.views import office_of

if TYPE_CHECKING:
    from parley.application.desk import Desk
    from parley.application.offices import Settled

OfficeArgument = Annotated[
    str, Parameter(name="OFFICE", help="its number in our letter, its name, or its identifier")
]
PostArgument = Annotated[
    Literal["holder", "deputy", "head"], Parameter(name="POST", help="holder, deputy or head")
]
OfficerArgument = Annotated[str, Parameter(name="NAME", help="sign-in name")]

app = App(name="office", help="Who holds each office, its deputies and heads.")


@app.command(name="list", help_epilogue=examples.of("office list"))
def list_(*, opening: Opening = OPENING) -> None:
    """List the offices of our letter, and who is told of their deadlines."""
    output = Terminal(opening)
    with access.opened(opening, output) as desk:
        _show(output, desk)


@app.command(help_epilogue=examples.of("office put"))
def put(
    office: OfficeArgument,
    post: PostArgument,
    name: OfficerArgument,
    /,
    *,
    acting: Acting = ACTING,
) -> None:
    """Put an officer into a post of an office.

    The holders are reminded of deadlines; the deputies and then the heads are told
    of those that pass. A post gives no rights: roles do. Whoever is recused from a
    case is not told of it, but the delegate. Once there is an administrator, an
    administrator does this, and for others.
    """
    from parley.application import offices

    output = Terminal(acting)
    with access.opened(acting, output) as desk:
        identifier = office_of(desk.letter, office, output.language)
        by = options.officer_if_named(acting)
        offices.put(desk, identifier, Post(post), name, by=by)
        _show(output, desk)


@app.command(help_epilogue=examples.of("office leave"))
def leave(
    office: OfficeArgument,
    post: PostArgument,
    name: OfficerArgument,
    /,
    *,
    acting: Acting = ACTING,
) -> None:
    """Take an officer out of a post of an office."""
    from parley.application import offices

    output = Terminal(acting)
    with access.opened(acting, output) as desk:
        identifier = office_of(desk.letter, office, output.language)
        by = options.officer_if_named(acting)
        offices.leave(desk, identifier, Post(post), name, by=by)
        _show(output, desk)


@app.command(help_epilogue=examples.of("office follow"))
def follow(
    office: OfficeArgument,
    following: Annotated[
        str | None, Parameter(name="NEXT", help="the office after it; none if absent")
    ] = None,
    /,
    *,
    acting: Acting = ACTING,
) -> None:
    """Name the office whose holders are told last, when an office lets a deadline pass."""
    from parley.application import offices

    output = Terminal(acting)
    with access.opened(acting, output) as desk:
        identifier = office_of(desk.letter, office, output.language)
        next_ = None if following is None else office_of(desk.letter, following, output.language)
        offices.set_following(desk, identifier, next_, by=options.officer_if_named(acting))
        _show(output, desk)


def _show(output: Terminal, desk: Desk) -> None:
    from parley.application import offices

    found = offices.every(desk)
    output.emit([_plain(one) for one in found], lambda: _render(output, found))


def _plain(one: Settled) -> dict[str, Any]:
    following = one.posts.following
    return {
        "office": one.id.hex(),
        "names": dict(one.names),
        "holders": _in(one, Post.HOLDER),
        "deputies": _in(one, Post.DEPUTY),
        "heads": _in(one, Post.HEAD),
        "following": None if following is None else following.hex(),
    }


def _in(one: Settled, post: Post) -> list[str]:
    return list(one.posts.posts.get(post, ()))


def _render(output: Terminal, found: list[Settled]) -> None:
    from parley.presentation import office_page

    numbers = {one.id: str(number) for number, one in enumerate(found, 1)}

    output.table(
        [
            output.text("Number"),
            output.text("Office"),
            output.text("Holders"),
            output.text("Deputies"),
            output.text("Heads"),
            output.text("Office after it"),
        ],
        [
            [
                numbers[one.id],
                output.foreign(office_page.name(output, one)),
                *(", ".join(_in(one, post)) or "\u2014" for post in Post),
                numbers.get(one.posts.following or b"", "\u2014"),
            ]
            for one in found
        ],
    )
