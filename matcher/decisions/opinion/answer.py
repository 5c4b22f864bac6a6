"""Computes the opinion on reserving a lot (advice to a public buyer) with the catalogue's data; called by the command line and the web pages."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

import numpy as np
from sqlalchemy import Engine

from matcher.catalogue.store.field_sources import field_sources
from matcher.catalogue.store.read import dated_sources
from matcher.decisions.assumptions import Assumptions
from matcher.decisions.candidates import CandidateStanding, unlisted_levers, within_calls
from matcher.decisions.capacity_lookup import Means, means_of
from matcher.decisions.opinion.compute import OPEN_GATES, Opinion, beside_list, is_placed, opinion_on
from matcher.decisions.opinion.law import NOTHING_TOLD, ToldByBuyer, legal_position
from matcher.decisions.preferences import Preferences, count_preferences
from matcher.decisions.workload import Workload
from matcher.domain.match import Match
from matcher.domain.reading import Reading
from matcher.need.sourced import with_sources
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.engine import rank


@dataclass(frozen=True, slots=True)
class Advice:
    """An opinion with its inputs. By supplier id: `means`, turnover and declared capacity; `matches`, the counted candidates as a list of candidates shows
    them, with reasons. `preferred`: contracts that suit the suppliers known for the trade, under any article."""

    reading: Reading
    opinion: Opinion
    means: Mapping[str, Means]
    matches: Mapping[str, Match]
    catalogue_version: int
    catalogue_suppliers: int
    on: date
    preferred: Preferences


def advise(
    engine: Engine,
    ask: LotOnShelf,
    need: Workload,
    assumed: Assumptions,
    buyer_facts: ToldByBuyer = NOTHING_TOLD,
    teams: Mapping[str, float] = MappingProxyType({}),
) -> Advice:
    """Return the opinion on a lot with the buyer's legal facts; turnover, capacity and sources are read from `engine` for the counted candidates only.

    `teams`: people whom suppliers have free for this lot, as they answered, by supplier id."""
    law = legal_position(ask.reading, ask.on, buyer_facts)
    ranking = rank(ask, gates=OPEN_GATES)
    candidates = tuple(replace(one, team=teams.get(one.id)) for one in within_calls(ranking, assumed.calls))

    def opine(turnover: Mapping[str, float]) -> Opinion:
        return opinion_on(
            candidates,
            ask.reading,
            law,
            need,
            assumed,
            turnover,
            understood=ask.is_understood,
            placed=is_placed(ask.reading),
            unlisted=unlisted_levers(ask.shelf),
        )

    first = opine({})
    counted = candidates if first.is_counted else ()
    known = {one.id for one in counted if one.standing is CandidateStanding.CREDIBLE}
    means = means_of(engine, known | {one.id for lever in first.levers for one in lever.candidates})
    turnover = {key: its.turnover for key, its in means.items() if its.turnover}
    opinion = opine(turnover) if turnover else first
    opinion, listed = beside_list(opinion, ranking)
    rows = [row for one in opinion.told.candidates if (row := ask.shelf.find(one.id)) is not None]
    matches = listed.matches(np.array(rows, dtype=np.intp))
    told_by = with_sources(matches, lambda ids: field_sources(engine, ids, dated_sources(engine)))
    by_id = {match.id: match for match in told_by}
    return Advice(
        ask.reading, opinion, means, by_id, ask.shelf.version, len(ask.shelf), ask.on, count_preferences(counted, means)
    )
