"""Suppliers' sites read from a server of this computer: which pages, of whom, taken up again, and what is never asked."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest
from sqlalchemy import Engine, select

from importers.importer import Claim
from importers.online.faults import PageOutcome, folder_of
from importers.online.websites import WebsiteFetcher
from matcher.catalogue.intake import websites
from matcher.catalogue.intake.site_page import SitePage, robots_in_subprocess
from matcher.catalogue.intake.websites import AGE, MOST_PAGES, Website, WebsitesReport, page_subjects, read_websites
from matcher.catalogue.steward.privacy import opt_out
from matcher.catalogue.store.websites import SuggestionRow, WebsitePageRow
from matcher.db import reading
from matcher.domain.supplier import Site, Supplier
from matcher.rows import table_of
from matcher.settings import CACHE_VARIABLE
from tests.factories import Take, raw, siret, supplier, taking
from tests.importers.names import named_here
from tests.importers.server import Answer, Server, serving

pytestmark = pytest.mark.usefixtures("read_here")

NOW = datetime(2026, 11, 20, 9)  # noqa: DTZ001  # UTC without zone, as the tables have it
HTML = {"Content-Type": "text/html; charset=utf-8"}
LAUNDRY, GREEN = "blanchisserie", "espaces-verts.entretien"


class Said(NamedTuple):
    """One trade that a text offers, as the reader of offers gives it."""

    code: str
    sentence: str
    times: int


def told(text: str) -> tuple[Said, ...]:
    """Read the two trades of these tests."""
    words = {LAUNDRY: "blanchisserie", GREEN: "espaces verts"}
    lines = [(code, line) for line in text.splitlines() for code, word in words.items() if word in line.lower()]
    return tuple(Said(code, line, 1) for code, line in lines)


@pytest.fixture(autouse=True)
def apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named_here(monkeypatch)
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    monkeypatch.setattr(websites, "offers", told)


@pytest.fixture
def take(engine: Engine, tmp_path: Path) -> Take:
    return taking(engine, tmp_path, NOW)


Reading = Callable[..., WebsitesReport]


@pytest.fixture
def read(engine: Engine, tmp_path: Path) -> Reading:
    """Read the sites, without waiting."""
    (tmp_path / "cache" / "sites").mkdir(parents=True)

    def run(
        wanted: Callable[[Supplier], bool] = lambda _: True, now: datetime = NOW, fetcher: WebsiteFetcher | None = None
    ) -> WebsitesReport:
        own = WebsiteFetcher(
            tmp_path / "cache" / "sites", "a@b.example", robots_in_subprocess, sleep=lambda _: None, private=True
        )
        since = date(2023, 11, 20)
        return read_websites(
            engine,
            fetcher or own,
            wanted=wanted,
            contacts_since=since,
            now=lambda: now,
            progress=lambda *_: None,
        )

    return run


def html(*lines: str, title: str = "") -> Answer:
    return Answer(f"<title>{title}</title>{''.join(f'<p>{line}</p>' for line in lines)}".encode(), headers=HTML)


def pages(given: Mapping[str, Answer]) -> Callable[[str, int], Answer]:
    return lambda path, _: given.get(path, Answer(status=404))


def where(server: Server, host: str, path: str = "/") -> str:
    return f"http://{host}:{urlsplit(server.base).port}{path}"


def kept(engine: Engine) -> list[tuple[str, str, str, bool]]:
    rows = table_of(SuggestionRow)
    with reading(engine) as connection:
        found = connection.execute(select(rows.c.supplier_id, rows.c.champ, rows.c.value, rows.c.shared))
        return sorted((row[0], row[1], row[2], row[3]) for row in found)


def states(engine: Engine) -> dict[str, str]:
    rows = table_of(WebsitePageRow)
    with reading(engine) as connection:
        return {urlsplit(row.url).path: row.state for row in connection.execute(select(rows.c.url, rows.c.state))}


ONE = siret(1)
ID = f"siret:{ONE}"


def test_what_a_site_says_is_proposed_with_its_sentence_and_what_is_known_is_not(
    engine: Engine, take: Take, read: Reading
) -> None:
    given = {
        "/": html('<a href="/activites">Nos activités</a> <a href="/blog">Blog</a>', "Tél. 03 21 00 11 22 ou 03 20 00 11 22"),
        "/activites": html("Notre blanchisserie lave le linge.", "Nous entretenons les espaces verts.", "contact@lilas.test"),
    }  # fmt: skip
    with serving(pages(given)) as server:
        take(raw("1", siret=ONE, website=where(server, "lilas.test"), phone="0320001122", claims=(Claim("libre", "Espaces verts"),)))  # fmt: skip
        report = read()
        assert server.asked == ["/robots.txt", "/", "/activites"]
    assert kept(engine) == [
        (ID, "activite", LAUNDRY, False),
        (ID, "courriel", "contact@lilas.test", False),
        (ID, "telephone", "+33321001122", False),
    ]
    rows = table_of(SuggestionRow)
    with reading(engine) as connection:
        row = connection.execute(select(rows).where(rows.c.value == LAUNDRY)).one()
    assert (row.sentence, row.found) == ("Notre blanchisserie lave le linge.", NOW.date())
    assert row.url.endswith("/activites")
    assert (report.sites, report.pages, report.without_trade) == (1, {PageOutcome.READ: 2}, 1)
    assert report.as_dict()["found"] == 3


def test_a_run_that_stopped_goes_on_where_it_was_and_a_site_is_left_alone_for_months(
    engine: Engine, take: Take, read: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    links = " ".join(f'<a href="/service-{n}">services</a>' for n in range(3))
    given = {"/": html(links), **{f"/service-{n}": html("rien") for n in range(3)}}
    page = WebsiteFetcher.page

    def killed(own: WebsiteFetcher, url: str) -> object:
        if url.endswith("service-1"):
            raise KeyboardInterrupt
        return page(own, url)

    with serving(pages(given)) as server:
        take(raw("1", siret=ONE, website=where(server, "lilas.test")))
        with monkeypatch.context() as only:
            only.setattr(WebsiteFetcher, "page", killed)
            with pytest.raises(KeyboardInterrupt):
                read()
        assert states(engine) == {"/": "lue", "/service-0": "lue", "/service-1": "à lire", "/service-2": "à lire"}
        assert read().pages == {PageOutcome.READ: 2}
        assert [path for path in server.asked if path != "/robots.txt"] == [
            "/",
            "/service-0",
            "/service-1",
            "/service-2",
        ]
        assert read().sites == 0
        assert read(now=NOW + AGE + timedelta(days=1)).pages.total() == 4


def test_a_site_that_never_ends_is_twelve_pages(engine: Engine, take: Take, read: Reading) -> None:
    def answer(path: str, number: int) -> Answer:
        following = "".join(f'<a href="{path}{n}">activités</a>' for n in range(4))
        return Answer(status=404) if path == "/robots.txt" else html(following)

    with serving(answer) as server:
        take(raw("1", siret=ONE, website=where(server, "lilas.test")))
        assert read().pages == {PageOutcome.READ: MOST_PAGES}


def test_a_site_whose_pages_all_lead_elsewhere_is_twelve_pages_too(take: Take, read: Reading) -> None:
    def answer(path: str, number: int) -> Answer:
        if path == "/robots.txt":
            return Answer(status=404)
        if not path.endswith("/"):
            return Answer(status=302, headers={"Location": f"{path}/"})
        return html("".join(f'<a href="/activites-{number}-{n}">activités</a>' for n in range(4)))

    with serving(answer) as server:
        take(raw("1", siret=ONE, website=where(server, "lilas.test", "/accueil")))
        assert read().pages == {PageOutcome.READ: MOST_PAGES}


def test_sites_take_turns(take: Take, read: Reading) -> None:
    def answer(path: str, _: int) -> Answer:
        return Answer(status=404) if path == "/robots.txt" else html('<a href="/contact">Contact</a>')

    with serving(answer) as server:
        take(*(raw(str(n), siret=siret(n), website=where(server, f"{host}.test")) for n, host in enumerate("ab", 1)))
        assert read().sites == 2
        hosts = [
            sent["host"][0] for path, sent in zip(server.asked, server.headers, strict=True) if path != "/robots.txt"
        ]
    assert hosts == ["a", "b", "a", "b"]


def test_each_page_that_is_not_read_is_counted(take: Take, read: Reading) -> None:
    links = ("prive", "lourd", "pdf", "perdu", "dedans")
    given = {
        "/robots.txt": Answer(b"User-agent: *\nDisallow: /prive-services\n"),
        "/": html(" ".join(f'<a href="/{word}-services">services</a>' for word in links)),
        "/lourd-services": Answer(b"x" * (2 * 2**20 + 1), headers=HTML),
        "/pdf-services": Answer(b"%PDF", headers={"Content-Type": "application/pdf"}),
        "/dedans-services": Answer(status=302, headers={"Location": "/prive-services"}),
    }
    with serving(pages(given)) as server:
        take(raw("1", siret=ONE, website=where(server, "lilas.test")))
        report = read()
    assert report.pages == {
        PageOutcome.READ: 1,
        PageOutcome.TOO_BIG: 1,
        PageOutcome.NOT_HTML: 1,
        PageOutcome.UNREACHABLE: 1,
        PageOutcome.ROBOTS: 2,
    }, "one link leads where another redirects"


def test_only_the_suppliers_that_are_wanted_are_read_and_an_old_website_is_not(take: Take, read: Reading) -> None:
    with serving(pages({"/": html("rien")})) as server:
        take(raw("1", siret=ONE, website=where(server, "lilas.test")), raw("2", siret=siret(2), website=where(server, "roses.test")))  # fmt: skip
        take(raw("3", siret=siret(3), website=where(server, "vieux.test"), as_of="2019-01-01"), key="autre")
        assert read(wanted=lambda each: each.siret == siret(2)).sites == 1
        assert read().sites == 1
        assert {sent["host"].partition(":")[0] for sent in server.headers} == {"lilas.test", "roses.test"}


def test_a_supplier_that_left_is_never_asked_and_what_was_read_of_it_is_gone(
    engine: Engine, take: Take, read: Reading, tmp_path: Path
) -> None:
    with serving(pages({"/": html("blanchisserie")})) as server:
        take(raw("1", siret=ONE, website=where(server, "lilas.test")))
        read()
        assert kept(engine)
        folder = tmp_path / "cache" / "sites" / folder_of("lilas.test")
        assert list(folder.iterdir())
        opt_out(engine, ONE, author="Léa", motive="", now=NOW)
        assert (kept(engine), states(engine)) == ([], {})
        assert not folder.exists()
        take(raw("1", siret=ONE, website=where(server, "lilas.test")), raw("2", siret=siret(2)))
        asked = len(server.asked)
        assert read(now=NOW + AGE + timedelta(days=1)).sites == 0
        assert len(server.asked) == asked


def establishment(city: str, website: str = "http://apei.test/") -> Supplier:
    return replace(supplier(f"ESAT de {city}", website=website, siren="123456782"), sites=(Site(city=city),))


LENS, ARRAS, BETHUNE = establishment("Lens"), establishment("Arras"), establishment("Béthune", "")
APEI = Website("apei.test", {each.id: each for each in (LENS, ARRAS)}, (BETHUNE,))
ALONE = Website("lens.test", {LENS.id: LENS})


@pytest.mark.parametrize(
    ("site", "path", "heading", "text", "about", "shared"),
    [
        (ALONE, "/", "Accueil", "À Arras et à Lens", [LENS], False),
        (APEI, "/lens/activites", "Activités", "Lens, Arras", [LENS], False),
        (APEI, "/a", "L’ESAT de Béthune", "", [BETHUNE], False),
        (APEI, "/a", "Lens et Arras", "", [LENS, ARRAS], True),
        (APEI, "/a", "Nos activités", "Nous lavons le linge.", [LENS, ARRAS], True),
        (APEI, "/a", "Nos activités", "à Béthune", [LENS, ARRAS, BETHUNE], True),
        (APEI, "/lensois", "", "", [LENS, ARRAS], True),
    ],
)
def test_a_page_of_several_establishments_is_of_none_for_sure_but_where_it_names_the_town(
    site: Website, path: str, heading: str, text: str, about: list[Supplier], shared: bool
) -> None:
    page = SitePage(heading, text, (), (), ())
    assert page_subjects(site, f"http://apei.test{path}", page) == (tuple(about), shared)


def test_pages_under_the_address_that_one_alone_gives_are_its_own() -> None:
    own = establishment("Lens", "http://apei.test/esat-a")
    other = establishment("Arras", "http://apei.test/esat-b")
    site = Website("apei.test", {each.id: each for each in (own, other)})
    page = SitePage("Activités", "Arras", (), (), ())
    assert page_subjects(site, "http://apei.test/esat-a/activites", page) == ((own,), False)
    assert page_subjects(site, "http://apei.test/esat-ab", page)[1]


def test_what_a_common_site_says_is_proposed_to_each_and_marked(engine: Engine, take: Take, read: Reading) -> None:
    given = {"/": html("blanchisserie", '<a href="/services/arras">Arras</a>'), "/services/arras": html("blanchisserie", title="L’ESAT d’Arras")}  # fmt: skip
    with serving(pages(given)) as server:
        home = where(server, "apei.test")
        take(raw("1", siret=ONE, website=home), raw("2", siret=siret(2), website=home, city="Arras", post_code="62000"))
        report = read()
    assert kept(engine) == [
        (ID, "activite", LAUNDRY, True),
        (f"siret:{siret(2)}", "activite", LAUNDRY, False),
    ]
    assert report.shared == 2
