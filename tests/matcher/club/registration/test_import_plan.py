"""From an organiser’s spreadsheets to participants: columns, values, who is who, what is asked; and twice the same changes nothing."""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from importers.formats.columns import sheet_fields
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.club.meeting_day.changes import Amend, AnswerQuestion, Register
from matcher.club.meeting_day.meeting_day import Bond, Doubt, MeetingDay, Participant, ParticipantRole, Tie
from matcher.club.meeting_day.store import Person
from matcher.club.registration.import_plan import Intake, plan_registrations
from matcher.club.registration.who_is_it import Catalogue
from matcher.club.registration.workbook import Spreadsheet, read_spreadsheets
from matcher.db import open_database
from matcher.journal.change import try_changes
from matcher.need.fields import need_from
from matcher.reference.tables import rows
from tests.matcher.club.day import after, opened

pytestmark = pytest.mark.usefixtures("read_here")

BUYERS = """Structure;Nom;Prénom;Besoin;Lieu;Montant;Souhaite rencontrer;Arrivée;Fauteuil;Téléphone;Courriel;Couleur
Ville de Valbrune;Spécimen;Paul;Entretien de 12 ha d’espaces verts;Hautmont;80 k€;Table Inventée;9h30;;03 27 00 00 00;p.specimen@valbrune.example;bleu
Ville de Valbrune;Spécimen;Paul;Nettoyage des écoles;Hautmont;40000;;;;;;
CH Modèle;;Anne;"Blanchisserie ; Repas";Avesnes-sur-Helpe;environ;Bidule, ESAT DU CANAL;25h;oui;;;
;;;vide;;;;;;;;
"""
SUPPLIERS = """Fournisseur,Activité,Ville,Siret,Ne pas placer avec,Contact
ESAT les Hortensias de la Solre,Espaces verts,Aulnoye-Aymeries,,CH Modèle,Mme Témoin
Esat du Canal,,Denain,,,
Jardins de la Solre,,Arras,,,
Table Inventée,Traiteur,Lille,,,"M. Postiche, Mme Fictive"
"""
Take = Callable[..., tuple[MeetingDay, Intake]]
Made = Callable[[str, str], Path]


@pytest.fixture(scope="module")
def catalogue(built: Path) -> Iterator[Catalogue]:
    engine: Engine = open_database(f"sqlite:///{built.as_posix()}")
    yield Catalogue(engine, load_shelf(engine))
    engine.dispose()


@pytest.fixture
def made(tmp_path: Path) -> Made:
    def write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def take(catalogue: Catalogue, made: Made) -> Take:
    def run(event: MeetingDay, buyers: str = BUYERS, suppliers: str = SUPPLIERS) -> tuple[MeetingDay, Intake]:
        given = (
            (buyers, ParticipantRole.BUYER, "acheteurs.csv"),
            (suppliers, ParticipantRole.SUPPLIER, "fournisseurs.csv"),
        )
        sheets = [read_spreadsheets(made(name, text), sort)[0] for text, sort, name in given if text]
        found = plan_registrations(event, sheets, catalogue)
        return after(event, *found.changes), found

    return run


def test_two_spreadsheets_make_an_event(take: Take) -> None:
    event, found = take(opened())
    assert [one.name for one in event.participants] == [
        *("Ville de Valbrune", "CH Modèle"),
        *("ESAT les Hortensias de la Solre", "Esat du Canal", "Jardins de la Solre", "Table Inventée"),
    ]
    ville, hospital, esat, canal, *_ = event.participants
    assert [(need.text, need.amount) for need in ville.needs] == [
        ("Entretien de 12 ha d’espaces verts", 80_000.0),
        ("Nettoyage des écoles", 40_000.0),
    ]
    assert [need.text for need in hospital.needs] == ["Blanchisserie", "Repas"]
    assert (ville.arrival, hospital.arrival, hospital.step_free, ville.step_free) == (570, None, True, False)
    assert (esat.supplier_id, canal.supplier_id) == ("siret:00010102200010", "siret:00010103000013")
    assert event.bonds == (Bond(Tie.MUST, 1, 6), Bond(Tie.MUST, 2, 4), Bond(Tie.NEVER, 3, 2))
    assert found.people[1] == (Person("Paul Spécimen", "+33327000000", "p.specimen@valbrune.example"),)
    assert found.people[6] == (Person("M. Postiche"), Person("Mme Fictive"))
    assert (found.created, found.buyers, found.repeated, len(found.refused_lines), found.read) == (6, 2, 1, 1, 8)
    assert found.remarks == (
        f"« acheteurs.csv », ligne 4, colonne « Montant » : {need_from({'objet': 'x', 'montant': 'environ'}).faults[0]}",
        "« acheteurs.csv », ligne 4, colonne « Arrivée » : « 25h », heure illisible ; la case est laissée.",
    )
    assert found.refused_lines == ("« acheteurs.csv », ligne 5 : ni nom ni SIRET : la ligne est laissée.",)
    assert "« Besoin », un besoin" in found.columns[0]
    assert [said.split(" (")[0] for said in found.unused] == ["« acheteurs.csv » : Colonne « Couleur »"]


