"""Turns an answered programme (a buyer's future purchases with an opinion on each line) into a renderable Document and JSON: sums, questions."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from matcher.decisions.assumptions import Assumptions
from matcher.decisions.opinion.compute import OpinionVerdict
from matcher.decisions.opinion.words import NOTICE, TELL_THE_PLACE, TELL_THE_TRADE
from matcher.decisions.purchases.families.compute import NO_FAMILIES, NeedFamilies, NeedFamily
from matcher.decisions.purchases.families.words import (
    duty_said,
    family_note,
    family_object,
    family_tables,
    nature_asked,
)
from matcher.decisions.purchases.lever_shares import SocialShare, social_share, social_words
from matcher.decisions.purchases.line import LineQuestion, Purchase
from matcher.decisions.purchases.programme import (
    FIRST,
    First,
    LineAnswer,
    Programme,
    ReachedSupplier,
    Total,
    asks_of,
    doubts_of,
    programme_headline,
    reached_suppliers,
    shared_remarks,
)
from matcher.decisions.purchases.sheet import PurchaseSheet, PurchaseSheetLine
from matcher.decisions.purchases.sheet_answers import like_lines
from matcher.domain.french import UNKNOWN, capitalised, count, number, unit
from matcher.ranking.shelf.shelf import Shelf
from matcher.reference.levers import lever
from matcher.render.document import (
    CellMark,
    ColumnKind,
    Document,
    DocumentCell,
    DocumentColumn,
    DocumentKind,
    DocumentRow,
    DocumentTable,
    MarkedText,
)
from matcher.render.shaped import shaped
from matcher.render.table import Column, plain_cell

WITHDRAWN = "retiré du catalogue depuis"
TOTAL_LINE = "ligne de total : pas un achat"
TO_SETTLE = "à préciser d’abord"
NOBODY = "personne de connu"

_NUMBER = ColumnKind.NUMBER
_EUROS = DocumentColumn("Montant compris", _NUMBER, "€ HT", 2)
_SUPPOSED = "Montant selon vos réponses"
_ADDED = (
    *(DocumentColumn("Achat"), DocumentColumn("Ligne", _NUMBER, under=True)),
    *(DocumentColumn("Lieux compris", under=True), DocumentColumn("À préciser", under=True)),
    *(DocumentColumn("Avis"), DocumentColumn("Levier conseillé", under=True)),
    *(DocumentColumn("La loi du jour", under=True), DocumentColumn("Besoins homogènes", under=True)),
    DocumentColumn("Candidats connus", _NUMBER),
    *(DocumentColumn("Indices à confirmer", _NUMBER, under=True), DocumentColumn("À appeler", _NUMBER, under=True)),
    *(DocumentColumn(f"Candidat {rank}", under=rank > 1) for rank in range(1, FIRST + 1)),
    *(_EUROS, DocumentColumn("Comment", under=True), DocumentColumn(_SUPPOSED, _NUMBER, "€ HT", 2, aside=True)),
    DocumentColumn("Taille comprise", _NUMBER, "ETP", 1, aside=True),
    *(DocumentColumn("Activités comprises", aside=True), DocumentColumn("Famille", aside=True)),
)
_DOUBTS = (
    *(DocumentColumn("Question"), DocumentColumn("Écrit", under=True), DocumentColumn("Lignes", _NUMBER)),
    *(DocumentColumn("Lesquelles", ColumnKind.LIST), DocumentColumn("Peut-être", under=True)),
)
_NOTED = "Voir « À préciser »"
_TOTALS = (
    *(DocumentColumn("Avis"), DocumentColumn("Levier", under=True), DocumentColumn("Achats", _NUMBER)),
    *(DocumentColumn("Montants connus", _NUMBER, "€ HT", 2), DocumentColumn("Selon vos réponses", _NUMBER, "€ HT", 2)),
    DocumentColumn("Montants non connus", _NUMBER),
)
_REACHED = (
    DocumentColumn("Structure"),
    *(DocumentColumn("Types", ColumnKind.KINDS, under=True), DocumentColumn("Commune", under=True)),
    *(DocumentColumn("Achats, connue", _NUMBER), DocumentColumn("Achats, à appeler", _NUMBER)),
)
# Most lines for a matrix: beyond, nobody reads it, and the sheet « Structures » has the same content.
WIDEST = 400
DOES, ASK = "×", "à appeler"
WIDTH = 24


@dataclass(frozen=True, slots=True)
class ProgrammeAnswer:
    """An answered programme with its sheet, shelf, assumptions, day, and families (groups of similar needs) once computed."""

    sheet: PurchaseSheet
    programme: Programme
    shelf: Shelf
    assumed: Assumptions
    on: date
    families: NeedFamilies = NO_FAMILIES

    def passing(self, purchase: Purchase) -> NeedFamily | None:
        """Return the line's family if its sum exceeds a threshold, else None."""
        family = self.families.by_line.get(purchase.entry.key)
        return family if family and family.passes else None

    def law_of(self, purchase: Purchase, answer: LineAnswer) -> str:
        """Return the legal consequence of a line: of its own amount, else of the sum of its family if that exceeds a threshold."""
        if (family := self.passing(purchase)) is None or (answer.law and not answer.direct):
            return answer.law
        return "" if family.works else duty_said(family, self.on)

    @property
    def owed_by_family(self) -> frozenset[str]:
        """The keys of the lines on which the sum of their family, which is not of works, makes a social condition mandatory."""
        owing = (one for one in self.families.families if one.passes and not one.works and duty_said(one, self.on))
        return frozenset(self.families.lines[rank].entry.key for family in owing for rank in family.lines)

    @property
    def social(self) -> SocialShare:
        """The part of the programme that could, or must, have a social consideration."""
        return social_share(self.programme, self.owed_by_family)


