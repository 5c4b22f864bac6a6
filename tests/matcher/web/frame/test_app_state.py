"""What the pages answer from, said in their foot."""

from threading import Event

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from matcher.catalogue.steward.corrections import correct
from matcher.catalogue.store import shelf_cache
from matcher.db import reading
from tests.matcher.web.conftest import OPENED
from tests.waiting import awaited

CHANGING = "le catalogue vient de changer"


def test_the_foot_says_that_the_catalogue_has_changed_since(
    own: Engine, writer: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert CHANGING not in writer.get("/").text
    may_end, real = Event(), shelf_cache.lay_out

    def lay_out(*given: object) -> object:
        may_end.wait()
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(shelf_cache, "lay_out", lay_out)
    monkeypatch.setattr(shelf_cache, "PATIENCE_S", 0)
    with reading(own) as connection:
        supplier = next(shelf_cache.each_supplier(connection)).id
    correct(own, supplier, {"nom": ["Le Grand Relais"]}, who="Jeanne", motive="", now=OPENED)
    assert CHANGING in writer.get("/").text
    may_end.set()
    awaited(lambda: writer.get("/").text, lambda page: CHANGING not in page)
