"""Hours of a sheet, pasted or in a file: columns by their names, and what is refused before anything is kept."""

from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.decisions.clause.followup import (
    ContractLines,
    HoursCorrection,
    HoursKind,
    HoursReading,
    MonthHours,
    MonthImmersions,
    SheetHours,
)
from matcher.decisions.clause.followup_columns import HoursSheetRefused, layout_of, modality_named, public_named
from matcher.decisions.clause.followup_sheet import read_file, read_pasted_hours
from matcher.jobs.reader_process import ReadRefused

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)
CONTRACTS = {
    1: ("Lot 1 : Réfection de voirie", "Amiens Métropole", "1", "lot 1", "lot 1 Réfection de voirie Amiens Métropole"),
    2: ("Lot 2 : Collège, peinture", "Département de l’Oise", "2", "lot 2", "2026-TX-04"),
}


def only(read: SheetHours) -> ContractLines:
    """The lines of the only contract of a sheet."""
    (lines,) = read.contracts
    return lines


def test_columns_are_read_by_their_names_and_lines_of_one_month_are_added_up() -> None:
    read = read_pasted_hours(
        "Mois\tModalité\tPrévues\tHeures réalisées\tNb personnes\tPMSMP\tNote\n"
        "mars-26\tACI\t120\t100,5\t1\t2\tx\nmars 2026\tACI\t\t1\t1\t1\t\n\n03/2026\tIntérim d’insertion\t1 200\t\t\t\t\n"
    )
    assert only(read).months == (
        MonthHours(MARCH, "soustraitance-aci", 120, None, 101.5, 2),
        MonthHours(MARCH, "etti", 1200),
    )
    assert only(read).immersions == (MonthImmersions(MARCH, 3),)
    assert read.said == (
        "1 ligne du même mois et de la même modalité qu’une autre : additionnées.",
        "« Note » : non reprise.",
    )


def test_one_column_of_hours_takes_the_modality_that_is_chosen() -> None:
    assert only(read_pasted_hours("Mois;Heures\n03/2026;12", HoursReading("geiq"))).months == (
        MonthHours(MARCH, "geiq", done=12),
    )


