"""`make bench BENCH=tests.bench.hostile`: ten hostile files dropped at once, while twenty people read pages, on loopback alone.

The same people read for as long without a drop, then with them. Printed: what the drops cost the pages, how long the slowest took to
be refused, and the most memory that the server and its reader processes held together. Before them, `near_names` on each base.
"""

import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Thread
from time import perf_counter, sleep

import click
import requests
from bs4 import BeautifulSoup

from tests.bench.load import PEOPLE, SUPPLIERS, filled, p95, people, served
from tests.bench.near_names import form_of, strike_each
from tests.bench.rows import write_directory
from tests.hostile import WORST

SECONDS = 30
MOST_TIMES, MOST_S, MOST_MIB = 2.0, 30.0, 600.0
# The page, the field of its form, the file.
DROPS = (
    *(("/catalogue/imports", "fichier", name) for name in WORST),
    ("/allotissement", "fichier", "colonnes.csv"),
    ("/allotissement", "fichier", "loin.xls"),
    ("/programme", "fichier", "colonnes.csv"),
    ("/historique", "fichier", "loin.xlsx"),
    ("/club/1/import", "acheteurs", "colonnes.csv"),
    ("/club/1/import", "acheteurs", "loin.xlsx"),
)
_LOOK_S, _TIMEOUT_S = 0.3, 60


def opened(site: str) -> requests.Session:
    """A browser for which a Club has an event."""
    browser = requests.Session()
    fields = form_of(browser.get(f"{site}/club/nouveau", timeout=_TIMEOUT_S).text, "title")
    made = browser.post(f"{site}/club/nouveau", data=fields | {"title": "Essai", "qui": "Essai"}, timeout=_TIMEOUT_S)
    made.raise_for_status()
    return browser


def refused(browser: requests.Session, site: str, page: str, field: str, name: str) -> tuple[float, str]:
    """Drop a file, and return in how many seconds it is refused, and the words."""
    fields = form_of(browser.get(site + page, timeout=_TIMEOUT_S).text, field) | {"objet": "Nettoyage", "unite": "ETP"}
    started = perf_counter()
    answer = browser.post(site + page, data=fields, files={field: (name, WORST[name]())}, timeout=_TIMEOUT_S)
    while 'http-equiv="refresh"' in answer.text:
        sleep(_LOOK_S)
        answer = browser.get(answer.url, timeout=_TIMEOUT_S)
    seconds = perf_counter() - started
    said = [
        " ".join(each.get_text().split()) for each in BeautifulSoup(answer.text, "lxml").select(".fault, [role=alert]")
    ]
    words = next((text for text in said if name in text), "")
    if not words:
        raise click.ClickException(f"{page}, {name} : non refusé ({answer.status_code}, {answer.url}, {said}).")
    return seconds, words


class Memory:
    """The most that a process and those it started hold together, in MiB, looked at twenty times a second."""

    def __init__(self, server: int) -> None:
        self._server, self._over = server, Event()
        self._thread = Thread(target=self._watch)
        self.peak = 0.0

    def __enter__(self) -> "Memory":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        page = os.sysconf("SC_PAGE_SIZE")
        while not self._over.wait(0.05):
            self.peak = max(self.peak, sum(map(_pages, family(self._server))) * page / 2**20)


def family(server: int) -> list[int]:
    """Return a process and those it started, but for one that is being started: until it has its own program, its memory is the server's."""
    started = [int(one) for task in Path(f"/proc/{server}/task").glob("*/children") for one in _text(task).split()]
    own = _text(Path(f"/proc/{server}/cmdline"))
    return [server, *(one for one in started if _text(Path(f"/proc/{one}/cmdline")) != own)]


def _pages(process: int) -> int:
    return int((_text(Path(f"/proc/{process}/statm")) or "0 0").split()[1])


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except OSError:  # it has ended meanwhile
        return ""


@click.command()
@click.option("--secondes", "seconds", default=float(SECONDS), show_default=True, help="Durée de chaque mesure.")
def main(seconds: float) -> None:
    """Mesure les pages sous vingt personnes, sans puis avec dix fichiers hostiles déposés à la fois, puis les formulaires sous dix mille noms proches."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        os.environ["ENTREMISE_CACHE"] = str(folder / "cache")
        strike_each(folder)
        url = f"sqlite:///{(folder / 'hostile.sqlite').as_posix()}"
        ids = filled(url, write_directory(folder / "annuaire.csv", SUPPLIERS))
        with served(url) as (site, server):
            browser = opened(site)
            with Memory(server) as alone:
                without = people(PEOPLE, site, ids, seconds)
            with Memory(server) as memory, ThreadPoolExecutor(len(DROPS) + 1) as hands:
                measured = hands.submit(people, PEOPLE, site, ids, seconds)
                sleep(1)
                answers = list(hands.map(lambda drop: refused(browser, site, *drop), DROPS))
                with_drops = measured.result()
    for (page, _, name), (took, words) in zip(DROPS, answers, strict=True):
        click.echo(f"{page:<20}{name:<14}{took:>6.1f} s  {words[:120]}")
    before, after = (p95(sorted(ms for _, _, ms in each)) for each in (without, with_drops))
    wrong = sum(status != requests.codes.ok for _, status, _ in (*without, *with_drops))
    click.echo(f"{PEOPLE} personnes, {len(without)} pages sans, {len(with_drops)} avec, {wrong} erreurs")
    click.echo(
        f"p95 des pages    {before:>6.0f} ms sans, {after:.0f} avec : {after / before:.2f} fois   but : {MOST_TIMES:.0f}"
    )
    click.echo(f"refus le plus long {max(took for took, _ in answers):>4.1f} s   but : {MOST_S:.0f}")
    click.echo(f"mémoire          {alone.peak:>6.0f} Mio sans, {memory.peak:.0f} avec, en tout   but : {MOST_MIB:.0f}")


if __name__ == "__main__":
    main()
