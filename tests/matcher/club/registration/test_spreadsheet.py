"""From the cells of an organiser’s spreadsheet to who comes: columns, titles, totals, hours, words; what cannot be read is said."""

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from importers.formats.column_mapping import read_mapping
from importers.formats.columns import ColumnMapping, columns_of_header
from importers.importer import SourceError
from matcher.cleaning import Cleaned
from matcher.cleaning.hours import HOUR_ABOUT, clean_hour
from matcher.club.meeting_day.meeting_day import ParticipantRole, Tie
from matcher.club.meeting_day.points import Topic
from matcher.club.registration.remarks import LineRemark
from matcher.club.registration.workbook import PARTICIPANTS, read_spreadsheets
from matcher.domain.kinds import SupplierKind
from matcher.jobs.reader_process import ReadRefused

pytestmark = pytest.mark.usefixtures("read_here")
Made = Callable[[str, str], Path]


@pytest.fixture
def made(tmp_path: Path) -> Made:
    def write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_column_is_what_a_person_says_that_it_holds(made: Made) -> None:
    path = made("liste.csv", "Tableau du club;;\nQui;Quoi;Bête noire\nVille Modèle;Tonte;Table Modèle\n")
    with pytest.raises(ReadRefused, match=r"« liste\.csv », ligne 2 : aucune colonne ne donne le nom") as unknown:
        read_spreadsheets(path, ParticipantRole.BUYER)[0]
    assert "« Qui », « Quoi », « Bête noire »" in str(unknown.value)
    toml = made("colonnes.toml", '"Qui" = "structure"\n"Quoi" = "needs"\n"Bête noire" = "Ne veut pas voir"\n')
    found = read_spreadsheets(path, ParticipantRole.BUYER, ColumnMapping(read_mapping(toml, PARTICIPANTS.table)))[0]
    (one,) = found.entrants
    assert (one.participant.name, one.participant.needs[0].text) == ("Ville Modèle", "Tonte")
    assert one.named == ((Tie.NEVER, "Table Modèle"),)


def test_a_column_that_is_known_may_be_told_not_to_be(made: Made) -> None:
    path = made("liste.csv", "Structure;Besoin;Lieu\nVille;Tonte;Lille\n")
    found = read_spreadsheets(path, ParticipantRole.BUYER, ColumnMapping({"Lieu": "ignorer"}))[0]
    assert found.unused == ("Colonne « Lieu » (1 valeur) : non reprise, comme vous l’avez dit.",)
    assert not found.entrants[0].participant.place


def test_a_field_that_is_none_is_refused_with_those_that_are(made: Made) -> None:
    with pytest.raises(
        SourceError, match=r"« colonnes\.json », colonne « Qui » : le champ « zut » n’existe pas.*name \(le nom"
    ):
        read_mapping(made("colonnes.json", '{"Qui": "zut"}'), PARTICIPANTS.table)


@pytest.mark.parametrize(
    ("raw", "minutes"),
    [
        ("9h", 540),
        ("9 h 30", 570),
        ("09:30:00", 570),
        ("9", 540),
        ("midi", 720),
        ("0,395833333", 570),
        ("à partir de 9h30", 570),
        ("jusqu’à 11 h", 660),
        ("11h max", 660),
        ("dès 9 h", 540),
        ("24h", None),
        ("vers midi et demi", None),
        ("tôt", None),
        ("", None),
    ],
)
def test_hours_are_read_as_people_write_them(raw: str, minutes: int | None) -> None:
    assert clean_hour(raw).value == minutes


@pytest.mark.parametrize("raw", ["vers 10 h", "10h environ", "Vers 10:00"])
def test_an_hour_that_is_about_is_read_and_said(raw: str) -> None:
    assert clean_hour(raw) == Cleaned(600, HOUR_ABOUT)


