"""Computes two lists for a territory, from the database: the lots published there in a period, and the contracts that end soon, with their holders."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection, Engine, String, func, select

from matcher.catalogue.intake.awards import activity_of_award
from matcher.catalogue.store.awarded import BuyerAward, awards_chosen, end_of, standing_awards
from matcher.catalogue.store.read import read_version
from matcher.catalogue.store.tables import SUPPLIERS
from matcher.db import reading
from matcher.decisions.asked import DecisionRefused
from matcher.decisions.plaquette.answer import place_said, read_territory
from matcher.domain.french import count, enumeration
from matcher.domain.place import Place
from matcher.notices.lists.asked import ListAsked
from matcher.notices.lists.counts import ListCounts, count_by_lever
from matcher.notices.store import LotFilter, count_lots, lots
from matcher.notices.tables import PUBLISHED_LOTS
from matcher.reading.place.areas import departements_of, places_of
from matcher.reference.geography.territories import departement, territory_of_siren
from matcher.rows import chunks

# Longest period of one list: over more, notices change too much to be compared.
MOST_DAYS = 3 * 366
# Default number of months ahead for ending contracts: the time needed to prepare the next call.
MONTHS = 6
MOST_MONTHS = 60
# A contract without a known duration is listed for so long after its notification: the longest term of a framework agreement.
UNKNOWN_MONTHS = 48
# Most contract objects whose trade is read for one list: some seconds of work.
MOST_READ = 3_000
_SIREN = 9
# SQL condition of the lots already matched that are in no département.
_NOWHERE = (PUBLISHED_LOTS.c.departements.cast(String) == "[]") & PUBLISHED_LOTS.c.matched.is_not(None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOfPlaces:
    """Base of both lists: the request, the places understood, remarks, the day, and the version and size of the catalogue."""

    asked: ListAsked
    places: tuple[Place, ...]
    remarks: tuple[str, ...]
    on: date
    catalogue_version: int
    catalogue_suppliers: int

    @property
    def territory(self) -> str:
        """The territory in words."""
        return enumeration([place_said(place) for place in self.places])


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedLots(ListOfPlaces):
    """Lots published in the `departements` of a territory, as counts. `placeless` counts the lots of the period in no département (they may be
    anywhere), `undated` those without a day of publication."""

    departements: tuple[str, ...]
    counts: ListCounts
    placeless: int
    undated: int


@dataclass(frozen=True, slots=True)
class ContractHolder:
    """Company that won a contract, by SIRET or SIREN; `supplier_id` and `name` are empty if it is not in the catalogue."""

    number: str
    supplier_id: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class HeldContract:
    """A contract with its holders: `activity` is the taxonomy's code of its trade, empty if its object is not understood, None if it was not read."""

    award: BuyerAward
    activity: str | None
    holders: tuple[ContractHolder, ...]

    @property
    def suppliers(self) -> list[ContractHolder]:
        """Its holders that are in the catalogue."""
        return [holder for holder in self.holders if holder.supplier_id]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedContracts(ListOfPlaces):
    """Contracts that end in the period (`coming`), the first to end first, and those recently notified whose end is not known (`unknown`). `unplaced` counts
    contracts whose buyer cannot be located, `unread` those whose trade is not understood: both are left out by a filter of place or trade. `awards` counts
    all awards stored."""

    coming: tuple[HeldContract, ...]
    unknown: tuple[HeldContract, ...]
    unplaced: int
    unread: int
    awards: int

    @property
    def every(self) -> tuple[HeldContract, ...]:
        """`coming`, then `unknown`."""
        return (*self.coming, *self.unknown)


def list_lots(engine: Engine, request: ListAsked, on: date) -> ListedLots:
    """Return the lots published in the départements of the places requested. Raises DecisionRefused for an unknown place or an invalid period."""
    if request.since > request.until:
        raise DecisionRefused("La période finit avant de commencer.", field="depuis")
    if (request.until - request.since).days > MOST_DAYS:
        raise DecisionRefused("Trois ans au plus : raccourcissez la période.", field="depuis")
    places, remarks = read_territory(request.places)
    codes = _departements_of(places)
    if not codes:
        raise DecisionRefused(
            f"« {request.places[0]} » n’est d’aucun département : les lots sont situés par département.", field="lieu"
        )
    since, until = request.since, request.until
    chosen = LotFilter(trade=request.trade, departements=codes, buyer=request.buyer, since=since, until=until)
    with reading(engine) as connection:
        lots_found = sorted(lots(connection, chosen), key=lambda lot: lot.id)
        placeless = count_lots(connection, replace(chosen, departements=frozenset()), _NOWHERE)
        anytime = replace(chosen, since=None, until=None)
        undated = count_lots(connection, anytime, PUBLISHED_LOTS.c.published.is_(None))
        version, suppliers = _catalogue(connection)
    return ListedLots(
        asked=request,
        places=places,
        remarks=(*remarks, *_widening_remark(places, sorted(codes))),
        on=on,
        departements=tuple(sorted(codes)),
        counts=count_by_lever(lots_found),
        placeless=placeless,
        undated=undated,
        catalogue_version=version,
        catalogue_suppliers=suppliers,
    )


