"""Recognises which field each column of a sheet holds: by a person's mapping, else by its name, a similar name, a word of its title, or its cells.

The known column names are in `data/reference/colonnes.csv`, the fields in `colonnes_champs.csv`."""

import csv
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

from rapidfuzz import fuzz, process

from importers.emit import plain_words
from importers.formats.content import excerpt

_ROOT = Path(__file__).resolve().parents[2]


def table_rows(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of `data/reference/<name>.csv`. Raises FileNotFoundError if it is not installed."""
    path = Path("data", "reference", f"{name}.csv")  # in a wheel, data/ lies inside matcher
    shipped = next((root / path for root in (_ROOT, _ROOT / "matcher") if (root / path).exists()), _ROOT / path)
    with shipped.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file, delimiter=";"))


# Pseudo-field of a column that must not be read.
IGNORE = "ignorer"
# « either »: a title such as « Nom », the structure's name, or a person's if another column names the structure.
_EITHER, _NAME, _FIRST_NAME, _PERSON = "either", "name", "first_name", "person"
# Reasons not to read a column with a known name: it names a person, or was filled by the online form, or is only a rank.
OF_PERSON, OF_FORM = "elle désigne une personne", "c’est le formulaire qui la remplit"
_UNREAD = {IGNORE: OF_FORM, "rank": "c’est le rang de la ligne"}
# Name given to a column without a title, before its number.
UNTITLED = "sans titre, n°"
# Rows of the table that are not fields: stop words of titles, and signs or words that separate the parts of a title.
_EMPTY, _BETWEEN = "mot vide", "entre deux"
# Words that change the meaning of the others: « Date de fin » is not the date of a contract's beginning.
_OTHERWISE = "mot contraire"
# Weight of a known name in the score of a header row; without known names, the score is the number of columns, always less.
_WIDEST = 100_000
# Least similarity (0 to 100) of a similar name, and least length of a name to compare.
_NEAR, _MIN_NEAR = 86, 4
# Guessing by words: a title has at most so many words, and a header row has no cell that is a figure.
_MOST_WORDS = 7
_FIGURE = re.compile(r"(?!20\d\d$)[\d\s.,€%]+")
_TOLD, _REMEMBERED = "selon votre correspondance", "comme dit pour un fichier de même en-tête"
_SHOWN_TEXT = 60


@dataclass(frozen=True, slots=True)
class SheetKind:
    """Rules for a kind of sheet: its `table` of names; the fields that it `needs` (at least one of each group); `every_sheet` of a workbook is read, or only
    the best; a cell `merged` over lines counts on each; `believes`: a similar name or the look of cells decides, or is only proposed; `guessed`: a title
    may be recognised by one of its words."""

    table: str
    needs: tuple[tuple[str, ...], ...]
    every_sheet: bool = False
    merged: bool = False
    believes: bool = False
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class SheetField:
    """Field that a column may hold: `label` is its French name. If several columns hold it, `all` are read, else one: the `surest` name, or the first."""

    key: str
    label: str
    all: bool
    surest: bool


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Fields that persons assigned to columns, by column name: `of_file` for this file, `remembered` by header digest for all files with that header."""

    of_file: Mapping[str, str] = field(default_factory=dict)
    remembered: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def of(self, names: Sequence[str]) -> dict[str, str]:
        """Return the fields assigned to the columns of one header."""
        known = self.remembered.get(header_key(names), {}) if self.remembered else {}
        return {name: key for name, key in {**known, **self.of_file}.items() if name in names}


NO_MAPPING = ColumnMapping()


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns of one header. `of` gives the columns of each field, in reading order; `why`, by column and in French, the evidence if it is not the name,
    or the reason why it is not read; `likely` the field proposed for an unread column."""

    names: tuple[str, ...]
    of: Mapping[str, tuple[str, ...]]
    why: Mapping[str, str]
    likely: Mapping[str, str]
    table: str

    @property
    def fields(self) -> dict[str, list[str]]:
        """The fields of each column that is read."""
        fields_by_column: dict[str, list[str]] = {}
        for key, columns in self.of.items():
            for column in columns:
                fields_by_column.setdefault(column, []).append(key)
        return fields_by_column

    @property
    def unread(self) -> tuple[str, ...]:
        """The columns that hold no field."""
        read = self.fields
        return tuple(name for name in self.names if name and name not in read)

    @property
    def says(self) -> tuple[str, ...]:
        """One French phrase for each field: its columns, and its label."""
        labels = sheet_fields(self.table)
        return tuple(f"{quote_names(columns)}, {labels[key].label}" for key, columns in self.of.items())

    def has(self, needs: Sequence[Sequence[str]]) -> bool:
        """Return True if the columns hold at least one field of each group."""
        return has_fields(self.of, needs)


def has_fields(fields: Collection[str], needs: Sequence[Sequence[str]]) -> bool:
    """Return True if `fields` contains at least one field of each group."""
    return all(any(key in fields for key in group) for group in needs)


@lru_cache
def sheet_fields(table: str) -> Mapping[str, SheetField]:
    """Return the fields of a kind of sheet, by key, in menu order."""
    rows = [row for row in table_rows("colonnes_champs") if row["tableau"] == table]
    return {
        row["champ"]: SheetField(
            row["champ"], row["nom"], row["plusieurs"] == "toutes", row["plusieurs"] == "plus sûre"
        )
        for row in rows
    }


def needed_words(kind: SheetKind) -> str:
    """Return the fields that a sheet of this kind needs, in French: « l’objet ou le CPV »."""
    labels = sheet_fields(kind.table)
    return ", et ".join(" ou ".join(labels[key].label for key in group) for group in kind.needs)


def field_named(table: str, written: str) -> str:
    """Return the key of the field that a person writes, as a key or as a usual column name; empty for none."""
    name = written.strip()
    if name in sheet_fields(table) or name == IGNORE:
        return name
    key = _of_structure(_names(table).first(name))
    return key if key in sheet_fields(table) else ""


def _why_not(key: str) -> str:
    """Return the reason why a column with a known name of no field is not read."""
    return _UNREAD.get(key, OF_PERSON)


def _of_structure(key: str) -> str:
    """Return the key, with « either » taken as the structure's name."""
    return _NAME if key == _EITHER else key


def choices(table: str) -> str:
    """Return the list of the fields of a kind of sheet, for an error message."""
    fields = [f"{field.key} ({field.label})" for field in sheet_fields(table).values()]
    return ", ".join([*fields, f"{IGNORE} (colonne non reprise)"])


def header_key(names: Sequence[str]) -> str:
    """Return a digest of the names of a header, independent of order and case."""
    folded = sorted(" ".join(plain_words(name)) or name for name in names if name and not name.startswith(UNTITLED))
    return blake2b("\n".join(folded).encode(), digest_size=16).hexdigest()


def known_columns(kind: SheetKind, names: Sequence[str], columns: ColumnMapping) -> int:
    """Return the number of columns of a header with a known name, or a field assigned by a person."""
    fields_by_name, table = columns.of(names), _names(kind.table)
    return sum(bool(name in fields_by_name or table.find(name)) for name in names)


def header_score(kind: SheetKind, columns: ColumnMapping) -> Callable[[Sequence[str]], int]:
    """Return a function that scores a row as the header of a file's only table: by its known names, doubled if it has a first needed field."""

    def score(names: Sequence[str]) -> int:
        if not (known := known_columns(kind, names, columns)):
            return len([*filter(None, names)])
        fields, table = columns.of(names), _names(kind.table)
        header = {fields.get(name) or table.first(name) for name in names}
        return _WIDEST * known * (1 if header.isdisjoint(kind.needs[0]) else 2)

    return score


def full_header_score(kind: SheetKind, columns: ColumnMapping) -> Callable[[Sequence[str]], int]:
    """Return a function that scores a row as a header by its known names; 0 if a needed field has no column."""

    def score(names: Sequence[str]) -> int:
        if not (known := known_columns(kind, names, columns)):
            return 0
        assignment = _Assignment(kind, names)
        assignment.by_mapping(columns)
        assignment.by_names()
        if has_fields(assignment.found, kind.needs):
            return known
        # A line of data may contain the words of a field: guess only with a known title elsewhere, and without figures.
        guesses = 0 if any(map(_FIGURE.fullmatch, filter(None, names))) else assignment.by_words()
        return known + guesses if has_fields(assignment.found, kind.needs) else 0

    return score


def columns_of_header(
    kind: SheetKind,
    names: Sequence[str],
    columns: ColumnMapping = NO_MAPPING,
    contents: Mapping[str, str] | None = None,
) -> Columns:
    """Return the fields of a header's columns, from the surest evidence to the least; `contents` gives the field that a column's cells look like."""
    assignment = _Assignment(kind, names)
    assignment.by_mapping(columns)
    assignment.by_names()
    likely = assignment.by_near_names()
    assignment.by_words()
    assignment.by_contents(contents or {})
    of = {
        key: tuple(column for _, column in sorted(assignment.found[key]))
        for key in assignment.fields
        if key in assignment.found
    }
    return Columns(tuple(names), of, assignment.why, likely, kind.table)


def quote_names(names: Sequence[str]) -> str:
    """Return the names of columns in quotes, for a sentence."""
    return ", ".join(f"« {excerpt(column, _SHOWN_TEXT)} »" for column in names)


class _ColumnNames:
    """Known column names of a kind of sheet, and the fields that each means, with its rank in the table: the first is the surest."""

    def __init__(self, table: str) -> None:
        rows = [(row["champ"], row["ecrit"]) for row in table_rows("colonnes") if row["tableau"] == table]
        special = {key: [written for champ, written in rows if champ == key] for key in (_EMPTY, _BETWEEN, _OTHERWISE)}
        # words (matched whole) and signs that separate the parts of a title
        separators = ["(", *special[_BETWEEN]]
        patterns = [rf"\b{sign}\b" if sign.isalpha() else re.escape(sign) for sign in separators]
        self._separator = re.compile("|".join(patterns), re.IGNORECASE)
        self._stop_words, self._contrary = frozenset(" ".join(special[_EMPTY]).split()), frozenset(special[_OTHERWISE])
        self._fields: dict[str, list[tuple[str, int]]] = {}
        named = [(key, rank, written) for rank, (key, written) in enumerate(rows) if key not in special]
        for key, rank, written in named:
            self._fields.setdefault(written, []).append((key, rank))
        for key, rank, written in named:
            if main_words := self._without_stop_words(written.split()):
                self._fields.setdefault(" ".join(main_words), [(key, rank)])
        self.near = {name: _of_structure(meant[0][0]) for name, meant in self._fields.items() if len(name) >= _MIN_NEAR}

    def find(self, name: str) -> Sequence[tuple[str, int]]:
        """Return the fields that a column name means, or none: tried whole, without its number, then by its parts (« Souhaite rencontrer (3 choix) »,
        « Besoins / offre », « Ville ou CP »), of which the first known counts."""
        if not name:
            return ()
        for part in (name, *self._separator.split(name)):
            name_words = plain_words(part.casefold().replace("œ", "oe"))
            unnumbered = name_words[:-1] if len(name_words) > 1 and name_words[-1].isdigit() else name_words
            main_words = self._without_stop_words
            for words in (name_words, main_words(name_words), unnumbered, main_words(unnumbered)):
                if words and (fields := self._fields.get(" ".join(words))):
                    return fields
        return ()

    def first(self, name: str) -> str:
        """Return the surest field that a name means, or an empty text."""
        return next(iter(self.find(name)), ("", 0))[0]

    def by_word(self, name: str) -> tuple[str, str]:
        """Return (field, word) if the words of a name mean one field only (« Ce qu’il faut acheter »); two empty texts for none, or several."""
        name_words = plain_words(name.casefold().replace("œ", "oe"))
        if len(name_words) > _MOST_WORDS or not self._contrary.isdisjoint(name_words):
            return "", ""
        named = (
            (self.near.get(word) or self.near.get(word.removesuffix("s"), ""), word)
            for word in self._without_stop_words(name_words)
        )
        meant = [(key, word) for key, word in named if key]
        return meant[0] if len({key for key, _ in meant}) == 1 else ("", "")

    def _without_stop_words(self, name_words: Sequence[str]) -> list[str]:
        return [word for word in name_words if word not in self._stop_words]


@lru_cache
def _names(table: str) -> _ColumnNames:
    return _ColumnNames(table)


class _Assignment:
    """Assigns fields to the columns of one header; its methods are called from the surest evidence to the least."""

    def __init__(self, kind: SheetKind, names: Sequence[str]) -> None:
        self.fields = sheet_fields(kind.table)
        self.found: dict[str, list[tuple[tuple[int, int], str]]] = {}
        self.why: dict[str, str] = {}
        self._believes, self._guessed = kind.believes, kind.guessed
        self._table = _names(kind.table)
        self._places = {name: at for at, name in enumerate(names) if name}
        self._pending = dict.fromkeys(self._places)  # columns not yet assigned nor ignored, in order

    def by_mapping(self, columns: ColumnMapping) -> None:
        """Assign the fields of a person's mapping, and skip the columns that it ignores."""
        for column, key in columns.of(list(self._pending)).items():
            if key in self.fields:
                self._assign(key, column, 0, _TOLD if column in columns.of_file else _REMEMBERED)
            else:
                self._skip(column, "comme vous l’avez dit")

    def by_names(self) -> None:
        """Assign the fields that the names mean, except single-column fields that a person has assigned."""
        settled = frozenset(self.found)
        meanings = {name: meant for name in self._pending if (meant := self._table.find(name))}
        keys = {key for meant in meanings.values() for key, _ in meant}
        # « Nom » is a person's if another column names the structure, or if there is a first name and persons are not read.
        of_person = _NAME in keys | settled or (_FIRST_NAME in keys and _FIRST_NAME not in self.fields)
        for column, meant in meanings.items():
            for key, rank in (
                (_PERSON if of_person else _NAME, rank) if key == _EITHER else (key, rank) for key, rank in meant
            ):
                if key not in self.fields:
                    self._skip(column, _why_not(key))
                elif key in settled and not self.fields[key].all:
                    self._skip(column, f"vous avez dit quelle colonne donne {self.fields[key].label}")
                else:
                    self._assign(key, column, rank)

    def by_near_names(self) -> dict[str, str]:
        """Find the most similar known name of each column, and assign its field if the kind of sheet `believes` it; else return it as likely."""
        likely: dict[str, str] = {}
        open_names = [name for name, key in self._table.near.items() if self._open(key)]
        for column in list(self._pending):
            name = " ".join(plain_words(column))
            closest = process.extractOne(name, open_names, scorer=fuzz.ratio, score_cutoff=_NEAR)
            if closest is None or len(name) < _MIN_NEAR:
                continue
            if (key := self._table.near[closest[0]]) not in self.fields:
                self._skip(column, _why_not(key))
                continue
            if self._believes:
                self._assign(key, column, 0, f"nom proche de « {closest[0]} »")
            else:
                likely[column] = key
            if not self.fields[key].all:
                open_names = [name for name in open_names if self._table.near[name] != key]
        return likely

    def by_words(self) -> int:
        """Assign each field still free to the column with a word that means it, if there is only one such column; return the number assigned."""
        meant: dict[str, list[tuple[str, str]]] = {}
        for column in self._pending if self._guessed else ():
            key, word = self._table.by_word(column)
            if key in self.fields and key not in self.found:
                meant.setdefault(key, []).append((column, word))
        sure = {key: columns[0] for key, columns in meant.items() if len(columns) == 1}
        for key, (column, word) in sure.items():
            self._assign(key, column, 0, f"d’après « {word} »")
        return len(sure)

    def by_contents(self, contents: Mapping[str, str]) -> None:
        """Assign the field that the cells look like, if no other column holds it."""
        for column, key in contents.items():
            if column in self._pending and self._open(key):
                self._assign(key, column, 0, "d’après son contenu")

    def _assign(self, key: str, column: str, rank: int, evidence: str = "") -> None:
        at = self._places[column]
        self.found.setdefault(key, []).append(((rank if self.fields[key].surest else 0, at), column))
        self._pending.pop(column, None)
        if evidence:
            self.why[column] = evidence

    def _skip(self, column: str, why: str) -> None:
        self.why[column] = why
        self._pending.pop(column, None)

    def _open(self, key: str) -> bool:
        return key not in self.fields or self.fields[key].all or key not in self.found
