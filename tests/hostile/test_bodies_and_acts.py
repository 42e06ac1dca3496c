"""Who withholds or changes a text, or says what the rules forbid."""

from __future__ import annotations

import msgspec
import pytest

from parley.application import audit, cases, inbox
from parley.application.message import Sent
from parley.kernel import ids, limits
from parley.record import body as bodies
from parley.record import statement
from parley.record.freeze import Content
from parley.record.replay import Replay
from tests.support.hostile import Hostile
from tests.support.pair import START, inquiry

replace = msgspec.structs.replace
ACKNOWLEDGED = {"received-at": START, "handling-office": "00" * 8}


def test_the_body_is_withheld(hostile: Hostile) -> None:
    sent = hostile.sign()
    assert hostile.show(replace(sent, body=None)) == ["body-missing"]
    hostile.unharmed()
    assert hostile.show(sent) == [], "what was withheld can still come"
    hostile.unharmed(peer=2)


def test_a_field_of_the_body_is_withheld(hostile: Hostile) -> None:
    sent = hostile.sign()
    assert sent.body is not None
    cut = bodies.parse(sent.body).without(["subject@en"]).encode()
    assert hostile.show(replace(sent, body=cut)) == ["body-missing"]
    hostile.unharmed()


def test_another_body_is_sent(hostile: Hostile) -> None:
    """The same words under other salts are another body: the digest was signed."""
    sent = hostile.sign()
    assert sent.body is not None
    other = bodies.salted(bodies.parse(sent.body).values).encode()
    assert hostile.show(replace(sent, body=other)) == ["body-wrong"]
    hostile.unharmed()
    assert hostile.quarantine() == ["body-wrong"]


def test_a_statement_is_changed_after_it_was_signed(hostile: Hostile) -> None:
    sent = hostile.sign()
    changed = replace(sent, data=sent.data[:-1] + bytes((sent.data[-1] ^ 1,)))
    assert hostile.show(changed) == ["signature-invalid"]
    hostile.unharmed()


def test_what_is_no_statement_is_sent_as_one(hostile: Hostile) -> None:
    for data in (b"", b"\x00", b"\xd2\x84", bytes(5000)):
        assert hostile.show(Sent(data, None)) != []
    hostile.unharmed()


def said(hostile: Hostile, content: Content) -> str | None:
    """Show one statement; why it is void, which the peer is told exactly once."""
    sent = hostile.sign(content=content)
    assert hostile.show(sent) == []
    *_, void = hostile.voids(content.case)
    told = hostile.notices()
    if void is not None:
        leaf = statement.parse(sent.data).leaf
        assert [why for which, why in told if which == leaf] == [void]
    (view,) = [
        act
        for act in cases.show(
            hostile.desks.left, hostile.desks.channel(hostile.desks.left), content.case, "otto"
        ).acts
        if act.statement.data == sent.data
    ]
    assert view.receipt is not None, "whatever is validly signed is receipted"
    assert audit.fsck(hostile.desks.left).faults == ()
    return void


def draft(hostile: Hostile, **changes: object) -> Content:
    content = inquiry(hostile.desks.channel(hostile.desks.right), ids.new_case_id())
    return content._replace(**changes)  # type: ignore[arg-type]


def test_a_case_is_opened_a_second_time(hostile: Hostile) -> None:
    content = draft(hostile)
    assert said(hostile, content) is None
    hostile.desks.right.clock()
    again = hostile.sign(
        lambda e: replace(
            e,
            seq=2,
            prev=statement.parse(first_of(hostile, content)).leaf,
            case_seq=1,
            case_prev=statement.parse(first_of(hostile, content)).leaf,
        ),
        content=content,
    )
    assert hostile.show(again) == []
    assert hostile.voids(content.case) == [None, "case-already-open"]
    assert [why for _, why in hostile.notices()] == ["case-already-open"]


def first_of(hostile: Hostile, content: Content) -> bytes:
    shown = cases.show(
        hostile.desks.left, hostile.desks.channel(hostile.desks.left), content.case, "otto"
    )
    return shown.acts[0].statement.data


