"""Texts from files and options: what is read back is what was written."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley.application.writing import Writing
from parley.cli import drafting
from parley.domain.act import Code
from parley.domain.body import LanguageStatus
from parley.domain.catalogue import CATALOGUE
from parley.domain.codes import numbers
from parley.domain.header import PAP_COLOURS, TLP_LABELS
from parley.domain.kinds.proposal_text import PENDING
from parley.domain.shape import CodeKind, CodeRule, FieldKind, FieldRule, TypeSpec
from parley.domain.types.common import ATTACHED
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.presentation import coding, manuscript, template, times
from parley.presentation.manuscript import Circumstances

NOW = 1_800_000_000
DRAFTED = [spec for spec in CATALOGUE.values() if spec.authorisers]
HERE = Circumstances("en", NOW, digest_of=lambda name: drafting.digest_of(Path(name)))

TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")) | st.sampled_from('\n\t"\\'),
    min_size=1,
    max_size=60,
).filter(lambda text: bool(text.strip()))
LINE = TEXT.map(lambda text: text.replace("\n", " ").replace("\t", " "))
LANGUAGES = ("en", "ru", "zh-Hant")


@st.composite
def writings(draw: st.DrawFn) -> Writing:
    """A writing of any type that officers draft, with whatever texts."""
    spec = draw(st.sampled_from(DRAFTED))
    values: dict[str, str | int | bytes] = {}
    languages = draw(st.lists(st.sampled_from(LANGUAGES), min_size=1, max_size=3, unique=True))
    codes = _codes(draw, spec)
    for rule in spec.fields:
        if not rule.required and draw(st.booleans()):
            continue
        for number in numbers(spec, codes, rule.per) if rule.per else [0]:
            path = rule.path.replace("<n>", str(number))
            for language in languages if rule.localised else [""]:
                full = f"{path}@{language}" if language else path
                values[full] = _value(draw, rule)
    # An item of which nothing is said is not written, where its code only counts.
    for rule in spec.codes:
        if rule.kind == CodeKind.COUNT and not _said(spec, rule, values):
            codes.pop(rule.name, None)
    if draw(st.booleans()) and not manuscript.has_authentic(spec):
        worth = {language: draw(st.sampled_from(list(LanguageStatus))) for language in languages}
        for path in list(values):
            if "@" in path:
                values[f"{path}/status"] = worth[path.partition("@")[2]].value
    return Writing(
        type=spec.type,
        values=values,
        codes=codes,
        legal_basis=draw(st.none() | st.just("budapest-29")),
        precedence=draw(st.integers(0, 3)),
        tlp=draw(st.sampled_from(TLP_LABELS)),
        pap=draw(st.none() | st.sampled_from(PAP_COLOURS)),
        reply_wanted=draw(st.none() | st.integers(1, 10**8)),
    )


def _said(spec: TypeSpec, code: CodeRule, values: dict[str, str | int | bytes]) -> bool:
    groups = {rule.path.split("/")[0] for rule in spec.fields if rule.per == code.name}
    return any(path.split("/")[0] in groups for path in values)


def _codes(draw: st.DrawFn, spec: TypeSpec) -> dict[str, Code]:
    starts = {rule.start for rule in spec.codes}
    codes = {
        rule.name: draw(code_values(rule))
        for rule in spec.codes
        if rule.name not in starts and (rule.required or draw(st.booleans()))
    }
    # The digest of a text that is still written follows from it, once salts are drawn.
    for name in {rule.per for rule in spec.fields} & codes.keys():
        if spec.code(name or "").kind == CodeKind.DIGESTS:
            codes[name] = tuple((number, PENDING) for number, _ in codes[name])
    return codes


def code_values(rule: CodeRule) -> st.SearchStrategy[Any]:
    """Values that a code may have, few items each."""
    token = (
        st.sampled_from(rule.choices)
        if rule.choices
        else st.from_regex(r"[a-z]{1,9}", fullmatch=True)
    )
    number = st.integers(1, min(rule.highest, 10**6))
    least, most = max(rule.least, 1), min(rule.most, max(rule.least, 4))
    digits = st.binary(min_size=max(rule.least, 2) // 2, max_size=max(rule.least, 8) // 2)
    tokens = st.lists(token, min_size=least, max_size=most, unique=True)
    numbers_ = st.sets(number, min_size=least, max_size=most).map(sorted)
    names = st.sets(st.from_regex(r"[a-z]{1,9}", fullmatch=True), min_size=least, max_size=most)
    made: dict[CodeKind, st.SearchStrategy[Any]] = {
        CodeKind.TOKEN: token,
        CodeKind.TIME: st.integers(NOW, NOW + 10**8),
        CodeKind.DATE: st.sampled_from(["2017", "2017-07", "2017-07-07"]),
        CodeKind.ID: digits.map(bytes.hex),
        CodeKind.IDS: st.lists(
            st.binary(min_size=1, max_size=32), min_size=least, max_size=most, unique=True
        ).map(lambda items: tuple(item.hex() for item in items)),
        CodeKind.NUMBERS: numbers_.map(tuple),
        CodeKind.RANGES: numbers_.map(coding.ranges_of),
        CodeKind.TOKENS: tokens.map(tuple),
        CodeKind.PAIRS: numbers_.flatmap(
            lambda items: st.tuples(*(st.tuples(st.just(item), token) for item in items))
        ),
        CodeKind.LINKS: numbers_.flatmap(
            lambda items: st.tuples(*(st.tuples(st.just(item), number) for item in items))
        ),
        CodeKind.NAMED: names.map(sorted).flatmap(
            lambda items: st.tuples(*(st.tuples(st.just(item), token) for item in items))
        ),
        CodeKind.DIGESTS: numbers_.flatmap(
            lambda items: st.tuples(
                *(
                    st.tuples(st.just(item), st.binary(min_size=32, max_size=32).map(bytes.hex))
                    for item in items
                )
            )
        ),
        CodeKind.PLACES: numbers_.flatmap(
            lambda items: st.tuples(
                *(st.tuples(st.just(item), st.integers(0, item - 1)) for item in items)
            )
        ),
        CodeKind.COUNT: st.integers(least, most),
    }
    return made.get(rule.kind, st.integers(rule.least, min(rule.most, 10**6)))


def _value(draw: st.DrawFn, rule: FieldRule) -> str | int | bytes:
    made: dict[FieldKind, st.SearchStrategy[Any]] = {
        FieldKind.DIGEST: st.binary(min_size=32, max_size=32),
        FieldKind.ATTACHMENT: st.binary(min_size=40, max_size=40),
        FieldKind.TEXT: TEXT,
        FieldKind.LINE: LINE,
        FieldKind.DATE: st.just("2016-11"),
        FieldKind.TIME: st.integers(NOW, NOW + 10**8),
        FieldKind.NUMBER: st.integers(0, 10**12),
        FieldKind.TOKEN: st.sampled_from(rule.choices or ("inquiry-2016",)),
    }
    return draw(made[rule.kind])


@pytest.mark.parametrize("kind", CodeKind)
@given(data=st.data())
@settings(max_examples=25)
def test_a_code_reads_back_as_it_was_written(kind: CodeKind, data: st.DataObject) -> None:
    choices = data.draw(st.sampled_from([(), ("yes", "no", "later")]))
    rule = CodeRule("code", kind, choices=choices, least=1 if kind != CodeKind.ID else 4)
    value = data.draw(code_values(rule))
    text = f"{coding.entry_of(rule)} = {coding.toml(rule, value)}"
    assert coding.read(rule, tomllib.loads(text)[coding.entry_of(rule)], NOW) == value


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (CodeKind.NUMBERS, "1-"),
        (CodeKind.NUMBERS, [1, "x"]),
        (CodeKind.RANGES, "5-1"),
        (CodeKind.RANGES, "0-3"),
        (CodeKind.RANGES, "1-9999999"),
        (CodeKind.RANGES, {"first": 1}),
        (CodeKind.DATE, "2017-02-30"),
        (CodeKind.DATE, ["2017"]),
        (CodeKind.IDS, "00ff"),
        (CodeKind.IDS, [5]),
        (CodeKind.TOKENS, "one"),
        (CodeKind.PAIRS, [[1]]),
        (CodeKind.PAIRS, [{"number": 0, "value": "x"}]),
        (CodeKind.PAIRS, [{"number": 1, "value": "x", "more": 1}]),
        (CodeKind.NAMED, [{"number": 1, "value": "x"}]),
        (CodeKind.NAMED, [{"number": "a", "value": None}]),
        (CodeKind.INTEGER, "1"),
        (CodeKind.ID, 7),
    ],
)
def test_a_code_of_another_form_is_refused(kind: CodeKind, value: object) -> None:
    with pytest.raises(ParleyError) as raised:
        coding.read(CodeRule("code", kind), value, NOW)
    assert raised.value.reason is Reason.MANUSCRIPT_ENTRY_INVALID


@given(writings())
def test_a_draft_as_a_file_reads_back_as_it_was(writing: Writing) -> None:
    text = template.filled(writing, 7)
    entries = tomllib.loads(text)
    assert entries["revision"] == 7
    again = manuscript.compose(writing.type, entries, HERE)
    assert dict(again.values) == dict(writing.values)
    assert again._replace(values={}, codes={}) == writing._replace(values={}, codes={})
    # A count of nothing may be left out: the desk counts.
    assert {**again.codes} == {**writing.codes}


@pytest.mark.parametrize("spec", DRAFTED, ids=lambda s: s.type)
def test_a_template_names_every_entry_and_chooses_nothing(spec: TypeSpec) -> None:
    text = template.blank(spec.type, "ru")
    entries = tomllib.loads(text)
    assert entries["type"] == spec.type
    assert entries["language"] == "ru"
    # Uncommented, all of it is TOML that the reader knows.
    bare = "\n".join(line.removeprefix("# ") for line in text.splitlines() if not _is_prose(line))
    known = tomllib.loads(bare)
    for name, rule in coding.written(spec).items():
        if rule.kind == CodeKind.TOKEN:
            assert known[name] == ""
        assert name in known
    for field in spec.fields:
        if field in ATTACHED:
            continue  # a command attaches files
        name = field.path.split("/")[0] if field.per else manuscript.entry_of(field)
        assert name in known or field.path.startswith("story/"), name


def _is_prose(line: str) -> bool:
    """A comment that is no entry."""
    body = line.removeprefix("# ").strip()
    is_entry = "=" in body or body.startswith(("[", '"""'))
    return line.startswith("#") and (not is_entry or "{ en" in body)


