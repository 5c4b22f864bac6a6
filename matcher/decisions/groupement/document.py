"""Turns groupements (joint bids of several suppliers for one lot) into a renderable Document and JSON: members, parts, chance, leader, shared links."""

from collections.abc import Iterator
from operator import attrgetter
from typing import Any

from matcher.decisions.assumptions import DEFAULT
from matcher.decisions.candidates import CandidateStanding
from matcher.decisions.groupement.answer import CLAUSE, AskedPart, GroupementsAnswer
from matcher.decisions.groupement.compute import Groupement, Groupements, Member
from matcher.decisions.opinion.document import ID, WHO, candidate_cells
from matcher.decisions.opinion.words import NOTICE
from matcher.domain.french import count, enumeration, percent, unit
from matcher.reference.levers import lever
from matcher.reference.wordings import persona_wording
from matcher.render.document import (
    CellMark,
    ColumnKind,
    Document,
    DocumentColumn,
    DocumentKind,
    DocumentRow,
    DocumentTable,
    MarkedText,
)
from matcher.render.shaped import shaped

_NUMBER, _CHANCE = ColumnKind.NUMBER, ColumnKind.CHANCE
_MEMBERS = (
    *(DocumentColumn("Membre"), *WHO[:2], DocumentColumn("Part"), *WHO[2:]),
    *(DocumentColumn("Chance de faire sa part", _CHANCE, aside=True), ID),
)
_ALONE = (DocumentColumn("Structure"), *WHO[:2], DocumentColumn("Chance de tout porter", _CHANCE), ID)
_PARTS = (
    *(DocumentColumn("Part"), DocumentColumn("Connus", _NUMBER), DocumentColumn("À appeler", _NUMBER)),
    DocumentColumn("Les premiers", ColumnKind.LIST),
)
_OTHERS = (DocumentColumn("Structure"), *WHO[:2], DocumentColumn("Part"), *WHO[2:], ID)
_NAMED = 4
# Chance under which no proposal is announced as able to carry everything: it would be written « moins de 1 % ».
_WORTH_NAMING = 0.01
_MAY_CARRY = "chances : métier × effectif × distance, selon les hypothèses de l’avis de réservation"


def groupements_document(joint_need: GroupementsAnswer, address: str = "") -> Document:
    """Return the Document: groupements, best first, suppliers able to carry everything alone, then the parts. `address`: URL of the same request."""
    groupements = joint_need.grouping
    rows = (
        DocumentRow((by.name, *candidate_cells(by)[:2], one.part.label, *candidate_cells(by)[2:], by.id), by.id)
        for one in joint_need.parts
        for by in one.part.candidates[:_NAMED]
    )
    others = DocumentTable("Candidats de chaque part", _OTHERS, tuple(rows), aside=True)
    return Document(
        kind=DocumentKind.GROUPEMENT,
        title=enumeration(list(groupements.parts)),
        asked=tuple(groupement_request(joint_need)),
        answer=groupement_answer(groupements),
        remarks=tuple(groupement_remarks(joint_need)),
        tables=(*groupement_tables(groupements), alone_table(groupements), lot_parts_table(joint_need), others),
        hypotheses=tuple(groupement_hypotheses()),
        names={one.id: one.name for one in joint_need.establishments},
        address=address,
        catalogue_version=joint_need.catalogue_version,
        catalogue_suppliers=joint_need.catalogue_suppliers,
        on=joint_need.on,
        scope=NOTICE,
    )


