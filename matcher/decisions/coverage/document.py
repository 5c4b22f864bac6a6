"""Turns a coverage (a buyer's lots compared with a network's structures) into a renderable Document and JSON: headline, tables, gaps, full matrix."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from matcher.decisions.assumptions import DEFAULT
from matcher.decisions.coverage.answer import Coverage
from matcher.decisions.coverage.compute import (
    STANDINGS,
    WITHIN_REACH,
    CoverCount,
    CoveredLot,
    CoverMatrix,
    LotStanding,
    cover,
    territory_labels,
    trade_labels,
)
from matcher.decisions.opinion.document import ID
from matcher.decisions.opinion.words import NOTICE
from matcher.domain.french import count, enumeration, number, unit
from matcher.domain.kinds import SupplierKind
from matcher.ranking.signals.proximity import HALF_KM_LOCAL, REACH_HALVES
from matcher.reference.wordings import persona_wording
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
    few,
)
from matcher.render.shaped import shaped

_NUMBER, _LIST = ColumnKind.NUMBER, ColumnKind.LIST
# Structures to call that are named for a lot without known structure.
_NAMED = 4
# Most lines of a list that a page shows unfolded.
_READ_AT_ONCE = 12
_TO_REVIEW = "À revoir dans la liste"
MARKS = {
    LotStanding.KNOWN: CellMark.KNOWN,
    LotStanding.HINT: CellMark.PARTLY,
    LotStanding.TO_CALL: CellMark.UNKNOWN,
    LotStanding.OTHER: CellMark.ABSENT,
    LotStanding.FAR: CellMark.ABSENT,
    LotStanding.REFUSED: CellMark.REFUSED,
    LotStanding.UNREAD: CellMark.UNKNOWN,
}
LOT = (DocumentColumn("Lot"), *(DocumentColumn("Objet", under=True), DocumentColumn("Lieu", under=True)))
SIZE = DocumentColumn("Taille", _NUMBER, "ETP", 1, aside=True)
_LOTS = (
    *LOT,
    *(DocumentColumn("Métier"), DocumentColumn("Territoire", under=True), DocumentColumn("Connues", _NUMBER)),
    *(DocumentColumn("Indices", _NUMBER, under=True), DocumentColumn("À appeler", _NUMBER, under=True)),
    *(DocumentColumn("Seule, ou avec qui", _LIST), SIZE),
    *(DocumentColumn("À préciser", _LIST, aside=True), DocumentColumn("Où dans le fichier", aside=True)),
)
_GAPS = (*LOT, DocumentColumn("Métier"), DocumentColumn("Territoire", under=True), DocumentColumn("À appeler", _LIST))
_STRUCTURES = (
    DocumentColumn("Structure"),
    *(DocumentColumn("Types", ColumnKind.KINDS, under=True), DocumentColumn("Commune", under=True)),
    *(DocumentColumn("Lots où elle est connue", _NUMBER), DocumentColumn("dont seule", _NUMBER)),
    *(DocumentColumn("Indices", _NUMBER), DocumentColumn("À appeler", _NUMBER)),
    *(DocumentColumn("Effectif", _NUMBER), DocumentColumn("Capacité dite", under=True), ID),
)
_PAIRS = (
    *(
        DocumentColumn("Lot"),
        DocumentColumn("Structure"),
        DocumentColumn("Ce qu’on en sait"),
        DocumentColumn("Pourquoi"),
    ),
    *(DocumentColumn("Distance", _NUMBER, "km"), ID),
)
_AI_LIMIT = (
    "Une association intermédiaire met une personne à disposition 480 heures au plus sur 24 mois chez une entreprise (L5132-9 2° et "
    "R5132-18 du code du travail) ; chez une collectivité, et pour son territoire d’intervention, voyez sa convention."
)


def coverage_document(coverage: Coverage) -> Document:
    """Return the Document of a coverage; only files have the matrix and its reasons. It has no address, as a URL cannot hold a table of lots."""
    matrix = coverage.matrix
    to_review = tuple(DocumentRow((line,)) for line in coverage.network_said)
    review = DocumentTable(
        _TO_REVIEW, (DocumentColumn("Ligne de la liste"),), to_review, folded=len(to_review) > _READ_AT_ONCE
    )
    gaps, *by_lot = _lot_tables(matrix)
    return Document(
        kind=DocumentKind.COVERAGE,
        title=coverage.network,
        asked=tuple(coverage_request(coverage)),
        answer=coverage_headline(matrix),
        remarks=tuple(coverage_remarks(coverage)),
        tables=(
            review,
            _counts_table("Par métier", "Métier", cover(matrix, trade_labels), matrix),
            _counts_table("Par territoire", "Territoire", cover(matrix, territory_labels), matrix),
            gaps,
            _structures_table(matrix),
            *by_lot,
        ),
        hypotheses=tuple(coverage_hypotheses(matrix)),
        names={structure.id: structure.name for structure in matrix.structures},
        catalogue_version=coverage.catalogue_version,
        catalogue_suppliers=coverage.catalogue_suppliers,
        on=coverage.on,
        sources=coverage.lots_said,
        scope=NOTICE,
    )


def coverage_headline(matrix: CoverMatrix) -> str:
    """Return the answer in one sentence: number of lots with a known structure, with only one, with none."""
    known = matrix.known_organisations[matrix.compared_lots]
    if not len(known):
        return "Aucun lot n’est compris : dites le métier et le lieu de chacun."
    covered, single = int((known > 0).sum()), int((known == 1).sum())
    whole, without = number(len(known)), len(known) - covered
    if not covered:
        return f"Aucun lot sur {whole} n’a de structure connue pour le métier et à portée : {_alternatives(matrix)}."
    says = f"{count(covered, 'lot')} sur {whole} {'a' if covered < 2 else 'ont'} au moins une structure connue pour le métier et à portée"
    alone = f", dont {number(single)} une seule" if single else ""
    rest = f" ; {count(without, 'lot n’en a', 'lots n’en ont')} aucune : {_alternatives(matrix)}" if without else ""
    return f"{says}{alone}{rest}."


def _alternatives(matrix: CoverMatrix) -> str:
    """Return a phrase counting the lots without known structure by their best alternative: a clue, a structure to call, nobody."""
    surest = [matrix.standing[at].min() for at in matrix.compared_lots if not matrix.known_organisations[at]]
    hints, calls = (
        sum(at == STANDINGS.index(standing) for at in surest) for standing in (LotStanding.HINT, LotStanding.TO_CALL)
    )
    counts = (
        (hints, "a un indice à vérifier", "ont un indice à vérifier"),
        (calls, "n’a que des structures à appeler", "n’ont que des structures à appeler"),
        (len(surest) - hints - calls, "n’a personne à portée", "n’ont personne à portée"),
    )
    return enumeration([count(many, one, several) for many, one, several in counts if many])


def coverage_request(coverage: Coverage) -> Iterator[str]:
    """Yield the request in French: number of lots, network."""
    yield f"Lots : {number(len(coverage.matrix.lots))}"
    yield f"{persona_wording('couverture_reseau')} : {coverage.network}, {count(len(coverage.matrix.structures), 'structure')}"


def coverage_remarks(coverage: Coverage) -> Iterator[str]:
    """Yield French remarks: lots not understood, lots far from every structure, lines of the network's list to review."""
    unread = [f"{lot.label} ({lot.unread})" for lot in coverage.matrix.lots if lot.unread]
    if unread:
        lots_said = count(len(unread), "lot n’est pas compris", "lots ne sont pas compris")
        counted = f"compté{'' if len(unread) < 2 else 's'} nulle part"
        yield f"{lots_said}, et {counted} : {few(unread)}. Précisez la colonne de l’objet, ou celle du lieu."
    usual = REACH_HALVES * HALF_KM_LOCAL
    away = [lot for at, lot in enumerate(coverage.matrix.lots) if (coverage.matrix.nearest(at) or 0) > usual]
    if away:
        where = few([f"{lot.label} ({enumeration(lot.places)}, {lot.territory})" for lot in away])
        lots_said = count(len(away), "lot est", "lots sont")
        yield f"{lots_said} à plus de {unit(usual, 'km')} de toutes ces structures : {where}. Vérifiez leur lieu : plusieurs communes ont le même nom."
    if coverage.network_said:
        yield f"{count(len(coverage.network_said), 'ligne')} de la liste à revoir : voyez « {_TO_REVIEW} »."


