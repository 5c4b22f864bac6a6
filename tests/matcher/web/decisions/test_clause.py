"""« Plan de clause », without JavaScript: the figures of the command, what is refused, and a plan kept in a dossier."""

import io
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine

from matcher.decisions.clause.document import hours_in
from matcher.decisions.clause.facilitators import Facilitator, import_facilitators
from matcher.domain.french import number
from matcher.dossiers.store import load
from matcher.ownership import FIRST_ORGANISATION
from matcher.web import create_app
from tests.conftest import ROOT
from tests.matcher.cli.conftest import Run, run, sample  # noqa: F401  # the command, on the same sample
from tests.matcher.web.conftest import queries
from tests.matcher.web.reading import EACH_NASTY, NASTY, fill, read

Pairs = Sequence[tuple[str, str]]
GREEN, ROADS = "Entretien des espaces verts", "Travaux de voirie"
ASKED: Pairs = (
    *(("objet", GREEN), ("heures", "12 000"), ("objet", ROADS), ("heures", "8000 h")),
    *(("lieu", "Maubeuge"), ("mois", "24")),
)
TOTAL: Pairs = (("objet", GREEN), ("objet", ROADS), ("total", "20 000"), ("lieu", "Maubeuge"), ("travaux", "batiment"))


def now_client(engine: Engine) -> FlaskClient:
    """The pages on the day of the command."""
    app = create_app(engine, today=lambda: datetime.now().astimezone().date())
    app.testing = True
    return app.test_client()


@pytest.mark.parametrize(
    ("asked", "options"),
    [
        (ASKED, ("--heures", "12000", "--heures", "8000", "--mois", "24")),
        (TOTAL, ("--heures", "20 000", "--travaux", "batiment")),
    ],
)
@pytest.mark.usefixtures("sample")
def test_it_says_what_the_command_says(
    engine: Engine,
    run: Run,  # noqa: F811
    asked: Pairs,
    options: tuple[str, ...],
) -> None:
    command = ("plan-clause", "--objet", GREEN, "--objet", ROADS, "--lieu", "Maubeuge", *options, "--format", "json")
    told = run(*command).json()
    client = now_client(engine)
    assert client.get("/plan-clause/plan.json", query_string=list(asked)).get_json() == told
    page = read(client, "/plan-clause", list(asked))
    assert page.status == 200
    shown = [row.select("td")[0].get_text() for row in page.all("#qui-fait-les-heures-et-comment tbody tr")[:-1]]
    assert shown == [number(one["hours"]) for one in told["modalities"]]
    assert [row.th.get_text() for row in page.all("#besoins-connexes tbody tr") if row.th] == [
        one["label"] for one in told["side_needs"]
    ]
    for sentence in (*told["remarks"], *told["hypotheses"]):
        assert " ".join(sentence.split()) in page.text


def test_side_needs_and_ways_lead_to_their_candidates(client: FlaskClient) -> None:
    page = read(client, "/plan-clause", list(ASKED))
    links = [str(link["href"]) for link in page.all("#besoins-connexes th a, #qui-fait-les-heures-et-comment th a")]
    assert len(links) > 3
    for link in links[:3]:
        assert read(client, link).status == 200
        assert "ou=insee:59392" in link


def test_the_place_that_a_need_says_fills_the_form(client: FlaskClient) -> None:
    page = read(client, "/plan-clause", {"besoin": "Peinture du collège de Denain"})
    assert page.one("#lieu")["value"] == "Denain"


def test_the_need_of_the_other_pages_fills_the_form(client: FlaskClient) -> None:
    page = read(client, "/plan-clause", [("besoin", GREEN), ("lieu", "Maubeuge"), ("duree", "36")])
    assert page.status == 200
    assert page.one("#objet-1")["value"] == GREEN
    assert page.one("#lieu")["value"] == "Maubeuge"
    assert page.one("#mois")["value"] == "36"
    assert not page.all(".fault")


