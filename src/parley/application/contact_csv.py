"""Contacts from a table: CSV (RFC 4180) in UTF-8, its columns named in the first line."""

from __future__ import annotations

import csv
import io
from typing import Final

from parley.application.contact_lines import COLUMNS, Fault, Read, Reader, decoded
from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason

_DELIMITERS: Final = ",;\t"


def read(data: bytes) -> Read:
    """The contacts of a table.

    The delimiter is whichever of comma, semicolon and tab the first line has most of. A line
    with a fault is named and not taken; empty lines are passed over.

    :raises ParleyError: ``text-not-utf8``; ``contact-file-malformed`` where what follows cannot be
        told apart any more; ``contact-column-unknown``, ``contact-column-missing``.
    """
    content = decoded(data)
    head = content.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=head.count)
    table = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter, strict=True)
    reader = Reader()
    names: list[str] = []
    begins = 1
    while True:
        try:
            cells = next(table, None)
        except csv.Error as error:
            raise ParleyError(Reason.CONTACT_FILE_MALFORMED, line=begins) from error
        if cells is None:
            break
        if any(cell.strip() for cell in cells):
            if not names:
                names = _columns(cells)
            elif len(cells) > len(names):
                reader.fault(Fault(begins, Reason.CONTACT_LINE_SURPLUS, fact=str(len(cells))))
            else:
                reader.take(begins, dict(zip(names, cells, strict=False)))
        begins = table.line_num + 1
    if not names:
        raise ParleyError(Reason.CONTACT_COLUMN_MISSING, column="name")
    return reader.read()


def _columns(cells: list[str]) -> list[str]:
    names = [cell.strip().casefold().replace("_", "-").replace(" ", "-") for cell in cells]
    for name in names:
        if name not in COLUMNS or names.count(name) > 1:
            raise ParleyError(
                Reason.CONTACT_COLUMN_UNKNOWN, column=name[:40], known=", ".join(COLUMNS)
            )
    for name in ("name", "office"):
        if name not in names:
            raise ParleyError(Reason.CONTACT_COLUMN_MISSING, column=name)
    return names
