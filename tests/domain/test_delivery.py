"""Delivery: the events of ETSI EN 319 522 and the state that they lead to."""

from __future__ import annotations

from itertools import permutations

import pytest

from parley.domain.delivery import (
    EVENTS,
    Delivery,
    DeliveryEvent,
    DeliveryState,
    evolve,
    queued,
)
from parley.kernel import cbor
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

E, S = DeliveryEvent, DeliveryState


def after(*events: DeliveryEvent) -> Delivery:
    delivery = queued(0)
    for at, event in enumerate(events, 1):
        delivery = evolve(delivery, event, at, "timeout" if EVENTS[event].negative else None)
    return delivery


@pytest.mark.parametrize("event", DeliveryEvent)
def test_every_event_has_its_meaning_and_its_uri(event: DeliveryEvent) -> None:
    rule = EVENTS[event]
    assert rule.meaning
    assert event.uri == f"http://uri.etsi.org/19522/Event/{event.value}"
    assert rule.negative == event.value.endswith(("Failure", "Rejection", "Expiry"))


@pytest.mark.parametrize("event", [event for event in DeliveryEvent if EVENTS[event].negative])
def test_a_negative_event_carries_its_reason(event: DeliveryEvent) -> None:
    with pytest.raises(ParleyError) as caught:
        evolve(queued(0), event, 1)
    assert caught.value.reason == Reason.DELIVERY_REASON_MISSING
    failed = evolve(queued(0), event, 1, "timeout")
    assert (failed.failures, failed.reason) == (1, "timeout")


@pytest.mark.parametrize(
    ("events", "state"),
    [
        ((), S.QUEUED),
        ((E.SUBMISSION_ACCEPTANCE,), S.QUEUED),
        ((E.RELAY_ACCEPTANCE,), S.TRANSMITTED),
        ((E.RELAY_ACCEPTANCE, E.CONTENT_CONSIGNMENT), S.RECEIVED),
        ((E.RELAY_ACCEPTANCE, E.CONTENT_CONSIGNMENT, E.CONTENT_HANDOVER), S.OPENED),
        ((E.CONTENT_CONSIGNMENT,), S.RECEIVED),
        ((E.RELAY_FAILURE,), S.QUEUED),
        ((E.RELAY_ACCEPTANCE, E.RELAY_FAILURE), S.TRANSMITTED),
        ((E.RELAY_REJECTION,), S.FAILED),
        ((E.SUBMISSION_REJECTION,), S.FAILED),
        ((E.RELAY_ACCEPTANCE, E.CONTENT_CONSIGNMENT_FAILURE), S.FAILED),
        ((E.RELAY_REJECTION, E.RELAY_ACCEPTANCE), S.TRANSMITTED),
        ((E.CONTENT_CONSIGNMENT_FAILURE, E.CONTENT_CONSIGNMENT), S.RECEIVED),
        ((E.CONTENT_CONSIGNMENT, E.CONTENT_CONSIGNMENT_FAILURE), S.RECEIVED),
        ((E.CONTENT_CONSIGNMENT, E.RELAY_ACCEPTANCE), S.RECEIVED),
        ((E.CONTENT_CONSIGNMENT, E.CONTENT_HANDOVER, E.CONTENT_ACCESS_TRACKING), S.OPENED),
        ((E.CONTENT_CONSIGNMENT, E.CONTENT_HANDOVER_FAILURE), S.RECEIVED),
        ((E.CONTENT_CONSIGNMENT, E.CONSIGNMENT_NOTIFICATION), S.RECEIVED),
    ],
)
def test_events_lead_to_a_state(events: tuple[DeliveryEvent, ...], state: DeliveryState) -> None:
    assert after(*events).state == state


def test_a_proof_of_arrival_wins_in_whatever_order_the_events_come() -> None:
    events = (E.RELAY_ACCEPTANCE, E.RELAY_FAILURE, E.RELAY_REJECTION, E.CONTENT_CONSIGNMENT)
    for order in permutations(events):
        arrived = after(*order)
        assert arrived.state == S.RECEIVED
        assert arrived.failures == 2


def test_a_repeated_event_changes_nothing() -> None:
    once = after(E.CONTENT_CONSIGNMENT)
    assert evolve(once, E.CONTENT_CONSIGNMENT, 99) == once


def test_a_delivery_is_plain_data() -> None:
    delivery = after(E.RELAY_FAILURE, E.CONTENT_CONSIGNMENT)
    assert cbor.decode_as(cbor.encode_model(delivery), Delivery, limit=1000) == delivery
