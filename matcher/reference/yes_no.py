"""Parses spreadsheet cells that mean yes or no, or a state such as « fermé 2024 » (data/reference/oui_non.csv)."""

from collections.abc import Mapping
from functools import lru_cache

from matcher.cleaning import Cleaned
from matcher.cleaning.numbers import is_unknown
from matcher.cleaning.words import flat
from matcher.reference.tables import rows

# Words that are a state, whatever the question; and first words that mean that a supplier has closed (« cessé en 2023 »).
_STATES = frozenset(
    {
        *("actif", "active", "en activite", "en cours", "ouvert", "ouverte"),
        *("inactif", "inactive", "termine", "terminee", "ferme", "fermee"),
    }
)
_ENDED = frozenset(
    {
        "ferme", "fermee", "fermeture", "cesse", "cessee", "cessation", "arret", "arrete", "liquidation", "liquide", "radie",
    }
)  # fmt: skip
YES_NO_UNREADABLE = "ni oui ni non"


@lru_cache(maxsize=1)
def _table() -> Mapping[str, bool]:
    return {row["ecrit"]: row["sens"] == "oui" for row in rows("oui_non")}


def clean_yes_no(raw: str) -> Cleaned[bool]:
    """Return the answer of a cell, None for unknown; « à voir », « 2 » give None with a flag."""
    text = flat(" ".join(raw.split()))
    if is_unknown(text):
        return Cleaned(None)
    answer = _table().get(text)
    return Cleaned(answer, "" if answer is not None else YES_NO_UNREADABLE)


def clean_ended(raw: str) -> Cleaned[bool]:
    """Return whether a supplier is still active, from a cell under « Ne travaille plus ? »: « oui », or a state (« fermé 2024 »)."""
    answer = clean_yes_no(raw)
    if answer.value is None and answer.flag:
        first = flat(raw).split(" ")[0]
        return Cleaned(False) if first in _ENDED else answer
    states = flat(" ".join(raw.split())) in _STATES
    return Cleaned(answer.value if states or answer.value is None else not answer.value)
