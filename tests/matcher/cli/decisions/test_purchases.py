"""`programme`, `historique`, `familles`, `rapprocher`, `verifier`: lines keep their order and columns, numbers are those of the JSON, a run that was killed goes on."""

import io
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from matcher.clock import utc_now
from matcher.db import open_database
from matcher.settings import CACHE_VARIABLE, DATABASE_VARIABLE
from matcher.web import create_app
from tests.conftest import ROOT
from tests.factories import vat
from tests.matcher.cli.conftest import Run
from tests.waiting import awaited

pytestmark = pytest.mark.usefixtures("read_here")

LINES = (
    ("Entretien des espaces verts", "Maubeuge", "80 k€ HT", "12"),
    ("Nettoyage des locaux", "Lille", "40 000,50", ""),
    ("Prestations à définir", "Lille", "", ""),
    ("Blanchisserie", "Arras", "12 000", ""),
)
SHEET = "Réf;Intitulé;Commune;Montant;Levier;Note\n" + "".join(
    f"00{at};{objet};{lieu};{montant};{levier};=1+1\n" for at, (objet, lieu, montant, levier) in enumerate(LINES)
)


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "programme.csv"
    path.write_text(SHEET, encoding="utf-8")
    return path


def test_each_line_has_the_numbers_of_avis(sample: Path, run: Run, sheet: Path) -> None:
    told = run("programme", sheet, "--format", "json").json()
    assert [line["line"] for line in told["lines"]] == [2, 3, 4, 5]
    for (objet, lieu, montant, levier), line in zip(LINES, told["lines"], strict=True):
        given = {"--objet": objet, "--lieu": lieu, "--montant": montant, "--levier": levier}
        alone = run("avis", *[part for pair in given.items() if pair[1] for part in pair], "--format", "json").json()
        its = next(one for one in alone["levers"] if one["levier"] == (alone["levier"] or levier or "clause"))
        assert (line["verdict"], line["lever"]) == (alone["verdict"], alone["levier"])
        assert line["headline"] == alone["headline"]
        assert line["credible"] == its["credible"]
        assert line["to_call"] == (its["hints"] + its["to_call"] if line["understood"] else None)
        credible = [one["id"] for one in alone["candidates"] if one["credible"]]
        assert [one["id"] for one in line["first"]] == credible[:3]
        assert line["etp"] == alone["need"]["etp"]
    assert told["whole"]["lines"] == 4


def test_a_workbook_keeps_the_lines_their_order_and_their_columns(sample: Path, run: Run, sheet: Path) -> None:
    made = sheet.with_name("sortie.xlsx")
    assert run("programme", sheet, "-o", made).code == 0
    book = openpyxl.load_workbook(io.BytesIO(made.read_bytes()))
    families = ["Familles", "À regrouper entre services"]
    assert book.sheetnames == ["Réponse", "Totaux", "À préciser", "Programme", "Structures", *families, "Matrice"]
    head, *lines = book["Programme"].values
    assert head[:6] == ("Réf", "Intitulé", "Commune", "Montant", "Levier", "Note")
    assert [line[1] for line in lines] == [line[0] for line in LINES]
    assert [line[0] for line in lines] == ["000", "001", "002", "003"]  # a code is not a number
    assert book["Programme"]["F2"].data_type == "s"  # and what begins as a formula is text
    asked = {row[0]: row[1:4] for row in book["À préciser"].values}
    assert asked["Quel métier ?"] == ("Prestations à définir", 1, "4")
    rows = list(book["Totaux"].values)
    assert rows[-1][2] == 4 == sum(int(str(row[2])) for row in rows[1:-1])


def test_the_matrix_is_of_all_the_lines_and_of_whom_each_counts(sample: Path, run: Run, sheet: Path) -> None:
    made = sheet.with_name("sortie.xlsx")
    assert run("programme", sheet, "-o", made).code == 0
    told = run("programme", sheet, "--format", "json").json()
    head, *rows = openpyxl.load_workbook(io.BytesIO(made.read_bytes()))["Matrice"].values
    assert head[5:] == ("2", "3", "4", "5")
    for at, line in enumerate(told["lines"], start=5):
        sure = line["verdict"] and line["understood"]
        assert sum(row[at] == "×" for row in rows) == (line["credible"] if sure else 0)
        assert sum(row[at] == "à appeler" for row in rows) == (line["to_call"] if sure else 0)
    for row, one in zip(rows, told["suppliers"], strict=True):
        assert row[0] == one["name"]
        assert [head[at] for at in range(5, 9) if row[at] == "×"] == one["credible_for"]
        assert row[3:5] == (len(one["credible_for"]), len(one["to_call_for"]))
    assert [row[3] for row in rows] == sorted((row[3] for row in rows), reverse=True)
    assert any(one["credible_for"] for one in told["suppliers"])


