"""A last moment for an offer is read in every shape that publishers give it, or refused."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.notices.deadlines import DEADLINE_UNREADABLE, HOUR_SUPPOSED, ZONE_SUPPOSED, clean_deadline, deadline_in


@pytest.mark.parametrize(
    ("raw", "hour", "utc", "flag"),
    [
        ("2026-12-15T12:00:00+01:00", "", "2026-12-15T11:00", ""),
        ("2026-12-15T12:00:00.123Z", "", "2026-12-15T12:00", ""),
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
        ("1998-01-02T12:00:00Z", "", "1998-01-02T12:00", ""),
    ],
)
def test_deadlines(raw: str, hour: str, utc: str, flag: str) -> None:
    value, said = clean_deadline(raw, hour)
    assert value is not None
    assert value.at.astimezone(UTC) == datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert said == flag
    assert value.supposed is (ZONE_SUPPOSED in flag)


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
