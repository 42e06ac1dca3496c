"""Games of two sides with a case of any kind: what they may say, in any interleaving.

A kind's tests give a ``Style``: how a case is opened, and a plausible header for each type. The
rules of the kind decide what of that is allowed; :class:`Game` keeps who has seen what.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, NamedTuple

from parley.domain import case, causality, folding
from parley.domain.act import Act
from parley.domain.case import Case, Stands, Void
from parley.domain.shape import TypeSpec
from parley.kernel.errors import ParleyError
from tests.domain.play import NOW, Codes, Play, make

Header = tuple[Codes, bytes | None]


class Style(NamedTuple):
    """How a kind of case is played: its types, and a header for an act by one who knows a case.

    ``header`` is given the case, the member, the type and a source of chance; the first act of a
    game has the type ``opening``.
    """

    types: tuple[TypeSpec, ...]
    opening: str
    header: Callable[[Case, int, str, Random], Header]


class Game(Play):
    """Two members and one case between them, of any kind."""

    def __init__(self, style: Style, random: Random, between: int = 1) -> None:
        super().__init__(between)
        self.style = style
        self.random = random

    def seen(self, member: int) -> Case:
        """The case as ``member`` has it."""
        return folding.fold(self.known(member))

    def draft(self, member: int, type_: str, codes: Codes | None = None, **fields: Any) -> Act:
        """An act exactly as it is given."""
        return make(member, self.count[member], self.vector(member), type_, codes, **fields)

    def drafted(self, member: int, type_: str) -> Act:
        """A plausible act of a type by ``member``."""
        codes, reference = self.style.header(self.seen(member), member, type_, self.random)
        return self.draft(member, type_, codes, reference=reference)

    def allowed(self, member: int) -> list[Act]:
        """What ``member`` may say now: one draft of each type that the rules let through."""
        view = self.seen(member)
        drafts = [self.drafted(member, spec.type) for spec in self.style.types]
        return [act for act in drafts if _is_allowed(view, act)]

    def open(self, member: int = 0) -> Act:
        """``member`` opens the case, and the other side hears of it."""
        act = self.release(self.drafted(member, self.style.opening))
        self.sync()
        return act

    def whole(self) -> Case:
        return folding.fold(self.acts())


def _is_allowed(view: Case, act: Act) -> bool:
    try:
        return case.decide(view, act, NOW) == (Stands(act),)
    except ParleyError:
        return False


def honest(style: Style, seed: int, length: int) -> Game:
    """A game of two sides that keep to the rules, drawn by lot."""
    random = Random(seed)
    game = Game(style, random, random.randrange(3))
    game.open(random.randrange(2))
    for _ in range(length):
        member = random.randrange(2)
        if random.random() < 0.45:
            game.deliver(member, random.randint(1, 3))
        # Not every draft is worked out each time: a kind has many types.
        type_ = random.choice(style.types).type
        act = game.drafted(member, type_)
        if _is_allowed(game.seen(member), act):
            game.release(act)
    return game


def unruly(style: Style, seed: int, length: int) -> Game:
    """A game whose sides say anything at any time, with true vectors."""
    random = Random(seed)
    game = Game(style, random, random.randrange(2))
    if random.random() < 0.9:
        game.open(random.randrange(2))
    for _ in range(length):
        member = random.randrange(2)
        if random.random() < 0.5:
            game.deliver(member, random.randint(1, 3))
        act = game.drafted(member, random.choice(style.types).type)
        known = game.known(member)
        if known and random.random() < 0.3:
            changed = {**act.codes, random.choice(["held", "agenda", "x"]): random.choice([0, "x"])}
            reference = random.choice([act.reference, random.choice(known).id, bytes(32)])
            codes = changed if random.random() < 0.5 else act.codes
            act = game.draft(member, act.type, dict(codes), reference=reference)
        game.release(act)
    return game


def check_honest(game: Game) -> Case:
    """Both sides end with one case, and nothing that an honest side said is void."""
    acts = game.acts()
    views = [game.seen(member) for member in (0, 1)]
    game.sync()
    whole = game.whole()
    assert game.seen(0) == game.seen(1) == whole == folding.fold([*acts, *acts])
    for view in (*views, whole):
        assert not view.void_acts
    check_any(game)
    assert not case.is_provisional(folding.cover(whole, game.horizon()))
    return whole


def check_any(game: Game) -> Case:
    """What holds whatever was said: one fold in any order, and void acts change nothing."""
    acts = game.acts()
    whole = game.whole()
    shuffled = list(acts)
    game.random.shuffle(shuffled)
    assert folding.fold(shuffled) == whole == naive(acts, game.random)
    assert case.from_plain(case.to_plain(whole)) == whole
    assert not whole.strays
    void = {entry.id: entry.void for entry in whole.void_acts}
    kept = folding.fold([act for act in acts if act.id not in void])
    assert kept.substance == whole.substance
    assert case.status(kept) == case.status(whole)
    for act in acts:
        known = [*causality.past(act, acts), act]
        judged = {entry.id: entry.void for entry in folding.fold(known).void_acts}
        assert judged == {one.id: void[one.id] for one in known if one.id in void}
    read(whole)
    return whole


def read(whole: Case) -> None:
    """Every reading of a case works, whatever the case."""
    assert case.status(whole)
    assert case.is_open(whole) in (True, False)
    assert all(0 <= member < whole.members for member in case.next_actors(whole))
    for due in case.obligations(whole):
        assert (due.seconds is None) != (due.at is None)
        assert whole.find(due.since) is not None
    assert isinstance(list(case.crossings(whole)), list)


def naive(acts: list[Act], random: Random) -> Case:
    """The fold as its definition says it, in an order of causes drawn by lot."""
    waiting = list(acts)
    events: list[Stands | Void] = []
    while waiting:
        ready = [act for act in waiting if not causality.past(act, waiting)]
        act = random.choice(ready)
        waiting.remove(act)
        view = case.empty(2)
        for event in events:
            if causality.precedes(event.act, act):
                view = case.evolve(view, event)
        events.append(case.observe(view, act))
    state = case.empty(2)
    for event in events:
        state = case.evolve(state, event)
    return state


def crossed(whole: Case) -> set[tuple[str, str]]:
    """The pairs of types that crossed in a case, in either order."""
    types = {entry.id: entry.type for entry in whole.acts}
    found: set[tuple[str, str]] = set()
    for pair in case.crossings(whole):
        first, second = types[pair.first], types[pair.second]
        found |= {(first, second), (second, first)}
    return found


def authors(game: Game) -> dict[bytes, int]:
    """Who said each act."""
    return {act.id: act.author for act in game.acts()}


def ids_in(side: Any) -> set[bytes]:
    """The ids of the acts that wrote the facts of a side."""
    found: set[bytes] = set()
    for name in side.__struct_fields__:
        value = getattr(side, name)
        items = value if isinstance(value, tuple) else (value,)
        found |= {item.id for item in items if hasattr(item, "id")}
    return found
