"""Sentences for reason codes: the web desk."""

from __future__ import annotations

from typing import Final

from parley.kernel.reasons import Reason

TEXTS: Final[dict[Reason, tuple[str, str]]] = {
    Reason.PAGE_UNKNOWN: (
        "There is no such page at this desk, or it is not there for you.",
        "See the address for mistakes, or go on from a page of the rail.",
    ),
    Reason.FORM_INVALID: (
        "What the form sent does not fit it: {name}.",
        "Load the page again and send it once more.",
    ),
    Reason.VERIFYING_BUSY: (
        "Other files are being verified here just now.",
        "Wait a minute and send the file again; or verify it with the command parley.",
    ),
    Reason.VERIFYING_FAILED: (
        "The check was broken off: it took too long, or too much room.",
        "Nothing is said about the file. Verify it with the command parley on a machine of yours.",
    ),
}
