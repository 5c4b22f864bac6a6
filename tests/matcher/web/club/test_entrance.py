"""The entrance, without JavaScript: who comes in by a code or a name, once; taken back; an absent, a stranger, another event."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from matcher.club.meeting_day.changes import Miss
from matcher.club.meeting_day.entrance import CheckIn, badge_code
from matcher.club.meeting_day.store import change_day, load_day, load_people
from matcher.ownership import FIRST_ORGANISATION
from tests.matcher.web.club_pages import ME, OPENED
from tests.matcher.web.reading import Read, fill, read, send

pytestmark = pytest.mark.slow(reason="an event with its timetable is written for each")
DOOR = "/club/1/accueil"


def come(client: FlaskClient, **sent: str) -> Read:
    return send(client, DOOR, DOOR, {"qui": ME, **sent})


def test_a_code_lets_in_once_and_is_taken_back(organiser: FlaskClient, day: Engine) -> None:
    before = load_day(day, FIRST_ORGANISATION, 1)
    code = badge_code(1, 30)
    page = come(organiser, typed=code.lower().replace("-", " "))
    assert (page.path, page.one(".entrance-who h2").get_text()) == (DOOR, before.name_of(30))
    assert "Accueilli à 9 h 25" in page.text
    again = come(organiser, typed=code)
    assert "Déjà accueilli à 9 h 25" in again.text
    event = load_day(day, FIRST_ORGANISATION, 1)
    assert (event.version, event.here, event.bookings) == (before.version + 1, {30: 565}, before.bookings)
    undone = fill(organiser, again, ".entrance-who form")
    assert "c’est retiré" in undone.text
    assert load_day(day, FIRST_ORGANISATION, 1).here == {}
    send(organiser, DOOR, f"{DOOR}/retrait", {"participant": "30"})
    assert load_day(day, FIRST_ORGANISATION, 1).version == before.version + 2
    assert code in read(organiser, "/club/1/badges").text


def test_letters_of_a_name_or_of_a_person_ask_which_one(organiser: FlaskClient, day: Engine) -> None:
    event, people = load_day(day, FIRST_ORGANISATION, 1), load_people(day, FIRST_ORGANISATION, 1)
    key, person = next((key, one.name) for key, (one, *_) in people.items() if len(one.name.split()) > 1)
    page = come(organiser, typed=person.split()[-1][:4].lower())
    assert event.name_of(key) in page.one("section:has(> #lequel)").get_text()
    assert load_day(day, FIRST_ORGANISATION, 1).here == {}  # letters are not sure
    assert "Accueilli" in come(organiser, participant=str(key)).text
    assert "Déjà accueilli" in come(organiser, typed=person).text  # a whole name is
    misspelt = event.by_key[30].name[:-3] + event.by_key[30].name[-1]
    assert event.name_of(30) in come(organiser, typed=misspelt).one("section:has(> #lequel)").get_text()


def test_a_code_of_another_event_and_a_stranger_let_nobody_in(organiser: FlaskClient, day: Engine) -> None:
    other = come(organiser, typed=badge_code(2, 30))
    assert (other.status, "d’un autre événement" in other.text) == (422, True)
    assert "Écrivez le code" in come(organiser, typed=" ").text
    stranger = come(organiser, typed="Zorglub et fils")
    assert (stranger.status, "Personne n’est inscrit" in stranger.text) == (422, True)
    assert load_day(day, FIRST_ORGANISATION, 1).here == {}
    form = read(organiser, stranger.link("fournisseur"))
    assert form.one("#name")["value"] == "Zorglub et fils"
    assert form.all("#need_1") == []
    assert form.one("details:has(#arrival)").get("open") is None
    its = fill(organiser, form, "main form", qui=ME, activity="Traiteur", place="Lille")
    assert its.one(".entrance-who h2").get_text() == "Zorglub et fils"
    assert "Lui faire une place" in come(organiser, participant=its.one(".entrance-who button")["value"]).text


def test_an_absent_who_comes_after_all_is_let_in_and_planned_again(organiser: FlaskClient, day: Engine) -> None:
    event = load_day(day, FIRST_ORGANISATION, 1)
    key = event.bookings[-1].supplier
    change_day(day, FIRST_ORGANISATION, 1, [Miss(key)], version=event.version, author=ME, now=OPENED)
    page = come(organiser, typed=badge_code(1, key))
    assert "Il était noté absent" in page.text
    fill(organiser, read(organiser, page.link("Lui refaire une place")), ".after form")
    after = load_day(day, FIRST_ORGANISATION, 1)
    assert (after.by_key[key].absent, after.by_key[key].arrival, key in after.here) == (False, 565, True)


def test_who_is_expected_is_listed_by_its_next_meeting(organiser: FlaskClient, day: Engine) -> None:
    event = load_day(day, FIRST_ORGANISATION, 1)
    everybody = [CheckIn(one.key) for one in event.participants if one.key not in event.doubles]
    first = next(one for one in event.bookings if one.slot == 1)
    early = {one.supplier for one in event.bookings if one.slot == 1}
    later = next(one for one in event.bookings if one.supplier not in early)
    left = [one for one in everybody if one.key not in (first.supplier, later.supplier)]
    change_day(day, FIRST_ORGANISATION, 1, left, version=event.version, author=ME, now=OPENED)
    page = read(organiser, DOOR)
    lines = [" ".join(line.get_text().split()) for line in page.all("section:has(> #attendus) li")]
    assert lines[0].startswith(event.name_of(first.supplier))
    assert "commencé sans lui" in lines[0]
    assert len(lines) == len(everybody) - len(left)


@pytest.mark.parametrize("bad", ["", "0", "999", "x"])
def test_what_is_no_participant_is_taken_back_by_nobody(organiser: FlaskClient, bad: str) -> None:
    assert send(organiser, DOOR, f"{DOOR}/retrait", {"participant": bad}).status == 400
