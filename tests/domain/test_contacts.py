"""A directory of contacts, act by act: what is void and why, and what stands."""

from __future__ import annotations

import msgspec
import pytest

from parley.domain import case as cases
from parley.domain import ranges
from parley.domain.act import Act, ActType
from parley.domain.case import Case
from parley.domain.kinds import contacts_state
from parley.domain.kinds.contacts import ContactsKind
from parley.domain.kinds.contacts_state import ContactStatus, manning
from parley.domain.shape import ClockKind
from parley.kernel import limits
from tests.domain.contacts_play import OTHER, OWNER, Codes, Directory, reason, statuses, substance
from tests.domain.play import DAY, NOW

NOMINATION = ActType.CONTACT_NOMINATION
ACCEPTANCE = ActType.CONTACT_ACCEPTANCE
REVOCATION = ActType.CONTACT_REVOCATION
SUSPENSION = ActType.CONTACT_SUSPENSION
RESUMPTION = ActType.CONTACT_RESUMPTION
CHECK = ActType.COMMUNICATION_CHECK
ANSWER = ActType.COMMUNICATION_ANSWER


@pytest.fixture
def play() -> Directory:
    """Four contacts, the first three accepted, which both sides know."""
    made = Directory()
    made.sync()
    made.tell(OTHER, ACCEPTANCE, (1, 3))
    made.sync()
    made.tell(OWNER, ActType.CONTACT_RECONFIRMATION, (1, 4))
    made.sync()
    return made


def named(*pairs: tuple[int, int]) -> Codes:
    return {"contacts": pairs}


def test_a_contact_is_nominated_accepted_active_suspended_and_revoked() -> None:
    play = Directory(1)
    play.sync()
    seen = [statuses(play.view(OWNER))[1]]
    for member, type_ in (
        (OTHER, ACCEPTANCE),
        (OWNER, ActType.CONTACT_RECONFIRMATION),
        (OTHER, SUSPENSION),
        (OTHER, RESUMPTION),
        (OWNER, REVOCATION),
    ):
        play.tell(member, type_, (1, 1))
        play.sync()
        seen.append(statuses(play.view(OTHER))[1])
    assert seen == ["nominated", "accepted", "active", "suspended", "active", "revoked"]


@pytest.mark.parametrize(
    ("member", "type_", "codes", "why"),
    [
        (OTHER, NOMINATION, {"first": 5, "contacts": 1, "at": ((5, 1),)}, "not-the-opener"),
        (OWNER, NOMINATION, {"first": 4, "contacts": 1, "at": ((4, 1),)}, "contact-number-wrong"),
        (OWNER, NOMINATION, {"first": 5, "contacts": 0}, "nothing-nominated"),
        (OWNER, NOMINATION, {"first": 5, "contacts": 1}, "code-invalid"),
        (OWNER, NOMINATION, {"first": 5, "contacts": 1, "at": ((6, 1),)}, "code-invalid"),
        (
            OWNER,
            NOMINATION,
            {"first": 5, "contacts": 1, "at": ((5, 1), (6, 1))},
            "code-invalid",
        ),
        (
            OWNER,
            NOMINATION,
            {"first": 5, "contacts": 1, "at": ((5, 3),)},
            "contact-office-unknown",
        ),
        (OWNER, NOMINATION, {"first": 5, "contacts": 0, "again": ((1, 1),)}, "contact-not-revoked"),
        (OWNER, NOMINATION, {"first": 5, "contacts": 0, "again": ((9, 9),)}, "contact-unknown"),
        (
            OWNER,
            NOMINATION,
            {"first": 5, "contacts": 0, "offices": ((4, "legal"),)},
            "office-number-wrong",
        ),
        (
            OWNER,
            NOMINATION,
            {"first": 5, "contacts": 0, "deputies": ((2, 3),)},
            "contact-office-unknown",
        ),
        (OWNER, NOMINATION, {"first": 5, "contacts": 0, "deputies": ((2, 2),)}, "code-invalid"),
        (OWNER, ACCEPTANCE, named((4, 4)), "not-the-other"),
        (OTHER, ACCEPTANCE, named((1, 4)), "contact-not-waiting"),
        (OTHER, ACCEPTANCE, named((5, 5)), "contact-unknown"),
        (OWNER, RESUMPTION, named((1, 1)), "reference-missing"),
        (OTHER, ActType.CONTACT_CHANGE, {"changed-at": NOW}, "not-the-opener"),
        (OWNER, ActType.CONTACT_CHANGE, {"changed-at": NOW}, "no-contact-changed"),
        (OTHER, ActType.CONTACT_RECONFIRMATION, named((1, 1)), "not-the-opener"),
        (OWNER, CHECK, {"nonce": "00", "scenario": "routine"}, "not-the-other"),
        (
            OTHER,
            CHECK,
            {"nonce": "00", "scenario": "routine", "office": 3},
            "contact-office-unknown",
        ),
        (OTHER, REVOCATION, named((4, 5)), "contact-unknown"),
    ],
)
def test_what_is_against_the_rules_is_void(
    play: Directory, member: int, type_: str, codes: Codes, why: str
) -> None:
    before = statuses(play.view(OWNER))
    assert reason(play, play.act(member, type_, codes)) == why
    assert statuses(play.view(OWNER)) == before


