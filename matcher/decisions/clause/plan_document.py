"""The plan of social clauses as its Document, table by table, and as a JSON object."""

from collections.abc import Mapping
from typing import Any

from matcher.cleaning.phone import shown_phone
from matcher.decisions.clause import plan_words as words
from matcher.decisions.clause.facilitators import facilitators_by_place
from matcher.decisions.clause.plan import Carried, ClauseHost, ClausePlan, ContractSplit
from matcher.decisions.clause.plan_answer import Planned
from matcher.decisions.opinion.document import ID, WHO
from matcher.decisions.opinion.words import NOTICE
from matcher.domain.contact_details import ContactDetails
from matcher.domain.french import enumeration, number, percent, short_month
from matcher.domain.match import Band
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
from matcher.render.shaped import shaped

# How each structure is reached today, by its id.
Contacts = Mapping[str, ContactDetails]
_NUMBER, _LIST, _ADDRESS = ColumnKind.NUMBER, ColumnKind.LIST, ColumnKind.ADDRESS
HOURS = DocumentColumn("Heures", _NUMBER)
_CONTRACTS = (
    *(DocumentColumn("Contrat"), DocumentColumn("Lieux", _LIST, under=True)),
    *(DocumentColumn("Montant HT", _NUMBER, "€"), DocumentColumn("D’où viennent les heures"), HOURS),
    *(DocumentColumn("ETP par an", _NUMBER, decimals=1), DocumentColumn("Début"), DocumentColumn("Mois", _NUMBER)),
)
_PHONE = DocumentColumn("Téléphone", _ADDRESS)
_CALLED = (
    *(DocumentColumn("Structure"), *WHO[:2], DocumentColumn("Modalité"), DocumentColumn("Contrats")),
    *(DocumentColumn("Ce qu’on en sait"), DocumentColumn("Distance", _NUMBER, "km")),
    DocumentColumn("Effectif", _NUMBER),
)
_DECLARED = (
    *map(DocumentColumn, ("Contrat", "Structure", "SIRET", "Ce qu’elle ferait", "Retenue ?", "Montant HT")),
    *(HOURS, ID),
)
_SIDE = (
    *(DocumentColumn("Besoin"), DocumentColumn("Pourquoi"), DocumentColumn("Connus", _NUMBER)),
    *(DocumentColumn("À appeler", _NUMBER), DocumentColumn("D’abord", _LIST)),
)
_FACILITATORS = (
    *map(DocumentColumn, ("Structure", "Nom")),
    *(DocumentColumn("Territoire", _LIST), DocumentColumn("Lieux du plan", _LIST, under=True)),
    *(_PHONE, DocumentColumn("Autres téléphones", _LIST, under=True), DocumentColumn("Courriel", _ADDRESS)),
    DocumentColumn("À la date du", ColumnKind.DAY),
)
_NAMED = 3
_NOBODY = Marked("personne à portée", CellMark.REFUSED)
_MARKS = {Band.CONNU: CellMark.KNOWN, Band.INDICE: CellMark.PARTLY, Band.A_APPELER: CellMark.UNKNOWN}
_TO_FILL = Marked("à compléter", CellMark.UNKNOWN)


def contracts_table(its: ClausePlan) -> DocumentTable:
    """The contracts, and their sum."""
    several = len(its.contracts) > 1
    rows = [
        DocumentRow(
            (
                *(
                    f"{at}. {one.label}" if several else one.label,
                    tuple(place.name for place in one.reading.places),
                    one.reading.euros,
                    one.counted,
                ),
                *(one.hours, one.etp(its.assumed), short_month(one.start) if one.start else None, one.months),
            )
        )
        for at, one in enumerate(its.contracts, start=1)
    ]
    if several:
        euros = [one.reading.euros for one in its.contracts]
        known = sum(filter(None, euros)) if None not in euros else None
        rows.append(DocumentRow(("Total", (), known, "", its.hours, "", "", "")))
    said = (words.peak(its),)
    return DocumentTable("Les contrats", _CONTRACTS, tuple(rows), said, total=several)


def ways_table(its: ClausePlan) -> DocumentTable:
    """Who does the hours, and how; its towns are left out: what is frozen must lose a supplier with its name alone."""
    several = len(its.contracts) > 1
    columns = (
        *(DocumentColumn("Modalité"), DocumentColumn("Ce qui la limite", under=True)),
        *(DocumentColumn(words.short(its, at), _NUMBER) for at in range(len(its.contracts)) if several),
        *(HOURS, DocumentColumn("Part", ColumnKind.SHARE), DocumentColumn("Part usuelle", ColumnKind.CHANCE)),
        *(DocumentColumn("ETP sur un an", _NUMBER, decimals=1), DocumentColumn("Qui appeler")),
        DocumentColumn("Source de la part usuelle", aside=True),
        DocumentColumn("Capacité estimée", _NUMBER, "heures", aside=True),
    )
    rows = [DocumentRow(_way_cells(its, one)) for one in its.carried]
    placed = [one.placed for one in its.splits]
    sure = "le compte est bon" if its.adds_up else "le compte n’y est pas"
    total = DocumentRow(
        (
            *(f"Placées : {sure}", "", *(placed if several else ()), sum(placed), sum(placed) / its.hours, ""),
            *(sum(placed) / its.assumed.hours_per_etp, "", "", ""),
        )
    )
    return DocumentTable("Qui fait les heures, et comment", columns, (*rows, total), total=True)


