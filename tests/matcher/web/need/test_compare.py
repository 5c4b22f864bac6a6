"""« Comparer »: two to four side by side, what differs alone unless all is asked, and what cannot be compared said in French."""

from flask.testing import FlaskClient

from tests.matcher.web.reading import EACH_NASTY, NASTY, Read, read

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


@EACH_NASTY
def test_whatever_is_sent_is_answered(client: FlaskClient) -> None:
    for name in ("compare", "retenu", "tout", "besoin"):
        for nasty in NASTY:
            answer = client.get("/comparer", query_string={**NEED, name: nasty})
            assert answer.status_code in (200, 400, 422), (name, nasty)
            assert b"<script>alert" not in answer.data
