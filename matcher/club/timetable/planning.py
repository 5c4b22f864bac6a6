"""Plans a meeting day’s timetable (the `PLAN` job), replans it after an absence, an arrival or a meeting placed by hand, and lists the changes."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date
from itertools import chain
from operator import attrgetter

from sqlalchemy import Connection, Engine

from matcher.catalogue.store.read import load_these
from matcher.club.meeting_day.changes import Arrive, Freeze, Miss
from matcher.club.meeting_day.header import Rival
from matcher.club.meeting_day.meeting_day import Booking, DayChange, FrozenTimetable, MeetingDay
from matcher.club.meeting_day.schedule import clock
from matcher.club.meeting_day.store import change_day, earlier, load_day
from matcher.club.planner.meetings import Timetable
from matcher.club.timetable.affinity import NeedAsked, affinities, count_answered, places, present_shelf
from matcher.club.timetable.setting import Setting, free, least_of, met_before
from matcher.club.timetable.troubles import refuse_nothing
from matcher.club.timetable.unserved import reached_needs
from matcher.db import DatabaseError
from matcher.domain.french import typeset
from matcher.domain.supplier import Supplier
from matcher.jobs.worker import Hold, WorkKind
from matcher.journal.change import ChangeRefused, try_changes
from matcher.journal.store import JournalConflict
from matcher.ownership import OrganisationId
from matcher.reading.place.areas import departements_of
from matcher.reference.geography.territories import departement_of

# The draw of the random planner that a timetable is compared with: the same each time.
SEED = 1
REPLAN_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Moves:
    """Changes of a timetable to announce: meetings that no longer take place, that moved (before, after), that are new."""

    cancelled: tuple[Booking, ...] = ()
    moved: tuple[tuple[Booking, Booking], ...] = ()
    added: tuple[Booking, ...] = ()

    def __len__(self) -> int:
        return len(self.cancelled) + len(self.moved) + len(self.added)


def setting_of(engine: Engine, owner: OrganisationId, event: MeetingDay, *, today: date, anew: bool = False) -> Setting:
    """Return the planning input of an event, with its suppliers as in the catalogue now and `today` as the day of an event without one.
    `anew`: for a timetable made from scratch, bound only by meetings placed by hand."""
    buyers, suppliers = event.list_seats(suppliers=False), event.list_seats(suppliers=True)
    known = {one.id: one for one in load_these(engine, {one.supplier_id for one in suppliers if one.supplier_id})}
    shelf, rows = present_shelf(suppliers, known)
    is_in_reach = in_reach(replace(event, plan=None) if anew else event, known.values())
    counted = affinities(buyers, suppliers, shelf, rows, event.header.day or today, in_reach=is_in_reach)
    former = earlier(engine, owner, event, today) if event.rules.avoid_met else []
    return Setting(event, counted, met_before(event, former))


def with_reach(engine: Engine, event: MeetingDay) -> MeetingDay:
    """Return the event with the rule `in_reach` fixed to its present value, so that adding or removing participants does not change it."""
    known = [] if event.rules.in_reach is not None else load_these(engine, set(event.catalogue_suppliers))
    return replace(event, rules=replace(event.rules, in_reach=in_reach(event, known)))


def in_reach(event: MeetingDay, suppliers: Iterable[Supplier]) -> bool:
    """Return whether distance excludes nobody present: the event's rule, else that of its timetable, else True where registrations come from
    several départements. A place wider than a département is ignored."""
    for fixed in (event.rules.in_reach, event.plan.in_reach if event.plan else None):
        if fixed is not None:
            return fixed
    written = (
        place
        for one in event.participants
        for text in (one.place, *(need.place for need in one.needs))
        for place in places(text)
    )
    sites = (departement_of(site.insee, site.post_code) for one in suppliers for site in one.sites[:1])
    narrow = (codes for codes in map(departements_of, written) if len(codes) == 1)
    departements = {*chain.from_iterable(narrow), *(site.code for site in sites if site)}
    return len(departements) > 1


def plan_timetable(setting: Setting, *, seconds: float) -> FrozenTimetable:
    """Return the best timetable found within `seconds`, with the figures of simpler planners for comparison."""
    # Imported late: scipy's solvers take ten megabytes, which a server loads only once it plans a timetable.
    from matcher.club.planner.plan import greedy, plan_meetings, random

    problem = setting.problem
    best = plan_meetings(problem, seconds=seconds)
    rivals = (("la meilleure paire d’abord", greedy(problem)), ("au hasard", random(problem, SEED)))
    return replace(
        setting.frozen(best, anew=True),
        **reached_needs(setting, best),
        rivals=tuple(measure_timetable(name, setting, timetable, setting.needs) for name, timetable in rivals),
    )


def measure_timetable(name: str, setting: Setting, timetable: Timetable, needs: Sequence[NeedAsked]) -> Rival:
    """Return the figures of a timetable, `needs` answered included, counted over all participants as in `view.summary`."""
    buyers, suppliers = setting.affinities.buyers, setting.affinities.suppliers
    counts = Counter(key for one in timetable.meetings for key in (buyers[one.buyer].key, suppliers[one.supplier].key))
    return Rival(
        name,
        total=timetable.total,
        meetings=len(timetable.meetings),
        fewest=min((counts[one.key] for one in (*buyers, *suppliers) if not one.absent), default=0),
        short=sum(len(rows) for rows in timetable.short.values()),
        kept=len(set(setting.problem.must) & {(one.buyer, one.supplier) for one in timetable.meetings}),
        answered=count_answered(needs, timetable.meetings),
    )


def replan_timetable(setting: Setting, *, from_slot: int) -> tuple[FrozenTimetable, Moves]:
    """Return the timetable of `setting` (who is there now) that changes the event’s the least from this slot on, and the changes. Raises ValueError where the
    event has no timetable."""
    from matcher.club.planner.plan import replan  # late, as in `plan_timetable`

    former = setting.event.plan
    if former is None:
        raise ValueError("nothing to plan again")
    timetable, _ = replan(
        setting.standing, setting.timetable(former), from_slot, seconds=REPLAN_SECONDS, touched=setting.touched_rows()
    )
    made = replace(setting.frozen(timetable, anew=False), mended=True, **reached_needs(setting, timetable))
    return made, compare_timetables(former, made)


def place_pair(
    setting: Setting, buyer: int, supplier: int, slot: int, table: int | None, *, from_slot: int = 0
) -> tuple[FrozenTimetable, Moves]:
    """Return the timetable with this pair (keys) fixed in this slot by hand, and the changes that follow for others.

    Without a `table` the pair keeps its own, else the buyer's, else takes the first free one; accessible if need be. Meetings before `from_slot` stay. Raises
    ValueError where the event has no timetable, ChangeRefused where the pair cannot be there."""
    event = setting.event
    former = event.plan
    if former is None:
        raise ValueError("nothing to move in")
    if slot < from_slot or any(one.slot < from_slot for one in former.bookings if one.pair == {buyer, supplier}):
        raise ChangeRefused("Ce qui a commencé ne se déplace plus.")
    others = [one for one in former.bookings if one.slot == slot and one.pair != {buyer, supplier}]
    step_free = any(event.participant(key).step_free for key in (buyer, supplier))
    fit = event.rules.accessible if step_free else event.rules.tables
    own = [one.table for one in former.bookings if one.pair == {buyer, supplier}]
    chosen = table or _free_table(event, buyer, others, own, fit)
    if fault := _unplaceable(event, (buyer, supplier), others, slot, chosen, fit):
        raise ChangeRefused(typeset(fault))
    made = _replan_around(setting, former, (setting.booking(slot, chosen, buyer, supplier),), from_slot=from_slot)
    return made, compare_timetables(former, made)


def release_pair(event: MeetingDay, buyer: int, supplier: int) -> FrozenTimetable:
    """Return the timetable where the meeting of this pair (keys) is no longer fixed by hand: a later replanning may move it. Raises ChangeRefused where it is
    not held."""
    plan = event.plan
    if plan is None or not any(one.held and one.pair == {buyer, supplier} for one in plan.bookings):
        raise ChangeRefused("Ce rendez-vous n’est pas placé à la main.")
    bookings = (replace(one, held=False) if one.pair == {buyer, supplier} else one for one in plan.bookings)
    return replace(plan, bookings=tuple(bookings))


def welcome_arrival(setting: Setting, key: int, *, from_slot: int) -> tuple[FrozenTimetable, Moves]:
    """Return the timetable once a participant (key) has arrived, and the changes, as `replan_timetable`.

    Where that leaves it under its minimum, it takes back its most valuable former meetings from the participants who replaced it."""
    former = setting.event.plan
    made, moves_made = replan_timetable(setting, from_slot=from_slot)
    participant = setting.event.participant(key)
    lacking = least_of(participant, setting.event) - sum(key in booking.pair for booking in made.bookings)
    if former is None or lacking <= 0:
        return made, moves_made
    here, met = free(participant, setting.event.schedule), {booking.pair for booking in made.bookings}
    own: list[Booking] = []
    for line in setting.event.journal:  # until the last timetable where it had meetings
        if isinstance(line.change, Freeze):
            own = [one for one in line.change.plan.bookings if key in one.pair] or own
    lost = [b for b in own if b.slot >= from_slot and here[b.slot] and b.pair not in met]
    if not lost:
        return made, moves_made
    back = sorted(lost, key=lambda b: (-b.affinity, b.slot))[:lacking]
    made = _replan_around(setting, former, back, from_slot=from_slot, hold=False)
    return made, compare_timetables(former, made)


def after_change(
    engine: Engine, owner: OrganisationId, event: MeetingDay, change: Miss | Arrive, *, from_slot: int, today: date
) -> tuple[list[DayChange], Moves]:
    """Return an absence or an arrival, followed by the resulting timetable if it changes, to be written together; and the moves. Raises ChangeRefused where
    the participant's hours leave no slot: an absence should be noted instead."""
    changed = try_changes(event, change)
    participant = changed.participant(change.key)
    if not participant.absent and (
        fault := event.schedule.presence_fault(participant.arrival, participant.departure, participant.away)
    ):
        raise ChangeRefused(f"{fault} Signalez-le absent, ou changez l’heure.")
    if event.plan is None:
        return [change], Moves()
    setting = setting_of(engine, owner, changed, today=today)
    if isinstance(change, Arrive):
        made, moves = welcome_arrival(setting, event.seat_of(change.key), from_slot=from_slot)
    else:
        made, moves = replan_timetable(setting, from_slot=from_slot)
    return ([change, Freeze(made, change.says(changed))] if moves else [change]), moves


