"""« L’avis », without JavaScript: the same figures as the command, thresholds that move it, and whatever may be sent."""

import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine
from werkzeug.datastructures import MultiDict

from matcher.catalogue.steward.corrections import correct_supplier
from matcher.db import open_database
from matcher.decisions.assumptions import DEFAULT, Assumptions
from matcher.decisions.opinion.document import POSITIONS
from matcher.decisions.preferences import LEAST
from matcher.decisions.question import inputs_of
from matcher.web import create_app
from matcher.web.decisions.opinion import SupposedForm
from matcher.web.frame.app_state import Desk
from tests.matcher.cli.conftest import Run, run, sample  # noqa: F401  # the command, on the same sample
from tests.matcher.web.conftest import TODAY, queries
from tests.matcher.web.reading import Read, fill, read

NEED = {
    "besoin": "Entretien des espaces verts et des berges de la Sambre",
    "lieu": "Maubeuge",
    "montant": "180000",
    "duree": "12",
}
SAID_AT = datetime(2026, 11, 24, tzinfo=UTC)
# What a page is asked, and how the command is asked the same.
SAME: tuple[tuple[Mapping[str, str], tuple[str, ...]], ...] = (
    ({}, ()),
    ({"levier": "12"}, ("--levier", "12")),
    ({"etp": "2"}, ("--etp", "2")),
    ({"heures": "3 200"}, ("--heures", "3 200")),
    ({"quantite": "20 000 m²"}, ("--quantite", "20 000 m²")),
    ({"candidats": "2", "appels": "0", "part": "80"}, ("--candidats", "2", "--appels", "0", "--part", "80")),
    ({"euros": "60 000"}, ("--euros-par-etp", "60 000")),
    ({"plancher": "1"}, ("--plancher", "1")),
    ({"ensemble": "40 k€"}, ("--ensemble", "40 k€")),
    ({"ensemble": "900 000", "nature": "autre", "dispense": "lien", "motif": "Sur étagère"},
     ("--ensemble", "900 000", "--nature", "autre", "--dispense", "lien", "--motif", "Sur étagère")),
)  # fmt: skip


def cells(page: Read, selector: str) -> list[list[str]]:
    return [
        [" ".join(cell.get_text(" ").split()) for cell in row.select("th, td")]
        for row in page.all(f"{selector} tbody tr")
    ]


