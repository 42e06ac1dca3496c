"""The one family of errors: a reason code and facts, never prose."""

from __future__ import annotations

from parley.kernel.reasons import Reason

Detail = str | int | bool | None


class ParleyError(Exception):
    """Something was refused, with the reason for it.

    ``reason`` identifies the failure; ``details`` are facts for the text that the edge makes from
    it (placeholders of the sentence in ``parley.language.reasons``). Details never hold a secret
    nor the text of a body.
    """

    def __init__(self, reason: Reason, **details: Detail) -> None:
        self.reason = reason
        self.details: dict[str, Detail] = details
        facts = ", ".join(f"{name}={value}" for name, value in sorted(details.items()))
        super().__init__(f"{reason.value} ({facts})" if facts else reason.value)
