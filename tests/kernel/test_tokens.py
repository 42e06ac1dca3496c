"""Words in the form in which they are compared."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.kernel import tokens


def same(one: str, other: str) -> bool:
    return not set(tokens.forms(one)).isdisjoint(tokens.forms(other))


def words(text: str) -> list[str]:
    return [part.forms[0] for _, chunk in tokens.chunks(text) for part in chunk.parts]


def wholes(text: str) -> list[str]:
    return [chunk.whole for _, chunk in tokens.chunks(text) if chunk.whole is not None]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Traffic", "TRAFFIC"),
        ("ﬁle", "file"),
        ("Straße", "STRASSE"),
        ("café", "cafe\u0301"),
        ("résumé", "resume"),
        ("Ёлка", "елка"),
        ("ещё", "ЕЩЕ"),
        ("за\u0301мок", "замок"),
        ("البِيَانُ", "البيان"),
        ("بيــــان", "بيان"),
        ("أحمد", "احمد"),
        ("إسلام", "اسلام"),
        ("آثار", "اثار"),
        ("مدرسة", "مدرسه"),
        ("مستشفى", "مستشفي"),
        ("مسؤول", "مسئول"),
        ("مسؤول", "مسوول"),
        ("شيء", "شيئ"),
        ("شيء", "شي"),
        ("ﻻ", "لا"),
        ("٢٠٢٦", "2026"),
        ("۱۱۷", "117"),
        ("soft\u00adhyphen", "softhyphen"),
        ("hxxps", "https"),
    ],
)
def test_what_readers_take_for_the_same_word_is(one: str, other: str) -> None:
    assert same(one, other)
    assert words(one) == [tokens.forms(one)[0]]


@pytest.mark.parametrize(
    ("one", "other"),
    [("йод", "иод"), ("мой", "мои"), ("їх", "іх"), ("host", "hosts"), ("بيان", "بيانات")],
)
def test_other_words_stay_others(one: str, other: str) -> None:
    assert not same(one, other)


@pytest.mark.parametrize(
    ("text", "whole", "parts"),
    [
        ("See CVE-2021-44228.", "cve-2021-44228", ["see", "cve", "2021", "44228"]),
        ("CVE\u20112021\u201144228", "cve-2021-44228", ["cve", "2021", "44228"]),
        ("at mail.example.org,", "mail.example.org", ["at", "mail", "example", "org"]),
        ("mail[.]example(.)org", "mail.example.org", ["mail", "example", "org"]),
        ("duty@cert.example", "duty@cert.example", ["duty", "cert", "example"]),
        ("№ 2026/117-р", "2026/117-р", ["no", "2026", "117", "р"]),
        ("192.0.2.10", "192.0.2.10", ["192", "0", "2", "10"]),
        ("hxxps://evil[.]example/a", "https://evil.example/a", ["https", "evil", "example", "a"]),
        ("file_name.txt", "file_name.txt", ["file", "name", "txt"]),
    ],
)
def test_numbers_domains_and_addresses_are_whole_and_in_parts(
    text: str, whole: str, parts: list[str]
) -> None:
    assert wholes(text) == [whole]
    assert [word for word in words(text) if word != "no"] == [one for one in parts if one != "no"]


def test_a_vocalised_word_is_one_word() -> None:
    assert words("كَتَبَ البَيَانَ") == ["كتب", "البيان"]
    assert words("one\u200ftwo three\u2069\u2068four") == ["onetwo", "three", "four"]


@given(st.text(max_size=60))
def test_any_text_has_words_that_are_found_where_they_stand(text: str) -> None:
    for at, chunk in tokens.chunks(text):
        for part in chunk.parts:
            raw = text[at + part.start : at + part.end]
            assert tokens.forms(raw) == part.forms
            assert part.forms
            assert all(0 < len(form) <= tokens.TOKEN_CHARACTERS for form in part.forms)


@given(st.text(alphabet="abеёйиأإآاةهىيءؤئ\u064e\u0651\u0640 -.1", max_size=40))
def test_a_form_is_its_own_form(text: str) -> None:
    for _, chunk in tokens.chunks(text):
        for part in chunk.parts:
            assert part.forms[0] in tokens.forms(part.forms[0])


RUSSIAN = "абвгдеёжзийклмнопрстуфхцчшщъыьэюяАБЁЙabcXYZ019"
LETTERS = "".join(map(chr, range(0x0621, 0x063B))) + "".join(map(chr, range(0x0641, 0x064B)))


@given(
    st.text(RUSSIAN, min_size=1)
    | st.tuples(
        st.sampled_from("".join(one for one in LETTERS if one != "\u0621")),
        st.text(LETTERS + "".join(map(chr, (0x0640, *range(0x064B, 0x0653))))),
    ).map("".join)
)
def test_words_of_one_alphabet_have_the_forms_that_they_have_beside_another(word: str) -> None:
    # A letter of a third alphabet has the word read letter by letter.
    assert tuple(one + "\u00f8" for one in tokens.forms(word)) == tokens.forms(word + "\u00f8")


@pytest.mark.parametrize("word", ["\u0621", "\u0621\u064e", "\u0640\u0621"])
def test_a_hamza_alone_is_a_word(word: str) -> None:
    assert tokens.forms(word) == ("\u0621",)


def test_what_a_peer_makes_long_is_not_kept() -> None:
    """The usual words are remembered; a text that is one long chunk, or one long word, is not."""
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for number in range(5):
            assert list(tokens.chunks(f"{number}" + "-ab" * 4000))
            assert list(tokens.chunks(f"{number}" + "ab" * 100_000))
        assert tracemalloc.get_traced_memory()[0] - before < 200_000
    finally:
        tracemalloc.stop()
