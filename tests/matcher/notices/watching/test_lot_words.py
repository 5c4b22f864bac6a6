"""Words of a lot: what is not known of it is said where it counts."""

import pytest
from sqlalchemy import Engine

from importers.notices.importer import PlaceWritten
from matcher.db import reading
from matcher.notices.store import LotFilter, lots
from matcher.notices.watching.lot_words import ZONE_SUPPOSED, lot_words
from tests.matcher.notices.watching.followed import take
from tests.matcher.notices.written import NOW, PLACE, lot, notice


@pytest.mark.parametrize(
    ("place", "deadline", "said"),
    [
        (PLACE, "2026-12-15T12:00:00", False),
        (PlaceWritten(post_code="97110", city="Pointe-à-Pitre", country="FRA"), "2026-12-15T12:00:00", True),
        (PlaceWritten(text="divers"), "2026-12-15T12:00:00", True),
        (PlaceWritten(post_code="97110", city="Pointe-à-Pitre", country="FRA"), "2026-12-15T12:00:00-04:00", False),
    ],
)
def test_a_zone_that_is_not_told_is_said_where_the_hour_may_be_another(
    engine: Engine, place: PlaceWritten, deadline: str, said: bool
) -> None:
    take(engine, notice("26-1", lot(places=(place,), deadline=deadline), buyer=""))
    with reading(engine) as connection:
        (kept,) = lots(connection, LotFilter())
    assert (ZONE_SUPPOSED in lot_words(kept, NOW.astimezone()).missing) is said
