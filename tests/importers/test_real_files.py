"""The real directories, where they are at hand: nothing is lost."""

from pathlib import Path

import pytest

from tests.importers.reading import items_of, records, refusals, remarks

FILES = (
    ("emplois", "les_emplois_marche.json", 3853, 0),
    ("finess", "finess_esat_ea_2021.csv", 2023, 0),
    ("asp", "2019_07_liste_siae.csv", 3868, 64),
    ("asp-rome", "2019_07_liste_siae_additional_data.csv", 228, 0),
    ("tableur", "panorama_hdf_2025.csv", 15, 0),
)


@pytest.fixture
def sources(shared: Path) -> Path:
    """The folder of the real directories."""
    return shared / "data/sources"


@pytest.mark.parametrize(("key", "name", "kept", "repeated"), FILES, ids=[key for key, *_ in FILES])
def test_every_row_is_a_record_or_a_repetition(sources: Path, key: str, name: str, kept: int, repeated: int) -> None:
    items = items_of(key, sources / name)
    assert len(records(items)) == kept
    assert len(refusals(items)) == repeated
    assert all("répète une autre ligne" in refused.reason for refused in refusals(items))
    assert len({record.source_ref for record in records(items)}) == kept
    if key != "tableur":
        assert remarks(items) == []


def test_finess_coordinates_are_joined(sources: Path) -> None:
    found = records(items_of("finess", sources / "finess_esat_ea_2021.csv"))
    assert all(record.x and record.y for record in found)
    assert {record.projection for record in found} == {"LAMBERT_93", "UTM_N20", "UTM_N22", "UTM_S40"}


def test_the_panorama_is_understood(sources: Path) -> None:
    items = items_of("tableur", sources / "panorama_hdf_2025.csv")
    by_ref = {record.source_ref: record for record in records(items)}
    washed = by_ref["P03"]
    assert (washed.name, washed.kind, washed.city) == ("ESAT du Thérain", "ESAT", "Beauvais")
    assert washed.workers == "175 travailleurs, dont 10 à 15 à la légumerie"
    assert washed.capacity == washed.area == "600 kg par jour, pointes à 1,2 t ; ex-Picardie"
    assert [claim.vocabulary for claim in washed.claims] == ["libre"]
    assert any(one.message.startswith("Colonne « Page du panorama » (") for one in remarks(items))
