"""The list of dossiers on its page: filters, order by column, pages, files."""

import csv
import io

import openpyxl
import pytest
from flask.testing import FlaskClient

from tests.matcher.web.dossier_pages import TITLE, opened
from tests.matcher.web.reading import fill, read


@pytest.fixture
def two(writer: FlaskClient) -> FlaskClient:
    """A team that keeps two dossiers, of which one says where it stands."""
    opened(writer, keep=1)
    opened(writer, keep=1, title="Linge", buyer="Lycée Ampère")
    said = {
        "stage": "sourcing",
        "offers_by": "22/01/2027",
        "follower": "Zoé",
        "next_step": "Relancer",
        "next_on": "01/12/2026",
    }
    fill(writer, read(writer, "/dossiers/1/fiche"), "main form", **said)
    return writer


def titles(client: FlaskClient, **asked: str) -> list[str]:
    return [link.get_text() for link in read(client, "/dossiers", asked).all("tbody th a")]


def test_it_is_narrowed_by_stage_follower_deadline_and_text(two: FlaskClient) -> None:
    for asked in ({"etape": "sourcing"}, {"suivi": "zoe"}, {"offres": "22/01/2027"}, {"texte": "relancer"}):
        assert titles(two, **asked) == [TITLE], asked
    assert titles(two, offres="21/01/2027") == []
    assert titles(two, texte="lycee") == ["Linge"]
    row = read(two, "/dossiers", {"etape": "sourcing"}).one("tbody tr").get_text(" ")
    for said in ("sourcing", "Zoé", "22 janvier 2027", "Relancer", "1ᵉʳ décembre 2026"):
        assert said in row.replace("\u00a0", " ")


def test_a_header_sorts_by_its_column_then_the_other_way(two: FlaskClient) -> None:
    assert titles(two, tri="dossier") == [TITLE, "Linge"]
    page = read(two, "/dossiers", {"tri": "dossier"})
    assert page.one("th[aria-sort]")["aria-sort"] == "ascending"
    turned = read(two, str(page.one("th[aria-sort] a")["href"]))
    assert turned.one("th[aria-sort]")["aria-sort"] == "descending"
    assert [link.get_text() for link in turned.all("tbody th a")] == ["Linge", TITLE]
    assert turned.all("form [name=tri]"), "a filter keeps the order"
    for unknown in ("", "-", "perdu", "-perdu"):
        assert read(two, "/dossiers", {"tri": unknown}).all("[aria-sort]") == []


def test_it_has_pages_that_keep_what_is_asked(two: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matcher.web.dossiers.dossiers.PAGE", 1)
    page = read(two, "/dossiers", {"tri": "dossier"})
    assert [link.get_text() for link in page.all("tbody th a")] == [TITLE]
    after = read(two, page.link("Suivants →"))
    assert [link.get_text() for link in after.all("tbody th a")] == ["Linge"]


def test_its_files_hold_what_the_page_asks(two: FlaskClient) -> None:
    page = read(two, "/dossiers", {"etape": "sourcing"})
    content = two.get(page.link("CSV")).data
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    assert [(row["Dossier"], row["Étape"]) for row in rows] == [(TITLE, "sourcing")]
    book = openpyxl.load_workbook(io.BytesIO(two.get(page.link("XLSX")).data))
    assert len(list(book["Dossiers"].iter_rows())) == 2
    assert two.get("/dossiers/dossiers.csv?du=hier").status_code == 400
