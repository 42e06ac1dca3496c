"""Texts as statements have them, in three languages, made from word lists by a seed.

Words are inflected, some are frequent and most are rare, and the same word is written as people do:
Arabic with vowel signs or without, with one hamza or another; Russian with ё or е.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from parley.bench import lexicon

LANGUAGES: Final = ("en", "ru", "ar")
_SENTENCES: Final = (3, 9)


class Text(NamedTuple):
    """A text and its language."""

    language: str
    text: str


def texts(seed: int) -> Iterator[Text]:
    """Texts without end, the same for the same ``seed``."""
    rng = random.Random(seed)  # noqa: S311 - no secret
    makers: dict[str, Callable[[random.Random], str]] = {
        "en": _english,
        "ru": _russian,
        "ar": _arabic,
    }
    number = 0
    while True:
        number += 1
        language = LANGUAGES[number % 3]
        made = [makers[language](rng) for _ in range(rng.randint(*_SENTENCES))]
        yield Text(language, " ".join([*made, _indicator(rng, number)]))


def plain(word: str) -> frozenset[str]:
    """What a word is compared by where nothing is indexed, written down a second time.

    Two words are the same where these have something in common.
    """
    word = unicodedata.normalize("NFKC", word).casefold().replace("ё", "е")
    word = "".join(one for one in word if not unicodedata.combining(one) and one != "\u0640")
    for written, meant in (("ى", "ي"), ("ة", "ه"), ("أ", "ا"), ("إ", "ا"), ("آ", "ا")):
        word = word.replace(written, meant)
    dropped = word.replace("ؤ", "و").replace("ئ", "ي").replace("ء", "")
    alone = word.replace("ؤ", "ء").replace("ئ", "ء")
    return frozenset({dropped or word, alone})


def _some(rng: random.Random, words: list[str] | tuple[str, ...]) -> str:
    """A word of a list; the first are much more frequent than the last."""
    return words[int(len(words) * rng.random() ** 3)]


def _name(rng: random.Random, language: str) -> str:
    syllables = lexicon.SYLLABLES[language]
    return "".join(_some(rng, syllables) for _ in range(rng.randint(2, 4))).capitalize()


def _english(rng: random.Random) -> str:
    noun, other = (_some(rng, lexicon.EN_NOUNS) for _ in range(2))
    ending = rng.choice(("", "s"))
    verb = _some(rng, lexicon.EN_VERBS)
    past = verb + ("d" if verb.endswith("e") else "ed")
    adjective = _some(rng, lexicon.EN_ADJECTIVES)
    return f"The {adjective} {noun}{ending} of {_name(rng, 'en')} {past} the {other} on the line."


def _russian(rng: random.Random) -> str:
    def noun(form: int) -> str:
        stem, endings = lexicon.RU_NOUNS[int(len(lexicon.RU_NOUNS) * rng.random() ** 3)]
        return stem + endings.split(",")[form]

    adjective = _some(rng, lexicon.RU_ADJECTIVES)
    said = (
        f"{adjective.capitalize()} {noun(0)} {_name(rng, 'ru')} {_some(rng, lexicon.RU_VERBS)}"
        f" с {noun(2)} для {noun(rng.choice((1, 4)))} ещё раз."
    )
    return said if rng.random() < 0.5 else said.replace("ё", "е")


def _arabic(rng: random.Random) -> str:
    words = [
        _some(rng, lexicon.AR_VERBS),
        "ال" + _some(rng, lexicon.AR_NOUNS),
        "ال" + _some(rng, lexicon.AR_ADJECTIVES),
        "في",
        _some(rng, lexicon.AR_NOUNS),
        _name(rng, "ar"),
    ]
    spelt = [_spelt(rng, word) for word in words]
    return " ".join([*spelt, "."])


def _spelt(rng: random.Random, word: str) -> str:
    if rng.random() < 0.3:
        written, other = rng.choice(lexicon.AR_SPELLINGS)
        word = word.replace(written, other)
    if rng.random() < 0.3:
        word = "".join(
            one + (rng.choice(lexicon.AR_VOWELS) if rng.random() < 0.6 else "") for one in word
        )
    if rng.random() < 0.05:
        word = word[:2] + "\u0640" + word[2:]
    return word


def _indicator(rng: random.Random, number: int) -> str:
    kind = rng.randrange(4)
    if kind == 0:
        return f"CVE-{2015 + number % 12}-{rng.randint(1000, 99999)}"
    if kind == 1:
        return f"{_name(rng, 'en').lower()}.{_name(rng, 'en').lower()}.example"
    if kind == 2:
        return ".".join(str(rng.randrange(256)) for _ in range(4))
    return f"{2015 + number % 12}/{number}"
