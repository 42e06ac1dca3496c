"""A draft on its way through the officers of one side, as its type demands."""

from __future__ import annotations

from parley.application import drafts
from parley.application.writing import Writing
from parley.cli.demo.stage import OFFICERS, Side
from parley.domain.catalogue import spec_of
from parley.domain.roles import Role
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record.statement import Statement


def pass_through(side: Side, writing: Writing) -> Statement:
    """Draft, clear, authorise: each step by another officer who holds the role for it.

    :raises ParleyError: what a step raises.
    """
    spec = spec_of(writing.type)
    drafter, *others = hands(writing.type)
    if not others:
        return drafts.alone(side.desk, drafter, side.channel, writing)
    draft = drafts.write(side.desk, drafter, side.channel, writing)
    frozen = drafts.submit(side.desk, drafter, draft.id, draft.revision)
    digest = frozen.sha256 or b""
    if spec.cleared_by:
        drafts.clear(side.desk, others.pop(0), draft.id, digest)
    statement = None
    for officer in others:
        statement = drafts.authorise(side.desk, officer, draft.id, digest)
    if statement is None:
        raise ParleyError(Reason.INTERNAL, fact="an authorised act that was not released")
    return statement


def hands(type_: str) -> list[str]:
    """The officers through whose hands an act of a type passes, in their order."""
    spec = spec_of(type_)
    return [
        _holding(spec.drafted_by)[0],
        *_holding(spec.cleared_by)[:1],
        *_holding(spec.authorised_by)[: spec.authorisers],
    ]


def _holding(roles: frozenset[Role]) -> list[str]:
    """The officers who hold one of ``roles``."""
    return [name for name, role in OFFICERS.items() if Role(role) in roles]
