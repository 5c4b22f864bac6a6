"""Renewals to come as a Document: what ends, when, held by whom; what ends nobody knows when, apart."""

from collections.abc import Iterator, Sequence
from typing import Any

from matcher.catalogue.identity.trust import brief_title
from matcher.catalogue.store.awarded import PERHAPS_TOLD
from matcher.domain.french import count, day, enumeration
from matcher.notices.renewals.answer import UNKNOWN_MONTHS, ContractHolder, Renewal, Renewals
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

COMING, UNKNOWN = "Renouvellements à venir", "Fin non connue"
_NUMBER = ColumnKind.NUMBER
_COLUMNS = (
    *(DocumentColumn("Marché"), DocumentColumn("Métier", under=True)),
    *(DocumentColumn("Acheteur"), DocumentColumn("SIRET de l’acheteur", aside=True)),
    *(DocumentColumn("Fin"), DocumentColumn("Notifié le", under=True)),
    *(DocumentColumn("Titulaire"), DocumentColumn("Numéros", ColumnKind.LIST, under=True)),
    *(DocumentColumn("Montant HT", _NUMBER, "€"), DocumentColumn("Mois", _NUMBER, under=True)),
    *(DocumentColumn("CPV", aside=True), DocumentColumn("Numéro du marché", aside=True)),
    *(DocumentColumn("Considération sociale", aside=True), DocumentColumn("Sources", ColumnKind.LIST, aside=True)),
)
# Where the holder stands among the columns that are shown.
HOLDER_AT = [column.label for column in _COLUMNS if not column.aside].index("Titulaire")
_ELSEWHERE = "hors catalogue"
HYPOTHESES = (
    "La fin est comptée de la notification, pour la durée publiée. Une reconduction, un avenant ou un début plus tardif la recule.",
    "Le territoire est celui de l’acheteur, par département : d’après son SIREN, sinon d’après les lieux de ses lots publiés, s’ils en partagent un.",
    "Un marché que deux sources publient n’y est qu’une fois où c’est sûr : même titulaire, même acheteur, et même numéro, ou même montant à des dates proches.",
)
_SCOPE = "Marchés publiés dont un titulaire au moins a un SIRET ou un SIREN (données essentielles, avis d’attribution)."


def renewals_document(its: Renewals, address: str = "", most: int | None = None) -> Document:
    """Return the renewals to come, the `most` first lines of each table, all where None; `address` asks for them again."""
    return Document(
        kind=DocumentKind.RENEWALS,
        title=", ".join(filter(None, (COMING, its.territory))),
        asked=tuple(_asked(its)),
        answer=_answer(its),
        remarks=tuple(_remarks(its)),
        tables=(_table(COMING, its.coming, most), _table(UNKNOWN, its.unknown, most, folded=True)),
        hypotheses=HYPOTHESES,
        names={holder.supplier_id: holder.name for one in _every(its) for holder in one.holders if holder.supplier_id},
        address=address,
        catalogue_version=its.catalogue_version,
        catalogue_suppliers=its.catalogue_suppliers,
        on=its.on,
        scope=_SCOPE,
    )


def renewals_csv(its: Renewals) -> DescribedFile:
    """Return what ends and what ends nobody knows when, as one CSV."""
    return table_csv(_table(COMING, _every(its), None))


def renewals_object(its: Renewals) -> dict[str, Any]:
    """Return the same as JSON; euros before tax, months, unknown as null."""
    return {
        "on": its.on.isoformat(),
        "until": its.until.isoformat(),
        "coming": [_object(one) for one in its.coming],
        "unknown_end": [_object(one) for one in its.unknown],
        "unplaced": its.unplaced,
        "unread": its.unread,
    }


def _every(its: Renewals) -> tuple[Renewal, ...]:
    return (*its.coming, *its.unknown)


def _asked(its: Renewals) -> Iterator[str]:
    yield f"Du {day(its.on)} au {day(its.until)}"
    if its.territory:
        yield f"Territoire : {its.territory}"
    if its.asked.trade:
        yield f"Métier : {taxonomy().label(its.asked.trade)}"
    if its.asked.buyer:
        yield f"Acheteur : {its.asked.buyer}"


