"""« Plan de clause », without JavaScript: the figures of the command, what is refused, and a plan kept in a dossier."""

import io
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine

from matcher.decisions.clause.facilitators import Facilitator, import_facilitators
from matcher.decisions.clause.plan_document import plan_hours
from matcher.domain.french import number
from matcher.dossiers.store import load_dossier
from matcher.ownership import FIRST_ORGANISATION
from matcher.web import create_app
from tests.conftest import ROOT
from tests.matcher.cli.conftest import Run, run, sample  # noqa: F401  # the command, on the same sample
from tests.matcher.web.conftest import queries
from tests.matcher.web.reading import contracts, fill, read

Pairs = Sequence[tuple[str, str]]
GREEN, ROADS = "Entretien des espaces verts", "Travaux de voirie"


GREENERY = {"objet": GREEN, "lieu": "Maubeuge", "mois": "24", "heures": "12 000", "debut": "03/2027"}
ASKED = contracts(GREENERY, {"objet": ROADS, "lieu": "Arras", "mois": "12", "heures": "8000 h", "debut": "09/2027"})


def now_client(engine: Engine) -> FlaskClient:
    """The pages on the day of the command."""
    app = create_app(engine, today=lambda: datetime.now().astimezone().date())
    app.testing = True
    return app.test_client()


@pytest.mark.usefixtures("sample")
def test_it_says_what_the_command_says(
    engine: Engine,
    run: Run,  # noqa: F811
) -> None:
    options = (
        "--heures",
        "12000",
        "--heures",
        "8000",
        "--mois",
        "24",
        "--mois",
        "12",
        "--debut",
        "03/2027",
        "--debut",
        "09/2027",
    )
    command = ("plan-clause", "--objet", GREEN, "--objet", ROADS, "--lieux", "Maubeuge", "--lieux", "Arras", *options)
    told = run(*command, "--format", "json").json()
    client = now_client(engine)
    assert client.get("/plan-clause/plan.json", query_string=ASKED).get_json() == told
    page = read(client, "/plan-clause", ASKED)
    assert page.status == 200
    assert [one.get_text() for one in page.all("[data-sum]")] == [number(one["hours"]) for one in told["modalities"]]
    assert [row.th.get_text() for row in page.all("#besoins-connexes tbody tr") if row.th] == [
        one["label"] for one in told["side_needs"]
    ]
    for sentence in (*told["remarks"], *told["hypotheses"], *told["steps"], told["peak"]):
        assert " ".join(sentence.split()) in page.text


def test_side_needs_and_ways_lead_to_their_candidates(client: FlaskClient) -> None:
    page = read(client, "/plan-clause", ASKED)
    links = [str(link["href"]) for link in page.all("#besoins-connexes th a, #partage th a")]
    assert len(links) > 3
    assert "ou=insee:59392" in links[0]
    assert read(client, links[0]).status == 200


def test_a_split_is_edited_cell_by_cell_and_never_silently_changed(client: FlaskClient) -> None:
    page = read(client, "/plan-clause", ASKED)
    assert "Le compte est bon" in page.one("[data-says]").get_text()
    cells = {str(one["name"]): str(one["value"]) for one in page.all("[data-cell]")}
    edited = read(client, "/plan-clause", [*ASKED, *{**cells, "contrat-2-part-geiq": "1 000"}.items()])
    assert edited.status == 200
    assert "8 000 à faire" in edited.one("[data-gap]").get_text().replace("\u202f", " ").replace("\xa0", " ")
    assert edited.one("#contrat-2-part-geiq")["value"] == "1 000"
    again = edited.link("Reprendre le partage proposé")
    assert "part-" not in again
    assert not read(client, again).all("[data-gap]")
    kept = edited.link("Garder dans un dossier")
    assert "contrat-2-part-geiq=1000" in kept
    assert "contrat-1-part" not in kept  # as it is proposed
    equal = read(client, page.link("Parts égales"))
    shares = [int(str(one["value"])) for one in equal.all("[data-cell='0']") if one["value"]]
    assert sum(shares) == 12_000
    assert max(shares) - min(shares) <= 1
    wrong = read(client, "/plan-clause", [*ASKED, ("contrat-1-part-geiq", "-5")])
    assert wrong.status == 422
    assert "compte pour zéro" in wrong.one("#contrat-1-part-geiq-faute").get_text()
    assert client.get("/plan-clause/plan.xlsx", query_string=[*ASKED, ("contrat-1-part-geiq", "-5")]).status_code == 400