def test_the_hours_that_a_need_says_fill_the_form(client: FlaskClient) -> None:
    need = {"besoin": "Peinture du collège de Denain, clause d’insertion de 400 heures par an"}
    assert read(client, "/plan-clause", {**need, "duree": "36"}).one("#heures-1")["value"] == "1\u202f200"
    assert (
        read(client, "/plan-clause", need).one("#heures-1")["value"] == "400"
    )  # over the twelve months that the form supposes
    assert read(client, "/plan-clause", {**need, "duree": "longtemps"}).one("#mois")["value"] == "longtemps"
    typed = read(client, "/plan-clause", {**need, "duree": "36", "heures": "70"})
    assert typed.one("#heures-1")["value"] == "70"
    row = {"objet": need["besoin"], "heures": "", "mois": "24"}
    assert read(client, "/plan-clause", row).one("#heures-1")["value"] == "800"
    assert read(client, "/plan-clause", {**row, "total": "90"}).one("#heures-1")["value"] == ""


def test_a_notice_fills_the_form_with_what_it_says(client: FlaskClient) -> None:
    notice = (ROOT / "tests/fixtures/notices/nettoyage.txt").read_text(encoding="utf-8")
    form = read(client, read(client, "/candidats", {"besoin": notice}).link("plan de clause"))
    activity = str(form.one("#objet-1")["value"])
    assert activity.startswith("Nettoyage des locaux et de la vitrerie du collège")
    assert len(activity) <= 300 < len(notice)
    assert form.one("#mois")["value"] == "36"
    assert form.one('input[name="levier"]')["value"] == "clause"
    plan = read(client, "/plan-clause", [("objet", GREEN), ("heures", "500"), ("lieu", "Maubeuge"), ("levier", "12")])
    ways = [str(link["href"]) for link in plan.all("#qui-fait-les-heures-et-comment th a")]
    assert any("levier=12" in way for way in ways)
    assert all(("levier=12" in way) == ("type=EA" in way or "type=ESAT" in way) for way in ways)


@pytest.mark.parametrize(
    ("asked", "field", "said"),
    [
        ([("objet", ""), ("lieu", "Maubeuge"), ("total", "100")], "objet-1", "au moins une activité"),
        ([("objet", GREEN), ("lieu", "Maubeuge")], "heures-1", "Donnez les heures"),
        ([("objet", GREEN), ("heures", "0"), ("lieu", "Maubeuge")], "heures-1", "nombre positif"),
        ([("objet", GREEN), ("heures", "-5"), ("lieu", "Maubeuge")], "heures-1", "nombre positif"),
        ([("objet", GREEN), ("heures", "10^9"), ("lieu", "Maubeuge")], "heures-1", "nombre positif"),
        ([("objet", GREEN), ("heures", "1000000000"), ("lieu", "Maubeuge")], "heures-1", "au plus"),
        ([("objet", GREEN), ("heures", "5 k€"), ("lieu", "Maubeuge")], "heures-1", "nombre positif"),
        ([("objet", GREEN), ("heures", "10"), ("total", "10"), ("lieu", "Maubeuge")], "total", "pas les deux"),
        ([("objet", GREEN), ("total", "10")], "lieu", "Dites où"),
        ([("objet", GREEN), ("total", "10"), ("lieu", "Nulle-Part")], "objet-1", "Nulle-Part"),
        (
            [("objet", GREEN), ("objet", "Prestations diverses"), ("total", "9"), ("lieu", "Arras")],
            "objet-2",
            "diverses",
        ),
        ([("objet", GREEN), ("total", "10"), ("lieu", "Arras"), ("mois", "0")], "mois", "nombre positif"),
        ([("objet", GREEN), ("total", "10"), ("lieu", "Arras"), ("travaux", "lune")], "travaux", "liste"),
    ],
)
def test_what_cannot_be_planned_is_said_under_its_field(
    client: FlaskClient, asked: list[tuple[str, str]], field: str, said: str
) -> None:
    page = read(client, "/plan-clause", asked)
    assert page.status == 422
    assert said in page.one(f"#{field}-faute").get_text()
    assert page.one(f"#{field}")["aria-invalid"] == "true"
    assert client.get("/plan-clause/plan.xlsx", query_string=asked).status_code == 400


