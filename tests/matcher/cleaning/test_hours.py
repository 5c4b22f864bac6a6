"""Hours of presence as people write them in a cell: understood whole, or said not to be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.cleaning.hours import DAY_MINUTES, HOUR_ABOUT, HOUR_UNREADABLE, NOON, Presence, clean_presence


@pytest.mark.parametrize(
    ("raw", "arrival", "departure"),
    [
        ("arrive 9h40", 580, None),
        ("Arrivée à 9 h 40", 580, None),
        ("présent à partir de 9h40", 580, None),
        ("dès 10h", 600, None),
        ("10h00 - 11h20", 600, 680),
        ("de 10h à 11h20", 600, 680),
        ("10h/11h20", 600, 680),
        ("10:00-11:20", 600, 680),
        ("9-11h", 540, 660),
        ("entre 10 h et midi", 600, NOON),
        ("part à 11h", None, 660),
        ("Doit partir à 11 h au plus tard", None, 660),
        ("jusqu’à 11h", None, 660),
        ("arrive à 9h40, part à 11h", 580, 660),
        ("oui (arrive 9h40)", 580, None),
        ("absent le matin", NOON, None),
        ("Indisponible le matin", NOON, None),
        ("présent l’après-midi", NOON, None),
        ("après-midi uniquement", NOON, None),
        ("matin", None, NOON),
        ("absente l'après-midi", None, NOON),
        ("matin et après-midi", None, None),
        ("absent le matin, présent l’après-midi", NOON, None),
        ("le matin, arrive 9h40", 580, NOON),
        ("matin (9h-11h)", 540, 660),
        ("toute la matinée", None, NOON),
        ("9h40 → 11h", 580, 660),
        ("pas avant 10h", 600, None),
        ("ne peut pas avant 10h", 600, None),
        ("absent jusqu’à 10h", 600, None),
        ("absente à partir de 11h", None, 660),
        ("pas après 11h", None, 660),
    ],
)
def test_hours_in_words(raw: str, arrival: int | None, departure: int | None) -> None:
    assert clean_presence(raw) == (Presence(arrival, departure), "")


def test_about_an_hour_is_said() -> None:
    assert clean_presence("arrive vers 10h") == (Presence(600, None), HOUR_ABOUT)


@pytest.mark.parametrize(
    "raw",
    [
        *(
            "9h40",
            "9h-10h et 14h-16h",
            "arrive 9h40 ou 10h",
            "arrive en fin de matinée",
            "part à 25h",
            "11h - 10h",
            "matin (14h-16h)",
        ),
        *("un matin sur deux", "présent le matin avec Mme Essai", "rappeler à 14h"),
    ],
)
def test_hours_that_are_not_sure_are_flagged(raw: str) -> None:
    assert clean_presence(raw) == (None, HOUR_UNREADABLE)


@pytest.mark.parametrize(
    "raw", ["", "oui", "absent", "à confirmer", "toute la journée", "2 personnes", "absent matin et après-midi"]
)
def test_where_no_hour_is_said_there_is_none(raw: str) -> None:
    assert clean_presence(raw) == (None, "")


@given(st.text() | st.text(alphabet="0123456789h: -/àetpartivmdiens’"))
def test_any_text_gives_hours_of_a_day_or_none(raw: str) -> None:
    value, _ = clean_presence(raw)
    if value is not None and value.arrival is not None:
        assert 0 <= value.arrival < (value.departure or DAY_MINUTES) <= DAY_MINUTES


@given(st.integers(0, 23), st.integers(0, 59), st.sampled_from(["arrive à {}", "à partir de {}", "présent dès {}"]), st.sampled_from(["{}h{:02d}", "{} h {:02d}", "{}:{:02d}"]))  # fmt: skip
def test_an_arrival_is_read_however_its_hour_is_written(hour: int, minute: int, words: str, clock: str) -> None:
    assert clean_presence(words.format(clock.format(hour, minute))).value == Presence(60 * hour + minute, None)