def test_a_text_tricks_its_reader(hostile: Hostile) -> None:
    content = draft(hostile)
    values = {**content.values, "subject@en": "harmless \u202e sselmrah"}
    assert said(hostile, content._replace(values=values)) == "text-direction-override"


def test_a_code_is_invented(hostile: Hostile) -> None:
    content = draft(hostile)
    assert said(hostile, content._replace(codes={**content.codes, "obey": 1})) == "code-unknown"


def test_more_questions_are_counted_than_asked(hostile: Hostile) -> None:
    content = draft(hostile)
    wrong = content._replace(codes={**content.codes, "questions": 3})
    assert said(hostile, wrong) == "field-missing"


def test_an_office_speaks_that_the_letter_does_not_name(hostile: Hostile) -> None:
    """It is taken for what it is, a word of the other desk; no name is shown for the office."""
    assert said(hostile, draft(hostile, from_office=bytes(8))) is None
    assert hostile.desks.right.letter.office_name(bytes(8), "en") == "00" * 8


def test_a_type_is_invented(hostile: Hostile) -> None:
    assert said(hostile, draft(hostile, type="surrender", codes={}, values={})) == "type-unknown"


def test_an_answer_refers_to_nothing(hostile: Hostile) -> None:
    ours = hostile.speak(hostile.desks.left)
    hostile.desks.settle()
    content = draft(
        hostile,
        case=ours.act.case,
        type="acknowledgement",
        codes=ACKNOWLEDGED,
        values={},
        reference=bytes(32),
        reply_wanted=None,
    )
    assert said(hostile, content) == "reference-unknown"


def test_it_answers_for_us(hostile: Hostile) -> None:
    """It acknowledges its own inquiry, as if we had."""
    content = draft(hostile)
    first = hostile.sign(content=content)
    parsed = statement.parse(first.data)
    own = draft(
        hostile,
        case=content.case,
        type="acknowledgement",
        codes=ACKNOWLEDGED,
        values={},
        reference=parsed.leaf,
        reply_wanted=None,
    )
    second = hostile.sign(
        lambda e: replace(e, seq=e.seq + 1, prev=parsed.leaf, case_seq=1, case_prev=parsed.leaf),
        content=own,
    )
    assert hostile.show(first, second) == []
    assert hostile.voids(content.case) == [None, "not-the-replier"]
    assert len(hostile.notices()) == 1


def test_a_case_is_opened_under_the_number_of_ours(hostile: Hostile) -> None:
    """It has read our inquiry, says that it has not, and opens the very same case."""
    desks = hostile.desks
    ours = desks.append(desks.left, inquiry(desks.channel(desks.left), ids.new_case_id()))
    collided = draft(hostile, case=ours.act.case)
    assert hostile.show(hostile.sign(content=collided)) == []
    acts = cases.show(desks.left, desks.channel(desks.left), ours.act.case, "otto").acts
    assert {act.standing for act in acts} == {"lapsed"}
    assert audit.fsck(desks.left).faults == ()
    assert hostile.speak(desks.left).act.case != ours.act.case


def test_a_notice_calls_void_what_is_not(hostile: Hostile) -> None:
    """Its notice is void itself, and notices are never answered: two desks do not quarrel on."""
    desks = hostile.desks
    ours = hostile.speak(desks.left)
    desks.settle()
    false = draft(
        hostile,
        case=desks.channel(desks.right).standing_case,
        type="void-notice",
        codes={"reason": "case-closed"},
        values={},
        reference=ours.leaf,
        reply_wanted=None,
    )
    assert hostile.show(hostile.sign(content=false)) == []
    assert standing_of(hostile, "void-notice") == ["notice-wrong"]
    assert hostile.notices() == []
    assert hostile.voids(ours.act.case) == [None]
    hostile.unharmed(own=2, peer=2)


