"""Bad input: each file gets a clear French message with file and line, or is kept and flagged; never a traceback."""

import random
import zipfile
from pathlib import Path

import pytest

from importers.emit import Row
from importers.formats import HeaderRule, load, read_sheet_table
from importers.formats.delimited import DELIMITERS
from importers.formats.grids import read_grids
from importers.formats.table import text_of
from importers.importer import RefusedRow, SourceError
from tests.importers.reading import items_of, records, refusals, remarks, write_ods, write_xls, write_xlsx, written

HEADER = HeaderRule(needs=(("Nom",), ("Siret", "SIRET")), hint="Il faut la liste d’essai.")
TABLE = "Nom;Siret;Commune\nÉté;00011000700010;Étaples\nHiver;00011037900013;Lens\n"


def _rows(path: Path) -> list[dict[str, str]]:
    table = read_sheet_table(load(path), HEADER)
    return [{column: row.take(column) for column in table.columns} for row in table.rows if isinstance(row, Row)]


def _refused(path: Path) -> list[RefusedRow]:
    return [row for row in read_sheet_table(load(path), HEADER).rows if isinstance(row, RefusedRow)]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "le fichier est vide"),
        (b" \r\n\n", "le fichier est vide"),
        (b"%PDF-1.7\n", "il commence comme un PDF"),
        (b"\x1f\x8b\x08\0", "archive gzip"),
        (b"\x89PNG\r\n", "une image PNG"),
        (b"Nom;Siret\nA\0B;1\n", "pas du texte"),
        (b"<html><table><tr><td>Nom</td></tr></table>", "page HTML"),
        (b'<?xml version="1.0"?><Workbook/>', "du XML"),
        (b'{"results": []}', "du JSON"),
        (b"PK\x03\x04n'importe quoi", "ce classeur est illisible"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "ce classeur est illisible"),
        (b'Nom;Siret\nA;"1\nB;2\n', "guillemet ouvert n’est jamais refermé"),
        (b"Nom^Siret\nA^1\n", "il manque la colonne « Nom », « Siret ». Colonnes vues : « Nom^Siret »"),
        (
            b"Nom;Ville\nA;Lens\n",
            "il manque la colonne « Siret ». Colonnes vues : « Nom », « Ville ». Il faut la liste",
        ),
        (b";;;\n;;;\n", "Colonnes vues : aucune"),
        (b"Nom;Siret\nA;" + b"x" * 200_000, "ligne 2 : le texte n’est pas un CSV lisible"),
    ],
)
def test_what_cannot_be_a_table_is_refused_in_french(tmp_path: Path, data: bytes, says: str) -> None:
    with pytest.raises(SourceError) as caught:
        _rows(written(tmp_path, data, "liste.xls"))
    assert str(caught.value).startswith("« liste.xls »")
    assert says in str(caught.value)


def test_too_big_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importers.formats.content.MAX_BYTES", 4)
    with pytest.raises(SourceError, match="le fichier dépasse"):
        load(written(tmp_path, TABLE))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_encodings_are_found(tmp_path: Path, encoding: str) -> None:
    rows = _rows(written(tmp_path, TABLE.encode(encoding)))
    assert [row["Commune"] for row in rows] == ["Étaples", "Lens"]


def test_latin1_declared_utf8_is_read_as_it_is(tmp_path: Path) -> None:
    page = '<html><meta charset="utf-8">' + "<pre>ESAT ÉTÉ\nÉtaples (62)9 travailleurs</pre></html>"
    (record,) = records(items_of("hosmoz", written(tmp_path, page.encode("latin-1"), "page.html")))
    assert (record.name, record.city) == ("ESAT ÉTÉ", "Étaples")


@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_delimiters_are_found(tmp_path: Path, delimiter: str) -> None:
    assert len(_rows(written(tmp_path, TABLE.replace(";", delimiter)))) == 2


def test_lines_are_physical_whatever_the_line_ends(tmp_path: Path) -> None:
    for end in ("\n", "\r\n", "\r"):
        text = end.join(["Nom;Siret", "", '"deux', 'lignes";1', "B;2"])
        table = read_sheet_table(load(written(tmp_path, text)), HEADER)
        assert [row.line for row in table.rows] == [3, 5], repr(end)


def test_a_title_above_the_header_is_passed_over(tmp_path: Path) -> None:
    table = read_sheet_table(load(written(tmp_path, "Liste de mai;;\n\n" + TABLE)), HEADER)
    assert (table.line, len(list(table.rows))) == (3, 2)


def test_rows_that_do_not_fit_the_header_are_refused_with_their_line(tmp_path: Path) -> None:
    text = "Nom;Siret;Commune\nA;1\nB;2;Lens;;\nC;3;Lens;en trop\nD,4,Lens\nNom;Siret;Commune\n"
    path = written(tmp_path, text)
    assert [row["Nom"] for row in _rows(path)] == ["A", "B"]
    assert [(row.line, row.reason.split(" : ")[0]) for row in _refused(path)] == [
        (4, "4 cellules pour 3 colonnes"),
        (5, "le séparateur de la ligne n’est pas celui de l’en-tête."),
        (6, "l’en-tête est répété."),
    ]


def test_columns_repeated_nameless_or_with_odd_spaces(tmp_path: Path) -> None:
    text = "Nom; Siret\xa0;Chiffre d’affaires;Nom;;\nA;1;2;B;;\nA;1;2;B;caché;\n"
    table = read_sheet_table(load(written(tmp_path, text)), HEADER)
    assert table.columns == ("Nom", "Siret", "Chiffre d'affaires", "Nom (2)")
    rows = [row for row in table.rows if isinstance(row, Row)]
    assert [row.leftovers()[4:] for row in rows] == [(), ("sans titre, n° 5",)]


