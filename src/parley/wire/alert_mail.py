"""Alerts by mail: SMTP (RFC 5321) with STARTTLS (RFC 3207) or TLS from the start (RFC 8314)."""

from __future__ import annotations

import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.policy import SMTP as MAIL_POLICY
from email.utils import formatdate
from typing import Final, Literal, NamedTuple

from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.wire.alert_text import Message

_WAIT_SECONDS: Final = 15.0
_TOTAL_SECONDS: Final = 60.0
"""For everything about one mail: a server that says a word now and then holds nobody up."""

Security = Literal["tls", "starttls", "none"]


class MailServer(NamedTuple):
    """Where mail is handed in. ``ca_file``: who is trusted instead of the system's authorities.

    ``security`` ``none`` is for a server on this machine alone; the configuration sees to it.
    """

    host: str
    port: int
    security: Security
    sender: str
    user: str | None = None
    password: str | None = None
    ca_file: str | None = None


class Mail:
    """Tells of alerts by mail."""

    def __init__(self, server: MailServer, total_seconds: float = _TOTAL_SECONDS) -> None:
        self._server = server
        self._total = total_seconds

    def tell(self, message: Message, now: int) -> None:
        """Hand one mail in. The same telling has the same Message-ID, however often it is tried.

        :raises ParleyError: ``alert-unreachable``, ``alert-refused``.
        """
        mail = self._composed(message, now)
        try:
            with self._connected() as client:
                client.send_message(mail, self._server.sender, [message.address])
        except smtplib.SMTPResponseException as error:
            raise ParleyError(Reason.ALERT_REFUSED, status=int(error.smtp_code)) from error
        except smtplib.SMTPRecipientsRefused as error:
            code = next((int(one[0]) for one in error.recipients.values()), 0)
            raise ParleyError(Reason.ALERT_REFUSED, status=code) from error
        except smtplib.SMTPNotSupportedError as error:
            # STARTTLS or a login that the server does not offer: never done without.
            raise ParleyError(Reason.ALERT_REFUSED, status=504) from error
        except (OSError, smtplib.SMTPException, ValueError, AttributeError) as error:
            # What the server said may hold anything: only what went wrong is kept.
            raise ParleyError(Reason.ALERT_UNREACHABLE, fact=type(error).__name__) from error

    def _composed(self, message: Message, now: int) -> EmailMessage:
        mail = EmailMessage(policy=MAIL_POLICY)
        domain = self._server.sender.rpartition("@")[2]
        mail["From"] = self._server.sender
        mail["To"] = message.address
        mail["Subject"] = message.subject
        mail["Date"] = formatdate(now)
        mail["Message-ID"] = f"<{message.name}@{domain}>"
        mail["Content-Language"] = message.language
        # RFC 3834: nobody's absence is to answer this.
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message.text)
        return mail

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        server = self._server
        client: smtplib.SMTP
        if server.security == "tls":
            client = smtplib.SMTP_SSL(timeout=_WAIT_SECONDS, context=self._context())
        else:
            client = smtplib.SMTP(timeout=_WAIT_SECONDS)
        # For the check of its name the connection has to know it before it stands.
        client._host = server.host  # type: ignore[attr-defined]  # noqa: SLF001
        watchdog = threading.Timer(self._total, _cut, (client,))
        watchdog.daemon = True
        watchdog.start()
        try:
            code, _said = client.connect(server.host, server.port)
            if code != 220:
                raise smtplib.SMTPConnectError(code, "")
            if server.security == "starttls":
                client.starttls(context=self._context())
            if server.user is not None and server.password is not None:
                _log_in(client, server.user, server.password)
            yield client
        finally:
            watchdog.cancel()
            client.close()

    def _context(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=self._server.ca_file)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context


def _log_in(client: smtplib.SMTP, user: str, password: str) -> None:
    """Log in once (RFC 4954): a password that was refused is not tried in another way."""
    client.ehlo_or_helo_if_needed()
    offered = client.esmtp_features.get("auth", "").upper().split()
    # What the methods of the library read.
    client.user, client.password = user, password
    if "PLAIN" in offered:
        client.auth("PLAIN", client.auth_plain)
    elif "LOGIN" in offered:
        client.auth("LOGIN", client.auth_login)
    else:
        raise smtplib.SMTPNotSupportedError


def _cut(client: smtplib.SMTP) -> None:
    """End whatever waits on the connection, from another thread."""
    with suppress(OSError, AttributeError):
        # Of the plain socket: TLS would first say goodbye to a server that does not answer.
        socket.socket.shutdown(client.sock, socket.SHUT_RDWR)  # type: ignore[arg-type]
