"""FINESS numbers (nine characters; the second is a letter in Corsica)."""

import re

from stdnum import luhn

from matcher.cleaning.cleaned import Cleaned

FINESS_UNREADABLE = "numéro FINESS illisible"
FINESS_ZERO_RESTORED = "FINESS : zéro initial rétabli"

_SHAPE = re.compile(r"[0-9][0-9A-Z][0-9]{7}")


def clean_finess(raw: str) -> Cleaned[str]:
    """Return the nine characters of a FINESS number; a lost zero is restored only if the check digit then holds."""
    compact = re.sub(r"[\s.\-]+", "", raw).upper()
    if not compact:
        return Cleaned(None)
    if _SHAPE.fullmatch(compact):
        return Cleaned(compact)
    if re.fullmatch(r"[0-9]{8}", compact) and luhn.is_valid("0" + compact):
        return Cleaned("0" + compact, FINESS_ZERO_RESTORED)
    return Cleaned(None, FINESS_UNREADABLE)
