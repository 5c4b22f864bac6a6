"""« Les dossiers », without JavaScript: listed, described, closed, deleted, brought back from their file, printed."""

import csv
import io
import json
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from matcher.accounts.organisations import OrganisationProfile, create_organisation
from matcher.accounts.roles import Role
from matcher.accounts.store import add_account
from matcher.catalogue.steward.privacy import opt_out
from matcher.clock import now
from matcher.dossiers.dossier import Course, Stage
from matcher.dossiers.privacy import leave_dossiers
from matcher.dossiers.store import load_dossier
from matcher.journal.change import LONGEST_TEXT
from matcher.ownership import FIRST_ORGANISATION
from matcher.reading.trade.corpus import CorpusSentence, read_corpus
from matcher.web.frame.app_state import EXTENSION, Desk
from tests.matcher.web.conftest import OPENED, PASSWORD, queries, signed_in
from tests.matcher.web.dossier_pages import ME, TITLE, entry, names, opened
from tests.matcher.web.reading import EACH_NASTY, Read, fill, harmless, nasty_fields, read, settled


def test_the_note_and_the_header_of_the_dossier(writer: FlaskClient, own: Engine) -> None:
    page = fill(writer, opened(writer), "#note form", note="Voir la régie d’abord.")
    assert load_dossier(own, FIRST_ORGANISATION, 1).note == "Voir la régie d’abord."
    long = fill(writer, page, "#note form", note="x" * (LONGEST_TEXT + 1))
    assert long.status == 422
    assert "trop long" in long.text
    form = read(writer, page.link("Modifier"))
    assert fill(writer, form, "main form", title="").status == 422
    changed = fill(writer, form, "main form", title="Berges 2027", deadline="15/12/2026")
    assert "réponses attendues le 15 décembre 2026" in changed.text


def test_where_the_purchase_stands_is_said_on_one_form(writer: FlaskClient, own: Engine) -> None:
    form = read(writer, opened(writer).link("Modifier"))
    said = {"stage": "sourcing", "offers_by": "22/01/2027", "follower": "C. Exemple"}
    refused = fill(writer, form, "main form", **said, next_on="01/12/2026")
    assert refused.status == 422
    assert "Dites ce qui est à faire" in refused.text
    fill(writer, refused, "main form", next_step="Relancer les ESAT")
    held = load_dossier(own, FIRST_ORGANISATION, 1)
    assert held.course == Course(
        Stage.SOURCING, date(2027, 1, 22), "C. Exemple", "Relancer les ESAT", date(2026, 12, 1)
    )
    version = held.version
    fill(writer, read(writer, "/dossiers/1/fiche"), "main form")
    assert load_dossier(own, FIRST_ORGANISATION, 1).version == version, (
        "nothing that has changed, nothing that is written"
    )
    fill(writer, read(writer, "/dossiers/1/fiche"), "main form", stage="", next_step="", next_on="")
    assert load_dossier(own, FIRST_ORGANISATION, 1).course.stage is None


def test_closed_deleted_and_restored(writer: FlaskClient, own: Engine) -> None:
    page = opened(writer)
    closed = fill(writer, page, "section:has(#titre-etat) form", faire="clore")
    assert "Ce dossier est clos" in closed.text
    assert closed.all(".entry form") == []
    stale = entry(writer, page, 1, note="trop tard")
    assert stale.status == 422 or stale.status == 409
    gone = fill(writer, closed, "section:has(#titre-etat) form", faire="supprimer", motif="doublon")
    assert "Ce dossier est supprimé" in gone.text
    assert "Aucun dossier" in read(writer, "/dossiers").text
    assert TITLE in read(writer, "/dossiers", {"etat": "supprimé"}).text
    back = fill(writer, gone, "section:has(#titre-etat) form", faire="restaurer")
    assert "est restauré" in back.text
    assert load_dossier(own, FIRST_ORGANISATION, 1).deleted is None


def test_a_stale_link_gets_a_clear_page(writer: FlaskClient) -> None:
    opened(writer)
    for address in (
        "/dossiers/99",
        "/dossiers/99/imprimer",
        "/dossiers/99/depuis",
        "/dossiers/99/dossier.csv",
        "/dossiers/99/impression.css",
    ):
        page = read(writer, address)
        assert page.status == 404
        assert "Il n’y a pas de dossier 99." in page.text
    for address in (
        "/dossiers/1/lots/9/messages",
        "/dossiers/1/lots/9/ajouter",
        "/dossiers/99999999999999999999",
        "/dossiers/abc",
    ):
        assert read(writer, address).status == 404


