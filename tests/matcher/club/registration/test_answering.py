"""An answer that recognises a supplier gives it the spelling of the catalogue, where its line misspells it."""

from dataclasses import replace
from pathlib import Path

import pytest

from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.club.meeting_day.answers import NEW
from matcher.club.meeting_day.changes import AskQuestion
from matcher.club.meeting_day.meeting_day import Doubt, ImportQuestion, MeetingDay, Option
from matcher.club.registration.answering import answer_changes
from matcher.club.registration.who_is_it import Catalogue
from matcher.db import open_database
from tests.matcher.club.day import BUYERS, SUPPLIERS, after, full

ID = "siret:00010102200010"  # ESAT les Hortensias de la Solre


def _asked(name: str) -> MeetingDay:
    event = full((*BUYERS, replace(SUPPLIERS[0], name=name)))
    options = (Option(ID, "ESAT les Hortensias de la Solre"), Option(NEW, "un nouveau"))
    return after(event, AskQuestion((ImportQuestion(1, Doubt.WHO, 4, "Qui ?", options),)))


@pytest.mark.parametrize(
    ("name", "code", "shown", "written"),
    [
        ("ESAT les Hortensia de la Solre", ID, "ESAT LES HORTENSIAS DE LA SOLRE", "ESAT les Hortensia de la Solre"),
        ("Hortensias", ID, "Hortensias", ""),
        ("ESAT les Hortensia de la Solre", NEW, "ESAT les Hortensia de la Solre", ""),
    ],
)
def test_a_supplier_that_is_recognised_is_spelt_as_the_catalogue_spells_it(
    built: Path, name: str, code: str, shown: str, written: str
) -> None:
    engine, event = open_database(f"sqlite:///{built.as_posix()}"), _asked(name)
    one = after(event, *answer_changes(event, [(1, code)], Catalogue(engine, load_shelf(engine)))).participant(4)
    assert (one.name, one.written) == (shown, written)
    engine.dispose()
