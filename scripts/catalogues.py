#!/usr/bin/env python3
"""Catalogues of translated texts: ``scripts/catalogues.py update|check|compile``.

``update`` takes the marked texts of the source into every ``.po`` file: new ones stand there
untranslated, texts that are no longer used go. ``check`` fails when a catalogue lacks a text, is
not up to date, or translates one with other placeholders or too few plural forms. ``compile``
writes the ``.mo`` files.

Marks: ``N_("...")`` and ``NN_("...", "...")`` where a text is kept for later, ``.text("...")``
and ``.plural("...", "...", n)`` of a Translator where it is shown, ``t("...")`` and
``tn("...", "...", n)`` in a template, and every sentence of ``parley.language.reasons``.
"""

from __future__ import annotations

import ast
import io
import string
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po
from jinja2 import Environment, nodes

from parley.kernel.reasons import Reason
from parley.language.catalogue import DOMAIN, LANGUAGES, SOURCE_LANGUAGE, compile_source
from parley.language.reasons import TEXTS

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "parley"
LOCALE = PACKAGE / "language" / "locale"
TRANSLATED = [language for language in LANGUAGES if language != SOURCE_LANGUAGE]

# What may follow the colon in a placeholder (parley.language.translate).
FORMATS = {"", "date", "datetime", "duration", "name", "number"}

# `.text(...)` means something else there: SQL.
NOT_SEARCHED = {PACKAGE / "store"}

# The usual order of forms; that of Babel differs for Arabic.
PLURAL_FORMS = {
    "ar": (
        "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3"
        " : n%100>=11 ? 4 : 5);"
    ),
    "ru": (
        "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0"
        " : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);"
    ),
}

HEADER = """\
# Texts of Parley: {language}
# Made up to date by `make catalogues`; the translations are edited here.
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural_forms}\\n"

"""


@dataclass
class Text:
    """A marked text: its forms in English (one, or singular and plural) and where it stands."""

    forms: tuple[str, ...]
    files: list[str] = field(default_factory=list)

    @property
    def id(self) -> str | tuple[str, str]:
        """The id under which Babel keeps it."""
        return (self.forms[0], self.forms[1]) if len(self.forms) == 2 else self.forms[0]


def path_of(language: str) -> Path:
    """The catalogue of ``language``."""
    return LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def marked_texts() -> list[Text]:
    """Every marked text once, in the order of files and lines."""
    found: dict[str, Text] = {}
    for file in sorted(PACKAGE.rglob("*.py")):
        if NOT_SEARCHED.isdisjoint(file.parents):
            tree = ast.parse(file.read_text("utf-8"), str(file))
            for forms in marked_in(tree):
                add(found, forms, file)
    for file in sorted(PACKAGE.rglob("*.html")):
        for forms in marked_in_template(file.read_text("utf-8")):
            add(found, forms, file)
    for reason in Reason:
        for sentence in TEXTS.get(reason, ()):
            add(found, (sentence,), PACKAGE / "language" / "reasons.py")
    return list(found.values())


def add(found: dict[str, Text], forms: tuple[str, ...], file: Path) -> None:
    """Note that ``forms`` stand in ``file``."""
    text = found.setdefault(forms[0], Text(forms))
    if len(forms) > len(text.forms):
        text.forms = forms
    name = file.relative_to(ROOT).as_posix()
    if name not in text.files:
        text.files.append(name)


