"""`entremise club`, from two spreadsheets to a timetable that is changed, handed out and reported on."""

import csv
import io
import shutil
from contextlib import redirect_stdout
from pathlib import Path

import openpyxl
import pytest

from matcher.cli.app import main
from matcher.paths import shipped_path
from matcher.settings import DATABASE_VARIABLE
from tests.matcher.cli.conftest import Done, Run
from tests.waiting import LONGEST_S

pytestmark = pytest.mark.usefixtures("read_here")

BUYERS, SUPPLIERS = (shipped_path(f"data/samples/club_{name}.csv") for name in ("acheteurs", "fournisseurs"))
BY = ("--par", "C. Exemple")
SMALL = "Structure;Besoin;Lieu\nVille Modèle;Entretien des espaces verts;Maubeuge\nBailleur Modèle;Peinture;Chauny\n"
OFFERS = "Structure;Activité;Ville;SIRET\nESAT du Canal;;Denain;00010103000013\nPeinture Essai;Peinture;Chauny;\nJardins de la Solre;;Arras;\n"


OPENED = (
    *("club", "create", "--titre", "Club d’essai", "--date", "2026-12-03", "--lieu", "Maubeuge", "--creneaux", 4),
    *("--pause", "9h40-10h,café", "--tables", 3, *BY),
)


@pytest.fixture
def opened(own: Path, run: Run) -> Path:
    assert run(*OPENED).out == "Événement 1 ouvert : « Club d’essai ».\n"
    return own


