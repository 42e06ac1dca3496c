"""Sentences, times and durations in three languages, with hostile facts in them."""

from __future__ import annotations

import datetime as dt
import os
import string
import unicodedata
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.domain.act import Precedence
from parley.domain.catalogue import CATALOGUE
from parley.domain.crossing import Standing
from parley.domain.roles import Duty, Role
from parley.domain.shape import ClockKind, Scope
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.language import catalogue, reasons
from parley.language.catalogue import LANGUAGES, choose
from parley.language.isolate import isolate, tame
from parley.language.names import NAMES
from parley.language.translate import Translator

MOMENT = 1_483_970_525  # 2017-01-09 14:02:05 UTC
MOSCOW = ZoneInfo("Europe/Moscow")
FACTS = st.one_of(st.text(), st.integers(), st.booleans(), st.none())


@pytest.fixture(params=LANGUAGES)
def speaker(request: pytest.FixtureRequest) -> Translator:
    return Translator(request.param)


# --- Which language ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("requested", "environment", "language"),
    [
        ("ar", {"PARLEY_LANGUAGE": "ru", "LC_ALL": "en_US"}, "ar"),
        (None, {"PARLEY_LANGUAGE": "ru", "LC_ALL": "ar_EG.UTF-8"}, "ru"),
        (None, {"LC_ALL": "ar_EG.UTF-8", "LANG": "ru_RU.UTF-8"}, "ar"),
        (None, {"LC_ALL": "", "LC_MESSAGES": "ru_RU", "LANG": "ar"}, "ru"),
        (None, {"LANG": "ru_RU.UTF-8"}, "ru"),
        (None, {"LC_ALL": "C.UTF-8", "LANG": "ru_RU.UTF-8"}, "en"),
        (None, {"LANG": "de_DE.UTF-8"}, "en"),
        ("ru-RU", {}, "ru"),
        (None, {}, "en"),
    ],
)
def test_the_language_is_chosen(
    requested: str | None, environment: dict[str, str], language: str
) -> None:
    assert choose(requested, environment) == language


@pytest.mark.parametrize(("requested", "variable"), [("de", ""), (None, "xx")])
def test_an_unknown_language_that_was_asked_for_is_refused(
    requested: str | None, variable: str
) -> None:
    with pytest.raises(ParleyError) as caught:
        choose(requested, {"PARLEY_LANGUAGE": variable})
    assert caught.value.reason is Reason.LANGUAGE_UNKNOWN


# --- Catalogues -------------------------------------------------------------------------------


def catalogue_folder(folder: Path, *, translation: str) -> Path:
    """A folder of catalogues whose Russian one has a single text."""
    source = folder / "ru" / "LC_MESSAGES" / "parley.po"
    source.parent.mkdir(parents=True)
    source.write_text(
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
        f'msgid "Shorten it."\nmsgstr "{translation}"\n',
        "utf-8",
    )
    return source


