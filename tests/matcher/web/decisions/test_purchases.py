"""A sheet dropped is answered as the command line answers it, shown, carried away, taken up after a stop, and forgotten for good."""

import io
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from threading import Event

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from importers import REGISTRY
from importers.importer import Source
from matcher.accounts.organisations import OrganisationProfile, create_organisation
from matcher.accounts.roles import Role
from matcher.catalogue.intake.intake import run_import
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.cli.app import main
from matcher.db import open_database, reading
from matcher.decisions.purchases import programme
from matcher.decisions.purchases.batch import STUDIES, Studies
from matcher.decisions.purchases.past_suppliers import PastSupplier, keep_past_suppliers, load_past_suppliers
from matcher.decisions.purchases.study import StudyKind
from matcher.jobs.tables import WorkFileRow, WorkRow, WorkStepRow
from matcher.jobs.worker import Worker
from matcher.jobs.works import WorkState, WorkStore
from matcher.ownership import FIRST_ORGANISATION
from matcher.rows import table_of
from matcher.web import create_app
from matcher.web.frame.app_state import EXTENSION
from tests.matcher.web.conftest import OPENED, TODAY, signed_in
from tests.matcher.web.reading import EACH_NASTY, NASTY, Read, fill, finished, harmless, read, send, settled
from tests.waiting import LONGEST_S, awaited

pytestmark = pytest.mark.usefixtures("read_here")

GREEN = "Entretien des espaces verts"
SHEET = f"Objet;Lieu;Montant;Service\n{GREEN};Maubeuge;80 k€;Cadre de vie\nPrestations à définir;Lille;;Achats\n{GREEN};Lille;;\nTotal;;80 000;\n"
SPENT = f"SIRET;Fournisseur;Montant;Libellé;Ville\n55208131766522;Autre;12 000;{GREEN};Maubeuge\nabc;;5;;\nTotal;;12 005;;\n"

Drop = Callable[..., Read]


@pytest.fixture
def app(own: Engine) -> Flask:
    app = create_app(own, today=lambda: TODAY)
    app.testing = True
    return app


@pytest.fixture
def drop(app: Flask, client: FlaskClient) -> Drop:
    """Drop a file, wait until it is answered, and return its page."""

    def dropped(content: bytes, name: str = "achats.csv", home: str = "/programme", **fields: str) -> Read:
        answer = post(client, content, name, home, **fields)
        assert answer.status_code == 303, answer.text
        finished(app)
        return read(client, answer.headers["Location"])

    return dropped


def post(client: FlaskClient, content: bytes, name: str, home: str, **fields: str) -> TestResponse:
    token = read(client, home).all('input[name="csrf_token"]')[0]["value"]
    return client.post(home, data={"csrf_token": token, "fichier": (io.BytesIO(content), name), **fields})


