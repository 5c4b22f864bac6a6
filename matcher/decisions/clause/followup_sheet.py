"""Reads insertion hours (social clauses) from a spreadsheet file or pasted lines: every cell is read or reported as a fault; names of persons are refused.

A line may name its contract; negative hours are a correction of earlier entries and need a reason.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import starmap
from operator import itemgetter
from pathlib import Path

from importers.emit import Row
from importers.formats.column_tally import table_of_kind
from importers.formats.columns import NO_MAPPING, quote_names
from importers.formats.content import excerpt
from importers.importer import SourceError
from matcher.cleaning.dates import clean_month
from matcher.cleaning.names import name_key
from matcher.cleaning.numbers import clean_work_hours
from matcher.decisions.clause.followup import (
    PMSMP,
    ContractLines,
    HoursCorrection,
    HoursKind,
    HoursReading,
    MonthHours,
    MonthImmersions,
    SheetHours,
    label_of,
    plus,
)
from matcher.decisions.clause.followup_columns import (
    FIELDS,
    HOURS,
    Cells,
    HoursLayout,
    HoursSheetRefused,
    layout_of,
    modality_named,
    only_named,
    public_named,
)
from matcher.domain.french import count, enumeration, number, short_month
from matcher.jobs.reader_process import apart
from matcher.reference.clauses import publics

MOST_LINES = 2_000
_WHOLE = ("personnes", "pmsmp")
_CUT = re.compile(r"[;\t]")
_TOTAL = re.compile(r"(?P<part>sous )?(?:total|totaux)\b")  # the first word of a key: not « TotalEnergies »
_ROUNDED = 0.5  # hours by which a total may differ from its lines, which it adds before they are rounded
_STRUCTURE = "structure"
_MOST_FAULTS = 12  # most different faults in one message
_MOST_LINES_SHOWN = 5  # most lines named for one fault
_SHOWN = 40  # most characters of a cell quoted in a fault
_MODALITY_HINT = "écrivez embauche directe (les CDD et CDI de votre entreprise), intérim d’insertion, intérim ordinaire, ou le type de la structure (ACI, EI, AI, ETTI, GEIQ, EA, ESAT)"


_DEFAULTS = HoursReading()


def read_pasted_hours(text: str, how: HoursReading = _DEFAULTS) -> SheetHours:
    """Read pasted lines: a header, then cells separated by tabs or semicolons. Lines of the same contract, month, modality and public are added up. Raises
    HoursSheetRefused, with all its faults: it is all or nothing."""
    lines = [(at, [cell.strip() for cell in _CUT.split(line)]) for at, line in enumerate(text.splitlines(), start=1)]
    lines = [(at, cells) for at, cells in lines if any(cells)]
    if not lines:
        raise HoursSheetRefused(
            "Collez les lignes du tableur, titres des colonnes compris (« Mois », « Modalité », « Faites »…), ou choisissez un fichier."
        )
    head = lines[0][1]
    sheet_lines = _Lines(layout_of(head, how.kind), how)
    for at, cells in lines[1:]:
        sheet_lines.take(at, dict(zip(head, cells, strict=False)))
    return sheet_lines.hours()


def read_file(path: Path, how: HoursReading = _DEFAULTS) -> SheetHours:
    """Read the sheet of a file that has the columns of hours, in a separate process. Raises ReadRefused in the cases of `read_pasted_hours`."""
    return apart(_of_file, SourceError, HoursSheetRefused)(path, how)


def _of_file(path: Path, how: HoursReading) -> SheetHours:
    table = table_of_kind(path, HOURS, NO_MAPPING)
    lines = _Lines(layout_of(table.columns, how.kind), how, path.name)
    for row in table.rows:
        if isinstance(row, Row):
            lines.take(row.line, {name: row.take(name) for name in table.columns})
        else:
            lines.fault(row.line, row.reason.rstrip("."))
    return lines.hours()


@dataclass(slots=True)
class _RunningSum:
    """Running sum of the lines of one contract, month, modality and public. `gives`: some line is not negative; `reasons`: those of the negative lines."""

    line: MonthHours
    at: int
    gives: bool
    reasons: dict[str, None]


@dataclass(slots=True)
class _Lines:
    """Accumulates lines: hours and PMSMP by contract, counts of lines merged or skipped, distinct faults. `near`: inexact contract names, with the lot they
    were matched to; `strange`: names that match no contract, with the first line and column; `sums`: by column, the sum of the lines; `whole`: by number of a
    line of totals that are not subtotals, its hours by column."""

    layout: HoursLayout
    how: HoursReading
    file_name: str = ""
    months: dict[tuple[int, date, str, str], _RunningSum] = field(default_factory=dict)
    immersions: dict[tuple[int, date], int] = field(default_factory=dict)
    near: dict[str, int] = field(default_factory=dict)
    strange: dict[str, tuple[int, str]] = field(default_factory=dict)
    read: int = 0
    summed: int = 0
    totals: int = 0
    sums: Counter[str] = field(default_factory=Counter)
    whole: dict[int, dict[str, float]] = field(default_factory=dict)
    faults: dict[tuple[str, str], list[int]] = field(default_factory=dict)

    def hours(self) -> SheetHours:
        """Return the result. Raises HoursSheetRefused if there is any fault, those of the header first, or nothing at all."""
        contracts = []
        for lot in dict.fromkeys(map(itemgetter(0), (*self.months, *self.immersions))):
            lines, corrections = [], []
            for totals in (one for key, one in self.months.items() if key[0] == lot):
                if totals.gives:
                    lines.append(totals.line)
                    continue
                # A sum of negative lines only is a correction, which needs a reason.
                if not (reason := " ; ".join(totals.reasons) or self.how.motive):
                    where = f"{label_of(totals.line.modality)}, {short_month(totals.line.month)}"
                    self.fault(
                        totals.at,
                        f"{where} : une correction demande son motif ; ajoutez une colonne « Motif », ou écrivez-le sous les lignes",
                    )
                corrections.append(HoursCorrection(totals.line, reason))
            periods = (MonthImmersions(month, periods) for (of, month), periods in self.immersions.items() if of == lot)
            contracts.append(ContractLines(lot, tuple(lines), tuple(periods), tuple(corrections)))
        for text, (at, column) in self.strange.items():
            self.fault(at, self._no_contract(text), column)
        if faults := [*self.layout.faults, *starmap(self._fault_words, self.faults.items())]:
            more = len(faults) - _MOST_FAULTS
            others = [f"Et {count(more, 'autre faute', 'autres fautes')}."] if more > 0 else []
            raise HoursSheetRefused(" ".join([*faults[:_MOST_FAULTS], *others]))
        if not contracts:
            raise HoursSheetRefused("Aucune ligne ne donne d’heures ni de PMSMP.")
        return SheetHours(tuple(contracts), tuple(self._remarks()))

    def take(self, at: int, texts: Mapping[str, str]) -> None:
        """Read one line, given as texts by column name; a line of totals is skipped. Raises HoursSheetRefused for too many lines."""
        self.read += 1
        if self.read > MOST_LINES:
            raise HoursSheetRefused(f"Plus de {MOST_LINES} lignes : donnez-les en plusieurs fois.")
        heads = [texts.get(self.layout.taken.get(key, ""), "") for key in ("mois", "modalite", "contrat")]
        heads += [next(filter(None, texts.values()), "")]
        contracts = {name_key(name) for names in self.how.contracts.values() for name in names}
        keys = [key for key in map(name_key, heads) if key not in contracts]
        if matches := list(filter(None, map(_TOTAL.match, keys))):
            self.totals += 1
            if not any(match["part"] for match in matches):
                self.whole[at] = self._totals(texts)
            return
        for cells in self.layout.lines(texts):
            self._take(at, cells)

    def _totals(self, texts: Mapping[str, str]) -> dict[str, float]:
        """Return the hours that a line of totals gives, by column."""
        cells = (cells[key] for cells in self.layout.lines(texts) for key in FIELDS.values() if key in cells)
        read = ((column, clean_work_hours(text)) for column, text in cells)
        return {column: value for column, (value, doubt) in read if value is not None and not doubt}

    def fault(self, at: int, fault: str, column: str = "") -> None:
        """Record a fault of a line, or of one of its cells."""
        self.faults.setdefault((fault, column), []).append(at)

    def _fault_words(self, fault: tuple[str, str], lines: Sequence[int]) -> str:
        """Return a fault as a sentence, with the lines that have it."""
        shown = [
            *map(str, lines[:_MOST_LINES_SHOWN]),
            *([f"{len(lines) - _MOST_LINES_SHOWN} de plus"] if len(lines) > _MOST_LINES_SHOWN else []),
        ]
        where = f"{'ligne' if len(lines) == 1 else 'lignes'} {enumeration(shown)}"
        where = f"« {self.file_name} », {where}" if self.file_name else where.capitalize()
        says, column = fault
        return f"{where}, colonne « {column} » : {says}." if column else f"{where} : {says}."

    def _take(self, at: int, cells: Cells) -> None:
        numbers = self._numbers(at, cells)
        filled = {key: value for key, value in numbers.items() if value is not None}
        # Under a header without a column of hours, the other cells of each line are checked all the same: all faults come at once.
        if not filled and (numbers or self.layout.wide or not self.layout.faults):
            return
        month, lot = self._month(at, cells), self._lot(at, cells)
        periods = filled.pop("pmsmp", None)
        if periods is not None and month:
            self.immersions[lot, month] = self.immersions.get((lot, month), 0) + int(periods)
        if not filled and periods is not None:
            return
        modality, public = self._modality(at, cells), self._public(at, cells)
        if not month or not modality:
            return
        people = filled.get("personnes")
        planned, placed, done = (filled.get(key) for key in FIELDS.values())
        line = MonthHours(month, modality, planned, placed, done, None if people is None else int(people), public)
        self._add(at, lot, line, " ".join(cells.get("motif", ("", ""))[1].split()))

    def _numbers(self, at: int, cells: Cells) -> dict[str, float | None]:
        """Return the number of each cell of figures, None for an empty or faulty one; add them to `sums`."""
        keys = (key for key in (*FIELDS.values(), *_WHOLE) if key in cells)
        numbers = {key: self._number(at, *cells[key], whole=key in _WHOLE) for key in keys}
        self.sums.update({cells[key][0]: value for key, value in numbers.items() if value is not None})
        return numbers

    def _month(self, at: int, cells: Cells) -> date | None:
        """Return the month of a line; None, and a fault, where its cell is not one."""
        column, text = cells.get("mois", ("", ""))
        month = clean_month(text).value
        if month is None and column:
            self.fault(at, f"« {excerpt(text, _SHOWN)} » n’est pas un mois, par exemple 03/2026", column)
        return month

    def _add(self, at: int, lot: int, line: MonthHours, reason: str) -> None:
        gives = not any((line.of(kind) or 0) < 0 for kind in HoursKind)
        reasons = {} if gives or not reason else {reason: None}
        if (former := self.months.get((lot, *line.key))) is None:
            self.months[lot, *line.key] = _RunningSum(line, at, gives, reasons)
            return
        self.summed += 1
        former.line, former.gives = plus(former.line, line), former.gives or gives
        former.reasons |= reasons

    def _lot(self, at: int, cells: Cells) -> int:
        """Return the lot number of a line's contract: the one set for all lines, the one it names, else the only one; another name, or none, is a fault."""
        how = self.how
        if how.lot is not None or not how.contracts:
            return how.lot or 0
        column, text = cells.get("contrat", ("", ""))
        if not text:
            if len(how.contracts) > 1:
                self.fault(at, self._no_contract(""), column)
            return next(iter(how.contracts))
        lot = only_named(text, {**how.others, **how.contracts})
        if lot is None or lot not in how.contracts:
            self.strange.setdefault(text, (at, column))
            return next(iter(how.contracts))
        if name_key(text) not in map(name_key, how.contracts[lot]):
            self.near.setdefault(text, lot)
        return lot

    def _no_contract(self, text: str) -> str:
        known = enumeration([f"« {names[0]} »" for names in self.how.contracts.values()], "ou")
        fault = f"« {excerpt(text, _SHOWN)} » n’est pas un contrat suivi ici" if text else "aucun contrat"
        return f"{fault} ; écrivez {known}, ou son lot, ou la référence notée avec sa promesse, ou choisissez le contrat de toutes les lignes"

    def _modality(self, at: int, cells: Cells) -> str:
        """Return the modality code of a line; "" and a fault if missing, unknown, or a PMSMP."""
        column, written = cells.get("modalite", ("", ""))
        named = modality_named(written) if written else self.how.modality
        if named == PMSMP:
            self.fault(
                at,
                "une PMSMP n’est pas une heure d’insertion : comptez les périodes dans une colonne « PMSMP »",
                column,
            )
            return ""
        if not named and written:
            named = only_named(written, self.how.structures) or ""
            if not named and _STRUCTURE in name_key(column):  # the name of a structure gives no modality
                named = self.how.modality
            if not named:
                self.fault(at, f"« {excerpt(written, _SHOWN)} » n’est pas une modalité : {_MODALITY_HINT}", column)
        elif not named:
            self.fault(
                at, "aucune modalité ; ajoutez une colonne « Modalité », ou choisissez celle de toutes les lignes"
            )
        return named

    def _public(self, at: int, cells: Cells) -> str:
        """Return the public code of a line, "" if empty; an unknown one is a fault."""
        column, written = cells.get("public", ("", ""))
        named = public_named(written) if written else ""
        if written and not named:
            known = ", ".join(group.label for group in publics())
            self.fault(at, f"« {excerpt(written, _SHOWN)} » n’est pas un public ; écrivez l’un de : {known}", column)
        return named

    def _number(self, at: int, column: str, text: str, *, whole: bool) -> float | None:
        """Return a number (`whole`: an integer of 0 or more), None for an empty cell; anything else is a fault."""
        value, doubt = clean_work_hours(text)
        if value is None and not doubt:
            return None
        if value is None or doubt or (whole and (value % 1 or value < 0)):
            wanted = "un nombre entier, par exemple 3" if whole else "un nombre d’heures, par exemple 151,67 ou 48h30"
            self.fault(at, f"« {excerpt(text, _SHOWN)} » n’est pas {wanted}", column)
            return None
        return value

    def _remarks(self) -> Iterator[str]:
        if self.summed:
            yield f"{count(self.summed, 'ligne')} du même mois et de la même modalité qu’une autre : additionnées."
        for text, lot in self.near.items():
            yield f"« {excerpt(text, _SHOWN)} » : compté pour « {self.how.contracts[lot][0]} »."
        if self.totals:
            yield f"{count(self.totals, 'ligne')} de total : non reprise{'s' if self.totals > 1 else ''}."
        for at, totals in self.whole.items() if len(self.whole) == 1 else ():
            for column, total in totals.items():
                if abs(total - self.sums[column]) > _ROUNDED:
                    yield (
                        f"Ligne {at} : le total de « {column} » est {number(total, 2)}, les lignes lues font {number(self.sums[column], 2)} ; "
                        "vérifiez qu’il n’en manque aucune."
                    )
        if left := self.layout.left:
            yield f"{quote_names(left)} : non reprise{'s' if len(left) > 1 else ''}."
