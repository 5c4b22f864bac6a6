"""Choices of lots that are checked before a query: what would choose nothing, or everything, in silence is refused."""

from datetime import UTC, date, datetime

import pytest

from matcher.notices.lists.asked import LotsRefused, asked_lots

NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"trade": "nulle-part"}, "ni une activité ni une famille"),
        ({"departement": "nord"}, "pas le code d’un département"),
        ({"buyer": "mairie"}, "SIRET (14 chiffres)"),
        ({"buyer": "215 900"}, "SIRET (14 chiffres)"),
        ({"on": date(1, 1, 1)}, "entre 1990 et 2100"),
        ({"on": date(9999, 12, 31)}, "entre 1990 et 2100"),
    ],
)
def test_what_chooses_nothing_is_refused(asked: dict[str, object], said: str) -> None:
    with pytest.raises(LotsRefused) as refused:
        asked_lots(NOW, **asked)  # type: ignore[arg-type]  # one field at a time
    assert said in str(refused.value)


def test_a_day_begins_at_paris() -> None:
    chosen, at = asked_lots(NOW, on=date(2026, 11, 28), buyer="215 900 017", departement="2a")
    assert (chosen.open_at, at.utcoffset() is not None) == (datetime(2026, 11, 27, 23), True)  # noqa: DTZ001  # as it is kept
    assert (chosen.buyer, chosen.departements) == ("215900017", {"2A"})
    assert asked_lots(NOW, every=True).chosen.open_at is None
