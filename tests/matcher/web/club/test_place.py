"""One meeting put by hand: what it moves is read first, it is held there, and let go again."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from matcher.club.meeting_day.changes import Amend, Bind
from matcher.club.meeting_day.meeting_day import Bond, Booking, MeetingDay, Tie
from matcher.club.meeting_day.store import change_day, load_day
from matcher.ownership import FIRST_ORGANISATION
from tests.matcher.web.club_pages import ME, OPENED
from tests.matcher.web.reading import EACH_NASTY, Read, fill, harmless, nasty_fields, read

PAGE = "/club/1/placer"


def strangers(event: MeetingDay, slot: int, gone: int = 0) -> tuple[int, int]:
    """A buyer and a supplier, whom any table suits, who both meet somebody else in a slot, and never each other; neither is `gone`."""
    assert event.plan
    met = {one.pair for one in event.plan.bookings}
    here = [
        one
        for one in event.plan.bookings
        if one.slot == slot
        and not one.held
        and gone not in one.pair
        and not any(event.participant(key).step_free for key in one.pair)
    ]
    return next((a.buyer, b.supplier) for a in here for b in here if frozenset((a.buyer, b.supplier)) not in met)


def asked(client: FlaskClient, buyer: int, supplier: int, slot: int, table: str = "") -> Read:
    given = {"acheteur": str(buyer), "fournisseur": str(supplier), "creneau": str(slot), "table": table}
    return read(client, PAGE, given)


def at(event: MeetingDay, pair: tuple[int, int]) -> Booking:
    assert event.plan
    (one,) = (one for one in event.plan.bookings if one.pair == set(pair))
    return one


def test_a_meeting_is_placed_held_and_let_go(organiser: FlaskClient, day: Engine) -> None:
    before = load_day(day, FIRST_ORGANISATION, 1)
    pair = strangers(before, 4)
    page = asked(organiser, *pair, 4)
    assert any(line.get_text().startswith("Nouveau") for line in page.all(".after .ruled li"))
    assert load_day(day, FIRST_ORGANISATION, 1) == before  # nothing before it is confirmed
    assert fill(organiser, page, ".after form", qui=ME).path == "/club/1"
    after = load_day(day, FIRST_ORGANISATION, 1)
    assert (at(after, pair).slot, at(after, pair).held) == (4, True)
    sat = next(one.table for one in before.plan.bookings if one.slot == 4 and pair[0] in one.pair) if before.plan else 0
    assert at(after, pair).table == sat
    assert "placés à 10 h 40" in after.journal[-1].change.says(after).replace("\u00a0", " ")
    assert before.plan
    assert after.plan
    kept = {(one.pair, one.slot, one.table) for one in before.plan.bookings}
    now = {(one.pair, one.slot, one.table) for one in after.plan.bookings}
    assert len(kept - now) <= 4  # the two whom it parts from, and what moves for them
    assert [one for one in after.plan.bookings if one.slot < 2] == [one for one in before.plan.bookings if one.slot < 2]
    fill(organiser, read(organiser, PAGE), ".bonds form", faire="liberer")
    freed = load_day(day, FIRST_ORGANISATION, 1)
    assert not at(freed, pair).held
    assert at(freed, pair).slot == 4


def test_a_refusal_is_said_and_may_be_overruled(organiser: FlaskClient, day: Engine) -> None:
    event = load_day(day, FIRST_ORGANISATION, 1)
    pair = strangers(event, 4)
    change_day(
        day,
        FIRST_ORGANISATION,
        1,
        [Bind((Bond(Tie.NEVER, pair[1], pair[0]),))],
        version=event.version,
        author=ME,
        now=OPENED,
    )
    assert "ne veut pas voir" in asked(organiser, *pair, 4).text


def test_what_cannot_be_is_said_with_who_is_concerned(organiser: FlaskClient, day: Engine) -> None:
    event = load_day(day, FIRST_ORGANISATION, 1)
    pair = strangers(event, 4)
    one = event.participant(pair[1])
    change_day(
        day,
        FIRST_ORGANISATION,
        1,
        [Amend((replace(one, departure=10 * 60),))],
        version=event.version,
        author=ME,
        now=OPENED,
    )
    assert f"{one.name} n’est pas là à 10 h 40." in asked(organiser, *pair, 4).text
    assert "Ce qui a commencé ne se déplace plus." in asked(organiser, *pair, 0).text  # it is 9 h 25
    held = fill(organiser, asked(organiser, *strangers(event, 5, gone=one.key), 5, "7"), ".after form", qui=ME)
    assert held.path == "/club/1"
    other = strangers(load_day(day, FIRST_ORGANISATION, 1), 5, gone=one.key)
    assert "La table 7 est tenue à 11 h 00 par" in asked(organiser, *other, 5, "7").text


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ({"acheteur": "", "fournisseur": "30", "creneau": "4"}, "acheteur"),
        ({"acheteur": "1", "fournisseur": "1", "creneau": "4"}, "fournisseur"),
        ({"acheteur": "1", "fournisseur": "30", "creneau": "99"}, "creneau"),
        ({"acheteur": "1", "fournisseur": "30", "creneau": "4", "table": "400"}, "table"),
        ({"acheteur": "1", "fournisseur": "30", "creneau": "4", "table": "douze"}, "table"),
    ],
)
def test_what_lacks_is_said_under_its_field(organiser: FlaskClient, given: dict[str, str], where: str) -> None:
    page = read(organiser, PAGE, given)
    assert page.status == 422
    assert page.all(f"#{where}[aria-invalid]")


@EACH_NASTY
def test_nothing_typed_breaks_the_form(organiser: FlaskClient) -> None:
    asked = {"acheteur": "1", "fournisseur": "30", "creneau": "4", "table": ""}
    for field, nasty in nasty_fields(*asked):
        harmless(read(organiser, PAGE, {**asked, field: nasty}), field, nasty)


def test_two_who_place_at_once_read_each_other(organiser: FlaskClient, day: Engine) -> None:
    event = load_day(day, FIRST_ORGANISATION, 1)
    pair = strangers(event, 4)
    page = asked(organiser, *pair, 4)
    fill(organiser, asked(organiser, *strangers(event, 6), 6), ".after form", qui=ME)
    late = fill(organiser, page, ".after form", qui="Autre")
    assert late.status == 409
    assert f"{ME} a changé cela" in late.text
