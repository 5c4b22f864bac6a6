"""The plan of a social clause as its Document, and as a JSON object."""

from collections.abc import Iterator
from typing import Any

from matcher.cleaning.phone import shown_phone
from matcher.decisions.clause.answer import Planned
from matcher.decisions.clause.compute import MOST, Carried, ClausePlan
from matcher.decisions.clause.facilitators import facilitators_by_place
from matcher.decisions.opinion.document import ID, WHO, who
from matcher.decisions.opinion.words import NOTICE
from matcher.domain.french import count, day, enumeration, number, percent, unit
from matcher.reference.clauses import HIRING
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
)

_NUMBER, _CHANCE = ColumnKind.NUMBER, ColumnKind.CHANCE
_HOURS = DocumentColumn("Heures", _NUMBER)
_WAYS = (
    *(DocumentColumn("Modalité"), _HOURS, DocumentColumn("Part", ColumnKind.SHARE)),
    *(
        DocumentColumn("Part usuelle", _CHANCE),
        DocumentColumn("ETP par an", _NUMBER, decimals=1),
        DocumentColumn("À consulter"),
    ),
    DocumentColumn("Source de la part usuelle", aside=True),
    DocumentColumn("Capacité estimée", _NUMBER, "heures", aside=True),
)
_WHO = (DocumentColumn("Structure"), *WHO[:2], DocumentColumn("Modalité"), WHO[2], ID)
_SIDE = (
    *(DocumentColumn("Besoin"), DocumentColumn("Pourquoi")),
    *(
        DocumentColumn("Crédibles", _NUMBER),
        DocumentColumn("À appeler", _NUMBER),
        DocumentColumn("D’abord", ColumnKind.LIST),
    ),
)
_FACILITATORS = (
    *map(DocumentColumn, ("Structure", "Nom")),
    *(DocumentColumn("Territoire", ColumnKind.LIST), DocumentColumn("Lieux du plan", ColumnKind.LIST, under=True)),
    DocumentColumn("Téléphone", ColumnKind.ADDRESS),
    *(DocumentColumn("Autres téléphones", ColumnKind.LIST, under=True), DocumentColumn("Courriel", ColumnKind.ADDRESS)),
    DocumentColumn("À la date du"),
)
# A trade that fewer than this many suppliers of a kind are expected to do is said to be rare there.
FEW = 3.0
_NAMED = 3
_NOBODY = Marked("personne à portée", CellMark.REFUSED)
SHARED = "Heures réparties également entre les activités, faute de mieux : donnez celles de chacune."


def plan_document(planned: Planned, address: str = "", *, people: bool = False) -> Document:
    """The plan; `address` asks for it again, `people` adds the facilitators of today, whom no dossier keeps."""
    its = planned.plan
    return Document(
        kind=DocumentKind.PLAN,
        title=enumeration([work.label for work in planned.works]),
        asked=tuple(asked(planned)),
        answer=answer(its),
        remarks=(*((SHARED,) if planned.shared else ()), *remarks(its)),
        tables=(
            *(ways_table(its), who_table(its), side_table(its)),
            *([facilitators_table(planned)] if people else []),
        ),
        hypotheses=tuple(hypotheses(its)),
        names=named(its),
        address=address,
        catalogue_version=planned.catalogue_version,
        catalogue_suppliers=planned.catalogue_suppliers,
        on=planned.on,
        sources=tuple(
            f"Part usuelle, {one.modality.label} : {percent(one.usual)} ; {one.modality.source}." for one in its.carried
        ),
        scope=NOTICE,
    )


def ways_table(its: ClausePlan) -> DocumentTable:
    """Who does the hours, and how; its towns are left out: what is frozen must lose a supplier with its name alone."""
    rows = (
        (
            one.modality.label,
            one.hours,
            one.hours / its.hours,
            one.usual,
            one.etp,
            _consult(one),
            one.modality.source,
            one.room,
        )
        for one in its.carried
    )
    total = DocumentRow(("Total : le compte est bon", its.hours, 1.0, "", its.etp, "", "", ""))
    return DocumentTable("Qui fait les heures, et comment", _WAYS, (*map(DocumentRow, rows), total), total=True)


