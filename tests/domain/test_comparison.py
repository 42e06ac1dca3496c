"""Texts compared word by word, in three scripts."""

from __future__ import annotations

import time

import hypothesis.strategies as st
import pytest
from hypothesis import given

from parley.domain.comparison import LONGEST_WORDS, Change, Piece, compare, words


def changes(old: str, new: str) -> list[tuple[str, str, str]]:
    return [
        (piece.change.value, piece.old.strip(), piece.new.strip())
        for piece in compare(old, new)
        if piece.change != Change.SAME
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The two sides, once.", ["The ", "two ", "sides", ", ", "once", "."]),
        (
            "Стороны обмениваются за\u0301мками.",
            ["Стороны ", "обмениваются ", "за\u0301мками", "."],
        ),
        ("يَتَبَادَلُ الطَّرَفَانِ المعلومات.", ["يَتَبَادَلُ ", "الطَّرَفَانِ ", "المعلومات", "."]),
        ("می\u200cخواهم، نه", ["می\u200cخواهم", "، ", "نه"]),
        ("  lead", ["  ", "lead"]),
        ("", []),
    ],
)
def test_a_word_of_any_script_stays_whole(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_one_word_changed_is_one_word_shown() -> None:
    assert changes("within 24 hours", "within 72 hours") == [("replaced", "24", "72")]
    assert changes("в течение суток", "в течение недели") == [("replaced", "суток", "недели")]
    assert changes("خلال يومٍ واحد", "خلال أسبوعٍ واحد") == [("replaced", "يومٍ", "أسبوعٍ")]


def test_a_mark_on_a_letter_is_a_change_of_its_word() -> None:
    assert changes("عُقِد اجتماع", "عَقَد اجتماع") == [("replaced", "عُقِد", "عَقَد")]
    assert changes("все стороны", "всё стороны") == [("replaced", "все", "всё")]


def test_words_added_and_removed() -> None:
    assert changes("a b c", "a b new c") == [("added", "", "new")]
    assert changes("a b old c", "a b c") == [("removed", "old", "")]


def test_a_difference_of_spacing_is_named() -> None:
    assert changes("a b", "a\nb") == [("spacing", "a", "a")]
    assert compare("a b", "a b") == (Piece(Change.SAME, "a b", "a b"),)


TEXTS = st.lists(
    st.sampled_from(["мир ", "سلام ", "peace", ", ", "\n", "и\u0306", "\u200f", " x"]), max_size=30
).map("".join)


@given(TEXTS, TEXTS)
def test_the_pieces_make_both_texts(old: str, new: str) -> None:
    pieces = compare(old, new)
    assert "".join(piece.old for piece in pieces) == old
    assert "".join(piece.new for piece in pieces) == new
    assert (old == new) == all(piece.change == Change.SAME for piece in pieces)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a b " * 20_000, "b a " * 20_000),
        ("".join(f"x{n} y " for n in range(LONGEST_WORDS // 2)), "y x " * (LONGEST_WORDS // 2)),
        (
            "".join(f"w{n % 20} u{n} " for n in range(LONGEST_WORDS // 2)),
            "".join(f"w{n % 20} v{n} " for n in range(LONGEST_WORDS // 2)),
        ),
    ],
)
def test_no_texts_take_long(old: str, new: str) -> None:
    began = time.process_time()
    compare(old, new)
    assert time.process_time() - began < 3
