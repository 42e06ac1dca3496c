"""What a house decides for itself, within what the process leaves open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from parley.kernel import limits


class AttachmentPolicy(msgspec.Struct, frozen=True):
    """How much may be attached, in bytes: ``largest`` one, ``of_channel`` all of the other side's.

    ``chunk_bits`` is the binary logarithm of the chunks in which ours are cut.
    """

    largest: int = 1 << 30
    of_channel: int = 16 << 30
    chunk_bits: int = limits.CHUNK_BITS_MOST


class Policy(msgspec.Struct, frozen=True):
    """A house's own rules.

    ``recusals_may_end``: by the recused officer's own word, else never. ``recusals_shown``: a
    recused officer is shown that the recusal stands, and who acts instead. ``decide_always``,
    ``decide_types``, ``decide_channels``: what may be released only on two reviewers' decision;
    what one officer releases alone, such as an acknowledgement, never asks for one.
    ``attachments``: how many there may be. ``retention``: for how many seconds the texts of a kind
    of case are kept once it is over.
    ``classifications``: the markings of the house's own scheme, the lowest first.
    """

    recusals_may_end: bool = False
    recusals_shown: bool = True
    decide_always: bool = False
    decide_types: frozenset[str] = frozenset()
    decide_channels: frozenset[str] = frozenset()
    attachments: AttachmentPolicy = AttachmentPolicy()
    retention: Mapping[str, int] = msgspec.field(default_factory=dict)
    classifications: tuple[str, ...] = ()

    def asks_for_decision(self, type_: str, *channel: str) -> bool:
        """Whether two reviewers decide on the release of an act of ``type_``.

        ``channel`` are the names by which the configuration may name its channel.
        """
        named = not self.decide_channels.isdisjoint(channel)
        return self.decide_always or named or type_ in self.decide_types


DEFAULT: Final = Policy()
