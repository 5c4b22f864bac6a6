"""Finds what a meeting day lacks (trades, tables, interpreters, slots) and measures each remedy by planning the day with and without it.

A remedy is one more table, accessible table, interpreter or slot, or a supplier of the catalogue for a trade that nobody present does."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from time import monotonic
from typing import Any

import numpy as np
from sqlalchemy import Engine

from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.cleaning.names import name_key
from matcher.club.meeting_day.header import Rival
from matcher.club.meeting_day.meeting_day import MeetingDay, Participant, ParticipantRole
from matcher.club.meeting_day.schedule import MOST_SLOTS, clock
from matcher.club.meeting_day.store import load_day
from matcher.club.timetable.affinity import NeedAsked, rank_need
from matcher.club.timetable.need_suppliers import NOT_READ
from matcher.club.timetable.planning import measure_timetable, setting_of
from matcher.club.timetable.setting import Setting
from matcher.club.timetable.troubles import participant_names, refuse_nothing
from matcher.db import DatabaseError
from matcher.domain.french import count, enumeration, in_groups, typeset
from matcher.domain.grouping import group_pairs
from matcher.jobs.worker import Hold, WorkKind
from matcher.journal.change import ChangeRefused, plain
from matcher.ownership import OrganisationId
from matcher.ranking.shelf.shelf import Shelf

# Most missing trades for which inviting a supplier is tried, those most asked first.
MOST_TRADES = 3
# Time limit of all remedies of an event together.
REMEDY_SECONDS = 20.0

_Remedied = tuple[str, Callable[[], Setting]]


@dataclass(frozen=True, slots=True)
class Remedy:
    """A remedy that was tried: its `name` in French, and the differences that it makes, positive where the count rises."""

    name: str
    meetings: int
    kept: int
    short: int
    answered: int

    @property
    def helps(self) -> bool:
        """Return whether the event is better with it, compared in order of importance (lexicographic)."""
        return (self.kept, self.answered, -self.short, self.meetings) > (0, 0, 0, 0)

    @property
    def gain(self) -> str:
        """Return the differences, in French."""
        gains = [
            _more(self.meetings, "rendez-vous", "rendez-vous"),
            _more(self.kept, "vœu tenu", "vœux tenus"),
            _more(self.answered, "besoin servi", "besoins servis"),
            _more(self.short, "participant sous son minimum", "participants sous leur minimum"),
        ]
        return typeset(enumeration([text for text in gains if text]))


@dataclass(frozen=True, slots=True)
class Shortages:
    """Shortages of an event: the `lacking` trades with the buyers who ask for them (keys). Of these, `too_far`: suppliers present work too far
    away; `barred`: the need excludes the suppliers present; `nowhere`: nobody in the catalogue either. Remedies `tried`, the best first, and
    names of those `left_out` for want of time."""

    lacking: Mapping[str, tuple[int, ...]]
    too_far: frozenset[str]
    nowhere: tuple[str, ...]
    tried: tuple[Remedy, ...]
    left_out: tuple[str, ...]
    barred: frozenset[str] = frozenset()


def find_shortages(
    engine: Engine, owner: OrganisationId, setting: Setting, catalogue: Shelf, *, seconds: float = REMEDY_SECONDS
) -> Shortages:
    """Return what an event will be short of, and what each remedy would give, within `seconds` after a first plan of the event as it is.

    `catalogue`: all suppliers as a shelf, searched for the missing trades. Raises ChangeRefused where there is nothing to plan."""
    refuse_nothing(setting)
    # The needs that nobody present can answer, by trade, those most asked first; a need that is not understood has no trade.
    needs_by_trade = group_pairs(
        (need.trade, need) for need in setting.needs if not need.credible.any() and need.trade != NOT_READ
    )
    lacking = dict(sorted(needs_by_trade.items(), key=lambda one: (-len(one[1]), one[0])))
    sought = _best_rows(setting, catalogue, lacking)
    remedies = (*_room_remedies(setting), *_invitation_remedies(engine, owner, setting, catalogue, sought))
    tried, left_out = _try_remedies(setting, remedies, seconds)
    keys = [one.key for one in setting.affinities.buyers]
    asking = {trade: tuple(dict.fromkeys(keys[one.buyer] for one in needs)) for trade, needs in lacking.items()}
    nowhere = tuple(trade for trade, row in sought.items() if row is None)
    # Trades that suppliers present do: where they work too far away, else where the needs exclude them.
    done_here = {trade for trade, needs in lacking.items() if any(need.known.any() for need in needs)}
    too_far = frozenset(
        trade for trade in done_here if any((need.known & need.admitted).any() for need in lacking[trade])
    )
    return Shortages(asking, too_far, nowhere, tuple(tried), tuple(left_out), frozenset(done_here - too_far))


def _try_remedies(setting: Setting, remedies: Sequence[_Remedied], seconds: float) -> tuple[list[Remedy], list[str]]:
    """Return the remedies tried within `seconds` after a first plan of the event as it is, the best first, and the names of those left out."""
    before = _reach_of(setting, setting, seconds)
    tried, left_out = [], []
    end = monotonic() + seconds
    for name, changed in remedies:
        seconds_left = end - monotonic()
        if seconds_left <= 0:
            left_out.append(name)
            continue
        after = _reach_of(setting, changed(), seconds_left)
        tried.append(
            Remedy(
                name,
                meetings=after.meetings - before.meetings,
                kept=(after.kept or 0) - (before.kept or 0),
                short=after.short - before.short,
                answered=(after.answered or 0) - (before.answered or 0),
            )
        )
    tried.sort(key=lambda one: (-one.kept, -one.answered, one.short, -one.meetings))
    return tried, left_out


def shortage_sentences(event: MeetingDay, shortages: Shortages) -> list[str]:
    """Return what an event will be short of, and what each remedy gives, as French sentences."""
    lines = [f"Avec {one.name} : {one.gain}." for one in shortages.tried if one.helps]
    if useless := [one.name for one in shortages.tried if not one.helps]:
        lines.append(f"Rien de mieux avec {enumeration(useless)}.")
    nobody = shortages.lacking.keys() - shortages.too_far - shortages.barred
    for trades, why in (
        (nobody, "Personne n’apporte ce que demandent des acheteurs"),
        (shortages.too_far, "Qui l’apporte ne travaille pas assez près des acheteurs"),
        (shortages.barred, "Qui l’apporte n’est pas de ceux que le besoin admet"),
    ):
        additions = [
            f"« {trade} » ({participant_names(event, keys)})"
            for trade, keys in shortages.lacking.items()
            if trade in trades
        ]
        lines += [f"{why} : {' ; '.join(additions)}."] if additions else []
    if shortages.nowhere:
        unknown = [f"« {trade} »" for trade in shortages.nowhere]
        lines.append(
            f"Au catalogue, personne d’assez proche n’est connu pour {enumeration(unknown)} : ce n’est pas zéro, à vérifier."
        )
    if shortages.left_out:
        lines.append(f"Pas essayé, faute de temps : {enumeration(list(shortages.left_out))}.")
    return [typeset(line) for line in lines] or ["Rien ne manque, et il n’y a pas de remède à essayer."]


def _room_remedies(setting: Setting) -> Iterator[_Remedied]:
    """Yield remedies of the room: one more of each resource that somebody could use."""
    event, problem = setting.event, setting.problem
    rules, schedule = event.rules, event.schedule
    sides = (problem.buyers, problem.suppliers)
    at_once = min(int((side.free * side.people[:, None]).sum(axis=0).max(initial=0)) for side in sides)
    if len(rules.open_tables) < at_once:
        yield "une table de plus", _with(setting, rules=replace(rules, tables=rules.tables + 1))
    if rules.accessible < rules.tables and any(side.step_free.any() for side in sides):
        more = replace(rules, accessible=rules.accessible + 1)
        yield f"une table accessible de plus ({more.accessible} en tout)", _with(setting, rules=more)
    if any(side.interpreter.any() for side in sides):
        more = replace(rules, interpreters=rules.interpreters + 1)
        yield f"un interprète de plus ({more.interpreters} en tout)", _with(setting, rules=more)
    longer = replace(schedule, slots=schedule.slots + 1)
    if schedule.slots < MOST_SLOTS and not longer.fault:
        yield f"un créneau de plus, jusqu’à {clock(longer.end)}", _with(setting, schedule=longer)


def _with(setting: Setting, **changed: Any) -> Callable[[], Setting]:
    return lambda: Setting(replace(setting.event, **changed), setting.affinities, setting.met)


def _best_rows(setting: Setting, catalogue: Shelf, lacking: Mapping[str, Sequence[NeedAsked]]) -> dict[str, int | None]:
    """Return the catalogue row of the best supplier for the first need of each lacking trade; None where there is none."""
    coming = set(setting.event.catalogue_suppliers)
    rows_by_trade: dict[str, int | None] = {}
    for trade, needs in lacking.items():
        ranking = rank_need(setting.affinities.buyers[needs[0].buyer], needs[0].need, catalogue, setting.affinities.on)
        best = ranking.sort_rows(np.flatnonzero(ranking.credible))
        rows_by_trade[trade] = next((int(row) for row in best if catalogue.ids[row] not in coming), None)
    return rows_by_trade


def _invitation_remedies(
    engine: Engine, owner: OrganisationId, setting: Setting, catalogue: Shelf, sought: Mapping[str, int | None]
) -> Iterator[_Remedied]:
    """Yield remedies that invite a supplier: the best of the catalogue for each of the first lacking trades, as one more participant."""
    event, on = setting.event, setting.affinities.on
    there = [(trade, row) for trade, row in sought.items() if row is not None]
    for trade, row in there[:MOST_TRADES]:
        card = catalogue.suppliers[row]
        participant = Participant(event.next_key, ParticipantRole.SUPPLIER, card.name, supplier_id=catalogue.ids[row])
        rules = replace(event.rules, in_reach=setting.affinities.in_reach)  # whoever is invited does not change it
        more = replace(event, participants=(*event.participants, participant), rules=rules)
        where = ", ".join(filter(None, (card.city, in_groups(card.siret) and f"SIRET {in_groups(card.siret)}")))
        same = any(name_key(card.name) == name_key(held.name) for held in event.participants)
        doubt = " ; un inscrit porte ce nom, à vérifier" if same else ""
        yield (
            f"{card.name} en plus ({' ; '.join(filter(None, (trade, where)))}{doubt})",
            partial(setting_of, engine, owner, more, today=on),
        )


def _reach_of(setting: Setting, changed: Setting, seconds: float) -> Rival:
    """Return what the best timetable of a changed event reaches; its needs are those of the event where its participants are the same."""
    from matcher.club.planner.plan import plan_meetings  # late, as in `planning`

    needs = setting.needs if changed.affinities is setting.affinities else changed.needs
    return measure_timetable("", changed, plan_meetings(changed.problem, seconds=seconds), needs)


def _more(figure: int, singular: str, many: str) -> str:
    way = "de plus" if figure > 0 else "de moins"
    return f"{count(abs(figure), singular, many)} {way}" if figure else ""


def _remedies_job(hold: Hold) -> Mapping[str, Any]:
    event = load_day(hold.engine, hold.owner, hold.work.asked["number"])
    setting = setting_of(hold.engine, hold.owner, event, today=date.fromisoformat(hold.work.asked["today"]))
    lacking = find_shortages(hold.engine, hold.owner, setting, load_shelf(hold.engine))
    return {"version": event.version, "shortages": plain(lacking)}


REMEDIES = WorkKind("remèdes", _remedies_job, (ChangeRefused, DatabaseError))
