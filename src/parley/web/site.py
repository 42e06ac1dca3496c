"""Where a web desk is found, and what follows from that: its host, its cookies, its headers."""

from __future__ import annotations

from typing import Final, NamedTuple
from urllib.parse import urlsplit

from parley.application.desk import Desk
from parley.wire.alerter import Routes

_PARTY_DIGITS: Final = 8


class Site(NamedTuple):
    """The web desk as its officers reach it.

    ``origin``: scheme, host and port (RFC 6454), as browsers write it. ``cookie`` is the name of
    the session's cookie: of one desk, so that two can be open in one browser. ``proxies``: the
    addresses whose X-Forwarded-For is believed. ``routes`` are the ways by which the house tells
    its officers of alerts, ``calendar`` is where their feeds are served; null: nowhere.
    """

    origin: str
    cookie: str
    demonstration: bool
    proxies: frozenset[str] = frozenset()
    routes: Routes = Routes({})
    calendar: str | None = None

    @classmethod
    def of(cls, desk: Desk, origin: str, proxies: frozenset[str] = frozenset()) -> Site:
        """The site of a desk at ``origin``."""
        # The prefix has browsers refuse the cookie from anywhere but this host over TLS (RFC
        # 6265bis, 4.1.3.2); plain HTTP, which is for this machine alone, may not have it.
        prefix = "__Host-" if origin.startswith("https:") else ""
        name = f"{prefix}parley-{desk.letter.party.hex()[:_PARTY_DIGITS]}"
        return cls(origin, name, desk.letter.text.demonstration, proxies)

    @property
    def ways(self) -> frozenset[tuple[str, str]]:
        """The kinds and names of the ways by which an officer may be told of alerts."""
        return frozenset(self.routes.tellers)

    @property
    def is_secure(self) -> bool:
        """Whether officers reach it over TLS."""
        return self.origin.startswith("https:")

    @property
    def host(self) -> str:
        """What the Host header of a request has to say."""
        return urlsplit(self.origin).netloc
