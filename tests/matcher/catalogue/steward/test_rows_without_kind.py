"""Rows that nothing tells inclusive: out of the catalogue until a person decides, whatever happens before and after."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from importers import REGISTRY
from importers.importer import Source
from matcher.catalogue.intake.intake import run_import
from matcher.catalogue.intake.report import ImportReport
from matcher.catalogue.intake.undo import undo_import
from matcher.catalogue.steward.corrections import corrections_of, withdraw_correction
from matcher.catalogue.steward.review import ReviewRefused
from matcher.catalogue.steward.rows_without_kind import (
    count_waiting,
    keep_row,
    leave_row_out,
    rows_without_kind,
    take_row_back,
)
from matcher.catalogue.store.read import load_supplier, load_suppliers, stats
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.catalogue.store.why_missing import why_missing
from matcher.db import open_database
from matcher.domain.kinds import SupplierKind
from tests.factories import siret

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
KNOWN, STRANGER = siret(1), siret(2)
DIRECTORY = f"Nom;Type;SIRET;Commune;Code postal\nATELIERS DU PONT;EA;{KNOWN};Arras;62000\n"
SHEET = f"""Réf;Nom;SIRET;Commune;Code postal
A;Ateliers du Pont;{KNOWN};Arras;62000
B;SARL Dupont Peinture;{STRANGER};Arras;62000
C;ESAT des Trois Rivières;;Lens;62300
D;Apei de Denain;;Denain;59220
"""
WAITS = f"siret:{STRANGER}"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{(tmp_path / 'catalogue.sqlite').as_posix()}")
    yield engine
    engine.dispose()


def take(engine: Engine, tmp_path: Path, name: str, text: str, *, dry_run: bool = False) -> ImportReport:
    path = tmp_path / f"{name}.csv"
    path.write_text(text, encoding="utf-8")
    return run_import(engine, REGISTRY["tableur"], [Source(path)], now=NOW, dry_run=dry_run)


@pytest.fixture
def row(engine: Engine, tmp_path: Path) -> str:
    """The id of the row that waits, of a sheet imported over a directory."""
    take(engine, tmp_path, "annuaire", DIRECTORY)
    take(engine, tmp_path, "feuille", SHEET)
    (waits,) = rows_without_kind(engine)
    return waits.supplier_id


def test_a_known_supplier_needs_no_kind_and_a_stranger_waits(engine: Engine, tmp_path: Path) -> None:
    take(engine, tmp_path, "annuaire", DIRECTORY)
    foretold = take(engine, tmp_path, "feuille", SHEET, dry_run=True).as_dict()
    done = take(engine, tmp_path, "feuille", SHEET).as_dict()
    told = {name: done[name] for name in ("read", "merged", "created", "review", "refused")}
    assert told == {"read": 4, "merged": 1, "created": 2, "review": 1, "refused": 0}
    assert told.items() <= foretold.items()
    assert [(each.supplier_id, each.record.name) for each in rows_without_kind(engine)] == [
        (WAITS, "SARL Dupont Peinture")
    ]
    kinds = {each.name: each.kinds for each in load_suppliers(engine)}
    assert kinds == {
        "Ateliers du Pont": (SupplierKind.EA,),
        "ESAT des Trois Rivières": (SupplierKind.ESAT,),
        "Apei de Denain": (SupplierKind.ESAT,),
    }
    again = take(engine, tmp_path, "feuille", SHEET)
    assert again.as_dict()["unchanged"] == 4
    assert not again.changed


def test_what_waits_is_nowhere_and_why_is_said(engine: Engine, row: str) -> None:
    assert row not in load_shelf(engine).ids
    assert load_supplier(engine, row) is None
    assert all(STRANGER not in line for line in map(str, load_suppliers(engine)))
    counted = stats(engine)
    assert (counted["suppliers"], counted["by_source"], counted["waiting"]) == (3, {"tableur": 3}, 1)
    assert "attend dans la file à revoir" in why_missing(engine, STRANGER)
    assert count_waiting(engine) == 1


def test_a_row_is_kept_with_a_kind_that_lasts_until_it_is_withdrawn(engine: Engine, row: str, tmp_path: Path) -> None:
    keep_row(engine, row, SupplierKind.EI, "Camille", NOW)
    supplier = load_supplier(engine, WAITS)
    assert supplier is not None
    assert (supplier.name, supplier.kinds) == ("SARL Dupont Peinture", (SupplierKind.EI,))
    assert rows_without_kind(engine) == []
    take(engine, tmp_path, "feuille", SHEET.replace("Dupont Peinture", "Dupont et fils"))
    supplier = load_supplier(engine, WAITS)
    assert supplier is not None
    assert (supplier.name, supplier.kinds) == ("SARL Dupont et fils", (SupplierKind.EI,))
    (correction,) = corrections_of(engine, WAITS)
    withdraw_correction(engine, correction.id, now=NOW)
    assert load_supplier(engine, WAITS) is None
    assert [each.supplier_id for each in rows_without_kind(engine)] == [WAITS]


def test_a_row_is_left_out_until_it_waits_again_or_a_directory_tells_its_kind(
    engine: Engine, row: str, tmp_path: Path
) -> None:
    leave_row_out(engine, row, "Camille", NOW)
    take(engine, tmp_path, "feuille", SHEET.replace("Peinture", "peinture"))
    assert rows_without_kind(engine) == []
    assert [(each.supplier_id, each.left_out_by) for each in rows_without_kind(engine, left_out=True)] == [
        (WAITS, "Camille")
    ]
    take_row_back(engine, row, NOW)
    assert count_waiting(engine) == 1
    leave_row_out(engine, row, "Camille", NOW)
    take(engine, tmp_path, "autre", f"Nom;Type;SIRET\nDupont;EI;{STRANGER}\n")
    assert load_supplier(engine, WAITS) is not None
    assert rows_without_kind(engine, left_out=True) == []


def test_an_import_of_rows_that_wait_is_taken_back_whole(engine: Engine, row: str) -> None:
    undone = undo_import(engine, 2, now=NOW)
    assert (undone.removed, count_waiting(engine), stats(engine)["suppliers"]) == (4, 0, 1)


def test_a_list_of_organisations_tells_the_kind(engine: Engine, row: str, tmp_path: Path) -> None:
    path = tmp_path / "ess.csv"
    path.write_text(
        f"SIREN;Nom ou raison sociale de l'entreprise;Famille juridique de l'entreprise\n{STRANGER[:9]};DUPONT;Associations\n",
        encoding="utf-8",
    )
    run_import(engine, REGISTRY["ess"], [Source(path)], now=NOW)
    supplier = load_supplier(engine, WAITS)
    assert supplier is not None
    assert supplier.kinds == (SupplierKind.ESS,)


@pytest.mark.parametrize("name", ["", "inconnu", f"siret:{KNOWN}"])
def test_what_does_not_wait_is_refused(engine: Engine, row: str, name: str) -> None:
    with pytest.raises(ReviewRefused, match="n’est pas une ligne qui attend"):
        leave_row_out(engine, name, "Camille", NOW)
    with pytest.raises(ReviewRefused, match="n’avait pas été laissée de côté"):
        take_row_back(engine, row, NOW)
