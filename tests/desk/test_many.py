"""Long lists are read page by page: nothing is left out, nothing comes twice, little is read."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from parley.application import attachments as application
from parley.application import cases, draft_doing, draft_keeping, drafts, filters, officers
from parley.application.draft_doing import Which
from parley.application.filters import Filter
from parley.application.places import Places
from parley.application.writing import Writing
from parley.bench import many
from parley.bench.desks import Pair as Bench
from parley.domain import access
from parley.domain.access import Grant, Place, Standing
from parley.domain.roles import Duty, Role
from parley.kernel import ids
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.store import case_lists
from tests.house.test_recusal import counted
from tests.support.pair import Pair, inquiry


def ask(desks: Pair, precedence: int, count: int) -> list[bytes]:
    made = [ids.new_case_id() for _ in range(count)]
    channel = desks.channel(desks.left)
    for case in made:
        desks.append(desks.left, inquiry(channel, case)._replace(precedence=precedence))
    return made


def test_a_filter_is_answered_by_few_queries_however_many_cases_there_are(desks: Pair) -> None:
    flash = ask(desks, 3, 2)
    left = desks.left

    def listed(asked: Filter) -> tuple[set[bytes], int]:
        wanted, among = filters.chosen(left, "otto", asked)
        with counted(left) as queries:
            found, more = cases.page(left, "otto", wanted=wanted, among=among, count=5)
        assert not more
        return {one.row.case_id for one in found}, len(queries)

    nothing = Filter(label="nobody has it", precedence=3)
    few = listed(nothing)
    assert few[0] == set()
    found = listed(Filter(precedence=3))
    assert found[0] == set(flash)
    ask(desks, 0, 30)
    assert listed(nothing) == few
    assert listed(Filter(precedence=3)) == found


@pytest.mark.parametrize(
    "standing",
    [
        Standing("one", frozenset({Role.DRAFTER})),
        Standing("one", frozenset({Role.CONTACTS_CUSTODIAN})),
        Standing("one", frozenset({Role.AUDITOR})),
        Standing("one", frozenset(), (Grant(Role.AUDITOR, b"a", None),)),
        Standing("one", frozenset(), (Grant(Role.CONTACTS_CUSTODIAN, b"a", b"1"),)),
        Standing(
            "one",
            frozenset({Role.CONTACTS_CUSTODIAN}),
            (Grant(Role.DRAFTER, b"b", b"2"), Grant(Role.AUDITOR, b"a", None)),
        ),
    ],
)
def test_where_an_officer_sees_cases_is_what_the_rule_says(standing: Standing) -> None:
    reach = access.reach(standing, Duty.SEE_CASE)
    for channel in (b"a", b"b"):
        for case in (b"1", b"2"):
            for kind in ("contacts", "inquiry"):
                place = Place(channel, case, frozenset(), kind)
                within = reach is None or any(
                    area.channel in (None, channel)
                    and area.case in (None, case)
                    and (area.kinds is None or kind in area.kinds)
                    for area in reach
                )
                assert within == access.may(standing, Duty.SEE_CASE, place)


def test_whoever_sees_one_case_has_it_found_among_many(desks: Pair) -> None:
    left, channel = desks.left, desks.channel(desks.left)
    first, *_others = ask(desks, 0, 20)
    officers.add(left, "guest", [Role.AUDITOR.value])
    officers.grant(left, "guest", "auditor", Place(channel.id, first))
    with left.database.read() as connection:
        standing = Standing("guest", frozenset(), (Grant(Role.AUDITOR, channel.id, first),))
        hidden = Places(connection, standing).hidden
        found = case_lists.briefs(connection, None, 10, hidden=hidden)
    assert [one.case_id for one in found] == [first]
    found_by_page, more = cases.page(left, "guest", count=5)
    assert [one.row.case_id for one in found_by_page] == [first]
    assert not more


def pages(read: Callable[[object | None], tuple[list[object], bool]]) -> list[object]:
    found: list[object] = []
    more = True
    while more:
        part, more = read(found[-1] if found else None)
        assert part or not more
        found += part
    return found


def test_drafts_come_page_by_page(desks: Pair) -> None:
    left, channel = desks.left, desks.channel(desks.left)
    content = inquiry(channel, ids.new_case_id())
    writing = Writing("inquiry", content.values, content.codes, reply_wanted=content.reply_wanted)
    made = [drafts.write(left, "dora", channel, writing) for _ in range(7)]
    for view in made[:2]:
        drafts.submit(left, "dora", view.id, view.revision)
    drafts.abandon(left, "dora", made[6].id, made[6].revision)

    def listed(officer: str, which: Which) -> list[bytes]:
        def read(last: object | None) -> tuple[list[object], bool]:
            before = last.id if isinstance(last, draft_keeping.DraftView) else None
            views, more = draft_doing.under_way(left, officer, which, count=2, before=before)
            return list(views), more

        found = [one for one in pages(read) if isinstance(one, draft_keeping.DraftView)]
        assert [one.changed_at for one in found] == sorted(
            (one.changed_at for one in found), reverse=True
        )
        return [one.id for one in found]

    every = {view.id for view in made[:6]}
    assert set(listed("dora", Which.MINE)) == every
    assert listed("dora", Which.WAITING) == listed("dora", Which.OTHERS) == []
    waiting, others = listed("lena", Which.WAITING), listed("lena", Which.OTHERS)
    assert set(waiting) == {view.id for view in made[:2]}
    assert set(others) == every - set(waiting)
    assert listed("lena", Which.MINE) == []
    # Whoever writes in it has it among their own.
    officers.add(left, "dan", [Role.DRAFTER.value])
    drafts.revise(left, "dan", made[5].id, writing, made[5].revision)
    assert listed("dan", Which.MINE) == [made[5].id]
    assert draft_keeping.find(left, "dora", made[5].id.hex()[:5]).id == made[5].id
    for wrong in ("", "xyz", made[5].id.hex() + "00"):
        with pytest.raises(ParleyError) as refused:
            draft_keeping.find(left, "dora", wrong)
        assert refused.value.reason is Reason.DRAFT_UNKNOWN


def test_attachments_come_page_by_page(desks: Pair) -> None:
    left = desks.left
    many.attach(Bench(left, desks.right, desks.channel_id), 64)

    def read(last: object | None) -> tuple[list[object], bool]:
        before = last if isinstance(last, application.AttachmentView) else None
        views, more = application.page(left, "otto", before=before, count=25)
        return list(views), more

    every = application.every(left, "otto")
    assert len(every) == 64
    assert pages(read) == every[::-1]
    theirs = application.every(desks.right, "otto")
    assert application.page(desks.right, "otto", count=100).views == theirs[::-1]
    one = theirs[40]
    assert application.find(desks.right, "otto", one.leaf.hex()[:8], one.number) == one
    of_case = application.page(desks.right, "otto", one.channel, one.case, count=100)
    assert of_case.views == [other for other in theirs[::-1] if other.case == one.case]
