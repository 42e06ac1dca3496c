"""Words of a text in English, Russian or Arabic, in the form in which they are compared.

A *chunk* is what stands between spaces and sentence marks: a word, or words that single signs join
(``CVE-2021-44228``, ``mail.example.org``, ``2026/117``, ``duty@example.org``). Each word of a chunk
is a token of its own; a chunk of several is a token as a whole too.

A word is compared without case, marks and direction signs: Unicode NFKC, case folding, decimal
digits of any script as ASCII ones, accents and Arabic vowel signs and tatweel dropped, ё as е (й
stays), alif in one form whatever it bears, alif maqsura as ya, taa marbuta as ha. Where Arabic
spelling differs in what bears a hamza, a word has two forms: the seat alone, and the hamza alone;
words are the same where they share one. ``example[.]org`` and ``hxxp`` are read as what they mean.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

TOKEN_CHARACTERS: Final = 256
"""So many characters of a word count; what comes behind them makes no difference."""

_USUAL_CHARACTERS: Final = 40
"""Words and chunks of this length come again; what a peer can make large is not kept."""

_MARKS: Final = (
    "\u00ad\u0300-\u036f\u0483-\u0489\u0610-\u061a\u061c\u064b-\u065f\u0670\u06d6-\u06dc"
    "\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u08ca-\u08e1\u08e3-\u08ff\u1ab0-\u1aff\u1dc0-\u1dff"
    "\u200c-\u200f\u2060\u20d0-\u20f0\ufe00-\ufe0f\ufe20-\ufe2f\ufeff"
)
_WORD: Final = rf"[^\W_]+(?:[{_MARKS}]+[^\W_]+)*[{_MARKS}]*"
_JOINER: Final = (
    r"(?:[-\u2010\u2011./:@_'\u2019#+&=%~?\\]{1,3}|\[(?:\.|:|@|at|dot)\]|\((?:\.|at|dot)\))"
)
_WORDS: Final = re.compile(_WORD)
_CHUNK: Final = re.compile(f"{_WORD}(?:{_JOINER}{_WORD})*")
_PLAIN: Final = re.compile("[a-z0-9]+")
_CYRILLIC: Final = re.compile("[a-z0-9\u0430-\u044f\u0451]+")
_ARABIC_ONLY: Final = re.compile("[\u0621-\u063a\u0640-\u0652]+")

_DEFANGED: Final = (
    ("[.]", "."),
    ("(.)", "."),
    ("[dot]", "."),
    ("(dot)", "."),
    ("[at]", "@"),
    ("(at)", "@"),
    ("[@]", "@"),
    ("[:]", ":"),
    ("\u2010", "-"),
    ("\u2011", "-"),
    ("\u2019", "'"),
)
_HTTP: Final = {"hxxp": "http", "hxxps": "https"}

_ARABIC: Final = str.maketrans(
    {
        "\u0640": None,  # tatweel
        "\u0671": "\u0627",  # alif wasla
        "\u0649": "\u064a",  # alif maqsura
        "\u06cc": "\u064a",  # Persian ya
        "\u06a9": "\u0643",  # Persian kaf
        "\u0629": "\u0647",  # taa marbuta
        "\u06c3": "\u0647",
    }
)
_HAMZAS: Final = {0x0622: 0x0627, 0x0623: 0x0627, 0x0625: 0x0627}
_DROPPED: Final = dict.fromkeys(range(0x064B, 0x0653))
_SEATED: Final = {
    **_ARABIC,
    **_HAMZAS,
    **_DROPPED,
    0x0621: None,
    0x0624: 0x0648,
    0x0626: 0x064A,
}
_BORNE: Final = {**_ARABIC, **_HAMZAS, **_DROPPED, 0x0624: 0x0621, 0x0626: 0x0621}
"""Both forms of a word of Arabic letters and vowel signs alone, in one step."""

_SEATS: Final = str.maketrans({"\u0624": "\u0621", "\u0626": "\u0621"})
_ALIFS: Final = str.maketrans(dict.fromkeys("\u0622\u0623\u0625", "\u0627"))
_HAMZA: Final = "\u0621"
_BREVE: Final = "\u0306"
_DIAERESIS: Final = "\u0308"
_BEARS: Final = {_BREVE: frozenset("иу"), _DIAERESIS: frozenset("і")}
"""Letters that are others without their mark."""


class Part(NamedTuple):
    """One word of a chunk: where it stands in the chunk, and its forms, the usual one first."""

    start: int
    end: int
    forms: tuple[str, ...]


class Chunk(NamedTuple):
    """Words that nothing or single signs stand between; ``whole`` where there are several."""

    parts: tuple[Part, ...]
    whole: str | None


def chunks(text: str) -> Iterator[tuple[int, Chunk]]:
    """The chunks of a text, each with the place of its first character."""
    for found in _CHUNK.finditer(text):
        yield found.start(), chunk(found.group())


def chunk(raw: str) -> Chunk:
    """What stands in a chunk."""
    return _usual_chunk(raw) if len(raw) <= _USUAL_CHARACTERS else _chunk(raw)


def _chunk(raw: str) -> Chunk:
    parts = tuple(
        Part(found.start(), found.end(), made)
        for found in _WORDS.finditer(raw)
        if (made := forms(found.group()))
    )
    if len(parts) < 2:
        return Chunk(parts, None)
    pieces: list[str] = []
    last = 0
    for part in parts:
        pieces += (_joiner(raw[last : part.start]), part.forms[0])
        last = part.end
    return Chunk(parts, "".join(pieces)[:TOKEN_CHARACTERS])


_usual_chunk: Final = lru_cache(maxsize=1 << 14)(_chunk)


def _joiner(raw: str) -> str:
    for written, meant in _DEFANGED:
        raw = raw.replace(written, meant)
    return raw


def forms(word: str) -> tuple[str, ...]:
    """The forms in which a word is compared, the usual one first; none where nothing is left."""
    return _usual_forms(word) if len(word) <= _USUAL_CHARACTERS else _forms(word)


def _forms(word: str) -> tuple[str, ...]:
    folded = unicodedata.normalize("NFKC", word).casefold()
    if _PLAIN.fullmatch(folded):
        return (_HTTP.get(folded, folded)[:TOKEN_CHARACTERS],)
    if _CYRILLIC.fullmatch(folded):
        return (folded.replace("ё", "е")[:TOKEN_CHARACTERS],)
    if _ARABIC_ONLY.fullmatch(folded):
        borne = folded.translate(_BORNE)
        made = (folded.translate(_SEATED) or borne, borne)
        return tuple(dict.fromkeys(one[:TOKEN_CHARACTERS] for one in made if one))
    return _slowly(folded)


_usual_forms: Final = lru_cache(maxsize=1 << 16)(_forms)


def _slowly(folded: str) -> tuple[str, ...]:
    """The forms of a word of any script, letter by letter."""
    folded = unicodedata.normalize("NFKC", folded)
    seated = _bare(folded).replace(_HAMZA, "") or _bare(folded)
    borne = _bare(folded.translate(_ALIFS).translate(_SEATS))
    return tuple(dict.fromkeys(made[:TOKEN_CHARACTERS] for made in (seated, borne) if made))


def _bare(word: str) -> str:
    """A word without its marks, with one letter for those that are written for one another."""
    kept: list[str] = []
    for character in unicodedata.normalize("NFD", word):
        category = unicodedata.category(character)
        if category in {"Mn", "Me"}:
            if kept and kept[-1] in _BEARS.get(character, ()):
                kept.append(character)
        elif category == "Nd":
            kept.append(str(unicodedata.decimal(character)))
        elif category != "Cf":
            kept.append(character)
    return unicodedata.normalize("NFC", "".join(kept)).translate(_ARABIC)
