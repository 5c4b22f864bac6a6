"""Builds the plan of a winner's social clauses (insertion hours, organisations to call) from user input; called by command line and web page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from matcher.decisions.asked import DecisionRefused, read_need_for_ranking
from matcher.decisions.assumptions import DEFAULT
from matcher.decisions.calibrated import CalibratedHours, CalibrationQuestion, ToldOfLot, between, calibrated_as_told
from matcher.decisions.clause.facilitators import Facilitator, facilitators_of
from matcher.decisions.clause.plan import ClausePlan, PlanContract, plan_contracts
from matcher.decisions.clause.questions import MOST_HOURS, ToldContract
from matcher.decisions.opinion.compute import OPEN_GATES
from matcher.domain.age import SourcesOf
from matcher.domain.french import number, unit
from matcher.domain.match import Match
from matcher.domain.place import Place
from matcher.need.answer import Answer, answer_from
from matcher.need.sourced import with_sources
from matcher.ranking.bands import BandedRanking, lay_out_bands
from matcher.ranking.engine import rank
from matcher.ranking.known import CLAUSE
from matcher.ranking.shelf.shelf import Shelf
from matcher.reference.calibration import Span
from matcher.reference.clauses import modalities, works_types

# French source of hours that are an equal share of a total.
SHARED = "part égale du total, faute de mieux"
# Most contracts of one plan: beyond, nobody reads it.
MOST_CONTRACTS = 20


@dataclass(frozen=True, slots=True)
class PlanAnswer:
    """A plan with the facilitators (local clause advisers) of its places, among `listed` known ones, the catalogue it used, and, for each contract, the match
    of each host by id (`evidence`)."""

    plan: ClausePlan
    facilitators: tuple[Facilitator, ...]
    listed: int
    evidence: tuple[Mapping[str, Match], ...]
    catalogue_version: int
    catalogue_suppliers: int
    on: date

    @property
    def places(self) -> tuple[Place, ...]:
        """The places of all contracts, each once."""
        return tuple({place.key: place for one in self.plan.contracts for place in one.reading.places}.values())


def contract_of(contract: ToldContract, shelf: Shelf, on: date) -> PlanContract:
    """Read a contract and rank the suppliers of a shelf for it; its hours are those given, else those of its text, else estimated from its amount.

    Raises DecisionRefused if it is not understood, if its hours are unknown, or if they exceed its work.
    """
    other_fields = {"montant": contract.euros, "duree": contract.months, "acheteur_siret": contract.buyer}
    ask = read_need_for_ranking(
        contract.objet, contract.places, CLAUSE, shelf, on, {name: its for name, its in other_fields.items() if its}
    )
    share = None if contract.percentage is None else Span(contract.percentage, contract.percentage)
    calibrated_hours = calibrated_as_told(ask.reading, ToldOfLot(percentage=share, hours=contract.hours), on)
    if calibrated_hours.told.hours is None and CalibrationQuestion.MONTHS in calibrated_hours.asks:
        raise DecisionRefused(
            f"« {contract.objet} » : dites sa durée, par exemple 12 mois.", contract.objet, field="duree"
        )
    hours = calibrated_hours.planned_hours
    if hours is None:
        problem = f"le montant ne suffit pas à calculer ses heures. {calibrated_hours.asks[0] if calibrated_hours.asks else ''} Sinon, donnez les heures."
        if not calibrated_hours.gives_work:
            problem = "ce métier n’a pas de clause d’insertion à calculer. Donnez ses heures si le marché en demande."
        elif calibrated_hours.reading.euros is None:
            problem = "donnez ses heures, ou son montant HT pour les calculer."
        raise DecisionRefused(f"« {contract.objet} » : {problem}", contract.objet, field="heures")
    ways = {way.code: way.label for way in modalities()}
    for code, part in (contract.split or {}).items():
        if code not in ways:
            raise DecisionRefused(
                f"« {code} » n’est pas une voie : {', '.join(ways)}.", contract.objet, field="partage"
            )
        if not 0 <= part <= MOST_HOURS:
            raise DecisionRefused(
                f"{ways[code]} : {number(part)} heures ne se peut pas.", contract.objet, field="partage"
            )
    return PlanContract(
        label=contract.objet,
        ranking=rank(ask, gates=OPEN_GATES),
        hours=max(round(hours), 1),
        months=ask.reading.months,
        start=contract.start,
        hours_source=_hours_source(contract, calibrated_hours),
        written=contract.split,
        equal=contract.equal,
    )


def answer_plan(
    contracts: Sequence[PlanContract], sources_of: SourcesOf, works_type: str = "", known: Sequence[Facilitator] = ()
) -> PlanAnswer:
    """Plan contracts read on the same shelf and day. `works_type`: type of works that gives the side needs (see `reference.clauses.works_types`), empty for
    each contract's own; `known`: all facilitators, of which those of the places are selected. Raises DecisionRefused."""
    if not contracts:
        raise DecisionRefused("Dites au moins un contrat et son lieu.")
    if len(contracts) > MOST_CONTRACTS:
        raise DecisionRefused(
            f"{len(contracts)} contrats : un plan en tient {MOST_CONTRACTS} au plus. Faites-en plusieurs."
        )
    if works_type and works_type not in dict(works_types()):
        raise DecisionRefused(f"« {works_type} » n’est pas un type de travaux : {', '.join(dict(works_types()))}.")
    clause_plan = plan_contracts(contracts, DEFAULT, works_type)
    matches_by_contract = [
        _matches(lay_out_bands(split.contract.ranking), [host.candidate.id for way in split.ways for host in way.hosts])
        for split in clause_plan.splits
    ]
    sources = sources_of({match.id for matches in matches_by_contract for match in matches})
    evidence = tuple(
        {match.id: match for match in with_sources(matches, lambda _: sources)} for matches in matches_by_contract
    )
    ask = contracts[0].ranking.ask
    first_plan = PlanAnswer(clause_plan, (), len(known), evidence, ask.shelf.version, len(ask.shelf), ask.on)
    return replace(first_plan, facilitators=facilitators_of(known, first_plan.places))


def list_hosts(plan: PlanAnswer, at: int, sources_of: SourcesOf) -> Answer:
    """Return the structures to call for one contract as a list of candidates, to be stored in a dossier."""
    split = plan.plan.splits[at]
    called = [host.candidate.id for way in split.carrying for host in way.hosts]
    ranking = lay_out_bands(split.contract.ranking)
    return answer_from(ranking, with_sources(_matches(ranking, called), sources_of))


def _matches(ranking: BandedRanking, ids: Iterable[str]) -> tuple[Match, ...]:
    rows = [row for row in map(ranking.ranking.ask.shelf.find, dict.fromkeys(ids)) if row is not None]
    return ranking.matches(np.array(rows, dtype=np.intp))


def _hours_source(contract: ToldContract, calibrated_hours: CalibratedHours) -> str:
    if contract.hours is not None:
        return contract.hours_source
    if calibrated_hours.told.hours is not None:
        return "lues dans son objet"
    factors = " ; ".join(
        f"{factor.label[:1].lower()}{factor.label[1:]} {'' if value.low == value.high else f'{number(value.low, 2)} à '}"
        f"{unit(value.high, factor.unit, 2)}"
        for factor in calibrated_hours.factors[1:]
        for value in [factor.value]
    )
    usual = " ; ".join(
        (between(calibrated_hours.insertion) if calibrated_hours.insertion else "", *calibrated_hours.unsure)
    )
    return f"{factors} : {usual}" if factors else usual
