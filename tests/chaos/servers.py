"""Servers killed or started again under load behind nginx, and PostgreSQL stopped: what people wrote is there once, and nobody who reads meets an error.

Each writer opens dossiers by a form. Where no answer comes, or one of a server or of the database away, the same form is asked or sent again,
as a person does, and counted: each title must then be one dossier. Readers only read: nginx sends what a dead server left unanswered to another.
"""

import os
import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import count
from pathlib import Path
from threading import Event
from time import sleep

import requests
from bs4 import BeautifulSoup
from sqlalchemy import select

from matcher.db import open_database, reading
from matcher.dossiers.store import DossierRow
from matcher.rows import table_of
from matcher.settings import CACHE_VARIABLE
from tests.bench.fleet import Fleet, fleet
from tests.bench.load import filled, requests_of
from tests.bench.own_postgresql import OwnPostgresql, own_postgresql
from tests.bench.rows import write_directory
from tests.chaos.outcome import Outcome

SEED, SERVERS, SUPPLIERS, WRITERS, READERS, KILLS, RESTARTS = 20261128, 3, 2_000, 3, 5, 50, 2
_AWAY_S, _TIMEOUT_S, _AGAIN_S, _PAUSE_S = 3.0, 60.0, 0.3, 0.2
_ASK_AGAIN = (requests.codes.bad_gateway, requests.codes.gateway_timeout, requests.codes.service_unavailable)
_NOTHING = 0
AWAY = {int(requests.codes.service_unavailable): "fois « ne répond pas pour l’instant »"}
# A page of which nginx had passed on a part: it cannot be taken back, and is asked again by hand.
CUT = {_NOTHING: "coupées en chemin"}


def play() -> Iterator[Outcome]:
    """Kill servers fifty times, start each again in turn, and stop PostgreSQL twice, each under load."""
    with own_postgresql() as database, tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        os.environ[CACHE_VARIABLE] = str(folder / "cache")
        ids = filled(database.url, write_directory(folder / "annuaire.csv", SUPPLIERS))
        chance = random.Random(SEED)  # noqa: S311  # no secret

        def killed(servers: Fleet) -> None:
            for _ in range(KILLS):
                sleep(chance.uniform(0.0, 1.0))
                servers.kill(chance.randrange(SERVERS))
                servers.await_all()

        def renewed(servers: Fleet) -> None:
            for at in range(SERVERS):
                servers.renew(at)

        def stopped(_: Fleet) -> None:
            for _ in range(RESTARTS):
                database.stop()
                sleep(_AWAY_S)
                database.start()
                sleep(_AWAY_S)

        with fleet(database.url, SERVERS) as servers:
            crowd = _Crowd(servers.site, ids)
            yield crowd.through("pages, redémarrage de chaque serveur", SERVERS, lambda: renewed(servers), database, {})
            yield crowd.through("pages, arrêts de PostgreSQL", RESTARTS, lambda: stopped(servers), database, AWAY)
            yield crowd.through("pages, kill -9 d’un serveur", KILLS, lambda: killed(servers), database, CUT)


class _Crowd:
    """People before the pages, who read and write until told to stop."""

    def __init__(self, site: str, ids: list[str]) -> None:
        self._site, self._ids = site, ids
        self._numbers = count(1)

    def through(
        self,
        what: str,
        strikes: int,
        strike: Callable[[], None],
        database: OwnPostgresql,
        expected: Mapping[int, str],
    ) -> Outcome:
        """Have people read and write while something strikes; `expected` are the answers that it explains, with what is said of them."""
        over = Event()
        with ThreadPoolExecutor(WRITERS + READERS) as threads:
            writers = [threads.submit(self._write, over) for _ in range(WRITERS)]
            readers = [threads.submit(self._read, person, over) for person in range(READERS)]
            try:
                strike()
            finally:
                over.set()
            asked = [title for writer in writers for title in writer.result()[0]]
            again = sum((writer.result()[1] for writer in writers), Counter[int]())
            seen = sum((reader.result() for reader in readers), Counter[int]())
        kept = _dossiers(database.url)
        own = Counter(title for title in kept.elements() if title in set(asked))
        errors = sum(number for status, number in seen.items() if status not in {requests.codes.ok, *expected})
        said = ", ".join(
            [
                f"{seen.total()} pages demandées",
                *(f"{seen[status]} {words}" for status, words in expected.items()),
                f"{again.total()} formulaires redemandés",
                *(f"{number} sur {status or 'aucune réponse'}" for status, number in sorted(again.items())),
            ]
        )
        if errors:
            said += f", {dict(seen)}"
        return Outcome(what, strikes, len(asked), len(set(asked) - own.keys()), own.total() - len(own), errors, said)

    def _write(self, over: Event) -> tuple[list[str], Counter[int]]:
        titles, again = [], Counter[int]()
        with requests.Session() as session:
            while not over.is_set():
                title = f"Dossier {next(self._numbers)}"
                self._opened(session, title, again)
                titles.append(title)
                sleep(_PAUSE_S)
        return titles, again

    def _opened(self, session: requests.Session, title: str, again: Counter[int]) -> None:
        """Ask for a form and send it, each until it is taken."""
        address = f"{self._site}/dossiers/nouveau"
        blank = _until(requests.codes.ok, partial(session.get, address, timeout=_TIMEOUT_S), again)
        inputs = BeautifulSoup(blank.text, "lxml").select("main form input[name]")
        form = {str(its["name"]): str(its.get("value", "")) for its in inputs}
        sent = form | {"title": title, "qui": "Léa"}
        post = partial(session.post, address, data=sent, timeout=_TIMEOUT_S, allow_redirects=False)
        _until(requests.codes.see_other, post, again)

    def _read(self, person: int, over: Event) -> Counter[int]:
        seen = Counter[int]()
        with requests.Session() as session:
            for _, address in requests_of(person, self._ids):
                if over.is_set():
                    break
                try:
                    seen[session.get(self._site + address, timeout=_TIMEOUT_S).status_code] += 1
                except requests.RequestException:
                    seen[_NOTHING] += 1
                sleep(_PAUSE_S)
        return seen


def _until(status: int, ask: Callable[[], requests.Response], again: Counter[int]) -> requests.Response:
    """Ask until the answer is of a status; count in `again` each that has it asked again. Raises ValueError on any other."""
    while True:
        try:
            answer = ask()
        except requests.RequestException:
            again[_NOTHING] += 1
        else:
            if answer.status_code == status:
                return answer
            if answer.status_code not in _ASK_AGAIN:
                raise ValueError(f"{answer.status_code} : {answer.text[:500]}")
            again[answer.status_code] += 1
        sleep(_AGAIN_S)


def _dossiers(url: str) -> Counter[str]:
    engine = open_database(url)
    with reading(engine) as connection:
        titles = Counter(connection.execute(select(table_of(DossierRow).c.title)).scalars())
    engine.dispose()
    return titles