def compare_timetables(before: FrozenTimetable | None, after: FrozenTimetable | None) -> Moves:
    """Return what changed between two timetables, in order of slot and table."""
    was = {one.pair: one for one in before.bookings} if before else {}
    now = {one.pair: one for one in after.bookings} if after else {}
    return Moves(
        cancelled=tuple(one for pair, one in was.items() if pair not in now),
        moved=tuple((one, now[pair]) for pair, one in was.items() if pair in now and _place(now[pair]) != _place(one)),
        added=tuple(one for pair, one in now.items() if pair not in was),
    )


def move_sentences(event: MeetingDay, changed: Moves) -> list[str]:
    """Return each change as a French sentence."""
    return [
        *(f"annulé : {_pair(event, one)}, {_when(event, one)}" for one in changed.cancelled),
        *(f"déplacé : {_pair(event, one)}, de {_when(event, one)} à {_when(event, new)}" for one, new in changed.moved),
        *(f"nouveau : {_pair(event, one)}, {_when(event, one)}" for one in changed.added),
    ]


def moves_since(event: MeetingDay, version: int) -> Moves:
    """Return what changed in the timetable since this version of the event."""
    frozen = [line.change.plan for line in event.journal[:version] if isinstance(line.change, Freeze)]
    return compare_timetables(frozen[-1] if frozen else None, event.plan)


