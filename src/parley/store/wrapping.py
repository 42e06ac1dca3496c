"""The wrapping keys of the vault, carried apart from everything else, as one file.

Without them no segment of the vault opens. Each is sealed under the master key already, so this
file is only as secret as that. What matters is that a copy can be replaced: when a segment is
wrapped anew, because bodies were erased, the newest copy no longer has its old key, and whoever
keeps none of the older copies cannot open what was erased.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from parley.kernel import cbor
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.store.files import shred, write_durably
from parley.store.vault import SEGMENTS, wrap_of, wrap_path

FORMAT: Final = 1
_MOST: Final = 1 << 20
_BYTES: Final = 64 << 20
_HEAD: Final = 64
"""So many bytes of a segment file say which wrapping key it is under."""


class Wrapping(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """One wrapping key: of which segment, its name, and the bytes of its file."""

    segment: Annotated[int, Meta(ge=0, le=(1 << 40))]
    name: Annotated[bytes, Meta(min_length=8, max_length=8)]
    data: Annotated[bytes, Meta(max_length=256)]


class Wrappings(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """All of them."""

    format: Annotated[int, Meta(ge=FORMAT, le=FORMAT)]
    keys: Annotated[tuple[Wrapping, ...], Meta(max_length=_MOST)]


def named(path: Path) -> bytes | None:
    """Which wrapping key the segment file at ``path`` is under; None where it is no segment."""
    with path.open("rb") as file:
        return wrap_of(file.read(_HEAD))


def gather(vault: Path, segments: Path) -> tuple[bytes, bool]:
    """The file of the keys in the folder ``vault`` for the segment files in ``segments``.

    And whether it has one for each of them: a segment may just have been wrapped anew.
    """
    found: list[Wrapping] = []
    whole = True
    for path in sorted(segments.glob(SEGMENTS)):
        segment, name = int(path.stem), named(path)
        try:
            data = wrap_path(vault, segment, name).read_bytes() if name else None
        except FileNotFoundError:
            data = None
        if name is None or data is None:
            whole = False
            continue
        found.append(Wrapping(segment, name, data))
    return cbor.encode_model(Wrappings(FORMAT, tuple(found))), whole


def parse(data: bytes) -> Wrappings:
    """Read such a file.

    :raises ParleyError: ``vault-key-damaged``.
    """
    try:
        return cbor.decode_as(data, Wrappings, limit=_BYTES)
    except ParleyError as error:
        raise ParleyError(Reason.VAULT_KEY_DAMAGED) from error


def scatter(keys: Wrappings, vault: Path) -> None:
    """Put the keys into the folder ``vault``, as far as they are not there."""
    for key in keys.keys:
        path = wrap_path(vault, key.segment, key.name)
        if not path.exists():
            write_durably(path, key.data)


def replace(path: Path, data: bytes) -> None:
    """Put a copy at ``path``; the one that is there is overwritten before, where it lies."""
    shred(path)
    write_durably(path, data)
