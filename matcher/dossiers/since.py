"""Comparison of a frozen list with today's catalogue: suppliers to set aside, records changed, new candidates; and the news of a dossier (next steps, closed
suppliers, answers). Nothing frozen is changed."""

from collections.abc import Mapping, Sequence, Set
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
from matcher.dossiers.asking.store import of_dossier
from matcher.dossiers.asking.tables import ANSWERS, ASKED, CAMPAIGNS
from matcher.dossiers.dossier import Entry, SavedLot
from matcher.dossiers.entry_changes import Add
from matcher.dossiers.store import load_dossier
from matcher.dossiers.todo import todo
from matcher.ownership import OrganisationId, owned_by
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.bands import BandedRanking, lay_out_bands
from matcher.ranking.engine import Ranking, rank
from matcher.ranking.profiles import PROFILES
from matcher.ranking.shelf.shelf import Shelf
from matcher.ranking.signals.freshness import UPDATED

GONE = "n’est plus dans le catalogue"


@dataclass(frozen=True, slots=True)
class Lost:
    """A kept supplier that the ranking would refuse today, or that has left the catalogue, with the reasons."""

    match: Match
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Updated:
    """A kept supplier whose record has changed: each difference is a French sentence; `today` is its current match."""

    match: Match
    today: Match
    differences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Since:
    """Changes since a list was frozen. `candidates`: suppliers known for the trade today, of organisations neither on the frozen list nor kept, best first.

    `method_changed`: the list was scored with weights that are no longer used, so that old and new scores cannot be compared.
    """

    lost: tuple[Lost, ...]
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


def compare_with_today(lot: SavedLot, shelf: Shelf, today: date, ids: Mapping[str, str]) -> Since:
    """Compare a lot's frozen list with the catalogue of `today`, for the need as it was read then.

    `ids` maps each frozen id to today's id (see `store.follow_ids`); suppliers that left the catalogue are absent. Records are compared as of the day of the
    list, so that the mere passing of time changes nothing; eligibility is as of today.
    """
    reading = lot.frozen.reading
    declined = {ids[then]: says for then, says in lot.refusals.items() if then in ids}
    then, now = rank(LotOnShelf(reading, shelf, lot.frozen.on)), rank(LotOnShelf(reading, shelf, today, declined))
    living = [entry for entry in lot.entries if not entry.withdrawn]
    lost, updated = _compare_entries(living, ids, then, now)
    weights = {c.signal: c.weight for match in lot.frozen.matches[:1] for c in match.contributions if c.weight}
    profiles = [{signal: weight for signal, weight in its.items() if weight} for its in PROFILES]
    return Since(
        lost=tuple(lost),
        updated=tuple(updated),
        candidates=_newly_known(lot, lay_out_bands(now), set(ids.values())),
        method_changed=bool(weights) and weights not in profiles,
        catalogue_version=shelf.version,
    )


def _newly_known(lot: SavedLot, ranking: BandedRanking, seen: Set[str]) -> tuple[Match, ...]:
    """Return the suppliers in the band of the known today, of organisations absent from the frozen list.

    Where the frozen list was cut before the end of that band, suppliers ranked below its last one are left out: they may have been known then. Where filters
    had narrowed the list, nobody is returned unless more suppliers are known today than then.
    """
    shelf, rows = ranking.ranking.ask.shelf, ranking.of(Band.CONNU)
    seen_rows = [row for row in map(shelf.find, sorted(seen)) if row is not None]
    old = np.isin(shelf.organisations[rows], shelf.organisations[seen_rows])
    then = lot.frozen.whole or lot.frozen.counts
    if lot.frozen.whole and len(rows) <= lot.frozen.whole.connu:
        return ()
    if then is not None and then.connu > sum(match.band is Band.CONNU for match in lot.frozen.matches):
        down_to = np.flatnonzero(old).max(initial=-1) + 1
        rows, old = rows[:down_to], old[:down_to]
    return ranking.matches(rows[~old])


