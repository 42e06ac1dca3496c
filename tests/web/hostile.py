"""A peer whose every text tries to be more than a text: names, fields of every type, file names.

``MARK`` is a class that each element of the corpus would have, had it become one, and
``window.canary`` what each script would call.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from random import Random
from typing import Any

from parley.domain.codes import numbers
from parley.domain.shape import FieldKind, FieldRule, Scope, TypeSpec
from tests.support.agreed import mandates
from tests.support.hints import HINTS
from tests.support.officers import WORDS, Codes, Officers, play
from tests.support.pair import Pair, reopened
from tests.web import story

MARK = "foreign-element"

INJECTIONS = (
    f"<script class={MARK}>canary()</script>",
    f'"><img class={MARK} src=x onerror=canary()>',
    f"'><svg class={MARK} onload=canary()>",
    f"</textarea></title></style></script><script class={MARK}>canary()</script>",
    f'<a class={MARK} href="javascript:canary()">Open the proof</a>',
    f'<iframe class={MARK} srcdoc="<script>parent.canary()</script>"></iframe>',
    f'<form class={MARK} action="http://elsewhere.localhost/"><button>Authorise</button></form>',
    f'<base class={MARK} href="http://elsewhere.localhost/">',
    f'<meta class={MARK} http-equiv=refresh content="0;url=http://elsewhere.localhost/">',
    f'<link class={MARK} rel=stylesheet href="http://elsewhere.localhost/x.css">',
    f"<style class={MARK}>*{{display:none}}</style>",
    f"<b class={MARK} id=main name=querySelector>Received, proved</b>",
    f"<!--<div class={MARK}>-->",
    "]]><![CDATA[ & &lt;script&gt;canary()&lt;/script&gt; &#60;script&#62;",
    "{{ canary() }} {% raw %} ${canary()} #{canary()} <%= canary() %>",
    "');canary();//",
    '" onfocus=canary() autofocus tabindex=1 x="',
    "` onmouseover=canary() x=`",
    "javascript:canary()",
    "data:text/html,<script>canary()</script>",
    "\ufeff+ADw-script+AD4-canary()+ADw-/script+AD4-",
    "=cmd|'/C calc'!A0",
    "{n:number} %(party)s {0.__class__} %s",
)

DIRECTIONS = (
    "حُكم (7) [8] <9> — صادر!",
    "abc \u2067حكم\u2069 def",
    "\u2067right to left\u2069",
    "\u2066\u2067\u2068deep\u2069\u2069\u2069 (1)",
    "\u200f\u200f12-34\u200f\u061c",
    "\u200fRU ← US: proved (3)",
    "שלום, world! (2017-07-07)",
    "2017 \u200e- \u200f2018",
)

LOOK_ALIKES = (
    "Rесеivеd by US, рrоvеd",
    "US\u200bA \u200c\u200d\u2060 pay\u00adpal",
    "ＵＳ ✓ Verified ✅",
    "Ѕіgnеd: Оffісе оf US",
    "１２３．４５ — ١٢٣٫٤٥",
    "A\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309\u030a\u030b\u030c zalgo",
    "Demonstration: no state took part.",
    "\U000e0041\U000e0042\U000e007f tags \U0001f1fa\U0001f1f8",
    "o" * 200,
    "ऀ" * 30 + " " + "﷽" * 12,
)

LINES = (*INJECTIONS, *DIRECTIONS, *LOOK_ALIKES)
"""All of them stand on one line and follow the rules of text: a desk lets them in."""

_LANGUAGES = ("en", "ru", "ar", "fa", "zxx-Latn-canary")
_LINE_MOST = 200


def texts() -> tuple[str, ...]:
    """The corpus in normal form, as a desk lets it in."""
    return tuple(unicodedata.normalize("NFC", one)[:_LINE_MOST] for one in LINES)


class Hostile(Officers):
    """Both sides' officers, where the right side's every text is of the corpus."""

    def __init__(self, pair: Pair, scope: Scope, random: Random, corpus: Iterator[str]) -> None:
        super().__init__(pair, scope, random, HINTS.get(scope))
        self._corpus = corpus

    def words(self, spec: TypeSpec, codes: Codes) -> dict[str, Any]:
        """Every field that the type has, in every language that it may have."""
        named = [codes[rule.in_languages] for rule in spec.fields if rule.in_languages in codes]
        languages = named[0] if named else _LANGUAGES
        found: dict[str, Any] = {}
        for rule in spec.fields:
            for number in numbers(spec, codes, rule.per) if rule.per else [0]:
                path = rule.path.replace("<n>", str(number))
                for language in languages if rule.localised else [""]:
                    found[f"{path}@{language}" if language else path] = self._value(rule)
        return found

    def _value(self, rule: FieldRule) -> Any:
        if rule.kind is FieldKind.LINE:
            return next(self._corpus)
        if rule.kind is FieldKind.TEXT:
            return "\n".join(next(self._corpus) for _ in range(3))
        if rule.kind is FieldKind.ATTACHMENT:
            return bytes(range(32)) + (1 << 20).to_bytes(8, "big")
        return rule.choices[0] if rule.choices else WORDS[rule.kind]


def build(folder: Path, seed: int = 7, turns: int = 12) -> None:
    """Two desks below ``folder``, which is new; both sides say the corpus in every kind of case."""
    folder.mkdir()
    corpus = cycle(texts())
    names = {language: next(corpus) for language in ("en", "ru", "ar")}
    offices = ({"en": next(corpus)}, {"ar": next(corpus)})
    story.found(folder, story.founding("RU")._replace(names=names, offices=offices))
    random = Random(seed)
    with reopened(folder) as pair, mandates(pair):
        for scope in Scope:
            if scope is Scope.CHANNEL:
                continue
            for share in (0.0, 0.4):
                play(Hostile(pair, scope, random, corpus), turns, hostile=share)
