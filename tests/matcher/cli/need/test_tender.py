"""`dce`: pieces go in, lots come out with their sentences; bad pieces are told, and too many are refused."""

from pathlib import Path

from matcher.tender.reading import MOST_PIECES
from tests.importers.documents.writing import write_docx, write_pdf
from tests.matcher.cli.conftest import Run
from tests.matcher.tender.pieces import CCAP, RC, UNRESERVED_ROW


def test_lots_are_shown_with_the_sentences_that_say_them(tmp_path: Path, run: Run) -> None:
    rules = write_pdf(tmp_path / "RC.pdf", [page.split("\n") for page in RC])
    clauses = write_docx(tmp_path / "CCAP.docx", "\n".join(CCAP).split("\n"))
    said = " ".join(run("dce", rules, clauses, write_pdf(tmp_path / "plan.pdf", [[]])).out.split())
    assert "RC · RC.pdf : lu" in said
    assert "plan.pdf : non lu : ce PDF n’a pas de texte : c’est une image." in said
    assert "3 lots, lus dans RC.pdf." in said
    assert "Lot 1 : tonte et taille des espaces verts à Valenciennes" in said
    assert "ailleurs : 36 mois (CCAP.docx : « " in said


def test_lots_announced_and_not_listed_are_said_first(tmp_path: Path, run: Run) -> None:
    rules = write_docx(tmp_path / "RC.docx", ["Objet : tonte à Denain", "Les prestations sont réparties en 4 lots."])
    said = " ".join(run("dce", rules).out.split())
    assert "RC.docx annonce 4 lots, et aucun n’est délimité" in said


def test_the_buyer_is_said_with_its_sentence(tmp_path: Path, run: Run) -> None:
    rules = write_docx(tmp_path / "RC.docx", ["Pouvoir adjudicateur : Ville de Denain, Nord", *UNRESERVED_ROW])
    assert "Acheteur : Ville de Denain (RC.docx : « Pouvoir" in " ".join(run("dce", rules).out.split())
    told = run("dce", rules, "--format", "json").json()["proposal"]["buyer_names"]
    assert [name["value"] for name in told] == ["Ville de Denain"]


def test_a_reservation_that_a_table_denies_is_no_value_unread(tmp_path: Path, run: Run) -> None:
    rules = write_docx(tmp_path / "RC.docx", UNRESERVED_ROW)
    assert "Réservation non réservé (RC.docx : « 2 : Nettoyage" in " ".join(run("dce", rules).out.split())
    told = run("dce", rules, "--format", "json").json()["proposal"]["lots"][1]
    assert (told["lever"], told["said"]["levier"][0]["value"]) == ("", "non réservé")


def test_json_says_the_same(tmp_path: Path, run: Run) -> None:
    told = run("dce", write_docx(tmp_path / "RC.docx", RC[1].split("\n")), "--format", "json").json()
    assert [piece["state"] for piece in told["pieces"]] == ["lu"]
    assert [lot["places"] for lot in told["proposal"]["lots"]] == [["insee:59606"], ["insee:59172"], ["insee:59014"]]
    assert told["proposal"]["lots"][0]["said"]["montant"][0]["piece"] == "RC.docx"


def test_pieces_of_which_none_is_read_are_refused_with_why(tmp_path: Path, run: Run) -> None:
    done = run("dce", write_pdf(tmp_path / "scan.pdf", [[]]), "-o", tmp_path / "lots.json")
    assert done.code == 1
    assert "scan.pdf : ce PDF n’a pas de texte : c’est une image" in done.said
    assert not (tmp_path / "lots.json").exists()


def test_what_cannot_be_taken_is_refused(tmp_path: Path, run: Run) -> None:
    path = write_docx(tmp_path / "RC.docx", ["Objet"])
    many = run("dce", *[path] * (MOST_PIECES + 1))
    assert (many.code, "40 au plus" in many.said) == (1, True)
    gone = run("dce", tmp_path / "absent.pdf")
    assert (gone.code > 0, "absent.pdf" in gone.said) == (True, True)
