"""Recognition of the columns of an organiser’s spreadsheet, by the names of `data/reference/colonnes_club.csv`, numbered or not."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from matcher.cleaning.names import name_key
from matcher.reference.columns import column_names
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
    "coming": "s’il vient, et quand",
}
# « Nom » alone is the structure’s; beside a column of structures it is a person’s.
EITHER = "either"
# What a person says of a column that is not to be read.
IGNORE = "ignorer"
_NUMBERED = re.compile(r" \d{1,2}$")
# « Souhaite rencontrer (3 choix) », « Besoins / offre », « Ville ou CP »: the first part that is known.
_PARTS = re.compile(r"[(/:]|\bou\b", re.IGNORECASE)
_CELL_PARTS = re.compile(r"[(/,;&]|\s[-–]\s|\bet\b")
# A first word as short as « non » is not all that is said.
_SHORT = 3


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns of each field, in their order, those that mean nothing here, and all of them as they stand."""

    of: Mapping[str, tuple[str, ...]]
    ignored: tuple[str, ...]
    names: tuple[str, ...] = ()

    def field_of(self, column: str) -> str:
        """Return the field that a column holds, empty where it means nothing."""
        return next((field for field, columns in self.of.items() if column in columns), "")

    @property
    def says(self) -> tuple[str, ...]:
        """Meaning given to each column, one French sentence a field."""
        return tuple(f"{quoted(columns)}, {LABELS[field]}" for field, columns in self.of.items())


def understood(columns: Sequence[str], given: Mapping[str, str] | None = None) -> Columns:
    """Return what the columns of a header mean; `given` says it of some of them, by their names: a field, or IGNORE."""
    found: dict[str, list[str]] = {}
    ignored: list[str] = []
    meanings = [(column, (given or {}).get(column) or _meaning(column)) for column in columns]
    named = any(meaning == "name" for _, meaning in meanings)
    for column, meaning in meanings:
        if meaning == EITHER:
            meaning = "person" if named else "name"
        if meaning in LABELS:
            found.setdefault(meaning, []).append(column)
        else:
            ignored.append(column)
    return Columns({field: tuple(found[field]) for field in LABELS if field in found}, tuple(ignored), tuple(columns))


def known(columns: Iterable[str], given: Mapping[str, str] | None = None) -> int:
    """Return how many names of a header are known, or `given`."""
    return sum(bool(column in (given or {}) or _meaning(column)) for column in columns)


def field_named(said: str) -> str:
    """Return the field that a person names, by its key or by what a column of it may be called; empty where none is."""
    return said if said in (*LABELS, IGNORE) else _meaning(said)


def _meaning(column: str) -> str:
    names = column_names("colonnes_club")
    parts = (column, *(_NUMBERED.sub("", part.strip()) for part in _PARTS.split(column)))
    return next((found[0] for part in parts if (found := names.find(part))), "")


def is_word(text: str) -> bool:
    """Whether a cell is nothing but one of these words: « Collectivités » is a title among lines, « Ville de Lille » a participant."""
    return _singular(text) in _words()


def word_of(text: str) -> str:
    """Return what a cell says of who comes, as `data/reference/mots_club.csv` has it, empty where it says nothing that is known.

    « Collectivités », « ESAT / EA », « Acheteur (commune) », « Annulé le 12/11 »: the whole, else its first part, or its first word.
    """
    parts = [text, *_CELL_PARTS.split(text)]
    first = name_key(text).partition(" ")[0]
    keys = [*map(_singular, parts), _singular(first) if len(first) > _SHORT else ""]
    return next((_words()[key] for key in keys if key in _words()), "")


def _singular(text: str) -> str:
    return " ".join(word.removesuffix("s") for word in name_key(text).split())


@lru_cache(maxsize=1)
def _words() -> Mapping[str, str]:
    return {_singular(row["mot"]): row["sens"] for row in rows("mots_club")}


def quoted(columns: Sequence[str]) -> str:
    """Return the names of columns as a sentence quotes them."""
    return ", ".join(f"« {column[:60]} »" for column in columns)
