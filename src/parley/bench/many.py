"""A desk with as many of everything that pages list as is wanted, made by the real code."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Final

from parley.application import blobs, drafts
from parley.application.writing import Writing
from parley.bench import desks
from parley.bench.desks import Pair
from parley.domain.act import Code
from parley.kernel import ids, limits
from parley.record.attachment import Commitment
from parley.record.channel import Channel
from parley.record.freeze import Content

_AT_ONCE: Final = 500
_FIRST_DAY: Final = dt.date(2017, 7, 7)
_DAYS: Final = 3_000

Codes = dict[str, Code]
Made = tuple[str, Codes, dict[str, str]]
"""The type of a statement, its codes and its values."""


def _day(number: int) -> str:
    return (_FIRST_DAY + dt.timedelta(days=number % _DAYS)).isoformat()


def meeting(number: int) -> Made:
    """A meeting that one side declares."""
    codes: Codes = {"form": "informal", "level": "experts", "held": _day(number)}
    return "meeting", {**codes, "agenda": 0, "programme": 0, "delegation": 0}, {}


def notice(number: int) -> Made:
    """A notice of a law that came into force, one a day in turn, and stays there."""
    codes: Codes = {"nature": "law", "force": "in-force-from", "since": _day(number)}
    return "notice", codes, {"effect@en": "Whoever finds a gap reports it within two days."}


def attribution(_number: int) -> Made:
    """An attribution that is not answered."""
    codes: Codes = {"said-by": "sender", "claimants": 0, "confidence": "low"}
    values = {"object@en": "The scans of the spring.", "basis@en": "The addresses."}
    return "attribution", {**codes, "publicity": "private"}, values


def understanding(_number: int) -> Made:
    """An understanding as one side has it."""
    codes: Codes = {"level": "experts", "owner": "all-sides", "evidence": 0}
    return "understanding", codes, {"occasion@en": "Talks", "text@en": "Both sides call at once."}


def share(_number: int) -> Made:
    """An offer of a criminal case."""
    codes: Codes = {"case-status": "charged", "samples": 0, "figures": 0, "limits": 0}
    return "case-share", codes, {"facts@en": "Three persons were charged."}


def recusal(_number: int) -> Made:
    """A recusal that is disclosed."""
    return "recusal", {}, {"office@en": "Duty desk", "matter@en": "All about one operator."}


KINDS: Final[tuple[Callable[[int], Made], ...]] = (
    meeting,
    notice,
    attribution,
    understanding,
    share,
    recusal,
)


def open_cases(pair: Pair, made: Callable[[int], Made], count: int) -> None:
    """Let the left desk open so many cases."""
    channel = pair.channel(pair.left)
    _append(pair, (_content(channel, *made(number)) for number in range(count)))


def attach(pair: Pair, count: int) -> None:
    """Announce so many attachments, as many in each inquiry as there is room for."""
    channel = pair.channel(pair.left)
    most = limits.ATTACHMENTS_IN_ACT

    def announced(first: int) -> Content:
        content = desks.inquiry(channel, ids.new_case_id())
        values = dict(content.values)
        for number in range(1, most + 1):
            root = hashlib.sha256(f"{first}/{number}".encode()).digest()
            path = f"{blobs.CODE}/{number}"
            values[f"{path}/content"] = Commitment(root, 1000 + number).value
            values[f"{path}/name"] = f"log-{first}-{number}.txt"
            values[f"{path}/hazard"] = "none-known"
        return content._replace(values=values, codes={**content.codes, blobs.CODE: most})

    _append(pair, (announced(first) for first in range(0, count, most)))


def _content(channel: Channel, type_: str, codes: Codes, values: dict[str, str]) -> Content:
    return desks.inquiry(channel, ids.new_case_id())._replace(
        type=type_,
        reply_wanted=None,
        codes=codes,
        values={"subject@en": f"One {type_} of many", **values},
    )


def _append(pair: Pair, contents: Iterable[Content]) -> None:
    left = iter(contents)
    while part := list(islice(left, _AT_ONCE)):
        desks.append(pair, pair.left, part)
        desks.deliver(pair, pair.left)


def write_drafts(pair: Pair, officer: str, count: int) -> None:
    """Have an officer write so many drafts, which nobody sends."""
    channel = pair.channel(pair.left)
    content = desks.inquiry(channel, ids.new_case_id())
    writing = Writing("inquiry", content.values, content.codes, reply_wanted=content.reply_wanted)
    for _ in range(count):
        drafts.write(pair.left, officer, channel, writing)
