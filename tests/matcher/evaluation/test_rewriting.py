"""Suite 3: the figures of docs/evaluation.md on the rewritten directory and the 2019 floor, and a rewriter that can be repeated."""

from pathlib import Path
from random import Random

import pytest

from importers import REGISTRY
from importers.importer import Source
from matcher.catalogue.identity import blocking
from matcher.catalogue.identity.records import CleanRecord, traits_of
from matcher.catalogue.identity.references import split_reference
from matcher.catalogue.identity.same_supplier import group_records
from matcher.catalogue.intake.intake import cleaned_records
from matcher.evaluation.rewriting import TRAPS, hidden_side, identity_figures, rewritten_side

SEEDS = (20, 77)
PANORAMA = "panorama_hdf_2025.csv"


def directory(shared: Path, key: str, name: str) -> list[CleanRecord]:
    return cleaned_records(REGISTRY[key], Source(shared / "data" / "sources" / name))


@pytest.fixture(scope="module")
def known(shared: Path) -> list[CleanRecord]:
    return [
        *directory(shared, "emplois", "les_emplois_marche.json"),
        *directory(shared, "finess", "finess_esat_ea_2021.csv"),
    ]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_directory_by_other_hands(known: list[CleanRecord], seed: int) -> None:
    side = rewritten_side(known, seed)
    assert side == rewritten_side(known, seed)
    assert sum(item.truth is None for item in side) == TRAPS
    figures = identity_figures(known, side)
    assert figures["précision"] >= 0.995
    assert figures["rappel"] >= 0.95
    assert figures["à revoir"] <= 0.03
    assert figures["pièges à revoir"] <= 0.10


def test_crowds_decide_as_whole_blocks_do(known: list[CleanRecord], monkeypatch: pytest.MonkeyPatch) -> None:
    side = rewritten_side(known)
    figures = identity_figures(known, side)
    monkeypatch.setattr(blocking, "CROWD", 0)
    assert identity_figures(known, side) == figures


def test_real_directories_give_the_same_suppliers_in_any_order(known: list[CleanRecord], shared: Path) -> None:
    records = [*known, *directory(shared, "asp", "2019_07_liste_siae.csv"), *directory(shared, "tableur", PANORAMA)]
    traits = [traits_of(record) for record in records]
    grouping = group_records(traits)
    Random(5).shuffle(traits)  # noqa: S311  # an order to repeat
    assert group_records(traits) == grouping
    assert len(set(group_records(map(traits_of, known)).ids.values())) == 5820
    assert {pair.subject[0] for pair in grouping.pairs} == {"emplois", "tableur"}
    linked = {
        split_reference(*key)[1]
        for key, supplier in grouping.ids.items()
        if key[0] == "tableur" and supplier.startswith("siret:")
    }
    assert {"P02", "P04", "P05", "P07", "P10", "P14"} <= linked
    assert {"P01", "P08", "P13"}.isdisjoint(
        linked
    )  # its EA, the denomination « APEI » and Inter Inser are in no directory


def test_the_floor_of_2019(known: list[CleanRecord], shared: Path) -> None:
    side = hidden_side(known, directory(shared, "asp", "2019_07_liste_siae.csv"))
    figures = identity_figures(known, side)
    assert figures["précision"] >= 0.999
    assert figures["rappel"] >= 0.99
    assert figures["à revoir"] <= 0.03
