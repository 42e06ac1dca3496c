"""How a house brings alerts to its officers: the part ``[alerts]`` of ``parley.toml``.

::

    [alerts.smtp]
    host = "mail.example.org"
    port = 587
    security = "starttls"            # or tls; none only on this machine
    sender = "desk@example.org"
    user = "desk"
    password-file = "smtp.password"  # one line, chmod 600; a path in the desk's folder, or any
    ca-file = "/etc/ssl/house.pem"   # whom to trust instead of the system's authorities

    [[alerts.webhook]]
    name = "pager"
    url = "https://pager.example.org/parley"
    key-file = "pager.key"           # the key of the HMAC: one line, chmod 600

    [[alerts.command]]
    name = "bell"
    argv = ["/usr/local/bin/ring"]   # no shell; the alert is JSON on its standard input
    seconds = 20

    [alerts.flash]                   # also routine, priority, immediate
    every = 300                      # seconds
    most = 36
    passes-on = 600                  # to the next on duty

Only whoever writes this file says where alerts go: an officer chooses among what stands here.
"""

from __future__ import annotations

import ipaddress
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from parley.application.alerts import COMMAND, MAIL, WEBHOOK
from parley.domain.act import Precedence
from parley.domain.alerts import REPETITIONS, Repetition
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record.letter import check_endpoint

if TYPE_CHECKING:
    from parley.wire.alert_mail import MailServer
    from parley.wire.alerter import Routes, Teller

SMTP: Final = "smtp"
"""The name of the one way by which mail goes."""

_SECRET_BYTES: Final = 4096
_PRIVATE: Final = 0o077
_YEAR: Final = 366 * 86_400

Name = Annotated[str, Meta(pattern=r"\A[a-z0-9][a-z0-9._-]{0,39}\Z")]
Line = Annotated[str, Meta(min_length=1, max_length=300, pattern=r"\A[!-~]+\Z")]


class SmtpSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """Where mail is handed in."""

    host: Line
    sender: Annotated[str, Meta(max_length=254, pattern=r"\A[!-?A-~]+@[!-?A-~]+\Z")]
    port: Annotated[int, Meta(ge=1, le=65535)] = 587
    security: Literal["tls", "starttls", "none"] = "starttls"
    user: str | None = None
    password_file: str | None = None
    ca_file: str | None = None


class WebhookSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """A webhook, and the file with the key that it shares with us."""

    name: Name
    url: Line
    key_file: str


class CommandSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A program; the first of ``argv`` is its whole path."""

    name: Name
    argv: Annotated[tuple[str, ...], Meta(min_length=1, max_length=64)]
    seconds: Annotated[int, Meta(ge=1, le=120)] = 20


class RepetitionSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """How alerts of one precedence repeat: see :class:`parley.domain.alerts.Repetition`."""

    every: Annotated[int, Meta(ge=30, le=_YEAR)]
    most: Annotated[int, Meta(ge=1, le=1000)]
    passes_on: Annotated[int, Meta(ge=30, le=_YEAR)]


class AlertsSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How alerts are brought, and how often."""

    smtp: SmtpSection | None = None
    webhook: tuple[WebhookSection, ...] = ()
    command: tuple[CommandSection, ...] = ()
    routine: RepetitionSection | None = None
    priority: RepetitionSection | None = None
    immediate: RepetitionSection | None = None
    flash: RepetitionSection | None = None

    def check(self) -> None:
        """Refuse what cannot be meant.

        :raises ParleyError: ``config-invalid``.
        """
        if self.smtp is not None:
            open_ = self.smtp.security == "none" and not is_loopback(self.smtp.host)
            if open_ or (self.smtp.user is None) is not (self.smtp.password_file is None):
                raise ParleyError(Reason.CONFIG_INVALID, place="alerts.smtp")
        for hook in self.webhook:
            _check_url(hook.url)
        for command in self.command:
            if not Path(command.argv[0]).is_absolute():
                raise ParleyError(Reason.CONFIG_INVALID, place="alerts.command.argv")
        for names in ([one.name for one in self.webhook], [one.name for one in self.command]):
            if len(set(names)) < len(names):
                raise ParleyError(Reason.CONFIG_INVALID, place="alerts")

    def ways(self) -> frozenset[tuple[str, str]]:
        """The kinds and names of the ways by which an officer may be told."""
        mail = {(MAIL, SMTP)} if self.smtp is not None else set()
        hooks = {(WEBHOOK, one.name) for one in self.webhook}
        return frozenset(mail | hooks | {(COMMAND, one.name) for one in self.command})

    def routes(self, folder: Path) -> Routes:
        """All ways, ready for use; secrets are read from their files in ``folder``.

        :raises ParleyError: ``secret-file-unfit``.
        """
        # Every command reads its desk's configuration; who tells, and its HTTP client, serve alone.
        from parley.wire.alert_command import Command, Program  # noqa: PLC0415
        from parley.wire.alert_mail import Mail  # noqa: PLC0415
        from parley.wire.alert_webhook import Hook, Webhook  # noqa: PLC0415
        from parley.wire.alerter import Routes  # noqa: PLC0415

        tellers: dict[tuple[str, str], Teller] = {}
        if self.smtp is not None:
            tellers[MAIL, SMTP] = Mail(_mail_server(self.smtp, folder))
        for hook in self.webhook:
            key = read_secret(folder / hook.key_file).encode()
            tellers[WEBHOOK, hook.name] = Webhook(Hook(hook.url, key))
        for one in self.command:
            tellers[COMMAND, one.name] = Command(Program(one.argv, one.seconds))
        said = (self.routine, self.priority, self.immediate, self.flash)
        repetitions = {
            precedence: (
                REPETITIONS[precedence]
                if section is None
                else Repetition(section.every, section.most, section.passes_on)
            )
            for precedence, section in zip(Precedence, said, strict=True)
        }
        return Routes(tellers, repetitions)


def read_secret(path: Path) -> str:
    """The first line of a file that nobody but its owner may read.

    :raises ParleyError: ``secret-file-unfit``.
    """
    try:
        with path.open("rb") as file:
            state = os.fstat(file.fileno())
            data = file.read(_SECRET_BYTES + 1)
    except OSError as error:
        raise ParleyError(Reason.SECRET_FILE_UNFIT, place=str(path)) from error
    private = stat.S_ISREG(state.st_mode) and not state.st_mode & _PRIVATE
    line = data.partition(b"\n")[0].rstrip(b"\r")
    if not private or state.st_uid not in (0, os.geteuid()) or not line:
        raise ParleyError(Reason.SECRET_FILE_UNFIT, place=str(path))
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ParleyError(Reason.SECRET_FILE_UNFIT, place=str(path)) from error


def is_loopback(host: str) -> bool:
    """Whether a host is this machine alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _mail_server(section: SmtpSection, folder: Path) -> MailServer:
    from parley.wire.alert_mail import MailServer  # noqa: PLC0415

    password = None
    if section.password_file is not None:
        password = read_secret(folder / section.password_file)
    ca_file = None if section.ca_file is None else str(folder / section.ca_file)
    return MailServer(
        section.host,
        section.port,
        section.security,
        section.sender,
        section.user,
        password,
        ca_file,
    )


def _check_url(url: str) -> None:
    """Refuse an address that is no plain URL, or that is not of this machine and without TLS."""
    try:
        check_endpoint(url)
    except ParleyError as error:
        raise ParleyError(Reason.CONFIG_INVALID, place="alerts.webhook.url") from error
    parts = urlsplit(url)
    if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
        raise ParleyError(Reason.CONFIG_INVALID, place="alerts.webhook.url")