def plain(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize(("asked", "options"), SAME)
@pytest.mark.usefixtures("sample")
def test_it_says_what_the_command_says(
    client: FlaskClient,
    run: Run,  # noqa: F811
    asked: Mapping[str, str],
    options: tuple[str, ...],
) -> None:
    need = ("--objet", NEED["besoin"], "--lieu", NEED["lieu"], "--montant", NEED["montant"], "--duree", NEED["duree"])
    told = run("avis", *need, "--date", TODAY.isoformat(), *options, "--format", "json").json()
    assert client.get("/avis/avis.json", query_string={**NEED, **asked}).get_json() == told
    page = read(client, "/avis", {**NEED, **asked})
    assert page.status == 200
    assert plain(told["headline"]) == page.one("h1").get_text().replace("\u00a0", " ").replace("\u202f", " ")
    for sentence in told["hypotheses"]:
        assert plain(sentence) in page.text
    standings = [one["standing"] for one in told["candidates"]]
    counts = [standings.count("connu"), standings.count("indice"), told["listed_to_call"]]
    assert [int(one.get_text()) for one in page.all(".advice-counts .serif")] == counts
    assert "%" not in page.one(".advice-counts").get_text()
    for called, shown in zip(told["called"], page.all(".advice-calls > li"), strict=False):
        assert all(plain(question) in plain(shown.get_text(" ")) for question in called["ask"])
    for row, step in zip(cells(page, "#values"), told["curve"], strict=True):
        shown = [float(cell.replace(",", ".")) for cell in row[2:]]
        exact = [step[key] for key in ("likely", "low", "high")]
        assert shown == pytest.approx(exact, abs=0.505)  # people are told whole on the page
    assert page.one("#phrase").get_text() == told["notice"] if told["notice"] else not page.all("#phrase")


@pytest.mark.parametrize("levier", ["12", "13", "14"])
def test_it_counts_and_measures_as_the_list_does(client: FlaskClient, levier: str) -> None:
    asked = {**NEED, "levier": levier}
    told = client.get("/avis/avis.json", query_string=asked).get_json()
    listed = client.get("/candidats/liste.json", query_string=asked).get_json()
    assert told["levier"] in (levier, "clause")
    of_lever = next(one for one in told["levers"] if one["levier"] == levier)
    assert [of_lever[key] for key in ("credible", "hints")] == [listed["counts"][key] for key in ("connu", "indice")]
    km = {match["id"]: match["distance_km"] for match in listed["matches"]}
    assert all(km[one["id"]] == one["distance_km"] for one in told["candidates"] if one["id"] in km)
    if told["levier"] == levier:
        assert told["listed_to_call"] == listed["counts"]["a_appeler"]
        placed = {match["id"] for match in listed["matches"] if match["place"]}
        assert {one["id"] for one in told["called"]} <= placed


def test_the_nature_of_the_buyer_is_told_once(writer: FlaskClient) -> None:
    dear = {**NEED, "montant": "180 000", "ensemble": "200 000"}
    asked = read(writer, "/avis", dear)
    assert "non connu" in [row[-1] for row in cells(asked, "#amounts")][-1]
    settings = read(writer, asked.link("Dire la nature de l’acheteur une fois pour toutes").partition("#")[0])
    fill(writer, settings, "main form.ledger", nature="autre")
    assert [row[-1] for row in cells(read(writer, "/avis", dear), "#amounts")][-1] == "non"
    assert [row[-1] for row in cells(read(writer, "/avis", {**dear, "nature": "etat"}), "#amounts")][-1] == "oui"


SMALL = {"besoin": "Entretien des espaces verts", "lieu": "Maubeuge", "montant": "30 000"}


def test_what_the_law_asks_to_buy_is_shown_with_its_text(client: FlaskClient) -> None:
    page = read(client, "/avis", {"besoin": "Fourniture de mobilier scolaire", "cpv": "39160000", "lieu": "Maubeuge"})
    rows = {row[0]: row for row in cells(page, "#devoirs table")}
    assert "article 58" in rows["Réemploi"][1]
    assert rows["Réemploi"][1].endswith("(à vérifier)")
    assert "L2111-3" in rows["SPASER"][1]


def test_a_small_need_is_bought_direct_and_three_are_named(client: FlaskClient) -> None:
    page = read(client, "/avis", SMALL)
    assert "achat direct possible" in page.one("h1").get_text()
    assert len(page.all(".advice-calls > li")) == 3
    assert "offre pertinente" in page.text
    assert [row[-1] for row in cells(page, "#amounts")] == ["non", "non", "non"]
    dear = read(client, "/avis", {**SMALL, "ensemble": "6 000 000"})
    assert "Appelez 3 structures" not in dear.one("h1").get_text()
    assert [row[-1] for row in cells(dear, "#amounts")] == ["oui", "oui", "oui"]
    assert "obligatoire depuis le" in dear.text


def test_the_words_and_the_back_test_stand_where_the_opinion_is(client: FlaskClient) -> None:
    page = read(client, "/avis", NEED)
    words = {term.get_text() for term in page.all(".words dt")}
    assert {"PMSMP", "ETP", "Achat direct"} <= words
    assert "marchés passés" in page.text
    assert "entremise evaluate reservation" in page.text


@pytest.mark.parametrize(
    ("field", "written", "said"),
    [
        ("ensemble", "beaucoup", "un montant hors taxes"),
        ("ensemble", "40 000 TTC", "hors taxes"),
        ("nature", "mairie", "dans la liste"),
        ("dispense", "flemme", "dans la liste"),
        ("dispense", "travaux-courts", "que pour des travaux de moins de six mois"),
    ],
)
def test_what_the_law_cannot_use_is_said_at_its_field(client: FlaskClient, field: str, written: str, said: str) -> None:
    page = read(client, "/avis", {**NEED, field: written})
    assert page.status == 422
    assert said in page.one(f"#{field}-faute").get_text()


def test_an_opinion_is_kept_in_a_dossier_with_its_exception_and_never_worked_out_again(writer: FlaskClient) -> None:
    asked = {**NEED, "ensemble": "900 000", "nature": "autre", "dispense": "lien", "motif": "Acheté sur étagère"}
    shown = read(writer, "/avis", asked)
    form = read(writer, shown.link("Garder cet avis"))
    kept = fill(writer, form, "main form", title="Espaces verts", qui="Léa")
    decision = kept.one("#decision-1").get_text()
    assert "Motif : Acheté sur étagère" in " ".join(decision.split())
    held = writer.get(f"{kept.path}/dossier.json").text
    assert "Acheté sur étagère" in held
    assert "L2112-2-1, II, 2°" in held


def test_how_a_yearly_amount_is_counted_is_shown_beside_the_thresholds(client: FlaskClient) -> None:
    need = "Entretien des espaces verts, 40 000 € HT par an, 1 an reconductible 3 fois"
    page = read(client, "/avis", {"besoin": need, "lieu": "Maubeuge"})
    law = plain(page.one('[aria-labelledby="loi"]').get_text(" "))
    assert "Montant : 40 000 € HT par an × 4 ans = 160 000 € HT, lu dans le texte" in law
    assert "Durée : 48 mois, dont 36 de reconduction" in law


def test_one_position_is_told(client: FlaskClient) -> None:
    page = read(client, "/avis", {**NEED, "plancher": "1"})
    assert [one.get_text() for one in page.all(".five li")] == list(POSITIONS.values())
    assert page.one(".five [aria-current]").get_text() == "réserver"
    assert "Réserver ce lot" in page.one("h1").get_text()
    assert "Un avis pour décider, pas un conseil juridique." in page.text
    assert len(page.all(".supposed li .note")) == len(list(DEFAULT.sourced_sentences()))


def test_the_drawing_holds_what_its_table_says(client: FlaskClient) -> None:
    page = read(client, "/avis", NEED)
    assert len(str(page.one(".curve .likely")["points"]).split()) == len(page.all("#values tbody tr"))
    heights = [float(point.split(",")[1]) for point in str(page.one(".curve .likely")["points"]).split()]
    assert heights == sorted(heights)  # fewer candidates, lower: y grows downwards
    assert page.all(".curve .lot-at")
    assert not read(client, "/avis", {**NEED, "montant": ""}).all(".curve .lot-at")


def test_what_can_be_moved_moves_it_and_stays_in_the_form(client: FlaskClient) -> None:
    before = read(client, "/avis", {**NEED, "levier": "12", "type": "ESAT"})
    form = dict(before.values(before.one("main form")))
    assert form["part"] == "50"
    assert form["levier"] == "12"
    after = read(client, "/avis", {**form, "plancher": "1", "part": "100", "etp": "0,5"})
    assert "Réserver ce lot" in after.one("h1").get_text()
    held = dict(after.values(after.one("main form")))
    assert {name: held[name] for name in ("plancher", "part", "etp", "levier", "type")} == {
        "plancher": "1",
        "part": "100",
        "etp": "0,5",
        "levier": "12",
        "type": "ESAT",
    }
    assert "part=100" in after.link("L2113-14")
    assert not read(client, after.link("Revenir aux valeurs usuelles")).one("#etp")["value"]


def test_every_page_of_a_need_leads_to_it(client: FlaskClient) -> None:
    asked = {**NEED, "levier": "12"}
    found = read(client, "/candidats", asked)
    for page in (
        found,
        read(client, found.link("Le calcul, point par point")),
        read(client, "/dossiers/retenir", asked),
    ):
        step = next(link for link in page.all(".thread a, .to-opinion") if "avis" in link.get_text())
        assert read(client, str(step["href"])).one("h1").get_text() == read(client, "/avis", asked).one("h1").get_text()
    assert read(client, read(client, "/avis", asked).link("Les candidats")).path == "/candidats"


def test_a_need_in_doubt_is_asked_its_trade_first(client: FlaskClient) -> None:
    page = read(client, "/avis", {"besoin": "Prestations à définir"})
    assert page.status == 200
    assert "Dites d’abord le métier" in page.one("h1").get_text()
    assert not page.all(".curve, .advice-counts, .five [aria-current]")
    told = client.get("/avis/avis.json", query_string={"besoin": "Prestations à définir"}).get_json()
    counts = ("credible", "confirmed", "hints", "to_call", "expected", "able")
    assert {one[name] for one in told["levers"] for name in counts} == {None}, "nobody was counted: that is no zero"
    assert (told["curve"], told["largest"], told["listed_to_call"]) == ([], None, None)


def test_the_likeliest_trades_are_one_tap_each(client: FlaskClient) -> None:
    page = read(client, "/avis", {"besoin": "nettoyage des collèges (16 sites)", "lieu": "Maubeuge"})
    assert "Dites d’abord le métier" in page.one("h1").get_text()
    answers = page.all(".question.trade a.answer")
    assert 2 <= len(answers) <= 3
    assert answers[0].get_text() == "Nettoyage de locaux"
    after = read(client, str(answers[0]["href"]))
    assert "Dites d’abord le métier" not in after.one("h1").get_text()
    assert not after.all(".question.trade")


def test_nobody_draws_no_curve(client: FlaskClient) -> None:
    page = read(client, "/avis", {"besoin": "Traiteur", "lieu": "Brest (29)"})
    assert page.one(".five [aria-current]").get_text() == "personne"
    assert not page.all(".curve")


def test_an_empty_catalogue_is_no_failure(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{(tmp_path / 'vide.sqlite').as_posix()}")
    page = read(create_app(engine, today=lambda: TODAY).test_client(), "/avis", NEED)
    engine.dispose()
    assert page.status == 200
    assert "Le catalogue est vide" in page.text


def test_it_is_taken_away_as_a_workbook(client: FlaskClient) -> None:
    answer = client.get("/avis/avis.xlsx", query_string=NEED)
    assert f'filename="avis-{TODAY.isoformat()}.xlsx"' in answer.headers["Content-Disposition"]
    assert CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).sheet_names[0] == "Réponse"


@pytest.mark.parametrize(
    ("field", "written", "said"),
    [
        ("heures", "0", "nombre positif"),
        ("heures", "-12", "nombre positif"),
        ("heures", "−12", "nombre positif"),
        ("heures", "1 000 000 000", "vérifiez le nombre"),
        ("etp", "beaucoup", "nombre positif"),
        ("etp", "1000000000", "vérifiez le nombre"),
        ("quantite", "12 palmiers", "l’unité n’est pas connue"),
        ("quantite", "1000000000 m²", "vérifiez le nombre"),
        ("part", "souvent", "un nombre de 1 à 100"),
        ("part", "0", "un nombre de 1 à 100"),
        ("part", "3 à 5", "un nombre de 1 à 100"),
        ("plancher", "1000000000", "un nombre entier de 1 à 50"),
        ("plancher", "1,5", "un nombre entier"),
        ("candidats", "-3", "un nombre entier de 1 à 50"),
        ("appels", "−1", "un nombre entier de 0 à 200"),
        ("part", "101", "un nombre de 1 à 100"),
        ("euros", "1", "un nombre de 1 000 à 1 000 000"),
    ],
)
def test_what_cannot_be_used_is_said_under_its_field_and_kept(
    client: FlaskClient, field: str, written: str, said: str
) -> None:
    page = read(client, "/avis", {**NEED, field: written})
    assert page.status == 422
    assert said in plain(page.one(f"#{field}-faute").get_text())
    assert page.one(f"#{field}")["value"] == written
    assert page.one(f"#{field}")["aria-invalid"] == "true"
    assert not page.all(".five")
    assert client.get("/avis/avis.json", query_string={**NEED, field: written}).status_code == 400


def test_an_amount_no_lot_has_is_said(client: FlaskClient) -> None:
    page = read(client, "/avis", {**NEED, "montant": "9000000000"})
    assert page.status == 422
    assert "vérifiez le nombre" in page.text


def test_an_amount_with_its_tax_is_asked_without(client: FlaskClient) -> None:
    page = read(client, "/avis", {**NEED, "montant": "180 000 € TTC"})
    assert page.status == 422
    assert "hors taxes" in page.one("#montant-faute").get_text()


def test_a_need_that_cannot_be_used_is_asked_again(client: FlaskClient) -> None:
    page = read(client, "/avis", {"montant": "beaucoup"})
    assert page.status == 422
    assert page.one("main form")["action"] == "/candidats"
    assert client.get("/avis/avis.json").status_code == 400


def test_what_the_form_shows_by_default_is_what_holds_by_default(client: FlaskClient) -> None:
    form = SupposedForm(MultiDict())
    usual = {its.field_name: form[its.field_name].shown_text for its in inputs_of(Assumptions).values()}
    told = client.get("/avis/avis.json", query_string=NEED).get_json()
    assert client.get("/avis/avis.json", query_string={**NEED, **usual}).get_json() == told
    assert json.dumps(told)


def test_queries_do_not_grow_with_the_candidates(client: FlaskClient, engine: Engine) -> None:
    read(client, "/avis", NEED)
    with queries(engine) as sent:
        read(client, "/avis", {**NEED, "appels": "0"})
    with queries(engine) as more:
        read(client, "/avis", {**NEED, "appels": "200"})
    assert len(more) == len(sent) <= 7


def test_what_contracts_suit_those_known_is_counted_on_the_page_and_in_json(own: Engine, writer: FlaskClient) -> None:
    def told() -> Mapping[str, Any]:
        its: Mapping[str, Any] = writer.get("/avis/avis.json", query_string=NEED).get_json()
        return its

    before = told()
    known = [one["id"] for one in before["candidates"] if one["standing"] == "connu"][:LEAST]
    assert (len(known), before["preferred"]["size"]["answered"], before["preferred"]["size"]["says"]) == (
        LEAST,
        0,
        None,
    )
    page = read(writer, "/avis", NEED)
    assert ("le marché qui leur irait : aucune ne l’a dit" in page.text, page.all("#quel-marche")) == (True, [])
    for place, key in enumerate(known):
        correct_supplier(own, key, {"marche": ["moins de 10 000 €"]}, author="Léa", motive="", now=SAID_AT)
        page = read(writer, "/avis", NEED)
        assert ("préfèrent moins de" in page.text) == (place + 1 == LEAST)
        assert ("les réponses sont comptées à partir de 3" in page.text) == (place + 1 < LEAST)
    assert "3 sur 3 préfèrent moins de 10 000 €" in page.text
    assert cells(page, "#lignes-quel-marche") == [["Taille", "moins de 10 000 €", "3", "3"]]
    its = told()["preferred"]
    assert its["size"]["says"] == "3 sur 3 préfèrent moins de 10 000 €"
    assert its["size"]["silent"] == its["organisations"] - LEAST
    assert [one["count"] for one in its["size"]["choices"]] == [3, 0, 0, 0, 0]
    assert its["duration"] == {"answered": 0, "silent": its["organisations"], "choices": None, "says": None}


def test_an_opinion_older_than_the_catalogue_says_so(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "vient de changer" not in read(client, "/avis", NEED).one("main").get_text()
    monkeypatch.setattr(Desk, "behind", lambda _: True)
    notice = read(client, "/avis", NEED).one("main .notice[role=status]")
    assert "répond encore de sa version d’avant" in notice.get_text()
    assert notice.find("a")
