"""A list of organisations gives a quality to their suppliers, those to come too, and makes none unless asked."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from importers.importer import Item
from matcher.catalogue.intake.organisations import NO_SIREN, NO_SUPPLIER, SIREN_REPEATED, facts_of
from matcher.catalogue.intake.report import ImportReport
from matcher.catalogue.store.read import load_supplier, load_suppliers
from matcher.cleaning.limits import LIMITS
from matcher.db import open_database, reading
from matcher.domain.kinds import SupplierKind as K
from matcher.domain.supplier import Origin
from tests.factories import Take, raw, taking
from tests.matcher.catalogue.intake.test_registers import NOW, ONE, SCOPES, THREE, TRUST, TWO, one


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{(tmp_path / 'catalogue.sqlite').as_posix()}")
    yield engine
    engine.dispose()


@pytest.fixture
def take(engine: Engine, tmp_path: Path) -> Take:
    return taking(engine, tmp_path, NOW, TRUST, SCOPES)


def listed(siren: str, line: int = 1, labels: str = "ESS : Associations", **fields: object) -> Item:
    return raw(siren, source="ess", siren=siren, kind="ESS", line=line, labels=labels, **fields)


def counts(report: ImportReport) -> dict[str, int]:
    figures = report.as_dict()
    names = ("read", "created", "updated", "unchanged", "merged", "review", "refused")
    assert figures["read"] == sum(figures[name] for name in names[1:])
    return {name: figures[name] for name in names if figures[name]}


def test_a_list_gives_a_quality_creates_nobody_and_adds_up(take: Take, engine: Engine) -> None:
    take(raw("1", siret=ONE), raw("2", siret=TWO))
    lines = (listed(ONE[:9], 2), listed(THREE[:9], 3), listed(ONE[:9], 4, city="Arras"), listed("12", 5))
    report = take(*lines, key="ess")
    assert counts(report) == {"read": 4, "merged": 1, "refused": 3}
    assert report.refusals == {NO_SUPPLIER: [3], SIREN_REPEATED: [4], NO_SIREN: [5]}
    assert [supplier.kinds for supplier in load_suppliers(engine)] == [(K.ESAT, K.ESS), (K.ESAT,)]
    again = take(*lines, key="ess")
    assert counts(again) == {"read": 4, "unchanged": 1, "refused": 3}
    assert (again.version, report.version) == (2, 2)


def test_what_was_said_of_an_organisation_waits_for_its_suppliers(take: Take, engine: Engine) -> None:
    take(listed(ONE[:9]), key="ess")
    take(raw("1", siret=ONE), raw("2", name="Sans établissement", siren=ONE[:9], kind=""))
    late = {supplier.id: supplier for supplier in load_suppliers(engine)}
    assert late[f"siret:{ONE}"].kinds == (K.ESAT, K.ESS)
    assert late["essai:2"].kinds == (K.ESS,)
    found = load_supplier(engine, "essai:2")
    assert found is not None
    assert found.provenance is not None
    assert found.provenance["kinds"] == Origin("ess", ONE[:9], None)
    with reading(engine) as connection:
        assert facts_of(connection, [ONE[:9]])[ONE[:9]][0].wording == "ESS : Associations"


def test_a_wording_without_measure_is_cut_and_said(take: Take, engine: Engine) -> None:
    take(raw("1", siret=ONE))
    report = take(listed(ONE[:9], 4, labels="A" * 3_000_000), key="ess")
    assert report.doubts == {LIMITS["labels"].flag: [4]}
    with reading(engine) as connection:
        assert facts_of(connection, [ONE[:9]])[ONE[:9]][0].wording == "A" * LIMITS["labels"].most


def test_the_order_of_the_list_and_the_directory_does_not_matter(tmp_path: Path, take: Take, engine: Engine) -> None:
    take(raw("1", siret=ONE))
    take(listed(ONE[:9]), key="ess")
    other = open_database(f"sqlite:///{(tmp_path / 'autre.sqlite').as_posix()}")
    into_other = taking(other, tmp_path, NOW, TRUST, SCOPES)
    into_other(listed(ONE[:9]), key="ess")
    into_other(raw("1", siret=ONE))
    assert load_suppliers(engine) == load_suppliers(other)
    other.dispose()


def test_an_organisation_a_complete_list_drops_loses_the_quality_and_may_win_it_back(
    take: Take, engine: Engine
) -> None:
    take(raw("1", siret=ONE), raw("2", siret=TWO))
    take(listed(ONE[:9]), listed(TWO[:9]), key="ess", complete=True)
    report = take(listed(ONE[:9]), key="ess", complete=True)
    assert (report.gone, report.changed) == (1, True)
    assert one(engine, TWO).kinds == (K.ESAT,)
    back = take(listed(ONE[:9]), listed(TWO[:9]), key="ess")
    assert counts(back) == {"read": 2, "unchanged": 1, "updated": 1}
    assert one(engine, TWO).kinds == (K.ESAT, K.ESS)


def test_suppliers_are_made_when_asked_of_organisations_that_have_none(take: Take, engine: Engine) -> None:
    take(raw("1", siret=ONE))
    lines = (listed(ONE[:9]), listed(TWO[:9], name="Scop des Rives"))
    first = take(*lines, key="ess", create=True)
    assert counts(first) == {"read": 2, "created": 1, "merged": 1}
    made = load_supplier(engine, f"ess:{TWO[:9]}")
    assert made is not None
    assert (made.name, made.kinds, made.siren) == ("Scop des Rives", (K.ESS,), TWO[:9])
    assert counts(take(*lines, key="ess", create=True)) == {"read": 2, "unchanged": 2}
    assert counts(take(*lines, key="ess")) == {"read": 2, "unchanged": 2}


def test_a_dry_run_says_the_same_and_writes_nothing(take: Take, engine: Engine) -> None:
    take(raw("1", siret=ONE))
    assert counts(take(listed(ONE[:9]), key="ess", dry_run=True)) == counts(take(listed(ONE[:9]), key="ess"))
