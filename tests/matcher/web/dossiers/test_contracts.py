"""« Noter le marché attribué », without JavaScript: noted, changed, refused, taken out; what is not ticked is not said."""

from datetime import date
from itertools import product

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from matcher.dossiers.dossier import AwardedContract, Stage
from matcher.dossiers.store import load
from matcher.ownership import FIRST_ORGANISATION
from tests.factories import siret
from tests.matcher.web.dossier_pages import opened
from tests.matcher.web.reading import EACH_NASTY, NASTY, fill, read

GIVEN = {"notified": "10/11/2026", "amount": "180 k€", "winner": "Atelier A", "winner_siret": siret(1)}


def test_a_contract_is_noted_shown_changed_and_taken_out(writer: FlaskClient, own: Engine) -> None:
    form = read(writer, opened(writer).link("Noter le marché attribué"))
    page = fill(writer, form, "main form", **GIVEN, levers=["12", "clause"])
    assert "Le marché est noté" in page.text
    noted = AwardedContract(1, date(2026, 11, 10), 180_000.0, "Atelier A", siret(1), ("12", "clause"))
    held = load(own, FIRST_ORGANISATION, 1)
    assert (held.contracts, held.course.stage) == ((noted,), Stage.AWARDED)
    again = read(writer, page.link("Modifier ce marché"))
    assert len(again.all("[name=levers][checked]")) == 2
    assert load(own, FIRST_ORGANISATION, 1).version == held.version
    none = str(again.all("[name=levers]")[-1]["value"])
    fill(writer, again, "main form", amount="", levers=[none])
    (changed,) = load(own, FIRST_ORGANISATION, 1).contracts
    assert (changed.amount, changed.levers) == (None, ())
    assert [one["value"] for one in read(writer, page.link("Modifier ce marché")).all("[name=levers][checked]")] == [
        none
    ]
    page = read(writer, "/dossiers/1")
    refused = fill(writer, page, "details.undo form", motif="")
    assert refused.status == 422
    fill(writer, refused, "details.undo form", motif="saisi par erreur")
    assert load(own, FIRST_ORGANISATION, 1).contracts == ()


@pytest.mark.parametrize(
    ("typed", "where", "said"),
    [
        ({"notified": ""}, "notified", "jour de la notification"),
        ({"notified": "10/11/2030"}, "notified", "à venir"),
        ({"amount": "180 000 TTC"}, "amount", "hors taxes"),
        ({"amount": "900 USD"}, "amount", "hors taxes"),
        ({"winner_siret": "12345678901234"}, "winner_siret", "14 chiffres"),
        ({"levers": ["aucun", "12"]}, "levers", "pas les deux"),
        ({"levers": ["99"]}, "notified", "Levier inconnu"),
    ],
)
def test_what_cannot_be_noted_is_said_under_its_field(
    writer: FlaskClient, own: Engine, typed: dict[str, str], where: str, said: str
) -> None:
    form = read(writer, opened(writer).link("Noter le marché attribué"))
    refused = fill(writer, form, "main form", **{**GIVEN, **typed})
    assert refused.status == 422
    assert said in refused.one(f"#{where}-faute").get_text()
    assert load(own, FIRST_ORGANISATION, 1).contracts == ()


@EACH_NASTY
def test_whatever_is_typed_is_answered(writer: FlaskClient) -> None:
    form = read(writer, opened(writer).link("Noter le marché attribué"))
    for name, nasty in product(("notified", "amount", "winner", "winner_siret", "levers"), NASTY):
        assert fill(writer, form, "main form", **{**GIVEN, name: nasty}).status in (200, 409, 422), (name, nasty)


def test_a_lot_that_is_not_there_is_not_found(writer: FlaskClient) -> None:
    opened(writer)
    assert writer.get("/dossiers/1/marches/7").status_code == 404
    assert writer.get("/dossiers/9/marches/1").status_code == 404
