"""Token buckets: how much one sender may ask for."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple


class Rate(NamedTuple):
    """``burst`` requests at once, ``per_second`` in the long run."""

    burst: float
    per_second: float


class _Bucket(NamedTuple):
    tokens: float
    at: float


class Buckets:
    """One token bucket a key, for at most ``keys`` keys: the longest unused is forgotten first.

    ``clock`` gives seconds and never goes back. Threads may share it.
    """

    def __init__(self, rate: Rate, keys: int, clock: Callable[[], float]) -> None:
        self._rate = rate
        self._keys = keys
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, key: str) -> bool:
        """Take one token of ``key``; false where there is none left."""
        now = self._clock()
        with self._lock:
            bucket = self._buckets.pop(key, _Bucket(self._rate.burst, now))
            gained = (now - bucket.at) * self._rate.per_second
            tokens = min(self._rate.burst, bucket.tokens + gained)
            allowed = tokens >= 1
            self._buckets[key] = _Bucket(tokens - 1 if allowed else tokens, now)
            if len(self._buckets) > self._keys:
                self._buckets.popitem(last=False)
        return allowed
