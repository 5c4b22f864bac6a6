"""`websites` from end to end, against a server of this computer."""

from functools import partial
from pathlib import Path

import pytest

from importers.online import websites
from importers.online.websites import WebsiteFetcher
from matcher.settings import (
    CACHE_VARIABLE,
    CONTROLLER_ADDRESS_VARIABLE,
    CONTROLLER_CONTACT_VARIABLE,
    CONTROLLER_NAME_VARIABLE,
)
from tests.factories import siret
from tests.importers.names import at, named_here
from tests.importers.server import Answer, serving
from tests.matcher.cli.conftest import Run

HTML = {"Content-Type": "text/html; charset=utf-8"}
ARRAS, LILLE = siret(1), siret(2)


@pytest.fixture(autouse=True)
def apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache of one's own, no waiting, and this computer for every site."""
    named_here(monkeypatch)
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    monkeypatch.setenv(CONTROLLER_NAME_VARIABLE, "Mairie")
    monkeypatch.setenv(CONTROLLER_ADDRESS_VARIABLE, "1 place de la Mairie")
    monkeypatch.setenv(CONTROLLER_CONTACT_VARIABLE, "achats@mairie.example")
    monkeypatch.setattr(websites, "WebsiteFetcher", partial(WebsiteFetcher, sleep=lambda _: None, private=True))


def answer(path: str, _: int) -> Answer:
    return Answer(b"<p>03 21 00 11 22</p>", headers=HTML) if path == "/" else Answer(status=404)


def directory(run: Run, folder: Path, arras: str, lille: str) -> None:
    path = folder / "t.csv"
    lines = (f"Les Lilas;{ARRAS};EA;Arras;62000;{arras}", f"Les Roses;{LILLE};EA;Lille;59000;{lille}")
    path.write_text("\n".join(("Nom;SIRET;Type;Commune;Code postal;Site web", *lines)), encoding="utf-8")
    assert run("import", "tableur", path).code == 0


def test_the_sites_of_a_departement_then_of_a_dossier_are_read_and_counted(new: Path, tmp_path: Path, run: Run) -> None:
    with serving(answer) as server:
        directory(run, tmp_path, at(server, "lilas.test", "/"), at(server, "roses.test", "/absent"))
        first = run("websites", "--departement", "62")
        assert (first.code, first.err) == (0, "")
        assert first.out == (
            "1 site ; pages : 1 lue ; 1 page lue sans métier.\n"
            "1 proposition à confirmer sur les fiches, dont 0 de sites communs à plusieurs établissements.\n"
        )
        assert run("websites", "--departement", "62").out.startswith("Aucun site à lire")
        assert run("dossier", "create", "--titre", "Linge", "--par", "Léa").code == 0
        assert run("websites", "--dossier", "1").out.startswith("Aucun site à lire")
        report = run("websites", "--format", "json").json()
    assert {name: n for name, n in report["pages"].items() if n} == {"injoignable": 1}
    assert server.headers[0]["user-agent"].endswith("+achats@mairie.example)")


@pytest.mark.parametrize(
    ("args", "contact", "code", "said"),
    [
        (("--departement", "99"), "a@b.example", 2, "n’est pas le code d’un département"),
        (("--dossier", "0"), "a@b.example", 2, "0"),
        (("--dossier", "7"), "a@b.example", 1, "dossier 7"),
        ((), "", 1, "aucun site n’est lu"),
        ((), "Léa", 1, "ENTREMISE_CONTROLLER_CONTACT=Léa"),
        ((), "a@b.example\r\nX: y", 1, "ENTREMISE_CONTROLLER_CONTACT"),
    ],
)
def test_wrong_usage_is_said_before_any_request(
    args: tuple[str, ...], contact: str, code: int, said: str, new: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CONTROLLER_CONTACT_VARIABLE, contact)
    assert run("catalogue", "add", "--nom", "Lilas", "--type", "ESAT", "--commune", "Arras", "--par", "Léa").code == 0
    done = run("websites", *args)
    assert (done.code, done.out) == (code, "")
    assert said in done.said
