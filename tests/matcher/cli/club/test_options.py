"""Options that describe an event: its room, its hour, who is in reach."""

from pathlib import Path

from matcher.club.meeting_day.store import load_day
from matcher.db import open_database
from matcher.ownership import FIRST_ORGANISATION
from tests.matcher.cli.club.test_club import BY, OPENED
from tests.matcher.cli.conftest import Run


def test_tables_are_closed_and_opened_again_and_the_hour_and_the_reach_are_set(own: Path, run: Run) -> None:
    run(*OPENED)
    url = f"sqlite:///{own.as_posix()}"
    run("club", "edit", 1, "--sans-table", 2, "--sans-table", 1, "--fuseau", "Indian/Reunion", "--a-portee", *BY)
    event = load_day(open_database(url), FIRST_ORGANISATION, 1)
    assert (event.rules.closed, event.rules.in_reach, event.header.zone) == ((1, 2), True, "Indian/Reunion")
    run("club", "edit", 1, "--sans-table", 0, "--selon-la-distance", *BY)
    event = load_day(open_database(url), FIRST_ORGANISATION, 1)
    assert (event.rules.closed, event.rules.in_reach) == ((), False)
    refused = run("club", "edit", 1, "--sans-table", 4_000, *BY)
    assert (refused.code, "Tables retirées" in refused.said) == (1, True)