def test_the_list_is_filtered(writer: FlaskClient) -> None:
    opened(writer)
    opened(writer, title="Linge", buyer="Lycée Ampère", territory="Sambre")
    for asked, expected in (
        ({}, {TITLE, "Linge"}),
        ({"acheteur": "lycee"}, {"Linge"}),
        ({"territoire": "avesn"}, {TITLE}),
        ({"etat": "clos"}, set()),
        ({"du": "2020-01-01", "au": "01/01/2021"}, set()),
        ({"du": "2020-01-01"}, {TITLE, "Linge"}),
    ):
        page = read(writer, "/dossiers", asked)
        assert {link.get_text() for link in page.all("tbody th a")} == expected, asked
    wrong = read(writer, "/dossiers", {"du": "hier", "etat": "perdu"})
    assert wrong.status == 422
    assert wrong.all("#du-faute")
    assert wrong.all("#etat-faute")


def test_what_has_changed_since_is_one_page(writer: FlaskClient) -> None:
    page = opened(writer)
    changed = read(writer, page.link("Voir ce qui a changé"))
    assert "Rien n’a changé." in changed.text
    assert "Les listes figées ne bougent pas" in changed.text


def test_who_has_left_is_no_longer_named(writer: FlaskClient, own: Engine) -> None:
    page = entry(writer, opened(writer), 1, note="voir Mme Modèle")
    first = load_dossier(own, FIRST_ORGANISATION, 1).lot(1).entries[0].match
    opt_out(own, first.id, author="essai", motive="courriel", now=OPENED.replace(tzinfo=None), leaving=[leave_dossiers])
    page = read(writer, "/dossiers/1")
    assert names(page)[0] == "Retiré à sa demande"
    for address in ("", "/imprimer", "/depuis", "/lots/1/messages", "/lots/1/ajouter"):
        page = read(writer, f"/dossiers/1{address}")
        assert page.status == 200
        assert first.name not in page.text, address
        assert "Mme Modèle" not in page.text, address


FIELDS = ("statut", "le", "note", "motif", "id", "version", "faire", "qui")


@EACH_NASTY
def test_the_forms_of_a_dossier_take_whatever_is_sent(writer: FlaskClient, own: Engine) -> None:
    page = opened(writer)
    form = dict(page.values(page.all(".entry form")[0]))
    for name, nasty in nasty_fields("statut", "le", "note", "motif", "id", "version", "faire", "qui"):
        sent = {**form, "faire": "noter", name: nasty}
        answer = writer.post("/dossiers/1/lots/1/suivi", data=sent, follow_redirects=True)
        harmless(Read(answer.status_code, answer.text), name, nasty)
        form["version"] = str(load_dossier(own, FIRST_ORGANISATION, 1).version)


@EACH_NASTY
def test_addresses_take_whatever_is_sent(writer: FlaskClient) -> None:
    opened(writer)
    addresses = {"ajouter": "/lots/1/ajouter?qui_chercher", "messages": "/lots/1/messages?a", "journal": "?journal"}
    for name, nasty in nasty_fields(*addresses):
        address, _, field = addresses[name].partition("?")
        page = read(writer, f"/dossiers/1{address}", {field: nasty})
        harmless(page, field, nasty)
        assert page.status == 200
    assert writer.post("/dossiers/1/note", data={"note": "sans jeton", "version": "1"}).status_code == 400


def test_without_a_name_nothing_is_written_and_it_is_asked_once(writer: FlaskClient, own: Engine) -> None:
    opened(writer)
    stranger = writer.application.test_client()
    page = read(stranger, "/dossiers/1")
    assert page.all("#note [name=qui]")
    refused = fill(stranger, page, "#note form", note="Qui suis-je", qui="")
    assert refused.status == 422
    assert "Dites votre nom" in refused.text
    named = fill(stranger, page, "#note form", note="Moi", qui="Zoé")
    assert named.all("#note [name=qui]") == []
    assert load_dossier(own, FIRST_ORGANISATION, 1).journal[-1].who == "Zoé"


