"""What meetings led to, on the organiser's page: whom to ask, the words of both sides apart, its own in two taps."""

from datetime import timedelta

from sqlalchemy import Engine

from matcher.club.meeting_day.changes import TellSequel
from matcher.club.meeting_day.participant_link import give
from matcher.club.meeting_day.sequels import ASKED_AFTER, ORGANISER, Sequel, SequelStep
from matcher.club.meeting_day.store import change_as, load
from matcher.ownership import FIRST_ORGANISATION
from matcher.web import create_app
from tests.matcher.web.club_pages import CLOCK, DAY, ME, OPENED
from tests.matcher.web.reading import read, send


def test_who_has_not_told_is_asked_and_both_words_stand_beside_the_organiser_s(day: Engine) -> None:
    organiser = create_app(day, today=lambda: DAY + ASKED_AFTER + timedelta(days=1), clock=lambda: CLOCK).test_client()
    event = load(day, FIRST_ORGANISATION, 1)
    one = event.bookings[0]
    give(day, FIRST_ORGANISATION, event, [one.buyer], who=ME, now=OPENED)
    told = [
        TellSequel(Sequel(one.buyer, one.buyer, one.supplier, SequelStep.CONTRACT)),
        TellSequel(Sequel(one.supplier, one.buyer, one.supplier, SequelStep.NOT_YET)),
    ]
    change_as(day, FIRST_ORGANISATION, 1, lambda _: told, who=ME, now=OPENED)
    page = read(organiser, "/club/1/suites")
    its = " ".join(page.one(f"#s-{one.buyer}-{one.supplier}").get_text().split())
    assert "L’acheteur : marché signé · le fournisseur : rien encore" in its
    assert len(page.all("section[aria-labelledby=demander] details > ul > li")) == len(event.bookings_of)
    assert "par le lien que vous avez déjà" in page.one("#lettre").get_text()
    for _ in range(2):
        sent = {"suite": f"{one.buyer}.{one.supplier}.QUOTE", "qui": ME}
        page = send(organiser, "/club/1/suites", "/club/1/suites", sent)
    assert [each.step for each in load(day, FIRST_ORGANISATION, 1).sequels.values() if each.by == ORGANISER] == [
        SequelStep.QUOTE
    ]
    assert "kept" in str(page.one(f"#s-{one.buyer}-{one.supplier} .meet-results"))
    assert send(organiser, "/club/1/suites", "/club/1/suites", {"suite": "1.2.NO", "qui": ME}).status == 400
