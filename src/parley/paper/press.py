"""The program that typesets: a paper as JSON in, a PDF out, in a process with bounds of its own.

It is started by :mod:`parley.paper.pdf`, holds no key, opens no database, and is told nothing but
the paper. The template reads no file and no network: packages of Typst are not asked for.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from importlib.resources import files
from typing import Any, Final

from parley.kernel import limits
from parley.paper import fonts
from parley.record import beside

STANDARDS: Final = ("a-2a", "ua-1")
"""PDF/A-2a (ISO 19005-2) is to be readable in decades, PDF/UA-1 (ISO 14289-1) to screen readers."""

_MEMORY_BYTES: Final = 4096 * limits.MIB
_PROCESSOR_SECONDS: Final = 300


def begin(_first: bytes) -> Callable[[bytes], bytes]:
    """Bound this process, and give what typesets."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource  # noqa: PLC0415 - POSIX

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CPU, (_PROCESSOR_SECONDS, _PROCESSOR_SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    return typeset


def typeset(message: bytes) -> bytes:
    """The PDF of a paper; empty where it cannot be set."""
    import typst  # noqa: PLC0415 - only this process needs it, and it is large

    paper = json.loads(message)
    found = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=True,  # the one for hashes
        font_paths=[str(folder) for folder in fonts.folders()],
    )
    try:
        return typst.compile(
            files("parley.paper").joinpath("note.typ").read_bytes(),
            font_paths=found,
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"paper": json.dumps(_printable(paper), ensure_ascii=False)},
            pdf_standards=list(STANDARDS),
            timestamp=paper["dated"],
        )
    except typst.TypstError:
        return b""


def _printable(value: Any, key: str = "") -> Any:
    """``value`` with every text as it can be printed; drawings of ours stay as they are."""
    match value:
        case str():
            return value if key == "svg" else fonts.printable(value)
        case list():
            return [_printable(item, key) for item in value]
        case dict():
            return {name: _printable(item, name) for name, item in value.items()}
    return value


if __name__ == "__main__":
    beside.work(begin)
