"""A list of sites: columns by their names, lines as they are pasted, what is no place and what is no quantity."""

from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.decisions.allotment.site_list import SiteList, SitesRefused, read_pasted_sites, read_sites
from matcher.jobs.reader_process import ReadRefused


def told(found: SiteList) -> list[tuple[str, str, float | None, str]]:
    return [(its.label, its.place.code if its.place else "", its.quantity, its.unread) for its in found.sites]


@pytest.mark.parametrize(
    ("line", "site"),
    [
        ("Maubeuge", ("Maubeuge", "59392", None, "")),
        ("59600", ("59600", "59392", None, "")),
        ("Mairie ; Maubeuge", ("Mairie", "59392", None, "")),
        ("Mairie;Maubeuge;1,5", ("Mairie", "59392", 1.5, "")),
        ("Mairie\tMaubeuge\t12 000 m²", ("Mairie", "59392", 12_000.0, "")),
        ("Mairie ; 59600 ; 2", ("Mairie", "59392", 2.0, "")),
        ("Mairie ; 59600 ; Maubeuge ; 2 ETP", ("Mairie", "59392", 2.0, "")),
        ("Mairie ; 1 place de la Nation, 59600 Maubeuge", ("Mairie", "59392", None, "")),
        ("Maubeuge ; 3", ("Maubeuge", "59392", 3.0, "")),
        ("Mairie ; Maubeuge ; 0", ("Mairie", "59392", None, "0")),
        ("Mairie ; Maubeuge ; -4", ("Mairie", "59392", None, "-4")),
        ("Mairie ; Maubeuge ; beaucoup", ("Mairie", "59392", None, "beaucoup")),
        ("Collège ; Maubeuge ; 11000", ("Collège", "59392", 11_000.0, "")),
        ("Collège ; Maubeuge ; 59600", ("Collège", "59392", None, "")),
        ("Collège ; 12 rue de la Paix ; 59600", ("Collège", "59392", None, "")),
        ("Collège ; 59600 ; 11000", ("Collège", "59392", 11_000.0, "")),
        ("Mairie ; Nulle-Part", ("Mairie", "", None, "")),
    ],
)
def test_a_line_is_read_as_people_write_it(line: str, site: tuple[str, str, float | None, str]) -> None:
    assert told(read_pasted_sites(line)) == [site]


def test_pasted_cells_may_have_the_names_of_their_columns() -> None:
    found = read_pasted_sites("Code postal\tNom\tSurface\n59600\tMairie\t1 200\n\n62000\tStade\t\n")
    assert told(found) == [("Mairie", "59392", 1200.0, ""), ("Stade", "62041", None, "")]
    assert [its.line for its in found.sites] == [2, 4]


@pytest.mark.parametrize(
    ("title", "size", "unit"),
    [
        ("Surface (m²)", "1 200", "m²"),
        ("Surface", "1 200", "m²"),
        ("Surface (m²)", "2 ETP", "ETP"),
        ("Quantité", "1 200 m2", "m²"),
        ("Quantité", "30 h", "heures"),
        ("Quantité", "3", ""),
    ],
)
def test_a_quantity_has_the_unit_of_its_cell_or_else_of_its_column(title: str, size: str, unit: str) -> None:
    found = read_pasted_sites(f"Ville;CP;{title}\nMaubeuge;59600;{size}")
    assert [its.unit for its in found.sites] == [unit]
    said = f"Quantités comptées en m², d’après la colonne « {title} »."
    assert (said in found.said) == title.startswith("Surface")
    assert [its.unit for its in read_pasted_sites(f"Mairie ; Maubeuge ; {size}").sites] == [
        "" if size == "1 200" else unit
    ]


def test_a_line_given_twice_counts_once_and_is_told() -> None:
    found = read_pasted_sites("A ; Maubeuge\nA ; Maubeuge ; 2\nB ; Maubeuge")
    assert [its.label for its in found.sites] == ["A", "B"]
    assert found.repeated == 1


@given(st.text(max_size=200))
def test_whatever_is_pasted_is_a_list_or_a_sentence(text: str) -> None:
    said = ""
    try:
        said = "." * len(read_pasted_sites(text).sites)
    except SitesRefused as refusal:
        said = str(refusal)
    assert said.endswith(".")


def test_a_sheet_without_places_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "liste.csv"
    path.write_text("Nom;Couleur\nA;bleu\n", encoding="utf-8")
    with pytest.raises(ReadRefused, match="colonne qui donne la commune"):
        read_sites(path)


def test_a_workbook_as_people_keep_it_is_read_whole_and_what_was_done_is_said(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    first, second, notes = book.active, book.create_sheet("Sud"), book.create_sheet("Notes")
    assert first is not None
    first.title = "Nord"
    for row in (("Sites 2026",), ("Nom", "Commune", "ETP"), ("A", "Arras", 2), ("B", None, "=1+1"), ("C", "Lens", 1)):
        first.append(row)
    first.merge_cells("A1:C1")
    first.merge_cells("B3:B4")
    first.row_dimensions[5].hidden = True
    second.append(("Nom", "Ville"))
    second.append(("A", "Laon"))
    notes.append(("Vu avec le service",))
    path = tmp_path / "sites.xlsx"
    book.save(path)
    found = read_sites(path)
    assert [(its.label, its.place.name if its.place else "", its.where) for its in found.sites] == [
        ("A", "Arras", "feuille « Nord », ligne 3"),
        ("B", "Arras", "feuille « Nord », ligne 4"),
        ("C", "Lens", "feuille « Nord », ligne 5"),
        ("A", "Laon", "feuille « Sud », ligne 2"),
    ]
    said = " ".join(found.said)
    for what in ("fusionnée", "masquées", "formules", "« Notes »", "« Sites 2026"):
        assert what in said
