"""The units of a text: what binds the digests in a header to the fields of its body.

Where a type brings text in units, its header names the digest of each (``proposal_text``). The
digests come about when the salts are drawn, and are checked when the statement is appended, from
bytes that both sides hold; from then on the header alone says which text was agreed on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from parley.domain.act import Code
from parley.domain.catalogue import CATALOGUE
from parley.domain.kinds.proposal_text import unit_digest
from parley.domain.types.proposal import UNIT_TEXT, UNITS
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.record.body import Body

_FIELDS: Final = "|".join(re.escape(rule.path.rpartition("/")[2]) for rule in UNIT_TEXT)
_PATH: Final = re.compile(rf"units/([1-9][0-9]*)/(?:{_FIELDS})@([^/]+)", re.ASCII)


def has_units(type_: str) -> bool:
    """Whether statements of a type bring text in units."""
    spec = CATALOGUE.get(type_)
    return spec is not None and any(rule in spec.fields for rule in UNIT_TEXT)


def digests(codes: Mapping[str, Code], body: Body) -> dict[int, str]:
    """The digest of each unit in a body, in hexadecimal, by number."""
    authentic = codes.get("authentic")
    languages = set(authentic) if isinstance(authentic, tuple) else set()
    fields: dict[int, list[bytes]] = {}
    for field in body.fields:
        found = _PATH.fullmatch(field.path)
        if found is not None and found[2] in languages:
            fields.setdefault(int(found[1]), []).append(field.digest())
    return {number: unit_digest(number, given) for number, given in fields.items()}


def bound(type_: str, codes: Mapping[str, Code], body: Body) -> dict[str, Code]:
    """``codes`` with the digests of the units in ``body``, which was just salted."""
    if not has_units(type_):
        return dict(codes)
    found = digests(codes, body)
    return {
        **codes,
        UNITS.name: tuple((number, found.get(number, digest)) for number, digest in _listed(codes)),
    }


def check(type_: str, codes: Mapping[str, Code], body: Body) -> None:
    """Check that the digests in a header are those of its body, which is complete.

    :raises ParleyError: ``unit-digest-wrong``.
    """
    if not has_units(type_):
        return
    found = digests(codes, body)
    for number, digest in _listed(codes):
        if digest != found.get(number):
            raise ParleyError(Reason.UNIT_DIGEST_WRONG, unit=number)


def _listed(codes: Mapping[str, Code]) -> list[tuple[int, str]]:
    """Numbers and digests in a checked header."""
    listed = codes.get(UNITS.name)
    pairs = listed if isinstance(listed, tuple) else ()
    return [(int(pair[0]), str(pair[1])) for pair in pairs if isinstance(pair, tuple)]