def _answer(its: Renewals) -> str:
    if not its.awards:
        return "Aucun marché attribué n’est connu : importez les données essentielles (DECP) ou des avis d’attribution."
    if not its.coming:
        return f"Aucun marché connu ne finit d’ici le {day(its.until)}."
    held = sum(one.held_here for one in its.coming)
    says = f"{count(len(its.coming), 'marché finit', 'marchés finissent')} d’ici le {day(its.until)}"
    return f"{says}, dont {count(held, 'tenu', 'tenus') if held else 'aucun'} par un fournisseur du catalogue."


def _remarks(its: Renewals) -> Iterator[str]:
    yield from its.remarks
    if its.unknown:
        lately = f"notifiés depuis moins de {UNKNOWN_MONTHS // 12} ans, ou sans date"
        yield f"{count(len(its.unknown), 'autre marché', 'autres marchés')}, {lately}, dont la durée ou la date n’est pas publiée : leur fin n’est pas connue."
    if perhaps := sum(one.award.perhaps_told for one in _every(its)):
        yield f"{count(perhaps, 'marché est', 'marchés sont')} {PERHAPS_TOLD} : {'compté' if perhaps == 1 else 'comptés'} à part."
    if its.unplaced:
        yield f"{count(its.unplaced, 'marché')} dont l’acheteur n’est pas situé : ni dans ce territoire, ni dehors."
    if its.unread:
        yield f"{count(its.unread, 'marché')} dont le métier n’est pas compris : ni de ce métier, ni d’un autre."


def _table(title: str, found: Sequence[Renewal], most: int | None, *, folded: bool = False) -> DocumentTable:
    shown = found[:most]
    more = len(found) - len(shown)
    says = (f"Et {count(more, 'autre', 'autres')} : les fichiers les donnent.",) if more else ()
    return DocumentTable(title, _COLUMNS, tuple(map(_row, shown)), says, folded=folded)


def _row(its: Renewal) -> DocumentRow:
    award = its.award
    held = [holder for holder in its.holders if holder.supplier_id]
    return DocumentRow(
        (
            *(award.objet or None, _under(its)),
            *(award.buyer_name or award.buyer or None, award.buyer or None),
            *(day(award.ends) if award.ends else None, f"notifié le {day(award.notified)}" if award.notified else None),
            *(_holder(its.holders, held), tuple(holder.number for holder in its.holders)),
            *(award.amount, award.months, award.cpv or None, award.number or None, award.social or None),
            tuple(map(brief_title, award.sources)),
        ),
        about=held[0].supplier_id if len(held) == 1 else "",
    )


def _under(its: Renewal) -> str:
    """What is said under the object of a contract: its trade, and that another source may tell it."""
    return " ; ".join(filter(None, (_trade(its.activity), PERHAPS_TOLD if its.award.perhaps_told else "")))


def _trade(activity: str | None) -> str:
    """What is said of a trade: nothing where it was not read."""
    return "" if activity is None else taxonomy().label(activity) if activity else "métier non compris"


def _holder(holders: Sequence[ContractHolder], held: Sequence[ContractHolder]) -> DocumentCell:
    if not held:
        return Marked(_ELSEWHERE, CellMark.ABSENT)
    others = len(holders) - len(held)
    names = [holder.name for holder in held]
    return enumeration(
        [*names, *([count(others, "autre, hors catalogue", "autres, hors catalogue")] if others else [])]
    )


def _object(its: Renewal) -> dict[str, Any]:
    award = its.award
    return {
        "number": award.number or None,
        "objet": award.objet or None,
        "cpv": award.cpv or None,
        "activity": its.activity or None,
        "buyer": {"siret": award.buyer or None, "name": award.buyer_name or None},
        "notified": award.notified.isoformat() if award.notified else None,
        "months": award.months,
        "ends": award.ends.isoformat() if award.ends else None,
        "amount": award.amount,
        "social": award.social or None,
        "sources": list(award.sources),
        "perhaps_told_twice": award.perhaps_told,
        "holders": [
            {"number": one.number, "supplier": one.supplier_id or None, "name": one.name or None} for one in its.holders
        ],
    }
