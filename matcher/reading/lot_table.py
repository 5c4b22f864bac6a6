"""Reads a table of lots, as a document gives it (« 1 : Tonte ; 48 500 € ») or as it is pasted (tabs, bars): each row is a lot, each cell comes after its
column header. Also the number of lots that a text announces."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from matcher.cleaning.amounts import before_tax, clean_count, for_all, per_year, with_tax
from matcher.cleaning.words import flat

_NUMBER_OF = r"(?:n ?[o°º]s?|numeros?|num\.?)(?: ?d[eu]s?)?"
# Header row of a table of lots, « Lot : Intitulé ; Montant annuel »; the text of a PDF has no separator between cells.
_TABLE_HEAD = re.compile(
    rf"(?:(?:{_NUMBER_OF} ?)?lots?(?: ?\(s\))?(?: {_NUMBER_OF})?|{_NUMBER_OF}(?= ?:.*\blots?\b))(?: ?: ?(?P<cells>.+)| (?P<words>[a-z]\D*))$"
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
# Cells pasted from a word processor or a spreadsheet.
_PASTED = re.compile(r"[ \u00a0]*[|\t][ \u00a0]*")
_CELLS = " ; "
# Lines of a cell that a PDF cuts, at most, between two rows.
_MOST_CUT = 3
_COUNT = r"(?P<count>\d{1,3}|[a-z]+)(?: ?\(\d{1,3}\))?"
_ANNOUNCED = re.compile(
    rf"\b(?:en|compren\w+|compte|compos\w+ de|constitu\w+ de|comport\w+) {_COUNT} lots\b|\bnombre (?:total )?de lots ?: ?(?P<number>\d{{1,3}})\b"
)


def announced_lots(text: str) -> int | None:
    """Return the number of lots that a text announces (« réparties en 4 lots »); None where it announces none, or several numbers."""
    matches = _ANNOUNCED.finditer(flat(text))
    counts = {clean_count(match["count"] or match["number"]).value for match in matches} - {None}
    return int(counts.pop() or 0) if len(counts) == 1 else None


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of a table of lots: the lot's number, its title (empty where no cell gives one), and its other cells as sentences, each after its header."""

    number: str
    title: str
    others: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The cells as sentences, one a line, the title first."""
        return ".\n".join(filter(None, (self.title, *self.others)))


def table_lots(text: str) -> tuple[int, Sequence[TableRow]]:
    """Return the position of the first table that lists the lots of a text, and its rows; no rows without one. A row of lot 1 (or A) stands right below
    the header, then one of each next lot; a line between two rows belongs to the first."""
    lines = [(match.start(), match[0].strip()) for match in re.finditer(r".*\S.*", text)]
    for rank, (start, line) in enumerate(lines):
        head = table_headers(line, confirmed=True)
        rows = _rows((line for _, line in lines[rank + 1 :]), head) if head else []
        if len(rows) > 1 and all(row.title for row in rows):
            return start, rows
    return 0, ()


def _rows(lines: Iterable[str], head: Sequence[str]) -> list[TableRow]:
    rows: list[TableRow] = []
    written, cut = "", 0
    for line in lines:
        row = table_row(line, head)
        if row and row.number in ((next_number(rows[-1].number),) if rows else ("1", "A")):
            if cut and " : " not in _as_row(written):
                rows[-1] = table_row(written, head) or rows[-1]
            rows.append(row)
            written, cut = line, 0
        elif not rows or cut == _MOST_CUT:
            break
        elif not table_headers(line):  # repeated at the top of a page
            written, cut = f"{written} {line}", cut + 1
    return rows


def table_headers(line: str, *, confirmed: bool = False) -> Sequence[str]:
    """Return the column headers if a line is the header row of a table of lots, else an empty sequence; `confirmed`: the rows below are looked at too, so
    that separate cells under « Lot » are enough."""
    line = _as_row(line)
    normalised = flat(line)
    match = _TABLE_HEAD.match(normalised)
    if match is None or not (_OF_LOTS.search(normalised) or (confirmed and match["cells"])):
        return ()
    begin = match.start("cells") if match["cells"] else match.start("words")
    return tuple(cell.strip() for cell in line[begin:].split(_CELLS))


def table_row(line: str, head: Sequence[str]) -> TableRow | None:
    """Return a line under these column headers as a row; None where it does not begin with the number of a lot."""
    line = _as_row(line)
    match = _ROW.match(flat(line))
    if match is None:
        return None
    number = match["lot"].upper()
    cells = [cell.strip() for cell in line[match.start("cells") :].split(_CELLS)]
    figures = list(_FIGURE.finditer(cells[-1]))
    if 1 < len(cells) == len(head):
        at = next(
            (rank for rank, name in enumerate(map(flat, head)) if not (_MONEY.search(name) or _HOURS.search(name))),
            None,
        )
        others = (
            _cell_sentence(name, cell) for rank, (name, cell) in enumerate(zip(head, cells, strict=True)) if rank != at
        )
        return TableRow(number, "" if at is None else cells[at], tuple(others))
    # Cells do not match the headers (empty ones are missing, and a PDF separates none): the only figure goes to the only column of money.
    money = [name for name in head if _MONEY.search(flat(name))]
    if len(money) != 1 or len(figures) != 1:
        return TableRow(number, cells[0], tuple(cells[1:]))
    texts = [*filter(None, (*cells[:-1], cells[-1][: figures[0].start()].strip(" :")))]
    amount = _cell_sentence(money[0], cells[-1][figures[0].start() :])
    return TableRow(number, texts[0] if texts else "", (*texts[1:], amount))


def next_number(number: str) -> str:
    """Return the number of the lot after one: « 2 » after « 1 », « B » after « A »."""
    return str(int(number) + 1) if number.isdigit() else chr(ord(number) + 1)


def _as_row(line: str) -> str:
    """Return a line with its pasted cells separated as those of a document: « first : second ; third »."""
    return _PASTED.sub(_CELLS, _PASTED.sub(" : ", line.strip(" |"), count=1))


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
