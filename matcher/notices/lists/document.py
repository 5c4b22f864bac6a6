"""Writes the lists of a territory (published lots counted by lever, trade, buyer and month; contracts that end soon) as a Document and as CSV.

A Document is the description of a page, from which HTML, files and the terminal's text are made. A lever is a reservation or a social clause.
"""

from collections.abc import Iterator, Sequence

from matcher.catalogue.identity.trust import brief_title
from matcher.catalogue.store.awarded import PERHAPS_TOLD
from matcher.domain.french import count, day, enumeration, percent
from matcher.domain.notice import ReservedFor
from matcher.notices.listing import LIST, NUMBER, RESERVABLE, ListColumns, ListedLot, list_table
from matcher.notices.lists.answer import UNKNOWN_MONTHS, HeldContract, ListedContracts, ListedLots
from matcher.notices.lists.asked import morning_of
from matcher.notices.lists.counts import LotCounts
from matcher.notices.matching import RESERVING
from matcher.notices.reserving import LEVERS
from matcher.reference.levers import lever
from matcher.reference.trades.activities import taxonomy
from matcher.render.described_file import DescribedFile
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
from matcher.render.table import table_csv

COMING = "Renouvellements à venir"
_SHARE = ColumnKind.SHARE
_COUNTS: ListColumns[LotCounts] = {
    DocumentColumn("Lots", NUMBER): lambda row: row.lots,
    DocumentColumn("Réservés", NUMBER): lambda row: row.reserved,
    DocumentColumn("Clause seule", NUMBER): lambda row: row.clause,
    DocumentColumn("Ni l’un ni l’autre", NUMBER): lambda row: row.neither,
    DocumentColumn("Part réservée", _SHARE): lambda row: row.part(row.reserved),
    DocumentColumn("Part réservée ou avec clause", _SHARE): lambda row: row.part(row.reserved + row.clause),
}
_BY_LEVER = (DocumentColumn("Levier"), DocumentColumn("Lots", NUMBER), DocumentColumn("Part des lots", _SHARE))
_HELD: ListColumns[HeldContract] = {
    DocumentColumn("Marché"): lambda row: row.award.objet or None,
    DocumentColumn("Métier", under=True): lambda row: _under(row),
    DocumentColumn("Acheteur"): lambda row: row.award.buyer_name or row.award.buyer or None,
    DocumentColumn("SIRET de l’acheteur", aside=True): lambda row: row.award.buyer or None,
    DocumentColumn("Fin", ColumnKind.DAY): lambda row: row.award.ends.isoformat() if row.award.ends else None,
    DocumentColumn("Notifié le", under=True): lambda row: (
        f"notifié le {day(row.award.notified)}" if row.award.notified else None
    ),
    DocumentColumn("Titulaire"): lambda row: _holder(row),
    DocumentColumn("Numéros", LIST, under=True): lambda row: tuple(holder.number for holder in row.holders),
    DocumentColumn("Montant HT", NUMBER, "€"): lambda row: row.award.amount,
    DocumentColumn("Mois", NUMBER, under=True): lambda row: row.award.months,
    DocumentColumn("CPV", aside=True): lambda row: row.award.cpv or None,
    DocumentColumn("Numéro du marché", aside=True): lambda row: row.award.number or None,
    DocumentColumn("Considération sociale", aside=True): lambda row: row.award.social or None,
    DocumentColumn("Sources", LIST, aside=True): lambda row: tuple(map(brief_title, row.award.sources)),
}
_LOTS_SUPPOSE = (
    "Un lot compte une fois, tel que ses rectificatifs le laissent ; ceux qui sont seulement annoncés, ou annulés, ne comptent pas.",
    "Une part est un minimum : un avis qui ne dit rien d’une clause est compté comme n’en ayant pas.",
    "« Auraient pu être réservés » : sans réserve annoncée, et au moins une organisation crédible, du métier et à portée, d’un type auquel le lot pouvait l’être.",
    "Le nombre de crédibles est celui du jour où le lot a été comparé au catalogue ; il ne dit pas qu’elles étaient disponibles.",
)
_CONTRACTS_SUPPOSE = (
    "La fin est comptée de la notification, pour la durée publiée. Une reconduction, un avenant ou un début plus tardif la recule.",
    "Le territoire est celui de l’acheteur, par département : d’après son SIREN, sinon d’après les lieux de ses lots publiés, s’ils en partagent un.",
    "Un marché que deux sources publient n’y est qu’une fois où c’est sûr : même titulaire, même acheteur, et même numéro, ou même montant à des dates proches.",
)


