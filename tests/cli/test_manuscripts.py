"""Texts from files and options: what is read back is what was written."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.application.writing import Writing
from parley.cli import manuscript, template, times
from parley.cli.manuscript import Circumstances
from parley.domain.act import Code
from parley.domain.body import LanguageStatus
from parley.domain.catalogue import CATALOGUE
from parley.domain.shape import CodeKind, FieldKind, TypeSpec
from parley.domain.types.inquiry import INQUIRY_TYPES
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

NOW = 1_800_000_000
HERE = Circumstances("en", NOW)

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
    spec = draw(st.sampled_from([spec for spec in INQUIRY_TYPES if spec.authorisers]))
    values: dict[str, str | bytes] = {}
    languages = draw(st.lists(st.sampled_from(LANGUAGES), min_size=1, max_size=3, unique=True))
    counts = {rule.per: draw(st.integers(1, 3)) for rule in spec.fields if rule.per}
    for rule in spec.fields:
        numbers = range(1, counts[rule.per] + 1) if rule.per else [0]
        if not rule.required and draw(st.booleans()):
            continue
        for number in numbers:
            path = rule.path.replace("<n>", str(number))
            for language in languages if rule.localised else [""]:
                full = f"{path}@{language}" if language else path
                values[full] = _value(draw, rule.kind)
    codes = _codes(draw, spec, counts)
    if draw(st.booleans()):
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
        tlp=draw(st.sampled_from(manuscript.TLP_LABELS)),
        pap=draw(st.none() | st.sampled_from(manuscript.PAP_COLOURS)),
        reply_wanted=draw(st.none() | st.integers(1, 10**8)),
    )


def _codes(draw: st.DrawFn, spec: TypeSpec, counts: dict[str, int]) -> dict[str, Code]:
    codes: dict[str, Code] = {}
    for rule in spec.codes:
        if rule.kind == CodeKind.TOKEN and rule.choices:
            codes[rule.name] = draw(st.sampled_from(rule.choices))
        elif rule.kind == CodeKind.TIME:
            codes[rule.name] = draw(st.integers(NOW, NOW + 10**8))
        elif rule.kind == CodeKind.COUNT and rule.name in counts:
            codes[rule.name] = counts[rule.name]
        elif rule.kind == CodeKind.PAIRS:
            statuses = st.sampled_from(rule.choices)
            codes[rule.name] = tuple((n, draw(statuses)) for n in range(1, counts["answers"] + 1))
    return codes


def _value(draw: st.DrawFn, kind: FieldKind) -> str | bytes:
    match kind:
        case FieldKind.DIGEST:
            return draw(st.binary(min_size=32, max_size=32))
        case FieldKind.TEXT:
            return draw(TEXT)
        case FieldKind.LINE:
            return draw(LINE)
        case FieldKind.DATE:
            return "2016-11"
        case FieldKind.TOKEN:
            return "inquiry-2016"


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


@pytest.mark.parametrize("spec", [s for s in INQUIRY_TYPES if s.authorisers], ids=lambda s: s.type)
def test_a_template_names_every_entry_and_chooses_nothing(spec: TypeSpec) -> None:
    text = template.blank(spec.type, "ru")
    entries = tomllib.loads(text)
    assert entries["type"] == spec.type
    assert entries["language"] == "ru"
    # Uncommented, all of it is TOML that the reader knows.
    bare = "\n".join(line.removeprefix("# ") for line in text.splitlines() if not _is_prose(line))
    known = tomllib.loads(bare)
    for rule in spec.codes:
        if rule.kind == CodeKind.TOKEN:
            assert known[manuscript.entry_of_code(rule.name, rule.kind)] == ""
    for field in spec.fields:
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
    written = manuscript.compose("supplement", entries, HERE._replace(first_question=4))
    assert written.values == {"questions/4/text@en": "And?", "questions/5/text@ru": "Ещё?"}
    assert written.codes == {"questions": 2}


def test_evidence_is_hashed_where_the_file_lies(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(b"abc")
    entries = {"remarks": "x", "evidence": [{"description": "A log", "file": "a.log"}]}
    entries["answers"] = [{"question": 1, "status": "partly", "text": "x"}]
    written = manuscript.compose("detailed-answer", entries, HERE._replace(folder=tmp_path))
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


def test_every_type_that_officers_draft_has_a_command() -> None:
    drafted = {spec.type for spec in CATALOGUE.values() if spec.authorisers}
    assert drafted == {
        *("inquiry", "supplement", "conditions-accepted", "withdrawal", "closing"),
        *("preliminary-answer", "holding-answer", "detailed-answer"),
        *("refusal", "conditional-answer"),
    }
