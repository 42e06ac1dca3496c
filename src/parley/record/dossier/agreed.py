"""The agreed texts of a dossier: which hash was signed by whom, and that the words are under it.

A verified dossier proves who said what. What a proposal's acts amount to follows from their headers
alone, so a third party folds them as a desk does, and compares the digests in the headers with what
is left of the bodies. This holds for a dossier of the whole case up to its last statement.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from parley.domain import folding
from parley.domain.act import Act
from parley.domain.catalogue import CATALOGUE
from parley.domain.kinds import proposal_state as states
from parley.domain.kinds.proposal_state import Proposal
from parley.domain.shape import Scope
from parley.kernel import limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record import acts, units
from parley.record.body import Body
from parley.record.dossier.verify import Shown

MEMBERS = 2

ACTS: Final = 100_000
CHARACTERS: Final = 64 * limits.MIB
"""So many acts, and characters of their texts, are kept of all proposals of one dossier."""


class UnitProof(NamedTuple):
    """A unit of an agreed text: whose words, in which statement, and whether they are here.

    ``words`` are heading and text by language, of the authentic ones; none where the body, or a
    field of it, was withheld or erased: the digest stands in the header all the same.
    """

    number: int
    digest: str
    author: int
    statement: bytes
    words: Mapping[str, str]


class Signature(NamedTuple):
    """A member's agreement: the statement, whether it is for good, and the hash that it names.

    ``holds``: it is to the text as it stands.
    """

    author: int
    statement: bytes
    final: bool
    text: str
    holds: bool


class AgreedText(NamedTuple):
    """What a proposal in a dossier amounts to. ``text`` is its hash, none while in brackets."""

    case: bytes
    status: str
    text: str | None
    signatures: tuple[Signature, ...]
    units: tuple[UnitProof, ...]


class Texts:
    """Takes the statements of a dossier as it is verified; ask only once it has been."""

    def __init__(self) -> None:
        self._acts: dict[bytes, list[Act]] = {}
        self._bodies: dict[bytes, Body] = {}
        self._count = 0
        self._size = 0

    def add(self, shown: Shown) -> None:
        """Note a statement.

        :raises ParleyError: ``too-large`` where there is more of proposals than is kept in memory.
        """
        header = shown.statement.act
        spec = CATALOGUE.get(header.type)
        if spec is None or spec.scope != Scope.PROPOSAL:
            return
        act = acts.of_statement(shown.statement, shown.author, shown.void)
        self._acts.setdefault(header.case, []).append(act)
        self._count += 1
        if shown.body is not None and units.has_units(header.type):
            self._size += sum(
                len(value) for value in shown.body.values.values() if isinstance(value, str | bytes)
            )
            self._bodies[act.id] = shown.body
        for size, limit in ((self._count, ACTS), (self._size, CHARACTERS)):
            if size > limit:
                raise ParleyError(Reason.TOO_LARGE, size=size, limit=limit)

    def found(self) -> list[AgreedText]:
        """Every proposal of the dossier, in the order of their first statements."""
        return [
            self._agreed(case, proposal)
            for case, said in self._acts.items()
            for proposal in [folding.fold(said, MEMBERS).substance]
            if isinstance(proposal, Proposal)
        ]

    def _agreed(self, case: bytes, proposal: Proposal) -> AgreedText:
        signatures = tuple(
            Signature(
                author,
                given.act,
                given.final,
                given.text,
                states.agreement_of(proposal, author) is not None,
            )
            for author, given in enumerate(proposal.agreements)
            if given is not None
        )
        return AgreedText(
            case,
            states.status(proposal).value,
            states.hash_of(proposal),
            signatures,
            tuple(
                UnitProof(
                    unit.number,
                    unit.chosen.digest,
                    unit.chosen.owner,
                    unit.chosen.act,
                    self._words(proposal, unit.chosen),
                )
                for unit in states.text(proposal) or ()
                if unit.chosen is not None
            ),
        )

    def _words(self, proposal: Proposal, variant: states.Variant) -> dict[str, str]:
        """The words of a unit, if those that are here give the digest in the header."""
        body = self._bodies.get(variant.act)
        if body is None:
            return {}
        digests = units.digests({"authentic": proposal.authentic}, body)
        if digests.get(variant.unit) != variant.digest:
            return {}
        values = body.values
        found: dict[str, str] = {}
        for language in proposal.authentic:
            head = f"units/{variant.unit}"
            parts = (values.get(f"{head}/{name}@{language}") for name in ("heading", "text"))
            found[language] = "\n".join(part for part in parts if isinstance(part, str))
        return found