def test_the_files_are_those_of_the_command_line(
    drop: Drop, client: FlaskClient, own: Engine, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    page = drop(SHEET.encode())
    told = json.loads(client.get(page.link("JSON")).data)
    path = tmp_path / "p.csv"
    path.write_text(SHEET, "utf-8")
    with pytest.raises(SystemExit):
        main(["programme", str(path), "--format", "json", "--db", own.url.render_as_string()])
    same = json.loads(capsys.readouterr().out)
    assert told | {"date": ""} == same | {"date": ""}
    answer = client.get(page.link("XLSX"))
    assert "programme-2026-11-25.xlsx" in answer.headers["Content-Disposition"]
    assert openpyxl.load_workbook(io.BytesIO(answer.data)).sheetnames[3] == "Programme"


def test_a_history_is_photographed_near_the_place_that_is_told(drop: Drop, client: FlaskClient) -> None:
    page = drop(SPENT.encode(), home="/historique")
    assert "0 % des dépenses connues sont inclusives" in page.text
    assert "1 ligne de total n’est pas comptée" in page.text
    assert "« abc » n’est ni un SIRET ni un SIREN" in page.text
    assert page.all("#semblables tbody tr")[0].select_one("a")["href"].startswith("/candidats?")  # type: ignore[union-attr, index]
    assert "Sans doute" not in page.text
    bare = SPENT.replace(";Maubeuge", ";")
    assert "Aucune ligne ne permet" in drop(bare.encode(), home="/historique").text
    near = drop(bare.encode(), home="/historique", lieu="Maubeuge")
    assert len(near.all("#semblables tbody tr")) == 1
    assert json.loads(client.get(near.link("JSON")).data)["lines"][0]["similar"]["credible"] > 0


def test_a_study_survives_a_restart_and_is_forgotten_for_good(
    drop: Drop, client: FlaskClient, own: Engine, tmp_path: Path
) -> None:
    page = drop(SHEET.encode())
    other = create_app(own, today=lambda: TODAY).test_client()
    assert read(other, page.path).text == page.text
    assert "achats.csv" in read(other, "/programme").text
    gone = send(client, page.path, f"{page.path}/oubli")
    assert "sont effacés" in gone.text
    assert client.get(page.path).status_code == 404
    with reading(own) as connection:
        for row in (WorkRow, WorkStepRow, WorkFileRow):
            assert connection.execute(table_of(row).select()).all() == []


def test_whoever_takes_a_study_up_goes_on_from_where_it_was(
    app: Flask, own: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    begun, free = Event(), Event()
    usual = programme.answer_line

    def slow(*given: object) -> programme.LineAnswer:
        asked.append(len(asked))
        if len(asked) == 2:
            begun.set()
            free.wait(LONGEST_S)  # its server is stopped here
        return usual(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(programme, "answer_line", slow)
    its, other = app.extensions[EXTENSION], WorkStore(own)
    dropped = Studies(its.works, FIRST_ORGANISATION, lambda: TODAY).drop(
        StudyKind.PROGRAMME, "achats.csv", io.BytesIO(SHEET.encode())
    )
    studies, worker = Studies(other, FIRST_ORGANISATION, lambda: date(2027, 1, 1)), Worker(other, STUDIES)
    assert begun.wait(LONGEST_S)
    (work,) = other.of(FIRST_ORGANISATION, StudyKind.PROGRAMME.value)
    steps = awaited(lambda: other.steps(work), lambda steps: len(steps) == 2)
    assert {name.partition(" ")[0] for name in steps} == {"feuille", "ligne"}
    its.worker.close()
    worker.wake()
    done = awaited(lambda: studies.get(dropped.key), lambda study: study is not None and not study.unfinished)
    assert done is not None
    assert (done.state, done.on) == (WorkState.DONE, TODAY.isoformat())
    assert len(asked) == 2 + 3  # the first was done: the line in hand, and the two after it
    free.set()
    finished(app)
    worker.wait(LONGEST_S)


def test_opinions_of_an_older_catalogue_say_so_and_can_be_given_again(
    drop: Drop, app: Flask, client: FlaskClient, own: Engine, tmp_path: Path
) -> None:
    page = drop(SHEET.encode())
    assert "Le catalogue a changé" not in page.text
    photo = drop(SPENT.encode(), home="/historique")
    path = tmp_path / "autres.csv"
    path.write_text("Nom;Type;Code postal;Commune;Activité\nNeuf;EA;59600;Maubeuge;Espaces verts\n", "utf-8")
    run_import(own, REGISTRY["tableur"], [Source(path)], now=OPENED.replace(tzinfo=None))
    stale = read(client, page.path)
    assert "Le catalogue a changé depuis le 25 novembre 2026" in stale.text
    send(client, page.path, f"{page.path}/recalcul")
    finished(app)
    assert "Le catalogue a changé" not in read(client, page.path).text
    read(client, photo.path)  # a history is analysed again by itself
    finished(app)
    assert "Catalogue version 4" in read(client, photo.path).text


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"", "p.csv", "vide"),
        (b"%PDF-1.7 ...", "p.xlsx", "PDF"),
        (b"PK\x03\x04 abime", "p.xlsx", "illisible"),
        (b"Objet;Montant\n", "p.csv", "aucune ligne"),
        (b"Objet\n" + b"Tonte\n" * 2001, "p.csv", "2 000 au plus"),
        (b"<html><body></body></html>", "p.xls", "page HTML"),
    ],
)
def test_a_file_that_cannot_be_used_says_why_and_is_forgotten(
    drop: Drop, client: FlaskClient, content: bytes, name: str, says: str
) -> None:
    page = drop(content, name)
    assert says in page.text
    assert says in read(client, "/programme").text
    assert client.get(f"{page.path}/achats.xlsx").status_code == 404
    send(client, page.path, f"{page.path}/oubli")
    assert name not in read(client, "/programme").text