def test_a_receipted_statement_is_called_undelivered(hostile: Hostile) -> None:
    """Its claim stands as a claim; the receipt that we gave says otherwise."""
    desks = hostile.desks
    theirs = hostile.speak(desks.right)
    desks.settle()
    claim = draft(
        hostile,
        case=desks.channel(desks.right).standing_case,
        type="non-delivery",
        codes={"transmitted-at": desks.clock(), "limit": 3600},
        values={},
        reference=theirs.leaf,
        reply_wanted=None,
    )
    assert hostile.show(hostile.sign(content=claim)) == []
    assert standing_of(hostile, "non-delivery") == [None]
    (view,) = cases.show(desks.left, desks.channel(desks.left), theirs.act.case, "otto").acts
    assert view.receipt is not None
    hostile.unharmed(peer=3)


def test_a_statement_of_ours_is_called_undelivered(hostile: Hostile) -> None:
    desks = hostile.desks
    ours = hostile.speak(desks.left)
    desks.settle()
    claim = draft(
        hostile,
        case=desks.channel(desks.right).standing_case,
        type="non-delivery",
        codes={"transmitted-at": desks.clock(), "limit": 3600},
        values={},
        reference=ours.leaf,
        reply_wanted=None,
    )
    assert hostile.show(hostile.sign(content=claim)) == []
    assert standing_of(hostile, "non-delivery") == ["reference-wrong"]


def standing_of(hostile: Hostile, type_: str) -> list[str | None]:
    """Why the acts of this type in the standing case are void."""
    left = hostile.desks.left
    with left.database.read() as connection:
        acts = list(Replay(connection, hostile.desks.channel(left)).opening().acts)
    return [act.void for act in acts if act.type == type_]


def test_a_case_is_filled_so_that_we_cannot_answer(
    hostile: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It opens a case and stuffs it with void acts; each side has room of its own."""
    monkeypatch.setattr(limits, "STATEMENTS_IN_CASE", 8)
    desks = hostile.desks
    content = draft(hostile)
    sent = [hostile.sign(content=content)]
    for number in range(1, 10):
        before = statement.parse(sent[-1].data).leaf
        sent.append(
            hostile.sign(
                lambda e, n=number, b=before: replace(
                    e, seq=e.seq + n, prev=b, case_seq=n, case_prev=b
                ),
                content=content,
            )
        )
    assert hostile.show(*sent) == []
    channel = desks.channel(desks.left)
    waiting = [view.void for _, view in inbox.unopened(desks.left, "otto").waiting]
    assert waiting.count("case-full") == 6, "what had no room is not shown as if it counted"
    listed = hostile.voids(content.case)
    assert listed == [None, *["case-already-open"] * 3]
    ours = desks.append(
        desks.left,
        content._replace(
            type="acknowledgement",
            codes=ACKNOWLEDGED,
            values={},
            reference=statement.parse(sent[0].data).leaf,
            from_office=channel.own.text.offices[0].id,
            to_offices=(channel.peer.text.offices[0].id,),
            reply_wanted=None,
        ),
    )
    shown = cases.show(desks.left, channel, content.case, "otto").acts
    assert [act.void for act in shown if act.statement.leaf == ours.leaf] == [None]
    assert audit.fsck(desks.left).faults == ()


@pytest.mark.parametrize("count", [12])
def test_void_acts_come_in_numbers(hostile: Hostile, count: int) -> None:
    """Each costs the author a statement and us one notice; nothing is answered twice."""
    sent: list[Sent] = []
    for number in range(count):
        content = draft(hostile, type="surrender", codes={}, values={})
        before = statement.parse(sent[-1].data) if sent else None
        sent.append(
            hostile.sign(
                lambda e, n=number, b=before: replace(
                    e, seq=e.seq + n, prev=b.leaf if b else e.prev
                ),
                content=content,
            )
        )
    assert hostile.show(*sent) == []
    assert len(hostile.notices()) == count
    assert hostile.show(*sent) == []
    assert len(hostile.notices()) == count
    assert audit.fsck(hostile.desks.left).faults == ()
