"""Token buckets: how much one sender may ask for."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, NamedTuple, TypeVar

Key = TypeVar("Key", bound=Hashable)


class Rate(NamedTuple):
    """``burst`` tokens at once, ``per_second`` in the long run."""

    burst: float
    per_second: float


class _Bucket(NamedTuple):
    tokens: float
    at: float


class Buckets(Generic[Key]):
    """One token bucket a key, for at most ``keys`` keys: the longest unused is forgotten first.

    ``clock`` gives seconds and never goes back. Threads may share it.
    """

    def __init__(self, rate: Rate, keys: int, clock: Callable[[], float]) -> None:
        self._rate = rate
        self._keys = keys
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: OrderedDict[Key, _Bucket] = OrderedDict()

    def take(self, key: Key, tokens: float = 1) -> bool:
        """Take tokens of ``key``; false, and nothing taken, where there are not as many."""
        with self._lock:
            held = self._held(key)
            allowed = held >= tokens
            self._put(key, held - tokens if allowed else held)
        return allowed

    def charge(self, key: Key, tokens: float) -> None:
        """Take tokens of ``key`` whether it has them or not: a debt is worked off with time."""
        with self._lock:
            self._put(key, max(self._held(key) - tokens, -self._rate.burst))

    def empty(self, key: Key) -> bool:
        """Whether ``key`` has not one token."""
        with self._lock:
            return key in self._buckets and self._held(key) < 1

    def _held(self, key: Key) -> float:
        now = self._clock()
        bucket = self._buckets.get(key)
        if bucket is None:
            return self._rate.burst
        gained = (now - bucket.at) * self._rate.per_second
        return min(self._rate.burst, bucket.tokens + gained)

    def _put(self, key: Key, tokens: float) -> None:
        self._buckets[key] = _Bucket(tokens, self._clock())
        self._buckets.move_to_end(key)
        if len(self._buckets) > self._keys:
            self._buckets.popitem(last=False)
