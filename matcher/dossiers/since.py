"""Changes since a list was frozen, on the catalogue of today: who left, who is new, what is due, who may be added. Nothing frozen is touched."""

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
    """A supplier kept that the catalogue would refuse today, or that it no longer holds, and why."""

    match: Match
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Updated:
    """A supplier kept whose record differs today: each difference is a French sentence. `today` is its match now."""

    match: Match
    today: Match
    differences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Since:
    """Changes since a list was frozen. `candidates` are known today, of organisations neither on the frozen list nor kept, best first.

    `method_changed` where the score was made of weights that no list has today: the scores of then and now do not compare.
    """

    lost: tuple[Lost, ...]
    updated: tuple[Updated, ...]
    candidates: tuple[Match, ...]
    method_changed: bool
    catalogue_version: int

    @property
    def sentence(self) -> str:
        """One line for the page and the file: « 1 fiche mise à jour, 1 nouveau candidat possible »."""
        parts = [
            count(len(found), one, many)
            for found, one, many in (
                (self.lost, "structure à écarter", "structures à écarter"),
                (self.updated, "fiche mise à jour", "fiches mises à jour"),
                (self.candidates, "nouveau candidat possible", "nouveaux candidats possibles"),
            )
            if found
        ]
        if self.method_changed:
            parts.append("le calcul du score a changé")
        return ", ".join(parts) or "rien n’a changé"


def lot_supplier_ids(lot: SavedLot) -> frozenset[str]:
    """Return the ids, of the day, of every supplier of a lot: what `compare_with_today` asks to be followed."""
    return frozenset({match.id for match in lot.frozen.matches} | {entry.match.id for entry in lot.entries})


def compare_with_today(lot: SavedLot, shelf: Shelf, today: date, ids: Mapping[str, str]) -> Since:
    """Compare a lot with the catalogue of `today`, its need read as it was read then.

    `ids` gives the id that each supplier has today (see `store.follow_ids`); one that the catalogue no longer holds is left out.

    Facts are compared as of the day of the list, so that days gone by alone change nothing; who may answer, as of today.
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
    """Return the suppliers that the list of today holds as known, of organisations that the frozen one does not hold.

    A list that was frozen short of all who were known leaves open what stood below its last one: they are left out. One that filters had narrowed gives
    nobody while no more are known than were then.
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
    """Return the suppliers kept that are refused or gone today, and the others whose record has changed since their list was frozen."""
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
    """Return what the record of a supplier kept has of new on the day of its list, None where nothing is."""
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
    """News of one dossier: the first thing `due` in each lot, as a French sentence, and the names of the structures kept that have `closed`."""

    due: tuple[str, ...]
    closed: tuple[str, ...]


def news_of(engine: Engine, owner: OrganisationId, number: int, shelf: Shelf, today: date) -> DossierNews:
    """Return the news of a dossier on the catalogue of `today`. Raises JournalUnknown."""
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
    """Return how many structures have answered a campaign of an organisation since a day, included."""
    join = ANSWERS.join(ASKED, ASKED.c.id == ANSWERS.c.asked_id)
    joined = join.join(CAMPAIGNS, CAMPAIGNS.c.id == ASKED.c.campaign_id)
    recent = ANSWERS.c.at >= datetime.combine(day, time.min)
    query = select(func.count()).select_from(joined).where(owned_by(CAMPAIGNS, owner), recent)
    with reading(engine) as connection:
        return int(connection.execute(query).scalar_one())


def addition(lot: SavedLot, shelf: Shelf, key: str, *, reason: str, on: date) -> Add | None:
    """Return what adds a supplier (id or SIRET) to a lot: its match on the day `on`, and the gates that refuse it.

    None where the catalogue does not hold it.
    """
    answer = rank(LotOnShelf(lot.frozen.reading, shelf, on)).why_not(key)
    if answer is None or answer.match is None:
        return None
    return Add(lot.number, answer.match, reason, answer.refused)
