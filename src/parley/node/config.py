"""A desk's configuration: the file ``parley.toml`` in its folder, parsed once.

::

    [desk]
    database = "desk.db"             # a file in the folder, or a database URL
    anchor = "anchor"                # a folder, best on another disk than the database

    [peer]                           # where frames from peers arrive
    host = "127.0.0.1"
    port = 8470

    [operations]                     # health and metrics, for this machine alone
    host = "127.0.0.1"
    port = 8471

    [limits]                         # of the peer port
    connections = 256
    connections-of-one-address = 128

    [house]                          # what the house decides for itself
    recusals-may-end = false         # by the recused officer's own word
    recusals-shown = true            # to the recused: that one stands, and who acts instead
    release-decision = false         # by two reviewers, for whatever is released
    release-decision-types = ["attribution"]
    release-decision-channels = ["SOUTH"]    # labels, codes of the other side, identifiers
    retention-days = { inquiry = 1825 }      # after the end of a case of this kind
    classifications = ["restricted", "secret"]   # of its own scheme, the lowest first

    [attachments]
    folder = "attachments"           # shared by all machines, where several have one database
    largest = 1073741824             # bytes of one attachment, ours and the other side's
    of-one-channel = 17179869184     # bytes of all that the other side attaches in a channel
    keep-free = 1073741824           # bytes of the disk that attachments leave alone
    chunk = 1048576                  # bytes in which ours are cut; smaller for bad lines

    [alerts]                         # how officers are told: see parley.node.alert_config

    [web]                            # the desk in a browser: see parley.node.web_config
    host = "127.0.0.1"
    port = 8473

    [calendar-feed]                  # only where it stands here: feeds of meetings and deadlines
    host = "127.0.0.1"
    port = 8472

    [[witness]]                      # none, or several; parley witness init prints it
    name = "witness.example/parley"
    url = "https://witness.example"
    keys = ["..."]
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from parley.application.desk import Watcher
from parley.crypto import witnessing
from parley.domain.catalogue import CATALOGUE
from parley.domain.kinds import KINDS
from parley.domain.policy import AttachmentPolicy, Policy
from parley.kernel import limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.node.alert_config import AlertsSection, is_loopback
from parley.node.web_config import WebSection
from parley.record.letter import check_endpoint

FILE_NAME = "parley.toml"
FOUNDING_FILE = ".founding"
"""Marks a folder in which a desk is being founded: it is none yet. It holds the desk's letter."""

_LEAST_CHUNK = 1 << limits.CHUNK_BITS_LEAST
_MOST_CHUNK = 1 << limits.CHUNK_BITS_MOST

Marking = Annotated[str, Meta(min_length=1, max_length=60)]
Port = Annotated[int, Meta(ge=0, le=65535)]
Days = Annotated[int, Meta(ge=1, le=36600)]
_DAY = 86_400


class Listen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An address to listen on; port 0 takes a free one."""

    host: str
    port: Port


class DeskSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What belongs to the desk itself."""

    database: str = "desk.db"
    anchor: str = "anchor"


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Connections to the peer port: in all, and of one address (IPv6: of one /64)."""

    connections: Annotated[int, Meta(ge=8, le=65536)] = 256
    of_one: Annotated[int, Meta(ge=4, le=65536)] = msgspec.field(
        default=128, name="connections-of-one-address"
    )


class HouseSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """What the house decides for itself: see :class:`parley.domain.policy.Policy`."""

    recusals_may_end: bool = False
    recusals_shown: bool = True
    release_decision: bool = False
    release_decision_types: tuple[str, ...] = ()
    release_decision_channels: tuple[str, ...] = ()
    retention_days: dict[str, Days] = {}
    classifications: Annotated[tuple[Marking, ...], Meta(max_length=16)] = ()

    def policy(self) -> Policy:
        """As the domain knows it.

        :raises ParleyError: ``config-invalid`` for a type that nobody authorises, or that is none.
        """
        for type_ in self.release_decision_types:
            spec = CATALOGUE.get(type_)
            if spec is None or not spec.authorisers:
                raise ParleyError(Reason.CONFIG_INVALID, place="house.release-decision-types")
        if not self.retention_days.keys() <= {scope.value for scope in KINDS}:
            raise ParleyError(Reason.CONFIG_INVALID, place="house.retention-days")
        return Policy(
            recusals_may_end=self.recusals_may_end,
            recusals_shown=self.recusals_shown,
            decide_always=self.release_decision,
            decide_types=frozenset(self.release_decision_types),
            decide_channels=frozenset(self.release_decision_channels),
            retention={kind: days * _DAY for kind, days in self.retention_days.items()},
            classifications=self.classifications,
        )


class AttachmentsSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """Where the bytes of attachments lie, and how many there may be; sizes are bytes."""

    folder: str = "attachments"
    largest: Annotated[int, Meta(ge=0, le=limits.ATTACHMENT_BYTES)] = 1 << 30
    of_one_channel: Annotated[int, Meta(ge=0, le=1 << 53)] = 16 << 30
    keep_free: Annotated[int, Meta(ge=0, le=1 << 53)] = 1 << 30
    chunk: Annotated[int, Meta(ge=_LEAST_CHUNK, le=_MOST_CHUNK)] = _MOST_CHUNK

    def policy(self) -> AttachmentPolicy:
        """As the domain knows it.

        :raises ParleyError: ``config-invalid`` for a chunk that is no power of two.
        """
        if self.chunk.bit_count() != 1:
            raise ParleyError(Reason.CONFIG_INVALID, place="attachments.chunk")
        return AttachmentPolicy(self.largest, self.of_one_channel, self.chunk.bit_length() - 1)


class WitnessSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A witness: its name, where it answers, and its verifier keys (C2SP signed-note)."""

    name: str
    url: str
    keys: tuple[str, ...]

    def watcher(self) -> Watcher:
        """The witness, with its keys read.

        :raises ParleyError: ``config-invalid``.
        """
        try:
            check_endpoint(self.url)
            keys = witnessing.parse_vkeys(self.keys)
        except ParleyError as error:
            raise ParleyError(Reason.CONFIG_INVALID, place="witness") from error
        if keys.name != self.name:
            raise ParleyError(Reason.CONFIG_INVALID, place="witness.name")
        return Watcher(self.url.rstrip("/"), keys)


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    desk: DeskSection = DeskSection()
    peer: Listen = Listen("127.0.0.1", 8470)
    operations: Listen = Listen("127.0.0.1", 8471)
    limits: Limits = Limits()
    house: HouseSection = HouseSection()
    attachments: AttachmentsSection = AttachmentsSection()
    witness: tuple[WitnessSection, ...] = ()
    alerts: AlertsSection = AlertsSection()
    web: WebSection | None = None
    calendar_feed: Listen | None = msgspec.field(default=None, name="calendar-feed")

    def policy(self) -> Policy:
        """What the house decides for itself.

        :raises ParleyError: ``config-invalid``.
        """
        return msgspec.structs.replace(self.house.policy(), attachments=self.attachments.policy())