@pytest.mark.parametrize(
    "column", ["Nom", "Prénom", "Salarié(e)", "Bénéficiaire", "Nom du salarié", "Date de naissance", "NIR"]
)
def test_a_column_of_persons_is_refused_and_nothing_of_it_is_repeated(column: str) -> None:
    with pytest.raises(HoursSheetRefused) as refusal:
        read_pasted_hours(f"Mois;Modalité;{column};Heures\n03/2026;EI;Léa Exemple;12")
    assert f"« {column} »" in str(refusal.value)
    assert "Aucun nom n’est gardé" in str(refusal.value)
    assert "Exemple" not in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Collez les lignes"),
        ("a;b\n1;2", "titres des colonnes : il faut le mois"),
        ("Mois;Modalité;Heures\n31/02/2026;EI;12", "Ligne 2, colonne « Mois » : « 31/02/2026 » n’est pas un mois"),
        (
            "Mois;Modalité;Heures\n03/2026;EI;-12",
            "Ligne 2 : Sous-traitance ou cotraitance avec une EI, mars 2026 : une correction demande son motif",
        ),
        ("Mois;Modalité;Heures\n03/2026;Autre;12", "Ligne 2, colonne « Modalité » : « Autre » n’est pas une modalité"),
        ("Mois;Heures\n03/2026;12", "Ligne 2 : aucune modalité"),
        ("Mois;Modalité;Heures\n03/2026;PMSMP;35", "une PMSMP n’est pas une heure d’insertion"),
        ("Mois;PMSMP\n03/2026;1,5", "« 1,5 » n’est pas un nombre entier"),
        (
            "Mois;Heures\n" + "31/02/2026;1\n" * 8,
            "Lignes 2, 3, 4, 5, 6 et 3 de plus, colonne « Mois » : « 31/02/2026 »",
        ),
        ("Mois;Modalité;Heures\n" + "".join(f"31/02/20{year};EI;1\n" for year in range(10, 25)), "Et 3 autres fautes."),
        ("Mois;Modalité;Heures\n03/2026;EI;", "Aucune ligne ne donne d’heures"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_line_and_column(text: str, said: str) -> None:
    with pytest.raises(HoursSheetRefused) as refusal:
        read_pasted_hours(text)
    assert said in str(refusal.value)


def test_a_file_is_read_as_what_is_pasted_and_says_which_it_is(tmp_path: Path) -> None:
    path = tmp_path / "heures.csv"
    path.write_text("Suivi 2026;;\nMois;ACI;Embauche directe\nmars 2026;100,5;0\nTotal;100,5;0\n", "utf-8")
    read = read_file(path)
    assert only(read).months == (
        MonthHours(MARCH, "soustraitance-aci", done=100.5),
        MonthHours(MARCH, "embauche", done=0),
    )
    assert read.said == ("1 ligne de total : non reprise.",)
    path.write_text("Mois;ACI\n31/02/2026;1\n", "utf-8")
    with pytest.raises(
        ReadRefused, match=r"« heures.csv », ligne 2, colonne « Mois » : « 31/02/2026 » n’est pas un mois"
    ):
        read_file(path)


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    for pasted in (text, f"Mois;Modalité;Heures;PMSMP\n{text}"):
        with suppress(HoursSheetRefused):
            read_pasted_hours(pasted, HoursReading("etti"))


@pytest.mark.parametrize(
    ("head", "row", "lines"),
    [
        (
            "Mois;ACI;Heures ETTI;GEIQ (prévues);Intérim d’insertion placées;Embauche directe;Personnes",
            "03/2026;1;2;3;4;;9",
            (
                MonthHours(MARCH, "soustraitance-aci", done=1),
                MonthHours(MARCH, "etti", placed=4, done=2),
                MonthHours(MARCH, "geiq", planned=3),
            ),
        ),
        ("Modalité;mars-26;04/2026;Total", "ACI;1;2;3", tuple(MonthHours(on, "soustraitance-aci", done=done) for on, done in ((MARCH, 1), (APRIL, 2)))),
        ("Mois;Modalité;Heures;EA", "03/2026;ACI;1;2", (MonthHours(MARCH, "soustraitance-aci", done=1), MonthHours(MARCH, "soustraitance-stpa", done=2))),
    ],
)  # fmt: skip
def test_a_wide_sheet_says_the_hours_of_each_of_its_columns(head: str, row: str, lines: tuple[MonthHours, ...]) -> None:
    assert sorted(
        only(read_pasted_hours(f"{head}\n{row}")).months,
        key=lambda one: (one.month, one.modality != "soustraitance-aci", one.modality),
    ) == [*lines]


def test_the_hours_of_a_wide_sheet_are_of_the_kind_that_is_chosen() -> None:
    how = HoursReading(kind=HoursKind.PLANNED)
    assert only(read_pasted_hours("Mois;Heures ACI\n03/2026;7", how)).months == (
        MonthHours(MARCH, "soustraitance-aci", 7),
    )


def test_what_has_no_month_beside_columns_of_months_is_left_and_said() -> None:
    read = read_pasted_hours("Modalité;mars-26;Heures;PMSMP\nACI;1;9;9")
    assert (only(read).months, only(read).immersions) == ((MonthHours(MARCH, "soustraitance-aci", done=1),), ())
    assert read.said == ("« Heures », « PMSMP » : non reprises.",)


def test_a_column_that_says_more_than_a_modality_is_not_read() -> None:
    assert layout_of(["Mois", "Faites", "Salarié ETTI", "PMSMP ACI", "E"], HoursKind.DONE).left == (
        "Salarié ETTI",
        "PMSMP ACI",
        "E",
    )
    for head in (["Mois", "Nom", "ACI"], ["ACI", "ETTI"], ["mars-26", "Nom"], ["Mois", "ACI", "ACI"]):
        with pytest.raises(HoursSheetRefused):
            read_pasted_hours(f"{';'.join(head)}\n")
        assert layout_of(head, HoursKind.DONE).faults


def test_a_modality_is_named_by_its_label_or_its_kind() -> None:
    names = {
        "EITI": "soustraitance-ei",
        "Intérim": "interim",
        "intérim d'insertion": "etti",
        "embauche directe": "embauche",
        "CDD embauche directe": "embauche",
        "contrat pro GEIQ": "geiq",
        "interim insertion": "etti",
        "Interim dinsertion": "etti",
        "Chantier d’insertion": "soustraitance-aci",
        "entreprise adapté": "soustraitance-stpa",
        "sous-traitance": "",
    }
    assert {name: modality_named(name) for name in names} == names
    assert (modality_named("immersion"), modality_named("autre"), modality_named("CDD")) == ("pmsmp", "", "")
    publics = {"RSA": "rsa", "Bénéficiaires du RSA": "rsa", "DELD (+ de 12 mois)": "deld", "RQTH": "th", "Léa": ""}
    assert {name: public_named(name) for name in publics} == publics


@pytest.mark.parametrize(
    ("title", "field"),
    [
        ("Nb heures réalisées", "faites"),
        ("Nombre d’heures prévues", "prevues"),
        ("Heures réalisée", "faites"),
        ("Total des heures effectuées", "faites"),
    ],
)
def test_a_title_is_recognised_by_its_words_and_in_spite_of_a_slip(title: str, field: str) -> None:
    assert layout_of(["Mois", title], HoursKind.DONE).taken[field] == title


def test_a_wide_column_is_of_the_longest_modality_that_it_names() -> None:
    read = read_pasted_hours("Mois;Interim insertion placées;Nb heures ETTI réalisées\n03/2026;4;2")
    assert only(read).months == (MonthHours(MARCH, "etti", placed=4, done=2),)


def test_all_the_faults_of_a_sheet_come_at_once() -> None:
    with pytest.raises(HoursSheetRefused) as refusal:
        read_pasted_hours("Mois;Nom;Modalité;Volume\n13/2026;Léa;truc;12\n04/2026;Léa;CDD;8\n05/2026;Léa;CDD;8")
    for fault in (
        "« Nom »",
        "il faut le mois, et les heures",
        "« 13/2026 »",
        "« truc »",
        "Lignes 3 et 4, colonne « Modalité » : « CDD »",
    ):
        assert fault in str(refusal.value)
    assert "CDD et CDI de votre entreprise" in str(refusal.value)


@pytest.mark.parametrize("head", ["Mois;Structure;Modalité;Heures;Contrat", "Contrat;Mois;Modalité;Structure;Heures"])
def test_columns_are_read_in_any_order_and_a_structure_beside_a_modality_is_left(head: str) -> None:
    cells = {"Mois": "03/2026", "Structure": "Humando", "Modalité": "ETTI", "Heures": "48h30", "Contrat": "Lot 2"}
    read = read_pasted_hours(
        f"{head}\n{';'.join(map(cells.__getitem__, head.split(';')))}", HoursReading(contracts=CONTRACTS)
    )
    assert read.contracts == (ContractLines(2, (MonthHours(MARCH, "etti", done=48.5),)),)
    assert read.said == ("« Structure » : non reprise.",)


@pytest.mark.parametrize(
    ("total", "said"),
    [
        ("Total;;210,4;", ()),
        ("Sous-total mars;;999;", ()),
        ("Total;;à voir;", ()),
        ("Total;;999;\nTotal;;210;", ()),
        (
            "Total;;999;12",
            (
                "Ligne 4 : le total de « Prévues » est 12, les lignes lues font 0 ; vérifiez qu’il n’en manque aucune.",
                "Ligne 4 : le total de « Faites » est 999, les lignes lues font 210 ; vérifiez qu’il n’en manque aucune.",
            ),
        ),
    ],
)
def test_a_total_that_its_lines_do_not_make_is_said(total: str, said: tuple[str, ...]) -> None:
    read = read_pasted_hours(f"Mois;Modalité;Faites;Prévues\n03/2026;ETTI;140;\n04/2026;ETTI;70;\n{total}")
    assert sum(line.done or 0 for line in only(read).months) == 210
    assert read.said[1:] == said


def test_each_line_goes_to_the_contract_that_it_names_by_its_title_its_number_its_client_or_its_reference() -> None:
    lines = "Réfection de voirie;1\n1;2\nOise;4\n2026-TX-04;8\nTotal;15"
    read = read_pasted_hours(
        f"Contrat;Heures;Mois\n{lines.replace(chr(10), ';03/2026' + chr(10))}",
        HoursReading("etti", contracts=CONTRACTS),
    )
    assert [(one.lot, [line.done for line in one.months]) for one in read.contracts] == [(1, [3]), (2, [12])]
    assert "« Oise » : compté pour « Lot 2 : Collège, peinture »." in read.said
    assert "1 ligne de total : non reprise." in read.said


def test_a_line_of_no_contract_or_of_an_unknown_one_is_asked_even_where_one_contract_is_followed() -> None:
    how = HoursReading("etti", contracts=CONTRACTS)
    for text, said in (
        ("Contrat;Mois;Heures\nPiscine;03/2026;1", "« Piscine » n’est pas un contrat suivi ici"),
        ("Mois;Heures\n03/2026;1", "aucun contrat"),
    ):
        with pytest.raises(HoursSheetRefused) as refusal:
            read_pasted_hours(text, how)
        assert said in str(refusal.value)
        assert "« Lot 1 : Réfection de voirie » ou « Lot 2 : Collège, peinture »" in str(refusal.value)
    assert (
        only(
            read_pasted_hours(
                "Contrat;Mois;Heures\nPiscine;03/2026;1", HoursReading("etti", contracts=CONTRACTS, lot=2)
            )
        ).lot
        == 2
    )
    alone = HoursReading("etti", contracts={0: ("Voirie",)})
    with pytest.raises(HoursSheetRefused, match="Ligne 2, colonne « Chantier » : « RD 14 » n’est pas un contrat suivi"):
        read_pasted_hours("Chantier;Mois;Heures\nRD 14;03/2026;1\nRD 14;04/2026;1", alone)
    assert only(read_pasted_hours("Chantier;Mois;Heures\nRD 14;03/2026;1", replace(alone, lot=0))).lot == 0


@pytest.mark.parametrize("text", ["2. Peinture", "Peinture", "Lot 2", "2"])
def test_a_line_of_another_lot_is_never_noted_on_the_only_contract_followed(text: str) -> None:
    how = HoursReading(
        "etti", contracts={1: ("Lot 1 : Peinture de voirie",)}, others={2: ("Peinture", "Lot 2 : Peinture", "2")}
    )
    with pytest.raises(HoursSheetRefused, match=f"Ligne 2, colonne « Contrat » : « {text} » n’est pas un contrat"):
        read_pasted_hours(f"Contrat;Mois;Heures\n{text};03/2026;100", how)


def test_a_client_is_no_total_for_its_first_letters() -> None:
    clients = ("TotalEnergies", "Total Mobilité", "Voirie")
    how = HoursReading(contracts={at: (name,) for at, name in enumerate(clients, start=1)})
    lines = [*clients, "Total", "Totaux", "Sous-total de mars", "Total général"]
    read = read_pasted_hours(
        "Contrat;Modalité;Heures;Mois\n" + "\n".join(f"{name};ETTI;100;03/2026" for name in lines), how
    )
    assert [(one.lot, [line.done for line in one.months]) for one in read.contracts] == [
        (1, [100]),
        (2, [100]),
        (3, [100]),
    ]
    assert read.said == ("4 lignes de total : non reprises.",)


def test_hours_below_zero_correct_with_their_reason_or_are_added_up_with_those_of_their_sheet() -> None:
    read = only(
        read_pasted_hours(
            "Mois;Modalité;Heures;Motif\n03/2026;EI;100;\n03/2026;EI;-20;\n04/2026;EI;-5,5;Feuille rectifiée"
        )
    )
    assert read.months == (MonthHours(MARCH, "soustraitance-ei", done=80),)
    assert read.corrections == (HoursCorrection(MonthHours(APRIL, "soustraitance-ei", done=-5.5), "Feuille rectifiée"),)
    asked = only(read_pasted_hours("Mois;Modalité;Heures\n03/2026;EI;-20", HoursReading(motive="Erreur")))
    assert asked.corrections[0].reason == "Erreur"


def test_the_type_of_a_structure_of_the_dossier_says_its_modality_and_a_public_is_kept_apart() -> None:
    how = HoursReading(structures={"etti": ("SARL HUMANDO",)})
    read = only(read_pasted_hours("Mois;Structure;Public;Heures\n03/2026;Humando;RSA;10\n03/2026;Humando;;5", how))
    assert read.months == (MonthHours(MARCH, "etti", done=10, public="rsa"), MonthHours(MARCH, "etti", done=5))
    with pytest.raises(HoursSheetRefused, match="« Zoé » n’est pas un public"):
        read_pasted_hours("Mois;Modalité;Public;Heures\n03/2026;EI;Zoé;1")
