"""The view of a territory from notices that came in: whom a lot could have been reserved to, and what is left out, said."""

from datetime import date

import pytest
from sqlalchemy import Engine

from importers.notices.importer import PlaceWritten
from matcher.decisions.asked import DecisionRefused
from matcher.notices.lists.answer import ListedLots, list_lots
from matcher.notices.lists.as_json import list_object
from matcher.notices.lists.asked import ListAsked
from matcher.notices.lists.document import list_csv, list_document
from tests.matcher.notices.watching.followed import TODAY, gardeners, take
from tests.matcher.notices.written import lot, notice

SINCE = date(2026, 1, 1)
ARRAS = PlaceWritten(post_code="62000", city="Arras", country="FRA")


def view(engine: Engine, *typed: str, since: date = SINCE, until: date = TODAY, **asked: str) -> ListedLots:
    return list_lots(engine, ListAsked(since, until, typed or ("Nord (59)",), **asked), TODAY)


@pytest.fixture
def published(engine: Engine) -> Engine:
    gardeners(engine, 2)
    take(
        engine,
        notice(
            "26-1", lot("1"), lot("2", conditions="Lot réservé : article L2113-12 du code de la commande publique.")
        ),
        notice("26-2", lot("1", "Fourniture de vaccins", cpv=("33651600",)), published="2026-10-02"),
        notice("26-3", lot("1", places=(ARRAS,))),
        notice("26-4", lot("1", places=()), buyer=""),
        notice("26-5", lot("1"), published="2025-11-20"),
        notice("26-6", lot("1"), nature="ANNULATION"),
    )
    return engine


def test_a_lot_that_somebody_could_have_carried_is_told_with_how_many(published: Engine) -> None:
    its = view(published)
    (line,) = its.counts.reservable
    assert (line.published.title, line.reservable) == ("Entretien des espaces verts", {"12": 2, "13": 0})
    told = list_document(its, most=1)
    assert told.answer.startswith("3 lots publiés, dont 1 réservé (33\xa0%) et aucun autre avec une clause sociale. ")
    assert "1 lot aurait pu être réservé" in told.answer
    assert any("lieu n’est pas connu" in said for said in told.remarks)
    assert line.published.title.encode() in list_csv(its).content
    told_json = list_object(its)
    assert [one["reservable"] for one in told_json["could_be_reserved"]] == [{"12": 2, "13": 0}]
    assert told_json["place_unknown"] == 1


def test_a_commune_is_read_by_its_departement_and_says_so(published: Engine) -> None:
    its = view(published, "Arras")
    assert its.counts.whole.lots == 1
    assert any("par département" in said for said in its.remarks)
    assert not any("par département" in said for said in view(published).remarks)


def test_it_is_narrowed_by_trade_and_buyer(published: Engine) -> None:
    assert view(published, trade="espaces-verts").counts.whole.lots == 2
    assert view(published, buyer="000000000").counts.whole.lots == 0
    assert list_document(view(published, buyer="000000000")).asked[2] == "Acheteur : 000000000"


def test_nothing_published_is_said_and_an_impossible_period_refused(engine: Engine) -> None:
    told = list_document(view(engine))
    assert told.answer.startswith("Aucun lot publié")
    assert told.tables == ()
    for since, until in ((TODAY, SINCE), (date(2020, 1, 1), TODAY)):
        with pytest.raises(DecisionRefused):
            view(engine, since=since, until=until)
