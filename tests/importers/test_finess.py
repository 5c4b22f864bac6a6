from pathlib import Path

import pytest

from importers.importer import SourceError
from tests.importers.reading import FIXTURES, items_of, records, refusals, remarks


def _import(tmp_path: Path, text: str, encoding: str = "cp1252") -> Path:
    path = tmp_path / "finess.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_the_same_extract_in_utf8_gives_the_same(tmp_path: Path) -> None:
    original = FIXTURES / "finess.csv"
    path = _import(tmp_path, original.read_bytes().decode("cp1252"), "utf-8")
    assert items_of("finess", path) == items_of("finess", original)


def test_other_categories_are_counted_in_one_remark() -> None:
    (remark,) = remarks(items_of("finess", FIXTURES / "finess.csv"))
    assert remark.message.endswith("non repris : 1.")


def test_without_first_line_the_date_is_unknown_and_nothing_is_lost(tmp_path: Path) -> None:
    lines = (FIXTURES / "finess_31.csv").read_text(encoding="utf-8").splitlines()[1:]
    found = records(items_of("finess", _import(tmp_path, "\n".join(lines))))
    assert [(record.source_ref, record.as_of) for record in found] == [("990000201", ""), ("990000202", "2024-05-06")]


def test_places_without_their_establishment_are_no_rows(tmp_path: Path) -> None:
    text = "finess;etalab;96;2024-07-09\ngeolocalisation;990000101;1;2;1,A,100,B,C,V,LAMBERT_93;2024-07-09\n"
    assert items_of("finess", _import(tmp_path, text)) == []


def test_rows_cut_short_are_refused_with_their_line() -> None:
    assert [refused.line for refused in refusals(items_of("finess", FIXTURES / "finess.csv"))] == [8, 9]


@pytest.mark.parametrize("text", ["nofinesset,rs\n1,A\n", "finess,etalab,96,2024-07-09\nstructureet,1\n"])
def test_another_file_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(SourceError, match="ligne 1 : ce n’est pas un extrait FINESS"):
        items_of("finess", _import(tmp_path, text))


def test_an_establishment_without_siret_is_of_the_organisation_of_its_legal_entity(tmp_path: Path) -> None:
    def line(number: str, entity: str, siret: str) -> str:
        cells = ["structureet", number, entity, f"ESAT {number}", *[""] * 9, "59", "", "59600 MAUBEUGE", *[""] * 15]
        cells[18], cells[22] = "246", siret
        return ";".join(cells[:31])

    rows = [
        *(line("1", "A", "77562554400082"), line("2", "A", "77562554400066"), line("3", "A", "")),
        *(line("4", "B", "11111111100011"), line("5", "B", "22222222200022"), line("6", "B", ""), line("7", "C", "")),
    ]
    found = records(items_of("finess", _import(tmp_path, "\n".join(rows))))
    sirens = {record.source_ref: record.siren for record in found if not record.siret}
    assert sirens == {"3": "775625544", "6": "", "7": ""}  # entities that do not agree, or say nothing, give none