def test_a_column_that_a_form_fills_is_said_once_for_both_files(take: Take) -> None:
    _, found = take(
        opened(),
        "Horodateur;Structure;Besoin\n12/10/2026 09:00;Ville;Papier\n12/10/2026 09:01;Hôpital;Linge\n",
        "Structure;Activité;Horodateur\nESAT;Papier;12/10/2026 09:02\n",
    )
    assert found.unused == (
        "« acheteurs.csv » et « fournisseurs.csv » : Colonne « Horodateur » : non reprise, c’est le formulaire qui la remplit.",
    )
    assert found.remarks == ()


def test_what_is_doubtful_is_asked_with_what_it_may_be(take: Take) -> None:
    event, found = take(opened())
    who, wish = found.questions
    assert (who.doubt, who.about, who.options[0].code, who.options[-1].code) == (
        Doubt.WHO,
        5,
        "siret:00010001600013",
        "nouveau",
    )
    assert (wish.doubt, wish.about, [option.code for option in wish.options]) == (Doubt.WISH, 2, ["personne"])
    assert "« Bidule »" in wish.text
    linked = after(event, AnswerQuestion(1, who.options[0].code)).participant(5)
    assert (linked.supplier_id, linked.siret) == ("siret:00010001600013", "00010001600013")


def test_the_same_spreadsheets_again_change_nothing(take: Take) -> None:
    event, _ = take(opened())
    answered = after(event, AnswerQuestion(1, "nouveau"), AnswerQuestion(2, "personne"))
    again, found = take(answered)
    assert (again, found.changes, found.questions) == (answered, (), ())
    assert (found.created, found.updated, found.unchanged) == (0, 0, 6)


def test_a_corrected_spreadsheet_corrects_and_leaves_the_rest(take: Take) -> None:
    event, _ = take(opened())
    event = event.with_participant(replace(event.participant(4), arrival=600, absent=True))
    _, found = take(event, suppliers=SUPPLIERS.replace("Esat du Canal,,Denain", "Esat du Canal,,Valenciennes"))
    assert (found.created, found.updated, found.unchanged) == (0, 1, 5)
    after_it = try_changes(event, found.changes[0]).participant(4)
    assert (after_it.place, after_it.arrival, after_it.absent) == ("Valenciennes", 600, True)


def test_what_a_person_noted_stays_where_the_spreadsheet_has_no_column_for_it(take: Take) -> None:
    event, _ = take(opened(), buyers="Structure;Besoin\nVille;Repas\n", suppliers="")
    noted = replace(event.participant(1), people=3, abreast=2, step_free=True, interpreter=True)
    event = event.with_participant(noted)
    again, _ = take(event, buyers="Structure;Besoin\nVille;Linge\n", suppliers="")
    assert again.participant(1) == replace(noted, needs=again.participant(1).needs)
    corrected, _ = take(event, buyers="Structure;Besoin;PMR;Nb personnes\nVille;Linge;non;1\n", suppliers="")
    assert (corrected.participant(1).step_free, corrected.participant(1).people) == (False, 1)
    assert corrected.participant(1).interpreter


