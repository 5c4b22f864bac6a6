"""Cleaning of NAF codes (French classification of activities of companies), with or without their dot."""

import re

from matcher.cleaning import Cleaned

NAF_UNREADABLE = "code NAF illisible"

_SHAPE = re.compile(r"[0-9]{4}[A-Z]")


def clean_naf(raw: str) -> Cleaned[str]:
    """Return a NAF code without its dot: « 88.99B » and « 8899b » both give `8899B`."""
    compact = re.sub(r"[\s.]+", "", raw).upper()
    if not compact:
        return Cleaned(None)
    return Cleaned(compact) if _SHAPE.fullmatch(compact) else Cleaned(None, NAF_UNREADABLE)