def _replan_around(
    setting: Setting, former: FrozenTimetable, fixed: Sequence[Booking], *, from_slot: int, hold: bool = True
) -> FrozenTimetable:
    """Return the timetable replanned around the meetings `fixed` in their slots and tables; `hold`: they stay fixed afterwards."""
    pairs = {one.pair for one in fixed}
    others = tuple(one for one in former.bookings if one.pair not in pairs)
    with_them = replace(former, bookings=(*others, *(replace(one, held=True) for one in fixed)))
    event = replace(setting.event, plan=with_them)
    made, _ = replan_timetable(Setting(event, setting.affinities, setting.met), from_slot=from_slot)
    if hold:
        return made
    return replace(
        made, bookings=tuple(replace(one, held=False) if one.pair in pairs else one for one in made.bookings)
    )


def _free_table(event: MeetingDay, buyer: int, others: Sequence[Booking], own: Sequence[int], fit: int) -> int:
    """Return a table for a pair, given the `others` of its slot: its `own`, else the buyer's (now or at another hour), else the first free
    one up to `fit` (free all day first), else one whose meeting is not fixed; 0 where all are fixed."""
    alone = event.participant(buyer).abreast == 1
    # The meeting that the buyer has in this slot gives up its table.
    sits = [one.table for one in others if alone and buyer in one.pair and not one.held]
    fits = set(range(1, fit + 1)).difference(event.rules.closed)
    tables = [one for one in (*own, *sits, *_by_preference(event, buyer, fit)) if one in fits]
    held_tables = {one.table for one in others if one.held}
    taken = {one.table for one in others}.difference(sits)
    return next((one for one in tables if one not in taken), None) or next(
        (one for one in tables if one not in held_tables), 0
    )