def candidate_words(shelf: Shelf, first: First) -> str:
    """Return a candidate by name, town and distance: « ESAT Jardinet (Maubeuge, 12 km) »."""
    row = shelf.find(first.id)
    if row is None:
        return WITHDRAWN
    card = shelf.suppliers[row]
    km = UNKNOWN if first.km is None else unit(first.km, "km")
    return f"{card.name} ({card.city or UNKNOWN}, {km})"


def verdict_of(purchase: Purchase, answer: LineAnswer) -> str:
    """Return the verdict on a line as a short French label."""
    if purchase.need is None:
        return TOTAL_LINE
    return verdict_words(answer.verdict) if answer.sure else TO_SETTLE


def verdict_words(verdict: str) -> str:
    """Return a verdict in French; « personne » becomes « personne de connu » in a programme."""
    return NOBODY if verdict == OpinionVerdict.NOBODY else verdict


def calls_to_make(answer: LineAnswer) -> int | None:
    """Return the number of suppliers to call for a line, None where the opinion is that none of those in reach usually does the trade."""
    return None if answer.verdict == OpinionVerdict.NOBODY else answer.listed_to_call


def calls_left_out(programme: Programme) -> Iterator[str]:
    """Yield a French sentence on the lines whose suppliers of unknown trade are not to be called, if there are any."""
    lines = [answer for _, answer in programme.counted_lines if answer.sure and answer.verdict == OpinionVerdict.NOBODY]
    if left_out := sum(bool(answer.listed_to_call) for answer in lines):
        yield (
            f"« {capitalised(NOBODY)} » : pour {count(left_out, 'ligne')}, les structures à portée n’exercent pas ce métier, d’ordinaire ; "
            "elles ne sont pas dites « à appeler » ici, la liste du besoin les donne."
        )


def lever_of(code: str) -> str:
    """Return the French label of a lever, empty for none."""
    return lever(code).label if code else ""