def groupement_tables(groupements: Groupements) -> list[DocumentTable]:
    """Return one table per groupement: members and parts, then sentences on its chance, leader, and shared links."""
    tables = []
    for rank, groupement in enumerate(groupements.groupements, start=1):
        rows = tuple(
            DocumentRow(
                (
                    share.by.name,
                    *candidate_cells(share.by)[:2],
                    share.part,
                    *candidate_cells(share.by)[2:],
                    share.chance,
                    share.by.id,
                ),
                share.by.id,
            )
            for member in groupement.members
            for share in member.shares
        )
        apart = "distance entre membres non connue"
        if groupement.apart_km is not None:
            apart = f"membres à {unit(groupement.apart_km, 'km')} l’un de l’autre"
        shared = "Rien ne dit qu’ils aient déjà travaillé ensemble : à demander."
        if groupement.together:
            shared = f"Déjà en commun : {enumeration(groupement.together)}."
        notes = (
            *(
                f"{enumeration([one.name for one in member.establishments])} sont des établissements d’une même organisation, qui compte pour un membre."
                for member in groupement.members
                if len(member.establishments) > 1
            ),
            f"{percent(groupement.score)} de chances que tous fassent leur part.",
            f"{groupement.leader} pourrait mener ({groupement.why_leader}) ; {apart}.",
            shared,
        )
        tables.append(DocumentTable(f"Groupement {rank}", _MEMBERS, rows, notes, folded=rank > 1))
    return tables


def alone_table(groupements: Groupements) -> DocumentTable:
    """Return the table of structures that could carry everything alone."""
    rows = ((its, its.members[0].shares[0].by) for its in groupements.alone)
    return DocumentTable(
        "Pourraient tout porter seuls",
        _ALONE,
        tuple(
            DocumentRow((_name(its.members[0]), *candidate_cells(by)[:2], its.score, by.id), by.id) for its, by in rows
        ),
    )


def lot_parts_table(joint_need: GroupementsAnswer) -> DocumentTable:
    """Return the table of parts: numbers of candidates, and the first of them."""
    rows = (
        (
            *(one.part.label, *count_candidates(one)),
            tuple(by.name for by in one.part.candidates[:_NAMED])
            or MarkedText("personne à portée, ou connu pour ce métier", CellMark.REFUSED),
        )
        for one in joint_need.parts
    )
    return DocumentTable("Qui d’autre, part par part", _PARTS, tuple(map(DocumentRow, rows)))


def groupements_object(joint_need: GroupementsAnswer) -> dict[str, Any]:
    """Return the result as JSON; chances are in [0, 1], unknown values are null."""
    groupements = joint_need.grouping
    return {
        "answer": groupement_answer(groupements),
        "remarks": list(groupement_remarks(joint_need)),
        "parts": list(groupements.parts),
        "candidates": {
            one.part.label: dict(zip(("credible", "to_call"), count_candidates(one), strict=True))
            for one in joint_need.parts
        },
        "uncovered": list(groupements.uncovered),
        "alone": [_groupement(its) for its in groupements.alone],
        "groupements": [_groupement(its) for its in groupements.groupements],
        "hypotheses": list(groupement_hypotheses()),
    }


def groupement_request(joint_need: GroupementsAnswer) -> Iterator[str]:
    """Yield the request in French: activities, sites, lever (legal means of reserving), size of the parts."""
    yield f"Activités : {enumeration(list(dict.fromkeys(one.need for one in joint_need.parts)))}"
    yield f"Sites : {enumeration(list(dict.fromkeys(one.place for one in joint_need.parts)))}"
    if joint_need.lever:
        yield lever(joint_need.lever).label
    size = joint_need.parts[0].part.etp
    of_clause = ", les heures de la clause" if joint_need.lever == CLAUSE else ""
    yield (
        "Taille des parts : non connue"
        if size is None
        else f"Taille de chaque part : {unit(size, 'ETP', 1)} par an{of_clause}"
    )


def groupement_remarks(joint_need: GroupementsAnswer) -> Iterator[str]:
    """Yield, for each line that names several trades, that each trade is a part of its own, in French."""
    trades: dict[str, dict[str, None]] = {}
    for one in joint_need.parts:
        if one.trade:
            trades.setdefault(one.need, {})[f"« {one.ask.reading.activities[0].label} »"] = None
    for need, labels in trades.items():
        yield f"Plusieurs métiers dans « {need} » : {enumeration(list(labels))}. Chacun est ici une part, à taille égale si vous ne donnez pas celle d’une part."