def list_document(lots: ListedLots | ListedContracts, most: int | None = None) -> Document:
    """Return a list as a Document, with the `most` first lines of each table (all if None)."""
    if isinstance(lots, ListedLots):
        counts = lots.counts
        remarks = (
            (counts.levers[ReservedFor.UNSAID], "lot réservé sans que l’avis dise à quelle famille : à préciser sur sa page",
             "lots réservés sans que l’avis dise à quelle famille : à préciser sur leur page"),
            (counts.unread, "lot dont le métier n’est pas compris : compté, mais personne ne lui est trouvé",
             "lots dont le métier n’est pas compris : comptés, mais personne ne leur est trouvé"),
            (counts.waiting, "lot pas encore comparé au catalogue", "lots pas encore comparés au catalogue"),
            (lots.placeless, "lot de cette période dont le lieu n’est pas connu, ou est toute la France : non compté ici",
             "lots de cette période dont le lieu n’est pas connu, ou est toute la France : non comptés ici"),
            (lots.undated, "lot d’ici sans date de parution : non compté", "lots d’ici sans date de parution : non comptés"),
            (counts.announced, "lot seulement annoncé, non compté", "lots seulement annoncés, non comptés"),
            (counts.cancelled, "lot annulé, non compté", "lots annulés, non comptés"),
        )  # fmt: skip
        return Document(
            kind=DocumentKind.TERRITORY,
            title=f"Avis publiés : {lots.territory}",
            asked=tuple(_filter_words(lots)),
            answer=_lots_answer(lots),
            remarks=(
                *lots.remarks,
                *(f"{count(many, singular, plural)}." for many, singular, plural in remarks if many),
            ),
            tables=_lots_tables(lots, most),
            hypotheses=_LOTS_SUPPOSE,
            catalogue_version=lots.catalogue_version,
            catalogue_suppliers=lots.catalogue_suppliers,
            on=lots.on,
            scope="D’après les avis importés : ce qui n’est publié nulle part n’est pas compté.",
        )
    unknown = _held_table("Fin non connue", lots.unknown, most, folded=True)
    return Document(
        kind=DocumentKind.RENEWALS,
        title=", ".join(filter(None, (COMING, lots.territory))),
        asked=tuple(_filter_words(lots)),
        answer=_contracts_answer(lots),
        remarks=(*lots.remarks, *_contracts_remarks(lots)),
        tables=(_held_table(COMING, lots.coming, most), unknown),
        hypotheses=_CONTRACTS_SUPPOSE,
        names={holder.supplier_id: holder.name for contract in lots.every for holder in contract.suppliers},
        catalogue_version=lots.catalogue_version,
        catalogue_suppliers=lots.catalogue_suppliers,
        on=lots.on,
        scope="Marchés publiés dont un titulaire au moins a un SIRET ou un SIREN (données essentielles, avis d’attribution).",
    )


def list_csv(lots: ListedLots | ListedContracts) -> DescribedFile:
    """Return the lots that could have been reserved, or the contracts that end and those of unknown end, as one CSV."""
    return table_csv(_reservable(lots, None) if isinstance(lots, ListedLots) else _held_table(COMING, lots.every, None))


def _filter_words(listing: ListedLots | ListedContracts) -> Iterator[str]:
    request = listing.asked
    if listing.territory:
        yield f"Territoire : {listing.territory}"
    yield f"{'Publiés du' if isinstance(listing, ListedLots) else 'Du'} {day(request.since)} au {day(request.until)}"
    if request.trade:
        yield f"Métier : {taxonomy().label(request.trade)}"
    if request.buyer:
        yield f"Acheteur : {request.buyer}"


def _lots_answer(lots: ListedLots) -> str:
    whole = lots.counts.whole
    if not whole.lots:
        return f"Aucun lot publié dans ce territoire du {day(lots.asked.since)} au {day(lots.asked.until)}, d’après les avis importés."
    could = len(lots.counts.reservable)
    says = (
        f"{count(whole.lots, 'lot publié', 'lots publiés')}, dont {_part_of(whole, whole.reserved, 'réservé', 'réservés')} et "
        f"{_part_of(whole, whole.clause, 'autre avec une clause sociale', 'autres avec une clause sociale')}. "
    )
    return says + (
        f"{count(could, 'lot aurait pu être réservé', 'lots auraient pu être réservés')} : des structures crédibles existaient."
        if could
        else "Aucun des autres n’aurait trouvé de structure crédible d’un type auquel le réserver."
    )


def _part_of(whole: LotCounts, lot_count: int, singular: str, plural: str) -> str:
    share = whole.part(lot_count)
    return f"{count(lot_count, singular, plural)} ({percent(share)})" if lot_count and share else f"aucun {singular}"


