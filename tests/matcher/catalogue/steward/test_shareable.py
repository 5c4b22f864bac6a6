"""What may leave: nothing of a source that does not let it out, all of the others, counted and cited."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from importers.importer import Claim, Scope, Source
from matcher.catalogue.identity.merge import Merged
from matcher.catalogue.intake.intake import run_import
from matcher.catalogue.steward.shareable import Shareable, shareable, shareable_of
from matcher.db import reading
from matcher.reference.source_rules import Use
from tests.factories import importer, lookups, raw, siret

NOW = datetime(2026, 11, 25, tzinfo=UTC)


@pytest.fixture
def filled(engine: Engine, tmp_path: Path) -> Engine:
    """One ESAT of FINESS and of Hosmoz, one of Hosmoz alone, one EI of Les emplois."""
    path = tmp_path / "f"
    path.touch()
    both = siret(1)
    for key, *items in (
        ("finess", raw("590000001", "ESAT QUANTA", source="finess", kind="ESAT", siret=both, finess="590000001", as_of="2021-01-08")),
        ("hosmoz", raw("1", "Quanta", source="hosmoz", kind="ESAT", siret=both, workers="40", claims=(Claim("hosmoz", "Nettoyage"),)),
                   raw("2", "ESAT DU BOIS", source="hosmoz", kind="ESAT", siret=siret(2))),
        ("emplois", raw("3", "INSERTION", source="emplois", kind="EI", siret=siret(3))),
    ):  # fmt: skip
        run_import(engine, importer(items, key), [Source(path)], now=NOW, lookups=lookups())
    ess = replace(
        importer([raw("x", source="ess", kind="ESS", siret="", siren=siret(3)[:9])], "ess"), scope=Scope.ORGANISATION
    )
    run_import(engine, ess, [Source(path)], now=NOW, lookups=lookups())
    return engine


def names(found: Shareable) -> set[str]:
    return {supplier.name for supplier in found.suppliers}


def test_inside_everything_is_there(filled: Engine) -> None:
    found = shareable(filled, Use.INSIDE, contacts_since=None)
    assert len(found.suppliers) == 3
    assert (found.cut, found.left_out, found.says()) == ({}, 0, "")


def test_what_a_source_keeps_in_does_not_leave_and_is_counted(filled: Engine) -> None:
    found = shareable(filled, Use.EXPORT, contacts_since=None)
    assert names(found) == {"ESAT QUANTA", "INSERTION"}
    quanta = next(supplier for supplier in found.suppliers if supplier.name == "ESAT QUANTA")
    assert (quanta.workers, quanta.activities, {origin.source for origin in quanta.origins}) == (None, (), {"finess"})
    assert (found.cut, found.left_out) == ({"hosmoz": 2}, 1)
    assert "Annuaire Hosmoz n’y est pas (droits réservés" in found.says()
    assert "1 fournisseur qu’aucune autre source ne fait connaître : non repris" in found.says()
    assert found.mentions["finess"].endswith("Licence Ouverte, données de janvier 2021")
    assert "hosmoz" not in found.mentions


def test_what_is_published_is_less_than_what_is_exported(filled: Engine) -> None:
    found = shareable(filled, Use.PUBLISH, contacts_since=None)
    assert names(found) == {"ESAT QUANTA"}
    assert found.cut == {"emplois": 1, "ess": 1, "hosmoz": 2}


def test_the_date_of_the_data_goes_with_the_mention(filled: Engine) -> None:
    (finess,) = (s for s in shareable(filled, Use.PUBLISH, contacts_since=None).suppliers)
    assert finess.updated == date(2021, 1, 8)


@pytest.mark.parametrize("use", list(Use))
def test_some_suppliers_alone_are_told_as_in_the_whole(filled: Engine, use: Use) -> None:
    whole = {supplier.id: supplier for supplier in shareable(filled, use, contacts_since=None).suppliers}
    every = [supplier.id for supplier in shareable(filled, Use.INSIDE, contacts_since=None).suppliers]
    with reading(filled) as connection:
        told = shareable_of(connection, every, use)
    alone = {key: its.supplier for key, its in told.items() if isinstance(its, Merged)}
    assert {key: (its.name, its.kinds, its.workers, its.activities) for key, its in alone.items()} == {
        key: (its.name, its.kinds, its.workers, its.activities) for key, its in whole.items()
    }
    kept_in = {its for its in told.values() if isinstance(its, frozenset)}
    assert (
        kept_in
        == {
            Use.INSIDE: set(),
            Use.EXPORT: {frozenset({"hosmoz"})},
            Use.PUBLISH: {frozenset({"hosmoz"}), frozenset({"emplois", "ess"})},
        }[use]
    )


def test_a_website_past_its_retention_does_not_leave(filled: Engine, tmp_path: Path) -> None:
    sites = [raw("590000001", "ESAT QUANTA", source="finess", siret=siret(1), website="a.fr", as_of="2021-01-08"),
             raw("590000002", "ESAT BÊTA", source="finess", siret=siret(4), website="b.fr", as_of="2021-01-08")]  # fmt: skip
    run_import(filled, importer(sites, "finess"), [Source(tmp_path / "f")], now=NOW, lookups=lookups())
    for since, websites in ((None, {"http://a.fr", "http://b.fr", ""}), (date(2023, 11, 25), {""})):
        leaving = shareable(filled, Use.EXPORT, contacts_since=since)
        assert {supplier.website for supplier in leaving.suppliers} == websites
