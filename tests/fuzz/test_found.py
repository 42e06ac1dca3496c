"""Inputs that a search has found to break something: each stays refused."""

from __future__ import annotations

import pytest

from tests.fuzz.parsers import PARSERS, refusal

FOUND = [
    # Arrays in arrays of TOML, deeper than Python's stack: RecursionError.
    ("manuscript", b"a=" + b"[" * 50_000),
    ("configuration", b"a=" + b"[" * 50_000),
    ("witness configuration", b"a=" + b"[" * 50_000),
    ("manuscript", b"a=" + b"{b=" * 50_000),
    # Python takes no text of so many digits for a number: ValueError.
    ("manuscript", b"a=" + b"9" * 5_000),
    ("configuration", b"a=" + b"9" * 5_000),
    # A fingerprint that is none: ValueError once the backup was restored.
    (
        "backup manifest",
        b'{"format":1,"release":"","party":"x","made_at":0,"channels":0,"statements":0,"files":{}}',
    ),
]


@pytest.mark.parametrize(("name", "data"), FOUND)
def test_what_was_found_is_refused(name: str, data: bytes) -> None:
    assert refusal(PARSERS[name], data) is not None