def coverage_hypotheses(matrix: CoverMatrix) -> Iterator[str]:
    """Yield the hypotheses, in French."""
    yield "« Connue » : une source dit le métier. « Indice » : un nom, un code ou une page y fait penser. « À appeler » : rien ne le dit."
    local = unit(REACH_HALVES * HALF_KM_LOCAL, "km")
    yield f"À portée : sa zone d’intervention déclarée, sinon le rayon usuel du métier ; {local} pour une association intermédiaire."
    yield f"Une structure donne {unit(100 * DEFAULT.share, '%')} de son effectif à un lot. Un effectif non connu n’est pas zéro : il est à demander."
    yield "Un lot de plusieurs métiers ou de plusieurs lieux se partage en parts égales ; de plusieurs territoires, il compte dans chacun."
    unsized = [matrix.lots[at].label for at in matrix.compared_lots if matrix.lots[at].etp is None]
    if unsized:
        lots_said = count(len(unsized), "lot n’a pas de taille connue", "lots n’ont pas de taille connue")
        yield f"{lots_said} ({few(unsized)}) : « seule » ne dit alors rien de l’effectif."
    if any(SupplierKind.AI in one.kinds for one in matrix.structures):
        yield _AI_LIMIT


def _lot_tables(matrix: CoverMatrix) -> tuple[DocumentTable, ...]:
    """Return four tables: lots without known structure, with the nearest to call; all lots in file order; the matrix, one column per structure; pairs of a lot
    and a structure known or with a clue, with the reason."""
    gaps, lots, lines, pairs = [], [], [], []
    for at, lot in enumerate(matrix.lots):
        if not lot.unread and not matrix.known_organisations[at]:
            to_call = matrix.of(at, LotStanding.HINT, LotStanding.TO_CALL)[:_NAMED]
            nearest = tuple(organisation_names(matrix, to_call)) or MarkedText("personne à portée", CellMark.REFUSED)
            gaps.append(DocumentRow((*lot_cells(lot), lot.trade, lot.territory, nearest)))
        trade = lot.trade or MarkedText("métier non lu", CellMark.UNKNOWN)
        territory = lot.territory or MarkedText("lieu non lu", CellMark.UNKNOWN)
        counts = (*count_standings(matrix, at), _answer_cell(matrix, at))
        lots.append(DocumentRow((*lot_cells(lot), trade, territory, *counts, lot.etp, lot.doubts, lot.where)))
        words = (pair_words(matrix, at, column) for column in range(len(matrix.structures)))
        lines.append(DocumentRow((lot.label, *words)))
        for column in matrix.of(at, LotStanding.KNOWN, LotStanding.HINT):
            structure = matrix.structures[column]
            reason = (str(matrix.at(at, column)), matrix.why(at, column), matrix.distance(at, column))
            pairs.append(DocumentRow((lot.label, structure.name, *reason, structure.id), structure.id))
    columns = (DocumentColumn("Lot"), *(DocumentColumn(one.name) for one in matrix.structures))
    return (
        DocumentTable("Lots sans structure connue", _GAPS, tuple(gaps), folded=len(gaps) > _READ_AT_ONCE),
        DocumentTable("Lot par lot", _LOTS, tuple(lots)),
        DocumentTable("Matrice", columns, tuple(lines), aside=True),
        DocumentTable("Pourquoi", _PAIRS, tuple(pairs), aside=True),
    )


