"""Crawl of suppliers' own websites for trades, telephones and e-mails (« entremise websites »): pages to read, host by host in turn, and
suggestions for each supplier, which count for nothing until a person confirms them."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sqlalchemy import Engine

from importers.online.faults import PageOutcome, PageRefused
from matcher.catalogue.intake.site_page import SitePage, read_site_page
from matcher.catalogue.store.contacts import load_contacts_of_many
from matcher.catalogue.store.read import load_suppliers
from matcher.catalogue.store.websites import (
    WAITING,
    PageValue,
    WebsitePage,
    add_pages,
    begin_site,
    end_page,
    pages_of,
    site_of,
    suggest,
)
from matcher.cleaning.names import name_key
from matcher.db import writing
from matcher.domain.supplier import Evidence, Supplier
from matcher.jobs.reader_process import ReadRefused, apart
from matcher.reading.trade.offers import offers

if TYPE_CHECKING:
    from importers.online.websites import WebsiteFetcher

MOST_PAGES = 12
# A site read more recently than this is not read again.
AGE = timedelta(days=180)
ACTIVITY, PHONE, EMAIL = "activite", "telephone", "courriel"

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Website:
    """A website: host, `givers` (suppliers that give it, by id), and the other suppliers of their organisations."""

    host: str
    givers: Mapping[str, Supplier]
    others: tuple[Supplier, ...] = ()

    @property
    def establishments(self) -> tuple[Supplier, ...]:
        """All establishments that its pages may be about."""
        return (*self.givers.values(), *self.others)


@dataclass(slots=True)
class WebsitesReport:
    """Counts of a crawl: sites to read, pages by outcome, pages without a new trade, suggestions made (`found`), and those made for several
    establishments of a page (`shared`)."""

    sites: int = 0
    pages: Counter[str] = field(default_factory=Counter)
    without_trade: int = 0
    found: int = 0
    shared: int = 0

    def as_dict(self) -> dict[str, object]:
        """Return the report as JSON."""
        return asdict(self) | {"pages": {outcome.value: self.pages[outcome] for outcome in PageOutcome}}


def websites_of(
    suppliers: Sequence[Supplier], wanted: Callable[[Supplier], bool] = lambda _: True
) -> tuple[Website, ...]:
    """Return the websites of the suppliers that `wanted` accepts, by host."""
    by_host: dict[str, dict[str, Supplier]] = {}
    by_siren: dict[str, list[Supplier]] = {}
    for supplier in suppliers:
        if supplier.siren:
            by_siren.setdefault(supplier.siren, []).append(supplier)
        if host := site_of(supplier.website):
            by_host.setdefault(host, {})[supplier.id] = supplier
    sites = []
    for host, givers in sorted(by_host.items()):
        if any(map(wanted, givers.values())):
            organisation = [
                each for siren in {giver.siren for giver in givers.values()} for each in by_siren.get(siren, ())
            ]
            others = {each.id: each for each in organisation if each.id not in givers}
            sites.append(Website(host, givers, tuple(others.values())))
    return tuple(sites)


def read_websites(
    engine: Engine,
    fetcher: "WebsiteFetcher",
    *,
    wanted: Callable[[Supplier], bool],
    contacts_since: date,
    now: Callable[[], datetime],
    progress: Progress,
) -> WebsitesReport:
    """Crawl the websites of the suppliers `wanted` that were not read for six months, one page per host in turn; a stopped crawl resumes.

    A website last confirmed before `contacts_since` is skipped; `now` returns UTC. Raises DatabaseError or OSError.
    """
    suppliers = load_suppliers(engine, contacts_since)
    run = _Run(engine, fetcher, {site.host: site for site in websites_of(suppliers, wanted)}, now)
    while (page := run.next_page()) is not None:
        progress(page.site, run.report.pages.total(), run.report.pages.total() + run.pages_left + 1)
        run.read(page)
    return run.report


def page_subjects(site: Website, url: str, page: SitePage) -> tuple[tuple[Supplier, ...], bool]:
    """Return the establishments that a page is about, and whether they are several.

    One is certain where the path or headings name its town, or the page lies under the address that only it gives.
    """
    path = urlsplit(url).path
    head = f" {name_key(f'{path} {page.heading}')} "
    everyone = site.establishments
    headed = []
    for each in everyone:
        own = urlsplit(each.website).path.rstrip("/")
        if _names_town(each, head) or (own and f"{path}/".startswith(f"{own}/")):
            headed.append(each)
    if headed:
        return tuple(headed), len(headed) > 1
    text = f" {name_key(page.text)} "
    about = tuple(each for each in everyone if each.id in site.givers or _names_town(each, text))
    return about, len(about) > 1


def _names_town(supplier: Supplier, text: str) -> bool:
    return any((town := name_key(site.city)) and f" {town} " in text for site in supplier.sites)


class _Run:
    """A crawl: the pages left to read of each site, one page per host in turn, so that no host is queried in a burst."""

    def __init__(
        self, engine: Engine, fetcher: "WebsiteFetcher", sites: Mapping[str, Website], now: Callable[[], datetime]
    ) -> None:
        self._engine, self._fetcher, self._sites, self._now = engine, fetcher, sites, now
        ids = {each.id for site in sites.values() for each in site.establishments}
        self._known_contacts = {
            key: {contact.value for contact in contacts} for key, contacts in load_contacts_of_many(engine, ids).items()
        }
        self._waiting: dict[str, list[WebsitePage]] = {}
        old = now().replace(tzinfo=None) - AGE
        for host, site in sites.items():
            with writing(engine) as connection:
                pages = pages_of(connection, host)
                if not _waiting(pages) and all(page.asked and page.asked < old for page in pages):
                    websites = {each.website for each in site.givers.values()}
                    begin_site(connection, host, sorted(websites)[:MOST_PAGES])
                    pages = pages_of(connection, host)
            if waiting := _waiting(pages):
                self._waiting[host] = waiting
        self.report = WebsitesReport(sites=len(self._waiting))

    @property
    def pages_left(self) -> int:
        """Number of known pages not read yet."""
        return sum(map(len, self._waiting.values()))

    def next_page(self) -> WebsitePage | None:
        """Return the next page to read, None at the end."""
        if not self._waiting:
            return None
        host = next(iter(self._waiting))
        return self._waiting.pop(host)[0]

    def read(self, page: WebsitePage) -> None:
        """Fetch a page, parse it in a reader process, and store what it contains in one transaction."""
        mentions: list[PageValue] = []
        links: Sequence[str] = ()
        url = page.url
        try:
            received = self._fetcher.page(page.url)
            url = received.url
            site_page = apart(read_site_page)(received.path, url)
            links = site_page.links
            mentions = list(self._new_findings(self._sites[page.site], url, site_page))
            outcome = PageOutcome.READ
        except PageRefused as refused:
            outcome = refused.outcome
        except ReadRefused:
            outcome = PageOutcome.NOT_HTML
        now = self._now()
        with writing(self._engine) as connection:
            known = {each.url for each in pages_of(connection, page.site)}
            new = [link for link in links if link not in known and link != url]
            add_pages(connection, page.site, new[: MOST_PAGES - len(known)])
            end_page(connection, page.id, outcome, now)
            suggested = suggest(connection, mentions, url, now.date())
            if waiting := _waiting(pages_of(connection, page.site)):
                self._waiting[page.site] = waiting
        self.report.pages[outcome] += 1
        self.report.without_trade += outcome is PageOutcome.READ and all(each.champ != ACTIVITY for each in mentions)
        self.report.found += len(suggested)
        self.report.shared += sum(each.shared for each in suggested)

    def _new_findings(self, site: Website, url: str, page: SitePage) -> Iterator[PageValue]:
        """Yield the trades and contacts on a page that its establishments do not have yet."""
        about, shared = page_subjects(site, url, page)
        page_offers = offers(page.text)
        for supplier in about:
            known = [each.code for each in supplier.activities if each.evidence is Evidence.DECLARED]
            known += [each.code for each in supplier.refused_activities]
            for offer in page_offers:
                if not any(f"{code}.".startswith(f"{offer.code}.") for code in known):
                    yield PageValue(supplier.id, ACTIVITY, offer.code, offer.sentence, shared)
            for champ, values in ((PHONE, page.phones), (EMAIL, page.emails)):
                for value in values:
                    if value not in self._known_contacts.get(supplier.id, ()):
                        yield PageValue(supplier.id, champ, value, "", shared)


def _waiting(pages: Sequence[WebsitePage]) -> list[WebsitePage]:
    return [page for page in pages if page.state == WAITING]
