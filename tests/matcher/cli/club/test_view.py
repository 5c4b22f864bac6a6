"""What `entremise club` prints, to a reader that may close its end."""

from pathlib import Path

import pytest

from matcher.cli.club import view
from tests.matcher.cli.conftest import Run

BY = ("--par", "C. Exemple")
LIST = "Sorte;Structure;Besoin;Lieu;SIRET\nAcheteur;Ville Modèle;Entretien des espaces verts;Maubeuge;\nFournisseur;ESAT du Canal;;Denain;00010103000013\n"


@pytest.mark.usefixtures("own", "read_here")
def test_what_is_told_written_is(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`| head` ends a command at what it prints: it has written by then."""

    def closed(*_args: object, **_kwargs: object) -> None:
        raise BrokenPipeError

    for report in ("print_intake", "print_troubles"):
        monkeypatch.setattr(view, report, closed)
    (tmp_path / "liste.csv").write_text(LIST, encoding="utf-8")
    run("club", "create", "--titre", "Essai", "--date", "2026-12-03", "--lieu", "Maubeuge", "--creneaux", 4, *BY)
    run("club", "import", 1, "--participants", tmp_path / "liste.csv", *BY)
    run("club", "plan", 1, *BY)
    (event,) = run("club", "list", "--format", "json").json()
    assert (event["participants"], event["meetings"]) == (2, 1)


@pytest.mark.usefixtures("own")
def test_the_hours_of_a_participant_hold_its_absences(run: Run, tmp_path: Path) -> None:
    text = "Sorte;Structure;Besoin;Présence\nAcheteur;Ville Modèle;Tonte;sauf 10h-10h30\n"
    (tmp_path / "liste.csv").write_text(text, encoding="utf-8")
    run("club", "create", "--titre", "Essai", "--date", "2026-12-03", "--lieu", "Maubeuge", "--creneaux", 6, *BY)
    run("club", "import", 1, "--participants", tmp_path / "liste.csv", *BY)
    shown = " ".join(run("club", "show", 1).said.split())
    assert "absent de 10 h 00 à 10 h 30" in shown, shown