def marked_in(tree: ast.AST) -> Iterator[tuple[str, ...]]:
    """The literal texts that marks in ``tree`` name, in the order of lines."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        match call.func:
            case ast.Name("N_") | ast.Attribute(attr="text"):
                count = 1
            case ast.Name("NN_") | ast.Attribute(attr="plural"):
                count = 2
            case _:
                continue
        forms = tuple(
            argument.value
            for argument in call.args[:count]
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
        )
        if len(forms) == count:
            yield forms


def marked_in_template(source: str) -> Iterator[tuple[str, ...]]:
    """The literal texts that marks in a template of Jinja name, in the order of lines."""
    calls = Environment(autoescape=True).parse(source).find_all(nodes.Call)
    for call in sorted(calls, key=lambda node: node.lineno):
        if not isinstance(call.node, nodes.Name) or call.node.name not in {"t", "tn"}:
            continue
        count = 1 if call.node.name == "t" else 2
        forms = tuple(
            argument.value
            for argument in call.args[:count]
            if isinstance(argument, nodes.Const) and isinstance(argument.value, str)
        )
        if len(forms) == count:
            yield forms


def read(language: str) -> Catalog:
    """The catalogue of ``language`` as it stands; an empty one if there is none."""
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=language, domain=DOMAIN)
    with path.open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN)


def updated(language: str, texts: list[Text]) -> bytes:
    """The catalogue of ``language`` brought up to date with ``texts``, as bytes of a file."""
    old = read(language)
    new = Catalog(locale=language, domain=DOMAIN)
    for text in texts:
        message = old.get(text.forms[0])
        known = message is not None and message.pluralizable == (len(text.forms) == 2)
        new.add(
            text.id,
            message.string if message is not None and known else None,
            locations=[(file, 0) for file in text.files],
            flags=message.flags - {"python-brace-format"} if message is not None else (),
            user_comments=message.user_comments if message is not None else (),
        )
    buffer = io.BytesIO()
    write_po(buffer, new, width=100, omit_header=True, include_lineno=False)
    header = HEADER.format(language=language, plural_forms=PLURAL_FORMS[language])
    return header.encode() + buffer.getvalue()


def update() -> int:
    """Bring every catalogue up to date and say what is left to translate."""
    texts = marked_texts()
    for language in TRANSLATED:
        path = path_of(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        content = updated(language, texts)
        if not path.exists() or path.read_bytes() != content:
            path.write_bytes(content)
        left = sum(1 for message in read(language) if message.id and is_empty(message))
        print(f"{language}: {len(texts)} texts, {left} to translate")
    return 0


def check() -> int:
    """Print what is wrong with the catalogues; 1 if anything is."""
    texts = marked_texts()
    problems = [problem for language in TRANSLATED for problem in problems_of(language, texts)]
    for problem in problems:
        print(problem)
    if problems:
        print(f"{len(problems)} problems. `make catalogues` takes in new texts; translate them in")
        print(f"{LOCALE.relative_to(ROOT)}/*/LC_MESSAGES/{DOMAIN}.po and run the check again.")
        return 1
    print(f"catalogues: {len(texts)} texts in {', '.join(TRANSLATED)}, all translated")
    return 0


def problems_of(language: str, texts: list[Text]) -> Iterator[str]:
    """What is wrong with the catalogue of ``language``."""
    catalogue = read(language)
    for text in texts:
        message = catalogue.get(text.forms[0])
        if not all(map(well_formed, text.forms)):
            yield f"en: a placeholder is not of the form {{name}} or {{name:format}}: {text.forms}"
        elif message is None or message.id != text.id:
            yield f"{language}: not in the catalogue: {text.forms[0]!r}"
        elif is_empty(message):
            yield f"{language}: not translated: {text.forms[0]!r}"
        elif "fuzzy" in message.flags:
            yield f"{language}: marked fuzzy: {text.forms[0]!r}"
        else:
            yield from (
                f"{language}: {problem}: {text.forms[0]!r}"
                for problem in problems_of_message(text, message, catalogue.num_plurals)
            )
    used = {text.forms[0] for text in texts}
    for message in catalogue:
        if message.id and forms_of(message.id)[0] not in used:
            yield f"{language}: no longer used: {forms_of(message.id)[0]!r}"


def problems_of_message(text: Text, message: Message, plurals: int) -> Iterator[str]:
    """What is wrong with one translation."""
    translations = forms_of(message.string)
    expected = plurals if len(text.forms) == 2 else 1
    if len(translations) != expected:
        yield f"{len(translations)} forms instead of {expected}"
    wanted = placeholders(text.forms[-1])
    for translation in translations:
        try:
            given = placeholders(translation)
        except ValueError as error:
            yield f"braces ({error})"
            continue
        # 'one statement' may do without its number.
        missing = wanted - given - ({"n"} if len(text.forms) == 2 else set())
        for name in sorted(missing):
            yield f"lacks {{{name}}}"
        for name in sorted(given - wanted):
            yield f"has {{{name}}}, which the English text does not have"


def placeholders(sentence: str) -> set[str]:
    """The placeholders of ``sentence`` with their formats, such as ``size:number``."""
    found = set()
    for _, name, spec, conversion in string.Formatter().parse(sentence):
        if name is None:
            continue
        if not name.isidentifier() or conversion or spec not in FORMATS:
            raise ValueError(f"{name}:{spec}")
        found.add(f"{name}:{spec}" if spec else name)
    return found


def well_formed(sentence: str) -> bool:
    """Whether every placeholder of ``sentence`` is a name, with a format that exists."""
    try:
        placeholders(sentence)
    except ValueError:
        return False
    return True


def forms_of(value: object) -> tuple[str, ...]:
    """A message's id or string as a tuple of forms."""
    return tuple(map(str, value)) if isinstance(value, tuple | list) else (str(value),)


def is_empty(message: Message) -> bool:
    """Whether a form of ``message`` is not translated."""
    return not message.string or not all(forms_of(message.string))


def compile_all() -> int:
    """Write the ``.mo`` files."""
    for language in TRANSLATED:
        path_of(language).with_suffix(".mo").write_bytes(compile_source(path_of(language)))
    return 0


def main(arguments: list[str]) -> int:
    """Run the command that ``arguments`` name."""
    commands = {"update": update, "check": check, "compile": compile_all}
    if len(arguments) != 1 or arguments[0] not in commands:
        print(f"usage: scripts/catalogues.py {'|'.join(commands)}", file=sys.stderr)
        return 2
    return commands[arguments[0]]()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
