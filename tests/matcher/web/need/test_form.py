"""« Décrire le besoin »: one field is enough, what was typed is never lost, completion answers as one types."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from tests.matcher.web.conftest import queries
from tests.matcher.web.reading import EACH_NASTY, NASTY, read


def test_the_first_page_asks_for_the_need_and_little_else(client: FlaskClient) -> None:
    page = read(client, "/")
    assert page.status == 200
    named = {str(field["name"]) for field in page.all("main [name]")}
    assert named == {"besoin", "lieu", "cpv", "montant", "duree", "levier", "debut", "acheteur"}
    for field in page.all("main input[id], main textarea, main select"):
        assert page.all(f'label[for="{field["id"]}"]'), field
    assert page.one("h1")
    assert len(page.all(".button.main")) == 1


def test_what_the_address_says_fills_the_form(client: FlaskClient) -> None:
    page = read(
        client,
        "/",
        {"besoin": "Traiteur & <b>buffet</b>", "lieu": ["Lille", "Douai"], "levier": "13", "montant": "180 000"},
    )
    assert page.one("#besoin").get_text() == "Traiteur & <b>buffet</b>"
    assert page.one("#lieu")["value"] == "Lille ; Douai"
    assert page.one("#levier option[selected]")["value"] == "13"
    assert page.one("#montant")["value"] == "180 000"


@pytest.mark.parametrize(
    ("chosen", "field"),
    [
        (["insee:59350", "insee:62041"], "Lille ; Arras"),
        (
            ["dep:59", "epci:200043396", "arr:593"],
            "Nord ; Communauté d'agglomération Maubeuge Val de Sambre ; Arrondissement de Douai",
        ),
        (["insee:93066", "50.27000,3.97000"], "Saint-Denis (93) ; 50.27000,3.97000"),
    ],
)
def test_places_chosen_since_are_in_the_form_as_one_would_type_them(
    client: FlaskClient, chosen: list[str], field: str
) -> None:
    page = read(client, "/", {"besoin": "Tonte à Lille", "lieu": "Lens", "ou": chosen})
    assert page.one("#lieu")["value"] == field
    again = read(client, "/candidats", {"besoin": "Tonte à Lille", "lieu": field})
    kept = {str(button["value"]) for button in again.all(".chip button") if str(button["value"]).startswith("ou:")}
    assert kept == {f"ou:{code}" for code in chosen}
    assert read(client, "/", {"besoin": "Tonte à Lille", "lieu": "Lens", "ou": "aucun"}).one("#lieu")["value"] == ""


def test_a_need_that_cannot_be_used_comes_back_with_what_to_write(client: FlaskClient) -> None:
    page = read(
        client,
        "/candidats",
        {"besoin": "Traiteur", "montant": "environ", "duree": "longtemps", "debut": "demain", "cpv": "espaces verts"},
    )
    assert page.status == 422
    assert "Le montant doit être un nombre, par exemple 180 000. Vous avez écrit « environ »." in page.text
    assert "Peut-être : 77310000" in page.text
    assert page.one("#besoin").get_text() == "Traiteur"
    for name in ("montant", "duree", "debut", "cpv"):
        field = page.one(f"#{name}")
        assert field["aria-invalid"] == "true"
        assert page.one(f"#{field['aria-describedby']}").get_text().strip()
        assert page.all(f'.faults a[href="#{name}"]')


def test_of_a_page_pasted_whole_its_text_is_read_and_not_its_styles(client: FlaskClient) -> None:
    style = "<style>.peinture { color: red } .batiment { margin: 0 }</style>" * 60
    page = read(client, "/", {"besoin": f"<html>{style}<nav>Travaux de peinture</nav><p>Tonte des pelouses</p></html>"})
    assert page.one("#besoin").get_text() == "Tonte des pelouses"


@pytest.mark.parametrize(
    ("written", "said"), [("50-100 k€", "fourchette"), ("< 90 000", "limite"), ("15 000 € / an", "montant par an")]
)
def test_a_size_that_is_no_one_number_says_why(client: FlaskClient, written: str, said: str) -> None:
    page = read(client, "/candidats", {"besoin": "Traiteur", "montant": written})
    assert page.status == 422
    assert said in page.one("#montant-faute").get_text()


@pytest.mark.parametrize("written", ["0", "-5", "−5", "-1 000"])
def test_a_size_of_nothing_or_less_is_asked_to_be_more_than_zero(client: FlaskClient, written: str) -> None:
    page = read(client, "/candidats", {"besoin": "Traiteur", "montant": written, "duree": written})
    assert page.status == 422
    assert f"Le montant doit être plus grand que zéro. Vous avez écrit « {written} »." in page.text
    assert f"La durée doit être plus grande que zéro. Vous avez écrit « {written} »." in page.text


@pytest.mark.parametrize("sent", [{}, {"besoin": ""}, {"besoin": "   "}, {"lieu": "Lille"}])
def test_no_need_is_said_plainly(client: FlaskClient, sent: dict[str, str]) -> None:
    page = read(client, "/candidats", sent)
    assert page.status == 422
    assert "Décrivez le besoin en une phrase" in page.text


@EACH_NASTY
@pytest.mark.parametrize("what", ["lieux", "cpv", "activites"])
def test_completion_answers_lines_and_survives_anything(client: FlaskClient, what: str) -> None:
    found = client.get(f"/completion/{what}?q=" + {"lieux": "maub", "cpv": "7731", "activites": "traiteur"}[what]).json
    assert found
    assert set(found[0]) == {"value", "label", "what"}
    for nasty in NASTY:
        answer = client.get(f"/completion/{what}", query_string={"q": nasty})
        assert answer.status_code == 200
        assert isinstance(answer.json, list)
    assert client.get("/completion/autre?q=x").status_code == 404


def test_the_form_asks_the_catalogue_for_its_name_alone(client: FlaskClient, engine: Engine) -> None:
    read(client, "/")
    with queries(engine) as sent:
        read(client, "/")
    assert len(sent) <= 3  # the version of the catalogue, and the organisation that asks
    with queries(engine) as sent:
        client.get("/completion/lieux?q=maub")
    assert sent == []


def test_the_first_page_says_which_sources_are_late(client: FlaskClient) -> None:
    said = read(client, "/").text
    assert "À reprendre" in said
    assert "FINESS (repris le" not in said, "the sample was imported this month"
