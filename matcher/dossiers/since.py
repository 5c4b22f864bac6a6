"""Comparison of a lot's frozen list (suppliers ranked on a past day) with today's catalogue: suppliers to set aside, records changed, new candidates.

Also the news of a dossier (next steps, closed suppliers), the number of suppliers that have answered since a day, and the change that adds a supplier to a
lot (`addition`). Nothing frozen is changed."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import date, datetime, time
from math import isnan

import numpy as np
from sqlalchemy import Engine, func, select

from matcher.catalogue.store.followed import follow_ids
from matcher.db import reading
from matcher.domain.french import count, day
from matcher.domain.match import Band, Match, WhyNot
from matcher.dossiers.asking.standing import as_written_to
from matcher.dossiers.asking.store import campaigns_by_lot
from matcher.dossiers.asking.tables import ANSWERS, ASKED, CAMPAIGNS
from matcher.dossiers.dossier import SavedLot
from matcher.dossiers.entry_changes import Add
from matcher.dossiers.store import load_dossier
from matcher.dossiers.todo import todo
from matcher.ownership import OrganisationId, owned_by
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.bands import BandedRanking, lay_out_bands
from matcher.ranking.engine import rank
from matcher.ranking.profiles import PROFILES
from matcher.ranking.shelf.shelf import Shelf
from matcher.ranking.signals.freshness import UPDATED

GONE = "n’est plus dans le catalogue"


@dataclass(frozen=True, slots=True)
class NoLongerEligible:
    """A supplier of the lot that the ranking would refuse today, or that has left the catalogue, with the reasons."""

    match: Match
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Updated:
    """A supplier of the lot whose record has changed: each difference is a French sentence; `today` is its current match."""

    match: Match
    today: Match
    differences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Since:
    """Changes since a list was frozen. `candidates`: suppliers known for the trade today, best first, whose legal entity is neither on the frozen list nor in
    the lot.

    `method_changed`: the list was scored with weights that are no longer used, so that old and new scores cannot be compared."""

    lost: tuple[NoLongerEligible, ...]
    updated: tuple[Updated, ...]
    candidates: tuple[Match, ...]
    method_changed: bool
    catalogue_version: int

    @property
    def sentence(self) -> str:
        """Return the summary of the changes: « 1 fiche mise à jour, 1 nouveau candidat possible »."""
        parts = [
            count(len(items), singular, plural)
            for items, singular, plural in (
                (self.lost, "structure à écarter", "structures à écarter"),
                (self.updated, "fiche mise à jour", "fiches mises à jour"),
                (self.candidates, "nouveau candidat possible", "nouveaux candidats possibles"),
            )
            if items
        ]
        if self.method_changed:
            parts.append("le calcul du score a changé")
        return ", ".join(parts) or "rien n’a changé"


def lot_supplier_ids(lot: SavedLot) -> frozenset[str]:
    """Return the ids, at the time of freezing, of every supplier of a lot; `compare_with_today` needs their ids of today."""
    return frozenset({match.id for match in lot.frozen.matches} | {entry.match.id for entry in lot.entries})


# The weights that count, of each profile in use.
_WEIGHTS_IN_USE = [{signal: weight for signal, weight in profile.items() if weight} for profile in PROFILES]


def compare_with_today(lot: SavedLot, shelf: Shelf, today: date, ids: Mapping[str, str]) -> Since:
    """Compare a lot's frozen list with the catalogue of `today`, for the need as it was read then.

    `ids` maps each frozen id to today's id (see `store.follow_ids`); suppliers that left the catalogue are absent. Records are compared as of the day of the
    list, so that the mere passing of time changes nothing; eligibility is as of today."""
    frozen_reading = lot.frozen.reading
    declined = {ids[frozen_id]: says for frozen_id, says in lot.refusals.items() if frozen_id in ids}
    ranking_then = rank(LotOnShelf(frozen_reading, shelf, lot.frozen.on))
    ranking_today = rank(LotOnShelf(frozen_reading, shelf, today, declined))
    lost, updated = [], []
    for entry in (entry for entry in lot.entries if not entry.withdrawn):
        answer = ranking_today.why_not(ids.get(entry.match.id, ""))
        if answer is None:
            lost.append(NoLongerEligible(entry.match, (GONE,)))
        elif new_reasons := tuple(reason for reason in answer.refused if reason not in entry.refused):
            lost.append(NoLongerEligible(entry.match, new_reasons))
        elif change := _compare_records(entry.match, ranking_then.why_not(ids[entry.match.id]), shelf, lot.frozen.on):
            updated.append(change)
    weights = {c.signal: c.weight for match in lot.frozen.matches[:1] for c in match.contributions if c.weight}
    return Since(
        lost=tuple(lost),
        updated=tuple(updated),
        candidates=_newly_known(lot, lay_out_bands(ranking_today), set(ids.values())),
        method_changed=bool(weights) and weights not in _WEIGHTS_IN_USE,
        catalogue_version=shelf.version,
    )


def _newly_known(lot: SavedLot, ranking: BandedRanking, seen: Set[str]) -> tuple[Match, ...]:
    """Return the suppliers in the band of the known today, whose legal entity has no supplier among `seen` (ids of today).

    Where the frozen list was cut before the end of that band, suppliers ranked below its last one are left out: they may have been known then. Where filters
    had narrowed the list, nobody is returned unless more suppliers are known today than then."""
    shelf, rows, frozen = ranking.ranking.ask.shelf, ranking.of(Band.CONNU), lot.frozen
    seen_rows = [row for row in map(shelf.find, sorted(seen)) if row is not None]
    is_seen = np.isin(shelf.organisations[rows], shelf.organisations[seen_rows])
    if frozen.whole and len(rows) <= frozen.whole.connu:  # filters had narrowed the list
        return ()
    counts = frozen.whole or frozen.counts
    list_was_cut = counts is not None and counts.connu > sum(match.band is Band.CONNU for match in frozen.matches)
    if list_was_cut:
        end = np.flatnonzero(is_seen).max(initial=-1) + 1
        rows, is_seen = rows[:end], is_seen[:end]
    return ranking.matches(rows[~is_seen])


def _compare_records(before: Match, answer: WhyNot | None, shelf: Shelf, frozen_on: date) -> Updated | None:
    """Return the changes in the record of a supplier of the lot, evaluated as of the day of its list; None where there are none."""
    if answer is None or answer.match is None:
        return None
    differences, after = [], answer.match
    for label, former, present in (
        ("nom", before.name, after.name),
        ("SIRET", before.siret, after.siret),
        ("commune", before.city, after.city),
        ("types", ", ".join(before.kinds), ", ".join(after.kinds)),
    ):
        if former != present:
            differences.append(f"{label} : « {former or 'non connu'} » alors, « {present or 'non connu'} » aujourd’hui")
    says_after = {contribution.signal: contribution.says for contribution in after.contributions}
    for contribution in before.contributions:
        present = says_after.get(contribution.signal, contribution.says)
        if present != contribution.says:
            label = contribution.label.lower()
            differences.append(f"{label} : « {contribution.says} » alors, « {present} » aujourd’hui")
    row = shelf.find(answer.id)
    updated_on = float("nan") if row is None else float(shelf[UPDATED][row])
    if not isnan(updated_on) and (on := date.fromordinal(int(updated_on))) > frozen_on:
        differences.append(f"fiche mise à jour le {day(on)}")
    return Updated(before, after, tuple(differences)) if differences else None


@dataclass(frozen=True, slots=True)
class DossierNews:
    """News of one dossier: for each lot the first step due now (`due`, French sentences), and the names of its suppliers that have closed down."""

    due: tuple[str, ...]
    closed: tuple[str, ...]


def news_of(engine: Engine, owner: OrganisationId, number: int, shelf: Shelf, today: date) -> DossierNews:
    """Return the news of a dossier with today's catalogue. Raises JournalUnknown."""
    dossier = as_written_to(load_dossier(engine, owner, number), campaigns_by_lot(engine, owner, number))
    first_steps = [next(iter(todo(lot, today, dossier.header.deadline)), None) for lot in dossier.lots]
    remaining = [entry for lot in dossier.lots for entry in lot.entries if not entry.withdrawn]
    ids_today = follow_ids(engine, {entry.match.id for entry in remaining})
    rows = ((entry.match.name, shelf.find(ids_today.get(entry.match.id, entry.match.id))) for entry in remaining)
    closed = (name for name, row in rows if row is not None and shelf.suppliers[row].closed_reason)
    return DossierNews(
        due=tuple(step.says for step in first_steps if step is not None and step.due),
        closed=tuple(dict.fromkeys(closed)),
    )


def answers_since(engine: Engine, owner: OrganisationId, since: date) -> int:
    """Count the suppliers that have answered a campaign of a buyer's organisation (`owner`) since a day, included."""
    join = ANSWERS.join(ASKED, ASKED.c.id == ANSWERS.c.asked_id)
    joined = join.join(CAMPAIGNS, CAMPAIGNS.c.id == ASKED.c.campaign_id)
    recent = ANSWERS.c.at >= datetime.combine(since, time.min)
    query = select(func.count()).select_from(joined).where(owned_by(CAMPAIGNS, owner), recent)
    with reading(engine) as connection:
        return int(connection.execute(query).scalar_one())


def addition(lot: SavedLot, shelf: Shelf, key: str, *, reason: str, on: date) -> Add | None:
    """Return the change that adds a supplier (id or SIRET) to a lot, with its match on the day `on` and the reasons why the ranking refuses it, if any.

    None where the catalogue does not have it."""
    answer = rank(LotOnShelf(lot.frozen.reading, shelf, on)).why_not(key)
    if answer is None or answer.match is None:
        return None
    return Add(lot.number, answer.match, reason, answer.refused)
