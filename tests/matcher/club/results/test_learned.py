"""Words of participants as the catalogue may take them: their own alone, dated of the day they were said, taken once, forgotten with them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from shutil import copyfile

import pytest
from sqlalchemy import Engine

from matcher.catalogue.identity.trust import STRUCTURE
from matcher.catalogue.steward.corrections import corrections_of
from matcher.catalogue.store.read import load_supplier
from matcher.club.leaving import leave_events
from matcher.club.meeting_day.changes import Amend, Register
from matcher.club.meeting_day.meeting_day import Participant, ParticipantRole
from matcher.club.meeting_day.store import change_latest_day, create_day, load_day
from matcher.club.results.learned import OfferedWords, list_offered_words, teach_catalogue
from matcher.db import open_database, writing
from matcher.domain.supplier import Supplier
from matcher.journal.change import ChangeRefused
from matcher.ownership import FIRST_ORGANISATION as OWNER
from tests.matcher.club.day import HEADER, RULES, SCHEDULE, WHO

SAID = datetime(2026, 10, 5, 9, tzinfo=UTC)
NOW = datetime(2026, 12, 10, 9, tzinfo=UTC)


@pytest.fixture
def engine(built: Path, tmp_path: Path) -> Iterator[Engine]:
    """The catalogue of the sample, of one's own, with an event where nobody is yet."""
    path = tmp_path / "club.sqlite"
    copyfile(built, path)
    engine = open_database(f"sqlite:///{path.as_posix()}")
    create_day(engine, OWNER, HEADER, SCHEDULE, RULES, author=WHO, now=SAID)
    yield engine
    engine.dispose()


@pytest.fixture
def supplier(engine: Engine) -> Supplier:
    """Of green spaces and mailings, with 75 workers."""
    found = load_supplier(engine, "siret:00010103000013")
    assert found is not None
    return found


def registered(engine: Engine, supplier: Supplier, *, told: bool = True, **said: object) -> tuple[OfferedWords, ...]:
    one = Participant(1, ParticipantRole.SUPPLIER, supplier.name, siret=supplier.siret, supplier_id=supplier.id)
    coming = (replace(one, **said),)  # type: ignore[arg-type]  # what a test says of a participant
    event = change_latest_day(engine, OWNER, 1, lambda _: [Register(coming, told=told)], author=WHO, now=SAID)
    return list_offered_words(engine, event)


def test_what_it_says_is_taken_once_as_its_own_word_of_that_day(engine: Engine, supplier: Supplier) -> None:
    (offer,) = registered(engine, supplier, activity="Blanchisserie", workers=37.0)
    assert offer.shown == ("Blanchisserie", "effectif : 37")
    assert (offer.on, offer.wrote, offer.faults) == (SAID.date(), "Blanchisserie", ())
    teach_catalogue(engine, OWNER, 1, offer, author=WHO, now=NOW)
    held = load_supplier(engine, supplier.id)
    assert held is not None
    assert held.provenance is not None
    assert held.workers == 37
    assert (held.provenance["workers"].source, held.provenance["workers"].date) == (STRUCTURE, date(2026, 10, 5))
    assert "Blanchisserie" in {one.wording for one in held.activities}
    assert list_offered_words(engine, load_day(engine, OWNER, 1)) == ()
    with pytest.raises(ChangeRefused, match="déjà au catalogue"):
        teach_catalogue(engine, OWNER, 1, offer, author=WHO, now=NOW)
    assert len(corrections_of(engine, supplier.id)) == 1


def test_what_the_organiser_wrote_is_not_its_word(engine: Engine, supplier: Supplier) -> None:
    assert registered(engine, supplier, told=False, activity="Blanchisserie") == ()
    own = replace(load_day(engine, OWNER, 1).participants[0], workers=12.0)
    (offer,) = list_offered_words(
        engine, change_latest_day(engine, OWNER, 1, lambda _: [Amend((own,))], author=WHO, now=NOW)
    )
    assert offer.shown == ("effectif : 12",)
    assert offer.on == NOW.date()


def test_what_the_catalogue_knows_is_not_offered(engine: Engine, supplier: Supplier) -> None:
    known = next(one for one in supplier.activities if one.evidence.is_declared)
    assert registered(engine, supplier, workers=supplier.workers, area=supplier.area, activity=known.wording) == ()


def test_who_leaves_the_catalogue_takes_its_words_along(engine: Engine, supplier: Supplier) -> None:
    (offer,) = registered(engine, supplier, activity="Blanchisserie", workers=37.0)
    teach_catalogue(engine, OWNER, 1, offer, author=WHO, now=NOW)
    with writing(engine) as connection:
        leave_events(connection, frozenset({supplier.id, f"siret:{supplier.siret}"}), WHO, NOW)
    event = load_day(engine, OWNER, 1)
    assert event.taken_words == ()
    assert list_offered_words(engine, event) == ()
