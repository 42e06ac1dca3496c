"""The golden vectors of the record, and the keys and letters in them."""

from __future__ import annotations

from parley.crypto.keys import LogKey, SealingKey, StatementKey
from parley.record import letter
from parley.record.channel import Channel
from parley.record.ledger import Keys
from tests.vectors import record_page

GOLDEN = record_page.load()
PARTIES = ("north", "south")
STATEMENTS = tuple(GOLDEN["statements"])
RECEIPTS = tuple(GOLDEN["receipts"])
CHECKPOINTS = tuple(GOLDEN["checkpoints"])


def raw(place: str) -> bytes:
    """The bytes at a place such as ``statements.inquiry.leaf``."""
    return bytes.fromhex(record_page.value_at(GOLDEN, place))


LETTERS = {name: letter.parse(raw(f"parties.{name}.letter")) for name in PARTIES}
LOG_KEYS = {name: LogKey.from_seed(raw(f"parties.{name}.seeds.log")) for name in PARTIES}
_OPENING = SealingKey.from_seed(raw("parties.south.seeds.sealing"))
SOUTH_KEYS = Keys(
    StatementKey.from_seed(raw("parties.south.seeds.statement")),
    LOG_KEYS["south"],
    {_OPENING.public.kid: _OPENING},
)
OTHER = dict(zip(PARTIES, reversed(PARTIES), strict=True))
CHANNEL = Channel.between(GOLDEN["channel"]["label"], *LETTERS.values())


def index_of(name: str) -> int:
    return CHANNEL.letters.index(LETTERS[name])


def leaves(owner: str, size: int) -> list[bytes]:
    names = GOLDEN["logs"][owner]["leaves"][:size]
    return [raw(f"statements.{name}.leaf") for name in names]
