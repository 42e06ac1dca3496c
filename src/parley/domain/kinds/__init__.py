"""The kinds of cases: what is peculiar to each, for the frame of ``parley.domain.case``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from parley.domain.kind import Kind
from parley.domain.kinds.contacts import ContactsKind
from parley.domain.kinds.contacts_state import Contacts
from parley.domain.kinds.erasure import ErasureKind
from parley.domain.kinds.erasure_state import Erasure
from parley.domain.kinds.inquiry import InquiryKind
from parley.domain.kinds.inquiry_state import Inquiry
from parley.domain.kinds.meeting import MeetingKind
from parley.domain.kinds.meeting_state import Meeting
from parley.domain.kinds.notice import Notice, NoticeKind
from parley.domain.kinds.position import Position, PositionKind
from parley.domain.kinds.proposal import ProposalKind
from parley.domain.kinds.proposal_state import Proposal
from parley.domain.kinds.recusal import Recusal, RecusalKind
from parley.domain.kinds.share import ShareKind
from parley.domain.kinds.share_state import CaseShare
from parley.domain.kinds.understanding import UnderstandingKind
from parley.domain.kinds.understanding_state import Understanding
from parley.domain.kinds.working_group import WorkingGroup, WorkingGroupKind
from parley.domain.shape import Scope

Substance = (
    Contacts
    | Inquiry
    | Meeting
    | Understanding
    | Proposal
    | WorkingGroup
    | Position
    | Notice
    | CaseShare
    | Recusal
    | Erasure
)
"""The substance of a case of any kind."""

_KINDS: Final[tuple[Kind[Any], ...]] = (
    InquiryKind(),
    MeetingKind(),
    UnderstandingKind(),
    ProposalKind(),
    WorkingGroupKind(),
    PositionKind(),
    NoticeKind(),
    ShareKind(),
    RecusalKind(),
    ContactsKind(),
    ErasureKind(),
)

KINDS: Final[Mapping[Scope, Kind[Any]]] = {kind.scope: kind for kind in _KINDS}
"""The kind of each scope."""
