"""« Calibrer une clause », without JavaScript: the figures of the command, faults under their fields, what another page fills, a dossier."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from matcher.domain.french import typeset
from matcher.reference.calibration import follow_lines
from tests.matcher.cli.conftest import Run, run, sample  # noqa: F401  # the command, on the same sample
from tests.matcher.web.decisions.test_clause import now_client
from tests.matcher.web.reading import fill, read

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
    assert told["lots"][0]["unsure"] == ["coût de 2012, à réévaluer"]


@pytest.mark.usefixtures("sample")
def test_the_family_and_the_staff_taken_over_are_answered_in_one_tap(client: FlaskClient) -> None:
    school = {"lot-1-objet": "Rénovation d’une école", "lot-1-montant": "3 200 000", "lot-1-mois": "14"}
    page = read(client, "/calibrage", {**school, "lot-1-famille": "VRD, voirie, réseaux"})
    assert page.one("#famille").find_next("strong").get_text() == "VRD, voirie, réseaux"
    assert "votre choix" in page.text
    other = page.all("section[aria-labelledby=famille] a.button")[0]
    changed = read(client, other["href"])
    assert changed.one("#famille").find_next("strong").get_text() in other.get_text()
    cleaning = {"lot-1-objet": "Nettoyage des locaux", "lot-1-montant": "800 000", "lot-1-mois": "48"}
    asked = read(client, "/calibrage", cleaning)
    assert "[heures à fixer : reprise du personnel à dire" in asked.text.replace("\u00a0", " ")
    answered = read(client, asked.link("Oui, personnel repris"))
    assert answered.one("#lot-1-reprise option[selected]")["value"] == "oui"
    assert "seront à pourvoir" in answered.text


@pytest.mark.usefixtures("sample")
def test_one_tap_changes_the_lot_whose_line_it_stands_on(client: FlaskClient) -> None:
    cleaning = {"objet": "Nettoyage", "cpv": "90910000, 77310000", "mois": "48"}
    amounts = {1: "500 000", 4: "800 000"}
    asked = {f"lot-{at}-{name}": its for at in amounts for name, its in {**cleaning, "montant": amounts[at]}.items()}
    page = read(client, "/calibrage", asked)
    taps = [str(its["href"]) for its in page.all("a.button") if its.get_text().strip() == "Oui, personnel repris"]
    assert ["lot-1-reprise=oui" in tap for tap in taps] == [True, False]
    assert ["lot-4-reprise=oui" in tap for tap in taps] == [False, True]


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"lot-1-pourcentage": "120"}, "lot-1-pourcentage", "un nombre de 1 à 100"),
        ({"lot-1-montant": "1 M€ TTC"}, "lot-1-montant", "hors taxes"),
        ({"lot-1-montant": "-5"}, "lot-1-montant", "plus grand que zéro"),
        ({"lot-1-mois": "toujours"}, "lot-1-mois", "nombre de mois"),
        ({"lot-1-heures": "90 000"}, "lot-1-heures", "de travail au plus"),
        ({"lot-1-cout": "3"}, "lot-1-cout", "SMIC"),
        ({"lot-1-part": "0,4"}, "lot-1-part", "vouliez-vous dire"),
        ({"lieu": "Trifouillis-les-Oies"}, "lieu", "Trifouillis"),
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


def test_a_need_of_another_page_fills_the_first_lot_and_a_dossier_keeps_the_sheet(
    client: FlaskClient, writer: FlaskClient
) -> None:
    page = read(client, "/calibrage", {"besoin": "Peinture d’une halle", "ou": "Chauny", "montant": "90 000"})
    assert (page.one("#lot-1-objet")["value"], page.one("#lot-1-montant")["value"]) == (
        "Peinture d’une halle",
        "90 000",
    )
    said = read(client, "/calibrage", {"besoin": "Peinture à Chauny, 180 000 € HT sur 3 ans, clause d’insertion 350 h"})
    values = [said.one(f"#lot-1-{name}")["value"] for name in ("montant", "mois", "heures")]
    assert [value.replace("\u202f", " ") for value in values] == ["180 000", "36", "350"]
    shown = read(writer, "/calibrage", {**ASKED, "lot-1-cout": "40"})
    assert "au moins 260\u00a0heures" in shown.one("#texte-AAPC").get_text()
    form = read(writer, shown.link("Garder dans un dossier"))
    dossier = fill(writer, form, "main form", title="Voirie", qui="Léa")
    assert "heures d’insertion" in dossier.text
    hours = read(writer, f"{dossier.path}/heures")
    assert hours.one("#hours")["value"] == "260"
    assert "Proposé, à vérifier avant d’enregistrer : 260 heures d’après : calibrage « Voirie »" in hours.text
    done = fill(writer, hours, "form[action$='promesse']", start="2026-03-01", qui="Léa")
    assert "260 heures d’insertion promises, de mars 2026, fin non dite, d’après : calibrage « Voirie »" in done.text


FAMILY = "Collecte des déchets"
SHEET = {"lot-1-objet": "Déchets", "lot-1-cpv": "90511000", "lot-1-montant": "400 000", "lot-1-mois": "12"}


@pytest.fixture(autouse=True)
def no_team() -> Iterator[None]:
    yield
    follow_lines(())


def test_a_steward_fills_a_share_and_the_hours_are_known_at_once(writer: FlaskClient) -> None:
    assert "à caler" in read(writer, "/calage").text
    assert "Heures à caler" in read(writer, "/calibrage", SHEET).text
    form = read(writer, "/calage/famille", {"nom": FAMILY})
    told = {"part_basse": "40", "part_haute": "50", "cout_bas": "28", "source": "relevé du service", "annee": "2026"}
    done = fill(writer, form, "main form", **told)
    assert done.path == "/calage"
    assert "part et coût : relevé du service" in done.text.replace("\u00a0", " ")
    assert "290 à 710" in read(writer, "/calibrage", SHEET).text.replace("\u00a0", " ")
    again = read(writer, "/calage/famille", {"nom": FAMILY})
    assert again.one("#part_basse")["value"] == "40"
    gone = writer.post(
        "/calage/famille",
        data={"nom": FAMILY, "faire": "retirer", "csrf_token": again.one("[name=csrf_token]")["value"]},
    )
    assert gone.status_code == 303
    assert "Heures à caler" in read(writer, "/calibrage", SHEET).text


def test_a_steward_notes_an_index_and_the_costs_are_of_today(writer: FlaskClient) -> None:
    for month, value in (("06/2012", "100"), ("03/2026", "140")):
        page = fill(writer, read(writer, "/calage"), "main form", mois=month, valeur=value, lu="insee.fr")
        assert page.path == "/calage"
    assert "03/2026" in page.text
    sheet = read(writer, "/calibrage", ASKED)
    assert "indice ICHT-IME 100" in sheet.text.replace("\u00a0", " ")
    refused = fill(writer, read(writer, "/calage"), "main form", mois="bientôt", valeur="140", lu="insee.fr")
    assert (refused.status, "n’est pas un mois" in refused.text) == (422, True)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"source": ""}, "source"),
        ({"annee": ""}, "annee"),
        ({"part_basse": "120"}, "part_basse"),
        ({"part_basse": "60", "part_haute": "40"}, "part_haute"),
        ({"cpv": "abc"}, "cpv"),
    ],
)
def test_what_cannot_be_used_is_said_under_its_field(writer: FlaskClient, typed: dict[str, str], field: str) -> None:
    form = read(writer, "/calage/famille", {"nom": FAMILY})
    page = fill(writer, form, "main form", **{"source": "relevé", "annee": "2026", **typed})
    assert page.status == 422
    assert page.one(f".faults a[href='#{field}']")
