"""The statement types that desks make by themselves and that stand in no case."""

from __future__ import annotations

from typing import Final

from parley.domain.act import ActType
from parley.domain.shape import CodeKind, CodeRule, FieldKind, FieldRule, Scope, Sender, TypeSpec
from parley.domain.types.common import DAY, HOUR, STORY
from parley.kernel import limits

ROTATION: Final = "rotation"
REVOCATION: Final = "revocation"
DISOWNED: Final = 64

CHANNEL_TYPES: Final = (
    TypeSpec(
        type=ActType.GENESIS,
        scope=Scope.CHANNEL,
        sender=Sender.DESK,
        purpose="opens the channel on its terms: members, letters, suite, version, limit",
        codes=(
            CodeRule("version", CodeKind.NUMBER, least=1, most=65_535),
            CodeRule("suite", CodeKind.NUMBER, least=1, most=65_535),
            CodeRule("members", CodeKind.IDS, least=2, most=limits.MEMBERS),
            CodeRule("letters", CodeKind.IDS, least=2, most=limits.MEMBERS),
            CodeRule("transmission-limit", CodeKind.INTEGER, least=HOUR, most=366 * DAY),
        ),
        fields=(FieldRule("label", FieldKind.LINE, localised=False), *STORY),
    ),
    TypeSpec(
        type=ActType.VOID_NOTICE,
        scope=Scope.CHANNEL,
        sender=Sender.DESK,
        purpose="tells the other side that its statement is void, and why",
        codes=(CodeRule("reason", CodeKind.TOKEN),),
    ),
    TypeSpec(
        type=ActType.NON_DELIVERY,
        scope=Scope.CHANNEL,
        sender=Sender.DESK,
        purpose="states that no receipt for a statement came within the agreed limit",
        codes=(
            CodeRule("transmitted-at", CodeKind.TIME),
            CodeRule("limit", CodeKind.INTEGER, least=1, most=366 * DAY),
        ),
    ),
    TypeSpec(
        type=ActType.KEYS,
        scope=Scope.CHANNEL,
        sender=Sender.DESK,
        purpose="opens an epoch: the first statement that its author's new keys sign",
        codes=(
            CodeRule("epoch", CodeKind.NUMBER, least=1),
            CodeRule("kind", CodeKind.TOKEN, choices=(ROTATION, REVOCATION)),
            CodeRule("keys", CodeKind.ID, most=64),
        ),
    ),
    TypeSpec(
        type=ActType.NOT_US,
        scope=Scope.CHANNEL,
        sender=Sender.DESK,
        purpose="disowns statements that a key signed in its author's name and that was revoked",
        codes=(CodeRule("statements", CodeKind.IDS, least=1, most=DISOWNED),),
    ),
)