def _by_preference(event: MeetingDay, buyer: int, fit: int) -> list[int]:
    """Return tables for a buyer, preferred first: its own at another hour, then up to `fit` those free all day, then the others."""
    home = [one.table for one in event.bookings if one.buyer == buyer]
    of_others = {one.table for one in event.bookings if one.buyer != buyer}
    return [*home, *sorted(range(1, fit + 1), key=of_others.__contains__)]


def _unplaceable(
    event: MeetingDay, pair: tuple[int, int], others: Sequence[Booking], slot: int, table: int, fit: int
) -> str:
    """Return, in French, why a pair cannot have this table in this slot given its `others`; empty where it can. Tables up to `fit` suit it."""
    hour = clock(event.schedule.starts[slot])
    bookings = list(filter(attrgetter("held"), others))
    for key in pair:
        if not free(event.seat(key), event.schedule)[slot]:
            return f"{event.name_of(key)} n’est pas là à {hour}."
        own = [one for one in bookings if key in one.pair]
        if len(own) >= event.participant(key).abreast:
            return f"Déjà placés à la main à {hour} : {_pair(event, own[0])}. Libérez ce rendez-vous d’abord."
    if table in event.rules.closed:
        return f"La table {table} est retirée de la salle : voyez les réglages."
    if table > event.rules.tables:
        return f"La salle n’a pas de table {table} : elle en a {event.rules.tables}."
    if table > fit:
        return (
            f"L’un des deux a besoin d’une table accessible : de 1 à {fit}."
            if fit
            else "La salle n’a pas de table accessible."
        )
    if not table:
        return f"Toutes les tables qui conviennent sont tenues à {hour} par des rendez-vous placés à la main."
    if at := next((one for one in bookings if one.table == table), None):
        return f"La table {table} est tenue à {hour} par {_pair(event, at)}, placés à la main. Libérez-les d’abord, ou prenez-en une autre."
    return ""


def _place(booking: Booking) -> tuple[int, int]:
    return booking.slot, booking.table


def _pair(event: MeetingDay, booking: Booking) -> str:
    return f"{event.name_of(booking.buyer)} et {event.name_of(booking.supplier)}"


def _when(event: MeetingDay, booking: Booking) -> str:
    return f"{clock(event.schedule.starts[booking.slot])}, table {booking.table}"


# Time limit of a timetable made from scratch.
PLAN_SECONDS = 60.0


def _plan_job(hold: Hold) -> Mapping[str, str]:
    request = hold.work.asked
    event = load_day(hold.engine, hold.owner, request["number"])
    setting = setting_of(hold.engine, hold.owner, event, today=date.fromisoformat(request["today"]), anew=True)
    refuse_nothing(setting)
    result = {"says": "L’horaire est figé. Relisez-le avant d’imprimer."}

    def end(connection: Connection, _: MeetingDay) -> None:
        hold.end(connection, result)

    made, at = Freeze(plan_timetable(setting, seconds=PLAN_SECONDS)), hold.work.since.replace(tzinfo=UTC)
    signed = {"version": request["version"], "author": request["who"], "now": at}
    change_day(hold.engine, hold.owner, request["number"], [made], **signed, ending=end)
    return result


PLAN = WorkKind("horaire", _plan_job, (ChangeRefused, JournalConflict, DatabaseError))
