"""The fiche: each line with its source; corrected, completed, added by the team, and taken back."""

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from matcher.accounts.roles import Role
from matcher.catalogue.steward.corrections import waiting_suggestions
from matcher.catalogue.store.read import find_supplier
from matcher.catalogue.store.websites import PageValue, suggest
from matcher.db import writing
from matcher.domain.french import NO_BREAK
from matcher.web.frame.app_state import EXTENSION
from tests.matcher.web.conftest import queries, signed_in
from tests.matcher.web.reading import EACH_NASTY, Read, harmless, nasty_fields, read, send

KEY = "siret:00010101400017"
PAGE = f"/fournisseurs/{KEY}"
WRITE = f"{PAGE}/corrections"


def line(page: Read, label: str) -> str:
    """What a line of the ledger says, its margin notes included."""
    for each in page.all("dl.fiche .line"):
        term = each.select_one("dt .term > button, dt .term > summary") or each.find("dt")
        if term.get_text(strip=True) == label:  # type: ignore[union-attr]
            return " ".join(each.find("dd").get_text(" ").split())  # type: ignore[union-attr]
    raise AssertionError(label)


def test_each_line_says_where_it_comes_from_and_what_is_missing(client: FlaskClient) -> None:
    page = read(client, PAGE)
    assert page.one("h1").get_text(strip=True) == "LES ATELIERS DES BORDS DE SAMBRE"
    assert "L2113\u201112 ou L2113\u201114, à une clause sociale déduit du type" in line(page, "Peut répondre")
    assert "Création et entretien des espaces verts" in line(page, "Activités")
    assert "Annuaire Hosmoz" in line(page, "Effectif")
    assert "42" in line(page, "Effectif")
    assert "non connu" in line(page, "Chiffre d’affaires")
    assert "aucune source" in line(page, "Chiffre d’affaires")
    assert page.all("ol.questions li")


@pytest.mark.parametrize("key", ["00010101400017", "000 101 014 00017", "995900001"])
def test_a_number_leads_to_the_fiche(client: FlaskClient, key: str) -> None:
    assert client.get(f"/fournisseurs/{key}").headers["Location"].endswith(KEY.replace(":", "%3A")) or client.get(
        f"/fournisseurs/{key}"
    ).headers["Location"].endswith(KEY)


def test_a_supplier_that_is_not_there(client: FlaskClient) -> None:
    for key in ("siret:99999999999999", "x/y/z", "<script>", "%00", "a" * 3000):
        assert client.get(f"/fournisseurs/{key}").status_code == 404


def test_a_correction_passes_before_the_sources_and_is_taken_back(writer: FlaskClient) -> None:
    assert read(writer, PAGE, {"corriger": "effectif"}).all("form.correct")
    after = send(
        writer,
        f"{PAGE}?corriger=effectif",
        WRITE,
        {"ligne": "effectif", "effectif": "32", "motif": "appel", "qui": "Léa"},
    )
    assert after.status == 200
    assert "C’est écrit" in after.text
    told = line(after, "Effectif")
    assert told.startswith("32")
    assert "l’équipe" in told
    assert "42 (autre valeur, gardée)" in told
    assert read(writer, f"{PAGE}?corriger=zone").one("#qui")["value"] == "Léa"  # asked once
    back = send(writer, PAGE, f"{WRITE}/1/retrait")
    assert "retirée" in back.text
    assert line(back, "Effectif").startswith("42")
    assert send(writer, f"{PAGE}?corriger=zone", f"{WRITE}/1/retrait").status == 404


def test_it_does_not_do_this(writer: FlaskClient, own: Engine) -> None:
    deny = next(
        str(a["href"]) for a in read(writer, PAGE).all("a.deny") if "Nettoyage de locaux" in str(a["aria-label"])
    )
    page = read(writer, deny.partition("#")[0])
    sent = dict(page.values(page.one("form.correct")))
    after = send(writer, PAGE + "?corriger=zone", WRITE, sent | {"qui": "Léa"})
    assert "Nettoyage de locaux" in line(after, "Ne fait pas")
    assert "Nettoyage de locaux" not in line(after, "Activités")
    found = find_supplier(own, KEY)
    assert found is not None
    assert [said.code for said in found.refused_activities]


URL = "https://berges.example/activites"


def said_on_its_site(engine: Engine) -> list[int]:
    """Propose a trade, and a telephone that the page gives for several; return their numbers."""
    trade = PageValue(KEY, "activite", "blanchisserie", "Nous lavons <b>votre</b> linge.")
    with writing(engine) as connection:
        suggest(
            connection, [trade, PageValue(KEY, "telephone", "+33321001122", "", shared=True)], URL, date(2026, 11, 20)
        )
    return [each.id for each in waiting_suggestions(engine, KEY)]


