"""From the candidates to a dossier, new or existing, once."""

from flask.testing import FlaskClient
from sqlalchemy import Engine

from matcher.dossiers.store import load
from tests.matcher.web.dossier_pages import ME, RESERVED, TITLE, names, opened
from tests.matcher.web.reading import fill, read


def test_from_the_candidates_to_a_dossier(writer: FlaskClient, own: Engine) -> None:
    found = read(writer, "/candidats", RESERVED)
    page = read(writer, found.link("Retenir pour un dossier"))
    assert len(page.all("[name=retenu][checked]")) == 3, "those known for the trade"
    made = opened(writer)
    assert made.path == "/dossiers/1"
    assert names(made)[0] == "LES ATELIERS DES BORDS DE SAMBRE"
    for words in (
        TITLE,
        "Commune de Valbrune",
        "Avesnois",
        "Dossier 2026-0001",
        "liste figée",
        "rien n’a changé",
        "à contacter",
    ):
        assert words in made.text
    dossier = load(own, 1)
    assert len(dossier.lot(1).frozen.matches) == 3
    assert [event.who for event in dossier.journal] == [ME, ME]


def test_one_supplier_alone_is_retained_from_its_row(writer: FlaskClient) -> None:
    found = read(writer, "/candidats", RESERVED)
    row = found.all(".candidate")[2]
    link = next(str(a["href"]) for a in row.select("a") if "Retenir" in a.get_text())
    checked = read(writer, link).all("[name=retenu][checked]")
    assert len(checked) == 1
    assert "ESAT DU CANAL" in str(checked[0].parent)


def test_a_second_lot_joins_a_dossier_that_exists(writer: FlaskClient, own: Engine) -> None:
    opened(writer)
    page = read(writer, "/dossiers/retenir", {**RESERVED, "besoin": "Entretien du linge"})
    ids = [str(box["value"]) for box in page.all("[name=retenu]")][:2]
    both = fill(writer, page, "main form", dossier="1", lot="Linge", retenu=ids)
    assert both.path == "/dossiers/1"
    assert "Lot 2 : Linge" in both.text
    gone = fill(writer, both, "#lot-2 form[action$=retirer]", motif="regroupé")
    assert [lot.number for lot in load(own, 1).lots] == [1]
    assert "Le lot est retiré" in gone.text


def test_retaining_needs_somebody_a_title_and_a_name(writer: FlaskClient) -> None:
    page = read(writer, "/dossiers/retenir", RESERVED)
    bad = fill(writer, page, "main form", retenu=[], title="", qui=" ", deadline="demain", buyer_siret="12")
    assert bad.status == 422
    assert {str(link["href"]) for link in bad.all(".faults a")} == {
        "#retenu",
        "#title",
        "#qui",
        "#deadline",
        "#buyer_siret",
    }
    assert fill(writer, page, "main form", dossier="99", qui=ME).status == 422
    assert fill(writer, page, "main form", dossier="abc", qui=ME).status == 422
    assert writer.get("/dossiers/retenir").status_code == 400


def test_the_same_form_sent_twice_makes_one_dossier(writer: FlaskClient) -> None:
    page = read(writer, "/dossiers/retenir", RESERVED)
    first = fill(writer, page, "main form", title=TITLE, qui=ME)
    second = fill(writer, page, "main form", title=TITLE, qui=ME)
    assert first.path == second.path
    form = read(writer, "/dossiers/nouveau")
    assert fill(writer, form, "main form", title="Autre").path == fill(writer, form, "main form", title="Autre").path
    assert "2 dossiers" in read(writer, "/dossiers").text


def test_going_back_and_changing_a_word_makes_another(writer: FlaskClient) -> None:
    form = read(writer, "/dossiers/nouveau")
    first = fill(writer, form, "main form", title="Berges", qui=ME)
    assert fill(writer, form, "main form", title="Linge", qui=ME).path != first.path
