"""The family of a reserved lot, said by a person: it stands after its notices come in again, and gives way to those that say it."""

from sqlalchemy import Engine

from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.db import reading
from matcher.domain.notice import ReservedFor
from matcher.notices.confirming import confirm_family
from matcher.notices.reserving import UNSAID
from matcher.notices.store import KeptLot, LotFilter, lots, notices_of
from tests.matcher.notices.watching.followed import NOW, gardeners, take
from tests.matcher.notices.written import lot, notice

CALL = notice("26-1", lot(reserved="res-ws"))


def only(engine: Engine) -> KeptLot:
    with reading(engine) as connection:
        (one,) = lots(connection, LotFilter())
    return one


def test_a_family_that_is_said_stands_until_a_notice_says_another(engine: Engine) -> None:
    gardeners(engine)
    take(engine, CALL)
    asked = only(engine)
    assert (asked.published.reserved, asked.published.doubts) == (ReservedFor.UNSAID, (UNSAID,))
    confirm_family(engine, load_shelf(engine), asked, ReservedFor.HANDICAP, "Léa", NOW.replace(tzinfo=None))
    said = only(engine)
    assert (said.id, said.published.reserved, said.published.lot.levier) == (asked.id, ReservedFor.HANDICAP, "12")
    assert said.published.doubts == ()
    assert (said.credible, said.notice.ref) == (1, "26-1")
    moved = notice("26-2", lot(reserved="res-ws"), nature="RECTIFICATIF", published="2026-11-29", earlier=("26-1",))
    take(engine, CALL, moved)
    assert only(engine).published.reserved is ReservedFor.HANDICAP
    told = lot(reserved="res-ws", conditions="Marché réservé : article L2113-13 du code de la commande publique")
    take(engine, notice("26-3", told, nature="RECTIFICATIF", published="2026-11-30", earlier=("26-1",)))
    after = only(engine)
    assert after.published.reserved is ReservedFor.INSERTION
    with reading(engine) as connection:
        assert "réservation précisée par Léa : EA et ESAT" in [
            one.title for one in notices_of(connection, after.contract)
        ]
