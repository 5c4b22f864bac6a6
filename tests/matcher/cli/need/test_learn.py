"""`apprendre`: a file checked, learned from, undone, and learned from again once something was forgotten; corrections taken out by who made them."""

import csv
import io
import json
from pathlib import Path

import pytest

from matcher.accounts.organisations import OrganisationProfile, create_organisation
from matcher.db import open_database
from matcher.dossiers.changes import AddLot
from matcher.dossiers.frozen_list import freeze
from matcher.dossiers.store import change_dossier
from matcher.dossiers.store import create_dossier as open_dossier
from matcher.ownership import FIRST_ORGANISATION, OrganisationId
from matcher.reading.trade.chosen_model import choose_model
from matcher.reading.trade.corpus import CorpusSentence, read_corpus, write_corpus
from tests.matcher.catalogue.steward.small_corpus import GLASS, LINEN, ship_small_corpus
from tests.matcher.cli.conftest import Run
from tests.matcher.dossiers.kept import AT, HEADER, WHO, with_trade

TYPED = "remise en ordre du vestiaire"
NEED = ("read", "--objet", TYPED, "--lieu", "Maubeuge", "--format", "json")


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    ship_small_corpus(monkeypatch)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "besoins.csv"
    write_corpus(
        [CorpusSentence((GLASS,), "corrige", TYPED), CorpusSentence((LINEN,), "corrige", "le linge de Zoé Picardet")],
        path,
    )
    return path


def first(run: Run) -> str:
    choose_model(None)  # as in a process that has opened no catalogue
    return str(run(*NEED).json()["activities"][0]["code"])


def test_a_file_is_learned_from_with_its_figures_and_undone(own: Path, run: Run, file: Path) -> None:
    assert first(run) != GLASS
    done = run("apprendre", file)
    assert done.code == 0, done.err
    assert "2 lues juste sur 2 phrases ajoutées (1 avant)" in done.said
    assert "phrases du corpus mises de côté : " in done.said
    assert "épreuve avec vos phrases (" in done.err
    assert first(run) == GLASS
    assert "Oublié" in run("apprendre", "--oublier").said
    assert first(run) != GLASS
    assert "n’a rien appris" in run("apprendre", "--oublier").said
    assert [path.name for path in own.parent.glob("copie.sqlite.*")] == []


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("activites;genre\n", "« besoins.csv », ligne 1 : l’en-tête doit être « activites;genre;objet »"),
        ("activites;genre;objet\nproprete.rien;corrige;vitres\n", "ligne 2 : « proprete.rien » n’est pas une activité"),
        (f"activites;genre;objet\n{GLASS};corrige;vitres\n{GLASS};corrige;Vitres\n", "ligne 3 : déjà dite ligne 2"),
        (f"activites;genre;objet\n{GLASS};corrige\n", "ligne 2 : 2 cellule(s) au lieu de 3"),
        ("activites;genre;objet\n", "n’a aucune phrase dont apprendre"),
    ],
)
def test_a_file_that_cannot_be_learned_from_is_refused_by_its_line(
    own: Path, run: Run, file: Path, content: str, fault: str
) -> None:
    file.write_text(content, encoding="utf-8")
    done = run("apprendre", file)
    assert done.code == 1
    assert fault in done.said
    assert list(own.parent.glob("copie.sqlite.*")) == []


@pytest.mark.parametrize("arguments", [(), ("--corriges", "--oublier"), ("--oublier", "-o", "besoins.csv")])
def test_what_is_asked_is_one_thing(own: Path, run: Run, arguments: tuple[str, ...]) -> None:
    assert run("apprendre", *arguments).code == 2


def test_what_is_forgotten_leaves_what_was_learned_and_is_never_learned_again(own: Path, run: Run, file: Path) -> None:
    assert run("apprendre", file).code == 0
    tried = run("privacy", "forget", "Zoé Picardet", "--dry-run")
    assert "1 phrase apprise la contenait" in tried.said
    assert first(run) == GLASS
    done = run("privacy", "forget", "Zoé Picardet")
    kept = own.with_name("copie.sqlite.besoins.csv")
    assert f"entremise apprendre {kept}" in done.said
    assert first(run) != GLASS
    assert [its.objet for its in read_corpus(kept)] == [TYPED]
    again = run("apprendre", file)
    assert "1 phrase laissée : elle contient ce qui a été oublié" in again.said
    assert first(run) == GLASS
    assert [its.objet for its in read_corpus(kept)] == [TYPED]


def test_corrections_are_those_of_the_organisation_alone(own: Path, run: Run, tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{own.as_posix()}")
    other = create_organisation(engine, OrganisationProfile("Autre"), author=WHO, now=AT).id
    for owner, objet, told in (
        (FIRST_ORGANISATION, TYPED, True),
        (FIRST_ORGANISATION, "Lavage des vitres", False),
        (other, "Affaire d’une autre", True),
    ):
        number = open_dossier(engine, OrganisationId(owner), HEADER, author=WHO, now=AT).id
        added = AddLot("", freeze(with_trade(objet, GLASS, told=told)))
        change_dossier(engine, OrganisationId(owner), number, [added], version=None, author=WHO, now=AT)
    engine.dispose()
    done = run("--organisation", FIRST_ORGANISATION, "apprendre", "--corriges", "-o", tmp_path / "sortie.csv")
    assert "1 besoin corrigé." in done.said
    schema = json.loads((tmp_path / "sortie.csv.schema.json").read_text(encoding="utf-8"))
    assert [field["name"] for field in schema["fields"]] == ["activites", "genre", "objet"]
    assert read_corpus(tmp_path / "sortie.csv") == (CorpusSentence((GLASS,), "corrige", TYPED),)
    written = run("--organisation", "Autre", "apprendre", "--corriges").out
    assert [row[2] for row in csv.reader(io.StringIO(written), delimiter=";")] == ["objet", "Affaire d’une autre"]
    assert "Dites laquelle" in run("apprendre", "--corriges").said
