"""The salted body of a statement.

A body is a flat list of fields, each a triple of a random 16-byte salt, a path and a value. What
is signed is SHA-256 over the CBOR array of the fields' digests, sorted; a field's digest is
SHA-256 over the CBOR of its triple. A field can therefore be withheld or erased: its triple goes,
its digest stays, and the signature still holds. The salt keeps a withheld value from being
guessed.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Annotated, Any, Final

import msgspec

from parley.kernel import cbor, limits
from parley.kernel.errors import ParleyError
from parley.kernel.ids import Bytes16, Bytes32
from parley.kernel.reasons import Reason

Value = str | int | bool | bytes

SALT_BYTES: Final = 16

_VALUE_TYPES: Final = frozenset({str, int, bool, bytes})

_Path = Annotated[str, msgspec.Meta(min_length=1, max_length=limits.PATH_CHARACTERS)]


class Field(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """One leaf of the body: salt, path such as ``questions/1/text@en``, value."""

    salt: Bytes16
    path: _Path
    value: Any  # a Value: msgspec knows no union of text and bytes

    def __post_init__(self) -> None:
        if type(self.value) not in _VALUE_TYPES:
            raise TypeError("not a value")

    def digest(self) -> bytes:
        """SHA-256 over the CBOR of the triple."""
        return sha256(cbor.encode([self.salt, self.path, self.value])).digest()


class Body(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A body as it travels and is kept: digests of absent fields, then the fields there are.

    ``absent`` is sorted and holds one digest for each field withheld or erased. Fields stand in
    the order in which their author wrote them.
    """

    absent: tuple[Bytes32, ...]
    fields: tuple[Field, ...]

    def digest(self) -> bytes:
        """The payload digest that the statement signs.

        :raises ParleyError: ``body-malformed`` (a path twice, a digest twice or listed as absent
            though its field is there, too many fields).
        """
        if len(self.fields) + len(self.absent) > limits.BODY_FIELDS:
            raise ParleyError(Reason.BODY_MALFORMED)
        digests = [field.digest() for field in self.fields]
        digests.extend(self.absent)
        if len({field.path for field in self.fields}) != len(self.fields):
            raise ParleyError(Reason.BODY_MALFORMED)
        if len(set(digests)) != len(digests) or list(self.absent) != sorted(self.absent):
            raise ParleyError(Reason.BODY_MALFORMED)
        digests.sort()
        return sha256(cbor.encode(digests)).digest()

    @property
    def values(self) -> dict[str, Value]:
        """The fields that are there, by path."""
        return {field.path: field.value for field in self.fields}

    @property
    def complete(self) -> bool:
        """Whether no field is withheld or erased."""
        return not self.absent

    def without(self, paths: Iterable[str]) -> Body:
        """The same body with the fields at ``paths`` withheld."""
        gone = set(paths)
        absent = [*self.absent, *(f.digest() for f in self.fields if f.path in gone)]
        return Body(
            absent=tuple(sorted(absent)),
            fields=tuple(field for field in self.fields if field.path not in gone),
        )

    def encode(self) -> bytes:
        """Deterministic CBOR: what is sealed at rest."""
        return cbor.encode_model(self)


def salted(values: Mapping[str, Value]) -> Body:
    """Freeze ``values`` into a body: a fresh salt is drawn for every field."""
    salts = secrets.token_bytes(SALT_BYTES * len(values))
    return Body(
        absent=(),
        fields=tuple(
            Field(salts[SALT_BYTES * i : SALT_BYTES * (i + 1)], path, value)
            for i, (path, value) in enumerate(values.items())
        ),
    )


def parse(data: bytes) -> Body:
    """Read a body from its CBOR.

    :raises ParleyError: as :func:`parley.kernel.cbor.decode_as`.
    """
    return cbor.decode_as(data, Body, limit=limits.BODY_BYTES)
