"""A paper as PDF, typeset by a process of its own.

The texts are those of others, and the typesetter is a large library: whatever it does with them,
it does with no key and no database at hand, in bounded memory, and for a bounded time.
"""

from __future__ import annotations

from importlib.util import find_spec
from threading import Timer
from typing import Any, Final

import msgspec

from parley.kernel.errors import ParleyError
from parley.kernel.reasons import Reason
from parley.paper import code, model
from parley.paper.model import Paper
from parley.record.beside import Program, ProgramEndedError

SECONDS: Final = 300
"""So long may a paper take."""

_MODULES: Final = ("typst", "fontpkg_noto_serif", "fontpkg_amiri")


def check_available() -> None:
    """See that the typesetter and its fonts are installed.

    :raises ParleyError: ``pdf-missing``.
    """
    if any(find_spec(name) is None for name in _MODULES):
        raise ParleyError(Reason.PDF_MISSING)


def render(paper: Paper) -> bytes:
    """The PDF: tagged, with its fonts in it. The same paper gives the same bytes.

    :raises ParleyError: ``pdf-missing``, ``too-large``, ``paper-failed``.
    """
    check_available()
    model.check(paper)
    message = msgspec.json.encode(_with_drawings(paper))
    program = Program("parley.paper.press")
    timer = Timer(SECONDS, program.kill)
    timer.start()
    try:
        program.send(b"")
        program.receive()
        program.send(message)
        made = program.receive()
    except ProgramEndedError as error:
        raise ParleyError(Reason.PAPER_FAILED) from error
    finally:
        timer.cancel()
        program.close()
    if not made:
        raise ParleyError(Reason.PAPER_FAILED)
    return made


def _with_drawings(paper: Paper) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(paper)
    for block in plain["blocks"]:
        if block["type"] == "mark":
            block["svg"] = _document(code.svg(block["code"]))
    return plain


def _document(svg: str) -> str:
    """A drawing inside a page as one that stands alone."""
    return svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
