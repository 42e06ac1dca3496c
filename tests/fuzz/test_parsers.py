"""Every parser against inputs near valid ones and against noise: an error of ours, and soon."""

from __future__ import annotations

import time
from random import Random
from typing import Any

import cbor2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.mutations import mutated
from tests.fuzz.parsers import PARSERS, refusal

NAMES = sorted(PARSERS)


@pytest.mark.parametrize("name", NAMES)
def test_samples_are_taken(name: str) -> None:
    parser = PARSERS[name]
    assert parser.samples()
    for sample in parser.samples():
        assert refusal(parser, sample) is None


@pytest.mark.parametrize("name", NAMES)
def test_nothing_but_an_error_of_ours_comes_out(name: str) -> None:
    parser = PARSERS[name]
    samples = parser.samples()

    @settings(max_examples=120, suppress_health_check=list(HealthCheck))
    @given(st.one_of(st.integers(0, 1 << 64), st.binary(max_size=200)))
    def check(given_: int | bytes) -> None:
        data = given_
        if isinstance(given_, int):
            random = Random(given_)
            data = mutated(random.choice(samples), samples, random)
        assert isinstance(data, bytes)
        started = time.process_time()
        refusal(parser, data)
        assert time.process_time() - started < parser.seconds, data.hex()

    check()


def test_what_is_referred_to_again_and_again_is_changed_as_bytes() -> None:
    """Shared references of CBOR (tags 28 and 29): 200 bytes that take 2**38 when encoded."""
    value: list[Any] = []
    for _ in range(38):
        value = [value, value]
    shared = cbor2.dumps(value, value_sharing=True)
    assert all(mutated(shared, [shared], Random(seed)) for seed in range(20))
