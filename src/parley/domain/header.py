"""The check of a header against its type: everything that needs no other act."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from parley.domain.act import Act, Code, Precedence
from parley.domain.dates import is_date
from parley.domain.shape import DIGEST_DIGITS, SLUG_CHARACTERS, CodeKind, CodeRule, Opens, TypeSpec
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

TLP_LABELS: Final = ("clear", "green", "amber", "amber-strict", "red")
"""FIRST's Traffic Light Protocol 2.0, the strictest last."""
PAP_COLOURS: Final = ("clear", "green", "amber", "red")
"""The Permissible Actions Protocol, the strictest last."""

SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
HEX: Final = re.compile(r"(?:[0-9a-f]{2})+", re.ASCII)
LONGEST_REPLY_SECONDS: Final = 10 * 366 * 86_400


def check_header(spec: TypeSpec, act: Act) -> None:
    """Check everything in the header of ``act`` that needs no other act.

    :raises ParleyError: ``code-invalid``, ``code-missing``, ``code-unknown``,
        ``reference-missing``.
    """
    if not 0 <= act.precedence <= Precedence.FLASH:
        raise ParleyError(Reason.CODE_INVALID, type=spec.type, code="precedence")
    if act.reply_wanted is None:
        if spec.reply_wanted_required:
            raise ParleyError(Reason.CODE_MISSING, type=spec.type, code="reply-wanted")
    elif not 0 < act.reply_wanted <= LONGEST_REPLY_SECONDS:
        raise ParleyError(Reason.CODE_INVALID, type=spec.type, code="reply-wanted")
    needed = spec.reference and spec.opens == Opens.NEVER and not spec.reference_optional
    if act.reference is None and needed:
        raise ParleyError(Reason.REFERENCE_MISSING, type=spec.type)
    check_codes(spec, act.codes)


def check_codes(spec: TypeSpec, codes: Mapping[str, Code]) -> None:
    """Check the header codes of an act: exactly those that its type has, each in its bounds.

    :raises ParleyError: ``code-invalid``, ``code-missing``, ``code-unknown``.
    """
    known = 0
    for rule in spec.codes:
        value = codes.get(rule.name)
        if value is None:
            if rule.required:
                raise ParleyError(Reason.CODE_MISSING, type=spec.type, code=rule.name)
            continue
        known += 1
        if not _code_holds(rule, value):
            raise ParleyError(Reason.CODE_INVALID, type=spec.type, code=rule.name)
    if known != len(codes):
        raise ParleyError(Reason.CODE_UNKNOWN, type=spec.type)


def check_each_code(spec: TypeSpec, codes: Mapping[str, Code]) -> None:
    """Check the codes that there are, each by itself; what follows from the text is not looked at.

    :raises ParleyError: ``code-invalid``, ``code-unknown``.
    """
    rules = {rule.name: rule for rule in spec.codes}
    for name, value in codes.items():
        rule = rules.get(name)
        if rule is None:
            raise ParleyError(Reason.CODE_UNKNOWN, type=spec.type)
        if rule.kind != CodeKind.COUNT and not _code_holds(rule, value):
            raise ParleyError(Reason.CODE_INVALID, type=spec.type, code=name)


def _code_holds(rule: CodeRule, value: Code) -> bool:
    match rule.kind:
        case CodeKind.TOKEN:
            return _is_token(rule, value)
        case CodeKind.DATE:
            return isinstance(value, str) and is_date(value)
        case CodeKind.ID:
            return _is_hex(value, rule.least, rule.most)
        case (
            CodeKind.COUNT | CodeKind.NUMBER | CodeKind.INTEGER | CodeKind.TIME | CodeKind.DURATION
        ):
            return type(value) is int and rule.least <= value <= rule.most
    return isinstance(value, tuple) and _items_hold(rule, value)


def _items_hold(rule: CodeRule, items: Sequence[object]) -> bool:
    if rule.kind == CodeKind.RANGES:
        return _ranges_hold(rule, items)
    if not rule.least <= len(items) <= rule.most:
        return False
    match rule.kind:
        case CodeKind.IDS:
            return all(_is_hex(item, 2, 64) for item in items) and len(set(items)) == len(items)
        case CodeKind.NUMBERS:
            return _ascend(rule, items)
        case CodeKind.TOKENS:
            return all(_is_token(rule, item) for item in items) and len(set(items)) == len(items)
    return _pairs_hold(rule, items)


def _pairs_hold(rule: CodeRule, items: Sequence[object]) -> bool:
    split = [item for item in items if isinstance(item, tuple) and len(item) == 2]
    if len(split) < len(items):
        return False
    firsts, seconds = [pair[0] for pair in split], [pair[1] for pair in split]
    match rule.kind:
        case CodeKind.PAIRS:
            return _ascend(rule, firsts) and all(_is_token(rule, item) for item in seconds)
        case CodeKind.DIGESTS:
            return _ascend(rule, firsts) and all(
                item in rule.choices or is_digest(item) for item in seconds
            )
        case CodeKind.PLACES:
            smaller = (type(b) is int and 0 <= b < a for a, b in split)
            return _ascend(rule, firsts) and all(smaller)
        case CodeKind.LINKS:
            return _ascend(rule, firsts) and all(
                type(item) is int and 0 <= item <= rule.highest for item in seconds
            )
    return _names_ascend(firsts) and all(_is_named(rule, item) for item in seconds)


def _ascend(rule: CodeRule, items: Sequence[object]) -> bool:
    last = 0
    for number in items:
        if type(number) is not int or not last < number <= rule.highest:
            return False
        last = number
    return True


def _names_ascend(items: Sequence[object]) -> bool:
    last = ""
    for name in items:
        if not isinstance(name, str) or not is_slug(name) or name <= last:
            return False
        last = name
    return True


def _ranges_hold(rule: CodeRule, value: Sequence[object]) -> bool:
    """Ranges that ascend and neither touch nor overlap: one set of numbers has one form."""
    last, count = -1, 0
    for pair in value:
        if not isinstance(pair, tuple) or len(pair) != 2:
            return False
        start, end = pair
        if type(start) is not int or type(end) is not int:
            return False
        if start < 1 or start <= last + 1 or not start <= end <= rule.highest:
            return False
        last, count = end, count + end - start + 1
    return rule.least <= count <= rule.most


def _is_token(rule: CodeRule, value: object) -> bool:
    return isinstance(value, str) and (value in rule.choices if rule.choices else is_slug(value))


def _is_named(rule: CodeRule, value: object) -> bool:
    return _is_token(rule, value) or (type(value) is int and 0 <= value <= rule.highest)


def is_slug(value: str) -> bool:
    """Whether ``value`` is a short token."""
    return len(value) <= SLUG_CHARACTERS and SLUG.fullmatch(value) is not None


def is_digest(value: object) -> bool:
    """Whether ``value`` is a digest of 32 bytes in lower-case hexadecimal."""
    return _is_hex(value, DIGEST_DIGITS, DIGEST_DIGITS)


def _is_hex(value: object, least: int, most: int) -> bool:
    return (
        isinstance(value, str) and least <= len(value) <= most and HEX.fullmatch(value) is not None
    )
