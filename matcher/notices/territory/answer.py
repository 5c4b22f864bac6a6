"""View of a territory worked out from the published lots: the territory read, its lots of a period, those that cannot be placed counted apart."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Connection, Engine, String, func, select

from matcher.catalogue.store.read import read_version
from matcher.catalogue.store.tables import SUPPLIERS
from matcher.db import reading
from matcher.decisions.asked import DecisionRefused
from matcher.decisions.plaquette.answer import place_said, read_territory
from matcher.domain.french import enumeration
from matcher.domain.notice import LotState, ReservedFor
from matcher.domain.place import Place
from matcher.notices.store import in_departements
from matcher.notices.tables import NOTICES, PUBLISHED_LOTS
from matcher.notices.territory.compute import LotLine, TerritoryCounts, buyer_key, counted
from matcher.reading.place.areas import departements_of
from matcher.reference.geography.territories import departement
from matcher.reference.trades.activities import taxonomy

# A longer period is read a part at a time: notices change too much to be compared over more.
MOST_DAYS = 3 * 366


@dataclass(frozen=True, slots=True)
class TerritoryView:
    """Lots published in a territory from `since` to `until`. `placeless` counts those of the period of no département: they may be anywhere;
    `undated` those without a day of publication, `buyers` names each buyer by its key."""

    places: tuple[Place, ...]
    departements: tuple[str, ...]
    remarks: tuple[str, ...]
    since: date
    until: date
    on: date
    counts: TerritoryCounts
    buyers: Mapping[str, str]
    placeless: int
    undated: int
    catalogue_version: int
    catalogue_suppliers: int

    @property
    def territory(self) -> str:
        """The territory in words."""
        return enumeration([place_said(place) for place in self.places])


def year_before(day: date) -> date:
    """Return the first day of the year that ends on a day."""
    return day - timedelta(days=364)


def territory_view(engine: Engine, typed: Sequence[str], since: date, until: date, on: date) -> TerritoryView:
    """Return what is published in the départements of the places that are typed. Raises DecisionRefused where one is no place, or for a period
    that cannot be."""
    if since > until:
        raise DecisionRefused("La période finit avant de commencer.", field="depuis")
    if (until - since).days > MOST_DAYS:
        raise DecisionRefused("Trois ans au plus : raccourcissez la période.", field="depuis")
    places, remarks = read_territory(typed)
    codes = sorted({code for place in places for code in departements_of(place)})
    if not codes:
        raise DecisionRefused(
            f"« {typed[0]} » n’est d’aucun département : les lots sont situés par département.", field="lieu"
        )
    period = PUBLISHED_LOTS.c.published.between(since, until)
    nowhere = (PUBLISHED_LOTS.c.departements.cast(String) == "[]") & PUBLISHED_LOTS.c.matched.is_not(None)
    with reading(engine) as connection:
        lines = _lines(connection, period & in_departements(codes))
        placeless = _count(connection, period & nowhere)
        undated = _count(connection, PUBLISHED_LOTS.c.published.is_(None) & in_departements(codes))
        suppliers = int(connection.execute(select(func.count()).select_from(SUPPLIERS)).scalar_one())
        version = read_version(connection)
    return TerritoryView(
        places=places,
        departements=tuple(codes),
        remarks=(*remarks, *_widened(places, codes)),
        since=since,
        until=until,
        on=on,
        counts=counted(lines, taxonomy().group_of),
        buyers=_buyers(lines),
        placeless=placeless,
        undated=undated,
        catalogue_version=version,
        catalogue_suppliers=suppliers,
    )


def _lines(connection: Connection, chosen: ColumnElement[bool]) -> list[LotLine]:
    """The lots chosen, without their texts: a territory has thousands a year."""
    columns = (
        *(
            PUBLISHED_LOTS.c.id,
            PUBLISHED_LOTS.c.buyer,
            PUBLISHED_LOTS.c.published,
            PUBLISHED_LOTS.c.deadline,
            PUBLISHED_LOTS.c.state,
            PUBLISHED_LOTS.c.reserved,
        ),
        *(
            PUBLISHED_LOTS.c.clause,
            PUBLISHED_LOTS.c.activities,
            PUBLISHED_LOTS.c.amount,
            PUBLISHED_LOTS.c.credible,
            PUBLISHED_LOTS.c.reservable,
        ),
        PUBLISHED_LOTS.c.said["title"].as_string().label("title"),
        NOTICES.c.said["buyer_name"].as_string().label("buyer_name"),
    )
    query = (
        select(*columns)
        .join(NOTICES, NOTICES.c.id == PUBLISHED_LOTS.c.notice_id)
        .where(chosen)
        .order_by(PUBLISHED_LOTS.c.id)
    )
    return [
        LotLine(
            id=row.id,
            title=row.title,
            buyer=row.buyer,
            buyer_name=row.buyer_name,
            published=row.published,
            deadline=row.deadline,
            state=LotState(row.state),
            reserved=ReservedFor(row.reserved) if row.reserved else None,
            clause=row.clause,
            activities=tuple(row.activities),
            amount=row.amount,
            credible=row.credible,
            reservable=row.reservable,
        )
        for row in connection.execute(query)
    ]


def _count(connection: Connection, chosen: ColumnElement[bool]) -> int:
    return int(connection.execute(select(func.count()).select_from(PUBLISHED_LOTS).where(chosen)).scalar_one())


def _buyers(lines: Sequence[LotLine]) -> dict[str, str]:
    """The name that each buyer signs most of its lots with."""
    names: dict[str, Counter[str]] = {}
    for line in lines:
        names.setdefault(buyer_key(line), Counter())[line.buyer_name or line.buyer] += 1
    return {key: its.most_common(1)[0][0] for key, its in names.items()}


def _widened(places: Sequence[Place], codes: Sequence[str]) -> list[str]:
    """What is said where a place is less than its départements: a notice seldom tells the commune."""
    whole = {code for found in map(departement, codes) if found for code in found.communes}
    if whole <= {code for place in places for code in place.communes}:
        return []
    names = enumeration([found.name for code in codes if (found := departement(code))])
    return [f"Les lots sont comptés par département, tels que les avis les situent : ici, {names}."]
