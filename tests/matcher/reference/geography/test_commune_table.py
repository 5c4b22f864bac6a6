"""The table of communes: the same as the shipped CSV, and made once for the processes that share a folder."""

import csv
import subprocess
import sys
from pathlib import Path

import pytest

from matcher.paths import shipped_path
from matcher.reference.geography.commune_table import commune_table
from matcher.reference.geography.communes import commune_at, commune_names
from matcher.settings import CACHE_VARIABLE

ASKED = """
from matcher.reference.geography import commune_table as tables
if {again}:
    def never(): raise AssertionError("made again")
    tables._make_table = never
table = tables.commune_table()
assert not table.lat.flags.owndata
print(table.names[table.rank["59392"]])
"""


def test_every_row_is_that_of_the_shipped_table() -> None:
    with shipped_path("data/reference/communes.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert len(commune_table().codes) == len(rows)
    for rank, row in enumerate(rows):
        town = commune_at(rank)
        told = {
            "code_insee": town.code,
            "nom": town.name,
            "codes_postaux": " ".join(town.post_codes),
            "departement": town.departement,
            "arrondissement": town.arrondissement,
            "region": town.region,
            "epci": town.epci,
            "ept": town.ept,
            "siren": town.siren,
            "parent": town.parent,
        }
        assert told == {name: row[name] for name in told}
        numbers = (town.population, town.lat, town.lon)
        assert numbers == tuple(
            kind(row[name]) if row[name] else None
            for name, kind in (("population", int), ("lat", float), ("lon", float))
        )
        assert commune_table().rank[town.code] == rank


@pytest.mark.parametrize("odd", ["", "5960", "059600", "٥٩٦٠٠", "-9600", "59 00"])
def test_what_is_no_number_of_its_length_is_nowhere(odd: str) -> None:
    assert commune_table().of_post_code(odd) == []
    assert commune_table().of_siren(odd) is None
    assert commune_table().of_siren("000000000"[: len(odd)]) is None


def test_names_are_a_mapping_in_the_order_of_the_table() -> None:
    names = commune_names()
    assert len(names) == len(list(names)) == len(set(names))
    assert next(iter(names)) == "ABERGEMENT CLEMENCIAT"
    assert names["ABERGEMENT CLEMENCIAT"] == [("L", 0)]
    assert "LE HAVRE" not in names
    assert names.get("LE HAVRE", ()) == ()


@pytest.mark.slow(reason="it starts two interpreters")
def test_one_process_makes_it_and_the_next_maps_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    for again in (False, True):
        command = [sys.executable, "-c", ASKED.format(again=again)]
        assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "Maubeuge\n"
    files = list((tmp_path / "tables").iterdir())
    assert len([path for path in files if path.suffix != ".verrou"]) == 1
    assert all(path.stat().st_mode & 0o077 == 0 for path in files)