def _counts_table(title: str, label: str, cover_counts: Sequence[CoverCount], matrix: CoverMatrix) -> DocumentTable:
    columns = (
        *(DocumentColumn(label), DocumentColumn("Connues", _LIST), DocumentColumn("Lots", _NUMBER)),
        *(DocumentColumn("Une seule connue", _NUMBER), DocumentColumn("Sans structure connue", _NUMBER)),
    )
    rows = (
        (
            one.label,
            tuple(organisation_names(matrix, one.known)) or "aucune",
            one.lots,
            one.single,
            one.lots - one.covered,
        )
        for one in cover_counts
    )
    return DocumentTable(title, columns, tuple(map(DocumentRow, rows)))


def _structures_table(matrix: CoverMatrix) -> DocumentTable:
    """Return the table of structures with their numbers of lots, first those indispensable to most lots, then those known for most."""
    known, alone = matrix.is_known.sum(axis=0), matrix.indispensable.sum(axis=0)
    rows = []
    for at in np.lexsort((-known, -alone)).tolist():
        row = matrix.structures[at]
        hints, to_call = (len(matrix.lots_of(at, standing)) for standing in (LotStanding.HINT, LotStanding.TO_CALL))
        counts = (int(known[at]), int(alone[at]), hints, to_call)
        cells = (row.name, row.kinds or None, row.city or None, *counts, row.workers, row.capacity, row.id)
        rows.append(DocumentRow(cells, row.id))
    return DocumentTable("Structures", _STRUCTURES, tuple(rows))


def known_structures(matrix: CoverMatrix) -> dict[str, str]:
    """Return the names, by id, of the structures known for at least one lot."""
    return {one.id: one.name for at, one in enumerate(matrix.structures) if matrix.is_known[:, at].any()}