def test_each_side_lifts_its_own_suspensions_only(play: Directory) -> None:
    play.tell(OTHER, SUSPENSION, (1, 2))
    play.sync()
    assert reason(play, play.act(OTHER, SUSPENSION, named((2, 3)))) == "contact-suspended"
    assert reason(play, play.act(OWNER, RESUMPTION, named((1, 1)))) == "contact-not-suspended"
    play.tell(OWNER, SUSPENSION, (2, 2))
    play.sync()
    play.tell(OTHER, RESUMPTION, (1, 2))
    play.sync()
    assert list(statuses(play.view(OTHER)).values()) == [
        "active",
        "suspended",
        "active",
        "nominated",
    ]


def test_an_act_holds_for_all_contacts_that_it_names_or_for_none(play: Directory) -> None:
    play.tell(OWNER, REVOCATION, (2, 2))
    play.sync()
    assert reason(play, play.act(OTHER, REVOCATION, named((1, 4)))) == "contact-revoked"
    assert list(statuses(play.view(OTHER)).values()) == [
        "active",
        "revoked",
        "active",
        "nominated",
    ]


@pytest.mark.parametrize("revoker", [OWNER, OTHER])
def test_only_the_owner_nominates_again_and_the_other_side_accepts_anew(
    play: Directory, revoker: int
) -> None:
    play.tell(revoker, REVOCATION, (1, 2))
    play.sync()
    for type_ in (ACCEPTANCE, SUSPENSION, REVOCATION):
        assert reason(play, play.act(OTHER, type_, named((1, 1)))) == "contact-revoked"
    play.nominate(0, again=((1, 1),))
    play.sync()
    assert [statuses(play.view(OTHER))[n] for n in (1, 2)] == ["nominated", "revoked"]
    play.tell(OTHER, ACCEPTANCE, (1, 1))
    assert statuses(play.view(OTHER))[1] == "accepted"


def test_a_nomination_again_that_crosses_a_revocation_nominates_nobody(play: Directory) -> None:
    """Also where the owner had revoked first, and nominates again what it revoked itself."""
    play.tell(OWNER, REVOCATION, (1, 2))
    play.nominate(0, again=((1, 2),))
    play.tell(OTHER, REVOCATION, (1, 1))
    play.sync()
    whole = play.view(OWNER)
    assert not whole.void_acts
    assert [statuses(whole)[n] for n in (1, 2)] == ["revoked", "nominated"]
    assert {pair.outcome for pair in cases.crossings(whole)} == {"revocation-holds"}
    # Having seen it, the owner may.
    assert reason(play, play.act(OWNER, NOMINATION, _again(play, (1, 1)))) is None
    assert statuses(play.view(OTHER))[1] == "nominated"


def _again(play: Directory, *pairs: tuple[int, int]) -> Codes:
    return {"first": play.substance(OWNER).count + 1, "contacts": 0, "again": pairs}


def test_an_acceptance_is_for_what_its_author_had_seen(play: Directory) -> None:
    play.tell(OWNER, REVOCATION, (4, 4))
    play.nominate(0, again=((4, 4),))
    play.tell(OTHER, ACCEPTANCE, (4, 4))
    play.sync()
    assert statuses(play.view(OWNER))[4] == "nominated"
    assert reason(play, play.act(OTHER, ACCEPTANCE, named((4, 4)))) is None
    assert statuses(play.view(OTHER))[4] == "accepted"


def test_offices_and_deputies_survive_the_revocation_of_everybody(play: Directory) -> None:
    def answering(case: Case) -> list[int | None]:
        return [manned.answers for manned in manning(case, substance(case))]

    play.nominate(1, at=((5, 2),))
    play.sync()
    play.tell(OTHER, ACCEPTANCE, (5, 5))
    play.sync()
    assert answering(play.view(OWNER)) == [1, 2]
    play.tell(OTHER, REVOCATION, (1, 4))
    play.sync()
    assert answering(play.view(OWNER)) == [2, 2]
    play.tell(OWNER, REVOCATION, (5, 5))
    play.sync()
    whole = play.view(OTHER)
    assert answering(whole) == [None, None]
    assert [(o.number, o.deputy) for o in substance(whole).offices] == [(1, 2), (2, 0)]
    assert cases.status(whole) == "vacant"


def test_deputies_in_a_circle_end(play: Directory) -> None:
    play.nominate(0, deputies=((2, 1),))
    play.tell(OWNER, REVOCATION, (1, 4))
    found = manning(play.view(OWNER), play.substance(OWNER))
    assert [manned.answers for manned in found] == [None, None]


