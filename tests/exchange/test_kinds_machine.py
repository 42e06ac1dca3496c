"""Two real desks and a case of any kind between them: as ``test_machine`` has it for inquiries.

Officers of both sides say what the rules let through, and some say what they do not; frames cross,
are late, repeated, reordered. At rest both desks have folded the same statements to the same cases.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from parley.application.desk import Desk
from parley.application.writing import Writing
from parley.domain import case as folds
from parley.domain.act import Code
from parley.domain.case import Case
from parley.domain.catalogue import spec_of
from parley.domain.codes import numbers
from parley.domain.shape import FieldKind
from parley.kernel import ids
from parley.record.freeze import Content
from parley.record.replay import Replay
from parley.record.statement import Handling
from parley.store import views
from tests.domain.games import Style
from tests.domain.proposal_style import GROUP, PROPOSAL
from tests.domain.test_meeting_machine import STYLE as MEETING
from tests.domain.test_understanding_machine import STYLE as UNDERSTANDING
from tests.domain.words_play import CASE_SHARE, NOTICE, POSITION, PRESERVATION, RECUSAL, UNASKED
from tests.exchange.test_machine import TwoDesks, run
from tests.support.agreed import mandates
from tests.support.pair import founded, reopened


def text_for(type_: str, codes: dict[str, Code]) -> dict[str, Any]:
    """The least text with which an act with these codes is in order."""
    spec = spec_of(type_)
    values: dict[str, Any] = {}
    for field in spec.fields:
        if not field.required:
            continue
        for number in numbers(spec, codes, field.per) if field.per else [0]:
            path = field.path.replace("<n>", str(number))
            values[f"{path}@en" if field.localised else path] = (
                field.choices[0] if field.choices else EXAMPLES[field.kind]
            )
    return values


EXAMPLES = {
    FieldKind.LINE: "A line.",
    FieldKind.TEXT: "A text.",
    FieldKind.NUMBER: 11_000_000,
    FieldKind.DIGEST: bytes(range(32)),
}


class TwoDesksOfAKind(TwoDesks):
    """Cases of one kind; the acts come from the kind's style."""

    style: Style

    @precondition(lambda self: len(self.cases) < 2)
    @rule(left=st.booleans(), seed=st.integers(0, 1 << 20))
    def ask(self, left: bool, seed: int) -> None:  # type: ignore[override]
        desk, case = self.desk(left), ids.new_case_id()
        state = folds.empty(2)
        codes, _ = self.style.header(state, 0, self.style.opening, Random(seed))
        values = text_for(self.style.opening, codes)
        self.honest(desk, Writing(self.style.opening, values, codes, case))
        self.cases.append((desk, case))

    @precondition(lambda self: self.cases)
    @rule(
        which=st.integers(0, 1),
        left=st.booleans(),
        type_=st.integers(0, 100),
        seed=st.integers(0, 1 << 20),
    )
    def act(self, which: int, left: bool, type_: int, seed: int) -> None:  # type: ignore[override]
        """A side says what it may, knowing what it knows."""
        desk = self.desk(left)
        _, case = self.cases[which % len(self.cases)]
        state = self.state(desk, case)
        if state is None:
            return
        name = self.style.types[type_ % len(self.style.types)].type
        own = self.pair.channel(desk).own_index
        codes, reference = self.style.header(state, own, name, Random(seed))
        self.honest(desk, Writing(name, text_for(name, codes), codes, case, reference=reference))

    @precondition(lambda self: self.cases)
    @rule(
        left=st.booleans(),
        which=st.integers(0, 1),
        type_=st.integers(0, 100),
        seed=st.integers(0, 1 << 20),
    )
    def break_rules(  # type: ignore[override]
        self, left: bool, which: int, type_: int, seed: int
    ) -> None:
        """A party sends what the rules may forbid."""
        desk = self.desk(left)
        channel = self.pair.channel(desk)
        _, case = self.cases[which % len(self.cases)]
        name = self.style.types[type_ % len(self.style.types)].type
        state = self.state(desk, case) or folds.empty(2)
        codes, reference = self.style.header(state, channel.own_index, name, Random(seed))
        self.pair.append(
            desk,
            Content(
                case=case,
                type=name,
                from_office=channel.own.text.offices[0].id,
                to_offices=(channel.peer.text.offices[0].id,),
                reference=reference,
                basis=(),
                legal_basis=None,
                precedence=0,
                handling=Handling("red", None),
                reply_wanted=None,
                codes=codes,
                values=text_for(name, codes),
            ),
        )

    def state(self, desk: Desk, case: bytes) -> Case | None:
        channel = self.pair.channel(desk)
        with desk.database.read() as connection:
            if views.case(connection, channel.id, case) is None:
                return None
            return Replay(connection, channel).state(case)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A pair of desks with an open channel, made once and copied for each run."""
    folder = tmp_path_factory.mktemp("template")
    with founded(folder) as letters, ExitStack() as stack:
        with reopened(folder, letters) as made:
            made.settle()
            stack.enter_context(mandates(made))
        yield folder


WORDS = (POSITION, UNASKED, NOTICE, CASE_SHARE, PRESERVATION, RECUSAL)
STYLES = pytest.mark.parametrize(
    "style", [MEETING, UNDERSTANDING, PROPOSAL, GROUP, *WORDS], ids=lambda s: s.opening
)


@STYLES
def test_two_desks_end_up_agreeing(template: Path, style: Style) -> None:
    machine = type("TwoDesksHere", (TwoDesksOfAKind,), {"template": template, "style": style})
    run(machine, examples=5, steps=20)


@pytest.mark.campaign
@STYLES
def test_two_desks_end_up_agreeing_for_long(template: Path, style: Style) -> None:
    machine = type("TwoDesksHere", (TwoDesksOfAKind,), {"template": template, "style": style})
    run(machine, examples=600, steps=60)
