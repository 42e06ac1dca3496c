"""Papers as others read them: by a foreign reader of PDF, of QR codes, of HTML."""

from __future__ import annotations

import base64
import hashlib
import re
import sys
import unicodedata
from html.parser import HTMLParser

import pypdfium2
import pytest
import zxingcpp

from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.paper import fonts, model, page, pdf
from parley.paper.model import Facts, Heading, Mark, Paper, Paragraph, Rule, Table, passage
from parley.record.dossier import place

ENGLISH = "Since Monday, 192.0.2.7 has been scanning our servers."
RUSSIAN = "Ёлка: с понедельника узел 192.0.2.7 опрашивает наши серверы."
ARABIC = "تجري منذ يوم الاثنين عمليات مسح لخوادمنا"
BANNER = "No state took part"
PLACE = place.Place(f"parley/v1/{'ab' * 32}/{'cd' * 32}/0", 7, 12, bytes(range(32)))

HOSTILE = (
    '#eval("1+1") #read("/etc/passwd") #import "@preview/cetz:0.3.0": * $x^2$ *b* _i_ @ref <a>',
    "\\u{41} ] } ) \" ' ` ``` // /* */ -- --- ~ = heading",
    "</style></title><script>alert(1)</script><img src=http://x.example/ onerror=alert(1)>",
    "{{ 7 * 7 }} {% for x in y %} {n} {m} %s ${jndi:ldap://x}",
    "\u202e\u202dturned\u2066 open \u2069\u2069 \u200fx\u061c",
    "\x00\x07\x1b[31mred\x1b[0m\x9b bell\ttab",
    "\ud800 lone \udfff",
    "Z" + "\u0301" * 500,
    "a" * 5000,
    "م" * 3000,
    "\u4e2d\u6587 \U0001f1fa\U0001f1f3 \U0001f469\u200d\U0001f4bb",
    "\ue000\uf8ff\ufffe\U0010ffff\U000e0041",
)


def paper(*blocks: model.Block, language: str = "en") -> Paper:
    return Paper(
        language=language,
        direction="rtl" if language == "ar" else "ltr",
        letterhead="CSIRT North",
        title="Inquiry",
        subtitle="No. 7",
        head=("NORTH", "Case cc8357c88ed6"),
        handling=("TLP:AMBER",),
        banner=BANNER,
        paging={"en": "Page {n} of {m}", "ru": "Страница {n} из {m}", "ar": "صفحة {n} من {m}"}[
            language
        ],
        dated=1_790_000_000,
        blocks=model.stepped(blocks),
    )


def read(made: bytes) -> list[str]:
    """The text of each page, by PDFium, without what is invisible; one space for any space."""
    # PDFium turns every line of a document whose pages are turned from left to right, whatever
    # is written on it. Where that is not asked for, it follows the letters.
    document = pypdfium2.PdfDocument(made.replace(b"/Direction/R2L", b"/Direction/L2R"))
    found = []
    for one in document:
        text = one.get_textpage().get_text_range()
        text = "".join(c for c in text if unicodedata.category(c) != "Cf" and c != "\ufffe")
        found.append(re.sub(r"\s+", " ", text))
    return found


@pytest.mark.parametrize("language", ["en", "ru", "ar"])
def test_a_foreign_reader_finds_every_text_in_its_order(language: str) -> None:
    texts = [
        passage("Facts", tag, text) for tag, text in zip(("en", "ru", "ar"), TEXTS, strict=True)
    ]
    made = pdf.render(paper(Heading(3, "Text"), *texts, language=language))
    assert pdf.render(paper(Heading(3, "Text"), *texts, language=language)) == made
    (text,) = read(made)
    for one in TEXTS:
        assert one in text
    assert BANNER in text
    assert "TLP:AMBER" in text
    for mark in (b"/Lang", b"/StructTreeRoot", b"pdfaid", b"pdfuaid"):
        assert mark in made


TEXTS = (ENGLISH, RUSSIAN, ARABIC)


def test_a_hundred_pages_each_say_which_they_are() -> None:
    blocks = [
        passage(f"Question {number}", tag, text)
        for number in range(700)
        for tag, text in zip(("en", "ru", "ar"), TEXTS, strict=True)
    ]
    pages = read(pdf.render(paper(*blocks)))
    assert len(pages) > 100
    for number, text in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in text
        assert BANNER in text
        assert "Case cc8357c88ed6" in text


def test_the_code_is_read_from_the_printed_page() -> None:
    made = pdf.render(paper(Mark(str(PLACE), (("Statement", "0001 0203"),), ("Verify it.",))))
    picture = pypdfium2.PdfDocument(made)[0].render(scale=2).to_pil()
    (found,) = zxingcpp.read_barcodes(picture)
    assert place.parse(found.text) == PLACE


