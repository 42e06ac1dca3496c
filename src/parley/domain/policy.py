"""What a house decides for itself, within what the process leaves open."""

from __future__ import annotations

from typing import Final

import msgspec


class Policy(msgspec.Struct, frozen=True):
    """A house's own rules.

    ``recusals_may_end``: by the recused officer's own word, else never. ``recusals_shown``: a
    recused officer is shown that the recusal stands, and who acts instead.
    """

    recusals_may_end: bool = False
    recusals_shown: bool = True


DEFAULT: Final = Policy()
