"""Turns the plan of the social clauses of a winner, the firm that won the contracts (« titulaire »), into a renderable Document and JSON.

A plan splits the insertion hours of each contract by modality (direct hire, temporary work, subcontracting…) and lists the organisations to call. A « way »
is one modality in one contract."""

from collections.abc import Mapping
from typing import Any

from matcher.cleaning.phone import shown_phone
from matcher.decisions.clause import plan_words as words
from matcher.decisions.clause.facilitators import facilitators_by_place
from matcher.decisions.clause.plan import ClauseHost, ClausePlan, ModalityHours
from matcher.decisions.clause.plan_answer import PlanAnswer
from matcher.decisions.opinion.document import ID, WHO
from matcher.decisions.opinion.words import NOTICE
from matcher.domain.contact_details import ContactDetails
from matcher.domain.french import count, enumeration, percent, short_month
from matcher.domain.match import Band
from matcher.need.title import cut_title
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

# Current contact details of each structure, by id.
Contacts = Mapping[str, ContactDetails]
_NUMBER, _LIST, _ADDRESS = ColumnKind.NUMBER, ColumnKind.LIST, ColumnKind.ADDRESS
HOURS = DocumentColumn("Heures", _NUMBER)
_CONTRACTS = (
    *(DocumentColumn("Contrat"), DocumentColumn("Lieux", _LIST, under=True)),
    *(DocumentColumn("Montant HT", _NUMBER, "€"), DocumentColumn("D’où viennent les heures"), HOURS),
    *(DocumentColumn("ETP par an", _NUMBER, decimals=1), DocumentColumn("Début"), DocumentColumn("Mois", _NUMBER)),
)
_PHONE = DocumentColumn("Téléphone", _ADDRESS)
_TO_OFFER = DocumentColumn("À lui proposer", _NUMBER, "h")
_CALLED = (
    *(DocumentColumn("Structure"), *WHO[:2], DocumentColumn("Contrat"), DocumentColumn("Modalité")),
    *(*WHO[2:], DocumentColumn("Effectif", _NUMBER), _TO_OFFER),
)
_CONTRACT_COLUMNS = (DocumentColumn("Voie, et qui appeler"), *WHO, _TO_OFFER)
_SIDE = (
    *(DocumentColumn("Besoin"), DocumentColumn("Pourquoi"), DocumentColumn("Connus", _NUMBER)),
    *(DocumentColumn("Indices", _NUMBER), DocumentColumn("À appeler", _NUMBER), DocumentColumn("D’abord", _LIST)),
)
_FACILITATORS = (
    *map(DocumentColumn, ("Structure", "Nom")),
    *(DocumentColumn("Territoire", _LIST), DocumentColumn("Lieux du plan", _LIST, under=True)),
    *(_PHONE, DocumentColumn("Autres téléphones", _LIST, under=True), DocumentColumn("Courriel", _ADDRESS)),
    DocumentColumn("À la date du", ColumnKind.DAY),
)
_LONG = 60  # characters of the title of a contract's page
_MARKS = {Band.CONNU: CellMark.KNOWN, Band.INDICE: CellMark.PARTLY, Band.A_APPELER: CellMark.UNKNOWN}


def contracts_table(plan: ClausePlan) -> DocumentTable:
    """Return the table of contracts, with a total."""
    several = len(plan.contracts) > 1
    rows = [
        DocumentRow(
            (
                *(
                    f"{at}. {one.label}" if several else one.label,
                    tuple(place.name for place in one.reading.places),
                    one.reading.euros,
                    one.hours_source,
                ),
                *(one.hours, one.etp(plan.assumed), short_month(one.start) if one.start else None, one.months),
            )
        )
        for at, one in enumerate(plan.contracts, start=1)
    ]
    if several:
        euros = [one.reading.euros for one in plan.contracts]
        known = sum(filter(None, euros)) if None not in euros else None
        rows.append(DocumentRow(("Total", (), known, "", plan.hours, "", "", "")))
    remarks = (words.peak_sentence(plan),)
    return DocumentTable("Les contrats", _CONTRACTS, tuple(rows), remarks, total=several)


