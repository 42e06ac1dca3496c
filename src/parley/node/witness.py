"""A witness' folder, and serving it: the composition root of the witness.

====================  =================================================================
``witness.toml``      name and address
``witness.keys``      the keys for cosignatures, under the passphrase
``logs/``             one folder a log (``parley.witness.state``)
``lock``              held by the process that serves
====================  =================================================================
"""

from __future__ import annotations

import fcntl
import logging
import re
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec

from parley.crypto import checkpoint, keystore
from parley.crypto.keys import LogKey
from parley.crypto.keystore import Costs
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.node import desk as desks
from parley.node import serve as serving
from parley.node.config import Listen
from parley.store.files import write_durably
from parley.witness.endpoint import Endpoint
from parley.witness.witness import Witness

_log = logging.getLogger(__name__)

CONFIG_FILE: Final = "witness.toml"
KEYS_FILE: Final = "witness.keys"
LOGS_FOLDER: Final = "logs"
LOCK_FILE: Final = "lock"

_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9./-]{0,98}[a-z0-9])?", re.ASCII)


class WitnessConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file ``witness.toml``."""

    name: str
    listen: Listen = Listen("127.0.0.1", 8480)


def found(
    folder: Path,
    config: WitnessConfig,
    passphrase: bytes,
    *,
    costs: Costs = keystore.DEFAULT_COSTS,
) -> Witness:
    """Make a new witness in ``folder``, with keys of its own.

    :raises ParleyError: ``folder-not-empty``, ``passphrase-empty``; ``config-invalid`` for a name
        that is not in lower-case letters, digits, dots, dashes and slashes, or a party's.
    """
    if folder.exists() and any(folder.iterdir()):
        raise ParleyError(Reason.FOLDER_NOT_EMPTY, folder=str(folder))
    _check_name(config.name)
    key = LogKey.generate()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    write_durably(folder / KEYS_FILE, keystore.lock({"log": key.seed}, passphrase, costs))
    # Last: a folder with a configuration is a witness.
    write_durably(folder / CONFIG_FILE, render(config).encode())
    return Witness(folder / LOGS_FOLDER, config.name, key, desks.now)


def load(folder: Path) -> WitnessConfig:
    """Read the configuration of the witness in ``folder``.

    :raises ParleyError: ``witness-missing``, ``config-invalid``.
    """
    try:
        data = (folder / CONFIG_FILE).read_text("utf-8")
    except FileNotFoundError as error:
        raise ParleyError(Reason.WITNESS_MISSING, folder=str(folder)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ParleyError(Reason.CONFIG_INVALID, place=CONFIG_FILE) from error
    return parse(data)


def parse(data: str) -> WitnessConfig:
    """Read a configuration.

    :raises ParleyError: ``config-invalid``.
    """
    try:
        config = msgspec.convert(tomllib.loads(data), WitnessConfig)
    except (ValueError, RecursionError) as error:
        raise ParleyError(Reason.CONFIG_INVALID, place=str(error)) from error
    _check_name(config.name)
    return config


def opened(folder: Path, passphrase: bytes, *, clock: Callable[[], int] = desks.now) -> Witness:
    """The witness in ``folder``.

    :raises ParleyError: as :func:`load`; ``passphrase-wrong``, ``keystore-damaged``.
    """
    config = load(folder)
    try:
        data = (folder / KEYS_FILE).read_bytes()
    except FileNotFoundError as error:
        raise ParleyError(Reason.WITNESS_MISSING, folder=str(folder)) from error
    try:
        key = LogKey.from_seed(keystore.unlock(data, passphrase)["log"])
    except KeyError as error:
        raise ParleyError(Reason.KEYSTORE_DAMAGED) from error
    return Witness(folder / LOGS_FOLDER, config.name, key, clock)


def serve(folder: Path, passphrase: bytes, ready: Callable[[Listen], None]) -> None:
    """Serve the witness in ``folder`` until the process is told to end (SIGINT or SIGTERM).

    :raises ParleyError: as :func:`opened`; ``port-taken``; ``witness-running`` where another
        process serves it: two that do not know of each other could cosign a fork.
    """
    config = load(folder)
    witness = opened(folder, passphrase)
    with _alone(folder):
        endpoint = Endpoint(witness, time.monotonic)
        listener = serving.listen(config.listen)
        serving.run_app(endpoint.app(), listener, lambda: ready(serving.bound(listener)))
        _log.info("stopped")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / LOCK_FILE).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ParleyError(Reason.WITNESS_RUNNING) from error
        yield


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name) or name.startswith(checkpoint.PREFIX):
        raise ParleyError(Reason.CONFIG_INVALID, place="name")


def render(config: WitnessConfig) -> str:
    """The configuration as a file."""

    def quoted(text: str) -> str:
        return msgspec.json.encode(text).decode()

    return (
        f"name = {quoted(config.name)}\n\n"
        "# Desks bring checkpoints here.\n"
        "[listen]\n"
        f"host = {quoted(config.listen.host)}\n"
        f"port = {config.listen.port}\n"
    )
