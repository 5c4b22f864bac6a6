"""What registers and lists of organisations say of suppliers: closed doors, successors, bands, and the quality ESS."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import permutations
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from importers.importer import Scope
from importers.record import Item
from matcher.catalogue.identity.merge import GONE, StoredRecord, merge
from matcher.catalogue.identity.records import CleanRecord, from_payload, to_payload
from matcher.catalogue.intake.organisations import NO_SIREN, NO_SUPPLIER, SIREN_REPEATED, facts_of
from matcher.catalogue.intake.plan import RecordOutcome
from matcher.catalogue.intake.registers import due, known_sirets
from matcher.catalogue.intake.report import ImportReport
from matcher.catalogue.store.read import load_supplier, load_suppliers
from matcher.cleaning.limits import LIMITS
from matcher.db import open_database, reading
from matcher.domain.kinds import SupplierKind as K
from matcher.domain.supplier import Origin, Supplier
from tests.factories import Take, clean, raw, siret, taking

NOW = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
ONE, TWO, THREE = siret(1), siret(2), siret(3)
API = "recherche-entreprises"
TRUST = ("essai", "autre", "ess", "sirene", API)
SCOPES = {"ess": Scope.ORGANISATION, "sirene": Scope.ESTABLISHMENT, API: Scope.ESTABLISHMENT}


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{(tmp_path / 'search.sqlite').as_posix()}")
    yield engine
    engine.dispose()


@pytest.fixture
def take(engine: Engine, tmp_path: Path) -> Take:
    return taking(engine, tmp_path, NOW, TRUST, SCOPES)


def register(ref: str, **fields: object) -> Item:
    return raw(ref, "", source="sirene", kind="", siret=ref, **{"post_code": "", "city": "", **fields})


def listed(siren: str, line: int = 1, labels: str = "ESS : Associations", **fields: object) -> Item:
    return raw(siren, source="ess", siren=siren, kind="ESS", line=line, labels=labels, **fields)


def one(engine: Engine, number: str = ONE) -> Supplier:
    found = load_supplier(engine, f"siret:{number}")
    assert found is not None
    return found


# Registers


def merged(*records: CleanRecord) -> Supplier:
    return merge("siret:1", [StoredRecord(record) for record in records], TRUST).supplier


def state(source: str, **fields: object) -> CleanRecord:
    return clean("r", source=source, name="", **fields)


def test_a_closed_door_is_believed_with_its_day_whatever_directories_say() -> None:
    directory = clean("1", active=True, as_of=date(2026, 6, 1))
    closed = state("sirene", open=False, closed=date(2024, 3, 12), as_of=date(2026, 11, 1), successor=TWO)
    supplier = merged(directory, closed)
    assert (supplier.closed, supplier.successor) == (date(2024, 3, 12), TWO)
    assert supplier.closed_reason == "fermé depuis le 12/03/2024 d’après Sirene"
    assert supplier.updated == date(2026, 6, 1), "a closed door gives no freshness"
    assert supplier.provenance is not None
    assert supplier.provenance["closed"] == Origin("sirene", "r", date(2026, 11, 1))
    assert merged(directory, state("sirene", open=False)).closed_reason == "fermé d’après Sirene"


def test_of_two_registers_the_latest_is_believed() -> None:
    closed = state("sirene", open=False, closed=date(2024, 3, 12), as_of=date(2026, 1, 1))
    opened = state(API, open=True, as_of=date(2026, 11, 20))
    for records in permutations([clean("1"), closed, opened]):
        supplier = merged(*records)
        assert (supplier.closed, supplier.closed_reason) == (None, "")
        assert supplier.updated == date(2026, 11, 20), "an open door is a day of life"
    reopened = replace(closed, as_of=date(2026, 11, 21))
    assert merged(clean("1"), opened, reopened).closed_reason


def test_a_register_names_last_fills_the_rest_and_raises_no_doubt() -> None:
    supplier = merged(
        clean("1", name="ESAT du Marais", city="Maubeuge", insee="59392", lat=50.278, lon=3.973, approximate=True),
        clean("r", source=API, name="ASSOC MARAIS", naf="8810C", headcount="12", city="MAUBEUGE", insee="59392",
              address="12 rue A", lat=50.281, lon=3.971, open=True),
    )  # fmt: skip
    assert (supplier.name, supplier.naf, supplier.headcount, supplier.workers) == (
        "ESAT du Marais",
        "8810C",
        "12",
        None,
    )
    assert [(site.lat, site.approximate, site.address) for site in supplier.sites] == [(50.281, False, "12 rue A")]


def test_the_legal_address_makes_no_second_site_but_a_first_one() -> None:
    legal = clean("r", source="sirene", name="", city="Arras", insee="62041")
    assert [s.insee for s in merged(clean("1", city="Maubeuge", insee="59392"), legal).sites] == ["59392"]
    assert [s.insee for s in merged(clean("1"), legal).sites] == ["62041"]


def test_a_supplier_its_directory_lists_no_more_says_so_even_where_the_door_is_open() -> None:
    gone = StoredRecord(clean("1", as_of=date(2025, 1, 1)), gone=True)
    supplier = merge(
        "siret:1", [gone, StoredRecord(state("sirene", open=True, as_of=date(2026, 1, 1)))], TRUST
    ).supplier
    assert (supplier.flags, supplier.updated) == ((GONE,), date(2026, 1, 1))


def test_the_state_survives_its_payload() -> None:
    record = state("sirene", open=False, closed=date(2024, 3, 12), successor=TWO, headcount="NN")
    assert from_payload(to_payload(record)) == record
    assert from_payload(to_payload(state("sirene", open=True))).open is True


def test_a_register_completes_the_suppliers_it_knows_and_makes_none(take: Take, engine: Engine) -> None:
    take(raw("1", siret=ONE), raw("2", siret=TWO))
    take(
        register(ONE, state="F", closed="2024-03-12", as_of="2026-10-30"),
        register(TWO, state="A", as_of="2026-10-30"),
        key="sirene",
    )
    assert one(engine).closed_reason == "fermé depuis le 12/03/2024 d’après Sirene"
    assert one(engine).flags == ()
    assert one(engine, TWO).updated == date(2026, 10, 30)
    assert len(load_suppliers(engine)) == 2
    take(register(THREE, state="A"), key="sirene")  # an importer that would not listen to `wanted`
    assert len(load_suppliers(engine)) == 2
    again = take(register(ONE, state="F", closed="2024-03-12", as_of="2026-10-30"), key="sirene")
    assert set(again.outcomes) == {RecordOutcome.UNCHANGED}


def test_what_a_register_says_of_a_siret_that_its_directory_gives_up_is_dropped(take: Take, engine: Engine) -> None:
    take(raw("1", siret=ONE))
    take(register(ONE, state="A", as_of="2026-10-30"), key="sirene")
    take(raw("1", siret=TWO))
    assert [supplier.id for supplier in load_suppliers(engine)] == [f"siret:{TWO}"]
    with reading(engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM source_record")).scalar() == 1


def test_only_what_is_missing_or_old_is_due(take: Take, engine: Engine) -> None:
    take(raw("1", siret=ONE), raw("2", siret=TWO), raw("3", siret=THREE), raw("4", siret="12345678999901"), raw("5"))
    take(register(ONE, state="A", as_of="2026-10-30"), register(TWO, state="A", as_of="2026-01-01"), key="sirene")
    assert known_sirets(engine) == ["12345678999901", ONE, TWO, THREE]
    assert due(engine, date(2026, 9, 1)) == [TWO, THREE], "neither the fresh one nor the fictitious SIRET of an antenna"
    assert due(engine, date(2026, 11, 1)) == [ONE, TWO, THREE]


# Organisations


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
