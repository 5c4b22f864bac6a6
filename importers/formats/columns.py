"""Columns of any sheet and the fields that they hold: by a person's mapping, else by their names, near names, and what their cells look like.

The names that people give to columns are data, in `data/reference/colonnes.csv`; the fields, in `colonnes_champs.csv`.
"""

import csv
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

from rapidfuzz import fuzz, process

from importers.emit import plain_words
from importers.formats.excerpt import excerpt

_ROOT = Path(__file__).resolve().parents[2]


def table_rows(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of `data/reference/<name>.csv`. Raises FileNotFoundError where the installation lacks it."""
    path = Path("data", "reference", f"{name}.csv")  # in a wheel, data/ lies inside matcher
    shipped = next((root / path for root in (_ROOT, _ROOT / "matcher") if (root / path).exists()), _ROOT / path)
    with shipped.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file, delimiter=";"))


# A column that a person, or the table of names, says is not to be read.
IGNORE = "ignorer"
# A name that is the structure's; beside a column of structures, a person's.
_EITHER, _NAME, _FIRST_NAME, _PERSON = "either", "name", "first_name", "person"
# The reasons why a column whose name is known is not read: it is of persons, of the form that people have filled, or of no use.
OF_PERSON, OF_FORM = "elle désigne une personne", "c’est le formulaire qui la remplit"
_UNREAD = {IGNORE: OF_FORM, "rank": "c’est le rang de la ligne"}
# The name of a column without a title, before its number.
UNTITLED = "sans titre, n°"
# Words of a title that tell nothing of what the column holds, and signs or words that part titles which say several things.
_EMPTY, _BETWEEN = "mot vide", "entre deux"
# Words of a title that change what the others say: « Date de fin » is not when a contract begins.
_OTHERWISE = "mot contraire"
# A header is where most names are known; where none is, the widest row, which has less columns than this.
_WIDEST = 100_000
_NEAR, _MIN_NEAR = 86, 4
# A title is a few words; a line of data may hold such words too, and a figure.
_MOST_WORDS = 7
_FIGURE = re.compile(r"(?!20\d\d$)[\d\s.,€%]+")
_TOLD, _REMEMBERED = "selon votre correspondance", "comme dit pour un fichier de même en-tête"
_SHOWN_TEXT = 60


@dataclass(frozen=True, slots=True)
class SheetKind:
    """Kind of sheet: its `table` of names, the fields that it `needs` (one at least of each group), whether `every_sheet` of a workbook is
    read or its best one, whether a cell `merged` over lines counts on each, whether a near name or what the cells look like is believed
    or only proposed, and whether a title is `guessed` by the one of its words that names a field."""

    table: str
    needs: tuple[tuple[str, ...], ...]
    every_sheet: bool = False
    merged: bool = False
    believes: bool = False
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class SheetField:
    """Field that a column may hold: `label` is its French name; of several columns `all` are read, else one: the `surest`, or the first."""

    key: str
    label: str
    all: bool
    surest: bool


@dataclass(frozen=True, slots=True)
class ToldColumns:
    """Fields that persons gave to columns, by name of column: `given` for this file, `remembered` by header for every file that has it."""

    given: Mapping[str, str] = field(default_factory=dict)
    remembered: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def of(self, names: Sequence[str]) -> dict[str, str]:
        """Return the fields that persons gave to the columns of one header."""
        known = self.remembered.get(header_key(names), {}) if self.remembered else {}
        return {name: said for name, said in {**known, **self.given}.items() if name in names}


UNTOLD = ToldColumns()


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns of one header. `of` has those of each field, the first to be read first; `why`, by column, in French, the evidence where it is
    not the name, or the reason why it is not read; `likely` the field that an unread column may hold."""

    names: tuple[str, ...]
    of: Mapping[str, tuple[str, ...]]
    why: Mapping[str, str]
    likely: Mapping[str, str]
    table: str

    @property
    def fields(self) -> dict[str, list[str]]:
        """The fields that each column holds, for those that are read."""
        fields_by_column: dict[str, list[str]] = {}
        for key, columns in self.of.items():
            for column in columns:
                fields_by_column.setdefault(column, []).append(key)
        return fields_by_column

    @property
    def unread(self) -> tuple[str, ...]:
        """The columns that are in no field."""
        read = self.fields
        return tuple(name for name in self.names if name and name not in read)

    @property
    def says(self) -> tuple[str, ...]:
        """Meaning given to each column that is read, one French sentence a field."""
        labels = sheet_fields(self.table)
        return tuple(f"{quote_names(columns)}, {labels[key].label}" for key, columns in self.of.items())

    def has(self, needs: Sequence[Sequence[str]]) -> bool:
        """Return whether every group has one of its fields."""
        return has_fields(self.of, needs)


def has_fields(fields: Collection[str], needs: Sequence[Sequence[str]]) -> bool:
    """Return whether fields hold one at least of every group."""
    return all(any(key in fields for key in group) for group in needs)


@lru_cache
def sheet_fields(table: str) -> Mapping[str, SheetField]:
    """Return the fields of a kind of sheet, in the order in which they are offered."""
    rows = [row for row in table_rows("colonnes_champs") if row["tableau"] == table]
    return {
        row["champ"]: SheetField(
            row["champ"], row["nom"], row["plusieurs"] == "toutes", row["plusieurs"] == "plus sûre"
        )
        for row in rows
    }


def needed_words(kind: SheetKind) -> str:
    """Return what a sheet of this kind must have a column for, in French: « l’objet ou le CPV »."""
    labels = sheet_fields(kind.table)
    return ", et ".join(" ou ".join(labels[key].label for key in group) for group in kind.needs)


def field_named(table: str, written: str) -> str:
    """Return the field that a person names, by its key or by what a column of it may be called; empty where none is."""
    name = written.strip()
    if name in sheet_fields(table) or name == IGNORE:
        return name
    key = _of_structure(_names(table).first(name))
    return key if key in sheet_fields(table) else ""


def _why_not(key: str) -> str:
    """The reason why a name that is known, and of no field, is not read."""
    return _UNREAD.get(key, OF_PERSON)


def _of_structure(key: str) -> str:
    """The field of a name that may be a person's, taken for the structure's."""
    return _NAME if key == _EITHER else key


def choices(table: str) -> str:
    """Return the fields of a kind of sheet as a refusal lists them."""
    return ", ".join(
        [*(f"{one.key} ({one.label})" for one in sheet_fields(table).values()), f"{IGNORE} (colonne non reprise)"]
    )


def header_key(names: Sequence[str]) -> str:
    """Return a digest of the names of a header, the same in whatever order and however they are cased."""
    folded = sorted(" ".join(plain_words(name)) or name for name in names if name and not name.startswith(UNTITLED))
    return blake2b("\n".join(folded).encode(), digest_size=16).hexdigest()


def known_columns(kind: SheetKind, names: Sequence[str], columns: ToldColumns) -> int:
    """Return how many columns of a header have a known name, or a field that a person gave."""
    fields_by_name, table = columns.of(names), _names(kind.table)
    return sum(bool(name in fields_by_name or table.find(name)) for name in names)


def header_score(kind: SheetKind, columns: ToldColumns) -> Callable[[Sequence[str]], int]:
    """Return how much a row looks like the header of the only table of a file: twice as much where it names what is needed first."""

    def score(names: Sequence[str]) -> int:
        if not (known := known_columns(kind, names, columns)):
            return len([*filter(None, names)])
        fields, table = columns.of(names), _names(kind.table)
        header = {fields.get(name) or table.first(name) for name in names}
        return _WIDEST * known * (1 if header.isdisjoint(kind.needs[0]) else 2)

    return score


def full_header_score(kind: SheetKind, columns: ToldColumns) -> Callable[[Sequence[str]], int]:
    """Return how much a row looks like a header: 0 where a field that is needed has no column."""

    def score(names: Sequence[str]) -> int:
        if not (known := known_columns(kind, names, columns)):
            return 0
        giving = _Giving(kind, names)
        giving.by_mapping(columns)
        giving.by_names()
        if has_fields(giving.found, kind.needs):
            return known
        # Words that name fields stand in a line of data too: a header has another title that is known, and no figure.
        guesses = 0 if any(map(_FIGURE.fullmatch, filter(None, names))) else giving.by_words()
        return known + guesses if has_fields(giving.found, kind.needs) else 0

    return score


def columns_of_header(
    kind: SheetKind, names: Sequence[str], columns: ToldColumns = UNTOLD, contents: Mapping[str, str] | None = None
) -> Columns:
    """Return what the columns of a header hold; `contents` is the field that the cells of some look like."""
    giving = _Giving(kind, names)
    giving.by_mapping(columns)
    giving.by_names()
    likely = giving.by_near_names()
    giving.by_words()
    giving.by_contents(contents or {})
    of = {key: tuple(column for _, column in sorted(giving.found[key])) for key in giving.fields if key in giving.found}
    return Columns(tuple(names), of, giving.why, likely, kind.table)


def quote_names(columns: Sequence[str]) -> str:
    """Return the names of columns as a sentence quotes them."""
    return ", ".join(f"« {excerpt(column, _SHOWN_TEXT)} »" for column in columns)


class _ColumnNames:
    """Names that people give to columns, and the fields that each means, with its rank in the table: the first is the surest."""

    def __init__(self, table: str) -> None:
        rows = [(row["champ"], row["ecrit"]) for row in table_rows("colonnes") if row["tableau"] == table]
        apart = {key: [written for its, written in rows if its == key] for key in (_EMPTY, _BETWEEN, _OTHERWISE)}
        # the words, whole, and the signs that part the titles of one column
        signs = ["(", *apart[_BETWEEN]]
        patterns = [rf"\b{sign}\b" if sign.isalpha() else re.escape(sign) for sign in signs]
        self._between = re.compile("|".join(patterns), re.IGNORECASE)
        self._empty, self._otherwise = frozenset(" ".join(apart[_EMPTY]).split()), frozenset(apart[_OTHERWISE])
        self._found: dict[str, list[tuple[str, int]]] = {}
        named = [(key, rank, written) for rank, (key, written) in enumerate(rows) if key not in apart]
        for key, rank, written in named:
            self._found.setdefault(written, []).append((key, rank))
        for key, rank, written in named:
            if telling_words := self._kept(written.split()):
                self._found.setdefault(" ".join(telling_words), [(key, rank)])
        self.near = {name: _of_structure(meant[0][0]) for name, meant in self._found.items() if len(name) >= _MIN_NEAR}

    def find(self, name: str) -> Sequence[tuple[str, int]]:
        """Return the fields that a name means, none where it is not known: whole, without its number, then the first known of its parts
        (« Souhaite rencontrer (3 choix) », « Besoins / offre », « Ville ou CP »)."""
        if not name:  # most cells of a line that is no header
            return ()
        for part in (name, *self._between.split(name)):
            name_words = plain_words(part.casefold().replace("œ", "oe"))
            unnumbered = name_words[:-1] if len(name_words) > 1 and name_words[-1].isdigit() else name_words
            for words in (name_words, self._kept(name_words), unnumbered, self._kept(unnumbered)):
                if words and (fields := self._found.get(" ".join(words))):
                    return fields
        return ()

    def first(self, name: str) -> str:
        """Return the surest field that a name means, empty where it is not known."""
        return next(iter(self.find(name)), ("", 0))[0]

    def tell(self, name: str) -> tuple[str, str]:
        """Return the only field that words of a name mean, with the first of them (« Ce qu’il faut acheter »); two empty texts for none, or several."""
        name_words = plain_words(name.casefold().replace("œ", "oe"))
        if len(name_words) > _MOST_WORDS or not self._otherwise.isdisjoint(name_words):
            return "", ""
        named = (
            (self.near.get(word) or self.near.get(word.removesuffix("s"), ""), word) for word in self._kept(name_words)
        )
        meant = [(key, word) for key, word in named if key]
        return meant[0] if len({key for key, _ in meant}) == 1 else ("", "")

    def _kept(self, name_words: Sequence[str]) -> list[str]:
        return [word for word in name_words if word not in self._empty]


@lru_cache
def _names(table: str) -> _ColumnNames:
    return _ColumnNames(table)


class _Giving:
    """The columns of one header, while they are given their fields: from the surest evidence to the least."""

    def __init__(self, kind: SheetKind, names: Sequence[str]) -> None:
        self.fields = sheet_fields(kind.table)
        self.found: dict[str, list[tuple[tuple[int, int], str]]] = {}
        self.why: dict[str, str] = {}
        self._believes, self._guessed = kind.believes, kind.guessed
        self._table = _names(kind.table)
        self._places = {name: at for at, name in enumerate(names) if name}
        self._left = dict.fromkeys(self._places)  # those that nothing has been said of, in their order

    def by_mapping(self, columns: ToldColumns) -> None:
        """Give columns the fields of a person's mapping; those that it ignores are left aside."""
        for column, key in columns.of(list(self._left)).items():
            if key in self.fields:
                self._give(key, column, 0, _TOLD if column in columns.given else _REMEMBERED)
            else:
                self._leave(column, "comme vous l’avez dit")

    def by_names(self) -> None:
        """Give columns the fields that their names mean, but for those of which a person named the column."""
        settled = frozenset(self.found)
        meanings = {name: meant for name in self._left if (meant := self._table.find(name))}
        keys = {key for meant in meanings.values() for key, _ in meant}
        # « Nom » is a person's where another column names the structure, or beside a first name where persons are not read.
        of_person = _NAME in keys | settled or (_FIRST_NAME in keys and _FIRST_NAME not in self.fields)
        for column, meant in meanings.items():
            for key, rank in (
                (_PERSON if of_person else _NAME, rank) if key == _EITHER else (key, rank) for key, rank in meant
            ):
                if key not in self.fields:
                    self._leave(column, _why_not(key))
                elif key in settled and not self.fields[key].all:
                    self._leave(column, f"vous avez dit quelle colonne donne {self.fields[key].label}")
                else:
                    self._give(key, column, rank)

    def by_near_names(self) -> dict[str, str]:
        """Give columns the field of the known name that is nearest, where that is believed; return them where it is not."""
        likely: dict[str, str] = {}
        open_names = [name for name, key in self._table.near.items() if self._open(key)]
        for column in list(self._left):
            name = " ".join(plain_words(column))
            near = process.extractOne(name, open_names, scorer=fuzz.ratio, score_cutoff=_NEAR)
            if near is None or len(name) < _MIN_NEAR:
                continue
            if (key := self._table.near[near[0]]) not in self.fields:
                self._leave(column, _why_not(key))
                continue
            if self._believes:
                self._give(key, column, 0, f"nom proche de « {near[0]} »")
            else:
                likely[column] = key
            if not self.fields[key].all:
                open_names = [name for name in open_names if self._table.near[name] != key]
        return likely

    def by_words(self) -> int:
        """Give fields that nothing else has to the only column a word of whose name means each, where that is believed; return how many."""
        meant: dict[str, list[tuple[str, str]]] = {}
        for column in self._left if self._guessed else ():
            key, word = self._table.tell(column)
            if key in self.fields and key not in self.found:
                meant.setdefault(key, []).append((column, word))
        sure = {key: columns[0] for key, columns in meant.items() if len(columns) == 1}
        for key, (column, word) in sure.items():
            self._give(key, column, 0, f"d’après « {word} »")
        return len(sure)

    def by_contents(self, contents: Mapping[str, str]) -> None:
        """Give columns the field that their cells look like, where no other column has it."""
        for column, key in contents.items():
            if column in self._left and self._open(key):
                self._give(key, column, 0, "d’après son contenu")

    def _give(self, key: str, column: str, rank: int, how: str = "") -> None:
        at = self._places[column]
        self.found.setdefault(key, []).append(((rank if self.fields[key].surest else 0, at), column))
        self._left.pop(column, None)
        if how:
            self.why[column] = how

    def _leave(self, column: str, why: str) -> None:
        self.why[column] = why
        self._left.pop(column, None)

    def _open(self, key: str) -> bool:
        return key not in self.fields or self.fields[key].all or key not in self.found