def ways_table(plan: ClausePlan) -> DocumentTable:
    """Return the table of hours by modality and contract."""
    several = len(plan.contracts) > 1
    columns = (
        *(DocumentColumn("Modalité"), DocumentColumn("Ce qui la limite", under=True)),
        *(DocumentColumn(words.short_label(plan, at), _NUMBER) for at in range(len(plan.contracts)) if several),
        *(HOURS, DocumentColumn("Part", ColumnKind.SHARE), DocumentColumn("Part usuelle", ColumnKind.CHANCE)),
        *(
            DocumentColumn("ETP sur un an", _NUMBER, decimals=1),
            DocumentColumn("Source de la part usuelle", aside=True),
        ),
        DocumentColumn("Capacité estimée", _NUMBER, "heures", aside=True),
    )
    rows = [
        DocumentRow(
            (
                one.modality.label,
                words.limit(one.modality, one.hours, words.longest_months(plan, one)),
                *(one.by_contract if several else ()),
                *(one.hours, one.hours / plan.hours, one.modality.share, one.hours / plan.assumed.hours_per_etp),
                *(one.modality.source, "" if one.room is None else one.room),
            )
        )
        for one in plan.by_modality
        if one.hours
    ]
    placed = [one.placed_hours for one in plan.splits]
    sure = "le compte est bon" if plan.adds_up else "le compte n’y est pas"
    figures = (sum(placed), sum(placed) / plan.hours, "", sum(placed) / plan.assumed.hours_per_etp)
    rows.append(DocumentRow((f"Placées : {sure}", "", *(placed if several else ()), *figures, "", "")))
    return DocumentTable("Qui fait les heures, et comment", columns, tuple(rows), total=True)


def contract_table(planned: PlanAnswer, at: int, contacts: Contacts | None = None) -> DocumentTable:
    """Return the table of one contract: each modality that has hours, then the first structures to call for it."""
    split = planned.plan.splits[at]
    phone_column = (_PHONE,) if contacts is not None else ()
    no_phone = ("",) * len(phone_column)
    rows = []
    for way in split.carrying:
        says: DocumentCell = " ; ".join(filter(None, (words.rhythm(way, split.contract.months), way.modality.who)))
        if way.modality.kinds and not way.hosts:
            says = MarkedText(words.uncounted_words(way), CellMark.UNKNOWN if way.unlikely else CellMark.REFUSED)
        rows.append(DocumentRow((way.modality.label, (), "", says, "", "", *no_phone, way.hours)))
        for rank, host in enumerate(way.first_hosts, start=1):
            candidate = host.candidate
            cells = (
                *(f"{rank}. {candidate.name}", candidate.kinds or None, candidate.city or None),
                *(evidence_cell(planned, at, host), candidate.distance_km, host.hours or ""),
                *((phone_cell(host, contacts),) if contacts is not None else ()),
            )
            rows.append(DocumentRow((*cells, ""), candidate.id))
    rows.append(DocumentRow(("Placées", (), "", "", "", "", *no_phone, split.placed_hours)))
    more = sum(len(way.hosts) - len(way.first_hosts) for way in split.carrying)
    notes = (
        words.gap_sentence(split),
        f"{count(more, 'autre structure', 'autres structures')} à appeler ensuite, dans le fichier XLSX et dans la liste du dossier."
        if more
        else "",
        words.without_hours(split),
    )
    title = f"Contrat {at + 1}, {cut_title(split.contract.label, _LONG)}"
    return DocumentTable(
        title, (*_CONTRACT_COLUMNS, *phone_column, HOURS), tuple(rows), tuple(filter(None, notes)), total=True
    )


