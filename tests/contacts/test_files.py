"""Files of contacts: what is taken, what is named as faulty, what is named as left out."""

from __future__ import annotations

import hashlib

import pytest

from parley.application import contact_csv, contact_vcard
from parley.application.contact_lines import Read
from parley.kernel.errors import ParleyError

TABLE = """\
office;level;name;latin;languages;hours;valid-until
Дежурная часть;technical;Тестовый контакт 1;Test contact 1;ru en;24/7;2027-12-31

Дежурная часть;technical;"Тестовый
контакт 2";;;;
Дежурная часть;technical;Тестовый контакт 3;;;;2027-13-31
;technical;Тестовый контакт 4;;;;
Дежурная часть;cheerful;Тестовый контакт 5;;;;
Дежурная часть;technical;Тестовый контакт 1;;;;
Дежурная часть;technical;a;b;c;d;2027;surplus
Политический отдел;political;Тестовый контакт 6;;ru;;2028
"""


def said(read: Read) -> list[tuple[int, str, str]]:
    return [(fault.line, fault.reason.value, fault.column) for fault in read.faults]


def test_a_table_is_taken_line_by_line_and_bad_lines_are_named() -> None:
    read = contact_csv.read(b"\xef\xbb\xbf" + TABLE.replace("\n", "\r\n").encode())
    assert [(line.number, line.office, line.record["name"]) for line in read.lines] == [
        (2, "Дежурная часть", "Тестовый контакт 1"),
        (11, "Политический отдел", "Тестовый контакт 6"),
    ]
    assert read.lines[0].record == {
        "name": "Тестовый контакт 1",
        "latin": "Test contact 1",
        "languages": "ru en",
        "hours": "24/7",
        "valid-until": "2027-12-31",
    }
    assert said(read) == [
        (4, "contact-line-invalid", "name"),
        (6, "contact-line-invalid", "valid-until"),
        (7, "contact-line-lacks", "office"),
        (8, "contact-line-invalid", "level"),
        (9, "contact-line-repeated", ""),
        (10, "contact-line-surplus", ""),
    ]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "contact-column-missing"),
        (b"name\nx", "contact-column-missing"),
        (b"name,office,rank\n", "contact-column-unknown"),
        (b"name,office,name\n", "contact-column-unknown"),
        (b'name,office\n"x" y,z\n', "contact-file-malformed"),
        (b'name,office\n"x,z\n', "contact-file-malformed"),
        (b"name,office\n\xff,z\n", "text-not-utf8"),
    ],
)
def test_a_table_that_cannot_be_told_apart_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(ParleyError) as refused:
        contact_csv.read(data)
    assert refused.value.reason.value == why


CARDS = """\
BEGIN:VCARD
VERSION:4.0
FN:Тестовый контакт\\, первый
N:x;y;;;
ORG:Example Ministry;Duty\\; desk
TITLE:Attach\xe9
item1.TEL;VALUE=uri;TYPE="voice,work":tel:+99-555
TEL:+99 556
EMAIL;TYPE=work:contact@
 example.org
LANG;PREF=1:ru
LANG;PREF=2:en
KEY:OPENPGP4FPR:00112233445566778899AABBCCDDEEFF00112233
CATEGORIES:friends,technical
PHOTO:data:image/png;base64,AAAA
X-PARLEY-HOURS:24/7
X-PARLEY-DEPUTY:Night desk
END:VCARD
BEGIN:VCARD
VERSION:3.0
FN:Second
ORG:Duty desk
KEY;ENCODING=b:c29tZSBrZXk=
END:VCARD
BEGIN:VCARD
VERSION:2.1
FN:Third
END:VCARD
BEGIN:VCARD
VERSION:4.0
FN Fourth
END:VCARD
BEGIN:VCARD
VERSION:4.0
FN:Fifth
"""


def test_cards_are_taken_and_what_has_no_place_is_named() -> None:
    read = contact_vcard.read(CARDS.encode())
    assert [(line.number, line.office, line.level, line.deputy) for line in read.lines] == [
        (1, "Duty; desk", "technical", "Night desk"),
        (19, "Duty desk", "", ""),
    ]
    assert read.lines[0].record == {
        "name": "Тестовый контакт, первый",
        "post": "Attaché",
        "languages": "ru en",
        "hours": "24/7",
        "email": "contact@example.org",
        "telephone": "+99-555; +99 556",
        "key": "00112233445566778899AABBCCDDEEFF00112233",
    }
    assert read.lines[1].record["key"] == f"SHA256:{hashlib.sha256(b'some key').hexdigest()}"
    assert [(left.line, left.name) for left in read.left] == [(15, "PHOTO")]
    assert said(read) == [
        (25, "contact-card-version", ""),
        (31, "contact-card-line", ""),
        (33, "contact-card-unfinished", ""),
    ]


@pytest.mark.parametrize(
    "text",
    ["FN:Nobody\n", "BEGIN:VCARD\nBEGIN:VCARD\n", "BEGIN:VCARD\n" + "NOTE:x\n" * 1001],
)
def test_a_file_that_is_no_row_of_cards_is_refused(text: str) -> None:
    with pytest.raises(ParleyError) as refused:
        contact_vcard.read(text.encode())
    assert refused.value.reason.value == "contact-file-malformed"


def test_every_line_is_taken_or_named() -> None:
    """Nothing is lost: a card's properties stand in its record, or are said to be left out."""
    read = contact_vcard.read(CARDS.encode())
    told = {fault.line for fault in read.faults} | {left.line for left in read.left}
    cards = [n for n, line in enumerate(CARDS.split("\n"), 1) if line == "BEGIN:VCARD"]
    assert {line.number for line in read.lines} | told >= set(cards) - {29}
    assert 31 in told