def test_few_queries_whatever_the_list(writer: FlaskClient, own: Engine) -> None:
    opened(writer, keep=1)
    opened(writer, keep=15)
    counted = {}
    for address in ("", "/imprimer", "/depuis", "/dossier.xlsx", "/lots/1/messages", "/lots/1/ajouter", "/fiche"):
        for number in (1, 2):
            writer.get(f"/dossiers/{number}{address}")
            with queries(own) as sent:
                assert writer.get(f"/dossiers/{number}{address}").status_code == 200
            counted[address, number] = len(sent)
        # the page and the workbook ask when each supplier was last seen: its records and its contracts, two more
        assert counted[address, 1] == counted[address, 2] <= 12, (address, counted)
    with queries(own) as sent:
        read(writer, "/dossiers")
    assert len(sent) <= 3, sent  # one of them says who the organisation is


def test_files_say_what_the_page_says(writer: FlaskClient) -> None:
    entry(writer, opened(writer), 1, statut="intéressé", note="=cmd|' /C calc'!A0")
    book = openpyxl.load_workbook(io.BytesIO(writer.get("/dossiers/1/dossier.xlsx").data))
    assert book.sheetnames == ["Liste", "Liste figée", "Critères", "Décisions", "Journal", "Reprise"]
    said = [cell.value for row in book["Liste"].iter_rows() for cell in row]
    assert "intéressé" in said
    assert all(cell.data_type != "f" for row in book["Liste"].iter_rows() for cell in row)
    rows = list(csv.reader(io.StringIO(writer.get("/dossiers/1/dossier.csv").data.decode("utf-8-sig")), delimiter=";"))
    assert [row[3] for row in rows[1:4]] == ["intéressé", "à contacter", "à contacter"]
    assert len(rows) == 4, "the frozen list holds those three alone"
    assert not any(cell.startswith("=") for row in rows for cell in row)
    answer = writer.get("/dossiers/1/dossier.json")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="dossier-{now().year}-0001.json"'
    assert len(json.loads(answer.data)["journal"]) == 3, "a status and its note are one answer"


@pytest.mark.parametrize("kind", ["json", "xlsx"])
def test_a_dossier_is_brought_back_from_its_file_once(writer: FlaskClient, own: Engine, kind: str) -> None:
    entry(writer, opened(writer), 1, note="à garder")
    content = writer.get(f"/dossiers/1/dossier.{kind}").data
    form = read(writer, "/dossiers/importer")
    made, again = (
        settled(writer, fill(writer, form, "main form", fichier=(io.BytesIO(content), f"dossier.{kind}")).path)
        for _ in range(2)
    )
    assert made.path == again.path == "/dossiers/2"
    assert "Le dossier est importé" in made.text
    assert load_dossier(own, FIRST_ORGANISATION, 2).lot(1).entries[0].note == "à garder"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7",
        b"PK\x03\x04",
        b"{}",
        b"[]",
        b"\xff\xfe",
        b'{"format":"entremise/dossier","schema":1,"journal":[{}]}',
        b"[" * 100_000,
    ],
)
def test_a_file_that_is_no_dossier_imports_nothing(writer: FlaskClient, content: bytes) -> None:
    form = read(writer, "/dossiers/importer")
    sent = fill(writer, form, "main form", qui=ME, fichier=(io.BytesIO(content), "dossier.json"))
    bad = settled(writer, sent.path)
    assert bad.status == 422
    assert "Rien n’a été importé" in bad.text
    assert "Aucun dossier encore" in read(writer, "/dossiers").text


def test_the_reading_of_a_dossier_is_abandoned(writer: FlaskClient) -> None:
    found: Desk = writer.application.extensions[EXTENSION]
    found.works.wake = lambda: None  # nobody works yet
    found.works.put(FIRST_ORGANISATION, "import", {}, "Ali")
    form = read(writer, "/dossiers/importer")
    waiting = fill(writer, form, "main form", qui=ME, fichier=(io.BytesIO(b"{}"), "dossier.json"))
    assert "en attente, 1 fichier avant le vôtre" in waiting.text
    assert "Rien n’a été importé" in fill(writer, waiting, "main form").text
    assert read(writer, waiting.path).status == 404


