"""Columns of a sheet of hours: one a fact (month, modality, hours), or one a modality or a month, whose cells are hours."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from importers.formats.columns import OF_PERSON, Columns, SheetKind, has_fields, needed_words, quoted, understood
from matcher.cleaning.dates import clean_month
from matcher.cleaning.names import name_key
from matcher.dossiers.insertion.hours import PMSMP, HoursKind, label_of
from matcher.reference.clauses import modalities

_PER_HOURS = (
    "",
    "h",
    "heures",
    "nombre d heures",
    "nb heures",
    "heures d insertion",
)  # titles that say no kind of hours
_SHORTEST = 2  # letters of a title that names a modality
# The field of each kind of hours, in the table of columns.
FIELDS = {HoursKind.PLANNED: "prevues", HoursKind.PLACED: "placees", HoursKind.DONE: "faites"}
HOURS = SheetKind("heures", (("mois",), (*FIELDS.values(), "pmsmp")), merged=True)

Cells = Mapping[str, tuple[str, str]]  # by field, the column and its text


class HoursSheetRefused(ValueError):
    """Hours that cannot be noted as they were given. The message is French and says what to do."""


@dataclass(frozen=True, slots=True)
class HoursColumn:
    """Column of the hours of one modality or of one month: which field its cells are, and what its title says (`says` of the field `of`)."""

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
        """Yield what a row says, once for each of its columns of hours."""
        cells = {key: (name, texts.get(name, "")) for key, name in self.taken.items()}
        yield cells
        where = {key: cell for key, cell in cells.items() if key in ("mois", "modalite")}
        for one in self.wide:
            yield {**where, one.of: (one.name, one.says), one.field: (one.name, texts.get(one.name, ""))}


def layout_of(names: Sequence[str], kind: HoursKind) -> HoursLayout:
    """Return how a header is laid out; `kind` is that of the hours under a modality or a month that does not say it. Raises
    HoursSheetRefused where a column may name persons, or one that is needed lacks."""
    if twice := [name for name, times in Counter(filter(None, names)).items() if times > 1]:
        raise HoursSheetRefused(f"{quoted(twice)} : plusieurs colonnes ont ce titre, donnez à chacune le sien.")
    wide, columns = _wide(names, FIELDS[kind])
    _refuse_persons(columns)
    told = {*columns.of, *(key for its in wide for key in (its.of, its.field))}
    if not has_fields(told, HOURS.needs):
        raise HoursSheetRefused(
            f"La première ligne donne les titres des colonnes : il faut {needed_words(HOURS)}. Colonnes vues : {quoted(names)}."
        )
    taken = _taken(columns) if wide else {key: its[0] for key, its in columns.of.items()}
    left = dict.fromkeys(filter(None, names)).keys() - taken.values() - {its.name for its in wide}
    return HoursLayout(taken, tuple(wide), tuple(sorted(left, key=names.index)))


def modality_named(text: str) -> str:
    """Return the modality that a text names, by its code, its label or its kind of structure (« ACI », « intérim »); PMSMP; "" for none."""
    key = name_key(text)
    words = key.split()
    if PMSMP in words or key == "immersion":
        return PMSMP
    for found in (
        [its.code for its in modalities() if key in (name_key(its.code), name_key(its.label))],
        [its.code for its in modalities() if any(kind.value.lower() in words for kind in its.kinds)],
        [its.code for its in modalities() if name_key(its.label).startswith(key)],
    ):
        if len(found) == 1:
            return found[0]
    return ""


def _wide(names: Sequence[str], field: str) -> tuple[list[HoursColumn], Columns]:
    """The columns of one modality, those of one month where no column gives the month, and what the others hold."""
    wide = {name: its for name in names if (its := _of_modality(name, field))}
    columns = understood(HOURS, [name for name in names if name not in wide])
    if "mois" not in columns.of:
        wide |= {name: HoursColumn(name, field, "mois", name) for name in columns.unread if clean_month(name).value}
    return list(wide.values()), columns


def _taken(columns: Columns) -> dict[str, str]:
    """The columns beside those of modalities, where people are of none; beside those of months, nothing else has a month."""
    left = ("personnes",) if "mois" in columns.of else ("personnes", "pmsmp", *FIELDS.values())
    return {key: its[0] for key, its in columns.of.items() if key not in left}


def _refuse_persons(columns: Columns) -> None:
    if persons := [name for name, why in columns.why.items() if why == OF_PERSON]:
        raise HoursSheetRefused(
            f"{quoted(persons)} : des personnes sont nommées, ou pourraient l’être. Aucun nom n’est gardé ici : retirez cette colonne, "
            "et comptez les personnes dans une colonne « Personnes »."
        )


def _of_modality(name: str, otherwise: str) -> HoursColumn | None:
    """The column of a modality, of which its title says nothing else than a kind of hours: « ACI », « Heures ETTI prévues »."""
    words = name_key(name).split()
    for first in range(len(words)):
        for end in range(first + 1, len(words) + 1):
            named, rest = " ".join(words[first:end]), " ".join((*words[:first], *words[end:]))
            code = modality_named(named) if len(named) >= _SHORTEST else ""
            if code in ("", PMSMP) or not (end - first == 1 or name_key(label_of(code)).startswith(named)):
                continue
            field = otherwise if rest in _PER_HOURS else next(iter(understood(HOURS, [rest]).of), "")
            if field in FIELDS.values():
                return HoursColumn(name, field, "modalite", code)
    return None