def list_contracts(engine: Engine, request: ListAsked, on: date) -> ListedContracts:
    """Return the contracts that end in the period requested. Raises DecisionRefused for an unknown place, or if too many objects must be read."""

    def is_due(buyer: str, notified: date | None, months: float | None) -> bool:
        """Return True for a contract of the buyer requested that ends in the period, or is recent and has no known end."""
        if not buyer.startswith(request.buyer):
            return False
        ends = end_of(notified, months)
        if ends is None:
            return (end_of(notified, UNKNOWN_MONTHS) or on) >= on
        return request.since <= ends <= request.until

    places, remarks = read_territory(request.places) if request.places else ((), ())
    with reading(engine) as connection:
        here, unplaced = _within(connection, awards_chosen(connection, is_due), _departements_of(places))
        trade = request.trade
        if trade and len(here) > MOST_READ:
            many = count(len(here), "marché")
            says = f"{many} à lire pour en connaître le métier : dites un territoire ou un acheteur."
            raise DecisionRefused(says, field="lieu")
        # Without a trade, only contracts with a known end are read.
        read = [(award, activity_of_award(award.objet, award.cpv) if trade or award.ends else None) for award in here]
        chosen = [(award, code) for award, code in read if not trade or f"{code}.".startswith(f"{trade}.")]
        contracts = _with_holders(connection, chosen)
        ending = sum(contract.award.ends is not None for contract in contracts)  # they come first
        version, suppliers = _catalogue(connection)
        awards = standing_awards(connection)
    return ListedContracts(
        asked=request,
        places=places,
        remarks=remarks,
        on=on,
        coming=tuple(contracts[:ending]),
        unknown=tuple(contracts[ending:]),
        unplaced=unplaced,
        unread=sum(not code for _, code in read) if trade else 0,
        awards=awards,
        catalogue_version=version,
        catalogue_suppliers=suppliers,
    )


def _departements_of(places: Iterable[Place]) -> frozenset[str]:
    return frozenset(code for place in places for code in departements_of(place))


def _catalogue(connection: Connection) -> tuple[int, int]:
    """Return (version, number of suppliers) of the catalogue."""
    suppliers = int(connection.execute(select(func.count()).select_from(SUPPLIERS)).scalar_one())
    return read_version(connection), suppliers


def _widening_remark(places: Sequence[Place], codes: Sequence[str]) -> list[str]:
    """Return the remark that the list covers whole départements, if the places are smaller: a notice seldom names the commune."""
    whole = {code for area in map(departement, codes) if area for code in area.communes}
    if whole <= {code for place in places for code in place.communes}:
        return []
    names = enumeration([area.name for code in codes if (area := departement(code))])
    return [f"Les lots sont comptés par département, tels que les avis les situent : ici, {names}."]


def _within(
    connection: Connection, awards: Sequence[BuyerAward], wanted: frozenset[str]
) -> tuple[Sequence[BuyerAward], int]:
    """Return (contracts whose buyer is in a `wanted` département, number whose buyer cannot be located); all if none is `wanted`."""
    if not wanted:
        return awards, 0
    published = _published_in(connection)
    inside, unplaced = [], 0
    for award in awards:
        # A local authority is located by its SIREN, another buyer by the départements common to all its published lots.
        siren = award.buyer[:_SIREN]
        territory = territory_of_siren(siren)
        common = published.get(siren, frozenset())
        codes = common if territory is None else _departements_of(places_of(territory.codes))
        unplaced += not codes
        if codes & wanted:
            inside.append(award)
    return inside, unplaced


def _published_in(connection: Connection) -> Mapping[str, frozenset[str]]:
    """Return, by the buyer's SIREN, the départements common to all its located lots."""
    departements_by_siren: dict[str, frozenset[str]] = {}
    query = select(PUBLISHED_LOTS.c.buyer, PUBLISHED_LOTS.c.departements).where(PUBLISHED_LOTS.c.buyer != "")
    for buyer, codes in connection.execute(query):
        if codes:
            siren = buyer[:_SIREN]
            departements_by_siren[siren] = departements_by_siren.get(siren, frozenset(codes)) & frozenset(codes)
    return departements_by_siren


def _with_holders(connection: Connection, read: Collection[tuple[BuyerAward, str | None]]) -> list[HeldContract]:
    """Return these contracts with their holders, the first to end first; a holder is looked up by SIRET, else by its company's SIREN."""
    numbers = {number for award, _ in read for number in award.winners}
    columns = (SUPPLIERS.c.id, SUPPLIERS.c.name, SUPPLIERS.c.siret, SUPPLIERS.c.siren)
    known: dict[str, tuple[str, str]] = {}
    for part in chunks(sorted({number[:_SIREN] for number in numbers})):
        query = select(*columns).where(SUPPLIERS.c.siren.in_(part)).order_by(SUPPLIERS.c.id)
        for row in connection.execute(query):
            for key in (row.siret, row.siren):
                known.setdefault(key, (row.id, row.name))
    holders = {number: ContractHolder(number, *known.get(number, known.get(number[:_SIREN], ()))) for number in numbers}
    contracts = [HeldContract(award, code, tuple(holders[number] for number in award.winners)) for award, code in read]
    return sorted(
        contracts, key=lambda row: (row.award.ends or date.max, row.award.notified or date.max, row.award.number)
    )
