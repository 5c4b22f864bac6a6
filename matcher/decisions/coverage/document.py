"""Coverage of lots by a network as its Document: lot by lot, the gaps by trade and by territory, each structure, the matrix."""

from collections.abc import Iterator, Sequence

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
    territories_of,
    trades_of,
)
from matcher.decisions.opinion.document import ID
from matcher.decisions.opinion.words import NOTICE
from matcher.domain.french import count, enumeration, number, unit
from matcher.domain.kinds import SupplierKind
from matcher.ranking.signals.proximity import HALF_KM_LOCAL, REACH_HALVES
from matcher.reference.wordings import say
from matcher.render.document import (
    CellMark,
    ColumnKind,
    Document,
    DocumentCell,
    DocumentColumn,
    DocumentKind,
    DocumentRow,
    DocumentTable,
    Marked,
    few,
)

_NUMBER, _LIST = ColumnKind.NUMBER, ColumnKind.LIST
# Of those who might be called for a lot that nobody known covers, how many are named.
_NAMED = 4
# Lines of a list that a page does not fold.
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
LOT = (
    DocumentColumn("Lot"),
    *(DocumentColumn("Objet", under=True), DocumentColumn("Lieu", under=True)),
)
SIZE = DocumentColumn("Taille", _NUMBER, "ETP par an", 1, aside=True)
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


def coverage_document(its: Coverage) -> Document:
    """The answer, then its tables: the list to review, who is known by trade and by territory, gaps, structures and lots, and in files alone
    the matrix and its reasons; no address can hold a table of lots."""
    matrix = its.matrix
    to_review = tuple(DocumentRow((line,)) for line in its.network_said)
    review = DocumentTable(
        _TO_REVIEW, (DocumentColumn("Ligne de la liste"),), to_review, folded=len(to_review) > _READ_AT_ONCE
    )
    return Document(
        kind=DocumentKind.COVERAGE,
        title=its.network,
        asked=tuple(asked(its)),
        answer=headline(matrix),
        remarks=tuple(remarks(its)),
        tables=(
            review,
            _counts_table("Par métier", "Métier", cover(matrix, trades_of), matrix),
            _counts_table("Par territoire", "Territoire", cover(matrix, territories_of), matrix),
            *(
                _gaps_table(matrix),
                _structures_table(matrix),
                _lots_table(matrix),
                _matrix_table(matrix),
                _pairs_table(matrix),
            ),
        ),
        hypotheses=tuple(hypotheses(matrix)),
        names={structure.id: structure.name for structure in matrix.structures},
        catalogue_version=its.catalogue_version,
        catalogue_suppliers=its.catalogue_suppliers,
        on=its.on,
        sources=its.lots_said,
        scope=NOTICE,
    )


def headline(its: CoverMatrix) -> str:
    """The answer in one sentence: how many lots have somebody known, and how many hang on one organisation."""
    known = its.known_organisations[its.compared]
    if not len(known):
        return "Aucun lot n’est compris : dites le métier et le lieu de chacun."
    held, single = int((known > 0).sum()), int((known == 1).sum())
    whole, without = number(len(known)), len(known) - held
    if not held:
        return f"Aucun lot sur {whole} n’a de structure connue pour le métier et à portée : {_instead(its)}."
    says = f"{count(held, 'lot')} sur {whole} {'a' if held < 2 else 'ont'} au moins une structure connue pour le métier et à portée"
    alone = f", dont {number(single)} une seule" if single else ""
    rest = f" ; {count(without, 'lot n’en a', 'lots n’en ont')} aucune : {_instead(its)}" if without else ""
    return f"{says}{alone}{rest}."


def _instead(its: CoverMatrix) -> str:
    """Say what the lots that nobody known covers have instead: a hint, somebody to call, or nobody within reach."""
    surest = [its.standing[at].min() for at in its.compared if not its.known_organisations[at]]
    hints, calls = (
        sum(at == STANDINGS.index(standing) for at in surest) for standing in (LotStanding.HINT, LotStanding.TO_CALL)
    )
    told = (
        (hints, "a un indice à vérifier", "ont un indice à vérifier"),
        (calls, "n’a que des structures à appeler", "n’ont que des structures à appeler"),
        (len(surest) - hints - calls, "n’a personne à portée", "n’ont personne à portée"),
    )
    return enumeration([count(many, one, several) for many, one, several in told if many])


