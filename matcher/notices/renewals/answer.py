"""Contracts whose term ends within a period, from the memory of awards: by trade, by where their buyer is, with the suppliers that hold them."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, Engine, func, select

from matcher.catalogue.intake.awards import activity_of_award
from matcher.catalogue.store.awarded import BuyerAward, awards_chosen, end_of, standing_awards
from matcher.catalogue.store.read import read_version
from matcher.catalogue.store.tables import SUPPLIERS
from matcher.db import reading
from matcher.decisions.asked import DecisionRefused
from matcher.decisions.plaquette.answer import place_said, read_territory
from matcher.domain.french import count, enumeration
from matcher.domain.place import Place
from matcher.notices.tables import PUBLISHED_LOTS
from matcher.reading.place.areas import departements_of, places_of
from matcher.reference.geography.territories import territory_of_siren
from matcher.rows import chunks

# Months ahead that are looked at where nobody says how many: what is left to prepare a consultation.
MONTHS = 6
MOST_MONTHS = 60
# A contract that does not say how long it lasts is listed so long after its notification: the longest term of a framework agreement.
UNKNOWN_MONTHS = 48
# Objects that are read to know their trade: some seconds of work.
MOST_READ = 3_000
_SIREN, _SIRET = 9, 14


@dataclass(frozen=True, slots=True)
class RenewalsAsked:
    """Choice of contracts that end within `months`; what is empty chooses nothing. `places` are where their buyer is, as typed, `trade` a code of
    an activity or of its group, `buyer` a SIRET or a SIREN."""

    months: int = MONTHS
    places: tuple[str, ...] = ()
    trade: str = ""
    buyer: str = ""


@dataclass(frozen=True, slots=True)
class ContractHolder:
    """Company that holds a contract, by its SIRET or SIREN; `supplier_id` and `name` where the catalogue knows it, else empty."""

    number: str
    supplier_id: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Renewal:
    """A contract whose term ends, or of which that is not known: `activity` is a code of the taxonomy, empty where its object is in doubt, None
    where it was not read."""

    award: BuyerAward
    activity: str | None
    holders: tuple[ContractHolder, ...]

    @property
    def held_here(self) -> bool:
        """Whether a supplier of the catalogue holds it."""
        return any(holder.supplier_id for holder in self.holders)


@dataclass(frozen=True, slots=True)
class Renewals:
    """Contracts that end from `on` until `until`, the first to end first, and those lately notified whose end is not `known`.

    `unplaced` counts those of buyers that cannot be placed, `unread` those whose trade is in doubt: neither could be chosen.
    """

    asked: RenewalsAsked
    territory: str
    remarks: tuple[str, ...]
    on: date
    until: date
    coming: tuple[Renewal, ...]
    unknown: tuple[Renewal, ...]
    unplaced: int
    unread: int
    awards: int
    catalogue_version: int
    catalogue_suppliers: int


def buyer_number(typed: str) -> str | None:
    """Return the SIRET or the SIREN that a person typed, None where it has the length of neither."""
    digits = "".join(filter(str.isdigit, typed))
    return digits if len(digits) in (_SIREN, _SIRET) else None


def renewals(engine: Engine, asked: RenewalsAsked, on: date) -> Renewals:
    """Return the contracts that end within the months asked. Raises DecisionRefused where a place is not understood, or too many are to be read."""
    places, remarks = read_territory(asked.places) if asked.places else ((), ())
    until = end_of(on, asked.months) or on
    with reading(engine) as connection:
        here, unplaced = _within(connection, awards_chosen(connection, _due(asked.buyer, on, until)), places)
        told = _read(here, asked.trade)
        found = _held(connection, [(award, code) for award, code in told if _of_trade(code, asked.trade)])
        suppliers = int(connection.execute(select(func.count()).select_from(SUPPLIERS)).scalar_one())
        version, every = read_version(connection), standing_awards(connection)
    return Renewals(
        asked=asked,
        territory=enumeration([place_said(place) for place in places]),
        remarks=remarks,
        on=on,
        until=until,
        coming=tuple(one for one in found if one.award.ends),
        unknown=tuple(one for one in found if one.award.ends is None),
        unplaced=unplaced,
        unread=sum(not code for _, code in told) if asked.trade else 0,
        awards=every,
        catalogue_version=version,
        catalogue_suppliers=suppliers,
    )


def _due(asked_buyer: str, on: date, until: date) -> Callable[[str, date | None, float | None], bool]:
    """What chooses a contract by its buyer's number, notification and months: it ends from `on` until `until`, or nobody knows when and it is recent."""

    def due(buyer: str, notified: date | None, months: float | None) -> bool:
        if not buyer.startswith(asked_buyer):
            return False
        ends = end_of(notified, months)
        if ends is None:
            return (end_of(notified, UNKNOWN_MONTHS) or on) >= on
        return on <= ends <= until

    return due


