"""`reponses` at the terminal: two installations, one answer agreed by telephone, from the one to the other and back to nothing."""

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from matcher.answers.tables import HANDED
from matcher.catalogue.steward.corrections import withdraw_correction
from matcher.catalogue.store.read import find_supplier
from matcher.clock import on_day
from matcher.db import open_database, reading, writing
from matcher.settings import DATABASE_VARIABLE
from tests.matcher.answers.installations import GREEN, NOW, WASH, state_answer
from tests.matcher.cli.conftest import Run

SUPPLIER = "00010001600013"
Enter = Callable[[str], Path]


@pytest.fixture(autouse=True)
def day() -> Iterator[None]:
    """The day of the answers."""
    with on_day(NOW.date()):
        yield


@pytest.fixture
def enter(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Enter:
    """Go to an installation of a name, a copy of the sample the first time; return its catalogue."""

    def go(name: str) -> Path:
        folder = tmp_path / name
        path = folder / "catalogue.sqlite"
        if not folder.exists():
            folder.mkdir()
            shutil.copy(built, path)
        monkeypatch.setenv(DATABASE_VARIABLE, f"sqlite:///{path.as_posix()}")
        monkeypatch.setenv("XDG_DATA_HOME", str(folder / "data"))
        monkeypatch.setenv("ENTREMISE_CONTROLLER_NAME", "CRESS de Valbrune")
        return path

    return go


def says(path: Path) -> set[str]:
    engine = open_database(f"sqlite:///{path.as_posix()}")
    found = find_supplier(engine, SUPPLIER)
    engine.dispose()
    assert found is not None
    return {one.code for one in found.refused_activities}


def test_an_answer_goes_from_one_installation_to_another_and_back_to_nothing(
    run: Run, enter: Enter, tmp_path: Path
) -> None:
    file, here = tmp_path / "reponses.jsonl", enter("ici")
    engine = open_database(f"sqlite:///{here.as_posix()}")
    with writing(engine) as connection:
        number = state_answer(connection, SUPPLIER, {"activite": [GREEN], "ne-fait-pas": [WASH]}, NOW)
    key = run("reponses", "cle").out.splitlines()[0].split()[-1]
    assert "Partagé : métiers." in run("reponses", "accord", number, "--case", "metiers").out
    assert "1 réponse, 0 retrait" in run("reponses", "export", "-o", file, "--pour", "PLIE voisin").err
    with reading(engine) as connection:
        assert connection.execute(select(HANDED.c.whom)).scalars().all() == ["PLIE voisin"]

    there = enter("ailleurs")
    unknown = run("reponses", "import", file)
    assert (unknown.code, "Ligne 1 : clé inconnue" in unknown.said) == (0, True)
    assert "cress" in run("reponses", "cle", "--croire", "cress", key, "--par", "Léa").out
    looked = run("reponses", "import", file)
    assert "1 ligne : 1 réponse, 0 retrait, 0 ligne refusée." in looked.said
    assert ("cress (1)" in looked.said, "Rien n’est écrit" in looked.said, says(there)) == (True, True, set())
    assert run("reponses", "import", file, "--accepter", "--format", "json").json()["applied"] == 1
    assert says(there) == {WASH}

    enter("ici")
    withdraw_correction(engine, number, now=NOW)
    engine.dispose()
    run("reponses", "export", "-o", file)
    enter("ailleurs")
    assert "1 effacée" in run("reponses", "import", file, "--accepter").said
    assert says(there) == set()


def test_a_command_lets_go_of_what_is_past_its_end(run: Run, enter: Enter, tmp_path: Path) -> None:
    engine, file = open_database(f"sqlite:///{enter('ici').as_posix()}"), tmp_path / "reponses.jsonl"
    with writing(engine) as connection:
        number = state_answer(connection, SUPPLIER, {"ne-fait-pas": [WASH]}, NOW)
    engine.dispose()
    key = run("reponses", "cle").out.splitlines()[0].split()[-1]
    run("reponses", "accord", number, "--case", "metiers")
    run("reponses", "export", "-o", file)
    there = enter("ailleurs")
    run("reponses", "cle", "--croire", "cress", key, "--par", "Léa")
    run("reponses", "import", file, "--accepter")
    for day, left in ((date(2028, 6, 1), {WASH}), (date(2028, 6, 2), set())):
        with on_day(day):
            assert run("catalogue", "show", SUPPLIER).code == 0
        assert says(there) == left


def test_what_cannot_be_done_is_said(run: Run, enter: Enter) -> None:
    enter("ici")
    assert run("reponses", "accord", 77, "--case", "zone").code == 1
    assert "n’est pas une clé publique" in run("reponses", "cle", "--croire", "x", "y").said
    assert "ne s’appelle « x »" in run("reponses", "cle", "--retirer", "x").said
    assert "n’existe pas" in run("reponses", "import", "absent.jsonl").said
