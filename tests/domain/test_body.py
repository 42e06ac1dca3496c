"""Bodies against the declarations of their types."""

from __future__ import annotations

from typing import Any

import pytest

from parley.domain.act import Code
from parley.domain.body import LANGUAGE_STATUSES, check_body, parse_path
from parley.domain.catalogue import CATALOGUE
from parley.domain.codes import numbers
from parley.domain.dates import is_date
from parley.domain.shape import CodeKind, CodeRule, FieldKind, FieldRule, TypeSpec
from parley.kernel import limits
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from tests.domain.play import NOW

LANGUAGES: dict[str, Code] = {
    "authentic": ("en",),
    "translations": (("ru", "official-translation"),),
    "machine": ("ru",),
}
"""What the languages of the bodies below are worth, where a header says it."""


def code(rule: CodeRule) -> Code:
    """A plain value of a code, with two items where it has several."""
    tokens = (*rule.choices, "one", "two") if len(rule.choices) < 2 else rule.choices
    count = min(max(rule.least, 2), rule.most)
    numbers_ = tuple(range(1, count + 1))
    slugs = tokens[:count] if rule.choices else tuple(f"item-{n}" for n in numbers_)
    several: dict[CodeKind, Code] = {
        CodeKind.TOKEN: tokens[0],
        CodeKind.ID: "ee" * (max(rule.least, 2) // 2),
        CodeKind.IDS: tuple(f"{n:02x}" * 32 for n in numbers_),
        CodeKind.NUMBERS: numbers_,
        CodeKind.RANGES: ((1, count),),
        CodeKind.TOKENS: slugs,
        CodeKind.PAIRS: tuple((n, tokens[n % 2]) for n in numbers_),
        CodeKind.DIGESTS: tuple((n, f"{n:02x}" * 32) for n in numbers_),
        CodeKind.PLACES: tuple((n, n - 1) for n in numbers_),
        CodeKind.LINKS: tuple((n, 1) for n in numbers_),
        CodeKind.NAMED: tuple((f"a{n}", tokens[n % 2]) for n in numbers_),
        CodeKind.TIME: NOW,
        CodeKind.DATE: "2017-07",
    }
    return LANGUAGES.get(rule.name, several.get(rule.kind, min(max(rule.least, 2), rule.most)))


CODES: dict[str, dict[str, Code]] = {
    type_: {rule.name: code(rule) for rule in spec.codes} for type_, spec in CATALOGUE.items()
}
"""Every code of every type."""

EXAMPLES = {
    FieldKind.TEXT: "Some text,\nin two paragraphs.",
    FieldKind.LINE: "A line",
    FieldKind.DIGEST: bytes(range(32)),
    FieldKind.DATE: "2016-11-01",
    FieldKind.TIME: 1_477_958_400,
    FieldKind.NUMBER: 11_000_000,
    FieldKind.TOKEN: "inquiry-2016",
    FieldKind.ATTACHMENT: bytes(range(32)) + (1 << 30).to_bytes(8, "big"),
}


def example(rule: FieldRule) -> Any:
    return rule.choices[0] if rule.choices else EXAMPLES[rule.kind]


WRONG: dict[FieldKind, list[Any]] = {
    FieldKind.TEXT: [b"bytes", 7, None, True],
    FieldKind.LINE: [b"bytes", 7, None, True],
    FieldKind.DIGEST: ["00" * 32, bytes(31), bytes(33)],
    FieldKind.DATE: ["2016-13", "2016-02-30", "16-11-01", "2016-11-01T00:00", 2016, "٢٠١٦"],
    FieldKind.TIME: [-1, 1 << 50, "now", True, b"1", None],
    FieldKind.NUMBER: [-1, 1 << 60, "1", True, b"1", None],
    FieldKind.TOKEN: ["Upper", "two words", "a--b", "-a", "", "x" * 41, 7, "дом"],
    FieldKind.ATTACHMENT: [
        *("00" * 40, 7, None, bytes(32), bytes(39) + b"\1\1", b"\xff" * 40),
        bytes(40),  # nothing is attached
    ],
}


def refused(type_: str, codes: dict[str, Code], fields: dict[str, Any]) -> ParleyError:
    with pytest.raises(ParleyError) as caught:
        check_body(type_, codes, fields)
    return caught.value


def paths(spec: TypeSpec, rule: FieldRule) -> list[str]:
    """Every path under which a body of the codes above may hold the field."""
    names = [rule.path]
    if rule.per is not None:
        of = numbers(spec, CODES[spec.type], rule.per)
        names = [rule.path.replace("<n>", str(number)) for number in of]
    return (
        [f"{name}@{lang}" for name in names for lang in ("en", "ru")] if rule.localised else names
    )


def full(type_: str) -> dict[str, Any]:
    """A body with every field that the type has, in two languages."""
    spec = CATALOGUE[type_]
    return {path: example(rule) for rule in spec.fields for path in paths(spec, rule)}


def least(type_: str) -> dict[str, Any]:
    """A body with the required fields alone, in one language."""
    spec = CATALOGUE[type_]
    return {
        path: example(rule)
        for rule in spec.fields
        if rule.required
        for path in paths(spec, rule)
        if not path.endswith("@ru")
    }


EACH_TYPE = pytest.mark.parametrize("type_", CATALOGUE)
"""A test looks at all fields of a type: one for each field takes longer to begin than to run."""


@EACH_TYPE
def test_a_full_body_and_a_bare_one_are_in_order(type_: str) -> None:
    check_body(type_, CODES[type_], full(type_))
    check_body(type_, CODES[type_], least(type_))


@EACH_TYPE
def test_a_field_is_required_where_the_catalogue_says_so(type_: str) -> None:
    spec, every = CATALOGUE[type_], full(type_)
    every_path = [(rule, path) for rule in spec.fields for path in paths(spec, rule)]
    for rule, left_out in every_path:
        name = left_out.partition("@")[0]
        fields = {p: v for p, v in every.items() if p.partition("@")[0] != name}
        if rule.required:
            error = refused(type_, CODES[type_], fields)
            assert error.reason == Reason.FIELD_MISSING, name
            assert error.details == {"type": type_, "path": name}
        else:
            check_body(type_, CODES[type_], fields)


def first_paths(type_: str) -> list[tuple[FieldRule, str]]:
    """Every field that a body of the codes above may hold, with a path of it."""
    spec = CATALOGUE[type_]
    return [(rule, path) for rule in spec.fields for path in paths(spec, rule)[:1]]


@EACH_TYPE
def test_a_value_of_another_kind_is_refused(type_: str) -> None:
    every = full(type_)
    for rule, path in first_paths(type_):
        for value in WRONG[rule.kind]:
            error = refused(type_, CODES[type_], every | {path: value})
            assert error.reason == Reason.FIELD_INVALID, (path, value)
            assert error.details == {"path": path}


@EACH_TYPE
def test_a_language_stands_where_the_field_has_versions_and_nowhere_else(type_: str) -> None:
    every = full(type_)
    for rule, path in first_paths(type_):
        other = path.partition("@")[0] if rule.localised else f"{path}@en"
        error = refused(type_, CODES[type_], every | {other: example(rule)})
        assert error.reason == Reason.FIELD_UNKNOWN, other


@pytest.mark.parametrize(
    "path",
    [
        *("", "other", "subject@", "subject@e", "subject@english", "subject@en/x", "subject/@en"),
        *("questions/0/text@en", "questions/01/text@en", "questions/9999/text@en"),
        *("questions/-1/text@en", "questions/١/text@en", "questions//text@en"),
        *("questions/<n>/text@en", "answers/1/text/x@en", "a/b/c/d", "subject@en@ru"),
        *("SUBJECT@en", "x" * 500, "\ud800"),
    ],
)
def test_a_path_that_the_type_does_not_have_is_refused(path: str) -> None:
    for type_ in CATALOGUE:
        error = refused(type_, CODES[type_], full(type_) | {path: "x"})
        assert error.reason == Reason.FIELD_UNKNOWN, type_
        assert len(str(error.details["path"])) <= limits.PATH_CHARACTERS
        assert str(error.details["path"]).isascii()


@EACH_TYPE
def test_the_body_has_the_items_that_the_header_announces_and_no_more(type_: str) -> None:
    spec, every = CATALOGUE[type_], full(type_)
    for rule in spec.fields:
        if rule.per is None:
            continue
        beyond = 1 + max(numbers(spec, CODES[type_], rule.per), default=0)
        path = rule.path.replace("<n>", str(beyond)) + ("@en" if rule.localised else "")
        error = refused(type_, CODES[type_], every | {path: example(rule)})
        assert error.reason == Reason.FIELD_UNKNOWN, path


def test_the_questions_of_a_supplement_go_on_from_its_first() -> None:
    codes = {**CODES["supplement"], "first": 2}
    fields = least("supplement")
    assert "questions/2/text@en" in fields
    assert "questions/3/text@en" in fields
    check_body("supplement", codes, fields)
    fields["questions/1/text@en"] = fields.pop("questions/3/text@en")
    assert refused("supplement", codes, fields).reason == Reason.FIELD_UNKNOWN


def test_each_question_with_a_status_has_an_answer() -> None:
    fields = least("detailed-answer")
    del fields["answers/2/text@en"]
    error = refused("detailed-answer", CODES["detailed-answer"], fields)
    assert error.details["path"] == "answers/2/text"


@pytest.mark.parametrize("status", sorted(LANGUAGE_STATUSES))
def test_a_version_may_say_what_it_is_worth(status: str) -> None:
    fields = full("inquiry")
    if status == "equally-authentic":
        fields["facts@ru/status"] = status
    check_body("inquiry", CODES["inquiry"], fields | {"facts@en/status": status})


@pytest.mark.parametrize(
    ("extra", "reason"),
    [
        ({"facts@en/status": "true"}, Reason.FIELD_INVALID),
        ({"facts@en/status": 1}, Reason.FIELD_INVALID),
        ({"facts@ar/status": "authentic"}, Reason.FIELD_INVALID),
        (
            {"facts@en/status": "authentic", "facts@ru/status": "authentic"},
            Reason.FIELD_STATUS_INVALID,
        ),
        (
            {"facts@en/status": "authentic", "facts@ru/status": "equally-authentic"},
            Reason.FIELD_STATUS_INVALID,
        ),
        ({"facts@en/status": "equally-authentic"}, Reason.FIELD_STATUS_INVALID),
    ],
)
def test_versions_that_contradict_each_other_are_refused(
    extra: dict[str, Any], reason: Reason
) -> None:
    assert refused("inquiry", CODES["inquiry"], full("inquiry") | extra).reason == reason


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        ("facts@en", "a\u202eb", Reason.TEXT_DIRECTION_OVERRIDE),
        ("facts@en", "e\u0301", Reason.TEXT_NOT_NFC),
        ("facts@en", "", Reason.TEXT_EMPTY),
        ("facts@en", "x" * (limits.TEXT_CHARACTERS + 1), Reason.TEXT_TOO_LONG),
        ("subject@en", "x" * (limits.LINE_CHARACTERS + 1), Reason.TEXT_TOO_LONG),
        ("subject@en", "a\nb", Reason.TEXT_CONTROL_CHARACTER),
    ],
)
def test_texts_obey_the_rules_of_text_and_the_error_names_the_field(
    path: str, value: str, reason: Reason
) -> None:
    error = refused("inquiry", CODES["inquiry"], full("inquiry") | {path: value})
    assert error.reason == reason
    assert error.details["path"] == path