def _read(awards: Collection[BuyerAward], trade: str) -> list[tuple[BuyerAward, str | None]]:
    """Contracts with their activity; where no trade is asked, that of those alone whose end is known. Raises DecisionRefused for too many."""
    if trade and len(awards) > MOST_READ:
        many = count(len(awards), "marché")
        raise DecisionRefused(
            f"{many} à lire pour en connaître le métier : dites un territoire ou un acheteur.", field="lieu"
        )
    return [(award, activity_of_award(award.objet, award.cpv) if trade or award.ends else None) for award in awards]


def _of_trade(activity: str | None, trade: str) -> bool:
    return not trade or f"{activity}.".startswith(f"{trade}.")


def _held(connection: Connection, told: Collection[tuple[BuyerAward, str | None]]) -> list[Renewal]:
    """These contracts with those who hold them, the first to end first."""
    held = _holders(connection, {number for award, _ in told for number in award.winners})
    found = [Renewal(award, code, tuple(held[number] for number in award.winners)) for award, code in told]
    return sorted(found, key=_order)


def _order(its: Renewal) -> tuple[date, date, str]:
    award = its.award
    return award.ends or date.max, award.notified or date.max, award.number


def _within(
    connection: Connection, awards: Iterable[BuyerAward], places: Iterable[Place]
) -> tuple[list[BuyerAward], int]:
    """Those whose buyer is in a département of these places, all where there is no place; and how many could not be placed."""
    wanted = {code for place in places for code in departements_of(place)}
    if not wanted:
        return list(awards), 0
    published = _published_in(connection)
    where = [(award, _departements(award.buyer[:_SIREN], published)) for award in awards]
    return [award for award, its in where if its & wanted], sum(1 for _, its in where if not its)


def _departements(siren: str, published: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Where a buyer is by its number, else where all that it publishes is carried out; nowhere where neither says."""
    territory = territory_of_siren(siren)
    if territory is None:
        return published.get(siren, frozenset())
    return frozenset(code for place in places_of(territory.codes) for code in departements_of(place))


def _published_in(connection: Connection) -> Mapping[str, frozenset[str]]:
    """The départements that all located lots of a buyer share, by SIREN; none where they share none."""
    found: dict[str, frozenset[str]] = {}
    query = select(PUBLISHED_LOTS.c.buyer, PUBLISHED_LOTS.c.departements).where(PUBLISHED_LOTS.c.buyer != "")
    for buyer, codes in connection.execute(query):
        if codes:
            siren = buyer[:_SIREN]
            found[siren] = found.get(siren, frozenset(codes)) & frozenset(codes)
    return found


def _holders(connection: Connection, numbers: Collection[str]) -> dict[str, ContractHolder]:
    """Who these SIRET or SIREN are: the establishment itself, else the first of its company."""
    sirens = sorted({number[:_SIREN] for number in numbers})
    columns = (SUPPLIERS.c.id, SUPPLIERS.c.name, SUPPLIERS.c.siret, SUPPLIERS.c.siren)
    known: dict[str, tuple[str, str]] = {}
    for part in chunks(sirens):
        query = select(*columns).where(SUPPLIERS.c.siren.in_(part)).order_by(SUPPLIERS.c.id)
        for row in connection.execute(query):
            for key in (row.siret, row.siren):
                known.setdefault(key, (row.id, row.name))
    return {number: ContractHolder(number, *known.get(number, known.get(number[:_SIREN], ()))) for number in numbers}
