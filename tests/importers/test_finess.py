from dataclasses import replace
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


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "nofinesset,rs\n1,A\n",
            "ligne 1 : il manque la colonne « categetab ». Colonnes vues : « nofinesset », « rs »",
        ),
        (
            "finess,etalab,96,2024-07-09\nstructureet,1\n",
            "il manque la colonne « nofinesset ».*Il faut un extrait FINESS",
        ),
        (
            "finess;finess-plus;v2.0.0\nstructureet;1;2;3\n",
            "ont 4 colonnes, au lieu de 31 ou 32.*« finess;finess-plus;v2.0.0 »",
        ),
    ],
)
def test_another_file_is_refused_with_what_it_has_and_what_is_expected(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        items_of("finess", _import(tmp_path, text))


def test_the_first_line_of_finess_plus_names_the_same_extract(tmp_path: Path) -> None:
    first, *lines = (FIXTURES / "finess_31.csv").read_text(encoding="utf-8").splitlines()
    other = _import(tmp_path, "\n".join(("finess;finess-plus;v1.0.0;2026-09-11", *lines)), "utf-8")
    day = first.split(";")[3]
    found = [
        replace(record, as_of=record.as_of.replace("2026-09-11", day)) for record in records(items_of("finess", other))
    ]
    assert found == records(items_of("finess", FIXTURES / "finess_31.csv"))


@pytest.mark.parametrize("delimiter", [";", ","])
def test_an_extract_that_has_a_header_is_read_by_its_names(tmp_path: Path, delimiter: str) -> None:
    cells = ["990000301", "247", "EA des Tests", "90000201500015", "59600 MAUBEUGE", "77", "6", "1,A,LAMBERT_93", "x"]
    names = [
        "NOFINESSET",
        "categetab",
        "rs",
        "siret",
        "ligneacheminement",
        "coordxet",
        "coordyet",
        "sourcecoordet",
        "autre",
    ]
    text = "\n".join(delimiter.join(f'"{cell}"' for cell in line) for line in (names, cells))
    items = items_of("finess", _import(tmp_path, f"{text}\n"))
    (record,) = records(items)
    assert (record.source_ref, record.kind, record.name, record.siret) == (cells[0], "EA", cells[2], cells[3])
    assert (record.post_code, record.city, record.x, record.projection) == ("59600", "MAUBEUGE", "77", "LAMBERT_93")
    assert [remark.message for remark in remarks(items)] == ["Colonne « autre » inconnue, non reprise."]


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


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("quote", ["", '"'])
def test_an_extract_is_known_whatever_its_quotes_and_its_encoding(tmp_path: Path, quote: str, encoding: str) -> None:
    original = FIXTURES / "finess_31.csv"
    lines = original.read_text(encoding="utf-8").splitlines()
    text = "\n".join(";".join(f"{quote}{cell}{quote}" for cell in line.split(";")) for line in lines)
    assert records(items_of("finess", _import(tmp_path, f"{text}\n", encoding))) == records(
        items_of("finess", original)
    )


def test_zeros_that_a_spreadsheet_took_off_are_put_back(tmp_path: Path) -> None:
    names = "nofinesset;nofinessej;rs;categetab;departement;commune;ligneacheminement;siret"
    cells = "10000301;10000202;ESAT des Tests;246;1;4;1500 AMBERIEU EN BUGEY;"
    (record,) = records(items_of("finess", _import(tmp_path, f"{names}\n{cells}\n")))
    assert (record.finess, record.departement, record.insee) == ("010000301", "01", "01004")
    assert (record.post_code, record.city) == ("01500", "AMBERIEU EN BUGEY")