def asked(its: Coverage) -> Iterator[str]:
    """What was compared, in sentences."""
    yield f"Lots : {number(len(its.matrix.lots))}"
    yield f"{say('couverture_reseau')} : {its.network}, {count(len(its.matrix.structures), 'structure')}"


def remarks(its: Coverage) -> Iterator[str]:
    """What was not read of the lots, and how much of the network is to be looked at again."""
    unread = [f"{lot.label} ({lot.unread})" for lot in its.matrix.lots if lot.unread]
    if unread:
        one = count(len(unread), "lot n’est pas compris", "lots ne sont pas compris")
        counted = f"compté{'' if len(unread) < 2 else 's'} nulle part"
        yield f"{one}, et {counted} : {few(unread)}. Précisez la colonne de l’objet, ou celle du lieu."
    usual = REACH_HALVES * HALF_KM_LOCAL
    away = [lot for at, lot in enumerate(its.matrix.lots) if (its.matrix.nearest(at) or 0) > usual]
    if away:
        where = few([f"{lot.label} ({enumeration(lot.places)}, {lot.territory})" for lot in away])
        one = count(len(away), "lot est", "lots sont")
        yield f"{one} à plus de {unit(usual, 'km')} de toutes ces structures : {where}. Vérifiez leur lieu : plusieurs communes ont le même nom."
    if its.network_said:
        yield f"{count(len(its.network_said), 'ligne')} de la liste à revoir : voyez « {_TO_REVIEW} »."


def hypotheses(its: CoverMatrix) -> Iterator[str]:
    """What the answer supposes."""
    yield "« Connue » : une source dit le métier. « Indice » : un nom, un code ou une page y fait penser. « À appeler » : rien ne le dit."
    local = unit(REACH_HALVES * HALF_KM_LOCAL, "km")
    yield f"À portée : sa zone d’intervention déclarée, sinon le rayon usuel du métier ; {local} pour une association intermédiaire."
    yield f"Une structure donne {unit(100 * DEFAULT.share, '%')} de son effectif à un lot. Un effectif non connu n’est pas zéro : il est à demander."
    yield "Un lot de plusieurs métiers ou de plusieurs lieux se partage en parts égales ; de plusieurs territoires, il compte dans chacun."
    unsized = [its.lots[at].label for at in its.compared if its.lots[at].etp is None]
    if unsized:
        one = count(len(unsized), "lot n’a pas de taille connue", "lots n’ont pas de taille connue")
        yield f"{one} ({few(unsized)}) : « seule » ne dit alors rien de l’effectif."
    if any(SupplierKind.AI in one.kinds for one in its.structures):
        yield _AI_LIMIT


def _gaps_table(its: CoverMatrix) -> DocumentTable:
    """The lots that nobody known covers, and the nearest of those to call."""
    rows = tuple(
        DocumentRow(
            (
                *lot_cells(its.lots[at]),
                its.lots[at].trade,
                its.lots[at].territory,
                tuple(named(its, its.of(at, LotStanding.HINT, LotStanding.TO_CALL)[:_NAMED]))
                or Marked("personne à portée", CellMark.REFUSED),
            )
        )
        for at in its.compared
        if not its.known_organisations[at]
    )
    return DocumentTable("Lots sans structure connue", _GAPS, rows, folded=len(rows) > _READ_AT_ONCE)


def _counts_table(title: str, label: str, found: Sequence[CoverCount], its: CoverMatrix) -> DocumentTable:
    columns = (
        *(DocumentColumn(label), DocumentColumn("Connues", _LIST), DocumentColumn("Lots", _NUMBER)),
        *(DocumentColumn("Une seule connue", _NUMBER), DocumentColumn("Sans structure connue", _NUMBER)),
    )
    rows = (
        (one.label, tuple(named(its, one.known)) or "aucune", one.lots, one.single, one.lots - one.covered)
        for one in found
    )
    return DocumentTable(title, columns, tuple(map(DocumentRow, rows)))


def _structures_table(its: CoverMatrix) -> DocumentTable:
    """Each structure and the lots that it may answer: those that most lots hang on first, then those known for most."""
    known, alone = its.is_known.sum(axis=0), its.indispensable.sum(axis=0)
    rows = (
        DocumentRow(
            (
                *(one.name, one.kinds or None, one.city or None, int(known[at]), int(alone[at])),
                *(len(its.lots_of(at, standing)) for standing in (LotStanding.HINT, LotStanding.TO_CALL)),
                *(one.workers, one.capacity, one.id),
            ),
            one.id,
        )
        for at, one in ((int(at), its.structures[at]) for at in np.lexsort((-known, -alone)))
    )
    return DocumentTable("Structures", _STRUCTURES, tuple(rows))


