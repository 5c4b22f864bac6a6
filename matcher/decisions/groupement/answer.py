"""Finds groupements (joint bids) for some activities at some places, from user input and the catalogue; called by the command line, the web page and the API.

Lever: legal means by which a buyer reaches inclusive suppliers (an article that reserves the lot, or a social clause), by its code; empty without one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import product

from sqlalchemy import Engine

from matcher.decisions.asked import DecisionRefused, read_need_for_ranking
from matcher.decisions.assumptions import DEFAULT
from matcher.decisions.calibrated import calibrate_lot
from matcher.decisions.candidates import Candidate, lot_candidates
from matcher.decisions.capacity_lookup import shared_by
from matcher.decisions.groupement.compute import Groupements, LotPart, find_groupements
from matcher.decisions.question import DecisionQuestion, reserving_lever, text, texts, whole
from matcher.decisions.workload import workload_of
from matcher.domain.place import PlaceType
from matcher.domain.reading import RawPlace
from matcher.need.answer import lay_on_shelf
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.engine import rank
from matcher.ranking.shelf.shelf import Shelf
from matcher.reading.insertion_hours import insertion_hours
from matcher.reading.place.given import read_given
from matcher.reading.trade.doubt import several_trades
from matcher.reference.calibration import HOURS_PER_ETP
from matcher.reference.geography.communes import commune

# Most parts of a groupement: beyond, the buyer needs to cut the sites into lots (allotment).
MOST_PARTS = 12
MEMBERS, PROPOSED = 4, 5
MOST_MEMBERS = 8
# Lines of activities, or of sites, that a person may type.
MOST_LINES = 40
CLAUSE = "clause"


@dataclass(frozen=True, kw_only=True)
class GroupementQuestion(DecisionQuestion):
    """Activities and sites of a lot: each activity is to be done at each site."""

    needs: tuple[str, ...] = texts(
        "objet",
        "Les activités",
        "Une activité du lot.",
        most=MOST_LINES,
        needed="Dites au moins une activité, par exemple « Entretien des espaces verts ».",
    )
    places: tuple[str, ...] = texts(
        "lieu",
        "Les sites",
        "Un site du lot : chaque activité est à faire sur chaque site.",
        field="site",
        metavar="LIEU",
        most=MOST_LINES,
        needed="Dites au moins un site : une commune, ou un EPCI.",
        rows=4,
    )
    lever: str = reserving_lever()
    etp: str = text(
        "etp",
        "Taille d’une part",
        "Taille de chaque part (une activité sur un site), en ETP par an.",
        metavar="NOMBRE",
        most=50,
        unit="ETP",
        example="6,5",
    )
    members: int = whole("membres", 2, MOST_MEMBERS, MEMBERS, "Membres au plus")
    top: int = whole("top", 1, 50, PROPOSED, help_text="Groupements proposés.")

    def faults(self) -> Iterator[tuple[str, str]]:
        """Yield the fault of too many (activity, site) pairs: the input's name and the French sentence."""
        if refusal := too_many(self.needs, self.places):
            yield "places", refusal


@dataclass(frozen=True, slots=True)
class AskedPart:
    """One activity at one site, read, with its candidates. `trade`: code of the trade, where the line of the need names several."""

    need: str
    place: str
    ask: LotOnShelf
    part: LotPart
    trade: str = ""


@dataclass(frozen=True, slots=True)
class GroupementsAnswer:
    """Groupements found for some parts, best first, with the request (parts, `lever`, day `on`) and the catalogue used."""

    parts: tuple[AskedPart, ...]
    grouping: Groupements
    lever: str
    catalogue_version: int
    catalogue_suppliers: int
    on: date

    @property
    def establishments(self) -> tuple[Candidate, ...]:
        """The distinct establishments of all proposals, in order."""
        sets = (*self.grouping.groupements, *self.grouping.alone)
        candidates = (one for its in sets for member in its.members for one in member.establishments)
        return tuple({one.id: one for one in candidates}.values())


def join_needs(engine: Engine, shelf: Shelf, question: GroupementQuestion, on: date) -> GroupementsAnswer:
    """Find groupements that carry every part, one per need and place of the question.

    Raises DecisionRefused for a need or place not understood or too many parts, NeedRefused for an unusable size.
    """
    needs, lever = sorted(set(question.needs)), question.lever
    if not needs or not question.places:
        raise DecisionRefused("Dites au moins une activité et un site.")
    sites = tuple(dict.fromkeys(site for place in sorted(set(question.places)) for site in _sites(place)))
    if refusal := too_many(needs, sites):
        raise DecisionRefused(refusal, field="lieu")
    asks = [(need, site, read_need_for_ranking(need, [site], lever, shelf, on)) for need, site in product(needs, sites)]
    if refusal := _refusal(sum(len(several_trades(ask.reading.activities)) or 1 for _, _, ask in asks)):
        raise DecisionRefused(refusal, field="objet")
    parts = tuple(part for ask in asks for part in _parts(*ask, lever, question.etp, single_need=len(needs) == 1))
    shared = shared_by(engine, {one.id for its in parts for one in its.part.candidates})
    groupements = find_groupements(
        [its.part for its in parts], DEFAULT, most=question.top, members=question.members, shared=shared
    )
    return GroupementsAnswer(parts, groupements, lever, shelf.version, len(shelf), on)


def _sites(place: str) -> tuple[str, ...]:
    """Split a line naming several communes (« Laon et Soissons ») into sites, else return the line unchanged."""
    reading = read_given(RawPlace(place), ())
    towns = [town for each in reading.places if each.type is PlaceType.COMMUNE and (town := commune(each.code))]
    if reading.doubts or len(towns) < 2 or len(towns) < len(reading.places):
        return (place,)
    return tuple(f"{town.name} ({town.departement})" for town in towns)


def too_many(needs: Sequence[str], places: Sequence[str]) -> str:
    """Return the French error for too many parts (distinct need and place), empty where a groupement may cover them all."""
    return _refusal(len(set(needs)) * len(set(places)))


def _refusal(parts: int) -> str:
    return (
        f"{parts} parts : un groupement en couvre {MOST_PARTS} au plus. Regroupez des sites."
        if parts > MOST_PARTS
        else ""
    )


def _parts(need: str, place: str, ask: LotOnShelf, lever: str, etp: str, *, single_need: bool) -> Iterator[AskedPart]:
    """Yield the parts of one line at one site: one, or one for each trade that the line names, of equal size where that of the line is read."""
    size = workload_of(ask.reading, DEFAULT, etp=etp).etp
    if lever == CLAUSE and not etp:
        counted = calibrate_lot(ask.reading).insertion
        hours = insertion_hours(ask.reading.lot.objet, ask.reading.months) or (counted and counted.likely)
        size = hours / (HOURS_PER_ETP * ask.reading.spread_years) if hours else None
    trades = several_trades(ask.reading.activities)
    if not trades:
        label = place if single_need else f"{need}, {place}"
        yield AskedPart(need, place, ask, LotPart(label, lot_candidates(rank(ask)), size))
        return
    share = size if size is None or etp else size / len(trades)
    for trade in trades:
        reading = replace(ask.reading, activities=(replace(trade, confidence=1.0),), mode="", told=True)
        apart = lay_on_shelf(reading, ask.shelf, ask.on)
        part = LotPart(f"{trade.label}, {place}", lot_candidates(rank(apart)), share)
        yield AskedPart(need, place, apart, part, trade.code)