def _way_cells(its: ClausePlan, one: Carried) -> tuple[DocumentCell, ...]:
    each = one.by_contract if len(its.contracts) > 1 else ()
    figures = (one.hours / its.hours, one.usual, one.hours / its.assumed.hours_per_etp)
    room = "" if one.room is None else one.room
    limit = words.limit(its, one)
    return one.modality.label, limit, *each, one.hours, *figures, _consult(one), one.modality.source, room


def calls_table(planned: Planned, contacts: Contacts | None = None) -> DocumentTable:
    """Every structure within reach, by the modality that it could carry, with its telephone where `contacts` are given."""
    columns = (*_CALLED, *((_PHONE,) if contacts is not None else ()), DocumentColumn("SIRET", aside=True), ID)
    rows = (
        DocumentRow(
            (
                *(host.candidate.name, host.candidate.kinds or None, host.candidate.city or None, way.modality.label),
                ", ".join(str(at + 1) for at in host.contracts),
                *(known(planned, host), host.candidate.distance_km, host.candidate.workers),
                *((phone(host, contacts),) if contacts is not None else ()),
                *(_siret(planned, host), host.candidate.id),
            ),
            host.candidate.id,
        )
        for way in planned.plan.carried
        for host in way.hosts
    )
    return DocumentTable("Qui appeler, par modalité", columns, tuple(rows), folded=True)


def declared_table(planned: Planned) -> DocumentTable:
    """The list to declare subcontracting from: each structure that could do a part of a contract, the chosen ones and their amounts to be filled in."""
    its = planned.plan
    rows = (
        DocumentRow(
            (
                *(words.short(its, at), host.candidate.name, _siret(planned, host), contract.label),
                *(_TO_FILL, _TO_FILL, way.by_contract[at], host.candidate.id),
            ),
            host.candidate.id,
        )
        for at, contract in enumerate(its.contracts)
        for way in its.carried
        if way.modality.subcontracts and way.by_contract[at]
        for host in way.hosts
        if at in host.contracts
    )
    said = (
        "À garder : les structures retenues. Les heures sont celles de la modalité dans le contrat, à répartir ; l’acheteur accepte chaque "
        "sous-traitant avant qu’il commence (formulaire DC4)."
    )
    found = tuple(rows)
    return DocumentTable("Sous-traitance à déclarer", _DECLARED, found, (said,) if found else (), folded=True)


def side_table(its: ClausePlan) -> DocumentTable:
    """What else the works could entrust, and to whom."""
    rows = (
        (one.need.label, one.need.reason, one.credible, one.to_call, tuple(by.name for by in one.first) or _NOBODY)
        for one in its.side
    )
    said = (
        "Ce que le marché peut confier à côté, ceux qui ont le plus de candidats d’abord."
        if its.side
        else "Aucun besoin connexe n’est connu pour ce type de travaux. Choisissez-en un autre pour en voir."
    )
    return DocumentTable("Besoins connexes", _SIDE, tuple(map(DocumentRow, rows)), (said,))


def facilitators_table(planned: Planned) -> DocumentTable:
    """Who facilitates social clauses there, today, and for which places of the plan."""
    by_place = facilitators_by_place(planned.facilitators, planned.places)
    rows = (
        (
            *(one.structure or None, one.name or None, tuple(one.territory.split(" ; "))),
            tuple(place.name for place, those in by_place if one in those) if len(by_place) > 1 else (),
            *(
                phones[0] if phones else None,
                phones[1:],
                one.email or None,
                one.as_of.isoformat() if one.as_of else None,
            ),
        )
        for one in planned.facilitators
        for phones in [tuple(map(shown_phone, one.phones))]
    )
    said = tuple(words.facilitators_said(planned))
    return DocumentTable("Facilitateurs", _FACILITATORS, tuple(map(DocumentRow, rows)), said)


def named(its: ClausePlan) -> dict[str, str]:
    """Every structure of the plan, its name by id: who carries hours, then who answers side needs."""
    hosts = (host.candidate for way in its.carried for host in way.hosts)
    return {one.id: one.name for one in (*hosts, *(one for need in its.side for one in need.first))}