def test_an_edited_split_outlives_a_fault_elsewhere(client: FlaskClient) -> None:
    asked = contracts({**GREENERY, "part-geiq": "500"}, {**GREENERY, "mois": ""})
    assert read(client, "/plan-clause", asked).one("form.ledger [name=contrat-1-part-geiq]")["value"] == "500"


def test_hours_are_counted_from_the_trade_and_the_amount(client: FlaskClient) -> None:
    counted = contracts(
        {"objet": "Travaux de peinture", "lieu": "Maubeuge", "mois": "10", "montant": "1 250 000", "pourcentage": "7"}
    )
    told = client.get("/plan-clause/plan.json", query_string=counted).get_json()
    assert told["contracts"][0]["hours"] > 500
    assert "7 %" in told["contracts"][0]["counted"].replace("\xa0", " ")


def test_the_first_screen_has_no_fault_and_as_many_contracts_as_are_added(client: FlaskClient) -> None:
    page = read(client, "/plan-clause")
    assert page.status == 200
    assert not page.all(".fault")
    page = read(client, "/plan-clause", [*page.values(page.one("form.ledger")), ("formulaires", "2")])
    typed = {**dict(page.values(page.one("form.ledger"))), "contrat-2-objet": ROADS, "formulaires": "3"}
    page = read(client, "/plan-clause", typed)
    assert not page.all(".fault")
    assert [one.get("value", "") for one in page.all("[id^=contrat-][id$=-objet]")] == [ROADS, "", ""]
    planned = read(client, "/plan-clause", [*ASKED, ("contrat-3-objet", "")])
    assert len(planned.all(".plan-contract")) == 2


def test_a_contract_names_whom_to_call_from_its_own_place_and_its_list_keeps_the_same(
    writer: FlaskClient, own: Engine
) -> None:
    shown = read(writer, "/plan-clause", ASKED)
    fill(writer, read(writer, shown.link("Garder dans un dossier")), "main form", title="Clause", qui="Léa")
    lots = load_dossier(own, FIRST_ORGANISATION, 1).lots
    for lot, page in zip(lots, shown.all(".plan-contract"), strict=True):
        named = {str(link.get_text()) for link in page.select(".plan-way > div > ol > li a[href^='/fournisseurs/']")}
        assert named
        assert named == {entry.match.name for entry in lot.entries}


def test_the_need_of_the_other_pages_fills_the_form(client: FlaskClient) -> None:
    page = read(client, "/plan-clause", [("besoin", GREEN), ("lieu", "Maubeuge"), ("duree", "36")])
    assert page.status == 200
    assert [page.one(f"#contrat-1-{name}")["value"] for name in ("objet", "lieu", "mois")] == [GREEN, "Maubeuge", "36"]
    assert not page.all(".fault")
    assert (
        read(client, "/plan-clause", {"besoin": "Peinture du collège de Denain"}).one("#contrat-1-lieu")["value"]
        == "Denain"
    )


SAID = "Nettoyage des bureaux à Denain, 180 000 € HT sur 3 ans, 700 heures d’insertion"


def test_the_amount_the_duration_and_the_hours_read_in_a_need_fill_the_form(client: FlaskClient) -> None:
    page = read(client, "/plan-clause", {"besoin": SAID})
    values = [page.one(f"#contrat-1-{name}")["value"] for name in ("montant", "mois", "heures")]
    assert [value.replace("\u202f", " ") for value in values] == ["180 000", "36", "700"]
    yearly = read(client, "/plan-clause", {"besoin": "Nettoyage à Denain, 20 000 € HT par an"})
    assert not yearly.one("#contrat-1-montant").get("value")


