"""`python -m tests.bench.club_sheets URL`: made-up sheets of suppliers of this catalogue taken in and planned: needs served by truth and beside
an integer program on the same affinities, changes of a frozen day that other events share people with, seconds of the processor.

`python -m tests.bench.club_sheets URL DAYS`: so many smaller days, on this catalogue and on an empty one, and what a checker of its own finds
wrong."""

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import process_time

import click

from matcher.club.meeting_day.changes import Miss
from matcher.club.meeting_day.meeting_day import MeetingDay
from matcher.club.results.aims import needs_headline
from matcher.club.timetable.planning import plan_timetable, replan_timetable, setting_of
from matcher.club.timetable.setting import Setting, met_before
from matcher.db import open_database
from matcher.ownership import FIRST_ORGANISATION
from tests.matcher.club.day import after
from tests.matcher.club.made_day import Guest, answered, faults, guest_of, made_day
from tests.matcher.club.planner.integer_program import best_worth
from tests.matcher.club.played_day import DAY, enrolled, listed, played
from tests.waiting import LONGEST_S

SIZES = ((40, 120), (60, 170))
# Seeds of the days of a region.
MESSY = (3901, 3902)
TIMED = ((60, 170, 12), (200, 800, 16))


def compare(url: str, folder: Path, events: int) -> None:
    """Print a line an event and a catalogue, then what they add up to."""
    catalogue, empty = open_database(url), open_database(f"sqlite:///{(folder / 'vide.sqlite').as_posix()}")
    known = listed(catalogue)
    for buyers, suppliers in SIZES:
        total = {"catalogue": [0, 0, 0], "vide": [0, 0, 0]}
        for seed in range(events):
            made = made_day(seed, buyers, suppliers, known)
            for name, engine in (("catalogue", catalogue), ("vide", empty)):
                started = process_time()
                event, people = played(engine, made, folder)
                wrong = list(faults(event, people, made))
                found = answered(event, people, made), len(event.bookings), len(wrong)
                total[name] = [held + more for held, more in zip(total[name], found, strict=True)]
                click.echo(
                    f"{buyers} × {suppliers}, n° {seed}, {name:<9} : {found[0]} répondent sur {found[1]} rendez-vous,"
                    f" {found[2]} fautes ; {process_time() - started:.1f} s"
                )
                for fault in wrong[:5]:
                    click.echo(f"    {fault}")
        for name, (answers, meetings, wrong_ones) in total.items():
            click.echo(f"{buyers} × {suppliers}, {name} : {answers} sur {meetings}, {wrong_ones} fautes")


def regional(url: str, folder: Path) -> None:
    """Print the table of a region's day: needs, then what another event changes, then times."""
    engine = open_database(url)
    known = listed(engine)
    for seed in MESSY:
        made = made_day(seed, 45, 130, known, wide=True)
        event, people = played(engine, made, folder)
        who, setting = guest_of(people, made), setting_of(engine, FIRST_ORGANISATION, event, today=DAY)
        best = best_worth(setting.problem, needs_alone=True)
        wrong = list(faults(event, people, made))
        truly, possible = served_by_truth(event, who)
        plan = event.plan
        assert plan is not None
        click.echo(f"45 × 130, n° {seed} : {' '.join(needs_headline(event))}")
        click.echo(
            f"    programme entier, mêmes affinités : {best[1]} besoins servis, {best[0]} vœux ; ici {plan.answered} et"
            f" {len(set(setting.problem.must) & rows_met(setting, event))}"
        )
        answering = answered(event, people, made)
        click.echo(
            f"    d’après la vérité : {truly} servis sur {possible} possibles ; {answering} rendez-vous sur"
            f" {len(event.bookings)} répondent à un besoin écrit ({answering / len(event.bookings):.0%}) ; {len(wrong)} fautes"
        )
        for fault in wrong[:5]:
            click.echo(f"    {fault}")
        counts = changes(setting, event)
        most = max(counts, key=lambda each: each[1])
        click.echo(
            f"    une absence, chacun des {len(counts)} fournisseurs à son tour : {median(alone for _, alone, _ in counts):g} changements en médiane,"
            f" {most[1]} au plus (qui avait {most[0]} rendez-vous) ; {sum(alone > 2 * had for had, alone, _ in counts)} de plus de deux par"
            f" rendez-vous perdu ; {sum(both > alone for _, alone, both in counts)} de plus une fois un autre événement figé (buts : 8, 0, 0)"
        )
    known = listed(engine, everywhere=True)
    for buyers, suppliers, slots in TIMED:
        event, _ = enrolled(engine, made_day(7, buyers, suppliers, known, wide=True), folder, slots=slots)
        started = process_time()
        plan = plan_timetable(setting_of(engine, FIRST_ORGANISATION, event, today=DAY), seconds=LONGEST_S)
        gap = (plan.bound - plan.total) / plan.bound
        click.echo(
            f"{buyers} × {suppliers} × {slots} : {process_time() - started:.1f} s du processeur, {len(plan.bookings)} rendez-vous, {plan.answered}"
            f" besoins servis sur {plan.most_answered} possibles, intérêt à {gap:.2%} au plus"
        )


def rows_met(setting: Setting, event: MeetingDay) -> set[tuple[int, int] | None]:
    """Return the pairs of rows that meet."""
    return {setting.row_pair(one.pair) for one in event.bookings}


def served_by_truth(event: MeetingDay, who: dict[int, Guest]) -> tuple[int, int]:
    """Return how many trades that buyers wrote they meet, and how many somebody who is there at some slot with them does."""
    met: dict[int, set[str]] = {}
    for one in event.bookings:
        met.setdefault(one.buyer, set()).update(who[one.supplier].trades)
    served = possible = 0
    for buyer in event.list_seats(suppliers=False):
        for trade in who[buyer.key].trades:
            served += trade in met.get(buyer.key, ())
            possible += any(
                trade in who[one.key].trades and together(event, (who[buyer.key], who[one.key]))
                for one in event.list_seats(suppliers=True)
            )
    return served, possible


def together(event: MeetingDay, pair: Sequence[Guest]) -> bool:
    """Return whether a slot has both guests, as they truly are there."""
    starts, minutes = event.schedule.starts, event.schedule.minutes
    return any(all(one.here[0] <= start and start + minutes <= one.here[1] for one in pair) for start in starts)


def changes(setting: Setting, event: MeetingDay) -> list[tuple[int, int, int]]:
    """Return, for each supplier of a frozen event that does not come, how many meetings it had, how many changes that makes (a meeting
    that is lost is one, one that takes its place another), and how many once an earlier event where the same pairs met is frozen too."""
    other = replace(event, id=event.id + 1, header=replace(event.header, day=DAY - timedelta(days=2)))
    counts = []
    for gone in sorted({booking.supplier for booking in event.bookings}):
        absent = after(event, Miss(gone))
        alone, both = (
            len(replan_timetable(replace_absent(Setting(absent, setting.affinities, met)), from_slot=0)[1])
            for met in (setting.met, met_before(absent, [other]))
        )
        counts.append((len(event.bookings_of[gone]), alone, both))
    return counts


def replace_absent(setting: Setting) -> Setting:
    """Return the setting whose participants are those of its event as it is now."""
    event, held = setting.event, setting.affinities
    buyers, suppliers = event.list_seats(suppliers=False), event.list_seats(suppliers=True)
    return Setting(event, replace(held, buyers=buyers, suppliers=suppliers), setting.met)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        if len(sys.argv) > 2:
            compare(sys.argv[1], Path(temporary), int(sys.argv[2]))
        else:
            regional(sys.argv[1], Path(temporary))
