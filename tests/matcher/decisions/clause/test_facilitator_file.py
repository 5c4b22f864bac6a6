"""A sheet of facilitators: territories by line or by commune, homonyms, two of one place, what is said of what is not read."""

from pathlib import Path

from importers.formats.columns import NO_MAPPING
from matcher.decisions.clause.facilitator_file import FacilitatorList, _of_sheet
from matcher.decisions.clause.facilitators import facilitators_by_place
from matcher.reading.place.areas import place_of


def read(tmp_path: Path, text: str) -> FacilitatorList:
    path = tmp_path / "facilitateurs.csv"
    path.write_text(text, encoding="utf-8")
    return _of_sheet(path, NO_MAPPING)


def test_a_line_a_commune_makes_one_facilitator_of_all_its_communes(tmp_path: Path) -> None:
    its = read(
        tmp_path,
        "Structure;Commune;Code INSEE;Mise à jour\nPlie fictif;Maubeuge;59392;01/02/2026\n"
        "Maison fictive;Denain;59172;\nPlie fictif;Jeumont;59324;01/03/2026\n",
    )
    plie, maison = its.found
    assert plie.territories == ("insee:59392", "insee:59324")
    assert (plie.territory, str(plie.as_of)) == ("Maubeuge ; 59392 ; Jeumont ; 59324", "2026-03-01")
    assert maison.territories == ("insee:59172",)
    assert its.remarks == ()


def test_a_departement_settles_a_homonym_and_gives_way_to_what_lies_in_it(tmp_path: Path) -> None:
    its = read(
        tmp_path,
        "Structure;Dép.;Commune\nA fictif;59;Saint-Aubin\nB fictif;974;Saint-Denis\nC fictif;1;\nD fictif;02;Soissons et Denain\n",
    )
    assert [one.territories for one in its.found] == [
        ("insee:59529",),
        ("insee:97411",),
        ("dep:01",),
        ("insee:02722", "insee:59172"),
    ]


def test_two_of_one_commune_are_both_kept_and_told_and_each_place_has_its_own(tmp_path: Path) -> None:
    its = read(tmp_path, "Structure;Territoire\nA fictif;Maubeuge, Jeumont\nB fictif;Maubeuge\nC fictif;Nord\n")
    assert its.remarks == ("Maubeuge : 2 facilitateurs (A fictif ; B fictif), tous montrés.",)
    places = [place for code in ("insee:59392", "insee:59172", "insee:02722") if (place := place_of(code))]
    told = [[one.short_name for one in those] for _, those in facilitators_by_place(its.found, places)]
    assert told == [["B fictif", "A fictif", "C fictif"], ["C fictif"], []]


def test_what_is_no_place_is_said_with_its_file_line_and_column_and_the_rest_is_kept(tmp_path: Path) -> None:
    its = read(
        tmp_path, "Structure;EPCI;Territoire couvert\nA fictif;Maubeuge;Nulle-Part, Denain\nB fictif;;Ailleurs\n"
    )
    assert [one.territories for one in its.found] == [("insee:59392", "insee:59172")]
    first, second, last = its.remarks
    assert first.startswith("« facilitateurs.csv », ligne 2, colonne « Territoire couvert » : « Nulle-Part » n’est pas")
    assert "écrivez une commune et son département" in first
    assert second.startswith("« facilitateurs.csv », ligne 3, colonne « Territoire couvert » : « Ailleurs »")
    assert "ligne 3 : aucun territoire ; laissée de côté" in last