def test_an_address_of_version_0_1_still_plans(client: FlaskClient) -> None:
    old = [
        ("objet", GREEN),
        ("heures", "12 000"),
        ("objet", ROADS),
        ("heures", "8000"),
        ("lieu", "Maubeuge"),
        ("mois", "24"),
    ]
    page = read(client, "/plan-clause", old)
    assert page.status == 200
    assert len(page.all("[data-placed]")) == 2


def test_the_hours_that_an_object_says_are_planned(client: FlaskClient) -> None:
    said = contracts({"objet": f"{GREEN}, clause d’insertion de 400 heures par an", "lieu": "Denain", "mois": "36"})
    assert client.get("/plan-clause/plan.json", query_string=said).get_json()["hours"] == 1_200


def test_a_notice_fills_the_form_with_what_it_says(client: FlaskClient) -> None:
    notice = (ROOT / "tests/fixtures/notices/nettoyage.txt").read_text(encoding="utf-8")
    form = read(client, read(client, "/candidats", {"besoin": notice}).link("plan de clause"))
    activity = str(form.one("#contrat-1-objet")["value"])
    assert activity.startswith("Nettoyage des locaux et de la vitrerie du collège")
    assert len(activity) <= 300 < len(notice)
    assert form.one("#contrat-1-mois")["value"] == "36"
    assert form.one('input[name="levier"]')["value"] == "clause"
    plan = read(client, "/plan-clause", [*contracts({**GREENERY, "heures": "500"}), ("levier", "12")])
    ways = [str(link["href"]) for link in plan.all("#partage th a")]
    assert any("levier=12" in way for way in ways)
    assert all(("levier=12" in way) == ("type=EA" in way or "type=ESAT" in way) for way in ways)


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"objet": ""}, "objet", "de quoi est ce contrat"),
        ({"heures": ""}, "heures", "son montant HT"),
        ({"heures": "0"}, "heures", "nombre positif"),
        ({"heures": "-5"}, "heures", "nombre positif"),
        ({"heures": "1000000000"}, "heures", "au plus"),
        ({"heures": "90000", "montant": "100000"}, "heures", "heures de travail au plus"),
        ({"pourcentage": "120"}, "pourcentage", "de 1 à 100"),
        ({"mois": "", "heures": "", "objet": f"{GREEN}, 1 500 heures d’insertion par an"}, "mois", "dites sa durée"),
        ({"debut": "31/02/2027"}, "debut", "n’est pas un mois"),
        ({"lieu": ""}, "lieu", "où il s’exécute"),
        ({"lieu": "Nulle-Part"}, "lieu", "Nulle-Part"),
        ({"objet": "Prestations à définir"}, "objet", "définir"),
    ],
)
def test_what_cannot_be_planned_is_said_under_its_field(
    client: FlaskClient, changed: dict[str, str], field: str, said: str
) -> None:
    asked = contracts(GREENERY, {**GREENERY, **changed})
    page = read(client, "/plan-clause", asked)
    assert page.status == 422
    assert said in page.one(f"#contrat-2-{field}-faute").get_text().replace("\xa0", " ").replace("\u202f", " ")
    assert page.one(f"#contrat-2-{field}")["aria-invalid"] == "true"
    assert client.get("/plan-clause/plan.xlsx", query_string=asked).status_code == 400


def test_a_workbook_and_few_queries(client: FlaskClient, engine: Engine) -> None:
    content = client.get("/plan-clause/plan.xlsx", query_string=ASKED).data
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    assert book.sheet_names[:4] == [
        *("Réponse", "Les contrats", "Qui fait les heures, et comment", "Qui appeler, par modalité")
    ]
    assert {"SIRET", "Téléphone"} <= set(book.get_sheet_by_name("Qui appeler, par modalité").to_python()[0])
    with queries(engine) as sent:
        read(client, "/plan-clause", ASKED)
    assert len(sent) <= 11