def _compare_entries(
    entries: Sequence[Entry], ids: Mapping[str, str], then: Ranking, now: Ranking
) -> tuple[list[Lost], list[Updated]]:
    """Return the kept suppliers that are refused or gone today, and those whose record has changed."""
    lost, updated, shelf, frozen_on = [], [], then.ask.shelf, then.ask.on
    for entry in entries:
        answer = now.why_not(ids.get(entry.match.id, ""))
        if answer is None:
            lost.append(Lost(entry.match, (GONE,)))
        elif fresh := tuple(reason for reason in answer.refused if reason not in entry.refused):
            lost.append(Lost(entry.match, fresh))
        elif change := _updated(entry.match, then.why_not(ids[entry.match.id]), shelf, frozen_on):
            updated.append(change)
    return lost, updated


def _updated(before: Match, answer: WhyNot | None, shelf: Shelf, frozen_on: date) -> Updated | None:
    """Return the changes in a kept supplier's record, evaluated as of the day of its list; None where there are none."""
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
    known = {contribution.signal: contribution.says for contribution in after.contributions}
    for contribution in before.contributions:
        now = known.get(contribution.signal, contribution.says)
        if now != contribution.says:
            label = contribution.label.lower()
            differences.append(f"{label} : « {contribution.says} » alors, « {now} » aujourd’hui")
    row = shelf.find(answer.id)
    updated_on = float("nan") if row is None else float(shelf[UPDATED][row])
    if not isnan(updated_on) and (on := date.fromordinal(int(updated_on))) > frozen_on:
        differences.append(f"fiche mise à jour le {day(on)}")
    return Updated(before, after, tuple(differences)) if differences else None


@dataclass(frozen=True, slots=True)
class DossierNews:
    """News of one dossier: for each lot the first step due now (`due`, French sentences), and the names of kept suppliers that have closed down."""

    due: tuple[str, ...]
    closed: tuple[str, ...]


def news_of(engine: Engine, owner: OrganisationId, number: int, shelf: Shelf, today: date) -> DossierNews:
    """Return the news of a dossier with today's catalogue. Raises JournalUnknown."""
    dossier = as_written_to(load_dossier(engine, owner, number), of_dossier(engine, owner, number))
    first = [next(iter(todo(lot, today, dossier.header.deadline)), None) for lot in dossier.lots]
    living = [entry for lot in dossier.lots for entry in lot.entries if not entry.withdrawn]
    now = follow_ids(engine, {entry.match.id for entry in living})
    rows = ((entry.match.name, shelf.find(now.get(entry.match.id, entry.match.id))) for entry in living)
    closed = (name for name, row in rows if row is not None and shelf.suppliers[row].closed_reason)
    return DossierNews(
        due=tuple(each.says for each in first if each is not None and each.due),
        closed=tuple(dict.fromkeys(closed)),
    )


def answers_since(engine: Engine, owner: OrganisationId, day: date) -> int:
    """Count the suppliers that have answered a campaign of an organisation since a day, included."""
    join = ANSWERS.join(ASKED, ASKED.c.id == ANSWERS.c.asked_id)
    joined = join.join(CAMPAIGNS, CAMPAIGNS.c.id == ASKED.c.campaign_id)
    recent = ANSWERS.c.at >= datetime.combine(day, time.min)
    query = select(func.count()).select_from(joined).where(owned_by(CAMPAIGNS, owner), recent)
    with reading(engine) as connection:
        return int(connection.execute(query).scalar_one())


def addition(lot: SavedLot, shelf: Shelf, key: str, *, reason: str, on: date) -> Add | None:
    """Return the change that adds a supplier (id or SIRET) to a lot, with its match on the day `on` and the reasons why the ranking refuses it, if any.

    None where the catalogue does not have it.
    """
    answer = rank(LotOnShelf(lot.frozen.reading, shelf, on)).why_not(key)
    if answer is None or answer.match is None:
        return None
    return Add(lot.number, answer.match, reason, answer.refused)
