"""A working group: founded under an agreed text, joined by each side's own act."""

from __future__ import annotations

from itertools import permutations
from random import Random

import pytest

from parley.domain import case, folding
from parley.domain.act import Act, ActType
from parley.domain.case import Case
from parley.domain.kinds.working_group import WorkingGroup
from parley.domain.types.working_group import WORKING_GROUP_TYPES
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from tests.domain.play import NOW, Codes, Play, make

FOUNDER, OTHER = 0, 1
SIDES = (FOUNDER, OTHER)
TEXT, NEWER = "1a" * 32, "2b" * 32
CASE = "0c" * 16
MEETING = "0d" * 16

MANDATE: Codes = {"mandate": TEXT, "proposal": CASE}
LEAVE = ActType.WORKING_GROUP_LEAVE
CHAIR = ActType.WORKING_GROUP_CHAIR
JOIN = ActType.WORKING_GROUP_MANDATE
SESSION = ActType.WORKING_GROUP_SESSION
MEMBERS = ActType.WORKING_GROUP_MEMBERS


class Group(Play):
    """A play of one working group."""

    def case(self, member: int) -> Case:
        return folding.fold(self.known(member))

    def draft(self, member: int, type_: str, codes: Codes | None = None, **fields: object) -> Act:
        if type_ != ActType.WORKING_GROUP:
            fields.setdefault("reference", self.said[FOUNDER][0].id)
        return make(member, self.count[member], self.vector(member), type_, codes or {}, **fields)

    def settled(self) -> Case:
        return folding.fold(self.acts())

    def group(self) -> WorkingGroup:
        found = self.settled().substance
        assert isinstance(found, WorkingGroup)
        return found

    def status(self) -> str:
        return case.status(self.settled())


def founded() -> Group:
    group = Group()
    group.exchange(FOUNDER, ActType.WORKING_GROUP, MANDATE)
    return group


def constituted() -> Group:
    group = founded()
    group.exchange(OTHER, JOIN, MANDATE)
    return group


def reason_of(group: Group, member: int, type_: str, codes: Codes | None = None) -> Reason:
    with pytest.raises(ParleyError) as caught:
        case.decide(group.case(member), group.draft(member, type_, codes), NOW)
    return caught.value.reason


def test_nobody_is_in_a_group_before_its_own_act() -> None:
    group = founded()
    assert group.status() == "founding"
    assert case.next_actors(group.settled()) == (OTHER,)
    assert group.group().mandate is None
    for type_, codes in [(MEMBERS, {"members": 1}), (SESSION, {"meeting": MEETING}), (LEAVE, {})]:
        assert reason_of(group, OTHER, type_, codes) == Reason.NOT_IN_GROUP
    group.exchange(OTHER, JOIN, MANDATE)
    assert group.status() == "constituted"
    mandate = group.group().mandate
    assert mandate is not None
    assert mandate.text == TEXT
    assert reason_of(group, OTHER, JOIN, MANDATE) == Reason.MANDATE_ALREADY_SIGNED


def test_a_new_mandate_takes_both() -> None:
    group = constituted()
    newer: Codes = {"mandate": NEWER, "proposal": CASE}
    group.exchange(FOUNDER, JOIN, newer)
    assert group.status() == "mandate-open"
    assert case.next_actors(group.settled()) == SIDES
    group.exchange(OTHER, JOIN, newer)
    assert group.status() == "constituted"


def test_each_names_its_own_delegation() -> None:
    group = constituted()
    group.say(FOUNDER, MEMBERS, {"members": 3})
    group.say(OTHER, MEMBERS, {"members": 2})
    counts = [one.count for one in group.group().delegations if one is not None]
    assert counts == [3, 2]


def test_a_chair_is_settled_once_both_say_the_same() -> None:
    group = constituted()
    group.say(FOUNDER, CHAIR, {"chair": "rotating", "first": 0})
    group.say(OTHER, CHAIR, {"chair": "joint"})
    assert group.group().chair is None
    group.sync()
    group.exchange(FOUNDER, CHAIR, {"chair": "joint"})
    chair = group.group().chair
    assert chair is not None
    assert (chair.manner, chair.first) == ("joint", None)


