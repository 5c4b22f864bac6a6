"""Social and other specific services are found by code, else by activity; of some of them article L2113-15 may reserve a lot."""

from matcher.reference.specific_services import listed_service, listed_services
from matcher.reference.trades.activities import taxonomy


def test_specific_services_are_found_by_code_else_by_activity() -> None:
    assert all(line.source and line.activities <= set(taxonomy().codes) for line in listed_services())
    assert listed_service(("85312110-3",), "") is not None
    assert listed_service(("90910000",), "medico-social.soins") is None  # the code says cleaning
    assert listed_service((), "medico-social.soins") is not None
    assert listed_service((), "proprete.locaux") is None


def test_a_line_that_may_be_reserved_comes_before_a_wider_one_that_may_not() -> None:
    found = {code: listed_service((code,), "") for code in ("92500000", "92610000", "79713000", "90911000")}
    reservable = {code: line and line.reservable for code, line in found.items()}
    assert reservable == {"92500000": True, "92610000": False, "79713000": False, "90911000": None}
