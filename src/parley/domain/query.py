"""What somebody searches for: words, beginnings of words, phrases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from parley.kernel import tokens
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

CHARACTERS: Final = 1_000
UNITS: Final = 32
BEGINNING: Final = 2
"""A beginning of a word has at least so many characters."""

_QUOTED: Final = re.compile(
    '["\u00ab\u201c\u201e\u201d]([^"\u00bb\u201d\u201c]*)["\u00bb\u201d\u201c]'
)


class Word(NamedTuple):
    """One word, or with ``begins`` all that begin so. It is found in any of its forms."""

    forms: tuple[str, ...]
    begins: bool

    def fits(self, forms: tuple[str, ...]) -> bool:
        """Whether a word of a text, in its forms, is one of these."""
        if self.begins:
            return any(one.startswith(mine) for one in forms for mine in self.forms)
        return not set(forms).isdisjoint(self.forms)


class Unit(NamedTuple):
    """Words that stand side by side, in this order.

    ``whole``: what they are as one word, such as a number or a domain; texts that have just that
    come before those that have the same words as part of more.
    """

    words: tuple[Word, ...]
    whole: str | None = None

    @property
    def exact(self) -> Unit | None:
        """What finds just that one word, if it is one."""
        return Unit((Word((self.whole,), False),)) if self.whole is not None else None

    def fits(self, forms: list[tuple[str, ...]], at: int) -> bool:
        """Whether a text's words, from the one at ``at`` on, are these."""
        following = forms[at : at + len(self.words)]
        return len(following) == len(self.words) and all(
            word.fits(one) for word, one in zip(self.words, following, strict=True)
        )


def parse(text: str, *, phrase: bool = False, prefix: bool = False) -> tuple[Unit, ...]:
    """What ``text`` asks for; all of it has to be found in one statement.

    Words in quotation marks are a phrase, a word that ends in ``*`` is a beginning. ``phrase``: all
    of it is one; ``prefix``: every word is a beginning.

    :raises ParleyError: ``search-empty``, ``search-too-long``, ``search-beginning-short``.
    """
    if len(text) > CHARACTERS:
        raise ParleyError(Reason.SEARCH_TOO_LONG, size=len(text), limit=CHARACTERS)
    if phrase:
        units = [_phrase(text, prefix=prefix)]
    else:
        units = []
        last = 0
        for found in _QUOTED.finditer(text):
            units += _words(text[last : found.start()], prefix=prefix)
            units.append(_phrase(found.group(1), prefix=False))
            last = found.end()
        units += _words(text[last:], prefix=prefix)
    wanted = tuple(dict.fromkeys(unit for unit in units if unit.words))
    if not wanted:
        raise ParleyError(Reason.SEARCH_EMPTY)
    if len(wanted) > UNITS:
        raise ParleyError(Reason.SEARCH_TOO_LONG, size=len(wanted), limit=UNITS)
    for word in (word for unit in wanted for word in unit.words):
        if word.begins and min(map(len, word.forms)) < BEGINNING:
            raise ParleyError(Reason.SEARCH_BEGINNING_SHORT, limit=BEGINNING)
    return wanted


def _words(text: str, *, prefix: bool) -> Iterator[Unit]:
    for at, chunk in tokens.chunks(text):
        end = at + (chunk.parts[-1].end if chunk.parts else 0)
        begins = prefix or text[end : end + 1] == "*"
        if chunk.whole is None:
            yield Unit(tuple(Word(part.forms, begins) for part in chunk.parts))
        elif begins:
            yield Unit((Word((chunk.whole,), True),))
        else:
            words = tuple(Word(part.forms, False) for part in chunk.parts)
            yield Unit(words, chunk.whole)


def _phrase(text: str, *, prefix: bool) -> Unit:
    """All words of ``text`` as one phrase; with ``prefix`` its last one is a beginning."""
    words = [Word(part.forms, False) for _, chunk in tokens.chunks(text) for part in chunk.parts]
    if words and (prefix or text.rstrip().endswith("*")):
        words[-1] = words[-1]._replace(begins=True)
    return Unit(tuple(words))
