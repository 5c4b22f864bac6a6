"""The plan of a social clause as a JSON object, sentences and a workbook."""

import io
from collections.abc import Iterator
from typing import Any

from matcher.cleaning.phone import shown_phone
from matcher.decisions.clause.answer import Planned
from matcher.decisions.clause.compute import MOST, Carried, ClausePlan, SideAnswer
from matcher.decisions.clause.facilitators import Facilitator
from matcher.decisions.contact_sheet import contact_sheet
from matcher.decisions.opinion.words import NOTICE, percent
from matcher.domain.contact_details import ContactLookup
from matcher.domain.french import UNKNOWN, count, day, enumeration, number, unit
from matcher.reference.clauses import HIRING
from matcher.render.document import Document, DocumentKind, DocumentRow, DocumentTable
from matcher.render.table import Cell, Column, Line, write_lines, write_table

CARRIED = (
    *(Column("Modalité", 44), Column("Heures", 10), Column("Part (%)", 9), Column("ETP par an", 10, "0.0")),
    *(
        Column("Part usuelle (%)", 9, "0.0"),
        Column("Source de la part usuelle", 44),
        Column("Capacité estimée (heures)", 14),
    ),
    Column("À consulter", 70),
)
SIDE = (
    Column("Besoin connexe", 44),
    Column("Pourquoi", 44),
    Column("Crédibles", 10),
    Column("À appeler", 10),
    Column("Premiers candidats", 70),
)
FACILITATORS = (
    *(Column("Structure", 44), Column("Nom", 30), Column("Territoire", 40), Column("Téléphone", 18)),
    *(Column("Courriel", 36), Column("À la date du", 18)),
)
# A trade that fewer than this many suppliers of a kind are expected to do is said to be rare there.
FEW = 3.0
NAMED = 3


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
                "phone": one.phone or None,
                "email": one.email or None,
                "as_of": one.as_of.isoformat() if one.as_of else None,
            }
            for one in planned.facilitators
        ],
        "hypotheses": list(hypotheses(its)),
    }


def plan_workbook(planned: Planned, contacts_of: ContactLookup) -> bytes:
    """Sheets « Plan », « Modalités », « Besoins connexes », « Contacts » of those who are named, and « Facilitateurs »."""
    import xlsxwriter  # only who asks for a workbook waits for it

    buffer, its = io.BytesIO(), planned.plan
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.set_properties({"title": "Plan de clause", "author": "Entremise"})
        write_lines(book, "Plan", list(_lines(planned)))
        write_table(book, "Modalités", CARRIED, [_cells(one, its) for one in its.carried])
        write_table(book, "Besoins connexes", SIDE, [_side_cells(one) for one in its.side])
        contact_sheet(book, _named(its), contacts_of)
        write_table(book, "Facilitateurs", FACILITATORS, [_facilitator_cells(one) for one in planned.facilitators])
    return buffer.getvalue()


def plan_decision(planned: Planned, address: str) -> Document:
    """The plan as a dossier keeps it; `address` asks for it again."""
    its = planned.plan
    ways = DocumentTable(
        "Qui fait les heures, et comment",
        ("Modalité", "Heures", "Part", "Part usuelle", "ETP par an", "À consulter"),
        (False, True, True, True, True, False),
        (
            *(DocumentRow(_told(one, its)) for one in its.carried),
            DocumentRow(("Total", number(its.hours), unit(100, "%"), "", number(its.etp, 1), "")),
        ),
    )
    side = DocumentTable(
        "Besoins connexes",
        ("Besoin", "Pourquoi", "Qui peut y répondre"),
        (False, False, False),
        tuple(DocumentRow((one.need.label, one.need.reason, side_words(one))) for one in its.side),
    )
    return Document(
        kind=DocumentKind.PLAN,
        title=enumeration([work.label for work in planned.works]),
        asked=tuple(asked(planned)),
        answer=answer(its),
        remarks=tuple(remarks(its)),
        tables=(ways, side) if its.side else (ways,),
        hypotheses=tuple(hypotheses(its)),
        names=_named(its),
        address=address,
        catalogue_version=planned.catalogue_version,
        catalogue_suppliers=planned.catalogue_suppliers,
        on=planned.on,
    )


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


