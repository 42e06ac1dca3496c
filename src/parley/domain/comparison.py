"""Two texts side by side, word by word.

A word is a run of letters, marks and digits: Arabic with its harakat and Russian with its accents
stay whole, in whatever script a word is. Nothing that differs is hidden: words are compared as
they are written, and a difference of spacing alone is named.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final, NamedTuple

LONGEST_WORDS: Final = 1000
"""Longer runs are not compared word by word: they are shown whole. This bounds the work."""

COMMONEST: Final = 50
"""A word that occurs more often begins no match; it may go on with one. This bounds the work."""

_WORD: Final = frozenset("LMN")
_JOINING: Final = "Cf"


class Change(StrEnum):
    """What became of a run of words."""

    SAME = "same"
    SPACING = "spacing"
    REPLACED = "replaced"
    ADDED = "added"
    REMOVED = "removed"


class Piece(NamedTuple):
    """A run of words, as the one text has it and as the other has it. All pieces make the texts."""

    change: Change
    old: str
    new: str


class _Word(NamedTuple):
    """A word or a sign, and the white space behind it."""

    key: str
    text: str


def words(text: str) -> list[str]:
    """The words and signs of a text, each with the white space behind it; nothing is lost."""
    return [word.text for word in _split(text)]


def compare(old: str, new: str) -> tuple[Piece, ...]:
    """What turns ``old`` into ``new``, word by word, in the order of the texts."""
    found: list[Piece] = []
    for change, one, other in _pieces(_split(old), _split(new)):
        before, after = one, other
        if found and found[-1].change == change:
            last = found.pop()
            before, after = last.old + one, last.new + other
        found.append(Piece(change, before, after))
    return tuple(found)


def _pieces(old: Sequence[_Word], new: Sequence[_Word]) -> Iterator[Piece]:
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    yield from _same(old[:head], new[:head])
    inner_old, inner_new = old[head : len(old) - tail], new[head : len(new) - tail]
    if max(len(inner_old), len(inner_new)) > LONGEST_WORDS:
        yield from _changed(inner_old, inner_new)
    else:
        yield from _matched(inner_old, inner_new)
    yield from _same(old[len(old) - tail :], new[len(new) - tail :])


def _matched(old: Sequence[_Word], new: Sequence[_Word]) -> Iterator[Piece]:
    keys = [word.key for word in new]
    common = {key for key, count in Counter(keys).items() if count > COMMONEST}
    matcher = SequenceMatcher(common.__contains__, [word.key for word in old], keys, autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        yield from (_same if tag == "equal" else _changed)(old[a:b], new[c:d])


def _same(old: Sequence[_Word], new: Sequence[_Word]) -> Iterator[Piece]:
    for one, other in zip(old, new, strict=True):
        change = Change.SAME if one.text == other.text else Change.SPACING
        yield Piece(change, one.text, other.text)


def _changed(old: Sequence[_Word], new: Sequence[_Word]) -> Iterator[Piece]:
    before, after = "".join(word.text for word in old), "".join(word.text for word in new)
    if before and after:
        yield Piece(Change.REPLACED, before, after)
    elif before or after:
        yield Piece(Change.REMOVED if before else Change.ADDED, before, after)


def _common(old: Sequence[_Word], new: Sequence[_Word]) -> int:
    """How many words the two begin with alike."""
    count = 0
    for one, other in zip(old, new, strict=False):
        if one.key != other.key:
            break
        count += 1
    return count


def _split(text: str) -> list[_Word]:
    found: list[_Word] = []
    at = 0
    while at < len(text):
        start = at
        while at < len(text) and _is_of_word(text[at]):
            at += 1
        if at == start and not text[at].isspace():
            at += 1  # a sign stands alone
        end = at
        while at < len(text) and text[at].isspace():
            at += 1
        found.append(_Word(text[start:end], text[start:at]))
    return found


def _is_of_word(character: str) -> bool:
    category = unicodedata.category(character)
    return category[0] in _WORD or category == _JOINING
