"""« Pourquoi ? » is a sum that adds up; « Pourquoi pas … ? » names the rule, and what each other choice would give."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from matcher.catalogue.identity.trust import short_title
from tests.matcher.web.conftest import queries
from tests.matcher.web.need.test_candidates import RESERVED
from tests.matcher.web.reading import Read, read


def points(page: Read) -> list[float]:
    return [
        float(cell.get_text().replace("≈", "").replace(",", ".").strip())
        for cell in page.all(".waterfall tbody .points")
    ]


def test_the_sum_adds_up_and_the_bars_follow_each_other(client: FlaskClient) -> None:
    page = read(client, read(client, "/candidats", RESERVED).link("Le calcul, point par point : LES ATELIERS"))
    assert page.status == 200
    shown = page.one(".waterfall tfoot .points").get_text().replace(",", ".")
    whole = re.search(r"Pourquoi (\d+)\s\?", page.text)
    assert whole is not None
    assert abs(int(whole[1]) - float(shown)) <= 0.55, "to the unit, of a score shown to the tenth"
    assert "nᵒ 1 des connus" in page.text
    assert sum(points(page)) == pytest.approx(float(shown), abs=0.3)
    assert len(page.all(".waterfall tbody tr")) == len(points(page)) >= 6
    assert "Déclare « Entretien et création d'espaces verts »" in page.text
    sources = " ".join(cell.get_text(" ") for cell in page.all(".waterfall tbody td .note"))
    assert short_title("hosmoz") in sources
    assert short_title("finess") in sources


def test_an_unknown_is_hatched_said_and_to_be_asked(client: FlaskClient) -> None:
    page = read(client, "/pourquoi", {**RESERVED, "qui": "ESAT LE VAL FLEURI"})
    assert page.all(".waterfall .unknown-part")
    assert "non connu, compté pour une valeur moyenne" in page.text
    assert "À vérifier par téléphone" in page.text
    assert "si tout ce qui manque est défavorable" in page.text


def test_a_refused_supplier_gets_the_rule_and_the_other_choices(client: FlaskClient) -> None:
    page = read(client, "/pourquoi", {**RESERVED, "qui": "jardins de la solre"})
    assert "Pourquoi pas LES JARDINS DE LA SOLRE ?" in page.text
    assert "Pas éligible à ce lot" in page.text
    rows = [" ".join(row.get_text(" ").split()) for row in page.all(".why-not tbody tr")]
    assert "comme aujourd’hui" in rows[0]
    assert "écarté" in rows[0]
    assert any("L2113-14" in row and "ᵉ" in row for row in rows)
    link = next(
        str(row.select_one("a")["href"]) for row in page.all(".why-not tbody tr") if "L2113-13)" in row.get_text()
    )  # type: ignore[index]
    assert "LES JARDINS DE LA SOLRE" in read(client, link).text


def test_one_left_out_by_a_filter_or_out_of_reach_is_told_so(client: FlaskClient) -> None:
    page = read(client, "/pourquoi", {**RESERVED, "qui": "ESAT DES MARAIS DE SOMME"})
    assert "à 127 km, il est hors de sa portée habituelle" in page.text
    page = read(client, "/pourquoi", {**RESERVED, "qui": "ESAT DES MARAIS DE SOMME", "rayon": "50"})
    assert "Vos filtres le laissent de côté : il est à 127 km." in page.text


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("00010101400017", "LES ATELIERS DES BORDS DE SAMBRE"),
        ("000 101 014 00017", "LES ATELIERS DES BORDS DE SAMBRE"),
        ("les ateliers des bord de sambr", "LES ATELIERS DES BORDS DE SAMBRE"),
        ("numeris", "NUMERIS ADAPTE"),
    ],
)
def test_a_supplier_is_found_by_siret_or_by_a_name_ill_spelt(client: FlaskClient, asked: str, found: str) -> None:
    assert found in read(client, "/pourquoi", {**RESERVED, "qui": asked}).text


def test_a_name_that_several_bear_asks_which(client: FlaskClient) -> None:
    page = read(client, "/pourquoi", {**RESERVED, "qui": "esat"})
    assert "lequel ?" in page.text
    assert "Aucun de ceux-là ?" in page.text
    links = [str(link["href"]) for link in page.all(".which a")]
    assert 2 <= len(links) <= 8
    assert read(client, links[0]).all(".waterfall")


def test_a_name_that_nobody_bears_is_said_without_saying_that_it_does_not_exist(client: FlaskClient) -> None:
    page = read(client, "/pourquoi", {**RESERVED, "qui": "Qolmeu et Trabdix"})
    assert "n’est pas dans le catalogue" in page.text
    assert "Ce n’est pas dire qu’il n’existe pas" in page.text
    assert read(client, "/pourquoi", RESERVED).status == 200
    assert read(client, "/pourquoi", {**RESERVED, "id": "siret:0"}).status == 404
    assert read(client, "/pourquoi", {"qui": "x"}).status == 400


def test_queries_do_not_grow_with_the_catalogue(client: FlaskClient, engine: Engine) -> None:
    asked = {**RESERVED, "qui": "numeris"}
    read(client, "/pourquoi", asked)
    with queries(engine) as sent:
        read(client, "/pourquoi", asked)
    assert len(sent) <= 14


NEED = {"besoin": "Entretien des espaces verts et des berges de la Sambre", "lieu": "Maubeuge"}


def ticked(client: FlaskClient, count: int) -> list[str]:
    return [str(box["value"]) for box in read(client, "/candidats", NEED).all("[name=compare]")][:count]


def compare(client: FlaskClient, ids: list[str], **more: str) -> Read:
    return read(client, "/comparer", [*NEED.items(), *(("compare", key) for key in ids), *more.items()])


def test_two_to_four_stand_side_by_side_with_what_differs(client: FlaskClient) -> None:
    for count in (2, 3, 4):
        page = compare(client, ticked(client, count))
        assert page.status == 200
        assert len(page.all("thead th")) == count
        for row in page.all("tbody tr"):
            assert len(row.select("td")) >= count
    labels = [row.get_text() for row in page.all("tbody th")]
    assert "Distance" in labels
    assert "Téléphone" in labels
    whole = compare(client, ticked(client, 4), tout="oui")
    assert len(whole.all("tbody tr")) >= len(page.all("tbody tr"))


def test_one_is_taken_off_and_those_ticked_lead_back_to_the_list(client: FlaskClient) -> None:
    ids = ticked(client, 3)
    page = compare(client, ids)
    fewer = read(client, page.link("Retirer"))
    assert len(fewer.all("thead th")) == 2
    back = read(client, page.link("La liste des candidats"))
    assert {str(box["value"]) for box in back.all("[name=compare][checked]")} <= set(ids)
    assert "Comparer (3)" in back.one("#choix").get_text()


def test_those_kept_are_compared_where_none_is_ticked_for_it(client: FlaskClient) -> None:
    page = read(client, "/comparer", [*NEED.items(), *(("retenu", key) for key in ticked(client, 2))])
    assert page.status == 200
    assert len(page.all("thead th")) == 2


def test_too_few_too_many_or_gone_is_said(client: FlaskClient) -> None:
    none = compare(client, [])
    assert none.status == 422
    assert "deux structures au moins, quatre au plus" in none.text
    one = compare(client, [*ticked(client, 1), "siret:00000000000000"])
    assert one.status == 422
    assert "1 structure cochée n’est plus dans le catalogue" in one.text
    many = compare(client, ticked(client, 6))
    assert many.status == 200
    assert "les quatre premières des 6 cochées" in many.text
    assert client.get("/comparer").status_code == 400
