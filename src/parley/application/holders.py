"""Where the text of a body may stand in a desk's house, beside the sealed body itself.

This is the one list. Whatever comes to keep a text, or anything from which one can be told, is
added here, and says how it forgets.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from parley.application import forgetting
from parley.application.desk import Desk
from parley.store import erasures, pouches


class Holder(NamedTuple):
    """Something that holds a text, sealed or open: its token, and how an erasure reaches it.

    ``forget`` is called before the keys are destroyed, and again if that was interrupted; None:
    what it holds goes with the transaction that takes the body out, or with the keys.
    """

    token: str
    how: str
    forget: Callable[[Desk], None] | None = None


def _forget_pouches(desk: Desk) -> None:
    """Remove packed files of the channels of which something is being erased.

    All of them: a file may hold what the peer lost and got back. What still waits for its receipt
    is packed again.
    """
    with desk.database.read() as connection:
        rows = pouches.of_channels(connection, erasures.going(connection))
    for row in rows:
        pouches.shred_file(row)
    if rows:
        with desk.database.write(*{row.channel for row in rows}) as connection:
            for row in rows:
                pouches.drop(connection, row)


HOLDERS: Final = (
    Holder("database", "the row of the body, with its sealed bytes, is deleted and overwritten"),
    Holder("vault", "its key is destroyed, and the others of its file wrapped under a new one"),
    Holder("drafts", "the text is taken out of the draft, and the key of the draft destroyed"),
    Holder("index", "the key of its range is destroyed; what else was in it is taken in again"),
    Holder("pouches", "packed files of the channel are overwritten and removed", _forget_pouches),
    Holder(
        "attachments",
        "their keys are destroyed with the body's, which root and size stood under, their files "
        "removed",
        forgetting.remove,
    ),
    Holder("outbox", "has references only; a statement is sent without its body from then on"),
    Holder("views", "have header codes only"),
    Holder("house-record", "has hashes and codes only"),
    Holder("quarantine", "has signed statements only, never bodies"),
    Holder("evidence", "has signed statements only, never bodies"),
    Holder("backups", "have the sealed body, which no key opens any more"),
    Holder("dossiers", "have left the house: those exported are listed, none can be called back"),
)
"""All holders, in the order in which they forget."""


def forget(desk: Desk) -> None:
    """Have every holder forget what is being erased. May be done again."""
    for holder in HOLDERS:
        if holder.forget is not None:
            holder.forget(desk)
