"""The catalogue: found as one types, what the sources are worth, where they disagree; whatever is sent."""

from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from matcher.catalogue.steward.corrections import correct_supplier
from matcher.db import open_database
from matcher.web import create_app
from tests.matcher.web.conftest import TODAY, queries
from tests.matcher.web.reading import Read, read

SAMBRE = "/fournisseurs/siret:00010101400017"


def names(page: Read) -> list[str]:
    return [each.get_text(strip=True) for each in page.all(".supplier-row h2 a")]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("bords de sambre", "LES ATELIERS DES BORDS DE SAMBRE"),
        ("ateliers bord sambre", "LES ATELIERS DES BORDS DE SAMBRE"),
        ("00010101400017", "LES ATELIERS DES BORDS DE SAMBRE"),
        ("000 101 014 00017", "LES ATELIERS DES BORDS DE SAMBRE"),
        ("hortensia", "ESAT LES HORTENSIAS DE LA SOLRE"),
        ("hortenssias", "ESAT LES HORTENSIAS DE LA SOLRE"),
        ("espaces verts aulnoye", "ESAT LES HORTENSIAS DE LA SOLRE"),
        ("995900001", "LES ATELIERS DES BORDS DE SAMBRE"),
        ("59220", "ATELIER DES TROIS ECLUSES"),
        ("siret:00010101400017", "LES ATELIERS DES BORDS DE SAMBRE"),
    ],
)
def test_a_supplier_is_found_as_one_types(client: FlaskClient, typed: str, first: str) -> None:
    page = read(client, "/catalogue", {"q": typed})
    assert names(page)[0] == first


def test_nothing_typed_lists_everyone_by_name_page_by_page(client: FlaskClient) -> None:
    page = read(client, "/catalogue")
    assert "44 fournisseurs, par ordre alphabétique" in page.text
    assert len(names(page)) == 25
    following = read(client, page.link("Suivants"))
    assert len(names(following)) == 19
    assert names(page) + names(following) == sorted(names(page) + names(following), key=str.casefold)
    assert names(read(client, "/catalogue", {"page": "99"})) == names(following)


def test_kinds_narrow_and_are_counted_before(client: FlaskClient) -> None:
    page = read(client, "/catalogue", {"q": "maubeuge", "type": "EA"})
    assert names(page) == ["LES ATELIERS DES BORDS DE SAMBRE"]
    assert "ACI" in {label.get_text(" ", strip=True).split()[0] for label in page.all(".kinds label")}


def test_words_that_nobody_holds_together_are_said(client: FlaskClient) -> None:
    page = read(client, "/catalogue", {"q": "traiteur maubeuge"})
    assert "Personne ne répond à tous ces mots" in page.text
    assert {row.get_text(" ", strip=True).split()[-1] for row in page.all(".supplier-row .where")[:1]} == {"Maubeuge"}
    nobody = read(client, "/catalogue", {"q": "zzzzqq"})
    assert "Aucun fournisseur ne répond" in nobody.text
    assert "nom=zzzzqq" in nobody.link("Ajouter ce fournisseur")


def test_queries_do_not_grow_with_what_is_found(client: FlaskClient, engine: Engine) -> None:
    read(client, "/catalogue")
    with queries(engine) as sent:
        read(client, "/catalogue")
    few = len(sent)
    with queries(engine) as sent:
        read(client, "/catalogue", {"q": "sambre"})
    assert len(sent) == few
    assert few <= 6


def test_the_quality_report_counts_what_it_says(client: FlaskClient, engine: Engine) -> None:
    page = read(client, "/catalogue/qualite")
    assert page.status == 200
    assert "FINESS, extraction des établissements" in page.text
    assert len(page.all("table.quality")) == 3
    read(client, "/catalogue/qualite")
    with queries(engine) as sent:
        read(client, "/catalogue/qualite")
    assert len(sent) <= 3  # kept until the catalogue changes


def test_a_disagreement_leads_to_the_line_that_settles_it(writer: FlaskClient, own: Engine) -> None:
    page = read(writer, "/catalogue/desaccords")
    assert page.status == 200
    links = [str(link["href"]) for link in page.all("table.conflicts td a")]
    for link in links:
        opened = read(writer, link)
        assert opened.all("form.correct"), link


def test_an_empty_catalogue_says_where_to_begin(tmp_path: object) -> None:
    engine = open_database(f"sqlite:///{tmp_path}/vide.sqlite")
    empty = create_app(engine, today=lambda: TODAY).test_client()
    assert "Le catalogue est vide" in read(empty, "/catalogue").text
    for address in ("/catalogue/qualite", "/catalogue/desaccords", "/catalogue/a-revoir", "/catalogue/imports"):
        assert read(empty, address).status == 200
    engine.dispose()


def test_a_name_with_html_is_shown_as_text(writer: FlaskClient, own: Engine) -> None:
    at = datetime(2026, 11, 2, tzinfo=UTC)
    correct_supplier(own, "00010101400017", {"nom": ["<b>Sambre</b> & fils"]}, author="Léa", motive="", now=at)
    for address in ("/catalogue?q=sambre+fils", SAMBRE):
        page = read(writer, address)
        assert "&lt;b&gt;Sambre" in page.html
        assert "<b>Sambre" not in page.html
