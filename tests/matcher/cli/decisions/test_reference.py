"""`reference`: a line of costs is filled with its source and date or refused, a list of facilitators is taken whole, each is shown by its place."""

import io
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from matcher.reference.calibration import COLUMNS
from matcher.settings import calibration_file
from tests.matcher.cli.conftest import Run

FILLED = ("--part", "40-45", "--cout", "28", "--source", "relevé du service", "--annee", "2026")


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))


def test_the_table_says_what_is_to_be_calibrated(run: Run) -> None:
    said = run("reference", "calibration").said
    assert "Nettoyage de locaux" in said
    assert "à caler" in said
    assert "INSEE" in said


def test_a_family_is_filled_with_its_source_and_its_year(run: Run, own: Path) -> None:
    need = ("avis", "--objet", "Collecte des déchets", "--cpv", "90511000", "--lieu", "Lille", "--montant", "400000")
    assert run(*need, "--format", "json").json()["need"]["etp"] is None
    assert run("reference", "calibration", "Collecte des déchets", *FILLED).code == 0
    assert "40 à 45" in run("reference", "calibration").said
    assert run(*need, "--format", "json").json()["need"]["etp"] == pytest.approx(3.8, abs=0.1)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("Collecte des déchets", "--part", "40"), 2, "--source"),
        (("--part", "40"), 2, "Nommez d’abord la famille"),
        (("Collecte des déchets", *FILLED, "--part", "beaucoup"), 1, "colonne « part_basse » : « beaucoup »"),
        (("Collecte des déchets", *FILLED, "--part", "60-40"), 1, "elle est sous « part_basse »"),
    ],
)
def test_what_cannot_be_used_is_refused_and_nothing_is_written(
    run: Run, words: tuple[str, ...], code: int, said: str
) -> None:
    done = run("reference", "calibration", *words)
    assert done.code == code
    assert said in done.said
    assert "beaucoup" not in run("reference", "calibration").said


def test_an_index_is_noted_with_its_month_and_its_source(run: Run, own: Path) -> None:
    noted = ("reference", "indices", "ICHT-IME", "--source", "insee.fr")
    assert run(*noted, "--mois", "06/2012", "--valeur", "100").code == 0
    assert run(*noted, "--mois", "03/2026", "--valeur", "142,8").code == 0
    said = run("reference", "indices").said
    assert "142,8" in said
    assert "2 valeurs" in said
    refused = run(*noted, "--mois", "04/2026")
    assert (refused.code, "--valeur" in refused.said) == (2, True)
    assert "d’une même base" in run(*noted, "--mois", "04/2026", "--valeur", "1 428").said


def test_the_file_of_a_former_version_is_told_and_taken_in(run: Run) -> None:
    columns = [column for column in COLUMNS if column not in ("prix_bas", "prix_haut", "reprise", "mots", "indice")]
    cells = {"famille": "Reliure", "cpv": "79971", "euros_par_etp_bas": "60000", "source": "relevé", "annee": "2026"}
    calibration_file().parent.mkdir(parents=True)
    calibration_file().write_text(
        f"{';'.join(columns)}\n{';'.join(cells.get(column, '') for column in columns)}\n", encoding="utf-8"
    )
    assert "n’est plus lu" in run("reference", "calibration").said
    assert run("reference", "calibration", "--fichier", str(calibration_file())).code == 0
    assert "Reliure" in run("reference", "calibration").said


pytestmark = pytest.mark.usefixtures("read_here")

LIST = """Nom;Prénom;Organisme;Département(s);Tél.;E-mail;Mise à jour
Exemple;Léa;Maison fictive de l’emploi;Nord (59), 62;03 20 00 00 00;lea.exemple@clauses.example;01/03/2026
Modèle;Marc;Plie fictif de Maubeuge;Maubeuge;;marc@clauses.example;01/02/2020
;;Clauses fictives du Rhône;69;pas un numéro;;
Sans;Lieu;Nulle part;Nulle-Part;;;
"""
PLAN = (
    "plan-clause",
    "--objet",
    "Entretien des espaces verts",
    "--lieu",
    "Maubeuge",
    "--heures",
    "1000",
    "--mois",
    "12",
)


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    path = tmp_path / "facilitateurs.csv"
    path.write_text(LIST, encoding="utf-8")
    return path