def test_a_plan_is_kept_with_its_lists_and_its_next_step(writer: FlaskClient, own: Engine) -> None:
    shown = read(writer, "/plan-clause", ASKED)
    form = read(writer, shown.link("Garder dans un dossier"))
    dossier = fill(writer, form, "main form", title="Clause de la voirie", qui="Léa")
    assert dossier.status == 200
    saved = load_dossier(own, FIRST_ORGANISATION, 1)
    assert plan_hours(saved.decisions[0].decision) == 20_000
    assert [lot.title for lot in saved.lots] == [GREEN, ROADS]
    assert all(lot.entries for lot in saved.lots)
    assert saved.course.next_step == "Confirmer les heures et leur partage avec le facilitateur"
    assert "Décrire le besoin" not in dossier.text
    assert read(writer, f"{dossier.path}/lots/1/appels").status == 200
    kept = dossier.one("#decision-1")
    assert shown.one("h1").get_text() in kept.get_text()
    printed = read(writer, f"{dossier.path}/imprimer?annexe=decisions")
    assert "Besoins connexes" in printed.text
    refused = fill(writer, dossier, "#decision-1 form", motif="")
    assert refused.status == 422
    assert "Dites pourquoi" in refused.text
    gone = fill(writer, refused, "#decision-1 form", motif="refait depuis")
    assert not gone.all("#decision-1")
    assert "retire la décision 1" in gone.text


def test_a_contract_that_nobody_can_be_called_for_has_its_lot_too(writer: FlaskClient, own: Engine) -> None:
    asked = contracts(GREENERY, {"objet": "Assurances", "lieu": "Arras", "mois": "12", "heures": "1000"})
    form = read(writer, read(writer, "/plan-clause", asked).link("Garder dans un dossier"))
    dossier = fill(writer, form, "main form", title="Deux contrats", qui="Léa")
    _, nobody = load_dossier(own, FIRST_ORGANISATION, 1).lots
    assert (nobody.title, nobody.entries, nobody.frozen.matches) == ("Assurances", (), ())
    pages = ("", "/lots/2/appels", "/lots/2/messages", "/heures?contrat=2", "/imprimer?annexe=listes", "/dossier.xlsx")
    assert [writer.get(f"{dossier.path}{page}").status_code for page in pages] == [200] * len(pages)
    promised = fill(
        writer, read(writer, f"{dossier.path}/heures?contrat=2"), "#promesse ~ form", start="2027-01-01", qui="Léa"
    )
    assert promised.status == 200
    assert 2 in load_dossier(own, FIRST_ORGANISATION, 1).followed


def test_a_plan_without_its_lists_tells_what_is_next(writer: FlaskClient) -> None:
    form = read(writer, read(writer, "/plan-clause", ASKED).link("Garder dans un dossier"))
    first = fill(writer, form, "main form", title="Une fois", qui="Léa", listes="")
    again = fill(writer, form, "main form", title="Une fois", qui="Léa", listes="")
    assert first.path == again.path
    assert len(again.all(".decisions details[id]")) == 1
    assert "Déclarer la sous-traitance" in first.one(".todo").get_text()
    assert "Décrire le besoin" not in first.text


@pytest.mark.parametrize(
    "address", ["/decisions/garder", "/decisions/garder?quoi=lune", "/decisions/garder?quoi=plan-clause"]
)
def test_nothing_to_keep_is_refused(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 400


def test_the_facilitator_of_the_territory_is_named_and_never_frozen(writer: FlaskClient, own: Engine) -> None:
    assert "Aucun facilitateur" in read(writer, "/plan-clause", ASKED).one("#facilitateurs p").get_text()
    person = Facilitator("Léa Exemple", "Maison fictive", "Nord", ("dep:59",), ("+33320000000",), "lea@c.example", None)
    import_facilitators(own, [person], now=datetime.now(UTC))
    shown = read(writer, "/plan-clause", ASKED)
    assert "Maison fictive" in shown.text
    assert shown.link("lea@c.example") == "mailto:lea@c.example"
    assert "Maison fictive" in [name.get_text() for name in shown.all(".plan-week strong")]
    form = read(writer, shown.link("Garder dans un dossier"))
    kept = fill(writer, form, "main form", title="Clause", qui="Marc")
    assert kept.one("#decision-1")
    assert "Léa Exemple" not in writer.get(f"{kept.path}/dossier.json").text