def groupement_hypotheses() -> Iterator[str]:
    """Yield the hypotheses behind the chances, in French."""
    yield _MAY_CARRY.capitalize() + "."
    yield f"Une structure donne {unit(100 * DEFAULT.share, '%')} de son effectif à une part ; un effectif non connu est pris selon la taille usuelle de son type."
    yield "« À appeler, 70 % » : le métier n’est pas établi ; sept structures de ce type sur dix le feraient."
    yield "Chaque membre de plus coûte un cinquième de la chance : un groupement se forme, s’écrit et se mène."


def count_candidates(part: AskedPart) -> tuple[int, int]:
    """Return the numbers of candidates of a part known for the trade, and of the others."""
    credible = sum(its.standing is CandidateStanding.CREDIBLE for its in part.part.candidates)
    return credible, len(part.part.candidates) - credible


def groupement_answer(groupements: Groupements) -> str:
    """Return the answer in one French sentence."""
    if groupements.uncovered:
        return (
            f"Aucun groupement ne couvre tout : personne n’est à portée, ou connu pour ce métier, pour {enumeration(groupements.uncovered)}. "
            f"{persona_wording('groupement_loin')}"
        )
    proposals = (*groupements.alone, *groupements.groupements)
    if proposals and max(one.score for one in proposals) < _WORTH_NAMING:
        best_by_part: dict[str, float] = {}
        for share in (share for one in proposals for member in one.members for share in member.shares):
            best_by_part[share.part] = max(share.chance, best_by_part.get(share.part, 0.0))
        hardest = min(sorted(best_by_part), key=best_by_part.__getitem__)
        return (
            f"Personne, seul ou ensemble, n’atteint {percent(_WORTH_NAMING)} de chances de tout porter. La part la plus difficile : « {hardest} », "
            f"{percent(best_by_part[hardest])} au mieux parmi ces propositions. Découpez en parts plus petites, ou demandez moins de parts ensemble."
        )
    if not groupements.groupements:
        return (
            f"Aucun groupement n’est utile : {_best_alone(groupements)}."
            if groupements.alone
            else "Aucun groupement ne porte tout."
        )
    first = groupements.groupements[0]
    names = enumeration(list(map(_name, first.members)))
    alone = groupements.alone[0] if groupements.alone else None
    if alone and (alone.to_call, -alone.score) <= (first.to_call, -first.score):
        return f"{_best_alone(groupements)} ; sinon, ensemble : {names}."
    return f"Ensemble : {names}. Chaque part a un membre à portée{', à appeler d’abord' if first.to_call else ''}."


def _best_alone(groupements: Groupements) -> str:
    """Return who could carry everything alone: the surest, then the likeliest if its trade is to be asked about first."""
    first, likeliest = groupements.alone[0], max(groupements.alone, key=attrgetter("score"))
    known = (
        f"{_name(first.members[0])} pourrait tout porter seule ({percent(first.score)} de chances{_call_first(first)})"
    )
    if likeliest.score <= first.score:
        return known
    return f"{known} ; {_name(likeliest.members[0])} aussi ({percent(likeliest.score)}{_call_first(likeliest)})"


def _call_first(groupement: Groupement) -> str:
    return ", métier à confirmer d’abord" if groupement.to_call else ""


def _name(member: Member) -> str:
    """Return the name of a member, with the number of its establishments if it has several."""
    others = len(member.establishments) - 1
    return (
        f"{member.name} (et {count(others, 'autre établissement', 'autres établissements')})" if others else member.name
    )


def _groupement(groupement: Groupement) -> dict[str, Any]:
    members = []
    for member in groupement.members:
        parts = [
            shaped(
                "part id=by.id name=by.name city?=by.city kinds=by.kinds distance_km chance standing=by.standing",
                share,
                distance_km=None if share.by.distance_km is None else round(share.by.distance_km, 1),
                chance=round(share.chance, 4),
            )
            for share in member.shares
        ]
        members.append(shaped("organisation name parts", member, parts=parts))
    return shaped(
        "score members leader why_leader apart_km together",
        groupement,
        members=members,
        apart_km=None if groupement.apart_km is None else round(groupement.apart_km, 1),
    )