@pytest.fixture(scope="module")
def sheets(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The files of two buyers and of three suppliers."""
    folder = tmp_path_factory.mktemp("listes")
    for name, text in (("a.csv", SMALL), ("f.csv", OFFERS)):
        (folder / name).write_text(text, encoding="utf-8")
    return folder / "a.csv", folder / "f.csv"


@pytest.fixture
def lists(opened: Path, sheets: tuple[Path, Path]) -> tuple[Path, Path]:
    """The same, for an event that is open."""
    return sheets


@pytest.fixture(scope="module")
def planned_once(built: Path, sheets: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The file of a catalogue whose event is planned, and what the command said of its timetable; read only: a test takes a copy."""
    path, said = tmp_path_factory.mktemp("club") / "catalogue.sqlite", io.StringIO()
    shutil.copy(built, path)
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(said):
        patch.setenv(DATABASE_VARIABLE, f"sqlite:///{path.as_posix()}")
        for words in (
            OPENED,
            ("club", "import", 1, "--acheteurs", sheets[0], "--fournisseurs", sheets[1], *BY),
            ("club", "plan", 1, *BY),
        ):
            with pytest.raises(SystemExit) as ended:
                main([str(word) for word in words])
            assert not ended.value.code, words
    return path, " ".join(said.getvalue().split())


@pytest.fixture
def planned(own: Path, planned_once: tuple[Path, str]) -> str:
    """What the command said of the timetable of the event, on a copy to write in."""
    path, said = planned_once
    shutil.copy(path, own)
    return said


def rows(done: Done) -> list[dict[str, str]]:
    assert done.code == 0, done.err
    return list(csv.DictReader(io.StringIO(done.out.lstrip("\ufeff")), delimiter=";"))


def test_columns_are_told_by_a_file_of_their_meanings(opened: Path, tmp_path: Path, run: Run) -> None:
    (tmp_path / "libre.csv").write_text("Qui;Quoi\nCommune Neuve;Tonte\n", encoding="utf-8")
    (tmp_path / "colonnes.toml").write_text('"Qui" = "structure"\n"Quoi" = "besoin"\n', encoding="utf-8")
    asked = ("club", "import", 1, "--acheteurs", tmp_path / "libre.csv", *BY)
    assert "--mapping" in run(*asked).err
    assert run(*asked, "--mapping", tmp_path / "colonnes.toml").code == 0
    (who,) = run("club", "show", 1, "--format", "json").json()["participants"]
    assert (who["name"], who["needs"][0]["text"]) == ("Commune Neuve", "Tonte")
    (tmp_path / "colonnes.toml").write_text('"Absente" = "besoin"\n"Qui" = "structure"\n', encoding="utf-8")
    refused = run(*asked, "--mapping", tmp_path / "colonnes.toml")
    assert refused.code == 1
    assert "« colonnes.toml », colonne « Absente »" in refused.err


def test_an_event_is_opened_changed_listed_and_put_away(opened: Path, run: Run) -> None:
    assert "Maubeuge" in run("club", "list").out
    run("club", "edit", 1, "--lieu", "Lille", "--tables", 5, *BY)
    found = run("club", "show", 1, "--format", "json").json()
    assert (found["place"], found["tables"], found["version"], found["title"]) == ("Lille", 5, 2, "Club d’essai")
    assert found["slots"][:3] == ["9\u00a0h\u00a000", "9\u00a0h\u00a020", "10\u00a0h\u00a000"]
    run("club", "delete", 1, *BY)
    assert run("club", "list", "--format", "json").json() == []
    assert run("club", "list", "--supprimes", "--format", "json").json()[0]["id"] == 1
    assert "restaure" in run("club", "restore", 1, *BY).out


def test_a_dry_run_says_all_and_writes_nothing(lists: tuple[Path, Path], run: Run) -> None:
    given = ("club", "import", 1, "--acheteurs", lists[0], "--fournisseurs", lists[1])
    dry = run(*given, "--dry-run", *BY)
    assert "Essai à blanc, rien n’est écrit" in dry.said
    assert "5 nouveaux participants" in dry.said
    assert "1 fournisseur retrouvé au catalogue" in dry.said
    assert run("club", "show", 1, "--format", "json").json()["version"] == 1
    assert "inscrit 5 participants" in run(*given, *BY).said
    assert "5 inchangés" in run(*given, *BY).said
    assert run("club", "show", 1, "--format", "json").json()["version"] == 3


def test_questions_are_answered_one_by_one_or_by_a_file(lists: tuple[Path, Path], run: Run, tmp_path: Path) -> None:
    run("club", "import", 1, "--acheteurs", lists[0], "--fournisseurs", lists[1], *BY)
    assert "« Jardins de la Solre » : est-ce un fournisseur du catalogue ?" in run("club", "questions", 1).said
    (line,) = rows(run("club", "questions", 1, "--format", "csv"))
    refused = run("club", "answer", 1, 1, "autre", *BY)
    assert (refused.code, "répondez par" in refused.err) == (1, True)
    filled = tmp_path / "r.csv"
    filled.write_text("Question;Réponse\n1;siret:00010001600013\n", encoding="utf-8")
    assert line["Question"] == "1"
    assert "0 question sans réponse." in run("club", "answer", 1, "--fichier", filled, *BY).out
    found = run("club", "show", 1, "--format", "json").json()["participants"]
    assert found[4]["supplier_id"] == "siret:00010001600013"
    assert run("club", "answer", 1, *BY).code == 2


def test_one_more_comes_and_changes_nobody_else(lists: tuple[Path, Path], run: Run) -> None:
    run("club", "import", 1, "--acheteurs", lists[0], "--fournisseurs", lists[1], *BY)
    said = ("--nom", "ESAT du Canal", "--siret", "000 101 030 00013", "--lieu", "Arras", "--personne", "Anne Témoin")
    done = run("club", "add", 1, "--sorte", "fournisseur", *said, *BY)
    assert "inscrit ESAT du Canal (fournisseur)" in done.out
    assert "inscrit deux fois (n° 3 et n° 6), même SIRET" in done.said
    found = run("club", "show", 1, "--format", "json").json()["participants"]
    assert (found[2]["place"], found[5]["presence"]) == ("Denain", "déjà n° 3")
    assert "Anne Témoin" in run("club", "sheet", 1, "n° 6").out
    buyer = run(
        "club", "add", 1, "--sorte", "attributaire", "--nom", "BTP", "--besoin", "Peinture", "--heures", 900, *BY
    )
    assert buyer.code == 0, buyer.err
    assert run("club", "add", 1, "--sorte", "fournisseur", "--nom", "X", "--siret", "12", *BY).code == 2
    wrong = run("club", "add", 1, "--sorte", "fournisseur", "--nom", "X", "--siret", "00010103000014", *BY)
    assert (wrong.code, "SIRET invalide (clé)" in wrong.err) == (2, True)


def test_a_timetable_is_proven_and_compared(planned: str, run: Run) -> None:
    assert "Le meilleur possible, c’est prouvé." in planned
    assert "Par comparaison, la meilleure paire d’abord" in planned
    found = run("club", "timetable", 1, "--format", "json").json()
    assert found["proven"]
    assert found["rivals"].keys() == {"la meilleure paire d’abord", "au hasard"}
    lines = rows(run("club", "timetable", 1, "--format", "csv"))
    assert len(lines) == len(found["meetings"])
    assert all(line["Pourquoi (pour l’acheteur)"] and line["Pourquoi (pour le fournisseur)"] for line in lines)
    assert "libre" in run("club", "timetable", 1).out
    assert "Peinture Essai" in run("club", "timetable", 1, "--par-fournisseur").out


def test_the_same_lists_give_the_same_timetable(planned: str, run: Run) -> None:
    first = run("club", "timetable", 1, "--format", "json").json()
    run("club", "plan", 1, *BY)
    assert run("club", "timetable", 1, "--format", "json").json() == first


def test_a_sheet_says_when_where_whom_and_why(planned: str, run: Run) -> None:
    said = run("club", "sheet", 1, "Ville Modèle").said
    assert "ESAT du Canal" in said
    assert "déclare" in said
    assert "café" in said
    ics = run("club", "sheet", 1, "esat du canal", "--format", "ics")
    assert ics.out.startswith("BEGIN:VCALENDAR")
    assert "DTSTART:20261203T" in ics.out
    unknown = run("club", "sheet", 1, "Modèle")
    assert (unknown.code, "Ville Modèle, Maubeuge, n° 1" in unknown.err) == (1, True)


def test_who_is_absent_or_late_changes_little_and_each_change_is_said(planned: str, run: Run) -> None:
    before = {
        (one["buyer"], one["supplier"]): one
        for one in run("club", "timetable", 1, "--format", "json").json()["meetings"]
    }
    done = run("club", "absent", 1, "ESAT du Canal", *BY)
    assert "annulé : Ville Modèle et ESAT du Canal" in done.said
    after = {
        (one["buyer"], one["supplier"]): one
        for one in run("club", "timetable", 1, "--format", "json").json()["meetings"]
    }
    assert all(supplier != "ESAT du Canal" for _, supplier in after)
    kept = {pair: one for pair, one in before.items() if pair[1] != "ESAT du Canal"}
    assert {pair: after[pair] for pair in kept} == kept
    back = run("club", "late", 1, "ESAT du Canal", "--arrivee", "10h", *BY)
    assert "nouveau : Ville Modèle et ESAT du Canal, 10\u00a0h" in back.out
    assert "Refait en changeant le moins possible." in run("club", "show", 1).said
    left = run("club", "absent", 1, "Ville Modèle", "--a-partir-de", "9h20", "--des", "9h20", *BY)
    assert "à partir de 9\u00a0h\u00a020" in left.out


def test_a_meeting_is_placed_by_hand_and_stays(planned: str, run: Run) -> None:
    done = run("club", "move", 1, "Peinture Essai", "Bailleur Modèle", "--heure", "10h20", "--table", 3, *BY)
    assert done.code == 0, done.err
    run("club", "plan", 1, *BY)
    lines = rows(run("club", "timetable", 1, "--format", "csv"))
    (held,) = (line for line in lines if line["Placé à la main"])
    assert (held["Heure"], held["Table"], held["Fournisseur"]) == ("10\u00a0h\u00a020", "3", "Peinture Essai")
    wrong = run("club", "move", 1, "Peinture Essai", "Bailleur Modèle", "--heure", "9h45", *BY)
    assert "Créneaux : 9\u00a0h\u00a000" in wrong.err
    assert (
        "pas de table 9"
        in run("club", "move", 1, "Peinture Essai", "Bailleur Modèle", "--heure", "9h", "--table", 9, *BY).err
    )
    assert "du même côté" in run("club", "move", 1, "Ville Modèle", "Bailleur Modèle", "--heure", "9h", *BY).err


def test_wishes_and_refusals_are_said_and_taken_back(planned: str, run: Run) -> None:
    assert run("club", "tie", 1, "Bailleur Modèle", "ESAT du Canal", *BY).code == 0
    run("club", "tie", 1, "ESAT du Canal", "Bailleur Modèle", "--sorte", "refus", *BY)
    found = run("club", "check", 1, "--format", "json").json()
    (contradiction,) = (one for one in found if one["code"] == "contradictory")
    assert "ESAT du Canal ne le veut pas" in contradiction["text"]
    assert not contradiction["remark"]
    run("club", "tie", 1, "Bailleur Modèle", "ESAT du Canal", "--sorte", "refus", "--retirer", *BY)
    assert not any(one["code"] == "contradictory" for one in run("club", "check", 1, "--format", "json").json())
    assert run("club", "tie", 1, "Ville Modèle", "ESAT du Canal", "--retirer", *BY).code == 1


def test_what_came_of_it_is_kept_and_reported(planned: str, run: Run) -> None:
    run("club", "outcome", 1, "Ville Modèle", "ESAT du Canal", "devis", "--note", "avant mars", *BY)
    found = run("club", "report", 1, "--format", "json").json()
    assert found["outcomes"]["devis demandé"] == 1
    assert found["promising"][0]["note"] == "avant mars"
    assert found["unsaid"] == found["meetings"] - 1
    assert {"Peinture et revêtement des murs"} <= {one["trade"] for one in found["lacks"]}
    assert "Métiers qui ont manqué" in run("club", "report", 1).said


def test_the_next_edition_is_opened_once(planned: str, run: Run) -> None:
    run("club", "absent", 1, "Ville Modèle", *BY)
    here = [one["key"] for one in run("club", "show", 1, "--format", "json").json()["participants"]]
    opened = run("club", "next", 1, "--sans", "ESAT du Canal", *BY).said
    assert f"Événement 2 ouvert : {len(here) - 2} participants." in opened
    assert "rien n’y est changé" in run("club", "next", 1, *BY).said
    run("club", "edit", 2, "--revoir", *BY)


def test_a_dossier_that_keeps_the_supplier_hears_of_it(planned: str, run: Run) -> None:
    run("dossier", "create", "--titre", "Espaces verts", *BY)
    run("dossier", "add-lot", 1, "--objet", "Entretien des espaces verts", "--lieu", "Denain", "--garder", 3, *BY)
    given = (
        "club",
        "outcome",
        1,
        "Ville Modèle",
        "ESAT du Canal",
        "devis",
        "--note",
        "avant mars",
        "--dossier",
        1,
        *BY,
    )
    assert "note la rencontre avec ESAT DU CANAL au Club le 3 décembre 2026 : « intéressé »" in run(*given).out
    (entry,) = (
        one
        for one in run("dossier", "show", 1, "--format", "json").json()["lots"][0]["entries"]
        if one["match"]["name"] == "ESAT DU CANAL"
    )
    assert entry["status"] == "intéressé"
    assert entry["note"].endswith("avec Ville Modèle\u00a0: devis demandé. avant mars")
    other = run("club", "outcome", 1, "Bailleur Modèle", "Peinture Essai", "devis", "--dossier", 1, *BY)
    assert (other.code, "ne retient pas Peinture Essai" in other.err) == (1, True)


def test_what_met_once_is_not_proposed_again(planned: str, sheets: tuple[Path, Path], run: Run) -> None:
    run("club", "create", "--titre", "Club d’après", "--date", "2027-03-04", "--creneaux", 4, *BY)
    run("club", "import", 2, "--acheteurs", sheets[0], "--fournisseurs", sheets[1], *BY)
    run("club", "outcome", 1, "Bailleur Modèle", "Peinture Essai", "pas-eu-lieu", *BY)
    run("club", "plan", 2, *BY)
    pairs = {
        (one["buyer"], one["supplier"]) for one in run("club", "timetable", 2, "--format", "json").json()["meetings"]
    }
    assert ("Bailleur Modèle", "Peinture Essai") in pairs
    assert ("Ville Modèle", "ESAT du Canal") not in pairs


def test_files_for_the_day(planned: str, run: Run, tmp_path: Path) -> None:
    book = tmp_path / "club.xlsx"
    assert run("club", "export", 1, "-o", book).code == 0
    names = openpyxl.load_workbook(book).sheetnames
    assert names == [
        "À savoir",
        "Rendez-vous",
        "Par acheteur",
        "Par fournisseur",
        "Par table",
        "Participants",
        *("À rappeler", "Journal"),
    ]
    badges = rows(run("club", "export", 1, "--quoi", "badges"))
    assert {line["Structure"] for line in badges} >= {"Ville Modèle", "Peinture Essai"}
    letters = rows(run("club", "export", 1, "--quoi", "courriers"))
    assert letters[0]["Avec 1"]
    assert run("club", "export", 1, "--quoi", "agendas").code == 2
    assert "agendas écrits" in run("club", "export", 1, "--quoi", "agendas", "--dossier", tmp_path).out
    assert len(list(tmp_path.glob("agenda-*.ics"))) == 5


def test_two_who_write_at_once_lose_nothing(planned: str, run: Run) -> None:
    done = run("club", "withdraw", 1, "Ville Modèle", "--version", 2, *BY)
    assert (done.code, "a modifié l’événement" in done.err) == (1, True)
    assert "désinscrit" in run("club", "withdraw", 1, "Ville Modèle", "--motif", "annule", *BY).out


def test_who_left_the_catalogue_is_brought_back_by_no_list_but_may_come(lists: tuple[Path, Path], run: Run) -> None:
    assert run("privacy", "opt-out", "00010103000013", *BY).code == 0
    done = run("club", "import", 1, "--fournisseurs", lists[1], *BY)
    assert "ligne 2 : « ESAT du Canal », fournisseur retiré du catalogue à sa demande" in done.said
    assert "1 lignes laissées" not in done.said
    said = ("--nom", "ESAT du Canal", "--siret", "00010103000013", "--activite", "Espaces verts")
    assert run("club", "add", 1, "--sorte", "fournisseur", *said, *BY).code == 0
    assert run("club", "show", 1, "--format", "json").json()["participants"][-1]["supplier_id"] is None


def test_a_person_is_forgotten_and_old_contacts_go(opened: Path, run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Structure;Contact;Besoin\nVille Modèle;Paul Spécimen;Repas\n", encoding="utf-8")
    run("club", "import", 1, "--acheteurs", tmp_path / "a.csv", *BY)
    assert "Paul Spécimen" in run("club", "sheet", 1, "Ville Modèle").out
    assert "texte" not in run("privacy", "purge", "--dry-run").said
    assert "1 texte ou contact" in run("privacy", "forget", "Spécimen Paul").said
    assert "Spécimen" not in run("club", "sheet", 1, "Ville Modèle").out
    run("club", "import", 1, "--acheteurs", tmp_path / "a.csv", *BY)
    assert "Spécimen" not in run("club", "sheet", 1, "Ville Modèle").out


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("club", "create", *BY), 2, "Donnez un titre"),
        (("club", "create", "--titre", "x", "--pause", "midi", *BY), 2, "n’est pas une pause"),
        (("club", "create", "--titre", "x", "--debut", "tôt", *BY), 2, "n’est pas une heure"),
        (("club", "create", "--titre", "x", "--courriel", "cress", *BY), 2, "n’est pas un courriel"),
        (
            ("club", "create", "--titre", "x", "--au-moins", 5, "--au-plus", 3, *BY),
            2,
            "5 rendez-vous au moins et 3 au plus",
        ),
        (("club", "show", 9), 1, "pas d’événement 9"),
        (("club", "import", 1, *BY), 2, "Donnez un tableau"),
        (("club", "import", 1, "--acheteurs", "absent.csv", *BY), 2, "n’existe pas"),
        (("club", "timetable", 1), 1, "n’a pas d’horaire"),
        (("club", "timetable", 1, "--format", "xlsx"), 2, "-o horaire.xlsx"),
        (("club", "plan", 1, *BY), 1, "rien n’est figé"),
        (("club", "export", 1), 2, "-o club.xlsx"),
        (("club", "edit", 1, "--creneaux", 90, *BY), 1, "créneaux"),
    ],
)
def test_what_cannot_be_done_is_said(opened: Path, run: Run, words: tuple[object, ...], code: int, said: str) -> None:
    done = run(*words)
    assert (done.code, said in done.said) == (code, True), done.said


