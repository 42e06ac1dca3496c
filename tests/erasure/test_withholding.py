"""A dossier with fields withheld verifies, and nothing in it lets anybody guess what they say."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from parley.application import dossiers, house_record
from parley.kernel import cbor
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import body as bodies
from parley.record.body import Body, Field
from parley.record.dossier import format as fmt
from parley.record.dossier import verify
from parley.record.dossier.withholding import listed
from parley.record.statement import Statement
from parley.store.house_log import EVERYTHING
from tests.erasure.house import Houses, asking


def exported(houses: Houses, target: Path, *withhold: str, **options: Any) -> Any:
    left = houses.pair.left
    channel = houses.pair.channel(left)
    return dossiers.export(left, "dora", channel, target, withhold=withhold, **options)


def parts(value: Any) -> Iterator[bytes]:
    """Every byte string and text anywhere in a file's items, however deep, as bytes."""
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, list | tuple | set | frozenset):
        for one in value:
            yield from parts(one)
    elif isinstance(value, str):
        yield value.encode()
        if len(value) % 2 == 0 and all(digit in "0123456789abcdef" for digit in value):
            yield bytes.fromhex(value)
    elif isinstance(value, bytes):
        yield value
        try:
            inner = cbor.decode_any(value, limit=fmt.ITEM_BYTES)
        except (ParleyError, ValueError):
            return
        if not isinstance(inner, bytes | int):
            yield from parts(getattr(inner, "value", inner))


def guesses(path: str, value: Any, salts: list[bytes]) -> Iterator[bytes]:
    """What somebody would look for who guesses that the field at ``path`` says ``value``."""
    plain = value if isinstance(value, bytes) else str(value).encode()
    encoded = cbor.encode(value)
    for form in (plain, encoded, cbor.encode([path, value]), path.encode() + plain):
        yield form
        yield sha256(form).digest()
        for salt in salts:
            yield sha256(salt + form).digest()
            yield sha256(form + salt).digest()
    for salt in salts:
        digest = Field(salt, path, value).digest()
        yield digest
        for form in (cbor.encode([digest]), digest):
            yield sha256(form).digest()


def test_three_fields_are_withheld_and_no_guess_finds_one_of_them(
    houses: Houses, tmp_path: Path
) -> None:
    left = houses.pair.left
    said = houses.ask(left, "the-secret-word")
    houses.ask(left, "another-word-of-it")
    target = tmp_path / "less.dossier"
    names = ("subject", "facts@en", "questions/1/text")
    made = exported(houses, target, *names, case=said.act.case)
    assert (made.withheld, made.of_statements) == (3, 1)
    shown: list[Any] = []
    report = verify.verify(target, on_statement=shown.append)
    (one,) = report.withheld
    assert (one.statement, one.fields) == (said.leaf.hex(), 3)
    (kept,) = [entry.body for entry in shown]
    whole = houses.body(left, said.leaf)
    assert whole is not None
    hidden = [field for field in whole.fields if field.path not in kept.values]
    paths = {field.path for field in hidden}
    assert paths == {"subject@en", "facts@en", "questions/1/text@en"}
    with target.open("rb") as file:
        found = [piece for item in fmt.Reader(file) for piece in parts([item])]
    data = target.read_bytes()
    # Whoever knows the salt finds it: the search works.
    assert hidden[0].digest() in found
    assert not [field.salt for field in hidden if field.salt in data]
    # Every likely value, every path, every salt and every short value that the file has.
    candidates = [field.value for field in hidden]
    candidates += ["What do you know?", "The facts: the-secret-word.", "the-secret-word"]
    salts = [piece for piece in found if 8 <= len(piece) <= 64]
    held = set(found)
    for path, value in product(paths, candidates):
        for guess in guesses(path, value, salts):
            assert guess not in held
            assert len(guess) < 8 or guess not in data


def test_the_place_of_a_digest_says_nothing_of_the_place_of_its_field() -> None:
    """Digests stand sorted: the first, middle or last field goes anywhere."""
    places = set()
    for _ in range(60):
        body: Body = bodies.salted({f"path/{n}": f"value {n}" for n in range(4)})
        less = body.without(["path/0", "path/3"])
        assert list(less.absent) == sorted(less.absent)
        assert less.digest() == body.digest()
        places.add(less.absent.index(body.fields[0].digest()))
    assert places == {0, 1}


def test_what_names_nothing_is_refused_and_nothing_is_written(
    houses: Houses, tmp_path: Path
) -> None:
    said = houses.ask(houses.pair.left)
    target = tmp_path / "less.dossier"
    other = f"{'00' * 3}:facts"
    for name in ("fact", other, "severity", f"{said.leaf.hex()}:remarks"):
        with pytest.raises(ParleyError) as refused:
            exported(houses, target, name)
        assert refused.value.reason is Reason.WITHHOLD_UNKNOWN
        assert not target.exists()


def test_of_one_statement_alone_and_what_still_stands_elsewhere(
    houses: Houses, tmp_path: Path
) -> None:
    left = houses.pair.left
    first: Statement = houses.ask(left)
    houses.ask(left)
    target = tmp_path / "less.dossier"
    made = exported(houses, target, f"{first.leaf.hex()[:8]}:facts")
    assert (made.withheld, made.of_statements, made.elsewhere) == (1, 1, 1)
    assert [one.statement for one in verify.verify(target).withheld] == [first.leaf.hex()]
    rows = house_record.read(left, "audit", EVERYTHING, 0).entries
    told = [one.entry for one in rows if one.entry.act == "fields-withheld"]
    assert [(entry.officer, entry.number, entry.digest) for entry in told] == [
        ("dora", 1, made.digest)
    ]


def test_only_who_may_export_withholds(houses: Houses, tmp_path: Path) -> None:
    left = houses.pair.left
    houses.ask(left)
    channel = houses.pair.channel(left)
    with pytest.raises(ParleyError) as refused:
        dossiers.export(left, "carla", channel, tmp_path / "x", withhold=["facts"])
    assert refused.value.reason is Reason.ROLE_FORBIDS


def test_a_list_is_read_line_by_line() -> None:
    assert listed(b"# names\n\nfacts\n 7be0a1:subject@en \n") == ["facts", "7be0a1:subject@en"]
    for bad, reason in (
        (b"facts and more\n", Reason.WITHHOLD_MALFORMED),
        (b"\xff", Reason.TEXT_NOT_UTF8),
    ):
        with pytest.raises(ParleyError) as refused:
            listed(bad)
        assert refused.value.reason is reason


def test_an_erased_body_is_said_to_be_erased(houses: Houses, tmp_path: Path) -> None:
    said = houses.ask(houses.pair.left)
    houses.agree([said.leaf])
    houses.carry_out()
    exported(houses, tmp_path / "after.dossier", case=said.act.case)
    report = verify.verify(tmp_path / "after.dossier")
    assert [author.erased_bodies for author in report.authors].count(1) == 1
    assert "erased" in report.not_proved
    assert asking().values["facts@en"].encode() not in (tmp_path / "after.dossier").read_bytes()
