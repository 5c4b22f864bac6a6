"""The example of the first page: one that the catalogue answers, the same each time, around the buyer where it can."""

from datetime import date
from pathlib import Path

from flask import Flask
from sqlalchemy import Engine

from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.db import open_database
from matcher.web import create_app
from matcher.web.need.answer import answer_on
from matcher.web.need.example import ENOUGH, example

TODAY = date(2026, 11, 25)


def test_it_finds_what_it_says_and_stays_the_same(app: Flask, engine: Engine) -> None:
    shelf = load_shelf(engine)
    with app.test_request_context("/"):
        shown = example(shelf, TODAY, "")
        assert shown is not None
        found = answer_on(shelf, TODAY, shown.query)
        assert shown.known == found.known > 0
        assert shown.first == found.candidates[0]
        assert example(shelf, TODAY, "") is shown


def test_it_is_where_the_buyer_is_when_enough_are_known_there(app: Flask, engine: Engine) -> None:
    shelf = load_shelf(engine)
    with app.test_request_context("/"):
        near, far = example(shelf, TODAY, "Maubeuge (59)"), example(shelf, TODAY, "Cayenne (973)")
    assert near is not None
    assert far is not None
    if near.known >= ENOUGH:
        assert near.query.text("lieu") == "Maubeuge (59)"
    assert not far.query.text("lieu")


def test_nothing_is_shown_of_a_catalogue_that_knows_nobody(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{(tmp_path / 'vide.sqlite').as_posix()}")
    with create_app(engine).test_request_context("/"):
        assert example(load_shelf(engine), TODAY, "Lille") is None
    engine.dispose()