def hours_in(kept: Document) -> int | float | None:
    """Return the hours of a plan that was kept, the last line of its first table that adds up; None where it has none."""
    for table in kept.tables:
        at = next((at for at, column in enumerate(table.columns) if column.label == _HOURS.label), None)
        if at is not None and table.rows and isinstance(hours := table.rows[-1].cells[at], int | float):
            return hours
    return None


def side_table(its: ClausePlan) -> DocumentTable:
    """What else the works could entrust, and to whom."""
    rows = (
        (
            one.need.label,
            one.need.reason,
            one.credible,
            one.to_call,
            tuple(by.name for by in one.first) or _NOBODY,
        )
        for one in its.side
    )
    said = (
        "Ce que le marché peut confier à côté, ceux qui ont le plus de candidats d’abord."
        if its.side
        else "Aucun besoin connexe n’est connu pour ce type de travaux. Choisissez-en un autre pour en voir."
    )
    return DocumentTable("Besoins connexes", _SIDE, tuple(map(DocumentRow, rows)), (said,))


def named(its: ClausePlan) -> dict[str, str]:
    """Every structure of the plan, its name by id: who carries hours, then who answers side needs."""
    ways = (one for way in its.carried for one in way.candidates)
    return {one.id: one.name for one in (*ways, *(one for need in its.side for one in need.first))}


def plan_object(planned: Planned) -> dict[str, Any]:
    """The plan with its hours, which add up, who could carry them, and the side needs; unknown as null."""
    its = planned.plan
    return {
        "works": [{"need": work.label, "hours": work.hours} for work in planned.works],
        "places": [place.name for place in planned.works[0].ask.reading.places],
        "hours": its.hours,
        "months": its.months,
        "etp": round(its.etp, 2),
        "answer": answer(its),
        "remarks": list(remarks(its)),
        "modalities": [
            {
                "code": one.modality.code,
                "label": one.modality.label,
                "hours": one.hours,
                "share": round(one.hours / its.hours, 4),
                "etp": round(one.etp, 2),
                "usual": one.usual,
                "usual_source": one.modality.source,
                "room": None if one.room is None else round(one.room),
                "doing": round(one.doing, 2),
                "candidates": [
                    {
                        "id": its_.id,
                        "name": its_.name,
                        "kinds": list(its_.kinds),
                        "city": its_.city or None,
                        "does": its_.fit,
                        "standing": str(its_.standing),
                    }
                    for its_ in one.candidates
                ],
            }
            for one in its.carried
        ],
        "side_needs": [
            {
                "label": one.need.label,
                "activity": one.need.activity,
                "reason": one.need.reason,
                "credible": one.credible,
                "to_call": one.to_call,
                "first": [{"id": its_.id, "name": its_.name, "city": its_.city or None} for its_ in one.first],
            }
            for one in its.side
        ],
        "facilitators": [
            {
                "structure": one.structure or None,
                "name": one.name or None,
                "territory": one.territory,
                "phones": list(one.phones),
                "email": one.email or None,
                "as_of": one.as_of.isoformat() if one.as_of else None,
            }
            for one in planned.facilitators
        ],
        "hypotheses": list(hypotheses(its)),
    }


def asked(planned: Planned) -> Iterator[str]:
    """What was asked, in sentences."""
    for work in planned.works:
        yield f"{work.label} : {number(work.hours)} heures{' (part égale du total)' if planned.shared else ''}"
    yield f"Lieux : {enumeration([place.name for place in planned.works[0].ask.reading.places])}"
    yield f"Durée : {unit(planned.plan.months, 'mois', 1)}"


def answer(its: ClausePlan) -> str:
    """The plan in two sentences: its size, and the three first ways to carry the hours."""
    return f"{size(its)} {first_ways(its)}"


def size(its: ClausePlan) -> str:
    """The hours as people."""
    return (
        f"{number(its.hours)} heures, soit {unit(its.hours / its.assumed.hours_per_etp, 'ETP', 1)} sur un an ; "
        f"en {unit(its.months, 'mois')}, {unit(its.etp, 'ETP', 1)} par an."
    )


def first_ways(its: ClausePlan) -> str:
    """The three first ways to carry the hours."""
    first = [f"{one.modality.label} ({percent(one.hours / its.hours)})" for one in its.carried if one.hours][:3]
    return f"D’abord : {enumeration(first)}."


