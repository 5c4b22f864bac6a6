"""The page of a secret link: opened by robots, answered, corrected, withdrawn; closed alike for all that opens nothing; hostile fields."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from matcher.accounts.throttle import MOST_BY_ADDRESS
from matcher.answers.fact import SharedFact, SharedWithdrawal
from matcher.answers.keys import signing_key
from matcher.answers.sharing import agree_by_telephone, note_handing, outgoing
from matcher.catalogue.store.read import catalogue_version, find_supplier
from matcher.db import open_database, reading, writing
from matcher.dossiers.asking.campaign import about_lot
from matcher.dossiers.asking.store import create_campaign, end_campaign, load_campaign
from matcher.dossiers.changes import AddLot
from matcher.dossiers.frozen_list import freeze
from matcher.dossiers.messages import amounts_in
from matcher.dossiers.store import change_dossier, load_dossier
from matcher.dossiers.store import create_dossier as open_dossier
from matcher.ownership import FIRST_ORGANISATION
from matcher.web import create_app
from tests.engines import dump
from tests.factories import siret
from tests.matcher.answers.installations import private, state_answer
from tests.matcher.dossiers.asking.campaigns import (
    BY,
    GREEN,
    MONTHS,
    NOW,
    asked,
    filled,
    say_controller,
    secrets,
)
from tests.matcher.dossiers.kept import HEADER, IDS, SHORTLIST, WHO
from tests.matcher.notices.watching.followed import take
from tests.matcher.notices.written import lot, notice
from tests.matcher.web.reading import EACH_NASTY, Read, fill, harmless, nasty_fields, read, send

FORM = 'form[action^="/r/"]:not([action$="retrait"], [action$="marche"])'
WISHES = 'form[action$="marche"]'
WISHED = ("contract_size", "contract_duration", "contract_season")


@pytest.fixture(autouse=True)
def said_who(monkeypatch: pytest.MonkeyPatch) -> None:
    say_controller(monkeypatch)


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Engine]:
    """A catalogue of three who are asked about a lot."""
    engine = open_database(f"sqlite:///{(tmp_path / 'catalogue.sqlite').as_posix()}")
    filled(engine, tmp_path)
    dossier = open_dossier(engine, FIRST_ORGANISATION, HEADER, author=WHO, now=NOW)
    change_dossier(
        engine,
        FIRST_ORGANISATION,
        dossier.id,
        [AddLot("Berges", freeze(SHORTLIST), IDS[:2])],
        version=1,
        author=WHO,
        now=NOW,
    )
    yield engine
    engine.dispose()


@pytest.fixture
def link(team: Engine) -> str:
    draft = about_lot(load_dossier(team, FIRST_ORGANISATION, 1), 1, BY)
    number = create_campaign(
        team, FIRST_ORGANISATION, draft, IDS[:3], BY, author=WHO, now=NOW, months=MONTHS
    ).campaign.id
    return f"/r/{secrets(team, number)[siret(1)]}"


@pytest.fixture
def structure(team: Engine) -> FlaskClient:
    """The telephone of a structure."""
    app: Flask = create_app(team, clock=lambda: NOW)
    app.testing = True
    return app.test_client()


def test_the_estimate_is_not_told_to_who_answers(structure: FlaskClient, link: str) -> None:
    assert SHORTLIST.reading.lot.montant, "there is one to be told"
    page = read(structure, link)
    assert amounts_in(page.one("main").get_text(" ")) == ()
    answered = fill(structure, page, FORM, workers="12")
    answered.one("#marche").extract()  # sizes that all are asked alike, in general
    assert amounts_in(answered.one("main").get_text(" ")) == ()


def answer(structure: FlaskClient, link: str, **typed: object) -> Read:
    return fill(structure, read(structure, link), FORM, **typed)


def test_a_robot_that_opens_the_link_changes_nothing(structure: FlaskClient, link: str, team: Engine) -> None:
    before = dump(team)
    for _ in range(3):
        assert structure.get(link).status_code == 200
        assert structure.head(link).status_code == 200
    assert structure.get(f"{link}/retrait").status_code == 405
    assert dump(team) == before
    page = read(structure, link)
    for said in (
        "Une minute pour dire ce que vous faites",
        "Atelier 1",
        "Répondre ne vous engage à rien",
        "1 place de la Mairie",
        "cnil.fr",
    ):
        assert said in page.text
    assert "€" not in page.text
    assert structure.get(link).headers["Referrer-Policy"] == "same-origin"


def test_an_answer_enters_is_shown_again_and_corrected(structure: FlaskClient, link: str, team: Engine) -> None:
    page = read(structure, link)
    trade = page.all('input[name^="metier-"]')[0]["name"]
    done = answer(
        structure,
        link,
        **{str(trade): "oui"},
        workers="32",
        area="30 km",
        phone="03 53 01 20 20",
        contact="Accueil",
        available="oui",
    )
    assert "C’est reçu, merci." in done.text
    assert "Téléphone : 03 53 01 20 20" in done.text
    found = find_supplier(team, siret(1))
    assert found is not None
    assert (found.workers, found.area_codes) == (32, ("km:30",))
    assert [one.code for one in found.activities] == [str(trade).removeprefix("metier-")]
    again = read(structure, link)
    assert "C’est reçu, merci." in again.text
    assert again.one("#workers")["value"] == "32"
    version = catalogue_version(team)
    answer(structure, link, workers="40")
    found = find_supplier(team, siret(1))
    assert found is not None
    assert found.workers == 40
    assert found.activities, "what was said before is still in the form"
    assert catalogue_version(team) > version


@pytest.mark.parametrize(
    ("typed", "where", "said"),
    [
        ({}, "trades", "Rien n’est répondu"),
        ({"workers": "beaucoup"}, "workers", "beaucoup"),
        ({"phone": "12"}, "phone", "12"),
        ({"added": "zzzz qqqq"}, "added", "non reconnue"),
    ],
)
def test_what_is_not_understood_is_said_and_nothing_is_written(
    structure: FlaskClient, link: str, team: Engine, typed: dict[str, str], where: str, said: str
) -> None:
    before = dump(team)
    page = answer(structure, link, **typed)
    assert page.status == 422
    assert said in page.one(f"#{where}-faute").get_text()
    assert dump(team) == before


def test_a_link_that_opens_nothing_is_one_page_for_all(structure: FlaskClient, link: str, team: Engine) -> None:
    end_campaign(team, FIRST_ORGANISATION, 1, now=NOW, key=siret(2))
    forged = [
        read(structure, address) for address in ("/r/x", f"/r/{'x' * 32}", f"/r/{'x' * 5_000}", "/r/%00", f"{link}x")
    ]
    token = read(structure, link).all('input[name="csrf_token"]')[0]["value"]
    end_campaign(team, FIRST_ORGANISATION, 1, now=NOW)
    closed = read(structure, link)
    assert {page.status for page in (*forged, closed)} == {404}
    assert {page.text for page in (*forged, closed)} == {closed.text}
    assert "Atelier" not in closed.text
    assert structure.post(link, data={"csrf_token": token, "workers": "3"}).status_code == 404
    assert load_campaign(team, FIRST_ORGANISATION, 1).answered_structures == ()


def test_a_structure_takes_its_answers_back_then_leaves(structure: FlaskClient, link: str, team: Engine) -> None:
    answer(structure, link, workers="32")
    page = fill(structure, read(structure, link), 'form[action$="retrait"]', faire="effacer")
    assert "Une minute" in page.text
    assert load_campaign(team, FIRST_ORGANISATION, 1).answered_structures == ()
    assert fill(structure, page, 'form[action$="retrait"]', faire="autre").status == 400
    gone = fill(structure, page, 'form[action$="retrait"]', faire="quitter")
    assert "C’est fait." in gone.text
    assert find_supplier(team, siret(1)) is None
    assert read(structure, link).status == 404


def test_what_is_sent_without_a_token_too_large_or_too_often_is_refused(
    structure: FlaskClient, link: str, team: Engine
) -> None:
    assert structure.post(link, data={"workers": "3"}).status_code == 400
    token = read(structure, link).all('input[name="csrf_token"]')[0]["value"]
    assert structure.post(link, data={"csrf_token": token, "workers": "3" * 5_000_000}).status_code == 413
    assert load_campaign(team, FIRST_ORGANISATION, 1).answered_structures == ()
    codes = [answer(structure, link, workers=str(number + 1)).status for number in range(MOST_BY_ADDRESS + 1)]
    assert codes == [200] * MOST_BY_ADDRESS + [429]


def test_html_and_formulas_stay_text(structure: FlaskClient, link: str) -> None:
    page = answer(structure, link, workers="3", capacity='=HYPERLINK("http://x")', contact="<script>alert(1)</script>")
    assert "<script>alert(1)" not in page.html
    assert "Qui appeler : <script>alert(1)</script>" in page.text


@EACH_NASTY
def test_no_field_gives_an_error_of_ours(structure: FlaskClient, link: str, team: Engine) -> None:
    page = read(structure, link)
    fields = ("added", "workers", "area", "capacity", "contact", "phone", "email", "available", f"metier-{GREEN}")
    for field, nasty in nasty_fields(*fields):
        harmless(fill(structure, page, FORM, **{field: nasty}), field, nasty)


def test_without_the_controller_nothing_is_asked(
    structure: FlaskClient, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ENTREMISE_CONTROLLER_NAME")
    assert read(structure, link).status == 503


def test_a_campaign_about_no_need_asks_of_none(structure: FlaskClient, team: Engine) -> None:
    number = asked(team).campaign.id
    page = read(structure, f"/r/{secrets(team, number)[siret(1)]}")
    assert page.all('input[name="available"]') == []


def test_what_may_be_shared_is_ticked_box_by_box_and_nothing_beforehand(
    structure: FlaskClient, team: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    link = f"/r/{secrets(team, asked(team).campaign.id)[siret(1)]}"
    page = read(structure, link)
    assert page.all("input[name=shared]")
    assert not page.all("input[name=shared][checked]")
    said = {f"metier-{GREEN}": "oui", "area": "30 km", "contract_size": "moins de 10 000 €", "workers": "12"}
    shown = answer(structure, link, **said, shared=["metiers", "marche", "inconnue"])
    assert [one["value"] for one in shown.all(f"{FORM} input[name=shared][checked]")] == ["metiers", "marche"]
    with reading(team) as connection:
        (line,) = outgoing(connection, signing_key(), today=NOW.date())
    assert isinstance(line, SharedFact)
    assert (line.metiers, line.taille_marche, line.zone, line.effectif) == ([GREEN], "0-10000", [], None)
    assert (line.par, line.voie, line.annuaire) == (BY.name, "lien", "essai")
    send(structure, link, f"{link}/retrait", {"faire": "effacer"})
    with reading(team) as connection:
        (gone,) = outgoing(connection, signing_key(), today=NOW.date())
    assert (gone.id, isinstance(gone, SharedWithdrawal)) == (line.id, True)


def test_what_contract_would_suit_is_said_in_three_taps_beside_the_rest(
    structure: FlaskClient, link: str, team: Engine
) -> None:
    assert not read(structure, link).all(WISHES), "it is asked once the rest is answered"
    assert send(structure, link, f"{link}/marche", {"contract_size": "moins de 10 000 €"}).all(FORM)
    assert find_answer(team) is None, "nothing is kept of who has not answered"
    page = answer(structure, link, **{f"metier-{GREEN}": "oui"}, workers="12", shared="zone")
    assert [len(page.all(f'{WISHES} input[name="{name}"]')) for name in WISHED] == [5, 4, 4]
    assert not page.all(f"{WISHES} input[checked]"), "nothing is chosen beforehand"
    said = {"contract_size": "10 000 à 40 000 €", "contract_duration": "moins d’un an", "shared": ["periode"]}
    shown = fill(structure, page, WISHES, **said, contract_season="quand il pleut")
    assert "Durée qui convient : moins d’un an" in shown.text
    assert [str(one["value"]) for one in shown.all(f"{WISHES} input[checked]")] == [
        "10 000 à 40 000 €",
        "moins d’un an",
        "periode",
    ]
    found = find_supplier(team, siret(1))
    assert found is not None
    assert (found.contract_size, found.contract_duration, found.contract_season) == (
        "10 000 à 40 000 €",
        "moins d’un an",
        "",
    )
    assert found.workers == 12, "what was answered before stays"
    given = load_campaign(team, FIRST_ORGANISATION, 1).answered_structures[0].answer
    assert given is not None
    assert given.given.shared == ("zone", "periode")
    fill(structure, read(structure, link), FORM, workers="14")
    found = find_supplier(team, siret(1))
    assert found is not None
    assert (found.workers, found.contract_duration) == (14, "moins d’un an"), "the other form keeps it"


def test_who_has_an_answer_is_said_and_to_whom_it_was_handed(structure: FlaskClient, link: str, team: Engine) -> None:
    page = answer(structure, link, area="30 km", shared=[])
    assert "Ville de Valbrune, et les organisations qui utilisent ce catalogue" in page.text
    assert "Aucune autre organisation : rien ne leur est transmis" in page.text
    page = answer(structure, link, shared=["zone"])
    assert "Peut être remis à d’autres organisations, jusqu’au 27 mai 2028 : Jusqu’où vous allez" in page.text
    assert "Remis à personne d’autre pour l’instant" in page.text
    with writing(team) as connection:
        note_handing(connection, "CRESS voisine", NOW)
    page = read(structure, link)
    assert "Remis le 27 novembre 2026 à CRESS voisine" in page.text
    assert page.link("Reprendre ma réponse") == "#retirer"
    assert "Remis" not in fill(structure, page, 'form[action$="retrait"]', faire="effacer").text


def test_the_last_word_is_of_all_that_the_structure_answered(structure: FlaskClient, link: str, team: Engine) -> None:
    answer(structure, link, area="30 km", shared=["zone"])

    def called() -> None:
        with writing(team) as connection:
            number = state_answer(connection, siret(1), {"effectif": ["12"], "activite": [GREEN]}, NOW)
            agree_by_telephone(connection, number, ["effectif", "metiers"], asked_by=BY.name, now=NOW)

    def leaving() -> list[str]:
        with reading(team) as connection:
            lines = outgoing(connection, private(1), today=NOW.date())
        facts = [line for line in lines if isinstance(line, SharedFact)]
        return sorted(f"{line.effectif} {len(line.metiers)} {line.zone}" for line in facts)

    called()
    page = answer(structure, link, area="30 km", shared=["metiers", "zone"])
    assert "Combien vous êtes" not in page.one("#qui-l-a").parent.get_text()
    assert leaving() == ["None 0 ['km:30']", "None 1 []"]
    page = answer(structure, link, area="30 km", shared=[])
    assert ("Aucune autre organisation" in page.text, leaving()) == (True, [])
    called()
    page = read(structure, link)
    assert "Aucune autre organisation" not in page.text, "what it said by telephone leaves"
    fill(structure, page, 'form[action$="retrait"]', faire="effacer")
    assert leaving() == []


def test_the_published_lots_that_an_answer_opens_are_shown(structure: FlaskClient, link: str, team: Engine) -> None:
    page = answer(structure, link, **{f"metier-{GREEN}": "oui"}, area="30 km")
    assert "Aucun avis de marché n’a été importé ici" in page.one("#lots").get_text()
    take(team, notice("26-1"), notice("26-2", lot(title="Tonte", deadline="2026-12-01T12:00:00+01:00")))
    page = read(structure, link)
    titles = [" ".join(one.get_text().split()) for one in page.all(".opened-lots h3")]
    assert titles == ["Tonte", "Entretien des espaces verts"]
    assert page.one("#lots a[href$='26-1']")["rel"] == ["noopener", "noreferrer"]
    assert "Jusqu’au 15 décembre 2026" in page.text
    page = answer(structure, link, **{f"metier-{GREEN}": "non"})
    assert "Aucun marché encore ouvert" in page.one("#lots").get_text()


def find_answer(team: Engine) -> object:
    """The first answer of the first campaign, None where there is none."""
    return next((one.answer for one in load_campaign(team, FIRST_ORGANISATION, 1).answered_structures), None)
