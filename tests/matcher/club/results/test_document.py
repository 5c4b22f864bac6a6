"""The files of an event: nothing runs as a formula, calendars fold their lines, letters have a column for each meeting."""

import csv
import io
import re
from dataclasses import replace
from pathlib import Path

import pytest

from matcher.cleaning.names import name_key
from matcher.club.meeting_day.changes import Amend, DescribeDay
from matcher.club.meeting_day.store import Person
from matcher.club.registration.workbook import read_spreadsheets
from matcher.club.results.document import badges_csv, event_object, letters_csv, timetable_csv, workbook
from matcher.club.results.view import make_sheet, sheets, to_ics
from matcher.render.described_file import DescribedFile
from tests.matcher.club.day import BUYERS, HEADER, RULES, SCHEDULE, after, frozen, full

PEOPLE = {1: (Person("=HYPERLINK()", "+33353010001", "a@b.example"), Person("Mme Deux"))}


def lines(data: DescribedFile) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.content.decode("utf-8-sig")), delimiter=";"))


def test_no_cell_is_run_as_a_formula() -> None:
    event = frozen(full((replace(BUYERS[0], name="=1+1"), *full().participants[1:])))
    files = [timetable_csv(event), badges_csv(sheets(event, PEOPLE)), letters_csv(event, sheets(event, PEOPLE))]
    cells = [cell for data in files for line in lines(data) for cell in line]
    assert not any(cell.startswith(("=", "+")) for cell in cells)
    assert workbook(event, PEOPLE).startswith(b"PK")


def test_a_badge_for_each_person_and_one_for_who_names_nobody() -> None:
    names = [line[:2] for line in lines(badges_csv(sheets(frozen(full()), PEOPLE)))[1:]]
    assert ["Mme Deux", "Ville de Valbrune"] in names
    assert ["", "Hôpital Modèle"] in names


def test_letters_are_as_wide_as_the_busiest_day() -> None:
    table = lines(letters_csv(frozen(full()), sheets(frozen(full()), PEOPLE)))
    assert len({len(line) for line in table}) == 1
    phones = {line[0]: name_key(line[4]) for line in table}
    assert phones["Ville de Valbrune"] == "03 53 01 00 01"


def test_a_calendar_is_folded_escaped_and_stable() -> None:
    event = frozen(after(full(), Amend((replace(BUYERS[0], name="Ville; de, Valbrune\\"),))))
    data = to_ics(event, make_sheet(event, 4, PEOPLE))
    assert data == to_ics(event, make_sheet(event, 4, PEOPLE))
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    whole = data.replace(b"\r\n ", b"").decode()
    assert "SUMMARY:Ville\\; de\\, Valbrune\\\\\\, table " in whole
    assert whole.count("BEGIN:VEVENT") == make_sheet(event, 4, PEOPLE).meetings
    assert "DTSTART:20261203T" in whole


@pytest.mark.parametrize(
    ("place", "start"),
    [("Hautmont", "080000Z"), ("", "080000Z"), ("Saint-Denis, La Réunion", "050000Z"), ("Fort-de-France", "130000Z")],
)
def test_the_hours_of_a_calendar_are_those_of_the_place(place: str, start: str) -> None:
    event = frozen(after(full(), DescribeDay(replace(HEADER, place=place), SCHEDULE, RULES)))
    assert f"T{start}" in min(re.findall(r"DTSTART:\S+", to_ics(event, make_sheet(event, 4, PEOPLE)).decode()))


def test_a_calendar_wants_a_day() -> None:
    event = after(full(), DescribeDay(replace(HEADER, day=None), SCHEDULE, RULES))
    with pytest.raises(ValueError, match="day"):
        to_ics(event, make_sheet(event, 4, {}))


def test_no_person_is_in_the_json() -> None:
    assert "Mme" not in str(event_object(frozen(full())))


@pytest.mark.usefixtures("read_here")
def test_absences_come_back_from_the_workbook(tmp_path: Path) -> None:
    away = replace(BUYERS[0], arrival=9 * 60, away=((600, 630), (660, 690)))
    (path := tmp_path / "club.xlsx").write_bytes(workbook(after(full(), Amend((away,))), PEOPLE))
    first = read_spreadsheets(path, None)[0].entrants[0].participant
    assert (first.name, first.arrival, first.away) == (away.name, away.arrival, away.away)
