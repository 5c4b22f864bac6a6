"""Interprets a spreadsheet of insertion hours: maps its columns to fields, and the text of a cell to a modality (way of doing the hours), a public (group of
beneficiaries) or a contract.

Long format: one column per field (month, modality, public, contract, hours). Wide format: one column of hours per modality or per month.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from rapidfuzz import fuzz

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

# Column titles that do not state a kind of hours (planned, placed, done).
_PER_HOURS = ("", "h", "heures", "nombre d heures", "nb heures", "heures d insertion")
_SHORTEST = 2  # least letters of a title that names a modality
_TELLING = 4  # least letters of a word that identifies a name
_NEAR = 86  # least likeness (0 to 100) of a name written with a slip
_GRAMMATICAL = frozenset(
    [
        "a",
        "au",
        "aux",
        "avec",
        "d",
        "de",
        "des",
        "du",
        "en",
        "et",
        "l",
        "la",
        "le",
        "les",
        "ou",
        "par",
        "pour",
        "un",
        "une",
    ]
)
# End of a label to ignore when a modality is searched by its words: « Embauche directe | par l’attributaire ».
_LABEL_END = re.compile(r" (?:par|ou|etti)\b.*")
# Field name of each kind of hours in the table of known columns.
FIELDS = {HoursKind.PLANNED: "prevues", HoursKind.PLACED: "placees", HoursKind.DONE: "faites"}
HOURS = SheetKind("heures", (("mois",), (*FIELDS.values(), "pmsmp")), merged=True, believes=True)

# Fields of a line that apply to each of its wide columns of hours.
_WHERE = ("mois", "modalite", "public", "contrat", "motif")

Cells = Mapping[str, tuple[str, str]]  # by field, the column and its text


class HoursSheetRefused(ValueError):
    """Raised for an unusable spreadsheet of hours. The message is French and gives the cure."""


@dataclass(frozen=True, slots=True)
class HoursColumn:
    """Wide column: hours of one modality or month. `field`: field of its cells; `of`: « modalite » or « mois »; `says`: value of that field, from the title."""

    name: str
    field: str
    of: str
    says: str


@dataclass(frozen=True, slots=True)
class HoursLayout:
    """Columns of a spreadsheet: `taken`, column name by field; `wide`, columns of one modality or month; `left`, columns not read; `faults`: French sentences on
    the header, without which its lines can be checked but not kept."""

    taken: Mapping[str, str]
    wide: tuple[HoursColumn, ...]
    left: tuple[str, ...]
    faults: tuple[str, ...] = ()

    def lines(self, texts: Mapping[str, str]) -> Iterator[Cells]:
        """Yield the long-format cells of a row, then one set of cells per wide column, with the row's shared fields."""
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
    """Return the layout of a header row; `kind`: kind of hours of wide columns that state none. Its faults: a title given twice, a column that may contain
    names of persons, a required one missing."""
    faults = []
    if twice := [name for name, times in Counter(filter(None, names)).items() if times > 1]:
        faults.append(f"{quote_names(twice)} : plusieurs colonnes ont ce titre, donnez à chacune le sien.")
    wide, columns = _wide_columns(names, FIELDS[kind])
    if persons := [name for name, why in columns.why.items() if why == OF_PERSON]:
        faults.append(
            f"{quote_names(persons)} : des personnes sont nommées, ou pourraient l’être. Aucun nom n’est gardé ici : retirez cette colonne, "
            "et comptez les personnes dans une colonne « Personnes »."
        )
    if not has_fields({*columns.of, *(key for column in wide for key in (column.of, column.field))}, HOURS.needs):
        faults.append(
            f"La première ligne donne les titres des colonnes : il faut {needed_words(HOURS)}. Colonnes vues : {quote_names(names)}."
        )
    # With wide columns of modalities, a column of people belongs to no modality; with wide months, other figures have no month.
    unread = ("personnes",) if "mois" in columns.of else ("personnes", "pmsmp", *FIELDS.values())
    taken = {key: titles[0] for key, titles in columns.of.items() if not wide or key not in unread}
    unused_names = dict.fromkeys(filter(None, names)).keys() - taken.values() - {column.name for column in wide}
    return HoursLayout(taken, tuple(wide), tuple(sorted(unused_names, key=names.index)), tuple(faults))