def test_a_file_that_is_missing_or_too_large_is_refused(writer: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    form = read(writer, "/dossiers/importer")
    assert "Choisissez un fichier" in fill(writer, form, "main form", qui=ME).text
    monkeypatch.setattr("matcher.web.dossiers.dossiers.LARGEST_FILE", 1_000)
    monkeypatch.setattr("matcher.web.dossiers.dossiers._FORM", 500)
    assert fill(writer, form, "main form", fichier=(io.BytesIO(b"x" * 9_000), "d.json")).status == 413


def test_the_paper_is_a_summary_and_the_annexes_that_the_address_chooses(writer: FlaskClient) -> None:
    entry(writer, opened(writer), 1, statut="contacté")
    page = read(writer, "/dossiers/1/imprimer")
    assert [head.get_text() for head in page.all("main > section > h2")] == [
        "L’avis",
        "Ce que l’on ne sait pas",
        "Qui a été consulté, et ce qu’ils ont répondu",
        "Décision à prendre",
    ]
    assert page.all(".annex") == page.all("[name=annexe][checked]") == []
    assert page.all("nav.screen a")
    assert page.all("[style], style") == []
    offered = [str(box["value"]) for box in page.all("[name=annexe]")]
    assert offered[:3] == ["listes", "besoin", "avis"]
    joined = read(writer, "/dossiers/1/imprimer", [("annexe", "avis"), ("annexe", "listes"), ("annexe", "nul")])
    assert [head.get_text()[:8] for head in joined.all(".annex > h2")] == ["Annexe A", "Annexe B"]
    assert [str(box["value"]) for box in joined.all("[name=annexe][checked]")] == ["listes", "avis"]


def test_a_title_cannot_write_the_stylesheet(writer: FlaskClient) -> None:
    opened(writer, title='Berges"; } * { display: none } /* </style> \\')
    style = writer.get("/dossiers/1/impression.css")
    assert style.mimetype == "text/css"
    assert style.text.count('"') == 6
    assert style.text.count("}") == 5
    assert "</style>" not in style.text


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


def test_the_trades_that_an_organisation_corrected_are_taken_away_by_its_own(team: Flask, tmp_path: Path) -> None:
    engine = team.extensions[EXTENSION].engine
    other = create_organisation(engine, OrganisationProfile("Autre"), author="essai", now=OPENED).id
    add_account(engine, "eux", PASSWORD, Role.BUYER, other, author="essai", now=OPENED)
    buyer, them = signed_in(team, Role.BUYER), signed_in(team, "eux")
    need = {"besoin": "Remise en ordre du vestiaire", "lieu": "Maubeuge", "activite": "proprete.vitrerie"}
    page = read(buyer, "/dossiers/retenir", need)
    assert fill(buyer, page, "main form", title=TITLE).path == "/dossiers/1"
    sent = buyer.get(read(buyer, "/dossiers").link("Métiers corrigés (CSV)"))
    (tmp_path / "nous.csv").write_bytes(sent.data)
    assert read_corpus(tmp_path / "nous.csv") == (CorpusSentence(("proprete.vitrerie",), "corrige", need["besoin"]),)
    (tmp_path / "eux.csv").write_bytes(them.get("/dossiers/besoins.csv").data)
    assert read_corpus(tmp_path / "eux.csv") == ()


def test_a_deadline_that_is_past_is_refused_and_one_that_has_passed_is_kept(writer: FlaskClient, own: Engine) -> None:
    writer.application.extensions[EXTENSION].clock = lambda: datetime(2026, 11, 25, tzinfo=UTC)
    form = read(writer, opened(writer, deadline="15/12/2026").link("Modifier"))
    refused = fill(writer, form, "main form", deadline="01/11/2026")
    assert refused.status == 422
    assert "Le 1ᵉʳ novembre 2026 est passé" in refused.text.replace("\u00a0", " ")
    created = fill(writer, read(writer, "/dossiers/nouveau"), "main form", title="T", qui=ME, deadline="01/11/2026")
    assert created.status == 422
    writer.application.extensions[EXTENSION].clock = lambda: datetime(2027, 1, 5, tzinfo=UTC)
    late = read(writer, "/dossiers/1/fiche")
    assert fill(writer, late, "main form", title="Berges 2027").status == 200
    assert load_dossier(own, FIRST_ORGANISATION, 1).header.deadline == date(2026, 12, 15)
