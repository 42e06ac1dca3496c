"""The catalogues are complete, and the check notices when one is not."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from scripts import catalogues
from scripts.catalogues import Text, marked_in, marked_texts, problems_of, problems_of_message


@pytest.fixture(scope="module")
def marked() -> list[Text]:
    return marked_texts()


@pytest.mark.parametrize("language", catalogues.TRANSLATED)
def test_every_text_is_translated(language: str, marked: list[Text]) -> None:
    assert list(problems_of(language, marked)) == []


@pytest.mark.parametrize("language", catalogues.TRANSLATED)
def test_the_catalogue_is_as_the_update_writes_it(language: str, marked: list[Text]) -> None:
    content = catalogues.path_of(language).read_bytes()
    assert catalogues.updated(language, marked) == content


def test_marks_are_found_and_nothing_else() -> None:
    source = """
N_("marked")
t.text("shown " "in two pieces", fact=1)
t.plural("{n} act", "{n} acts", count)
NN_("{n} day", "{n} days")
t.text(variable)
text("no method")
"""
    assert list(marked_in(ast.parse(source))) == [
        ("marked",),
        ("shown in two pieces",),
        ("{n} act", "{n} acts"),
        ("{n} day", "{n} days"),
    ]


def problems(text: tuple[str, ...], *translations: str) -> list[str]:
    string = translations if len(text) == 2 else translations[0]
    message = catalogues.Message(text if len(text) == 2 else text[0], string=string)
    return list(problems_of_message(Text(text), message, 3))


@pytest.mark.parametrize(
    ("text", "translations", "expected"),
    [
        (("{a} of {b:number}",), ("{b:number} {a}",), []),
        (("{a} of {b:number}",), ("{a} {b}",), ["lacks {b:number}", "has {b}"]),
        (("{a}",), ("{б}",), ["lacks {a}", "has {б}"]),
        (("{a}",), ("{a} {0}",), ["braces"]),
        (("{a}",), ("{a} {",), ["braces"]),
        (("{n} act", "{n} acts"), ("один", "{n} акта", "{n} актов"), []),
        (("{n} act", "{n} acts"), ("{n} акт", "{n} акта"), ["2 forms instead of 3"]),
        (("{n} by {who}", "{n} by {who}"), ("{n}", "{n} {who}", "{who}"), ["lacks {who}"]),
    ],
)
def test_a_faulty_translation_is_noticed(
    text: tuple[str, ...], translations: tuple[str, ...], expected: list[str]
) -> None:
    found = problems(text, *translations)
    assert len(found) == len(expected)
    assert all(one.startswith(other) for one, other in zip(found, expected, strict=True))


@pytest.mark.parametrize("sentence", ["{0}", "{}", "{a.b}", "{a!r}", "{a:>8}", "{a:nubmer}", "{"])
def test_a_placeholder_is_a_name_with_a_format_that_exists(sentence: str) -> None:
    assert not catalogues.well_formed(sentence)
    assert next(problems_of("ru", [Text((sentence,))])).startswith("en: ")


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("", "not in the catalogue"),
        ('msgid "A text"\nmsgstr ""\n', "not translated"),
        ('#, fuzzy\nmsgid "A text"\nmsgstr "Текст"\n', "marked fuzzy"),
        ('msgid "A text"\nmsgstr "Текст"\n\nmsgid "Old"\nmsgstr "Ст"\n', "no longer used"),
    ],
)
def test_a_gap_in_a_catalogue_is_noticed(
    entry: str, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogues, "LOCALE", tmp_path)
    path = catalogues.path_of("ru")
    path.parent.mkdir(parents=True)
    header = catalogues.HEADER.format(language="ru", plural_forms=catalogues.PLURAL_FORMS["ru"])
    path.write_text(header + entry, "utf-8")
    (problem,) = problems_of("ru", [Text(("A text",))])
    assert problem.startswith(f"ru: {expected}")