def calls_table(planned: PlanAnswer, contacts: Contacts | None = None) -> DocumentTable:
    """Return the table, for files only, of all structures to call by contract and modality, with telephones if `contacts` are given."""
    columns = (*_CALLED, *((_PHONE,) if contacts is not None else ()), DocumentColumn("SIRET", aside=True), ID)
    rows = []
    for at, split in enumerate(planned.plan.splits):
        for way in split.carrying:
            for host in way.hosts:
                match, candidate = planned.evidence[at].get(host.candidate.id), host.candidate
                cells = (
                    *(candidate.name, candidate.kinds or None, candidate.city or None),
                    *(words.short_label(planned.plan, at), way.modality.label, evidence_cell(planned, at, host)),
                    *(candidate.distance_km, candidate.workers, host.hours),
                    *((phone_cell(host, contacts),) if contacts is not None else ()),
                    (match.siret or None) if match else None,
                    candidate.id,
                )
                rows.append(DocumentRow(cells, candidate.id))
    return DocumentTable("Qui appeler, par modalité", columns, tuple(rows), aside=True)


def side_table(plan: ClausePlan) -> DocumentTable:
    """Return the table of side needs (purchases related to the works) and their suppliers."""
    rows = (
        (one.need.label, one.need.reason, one.credible, one.clues, one.to_call, tuple(by.name for by in one.first))
        for one in plan.side
    )
    remark = (
        "Ce que le marché peut confier à côté, là où quelqu’un est connu pour le faire."
        if plan.side
        else "Aucun besoin connexe de ces travaux n’a de candidat connu à portée. Un autre type de travaux peut en avoir."
    )
    return DocumentTable("Besoins connexes", _SIDE, tuple(map(DocumentRow, rows)), (remark,))


def facilitators_table(planned: PlanAnswer) -> DocumentTable:
    """Return the table of the facilitators (local clause advisers) and the places of the plan that each covers."""
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
    remarks = tuple(words.facilitators_said(planned))
    return DocumentTable("Facilitateurs", _FACILITATORS, tuple(map(DocumentRow, rows)), remarks)


def plan_structures(plan: ClausePlan) -> dict[str, str]:
    """Return the names, by id, of the structures that could take hours, then of the suppliers of side needs."""
    hosts = (host.candidate for split in plan.splits for way in split.ways for host in way.hosts)
    return {one.id: one.name for one in hosts} | {one.id: one.name for need in plan.side for one in need.first}


def evidence_cell(planned: PlanAnswer, at: int, host: ClauseHost) -> DocumentCell:
    """Return the evidence that a host does the contract's trade, with the symbol of its band (known, clue, to call)."""
    match = planned.evidence[at].get(host.candidate.id)
    if match is None:
        return None
    return MarkedText(words.host_evidence(match), _MARKS.get(match.band or Band.AUTRE, CellMark.ABSENT))


def phone_cell(host: ClauseHost, contacts: Contacts) -> DocumentCell:
    """Return the current telephone of a host."""
    contact_details = contacts.get(host.candidate.id)
    return (
        contact_details.phone
        if contact_details and contact_details.phone
        else MarkedText("numéro non connu", CellMark.UNKNOWN)
    )


def plan_document(planned: PlanAnswer, address: str = "", contacts: Contacts | None = None) -> Document:
    """Return the Document of a plan. `address`: URL of the same request; `contacts` add telephones and the table of facilitators, which a Document stored in a
    dossier must not have."""
    plan = planned.plan
    return Document(
        kind=DocumentKind.PLAN,
        title=enumeration([one.label for one in plan.contracts]),
        asked=tuple(words.plan_request(plan)),
        answer=words.plan_answer(plan),
        remarks=tuple(words.plan_remarks(plan)),
        tables=(
            *(contracts_table(plan), ways_table(plan), calls_table(planned, contacts)),
            *(contract_table(planned, at, contacts) for at in range(len(plan.contracts))),
            DocumentTable("Trop petit pour être confié seul", (), (), tuple(words.small_lines(plan))),
            side_table(plan),
            *([facilitators_table(planned)] if contacts is not None else []),
        ),
        hypotheses=tuple(words.plan_hypotheses(plan)),
        names=plan_structures(plan),
        address=address,
        catalogue_version=planned.catalogue_version,
        catalogue_suppliers=planned.catalogue_suppliers,
        on=planned.on,
        sources=tuple(
            f"Part usuelle, {one.modality.label} : {percent(one.modality.share)} ; {one.modality.source}."
            for one in plan.by_modality
        ),
        scope=NOTICE,
        steps=tuple(words.steps(plan)),
    )