def test_the_terminal_says_the_whole_then_the_doubts_then_every_line(sample: Path, run: Run, sheet: Path) -> None:
    told = run("programme", sheet).said
    assert "4 achats :" in told
    assert "1 sans avis" in told
    assert re.search("Quel métier.\\? +1 +4 +Prestations à définir", told)
    assert "Nous n’avons pas" not in told, "the question stands once, in a few words"
    assert len(run("programme", sheet, "--format", "jsonl").lines()) == 4


@pytest.mark.slow(reason="it kills a process in the middle of a long programme")
def test_a_run_that_was_killed_goes_on_from_where_it_was(sample: Path, run: Run, tmp_path: Path) -> None:
    path, cache = tmp_path / "long.csv", Path(os.environ[CACHE_VARIABLE]) / "programmes"
    path.write_text(
        "Objet;Lieu;Montant\n" + "".join(f"Nettoyage des locaux;Lille;{n}\n" for n in range(1, 301)), encoding="utf-8"
    )
    command = [sys.executable, "-c", "from matcher.cli import main; main()", "programme", str(path)]
    environment = {**os.environ, DATABASE_VARIABLE: f"sqlite:///{sample.as_posix()}", "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        awaited(
            lambda: [kept.read_bytes().count(b"\n") for kept in cache.glob("*.jsonl")],
            lambda done: max(done, default=0) > 20,
        )
        running.send_signal(signal.SIGKILL)
    (kept,) = cache.glob("*.jsonl")
    done = kept.read_bytes().count(b"\n") - 1
    assert 20 <= done < 300
    os.utime(kept, (written := utc_now().timestamp(), written))  # the kernel's day may be another one
    again = run("programme", path, "--format", "jsonl")
    assert "déjà faites" in again.err
    assert len(again.lines()) == 300
    assert not list(cache.glob("*.jsonl"))
    assert "Reprise" not in run("programme", path, "--format", "jsonl").err


@pytest.mark.parametrize(
    ("text", "options", "code", "said"),
    [
        ("Nom;Couleur\nA;bleu\n", (), 1, "il manque la colonne qui donne l’objet ou le CPV"),
        ("Objet;Montant\n", (), 1, "aucune ligne"),
        ("Objet\n" + "Tonte\n" * 2001, (), 1, "2 000 au plus"),
        ("", (), 1, "vide"),
        (SHEET, ("--format", "xlsx"), 2, "-o programme.xlsx"),
        (SHEET, ("--plancher", "0"), 2, "nombre entier"),
    ],
)
def test_what_cannot_be_answered_is_refused_in_french(
    sample: Path, run: Run, tmp_path: Path, text: str, options: tuple[str, ...], code: int, said: str
) -> None:
    path = tmp_path / "p.csv"
    path.write_text(text, encoding="utf-8")
    done = run("programme", path, *options)
    assert done.code == code
    assert said in done.said.replace("\u202f", " ")


def test_a_missing_file_is_a_wrong_usage(sample: Path, run: Run) -> None:
    assert run("programme", "absent.csv").code == 2


