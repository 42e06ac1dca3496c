"""The rules of text: what is put in order at entry, what is refused on receipt."""

from __future__ import annotations

import unicodedata

import hypothesis.strategies as st
import pytest
from hypothesis import given

from parley.kernel import text
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

LRI, RLI, FSI, PDI = "\u2066", "\u2067", "\u2068", "\u2069"


def refusal(value: str, limit: int = 1000, *, line: bool = False) -> Reason:
    with pytest.raises(ParleyError) as caught:
        text.check(value, limit, line=line)
    return caught.value.reason


@pytest.mark.parametrize(
    "value",
    [
        "plain",
        "two\nlines\tand a tab",
        "Приложение № 1 «о мерах»",
        "وقائعُ الحادثِ",
        "می\u200cخواهم",
        f"a {RLI}نص{PDI} b",
        f"{LRI}a {FSI}b{PDI} c{PDI}",
        "left\u200e right\u200f mark\u061c",
        "\U0001f1fa\U0001f1f3 emoji",
        "no\u00a0break",
        "\ue000 private use",
    ],
)
def test_text_as_people_write_it_passes(value: str) -> None:
    text.check(value)
    assert text.clean_entry(value) == value


@pytest.mark.parametrize("mark", ["\u202a", "\u202b", "\u202c", "\u202d", "\u202e"])
def test_an_override_of_direction_is_refused(mark: str) -> None:
    assert refusal(f"abc{mark}def") == Reason.TEXT_DIRECTION_OVERRIDE


@pytest.mark.parametrize(
    "value",
    [
        f"a{LRI}b",
        f"a{PDI}b",
        f"{PDI}{LRI}",
        f"{RLI}first\nsecond{PDI}",
        f"{RLI}first\n{PDI}second",
        f"{LRI}{RLI}a{PDI}",
        f"ok\n{FSI}not ok",
    ],
)
def test_an_isolate_that_its_paragraph_does_not_balance_is_refused(value: str) -> None:
    assert refusal(value) == Reason.TEXT_ISOLATE_UNBALANCED


@pytest.mark.parametrize(
    "character",
    [
        *("\x00", "\x07", "\x0b", "\x0c", "\r", "\x1b", "\x7f", "\x80", "\x85", "\x9f"),
        *("\u2028", "\u2029", "\ud800", "\udfff", "\ufdd0", "\ufdef", "\ufffe", "\uffff"),
        *("\U0001fffe", "\U0010ffff"),
    ],
)
def test_controls_and_what_is_no_character_are_refused(character: str) -> None:
    assert refusal(f"a{character}b") == Reason.TEXT_CONTROL_CHARACTER
    assert refusal(f"и{character}й") == Reason.TEXT_CONTROL_CHARACTER


def test_every_noncharacter_is_refused_and_its_neighbours_are_not() -> None:
    points = {0xFDD0 + n for n in range(32)} | {
        p << 16 | e for p in range(17) for e in (0xFFFE, 0xFFFF)
    }
    for point in points:
        assert refusal(f"a{chr(point)}") == Reason.TEXT_CONTROL_CHARACTER
    for neighbour in ("\ufdcf", "\ufdf0", "\ufffd", "\U0001fffd", "\U00020000"):
        text.check(f"a{neighbour}")


def test_text_outside_normal_form_c_is_refused_on_receipt_and_normalised_at_entry() -> None:
    decomposed = unicodedata.normalize("NFD", "Ёлка é")
    assert refusal(decomposed) == Reason.TEXT_NOT_NFC
    assert text.clean_entry(decomposed) == "Ёлка é"
    assert refusal("\u212b") == Reason.TEXT_NOT_NFC


@pytest.mark.parametrize("value", ["", " ", "\n \t", "\u00a0\u2003"])
def test_text_without_anything_to_read_is_empty(value: str) -> None:
    assert refusal(value) == Reason.TEXT_EMPTY


def test_length_is_bounded_in_characters() -> None:
    text.check("ж" * 10, 10)
    with pytest.raises(ParleyError) as caught:
        text.check("ж" * 11, 10)
    assert caught.value.reason == Reason.TEXT_TOO_LONG
    assert caught.value.details == {"size": 11, "limit": 10}


@pytest.mark.parametrize("value", ["a\nb", "a\tb"])
def test_a_line_holds_no_line_feed_and_no_tab(value: str) -> None:
    text.check(value)
    assert refusal(value, line=True) == Reason.TEXT_CONTROL_CHARACTER


@pytest.mark.parametrize(
    ("typed", "cleaned"),
    [
        ("a\r\nb", "a\nb"),
        ("a\rb", "a\nb"),
        ("a\x85b\u2028c\u2029d", "a\nb\nc\nd"),
        ("\ufeffa", "a"),
        ("  a b \n", "a b"),
        ("e\u0301", "é"),
    ],
)
def test_entry_puts_in_order_what_can_be_without_a_guess(typed: str, cleaned: str) -> None:
    assert text.clean_entry(typed) == cleaned


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("a\u202eb", Reason.TEXT_DIRECTION_OVERRIDE),
        (f"a{LRI}b", Reason.TEXT_ISOLATE_UNBALANCED),
        ("a\x00b", Reason.TEXT_CONTROL_CHARACTER),
        (" \r\n ", Reason.TEXT_EMPTY),
        ("x" * 11, Reason.TEXT_TOO_LONG),
        ("x" * 100, Reason.TEXT_TOO_LONG),
    ],
)
def test_entry_refuses_the_rest(typed: str, reason: Reason) -> None:
    with pytest.raises(ParleyError) as caught:
        text.clean_entry(typed, 10)
    assert caught.value.reason == reason


def test_bytes_are_decoded_strictly() -> None:
    assert text.decode("день".encode()) == "день"
    for data in (b"\xff", b"\xc0\x80", b"\xed\xa0\x80"):
        with pytest.raises(ParleyError) as caught:
            text.decode(data)
        assert caught.value.reason == Reason.TEXT_NOT_UTF8


def test_an_error_of_text_never_holds_the_text() -> None:
    with pytest.raises(ParleyError) as caught:
        text.check("secret\u202e")
    assert "secret" not in str(caught.value)


CHARACTERS = st.one_of(
    st.characters(),
    st.sampled_from([*"ab \n\t\r", LRI, RLI, PDI, "\u202e", "\u0301", "\x85", "\u2029", "\ufffe"]),
)


@given(st.text(CHARACTERS, max_size=30))
def test_what_entry_lets_through_every_receiver_accepts(typed: str) -> None:
    try:
        cleaned = text.clean_entry(typed)
    except ParleyError:
        return
    text.check(cleaned)
    assert text.clean_entry(cleaned) == cleaned


@given(st.text(CHARACTERS, max_size=30))
def test_the_check_agrees_with_the_rules_read_one_by_one(value: str) -> None:
    try:
        text.check(value)
        accepted = True
    except ParleyError:
        accepted = False
    assert accepted == _obeys(value)


def _obeys(value: str) -> bool:
    if not value.strip() or unicodedata.normalize("NFC", value) != value:
        return False
    for character in value:
        point = ord(character)
        if 0x202A <= point <= 0x202E or point & 0xFFFE == 0xFFFE or 0xFDD0 <= point <= 0xFDEF:
            return False
        category = unicodedata.category(character)
        if category in ("Cs", "Zl", "Zp") or (category == "Cc" and character not in "\n\t"):
            return False
    for paragraph in value.split("\n"):
        depth = 0
        for character in paragraph:
            depth += (character in (LRI, RLI, FSI)) - (character == PDI)
            if depth < 0:
                return False
        if depth:
            return False
    return True
