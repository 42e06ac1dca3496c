"""The other thread of a desk, as quick as can be: whatever it is given is done on the spot."""

from __future__ import annotations

from typing import Any

from parley.application.aside import Aside, Later


class AtOnce(Aside):
    """Does at once what another thread does some time later: an anchor is always early."""

    def begin(self, later: Later[Any], *, waits: bool = False) -> None:
        """Do it."""
        later.given = waits or later.given
        later.run()
