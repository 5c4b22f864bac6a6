"""Fields of a notice written on a form: its headings, which the table `rubriques.csv` has, and what stands under each.

No form is known here. A row of the table states how a heading is written (`motif`, on text levelled by `flat`, after a number or
the one given in `numero`), what stands under it (`sens`), and how far it reaches (`portee`): `avis` opens a part of the whole
notice and ends the lot before it, `section` opens a part inside either, `bloc` opens what may be a lot, `lot` names one; `champ`
is a field of any part but one set aside, and `vague` a field that gives nothing by its name (« Description ») and is what its
part is about.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from matcher.cleaning.words import flat
from matcher.reference.tables import rows

ASIDE = "hors"
_TELLS_NOTHING = ("", "titre", "objet", "lot", "lots", "texte")
# Headings that stand in a text that is no form: « Objet : », « Lieu : », « Durée : » are how anyone writes a need.
FEWEST_HEADINGS = 5
# Rows are looked up by the first letters of their heading.
_LETTERS = 3
_NUMBER = r"(?:(?:section|rubrique|article|chapitre) ?)?(?:[ivx]{1,4}|[0-9]{1,2})(?:\.[0-9]{1,2}){0,3}(?:[ .):-]+)"
_BEGINS = re.compile(rf"(?:^|[\n.;,])[ *•-]*(?P<number>(?:{_NUMBER})?)(?=[a-z])")
_ENDS = r"(?: ?\n? ?:| ?\.? ?-(?=[ \n])|(?= *(?:\n|$)))"


@dataclass(frozen=True, slots=True)
class Field:
    """A heading and what stands under it, as written; `meaning` is a `sens` of the table, empty before the first heading. `lot` is the
    number of the lot it belongs to, empty for the whole notice; `heads`: it begins a lot or a
    part, so that it states something even where nothing stands under it."""

    meaning: str
    label: str
    said: str
    lot: str = ""
    heads: bool = False

    @property
    def sentence(self) -> str:
        """The field as a sentence, « Durée en mois : 24 »; free text needs no heading."""
        return f"{self.label} : {self.said}" if self.label and self.meaning != "texte" else self.said


@dataclass(frozen=True)
class _Row:
    """A row of the table: `number` is that which its heading must have, None where any or none will do."""

    meaning: str
    reach: str
    number: re.Pattern[str] | None
    heading: str

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Its heading, compiled where its first letters are met: a need that is no form meets few."""
        return re.compile(f"{self.heading}{_ENDS}")


@dataclass(frozen=True, slots=True)
class _Heading:
    """Heading of a form: its start, the start of what it announces, its row, the number of the lot that it names, and whether a
    number stands before it."""

    start: int
    end: int
    row: _Row
    lot: str
    numbered: bool


def fields(text: str) -> tuple[Field, ...]:
    """Return the fields of a text, in order; none where it is no form."""
    level, known, read_to = flat(text), _table(), 0
    headings: list[_Heading] = []
    for begins in _BEGINS.finditer(level):
        start, at = begins.start("number"), begins.end()
        if start < read_to:
            continue
        for row in known.get(level[at : at + _LETTERS], ()):
            has_number = row.number is None or row.number.fullmatch(begins["number"])
            match = row.pattern.match(level, at) if has_number else None
            if match:
                read_to = match.end()
                number = match.groupdict().get("numero") or ""
                headings.append(_Heading(start, read_to, row, number.upper(), bool(begins["number"])))
                break
    if len({heading.row for heading in headings}) < FEWEST_HEADINGS:
        return ()
    return tuple(_told(text, headings))


def _told(text: str, headings: list[_Heading]) -> Iterator[Field]:
    """The fields between headings; each takes its meaning from its part where its name gives none, or where its part is set aside."""
    part, lot, opened = "", "", _lots(headings)
    yield Field("", "", text[: headings[0].start].strip())
    for rank, heading in enumerate(headings):
        row = heading.row
        if row.reach == "avis":
            lot = ""
        lot = opened.get(rank, lot)
        if row.reach in ("avis", "section") or (row.reach == "vague" and heading.numbered):
            part = row.meaning
        elif rank in opened:
            part = ""
        meaning = row.meaning
        if row.reach == "champ" and part == ASIDE:
            meaning = ASIDE
        elif row.reach == "vague" and part not in _TELLS_NOTHING:
            meaning = part
        stop = headings[rank + 1].start if rank + 1 < len(headings) else len(text)
        label = text[heading.start : heading.end].strip(" \n\t:;.*•-")
        content = text[heading.end : stop].strip(" \n\t;")
        yield Field(meaning, " ".join(label.split()), content, lot, heads=row.reach not in ("champ", "vague"))


def _lots(headings: list[_Heading]) -> dict[int, str]:
    """The number of the lot that each heading opens, by the rank of the heading.

    A block has the number that stands inside it; where blocks have one, a lot named elsewhere is only spoken of. One named without
    a number before it in a part set aside (« Critères : Lot 1 : … ») is only spoken of too.
    """
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
    """The rows by the first letters of their headings: those with a number of their own first, and a long one before a short one."""
    by_letters: dict[str, list[_Row]] = {}
    for row in sorted(rows("rubriques"), key=lambda row: (not row["numero"], -len(row["motif"]), row["motif"])):
        number = re.compile(rf"{row['numero']}[ .):-]*") if row["numero"] else None
        table_row = _Row(row["sens"], row["portee"], number, row["motif"])
        by_letters.setdefault(row["motif"].replace("\\", "")[:_LETTERS], []).append(table_row)
    return {letters: tuple(table) for letters, table in by_letters.items()}
