"""The table of statement types: the one place that knows what each type is made of.

Checks of headers and bodies, roles, default clocks, the command line's options and the tables of
``docs/inquiry.md`` are all driven by it. The declarations stand in ``types``, by kind of case.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from parley.domain.act import Act
from parley.domain.header import check_header
from parley.domain.shape import TypeSpec
from parley.domain.types.channel import CHANNEL_TYPES
from parley.domain.types.contacts import CONTACTS_TYPES
from parley.domain.types.erasure import ERASURE_TYPES
from parley.domain.types.inquiry import INQUIRY_TYPES
from parley.domain.types.meeting import MEETING_TYPES
from parley.domain.types.notice import NOTICE_TYPES
from parley.domain.types.position import POSITION_TYPES
from parley.domain.types.proposal import PROPOSAL_TYPES
from parley.domain.types.recusal import RECUSAL_TYPES
from parley.domain.types.share import SHARE_TYPES
from parley.domain.types.understanding import UNDERSTANDING_TYPES
from parley.domain.types.working_group import WORKING_GROUP_TYPES
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

CATALOGUE: Final[Mapping[str, TypeSpec]] = {
    spec.type: spec
    for spec in (
        *INQUIRY_TYPES,
        *MEETING_TYPES,
        *UNDERSTANDING_TYPES,
        *PROPOSAL_TYPES,
        *WORKING_GROUP_TYPES,
        *POSITION_TYPES,
        *NOTICE_TYPES,
        *SHARE_TYPES,
        *RECUSAL_TYPES,
        *CONTACTS_TYPES,
        *ERASURE_TYPES,
        *CHANNEL_TYPES,
    )
}


def spec_of(type_: str) -> TypeSpec:
    """The declaration of a statement type.

    :raises ParleyError: ``type-unknown``.
    """
    spec = CATALOGUE.get(type_)
    if spec is None:
        raise ParleyError(Reason.TYPE_UNKNOWN)
    return spec


def check_act(act: Act) -> TypeSpec:
    """Check all of a header that needs no other act, and return the declaration of its type.

    :raises ParleyError: ``type-unknown``, ``code-invalid``, ``code-missing``, ``code-unknown``,
        ``reference-missing``.
    """
    spec = spec_of(act.type)
    check_header(spec, act)
    return spec