def programme_object(answer: ProgrammeAnswer) -> dict[str, Any]:
    """Return the programme as JSON; amounts in euros before tax, unknown values null."""
    sentence, doubts = programme_headline(answer.programme)
    return {
        "headline": f"{sentence} {doubts}",
        "columns": [*answer.sheet.understood, *answer.sheet.unused],
        "remarks": list(answer.sheet.said),
        "totals": [_total(total) for total in answer.programme.totals],
        "whole": _total(answer.programme.whole),
        "social": asdict(answer.social),
        "lines": list(programme_lines(answer)),
        "suppliers": [
            {
                "id": one.id,
                "name": supplier_cells(answer, one)[0],
                "credible_for": [line_of(answer, rank) for rank in one.does],
                "to_call_for": [line_of(answer, rank) for rank in one.ask],
            }
            for one in reached_suppliers(answer.programme)
        ],
        "families": [family_object(answer.families, one, answer.on) for one in answer.families.families],
        "assumptions": list(answer.assumed.says()),
        "catalogue": {"version": answer.shelf.version, "suppliers": len(answer.shelf)},
        "date": answer.on.isoformat(),
    }


def programme_lines(response: ProgrammeAnswer) -> Iterator[dict[str, Any]]:
    """Yield every line as a JSON object, in file order."""
    for line, answer in zip(response.programme.purchases, response.programme.answers, strict=True):
        doubts = list(doubts_of(line, answer))
        yield {
            **shaped(
                "sheet? line cells", line.entry, cells=dict(zip(response.sheet.columns, line.entry.cells, strict=True))
            ),
            "purchase": line.need is not None,
            **shaped("amount amount_supposed=worth.supposed_euros amount_from?=worth.how", line),
            "activities": [{"label": label, "confidence": sure} for label, sure in answer.activities],
            **shaped("places place_supposed=supposed", answer),
            "doubts": doubts,
            "question": next(iter(doubts), None),
            "asks": [str(question) for question in asks_of(line, answer)],
            **shaped(
                "understood verdict? law? family lever? headline? credible hints to_call listed_to_call first etp",
                answer,
                credible=answer.credible if answer.sure else None,
                hints=answer.hints if answer.sure else None,
                to_call=answer.to_call if answer.sure else None,
                law=response.law_of(line, answer),
                family={"family": family.name, "euros": family.euros, "says": family_note(family)}
                if (family := response.passing(line))
                else None,
                first=[
                    {"id": one.id, "name": candidate_words(response.shelf, one), "distance_km": one.km}
                    for one in answer.first
                ],
            ),
        }


def programme_document(answer: ProgrammeAnswer) -> Document:
    """Return the Document: totals, open questions, the buyer's lines, suppliers reached, and a matrix up to `WIDEST` lines."""
    sentence, doubts = programme_headline(answer.programme)
    suppliers = reached_suppliers(answer.programme)
    ranks = range(len(answer.programme.purchases)) if len(answer.programme.purchases) <= WIDEST else ()
    lines = (DocumentColumn(line_of(answer, rank)) for rank in ranks)
    matrix = []
    for supplier in suppliers if ranks else ():
        does, ask = set(supplier.does), set(supplier.ask)
        marks = (DOES if rank in does else ASK if rank in ask else "" for rank in ranks)
        matrix.append(DocumentRow((*_supplier_row(answer, supplier), *marks), supplier.id))
    return Document(
        kind=DocumentKind.PROGRAMME,
        title=count(answer.programme.whole.lines, "achat"),
        asked=(*answer.sheet.understood, *answer.sheet.unused),
        answer=f"{sentence} {doubts}",
        remarks=tuple(_remarks(answer)),
        tables=(
            totals_table(answer.programme),
            DocumentTable("À préciser", _DOUBTS, tuple(_question_rows(answer))),
            lines_table(answer),
            structures_table(answer),
            *family_tables(answer.families, answer.on, aside=True),
            DocumentTable("Matrice", (*_REACHED, *lines), tuple(matrix), aside=True),
        ),
        hypotheses=tuple(answer.assumed.says()),
        catalogue_version=answer.shelf.version,
        catalogue_suppliers=len(answer.shelf),
        on=answer.on,
        scope=NOTICE,
    )


