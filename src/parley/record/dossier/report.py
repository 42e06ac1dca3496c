"""What a verified dossier proves, and what it does not."""

from __future__ import annotations

from enum import StrEnum

import msgspec

WITNESSED_LISTED = 100
"""So many cosignatures of witnesses are read; more are out of place."""

WITHHELD_LISTED = 100
"""So many statements with withheld fields are listed one by one; all fields are counted."""

VOIDS_LISTED = 100
"""So many void statements are listed one by one; all are counted."""


class NotProved(StrEnum):
    """What this dossier leaves open. ``parley.language.dossier`` has the sentences."""

    IDENTITY = "identity"
    LATER_STATEMENTS = "later-statements"
    REST_OF_CHANNEL = "rest-of-channel"
    TRUTH = "truth"
    READING = "reading"
    CLOCKS = "clocks"
    CASE_RULES = "case-rules"
    COLLUSION = "collusion"
    BEYOND_RECEIPTS = "beyond-receipts"
    BEYOND_AGREEMENT = "beyond-agreement"
    QUANTUM = "quantum"
    CLAIMS = "claims"
    WITHHELD = "withheld"
    ERASED = "erased"
    REVOKED_KEYS = "revoked-keys"


class Party(msgspec.Struct, frozen=True):
    """A member, as its own letter presents it. Identifiers are hexadecimal.

    ``pinned``: the reader named this fingerprint. ``letter`` is SHA-256 over the letter; the keys
    are those of the newest epoch, by their identifiers; ``key_history`` has all.
    """

    fingerprint: str
    code: str
    names: dict[str, str]
    demonstration: bool
    pinned: bool
    exporter: bool
    letter: str
    serial: int
    issued_at: int
    expires_at: int | None
    statement_key: str
    log_key: str
    log_key_post_quantum: str
    key_history: tuple[KeyChange, ...]


class KeyChange(msgspec.Struct, frozen=True):
    """A key statement of a party, as it states it. Identifiers are hexadecimal.

    ``epoch`` is the one whose keys hold from then on. ``number`` 0 is the letter itself, with
    neither kind nor reason. ``revoked``: a later statement revokes the keys of this epoch.
    """

    number: int
    digest: str
    kind: str | None
    reason: str | None
    issued_at: int
    epoch: int
    statement_key: str
    log_key: str
    revoked: bool


class Author(msgspec.Struct, frozen=True):
    """One member's statements in the dossier.

    ``statements`` stand there without a gap, from the first of the channel (or of the case) on;
    ``last_seq`` is the number in the channel of the last one. ``receipted`` of them the other
    member has receipted, by ``receipts`` signatures, of which ``receipts_odd_clock`` name a time
    more than 300 seconds before the statement or after what the issuer signed next. ``voids`` break
    the rules of their type. ``revoked_key`` are signed with a key that was revoked later,
    ``disowned`` their author says are not its own.
    """

    fingerprint: str
    statements: int
    last_seq: int | None
    receipted: int
    receipts: int
    receipts_odd_clock: int
    voids: int
    withheld_fields: int
    erased_bodies: int
    revoked_key: int
    disowned: int


class VoidStatement(msgspec.Struct, frozen=True):
    """A statement without effect: its author's index, its number, and the reason code."""

    author: int
    seq: int
    reason: str


class WithheldFields(msgspec.Struct, frozen=True):
    """A statement of which fields are withheld: author's index, number, leaf hash, how many.

    Whoever wrote the dossier withholds them: every desk took the statement in whole.
    """

    author: int
    seq: int
    statement: str
    fields: int


class Witnessed(msgspec.Struct, frozen=True):
    """A witness' cosignature over a tree head of ``owner``'s log (the member's index).

    ``at`` is the witness' clock. ``key`` identifies its key, which no letter vouches for: compare
    it with the witness.
    """

    owner: int
    size: int
    name: str
    key: str
    at: int
    post_quantum: bool


class Report(msgspec.Struct, frozen=True):
    """A dossier that holds. Whoever has one in hand has no fault to look for.

    ``agreement`` (p, q): both members' logs hold the first p statements of the first member and the
    first q of the second, under checkpoints that the other one has cosigned; in a dossier of one
    case, p and q count statements of the case. ``agreement_post_quantum``: the same under
    ML-DSA-44. ``claims_unchecked`` statements name a checkpoint of the other's log whose root this
    dossier does not give. ``withheld`` is what the exporter leaves out. ``halted``: the exporter
    says that it has halted the channel, and why.
    ``digest`` is SHA-256 over the file without its last item.
    """

    mode: str
    channel: str
    case: str | None
    label: str
    exporter: str
    created_at: int
    demonstration: bool
    halted: str | None
    parties: tuple[Party, ...]
    authors: tuple[Author, ...]
    agreement: tuple[int, ...]
    agreement_post_quantum: tuple[int, ...]
    voids: tuple[VoidStatement, ...]
    withheld: tuple[WithheldFields, ...]
    claims_unchecked: int
    items: int
    size: int
    digest: str
    witnessed: tuple[Witnessed, ...]
    not_proved: tuple[NotProved, ...]

    @property
    def statements(self) -> int:
        """How many statements there are."""
        return sum(author.statements for author in self.authors)

    def to_json(self) -> bytes:
        """As one JSON object."""
        return msgspec.json.encode(self)


class Tally(msgspec.Struct):
    """What is counted of one author while reading. Owned by the fold."""

    statements: int = 0
    last_seq: int | None = None
    receipted: int = 0
    receipts: int = 0
    odd_clocks: int = 0
    voids: int = 0
    withheld: int = 0
    erased: int = 0
    revoked: int = 0
    disowned: int = 0

    def author(self, fingerprint: bytes) -> Author:
        """As it stands in the report."""
        return Author(
            fingerprint.hex(),
            self.statements,
            self.last_seq,
            self.receipted,
            self.receipts,
            self.odd_clocks,
            self.voids,
            self.withheld,
            self.erased,
            self.revoked,
            self.disowned,
        )


class Outcome(msgspec.Struct):
    """What a fold has come to at the end of the file. Members stand in their order."""

    tallies: list[Tally]
    agreement: tuple[int, int]
    agreement_post_quantum: tuple[int, int]
    voids: list[VoidStatement]
    withheld: list[WithheldFields]
    claims_unchecked: int = 0
    witnessed: list[Witnessed] = msgspec.field(default_factory=list)


def not_proved(outcome: Outcome, *, pinned: bool, case: bool) -> tuple[NotProved, ...]:
    """What a dossier with this outcome leaves open."""
    totals = [tally.statements for tally in outcome.tallies]
    open_points = {
        NotProved.IDENTITY: not pinned,
        NotProved.LATER_STATEMENTS: True,
        NotProved.REST_OF_CHANNEL: case,
        NotProved.TRUTH: True,
        NotProved.READING: True,
        NotProved.CLOCKS: True,
        NotProved.CASE_RULES: True,
        NotProved.COLLUSION: True,
        NotProved.BEYOND_RECEIPTS: any(t.receipted < t.statements for t in outcome.tallies),
        NotProved.BEYOND_AGREEMENT: totals != list(outcome.agreement),
        NotProved.QUANTUM: totals != list(outcome.agreement_post_quantum),
        NotProved.CLAIMS: outcome.claims_unchecked > 0,
        NotProved.WITHHELD: any(tally.withheld for tally in outcome.tallies),
        NotProved.ERASED: any(tally.erased for tally in outcome.tallies),
        NotProved.REVOKED_KEYS: any(tally.revoked for tally in outcome.tallies),
    }
    return tuple(point for point, is_open in open_points.items() if is_open)
