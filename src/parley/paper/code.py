"""QR codes (ISO/IEC 18004) as SVG, for both renderers."""

from __future__ import annotations

from typing import Final

import segno

_CORRECTION: Final = "m"
"""15 per cent of the symbol may be lost: print, folds, a copy of a copy."""


def svg(text: str) -> str:
    """``text`` as a QR code; one path, with the quiet zone that the standard asks for."""
    made = segno.make_qr(text, error=_CORRECTION, boost_error=False)
    return made.svg_inline(omitsize=True, svgclass=None, lineclass=None, border=4)
