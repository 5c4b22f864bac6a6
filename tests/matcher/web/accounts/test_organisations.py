"""The pages of organisations: one's own, and all of them for who administers."""

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient

from matcher.accounts.organisations import (
    Organisation,
    OrganisationProfile,
    create_organisation,
    keep_logo,
    list_organisations,
    load_logo,
    read_logo,
)
from matcher.accounts.roles import Role
from matcher.web.frame.app_state import EXTENSION
from tests.matcher.accounts.test_organisations import SVG, png
from tests.matcher.web.conftest import INSTALLATION, OPENED, signed_in
from tests.matcher.web.reading import Read, fill, read

MINE = "form.ledger"


def its(app: Flask) -> list[Organisation]:
    return list_organisations(app.extensions[EXTENSION].engine)


def test_who_is_alone_gives_their_defaults_once(writer: FlaskClient) -> None:
    page = fill(writer, read(writer, "/mon-organisation"), MINE, siret="215 903 923 00013", place="Maubeuge")
    assert (page.status, "C’est gardé" in page.text) == (200, True)
    assert page.one("#siret")["value"] == "21590392300013"
    assert "Lieu supposé : Maubeuge" in read(writer, "/candidats", {"besoin": "Entretien des espaces verts"}).text


def test_usual_families_are_one_click_from_the_need(writer: FlaskClient) -> None:
    page = read(writer, "/mon-organisation")
    code = page.all("#families option")[0]["value"]
    fill(writer, page, MINE, families=str(code))
    assert f"activite={code}" in read(writer, "/").html
    last = str(page.all("#families option")[-1]["value"])
    fill(writer, read(writer, "/mon-organisation"), MINE, families=last)
    label = page.all("#families option")[-1].get_text()
    assert read(writer, "/campagnes").all("#metier optgroup")[0]["label"] == label


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("siret", "123", "14 chiffres"),
        ("place", "Nullepart-sur-Rien", "n’est pas un lieu connu"),
        ("controller_name", "Ville", "l’adresse postale"),
        ("controller_contact", "pas un courriel", "une adresse de courriel seule"),
    ],
)
def test_what_cannot_be_kept_is_said_beside_it(writer: FlaskClient, field: str, value: str, fault: str) -> None:
    page = fill(writer, read(writer, "/mon-organisation"), MINE, **{field: value})
    assert (page.status, fault in page.text) == (422, True)
    assert page.one(f"#{field}")["value"] == value


def test_an_organisation_without_a_siret_is_kept_and_says_what_it_lacks(writer: FlaskClient) -> None:
    page = fill(writer, read(writer, "/mon-organisation"), MINE, territory="Le Hainaut")
    assert (page.status, "Sans lui, rien n’est écarté" in page.text) == (200, True)


def test_an_administrator_opens_renames_and_gives_members(team: Flask) -> None:
    client = signed_in(team, INSTALLATION)
    fill(client, read(client, "/organisations"), "section form", name="Agglomération d’Outremont")
    assert [one.its.name for one in its(team)] == ["Première organisation", "Agglomération d’Outremont"]
    team.config["WTF_CSRF_ENABLED"] = False
    for sent in (
        {"faire": "renommer", "name": "Outremont"},
        {"faire": "ajouter", "login": "acheteur", "role": "lecteur"},
    ):
        assert client.post("/organisations/2", data=sent).status_code == 303
    assert "Léa acheteur (lecteur)" in read(client, "/organisations").text
    assert client.post("/organisations/2", data={"faire": "retirer", "login": "acheteur"}).status_code == 303
    gone = client.post("/organisations/2", data={"faire": "retirer", "login": "acheteur"})
    assert (gone.status_code, "pas membre" in gone.text) == (422, True)
    assert (
        client.post("/organisations/2", data={"faire": "renommer", "name": "première Organisation"}).status_code == 422
    )
    assert client.post("/organisations/9", data={"faire": "renommer", "name": "x"}).status_code == 404
    assert client.post("/organisations/2", data={"faire": "autre"}).status_code == 400
    last = client.post("/organisations/1", data={"faire": "retirer", "login": INSTALLATION})
    assert last.text.count("seul à administrer") == 1


def test_a_reader_reads_what_a_steward_writes(team: Flask) -> None:
    assert read(signed_in(team, Role.READER), "/mon-organisation").all("main button") == []
    page = fill(client := signed_in(team, Role.STEWARD), read(client, "/mon-organisation"), MINE, place="Lille")
    assert page.one("#place")["value"] == "Lille"


LOGO = "/mon-organisation/logo"


def give(client: FlaskClient, content: bytes, name: str = "logo.png") -> Read:
    """The page after a file was given as the logo."""
    token = read(client, "/mon-organisation").all('input[name="csrf_token"]')[0]["value"]
    answer = client.post(LOGO, data={"csrf_token": token, "logo": (io.BytesIO(content), name)}, follow_redirects=True)
    return Read(answer.status_code, answer.text)


def test_a_logo_is_kept_shown_on_paper_and_removed(writer: FlaskClient) -> None:
    assert writer.get(LOGO).status_code == 404
    page = give(writer, png())
    assert (page.status, page.one("img.logo")["src"]) == (200, LOGO)
    sent = writer.get(LOGO)
    assert (sent.data, sent.content_type) == (png(), "image/png")
    assert sent.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert sent.headers["X-Content-Type-Options"] == "nosniff"
    fill(writer, read(writer, "/dossiers/nouveau"), "main form", title="Berges", qui="Léa")
    assert read(writer, "/dossiers/1/imprimer").one("header .logo")["src"] == LOGO
    assert read(writer, "/avis", {"besoin": "Entretien des espaces verts", "lieu": "Maubeuge"}).all(".logo.print-only")
    gone = fill(writer, read(writer, "/mon-organisation"), "#retirer-logo")
    assert (gone.all("img.logo"), writer.get(LOGO).status_code) == ([], 404)


def test_a_file_that_is_no_logo_is_refused_beside_its_field(writer: FlaskClient) -> None:
    for content, name in ((SVG, "logo.png"), (b"", "logo.png"), (b"%PDF-1.7", "logo.jpeg"), (png(4500, 20), "l.png")):
        page = give(writer, content, name)
        assert (page.status, page.all("#logo-faute") != []) == (422, True)
    assert give(writer, png() + bytes(250_000)).status == 422
    assert writer.get(LOGO).status_code == 404


def test_a_logo_stays_behind_the_wall_and_a_steward_gives_it(team: Flask) -> None:
    engine = team.extensions[EXTENSION].engine
    other = create_organisation(engine, OrganisationProfile("Autre"), author="essai", now=OPENED).id
    keep_logo(engine, other, read_logo(png()), author="essai", now=OPENED)
    assert signed_in(team, Role.ADMINISTRATOR).get(LOGO).status_code == 404
    assert team.test_client().get(LOGO).status_code == 303
    team.config["WTF_CSRF_ENABLED"] = False
    for role, status in ((Role.BUYER, 403), (Role.STEWARD, 303)):
        given = {"logo": (io.BytesIO(png()), "logo.png")}
        assert signed_in(team, role).post(LOGO, data=given).status_code == status
    assert signed_in(team, Role.READER).get(LOGO).data == png()
    assert signed_in(team, Role.STEWARD).post(f"{LOGO}/retrait").status_code == 303
    assert load_logo(engine, other) is not None
