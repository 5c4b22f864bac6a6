"""What the columns of an organiser’s spreadsheet mean: the names of `data/reference/colonnes_club.csv`, numbered or not."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from matcher.cleaning.names import name_key
from matcher.reference.tables import rows

# What each field is, as it is said to the organiser.
LABELS: Mapping[str, str] = {
    "sort": "ce que vient faire le participant (acheteur, fournisseur, attributaire)",
    "name": "le nom de la structure",
    "first_name": "le prénom d’une personne",
    "person": "le nom d’une personne",
    "siret": "le SIRET",
    "supplier_id": "l’identifiant au catalogue",
    "needs": "un besoin",
    "activity": "l’activité",
    "place": "le lieu",
    "amount": "le montant",
    "hours": "les heures d’insertion",
    "arrival": "l’arrivée",
    "departure": "le départ",
    "must": "qui rencontrer",
    "never": "qui ne pas rencontrer",
    "met": "qui est déjà rencontré",
    "people": "le nombre de personnes",
    "abreast": "les rendez-vous à la fois",
    "most": "les rendez-vous au plus",
    "least": "les rendez-vous au moins",
    "step_free": "l’accessibilité",
    "interpreter": "l’interprète",
    "phone": "le téléphone",
    "email": "le courriel",
}
# « Nom » alone is the structure’s; beside a column of structures it is a person’s.
EITHER = "either"
_NUMBERED = re.compile(r" \d{1,2}$")


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns hold each field, in their order, and the columns that mean nothing here."""

    of: Mapping[str, tuple[str, ...]]
    ignored: tuple[str, ...]

    @property
    def says(self) -> tuple[str, ...]:
        """How each column was understood, one French sentence a field."""
        known = (f"{_quoted(columns)}, {LABELS[field]}" for field, columns in self.of.items())
        return (*known, *((f"non repris, {_quoted(self.ignored)}",) if self.ignored else ()))


def understood(columns: Sequence[str]) -> Columns:
    """Return what the columns of a header mean."""
    found: dict[str, list[str]] = {}
    ignored: list[str] = []
    meanings = [(column, _meaning(column)) for column in columns]
    named = any(meaning == "name" for _, meaning in meanings)
    for column, meaning in meanings:
        if meaning == EITHER:
            meaning = "person" if named else "name"
        if meaning:
            found.setdefault(meaning, []).append(column)
        else:
            ignored.append(column)
    return Columns({field: tuple(found[field]) for field in LABELS if field in found}, tuple(ignored))


def known(columns: Iterable[str]) -> int:
    """Return how many names of a header are known."""
    return sum(bool(_meaning(column)) for column in columns)


def _meaning(column: str) -> str:
    key = name_key(column)
    return _aliases().get(key) or _aliases().get(_NUMBERED.sub("", key), "")


@lru_cache(maxsize=1)
def _aliases() -> Mapping[str, str]:
    return {row["nom"]: row["champ"] for row in rows("colonnes_club")}


def _quoted(columns: Sequence[str]) -> str:
    return ", ".join(f"« {column[:60]} »" for column in columns)
