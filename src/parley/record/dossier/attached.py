"""The attachments of a dossier: which bytes its statements commit to.

The bytes are not in the dossier; a capsule beside it (``parley.record.capsule``) has them, and is
checked against the root and size that stand in a statement's body.
"""

from __future__ import annotations

from pathlib import Path

from parley.record import attachment
from parley.record.attachment import Commitment
from parley.record.dossier.verify import Shown, verify


def commitments(path: Path) -> dict[Commitment, list[str]]:
    """What the statements of a dossier commit to, with their leaf hashes in hexadecimal.

    Void statements and bodies that were erased or withheld commit to nothing here.

    :raises ParleyError: as :func:`parley.record.dossier.verify.verify`: nothing is returned of one
        that does not hold.
    """
    found: dict[Commitment, list[str]] = {}

    def note(shown: Shown) -> None:
        if shown.body is not None and shown.void is None:
            for commitment in attachment.in_body(shown.body.values).values():
                found.setdefault(commitment, []).append(shown.statement.leaf.hex())

    verify(path, on_statement=note)
    return found
