"""Hours of presence as people write them in a cell: understood whole, or said not to be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.cleaning.hours import (
    AFTER_BREAK,
    BEFORE_BREAK,
    DAY_MINUTES,
    HOUR_ABOUT,
    HOUR_AND_MORE,
    HOUR_UNREADABLE,
    MORNING,
    NO_MORNING,
    NOON,
    Presence,
    clean_presence,
)


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
        ("matin et après-midi", None, None),
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


@pytest.mark.parametrize(
    ("raw", "words", "arrival", "departure"),
    [
        ("absent le matin", NO_MORNING, None, None),
        ("Indisponible le matin", NO_MORNING, None, None),
        ("présent l’après-midi", NO_MORNING, None, None),
        ("absent le matin, présent l’après-midi", NO_MORNING, None, None),
        ("matin", MORNING, None, None),
        ("toute la matinée", MORNING, None, None),
        ("absente l'après-midi", MORNING, None, None),
        ("le matin, arrive 9h40", MORNING, 580, None),
        ("matin (9h-11h)", MORNING, 540, 660),
        ("après la pause uniquement", AFTER_BREAK, None, None),
        ("jusqu’à la pause", BEFORE_BREAK, None, None),
        ("dispo après le déjeuner", AFTER_BREAK, None, None),
    ],
)
def test_words_that_only_the_day_tells_the_hours_of(
    raw: str, words: str, arrival: int | None, departure: int | None
) -> None:
    assert clean_presence(raw) == (Presence(arrival, departure, (), (words,)), "")


@pytest.mark.parametrize(
    ("raw", "presence"),
    [
        ("sauf 10h-10h30", Presence(away=((600, 630),))),
        ("sauf entre 10 et 10h30", Presence(away=((600, 630),))),
        ("absente de 10h à 10h30, part à 12h", Presence(None, 720, ((600, 630),))),
        ("pas dispo de 10h à 11h", Presence(away=((600, 660),))),
        ("9h-10h et 14h-16h", Presence(540, 960, ((600, 840),))),
    ],
)
def test_an_absence_in_the_middle_is_a_hole(raw: str, presence: Presence) -> None:
    assert clean_presence(raw) == (presence, "")


@pytest.mark.parametrize(
    ("raw", "presence", "flag"),
    [
        ("9:45", Presence(585), HOUR_ABOUT),
        ("je dois partir vers 11h15", Presence(None, 675), HOUR_ABOUT),
        ("après la pause, si possible", Presence(words=(AFTER_BREAK,)), HOUR_ABOUT),
        ("arrivée 10h (train)", Presence(600), HOUR_AND_MORE),
        ("sauf 10h-10h30 (visio)", Presence(away=((600, 630),)), HOUR_AND_MORE),
    ],
)
def test_what_is_guessed_or_said_beside_is_read_and_flagged(raw: str, presence: Presence, flag: str) -> None:
    assert clean_presence(raw) == (presence, flag)


def test_about_an_hour_is_said() -> None:
    assert clean_presence("arrive vers 10h") == (Presence(600, None), HOUR_ABOUT)


@pytest.mark.parametrize(
    "raw",
    [
        *(
            "sauf 10h",
            "arrivée 10h (sauf retard)",
            "rappeler après 14h",
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


HOURS = st.integers(8 * 60, 18 * 60)
WRITTEN = st.sampled_from(["{}h{:02d}", "{} h {:02d}", "{}:{:02d}", "{}H{:02d}"])
NOTES = st.sampled_from(["", " (train)", " (visio)", " (Mme Essai)"])
ARRIVALS = st.sampled_from(
    ["dès {}", "arrive à {}", "pas avant {}", "arrivée {}", "absent jusqu’à {}", "à partir de {}"]
)
DEPARTURES = st.sampled_from(["part à {}", "je dois partir à {}", "dispo jusqu’à {}", "départ {}", "pas après {}"])
HOLES = st.sampled_from(["sauf {}-{}", "absente de {} à {}", "pas là entre {} et {}", "indisponible {} - {}"])


@given(st.lists(HOURS, min_size=4, max_size=4, unique=True).map(sorted), ARRIVALS, DEPARTURES, HOLES, WRITTEN, NOTES, st.permutations(range(3)))  # fmt: skip
def test_a_stay_is_read_in_whatever_order_and_words_its_parts_are_said(
    minutes: list[int], arrival: str, departure: str, hole: str, clock: str, note: str, order: list[int]
) -> None:
    start, leaves, returns, end = (clock.format(*divmod(minute, 60)) for minute in minutes)
    parts = (arrival.format(start), departure.format(end), hole.format(leaves, returns))
    read = clean_presence(", ".join(parts[place] for place in order) + note)
    assert read == (Presence(minutes[0], minutes[3], ((minutes[1], minutes[2]),)), HOUR_AND_MORE if note else "")


@given(HOURS, ARRIVALS | DEPARTURES, WRITTEN, st.text(alphabet="abcdefghijklmnopqrstuvwxyz ", min_size=4))
def test_words_that_no_rule_reads_are_never_dropped(minute: int, words: str, clock: str, more: str) -> None:
    said = words.format(clock.format(*divmod(minute, 60)))
    assert clean_presence(f"{said} {more}") in (clean_presence(said), (None, HOUR_UNREADABLE), (None, "")) or any(
        word in more for word in ("pause", "repas", "midi", "matin", "vers", "aprem")
    )