def known(planned: Planned, host: ClauseHost) -> DocumentCell:
    """What is known of a host for the contract that it fits best, under the mark of its band."""
    match = planned.evidence.get(host.candidate.id)
    if match is None:
        return None
    return Marked(words.evidence(match), _MARKS.get(match.band or Band.AUTRE, CellMark.ABSENT))


def phone(host: ClauseHost, contacts: Contacts) -> DocumentCell:
    """Its telephone as it is read today."""
    found = contacts.get(host.candidate.id)
    return found.phone if found and found.phone else Marked("numéro non connu", CellMark.UNKNOWN)


def _siret(planned: Planned, host: ClauseHost) -> str | None:
    match = planned.evidence.get(host.candidate.id)
    return match.siret or None if match else None


def _consult(one: Carried) -> DocumentCell:
    """The first to call, in one line."""
    if not one.modality.kinds:
        return one.modality.who
    names = [host.candidate.name for host in one.hosts[:_NAMED]]
    more = len(one.hosts) - len(names)
    return " ; ".join([*names, f"et {number(more)} de plus"] if more > 0 else names) or _NOBODY


def plan_document(planned: Planned, address: str = "", contacts: Contacts | None = None) -> Document:
    """The plan; `address` asks for it again. `contacts`, how its structures are reached today, add their telephones and the facilitators,
    whom no dossier keeps."""
    its = planned.plan
    return Document(
        kind=DocumentKind.PLAN,
        title=enumeration([one.label for one in its.contracts]),
        asked=tuple(words.asked(its)),
        answer=words.answer(its),
        remarks=tuple(words.remarks(its)),
        tables=(
            *(contracts_table(its), ways_table(its)),
            DocumentTable("Trop petit pour être confié seul", (), (), tuple(words.small_lines(its))),
            *(calls_table(planned, contacts), declared_table(planned), side_table(its)),
            *([facilitators_table(planned)] if contacts is not None else []),
        ),
        hypotheses=tuple(words.hypotheses(its)),
        names=named(its),
        address=address,
        catalogue_version=planned.catalogue_version,
        catalogue_suppliers=planned.catalogue_suppliers,
        on=planned.on,
        sources=tuple(
            f"Part usuelle, {one.modality.label} : {percent(one.usual)} ; {one.modality.source}." for one in its.carried
        ),
        scope=NOTICE,
        steps=tuple(words.steps(its)),
    )


def hours_in(kept: Document) -> int | float | None:
    """Return the hours of a plan that was kept, the last line of its first table that adds up; None where it has none."""
    for table in kept.tables:
        at = next((at for at, column in enumerate(table.columns) if column.label == HOURS.label), None)
        if at is not None and table.rows and isinstance(hours := table.rows[-1].cells[at], int | float):
            return hours
    return None


def plan_object(planned: Planned) -> dict[str, Any]:
    """The plan with its contracts, its hours by modality, who could carry them, and the side needs; unknown as null."""
    its = planned.plan
    return {
        "contracts": [_contract(one) for one in its.splits],
        "places": [place.name for place in planned.places],
        "hours": its.hours,
        "etp": round(its.etp, 2),
        "adds_up": its.adds_up,
        "answer": words.answer(its),
        "remarks": list(words.remarks(its)),
        "peak": words.peak(its),
        "too_small": list(words.small_lines(its)),
        "modalities": [_modality(planned, one) for one in its.carried],
        "steps": list(words.steps(its)),
        "side_needs": [
            shaped(
                "label=need.label activity=need.activity reason=need.reason credible to_call first",
                one,
                first=[shaped("id name city?", candidate) for candidate in one.first],
            )
            for one in its.side
        ],
        "facilitators": [
            shaped("structure? name? territory phones email? as_of", facilitator)
            for facilitator in planned.facilitators
        ],
        "hypotheses": list(words.hypotheses(its)),
    }


def _contract(its: ContractSplit) -> dict[str, Any]:
    contract = "need=label places euros=reading.euros hours counted months start"
    return {
        **shaped(contract, its.contract, places=[place.name for place in its.contract.reading.places]),
        "split": dict(its.hours),
        "lacking": its.lacking,
    }


def _modality(planned: Planned, its: Carried) -> dict[str, Any]:
    plan = planned.plan
    return shaped(
        "code=modality.code label=modality.label limit? hours by_contract share etp usual usual_source=modality.source room doing candidates",
        its,
        limit=words.limit(plan, its),
        share=round(its.hours / plan.hours, 4),
        etp=round(its.hours / plan.assumed.hours_per_etp, 2),
        room=None if its.room is None else round(its.room),
        doing=round(its.doing, 2),
        candidates=[
            shaped(
                "id name kinds city? distance_km workers contracts does=fit standing evidence",
                host.candidate,
                contracts=[at + 1 for at in host.contracts],
                evidence=words.evidence(planned.evidence[host.candidate.id])
                if host.candidate.id in planned.evidence
                else None,
            )
            for host in its.hosts
        ],
    )
