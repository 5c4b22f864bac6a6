"""Yes and no, as cells of a sheet write them (data/reference/oui_non.csv)."""

from collections.abc import Mapping
from functools import lru_cache

from matcher.cleaning import Cleaned
from matcher.cleaning.numbers import is_unknown
from matcher.cleaning.words import flat
from matcher.reference.tables import rows

YES_NO_UNREADABLE = "convention ou activité en cours : ni oui ni non"


@lru_cache(maxsize=1)
def _table() -> Mapping[str, bool]:
    return {row["ecrit"]: row["sens"] == "oui" for row in rows("oui_non")}


def clean_yes_no(raw: str) -> Cleaned[bool]:
    """Return what a cell answers, None where it says that nobody knows; « à voir », « 2 » are a doubt, and no answer."""
    text = flat(" ".join(raw.split()))
    if is_unknown(text):
        return Cleaned(None)
    told = _table().get(text)
    return Cleaned(told, "" if told is not None else YES_NO_UNREADABLE)
