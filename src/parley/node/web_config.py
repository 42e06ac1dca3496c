"""Where officers reach the web desk: the part ``[web]`` of ``parley.toml``.

::

    [web]
    host = "127.0.0.1"
    port = 8473
    origin = "https://desk.example.org"   # as browsers know it: behind a proxy, or with a name
    certificate = "web.pem"               # TLS by the desk itself: a file in the folder, or any
    key = "web.key"                       # chmod 600
    behind-proxy = "127.0.0.1"            # whose X-Forwarded-For is believed, for one hop

Passwords and sessions go over TLS, or stay on this machine: an address that others reach needs a
certificate, or a proxy that has one.
"""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from typing import Annotated, Final, NamedTuple

import msgspec
from msgspec import Meta

from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.node.alert_config import is_loopback

PORT: Final = 8473

_ORIGIN: Final = re.compile(
    r"(https?)://([a-z0-9](?:[a-z0-9.-]{0,252}[a-z0-9])?|\[[0-9a-f:.]{2,45}\])(?::([0-9]{1,5}))?",
    re.ASCII,
)
_STANDARD: Final = {"http": 80, "https": 443}
_LOCAL: Final = "localhost"


class Tls(NamedTuple):
    """The files with the certificate and its chain, and with its private key; both PEM."""

    certificate: Path
    key: Path


class WebSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """The part as it stands in the file; port 0 takes a free one."""

    host: str = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535)] = PORT
    origin: str | None = None
    certificate: str | None = None
    key: str | None = None
    behind_proxy: str | None = None

    def check(self) -> None:
        """Refuse what fits nothing, or has passwords go over an open line.

        :raises ParleyError: ``config-invalid``.
        """
        if (self.certificate is None) != (self.key is None):
            raise ParleyError(Reason.CONFIG_INVALID, place="web.key")
        if self.behind_proxy is not None:
            _check_address(self.behind_proxy)
        if self.origin is not None:
            self._check_origin(self.origin)
        elif self.behind_proxy is not None or not is_loopback(self.host):
            # Nobody but its keeper knows under which name browsers reach it.
            raise ParleyError(Reason.CONFIG_INVALID, place="web.origin")
        if self.certificate is None and self.behind_proxy is None and not is_loopback(self.host):
            raise ParleyError(Reason.CONFIG_INVALID, place="web.certificate")

    def _check_origin(self, origin: str) -> None:
        found = _ORIGIN.fullmatch(origin)
        if found is None:
            raise ParleyError(Reason.CONFIG_INVALID, place="web.origin")
        scheme, host, port = found.groups()
        # As browsers write it, or no request would ever come from it.
        usual = port is not None and (int(port) == _STANDARD[scheme] or port.startswith("0"))
        local = host == _LOCAL or host.endswith(f".{_LOCAL}") or is_loopback(host.strip("[]"))
        plain = scheme == "http" and (self.certificate is not None or not local)
        if usual or plain or (port is not None and int(port) > 65535):
            raise ParleyError(Reason.CONFIG_INVALID, place="web.origin")

    def origin_at(self, port: int) -> str:
        """Scheme, host and port as browsers know the desk that listens on ``port``."""
        if self.origin is not None:
            return self.origin
        # On this machine by name: passkeys refuse bare addresses.
        scheme = "http" if self.certificate is None else "https"
        return f"{scheme}://{_LOCAL}:{port}"

    def tls(self, folder: Path) -> Tls | None:
        """The files of the certificate, where the desk itself speaks TLS."""
        if self.certificate is None or self.key is None:
            return None
        return Tls(folder / self.certificate, folder / self.key)


def _check_address(text: str) -> None:
    try:
        ipaddress.ip_address(text)
    except ValueError as error:
        raise ParleyError(Reason.CONFIG_INVALID, place="web.behind-proxy") from error