def test_a_template_asks_each_question_in_a_comment() -> None:
    asked = [template.Asked(2, 'Who?\n"""\n[[answers]]'), template.Asked(3, "When?")]
    text = template.blank("detailed-answer", "en", asked)
    answers = tomllib.loads(text)["answers"]
    assert [(one["question"], one["status"]) for one in answers] == [(2, ""), (3, "")]
    assert "# Who?" in text


def compose(type_: str, **entries: object) -> Writing:
    return manuscript.compose(type_, {n.replace("_", "-"): v for n, v in entries.items()}, HERE)


def test_plain_texts_take_the_language_of_the_file() -> None:
    written = compose("closing", language="ru", remarks="Готово.", result="satisfied")
    assert written.values == {"remarks@ru": "Готово."}
    assert written.codes == {"result": "satisfied"}


def test_new_questions_go_on_from_the_last() -> None:
    entries = {"questions": ["And?", {"text": {"ru": "Ещё?"}}]}
    written = manuscript.compose("supplement", entries, HERE._replace(following={"first": 4}))
    assert written.values == {"questions/4/text@en": "And?", "questions/5/text@ru": "Ещё?"}
    assert written.codes == {"questions": 2}


def test_evidence_is_hashed_where_the_file_lies(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(b"abc")
    entries = {"remarks": "x", "evidence": [{"description": "A log", "file": "a.log"}]}
    entries["answers"] = [{"question": 1, "status": "partly", "text": "x"}]
    written = manuscript.compose(
        "detailed-answer",
        entries,
        HERE._replace(digest_of=lambda name: drafting.digest_of(tmp_path / name)),
    )
    digest = written.values["evidence/1/sha256"]
    assert isinstance(digest, bytes)
    assert digest.hex().startswith("ba7816bf8f01cfea")
    assert written.codes == {"evidence": 1, "answers": ((1, "partly"),)}


@pytest.mark.parametrize(
    ("type_", "entries", "reason"),
    [
        ("inquiry", {}, Reason.MANUSCRIPT_EMPTY),
        ("inquiry", {"tlp": "red"}, Reason.MANUSCRIPT_EMPTY),
        ("inquiry", {"subject": "x"}, Reason.FIELD_MISSING),
        ("closing", {"colour": "x"}, Reason.MANUSCRIPT_ENTRY_UNKNOWN),
        ("closing", {"questions": ["x"]}, Reason.MANUSCRIPT_ENTRY_UNKNOWN),
        ("closing", {"remarks": 7}, Reason.MANUSCRIPT_ENTRY_INVALID),
        ("closing", {"remarks": {"EN!": "x"}}, Reason.MANUSCRIPT_ENTRY_INVALID),
        ("closing", {"remarks": {"en": 7}}, Reason.MANUSCRIPT_ENTRY_INVALID),
        ("closing", {"result": "fine"}, Reason.ARGUMENT_INVALID),
        ("closing", {"result": 1}, Reason.MANUSCRIPT_ENTRY_INVALID),
        ("closing", {"tlp": "purple"}, Reason.ARGUMENT_INVALID),
        ("closing", {"precedence": "asap"}, Reason.ARGUMENT_INVALID),
        ("closing", {"legal-basis": "Article 29"}, Reason.MANUSCRIPT_ENTRY_INVALID),
        ("closing", {"language": "english!"}, Reason.MANUSCRIPT_ENTRY_INVALID),
        ("closing", {"languages": "en"}, Reason.MANUSCRIPT_ENTRY_INVALID),
        ("closing", {"languages": {"en": "best"}}, Reason.ARGUMENT_INVALID),
        ("supplement", {"questions": "x"}, Reason.MANUSCRIPT_ENTRY_INVALID),
        ("supplement", {"questions": [7]}, Reason.MANUSCRIPT_ENTRY_INVALID),
        ("supplement", {"questions": [{"body": "x"}]}, Reason.MANUSCRIPT_ENTRY_UNKNOWN),
        ("supplement", {"evidence": [{"sha256": "12"}]}, Reason.MANUSCRIPT_ENTRY_INVALID),
        ("supplement", {"evidence": [{"sha256": "xy"}]}, Reason.MANUSCRIPT_ENTRY_INVALID),
        ("supplement", {"evidence": [{"file": "no"}]}, Reason.FILE_MISSING),
        ("supplement", {"reply-wanted": "soon"}, Reason.DURATION_INVALID),
        ("holding-answer", {"next-step-at": "soon"}, Reason.TIME_INVALID),
        ("holding-answer", {"answers": [{"status": "partly"}]}, Reason.MANUSCRIPT_ENTRY_INVALID),
        (
            "holding-answer",
            {"answers": [{"question": 1, "status": "yes"}]},
            Reason.ARGUMENT_INVALID,
        ),
        (
            "holding-answer",
            {"answers": [{"question": 1, "status": "partly"}] * 2},
            Reason.MANUSCRIPT_ENTRY_INVALID,
        ),
    ],
)
def test_what_is_wrong_is_refused(type_: str, entries: dict[str, object], reason: Reason) -> None:
    with pytest.raises(ParleyError) as raised:
        manuscript.compose(type_, entries, HERE)
    assert raised.value.reason is reason


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1s", 1), ("90m", 5400), ("24h", 86400), ("60d", 5184000), ("2w", 1209600)],
)
def test_lengths_of_time(text: str, seconds: int) -> None:
    assert times.duration(text) == seconds
    assert times.duration(times.compact(seconds)) == seconds