def test_a_supplier_there_twice_is_asked_about(take: Take) -> None:
    lines = "Structure;SIRET\nESAT du Canal;00010103000013\nLe Canal;00010103000013\nTable;\nTABLE;\n"
    event, found = take(opened(), buyers="", suppliers=lines)
    assert event.doubles == {2: 1}
    assert found.in_catalogue == len(event.catalogue_suppliers), "one that is there twice counts once, as on the page"
    assert [(one.doubt, one.about, one.options[0].code) for one in found.questions if one.doubt is Doubt.TWICE] == [
        (Doubt.TWICE, 2, "1"),
        (Doubt.TWICE, 4, "3"),
    ]
    assert "même SIRET" in found.questions[0].text


def test_a_siret_of_another_name_is_said(take: Take) -> None:
    _, found = take(opened(), buyers="", suppliers="Structure;SIRET\nBoulangerie Dupuis;00010103000013\n")
    assert found.remarks == (
        "« fournisseurs.csv », ligne 2 : « Boulangerie Dupuis » est inscrit sous le SIRET de « ESAT DU CANAL » : à vérifier.",
    )


def test_two_people_of_one_name_and_one_side_are_told_apart(take: Take) -> None:
    lines = "Structure;Besoin;Souhaite rencontrer\nVille;Repas;Table\nBailleur;Repas;Ville\n"
    _, found = take(opened(), buyers=lines, suppliers="Structure;Ville\nTable;Lille\nTable;Arras\n")
    (wish,) = (one for one in found.questions if one.doubt is Doubt.WISH)
    assert [option.label for option in wish.options[:2]] == ["Table, Lille, n° 3", "Table, Arras, n° 4"]
    assert found.remarks == (
        "« acheteurs.csv », ligne 3 : « Ville » est du même côté que « Bailleur » : le vœu est laissé.",
    )


def test_a_wish_for_who_comes_later_waits_for_it(take: Take) -> None:
    """The suppliers come first; the buyers they wish for, a week later."""
    suppliers = "Structure;Ville;Souhaite rencontrer\nCuistots;Lille;Ville de Valbrune\nFour;Lille;Bailleur\nPain;Lille;Voies d’eau\n"
    event, found = take(opened(), buyers="", suppliers=suppliers)
    assert [len(one.options) for one in found.questions] == [1, 1, 1]
    buyers = "Structure;Besoin\nVille de Valbrune;Repas\nBailleur du Nord;Linge\nBailleur du Sud;Linge\n"
    event, found = take(event, buyers=buyers, suppliers="")
    assert event.bonds == (Bond(Tie.MUST, 1, 4),)
    assert [one.answer for one in event.questions] == ["4", "", ""]
    (again,) = found.questions
    assert (again.number, {option.code for option in again.options}) == (2, {"5", "6", "personne"})
    assert after(event, AnswerQuestion(2, "6")).bonds[-1] == Bond(Tie.MUST, 2, 6)
    assert take(event, buyers=buyers, suppliers="")[1].changes == ()
    assert take(event, buyers="", suppliers=suppliers)[1].changes == ()


def test_a_workbook_with_a_column_of_sorts_is_one_file_for_all(tmp_path: Path, catalogue: Catalogue) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for line in (
        ["Participants du club", None],
        ["Sorte", "Nom", "Activité", "Heures d'insertion", "Nb personnes"],
        ["Fournisseurs", "Table", "Traiteur", None, 2],
        ["Attributaire", "Métallerie", "Gros œuvre", 2400, 1],
        ["Curieux", "Passant", None, None, None],
    ):
        sheet.append(line)
    book.save(tmp_path / "club.xlsx")
    found = read_spreadsheets(tmp_path / "club.xlsx", None)[0]
    table, builder = (one.participant for one in found.entrants)
    assert (table.sort, table.activity, table.people) == (ParticipantRole.SUPPLIER, "Traiteur", 2)
    assert (builder.sort, builder.needs[0].text, builder.needs[0].hours) == (
        ParticipantRole.ATTRIBUTAIRE,
        "Gros œuvre",
        2400.0,
    )
    assert [fault.line for fault in found.refused] == [5]
    assert plan_registrations(opened(), [found], catalogue).created == 2


