"""« Calibrer une clause », without JavaScript: the figures of the command, faults under their fields, what another page fills, a dossier."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from matcher.domain.french import typeset
from tests.matcher.cli.conftest import Run, run, sample  # noqa: F401  # the command, on the same sample
from tests.matcher.web.decisions.test_clause import now_client
from tests.matcher.web.reading import EACH_NASTY, NASTY, fill, read

ASKED = {
    "lot-1-objet": "Voirie",
    "lot-1-cpv": "45233222",
    "lot-1-montant": "1 250 000",
    "lot-1-mois": "24",
    "lieu": "Maubeuge",
}


@pytest.mark.usefixtures("sample")
def test_it_says_what_the_command_says(engine: Engine, run: Run) -> None:  # noqa: F811
    command = ("calibrage", "--objet", "Voirie", "--cpv", "45233222", "--montant", "1250000", "--mois", "24")
    told = run(*command, "--lieu", "Maubeuge", "--format", "json").json()
    client = now_client(engine)
    assert client.get("/calibrage/calibrage.json", query_string=ASKED).get_json() == told
    page = read(client, "/calibrage", ASKED)
    assert page.one("h1").get_text() == typeset(told["answer"])
    assert page.one("#texte-CCAP").get_text() == told["paste"]["CCAP"]
    plan = read(client, page.link("Planifier ces heures"))
    assert "380" in plan.one("h1").get_text()


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"lot-1-pourcentage": "120"}, "lot-1-pourcentage", "un nombre de 1 à 100"),
        ({"lot-1-montant": "1 M€ TTC"}, "lot-1-montant", "hors taxes"),
        ({"lot-1-montant": "-5"}, "lot-1-montant", "plus grand que zéro"),
        ({"lot-1-mois": "toujours"}, "lot-1-mois", "nombre de mois"),
        ({"lot-1-heures": "90 000"}, "lot-1-heures", "de travail au plus"),
        ({"motif": "parce que"}, "motif", "choisissez-la"),
        ({"lot-1-objet": "", "lot-1-cpv": "", "lot-1-montant": "", "lot-1-mois": ""}, "lot-1-objet", "code CPV"),
    ],
)
def test_a_fault_stands_under_its_field(client: FlaskClient, typed: dict[str, str], field: str, said: str) -> None:
    page = read(client, "/calibrage", {**ASKED, **typed})
    assert page.status == 422
    assert said in page.one(f".faults a[href='#{field}']").get_text()
    assert page.one(f"#{field}")["aria-invalid"] == "true"
    assert client.get("/calibrage/calibrage.xlsx", query_string={**ASKED, **typed}).status_code == 400


@EACH_NASTY
@pytest.mark.parametrize("nasty", NASTY)
def test_whatever_is_sent_is_answered(client: FlaskClient, nasty: str) -> None:
    asked: dict[str, Any] = {**dict.fromkeys(ASKED, nasty), "lot-1-pourcentage": nasty, "lot-2-postes": nasty}
    assert client.get("/calibrage", query_string=asked).status_code in (200, 422)


def test_a_need_of_another_page_fills_the_first_lot_and_a_dossier_keeps_the_sheet(
    client: FlaskClient, writer: FlaskClient
) -> None:
    page = read(client, "/calibrage", {"besoin": "Peinture d’une halle", "ou": "Chauny", "montant": "90 000"})
    assert (page.one("#lot-1-objet")["value"], page.one("#lot-1-montant")["value"]) == (
        "Peinture d’une halle",
        "90 000",
    )
    shown = read(writer, "/calibrage", ASKED)
    form = read(writer, shown.link("Garder dans un dossier"))
    dossier = fill(writer, form, "main form", title="Voirie", qui="Léa")
    assert "heures d’insertion" in dossier.text
    hours = read(writer, f"{dossier.path}/heures")
    assert hours.one("#hours")["value"] == "380"
    assert "Proposé, à vérifier avant d’enregistrer : 380 heures d’après : calibrage « Voirie »" in hours.text
    done = fill(writer, hours, "form[action$='promesse']", start="2026-03-01", qui="Léa")
    assert "380 heures d’insertion promises, de mars 2026, fin non dite, d’après : calibrage « Voirie »" in done.text