def names(run: Run, *options: str) -> list[tuple[str | None, str | None]]:
    told = run(*PLAN, *options, "--format", "json").json()["facilitators"]
    return [(one["structure"], one["name"]) for one in told]


def test_those_of_the_territory_are_named_the_narrowest_first(own: Path, run: Run, listed: Path) -> None:
    assert "Aucun facilitateur" in run(*PLAN).said
    done = run("reference", "facilitators", listed)
    assert done.code == 0
    said = "« facilitateurs.csv », ligne 5, colonne « Département(s) » : « Nulle-Part » n’est pas un lieu reconnu : écrivez"
    assert said in done.said
    assert "« facilitateurs.csv », ligne 4, colonne « Tél. » : « pas un numéro » n’est pas lisible" in done.said
    assert "3 facilitateurs, à la place de la liste précédente." in done.said
    # the second was last known six years ago: its person is no longer shown
    assert names(run) == [("Plie fictif de Maubeuge", None), ("Maison fictive de l’emploi", "Léa Exemple")]
    told = run(*PLAN, "--format", "json").json()["facilitators"][1]
    assert (told["phones"], told["email"], told["as_of"]) == (
        ["+33320000000"],
        "lea.exemple@clauses.example",
        "2026-03-01",
    )
    assert "Léa Exemple Nord (59), 62 03 20 00 00 00 lea.exemple@clauses.example" in run(*PLAN).said
    elsewhere = (
        "plan-clause",
        "--objet",
        "Entretien des espaces verts",
        "--lieu",
        "Laon",
        "--heures",
        "1000",
        "--mois",
        "12",
    )
    assert "La liste de l’équipe n’en a pas" in run(*elsewhere).said
    assert "Clauses fictives du Rhône" in run("reference", "facilitators").said


def test_a_dry_run_writes_nothing_and_a_second_list_replaces_the_first(
    own: Path, run: Run, listed: Path, tmp_path: Path
) -> None:
    assert "Essai à blanc" in run("reference", "facilitators", listed, "--dry-run").said
    assert names(run) == []
    run("reference", "facilitators", listed)
    other = tmp_path / "autre.csv"
    other.write_text("Structure;Territoire\nNouvelle maison fictive;Nord\n", encoding="utf-8")
    run("reference", "facilitators", other)
    assert names(run) == [("Nouvelle maison fictive", None)]