def lines_table(response: ProgrammeAnswer) -> DocumentTable:
    """Return the table of the buyer's lines with added columns; only files have the buyer's own columns."""
    several = any(line.entry.sheet for line in response.programme.purchases)
    own = (DocumentColumn(column.header, aside=True) for column in own_columns(response.sheet, several=several))
    both = zip(response.programme.purchases, response.programme.answers, strict=True)
    rows = (
        DocumentRow((*own_cells(line.entry, several=several), *_added_cells(response, rank, line, answer)))
        for rank, (line, answer) in enumerate(both)
    )
    return DocumentTable("Programme", (*own, *_ADDED), tuple(rows))


def structures_table(answer: ProgrammeAnswer) -> DocumentTable:
    """Return the table, for files, of suppliers reached with their lines, by decreasing number of lines."""
    which = (DocumentColumn(f"Lignes, {how}", ColumnKind.LIST) for how in ("connue", "à appeler"))
    rows = []
    for supplier in reached_suppliers(answer.programme):
        lines = (tuple(line_of(answer, rank) for rank in ranks) for ranks in (supplier.does, supplier.ask))
        key = supplier.id if answer.shelf.find(supplier.id) is not None else ""
        rows.append(DocumentRow((*_supplier_row(answer, supplier), *lines), key))
    return DocumentTable("Structures", (*_REACHED, *which), tuple(rows), aside=True)


def totals_table(programme: Programme) -> DocumentTable:
    """Return the table of purchases and amounts by verdict and lever, with the total."""
    rows = (DocumentRow((*total_words(total), *_figures(total))) for total in programme.totals)
    whole = DocumentRow(("Ensemble, le compte est bon", "", *_figures(programme.whole)))
    return DocumentTable("Totaux", _TOTALS, (*rows, whole), total=True)


def _figures(total: Total) -> tuple[int, DocumentCell, DocumentCell, int]:
    known = total.lines > total.unknown + total.doubted
    return total.lines, total.amount if known else None, total.supposed if total.doubted else "", total.unknown


def own_columns(sheet: PurchaseSheet, *, several: bool) -> tuple[Column, ...]:
    """Return the buyer's own columns, after one for the sheet name if there are several."""
    return (*((Column("Feuille", 14),) if several else ()), *(Column(name, WIDTH, "General") for name in sheet.columns))


def own_cells(entry: PurchaseSheetLine, *, several: bool) -> list[str | float]:
    """Return the original cells of a line, matching `own_columns`."""
    return [*([entry.sheet] if several else []), *map(plain_cell, entry.cells)]


def _added_cells(response: ProgrammeAnswer, rank: int, line: Purchase, answer: LineAnswer) -> tuple[DocumentCell, ...]:
    """Return the added cells of a line, matching `_ADDED`; no figures without a reliable opinion."""
    passing, family = response.passing(line), response.families.by_line.get(line.entry.key)
    names = [candidate_words(response.shelf, one) for one in answer.first]
    figures = (answer.credible, answer.hints, calls_to_make(answer)) if answer.sure else (None, None, None)
    bought = " ".join((line.entry.text("objet") or " ".join(filter(None, line.entry.cells))).split())
    return (
        *(bought, line_of(response, rank), line_places(answer), questions_said(line, answer)),
        MarkedText(verdict_of(line, answer), CellMark.KNOWN if answer.sure else CellMark.UNKNOWN)
        if line.need
        else verdict_of(line, answer),
        *(lever_of(answer.lever), response.law_of(line, answer), family_note(passing) if passing else ""),
        *(("" if figure is None else figure) for figure in figures),
        *(*names, *[""] * (FIRST - len(names))),
        "" if line.need is None or line.worth.supposed_euros is not None else line.amount,
        *(line.worth.how, "" if line.worth.supposed_euros is None else line.worth.supposed_euros),
        answer.etp if answer.sure else "",
        *(" ; ".join(label for label, _ in answer.activities), family.name if family else ""),
    )