def _lots_table(its: CoverMatrix) -> DocumentTable:
    """Each lot in the order of the file: how many are known, and who may answer it."""
    rows = (
        DocumentRow(
            (
                *lot_cells(lot),
                lot.trade or Marked("métier non lu", CellMark.UNKNOWN),
                lot.territory or Marked("lieu non lu", CellMark.UNKNOWN),
                *counted(its, at),
                _answer_cell(its, at),
                lot.etp,
                lot.doubts,
                lot.where,
            )
        )
        for at, lot in enumerate(its.lots)
    )
    return DocumentTable("Lot par lot", _LOTS, tuple(rows))


def _matrix_table(its: CoverMatrix) -> DocumentTable:
    """The whole, a line a lot and a column a structure: where it stands and how far it is."""
    columns = (DocumentColumn("Lot"), *(DocumentColumn(one.name) for one in its.structures))
    rows = (
        DocumentRow((lot.label, *(pair_words(its, at, column) for column in range(len(its.structures)))))
        for at, lot in enumerate(its.lots)
    )
    return DocumentTable("Matrice", columns, tuple(rows), aside=True)


def _pairs_table(its: CoverMatrix) -> DocumentTable:
    """Each pair of a lot and a structure known or pointed to for it, with its reason."""
    rows = (
        DocumentRow(
            (
                *(lot.label, its.structures[column].name, str(its.at(at, column)), its.why(at, column)),
                *(its.distance(at, column), its.structures[column].id),
            ),
            its.structures[column].id,
        )
        for at, lot in enumerate(its.lots)
        for column in its.of(at, LotStanding.KNOWN, LotStanding.HINT)
    )
    return DocumentTable("Pourquoi", _PAIRS, tuple(rows), aside=True)


def known_structures(its: CoverMatrix) -> dict[str, str]:
    """Return the structures that are known for a lot at least: the name of each by its id."""
    return {one.id: one.name for at, one in enumerate(its.structures) if its.is_known[:, at].any()}


def lot_cells(lot: CoveredLot) -> tuple[DocumentCell, ...]:
    """Return the cells of a lot under `LOT`."""
    return lot.label, lot.title, enumeration(lot.places)


def named(its: CoverMatrix, columns: Sequence[int]) -> Iterator[str]:
    """Yield the names of structures, an organisation once."""
    seen: set[str] = set()
    for column in columns:
        one = its.structures[column]
        if one.organisation not in seen:
            seen.add(one.organisation)
            yield one.name


def pair_words(its: CoverMatrix, lot: int, structure: int) -> str:
    """Return where a structure stands before a lot and how far it is, empty where it is not within reach."""
    standing = its.at(lot, structure)
    if standing not in WITHIN_REACH:
        return str(standing) if standing is LotStanding.REFUSED else ""
    km = its.distance(lot, structure)
    return f"{standing}, {'distance non connue' if km is None else unit(km, 'km')}"


def _answer_cell(its: CoverMatrix, at: int) -> DocumentCell:
    """Who may answer a lot, alone or together."""
    lot = its.lots[at]
    if lot.unread:
        return Marked(lot.unread, CellMark.UNKNOWN)
    if not its.known_organisations[at]:
        return Marked("personne de connu", CellMark.REFUSED)
    says = tuple(answers(its, lot))
    return says or Marked("trop grand pour toutes les connues ensemble", CellMark.REFUSED)


def answers(its: CoverMatrix, lot: CoveredLot) -> Iterator[str]:
    """Yield the ways to answer a lot: alone, alone if a workforce that is not known suffices, together."""
    of = {one.id: one for one in its.structures}
    asks = [key for key in lot.answering.alone if lot.etp is not None and of[key].workers is None]
    sure = [key for key in lot.answering.alone if key not in asks]
    for how, keys in (("seule", sure), ("seule si son effectif suffit", asks)):
        if keys:
            yield f"{how} : {few([of[key].name for key in keys])}"
    for ids in lot.answering.together:
        yield f"ensemble : {enumeration([of[key].name for key in dict.fromkeys(ids)])}"


def counted(its: CoverMatrix, at: int) -> tuple[int | None, ...]:
    """Return how many organisations are known, pointed to and to call for a lot, None for one that is not understood."""
    if its.lots[at].unread:
        return None, None, None
    return tuple(its.count(at, standing) for standing in WITHIN_REACH)
