"""Officers of two real desks who work on cases of any kind, honest or not.

What they write follows from the declarations of the types: required codes with plausible values,
required fields with plain words, a reference that the type may have. A kind's tests may know better
(:data:`Hint`). Honest officers say only what their own desk lets through; hostile ones say anything
with true vectors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from parley.application import audit, preparing
from parley.application.desk import Desk
from parley.application.writing import Writing
from parley.domain import case as cases
from parley.domain.act import Code
from parley.domain.case import Case
from parley.domain.catalogue import CATALOGUE
from parley.domain.codes import numbers
from parley.domain.kinds.proposal_text import PENDING
from parley.domain.shape import CodeKind, CodeRule, FieldKind, Opens, Scope, TypeSpec
from parley.kernel import ids
from parley.kernel.errors import ParleyError
from parley.record import replay
from parley.record.freeze import Content
from parley.record.replay import Replay
from parley.record.statement import Handling
from parley.store import views
from tests.support.pair import START, Pair

Codes = dict[str, Code]
Hint = Callable[[Case, int, str, Random], Codes]
"""Codes for an act of a type by a member who knows a case."""

SOON = START + 40 * 86_400
WORDS: dict[FieldKind, Any] = {
    FieldKind.TEXT: "Some words.",
    FieldKind.LINE: "A line",
    FieldKind.DIGEST: bytes(range(32)),
    FieldKind.DATE: "2016-11-01",
    FieldKind.TIME: START,
    FieldKind.NUMBER: 11,
    FieldKind.TOKEN: "one",
}


def types_of(scope: Scope) -> list[TypeSpec]:
    """The types that officers may draft in a kind of case."""
    return [spec for spec in CATALOGUE.values() if spec.scope == scope]


def value(rule: CodeRule, random: Random) -> Code:
    """A plausible value of a code: few items, small numbers."""
    tokens = rule.choices or ("one", "two", "en")
    low = max(rule.least, 1)
    count = min(low + random.randint(0, 1), rule.most)
    some = sorted(random.sample(range(1, 5), min(count, 4)))
    several: dict[CodeKind, Code] = {
        CodeKind.TOKEN: random.choice(tokens),
        CodeKind.ID: "ee" * (max(rule.least, 2) // 2),
        CodeKind.IDS: tuple(f"{n:02x}" * 32 for n in some),
        CodeKind.NUMBERS: tuple(some),
        CodeKind.RANGES: ((1, count),),
        CodeKind.TOKENS: tuple(tokens[:count]),
        CodeKind.PAIRS: tuple((n, random.choice(tokens)) for n in some),
        CodeKind.NAMED: tuple((f"a{n}", random.choice(tokens)) for n in some),
        CodeKind.DIGESTS: tuple((n, PENDING) for n in some),
        CodeKind.PLACES: tuple((n, n - 1) for n in some),
        CodeKind.LINKS: tuple((n, n) for n in some),
        CodeKind.TIME: SOON,
        CodeKind.DATE: "2017-07",
    }
    if rule.name == "authentic":
        return ("en",)
    if rule.kind in several:
        return several[rule.kind]
    return min(rule.least + random.randint(0, 2), rule.most)


def words(spec: TypeSpec, codes: Mapping[str, Code]) -> dict[str, Any]:
    """The required fields of a body that ``codes`` announce."""
    found: dict[str, Any] = {}
    for rule in spec.fields:
        if not rule.required:
            continue
        for number in numbers(spec, codes, rule.per) if rule.per else [0]:
            path = rule.path.replace("<n>", str(number)) + ("@en" if rule.localised else "")
            found[path] = rule.choices[0] if rule.choices else WORDS[rule.kind]
    return found


class Officers:
    """Both sides' officers, on one case of one kind."""

    def __init__(self, pair: Pair, scope: Scope, random: Random, hint: Hint | None = None) -> None:
        self.pair = pair
        self.random = random
        self.case = ids.new_case_id()
        self.said: list[str] = []
        self._types = types_of(scope)
        self._hint = hint

    @property
    def desks(self) -> tuple[Desk, Desk]:
        return self.pair.left, self.pair.right

    def words(self, spec: TypeSpec, codes: Codes) -> dict[str, Any]:
        """The body of an act of a type that ``codes`` announce."""
        return words(spec, codes)

    def view(self, desk: Desk) -> Case:
        """The case as a desk has it."""
        with desk.database.read() as connection:
            row = views.case(connection, self.pair.channel_id, self.case)
            return cases.empty(2) if row is None else replay.case_of(row)

    def plausible(self, desk: Desk, spec: TypeSpec) -> tuple[Codes, bytes | None]:
        """Codes and reference for an act of a type."""
        state, member = self.view(desk), self.pair.channel(desk).own_index
        required = (rule for rule in spec.codes if rule.required)
        codes = {rule.name: value(rule, self.random) for rule in required}
        codes.update(cases.fill(state, spec.type))
        if self._hint is not None:
            codes.update(self._hint(state, member, spec.type, self.random))
        known = [entry for entry in state.acts if entry.void is None]
        fitting = [entry.id for entry in known if entry.type in spec.reference]
        return codes, self.random.choice(fitting) if fitting else None

    def speak(self, desk: Desk) -> bool:
        """Say something that the desk lets through, if a plausible draft is: whether it was."""
        opened = self.view(desk).openers
        fitting = [spec for spec in self._types if (spec.opens == Opens.NEVER) == bool(opened)]
        spec = self.random.choice(fitting or self._types)
        codes, reference = self.plausible(desk, spec)
        writing = Writing(
            spec.type,
            self.words(spec, codes),
            codes,
            self.case,
            reference=reference,
            reply_wanted=86_400 if spec.reply_wanted_required else None,
        )
        channel = self.pair.channel(desk)
        with desk.database.write(channel.id) as connection:
            try:
                prepared = preparing.prepare(connection, channel, writing)
                frozen = preparing.freeze(connection, channel, prepared)
                preparing.check(connection, channel, frozen, desk.clock())
            except ParleyError:
                return False
            desk.ledger(connection, channel).append_own(frozen.act_bytes, frozen.body)
        self.said.append(spec.type)
        return True

    def blurt(self, desk: Desk) -> None:
        """Say something whether or not it is allowed: another's act, to nothing, without text."""
        spec = self.random.choice(self._types)
        codes, reference = self.plausible(desk, spec)
        channel, chance = self.pair.channel(desk), self.random.random()
        if chance < 0.2:
            codes["more"] = 1
        content = Content(
            case=self.case,
            type=spec.type,
            from_office=channel.own.text.offices[0].id,
            to_offices=(channel.peer.text.offices[0].id,),
            reference=reference if chance < 0.7 else self.random.choice([None, bytes(32)]),
            basis=(),
            legal_basis=None,
            precedence=self.random.randint(0, 3),
            handling=Handling("red", None),
            reply_wanted=86_400 if spec.reply_wanted_required else None,
            codes=codes,
            values=self.words(spec, codes) if chance < 0.8 else {},
        )
        self.pair.append(desk, content)


def play(officers: Officers, turns: int, hostile: float) -> None:
    """Both sides speak and frames go either way, crossing or not; then all is delivered.

    ``hostile`` is how often somebody says whatever comes to mind.
    """
    random = officers.random
    for _ in range(turns):
        desk = random.choice(officers.desks)
        if random.random() < hostile:
            officers.blurt(desk)
        else:
            # Three drafts at most: not every one is what the case lets them say.
            any(officers.speak(desk) for _ in range(3))
        if random.random() < 0.4:
            officers.pair.deliver(random.choice(officers.desks))
    officers.pair.settle()


def check(officers: Officers) -> Case:
    """Both desks hold one case, its views are those of the record, and nothing is amiss."""
    left, right = officers.desks
    state = officers.view(left)
    assert officers.view(right) == state
    for desk in officers.desks:
        channel = officers.pair.channel(desk)
        with desk.database.read() as connection:
            whole = Replay(connection, channel).state(officers.case) if state.size else state
            assert whole == state
        assert audit.fsck(desk).faults == ()
    return state