def remarks(its: ClausePlan) -> Iterator[str]:
    """What is to be known: the ways that have few suppliers of the trade, what nobody has room for."""
    few = [one for one in its.carried if one.modality.kinds and one.candidates and one.doing < FEW]
    if few:
        told = [
            f"{one.modality.label} (environ {number(one.doing, 1)} sur {number(len(one.candidates))})" for one in few
        ]
        yield f"Peu de choix, entre parenthèses ceux qui feraient ce métier sur ceux à portée (hypothèse) : {' ; '.join(told)}."
    nobody = [one.modality.label for one in its.carried if one.modality.kinds and not one.candidates]
    if nobody:
        yield f"Personne à portée : {' ; '.join(nobody)}."
    hired = next(one for one in its.carried if one.modality.code == HIRING)
    if hired.hours > 1.5 * hired.usual * its.hours:
        yield (
            f"{percent(hired.hours / its.hours)} des heures restent à l’embauche directe, contre {percent(hired.usual)} d’ordinaire : "
            "les structures à portée n’ont pas la place, ou ne font pas ce métier."
        )


def hypotheses(its: ClausePlan) -> Iterator[str]:
    """What the plan supposes, and what limits each way to carry hours."""
    yield f"Un ETP fait {unit(its.assumed.hours_per_etp, 'heures')} par an ; une structure donne {unit(100 * its.assumed.share, '%')} de son effectif."
    yield "Chaque modalité part de sa part régionale, pesée par la diffusion du métier dans ces structures, sans dépasser leur capacité."
    yield f"{count(MOST, 'structure')} au plus par modalité ; un effectif non connu est la médiane de son type (ordres de grandeur publiés)."
    for one in its.carried:
        if one.modality.limit and one.hours:
            yield f"{one.modality.label} : {one.modality.limit}."


def facilitators_said(planned: Planned) -> Iterator[str]:
    """Places of which nobody is known to facilitate, and what to do; places that several facilitate."""
    by_place = facilitators_by_place(planned.facilitators, planned.works[0].ask.reading.places)
    if none := [place.name for place, those in by_place if not those]:
        yield f"Aucun facilitateur des clauses sociales n’est connu pour {enumeration(none)}. " + (
            "La liste de l’équipe n’en a pas : complétez-la."
            if planned.listed
            else "Demandez-le à la maison de l’emploi ou au PLIE ; qui tient le catalogue peut en importer la liste."
        )
    for place, those in by_place:
        if len(those) > 1:
            yield (
                f"{place.name} : {count(len(those), 'facilitateur')}, le territoire le plus étroit d’abord "
                f"({' ; '.join(one.called for one in those)})."
            )


def who_table(its: ClausePlan) -> DocumentTable:
    """Every structure within reach, by the way that it could take."""
    rows = (
        DocumentRow((by.name, *who(by)[:2], one.modality.label, who(by)[2], by.id), by.id)
        for one in its.carried
        for by in one.candidates
    )
    return DocumentTable("Qui consulter, par modalité", _WHO, tuple(rows), folded=True)


def facilitators_table(planned: Planned) -> DocumentTable:
    """Who facilitates social clauses there, today, and for which places of the plan."""
    by_place = facilitators_by_place(planned.facilitators, planned.works[0].ask.reading.places)
    rows = (
        (
            *(one.structure or None, one.name or None, tuple(one.territory.split(" ; "))),
            tuple(place.name for place, those in by_place if one in those) if len(by_place) > 1 else (),
            *(phones[0] if phones else None, phones[1:], one.email or None, day(one.as_of) if one.as_of else None),
        )
        for one in planned.facilitators
        for phones in [tuple(map(shown_phone, one.phones))]
    )
    said = tuple(facilitators_said(planned))
    return DocumentTable("Facilitateurs", _FACILITATORS, tuple(map(DocumentRow, rows)), said)


def _consult(one: Carried) -> DocumentCell:
    """The first to consult, in one line."""
    if not one.modality.kinds:
        return one.modality.who
    names = [by.name for by in one.candidates[:_NAMED]]
    more = len(one.candidates) - len(names)
    return " ; ".join([*names, f"et {number(more)} de plus"] if more > 0 else names) or _NOBODY