def plan_hours(document: Document) -> int | float | None:
    """Return the total hours of a stored plan: the last row of its first table with a column of hours; None if there is none."""
    for table in document.tables:
        at = next((at for at, column in enumerate(table.columns) if column.label == HOURS.label), None)
        if at is not None and table.rows and isinstance(hours := table.rows[-1].cells[at], int | float):
            return hours
    return None


def plan_object(planned: PlanAnswer) -> dict[str, Any]:
    """Return the plan as JSON; unknown values are null."""
    plan = planned.plan
    return {
        "contracts": [_contract(planned, at) for at in range(len(plan.splits))],
        "places": [place.name for place in planned.places],
        "hours": plan.hours,
        "etp": round(plan.etp, 2),
        "adds_up": plan.adds_up,
        "answer": words.plan_answer(plan),
        "remarks": list(words.plan_remarks(plan)),
        "peak": words.peak_sentence(plan),
        "too_small": list(words.small_lines(plan)),
        "modalities": [_modality(planned, one) for one in plan.by_modality],
        "steps": list(words.steps(plan)),
        "side_needs": [
            shaped(
                "label=need.label activity=need.activity reason=need.reason credible clues to_call first",
                one,
                first=[shaped("id name city?", candidate) for candidate in one.first],
            )
            for one in plan.side
        ],
        "facilitators": [
            shaped("structure? name? territory phones email? as_of", facilitator)
            for facilitator in planned.facilitators
        ],
        "hypotheses": list(words.plan_hypotheses(plan)),
    }


def _contract(planned: PlanAnswer, at: int) -> dict[str, Any]:
    """Return one contract as JSON: its split, and the structures to call for each modality, in order."""
    split = planned.plan.splits[at]
    places = [place.name for place in split.contract.reading.places]
    return {
        **shaped(
            "need=label places euros=reading.euros hours counted=hours_source months start",
            split.contract,
            places=places,
        ),
        "split": dict(split.hours),
        "proposed": {way.modality.code: way.proposed for way in split.ways},
        "lacking": split.lacking,
        "ways": [
            {
                **shaped("code label", way.modality),
                "hours": way.hours,
                "candidates": [
                    {**_candidate(host), "hours": host.hours, "evidence": _evidence(planned, at, host)}
                    for host in way.hosts
                ],
            }
            for way in split.carrying
        ],
    }


def _candidate(host: ClauseHost) -> dict[str, Any]:
    # does: chance that it does the trade, standing: whether it is known for it
    return shaped("id name kinds city? distance_km workers does=fit standing", host.candidate)


def _evidence(planned: PlanAnswer, at: int, host: ClauseHost) -> str | None:
    match = planned.evidence[at].get(host.candidate.id)
    return words.host_evidence(match) if match else None


def _modality(planned: PlanAnswer, modality_hours: ModalityHours) -> dict[str, Any]:
    """Return the hours of one modality over all contracts as JSON; `doing` is how many of its candidates are expected to do the trade."""
    plan = planned.plan
    return shaped(
        "code=modality.code label=modality.label limit? hours by_contract share etp usual=modality.share usual_source=modality.source room doing unlikely candidates",
        modality_hours,
        limit=words.limit(modality_hours.modality, modality_hours.hours, words.longest_months(plan, modality_hours)),
        share=round(modality_hours.hours / plan.hours, 4),
        etp=round(modality_hours.hours / plan.assumed.hours_per_etp, 2),
        room=None if modality_hours.room is None else round(modality_hours.room),
        doing=round(modality_hours.doing, 2),
        unlikely=len(modality_hours.unlikely),
        candidates=[
            {
                **_candidate(host),
                "contracts": [at + 1 for at in contracts],
                "evidence": _evidence(planned, contracts[0], host),
            }
            for host, contracts in modality_hours.hosts
        ],
    )