@pytest.mark.parametrize(
    ("lines", "hours", "people", "said"),
    [
        (
            "Ville;A. Un;9h;11h;Repas\nVille;B. Deux;10h30;12h;Linge\n",
            (540, 720),
            2,
            "de 9\u00a0h\u00a000 à 12\u00a0h\u00a000",
        ),
        ("Ville;A. Un;9h30;11h;Repas\nVille;B. Deux;;;Linge\n", (None, None), 2, "du début à la fin"),
        ("Ville;A. Un;;;Repas\nVille;B. Deux;;11h;Linge\n", (None, None), 2, "du début à la fin"),
        ("Ville;A. Un;9h30;11h;Repas\nVille;A. Un;;;Linge\n", (570, 660), 1, ""),
        ("Ville;A. Un;9h30;11h;Repas\nVille;;;;Linge\n", (570, 660), 1, ""),
        ("Ville;A. Un et B. Deux;;11h;Repas\n", (None, 660), 2, ""),
    ],
)
def test_a_delegation_is_there_from_its_first_to_its_last(
    take: Take, lines: str, hours: tuple[int | None, int | None], people: int, said: str
) -> None:
    event, found = take(opened(), buyers="Structure;Contact;Arrivée;Départ;Besoin\n" + lines, suppliers="")
    (one,) = event.participants
    assert ((one.arrival, one.departure), one.people) == (hours, people)
    assert said in " ".join(found.remarks)
    assert len(found.remarks) == bool(said)


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), max_size=12)
COLUMNS = st.lists(
    st.sampled_from(
        [row["ecrit"] for row in rows("colonnes") if row["tableau"] == "club" and row["champ"] in sheet_fields("club")]
    ),
    min_size=1,
    max_size=6,
    unique=True,
)


@given(COLUMNS, st.lists(st.lists(CELLS, min_size=7, max_size=7), min_size=1, max_size=5))
def test_whatever_the_cells_every_line_is_counted_once(
    tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue, columns: list[str], lines: list[list[str]]
) -> None:
    header = ["structure", *columns]
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL)
    writer.writerow(header)
    writer.writerows([f"Atelier {number}", *line[: len(columns)]] for number, line in enumerate(lines))
    path = tmp_path_factory.mktemp("cellules") / "liste.csv"
    path.write_text(out.getvalue(), encoding="utf-8")
    sheet: Spreadsheet = read_spreadsheets(path, ParticipantRole.SUPPLIER)[0]
    found = plan_registrations(opened(), [sheet], catalogue)
    assert found.read == len(lines)
    event = after(opened(), *found.changes)
    assert len(event.participants) == found.created
    again = plan_registrations(event, [sheet], catalogue)
    assert (again.created, again.updated, again.questions) == (0, 0, ())


def test_a_misspelt_name_under_a_siret_is_shown_as_the_catalogue_spells_it(take: Take) -> None:
    sheet = "Structure;SIRET\nEsat les Hortensia de la Sole;00010102200010\n"
    event, _ = take(
        opened(), buyers="Structure;Ne veut pas voir\nVille;Esat les Hortensia de la Sole\n", suppliers=sheet
    )
    one = event.participant(2)
    assert (one.name, one.written) == ("ESAT LES HORTENSIAS DE LA SOLRE", "Esat les Hortensia de la Sole")
    assert event.bonds == (Bond(Tie.NEVER, 1, 2),)
    again, found = take(event, buyers="", suppliers=sheet)
    assert (again, found.unchanged) == (event, 1)


def test_two_of_one_supplier_that_has_no_siret_are_asked_about(take: Take) -> None:
    known = Participant(1, ParticipantRole.SUPPLIER, "Atelier", supplier_id="finess:590000001")
    _, found = take(
        after(opened(), Register((known, replace(known, key=2)))), buyers="Structure\nVille\n", suppliers=""
    )
    assert ", même fournisseur du catalogue : " in found.questions[0].text


def test_two_lines_nearly_of_one_name_are_asked_about(take: Take) -> None:
    buyers = "Structure;Besoin;Ville\nCommunauté du Val Fictif;Repas;Lens\nCommunauté du Val Fictf;Linge;\nCollège du Val 1;Repas;\nCollège du Val 2;Repas;\n"
    event, found = take(opened(), buyers=buyers, suppliers="")
    (asked,) = found.questions
    assert (asked.doubt, asked.about, "nom proche" in asked.text) == (Doubt.TWICE, 2, True)
    (one, *_) = after(event, AnswerQuestion(1, asked.options[0].code)).list_seats(suppliers=False)
    assert [need.text for need in one.needs] == ["Repas", "Linge"]


