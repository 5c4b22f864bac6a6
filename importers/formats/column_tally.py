"""Describes a sheet's columns to a person: number of filled cells, two examples, recognised or likely field, summary of values, columns not used."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from pathlib import Path
from types import MappingProxyType

from importers.emit import Row
from importers.formats.columns import (
    OF_FORM,
    ColumnMapping,
    Columns,
    SheetKind,
    columns_of_header,
    has_fields,
    header_key,
    header_score,
    known_columns,
    needed_words,
    quote_names,
    sheet_fields,
)
from importers.formats.content import excerpt, load
from importers.formats.grids import read_grids
from importers.formats.table import HeaderRule, Table, read_sheet_table, read_sheet_tables
from importers.importer import SourceError

# Most columns that a page shows, each with a menu of all fields; a usual sheet has thirty.
MOST_COLUMNS = 200
_SHOWN_TEXT, _EXAMPLES = 60, 2
# Least share of a column's filled cells that must look like one field.
_SHARE = 0.8
_KIND_LABEL = re.compile(
    r"(EI|ACI|AI|ETTI|EITI|EA|EATT|ESAT|GEIQ|SEP|TIH|ESS)|(entreprises?|ateliers?|association|[ée]tablissement|groupement)"
    r"\b.*(adapt[ée]e|insertion|interm[ée]diaire|par le travail|employeurs).*|.*\((EI|ACI|AI|ETTI|EITI|EA|EATT|ESAT|GEIQ)\)",
    re.IGNORECASE,
)
_CONTENT = (
    ("siret", re.compile(r"\d{14}|\d[.,]\d+E\+?1[23]", re.IGNORECASE)),
    ("email", re.compile(r"[^@\s]+@[^@\s]+\.\w+")),
    ("website", re.compile(r"(https?://|www\.)\S+")),
    ("naf", re.compile(r"\d{2}\.?\d{2}[A-Z]")),
    ("post_code", re.compile(r"\d{5}")),
    ("phone", re.compile(r"(\+33|0)\d{9}")),
)
_SPACES = re.compile(r"\s+")
# Least number of columns with a known name for a sheet to be likely of its kind.
_LIKELY_COLUMNS = 2
# Most distinct values counted for a column, and most listed in a page with their counts.
MOST_DISTINCT, _LISTED = 1_000, 4
_SHOWN_VALUE = 40
_SIRET = re.compile(r"(?<!\d)\d{3}\s?\d{3}\s?\d{3}\s?\d{5}(?!\d)")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,253}")
_PHONE = re.compile(r"(?<![\d+])(?:\+33|0)(?:[\s.-]?\d){9}(?!\d)")
_WEBSITE = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_NAF = re.compile(r"\b\d{2}\.?\d{2}\s?[A-Z]\b")
_POST_CODE = re.compile(r"(?<!\d)\d{5}(?!\d)")
# Singular, plural and pattern of the values that `_SHAPES` counts, by field.
_EMAILS, _PHONES = ("courriel", "courriels", _EMAIL), ("téléphone", "téléphones", _PHONE)
_POST_CODES = ("code postal", "codes postaux", _POST_CODE)
_SHAPES: Mapping[str, tuple[tuple[str, str, re.Pattern[str]], ...]] = MappingProxyType(
    {
        "siret": (("SIRET", "SIRET", _SIRET),),
        "email": (_EMAILS,),
        "courriel": (_EMAILS,),
        "phone": (_PHONES,),
        "telephone": (_PHONES,),
        "contact": (_EMAILS, _PHONES),
        "website": (("adresse de site", "adresses de site", _WEBSITE),),
        "naf": (("code NAF", "codes NAF", _NAF),),
        "post_code": (_POST_CODES,),
        "code postal": (_POST_CODES,),
    }
)


class ColumnValues:
    """Running counts of the values of one recognised column."""

    def __init__(self, field: str) -> None:
        self._shapes = _SHAPES.get(field, ())
        self._shaped = [0] * len(self._shapes)
        self._filled = self._others = 0
        self._distinct: Counter[str] = Counter()

    def take(self, text: str) -> None:
        """Count one filled cell."""
        self._filled += 1
        if text in self._distinct or len(self._distinct) <= MOST_DISTINCT:
            self._distinct[text] += 1
        counts = [len(pattern.findall(text)) for *_, pattern in self._shapes]
        self._shaped = [all_of + here for all_of, here in zip(self._shaped, counts, strict=True)]
        self._others += not any(counts)

    @property
    def summary(self) -> str:
        """The counts in French: « 116 courriels, 97 téléphones », « oui : 60 · non : 57 », « 118 valeurs différentes, 2 se répètent »."""
        if not self._filled:
            return ""
        if self._shapes:
            words = [
                f"{number} {many if number > 1 else one}"
                for number, (one, many, _) in zip(self._shaped, self._shapes, strict=True)
                if number
            ]
            other = f"{self._others} autre{'s' if self._others > 1 else ''}" if self._others else ""
            return ", ".join([*words, *filter(None, [other])])
        distinct = len(self._distinct)
        if distinct > MOST_DISTINCT:
            return f"plus de {MOST_DISTINCT} valeurs différentes"
        if distinct == self._filled:
            return f"{distinct} valeurs, toutes différentes" if distinct > 1 else "1 valeur"
        if distinct <= _LISTED:
            return " · ".join(
                f"{excerpt(text, _SHOWN_VALUE)} : {number}" for text, number in self._distinct.most_common()
            )
        repeats = self._filled - distinct
        return f"{distinct} valeurs différentes, {repeats} se répète{'nt' if repeats > 1 else ''}"


def likely_contents(names: Sequence[str], rows: Iterable[Row]) -> dict[str, str]:
    """Return, by column, the supplier's field that most of its cells look like; a field goes to the first such column only."""
    filled: Counter[str] = Counter()
    hits: Counter[tuple[str, str]] = Counter()
    for row in rows if names else ():
        for column in names:
            if value := row.take(column):
                filled[column] += 1
                squeezed = _SPACES.sub("", value)
                hits.update((column, key) for key, pattern in _CONTENT if pattern.fullmatch(squeezed))
                hits[column, "kind"] += bool(_KIND_LABEL.fullmatch(value))
    likely: dict[str, str] = {}
    for column in names:
        for key in (*(key for key, _ in _CONTENT), "kind"):
            if filled[column] and hits[column, key] >= _SHARE * filled[column] and key not in likely.values():
                likely[column] = key
                break
    return likely