@pytest.mark.parametrize("state", ["no .mo", "stale .mo", "fresh .mo"])
def test_a_catalogue_speaks_whether_or_not_it_is_compiled(
    state: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = catalogue_folder(tmp_path, translation="старое")
    if state != "no .mo":
        source.with_suffix(".mo").write_bytes(catalogue.compile_source(source))
    if state == "stale .mo":
        source.write_text(source.read_text("utf-8").replace("старое", "новое"), "utf-8")
        later = source.with_suffix(".mo").stat().st_mtime_ns + 1
        os.utime(source, ns=(later, later))
    monkeypatch.setattr(catalogue, "LOCALE_FOLDER", tmp_path)
    expected = "новое" if state == "stale .mo" else "старое"
    assert catalogue.load.__wrapped__("ru").gettext("Shorten it.") == expected


def test_an_installation_without_catalogues_fails_instead_of_speaking_english(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "LOCALE_FOLDER", tmp_path)
    with pytest.raises(FileNotFoundError):
        catalogue.load.__wrapped__("ar")


# --- Sentences --------------------------------------------------------------------------------


def test_every_reason_has_its_two_sentences_in_every_language(speaker: Translator) -> None:
    for reason in Reason:
        what, todo = speaker.reason(ParleyError(reason))
        assert what
        assert todo
        if speaker.language != "en":
            assert what != Translator("en").reason(ParleyError(reason))[0]


@given(reason=st.sampled_from(Reason), language=st.sampled_from(LANGUAGES), data=st.data())
def test_no_fact_makes_a_reason_fail(reason: Reason, language: str, data: st.DataObject) -> None:
    names = {name for sentence in reasons.TEXTS[reason] for name in placeholders(sentence)}
    facts = {name: data.draw(FACTS, label=name) for name in sorted(names) if data.draw(FACTS)}
    what, todo = Translator(language).reason(ParleyError(reason, **facts))
    assert "\n" not in what + todo
    assert balanced(what)
    assert balanced(todo)


def test_a_fact_that_is_missing_shows_as_a_question_mark() -> None:
    what, _ = Translator("en").reason(ParleyError(Reason.TOO_LARGE, size=1_048_577))
    assert what == "The data has 1,048,577 bytes; at most ? are accepted."


def test_a_sentence_of_a_caller_who_forgets_a_fact_is_a_mistake(speaker: Translator) -> None:
    with pytest.raises(KeyError):
        speaker.text("No {such} fact")


def test_a_placeholder_reaches_no_attribute(speaker: Translator) -> None:
    with pytest.raises(KeyError):
        speaker.text("{fact.__class__}", fact="text")


def test_integers_are_shown_as_their_placeholder_says() -> None:
    text = Translator("en").text(
        "{port} {size:number} {left:duration} {day:date} {at:datetime} {none}",
        port=8080, size=8080, left=3600, day=MOMENT, at=MOMENT, none=None,
    )  # fmt: skip
    assert text == "8080 8,080 1 hour 9 Jan 2017 9 Jan 2017, 14:02:05 UTC \u2014"


def test_every_token_of_the_domain_has_a_name() -> None:
    tokens = {
        *CATALOGUE,
        *(scope for scope in Scope if scope != Scope.CHANNEL),
        *(choice for spec in CATALOGUE.values() for rule in spec.codes for choice in rule.choices),
        *Role,
        *Duty,
        *ClockKind,
        *Standing,
        *(level.name.lower() for level in Precedence),
    }
    assert tokens <= NAMES.keys()


def test_a_token_is_shown_by_its_name_and_an_unknown_one_as_it_is() -> None:
    assert Translator("ru").name("detailed-answer") == "подробный ответ"
    assert Translator("ru").text("{type:name}", type="holding-answer") == "промежуточный ответ"
    assert Translator("en").name("from-a-later\nversion") == "from-a-later version"


# --- Foreign text -----------------------------------------------------------------------------


def test_a_fact_of_the_same_direction_stays_bare_so_that_it_can_be_copied() -> None:
    assert Translator("en").text("{path}", path="/srv/desk/a") == "/srv/desk/a"


def test_a_fact_is_isolated_where_directions_can_mix() -> None:
    assert Translator("en").text("{name}", name="مرحبا") == "\u2068مرحبا\u2069"
    assert Translator("ar").text("{name}", name="CERT") == "\u2068CERT\u2069"


@pytest.mark.parametrize(
    ("hostile", "tamed"),
    [
        ("two\nlines", "two lines"),
        ("a\u2028b\x85c\td", "a b c d"),
        ("\x1b[2Jcleared", "\ufffd[2Jcleared"),
        ("exe\u202efdp", "exe\ufffdfdp"),
        ("out\u2069of it", "out\ufffdof it"),
        ("open\u2067", "open\ufffd"),
        ("\u2067closed\u2069", "\u2067closed\u2069"),
        ("\u2069wrong order\u2066", "\ufffdwrong order\ufffd"),
        ("\udcff", "\ufffd"),
        ("é \u200d zero-width joiner", "é \u200d zero-width joiner"),
    ],
)
def test_characters_that_steer_are_tamed(hostile: str, tamed: str) -> None:
    assert tame(hostile) == tamed


@given(st.text(), st.sampled_from(["ltr", "rtl"]))
def test_foreign_text_never_leaves_its_place(text: str, direction: str) -> None:
    shown = isolate(text, direction=direction)
    assert balanced(shown)
    assert all(
        unicodedata.category(character) not in {"Cc", "Cs", "Zl", "Zp"} for character in shown
    )
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e")


# --- Times, numbers ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "zone", "expected"),
    [
        ("en", dt.UTC, "9 Jan 2017, 14:02:05 UTC"),
        ("en", MOSCOW, "9 Jan 2017, 17:02:05 UTC+03:00 (14:02:05 UTC)"),
        ("ru", MOSCOW, "9 янв. 2017, 17:02:05 UTC+03:00 (14:02:05 UTC)"),
        ("ar", dt.UTC, "9 يناير 2017، \u206614:02:05 UTC\u2069"),
    ],
)
def test_a_time_stands_in_the_readers_zone_with_utc_beside_it(
    language: str, zone: dt.tzinfo, expected: str
) -> None:
    assert Translator(language).datetime(MOMENT, zone) == expected


