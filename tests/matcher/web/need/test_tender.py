"""Pieces of a DCE are dropped, their lots verified without JavaScript, each has its list; all of it is forgotten when asked."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select, update

from matcher.db import reading, writing
from matcher.jobs.tables import WorkFileRow, WorkRow, WorkStepRow
from matcher.journal.change import build
from matcher.rows import table_of
from matcher.tender import work
from matcher.tender.reading import MOST_PIECES
from matcher.web import create_app
from tests.importers.documents.writing import write_docx, write_pdf
from tests.matcher.tender.pieces import ARTICLES, CCAP, RC, RULES, TABLE, UNRESERVED_ROW
from tests.matcher.web.conftest import TODAY
from tests.matcher.web.reading import EACH_NASTY, NASTY, Read, fill, read, settled

pytestmark = pytest.mark.usefixtures("read_here")

Drop = Callable[..., Read]


@pytest.fixture
def app(own: Engine) -> Flask:
    app = create_app(own, today=lambda: TODAY)
    app.testing = True
    return app


@pytest.fixture
def drop(client: FlaskClient) -> Drop:
    """Drop files, wait until they are read, and return their page."""

    def dropped(*paths: Path) -> Read:
        token = read(client, "/dce").all('input[name="csrf_token"]')[0]["value"]
        files = [(io.BytesIO(path.read_bytes()), path.name) for path in paths]
        answer = client.post("/dce", data={"csrf_token": token, "pieces": files})
        if answer.status_code != 303:
            return Read(answer.status_code, answer.text)
        return settled(client, answer.headers["Location"])

    return dropped


@pytest.fixture
def page(drop: Drop, tmp_path: Path) -> Read:
    rules = write_pdf(tmp_path / "RC.pdf", [page.split("\n") for page in RC])
    clauses = write_docx(tmp_path / "CCAP.docx", "\n".join(CCAP).split("\n"))
    return drop(rules, clauses, write_pdf(tmp_path / "plan.pdf", [[]]))


def verified(client: FlaskClient, page: Read, **typed: str) -> Read:
    form = next(str(one["action"]) for one in page.all("main form") if one.select_one('[name="besoin-1"]'))
    return fill(client, page, f'form[action="{form}"]:has(textarea)', **typed)


def field(page: Read, name: str) -> str:
    its = page.one(f'[name="{name}"]')
    return str(its.get("value") or its.get_text())


def test_each_piece_says_how_far_it_was_read(page: Read) -> None:
    pieces = [" ".join(one.get_text(" ").split()) for one in page.all('[aria-labelledby="lues"] li')]
    assert [piece.split()[0] for piece in pieces] == ["lu", "lu", "non"]
    assert "Règlement de la consultation" in pieces[0]
    assert "c’est une image" in pieces[2]


def test_each_value_is_shown_with_its_sentence_and_those_of_other_pieces(page: Read) -> None:
    assert [field(page, f"titre-{rank}")[:5] for rank in (1, 2, 3)] == ["tonte", "netto", "livra"]
    assert (field(page, "lieu-1"), field(page, "montant-1"), field(page, "duree-1")) == (
        "Valenciennes",
        "90000.00",
        "24",
    )
    assert "RC.pdf, page 2 : « Lot 1 : tonte" in page.text
    assert "Ailleurs : 36 mois. CCAP.docx : «" in page.text
    assert page.one("#levier-2 option[selected]")["value"] == "12"


def test_a_reservation_that_a_table_denies_is_no_value_unread(drop: Drop, tmp_path: Path) -> None:
    page = drop(write_docx(tmp_path / "RC.docx", UNRESERVED_ROW))
    said = " ".join(page.one('[aria-labelledby="lot-2"]').get_text(" ").split())
    assert "Non réservé. RC.docx : « 2 : Nettoyage des bureaux ; Non »" in said


def test_a_lot_verified_has_its_list_with_the_other_lots_beside_it(client: FlaskClient, page: Read) -> None:
    found = verified(client, page)
    assert found.path == "/candidats"
    tabs = [" ".join(one.get_text(" ").split()) for one in found.all("nav.lots a")]
    assert [tab.split(":")[0].strip() for tab in tabs] == ["Les pièces du DCE", "Lot 1", "Lot 2", "Lot 3"]
    assert "Lot 1" in found.one('nav.lots [aria-current="page"]').get_text()
    second = read(client, found.link("Lot 2"))
    assert "Lot 2" in second.one('nav.lots [aria-current="page"]').get_text()
    back = read(client, second.link("Les pièces du DCE"))
    assert [one.get_text() for one in back.all("h2 + p a")] == ["Ses candidats", "Son avis"] * 3
    assert read(client, back.link("Son avis")).path == "/avis"


def test_a_value_is_corrected_or_emptied_and_a_lot_taken_out(client: FlaskClient, page: Read) -> None:
    typed = {"montant-1": "", "duree-1": "36", "lieu-1": "Denain", "levier-2": "", "besoin-3": ""}
    back = read(client, verified(client, page, **typed).link("Les pièces du DCE"))
    assert (field(back, "montant-1"), field(back, "duree-1"), field(back, "lieu-1")) == ("", "36", "Denain")
    assert not back.all("#levier-2 option[selected]")
    assert not back.all('[name="besoin-3"]')
    again = read(client, verified(client, back, **{"lieu-1": ""}).link("Les pièces du DCE"))
    assert (field(again, "montant-1"), field(again, "lieu-1")) == ("", "")


def test_what_cannot_be_used_is_said_under_its_field(client: FlaskClient, page: Read) -> None:
    found = verified(client, page, **{"duree-2": "longtemps"})
    assert found.status == 422
    assert "La durée doit être" in found.one("#duree-2-faute").get_text()
    empty = verified(client, page, **{f"besoin-{rank}": "" for rank in (1, 2, 3)})
    assert (empty.status, "Gardez au moins un lot" in empty.text) == (422, True)


@EACH_NASTY
def test_no_field_breaks_the_page(client: FlaskClient, page: Read) -> None:
    names = ("titre", "besoin", "lieu", "montant", "duree", "levier")
    for text in NASTY:
        assert verified(client, page, **{f"{name}-1": text for name in names}).status in (200, 422), text[:20]


def test_one_dossier_holds_all_lots_with_their_opinions(client: FlaskClient, page: Read) -> None:
    found = next(form for form in page.all("main form") if form.select_one("textarea"))
    sent = dict(page.values(found)) | {"qui": "Ana"}
    address = str(page.one("button[formaction]")["formaction"])
    answers = [client.post(address, data=sent) for _ in range(2)]
    assert {answer.status_code for answer in answers} == {303}
    assert answers[0].headers["Location"] == answers[1].headers["Location"], "sent twice, opened once"
    dossier = read(client, answers[0].headers["Location"])
    for number in (1, 2, 3):
        assert f"Lot {number} : " in dossier.text
    together = "Les 3 lots de la procédure : 190 000 € HT, somme que l’on compare aux seuils (R2121-1)"
    assert dossier.text.count(together) == 3
    nameless = client.post(address, data=sent | {"qui": "", "cle": "autre"})
    assert nameless.status_code in (303, 422)
    fill(client, page, 'form[action$="/oubli"]')
    todays = [str(link["href"]) for link in dossier.all('a[href^="/avis?"]') if "aujourd" in link.get_text()]
    assert len(todays) == 3
    assert together in read(client, todays[0]).text


@pytest.mark.parametrize("typed", [None, "Ville de Lille"])
def test_the_buyer_that_the_pieces_name_is_proposed_for_the_dossier(
    client: FlaskClient, drop: Drop, tmp_path: Path, typed: str | None
) -> None:
    lines = ["Pouvoir adjudicateur : Commune d’Hazebrouck, place de Gaulle", *UNRESERVED_ROW]
    page = drop(write_docx(tmp_path / "RC.docx", lines))
    assert field(page, "acheteur") == "Commune d’Hazebrouck"
    assert "« Pouvoir adjudicateur : Commune d’Hazebrouck" in page.text
    found = next(form for form in page.all("main form") if form.select_one("textarea"))
    sent = dict(page.values(found)) | {"qui": "Ana"} | ({"acheteur": typed} if typed else {})
    dossier = read(
        client, client.post(str(page.one("button[formaction]")["formaction"]), data=sent).headers["Location"]
    )
    header = dossier.one("h1").find_parent("main").get_text(" ")
    assert (typed or "Commune d’Hazebrouck") in header


def test_what_the_clauses_say_of_each_lot_is_shown_and_used(client: FlaskClient, drop: Drop, tmp_path: Path) -> None:
    rules = write_pdf(tmp_path / "RC.pdf", [page.split("\n") for page in RULES])
    page = drop(rules, write_docx(tmp_path / "CCTP.docx", [*TABLE, *ARTICLES]))
    assert [field(page, f"montant-{rank}") for rank in (1, 2, 3)] == ["194000.00", "104000.00", "296000.00"]
    assert "Heures d’insertion : 140" in page.text
    assert (field(page, "lieu-3"), field(page, "remise")) == ("Kersaint-Plabennec", "15 janvier 2027")
    assert "Lot non réservé" in page.text
    found = next(form for form in page.all("main form") if form.select_one("textarea"))
    sent = dict(page.values(found)) | {"qui": "Ana"}
    address = str(page.one("button[formaction]")["formaction"])
    assert client.post(address, data=sent | {"remise": "un jour"}).status_code == 422
    dossier = read(client, client.post(address, data=sent).headers["Location"])
    assert "15 janvier 2027" in dossier.text


def test_lots_announced_and_not_listed_are_said_above_the_need(drop: Drop, tmp_path: Path) -> None:
    lines = ["Objet : tonte à Denain", "Les prestations sont réparties en 4 lots.", "Le lot 3 est réservé aux ESAT."]
    page = drop(write_docx(tmp_path / "RC.docx", lines))
    assert "RC.docx annonce 4 lots" in page.one(".notice.doubt").get_text()
    assert not page.all("#levier-1 option[selected]")


def test_the_bytes_go_once_read_and_the_rest_when_asked(client: FlaskClient, page: Read, own: Engine) -> None:
    assert counts(own) == {"work_file": 0, "work_step": 0, "work": 1}
    assert "sont oubliées" in fill(client, page, 'form[action$="/oubli"]').text
    assert counts(own) == {"work_file": 0, "work_step": 0, "work": 0}
    assert read(client, "/dce/0123456789abcdef").status == 404


def test_what_was_read_is_decoded_once_a_request(
    client: FlaskClient, page: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded = []
    monkeypatch.setattr(work, "build", lambda *given: decoded.append(given) or build(*given))
    here = str(page.one('form[action$="/oubli"]')["action"]).removesuffix("/oubli")
    assert read(client, here).status == 200
    assert len(decoded) == 1
    verified(client, page, **{"montant-1": "beaucoup"})
    assert len(decoded) == 2


def test_pieces_read_by_another_version_say_so_and_can_be_forgotten(
    client: FlaskClient, page: Read, own: Engine
) -> None:
    works, forget = table_of(WorkRow), str(page.one('form[action$="/oubli"]')["action"])
    with writing(own) as connection:
        connection.execute(update(works).values(result={"pièces": {}}))
    here = forget.removesuffix("/oubli")
    assert "par une autre version" in read(client, here).text
    asked = fill(client, read(client, f"/couverture?dce={here[5:]}"), "main form", territoire="Nord", types=[])
    assert "par une autre version" in asked.text
    fill(client, page, f'form[action="{forget}"]')
    with reading(own) as connection:
        assert connection.execute(select(func.count()).select_from(works)).scalar() == 0


def test_the_opinion_on_a_lot_compares_all_the_lots_of_the_dce(client: FlaskClient, page: Read) -> None:
    lots = verified(client, page, **{"montant-3": ""})
    opinion = read(client, lots.link("Lot 2").replace("/candidats", "/avis"))
    assert "Les 3 lots de la procédure : au moins 130 000 € HT (1 lot sans montant connu)" in opinion.text
    forms = verified(client, page, **{"montant-3": "60000"})
    opinion = read(client, forms.link("Lot 2").replace("/candidats", "/avis"))
    assert "Les 3 lots de la procédure : 190 000 € HT, somme que l’on compare aux seuils" in opinion.text
    assert "3 lots de la procédure" not in read(client, f"{opinion.path}&ensemble=300000").text


def test_a_list_of_a_dce_that_is_forgotten_stands_alone(client: FlaskClient, page: Read) -> None:
    address = verified(client, page).link("Lot 2")
    fill(client, page, 'form[action$="/oubli"]')
    assert not read(client, address).all("nav.lots")


def test_pieces_without_a_need_and_too_many_pieces_say_what_to_do(drop: Drop, tmp_path: Path) -> None:
    scan = write_pdf(tmp_path / "scan.pdf", [[]])
    assert "Aucun besoin n’est lu dans ces pièces" in drop(scan).text
    assert "Choisissez au moins une pièce" in drop().text
    many = drop(*[scan] * (MOST_PIECES + 1))
    assert (many.status, "40 au plus" in many.text) == (422, True)


def counts(engine: Engine) -> dict[str, int]:
    with reading(engine) as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in map(table_of, (WorkFileRow, WorkStepRow, WorkRow))
        }