def test_options_answer_for_every_line_that_asks_and_no_other(sample: Path, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "sans-lieu.csv"
    path.write_text(
        "Objet;Montant\nNettoyage des locaux;12 000\nTraiteur;9 000 € HT au total\nTonte;7 000 USD\n", "utf-8"
    )
    bare = run("programme", path, "--format", "json").json()
    assert (bare["whole"]["amount"], bare["whole"]["amounts_supposed"], bare["whole"]["amounts_unknown"]) == (
        9_000,
        1,
        1,
    )
    assert [line["asks"][:3] for line in bare["lines"]] == [["lieu", "taxe", "période"], ["lieu"], ["lieu", "montant"]]
    told = ("--lieu", "Maubeuge", "--montants", "ttc", "--periode", "an", "--duree", "48")
    its = run("programme", path, *told, "--format", "json").json()
    assert [line["amount"] for line in its["lines"]] == [40_000, 9_000, None]
    assert [line["place_supposed"] for line in its["lines"]] == [True] * 3
    assert its["lines"][0]["amount_from"] == "TTC à 20 % · par an × 4"
    assert "une autre monnaie que l’euro" in its["lines"][2]["question"]
    assert its["social"]["of"] == 3
    table = run("programme", path, *told, "--format", "csv").out
    assert "TTC à 20 % · par an × 4" in table.splitlines()[1]
    assert run("programme", path, "--lieu", "Nulle-Part-sur-Rien").code == 2
    assert run("programme", path, "--acheteur", "12").code == 2


FALSE = "numéro faux, sa clé ne tombe pas juste"


def _known(run: Run) -> str:
    return next(str(line["siret"]) for line in run("export", "--format", "jsonl").lines() if line["siret"])


def test_numbers_and_a_column_are_one_question(own: Path, run: Run, tmp_path: Path) -> None:
    known = _known(run)
    sheet = tmp_path / "tiers.csv"
    sheet.write_text(f"Fournisseur;N° SIRET\nA;{known}\nB;\nC;12345\n", encoding="utf-8")
    told = json.loads(run("verifier", "55208131766522", "--fichier", sheet, "--format", "json").out)
    assert [one["standing"] for one in told["numbers"]] == ["inconnu du catalogue", "inclusif", "numéro illisible"]
    shown = run("verifier", known)
    assert shown.code == 0
    assert "inclusif" in shown.out


def test_a_number_is_what_it_is_at_every_door(own: Path, run: Run) -> None:
    """The command ends well and the API answers 200 whatever the numbers are worth; both refuse to be asked of none."""
    known = _known(run)
    wrong = known[:-1] + str((int(known[-1]) + 1) % 10)
    numbers = [known, wrong, vat(OTHER[:9]), "FR00" + OTHER[:9], "12345678901234", "12345"]
    standings = ["inclusif", FALSE, "inconnu du catalogue", FALSE, FALSE, "numéro illisible"]
    shown = run("verifier", *numbers, "--format", "json")
    assert (shown.code, [one["standing"] for one in shown.json()["numbers"]]) == (0, standings)
    engine = open_database(f"sqlite:///{own}")
    machine = create_app(engine).test_client()
    answered = machine.post("/api/v1/purchases/verification", json={"numbers": numbers}, headers={"Host": "localhost"})
    page = machine.get("/rapprocher", query_string={"numeros": "\n".join(numbers)}).text
    engine.dispose()
    assert (answered.status_code, answered.json["data"]["numbers"]) == (200, shown.json()["numbers"])
    assert [cell for cell in re.findall(r"<td[^>]*>([^<]+)</td>", page) if cell in standings] == standings


def test_no_number_is_wrong_usage(own: Path, run: Run) -> None:
    asked = run("verifier")
    assert (asked.code, "au moins un SIRET" in asked.said) == (2, True)


OTHER = "55208131766522"
LEDGER = (
    "N° SIRET;Tiers;Dépense (k€);Libellé;Ville\n"
    f"{OTHER};Autre;12;Entretien des espaces verts;Maubeuge\n"
    "{known};Connu;3;Entretien des espaces verts;Maubeuge\n"
    ";;1;Rien;Maubeuge\n"
    "Total;;16;;\n"
)


@pytest.fixture
def ledger(sample: Path, run: Run, tmp_path: Path) -> Path:
    known = run("match", "--objet", "Entretien des espaces verts", "--lieu", "Maubeuge", "--format", "jsonl").lines()
    path = tmp_path / "depenses.csv"
    path.write_text(LEDGER.format(known=known[0]["siret"]), encoding="utf-8")
    return path


def test_the_share_the_doubts_and_the_similar_suppliers(sample: Path, run: Run, ledger: Path) -> None:
    told = run("historique", ledger, "--montants", "ht", "--format", "json").json()
    (shares,) = told["shares"]
    assert (shares["tax"], shares["sure"], shares["at_most"]) == ("HT", pytest.approx(3 / 16), pytest.approx(4 / 16))
    assert [line["standing"] for line in told["lines"]] == ["absent du catalogue", "inclusif", "fournisseur illisible"]
    assert told["lines"][0]["similar"]["credible"] >= len(told["lines"][0]["similar"]["first"]) > 0
    assert told["remarks"] == ["1 ligne de total n’est pas comptée."]
    shown = run("historique", ledger).said.replace("\u00a0", " ").replace("\u202f", " ")
    assert "18,8 % des dépenses connues sont inclusives : 3 000 € sur 16 000 € HT ou TTC" in shown
    assert all(word in shown for word in told["lines"][0]["similar"]["first"][0]["name"].split(" (")[0].split())


def test_the_workbook_keeps_the_lines_and_their_order(sample: Path, run: Run, ledger: Path) -> None:
    made = ledger.with_name("sortie.xlsx")
    assert run("historique", ledger, "-o", made).code == 0
    book = openpyxl.load_workbook(io.BytesIO(made.read_bytes()))
    assert book.sheetnames == [
        "Réponse",
        "Ce que l’on sait",
        "Inclusif, par famille",
        "Inclusif, par type",
        "Fournisseurs semblables",
        "À préciser",
        "Lignes",
    ]
    head, *lines = book["Lignes"].values
    assert head[:5] == ("N° SIRET", "Tiers", "Dépense (k€)", "Libellé", "Ville")
    assert [line[1] for line in lines] == ["Autre", "Connu", None]
    assert lines[0][0] == OTHER


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("Objet;Montant\nTonte;1\n", 1, "il manque la colonne qui donne le SIRET ou le nom du fournisseur"),
        ("SIRET;Montant\n", 1, "aucune ligne"),
        ("", 1, "vide"),
        ("SIRET\n" + f"{OTHER}\n" * 20_001, 1, "20 000 au plus"),
    ],
)
def test_what_cannot_be_read_is_refused_in_french(
    sample: Path, run: Run, tmp_path: Path, text: str, code: int, said: str
) -> None:
    path = tmp_path / "d.csv"
    path.write_text(text, encoding="utf-8")
    done = run("historique", path)
    assert done.code == code
    assert said in done.said.replace("\u202f", " ")