def test_a_check_is_answered_once_and_with_its_own_number(play: Directory) -> None:
    first = play.tell(OTHER, CHECK, nonce="0a" * 16, scenario="routine", office=2)
    play.sync()
    assert play.view(OWNER).find(first.id) is not None
    assert cases.next_actors(play.view(OWNER)) == (OWNER, OTHER)
    assert reason(play, play.act(OWNER, ANSWER, {"nonce": "0b" * 16})) == "check-nonce-wrong"
    assert reason(play, play.act(OWNER, ANSWER, {"nonce": "0a" * 16})) is None
    assert reason(play, play.act(OWNER, ANSWER, {"nonce": "0a" * 16})) == "check-answered"
    assert cases.next_actors(play.view(OWNER)) == (OTHER,)


def test_checks_and_reconfirmation_are_due_by_schedule(play: Directory) -> None:
    def due(play: Directory) -> list[tuple[str, int, bytes, int | None]]:
        return [(o.kind, o.owner, o.since, o.seconds) for o in cases.obligations(play.view(OWNER))]

    acts = {entry.type: entry.id for entry in play.view(OWNER).acts}
    yearly = (ClockKind.RECONFIRM, OWNER, acts[ActType.CONTACT_RECONFIRMATION], 365 * DAY)
    assert due(play) == [(ClockKind.CHECK, OTHER, acts[ACCEPTANCE], 182 * DAY), yearly]
    check = play.tell(OTHER, CHECK, nonce="00", scenario="routine")
    play.sync()
    assert due(play) == [
        (ClockKind.ANSWER_CHECK, OWNER, check.id, DAY),
        (ClockKind.CHECK, OTHER, check.id, 182 * DAY),
        yearly,
    ]
    # An older check that was not answered has failed; it is not due any more.
    again = play.tell(OTHER, CHECK, nonce="01", scenario="fallback")
    play.sync()
    assert [since for kind, _, since, _ in due(play) if kind == ClockKind.ANSWER_CHECK] == [
        again.id
    ]
    play.tell(OWNER, REVOCATION, (1, 4))
    assert ClockKind.RECONFIRM not in {kind for kind, *_ in due(play)}


def test_a_change_moves_contacts_and_gives_their_records_anew(play: Directory) -> None:
    changed = play.tell(
        OWNER,
        ActType.CONTACT_CHANGE,
        (1, 1),
        (3, 4),
        changed_at=NOW - 40 * DAY,
        at=((1, 2), (4, 1)),
    )
    play.sync()
    found = list(contacts_state.stretches(play.view(OTHER), play.substance(OTHER)))
    places = {n: s.office for s in found for n in range(s.first, s.last + 1)}
    written = {n: s.written for s in found for n in range(s.first, s.last + 1)}
    assert places == {1: 2, 2: 1, 3: 2, 4: 1}
    assert [n for n, seq in written.items() if seq == changed.seq] == [1, 3, 4]
    assert [change.changed_at for change in play.substance(OTHER).changes] == [NOW - 40 * DAY]


def test_what_follows_from_the_directory_is_filled_in(play: Directory) -> None:
    kind, case = ContactsKind(), play.view(OTHER)
    assert kind.fill(case, substance(case), NOMINATION) == {"first": 5}
    assert kind.fill(case, substance(case), ACCEPTANCE) == {"contacts": ((4, 4),)}
    assert kind.fill(case, substance(case), ANSWER) == {}


def test_a_directory_of_ten_thousand_stays_small() -> None:
    """755 scattered contacts revoked in one act; the state grows with what differs, no more."""
    play = Directory(0)
    for _ in range(10):
        play.nominate(1000)
    play.sync()
    play.tell(OTHER, ACCEPTANCE, (1, 10_000))
    plain = len(msgspec.msgpack.encode(play.view(OTHER)))
    assert plain < 4096
    play.sync()
    scattered = tuple((n, n) for n in range(1, 1511, 2))
    assert ranges.size(scattered) == 755
    play.tell(OTHER, REVOCATION, *scattered)
    play.sync()
    whole = play.view(OWNER)
    assert contacts_state.counts(whole, substance(whole))[ContactStatus.REVOKED] == 755
    assert len(msgspec.msgpack.encode(whole)) < plain + 755 * 12


def test_a_directory_has_room_for_so_many() -> None:
    play = Directory(0)
    for _ in range(4):
        play.nominate(4096)
    assert play.substance(OWNER).count == limits.CONTACTS_IN_DIRECTORY
    one_more: Act = play.act(
        OWNER, NOMINATION, {"first": 16_385, "contacts": 1, "at": ((16_385, 1),)}
    )
    assert reason(play, one_more) == "contacts-too-many"


def test_nobody_opens_a_directory_with_anything_but_a_nomination() -> None:
    play = Directory(0)
    play.said[OWNER].clear()
    for codes, why in (
        ({"first": 1, "contacts": 0, "again": ((1, 1),)}, "contact-unknown"),
        ({"first": 2, "contacts": 1, "at": ((2, 1),)}, "contact-number-wrong"),
        ({"first": 1, "contacts": 1, "at": ((1, 1),)}, "contact-office-unknown"),
    ):
        assert reason(play, play.act(OWNER, NOMINATION, codes)) == why  # type: ignore[arg-type]
    early = play.act(OTHER, REVOCATION, named((1, 1)), reference=bytes(32))
    assert reason(play, early) == "case-not-open"
