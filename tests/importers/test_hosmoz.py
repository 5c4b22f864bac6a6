from dataclasses import replace
from pathlib import Path

import pytest

from importers import REGISTRY
from importers.importer import SourceError
from tests.importers.reading import FIXTURES, cells_of, items_of, records, remarks, write_xlsx


@pytest.mark.parametrize(
    ("name", "delimiter"), [("hosmoz.csv", ","), ("hosmoz_gesat.csv", ","), ("hosmoz_pipe.csv", "|")]
)
def test_the_xlsx_says_what_the_csv_says(tmp_path: Path, name: str, delimiter: str) -> None:
    path = write_xlsx(tmp_path / "hosmoz.xlsx", [list(row) for row in cells_of(name, delimiter)])
    as_csv, as_xlsx = (records(items_of("hosmoz", each)) for each in (FIXTURES / name, path))
    assert [replace(record, line=0) for record in as_xlsx] == [replace(record, line=0) for record in as_csv]


def test_a_second_siret_is_said() -> None:
    remark = remarks(items_of("hosmoz", FIXTURES / "hosmoz.csv"))[0]
    assert (remark.line, remark.message.split(" : ")[0]) == (3, "Second SIRET non repris")


def test_a_label_that_is_neither_had_nor_not_is_said(tmp_path: Path) -> None:
    path = tmp_path / "hosmoz.csv"
    path.write_text("nom;ville;charte\nA;Elne;x\nB;Elne;à voir\nC;Elne;non\n", encoding="utf-8")
    items = items_of("hosmoz", path)
    assert [bool(record.labels) for record in records(items)] == [True, False, False]
    (remark,) = remarks(items)
    assert remark.line == 3
    assert "« charte » : « à voir »" in remark.message


def test_zero_workers_is_not_unknown() -> None:
    workers = [record.workers for record in records(items_of("hosmoz", FIXTURES / "hosmoz.csv"))]
    assert workers == ["22", "35,5", "", "0"]


def test_the_page_of_a_town_gives_its_postal_code_to_its_own_cards_only() -> None:
    found = records(items_of("hosmoz", FIXTURES / "hosmoz_ville.html"))
    assert [(record.city, record.post_code) for record in found] == [
        ("Sorède", "66690"),
        ("Céret", ""),
        ("Elne", ""),
        ("Elne", ""),
    ]


def test_two_cards_of_one_name_keep_their_own_page() -> None:
    found = records(items_of("hosmoz", FIXTURES / "hosmoz_ville.html"))
    assert [record.source_ref for record in found if record.name == "Ateliers Toutes Mains"] == ["e7004", "e7005"]


def test_the_page_of_a_trade_gives_the_trade_to_every_card() -> None:
    claims = {record.claims for record in records(items_of("hosmoz", FIXTURES / "hosmoz_metier.html"))}
    assert [claim.text for (claim,) in claims] == ["Mise sous pli, mailing, routage"]


def test_the_list_and_the_sheet_of_a_supplier_have_one_reference() -> None:
    (listed, *_) = records(items_of("hosmoz", FIXTURES / "hosmoz_liste_2013.html"))
    (sheet,) = records(items_of("hosmoz", FIXTURES / "hosmoz_fiche_2013.html"))
    assert listed.source_ref == sheet.source_ref == "e7010"
    assert (sheet.email, sheet.workers, sheet.kind) == ("contact@moulin.example", "55", "ESAT")


def test_another_page_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text("<html><body><h1>Accueil</h1></body></html>", encoding="utf-8")
    with pytest.raises(SourceError, match="aucune fiche de l’annuaire Hosmoz"):
        items_of("hosmoz", path)


def test_a_page_saved_as_xhtml_is_a_page_like_another(tmp_path: Path) -> None:
    path = tmp_path / "page.xhtml"
    path.write_text(
        '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n'
        + (FIXTURES / "hosmoz_ville.html").read_text("utf-8"),
        encoding="utf-8",
    )
    assert len(records(items_of("hosmoz", path))) == 4


def test_the_references_say_which_of_the_numberings_of_hosmoz_they_are_of() -> None:
    hosmoz = REGISTRY["hosmoz"]
    trade = [record.source_ref for record in records(items_of("hosmoz", FIXTURES / "hosmoz_metier.html"))]
    assert {hosmoz.numbering(ref) for ref in trade} == {"métier mise-sous-pli-mailing-routage"}
    assert not any("@" in hosmoz.shared(ref) for ref in trade)
    numberings = [hosmoz.numbering(ref) for ref in ("e7001", "e7001~2", "page:esat_sorede", "lala", "4", "esat_arras")]
    assert numberings == ["page"] * 3 + ["tableau"] * 3