def lot_cells(lot: CoveredLot) -> tuple[DocumentCell, ...]:
    """Return the cells of a lot under `LOT`."""
    return lot.label, lot.title, enumeration(lot.places)


def organisation_names(matrix: CoverMatrix, columns: Sequence[int]) -> Iterator[str]:
    """Yield the names of structures, one per organisation."""
    seen: set[str] = set()
    for column in columns:
        structure = matrix.structures[column]
        if structure.organisation not in seen:
            seen.add(structure.organisation)
            yield structure.name


def pair_words(matrix: CoverMatrix, lot_row: int, structure: int) -> str:
    """Return the standing and distance of a structure for a lot, « connu, 12 km »; empty if out of reach."""
    standing = matrix.at(lot_row, structure)
    if standing not in WITHIN_REACH:
        return str(standing) if standing is LotStanding.REFUSED else ""
    km = matrix.distance(lot_row, structure)
    return f"{standing}, {'distance non connue' if km is None else unit(km, 'km')}"


def _answer_cell(matrix: CoverMatrix, at: int) -> DocumentCell:
    lot = matrix.lots[at]
    if lot.unread:
        return MarkedText(lot.unread, CellMark.UNKNOWN)
    if not matrix.known_organisations[at]:
        return MarkedText("personne de connu", CellMark.REFUSED)
    says = tuple(ways_to_answer(matrix, lot))
    return says or MarkedText("trop grand pour toutes les connues ensemble", CellMark.REFUSED)


def ways_to_answer(matrix: CoverMatrix, lot: CoveredLot) -> Iterator[str]:
    """Yield the possible answers to a lot in French: alone, alone if the unknown workforce suffices, together."""
    of = {one.id: one for one in matrix.structures}
    asks = [key for key in lot.answering.alone if lot.etp is not None and of[key].workers is None]
    sure = [key for key in lot.answering.alone if key not in asks]
    for how, keys in (("seule", sure), ("seule si son effectif suffit", asks)):
        if keys:
            yield f"{how} : {few([of[key].name for key in keys])}"
    for ids in lot.answering.together:
        yield f"ensemble : {enumeration([of[key].name for key in dict.fromkeys(ids)])}"


def count_standings(matrix: CoverMatrix, at: int) -> tuple[int | None, ...]:
    """Return the numbers of organisations known, with a clue, and to call for a lot; three None if the lot is not understood."""
    if matrix.lots[at].unread:
        return None, None, None
    return tuple(matrix.count(at, standing) for standing in WITHIN_REACH)


def coverage_object(coverage: Coverage) -> dict[str, Any]:
    """Return the coverage as JSON: lots with the structures within reach, structures, statistics by trade and territory; unknown values are null."""
    matrix = coverage.matrix
    lots = []
    for at, lot in enumerate(matrix.lots):
        known, hints, to_call = count_standings(matrix, at)
        structures = [
            shaped(
                "id standing distance_km why?",
                id=matrix.structures[column].id,
                standing=matrix.at(at, column),
                distance_km=matrix.distance(at, column),
                why=matrix.why(at, column),
            )
            for column in matrix.of(at, *WITHIN_REACH)
        ]
        fields = (
            "label title where? trade? places territory? etp unread? doubts known hints to_call alone=answering.alone "
            "together=answering.together too_large=answering.short structures"
        )
        lots.append(shaped(fields, lot, known=known, hints=hints, to_call=to_call, structures=structures))
    return {
        "answer": coverage_headline(matrix),
        "network": coverage.network,
        "remarks": [*coverage_remarks(coverage), *coverage.network_said],
        "lots": lots,
        "structures": [
            shaped(
                "id name kinds city? workers turnover capacity? known indispensable",
                one,
                known=[matrix.lots[lot].label for lot in matrix.lots_of(at, LotStanding.KNOWN)],
                indispensable=[lot.label for row, lot in enumerate(matrix.lots) if matrix.indispensable[row, at]],
            )
            for at, one in enumerate(matrix.structures)
        ],
        "trades": [_count(matrix, one) for one in cover(matrix, trade_labels)],
        "territories": [_count(matrix, one) for one in cover(matrix, territory_labels)],
        "hypotheses": list(coverage_hypotheses(matrix)),
    }


def _count(matrix: CoverMatrix, cover_count: CoverCount) -> dict[str, Any]:
    return shaped(
        "label lots covered single without", cover_count, without=[matrix.lots[at].label for at in cover_count.nobody]
    )
