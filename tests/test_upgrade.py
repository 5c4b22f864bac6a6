"""Catalogues written by earlier versions open, upgrade, and say what they said. The files are made on the invented samples."""

import gzip
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from matcher.catalogue.store.contacts import load_contacts
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.club.meeting_day import store as days
from matcher.db import open_database
from matcher.domain.need import Need
from matcher.domain.reading import Lot, RawPlace
from matcher.dossiers import store as dossiers
from matcher.need.answer import answer_to
from matcher.ownership import FIRST_ORGANISATION
from matcher.ranking.bands import BandedRanking
from matcher.ranking.reasons import explanation
from matcher.web.app import create_app
from tests.conftest import ROOT

KEPT = sorted((ROOT / "tests/fixtures/catalogues").glob("*.sqlite.gz"))
BERGES = "siret:00010101400017"
NOW = datetime(2026, 12, 2, 10, tzinfo=UTC)
PAGES = (
    "/",
    "/candidats?besoin=Entretien+des+espaces+verts&lieu=Maubeuge",
    f"/fournisseurs/{BERGES}",
    "/catalogue/imports",
    "/dossiers/1",
    "/dossiers/1/imprimer",
    "/club/1",
    "/club/1/fiches",
)


@pytest.fixture(params=KEPT, ids=lambda path: path.name.removesuffix(".sqlite.gz"))
def former(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A catalogue of an earlier version, opened by this one."""
    path = tmp_path / "catalogue.sqlite"
    path.write_bytes(gzip.decompress(request.param.read_bytes()))
    engine = open_database(f"sqlite:///{path.as_posix()}")
    yield engine
    engine.dispose()


def test_the_first_version_is_kept() -> None:
    assert [path.name for path in KEPT][:1] == ["0.1.sqlite.gz"]


def test_suppliers_and_what_the_team_wrote_are_there(former: Engine) -> None:
    shelf = load_shelf(former)
    assert len(shelf) == 44
    assert ("equipe", "+33320000001") in [
        (contact.origin.source, contact.value) for contact in load_contacts(former, BERGES)
    ]


def test_a_frozen_list_is_read_and_printed_as_it_was(former: Engine) -> None:
    held = dossiers.load_dossier(former, FIRST_ORGANISATION, 1)
    (lot,) = held.lots
    first, *_ = lot.entries
    assert [entry.match.score for entry in lot.entries] == [86.75, 81.97, 72.46, 59.49]
    assert first.note == "À rappeler lundi"
    assert [part.stance for part in first.match.contributions] == [
        "pour",
        "pour",
        "pour",
        "non connu",
        "non connu",
        "sans avis",
        "sans avis",
    ]
    assert "activité\u00a0: déclare" in explanation(first.match)[0]
    asked = Lot("Entretien des espaces verts", lieux=(RawPlace("Maubeuge"),), date=date(2026, 12, 1))
    kept = [entry.match.id for entry in lot.entries]
    today = answer_to(Need(asked), load_shelf(former), 6, BandedRanking.first_by_rank)
    by_rank = [match.id for match in today.matches if (match.rank or 0) <= 6]
    assert by_rank[:3] == kept[:3]
    assert set(kept) <= set(by_rank), "the weights changed the order of the last alone"


def test_a_planned_day_is_read(former: Engine) -> None:
    day = days.load_day(former, FIRST_ORGANISATION, 1)
    assert len(day.participants) == 86


def test_the_pages_open(former: Engine) -> None:
    client = create_app(former, today=NOW.date, clock=lambda: NOW).test_client()
    for page in PAGES:
        assert client.get(page).status_code == 200, page