def test_an_arrondissement_is_a_territory(own: Path, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "arrondissements.csv"
    lines = ("Structure;Territoire", "Ici;arrondissement d’Avesnes-sur-Helpe", "Ailleurs;arrondissement de Douai")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    run("reference", "facilitators", path)
    assert names(run) == [("Ici", None)]


@pytest.mark.parametrize("value", ["Exemple Léa", "lea.exemple@clauses.example", "0320000000"])
def test_a_person_is_forgotten_here_too_and_at_every_import_to_come(
    own: Path, run: Run, listed: Path, value: str
) -> None:
    run("reference", "facilitators", listed)
    assert "1 texte ou contact" in run("privacy", "forget", value).said
    run("reference", "facilitators", listed)
    told = run(*PLAN, "--format", "json").json()["facilitators"][1]
    left = {key: told[key] for key in ("name", "phones", "email")}
    if value == "Exemple Léa":
        assert left == {"name": None, "phones": [], "email": None}
    else:
        assert sum(not held for held in left.values()) == 1
    assert told["structure"] == "Maison fictive de l’emploi"


def test_persons_last_known_long_ago_are_purged(own: Path, run: Run, listed: Path) -> None:
    run("reference", "facilitators", listed)
    assert "1 texte ou contact" in run("privacy", "purge", "--dry-run").said
    assert "1 texte ou contact" in run("privacy", "purge").said
    assert "texte ou contact" not in run("privacy", "purge").said
    assert b"marc@clauses.example" not in own.read_bytes()


def test_a_workbook_has_them(own: Path, run: Run, listed: Path, tmp_path: Path) -> None:
    run("reference", "facilitators", listed)
    made = tmp_path / "plan.xlsx"
    assert run(*PLAN, "--format", "xlsx", "-o", made).code == 0
    book = CalamineWorkbook.from_filelike(io.BytesIO(made.read_bytes()))
    assert book.get_sheet_by_name("Facilitateurs").to_python()[2][1] == "Léa Exemple"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Nom;Téléphone\nLéa;03\n", "« Territoire »"),
        ("Couleur;Territoire\nbleu;59\n", "« Nom » ou « Structure »"),
        ("Nom;Territoire\nLéa;Nulle-Part\n", "aucun facilitateur"),
        ("Nom;Territoire\n", "que sa ligne d’en-tête"),
        ("", "vide"),
    ],
)
def test_what_is_no_list_is_refused_and_the_former_one_stays(
    own: Path, run: Run, listed: Path, tmp_path: Path, text: str, said: str
) -> None:
    run("reference", "facilitators", listed)
    path = tmp_path / "rien.csv"
    path.write_text(text, encoding="utf-8")
    done = run("reference", "facilitators", path)
    assert done.code == 1
    assert said in done.said
    assert len(names(run)) == 2


def test_a_territory_inside_a_departement_counts_and_each_telephone_is_kept(
    own: Path, run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "f.csv"
    path.write_text(
        "Structure;Dép.;Territoire couvert;Tél;Portable\n"
        "Maison fictive de Lille;59;Lille;0320000001;\n"
        "Plie fictif;59;Maubeuge;0320000000;0600000000\n",
        "utf-8",
    )
    assert run("reference", "facilitators", path).code == 0
    assert names(run) == [("Plie fictif", None)]
    (told,) = run(*PLAN, "--format", "json").json()["facilitators"]
    assert (told["territory"], told["phones"]) == ("59 ; Maubeuge", ["+33320000000", "+33600000000"])
    run("privacy", "forget", "06 00 00 00 00")
    (told,) = run(*PLAN, "--format", "json").json()["facilitators"]
    assert told["phones"] == ["+33320000000"]


def test_columns_are_said_once_and_remembered_for_the_same_header(own: Path, run: Run, tmp_path: Path) -> None:
    path, mapping = tmp_path / "f.csv", tmp_path / "c.toml"
    path.write_text("Boîte;Où;Note\nPlie fictif;Maubeuge;x\n", encoding="utf-8")
    mapping.write_text('"Boîte" = "structure"\n"Où" = "territoire"\n', encoding="utf-8")
    refused = run("reference", "facilitators", path)
    assert (refused.code, "--mapping" in refused.said) == (1, True)
    assert run("reference", "facilitators", path, "--mapping", mapping, "--dry-run").code == 0
    assert run("reference", "facilitators", path).code == 1
    done = run("reference", "facilitators", path, "--mapping", mapping)
    assert "Colonne « Note » (1 valeur, par exemple « x ») : non reprise" in done.said
    assert run("reference", "facilitators", path).code == 0


@pytest.mark.usefixtures("sample")
def test_it_lists_who_is_known_and_of_a_place_who_is_not(run: Run) -> None:
    everywhere = run("reference", "interlocutors").said
    assert "Guichet vert" in everywhere
    assert "compléter" not in everywhere
    there = run("reference", "interlocutors", "--lieu", "Maubeuge").said
    assert "Facilitateur" in there
    assert "compléter" in there
    refused = run("reference", "interlocutors", "--lieu", "Nrod")
    assert refused.code == 1
    assert "n’est pas un territoire connu" in refused.said