def test_what_its_site_says_is_shown_and_answered_yes_or_no(writer: FlaskClient, own: Engine) -> None:
    trade, phone = said_on_its_site(own)
    page = read(writer, PAGE)
    told = page.one(".rows-to-sort").get_text(" ")
    assert "Nous lavons <b>votre</b> linge." in told
    assert "03 21 00 11 22" in told
    assert told.count("site commun à plusieurs établissements") == 1
    assert page.link(URL) == URL
    assert "Blanchisserie" not in line(page, "Activités")
    assert "2 propositions" in read(writer, "/catalogue/a-revoir").text

    def answered(**sent: object) -> Read:
        return send(writer, PAGE, f"{PAGE}/propositions", sent)

    assert "votre nom" in answered(confirmer=trade, qui="").text
    for wrong in ({}, {"confirmer": "x"}, {"peut-etre": trade}):
        assert answered(**wrong, qui="Léa").status == 400
    assert "n’attend plus" in answered(confirmer=10**30, qui="Léa").text
    yes = answered(confirmer=trade, qui="Léa")
    assert "l’équipe" in line(yes, "Activités")
    assert f"lu le 20 novembre 2026 sur {URL}" in yes.text
    assert "n’attend plus" in answered(non=trade).text
    assert not answered(non=phone).all("#propositions")
    assert "proposition" not in read(writer, "/catalogue/a-revoir").text


def test_who_may_not_correct_sees_no_suggestion(team: Flask) -> None:
    said_on_its_site(team.extensions[EXTENSION].engine)
    assert read(signed_in(team, Role.STEWARD), PAGE).all("#propositions")
    reader = signed_in(team, Role.READER)
    assert not read(reader, PAGE).all("#propositions")


def test_what_is_refused_stays_in_the_form(writer: FlaskClient) -> None:
    cases = (
        ({"ligne": "effectif", "effectif": "", "qui": "Léa"}, "Écrivez la bonne valeur"),
        ({"ligne": "effectif", "effectif": "beaucoup", "qui": "Léa"}, "effectif=beaucoup"),
        ({"ligne": "effectif", "effectif": "12", "qui": ""}, "votre nom"),
        ({"ligne": "effectif", "effectif": "12", "qui": "x" * 200}, "votre nom"),
        ({"ligne": "effectif", "effectif": "12", "qui": "Léa", "motif": "x" * 900}, "trop long"),
        ({"ligne": "presentation", "presentation": "x" * 9000, "qui": "Léa"}, "trop long"),
        ({"ligne": "lieu", "commune": "Saint-Nullepart", "qui": "Léa"}, "Précisez la commune"),
        ({"ligne": "activite", "activite": "zzz", "qui": "Léa"}, "Activité non reconnue"),
        ({"ligne": "courriel", "courriel": "pas une adresse", "qui": "Léa"}, "courriel"),
        ({"ligne": "telephone", "telephone": "12", "qui": "Léa"}, "telephone"),
    )
    for sent, told in cases:
        page = send(writer, f"{PAGE}?corriger=zone", WRITE, sent)
        assert page.status == 422, sent
        assert told in page.one(".fault").get_text() if len(page.all(".fault")) == 1 else told in page.text, sent
        assert page.all('[aria-invalid="true"]'), sent
        for name, value in sent.items():
            if name != "ligne" and len(value) < 100:
                assert value in page.html, (sent, name)
    assert send(writer, f"{PAGE}?corriger=zone", WRITE, {"ligne": "inconnue"}).status == 400


@EACH_NASTY
def test_whatever_is_sent_is_answered(writer: FlaskClient) -> None:
    for edit, nasty in nasty_fields("nom", "zone", "site", "type", "ne-fait-pas"):
        sent = {"ligne": edit, edit: nasty, "qui": "Léa", "motif": nasty}
        harmless(send(writer, f"{PAGE}?corriger=zone", WRITE, sent), edit, nasty)
        harmless(read(writer, PAGE, {"corriger": nasty[:500], "metier": nasty[:500]}), "corriger", nasty)


def test_a_script_is_never_a_link(writer: FlaskClient) -> None:
    send(writer, f"{PAGE}?corriger=site", WRITE, {"ligne": "site", "site": "javascript:alert(1)", "qui": "Léa"})
    assert all(not str(a["href"]).lower().startswith("javascript") for a in read(writer, PAGE).all("a[href]"))


