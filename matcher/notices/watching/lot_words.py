"""Writes one lot of a watch (a saved search of lots) in French: title, deadline, facts, reasons; used by its page, messages, feed, calendar and files."""

from dataclasses import dataclass, replace
from datetime import datetime

from matcher.domain.french import moment, short_day, typeset, unit
from matcher.domain.notice import LotState, ReservedFor
from matcher.need.title import cut_title
from matcher.notices.deadlines import PARIS
from matcher.notices.reserving import LEVERS
from matcher.notices.store import KeptLot
from matcher.notices.supplier_side import Partner, SupplierSide
from matcher.notices.supplier_words import time_left
from matcher.reference.levers import lever

NO_AMOUNT = "Montant non connu."
NO_DEADLINE = "Date limite non connue : voyez l’avis."
ZONE_SUPPOSED = "L’avis ne dit pas de fuseau horaire sûr : l’heure est prise à Paris."
# Prefixes of the overseas départements and territories, whose time zone is not that of Paris.
_OVERSEAS = ("97", "98")


@dataclass(frozen=True, slots=True)
class LotWords:
    """Words of a lot: `margin` is its deadline in short, `until` in full, `left` the time left; `facts` are its contract's object, its buyer, number,
    reservation and amount; `url` the page of its notice, or empty; `text` its full object; `missing` what is unknown of the supplier, then of the lot.
    `suits`, `against`, `lacks` and `partners` are empty in a watch over all lots."""

    id: int
    title: str
    margin: str
    until: str
    left: str
    facts: tuple[str, ...]
    url: str
    deadline: datetime | None = None
    text: str = ""
    suits: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    partners: tuple[Partner, ...] = ()


def lot_words(lot: KeptLot, now: datetime, side: SupplierSide | None = None) -> LotWords:
    """Return the words of a lot at `now` (aware); `side` explains it to a supplier."""
    deadline = lot.published.deadline
    unknown = [NO_AMOUNT] if lot.amount is None else []
    if deadline is None:
        unknown.append(NO_DEADLINE)
    # Overseas, or if the place is not known, an hour without a zone may not be Paris time.
    elif deadline.supposed and (not lot.departements or any(code.startswith(_OVERSEAS) for code in lot.departements)):
        unknown.append(ZONE_SUPPOSED)
    words = LotWords(
        id=lot.id,
        title=typeset(lot.published.title) or "Lot sans intitulé",
        margin="sans date",
        until="",
        left=time_left(deadline, now) if lot.state is LotState.CALLED else lot.state.value,
        facts=_facts(lot),
        url=lot.notice.url if lot.notice.url.startswith(("https://", "http://")) else "",
        text=lot.published.lot.objet,
        missing=tuple(unknown),
    )
    if deadline is not None:
        zone = PARIS if deadline.supposed else deadline.at.tzinfo
        margin, until = short_day(deadline.at.astimezone(zone)), moment(deadline.at, zone)
        words = replace(words, margin=margin, until=until, deadline=deadline.at)
    if side is None:
        return words
    against, missing = (*side.refused, *side.against), (*side.missing, *words.missing)
    return replace(words, suits=side.suits, against=against, missing=missing, lacks=side.lacks, partners=side.partners)


def reserved_by(reserved: ReservedFor | None) -> str:
    """Return the law article and the family that a lot is reserved for, in words; empty if it is not reserved."""
    if reserved is None:
        return ""
    if reserved is ReservedFor.UNSAID:
        return "réservé, article non dit"
    return f"réservé {lever(LEVERS[reserved]).article} ({reserved.value})"


def _facts(kept_lot: KeptLot) -> tuple[str, ...]:
    lot, notice = kept_lot.published, kept_lot.notice
    open_to = "non réservé" if lot.not_reserved else "sans réserve annoncée"
    facts = (
        f"« {cut_title(kept_lot.contract_object)} »" if kept_lot.contract_object else "",
        notice.buyer_name or notice.buyer or "acheteur non connu",
        f"lot {lot.number}" if len(notice.lots) > 1 else "",
        reserved_by(lot.reserved) or f"{open_to}{', clause sociale' if lot.clause else ''}",
        f"{unit(kept_lot.amount, '€')} HT" if kept_lot.amount is not None else "",
    )
    return tuple(typeset(fact) for fact in facts if fact)