def modality_named(text: str) -> str:
    """Return the code of the modality that a text names by code, label or kind of structure (« ACI », « interim insertion », « CDD embauche directe »), also
    with a slip of the keyboard, or PMSMP; "" if none or ambiguous."""
    key = _main_words(text)
    words = key.split()
    if PMSMP in words or key == "immersion":
        return PMSMP
    several = len(words) > 1
    tests: tuple[Callable[[_ModalityNames], bool], ...] = (
        lambda way: key in way.names,
        lambda way: not way.kinds.isdisjoint(words),
        lambda way: way.label.startswith(key),
        lambda way: f" {way.head} " in f" {key} ",
        lambda way: several and any(f" {key} " in f" {name} " for name in way.names),
        lambda way: any(fuzz.ratio(key, name) >= _NEAR for name in way.names),
    )
    for test in tests:  # the surest first
        codes = [way.code for way in _modality_names() if test(way)]
        if len(codes) == 1:
            return codes[0]
    return ""


@dataclass(frozen=True, slots=True)
class _ModalityNames:
    """Names of a modality as keys: its `label`, the `head` of it, all `names`, and the codes of its kinds of structure."""

    code: str
    label: str
    head: str
    names: frozenset[str]
    kinds: frozenset[str]


@lru_cache(maxsize=1)
def _modality_names() -> tuple[_ModalityNames, ...]:
    names = []
    for way in modalities():
        label, head = _main_words(way.label), _main_words(_LABEL_END.sub("", name_key(way.label)))
        every = frozenset((label, head, *map(_main_words, (way.code, *(kind.label for kind in way.kinds)))))
        names.append(_ModalityNames(way.code, label, head, every, frozenset(kind.value.lower() for kind in way.kinds)))
    return tuple(names)


def _main_words(text: str) -> str:
    """Return the words of a text that are not grammatical, as a key."""
    return " ".join(word for word in name_key(text).split() if word not in _GRAMMATICAL)


def public_named(text: str) -> str:
    """Return the code of the public that a text names by code, label or usual wording; "" if none or ambiguous."""
    key = f" {name_key(text)} "
    written = {public.code: (public.code, name_key(public.label), *public.written) for public in publics()}
    for codes in (
        [code for code, names in written.items() if key.strip() in names],
        [code for code, names in written.items() if any(f" {name} " in key for name in names)],
    ):
        if len(codes) == 1:
            return codes[0]
    return ""


def only_named(text: str, names: Mapping[K, Sequence[str]]) -> K | None:
    """Return the only key with a name equal to the text, else with a name that contains all its words; None if none or ambiguous."""
    key = name_key(text)
    words = set(key.split())
    exact = [one for one, labels in names.items() if key in map(name_key, labels)]
    if len(exact) == 1:
        return exact[0]
    if not any(len(word) >= _TELLING for word in words):
        return None
    containing = [one for one, labels in names.items() if any(words <= set(name_key(name).split()) for name in labels)]
    return containing[0] if len(containing) == 1 else None


def _wide_columns(names: Sequence[str], field: str) -> tuple[list[HoursColumn], Columns]:
    """Return the wide columns (of one modality, or of one month if there is no month column), and the interpretation of the others."""
    wide = {name: hours_column for name in names if (hours_column := _modality_column(name, field))}
    columns = columns_of_header(HOURS, [name for name in names if name not in wide])
    if "mois" not in columns.of:
        wide |= {name: HoursColumn(name, field, "mois", name) for name in columns.unread if clean_month(name).value}
    return list(wide.values()), columns


def _modality_column(name: str, otherwise: str) -> HoursColumn | None:
    """Return the wide column of a title made of a modality and, optionally, a kind of hours: « ACI », « Heures ETTI prévues »; else None."""
    words = name_key(name).split()
    for length in range(len(words), 0, -1):  # « Intérim d’insertion placées » names another modality than « intérim »
        for first in range(len(words) - length + 1):
            end = first + length
            named, rest = " ".join(words[first:end]), " ".join((*words[:first], *words[end:]))
            code = modality_named(named) if len(named) >= _SHORTEST else ""
            if code in ("", PMSMP) or not (length == 1 or _main_words(label_of(code)).startswith(_main_words(named))):
                continue
            field = otherwise if rest in _PER_HOURS else next(iter(columns_of_header(HOURS, [rest]).of), "")
            if field in FIELDS.values():
                return HoursColumn(name, field, "modalite", code)
    return None
