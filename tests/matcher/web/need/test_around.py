"""What is known around a place: counted within reach, for a place that is understood."""

from flask import Flask

from matcher.web.frame.app_state import EXTENSION
from matcher.web.need.around import around


def test_it_counts_those_within_reach_and_what_is_known_of_them(app: Flask) -> None:
    desk = app.extensions[EXTENSION]
    with app.test_request_context("/"):
        near = around(desk, "Maubeuge")
        assert near is not None
        assert near.place == "Maubeuge"
        assert 0 < near.suppliers < len(desk.shelf())
        assert near.known.keys() == {"métier", "téléphone", "effectif"}
        assert all(0 <= known <= near.suppliers for known in near.known.values())
        assert near.known["métier"] > 0
        assert around(desk, "Maubeuge") is near


def test_a_place_that_is_none_counts_nobody(app: Flask) -> None:
    with app.test_request_context("/"):
        assert around(app.extensions[EXTENSION], "nulle part de connu") is None
        assert around(app.extensions[EXTENSION], "Saint-Denis (974)") is None
