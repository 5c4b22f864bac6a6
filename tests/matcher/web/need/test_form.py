"""« Décrire le besoin »: one field is enough, nothing typed is lost, completion as one types; and each part beside it where it has something to say."""

import re
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from matcher.accounts.organisations import OrganisationProfile
from matcher.accounts.organisations import create_organisation as open_organisation
from matcher.accounts.roles import Role
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.db import open_database
from matcher.decisions.clause.followup import HoursPromise, MonthHours
from matcher.dossiers.changes import SetCourse
from matcher.dossiers.dossier import Course, DossierHeader
from matcher.dossiers.insertion_changes import PromiseHours, RecordHours
from matcher.dossiers.store import change_dossier, create_dossier
from matcher.ownership import FIRST_ORGANISATION, OrganisationId
from matcher.web import create_app
from matcher.web.frame.app_state import EXTENSION
from matcher.web.frame.visitor import MOST_NEEDS
from matcher.web.need.answer import answer_on
from matcher.web.need.home import ENOUGH, around, example
from tests.factories import raw, siret, taking
from tests.matcher.web.conftest import OPENED, TODAY, queries, signed_in
from tests.matcher.web.dossier_pages import entry, opened
from tests.matcher.web.reading import fill, read


def test_the_first_page_asks_for_the_need_and_little_else(client: FlaskClient) -> None:
    page = read(client, "/")
    assert page.status == 200
    named = {str(field["name"]) for field in page.all("main [name]")}
    who_one_is = {"csrf_token", "persona"}  # until it is said
    assert named == {"besoin", "lieu", "cpv", "montant", "duree", "levier", "debut", "acheteur", *who_one_is}
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


@pytest.mark.parametrize(("what", "typed"), [("lieux", "maub"), ("cpv", "7731"), ("activites", "traiteur")])
def test_completion_answers_lines(client: FlaskClient, what: str, typed: str) -> None:
    answer = client.get(f"/completion/{what}", query_string={"q": typed}).json
    assert set(answer[0]) == {"value", "label", "what"}
    assert client.get("/completion/autre?q=x").status_code == 404


def test_the_form_asks_the_catalogue_for_its_name_alone(client: FlaskClient, engine: Engine) -> None:
    read(client, "/")
    with queries(engine) as sent:
        read(client, "/")
    assert len(sent) <= 3  # the version of the catalogue, and the organisation that asks
    with queries(engine) as sent:
        client.get("/completion/lieux?q=maub")
    assert sent == []


def test_the_first_page_says_which_sources_are_late(client: FlaskClient, own: Engine) -> None:
    said = read(client, "/").text
    assert "Pas encore au catalogue : " in said
    assert re.search(r"Pris d’un fichier, ou en partie : .*FINESS \(données d", said), (
        "a part of a directory is not nothing"
    )
    assert "FINESS (repris le" not in said, "the sample was imported this month"
    with own.begin() as connection:
        connection.execute(text("UPDATE import_run SET complete = true WHERE source = 'finess'"))
    later = create_app(own, today=lambda: date(2028, 11, 25)).test_client()
    assert re.search(r"Annuaires à reprendre : .*FINESS \(repris le", read(later, "/").text)


@pytest.fixture
def days() -> list[date]:
    """The day on the wall, which a test may turn."""
    return [TODAY]


@pytest.fixture
def app(own: Engine, days: list[date]) -> Flask:
    app = create_app(own, today=lambda: days[-1])
    app.testing = True
    return app


@pytest.fixture
def visitor(app: Flask) -> FlaskClient:
    return app.test_client()


def recent(client: FlaskClient) -> list[str]:
    return [" ".join(link.get_text().split()) for link in read(client, "/").all(".home-recent a")]


def test_a_first_visit_has_an_example_that_leads_to_as_many_as_it_says(visitor: FlaskClient) -> None:
    page = read(visitor, "/")
    assert page.all("aside, .home-recent") == []
    part = page.one("section[aria-labelledby=exemple]").get_text(" ")
    found = read(visitor, page.link("Ouvrir l’exemple"))
    said = found.one("#les-candidats h1, h1").get_text(" ")
    assert found.status == 200
    assert " ".join(said.split()).split(" ")[0] in part
    assert read(visitor, "/").link("Ouvrir l’exemple") == page.link("Ouvrir l’exemple")