@EACH_NASTY
@pytest.mark.parametrize("name", ["objet", "heures", "total", "lieu", "mois", "travaux"])
def test_whatever_is_sent_is_answered(client: FlaskClient, name: str) -> None:
    for nasty in NASTY:
        asked = [*((key, value) for key, value in TOTAL if key != name), (name, nasty)]
        assert client.get("/plan-clause", query_string=asked).status_code in (200, 422), nasty[:20]


def test_a_workbook_and_few_queries(client: FlaskClient, engine: Engine) -> None:
    content = client.get("/plan-clause/plan.xlsx", query_string=list(ASKED)).data
    sheets = CalamineWorkbook.from_filelike(io.BytesIO(content)).sheet_names
    assert sheets[:3] == ["Réponse", "Qui fait les heures, et comment", "Qui consulter, par modalité"]
    with queries(engine) as sent:
        read(client, "/plan-clause", list(ASKED))
    assert len(sent) <= 6


def test_a_plan_is_kept_as_it_was_shown_then_taken_out(writer: FlaskClient, own: Engine) -> None:
    shown = read(writer, "/plan-clause", list(ASKED))
    form = read(writer, shown.link("Garder dans un dossier"))
    dossier = fill(writer, form, "main form", title="Clause de la voirie", qui="Léa")
    assert dossier.status == 200
    assert hours_in(load(own, FIRST_ORGANISATION, 1).decisions[0].decision) == 20_000
    kept = dossier.one("#decision-1")
    assert shown.one("h1").get_text() in kept.get_text()
    assert "le compte est bon" in shown.text
    assert [row.select("td")[0].get_text() for row in kept.select("table")[0].select("tbody tr")] == [
        row.select("td")[0].get_text() for row in shown.all("#qui-fait-les-heures-et-comment tbody tr")
    ]
    printed = read(writer, f"{dossier.path}/imprimer")
    assert "Décision figée le" in printed.text
    assert "Besoins connexes" in printed.text
    book = CalamineWorkbook.from_filelike(io.BytesIO(writer.get(f"{dossier.path}/dossier.xlsx").data))
    assert "Décisions" in book.sheet_names
    refused = fill(writer, dossier, "#decision-1 form", motif="")
    assert refused.status == 422
    assert "Dites pourquoi" in refused.text
    gone = fill(writer, refused, "#decision-1 form", motif="refait depuis")
    assert not gone.all("#decision-1")
    assert "retire la décision 1" in gone.text


def test_keeping_twice_the_same_form_keeps_once(writer: FlaskClient) -> None:
    form = read(writer, read(writer, "/plan-clause", list(ASKED)).link("Garder dans un dossier"))
    first = fill(writer, form, "main form", title="Une fois", qui="Léa")
    again = fill(writer, form, "main form", title="Une fois", qui="Léa")
    assert first.path == again.path
    assert len(again.all(".decisions details[id]")) == 1


@pytest.mark.parametrize(
    "address", ["/decisions/garder", "/decisions/garder?quoi=lune", "/decisions/garder?quoi=plan-clause"]
)
def test_nothing_to_keep_is_refused(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 400


def test_the_facilitator_of_the_territory_is_named_and_never_frozen(writer: FlaskClient, own: Engine) -> None:
    assert "Aucun facilitateur" in read(writer, "/plan-clause", list(ASKED)).one("#facilitateurs p").get_text()
    person = Facilitator("Léa Exemple", "Maison fictive", "Nord", ("dep:59",), ("+33320000000",), "lea@c.example", None)
    import_facilitators(own, [person], now=datetime.now(UTC))
    shown = read(writer, "/plan-clause", list(ASKED))
    assert "Maison fictive" in shown.text
    assert shown.link("lea@c.example") == "mailto:lea@c.example"
    form = read(writer, shown.link("Garder dans un dossier"))
    kept = fill(writer, form, "main form", title="Clause", qui="Marc")
    assert kept.one("#decision-1")
    assert "Léa Exemple" not in writer.get(f"{kept.path}/dossier.json").text