def load(folder: Path) -> Config:
    """Read the configuration of the desk in ``folder``.

    :raises ParleyError: ``desk-missing`` where there is no desk; ``config-invalid``.
    """
    path = folder / FILE_NAME
    if (folder / FOUNDING_FILE).exists():
        raise ParleyError(Reason.DESK_MISSING, folder=str(folder))
    try:
        data = path.read_text("utf-8")
    except FileNotFoundError as error:
        raise ParleyError(Reason.DESK_MISSING, folder=str(folder)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ParleyError(Reason.CONFIG_INVALID, place=FILE_NAME) from error
    return parse(data)


def parse(data: str) -> Config:
    """Read a configuration.

    :raises ParleyError: ``config-invalid``.
    """
    try:
        config = msgspec.convert(tomllib.loads(data), Config)
    except (ValueError, RecursionError) as error:
        raise ParleyError(Reason.CONFIG_INVALID, place=str(error)) from error
    if not is_loopback(config.operations.host):
        raise ParleyError(Reason.CONFIG_INVALID, place="operations.host")
    for one in config.witness:
        one.watcher()
    config.policy()
    config.alerts.check()
    if config.web is not None:
        config.web.check()
    return config


def render(config: Config) -> str:
    """The configuration as a file."""
    return (
        "[desk]\n"
        f"database = {_quoted(config.desk.database)}\n"
        "# How far each channel had come when something of it last left: never in a backup.\n"
        f"anchor = {_quoted(config.desk.anchor)}\n\n"
        "# Frames from peers arrive here. Nothing else is answered on this port.\n"
        "[peer]\n"
        f"host = {_quoted(config.peer.host)}\n"
        f"port = {config.peer.port}\n\n"
        "# Health and metrics, for this machine alone.\n"
        "[operations]\n"
        f"host = {_quoted(config.operations.host)}\n"
        f"port = {config.operations.port}\n\n"
        "# Connections to the peer port. Behind a proxy all come from one address.\n"
        "[limits]\n"
        f"connections = {config.limits.connections}\n"
        f"connections-of-one-address = {config.limits.of_one}\n"
        "\n# What the house decides for itself: docs/officers.md.\n"
        "[house]\n"
        f"recusals-may-end = {_flag(config.house.recusals_may_end)}\n"
        f"recusals-shown = {_flag(config.house.recusals_shown)}\n"
        f"release-decision = {_flag(config.house.release_decision)}\n"
        f"release-decision-types = {_list(config.house.release_decision_types)}\n"
        f"release-decision-channels = {_list(config.house.release_decision_channels)}\n"
        f"retention-days = {_table(config.house.retention_days)}\n"
        f"classifications = {_list(config.house.classifications)}\n"
        "\n# The bytes of attachments, and how many there may be: docs/attachments.md.\n"
        "[attachments]\n"
        f"folder = {_quoted(config.attachments.folder)}\n"
        f"largest = {config.attachments.largest}\n"
        f"of-one-channel = {config.attachments.of_one_channel}\n"
        f"keep-free = {config.attachments.keep_free}\n"
        f"chunk = {config.attachments.chunk}\n"
        + _web(config.web)
        + "".join(
            f"\n[[witness]]\nname = {_quoted(one.name)}\nurl = {_quoted(one.url)}\n"
            f"keys = [{', '.join(map(_quoted, one.keys))}]\n"
            for one in config.witness
        )
    )


def _web(section: WebSection | None) -> str:
    if section is None:
        return ""
    named = ("origin", "certificate", "key", "behind-proxy")
    given = (section.origin, section.certificate, section.key, section.behind_proxy)
    return (
        "\n# The desk in a browser: docs/sign-in.md.\n"
        "[web]\n"
        f"host = {_quoted(section.host)}\n"
        f"port = {section.port}\n"
        + "".join(
            f"{name} = {_quoted(text)}\n"
            for name, text in zip(named, given, strict=True)
            if text is not None
        )
    )


def _list(texts: Sequence[str]) -> str:
    return f"[{', '.join(map(_quoted, texts))}]"


def _table(values: Mapping[str, int]) -> str:
    entries = ", ".join(f"{_quoted(name)} = {value}" for name, value in sorted(values.items()))
    return f"{{ {entries} }}" if entries else "{}"


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _quoted(text: str) -> str:
    return msgspec.json.encode(text).decode()
