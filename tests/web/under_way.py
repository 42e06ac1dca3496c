"""What is under way at the two desks after the story: drafts at each stage, and what waits today.

All of it is made up, says so in front, and happened nowhere.
"""

from __future__ import annotations

from parley.application import drafts
from parley.application.writing import Writing
from parley.cli.demo import house
from parley.cli.demo.stage import DRAFTER, Stage
from parley.record.body import Value

DAY = 86_400
_MARKS = {"en": "Illustration", "ru": "Иллюстрация", "ar": "مثال توضيحي"}

_SCANS = {
    "subject": ("scans of a test network", "сканирование учебной сети", "مسح شبكة اختبار"),
    "incident": ("exercise 7", "учение № 7", "التمرين 7"),
    "facts": (
        "Since morning machines of the exercise are scanned from documentation range 192.0.2.0/24.",
        "С утра машины учения сканируются с адресов из диапазона для документации 192.0.2.0/24.",
        "منذ هذا الصباح تُمسح أجهزة التمرين من عناوين النطاق المخصص للتوثيق 192.0.2.0/24.",
    ),
    "questions/1/text": (
        "Who used these addresses between 06:00 and 07:00 UTC?",
        "Кто пользовался этими адресами с 06:00 до 07:00 UTC?",
        "من استخدم هذه العناوين بين 06:00 و07:00 UTC؟",
    ),
    "questions/2/text": (
        "Which of the machines behind them still answer?",
        "Какие из машин за ними ещё отвечают?",
        "أيُّ الأجهزة التي وراءها ما زال يجيب؟",
    ),
}
_MAIL = {
    "subject": (
        "letters with a test attachment",
        "письма с учебным вложением",
        "رسائل بمرفق تجريبي",
    ),
    "incident": ("exercise 8", "учение № 8", "التمرين 8"),
    "facts": (
        "Forty letters of the exercise came with one attachment.",
        "Сорок писем учения пришли с одним и тем же вложением.",
        "وصلت أربعون رسالة من التمرين بمرفق واحد.",
    ),
    "questions/1/text": ("From where were they sent?", "Откуда они отправлены?", "من أين أُرسلت؟"),
}


def inquiry(texts: dict[str, tuple[str, str, str]], *, precedence: int = 0) -> Writing:
    """An inquiry in three languages."""
    values = _marked(texts)
    values["registry/own"] = "DEMO-2026-7"
    codes = {"severity": "high"}
    wanted = 2 * DAY if precedence else 30 * DAY
    return Writing("inquiry", values, codes, precedence=precedence, reply_wanted=wanted)


def answer(case: bytes) -> Writing:
    """A detailed answer to an inquiry of two questions."""
    said = {
        "answers/1/text": (
            "A provider of the exercise had them.",
            "Ими пользовался провайдер, участвующий в учении.",
            "استخدمها مزوّد خدمة مشارك في التمرين.",
        ),
        "answers/2/text": (
            "None of them has answered since noon.",
            "С полудня не отвечает ни одна.",
            "لم يُجب أيٌّ منها منذ الظهر.",
        ),
    }
    values = _marked(said)
    values["registry/own"] = "DEMO-2026-8"
    codes = {"answers": ((1, "answered"), (2, "partly"))}
    return Writing("detailed-answer", values, codes, case=case)


def _marked(texts: dict[str, tuple[str, str, str]]) -> dict[str, Value]:
    return {
        f"{path}@{language}": f"{_MARKS[language]}: {text}"
        for path, versions in texts.items()
        for language, text in zip(_MARKS, versions, strict=True)
    }


def begin(stage: Stage) -> None:
    """Let officers of both desks begin things, and finish few of them.

    At the first desk one draft is open, one inquiry waits for whoever authorises it, and one answer
    for the lawyer; an inquiry of the other side, urgent, waits to be acknowledged.
    """
    us, ru = (stage.sides[code] for code in ("US", "RU"))
    asked = house.pass_through(ru, inquiry(_SCANS, precedence=2))
    stage.wait("the inquiry", lambda: ru.standing().receipted > asked.envelope.seq)
    told = house.pass_through(us, inquiry(_MAIL))
    stage.wait("the other", lambda: us.standing().receipted > told.envelope.seq)
    drafts.write(us.desk, DRAFTER, us.channel, inquiry(_MAIL))
    for writing in (inquiry(_SCANS, precedence=1), answer(asked.act.case)):
        draft = drafts.write(us.desk, DRAFTER, us.channel, writing)
        drafts.submit(us.desk, DRAFTER, draft.id, draft.revision)