def _lots_tables(lots: ListedLots, most: int | None) -> tuple[DocumentTable, ...]:
    counts = lots.counts
    if not counts.whole.lots:
        return ()

    def by(title: str, label: str, rows: Sequence[LotCounts], *says: str) -> DocumentTable:
        columns: ListColumns[LotCounts] = {DocumentColumn(label): lambda row: row.name or None, **_COUNTS}
        return list_table(title, columns, rows, most, says=says)

    return (
        _reservable(lots, most),
        DocumentTable("Par levier", _BY_LEVER, tuple(_by_lever(lots)), total=True),
        by("Par métier", "Métier", counts.trades, "Un lot de plusieurs métiers compte une fois dans chacun."),
        by("Par acheteur", "Acheteur", counts.buyers),
        by("Par mois", "Mois", counts.months),
    )


def _reservable(lots: ListedLots, most: int | None) -> DocumentTable:
    kinds = f"{lever(RESERVING[0]).article} : EA et ESAT. {lever(RESERVING[1]).article} : SIAE."
    lines = [ListedLot(lot, morning_of(lots.on)) for lot in lots.counts.reservable]
    return list_table("Lots qui auraient pu être réservés", RESERVABLE, lines, most, says=(kinds,))


def _by_lever(listing: ListedLots) -> Iterator[DocumentRow]:
    whole = listing.counts.whole
    for family, lots in listing.counts.levers.items():
        if lots:
            article = "" if family == ReservedFor.UNSAID else f" ({lever(LEVERS[family]).article})"
            yield DocumentRow((f"Réservé : {family}{article}", lots, whole.part(lots)))
    yield DocumentRow(("Sans réserve annoncée, avec une clause sociale", whole.clause, whole.part(whole.clause)))
    yield DocumentRow(("Ni réserve ni clause annoncées", whole.neither, whole.part(whole.neither)))
    yield DocumentRow(("Tous les lots", whole.lots, whole.part(whole.lots)))


def _contracts_answer(contracts: ListedContracts) -> str:
    if not contracts.awards:
        return "Aucun marché attribué n’est connu : importez les données essentielles (DECP) ou des avis d’attribution."
    if not contracts.coming:
        return f"Aucun marché connu ne finit d’ici le {day(contracts.asked.until)}."
    known_holders = sum(bool(contract.suppliers) for contract in contracts.coming)
    says = f"{count(len(contracts.coming), 'marché finit', 'marchés finissent')} d’ici le {day(contracts.asked.until)}"
    return f"{says}, dont {count(known_holders, 'tenu', 'tenus') if known_holders else 'aucun'} par un fournisseur du catalogue."


def _contracts_remarks(contracts: ListedContracts) -> Iterator[str]:
    if contracts.unknown:
        lately = f"notifiés depuis moins de {UNKNOWN_MONTHS // 12} ans, ou sans date"
        yield f"{count(len(contracts.unknown), 'autre marché', 'autres marchés')}, {lately}, dont la durée ou la date n’est pas publiée : leur fin n’est pas connue."
    if perhaps := sum(contract.award.perhaps_told for contract in contracts.every):
        yield f"{count(perhaps, 'marché est', 'marchés sont')} {PERHAPS_TOLD} : {'compté' if perhaps == 1 else 'comptés'} à part."
    if contracts.unplaced:
        yield f"{count(contracts.unplaced, 'marché')} dont l’acheteur n’est pas situé : ni dans ce territoire, ni dehors."
    if contracts.unread:
        yield f"{count(contracts.unread, 'marché')} dont le métier n’est pas compris : ni de ce métier, ni d’un autre."


def _held_table(title: str, lines: Sequence[HeldContract], most: int | None, *, folded: bool = False) -> DocumentTable:
    def about(contract: HeldContract) -> str:
        return contract.suppliers[0].supplier_id if len(contract.suppliers) == 1 else ""

    return list_table(title, _HELD, lines, most, about=about, folded=folded)


def _under(contract: HeldContract) -> str:
    """Return the line under a contract's object: its trade if it was read, and the warning that another source may list the same contract."""
    trade = (
        taxonomy().label(contract.activity)
        if contract.activity
        else ""
        if contract.activity is None
        else "métier non compris"
    )
    return " ; ".join(filter(None, (trade, PERHAPS_TOLD if contract.award.perhaps_told else "")))


def _holder(contract: HeldContract) -> DocumentCell:
    if not contract.suppliers:
        return MarkedText("hors catalogue", CellMark.ABSENT)
    names = [holder.name for holder in contract.suppliers]
    if others := len(contract.holders) - len(names):
        names.append(count(others, "autre, hors catalogue", "autres, hors catalogue"))
    return enumeration(names)
