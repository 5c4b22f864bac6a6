"""Hours of insertion of a sheet, pasted or in a file: each column understood, each cell read or reported as not. No name of a person is.

A column holds one fact (month, modality, hours), or the hours of one modality or one month.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from importers.emit import Row
from importers.formats.column_tally import table_of_kind
from importers.formats.columns import (
    OF_PERSON,
    UNTOLD,
    Columns,
    SheetKind,
    has_fields,
    needed_words,
    quoted,
    understood,
)
from importers.formats.excerpt import excerpt
from importers.importer import SourceError
from matcher.cleaning.dates import clean_month
from matcher.cleaning.names import name_key
from matcher.cleaning.numbers import clean_measure
from matcher.decisions.clause.followup import PMSMP, HoursKind, MonthHours, MonthImmersions, added, label_of
from matcher.domain.french import count
from matcher.jobs.reader_process import apart
from matcher.reference.clauses import modalities

MOST_LINES = 2_000
_WHOLE = ("personnes", "pmsmp")
_CUT = re.compile(r"[;\t]")
_UNITS = ("h", "heure", "heures")
_TOTAL = "total"
_TOLD = 5  # faults that are said at once
_SHOWN = 40  # characters of a cell that a fault repeats
_KNOWN = "écrivez embauche directe, intérim d’insertion, intérim ordinaire, ou le type de la structure (ACI, EI, AI, ETTI, GEIQ, EA, ESAT)"
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
    if persons := [name for name, why in columns.why.items() if why == OF_PERSON]:
        raise HoursSheetRefused(
            f"{quoted(persons)} : des personnes sont nommées, ou pourraient l’être. Aucun nom n’est gardé ici : retirez cette colonne, "
            "et comptez les personnes dans une colonne « Personnes »."
        )
    if not has_fields({*columns.of, *(key for column in wide for key in (column.of, column.field))}, HOURS.needs):
        raise HoursSheetRefused(
            f"La première ligne donne les titres des colonnes : il faut {needed_words(HOURS)}. Colonnes vues : {quoted(names)}."
        )
    # Beside columns of modalities, people are of none; beside those of months, nothing else has a month.
    unread = ("personnes",) if "mois" in columns.of else ("personnes", "pmsmp", *FIELDS.values())
    taken = {key: titles[0] for key, titles in columns.of.items() if not wide or key not in unread}
    left = dict.fromkeys(filter(None, names)).keys() - taken.values() - {column.name for column in wide}
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


@dataclass(frozen=True, slots=True)
class SheetHours:
    """Hours and PMSMP read, and in French what of the lines was added up or not read."""

    months: tuple[MonthHours, ...]
    immersions: tuple[MonthImmersions, ...]
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HoursReading:
    """Choices for lines that do not say it: the `modality` of those that say none, the kind of hours under a modality or a month."""

    modality: str = ""
    kind: HoursKind = HoursKind.DONE


def read_pasted(text: str, how: HoursReading = HoursReading()) -> SheetHours:
    """Read lines as they are pasted, cells between tabs or semicolons under their names. Lines of one month and one modality are added up.
    Raises HoursSheetRefused, which tells the first faults: nothing is read in part."""
    lines = [(at, [cell.strip() for cell in _CUT.split(line)]) for at, line in enumerate(text.splitlines(), start=1)]
    lines = [(at, cells) for at, cells in lines if any(cells)]
    if not lines:
        raise HoursSheetRefused(
            "Collez les lignes du tableur, titres des colonnes compris (« Mois », « Modalité », « Faites »…), ou choisissez un fichier."
        )
    head = lines[0][1]
    its = _Lines(layout_of(head, how.kind), how.modality)
    for at, cells in lines[1:]:
        its.take(at, dict(zip(head, cells, strict=False)))
    return its.hours()


def read_file(path: Path, how: HoursReading = HoursReading()) -> SheetHours:
    """Read the sheet of a file that has the columns of hours, in a reader process. Raises ReadRefused, as `read_pasted` refuses."""
    return apart(_of_file, SourceError, HoursSheetRefused)(path, how)


def _of_file(path: Path, how: HoursReading) -> SheetHours:
    table = table_of_kind(path, HOURS, UNTOLD)
    its = _Lines(layout_of(table.columns, how.kind), how.modality, path.name)
    for row in table.rows:
        if isinstance(row, Row):
            its.take(row.line, {name: row.take(name) for name in table.columns})
        else:
            its.fault(row.line, row.reason.rstrip("."))
    return its.hours()


@dataclass(slots=True)
class _Lines:
    """Lines while they are read: hours by month and modality, PMSMP by month, what was added up or left, the faults, each once."""

    layout: HoursLayout
    modality: str
    file_name: str = ""
    months: dict[tuple[date, str], MonthHours] = field(default_factory=dict)
    immersions: dict[date, int] = field(default_factory=dict)
    read: int = 0
    summed: int = 0
    totals: int = 0
    faults: dict[str, None] = field(default_factory=dict)

    def hours(self) -> SheetHours:
        """Return what was read. Raises HoursSheetRefused where a line cannot be read, or none says anything."""
        if self.faults:
            more = len(self.faults) - _TOLD
            others = [f"Et {count(more, 'autre faute', 'autres fautes')}."] if more > 0 else []
            raise HoursSheetRefused(" ".join([*list(self.faults)[:_TOLD], *others]))
        if not self.months and not self.immersions:
            raise HoursSheetRefused("Aucune ligne ne donne d’heures ni de PMSMP.")
        immersions = tuple(MonthImmersions(*period) for period in self.immersions.items())
        return SheetHours(tuple(self.months.values()), immersions, tuple(self._said()))

    def take(self, at: int, texts: Mapping[str, str]) -> None:
        """Read one line, by the name of each column; one of totals is left. Raises HoursSheetRefused where there are too many."""
        self.read += 1
        if self.read > MOST_LINES:
            raise HoursSheetRefused(f"Plus de {MOST_LINES} lignes : donnez-les en plusieurs fois.")
        if any(
            name_key(texts.get(self.layout.taken.get(key, ""), "")).startswith(_TOTAL) for key in ("mois", "modalite")
        ):
            self.totals += 1
            return
        for cells in self.layout.lines(texts):
            self._take(at, cells)

    def fault(self, at: int, said: str, column: str = "") -> None:
        """Keep what is wrong with a line, or with a cell of it."""
        line = f"« {self.file_name} », ligne {at}" if self.file_name else f"Ligne {at}"
        self.faults[f"{line}, colonne « {column} » : {said}." if column else f"{line} : {said}."] = None

    def _take(self, at: int, cells: Cells) -> None:
        numbers = {
            key: self._number(at, *cells[key], whole=key in _WHOLE)
            for key in (*FIELDS.values(), *_WHOLE)
            if key in cells
        }
        said = {key: value for key, value in numbers.items() if value is not None}
        if not said:
            return
        column, text = cells["mois"]
        month = clean_month(text).value
        if month is None:
            self.fault(at, f"« {excerpt(text, _SHOWN)} » n’est pas un mois, par exemple 03/2026", column)
            return
        periods = said.pop("pmsmp", None)
        if periods is not None:
            self.immersions[month] = self.immersions.get(month, 0) + int(periods)
        if said and (modality := self._modality(at, cells)):
            former = self.months.get((month, modality))
            self.summed += former is not None
            line = [said.get(key) for key in (*FIELDS.values(), "personnes")]
            if former:
                known = (former.planned, former.placed, former.done, former.people)
                line = [added(both) for both in zip(known, line, strict=True)]
            planned, placed, done, people = line
            of_people = None if people is None else int(people)
            self.months[month, modality] = MonthHours(month, modality, planned, placed, done, of_people)

    def _modality(self, at: int, cells: Cells) -> str:
        """The modality of a line; "" where it has none, or one of no hours, which is a fault."""
        column, written = cells.get("modalite", ("", ""))
        named = modality_named(written) if written else self.modality
        if named == PMSMP:
            self.fault(
                at,
                "une PMSMP n’est pas une heure d’insertion : comptez les périodes dans une colonne « PMSMP »",
                column,
            )
            return ""
        if not named and written:
            self.fault(at, f"« {excerpt(written, _SHOWN)} » n’est pas une modalité : {_KNOWN}", column)
        elif not named:
            self.fault(
                at, "aucune modalité ; ajoutez une colonne « Modalité », ou choisissez celle de toutes les lignes"
            )
        return named

    def _number(self, at: int, column: str, text: str, *, whole: bool) -> float | None:
        """A number of 0 or more, `whole` where it counts things, None where the cell is empty; a fault for anything else."""
        if not text:
            return None
        value, doubt = clean_measure(text, *_UNITS)
        if value is None or doubt or (whole and value % 1):
            wanted = "un nombre entier, par exemple 3" if whole else "un nombre de 0 ou plus, par exemple 151,67"
            self.fault(at, f"« {excerpt(text, _SHOWN)} » n’est pas {wanted}", column)
            return None
        return value

    def _said(self) -> Iterator[str]:
        if self.summed:
            yield f"{count(self.summed, 'ligne')} du même mois et de la même modalité qu’une autre : additionnées."
        if self.totals:
            yield f"{count(self.totals, 'ligne')} de total : non reprise{'s' if self.totals > 1 else ''}."
        if left := self.layout.left:
            yield f"{quoted(left)} : non reprise{'s' if len(left) > 1 else ''}."