def test_no_file_too_large_a_file_or_no_token_is_refused(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    token = read(client, "/programme").all('input[name="csrf_token"]')[0]["value"]
    for home in ("/programme", "/historique"):
        answer = client.post(home, data={"csrf_token": token})
        assert answer.status_code == 422
        assert "Choisissez un fichier" in answer.text
        assert client.post(home, data={"fichier": (io.BytesIO(b"Objet\nTonte\n"), "p.csv")}).status_code == 400
    monkeypatch.setattr("matcher.web.decisions.purchases.LARGEST", 1_000)
    monkeypatch.setattr("matcher.web.decisions.purchases.FORM", 500)
    assert post(client, b"x" * 9_000, "p.csv", "/programme").status_code == 413


@EACH_NASTY
def test_any_name_of_file_and_any_place_is_taken(drop: Drop, client: FlaskClient) -> None:
    for nasty in NASTY:
        name = (nasty or "x")[:200].replace("\x00", "?").replace('"', "'")
        page = drop(SPENT.encode(), name, "/historique", lieu=nasty[:2000])
        harmless(page, "lieu", nasty)
        assert page.status == 200
        assert client.get(f"/achats/{nasty[:50] or 'x'}").status_code == 404


def test_an_empty_catalogue_says_so(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{(tmp_path / 'vide.sqlite').as_posix()}")
    app = create_app(engine, today=lambda: TODAY)
    studies = Studies(app.extensions[EXTENSION].works, FIRST_ORGANISATION, lambda: TODAY)
    study = studies.drop(StudyKind.PROGRAMME, "p.csv", io.BytesIO(SHEET.encode()))
    finished(app)
    ended = studies.get(study.key)
    assert ended is not None
    assert ended.state is WorkState.REFUSED
    assert "catalogue est vide" in ended.says
    engine.dispose()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_defect_does_not_leave_the_page_waiting(
    drop: Drop, monkeypatch: pytest.MonkeyPatch, own: Engine, tmp_path: Path
) -> None:
    def broken(*_: object) -> programme.LineAnswer:
        raise OSError("disque plein")

    monkeypatch.setattr(programme, "answer_line", broken)
    assert "Une erreur s’est produite" in drop(SHEET.encode()).text


def test_columns_that_are_not_known_are_said_once_and_remembered(app: Flask, drop: Drop, client: FlaskClient) -> None:
    content = b"Quoi;Ou;Couleur\nTonte;Maubeuge;vert\n"
    asked = drop(content, "libre.csv")
    assert "Quelle colonne donne l’objet ou le CPV ?" in asked.text
    assert not asked.all(".refused"), "a column that lacks is a question"
    told = fill(client, asked, ".column-form", colonne_0="objet", colonne_1="lieu")
    done = settled(client, told.path)
    assert "« Quoi » : l’objet (comme dit pour un fichier de même en-tête)" in done.text
    assert "Colonne « Couleur » (1 valeur) : non reprise, comme vous l’avez dit." in done.text
    assert "« Quoi » : l’objet" in drop(content, "suivant.csv").text


NAMES = (
    "Fournisseur;Commune;Montant HT\nLES ATELIERS DES BORDS DE SAMBRE;;1 000\nAteliers des Bords de Sambre;;500\n"
    "LES ATELIERS DES BORDS DE SAMBRE;;200\nIMPRIMERIE EXEMPLE;Lille;40\n"
)


def state_of(page: Read, rank: int) -> str:
    row = next(
        row for row in page.all("#tableau-noms tbody tr") if row.select(".under")[0].get_text().endswith(f" {rank}")
    )
    return row.get_text(" ", strip=True)


def test_names_are_settled_one_by_one_taken_back_and_replayed_on_the_next_file(drop: Drop, client: FlaskClient) -> None:
    page = drop(NAMES.encode(), "fournisseurs.csv", "/rapprocher", qui="Léa")
    assert "« LES ATELIERS DES BORDS DE SAMBRE » : lequel" in page.text.replace("\u00a0", " ")
    assert "1\u202f200" in page.all(".settle .note")[0].get_text(), "two lines of one name"
    assert "à trancher" in state_of(page, 1)
    assert "pas au catalogue" in state_of(page, 3)
    first = page.one('.settle-choices button[data-key="1"]')
    answer = page.path + "/reponse"
    after = send(client, page.path, answer, {"nom": "1", "faire": "choisir", "choix": str(first["value"])})
    assert "tranché" in state_of(after, 1)
    assert "Ateliers des Bords de Sambre » : lequel" in after.text.replace("\u00a0", " "), "the next one comes"
    back = send(client, page.path, answer, {"nom": "1", "faire": "defaire"})
    assert "à trancher" in state_of(back, 1)
    send(client, page.path, answer, {"nom": "1", "faire": "aucun"})
    again = send(client, page.path, answer, {"nom": "2", "faire": "choisir", "choix": str(first["value"])})
    assert "Rien à trancher" not in again.text
    assert "aucun, dit l’équipe" in state_of(again, 1)
    book = openpyxl.load_workbook(io.BytesIO(client.get(page.path + "/achats.xlsx").data))
    rows = list(book["Rapprochement"].iter_rows(values_only=True))
    said = rows[0].index("Certitude")
    assert [row[said] for row in rows[1:]] == ["inconnu", "sûr", "inconnu", "inconnu"]
    told = json.loads(client.get(page.path + "/achats.json").data)
    assert [line["certitude"] for line in told["lines"]] == ["inconnu", "sure", "inconnu", "inconnu"]
    next_file = drop(NAMES.encode(), "suivant.csv", "/rapprocher", qui="Léa")
    assert "tranché" in state_of(next_file, 2)
    for bad in ({"nom": "9", "faire": "aucun"}, {"nom": "1", "faire": "choisir", "choix": "siret:0"}, {"nom": "x"}):
        assert send(client, page.path, answer, bad).status == 400


def test_another_name_is_searched_and_whoever_answers_signs(drop: Drop, client: FlaskClient) -> None:
    page = drop(NAMES.encode(), "fournisseurs.csv", "/rapprocher")
    searched = read(client, page.path, {"nom": "3", "q": "Ateliers des Bords de Sambre"})
    assert searched.one("#q")["value"] == "Ateliers des Bords de Sambre"
    chosen = str(searched.all(".settle-choices button")[0]["value"])
    unsigned = send(client, page.path, page.path + "/reponse", {"nom": "3", "faire": "choisir", "choix": chosen})
    assert "Dites votre nom" in unsigned.text
    assert "pas au catalogue" in state_of(unsigned, 3)


@pytest.mark.parametrize("who", ["Léa", ""])
def test_answers_that_a_sheet_gives_back_are_kept_if_they_are_signed(drop: Drop, who: str) -> None:
    sheet = "Fournisseur;Commune;Votre réponse\nIMPRIMERIE EXEMPLE;Lille;aucun\nIMPRIMERIE EXEMPLE;Lens;12\n"
    page = drop(sheet.encode(), "rendu.csv", "/rapprocher", qui=who)
    assert ("tranché" in state_of(page, 1)) is bool(who)
    assert ("n’ont pas été reprises" in page.text) is not bool(who)
    assert "n’est pas au catalogue. Écrivez le SIRET" in page.text.replace("\u00a0", " ")


NEED = {"besoin": "Entretien des espaces verts", "lieu": "Maubeuge"}
KEEP = "form[action$='/fournisseurs']"


def ledger(app: Flask, client: FlaskClient, ids: list[str]) -> Read:
    """The page of a ledger of 2025 that bought from these suppliers."""
    token = read(client, "/historique").all('input[name="csrf_token"]')[0]["value"]
    lines = "".join(f"{key.removeprefix('siret:')};12 000;2025\n" for key in ids)
    file = (io.BytesIO(f"SIRET;Montant;Année\n{lines}55208131766522;5;2025\n".encode()), "achats.csv")
    answer = client.post("/historique", data={"csrf_token": token, "fichier": file})
    finished(app)
    return read(client, answer.headers["Location"])


def names(page: Read) -> list[str]:
    return [its.get_text() for its in page.all(".candidate h3")]


def test_what_a_ledger_recognises_is_kept_said_on_lists_and_removed(app: Flask, client: FlaskClient) -> None:
    before = read(client, "/candidats", NEED)
    first = next(its["value"] for its in before.all("[name=retenu]") if str(its["value"]).startswith("siret:"))
    page = ledger(app, client, [str(first)])
    assert "sans changer leur ordre" in page.text
    kept = fill(client, page, KEEP)
    assert "1 fournisseur gardé" in kept.text
    assert kept.all(KEEP) == []
    assert load_past_suppliers(app.extensions[EXTENSION].engine, FIRST_ORGANISATION) == {
        first: PastSupplier(str(first), 2025, 1)
    }
    after = read(client, "/candidats", NEED)
    assert "déjà votre fournisseur, 2025" in after.text
    assert names(after) == names(before)
    others = [str(its["value"]) for its in before.all("[name=retenu]") if its["value"] != first]
    compared = read(client, "/comparer", {**NEED, "compare": [str(first), others[0]]})
    assert "Déjà votre fournisseur, 2025" in compared.text
    mine = read(client, "/mon-organisation")
    listed = read(client, mine.link("1 fournisseur gardé"))
    assert "2025" in listed.text
    gone = fill(client, listed, "td form")
    assert "Aucun pour l’instant" in gone.text
    assert "déjà votre fournisseur" not in read(client, "/candidats", NEED).text


def test_all_are_removed_at_once_and_one_that_left_the_catalogue_is_told(app: Flask, client: FlaskClient) -> None:
    engine = app.extensions[EXTENSION].engine
    ids = [*list(load_shelf(engine).ids)[:3], "siret:55208131766522"]
    keep_past_suppliers(engine, FIRST_ORGANISATION, [PastSupplier(key, None, 2) for key in ids])
    page = read(client, "/mes-fournisseurs")
    assert "n’est plus au catalogue" in page.all("tbody tr")[-1].get_text()
    assert page.text.count("non connue") == 4
    assert "Aucun pour l’instant" in fill(client, page, "#tout-retirer", faire="tout").text
    assert load_past_suppliers(engine, FIRST_ORGANISATION) == {}


def test_each_sees_and_removes_their_own_alone(team: Flask) -> None:
    engine = team.extensions[EXTENSION].engine
    other = create_organisation(engine, OrganisationProfile("Autre"), author="essai", now=OPENED).id
    (key,) = list(load_shelf(engine).ids)[:1]
    keep_past_suppliers(engine, other, [PastSupplier(key, 2025, 1)])
    client = signed_in(team, Role.BUYER)
    assert "Aucun pour l’instant" in read(client, "/mes-fournisseurs").text
    team.config["WTF_CSRF_ENABLED"] = False
    for sent in ({"fournisseur": key}, {"faire": "tout"}):
        assert client.post("/mes-fournisseurs", data=sent).status_code == 303
    assert list(load_past_suppliers(engine, other)) == [key]
    keep_past_suppliers(engine, FIRST_ORGANISATION, [PastSupplier(key, 2025, 1)])
    assert read(signed_in(team, Role.READER), "/mes-fournisseurs").all("main button") == []


@EACH_NASTY
def test_whatever_is_sent_removes_nothing_else(app: Flask, client: FlaskClient) -> None:
    engine = app.extensions[EXTENSION].engine
    app.config["WTF_CSRF_ENABLED"] = False
    keep_past_suppliers(engine, FIRST_ORGANISATION, [PastSupplier("siret:1", 2025, 1)])
    for text in NASTY:
        assert client.post("/mes-fournisseurs", data={"fournisseur": text, "faire": text}).status_code == 303
        assert client.post(f"/achats/{text[:50].replace('/', '') or 'x'}/fournisseurs").status_code in (400, 404, 405)
    assert len(load_past_suppliers(engine, FIRST_ORGANISATION)) == 1
