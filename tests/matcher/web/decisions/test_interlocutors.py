"""« À qui parler »: what is known and what is to be completed, written, corrected and removed by the team."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from matcher.accounts.roles import Role
from tests.matcher.web.conftest import signed_in
from tests.matcher.web.reading import fill, read

WRITE = {"role": "cress", "territory": "reg:32"}
TYPED = {
    "name": "CRESS fictive",
    "phone": "03 20 00 00 00",
    "email": "contact@cress.example",
    "website": "cress.example",
    "source": "leur page",
    "qui": "Léa",
}


def test_what_is_not_known_is_to_be_completed(client: FlaskClient) -> None:
    page = read(client, "/a-qui-parler", {"lieu": "Maubeuge"})
    assert "Guichet vert des Hauts-de-France" in page.text
    assert page.text.count("à compléter par l’équipe") >= 2
    assert read(client, "/a-qui-parler", {"lieu": "zzzzqq"}).status == 422


def test_the_team_writes_corrects_and_removes(writer: FlaskClient) -> None:
    form = read(writer, "/a-qui-parler/ecrire", WRITE)
    done = fill(writer, form, "form.ledger", **TYPED)
    assert done.status == 200
    assert "CRESS fictive" in done.text
    assert "03 20 00 00 00" in done.text.replace("\u00a0", " ")
    corrected = read(writer, "/a-qui-parler/ecrire", {"numero": "1"})
    assert corrected.one("#name")["value"] == "CRESS fictive"
    assert "CRESS corrigée" in fill(writer, corrected, "form.ledger", name="CRESS corrigée").text
    assert "CRESS corrigée" in read(writer, "/plaquette", {"lieu": "Maubeuge"}).text
    plan = {"objet": "Entretien des espaces verts", "heures": "1000", "lieu": "Maubeuge", "mois": "12"}
    assert "CRESS corrigée" in read(writer, "/plan-clause", plan).text
    removed = fill(writer, read(writer, "/a-qui-parler/ecrire", {"numero": "1"}), "form[action$='retrait']")
    assert "est retiré" in removed.text
    assert read(writer, "/a-qui-parler/ecrire", {"numero": "1"}).status == 404


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ({"name": ""}, "Donnez le nom de la structure"),
        ({"source": ""}, "Dites d’où vous le tenez"),
        ({"as_of": "2999-01-01"}, "pas encore venu"),
        ({"as_of": ""}, "Donnez le jour"),
        ({"phone": "douze"}, "Un numéro de téléphone"),
        ({"website": "pas un site"}, "Une adresse de site"),
        ({"role": "", "territory": ""}, "Dites qui c’est"),
        ({"qui": ""}, "Dites votre nom"),
    ],
)
def test_what_cannot_be_used_is_said_and_nothing_is_written(
    writer: FlaskClient, typed: dict[str, str], fault: str
) -> None:
    form = read(writer, "/a-qui-parler/ecrire", WRITE)
    done = fill(writer, form, "form.ledger", **{**TYPED, **typed})
    assert done.status == 422
    assert fault in done.text
    assert "CRESS fictive" not in read(writer, "/a-qui-parler", {"lieu": "Maubeuge"}).text


def test_who_only_reads_writes_nothing(team: Flask) -> None:
    reader = signed_in(team, Role.READER.value)
    assert "Corriger" not in read(reader, "/a-qui-parler", {"lieu": "Maubeuge"}).text
    assert read(reader, "/a-qui-parler/ecrire", WRITE).status == 403
