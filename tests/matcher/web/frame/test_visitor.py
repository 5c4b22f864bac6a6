"""Memory of a visitor: few needs, short addresses, two days."""

from datetime import date, datetime

from flask import Flask, session

from matcher.web.frame.visitor import (
    LONGEST_ADDRESS,
    MOST_NEEDS,
    came_last,
    forget_needs,
    recent_needs,
    remember_need,
    visit_before,
)


def test_few_needs_are_kept_each_once_and_no_long_one(app: Flask) -> None:
    with app.test_request_context("/"):
        for number in range(9):
            remember_need(f"/candidats?besoin={number}&lieu=Lille")
        remember_need("/candidats?besoin=7&lieu=Douai")
        remember_need("/candidats?besoin=" + "x" * LONGEST_ADDRESS)
        assert len(recent_needs()) == MOST_NEEDS
        assert recent_needs()[:2] == ("/candidats?besoin=7&lieu=Douai", "/candidats?besoin=8&lieu=Lille")
        forget_needs()
        assert recent_needs() == ()


def test_the_cookie_stays_under_four_kilobytes(app: Flask) -> None:
    with app.test_request_context("/"):
        for number in range(MOST_NEEDS):
            remember_need(f"/candidats?besoin={number}".ljust(LONGEST_ADDRESS, "é"))
        visit_before(date(2026, 11, 25))
        interface = app.session_interface
        signed = interface.get_signing_serializer(app).dumps(dict(session))  # type: ignore[attr-defined]  # of a signed cookie
    assert len(signed) < 4000


def test_the_visit_before_is_that_of_another_day(app: Flask) -> None:
    with app.test_request_context("/"):
        assert visit_before(date(2026, 11, 25)) is None
        assert visit_before(date(2026, 11, 25)) is None
        assert visit_before(date(2026, 11, 28)) == date(2026, 11, 25)
        assert visit_before(date(2026, 11, 28)) == date(2026, 11, 25)
        came_last(None)
        came_last(datetime(2026, 11, 20, 9))  # noqa: DTZ001  # as the accounts keep it
        assert visit_before(date(2026, 11, 28)) == date(2026, 11, 20)
