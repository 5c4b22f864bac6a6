"""A last moment for an offer is read in every shape that publishers give it, or refused."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.notices.deadlines import (
    DEADLINE_UNREADABLE,
    HOUR_SUPPOSED,
    ZONE_DOUBTED,
    ZONE_SUPPOSED,
    clean_deadline,
    deadline_in,
    postponed_in,
)


@pytest.mark.parametrize(
    ("raw", "hour", "utc", "flag"),
    [
        ("2026-12-15T12:00:00+01:00", "", "2026-12-15T11:00", ""),
        ("2026-12-15T12:00:00.123Z", "", "2026-12-15T11:00", ZONE_DOUBTED.format("+00:00")),
        ("2026-12-15+01:00", "12:00:00+01:00", "2026-12-15T11:00", ""),
        ("2026-12-15", "12:00:00-04:00", "2026-12-15T16:00", ""),
        ("2026-07-15T12:00:00", "", "2026-07-15T10:00", ZONE_SUPPOSED),
        ("2026-12-15 12:00", "", "2026-12-15T11:00", ZONE_SUPPOSED),
        ("15/12/2026 à 12h00", "", "2026-12-15T11:00", ZONE_SUPPOSED),
        ("15/12/2026 à 12 heures (heure de Paris)", "", "2026-12-15T11:00", ""),
        ("15 décembre 2026 à 17 h 30", "", "2026-12-15T16:30", ZONE_SUPPOSED),
        ("2026-12-15T24:00:00+04:00", "", "2026-12-15T20:00", ""),
        ("2026-10-25T24:00", "", "2026-10-25T23:00", ZONE_SUPPOSED),
        ("2026-12-15-10:00", "", "2026-12-16T10:00", HOUR_SUPPOSED),
        ("15/12/2026", "", "2026-12-15T23:00", f"{HOUR_SUPPOSED} ; {ZONE_SUPPOSED}"),
        ("1998-01-02T12:00:00Z", "", "1998-01-02T11:00", ZONE_DOUBTED.format("+00:00")),
        # Of real notices: 10 h, 15 h 30 and 12 h of Paris on their publishers' own pages.
        ("2026-10-02T10:00:00Z", "", "2026-10-02T08:00", ZONE_DOUBTED.format("+00:00")),
        ("2026-10-12+01:00", "15:30:00+01:00", "2026-10-12T13:30", ZONE_DOUBTED.format("+01:00")),
        ("2024-02-28+02:00", "12:00:00+02:00", "2024-02-28T11:00", ZONE_DOUBTED.format("+02:00")),
        # The hours that a night has twice, or not at all.
        ("2026-10-25T02:30:00+02:00", "", "2026-10-25T00:30", ""),
        ("2026-10-25T02:30:00+01:00", "", "2026-10-25T01:30", ""),
        ("2026-03-29T03:30:00+01:00", "", "2026-03-29T01:30", ZONE_DOUBTED.format("+01:00")),
        ("2026-10-02T10:00:00+04:00", "", "2026-10-02T06:00", ""),
    ],
)
def test_deadlines(raw: str, hour: str, utc: str, flag: str) -> None:
    value, said = clean_deadline(raw, hour)
    assert value is not None
    assert value.at.astimezone(UTC) == datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert said == flag
    assert value.supposed is ("fuseau" in flag)


@pytest.mark.parametrize(
    "raw", ["bientôt", "31/02/2026 12:00", "2026-12-15T25:00", "2026-12-15T24:30", "0018-06-01", "2026-12-15 midi"]
)
def test_what_is_no_moment_is_refused(raw: str) -> None:
    assert clean_deadline(raw) == (None, DEADLINE_UNREADABLE)


def test_nothing_said_is_nothing_wrong() -> None:
    assert clean_deadline(" ") == (None, "")


@given(st.text(max_size=40), st.text(max_size=20))
def test_no_text_breaks_it(raw: str, hour: str) -> None:
    value, flag = clean_deadline(raw, hour)
    assert value is None or value.at.tzinfo is not None
    assert value is not None or flag or not raw.strip()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("IV.2.2) Date limite de réception des offres ou des demandes de participation :\n21 septembre 2020 - 12:00\nIV.2.4)", "2020-09-21T10:00"),
        ("Date limite de réponse : 17/09/2020\nDate limite de réception des offres : 17 septembre 2020, à 16 heures.", "2020-09-17T14:00"),
        ("Date limite de remise des plis : 17/09/2020 à 12h00. Date limite de réception : 18/09/2020 à 12h00", None),
        ("Durée en mois : 4 (à compter de la date limite de réception des offres)", None),
    ],
)  # fmt: skip
def test_a_whole_text_tells_one_deadline_or_none(text: str, told: str | None) -> None:
    found = deadline_in(text).value
    assert (found and found.at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="minutes")) == told


OFFERS = "La date limite de réception des offres"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"{OFFERS} prévue le mardi 15 septembre 2026 avant 12h00, est reportée au mardi 22 septembre 2026 avant 12h00.", "2026-09-22T10:00"),
        (f"{OFFERS} fixée au 15 septembre 2026 à 12h est reportée au 22/09/2026 à 14 heures", "2026-09-22T12:00"),
        ("Date limite de remise des plis :\nau lieu de : 15/09/2026 à 12:00\nlire : 22/09/2026 à 12:00", "2026-09-22T10:00"),
        (f"La visite est reportée au 3 octobre 2026. {OFFERS} est prolongée jusqu’au 12.10.2026 à 17h00", "2026-10-12T15:00"),
        ("La remise des offres est désormais fixée au 5 octobre 2026 à 9h30 et non au 1er octobre 2026", "2026-10-05T07:30"),
        (f"{OFFERS} est reportée du 15/09/2026 à 12h00 au 22/09/2026 à 12h00.", "2026-09-22T10:00"),
        ("Report de la date limite de remise des offres du 15 septembre 2026 au 22 septembre 2026 à 16h", "2026-09-22T14:00"),
        (f"{OFFERS} est avancée : 10/09/2026 à 12h remplace 15/09/2026 à 12h", "2026-09-10T10:00"),
        (f"Lire : {OFFERS} 22/09/2026 à 12:00 au lieu du 15/09/2026 à 12:00", "2026-09-22T10:00"),
        ("La date de remise des plis reste le 12/10/2026", None),
        ("La visite est reportée au 3 octobre 2026.", None),
        (f"{OFFERS} est reportée au 5 octobre 2026 à 12h. {OFFERS} est reportée au 6 octobre 2026 à 12h.", None),
    ],
)  # fmt: skip
def test_a_correction_moves_the_deadline_in_words(text: str, told: str | None) -> None:
    value = postponed_in(text).value
    assert (value and value.at.astimezone(UTC)) == (told and datetime.fromisoformat(told).replace(tzinfo=UTC))


@given(st.text(max_size=200))
def test_no_correction_breaks_it(text: str) -> None:
    value = postponed_in(f"La remise des offres est reportée au {text}").value
    assert value is None or value.at.tzinfo is not None
