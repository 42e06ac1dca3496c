"""Files that were made to do harm: refused with a reason, without much memory or time."""

from __future__ import annotations

from io import BytesIO, RawIOBase

import pytest

from parley.kernel.reasons import Reason
from parley.record.dossier import format as fmt
from parley.record.dossier.format import Reader
from parley.record.dossier.tamper import items_of
from parley.record.dossier.verify import verify
from tests.dossier.conftest import Made
from tests.dossier.forge import check, refused


@pytest.mark.parametrize(
    "head",
    [
        b"\x58\x17" + bytes(23),  # a length that could be shorter
        b"\x59\x00\xff" + bytes(255),
        b"\x5a\x00\x00\xff\xff" + bytes(0xFFFF),
        b"\x5b" + bytes(16),  # a length of eight bytes
        b"\x5f" + bytes(16),  # an indefinite length
        b"\x80" + bytes(16),  # no byte string
        b"\xd8\x3f" + bytes(16),
    ],
)
def test_a_boundary_has_one_form(head: bytes) -> None:
    with refused(Reason.DOSSIER_MALFORMED):
        list(Reader(BytesIO(head)))


@pytest.mark.parametrize("data", [b"", b"\x58", b"\x59\x01", b"\x5a\x00\x01", b"\x43ab"])
def test_a_file_can_end_anywhere(data: bytes) -> None:
    with refused(Reason.DOSSIER_TRUNCATED):
        list(Reader(BytesIO(data)))


class Endless(RawIOBase):
    """A file that never ends, and counts what was asked of it."""

    def __init__(self, head: bytes, more: bytes) -> None:
        self.head, self.more, self.given = head, more, 0

    def read(self, size: int = -1, /) -> bytes:
        self.given += size
        assert self.given < 64 << 20, "read on and on"
        if self.head:
            data, self.head = self.head, b""
            return data
        return self.more * (size // len(self.more))


def test_an_item_has_a_greatest_length() -> None:
    with refused(Reason.TOO_LARGE):
        list(Reader(Endless(b"\x5a\xff\xff\xff\xff", b"x")))  # type: ignore[arg-type]


def test_a_file_without_an_end_is_refused_at_its_first_fault(made: Made) -> None:
    start = b"".join(fmt.frame(item) for item in items_of(made.left)[:-1])
    with refused(Reason.DOSSIER_OUT_OF_PLACE, Reason.DOSSIER_MALFORMED):
        verify(Endless(start, b"\x42\x81\x00"))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "item",
    [
        b"",
        b"\x80",
        b"\x81\x09",
        b"\x81\x18\x63",
        b"\xa1\x02\x00",
        b"\x84\x02",
        b"\x84\x02\x00",
        b"\x84\x02\x00\x5a\xff\xff\xff\xff",
        b"\x84\x02\x07\x40\xf6",
        b"\x84\x02\x63\x40\xf6",
        b"\x84\x02\x00\x40\xf6",
        b"\x86\x03\x00\x00\x00\x00\x00",
        b"\x84\x08\x05\x01\x01",
        b"\x84\x08\x00\x01\x01\x00",
        b"\x84\x08\x00\x18\x01\x01",
        b"\x98\x03\x08",
        b"\x9f\x08\x00\x01\x01\xff",
    ],
)
def test_items_that_are_none_are_refused(made: Made, item: bytes) -> None:
    items = items_of(made.left)
    file = b"".join(fmt.frame(one) for one in [*items[:5], item, *items[5:]])
    with refused():
        check(file)


def test_deep_nesting_is_refused(made: Made) -> None:
    items = items_of(made.left)
    deep = b"\x84\x04" + b"\x81" * 100_000 + b"\x00"
    with refused(Reason.CBOR_MALFORMED):
        check(b"".join(fmt.frame(one) for one in [*items[:5], deep, *items[5:]]))