def test_a_correction_of_a_doubtful_cell_outlives_the_same_sheet(take: Take) -> None:
    sheet = "Structure;Besoin;Présence\nVille Modèle;Tonte des pelouses;9:45\n"
    event, found = take(opened(), sheet, "")
    assert [(one.written, one.says.replace("\u00a0", " ")) for one in found.points] == [("9:45", "Lu : dès 9 h 45.")]
    assert event.to_ring
    corrected = after(event, Amend((replace(event.participants[0], arrival=None, departure=9 * 60 + 45),)))
    again, second = take(corrected, sheet, "")
    assert (again.participants, again.to_ring, second.changes) == (corrected.participants, (), ())


@pytest.mark.parametrize(
    ("sheet", "correction"),
    [
        ("Montant\nVille Modèle;Tonte des pelouses + Repas;40000", {"needs": (10_000.0, 30_000.0)}),
        ("Handicap\nVille Modèle;Tonte des pelouses;voir avec moi", {"step_free": True}),
        ("Nombre de personnes\nVille Modèle;Tonte des pelouses;3,5", {"people": 3}),
        ("Ville\nVille Modèle;Collecte + Repas;Lille", {"needs": "Blanchisserie"}),
    ],
)
def test_what_was_corrected_by_hand_stays_on_any_topic(take: Take, sheet: str, correction: dict[str, Any]) -> None:
    event, found = take(opened(), f"Structure;Besoin;{sheet}\n", "")
    assert found.points
    one, needs = event.participants[0], correction.get("needs")
    if isinstance(needs, str):
        correction = {"needs": (replace(one.needs[0], text=needs), *one.needs[1:])}
    elif needs:
        correction = {"needs": tuple(replace(need, amount=its) for need, its in zip(one.needs, needs, strict=True))}
    corrected = after(event, Amend((replace(one, **correction),)))
    again, second = take(corrected, f"Structure;Besoin;{sheet}\n", "")
    assert (corrected.to_ring, again.participants, second.changes) == ((), corrected.participants, ())


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_beside_a_rewritten_need_that_another_line_changes_stands_once(take: Take, order: tuple[int, int]) -> None:
    lines = "Ville Modèle;Zyrgule;Lille;", "Ville Modèle;Repas;Lille;40000"
    sheet = "\n".join(("Structure;Besoin;Ville;Montant", *(lines[nth] for nth in order), ""))
    event, _ = take(opened(), sheet, "")
    needs = {need.text: need for need in event.participants[0].needs}
    rewritten = replace(needs["Zyrgule"], text="Blanchisserie")
    corrected = after(event, Amend((replace(event.participants[0], needs=(rewritten, needs["Repas"])),)))
    again, _ = take(corrected, sheet.replace("40000", "60000"), "")
    assert {*again.participants[0].needs} == {rewritten, replace(needs["Repas"], amount=60_000.0)}
    assert len(again.participants[0].needs) == 2
    two, _ = take(corrected, sheet.replace("40000", "60000") + lines[1], "")
    assert sorted(need.amount or 0 for need in two.participants[0].needs) == [0, 40_000, 60_000]  # two lots of one name


def test_an_import_settles_no_point_that_its_line_still_says(take: Take) -> None:
    sheet = "Structure;Besoin;Présence;Arrivée\nVille Modèle;Tonte des pelouses;peut-être;"
    event, _ = take(opened(), sheet, "")
    (point,) = event.to_ring
    later, found = take(event, f"{sheet}10h", "")
    assert (later.participants[0].arrival, later.to_ring, found.points) == (600, (point,), ())
    surely, _ = take(later, f"{sheet}11h".replace("peut-être", "oui"), "")
    assert not surely.to_ring


def test_two_who_relay_each_other_are_away_only_while_both_are(take: Take) -> None:
    sheet = "Structure;Besoin;Contact;Présence\nVille Modèle;Tonte;Mme Une;sauf 10h-10h30\nVille Modèle;Repas;M. Deux;"
    (one,) = take(opened(), f"{sheet}\n", "")[0].participants
    assert (one.people, one.away) == (2, ())
    (one,) = take(opened(), f"{sheet}sauf 10h15-11h\n", "")[0].participants
    assert one.away == ((615, 630),)
