"""A place on a paper, looked for in dossiers."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest

from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record.dossier import place as places
from parley.record.dossier.place import Place
from parley.record.dossier.verify import Shown, verify
from tests.dossier.conftest import Made


def of(shown: Shown) -> Place:
    envelope = shown.statement.envelope
    origin = shown.channel.origin(shown.author, envelope.epoch)
    return Place(origin, envelope.seq, envelope.index, shown.statement.leaf)


def statements(data: bytes) -> list[Shown]:
    found: list[Shown] = []
    verify(BytesIO(data), on_statement=found.append, workers=0)
    return found


def answer(data: bytes, place: Place) -> Reason | None:
    sought = places.Sought(places.parse(str(place)))
    verify(BytesIO(data), on_statement=sought.look, workers=0)
    try:
        sought.settle()
    except ParleyError as error:
        return error.reason
    return None


def test_every_statement_is_found_at_its_place_in_either_sides_dossier(made: Made) -> None:
    for shown in statements(made.case):
        assert answer(made.case, of(shown)) is None
        assert answer(made.left, of(shown)) is None
    assert answer(made.right, of(statements(made.left)[2])) is None


def test_what_does_not_stand_there_is_told_from_what_another_statement_contradicts(
    made: Made,
) -> None:
    first = of(statements(made.left)[2])
    assert answer(made.left, replace(first, leaf=bytes(32))) is Reason.PLACE_TAKEN
    assert answer(made.left, replace(first, index=first.index + 1)) is Reason.PLACE_TAKEN
    assert answer(made.left, replace(first, seq=10**6)) is Reason.PLACE_ABSENT
    elsewhere = first.origin[:-3] + ("0" if first.origin[-3] != "0" else "1") + first.origin[-2:]
    assert answer(made.left, replace(first, origin=elsewhere)) is Reason.PLACE_ABSENT
    assert answer(made.left, replace(first, origin=first.origin[:-1] + "9")) is Reason.PLACE_ABSENT
    (late,) = {of(one).seq for one in statements(made.left)[-1:]}
    assert answer(made.shorter, replace(first, seq=late)) is Reason.PLACE_ABSENT


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "PARLEY/V1/",
        "PARLEY/V1/" + "A" * 64,
        "PARLEY/V2/" + "/".join(("A" * 64, "B" * 64, "0", "1", "2", "C" * 64)),
        "PARLEY/V1/" + "/".join(("A" * 64, "B" * 64, "00", "1", "2", "C" * 64)),
        "PARLEY/V1/" + "/".join(("A" * 64, "B" * 64, "0", "-1", "2", "C" * 64)),
        "PARLEY/V1/" + "/".join(("A" * 64, "B" * 64, "0", "1", "2", "C" * 63)),
        "PARLEY/V1/" + "/".join(("G" * 64, "B" * 64, "0", "1", "2", "C" * 64)),
        "PARLEY/V1/" + "/".join(("A" * 64, "B" * 64, "0", "\u0661", "2", "C" * 64)),
        " " * 1000,
    ],
)
def test_anything_else_is_refused(typed: str) -> None:
    with pytest.raises(ParleyError) as caught:
        places.parse(typed)
    assert caught.value.reason is Reason.PLACE_MALFORMED


def test_a_place_is_read_as_people_copy_it() -> None:
    place = Place(f"parley/v1/{'ab' * 32}/{'cd' * 32}/3", 7, 12, bytes(range(32)))
    text = str(place)
    assert text == text.upper()
    broken = "\n ".join(text[at : at + 30] for at in range(0, len(text), 30))
    for typed in (text, text.lower(), broken, text.replace("/", "/\u200b"), f"\u2068{text}\u2069"):
        assert places.parse(typed) == place