@given(st.integers(1, 10**9))
def test_every_length_of_time_has_a_form(seconds: int) -> None:
    assert times.duration(times.compact(seconds)) == seconds


@pytest.mark.parametrize("text", ["", "0d", "60", "d", "-1d", "1.5d", "1y", "1d 2h", "٦٠d"])
def test_what_is_no_length_of_time(text: str) -> None:
    with pytest.raises(ParleyError) as raised:
        times.duration(text)
    assert raised.value.reason is Reason.DURATION_INVALID


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("14d", NOW + 14 * 86400),
        ("2027-03-31", 1806537599),
        ("2027-03-31T12:00Z", 1806494400),
        ("2027-03-31T12:00+03:00", 1806494400 - 3 * 3600),
        ("2027-03-31 12:00:00+00:00", 1806494400),
    ],
)
def test_moments(text: str, expected: int) -> None:
    assert times.moment(text, NOW) == expected


@pytest.mark.parametrize(
    "text", ["", "tomorrow", "2027-02-30", "2027-03-31T12:00", "31.03.2027", "9999999999w"]
)
def test_what_is_no_moment(text: str) -> None:
    with pytest.raises(ParleyError) as raised:
        times.moment(text, NOW)
    assert raised.value.reason is Reason.TIME_INVALID


@given(st.integers(0, 10**11))
def test_every_moment_has_a_form(timestamp: int) -> None:
    assert times.moment(times.iso(timestamp), NOW) == timestamp