def test_a_header_on_two_lines_and_a_total_are_what_they_are(made: Made) -> None:
    text = (
        "Liste des acheteurs;;;;\n"
        "Organisme;Horaires;;Besoin;Qui vient\n"
        "Nom de la structure;Arrivée;Départ;;Contact\n"
        "Ville de Valbrune;9h;vers 11 h;Repas;Mme Specimen\n"
        "TOTAL;;;;1\n"
        "Total : 23 structures;;;;\n"
    )
    found = read_spreadsheets(made("liste.csv", text), ParticipantRole.BUYER)[0]
    (entrant,) = found.entrants
    assert (entrant.line, entrant.participant.name) == (4, "Ville de Valbrune")
    assert (entrant.participant.arrival, entrant.participant.departure) == (540, 660)
    assert [need.text for need in entrant.participant.needs] == ["Repas"]
    assert [one.name for one in entrant.people] == ["Mme Specimen"]
    assert [str(LineRemark(found.name, one)) for one in found.faults] == [
        "« liste.csv », ligne 4, colonne « Départ » : « vers 11 h », heure approximative ; à vérifier."
    ]
    assert [(one.line, one.text) for one in found.refused] == [
        (line, "une ligne de total : la ligne est laissée.") for line in (5, 6)
    ]


def test_a_name_merged_over_its_needs_is_on_each_line(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for cells in (["Structure", "Besoin"], ["Ville de Valbrune", "Repas"], [None, "Nettoyage"], ["CH Modèle", "Linge"]):
        sheet.append(cells)
    sheet.merge_cells("A2:A3")
    book.save(tmp_path / "liste.xlsx")
    found = read_spreadsheets(tmp_path / "liste.xlsx", ParticipantRole.BUYER)[0]
    told = [(one.participant.name, one.participant.needs[0].text) for one in found.entrants]
    assert told == [("Ville de Valbrune", "Repas"), ("Ville de Valbrune", "Nettoyage"), ("CH Modèle", "Linge")]
    assert found.refused == ()


def test_a_line_of_values_under_the_header_is_no_header(made: Made) -> None:
    found = read_spreadsheets(made("liste.csv", "Structure;Lieu;\nEntreprise;Lille;Besoin\n"), ParticipantRole.BUYER)[0]
    assert [one.participant.name for one in found.entrants] == ["Entreprise"]


@pytest.fixture
def kept_by_hand(tmp_path: Path) -> Path:
    """A list as organisers keep it: merged titles, « Type », « Nb pers. », one column for needs and offers, titles and totals among the lines."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["CLUB BUSIN'ESS, 3 décembre 2026"])
    sheet.merge_cells("A1:J1")
    sheet.append([])
    sheet.append(
        [
            *("N°", "Type", "Nom de la structure", "N° SIRET", "Besoins / offre", "Montant HT", "Nb pers."),
            *("Participant(s)", "Confirmé", "Souhaite rencontrer (3 choix)"),
        ]
    )
    for line in (
        [None, None, "COLLECTIVITÉS"],
        [
            1,
            "Collectivités",
            "Ville",
            None,
            "Repas ; linge\n- tonte",
            30_000,
            "2 pers.",
            "A. Un et B. Deux",
            "oui",
            "Table",
        ],
        [],
        [2, "Entreprise", "Métallerie", None, "1) Montage 2) Nettoyage à 2.5 km", None, None, None, "en attente"],
        [3, "ESAT / EA", "ESAT du Canal", "000 101 030 00013", "Linge", None, None, "A. Un"],
        [4, "Titulaire du marché", "Bâtisseur", None, "Gros œuvre", None, None, None, "Annulé le 12/11"],
        [5, "Curieux", "Passant"],
        [None, "TOTAL", 5],
    ):
        sheet.append(line)
    book.save(tmp_path / "liste.xlsx")
    return tmp_path / "liste.xlsx"


# The last one cannot be read.
HOURS = [
    ("arrive 9h40", (580, None)),
    ("10h00 - 11h20", (600, 680)),
    ("part à 11h", (None, 660)),
    ("absent le matin", (None, None)),
    ("présent l’après-midi", (None, None)),
    ("oui", (None, None)),
    ("arrive en fin de matinée", (None, None)),
]


@pytest.mark.parametrize("column", ["Présence", "Disponibilité", "Horaire de présence"])
def test_hours_in_words_are_kept_or_said(made: Made, column: str) -> None:
    lines = "".join(f"Ville {number};Tonte;{written}\n" for number, (written, _) in enumerate(HOURS))
    found = read_spreadsheets(made("liste.csv", f"Structure;Besoin;{column}\n{lines}"), ParticipantRole.BUYER)[0]
    kept = [(one.participant.arrival, one.participant.departure) for one in found.entrants]
    assert kept == [hours for _, hours in HOURS]
    assert [one.day_words for one in found.entrants if one.day_words] == [("après-midi",)] * 2
    (fault,) = found.faults
    assert (fault.line, fault.column) == (len(HOURS) + 1, column)
    assert "heure illisible ; la case est laissée" in fault.says


def test_a_doubt_names_the_column_of_its_cell(made: Made) -> None:
    text = "Structure;Besoin;Présence;Disponibilité\nVille;Tonte;oui;rappeler à 14h\n"
    assert [one.column for one in read_spreadsheets(made("liste.csv", text), ParticipantRole.BUYER)[0].faults] == [
        "Disponibilité"
    ]


def test_an_hour_of_its_own_column_comes_first(made: Made) -> None:
    text = "Structure;Besoin;Présence;Arrivée\nVille;Tonte;10h - 11h20;10h20\n"
    (one,) = read_spreadsheets(made("liste.csv", text), ParticipantRole.BUYER)[0].entrants
    assert (one.participant.arrival, one.participant.departure) == (620, 680)


def test_who_is_away_all_day_is_left_and_said(made: Made) -> None:
    found = read_spreadsheets(
        made("liste.csv", "Structure;Besoin;Présence\nVille;Tonte;absent\n"), ParticipantRole.BUYER
    )[0]
    assert not found.entrants
    assert "ne vient pas" in found.refused[0].text


@pytest.mark.parametrize(
    ("column", "written", "needs"),
    [
        ("Accessibilité / LSF", "interprète LSF", (False, True)),
        ("Accessibilité / LSF", "fauteuil", (True, False)),
        ("LSF", "oui", (False, True)),
        ("Accessibilité", "oui", (True, False)),
        ("Accessibilité", "non", (False, False)),
    ],
)
def test_the_words_of_a_cell_say_which_help_is_needed(
    made: Made, column: str, written: str, needs: tuple[bool, bool]
) -> None:
    found = read_spreadsheets(
        made("liste.csv", f"Structure;Besoin;{column}\nVille;Tonte;{written}\n"), ParticipantRole.BUYER
    )[0]
    (one,) = found.entrants
    assert (one.participant.step_free, one.participant.interpreter) == needs


@pytest.mark.parametrize(
    ("column", "field"),
    [
        ("Ne veut pas voir", "never"),
        ("Qui ne souhaitez-vous pas rencontrer ?", "never"),
        ("Votre structure", "name"),
        ("Nom de votre structure", "name"),
        ("Merci d’indiquer votre SIRET", "siret"),
        ("Quels sont vos besoins ?", "needs"),
    ],
)
def test_refusals_and_polite_headings_are_known(column: str, field: str) -> None:
    assert columns_of_header(PARTICIPANTS, [column]).of == {field: (column,)}


@pytest.mark.parametrize(
    ("written", "amount", "said"),
    [
        ("2 x 15 000 €", 30_000, ""),
        ("50-100 k€", None, "fourchette : un seul montant est attendu"),
        ("15 000 € / an", None, "par an"),
        ("40 000 € TTC", 40_000, "taxe comprise : donnez-le hors taxes"),
    ],
)
def test_an_amount_is_the_right_one_or_is_asked(made: Made, written: str, amount: float | None, said: str) -> None:
    found = read_spreadsheets(
        made("liste.csv", f"Structure;Besoin;Montant\nVille;Tonte;{written}\n"), ParticipantRole.BUYER
    )[0]
    assert found.entrants[0].participant.needs[0].amount == amount
    assert [(one.line, one.column) for one in found.faults] == ([(2, "Montant")] if said else [])
    assert said in "".join(one.says for one in found.faults)


def test_a_list_kept_by_hand_is_read_as_it_was_meant(kept_by_hand: Path) -> None:
    found = read_spreadsheets(kept_by_hand, ParticipantRole.BUYER)[0]
    told = [(one.line, one.participant.sort, one.participant.name) for one in found.entrants]
    assert told == [
        *((5, ParticipantRole.BUYER, "Ville"), (7, ParticipantRole.BUYER, "Métallerie")),
        *((8, ParticipantRole.SUPPLIER, "ESAT du Canal"), (10, ParticipantRole.BUYER, "Passant")),
    ]
    ville, metal, esat, _ = found.entrants
    assert [need.text for need in ville.participant.needs] == ["Repas", "linge", "tonte"]
    assert {need.amount for need in ville.participant.needs} == {None}
    assert (ville.participant.people, [one.name for one in ville.people]) == (2, ["A. Un", "B. Deux"])
    assert ville.named == ((Tie.MUST, "Table"),)
    assert [need.text for need in metal.participant.needs] == ["Montage", "Nettoyage à 2.5 km"]
    assert (esat.participant.siret, esat.participant.activity) == ("00010103000013", "Linge")
    assert [(one.line, one.column, one.says) for one in found.faults] == [
        (5, "Montant HT", "« 30000 » pour 3 besoins : à répartir, une ligne par besoin."),
        (7, "Confirmé", "« en attente » : inscrit quand même, à confirmer."),
        (10, "Type", "« Curieux » : attendu, acheteur, fournisseur ou attributaire ; pris comme acheteur."),
    ]
    assert [(one.line, one.says.partition(" : ")[0]) for one in found.refused] == [
        (4, "« COLLECTIVITÉS » est un titre, sans rien d’autre"),
        (9, "« Annulé le 12/11 » dit qu’il ne vient pas (s’il est déjà inscrit, désinscrivez-le)"),
        (11, "une ligne de total"),
    ]


def test_an_enterprise_is_what_its_spreadsheet_is(made: Made) -> None:
    path = made("liste.csv", "Structure;Type;Besoin\nMétallerie;Entreprise;Repas\n")
    assert [read_spreadsheets(path, sort)[0].entrants[0].participant.sort for sort in (*ParticipantRole, None)] == [
        *ParticipantRole,
        ParticipantRole.SUPPLIER,
    ]


def test_a_name_alone_on_its_line_is_taken_and_said(made: Made) -> None:
    found = read_spreadsheets(made("liste.csv", "Structure;Besoin;Lieu\nVille haute;;\n12;;\n"), ParticipantRole.BUYER)[
        0
    ]
    assert [one.participant.name for one in found.entrants] == ["Ville haute"]
    assert [(one.line, one.column) for one in found.faults] == [(2, "Structure")]
    assert [one.says for one in found.refused] == ["« 12 » n’est pas un nom : la ligne est laissée."]


def test_a_column_that_mixes_mail_and_telephone_loses_neither_and_says_the_second(made: Made) -> None:
    text = "Structure;Besoin;Contact;Mail / tél\nVille Modèle;Tonte;Camille Exemple;a@exemple.fr / 03 53 01 20 11\n"
    text += "Métropole Modèle;Tonte;;03 53 01 20 12 / 06 12 34 56 78\n"
    found = read_spreadsheets(made("liste.csv", text), ParticipantRole.BUYER)[0]
    one, other = found.entrants
    assert [(each.name, each.phone, each.email) for each in one.people] == [
        ("Camille Exemple", "+33353012011", "a@exemple.fr")
    ]
    assert [each.phone for each in other.people] == ["+33353012012", "+33612345678"]
    assert other.participant.people == 1, "two numbers are no two persons"
    (fault,) = found.faults
    assert (fault.line, fault.column) == (3, "Mail / tél")
    assert "« 03 53 01 20 12 / 06 12 34 56 78 », plusieurs téléphones : tous sont gardés" in fault.says


def test_access_needs_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    lines = (
        "Fauteuil roulant",
        "interprète LSF",
        "malentendante : boucle",
        "PMR + boucle magnétique",
        "régime sans sel",
        "non",
    )
    path.write_text(
        "Structure;Besoins spécifiques\n" + "".join(f"Ville {n};{said}\n" for n, said in enumerate(lines)), "utf-8"
    )
    read = read_spreadsheets(path, ParticipantRole.BUYER)[0]
    needed = [(its.step_free, its.interpreter, its.hearing_loop) for its in (one.participant for one in read.entrants)]
    assert needed == [(1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 0, 1), (0, 0, 0), (0, 0, 0)]
    assert [(fault.line, fault.column) for fault in read.faults] == [(6, "Besoins spécifiques")]


def test_the_kind_of_a_supplier_is_read_in_the_column_of_its_role(made: Made) -> None:
    text = "Raison sociale;Type (EI, ACI…);Savoir-faire\nLa Table;EA;Traiteur\nLe Vélo;Chantier d’insertion (ACI) / EI;Vélos\nX;ESS ?;a\n"
    (sheet,) = read_spreadsheets(made("liste.csv", text), ParticipantRole.SUPPLIER)
    assert [one.participant.kinds for one in sheet.entrants] == [
        (SupplierKind.EA,),
        (SupplierKind.EI, SupplierKind.ACI),
        (SupplierKind.ESS,),
    ]
    (buyer,) = read_spreadsheets(made("a.csv", "Structure;Type\nVille;Acheteur (ESS)\n"), ParticipantRole.BUYER)[
        0
    ].entrants
    assert buyer.participant.kinds == ()


def test_yes_under_cancelled_is_an_absence(made: Made) -> None:
    lines = [("A", "OUI annulé"), ("B", "x"), ("C", "non"), ("D", ""), ("E", "voir mail"), ("F", "le 12/11, oui")]
    text = "Structure;Besoin;Annulé ?\n" + "".join(f"{name};Repas;{cell}\n" for name, cell in lines)
    (sheet,) = read_spreadsheets(made("liste.csv", text), ParticipantRole.BUYER)
    assert [one.participant.name for one in sheet.entrants] == ["C", "D", "E"]
    assert [one.line for one in sheet.refused] == [2, 3, 7]
    assert {fault.cells for fault in sheet.faults} == {("voir mail",)}


def test_a_comma_that_is_not_sure_is_a_point_to_confirm(made: Made) -> None:
    text = "Structure;Besoin\nModèle;collecte des encombrants, tri des papiers bureaux\n"
    (entrant,) = read_spreadsheets(made("liste.csv", text), ParticipantRole.BUYER)[0].entrants
    assert [(one.topic, one.says) for one in entrant.doubts] == [
        (Topic.NEEDS, "Lu : un seul besoin. Plusieurs besoins ?")
    ]


def test_hours_written_in_the_need_of_an_attributaire_are_read(made: Made) -> None:
    need = "main d’oeuvre de coffrage, 1500h d insertion / nettoyage de chantier"
    text = f"Structure;Besoin;Heures d’insertion\nA;{need};\nB;{need};200\nC;clause de 300 heures d’insertion;\n"
    (sheet,) = read_spreadsheets(made("liste.csv", text), ParticipantRole.ATTRIBUTAIRE)
    assert [[one.hours for one in entrant.participant.needs] for entrant in sheet.entrants] == [
        [1500.0, None],
        [None, None],
        [300.0],
    ]
    assert [one.text for one in sheet.faults if "lues dans le besoin" in one.text] == [
        "« {} » : 1 500 heures d’insertion, lues dans le besoin.".replace(" 500", "\u202f500").replace(
            " heures", "\u00a0heures"
        ),
        "« {} » : 300 heures d’insertion, lues dans le besoin.".replace(" heures", "\u00a0heures"),
    ]
    (buyer,) = read_spreadsheets(made("b.csv", text), ParticipantRole.BUYER)[0].entrants[:1]
    assert [one.hours for one in buyer.participant.needs] == [None, None]


def test_the_needs_of_a_buyer_under_activity_are_parted(made: Made) -> None:
    (sheet,) = read_spreadsheets(
        made("liste.csv", "Structure;Activité\nA;plateaux repas + tonte\n"), ParticipantRole.BUYER
    )
    assert [one.text for one in sheet.entrants[0].participant.needs] == ["plateaux repas", "tonte"]
    assert [one.column for one in sheet.faults] == ["Activité"]
