"""The salted body of a statement.

A body is a flat list of fields, each a triple of a random 16-byte salt, a path and a value. What
is signed is SHA-256 over the CBOR array of the fields' digests, sorted; a field's digest is
SHA-256 over the CBOR of its triple. A field can therefore be withheld or erased: its triple goes,
its digest stays, and the signature still holds. The salt keeps a withheld value from being
guessed.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Annotated, Any, Final

import msgspec

from parley.kernel import cbor, limits
from parley.kernel.errors import ParleyError
from parley.kernel.ids import Bytes16, Bytes32
from parley.kernel.reasons import Reason

Value = str | int | bool | bytes

SALT_BYTES: Final = 16

_HASH_HEAD: Final = b"\x58\x20"
_TRIPLE_HEAD: Final = b"\x83\x50"

_VALUE_TYPES: Final = frozenset({str, int, bool, bytes})

_encoded_path: Final = lru_cache(maxsize=4096)(cbor.text)
"""Bodies of a type have the same paths."""

_Path = Annotated[str, msgspec.Meta(min_length=1, max_length=limits.PATH_CHARACTERS)]


class Field(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """One leaf of the body: salt, path such as ``questions/1/text@en``, value."""

    salt: Bytes16
    path: _Path
    value: Any  # a Value: msgspec knows no union of text and bytes

    def __post_init__(self) -> None:
        if type(self.value) not in _VALUE_TYPES:
            raise TypeError("not a value")

    def encode(self) -> bytes:
        """The CBOR of the triple."""
        value = self.value
        encoded = cbor.text(value) if type(value) is str else cbor.encode(value)
        return b"".join((_TRIPLE_HEAD, self.salt, _encoded_path(self.path), encoded))

    def digest(self) -> bytes:
        """SHA-256 over the CBOR of the triple."""
        return sha256(self.encode()).digest()


class Body(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """A body as it travels and is kept: digests of absent fields, then the fields there are.

    ``absent`` is sorted and holds one digest for each field withheld or erased. Fields stand in
    the order in which their author wrote them.
    """

    absent: tuple[Bytes32, ...]
    fields: tuple[Field, ...]

    def digest(self) -> bytes:
        """The payload digest that the statement signs.

        :raises ParleyError: as :meth:`sealed`.
        """
        return self.sealed()[0]

    def sealed(self) -> tuple[bytes, bytes]:
        """:meth:`digest` and :meth:`encode` in one, at the cost of one.

        :raises ParleyError: ``body-malformed`` (a path twice, a digest twice or listed as absent
            though its field is there, too many fields), ``too-large``.
        """
        count = len(self.fields)
        if count + len(self.absent) > limits.BODY_FIELDS:
            raise ParleyError(Reason.BODY_MALFORMED)
        triples = [field.encode() for field in self.fields]
        digests = [sha256(triple).digest() for triple in triples]
        if self.absent:
            digests.extend(self.absent)
            if list(self.absent) != sorted(self.absent):
                raise ParleyError(Reason.BODY_MALFORMED)
        if len({field.path for field in self.fields}) != count or len(set(digests)) != len(digests):
            raise ParleyError(Reason.BODY_MALFORMED)
        digests.sort()
        encoded = b"\x82" + _digests(self.absent) + cbor.array(triples)
        if len(encoded) > limits.BODY_BYTES:
            raise ParleyError(Reason.TOO_LARGE, size=len(encoded), limit=limits.BODY_BYTES)
        return sha256(_digests(digests)).digest(), encoded

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
        """Deterministic CBOR: what is sealed at rest.

        :raises ParleyError: as :meth:`sealed`.
        """
        return self.sealed()[1]


def _digests(digests: Sequence[bytes]) -> bytes:
    """The CBOR of an array of hashes."""
    return cbor.array([_HASH_HEAD + digest for digest in digests])


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

    :raises ParleyError: as :func:`opened`.
    """
    return opened(data)[0]


def read(data: bytes) -> Body:
    """Read a body that this desk has checked before it kept it.

    :raises ParleyError: as :func:`parley.kernel.cbor.convert`, where it is damaged.
    """
    return cbor.convert(cbor.decode_any(data, limit=limits.BODY_BYTES, kept=True), Body)


def read_values(data: bytes) -> dict[str, Value]:
    """The fields that are there of a body that this desk has checked before it kept it, by path.

    For directories of thousands of contacts: nothing but the values is taken apart.

    :raises ParleyError: as :func:`parley.kernel.cbor.decode_any`, where it is damaged.
    """
    _absent, fields = cbor.decode_any(data, limit=limits.BODY_BYTES, kept=True)
    return {path: value for _salt, path, value in fields}


def opened(data: bytes) -> tuple[Body, bytes]:
    """Read a body from its CBOR, with its digest.

    :raises ParleyError: as :func:`parley.kernel.cbor.decode_as`, and as :meth:`Body.sealed`.
    """
    body = cbor.convert(cbor.decode_any(data, limit=limits.BODY_BYTES), Body)
    digest, encoded = body.sealed()
    if encoded != data:
        raise ParleyError(Reason.CBOR_NOT_CANONICAL)
    return body, digest
