"""A file dropped, read, shown, imported, taken back; and every file that is not what it says."""

import io
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import quote

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from importers.importer import Source
from matcher.accounts.audit import AuditFilter, AuditKind, read_whole_journal
from matcher.accounts.roles import Role
from matcher.catalogue.intake.deposits import LARGEST, Busy, DepositState
from matcher.catalogue.intake.undo import past_imports
from matcher.catalogue.store.read import catalogue_version, find_supplier
from matcher.catalogue.store.sample import mark_sample
from matcher.db import writing
from matcher.notices.intake import take_notice_files
from matcher.web import create_app
from matcher.web.catalogue.imports import deposits
from matcher.web.frame.app_state import EXTENSION
from tests.conftest import ROOT, TELEPHONE
from tests.hostile import bomb, protected
from tests.matcher.notices.written import NOW, importer, notice
from tests.matcher.web.conftest import TODAY, signed_in
from tests.matcher.web.reading import EACH_NASTY, NASTY, Read, fill, finished, read, send, settled

EFORMS = ROOT / "tests" / "fixtures" / "eforms" / "cn_24_FRA_comments.xml"
HOME = "/catalogue/imports"
SHEET = "Nom;Type;SIRET;Code postal;Commune;Téléphone;Couleur\nAtelier du Pont;EA;90000001900019;59600;Maubeuge;0327000000;bleu\nRien;;;;;;\n;;;;;;rouge\n"
SAMBRE = "Référence;Nom;Type;SIRET;Commune;Code postal\n7;Les ateliers du bord;EA;00010101400017;Maubeuge;59600\n"


@pytest.fixture
def app(own: Engine) -> Flask:
    app = create_app(own, today=lambda: TODAY)
    app.testing = True
    return app


@pytest.fixture
def drop(app: Flask, client: FlaskClient) -> Callable[[str, bytes], Read]:
    """Drop a file, wait until it is read, and return its page."""

    def dropped(name: str, content: bytes) -> Read:
        answer = post(client, name, content)
        assert answer.status_code == 303, answer.text
        finished(app)
        return read(client, answer.headers["Location"])

    return dropped


def for_ever(source: Source, keys: Sequence[str]) -> str:
    """What a reader does that never ends."""
    while source or keys:
        time.sleep(0.1)
    return ""


def post(client: FlaskClient, name: str, content: bytes) -> TestResponse:
    token = read(client, HOME).all('input[name="csrf_token"]')[0]["value"]
    return client.post(HOME, data={"csrf_token": token, "fichier": (io.BytesIO(content), name)})


def action(page: Read, words: str) -> str:
    """Where the form of a button goes."""
    (button,) = [each for each in page.all("form button") if words in " ".join(each.get_text().split())]
    return str(button.find_parent("form")["action"])  # type: ignore[index]


def counts(page: Read) -> dict[str, int]:
    rows = page.all("table.counts tr")
    told = {}
    for row in rows:
        figure, words = row.select_one("td.num"), row.select_one('th[scope="row"]')
        if figure and words:
            told[words.get_text(strip=True)] = int("".join(filter(str.isdigit, figure.get_text())))
    return told


def test_notices_are_shown_before_they_enter_then_imported_then_taken_back(
    app: Flask, client: FlaskClient, own: Engine, drop: Callable[[str, bytes], Read]
) -> None:
    page = drop("avis.xml", EFORMS.read_bytes())
    assert "Lu comme : Avis européens (eForms)" in page.text
    assert counts(page)["lus"] == 1
    confirm = action(page, "Importer 1 avis")
    send(client, HOME, confirm)
    finished(app)
    report = read(client, confirm.rpartition("/")[0])
    assert "1 nouveau, 0 modifié, 0 inchangé" in report.text
    assert "au catalogue" in report.text
    take_notice_files(own, importer(notice("26-1"), key="eforms"), [EFORMS], now=NOW)
    first = send(client, HOME, action(read(client, HOME), "Défaire l’import 4"))
    assert "Un import plus récent repose sur celui-ci. Défaites d’abord l’import 5." in first.text
    send(client, HOME, action(first, "Défaire l’import 5"))
    back = send(client, HOME, action(read(client, HOME), "Défaire l’import 4"))
    assert "L’import 4 est défait : 0 fiche retirée, 0 rendue à l’état d’avant, 1 avis retiré ou rendu." in back.text
    assert action(drop("avis.xml", EFORMS.read_bytes()), "Importer 1 avis"), "it is new again"