def test_errors_of_a_spreadsheet_are_no_value(tmp_path: Path) -> None:
    assert _rows(written(tmp_path, "Nom;Siret\nA;#N/D\n")) == [{"Nom": "A", "Siret": ""}]


CELLS: list[list[object]] = [
    ["Nom", "Siret", "Commune"],
    ["Été", 41000000000015.0, "Étaples"],
    ["Hiver", 12.5, "02300"],
    ["Neuf", "000 110 379 00013", ""],
]


@pytest.mark.parametrize(
    ("write", "name"), [(write_xlsx, "l.xlsx"), (write_xls, "l.xls"), (write_ods, "l.ods"), (write_xlsx, "l.csv")]
)
def test_workbooks_are_known_by_their_content(tmp_path: Path, write: object, name: str) -> None:
    assert callable(write)
    path = tmp_path / f"source{Path(name).suffix}"
    write(path, CELLS)
    rows = _rows(path.rename(tmp_path / name))
    assert [row["Siret"] for row in rows] == ["41000000000015", "12.5", "000 110 379 00013"]
    assert [row["Commune"] for row in rows] == ["Étaples", "02300", ""]


@pytest.mark.parametrize("name", ["l.csv", "l.xlsx"])
def test_a_header_alone_is_refused_as_such(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name == "l.csv":
        path.write_text("Nom;Siret\n;\n\n", encoding="utf-8")
    else:
        write_xlsx(path, [["Nom", "Siret"]])
    words = f"« {name} », ligne 1 : le fichier n’a que sa ligne d’en-tête : .* aucune donnée à lire"
    with pytest.raises(SourceError, match=words):
        read_sheet_table(load(path), HEADER)
    with pytest.raises(SourceError, match=words):
        read_grids(path, lambda columns: int("Nom" in columns), "le nom")


def test_other_sheets_are_said_and_the_one_with_the_header_is_read(tmp_path: Path) -> None:
    import openpyxl

    path = write_xlsx(tmp_path / "l.xlsx", [["Lisez-moi"], ["Bonjour"]], title="Notice")
    workbook = openpyxl.load_workbook(path)
    second = workbook.create_sheet("Liste")
    for row in CELLS:
        second.append(row)
    workbook.create_sheet("Cachée").append(["Nom", "Siret"])
    workbook["Cachée"].sheet_state = "hidden"
    workbook.save(path)
    table = read_sheet_table(load(path), HEADER)
    assert len(list(table.rows)) == 3
    assert [remark.message for remark in table.remarks] == [
        "Seule la feuille « Liste » est lue ; non reprises : « Notice »."
    ]


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bombe.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(64 * 2**20))
    with pytest.raises(SourceError, match=r"occuperait 64 Mio une fois décompressé \(pour 6\d Kio\) : il est refusé"):
        _rows(path)


def test_a_binary_workbook_is_refused_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsb"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.bin", b"x")
    with pytest.raises(SourceError, match="XLSB, qui n’est pas lu ; enregistrez-le en XLSX"):
        _rows(path)


def test_a_cell_of_a_workbook_without_end_is_refused(tmp_path: Path) -> None:
    path = write_ods(tmp_path / "long.ods", [["Nom", "Siret"], ["a" * 140_000, "1"]])
    with pytest.raises(SourceError, match="ligne 2 de la feuille « Structures » : une cellule dépasse 131072 signes"):
        _rows(path)


@pytest.mark.parametrize("write", [write_xlsx, write_xls], ids=["xlsx", "xls"])
def test_a_spoiled_workbook_never_breaks_anything(tmp_path: Path, write: object) -> None:
    assert callable(write)
    whole = write(tmp_path / "whole", CELLS).read_bytes()
    for seed in range(12):
        chance = random.Random(seed)  # noqa: S311 (a test wants the same damage each time)
        spoiled = bytearray(whole)
        for _ in range(chance.randint(1, 30)):
            spoiled[chance.randrange(len(spoiled))] = chance.randrange(256)
        refused = _refusal(written(tmp_path, bytes(spoiled), f"{seed}.xlsx"))
        assert refused is None or refused.startswith(f"« {seed}.xlsx »")


def _refusal(path: Path) -> str | None:
    try:
        _rows(path)
    except SourceError as error:
        return str(error)
    return None


def test_an_unknown_column_is_reported_and_the_rest_kept(tmp_path: Path) -> None:
    text = "Raison sociale,Type de structure,Code postal,Nouveauté\nMain verte,AI,62100,oui\n"
    items = items_of("marche", written(tmp_path, text))
    assert [remark.message for remark in remarks(items)] == ["Colonne « Nouveauté » inconnue, non reprise."]
    assert len(records(items)) == 1
    assert refusals(items) == []


@pytest.mark.parametrize(
    "table", ["Nom;Siret\n\nForÃªt;1\n", "Nom;Siret\n\nFor\ufffdt;1\n", "Nom;Siret\n\nLâ€™Ã‰lan;1\n"]
)
def test_accents_that_were_lost_before_are_flagged_where_they_are_first(tmp_path: Path, table: str) -> None:
    text = text_of(load(written(tmp_path, table.encode())))
    assert "".join(text.parts()) == table, "nothing is guessed of what is lost"
    assert [(remark.line, "perdus avant" in remark.message) for remark in text.remarks] == [(3, True)]


def test_accents_of_another_language_are_not_flagged(tmp_path: Path) -> None:
    assert text_of(load(written(tmp_path, "Nom\nSão João, Łódź, façade, ÉTÉ\n".encode()))).remarks == ()