SERVICES = (
    "Objet;Montant;Service;Année\nNettoyage des locaux;40 k€;Mairie;2026\nNettoyage des locaux de l’école;30 k€;Éducation;2026\n"
    "Entretien des espaces verts;;Mairie;2026\nTotal;70 k€;;\n"
)


@pytest.fixture
def services(sample: Path, tmp_path: Path) -> Path:
    path = tmp_path / "achats.csv"
    path.write_text(SERVICES, encoding="utf-8")
    return path


def test_the_table_says_what_the_json_does(run: Run, services: Path) -> None:
    told = run("familles", services, "--acheteur", "autre", "--montants", "ht", "--format", "json").json()
    assert [one["amount"] for one in told["families"]] == [70_000, None]
    assert told["families"][0]["direct"] is False
    shown = run("familles", services).said.replace("\u00a0", " ").replace("\u202f", " ")
    assert "2 montants ne disent ni HT ni TTC" in shown
    assert "2 familles pour 3 lignes" in shown
    assert "À regrouper entre services" in shown


def test_the_workbook_has_every_line_with_what_its_family_says(run: Run, services: Path) -> None:
    made = services.with_name("familles.xlsx")
    assert run("familles", services, "--montants", "ht", "-o", made).code == 0
    book = openpyxl.load_workbook(io.BytesIO(made.read_bytes()))
    assert book.sheetnames == ["Réponse", "Familles", "À regrouper entre services", "Lignes"]
    head, *lines = book["Lignes"].values
    assert head[:4] == ("Objet", "Montant", "Service", "Année")
    assert len(lines) == 3
    assert all("R2122-8" in str(line[-1]) for line in lines[:2])


def test_a_sheet_without_need_is_refused(run: Run, services: Path) -> None:
    services.write_text("Fournisseur;Montant\nA;1\n", encoding="utf-8")
    assert run("familles", services).code == 1
    assert run("familles", services, "--format", "xlsx").code == 2


