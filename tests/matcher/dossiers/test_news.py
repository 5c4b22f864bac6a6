"""News of dossiers: what is due now and not what is waited for, who has closed since, who has answered."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.dossiers.asking.answer import GivenAnswer
from matcher.dossiers.asking.answering import take
from matcher.dossiers.changes import AddLot
from matcher.dossiers.dossier import Status
from matcher.dossiers.entry_changes import SetStatus
from matcher.dossiers.frozen_list import freeze
from matcher.dossiers.news import answers_since, news_of
from matcher.dossiers.store import change, create
from matcher.ownership import FIRST_ORGANISATION, OrganisationId
from matcher.ranking.lay_out import build_shelf
from tests.factories import siret, supplier
from tests.matcher.dossiers.asking.campaigns import NOW, asked, filled, say_controller, secrets
from tests.matcher.dossiers.kept import AT, HEADER, IDS, SHORTLIST, WHO


def test_what_is_due_is_told_and_what_is_waited_for_is_not(engine: Engine) -> None:
    dossier = create(engine, FIRST_ORGANISATION, HEADER, who=WHO, now=AT)
    kept = [AddLot("Berges", freeze(SHORTLIST), IDS[:1], date(2026, 11, 10)), SetStatus(1, IDS[0], Status.CONTACTED)]
    change(engine, FIRST_ORGANISATION, dossier.id, kept, version=dossier.version, who=WHO, now=AT)
    shelf = load_shelf(engine)
    assert news_of(engine, FIRST_ORGANISATION, dossier.id, shelf, AT.date()).due == ()
    (due,) = news_of(engine, FIRST_ORGANISATION, dossier.id, shelf, AT.date() + timedelta(days=8)).due
    assert due.startswith("Relancer Atelier A")


def test_a_structure_that_a_register_says_closed_is_named(engine: Engine) -> None:
    dossier = create(engine, FIRST_ORGANISATION, HEADER, who=WHO, now=AT)
    kept = [AddLot("Berges", freeze(SHORTLIST), IDS[:3], date(2026, 11, 10))]
    change(engine, FIRST_ORGANISATION, dossier.id, kept, version=dossier.version, who=WHO, now=AT)
    shelf = build_shelf(
        [
            supplier("Atelier A", id=IDS[0], siret=siret(1)),
            supplier("Atelier B", id=IDS[1], siret=siret(2), closed=date(2026, 11, 20), closed_reason="fermé"),
        ],
        1,
    )
    assert news_of(engine, FIRST_ORGANISATION, dossier.id, shelf, AT.date()).closed == ("Atelier B",)


def test_answers_are_counted_from_their_day_and_for_their_organisation(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    say_controller(monkeypatch)
    filled(engine, tmp_path)
    campaign = asked(engine)
    assert answers_since(engine, FIRST_ORGANISATION, NOW.date()) == 0
    secret = secrets(engine, campaign.campaign.id)[siret(1)]
    take(engine, secret, GivenAnswer(workers="12"), now=NOW)
    assert answers_since(engine, FIRST_ORGANISATION, NOW.date()) == 1
    assert answers_since(engine, FIRST_ORGANISATION, NOW.date() + timedelta(days=1)) == 0
    assert answers_since(engine, OrganisationId(2), NOW.date()) == 0
