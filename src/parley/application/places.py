"""Places as the access rule knows them, from the rows of cases and drafts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Final

import msgspec
from sqlalchemy import Connection

from parley.domain import access
from parley.domain.access import Place, Standing
from parley.domain.act import Code
from parley.domain.catalogue import CATALOGUE, spec_of
from parley.domain.codes import cases_named
from parley.domain.kinds.erasure_state import Erasure
from parley.domain.roles import Duty
from parley.record import replay
from parley.record.statement import ActHeader
from parley.store import case_lists, log, views
from parley.store.case_lists import Brief
from parley.store.house import DraftRow
from parley.store.views import CaseRow

_HIDDEN: Final = 500
"""So many cases are left out of a list by the database."""


class Places:
    """What one officer may see, in one transaction.

    What cases are about one another is read at once, whatever is asked then: how many queries there
    are says nothing of what is hidden.
    """

    def __init__(self, connection: Connection, standing: Standing) -> None:
        self._connection = connection
        self._standing = standing
        self._shown: dict[tuple[bytes, str], bool] = {}
        follows = any(recusal.linked for recusal in standing.recusals)
        self._about: Mapping[bytes, bytes] = views.links(connection) if follows else {}

    @property
    def recused(self) -> bool:
        """Whether the officer keeps out of anything at all."""
        return bool(self._standing.recusals)

    @property
    def hidden(self) -> case_lists.Hidden:
        """What the officer keeps out of, as a list of cases is to leave it out.

        Where it is much, some of it alone: whoever reads the list looks at each case anyway. The
        rest is :attr:`hidden_beside`.
        """
        channels = {one.channel for one in self._standing.recusals if one.channel is not None}
        only = access.reach(self._standing, Duty.SEE_CASE)
        return case_lists.Hidden(sorted(channels), self._hidden_cases[:_HIDDEN], only)

    @property
    def hidden_beside(self) -> list[list[bytes]]:
        """The cases that :attr:`hidden` has no room for, in parts of as many as it has."""
        cases = self._hidden_cases
        return [cases[at : at + _HIDDEN] for at in range(_HIDDEN, len(cases), _HIDDEN)]

    @cached_property
    def _hidden_cases(self) -> list[bytes]:
        recusals = self._standing.recusals
        cases = set().union(*(one.cases for one in recusals))
        roots = set().union(*(one.cases for one in recusals if one.linked))
        cases |= {case for case in self._about if not roots.isdisjoint(self._line(case, None))}
        return sorted(cases)

    def of_case(self, row: CaseRow | Brief) -> Place:
        """The place of a case."""
        return self.at(row.channel, row.case_id, row.kind, None)

    def of_draft(self, row: DraftRow) -> Place:
        """The place of a draft: its case, which may not be open yet."""
        return self.at(row.channel, row.case_id, spec_of(row.type).scope.value, row.about)

    def at(self, channel: bytes, case: bytes, kind: str | None, about: bytes | None) -> Place:
        """The place of a case, which may not be open yet; ``about``: what it is to be about."""
        return Place(channel, case, self._line(case, about), kind)

    def may(self, duty: Duty, place: Place) -> bool:
        """Whether the officer may do ``duty`` there."""
        return access.may(self._standing, duty, place)

    def sees(self, row: CaseRow | Brief) -> bool:
        """Whether the case is there for this officer."""
        return self.may(Duty.SEE_CASE, self.of_case(row))

    def shows(self, channel: bytes, case: str) -> bool:
        """Whether the case with this number, in hexadecimal, is there for this officer.

        One that does not exist is not.
        """
        known = self._shown.get((channel, case))
        if known is None:
            row = views.case(self._connection, channel, bytes.fromhex(case))
            known = self._shown[channel, case] = row is not None and self.sees(row)
        return known

    def closed(self, channel: bytes, type_: str, codes: Mapping[str, Code]) -> bool:
        """Whether an act with these codes names a case from which the officer is recused.

        What exists makes no difference: no query tells.
        """
        named = cases_named(CATALOGUE.get(type_), codes)
        return any(
            access.recused(self._standing, self.at(channel, bytes.fromhex(case), None, None))
            for cases in named.values()
            for case in cases
        )

    def erases_closed(self, channel: bytes, case: bytes, codes: Mapping[str, Code]) -> bool:
        """Whether an act of an erasure is about the text of a case from which they are recused.

        The proposal names statements; what answers it is about the same.
        """
        named = codes.get("bodies")
        leaves = [bytes.fromhex(str(one)) for one in named] if isinstance(named, tuple) else []
        row = views.case(self._connection, channel, case)
        agreed = replay.case_of(row).substance if row else None
        if isinstance(agreed, Erasure):
            leaves += agreed.bodies
        entries = (log.by_leaf(self._connection, channel, leaf) for leaf in leaves)
        return any(
            access.recused(self._standing, self.at(channel, entry.case_id, None, None))
            for entry in entries
            if entry is not None
        )

    def header(self, act: ActHeader) -> ActHeader:
        """A header without the codes that name cases which are not there for this officer."""
        named = cases_named(CATALOGUE.get(act.type), act.codes)
        hidden = {
            name
            for name, cases in named.items()
            if not all(self.shows(act.channel, case) for case in cases)
        }
        if not hidden:
            return act
        left = {name: code for name, code in act.codes.items() if name not in hidden}
        return msgspec.structs.replace(act, codes=left)

    def _line(self, case: bytes, about: bytes | None) -> frozenset[bytes]:
        """The cases that a case is about, near and far. Circles end where they began."""
        line: set[bytes] = set()
        following = self._about.get(case, about)
        while following is not None and following not in line:
            line.add(following)
            following = self._about.get(following)
        return frozenset(line)