def test_a_body_is_bounded_in_fields_and_bytes() -> None:
    codes: dict[str, Code] = {"questions": 12, "evidence": 0, "severity": "low"}
    fields: dict[str, Any] = {"subject@en": "s", "incident@en": "i", "facts@en": "f"}
    many = {f"questions/{n}/text@en": "ж" * 60_000 for n in range(1, 13)}
    assert refused("inquiry", codes, fields | many).reason == Reason.TOO_LARGE
    crowd = {f"facts@a{chr(97 + n % 26)}-{n:08}": "x" for n in range(limits.BODY_FIELDS)}
    assert refused("inquiry", codes, fields | crowd).reason == Reason.FIELDS_TOO_MANY


@EACH_TYPE
def test_codes_that_are_out_of_order_void_the_body_too(type_: str) -> None:
    error = refused(type_, CODES[type_] | {"more": 1}, full(type_))
    assert error.reason == Reason.CODE_UNKNOWN


def test_an_unknown_type_has_no_body() -> None:
    assert refused("unheard-of", {}, {}).reason == Reason.TYPE_UNKNOWN


def test_a_path_comes_apart_into_its_parts() -> None:
    place = parse_path("inquiry", "questions/2/text@zh-Hant/status")
    assert (place.name, place.number, place.language, place.is_status) == (
        "questions/2/text",
        2,
        "zh-Hant",
        True,
    )
    assert place.rule.path == "questions/<n>/text"


@pytest.mark.parametrize("value", ["2016", "2016-12", "2016-02-29", "0001"])
def test_a_date_may_be_exact_to_the_year_month_or_day(value: str) -> None:
    assert is_date(value)


@pytest.mark.parametrize("value", ["0000", "2017-02-29", "2016-1", "2016-12-1", "2016-", ""])
def test_what_the_calendar_lacks_is_no_date(value: str) -> None:
    assert not is_date(value)


COUNTING = (
    *(CodeKind.COUNT, CodeKind.NUMBERS, CodeKind.RANGES),
    *(CodeKind.TOKENS, CodeKind.PAIRS, CodeKind.NAMED, CodeKind.DIGESTS),
)


def test_every_code_that_counts_fields_is_one_that_the_type_has() -> None:
    for spec in CATALOGUE.values():
        for rule in spec.fields:
            if rule.per is not None:
                assert spec.code(rule.per).kind in COUNTING
                assert "<n>" in rule.path