@pytest.mark.parametrize(
    "codes",
    [
        {"chair": "one"},
        {"chair": "rotating"},
        {"chair": "joint", "first": 0},
        {"chair": "one", "first": 2},
    ],
)
def test_a_chair_is_a_member_and_named_where_there_is_one(codes: Codes) -> None:
    assert reason_of(constituted(), OTHER, CHAIR, codes) == Reason.CHAIR_INVALID


def test_sessions_are_meetings_that_either_names_once() -> None:
    group = constituted()
    group.say(FOUNDER, SESSION, {"meeting": MEETING})
    group.say(OTHER, SESSION, {"meeting": MEETING})
    assert [(one.meeting, one.member) for one in group.group().sessions] == [
        (MEETING, FOUNDER),
        (MEETING, OTHER),
    ]
    assert reason_of(group, OTHER, SESSION, {"meeting": MEETING}) == Reason.SESSION_ALREADY_NAMED


def test_whoever_leaves_is_out_and_may_come_back() -> None:
    group = constituted()
    group.exchange(OTHER, LEAVE)
    assert group.status() == "left"
    assert reason_of(group, OTHER, CHAIR, {"chair": "joint"}) == Reason.NOT_IN_GROUP
    group.exchange(OTHER, JOIN, MANDATE)
    assert group.status() == "constituted"
    group.say(OTHER, LEAVE)
    group.say(FOUNDER, LEAVE)
    assert group.status() == "dissolved"


def test_leaving_while_the_other_acts_leaves_both_acts_standing() -> None:
    group = constituted()
    group.say(OTHER, LEAVE)
    group.say(FOUNDER, SESSION, {"meeting": MEETING})
    assert group.status() == "left"
    assert len(group.group().sessions) == 1
    acts = group.acts()
    assert len({repr(case.to_plain(folding.fold(order))) for order in permutations(acts)}) == 1


CHOICES: dict[str, list[Codes]] = {
    JOIN: [MANDATE, {"mandate": NEWER, "proposal": CASE}, {"mandate": "zz"}],
    MEMBERS: [{"members": 1}, {"members": 99}],
    CHAIR: [{"chair": "joint"}, {"chair": "one", "first": 1}, {"chair": "one", "first": 7}],
    SESSION: [{"meeting": MEETING}, {"meeting": "0e" * 16}],
    LEAVE: [{}],
    ActType.WORKING_GROUP: [MANDATE],
}


@pytest.mark.parametrize("seed", range(60))
def test_games_in_any_order_give_one_group_and_each_its_own_part(seed: int) -> None:
    random = Random(seed)
    group = Group()
    group.say(FOUNDER, ActType.WORKING_GROUP, MANDATE)
    group.deliver(OTHER)
    for _ in range(25):
        member = random.choice(SIDES)
        if random.random() < 0.5:
            group.deliver(member, random.randint(1, 3))
        type_ = random.choice(list(CHOICES))
        group.say(member, type_, random.choice(CHOICES[type_]))
    acts = group.acts()
    group.sync()
    folded = group.settled()
    assert group.case(FOUNDER) == group.case(OTHER) == folded
    random.shuffle(acts)
    assert folding.fold(acts) == folded
    assert case.from_plain(case.to_plain(folded)) == folded
    authors = {act.id: act.author for act in acts}
    found = group.group()
    for parts in (found.mandates, found.delegations, found.chairs):
        for member, part in enumerate(parts):
            assert part is None or authors[part.act] == member
    for session in found.sessions:
        assert authors[session.act] == session.member
    # Each part is what its owner said last, of what the rules allow.
    void = {entry.id for entry in folded.void_acts}
    for member in SIDES:
        own = [act for act in acts if act.author == member and act.id not in void]
        own.sort(key=lambda act: act.seq)
        joined = [a for a in own if a.type in (JOIN, LEAVE, ActType.WORKING_GROUP)]
        mandate = found.mandates[member]
        if not joined or joined[-1].type == LEAVE:
            assert mandate is None
        else:
            assert mandate is not None
            assert mandate.act == joined[-1].id


def test_the_types_are_those_that_a_group_has() -> None:
    assert {spec.type for spec in WORKING_GROUP_TYPES} == set(CHOICES)
