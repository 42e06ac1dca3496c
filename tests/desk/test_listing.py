"""A list of cases has the kind and the status that are asked for."""

from __future__ import annotations

from parley.application import cases
from parley.kernel import ids
from tests.support.pair import Pair, inquiry


def test_a_list_has_the_kind_and_the_status_that_are_asked_for(desks: Pair) -> None:
    asked = [ids.new_case_id() for _ in range(3)]
    for case in asked:
        desks.append(desks.left, inquiry(desks.channel(desks.left), case))
    desks.settle()

    def listed(**wanted: str) -> set[bytes]:
        found, more = cases.page(desks.right, "otto", **wanted)
        assert not more
        return {one.row.case_id for one in found}

    assert listed() == listed(kind="inquiry") == listed(status="asked") == set(asked)
    assert listed(kind="inquiry", status="asked") == set(asked)
    assert listed(kind="meeting") == listed(status="closed") == set()
    found, more = cases.page(desks.right, "otto", kind="inquiry", count=2)
    assert (len(found), more) == (2, True)
