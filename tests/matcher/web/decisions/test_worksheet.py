"""The worksheet of a programme: its questions answered once for like lines, its totals, two who answer at once, dossiers made of its lines."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from matcher.web import create_app
from tests.matcher.web.conftest import TODAY
from tests.matcher.web.decisions.test_purchases import GREEN, SHEET, post
from tests.matcher.web.reading import Read, finished, read, send

pytestmark = pytest.mark.usefixtures("read_here")

Drop = Callable[..., Read]


@pytest.fixture
def app(own: Engine) -> Flask:
    app = create_app(own, today=lambda: TODAY)
    app.testing = True
    return app


@pytest.fixture
def drop(app: Flask, client: FlaskClient) -> Drop:
    """Drop a programme, wait until it is answered, and return its page."""

    def dropped(content: str, **fields: str) -> Read:
        answer = post(client, content.encode(), "achats.csv", "/programme", **fields)
        finished(app)
        return read(client, answer.headers["Location"])

    return dropped


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def numbers(page: Read) -> list[str]:
    return [row.select("td")[1].get_text() for row in page.all("#lignes tbody tr")]


def test_a_programme_is_a_worksheet_with_its_questions_and_totals(drop: Drop, client: FlaskClient) -> None:
    page = drop(SHEET)
    assert numbers(page) == ["2", "3", "4"]
    assert "1 ligne de total à part" in page.text
    to_complete = read(client, page.link("À compléter, 2"))
    assert numbers(to_complete) == ["3", "2"], "without an opinion first; a line without an amount asks nothing of it"
    assert "Quel métier ?" in plain(to_complete.all("#lignes tbody tr")[0].get_text())
    asked = [plain(one.get_text(" ", strip=True)) for one in page.all(".sheet-questions li > form > p")]
    assert asked == [
        "HT ou TTC ? « Montant » 1 ligne",
        "Par an ou en tout ? « Montant » 1 ligne",
        "Quel métier ? « Prestations à définir » 1 ligne",
    ]
    shares = page.one(".lever-shares").get_text(" ", strip=True)
    assert "selon vos réponses" in shares
    assert "1 montant non connu" in shares
    assert "en nombre de contrats" in page.one(".mark-note").get_text()


def test_a_line_that_only_waits_for_the_place_of_the_title_is_set_apart(drop: Drop) -> None:
    page = drop(
        f"Ville de Maubeuge - programme des achats 2027;;\n;;\nObjet;Montant HT;Durée (ans)\n{GREEN};12 000;1\nPrestations à définir;9 000;1\n"
    )
    assert "Pour 1 ligne, seul le lieu supposé est à confirmer" in plain(page.text)
    assert "«  »" not in plain(page.text), "an empty row above the header is no remark"


@pytest.mark.parametrize("content", ["", "%PDF-1.4\n%%EOF\n"])
def test_a_file_without_columns_asks_nothing_of_them(drop: Drop, content: str) -> None:
    page = drop(content)
    assert "Déposer un autre fichier" in page.text
    assert "Dire ce que contiennent les colonnes" not in page.text


def test_an_answer_recomputes_its_like_lines_and_is_taken_back(drop: Drop, client: FlaskClient) -> None:
    sheet = "Objet;Montant\n" + "".join(
        f"{GREEN};{euros}\nNettoyage des bureaux;{euros}\n" for euros in ("12 000", "24 000")
    )
    page = drop(sheet, lieu="Maubeuge")
    assert page.text.count("supposé Maubeuge") == 4
    answer = page.path + "/lignes"
    told = {"version": "0", "ligne": "2", "pour": "semblables", "taxe": "ttc", "tva": "20"}
    after = send(client, page.path, answer, told)
    amounts = [plain(row.select("td")[2].get_text(" ", strip=True)) for row in after.all("#lignes tbody tr")]
    assert amounts == [
        f"{each} écrit : {written}" for each, written in (("10 000", "12 000"), ("20 000", "24 000")) for _ in "ab"
    ]
    whole = send(
        client, page.path, answer, {"version": "1", "ligne": "2", "pour": "semblables", "periode": "an", "ans": "4"}
    )
    assert "240 000 € HT sûrs" in plain(whole.text)
    assert not whole.all(".sheet-questions li"), "two answers settled the eight questions"
    rows = client.get(page.path + "/achats.csv").data.decode("utf-8-sig").splitlines()
    assert "TTC à 20 % · par an × 4" in rows[1]
    one = send(client, page.path, answer, {"version": "2", "ligne": "3", "pour": "cochees", "lieu": "Lille"})
    assert one.text.count("supposé Maubeuge") == 3
    back = send(client, page.path, answer, {"version": "3", "retire": "1"})
    assert "HT ou TTC" in back.all(".sheet-questions li")[0].get_text()
    assert "TTC à 20 %" not in back.one(".given").get_text()
    for bad in (
        {"version": "9", "ligne": "2", "taxe": "ht"},
        {"version": "4", "taxe": "ht"},
        {"version": "4", "ligne": "99", "taxe": "ht"},
    ):
        assert "Cochez des lignes" in send(client, page.path, answer, bad).text
    assert send(client, page.path, answer, {"version": "4", "ligne": "2", "ans": "beaucoup"}).status == 422
    assert client.post("/achats/inconnu/lignes").status_code in (400, 404)


def test_of_two_who_answer_the_same_the_second_is_told_and_loses_nothing(drop: Drop, client: FlaskClient) -> None:
    page = drop(SHEET)
    answer = page.path + "/lignes"
    send(client, page.path, answer, {"version": "0", "ligne": "2", "taxe": "ht", "qui": "Léa"})
    other = send(
        client, page.path, answer, {"version": "0", "ligne": "3", "metier": "administratif.archivage", "qui": "Ali"}
    )
    assert other.status == 200, "they speak of different lines"
    late = send(client, page.path, answer, {"version": "0", "ligne": "2", "taxe": "ttc", "tva": "10", "qui": "Ali"})
    assert late.status == 409
    assert "Léa a répondu aux mêmes lignes : HT" in plain(late.text)
    assert late.one("#tva")["value"] == "10"
    assert late.one("#ligne-2").has_attr("checked")
    assert late.one("#feuille input[name=version]")["value"] != "0", "sent again, it is written"


def test_twenty_lines_without_a_place_have_an_opinion_each(drop: Drop) -> None:
    objects = (GREEN, "Nettoyage des locaux", "Traiteur", "Peinture de logements", "Impression de documents")
    sheet = "Objet;Montant HT;Durée (mois)\n" + "".join(f"{objects[at % 5]};{10_000 + at};12\n" for at in range(20))
    assert drop(sheet).text.count("À préciser") > 0
    page = drop(sheet, lieu="Maubeuge")
    levers = [row.select("td")[6].get_text() for row in page.all("#lignes tbody tr")]
    assert len(levers) == 20
    assert not [each for each in levers if "À préciser" in each]


def test_the_place_that_a_title_names_is_supposed_until_it_is_confirmed(drop: Drop, client: FlaskClient) -> None:
    page = drop(
        f"Programme d’achats 2027 de Maubeuge;;\nObjet;Montant HT;Durée (mois)\n{GREEN};10 000;12\nTraiteur;9 000;12\n"
    )
    assert plain(page.text).count("supposé Maubeuge") == 2
    assert not [row for row in page.all("#lignes tbody tr") if "À préciser" in row.select("td")[6].get_text()]
    question = next(one for one in page.all(".sheet-questions form") if one.select("input[name=lieu]"))
    assert "Confirmer" in question.get_text()
    confirmed = {str(one["name"]): str(one.get("value", "")) for one in question.select("input[name]")}
    assert confirmed["lieu"] == "Maubeuge"
    after = send(client, page.path, page.path + "/lignes", confirmed)
    assert "supposé Maubeuge" not in plain(after.text)
    assert not after.all(".sheet-questions input[name=lieu]")


# A programme as buyers keep it: titles, a header in their words, thousands of euros, years, parts of a year, subtotals.
KEPT = (
    "Communauté d’agglomération du Pays de Saint-Malo;;;;;;\nProgramme d’achats 2027;;;;;;\n;;;;;;\n"
    "N°;Ce qu’il faut acheter;Lieu;Est. annuelle (k€ HT);Durée max (ans);Lancement prévu;Service\n"
    f"1;{GREEN};tout le territoire;48;4;T1;Cadre de vie\n2;Ménage des écoles;EPCI;26;4;mars;Écoles\n"
    "3;Vitrerie;;12;4;2e semestre 2027;Bâtiments\n;Sous-total services 1;;86;;;\n"
    "4;Traiteur;Lille;5;1;dès que possible;Cabinet\n5;Impression;Lille;5;1;dès que possible;Cabinet\n;TOTAL;;96;;;\n"
)


def test_a_programme_as_buyers_keep_it_is_read_at_once_and_each_doubt_is_told_once(
    drop: Drop, client: FlaskClient
) -> None:
    page = drop(KEPT)
    assert numbers(page) == ["5", "6", "7", "9", "10"], "neither the subtotal nor the total"
    assert "« Ce qu'il faut acheter » : l’objet (d’après « acheter »)" in page.text
    assert "354 000" in plain(page.text), "48, 26 and 12 k€ a year for four years, 5 for one, twice"
    (place,) = [one for one in page.all(".sheet-questions form") if one.select("input[name=lieu]")]
    assert "3 lignes" in plain(place.get_text(" ", strip=True)), (
        "the whole territory, the EPCI and nothing are one question"
    )
    (remark,) = [one for one in page.all("#reste .mark-line") if "dès que possible" in one.get_text()]
    assert "lignes 9, 10" in remark.get_text()
    assert "Écrivez une date" not in page.one("#lignes tbody").get_text()
    assert "T1" not in page.one("#reste").get_text()
    families = {one["name"]: one["lines"] for one in client.get(page.link("JSON")).get_json()["families"]}
    assert ["ligne 6", "ligne 7"] in families.values()


def test_each_line_leads_to_its_opinion_and_its_candidates_and_makes_a_dossier(drop: Drop, client: FlaskClient) -> None:
    page = drop(SHEET)
    row = page.all("#lignes tbody tr")[0]
    (opinion, candidates) = [str(link["href"]) for link in row.select("a")]
    avis = read(client, opinion)
    assert avis.one("h1").get_text(" ", strip=True)
    assert opinion.startswith("/avis?")
    assert "pour ce métier" in read(client, candidates).text
    assert "80000.00" in opinion
    dossiers = page.path + "/dossiers"
    sent_once = {"ligne": ["2", "4"], "dossiers": "coches", "qui": "Léa", "cle": "a"}
    for _ in range(2):
        made = send(client, page.path, dossiers, sent_once)
        assert made.path == "/dossiers"
    assert made.text.count(GREEN) >= 2
    assert len(made.all("tbody tr")) == 2
    assert "Cochez au moins une ligne" in send(client, page.path, dossiers, {"dossiers": "coches", "qui": "Léa"}).text


def test_a_ledger_asks_once_a_column_whether_its_silent_amounts_hold_the_tax(app: Flask, client: FlaskClient) -> None:
    sheet = "Fournisseur;Montant;Payé TTC\n" + "".join(f"Société {at};{100 * at};\n" for at in range(1, 4)) + "X;;50\n"
    dropped = post(client, sheet.encode(), "depenses.csv", "/historique")
    finished(app)
    page = read(client, dropped.headers["Location"])
    (asked,) = page.all(".sheet-questions form")
    assert plain(asked.get_text(" ", strip=True)).startswith("HT ou TTC ? « Montant » 3 lignes")
    told = {str(one["name"]): str(one.get("value", "")) for one in asked.select("input[name]")} | {"taxe": "ttc"}
    assert client.get(page.link("JSON")).get_json()["lines"][0]["tax"] == "HT ou TTC"
    after = send(client, page.path, page.path + "/lignes", told)
    assert not after.all(".sheet-questions form")
    assert [line["tax"] for line in client.get(page.link("JSON")).get_json()["lines"]] == ["TTC"] * 4
    back = send(client, page.path, page.path + "/lignes", {"version": "1", "retire": "1"})
    assert len(back.all(".sheet-questions form")) == 1
    assert client.get(page.link("JSON")).get_json()["lines"][3]["tax"] == "TTC"


def test_a_need_outside_of_inclusive_trades_is_settled_without_one(drop: Drop, client: FlaskClient) -> None:
    page = drop("Objet;Montant HT total;Durée (mois);Lieu\nPrestations à définir;90 000;24;Maubeuge\n")
    assert "Aucun : hors des métiers du secteur inclusif" in page.one("#question-1").get_text()
    after = send(client, page.path, page.path + "/lignes", {"version": "0", "ligne": "2", "metier": "aucun"})
    assert not after.all(".sheet-questions li")
    assert "métier « Aucun : hors des métiers du secteur inclusif »" in plain(after.one(".given").get_text())
    cells = [cell.get_text(" ", strip=True) for cell in after.all("#lignes tbody tr")[0].select("td")]
    assert (cells[6][:18], cells[7]) == ("Personne de connu", "0")
    back = send(client, page.path, page.path + "/lignes", {"version": "1", "retire": "1"})
    assert "Quel métier ?" in plain(back.one(".sheet-questions").get_text())


def test_a_line_of_whom_nobody_is_known_has_nobody_to_call(drop: Drop) -> None:
    page = drop("Objet;Montant HT;Durée (mois);Lieu\nAssurance flotte automobile;120 000;48;Maubeuge\n")
    row = plain(page.all("#lignes tbody tr")[0].get_text(" ", strip=True))
    assert ("Personne de connu" in row, "à appeler" in row) == (True, False)
    assert "« Personne de connu » : pour 1 ligne, les structures à portée n’exercent pas ce métier" in plain(page.text)