def test_the_day_stands_on_both_sides_where_it_differs() -> None:
    shown = Translator("en").datetime(MOMENT, ZoneInfo("Asia/Vladivostok"))
    assert shown == "10 Jan 2017, 00:02:05 UTC+10:00 (9 Jan 2017, 14:02:05 UTC)"


@given(st.integers(), st.sampled_from(["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"]))
def test_any_claimed_time_can_be_shown(timestamp: int, zone: str) -> None:
    assert Translator("ar").datetime(timestamp, ZoneInfo(zone))
    assert Translator("en").date(timestamp, ZoneInfo(zone))


@pytest.mark.parametrize(
    ("seconds", "english", "russian", "arabic"),
    [
        (0, "0 seconds", "0 секунд", "0 ثانية"),
        (1, "1 second", "1 секунда", "ثانية واحدة"),
        (120, "2 minutes", "2 минуты", "دقيقتان"),
        (86_400 + 3600 + 59, "1 day 1 hour", "1 день 1 час", "يوم واحد وساعة واحدة"),
        (86_400 + 59, "1 day", "1 день", "يوم واحد"),
        (60 * 86_400, "60 days", "60 дней", "60 يومًا"),
        (-5 * 3600, "5 hours", "5 часов", "5 ساعات"),
    ],
)
def test_a_duration_is_counted_in_every_language(
    seconds: int, english: str, russian: str, arabic: str
) -> None:
    assert Translator("en").duration(seconds) == english
    assert Translator("ru").duration(seconds) == russian
    assert Translator("ar").duration(seconds) == arabic


@given(st.integers())
def test_any_claimed_duration_can_be_shown(seconds: int) -> None:
    assert Translator("ru").duration(seconds)


def test_lists_and_numbers_follow_the_language() -> None:
    assert Translator("en").join(["a", "b", "c"]) == "a, b and c"
    assert Translator("ru").join(["a", "b", "c"]) == "a, b и c"
    assert Translator("ru").number(1_234_567) == "1\u00a0234\u00a0567"
    assert [Translator(language).direction for language in LANGUAGES] == ["ltr", "ltr", "rtl"]


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def balanced(text: str) -> bool:
    depth = 0
    for character in text:
        depth += (character in "\u2066\u2067\u2068") - (character == "\u2069")
        if depth < 0:
            return False
    return depth == 0


def test_eastern_digits_are_a_choice_of_who_reads_arabic() -> None:
    eastern = Translator("ar", eastern=True)
    assert eastern.number(1234567) == "١،٢٣٤،٥٦٧".replace("،", Translator("ar").number(1000)[1])
    assert "٧" in eastern.date(1499385600)
    assert "١٤:١٣:٢٠" in eastern.datetime(1790000000)
    assert "٣" in eastern.duration(3 * 86_400)
    assert eastern.text("{n}", n=42) == "٤٢"
    assert eastern.text("{hash}", hash="ab12") == "\u2068ab12\u2069"
    assert Translator("ru", eastern=True).number(12) == "12"
    assert Translator("ar").number(12) == "12"
