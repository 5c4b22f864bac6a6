"""The services of L2113-15 are found by code, else by activity."""

from matcher.reference.reserved_services import listed_service, listed_services
from matcher.reference.trades.activities import taxonomy


def test_the_services_of_l2113_15_are_found_by_code_else_by_activity() -> None:
    assert all(line.source and line.activities <= set(taxonomy().codes) for line in listed_services())
    assert listed_service(("85312110-3",), "") is not None
    assert listed_service(("90910000",), "medico-social.soins") is None  # the code says cleaning
    assert listed_service((), "medico-social.soins") is not None
    assert listed_service((), "proprete.locaux") is None
