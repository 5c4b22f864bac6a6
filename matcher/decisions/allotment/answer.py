"""Cuts a buyer's list of sites into lots with the catalogue's candidates around each site; called by the command line and the web page."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from sqlalchemy import Engine

from matcher.decisions.allotment.compute import (
    LOT_KM,
    Allotment,
    AllottedLot,
    LotSite,
    Reach,
    allot,
    judge_cut,
    usual_cuts,
)
from matcher.decisions.allotment.site_list import GivenSite, SiteList
from matcher.decisions.asked import DecisionRefused, read_need_for_ranking
from matcher.decisions.assumptions import DEFAULT, Assumptions
from matcher.decisions.candidates import Candidate, CandidateStanding, lot_candidates
from matcher.decisions.capacity_lookup import means_of
from matcher.decisions.preferences import Preferences, count_preferences
from matcher.decisions.question import DecisionQuestion, entry, reserving_lever, texts, whole
from matcher.decisions.sizing import LARGEST_ETP, workforce_of
from matcher.decisions.workload import NeedRefused, workload_of
from matcher.domain.french import number
from matcher.domain.place import Place
from matcher.domain.reading import RawPlace, Reading
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.engine import rank
from matcher.ranking.shelf.shelf import Shelf
from matcher.reference.geography.communes import commune


def reach_of(candidates_by_lot: Sequence[Sequence[Candidate]], assumed: Assumptions) -> Reach:
    """Return the sites × organisations matrix (`Reach`) of the candidates of each site, organisations in alphabetical order.

    An organisation has the chance of its likeliest establishment and the capacity of its largest one; an unknown workforce is the median of its kind.
    """
    best: dict[str, Candidate] = {}
    most: dict[str, float] = {}
    for candidate_met in (candidate for its in candidates_by_lot for candidate in its):
        if candidate_met.organisation not in best or (candidate_met.fit, best[candidate_met.organisation].id) > (
            best[candidate_met.organisation].fit,
            candidate_met.id,
        ):
            best[candidate_met.organisation] = candidate_met
        most[candidate_met.organisation] = max(
            most.get(candidate_met.organisation, 0.0), workforce_of(candidate_met) * assumed.share
        )
    columns = sorted(best, key=lambda organisation: (best[organisation].name, organisation))
    index = {organisation: column for column, organisation in enumerate(columns)}
    covers = np.zeros((len(candidates_by_lot), len(columns)), dtype=bool)
    for row, among in enumerate(candidates_by_lot):
        covers[row, sorted({index[one.organisation] for one in among})] = True
    return Reach(
        names=tuple(best[organisation].name for organisation in columns),
        covers=covers,
        weight=np.array([best[organisation].fit for organisation in columns], dtype=np.float32),
        ids=tuple(best[organisation].id for organisation in columns),
        most=np.array([most[organisation] for organisation in columns], dtype=np.float32),
    )


# Default unit of the quantity of a site.
ETP = "ETP"
# The two steps, as a page names them while it waits.
RANKING, CUTTING = "candidats de chaque site", "découpage"

Tell = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class AllotmentAnswer:
    """An allotment with its input. `towns`: by site; `lost`: lines whose place was not found; `unread`: lines whose quantity is no number; `repeated`: number
    of duplicate lines; `said`: remarks on the reading of the file; `compared`: the usual cuts, by name; `preferred`: contracts that suit the suppliers known
    for the trade around the sites, None in results stored before these were counted."""

    need: str
    lever: str
    sites: tuple[LotSite, ...]
    towns: tuple[str, ...]
    reach: Reach
    wanted: int
    allotment: Allotment
    compared: Mapping[str, Allotment]
    lost: tuple[str, ...]
    unread: tuple[str, ...]
    repeated: int
    said: tuple[str, ...]
    catalogue_version: int
    catalogue_suppliers: int
    on: date
    preferred: Preferences | None = None

    def unsized_count(self, lot: AllottedLot) -> int:
        """Number of sites of a lot whose size is unknown; if not 0, the size of the lot is a minimum."""
        return sum(not self.sites[row].etp for row in lot.sites)

    def able(self, lot: AllottedLot) -> list[int]:
        """The columns of `reach` (organisations) that could carry a lot without a partner, the likeliest first."""
        able = np.flatnonzero(self.reach.covers[list(lot.sites)].all(axis=0) & (self.reach.most >= lot.etp))
        return sorted((int(at) for at in able), key=lambda at: (-self.reach.weight[at], at))


@dataclass(frozen=True, kw_only=True)
class AllotmentQuestion(DecisionQuestion):
    """Activities to be done at each site of a list, each cut into lots that have `wanted` candidates; quantities of sites are in `unit`, unless
    the list gives theirs; `lot_km`: worth of one lot more, in km of the sites to the middle of their lot."""

    needs: tuple[str, ...] = texts(
        "objet",
        "L’activité",
        "L’activité à faire sur chaque site : chaque activité a son découpage.",
        most=6,
        rows=2,
        needed="Dites l’activité à faire sur chaque site, par exemple « Nettoyage des locaux ».",
        in_body=False,
    )
    lever: str = reserving_lever()
    wanted: int = whole(
        "candidats",
        1,
        999,
        DEFAULT.wanted,
        "Candidats que chaque lot garde",
        "Candidats probables que chaque lot doit garder.",
    )
    lot_km: float = whole(
        "lot-km",
        1,
        9_999,
        float(round(LOT_KM)),
        "Ce que vaut un lot de plus",
        "Ce que vaut un lot de plus, en km cumulés des sites au milieu de leur lot : moins, et les lots sont plus petits.",
        field="km",
        metavar="KM",
        unit="km",
    )
    unit: str = entry(
        "unite",
        "La quantité est en",
        "Unité de la quantité de chaque site, si la liste ne la donne pas : « m² », « heures »… convertie en ETP par une table de cadences.",
        default=ETP,
        metavar="UNITÉ",
        most=50,
        offered=(ETP, "m²", "heures"),
    )


def cut_sites(
    engine: Engine,
    shelf: Shelf,
    site_list: SiteList,
    question: AllotmentQuestion,
    on: date,
    *,
    tell: Tell = lambda *_: None,
) -> tuple[AllotmentAnswer, ...]:
    """Cut the located sites into lots, once for each activity of the question. `tell(step, done, total)` reports progress. Raises DecisionRefused if no
    site is located, if a need is not understood, or if its unit is unknown."""
    return tuple(_cut(engine, shelf, site_list, need, question, on, tell) for need in question.needs)


def _cut(
    engine: Engine, shelf: Shelf, site_list: SiteList, need: str, question: AllotmentQuestion, on: date, tell: Tell
) -> AllotmentAnswer:
    placed = [(site, site.place) for site in site_list.sites if site.place is not None]
    if not placed:
        raise DecisionRefused(
            "Aucun lieu de cette liste n’est reconnu : donnez la commune ou le code postal de chaque site."
        )
    reading = read_need_for_ranking(need, [f"insee:{placed[0][1].code}"], question.lever, shelf, on).reading
    around: dict[str, tuple[Candidate, ...]] = {}
    for done, (_, place) in enumerate(placed):
        tell(RANKING, done, len(placed))
        if place.code not in around:  # the text of the need is read once, whatever the number of sites
            lot = replace(reading.lot, lieux=(RawPlace(f"insee:{place.code}"),))
            here = replace(reading, lot=lot, places=(place,), within=())
            around[place.code] = lot_candidates(rank(LotOnShelf(here, shelf, on)))
    sites = tuple(_site(site, place, reading, question.unit) for site, place in placed)
    reach = reach_of([around[place.code] for _, place in placed], DEFAULT)
    tell(CUTTING, 0, 0)
    return AllotmentAnswer(
        need=need,
        lever=question.lever,
        sites=sites,
        towns=tuple(place.name for _, place in placed),
        reach=reach,
        wanted=question.wanted,
        allotment=allot(sites, reach, question.wanted, lot_km=question.lot_km),
        compared={
            name: judge_cut(sites, reach, question.wanted, cut, question.lot_km)
            for name, cut in usual_cuts(sites).items()
        },
        lost=tuple(f"{site.label} ({site.where})" for site in site_list.sites if site.place is None),
        unread=tuple(f"{site.label} ({site.where}, « {site.unread} »)" for site in site_list.sites if site.unread),
        repeated=site_list.repeated,
        said=site_list.said,
        catalogue_version=shelf.version,
        catalogue_suppliers=len(shelf),
        on=on,
        preferred=_candidates_preferences(engine, around.values()),
    )


def _candidates_preferences(engine: Engine, around: Iterable[Sequence[Candidate]]) -> Preferences:
    """Return the contracts preferred by the candidates, of any site, that are known for the trade."""
    known = {one.id: one for its in around for one in its if one.standing is CandidateStanding.CREDIBLE}
    return count_preferences(known.values(), means_of(engine, known))


def _site(site: GivenSite, place: Place, reading: Reading, usual_unit: str) -> LotSite:
    """Return a site with its size in full-time equivalents (ETP) a year, 0 if unknown; the unit that its list gives comes before `usual_unit`."""
    etp, unit = site.quantity or 0.0, site.unit or usual_unit
    if unit == ETP and etp > LARGEST_ETP:
        raise DecisionRefused(
            f"« {site.label} » ({site.where}) : {number(etp, 1)} ETP, aucun site n’en demande autant. "
            "Dites en quoi est la quantité, m² ou heures (au terminal : --unite)."
        )
    if unit != ETP and site.quantity is not None:
        try:
            etp = workload_of(reading, DEFAULT, quantity=f"{site.quantity:f} {unit}").etp or 0.0
        except NeedRefused as refusal:
            raise DecisionRefused(f"« {site.label} » ({site.where}) : {refusal}") from refusal
    known = commune(place.code)
    area, district = (known.epci, known.arrondissement) if known else ("", "")
    return LotSite(site.label, (place.lat or 0.0, place.lon or 0.0), etp, area, district)
