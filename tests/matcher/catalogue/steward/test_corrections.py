"""What sites say, answered by a person."""

from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from matcher.catalogue.steward.corrections import (
    confirm_suggestion,
    corrections_of,
    refuse_suggestion,
    suggested_suppliers,
    waiting_suggestions,
)
from matcher.catalogue.steward.privacy import forget_value, purge
from matcher.catalogue.steward.stated_record import CorrectionRefused
from matcher.catalogue.store.read import find_supplier
from matcher.catalogue.store.websites import PageValue, suggest
from matcher.db import writing
from matcher.settings import CACHE_VARIABLE
from tests.factories import Take, raw, siret, taking

NOW = datetime(2026, 11, 20, 9)  # noqa: DTZ001  # UTC without zone, as the tables have it
ONE = f"siret:{siret(1)}"
URL = "http://lilas.test/activites"
LAUNDRY = PageValue(ONE, "activite", "espaces-verts.creation-entretien", "Nous tondons.")


@pytest.fixture
def take(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Take:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    run = taking(engine, tmp_path, NOW)
    run(raw("1", siret=siret(1)))
    return run


def say(engine: Engine, *found: PageValue, url: str = URL) -> None:
    with writing(engine) as connection:
        suggest(connection, found, url, NOW.date())


def test_a_yes_is_a_correction_of_the_team_whose_motive_is_the_page(engine: Engine, take: Take) -> None:
    say(engine, LAUNDRY)
    before = find_supplier(engine, ONE)
    assert before is not None
    assert before.activities == (), "what is proposed is no evidence"
    (one,) = waiting_suggestions(engine, ONE)
    confirm_suggestion(engine, ONE, one.id, author="Léa", now=NOW)
    after = find_supplier(engine, ONE)
    assert after is not None
    assert [(each.code, each.source) for each in after.activities] == [("espaces-verts.creation-entretien", "equipe")]
    assert corrections_of(engine, ONE)[0].motive == "lu le 20 novembre 2026 sur http://lilas.test/activites"
    assert waiting_suggestions(engine, ONE) == ()
    with pytest.raises(CorrectionRefused, match="n’attend plus"):
        confirm_suggestion(engine, ONE, one.id, author="Léa", now=NOW)
    assert len(corrections_of(engine, ONE)) == 1


def test_a_no_stays_and_is_not_proposed_again(engine: Engine, take: Take) -> None:
    say(engine, LAUNDRY)
    refuse_suggestion(engine, ONE, waiting_suggestions(engine, ONE)[0].id, author="Léa")
    say(engine, LAUNDRY)
    assert waiting_suggestions(engine, ONE) == ()
    assert corrections_of(engine, ONE) == ()


def test_what_cannot_be_written_still_waits(engine: Engine, take: Take) -> None:
    say(engine, PageValue(ONE, "activite", "métier.inconnu", ""))
    (one,) = waiting_suggestions(engine, ONE)
    with pytest.raises(CorrectionRefused, match="non reconnue"):
        confirm_suggestion(engine, ONE, one.id, author="Léa", now=NOW)
    with pytest.raises(CorrectionRefused, match="qui corrige"):
        confirm_suggestion(engine, ONE, one.id, author=" ", now=NOW)
    assert waiting_suggestions(engine, ONE) == (one,)


def test_a_page_of_one_speaks_over_a_page_of_several(engine: Engine, take: Take) -> None:
    say(engine, PageValue(*LAUNDRY_KEY, "ensemble", shared=True), url="http://apei.test/")
    say(engine, LAUNDRY)
    (one,) = waiting_suggestions(engine, ONE)
    assert (one.shared, one.sentence, one.url) == (False, "Nous tondons.", URL)


LAUNDRY_KEY = (LAUNDRY.supplier_id, LAUNDRY.champ, LAUNDRY.value)


def test_suggestions_follow_their_supplier_to_its_number(engine: Engine, take: Take) -> None:
    take(raw("9", name="Les Roses"))
    say(engine, PageValue("essai:9", "telephone", "+33321001122", ""))
    assert [each.supplier_id for each in suggested_suppliers(engine)] == ["essai:9"]
    take(raw("9", name="Les Roses", siret=siret(9)))
    now = f"siret:{siret(9)}"
    assert [(each.supplier_id, each.suggestions) for each in suggested_suppliers(engine)] == [(now, 1)]
    say(engine, PageValue(now, "telephone", "+33321001122", ""))
    assert len(waiting_suggestions(engine, now)) == 1


def test_what_a_person_asked_to_forget_is_not_proposed(engine: Engine, take: Take) -> None:
    forget_value(engine, "03 21 00 11 22", now=NOW)
    forget_value(engine, "Jeanne Martin", now=NOW)
    say(
        engine,
        PageValue(ONE, "telephone", "+33321001122", ""),
        PageValue(ONE, "activite", "nettoyage", "Jeanne Martin nettoie."),
    )
    (one,) = waiting_suggestions(engine, ONE)
    assert one.sentence == "nettoie."


def test_old_suggestions_go_with_old_contacts(engine: Engine, take: Take) -> None:
    say(engine, LAUNDRY)
    purge(engine, before=date(2026, 11, 20), now=NOW)
    assert len(waiting_suggestions(engine, ONE)) == 1
    purge(engine, before=date(2026, 11, 21), now=NOW)
    assert waiting_suggestions(engine, ONE) == ()