def who(one: Carried) -> str:
    """The first to consult, in one line."""
    if not one.modality.kinds:
        return one.modality.who
    names = [f"{its.name} ({its.city or UNKNOWN})" for its in one.candidates[:NAMED]]
    more = len(one.candidates) - len(names)
    return " ; ".join([*names, f"et {number(more)} de plus"] if more > 0 else names) or "personne à portée"


def facilitators_told(planned: Planned) -> Iterator[str]:
    """The facilitators of the places, a line each; or that none is known, and what to do."""
    for one in planned.facilitators:
        contact = ", ".join(filter(None, (one.name, shown_phone(one.phone), one.email)))
        since = f", au {day(one.as_of)}" if one.as_of else ""
        yield f"{one.structure or 'structure non connue'} ({one.territory}{since}) : {contact or 'contact non connu'}"
    if not planned.facilitators:
        yield (
            "Aucun facilitateur des clauses sociales n’est connu pour ce territoire. "
            + (
                "La liste de l’équipe n’en a pas : complétez-la."
                if planned.listed
                else "Demandez-le à la maison de l’emploi ou au PLIE ; qui tient le catalogue peut en importer la liste."
            )
        )


def side_words(one: SideAnswer) -> str:
    """Who could answer a side need, in one line."""
    if not one.first:
        return "personne à portée"
    names = enumeration([its.name for its in one.first])
    return f"{count(one.credible, 'crédible')}, {number(one.to_call)} à appeler ; d’abord {names}"


def _named(its: ClausePlan) -> dict[str, str]:
    """Every structure of the plan, its name by id: who carries hours, then who answers side needs."""
    ways = (one for way in its.carried for one in way.candidates)
    return {one.id: one.name for one in (*ways, *(one for need in its.side for one in need.first))}


def _lines(planned: Planned) -> Iterator[Line]:
    its = planned.plan
    yield "Plan", answer(its)
    for said in asked(planned):
        yield "Ce qui est demandé", said
    for remark in remarks(its):
        yield "À savoir", remark
    for said in facilitators_told(planned):
        yield "Facilitateurs", said
    for hypothesis in hypotheses(its):
        yield "Hypothèse", hypothesis
    yield "Portée", NOTICE


def _told(one: Carried, its: ClausePlan) -> tuple[str, ...]:
    """A way in words; its towns are left out: what is frozen must lose a supplier with its name alone."""
    named = " ; ".join(candidate.name for candidate in one.candidates[:NAMED])
    more = len(one.candidates) - NAMED
    consult = f"{named} ; et {number(more)} de plus" if more > 0 else named
    return (
        one.modality.label,
        number(one.hours),
        percent(one.hours / its.hours),
        percent(one.usual),
        number(one.etp, 1),
        consult or who(one),
    )


def _cells(one: Carried, its: ClausePlan) -> list[Cell]:
    share = round(100 * one.hours / its.hours)
    room = UNKNOWN if one.room is None else round(one.room)
    return [one.modality.label, one.hours, share, one.etp, 100 * one.usual, one.modality.source, room, who(one)]


def _side_cells(one: SideAnswer) -> list[Cell]:
    return [one.need.label, one.need.reason, one.credible, one.to_call, " ; ".join(its.name for its in one.first)]


def _facilitator_cells(one: Facilitator) -> list[Cell]:
    phone = shown_phone(one.phone) or UNKNOWN
    as_of = day(one.as_of) if one.as_of else UNKNOWN
    return [one.structure or UNKNOWN, one.name or UNKNOWN, one.territory, phone, one.email or UNKNOWN, as_of]
