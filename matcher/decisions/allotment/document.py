"""Turns allotments (a list of sites cut into lots) into a renderable Document and JSON: lots, suppliers able to carry each, comparison with usual cuts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from matcher.decisions.allotment.answer import AllotmentAnswer
from matcher.decisions.allotment.compute import AllottedLot
from matcher.decisions.opinion.words import NOTICE
from matcher.decisions.preferences import preferences_object, preferences_tables
from matcher.domain.french import count, enumeration, number, unit
from matcher.reference.levers import lever
from matcher.render.document import (
    CellMark,
    ColumnKind,
    Document,
    DocumentColumn,
    DocumentKind,
    DocumentRow,
    DocumentTable,
    MarkedText,
    few,
)
from matcher.render.shaped import shaped

_NUMBER, _CHANCE = ColumnKind.NUMBER, ColumnKind.CHANCE
_LOT = DocumentColumn("Lot", ColumnKind.RANK)
_LOTS = (
    *(
        _LOT,
        DocumentColumn("Lesquels", ColumnKind.LIST),
        DocumentColumn("Sites", _NUMBER),
        DocumentColumn("ETP", _NUMBER, decimals=1),
    ),
    DocumentColumn("Sites de taille non connue", _NUMBER, aside=True),
    *(DocumentColumn("Candidats", _NUMBER, decimals=1), DocumentColumn("Assez de candidats", under=True)),
    *(DocumentColumn("Rayon moyen", _NUMBER, "km", 1), DocumentColumn("Qui peut répondre")),
)
_SITES = (
    *(_LOT, DocumentColumn("Site"), DocumentColumn("Commune"), DocumentColumn("ETP", _NUMBER, decimals=1)),
    DocumentColumn("Candidats probables seul", _NUMBER, decimals=1),
)
_CUTS = (
    *(
        DocumentColumn("Découpage"),
        DocumentColumn("Lots", _NUMBER),
        DocumentColumn("Candidats au moins", _NUMBER, decimals=1),
    ),
    *(DocumentColumn("Lots en manque", _NUMBER), DocumentColumn("En moyenne", _NUMBER, "km", 1)),
)
_STRUCTURES = (
    *(
        DocumentColumn("Structure"),
        DocumentColumn("Chance de faire ce métier", _CHANCE),
        DocumentColumn("Lots à sa portée", _NUMBER),
    ),
)
_REACHED = "×"
_NAMED = 6


@dataclass(frozen=True, slots=True)
class Within:
    """Numbers of the lots that one structure could carry, and its chance of doing the trade, in percent."""

    id: str
    name: str
    percent: int
    lots: tuple[int, ...]


def allotments_document(cuts: Sequence[AllotmentAnswer]) -> Document:
    """Return the Document of one cut per activity; it has no address, as a URL cannot hold a list of sites."""
    first = cuts[0]
    each = [(its, f", {its.need}" if len(cuts) > 1 else "") for its in cuts]
    return Document(
        kind=DocumentKind.ALLOTMENT,
        title=f"{enumeration([its.need for its in cuts])}, {count(len(first.sites), 'site')}",
        asked=tuple(dict.fromkeys(said for its in cuts for said in allotment_request(its))),
        answer=" ".join(
            f"{its.need} : {allotment_answer(its)}" if more else allotment_answer(its) for its, more in each
        ),
        remarks=tuple(dict.fromkeys(said for its in cuts for said in allotment_remarks(its))),
        tables=tuple(table for its, more in each for table in allotment_tables(its, more).values()),
        hypotheses=tuple(dict.fromkeys(said for its in cuts for said in allotment_hypotheses(its))),
        names={
            its.reach.ids[at]: its.reach.names[at]
            for its in cuts
            for lot in its.allotment.lots
            for at in its.able(lot)[: _NAMED + 1]  # as many as `few` may name
        },
        catalogue_version=first.catalogue_version,
        catalogue_suppliers=first.catalogue_suppliers,
        on=first.on,
        scope=NOTICE,
    )


def allotment_tables(allotment: AllotmentAnswer, more: str = "") -> dict[str, DocumentTable]:
    """Return the tables of one cut by key, `more` added to their titles; only files have the tables of sites and structures."""
    within, ranks = matrix(allotment), range(1, len(allotment.allotment.lots) + 1)
    lots, sites = [], []
    alone = [lot.candidates for lot in allotment.compared["un lot par site"].lots]
    for rank, lot in zip(ranks, allotment.allotment.lots, strict=True):
        labels = tuple(allotment.sites[row].label for row in lot.sites)
        size, unsized = lot_size(allotment, lot), allotment.unsized_count(lot)
        enough = MarkedText("oui", CellMark.KNOWN) if lot.enough else MarkedText("trop peu", CellMark.REFUSED)
        able = few(able_names(allotment, lot), _NAMED) or MarkedText("personne qui le porte seul", CellMark.REFUSED)
        lots.append(DocumentRow((rank, labels, len(lot.sites), size, unsized, lot.candidates, enough, lot.km, able)))
        for row in lot.sites:
            site = allotment.sites[row]
            sites.append(DocumentRow((rank, site.label, allotment.towns[row], site.etp or None, alone[row])))
    return {
        "lots": DocumentTable(f"Les lots{more}", _LOTS, tuple(lots)),
        "cuts": DocumentTable(
            f"Comparé aux découpages usuels{more}",
            _CUTS,
            tuple(
                DocumentRow((name, len(cut.lots), cut.fewest, sum(not lot.enough for lot in cut.lots), cut.km))
                for name, cut in {"proposé": allotment.allotment, **allotment.compared}.items()
            ),
        ),
        **preferences_tables(allotment.preferred, more),
        "sites": DocumentTable(f"Sites{more}", _SITES, tuple(sites), aside=True),
        "structures": DocumentTable(
            f"Structures{more}",
            (*_STRUCTURES, DocumentColumn("Lesquels")),
            tuple(
                DocumentRow((*_structure_cells(one), enumeration(list(map(str, one.lots)))), one.id) for one in within
            ),
            ("Celles qui atteignent le plus de lots d’abord. Le classeur en tient la matrice, lots × structures.",),
            aside=True,
            folded=True,
        ),
        "matrix": DocumentTable(
            f"Matrice{more}",
            (*_STRUCTURES, *(DocumentColumn(f"Lot {rank}") for rank in ranks)),
            tuple(
                DocumentRow((*_structure_cells(one), *(_REACHED if rank in one.lots else "" for rank in ranks)), one.id)
                for one in within
            ),
            aside=True,
        ),
    }


def allotments_object(cuts: Sequence[AllotmentAnswer]) -> dict[str, Any]:
    """Return the JSON object of one cut, or of several in order under « activities »."""
    return allotment_object(cuts[0]) if len(cuts) == 1 else {"activities": [allotment_object(its) for its in cuts]}


def allotment_object(allotment: AllotmentAnswer) -> dict[str, Any]:
    """Return one cut as JSON: its lots, who could answer each, and the usual cuts with the same measures."""
    return {
        "need": allotment.need,
        "answer": allotment_answer(allotment),
        "remarks": list(allotment_remarks(allotment)),
        "wanted": allotment.wanted,
        "gap": allotment.allotment.gap,
        "exact": allotment.allotment.exact,
        "lots": [
            shaped(
                "lot sites etp unsized candidates enough km who",
                lot,
                lot=rank,
                sites=[allotment.sites[row].label for row in lot.sites],
                etp=lot.etp or None,
                unsized=allotment.unsized_count(lot),
                who=able_names(allotment, lot),
            )
            for rank, lot in enumerate(allotment.allotment.lots, start=1)
        ],
        "structures": [shaped("id name chance=percent lots", structure) for structure in matrix(allotment)],
        "compared": {
            name: {
                "lots": len(cut.lots),
                "fewest": cut.fewest,
                "lacking": sum(not lot.enough for lot in cut.lots),
                "km": round(cut.km, 2),
                "cost": cut.cost,
            }
            for name, cut in {"proposé": allotment.allotment, **allotment.compared}.items()
        },
        "preferred": preferences_object(allotment.preferred) if allotment.preferred else None,
        "lost": list(allotment.lost),
        "unread": list(allotment.unread),
        "repeated": allotment.repeated,
        "hypotheses": list(allotment_hypotheses(allotment)),
    }


def allotment_answer(allotment: AllotmentAnswer) -> str:
    """Return the proposal in one French sentence."""
    lots = allotment.allotment.lots
    enough = sum(lot.enough for lot in lots)
    wanted = f"au moins {count(allotment.wanted, 'candidat probable', 'candidats probables')}"
    if enough == len(lots):
        keeps = f"qui {f'gardent tous {wanted}' if enough > 1 else f'garde {wanted}'}"
    else:
        keeps = (
            f"dont {number(enough)} qui {'garde' if enough == 1 else 'gardent'} {wanted}"
            if enough
            else f"dont aucun ne garde {wanted}"
        )
    if any(len(one.lots) > 1 for one in matrix(allotment)):
        keeps += ", chaque lot compté seul"
    return f"{count(len(lots), 'lot')} pour {count(len(allotment.sites), 'site')}, {keeps} ; un site est en moyenne à {unit(allotment.allotment.km, 'km', 1)} du milieu de son lot."


def allotment_remarks(allotment: AllotmentAnswer) -> Iterator[str]:
    """Yield French remarks: gap to the optimum, sites with too few candidates, lines whose place was not found."""
    tried = number(allotment.allotment.pool)
    if allotment.allotment.exact:
        yield f"C’est le meilleur de tous les découpages possibles ({tried} lots possibles)."
    else:
        yield f"Écart au meilleur choix parmi {tried} lots essayés : {unit(100 * allotment.allotment.gap, '%', 1)} au plus."
    yield from _repeated(allotment)
    short = [allotment.sites[row].label for lot in allotment.allotment.lots if not lot.enough for row in lot.sites]
    if short:
        yield f"Trop peu de candidats à portée, quel que soit le découpage : {few(short, _NAMED)}."
    most = float(allotment.reach.weight.sum())
    if allotment.wanted > most:
        yield (
            f"Vous voulez {count(allotment.wanted, 'candidat')} par lot ; il n’y en a qu’environ {number(most, 1)} de probables autour de tous les sites. "
            "Baissez ce nombre, ou allez plus loin en sourcing."
        )
    if allotment.lost:
        yield f"Lieu non trouvé, hors du découpage : {few(allotment.lost, _NAMED)}."
    if allotment.unread:
        yield f"Quantité qui n’est pas un nombre positif, tenue pour non connue : {few(allotment.unread, _NAMED)}."
    if allotment.repeated:
        yield f"{count(allotment.repeated, 'ligne répétée', 'lignes répétées')}, {'comptée' if allotment.repeated < 2 else 'comptées'} une fois."
    yield from allotment.said


def _repeated(allotment: AllotmentAnswer) -> Iterator[str]:
    """Yield a sentence on the structures counted for several lots, of which the first is named with the sum of its lots; nothing if there is none."""
    repeated = [one for one in matrix(allotment) if len(one.lots) > 1]
    if not repeated:
        return
    first = repeated[0]
    whole = sum(allotment.allotment.lots[rank - 1].etp for rank in first.lots)
    most = float(allotment.reach.most[allotment.reach.ids.index(first.id)])
    beyond = (
        f" ({unit(whole, 'ETP', 1)} ensemble ; elle en donnerait {number(most, 1)} à un lot)" if whole > most else ""
    )
    counted = count(len(repeated), "structure compte", "structures comptent")
    yield (
        f"{counted} pour plusieurs lots : {first.name} pour {number(len(first.lots))}{beyond}. Une même structure ne les porterait pas forcément tous : "
        "le nombre de lots qu’une seule peut emporter se limite dans l’avis (L2113-10)."
    )


def allotment_hypotheses(allotment: AllotmentAnswer) -> Iterator[str]:
    """Yield the hypotheses of the cut, in French."""
    yield "Un candidat compte pour la chance qu’il fasse ce métier ; une organisation compte une fois, même avec plusieurs établissements."
    yield "Il peut porter un lot si le lot tient dans la part de son effectif qu’il peut donner ; un effectif non connu est la médiane de son type."
    unsized = sum(not site.etp for site in allotment.sites)
    if unsized == len(allotment.sites):
        yield "La taille des sites n’est pas connue : la capacité n’est pas comparée."
    elif unsized:
        yield f"La taille de {count(unsized, 'site')} n’est pas connue : celle de leur lot est un minimum, et la capacité n’est comparée qu’à lui."
    if allotment.preferred and allotment.preferred.organisations and not allotment.preferred.has_answers:
        yield "Le marché qui irait aux structures n’est pas connu : aucune ne l’a dit."
    yield "Le coût d’un découpage est un nombre de kilomètres : ceux des sites au milieu de leur lot, plus un prix par lot."


def allotment_request(allotment: AllotmentAnswer) -> Iterator[str]:
    """Yield the request in French: activity, sites, candidates wanted, lever (legal means of reserving)."""
    yield f"Activité : {allotment.need}"
    yield f"{count(len(allotment.sites), 'site')}, {count(allotment.wanted, 'candidat voulu', 'candidats voulus')} par lot"
    if allotment.lever:
        yield lever(allotment.lever).label


def lot_size(allotment: AllotmentAnswer, lot: AllottedLot) -> str | float | None:
    """Return the size of a lot in ETP a year: « 3 au moins » if some of its sites have no known size, None if all have none."""
    if lot.etp and allotment.unsized_count(lot):
        return f"{number(lot.etp, 1)} au moins"
    return lot.etp or None


def able_names(allotment: AllotmentAnswer, lot: AllottedLot) -> list[str]:
    """Return the structures that could carry a lot without a partner, the likeliest first."""
    return [allotment.reach.names[column] for column in allotment.able(lot)]


def matrix(allotment: AllotmentAnswer) -> list[Within]:
    """Return the structures that could carry at least one lot without a partner, sorted by number of lots, then by chance of doing the trade."""
    lots = allotment.allotment.lots
    reached: dict[int, list[int]] = {}
    for rank, lot in enumerate(lots, start=1):
        for column in allotment.able(lot):
            reached.setdefault(column, []).append(rank)
    reach = allotment.reach
    order = sorted(reached, key=lambda at: (-len(reached[at]), -reach.weight[at], reach.names[at], at))
    return [
        Within(reach.ids[at], reach.names[at], round(100 * float(reach.weight[at])), tuple(reached[at])) for at in order
    ]


def _structure_cells(scope: Within) -> tuple[str, float, int]:
    return scope.name, scope.percent / 100, len(scope.lots)
