"""Columns of a sheet of hours of insertion: which holds which fact, and what modality, public or contract a cell names.

A column holds one fact (month, modality, public, contract, hours), or the hours of one modality or one month.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from importers.formats.columns import (
    OF_PERSON,
    Columns,
    SheetKind,
    columns_of_header,
    has_fields,
    needed_words,
    quote_names,
)
from matcher.cleaning.dates import clean_month
from matcher.cleaning.names import name_key
from matcher.decisions.clause.followup import PMSMP, HoursKind, label_of
from matcher.reference.clauses import modalities, publics

K = TypeVar("K")

# Titles without a kind of hours.
_PER_HOURS = ("", "h", "heures", "nombre d heures", "nb heures", "heures d insertion")
_SHORTEST = 2  # letters of a title that names a modality
_TELLING = 4  # letters of a word that tells a name from another
# What follows the words that name a modality in its label: « Embauche directe par l’attributaire ».
_LABEL_END = re.compile(r" (?:par|ou|etti)\b.*")
# The field of each kind of hours, in the table of columns.
FIELDS = {HoursKind.PLANNED: "prevues", HoursKind.PLACED: "placees", HoursKind.DONE: "faites"}
HOURS = SheetKind("heures", (("mois",), (*FIELDS.values(), "pmsmp")), merged=True)

# The facts of a line that each of its columns of hours shares.
_WHERE = ("mois", "modalite", "public", "contrat", "motif")

Cells = Mapping[str, tuple[str, str]]  # by field, the column and its text


class HoursSheetRefused(ValueError):
    """Hours that cannot be noted as they were given. The message is French and gives the cure."""


@dataclass(frozen=True, slots=True)
class HoursColumn:
    """Column of the hours of one modality or of one month: the field of its cells, and the value `says`, from its title, of the field `of`."""

    name: str
    field: str
    of: str
    says: str


@dataclass(frozen=True, slots=True)
class HoursLayout:
    """Columns of a sheet: the one of each field, those that are of one modality or one month, and those that are not read."""

    taken: Mapping[str, str]
    wide: tuple[HoursColumn, ...]
    left: tuple[str, ...]

    def lines(self, texts: Mapping[str, str]) -> Iterator[Cells]:
        """Yield the cells of a row, then those of each column of hours with the facts of its line."""
        cells = {key: (name, texts.get(name, "")) for key, name in self.taken.items()}
        yield cells
        where = {key: cell for key, cell in cells.items() if key in _WHERE}
        for hours_column in self.wide:
            yield {
                **where,
                hours_column.of: (hours_column.name, hours_column.says),
                hours_column.field: (hours_column.name, texts.get(hours_column.name, "")),
            }


def layout_of(names: Sequence[str], kind: HoursKind) -> HoursLayout:
    """Return the layout of a header; `kind` is that of the hours under a modality or a month that gives none. Raises HoursSheetRefused where a column may
    name persons, or one that is needed lacks."""
    if twice := [name for name, times in Counter(filter(None, names)).items() if times > 1]:
        raise HoursSheetRefused(f"{quote_names(twice)} : plusieurs colonnes ont ce titre, donnez à chacune le sien.")
    wide, columns = _wide(names, FIELDS[kind])
    if persons := [name for name, why in columns.why.items() if why == OF_PERSON]:
        raise HoursSheetRefused(
            f"{quote_names(persons)} : des personnes sont nommées, ou pourraient l’être. Aucun nom n’est gardé ici : retirez cette colonne, "
            "et comptez les personnes dans une colonne « Personnes »."
        )
    if not has_fields({*columns.of, *(key for column in wide for key in (column.of, column.field))}, HOURS.needs):
        raise HoursSheetRefused(
            f"La première ligne donne les titres des colonnes : il faut {needed_words(HOURS)}. Colonnes vues : {quote_names(names)}."
        )
    # Beside columns of modalities, people are of none; beside those of months, nothing else has a month.
    unread = ("personnes",) if "mois" in columns.of else ("personnes", "pmsmp", *FIELDS.values())
    taken = {key: titles[0] for key, titles in columns.of.items() if not wide or key not in unread}
    left = dict.fromkeys(filter(None, names)).keys() - taken.values() - {column.name for column in wide}
    return HoursLayout(taken, tuple(wide), tuple(sorted(left, key=names.index)))


def modality_named(text: str) -> str:
    """Return the modality that a text names, by its code, its label or its kind of structure (« ACI », « intérim », « CDD embauche directe »);
    PMSMP; "" for none."""
    key = name_key(text)
    words = key.split()
    if PMSMP in words or key == "immersion":
        return PMSMP
    for codes in (
        [its.code for its in modalities() if key in (name_key(its.code), name_key(its.label))],
        [its.code for its in modalities() if any(kind.value.lower() in words for kind in its.kinds)],
        [its.code for its in modalities() if name_key(its.label).startswith(key)],
        [its.code for its in modalities() if f" {_LABEL_END.sub('', name_key(its.label))} " in f" {key} "],
    ):
        if len(codes) == 1:
            return codes[0]
    return ""


def public_named(text: str) -> str:
    """Return the public that a text names, by its code, its label or words that sheets write; "" for none, or several."""
    key = f" {name_key(text)} "
    written = {its.code: (its.code, name_key(its.label), *its.written) for its in publics()}
    for codes in (
        [code for code, names in written.items() if key.strip() in names],
        [code for code, names in written.items() if any(f" {name} " in key for name in names)],
    ):
        if len(codes) == 1:
            return codes[0]
    return ""


def only_named(text: str, names: Mapping[K, Sequence[str]]) -> K | None:
    """Return the only key one of whose names a text is, else one of whose names holds all its words; None for none, or several."""
    key = name_key(text)
    words = set(key.split())
    exact = [one for one, called in names.items() if key in map(name_key, called)]
    if len(exact) == 1:
        return exact[0]
    if not any(len(word) >= _TELLING for word in words):
        return None
    near = [one for one, called in names.items() if any(words <= set(name_key(name).split()) for name in called)]
    return near[0] if len(near) == 1 else None


def _wide(names: Sequence[str], field: str) -> tuple[list[HoursColumn], Columns]:
    """The columns of one modality, those of one month where no column gives the month, and what the others hold."""
    wide = {name: hours_column for name in names if (hours_column := _of_modality(name, field))}
    columns = columns_of_header(HOURS, [name for name in names if name not in wide])
    if "mois" not in columns.of:
        wide |= {name: HoursColumn(name, field, "mois", name) for name in columns.unread if clean_month(name).value}
    return list(wide.values()), columns


def _of_modality(name: str, otherwise: str) -> HoursColumn | None:
    """The column of a modality, whose title holds nothing else than a kind of hours: « ACI », « Heures ETTI prévues »."""
    words = name_key(name).split()
    for first in range(len(words)):
        for end in range(first + 1, len(words) + 1):
            named, rest = " ".join(words[first:end]), " ".join((*words[:first], *words[end:]))
            code = modality_named(named) if len(named) >= _SHORTEST else ""
            if code in ("", PMSMP) or not (end - first == 1 or name_key(label_of(code)).startswith(named)):
                continue
            field = otherwise if rest in _PER_HOURS else next(iter(columns_of_header(HOURS, [rest]).of), "")
            if field in FIELDS.values():
                return HoursColumn(name, field, "modalite", code)
    return None