@pytest.fixture
def known(own: Path, run: Run) -> dict[str, str]:
    """A supplier of the catalogue: its name, town and number."""
    one = run("match", "--objet", "Entretien des espaces verts", "--lieu", "Maubeuge", "--format", "jsonl").lines()[0]
    shown = run("export", "--format", "jsonl").lines()
    its = next(line for line in shown if line["siret"] == one["siret"])
    return {"name": its["name"], "city": its["sites"][0]["city"], "siret": its["siret"]}


@pytest.fixture
def tiers(known: dict[str, str], tmp_path: Path) -> Path:
    name, path = known["name"], tmp_path / "tiers.csv"
    lines = f"A7;{name.upper()};{known['city']};\n12;{name};;\n;Onet;;\n3;;;{known['siret']}\n"
    path.write_text(f"Ligne;Raison sociale;Ville;N° SIRET\n{lines}", encoding="utf-8")
    return path


def test_a_row_gives_a_line_of_json_and_the_terminal_says_what_is_to_be_confirmed(
    run: Run, tiers: Path, known: dict[str, str]
) -> None:
    out = tiers.with_name("o.jsonl")
    assert run("rapprocher", tiers, "-o", out).code == 0
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [line["ligne"] for line in lines] == ["A7", 12, 4, 3]
    assert [line["certitude"] for line in lines] == ["sure", "a_confirmer", "inconnu", "sure"]
    assert [line["siret"] for line in lines] == [known["siret"], None, None, known["siret"]]
    assert set(lines[1]) == {"ligne", "nom", "certitude", "siret", "options"}
    assert lines[1]["options"][0].keys() == {"siret", "name", "city", "evidence"}
    assert lines[2]["options"] == []
    shown = run("rapprocher", tiers).said
    assert "2 lignes reconnues, 1 à confirmer, 1 sans fournisseur du catalogue." in shown
    assert "ligne 3" in shown


def test_the_sheet_comes_back_is_answered_and_serves_the_next(run: Run, tiers: Path, known: dict[str, str]) -> None:
    made = tiers.with_name("o.xlsx")
    assert run("rapprocher", tiers, "-o", made).code == 0
    book = openpyxl.load_workbook(io.BytesIO(made.read_bytes()))
    head, *lines = book["Rapprochement"].values
    assert head[:6] == ("Ligne", "Raison sociale", "Ville", "N° SIRET", "Certitude", "SIRET reconnu")
    assert [line[4] for line in lines] == ["sûr", "à confirmer", "inconnu", "sûr"]
    assert known["siret"] in lines[1][head.index("Possible 1")]

    book["Rapprochement"].cell(3, head.index("Votre réponse") + 1, known["siret"])
    book.save(made)
    unsigned = run("rapprocher", made, "-o", made)
    assert (unsigned.code, "--par" in unsigned.said) == (2, True)
    assert run("rapprocher", made, "--par", "Léa", "-o", made).code == 0
    again = openpyxl.load_workbook(io.BytesIO(made.read_bytes()))
    assert tuple(next(again["Rapprochement"].values)) == head
    told = run("rapprocher", tiers, "--format", "jsonl").lines()
    assert [line["certitude"] for line in told] == ["sure", "sure", "inconnu", "sure"]
    assert told[1]["options"][0]["evidence"] == "Réponse déjà donnée."


def test_what_cannot_be_reconciled_is_refused_in_french(sample: Path, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    path.write_text("Objet;Montant\nTonte;1\n", encoding="utf-8")
    done = run("rapprocher", path)
    assert (done.code, "il manque la colonne qui donne le SIRET ou le nom du fournisseur" in done.said) == (1, True)


def test_columns_said_for_a_sheet_of_purchases_serve_every_command_of_purchases(
    own: Path, run: Run, tmp_path: Path
) -> None:
    path, mapping = tmp_path / "t.csv", tmp_path / "c.toml"
    path.write_text("Qui;Combien;Ou\nOnet;12;Lille\n", encoding="utf-8")
    mapping.write_text('"Qui" = "fournisseur"\n"Combien" = "montant"\n', encoding="utf-8")
    assert run("rapprocher", path).code == 1
    assert run("rapprocher", path, "--mapping", mapping).code == 0
    told = run("historique", path, "--format", "json").json()
    assert told["columns"][0] == "« Qui » : le nom du fournisseur (comme dit pour un fichier de même en-tête)"
    assert any(said.startswith("Colonne « Ou » (1 valeur, par exemple « Lille »)") for said in told["columns"])