def test_a_supplier_is_added_and_found(writer: FlaskClient) -> None:
    new = "/fournisseurs/nouveau"
    empty = send(writer, new, new, {})
    assert empty.status == 422
    assert {"#nom", "#type", "#commune", "#qui"} == {str(a["href"]) for a in empty.all(".faults a")}
    given = {
        "nom": "Atelier du Pont",
        "type": "EA",
        "commune": "59600 Maubeuge",
        "activite": "Nettoyage de locaux",
        "qui": "Léa",
    }
    known = send(writer, new, new, given | {"siret": "00010101400017"})
    assert known.status == 422
    assert known.link("Ouvrir la fiche").endswith(KEY)
    added = send(writer, new, new, given)
    assert added.status == 200
    assert added.one("h1").get_text(strip=True) == "Atelier du Pont"
    assert "l’équipe" in line(added, "Types")
    assert "Atelier du Pont" in read(writer, "/catalogue", {"q": "atelier pont maubeuge"}).text


def test_a_form_without_its_token_writes_nothing(writer: FlaskClient) -> None:
    for address in (WRITE, f"{WRITE}/1/retrait", f"{PAGE}/propositions", "/fournisseurs/nouveau"):
        assert writer.post(address, data={"ligne": "zone", "zone": "Nord", "qui": "Léa"}).status_code == 400
    assert "non connu" in line(read(writer, PAGE), "Zone d’intervention")


def test_queries_do_not_grow_with_the_fiche(client: FlaskClient, engine: Engine) -> None:
    read(client, PAGE)
    with queries(engine) as sent:
        read(client, PAGE)
    assert len(sent) <= 13  # one of them says who the organisation is


def test_one_tap_says_a_number_wrong_and_it_is_taken_back(writer: FlaskClient) -> None:
    first = read(writer, PAGE)
    assert not first.all(".fiche-where a[href^='https://annuaire-entreprises.data.gouv.fr/']"), "an invented SIRET"
    given = {"ligne": "telephone", "telephone": "0327000000", "qui": "Léa"}
    first = send(writer, f"{PAGE}?corriger=telephone", WRITE, given)
    number = str(first.one("form.wrong-number input[name=numero]")["value"])
    assert number in line(first, "Téléphone")
    after = send(writer, PAGE, f"{PAGE}/faux-numero", {"numero": number, "retour": ""})
    assert after.status == 200
    assert f"Le {number} n’est plus montré" in after.text.replace(NO_BREAK, " ")
    page = read(writer, PAGE)
    assert number not in line(page, "Téléphone")
    assert number in page.one(".corrections").get_text(" ")
    away = send(writer, PAGE, f"{PAGE}/faux-numero", {"numero": number, "retour": "https://ailleurs.example"})
    assert away.path == "/"
    assert len(read(writer, PAGE).all(".corrections > li")) == 2, "sent twice, written once"
    send(writer, PAGE, f"{WRITE}/2/retrait")
    assert number in line(read(writer, PAGE), "Téléphone")


def test_a_fiche_opened_from_a_list_leads_back_to_it_and_retains(client: FlaskClient) -> None:
    page = read(client, "/candidats", {"besoin": "Entretien des espaces verts", "lieu": "Maubeuge"})
    address = next(str(link["href"]) for link in page.all(".candidate h3 a") if "00010101400017" in str(link["href"]))
    fiche = read(client, address)
    back = fiche.link("← La liste des candidats")
    assert read(client, back).one("h1").text == page.one("h1").text
    retained = read(client, fiche.link("Retenir LES ATELIERS DES BORDS DE SAMBRE pour ce besoin"))
    assert retained.one(f"[id='retenu-{KEY}'][checked]")
    assert "La liste des candidats" not in read(client, PAGE).text
    for nasty in ("https://ailleurs.example/", "//ailleurs.example", '"><script>', "\n"):
        assert read(client, PAGE, {"liste": nasty}).link("← La liste des candidats").startswith("/candidats?")


def test_no_activity_apart_from_a_presentation_sends_to_it(writer: FlaskClient) -> None:
    bare = "/fournisseurs/" + _without_activity(writer)
    assert "aucune activité déclarée" in line(read(writer, bare), "Activités")
    send(
        writer, bare, f"{bare}/corrections", {"ligne": "presentation", "presentation": "Lavage de vitres", "qui": "Léa"}
    )
    assert "aucune activité déclarée hors de sa présentation, plus bas" in line(read(writer, bare), "Activités")


def _without_activity(writer: FlaskClient) -> str:
    """Add a supplier without any activity, and return its id."""
    added = {"nom": "Ateliers nus", "type": "EI", "commune": "59600 Maubeuge", "qui": "Léa"}
    return send(writer, "/fournisseurs/nouveau", "/fournisseurs/nouveau", added).path.removeprefix("/fournisseurs/")