def test_a_file_is_shown_before_it_enters_then_imported_then_taken_back(
    app: Flask, client: FlaskClient, own: Engine, drop: Callable[[str, bytes], Read]
) -> None:
    before = catalogue_version(own)
    page = drop("liste.csv", SHEET.encode())
    assert "Tableau libre" in page.text
    told = counts(page)
    assert told.pop("lues") == sum(told.values()) == 3
    assert (told["créées"], told["à revoir"], told["refusées"]) == (1, 1, 1)
    assert "Atelier du Pont" in page.text
    assert "59600 Maubeuge → 59392" in page.text
    assert "Colonne « Couleur » (" in page.text
    assert "1 colonne n’est pas comprise : « Couleur »." in page.text
    assert page.one(".acts a.button.main")["href"].endswith("/colonnes"), "it is asked before the import"
    assert catalogue_version(own) == before
    assert find_supplier(own, "90000001900019") is None
    confirm = action(page, "Importer 2 lignes sans elle")
    done = send(client, HOME, confirm)
    finished(app)
    done = read(client, confirm.rpartition("/")[0])
    assert "Import terminé" in done.text
    assert (counts(done)["créées"], counts(done)["à revoir"]) == (1, 1)
    assert find_supplier(own, "90000001900019") is not None
    again = send(client, HOME, confirm)  # the back button, then the same form
    finished(app)
    assert again.status == 200
    assert catalogue_version(own) == before + 1
    history = read(client, HOME)
    back = send(client, HOME, action(history, "Défaire l’import 4"))
    assert "est défait" in back.text
    assert find_supplier(own, "90000001900019") is None
    assert "a déjà été défait" in send(client, HOME, f"{HOME}/4/retour").text


def test_the_journal_has_what_was_done_with_its_file_and_its_number_and_no_refusal(team: Flask) -> None:
    client = signed_in(team, Role.STEWARD)
    confirm = action(settled(client, post(client, "liste.csv", SHEET.encode()).headers["Location"]), "Importer 2")
    for _ in range(2):
        send(client, HOME, confirm)
        finished(team)
    number = past_imports(team.extensions[EXTENSION].engine)[0].id
    for undone in (number, number, 999):
        send(client, HOME, f"{HOME}/{undone}/retour")
    lines = read_whole_journal(
        team.extensions[EXTENSION].engine, AuditFilter(kind=AuditKind.ACTION, who="gestionnaire")
    )
    assert [(line.action, line.target, line.detail.partition(" :")[0]) for line in reversed(lines)] == [
        ("dépose un fichier à importer", HOME, "liste.csv"),
        ("demande un import", confirm, "liste.csv"),
        ("importe un fichier", f"import {number}", "tableur, liste.csv"),
        ("défait un import", f"{HOME}/{number}/retour", f"import {number}, liste.csv"),
    ]


def test_what_would_change_is_shown_field_by_field(
    drop: Callable[[str, bytes], Read], app: Flask, client: FlaskClient
) -> None:
    page = drop("liste.csv", SAMBRE.encode())
    assert counts(page)["fusionnées"] == 1
    send(client, HOME, action(page, "Importer 1 ligne"))
    finished(app)
    page = drop("liste.csv", SAMBRE.replace("Les ateliers du bord", "Les ateliers du bout").encode())
    assert counts(page)["modifiées"] == 1
    assert "nom Les ateliers du bord → Les ateliers du bout" in page.text
    page = drop("liste.csv", SAMBRE.encode())
    assert "il n’y a rien à importer" in page.text


def test_the_directory_may_be_chosen_and_the_list_complete(
    drop: Callable[[str, bytes], Read], app: Flask, client: FlaskClient
) -> None:
    sample = (ROOT / "data/samples/finess.csv").read_text(encoding="utf-8")
    page = drop("finess.csv", TELEPHONE.sub("", sample).encode())  # as the catalogue of the tests holds it
    assert "FINESS, extraction des établissements" in page.one(".file-name + p").get_text()
    assert "il n’y a rien à importer" in page.text
    again = action(page, "Relire ainsi")
    send(client, HOME, again, {"annuaire": "finess", "complet": "oui"})
    finished(app)
    page = read(client, again.rpartition("/")[0])
    assert "il en faut au moins 1500" in page.text  # a whole list that is surely cut short
    send(client, HOME, again, {"annuaire": "emplois"})
    finished(app)
    assert "Rien n’a été importé" in read(client, again.rpartition("/")[0]).text
    for nasty in ("", "sirene", "../..", "x" * 5000):
        assert send(client, HOME, again, {"annuaire": nasty}).status == 400


