"""Bench of 10,000 near names of one town: a small file, dropped while another person signs in and opens dossiers, on each base.

A first list of them is in the catalogue, and a second is dropped, tried, then imported; both are on loopback alone.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from time import perf_counter, sleep

import click
import requests
from bs4 import BeautifulSoup, Tag

from importers import REGISTRY
from importers.importer import Source
from matcher.accounts.roles import Role
from matcher.accounts.store import add_account
from matcher.catalogue.intake.intake import run_import
from matcher.db import open_database
from matcher.ownership import FIRST_ORGANISATION
from tests.bench.load import p95, served
from tests.bench.own_postgresql import own_postgresql

LINES, MOST_S, MOST_PROCESSOR_S = 10_000, 2.0, 60.0
STEWARD, BUYER, PASSWORD = "gestionnaire@essai.example", "acheteuse@essai.example", "un mot de passe assez long 27"
_TIMEOUT_S, _LOOK_S, _PAUSE_S, _ALONE_S = 60, 0.7, 0.3, 15


def near_names(folder: Path, name: str, text: str) -> Path:
    """Write a list of near names."""
    path = folder / f"{name}.csv"
    lines = (f"{text} {rank};EI;Lille;59000;nettoyage\n" for rank in range(LINES))
    path.write_text("Nom;Type;Ville;Code postal;Activité\n" + "".join(lines), encoding="utf-8")
    return path


def form_of(page: str, field: str) -> dict[str, str]:
    """Return what the form of a field would send as it stands."""
    (given,) = BeautifulSoup(page, "lxml").select(f"main form [name={field}]")
    form = given.find_parent("form")
    if not isinstance(form, Tag):
        raise click.ClickException(f"« {field} » n’est dans aucun formulaire.")
    held = form.select("input[name]:not([type=file]), textarea[name], select[name]")
    return {str(each["name"]): str(each.get("value", "")) for each in held}


def signed_in(site: str, login: str) -> requests.Session:
    """Return a browser that has just signed in."""
    browser = requests.Session()
    fields = form_of(browser.get(f"{site}/connexion", timeout=_TIMEOUT_S).text, "password")
    answer = browser.post(
        f"{site}/connexion",
        data=fields | {"login": login, "password": PASSWORD},
        timeout=_TIMEOUT_S,
        allow_redirects=False,
    )
    if answer.status_code != requests.codes.see_other:
        raise requests.HTTPError(f"/connexion : {answer.status_code}", response=answer)
    return browser


def new_dossier(browser: requests.Session, site: str) -> None:
    """Open a dossier by its form."""
    page = f"{site}/dossiers/nouveau"
    fields = form_of(browser.get(page, timeout=_TIMEOUT_S).text, "title") | {"title": "Essai"}
    answer = browser.post(page, data=fields, timeout=_TIMEOUT_S, allow_redirects=False)
    if answer.status_code != requests.codes.see_other:
        raise requests.HTTPError(f"{page} : {answer.status_code}", response=answer)


class OtherPerson:
    """A person who signs in and opens a dossier, again and again, with the seconds that each took and what was refused."""

    def __init__(self, site: str) -> None:
        self._site, self._over = site, Event()
        self._thread = Thread(target=self._work)
        self.seconds: dict[str, list[float]] = {"connexion": [], "nouveau dossier": []}
        self.refused: list[str] = []

    def __enter__(self) -> "OtherPerson":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._over.wait(_PAUSE_S):
            try:
                started = perf_counter()
                browser = signed_in(self._site, BUYER)
                entered = perf_counter()
                new_dossier(browser, self._site)
            except requests.RequestException as error:
                self.refused.append(str(error))
                continue
            self.seconds["connexion"].append(entered - started)
            self.seconds["nouveau dossier"].append(perf_counter() - entered)


def dropped(browser: requests.Session, site: str, path: Path) -> dict[str, float]:
    """Drop a file, and import it once it is read; return the seconds of each."""
    page = f"{site}/catalogue/imports"
    fields = form_of(browser.get(page, timeout=_TIMEOUT_S).text, "fichier")
    started = perf_counter()
    answer = browser.post(page, data=fields, files={"fichier": (path.name, path.read_bytes())}, timeout=_TIMEOUT_S)
    answer = _awaited(browser, answer)
    tried = perf_counter()
    form = BeautifulSoup(answer.text, "lxml").select_one('form[action$="/confirmation"]')
    if form is None:
        raise click.ClickException(f"{path.name} : pas prêt ({answer.status_code}, {answer.url}).")
    hidden = {str(each["name"]): str(each.get("value", "")) for each in form.select("input[name]")}
    answer = _awaited(browser, browser.post(f"{site}{form['action']}", data=hidden, timeout=_TIMEOUT_S))
    if "Import terminé" not in answer.text:
        raise click.ClickException(f"{path.name} : pas importé ({answer.status_code}, {answer.url}).")
    return {"essai": tried - started, "import": perf_counter() - tried}


def _awaited(browser: requests.Session, answer: requests.Response) -> requests.Response:
    while 'http-equiv="refresh"' in answer.text:
        sleep(_LOOK_S)
        answer = browser.get(answer.url, timeout=_TIMEOUT_S)
    return answer


def processor_s(process: int) -> float:
    """Return the seconds of processor that a process has used, those of its children that have ended included."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def strike(name: str, url: str, folder: Path) -> None:
    """Fill a catalogue with near names, drop the others, and print what another person waited."""
    engine, now = open_database(url), datetime.now(UTC)
    run_import(engine, REGISTRY["tableur"], [Source(near_names(folder, "proches", "EI Killer"))], now=now)
    for login, role in ((STEWARD, Role.ADMINISTRATOR), (BUYER, Role.BUYER)):
        add_account(engine, login, PASSWORD, role, FIRST_ORGANISATION, author="essai", now=now.replace(tzinfo=None))
    engine.dispose()
    with served(url) as (site, server):
        steward = signed_in(site, STEWARD)
        with OtherPerson(site) as alone:
            sleep(_ALONE_S)
        before = processor_s(server)
        with OtherPerson(site) as other:
            took = dropped(steward, site, near_names(folder, "proches bis", "Ei Killer bis"))
        used = processor_s(server) - before
    for what, seconds in other.seconds.items():
        click.echo(
            f"{name:<12}{what:<17}{len(seconds):>4} fois, p95 {p95(sorted(seconds)):.2f} s, la pire {max(seconds):.2f} s"
            f" ; sans dépôt, p95 {p95(sorted(alone.seconds[what])):.2f} s"
            f"   but : p95 ≤ {MOST_S:.0f}"
        )
    click.echo(
        f"{name:<12}{len(other.refused)} refus {other.refused[:2] or ''} ; essai {took['essai']:.0f} s, import {took['import']:.0f} s, "
        f"processeur du serveur {used:.0f} s en tout, essai, import et pages   but : {MOST_PROCESSOR_S:.0f} s par passage"
    )


@contextmanager
def bases(folder: Path) -> Iterator[dict[str, str]]:
    """The addresses of two empty databases, by their names."""
    with own_postgresql() as database:
        yield {"SQLite": f"sqlite:///{(folder / 'proches.sqlite').as_posix()}", "PostgreSQL": database.url}


def strike_each(folder: Path) -> None:
    """Strike each base in its turn."""
    click.echo(
        f"\n{LINES} noms proches d’une ville, déposés pendant qu’une autre personne se connecte et ouvre des dossiers"
    )
    with bases(folder) as urls:
        for name, url in urls.items():
            strike(name, url, folder)
    click.echo(f"charge de la machine : {os.getloadavg()[0]:.1f} sur {os.cpu_count()} cœurs")
