"""Parses a procurement notice written on a form into fields: recognises headings by the table `rubriques.csv`, with the text under each.

No particular form is coded here. A row of the table gives the pattern of a heading (`motif`, on text normalised by `flat`, after a number, or
the one in `numero`), the meaning of its content (`sens`), and its scope (`portee`): `avis` opens a part of the whole notice and ends the lot
before it, `section` opens a part inside either, `bloc` opens what may be a lot, `lot` names one; `champ` is a field of any part that is not
ignored; `vague` is a field without meaning of its own (« Description »), which takes that of its part.
"""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

from matcher.cleaning.words import flat
from matcher.reference.tables import rows

ASIDE = "hors"
_TELLS_NOTHING = ("", "titre", "objet", "lot", "lots", "texte")
# Least number of different headings of a form; fewer (« Objet : », « Lieu : ») occur in any text.
FEWEST_HEADINGS = 5
# Number of first letters by which rows are indexed.
_LETTERS = 3
_NUMBER = r"(?:(?:section|rubrique|article|chapitre) ?)?(?:[ivx]{1,4}|[0-9]{1,2})(?:\.[0-9]{1,2}){0,3}(?:[ .):-]+)"
_BEGINS = re.compile(rf"(?:^|[\n.;,])[ *•-]*(?P<number>(?:{_NUMBER})?)(?=[a-z])")
_ENDS = r"(?: ?\n? ?:| ?\.? ?-(?=[ \n])|(?= *(?:\n|$)))"


@dataclass(frozen=True, slots=True)
class Field:
    """A heading (`label`) and the text under it (`said`), as written. `meaning`: a `sens` of the table, empty before the first heading; `lot`:
    number of its lot, empty for the whole notice; `heads`: it begins a lot or a part, and matters even without text."""

    meaning: str
    label: str
    said: str
    lot: str = ""
    heads: bool = False

    @property
    def sentence(self) -> str:
        """The field as a sentence, « Durée en mois : 24 »; free text without its heading."""
        return f"{self.label} : {self.said}" if self.label and self.meaning != "texte" else self.said


@dataclass(frozen=True)
class _Row:
    """A row of the table; `number`: the number required before its heading, None if any or none will do."""

    meaning: str
    reach: str
    number: re.Pattern[str] | None
    heading: str

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Compiled pattern of the heading (lazy, since most texts meet few headings)."""
        return re.compile(f"{self.heading}{_ENDS}")


@dataclass(frozen=True, slots=True)
class _Heading:
    """A heading found in a text: its start and end, its row, the lot number that it names, and whether a number stands before it."""

    start: int
    end: int
    row: _Row
    lot: str
    numbered: bool


def split_fields(text: str) -> tuple[Field, ...]:
    """Return the fields of a text, in order; empty where it is not a form."""
    headings = _find_headings(flat(text))
    if len({heading.row for heading in headings}) < FEWEST_HEADINGS:
        return ()
    part, lot, opened = "", "", _lots(headings)
    fields = [Field("", "", text[: headings[0].start].strip())]
    for rank, heading in enumerate(headings):
        row = heading.row
        if row.reach == "avis":
            lot = ""
        lot = opened.get(rank, lot)
        if row.reach in ("avis", "section") or (row.reach == "vague" and heading.numbered):
            part = row.meaning
        elif rank in opened:
            part = ""
        # A vague field, or one of an ignored part, takes the meaning of its part.
        meaning = row.meaning
        if row.reach == "champ" and part == ASIDE:
            meaning = ASIDE
        elif row.reach == "vague" and part not in _TELLS_NOTHING:
            meaning = part
        stop = headings[rank + 1].start if rank + 1 < len(headings) else len(text)
        label = " ".join(text[heading.start : heading.end].strip(" \n\t:;.*•-").split())
        content = text[heading.end : stop].strip(" \n\t;")
        fields.append(Field(meaning, label, content, lot, heads=row.reach not in ("champ", "vague")))
    return tuple(fields)


def _find_headings(normalised: str) -> list[_Heading]:
    """Return the headings of a text normalised by `flat`, in order."""
    known, read_to = _table(), 0
    headings: list[_Heading] = []
    for begins in _BEGINS.finditer(normalised):
        start, at = begins.start("number"), begins.end()
        if start < read_to:
            continue
        for row in known.get(normalised[at : at + _LETTERS], ()):
            has_number = row.number is None or row.number.fullmatch(begins["number"])
            match = row.pattern.match(normalised, at) if has_number else None
            if match:
                read_to = match.end()
                number = match.groupdict().get("numero") or ""
                headings.append(_Heading(start, read_to, row, number.upper(), bool(begins["number"])))
                break
    return headings


def _lots(headings: list[_Heading]) -> dict[int, str]:
    """Return the number of the lot that each heading opens, by rank of the heading. A block takes the number inside it; if blocks have numbers, lots
    named elsewhere are only references, as are those without a number before them in an ignored part (« Critères : Lot 1 : … »)."""
    named: dict[int, str] = {}
    blocks: dict[int, str] = {}
    block, aside = -1, False
    for rank, heading in enumerate(headings):
        reach = heading.row.reach
        if reach in ("avis", "section", "bloc"):
            aside = heading.row.meaning == ASIDE
            block = rank if reach == "bloc" else -1 if reach == "avis" else block
        if reach == "lot" and block >= 0:
            blocks.setdefault(block, heading.lot)
        elif reach == "lot" and (heading.numbered or not aside):
            named[rank] = heading.lot
            aside = False
    return blocks or named


@lru_cache(maxsize=1)
def _table() -> dict[str, tuple[_Row, ...]]:
    """Return the rows by first letters of their headings; rows with a required number first, then the longest."""
    by_letters: dict[str, list[_Row]] = {}
    for row in sorted(rows("rubriques"), key=lambda row: (not row["numero"], -len(row["motif"]), row["motif"])):
        number = re.compile(rf"{row['numero']}[ .):-]*") if row["numero"] else None
        table_row = _Row(row["sens"], row["portee"], number, row["motif"])
        by_letters.setdefault(row["motif"].replace("\\", "")[:_LETTERS], []).append(table_row)
    return {letters: tuple(table) for letters, table in by_letters.items()}