def questions_said(line: Purchase, answer: LineAnswer) -> str:
    """Return the open questions of a line in short; the table « À préciser » has the full sentences."""
    line_questions = asks_of(line, answer)
    return " ".join(_NOTED if question is LineQuestion.OTHER else question.asks for question in line_questions)


def line_places(answer: LineAnswer) -> str:
    """Return the places of a line as read: « Maubeuge (lieu supposé) »."""
    names = " ; ".join(answer.places)
    return f"{names} (lieu supposé)" if answer.supposed else names


def total_words(total: Total) -> tuple[str, str]:
    """Return the French verdict and lever of a total."""
    return verdict_words(total.verdict) or TO_SETTLE, lever_of(total.lever)


def supplier_cells(answer: ProgrammeAnswer, reached: ReachedSupplier) -> tuple[DocumentCell, ...]:
    """Return (name, kinds, town) of a supplier reached."""
    row = answer.shelf.find(reached.id)
    if row is None:
        return WITHDRAWN, "", ""
    card = answer.shelf.suppliers[row]
    return card.name, card.kinds or None, card.city or None


def line_of(answer: ProgrammeAnswer, rank: int) -> str:
    """Return the line number in the file, after the sheet name if there are several."""
    entry = answer.programme.purchases[rank].entry
    return f"{entry.sheet}, {entry.line}" if entry.sheet else str(entry.line)


def _supplier_row(answer: ProgrammeAnswer, reached: ReachedSupplier) -> tuple[DocumentCell, ...]:
    return (*supplier_cells(answer, reached), len(reached.does), len(reached.ask))


def _question_rows(answer: ProgrammeAnswer) -> Iterator[DocumentRow]:
    """Yield the rows of « À préciser »: each answerable question once with its lines, then the remarks."""
    programme = answer.programme
    ranks = {line.entry.key: rank for rank, line in enumerate(programme.purchases)}
    for group in like_lines(programme):
        which = tuple(line_of(answer, ranks[key]) for key in group.lines)
        yield DocumentRow((group.question.asks, group.of, len(which), which, " ; ".join(group.guesses)))
    for says, lines in shared_remarks(programme):
        yield DocumentRow((says, "", len(lines), tuple(line_of(answer, rank) for rank in lines), ""))


def _remarks(answer: ProgrammeAnswer) -> Iterator[str]:
    yield from social_words(answer.social)
    if skipped := len(answer.programme.purchases) - len(answer.programme.counted_lines):
        yield f"{count(skipped, 'ligne de total gardée', 'lignes de total gardées')} sans être comptée comme achat."
    yield from answer.sheet.said
    if asks := nature_asked(answer.families):
        yield asks
    unsure = [its for _, its in answer.programme.counted_lines if not its.sure]
    lacking = (
        *([TELL_THE_TRADE] if any(LineQuestion.TRADE in its.asks for its in unsure) else []),
        *([TELL_THE_PLACE] if any(not its.places for its in unsure) else []),
    )
    if lacking:
        yield f"Sans avis : {' '.join(lacking)}"
    yield from calls_left_out(answer.programme)
    if len(answer.programme.purchases) > WIDEST:
        yield f"Au-delà de {number(WIDEST)} lignes le classeur n’a pas de matrice : sa feuille « Structures » dit la même chose."
    yield f"Matrice du classeur : « {DOES} », connu pour cette ligne ; « {ASK} », son métier est à confirmer. Les lignes portent le numéro du fichier."


def _total(total: Total) -> Mapping[str, Any]:
    names = "verdict? lever? lines amount amounts_unknown=unknown amount_supposed=supposed amounts_supposed=doubted"
    return shaped(names, total)
