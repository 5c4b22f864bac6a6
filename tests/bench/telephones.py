"""`python -m tests.bench.telephones`: two hundred telephones that follow their own page every two seconds on the day of a Club, on loopback.

An invented Club of 60 buyers and 173 suppliers, on SQLite. Meanwhile an organiser lets somebody in every two seconds and signals an absent every
ten: the timetable is planned again. A telephone that is told of a change takes its page again.
"""

import os
import random
import re
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, perf_counter, sleep

import click
import requests
import urllib3

from matcher.club.meeting_day.changes import Freeze, Register
from matcher.club.meeting_day.header import DayHeader, Rules
from matcher.club.meeting_day.meeting_day import MeetingDay, Participant, ParticipantRole
from matcher.club.meeting_day.participant_link import give_links
from matcher.club.meeting_day.participant_need import ParticipantNeed
from matcher.club.meeting_day.schedule import Schedule
from matcher.club.meeting_day.store import change_day, create_day
from matcher.club.timetable.planning import plan_timetable, setting_of
from matcher.db import open_database
from matcher.ownership import FIRST_ORGANISATION
from matcher.settings import CACHE_VARIABLE
from tests.bench.load import p95, served
from tests.matcher.club.made_day import TRADES

BUYERS, SUPPLIERS, TELEPHONES, SECONDS = 60, 173, 200, 60
EVERY_S, ENTERS_S, ABSENT_EVERY, GOAL_MS = 2.0, 2.0, 5, 300.0
# Pages are opened one after the other, as people come in.
OPENED_S = 20.0
WHO = "C. Exemple"
TOWNS = ("Maubeuge", "Lille", "Arras", "Denain", "Douai", "Valenciennes")
_TIMEOUT_S = 20.0

Measures = dict[str, list[float]]


def club(url: str) -> tuple[MeetingDay, list[str]]:
    """Write an invented Club with its timetable; return it, and the addresses of the pages of those who hold a telephone."""
    engine, now, chance = open_database(url), datetime.now(UTC), random.Random(1)  # noqa: S311  # invented, no secret
    today = now.astimezone().date()
    trades = [*TRADES.values()]
    people = []
    for key in range(1, BUYERS + SUPPLIERS + 1):
        needs, offers = chance.choice(trades)
        place = chance.choice(TOWNS)
        if key <= BUYERS:
            need = ParticipantNeed(chance.choice(needs), place)
            people.append(Participant(key, ParticipantRole.BUYER, f"Commune fictive {key}", needs=(need,)))
        else:
            said = {"activity": chance.choice(offers), "place": place}
            people.append(Participant(key, ParticipantRole.SUPPLIER, f"Structure fictive {key}", **said))
    header, schedule = DayHeader("Club d’essai", day=today), Schedule(8 * 60, 12, 20)
    event = create_day(engine, FIRST_ORGANISATION, header, schedule, Rules(tables=BUYERS), author=WHO, now=now)
    for made in (
        lambda _: Register(tuple(people)),
        lambda held: Freeze(plan_timetable(setting_of(engine, FIRST_ORGANISATION, held, today=today), seconds=60)),
    ):
        event = change_day(
            engine, FIRST_ORGANISATION, event.id, [made(event)], version=event.version, author=WHO, now=now
        )
    links = give_links(engine, FIRST_ORGANISATION, event, range(1, TELEPHONES + 1), author=WHO, now=now)
    engine.dispose()
    return event, [f"/rendez-vous/{token}" for token in links.values()]


def telephone(site: str, link: str, rank: int, until: float) -> Iterator[tuple[str, float]]:
    """Follow a page until a moment, and yield what was asked for and the milliseconds that it took; a failure takes for ever."""
    shown = ""
    sleep(OPENED_S * rank / TELEPHONES)
    with urllib3.PoolManager(maxsize=1, timeout=_TIMEOUT_S) as pool:
        while (started := monotonic()) < until:
            for what, address in (("état", f"{link}/etat"), ("page", link)):
                began = perf_counter()
                try:
                    answer = pool.request("GET", site + address, headers={"If-None-Match": shown}, retries=1)
                    status = answer.status
                except urllib3.exceptions.HTTPError:
                    status = 0
                yield what, 1000 * (perf_counter() - began) if status in (200, 304) else float("inf")
                if what == "état" and status != 200:  # as it was: the page is not taken again
                    break
                shown = answer.headers.get("ETag", shown)
            sleep(max(0.0, EVERY_S - (monotonic() - started)))


def organiser(site: str, event: MeetingDay, until: float) -> Iterator[tuple[str, float]]:
    """Let people in one after the other, and signal an absent now and then."""
    with requests.Session() as session:
        for turn, key in enumerate(one.key for one in event.participants):
            if monotonic() >= until:
                return
            absent = turn % ABSENT_EVERY == ABSENT_EVERY - 1
            page = f"{site}/club/{event.id}/{'imprevu' if absent else 'accueil'}"
            told = (
                {"participant": str(key), "quoi": "absent", "heure": "", "depuis": "8 h"}
                if absent
                else {"participant": str(key)}
            )
            form = session.get(page, params=told, timeout=_TIMEOUT_S).text
            hidden = dict(re.findall(r'name="(csrf_token|version)" value="([^"]*)"', form))
            began = perf_counter()
            answer = session.post(page, data={**told, **hidden, "qui": WHO}, allow_redirects=False, timeout=_TIMEOUT_S)
            yield (
                "absent" if absent else "accueil",
                1000 * (perf_counter() - began) if answer.status_code == 303 else float("inf"),
            )
            sleep(ENTERS_S)


def follow(site: str, event: MeetingDay, links: list[str], seconds: float) -> Measures:
    """Have them all follow the day for some time, and return the milliseconds of each thing asked."""
    until, found = monotonic() + seconds, defaultdict(list)
    with ThreadPoolExecutor(TELEPHONES + 1) as threads:
        asked = [threads.submit(list, telephone(site, link, rank, until)) for rank, link in enumerate(links)]
        asked.append(threads.submit(list, organiser(site, event, until)))
        for done in asked:
            for what, ms in done.result():
                found[what].append(ms)
    return found


@click.command()
@click.option("--secondes", "seconds", default=float(SECONDS), show_default=True, help="Durée de la mesure.")
def main(seconds: float) -> None:
    """Mesure les pages des participants, suivies par deux cents téléphones à la fois."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        os.environ[CACHE_VARIABLE] = str(folder / "cache")
        url = f"sqlite:///{(folder / 'club.sqlite').as_posix()}"
        event, links = club(url)
        busy = os.getloadavg()[0]
        with served(url) as (site, _):
            found = follow(site, event, links, seconds)
    click.echo(
        f"{TELEPHONES} téléphones, {len(event.bookings)} rendez-vous, {seconds:.0f} s ; charge de la machine avant : {busy:.1f}"
    )
    for what, own in found.items():
        own.sort()
        failed = sum(ms == float("inf") for ms in own)
        goal = f"   but : p95 ≤ {GOAL_MS:.0f}" if what == "état" else ""
        click.echo(
            f"{what:<8}{len(own):>7} demandes{failed:>5} échecs   médiane {own[len(own) // 2]:>6.0f} ms   p95 {p95(own):>6.0f} ms{goal}"
        )


if __name__ == "__main__":
    main()