@dataclass(frozen=True, slots=True)
class SeenColumn:
    """Description of a column: number of `filled` cells, two `examples`, its `field` (empty if not read), the `likely` field, the reason (`why`), and the
    summary of the values read (`read`), in French."""

    name: str
    filled: int
    examples: tuple[str, ...]
    field: str
    likely: str
    why: str
    read: str


@dataclass(frozen=True, slots=True)
class SeenHeader:
    """The columns of one header, and the number of lines under it; `sheet` is empty for a CSV."""

    sheet: str
    lines: int
    columns: tuple[SeenColumn, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(column.name for column in self.columns)

    def has(self, needs: Sequence[Sequence[str]]) -> bool:
        """Return True if the columns hold at least one field of each group."""
        return has_fields({column.field for column in self.columns}, needs)


class ColumnTally:
    """Running counts of each column's filled cells, and of those not used, over the lines of a sheet."""

    def __init__(self, columns: Columns) -> None:
        fields = sheet_fields(columns.table)
        self._columns = columns
        # Groups of columns of one field, of which only the first filled one is read on each line.
        self._alternatives = [names for key, names in columns.of.items() if len(names) > 1 and not fields[key].all]
        self._filled = dict.fromkeys(columns.names, 0)
        self._unused = dict.fromkeys(columns.names, 0)
        self._examples: dict[str, list[str]] = {name: [] for name in columns.names}
        self._lines = 0

    def take(self, text_of: Callable[[str], str]) -> None:
        """Count one line; `text_of` returns the cell of a column."""
        self._lines += 1
        texts = {name: text for name in self._columns.names if name and (text := text_of(name).strip())}
        for name, text in texts.items():
            self._filled[name] += 1
            shown = self._examples[name]
            if len(shown) < _EXAMPLES and (short := excerpt(text, _SHOWN_TEXT)) not in shown:
                shown.append(short)
        for columns in self._alternatives:
            for name in [name for name in columns if name in texts][1:]:
                self._unused[name] += 1

    @property
    def remarks(self) -> tuple[str, ...]:
        """One French sentence for each column with cells that were not used."""
        remarks = [self._unread(name) for name in self._columns.unread if self._filled[name]]
        for columns in self._alternatives:
            remarks += [
                f"Colonne « {excerpt(name, _SHOWN_TEXT)} » ({_values(self._unused[name])} sur {self._filled[name]}) : non reprise là où "
                f"{quote_names(columns[:1])} est remplie."
                for name in columns
                if self._unused[name]
            ]
        return tuple(remarks)

    def _unread(self, name: str) -> str:
        why, likely = self._columns.why.get(name, ""), self._columns.likely.get(name, "")
        if why:
            samples = "" if why == OF_FORM else f" ({_values(self._filled[name])})"  # a form fills each line
            return f"Colonne « {excerpt(name, _SHOWN_TEXT)} »{samples} : non reprise, {why}."
        looks = f". Serait-ce {sheet_fields(self._columns.table)[likely].label} ? Dites" if likely else " ; dites"
        examples = " ou ".join(f"« {text} »" for text in self._examples[name])
        return (
            f"Colonne « {excerpt(name, _SHOWN_TEXT)} » ({_values(self._filled[name])}, par exemple {examples}) : non reprise{looks} "
            "ce qu’elle contient (au terminal : --mapping)."
        )


class ShownTally(ColumnTally):
    """The same counts, with the summary of each column's values, for a page."""

    def __init__(self, columns: Columns) -> None:
        super().__init__(columns)
        self._values = {name: ColumnValues(keys[0]) for name, keys in columns.fields.items()}

    def take(self, text_of: Callable[[str], str]) -> None:
        """Count one line."""
        super().take(text_of)
        for name, values in self._values.items():
            if text := text_of(name).strip():
                values.take(text)

    def header(self, sheet: str = "") -> SeenHeader:
        """Return the description of the columns."""
        columns = self._columns
        fields_by_name = columns.fields
        shown = tuple(
            SeenColumn(
                name,
                self._filled[name],
                tuple(self._examples[name]),
                next(iter(fields_by_name.get(name, ())), ""),
                columns.likely.get(name, ""),
                columns.why.get(name, ""),
                self._values[name].summary if name in self._values else "",
            )
            for name in columns.names
            if name
        )
        return SeenHeader(sheet, self._lines, shown)


def table_of_kind(path: Path, kind: SheetKind, columns: ColumnMapping) -> Table:
    """Return the table of a file under the row with the most known columns, else with the most columns. Raises SourceError if there is none."""
    return read_sheet_table(load(path), _header_rule(kind), header_score(kind, columns), merged=kind.merged)


def tables_of_kind(
    path: Path, kind: SheetKind, column_mapping: ColumnMapping
) -> tuple[tuple[Table, ...], tuple[Table, ...], tuple[str, ...]]:
    """Return (the tables of the sheets that hold the needed fields, else the likeliest only; those and the tables that lack a needed field under several known
    titles; French remarks on the sheets not read). Raises SourceError if there is none."""
    score = header_score(kind, column_mapping)
    tables, headless, hidden = read_sheet_tables(load(path), _header_rule(kind), score, merged=kind.merged)
    fit = [columns_of_table(kind, table, column_mapping).has(kind.needs) for table in tables]
    likely = [known_columns(kind, table.columns, column_mapping) >= _LIKELY_COLUMNS for table in tables]
    read = tuple(compress(tables, fit)) or tables[:1]
    shown = tuple(table for table, is_likely in zip(tables, likely, strict=True) if table in read or is_likely)
    unread = [table for table in tables if table not in read]
    lacks = f"aucune colonne n’y donne {needed_words(kind)}. Pour en reprendre une"
    mapped = [table.sheet for table in unread if table in shown]
    others = [*(table.sheet for table in unread if table not in shown), *headless]
    remarks = (
        sheets_left(mapped, f"{lacks}, dites ce que contiennent ses colonnes (au terminal : --mapping)."),
        sheets_left(others, f"{lacks}, enregistrez-la seule dans un fichier."),
        sheets_left(hidden, "masquée. Pour en reprendre une, affichez-la dans le classeur."),
    )
    return read, shown, tuple(filter(None, remarks))


def sheets_left(sheets: Sequence[str], why: str) -> str:
    """Return a French sentence: these sheets of a workbook are not read, and why; empty for none."""
    subject, verb = ("Feuilles", "non lues") if len(sheets) > 1 else ("Feuille", "non lue")
    return f"{subject} {quote_names(sheets)} {verb} : {why}" if sheets else ""


def _header_rule(kind: SheetKind) -> HeaderRule:
    wanted = sheet_fields(kind.table)[kind.needs[0][0]].label
    return HeaderRule(needs=((wanted,),), hint="Il faut une ligne d’en-tête au-dessus des données.")


def columns_of_table(kind: SheetKind, table: Table, column_mapping: ColumnMapping) -> Columns:
    """Return the fields of a table's columns; the rows are read only if a name is unknown and the kind of sheet allows guessing from the cells."""
    columns = columns_of_header(kind, table.columns, column_mapping)
    if not kind.believes or not (unknown := [name for name in columns.unread if name not in columns.why]):
        return columns
    rows = (row for row in table.rows if isinstance(row, Row))
    return columns_of_header(kind, table.columns, column_mapping, likely_contents(unknown, rows))


def seen_headers(path: Path, kind: SheetKind, columns: ColumnMapping) -> tuple[SeenHeader, ...]:
    """Return the descriptions of a file's distinct headers: those with the needed fields (and merged kinds' likely ones), else the most likely. Raises SourceError for a header with more
    columns than a page can show."""
    headers = _headers_seen(path, kind, columns)
    if (most := max(len(header.columns) for header in headers)) > MOST_COLUMNS:
        raise SourceError(path, f"{most} colonnes ; {MOST_COLUMNS} au plus. N’y gardez que celles qui servent.")
    return headers


def _headers_seen(path: Path, kind: SheetKind, column_mapping: ColumnMapping) -> tuple[SeenHeader, ...]:
    headers: dict[str, SeenHeader] = {}
    if kind.merged or not kind.every_sheet:
        if kind.every_sheet:
            _, tables, _ = tables_of_kind(path, kind, column_mapping)
        else:
            tables = (table_of_kind(path, kind, column_mapping),)
        for table in tables:
            tally = ShownTally(columns_of_table(kind, table, column_mapping))
            for row in table.rows:
                if isinstance(row, Row):
                    tally.take(row.take)
            headers.setdefault(header_key(table.columns), tally.header(table.sheet if len(tables) > 1 else ""))
        return tuple(headers.values())
    grids, _ = read_grids(path, header_score(kind, column_mapping), "")
    read = [(grid, columns_of_header(kind, grid.columns, column_mapping)) for grid in grids]
    shown = [pair for pair in read if pair[1].has(kind.needs)] or [
        max(read, key=lambda pair: (known_columns(kind, pair[0].columns, column_mapping), len(pair[0].columns)))
    ]
    for grid, columns in shown:
        tally = ShownTally(columns)
        for _, cells in grid.rows:
            tally.take(grid.texts(cells).__getitem__)
        headers.setdefault(header_key(grid.columns), tally.header(grid.sheet))
    return tuple(headers.values())


def _values(number: int) -> str:
    return f"{number} valeur{'s' if number > 1 else ''}"
