"""The list of lots as one Document: from a territory, the lots that could have been reserved and all lots by lever, trade, buyer and month; or the
contracts that end, when, held by whom, and apart those that end nobody knows when."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from matcher.catalogue.identity.trust import brief_title
from matcher.catalogue.store.awarded import PERHAPS_TOLD
from matcher.domain.french import count, day, enumeration, percent
from matcher.domain.notice import ReservedFor
from matcher.notices.listing import (
    LIST,
    NUMBER,
    RESERVABLE,
    ListColumns,
    ListedLot,
    list_table,
)
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
    Marked,
)
from matcher.render.workbook import table_csv

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
    DocumentColumn("Marché"): lambda held: held.award.objet or None,
    DocumentColumn("Métier", under=True): lambda held: _under(held),
    DocumentColumn("Acheteur"): lambda held: held.award.buyer_name or held.award.buyer or None,
    DocumentColumn("SIRET de l’acheteur", aside=True): lambda held: held.award.buyer or None,
    DocumentColumn("Fin", ColumnKind.DAY): lambda held: held.award.ends.isoformat() if held.award.ends else None,
    DocumentColumn("Notifié le", under=True): lambda held: (
        f"notifié le {day(held.award.notified)}" if held.award.notified else None
    ),
    DocumentColumn("Titulaire"): lambda held: _holder(held),
    DocumentColumn("Numéros", LIST, under=True): lambda held: tuple(holder.number for holder in held.holders),
    DocumentColumn("Montant HT", NUMBER, "€"): lambda held: held.award.amount,
    DocumentColumn("Mois", NUMBER, under=True): lambda held: held.award.months,
    DocumentColumn("CPV", aside=True): lambda held: held.award.cpv or None,
    DocumentColumn("Numéro du marché", aside=True): lambda held: held.award.number or None,
    DocumentColumn("Considération sociale", aside=True): lambda held: held.award.social or None,
    DocumentColumn("Sources", LIST, aside=True): lambda held: tuple(map(brief_title, held.award.sources)),
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


def list_document(its: ListedLots | ListedContracts, most: int | None = None) -> Document:
    """Return a list as a document, the `most` first lines of each table, all where None."""
    own = _lots_document(its, most) if isinstance(its, ListedLots) else _contracts_document(its, most)
    return replace(own, asked=tuple(_asked(its)), remarks=(*its.remarks, *own.remarks))


def _lots_document(its: ListedLots, most: int | None) -> Document:
    return Document(
        kind=DocumentKind.TERRITORY,
        title=f"Avis publiés : {its.territory}",
        asked=(),
        answer=_lots_answer(its),
        remarks=tuple(_lots_remarks(its)),
        tables=_lots_tables(its, most),
        hypotheses=_LOTS_SUPPOSE,
        catalogue_version=its.catalogue_version,
        catalogue_suppliers=its.catalogue_suppliers,
        on=its.on,
        scope="D’après les avis importés : ce qui n’est publié nulle part n’est pas compté.",
    )


def _contracts_document(its: ListedContracts, most: int | None) -> Document:
    unknown = _held_table("Fin non connue", its.unknown, most, folded=True)
    return Document(
        kind=DocumentKind.RENEWALS,
        title=", ".join(filter(None, (COMING, its.territory))),
        asked=(),
        answer=_contracts_answer(its),
        remarks=tuple(_contracts_remarks(its)),
        tables=(_held_table(COMING, its.coming, most), unknown),
        hypotheses=_CONTRACTS_SUPPOSE,
        names={holder.supplier_id: holder.name for held in its.every for holder in held.suppliers},
        catalogue_version=its.catalogue_version,
        catalogue_suppliers=its.catalogue_suppliers,
        on=its.on,
        scope="Marchés publiés dont un titulaire au moins a un SIRET ou un SIREN (données essentielles, avis d’attribution).",
    )


def list_csv(its: ListedLots | ListedContracts) -> DescribedFile:
    """Return the lots that could have been reserved, or the contracts that end and those that end nobody knows when, as one CSV."""
    return table_csv(_reservable(its, None) if isinstance(its, ListedLots) else _held_table(COMING, its.every, None))


def _asked(its: ListedLots | ListedContracts) -> Iterator[str]:
    asked = its.asked
    if its.territory:
        yield f"Territoire : {its.territory}"
    yield f"{'Publiés du' if isinstance(its, ListedLots) else 'Du'} {day(asked.since)} au {day(asked.until)}"
    if asked.trade:
        yield f"Métier : {taxonomy().label(asked.trade)}"
    if asked.buyer:
        yield f"Acheteur : {asked.buyer}"


def _lots_answer(its: ListedLots) -> str:
    whole = its.counts.whole
    if not whole.lots:
        return f"Aucun lot publié dans ce territoire du {day(its.asked.since)} au {day(its.asked.until)}, d’après les avis importés."
    could = len(its.counts.reservable)
    says = (
        f"{count(whole.lots, 'lot publié', 'lots publiés')}, dont {_part_of(whole, whole.reserved, 'réservé', 'réservés')} et "
        f"{_part_of(whole, whole.clause, 'autre avec une clause sociale', 'autres avec une clause sociale')}. "
    )
    return says + (
        f"{count(could, 'lot aurait pu être réservé', 'lots auraient pu être réservés')} : des structures crédibles existaient."
        if could
        else "Aucun des autres n’aurait trouvé de structure crédible d’un type auquel le réserver."
    )


def _part_of(whole: LotCounts, lots: int, singular: str, plural: str) -> str:
    share = whole.part(lots)
    return f"{count(lots, singular, plural)} ({percent(share)})" if lots and share else f"aucun {singular}"


def _lots_remarks(its: ListedLots) -> Iterator[str]:
    counts = its.counts
    lines = (
        (counts.levers[ReservedFor.UNSAID], "lot réservé sans que l’avis dise à quelle famille : à préciser sur sa page",
         "lots réservés sans que l’avis dise à quelle famille : à préciser sur leur page"),
        (counts.unread, "lot dont le métier n’est pas compris : compté, mais personne ne lui est trouvé",
         "lots dont le métier n’est pas compris : comptés, mais personne ne leur est trouvé"),
        (counts.waiting, "lot pas encore comparé au catalogue", "lots pas encore comparés au catalogue"),
        (its.placeless, "lot de cette période dont le lieu n’est pas connu, ou est toute la France : non compté ici",
         "lots de cette période dont le lieu n’est pas connu, ou est toute la France : non comptés ici"),
        (its.undated, "lot d’ici sans date de parution : non compté", "lots d’ici sans date de parution : non comptés"),
        (counts.announced, "lot seulement annoncé, non compté", "lots seulement annoncés, non comptés"),
        (counts.cancelled, "lot annulé, non compté", "lots annulés, non comptés"),
    )  # fmt: skip
    yield from (f"{count(many, singular, plural)}." for many, singular, plural in lines if many)


def _lots_tables(its: ListedLots, most: int | None) -> tuple[DocumentTable, ...]:
    counts = its.counts
    if not counts.whole.lots:
        return ()

    def by(title: str, label: str, rows: Sequence[LotCounts], *says: str) -> DocumentTable:
        columns: ListColumns[LotCounts] = {DocumentColumn(label): lambda row: row.name or None, **_COUNTS}
        return list_table(title, columns, rows, most, says=says)

    return (
        _reservable(its, most),
        DocumentTable("Par levier", _BY_LEVER, tuple(_by_lever(its)), total=True),
        by("Par métier", "Métier", counts.trades, "Un lot de plusieurs métiers compte une fois dans chacun."),
        by("Par acheteur", "Acheteur", counts.buyers),
        by("Par mois", "Mois", counts.months),
    )


def _reservable(its: ListedLots, most: int | None) -> DocumentTable:
    kinds = f"{lever(RESERVING[0]).article} : EA et ESAT. {lever(RESERVING[1]).article} : SIAE."
    lines = [ListedLot(lot, morning_of(its.on)) for lot in its.counts.reservable]
    return list_table("Lots qui auraient pu être réservés", RESERVABLE, lines, most, says=(kinds,))


def _by_lever(its: ListedLots) -> Iterator[DocumentRow]:
    whole = its.counts.whole
    for family, lots in its.counts.levers.items():
        if lots:
            article = "" if family == ReservedFor.UNSAID else f" ({lever(LEVERS[family]).article})"
            yield DocumentRow((f"Réservé : {family}{article}", lots, whole.part(lots)))
    yield DocumentRow(("Sans réserve annoncée, avec une clause sociale", whole.clause, whole.part(whole.clause)))
    yield DocumentRow(("Ni réserve ni clause annoncées", whole.neither, whole.part(whole.neither)))
    yield DocumentRow(("Tous les lots", whole.lots, whole.part(whole.lots)))


def _contracts_answer(its: ListedContracts) -> str:
    if not its.awards:
        return "Aucun marché attribué n’est connu : importez les données essentielles (DECP) ou des avis d’attribution."
    if not its.coming:
        return f"Aucun marché connu ne finit d’ici le {day(its.asked.until)}."
    held = sum(bool(contract.suppliers) for contract in its.coming)
    says = f"{count(len(its.coming), 'marché finit', 'marchés finissent')} d’ici le {day(its.asked.until)}"
    return f"{says}, dont {count(held, 'tenu', 'tenus') if held else 'aucun'} par un fournisseur du catalogue."


def _contracts_remarks(its: ListedContracts) -> Iterator[str]:
    if its.unknown:
        lately = f"notifiés depuis moins de {UNKNOWN_MONTHS // 12} ans, ou sans date"
        yield f"{count(len(its.unknown), 'autre marché', 'autres marchés')}, {lately}, dont la durée ou la date n’est pas publiée : leur fin n’est pas connue."
    if perhaps := sum(contract.award.perhaps_told for contract in its.every):
        yield f"{count(perhaps, 'marché est', 'marchés sont')} {PERHAPS_TOLD} : {'compté' if perhaps == 1 else 'comptés'} à part."
    if its.unplaced:
        yield f"{count(its.unplaced, 'marché')} dont l’acheteur n’est pas situé : ni dans ce territoire, ni dehors."
    if its.unread:
        yield f"{count(its.unread, 'marché')} dont le métier n’est pas compris : ni de ce métier, ni d’un autre."


def _held_table(
    title: str, contracts: Sequence[HeldContract], most: int | None, *, folded: bool = False
) -> DocumentTable:
    def about(held: HeldContract) -> str:
        return held.suppliers[0].supplier_id if len(held.suppliers) == 1 else ""

    return list_table(title, _HELD, contracts, most, about=about, folded=folded)


def _under(held: HeldContract) -> str:
    """What is said under the object of a contract: its trade, nothing where it was not read, and that another source may tell it."""
    trade = taxonomy().label(held.activity) if held.activity else "" if held.activity is None else "métier non compris"
    return " ; ".join(filter(None, (trade, PERHAPS_TOLD if held.award.perhaps_told else "")))


def _holder(held: HeldContract) -> DocumentCell:
    if not held.suppliers:
        return Marked("hors catalogue", CellMark.ABSENT)
    names = [holder.name for holder in held.suppliers]
    others = len(held.holders) - len(names)
    return enumeration(
        [*names, *([count(others, "autre, hors catalogue", "autres, hors catalogue")] if others else [])]
    )