def test_older_data_are_taken_when_a_person_says_so(
    drop: Callable[[str, bytes], Read], app: Flask, client: FlaskClient
) -> None:
    def act(page: Read, words: str, **form: str) -> Read:
        send(client, HOME, address := action(page, words), form)
        finished(app)
        return read(client, address.rpartition("/")[0])

    first = act(drop("liste.csv", SAMBRE.encode()), "Relire ainsi", annuaire="tableur", donnees="30/10/2026")
    act(first, "Importer 1 ligne")
    page = drop("liste.csv", SAMBRE.replace("du bord", "du bout").encode())
    page = act(page, "Relire ainsi", annuaire="tableur", donnees="15/12/2020")
    assert "(15 décembre 2020) sont plus anciennes que celles du catalogue (30 octobre 2026)" in page.text
    assert page.one("input[name=ancien]").has_attr("required")
    page = act(page, "Importer 1 ligne")
    day = page.one("input[type=hidden][name=donnees]")["value"]
    page = act(page, "Relire le fichier", annuaire="tableur", donnees=str(day))
    assert "Import terminé" in act(page, "Importer 1 ligne", ancien="oui").text


def workbook() -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["Nom", "Commune"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


BAD = {
    "faux.xlsx": (b"%PDF-1.4", "commence comme un PDF"),
    "vide.csv": (b"", "vide"),
    "blanc.csv": (b" \n \n", "vide"),
    "bombe.xlsx": (bomb(), "refusé par prudence"),
    "protege.ods": (protected(), "mot de passe"),
    "protege.xlsx": (b"\xd0\xcf\x11\xe0" + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le"), "mot de passe"),
    "coupe.xlsx": (workbook()[:400], "illisible"),
    "chiffre.xls": (b"\xd0\xcf\x11\xe0" + b"\x00" * 4000, "classeur"),
    "archive.zip": (b"PK\x03\x04" + b"\x00" * 60, "illisible"),
    "image.csv": (b"\x89PNG\r\n", "image PNG"),
    "coupe.json": (b'{"results": [{"siret": "1', "« coupe.json »"),
    "autre.json": (b'{"a": 1}', "aucun annuaire connu"),
    "sans-entete.csv": (b"90000001900019;Atelier\n", "ligne d’en-tête"),
    "binaire.csv": (bytes(range(256)) * 40, "« binaire.csv »"),
    "page.html": (b"<html><body>rien</body></html>", "« page.html »"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_is_not_what_it_says_is_refused_in_one_sentence(
    name: str, drop: Callable[[str, bytes], Read], client: FlaskClient, own: Engine
) -> None:
    before = catalogue_version(own)
    content, told = BAD[name]
    page = drop(name, content)
    alert = page.one('[role="alert"]').get_text(" ", strip=True)
    assert told in " ".join(alert.split()), alert
    assert "Traceback" not in page.html
    assert "travaux" not in page.text
    assert "Rien n’a été importé" in page.text
    assert catalogue_version(own) == before
    assert "est oublié" in send(client, HOME, action(page, "Oublier ce fichier")).text


def test_what_is_too_large_is_refused_before_it_is_kept(client: FlaskClient, app: Flask) -> None:
    token = read(client, HOME).all('input[name="csrf_token"]')[0]["value"]
    answer = client.post(
        HOME,
        data=b"",
        headers={"Content-Length": str(2 * 2**31), "Content-Type": "multipart/form-data; boundary=x"},
        query_string={"csrf_token": token},
    )
    assert answer.status_code in (400, 413)
    assert LARGEST < 2**31
    elsewhere = client.post("/fournisseurs/nouveau", data={"nom": "x" * 2_000_000})
    assert elsewhere.status_code == 413
    with app.app_context():
        assert deposits().list_unfinished() == []


def test_no_file_or_no_token_keeps_nothing(client: FlaskClient, app: Flask) -> None:
    assert send(client, HOME, HOME).status == 422
    assert "Choisissez un fichier" in send(client, HOME, HOME).text
    assert client.post(HOME, data={"fichier": (io.BytesIO(b"a"), "a.csv")}).status_code == 400
    with app.app_context():
        assert deposits().list_unfinished() == []


@pytest.mark.parametrize(
    "name",
    [
        "../../evil.csv",
        "..\\..\\evil.csv",
        "a/b.csv",
        ".csv",
        "\u202evsc.csv",
        "x" * 400 + ".csv",
        "<b>.csv",
        "etat.json",
        "nul\x00.csv",
    ],
)
def test_a_name_leads_nowhere_else(name: str, drop: Callable[[str, bytes], Read], own: Engine, tmp_path: Path) -> None:
    page = drop(name, SHEET.encode())
    assert "<b>.csv" not in page.html
    assert list(tmp_path.rglob("*.csv")) == [], "it is in the database alone"
    assert counts(page)["lues"] == 3


@EACH_NASTY
def test_an_address_that_names_no_file(client: FlaskClient) -> None:
    for nasty in NASTY:
        assert client.get(f"{HOME}/{quote(nasty[:300], safe='')}").status_code in (200, 308, 404), nasty[:20]
    assert client.get(f"{HOME}/{'0' * 16}").status_code == 404
    assert send(client, HOME, f"{HOME}/{'f' * 16}/confirmation").status == 404


def test_each_waits_for_its_turn_and_may_be_abandoned_meanwhile(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        app.extensions[EXTENSION].works.wake = lambda: None  # nobody works yet
        kept = deposits()
        first, second, third = (kept.drop(name, io.BytesIO(SHEET.encode())) for name in ("a.csv", "b.csv", "c.csv"))
        assert [found.before for each in (first, second, third) if (found := kept.get(each.key))] == [0, 1, 2]
        page = read(client, f"{HOME}/{third.key}")
        assert "Lecture · en attente, 2 fichiers avant le vôtre" in page.text
        assert "c.csv en cours · en attente, 2 fichiers avant le vôtre" in read(client, HOME).text
        assert "est oublié" in send(client, HOME, action(read(client, f"{HOME}/{first.key}"), "Abandonner")).text
        assert kept.get(first.key) is None
        app.extensions[EXTENSION].worker.wake()
        finished(app)
        assert [(each.file_name, each.stand, each.before) for each in kept.list_unfinished()] == [
            ("c.csv", DepositState.READY, 0),
            ("b.csv", DepositState.READY, 0),
        ]


def test_a_reading_is_stopped_with_its_process(app: Flask, own: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matcher.catalogue.intake.read_apart.recognise", for_ever)
    with app.app_context():
        deposit = deposits().drop("a.csv", io.BytesIO(SHEET.encode()))
        assert deposits().abandon(deposit.key)
        finished(app)
        assert deposits().list_unfinished() == []


def test_no_more_are_kept_than_can_be_read(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matcher.catalogue.intake.deposits.MOST_WAITING", 1)
    monkeypatch.setattr("matcher.catalogue.intake.read_apart.recognise", for_ever)
    with app.app_context():
        kept = deposits()
        first = kept.drop("a.csv", io.BytesIO(SHEET.encode()))
        with pytest.raises(Busy, match="attendent déjà"):
            kept.drop("b.csv", io.BytesIO(SHEET.encode()))
        assert [each.key for each in kept.list_unfinished()] == [first.key]
        kept.abandon(first.key)
    finished(app)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_defect_ends_the_work_and_shows_nothing_of_the_inside(
    drop: Callable[[str, bytes], Read], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> str:
        raise RuntimeError("secret interne")

    monkeypatch.setattr("matcher.catalogue.intake.deposits.recognise_in_subprocess", broken)
    page = drop("a.csv", b"Nom\na\n")
    assert "Une erreur s’est produite de notre côté" in page.text
    assert "secret" not in page.text


def test_columns_that_are_not_known_are_said_once_and_remembered(
    client: FlaskClient, own: Engine, drop: Callable[[str, bytes], Read]
) -> None:
    content = b"Qui;Sorte;Endroit\nAtelier Nouveau;ESAT;Maubeuge\n"
    refused = drop("libre.csv", content)
    assert "aucune colonne de nom" in refused.text
    asked = read(client, str(refused.one("a[href$='/colonnes']")["href"]))
    told = fill(client, asked, ".column-form", colonne_0="name", colonne_1="kind", colonne_2="city")
    assert counts(settled(client, told.path))["créées"] == 1
    assert counts(drop("suivant.csv", content))["créées"] == 1


def test_the_pages_of_the_sample_take_nothing_in_and_say_where_it_goes(
    app: Flask, own: Engine, client: FlaskClient
) -> None:
    with writing(own) as connection:
        mark_sample(connection)
    before = catalogue_version(own)
    for address, way in (
        (HOME, "input[type='file']"),
        ("/catalogue/annuaires", "form[action]"),
        ("/fournisseurs/nouveau", "#nom"),
    ):
        page = read(client, address)
        assert "L’exemple inventé ne reçoit rien d’autre" in page.text, address
        assert "entremise serve --mon-catalogue" in page.text, address
        assert not page.all(f"main {way}"), address
    assert post(client, "a.csv", SAMBRE.encode()).status_code == 409
    assert send(client, HOME, "/catalogue/annuaires").status == 409
    said = {"nom": "Atelier", "type": "ESAT", "commune": "Maubeuge", "qui": "Léa"}
    assert send(client, HOME, "/fournisseurs/nouveau", said).status == 422
    with app.app_context():
        assert deposits().list_unfinished() == []
    assert (app.extensions[EXTENSION].works.of(None, "annuaire"), catalogue_version(own)) == ([], before)
    assert "(exemple fictif)" in read(client, HOME).one(".history").get_text()