def test_the_sample_is_planned_once(new: Path, run: Run) -> None:
    new.parent.mkdir()
    first, second = (run("demo", "--no-serve", "--db", f"sqlite:///{new.as_posix()}").said for _ in range(2))
    assert "86 inscrits" in first
    assert "86 inscrits" in second
    (event,) = run("club", "list", "--format", "json").json()
    assert event["meetings"] > 150
    assert event["version"] == 6
    found = run("club", "timetable", 1, "--format", "json").json()
    assert (found["proven"], found["fewest"], found["wished"] - found["kept"]) == (True, 1, 1)
    short = run("club", "remedies", 1, "--seconds", int(LONGEST_S), "--format", "json").json()
    assert next(one["name"] for one in short["remedies"]).startswith("un créneau de plus")
    assert set(short["nowhere"]) <= short["lacking"].keys()
    said = [one["code"] for one in run("club", "check", 1, "--format", "json").json()]
    assert said == ["must_apart", "few_interpreters", "few_partners", "questions", "to_ring", "no_place"]
    assert run("club", "import", 1, "--participants", BUYERS, "--fournisseurs", SUPPLIERS, *BY).code == 0
    assert run("club", "show", 1, "--format", "json").json()["version"] == 6


def test_a_column_nearly_known_is_taken_as_proposed_and_said(opened: Path, tmp_path: Path, run: Run) -> None:
    (tmp_path / "presque.csv").write_text(
        "Structure;Besoin;Souhaite rencontrerr\nVille;Repas;\nCollège;Linge;Ville\n", "utf-8"
    )
    asked = ("club", "import", 1, "--acheteurs", tmp_path / "presque.csv", *BY)
    stopped = run(*asked, "--demander")
    assert (stopped.code != 0, "« Souhaite rencontrerr »" in stopped.err) == (True, True)
    done = run(*asked)
    assert (done.code, "Colonne prise comme proposé, « Souhaite rencontrerr » : qui rencontrer" in done.out) == (
        0,
        True,
    )