def test_an_empty_catalogue_says_how_to_fill_it(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{(tmp_path / 'vide.sqlite').as_posix()}")
    page = read(create_app(engine, today=lambda: TODAY).test_client(), "/")
    engine.dispose()
    assert page.status == 200
    assert "Le catalogue est vide" in page.text
    assert page.all("section[aria-labelledby=exemple] a, section[aria-labelledby=exemple] button")


def test_what_is_optional_is_folded_until_it_says_something(visitor: FlaskClient) -> None:
    assert not read(visitor, "/").one("details.need-more").has_attr("open")
    assert not read(visitor, "/", {"besoin": "Tonte", "lieu": "Lille"}).one("details.need-more").has_attr("open")
    for field in ({"montant": "9000"}, {"levier": "12"}, {"acheteur": "123"}):
        assert read(visitor, "/", {"besoin": "Tonte", **field}).one("details.need-more").has_attr("open")
    assert (
        read(visitor, "/candidats", {"besoin": "Tonte", "duree": "longtemps"}).one("details.need-more").has_attr("open")
    )
    assert read(visitor, "/candidats", {"besoin": ""}).one("#besoin-faute")


def test_the_last_needs_are_kept_in_the_browser_and_few(visitor: FlaskClient) -> None:
    for number in range(7):
        read(visitor, "/candidats", {"besoin": f"Tonte {number}", "lieu": "Maubeuge"})
    assert recent(visitor) == [f"Tonte {number}" for number in (6, 5, 4, 3, 2)]
    assert len(recent(visitor)) == MOST_NEEDS
    read(visitor, "/candidats", {"besoin": "Tonte 3", "lieu": "Lille", "bande": "indice"})
    assert recent(visitor) == [f"Tonte {number}" for number in (3, 6, 5, 4, 2)]
    again = read(visitor, read(visitor, "/").link("Tonte 3"))
    assert again.status == 200
    assert "Lille" in again.text
    read(visitor, "/candidats", {"besoin": "Tonte " * 100})
    read(visitor, "/candidats", {"besoin": "Tonte", "montant": "environ"})
    assert len(recent(visitor)) == MOST_NEEDS, "neither a long one nor one with a fault"


def test_the_last_needs_are_forgotten_at_one_tap(visitor: FlaskClient, own: Engine) -> None:
    read(visitor, "/candidats", {"besoin": "Tonte des pelouses"})
    page = fill(visitor, read(visitor, "/"), "form[action$=oubli]")
    assert page.all(".home-recent a") == []
    assert "oubliés" in page.text
    with queries(own) as sent:
        read(visitor, "/candidats", {"besoin": "Tonte des pelouses"})
    assert not any(statement.startswith(("INSERT", "UPDATE")) for statement in sent)


def test_a_need_pasted_by_an_enemy_is_text(visitor: FlaskClient) -> None:
    read(visitor, "/candidats", {"besoin": "<script>alert(1)</script> tonte & « taille »"})
    (link,) = read(visitor, "/").all(".home-recent a")
    assert link.select("script") == []
    assert read(visitor, str(link["href"])).status == 200


def test_signing_out_forgets_the_browser(team: Flask) -> None:
    reader = signed_in(team, Role.READER)
    read(reader, "/candidats", {"besoin": "Tonte"})
    assert recent(reader) == ["Tonte"]
    fill(reader, read(reader, "/"), "form[action='/deconnexion']")
    assert recent(signed_in(team, Role.READER)) == []


def test_what_came_since_the_visit_before_is_told(
    visitor: FlaskClient, own: Engine, days: list[date], tmp_path: Path
) -> None:
    assert "Ce qui a changé" not in read(visitor, "/").text
    days.append(TODAY + timedelta(days=4))
    assert "Ce qui a changé" not in read(visitor, "/").text, "nothing has"
    at = datetime.combine(TODAY + timedelta(days=2), datetime.min.time())
    taking(own, tmp_path, at)(raw("1", "Atelier neuf", siret=siret(700)))
    for _ in range(2):  # the same all along a day
        page = read(visitor, "/").text
        assert "depuis le 25 novembre 2026" in page
        assert "1 structure nouvelle" in page
    days.append(TODAY + timedelta(days=9))
    assert "Ce qui a changé" not in read(visitor, "/").text


def test_who_signs_in_is_told_since_they_did_before(team: Flask) -> None:
    reader = signed_in(team, Role.READER)
    with reader.session_transaction() as session:
        assert "vu" not in session
    read(reader, "/")
    again = signed_in(team, Role.READER)
    with again.session_transaction() as session:
        assert session["vu"]


def test_what_is_due_in_the_last_dossiers_is_on_top(visitor: FlaskClient, days: list[date], own: Engine) -> None:
    page = opened(visitor, keep=1)
    assert "Contacter" in read(visitor, "/").one(".home-due").get_text(" ")
    entry(visitor, page, 1, statut="contacté")
    assert read(visitor, "/").all(".home-due") == []
    days.append(TODAY + timedelta(days=10))
    assert "Relancer" in read(visitor, "/").one(".home-due").get_text(" ")
    with queries(own) as sent:
        read(visitor, "/")
    assert len(sent) <= 5


def test_the_dossiers_of_one_organisation_alone(team: Flask) -> None:
    engine = team.extensions[EXTENSION].engine
    other = _other(engine)
    for owner, title in ((FIRST_ORGANISATION, "Berges"), (other, "Secret")):
        create_dossier(engine, owner, DossierHeader(title), author="essai", now=datetime(2026, 11, 20))  # noqa: DTZ001
    assert recent(signed_in(team, Role.READER)) == ["Berges"]


def test_few_queries_the_first_time_and_fewer_after(visitor: FlaskClient, own: Engine, days: list[date]) -> None:
    for _ in range(3):
        opened(visitor, keep=2)
    read(visitor, "/")
    days.append(TODAY + timedelta(days=3))
    with queries(own) as first:
        read(visitor, "/")
    with queries(own) as after:
        read(visitor, "/")
    assert len(first) <= 20
    assert len(after) <= 5


def _other(engine: Engine) -> OrganisationId:
    return open_organisation(engine, OrganisationProfile("Agglomération"), author="essai", now=OPENED).id


def test_the_next_step_of_a_dossier_is_due_in_its_week(app: Flask, visitor: FlaskClient, own: Engine) -> None:
    at = datetime(2026, 11, 20)  # noqa: DTZ001
    for title, on in (("Berges", TODAY + timedelta(days=3)), ("Tonte", TODAY + timedelta(days=30)), ("Vitres", None)):
        made = create_dossier(own, FIRST_ORGANISATION, DossierHeader(title), author="essai", now=at)
        step = SetCourse(Course(next_step=f"Relire {title}", next_on=on))
        change_dossier(own, FIRST_ORGANISATION, made.id, [step], version=made.version, author="essai", now=at)
    promise = PromiseHours(HoursPromise(100, date(2026, 9, 1)))
    planned = RecordHours((MonthHours(date(2026, 9, 1), "etti", planned=10),))
    change_dossier(own, FIRST_ORGANISATION, made.id, [promise, planned], version=None, author="essai", now=at)
    due = " ".join(read(visitor, "/").one(".home-due").get_text(" ").split())
    assert "Relire Berges, le 28 novembre 2026." in due
    assert "Relire Vitres." in due
    assert "Heures faites à noter : sept. 2026." in due
    assert "Relire Tonte" not in due


def test_it_counts_those_within_reach_and_what_is_known_of_them(app: Flask) -> None:
    desk = app.extensions[EXTENSION]
    with app.test_request_context("/"):
        near = around(desk, "Maubeuge")
        assert near is not None
        assert near.place == "Maubeuge"
        assert 0 < near.suppliers < len(desk.shelf())
        assert near.known.keys() == {"métier", "téléphone", "effectif"}
        assert all(0 <= known <= near.suppliers for known in near.known.values())
        assert near.known["métier"] > 0
        assert around(desk, "Maubeuge") is near


def test_a_place_that_is_none_counts_nobody(app: Flask) -> None:
    with app.test_request_context("/"):
        assert around(app.extensions[EXTENSION], "nulle part de connu") is None
        assert around(app.extensions[EXTENSION], "Saint-Denis (974)") is None


ASKED_ON = date(2026, 11, 25)


def test_it_finds_what_it_says_and_stays_the_same(app: Flask, engine: Engine) -> None:
    shelf = load_shelf(engine)
    with app.test_request_context("/"):
        shown = example(shelf, ASKED_ON, "")
        assert shown is not None
        found = answer_on(shelf, ASKED_ON, shown.query)
        assert shown.known == found.known_count > 0
        assert shown.first == found.candidates[0]
        assert example(shelf, ASKED_ON, "") is shown


def test_it_is_where_the_buyer_is_when_enough_are_known_there(app: Flask, engine: Engine) -> None:
    shelf = load_shelf(engine)
    with app.test_request_context("/"):
        near, far = example(shelf, ASKED_ON, "Maubeuge (59)"), example(shelf, ASKED_ON, "Cayenne (973)")
    assert near is not None
    assert far is not None
    if near.known >= ENOUGH:
        assert near.query.text("lieu") == "Maubeuge (59)"
    assert not far.query.text("lieu")


def test_nothing_is_shown_of_a_catalogue_that_knows_nobody(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{(tmp_path / 'vide.sqlite').as_posix()}")
    with create_app(engine).test_request_context("/"):
        assert example(load_shelf(engine), ASKED_ON, "Lille") is None
    engine.dispose()
