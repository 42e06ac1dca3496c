"""Delivery, apart from substance: how far a statement has come on its way.

The events are those of registered delivery (ETSI EN 319 522), by their names. A delivery says
nothing about what was answered, and a receipt is never an agreement.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import msgspec

from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

EVENT_BASE: Final = "http://uri.etsi.org/19522/Event/"


class DeliveryEvent(StrEnum):
    """The events of ETSI EN 319 522 that a desk may record."""

    SUBMISSION_ACCEPTANCE = "SubmissionAcceptance"
    SUBMISSION_REJECTION = "SubmissionRejection"
    RELAY_ACCEPTANCE = "RelayAcceptance"
    RELAY_REJECTION = "RelayRejection"
    RELAY_FAILURE = "RelayFailure"
    CONTENT_CONSIGNMENT = "ContentConsignment"
    CONTENT_CONSIGNMENT_FAILURE = "ContentConsignmentFailure"
    CONSIGNMENT_NOTIFICATION = "ConsignmentNotification"
    CONSIGNMENT_NOTIFICATION_FAILURE = "ConsignmentNotificationFailure"
    CONTENT_HANDOVER = "ContentHandover"
    CONTENT_HANDOVER_FAILURE = "ContentHandoverFailure"
    CONTENT_ACCESS_TRACKING = "ContentAccessTracking"
    CONSIGNMENT_ACCEPTANCE = "ConsignmentAcceptance"
    CONSIGNMENT_REJECTION = "ConsignmentRejection"
    ACCEPTANCE_REJECTION_EXPIRY = "AcceptanceRejectionExpiry"
    RELAY_TO_NON_ERDS = "RelayToNonERDS"
    RELAY_TO_NON_ERDS_FAILURE = "RelayToNonERDSFailure"
    RECEIVED_FROM_NON_ERDS = "ReceivedFromNonERDS"

    @property
    def uri(self) -> str:
        """The name as ETSI publishes it."""
        return EVENT_BASE + self.value


class DeliveryState(StrEnum):
    """How far a statement has come, for its sender."""

    QUEUED = "queued"
    TRANSMITTED = "transmitted"
    RECEIVED = "received"
    OPENED = "opened"
    FAILED = "failed"


class EventRule(msgspec.Struct, frozen=True):
    """What an event means here. ``leads_to`` is None where the state stays as it is."""

    leads_to: DeliveryState | None
    negative: bool
    meaning: str


EVENTS: Final[Mapping[DeliveryEvent, EventRule]] = {
    DeliveryEvent.SUBMISSION_ACCEPTANCE: EventRule(
        DeliveryState.QUEUED, False, "the statement was signed and stands in the outbox"
    ),
    DeliveryEvent.SUBMISSION_REJECTION: EventRule(
        DeliveryState.FAILED, True, "the statement was refused before it was signed"
    ),
    DeliveryEvent.RELAY_ACCEPTANCE: EventRule(
        DeliveryState.TRANSMITTED, False, "the peer's endpoint took the frame"
    ),
    DeliveryEvent.RELAY_REJECTION: EventRule(
        DeliveryState.FAILED,
        True,
        "the peer refused what the frame brought; the courier tries again",
    ),
    DeliveryEvent.RELAY_FAILURE: EventRule(
        None, True, "an attempt failed; the courier tries again"
    ),
    DeliveryEvent.CONTENT_CONSIGNMENT: EventRule(
        DeliveryState.RECEIVED, False, "the peer's receipt proves that it stands in its record"
    ),
    DeliveryEvent.CONTENT_CONSIGNMENT_FAILURE: EventRule(
        DeliveryState.FAILED, True, "no receipt came within the limit agreed for the channel"
    ),
    DeliveryEvent.CONSIGNMENT_NOTIFICATION: EventRule(
        None, False, "the peer says that it told the office"
    ),
    DeliveryEvent.CONSIGNMENT_NOTIFICATION_FAILURE: EventRule(
        None, True, "the peer says that it could not tell the office"
    ),
    DeliveryEvent.CONTENT_HANDOVER: EventRule(
        DeliveryState.OPENED, False, "the peer says that an officer opened it"
    ),
    DeliveryEvent.CONTENT_HANDOVER_FAILURE: EventRule(
        None, True, "the peer says that it could not be opened"
    ),
    DeliveryEvent.CONTENT_ACCESS_TRACKING: EventRule(
        DeliveryState.OPENED, False, "the peer says that it was read again"
    ),
    DeliveryEvent.CONSIGNMENT_ACCEPTANCE: EventRule(
        None, False, "not used: what is addressed here is always taken"
    ),
    DeliveryEvent.CONSIGNMENT_REJECTION: EventRule(
        None, True, "not used: what is addressed here is always taken"
    ),
    DeliveryEvent.ACCEPTANCE_REJECTION_EXPIRY: EventRule(
        None, True, "not used: what is addressed here is always taken"
    ),
    DeliveryEvent.RELAY_TO_NON_ERDS: EventRule(
        DeliveryState.TRANSMITTED, False, "it was packed into a pouch, to be carried by hand"
    ),
    DeliveryEvent.RELAY_TO_NON_ERDS_FAILURE: EventRule(
        None, True, "the pouch could not be written; it can be packed again"
    ),
    DeliveryEvent.RECEIVED_FROM_NON_ERDS: EventRule(
        None, False, "not used: the receipt says that it came, by whichever way"
    ),
}

_PROGRESS: Final = (
    DeliveryState.QUEUED,
    DeliveryState.FAILED,
    DeliveryState.TRANSMITTED,
    DeliveryState.RECEIVED,
    DeliveryState.OPENED,
)


class Delivery(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """How far a statement has come; ``at`` is when it came there.

    ``failures`` counts negative events and ``reason`` has the code of the last one; it is kept
    when the statement arrives after all.
    """

    state: DeliveryState
    at: int
    failures: int = 0
    reason: str | None = None


def queued(now: int) -> Delivery:
    """The delivery of a statement that was just signed."""
    return Delivery(DeliveryState.QUEUED, now)


def evolve(
    delivery: Delivery, event: DeliveryEvent, at: int, reason: str | None = None
) -> Delivery:
    """``delivery`` after ``event``. Events may come late, twice, or not at all.

    A proof of arrival outweighs every failure before or after it; a new attempt outweighs an
    earlier failure.

    :raises ParleyError: ``delivery-reason-missing``: a negative event without its reason code.
    """
    rule = EVENTS[event]
    if rule.negative:
        if reason is None:
            raise ParleyError(Reason.DELIVERY_REASON_MISSING, event=event.value)
        delivery = msgspec.structs.replace(delivery, failures=delivery.failures + 1, reason=reason)
    target = rule.leads_to
    if target is None or target == delivery.state or not _leads_on(delivery.state, target):
        return delivery
    return msgspec.structs.replace(delivery, state=target, at=at)


def _leads_on(state: DeliveryState, target: DeliveryState) -> bool:
    if target == DeliveryState.FAILED:
        return state in (DeliveryState.QUEUED, DeliveryState.TRANSMITTED)
    return _PROGRESS.index(target) > _PROGRESS.index(state)
