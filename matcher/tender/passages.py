"""Finds, in one tender document, the passages about each lot: rows of a table of lots, articles headed by the lot, sentences that name it."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from importers.documents.page import PageText
from matcher.cleaning.amounts import before_tax, for_all, per_year, with_tax
from matcher.cleaning.words import flat
from matcher.reading.notice import sentences
from matcher.reading.reservation import lots_named

_NUMBER_OF = r"(?:n ?[o°º]s?|numeros?|num\.?)(?: ?d[eu]s?)?"
# Header row of a table of lots, « Lot : Intitulé ; Montant annuel »; the text of a PDF has no separator between cells.
_TABLE_HEAD = re.compile(
    rf"(?:(?:{_NUMBER_OF} ?)?lots?(?: {_NUMBER_OF})?|{_NUMBER_OF}(?= ?:.*\blots?\b))(?: ?: ?(?P<cells>.+)| (?P<words>[a-z]\D*))$"
)
_ROW = re.compile(r"(?:lot )?(?:n ?[o°º] ?)?0*(?P<lot>[1-9]\d{0,2}|[a-z])(?: ?[:.)-] ?| )(?P<cells>.+)$")
_OF_LOTS = re.compile(
    r"\b(?:intitule|designation|objet|montant|estimation|valeur|lieu|commune|secteur|description|prestations?|heures|duree)\b"
)
_MONEY = re.compile(r"^(?!.*\bunitaires?\b).*(?:€|\beuros?\b|\b(?:montant|estimation|budget|valeur|enveloppe|prix)\b)")
_EUROS = re.compile(r"€|eur")
_THOUSANDS = re.compile(r"\bk ?€|\bkeur|\bmilliers")
_HOURS = re.compile(r"\bheures?\b.*\b(?:insertion|clauses?)\b|\b(?:insertion|clauses?)\b.*\bheures?\b")
_FIGURE = re.compile(
    r"(?<![\w,.])(?:\d{1,3}(?:[ \u00a0\u202f.]\d{3})+|\d{1,9})(?:,\d+)?(?= ?(?:k?€|euros?\b|ht\b|ttc\b|h\b|heures?\b|$))",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"\s*\([^)]*\)")
# A heading, « Article 3 - Lot 1 : élagage », « LOT 2 », « 4.1 Prescriptions du lot 2 »: a few words, without the punctuation that ends a sentence.
_HEADING = re.compile(
    r"(?P<word>article|chapitre|section|titre|partie)? ?(?P<number>\d{1,2}(?:\.\d{1,2})*(?![\d ]*(?:€|%)))?[ .:)-]*(?P<title>.*)$"
)
_MOST_WORDS = 16


@dataclass(frozen=True, slots=True)
class Passage:
    """Passage of a document about one lot: `text`, where each table cell is preceded by its column header; `line`, the original line; `where`, its page.
    `alone`: it names no other lot. `prose`: it is neither a table row nor a heading."""

    text: str
    line: str
    where: str
    alone: bool = True
    prose: bool = True


def passages(pages: Sequence[PageText], numbers: Collection[str], *, listed: bool) -> dict[str, list[Passage]]:
    """Return the passages about each lot, by lot number, in reading order; a lot without a passage is left out. `listed`: these pages contain the list of
    lots, so « Lot 1 : tonte » is an item of it, and only a line with its own number (« Article 3 - Lot 1 ») is a heading."""
    by_lot: dict[str, list[Passage]] = {}
    head: Sequence[str] = ()
    articles = _Articles(frozenset(numbers), listed=listed)
    for line, where in ((line.strip(), page.where) for page in pages for line in page.text.splitlines()):
        if not line:
            continue
        if cells := _table_headers(line):
            head = cells
        elif head and (row := _table_row(line, head, numbers)):
            number, text = row
            by_lot.setdefault(number, []).append(Passage(text, line, where, prose=False))
        elif lot := articles.lot_at(line):
            head = ()
            by_lot.setdefault(lot, []).append(Passage(line, line, where, prose=not articles.headed))
        else:
            head = ()
            for sentence in sentences(line):
                named = lots_named(flat(sentence))
                for number in sorted(named & set(numbers)):
                    by_lot.setdefault(number, []).append(Passage(sentence, sentence, where, alone=len(named) == 1))
    return by_lot


class _Articles:
    """State while the lines of a document are read in order: the lot that the current article is about, and the article numbers by which its end is seen."""

    def __init__(self, lots: frozenset[str], *, listed: bool) -> None:
        self._lots = lots
        self._listed = listed
        self._lot = ""
        self._number: tuple[int, ...] = ()
        self._last = 0  # the number of the last article, which the next one follows
        self.headed = False  # whether the last line read heads an article, or a part of one

    def lot_at(self, line: str) -> str:
        """Return the lot of the article that a line (or the heading itself) belongs to; empty outside an article about a lot."""
        normalised, self.headed = flat(line), False
        match = _HEADING.match(normalised)
        if match is None or len(normalised.split()) > _MOST_WORDS or normalised.endswith((".", ";", ",")):
            return self._lot
        number = tuple(map(int, match["number"].split("."))) if match["number"] else ()
        named = lots_named(match["title"]) & self._lots
        bare = not (number or match["word"])
        if len(named) == 1 and (match["title"].startswith("lot") and not self._listed if bare else True):
            (self._lot,), self._number = named, number
            self.headed = True
        elif not bare and self._ends(number, worded=bool(match["word"])):
            self._lot, self._number = "", ()
        self.headed |= len(number) > 1
        if number and (not self._lot or self._number):
            self._last = number[0]
        return self._lot

    def _ends(self, number: tuple[int, ...], *, worded: bool) -> bool:
        """Return whether a heading ends the article: « 3.2 » is a part of « 3 », and « 1. Tonte » or « 12 passages » an item of its own list."""
        if not (number and self._number):
            return not number or (self._last > 0 and number[0] == self._last + 1)
        apart = number[: len(self._number)] != self._number and number > self._number
        return apart and (worded or number[0] - self._number[0] <= 1)


def _table_headers(line: str) -> Sequence[str]:
    """Return the column headers if a line is the header row of a table of lots, else an empty sequence."""
    normalised = flat(line)
    match = _TABLE_HEAD.match(normalised)
    if match is None or not _OF_LOTS.search(normalised):
        return ()
    begin = match.start("cells") if match["cells"] else match.start("words")
    return tuple(cell.strip() for cell in line[begin:].split(" ; "))


def _table_row(line: str, head: Sequence[str], numbers: Collection[str]) -> tuple[str, str] | None:
    """Return the lot number of a table row and its cells as text, each after its column header; None if the line is no row of one of these lots."""
    match = _ROW.match(flat(line))
    if match is None or match["lot"].upper() not in numbers:
        return None
    cells = [cell.strip() for cell in line[match.start("cells") :].split(" ; ")]
    if 1 < len(cells) == len(head):
        return match["lot"].upper(), ".\n".join(map(_cell_sentence, head, cells))
    # Cells do not match the headers (empty ones are missing, and a PDF separates none): the only figure goes to the only column of money.
    money = [name for name in head if _MONEY.search(flat(name))]
    last = cells[-1]
    figures = list(_FIGURE.finditer(last))
    if len(money) != 1 or len(figures) != 1:
        return match["lot"].upper(), ".\n".join(cells)
    rest = [*cells[:-1], last[: figures[0].start()].strip()]
    return match["lot"].upper(), ".\n".join([*filter(None, rest), _cell_sentence(money[0], last[figures[0].start() :])])


def _cell_sentence(name: str, cell: str) -> str:
    """Return a cell and its column header as one sentence: « Montant estimé : 48 500 € HT par an »."""
    title, cell_words = flat(name), flat(cell)
    yearly = " par an" if per_year(name) and not per_year(cell) else ""
    if _HOURS.search(title):
        return f"Heures d’insertion : {cell}{'' if 'h' in cell_words else ' heures'}{yearly}"
    if not (_MONEY.search(title) and _FIGURE.search(cell)):
        return f"{_BRACKETS.sub('', name)} : {cell}"
    bound = " maximum" if re.search(r"\bmax", title) else " minimum" if re.search(r"\bmini", title) else " estimé"
    whole = " sur toute la durée" if not yearly and for_all(name) else ""
    return f"Montant{bound} : {cell}{_unit(title, cell_words)}{yearly}{whole}"


def _unit(title: str, cell_words: str) -> str:
    """Return the unit (« k€ HT ») that the column header gives and the cell omits; both texts are lower case without accents."""
    euros = "" if _EUROS.search(cell_words) else " k€" if _THOUSANDS.search(title) else " €"
    if with_tax(cell_words) or before_tax(cell_words):
        return euros
    return f"{euros} TTC" if with_tax(title) else f"{euros} HT" if before_tax(title) else euros