def test_what_a_peer_wrote_is_text_and_nothing_else() -> None:
    texts = [passage("Facts", "en", text) for text in HOSTILE]
    shown = [model.tame(text) for text in HOSTILE]
    blocks = (
        *texts,
        Facts(tuple((text, text) for text in shown)),
        Table(("A", "B"), tuple((text, text) for text in shown)),
        *(Heading(2, text) for text in shown[:5]),
        *(Paragraph(text, "warning") for text in shown),
        Rule(),
    )
    text = " ".join(read(pdf.render(paper(*blocks))))
    for literal in (
        '#eval("1+1")',
        '#read("/etc/passwd")',
        "<script>alert(1)</script>",
        "{{ 7 * 7 }}",
    ):
        assert literal in text
    for number in ("[U+4E2D]", "[U+E000]", "[U+1F469]"):
        assert number in text
    assert "root:" not in text
    # An endless word is broken, and nothing of it runs off the page.
    assert re.sub(r"\s", "", text).count("a" * 5000) == 1


def test_any_character_can_be_printed() -> None:
    blocks = [
        Paragraph(model.tame("".join(map(chr, range(start, start + 256)))))
        for start in (*range(0, 0x3000, 256), *range(0xFA00, 0x10000, 256), 0x1F600, 0x10FF00)
    ]
    assert len(read(pdf.render(paper(*blocks)))) > 10


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.names: set[str] = set()
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.names.update(name for name, _value in attrs)

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_the_page_is_one_file_without_a_script_or_a_request() -> None:
    texts = [passage(text, "en", text) for text in HOSTILE if text.isprintable() or "\n" in text]
    made = page.render(paper(*texts, Mark(str(PLACE), (("Statement", "0001"),)))).decode()
    tags = _Tags()
    tags.feed(made)
    assert tags.tags.isdisjoint({"script", "img", "link", "iframe", "object", "base", "form", "a"})
    assert not {name for name in tags.names if name.startswith("on") or name in {"src", "href"}}
    assert "style" not in tags.names
    text = "".join(tags.text)
    for literal in HOSTILE[:4]:
        assert literal in text
    (policy,) = re.findall(r"style-src 'sha256-([^']+)'", made.replace("&#39;", "'"))
    (style,) = re.findall(r"<style>(.*?)</style>", made, re.DOTALL)
    assert base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() == policy
    assert "url(" not in style
    assert "@import" not in style
    assert page.render(paper(*texts, Mark(str(PLACE), (("Statement", "0001"),)))).decode() == made


@pytest.mark.parametrize("language", ["en", "ru", "ar"])
def test_a_page_says_which_way_each_text_runs(language: str) -> None:
    made = page.render(
        paper(
            *(passage("x", tag, text) for tag, text in zip(("en", "ar"), TEXTS[::2], strict=True)),
            language=language,
        )
    ).decode()
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in made
    assert f'<p class="text" dir="ltr" lang="en">{ENGLISH}</p>' in made
    assert f'<p class="text" dir="rtl" lang="ar">{ARABIC}</p>' in made


def test_a_typesetter_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "SECONDS", 0.01)
    with pytest.raises(ParleyError) as caught:
        pdf.render(paper(*(passage("x", "en", ENGLISH) for _ in range(3000))))
    assert caught.value.reason is Reason.PAPER_FAILED


def test_what_is_too_long_and_what_is_not_installed_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(model, "PAPER_BYTES", 2000)
    with pytest.raises(ParleyError) as caught:
        pdf.render(paper(passage("x", "en", "x" * 2000)))
    assert caught.value.reason is Reason.TOO_LARGE
    with pytest.raises(ParleyError) as caught:
        page.render(paper(passage("x", "en", "x" * 2000)))
    assert caught.value.reason is Reason.TOO_LARGE
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(ParleyError) as caught:
        pdf.render(paper())
    assert caught.value.reason is Reason.PDF_MISSING


def test_texts_lose_nothing_that_the_fonts_have() -> None:
    for text in (*TEXTS, "№ § € ₽ « » „ “ – — … α β γ", "السَّلَامُ عَلَيْكُمْ ١٢٣٤٥٦٧٨٩٠ ، ؛ ؟"):
        assert fonts.printable(text) == text
    assert fonts.printable("ص\u200cج\u200dد") == "ص\u200cج\u200dد"
    assert fonts.printable("中a") == "[U+4E2D]a"
    assert fonts.printable("e" + "\u0301" * 4) == "e" + "\u0301" * 4
    assert fonts.printable("e" + "\u0301" * 500 + "f") == "e" + "\u0301" * 4 + "\ufffdf"
    word = "x" * 100
    assert fonts.printable(word).replace("\u200b", "") == word


def test_a_text_runs_as_its_first_letter_does() -> None:
    assert model.direction_of("123 (سلام) abc") == "rtl"
    assert model.direction_of("«CVE» سلام") == "ltr"
    assert model.direction_of("123 – 4") == "ltr"
    given = passage("Facts", "../x", "one\r\n\r\nсло\u202eво\nسلام\n")
    assert given.language == ""
    assert [(one.direction, one.text) for one in given.lines] == [
        ("ltr", "one"),
        ("ltr", "сло\ufffdво"),
        ("rtl", "سلام"),
    ]


def test_no_heading_skips_a_level() -> None:
    given = (Heading(3, "a"), Heading(3, "b"), Heading(2, "c"), Heading(3, "d"))
    assert [one.level for one in model.stepped(given) if isinstance(one, Heading)] == [2, 3, 2, 3]
